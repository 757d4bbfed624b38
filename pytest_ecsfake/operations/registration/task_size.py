"""The size of the task, and whether its containers fit into it.

Rules: API reference, RegisterTaskDefinition, cpu and memory; ContainerDefinition, cpu, memory and memoryReservation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pytest_ecsfake.engine.task_sizes import cpu_units, memory_mib
from pytest_ecsfake.errors import ClientException

if TYPE_CHECKING:
    from pytest_ecsfake import api

#: API reference, RegisterTaskDefinition, cpu: what EC2 and external instances take.
CPU_UNITS = (128, 196608)


class TaskSize(NamedTuple):
    """The task's own CPU units and MiB, where it has any."""

    cpu: int | None
    memory: int | None


def task_size(definition: api.RegisterTaskDefinitionRequest) -> TaskSize:
    """The size, read from whatever spelling.

    Raises:
        ClientException: a spelling that ECS doesn't read (Developer Guide, "Invalid CPU or memory value specified").
    """
    cpu = memory = None
    if "cpu" in definition:
        cpu = cpu_units(definition["cpu"])
        if cpu is None or not _is_in_range(cpu, definition):
            raise ClientException("Invalid 'cpu' setting for task.")
    if "memory" in definition:
        memory = memory_mib(definition["memory"])
        if not memory:
            raise ClientException("Invalid 'memory' setting for task.")  # unverified
    return TaskSize(cpu, memory)


def _is_in_range(cpu: int, definition: api.RegisterTaskDefinitionRequest) -> bool:
    # Fargate has a table of its own, and words of its own for what isn't in it. # unverified
    least, most = CPU_UNITS
    return least <= cpu <= most or "FARGATE" in definition.get("requiresCompatibilities", ())


def check_containers_fit(definition: api.RegisterTaskDefinitionRequest, size: TaskSize) -> None:
    """Refuse containers that are larger than their task.

    The hard limits are checked one by one: their sum may exceed the task's memory (pulumi-awsx#1220).
    """
    containers = definition["containerDefinitions"]
    if size.memory is not None:
        for container in containers:
            _check_memory_fits(container, size.memory)
        if sum(container.get("memoryReservation", 0) for container in containers) > size.memory:
            # cloudnativedaysjp/dreamkast-infra#4766
            raise ClientException(
                "The sum of all container 'memoryReservation' values cannot be greater than the value of the task 'memory'."
            )
    if size.cpu is not None and sum(container.get("cpu", 0) for container in containers) > size.cpu:
        # klotho#892
        raise ClientException(
            "The sum of all container 'cpu' values cannot be greater than the value of the task 'cpu'."
        )


def _check_memory_fits(container: api.ContainerDefinition, task_memory: int) -> None:
    name = container["name"]
    if container.get("memory", 0) > task_memory:
        # pulumi-awsx#1220
        raise ClientException(f"The 'memory' setting for container '{name}' is greater than for the task.")
    if container.get("memoryReservation", 0) > task_memory:
        raise ClientException(  # unverified
            f"The 'memoryReservation' setting for container '{name}' is greater than for the task."
        )
