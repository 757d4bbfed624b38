"""The path of a call: note it, apply an ordered fault, check the request, bring the clock up to date, run the operation, note the answer.

Every call of a client takes this path, through `Endpoint.answer`; set-up by a test takes `Endpoint.set_up`. Neither knows botocore or HTTP.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from threading import RLock, get_ident
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, NoReturn

from pytest_ecsfake import documents, operations
from pytest_ecsfake.arns import Partition
from pytest_ecsfake.clock import Instant
from pytest_ecsfake.errors import (
    EcsError,
    EcsFakeError,
    EcsFakeInternalError,
    EcsFakeNotBuiltError,
    EcsFakeUsageError,
    EndlessPollError,
    Problem,
    SerializationException,
)
from pytest_ecsfake.fake_time import FakeTime
from pytest_ecsfake.orders.callbacks import Callbacks
from pytest_ecsfake.orders.faults import Faults
from pytest_ecsfake.recording.call import Call, OtherAnswer
from pytest_ecsfake.recording.calls import Calls
from pytest_ecsfake.recording.endless import explain_endless
from pytest_ecsfake.recording.polls import READING, Polls, Question, Reading
from pytest_ecsfake.state.ids import Ids
from pytest_ecsfake.state.region import Region, World
from pytest_ecsfake.validation import schemas
from pytest_ecsfake.version import version

if TYPE_CHECKING:
    from pytest_ecsfake.process_time.external_clock import ExternalClock

#: How many problems are kept: a retry loop may meet the same one for ever.
_MOST_PROBLEMS = 100


class Answer(NamedTuple):
    """The answer to one attempt of a call: a response or an error of ECS, with the request's id.

    The response is kept packed, so that changing it can't change the state.
    """

    call: Call
    request_id: str
    at: Instant
    packed: bytes
    error: EcsError | None


class Endpoint:
    """The only way to an operation, and with it to the state of a fake.

    Args:
        world: the state.
        calls: the list in which calls are noted.
        faults: the faults that the test ordered.
        external_clock: see `FakeTime`, also for the next two.
        poll_step: how far a repeated reading call moves the clock, in microseconds.
        virtual_sleep: the option of that name.
        work_goes_on: whether a thread or a process of the test is still at work, besides the given threads: it may change what a poll waits for.
        check_responses: whether to check every response against its schema. The project's own suite does.

    Attributes:
        lock: the fake's only lock. It must be held to read or change the world.
        time: moves the clock of the world.
        problems: errors that the code under test may have swallowed. They are reported when the test ends.
        is_over: whether the fake was turned off, and won't be turned on again.
    """

    def __init__(
        self,
        world: World,
        calls: Calls,
        faults: Faults,
        external_clock: ExternalClock,
        *,
        poll_step: int,
        virtual_sleep: bool | Literal["all"] = True,
        work_goes_on: Callable[[Collection[int]], bool] = lambda _: False,
        check_responses: bool = False,
    ) -> None:
        self.world = world
        self.calls = calls
        self.orders = world.orders
        self.faults = faults
        self.check_responses = check_responses
        self.lock = RLock()
        self.problems: list[Problem] = []
        self.is_over = False
        self.callbacks = Callbacks(self.lock, external_clock, self.note_problem)
        self.time = FakeTime(
            world, self.lock, self.callbacks, external_clock, poll_step=poll_step, virtual_sleep=virtual_sleep
        )
        #: A request's id is a UUID: this prefix, followed by the number of the answer.
        self._request_ids = Ids(f"{world.seed}/requests").uuid()[:24]
        self._answers = 0
        self._polls = Polls(world.clock.now)
        self._work_goes_on = work_goes_on
        #: How many answers there were when the running test began, and the calls since then that something else has answered.
        self._answers_before = 0
        self._answered_elsewhere: list[Call] = []

    @contextmanager
    def changing(self, partition: Partition) -> Iterator[Region]:
        """Let a test change a region: bring it up to date, and run the callbacks that the change queues at the end."""
        with self.lock:
            self.time.settle()
            yield self.world.region(partition)
            self.time.run_callbacks()

    def set_up(self, operation: str, request: Mapping[str, Any], partition: Partition) -> None:
        """Run an operation as set-up of a test: the call isn't noted, and no fault applies to it.

        Raises:
            EcsError: the error that ECS would answer with.
        """
        with self.lock:
            function = operations.find(operation) or _refuse_unbuilt(operation)
            schemas.check_request(operation, request)
            self.time.settle()
            function(self.world.region(partition), dict(request))
            self.time.run_callbacks()

    def answer(
        self,
        operation: str,
        body: bytes,
        partition: Partition,
        *,
        retried: Call | None = None,
        client_token_made_up: bool = False,
    ) -> Answer:
        """Answer a call, or a further attempt of a call that botocore retries.

        Args:
            operation: the operation's name, such as `RunTask`.
            body: the request as botocore serialised it, a JSON object.
            partition: the account and the region of the call.
            retried: the call, if this is a further attempt of it.
            client_token_made_up: whether botocore, not the caller, chose the request's clientToken.

        Raises:
            EcsFakeNotBuiltError: this version doesn't have the operation, or a feature that the request uses.
            EcsFakeInternalError: a bug in the fake.
            EndlessPollError: the same reads have gone on for days, and nothing is due any more.
        """
        with self.lock:
            shown = self.time.read_external_clock()
            region = self.world.regions.get(partition) or self.world.region(partition)
            call = retried or self.calls.note(
                operation,
                body,
                partition,
                self.world.clock.now if shown is None else shown,
                self.world.start,
                len(region.journal),
                client_token_made_up,
            )
            error: EcsError | None = None
            document: Mapping[str, Any] = {}
            question = Question(operation, partition, body)
            try:
                request = self._read(body)
                if self.orders:
                    self.faults.meet(operation, request)
                function = operations.find(operation) or _refuse_unbuilt(operation)
                schemas.check_request(operation, request)
                self.time.bring_to_the_present(
                    shown, polls=self._polls.repeats_one_of_now(question, self.world.clock.now)
                )
                self._polls.clock_moved_to(self.world.clock.now)
                if self.orders:
                    document = self.faults.carry_out(operation, request, partition, partial(function, region))
                else:
                    document = function(region, request)
                if self.check_responses:
                    schemas.check_response(operation, document)
            except EcsError as refusal:
                error = refusal
            except EcsFakeError as problem:
                self._fail(call, problem)
                self._refuse_endless(call, question, b"", repr(problem))
                raise
            except Exception as bug:
                report = EcsFakeInternalError(
                    f"{operation} met a bug in pytest-ecsfake: {bug!r}. The request was {body.decode(errors='replace')}"
                )
                self._fail(call, report)
                self._refuse_endless(call, question, b"", repr(report))
                raise report from bug
            clock = self.world.clock
            now = clock.now
            packed = documents.pack(document)
            self._refuse_endless(call, question, packed, None if error is None else f"{error.code}: {error.message}")
            self.time.note_look()
            call.answered(now, packed, error)
            self._answers += 1
            answer = Answer(call, f"{self._request_ids}{self._answers:012x}", now, packed, error)
            if clock.callbacks:
                self.time.run_callbacks()
            return answer

    def note_answered_elsewhere(self, operation: str, body: bytes, partition: Partition, answer: OtherAnswer) -> None:
        """Note a call that something else has answered. Nothing happens in the world, and no time passes.

        Args:
            operation: the operation's name, such as `RunTask`.
            body: the request, a JSON object.
            partition: the account and the region of the call.
            answer: what the client got.
        """
        with self.lock:
            shown = self.time.read_external_clock()
            at = self.world.clock.now if shown is None else shown
            region = self.world.regions.get(partition)
            changes = 0 if region is None else len(region.journal)
            call = self.calls.note(operation, body, partition, at, self.world.start, changes)
            call.answered_elsewhere(at, answer)
            self._answered_elsewhere.append(call)

    def begin_test(self) -> None:
        """Forget what something else has answered before: a test begins."""
        with self.lock:
            self._answers_before, self._answered_elsewhere = self._answers, []

    def only_answered_elsewhere(self) -> list[Call]:
        """The calls since the start of the test that something else has answered. Empty if one call has reached the fake."""
        with self.lock:
            return [] if self._answers > self._answers_before else list(self._answered_elsewhere)

    def snapshot(self) -> Callable[[], None]:
        """Take a snapshot of the whole fake, the clock included.

        Returns:
            a function that restores the snapshot. It can be called several times, and those of several snapshots in any order.

        Raises:
            EcsFakeUsageError: a callback of the test runs; also when the returned function is called.
        """
        with self.lock:
            self._refuse_in_callback("taken")
            world, orders, calls = self.world.snapshot(), self.orders.snapshot(), self.calls.snapshot()
            time, answers = self.time.snapshot(), self._answers
            polls = self._polls.snapshot()

        def restore() -> None:
            with self.lock:
                self._refuse_in_callback("restored")
                self.world.restore(world)
                self.orders.restore(orders)
                self.calls.restore(calls)
                self.time.restore(time)
                # Whether a call has reached the fake since the test began isn't forgotten.
                has_answered = self._answers > self._answers_before
                self._answers, self._answers_before = answers, answers - has_answered
                self._polls.restore(polls)

        return restore

    def _refuse_in_callback(self, what: str) -> None:
        """Refuse a snapshot in the middle of what is due.

        Raises:
            EcsFakeUsageError: a callback of the test runs, in whatever thread.
        """
        if self.callbacks.thread is not None:
            raise EcsFakeUsageError(
                f"a snapshot can't be {what} while a program, a hook or a subscriber of the test runs, "
                "since the rest of what is due at this instant hasn't happened yet. Do it before or after the call that runs it."
            )

    def _read(self, body: bytes) -> dict[str, Any]:
        try:
            request = documents.from_json(body)
        except (ValueError, RecursionError):
            raise SerializationException from None
        if not isinstance(request, dict):
            raise SerializationException
        return _without_nulls(request) if b"null" in body else request

    def _refuse_endless(self, call: Call, question: Question, packed: bytes, error: str | None) -> None:
        """Note a call among the polls, and refuse it if it is one of a poll that can't end.

        Raises:
            EndlessPollError: it is.
        """
        polls, calls = self._polls, self.calls
        if not question.operation.startswith(READING):
            polls.forget()
            calls.poll_ends()
            return
        now = self.time.now
        changes = sum([len(region.journal) for region in self.world.regions.values()])
        if polls.note(question, Reading(packed, error), changes, now, get_ident()):
            calls.poll_goes_on()
        else:
            calls.poll_ends()
        if not polls.are_too_many(now) or self.time.virtual_sleep is False:
            return
        in_callback = self.callbacks.thread is not None
        stands_still = now == polls.since
        if (self.world.clock.next_due() is None or in_callback or stands_still) and not self._work_goes_on(
            polls.threads
        ):
            problem = EndlessPollError(explain_endless(polls, self.world, now, in_callback=in_callback))
            polls.go_on(now)
            self._fail(call, problem)
            raise problem
        polls.go_on(now)

    def note_problem(self, problem: Problem) -> None:
        """Note an error that the code under test may swallow, so that it is reported when the test ends."""
        with self.lock:
            if len(self.problems) < _MOST_PROBLEMS:
                self.problems.append(problem)

    def _fail(self, call: Call, problem: Problem) -> None:
        self.note_problem(problem)
        call.failed(self.world.clock.now, problem)


def _without_nulls(value: Any) -> Any:
    """The request without null members: AWS JSON services treat them as absent."""
    if isinstance(value, dict):
        return {name: _without_nulls(member) for name, member in value.items() if member is not None}
    if isinstance(value, list):
        return [_without_nulls(item) for item in value]
    return value


def _refuse_unbuilt(operation: str) -> NoReturn:
    """Raise the error for an operation that isn't built."""
    # Raises another error if the schemas don't know it either, because the client is newer than they are.
    schemas.request_schema(operation)

    raise EcsFakeNotBuiltError(
        f"{operation} is not built in pytest-ecsfake {version()}; docs/coverage.md lists the operations that are."
    )
