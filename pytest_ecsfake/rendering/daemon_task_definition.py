"""A daemon task definition as ECS shows it, whole and in lists.

Rules: API reference, DaemonTaskDefinition and DaemonTaskDefinitionSummary; the example of DescribeDaemonTaskDefinition.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_ecsfake.clock import to_epoch_seconds

if TYPE_CHECKING:
    from pytest_ecsfake import api
    from pytest_ecsfake.state.daemon_task_definition import DaemonTaskDefinition


def daemon_task_definition(item: DaemonTaskDefinition) -> api.DaemonTaskDefinition:
    """The document of a revision. It has no member for tags."""
    document: api.DaemonTaskDefinition = {**item.document, "status": item.status}
    if item.delete_requested_at is not None:
        document["deleteRequestedAt"] = to_epoch_seconds(item.delete_requested_at)
    return document


def summary(item: DaemonTaskDefinition) -> api.DaemonTaskDefinitionSummary:
    """The revision in a list."""
    document: api.DaemonTaskDefinitionSummary = {
        "arn": item.arn,
        "registeredAt": item.document["registeredAt"],
        "registeredBy": item.document["registeredBy"],
        "status": item.status,
    }
    if item.delete_requested_at is not None:
        document["deleteRequestedAt"] = to_epoch_seconds(item.delete_requested_at)
    return document
