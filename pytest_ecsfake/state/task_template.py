"""The template that all tasks of one call, or of one service revision, are made from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_ecsfake.state.task_definition import TaskDefinition

if TYPE_CHECKING:
    from pytest_ecsfake import api


class TaskTemplate(NamedTuple):
    """What tasks are made from. It has passed every check of ECS, never changes, and is shared by all starts."""

    definition: TaskDefinition
    launch_type: api.LaunchType
    subnets: Sequence[str]  # empty for tasks in their container instance's network
    overrides: api.TaskOverride  # has an entry for every container; tasks share it, so it is never edited
    cpu: str
    memory: str
    platform_version: str | None = None  # resolved, such as 1.4.0; this and the next two are for Fargate only
    platform_family: str | None = None
    ephemeral_storage_gib: int | None = None
    volume: Mapping[str, Any] | None = None  # the configuration of the Amazon EBS volume that each task gets
