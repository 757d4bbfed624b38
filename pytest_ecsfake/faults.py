"""Trouble on order: what answers a call instead of its operation.

Orders are served first come, first served, each as often as it says. Text of the throttle: Developer Guide, "Request throttling".
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_ecsfake import not_built
from pytest_ecsfake.errors import HIDE_USAGE_ERRORS, EcsError, EcsFakeUsageError, ThrottlingException
from pytest_ecsfake.names import operation_name


@dataclass(slots=True)
class Fault:
    """One order: the next `times` calls of `operation` are answered with `error`."""

    operation: str
    error: EcsError
    times: int
    met: int = 0
    may_go_unused: bool = False

    def optional(self) -> Fault:
        """Say that no call needs to meet this order."""
        self.may_go_unused = True
        return self


#: Kinds of trouble that are still to come.
NOT_BUILT = frozenset({"capacity", "connection_error", "error", "failure", "timeout"})


class Faults:
    """The orders of one fake."""

    def __init__(self) -> None:
        self._orders: list[Fault] = []

    def throttle(self, operation: str, *, times: int = 1) -> Fault:
        """Let the next calls of an operation be throttled; botocore's own retry handling meets it.

        Args:
            operation: `RunTask` or `run_task`.
            times: how many attempts are throttled; each retry of botocore is one.

        Raises:
            EcsFakeUsageError: an unknown operation, or `times` is no positive whole number.
        """
        __tracebackhide__ = HIDE_USAGE_ERRORS
        if type(times) is not int or times < 1:
            raise EcsFakeUsageError(f"faults.throttle() takes times=1 or more, not {times!r}.")
        fault = Fault(operation_name(operation, "faults.throttle()"), ThrottlingException("Rate exceeded"), times)
        self._orders.append(fault)
        return fault

    def meet(self, operation: str, request: Mapping[str, Any]) -> None:
        """Raise what is ordered for this call, if anything is."""
        for fault in self._orders:
            if fault.operation == operation and fault.met < fault.times:
                fault.met += 1
                raise fault.error

    def unused(self) -> list[Fault]:
        """The orders that no call met, and that were not said to be optional."""
        return [fault for fault in self._orders if fault.met == 0 and not fault.may_go_unused]

    if not TYPE_CHECKING:

        def __getattr__(self, name):
            __tracebackhide__ = True
            not_built.refuse(self, "ecs_fake.faults", name, NOT_BUILT)

    def kept(self) -> list[tuple[Fault, int]]:
        """The orders and how often each was met, to be put back."""
        return [(fault, fault.met) for fault in self._orders]

    def put_back(self, kept: list[tuple[Fault, int]]) -> None:
        """Have the orders again as they were."""
        self._orders = [fault for fault, _ in kept]
        for fault, met in kept:
            fault.met = met
