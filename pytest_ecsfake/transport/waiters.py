"""Explains the errors of botocore's waiters: a WaiterError that is raised while a fake is on says in its notes what the waiter waited for."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any, Protocol


class Explaining(Protocol):
    """The part of an active fake that is needed here."""

    def explain_waiter(self, operation: str, error: BaseException) -> None:
        """Add the explanation to the notes of a waiter's error, if it was ECS that the waiter asked."""


class Waiters:
    """What is put around `wait` of botocore's and aiobotocore's waiters. It does nothing while no fake is on.

    Args:
        current: returns the active fake, or None.
    """

    def __init__(self, current: Callable[[], Explaining | None]) -> None:
        self._current = current

    def wait(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """Wrap `Waiter.wait`."""

        @functools.wraps(original)
        def wait(waiter: Any, **kwargs: Any) -> Any:
            __tracebackhide__ = True
            try:
                return original(waiter, **kwargs)
            except Exception as error:
                self._explain(waiter, error)
                raise

        return wait

    def wait_async(self, original: Callable[..., Any]) -> Callable[..., Any]:
        """Wrap `AIOWaiter.wait`."""

        @functools.wraps(original)
        async def wait(waiter: Any, **kwargs: Any) -> Any:
            __tracebackhide__ = True
            try:
                return await original(waiter, **kwargs)
            except Exception as error:
                self._explain(waiter, error)
                raise

        return wait

    def _explain(self, waiter: Any, error: Exception) -> None:
        fake = self._current()
        if fake is not None and type(error).__name__ == "WaiterError":
            fake.explain_waiter(waiter.config.operation, error)
