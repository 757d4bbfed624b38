"""The stack of active fakes: the one piece of state that the process shares. A call of any client, in any thread, goes to the fake on top."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pytest_ecsfake.transport.handlers import Handlers
from pytest_ecsfake.transport.when_imported import when_imported

if TYPE_CHECKING:
    from pytest_ecsfake.activation.patches import Patches, Undo
    from pytest_ecsfake.fake import EcsFake
    from pytest_ecsfake.fake_time import FakeTime
    from pytest_ecsfake.process_time.event_loops import VirtualLoops
    from pytest_ecsfake.process_time.process_clock import ProcessClock
    from pytest_ecsfake.process_time.work import Work


class _Active:
    """A fake that is on, the options of the decorator that it is on for, and what takes its patches off."""

    __slots__ = ("fake", "serves", "undo")

    def __init__(self, fake: EcsFake, serves: Mapping[str, object] | None) -> None:
        self.fake = fake
        self.serves = serves
        self.undo: Undo | None = None


class Registry:
    """The active fakes of the process, the newest last."""

    def __init__(self) -> None:
        self._stack: list[_Active] = []
        self._patches: Patches | None = None
        self._process_clock: ProcessClock | None = None
        self._loops: VirtualLoops | None = None
        self._work: Work | None = None
        self._left_out: list[Mapping[str, object]] = []
        self.handlers: Handlers = Handlers(self.current)

    def current(self) -> EcsFake | None:
        """The fake that answers now, or None: with no fake on, or while the one that is on is suspended or put aside."""
        stack = self._stack
        if not stack:
            return None
        active = stack[-1]
        return None if active.undo is None else active.fake

    def current_time(self) -> FakeTime | None:
        """The time of the fake that answers now, or None."""
        fake = self.current()
        return None if fake is None else fake.fake_time

    def turn_on(self, fake: EcsFake, *, serves: Mapping[str, object] | None = None) -> Callable[[], None]:
        """Turn a fake on; what comes back turns it off.

        Args:
            fake: a fake that isn't on.
            serves: the options of the decorator that it is on for, which then opens no second one.
        """
        active = _Active(fake, serves)
        if not self._stack:
            self.count_work_from_now_on()
            self.process_clock.note_real_time()
        self._put_on(active)
        self._stack.append(active)

        def turn_off() -> None:
            if active in self._stack:
                self._stack.remove(active)
                self._take_off(active)
                if not self._stack:
                    self._give_time_back()

        return turn_off

    def count_work_from_now_on(self) -> None:
        """Threads and processes that live already are nothing that a sleep of the test waits for."""
        self.work.begin()

    def serving(self, given: Mapping[str, object]) -> EcsFake | None:
        """The active fake that is on for a decorator, known by the very options that it was given."""
        return next((active.fake for active in reversed(self._stack) if active.serves is given), None)

    @contextmanager
    def suspended(self) -> Iterator[None]:
        """Nothing of ours is on for a while, as when pytest reports."""
        stack = [active for active in self._stack if active.undo is not None]
        for active in reversed(stack):
            self._take_off(active)
        try:
            yield
        finally:
            for active in stack:
                if active in self._stack and active.undo is None:
                    self._put_on(active)

    @contextmanager
    def put_aside(self, leave_out: Mapping[str, object] | None = None) -> Iterator[None]:
        """Put the active fakes aside for a test that has none: nothing of theirs is on. A fake that is turned on meanwhile answers.

        Args:
            leave_out: the options of a decorator that opens no fake of its own meanwhile.
        """
        left_out = [] if leave_out is None else [leave_out]
        self._left_out += left_out
        with self.suspended():
            try:
                yield
            finally:
                del self._left_out[len(self._left_out) - len(left_out) :]

    def put_back(self) -> None:
        """Have the fakes that are put aside on again, unless another one has been turned on meanwhile."""
        if self.current() is None:
            for active in self._stack:
                if active.undo is None:
                    self._put_on(active)

    def leaves_out(self, given: Mapping[str, object]) -> bool:
        """Whether a decorator, known by the very options that it was given, opens no fake now."""
        return any(each is given for each in self._left_out)

    def _put_on(self, active: _Active) -> None:
        options = active.fake.options
        active.undo = self._all_patches().apply(
            region=active.fake.region,
            hide_configuration=options.other_services == "block",
            stand_in_credentials=options.credentials,
            frozen_at=active.fake.frozen_at,
        )

    @staticmethod
    def _take_off(active: _Active) -> None:
        undo, active.undo = active.undo, None
        if undo is not None:
            undo()

    def _all_patches(self) -> Patches:
        if self._patches is None:
            from pytest_ecsfake.activation.patches import Patches
            from pytest_ecsfake.process_time.event_loops import VirtualLoops
            from pytest_ecsfake.process_time.sleeping import VirtualSleep

            self._loops = VirtualLoops(self.current_time, self.process_clock, self._freezer_is_on, self.work)
            sleep = VirtualSleep(self.current_time, self.work)
            self._patches = Patches(self.handlers, sleep, self._loops, self.process_clock, self.work)
        return self._patches

    def _give_time_back(self) -> None:
        if self._loops is not None:
            self._loops.release()
        if self._process_clock is not None:
            self._process_clock.reset()

    def _freezer_is_on(self) -> bool:
        from pytest_ecsfake.process_time.external_clock import of_freezegun

        return of_freezegun(self.process_clock) is not None

    @property
    def process_clock(self) -> ProcessClock:
        """What the process reads while fakes are on."""
        if self._process_clock is None:
            from pytest_ecsfake.process_time.process_clock import ProcessClock

            self._process_clock = ProcessClock()
        return self._process_clock

    @property
    def work(self) -> Work:
        """The threads and child processes that the test has started."""
        if self._work is None:
            from pytest_ecsfake.process_time.work import Work

            self._work = Work()
        return self._work


REGISTRY = Registry()

# The one act at load: botocore copies its handlers into each session, so they have to stand there before a session is made.
when_imported("botocore.handlers", REGISTRY.handlers.register)
