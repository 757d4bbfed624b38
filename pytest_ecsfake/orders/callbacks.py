"""What a test hands in to be called: programs, subscribers, hooks. It is called between events, in the thread that settles, without the lock.

While it runs the clock stands still, and calls of any thread are answered at that instant: a program that waits for threads of its own, which
call ECS, gets its answers. What it sleeps the process sees at once, so that its deadline loops end; afterwards the process is put back to where
the fake's clock stands: the next program at this instant begins there too, as on another machine. Who ordered the errand is told how long it slept.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import RLock, get_ident
from typing import TYPE_CHECKING

from pytest_ecsfake.clock import Clock, Errand, Instant, Outcome
from pytest_ecsfake.errors import EcsFakeError, HandedInError

if TYPE_CHECKING:
    from pytest_ecsfake.process_time.external_clock import ExternalClock

#: An errand that causes itself again (a subscriber that tags the task whose event it got) is a bug of the test, not a long day.
MAX_ERRANDS_IN_A_ROW = 10_000


class HandedIn:
    """The callables that a test handed in, and the one that runs just now.

    Args:
        lock: the fake's; let go of while a callable runs.
        external_clock: reads and moves the external clock, if there is one, and otherwise the clocks of the process.
        tell: takes what went wrong, to be told again when the test ends.

    Attributes:
        thread: the thread in which one runs, or None while none does.
        now: where time stands for it: the fake's instant and what it has slept.
    """

    def __init__(self, lock: RLock, external_clock: ExternalClock, tell: Callable[[EcsFakeError], None]) -> None:
        self._lock = lock
        self._external_clock = external_clock
        self._tell = tell
        self._callables: list[tuple[Callable[..., object], tuple[type[BaseException], ...]]] = []
        self.thread: int | None = None
        self.now: Instant = 0

    def keep(self, run: Callable[..., object], may_raise: tuple[type[BaseException], ...] = ()) -> int:
        """Take a callable in; what comes back is its number in errands.

        Args:
            run: what is called.
            may_raise: exceptions that are part of the outcome and no trouble of the test.
        """
        self._callables.append((run, may_raise))
        return len(self._callables) - 1

    def run_errands(self, clock: Clock) -> None:
        """Make the calls that are to be made, those that they cause included. Called with the lock held; while one runs it does nothing."""
        if self.thread is not None:
            return
        with clock.standing_still():
            for _ in range(MAX_ERRANDS_IN_A_ROW):
                if not clock.errands:
                    return
                errand = clock.errands.popleft()
                outcome = self._run(clock, errand)
                if errand.then is not None:
                    errand.then(*errand.given, outcome)
        clock.errands.clear()
        self._tell(
            HandedInError(
                f"{errand.told_as} causes itself again without end: it was called {MAX_ERRANDS_IN_A_ROW} times at one instant. "
                "Call ECS in it only on a condition that ends."
            )
        )

    def _run(self, clock: Clock, errand: Errand) -> Outcome:
        run, may_raise = self._callables[errand.number]
        result, error = None, None
        shown = self._external_clock.read()
        self.thread, self.now = get_ident(), clock.now
        try:
            with self._without_the_lock():
                result = run(*errand.arguments)
        except (Exception, SystemExit) as raised:
            error = raised
            if not isinstance(raised, may_raise):
                self._tell(_trouble(errand, raised))
        finally:
            self.thread = None
            slept = self.now - clock.now
            self._move_process(-slept, clock.now)
        if shown is not None:  # it slept for real, or moved the test's own freezer
            slept += (self._external_clock.read() or shown) - shown
        return Outcome(result, error, slept)

    @contextmanager
    def _without_the_lock(self) -> Iterator[None]:
        """Let go of the lock, however often the thread holds it. A Condition does the same before it waits; there is no public way."""
        lock = self._lock
        held = lock._release_save()  # type: ignore[attr-defined]  # typeshed leaves it out
        try:
            yield
        finally:
            lock._acquire_restore(held)  # type: ignore[attr-defined]

    def sleep(self, microseconds: int, *, since: Instant | None = None) -> None:
        """Let time pass for what runs, and for it alone.

        Args:
            microseconds: how long.
            since: when the sleep of another thread began, so that threads that wait at the same time wake one after the other.
        """
        end = max(self.now, (self.now if since is None else since) + microseconds)
        self._move_process(end - self.now, end)
        self.now = end

    def _move_process(self, microseconds: int, now: Instant) -> None:
        if not microseconds:
            return
        if self._external_clock.read() is None:
            self._external_clock.follow(microseconds, now)
        else:
            self._external_clock.move(microseconds)


def _trouble(errand: Errand, raised: BaseException) -> HandedInError:
    where = traceback.extract_tb(raised.__traceback__)[-1]
    trouble = HandedInError(f"{errand.told_as} raised {raised!r} ({where.filename}:{where.lineno}).")
    trouble.__cause__ = raised
    return trouble
