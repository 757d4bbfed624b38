"""Launching the tasks of a plan: for RunTask, StartTask and the service scheduler alike.

On Fargate each begins at once. On container instances one is placed after the other, since each takes what the next one finds gone; where
none has room a task fails, or waits for a capacity provider that scales.
Rules: API reference, RunTask and StartTask; Developer Guide, "API failure reasons".
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from pytest_ecsfake.engine.capacity.strategy import UNAVAILABLE, Capacity, limit_of, tasks_left
from pytest_ecsfake.engine.launch import candidates, waiting
from pytest_ecsfake.engine.launch import plan as launch
from pytest_ecsfake.engine.launch.plan import Plan
from pytest_ecsfake.engine.tasks import lifecycle
from pytest_ecsfake.errors import InvalidParameterException
from pytest_ecsfake.state.cluster import Cluster
from pytest_ecsfake.state.container_instance import ContainerInstance
from pytest_ecsfake.state.region import Region
from pytest_ecsfake.state.task import Task
from pytest_ecsfake.state.waiting import Wish

if TYPE_CHECKING:
    from pytest_ecsfake import api

NO_INSTANCES = "No Container Instances were found in your cluster."


class Started(NamedTuple):
    """The tasks that were accepted, and why others weren't."""

    tasks: list[Task]
    failures: list[api.Failure]


def refuse_without_instances(region: Region, cluster: Cluster, capacities: Sequence[Capacity]) -> None:
    """Refuse to run tasks where nothing could take them: neither an ACTIVE container instance, nor a provider that would bring some.

    Raises:
        InvalidParameterException: as its name says. It is seen of the launch type EC2; that EXTERNAL and a capacity provider without
            managed scaling answer alike is unverified.
    """
    for capacity in dict.fromkeys(capacities):
        if capacity.launch_type == "FARGATE" or waiting.scales(region, capacity.provider):
            continue
        if not candidates.candidates(region, cluster, capacity):
            raise InvalidParameterException(NO_INSTANCES)


def launch_tasks(region: Region, plan: Plan, capacities: Sequence[Capacity], wish: Wish) -> Started:
    """Start a task for each capacity.

    Args:
        region: where.
        plan: what the tasks are.
        capacities: where each of them runs; all of the plan's launch type.
        wish: what is asked of the container instances; Fargate takes none.

    Returns:
        The tasks in the order of their start, and the failures: one for each container instance, however many tasks it can't take
        (# unverified), and where there is no instance at all one without an ARN.
    """
    started = Started([], [])
    for capacity, alike in groupby(capacities):
        limit = limit_of(region, capacity)
        if limit is not None:
            limit.meet()
        if capacity.launch_type == "FARGATE":
            for _ in alike:
                if _is_exhausted(region, capacity):
                    started.failures.append({"reason": UNAVAILABLE})
                else:
                    _start(region, plan, started, provider=capacity.provider)
        else:
            _start_on_instances(region, plan, capacity, len(list(alike)), wish, started)
    return started


def start_on(
    region: Region, plan: Plan, instance: ContainerInstance, wish: Wish | None = None, provider: str | None = None
) -> Started:
    """Start one task on this very container instance, if it can take it.

    That the definition's own constraints hold here too is an assumption. # unverified
    """
    started = Started([], [])
    placement = candidates.placement(region, [instance], plan, plan.subnets, wish or Wish())
    if placement.place() is None:
        started.failures.extend(placement.failures())
    else:
        _start(region, plan, started, provider=provider, instance=instance)
    return started


def _start_on_instances(  # noqa: PLR0917 (all of them are what is started)
    region: Region, plan: Plan, capacity: Capacity, count: int, wish: Wish, started: Started
) -> None:
    placement = candidates.placement(
        region, candidates.candidates(region, plan.cluster, capacity), plan, plan.subnets, wish
    )
    can_wait = waiting.scales(region, capacity.provider)
    for _ in range(count):
        if _is_exhausted(region, capacity):
            started.failures.append({"reason": UNAVAILABLE})
            continue
        instance = placement.place()
        if instance is not None or can_wait:
            task = _start(region, plan, started, provider=capacity.provider, instance=instance)
            if instance is None:
                waiting.wait(region, task, wish, plan.subnets)
        else:
            # What has no room for one has none for the next, which is alike.
            failures = placement.failures() or [{"reason": NO_INSTANCES}]
            started.failures.extend(failure for failure in failures if failure not in started.failures)
            return


def _is_exhausted(region: Region, capacity: Capacity) -> bool:
    """Whether the test ordered that there is no capacity for another task now."""
    limit = limit_of(region, capacity)
    return limit is not None and tasks_left(region, limit) == 0


def _start(
    region: Region,
    plan: Plan,
    started: Started,
    *,
    provider: str | None = None,
    instance: ContainerInstance | None = None,
) -> Task:
    task = launch.task(region, plan, len(started.tasks), provider=provider, instance=instance)
    lifecycle.begin(region, task, instance)
    started.tasks.append(task)
    return task
