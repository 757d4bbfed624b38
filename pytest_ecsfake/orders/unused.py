"""What a test orders and may never use: the one thing that faults, scripts and conditions of the world have in common.

An order that nothing met is told when the test ends (the option `strict`), since a test that orders trouble and passes without it
shows nothing. Whoever takes orders gives them to `EcsFake.orders`; the rest is done here, in `fake.py` and in `plugin.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Protocol


class Order(Protocol):
    """One order of a test.

    Attributes:
        used: whether anything ever met it; once true, it stays so, also where a wider scope puts its state back.
        may_go_unused: whether the test said that nothing needs to meet it (`.optional()`).
    """

    used: bool
    may_go_unused: bool

    def unmet(self) -> str:
        """The order as the test wrote it and what never came, such as `faults.throttle("RunTask") was met by no call`."""


def unused(orders: Iterable[Order]) -> list[Order]:
    """The orders that nothing met although something should have."""
    return [order for order in orders if not (order.used or order.may_go_unused)]


def complaint(order: Order) -> str:
    """What the test author reads of an unused order."""
    return f"{order.unmet()}. Take it out, or write .optional() behind it where nothing needs to meet it."


def carry_over(left: Sequence[Order], put_back: Sequence[Order]) -> None:
    """Have orders that were put back know what was used of them meanwhile.

    Args:
        left: the orders of the state that is left.
        put_back: the same orders, as the state that comes back has them.
    """
    for before, after in zip(left, put_back, strict=True):
        after.used |= before.used
