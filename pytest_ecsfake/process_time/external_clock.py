"""The external clock: what freezegun or time-machine shows in a test that uses one of them, or real time with `virtual_sleep=False`."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from datetime import timedelta
from typing import Any

from pytest_ecsfake.clock import Instant, to_instant
from pytest_ecsfake.process_time.process_clock import ProcessClock


class ExternalClock:
    """The external clock as one fake sees it. While there isn't one, the clocks of the process follow the fake.

    Args:
        process_clock: what the process reads.
        follows_real_time: whether real time counts for the fake.
    """

    def __init__(self, process_clock: ProcessClock, *, follows_real_time: bool) -> None:
        self._process_clock = process_clock
        self._moved = 0 if follows_real_time else None

    def read(self) -> Instant | None:
        """What it shows, or None while there isn't one."""
        modules = sys.modules  # every call asks this, and mostly neither library is in use
        if (
            self._moved is None
            and not getattr(modules.get("freezegun.api"), "freeze_factories", None)
            and not getattr(modules.get("time_machine"), "traveller_stack", None)
        ):
            return None
        frozen = of_freezegun(self._process_clock)
        if frozen is not None:
            return to_instant(frozen())
        travelled = of_time_machine(self._process_clock)
        if travelled is not None:
            return (
                int(travelled.time_ns()) + 500
            ) // 1000  # before 3.4, time-machine keeps a moment as a float: some nanoseconds too few
        if self._moved is not None:
            return real_now() + self._moved
        return None

    def move(self, microseconds: int) -> None:
        """Move it on. Only called while there is one."""
        distance = timedelta(microseconds=microseconds)
        frozen = of_freezegun(self._process_clock)
        if frozen is not None:
            frozen.tick(distance)
            if self._process_clock.freezes(frozen):
                self._process_clock.follow_monotonic(microseconds)
            return
        travelled = of_time_machine(self._process_clock)
        if travelled is not None:
            travelled.shift(distance)
            self._process_clock.follow_monotonic(microseconds)
        elif self._moved is not None:
            self._moved += microseconds

    def follow(self, microseconds: int, now: Instant) -> None:
        """Move the clocks of the process after the fake's. Only called while there is no external clock."""
        self._process_clock.follow(microseconds, now)

    def snapshot(self) -> Callable[[], None]:
        """Remember how far the clocks of the process are moved; what comes back restores it. A test's own freezer is left alone."""
        return self._process_clock.snapshot()


def of_freezegun(process_clock: ProcessClock) -> Any:
    """The innermost freezer that a test has on, or None."""
    return _innermost("freezegun.api", "freeze_factories", process_clock)


def of_time_machine(process_clock: ProcessClock) -> Any:
    """The innermost `time_machine.travel` that a test has on, or None."""
    return _innermost("time_machine", "traveller_stack", process_clock)


def _innermost(module_name: str, stack_name: str, process_clock: ProcessClock) -> Any:
    stack = getattr(sys.modules.get(module_name), stack_name, None)
    return stack[-1] if stack and not process_clock.is_ours(stack[-1]) else None


def real_now() -> Instant:
    """What the process reads as the present, to the microsecond."""
    return time.time_ns() // 1000
