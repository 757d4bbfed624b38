"""The journal of a region: each change of state, when, of what, from what, to what, and why.

Who changes something writes here and knows no reader; events, reports and schedulers subscribe. Entries are tuples of plain values, which
the garbage collector soon stops tracking: a hundred thousand of them don't make the next one dearer.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

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


class Journal:
    """What has changed in one region, in order."""

    __slots__ = ("_entries", "_subscribers")

    def __init__(self) -> None:
        self._entries: list[Entry] = []
        self._subscribers: list[Callable[[Entry], None]] = []

    def write(self, entry: Entry) -> None:
        """Note a change, and tell those who subscribed."""
        self._entries.append(entry)
        for subscriber in self._subscribers:
            subscriber(entry)

    def subscribe(self, subscriber: Callable[[Entry], None]) -> None:
        """Have every later entry told; the subscriber is called in the middle of the change and only takes note."""
        self._subscribers.append(subscriber)

    def __iter__(self) -> Iterator[Entry]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)
