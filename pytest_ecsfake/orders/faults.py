"""Trouble on order: what answers a call instead of its operation, or stands in for one of the things that a call is about.

Orders are served first come, first served, each as often as it says. Text of the throttle: Developer Guide, "Request throttling".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, cast

from pytest_ecsfake.errors import (
    HIDE_USAGE_ERRORS,
    EcsError,
    EcsFakeUsageError,
    EndpointConnectionError,
    ReadTimeoutError,
    ThrottlingException,
)
from pytest_ecsfake.orders import failures
from pytest_ecsfake.recording.matching import matches
from pytest_ecsfake.state.capacity_provider import FARGATE_PROVIDERS
from pytest_ecsfake.state.conditions import CapacityLimit, Conditions
from pytest_ecsfake.validation.names import check_parameters, error_class, operation_name

if TYPE_CHECKING:
    from pytest_ecsfake import api
    from pytest_ecsfake.arns import Place


@dataclass(slots=True, repr=False)
class Fault:
    """One order: what answers calls of an operation, which calls, and how often."""

    written: str  # as the test wrote it
    operation: str
    answer: EcsError | api.Failure  # an error for the whole call, or an entry for one thing of it
    times: int | Literal["always"]
    after: int
    when: Mapping[str, object]
    passed: int = 0
    met: int = 0
    used: bool = False
    may_go_unused: bool = False

    def optional(self) -> Fault:
        """Say that no call needs to meet this order."""
        self.may_go_unused = True
        return self

    def __repr__(self) -> str:
        return f"<{self.written}, met {self.met} of {self.times}>"

    def takes(self, operation: str, request: Mapping[str, Any]) -> bool:
        """Whether the order answers this call; a call that it lets pass is counted."""
        if operation != self.operation or self.met == self.times or not matches(self.when, request):
            return False
        if self.passed < self.after:
            self.passed += 1
            return False
        self.met += 1
        self.used = True
        return True

    def unmet(self) -> str:
        """The order as the test wrote it, and what never came."""
        return f"{self.written} was met by no call"


Times = int | Literal["always"]


class Faults:
    """The orders of one fake.

    Args:
        conditions: gives the conditions of the world as it stands.

    What all of them take: `times`, how many attempts they answer, or "always" (each retry of botocore is one attempt); `after`, how many
    attempts pass first; `when`, parameters that the call must have, matched in part as in `calls.assert_called`. But for `failure` and
    `capacity` the operation isn't carried out. All raise EcsFakeUsageError for an unknown operation or parameter, or a number that is none.
    """

    def __init__(self, conditions: Callable[[], Conditions]) -> None:
        self._conditions = conditions
        #: The orders, the oldest first.
        self.ordered: list[Fault] = []

    def throttle(
        self, operation: str, *, times: Times = 1, after: int = 0, when: Mapping[str, object] | None = None
    ) -> Fault:
        """Let the next calls of an operation be throttled; botocore's own retry handling meets it.

        Args:
            operation: `RunTask` or `run_task`.
            times: how many attempts it answers, or "always"; each retry of botocore is one.
            after: how many attempts pass first.
            when: parameters that the call must have, matched in part as in `calls.assert_called`.
        """
        __tracebackhide__ = HIDE_USAGE_ERRORS
        return self._order(
            "throttle", operation, ThrottlingException("Rate exceeded"), times=times, after=after, when=when
        )

    def error(
        self,
        operation: str,
        code: str,
        *,
        message: str = "Ordered by the test.",
        times: Times = 1,
        after: int = 0,
        when: Mapping[str, object] | None = None,
        undeclared: bool = False,
    ) -> Fault:
        """Let the next calls of an operation be refused with an error; what botocore retries, such as ServerException, is retried.

        Args:
            operation: `RunTask` or `run_task`.
            code: an error that the operation declares in the model, such as `AccessDeniedException`.
            message: what ECS says with it.
            times: how many attempts it answers, or "always"; each retry of botocore is one.
            after: how many attempts pass first.
            when: parameters that the call must have, matched in part as in `calls.assert_called`.
            undeclared: whether any other code will do too.

        Raises:
            EcsFakeUsageError: the operation declares no such error; the nearest one is named.
        """
        __tracebackhide__ = HIDE_USAGE_ERRORS
        where = "faults.error()"
        refusal = error_class(operation_name(operation, where), code, where, undeclared=undeclared)
        return self._order(
            "error", operation, refusal(message), times=times, after=after, when=when, shown=f', "{code}"'
        )

    def timeout(
        self, operation: str, *, times: Times = 1, after: int = 0, when: Mapping[str, object] | None = None
    ) -> Fault:
        """Let the next calls of an operation get no answer: botocore meets a ReadTimeoutError, once for each attempt.

        Each costs the client's `read_timeout` of virtual time.
        """
        __tracebackhide__ = HIDE_USAGE_ERRORS
        return self._order(
            "timeout", operation, ReadTimeoutError("Read timed out."), times=times, after=after, when=when
        )

    def connection_error(
        self, operation: str, *, times: Times = 1, after: int = 0, when: Mapping[str, object] | None = None
    ) -> Fault:
        """Let the next calls of an operation find no connection: botocore meets an EndpointConnectionError, once for each attempt."""
        __tracebackhide__ = HIDE_USAGE_ERRORS
        return self._order(
            "connection_error", operation, EndpointConnectionError("refused"), times=times, after=after, when=when
        )

    def failure(
        self,
        operation: str,
        *,
        reason: str,
        arn: str | None = None,
        detail: str | None = None,
        times: Times = 1,
        after: int = 0,
        when: Mapping[str, object] | None = None,
    ) -> Fault:
        """Let one of the things that a call is about fail: `failures[]` has an entry in place of a task, a service, a container instance.

        The operation is carried out without it; where nothing else is left it isn't carried out at all. Two orders let two things of one
        call fail.

        Args:
            operation: `RunTask` or `run_task`; one whose response has `failures`.
            reason: the entry's, such as `RESOURCE:MEMORY` or `MISSING`.
            arn: for RunTask what the entry names, such as a container instance; nothing unless it is given. For operations on a list which of
                its items fails, by its name, id or ARN; the first unless it is given, and in the entry always its ARN.
            detail: the entry's.
            times: in how many calls, or "always".
            after: how many calls pass first.
            when: parameters that the call must have, matched in part as in `calls.assert_called`.

        Raises:
            EcsFakeUsageError: the operation's response has no `failures`.
        """
        __tracebackhide__ = HIDE_USAGE_ERRORS
        where = "faults.failure()"
        name = operation_name(operation, where)
        if name not in failures.FAILING:
            raise EcsFakeUsageError(
                f"the response of {name} has no failures[], which {where} is for. Operations that have: {', '.join(failures.FAILING)}."
            )
        entry: dict[str, object] = {"arn": arn, "reason": reason, "detail": detail}
        for member, text in entry.items():
            if type(text) is not str and not (text is None and member != "reason"):
                raise EcsFakeUsageError(f"{where} takes {member} as a text, not {text!r}.")
        answer = cast("api.Failure", {member: text for member, text in entry.items() if text is not None})
        shown = "".join(f', {member}="{text}"' for member, text in sorted(answer.items(), reverse=True))
        return self._order("failure", name, answer, times=times, after=after, when=when, shown=shown)

    def capacity(self, provider: str, *, available: int | None) -> CapacityLimit:
        """Limit how many tasks run at one time on a capacity provider or launch type; RunTask has a failure for each that finds no place.

        A condition of the world, not of a call: it holds until the next one for the same provider, for each region of each account.

        Args:
            provider: `FARGATE`, `FARGATE_SPOT`, another capacity provider, or a launch type for tasks without a provider.
            available: how many tasks; None lifts the limit.

        Raises:
            EcsFakeUsageError: there can be no such provider, or the number is none.
        """
        __tracebackhide__ = HIDE_USAGE_ERRORS
        # API reference, CreateCapacityProvider, name: none begins with "fargate", in whatever case.
        if type(provider) is not str or (provider.lower().startswith("fargate") and provider not in FARGATE_PROVIDERS):
            raise EcsFakeUsageError(
                f"faults.capacity() takes {', '.join(FARGATE_PROVIDERS)}, the name of another capacity provider or a launch type, "
                f"not {provider!r}."
            )
        if available is not None and (type(available) is not int or available < 0):
            raise EcsFakeUsageError(f"faults.capacity() takes available=0 or more, or None, not {available!r}.")
        limit = CapacityLimit(provider, available, used=available is None)
        self._conditions().capacity.append(limit)
        return limit

    def _order(
        self,
        kind: str,
        operation: str,
        answer: EcsError | api.Failure,
        *,
        times: Times,
        after: int,
        when: Mapping[str, object] | None,
        shown: str = "",
    ) -> Fault:
        __tracebackhide__ = HIDE_USAGE_ERRORS
        where = f"faults.{kind}()"
        if times != "always" and (type(times) is not int or times < 1):
            raise EcsFakeUsageError(f'{where} takes times=1 or more, or "always", not {times!r}.')
        if type(after) is not int or after < 0:
            raise EcsFakeUsageError(f"{where} takes after=0 or more, not {after!r}.")
        name = operation_name(operation, where)
        if when is not None and not isinstance(when, Mapping):
            raise EcsFakeUsageError(
                f'{where} takes when=… as parameters by name, such as {{"cluster": "prod"}}, not {when!r}.'
            )
        check_parameters(name, when or {}, where)
        fault = Fault(f'faults.{kind}("{name}"{shown})', name, answer, times, after, dict(when or {}))
        self.ordered.append(fault)
        return fault

    def meet(self, operation: str, request: Mapping[str, Any]) -> None:
        """Raise what is ordered for this call, if anything is."""
        for fault in self.ordered:
            if isinstance(fault.answer, EcsError) and fault.takes(operation, request):
                raise fault.answer

    def carry_out(
        self,
        operation: str,
        request: dict[str, Any],
        place: Place,
        function: Callable[[dict[str, Any]], Mapping[str, Any]],
    ) -> Mapping[str, Any]:
        """Have a call answered by its operation, but for the things of it that are ordered to fail.

        Args:
            operation: the operation's name.
            request: the request, checked already.
            place: where the call is made.
            function: answers a request.
        """
        entries: list[api.Failure] = []
        rest = request
        for fault in self.ordered:
            if isinstance(fault.answer, EcsError) or fault.operation != operation:
                continue
            found = failures.without_one(operation, rest, place, fault.answer)
            if found is not None and fault.takes(operation, request):
                rest, entry = found
                entries.append(entry)
        if not entries:
            return function(request)
        if failures.nothing_left(operation, rest):
            return {failures.FAILING[operation].answer: [], "failures": entries}
        document = function(rest)
        return {**document, "failures": [*document.get("failures", []), *entries]}

    def snapshot(self) -> list[tuple[Fault, int, int]]:
        """The orders and what each has met and let pass, for `restore`."""
        return [(fault, fault.met, fault.passed) for fault in self.ordered]

    def restore(self, saved: list[tuple[Fault, int, int]]) -> None:
        """Have the orders again as they were."""
        self.ordered = [fault for fault, _, _ in saved]
        for fault, met, passed in saved:
            fault.met, fault.passed = met, passed
