"""Orders for containers: scripts and programs.

A wrong order fails at the test's line that gives it. `engine/tasks/scripts.py` applies the orders to containers.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import TypeGuard, get_args

from pytest_ecsfake.arns import Partition
from pytest_ecsfake.clock import SECOND
from pytest_ecsfake.errors import HIDE_USAGE_ERRORS, CallbackError, EcsFakeUsageError
from pytest_ecsfake.state.orders import ScriptOrder, Times, check_times
from pytest_ecsfake.state.scripts import ContainerSelector, HealthResult, Script
from pytest_ecsfake.views.clock import ClockView
from pytest_ecsfake.views.reading import Reader
from pytest_ecsfake.views.tasks import Container, Task, TaskStore

#: Developer Guide, "Stopped tasks error messages": the container agent's errors are a name and a text.
_ERROR = re.compile(r"[A-Z]\w+: ")


@dataclass(frozen=True)
class ProgramContext:
    """The argument of a program: its container, as a process in it sees it.

    Args:
        environment: the environment variables: the definition's, overridden by the override's. There are no others.
        command: the command that the container runs.
        task: the task. Its attributes are up to date when they are read.
        container: the program's container.
        clock: virtual time, which includes what the program has slept.
    """

    environment: dict[str, str]
    command: list[str]
    task: Task
    container: Container
    clock: ClockView


class Containers:
    """Orders for the containers of later tasks, in every account and region.

    If several orders match a container, those with `times=3` apply first, the oldest before the newer ones; then the newest of those for "always".

    Args:
        reader: reads one partition, for the clock of programs.
        what_happened: explains how things are, for the report of a condition that doesn't come true.
    """

    def __init__(self, reader: Reader, what_happened: Callable[[int], str]) -> None:
        self._reader = reader
        self._what_happened = what_happened

    def script(
        self,
        *,
        family: str | None = None,
        container: str | None = None,
        image: str | None = None,
        runs_for: float | None = None,
        exit_code: int | None = None,
        reason: str | None = None,
        health: Sequence[HealthResult] = (),
        pull_error: str | None = None,
        secrets_error: str | None = None,
        start_error: str | None = None,
        ignores_sigterm: bool = False,
        times: Times = "always",
    ) -> ScriptOrder:
        """Order what containers do, by family, name or image. A family alone selects the task's first essential container.

        A container may end while its task is ACTIVATING; the task is then RUNNING for a moment. Arguments that aren't given change nothing.

        Args:
            family: the task definition's family, or `family:revision`.
            container: the container's name.
            image: a pattern of the image, such as `broken:*`; an image without a tag is its `latest`.
            runs_for: seconds from its start until it exits by itself; 0 if only an exit code is given.
            exit_code: the exit code, 0 to 255; 0 if only `runs_for` is given.
            reason: the container's reason beside the exit code, such as `OutOfMemoryError: container killed due to memory usage` on
                Fargate; the agent of a container instance writes `Container` there.
            health: the results of the runs of its health check, in order: `HEALTHY`, `UNHEALTHY` or `TIMEOUT`. The last one repeats.
                The container's health follows from them by the check's interval, timeout, retries and start period.
            pull_error: why the image can't be pulled, such as `CannotPullContainerError: …`; the task stops before it runs.
            secrets_error: why secrets or a log driver can't be set up, such as `ResourceInitializationError: …`; the task stops before it runs.
            start_error: why the container can't be started, such as `CannotStartContainerError: …`; the task stops before it runs.
            ignores_sigterm: whether it ignores SIGTERM, so that it is killed after its stop timeout (exit code 137).
            times: for how many tasks the order applies, or "always". After that the next matching order applies.

        Returns:
            the order. If it matches no container, the test fails at its end, unless `.optional()` is appended.

        Raises:
            EcsFakeUsageError: the order selects no containers, has no effect, or combines arguments that exclude each other.
        """
        __tracebackhide__ = HIDE_USAGE_ERRORS
        where = "containers.script()"
        selector = selector_of(where, family, container, image)
        check_times(where, times)
        errors = {"pull_error": pull_error, "secrets_error": secrets_error, "start_error": start_error}
        life: dict[str, object] = {
            "runs_for": runs_for,
            "exit_code": exit_code,
            "reason": reason,
            "health": health or None,
            "ignores_sigterm": ignores_sigterm or None,
        }
        _check_errors(where, errors, life)
        _check_life(where, runs_for, exit_code, reason)
        _check_health(where, health)
        if not isinstance(ignores_sigterm, bool):
            raise EcsFakeUsageError(f"{where} takes ignores_sigterm=True or False, not {ignores_sigterm!r}.")
        if all(value is None for value in (*errors.values(), *life.values())):
            raise EcsFakeUsageError(f"{where} has no effect: give at least one of {', '.join([*life, *errors])}.")
        ends = runs_for is not None or exit_code is not None
        script = Script(
            runs_for=round((runs_for or 0) * SECOND) if ends else None,
            exit_code=exit_code or 0,
            reason=reason,
            health=tuple(health),
            pull_error=pull_error,
            secrets_error=secrets_error,
            start_error=start_error,
            ignores_sigterm=ignores_sigterm,
        )
        shown = written("containers.script", family=family, container=container, image=image, **life, **errors)
        return self._add(ScriptOrder(shown, selector, script, times=times))

    def program(
        self,
        *,
        run: Callable[[ProgramContext], object],
        family: str | None = None,
        container: str | None = None,
        image: str | None = None,
        raises: type[Exception] | tuple[type[Exception], ...] = (),
        times: Times = "always",
    ) -> ScriptOrder:
        """Run a Python function as the program of containers. It is called when a container starts, in the thread that moves the clock.

        Its return value, or the argument of `sys.exit`, is the exit code (None is 0). Any other exception makes the exit code 1, and is reported when
        the test ends unless `raises` names it. The container runs for as long as the program sleeps. A program may call ECS. The answers show the
        state at the container's start.

        Args:
            run: the program. It is called with a `ProgramContext`.
            family: the task definition's family, or `family:revision`.
            container: the container's name.
            image: a pattern of the image.
            raises: exceptions that the test expects. The container then exits with 1, and nothing is reported.
            times: for how many tasks the order applies, or "always".

        Returns:
            the order. If it matches no container, the test fails at its end, unless `.optional()` is appended.

        Raises:
            EcsFakeUsageError: the order selects no containers, or the program can't be called.
        """
        __tracebackhide__ = HIDE_USAGE_ERRORS
        where = "containers.program()"
        selector = selector_of(where, family, container, image)
        check_times(where, times)
        check_callable(where, run)
        kinds = _exceptions(where, raises)

        def program(partition: Partition, arn: str, name: str) -> object:
            return _exit_code(run(self._context(partition, arn, name)), name)

        number = self._reader.endpoint.callbacks.keep(program, (SystemExit, *kinds))
        shown = written("containers.program", family=family, container=container, image=image)
        return self._add(ScriptOrder(shown, selector, Script(program=number), times=times))

    def _add(self, order: ScriptOrder) -> ScriptOrder:
        endpoint = self._reader.endpoint
        with endpoint.lock:
            return endpoint.orders.add(order)

    def _context(self, partition: Partition, arn: str, name: str) -> ProgramContext:
        reader = Reader(self._reader.endpoint, partition)
        task = TaskStore(reader)[arn]
        container = task.container(name)
        return ProgramContext(
            container.environment, container.command, task, container, ClockView(reader, self._what_happened)
        )


def _exit_code(result: object, container: str) -> object:
    """Check that a program's result is an exit code, and return it.

    Raises:
        CallbackError: it isn't.
    """
    if result is not None and not isinstance(result, int):
        raise CallbackError(f"{result!r} isn't an exit code: a program returns 0 to 255, or None for 0")
    return result


# --- shared by the orders for containers -------------------------------------------------------------------------------------------------


def selector_of(where: str, family: str | None, container: str | None, image: str | None) -> ContainerSelector:
    """The selector of an order's containers.

    Args:
        where: the call that the test author made, for the error text.
        family: the task definition's family, or `family:revision`.
        container: the container's name.
        image: a pattern of the image.

    Raises:
        EcsFakeUsageError: no argument is given, or one isn't a string.
    """
    __tracebackhide__ = HIDE_USAGE_ERRORS
    given: dict[str, object] = {"family": family, "container": container, "image": image}
    for name, value in given.items():
        if value is not None and (not isinstance(value, str) or not value):
            raise EcsFakeUsageError(f"{where} takes {name}=… as a string, not {value!r}.")
    if family is None and container is None and image is None:
        raise EcsFakeUsageError(f'{where} names no containers. Give family="…", container="…" or image="…".')
    return ContainerSelector(family, container, image)


def check_callable(where: str, run: object) -> None:
    """Check that a callable of the test is a plain function of one argument, the context.

    Raises:
        EcsFakeUsageError: it can't be called, takes other arguments, or is a coroutine function.
    """
    __tracebackhide__ = HIDE_USAGE_ERRORS
    if not callable(run):
        raise EcsFakeUsageError(f"{where} takes run=… as a function of a context, not {run!r}.")
    if inspect.iscoroutinefunction(run):
        raise EcsFakeUsageError(
            f"{where} takes run=… as a plain function, not the coroutine function {_name_of(run)}. Write lambda ctx: asyncio.run(…)."
        )
    if not _takes_one_argument(run):
        raise EcsFakeUsageError(
            f"{where} calls run=… with one argument, the context, which {_name_of(run)} doesn't take. Write lambda ctx: …."
        )


def _name_of(run: Callable[..., object]) -> str:
    return getattr(run, "__qualname__", repr(run))


def _takes_one_argument(run: Callable[..., object]) -> bool:
    try:
        inspect.signature(run).bind(None)
    except TypeError:
        return False
    except ValueError:  # a builtin without a signature
        return True
    return True


def written(function: str, **arguments: object) -> str:
    """An order as the test wrote it, with the arguments that were given."""
    given = (f"{name}={_cut(repr(value))}" for name, value in arguments.items() if value is not None)
    return f"{function}({', '.join(given)})"


def _cut(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:40]}…{text[-15:]}"


def _exceptions(where: str, raises: object) -> tuple[type[Exception], ...]:
    __tracebackhide__ = HIDE_USAGE_ERRORS
    kinds = raises if isinstance(raises, tuple) else (raises,)
    if not all(isinstance(kind, type) and issubclass(kind, Exception) for kind in kinds):
        raise EcsFakeUsageError(f"{where} takes raises=… as a class of exceptions or a tuple of them, not {raises!r}.")
    return kinds


def _check_errors(where: str, errors: Mapping[str, object], life: Mapping[str, object]) -> None:
    __tracebackhide__ = HIDE_USAGE_ERRORS
    given = {name: text for name, text in errors.items() if text is not None}
    for name, text in given.items():
        if not isinstance(text, str) or not _ERROR.match(text):
            raise EcsFakeUsageError(
                f'{where} takes {name}=… as ECS words it, a name and a text: "CannotPullContainerError: …", '
                f'"ResourceInitializationError: …", not {text!r}.'
            )
    lived = [name for name, value in life.items() if value is not None]
    if len(given) > 1 or (given and lived):
        first, second = [*given, *lived][:2]
        raise EcsFakeUsageError(
            f"{where} is given {first} and {second}, but a container that can't start does nothing else. Leave one out."
        )


def _check_life(where: str, runs_for: object, exit_code: object, reason: object) -> None:
    __tracebackhide__ = HIDE_USAGE_ERRORS
    if runs_for is not None and not (_is_finite(runs_for) and runs_for >= 0):
        raise EcsFakeUsageError(f"{where} takes runs_for=… in seconds, 0 or more, not {runs_for!r}.")
    if exit_code is not None and (type(exit_code) is not int or not 0 <= exit_code <= 255):
        raise EcsFakeUsageError(f"{where} takes exit_code=0 to 255, not {exit_code!r}.")
    if reason is not None and (not isinstance(reason, str) or not reason):
        raise EcsFakeUsageError(f"{where} takes reason=… as a string, not {reason!r}.")
    if reason is not None and exit_code is None:
        raise EcsFakeUsageError(
            f"{where} is given reason without exit_code: a reason comes with an exit. Add exit_code=137."
        )


def _is_finite(value: object) -> TypeGuard[int | float]:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and isfinite(value)


def _check_health(where: str, health: object) -> None:
    __tracebackhide__ = HIDE_USAGE_ERRORS
    known = get_args(HealthResult)
    if not isinstance(health, (list, tuple)) or any(result not in known for result in health):
        raise EcsFakeUsageError(
            f'{where} takes health=… as a list of {", ".join(known)}, such as ["HEALTHY", "UNHEALTHY"], not {health!r}.'
        )
