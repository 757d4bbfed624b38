"""Loading task definitions: the revision with its number, whichever revisions of its family the fake has."""

from __future__ import annotations

from typing import Any, cast

from pytest_ecsfake.clock import SECOND
from pytest_ecsfake.loading.documents import Part
from pytest_ecsfake.loading.place import Place, pairs
from pytest_ecsfake.state.task_definition import TaskDefinition

#: The members that change, and so aren't part of the kept document.
CHANGING = ("status", "deregisteredAt", "deleteRequestedAt")


def load_task_definition(place: Place, part: Part) -> None:
    """Load a revision of a task definition."""
    document, store = part.resource, place.region.task_definitions
    if not place.is_here(part, document["taskDefinitionArn"]):
        return
    definition = TaskDefinition(
        arn=document["taskDefinitionArn"],
        family=document["family"],
        revision=document["revision"],
        document=cast("Any", {name: value for name, value in document.items() if name not in CHANGING}),
        tags=pairs(part.tags),
        status=document.get("status", "ACTIVE"),
        deregistered_at=_instant(document.get("deregisteredAt")),
        delete_requested_at=_instant(document.get("deleteRequestedAt")),
    )
    if definition.key in store:
        place.complain(part, "the fake has this revision already.")
        return
    store.add(definition.key, definition)
    place.note("task-definition", definition.arn, definition.status)


def _instant(timestamp: float | None) -> int | None:
    return None if timestamp is None else round(timestamp * SECOND)
