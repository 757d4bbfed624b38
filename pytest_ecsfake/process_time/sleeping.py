"""Virtual sleep: `time.sleep` returns at once, and the clock is that much further on.

It holds for the thread that turned the fake on, and for botocore's own waits in every thread; with `virtual_sleep="all"` for every thread.
What the standard library sleeps is real, since it waits for something of this machine, such as a child process. Other code sleeps virtually if it
has asked ECS since its last sleep, or if nothing that the test has started is still at work (`work.py`); else it waits for real until that is over.
Under a clock that the test holds each sleep moves that clock.

A `sleep` that was imported by name is virtual too: the attribute is replaced in each module that holds it, and restored afterwards. Sleeping
coroutines are left to the event loops (`event_loops.py`), except for aiobotocore's waits in another thread's loop.
"""

from __future__ import annotations

import asyncio
import math
import sys
import time
from collections.abc import Callable
from threading import get_ident
from typing import TYPE_CHECKING, Any, TypeVar

from pytest_ecsfake.clock import SECOND
from pytest_ecsfake.process_time.holders import Holders
from pytest_ecsfake.process_time.sleeper import Sleeper
from pytest_ecsfake.process_time.work import SLICE, Work

if TYPE_CHECKING:
    from types import FrameType

T = TypeVar("T")

_sleep = time.sleep
_sleep_async = asyncio.sleep

# By value, so that nothing that patches the process's clocks finds it among the attributes of a module.
_REAL = (time.monotonic,)

_BOTOCORE = ("botocore", "aiobotocore")

#: Modules of the standard library that never sleep themselves but call what they were given, as `Mock(wraps=time.sleep)` does.
_PASS_CALLS_ON = ("asyncio", "concurrent", "contextlib", "functools", "threading", "unittest")


class VirtualSleep:
    """The replacements of `time.sleep` and `asyncio.sleep`, and the modules that hold them.

    Args:
        current: gives the time of the active fake, or None.
        work: what a sleep may wait for.
    """

    def __init__(self, current: Callable[[], Sleeper | None], work: Work) -> None:
        self._work = work
        self._current = current
        self._of_gevent: Callable[[float], None] | None = None

        async def sleep_async(delay: float, result: T | None = None) -> T | None:
            fake_time = current()
            if (
                fake_time is None
                or fake_time.waits_virtually()
                or not _is_wait_of_botocore(fake_time, sys._getframe(1))
            ):
                return await _sleep_async(delay, result)
            await _sleep_async(0)
            fake_time.sleep(round(max(delay, 0) * SECOND))
            return result

        self.sleep = self._instead_of(_sleep)
        self.sleep_async = sleep_async
        self._replacements: list[tuple[object, object]] = [(_sleep, self.sleep), (_sleep_async, sleep_async)]
        self._holders = Holders(self._replacements)

    def install(self) -> Callable[[], bool]:
        """Put the replacements in place of the originals; what comes back undoes it, and says whether nothing is left to undo."""
        self._of_gevent = of_gevent = _sleep_of_gevent()
        if of_gevent is not None and all(original is not of_gevent for original, _ in self._replacements):
            self._replacements.append((of_gevent, self._instead_of(of_gevent)))
            self._holders = Holders(self._replacements)
        self._holders.replace()
        return self._holders.restore

    def _instead_of(self, real: Callable[[float], None]) -> Callable[[float], None]:
        current = self._current

        def sleep(seconds: float, /) -> None:
            fake_time = current()
            if fake_time is None or not _is_length(seconds):
                real(seconds)
                return
            caller = sys._getframe(1)
            if _is_wait_of_botocore(fake_time, caller):
                fake_time.sleep(round(seconds * SECOND))
            elif not fake_time.waits_virtually() or _is_standard_library(caller):
                real(seconds)
            elif fake_time.waits_for_ecs():
                fake_time.sleep(round(seconds * SECOND))
                self._let_greenlets_run(0)
            else:
                self._sleep_beside_work(fake_time, seconds)
                self._let_greenlets_run(min(seconds, SLICE))

        return sleep

    def _let_greenlets_run(self, seconds: float) -> None:
        """Give way to gevent's other greenlets, as its sleep would; they may need some real time for what the caller waits for."""
        if self._of_gevent is not None:
            self._of_gevent(seconds)

    def _sleep_beside_work(self, fake_time: Sleeper, seconds: float) -> None:
        """Wait for real while something is at work, and virtually for what is left of the sleep."""
        if not self._work.goes_on():
            fake_time.sleep(round(seconds * SECOND))
            return
        now = _REAL[0]
        end = now() + seconds
        self._work.waiting.add(get_ident())
        try:
            _sleep(min(seconds, SLICE))  # at least once, so that a sleep of 0 gives way to other threads
            while (left := end - now()) > 0:
                if not self._work.goes_on():
                    fake_time.sleep(round(left * SECOND))
                    return
                _sleep(min(left, SLICE))
        finally:
            self._work.waiting.discard(get_ident())

    def virtual(self, held: object) -> object:
        """The replacement of a real sleep that an object holds; anything else is returned as it is."""
        if held is _sleep:
            return self.sleep
        return self.sleep_async if held is _sleep_async else held


def _is_length(seconds: object) -> bool:
    """Whether it is something that one can sleep. What isn't is left to the real sleep, which refuses it in its own words."""
    return (isinstance(seconds, float) or hasattr(seconds, "__index__")) and 0 <= seconds < math.inf  # type: ignore[operator]


def _sleep_of_gevent() -> Callable[[float], None] | None:
    """gevent's sleep, where it stands in the place of `time.sleep`; None elsewhere."""
    monkey: Any = sys.modules.get("gevent.monkey")
    if monkey is None or not monkey.is_module_patched("time"):
        return None
    sleep: Callable[[float], None] = sys.modules["gevent.hub"].sleep
    return sleep


def _package(frame: FrameType) -> str:
    name: str = frame.f_globals.get("__name__", "")
    return name.partition(".")[0]


def _is_wait_of_botocore(fake_time: Sleeper, caller: FrameType) -> bool:
    return fake_time.virtual_sleep is not False and _package(caller) in _BOTOCORE


def _is_standard_library(caller: FrameType | None) -> bool:
    while caller is not None and _package(caller) in _PASS_CALLS_ON:
        caller = caller.f_back
    return caller is not None and _package(caller) in sys.stdlib_module_names
