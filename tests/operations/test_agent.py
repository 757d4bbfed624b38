"""The agent's side: a manual agent says what becomes of the tasks on its container instance.

Words and order: what amazon-ecs-agent sends; statuses: Developer Guide, "Amazon ECS task lifecycle".
"""

from __future__ import annotations

from datetime import datetime, timezone
from typing import Any

import pytest

from pytest_ecsfake import EcsFakeUsageError

ID = "0123456789abcdef0123456789abcdef"
PULLED = datetime(2026, 1, 1, tzinfo=timezone.utc)

pytestmark = pytest.mark.ecs_fake(clusters=["prod"], frozen_at="2026-01-01T00:00:00Z")


@pytest.fixture
def instance(ecs_fake):
    """A container instance of prod whose agent says only what the test makes it say."""
    [instance] = ecs_fake.container_instances.add("prod", agent="manual")
    return instance


@pytest.fixture
def say(ecs_client):
    """Say something of a task as the agent."""

    def say(task: Any, status: str, **members: Any) -> None:
        answer = ecs_client.submit_task_state_change(cluster="prod", task=task.arn, status=status, **members)
        assert answer["acknowledgment"] == "ACK"

    return say


@pytest.fixture
def say_of_container(ecs_client):
    """Say something of the container `app` of a task as the agent."""

    def say_of_container(task: Any, status: str, **members: Any) -> None:
        answer = ecs_client.submit_container_state_change(
            cluster="prod", task=task.arn, containerName="app", status=status, **members
        )
        assert answer["acknowledgment"] == "ACK"

    return say_of_container


def test_a_task_waits_for_its_agents_word(ecs_fake, instance, place, say):
    task = place(instance)
    ecs_fake.clock.advance(seconds=24 * 60 * 60)
    assert (task.last_status, task.container("app").last_status) == ("PENDING", "PENDING")

    say(task, "RUNNING", pullStartedAt=PULLED, pullStoppedAt=PULLED)

    assert (task.last_status, task.container("app").last_status) == ("RUNNING", "RUNNING")
    assert task.started_at == ecs_fake.clock.now


def test_what_the_agent_says_is_shown(ecs_client, instance, place, say):
    task = place(instance)
    binding = {"bindIP": "0.0.0.0", "containerPort": 80, "hostPort": 32801, "protocol": "tcp"}
    change = {
        "containerName": "app",
        "status": "RUNNING",
        "runtimeId": "c0ffee",
        "imageDigest": "sha256:0a",
        "networkBindings": [binding],
    }

    say(task, "RUNNING", containers=[change], pullStartedAt=PULLED, pullStoppedAt=PULLED)

    [shown] = ecs_client.describe_tasks(cluster="prod", tasks=[task.arn])["tasks"]
    [container] = shown["containers"]
    assert (container["runtimeId"], container["imageDigest"]) == ("c0ffee", "sha256:0a")
    assert container["networkBindings"] == [binding]
    assert shown["pullStartedAt"] == shown["pullStoppedAt"] == PULLED


def test_a_task_that_is_told_to_stop_waits_for_the_agent_too(ecs_client, ecs_fake, instance, place, say):
    task = place(instance)
    say(task, "RUNNING")

    ecs_client.stop_task(cluster="prod", task=task.arn)
    ecs_fake.clock.advance(seconds=24 * 60 * 60)
    assert (task.last_status, task.desired_status) == ("STOPPING", "STOPPED")
    assert task.container("app").last_status == "RUNNING"

    say(task, "STOPPED", containers=[{"containerName": "app", "status": "STOPPED", "exitCode": 143}])
    assert (task.last_status, task.container("app").exit_code) == ("STOPPED", 143)
    assert (task.stop_code, task.stopped_reason) == ("UserInitiated", "Task stopped by user")
    assert instance.remaining_memory == instance.registered_memory


def test_a_pending_task_that_is_told_to_stop_stays_pending(ecs_client, ecs_fake, instance, place, say):
    task = place(instance)

    ecs_client.stop_task(cluster="prod", task=task.arn)
    ecs_fake.clock.advance(seconds=60 * 60)
    assert (task.last_status, task.desired_status) == ("PENDING", "STOPPED")

    say(task, "STOPPED")
    assert (task.last_status, task.container("app").exit_code) == ("STOPPED", None)


def test_an_essential_container_that_ends_makes_the_task_wanted_stopped(instance, place, say, say_of_container):
    task = place(instance)
    say_of_container(task, "RUNNING", runtimeId="c0ffee")
    say(task, "RUNNING")

    say_of_container(task, "STOPPED", exitCode=137, reason="OutOfMemoryError: Container killed due to memory usage")

    assert (task.last_status, task.desired_status) == ("RUNNING", "STOPPED")
    assert (task.stop_code, task.stopped_reason) == ("EssentialContainerExited", "Essential container in task exited")
    container = task.container("app")
    assert (container.exit_code, container.reason) == (
        137,
        "OutOfMemoryError: Container killed due to memory usage",
    )
    say(task, "STOPPED")
    assert task.last_status == "STOPPED"


def test_a_task_that_never_ran_failed_to_start(instance, place, say):
    task = place(instance)
    reason = "CannotPullContainerError: Error response from daemon: pull access denied"

    say(task, "STOPPED", containers=[{"containerName": "app", "status": "STOPPED", "reason": reason}])

    assert (task.last_status, task.stop_code, task.stopped_reason) == (
        "STOPPED",
        "TaskFailedToStart",
        "Task failed to start",
    )
    container = task.container("app")
    assert (container.last_status, container.exit_code, container.reason) == ("STOPPED", None, reason)


def test_a_word_that_comes_late_changes_nothing(instance, place, say):
    task = place(instance)
    say(task, "RUNNING")
    say(task, "STOPPED", reason="first")
    version = task.version

    say(task, "RUNNING")
    say(task, "STOPPED", reason="second")

    assert (task.last_status, task.stopped_reason, task.version) == ("STOPPED", "first", version)


@pytest.mark.parametrize(
    ("operation", "parameters", "code", "message"),
    [
        pytest.param(
            "submit_task_state_change",
            {},
            "InvalidParameterException",
            "task should not be null or empty.",
            id="no task",
        ),
        pytest.param(
            "submit_task_state_change",
            {"task": ID},
            "InvalidParameterException",
            "The referenced task was not found.",
            id="an unknown task",
        ),
        pytest.param(
            "submit_task_state_change",
            {"task": "placed", "status": "ACTIVATING"},
            "InvalidParameterException",
            "status should be one of [PENDING,RUNNING,STOPPED]",
            id="a status that no agent says",
        ),
        pytest.param(
            "submit_container_state_change",
            {"task": "placed", "containerName": "side", "status": "RUNNING"},
            "InvalidParameterException",
            "The task has no container with the name side.",
            id="an unknown container",
        ),
        pytest.param(
            "submit_attachment_state_changes",
            {
                "attachments": [
                    {"attachmentArn": f"arn:aws:ecs:us-east-1:123456789012:attachment/{ID}", "status": "ATTACHED"}
                ]
            },
            "InvalidParameterException",
            "The referenced attachment was not found.",
            id="an unknown attachment",
        ),
    ],
)
def test_what_is_refused(ecs_client, instance, place, operation, parameters, code, message):
    """Texts by analogy with other operations, unverified."""
    task = place(instance)
    if parameters.get("task") == "placed":
        parameters = {**parameters, "task": task.arn}

    with pytest.raises(ecs_client.exceptions.ClientError) as error:
        getattr(ecs_client, operation)(cluster="prod", **parameters)

    assert error.value.response["Error"] == {"Code": code, "Message": message}
    assert (task.last_status, task.version) == ("PENDING", 1)


@pytest.mark.ecs_fake(clusters=["prod"], strict=False)
def test_a_simulated_agent_speaks_for_itself(ecs_client, ecs_fake, place):
    [instance] = ecs_fake.container_instances.add("prod")
    task = place(instance)

    with pytest.raises(EcsFakeUsageError, match='agent="manual"'):
        ecs_client.submit_task_state_change(cluster="prod", task=task.arn, status="RUNNING")


@pytest.mark.parametrize(
    ("region", "domain"),
    [("us-east-1", "us-east-1.amazonaws.com"), ("cn-north-1", "cn-north-1.amazonaws.com.cn")],
)
def test_an_agent_is_told_where_to_poll(ecs_fake, region, domain):
    answer = ecs_fake.in_region(region).client.discover_poll_endpoint()

    del answer["ResponseMetadata"]
    assert answer == {
        "endpoint": f"https://ecs-a-1.{domain}/",
        "telemetryEndpoint": f"https://ecs-t-1.{domain}/",
        "serviceConnectEndpoint": f"https://ecs-sc.{domain}/",
    }
