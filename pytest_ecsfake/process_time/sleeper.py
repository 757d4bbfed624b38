"""What virtual sleep and virtual event loops need of a fake's time."""

from __future__ import annotations

from typing import Literal, Protocol


class Sleeper(Protocol):
    """The time of a fake (`FakeTime`), as far as it is needed here."""

    virtual_sleep: bool | Literal["all"]

    def waits_virtually(self) -> bool:
        """Whether the waits of the running thread are virtual, whoever waits."""

    def waits_for_ecs(self) -> bool:
        """Whether a sleep of the running thread is virtual, whatever else is at work; asked once for each sleep."""

    def loop_waits_for_ecs(self) -> bool:
        """The same for the event loop of the running thread; asked once for each jump."""

    def move(self, microseconds: int) -> None:
        """Move the clock on."""

    def sleep(self, microseconds: int) -> None:
        """Move the clock to where a sleep of the running thread ends."""
