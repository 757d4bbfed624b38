"""The lanes of a trace: one for each service, deployment, task, container instance and other resource, and for each kind of mark.

In the Trace Event Format a group of lanes is a process and a lane is a thread of it. A lane of a resource is a row of slices, one for each state,
with marks for what else happened to it.
"""

from __future__ import annotations

from typing import Any

from pytest_ecsfake.clock import Instant

TraceEvent = dict[str, Any]
"""One event of a trace, as JSON has it."""

#: The states that a resource doesn't leave. Its lane ends there, with a mark.
LAST_STATES = frozenset(["STOPPED", "INACTIVE", "DELETED"])


class Lane:
    """A row of slices and marks.

    Args:
        events: takes the events of the trace.
        start: the instant that offsets are counted from.
        pid: the number of its group.
        tid: its number in the group.
        kind: what it is about, such as `task`; the category of its slices.
    """

    __slots__ = ("_events", "_start", "args", "kind", "pid", "since", "state", "state_args", "state_order", "tid")

    def __init__(self, events: list[TraceEvent], start: Instant, pid: int, tid: int, kind: str) -> None:
        self._events = events
        self._start = start
        self.pid = pid
        self.tid = tid
        self.kind = kind
        self.args: dict[str, Any] = {}
        self.state: str | None = None
        self.since: Instant = start
        self.state_order = 0
        self.state_args: dict[str, Any] = {}

    def enter(self, at: Instant, order: int, state: str, /, **args: Any) -> None:
        """Begin a state, which ends the one before it. A last state is a mark, since nothing follows it.

        Args:
            at: when it begins.
            order: the number of the step that it begins with.
            state: its name.
            args: what else is known of it; None is left out.
        """
        self.end(at, order)
        known = {name: value for name, value in args.items() if value is not None}
        if state in LAST_STATES:
            self.mark(at, order, state, "end", **known)
        else:
            self.state, self.since, self.state_order, self.state_args = state, at, order, known

    def end(self, at: Instant, order: int) -> None:
        """End the state that the lane is in, if it is in one."""
        if self.state is None:
            return
        self._events.append(
            {
                "ph": "X",
                "pid": self.pid,
                "tid": self.tid,
                "ts": self.since - self._start,
                "dur": at - self.since,
                "name": self.state,
                "cat": self.kind,
                "args": {"order": self.state_order, "until": order, **self.state_args},
            }
        )
        self.state = None

    def mark(self, at: Instant, order: int, name: str, category: str, /, **args: Any) -> None:
        """Mark an instant.

        Args:
            at: the instant.
            order: the number of the step.
            name: what happened.
            category: `call`, `fault`, `event`, `change` or `end`.
            args: what else is known of it; None is left out.
        """
        known = {key: value for key, value in args.items() if value is not None}
        self._events.append(
            {
                "ph": "i",
                "s": "t",
                "pid": self.pid,
                "tid": self.tid,
                "ts": at - self._start,
                "name": name,
                "cat": category,
                "args": {"order": order, **known},
            }
        )

    def counter(self, at: Instant, **values: int) -> TraceEvent:
        """The event of a counter, which other viewers draw as a curve over the lane's group."""
        return {
            "ph": "C",
            "pid": self.pid,
            "tid": self.tid,
            "ts": at - self._start,
            "name": "tasks",
            "args": values,
        }


class Lanes:
    """The lanes of one trace, in groups. A lane and a group begin when something first happens there.

    Args:
        start: the instant that offsets are counted from.
    """

    def __init__(self, start: Instant) -> None:
        self.events: list[TraceEvent] = []
        self._start = start
        self._groups: dict[str, int] = {}
        self._ranks: dict[int, int] = {}
        self._lanes: dict[object, Lane] = {}
        self._names: dict[int, list[tuple[Lane, str, Lane | None]]] = {}

    def lane(self, key: object, group: tuple[int, str], name: str, kind: str, *, parent: Lane | None = None) -> Lane:
        """The lane with this key.

        Args:
            key: what the lane is known by.
            group: the rank of its group among the groups, and the group's name.
            name: its name.
            kind: what it is about.
            parent: the lane that it is shown under.
        """
        found = self._lanes.get(key)
        if found is not None:
            return found
        rank, title = group
        pid = self._groups.setdefault(title, len(self._groups) + 1)
        self._ranks[pid] = rank
        named = self._names.setdefault(pid, [])
        lane = self._lanes[key] = Lane(self.events, self._start, pid, len(named) + 1, kind)
        named.append((lane, name, parent))
        return lane

    def find(self, key: object) -> Lane | None:
        """The lane with this key, if it has begun."""
        return self._lanes.get(key)

    def end(self, at: Instant, order: int) -> None:
        """End every state: the trace ends here. What a state still lasts is marked by `goesOn`."""
        for lane in self._lanes.values():
            if lane.state is not None:
                lane.state_args = {**lane.state_args, "goesOn": True}
                lane.end(at, order)

    def names(self) -> list[TraceEvent]:
        """The metadata events: the names of groups and lanes, and their order."""
        by_rank = sorted(self._groups.items(), key=lambda group: (self._ranks[group[1]], group[1]))
        described: list[TraceEvent] = []
        for position, (title, pid) in enumerate(by_rank):
            described.append(_metadata("process_name", pid, 0, name=title))
            described.append(_metadata("process_sort_index", pid, 0, sort_index=position))
            for lane, name, parent in self._names[pid]:
                under = {} if parent is None else {"parent": parent.tid}
                described.append(
                    _metadata("thread_name", pid, lane.tid, name=name, kind=lane.kind, **under, **lane.args)
                )
                described.append(_metadata("thread_sort_index", pid, lane.tid, sort_index=lane.tid))
        return described


def _metadata(name: str, pid: int, tid: int, /, **args: Any) -> TraceEvent:
    return {"ph": "M", "pid": pid, "tid": tid, "name": name, "args": args}
