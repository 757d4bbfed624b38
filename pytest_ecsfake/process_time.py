"""What the process sees of the fake's clock, and the clocks outside that may hold it.

While a fake is on, `time.sleep` and `asyncio.sleep` return at once and the fake's clock is that much further on: in the thread that turned
the fake on, and in botocore's own waits in every thread. `from time import sleep` done before is virtual too: the attribute is replaced in
each module that holds it, and put back.
"""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from collections.abc import Callable
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Literal, Protocol, TypeVar

from pytest_ecsfake.clock import SECOND, Instant, to_instant

if TYPE_CHECKING:
    from types import FrameType, ModuleType

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

    def move(self, microseconds: int) -> None:
        """Move the fake's clock on."""


class VirtualSleep:
    """The replacements of `time.sleep` and `asyncio.sleep`, and the places in which they are put.

    Args:
        current: gives the active fake, or None.
    """

    def __init__(self, current: Callable[[], Sleeper | None]) -> None:
        def sleep(seconds: float) -> None:
            fake = current()
            if fake is None or not _is_virtual(fake, sys._getframe(1)):
                _sleep(seconds)
                return
            if seconds < 0:
                raise ValueError("sleep length must be non-negative")
            fake.move(round(seconds * SECOND))

        async def sleep_async(delay: float, result: T | None = None) -> T | None:
            fake = current()
            if fake is None or not _is_virtual(fake, sys._getframe(1)):
                return await _sleep_async(delay, result)
            await _sleep_async(0)
            if delay > 0:
                fake.move(round(delay * SECOND))
            return result

        self.sleep = sleep
        self.sleep_async = sleep_async
        self._scanned: dict[str, int] = {}
        self._newest: tuple[int, str] = (0, "")
        self._holders: list[tuple[ModuleType, str]] = []

    def install(self) -> Callable[[], None]:
        """Put the replacements in place of the originals; what comes back undoes it."""
        self._scan()
        for module, name in self._holders:
            held = vars(module).get(name)
            if held is _sleep:
                setattr(module, name, self.sleep)
            elif held is _sleep_async:
                setattr(module, name, self.sleep_async)
        return self._uninstall

    def _uninstall(self) -> None:
        self._scan()
        for module, name in self._holders:
            held = vars(module).get(name)
            if held is self.sleep:
                setattr(module, name, _sleep)
            elif held is self.sleep_async:
                setattr(module, name, _sleep_async)

    def _scan(self) -> None:
        """Find the modules, imported since the last time, that hold a sleep, the real one or ours."""
        newest = (len(sys.modules), next(reversed(sys.modules)))
        if newest == self._newest:
            return
        self._newest = newest
        sleeps = (_sleep, _sleep_async, self.sleep, self.sleep_async)
        for name, module in list(sys.modules.items()):
            if self._scanned.get(name) == id(module) or name == __name__:
                continue
            self._scanned[name] = id(module)
            for attribute, value in list(getattr(module, "__dict__", {}).items()):
                if value is sleeps[0] or value is sleeps[1] or value is sleeps[2] or value is sleeps[3]:
                    self._holders.append((module, attribute))

    def virtual(self, held: object) -> object:
        """The replacement of a sleep that something keeps for itself; anything else as it is."""
        if held is _sleep:
            return self.sleep
        return self.sleep_async if held is _sleep_async else held


def _is_virtual(fake: Sleeper, caller: FrameType) -> bool:
    if fake.virtual_sleep is False:
        return False
    if fake.virtual_sleep == "all" or threading.get_ident() == fake.thread:
        return True
    name: str = caller.f_globals.get("__name__", "")
    return name.partition(".")[0] in _BOTOCORE


class OuterClock:
    """The clock of the process that holds the fake's, where one does: freezegun's, or the real one with `virtual_sleep=False`.

    Args:
        follows_real_time: whether real time counts for the fake.
    """

    def __init__(self, *, follows_real_time: bool) -> None:
        self._moved = 0 if follows_real_time else None

    def read(self) -> Instant | None:
        """What it shows, or None while nothing outside holds the time."""
        freezer = _freezer()
        if freezer is not None:
            return to_instant(freezer())
        if self._moved is not None:
            return real_now() + self._moved
        return None

    def move(self, microseconds: int) -> None:
        """Move it on; only called while it holds the time."""
        freezer = _freezer()
        if freezer is not None:
            freezer.tick(timedelta(microseconds=microseconds))
        elif self._moved is not None:
            self._moved += microseconds


def real_now() -> Instant:
    """What the process takes for the present, to the microsecond."""
    return time.time_ns() // 1000


def _freezer() -> Any:
    """The innermost freezer of freezegun that is on, or None."""
    api = sys.modules.get("freezegun.api")
    factories = getattr(api, "freeze_factories", None)
    return factories[-1] if factories else None
