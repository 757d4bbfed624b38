"""What becomes of the tasks on a container instance that goes.

Rules: API reference, DeregisterContainerInstance; Developer Guide, "Stopped tasks error messages"; recorded answers in Apache Airflow's tests.
"""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.ecs_fake(clusters=["prod"])


@pytest.fixture
def instance(ecs_fake):
    [instance] = ecs_fake.container_instances.add("prod")
    return instance


@pytest.fixture
def task(ecs_fake, instance, place):
    """A task that runs on the instance."""
    task = place(instance)
    ecs_fake.clock.advance_until(lambda: task.last_status == "RUNNING")
    return task


def test_an_instance_with_tasks_is_not_deregistered(ecs_client, instance, task):
    with pytest.raises(
        ecs_client.exceptions.InvalidParameterException, match=r"Found running tasks on the instance\.$"
    ):
        ecs_client.deregister_container_instance(cluster="prod", containerInstance=instance.arn)

    assert (instance.status, task.last_status) == ("ACTIVE", "RUNNING")


def test_force_leaves_its_tasks_behind(ecs_client, ecs_fake, instance, task):
    answer = ecs_client.deregister_container_instance(cluster="prod", containerInstance=instance.arn, force=True)

    shown = answer["containerInstance"]
    assert (shown["status"], shown["runningTasksCount"], shown["agentConnected"]) == ("INACTIVE", 0, True)
    assert (task.last_status, task.stopped_reason) == ("STOPPED", "Container instance deregistration forced by user")
    assert (task.container("app").last_status, task.container("app").exit_code) == ("RUNNING", None)
    assert (task.stopped_at, instance.remaining_cpu) == (ecs_fake.clock.now, instance.registered_cpu)


def test_a_task_that_was_told_to_stop_keeps_its_reason(ecs_client, ecs_fake, instance, task):
    ecs_client.stop_task(cluster="prod", task=task.arn, reason="enough")
    ecs_client.deregister_container_instance(cluster="prod", containerInstance=instance.arn, force=True)
    version = task.version

    ecs_fake.clock.advance(seconds=60)

    assert (task.last_status, task.stop_code, task.stopped_reason) == ("STOPPED", "UserInitiated", "enough")
    assert (task.container("app").last_status, task.version) == ("RUNNING", version)


def test_a_terminated_host_takes_its_tasks_along(ecs_client, instance, task):
    instance.terminate()

    assert (instance.status, instance.agent_connected) == ("INACTIVE", False)
    assert (task.last_status, task.stop_code) == ("STOPPED", "TerminationNotice")
    assert task.stopped_reason == f"Host EC2 (instance {instance.ec2_instance_id}) terminated."
    [shown] = ecs_client.describe_tasks(cluster="prod", tasks=[task.arn])["tasks"]
    assert (shown["containers"][0]["lastStatus"], "exitCode" in shown["containers"][0]) == ("RUNNING", False)


def test_a_host_whose_agent_is_cut_off_goes_unnoticed(instance, task):
    """API reference, DeregisterContainerInstance: "instances with disconnected agents aren't automatically deregistered"."""
    instance.disconnect()

    instance.terminate()

    assert (instance.status, instance.agent_connected, task.last_status) == ("ACTIVE", False, "RUNNING")


def test_tasks_without_a_service_stay_on_a_draining_instance(ecs_client, ecs_fake, instance, task):
    """Developer Guide, "Draining Amazon ECS container instances"."""
    ecs_client.update_container_instances_state(cluster="prod", containerInstances=[instance.arn], status="DRAINING")
    ecs_fake.clock.advance(seconds=60 * 60)

    assert (instance.status, task.last_status, instance.running_tasks_count) == ("DRAINING", "RUNNING", 1)


def test_what_tasks_reserve_is_not_there_for_others(ecs_client, ecs_fake, instance, place):
    """API reference, ContainerInstance, remainingResources: ports in use join the list."""
    container = {"cpu": 256, "memory": 512, "portMappings": [{"containerPort": 80, "hostPort": 8080}]}
    version = instance.version

    task = place(instance, container=container)

    [shown] = ecs_client.describe_container_instances(cluster="prod", containerInstances=[instance.arn])[
        "containerInstances"
    ]
    remaining = {resource["name"]: resource for resource in shown["remainingResources"]}
    assert remaining["CPU"]["integerValue"] == 2048 - 256
    assert remaining["MEMORY"]["integerValue"] == 7680 - 512
    assert remaining["PORTS"]["stringSetValue"] == ["22", "2376", "2375", "51678", "51679", "8080"]
    assert (shown["runningTasksCount"], shown["pendingTasksCount"]) == (1, 1)
    assert shown["version"] == version + 1
    assert instance.tasks == [task]

    ecs_client.stop_task(cluster="prod", task=task.arn)
    ecs_fake.clock.advance_until(lambda: task.last_status == "STOPPED")
    assert (instance.remaining_cpu, instance.remaining_memory, instance.version) == (2048, 7680, version + 2)


def test_tasks_are_listed_by_their_container_instance(ecs_client, ecs_fake, instance, task, place):
    """API reference, ListTasks, containerInstance."""
    [other] = ecs_fake.container_instances.add("prod")
    elsewhere = place(other, "other")

    for identifier, found in ((instance.id, task), (other.arn, elsewhere)):
        answer = ecs_client.list_tasks(cluster="prod", containerInstance=identifier)
        assert answer["taskArns"] == [found.arn]
