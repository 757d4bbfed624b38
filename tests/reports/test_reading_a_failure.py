"""docs/reading-a-failure.md, which is a table: a test that fails, and the explanation at the head of its report, word for word."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

import pytest

boto3 = pytest.importorskip("boto3")

PAGE = (Path(__file__).parents[2] / "docs" / "reading-a-failure.md").read_text()

_SITUATION = re.compile(r"^### (.*?)\n.*?^```python\n(.*?)^```\n\n^```text\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_CONFTEST = PAGE.partition("```python\n")[2].partition("```\n")[0]
#: The names of the set-up, which the tests of the page use too. Behind the test, so that its lines keep their numbers.
_NAMES = _CONFTEST.partition("import pytest\n")[2].partition("@pytest.fixture")[0]


class Situation(NamedTuple):
    """One row of the page."""

    title: str
    test: str
    explanation: str


SITUATIONS = [Situation(*found) for found in _SITUATION.findall(PAGE)]

_ECS = boto3.session.Session(region_name="us-east-1").client("ecs").meta.service_model
_MEMBERS = _ECS.shape_for("DeploymentConfiguration").members

#: By what a test of the page contains: whether the botocore that is there knows it.
KNOWN: Mapping[str, Callable[[], bool]] = {
    "bakeTimeInMinutes": lambda: "bakeTimeInMinutes" in _MEMBERS,
    "lifecycleHooks": lambda: "lifecycleHooks" in _MEMBERS,
    "targetType": lambda: (
        "lifecycleHooks" in _MEMBERS and "targetType" in _ECS.shape_for("DeploymentLifecycleHook").members
    ),
    "canaryConfiguration": lambda: "canaryConfiguration" in _MEMBERS,
    "managedInstancesProvider": lambda: "managedInstancesProvider" in _ECS.shape_for("CapacityProvider").members,
    "create_daemon": lambda: "CreateDaemon" in _ECS.operation_names,
    "stop_service_deployment": lambda: "StopServiceDeployment" in _ECS.operation_names,
}


def test_the_page_has_a_row_for_each_heading():
    assert len(SITUATIONS) == PAGE.count("\n### ") > 50


@pytest.mark.parametrize("situation", SITUATIONS, ids=[situation.title for situation in SITUATIONS])
def test_the_report_begins_with_the_explanation_of_the_page(pytester, situation):
    unknown = [words for words, is_known in KNOWN.items() if words in situation.test and not is_known()]
    if unknown:
        pytest.skip(f"this botocore doesn't know {unknown[0]}")
    pytester.makeini("[pytest]\necs_fake_seed = a page")
    pytester.makeconftest(_CONFTEST)
    pytester.makepyfile(test_deploy=situation.test + _NAMES)

    result = pytester.runpytest_inprocess("-p", "no:cacheprovider", "-p", "no:randomly")

    result.assert_outcomes(failed=1)
    section = result.stdout.str().partition(" ecs_fake -")[2].partition("\n")[2]
    assert section.startswith(as_reported(situation.explanation))
    assert section.removeprefix(as_reported(situation.explanation)).startswith(("  +0s ", "  … "))


def as_reported(explanation: str) -> str:
    """An explanation as the report has it: two columns to the right."""
    return "".join(f"  {line}\n" for line in explanation.splitlines())
