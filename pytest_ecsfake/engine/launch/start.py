"""Starting the tasks of a plan: for RunTask, StartTask and the service scheduler alike.

On Fargate each task begins at once. On container instances one is placed after the other, since each takes room from the next; where no
instance has room a task fails, or waits for a capacity provider that scales.
Rules: API reference, RunTask and StartTask; Developer Guide, "API failure reasons".
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from pytest_ecsfake.engine.capacity.strategy import UNAVAILABLE, Capacity, has_room, limit_of, scales
from pytest_ecsfake.engine.launch import candidates, waiting
from pytest_ecsfake.engine.launch.plan import LaunchPlan, new_task
from pytest_ecsfake.engine.launch.rules import NO_INSTANCES
from pytest_ecsfake.engine.tasks import lifecycle
from pytest_ecsfake.state.container_instance import ContainerInstance
from pytest_ecsfake.state.region import Region
from pytest_ecsfake.state.task import Task
from pytest_ecsfake.state.waiting import PlacementRequest

if TYPE_CHECKING:
    from pytest_ecsfake import api


class Started(NamedTuple):
    """The tasks that were accepted, and why others weren't."""

    tasks: list[Task]
    failures: list[api.Failure]


def launch_tasks(
    region: Region, plan: LaunchPlan, capacities: Sequence[Capacity], request: PlacementRequest
) -> Started:
    """Start a task for each capacity.

    Args:
        region: where.
        plan: what the tasks are.
        capacities: where each of them runs; all of the plan's launch type.
        request: how they are placed on container instances; Fargate ignores it.

    Returns:
        The tasks in the order of their start, and the failures: one for each container instance, however many tasks it can't take
        (# unverified), and where there is no instance at all one without an ARN.
    """
    started = Started([], [])
    for capacity, alike in groupby(capacities):
        count = len(list(alike))
        limit = limit_of(region, capacity)
        if limit is not None:
            limit.meet()
        if capacity.launch_type == "FARGATE":
            _start_on_fargate(region, plan, capacity, count, started)
        else:
            _start_on_instances(region, plan, capacity, count, request, started)
    return started


def start_on(
    region: Region,
    plan: LaunchPlan,
    instance: ContainerInstance,
    request: PlacementRequest | None = None,
    provider: str | None = None,
) -> Started:
    """Start one task on this very container instance, if it can take it.

    That the definition's own constraints hold here too is an assumption. # unverified
    """
    started = Started([], [])
    placement = candidates.placement_on(region, [instance], plan, plan.subnets, request or PlacementRequest())
    if placement.place() is None:
        started.failures.extend(placement.failures())
    else:
        _start(region, plan, started, provider=provider, instance=instance)
    return started


def _start_on_fargate(region: Region, plan: LaunchPlan, capacity: Capacity, count: int, started: Started) -> None:
    for _ in range(count):
        if has_room(region, capacity):
            _start(region, plan, started, provider=capacity.provider)
        else:
            started.failures.append({"reason": UNAVAILABLE})


def _start_on_instances(  # noqa: PLR0917 (all of them are what is started)
    region: Region, plan: LaunchPlan, capacity: Capacity, count: int, request: PlacementRequest, started: Started
) -> None:
    instances = candidates.instances_of(region, plan.cluster, capacity)
    placement = candidates.placement_on(region, instances, plan, plan.subnets, request)
    can_wait = scales(region, capacity)
    for _ in range(count):
        if not has_room(region, capacity):
            started.failures.append({"reason": UNAVAILABLE})
            continue
        instance = placement.place()
        if instance is not None or can_wait:
            task = _start(region, plan, started, provider=capacity.provider, instance=instance)
            if instance is None:
                waiting.wait(region, task, request, plan.subnets)
        else:
            # The tasks are alike: where one finds no room the next finds none either.
            failures = placement.failures() or [{"reason": NO_INSTANCES}]
            started.failures.extend(failure for failure in failures if failure not in started.failures)
            return


def _start(
    region: Region,
    plan: LaunchPlan,
    started: Started,
    *,
    provider: str | None = None,
    instance: ContainerInstance | None = None,
) -> Task:
    task = new_task(region, plan, len(started.tasks), provider=provider, instance=instance)
    lifecycle.begin(region, task, instance)
    started.tasks.append(task)
    return task
