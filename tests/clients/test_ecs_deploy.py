"""ecs-deploy, the command line tool, run in process."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

cli = pytest.importorskip("ecs_deploy.cli")
testing = pytest.importorskip("click.testing")

Deploy = Callable[..., Any]


@pytest.fixture
def ecs(ecs_fake, web) -> Deploy:
    """Run `ecs ...` where there is a cluster `prod` and a task definition `web`; click's result."""
    ecs_fake.client.create_cluster(clusterName="prod")
    ecs_fake.client.register_task_definition(**web)

    return lambda *arguments: testing.CliRunner().invoke(cli.ecs, list(arguments))


def test_run_starts_one_off_tasks(ecs, ecs_fake):
    on_fargate = ("--launchtype", "FARGATE", "--subnet", "subnet-0abc", "--securitygroup", "sg-0abc", "--public-ip")

    ended = ecs("run", "prod", "web", "2", *on_fargate, "-c", "app", "migrate up", "-e", "app", "STAGE", "prod")

    assert ended.exit_code == 0
    assert "Successfully started 2 instances of task: web:1" in ended.output
    assert all(f"- {task.arn}" in ended.output for task in ecs_fake.tasks)
    ecs_fake.assert_ran_task(family="web", command=["migrate", "up"], environment={"STAGE": "prod"})
    ecs_fake.calls.assert_called_once("RunTask", cluster="prod", count=2, startedBy="ECS Deploy")


def test_update_registers_the_next_revision_and_deregisters_the_last(ecs, ecs_fake):
    ended = ecs("update", "web", "--tag", "1.29", "-e", "app", "STAGE", "prod")

    assert ended.exit_code == 0
    assert 'Changed image of container "app" to: "nginx:1.29" (was: "nginx:1.27")' in ended.output
    assert "Successfully created revision: 2" in ended.output
    assert "Successfully deregistered revision: 1" in ended.output
    assert [(each.revision, each.status) for each in ecs_fake.task_definitions] == [(1, "INACTIVE"), (2, "ACTIVE")]


def test_diff_compares_two_revisions(ecs):
    ecs("update", "web", "--tag", "1.29")

    ended = ecs("diff", "web", "1", "2")

    assert ended.exit_code == 0
    assert '- "nginx:1.27"' in ended.output
    assert '+ "nginx:1.29"' in ended.output


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        pytest.param(("run", "nope", "web"), "Cluster not found.", id="a cluster that isn't there"),
        pytest.param(
            ("run", "prod", "nope"),
            "Unknown task definition arn: nope",
            id="a task definition that isn't there",
        ),
        pytest.param(
            ("run", "prod", "web", "--launchtype", "FARGATE"),
            "At least one subnet",
            id="Fargate without a subnet",
        ),
    ],
)
def test_a_failure_ends_with_1_and_says_why(ecs, ecs_fake, arguments, words):
    ended = ecs(*arguments)

    assert ended.exit_code == 1
    assert words in ended.output
    assert not ecs_fake.tasks
