"""The counts of tasks of a service, a deployment or a task set, as documents, views and the engine use them.

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
    """Count tasks. None of them may have STOPPED."""
    running = pending = 0
    for task in tasks:
        running += task.last_status == "RUNNING"
        pending += is_pending(task)
    return TaskCounts(desired, running, pending)


def is_pending(task: Task) -> bool:
    """Whether a task counts towards `pendingCount`: it is on its way to RUNNING."""
    return task.desired_status == "RUNNING" and task.last_status in ("PROVISIONING", "PENDING", "ACTIVATING")
