"""Each reason why a container instance can't take a task, and what the nearest one is said to lack.

Developer Guide, "API failure reasons".
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

import pytest

import builders

ON_THE_ONLY = "  No other task starts: the only container instance, {id}, {lack}. ECS tries again at +75s."
IN_A_SUBNET = {"awsvpcConfiguration": {"subnets": ["subnet-0a1b2c3d"]}}


class Lack(NamedTuple):
    """One row: what the task asks for, and what the instance is said to lack."""

    words: str
    container: Mapping[str, Any] = MappingProxyType({})
    definition: Mapping[str, Any] = MappingProxyType({})
    service: Mapping[str, Any] = MappingProxyType({})
    taken: Mapping[str, Any] | None = None  # the container of a task that runs there already


LACKS = {
    "CPU": Lack("has 2,048 of 2,048 CPU units left, and the task needs 4,096 (RESOURCE:CPU)", {"cpu": 4096}),
    "memory": Lack(
        "has 7,680 of 7,680 MiB of memory left, and the task needs 9,000 (RESOURCE:MEMORY)", {"memory": 9000}
    ),
    "a port": Lack(
        "has host port 80 taken (RESOURCE:PORTS)",
        {"portMappings": [{"containerPort": 80, "hostPort": 80}]},
        taken={"portMappings": [{"containerPort": 80, "hostPort": 80}]},
    ),
    "a UDP port": Lack(
        "has host port 53/udp taken (RESOURCE:PORTS)",
        {"portMappings": [{"containerPort": 53, "hostPort": 53, "protocol": "udp"}]},
        taken={"portMappings": [{"containerPort": 53, "hostPort": 53, "protocol": "udp"}]},
    ),
    "a GPU": Lack(
        "has 0 of 0 GPUs left, and the task needs 1 (RESOURCE:GPU)",
        {"resourceRequirements": [{"type": "GPU", "value": "1"}]},
    ),
    "an attribute": Lack(
        "lacks the attribute com.amazonaws.ecs.capability.logging-driver.gelf (ATTRIBUTE)",
        {"logConfiguration": {"logDriver": "gelf"}},
    ),
    "a constraint": Lack(
        "doesn't meet attribute:color == red (MemberOf placement constraint unsatisfied)",
        service={"placementConstraints": [{"type": "memberOf", "expression": "attribute:color == red"}]},
    ),
}


@pytest.mark.parametrize("lack", LACKS.values(), ids=LACKS)
def test_what_the_only_instance_lacks(ecs_fake, ecs_client, lack):
    [instance] = _in_prod(ecs_fake, 1)
    if lack.taken is not None:
        _register(ecs_client, "other", lack.taken)
        ecs_client.run_task(cluster="prod", taskDefinition="other")
    _register(ecs_client, "web", lack.container, **lack.definition)
    ecs_client.create_service(cluster="prod", serviceName="web", taskDefinition="web", desiredCount=1, **lack.service)

    ecs_fake.clock.advance(seconds=60)

    assert ON_THE_ONLY.format(id=instance.id[:8], lack=lack.words) in ecs_fake.explain().splitlines()


def test_an_instance_without_a_network_interface_left(ecs_fake, ecs_client):
    [instance] = _in_prod(ecs_fake, 1)
    _register(ecs_client, "web", {"memory": 16}, networkMode="awsvpc")
    ecs_client.create_service(
        cluster="prod", serviceName="web", taskDefinition="web", desiredCount=20, networkConfiguration=IN_A_SUBNET
    )

    ecs_fake.clock.advance(seconds=60)

    lack = "has 0 of 2 network interfaces left, and the task needs 1 (RESOURCE:ENI)"
    assert ON_THE_ONLY.format(id=instance.id[:8], lack=lack) in ecs_fake.explain().splitlines()


def test_an_instance_in_another_zone_than_the_subnets_of_the_task(ecs_fake, ecs_client):
    [here, there] = _in_prod(ecs_fake, 2)
    network = {"awsvpcConfiguration": {"subnets": [there.attributes["ecs.subnet-id"]]}}
    ecs_client.update_container_instances_state(cluster="prod", containerInstances=[there.id], status="DRAINING")
    _register(ecs_client, "web", {}, networkMode="awsvpc")
    ecs_client.create_service(
        cluster="prod", serviceName="web", taskDefinition="web", desiredCount=1, networkConfiguration=network
    )

    ecs_fake.clock.advance(seconds=60)

    lack = f"is in {here.availability_zone}, and the task's subnets are in {there.availability_zone} (LOCATION)"
    assert ON_THE_ONLY.format(id=here.id[:8], lack=lack) in ecs_fake.explain().splitlines()


def test_of_several_instances_the_one_with_the_least_missing_is_the_nearest(ecs_fake, ecs_client):
    ecs_fake.clusters.add("prod")
    ecs_fake.container_instances.add("prod")[0].disconnect()
    ecs_fake.container_instances.add("prod", memory=1000)
    [nearest] = ecs_fake.container_instances.add("prod", memory=1500)
    _register(ecs_client, "web", {"memory": 2000})
    ecs_client.create_service(cluster="prod", serviceName="web", taskDefinition="web", desiredCount=1)

    ecs_fake.clock.advance(seconds=60)

    assert (
        "  No other task starts: none of 3 container instances has room (RESOURCE:MEMORY on 2, AGENT on 1); the nearest, "
        f"{nearest.id[:8]}, has 1,500 of 1,500 MiB of memory left, and the task needs 2,000. ECS tries again at +75s."
    ) in ecs_fake.explain().splitlines()


def test_a_service_for_which_room_has_come_waits_for_the_next_attempt_alone(ecs_fake, ecs_client):
    ecs_fake.clusters.add("prod")
    _register(ecs_client, "web", {})
    ecs_client.create_service(cluster="prod", serviceName="web", taskDefinition="web", desiredCount=1)
    ecs_fake.clock.advance(seconds=20)
    assert "prod has no container instance of EC2" in ecs_fake.explain()

    ecs_fake.container_instances.add("prod")

    assert "No other task starts" not in ecs_fake.explain()


def _in_prod(ecs_fake: Any, count: int) -> Any:
    ecs_fake.clusters.add("prod")
    return ecs_fake.container_instances.add("prod", count=count)


def _register(client: Any, family: str, container: Mapping[str, Any], **members: Any) -> None:
    document = builders.task_definition_on_instances({**builders.CONTAINER, "memory": 128, **container}, **members)
    client.register_task_definition(**{**document, "family": family})
