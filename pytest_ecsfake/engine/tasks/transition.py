"""The one place where a status changes: of a task, of its containers and their health, of its network interface.

What comes with a change is done here too: the timestamp, the version with its event, the journal's entry. When a change is due, and
which one, `lifecycle.py` says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_ecsfake.engine.placement import reservation
from pytest_ecsfake.engine.tasks.stages import life_of
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


def accept(region: Region, task: Task, instance: ContainerInstance | None) -> None:
    """Take a new task in, in the status that it was made with, on the container instance where it is placed at once."""
    task.cluster.tasks.add(task.id, task)
    region.journal.write(task.created_at, "task", task.arn, "lastStatus", None, task.last_status)
    if instance is not None:
        placed(region, task, instance)
    region.events.send(task.created_at, task)


def count_change(region: Region, resource: Task | ContainerInstance) -> None:
    """Count a change of a resource, and send its event: the version counts just those changes (API reference, Task, version)."""
    resource.version += 1
    region.events.send(region.clock.now, resource)


def placed(region: Region, task: Task, instance: ContainerInstance) -> None:
    """Note which container instance a task is on, where all that it needs is reserved from now on.

    Of the task no event tells it alone; of the instance one tells that its resources changed. The agent is connected already, so that
    connectivityAt is when the task was placed (recorded answers: equal to createdAt).
    """
    task.cluster.tasks.change(task.id, container_instance_arn=instance.arn)
    task.availability_zone = task.availability_zone or instance.availability_zone
    task.connectivity_at = region.clock.now
    reservation.take(instance, task)
    count_change(region, instance)


def reconnected(region: Region, task: Task) -> None:
    """Note that the agent of a task's host is back (API reference, Task, connectivityAt: when it last was CONNECTED); no event tells of it."""
    task.connectivity_at = region.clock.now


def gone(region: Region, task: Task) -> None:
    """Free what a task had reserved on its container instance; an event tells of the resources."""
    instance = task.container_instance
    if instance is not None and task.reserved is not None:
        reservation.give_back(task)
        count_change(region, instance)


def transition(region: Region, task: Task, status: TaskStatus, why: str | None = None) -> None:
    """Bring a task into a status."""
    arrival = life_of(task).arrivals[status]
    now = region.clock.now
    before = task.last_status
    task.cluster.tasks.change(task.id, last_status=status)
    if arrival.stamp is not None:
        setattr(task, arrival.stamp, now)
    if arrival.interface is not None:
        attachments_transition(region, task, arrival.interface)
    region.journal.write(now, "task", task.arn, "lastStatus", before, status, why)
    if arrival.counts:
        count_change(region, task)


def want_stopped(region: Region, task: Task, code: api.TaskStopCode, reason: str, *, counts: bool) -> None:
    """Decide that a task must stop: nothing takes that back.

    Args:
        region: where the task runs.
        task: one that is wanted RUNNING so far.
        code: ECS's word for the reason.
        reason: the reason in words.
        counts: whether the decision has an event, and so a version, of its own.
    """
    now = region.clock.now
    task.cluster.tasks.change(task.id, desired_status="STOPPED")
    task.cluster.waiting.pop(task.id, None)
    task.stop_code = code
    task.stopped_reason = reason
    task.stopping_at = now
    region.journal.write(now, "task", task.arn, "desiredStatus", "RUNNING", "STOPPED", reason)
    if counts:
        count_change(region, task)


def container_transition(region: Region, container: Container, status: ContainerStatus) -> None:
    """Bring a container into a status, and its managed agent with it when it stops."""
    before = container.last_status
    container.last_status = status
    why = container.name
    if status == "STOPPED":
        why = _words_for_the_end(container)
        if container.execute_command_agent is not None:
            container.execute_command_agent.last_status = status
    region.journal.write(region.clock.now, "container", container.arn, "lastStatus", before, status, why)


def restart(region: Region, container: Container, exit_code: int) -> None:
    """Note that a container has ended and is started again.

    The API shows it RUNNING all along, without the exit code. # unverified
    """
    why = f"{container.name} exited with {exit_code} and is restarted"
    region.journal.write(region.clock.now, "container", container.arn, "lastStatus", "RUNNING", "RUNNING", why)
    if container.health_status != "UNKNOWN":
        health_transition(region, container, "UNKNOWN")


def _words_for_the_end(container: Container) -> str:
    """How a container ended, for whoever reads the journal: an ARN alone doesn't name it."""
    if container.exit_code is None:
        return f"{container.name} never ran"
    words = f"{container.name} exited with {container.exit_code}"
    return words if container.reason is None else f"{words}: {container.reason}"


def health_transition(region: Region, container: Container, status: api.HealthStatus) -> None:
    """Note what the health check of a container says; no event tells of it."""
    before = container.health_status
    container.health_status = status
    region.journal.write(region.clock.now, "container", container.arn, "healthStatus", before, status, container.name)


def availability_transition(task: Task, *, available: bool, unfit: bool = False) -> None:
    """Note whether a task counts as healthy for its service, or has to be replaced; nobody is told of it."""
    task.is_available = available
    task.is_unfit = unfit


def agent_start(region: Region, agent: ManagedAgent) -> None:
    """Note that a container's managed agent is ready; no event tells of it."""
    agent.last_status = "RUNNING"
    agent.last_started_at = region.clock.now


def agent_stop(agent: ManagedAgent) -> None:
    """Note that a container's managed agent has ended; no event tells of it."""
    agent.last_status = "STOPPED"


def attachments_transition(region: Region, task: Task, status: AttachmentStatus) -> None:
    """Bring a task's network interface into a status, and its volume with it."""
    interface_transition(region, task, status)
    if task.volume is not None:
        _volume_transition(region, task.volume, status)


def _volume_transition(region: Region, volume: Volume, status: AttachmentStatus) -> None:
    """Bring a volume into a status; one that outlives its task is detached and no more (TaskManagedEBSVolumeTerminationPolicy)."""
    volume.status = "DETACHED" if status == "DELETED" and not volume.deletes_on_termination else status
    if status == "CREATED":
        volume.volume_id = f"vol-{region.ids.hexadecimal(17)}"


def interface_transition(region: Region, task: Task, status: AttachmentStatus) -> None:
    """Bring a task's network interface into a status; it gets its address when it is created. No event tells of it."""
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
        interface.private_dns_name = f"ip-{address.replace('.', '-')}.{_internal_domain(region.place.region)}"


def _internal_domain(region: str) -> str:
    """The domain of private names (Amazon VPC User Guide, "DNS hostnames"): us-east-1 has one of its own."""
    return "ec2.internal" if region == "us-east-1" else f"{region}.compute.internal"
