"""Virtual sleep: `time.sleep` returns at once, and the clock is that much further on.

It holds for the thread that turned the fake on, and for botocore's own waits in every thread; with `virtual_sleep="all"` for every thread.
`from time import sleep` done before is virtual too: the attribute is replaced in each module that holds it, and put back. What coroutines
sleep is the event loops' matter (`event_loops.py`), but for aiobotocore's waits in another thread's loop.
"""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal, Protocol, TypeVar

from pytest_ecsfake.clock import SECOND
from pytest_ecsfake.process_time.event_loops import is_virtual_thread
from pytest_ecsfake.process_time.holders import Holders

if TYPE_CHECKING:
    from types import FrameType

T = TypeVar("T")

_sleep = time.sleep
_sleep_async = asyncio.sleep

_BOTOCORE = ("botocore", "aiobotocore")


class Sleeper(Protocol):
    """What virtual sleep needs of a fake."""

    @property
    def virtual_sleep(self) -> bool | Literal["all"]:
        """The option: whether sleep is virtual, and whether in all threads."""

    @property
    def thread(self) -> int:
        """The identity of the thread that turned the fake on."""

    @property
    def errand_thread(self) -> int | None:
        """The identity of the thread in which something runs that the test handed in, or None."""

    def move(self, microseconds: int) -> None:
        """Move the fake's clock on."""

    def sleep(self, microseconds: int) -> None:
        """Move the fake's clock to where a sleep of the running thread ends."""


class VirtualSleep:
    """The replacements of `time.sleep` and `asyncio.sleep`, and the places in which they are put.

    Args:
        current: gives the active fake, or None.
    """

    def __init__(self, current: Callable[[], Sleeper | None]) -> None:
        def sleep(seconds: float) -> None:
            fake = current()
            if fake is None or not (is_virtual_thread(fake) or _is_wait_of_botocore(fake, sys._getframe(1))):
                _sleep(seconds)
                return
            if seconds < 0:
                raise ValueError("sleep length must be non-negative")
            fake.sleep(round(seconds * SECOND))

        async def sleep_async(delay: float, result: T | None = None) -> T | None:
            fake = current()
            if fake is None or is_virtual_thread(fake) or not _is_wait_of_botocore(fake, sys._getframe(1)):
                return await _sleep_async(delay, result)
            await _sleep_async(0)
            fake.sleep(round(max(delay, 0) * SECOND))
            return result

        self.sleep = sleep
        self.sleep_async = sleep_async
        self._holders = Holders([(_sleep, sleep), (_sleep_async, sleep_async)])

    def install(self) -> Callable[[], None]:
        """Put the replacements in place of the originals; what comes back undoes it."""
        return self._holders.replace()

    def virtual(self, held: object) -> object:
        """The replacement of a sleep that something keeps for itself; anything else as it is."""
        if held is _sleep:
            return self.sleep
        return self.sleep_async if held is _sleep_async else held


def _is_wait_of_botocore(fake: Sleeper, caller: FrameType) -> bool:
    name: str = caller.f_globals.get("__name__", "")
    return fake.virtual_sleep is not False and name.partition(".")[0] in _BOTOCORE
