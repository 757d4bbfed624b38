"""What the strategies share: which tasks stay, and how tasks are stopped and scaled in.

Rules: Developer Guide, "Service definition parameters"; API reference, UpdateTaskProtection.
"""

from __future__ import annotations

from collections.abc import Sequence

from pytest_ecsfake.engine.placement import placement
from pytest_ecsfake.engine.rollouts import messages
from pytest_ecsfake.engine.tasks import lifecycle, protection
from pytest_ecsfake.state.deployment import Deployment
from pytest_ecsfake.state.region import Region
from pytest_ecsfake.state.service import Service
from pytest_ecsfake.state.task import Task
from pytest_ecsfake.state.task_set import TaskSet

#: Why a service stops a task whose health checks fail (Developer Guide, "Amazon ECS stopped tasks error messages").
UNHEALTHY = "Task failed container health checks"


def stop(region: Region, service: Service, tasks: Sequence[Task], reason: str | None = None) -> None:
    """Stop tasks of a service, in the scheduler's words unless others are given."""
    for task in tasks:
        words = reason or f"Scaling activity initiated by (deployment {task.started_by})"
        lifecycle.stop(region, task, code="ServiceSchedulerInitiated", reason=words)
    if tasks:
        service.schedule.is_steady = False
        messages.stopped(region, service, tasks)


def stays(task: Task, owner: Deployment | TaskSet) -> bool:
    """Whether a task needs no replacement by one of a deployment or a task set."""
    return task.started_by == owner.id and not task.needs_replacement and not is_on_draining_instance(task)


def is_on_draining_instance(task: Task) -> bool:
    """Whether a task has to leave its container instance."""
    instance = task.container_instance
    return instance is not None and instance.status == "DRAINING"


def scale_in(
    region: Region, service: Service, owner: Deployment | TaskSet, staying: Sequence[Task], surplus: int
) -> None:
    """Stop as many tasks as there are too many: those that don't run yet before those that do."""
    pending = [task for task in staying if not task.is_available]
    running = [task for task in staying if task.is_available]
    going = unprotected(region, service, pending)[-surplus:]
    free = unprotected(region, service, running)
    if len(going) < surplus:
        wanted = surplus - len(going)
        going += placement.choose_to_stop(free, wanted, strategies(service), region.ids)
    stop(region, service, going)
    held = surplus - len(going)
    if held > 0:
        messages.say_once(
            region,
            service,
            f"was unable to reach steady state because (taskSet {owner.id}) was unable to scale in due to "
            f"(reason {held} tasks under protection)",
        )
    else:
        messages.trouble_is_over(service)


def is_served(service: Service, deployment: Deployment) -> bool:
    """Whether a task serves a deployment that isn't about to be gone."""
    return any(task.last_status not in ("STOPPING", "DEPROVISIONING") for task in service.tasks_of(deployment))


def strategies(service: Service) -> placement.Strategies:
    """How tasks of a service are chosen to be stopped: by its placement strategies, in reverse."""
    return service.placement_strategy or placement.SERVICE_DEFAULT


def unprotected(region: Region, service: Service, tasks: Sequence[Task]) -> list[Task]:
    """The tasks that may be stopped; the scheduler looks again when the first protection ends (API reference, UpdateTaskProtection)."""
    free = []
    for task in tasks:
        if task.protected_until is not None and protection.is_protected(region, task):
            service.schedule.look_again_by(task.protected_until)
        else:
            free.append(task)
    return free
