"""Virtual sleep: `time.sleep` returns at once, and the clock is that much further on.

It holds for the thread that turned the fake on, and for botocore's own waits in every thread; with `virtual_sleep="all"` for every thread.
A `sleep` that was imported by name is virtual too: the attribute is replaced in each module that holds it, and restored afterwards. Sleeping
coroutines are left to the event loops (`event_loops.py`), except for aiobotocore's waits in another thread's loop.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, TypeVar

from pytest_ecsfake.clock import SECOND
from pytest_ecsfake.process_time.holders import Holders
from pytest_ecsfake.process_time.sleeper import Sleeper

if TYPE_CHECKING:
    from types import FrameType

T = TypeVar("T")

_sleep = time.sleep
_sleep_async = asyncio.sleep

_BOTOCORE = ("botocore", "aiobotocore")


class VirtualSleep:
    """The replacements of `time.sleep` and `asyncio.sleep`, and the modules that hold them.

    Args:
        current: gives the time of the active fake, or None.
    """

    def __init__(self, current: Callable[[], Sleeper | None]) -> None:
        def sleep(seconds: float) -> None:
            fake_time = current()
            if fake_time is None or not (
                fake_time.waits_virtually() or _is_wait_of_botocore(fake_time, sys._getframe(1))
            ):
                _sleep(seconds)
                return
            if seconds < 0:
                raise ValueError("sleep length must be non-negative")
            fake_time.sleep(round(seconds * SECOND))

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

        self.sleep = sleep
        self.sleep_async = sleep_async
        self._holders = Holders([(_sleep, sleep), (_sleep_async, sleep_async)])

    def install(self) -> Callable[[], None]:
        """Put the replacements in place of the originals; the function that is returned undoes it."""
        return self._holders.replace()

    def virtual(self, held: object) -> object:
        """The replacement of a real sleep that an object holds; anything else is returned as it is."""
        if held is _sleep:
            return self.sleep
        return self.sleep_async if held is _sleep_async else held


def _is_wait_of_botocore(fake_time: Sleeper, caller: FrameType) -> bool:
    name: str = caller.f_globals.get("__name__", "")
    return fake_time.virtual_sleep is not False and name.partition(".")[0] in _BOTOCORE
