"""Launching the tasks of a plan, each where it goes, for RunTask and for services alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pytest_ecsfake.engine import launch, lifecycle
from pytest_ecsfake.engine.capacity import Capacity
from pytest_ecsfake.errors import EcsFakeNotBuiltError
from pytest_ecsfake.state.region import Region
from pytest_ecsfake.state.task import Task
from pytest_ecsfake.state.waiting import Wish

if TYPE_CHECKING:
    from pytest_ecsfake import api


def launch_tasks(
    region: Region, plan: launch.Plan, capacities: Sequence[Capacity], wish: Wish
) -> tuple[list[Task], list[api.Failure]]:
    """Launch the tasks of a plan, one for each of these capacities.

    Args:
        region: where.
        plan: what they are.
        capacities: where each of them runs.
        wish: how they are placed on container instances.

    Returns:
        The tasks that were accepted, and why others weren't.

    Raises:
        EcsFakeNotBuiltError: they would run on something else than Fargate.
    """
    if plan.launch_type != "FARGATE":
        raise EcsFakeNotBuiltError(f"Tasks with the launch type {plan.launch_type} are not built.")
    tasks = []
    for number, capacity in enumerate(capacities):
        task = launch.task(region, plan, number, provider=capacity.provider)
        lifecycle.begin(region, task)
        tasks.append(task)
    return tasks, []
