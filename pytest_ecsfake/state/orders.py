"""What a test ordered: one class for every kind of order, and the one list of them.

The list belongs to the fake and lies outside the world. A snapshot of the world holds no order, so the handle that a test keeps is still the
order after a restore; how often each order was met is restored with the snapshot. Where the engine goes by an order it keeps plain values of
it: a container keeps its `Script`, a hook the number of its callable.

Orders stand in this room because the engine asks for them. A fault, which only the endpoint asks for, is defined in `orders/faults.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Literal, TypeVar

from pytest_ecsfake.errors import HIDE_USAGE_ERRORS, EcsFakeUsageError
from pytest_ecsfake.state.scripts import ContainerSelector, Script

if TYPE_CHECKING:
    from pytest_ecsfake.state.traffic_shift import ShiftStage

K = TypeVar("K", bound="Order")

Times = int | Literal["always"]
"""How often an order is met before the next one's turn comes."""


@dataclass(slots=True, eq=False, repr=False)
class Order:
    """One order of a test: an error for a call, a script for containers, an answer for a hook.

    Attributes:
        written: the order as the test wrote it, such as `faults.throttle("RunTask")`.
        times: how often it can be met.
        met: how often it was met; a restore brings back the number of the snapshot.
        used: whether it was ever met. Once true it stays true, since a wider scope is asked at its end whether any of its tests met the order.
        may_go_unused: whether the test said that nothing needs to meet it.
    """

    #: What would have met the order, for the sentence about one that nothing met.
    MET_BY: ClassVar[str] = "call"
    #: The numbers that a restore brings back.
    COUNTS: ClassVar[tuple[str, ...]] = ("met",)

    written: str
    times: Times = field(default="always", kw_only=True)
    met: int = field(default=0, init=False)
    used: bool = field(default=False, init=False)
    may_go_unused: bool = field(default=False, kw_only=True)

    def optional(self: K) -> K:
        """Say that the order may go unused: the test doesn't fail when nothing meets it."""
        self.may_go_unused = True
        return self

    @property
    def is_spent(self) -> bool:
        """Whether the order was met as often as it can be."""
        return self.met == self.times

    def meet(self) -> None:
        """Count that the order was met."""
        self.met += 1
        self.used = True

    def unmet(self) -> str:
        """The order as the test wrote it, and what never came: `faults.throttle("RunTask") matched no call`."""
        return f"{self.written} matched no {self.MET_BY}"

    def complaint(self) -> str:
        """What the test author reads about an unused order."""
        return f"{self.unmet()}. Remove it, or append .optional() if it may go unused."

    def __repr__(self) -> str:
        times = ', times="always"' if self.times == "always" else f" of {self.times}"
        return f"<{self.written}, met {self.met}{times}>"


@dataclass(slots=True, eq=False, repr=False)
class ScriptOrder(Order):
    """A script, and the containers that it is for."""

    selector: ContainerSelector
    script: Script

    def unmet(self) -> str:
        """The order as the test wrote it, and what never came."""
        what = "container with a health check" if self.script.is_for_health_checks_alone else "container"
        return f"{self.written} matched no {what}"


@dataclass(slots=True, eq=False, repr=False)
class ExecAnswer(Order):
    """What answers ExecuteCommand in some containers."""

    MET_BY = "call of ExecuteCommand"

    selector: ContainerSelector
    run: int | None = None  # the number of the callable
    connected: bool = True


@dataclass(slots=True, eq=False, repr=False)
class HookAnswer(Order):
    """What answers at a stage in the place of the Lambda functions of lifecycle hooks, or of one of them."""

    MET_BY = "lifecycle hook of a deployment"

    stage: ShiftStage
    run: int  # the number of the callable
    target: str | None = None  # the ARN of the function, or its name; None: of every hook

    def is_for(self, stage: ShiftStage, target: str) -> bool:
        """Whether it answers for a function whose hook runs at a stage."""
        if self.stage != stage:
            return False
        return self.target in (None, target) or self.target in target.partition(":function:")[2].split(":")


@dataclass(slots=True, eq=False, repr=False)
class CapacityLimit(Order):
    """How many tasks may run at one time on a capacity provider or launch type, in each region of each account.

    Of two limits for the same provider the newer one holds.
    """

    MET_BY = "launch"

    provider: str
    available: int | None  # None: any number


Snapshot = list[tuple[Order, list[int]]]
"""The orders and the counts of each."""


class Orders:
    """All orders of one fake, for every account and region, the oldest first."""

    def __init__(self) -> None:
        self._orders: list[Order] = []

    def add(self, order: K) -> K:
        """Take an order; it comes after all that were written before it."""
        self._orders.append(order)
        return order

    def of(self, kind: type[K]) -> list[K]:
        """The orders of one kind, the oldest first."""
        return [order for order in self._orders if isinstance(order, kind)]

    def unused(self) -> list[Order]:
        """The orders that nothing met although something should have."""
        return [order for order in self._orders if not (order.used or order.may_go_unused)]

    def snapshot(self) -> Snapshot:
        """The orders as they stand, for `restore`."""
        return [(order, [getattr(order, name) for name in order.COUNTS]) for order in self._orders]

    def restore(self, snapshot: Snapshot) -> None:
        """Drop the orders that were written since the snapshot, and set the counts of the others back."""
        self._orders = [order for order, _ in snapshot]
        for order, counts in snapshot:
            for name, count in zip(order.COUNTS, counts, strict=True):
                setattr(order, name, count)

    def __iter__(self) -> Iterator[Order]:
        return iter(self._orders[:])

    def __len__(self) -> int:
        return len(self._orders)


def check_times(where: str, times: object) -> None:
    """Check that `times` is a number of times.

    Raises:
        EcsFakeUsageError: it isn't.
    """
    __tracebackhide__ = HIDE_USAGE_ERRORS
    if times != "always" and (type(times) is not int or times < 1):
        raise EcsFakeUsageError(f'{where} takes times=1 or more, or "always", not {times!r}.')
