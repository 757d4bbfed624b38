"""How large a task is: how `cpu` and `memory` are spelt, which sizes Fargate has, and how the sizes of containers add up to their task's.

RegisterTaskDefinition checks a definition by these rules, RunTask and StartTask a definition with its overrides, and task placement
reserves by them. Each operation raises the refusals in an error class of its own.
Rules: API reference, RegisterTaskDefinition, cpu and memory, and ContainerDefinition, cpu, memory and memoryReservation; Developer Guide,
"Troubleshooting Amazon ECS task definition invalid CPU or memory errors".
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pytest_ecsfake import api

_GIB = 1024


def _gib(first: int, last: int, step: int = 1) -> range:
    return range(first * _GIB, (last + step) * _GIB, step * _GIB)


#: API reference, RegisterTaskDefinition, memory. CPU units, and the MiB that go with them.
FARGATE_SIZES: dict[int, range | tuple[int, ...]] = {
    256: (512, 1024, 2048),
    512: _gib(1, 4),
    1024: _gib(2, 8),
    2048: _gib(4, 16),
    4096: _gib(8, 30),
    8192: _gib(16, 60, step=4),
    16384: _gib(32, 120, step=8),
}

#: Developer Guide, "Task definition differences for Windows containers on Fargate": no less than 1 vCPU, no more than 4, and X86_64 only.
FARGATE_WINDOWS_CPU = (1024, 2048, 4096)

#: Developer Guide, "Invalid CPU or memory value specified".
NO_FARGATE_SIZE = (
    "No Fargate configuration exists for given values: {cpu} CPU, {memory} memory. "
    "See the Amazon ECS documentation for the valid values."
)

#: The same page.
INVALID_SIZE = "Invalid '{member}' setting for task."

MEMORY_BELOW_RESERVATION = (
    "Invalid setting for container '{container}'. 'memory' must be greater than or equal to 'memoryReservation'."
)
# Seen for memory (pulumi-awsx#1220); for memoryReservation unverified.
CONTAINER_ABOVE_TASK = "The '{member}' setting for container '{container}' is greater than for the task."
# Seen for memoryReservation (cloudnativedaysjp/dreamkast-infra#4766) and cpu (klotho#892).
SUM_ABOVE_TASK = "The sum of all container '{member}' values cannot be greater than the value of the task '{of_task}'."

#: A number of units, or of vCPUs and GBs; upper or lower case, with or without a blank.
#: GiB, MB and plurals have never been seen, so they are refused. # unverified
_UNITS = re.compile(r"[0-9]{1,9}\Z")
_VCPUS = re.compile(r"([0-9]{0,6}\.?[0-9]{1,6}) ?vcpu\Z", re.IGNORECASE)
_GBS = re.compile(r"([0-9]{0,6}\.?[0-9]{1,6}) ?gb\Z", re.IGNORECASE)


def cpu_units(spelt: str) -> int | None:
    """The CPU units that `"256"`, `".25 vCPU"` or `"1 vcpu"` stands for; None if ECS can't read it."""
    return _amount(spelt, _VCPUS)


def memory_mib(spelt: str) -> int | None:
    """The MiB that `"512"`, `"0.5GB"` or `"1 GB"` stands for; None if ECS can't read it."""
    return _amount(spelt, _GBS)


@lru_cache(maxsize=1024)
def _amount(spelt: str, large: re.Pattern[str]) -> int | None:
    if _UNITS.match(spelt):
        return int(spelt)
    found = large.match(spelt)
    if found is None:
        return None
    # Whole multiples of 1/1024 are exact in binary; any other number isn't a whole number of units. # unverified
    amount = float(found[1]) * 1024
    return int(amount) if amount.is_integer() else None


def is_fargate_size(cpu: int, memory: int, *, windows: bool = False, arm: bool = False) -> bool:
    """Whether Fargate has tasks of this size on this platform."""
    if windows and (arm or cpu not in FARGATE_WINDOWS_CPU):
        return False
    return memory in FARGATE_SIZES.get(cpu, ())


class TaskSize(NamedTuple):
    """The CPU units and the MiB of memory that a task is launched with."""

    cpu: int
    memory: int


class ContainerSize(NamedTuple):
    """What a container asks for, its overrides included; None where it doesn't say."""

    name: str
    cpu: int
    memory: int | None
    memory_reservation: int | None

    @property
    def reserved_memory(self) -> int:
        """The MiB that the container counts for (API reference, ContainerDefinition, memoryReservation: without one, the value of memory)."""
        reserved = self.memory if self.memory_reservation is None else self.memory_reservation
        return reserved or 0


def container_sizes(
    containers: Sequence[api.ContainerDefinition], overrides: Sequence[api.ContainerOverride] = ()
) -> list[ContainerSize]:
    """The sizes of containers, with what is overridden."""
    by_name = {override["name"]: override for override in overrides if "name" in override}
    return [container_size(container, by_name.get(container["name"], {})) for container in containers]


def container_size(container: api.ContainerDefinition, override: api.ContainerOverride) -> ContainerSize:
    """The size of one container, with what is overridden."""
    return ContainerSize(
        name=container["name"],
        cpu=override.get("cpu", container.get("cpu", 0)),
        memory=override.get("memory", container.get("memory")),
        memory_reservation=override.get("memoryReservation", container.get("memoryReservation")),
    )


def container_refusal(sizes: Sequence[ContainerSize], *, cpu: int | None, memory: int | None) -> str | None:
    """What ECS says of containers that are too large for their task; None if there is nothing to say.

    The hard limits are checked one by one: their sum may exceed the task's memory (pulumi-awsx#1220).

    Args:
        sizes: the sizes of all containers of the task.
        cpu: the task's own CPU units, or None: on a container instance a task may go without.
        memory: the task's own MiB, or None.
    """
    for size in sizes:
        if refusal := memory_refusal(size):
            return refusal
        if memory is not None:
            for member, amount in (("memory", size.memory), ("memoryReservation", size.memory_reservation)):
                if (amount or 0) > memory:
                    return CONTAINER_ABOVE_TASK.format(member=member, container=size.name)
    if memory is not None and sum(size.memory_reservation or 0 for size in sizes) > memory:
        return SUM_ABOVE_TASK.format(member="memoryReservation", of_task="memory")
    if cpu is not None and sum(size.cpu for size in sizes) > cpu:
        return SUM_ABOVE_TASK.format(member="cpu", of_task="cpu")
    return None


def memory_refusal(size: ContainerSize) -> str | None:
    """What ECS says of a container that reserves more memory than it may use; a 0 counts as absent.

    By the API reference `memory` has to be greater; ECS's text, and a deployment that went through, allow both to be equal (cdk-preflight).
    """
    if size.memory and size.memory_reservation and size.memory < size.memory_reservation:
        return MEMORY_BELOW_RESERVATION.format(container=size.name)
    return None
