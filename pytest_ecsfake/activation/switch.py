"""Turning a fake on and off: the decorator and the context manager."""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from types import FunctionType, MethodType
from typing import TYPE_CHECKING, Any, NoReturn, TypeVar, overload

from pytest_ecsfake.activation.registry import REGISTRY

if TYPE_CHECKING:
    from types import TracebackType

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
        return _decorate_function(thing, given, given)

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
    return EcsFake(options, external_clock, start, seed=seed, work_goes_on=_work_goes_on)


def _work_goes_on(besides: Collection[int]) -> bool:
    return REGISTRY.work.goes_on(besides)


def _make_fake(given: Mapping[str, object]) -> EcsFake:
    return make_fake(_options(given))


def _options(given: Mapping[str, object]) -> Options:
    __tracebackhide__ = True
    from pytest_ecsfake.options import Options, merged

    return merged(Options(), given, "ecs_fake()")


def _decorate_function(function: F, given: Mapping[str, object], own: Mapping[str, object] | None = None) -> F:
    """Wrap a function so that a fake is on while it runs: the one that is on for it already (pytest's fixture), else a new one.

    The parameter that receives the handle is hidden, so that nobody else fills it: neither pytest, nor Hypothesis, which has a fake for each example.

    Args:
        function: what is decorated.
        given: the options of the fake.
        own: those of them that were given to the function's own decorator; None if only its class is decorated.
    """
    signature = inspect.signature(function)
    takes_handle = NAME in signature.parameters
    hand_over = _hand_over_to(signature) if takes_handle else _hand_over_nothing

    @contextmanager
    def fake_on(arguments: _Arguments) -> Iterator[_Arguments]:
        __tracebackhide__ = True
        fake = REGISTRY.serving(given)
        if fake is None and REGISTRY.leaves_out(given):
            yield arguments
        elif fake is None:
            with Switch(given) as fake:
                yield hand_over(fake, *arguments)
        else:
            fake.body_passed = False
            yield hand_over(fake, *arguments)
            fake.body_passed = True

    if inspect.iscoroutinefunction(function):

        @functools.wraps(function)
        async def wrapper(*args: Any, **kwargs: Any) -> Any:
            __tracebackhide__ = True
            with fake_on((args, kwargs)) as (positional, named):
                return await function(*positional, **named)

    else:

        @functools.wraps(function)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            __tracebackhide__ = True
            with fake_on((args, kwargs)) as (positional, named):
                return function(*positional, **named)

    # What plugin.py reads at collection, and what a class's decorator reads. A wrapper above this one, of another library, copies them.
    decorated: Any = wrapper
    decorated.ecs_fake_options = given
    decorated.ecs_fake_own = own
    decorated.ecs_fake_function = function
    if takes_handle:
        decorated.__signature__ = _without_handle(signature)
    return decorated  # type: ignore[no-any-return]  # the same signature for a caller, who may leave out the handle


def _without_handle(signature: inspect.Signature) -> inspect.Signature:
    return signature.replace(parameters=[each for each in signature.parameters.values() if each.name != NAME])


_Arguments = tuple[tuple[Any, ...], dict[str, Any]]


def _hand_over_nothing(fake: EcsFake, args: tuple[Any, ...], kwargs: dict[str, Any]) -> _Arguments:
    return args, kwargs


def _hand_over_to(signature: inspect.Signature) -> Callable[..., _Arguments]:
    """What puts the handle among the arguments of a call, unless the caller has given one."""
    hidden = _without_handle(signature)
    position = list(signature.parameters).index(NAME)

    def hand_over(fake: EcsFake, args: tuple[Any, ...], kwargs: dict[str, Any]) -> _Arguments:
        if NAME in kwargs:
            return args, kwargs
        try:
            hidden.bind_partial(*args, **kwargs)
        except TypeError:  # one argument more: the handle, by position
            return args, kwargs
        if position < len(args):
            return (*args[:position], fake, *args[position:]), kwargs
        return args, {**kwargs, NAME: fake}

    return hand_over


def is_ours(function: object) -> bool:
    """Whether the outermost wrapper of a function is a decorator of this module."""
    below = getattr(function, "ecs_fake_function", None)
    return below is not None and getattr(function, "__wrapped__", None) is below


def _is_taken_out(function: object) -> bool:
    return any(mark.name == f"no_{NAME}" for mark in getattr(function, "pytestmark", ()))


#: What unittest calls besides the tests, with each test and with each class.
_OF_EACH_TEST = ("setUp", "tearDown", "asyncSetUp", "asyncTearDown")
_OF_CLASS = ("setUpClass", "tearDownClass")


def _decorate_class(class_: Any, given: Mapping[str, object]) -> type:
    """Have a fake on for each test of a class; for a TestCase in setUp and tearDown too, with scope="class" in setUpClass as well.

    Each option by itself: those of a decorated base count where the class doesn't name them.
    """
    class_.ecs_fake_given = given  # what plugin.py reads at collection, with the markers beside it
    class_.ecs_fake_options = options = {**getattr(class_, "ecs_fake_options", {}), **given}
    for name in dir(class_):
        function = inspect.getattr_static(class_, name)
        if name.startswith("test") and inspect.isfunction(function) and not _is_taken_out(function):
            setattr(class_, name, _decorate_method(function, options))
    unittest = sys.modules.get("unittest")
    if unittest is not None and issubclass(class_, unittest.TestCase):
        _decorate_test_case(class_)
    decorated: type = class_
    return decorated


def _decorate_method(function: Any, of_class: Mapping[str, object]) -> Any:
    own: Mapping[str, object] | None = getattr(function, "ecs_fake_own", None)
    below = function.ecs_fake_function if is_ours(function) else function
    return _decorate_function(below, of_class if own is None else {**of_class, **own}, own)


def _decorate_test_case(class_: Any) -> None:
    if not is_ours(class_.run):
        class_.run = _run_with_fake(class_.run)
    for name in _OF_EACH_TEST:
        function = getattr(class_, name, None)
        if function is not None and not is_ours(function) and NAME in inspect.signature(function).parameters:
            setattr(class_, name, _hand_to(function))
    per_class = class_.ecs_fake_options.get("scope") == "class"
    for name in _OF_CLASS:
        function = inspect.getattr_static(class_, name).__func__
        takes_handle = NAME in inspect.signature(function).parameters
        if takes_handle and not per_class:
            _refuse_handle_of_class(class_, name)
        if per_class and not is_ours(function) and (takes_handle or name == "setUpClass"):
            setattr(class_, name, classmethod(_with_fake_of_class(function, takes_handle=takes_handle)))


def _refuse_handle_of_class(class_: type, name: str) -> NoReturn:
    __tracebackhide__ = True
    from pytest_ecsfake.errors import EcsFakeUsageError

    raise EcsFakeUsageError(
        f"{class_.__name__}.{name}() takes {NAME}, but each test of the class has a fake of its own. "
        f'One fake for all of them is on in {name}() too: @{NAME}(scope="class").'
    )


def _run_with_fake(run: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(run)
    def run_with_fake(test: Any, result: Any = None) -> Any:
        method = getattr(test, test._testMethodName, None)
        of_test: Mapping[str, object] = getattr(method, "ecs_fake_options", type(test).ecs_fake_options)
        fake = REGISTRY.serving(of_test)
        of_class: EcsFake | None = getattr(type(test), "_ecs_fake_of_class", None)
        if _is_taken_out(method):
            with REGISTRY.put_aside():
                return run(test, result)
        if fake is None and REGISTRY.leaves_out(of_test):
            return run(test, result)
        if fake is None:
            fake = _make_fake(of_test)
            turn_off = REGISTRY.turn_on(fake, serves=of_test)
            test.addCleanup(_tell_problems_of_success, fake)
        elif fake is of_class:
            turn_off = fake.take_snapshot()
            test.addCleanup(_tell_problems_of_success, fake)
        else:
            turn_off = _nothing
        test._ecs_fake_of_test = fake
        try:
            return run(test, result)
        finally:
            del test._ecs_fake_of_test
            turn_off()

    decorated: Any = run_with_fake
    decorated.ecs_fake_function = run
    return run_with_fake


def _nothing() -> None:
    """pytest's fixture turns it off."""


def _hand_to(function: Any) -> Any:
    """Hand the test's fake to a method that unittest calls before or after the test; None to that of a test that has no fake."""

    def handle(test: Any, kwargs: dict[str, Any]) -> dict[str, Any]:
        return {NAME: getattr(test, "_ecs_fake_of_test", None), **kwargs}

    if inspect.iscoroutinefunction(function):

        @functools.wraps(function)
        async def wrapper(test: Any, **kwargs: Any) -> Any:
            return await function(test, **handle(test, kwargs))

    else:

        @functools.wraps(function)
        def wrapper(test: Any, **kwargs: Any) -> Any:
            return function(test, **handle(test, kwargs))

    decorated: Any = wrapper
    decorated.ecs_fake_function = function
    return wrapper


def _tell_problems_of_success(fake: EcsFake) -> None:
    """Tell what the fake has to say of a test that passed by itself.

    A clean-up, since unittest takes errors of these for the test's own; raised from elsewhere, one would end the whole run.
    """
    if fake.body_passed:
        fake.raise_problems()
        fake.warn_of_answers()


def _with_fake_of_class(function: Any, *, takes_handle: bool) -> Any:
    """Have the class's fake on in setUpClass, which comes first, and hand it to the methods of a class that take the handle."""

    @functools.wraps(function)
    def with_fake_of_class(class_: Any, **kwargs: Any) -> Any:
        options = class_.ecs_fake_options
        if options.get("scope") != "class":  # a class that has overridden the scope of its base
            return function(class_, **kwargs)
        fake = REGISTRY.serving(options)
        if fake is None:
            class_._ecs_fake_of_class = fake = _make_fake(options)
            class_.addClassCleanup(fake.raise_problems)
            class_.addClassCleanup(REGISTRY.turn_on(fake, serves=options))
        return function(class_, **({NAME: fake, **kwargs} if takes_handle else kwargs))

    decorated: Any = with_fake_of_class
    decorated.ecs_fake_function = function
    return with_fake_of_class


ecs_fake = Switch()
