"""Protection of a service's tasks from scale-in and deployments. It ends by itself: whether a task is protected is a matter of the clock.

Rules: API reference, GetTaskProtection and UpdateTaskProtection; Developer Guide, "Protect your Amazon ECS tasks from being terminated by
scale-in events" and "API failure reasons".
"""

from __future__ import annotations

from pytest_ecsfake.clock import SECOND
from pytest_ecsfake.state.region import Region
from pytest_ecsfake.state.task import Task

MINUTE = 60 * SECOND

#: API reference, UpdateTaskProtection, expiresInMinutes: two hours unless something else is said.
DEFAULT_MINUTES = 120


def protect(region: Region, task: Task, minutes: int = DEFAULT_MINUTES) -> None:
    """Protect a task from now on, for so long; what was left of an earlier protection counts no more."""
    task.protected_until = region.clock.now + minutes * MINUTE


def unprotect(task: Task) -> None:
    """Let a task be stopped again when its service scales in or is deployed."""
    task.protected_until = None


def is_protected(region: Region, task: Task) -> bool:
    """Whether a task is protected now."""
    return task.protected_until is not None and task.protected_until > region.clock.now


def can_be_protected(task: Task) -> bool:
    """Whether a task can be protected at all: one of a service. That one which is told to stop can't any more is unverified."""
    return task.service_name is not None and task.desired_status == "RUNNING"


def would_block(region: Region, task: Task) -> bool:
    """Whether protecting a task would hold up a deployment that protected tasks hold up already (DEPLOYMENT_BLOCKED).

    Developer Guide, "Protect your Amazon ECS tasks ...": the protected tasks are more than the desired count while a newer deployment waits
    for older tasks to go.
    """
    service = None if task.service_name is None else region.services_in(task.cluster).get(task.service_name)
    if service is None or len(service.deployments) < 2 or task.started_by == service.deployments[0].id:
        return False
    protected = sum(is_protected(region, each) for each in service.tasks.values() if each.started_by == task.started_by)
    return protected >= service.desired_count
