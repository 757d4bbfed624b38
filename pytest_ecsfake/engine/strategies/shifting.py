"""Deployments that shift traffic: blue/green, linear and canary, stage by stage from the blue revision to the green one, and back.

Green has all its tasks before any traffic moves; blue keeps its own until the bake time is over. What goes wrong brings the traffic back first,
then green goes. A deployment with nothing to shift from, the first one above all, only starts its tasks, as a rolling one does. # unverified
Rules: API reference, DeploymentConfiguration, LinearConfiguration, CanaryConfiguration and ServiceDeployment, lifecycleStage; Developer Guide,
"Amazon ECS blue/green deployments", "… linear deployments", "… canary deployments".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from pytest_ecsfake.clock import seconds
from pytest_ecsfake.engine.rollouts import configuration, hooks, rollout
from pytest_ecsfake.engine.rollouts.rollout import Failure
from pytest_ecsfake.engine.rollouts.transition import alarms_transition, stage_transition, traffic_transition
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
    """What is allowed at a stage."""

    name: ShiftStage
    is_shown: bool  # in `lifecycleStage`
    takes_hooks: bool
    takes_pauses: bool


#: Developer Guide, "Deployment lifecycle stages" and "Lifecycle hooks …". PRE_PRODUCTION_TRAFFIC_SHIFT isn't a value of `lifecycleStage`: the stage
#: before it is shown on.
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

#: How long it takes until shifted traffic arrives; ECS states no time. # unverified
TRAFFIC_SHIFT = seconds(10)

#: Developer Guide, "Amazon ECS blue/green deployments": how long a stage may last, pauses aside.
STAGE_LIMIT = seconds(24 * 60 * 60)

#: The words are ours. # unverified
TOOK_TOO_LONG = "Service deployment rolled back because the {stage} stage did not complete within 24 hours."


class Portions(NamedTuple):
    """How production traffic comes to the green revision: what it has after each step, and how many minutes lie between two."""

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


def is_asked_for(service: Service, service_deployment: ServiceDeployment) -> bool:
    """Whether a deployment shifts traffic: its strategy says so, and there is a completed deployment to shift it from."""
    return configuration.strategy(service_deployment.configuration) in PORTIONS and service.last_completed is not None


def begin(region: Region, service: Service, service_deployment: ServiceDeployment) -> None:
    """Set out: the blue revision has all the traffic."""
    blue, green = service.last_completed, service_deployment.deployment
    assert blue is not None
    if blue not in service.deployments:
        service.deployments.append(blue)
    others = [each for each in service.deployments if each not in (blue, green)]
    service_deployment.shift = Shift(
        blue, steps(region, service_deployment.configuration, reconciles=bool(others)), serving=[blue]
    )
    traffic_transition(region, service_deployment, production=0.0, test=0.0)


def steps(region: Region, settled: api.DeploymentConfiguration, *, reconciles: bool) -> list[ShiftStep]:
    """The way of a deployment.

    Args:
        region: whose `timings` say how long a shift takes.
        settled: the configuration that it was begun with.
        reconciles: whether other deployments than the one that serves have to go first.
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
    """Do what can be done now, as many stages as are over."""
    shift = service_deployment.shift
    assert shift is not None
    if service_deployment.rollback is not None and not shift.is_rolling_back:
        _turn_back(region, service_deployment, shift)
    while True:
        complete = _hold(region, service, shift)
        if not _is_over(region, service, service_deployment, shift, complete):
            return
        if shift.step_number == len(shift.steps) - 1:
            rollout.complete(region, service, service_deployment)
            rolling.reconcile(region, service)
            return
        _go_on(region, service, service_deployment, shift)


def traffic(service: Service) -> dict[str, float]:
    """The production traffic of a service by revision ARN, in percent; empty until a first deployment is completed."""
    for service_deployment in reversed(service.service_deployments):
        if service_deployment.shift is not None:
            weights = service_deployment.production_traffic
            return {arn: weight for arn, weight in weights.items() if weight or not service_deployment.has_ended}
        if service_deployment.status == "SUCCESSFUL":
            return {service_deployment.target.arn: 100.0}
        if service_deployment.status == "ROLLBACK_SUCCESSFUL" and service_deployment.rollback is not None:
            return {service_deployment.rollback.revision_arn: 100.0}
    return {}


# --- the stages -------------------------------------------------------------------------------------------------------------------------


def _scaled(service_deployment: ServiceDeployment, shift: Shift) -> Deployment:
    """The deployment that the service is to have in the end."""
    return shift.blue if shift.is_rolling_back else service_deployment.deployment


def _is_over(
    region: Region,
    service: Service,
    service_deployment: ServiceDeployment,
    shift: Shift,
    complete: Sequence[Deployment],
) -> bool:
    """Whether nothing keeps a deployment at its step any more.

    Args:
        region: where.
        service: which.
        service_deployment: the deployment.
        shift: how far it is.
        complete: the deployments that have all their tasks, healthy.
    """
    if shift.step_number < 0:
        return True
    if region.clock.now < shift.step_ends_at:
        service.schedule.look_again_by(shift.step_ends_at)
        return False
    if any(run.is_open for run in shift.hook_runs):
        return False
    stage = shift.step.stage
    if stage in ("SCALE_UP", "CLEAN_UP") and _scaled(service_deployment, shift) not in complete:
        return False
    others_are_gone = all(
        each in shift.serving or each is service_deployment.deployment for each in service.deployments
    )
    if stage == "RECONCILE_SERVICE":
        return others_are_gone
    return stage != "CLEAN_UP" or len(service.deployments) == 1


def _go_on(region: Region, service: Service, service_deployment: ServiceDeployment, shift: Shift) -> None:
    """Enter the next stage: tasks, traffic, hooks."""
    shift.step_number += 1
    going = shift.step
    stage = _BY_NAME[going.stage]
    shift.step_ends_at = region.clock.now + going.bake_time
    stage_transition(region, service_deployment, going.stage, is_shown=stage.is_shown)
    if going.stage == "SCALE_UP":
        shift.serving = [shift.blue, service_deployment.deployment]
    elif going.stage == "CLEAN_UP":
        shift.serving = [_scaled(service_deployment, shift)]
        if service_deployment.alarms_status == "MONITORING":
            alarms_transition(region, service_deployment, "MONITORING_COMPLETE")
    if going.production is not None or going.test is not None:
        traffic_transition(region, service_deployment, production=going.production, test=going.test)
    shift.hook_runs = []
    if stage.takes_hooks and (not shift.is_rolling_back or going.stage in IN_A_ROLLBACK):
        hooks.begin(region, service, service_deployment, with_pauses=stage.takes_pauses)
    if going.stage in ("RECONCILE_SERVICE", "SCALE_UP") and not shift.is_rolling_back:
        region.clock.after(STAGE_LIMIT, _end_overdue, region, service, service_deployment, shift.step_number)


def _end_overdue(region: Region, service: Service, service_deployment: ServiceDeployment, step_number: int) -> None:
    shift = service_deployment.shift
    if shift is None or service_deployment.status != "IN_PROGRESS" or shift.step_number != step_number:
        return
    stage = shift.step.stage
    failure = Failure(f"{stage} timed out", "ECS deployment", TOOK_TOO_LONG.format(stage=stage))
    rollout.fail(region, service, service_deployment, failure, rollback=True)


def _turn_back(region: Region, service_deployment: ServiceDeployment, shift: Shift) -> None:
    """Take the way back: traffic first, if there is some on green, then green goes. Blue is scaled up only where it was going already."""
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


def _hold(region: Region, service: Service, shift: Shift) -> list[Deployment]:
    """Hold the deployments that serve at the desired count, let the others go once those are complete, and list who is left.

    Returns:
        the deployments that have all the tasks that they are to have, healthy.
    """
    wanted = service.desired_count
    complete = [each for each in shift.serving if _bring_to(region, service, each, wanted)]
    if len(complete) == len(shift.serving):
        complete += [
            each for each in service.deployments if each not in shift.serving and _bring_to(region, service, each, 0)
        ]
    primary, *older = service.deployments
    left = [each for each in older if each in shift.serving or scaling.is_served(service, each)]
    service.deployments = [primary, *left]
    return complete


def _bring_to(region: Region, service: Service, owner: Deployment, wanted: int) -> bool:
    """Bring a deployment to a count of tasks; those that fail are replaced before they go. Whether it has them all, healthy."""
    owner.desired_count = wanted
    tasks = [task for task in service.tasks_of(owner) if task.desired_status == "RUNNING"]
    fit = [task for task in tasks if scaling.stays(task, owner)]
    missing = wanted - len(fit)
    if missing > 0 and owner.rollout_state != "FAILED":
        starting.start(region, service, owner, missing)
    elif missing < 0:
        scaling.scale_in(region, service, owner, fit, -missing)
    available = sum(task.is_available for task in fit)
    unfit = [task for task in tasks if not scaling.stays(task, owner)]
    scaling.stop(region, service, [task for task in unfit if available >= wanted or is_pending(task)])
    return available == wanted == len(fit)
