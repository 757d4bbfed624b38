"""The clock as a test reads and moves it."""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime, timedelta, timezone

from pytest_ecsfake.clock import SECOND, Instant, to_datetime, to_instant
from pytest_ecsfake.errors import EcsFakeUsageError
from pytest_ecsfake.views.reading import Reader

_MICROSECOND = timedelta(microseconds=1)
_SHOWN_CHANGES = 10

#: Where Python's datetime ends; a year ahead of it stay free for what is due then.
_END_OF_TIME = to_instant(datetime(9999, 1, 1, tzinfo=timezone.utc))


class ClockView:
    """Virtual time: it stands still but for what is slept, advanced and polled."""

    def __init__(self, reader: Reader, timeline: Callable[[int], str]) -> None:
        self._reader = reader
        self._timeline = timeline

    @property
    def now(self) -> datetime:
        """The present, as an aware datetime in UTC."""
        with self._reader.endpoint.lock:
            self._reader.endpoint.time.settle()
            return to_datetime(self._reader.endpoint.time.now)

    def advance(self, delta: timedelta | None = None, *, seconds: float | None = None) -> None:
        """Move the clock on; everything due on the way happens, in order, at its own instant.

        Under freezegun the freezer is ticked, since its time is the clock's.

        Args:
            delta: how far. Exactly one of `delta` and `seconds`; 0 settles what is due now.
            seconds: the same in seconds of virtual time; fractions allowed.

        Raises:
            EcsFakeUsageError: none or both are given, or the distance is negative, no number or beyond the year 9999.
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
        """Move the clock on from event to event until the predicate holds; it is asked before the first event and after each.

        Args:
            predicate: what has to come true; it may read stores and call ECS.
            timeout: seconds of virtual time to wait at most.

        Raises:
            AssertionError: it didn't come true in time; the last state changes are shown.
            EcsFakeUsageError: the predicate can't be called, or the timeout is none.
        """
        __tracebackhide__ = True
        if not callable(predicate):
            raise EcsFakeUsageError(
                f"clock.advance_until() takes something to ask again and again, not {predicate!r}. "
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
                    f"  What happened last:\n{self._timeline(_SHOWN_CHANGES)}"
                )

    def __repr__(self) -> str:
        with self._reader.endpoint.lock:
            now = self.now
            offset = (self._reader.endpoint.world.clock.now - self._reader.start) / SECOND
        return f"<Clock {now.isoformat()} (+{offset:g}s)>"


def _is_number(value: object) -> bool:
    """Whether a value is a finite number; True and False are none."""
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _refuse_end_of_time(where: str, instant: Instant) -> None:
    __tracebackhide__ = True
    if instant >= _END_OF_TIME:
        raise EcsFakeUsageError(
            f"{where} leads beyond the year 9998, where Python's dates end. Give seconds, not microseconds."
        )
