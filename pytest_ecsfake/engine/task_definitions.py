"""The life of a task definition revision: registered as ACTIVE, then INACTIVE, DELETE_IN_PROGRESS, gone.

Only this module changes a revision's status. A revision that is being deleted stays until no task refers to it; whoever starts tasks in
another way (a service) joins `_is_in_use`.
Rules: API reference, DeregisterTaskDefinition and DeleteTaskDefinitions.
"""

from __future__ import annotations

from collections.abc import Collection
from functools import partial
from typing import TYPE_CHECKING

from pytest_ecsfake.clock import CONSEQUENCES, SECOND, to_epoch_seconds
from pytest_ecsfake.state.journal import Entry
from pytest_ecsfake.state.region import Region
from pytest_ecsfake.state.task_definition import TaskDefinition

if TYPE_CHECKING:
    from pytest_ecsfake import api

#: How long a deletion takes at least. The delay is ours: ECS only says that it isn't immediate.
DELETION = 5 * SECOND

#: When what refers to a revision may have ceased to: the kind of the resource, what changes, and to which status.
ENDS = (
    ("task", "lastStatus", ("STOPPED",)),
    ("service", "status", ("INACTIVE",)),
    ("service-deployment", "status", ("SUCCESSFUL", "STOPPED", "ROLLBACK_SUCCESSFUL", "ROLLBACK_FAILED")),
)


def new_revision(region: Region, document: api.TaskDefinition, tags: dict[str, str]) -> TaskDefinition:
    """The next revision of a family, which `add` registers. Its document gets the number and the registration's members."""
    family = document["family"]
    revision = region.task_definitions.next_revision(family)
    arn = region.partition.arn(f"task-definition/{family}:{revision}")
    document["taskDefinitionArn"] = arn
    document["revision"] = revision
    document["registeredAt"] = to_epoch_seconds(region.clock.now)
    document["registeredBy"] = region.partition.principal
    return TaskDefinition(arn, family, revision, document, tags)


def add(region: Region, definition: TaskDefinition) -> None:
    """Register a new revision."""
    region.task_definitions.add(definition.key, definition)
    region.journal.write(region.clock.now, "task-definition", definition.arn, "status", None, "ACTIVE", "registered")


def deregister(region: Region, definition: TaskDefinition) -> None:
    """Make an ACTIVE revision INACTIVE; one that is so already keeps its time of deregistration."""
    if definition.status == "ACTIVE":
        _transition(region, definition, "INACTIVE", "deregistered", deregistered_at=region.clock.now)


def delete(region: Region, definition: TaskDefinition) -> None:
    """Begin to delete an INACTIVE revision; nothing happens to one that is being deleted already."""
    if definition.status == "INACTIVE":
        _transition(
            region, definition, "DELETE_IN_PROGRESS", "deletion requested", delete_requested_at=region.clock.now
        )
        region.clock.after(region.timings.delay("DELETE_IN_PROGRESS", DELETION), release, region)


def release(region: Region) -> None:
    """Forget the revisions whose deletion is due and that no task and no service refers to any more."""
    definitions = region.task_definitions
    due = region.clock.now - region.timings.delay("DELETE_IN_PROGRESS", DELETION)
    deleting, _ = definitions.page(len(definitions), status="DELETE_IN_PROGRESS")
    for definition in deleting:
        if definition.delete_requested_at is not None and definition.delete_requested_at > due:
            continue
        if _is_in_use(region, definition):
            _follow_users(region)
        else:
            _note(region, definition, None, "deleted")
            definitions.drop(definition.key)


def _is_in_use(region: Region, definition: TaskDefinition) -> bool:
    """Whether a task that hasn't stopped was made from the revision, or a service, a deployment or a task set makes tasks from it."""
    return any(
        region.tasks_in(cluster).active_count(definition=definition)
        or any(definition in service.definitions for service in region.services_in(cluster))
        for cluster in region.clusters
    )


def _follow_users(region: Region) -> None:
    if not region.task_definitions.follows_users:
        region.task_definitions.follows_users = True
        for kind, what, statuses in ENDS:
            region.journal.subscribe(kind, what, partial(_when_it_ends, region, statuses))


def _when_it_ends(region: Region, statuses: Collection[str], entry: Entry) -> None:
    if entry.after in statuses:
        region.clock.at(region.clock.now, release, region, lane=CONSEQUENCES)


def _transition(
    region: Region, definition: TaskDefinition, status: api.TaskDefinitionStatus, why: str, **stamps: int
) -> None:
    _note(region, definition, status, why)
    region.task_definitions.change(definition.key, status=status, **stamps)


def _note(region: Region, definition: TaskDefinition, after: str | None, why: str) -> None:
    region.journal.write(region.clock.now, "task-definition", definition.arn, "status", definition.status, after, why)
