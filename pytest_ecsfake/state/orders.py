"""The orders of a test: one class for each kind of order, and the list of all orders.

The list belongs to the fake and lies outside the world. A snapshot of the world holds no order, so the handle that a test keeps is still the
order after a restore; how often each order was met is restored with the snapshot. When the engine follows an order, it keeps plain values from
it: a container keeps its `Script`, a hook the number of its callable.

If several orders match the same thing, `Orders.in_turn` says which one applies.

Orders are defined here because the engine reads them. Only the endpoint reads faults, so those are defined in `orders/faults.py`.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import TYPE_CHECKING, ClassVar, Literal, TypeVar

from pytest_ecsfake.errors import HIDE_USAGE_ERRORS, EcsFakeUsageError
from pytest_ecsfake.state.scripts import ContainerSelector, Script

if TYPE_CHECKING:
    from types import FrameType

    from pytest_ecsfake.state.traffic_shift import ShiftStage

K = TypeVar("K", bound="Order")

Times = int | Literal["always"]
"""How often an order can be met. After that the next matching order applies; one for "always" only leaves off when a newer one matches."""


@dataclass(slots=True, eq=False, repr=False)
class Order:
    """One order of a test: an error for a call, a script for containers, an answer for a hook.

    Attributes:
        written: the order as the test wrote it, such as `faults.throttle("RunTask")`.
        times: how often it can be met.
        met: how often it was met; a restore brings back the number of the snapshot.
        used: whether it was ever met. A restore doesn't reset it: at the end of a wider scope it says whether any of its tests met the order.
        may_go_unused: whether the order may go unused without failing the test.
        line: where the test wrote it: `line 11 of test_deploy.py`. Empty until it is in the list, and where no file is known.
        number: its place among the orders of the fake, from 1; the newest has the highest.
        gave_way_to: an order that applied where this one matched too; the newest of them. None if there was none.
    """

    #: What meets such an order, for the report of an unused one.
    MET_BY: ClassVar[str] = "call"
    #: The counts that a snapshot holds and a restore brings back.
    COUNTS: ClassVar[tuple[str, ...]] = ("met",)

    written: str
    times: Times = field(default="always", kw_only=True)
    met: int = field(default=0, init=False)
    used: bool = field(default=False, init=False)
    may_go_unused: bool = field(default=False, kw_only=True)
    line: str = field(default="", init=False)
    number: int = field(default=0, init=False)
    gave_way_to: Order | None = field(default=None, init=False)

    def optional(self: K) -> K:
        """Allow the order to go unused: the test doesn't fail if nothing meets it."""
        self.may_go_unused = True
        return self

    @property
    def is_spent(self) -> bool:
        """Whether the order was met as often as it can be met."""
        return self.met == self.times

    def meet(self) -> None:
        """Count that the order was met."""
        self.met += 1
        self.used = True

    def give_way(self, to: Order) -> None:
        """Note that another order applied where this one matched too."""
        if self.gave_way_to is None or self.gave_way_to.number < to.number:
            self.gave_way_to = to

    @property
    def is_overridden(self) -> bool:
        """Whether it never applied because a newer order did: a test overrides its fixture, which is no mistake."""
        return not self.used and self.gave_way_to is not None and self.gave_way_to.number > self.number

    @property
    def met_by(self) -> str:
        """What meets it: `call`."""
        return self.MET_BY

    def unmet(self) -> str:
        """The order as the test wrote it, and what it didn't match: `faults.throttle("RunTask") matched no call`."""
        if self.gave_way_to is None:
            return f"{self.written} matched no {self.met_by}"
        newer = "the newer " if self.is_overridden else ""
        line = f" ({self.gave_way_to.line})" if self.gave_way_to.line else ""
        return f"{self.written} never applied: {newer}{self.gave_way_to.written}{line} came first"

    def complaint(self) -> str:
        """The error text for an unused order."""
        return f"{self.unmet()}. Remove it, or append .optional() if it may go unused."

    def __repr__(self) -> str:
        times = ', times="always"' if self.times == "always" else f" of {self.times}"
        return f"<{self.written}, met {self.met}{times}>"


@dataclass(slots=True, eq=False, repr=False)
class ScriptOrder(Order):
    """An order that gives some containers a script."""

    selector: ContainerSelector
    script: Script

    @property
    def met_by(self) -> str:
        """What meets it: only a container with a health check, if the script says nothing else."""
        return "container with a health check" if self.script.is_for_health_checks_alone else "container"


@dataclass(slots=True, eq=False, repr=False)
class ExecAnswer(Order):
    """An order that answers ExecuteCommand in some containers."""

    MET_BY = "call of ExecuteCommand"

    selector: ContainerSelector
    run: int | None = None  # the number of the callable
    connected: bool = True


@dataclass(slots=True, eq=False, repr=False)
class HookAnswer(Order):
    """An order that answers the lifecycle hooks of a stage, or one of them, in place of their Lambda functions."""

    MET_BY = "lifecycle hook of a deployment"

    stage: ShiftStage
    run: int  # the number of the callable
    target: str | None = None  # the function's ARN or name; None: every function

    def is_for(self, stage: ShiftStage, target: str) -> bool:
        """Whether it answers a hook of this stage that calls this function."""
        if self.stage != stage:
            return False
        return self.target in (None, target) or self.target in target.partition(":function:")[2].split(":")


@dataclass(slots=True, eq=False, repr=False)
class CapacityLimit(Order):
    """An order that limits how many tasks run at one time on a capacity provider or launch type, in each region of each account.

    If there are two limits for the same provider, the newer one applies.
    """

    MET_BY = "launch"

    provider: str
    available: int | None  # None: any number


Snapshot = list[tuple[Order, list[int]]]
"""Each order with its counts."""


def _line_of_the_test() -> str:
    """The innermost line of the stack that isn't the package's own."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_globals.get("__name__", "").partition(".")[0] == "pytest_ecsfake":
        frame = frame.f_back
    return "" if frame is None else f"line {frame.f_lineno} of {PurePath(frame.f_code.co_filename).name}"


class Orders:
    """All orders of one fake, for every account and region, the oldest first."""

    def __init__(self) -> None:
        self._orders: list[Order] = []

    def add(self, order: K) -> K:
        """Append an order to the list, and note the line of the test that gives it."""
        order.line = _line_of_the_test()
        self._orders.append(order)
        order.number = len(self._orders)
        return order

    def of(self, kind: type[K]) -> list[K]:
        """The orders of one kind, the oldest first."""
        return [order for order in self._orders if isinstance(order, kind)]

    def in_turn(self, kind: type[K]) -> list[K]:
        """The orders of one kind that aren't spent, in the order in which they apply.

        Those with a number of times are first, the oldest before the newer ones. Then those for "always", the newest before the older ones: so
        a test overrides what its fixture ordered for always, and an order for the first three tasks leaves the others to the one for always.
        """
        if not self._orders:
            return []  # asked for each task that starts
        orders = [order for order in self.of(kind) if not order.is_spent]
        always = [order for order in orders if order.times == "always"]
        return [*(order for order in orders if order.times != "always"), *reversed(always)]

    def first(self, kind: type[K], matches: Callable[[K], bool]) -> K | None:
        """The order in turn that matches; None if none does. The others that match note that they give way to it."""
        first: K | None = None
        for order in self.in_turn(kind):
            if matches(order):
                if first is None:
                    first = order
                else:
                    order.give_way(first)
        return first

    def unused(self) -> list[Order]:
        """The orders that were never met and may not go unused. One that a newer order overrides isn't unused."""
        return [order for order in self._orders if not (order.used or order.may_go_unused or order.is_overridden)]

    def snapshot(self) -> Snapshot:
        """The orders and their counts, for `restore`."""
        return [(order, [getattr(order, name) for name in order.COUNTS]) for order in self._orders]

    def restore(self, snapshot: Snapshot) -> None:
        """Drop the orders that are newer than the snapshot, and reset the counts of the others."""
        self._orders = [order for order, _ in snapshot]
        for order, counts in snapshot:
            for name, count in zip(order.COUNTS, counts, strict=True):
                setattr(order, name, count)

    def __iter__(self) -> Iterator[Order]:
        return iter(self._orders[:])

    def __len__(self) -> int:
        return len(self._orders)


def check_times(where: str, times: object) -> None:
    """Check the argument `times` of an order.

    Raises:
        EcsFakeUsageError: it is neither "always" nor a whole number from 1.
    """
    __tracebackhide__ = HIDE_USAGE_ERRORS
    if times != "always" and (type(times) is not int or times < 1):
        raise EcsFakeUsageError(f'{where} takes times=1 or more, or "always", not {times!r}.')
