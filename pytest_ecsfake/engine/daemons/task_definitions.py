"""The life of a daemon task definition: ACTIVE, DELETE_IN_PROGRESS, DELETED.

A revision that is being deleted stays so as long as a daemon uses it. That this is what ECS waits for is unverified.
Rules: API reference, DeleteDaemonTaskDefinition; DaemonTaskDefinition, status.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_ecsfake.clock import seconds
from pytest_ecsfake.state.daemon_task_definition import DaemonTaskDefinition
from pytest_ecsfake.state.region import Region

if TYPE_CHECKING:
    from pytest_ecsfake import api

#: How long a deletion takes at least; ECS states no duration. `timings` replaces it.
DELETION = seconds(5)

#: The life cycle: which status follows which.
STATUSES: dict[api.DaemonTaskDefinitionStatus, api.DaemonTaskDefinitionStatus] = {
    "ACTIVE": "DELETE_IN_PROGRESS",
    "DELETE_IN_PROGRESS": "DELETED",
}


def delete(region: Region, definition: DaemonTaskDefinition) -> None:
    """Begin to delete an ACTIVE revision."""
    _go_on(region, definition, "deletion requested")
    definition.delete_requested_at = region.clock.now
    region.clock.after(region.timings.delay("DELETE_IN_PROGRESS", DELETION), release, region)


def release(region: Region) -> None:
    """Delete the revisions whose deletion is due and that no daemon uses any more."""
    definitions = region.daemon_task_definitions
    due = region.clock.now - region.timings.delay("DELETE_IN_PROGRESS", DELETION)
    deleting, _ = definitions.page(len(definitions), status="DELETE_IN_PROGRESS")
    for definition in deleting:
        is_due = definition.delete_requested_at is not None and definition.delete_requested_at <= due
        if is_due and not _is_in_use(region, definition):
            _go_on(region, definition, "deleted")


def _is_in_use(region: Region, definition: DaemonTaskDefinition) -> bool:
    """Whether a daemon starts tasks from the revision, or may go back to it."""
    return any(
        revision is not None and revision.definition is definition
        for cluster in region.clusters
        for daemon in region.daemons_in(cluster)
        for revision in (daemon.revision, daemon.completed, daemon.deployment.target)
    )


def _go_on(region: Region, definition: DaemonTaskDefinition, why: str) -> None:
    before = definition.status
    region.daemon_task_definitions.change(definition.key, status=STATUSES[before])
    region.journal.write(
        region.clock.now, "daemon-task-definition", definition.arn, "status", before, definition.status, why
    )
