"""Which tests have a fake, and with which options: decorators, markers and the ini file, where the nearest wins.

Knows pytest's tree of items, and no fake. `plugin.py` asks it at collection.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

import pytest

from pytest_ecsfake.activation.switch import NAME, is_ours

if TYPE_CHECKING:
    from pytest_ecsfake.options import Options

#: The names in the table of `options.py`, which is loaded with the first fake.
OPTION_NAMES = (
    "region",
    "account",
    "clusters",
    "seed",
    "frozen_at",
    "timings",
    "other_services",
    "scope",
    "virtual_sleep",
    "poll_step",
    "strict",
    "credentials",
    "fast_clients",
)

NO = f"no_{NAME}"

#: What was written at one place: its markers, the nearest first, and the options of its decorator.
Place = tuple[list[pytest.Mark], Mapping[str, object] | None]


def is_asked(node: pytest.Item, *, auto: bool) -> bool:
    """Whether a test has a fake by a decorator, a marker, or `auto`; the nearest place that says anything decides."""
    if decorator_of(node) is None and node.get_closest_marker(NAME) is None:
        return auto and node.get_closest_marker(NO) is None
    for marks, given in _places(node):
        names = {mark.name for mark in marks}
        if NO in names:
            return False
        if given is not None or NAME in names:
            return True
    return auto


def is_taken_out(node: pytest.Item) -> bool:
    """Whether the nearest place that says anything is `no_ecs_fake`."""
    return node.get_closest_marker(NO) is not None and not is_asked(node, auto=True)


def options_of(node: pytest.Item | pytest.Collector) -> Options:
    """Each option by itself, from the nearest place that names it; the ini file is the farthest.

    Raises:
        pytest.UsageError: an option that doesn't exist, or a value that it doesn't take.
    """
    from pytest_ecsfake.errors import EcsFakeUsageError
    from pytest_ecsfake.options import from_ini, merged

    texts = {name: node.config.getini(f"{NAME}_{name}") for name in OPTION_NAMES}
    # The region of the ini file is in the environment already, where the machine named none.
    texts.pop("region")
    try:
        options = from_ini({name: text for name, text in texts.items() if text})
        for marks, given in reversed(list(_places(node))):
            for marker in reversed([mark for mark in marks if mark.name == NAME]):
                if marker.args:
                    raise EcsFakeUsageError(f"@pytest.mark.ecs_fake takes its options by name, not {marker.args!r}.")
                options = merged(options, marker.kwargs, "@pytest.mark.ecs_fake")
            options = merged(options, given or {}, "@ecs_fake")
        return options
    except EcsFakeUsageError as error:
        raise pytest.UsageError(f"{node.nodeid}: {error}") from None


def decorator_of(item: pytest.Item) -> Mapping[str, object] | None:
    """The options of the decorator that is on for a test, by which it finds the fake; of its class if that is the only one.

    None as well for a decorator below Hypothesis's @given, which opens a fake for each example by itself.
    """
    function: Any = getattr(item, "function", None)
    if hasattr(function, "ecs_fake_options") and not _has_fake_for_each_example(item, function):
        given: Mapping[str, object] = function.ecs_fake_options
        return given
    return getattr(getattr(item, "cls", None), "ecs_fake_options", None)


def _has_fake_for_each_example(item: pytest.Item, function: Any) -> bool:
    of_example = getattr(getattr(function, "hypothesis", None), "inner_test", None)
    return hasattr(of_example, "ecs_fake_options") and not is_ours(function) and NAME not in names_of(item)


def names_of(item: pytest.Item) -> list[str]:
    """The fixtures that a test sets up; no kind of item but pytest's own has any."""
    names: list[str] = getattr(item, "fixturenames", [])
    return names


def _places(node: pytest.Item | pytest.Collector) -> Iterator[Place]:
    """What was written for a test, from the nearest place to the farthest."""
    for part in reversed(node.listchain()):
        if isinstance(part, pytest.Class):
            yield from _places_of_class(part)
        else:
            yield part.own_markers, _own_decorator_of(part)


def _own_decorator_of(part: object) -> Mapping[str, object] | None:
    function = getattr(part, "function", None)
    if not isinstance(part, pytest.Item) or _has_fake_for_each_example(part, function):
        return None
    return getattr(function, "ecs_fake_own", None)


def _places_of_class(part: pytest.Class) -> Iterator[Place]:
    """A class is nearer than its bases; pytest has their markers in one list, those of the bases first."""
    classes: tuple[type, ...] = part.obj.__mro__
    homes = {id(mark): class_ for class_ in classes for mark in _marks_written_on(class_)}
    for class_ in classes:
        marks = [mark for mark in part.own_markers if homes.get(id(mark), classes[0]) is class_]
        yield marks, vars(class_).get("ecs_fake_given")


def _marks_written_on(class_: type) -> Iterator[pytest.Mark]:
    written: Any = vars(class_).get("pytestmark", [])
    for mark in written if isinstance(written, list) else [written]:
        yield mark.mark if isinstance(mark, pytest.MarkDecorator) else mark
