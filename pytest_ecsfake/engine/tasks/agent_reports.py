"""The reports of a manual agent on the tasks of its container instance, and the changes that ECS makes of them.

The changes are those that a simulated agent leads to (`transition.py`, `lifecycle.py`); only their timing comes from the test.
Rules: API reference, SubmitTaskStateChange and the related operations; Developer Guide, "Amazon ECS task lifecycle".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_ecsfake.clock import SECOND, Instant
from pytest_ecsfake.engine.tasks import containers, lifecycle
from pytest_ecsfake.engine.tasks.transition import (
    ESSENTIAL_CONTAINER_EXITED,
    FAILED_TO_START,
    agent_start,
    agent_stop,
    container_transition,
    transition,
    want_stopped,
)
from pytest_ecsfake.state.region import Region
from pytest_ecsfake.state.task import Container, Task

if TYPE_CHECKING:
    from pytest_ecsfake import api


def container_changed(
    region: Region,
    task: Task,
    container: Container,
    change: api.ContainerStateChange | api.SubmitContainerStateChangeRequest,
) -> None:
    """Apply an agent's report on a container; a status that the container has already passed is ignored."""
    status = change.get("status")
    has_run = status == "RUNNING" or (status == "STOPPED" and "exitCode" in change)
    if has_run and container.last_status == "PENDING":
        containers.start(region, task, container)
    _note(container, change)
    if status == "STOPPED" and container.last_status != "STOPPED":
        container.exit_code = change.get("exitCode")
        container.reason = change.get("reason")
        container_transition(region, container, "STOPPED")
        if container.is_essential and task.desired_status == "RUNNING":
            _give_up(region, task, None)


def task_changed(region: Region, task: Task, change: api.SubmitTaskStateChangeRequest) -> None:
    """Apply an agent's report on a task. A status that the task has already passed is ignored."""
    task.pull_started_at = _moment(change.get("pullStartedAt"), task.pull_started_at)
    task.pull_stopped_at = _moment(change.get("pullStoppedAt"), task.pull_stopped_at)
    task.execution_stopped_at = _moment(change.get("executionStoppedAt"), task.execution_stopped_at)
    status = change.get("status")
    if status == "RUNNING" and task.last_status in ("PENDING", "ACTIVATING"):
        for container in task.containers:
            if container.last_status == "PENDING":
                containers.start(region, task, container)
        transition(region, task, "RUNNING")
    elif status == "STOPPED" and task.last_status not in ("DEPROVISIONING", "STOPPED"):
        if task.desired_status == "RUNNING":
            _give_up(region, task, change.get("reason"))
        for container in task.containers:
            if container.last_status == "RUNNING":
                container_transition(region, container, "STOPPED")
        if task.started_at is not None and task.execution_stopped_at is None:
            task.execution_stopped_at = region.clock.now
        lifecycle.agent_says_stopped(region, task)


def managed_agent_changed(region: Region, container: Container, status: str) -> None:
    """Apply an agent's report on the agent for ExecuteCommand in a container."""
    managed = container.execute_command_agent
    if managed is None:
        return
    if status == "RUNNING":
        agent_start(region, managed)
    elif status == "STOPPED":
        agent_stop(managed)


def _note(container: Container, change: api.ContainerStateChange | api.SubmitContainerStateChangeRequest) -> None:
    container.runtime_id = change.get("runtimeId", container.runtime_id)
    digest = change.get("imageDigest")  # only where the container is part of its task's change
    if isinstance(digest, str):
        container.image_digest = digest
    if "networkBindings" in change:
        container.network_bindings = tuple(change["networkBindings"])


def _moment(given: float | None, before: Instant | None) -> Instant | None:
    return before if given is None else round(given * SECOND)


def _give_up(region: Region, task: Task, reason: str | None) -> None:
    """Set the desired status of a task that ended by itself: it never ran, or an essential container exited."""
    if task.started_at is None:
        want_stopped(region, task, "TaskFailedToStart", reason or FAILED_TO_START, counts=False)
    else:
        want_stopped(region, task, "EssentialContainerExited", reason or ESSENTIAL_CONTAINER_EXITED, counts=False)
