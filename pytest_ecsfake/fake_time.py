"""The time of one fake: who may move its clock, who waits, and what the process reads of it."""

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

    The clock begins at the real time, or where `frozen_at` says, and stands still until something moves it. Whatever moves it, everything that
    is due on the way happens, in order, the clock standing at each event's own instant. It never goes back.

    **What moves the clock**

    - `move`: `clock.advance` of a test, and an event loop that jumps to its next timer.
    - `move_to_next`: `clock.advance_until`, from event to event.
    - `sleep`: `time.sleep`, botocore's waiters and its retry back-off, a read time-out that the test ordered.
    - The poll step: a reading call that repeats one since the clock last moved and since the last writing call, so that a loop ends that polls
      with its sleep mocked away.

    Nothing else does: neither real time, nor a call, nor a test that reads.

    **An external clock** is one that the test or the machine holds: freezegun's, time-machine's, or with `virtual_sleep=False` the real one.
    While there is one it alone says what time it is. Each call and each reading first brings the fake's clock to where it stands; `move` and
    `sleep` move it, and the fake's clock comes along; there is no poll step. One that stands in the past is an error, except while nothing has
    happened yet: then the fake's time begins there, as under the decorator `freeze_time`, which comes after a fixture.

    **Who waits virtually**: the thread that turned the fake on, the thread in which a callback runs, and botocore's own waits in every thread; with
    `virtual_sleep="all"` every thread, with `virtual_sleep=False` nobody. Elsewhere a sleep is real and moves nothing. So is a sleep of a thread
    that hasn't asked ECS since its last one, while work that the test has started goes on (`process_time/sleeping.py`).

    **Sleepers at the same time** wake in the order of their deadlines, and their sleeps don't add up. The thread that turned the fake on sleeps from
    now on, always the whole time. Any other thread sleeps from when it last was answered, woke, or moved the clock itself: what other threads have
    moved since then isn't slept again. A thread that did none of these yet sleeps from now on. No sleep is longer than it was asked to be.

    **What the process reads**: `time.time`, `time.monotonic`, `datetime.now` and the `time()` of event loops are moved along by `move` and `sleep`,
    up to each callback and at the end, also after an exception; then they aren't behind the fake's clock. A poll step alone leaves them as they are.

    **What a running callback sees**: a callback of the test (a program, a hook, a subscriber) runs between two events with the lock released.
    Meanwhile the clock stands still, and calls from any thread are answered at that instant without anything else happening. What is slept or
    moved while it runs is the callback's own: `now` and the process's clocks include it, and are put back when it returns; its threads sleep
    side by side.

    Every move is made under the fake's lock, so that it is whole before the next thread's. What a call needs is called with the lock held.

    Args:
        world: whose clock this is.
        lock: the fake's.
        callbacks: those of the test.
        external_clock: reads and moves the external clock, if there is one, and otherwise the clocks of the process.
        poll_step: microseconds that a repeated reading call moves the clock.
        virtual_sleep: the option of that name.

    Attributes:
        virtual_sleep: the same.
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
        #: While `move` is at work: up to where the process has come along.
        self._followed: Instant | None = None
        self._was_asked = False
        # Not a dictionary by thread: the system gives the identity of a thread that has ended to the next one.
        self._last_look = threading.local()

    @property
    def now(self) -> Instant:
        """Where time stands; for a running callback that includes what it has slept."""
        return self._world.clock.now if self._callbacks.thread is None else self._callbacks.now

    def waits_virtually(self) -> bool:
        """Whether the waits of the running thread are virtual, whoever waits."""
        return self.virtual_sleep == "all" or (
            self.virtual_sleep and get_ident() in (self._home_thread, self._callbacks.thread)
        )

    def waits_for_ecs(self) -> bool:
        """Whether a sleep of the running thread is virtual, whatever else is at work: in a callback, under an external clock, or after a call."""
        asked, self._last_look.asked = getattr(self._last_look, "asked", False), False
        return asked or self._callbacks.thread is not None or self._external_clock.read() is not None

    # --- what moves the clock ---------------------------------------------------------------------------------------------------------

    def settle(self) -> None:
        """Let everything happen that is due by now, and call the callbacks that it leaves."""
        with self._lock:
            self._settle(self.read_external_clock())

    def move(self, microseconds: int) -> None:
        """Move the clock on by so much, or the external one."""
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
        """Move the clock on to the next instant at which something is due, or to `limit` if nothing is before; False once it stands there."""
        with self._lock:
            clock = self._world.clock
            due = clock.next_due()
            target = limit if due is None or due > limit else due
            if target <= clock.now:
                return False
            self.move(target - clock.now)
            return True

    def sleep(self, microseconds: int) -> None:
        """Move the clock to where a sleep of the running thread ends."""
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
        """What the external clock shows, or None while there is none. One in the past may be where the fake's time begins."""
        shown = self._external_clock.read()
        if shown is not None and shown < self._world.clock.now and not self._was_asked and self._world.has_no_past:
            self._world.begin_at(shown)
        return shown

    def bring_to_the_present(self, shown: Instant | None, *, polls: bool) -> None:
        """Settle for a call.

        Args:
            shown: what the external clock shows, or None while there is none.
            polls: whether the call repeats an earlier one, and so moves a clock of the fake's own by the poll step.
        """
        if polls and shown is None:
            self._settle(self._world.clock.now + self._poll_step)
        else:
            self._settle(shown)

    def note_look(self) -> None:
        """Count the next sleep of the running thread from now on: it has just been answered."""
        self._was_asked = True
        self._last_look.at = self.now
        self._last_look.asked = True

    def run_callbacks(self) -> None:
        """Call the callbacks that were left, the process having come along to this instant."""
        self._follow()
        self._callbacks.run_queued(self._world.clock)

    # --- for the scopes ---------------------------------------------------------------------------------------------------------------

    def snapshot(self) -> bool:
        """What of it isn't the world's, for `restore`."""
        return self._was_asked

    def restore(self, saved: bool) -> None:
        """Stand where it stood; when threads looked at a time that is no more counts no longer."""
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
        """Have the process come along to where the clock stands, if `move` is at work."""
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
        """When the running thread last looked, or `unless` it never did; no later than now, since what it slept in a callback never passed here."""
        looked: Instant = getattr(self._last_look, "at", unless)
        return min(looked, now)
