"""The one place where a status changes: of a task, of its containers and their health, of its network interface.

What comes with a change is done here too: the timestamp, the version, the journal's entry. When a change is due, and which one,
`lifecycle.py` says.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_ecsfake.engine import reservation
from pytest_ecsfake.engine.stages import life_of
from pytest_ecsfake.state.container_instance import ContainerInstance
from pytest_ecsfake.state.region import Region
from pytest_ecsfake.state.task import AttachmentStatus, Container, ContainerStatus, ManagedAgent, Task, TaskStatus

if TYPE_CHECKING:
    from pytest_ecsfake import api


def accept(region: Region, task: Task) -> None:
    """Take a new task in, in the status that it was made with."""
    task.cluster.tasks.add(task.id, task)
    region.journal.write(task.created_at, "task", task.arn, "lastStatus", None, task.last_status)


def placed(region: Region, task: Task, instance: ContainerInstance) -> None:
    """Note which container instance a task is on, where all that it needs is reserved from now on. No event tells of it alone.

    The agent is connected already, so that connectivityAt is when the task was placed (recorded answers: equal to createdAt).
    """
    task.cluster.tasks.change(task.id, container_instance_arn=instance.arn)
    task.availability_zone = task.availability_zone or instance.availability_zone
    task.connectivity_at = region.clock.now
    reservation.take(instance, task)


def transition(region: Region, task: Task, status: TaskStatus, why: str | None = None) -> None:
    """Bring a task into a status."""
    arrival = life_of(task).arrivals[status]
    now = region.clock.now
    before = task.last_status
    task.cluster.tasks.change(task.id, last_status=status)
    if arrival.counts:
        task.version += 1
    if arrival.stamp is not None:
        setattr(task, arrival.stamp, now)
    if arrival.interface is not None:
        interface_transition(region, task, arrival.interface)
    region.journal.write(now, "task", task.arn, "lastStatus", before, status, why)


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
    task.stop_code = code
    task.stopped_reason = reason
    task.stopping_at = now
    if counts:
        task.version += 1
    region.journal.write(now, "task", task.arn, "desiredStatus", "RUNNING", "STOPPED", reason)


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


def agent_start(region: Region, agent: ManagedAgent) -> None:
    """Note that a container's managed agent is ready; no event tells of it."""
    agent.last_status = "RUNNING"
    agent.last_started_at = region.clock.now


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
