"""An ordered, indexed collection of resources: found by key, counted and paged by the fields that operations filter on.

A store builds an index over a set of fields at the first query by those fields. After that a query costs as much as its result, whatever the
size of the store. Indexed fields are changed only through `change`, so no index can be out of date.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import islice
from operator import attrgetter
from typing import Any, ClassVar, Generic, TypeVar

from pytest_ecsfake.state.mutable import Mutable
from pytest_ecsfake.state.sorted_keys import SortedKeys

T = TypeVar("T")

#: Reads the values that an item is indexed by: the value itself for one field, a tuple for several.
_Values = Callable[[Any], Any]


#: The sorted keys and the counts that a change of some fields touches.
_Touched = tuple[list[tuple[_Values, dict[Any, SortedKeys]]], list[tuple[_Values, dict[Any, int]]]]


class Entries(Generic[T]):
    """What a store had under some of its keys: the item with its sort key, or None.

    Attributes:
        by_key: the items, in the order in which their keys were noted.
        order: the keys of all items in their order, if one of them has left its place since.
    """

    __slots__ = ("by_key", "order")

    def __init__(self) -> None:
        self.by_key: dict[str, tuple[T, Any] | None] = {}
        self.order: list[str] | None = None


class Store(Mutable, Generic[T]):
    """Items by key, paged in the order of their sort keys.

    A subclass may define how its items sort (`sort_key`); by default they keep the order in which they were added. It also names the properties
    that depend on a field (`derived`), so that those can be filtered on as well.
    """

    #: For each field that can be set: the properties of an item that depend on it.
    derived: ClassVar[Mapping[str, tuple[str, ...]]] = {}

    keyed = ("add", "change", "drop")

    #: The other attributes of a store aren't annotated here: they follow from the items, which a snapshot keeps by their keys.
    _added: int

    def __init__(self) -> None:
        self._items: dict[str, T] = {}
        self._sort_keys: dict[str, Any] = {}
        self._by_sort_key: dict[Any, T] = {}
        self._added = 0
        self._sorted: dict[tuple[str, ...], tuple[_Values, dict[Any, SortedKeys]]] = {}
        self._counts: dict[tuple[str, ...], tuple[_Values, dict[Any, int]]] = {}
        #: What a change of some fields touches, worked out once for each set of fields: at each change it would be 7 % of a task's life.
        self._touched_by: dict[tuple[str, ...], _Touched] = {}

    def sort_key(self, item: T) -> Any:
        """The key that an item is sorted by. It must be unique and must never change."""
        return self._added

    def add(self, key: str, item: T) -> None:
        """Add an item under a key. An item that has the key already is dropped first, so the new one is sorted anew."""
        if key in self._items:
            self.drop(key)
        self._added += 1
        sort_key = self.sort_key(item)
        self._items[key] = item
        self._sort_keys[key] = sort_key
        self._by_sort_key[sort_key] = item
        self._enter_indexes(item, sort_key)

    def drop(self, key: str) -> None:
        """Remove the item with this key."""
        item = self._items.pop(key)
        sort_key = self._sort_keys.pop(key)
        del self._by_sort_key[sort_key]
        self._leave_indexes(item, sort_key)

    def change(self, key: str, **changes: Any) -> None:
        """Set attributes of an item. Attributes that operations filter or count by are changed in no other way."""
        item = self._items[key]
        names = tuple(changes)
        touched = self._touched_by.get(names)
        if touched is None:
            affected = [*names, *(name for changed in names for name in self.derived.get(changed, ()))]
            touched = self._touched_by[names] = (_touched(self._sorted, affected), _touched(self._counts, affected))
        ordered, counted = touched
        for values_of, sorted_keys in ordered:
            _leave(sorted_keys, values_of(item), self._sort_keys[key])
        for values_of, counts in counted:
            _count(counts, values_of(item), -1)
        for name, value in changes.items():
            setattr(item, name, value)
        for values_of, sorted_keys in ordered:
            _enter(sorted_keys, values_of(item), self._sort_keys[key])
        for values_of, counts in counted:
            _count(counts, values_of(item), 1)

    # --- snapshots (see `state/history.py`) ---------------------------------------------------------------------------------------------

    def begin_noting(self) -> Entries[T]:
        """Note from now on what each key that is changed had before."""
        self._noted: Entries[T] = Entries()
        return self._noted

    def note_key(self, method: str, key: str) -> None:
        """Note what a key has, before one of the methods that are `keyed` changes it."""
        noted = self._noted
        if key not in noted.by_key:
            noted.by_key[key] = self._entry(key)
        if method == "drop" and noted.order is None:  # until now items were only added
            noted.order = [each for each in self._items if noted.by_key.get(each, noted) is not None]

    def items_of(self, entries: Entries[T]) -> list[T]:
        """The items that the store has under the keys of some entries."""
        return [self._items[key] for key in entries.by_key if key in self._items]

    def take_out(self, entries: Entries[T]) -> Entries[T]:
        """Take the keys of some entries out of the indexes, before their items change; return what the store has under them."""
        back: Entries[T] = Entries()
        back.order = None if entries.order is None else list(self._items)
        for key in entries.by_key:
            entry = back.by_key[key] = self._entry(key)
            if entry is not None:
                self._leave_indexes(*entry)
        return back

    def put_in(self, entries: Entries[T]) -> None:
        """Put the items of some entries under their keys and into the indexes, once they have changed."""
        for key, entry in entries.by_key.items():
            before = self._entry(key)
            if before is not None and (entry is None or before[0] is not entry[0]):
                del self._items[key], self._sort_keys[key], self._by_sort_key[before[1]]
        for key, entry in entries.by_key.items():
            if entry is not None:
                item, sort_key = entry
                self._items[key], self._sort_keys[key], self._by_sort_key[sort_key] = item, sort_key, item
                self._enter_indexes(item, sort_key)
        if entries.order is not None:
            self._items = {key: self._items[key] for key in entries.order}

    def _entry(self, key: str) -> tuple[T, Any] | None:
        return (self._items[key], self._sort_keys[key]) if key in self._items else None

    def _enter_indexes(self, item: T, sort_key: Any) -> None:
        for values_of, sorted_keys in self._sorted.values():
            _enter(sorted_keys, values_of(item), sort_key)
        for values_of, counts in self._counts.values():
            _count(counts, values_of(item), 1)

    def _leave_indexes(self, item: T, sort_key: Any) -> None:
        for values_of, sorted_keys in self._sorted.values():
            _leave(sorted_keys, values_of(item), sort_key)
        for values_of, counts in self._counts.values():
            _count(counts, values_of(item), -1)

    # --- reading ------------------------------------------------------------------------------------------------------------------------

    def get(self, key: str) -> T | None:
        """The item with this key, or None."""
        return self._items.get(key)

    def __contains__(self, key: str) -> bool:
        return key in self._items

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[T]:
        """All items, in the order in which they were added."""
        return iter(self._items.values())

    def keys(self) -> Iterator[str]:
        """All keys, in the order in which their items were added."""
        return iter(self._items)

    def count(self, **fields: Any) -> int:
        """How many items have these values."""
        names = tuple(sorted(fields))
        return self._counts_by(names).get(_asked(fields, names), 0)

    def counts(self, field: str) -> Mapping[Any, int]:
        """How many items have each value of a field. A value that no item has is absent."""
        return self._counts_by((field,))

    def _counts_by(self, names: tuple[str, ...]) -> dict[Any, int]:
        index = self._counts.get(names)
        if index is None:
            values_of = _reading(names)
            index = self._counts[names] = (values_of, dict(Counter(map(values_of, self))))
            self._touched_by.clear()
        return index[1]

    def _sorted_by(self, names: tuple[str, ...]) -> dict[Any, SortedKeys]:
        index = self._sorted.get(names)
        if index is None:
            values_of = _reading(names)
            index = self._sorted[names] = (values_of, {})
            self._touched_by.clear()
            for key, item in self._items.items():
                _enter(index[1], values_of(item), self._sort_keys[key])
        return index[1]

    def page(
        self,
        size: int,
        *,
        after: Any | None = None,
        descending: bool = False,
        where: Callable[[T], bool] | None = None,
        **fields: Any,
    ) -> tuple[list[T], Any | None]:
        """One page of the items with these values, and the sort key that the next page starts after (None: this is the last page).

        Args:
            size: the most items on the page.
            after: the sort key of the last item on the previous page.
            descending: whether to go from the last item to the first.
            where: a further condition, for what no index covers. It is called for each item, so it costs more than `fields`.
            fields: the values that an item must have, by attribute.
        """
        names = tuple(sorted(fields))
        sorted_keys = self._sorted_by(names).get(_asked(fields, names))
        if sorted_keys is None:
            return [], None
        keys = sorted_keys.after(after, descending=descending)
        if where is not None:
            keys = (key for key in keys if where(self._by_sort_key[key]))
        found = list(islice(keys, size + 1))
        items = [self._by_sort_key[sort_key] for sort_key in found[:size]]
        return items, found[size - 1] if len(found) > size else None


def _reading(names: tuple[str, ...]) -> _Values:
    return attrgetter(*names) if names else _nothing


def _nothing(_: object) -> None:
    """The value for an index over no fields: the same for every item."""


def _asked(fields: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    """The values of a query, in the form in which `_reading` returns an item's values."""
    if len(names) == 1:
        return fields[names[0]]
    return tuple([fields[name] for name in names]) if names else None


def _touched(indexes: Mapping[tuple[str, ...], T], changed: Iterable[str]) -> list[T]:
    return [index for names, index in indexes.items() if not set(names).isdisjoint(changed)]


def _enter(sorted_keys: dict[Any, SortedKeys], values: Any, sort_key: Any) -> None:
    sorted_keys.setdefault(values, SortedKeys()).add(sort_key)


def _leave(sorted_keys: dict[Any, SortedKeys], values: Any, sort_key: Any) -> None:
    sorted_keys[values].drop(sort_key)
    if not sorted_keys[values]:
        del sorted_keys[values]


def _count(counts: dict[Any, int], values: Any, by: int) -> None:
    number = counts.get(values, 0) + by
    if number:
        counts[values] = number
    else:
        del counts[values]
