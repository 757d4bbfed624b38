"""What tasks reserve on container instances: what a task needs, whether an instance has it, and how it is reserved and freed.

Rules: API reference, ContainerInstance, remainingResources; TaskDefinition, cpu and memory; ContainerDefinition, memory and
memoryReservation; PortMapping, hostPort. Names of what is missing: Developer Guide, "API failure reasons".
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pytest_ecsfake.engine.task_sizes import container_sizes, cpu_units, memory_mib
from pytest_ecsfake.state.container_instance import ContainerInstance, RequiredResources
from pytest_ecsfake.state.task import Task

if TYPE_CHECKING:
    from pytest_ecsfake import api

#: PortMapping, hostPort: an instance takes at most this many reserved ports, its own included.
MAX_PORTS = 100


def required_resources(definition: api.TaskDefinition, overrides: api.TaskOverride) -> RequiredResources:
    """What a task needs of a container instance.

    The task's own size counts where it has one, else the sum over its containers.
    """
    given = overrides.get("containerOverrides", [])
    sizes = container_sizes(definition["containerDefinitions"], given)
    cpu = overrides.get("cpu", definition.get("cpu"))
    memory = overrides.get("memory", definition.get("memory"))
    own_interface = definition.get("networkMode") == "awsvpc"
    return RequiredResources(
        cpu=cpu_units(cpu) or 0 if cpu else sum(size.cpu for size in sizes),
        memory=memory_mib(memory) or 0 if memory else sum(size.reserved_memory for size in sizes),
        ports=() if own_interface else _host_ports(definition, "tcp"),
        ports_udp=() if own_interface else _host_ports(definition, "udp"),
        gpus=_gpus(definition["containerDefinitions"], given),
        network_interfaces=int(own_interface),
    )


def missing(instance: ContainerInstance, needed: RequiredResources) -> str | None:
    """What an instance lacks for a task, as `failures` names it; None if it has room."""
    lacks = (
        ("CPU", needed.cpu > instance.remaining_cpu),
        ("MEMORY", needed.memory > instance.remaining_memory),
        ("PORTS", _lack_ports(needed.ports, instance.reserved_ports, instance.used_ports)
                  or _lack_ports(needed.ports_udp, instance.reserved_ports_udp, instance.used_ports_udp)),
        ("GPU", needed.gpus > len(instance.free_gpus)),
        ("ENI", needed.network_interfaces > instance.network_interfaces - instance.used_network_interfaces),
    )  # fmt: skip
    return next((f"RESOURCE:{resource}" for resource, lacking in lacks if lacking), None)


def take(instance: ContainerInstance, task: Task) -> None:
    """Reserve what a task needs on an instance that has room for it."""
    needed = task.reserved = required_resources(task.definition.document, task.overrides)
    task.gpu_ids = tuple(instance.free_gpus[: needed.gpus])
    instance.used_cpu += needed.cpu
    instance.used_memory += needed.memory
    instance.used_ports.update(needed.ports)
    instance.used_ports_udp.update(needed.ports_udp)
    instance.used_gpus.update(task.gpu_ids)
    instance.used_network_interfaces += needed.network_interfaces


def give_back(task: Task) -> None:
    """Free what a task has reserved on its instance; the task keeps the ids of the GPUs that it ran with."""
    instance, needed = task.container_instance, task.reserved
    if instance is None or needed is None:
        return
    task.reserved = None
    instance.used_cpu -= needed.cpu
    instance.used_memory -= needed.memory
    instance.used_ports.difference_update(needed.ports)
    instance.used_ports_udp.difference_update(needed.ports_udp)
    instance.used_gpus.difference_update(task.gpu_ids)
    instance.used_network_interfaces -= needed.network_interfaces


def _host_ports(definition: api.TaskDefinition, protocol: str) -> tuple[int, ...]:
    """The host ports that the definition names; in network mode host these are the container ports (PortMapping, hostPort)."""
    is_host = definition.get("networkMode") == "host"
    ports = [
        mapping.get("hostPort") or (mapping.get("containerPort", 0) if is_host else 0)
        for container in definition["containerDefinitions"]
        for mapping in container.get("portMappings", [])
        if mapping.get("protocol", "tcp") == protocol
    ]
    return tuple(sorted({port for port in ports if port}))


def _gpus(containers: Sequence[api.ContainerDefinition], overrides: Sequence[api.ContainerOverride]) -> int:
    """How many GPUs the containers require together."""
    overridden = {each["name"]: each["resourceRequirements"] for each in overrides if "resourceRequirements" in each}
    return sum(
        int(requirement["value"])
        for container in containers
        for requirement in overridden.get(container["name"], container.get("resourceRequirements", []))
        if requirement["type"] == "GPU"
    )


def _lack_ports(needed: tuple[int, ...], reserved: tuple[int, ...], used: set[int]) -> bool:
    if not needed:
        return False
    taken = used.union(reserved)
    return not taken.isdisjoint(needed) or len(taken) + len(needed) > MAX_PORTS
