"""ExecuteCommand: opens a session with a running container. A test orders what happens in it with `exec.on`.

Rules: API reference, ExecuteCommand; Developer Guide, "Monitor Amazon ECS containers with ECS Exec". Texts: boto3#2822 (interactive),
aws-cli#8080 (not connected), aws-cli#10057 (length of ids), widely quoted (not enabled).
"""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING

from pytest_ecsfake.clock import Callback, Outcome
from pytest_ecsfake.engine.tasks import scripts
from pytest_ecsfake.engine.tasks.lookup import known_task
from pytest_ecsfake.errors import InvalidParameterException, TargetNotConnectedException
from pytest_ecsfake.operations.registry import operation
from pytest_ecsfake.state.exec_sessions import ExecSession
from pytest_ecsfake.state.orders import ExecAnswer
from pytest_ecsfake.state.region import Region
from pytest_ecsfake.state.task import Container, Task

if TYPE_CHECKING:
    from pytest_ecsfake import api

#: ECS's own text has the typographic apostrophe.
NOT_ENABLED = (
    "The execute command failed because execute command was not enabled when the task was run or the execute command agent isn\u2019t "
    "running. Wait and try again or run a new task with execute command enabled and try again."
)

#: A token is the base64 form of this many bytes.
_TOKEN_BYTES = 144


@operation(
    "ExecuteCommand",
    simplified=(
        "The stream's address and token are made up: nothing answers there. A test orders what the command does with `exec.on`.",
        "The error texts for a missing or unknown container are unverified.",
    ),
)
def execute_command(region: Region, request: api.ExecuteCommandRequest) -> api.ExecuteCommandResponse:
    """Open a session with a container of a running task. The answer has the address of its stream, not the command's output."""
    cluster = region.clusters.active(request.get("cluster"))
    if not request["interactive"]:
        raise InvalidParameterException("Interactive is the only mode supported currently.")
    task = known_task(region, cluster, request["task"], parameter="task")
    container = _container(task, request.get("container"))
    _refuse_unreachable(task, container)
    answer = _answer(region, task, container)
    if answer is not None and not answer.connected:
        answer.meet()
        raise TargetNotConnectedException("The execute command failed due to an internal error. Try again later.")
    session = _open(region, task, container, request["command"], answer)
    return {
        "clusterArn": cluster.arn,
        "containerArn": container.arn,
        "containerName": container.name,
        "interactive": True,
        "session": {
            "sessionId": session.id,
            "streamUrl": f"wss://ssmmessages.{region.partition.region}.amazonaws.com/v1/data-channel/{session.id}?role=publish_subscribe",
            "tokenValue": b64encode(bytes.fromhex(region.ids.hexadecimal(2 * _TOKEN_BYTES))).decode(),
        },
        "taskArn": task.arn,
    }


def _container(task: Task, name: str | None) -> Container:
    """The container of the request. Its name may be left out if the task has only one (API reference, ExecuteCommand, container)."""
    if name is None:
        if len(task.own_containers) > 1:
            raise InvalidParameterException(
                "A container name is required: the task has more than one container."
            )  # unverified
        return task.own_containers[0]
    for container in task.containers:
        if container.name == name:
            return container
    raise InvalidParameterException(f"The container {name} was not found in the task.")  # unverified


def _refuse_unreachable(task: Task, container: Container) -> None:
    agent = container.execute_command_agent
    if task.last_status != "RUNNING" or agent is None or agent.last_status != "RUNNING":
        raise InvalidParameterException(NOT_ENABLED)


def _answer(region: Region, task: Task, container: Container) -> ExecAnswer | None:
    """The test's order for this container."""
    return region.orders.first(ExecAnswer, lambda order: container in scripts.matching_containers(task, order.selector))


def _open(region: Region, task: Task, container: Container, command: str, answer: ExecAnswer | None) -> ExecSession:
    id_ = f"ecs-execute-command-{region.ids.hexadecimal(17)}"
    session = ExecSession(id_, task.arn, container.name, command, region.clock.now)
    region.exec_sessions.append(session)
    if answer is not None:
        answer.meet()
        if answer.run is not None:
            description = f'the answer to ExecuteCommand in container "{container.name}" of family "{task.family}"'
            arguments = (region.partition, task.arn, container.name, command, session.id)
            region.clock.callbacks.append(Callback(answer.run, arguments, description, _note_result, (session,)))
    return session


def _note_result(session: ExecSession, outcome: Outcome) -> None:
    session.result = outcome.result
