"""Virtual time, and the queue of scheduled events.

Time is an `Instant`: whole microseconds since the epoch, so that sums are exact. An event is a module-level function with its arguments,
never a closure, because a snapshot of the state includes the queue. The state may have changed between scheduling and running, so an event's
function checks the state again before it acts.

Each instant has two lanes. First the effects on resources happen (EFFECTS), then the consequences that are drawn from them (CONSEQUENCES, such
as a scheduler that reconciles). Within a lane, events run in the order in which they were scheduled. Callables of the test run between two
events: an event queues a callback, and the caller of `settle` says how callbacks are run.
"""

from __future__ import annotations

import heapq
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta, timezone
from typing import Any, NamedTuple

from pytest_ecsfake.errors import EcsFakeInternalError, EcsFakeUsageError

Instant = int
"""A point in time: microseconds since 1970-01-01T00:00:00Z."""

SECOND = 1_000_000
EFFECTS, CONSEQUENCES = 0, 1

#: More rounds of events than this at one instant are a bug. 100,000 tasks that start together are one round; an event that schedules itself again
#: at the same instant is one more round each time.
MAX_ROUNDS_AT_ONE_INSTANT = 10_000

# freezegun puts a class of its own, which is derived from the real one, in the place of each `datetime` that it finds among a module's attributes.
_PLAIN: tuple[type[datetime]] = (
    next(each for each in datetime.__mro__ if (each.__module__, each.__name__) == ("datetime", "datetime")),
)

_EPOCH = _PLAIN[0](1970, 1, 1, tzinfo=timezone.utc)
_MICROSECOND = timedelta(microseconds=1)

#: Python's dates end with the year 9999; the last days are left to time zones and to what is due later.
_END = (_PLAIN[0](9999, 1, 1, tzinfo=timezone.utc) - _EPOCH) // _MICROSECOND

#: What is due: a module-level function, and behind it its arguments. In one tuple, not in two: as long as they wait the garbage collector goes
#: through all of them, which makes the life of a task 7 % dearer where 20,000 run at once.
_Event = tuple[Any, ...]


def seconds(number: float) -> int:
    """A delay in the clock's microseconds."""
    return round(number * SECOND)


def refuse_too_far(now: Instant, microseconds: int) -> None:
    """Refuse a wait that no date is left for.

    Raises:
        EcsFakeUsageError: it would end after the year 9999.
    """
    if now + microseconds > _END:
        raise EcsFakeUsageError(
            f"a wait of {microseconds // SECOND:,} seconds would take the clock to the year 9999 or beyond. "
            "Sleeps and time-outs are in seconds: was this one meant in milliseconds?"
        )


def plain_datetime() -> type[datetime]:
    """The class `datetime` itself, also while freezegun's stands in its place: what the fake answers holds plain datetimes."""
    return _PLAIN[0]


def to_instant(moment: datetime) -> Instant:
    """The instant of a datetime. A naive one is taken as UTC."""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=timezone.utc)
    return (moment - _EPOCH) // _MICROSECOND


def to_datetime(instant: Instant) -> datetime:
    """The instant as an aware datetime in UTC."""
    return _EPOCH + timedelta(microseconds=instant)


def to_epoch_seconds(instant: Instant) -> float:
    """The instant as ECS writes it: epoch seconds, to the millisecond (AWS JSON 1.1; recorded answers of DescribeTasks)."""
    return instant // 1000 / 1000


def to_iso_8601(instant: Instant) -> str:
    """The instant as events write it, to the millisecond: `2023-05-02T14:19:34.52Z`, and `…:34Z` on the second."""
    milliseconds = instant // 1000 % 1000
    fraction = f".{milliseconds:03d}".rstrip("0") if milliseconds else ""
    return f"{to_datetime(instant):%Y-%m-%dT%H:%M:%S}{fraction}Z"


def offset(distance: Instant) -> str:
    """A distance from the start of the fake, as reports write it: `+45s`, `+0.25s`."""
    return f"{distance / SECOND:+.3f}".rstrip("0").rstrip(".") + "s"


class Outcome(NamedTuple):
    """The outcome of a callback.

    Args:
        result: what the callable returned; None if it raised.
        error: the exception that it raised, or None. It is already reported as a problem of the test, unless the test expects it.
        slept: how many microseconds the callable slept. The clock hasn't moved by them.
    """

    result: object
    error: BaseException | None
    slept: int


class Callback(NamedTuple):
    """A queued call of a callable of the test.

    Args:
        number: the number of the callable, from `Callbacks.keep`.
        arguments: its arguments, which are plain values.
        description: names the callable in the report of its exception: `the program of container "app" in family "job"`.
        then: a module-level function that is called afterwards at the same instant, with the arguments in `given` and the `Outcome`.
        given: the first arguments of `then`; they may be parts of the state.
    """

    number: int
    arguments: tuple[Any, ...]
    description: str
    then: Callable[..., None] | None = None
    given: tuple[Any, ...] = ()


class ClockState(NamedTuple):
    """Where a clock stood, and what was due."""

    now: Instant
    callbacks: list[Callback]
    instants: list[Instant]
    lanes: list[dict[Instant, list[_Event]]]


class Clock:
    """The time of one fake. Events happen only in `settle`; reading the clock has no effect.

    Args:
        start: when time begins.

    Attributes:
        now: the present.
        callbacks: the callbacks to run before the next event.
    """

    __slots__ = ("_instants", "_lanes", "_settling", "callbacks", "now")

    def __init__(self, start: Instant) -> None:
        self.now: Instant = start
        self.callbacks: deque[Callback] = deque()
        self._instants: list[Instant] = []
        self._lanes: tuple[dict[Instant, list[_Event]], dict[Instant, list[_Event]]] = ({}, {})
        self._settling = False

    def at(self, instant: Instant, *event: Any, lane: int = EFFECTS) -> None:
        """Schedule a module-level function, and behind it its arguments, for an instant. An instant in the past counts as now."""
        due = self._lanes[lane].get(instant)
        if due is None:
            due = self._first_due_at(max(instant, self.now), lane)
        due.append(event)

    def after(self, delay: int, *event: Any) -> None:
        """Schedule a function `delay` microseconds from now, as `at` does, among the effects."""
        self.at(self.now + delay, *event)

    def _first_due_at(self, instant: Instant, lane: int) -> list[_Event]:
        due = self._lanes[lane].get(instant)
        if due is None:
            due = self._lanes[lane][instant] = []
            heapq.heappush(self._instants, instant)
        return due

    def next_due(self) -> Instant | None:
        """The instant of the next scheduled event, or None if nothing is scheduled."""
        return self._instants[0] if self._instants else None

    def scheduled(self, function: str) -> Iterator[tuple[Instant, list[_Event]]]:
        """The events whose function has this name, each followed by its arguments, by the instant at which they are due. For explanations."""
        effects, consequences = self._lanes
        for instant in sorted({*effects, *consequences}):
            for lane in (effects, consequences):
                yield instant, [event for event in lane.get(instant, ()) if event[0].__name__ == function]

    @contextmanager
    def standing_still(self) -> Iterator[None]:
        """A context in which no event happens: `settle` has no effect until it ends."""
        before, self._settling = self._settling, True
        try:
            yield
        finally:
            self._settling = before

    def settle(self, until: Instant | None = None, run_callbacks: Callable[[], None] | None = None) -> None:
        """Run everything that is due by `until` (default: now), in order, each event at its own instant.

        It has no effect when called from an event or a callback: the outer call is already running what is due.

        Args:
            until: the instant to stop at; the clock stands there afterwards.
            run_callbacks: is called after each event that queued callbacks; without it they stay queued.

        Raises:
            EcsFakeUsageError: `until` is in the past.
        """
        if self._settling:
            return
        until = self.now if until is None else until
        if until < self.now:
            raise EcsFakeUsageError(
                f"time never goes back: the clock stands at {to_datetime(self.now).isoformat()}, "
                f"and was moved to {to_datetime(until).isoformat()}. Move it forward, or start a new fake for an earlier time."
            )
        self._settling = True
        try:
            while self._instants and self._instants[0] <= until:
                self.now = self._instants[0]
                self._run_instant(run_callbacks)
            self.now = until
        finally:
            self._settling = False

    def events(self) -> Iterator[_Event | Callback]:
        """The scheduled events and the queued callbacks."""
        for lane in self._lanes:
            for due in lane.values():
                yield from due
        yield from self.callbacks

    def state(self) -> ClockState:
        """Where the clock stands and what is due, to put it back."""
        lanes = [{instant: due[:] for instant, due in lane.items()} for lane in self._lanes]
        return ClockState(self.now, list(self.callbacks), self._instants[:], lanes)

    def put(self, before: ClockState) -> None:
        """Return to where the clock stood and to what was due then, also to an earlier instant."""
        self.now = before.now
        self.callbacks.clear()
        self.callbacks.extend(before.callbacks)
        self._instants[:] = before.instants
        for lane, due_before in zip(self._lanes, before.lanes, strict=True):
            lane.clear()
            lane.update((instant, due[:]) for instant, due in due_before.items())

    def _run_instant(self, run_callbacks: Callable[[], None] | None) -> None:
        instant = self.now
        callbacks = self.callbacks if run_callbacks is not None else None
        effects, consequences = self._lanes
        last: deque[_Event] = deque(maxlen=10)
        for _ in range(MAX_ROUNDS_AT_ONE_INSTANT):
            lane = effects if instant in effects else consequences
            due = lane.pop(instant, None)
            if due is None:
                while self._instants and self._instants[0] == instant:  # once for each time that a lane had to be made
                    heapq.heappop(self._instants)
                return
            last.extend(due[-10:])
            due.reverse()
            try:
                while due:
                    event = due.pop()  # not kept until the round is over, for the same reason
                    event[0](*event[1:])
                    if callbacks and run_callbacks is not None:
                        run_callbacks()
            except BaseException:  # a test that fails within a program, a KeyboardInterrupt: the rest is still due
                lane[instant] = due[::-1] + lane.get(instant, [])
                raise
        raise EcsFakeInternalError(
            f"more than {MAX_ROUNDS_AT_ONE_INSTANT} rounds of events at {to_datetime(instant).isoformat()}; the last ten: "
            + ", ".join(event[0].__name__ for event in last)
        )
