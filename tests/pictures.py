"""The whole state of a world as plain values, to compare what it is with what it was.

It is read past everything that notices a change, and knows nothing of what a snapshot keeps: so it also sees what a snapshot forgot.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Iterator
from functools import partial
from types import FunctionType
from typing import Any

from pytest_ecsfake.state.flat_log import FlatLog
from pytest_ecsfake.state.mutable import layout_of
from pytest_ecsfake.state.region import World
from pytest_ecsfake.state.store import Store

ATOMS = (str, int, float, bool, bytes, type(None), FunctionType, type)

#: What isn't state: who keeps changes, the orders, which stay, and what follows from the items of a store (`indexes_of` compares it with them).
LEFT_OUT = {
    "_keeper",
    "_history",
    "_noted",
    "orders",
    "_by_sort_key",
    "_counts",
    "_sort_keys",
    "_sorted",
    "_touched_by",
}


def picture_of(world: World) -> list[Any]:
    """Each object of the world once, in the order in which it is met: what it is, and its values; a later meeting is its number."""
    picture: list[Any] = []
    numbers: dict[int, int] = {}
    met: list[Any] = []  # so that no number is given twice

    def show(value: Any) -> Any:
        if isinstance(value, ATOMS):
            return value
        if id(value) in numbers:
            return f"number {numbers[id(value)]}"
        number = numbers[id(value)] = len(met)
        met.append(value)
        picture.append(None)
        picture[number] = (own_class(value).__name__, [show(each) for each in values_of(value)])
        return f"number {number}"

    show(world)
    return picture


def own_class(value: Any) -> type:
    """The class that an object has when nobody guards it."""
    cls = type(value)
    return layout_of(cls).own if hasattr(cls, "keyed") else cls


def values_of(value: Any) -> Iterator[Any]:
    """The values of an object, each attribute behind its name."""
    if isinstance(value, dict):
        yield from (each for pair in value.items() for each in pair)
    elif isinstance(value, (list, tuple, deque)):
        yield from value
    elif isinstance(value, (set, frozenset)):
        yield from sorted(value)
    elif isinstance(value, random.Random):
        yield value.getstate()
    elif isinstance(value, partial):
        yield from (value.func, value.args)
    if isinstance(value, Store):
        yield from (each for pair in sorted(value._sort_keys.items()) for each in pair)
        yield from indexes_of(value)
    yield from (each for pair in sorted(attributes_of(value).items()) if pair[0] not in LEFT_OUT for each in pair)


def attributes_of(value: Any) -> dict[str, Any]:
    """The attributes of an object, read past its properties."""
    cls = own_class(value)
    found: dict[str, Any] = dict(object.__getattribute__(value, "__dict__")) if hasattr(value, "__dict__") else {}
    for each in cls.__mro__:
        slots = each.__dict__.get("__slots__", ())
        for name in (slots,) if isinstance(slots, str) else slots:
            try:
                found[name] = each.__dict__[name].__get__(value)
            except (AttributeError, KeyError):  # never set
                continue
    if isinstance(value, FlatLog):
        del found["_record"]
    return found


def indexes_of(store: Store[Any]) -> Iterator[str]:
    """Nothing; an index that isn't what the items make it is shown, so that the picture differs."""
    for names, (read, sorted_keys) in store._sorted.items():
        made: dict[Any, list[Any]] = {}
        for key, item in store._items.items():
            made.setdefault(read(item), []).append(store._sort_keys[key])
        if {value: list(keys.after(None)) for value, keys in sorted_keys.items()} != {
            value: sorted(keys) for value, keys in made.items()
        }:
            yield f"the sorted keys by {names} aren't those of the items"
    for names, (read, counts) in store._counts.items():
        counted: dict[Any, int] = {}
        for item in store:
            counted[read(item)] = counted.get(read(item), 0) + 1
        if counts != counted:
            yield f"the counts by {names} aren't those of the items"
    if {store._sort_keys[key]: item for key, item in store._items.items()} != store._by_sort_key:
        yield "the items by sort key aren't the items"
