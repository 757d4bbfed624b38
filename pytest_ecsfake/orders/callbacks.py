"""Callbacks: programs, subscribers and hooks of the test. They are called between events, in the thread that settles, without the lock.

While a callback runs, the clock stands still and calls of any thread are answered at that instant, so a program may wait for threads of its own
that call ECS. The process sees at once what a callback sleeps, so its deadline loops end. Afterwards the process is put back to where the fake's
clock stands: the next callback at this instant begins there too, as on another machine. Whoever queued a callback gets its `Outcome`, which says
how long it slept.
"""

from __future__ import annotations

import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import RLock, get_ident
from typing import TYPE_CHECKING

from pytest_ecsfake.clock import Callback, Clock, Instant, Outcome
from pytest_ecsfake.errors import CallbackError, EcsFakeError

if TYPE_CHECKING:
    from pytest_ecsfake.process_time.external_clock import ExternalClock

#: A callback that triggers itself (a subscriber that tags the task whose event it got) is a bug of the test, not a long day.
MAX_CALLBACKS_IN_A_ROW = 10_000


class Callbacks:
    """The callables of the test by number, and the one that runs just now.

    Args:
        lock: the fake's lock; released while a callable runs.
        external_clock: reads and moves the external clock, if there is one, and otherwise the clocks of the process.
        tell: takes what went wrong, which is reported when the test ends.

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
        """Keep a callable, and return its number for a `Callback`.

        Args:
            run: what is called.
            may_raise: exceptions that are part of the outcome, and not reported as a problem.
        """
        self._callables.append((run, may_raise))
        return len(self._callables) - 1

    def run_queued(self, clock: Clock) -> None:
        """Run the queued callbacks, and those that they cause. Called with the lock held; does nothing while one runs."""
        if self.thread is not None:
            return
        with clock.standing_still():
            for _ in range(MAX_CALLBACKS_IN_A_ROW):
                if not clock.callbacks:
                    return
                callback = clock.callbacks.popleft()
                outcome = self._run(clock, callback)
                if callback.then is not None:
                    callback.then(*callback.given, outcome)
        clock.callbacks.clear()
        self._tell(
            CallbackError(
                f"{callback.description} keeps triggering itself: it was called {MAX_CALLBACKS_IN_A_ROW} times at one instant. "
                "Let it call ECS only under a condition that stops being true."
            )
        )

    def _run(self, clock: Clock, callback: Callback) -> Outcome:
        run, may_raise = self._callables[callback.number]
        result, error = None, None
        shown = self._external_clock.read()
        self.thread, self.now = get_ident(), clock.now
        try:
            with self._without_the_lock():
                result = run(*callback.arguments)
        except (Exception, SystemExit) as raised:
            error = raised
            if not isinstance(raised, may_raise):
                self._tell(_problem(callback, raised))
        finally:
            self.thread = None
            slept = self.now - clock.now
            self._move_process(-slept, clock.now)
        if shown is not None:  # it slept for real, or moved the test's own freezer
            slept += (self._external_clock.read() or shown) - shown
        return Outcome(result, error, slept)

    @contextmanager
    def _without_the_lock(self) -> Iterator[None]:
        """Release the lock, however often the thread holds it. A Condition does the same before it waits; there is no public way."""
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


def _problem(callback: Callback, raised: BaseException) -> CallbackError:
    where = traceback.extract_tb(raised.__traceback__)[-1]
    problem = CallbackError(f"{callback.description} raised {raised!r} ({where.filename}:{where.lineno}).")
    problem.__cause__ = raised
    return problem
