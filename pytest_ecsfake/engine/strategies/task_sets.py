"""The scheduler for task sets, the deployments of another controller than ECS.

Each task set is to have a share of the service's desired count, its scale. The scheduler starts, stops and replaces tasks accordingly, and reports
when a set is steady. Which set gets traffic, and when one is deleted, is decided outside ECS (`external_deployments.py`).
Rules: API reference, TaskSet and DeploymentConfiguration; Developer Guide, "Amazon ECS deployment using a third-party controller".
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from fractions import Fraction

from pytest_ecsfake.engine.rollouts import configuration, messages
from pytest_ecsfake.engine.rollouts.transition import stability_transition
from pytest_ecsfake.engine.strategies import scaling, starting
from pytest_ecsfake.state.region import Region
from pytest_ecsfake.state.service import Service
from pytest_ecsfake.state.task import Task
from pytest_ecsfake.state.task_counts import is_pending
from pytest_ecsfake.state.task_set import TaskSet


def computed_desired_count(service: Service, task_set: TaskSet) -> int:
    """How many tasks a task set is to have: its share of the service's desired count, rounded up (API reference, TaskSet, computedDesiredCount)."""
    # Fractions, since a share such as 33.3 % isn't exact in binary.
    return math.ceil(service.desired_count * Fraction(str(task_set.scale.get("value", 0))) / 100)


def reconcile(region: Region, service: Service) -> None:
    """Start and stop the tasks of each task set that can be started and stopped now."""
    became_steady = False
    for task_set in list(service.task_sets):
        _reconcile(region, service, task_set)
        if task_set.status == "DRAINING":
            if all(_is_going(task) for task in service.tasks_of(task_set)):
                service.task_sets.remove(task_set)
        else:
            became_steady |= _report_stability(region, service, task_set)
    staying = [task_set for task_set in service.task_sets if task_set.status != "DRAINING"]
    if became_steady and all(task_set.stability_status == "STEADY_STATE" for task_set in staying):
        messages.steady(region, service)


def _reconcile(region: Region, service: Service, task_set: TaskSet) -> None:
    desired = computed_desired_count(service, task_set)
    if desired != task_set.desired_count:
        task_set.desired_count = desired
        messages.task_set_count(region, service, task_set)
    there = service.tasks_of(task_set)
    alive = [task for task in there if task.desired_status == "RUNNING"]
    staying = [task for task in alive if scaling.stays(task, task_set)]
    leaving = [task for task in alive if not scaling.stays(task, task_set)]
    missing = desired - len(staying)
    room = configuration.most_of_task_set(desired) - sum(
        task.last_status not in ("DEPROVISIONING", "STOPPED") for task in there
    )
    if missing > 0 and room > 0:
        starting.start(region, service, task_set, min(missing, room))
    elif missing < 0:
        scaling.scale_in(region, service, task_set, staying, -missing)
    _replace(region, service, task_set, staying, leaving, has_room=room > 0)


def _replace(
    region: Region,
    service: Service,
    task_set: TaskSet,
    staying: Sequence[Task],
    leaving: Sequence[Task],
    *,
    has_room: bool,
) -> None:
    """Stop tasks that are unhealthy or on a draining instance, once others have replaced them; without room for replacements, one at a time.

    A task that doesn't run yet is stopped at once.
    """
    serving = [task for task in leaving if not is_pending(task)]
    going = [task for task in leaving if is_pending(task)]
    if sum(task.is_available for task in staying) >= task_set.desired_count:
        going += serving
    elif not has_room:
        going += scaling.next_without_room(service.tasks_of(task_set), task_set, serving)
    for reason, tasks in (
        (scaling.UNHEALTHY, [task for task in going if task.needs_replacement]),
        (None, [task for task in going if not task.needs_replacement]),
    ):
        scaling.stop(region, service, tasks, reason)


def _is_going(task: Task) -> bool:
    return task.last_status in ("STOPPING", "DEPROVISIONING", "STOPPED")


def _report_stability(region: Region, service: Service, task_set: TaskSet) -> bool:
    """Bring a task set into its stability status, and report it when it becomes steady; whether it does.

    It is steady with the desired number of tasks running, all well, and none pending (API reference, TaskSet, stabilityStatus).
    """
    counts = service.counts_of(task_set)
    is_complete = counts.running == counts.desired and not counts.pending
    running = (task for task in service.tasks_of(task_set) if task.last_status == "RUNNING")
    is_steady = is_complete and all(map(_is_well, running))
    becomes_steady = is_steady and task_set.stability_status != "STEADY_STATE"
    if becomes_steady:
        messages.task_set_steady(region, service, task_set)
    stability_transition(region, task_set, "STEADY_STATE" if is_steady else "STABILIZING")
    return becomes_steady


def _is_well(task: Task) -> bool:
    """Whether a running task is to stay, its container instance doesn't drain, and whatever checks its health has found it healthy."""
    if task.desired_status != "RUNNING" or scaling.is_on_draining_instance(task):
        return False
    return task.is_available or not (task.is_behind_load_balancer or task.has_health_check)
