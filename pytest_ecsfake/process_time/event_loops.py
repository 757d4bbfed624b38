"""Event loops that jump instead of waiting: the clock moves to the next timer when the loop has nothing else to do.

So sleepers wake in the order of their deadlines, and time-outs run in virtual time. A loop's `time()` moves with the clock and stands still
otherwise, so that a sleep of 30 seconds takes exactly 30. Real I/O has precedence: while the loop waits for a socket of its own (other than
listening ones) or for an executor's future, it waits for real, and its time moves by the wait. It does the same while a thread or a child process
that the test has started is at work. A timer at infinity is no timer.

What nobody can know is waited for a moment: a task may await a future that a daemon thread sets, or a thread that lived before the fake. So before a
jump the loop gives such a thread some real time, unless ECS has been called since the last jump; a heartbeat doesn't carry the clock off meanwhile.
Under a freezer a loop with a connection waits for real as well, and ticks the freezer when the timer's time is over.

This works for asyncio's own loops. A loop that keeps its own time, such as uvloop's in C or a test's own, is left alone.
"""

from __future__ import annotations

import heapq
import math
import signal
import time
import weakref
from asyncio import futures, tasks
from asyncio.base_events import BaseEventLoop
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pytest_ecsfake.clock import SECOND
from pytest_ecsfake.process_time.methods import replace_method
from pytest_ecsfake.process_time.work import SLICE

if TYPE_CHECKING:
    from pytest_ecsfake.process_time.process_clock import ProcessClock
    from pytest_ecsfake.process_time.sleeper import Sleeper
    from pytest_ecsfake.process_time.work import Work

#: How near a timer has to be for a loop to treat it as due, in seconds. The loop's own resolution, a nanosecond, is lost in the floats of a
#: frozen time.
_RESOLUTION = 1e-6

#: How long a loop waits for real before it jumps beside a daemon thread of the test, in seconds: at first, and before each further jump.
_FOR_A_DAEMON, _FOR_A_DAEMON_AGAIN = 5.0, 0.1

#: How far a loop jumps without a call of ECS before it begins to wait a slice of real time for threads that lived before the fake, in microseconds.
_AT_ONCE = 3600 * SECOND

# By value, so that nothing that patches the process's clocks finds it among the attributes of a module.
_REAL = (time.monotonic,)


@dataclass(slots=True)
class LoopTime:
    """The time of a loop that has run while a fake was on: what it was then, and what has been added since."""

    began: float
    moved_before: int
    waited: float = 0.0
    in_executors: set[Any] = field(default_factory=set)
    in_a_row: int = 0  # how far it has jumped since ECS was called, or something came from outside, in microseconds
    waited_frozen: float = 0.0  # how long it has waited for real under a freezer since its last tick


class VirtualLoops:
    """The patch of asyncio's event loops.

    Args:
        current: gives the time of the active fake, or None.
        process_clock: what the clock was moved by.
        is_frozen: whether an external clock holds the monotonic clock too, as freezegun does; then that is the loop's time.
        work: threads and child processes that may have something for the loop.
    """

    def __init__(
        self,
        current: Callable[[], Sleeper | None],
        process_clock: ProcessClock,
        is_frozen: Callable[[], bool],
        work: Work,
    ) -> None:
        self._current = current
        self._process_clock = process_clock
        self._is_frozen = is_frozen
        self._work = work
        self._times: weakref.WeakKeyDictionary[Any, LoopTime] = weakref.WeakKeyDictionary()
        self._real_time = BaseEventLoop.time
        self._virtual_time: Callable[[Any], float] = BaseEventLoop.time
        self._all_virtual_times: weakref.WeakSet[Callable[[Any], float]] = weakref.WeakSet()

    def install(self) -> Iterator[Callable[[], bool]]:
        """Let event loops jump; what comes back undoes it, method by method."""
        # Looked up now: where asyncio was imported anew, as in pytester's runs within a process, its loops are of another class.
        from asyncio import SelectorEventLoop
        from asyncio.base_events import BaseEventLoop

        self._remove_copies(SelectorEventLoop)
        yield lambda: self._remove_copies(SelectorEventLoop)
        yield replace_method(BaseEventLoop, "time", self._time)
        self._virtual_time = BaseEventLoop.time
        self._all_virtual_times.add(BaseEventLoop.time)
        yield replace_method(BaseEventLoop, "_run_once", self._run_once)
        yield replace_method(BaseEventLoop, "run_in_executor", self._run_in_executor)

    def _remove_copies(self, class_: Any) -> bool:
        """Let a class of loops inherit its `time` again. A freezer of freezegun with `real_asyncio` leaves in it what was inherited when it began."""
        copy = vars(class_).get("time")
        if copy is not None and (copy is self._real_time or copy in self._all_virtual_times):
            del class_.time
        return True

    def release(self) -> None:
        """Give loops that go on running their real time back. Their timers keep the time that is left to them."""
        for loop, loop_time in list(self._times.items()):
            ahead = self._now_of(loop_time) - self._real_time(loop)
            for handle in loop._scheduled:
                handle._when -= ahead
            heapq.heapify(loop._scheduled)
        self._times.clear()

    def _time(self, original: Callable[[Any], float]) -> Callable[[Any], float]:
        def time(loop: Any) -> float:
            fake_time = self._current()
            if fake_time is None or not fake_time.waits_virtually() or self._is_frozen() or not _has_selector(loop):
                return original(loop)
            return self._now_of(self._time_of(loop, original))

        return time

    def _keeps_time(self, loop: Any) -> bool:
        """Whether a loop takes its time from here, and waits in a selector. Others know for themselves how they wait."""
        return type(loop).time is self._virtual_time and _has_selector(loop)

    def _time_of(self, loop: Any, real_time: Callable[[Any], float]) -> LoopTime:
        loop_time = self._times.get(loop)
        if loop_time is None:
            loop_time = self._times[loop] = LoopTime(real_time(loop), self._process_clock.moved)
        return loop_time

    def _now_of(self, loop_time: LoopTime) -> float:
        return loop_time.began + loop_time.waited + (self._process_clock.moved - loop_time.moved_before) / SECOND

    def _run_once(self, original: Callable[[Any], None]) -> Callable[[Any], None]:
        def _run_once(loop: Any) -> None:
            fake_time = self._current()
            if (
                fake_time is None
                or loop._ready
                or not fake_time.waits_virtually()
                or not self._keeps_time(loop)
                or self._jump(loop, fake_time)
            ):
                original(loop)
                return
            loop_time = self._times.get(loop)
            before = _REAL[0]()
            if self._is_frozen() and (left := _left_of_timer(loop)) > _RESOLUTION / 2:
                self._wait_under_a_freezer(loop, fake_time, left)
            elif self._work_is_all_it_waits_for(loop):
                loop._process_events(loop._selector.select(SLICE))
            else:
                original(loop)
            if loop_time is not None:
                loop_time.waited += _REAL[0]() - before

        return _run_once

    def _run_in_executor(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def run_in_executor(loop: Any, *args: Any) -> Any:
            future = original(loop, *args)
            pending = self._time_of(loop, self._real_time).in_executors
            pending.add(future)
            future.add_done_callback(pending.discard)
            return future

        return run_in_executor

    def _jump(self, loop: Any, fake_time: Sleeper) -> bool:
        """Move the clock to the loop's next timer; return False if the loop has to wait for real, since something real may come first."""
        scheduled = loop._scheduled
        while scheduled and scheduled[0]._cancelled:  # as the loop itself does, before it looks at the first
            loop._timer_cancelled_count -= 1
            heapq.heappop(scheduled)._scheduled = False
        if loop._stopping:
            return True
        if scheduled and self._is_frozen():  # else a timer may be left that is due by less than can be ticked
            loop._clock_resolution = max(loop._clock_resolution, _RESOLUTION)
        if not scheduled or math.isinf(scheduled[0]._when) or not self._is_alone(loop):
            return False
        loop._clock_resolution = max(loop._clock_resolution, _RESOLUTION)
        left = scheduled[0]._when - loop.time()
        if left < _RESOLUTION / 2:
            return True
        if self._is_beside_work():
            return False
        loop_time = self._time_of(loop, self._real_time)
        distance = round(left * SECOND)
        events = loop._selector.select(self._patience(loop, loop_time, fake_time, left))
        if events or loop._ready:
            loop._process_events(events)
            loop_time.in_a_row = 0
        else:
            loop_time.in_a_row += distance
            fake_time.move(distance)
        return True

    def _patience(self, loop: Any, loop_time: LoopTime, fake_time: Sleeper, left: float) -> float:
        """How long to wait for real before a jump, in seconds, for a thread that may set a future of the loop."""
        asked = fake_time.loop_waits_for_ecs()
        if asked:
            loop_time.in_a_row = 0
        beside_daemon = self._work.has_daemon()
        if not beside_daemon and (loop_time.in_a_row < _AT_ONCE or self._work.is_alone()):
            return 0
        if not _awaits_what_others_set(loop):
            return 0
        if asked or not beside_daemon:
            return min(left, SLICE)
        return min(left, _FOR_A_DAEMON_AGAIN if loop_time.in_a_row else _FOR_A_DAEMON)

    def _wait_under_a_freezer(self, loop: Any, fake_time: Sleeper, left: float) -> None:
        """Wait for what is real, at most for as long as the timer has left; then tick the freezer, which stands still by itself."""
        loop_time = self._time_of(loop, self._real_time)
        before = _REAL[0]()
        events = loop._selector.select(max(left - loop_time.waited_frozen, 0))
        loop_time.waited_frozen += _REAL[0]() - before
        if events or loop._ready or loop_time.waited_frozen < left:
            loop._process_events(events)
        else:
            loop_time.waited_frozen = 0.0
            fake_time.move(round(left * SECOND))

    def _is_alone(self, loop: Any) -> bool:
        """Whether nothing real of the loop's own may come: no connection, nothing from an executor, and no alarm."""
        return not self._waits_for_threads(loop) and not _waits_for_sockets(loop) and not _waits_for_alarm(loop)

    def _is_beside_work(self) -> bool:
        """Whether work goes on that may have something for the loop. Under a freezer, which stands still, nobody could wait for it."""
        return not self._is_frozen() and self._work.goes_on()

    def _work_is_all_it_waits_for(self, loop: Any) -> bool:
        """Whether a timer could be jumped to but for the work: nobody wakes the loop when a thread ends, so it looks again and again."""
        scheduled = loop._scheduled
        return bool(
            scheduled and not math.isinf(scheduled[0]._when) and self._is_alone(loop) and self._is_beside_work()
        )

    def _waits_for_threads(self, loop: Any) -> bool:
        """Whether an executor works for the loop, or is being shut down."""
        return bool(self._time_of(loop, self._real_time).in_executors) or loop._executor_shutdown_called


def _left_of_timer(loop: Any) -> float:
    """How much time the loop's next timer has left, in seconds; 0 if there isn't one."""
    scheduled = loop._scheduled
    return 0.0 if not scheduled or math.isinf(scheduled[0]._when) else float(scheduled[0]._when - loop.time())


def _awaits_what_others_set(loop: Any) -> bool:
    """Whether a task awaits a future that neither a timer of `asyncio.sleep` nor another task's end is known to set."""
    sleeps = {
        id(handle._args[0])
        for handle in loop._scheduled
        if not handle._cancelled and handle._callback is futures._set_result_unless_cancelled  # type: ignore[attr-defined]
    }
    awaited = [getattr(task, "_fut_waiter", None) for task in tasks.all_tasks(loop)]
    return not awaited or any(
        future is not None and id(future) not in sleeps and not isinstance(future, (tasks.Task, tasks._GatheringFuture))  # type: ignore[attr-defined]
        for future in awaited
    )


def _has_selector(loop: Any) -> bool:
    """Whether a loop waits in a selector that says what it waits for: Windows' proactor has none, and that of a test may be a mock."""
    selector: Any = getattr(loop, "_selector", None)
    if selector is None:
        return hasattr(loop, "_selector")  # a loop that is closed
    watched = selector.get_map() if hasattr(selector, "get_map") else ()
    return watched is None or isinstance(watched, Mapping)


def _waits_for_sockets(loop: Any) -> bool:
    """Whether the loop waits for a connection of its own; not its own wake-up socket, and not one that only listens."""
    own = getattr(loop, "_ssock", None)  # a loop of another make may have none
    wake_up = -1 if own is None else own.fileno()
    return any(key.fd != wake_up and not _listens(key) for key in (loop._selector.get_map() or {}).values())


def _waits_for_alarm(loop: Any) -> bool:
    """Whether the loop handles the alarm of the system, and one is set."""
    handlers: Any = getattr(loop, "_signal_handlers", None)
    return bool(handlers) and signal.SIGALRM in handlers and any(signal.getitimer(signal.ITIMER_REAL))


def _listens(key: Any) -> bool:
    reader, writer = key.data
    callback = getattr(reader, "_callback", None)
    return writer is None and getattr(callback, "__name__", "") == "_accept_connection"
