"""Fargate's platform: its versions and what each of them can do, and what a task on it has.

Rules: API reference, RunTask, platformVersion; Developer Guide, "Fargate platform versions for Amazon ECS" and "AWS Fargate Linux platform
version deprecation".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple
from zlib import crc32

from pytest_ecsfake.errors import (
    PlatformTaskDefinitionIncompatibilityException,
    PlatformUnknownException,
)

if TYPE_CHECKING:
    from pytest_ecsfake import api
    from pytest_ecsfake.engine.task_sizes import TaskSize

LATEST = "LATEST"

#: Developer Guide, "Fargate platform versions for Amazon ECS": by operating system, the newest first, which is what LATEST means.
#: The guide's deprecation page: 1.0.0, 1.1.0 and 1.2.0 of Linux ended on 2020-12-14; 1.3.0 is deprecated and still accepted here.
PLATFORM_VERSIONS = {
    "LINUX": ("1.4.0", "1.3.0"),
    "WINDOWS": ("1.0.0",),
}

#: API reference, "Linux platform version 1.4.0 or later" at each of these members (RegisterTaskDefinition, cpu; EphemeralStorage;
#: EnvironmentFile; CapacityProviderStrategyItem), and the guide's list of what 1.4.0 brought (EFS volumes, ECS Exec).
SINCE_1_4_0 = "1.4.0"
LARGEST_CPU_BEFORE_1_4_0 = 4096

# Seen for GPU (cdk-preflight), for other kinds unverified.
NO_RESOURCE_REQUIREMENTS = "Tasks using the Fargate launch type do not support {kind} resource requirements."

#: API reference, TaskEphemeralStorage: the default.
EPHEMERAL_STORAGE_GIB = 20


class Platform(NamedTuple):
    """What a task runs on; the family is written as in the API's recorded examples."""

    version: str
    family: str


def platform(
    request: Mapping[str, Any],
    definition: api.TaskDefinition,
    size: TaskSize,
    *,
    on_spot: bool,
) -> Platform:
    """The platform that a task runs on.

    Args:
        request: the parameters: the version, and what else depends on it.
        definition: the task definition.
        size: the task's size with the overrides.
        on_spot: whether one of the tasks runs on FARGATE_SPOT.

    Raises:
        PlatformUnknownException: there is no such version for the definition's operating system.
        PlatformTaskDefinitionIncompatibilityException: the version lacks what the task needs.
    """
    system = definition.get("runtimePlatform", {}).get("operatingSystemFamily", "LINUX")
    windows = system != "LINUX"
    versions = PLATFORM_VERSIONS["WINDOWS" if windows else "LINUX"]
    asked = request.get("platformVersion") or LATEST
    version = versions[0] if asked == LATEST else asked
    if version not in versions:
        raise PlatformUnknownException("The specified platform does not exist.")
    incapable = (windows and (on_spot or _has_environment_files(request, definition))) or (
        not windows and version < SINCE_1_4_0 and _needs_1_4_0(request, definition, size, on_spot=on_spot)
    )
    if incapable:
        raise PlatformTaskDefinitionIncompatibilityException(
            "One or more of the requested capabilities are not supported."
        )
    return Platform(version, "_".join(word.capitalize() for word in system.split("_")))


def ephemeral_storage_gib(definition: api.TaskDefinition, overrides: api.TaskOverride) -> int:
    """The size of a task's ephemeral storage."""
    storage = overrides.get("ephemeralStorage") or definition.get("ephemeralStorage")
    return EPHEMERAL_STORAGE_GIB if storage is None else storage["sizeInGiB"]


def availability_zone(region: str, subnet_id: str) -> str:
    """The zone of a subnet: made up, and always the same for the same subnet."""
    return region + "abc"[crc32(subnet_id.encode()) % 3]


def cpu_architecture(definition: api.TaskDefinition) -> str:
    """The value of a task's attribute `ecs.cpu-architecture`."""
    return definition.get("runtimePlatform", {}).get("cpuArchitecture", "X86_64").lower()


def _needs_1_4_0(request: Mapping[str, Any], definition: api.TaskDefinition, size: TaskSize, *, on_spot: bool) -> bool:
    overrides = request.get("overrides", {})
    return bool(
        size.cpu > LARGEST_CPU_BEFORE_1_4_0
        or "ephemeralStorage" in definition
        or "ephemeralStorage" in overrides
        or request.get("enableExecuteCommand")
        or any("efsVolumeConfiguration" in volume for volume in definition.get("volumes", []))
        or _has_environment_files(request, definition)
        or (on_spot and cpu_architecture(definition) == "arm64")
    )


def _has_environment_files(request: Mapping[str, Any], definition: api.TaskDefinition) -> bool:
    """Whether a container has environment files, by its definition or an override; Windows can't have them (containers-roadmap#1626, #2475)."""
    containers = [*definition["containerDefinitions"], *request.get("overrides", {}).get("containerOverrides", [])]
    return any(container.get("environmentFiles") for container in containers)
