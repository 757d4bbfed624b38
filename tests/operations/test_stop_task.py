"""StopTask: what it answers at once, on tasks in every state of their life, and what it refuses."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.ecs_fake(clusters=["default", "prod"])

PLACE = "arn:aws:ecs:us-east-1:123456789012"
UNKNOWN = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def task_arn(register_on_fargate, run_on_fargate):
    """A task that was just accepted."""
    register_on_fargate()
    [task] = run_on_fargate(tags=[{"key": "stage", "value": "prod"}])["tasks"]
    return task["taskArn"]


@pytest.fixture
def running(ecs_fake, task_arn):
    """A task that runs."""
    ecs_fake.clock.advance_until(lambda: ecs_fake.tasks[task_arn].last_status == "RUNNING")
    return task_arn


def test_the_answer_is_the_task_before_anything_happened_to_it(ecs_client, ecs_fake, running):
    """The API's recorded example of StopTask: lastStatus, containers and interface are as before, the version is one higher."""
    [before] = ecs_client.describe_tasks(tasks=[running])["tasks"]
    ecs_fake.clock.advance(seconds=10)

    stopping = ecs_client.stop_task(task=running)["task"]

    [container] = stopping["containers"]
    assert (stopping["lastStatus"], stopping["desiredStatus"]) == ("RUNNING", "STOPPED")
    assert (stopping["stopCode"], stopping["stoppedReason"]) == ("UserInitiated", "Task stopped by user")
    assert (
        stopping["stoppingAt"] - before["startedAt"]
        == ecs_fake.tasks[running].stopping_at - ecs_fake.tasks[running].started_at
    )
    assert (before["version"], stopping["version"]) == (3, 4)
    assert (container["lastStatus"], "exitCode" in container) == ("RUNNING", False)
    assert stopping["attachments"][0]["status"] == "ATTACHED"
    assert not {"stoppedAt", "executionStoppedAt"} & stopping.keys()


def test_a_reason_becomes_the_stopped_reason(ecs_client, running):
    stopping = ecs_client.stop_task(task=running, reason="a newer build is out")["task"]

    assert (stopping["stopCode"], stopping["stoppedReason"]) == ("UserInitiated", "a newer build is out")


def test_a_task_loses_its_tags_when_it_is_told_to_stop(ecs_client, running):
    """API reference, StopTask: any tags associated with the task are deleted."""
    answer = ecs_client.stop_task(task=running)

    [described] = ecs_client.describe_tasks(tasks=[running], include=["TAGS"])["tasks"]
    assert (answer["task"]["tags"], described["tags"]) == ([], [])


def test_a_second_call_changes_nothing(ecs_client, ecs_fake, running):
    first = ecs_client.stop_task(task=running, reason="first")["task"]
    ecs_fake.clock.advance(seconds=5)

    second = ecs_client.stop_task(task=running, reason="second")["task"]

    assert second["stoppedReason"] == "first"
    assert (second["stoppingAt"], second["version"]) == (first["stoppingAt"], first["version"])


def test_a_stopped_task_is_returned_as_it_is(ecs_client, ecs_fake, running):
    """aws-cli's example of stop-task shows a task that had stopped before, with its own code and reason."""
    ecs_client.stop_task(task=running, reason="first")
    ecs_fake.clock.advance(seconds=60)

    stopped = ecs_client.stop_task(task=running, reason="second")["task"]

    assert (stopped["lastStatus"], stopped["stoppedReason"], stopped["version"]) == ("STOPPED", "first", 6)


def test_a_task_is_named_by_its_id_too(ecs_client, running):
    stopping = ecs_client.stop_task(task=running.rpartition("/")[2])["task"]

    assert stopping["taskArn"] == running


@pytest.mark.parametrize(
    ("after", "status"),
    [
        pytest.param(0, "PROVISIONING", id="just accepted"),
        pytest.param(5, "PROVISIONING", id="its interface attaching"),
        pytest.param(12, "PENDING", id="waiting for the images"),
        pytest.param(20, "PENDING", id="pulling the images"),
    ],
)
def test_a_task_that_never_ran_has_no_exit_code(ecs_client, ecs_fake, task_arn, after, status):
    """Developer Guide, "Task lifecycle": such a task goes to DEPROVISIONING and STOPPED without ever having started."""
    ecs_fake.clock.advance(seconds=after)

    stopping = ecs_client.stop_task(task=task_arn)["task"]
    ecs_fake.clock.advance(seconds=60)

    [stopped] = ecs_client.describe_tasks(tasks=[task_arn])["tasks"]
    [container] = stopped["containers"]
    assert stopping["lastStatus"] == status
    assert (stopped["lastStatus"], stopped["stopCode"]) == ("STOPPED", "UserInitiated")
    assert (container["lastStatus"], "exitCode" in container) == ("STOPPED", False)
    assert not {"startedAt", "executionStoppedAt"} & stopped.keys()
    assert stopped["attachments"][0]["status"] == "DELETED"


def test_an_interface_that_was_never_created_has_no_address(ecs_client, ecs_fake, task_arn):
    ecs_client.stop_task(task=task_arn)
    ecs_fake.clock.advance(seconds=60)

    [stopped] = ecs_client.describe_tasks(tasks=[task_arn])["tasks"]

    assert stopped["attachments"][0]["details"] == [{"name": "subnetId", "value": "subnet-0a1b2c3d"}]
    assert stopped["containers"][0]["networkInterfaces"] == []


@pytest.mark.parametrize(
    ("parameters", "code", "message", "source"),
    [
        pytest.param(
            {"task": UNKNOWN},
            "InvalidParameterException",
            "The referenced task was not found.",
            "text as quoted in many repositories",
            id="unknown task",
        ),
        pytest.param(
            {"task": "web"},
            "InvalidParameterException",
            "taskId length should be one of [32,36]",
            "text of DescribeTasks",
            id="malformed id",
        ),
        pytest.param(
            {"task": f"{PLACE}:task/prod/{UNKNOWN}"},
            "InvalidParameterException",
            "Invalid identifier: Identifier is for cluster prod. Your cluster is default",
            "aws-toolkit-vscode#2915",
            id="an ARN without its cluster",
        ),
        pytest.param(
            {"task": f"{PLACE}:service/prod/web"},
            "InvalidParameterException",
            "Unsupported resource type: service",
            "aws-cli#7875",
            id="a service's ARN",
        ),
        pytest.param(
            {"cluster": "nowhere", "task": UNKNOWN},
            "ClusterNotFoundException",
            "Cluster not found.",
            "aws-cli#3175",
            id="unknown cluster",
        ),
    ],
)
def test_what_stop_task_refuses(ecs_client, parameters, code, message, source):
    with pytest.raises(ecs_client.exceptions.from_code(code)) as error:
        ecs_client.stop_task(**parameters)

    assert error.value.response["Error"] == {"Code": code, "Message": message}, source
