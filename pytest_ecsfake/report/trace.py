"""The trace of a test: what happened on its fake, in the Trace Event Format, which Perfetto and other viewers open.

Everything comes from the journal, the recorded calls, the events and the orders, after the fact; nothing is kept for it while calls are answered.
The page of a failed test is made from the trace and from nothing else. Its shape is documented in docs/failure-page.md.
Format: "Trace Event Format", the JSON object format with `traceEvents`; times in microseconds.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pytest_ecsfake import documents
from pytest_ecsfake.clock import SECOND, Instant, to_instant, to_iso_8601
from pytest_ecsfake.orders.faults import Fault
from pytest_ecsfake.rendering.event import event
from pytest_ecsfake.report.history import Step, history, partitions_of
from pytest_ecsfake.report.lanes import Lane, Lanes
from pytest_ecsfake.report.resources import (
    OF_CALLS,
    OF_EVENTS,
    OF_THE_TEST,
    STATE_OF,
    Resources,
)
from pytest_ecsfake.report.running import RunningTasks
from pytest_ecsfake.version import version

if TYPE_CHECKING:
    from pytest_ecsfake.arns import Partition
    from pytest_ecsfake.endpoint import Endpoint
    from pytest_ecsfake.recording.call import Attempt, Call
    from pytest_ecsfake.state.event_log import SentEvent
    from pytest_ecsfake.state.journal import Entry

#: A list in a request or an answer is shown up to here: what RunTask starts at most, and a page of anything else would be mostly that.
LONGEST_LIST = 10

#: How many events are shown whole. Of all others only the time, the type and the resource are.
EVENTS_SHOWN_WHOLE = 300


def trace(endpoint: Endpoint, about: Mapping[str, object]) -> dict[str, Any]:
    """The trace of all that has happened on a fake. The caller holds the fake's lock.

    Args:
        endpoint: leads to the state, the orders and the recorded calls.
        about: what is known of the test, for `otherData`.
    """
    world = endpoint.world
    partitions = partitions_of(endpoint)
    prefixes = _prefixes(partitions)
    lanes = Lanes(world.start)
    resources = Resources(endpoint, lanes, prefixes)
    running = RunningTasks(resources)
    steps = history(endpoint)
    calls = _Calls(endpoint, lanes, prefixes)
    now = world.start
    for order, (at, partition, call, change) in enumerate(steps):
        if at > now or call is not None:
            running.show(now, order - 1)
            now = at
        if call is not None:
            response = calls.show(call, order, steps)
            running.note_answer(response)
        elif change is not None:
            _show_change(resources, change, partition, order)
            running.note_change(change, partition)
    end = world.clock.now
    running.show(now, len(steps))
    calls.show_last_jump(end)
    for partition in partitions:
        _show_events(endpoint, partition, lanes, prefixes, len(steps))
    lanes.end(end, len(steps))
    return {
        "traceEvents": [*lanes.names(), *lanes.events, *running.counters],
        "displayTimeUnit": "ms",
        "otherData": {
            "madeBy": f"pytest-ecsfake {version()}",
            "startedAt": to_iso_8601(world.start),
            "duration": end - world.start,
            **about,
        },
    }


def as_json(trace: Mapping[str, Any]) -> str:
    """A trace as JSON, in ASCII."""
    return documents.to_json(trace).decode()


# --- changes of state -------------------------------------------------------------------------------------------------------------------


def _show_change(resources: Resources, change: Entry, partition: Partition, order: int) -> None:
    lane = resources.lane_of(change, partition)
    if (change.kind, change.change) == ("service", "status"):
        return  # its lane is made by `RunningTasks`
    why = change.why
    if STATE_OF.get(change.kind) == change.change and change.after is not None:
        lane.enter(change.at, order, change.after, why=why)
    elif change.kind == "container":
        lane.mark(change.at, order, _of_container(change), "change", container=why)
    elif change.change == "event":  # a sentence of the service
        lane.mark(change.at, order, change.after or "", "change")
    else:
        after = "" if change.after is None else f" {change.after}"
        lane.mark(change.at, order, f"{change.change}{after}", "change", before=change.before, why=why)


def _of_container(change: Entry) -> str:
    """A change of a container in words: the journal's reason begins with the container's name, and says how it ended."""
    if change.after in ("STOPPED", change.before):
        return change.why or "container stopped"
    what = "" if change.change == "lastStatus" else "health "
    return f"{change.why}: {what}{change.after}"


# --- calls, faults and jumps of the clock -----------------------------------------------------------------------------------------------


def _left_by(steps: Sequence[Step], order: int, answered: Instant) -> int:
    """The last step before a call was answered: its change is part of the state that the call left behind."""
    last = order
    for number in range(order + 1, len(steps)):
        if steps[number].call is not None or steps[number].at > answered:
            break
        last = number
    return last


class _Calls:
    """Shows the calls, what was ordered instead of their answers, and how the clock moved between them."""

    def __init__(self, endpoint: Endpoint, lanes: Lanes, prefixes: Mapping[Partition, str]) -> None:
        self._lanes = lanes
        self._prefixes = prefixes
        self._start = endpoint.world.start
        self._now: Instant = endpoint.world.start
        faults = endpoint.orders.of(Fault)
        self._errors = {id(fault.answer): fault for fault in faults if not isinstance(fault.answer, dict)}
        self._failures = [fault for fault in faults if isinstance(fault.answer, dict) and fault.used]

    def show(self, call: Call, order: int, steps: Sequence[Step]) -> Mapping[str, Any]:
        """Show a call. The response of its last attempt is returned, empty if it has none."""
        at = to_instant(call.at)
        attempts = call.attempts
        last = attempts[-1] if attempts else None
        answered = at if last is None else to_instant(last.at)
        self._show_jump(at, order, None)
        self._show_jump(answered, order, f"{call.operation}: a poll step, or the waits between its attempts")
        ordered = [(attempt, fault) for attempt in attempts if (fault := self._ordered(call, attempt)) is not None]
        group = OF_CALLS, f"{self._prefixes.get(call.partition, '')}calls"
        lane = self._lanes.lane((call.partition, call.operation), group, call.operation, "calls")
        lane.mark(
            at,
            order,
            call.operation,
            "call",
            leftBy=_left_by(steps, order, answered),
            request=shortened(call.params),
            response=None if last is None else shortened(last.response),
            error=None if last is None or last.error is None else _error(last),
            problem=None if last is None or last.problem is None else str(last.problem),
            attempts=len(attempts) if len(attempts) > 1 else None,
            answeredAt=answered - self._start if answered > at else None,
            answeredBy=call.answered_by,
            fault=", ".join(dict.fromkeys(fault.written for _, fault in ordered)) or None,
            times=call.left_out + 1 if call.left_out else None,
            repeatedUntil=call.repeated_until - self._start if call.left_out else None,
        )
        for attempt, fault in ordered:
            faults = self._of_the_test("faults")
            line = fault.line or None
            faults.mark(to_instant(attempt.at), order, fault.written, "fault", call=call.operation, line=line)
        return {} if last is None or last.response is None else last.response

    def show_last_jump(self, end: Instant) -> None:
        """Show how the clock moved after the last call."""
        self._show_jump(end, 0, None)

    def _show_jump(self, to: Instant, order: int, why: str | None) -> None:
        if to > self._now:
            lane = self._of_the_test("clock")
            lane.enter(self._now, order, f"+{(to - self._now) / SECOND:g} s", why=why)
            lane.end(to, order)
            self._now = to

    def _of_the_test(self, name: str) -> Lane:
        return self._lanes.lane(name, (OF_THE_TEST, "the test"), name, name)

    def _ordered(self, call: Call, attempt: Attempt) -> Fault | None:
        """The fault that answered an attempt."""
        if attempt.error is not None:
            return self._errors.get(id(attempt.error))
        entries = (attempt.response or {}).get("failures") or ()
        for fault in self._failures:
            answer: Mapping[str, object] = fault.answer if isinstance(fault.answer, dict) else {}
            if fault.operation == call.operation and any(entry.get("reason") == answer["reason"] for entry in entries):
                return fault
        return None


def _error(attempt: Attempt) -> dict[str, Any]:
    error = attempt.error
    assert error is not None
    return {"code": error.code, "message": error.message}


def shortened(document: Any) -> Any:
    """A request or an answer as JSON has it, with the first items of each list, and how many more there are."""
    if isinstance(document, dict):
        return {name: shortened(member) for name, member in document.items()}
    if isinstance(document, list):
        items = [shortened(item) for item in document[:LONGEST_LIST]]
        more = len(document) - LONGEST_LIST
        return [*items, f"… {more} more"] if more > 0 else items
    if isinstance(document, datetime):
        return to_iso_8601(to_instant(document))
    return document if document is None or isinstance(document, (str, int, float)) else str(document)


# --- events -----------------------------------------------------------------------------------------------------------------------------


def _show_events(
    endpoint: Endpoint, partition: Partition, lanes: Lanes, prefixes: Mapping[Partition, str], order: int
) -> None:
    region = endpoint.world.regions.get(partition)
    if region is None:
        return
    group = OF_EVENTS, f"{prefixes.get(partition, '')}events to EventBridge"
    whole_from = len(region.events) - EVENTS_SHOWN_WHOLE
    for number, sent in enumerate(region.events):
        lane = lanes.lane((partition, sent.detail_type), group, sent.detail_type, "events")
        shown = shortened(event(region, sent)) if number >= whole_from else None
        lane.mark(sent.at, order, _subject(sent), "event", event=shown)


def _subject(sent: SentEvent) -> str:
    arn = sent.subject if isinstance(sent.subject, str) else sent.subject.arn
    return str(arn).partition("/")[2] or str(arn)


def _prefixes(partitions: Iterable[Partition]) -> dict[Partition, str]:
    """What tells the groups of several accounts or regions apart."""
    known = list(partitions)
    if len(known) < 2:
        return {}
    accounts = {partition.account for partition in known}
    return {
        partition: f"{partition.account if len(accounts) > 1 else ''} {partition.region}: ".lstrip()
        for partition in known
    }
