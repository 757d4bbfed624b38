"""The README and docs/ tell the truth: their code runs, their links lead somewhere, their commands are those of .ci/run."""

from __future__ import annotations

import re
import textwrap
from pathlib import Path

import botocore.session
import pytest

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md"))]

_PYTHON = re.compile(r"^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"\]\((?!https?:)([^)#]+)")

#: What the oldest botocore that is served doesn't know all of.
_ECS = botocore.session.get_session().get_service_model("ecs")
_DEPLOYMENT_CONFIGURATION = _ECS.shape_for("DeploymentConfiguration")

#: Where a page shows a piece of a test, it stands in this one (docs/index.md, "The short pieces").
_AROUND_A_PIECE = """
import asyncio, time
from datetime import datetime, timedelta, timezone

import boto3
import pytest


@pytest.mark.ecs_fake(clusters=["prod"])
def test_piece(ecs_fake):
    ecs = boto3.client("ecs")
    ecs.register_task_definition(
        family="web",
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        containerDefinitions=[{"name": "app", "image": "nginx:1.27"}],
    )
    fargate = {
        "launchType": "FARGATE",
        "networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-12345678"]}},
    }
    arn = ecs.run_task(cluster="prod", taskDefinition="web", **fargate)["tasks"][0]["taskArn"]
"""


CODE = [
    pytest.param(block, id=f"{page.name} block {number}")
    for page in PAGES
    if page.name != "reading-a-failure.md"  # its tests fail, as they are to: tests/reports/test_reading_a_failure.py
    for number, block in enumerate(_PYTHON.findall(page.read_text()), start=1)
]


def as_module(block: str) -> str:
    is_module = re.search(r"^\s*(async )?def test_", block, re.MULTILINE)
    return block if is_module else _AROUND_A_PIECE + textwrap.indent(block, "    ")


@pytest.mark.parametrize("block", CODE)
def test_code_in_the_pages_runs(pytester: pytest.Pytester, block: str) -> None:
    for library in ("aiobotocore", "awscli", "moto", "vcr"):
        if re.search(rf"(from|import) {library}\b", block):
            pytest.importorskip(library)
    if '"strategy": ' in block and "strategy" not in _DEPLOYMENT_CONFIGURATION.members:
        pytest.skip("this botocore doesn't know deployments that shift traffic")
    if "create_gateway(" in block and "CreateGateway" not in _ECS.operation_names:
        pytest.skip("this botocore has no CreateGateway")
    if "express_gateway_service(" in block and "CreateExpressGatewayService" not in _ECS.operation_names:
        pytest.skip("this botocore doesn't know Express Mode services")
    pytester.makepyfile(as_module(block))

    result = pytester.runpytest_inprocess("-p", "no:cacheprovider")

    assert result.ret == pytest.ExitCode.OK


@pytest.mark.parametrize("page", [pytest.param(page, id=page.name) for page in PAGES])
def test_links_lead_somewhere(page: Path) -> None:
    broken = [link for link in _LINK.findall(page.read_text()) if not (page.parent / link).exists()]

    assert broken == []


def test_ci_runs_the_second_command_of_the_readme_word_for_word() -> None:
    console = (ROOT / "README.md").read_text().partition("```console\n")[2].partition("```")[0]
    _, everything = console.splitlines()

    assert (ROOT / ".ci" / "run").read_text().splitlines()[-1] == everything
