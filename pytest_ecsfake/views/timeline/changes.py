"""Changes of state as lines: one for what happens to several resources alike at one instant, a task's containers with the task."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from pytest_ecsfake.views.timeline.line import Line
from pytest_ecsfake.views.timeline.names import Named, in_short, owner_of, several, several_ids, short_id, without_ids

if TYPE_CHECKING:
    from pytest_ecsfake.recording.call import Call
    from pytest_ecsfake.state.journal import Entry
    from pytest_ecsfake.state.task import Task

#: Calls, and the resources whose creation they say already.
CREATED_BY: Mapping[str, tuple[str, ...]] = {
    "CreateCluster": ("cluster",),
    "CreateService": ("service", "deployment"),
    "CreateExpressGatewayService": ("service", "deployment"),
    "CreateTaskSet": ("task-set",),
    "CreateCapacityProvider": ("capacity-provider",),
    "CreateDaemon": ("daemon", "daemon-deployment"),
    "CreateGateway": ("gateway",),
    "RegisterContainerInstance": ("container instance",),
    "RegisterDaemonTaskDefinition": ("daemon-task-definition",),
    "RegisterTaskDefinition": ("task-definition",),
    "RunTask": ("task",),
    "StartTask": ("task",),
    "UpdateService": ("deployment",),
}

#: The kinds whose resources belong to a service, and where in the ARN their own id begins.
_OF_A_SERVICE = {"service": 2, "deployment": 2, "service-deployment": 2, "task-set": 2}

#: The change that a resource's kind says by itself.
_PLAIN = ("status", "lastStatus", "rolloutState")

_STARTED = " has started "


class Change(NamedTuple):
    """An entry of the journal, its place among everything that happened, and the call that was the last one before it."""

    order: int
    entry: Entry
    call: Call | None


@dataclass(slots=True)
class _Path:
    """The values that one attribute of one resource went through at one instant."""

    what: Named
    values: list[str]
    why: str | None

    def said(self) -> Named:
        why = "" if self.why is None else f" ({in_short(self.why)})"
        values = " -> ".join(map(in_short, self.values))
        text = f"{self.what.text} {values}{why}".strip()
        return Named(text, without_ids(f"{self.what.pattern} {values}{why}".strip()))


@dataclass(slots=True)
class _Resource:
    """A resource, and what happened to it at one instant."""

    order: int
    lane: str
    kind: str
    name: str  # as in its ARN: prod/0f3c…
    paths: list[_Path] = field(default_factory=list)

    def add(self, what: Named, before: str | None, after: str | None, why: str | None) -> None:
        """Add a change, to the path of the same attribute if it goes on there."""
        last = next((path for path in self.paths if path.what == what), None)
        arrival = "gone" if after is None else after
        if last is not None and last.values[-1] == before and None in (last.why, why):
            last.values.append(arrival)
            last.why = last.why or why
            return
        if self.paths and self.paths[-1].why == why:
            self.paths[-1].why = None  # one reason of several changes is said once
        self.paths.append(_Path(what, [arrival] if before is None else [before, arrival], why))

    def said(self) -> Named:
        """What happened to it. Beside a desiredStatus, lastStatus is called by its name too."""
        if any(path.what.text == "desiredStatus" for path in self.paths):
            last_status = Named("lastStatus", "lastStatus")
            said = [replace(path, what=path.what if path.what.text else last_status).said() for path in self.paths]
        else:
            said = [path.said() for path in self.paths]
        return Named(", ".join(each.text for each in said), ", ".join(each.pattern for each in said))


def lines_of_changes(changes: Iterable[Change], tasks: Mapping[str, Task]) -> Iterator[Line]:
    """The lines of the changes of one region.

    Args:
        changes: the changes, in order.
        tasks: every task that the region has had, by id.
    """
    batch: list[Change] = []
    for change in changes:
        if batch and (change.entry.at, change.call) != (batch[-1].entry.at, batch[-1].call):
            yield from _lines_of_instant(batch, tasks)
            batch = []
        batch.append(change)
    if batch:
        yield from _lines_of_instant(batch, tasks)


def _lines_of_instant(batch: Sequence[Change], tasks: Mapping[str, Task]) -> Iterator[Line]:
    told = "".join(change.entry.after or "" for change in batch if _STARTED in (change.entry.after or ""))
    resources: dict[tuple[str, str, str], _Resource] = {}
    for change in batch:
        entry = change.entry
        if _is_said(change, told):
            continue
        lane, kind, name = _subject(entry, tasks)
        if entry.change == "event":
            yield _event(change, lane, entry.after or "")
            continue
        key = lane, kind, name
        if key not in resources:
            resources[key] = _Resource(change.order, lane, kind, name)
        resources[key].add(*_attribute(entry))
    alike: dict[tuple[str, str, str, str], list[_Resource]] = {}
    for resource in resources.values():
        cluster = resource.name.rpartition("/")[0]
        alike.setdefault((resource.lane, resource.kind, cluster, resource.said().text), []).append(resource)
    for group in alike.values():
        yield _line(batch[0].entry.at, group)


def _is_said(change: Change, told: str) -> bool:
    """Whether a line says of a new resource that there is one: that of the call that made it, or that of its service."""
    entry, call = change.entry, change.call
    if entry.before is not None or entry.change not in _PLAIN:
        return False
    if entry.kind == "task" and entry.resource.rpartition("/")[2] in told:
        return True
    return call is not None and call.error is None and entry.kind in CREATED_BY.get(call.operation, ())


def _subject(entry: Entry, tasks: Mapping[str, Task]) -> tuple[str, str, str]:
    """Whom an entry is about: its lane, the kind of the resource, and its name."""
    name = entry.resource.partition("/")[2] or entry.resource
    if entry.kind in ("task", "container"):
        cluster, identifier = name.split("/")[:2]
        task = tasks.get(identifier)
        return cluster if task is None else owner_of(task), "task", f"{cluster}/{identifier}"
    if entry.kind in _OF_A_SERVICE:
        lane = "/".join(name.split("/")[:2])
        return lane, "service", lane
    cluster = name.rpartition("/")[0]
    return f"{entry.kind}s of {cluster}" if cluster else f"{entry.kind}s", entry.kind, name


def _attribute(entry: Entry) -> tuple[Named, str | None, str | None, str | None]:
    """Which attribute an entry is about, in words; its value before and after; and why."""
    change = "" if entry.change in _PLAIN else entry.change
    why = entry.why
    if entry.kind == "container":
        name, _, why = (why or "container").partition(" ")
        what = f"container {name} {change}".strip()
        return Named(what, what), entry.before, entry.after, why or None
    if entry.kind in _OF_A_SERVICE and entry.kind != "service":
        identifier = _own_id(entry)
        why = None if entry.after == "COMPLETED" else why  # an event of the service says the same
        kind = entry.kind.replace("-", " ")
        return (
            Named(f"{kind} {identifier} {change}".strip(), f"{kind} · {change}".strip()),
            entry.before,
            entry.after,
            why,
        )
    return Named(change, change), entry.before, entry.after, why


def _own_id(entry: Entry) -> str:
    name = entry.resource.partition("/")[2]
    return in_short("/".join(name.split("/")[2:])) if entry.kind == "deployment" else short_id(name)


def _event(change: Change, lane: str, message: str) -> Line:
    """The line of a sentence in a service's events: `prod/web has started 3 tasks: 8f3c1a2b, …`."""
    said, _, sentence = message.partition(") ")
    of = said.partition(",")[2].strip()
    subject = f"{lane} ({in_short(of)})" if of else lane
    text = f"{subject} {in_short(sentence).removesuffix('.')}"
    return Line(change.entry.at, change.order, lane, text, without_ids(text), _names(lane))


def _line(at: int, group: Sequence[_Resource]) -> Line:
    first = group[0]
    said = first.said()
    if first.kind == "service":
        subject = Named(first.lane, first.lane)
    elif first.kind == "task":
        count = f"{len(group)} tasks" if len(group) > 1 else "task"
        ids = several_ids(each.name for each in group)
        text = f"{count} of {first.lane} ({ids})" if len(group) > 1 else f"task {ids} of {first.lane}"
        subject = Named(text, f"{count} of {first.lane}")
    elif len(group) > 1:
        counted = f"{len(group)} {first.lane}"
        shown = several([in_short(each.name.rpartition("/")[2]) for each in group])
        subject = Named(f"{counted} ({shown})", counted)
    else:
        name = in_short(first.name)
        subject = Named(f"{first.kind} {name}", without_ids(f"{first.kind} {name}"))
    names = frozenset[str]().union(*(_names(each.lane, each.name) for each in group))
    return Line(
        at, first.order, first.lane, f"{subject.text}: {said.text}", f"{subject.pattern}: {said.pattern}", names
    )


def _names(*names: str) -> frozenset[str]:
    """The names themselves, the cluster of each, and the id of each."""
    parts = {part for name in names for part in (name, name.partition("/")[0], name.rpartition("/")[2])}
    return frozenset(parts)
