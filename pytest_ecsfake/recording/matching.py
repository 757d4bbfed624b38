"""Partial matching: whether a given value matches a recorded one, and how much they differ.

A dictionary matches if each given key does. A list matches if each given element matches a different recorded one, in order. Everything else
is compared by `given == recorded`, with the given value on the left, so `unittest.mock.ANY` and `pytest.approx` work. A compiled pattern matches a
text in which it is found, and a predicate a value for which it is true. A given `None` means "absent": boto3 refuses to send None, so it can't mean
anything else.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from operator import itemgetter
from typing import Any, Final, NamedTuple, TypeGuard

from pytest_ecsfake.errors import HIDE_USAGE_ERRORS, EcsFakeUsageError

Matcher = re.Pattern[str] | Callable[[Any], object]
"""Stands where a value stands: a pattern, which is searched for in a text, or a predicate."""


class _Absent(Enum):
    """The type of ABSENT. An enumeration with one value is a type that type checkers can narrow."""

    ABSENT = "absent"


ABSENT: Final = _Absent.ABSENT
"""Stands for a recorded value that is absent. Not even `unittest.mock.ANY` matches it."""


@dataclass(frozen=True, slots=True)
class Whole:
    """A given value that matches as a whole, not in part: the same keys, and as many elements. Patterns and predicates may stand in it."""

    value: object


class Line(NamedTuple):
    """One line of a comparison: a path, the value that was given for it, the recorded value, and whether they match."""

    path: str
    wanted: object
    got: object
    matching: bool


def matches(given: object, recorded: object) -> bool:
    """Whether a given value matches a recorded one, by the rules of this module."""
    if recorded is ABSENT:
        return given is None
    if isinstance(given, Mapping):
        return isinstance(recorded, Mapping) and all(
            matches(value, recorded.get(key, ABSENT)) for key, value in given.items()
        )
    if isinstance(given, (list, tuple)):
        return isinstance(recorded, (list, tuple)) and _in_order(given, recorded)
    if isinstance(given, Whole):
        return _matches_whole(given.value, recorded)
    return _matches_value(_as_sent(given) if isinstance(given, datetime) else given, recorded)


def is_predicate(given: object) -> TypeGuard[Callable[[Any], object]]:
    """Whether a given value is a function to ask. A class isn't: that a value can be made from another one says nothing of it."""
    return callable(given) and not isinstance(given, type)


def _matches_whole(given: object, recorded: object) -> bool:
    if isinstance(given, Mapping):
        return (
            isinstance(recorded, Mapping)
            and given.keys() == recorded.keys()
            and all(_matches_whole(value, recorded[key]) for key, value in given.items())
        )
    if isinstance(given, (list, tuple)):
        return (
            isinstance(recorded, (list, tuple))
            and len(given) == len(recorded)
            and all(_matches_whole(*pair) for pair in zip(given, recorded, strict=True))
        )
    return _matches_value(given, recorded)


def _matches_value(given: object, recorded: object) -> bool:
    __tracebackhide__ = HIDE_USAGE_ERRORS
    if given == recorded:
        return True
    if isinstance(given, re.Pattern):
        return isinstance(recorded, str) and given.search(recorded) is not None
    if not is_predicate(given):
        return False
    try:
        return bool(given(recorded))
    except Exception as error:
        name = getattr(given, "__qualname__", repr(given))
        raise EcsFakeUsageError(
            f"the predicate {name} raised {error!r} for {recorded!r}. Let it return False for what it isn't about."
        ) from error


def _in_order(given: Sequence[object], recorded: Sequence[object]) -> bool:
    # Greedy: taking the first recorded element that matches leaves the most elements for the rest, so it finds a match if there is one.
    rest = iter(recorded)
    return all(any(matches(wanted, got) for got in rest) for wanted in given)


def _as_sent(moment: datetime) -> datetime:
    """botocore reads a naive datetime as local time and sends whole seconds (botocore: JSONSerializer, unixtimestamp)."""
    return moment.replace(microsecond=0).astimezone()


def distance(given: object, recorded: object) -> int:
    """How many single values of the given one don't match the recorded one; 0 if it matches."""
    if matches(given, recorded):
        return 0
    if isinstance(given, Mapping) and isinstance(recorded, Mapping):
        return sum(distance(value, recorded.get(key, ABSENT)) for key, value in given.items())
    if isinstance(given, (list, tuple)) and isinstance(recorded, (list, tuple)):
        return _align(given, recorded)[0]
    return _size(given)


def _size(given: object) -> int:
    """How many single values a given value has. An empty collection counts as one, because it can differ too."""
    if isinstance(given, Mapping):
        return sum(map(_size, given.values())) or 1
    if isinstance(given, (list, tuple)):
        return sum(map(_size, given)) or 1
    return 1


def _align(given: Sequence[object], recorded: Sequence[object]) -> tuple[int, list[int | None]]:
    """Pair each given element with the most similar recorded one, keeping the order.

    Returns:
        the distance of the two lists, and for each given element the index of its partner; None if no recorded element has anything in common.
    """
    # nearest[j]: the best result for the given elements from here on and the recorded ones from j on, computed from the last to the first.
    nearest: list[tuple[int, list[int | None]]] = [(0, [])] * (len(recorded) + 1)
    for wanted in reversed(given):
        size = _size(wanted)
        behind, nearest = nearest, []
        for index in range(len(recorded), -1, -1):
            options = [(size + behind[index][0], [None, *behind[index][1]])]
            if index < len(recorded):
                off = distance(wanted, recorded[index])
                if off < size:
                    options.insert(0, (off + behind[index + 1][0], [index, *behind[index + 1][1]]))
                options.append(nearest[0])
            nearest.insert(0, min(options, key=itemgetter(0)))
    return nearest[0]


def compare(given: Mapping[str, object], recorded: Mapping[str, object]) -> list[Line]:
    """Compare line by line. A key that matches is one line; for a key that doesn't, each difference in its value may be a line."""
    return [line for key, value in given.items() for line in _compare(key, value, recorded.get(key, ABSENT))]


def _compare(path: str, given: object, recorded: object) -> list[Line]:
    if matches(given, recorded):
        return [Line(path, given, recorded, True)]
    if isinstance(given, Mapping) and given and isinstance(recorded, Mapping):
        return [
            line for key, value in given.items() for line in _compare(f"{path}.{key}", value, recorded.get(key, ABSENT))
        ]
    if isinstance(given, (list, tuple)) and isinstance(recorded, (list, tuple)):
        _, partners = _align(given, recorded)
        # A list is split into lines only if that says more: if each of its elements is a collection and has a partner.
        if all(isinstance(wanted, (Mapping, list, tuple)) for wanted in given) and None not in partners:
            return [
                line
                for wanted, partner in zip(given, partners, strict=True)
                if partner is not None
                for line in _compare(f"{path}[{partner}]", wanted, recorded[partner])
            ]
    return [Line(path, given, recorded, False)]
