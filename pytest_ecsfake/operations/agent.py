"""The agent's side: SubmitTaskStateChange, SubmitContainerStateChange, SubmitAttachmentStateChanges, DiscoverPollEndpoint.

Rules: API reference of each, all of them for the container agent alone. They say what became of tasks on instances whose agent is manual;
a simulated agent says it by itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_ecsfake import arns
from pytest_ecsfake.engine.instances import lookup
from pytest_ecsfake.engine.tasks import agent_reports
from pytest_ecsfake.engine.tasks.lookup import known_task
from pytest_ecsfake.engine.tasks.transition import interface_transition
from pytest_ecsfake.errors import ClientException, EcsFakeUsageError, InvalidParameterException
from pytest_ecsfake.operations.registry import operation
from pytest_ecsfake.state.cluster import NOT_FOUND, Cluster
from pytest_ecsfake.state.region import Region
from pytest_ecsfake.state.task import AttachmentStatus, Container, Task

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_ecsfake import api

#: What ECS says to an agent that told it something. # unverified
ACKNOWLEDGED = "ACK"

#: What an agent says of a task or a container (amazon-ecs-agent, ecs_client).
STATUSES = ("PENDING", "RUNNING", "STOPPED")

#: What an agent says of a network interface (amazon-ecs-agent, attachment status).
ATTACHMENT_STATUSES: tuple[AttachmentStatus, ...] = ("ATTACHED", "DETACHED")

_OF_MANUAL_AGENTS = 'A task whose agent is simulated is a misuse: `container_instances.add(..., agent="manual")`.'


@operation(
    "SubmitTaskStateChange",
    simplified=(
        _OF_MANUAL_AGENTS,
        "Containers that a RUNNING task's agent says nothing of have started; those of a STOPPED one have ended without an exit code.",
        "The acknowledgment is a word that nobody has seen.",
    ),
)
def submit_task_state_change(
    region: Region, request: api.SubmitTaskStateChangeRequest
) -> api.SubmitTaskStateChangeResponse:
    """Take over what an agent says of a task, its containers, its managed agents and its network interface."""
    cluster = region.clusters.active(request.get("cluster"))
    task = _task(region, cluster, request.get("task"))
    _refuse_other(request.get("status"), STATUSES)
    changes = [(_container(task, change.get("containerName")), change) for change in request.get("containers", [])]
    for _, change in changes:
        _refuse_other(change.get("status"), STATUSES)
    managed = [(_container(task, change["containerName"]), change) for change in request.get("managedAgents", [])]
    attachments = _attachments(region, cluster, request.get("attachments", []))
    _refuse_simulated(task)

    for container, change in changes:
        agent_reports.container_changed(region, task, container, change)
    for container, managed_change in managed:
        agent_reports.managed_agent_changed(region, container, managed_change["status"])
    for owner, status in attachments:
        interface_transition(region, owner, status)
    agent_reports.task_changed(region, task, request)
    return {"acknowledgment": ACKNOWLEDGED}


@operation(
    "SubmitContainerStateChange",
    simplified=(
        _OF_MANUAL_AGENTS,
        "The acknowledgment is a word that nobody has seen.",
    ),
)
def submit_container_state_change(
    region: Region, request: api.SubmitContainerStateChangeRequest
) -> api.SubmitContainerStateChangeResponse:
    """Take over what an agent says of one container."""
    cluster = region.clusters.active(request.get("cluster"))
    task = _task(region, cluster, request.get("task"))
    container = _container(task, request.get("containerName"))
    _refuse_other(request.get("status"), STATUSES)
    _refuse_simulated(task)

    agent_reports.container_changed(region, task, container, request)
    return {"acknowledgment": ACKNOWLEDGED}


@operation(
    "SubmitAttachmentStateChanges",
    simplified=(
        _OF_MANUAL_AGENTS,
        "A task doesn't wait for its network interface to be ATTACHED by the agent's word.",
        "The acknowledgment is a word that nobody has seen.",
    ),
)
def submit_attachment_state_changes(
    region: Region, request: api.SubmitAttachmentStateChangesRequest
) -> api.SubmitAttachmentStateChangesResponse:
    """Take over what an agent says of the network interfaces of tasks."""
    cluster = region.clusters.active(request.get("cluster"))
    changes = _attachments(region, cluster, request["attachments"])
    for task, _ in changes:
        _refuse_simulated(task)

    for task, status in changes:
        interface_transition(region, task, status)
    return {"acknowledgment": ACKNOWLEDGED}


@operation(
    "DiscoverPollEndpoint",
    simplified=(
        "Nothing listens at the addresses; their form is that of the hosts that agents connect to, an assumption.",
    ),
)
def discover_poll_endpoint(
    region: Region, request: api.DiscoverPollEndpointRequest
) -> api.DiscoverPollEndpointResponse:
    """Where an agent is told what to do. Unlike its sisters it doesn't declare ClusterNotFoundException."""
    if "cluster" in request or "containerInstance" in request:
        cluster = region.clusters.find(request.get("cluster"))
        if cluster is None:
            raise ClientException(NOT_FOUND)  # unverified
        if "containerInstance" in request:
            lookup.known(region, cluster, request["containerInstance"])
    name = region.partition.region
    domain = f"{name}.amazonaws.com.cn" if arns.partition_of(name) == "aws-cn" else f"{name}.amazonaws.com"
    return {
        "endpoint": f"https://ecs-a-1.{domain}/",
        "telemetryEndpoint": f"https://ecs-t-1.{domain}/",
        "serviceConnectEndpoint": f"https://ecs-sc.{domain}/",
    }


def _task(region: Region, cluster: Cluster, identifier: str | None) -> Task:
    if not identifier:
        raise InvalidParameterException("task should not be null or empty.")  # the idiom; here unverified
    return known_task(region, cluster, identifier)


def _container(task: Task, name: str | None) -> Container:
    container = next((container for container in task.containers if container.name == name), None)
    if container is None:
        raise InvalidParameterException(f"The task has no container with the name {name}.")  # unverified
    return container


def _attachments(
    region: Region, cluster: Cluster, changes: Sequence[api.AttachmentStateChange]
) -> list[tuple[Task, AttachmentStatus]]:
    """The task of each network interface, and what is said of it."""
    found: list[tuple[Task, AttachmentStatus]] = []
    for change in changes:
        _refuse_other(change["status"], ATTACHMENT_STATUSES)
        attachment_id = change["attachmentArn"].rpartition("/")[2]
        owner = next(
            (
                task
                for task in region.tasks_in(cluster)
                if task.interface and task.interface.attachment_id == attachment_id
            ),
            None,
        )
        if owner is None:
            raise InvalidParameterException("The referenced attachment was not found.")  # unverified
        found.append((owner, "ATTACHED" if change["status"] == "ATTACHED" else "DETACHED"))
    return found


def _refuse_other(status: str | None, known_statuses: Sequence[str]) -> None:
    if status is not None and status not in known_statuses:
        raise InvalidParameterException(  # the idiom; here unverified
            f"status should be one of [{','.join(known_statuses)}]"
        )


def _refuse_simulated(task: Task) -> None:
    if not task.has_manual_agent:
        raise EcsFakeUsageError(
            f"{task!r} has a simulated agent, which says by itself what becomes of it. To say it through the API, place the task on "
            'an instance of container_instances.add(..., agent="manual"); to end a container, write task.exit().'
        )
