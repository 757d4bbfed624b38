"""What requests do to the task sets of a service under the controller EXTERNAL or CODE_DEPLOY.

Rules: API reference, CreateTaskSet, UpdateTaskSet, UpdateServicePrimaryTaskSet and DeleteTaskSet; Developer Guide, "Amazon ECS deployment using
a third-party controller".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pytest_ecsfake.engine.rollouts.transition import stability_transition, task_set_transition
from pytest_ecsfake.engine.services import scheduler
from pytest_ecsfake.engine.services.subscriptions import subscribe_scheduler
from pytest_ecsfake.engine.strategies import task_sets
from pytest_ecsfake.state.region import Region
from pytest_ecsfake.state.service import Service
from pytest_ecsfake.state.service_revision import ServiceRevision
from pytest_ecsfake.state.task_set import TaskSet

if TYPE_CHECKING:
    from pytest_ecsfake import api

WHOLE: api.Scale = {"value": 100.0, "unit": "PERCENT"}


def scale_of(given: Mapping[str, Any]) -> api.Scale:
    """A scale with its defaults: without a value, no task is started (recorded answer of create-task-set)."""
    return {"value": float(given.get("value", 0)), "unit": "PERCENT"}


def add(region: Region, service: Service, task_set: TaskSet) -> None:
    """Add a task set to a service, which may start its tasks at once, whatever failed before."""
    subscribe_scheduler(region)
    service.task_sets.append(task_set)
    service.revisions.append(task_set.revision)
    service.schedule.end_throttle()
    region.journal.write(region.clock.now, "task-set", task_set.arn, "status", None, task_set.status)
    scheduler.wake(region, service)


def new(
    region: Region,
    service: Service,
    revision: ServiceRevision,
    scale: api.Scale,
    *,
    platform_version: str | None,
    tags: dict[str, str] | None = None,
) -> TaskSet:
    """A new task set for `add`: ACTIVE, even as the service's first one, STABILIZING, and without a task yet."""
    now = region.clock.now
    task_set_id = f"ecs-svc/{revision.number}"
    return TaskSet(
        id=task_set_id,
        arn=region.partition.arn(f"task-set/{service.cluster.name}/{service.name}/{task_set_id}"),
        revision=revision,
        created_at=now,
        updated_at=now,
        stability_status_at=now,
        scale=scale,
        platform_version=platform_version,
        tags=tags or {},
    )


def begin(region: Region, service: Service, revision: ServiceRevision) -> None:
    """Create the first task set of a service under CODE_DEPLOY after the scheduler's delay: CreateService answers without one (API reference)."""
    scheduler.after_delay(region, _add_first, region, service, revision)


def _add_first(region: Region, service: Service, revision: ServiceRevision) -> None:
    """Add a PRIMARY task set with the service's own parameters and all of its tasks. # unverified."""
    if service.status != "ACTIVE":
        return
    first = new(region, service, revision, WHOLE, platform_version=service.platform_version)
    first.desired_count = task_sets.computed_desired_count(service, first)
    add(region, service, first)
    make_primary(region, service, first)
    scheduler.look(region, service)


def rescale(region: Region, service: Service, task_set: TaskSet, scale: api.Scale) -> None:
    """Give a task set another scale. It is STABILIZING again if that means another number of tasks."""
    task_set.scale = scale
    task_set.updated_at = region.clock.now
    if task_sets.computed_desired_count(service, task_set) != task_set.desired_count:
        stability_transition(region, task_set, "STABILIZING")
    scheduler.wake(region, service)


def make_primary(region: Region, service: Service, task_set: TaskSet) -> None:
    """Make a task set the primary one, whose revision the service shows.

    The task set that was primary becomes ACTIVE. # unverified
    """
    for other in service.task_sets:
        if other.status == "PRIMARY" and other is not task_set:
            task_set_transition(region, other, "ACTIVE")
    if task_set.status != "PRIMARY":
        task_set_transition(region, task_set, "PRIMARY")
    _show(service, task_set)


def delete(region: Region, service: Service, task_set: TaskSet) -> None:
    """Drain a task set: its tasks are stopped, and it is gone when the last one is STOPPING. The service of a primary one shows no revision then."""
    if task_set.status == "PRIMARY":
        _show(service, None)
    rescale(region, service, task_set, scale_of({}))
    task_set_transition(region, task_set, "DRAINING")


def _show(service: Service, task_set: TaskSet | None) -> None:
    """Have a service show the revision of its primary task set, or nothing without one (Developer Guide: these are null)."""
    service.revision = None if task_set is None else task_set.revision
    service.platform_version = None if task_set is None else task_set.platform_version
    service.launch_type = "EC2" if task_set is None else task_set.revision.template.launch_type
