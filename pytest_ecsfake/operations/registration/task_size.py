"""The size of the task, and the sizes of its containers.

Rules: API reference, RegisterTaskDefinition, cpu and memory; ContainerDefinition, cpu, memory and memoryReservation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pytest_ecsfake.engine.task_sizes import INVALID_SIZE, container_refusal, container_sizes, cpu_units, memory_mib
from pytest_ecsfake.errors import ClientException

if TYPE_CHECKING:
    from pytest_ecsfake import api

#: API reference, RegisterTaskDefinition, cpu: the bounds for EC2 and external instances.
CPU_UNITS = (128, 196608)


class DefinedSize(NamedTuple):
    """The task's own CPU units and MiB, where it has any."""

    cpu: int | None
    memory: int | None


def defined_size(definition: api.RegisterTaskDefinitionRequest) -> DefinedSize:
    """The size, in any spelling that ECS reads.

    Raises:
        ClientException: ECS can't read it (Developer Guide, "Invalid CPU or memory value specified").
    """
    cpu = memory = None
    if "cpu" in definition:
        cpu = cpu_units(definition["cpu"])
        if cpu is None or not _is_in_range(cpu, definition):
            raise ClientException(INVALID_SIZE.format(member="cpu"))
    if "memory" in definition:
        memory = memory_mib(definition["memory"])
        if not memory:
            raise ClientException(INVALID_SIZE.format(member="memory"))  # unverified
    return DefinedSize(cpu, memory)


def _is_in_range(cpu: int, definition: api.RegisterTaskDefinitionRequest) -> bool:
    # Fargate has its own table of sizes, and its own text for others. # unverified
    least, most = CPU_UNITS
    return least <= cpu <= most or "FARGATE" in definition.get("requiresCompatibilities", ())


def check_container_sizes(definition: api.RegisterTaskDefinitionRequest, size: DefinedSize) -> None:
    """Refuse containers that are larger than their task."""
    refusal = container_refusal(container_sizes(definition["containerDefinitions"]), cpu=size.cpu, memory=size.memory)
    if refusal is not None:
        raise ClientException(refusal)
