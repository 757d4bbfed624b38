"""What the state is made of, class by class: a snapshot finds the changes of each, or it never changes."""

from __future__ import annotations

import dataclasses
import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator

import pytest

from pytest_ecsfake import state
from pytest_ecsfake.state import history, mutable, orders
from pytest_ecsfake.state.mutable import Mutable, attributes_of, is_container
from pytest_ecsfake.state.store import Store

#: Classes that aren't a `Mutable` although they change: what copies them with each snapshot.
KEPT_BY_THEIR_OWNER = {
    "FlatLog": "Region.roots",
    "Journal": "Region.roots",
    "EventLog": "Region.roots",
    "World": "World._roots",
    "SortedKeys": "the store whose items it sorts",
    "WaitingTasks": "mutable.container",
}
#: What a snapshot is made of, and no part of the state.
OF_SNAPSHOTS = {"Entries", "LogState"}

#: A container, in the words of an annotation.
A_CONTAINER = re.compile(r"\b(list|dict|set|deque|OrderedDict|defaultdict|Counter|bytearray|WaitingTasks|Random)\b")


def classes() -> Iterator[type]:
    """Every class that a module of the state defines. Orders lie outside the world."""
    for found in pkgutil.iter_modules(state.__path__):
        module = importlib.import_module(f"{state.__name__}.{found.name}")
        if module not in (history, mutable, orders):
            defined = [each for each in vars(module).values() if getattr(each, "__module__", "") == module.__name__]
            yield from (each for each in defined if inspect.isclass(each) and each.__name__ not in OF_SNAPSHOTS)


CLASSES = sorted(classes(), key=lambda cls: cls.__name__)
MUTABLE = [cls for cls in CLASSES if issubclass(cls, Mutable)]


def never_changes(cls: type) -> bool:
    return issubclass(cls, tuple) or (dataclasses.is_dataclass(cls) and cls.__dataclass_params__.frozen)  # type: ignore[attr-defined]


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_a_class_of_the_state_is_mutable_or_never_changes_or_is_kept_by_its_owner(cls):
    ways = [
        issubclass(cls, Mutable),
        never_changes(cls),
        cls.__name__ in KEPT_BY_THEIR_OWNER,
    ]

    assert ways.count(True) == 1


@pytest.mark.parametrize("cls", MUTABLE, ids=lambda cls: cls.__name__)
def test_an_annotation_says_whether_its_value_may_be_changed_in_place(cls):
    """A container stands first: one inside of another, or beside `None`, would change unnoticed."""
    for name, annotation in attributes_of(cls).items():
        inner = annotation.partition("[")[2] if is_container(annotation) else annotation

        assert not A_CONTAINER.search(inner), f"{name}: {annotation}"


@pytest.mark.parametrize("cls", [cls for cls in CLASSES if never_changes(cls)], ids=lambda cls: cls.__name__)
def test_what_never_changes_has_no_container(cls):
    for name, annotation in inspect.get_annotations(cls).items():
        written = getattr(annotation, "__forward_arg__", annotation)  # a NamedTuple has it wrapped

        assert not A_CONTAINER.search(written), f"{name}: {written}"


@pytest.mark.parametrize("cls", MUTABLE, ids=lambda cls: cls.__name__)
def test_what_changes_is_compared_by_identity(cls):
    """Equal values of two snapshots are the same objects."""
    assert cls.__eq__ is object.__eq__


def attributes_made_by(cls: type) -> set[str]:
    """The attributes that a class gives its objects: its slots, or what its methods assign."""
    slots = {name for each in cls.__mro__ for name in each.__dict__.get("__slots__", ())}
    if not hasattr(object.__new__(cls), "__dict__"):
        return slots
    assigned = re.findall(r"\bself\.(\w+)(?:: [^=\n]+)? = ", inspect.getsource(cls))
    return {*slots, *assigned}


@pytest.mark.parametrize("cls", MUTABLE, ids=lambda cls: cls.__name__)
def test_every_attribute_of_what_changes_is_annotated(cls):
    of_a_store = set() if cls is not Store else {name for name in attributes_made_by(Store) if name != "_added"}

    assert attributes_made_by(cls) - {"_keeper"} - of_a_store == set(attributes_of(cls)) - inherited(cls)


def inherited(cls: type) -> set[str]:
    return {"_added"} if issubclass(cls, Store) and cls is not Store else set()
