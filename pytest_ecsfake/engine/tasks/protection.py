"""Protection of a service's tasks from scale-in and deployments. It expires on the clock.

Rules: API reference, GetTaskProtection and UpdateTaskProtection; Developer Guide, "Protect your Amazon ECS tasks from being terminated by
scale-in events" and "API failure reasons".
"""

from __future__ import annotations

from pytest_ecsfake.clock import SECOND
from pytest_ecsfake.state.region import Region
from pytest_ecsfake.state.task import Task

MINUTE = 60 * SECOND

#: API reference, UpdateTaskProtection, expiresInMinutes: the default is two hours.
DEFAULT_MINUTES = 120


def protect(region: Region, task: Task, minutes: int = DEFAULT_MINUTES) -> None:
    """Protect a task from now on for this many minutes, whatever was left of an earlier protection."""
    task.protected_until = region.clock.now + minutes * MINUTE


def unprotect(task: Task) -> None:
    """End the protection of a task."""
    task.protected_until = None


def is_protected(region: Region, task: Task) -> bool:
    """Whether a task is protected now."""
    return task.protected_until is not None and task.protected_until > region.clock.now


def can_be_protected(task: Task) -> bool:
    """Whether a task can be protected: it belongs to a service, and isn't told to stop (the latter is unverified)."""
    return task.service_name is not None and task.desired_status == "RUNNING"


def would_block(region: Region, task: Task) -> bool:
    """Whether protecting a task would block a deployment that protected tasks already hold up (DEPLOYMENT_BLOCKED).

    Developer Guide, "Protect your Amazon ECS tasks ...": more tasks than the desired count are protected while a newer deployment waits for
    older tasks to stop.
    """
    service = None if task.service_name is None else region.services_in(task.cluster).get(task.service_name)
    if service is None or len(service.deployments) < 2 or task.started_by == service.deployments[0].id:
        return False
    protected = sum(is_protected(region, each) for each in service.tasks.values() if each.started_by == task.started_by)
    return protected >= service.desired_count
