"""What Fargate asks of a task: platform versions and what each can do, networking, and what it doesn't take.

Rules: API reference, RunTask, platformVersion, networkConfiguration, placementConstraints, enableExecuteCommand; Developer Guide, "Fargate
platform versions for Amazon ECS" and "AWS Fargate Linux platform version deprecation".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple
from zlib import crc32

from pytest_ecsfake.errors import (
    InvalidParameterException,
    PlatformTaskDefinitionIncompatibilityException,
    PlatformUnknownException,
)

if TYPE_CHECKING:
    from pytest_ecsfake import api
    from pytest_ecsfake.engine.task_sizes import TaskSize

LATEST = "LATEST"

#: Developer Guide, "Fargate platform versions for Amazon ECS": by operating system, the newest first, which is what LATEST means.
#: The guide's deprecation page: 1.0.0, 1.1.0 and 1.2.0 of Linux went on 2020-12-14; 1.3.0 is on its way out and still taken here.
PLATFORM_VERSIONS = {
    "LINUX": ("1.4.0", "1.3.0"),
    "WINDOWS": ("1.0.0",),
}

#: API reference, "Linux platform version 1.4.0 or later" at each of these members (RegisterTaskDefinition, cpu; EphemeralStorage;
#: EnvironmentFile; CapacityProviderStrategyItem), and the guide's list of what 1.4.0 brought (EFS volumes, ECS Exec).
SINCE_1_4_0 = "1.4.0"
LARGEST_CPU_BEFORE_1_4_0 = 4096

#: boto3#3173.
NO_TASK_ROLE = (
    "The execute command failed because a valid task role is not being used. "
    "Specify a valid task role in your task definition or as a task override and try again."
)

# Seen for GPU (cdk-preflight), for other kinds unverified.
NO_RESOURCE_REQUIREMENTS = "Tasks using the Fargate launch type do not support {kind} resource requirements."

#: API reference, TaskEphemeralStorage: what a task has that doesn't ask for more.
EPHEMERAL_STORAGE_GIB = 20


class Platform(NamedTuple):
    """What a task runs on; the family is written as in the API's recorded examples."""

    version: str
    family: str


def refuse_unfit(request: Mapping[str, Any], definition: api.TaskDefinition) -> None:
    """Refuse what Fargate doesn't take, whatever the platform version.

    Raises:
        InvalidParameterException: the definition isn't for Fargate, placement is asked for, or the task role is missing.
    """
    if "FARGATE" not in definition.get("compatibilities", []):
        raise InvalidParameterException("Task definition does not support launch_type FARGATE.")
    if request.get("placementConstraints"):
        raise InvalidParameterException("Placement constraints are not supported with FARGATE launch type.")
    if request.get("placementStrategy"):
        raise InvalidParameterException(
            "Placement strategies are not supported with FARGATE launch type."
        )  # unverified
    if request.get("enableExecuteCommand") and not task_role(definition, request.get("overrides", {})):
        raise InvalidParameterException(NO_TASK_ROLE)


def subnets(request: Mapping[str, Any]) -> Sequence[str]:
    """The subnets that the tasks' interfaces may be in: a task on Fargate always has a network interface of its own.

    Raises:
        InvalidParameterException: the call has no network configuration.
    """
    network = request.get("networkConfiguration", {}).get("awsvpcConfiguration")
    if network is None:
        raise InvalidParameterException(
            "Network Configuration must be provided when networkMode 'awsvpc' is specified."
        )
    subnets: Sequence[str] = network["subnets"]
    return subnets


def platform(
    request: Mapping[str, Any],
    definition: api.TaskDefinition,
    size: TaskSize,
    *,
    on_spot: bool,
) -> Platform:
    """The platform that a task runs on.

    Args:
        request: the call: the version that it asks for, and what it asks of the platform.
        definition: the task definition.
        size: the task's size with the overrides.
        on_spot: whether a task of the call runs on FARGATE_SPOT.

    Raises:
        PlatformUnknownException: there is no such version for the definition's operating system.
        PlatformTaskDefinitionIncompatibilityException: it can't do what the task needs.
    """
    system = definition.get("runtimePlatform", {}).get("operatingSystemFamily", "LINUX")
    windows = system != "LINUX"
    versions = PLATFORM_VERSIONS["WINDOWS" if windows else "LINUX"]
    asked = request.get("platformVersion") or LATEST
    version = versions[0] if asked == LATEST else asked
    if version not in versions:
        raise PlatformUnknownException("The specified platform does not exist.")
    incapable = (on_spot and windows) or (
        not windows and version < SINCE_1_4_0 and _needs_1_4_0(request, definition, size, on_spot=on_spot)
    )
    if incapable:
        raise PlatformTaskDefinitionIncompatibilityException(
            "One or more of the requested capabilities are not supported."
        )
    return Platform(version, "_".join(word.capitalize() for word in system.split("_")))


def ephemeral_storage_gib(definition: api.TaskDefinition, overrides: api.TaskOverride) -> int:
    """How large a task's ephemeral storage is."""
    storage = overrides.get("ephemeralStorage") or definition.get("ephemeralStorage")
    return EPHEMERAL_STORAGE_GIB if storage is None else storage["sizeInGiB"]


def availability_zone(region: str, subnet_id: str) -> str:
    """The zone that a subnet lies in: made up, and the same for the same subnet."""
    return region + "abc"[crc32(subnet_id.encode()) % 3]


def cpu_architecture(definition: api.TaskDefinition) -> str:
    """The value of a task's attribute `ecs.cpu-architecture`."""
    return definition.get("runtimePlatform", {}).get("cpuArchitecture", "X86_64").lower()


def _needs_1_4_0(request: Mapping[str, Any], definition: api.TaskDefinition, size: TaskSize, *, on_spot: bool) -> bool:
    overrides = request.get("overrides", {})
    containers = [*definition["containerDefinitions"], *overrides.get("containerOverrides", [])]
    return bool(
        size.cpu > LARGEST_CPU_BEFORE_1_4_0
        or "ephemeralStorage" in definition
        or "ephemeralStorage" in overrides
        or request.get("enableExecuteCommand")
        or any("efsVolumeConfiguration" in volume for volume in definition.get("volumes", []))
        or any(container.get("environmentFiles") for container in containers)
        or (on_spot and cpu_architecture(definition) == "arm64")
    )


def task_role(definition: api.TaskDefinition, overrides: api.TaskOverride) -> str | None:
    """The ARN of the role that a task's containers have: the override's, else the definition's."""
    return overrides.get("taskRoleArn") or definition.get("taskRoleArn")
