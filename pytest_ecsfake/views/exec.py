"""Orders that answer ExecuteCommand, and the sessions that it opened."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from pytest_ecsfake.arns import Partition
from pytest_ecsfake.clock import to_datetime
from pytest_ecsfake.errors import HIDE_USAGE_ERRORS, EcsFakeUsageError
from pytest_ecsfake.state.orders import ExecAnswer, Times, check_times
from pytest_ecsfake.views.clock import ClockView
from pytest_ecsfake.views.containers import check_callable, selector_of, written
from pytest_ecsfake.views.reading import Reader
from pytest_ecsfake.views.tasks import Container, Task, TaskStore


@dataclass(frozen=True)
class ExecContext:
    """The argument of a callable that answers ExecuteCommand.

    Args:
        command: the command of the call.
        environment: the environment variables of the container.
        task: the task. Its attributes are up to date when they are read.
        container: the container that the command is for.
        clock: virtual time.
        session_id: the session that the call opened.
    """

    command: str
    environment: dict[str, str]
    task: Task
    container: Container
    clock: ClockView
    session_id: str


@dataclass(frozen=True)
class Session:
    """A session that ExecuteCommand opened.

    Args:
        id: the session's id, as in the answer.
        task_arn: the task's ARN.
        container: the container's name.
        command: the command.
        at: when it was opened.
        result: what the test's callable returned; None if there is no callable.
    """

    id: str
    task_arn: str
    container: str
    command: str
    at: datetime
    result: object


class Exec:
    """Orders for ExecuteCommand, in every account and region. A call that matches no order opens a session in which nothing runs.

    Args:
        reader: reads one partition.
        what_happened: explains how things are, for the report of a condition that doesn't come true.
    """

    def __init__(self, reader: Reader, what_happened: Callable[[int], str]) -> None:
        self._reader = reader
        self._what_happened = what_happened

    def on(
        self,
        *,
        run: Callable[[ExecContext], object] | None = None,
        family: str | None = None,
        container: str | None = None,
        image: str | None = None,
        connected: bool = True,
        times: Times = "always",
    ) -> ExecAnswer:
        """Order the answer to commands in containers, by family, name or image. A family alone selects the task's first essential container.

        Args:
            run: is called with an `ExecContext` after ECS has answered. Its return value is the session's `result`.
            family: the task definition's family, or `family:revision`.
            container: the container's name.
            image: a pattern of the image.
            connected: with False the call fails with TargetNotConnectedException, as if the container couldn't reach Systems Manager.
            times: for how many calls the order applies, or "always".

        Returns:
            the order. If it matches no call, the test fails at its end, unless `.optional()` is appended.

        Raises:
            EcsFakeUsageError: the order selects no containers, or `run` can't be called.
        """
        __tracebackhide__ = HIDE_USAGE_ERRORS
        where = "exec.on()"
        selector = selector_of(where, family, container, image)
        check_times(where, times)
        if connected:
            check_callable(where, run)
        elif run is not None:
            raise EcsFakeUsageError(
                f"{where} is given run=… and connected=False, but without a connection no command runs. Leave one out."
            )
        endpoint = self._reader.endpoint
        number = None
        if run is not None:
            answer = run

            def call(partition: Partition, arn: str, name: str, command: str, session_id: str) -> object:
                return answer(self._context(partition, arn, name, command, session_id))

            number = endpoint.callbacks.keep(call)
        shown = {"family": family, "container": container, "image": image, "connected": None if connected else False}
        order = ExecAnswer(written("exec.on", **shown), selector, number, connected, times=times)
        with endpoint.lock:
            return endpoint.orders.add(order)

    @property
    def sessions(self) -> list[Session]:
        """The sessions that were opened, the oldest first."""
        endpoint = self._reader.endpoint
        with endpoint.lock:
            endpoint.time.settle()
            return [
                Session(each.id, each.task_arn, each.container, each.command, to_datetime(each.at), each.result)
                for each in endpoint.world.exec_sessions
            ]

    def _context(self, partition: Partition, arn: str, name: str, command: str, session_id: str) -> ExecContext:
        reader = Reader(self._reader.endpoint, partition)
        task = TaskStore(reader)[arn]
        container = task.container(name)
        clock = ClockView(reader, self._what_happened)
        return ExecContext(command, container.environment, task, container, clock, session_id)
