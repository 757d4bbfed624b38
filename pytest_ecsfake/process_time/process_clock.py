"""The clocks of the process, moved together with the fake's: they show real time plus everything that was slept and advanced.

The civil clocks are moved by a journey of a library (`journeys.py`). `time.monotonic`, which event loops and deadline loops read, is moved by a
replacement of our own. `perf_counter` and `process_time` stay real, they measure the program. Nothing is patched before something is slept or
advanced.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from threading import RLock

from pytest_ecsfake.clock import SECOND, Instant
from pytest_ecsfake.process_time import journeys
from pytest_ecsfake.process_time.holders import Holders


class _Real:
    """The real clocks. What is patched in the process is found by value among the attributes of modules, so they aren't kept in one."""

    monotonic = staticmethod(time.monotonic)
    monotonic_ns = staticmethod(time.monotonic_ns)
    perf_counter = staticmethod(time.perf_counter)


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
        #: Held to change how far the clocks are moved: a thread may sleep while another one reports.
        self._lock = RLock()
        self._on = False
        self._is_aside = False
        self._civil = 0
        self._monotonic = 0
        self._journey: journeys.Journey | None = None
        #: The journeys that freeze the process for the option `frozen_at`, the innermost last.
        self._frozen: list[journeys.Journey] = []
        #: What the clocks showed before a fake was on: the civil one and `perf_counter`, which stays real.
        self._noted: tuple[float, float] | None = None
        #: The sum of all moves in this process, in microseconds: what event loops count by.
        self.moved = 0

    # --- what moves it ------------------------------------------------------------------------------------------------------------------

    def follow(self, moved: int, now: Instant) -> None:
        """Move all clocks, after `sleep` or `advance` has moved the fake's. A fake that isn't on moves only its own clock.

        Args:
            moved: how far, in microseconds.
            now: where the fake's clock stands. Poll steps may have put it ahead of the process, which catches up here.
        """
        with self._lock:
            if not self._on:
                return
            before = time.time_ns() // 1000 + (self._civil if self._is_aside else 0)
            further = max(moved, now - before)
            self.moved += moved
            self._move_civil(further)
            self._move_monotonic(further)  # after the journey: freezegun replaces this clock with its own

    def follow_monotonic(self, moved: int) -> None:
        """Move only the monotonic clock: for an external clock that leaves it alone."""
        with self._lock:
            if self._on:
                self.moved += moved
                self._move_monotonic(moved)

    def _move_civil(self, distance: int) -> None:
        self._civil += distance
        if self._is_aside:
            return
        if self._journey is None:
            self._journey = journeys.move(self._civil)
        else:
            self._journey.shift(distance)

    def _move_monotonic(self, distance: int) -> None:
        self._monotonic += distance
        self._holders.replace()

    def freeze(self, moment: Instant) -> Callable[[], bool]:
        """Let the civil clocks stand still at a moment, for the option `frozen_at`; what comes back ends it, or says that it can't yet."""
        journey = journeys.freeze(moment)
        self._frozen.append(journey)

        def thaw() -> bool:
            if not journey.stop():
                return False
            self._frozen.remove(journey)
            return True

        return thaw

    def snapshot(self) -> Callable[[], None]:
        """Remember how far the clocks are moved; what comes back restores it. An event loop goes on counting: its timers are of this process."""
        civil, monotonic = self._civil, self._monotonic

        def restore() -> None:
            with self._lock:
                if self._civil != civil:
                    self._move_civil(civil - self._civil)
                if self._monotonic != monotonic:
                    self._move_monotonic(monotonic - self._monotonic)

        return restore

    # --- what is known of it ------------------------------------------------------------------------------------------------------------

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
        """Whether what stands on the stack of freezegun or of time-machine moves the clocks for us, and isn't an external clock."""
        return self._journey is not None and self._journey.handle is external

    def freezes(self, external: object) -> bool:
        """Whether what stands on the stack of freezegun or of time-machine is there for the option `frozen_at`."""
        return any(journey.handle is external for journey in self._frozen)

    # --- on and off -----------------------------------------------------------------------------------------------------------------------

    def put_on(self) -> None:
        """Let `follow` move the clocks from now on."""
        self._on = True

    def take_off(self) -> bool:
        """Restore real time, and forget how far the clocks were moved. False if something of another's stands on top: try again when it has ended."""
        with self._lock:
            self._on = False
            restored = self._holders.restore()
            if self._journey is not None:
                self._journey.shift(-self._civil)
                if self._journey.stop():
                    self._journey = None
            self._civil = self._monotonic = 0
            return restored and self._journey is None

    def put_aside(self) -> Callable[[], None]:
        """Show real time where the clocks are moved for us; what comes back shows the moved time again. Frozen clocks stay frozen."""
        with self._lock:
            self._is_aside = True
            if self._journey is not None:
                self._journey.shift(-self._civil)

        def put_back() -> None:
            with self._lock:
                self._is_aside = False
                if self._journey is not None:
                    self._journey.shift(self._civil)
                elif self._civil:
                    self._journey = journeys.move(self._civil)

        return put_back


def _is_no_part_of_the_standard_library(module_name: str) -> bool:
    """Locks and queues of the standard library wait for real: they keep the `monotonic` that they imported by name."""
    return module_name == "time" or module_name.partition(".")[0] not in sys.stdlib_module_names
