"""Virtual time, and the queue of what is due.

Time is an `Instant`: whole microseconds since the epoch, so that sums are exact. What is due is a module-level function with its
arguments, never a closure: a snapshot of the state copies the queue with it. What is due may be out of date by then, so a function
that is called looks at the state again before it acts.

Within one instant there are two lanes: first what happens to things (EFFECTS), last what is concluded from it (CONSEQUENCES, such as a
scheduler that reconciles). Within a lane the order of entry decides. Callables of the test run between two events: an event queues a callback,
and whoever settles says how callbacks are run.
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

#: A chain of events that follow each other at one and the same instant is a bug, not a long day: 100,000 tasks that start together are
#: one round, an event that orders itself again is a round each time.
MAX_ROUNDS_AT_ONE_INSTANT = 10_000

_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
_MICROSECOND = timedelta(microseconds=1)

#: Python's dates end with the year 9999; the last days are left to time zones and to what is due later.
_END = (datetime(9999, 1, 1, tzinfo=timezone.utc) - _EPOCH) // _MICROSECOND

#: What is due in one lane: an action, its arguments, the next action, its arguments. In pairs they would be twice the objects that the garbage
#: collector goes through as long as they wait.
_Lane = list[Any]


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


def to_instant(moment: datetime) -> Instant:
    """The instant of an aware datetime (a naive one counts as UTC)."""
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


class Outcome(NamedTuple):
    """What became of a callback.

    Args:
        result: what the callable returned; None where it raised.
        error: what it raised, if it did: reported already as a problem of the test, unless it may raise it.
        slept: microseconds that it slept, and that the clock hasn't moved.
    """

    result: object
    error: BaseException | None
    slept: int


class Callback(NamedTuple):
    """A queued call of a callable of the test.

    Args:
        number: the number of the callable, from `Callbacks.keep`.
        arguments: what it is called with: plain values, from which it makes itself what the test reads.
        description: what it is, for the sentence about its exception: `the program of container "app" in family "job"`.
        then: a module-level function that takes the outcome, still at the same instant: it is called with `given` and the `Outcome`.
        given: the arguments of `then` before the outcome: pieces of the state.
    """

    number: int
    arguments: tuple[Any, ...]
    description: str
    then: Callable[..., None] | None = None
    given: tuple[Any, ...] = ()


class Clock:
    """The time of one fake. Reading it costs nothing; only `settle` and what calls it lets anything happen.

    Args:
        start: where time begins.

    Attributes:
        now: where it stands.
        callbacks: what has to be called before the next event.
    """

    __slots__ = ("_instants", "_lanes", "_settling", "callbacks", "now")

    def __init__(self, start: Instant) -> None:
        self.now: Instant = start
        self.callbacks: deque[Callback] = deque()
        self._instants: list[Instant] = []
        self._lanes: tuple[dict[Instant, _Lane], dict[Instant, _Lane]] = ({}, {})
        self._settling = False

    def at(self, instant: Instant, action: Callable[..., None], *arguments: Any, lane: int = EFFECTS) -> None:
        """Order a module-level function with its arguments for an instant; one that has passed already means now."""
        instant = max(instant, self.now)
        due = self._lanes[lane].get(instant)
        if due is None:
            due = self._lanes[lane][instant] = []
            heapq.heappush(self._instants, instant)
        due += (action, arguments)

    def after(self, delay: int, action: Callable[..., None], *arguments: Any, lane: int = EFFECTS) -> None:
        """The same, `delay` microseconds from now."""
        self.at(self.now + delay, action, *arguments, lane=lane)

    def next_due(self) -> Instant | None:
        """When the next thing happens, or None when nothing is due any more."""
        return self._instants[0] if self._instants else None

    @contextmanager
    def standing_still(self) -> Iterator[None]:
        """Let nothing happen for a while: who settles meanwhile finds everything as it is at this instant."""
        before, self._settling = self._settling, True
        try:
            yield
        finally:
            self._settling = before

    def settle(self, until: Instant | None = None, run_callbacks: Callable[[], None] | None = None) -> None:
        """Let everything happen that is due by `until` (default: now), in order, the clock standing at each event's own instant.

        Called from within an event or a callback it does nothing: what is due is being dealt with.

        Args:
            until: how far.
            run_callbacks: called after an event that queued callbacks; without it they stay queued.

        Raises:
            EcsFakeUsageError: `until` lies in the past.
        """
        if self._settling:
            return
        until = self.now if until is None else until
        if until < self.now:
            raise EcsFakeUsageError(
                f"time never goes back: the clock stands at {to_datetime(self.now).isoformat()}, "
                f"and was moved to {to_datetime(until).isoformat()}. Move it forward, or start a new fake for an earlier time."
            )
        if not self._instants or self._instants[0] > until:
            self.now = until
            return
        self._settling = True
        try:
            while self._instants and self._instants[0] <= until:
                self.now = self._instants[0]
                self._run_instant(run_callbacks)
            self.now = until
        finally:
            self._settling = False

    def _run_instant(self, run_callbacks: Callable[[], None] | None) -> None:
        instant = self.now
        callbacks = self.callbacks if run_callbacks is not None else None
        effects, consequences = self._lanes
        last: _Lane = []
        for _ in range(MAX_ROUNDS_AT_ONE_INSTANT):
            lane = effects if instant in effects else consequences
            due = lane.pop(instant, None)
            if due is None:
                while self._instants and self._instants[0] == instant:  # once for each time that a lane had to be made
                    heapq.heappop(self._instants)
                return
            due.reverse()
            last = (last + due[:-21:-1])[-20:]
            # Each event goes as soon as it has happened. Kept until the round is over they would be what the garbage collector counts.
            try:
                while due:
                    action, arguments = due.pop(), due.pop()
                    action(*arguments)
                    if callbacks and run_callbacks is not None:
                        run_callbacks()
            except BaseException:  # a test that fails within a program, a KeyboardInterrupt: the rest is still due
                del due[len(due) // 2 * 2 :]  # interrupted between an action and its arguments
                lane[instant] = due[::-1] + lane.get(instant, [])
                raise
        raise EcsFakeInternalError(
            f"more than {MAX_ROUNDS_AT_ONE_INSTANT} rounds of events at {to_datetime(instant).isoformat()}; the last ten: "
            + ", ".join(action.__name__ for action in last[::2])
        )
