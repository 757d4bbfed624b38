"""Starting tasks for a service: from a revision to tasks on their way.

Rules: API reference, CreateService (capacityProviderStrategy, propagateTags, enableECSManagedTags) and Task (group, startedBy).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pytest_ecsfake.clock import seconds
from pytest_ecsfake.engine.capacity import strategy
from pytest_ecsfake.engine.launch import fargate
from pytest_ecsfake.engine.launch.plan import LaunchPlan
from pytest_ecsfake.engine.launch.rules import NO_INSTANCES
from pytest_ecsfake.engine.launch.start import launch_tasks
from pytest_ecsfake.engine.placement.placement import SERVICE_DEFAULT
from pytest_ecsfake.engine.rollouts import messages
from pytest_ecsfake.engine.strategies import throttle
from pytest_ecsfake.engine.strategies.throttle import LEAST_DELAY
from pytest_ecsfake.engine.tags import of_new_task
from pytest_ecsfake.state.deployment import Deployment
from pytest_ecsfake.state.region import Region
from pytest_ecsfake.state.service import Service
from pytest_ecsfake.state.task import Task
from pytest_ecsfake.state.task_definition import TaskDefinition
from pytest_ecsfake.state.task_set import TaskSet
from pytest_ecsfake.state.waiting import PlacementRequest

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
    plan, capacities = plan_of(region, service, owner, count)
    tasks, failures = launch_tasks(region, plan, capacities, placement_request(service))
    for task in tasks:
        service.tasks[task.id] = task
    if tasks:
        messages.started(region, service, tasks)
    if failures:
        report_failure(region, service, failures[0])
    return tasks


def plan_of(
    region: Region, service: Service, owner: Deployment | TaskSet, count: int
) -> tuple[LaunchPlan, list[strategy.Capacity]]:
    """What the next tasks of a deployment or a task set are, and where each of them runs."""
    return _plan(region, service, owner), _capacities(service, owner, count)


def _capacities(service: Service, owner: Deployment | TaskSet, count: int) -> list[strategy.Capacity]:
    """Where each of the next tasks runs: a strategy is followed over all tasks of the owner, those that already run included."""
    launch_type = owner.revision.template.launch_type
    items = owner.revision.capacity_provider_strategy
    if not items:
        return [strategy.Capacity(launch_type)] * count
    there = Counter(task.capacity_provider_name for task in service.tasks_of(owner) if task.desired_status == "RUNNING")
    following = []
    for provider in strategy.divide(items, there.total() + count):
        if there[provider]:
            there[provider] -= 1
        else:
            following.append(strategy.Capacity(launch_type, provider))
    return following[:count]


def _plan(region: Region, service: Service, owner: Deployment | TaskSet) -> LaunchPlan:
    """What the next tasks are: the template of the owner's revision, and the settings that the service has by now."""
    template = owner.revision.template
    on_fargate = template.launch_type == "FARGATE"
    return LaunchPlan(
        template=template,
        cluster=service.cluster,
        subnets=_emptiest_first(region, service, template.subnets) if on_fargate else template.subnets,
        group=f"service:{service.name}",
        started_by=owner.id,
        enable_execute_command=service.enable_execute_command,
        tags=_tags(service, template.definition),
        service_name=service.name,
        is_behind_load_balancer=owner.revision.has_load_balancer,
        service_connect_arn=_service_connect_arn(region, service, owner),
        deregistration_delay_seconds=owner.revision.deregistration_delay_seconds,
    )


def _service_connect_arn(region: Region, service: Service, owner: Deployment | TaskSet) -> str | None:
    """What the proxies of Service Connect serve: the task set, as which ECS counts a deployment here too."""
    if "serviceConnectConfiguration" not in owner.revision.configuration:
        return None
    return region.partition.arn(f"task-set/{service.cluster.name}/{service.name}/{owner.id}")


def _tags(service: Service, definition: TaskDefinition) -> dict[str, str]:
    """The tags of the next tasks."""
    of_service = service.tags if service.propagate_tags == "SERVICE" else {}
    tags = of_new_task(
        service.cluster,
        definition,
        [{"key": key, "value": value} for key, value in of_service.items()],
        propagated=service.propagate_tags == "TASK_DEFINITION",
        managed=service.enable_ecs_managed_tags,
    )
    return {**tags, SERVICE_NAME_TAG: service.name} if service.enable_ecs_managed_tags else tags


def _emptiest_first(region: Region, service: Service, subnets: Sequence[str]) -> list[str]:
    """The subnets in the order in which Fargate fills them: first those in the zones with the fewest of the service's tasks."""
    there = Counter(task.availability_zone for task in service.tasks.values() if task.desired_status == "RUNNING")
    return sorted(subnets, key=lambda subnet: there[fargate.availability_zone(region.partition.region, subnet)])


def placement_request(service: Service) -> PlacementRequest:
    """How the tasks are placed on container instances."""
    return PlacementRequest(
        constraints=service.placement_constraints,
        strategies=service.placement_strategy or SERVICE_DEFAULT,
    )


def report_failure(region: Region, service: Service, failure: api.Failure) -> None:
    """Report a task that couldn't be placed, and have the scheduler try again."""
    reason, arn = failure.get("reason", ""), failure.get("arn")
    instance = None if arn is None or "container-instance/" not in arn else arn.rpartition("/")[2]
    if reason == NO_INSTANCES:
        messages.no_instances(region, service)
    else:
        messages.not_placed(region, service, reason, instance)
    delay = max(region.timings.delay("PLACEMENT_RETRY", PLACEMENT_RETRY), LEAST_DELAY)
    service.schedule.look_again_by(region.clock.now + delay)
