"""Starting tasks for a service: from a revision to tasks on their way.

Rules: API reference, CreateService (capacityProviderStrategy, propagateTags, enableECSManagedTags) and Task (group, startedBy).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from pytest_ecsfake.clock import seconds
from pytest_ecsfake.engine.capacity import strategy
from pytest_ecsfake.engine.launch import fargate
from pytest_ecsfake.engine.launch import plan as launch
from pytest_ecsfake.engine.launch import start as launching
from pytest_ecsfake.engine.placement.placement import SERVICE_DEFAULT
from pytest_ecsfake.engine.rollouts import messages
from pytest_ecsfake.engine.strategies import throttle
from pytest_ecsfake.engine.strategies.throttle import LEAST_DELAY
from pytest_ecsfake.state.deployment import Deployment
from pytest_ecsfake.state.region import Region
from pytest_ecsfake.state.service import Service
from pytest_ecsfake.state.service_revision import ServiceRevision
from pytest_ecsfake.state.task import Task
from pytest_ecsfake.state.task_set import TaskSet
from pytest_ecsfake.state.waiting import Wish

if TYPE_CHECKING:
    from pytest_ecsfake import api

#: How long until the scheduler tries again where there was no place for a task; it never gives up. ECS states no time. # unverified
PLACEMENT_RETRY = seconds(60)

SERVICE_NAME_TAG = "aws:ecs:serviceName"


def start(region: Region, service: Service, owner: Deployment | TaskSet, count: int) -> list[Task]:
    """Start up to `count` tasks of a deployment or a task set, and return those that were placed or wait for capacity.

    While the start throttle holds the service back, nothing is started; the scheduler looks again when it ends.
    """
    if throttle.holds_back(region, service):
        service.schedule.look_again_by(service.schedule.may_start_at)
        return []
    plan, places = plan_of(region, service, owner, count)
    tasks, failures = launching.launch_tasks(region, plan, places, wish(service))
    for task in tasks:
        service.tasks[task.id] = task
    if tasks:
        messages.started(region, service, tasks)
    if failures:
        report_failure(region, service, failures[0])
    return tasks


def plan_of(
    region: Region, service: Service, owner: Deployment | TaskSet, count: int
) -> tuple[launch.Plan, list[strategy.Capacity]]:
    """What the next tasks of a deployment or a task set are, and where each of them runs."""
    places = _places(region, service, owner, count)
    return _plan(region, service, owner.revision, owner.id, places), places


def launch_type_of(region: Region, revision: ServiceRevision) -> api.LaunchType:
    """What the tasks of a revision run on: its launch type, or that of the providers of its strategy."""
    if revision.launch_type is not None:
        return revision.launch_type
    [provider] = region.capacity_providers.of([revision.capacity_provider_strategy[0]["capacityProvider"]])
    return strategy.LAUNCH_TYPES[provider.kind]


def _places(region: Region, service: Service, owner: Deployment | TaskSet, count: int) -> list[strategy.Capacity]:
    """Where each of the next tasks runs: a strategy is kept to over all tasks of the owner, those that run already included."""
    revision = owner.revision
    launch_type = launch_type_of(region, revision)
    if not revision.capacity_provider_strategy:
        return [strategy.Capacity(launch_type)] * count
    there = Counter(task.capacity_provider_name for task in service.tasks_of(owner) if task.desired_status == "RUNNING")
    following = []
    for provider in strategy.divide(revision.capacity_provider_strategy, there.total() + count):
        if there[provider]:
            there[provider] -= 1
        else:
            following.append(strategy.Capacity(launch_type, provider))
    return following[:count]


def _plan(
    region: Region, service: Service, revision: ServiceRevision, started_by: str, places: list[strategy.Capacity]
) -> launch.Plan:
    """What the tasks are: as RunTask would start them with what the service and its revision say."""
    request: dict[str, Any] = {
        "group": f"service:{service.name}",
        "startedBy": started_by,
        "enableExecuteCommand": service.enable_execute_command,
        "enableECSManagedTags": service.enable_ecs_managed_tags,
        "propagateTags": service.propagate_tags,
        "tags": [],
    }
    if service.propagate_tags == "SERVICE":
        request["tags"] = [{"key": key, "value": value} for key, value in service.tags.items()]
    for name in ("networkConfiguration", "volumeConfigurations"):
        if name in revision.configuration:
            request[name] = revision.configuration[name]
    if revision.platform_version is not None:
        request["platformVersion"] = revision.platform_version
    on_spot = any(place.provider == "FARGATE_SPOT" for place in places)
    plan = launch.plan(service.cluster, revision.definition, request, places[0].launch_type, on_spot=on_spot)
    if plan.launch_type == "FARGATE":
        plan = replace(plan, subnets=_emptiest_first(region, service, plan.subnets))
    tags = {**plan.tags, SERVICE_NAME_TAG: service.name} if service.enable_ecs_managed_tags else plan.tags
    return replace(plan, tags=tags, service_name=service.name, is_behind_load_balancer=revision.has_load_balancer)


def _emptiest_first(region: Region, service: Service, subnets: Sequence[str]) -> list[str]:
    """The subnets in the order in which Fargate fills them: first those in the zones with the fewest of the service's tasks."""
    there = Counter(task.availability_zone for task in service.tasks.values() if task.desired_status == "RUNNING")
    return sorted(subnets, key=lambda subnet: there[fargate.availability_zone(region.place.region, subnet)])


def wish(service: Service) -> Wish:
    """How the tasks are placed on container instances."""
    return Wish(
        constraints=service.placement_constraints,
        strategies=service.placement_strategy or SERVICE_DEFAULT,
    )


def report_failure(region: Region, service: Service, failure: api.Failure) -> None:
    """Report a task that couldn't be placed, and have the scheduler try again."""
    reason, arn = failure.get("reason", ""), failure.get("arn")
    instance = None if arn is None or "container-instance/" not in arn else arn.rpartition("/")[2]
    if reason == launching.NO_INSTANCES:
        messages.no_instances(region, service)
    else:
        messages.not_placed(region, service, reason, instance)
    delay = max(region.timings.delay("PLACEMENT_RETRY", PLACEMENT_RETRY), LEAST_DELAY)
    service.schedule.look_again_by(region.clock.now + delay)
