"""How large a task is: the spellings of `cpu` and `memory`, and the sizes that Fargate has.

Rules: API reference, RegisterTaskDefinition, cpu and memory; Developer Guide, "Troubleshooting Amazon ECS task definition invalid CPU or
memory errors".
"""

from __future__ import annotations

import re
from functools import lru_cache

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

#: A number of units, or of vCPUs and GBs; upper or lower case, with or without a blank.
#: Nobody has shown that ECS takes GiB, MB or a plural, so they are refused. # unverified
_UNITS = re.compile(r"[0-9]{1,9}\Z")
_VCPUS = re.compile(r"([0-9]{0,6}\.?[0-9]{1,6}) ?vcpu\Z", re.IGNORECASE)
_GBS = re.compile(r"([0-9]{0,6}\.?[0-9]{1,6}) ?gb\Z", re.IGNORECASE)


def cpu_units(spelt: str) -> int | None:
    """The CPU units that `"256"`, `".25 vCPU"` or `"1 vcpu"` means; None when ECS couldn't read it."""
    return _amount(spelt, _VCPUS)


def memory_mib(spelt: str) -> int | None:
    """The MiB that `"512"`, `"0.5GB"` or `"1 GB"` means; None when ECS couldn't read it."""
    return _amount(spelt, _GBS)


@lru_cache(maxsize=1024)
def _amount(spelt: str, large: re.Pattern[str]) -> int | None:
    if _UNITS.match(spelt):
        return int(spelt)
    found = large.match(spelt)
    if found is None:
        return None
    # Every number that is a whole multiple of 1/1024 is exact in binary; one that isn't is no whole number of units. # unverified
    amount = float(found[1]) * 1024
    return int(amount) if amount.is_integer() else None


def is_fargate_size(cpu: int, memory: int, *, windows: bool = False, arm: bool = False) -> bool:
    """Whether Fargate has tasks of this size on this platform."""
    if windows and (arm or cpu not in FARGATE_WINDOWS_CPU):
        return False
    return memory in FARGATE_SIZES.get(cpu, ())
