"""What virtual sleep and virtual event loops need to know of a fake, and which threads it covers."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Literal, Protocol

if TYPE_CHECKING:
    pass


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


def is_virtual_thread(fake: Sleeper) -> bool:
    """Whether the waits of the running thread are virtual, whoever waits."""
    return fake.virtual_sleep == "all" or (
        fake.virtual_sleep and threading.get_ident() in (fake.thread, fake.errand_thread)
    )
