"""Availability Zone rebalancing: it spreads the tasks of a steady service evenly over the zones.

While two zones differ by more than one task, it starts a task in the zone with the fewest; the surplus task that is then stopped is one of the zone
with the most, by the placement strategies.
Rules: Developer Guide, "Balancing an Amazon ECS service across Availability Zones": which services take part; one task at a time, the new one
healthy before the old one is stopped; on container instances, the zones that have some. The sentences are those of real services.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pytest_ecsfake.engine.capacity.strategy import Capacity
from pytest_ecsfake.engine.launch import candidates, fargate, start
from pytest_ecsfake.engine.launch.plan import LaunchPlan
from pytest_ecsfake.engine.placement.placement import ZONE, shown_strategies
from pytest_ecsfake.engine.rollouts import configuration, messages
from pytest_ecsfake.engine.strategies import starting
from pytest_ecsfake.state.deployment import Deployment
from pytest_ecsfake.state.region import Region
from pytest_ecsfake.state.service import Service
from pytest_ecsfake.state.task import Task

if TYPE_CHECKING:
    from pytest_ecsfake import api


def takes_part(service: Service) -> bool:
    """Whether the tasks of a service are spread evenly over the zones."""
    strategies = shown_strategies(service.placement_strategy)
    return (
        service.availability_zone_rebalancing == "ENABLED"
        and configuration.maximum_percent(service.deployment_configuration) > 100
        and (not strategies or (strategies[0]["type"], strategies[0].get("field")) == ("spread", ZONE))
        and not any(ZONE in constraint.get("expression", "") for constraint in service.placement_constraints)
        and service.revision is not None
        and service.revision.launch_type != "EXTERNAL"
    )


def rebalance(region: Region, service: Service, owner: Deployment, tasks: Sequence[Task]) -> None:
    """Start a task in the zone with the fewest if the tasks of a steady service are unevenly spread; report when they no longer are."""
    plan, capacities = starting.plan_of(region, service, owner, 1)
    counts = _counts(region, service, plan, capacities, tasks)
    if len(counts) < 2 or max(counts.values()) - min(counts.values()) < 2:
        if service.schedule.is_rebalancing:
            service.schedule.is_rebalancing = False
            messages.say(region, service, f"is AZ balanced with {_spread(counts)}.")
            messages.send_action(region, service, "SERVICE_REBALANCING_COMPLETED")
        return
    zone = min(counts, key=lambda zone: counts[zone])
    task = _start_in(region, service, plan, capacities, zone)
    if task is None:
        return
    if not service.schedule.is_rebalancing:
        service.schedule.is_rebalancing = True
        messages.say(region, service, f"is not AZ balanced with {_spread(counts)}. AZ Rebalancing in progress.")
        messages.send_action(region, service, "SERVICE_REBALANCING_STARTED")
    service.tasks[task.id] = task
    service.schedule.rebalancing_task = task.id
    messages.say(region, service, f"has started 1 tasks in {zone} to AZ Rebalance: (task {task.id}).")


def is_under_way(service: Service) -> bool:
    """Whether a task was started to rebalance that isn't healthy yet; until then no other one is stopped."""
    task = service.tasks.get(service.schedule.rebalancing_task or "")
    return task is not None and task.desired_status == "RUNNING" and not task.is_available


def _counts(
    region: Region, service: Service, plan: LaunchPlan, capacities: Sequence[Capacity], tasks: Sequence[Task]
) -> dict[str, int]:
    """How many of the tasks are in each zone where they can run, zones without any included, in the order of the zones' names."""
    if plan.launch_type == "FARGATE":
        zones = {fargate.availability_zone(region.partition.region, subnet) for subnet in plan.subnets}
    else:
        found = candidates.instances_of(region, plan.cluster, capacities[0])
        request = starting.placement_request(service)
        instances = candidates.placement_on(region, found, plan, plan.subnets, request).suited
        zones = {instance.availability_zone for instance in instances if instance.availability_zone is not None}
    counts = dict.fromkeys(sorted(zones), 0)
    for task in tasks:
        if task.availability_zone in counts:
            counts[task.availability_zone] += 1
    return counts


def _start_in(
    region: Region, service: Service, plan: LaunchPlan, capacities: Sequence[Capacity], zone: str
) -> Task | None:
    request = starting.placement_request(service)
    if plan.launch_type == "FARGATE":
        here = [subnet for subnet in plan.subnets if fargate.availability_zone(region.partition.region, subnet) == zone]
        plan = plan._replace(subnets=here)
    else:
        in_zone: api.PlacementConstraint = {"type": "memberOf", "expression": f"{ZONE} == {zone}"}
        request = request._replace(constraints=[*request.constraints, in_zone])
    tasks, _ = start.launch_tasks(region, plan, capacities, request)
    return tasks[0] if tasks else None


def _spread(counts: dict[str, int]) -> str:
    return ", ".join(f"{number} tasks in {zone}" for zone, number in counts.items())
