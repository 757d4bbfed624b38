"""The replica scheduler: starting and stopping tasks so that a service comes to its desired count of healthy tasks of its newest deployment.

A task stays if it is the PRIMARY deployment's, isn't unhealthy and isn't on an instance that drains; the others leave. Tasks are started for
those that are missing as far as `maximumPercent` leaves room, and those that leave are stopped as healthy ones take their place, never below
`minimumHealthyPercent`. One rule serves scaling, rolling deployments, drained instances and unhealthy tasks.
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
from pytest_ecsfake.state.task import Task
from pytest_ecsfake.state.task_counts import is_pending


@dataclass(slots=True)
class Census:
    """The tasks of a service as one look of the scheduler finds them."""

    staying: list[Task]
    leaving: list[Task]
    occupying: int  # tasks that count towards the maximum: all that haven't come to an end
    least: int
    most: int


def census(service: Service) -> Census:
    """Count the tasks of a service against what its deployment configuration allows."""
    primary = service.deployments[0]
    staying: list[Task] = []
    leaving: list[Task] = []
    occupying = 0
    for task in service.tasks.values():
        occupying += task.last_status not in ("DEPROVISIONING", "STOPPED")
        if task.desired_status == "RUNNING":
            (staying if scaling.stays(task, primary) else leaving).append(task)
    return Census(
        staying,
        leaving,
        occupying,
        least=configuration.least_healthy(service),
        most=configuration.most_tasks(service),
    )


def reconcile(region: Region, service: Service) -> None:
    """Do what can be done now."""
    primary = service.deployments[0]
    found = census(service)
    missing = service.desired_count - len(found.staying)
    primary.desired_count = service.desired_count
    begun: list[Task] = []
    if missing > 0 and primary.rollout_state != "FAILED":
        room = min(missing, found.most - found.occupying)
        if room > 0:
            begun = starting.start(region, service, primary, room)
    elif missing < 0 and not zone_rebalancing.is_under_way(service):
        scaling.scale_in(region, service, primary, found.staying, -missing)
    _let_go(region, service, found, missing - len(begun) if primary.rollout_state != "FAILED" else 0)
    _succeed_early(region, service, found)
    for older in service.deployments[1:]:
        older.desired_count = sum(task.desired_status == "RUNNING" for task in service.tasks_of(older))
    conclude(region, service, found.staying, found.leaving)


def _is_at_rest(service: Service) -> bool:
    """Whether none of a service's tasks is on its way up or down, so that nothing will change by itself."""
    return all(task.desired_status == "RUNNING" and task.is_available for task in service.tasks.values())


def _is_worth_keeping(task: Task) -> bool:
    """Whether a task that leaves serves until it is replaced."""
    return task.last_status == "RUNNING" and not task.needs_replacement


def _let_go(region: Region, service: Service, found: Census, missing: int) -> None:
    """Stop what leaves: at once where it serves nobody, else as far as healthy tasks are left.

    Args:
        region: where.
        service: which.
        found: its tasks.
        missing: how many tasks couldn't be started.
    """
    primary = service.deployments[0]
    if primary.rollout_state == "FAILED":
        _follow_down(region, service, found.leaving)
        return
    serving = [task for task in found.leaving if _is_worth_keeping(task)]
    unhealthy = [task for task in found.leaving if task.needs_replacement]
    useless = [task for task in found.leaving if is_pending(task) and not task.needs_replacement]
    scaling.stop(region, service, useless)
    available = sum(task.is_available for task in found.staying)
    _replace_unhealthy(region, service, found, unhealthy, available)
    counted = available + len(serving)
    spare = max(counted - service.desired_count, 0)
    if missing > 0:
        # There is no room, or no capacity, for a replacement: make some, as far as the minimum lets us.
        spare = max(spare, min(missing, counted - found.least))
    free = scaling.unprotected(region, service, serving)
    going = free[: max(spare, 0)]
    if going:
        if len(going) < len(free):
            going = placement.choose_to_stop(free, len(going), scaling.strategies(service), region.ids)
        scaling.stop(region, service, going)
    elif missing > 0 and found.occupying >= found.most and _is_at_rest(service):
        messages.say_once(region, service, messages.STUCK)


def _follow_down(region: Region, service: Service, left: list[Task]) -> None:
    """Let the tasks of older deployments follow the desired count down, which nothing replaces while the newest deployment is FAILED.

    How ECS scales them then isn't documented. # unverified
    """
    surplus = len(left) - service.desired_count
    if surplus > 0:
        scaling.scale_in(region, service, service.deployments[-1], left, surplus)


def _replace_unhealthy(region: Region, service: Service, found: Census, unhealthy: list[Task], available: int) -> None:
    """Stop unhealthy tasks once others have taken their place; where there is no room for those, one at a time.

    Developer Guide, "Service definition parameters", maximumPercent. One of an older deployment has its replacement in the newer one.
    """
    primary = service.deployments[0]
    older = [task for task in unhealthy if task.started_by != primary.id]
    own = [task for task in unhealthy if task.started_by == primary.id]
    going = list(older)
    if available >= service.desired_count:
        going += own
    elif found.occupying >= found.most:
        going += own[:1]
    scaling.stop(region, service, going, scaling.UNHEALTHY)


def _clean_up(service: Service) -> bool:
    """Take deployments off the list that no task serves any more; whether the newest is the only one left."""
    primary, *older = service.deployments
    service.deployments = [primary, *[deployment for deployment in older if scaling.is_served(service, deployment)]]
    return len(service.deployments) == 1


def conclude(region: Region, service: Service, staying: Sequence[Task], leaving: Sequence[Task]) -> None:
    """Say what has been reached, if the service has reached something: its desired count, healthy, nothing left of older deployments."""
    primary = service.deployments[0]
    wanted = [task for task in staying if task.desired_status == "RUNNING"]
    available = sum(task.is_available for task in wanted)
    is_alone = _clean_up(service)
    if not is_alone or leaving or available != service.desired_count or len(wanted) != service.desired_count:
        service.schedule.is_steady = False
        return
    _bake(region, service)
    steady = primary.rollout_state == "COMPLETED"
    if steady and service.scheduling_strategy == "REPLICA" and zone_rebalancing.takes_part(service):
        zone_rebalancing.begin(region, service, primary, wanted)
    if steady and not service.schedule.is_steady:
        service.schedule.is_steady = True
        messages.steady(region, service)


def _bake(region: Region, service: Service) -> None:
    """Complete the deployment that has reached everything, when its bake time is over."""
    service_deployment = service.current_service_deployment
    if service_deployment is None or service.deployments[0].rollout_state != "IN_PROGRESS":
        return
    if service_deployment.bakes_until is None:
        service_deployment.bakes_until = region.clock.now + alarms.bake_time(region, service_deployment)
    if region.clock.now >= service_deployment.bakes_until:
        rollout.complete(region, service, service_deployment)
    else:
        service.schedule.look_again_by(service_deployment.bakes_until)


def _succeed_early(region: Region, service: Service, found: Census) -> None:
    """Complete a deployment once enough of its tasks are healthy, where it was asked for; the rest goes on afterwards.

    With BLOCKING the tasks of older deployments go first, as many as there are (API reference, DeploymentEarlySuccessCriteria).
    """
    service_deployment = service.current_service_deployment
    if service_deployment is None or service_deployment.rollback is not None:
        return
    criteria = configuration.early_success(service_deployment.configuration)
    if criteria is None:
        return
    available = sum(task.is_available for task in found.staying)
    if available * 100 < service.desired_count * criteria["healthyPercent"]:
        return
    if criteria["sourceServiceRevisionCleanup"] == "BLOCKING":
        older = [task for task in found.leaving if task.desired_status == "RUNNING"]
        scaling.stop(region, service, scaling.unprotected(region, service, older))
        if not _clean_up(service):
            return
    _bake(region, service)
