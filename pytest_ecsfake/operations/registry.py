"""The decorator that makes a function an operation."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

F = TypeVar("F", bound=Callable[..., object])

OPERATION_ATTRIBUTE = "ecs_operation"
SIMPLIFIED_ATTRIBUTE = "simplified"


def operation(name: str, *, simplified: tuple[str, ...]) -> Callable[[F], F]:
    """Make a function `(region, request) -> response` answer an API operation.

    Args:
        name: the operation's name, such as `StopTask`.
        simplified: what is missing, assumed or simpler than in ECS, one sentence each. They are printed in docs/coverage.md, so that a
            reader knows what a passing test doesn't prove.
    """

    def mark(function: F) -> F:
        setattr(function, OPERATION_ATTRIBUTE, name)
        setattr(function, SIMPLIFIED_ATTRIBUTE, simplified)
        return function

    return mark
