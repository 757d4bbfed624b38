"""The counts of tasks that a service, a deployment and a task set show: in documents, in views and in the engine.

Rules: API reference, Service, runningCount and pendingCount.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from pytest_ecsfake.state.task import Task


class TaskCounts(NamedTuple):
    """How many tasks are desired, running and pending."""

    desired: int = 0
    running: int = 0
    pending: int = 0


def count(desired: int, tasks: Iterable[Task]) -> TaskCounts:
    """Count these tasks, none of which has STOPPED."""
    running = pending = 0
    for task in tasks:
        running += task.last_status == "RUNNING"
        pending += is_pending(task)
    return TaskCounts(desired, running, pending)


def is_pending(task: Task) -> bool:
    """Whether a task is on its way to RUNNING, and counts towards `pendingCount`."""
    return task.desired_status == "RUNNING" and task.last_status in ("PROVISIONING", "PENDING", "ACTIVATING")
