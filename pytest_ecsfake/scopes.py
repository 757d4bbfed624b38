"""Wider scopes: in which tests the fake of a class, a module or a session is on. In all others it is put aside.

A test asks for such a fake by naming its fixture, by a marker with a scope, or late: `request.getfixturevalue("ecs_fake_module")`, of which pytest
tells nothing before it happens.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal

import pytest

from pytest_ecsfake.activation.registry import REGISTRY
from pytest_ecsfake.activation.switch import NAME
from pytest_ecsfake.asked import decorator_of, names_of

if TYPE_CHECKING:
    from pytest_ecsfake.options import Scope

#: From the widest to the narrowest, as pytest sorts a test's fixtures.
SCOPES: tuple[Scope, ...] = ("session", "module", "class", "function")

#: The fixtures with a fake of a wider scope.
WIDER = {f"{NAME}_{scope}": scope for scope in SCOPES[:-1]}

AsideScope = Literal["module", "class", "function"]

#: The fixtures that put the fakes of wider scopes aside, for a test, or for a class or module none of whose tests asks for one.
_ASIDE: dict[AsideScope, str] = {
    "module": f"_{NAME}_aside_module",
    "class": f"_{NAME}_aside_class",
    "function": f"_{NAME}_aside",
}

#: Who asked late, and for which fixtures: the name of a fixture, or the class or module of a test.
_LATE: pytest.StashKey[dict[object, set[str]]] = pytest.StashKey()
_OTHERS_ARE_ASIDE: pytest.StashKey[bool] = pytest.StashKey()


def fixture_aside(scope: AsideScope) -> Any:
    """The fixture that puts the active fakes aside for as long as its scope lasts."""

    @pytest.fixture(scope=scope, name=_ASIDE[scope])
    def aside(request: pytest.FixtureRequest) -> Iterator[None]:
        """Nothing of the fakes of wider scopes is on."""
        with REGISTRY.put_aside(decorator_of(request.node) if scope == "function" else None):
            yield

    return aside


def leave_without_fake(item: pytest.Item) -> None:
    """Put the fakes of wider scopes aside for one test."""
    _put_first_of(item, "function")


def wider_fixtures_of(item: pytest.Item) -> list[str]:
    """The fixtures of wider scopes that a test asks for, the narrowest last; those asked for late if it names none."""
    names = [name for name in names_of(item) if name in WIDER]
    return names or [name for name in WIDER if name in _asked_late(item)]


def note_set_up(request: pytest.FixtureRequest, name: str) -> None:
    """A fixture of a wider scope is set up: from now on it is put aside in every test that doesn't ask for it."""
    session = request.session
    _note_ask(request, name)
    _watch(request, name)
    if not session.stash.get(_OTHERS_ARE_ASIDE, False):
        session.stash[_OTHERS_ARE_ASIDE] = True
        _put_aside_for_others(session.items)


def _watch(request: Any, name: str) -> None:
    """Learn of the tests that ask late for a fixture that is set up already. pytest has no hook for these."""
    definition = request._fixturedef
    execute = definition.execute
    if "execute" in vars(definition):
        return

    def note_and_execute(request: Any) -> Any:
        if definition.cached_result is not None and name not in names_of(request._pyfuncitem):
            _note_ask(request, name)
            REGISTRY.put_back()
        return execute(request)

    definition.execute = note_and_execute


def _note_ask(request: Any, name: str) -> None:
    item: pytest.Item = request._pyfuncitem
    if name in names_of(item):
        return
    asker = _asker(request, item) or item.getparent(pytest.Class if WIDER[name] == "class" else pytest.Module)
    asked = item.session.stash.setdefault(_LATE, {}).setdefault(asker, set())
    if name not in asked:
        asked.add(name)
        for each in item.session.items:
            if _asked_late(each):
                each.fixturenames[:] = [fixture for fixture in names_of(each) if fixture not in _ASIDE.values()]  # type: ignore[attr-defined]


def _asked_late(item: pytest.Item) -> set[str]:
    late = item.session.stash.get(_LATE, None)
    if late is None:
        return set()
    return set().union(*(late.get(each, ()) for each in (*names_of(item), *item.listchain())))


def _asker(request: Any, item: pytest.Item) -> str | None:
    """The fixture among those of the test through which another one was asked for late; None if the test itself asked for it."""
    named = names_of(item)
    while request is not None:
        if request.fixturename in named:
            name: str = request.fixturename
            return name
        request = getattr(request, "_parent_request", None)
    return None


def _put_aside_for_others(items: list[pytest.Item]) -> None:
    """Put the fakes aside for whole modules and classes where possible, so that their own set-up is without them too."""
    asking = {node for item in items if wider_fixtures_of(item) for node in item.listchain()}
    for item in items:
        if item in asking or not hasattr(item, "fixturenames"):
            continue
        class_, module = item.getparent(pytest.Class), item.getparent(pytest.Module)
        if module is not None and module not in asking:
            _put_first_of(item, "module")
        elif class_ is not None and class_ not in asking:
            _put_first_of(item, "class")
        elif NAME not in names_of(item):
            _put_first_of(item, "function")


def _put_first_of(item: Any, scope: AsideScope) -> None:
    """Put a fixture that sets the others aside before all others of its scope, for this test alone."""
    names = [name for name in item.fixturenames if name != _ASIDE[scope]]
    wider = SCOPES[: SCOPES.index(scope)]
    first = sum(_scope_of(item, name) in wider for name in names)
    # A list of its own: pytest gives all cases of a parametrized test the same one.
    item.fixturenames = [*names[:first], _ASIDE[scope], *names[first:]]


def _scope_of(item: Any, name: str) -> str:
    definitions = item._fixtureinfo.name2fixturedefs
    if name in definitions:
        return str(definitions[name][-1].scope)
    ours = {aside: scope for scope, aside in _ASIDE.items()} | WIDER
    return ours.get(name, "function")
