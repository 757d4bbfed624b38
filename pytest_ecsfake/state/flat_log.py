"""A log that costs little to keep: what was noted stands as plain values in one flat list, and becomes a record when somebody reads it.

Most of what is noted is never read. A hundred thousand records would be as many objects for the garbage collector to go through, and make each
further one dearer; the values of a flat list are one object.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import starmap
from typing import Any, Generic, NamedTuple, TypeVar

R = TypeVar("R")


class LogState(NamedTuple):
    """What a log held: the first values of a list, and others behind them that the list has no longer."""

    values: list[Any]
    length: int
    rest: list[Any]

    def leave(self, other: LogState) -> LogState:
        """The same, without what the list will no longer have once the log holds what the other state says. It has it all now."""
        kept = min(self.length, other.length) if self.values is other.values else self.length
        return LogState(self.values, kept, self.values[kept : self.length])


class FlatLog(Generic[R]):
    """Records of one kind, the oldest first.

    Args:
        record: makes one of its values, such as a NamedTuple.
        width: how many values each has.
    """

    __slots__ = ("_record", "_values", "_width")

    def __init__(self, record: Callable[..., R], width: int) -> None:
        self._record = record
        self._width = width
        self._values: list[Any] = []

    def note(self, *values: Any) -> None:
        """Add a record, given by its values."""
        self._values += values

    def forget_all(self) -> None:
        """Be empty again."""
        self._values = []

    def column(self, position: int) -> list[Any]:
        """The value at one position of every record: much faster than reading the records."""
        return self._values[position :: self._width]

    def change_each(self, position: int, change: Callable[[Any], Any]) -> None:
        """Change the value at one position of every record."""
        values = self._values[:]  # a snapshot may need them as they are
        values[position :: self._width] = map(change, values[position :: self._width])
        self._values = values

    # --- snapshots (see `state/history.py`) ---------------------------------------------------------------------------------------------

    def state(self) -> LogState:
        """What the log holds, without a copy of it."""
        return LogState(self._values, len(self._values), [])

    def put(self, state: LogState) -> None:
        """Hold what it held before."""
        self._values = state.values
        del self._values[state.length :]
        self._values += state.rest

    def __getitem__(self, index: int) -> R:
        """The record at an index, counted from the end if negative."""
        start = range(len(self))[index] * self._width
        return self._record(*self._values[start : start + self._width])

    def __iter__(self) -> Iterator[R]:
        values = iter(self._values[:])  # without what is noted meanwhile
        return starmap(self._record, zip(*[values] * self._width, strict=True))

    def __len__(self) -> int:
        return len(self._values) // self._width
