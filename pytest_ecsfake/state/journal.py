"""The journal of a region: every change of state, with its time, resource, old and new value, and reason.

Who changes something writes here and knows no reader; events, reports and schedulers subscribe.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from pytest_ecsfake.clock import Instant
from pytest_ecsfake.state.flat_log import FlatLog


class Entry(NamedTuple):
    """One change: `resource` is the ARN, `change` names what changed (`lastStatus`, `desiredStatus`, `status`)."""

    at: Instant
    kind: str
    resource: str
    change: str
    before: str | None
    after: str | None
    why: str | None


class Journal(FlatLog[Entry]):
    """What has changed in one region, in order."""

    __slots__ = ("_subscribers",)

    def __init__(self) -> None:
        super().__init__(Entry, len(Entry._fields))
        self._subscribers: dict[tuple[str, str], list[Callable[[Entry], None]]] = {}

    def write(  # noqa: PLR0917 (the fields of an entry, in their order)
        self,
        at: Instant,
        kind: str,
        resource: str,
        change: str,
        before: str | None,
        after: str | None,
        why: str | None = None,
    ) -> None:
        """Note a change, and tell those who subscribed."""
        self.note(at, kind, resource, change, before, after, why)
        subscribers = self._subscribers.get((kind, change))
        if subscribers:
            entry = self[-1]
            for subscriber in subscribers:
                subscriber(entry)

    def subscribe(self, kind: str, change: str, subscriber: Callable[[Entry], None]) -> None:
        """Call a function with each later entry of a kind and change, such as `task` and `lastStatus`.

        It is called in the middle of the change, so it must only take notes. It schedules anything that follows for later in the same instant.
        """
        self._subscribers.setdefault((kind, change), []).append(subscriber)

    def shift(self, distance: int) -> None:
        """Let everything have happened that much later, or earlier."""
        self.change_each(Entry._fields.index("at"), lambda at: at + distance)

    # --- snapshots (see `state/history.py`) ---------------------------------------------------------------------------------------------

    def subscriptions(self) -> dict[tuple[str, str], list[Callable[[Entry], None]]]:
        """Who has subscribed, to put it back."""
        return {what: subscribers[:] for what, subscribers in self._subscribers.items()}

    def put_subscriptions(self, before: Mapping[tuple[str, str], list[Callable[[Entry], None]]]) -> None:
        """Have those subscribed who were before."""
        self._subscribers = {what: subscribers[:] for what, subscribers in before.items()}
