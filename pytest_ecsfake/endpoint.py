"""The way of one call: recorded, perhaps met by a fault, checked, brought to the present, answered, written down.

There is no other way to an operation: fixtures, clients and tests all come through `Endpoint.answer`. It knows neither botocore nor HTTP.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from threading import RLock, get_ident
from typing import Any, NamedTuple, NoReturn

from pytest_ecsfake import documents, operations
from pytest_ecsfake.arns import Place
from pytest_ecsfake.clock import Instant
from pytest_ecsfake.errors import (
    EcsError,
    EcsFakeError,
    EcsFakeInternalError,
    EcsFakeNotBuiltError,
    SerializationException,
)
from pytest_ecsfake.orders.callbacks import Callbacks, OuterTime
from pytest_ecsfake.orders.faults import Faults
from pytest_ecsfake.recording.call import Call
from pytest_ecsfake.recording.calls import Calls
from pytest_ecsfake.state.ids import Ids
from pytest_ecsfake.state.region import Region, World
from pytest_ecsfake.validation import schemas
from pytest_ecsfake.version import version

_READING = ("Describe", "List", "Get")


class Answer(NamedTuple):
    """What became of one attempt of a call: a response or an error of ECS, under the id of the request.

    The response is kept packed, so that nobody can reach through it into the state.
    """

    call: Call
    request_id: str
    at: Instant
    packed: bytes
    error: EcsError | None


class Endpoint:
    """The one door to the state of a fake.

    Args:
        world: the state.
        calls: where calls are written down.
        faults: what was ordered to answer instead of an operation.
        outer_time: the clock that holds the fake's, if any.
        poll_step: microseconds that a repeated reading call moves the clock.
        check_responses: whether every response is held against its schema; the project's own suite switches it on.
    """

    def __init__(
        self,
        world: World,
        calls: Calls,
        faults: Faults,
        outer_time: OuterTime,
        *,
        poll_step: int,
        check_responses: bool = False,
    ) -> None:
        self.world = world
        self.calls = calls
        self.orders = world.orders
        self.faults = faults
        self.outer_time = outer_time
        self.poll_step = poll_step
        self.check_responses = check_responses
        self.lock = RLock()
        #: What the code under test may have swallowed, told again when the test ends.
        self.troubles: list[EcsFakeError] = []
        self.handed_in = Callbacks(self.lock, outer_time, self.tell)
        #: While sleep or the test moves the clock: up to where the process has come along.
        self._followed: Instant | None = None
        #: A request's id is a UUID: this, and behind it the number of the answer.
        self._request_ids = Ids(f"{world.seed}/requests").uuid()[:24]
        self._answers = 0
        self._previous: tuple[str, Place, bytes] | None = None
        #: When each thread was last answered, or woke.
        self._looked: dict[int, Instant] = {}

    @property
    def now(self) -> Instant:
        """Where time stands: for what the test handed in, while it runs, that includes what it has slept."""
        return self.world.clock.now if self.handed_in.thread is None else self.handed_in.now

    def settle(self) -> None:
        """Let everything happen that is due by now, and call what the test handed in for it."""
        with self.lock:
            self._settle(self._read_outer_time())

    def _read_outer_time(self) -> Instant | None:
        """What the clock outside shows, if one holds the fake's.

        A freezer may come after the fake, as the decorator `freeze_time` does after a fixture, and mostly stands in the past: as long as nothing
        has happened the fake's time begins there.
        """
        outer = self.outer_time.read()
        if outer is not None and outer < self.world.clock.now and not self._answers and self.world.has_no_past:
            self.world.begin_at(outer)
            self.calls.start = outer
        return outer

    def _settle(self, until: Instant | None) -> None:
        self.world.clock.settle(until, self._run_errands)

    def _run_errands(self) -> None:
        self._follow()
        self.handed_in.run_queued(self.world.clock)

    def move(self, microseconds: int) -> None:
        """Move time on; everything due on the way happens, in order, at its own instant."""
        with self.lock:
            if self.handed_in.thread is not None:
                self._sleep_in_errand(microseconds)
            elif self.outer_time.read() is None:
                self._followed = self.world.clock.now
                try:
                    self._settle(self._followed + microseconds)
                finally:
                    self._follow()
                    self._followed = None
            else:
                self.outer_time.move(microseconds)
                self.settle()

    def _follow(self) -> None:
        """Have the process come along to where the clock stands, if it is moved by sleep or by the test."""
        now = self.world.clock.now
        if self._followed is not None and now > self._followed:
            self.outer_time.follow(now - self._followed, now)
            self._followed = now

    def sleep(self, microseconds: int) -> None:
        """Move time to where a sleep of the running thread ends, counted from when the thread last looked at ECS.

        Threads that wait at the same time wake in the order of their deadlines: what one of them moved meanwhile isn't slept again.
        """
        thread = get_ident()
        with self.lock:
            if self.handed_in.thread is not None:
                self._sleep_in_errand(microseconds)
                return
            now = self.world.clock.now
            end = self._looked.get(thread, now) + microseconds
            if end > now:
                self.move(end - now)
            self._looked[thread] = max(end, now)

    def _sleep_in_errand(self, microseconds: int) -> None:
        """A sleep while something runs that the test handed in: it is that one's, since the clock stands still; its threads sleep side by side."""
        thread = get_ident()
        since = self.world.clock.now
        if thread == self.handed_in.thread:
            self.handed_in.sleep(microseconds)
        else:
            since = max(since, self._looked.get(thread, since))
            self.handed_in.sleep(microseconds, since=since)
            self._looked[thread] = since + microseconds

    def move_to_next(self, limit: Instant) -> bool:
        """Move time on to the next instant at which something is due, or to `limit` where nothing is before; False once it stands there."""
        with self.lock:
            clock = self.world.clock
            due = clock.next_due()
            target = limit if due is None or due > limit else due
            if target <= clock.now:
                return False
            self.move(target - clock.now)
            return True

    @contextmanager
    def changing(self, place: Place) -> Iterator[Region]:
        """A region that the test itself changes, up to date; what the test handed in for the change is called at the end."""
        with self.lock:
            self.settle()
            yield self.world.region(place)
            self._run_errands()

    def order(self, operation: str, request: Mapping[str, Any], place: Place) -> None:
        """Do what an operation does, as set-up of the test itself: nothing is recorded, no fault meets it.

        Raises:
            EcsError: what ECS would answer to the request.
        """
        with self.lock:
            function = operations.built().get(operation) or _refuse_unbuilt(operation)
            schemas.check_request(operation, request)
            self.settle()
            function(self.world.region(place), dict(request))
            self._run_errands()

    def answer(
        self,
        operation: str,
        body: bytes,
        place: Place,
        *,
        retried: Call | None = None,
        client_token_made_up: bool = False,
    ) -> Answer:
        """Answer one call, or one further attempt of a call that botocore retries.

        Args:
            operation: the operation's name, such as `RunTask`.
            body: the request as botocore serialised it, a JSON object.
            place: the account and the region of the call.
            retried: the call that this is a further attempt of.
            client_token_made_up: whether botocore, not the caller, chose the request's clientToken.

        Raises:
            EcsFakeNotBuiltError: this version hasn't got the operation, or something that the request asks of it.
            EcsFakeInternalError: a bug in the fake.
        """
        with self.lock:
            outer = self._read_outer_time()
            region = self.world.regions.get(place) or self.world.region(place)
            call = retried or self.calls.record(
                operation,
                body,
                place,
                self.world.clock.now if outer is None else outer,
                len(region.journal),
                client_token_made_up,
            )
            error: EcsError | None = None
            document: Mapping[str, Any] = {}
            try:
                request = self._read(body)
                if self.faults.ordered:
                    self.faults.meet(operation, request)
                function = operations.built().get(operation) or _refuse_unbuilt(operation)
                schemas.check_request(operation, request)
                self._bring_to_the_present(operation, place, body, outer)
                if self.faults.ordered:
                    document = self.faults.carry_out(operation, request, place, partial(function, region))
                else:
                    document = function(region, request)
                if self.check_responses:
                    schemas.check_response(operation, document)
            except EcsError as refusal:
                error = refusal
            except EcsFakeError as trouble:
                self._fail(call, trouble)
                raise
            except Exception as bug:
                report = EcsFakeInternalError(
                    f"{operation} met a bug in pytest-ecsfake: {bug!r}. The request was {body.decode(errors='replace')}"
                )
                self._fail(call, report)
                raise report from bug
            clock = self.world.clock
            now = clock.now
            self._looked[get_ident()] = self.now
            packed = documents.pack(document)
            call.answered(now, packed, error)
            self._answers += 1
            answer = Answer(call, f"{self._request_ids}{self._answers:012x}", now, packed, error)
            if clock.callbacks:
                self._run_errands()
            return answer

    def set_aside(self) -> Callable[[], None]:
        """Keep everything as it stands; what comes back puts it back, the clock included."""
        with self.lock:
            world, orders = self.world.snapshot(), self.orders.snapshot()
            calls, previous, answers = self.calls.kept(), self._previous, self._answers

        def put_back() -> None:
            with self.lock:
                self.world = World.restored(world, self.orders)
                self.calls.put_back(calls)
                self.calls.start = self.world.start
                self.orders.restore(orders)
                self._previous, self._answers = previous, answers

        return put_back

    def _read(self, body: bytes) -> dict[str, Any]:
        try:
            request = documents.from_json(body)
        except (ValueError, RecursionError):
            raise SerializationException from None
        if not isinstance(request, dict):
            raise SerializationException
        return _without_nulls(request) if b"null" in body else request

    def _bring_to_the_present(self, operation: str, place: Place, body: bytes, outer: Instant | None) -> None:
        """Settle; a reading call that repeats the one before it moves a free clock by the poll step first, so that polling loops end."""
        clock = self.world.clock
        before, self._previous = self._previous, (operation, place, body)
        if before == self._previous and outer is None and operation.startswith(_READING) and b'"nextToken"' not in body:
            self._settle(clock.now + self.poll_step)
        else:
            self._settle(outer)

    def tell(self, trouble: EcsFakeError) -> None:
        """Keep what the code under test may swallow, so that it is told again when the test ends."""
        with self.lock:
            self.troubles.append(trouble)

    def _fail(self, call: Call, trouble: EcsFakeError) -> None:
        self.tell(trouble)
        call.failed(self.world.clock.now, trouble)


def _without_nulls(value: Any) -> Any:
    """The request without members that are null: AWS JSON services read them as absent."""
    if isinstance(value, dict):
        return {name: _without_nulls(member) for name, member in value.items() if member is not None}
    if isinstance(value, list):
        return [_without_nulls(item) for item in value]
    return value


def _refuse_unbuilt(operation: str) -> NoReturn:
    """An operation that isn't built has no answer, whatever is asked of it."""
    schemas.request_schema(
        operation
    )  # raises where the schemas don't know it either: the client is newer than they are

    raise EcsFakeNotBuiltError(
        f"{operation} is not built in pytest-ecsfake {version()}; docs/coverage.md lists the operations that are."
    )
