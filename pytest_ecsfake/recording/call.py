"""A recorded call. It is kept as bytes and decoded when it is read."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from pytest_ecsfake import documents
from pytest_ecsfake.arns import Partition
from pytest_ecsfake.clock import Instant, offset, to_datetime
from pytest_ecsfake.errors import EcsError, Problem
from pytest_ecsfake.recording.values import cut, keywords
from pytest_ecsfake.validation.timestamps import with_datetimes

_EMPTY = documents.pack({})
#: The longest text of operation and parameters in a repr.
_LONGEST = 150
#: How a packed response ends whose last member is `failures` without an entry: most can be told from this, without unpacking them.
_NO_FAILURES = documents.pack({"failures": []})[1:]


class Attempt(NamedTuple):
    """One attempt of a call, and its answer. Most calls have only one; botocore makes another one for each retry."""

    at: datetime
    response: dict[str, Any] | None
    """The response as boto3 returns it, without ResponseMetadata; None if the attempt got no response."""
    error: EcsError | None
    """The error that ECS answered with, with `code`, `message` and `fields`; None if there was none."""
    problem: Problem | None
    """Why the fake had no answer, such as an operation that isn't built; None if it had one."""


class OtherAnswer(NamedTuple):
    """What a call was answered with in the fake's place."""

    by: str
    """A readable name of who answered it, such as `botocore.stub.Stubber`."""
    response: Mapping[str, Any]
    """The response as it would be sent, so with timestamps in epoch seconds, and without metadata."""
    error: EcsError | None
    """The error that it was answered with instead; None if there was none."""


class Call:
    """One call of a client, with all its retries.

    Attributes:
        operation: the operation's name, such as `RunTask`.
        partition: the account and the region that it was made in.
        number: its number among the recorded calls, from 1.
        changes_before: how many changes of its region's state had happened before it; the time line is sorted by this.
        left_out: how many equal calls of a long poll it stands for besides itself (see `Calls`).
        repeated_until: when the last of these was made.
        previous_page: the call that the listing's page before this one was got with; None for the first page, and for what has no pages.
        answered_by: who answered it in place of the fake, such as `botocore.stub.Stubber`; None if the fake did.
    """

    __slots__ = (
        "_answered_at",
        "_at",
        "_body",
        "_client_token_made_up",
        "_earlier",
        "_error",
        "_packed",
        "_start",
        "answered_by",
        "changes_before",
        "left_out",
        "number",
        "operation",
        "partition",
        "previous_page",
        "repeated_until",
    )

    def __init__(  # noqa: PLR0917 (runs for every call, and keywords would double its time)
        self,
        operation: str,
        body: bytes,
        partition: Partition,
        at: Instant,
        start: Instant,
        number: int,
        changes_before: int,
        client_token_made_up: bool,
    ) -> None:
        # Plain values only: a list or dictionary here would be one more object for the garbage collector, for each call.
        self.operation = operation
        self.partition = partition
        self.number = number
        self._body = body
        self._at = at
        self._start = start
        self.changes_before = changes_before
        self._client_token_made_up = client_token_made_up
        self._answered_at: Instant | None = None
        self._packed: bytes = _EMPTY
        self._error: EcsError | Problem | None = None
        self._earlier: tuple[Attempt, ...] = ()
        self.left_out = 0
        self.repeated_until = at
        self.answered_by: str | None = None
        self.previous_page: Call | None = None

    def answered(self, at: Instant, packed: bytes, error: EcsError | None) -> None:
        """Note the answer to one attempt.

        Args:
            at: when it was answered.
            packed: the response, packed (`documents.py`).
            error: the error that ECS answered with, if it did.
        """
        if self._answered_at is not None:
            self._earlier = self.attempts
        if error is not None:
            # The frames of the traceback hold the request and the state, which the recorded call mustn't keep alive.
            error.__traceback__ = error.__context__ = None
        self._answered_at = at
        self._packed = packed
        self._error = error

    def answered_elsewhere(self, at: Instant, answer: OtherAnswer) -> None:
        """Note that something else has answered in the fake's place."""
        self.answered(at, documents.pack(answer.response), answer.error)
        self.answered_by = answer.by

    def failed(self, at: Instant, problem: Problem) -> None:
        """Note that the fake had no answer."""
        if self._answered_at is not None:
            self._earlier = self.attempts
        self._answered_at = at
        self._error = problem

    def stand_for(self, other: Call) -> None:
        """Stand for an equal call too, which isn't kept."""
        self.left_out += 1
        self.repeated_until = other._at

    @property
    def question(self) -> tuple[str, Partition, bytes]:
        """What was asked: calls with the same question are equal but for their time."""
        return self.operation, self.partition, self._body

    @property
    def page(self) -> int:
        """Which page of a listing it asked for: 1 for a call without a nextToken, 2 for the one that goes on where that ended, and so on."""
        page, call = 1, self
        while call.previous_page is not None:
            page, call = page + 1, call.previous_page
        return page

    @property
    def account(self) -> str:
        """The account that it was made in."""
        return self.partition.account

    @property
    def region(self) -> str:
        """The region that it was made in."""
        return self.partition.region

    @property
    def at(self) -> datetime:
        """When it was made: virtual time, in UTC."""
        return to_datetime(self._at)

    @property
    def since_start(self) -> timedelta:
        """How much virtual time passed between the start of the fake and the call."""
        return timedelta(microseconds=self._at - self._start)

    @property
    def params(self) -> dict[str, Any]:
        """The request parameters as the caller gave them, so without a clientToken that botocore made up.

        Empty if the body isn't a JSON object; boto3 never sends such a body.
        """
        try:
            params = documents.from_json(self._body)
        except (ValueError, RecursionError):
            return {}
        if not isinstance(params, dict):
            return {}
        if self._client_token_made_up:
            params.pop("clientToken", None)
        return with_datetimes(params, self.operation, "request")

    @property
    def response(self) -> dict[str, Any] | None:
        """The response as boto3 returns it, without ResponseMetadata; None if the last attempt got no response."""
        if self._answered_at is None or self._error is not None:
            return None
        return with_datetimes(documents.unpack(self._packed), self.operation, "response")

    @property
    def failures(self) -> list[dict[str, Any]]:
        """The entries of the response's `failures[]`."""
        if self._error is not None or self._packed.endswith(_NO_FAILURES):
            return []
        failures: list[dict[str, Any]] = documents.unpack(self._packed).get("failures", [])
        return failures

    @property
    def error(self) -> EcsError | None:
        """The error that ECS answered the last attempt with: `call.error.code`, `.message`, `.fields`. None if it answered with a response."""
        return self._error if isinstance(self._error, EcsError) else None

    @property
    def problem(self) -> Problem | None:
        """Why the fake had no answer, such as an operation that isn't built; None if it had one."""
        return None if isinstance(self._error, EcsError) else self._error

    @property
    def attempts(self) -> tuple[Attempt, ...]:
        """The attempts that were answered, in order. Empty until the first answer."""
        if self._answered_at is None:
            return ()
        return (*self._earlier, Attempt(to_datetime(self._answered_at), self.response, self.error, self.problem))

    def __repr__(self) -> str:
        error = "" if self._error is None else f" {type(self._error).__name__}"
        by = "" if self.answered_by is None else f", answered by {self.answered_by}"
        page = f", page {self.page}" if self.page > 1 else ""
        called = cut(f"{self.operation}({keywords(self.params)})", _LONGEST)
        return f"<Call {self.number} {called} {offset_of(self)}{page}{error}{by}>"


def offset_of(call: Call) -> str:
    """How long after the start of the fake a call was made: `+12.5s`."""
    return offset(call.since_start // timedelta(microseconds=1))
