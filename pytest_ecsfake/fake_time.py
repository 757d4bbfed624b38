"""The time of one fake: what moves its clock, who waits virtually, and what the process reads."""

from __future__ import annotations

import threading
from threading import RLock, get_ident
from typing import TYPE_CHECKING, Literal

from pytest_ecsfake.clock import Instant
from pytest_ecsfake.orders.callbacks import Callbacks
from pytest_ecsfake.state.region import World

if TYPE_CHECKING:
    from pytest_ecsfake.process_time.external_clock import ExternalClock


class FakeTime:
    """Virtual time, as the threads of a test share it.

    The clock begins at the real time, or at `frozen_at`, and stands still until something moves it. When it is moved, everything that is due on
    the way happens in order, each event at its own instant. The clock never goes back.

    **What moves the clock**

    - `move`: `clock.advance` of a test, and an event loop that jumps to its next timer.
    - `move_to_next`: `clock.advance_until`, from event to event.
    - `sleep`: `time.sleep`, botocore's waiters and its retry back-off, and a read timeout that the test ordered.
    - The poll step: a reading call that repeats the call before it. Without this step a polling loop with a mocked sleep would never end.

    Nothing else moves it: not real time, not any other call, and not a test that reads the state.

    **An external clock** belongs to the test or the machine: freezegun's, time-machine's, or with `virtual_sleep=False` the real clock. While there
    is one, it decides what time it is. Each call and each reading first moves the fake's clock to the external clock's time. `move` and `sleep` move
    the external clock, and the fake's clock follows. There is no poll step. It is an error if the external clock is behind the fake's, except while
    nothing has happened in the fake: then the fake's time begins at the external clock's. This is the case with the decorator `freeze_time`, which
    takes effect after the fixtures.

    **Who waits virtually**: the thread that turned the fake on, the thread that runs a callback, and botocore's own waits in every thread. With
    `virtual_sleep="all"` every thread waits virtually, with `virtual_sleep=False` no thread does. Any other sleep is real and doesn't move the clock.

    **Several sleepers** wake in the order of their deadlines, and their sleeps overlap. The thread that turned the fake on always sleeps the whole
    time, from now. For any other thread the sleep begins when that thread last got an answer, woke up, or moved the clock itself. So the time by
    which other threads have moved the clock since then counts towards its sleep. If it did none of these yet, its sleep begins now. No sleep lasts
    longer than requested.

    **What the process reads**: `move` and `sleep` also move `time.time`, `time.monotonic`, `datetime.now` and the `time()` of event loops. They do it
    before each callback and at the end, also after an exception, so the process is never behind the fake's clock. The poll step leaves the
    process's clocks alone.

    **What a running callback sees**: a callback of the test (a program, a hook, a subscriber) runs between two events, with the lock released. While
    it runs, the clock stands still: calls from any thread are answered at that instant, and no event happens. A sleep or move during the callback
    only affects the callback's own time. `now` and the process's clocks include it until the callback returns, and are then reset. Threads of the
    callback sleep in parallel.

    Every move is made under the fake's lock, so one thread's move is complete before the next one begins. The methods under "what a call needs" are
    called with the lock held.

    Args:
        world: the state, with the clock that is moved.
        lock: the fake's lock.
        callbacks: the callbacks of the test.
        external_clock: reads and moves the external clock, if there is one, and otherwise the clocks of the process.
        poll_step: how far a repeated reading call moves the clock, in microseconds.
        virtual_sleep: the option of that name.

    Attributes:
        virtual_sleep: the option of that name.
    """

    def __init__(
        self,
        world: World,
        lock: RLock,
        callbacks: Callbacks,
        external_clock: ExternalClock,
        *,
        poll_step: int,
        virtual_sleep: bool | Literal["all"],
    ) -> None:
        self.virtual_sleep = virtual_sleep
        self._world = world
        self._lock = lock
        self._callbacks = callbacks
        self._external_clock = external_clock
        self._poll_step = poll_step
        self._home_thread = get_ident()
        #: During `move`: the instant that the process's clocks have reached. Otherwise None.
        self._followed: Instant | None = None
        self._was_asked = False
        # Not a dictionary by thread id: the system reuses the id of a thread that has ended.
        self._last_look = threading.local()

    @property
    def now(self) -> Instant:
        """The present. While a callback runs it includes the time that the callback has slept."""
        return self._world.clock.now if self._callbacks.thread is None else self._callbacks.now

    def waits_virtually(self) -> bool:
        """Whether every wait of the running thread is virtual, and not only botocore's."""
        return self.virtual_sleep == "all" or (
            self.virtual_sleep and get_ident() in (self._home_thread, self._callbacks.thread)
        )

    # --- what moves the clock ---------------------------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Run everything that is due by now, and the callbacks that it queues."""
        with self._lock:
            self._settle(self.read_external_clock())

    def move(self, microseconds: int) -> None:
        """Move the clock forward, or the external clock if there is one."""
        with self._lock:
            if self._callbacks.thread is not None:
                self._sleep_in_callback(microseconds)
                return
            if self._external_clock.read() is None:
                self._move_with_the_process(microseconds)
            else:
                self._external_clock.move(microseconds)
                self.settle()
            self._last_look.at = self.now

    def move_to_next(self, limit: Instant) -> bool:
        """Move the clock to the next scheduled event, but not beyond `limit`. False if the clock has already reached `limit`."""
        with self._lock:
            clock = self._world.clock
            due = clock.next_due()
            target = limit if due is None or due > limit else due
            if target <= clock.now:
                return False
            self.move(target - clock.now)
            return True

    def sleep(self, microseconds: int) -> None:
        """Move the clock to the end of a sleep of the running thread."""
        with self._lock:
            if self._callbacks.thread is not None:
                self._sleep_in_callback(microseconds)
                return
            now = self._world.clock.now
            since = now if get_ident() == self._home_thread else self._looked_at(now, unless=now)
            end = since + microseconds
            if end > now:
                self.move(end - now)
            self._last_look.at = self.now

    # --- what a call needs ------------------------------------------------------------------------------------------------------------

    def read_external_clock(self) -> Instant | None:
        """The external clock's time, or None if there is none. If nothing has happened yet, the fake's time begins at an earlier external time."""
        shown = self._external_clock.read()
        if shown is not None and shown < self._world.clock.now and not self._was_asked and self._world.has_no_past:
            self._world.begin_at(shown)
        return shown

    def bring_to_the_present(self, shown: Instant | None, *, polls: bool) -> None:
        """Bring the clock up to date for a call, and run everything that is due.

        Args:
            shown: the external clock's time, or None if there is none.
            polls: whether the call repeats the one before it, so that the poll step applies if there is no external clock.
        """
        if polls and shown is None:
            self._settle(self._world.clock.now + self._poll_step)
        else:
            self._settle(shown)

    def note_look(self) -> None:
        """Note that the running thread was answered now: its next sleep begins at this instant."""
        self._was_asked = True
        self._last_look.at = self.now

    def run_callbacks(self) -> None:
        """Bring the process's clocks to this instant, then run the queued callbacks."""
        self._follow()
        self._callbacks.run_queued(self._world.clock)

    # --- for the scopes ---------------------------------------------------------------------------------------------------------------

    def snapshot(self) -> bool:
        """The part of this object's state that isn't in the world's snapshot, for `restore`."""
        return self._was_asked

    def restore(self, saved: bool) -> None:
        """Return to a snapshot. What threads last looked at no longer counts, since it was on the time line that was left."""
        self._was_asked = saved
        self._last_look = threading.local()

    # --- how it is done ---------------------------------------------------------------------------------------------------------------

    def _settle(self, until: Instant | None) -> None:
        self._world.clock.settle(until, self.run_callbacks)

    def _move_with_the_process(self, microseconds: int) -> None:
        self._followed = self._world.clock.now
        try:
            self._settle(self._followed + microseconds)
        finally:
            self._follow()
            self._followed = None

    def _follow(self) -> None:
        """During `move`: bring the process's clocks to the fake's clock."""
        now = self._world.clock.now
        if self._followed is not None and now > self._followed:
            self._external_clock.follow(now - self._followed, now)
            self._followed = now

    def _sleep_in_callback(self, microseconds: int) -> None:
        stands = self._world.clock.now
        if get_ident() == self._callbacks.thread:
            self._callbacks.sleep(microseconds)
        else:
            since = max(stands, self._looked_at(self._callbacks.now, unless=stands))
            self._callbacks.sleep(microseconds, since=since)
            self._last_look.at = since + microseconds

    def _looked_at(self, now: Instant, *, unless: Instant) -> Instant:
        """When the running thread last looked at the time, or `unless` if it never did.

        At most `now`: a thread may have slept in a callback, in time that didn't pass for the clock.
        """
        looked: Instant = getattr(self._last_look, "at", unless)
        return min(looked, now)
