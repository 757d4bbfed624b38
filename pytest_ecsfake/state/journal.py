"""The journal of a region: every change of state, with its time, resource, old and new value, and reason.

Code that changes the state writes here and doesn't know the readers; events, reports and schedulers subscribe. All values are kept in one flat
list and become an `Entry` when they are read: a hundred thousand entries that the garbage collector tracks would slow down every allocation.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from pytest_ecsfake.clock import Instant


class Entry(NamedTuple):
    """One change: `resource` is the ARN, `change` names what changed (`lastStatus`, `desiredStatus`, `status`)."""

    at: Instant
    kind: str
    resource: str
    change: str
    before: str | None
    after: str | None
    why: str | None


_WIDTH = len(Entry._fields)


class Journal:
    """What has changed in one region, in order."""

    __slots__ = ("_subscribers", "_values")

    def __init__(self) -> None:
        self._values: list[Any] = []
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
        """Write down a change and call the subscribers."""
        self._values += (at, kind, resource, change, before, after, why)
        if self._subscribers and (kind, change) in self._subscribers:
            entry = Entry(at, kind, resource, change, before, after, why)
            for subscriber in self._subscribers[kind, change]:
                subscriber(entry)

    def subscribe(self, kind: str, change: str, subscriber: Callable[[Entry], None]) -> None:
        """Call a function with each later entry of a kind and change, such as `task` and `lastStatus`.

        It is called in the middle of the change, so it must only take notes. It schedules anything that follows for later in the same instant.
        """
        self._subscribers.setdefault((kind, change), []).append(subscriber)

    def shift(self, distance: int) -> None:
        """Move the time of all entries by a distance, which may be negative."""
        self._values[::_WIDTH] = [at + distance for at in self._values[::_WIDTH]]

    def __getitem__(self, index: int) -> Entry:
        """The entry at an index; a negative index counts from the end."""
        start = range(len(self))[index] * _WIDTH
        return Entry(*self._values[start : start + _WIDTH])

    def __iter__(self) -> Iterator[Entry]:
        for index in range(len(self)):
            yield self[index]

    def __len__(self) -> int:
        return len(self._values) // _WIDTH
