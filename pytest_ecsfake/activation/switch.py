"""Turning a fake on and off: the decorator and the context manager."""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import FunctionType, MethodType
from typing import TYPE_CHECKING, Any, TypeVar, overload

from pytest_ecsfake.activation.registry import REGISTRY

if TYPE_CHECKING:
    from types import TracebackType
    from unittest import TestCase

    from pytest_ecsfake.fake import EcsFake
    from pytest_ecsfake.options import Options

F = TypeVar("F", bound=Callable[..., Any])

#: The name of the fixture, of the marker, and of the parameter that receives the handle.
NAME = "ecs_fake"


class Switch:
    """`ecs_fake`: turns a fake on, as a decorator or as a context manager.

    `@ecs_fake` and `@ecs_fake(region="eu-west-1")` go on functions, async functions, methods, plain classes and TestCase classes; a
    parameter named `ecs_fake` receives the handle. `with ecs_fake() as ecs:` opens a new fake, on top of any other.

    Args:
        given: the options as they were given, already checked.
    """

    def __init__(self, given: Mapping[str, object] | None = None) -> None:
        self._given = given
        self._open: list[tuple[EcsFake, Callable[[], None]]] = []

    @overload
    def __call__(self, function: F, /) -> F: ...
    @overload
    def __call__(self, /, **options: object) -> Switch: ...
    def __call__(self, function: Any = None, /, **options: object) -> Any:
        """Decorate a function or a class, or set options.

        Raises:
            EcsFakeUsageError: an unknown option, a value that the option doesn't take, or nothing that can be decorated.
        """
        __tracebackhide__ = True
        if function is not None:
            return self._decorate(function)
        given = {**(self._given or {}), **options}
        _options(given)
        return Switch(given)

    def __enter__(self) -> EcsFake:
        __tracebackhide__ = True
        if self._given is None:
            from pytest_ecsfake.errors import EcsFakeUsageError

            raise EcsFakeUsageError("ecs_fake is no context manager by itself. Write `with ecs_fake() as ecs:`.")
        fake = _make_fake(self._given)
        self._open.append((fake, REGISTRY.turn_on(fake)))
        return fake

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        __tracebackhide__ = True
        fake, turn_off = self._open.pop()
        turn_off()
        if error is None:
            fake.raise_problems()
            fake.warn_of_answers()

    def _decorate(self, thing: Any) -> Any:
        __tracebackhide__ = True
        given = dict(self._given or {})
        if isinstance(thing, type):
            return _decorate_class(thing, given)
        _refuse_undecorable(thing)
        return _decorate_function(thing, given)

    if not TYPE_CHECKING:

        def __getattr__(self, name):
            __tracebackhide__ = True
            raise AttributeError(
                f'ecs_fake as it is imported is a decorator and context manager, and has no "{name}". The handle has what a fake '
                "holds: a parameter of the test that is named ecs_fake, or `with ecs_fake() as ecs:`."
            )


def _refuse_undecorable(thing: object) -> None:
    __tracebackhide__ = True
    from pytest_ecsfake.errors import EcsFakeUsageError

    if inspect.isgeneratorfunction(thing) or inspect.isasyncgenfunction(thing):
        raise EcsFakeUsageError(
            f"@ecs_fake doesn't go on {thing.__qualname__}(), which yields: the fake would be off again before its body runs. "
            "A fixture gets a fake through a parameter that is named ecs_fake; elsewhere write `with ecs_fake() as ecs:` in the body."
        )
    if not isinstance(thing, (FunctionType, MethodType, functools.partial)):
        raise EcsFakeUsageError(
            f"@ecs_fake goes on a function or a class, not on {thing!r}. "
            'Options are given by name, such as ecs_fake(region="eu-west-1").'
        )


def make_fake(options: Options, *, seed: str = "") -> EcsFake:
    """A fake, not yet on.

    Args:
        options: how it is made.
        seed: what its ids are drawn from, where the options don't say.
    """
    from pytest_ecsfake.clock import to_instant
    from pytest_ecsfake.fake import EcsFake
    from pytest_ecsfake.process_time.external_clock import ExternalClock, real_now

    external_clock = ExternalClock(REGISTRY.process_clock, follows_real_time=options.virtual_sleep is False)
    start = real_now() if options.frozen_at is None else to_instant(options.frozen_at)
    return EcsFake(options, external_clock, start, seed=seed)


def _make_fake(given: Mapping[str, object]) -> EcsFake:
    return make_fake(_options(given))


def _options(given: Mapping[str, object]) -> Options:
    __tracebackhide__ = True
    from pytest_ecsfake.options import Options, merged

    return merged(Options(), given, "ecs_fake()")


def _decorate_function(function: F, given: Mapping[str, object]) -> F:
    """Wrap a function so that a fake is on while it runs: the one that is on for it already (pytest's fixture), else a new one."""
    signature = inspect.signature(function)
    takes_handle = NAME in signature.parameters

    @contextmanager
    def fake_on(args: tuple[Any, ...], kwargs: dict[str, Any]) -> Iterator[None]:
        __tracebackhide__ = True
        fake = REGISTRY.serving(given)
        if fake is None:
            with Switch(given) as fake:
                hand_over(fake, args, kwargs)
                yield
        else:
            hand_over(fake, args, kwargs)
            fake.body_passed = False
            yield
            fake.body_passed = True

    def hand_over(fake: EcsFake, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        if takes_handle and NAME not in signature.bind_partial(*args, **kwargs).arguments:
            kwargs[NAME] = fake

    if inspect.iscoroutinefunction(function):

        @functools.wraps(function)
        async def wrapper(*args: Any, **kwargs: Any) -> Any:
            __tracebackhide__ = True
            with fake_on(args, kwargs):
                return await function(*args, **kwargs)

    else:

        @functools.wraps(function)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            __tracebackhide__ = True
            with fake_on(args, kwargs):
                return function(*args, **kwargs)

    wrapper.ecs_fake_options = given  # type: ignore[attr-defined]  # what plugin.py reads at collection
    return wrapper  # type: ignore[return-value]  # the same signature, by functools.wraps


def _decorate_class(class_: type, given: Mapping[str, object]) -> type:
    """Have a fake on for each test of a class; for a TestCase in setUp and tearDown too, with scope="class" in setUpClass as well."""
    class_.ecs_fake_options = given  # type: ignore[attr-defined]  # what plugin.py reads at collection
    for name in dir(class_):
        function = inspect.getattr_static(class_, name)
        if name.startswith("test") and inspect.isfunction(function):
            own: Mapping[str, object] | None = getattr(function, "ecs_fake_options", None)
            if own is None:
                setattr(class_, name, _decorate_function(function, given))
            else:
                setattr(class_, name, _decorate_function(inspect.unwrap(function), {**given, **own}))
    unittest = sys.modules.get("unittest")
    if unittest is not None and issubclass(class_, unittest.TestCase):
        class_.run = _run_with_fake(class_.run, given)  # type: ignore[attr-defined]
        if given.get("scope") == "class":
            class_.setUpClass = _set_up_class_with_fake(class_.setUpClass.__func__, given)  # type: ignore[attr-defined]
    return class_


def _run_with_fake(run: Callable[..., Any], given: Mapping[str, object]) -> Callable[..., Any]:
    @functools.wraps(run)
    def run_with_fake(test: TestCase, result: Any = None) -> Any:
        of_test: Mapping[str, object] = getattr(getattr(test, test._testMethodName, None), "ecs_fake_options", given)
        fake = REGISTRY.serving(of_test)
        of_class: EcsFake | None = getattr(type(test), "_ecs_fake_of_class", None)
        if fake is None:
            fake = _make_fake(of_test)
            turn_off = REGISTRY.turn_on(fake, serves=of_test)
            test.addCleanup(_tell_problems_of_success, fake)
        elif fake is of_class:
            turn_off = fake.take_snapshot()
            test.addCleanup(_tell_problems_of_success, fake)
        else:
            return run(test, result)
        try:
            return run(test, result)
        finally:
            turn_off()

    return run_with_fake


def _tell_problems_of_success(fake: EcsFake) -> None:
    """Tell what the fake has to say of a test that passed by itself.

    A clean-up, since unittest takes errors of these for the test's own; raised from elsewhere, one would end the whole run.
    """
    if fake.body_passed:
        fake.raise_problems()
        fake.warn_of_answers()


def _set_up_class_with_fake(set_up_class: Callable[..., None], given: Mapping[str, object]) -> Any:
    @functools.wraps(set_up_class)
    def set_up_class_with_fake(class_: Any) -> None:
        if REGISTRY.serving(given) is None:
            class_._ecs_fake_of_class = fake = _make_fake(given)
            class_.addClassCleanup(fake.raise_problems)
            class_.addClassCleanup(REGISTRY.turn_on(fake, serves=given))
        set_up_class(class_)

    return classmethod(set_up_class_with_fake)


ecs_fake = Switch()
