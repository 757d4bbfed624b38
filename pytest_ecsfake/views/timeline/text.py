"""The time line as text: calls and changes of state in virtual time, folded to what a reader needs.

What happens to several resources alike at one instant is one line; calls of one instant share a line; a poll, the pages of a listing and the rounds
of a loop are shown once and counted.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING

from pytest_ecsfake.arns import Partition, is_arn
from pytest_ecsfake.clock import Instant, offset, to_instant
from pytest_ecsfake.errors import HIDE_USAGE_ERRORS, EcsFakeUsageError
from pytest_ecsfake.recording.polls import READING
from pytest_ecsfake.views.reading import MissingKey
from pytest_ecsfake.views.timeline.changes import Change, lines_of_changes
from pytest_ecsfake.views.timeline.line import CALLS, Line
from pytest_ecsfake.views.timeline.names import LENGTH, several, tasks_by_id, without_ids
from pytest_ecsfake.views.timeline.repetitions import without_repetitions
from pytest_ecsfake.views.timeline.short_calls import names_in, outcome, short_call

if TYPE_CHECKING:
    from pytest_ecsfake.endpoint import Endpoint
    from pytest_ecsfake.recording.call import Call
    from pytest_ecsfake.state.journal import Entry

#: The longest text of a line. ECS's reasons should be shown whole.
_LONGEST = 300
#: The longest line of several calls.
_LONGEST_CALLS = 110
#: The least width of the column of offsets.
_OFFSET_WIDTH = 7


def check_asked(newest: object, about: object, *, folded: bool) -> None:
    """Check the arguments of `ecs_fake.timeline`.

    Raises:
        EcsFakeUsageError: one of them isn't valid.
    """
    __tracebackhide__ = HIDE_USAGE_ERRORS
    if newest is not None and (type(newest) is not int or newest < 1):
        raise EcsFakeUsageError(f"timeline() takes newest=1 or more, or None for all, not {newest!r}.")
    if about is not None and not isinstance(about, str):
        raise EcsFakeUsageError(f'timeline() takes about=… as the key of a store, such as "prod/web", not {about!r}.')
    if about is not None and not folded:
        raise EcsFakeUsageError("timeline() is given about=… and folded=False, which shows everything. Leave one out.")


def timeline(
    endpoint: Endpoint, partition: Partition, start: Instant, newest: int | None, about: str | None = None
) -> str:
    """The newest lines of the time line, the oldest first. Each has the offset from the start of the fake, then what happened.

    Args:
        endpoint: leads to the state and the recorded calls. The caller holds its lock.
        partition: the account and region whose lines need no mention of them.
        start: when the fake's time began.
        newest: the most lines to show, with the line that names what is left out; None: all.
        about: the key of a cluster, service, task or another resource; None: everything.

    Raises:
        KeyError: nothing in the time line is about it.
    """
    clusters = {call.params.get("clusterName") for call in endpoint.calls.kept() if call.operation == "CreateCluster"}
    told: list[Line] = []
    first = 0
    for each in _partitions(endpoint):
        label = _label(each, partition)
        for line in _lines(endpoint, each, first, names_clusters=len(clusters) > 1):
            line.label = label
            told.append(line)
        first += 2 * (1 + len(endpoint.world.regions[each].journal) if each in endpoint.world.regions else 1)
    if about is not None:
        wanted = _name_of(about, told)
        told = [line for line in told if wanted in line.names]
    lanes: dict[tuple[str, str], list[Line]] = {}
    for line in told:
        lanes.setdefault((line.label, line.lane), []).append(line)
    folded = [line for lane in lanes.values() for line in without_repetitions(lane)]
    lines = _calls_joined(sorted(folded, key=lambda line: (line.at, line.order)))
    shown = lines
    if newest is not None and len(lines) > newest:
        shown = lines[-max(1, newest - 1) :]  # and the line that names what is left out
    width = max([_OFFSET_WIDTH, *(len(offset(line.at - start)) for line in shown)])
    text = [_rendered(line, start, width) for line in shown]
    if len(lines) > len(shown):
        text.insert(0, _left_out(lines[: len(lines) - len(shown)], start, len(lines), about))
    return "\n".join(text) or "  no call, no change of state"


def _partitions(endpoint: Endpoint) -> list[Partition]:
    called = [call.partition for call in endpoint.calls.kept()]
    return list(dict.fromkeys([*endpoint.world.regions, *called]))


def _label(partition: Partition, home: Partition) -> str:
    """What tells the lines of another account or region from those of the handle's own."""
    if partition == home:
        return ""
    return f"{partition.region}: " if partition.account == home.account else f"{partition.account} {partition.region}: "


# --- the lines of one account in one region ---------------------------------------------------------------------------------------------


def _lines(endpoint: Endpoint, partition: Partition, first: int, *, names_clusters: bool) -> Iterator[Line]:
    """The lines of calls, then those of changes. Their order says what happened before what.

    Args:
        endpoint: leads to the state and the recorded calls.
        partition: the account and region.
        first: the order of what happened first.
        names_clusters: whether CreateCluster names its cluster.
    """
    region = endpoint.world.regions.get(partition)
    calls = _CallLines(names_clusters=names_clusters)
    shown: list[tuple[int, Call]] = []  # the calls with lines of their own, and how many changes came before each
    done = 0
    for call in endpoint.calls.kept():
        if call.partition == partition:
            done = max(done, call.changes_before)  # the calls of a cleared region begin anew
            if calls.add(call, first + 2 * done):
                shown.append((done, call))
    yield from calls.lines
    if region is not None:
        yield from lines_of_changes(_changes(region.journal, shown, first + 1), tasks_by_id(region))


def _changes(journal: Iterable[Entry], calls: Sequence[tuple[int, Call]], first: int) -> Iterator[Change]:
    """The changes, each with the last call before it."""
    last: Call | None = None
    coming = deque(calls)
    for index, entry in enumerate(journal):
        while coming and coming[0][0] <= index:
            _, last = coming.popleft()
        yield Change(first + 2 * index, entry, last)


class _CallLines:
    """The lines of the calls of one account in one region: one for a poll, and one for all pages of a listing."""

    def __init__(self, *, names_clusters: bool) -> None:
        self._names_clusters = names_clusters
        self.lines: list[Line] = []
        self._asked: dict[tuple[object, str], Line] = {}  # since the last call that wrote
        self._listings: dict[int, Line] = {}  # by the number of each page's call

    def add(self, call: Call, order: int) -> bool:
        """Add a call; return whether it has a line of its own."""
        before = len(self.lines)
        came_of_it = outcome(call)
        if not call.operation.startswith(READING):
            self._asked.clear()
        first = self._asked.get((call.question, came_of_it))
        listing = None if call.previous_page is None else self._listings.get(call.previous_page.number)
        if first is not None:
            line = first
            if call.previous_page is None:
                line.times += call.left_out + 1
                line.until = max(line.until, call.repeated_until)
        elif listing is not None and not came_of_it:
            line = listing
            line.pages += 1
            line.names |= names_in(call)
        else:
            line = self._new(call, order, came_of_it)
        self._listings[call.number] = line
        if call.operation.startswith(READING):
            self._asked[call.question, came_of_it] = line
        return len(self.lines) > before

    def _new(self, call: Call, order: int, came_of_it: str) -> Line:
        text = short_call(call, names_clusters=self._names_clusters) + came_of_it
        line = Line(
            to_instant(call.at),
            order,
            CALLS,
            text,
            without_ids(text),
            names_in(call),
            times=call.left_out + 1,
            until=call.repeated_until,
            joins=not came_of_it,
        )
        self.lines.append(line)
        return line


# --- which lines, and how they look -----------------------------------------------------------------------------------------------------


def _name_of(about: str, lines: Sequence[Line]) -> str:
    """The name that is asked for, which may be given as an ARN, by the beginning of an id, or without the cluster.

    Raises:
        KeyError: no line has it.
    """
    names = sorted(frozenset[str]().union(*(line.names for line in lines)))
    asked = about.split(":", 5)[-1].partition("/")[2] if is_arn(about) else about
    if asked in names:
        return asked
    close = [name for name in names if name.endswith(f"/{asked}") or (len(asked) >= LENGTH and name.startswith(asked))]
    if len(close) == 1:
        return close[0]
    near = close or get_close_matches(asked, names, n=2, cutoff=0.5)
    hint = f" Nearest: {', '.join(near)}." if near else ""
    raise MissingKey(f'nothing in the time line is about "{about}".{hint}')


def _calls_joined(lines: Sequence[Line]) -> list[Line]:
    """The lines, with calls that follow each other at one instant on one line."""
    joined: list[Line] = []
    for line in lines:
        before = joined[-1] if joined else None
        if (
            before is not None
            and _joins(line)
            and _joins(before)
            and (line.at, line.label) == (before.at, before.label)
            and len(before.text) + len(line.text) < _LONGEST_CALLS
        ):
            text = f"{before.text}{_times(before)}, {line.text}{_times(line)}"
            joined[-1] = replace(before, text=text, times=1, pages=1)
        else:
            joined.append(line)
    return joined


def _joins(line: Line) -> bool:
    """Whether a line may share one with its neighbours. A poll that goes on may not: it says how long."""
    return line.joins and line.until <= line.at


def _times(line: Line) -> str:
    counts = [f"{line.pages} pages"] if line.pages > 1 else []
    counts += [f"{line.times} times"] if line.times > 1 else []
    return f" … {', '.join(counts)}" if counts else ""


def _rendered(line: Line, start: Instant, width: int) -> str:
    text = f"{line.label}{line.text}"
    text = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
    until = f", until {offset(line.until - start)}" if line.until > line.at else ""
    return f"  {offset(line.at - start):<{width}} {text}{_times(line)}{until}"


def _left_out(lines: Sequence[Line], start: Instant, total: int, about: str | None) -> str:
    """The line that names what isn't shown, and how to see it."""
    lanes = [line.lane for line in lines]
    whom = several([f"{lanes.count(lane)} of {lane}" for lane in dict.fromkeys(lanes)])
    number = f"{len(lines)} earlier lines" if len(lines) > 1 else "1 earlier line"
    also = "" if about is None else f', about="{about}"'
    span = f"from {offset(lines[0].at - start)} to {offset(lines[-1].at - start)}"
    return f"  … {number}, {span}: {whom}. print(ecs_fake.timeline({total}{also})) shows all."
