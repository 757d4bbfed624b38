"""The time of one fake: what moves its clock, who waits, and what the process reads."""

from __future__ import annotations

import threading
from threading import RLock, get_ident
from typing import TYPE_CHECKING, Literal

from pytest_ecsfake.clock import Instant, refuse_too_far
from pytest_ecsfake.orders.callbacks import Callbacks
from pytest_ecsfake.state.region import World

if TYPE_CHECKING:
    from pytest_ecsfake.process_time.external_clock import ExternalClock


class FakeTime:
    """Virtual time, as the threads of a test share it.

    The clock starts at the real time, or at `frozen_at`, and stands still until something moves it. On each move everything that is due on the way
    happens in order, with the clock at each event's own instant. Time never goes back.

    **What moves the clock**

    - `move`: `clock.advance`, and an event loop that jumps to its next timer.
    - `move_to_next`: `clock.advance_until`, from event to event.
    - `sleep`: `time.sleep`, botocore's waiters and retry back-off, and a read time-out that the test ordered.
    - The poll step: a reading call that repeats one made since the clock last moved and since the last writing
      call. So a loop ends even if it polls with its sleep mocked away.

    Nothing else moves it: not real time, not any other call, not a view that is read.

    **An external clock** is freezegun's or time-machine's, or with `virtual_sleep=False` the real one. While there is one, it alone says what time
    it is: each call and each view first brings the fake's clock to where the external clock stands. `move` and `sleep` move the external clock, and
    the fake's clock follows. There is no poll step. An external clock that shows a time in the past is an error, unless nothing has happened yet;
    then the fake's time starts there. (The decorator `freeze_time` comes after a fixture, so it needs this.)

    **Who waits virtually**: the thread that turned the fake on, the thread that runs a callback, and botocore's own waits in every thread. With
    `virtual_sleep="all"` every thread waits virtually, with `virtual_sleep=False` no thread does. Any other sleep is real and doesn't move the clock.
    So is a sleep of a thread that hasn't called ECS since its last one, while work that the test has started goes on (`process_time/sleeping.py`).

    **Concurrent sleepers**: coroutines wake in the order of their deadlines. The sleeps of threads don't add up: a sleep counts from the moment when
    its thread was last answered, woke, or moved the clock itself. What other threads have moved since then isn't slept again, and a sleep whose end
    has passed already moves nothing. For a thread that did none of these yet a sleep counts from now. A sleep of the thread that turned the fake on
    counts from now too, so it always moves the clock by its whole length. No sleep moves the clock further than its length.

    **What the process reads**: `move` and `sleep` also move `time.time`, `time.monotonic`, `datetime.now` and the `time()` of event loops, before
    each callback and at the end, also after an exception. Then the process isn't behind the fake's clock. A poll step by itself doesn't move them.

    **What a running callback sees**: a callback of the test (a program, a hook, a subscriber) runs between two events, with the lock released. The
    clock stands still meanwhile, and calls from any thread are answered at that instant; nothing else happens. Sleeps and moves during a callback
    belong to the callback: `now` and the clocks of the process include them until it returns. Its threads sleep side by side.

    But for callbacks, all of this happens under the fake's lock: a move is complete before another thread's begins. The methods that a call needs
    expect that the lock is held.

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
        #: While `move` is at work: the instant that the process has reached.
        self._followed: Instant | None = None
        self._was_asked = False
        # Not a dictionary by thread identity: the system reuses the identity of a thread that has ended.
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

    def waits_for_ecs(self) -> bool:
        """Whether a sleep of the running thread is virtual, whatever else is at work: in a callback, under an external clock, or after a call."""
        asked, self._last_look.asked = getattr(self._last_look, "asked", False), False
        return asked or self._callbacks.thread is not None or self._external_clock.read() is not None

    def loop_waits_for_ecs(self) -> bool:
        """The same for a jump of the running thread's event loop, which has no part in what its sleeps are."""
        asked, self._last_look.asked_in_loop = getattr(self._last_look, "asked_in_loop", False), False
        return asked or self._callbacks.thread is not None or self._external_clock.read() is not None

    # --- what moves the clock ---------------------------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Let everything happen that is due by now, callbacks included."""
        with self._lock:
            self._settle(self.read_external_clock())

    def move(self, microseconds: int) -> None:
        """Move the clock forward, or the external clock if there is one."""
        with self._lock:
            refuse_too_far(self.now, microseconds)
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
        """Move the clock to the next instant at which something is due, at most to `limit`; return False if it stands there already.

        For a running callback nothing is due: it moves to `limit`.
        """
        with self._lock:
            now = self.now
            due = self._world.clock.next_due() if self._callbacks.thread is None else None
            target = limit if due is None or due > limit else due
            if target <= now:
                return False
            self.move(target - now)
            return True

    def sleep(self, microseconds: int) -> None:
        """Move the clock to the end of a sleep of the running thread."""
        with self._lock:
            refuse_too_far(self.now, microseconds)
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
        """What the external clock shows, or None without one. As long as nothing has happened, the fake's time starts over at one in the past."""
        shown = self._external_clock.read()
        if shown is not None and shown < self._world.clock.now and not self._was_asked and self._world.has_no_past:
            self._world.begin_at(shown)
        return shown

    def bring_to_the_present(self, shown: Instant | None, *, polls: bool) -> None:
        """Bring the clock up to date for a call, and run everything that is due.

        Args:
            shown: what the external clock shows, or None without one.
            polls: whether the call repeats an earlier one; then the poll step moves the clock, unless there is an external one.
        """
        if polls and shown is None:
            self._settle(self._world.clock.now + self._poll_step)
        else:
            self._settle(shown)

    def note_look(self) -> None:
        """The running thread has just been answered: its next sleep counts from here."""
        self._was_asked = True
        self._last_look.at = self.now
        self._last_look.asked = self._last_look.asked_in_loop = True

    def run_callbacks(self) -> None:
        """Bring the process to this instant, then run the queued callbacks."""
        self._follow()
        self._callbacks.run_queued(self._world.clock)

    # --- snapshots ---------------------------------------------------------------------------------------------------------------------

    def snapshot(self) -> bool:
        """What `restore` needs besides the world's snapshot."""
        return self._was_asked

    def restore(self, saved: bool) -> None:
        """Return to a snapshot, after the world did. When threads last looked is forgotten: they saw a time that never was."""
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
        """Move the process to where the clock stands, if `move` is at work."""
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
        """When the running thread last looked, or `unless` it never did. At most now: what it slept in an earlier callback never passed here."""
        looked: Instant = getattr(self._last_look, "at", unless)
        return min(looked, now)
