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
