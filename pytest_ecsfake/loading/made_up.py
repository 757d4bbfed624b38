"""What no document has, though others name it: made up from what they show, so that a single `describe-services` can be loaded.

A task definition gets the containers, images and sizes that its tasks show, or else what its service's load balancers and ports need. A container
instance gets the size of the fake's usual one, or of its tasks if that is more.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pytest_ecsfake.engine.instances import host
from pytest_ecsfake.engine.launch.service_connect import NAME
from pytest_ecsfake.loading.documents import Part
from pytest_ecsfake.state.cluster import Cluster
from pytest_ecsfake.state.container_instance import ContainerInstance
from pytest_ecsfake.state.region import Region

#: The smallest size on Fargate, and the memory of a container elsewhere (API reference, RegisterTaskDefinition: at least 4 MiB).
FARGATE_CPU, FARGATE_MEMORY = "256", "512"
CONTAINER_MEMORY = 128

#: A check that passes: a container whose health is shown has one.
HEALTH_CHECK = {"command": ["CMD-SHELL", "true"], "interval": 30, "timeout": 5, "retries": 3}


def task_definition(region: Region, arn: str, owner: Mapping[str, Any], parts: Iterable[Part]) -> dict[str, Any]:
    """The document of a task definition.

    Args:
        region: where it is.
        arn: its ARN.
        owner: the document that names it first: a service's, a task set's or a task's.
        parts: everything that is loaded.
    """
    family, _, revision = arn.rpartition("/")[2].partition(":")
    tasks = [each.resource for each in parts if each.kind == "tasks" and each.resource.get("taskDefinitionArn") == arn]
    shown = tasks[0] if tasks else owner
    has_interface = "networkConfiguration" in owner or any(
        each["type"] == "ElasticNetworkInterface" for each in shown.get("attachments", [])
    )
    on_fargate = _is_on_fargate(shown) or _is_on_fargate(owner)
    document: dict[str, Any] = {
        "taskDefinitionArn": arn,
        "family": family,
        "revision": int(revision or 1),
        "status": "ACTIVE",
        "containerDefinitions": _of_tasks(tasks[0]) if tasks else _of_a_service(owner, family),
        "volumes": [],
        "placementConstraints": [],
        "compatibilities": ["EC2", "FARGATE"] if on_fargate else ["EC2"],
    }
    if has_interface or on_fargate:
        document["networkMode"] = "awsvpc"
    if on_fargate:
        document |= {"requiresCompatibilities": ["FARGATE"], "cpu": FARGATE_CPU, "memory": FARGATE_MEMORY}
    document |= {name: shown[name] for name in ("cpu", "memory") if name in shown and on_fargate}
    if shown.get("enableExecuteCommand") or owner.get("enableExecuteCommand"):
        document["taskRoleArn"] = region.partition.role("made-up-by-load")
    return document


def _is_on_fargate(owner: Mapping[str, Any]) -> bool:
    providers = [each["capacityProvider"] for each in owner.get("capacityProviderStrategy", [])]
    providers.append(owner.get("capacityProviderName", ""))
    return owner.get("launchType") == "FARGATE" or any(name.startswith("FARGATE") for name in providers)


def _of_tasks(task: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [_of_container(each) for each in task.get("containers", []) if not each["name"].startswith(NAME)]


def _of_container(shown: Mapping[str, Any]) -> dict[str, Any]:
    definition: dict[str, Any] = {"name": shown["name"], "image": shown.get("image", shown["name"]), "essential": True}
    definition["cpu"] = int(shown.get("cpu", 0))
    definition |= {name: int(shown[name]) for name in ("memory", "memoryReservation") if name in shown}
    if not {"memory", "memoryReservation"} & definition.keys():
        definition["memory"] = CONTAINER_MEMORY
    bindings = shown.get("networkBindings", [])
    definition["portMappings"] = [
        {"containerPort": each["containerPort"], "hostPort": 0, "protocol": each.get("protocol", "tcp")}
        for each in bindings
        if "containerPort" in each
    ]
    if shown.get("healthStatus", "UNKNOWN") != "UNKNOWN":
        definition["healthCheck"] = HEALTH_CHECK
    return definition


def _of_a_service(owner: Mapping[str, Any], family: str) -> list[dict[str, Any]]:
    """The containers that a service's load balancers and registries name, or one with the family's name; the first has the other ports."""
    ports: dict[str, list[dict[str, Any]]] = {}
    for each in (*owner.get("loadBalancers", []), *owner.get("serviceRegistries", [])):
        if "containerName" in each:
            mappings = ports.setdefault(each["containerName"], [])
            mappings += [{"containerPort": each["containerPort"], "protocol": "tcp"}] if "containerPort" in each else []
    connect = owner.get("serviceConnectConfiguration", {}).get("services", [])
    named = [{"name": each["portName"], "containerPort": 8000 + number} for number, each in enumerate(connect)]
    names = list(ports) or [family]
    return [
        {
            "name": name,
            "image": name,
            "cpu": 0,
            "memory": CONTAINER_MEMORY,
            "essential": True,
            "portMappings": [*ports.get(name, []), *(named if number == 0 else [])],
        }
        for number, name in enumerate(names)
    ]


def container_instance(region: Region, cluster: Cluster, arn: str) -> ContainerInstance:
    """A container instance without tasks; `make_room` is for them."""
    usual = host.described({})
    return ContainerInstance(
        arn=arn,
        id=arn.rpartition("/")[2],
        cluster=cluster,
        registered_at=region.clock.now,
        cpu=usual.cpu,
        memory=usual.memory,
        reserved_ports=usual.reserved_ports,
        reserved_ports_udp=usual.reserved_ports_udp,
        network_interfaces=usual.network_interfaces,
        ec2_instance_id=f"i-{region.ids.hexadecimal(17)}",
        attributes=dict(usual.attributes),
    )


def make_room(instance: ContainerInstance) -> None:
    """Give a container instance what its tasks have reserved, if it has less."""
    instance.cpu = max(instance.cpu, instance.used_cpu)
    instance.memory = max(instance.memory, instance.used_memory)
    instance.network_interfaces = max(instance.network_interfaces, instance.used_network_interfaces)
