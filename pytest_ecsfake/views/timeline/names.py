"""The short names that the time line uses: resources by the keys of their stores, and ids cut to eight characters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pytest_ecsfake.state.event_log import SentEvent
from pytest_ecsfake.state.region import Region
from pytest_ecsfake.state.task import Task

#: Stands for ids in a pattern.
PLACEHOLDER = "·"

#: How much of an id is shown, and how many ids or names one line shows.
LENGTH, SHOWN = 8, 3

#: The ids that texts of ECS hold: those of tasks and instances, of containers and events, of deployments and of service deployments.
_HEXADECIMAL = re.compile(r"\b([0-9a-f]{8})(?:[0-9a-f]{24}|(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})\b")
_DEPLOYMENT = re.compile(r"\b(ecs-svc/\d{8})\d+\b")
_ARN = re.compile(r"\barn:aws[\w-]*:ecs:[\w-]*:\d*:(?=[a-z])")
_ANY_ID = re.compile(r"\b(?:[0-9a-f]{8}|ecs-svc/\d{8})\b")


class Named(NamedTuple):
    """A text, and the same text without the ids in it: the pattern is equal for two rounds of a loop."""

    text: str
    pattern: str


def short_id(identifier: str) -> str:
    """The beginning of an id, which may be given as an ARN."""
    return identifier.rpartition("/")[2][:LENGTH]


def in_short(text: str) -> str:
    """A text of ECS with its ids cut and its ARNs without their beginning."""
    if len(text) <= LENGTH:  # a status, most often
        return text
    text = _ARN.sub("", text)
    return _DEPLOYMENT.sub(r"\1", _HEXADECIMAL.sub(r"\1", text))


def without_ids(text: str) -> str:
    """What is left of a short text without its ids."""
    return _ANY_ID.sub(PLACEHOLDER, text)


def several(names: Sequence[str]) -> str:
    """Names in a row; of many the first, and how many more there are."""
    if len(names) <= SHOWN + 1:
        return ", ".join(names)
    return f"{', '.join(names[:SHOWN])} and {len(names) - SHOWN} more"


def several_ids(identifiers: Iterable[str]) -> str:
    """Ids or ARNs in a row, cut."""
    return several([short_id(each) for each in identifiers])


def tasks_by_id(region: Region) -> dict[str, Task]:
    """Every task that the region has had, by id: those that ECS has forgotten are known from the events that it sent of them."""
    subjects = region.events.column(SentEvent._fields.index("subject"))
    sent = {subject.id: subject for subject in subjects if type(subject) is Task}
    for cluster in region.clusters:
        sent.update((task.id, task) for task in region.tasks_in(cluster))
    return sent


def owner_of(task: Task) -> str:
    """Who a task belongs to: its service or daemon by the key of its store, else its family."""
    name = task.service_name or task.daemon_name
    return f"family {task.family}" if name is None else f"{task.cluster.name}/{name}"
