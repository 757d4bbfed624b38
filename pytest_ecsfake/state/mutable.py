"""What can change in the world, and how the first change of each thing after a snapshot is noticed.

Every class of the state whose objects change is a `Mutable`. As long as no snapshot was taken, that costs nothing: an object is of its own class.
A snapshot puts every object under guard: its class becomes a subclass that reports the first change, or the first access to a list, dictionary or
set in one of its fields, since that may change it. What was there before is kept then, and the object is of its own class again. So a test pays for
what it touches, whatever else there is.

What a guard knows of a class comes from the annotations of its attributes. A list, dict, set, deque, OrderedDict or Random that is annotated as
such may be changed in place; one that is annotated as a `Sequence`, a `Mapping` or a document of the API never is. `tests/state/test_mutable.py`
refuses a class of the state that isn't a `Mutable`, isn't frozen and isn't kept by its owner, and an annotation that says neither.
"""

from __future__ import annotations

import inspect
import random
import re
from collections import OrderedDict, deque
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from operator import attrgetter
from typing import Any, ClassVar, NamedTuple, Protocol, TypeVar

C = TypeVar("C", bound=type)


class Keeper(Protocol):
    """Keeps what was there before a change."""

    def keep(self, item: Mutable) -> None:
        """Keep the state of an object that is about to change, and end its guard."""


class Mutable:
    """An object of the state that changes."""

    __slots__ = ("_keeper",)

    _keeper: Keeper
    """Who keeps what was there before. Set once the object has been part of a snapshot."""

    #: The methods of a collection that change the item with a key, their first argument. Such a collection notes the keys itself (see `Store`).
    keyed: ClassVar[tuple[str, ...]] = ()

    def __getstate__(self) -> object:
        """What a copy has: every attribute but who keeps the changes of the original."""
        cls: type = type(self)
        names = [name for name in _slots_of(cls) if hasattr(self, name)]
        return getattr(self, "__dict__", None), {name: getattr(self, name) for name in names}


@cache
def _slots_of(cls: type) -> tuple[str, ...]:
    return tuple(name for each in cls.__mro__ if each is not Mutable for name in each.__dict__.get("__slots__", ()))


class _Kind(NamedTuple):
    """How the contents of one kind of container are copied, and put back into the same container."""

    copy: Callable[[Any], Any]
    refill: Callable[[Any, Any], None]


def _refill(container: Any, contents: Any) -> None:
    container.clear()
    container.update(contents)


def _refill_in_order(container: Any, contents: Any) -> None:
    container.clear()
    container.extend(contents)


#: The containers that may be changed in place.
_CONTAINERS: dict[type, _Kind] = {
    list: _Kind(list, _refill_in_order),
    deque: _Kind(list, _refill_in_order),
    dict: _Kind(dict, _refill),
    OrderedDict: _Kind(OrderedDict, _refill),
    set: _Kind(set, _refill),
    random.Random: _Kind(random.Random.getstate, random.Random.setstate),
}


def container(copy: Callable[[Any], Any], refill: Callable[[Any, Any], None]) -> Callable[[C], C]:
    """Declare a class as a container that the object with it keeps: how its contents are copied, and put back."""

    def declare(cls: C) -> C:
        _CONTAINERS[cls] = _Kind(copy, refill)
        return cls

    return declare


def is_container(annotation: str) -> bool:
    """Whether an annotation says that the attribute may be changed in place."""
    head = re.match(r"[\w.]+", annotation)
    return head is not None and head[0].rpartition(".")[2] in {cls.__name__ for cls in _CONTAINERS}


def attributes_of(cls: type) -> dict[str, str]:
    """The annotated attributes of the objects of a class, and their annotations as they are written."""
    found: dict[str, str] = {}
    for each in reversed(cls.__mro__):
        if each is not Mutable:
            found.update(inspect.get_annotations(each))
    return {name: annotation for name, annotation in found.items() if not annotation.startswith("ClassVar")}


class Layout:
    """What is known of a class of the state: its attributes, and the classes of its objects under guard and while they change.

    Attributes:
        own: the class itself.
        guarded: the class of its objects under guard.
        changing: the class of its objects from their first change to the next snapshot; their own, unless changes are noted by key.
        names: the attributes that are only ever assigned.
        containers: the attributes that may be changed in place.
    """

    __slots__ = ("_read", "changing", "containers", "guarded", "names", "own")

    def __init__(self, own: type[Mutable]) -> None:
        self.own = own
        attributes = attributes_of(own)
        self.containers = tuple(name for name, annotation in attributes.items() if is_container(annotation))
        self.names = tuple(name for name in attributes if name not in self.containers)
        self._read: Callable[[Any], tuple[Any, ...]] = _reading(self.names)
        self.changing = _subclass(own, self, {name: _noting(own, name) for name in own.keyed}) if own.keyed else own
        members: dict[str, Any] = {name: _guarding_container(name) for name in self.containers}
        members |= {
            name: _guarding_method(name) for name in ("__setattr__", "__delattr__", "__reduce_ex__", *own.keyed)
        }
        self.guarded = _subclass(own, self, members)

    def state_of(self, item: Any) -> State:
        """The state of an object that isn't under guard."""
        containers = [
            (value, kind and kind.copy(value))
            for name in self.containers
            for value in (getattr(item, name),)
            for kind in (_CONTAINERS.get(type(value)),)
        ]
        return State(self._read(item), containers)

    def put(self, item: Any, state: State) -> None:
        """Put an object that isn't under guard in a state. Each container stays the object that it was then."""
        for name, value in zip(self.names, state.values, strict=True):
            setattr(item, name, value)
        for name, (value, contents) in zip(self.containers, state.containers, strict=True):
            setattr(item, name, value)
            if contents is not None:
                _CONTAINERS[type(value)].refill(value, contents)

    def parts_of(self, item: Any) -> Iterator[Any]:
        """The values of the attributes of an object that isn't under guard, among them the objects that are part of it."""
        yield from self._read(item)
        for name in self.containers:
            yield getattr(item, name)


class State(NamedTuple):
    """The state of one object: its assigned values, and its containers, each with a copy of its contents."""

    values: tuple[Any, ...]
    containers: list[tuple[Any, Any]]


_LAYOUTS: dict[type, Layout] = {}


def layout_of(cls: type) -> Layout:
    """The layout of a class of the state, also for the class of its objects under guard or while they change."""
    layout = _LAYOUTS.get(cls)
    if layout is None:
        layout = Layout(cls)
        _LAYOUTS[layout.own] = _LAYOUTS[layout.guarded] = _LAYOUTS[layout.changing] = layout
    return layout


def set_class(item: Mutable, cls: type) -> None:
    """Put an object under guard or end its guard, by its class."""
    object.__setattr__(item, "__class__", cls)


def _subclass(own: type, layout: Layout, members: Mapping[str, Any]) -> type:
    """A class for the same objects: it has the name of their own, and no attributes beside theirs."""
    named = {"__slots__": (), "__module__": own.__module__, "__qualname__": own.__qualname__, "__doc__": own.__doc__}
    return type(own.__name__, (own,), {**named, **members})


def _reading(names: tuple[str, ...]) -> Callable[[Any], tuple[Any, ...]]:
    if len(names) > 1:
        return attrgetter(*names)
    return lambda item: tuple(getattr(item, name) for name in names)


def _guarding_container(name: str) -> property:
    def read(item: Any) -> Any:
        item._keeper.keep(item)
        return getattr(item, name)

    return property(read)


def _guarding_method(name: str) -> Callable[..., Any]:
    def guarding(item: Any, *arguments: Any, **keywords: Any) -> Any:
        item._keeper.keep(item)
        return getattr(item, name)(*arguments, **keywords)

    return guarding


def _noting(own: type, name: str) -> Callable[..., Any]:
    method = getattr(own, name)

    def noting(item: Any, key: str, *arguments: Any, **keywords: Any) -> Any:
        item.note_key(name, key)
        return method(item, key, *arguments, **keywords)

    return noting
