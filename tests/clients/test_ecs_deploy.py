"""ecs-deploy, the command line tool, run in process."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
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


Create = Callable[..., None]

BREAKER = {"enable": True, "rollback": False}


@pytest.fixture
def create_service(ecs, ecs_fake, create_service) -> Create:
    """Create the service `web` of two tasks, with other parameters as given, and wait until it is stable."""

    def create(**parameters: Any) -> None:
        create_service(**parameters)
        ecs_fake.client.get_waiter("services_stable").wait(cluster="prod", services=["web"])

    return create


@pytest.fixture
def bad_image(ecs_fake) -> None:
    """The tag `bad` of the image, which isn't in its repository."""
    ecs_fake.containers.script(image="nginx:bad", pull_error="CannotPullContainerError: nginx:bad: not found")


def running_revisions(ecs_fake: Any) -> list[str]:
    """Which revisions the tasks are of that run and are to go on."""
    running = ecs_fake.tasks.where(last_status="RUNNING", desired_status="RUNNING")
    return [task.task_definition_arn.rpartition("/")[2] for task in running]


def test_deploy_brings_a_new_revision_and_deregisters_the_last(ecs, create_service, ecs_fake):
    create_service()
    ecs_fake.calls.clear()

    ended = ecs("deploy", "prod", "web", "--tag", "1.29")

    assert ended.exit_code == 0
    assert "Successfully changed task definition to: web:2" in ended.output
    assert "Deployment successful" in ended.output
    assert "Successfully deregistered revision: 1" in ended.output
    assert running_revisions(ecs_fake) == ["web:2", "web:2"]
    ecs_fake.calls.assert_order("RegisterTaskDefinition", "UpdateService", "ListTasks", "DeregisterTaskDefinition")


@pytest.mark.parametrize("count", [4, 1, 0])
def test_scale_waits_until_the_tasks_are_as_many(ecs, create_service, ecs_fake, count):
    create_service()

    ended = ecs("scale", "prod", "web", str(count))

    assert ended.exit_code == 0
    assert f"Successfully changed desired count to: {count}" in ended.output
    assert "Scaling successful" in ended.output
    assert len(running_revisions(ecs_fake)) == count


@pytest.mark.usefixtures("bad_image")
def test_deploy_ends_at_the_first_warning_of_an_image_that_is_not_there(ecs, create_service, ecs_fake):
    create_service(deploymentConfiguration={"deploymentCircuitBreaker": BREAKER})

    ended = ecs("deploy", "prod", "web", "--tag", "bad")

    assert ended.exit_code == 1
    assert (
        "ERROR: (service web) was unable to place a task. Reason: CannotPullContainerError: nginx:bad" in ended.output
    )
    assert "Deployment failed" in ended.output
    ecs_fake.calls.assert_not_called("DeregisterTaskDefinition")


@pytest.mark.usefixtures("bad_image")
def test_deploy_that_ignores_warnings_ends_with_the_circuit_breakers_reason(ecs, create_service):
    create_service(deploymentConfiguration={"deploymentCircuitBreaker": BREAKER})

    ended = ecs("deploy", "prod", "web", "--tag", "bad", "--ignore-warnings", "--timeout", "1800")

    assert ended.exit_code == 1
    assert "WARNING: (service web) was unable to place a task." in ended.output
    assert "Deployment Failed! ECS deployment circuit breaker: tasks failed to start." in ended.output


@pytest.mark.usefixtures("bad_image")
def test_deploy_with_rollback_of_its_own_goes_back_to_the_last_revision(ecs, create_service, ecs_fake):
    create_service()

    ended = ecs("deploy", "prod", "web", "--tag", "bad", "--rollback")

    assert ended.exit_code == 1
    assert "Rolling back to task definition: web:1" in ended.output
    assert "service has been rolled back to previous task definition: web:1" in ended.output
    assert running_revisions(ecs_fake) == ["web:1", "web:1"]


def test_deploy_ends_with_its_own_timeout(ecs, create_service, ecs_fake):
    create_service()
    begun = ecs_fake.clock.now

    ended = ecs("deploy", "prod", "web", "--tag", "1.29", "--timeout", "20")

    assert ended.exit_code == 1
    assert "Deployment failed due to timeout" in ended.output
    assert timedelta(seconds=20) <= ecs_fake.clock.now - begun < timedelta(seconds=25)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        pytest.param(("deploy", "prod", "nope"), "Service not found.", id="deploy, a service that isn't there"),
        pytest.param(("deploy", "nope", "web"), "Cluster not found.", id="deploy, a cluster that isn't there"),
        pytest.param(("scale", "prod", "nope", "3"), "Service not found.", id="scale, a service that isn't there"),
        pytest.param(
            ("deploy", "prod", "web", "--task", "nope"),
            "Unknown task definition arn: nope",
            id="deploy, a task definition that isn't there",
        ),
        pytest.param(
            ("deploy", "prod", "web", "--task-memory", "100"),
            "No Fargate configuration exists for given values",
            id="deploy, a size that Fargate doesn't have",
        ),
    ],
)
def test_a_service_command_that_fails_changes_nothing(ecs, create_service, ecs_fake, arguments, words):
    create_service()

    ended = ecs(*arguments)

    assert ended.exit_code == 1
    assert words in ended.output
    ecs_fake.calls.assert_not_called("UpdateService")
