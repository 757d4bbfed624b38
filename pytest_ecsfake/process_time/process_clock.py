"""The clocks of the process, moved together with the fake's: they show real time plus everything that was slept and advanced.

`time.time`, `datetime.now` and their kin are moved by time-machine where it is installed (36 µs, and also what was imported by name), else by
freezegun (some milliseconds). The local time zone stays the machine's. `time.monotonic`, which event loops and deadline loops read, is moved by
a replacement of our own. `perf_counter` and `process_time` stay real, they measure the program. Nothing is patched before something is slept or
advanced.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from contextlib import ExitStack
from datetime import timedelta
from functools import cache
from typing import Any

from pytest_ecsfake.clock import SECOND, Instant, to_datetime
from pytest_ecsfake.process_time.holders import Holders
from pytest_ecsfake.process_time.local_zone import LocalZone


class _Real:
    """The real clocks. What is patched in the process is found by value among the attributes of modules, so they aren't kept in one."""

    monotonic = staticmethod(time.monotonic)
    monotonic_ns = staticmethod(time.monotonic_ns)
    perf_counter = staticmethod(time.perf_counter)
    perf_counter_ns = staticmethod(time.perf_counter_ns)


class ProcessClock:
    """What the process reads while fakes are on. There is one for the whole process, since its clocks are shared too."""

    def __init__(self) -> None:
        def monotonic() -> float:
            return _Real.monotonic() + self._monotonic / SECOND

        def monotonic_ns() -> int:
            return _Real.monotonic_ns() + self._monotonic * 1000

        self._holders = Holders(
            [(_Real.monotonic, monotonic), (_Real.monotonic_ns, monotonic_ns)],
            where=_is_no_part_of_the_standard_library,
        )
        self._on = False
        self._civil = 0
        self._monotonic = 0
        self._mover: _Mover | None = None
        self._undo_monotonic: Callable[[], None] | None = None
        #: What the clocks showed before a fake was on: the civil one and `perf_counter`, which stays real.
        self._noted: tuple[float, float] | None = None
        #: The sum of all moves, in microseconds: what event loops count by.
        self.moved = 0

    def follow(self, moved: int, now: Instant) -> None:
        """Move all clocks, after `sleep` or `advance` has moved the fake's. A fake that isn't on moves only its own clock.

        Args:
            moved: how far, in microseconds.
            now: where the fake's clock stands. Poll steps may have put it ahead of the process, which catches up here.
        """
        if not self._on:
            return
        before = time.time_ns() // 1000
        further = max(moved, now - before)
        self.moved += moved
        self._civil += further
        if self._mover is None:
            self._mover = _start(further)
        else:
            self._mover.shift(further)
        self._move_monotonic(further)  # after the mover: freezegun replaces this clock with its own

    def follow_monotonic(self, moved: int) -> None:
        """Move only the monotonic clock: for an external clock that leaves it alone."""
        if self._on:
            self.moved += moved
            self._move_monotonic(moved)

    def _move_monotonic(self, distance: int) -> None:
        self._monotonic += distance
        if self._undo_monotonic is None:
            self._undo_monotonic = self._holders.replace()

    def note_real_time(self) -> None:
        """Take the civil time of now for real; no fake is on yet."""
        self._noted = (time.time(), _Real.perf_counter())

    def real_time(self) -> float | None:
        """Real time in epoch seconds, whatever the process reads; None where no fake has been on."""
        if self._noted is None:
            return None
        civil, counted = self._noted
        return civil + _Real.perf_counter() - counted

    def is_ours(self, external: object) -> bool:
        """Whether what stands on the stack of freezegun or of time-machine is there for us, and not for a test."""
        return self._mover is not None and self._mover.handle is external

    def put_on(self) -> None:
        """Let the process read the moved clocks, also again after `take_off`."""
        self._on = True
        if self._civil and self._mover is None:
            self._mover = _start(self._civil)
        if self._monotonic and self._undo_monotonic is None:
            self._undo_monotonic = self._holders.replace()

    def take_off(self) -> None:
        """Let the process read real time. How far the clocks were moved is remembered."""
        self._on = False
        undo, self._undo_monotonic = self._undo_monotonic, None
        if undo is not None:
            undo()
        mover, self._mover = self._mover, None
        if mover is not None:
            mover.stop()

    def reset(self) -> None:
        """Restore real time, and forget how far the clocks were moved."""
        self.take_off()
        self._civil = self._monotonic = self.moved = 0


class _Mover:
    """What moves the civil clocks of the process: time-machine, or a ticking freezer of freezegun."""

    def __init__(self, shift: Callable[[timedelta], object], stop: Callable[[], None], handle: object) -> None:
        self._shift = shift
        self.stop = stop
        self.handle = handle

    def shift(self, microseconds: int) -> None:
        """Move them on."""
        self._shift(timedelta(microseconds=microseconds))


@cache
def _has_time_machine() -> bool:
    try:
        import time_machine
    except ImportError:
        return False
    return hasattr(time_machine, "traveller_stack")  # from 3.0 on


def _start(ahead: int) -> _Mover:
    distance = timedelta(microseconds=ahead)
    return _travel(distance) if _has_time_machine() else _freeze(distance)


def _travel(ahead: timedelta) -> _Mover:
    import time_machine

    # By a distance: a journey to an aware moment takes over that moment's time zone, and the setting `naive_mode` says what a naive one is.
    journey = time_machine.travel(ahead, tick=True)
    started = journey.start()

    def stop() -> None:
        stack: list[Any] = time_machine.traveller_stack
        if stack and stack[-1] is started:
            journey.stop()
        elif started in stack:  # a test's own journey, begun later, outlives the fake
            stack.remove(started)

    return _Mover(started.shift, stop, started)


def _freeze(ahead: timedelta) -> _Mover:
    """freezegun moves the monotonic clocks and `perf_counter` as well, and takes UTC for the local time zone: these are restored at once."""
    from freezegun import api

    freezer = api.freeze_time(to_datetime(time.time_ns() // 1000) + ahead, tick=True)
    factory: Any = freezer.start()
    zone = LocalZone(api, lambda: bool(api.freeze_factories) and api.freeze_factories[-1] is factory, factory)
    forget_zone = zone.keep()
    originals: dict[Any, Any] = {
        api.fake_monotonic: _Real.monotonic,
        api.fake_monotonic_ns: _Real.monotonic_ns,
        api.fake_perf_counter: _Real.perf_counter,
        api.fake_perf_counter_ns: _Real.perf_counter_ns,
        api.fake_localtime: zone.localtime,
    }
    undo = _replace(originals)

    def shift(distance: timedelta) -> None:
        factory.time_to_freeze += distance  # its `tick` would forget the real time that has passed since the last one

    def stop() -> None:
        undo()
        forget_zone()
        freezer.stop()

    return _Mover(shift, stop, factory)


def _is_no_part_of_the_standard_library(module_name: str) -> bool:
    """Locks and queues of the standard library wait for real: they keep the `monotonic` that they imported by name."""
    return module_name == "time" or module_name.partition(".")[0] not in sys.stdlib_module_names


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
