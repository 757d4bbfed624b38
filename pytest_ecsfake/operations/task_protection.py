"""GetTaskProtection and UpdateTaskProtection: which tasks of a service scale-in and deployments leave alone, and until when.

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
        "A task that is told to stop is TASK_NOT_VALID, an assumption.",
    ),
)
def get_task_protection(region: Region, request: api.GetTaskProtectionRequest) -> api.GetTaskProtectionResponse:
    """Whether tasks of services are protected, and until when."""
    cluster = region.clusters.active(request["cluster"])
    tasks, failures = _tasks_of_services(region, cluster, request.get("tasks", []))
    return {"protectedTasks": [_document(region, task) for task in tasks], "failures": failures}


@operation(
    "UpdateTaskProtection",
    simplified=(
        "DEPLOYMENT_BLOCKED is answered while a newer deployment waits and more tasks are protected than are desired.",
        "A task that is told to stop is TASK_NOT_VALID, an assumption.",
    ),
)
def update_task_protection(
    region: Region, request: api.UpdateTaskProtectionRequest
) -> api.UpdateTaskProtectionResponse:
    """Protect tasks of services from now on, or take their protection away; a second call for the same task starts its time anew."""
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
    """The tasks that are asked for and can be protected, each once, and failures for the others.

    Raises:
        InvalidParameterException: none is asked for, or an id or ARN is malformed or of elsewhere.
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
    """A task's protection; one that isn't protected has no date (recorded answers of both operations)."""
    if task.protected_until is None or not protection.is_protected(region, task):
        return {"taskArn": task.arn, "protectionEnabled": False}
    return {
        "taskArn": task.arn,
        "protectionEnabled": True,
        "expirationDate": to_epoch_seconds(task.protected_until),
    }
