"""The instance types that a capacity provider of Managed Instances may launch, the preferred one first.

Rules: API reference, InstanceRequirementsRequest, with its defaults; Developer Guide, "Amazon ECS Managed Instances instance types". ECS takes
the most cost-optimized type that has room. No price is known here: the smallest type counts as the cheapest, and among equals the newest.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from pytest_ecsfake.engine.instances.ec2_types import INSTANCE_TYPES, InstanceType

if TYPE_CHECKING:
    from pytest_ecsfake import api

#: The guide: a Managed Instance has at least this many vCPUs.
LEAST_VCPUS = 2

#: The sizes that are never launched (the guide).
TOO_SMALL = ("nano", "micro")

#: The families of the table that EC2 calls previous generations, as requirements' `instanceGenerations` means it.
PREVIOUS_GENERATIONS = ("m1", "m3")

#: Who makes the processor, by the letter behind the generation (EC2 User Guide, "Amazon EC2 instance type naming conventions").
CPU_MANUFACTURERS = {"a": "amd", "g": "amazon-web-services"}

_FAMILY = re.compile(r"(?P<series>[a-z]+)(?P<generation>\d+)(?P<options>[a-z]*)")


def acceptable(requirements: api.InstanceRequirementsRequest) -> list[InstanceType]:
    """The types of the table that meet the requirements of a provider; those that its structure leaves out have their defaults."""
    asked = {**DEFAULTS, **requirements}
    return [
        each
        for each in _PREFERRED
        if all(meets(each, asked[name]) for name, meets in REQUIREMENTS.items() if name in asked)
    ]


def _has_vcpus(each: InstanceType, asked: Mapping[str, float]) -> bool:
    return _is_within(each.vcpus, asked)


def _has_memory(each: InstanceType, asked: Mapping[str, float]) -> bool:
    return _is_within(each.memory, asked)


def _has_memory_per_vcpu(each: InstanceType, asked: Mapping[str, float]) -> bool:
    return _is_within(each.memory / 1024 / each.vcpus, asked)


def _has_interfaces(each: InstanceType, asked: Mapping[str, float]) -> bool:
    return _is_within(each.network_interfaces, asked)


def _has_accelerators(each: InstanceType, asked: Mapping[str, float]) -> bool:
    return _is_within(each.gpus, asked)


def _is_of_accelerator_type(each: InstanceType, asked: Sequence[str]) -> bool:
    return not asked or (each.gpus > 0 and "gpu" in asked)


def _is_of_accelerator_manufacturer(each: InstanceType, asked: Sequence[str]) -> bool:
    """Every GPU of the table is NVIDIA's."""
    return not asked or (each.gpus > 0 and "nvidia" in asked)


def _is_of_cpu_manufacturer(each: InstanceType, asked: Sequence[str]) -> bool:
    options = _family(each)["options"]
    return not asked or CPU_MANUFACTURERS.get(options[:1], "intel") in asked


def _is_of_generation(each: InstanceType, asked: Sequence[str]) -> bool:
    is_previous = each.name.partition(".")[0] in PREVIOUS_GENERATIONS
    return not asked or ("previous" if is_previous else "current") in asked


def _is_allowed(each: InstanceType, asked: Sequence[str]) -> bool:
    return not asked or any(fnmatchcase(each.name, pattern) for pattern in asked)


def _is_not_excluded(each: InstanceType, asked: Sequence[str]) -> bool:
    return not any(fnmatchcase(each.name, pattern) for pattern in asked)


def _suits_burstable(each: InstanceType, asked: str) -> bool:
    is_burstable = _family(each)["series"] == "t"
    return asked == "included" or is_burstable == (asked == "required")


def _suits_bare_metal(each: InstanceType, asked: str) -> bool:
    """No type of the table is bare metal."""
    return asked != "required"


#: API reference, InstanceRequirementsRequest: its members that the table of instance types has the facts for, and what meets each.
REQUIREMENTS: Mapping[str, Callable[[InstanceType, Any], bool]] = {
    "vCpuCount": _has_vcpus,
    "memoryMiB": _has_memory,
    "cpuManufacturers": _is_of_cpu_manufacturer,
    "memoryGiBPerVCpu": _has_memory_per_vcpu,
    "excludedInstanceTypes": _is_not_excluded,
    "instanceGenerations": _is_of_generation,
    "bareMetal": _suits_bare_metal,
    "burstablePerformance": _suits_burstable,
    "networkInterfaceCount": _has_interfaces,
    "acceleratorTypes": _is_of_accelerator_type,
    "acceleratorCount": _has_accelerators,
    "acceleratorManufacturers": _is_of_accelerator_manufacturer,
    "allowedInstanceTypes": _is_allowed,
}

#: The same page: what holds for a member that is left out, where that isn't "any". A provider without requirements has these alone.
DEFAULTS: Mapping[str, Any] = {"bareMetal": "excluded", "burstablePerformance": "excluded"}


def _is_within(value: float, asked: Mapping[str, float]) -> bool:
    return asked.get("min", 0) <= value <= asked.get("max", value)


def _family(each: InstanceType) -> re.Match[str]:
    found = _FAMILY.match(each.name)
    assert found is not None, each.name
    return found


def _preference(each: InstanceType) -> tuple[int, int, int, int]:
    """The smallest first, one with GPUs after all those without; among equals the newest generation."""
    gib = -(-each.memory // 1024)
    return each.gpus, each.vcpus, gib, -int(_family(each)["generation"])


_PREFERRED = sorted(
    (each for each in INSTANCE_TYPES if each.vcpus >= LEAST_VCPUS and each.name.partition(".")[2] not in TOO_SMALL),
    key=_preference,
)
