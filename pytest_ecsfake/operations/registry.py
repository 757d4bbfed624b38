"""The mark that makes a function an operation."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

F = TypeVar("F", bound=Callable[..., object])

OPERATION_ATTRIBUTE = "ecs_operation"
SIMPLIFIED_ATTRIBUTE = "simplified"


def operation(name: str, *, simplified: tuple[str, ...]) -> Callable[[F], F]:
    """Make a function `(region, request) -> response` the answer to an API operation.

    Args:
        name: the operation's name, such as `StopTask`.
        simplified: what of the real operation isn't here, is assumed, or is simpler: a sentence each. They are printed in
            docs/coverage.md, so that a reader knows what a passing test doesn't show.
    """

    def mark(function: F) -> F:
        setattr(function, OPERATION_ATTRIBUTE, name)
        setattr(function, SIMPLIFIED_ATTRIBUTE, simplified)
        return function

    return mark
