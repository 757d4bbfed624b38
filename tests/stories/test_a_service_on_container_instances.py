"""Services on container instances: room that runs out and comes back, instances that drain, daemons, zones."""

from __future__ import annotations

import pytest

import builders

pytestmark = pytest.mark.ecs_fake(clusters=["prod"], poll_step=0)


@pytest.fixture
def register(ecs_client):
    """Register a revision of `web` that takes the whole memory of half a small instance."""

    def register(image, **members):
        container = {"name": "app", "image": image, "memory": 600}
        ecs_client.register_task_definition(**builders.task_definition_on_instances(container, **members))

    return register


@pytest.fixture
def create(create_service, register):
    """Create the service `web` on container instances."""

    def create(**parameters):
        register("web:1")
        return create_service(launchType="EC2", networkConfiguration=None, **parameters)

    return create


def said(service):
    """What the service has said, the oldest first."""
    return [event["message"] for event in reversed(service["events"])]


def add(ecs_fake, count=1, **options):
    """Add instances that have room for one task of `web` each."""
    return ecs_fake.container_instances.add("prod", count=count, cpu=1024, memory=1000, **options)


def test_a_rollout_starved_of_capacity_goes_on_when_an_instance_joins(ecs_fake, ecs_client, create, register, service):
    add(ecs_fake, count=2)
    create(desiredCount=2)
    ecs_fake.clock.advance(seconds=300)

    register("web:2")
    ecs_client.update_service(cluster="prod", service="web", taskDefinition="web")
    ecs_fake.clock.advance(seconds=600)
    starved = service()
    add(ecs_fake)
    ecs_fake.clock.advance(seconds=600)

    assert [(each["runningCount"], each["rolloutState"]) for each in starved["deployments"]] == [
        (0, "IN_PROGRESS"),
        (2, "COMPLETED"),
    ]
    assert any("has insufficient memory available." in message for message in said(starved))
    [deployment] = service()["deployments"]
    assert (deployment["runningCount"], deployment["rolloutState"]) == (2, "COMPLETED")
    assert service()["taskDefinition"].endswith("task-definition/web:2")


def test_without_instances_the_service_says_so_and_starts_when_one_joins(ecs_fake, create, service):
    create(desiredCount=1)
    ecs_fake.clock.advance(seconds=300)
    before = service()

    add(ecs_fake)
    ecs_fake.clock.advance(seconds=120)

    assert before["runningCount"] == 0
    assert said(before) == [
        "(service web) was unable to place a task because no container instance met all of its requirements. "
        "Reason: No Container Instances were found in your cluster. For more information, see the Troubleshooting section of "
        "the Amazon ECS Developer Guide."
    ]
    assert service()["runningCount"] == 1


def test_a_draining_instance_is_emptied_once_the_replacement_is_healthy(ecs_fake, ecs_client, create, service):
    add(ecs_fake, count=2)
    create(desiredCount=1)
    ecs_fake.clock.advance(seconds=300)
    [task] = ecs_fake.tasks.where(last_status="RUNNING")
    full = next(each for each in ecs_fake.container_instances if each.tasks)

    ecs_client.update_container_instances_state(cluster="prod", containerInstances=[full.arn], status="DRAINING")
    running = []
    for _ in range(60):
        ecs_fake.clock.advance(seconds=2)
        running.append(service()["runningCount"])

    assert min(running) == 1
    assert task.last_status == "STOPPED"
    [replacement] = ecs_fake.tasks.where(last_status="RUNNING")
    assert replacement.container_instance_arn != full.arn
    assert (full.status, full.running_tasks_count) == ("DRAINING", 0)


def test_a_daemon_service_has_one_task_on_each_instance(ecs_fake, ecs_client, create, service):
    add(ecs_fake, count=2)
    create(schedulingStrategy="DAEMON", desiredCount=None)
    ecs_fake.clock.advance(seconds=120)
    at_first = service()

    [late] = add(ecs_fake)
    ecs_fake.clock.advance(seconds=120)
    with_three = service()
    ecs_client.update_container_instances_state(cluster="prod", containerInstances=[late.arn], status="DRAINING")
    ecs_fake.clock.advance(seconds=120)

    assert (at_first["desiredCount"], at_first["runningCount"]) == (2, 2)
    assert (with_three["desiredCount"], with_three["runningCount"]) == (3, 3)
    assert (service()["desiredCount"], service()["runningCount"]) == (2, 2)
    assert late.running_tasks_count == 0


def test_a_new_zone_takes_its_share(ecs_fake, create, service):
    """Developer Guide, "Balancing an Amazon ECS service across Availability Zones": one task at a time, started before one is stopped."""
    add(ecs_fake, count=4, availability_zones=["us-east-1a"])
    create(desiredCount=4)
    ecs_fake.clock.advance(seconds=300)

    add(ecs_fake, count=4, availability_zones=["us-east-1b"])
    ecs_fake.clock.advance(seconds=900)

    zones = [task.availability_zone for task in ecs_fake.tasks.where(last_status="RUNNING")]
    assert sorted(zones) == ["us-east-1a", "us-east-1a", "us-east-1b", "us-east-1b"]
    words = [message.partition(": (task")[0] for message in said(service())]
    assert (
        "(service web) is not AZ balanced with 4 tasks in us-east-1a, 0 tasks in us-east-1b. AZ Rebalancing in progress."
        in words
    )
    assert "(service web) is AZ balanced with 2 tasks in us-east-1a, 2 tasks in us-east-1b." in words


def test_a_lost_host_costs_no_more_than_its_tasks(ecs_fake, create, service):
    add(ecs_fake, count=3)
    create(desiredCount=2)
    ecs_fake.clock.advance(seconds=300)
    lost = next(each for each in ecs_fake.container_instances if each.tasks)

    lost.terminate()
    ecs_fake.clock.advance(seconds=120)

    assert service()["runningCount"] == 2
    assert all(task.container_instance_arn != lost.arn for task in ecs_fake.tasks.where(last_status="RUNNING"))


def test_a_daemons_sick_task_is_replaced_and_says_why(ecs_fake, ecs_client, service):
    add(ecs_fake)
    check = {"command": ["CMD", "true"], "interval": 10, "retries": 1}
    container = {"name": "app", "image": "agent:1", "memory": 600, "healthCheck": check}
    ecs_client.register_task_definition(family="web", containerDefinitions=[container])
    ecs_fake.containers.script(image="agent:*", health=["HEALTHY", "UNHEALTHY"], times=1)

    ecs_client.create_service(
        cluster="prod", serviceName="web", taskDefinition="web", launchType="EC2", schedulingStrategy="DAEMON"
    )
    ecs_fake.clock.advance(seconds=300)

    [sick, well] = ecs_fake.tasks
    assert (sick.last_status, sick.stopped_reason) == ("STOPPED", "Task failed container health checks")
    assert (well.last_status, service()["runningCount"]) == ("RUNNING", 1)
