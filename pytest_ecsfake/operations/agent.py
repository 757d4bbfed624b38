"""The container agent's operations: SubmitTaskStateChange, SubmitContainerStateChange, SubmitAttachmentStateChanges, DiscoverPollEndpoint.

Only the container agent calls them. A test uses them to report the changes of tasks on instances with a manual agent; a simulated agent needs no
reports. Rules: API reference of each.
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

#: ECS's answer to a report of an agent. # unverified
ACKNOWLEDGED = "ACK"

#: The statuses of a task or container that an agent reports (amazon-ecs-agent, ecs_client).
STATUSES = ("PENDING", "RUNNING", "STOPPED")

#: The statuses of a network interface that an agent reports (amazon-ecs-agent, attachment status).
ATTACHMENT_STATUSES: tuple[AttachmentStatus, ...] = ("ATTACHED", "DETACHED")

_OF_MANUAL_AGENTS = (
    'A task with a simulated agent raises `EcsFakeUsageError`: it needs `container_instances.add(..., agent="manual")`.'
)


@operation(
    "SubmitTaskStateChange",
    simplified=(
        _OF_MANUAL_AGENTS,
        "In a report of RUNNING, containers that it doesn't mention have started; in one of STOPPED, they have ended without an exit code.",
        "The text of the acknowledgment is unverified.",
    ),
)
def submit_task_state_change(
    region: Region, request: api.SubmitTaskStateChangeRequest
) -> api.SubmitTaskStateChangeResponse:
    """Apply an agent's report about a task, its containers, its managed agents and its network interface."""
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
        "The text of the acknowledgment is unverified.",
    ),
)
def submit_container_state_change(
    region: Region, request: api.SubmitContainerStateChangeRequest
) -> api.SubmitContainerStateChangeResponse:
    """Apply an agent's report about one container."""
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
        "A task doesn't wait until the agent reports its network interface as ATTACHED.",
        "The text of the acknowledgment is unverified.",
    ),
)
def submit_attachment_state_changes(
    region: Region, request: api.SubmitAttachmentStateChangesRequest
) -> api.SubmitAttachmentStateChangesResponse:
    """Apply an agent's report about the network interfaces of tasks."""
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
        "Nothing listens at the addresses. Their form is that of the hosts that agents connect to, an assumption.",
    ),
)
def discover_poll_endpoint(
    region: Region, request: api.DiscoverPollEndpointRequest
) -> api.DiscoverPollEndpointResponse:
    """The addresses that an agent connects to. Unlike the related operations it doesn't declare ClusterNotFoundException."""
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
    """The task of each reported network interface, and the reported status."""
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
            f"{task!r} has a simulated agent, which needs no reports. To report changes of a task, place it on an instance of "
            'container_instances.add(..., agent="manual"); to end a container, write task.exit().'
        )
