"""A task on a container instance from RunTask to its end: its timestamps, its ports, and what it leaves of the instance."""

from __future__ import annotations

from typing import Any

import pytest

import builders

pytestmark = pytest.mark.ecs_fake(clusters=["prod"])


@pytest.fixture
def instance(ecs_fake):
    """A container instance of 2,048 CPU units and 4,096 MiB in the cluster prod."""
    return ecs_fake.container_instances.add("prod", cpu=2048, memory=4096)[0]


@pytest.fixture
def run(ecs_client):
    """Register a definition of one container that has two ports, and run it on the cluster prod; the task's ARN."""

    def run(network_mode: str, **parameters: Any) -> str:
        container = {
            "name": "web",
            "image": "nginx:1.29",
            "cpu": 512,
            "memory": 1024,
            "portMappings": [{"containerPort": 80, "hostPort": 80}, {"containerPort": 9000}],
        }
        if network_mode != "bridge":
            container["portMappings"] = [{"containerPort": 80}, {"containerPort": 9000}]
        ecs_client.register_task_definition(family="web", networkMode=network_mode, containerDefinitions=[container])
        [task] = ecs_client.run_task(cluster="prod", taskDefinition="web", **parameters)["tasks"]
        return task["taskArn"]

    return run


@pytest.fixture
def look(ecs_client):
    """Describe a task of the cluster prod."""

    def look(arn: str) -> Any:
        [task] = ecs_client.describe_tasks(cluster="prod", tasks=[arn])["tasks"]
        return task

    return look


@pytest.fixture
def ports(ecs_client, instance):
    """The ports that the instance says are taken, its own left out."""

    def ports() -> list[str]:
        answer = ecs_client.describe_container_instances(cluster="prod", containerInstances=[instance.arn])
        [described] = answer["containerInstances"]
        remaining, registered = (
            next(each["stringSetValue"] for each in described[member] if each["name"] == "PORTS")
            for member in ("remainingResources", "registeredResources")
        )
        return [port for port in remaining if port not in registered]

    return ports


def after_creation(task: Any) -> dict[str, float]:
    """The task's timestamps, in seconds since it was created."""
    return {
        name: (task[name] - task["createdAt"]).total_seconds()
        for name in task
        if name.endswith("At") and name != "createdAt"
    }


def test_a_task_in_the_network_of_its_instance(ecs_fake, ecs_client, instance, run, look, ports):
    """One jump of the clock to each end; its host port is taken from its placement until it has stopped."""
    arn = run("bridge")
    assert (instance.remaining_cpu, instance.remaining_memory, ports()) == (1536, 3072, ["80"])
    ecs_fake.clock.advance(seconds=60)
    running = look(arn)
    ecs_client.stop_task(cluster="prod", task=arn)
    assert ports() == ["80"]

    ecs_fake.clock.advance(seconds=60)

    stopped = look(arn)
    bindings = [
        (binding["containerPort"], binding["hostPort"]) for binding in running["containers"][0]["networkBindings"]
    ]
    assert bindings == [(80, 80), (9000, 32768)]
    assert after_creation(stopped) == {
        "connectivityAt": 0,
        "pullStartedAt": 1.2,
        "pullStoppedAt": 5.4,
        "startedAt": 7,
        "stoppingAt": 60,
        "executionStoppedAt": 61.2,
        "stoppedAt": 63,
    }
    assert (running["version"], stopped["version"]) == (2, 4)
    assert [container["exitCode"] for container in stopped["containers"]] == [143]
    assert (instance.remaining_cpu, instance.remaining_memory, ports()) == (2048, 4096, [])


def test_a_task_with_an_interface_of_its_own(ecs_fake, ecs_client, instance, run, look, ports):
    """It takes an interface of the instance and none of its ports; the interface is there before it is PENDING."""
    arn = run("awsvpc", networkConfiguration=builders.NETWORK)
    ecs_fake.clock.advance(seconds=60)
    running = look(arn)
    ecs_client.stop_task(cluster="prod", task=arn)

    ecs_fake.clock.advance(seconds=60)

    stopped = look(arn)
    [attachment], [container] = running["attachments"], running["containers"]
    assert attachment["status"] == "ATTACHED"
    assert container["networkInterfaces"] == [
        {"attachmentId": attachment["id"], "privateIpv4Address": ecs_fake.tasks[arn].private_ipv4_address}
    ]
    assert container["networkBindings"] == []
    assert ports() == []
    assert after_creation(stopped) == {
        "connectivityAt": 0,
        "pullStartedAt": 9.2,
        "pullStoppedAt": 13.4,
        "startedAt": 15,
        "stoppingAt": 60,
        "executionStoppedAt": 62,
        "stoppedAt": 81,
    }
    assert running["version"] == 4


def test_a_task_in_network_mode_host_has_the_ports_of_its_containers(ecs_fake, instance, run, look, ports):
    """API reference, PortMapping, hostPort: in network mode host it is the container's."""
    arn = run("host")
    ecs_fake.clock.advance(seconds=60)

    bindings = look(arn)["containers"][0]["networkBindings"]

    assert [(binding["containerPort"], binding["hostPort"]) for binding in bindings] == [(80, 80), (9000, 9000)]
    assert ports() == ["80", "9000"]


def test_tasks_without_ports_of_their_own_share_an_instance(ecs_fake, ecs_client, instance, look):
    """Developer Guide, "PortMapping": ports that the host chooses are no two containers' at a time, and reserve nothing."""
    container = {"name": "web", "image": "nginx", "memory": 128, "portMappings": [{"containerPort": 80}]}
    ecs_client.register_task_definition(family="web", containerDefinitions=[container])
    tasks = ecs_client.run_task(cluster="prod", taskDefinition="web", count=3)["tasks"]
    ecs_fake.clock.advance(seconds=60)

    described = ecs_client.describe_tasks(cluster="prod", tasks=[task["taskArn"] for task in tasks])["tasks"]

    bindings = [container["networkBindings"] for task in described for container in task["containers"]]
    assert [binding["hostPort"] for [binding] in bindings] == [32768, 32769, 32770]


def test_an_essential_container_that_ends_by_itself_frees_what_the_task_had(ecs_fake, instance, run, look):
    arn = run("bridge")
    ecs_fake.clock.advance(seconds=30)

    ecs_fake.tasks[arn].exit("web", code=3)
    ecs_fake.clock.advance(seconds=30)

    task = look(arn)
    assert (task["lastStatus"], task["stopCode"]) == ("STOPPED", "EssentialContainerExited")
    assert task["version"] == 3
    assert (instance.remaining_cpu, instance.remaining_memory) == (2048, 4096)


def test_a_task_is_disconnected_while_the_agent_of_its_instance_is(ecs_fake, instance, run, look):
    """API reference, Task, connectivity and connectivityAt: the time when the task last went into CONNECTED status."""
    arn = run("bridge")
    ecs_fake.clock.advance(seconds=60)
    before = look(arn)

    instance.disconnect()
    ecs_fake.clock.advance(seconds=30)
    cut_off = look(arn)
    instance.connect()
    after = look(arn)

    assert [task["connectivity"] for task in (before, cut_off, after)] == ["CONNECTED", "DISCONNECTED", "CONNECTED"]
    assert (cut_off["lastStatus"], cut_off["connectivityAt"]) == ("RUNNING", before["createdAt"])
    assert (after["connectivityAt"] - before["createdAt"]).total_seconds() == 90
    assert ecs_fake.tasks[arn].connectivity == "CONNECTED"
