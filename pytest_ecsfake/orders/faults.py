"""Faults: what answers a call instead of its operation, or stands in for one of the things that a call is about.

Which order answers a call that several match is said by `Orders.in_turn`. Text of the throttle: Developer Guide, "Request throttling".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, cast

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
from pytest_ecsfake.state.orders import CapacityLimit, Order, Orders, Times, check_times
from pytest_ecsfake.validation.names import check_parameters, error_class, operation_name

if TYPE_CHECKING:
    from pytest_ecsfake import api
    from pytest_ecsfake.arns import Partition


@dataclass(slots=True, eq=False, repr=False)
class Fault(Order):
    """One fault: what answers calls of an operation, which calls, and how many pass first."""

    COUNTS = (*Order.COUNTS, "passed")

    operation: str
    answer: EcsError | api.Failure  # an error for the whole call, or an entry for one thing of it
    after: int
    when: Mapping[str, object]
    passed: int = field(default=0, init=False)

    def is_for(self, operation: str, request: Mapping[str, Any]) -> bool:
        """Whether a call counts for it: as one that passes, or as one that it answers."""
        return operation == self.operation and not self.is_spent and matches(self.when, request)

    @property
    def lets_pass(self) -> bool:
        """Whether the next call that it is for passes."""
        return self.passed < self.after

    def let_pass(self) -> None:
        """Count that a call passed."""
        self.passed += 1


class Faults:
    """The faults that a test orders.

    All take `times`, how many attempts they answer, or "always" (each retry of botocore is one attempt); `after`, how many attempts pass
    first; and `when`, parameters that the call must have, matched in part as in `calls.assert_called`. Except for `failure` and `capacity`
    the operation isn't carried out. All raise EcsFakeUsageError for an unknown operation or parameter, or a wrong number.

    If several match a call, those with a number of times answer first, the oldest before the newer ones; then the newest of those for "always".

    Args:
        orders: takes them, beside the other orders of the fake.
    """

    def __init__(self, orders: Orders) -> None:
        self._orders = orders

    @property
    def ordered(self) -> list[Fault]:
        """The faults, the oldest first."""
        return self._orders.of(Fault)

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
        call fail; a single task of RunTask can fail on several container instances, one order for each, which its `arn` names.

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
        """Limit how many tasks run at one time on a capacity provider or launch type; RunTask has a failure for each task beyond that.

        The limit holds until the next one for the same provider, in each region of each account.

        Args:
            provider: `FARGATE`, `FARGATE_SPOT`, another capacity provider, or a launch type for tasks without a provider.
            available: how many tasks; None lifts the limit.

        Raises:
            EcsFakeUsageError: there can be no such provider, or the number isn't valid.
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
        written = f'faults.capacity("{provider}", available={available})'
        # A limit that is lifted has done its work, whether or not a launch follows.
        return self._orders.add(CapacityLimit(written, provider, available, may_go_unused=available is None))

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
        check_times(where, times)
        if type(after) is not int or after < 0:
            raise EcsFakeUsageError(f"{where} takes after=0 or more, not {after!r}.")
        name = operation_name(operation, where)
        if when is not None and not isinstance(when, Mapping):
            raise EcsFakeUsageError(
                f'{where} takes when=… as parameters by name, such as {{"cluster": "prod"}}, not {when!r}.'
            )
        check_parameters(name, when or {}, where)
        written = f'faults.{kind}("{name}"{shown})'
        return self._orders.add(Fault(written, name, answer, after, dict(when or {}), times=times))

    def meet(self, operation: str, request: Mapping[str, Any]) -> None:
        """Raise what is ordered for this call, if anything is. A call that one fault answers doesn't pass the faults that come after it."""
        answering: Fault | None = None
        for fault in self._orders.in_turn(Fault):
            if not isinstance(fault.answer, EcsError) or not fault.is_for(operation, request):
                continue
            if answering is not None:
                fault.give_way(answering)
            elif fault.lets_pass:
                fault.let_pass()
            else:
                answering = fault
        if answering is not None:
            assert isinstance(answering.answer, EcsError)
            answering.meet()
            raise answering.answer

    def carry_out(
        self,
        operation: str,
        request: dict[str, Any],
        partition: Partition,
        function: Callable[[dict[str, Any]], Mapping[str, Any]],
    ) -> Mapping[str, Any]:
        """Have a call answered by its operation, but for the things of it that are ordered to fail.

        Args:
            operation: the operation's name.
            request: the request, checked already.
            partition: where the call is made.
            function: answers a request.
        """
        entries: list[api.Failure] = []
        rest = request
        first: Fault | None = None
        for fault in self._orders.in_turn(Fault):
            if isinstance(fault.answer, EcsError) or not fault.is_for(operation, request):
                continue
            found = failures.without_one(operation, rest, partition, fault.answer, entries)
            if found is None:
                if first is not None and failures.without_one(operation, request, partition, fault.answer):
                    fault.give_way(first)
            elif fault.lets_pass:
                fault.let_pass()
            else:
                fault.meet()
                first = first or fault
                rest, entry = found
                entries.append(entry)
        if not entries:
            return function(request)
        if failures.nothing_left(operation, rest):
            return {failures.FAILING[operation].answer: [], "failures": entries}
        document = function(rest)
        return {**document, "failures": [*document.get("failures", []), *entries]}
