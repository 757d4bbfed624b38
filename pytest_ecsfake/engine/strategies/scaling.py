"""What the strategies share: which tasks stay, how tasks are stopped and scaled in, and when an older deployment is no longer listed.

Rules: Developer Guide, "Service definition parameters"; API reference, UpdateTaskProtection.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Sequence

from pytest_ecsfake.engine.placement import placement
from pytest_ecsfake.engine.rollouts import messages
from pytest_ecsfake.engine.rollouts.transition import deployment_status_transition
from pytest_ecsfake.engine.tasks import lifecycle, protection
from pytest_ecsfake.state.deployment import Deployment
from pytest_ecsfake.state.region import Region
from pytest_ecsfake.state.service import Service
from pytest_ecsfake.state.task import Task
from pytest_ecsfake.state.task_set import TaskSet

#: Why a service stops a task whose health checks fail (Developer Guide, "Amazon ECS stopped tasks error messages").
UNHEALTHY = "Task failed container health checks"


# --- which tasks ------------------------------------------------------------------------------------------------------------------------


def stays(task: Task, owner: Deployment | TaskSet) -> bool:
    """Whether a task belongs to a deployment or a task set, and doesn't need to be replaced by another task of it."""
    return task.started_by == owner.id and not task.needs_replacement and not is_on_draining_instance(task)


def is_on_draining_instance(task: Task) -> bool:
    """Whether a task has to leave its container instance."""
    instance = task.container_instance
    return instance is not None and instance.status == "DRAINING"


def unprotected(region: Region, tasks: Sequence[Task]) -> list[Task]:
    """The tasks that may be stopped now (API reference, UpdateTaskProtection)."""
    return [task for task in tasks if not protection.is_protected(region, task)]


def next_without_room(tasks: Iterable[Task], owner: Deployment | TaskSet, leaving: Sequence[Task]) -> Sequence[Task]:
    """The task to stop where there is no room for replacements: one, and none until the last one's replacement is healthy.

    Developer Guide, "Amazon ECS services": one unhealthy task at a time is stopped, and a replacement started. ECS chooses at random, here
    the oldest goes first.

    Args:
        tasks: all of the service, or of the task set.
        owner: the deployment or the task set that they are replaced within.
        leaving: those that are to be stopped.
    """
    return () if any(_is_changing(task, owner) for task in tasks) else leaving[:1]


def _is_changing(task: Task, owner: Deployment | TaskSet) -> bool:
    """Whether a task is being stopped, or is a replacement that isn't healthy yet."""
    if task.desired_status == "STOPPED":
        return task.last_status not in ("DEPROVISIONING", "STOPPED")
    return stays(task, owner) and not task.is_available


def strategies(service: Service) -> placement.Strategies:
    """The placement strategies that choose which tasks of a service are stopped."""
    return service.placement_strategy or placement.SERVICE_DEFAULT


# --- stopping them ----------------------------------------------------------------------------------------------------------------------


def stop(region: Region, service: Service, tasks: Sequence[Task], reason: str | None = None) -> None:
    """Stop tasks of a service, for the scheduler's usual reason unless another one is given."""
    for task in tasks:
        words = reason or f"Scaling activity initiated by (deployment {task.started_by})"
        lifecycle.stop(region, task, code="ServiceSchedulerInitiated", reason=words)
    if tasks:
        messages.unsettle(region, service)
        messages.stopped(region, service, tasks)


def scale_in(
    region: Region, service: Service, owner: Deployment | TaskSet, staying: Sequence[Task], surplus: int
) -> None:
    """Stop surplus tasks: first those that aren't healthy yet, the newest first, then those that the placement strategies choose."""
    look_when_unprotected(region, service, staying)
    starting = unprotected(region, [task for task in staying if not task.is_available])
    healthy = unprotected(region, [task for task in staying if task.is_available])
    going = starting[-surplus:]
    if len(going) < surplus:
        going += placement.choose_to_stop(healthy, surplus - len(going), strategies(service), region.ids)
    stop(region, service, going)
    held = surplus - len(going)
    if held > 0:
        messages.report_obstacle(
            region,
            service,
            f"was unable to reach steady state because (taskSet {owner.id}) was unable to scale in due to "
            f"(reason {held} tasks under protection)",
        )
    else:
        messages.clear_obstacles(service)


def look_when_unprotected(region: Region, service: Service, tasks: Sequence[Task]) -> None:
    """Have the scheduler look again when the protection of one of these tasks ends."""
    for task in tasks:
        if task.protected_until is not None and protection.is_protected(region, task):
            service.schedule.look_again_by(task.protected_until)


# --- older deployments ------------------------------------------------------------------------------------------------------------------


def follow_older_deployments(service: Service) -> None:
    """Set the desired count of each older deployment to the number of tasks that it still has."""
    for older in service.deployments[1:]:
        older.desired_count = sum(task.desired_status == "RUNNING" for task in service.tasks_of(older))


def delist_older_deployments(service: Service, kept: Container[Deployment] = ()) -> None:
    """Take older deployments off a service's list once all their tasks are STOPPING, except for those that are kept."""
    primary, *older = service.deployments
    replaced = [each for each in older if each not in kept and not _has_tasks(service, each)]
    for each in replaced:
        deployment_status_transition(each, "INACTIVE")
    service.deployments = [primary, *(each for each in older if each not in replaced)]


def _has_tasks(service: Service, deployment: Deployment) -> bool:
    return any(task.last_status not in ("STOPPING", "DEPROVISIONING") for task in service.tasks_of(deployment))
