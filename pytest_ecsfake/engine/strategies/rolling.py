"""The replica scheduler: it brings a service to its desired count of healthy tasks, all of its newest deployment.

A task stays if it belongs to the PRIMARY deployment, is not unhealthy and is not on a draining instance; every other task leaves. Missing tasks are
started as far as `maximumPercent` allows, and leaving tasks are stopped as healthy ones take their place, never below `minimumHealthyPercent`.
That one rule covers scaling, rolling deployments, draining instances and unhealthy tasks.
Rules: API reference, DeploymentConfiguration; Developer Guide, "Deploy Amazon ECS services by replacing tasks", and "Service definition
parameters" for which unhealthy tasks are replaced when.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pytest_ecsfake.engine.placement import placement
from pytest_ecsfake.engine.rollouts import alarms, configuration, messages, rollout
from pytest_ecsfake.engine.strategies import scaling, starting, zone_rebalancing
from pytest_ecsfake.state.region import Region
from pytest_ecsfake.state.service import Service
from pytest_ecsfake.state.service_deployment import ServiceDeployment
from pytest_ecsfake.state.task import Task
from pytest_ecsfake.state.task_counts import is_pending


@dataclass(slots=True)
class SortedTasks:
    """The tasks of a service as the scheduler finds them when it looks."""

    staying: list[Task]
    leaving: list[Task]
    occupying: int  # how many count towards the maximum: all that haven't ended

    @property
    def available(self) -> int:
        """How many of those that stay are healthy."""
        return sum(task.is_available for task in self.staying)


def sort_tasks(service: Service) -> SortedTasks:
    """Sort the tasks of a service into those that stay and those that leave."""
    primary = service.deployments[0]
    tasks = SortedTasks([], [], 0)
    for task in service.tasks.values():
        tasks.occupying += task.last_status not in ("DEPROVISIONING", "STOPPED")
        if task.desired_status == "RUNNING":
            (tasks.staying if scaling.stays(task, primary) else tasks.leaving).append(task)
    return tasks


def reconcile(region: Region, service: Service) -> None:
    """Start and stop the tasks that can be started and stopped now, and finish the deployment when nothing is left to do."""
    primary = service.deployments[0]
    tasks = sort_tasks(service)
    missing = service.desired_count - len(tasks.staying)
    primary.desired_count = service.desired_count
    begun: list[Task] = []
    if missing > 0 and primary.rollout_state != "FAILED":
        room = min(missing, configuration.most_tasks(service) - tasks.occupying)
        if room > 0:
            begun = starting.start(region, service, primary, room)
    elif missing < 0 and not zone_rebalancing.is_under_way(service):
        scaling.scale_in(region, service, primary, tasks.staying, -missing)
    if primary.rollout_state == "FAILED":
        _follow_desired_count(region, service, tasks.leaving)
    else:
        _stop_leaving(region, service, tasks, not_started=missing - len(begun))
    service_deployment = service.current_service_deployment
    if service_deployment is not None and succeeds_early(service, service_deployment, tasks):
        _complete_early(region, service, service_deployment, tasks.leaving)
    scaling.follow_older_deployments(service)
    finish(region, service, tasks.staying, tasks.leaving)


# --- tasks that leave -------------------------------------------------------------------------------------------------------------------


def _stop_leaving(region: Region, service: Service, tasks: SortedTasks, *, not_started: int) -> None:
    """Stop tasks that leave: at once where they don't run yet, else as far as enough healthy tasks are left.

    Args:
        region: where the service is.
        service: the service.
        tasks: its tasks.
        not_started: how many missing tasks couldn't be started.
    """
    serving = [task for task in tasks.leaving if task.last_status == "RUNNING" and not task.needs_replacement]
    unhealthy = [task for task in tasks.leaving if task.needs_replacement]
    scaling.stop(region, service, [task for task in tasks.leaving if is_pending(task) and not task.needs_replacement])
    available = tasks.available
    is_full = tasks.occupying >= configuration.most_tasks(service)
    _stop_unhealthy(region, service, unhealthy, are_replaced=available >= service.desired_count, is_full=is_full)
    healthy = available + len(serving)
    spare = max(healthy - service.desired_count, 0)
    if not_started > 0:
        # Replacements find no room, or no capacity: make some, as far as the minimum allows.
        spare = max(spare, min(not_started, healthy - configuration.least_healthy(service)))
    scaling.look_when_unprotected(region, service, serving)
    free = scaling.unprotected(region, serving)
    going = free[:spare]
    if going:
        if len(going) < len(free):
            going = placement.choose_to_stop(free, len(going), scaling.strategies(service), region.ids)
        scaling.stop(region, service, going)
    elif not_started > 0 and is_full and _is_at_rest(service):
        messages.report_obstacle(region, service, messages.STUCK)


def _is_at_rest(service: Service) -> bool:
    """Whether every task of a service is healthy and is to stay RUNNING, so that nothing changes by itself."""
    return all(task.desired_status == "RUNNING" and task.is_available for task in service.tasks.values())


def _stop_unhealthy(
    region: Region, service: Service, unhealthy: Sequence[Task], *, are_replaced: bool, is_full: bool
) -> None:
    """Stop unhealthy tasks that others have replaced; where there is no room for replacements, one at a time.

    Developer Guide, "Amazon ECS services"; API reference, DeploymentConfiguration, minimumHealthyPercent ("one-by-one"). One of an older
    deployment is stopped at once: the newer deployment replaces it anyway.
    """
    primary = service.deployments[0]
    going = [task for task in unhealthy if task.started_by != primary.id]
    own = [task for task in unhealthy if task.started_by == primary.id]
    if are_replaced:
        going += own
    elif is_full:
        going += scaling.next_without_room(service.tasks.values(), primary, own)
    scaling.stop(region, service, going, scaling.UNHEALTHY)


def _follow_desired_count(region: Region, service: Service, left: Sequence[Task]) -> None:
    """Scale in the tasks of older deployments, which nothing replaces while the PRIMARY deployment is FAILED.

    How ECS scales them isn't documented. # unverified
    """
    surplus = len(left) - service.desired_count
    if surplus > 0:
        scaling.scale_in(region, service, service.deployments[-1], left, surplus)


# --- reaching the end -------------------------------------------------------------------------------------------------------------------


def succeeds_early(service: Service, service_deployment: ServiceDeployment, tasks: SortedTasks) -> bool:
    """Whether enough tasks are healthy for a deployment to succeed before all are (API reference, DeploymentEarlySuccessCriteria)."""
    criteria = configuration.early_success(service_deployment.configuration)
    if criteria is None or service_deployment.rollback is not None:
        return False
    return tasks.available * 100 >= service.desired_count * criteria["healthyPercent"]


def _complete_early(
    region: Region, service: Service, service_deployment: ServiceDeployment, leaving: Sequence[Task]
) -> None:
    """Complete a deployment that succeeds early; its other tasks are started afterwards.

    With BLOCKING it first stops every task of the older deployments, and waits for them (API reference, DeploymentEarlySuccessCriteria).
    """
    criteria = configuration.early_success(service_deployment.configuration)
    if criteria is not None and criteria["sourceServiceRevisionCleanup"] == "BLOCKING":
        older = [task for task in leaving if task.desired_status == "RUNNING"]
        scaling.look_when_unprotected(region, service, older)
        scaling.stop(region, service, scaling.unprotected(region, older))
        scaling.delist_older_deployments(service)
        if len(service.deployments) > 1:
            return
    _complete_after_bake_time(region, service)


def finish(region: Region, service: Service, staying: Sequence[Task], leaving: Sequence[Task]) -> None:
    """Mark the deployment complete and the service steady once the desired count is healthy and no older deployment is left."""
    primary = service.deployments[0]
    scaling.delist_older_deployments(service)
    tasks = [task for task in staying if task.desired_status == "RUNNING"]
    is_reached = len(tasks) == service.desired_count and all(task.is_available for task in tasks)
    if not is_reached or leaving or len(service.deployments) > 1:
        messages.unsettle(region, service)
        return
    _complete_after_bake_time(region, service)
    if primary.rollout_state != "COMPLETED":
        return
    if service.scheduling_strategy == "REPLICA" and zone_rebalancing.takes_part(service):
        zone_rebalancing.rebalance(region, service, primary, tasks)
    if not service.schedule.is_steady:
        service.schedule.is_steady = True
        messages.steady(region, service)


def _complete_after_bake_time(region: Region, service: Service) -> None:
    """Complete the deployment that has reached its end, or begin its bake time and have the scheduler look when that is over."""
    service_deployment = service.current_service_deployment
    if service_deployment is None or service.deployments[0].rollout_state != "IN_PROGRESS":
        return
    if service_deployment.bakes_until is None:
        service_deployment.bakes_until = region.clock.now + alarms.bake_time(region, service_deployment)
    if region.clock.now >= service_deployment.bakes_until:
        rollout.complete(region, service, service_deployment)
    else:
        service.schedule.look_again_by(service_deployment.bakes_until)
