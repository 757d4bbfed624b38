"""One module changes the statuses of a subject: nobody else assigns one, as an attribute or through a store."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import pytest_ecsfake

PACKAGE = Path(pytest_ecsfake.__file__).parent

#: By module, the statuses that it changes. Those that are all called `status` are told apart by their modules alone.
OWNERS = {
    "engine/tasks/transition.py": {"last_status", "desired_status", "health_status", "status"},
    "engine/rollouts/transition.py": {
        "alarms_status",
        "circuit_breaker_status",
        "lifecycle_stage",
        "rollout_state",
        "stability_status",
        "status",
    },
    "engine/instances/transition.py": {"agent_connected", "agent_update_status", "status"},
    "engine/capacity/attachments.py": {"attachments_status", "status"},
    "engine/capacity/providers.py": {"status", "update_status"},
    "engine/task_definitions.py": {"status"},
    "state/task_definition.py": {"status"},  # of a family: it follows its revisions
}
#: A status whose name doesn't end like one.
ALSO = {"agent_connected"}


def _trees(folder: str) -> Iterator[tuple[str, ast.Module]]:
    for path in sorted((PACKAGE / folder).rglob("*.py")):
        yield path.relative_to(PACKAGE).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def _statuses() -> set[str]:
    """The fields of the state's dataclasses that are named like a status."""
    return ALSO | {
        field.target.id
        for _, tree in _trees("state")
        for each in ast.walk(tree)
        if isinstance(each, ast.ClassDef)
        for field in each.body
        if isinstance(field, ast.AnnAssign) and isinstance(field.target, ast.Name)
        if field.target.id.endswith(("status", "_state", "_stage"))
    }


def _assigned(tree: ast.Module) -> Iterator[str]:
    """The attributes that a module sets, by name."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr
        elif isinstance(node, ast.Call):
            function = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", None)
            if function == "change":
                yield from (keyword.arg for keyword in node.keywords if keyword.arg is not None)
            elif function == "setattr":
                yield from (name.value for name in node.args[1:2] if isinstance(name, ast.Constant))


def test_every_status_has_an_owner():
    assert set().union(*OWNERS.values()) == _statuses()


def test_nobody_else_assigns_a_status():
    statuses = _statuses()

    found = {name: statuses & set(_assigned(tree)) for name, tree in _trees(".")}

    assert {name: assigned for name, assigned in found.items() if assigned} == OWNERS


@pytest.mark.parametrize(
    "code", ["deployment.rollout_state = 1", "store.change(key, rollout_state=1)", 'setattr(it, "rollout_state", 1)']
)
def test_each_way_to_assign_one_is_found(code):
    assert "rollout_state" in set(_assigned(ast.parse(code)))
