"""GetTaskProtection and UpdateTaskProtection: the protection of a service's tasks from scale-in and deployments.

Rules: API reference of both; Developer Guide, "API failure reasons".
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pytest_ecsfake.clock import to_epoch_seconds
from pytest_ecsfake.engine.services import lookup, scheduler
from pytest_ecsfake.engine.tasks import protection
from pytest_ecsfake.engine.tasks.lookup import task_id_of
from pytest_ecsfake.errors import InvalidParameterException
from pytest_ecsfake.operations.registry import operation
from pytest_ecsfake.state.cluster import Cluster
from pytest_ecsfake.state.region import Region
from pytest_ecsfake.state.task import Task

if TYPE_CHECKING:
    from pytest_ecsfake import api


@operation(
    "GetTaskProtection",
    simplified=(
        "A call without `tasks` is refused, an assumption.",
        "A task that is stopping is a failure with the reason TASK_NOT_VALID, an assumption.",
    ),
)
def get_task_protection(region: Region, request: api.GetTaskProtectionRequest) -> api.GetTaskProtectionResponse:
    """Show whether tasks of services are protected, and until when."""
    cluster = region.clusters.active(request["cluster"])
    tasks, failures = _tasks_of_services(region, cluster, request.get("tasks", []))
    return {"protectedTasks": [_document(region, task) for task in tasks], "failures": failures}


@operation(
    "UpdateTaskProtection",
    simplified=(
        "The reason is DEPLOYMENT_BLOCKED while a newer deployment waits and more tasks are protected than desired.",
        "A task that is stopping is a failure with the reason TASK_NOT_VALID, an assumption.",
    ),
)
def update_task_protection(
    region: Region, request: api.UpdateTaskProtectionRequest
) -> api.UpdateTaskProtectionResponse:
    """Protect tasks of services from now on, or remove their protection. Protecting a task again restarts its time."""
    cluster = region.clusters.active(request["cluster"])
    tasks, failures = _tasks_of_services(region, cluster, request["tasks"])
    if request["protectionEnabled"]:
        blocked = [task for task in tasks if protection.would_block(region, task)]
        failures += [{"arn": task.arn, "reason": "DEPLOYMENT_BLOCKED"} for task in blocked]
        tasks = [task for task in tasks if task not in blocked]
    for task in tasks:
        if request["protectionEnabled"]:
            protection.protect(region, task, request.get("expiresInMinutes", protection.DEFAULT_MINUTES))
        else:
            protection.unprotect(task)
            service = lookup.find_by_task(region, task)
            if service is not None:
                scheduler.look(region, service)
    return {"protectedTasks": [_document(region, task) for task in tasks], "failures": failures}


def _tasks_of_services(
    region: Region, cluster: Cluster, identifiers: Sequence[str]
) -> tuple[list[Task], list[api.Failure]]:
    """The requested tasks that can be protected, each once, and failures for the others.

    Raises:
        InvalidParameterException: no task is requested, an id has a wrong length, or an ARN is of another region, account, type or cluster.
    """
    if not identifiers:
        raise InvalidParameterException("Tasks cannot be empty.")  # as DescribeTasks has it; unverified
    ids = [task_id_of(region, cluster, identifier) for identifier in identifiers]
    tasks: list[Task] = []
    failures: list[api.Failure] = []
    for task_id in dict.fromkeys(ids):
        task = region.tasks_in(cluster).get(task_id)
        if task is None:
            failures.append({"arn": region.partition.arn(f"task/{cluster.name}/{task_id}"), "reason": "MISSING"})
        elif not protection.can_be_protected(task):
            failures.append({"arn": task.arn, "reason": "TASK_NOT_VALID"})
        else:
            tasks.append(task)
    return tasks, failures


def _document(region: Region, task: Task) -> api.ProtectedTask:
    """A task's protection. It has a date only if the task is protected (recorded answers of both operations)."""
    if task.protected_until is None or not protection.is_protected(region, task):
        return {"taskArn": task.arn, "protectionEnabled": False}
    return {
        "taskArn": task.arn,
        "protectionEnabled": True,
        "expirationDate": to_epoch_seconds(task.protected_until),
    }
