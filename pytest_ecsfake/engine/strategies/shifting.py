"""Deployments that shift traffic from the blue revision to the green one, step by step: blue/green, linear and canary.

Green has all its tasks before any traffic is shifted, and blue keeps its own until the bake time is over. A rollback shifts the traffic back first,
then stops green. A deployment without a completed one to shift from, such as the first, starts its tasks as a rolling one does. # unverified
Rules: API reference, DeploymentConfiguration, LinearConfiguration, CanaryConfiguration and ServiceDeployment, lifecycleStage; Developer Guide,
"Amazon ECS blue/green deployments", "… linear deployments", "… canary deployments".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from pytest_ecsfake.clock import seconds
from pytest_ecsfake.engine.rollouts import configuration, hooks, rollout
from pytest_ecsfake.engine.rollouts.rollout import Failure
from pytest_ecsfake.engine.rollouts.transition import (
    alarms_transition,
    deployment_status_transition,
    stage_transition,
    traffic_transition,
)
from pytest_ecsfake.engine.strategies import rolling, scaling, starting
from pytest_ecsfake.state.deployment import Deployment
from pytest_ecsfake.state.region import Region
from pytest_ecsfake.state.service import Service
from pytest_ecsfake.state.service_deployment import ServiceDeployment
from pytest_ecsfake.state.task_counts import is_pending
from pytest_ecsfake.state.traffic_shift import Shift, ShiftStep

if TYPE_CHECKING:
    from pytest_ecsfake import api
    from pytest_ecsfake.state.traffic_shift import ShiftStage


class StageRules(NamedTuple):
    """What happens at a stage."""

    name: ShiftStage
    is_shown: bool  # in `lifecycleStage`
    takes_hooks: bool
    takes_pauses: bool


#: Developer Guide, "Deployment lifecycle stages" and "Lifecycle hooks …". PRE_PRODUCTION_TRAFFIC_SHIFT isn't a value of `lifecycleStage`, which
#: keeps showing the stage before it.
STAGES = (
    StageRules("RECONCILE_SERVICE",             is_shown=True,  takes_hooks=True,  takes_pauses=True),
    StageRules("PRE_SCALE_UP",                  is_shown=True,  takes_hooks=True,  takes_pauses=True),
    StageRules("SCALE_UP",                      is_shown=True,  takes_hooks=False, takes_pauses=False),
    StageRules("POST_SCALE_UP",                 is_shown=True,  takes_hooks=True,  takes_pauses=True),
    StageRules("TEST_TRAFFIC_SHIFT",            is_shown=True,  takes_hooks=True,  takes_pauses=False),
    StageRules("POST_TEST_TRAFFIC_SHIFT",       is_shown=True,  takes_hooks=True,  takes_pauses=True),
    StageRules("PRE_PRODUCTION_TRAFFIC_SHIFT",  is_shown=False, takes_hooks=True,  takes_pauses=True),
    StageRules("PRODUCTION_TRAFFIC_SHIFT",      is_shown=True,  takes_hooks=True,  takes_pauses=False),
    StageRules("POST_PRODUCTION_TRAFFIC_SHIFT", is_shown=True,  takes_hooks=True,  takes_pauses=True),
    StageRules("BAKE_TIME",                     is_shown=True,  takes_hooks=False, takes_pauses=False),
    StageRules("CLEAN_UP",                      is_shown=True,  takes_hooks=False, takes_pauses=False),
)  # fmt: skip

_BY_NAME: Mapping[ShiftStage, StageRules] = {stage.name: stage for stage in STAGES}

#: Developer Guide, "Lifecycle hooks …": the stages whose hooks run again in a rollback.
IN_A_ROLLBACK = ("TEST_TRAFFIC_SHIFT", "PRODUCTION_TRAFFIC_SHIFT")

#: How long a shift of traffic takes; ECS states no time. # unverified
TRAFFIC_SHIFT = seconds(10)

#: Developer Guide, "Amazon ECS blue/green deployments": how long a stage may last without its pauses.
STAGE_LIMIT = seconds(24 * 60 * 60)

#: The words are ours. # unverified
TOOK_TOO_LONG = "Service deployment rolled back because the {stage} stage did not complete within 24 hours."


class Portions(NamedTuple):
    """How production traffic is shifted: the percentage that green has after each step, and the minutes between two steps."""

    percents: Sequence[float]
    minutes_between: int


def _all_at_once(_: api.DeploymentConfiguration) -> Portions:
    return Portions([100.0], 0)


def _in_equal_steps(settled: api.DeploymentConfiguration) -> Portions:
    settings = configuration.linear(settled)
    tenths = round(settings["stepPercent"] * 10)
    return Portions([*(part / 10 for part in range(tenths, 1000, tenths)), 100.0], settings["stepBakeTimeInMinutes"])


def _a_little_first(settled: api.DeploymentConfiguration) -> Portions:
    settings = configuration.canary(settled)
    first = float(settings["canaryPercent"])
    return Portions([first, 100.0] if first < 100 else [100.0], settings["canaryBakeTimeInMinutes"])


PORTIONS: Mapping[str, Callable[[api.DeploymentConfiguration], Portions]] = {
    "BLUE_GREEN": _all_at_once,
    "LINEAR": _in_equal_steps,
    "CANARY": _a_little_first,
}


def shifts_traffic(service: Service, service_deployment: ServiceDeployment) -> bool:
    """Whether a deployment shifts traffic: its strategy does, and there is a completed deployment to shift it from."""
    return configuration.strategy(service_deployment.configuration) in PORTIONS and service.last_completed is not None


def begin(region: Region, service: Service, service_deployment: ServiceDeployment) -> None:
    """Begin to shift traffic: the blue revision has all of it."""
    blue, green = service.last_completed, service_deployment.deployment
    assert blue is not None
    if blue not in service.deployments:
        deployment_status_transition(blue, "ACTIVE")
        service.deployments.append(blue)
    others = [each for each in service.deployments if each not in (blue, green)]
    way = steps(region, service_deployment.configuration, reconciles=bool(others))
    service_deployment.shift = Shift(blue, way, serving=[blue])
    traffic_transition(region, service_deployment, production=0.0, test=0.0)


def steps(region: Region, settled: api.DeploymentConfiguration, *, reconciles: bool) -> list[ShiftStep]:
    """The steps of a deployment.

    Args:
        region: the region whose `timings` say how long a shift takes.
        settled: the configuration that the deployment started with.
        reconciles: whether other deployments than the blue one have to be stopped first.
    """
    arrival = region.timings.delay("TRAFFIC_SHIFT", TRAFFIC_SHIFT)
    percents, minutes_between = PORTIONS[configuration.strategy(settled)](settled)
    between = region.timings.delay("BAKE_TIME", seconds(minutes_between * 60))
    last = region.timings.delay("BAKE_TIME", configuration.bake_time(settled))
    way = [ShiftStep("RECONCILE_SERVICE")] if reconciles else []
    way += [
        ShiftStep("PRE_SCALE_UP"),
        ShiftStep("SCALE_UP"),
        ShiftStep("POST_SCALE_UP"),
        ShiftStep("TEST_TRAFFIC_SHIFT", test=100.0, bake_time=arrival),
        ShiftStep("POST_TEST_TRAFFIC_SHIFT"),
    ]
    for percent in percents:
        bake_time = arrival + (between if percent < 100 else 0)
        way += [
            ShiftStep("PRE_PRODUCTION_TRAFFIC_SHIFT"),
            ShiftStep("PRODUCTION_TRAFFIC_SHIFT", production=percent, bake_time=bake_time),
        ]
    return [
        *way,
        ShiftStep("POST_PRODUCTION_TRAFFIC_SHIFT"),
        ShiftStep("BAKE_TIME", bake_time=last),
        ShiftStep("CLEAN_UP"),
    ]


def reconcile(region: Region, service: Service, service_deployment: ServiceDeployment) -> None:
    """Start and stop the tasks that can be started and stopped now, and go on through every step that is over."""
    shift = service_deployment.shift
    assert shift is not None
    if service_deployment.rollback is not None and not shift.is_rolling_back:
        _turn_back(region, service_deployment, shift)
    while True:
        # Asked before tasks are started and stopped, as the scheduler found them.
        is_complete = _is_complete(service, _target(service_deployment, shift))
        _scale_deployments(region, service, shift)
        if not _is_step_over(region, service, service_deployment, shift, is_complete=is_complete):
            if region.clock.now < shift.step_ends_at:
                service.schedule.look_again_by(shift.step_ends_at)
            return
        if shift.step_number == len(shift.steps) - 1:
            rollout.complete(region, service, service_deployment)
            rolling.reconcile(region, service)
            return
        _enter_next_step(region, service, service_deployment, shift)


def traffic(service: Service) -> dict[str, float]:
    """The production traffic of a service by revision ARN, in percent; empty until its first deployment is completed."""
    for service_deployment in reversed(service.service_deployments):
        if service_deployment.shift is not None:
            weights = service_deployment.production_traffic
            return {arn: weight for arn, weight in weights.items() if weight or not service_deployment.has_ended}
        if service_deployment.status == "SUCCESSFUL":
            return {service_deployment.target.arn: 100.0}
        if service_deployment.status == "ROLLBACK_SUCCESSFUL" and service_deployment.rollback is not None:
            return {service_deployment.rollback.revision_arn: 100.0}
    return {}


# --- the steps --------------------------------------------------------------------------------------------------------------------------


def _target(service_deployment: ServiceDeployment, shift: Shift) -> Deployment:
    """The deployment that is left in the end: green, or blue in a rollback."""
    return shift.blue if shift.is_rolling_back else service_deployment.deployment


def _is_step_over(
    region: Region, service: Service, service_deployment: ServiceDeployment, shift: Shift, *, is_complete: bool
) -> bool:
    """Whether the next step can begin.

    Args:
        region: where the service is.
        service: the service.
        service_deployment: its service deployment.
        shift: how far that is.
        is_complete: whether the target has all its tasks, healthy.
    """
    if shift.step_number < 0:
        return True
    if region.clock.now < shift.step_ends_at or any(run.is_open for run in shift.hook_runs):
        return False
    stage = shift.step.stage
    if stage == "RECONCILE_SERVICE":
        expected = (*shift.serving, service_deployment.deployment)
        return all(each in expected for each in service.deployments)
    if stage == "CLEAN_UP":
        return is_complete and len(service.deployments) == 1
    return is_complete or stage != "SCALE_UP"


def _enter_next_step(region: Region, service: Service, service_deployment: ServiceDeployment, shift: Shift) -> None:
    """Enter the next step: its stage, the deployments that serve, traffic and hooks."""
    shift.step_number += 1
    step = shift.step
    rules = _BY_NAME[step.stage]
    shift.step_ends_at = region.clock.now + step.bake_time
    stage_transition(region, service_deployment, step.stage, is_shown=rules.is_shown)
    if step.stage == "SCALE_UP":
        shift.serving = [shift.blue, service_deployment.deployment]
    elif step.stage == "CLEAN_UP":
        shift.serving = [_target(service_deployment, shift)]
        if service_deployment.alarms_status == "MONITORING":
            alarms_transition(region, service_deployment, "MONITORING_COMPLETE")
    if step.production is not None or step.test is not None:
        traffic_transition(region, service_deployment, production=step.production, test=step.test)
    shift.hook_runs = []
    if rules.takes_hooks and (not shift.is_rolling_back or step.stage in IN_A_ROLLBACK):
        hooks.begin(region, service, service_deployment, with_pauses=rules.takes_pauses)
    if step.stage in ("RECONCILE_SERVICE", "SCALE_UP") and not shift.is_rolling_back:
        region.clock.after(STAGE_LIMIT, _fail_if_overdue, region, service, service_deployment, shift.step_number)


def _fail_if_overdue(region: Region, service: Service, service_deployment: ServiceDeployment, step_number: int) -> None:
    """Fail a deployment that still is at this step."""
    shift = service_deployment.shift
    if shift is None or service_deployment.status != "IN_PROGRESS" or shift.step_number != step_number:
        return
    stage = shift.step.stage
    failure = Failure(f"{stage} timed out", "ECS deployment", TOOK_TOO_LONG.format(stage=stage))
    rollout.fail(region, service, service_deployment, failure, rollback=True)


def _turn_back(region: Region, service_deployment: ServiceDeployment, shift: Shift) -> None:
    """Replace the steps by those of a rollback: the traffic goes back to blue, then green is stopped.

    Blue is scaled up first if it no longer serves.
    """
    green = service_deployment.target.arn
    arrival = region.timings.delay("TRAFFIC_SHIFT", TRAFFIC_SHIFT)
    way = [] if shift.blue in shift.serving else [ShiftStep("SCALE_UP")]
    if service_deployment.production_traffic[green]:
        way.append(ShiftStep("PRODUCTION_TRAFFIC_SHIFT", production=0.0, bake_time=arrival))
    if service_deployment.test_traffic[green]:
        way.append(ShiftStep("TEST_TRAFFIC_SHIFT", test=0.0, bake_time=arrival))
    shift.steps = [*way, ShiftStep("CLEAN_UP")]
    shift.step_number, shift.step_ends_at, shift.hook_runs, shift.is_rolling_back = -1, 0, [], True


# --- the tasks --------------------------------------------------------------------------------------------------------------------------


def _is_complete(service: Service, owner: Deployment) -> bool:
    """Whether a deployment has exactly the service's desired count of tasks, all healthy."""
    staying = [
        task for task in service.tasks_of(owner) if task.desired_status == "RUNNING" and scaling.stays(task, owner)
    ]
    return len(staying) == service.desired_count and all(task.is_available for task in staying)


def _scale_deployments(region: Region, service: Service, shift: Shift) -> None:
    """Scale the deployments that serve to the desired count, and once they are complete, all others to zero; delist those that are gone."""
    are_complete = all(_is_complete(service, each) for each in shift.serving)
    for each in shift.serving:
        _scale(region, service, each, service.desired_count)
    if are_complete:
        for each in service.deployments:
            if each not in shift.serving:
                _scale(region, service, each, 0)
    scaling.delist_older_deployments(service, kept=shift.serving)


def _scale(region: Region, service: Service, owner: Deployment, desired_count: int) -> None:
    """Scale a deployment to a number of tasks. Its unhealthy tasks are stopped once others have replaced them."""
    owner.desired_count = desired_count
    tasks = [task for task in service.tasks_of(owner) if task.desired_status == "RUNNING"]
    staying = [task for task in tasks if scaling.stays(task, owner)]
    leaving = [task for task in tasks if not scaling.stays(task, owner)]
    missing = desired_count - len(staying)
    if missing > 0 and owner.rollout_state != "FAILED":
        starting.start(region, service, owner, missing)
    elif missing < 0:
        scaling.scale_in(region, service, owner, staying, -missing)
    are_replaced = sum(task.is_available for task in staying) >= desired_count
    scaling.stop_leaving(region, service, [task for task in leaving if are_replaced or is_pending(task)])
