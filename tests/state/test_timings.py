"""The option `timings`: which states it knows, and what it does to a delay."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

import pytest_ecsfake
from pytest_ecsfake.clock import SECOND
from pytest_ecsfake.engine.tasks.stages import PATHS
from pytest_ecsfake.errors import EcsFakeUsageError
from pytest_ecsfake.state.timings import STATES, Timings


@pytest.mark.parametrize(
    ("ordered", "delay"),
    [
        pytest.param("realistic", 10, id="realistic"),
        pytest.param("instant", 0, id="instant"),
        pytest.param({"PENDING": 0.5}, 0.5, id="a mapping that has the state"),
        pytest.param({"RUNNING": 0.5}, 10, id="a mapping without the state"),
    ],
)
def test_a_delay_is_the_realistic_one_unless_it_is_ordered_otherwise(ordered, delay):
    assert Timings(ordered).delay("PENDING", 10 * SECOND) == delay * SECOND


def test_a_state_that_there_isnt_is_told():
    with pytest.raises(EcsFakeUsageError) as problem:
        Timings({"PROVISIONING": 1, "PENDIN": 2})

    assert str(problem.value) == (
        f'timings has no state "PENDIN". Did you mean "PENDING"? The states are {", ".join(STATES)}.'
    )


def test_every_state_that_is_asked_for_is_known():
    asked = {
        node.args[0].value
        for path in Path(pytest_ecsfake.__file__).parent.rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "delay"
        if isinstance(node.args[0], ast.Constant)
    }
    asked |= {status for paths in PATHS.values() for status in (*paths.start, *paths.stop)}

    assert asked <= STATES.keys()
