"""One recorded call: kept as bytes and decoded when it is read."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple

from pytest_ecsfake import documents
from pytest_ecsfake.arns import Partition
from pytest_ecsfake.clock import Instant, to_datetime
from pytest_ecsfake.errors import EcsError, EcsFakeError
from pytest_ecsfake.validation.timestamps import with_datetimes

_EMPTY = documents.pack({})


class Attempt(NamedTuple):
    """One answer to a call. botocore makes a further attempt where it retries; most calls have one only."""

    at: datetime
    response: dict[str, Any] | None
    """As boto3 hands it out, without ResponseMetadata; None when the answer was no response."""
    error: EcsError | None
    """What ECS refused the attempt with: `code`, `message`, `fields`."""
    problem: EcsFakeError | None
    """Why the fake had no answer, such as an operation that isn't built."""


class Call:
    """One call of a client, however often botocore retried it.

    Attributes:
        operation: the operation's name, such as `RunTask`.
        partition: the account and the region that it was made in.
        number: its place among the recorded calls, counted from 1.
        changes_before: how many changes of its region's state had happened when it was made; the time line is put in order by it.
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
        "changes_before",
        "number",
        "operation",
        "partition",
    )

    def __init__(  # noqa: PLR0917 (in the way of every call, where keywords cost as much as all the rest)
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
        # Plain values only: a container made here would be one more thing for the garbage collector to look at, for each call.
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
        self._error: EcsError | EcsFakeError | None = None
        self._earlier: tuple[Attempt, ...] = ()

    def answered(self, at: Instant, packed: bytes, error: EcsError | None) -> None:
        """Note the answer to one attempt.

        Args:
            at: when it was given.
            packed: the response, packed (`documents.py`).
            error: what ECS refused the attempt with, if it did.
        """
        if self._answered_at is not None:
            self._earlier = self.attempts
        if error is not None:
            # The frames that it was raised in hold the request and the state; the record isn't to keep them alive.
            error.__traceback__ = error.__context__ = None
        self._answered_at = at
        self._packed = packed
        self._error = error

    def failed(self, at: Instant, problem: EcsFakeError) -> None:
        """Note that the fake had no answer."""
        if self._answered_at is not None:
            self._earlier = self.attempts
        self._answered_at = at
        self._error = problem

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
        """When it was made, in UTC and the fake's time."""
        return to_datetime(self._at)

    @property
    def since_start(self) -> timedelta:
        """How long after the fake was turned on it was made."""
        return timedelta(microseconds=self._at - self._start)

    @property
    def params(self) -> dict[str, Any]:
        """The request parameters as the caller gave them; a clientToken that botocore made up isn't among them.

        Empty for a body that is no JSON object, which no client of boto3 sends.
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
        """The response as boto3 hands it out, without ResponseMetadata; None where the last attempt got none."""
        if self._answered_at is None or self._error is not None:
            return None
        return with_datetimes(documents.unpack(self._packed), self.operation, "response")

    @property
    def error(self) -> EcsError | None:
        """What ECS refused the last attempt with: `call.error.code`, `.message`, `.fields`; None where it didn't."""
        return self._error if isinstance(self._error, EcsError) else None

    @property
    def problem(self) -> EcsFakeError | None:
        """Why the fake had no answer, such as an operation that isn't built; None where it had one."""
        return self._error if isinstance(self._error, EcsFakeError) else None

    @property
    def attempts(self) -> tuple[Attempt, ...]:
        """The answers in order, one for each attempt of botocore; empty as long as there is none."""
        if self._answered_at is None:
            return ()
        return (*self._earlier, Attempt(to_datetime(self._answered_at), self.response, self.error, self.problem))

    def __repr__(self) -> str:
        error = "" if self._error is None else f" {type(self._error).__name__}"
        return f"<Call {self.number} {self.operation} {offset_of(self)}s{error}>"


def offset_of(call: Call) -> str:
    """The seconds from the start of the fake to a call: `+12.5`."""
    return f"{call.since_start.total_seconds():+.3f}".rstrip("0").rstrip(".")
