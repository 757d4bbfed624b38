"""The overrides of RunTask and StartTask: which ones ECS refuses, and the size of a task with them.

Rules: API reference, RunTask, overrides; TaskOverride and ContainerOverride. The overridden definition is refused in the words of
RegisterTaskDefinition; that RunTask answers with InvalidParameterException is an assumption. # unverified
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Literal

from pytest_ecsfake.engine.launch.fargate import NO_RESOURCE_REQUIREMENTS
from pytest_ecsfake.engine.placement.reservation import required_resources
from pytest_ecsfake.engine.task_sizes import (
    INVALID_SIZE,
    NO_FARGATE_SIZE,
    TaskSize,
    container_refusal,
    container_sizes,
    cpu_units,
    is_fargate_size,
    memory_mib,
)
from pytest_ecsfake.errors import InvalidParameterException

if TYPE_CHECKING:
    from pytest_ecsfake import api

#: API reference, TaskOverride, ephemeralStorage: it is for tasks on Fargate alone. The words are RegisterTaskDefinition's. # unverified
NO_EPHEMERAL_STORAGE = "Tasks using the EC2 launch type do not support EphemeralStorage."

#: API reference, RunTask, overrides: the length of the whole structure as JSON, in characters.
MAX_LENGTH = 8192


def check(definition: api.TaskDefinition, overrides: api.TaskOverride, *, on_fargate: bool) -> None:
    """Refuse overrides that a task definition doesn't allow.

    Args:
        definition: the task definition.
        overrides: its overrides.
        on_fargate: whether the task runs on Fargate, which has no GPUs.

    Raises:
        InvalidParameterException: they are too long, name a container that isn't in the definition, or break one of its rules.
    """
    if len(json.dumps(overrides, separators=(",", ":"), ensure_ascii=False)) > MAX_LENGTH:
        raise InvalidParameterException(f"Container Overrides length must be at most {MAX_LENGTH}")
    names = {container["name"] for container in definition["containerDefinitions"]}
    for override in overrides.get("containerOverrides", []):
        # An empty override is accepted (API reference, ContainerOverride).
        if not override:
            continue
        if "name" not in override:
            raise InvalidParameterException("name cannot be blank.")  # aws-sdk-go#2553
        if override["name"] not in names:
            raise InvalidParameterException(
                f"Override for container named {override['name']} is not a container in the TaskDefinition."
            )
        if on_fargate:
            _refuse_gpu(override)
    if "ephemeralStorage" in overrides and not on_fargate:
        raise InvalidParameterException(NO_EPHEMERAL_STORAGE)
    if overrides.get("inferenceAcceleratorOverrides"):
        # No definition can have an accelerator any more that could be overridden.
        raise InvalidParameterException("Unsupported field 'inferenceAcceleratorOverrides'.")  # unverified


def complete(definition: api.TaskDefinition, overrides: api.TaskOverride) -> api.TaskOverride:
    """The overrides as ECS shows them: every container of the definition by its name, overridden or not."""
    given = {override["name"]: override for override in overrides.get("containerOverrides", []) if override}
    return {
        **overrides,
        "containerOverrides": [
            given.get(container["name"]) or {"name": container["name"]}
            for container in definition["containerDefinitions"]
        ],
        "inferenceAcceleratorOverrides": [],
    }


def fargate_size(definition: api.TaskDefinition, overrides: api.TaskOverride) -> TaskSize:
    """The size of a task on Fargate: the `cpu` and `memory` of its overrides, else those of the definition.

    Raises:
        InvalidParameterException: ECS can't read a size, Fargate has no such size, or the containers are too large for it.
    """
    if "cpu" not in overrides and "memory" not in overrides:
        size = TaskSize(int(definition["cpu"]), int(definition["memory"]))
    else:
        size = _overridden_size(definition, overrides)
    if overrides:
        _refuse_too_large_containers(definition, overrides, size)
    return size


def size_on_instance(definition: api.TaskDefinition, overrides: api.TaskOverride) -> TaskSize:
    """The size of a task on a container instance: that of its overrides, else the definition's, else the sum over its containers.

    Raises:
        InvalidParameterException: ECS can't read a size, or the containers are too large for it.
    """
    if "cpu" in overrides:
        _readable(cpu_units(overrides["cpu"]), "cpu")
    if "memory" in overrides:
        _readable(memory_mib(overrides["memory"]), "memory")
    needed = required_resources(definition, overrides)
    size = TaskSize(needed.cpu, needed.memory)
    if overrides.get("containerOverrides"):
        _refuse_too_large_containers(definition, overrides, size)
    return size


def _refuse_gpu(override: api.ContainerOverride) -> None:
    if any(requirement["type"] == "GPU" for requirement in override.get("resourceRequirements", [])):
        raise InvalidParameterException(NO_RESOURCE_REQUIREMENTS.format(kind="GPU"))


def _overridden_size(definition: api.TaskDefinition, overrides: api.TaskOverride) -> TaskSize:
    cpu = _readable(cpu_units(overrides.get("cpu", definition["cpu"])), "cpu")
    memory = _readable(memory_mib(overrides.get("memory", definition["memory"])), "memory")
    platform = definition.get("runtimePlatform", {})
    windows = platform.get("operatingSystemFamily", "LINUX") != "LINUX"
    if not is_fargate_size(cpu, memory, windows=windows, arm=platform.get("cpuArchitecture") == "ARM64"):
        raise InvalidParameterException(NO_FARGATE_SIZE.format(cpu=cpu, memory=memory))
    return TaskSize(cpu, memory)


def _has_own_size(
    definition: api.TaskDefinition, overrides: api.TaskOverride, member: Literal["cpu", "memory"]
) -> bool:
    """Whether the task has a size of its own, which limits its containers: on a container instance it may go without."""
    return member in definition or member in overrides


def _readable(amount: int | None, name: str) -> int:
    if amount is None:
        raise InvalidParameterException(INVALID_SIZE.format(member=name))
    return amount


def _refuse_too_large_containers(definition: api.TaskDefinition, overrides: api.TaskOverride, size: TaskSize) -> None:
    sizes = container_sizes(definition["containerDefinitions"], overrides.get("containerOverrides", []))
    refusal = container_refusal(
        sizes,
        cpu=size.cpu if _has_own_size(definition, overrides, "cpu") else None,
        memory=size.memory if _has_own_size(definition, overrides, "memory") else None,
    )
    if refusal is not None:
        raise InvalidParameterException(refusal)
