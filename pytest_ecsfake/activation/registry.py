"""The stack of active fakes: the one piece of state that the process shares. A call of any client, in any thread, goes to the fake on top.

The exception are fakes that tasks of asyncio have turned on: each task's calls go to its own.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from functools import cached_property
from threading import get_ident
from typing import TYPE_CHECKING, NamedTuple

from pytest_ecsfake.transport.when_imported import when_imported

if TYPE_CHECKING:
    from datetime import datetime
    from types import ModuleType

    from pytest_ecsfake.activation.environment import Variables
    from pytest_ecsfake.activation.parts import Parts
    from pytest_ecsfake.fake import EcsFake
    from pytest_ecsfake.fake_time import FakeTime
    from pytest_ecsfake.process_time.process_clock import ProcessClock
    from pytest_ecsfake.process_time.work import Work
    from pytest_ecsfake.transport.handlers import Handlers


class _Active:
    """A fake that is on, the options of the decorator that it is on for, and what undoes its own changes."""

    __slots__ = ("fake", "is_over", "serves", "undo")

    def __init__(self, fake: EcsFake, serves: Mapping[str, object] | None) -> None:
        self.fake = fake
        self.serves = serves
        self.undo = ExitStack()
        self.is_over = False


class _Aside(NamedTuple):
    """The fakes that are put aside, and what moves the process's clocks to where they stood."""

    stack: list[_Active]
    restore_clock: Callable[[], None]


_of_task: ContextVar[_Active | None] = ContextVar("ecs_fake_of_task", default=None)
"""The fake that the running task of asyncio, or the one that started it, has turned on."""


class Registry:
    """The active fakes of the process, the newest last."""

    def __init__(self) -> None:
        self._stack: list[_Active] = []
        #: The thread in which pytest reports: nothing of ours is on for it.
        self._reporting: int | None = None
        self._made: Parts | None = None
        self._aside: list[_Aside] = []
        self._left_out: list[Mapping[str, object]] = []

    def current(self) -> EcsFake | None:
        """The fake that answers now, or None: with no fake on, or in the thread that reports."""
        stack = self._stack
        if not stack or self._reporting == get_ident():
            return None
        if len(stack) > 1:
            own = _of_task.get()
            if own in stack:
                return own.fake
        return stack[-1].fake

    def current_time(self) -> FakeTime | None:
        """The time of the fake that answers now, or None."""
        fake = self.current()
        return None if fake is None else fake.fake_time

    def turn_on(self, fake: EcsFake, *, serves: Mapping[str, object] | None = None) -> Callable[[], None]:
        """Turn a fake on; what comes back turns it off. Fakes may end in any order.

        Args:
            fake: a fake that isn't on.
            serves: the options of the decorator that it is on for, which then opens no second one.
        """
        active = _Active(fake, serves)
        self._add(active)
        own = _of_task.get()
        if _is_in_a_task():
            _of_task.set(active)

        def turn_off() -> None:
            active.is_over = True
            fake.end()
            if active in self._stack:
                self._remove(active)
            if _of_task.get() is active:
                _of_task.set(own)

        return turn_off

    def _add(self, active: _Active) -> None:
        if not self._stack:
            self.sweep()
            self.count_work_from_now_on()
            self.process_clock.note_real_time()
        fake, parts = active.fake, self._parts
        try:
            active.undo.callback(parts.environment.put_on(_variables_of(fake)))
            if not self._stack:
                parts.default_session.lend()
                parts.patches.put_on()
            if not fake.options.credentials:
                active.undo.callback(parts.default_session.hide())
            if fake.frozen_at is not None:
                active.undo.callback(self._freeze(fake.frozen_at))
        except BaseException:
            self._undo(active)
            raise
        self._stack.append(active)

    def _remove(self, active: _Active) -> None:
        self._stack.remove(active)
        self._undo(active)

    def _undo(self, active: _Active) -> None:
        """Undo what was put on for a fake that isn't on the stack, and after the last one what was put on for all of them."""
        try:
            active.undo.close()
        finally:
            if not self._stack:
                self._take_off()

    def _take_off(self) -> None:
        parts = self._parts
        try:
            parts.patches.take_off()
        finally:
            parts.loops.release()
            parts.default_session.take_back()

    def _freeze(self, moment: datetime) -> Callable[[], None]:
        from pytest_ecsfake.clock import to_instant

        thaw = self.process_clock.freeze(to_instant(moment))
        return lambda: self._parts.patches.undo("frozen_at", thaw)

    def sweep(self) -> None:
        """Undo what couldn't be undone when a fake ended, because another patcher's value or function stood there."""
        if self._made is not None:
            self._made.environment.sweep()
            self._made.patches.sweep()

    def sweep_after_test(self) -> None:
        """Do it when a test and its fixtures have ended, and forget variables whose values the tests to come may choose by themselves."""
        self.sweep()
        if self._made is not None:
            self._made.environment.forget_ambiguous()

    def count_work_from_now_on(self) -> None:
        """Threads and processes that live already are nothing that a sleep of the test waits for."""
        self._parts.work.begin()

    def serving(self, given: Mapping[str, object]) -> EcsFake | None:
        """The active fake that is on for a decorator, known by the very options that it was given."""
        return next((active.fake for active in reversed(self._stack) if active.serves is given), None)

    @contextmanager
    def reporting(self) -> Iterator[None]:
        """While pytest reports, nothing of ours is on for the thread that does it; the net below other threads stays.

        Only what still has the fake's value is put aside, and exactly that comes back.
        """
        if not self._stack or self._reporting is not None:
            yield
            return
        self._reporting = get_ident()
        parts = self._parts
        try:
            with ExitStack() as back:
                back.callback(parts.environment.put_aside())
                back.callback(parts.default_session.put_aside())
                back.callback(parts.process_clock.put_aside())
                yield
        finally:
            self._reporting = None

    @contextmanager
    def put_aside(self, leave_out: Mapping[str, object] | None = None) -> Iterator[None]:
        """Put the active fakes aside for a test that has none: nothing of theirs is on. A fake that is turned on meanwhile answers.

        Args:
            leave_out: the options of a decorator that opens no fake of its own meanwhile.
        """
        left_out = [] if leave_out is None else [leave_out]
        self._left_out += left_out
        self._aside.append(_Aside(list(self._stack), self.process_clock.snapshot()))
        for active in reversed(list(self._stack)):
            self._remove(active)
        try:
            yield
        finally:
            del self._left_out[len(self._left_out) - len(left_out) :]
            self._add_again(self._aside.pop())

    def put_back(self) -> None:
        """Have the fakes that are put aside on again, unless another one has been turned on meanwhile."""
        if not self._stack and self._aside:
            self._add_again(self._aside[-1])

    def _add_again(self, aside: _Aside) -> None:
        missing = [active for active in aside.stack if not active.is_over and active not in self._stack]
        for active in missing:
            self._add(active)
        if missing:
            aside.restore_clock()

    def leaves_out(self, given: Mapping[str, object]) -> bool:
        """Whether a decorator, known by the very options that it was given, opens no fake now."""
        return any(each is given for each in self._left_out)

    def _has_fast_clients(self) -> bool:
        fake = self.current()
        return fake is not None and fake.options.fast_clients

    def _freezer_is_on(self) -> bool:
        """Whether a freezer of freezegun holds the monotonic clock too, and with it the time of event loops."""
        from pytest_ecsfake.process_time.external_clock import of_freezegun

        freezer = of_freezegun(self.process_clock)
        return freezer is not None and not self.process_clock.freezes(freezer)

    @cached_property
    def handlers(self) -> Handlers:
        """What botocore's sessions call. Made when botocore is imported: most runs that load the plugin never do."""
        from pytest_ecsfake.transport.handlers import Handlers

        return Handlers(self.current)

    @property
    def process_clock(self) -> ProcessClock:
        """What the process reads while fakes are on."""
        return self._parts.process_clock

    @property
    def work(self) -> Work:
        """The threads and child processes that the test has started."""
        return self._parts.work

    @property
    def _parts(self) -> Parts:
        if self._made is None:
            from pytest_ecsfake.activation.parts import Parts

            self._made = Parts(self.handlers, self.current_time, self._freezer_is_on, self._has_fast_clients)
        return self._made


def _is_in_a_task() -> bool:
    asyncio = sys.modules.get("asyncio")
    if asyncio is None:
        return False
    loop = asyncio._get_running_loop()
    return loop is not None and asyncio.current_task(loop) is not None


def _variables_of(fake: EcsFake) -> Variables:
    from pytest_ecsfake.activation.environment import NO_CREDENTIALS, NO_REAL_CONFIGURATION

    region = {"AWS_DEFAULT_REGION": fake.region}
    if fake.options.other_services != "block":
        return region
    return (NO_REAL_CONFIGURATION if fake.options.credentials else NO_CREDENTIALS) | region


REGISTRY = Registry()


def _register(botocore_handlers: ModuleType) -> None:
    REGISTRY.handlers.register(botocore_handlers)


# The one act at load: botocore copies its handlers into each session, so they have to stand there before a session is made.
when_imported("botocore.handlers", _register)
