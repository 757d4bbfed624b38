"""Changes of state as lines: one for what happens to several resources alike at one instant, a task's containers with the task."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from pytest_ecsfake.views.timeline.line import Line
from pytest_ecsfake.views.timeline.names import Named, in_short, owner_of, several, several_ids, short_id, without_ids
from pytest_ecsfake.views.timeline.sentences import Sentence, sentence_of

if TYPE_CHECKING:
    from pytest_ecsfake.clock import Instant
    from pytest_ecsfake.recording.call import Call
    from pytest_ecsfake.state.journal import Entry
    from pytest_ecsfake.state.task import Task

#: Calls, and the resources whose creation they say already.
CREATED_BY: Mapping[str, tuple[str, ...]] = {
    "CreateCluster": ("cluster",),
    "CreateService": ("service", "deployment"),
    "CreateExpressGatewayService": ("service", "deployment"),
    "CreateTaskSet": ("task-set",),
    "CreateCapacityProvider": ("capacity provider",),
    "CreateDaemon": ("daemon", "daemon-deployment"),
    "CreateGateway": ("gateway",),
    "RegisterContainerInstance": ("container instance",),
    "RegisterDaemonTaskDefinition": ("daemon-task-definition",),
    "RegisterTaskDefinition": ("task-definition",),
    "RunTask": ("task",),
    "StartTask": ("task",),
    "UpdateService": ("deployment",),
}

#: The kinds whose resources belong to a service.
_OF_A_SERVICE = ("service", "deployment", "service-deployment", "task-set")

#: The change that a resource's kind says by itself.
_PLAIN = ("status", "lastStatus", "rolloutState")


class Change(NamedTuple):
    """An entry of the journal, its place among everything that happened, and the call that was the last one before it."""

    order: int
    entry: Entry
    call: Call | None


@dataclass(slots=True)
class _Path:
    """The values that one attribute went through at one instant, and why."""

    what: str
    values: list[str]
    why: str | None

    def said(self, *, with_reason: bool) -> str:
        why = f" ({in_short(self.why)})" if self.why is not None and with_reason else ""
        return f"{self.what} {' -> '.join(map(in_short, self.values))}{why}".strip()


#: One change of a resource: the attribute in words, its value before and after, and why.
_Attribute = tuple[str, str | None, str | None, str | None]


class _Resource(NamedTuple):
    """Whom changes are about: the lane, the kind of the resource, and its name as in its ARN, such as `prod/0f3c…`."""

    lane: str
    kind: str
    name: str


class _Alike(NamedTuple):
    """Resources that the same has happened to at one instant, and the place of that among everything that happened."""

    order: int
    resources: list[_Resource]
    history: tuple[_Attribute, ...]


def _said(history: Iterable[_Attribute]) -> str:
    """What happened to a resource, in words: the paths of its attributes.

    A reason of several changes is said once; beside a desiredStatus, lastStatus is called by its name too.
    """
    paths: list[_Path] = []
    for what, before, after, why in history:
        arrival = "gone" if after is None else after
        for path in paths:
            if path.what == what and before in path.values and (None in (path.why, why) or path.why == why):
                path.values.append(arrival)
                path.why = path.why or why
                break
        else:
            paths.append(_Path(what, [arrival] if before is None else [before, arrival], why))
    if any(path.what == "desiredStatus" for path in paths):
        for path in paths:
            path.what = path.what or "lastStatus"
    reasons = [path.why for path in paths]
    return ", ".join(path.said(with_reason=path.why not in reasons[index + 1 :]) for index, path in enumerate(paths))


def lines_of_changes(changes: Iterable[Change], tasks: Mapping[str, Task]) -> Iterator[Line]:
    """The lines of the changes of one region.

    Args:
        changes: the changes, in order.
        tasks: every task that the region has had, by id.
    """
    batch: list[Change] = []
    for change in changes:
        if batch and (change.entry.at != batch[-1].entry.at or change.call is not batch[-1].call):
            yield from _lines_of_instant(batch, tasks)
            batch = []
        batch.append(change)
    if batch:
        yield from _lines_of_instant(batch, tasks)


def _lines_of_instant(batch: Sequence[Change], tasks: Mapping[str, Task]) -> Iterator[Line]:
    at = batch[0].entry.at
    sentences: dict[tuple[str, str], tuple[int, str, Sentence]] = {}
    for change in batch:
        if change.entry.change == "event":
            lane, _, _ = _subject(change.entry, tasks)
            sentence = sentence_of(lane, change.entry.after or "")
            if sentence.key in sentences:
                sentences[sentence.key][2].add(sentence)
            else:
                sentences[sentence.key] = change.order, lane, sentence
    for order, lane, sentence in sentences.values():
        said = sentence.said()
        yield Line(at, order, lane, said.text, said.pattern, _names(lane))
    started = {
        id_ for _, _, sentence in sentences.values() if "has started" in sentence.template for id_ in sentence.ids
    }
    histories: dict[_Resource, list[_Attribute]] = {}
    orders: dict[_Resource, int] = {}
    for change in batch:
        entry = change.entry
        if entry.change != "event" and not _is_said(change, started):
            resource = _subject(entry, tasks)
            histories.setdefault(resource, []).append(_attribute(entry))
            orders.setdefault(resource, change.order)
    services: dict[str, list[_Alike]] = {}
    alike: dict[object, _Alike] = {}
    for resource, changes in histories.items():
        history = tuple(changes)
        new = _Alike(orders[resource], [resource], history)
        if resource.kind in _OF_A_SERVICE:
            services.setdefault(resource.lane, []).append(new)
        else:
            cluster = resource.name.rpartition("/")[0]
            group = alike.setdefault((resource.lane, resource.kind, cluster, history), new)
            if group is not new:
                group.resources.append(resource)
    yield from (_line_of_service(at, of_service) for of_service in services.values())
    yield from (_line_of_alike(at, group) for group in alike.values())


def _is_said(change: Change, started: Set[str]) -> bool:
    """Whether a line says of a new resource that there is one: that of the call that made it, or that of its service."""
    entry, call = change.entry, change.call
    if entry.before is not None or entry.change not in _PLAIN:
        return False
    if entry.kind == "task" and entry.resource.rpartition("/")[2] in started:
        return True
    return call is not None and call.error is None and entry.kind in CREATED_BY.get(call.operation, ())


def _subject(entry: Entry, tasks: Mapping[str, Task]) -> _Resource:
    """Whom an entry is about."""
    name = entry.resource.partition("/")[2] or entry.resource
    if entry.kind in ("task", "container"):
        cluster, identifier = name.split("/")[:2]
        task = tasks.get(identifier)
        return _Resource(cluster if task is None else owner_of(task), "task", f"{cluster}/{identifier}")
    if entry.kind in _OF_A_SERVICE:
        return _Resource("/".join(name.split("/")[:2]), entry.kind, name)
    cluster, kind = name.rpartition("/")[0], entry.kind.replace("-", " ")
    return _Resource(f"{kind}s of {cluster}" if cluster else f"{kind}s", kind, name)


def _attribute(entry: Entry) -> _Attribute:
    """Which attribute an entry is about, in words; its value before and after; and why."""
    change = "" if entry.change in _PLAIN else entry.change
    if entry.kind == "container":
        name, _, ending = (entry.why or "container").partition(" ")
        return f"container {name} {change}".strip(), entry.before, entry.after, ending or None
    # An event of the service says the same of a deployment that is complete.
    why = None if (entry.kind, entry.after) == ("deployment", "COMPLETED") else entry.why
    return change, entry.before, entry.after, why


def _line_of_service(at: Instant, changed: Sequence[_Alike]) -> Line:
    """The line of a service, its deployments and task sets: `prod/web: deployment ecs-svc/91755468 IN_PROGRESS -> COMPLETED`."""
    lane = changed[0].resources[0].lane
    texts, patterns = [], []
    for each in changed:
        [resource] = each.resources
        said = _said(each.history)
        identifier = "/".join(resource.name.split("/")[2:])
        kind = "" if resource.kind == "service" else f"{resource.kind.replace('-', ' ')} "
        shown = in_short(identifier) if resource.kind == "deployment" else short_id(identifier)
        texts.append(f"{kind}{shown} {said}" if kind else said)
        patterns.append(f"{kind}{without_ids(said)}")
    text, pattern = f"{lane}: {'; '.join(texts)}", f"{lane}: {'; '.join(patterns)}"
    return Line(at, changed[0].order, lane, text, pattern, _names(lane, *(each.resources[0].name for each in changed)))


def _line_of_alike(at: Instant, alike: _Alike) -> Line:
    """The line of one resource, or of several of a kind that the same happened to."""
    lane, kind, first_name = alike.resources[0]
    names = [each.name.rpartition("/")[2] for each in alike.resources]
    if kind == "task" and len(names) == 1:
        subject = Named(f"task {short_id(names[0])} of {lane}", f"task of {lane}")
    elif kind == "task":
        counted = f"{len(names)} tasks of {lane}"
        subject = Named(f"{counted} ({several_ids(names)})", counted)
    elif len(names) == 1:
        name = f"{kind} {in_short(first_name)}"
        subject = Named(name, without_ids(name))
    else:
        counted = f"{len(names)} {lane}"
        subject = Named(f"{counted} ({several([in_short(name) for name in names])})", counted)
    said = _said(alike.history)
    text, pattern = f"{subject.text}: {said}", f"{subject.pattern}: {without_ids(said)}"
    return Line(at, alike.order, lane, text, pattern, _names(lane, *(each.name for each in alike.resources)))


def _names(*names: str) -> frozenset[str]:
    """The names themselves, the cluster of each, and the id of each."""
    parts = {part for name in names for part in (name, name.partition("/")[0], name.rpartition("/")[2])}
    return frozenset(parts)
