"""dagster-aws: an op that runs its work as a task on Fargate, by `PipesECSClient`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

pipes = pytest.importorskip("dagster_aws.pipes")
dagster = pytest.importorskip("dagster")

# Dagster warns of a part of its own that it calls itself.
pytestmark = pytest.mark.filterwarnings("ignore:.*expected_writer_count` is currently in preview")

Report = Callable[[], Any]


@pytest.fixture
def report(ecs_fake, fargate, web) -> Report:
    """Run a job of one op, which runs the task definition `web` and waits ten minutes for its end."""
    ecs_fake.client.create_cluster(clusterName="default")
    ecs_fake.client.register_task_definition(**web)
    client = pipes.PipesECSClient(client=ecs_fake.client, message_reader=dagster.PipesTempFileMessageReader())

    @dagster.op(required_resource_keys={"ecs"})
    def report(context) -> None:
        waiter = {"Delay": 6, "MaxAttempts": 100}
        context.resources.ecs.run(context=context, run_task_params=fargate, waiter_config=waiter)

    @dagster.job(resource_defs={"ecs": dagster.ResourceDefinition.hardcoded_resource(client)})
    def nightly() -> None:
        report()

    return lambda: nightly.execute_in_process(raise_on_error=False)


def failure(result: Any) -> str:
    """What made the op fail."""
    (event,) = (event for event in result.all_events if event.event_type_value == "STEP_FAILURE")
    message: str = event.event_specific_data.error.cause.message
    return message


def test_the_task_runs_with_what_the_op_hands_to_it(report, ecs_fake):
    report()

    (task,) = ecs_fake.tasks
    (override,) = ecs_fake.calls.of("RunTask")[0].params["overrides"]["containerOverrides"]
    tags = ecs_fake.client.list_tags_for_resource(resourceArn=task.arn)["tags"]
    assert override["name"] == "app"
    assert {"DAGSTER_PIPES_CONTEXT", "DAGSTER_PIPES_MESSAGES"} == {entry["name"] for entry in override["environment"]}
    assert {"key": "dagster/job", "value": "nightly"} in tags


def test_a_job_that_does_not_end_fails_after_its_ten_minutes(report, ecs_fake):
    begun = ecs_fake.clock.now

    result = report()

    assert not result.success
    assert "Waiter TasksStopped failed: Max attempts exceeded" in failure(result)
    assert timedelta(minutes=9) < ecs_fake.clock.now - begun < timedelta(minutes=13)


def test_a_job_without_its_task_definition_fails_before_it_runs(report, ecs_fake):
    ecs_fake.client.deregister_task_definition(taskDefinition="web:1")

    result = report()

    assert not result.success
    assert "Unable to describe task definition" in failure(result)
    ecs_fake.calls.assert_not_called("RunTask")


def test_a_job_that_exits_with_0_succeeds(report, ecs_fake):
    ecs_fake.containers.script(family="web", runs_for=90, exit_code=0)

    assert report().success


def test_a_job_that_exits_with_another_code_fails(report, ecs_fake):
    ecs_fake.containers.script(family="web", runs_for=90, exit_code=3)

    result = report()

    assert not result.success
    assert "Some ECS containers finished with non-zero exit code" in failure(result)


def test_a_job_whose_image_is_not_there_fails_with_the_reason(report, ecs_fake):
    ecs_fake.containers.script(family="web", pull_error="CannotPullContainerError: nginx:1.27: not found")

    result = report()

    assert not result.success
    assert "ECS task failed to start: CannotPullContainerError: nginx:1.27: not found" in failure(result)
