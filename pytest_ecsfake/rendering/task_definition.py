"""A task definition revision as ECS shows it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_ecsfake.clock import to_epoch_seconds
from pytest_ecsfake.state.task_definition import TaskDefinition

if TYPE_CHECKING:
    from pytest_ecsfake import api


def task_definition(definition: TaskDefinition) -> api.TaskDefinition:
    """The document of a revision. Its tags aren't in it: answers show them in a member of their own."""
    document: api.TaskDefinition = {**definition.document, "status": definition.status}
    if definition.deregistered_at is not None:
        document["deregisteredAt"] = to_epoch_seconds(definition.deregistered_at)
    if definition.delete_requested_at is not None:
        document["deleteRequestedAt"] = to_epoch_seconds(definition.delete_requested_at)
    return document
