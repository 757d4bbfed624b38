"""How explanations word times, numbers, names and the orders of a test."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from pytest_ecsfake.clock import SECOND

if TYPE_CHECKING:
    from pytest_ecsfake.state.orders import Order

#: How much of an id is shown.
ID_SHOWN = 8
#: How many names a list shows before it counts the rest.
NAMES_SHOWN = 4


def duration(microseconds: int) -> str:
    """A length of time, to the millisecond: `45 s`."""
    return f"{microseconds / SECOND:.3f}".rstrip("0").rstrip(".") + " s"


def short(identifier: str) -> str:
    """The beginning of the id in an id or an ARN."""
    return identifier.rpartition("/")[2][:ID_SHOWN]


def counted(number: int, noun: str) -> str:
    """A number of things: `1 task`, `3 tasks`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def are(number: int) -> str:
    """`is` for one, `are` for several."""
    return "is" if number == 1 else "are"


def have(number: int) -> str:
    """`has` for one, `have` for several."""
    return "has" if number == 1 else "have"


def listed(names: Iterable[str]) -> str:
    """Names as a sentence lists them: `a`, `a and b`, `a, b and c`; of many the first ones, and how many more there are."""
    all_of_them = list(names)
    shown: Sequence[str] = all_of_them
    if len(all_of_them) > NAMES_SHOWN:
        shown = [*all_of_them[: NAMES_SHOWN - 1], f"{len(all_of_them) - NAMES_SHOWN + 1:,} more"]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} and {shown[-1]}"


def parenthesis(order: Order | None) -> str:
    """The order of the test that is to blame, behind what it caused: ` (your order: …, line 11 of test_deploy.py)`. Empty without one."""
    if order is None:
        return ""
    where = f", {order.line}" if order.line else ""
    return f" (your order: {order.written}{where})"


def capitalised(words: str) -> str:
    """Words as the beginning of a sentence."""
    return words[:1].upper() + words[1:]
