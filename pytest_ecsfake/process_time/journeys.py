"""What moves or freezes the civil clocks of the process: `time.time`, `datetime.now` and their kin.

time-machine does it where it is installed, which is on every CPython: in C, in some microseconds, and also for what was imported by name; `datetime`
stays the class that it is. Elsewhere freezegun does it, in some milliseconds. The local time zone stays the machine's, and so do `perf_counter` and
`monotonic` stay real (`process_clock.py` moves the latter).
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from functools import cache
from typing import Any, Protocol

from pytest_ecsfake.clock import SECOND, Instant, to_datetime
from pytest_ecsfake.process_time.local_zone import LocalZone

# By value, so that nothing that patches the process's clocks finds them among the attributes of a module.
_REAL: tuple[Any, ...] = (time.monotonic, time.monotonic_ns, time.perf_counter, time.perf_counter_ns)


class Journey(Protocol):
    """The process's civil clocks, moved or frozen.

    Attributes:
        handle: what stands for it on the stack of its library.
    """

    handle: object

    def shift(self, microseconds: int) -> None:
        """Move them on, or back."""

    def stop(self) -> bool:
        """Restore real time. False if another's journey has begun since and the library can't leave this one before that one ends: try again."""


def move(ahead: int) -> Journey:
    """Let the clocks go on, so many microseconds ahead."""
    if _can_travel():
        # By a distance: a journey to an aware moment takes over that moment's time zone, and `naive_mode` says what a naive one is.
        return _ByTimeMachine(timedelta(microseconds=ahead), tick=True)
    return _ByFreezegun(_present() + ahead, tick=True)


def freeze(moment: Instant) -> Journey:
    """Let the clocks stand still at a moment."""
    if not _can_travel():
        return _ByFreezegun(moment, tick=False)
    seconds, rest = divmod(moment, SECOND)
    journey = _ByTimeMachine(seconds, tick=False)
    journey.shift(rest)
    return journey


def _can_travel() -> bool:
    """Whether time-machine is there, and no freezer of freezegun is on, under which it refuses to start."""
    return _has_time_machine() and not getattr(sys.modules.get("freezegun.api"), "freeze_factories", None)


@cache
def _has_time_machine() -> bool:
    try:
        import time_machine
    except ImportError:
        return False
    return hasattr(time_machine, "traveller_stack")  # from 3.0 on


class _ByTimeMachine:
    def __init__(self, destination: timedelta | int, *, tick: bool) -> None:
        import time_machine

        self._stack: list[Any] = time_machine.traveller_stack
        self._travel = time_machine.travel(destination, tick=tick)
        self.handle: Any = self._travel.start()

    def shift(self, microseconds: int) -> None:
        self.handle.shift(timedelta(microseconds=microseconds))

    def stop(self) -> bool:
        stack = self._stack
        if stack and stack[-1] is self.handle:
            self._travel.stop()
        elif self.handle in stack:  # a test's own journey, begun later, goes on
            stack.remove(self.handle)
        return True


class _ByFreezegun:
    """freezegun moves the monotonic clocks and `perf_counter` as well, and takes UTC for the local time zone: these are restored at once."""

    def __init__(self, moment: Instant, *, tick: bool) -> None:
        from freezegun import api

        self._api: Any = api
        # pytest measures how long a fixture takes with the fake on: without this the durations that it prints are those of a frozen clock.
        self._freezer = api.freeze_time(to_datetime(moment), tick=tick, ignore=["_pytest.timing"])
        self.handle: Any = self._freezer.start()
        zone = LocalZone(api, self._is_innermost, self.handle)
        self._undo = ExitStack()
        self._undo.callback(zone.keep())
        monotonic, monotonic_ns, perf_counter, perf_counter_ns = _REAL
        originals: dict[Any, Any] = {
            api.fake_monotonic: monotonic,
            api.fake_monotonic_ns: monotonic_ns,
            api.fake_perf_counter: perf_counter,
            api.fake_perf_counter_ns: perf_counter_ns,
            api.fake_localtime: zone.localtime,
        }
        self._undo.callback(_replace(originals))

    def _is_innermost(self) -> bool:
        return bool(self._api.freeze_factories) and self._api.freeze_factories[-1] is self.handle

    def shift(self, microseconds: int) -> None:
        # not by its `tick`, which would forget the real time that has passed since the last one
        self.handle.time_to_freeze += timedelta(microseconds=microseconds)

    def stop(self) -> bool:
        if not any(each is self.handle for each in self._api.freeze_factories):
            return True
        if not self._is_innermost():
            return False  # it undoes what the others stand on, and its `stop` would end the innermost one
        self._undo.close()
        self._freezer.stop()
        return True


def _present() -> Instant:
    return time.time_ns() // 1000


def _replace(replacements: dict[Any, Any]) -> Callable[[], None]:
    """Replace functions in the modules that hold them; the function that is returned restores them."""
    undo = ExitStack()
    by_identity = {id(function): (function, replacement) for function, replacement in replacements.items()}
    for name, module in list(sys.modules.items()):
        if name == __name__:
            continue
        for attribute, value in list(getattr(module, "__dict__", {}).items()):
            function, replacement = by_identity.get(id(value), (None, None))
            if function is not None:
                setattr(module, attribute, replacement)
                undo.callback(_restore, module, attribute, replacement, function)
    return undo.close


def _restore(module: Any, attribute: str, replacement: object, original: object) -> None:
    if getattr(module, attribute, None) is replacement:
        setattr(module, attribute, original)
