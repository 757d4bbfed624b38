"""The clock, which a test reads and moves."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

from pytest_ecsfake.clock import SECOND, Instant, offset, to_datetime, to_instant
from pytest_ecsfake.errors import EcsFakeUsageError
from pytest_ecsfake.views.reading import Reader

_MICROSECOND = timedelta(microseconds=1)
_SHOWN_CHANGES = 10

#: A year before the end of Python's datetime, so that events after this instant can still be scheduled.
_END_OF_TIME = to_instant(datetime(9999, 1, 1, tzinfo=timezone.utc))


class ClockView:
    """Virtual time. It stands still except for sleeps, advances and polls.

    Args:
        reader: reads one partition.
        what_happened: explains how things are, with the newest lines of the time line, for the report of a condition that doesn't come true.
    """

    def __init__(self, reader: Reader, what_happened: Callable[[int], str]) -> None:
        self._reader = reader
        self._what_happened = what_happened

    @property
    def now(self) -> datetime:
        """The present, as an aware datetime in UTC."""
        with self._reader.endpoint.lock:
            self._reader.endpoint.time.settle()
            return to_datetime(self._reader.endpoint.time.now)

    def advance(self, delta: timedelta | None = None, *, seconds: float | None = None) -> None:
        """Move the clock forward. Everything that is due on the way happens in order, at its own instant.

        Under freezegun this ticks the freezer, because the clock follows freezegun's time.

        Args:
            delta: how far to move. Give either `delta` or `seconds`. 0 runs what is due now.
            seconds: how far to move, in seconds of virtual time; fractions are allowed.

        Raises:
            EcsFakeUsageError: neither or both are given, or the distance is negative, isn't a number, or leads beyond the year 9998.
        """
        __tracebackhide__ = True
        if (delta is None) == (seconds is None):
            raise EcsFakeUsageError(
                "clock.advance() takes a timedelta or seconds=…, exactly one. Write clock.advance(seconds=30)."
            )
        if seconds is not None and not _is_number(seconds):
            raise EcsFakeUsageError(
                f"clock.advance() takes seconds=… as a number, not {seconds!r}. Write clock.advance(seconds=30)."
            )
        if delta is not None and not isinstance(delta, timedelta):
            raise EcsFakeUsageError(
                f"clock.advance() takes a timedelta or seconds=…, not {delta!r}. Write clock.advance(seconds={delta!r})."
            )
        distance = delta // _MICROSECOND if delta is not None else round((seconds or 0) * SECOND)
        if distance < 0:
            raise EcsFakeUsageError(
                f"time never goes back: clock.advance() was asked for {distance / SECOND:g} s. Give 0 s or more."
            )
        _refuse_end_of_time("clock.advance()", self._reader.endpoint.time.now + distance)
        self._reader.endpoint.time.move(distance)

    def advance_until(self, predicate: Callable[[], object], *, timeout: float = 600) -> None:
        """Move the clock from event to event until a predicate is true. The predicate is called before the first event and after each event.

        Args:
            predicate: the condition. It may read stores and call ECS.
            timeout: how long to wait at most, in seconds of virtual time.

        Raises:
            AssertionError: the predicate didn't become true in time. The text explains why, and shows the last state changes.
            EcsFakeUsageError: the predicate can't be called, or the timeout isn't a number from 0.
        """
        __tracebackhide__ = True
        if not callable(predicate):
            raise EcsFakeUsageError(
                f"clock.advance_until() takes a condition as a function, not {predicate!r}. "
                'Write clock.advance_until(lambda: task.last_status == "RUNNING").'
            )
        if not _is_number(timeout) or timeout < 0:
            raise EcsFakeUsageError(
                f"clock.advance_until() takes timeout=… in seconds, 0 or more, not {timeout!r}. Write timeout=600."
            )
        endpoint = self._reader.endpoint
        endpoint.time.settle()
        limit = endpoint.time.now + round(timeout * SECOND)
        _refuse_end_of_time("clock.advance_until()", limit)
        while not predicate():
            if not endpoint.time.move_to_next(limit):
                raise AssertionError(
                    f"the condition didn't come true within {timeout:g} s of virtual time.\n"
                    f"{self._what_happened(_SHOWN_CHANGES)}"
                )

    def __repr__(self) -> str:
        with self._reader.endpoint.lock:
            now = self.now
            since_start = self._reader.endpoint.world.clock.now - self._reader.start
        return f"<Clock {now.isoformat()} ({offset(since_start)})>"


def _is_number(value: object) -> bool:
    """Whether a value is a finite number. True and False aren't."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _refuse_end_of_time(where: str, instant: Instant) -> None:
    __tracebackhide__ = True
    if instant >= _END_OF_TIME:
        raise EcsFakeUsageError(
            f"{where} leads beyond the year 9998, where Python's dates end. Give seconds, not microseconds."
        )
