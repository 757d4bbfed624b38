"""What the registry puts on and takes off: made with the first fake of the process, since it needs botocore."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from pytest_ecsfake.activation.default_session import DefaultSession
from pytest_ecsfake.activation.environment import Environment
from pytest_ecsfake.activation.patches import Patches
from pytest_ecsfake.process_time.event_loops import VirtualLoops
from pytest_ecsfake.process_time.process_clock import ProcessClock
from pytest_ecsfake.process_time.sleeping import VirtualSleep
from pytest_ecsfake.process_time.work import Work
from pytest_ecsfake.transport.fast_clients.sharing import Sharing

if TYPE_CHECKING:
    from pytest_ecsfake.fake_time import FakeTime
    from pytest_ecsfake.transport.handlers import Handlers


class Parts:
    """One of each for the whole process.

    Args:
        handlers: botocore's handlers and the net below them.
        current_time: gives the time of the active fake, or None.
        is_frozen: whether an external clock holds the monotonic clock too.
        has_fast_clients: whether the active fake has the option `fast_clients`.
    """

    def __init__(
        self,
        handlers: Handlers,
        current_time: Callable[[], FakeTime | None],
        is_frozen: Callable[[], bool],
        has_fast_clients: Callable[[], bool],
    ) -> None:
        self.environment = Environment()
        self.default_session = DefaultSession()
        self.process_clock = ProcessClock()
        self.work = Work()
        self.loops = VirtualLoops(current_time, self.process_clock, is_frozen, self.work)
        sleep = VirtualSleep(current_time, self.work)
        self.patches = Patches(
            handlers, sleep, self.loops, self.process_clock, self.work, sharing=Sharing(has_fast_clients)
        )
