"""The daemon scheduler: one task of a service on each container instance that can run it.

An instance gets its task when it joins, and loses it when it drains or no longer meets the constraints. A new deployment stops the old task of an
instance before it starts the new one, since no instance has two.
Rules: API reference, CreateService, schedulingStrategy and deploymentConfiguration (minimumHealthyPercent 0, maximumPercent 100); Developer
Guide, "Amazon ECS services", Daemon.
"""

from __future__ import annotations

from pytest_ecsfake.engine.capacity.strategy import Capacity
from pytest_ecsfake.engine.launch import candidates, start
from pytest_ecsfake.engine.launch.plan import LaunchPlan
from pytest_ecsfake.engine.rollouts import configuration, messages
from pytest_ecsfake.engine.strategies import rolling, scaling, starting, throttle
from pytest_ecsfake.state.container_instance import ContainerInstance
from pytest_ecsfake.state.region import Region
from pytest_ecsfake.state.service import Service
from pytest_ecsfake.state.task import Task


def reconcile(region: Region, service: Service) -> None:
    """Start and stop the tasks that can be started and stopped now, and finish the deployment when nothing is left to do."""
    primary = service.deployments[0]
    plan, [capacity] = starting.plan_of(region, service, primary, 1)
    instances = _eligible(region, service, plan, capacity)
    primary.desired_count = len(instances)
    if service.desired_count != len(instances):
        service.desired_count = len(instances)
        messages.daemon_count(region, service)
    alive = [task for task in service.tasks.values() if task.desired_status == "RUNNING"]
    staying = [task for task in alive if task.started_by == primary.id and _stays(task, instances)]
    leaving = [task for task in alive if task not in staying]
    going = _stoppable(service, leaving, instances, healthy=sum(task.is_available for task in alive))
    scaling.stop_leaving(region, service, going)
    if throttle.holds_back(region, service):
        service.schedule.look_again_by(service.schedule.may_start_at)
    elif primary.rollout_state != "FAILED":
        _fill(region, service, plan, capacity, instances)
    scaling.follow_older_deployments(service)
    rolling.finish(region, service, staying, [task for task in leaving if task.desired_status == "RUNNING"])


def _eligible(region: Region, service: Service, plan: LaunchPlan, capacity: Capacity) -> dict[str, ContainerInstance]:
    """The ACTIVE instances that meet the constraints and the requirements of the task definition, by ARN, whether or not they have room."""
    found = candidates.instances_of(region, service.cluster, capacity)
    placement = candidates.placement_on(region, found, plan, plan.subnets, starting.placement_request(service))
    return {instance.arn: instance for instance in placement.suited}


def _stays(task: Task, instances: dict[str, ContainerInstance]) -> bool:
    return task.container_instance_arn in instances and not task.needs_replacement


def _stoppable(
    service: Service, leaving: list[Task], instances: dict[str, ContainerInstance], *, healthy: int
) -> list[Task]:
    """The tasks to stop now: all on instances that no longer take one, and others as far as the minimum allows."""
    least = configuration.least_healthy(service)
    homeless = [task for task in leaving if task.container_instance_arn not in instances]
    older = [task for task in leaving if task not in homeless]
    serving = [task for task in older if task.is_available]
    return [*homeless, *[task for task in older if not task.is_available], *serving[: max(healthy - least, 0)]]


def _fill(
    region: Region, service: Service, plan: LaunchPlan, capacity: Capacity, instances: dict[str, ContainerInstance]
) -> None:
    """Start a task on each instance that has no task of the service and has room for one."""
    taken = {task.container_instance_arn for task in service.tasks.values()}
    begun: list[Task] = []
    for arn, instance in instances.items():
        if arn in taken:
            continue
        tasks, failures = start.start_on(region, plan, instance, starting.placement_request(service), capacity.provider)
        begun += tasks
        if failures:
            starting.report_failure(region, service, failures[0])
    for task in begun:
        service.tasks[task.id] = task
    if begun:
        messages.started(region, service, begun)
