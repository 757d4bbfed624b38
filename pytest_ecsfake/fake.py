"""EcsFake, the handle that a test works with. Each of its parts is defined in a module of its own."""

from __future__ import annotations

import functools
import os
import warnings
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime
from textwrap import indent
from typing import TYPE_CHECKING, Any, TypeVar

from pytest_ecsfake.arns import Partition
from pytest_ecsfake.clock import SECOND, Clock, Instant, to_datetime
from pytest_ecsfake.endpoint import Endpoint
from pytest_ecsfake.errors import (
    HIDE_USAGE_ERRORS,
    AnsweredElsewhereWarning,
    EcsFakeNotBuiltError,
    EcsFakeUsageError,
    Problem,
    UnfakedServiceError,
    UnusedOrderError,
)
from pytest_ecsfake.options import is_account
from pytest_ecsfake.orders.faults import Faults
from pytest_ecsfake.recording.calls import Calls
from pytest_ecsfake.recording.ran_task import assert_ran_task
from pytest_ecsfake.snapshots import Snapshot, restore
from pytest_ecsfake.state.orders import Order
from pytest_ecsfake.state.region import World
from pytest_ecsfake.state.timings import Timings
from pytest_ecsfake.transport.client import make_client
from pytest_ecsfake.transport.interceptor import Interceptor, let_out
from pytest_ecsfake.version import version
from pytest_ecsfake.views.reading import Reader
from pytest_ecsfake.views.views import Views

if TYPE_CHECKING:
    from botocore.client import BaseClient

    from pytest_ecsfake import api
    from pytest_ecsfake.fake_time import FakeTime
    from pytest_ecsfake.loading.documents import Given
    from pytest_ecsfake.options import Options
    from pytest_ecsfake.process_time.external_clock import ExternalClock
    from pytest_ecsfake.recording.matching import Matcher

T = TypeVar("T")

DEFAULT_REGION = "us-east-1"

#: Parts that aren't built yet.
NOT_BUILT = frozenset(["schedules", "serve"])


class EcsFake(Views):
    """A fake of ECS, as a test uses it. The stores show one account in one region; calls, orders and the clock are shared by all of them.

    Args:
        options: the options of the fake.
        external_clock: reads and moves the external clock, if there is one, and otherwise the clocks of the process.
        start: when its time begins.
        seed: the seed of its ids if the options have none.
        work_goes_on: see `Endpoint`.

    Attributes:
        region: the region that the stores show; `in_region` returns the handle for another one.
        account: the account that the stores show; `in_account` returns the handle for another one.
        options: the options of the fake.
        calls: the recorded calls of every account and region.
        faults: orders errors, failures and a lack of capacity.
    """

    def __init__(
        self,
        options: Options,
        external_clock: ExternalClock,
        start: Instant,
        *,
        seed: str = "",
        work_goes_on: Callable[[Collection[int]], bool] = lambda _: False,
    ) -> None:
        region = options.region or os.environ.get("AWS_DEFAULT_REGION") or DEFAULT_REGION
        clock = Clock(start)
        world = World(clock, str(options.seed) if options.seed is not None else seed, Timings(options.timings))
        self._endpoint = Endpoint(
            world,
            Calls(),
            Faults(world.orders),
            external_clock,
            poll_step=round(options.poll_step * SECOND),
            virtual_sleep=options.virtual_sleep,
            work_goes_on=work_goes_on,
            check_responses=os.environ.get("ECSFAKE_CHECK_RESPONSES") == "1",
        )
        self.options = options
        self._external_clock = external_clock
        #: Whether the body of the decorated test ended without an exception. unittest's clean-ups can't learn that from unittest.
        self.body_passed = False
        self._set_up_orders: Sequence[Order] = ()
        self.interceptor = Interceptor(
            self._endpoint,
            options.account,
            let_out(options.other_services),
            wants_credentials=not options.credentials,
        )
        self._stand_at(Partition(options.account, region))
        self._add_clusters()

    def _stand_at(self, partition: Partition) -> None:
        self._reader = Reader(self._endpoint, partition)
        self.account, self.region = partition
        self.calls = self._endpoint.calls
        self.faults = self._endpoint.faults

    def _add_clusters(self) -> None:
        for name in self.options.clusters:
            if name not in self.clusters:
                self.clusters.add(name)

    def follow_environment(self) -> None:
        """Stand in the region that AWS_DEFAULT_REGION names by now, where the options name none: a fixture may have set it since the fake came on."""
        region = os.environ.get("AWS_DEFAULT_REGION") or self.region
        if self.options.region is None and region != self.region:
            self._reader.partition = Partition(self.account, region)
            self.region = region
            self.__dict__.pop("client", None)
            self._add_clusters()

    if not TYPE_CHECKING:  # so that a type checker reports a missing attribute as well

        def __getattr__(self, name):
            __tracebackhide__ = True
            if name in NOT_BUILT:
                raise EcsFakeNotBuiltError(f"ecs_fake.{name} is not built in pytest-ecsfake {version()}.")
            raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __repr__(self) -> str:
        return f"<EcsFake account {self.account}, region {self.region}, {len(self.calls)} calls>"

    # --- other accounts and regions -------------------------------------------------------------------------------------------------

    def in_region(self, region: str) -> EcsFake:
        """The handle for another region of the same account, with its stores and a client for it."""
        return self._handle_for(Partition(self.account, region))

    def in_account(self, account: str) -> EcsFake:
        """The handle for another account in the same region, with its stores and a client whose calls are made in that account.

        Raises:
            EcsFakeUsageError: the account isn't twelve digits.
        """
        __tracebackhide__ = True
        if not is_account(account):
            raise EcsFakeUsageError(
                f'in_account() takes twelve digits in a string, not {account!r}. Write in_account("111122223333").'
            )
        return self._handle_for(Partition(account, self.region))

    def _handle_for(self, partition: Partition) -> EcsFake:
        handle = object.__new__(EcsFake)
        handle._endpoint = self._endpoint
        handle._external_clock = self._external_clock
        handle.options = self.options
        handle._set_up_orders = ()
        handle.interceptor = self.interceptor
        handle._stand_at(partition)
        return handle

    @functools.cached_property
    def client(self) -> BaseClient:
        """A botocore client for ECS in this account and region. Calling it, as in `client("ecs")`, makes another one."""
        return make_client(self.account, self.region)

    # --- time -----------------------------------------------------------------------------------------------------------------------

    @property
    def frozen_at(self) -> datetime | None:
        """The instant at which the process's time is frozen when the fake is turned on: the clock's. None without the option `frozen_at`."""
        return None if self.options.frozen_at is None else to_datetime(self._endpoint.world.clock.now)

    @property
    def fake_time(self) -> FakeTime:
        """The time of the fake, for virtual sleep and virtual event loops. Tests use `clock`."""
        return self._endpoint.time

    # --- what happened --------------------------------------------------------------------------------------------------------------

    def timeline(self, newest: int | None = 40, *, about: str | None = None, folded: bool = True) -> str:
        """The calls and changes of state in the order of virtual time, as text. Read it when a test is hard to understand.

        What happens to several tasks alike at one instant is one line; polls and other repetitions are shown once and counted.

        Args:
            newest: the most lines to show; older ones are left out. None shows all.
            about: a cluster, a service, a task or another resource, by the key of its store: shows only what is about it.
            folded: with False each call and each change has a line of its own, with whole ids and parameters.

        Raises:
            KeyError: nothing in the time line is about it.
            EcsFakeUsageError: `newest` isn't 1 or more, or `about` isn't a string, or is given with `folded=False`.
        """
        __tracebackhide__ = True
        from pytest_ecsfake.views.timeline.text import check_asked, timeline  # most tests never need it
        from pytest_ecsfake.views.timeline.unfolded import unfolded

        check_asked(newest, about, folded=folded)
        with self._endpoint.lock:
            if not folded:
                return unfolded(self._endpoint, self._reader.start, newest)
            return timeline(self._endpoint, self._reader.partition, self._reader.start, newest, about)

    def explain(self, about: str | None = None) -> str:
        """Why things are as they are, in a few sentences: what isn't at rest, what it waits for, and which tasks ended badly for which reason.

        Args:
            about: one service, task, task set, deployment or daemon, by a key of its store or its ARN. None explains everything that isn't at
                rest, in every account and region.

        Raises:
            KeyError: there is no such resource. The text names the most similar keys.
        """
        __tracebackhide__ = True
        from pytest_ecsfake.explanation.explain import explain  # most tests never need it

        with self._endpoint.lock:
            self._endpoint.time.settle()
            return explain(self._endpoint, self._reader.partition, about)

    @property
    def explanation(self) -> str:
        """The explanation for the report of a failure: nothing happens for it, and a bug in it doesn't cover what is reported."""
        from pytest_ecsfake.explanation.explain import explain

        try:
            with self._endpoint.lock:
                return explain(self._endpoint, self._reader.partition)
        except Exception as bug:
            return f"The explanation met a bug in pytest-ecsfake: {bug!r}"

    def explain_waiter(self, operation: str, error: BaseException) -> None:
        """Add the explanation to the notes of a waiter's error, if it was ECS that the waiter asked.

        Args:
            operation: what the waiter calls.
            error: its WaiterError. Before Python 3.11 exceptions have no notes.
        """
        asked = self.calls.kept()
        if hasattr(error, "add_note") and asked and asked[-1].operation == operation:
            error.add_note(self.explanation)

    def _what_happened(self, newest: int) -> str:
        """What stands below the error of a condition that doesn't come true: the explanation, and the newest lines of the time line."""
        return f"{indent(self.explanation, '  ')}\n  What happened last:\n{self.timeline(newest)}"

    def examine(self, question: Callable[[Endpoint], T]) -> T:
        """The answer to a question about the whole fake, every account and region, found under its lock. For the trace of a failed test."""
        with self._endpoint.lock:
            return question(self._endpoint)

    def assert_ran_task(
        self,
        *,
        family: str | Matcher | None = None,
        container: str | Matcher | None = None,
        environment: Mapping[str, str | Matcher | None] | Matcher | None = None,
        command: Sequence[str | Matcher] | Matcher | None = None,
        cpu: int | str | Matcher | None = None,
        memory: int | str | Matcher | None = None,
        cluster: str | Matcher | None = None,
        launch_type: api.LaunchType | Matcher | None = None,
        started_by: str | Matcher | None = None,
        group: str | Matcher | None = None,
        count: int | None = None,
    ) -> None:
        """Assert that RunTask or StartTask ran a task like this. Its overrides are merged over its task definition.

        Arguments that aren't given aren't compared; see `ran_task.assert_ran_task` for their meaning.

        Raises:
            AssertionError: no such task was run, or another number of them. The text shows the tasks that were run.
        """
        __tracebackhide__ = True
        assert_ran_task(
            self.calls,
            self._definition_of,
            family=family,
            container=container,
            environment=environment,
            command=command,
            cpu=cpu,
            memory=memory,
            cluster=cluster,
            launch_type=launch_type,
            started_by=started_by,
            group=group,
            count=count,
        )

    def _definition_of(self, arn: str) -> api.TaskDefinition | None:
        _, _, _, region, account, _ = arn.split(":", 5)
        with self._endpoint.lock:
            found = self._endpoint.world.region(Partition(account, region)).task_definitions.find(arn)
            return None if found is None else found.document

    @property
    def orders(self) -> list[Order]:
        """The orders of the test, the oldest first: faults, capacity, scripts and programs, answers to ExecuteCommand and to lifecycle hooks."""
        return list(self._endpoint.orders)

    @property
    def unused_orders(self) -> list[Order]:
        """The orders that were never met and may not go unused. One that a newer order overrides isn't unused.

        Orders from the set-up of a wider scope aren't included.
        """
        return [order for order in self._endpoint.orders.unused() if order not in self._set_up_orders]

    @property
    def problems(self) -> Sequence[Problem]:
        """What the code under test may have swallowed: calls to unfaked services, operations not built, polls that can't end, internal errors."""
        with self._endpoint.lock:
            return tuple(self._endpoint.problems)

    def take_problem(self) -> Problem | None:
        """Combine the problems and the unused orders in one error, and forget the problems. None if there are none, or with `strict=False`."""
        with self._endpoint.lock:
            problems, self._endpoint.problems = self._endpoint.problems, []
        swallowed_a_refusal = any(isinstance(problem, UnfakedServiceError) for problem in problems)
        problems += [UnusedOrderError(order.complaint()) for order in self.unused_orders]
        if not problems or not self.options.strict:
            return None
        first, *others = dict.fromkeys(str(problem) for problem in problems)
        text = first + "".join(f"\nAnd: {other}" for other in others)
        if swallowed_a_refusal:
            text += "\nIf the test means it: pytest.raises(UnfakedServiceError) around the call counts as seen, and strict=False lets all of it pass."
        problem = type(problems[0])(text)
        problem.__cause__ = problems[0].__cause__
        return problem

    def forget_problem(self, seen: Problem) -> None:
        """Forget a problem that the test has seen, with every other one of the same words, as of a call that was retried."""
        with self._endpoint.lock:
            self._endpoint.problems = [problem for problem in self._endpoint.problems if str(problem) != str(seen)]

    def complaint_of_answers(self) -> str | None:
        """What there is to say of a test whose calls all went elsewhere: who answered them, and how to mean it. None if a call reached the fake."""
        operations: dict[str, list[str]] = {}
        for call in self._endpoint.only_answered_elsewhere():
            operations.setdefault(str(call.answered_by), []).append(call.operation)
        if not operations or not self.options.strict:
            return None
        answers = "; ".join(f"{by} answered {', '.join(dict.fromkeys(names))}" for by, names in operations.items())
        return (
            f"no call of ECS reached the fake: {answers}. Take that away to have the fake answer. "
            "If it is meant, write strict=False, or mark the test with @pytest.mark.no_ecs_fake."
        )

    def warn_of_answers(self) -> None:
        """Warn if something else has answered every call."""
        complaint = self.complaint_of_answers()
        if complaint is not None:
            # At the line where the `with` block ends, or where the decorated function was called.
            warnings.warn(complaint, AnsweredElsewhereWarning, stacklevel=3)

    def raise_problems(self) -> None:
        """Raise an error if there are problems or unused orders; never with `strict=False`.

        Raises:
            EcsFakeError, EndlessPollError: the first problem, with the others and the unused orders in its text.
        """
        __tracebackhide__ = True
        problem = self.take_problem()
        if problem is not None:
            raise problem

    # --- snapshots ------------------------------------------------------------------------------------------------------------------

    def snapshot(self) -> Snapshot:
        """Take a snapshot of the whole fake: every account and region, the clock with all that is due, the recorded calls, the orders.

        It costs what has changed since the last one, and can be restored as often as you like, in any order with others.

        Raises:
            EcsFakeUsageError: the fake is off, or a program, a hook or a subscriber of the test runs.
        """
        __tracebackhide__ = HIDE_USAGE_ERRORS
        return Snapshot(self._endpoint, self._external_clock)

    def restore(self, saved: Snapshot) -> None:
        """Return to a snapshot of this fake. The clock, and with it the time that the process reads, is where it stood, also if that is earlier.

        Orders stay the objects that the test holds; later ones are no longer in force, and earlier ones count again what they had met.

        Args:
            saved: what `snapshot` returned.

        Raises:
            EcsFakeUsageError: it is another fake's, the fake is off, or a program, a hook or a subscriber of the test runs.
        """
        __tracebackhide__ = HIDE_USAGE_ERRORS
        restore(saved, self._endpoint)

    # --- loading --------------------------------------------------------------------------------------------------------------------

    def load(self, document: Given) -> None:
        """Load what `aws ecs describe-…` prints: clusters, services, tasks, task definitions, container instances, capacity providers, task sets.

        Everything goes on from there: services have their scheduler, tasks stop when they are told to. What refers to each other may come in any
        order, and in several documents.

        Args:
            document: a document, a list of them, or the path of a JSON file or of a folder of them.

        Raises:
            EcsFakeUsageError: something doesn't fit, in a sentence each. Then nothing was loaded.
        """
        __tracebackhide__ = HIDE_USAGE_ERRORS
        from pytest_ecsfake.loading.load import load  # most tests never need it

        with self._endpoint.changing(self._reader.partition) as region:
            load(self._endpoint.world, region, document)

    def dump(self) -> list[dict[str, Any]]:
        """What the stores of this handle show, as documents for `load`, with timestamps in epoch seconds: `json.dumps(ecs_fake.dump())`."""
        from pytest_ecsfake.loading.dump import dump

        with self._endpoint.changing(self._reader.partition) as region:
            return dump(region)

    # --- for the scopes -------------------------------------------------------------------------------------------------------------

    def take_snapshot(self) -> Callable[[], None]:
        """Take the snapshot that a test of a wider scope starts from.

        The orders so far belong to the set-up of the wider scope, so an unused one is reported only when the scope ends.

        Returns:
            a function that restores the snapshot.
        """
        saved = self.snapshot()
        self._endpoint.begin_test()
        self._set_up_orders = self.orders

        def end_test() -> None:
            saved.restore()
            self._endpoint.begin_test()
            self._set_up_orders = ()

        return end_test

    def end(self) -> None:
        """The fake is turned off: nothing answers from it any more."""
        self._endpoint.is_over = True

    def start_over(self, fresh: EcsFake) -> None:
        """Become a fake that nothing has happened in, without a new handle: a wider scope holds this one already.

        Args:
            fresh: a fake that isn't on, and isn't used otherwise.
        """
        vars(self).pop("client", None)
        vars(self).update(vars(fresh))
