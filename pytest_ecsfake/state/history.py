"""The snapshots of one world, and the way from one to another.

What differs between two snapshots is kept once, and belongs to the one of them that is further from the present. To restore a snapshot is to go
there step by step: each step exchanges what the world holds for what was kept, and keeps the former for the way back (a persistent array after Baker:
"Shallow binding makes functional arrays fast", 1991). So any number of snapshots can be restored in any order, each in the time that what differs
takes; a snapshot that nobody holds and that isn't on the way to another one is forgotten.

Noticed by themselves are the changes of `Mutable` objects. What a world has one of, or one for each region, is copied with each snapshot: where its
clock stands, what is due, and how long its logs are.
"""

from __future__ import annotations

import dataclasses
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from types import FunctionType
from typing import Any, NamedTuple

from pytest_ecsfake.state.mutable import Layout, Mutable, State, layout_of, set_class

#: Values that hold no part of the state.
_ATOMS = frozenset([str, int, float, bool, bytes, type(None), frozenset, FunctionType])


class _Kept(NamedTuple):
    """The state that an object had: what its attributes were, and for a collection the items with the changed keys."""

    item: Mutable
    layout: Layout
    state: State
    entries: Any


class Root(NamedTuple):
    """Something that is copied with each snapshot, whether or not it has changed.

    Args:
        state: returns its state; two states are equal if nothing has changed.
        put: puts it in a state.
        leave: what has to be kept of the first state, where the world is, on the way to the second. A log doesn't copy what both have.
    """

    state: Callable[[], Any]
    put: Callable[[Any], None]
    leave: Callable[[Any, Any], Any] = lambda state, _: state


class Snapshot:
    """A state of a world that can be restored.

    Attributes:
        world: whose state it is.
    """

    __slots__ = ("_differs", "_nearer", "_roots", "world")

    def __init__(self, world: object, roots: dict[Any, tuple[Root, Any]]) -> None:
        self.world = world
        self._roots = roots
        #: The next snapshot on the way to the present, and what differs from it; None and nothing for the newest.
        self._nearer: Snapshot | None = None
        self._differs: list[_Kept] = []


class History:
    """The snapshots of a world.

    Args:
        world: whose state they are.
        roots: returns what is copied with each snapshot, each by a key of its own, in the order in which it is to be put back.
        parts: returns what the world consists of, apart from the parts of parts.
    """

    def __init__(
        self, world: object, roots: Callable[[], Iterable[tuple[Any, Root]]], parts: Callable[[], Iterable[Any]]
    ) -> None:
        self._world = world
        self._roots = roots
        self._parts = parts
        #: The snapshot that the world was in last, and what has changed since then.
        self._newest: Snapshot | None = None
        self._changed: list[_Kept] = []

    def keep(self, item: Mutable) -> None:
        """Keep the state of an object under guard, which is about to change, and end its guard."""
        layout = layout_of(type(item))
        set_class(item, layout.changing)
        entries: Any = item.begin_noting() if layout.own.keyed else None  # type: ignore[attr-defined]
        self._changed.append(_Kept(item, layout, layout.state_of(item), entries))

    def snapshot(self) -> Snapshot:
        """Take a snapshot. As long as nothing changes, it is the same one."""
        roots = {key: (root, root.state()) for key, root in self._roots()}
        before = self._newest
        if before is not None and not self._changed and _states(roots) == _states(before._roots):
            return before
        new = Snapshot(self._world, roots)
        if before is not None:
            before._nearer, before._differs = new, self._changed
        changed, self._changed = self._changed, []
        self._newest = new
        self._guard(changed, self._parts())
        return new

    def restore(self, snapshot: Snapshot) -> None:
        """Put the world in the state of a snapshot of its own."""
        way: list[Snapshot] = []
        each: Snapshot | None = snapshot
        while each is not None:
            way.append(each)
            each = each._nearer
        current = way.pop()  # the newest: what has changed since then is given up
        self._put(self._take_changed())
        _put_roots(current)
        for following in reversed(way):
            differs, following._differs, following._nearer = following._differs, [], None
            _leave(current, following)
            current._nearer, current._differs = following, self._put(differs)
            _put_roots(following)
            following._roots = {key: (root, root.state()) for key, (root, _) in following._roots.items()}
            current = following
        self._newest = current

    def _take_changed(self) -> list[_Kept]:
        changed, self._changed = self._changed, []
        return changed

    def _put(self, kept: list[_Kept]) -> list[_Kept]:
        """Put objects in the states that were kept of them, and under guard; return what is to be kept for the way back."""
        entries = [
            each.item.take_out(each.entries) if each.layout.own.keyed else None  # type: ignore[attr-defined]
            for each in kept
        ]
        back = []
        for each, taken in zip(kept, entries, strict=True):
            set_class(each.item, each.layout.changing)
            back.append(_Kept(each.item, each.layout, each.layout.state_of(each.item), taken))
            each.layout.put(each.item, each.state)
        for each in kept:
            if each.layout.own.keyed:
                each.item.put_in(each.entries)  # type: ignore[attr-defined]
        for each in (
            *kept,
            *self._take_changed(),
        ):  # an index that reads a container has ended a guard without a change
            set_class(each.item, each.layout.guarded)
        return back

    def _guard(self, changed: Iterable[_Kept], parts: Iterable[Any]) -> None:
        """Put under guard what has changed, and what has come with it."""
        seen: set[int] = set()
        found: list[Any] = list(parts)
        for each in changed:
            found += _parts_of_changed(each)
            set_class(each.item, each.layout.guarded)
        while found:
            value = found.pop()
            if isinstance(value, Mutable):
                layout = layout_of(type(value))
                if type(value) is layout.own:
                    found += _without_atoms(layout.parts_of(value))
                    if layout.own.keyed:
                        found += value  # type: ignore[arg-type]
                    object.__setattr__(value, "_keeper", self)
                    set_class(value, layout.guarded)
            elif type(value) not in _ATOMS and id(value) not in seen:
                seen.add(id(value))
                found += _without_atoms(_items_of(value))


def _states(roots: dict[Any, tuple[Root, Any]]) -> dict[Any, Any]:
    return {key: state for key, (_, state) in roots.items()}


def _leave(current: Snapshot, following: Snapshot) -> None:
    """Keep of the roots what the way back needs, before they are put in another state."""
    for key, (root, state) in current._roots.items():
        if key in following._roots:
            current._roots[key] = root, root.leave(state, following._roots[key][1])


def _put_roots(snapshot: Snapshot) -> None:
    for root, state in snapshot._roots.values():
        root.put(state)


def _parts_of_changed(kept: _Kept) -> Iterator[Any]:
    parts = list(kept.layout.parts_of(kept.item))
    if kept.layout.own.keyed:
        parts += kept.item.items_of(kept.entries)  # type: ignore[attr-defined]
    return _without_atoms(parts)


def _without_atoms(values: Iterable[Any]) -> Iterator[Any]:
    return (value for value in values if type(value) not in _ATOMS)


def _items_of(value: Any) -> Iterable[Any]:
    """What a value holds that may be part of the state. A document isn't looked into: its own dictionaries hold none."""
    if isinstance(value, dict):
        return value.values()
    if isinstance(value, (list, tuple, set, deque)):
        return (each for each in value if type(each) is not dict)
    if isinstance(value, partial):
        return value.args
    if dataclasses.is_dataclass(value) and type(value).__module__.startswith(__package__):
        return (getattr(value, each.name) for each in dataclasses.fields(value))
    return ()
