"""The only module that changes the status of a task, of its containers and their health, of its network interface and its volume.

Each change also gets its timestamp, its version with an event, and its entry in the journal. Which change is due, and when, is decided in
`lifecycle.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_ecsfake.engine.placement import reservation
from pytest_ecsfake.engine.tasks.stages import paths_of
from pytest_ecsfake.state.container_instance import ContainerInstance
from pytest_ecsfake.state.region import Region
from pytest_ecsfake.state.task import (
    AttachmentStatus,
    Container,
    ContainerStatus,
    ManagedAgent,
    Task,
    TaskStatus,
    Volume,
)

if TYPE_CHECKING:
    from pytest_ecsfake import api


#: Developer Guide, "Amazon ECS stopped tasks error messages": the reasons that ECS itself gives a task.
FAILED_TO_START = "Task failed to start"
ESSENTIAL_CONTAINER_EXITED = "Essential container in task exited"


def accept(region: Region, task: Task, instance: ContainerInstance | None) -> None:
    """Add a new task to its cluster, on the container instance if it is placed at once."""
    region.tasks_in(task.cluster).add(task.id, task)
    region.journal.write(task.created_at, "task", task.arn, "lastStatus", None, task.last_status)
    if instance is not None:
        placed(region, task, instance)
    region.events.send(task.created_at, task)


def count_change(region: Region, resource: Task | ContainerInstance) -> None:
    """Raise the version of a resource, and send the event: the version counts the changes with an event (API reference, Task, version)."""
    resource.version += 1
    region.events.send(region.clock.now, resource)


def placed(region: Region, task: Task, instance: ContainerInstance) -> None:
    """Note which container instance a task is placed on, and reserve what it needs there.

    The instance sends an event, since its resources changed; the task doesn't. The agent is connected already, so that connectivityAt is
    when the task was placed (recorded answers: equal to createdAt).
    """
    region.tasks_in(task.cluster).change(task.id, container_instance=instance)
    task.availability_zone = task.availability_zone or instance.availability_zone
    task.connectivity_at = region.clock.now
    reservation.take(instance, task)
    count_change(region, instance)


def reconnected(region: Region, task: Task) -> None:
    """Note that the agent of a task's host is connected again (API reference, Task, connectivityAt); this has no event."""
    task.connectivity_at = region.clock.now


def gone(region: Region, task: Task) -> None:
    """Free what a task had reserved on its container instance, which sends an event."""
    instance = task.container_instance
    if instance is not None and task.reserved is not None:
        reservation.give_back(task)
        count_change(region, instance)


def transition(region: Region, task: Task, status: TaskStatus, why: str | None = None) -> None:
    """Set the status of a task."""
    arrival = paths_of(task).arrivals[status]
    now = region.clock.now
    before = task.last_status
    region.tasks_in(task.cluster).change(task.id, last_status=status)
    if arrival.stamp is not None:
        setattr(task, arrival.stamp, now)
    if arrival.interface is not None:
        attachments_transition(region, task, arrival.interface)
    region.journal.write(now, "task", task.arn, "lastStatus", before, status, why)
    if arrival.counts:
        count_change(region, task)


def want_stopped(region: Region, task: Task, code: api.TaskStopCode, reason: str, *, counts: bool) -> None:
    """Set a task's desired status to STOPPED, permanently.

    Args:
        region: where the task runs.
        task: a task whose desired status is RUNNING.
        code: ECS's code for the reason.
        reason: the reason in words.
        counts: whether the decision has an event, and so a version, of its own.
    """
    now = region.clock.now
    region.tasks_in(task.cluster).change(task.id, desired_status="STOPPED")
    region.waiting_tasks_in(task.cluster).pop(task.id, None)
    task.stop_code = code
    task.stopped_reason = reason
    task.stopping_at = now
    region.journal.write(now, "task", task.arn, "desiredStatus", "RUNNING", "STOPPED", reason)
    if counts:
        count_change(region, task)


def container_transition(region: Region, container: Container, status: ContainerStatus) -> None:
    """Set the status of a container; its managed agent stops with it."""
    before = container.last_status
    container.last_status = status
    why = container.name
    if status == "STOPPED":
        why = _words_for_the_end(container)
        if container.execute_command_agent is not None:
            container.execute_command_agent.last_status = status
    region.journal.write(region.clock.now, "container", container.arn, "lastStatus", before, status, why)


def restart(region: Region, task: Task, container: Container, exit_code: int) -> None:
    """Note that a container has exited and is started again.

    The API shows it RUNNING throughout, without the exit code. # unverified
    """
    why = f"{container.name} exited with {exit_code} and is restarted"
    region.journal.write(region.clock.now, "container", container.arn, "lastStatus", "RUNNING", "RUNNING", why)
    if container.health_status != "UNKNOWN":
        health_transition(region, task, container, "UNKNOWN")


def _words_for_the_end(container: Container) -> str:
    """How a container ended, for readers of the journal: the ARN doesn't contain its name."""
    if container.exit_code is None:
        return f"{container.name} never ran"
    words = f"{container.name} exited with {container.exit_code}"
    return words if container.reason is None else f"{words}: {container.reason}"


def health_transition(region: Region, task: Task, container: Container, status: api.HealthStatus) -> None:
    """Set the health status of a container.

    The turn to HEALTHY has an event: recorded tasks have version 4 with one checked container, and 5 with two. # unverified for other turns
    """
    before = container.health_status
    container.health_status = status
    region.journal.write(region.clock.now, "container", container.arn, "healthStatus", before, status, container.name)
    if status == "HEALTHY":
        count_change(region, task)


def availability_transition(task: Task, *, available: bool, needs_replacement: bool = False) -> None:
    """Note whether a task counts as healthy for its service, or needs to be replaced; this isn't reported anywhere."""
    task.is_available = available
    task.needs_replacement = needs_replacement


def agent_start(region: Region, agent: ManagedAgent) -> None:
    """Note that a container's managed agent is ready; this has no event."""
    agent.last_status = "RUNNING"
    agent.last_started_at = region.clock.now


def agent_stop(agent: ManagedAgent) -> None:
    """Note that a container's managed agent has stopped; this has no event."""
    agent.last_status = "STOPPED"


def attachments_transition(region: Region, task: Task, status: AttachmentStatus) -> None:
    """Set the status of a task's network interface and of its volume."""
    interface_transition(region, task, status)
    if task.volume is not None:
        _volume_transition(region, task.volume, status)


def _volume_transition(region: Region, volume: Volume, status: AttachmentStatus) -> None:
    """Set the status of a volume. One that outlives its task is only detached (TaskManagedEBSVolumeTerminationPolicy)."""
    volume.status = "DETACHED" if status == "DELETED" and not volume.deletes_on_termination else status
    if status == "CREATED":
        volume.volume_id = f"vol-{region.ids.hexadecimal(17)}"


def interface_transition(region: Region, task: Task, status: AttachmentStatus) -> None:
    """Set the status of a task's network interface, which gets its address when it is created; this has no event."""
    interface = task.interface
    if interface is None:
        return
    interface.status = status
    if status == "CREATED":
        ids = region.ids
        address = ids.private_ipv4_address()
        interface.network_interface_id = f"eni-{ids.hexadecimal(17)}"
        interface.mac_address = ids.mac_address()
        interface.private_ipv4_address = address
        interface.private_dns_name = f"ip-{address.replace('.', '-')}.{_internal_domain(region.partition.region)}"


def _internal_domain(region: str) -> str:
    """The domain of private DNS names (Amazon VPC User Guide, "DNS hostnames"): us-east-1 has its own."""
    return "ec2.internal" if region == "us-east-1" else f"{region}.compute.internal"
