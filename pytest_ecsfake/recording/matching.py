"""Partial matching: whether what a test author gives is found in what was recorded, and how far it is off.

Dictionaries match in part: each given key must match. Lists match in part: each given element matches a different recorded one, in
order. Everything else is `given == recorded`, the given value on the left, so that `unittest.mock.ANY` and `pytest.approx` have their say.
A given `None` stands for "not there": boto3 refuses to send None, so it can mean nothing else.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import Enum
from operator import itemgetter
from typing import Final, NamedTuple


class _Absent(Enum):
    """A type of one value, so that type checkers can tell it from all others."""

    ABSENT = "absent"


ABSENT: Final = _Absent.ABSENT
"""What is recorded where there is nothing: not even `unittest.mock.ANY` matches it."""


@dataclass(frozen=True, slots=True)
class Whole:
    """A given value that matches as a whole, not in part."""

    value: object


class Line(NamedTuple):
    """One line of a comparison: what was wanted at a place, what is there, and whether that matches."""

    path: str
    wanted: object
    got: object
    matching: bool


def matches(given: object, recorded: object) -> bool:
    """Whether the recorded value has what is given, in part (see the module)."""
    if recorded is ABSENT:
        return given is None
    if isinstance(given, Mapping):
        return isinstance(recorded, Mapping) and all(
            matches(value, recorded.get(key, ABSENT)) for key, value in given.items()
        )
    if isinstance(given, (list, tuple)):
        return isinstance(recorded, (list, tuple)) and _in_order(given, recorded)
    if isinstance(given, datetime):
        given = _as_sent(given)
    elif isinstance(given, Whole):
        given = given.value
    return bool(given == recorded)


def _in_order(given: Sequence[object], recorded: Sequence[object]) -> bool:
    # Taking the first recorded element that matches leaves the most for those that follow: the greedy way finds a way if there is one.
    rest = iter(recorded)
    return all(any(matches(wanted, got) for got in rest) for wanted in given)


def _as_sent(moment: datetime) -> datetime:
    """botocore reads a naive datetime as local time and sends whole seconds (botocore: JSONSerializer, unixtimestamp)."""
    return moment.replace(microsecond=0).astimezone()


def distance(given: object, recorded: object) -> int:
    """How many of the single values given are not found in the recorded one; 0 when it matches."""
    if matches(given, recorded):
        return 0
    if isinstance(given, Mapping) and isinstance(recorded, Mapping):
        return sum(distance(value, recorded.get(key, ABSENT)) for key, value in given.items())
    if isinstance(given, (list, tuple)) and isinstance(recorded, (list, tuple)):
        return _align(given, recorded)[0]
    return _size(given)


def _size(given: object) -> int:
    """How many single values are given; an empty collection counts as one, since it can differ too."""
    if isinstance(given, Mapping):
        return sum(map(_size, given.values())) or 1
    if isinstance(given, (list, tuple)):
        return sum(map(_size, given)) or 1
    return 1


def _align(given: Sequence[object], recorded: Sequence[object]) -> tuple[int, list[int | None]]:
    """Give each given element the recorded one that is nearest to it, in order; None where none has anything in common with it.

    Returns:
        the distance of the two lists, and for each given element the index of its partner.
    """
    # nearest[j]: the best for the given elements from here on and the recorded ones from j on; worked out from the last to the first.
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
    """What is given against what is recorded, line by line: a line for each key that matches, and for one that doesn't as many as it takes."""
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
        # A list is taken apart only where that says more: where each element, itself a collection, has a partner.
        if all(isinstance(wanted, (Mapping, list, tuple)) for wanted in given) and None not in partners:
            return [
                line
                for wanted, partner in zip(given, partners, strict=True)
                if partner is not None
                for line in _compare(f"{path}[{partner}]", wanted, recorded[partner])
            ]
    return [Line(path, given, recorded, False)]
