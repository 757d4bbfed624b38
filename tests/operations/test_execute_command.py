"""ExecuteCommand: a session with a container, and who is refused one. Rules: API reference, ExecuteCommand."""

from __future__ import annotations

import re
from base64 import b64decode

import pytest

ROLE = "arn:aws:iam::123456789012:role/task"
NOT_ENABLED = (
    "The execute command failed because execute command was not enabled when the task was run or the execute command agent isn\u2019t "
    "running. Wait and try again or run a new task with execute command enabled and try again."
)
APP, LOGS = {"name": "app", "image": "nginx:1.29"}, {"name": "logs", "image": "fluent-bit:3", "essential": False}


@pytest.fixture(autouse=True)
def cluster(ecs_client):
    ecs_client.create_cluster()


@pytest.fixture
def start(ecs_fake, register_on_fargate, run_on_fargate):
    """Run a task of these containers for a while, with ExecuteCommand switched on; its view."""

    def start(*containers, seconds=60, **parameters):
        register_on_fargate(*(containers or [APP]), taskRoleArn=ROLE)
        [task] = run_on_fargate(**{"enableExecuteCommand": True, **parameters})["tasks"]
        ecs_fake.clock.advance(seconds=seconds)
        return ecs_fake.tasks[task["taskArn"]]

    return start


@pytest.fixture
def execute(ecs_client):
    """Call ExecuteCommand with `ls`."""

    def execute(task, **parameters):
        return ecs_client.execute_command(**{"task": task, "command": "ls", "interactive": True, **parameters})

    return execute


def test_a_session_is_opened(ecs_fake, start, execute):
    task = start()

    answer = execute(task.arn)

    session = answer.pop("session")
    del answer["ResponseMetadata"]
    assert answer == {
        "clusterArn": task.cluster_arn,
        "containerArn": task.container("app").arn,
        "containerName": "app",
        "interactive": True,
        "taskArn": task.arn,
    }
    assert re.fullmatch(r"ecs-execute-command-[0-9a-f]{17}", session["sessionId"])
    assert session["streamUrl"] == (
        f"wss://ssmmessages.us-east-1.amazonaws.com/v1/data-channel/{session['sessionId']}?role=publish_subscribe"
    )
    assert len(b64decode(session["tokenValue"], validate=True)) == 144
    assert execute(task.id)["session"] != session


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        pytest.param({"interactive": False}, "Interactive is the only mode supported currently.", id="not interactive"),
        pytest.param({"task": "0f3c"}, "task length should be one of [32,36]", id="an id of a wrong length"),
        pytest.param({"task": "0" * 32}, "The referenced task was not found.", id="an unknown task"),
        pytest.param({"container": "ap"}, "The container ap was not found in the task.", id="an unknown container"),
        pytest.param({}, "A container name is required: the task has more than one container.", id="which container?"),
    ],
)
def test_refusals(ecs_fake, ecs_client, start, execute, parameters, message):
    task = start(APP, LOGS)

    with pytest.raises(ecs_client.exceptions.InvalidParameterException) as caught:
        execute(**{"task": task.arn, **parameters})

    assert caught.value.response["Error"]["Message"] == message
    assert ecs_fake.exec.sessions == []


@pytest.mark.parametrize(
    "task",
    [
        pytest.param({"enableExecuteCommand": False}, id="not enabled"),
        pytest.param({"seconds": 25.5}, id="the task isn't RUNNING"),
        pytest.param({"seconds": 27}, id="its agent isn't RUNNING"),
    ],
)
def test_a_container_that_takes_no_commands(ecs_client, start, execute, task):
    with pytest.raises(ecs_client.exceptions.InvalidParameterException) as caught:
        execute(start(**task).arn)

    assert caught.value.response["Error"]["Message"] == NOT_ENABLED


def test_a_stopped_task_takes_no_commands(ecs_fake, ecs_client, start, execute):
    task = start()
    ecs_client.stop_task(task=task.arn)
    ecs_fake.clock.advance(seconds=60)

    with pytest.raises(ecs_client.exceptions.InvalidParameterException, match="isn\u2019t running"):
        execute(task.arn)


def test_a_registered_callable_answers(ecs_fake, start, execute):
    ecs_fake.exec.on(
        family="web", run=lambda ctx: f"{ctx.command} in {ctx.container.name} for {ctx.environment['STAGE']}"
    )
    task = start({**APP, "environment": [{"name": "STAGE", "value": "prod"}]}, LOGS)

    id_ = execute(task.arn, container="app", command="./manage.py migrate")["session"]["sessionId"]
    execute(task.arn, container="logs")

    first, second = ecs_fake.exec.sessions
    assert (first.id, first.task_arn, first.container, first.command) == (id_, task.arn, "app", "./manage.py migrate")
    assert first.result == "./manage.py migrate in app for prod"
    assert first.at == ecs_fake.clock.now
    assert (second.container, second.result) == ("logs", None)


def test_a_callable_may_call_ecs(ecs_fake, ecs_client, start, execute):
    """A command that shuts its own task down."""
    ecs_fake.exec.on(family="web", run=lambda ctx: ecs_client.stop_task(task=ctx.task.arn)["task"]["desiredStatus"])
    task = start()

    execute(task.arn)

    assert ecs_fake.exec.sessions[0].result == "STOPPED"
    assert ecs_fake.calls.operations[-2:] == ["ExecuteCommand", "StopTask"]


def test_a_target_that_is_not_connected(ecs_fake, ecs_client, start, execute):
    """aws-cli#8080: the agent says RUNNING, but Systems Manager isn't reached."""
    ecs_fake.exec.on(family="web", connected=False, times=1)
    task = start()

    with pytest.raises(
        ecs_client.exceptions.TargetNotConnectedException,
        match=r"The execute command failed due to an internal error\. Try again later\.$",
    ):
        execute(task.arn)
    assert ecs_fake.exec.sessions == []

    assert execute(task.arn)["containerName"] == "app"
