"""The mark that makes a function an operation."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

F = TypeVar("F", bound=Callable[..., object])

OPERATION_ATTRIBUTE = "ecs_operation"


def operation(name: str) -> Callable[[F], F]:
    """Make a function `(region, request) -> response` the answer to the API operation of this name, such as `StopTask`."""

    def mark(function: F) -> F:
        setattr(function, OPERATION_ATTRIBUTE, name)
        return function

    return mark
