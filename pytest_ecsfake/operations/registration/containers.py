"""The rules for one container definition: memory, environment, ulimits, restart policy; and those for all containers together.

That a container has a name and an image, and which characters they may contain, is in the schema.
Rules: API reference, ContainerDefinition; the sources of the texts stand beside them.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pytest_ecsfake.engine.task_sizes import container_size, memory_refusal
from pytest_ecsfake.errors import ClientException

if TYPE_CHECKING:
    from pytest_ecsfake import api

#: API reference, ContainerRestartPolicy, restartAttemptPeriod. Seconds.
RESTART_ATTEMPT_PERIOD = (60, 1800)


def check_together(containers: Sequence[api.ContainerDefinition]) -> None:
    """Refuse two containers with the same name, and a task without an essential container (cdk-preflight)."""
    if len({container["name"] for container in containers}) < len(containers):
        raise ClientException("Container names must be unique within a task definition")
    if not any(container.get("essential", True) for container in containers):
        raise ClientException("Task definition doesn't have any essential container")


def check(container: api.ContainerDefinition, *, has_task_memory: bool) -> None:
    """Refuse a container that isn't valid by itself.

    Args:
        container: the container.
        has_task_memory: whether the task definition sets `memory` for the task.
    """
    _check_memory(container, has_task_memory=has_task_memory)
    _check_environment(container)
    _check_ulimits(container)
    _check_restart_policy(container)


def invalid_setting(member: str, container: api.ContainerDefinition) -> ClientException:
    """ECS's error for a member of a container with an invalid value (seen for containerPort: aws-cli#7288)."""
    return ClientException(f"Invalid '{member}' setting for container '{container['name']}'.")


def _check_memory(container: api.ContainerDefinition, *, has_task_memory: bool) -> None:
    """API reference, ContainerDefinition, memory and memoryReservation: a 0 counts as not given."""
    size = container_size(container, {})
    if not (has_task_memory or size.memory or size.memory_reservation):
        raise ClientException(  # cuttlesoft/ecs-deploy.py#17
            f"Invalid setting for container '{size.name}'. "
            "At least one of 'memory' or 'memoryReservation' must be specified."
        )
    if refusal := memory_refusal(size):
        raise ClientException(refusal)


def _check_environment(container: api.ContainerDefinition) -> None:
    # That a name may occur twice is unverified.
    for variable in container.get("environment", ()):
        if not variable.get("name", "").strip():
            # thnery/terraform-aws-template#2
            raise ClientException("Environment variable name cannot be null or blank.")


def _check_ulimits(container: api.ContainerDefinition) -> None:
    for ulimit in container.get("ulimits", ()):
        if ulimit["softLimit"] > ulimit["hardLimit"]:
            # cdk-preflight
            raise ClientException(f"Soft limit exceeds hard limit for ulimit {ulimit['name']}")


def _check_restart_policy(container: api.ContainerDefinition) -> None:
    period = container.get("restartPolicy", {}).get("restartAttemptPeriod")
    shortest, longest = RESTART_ATTEMPT_PERIOD
    if period is not None and not shortest <= period <= longest:
        # cdk-preflight
        raise ClientException(
            f"The 'restartAttemptPeriod' setting for container '{container['name']}' "
            f"must be between {shortest} and {longest}."
        )
