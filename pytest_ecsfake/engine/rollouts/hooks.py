"""The lifecycle hooks of a deployment that shifts traffic: Lambda functions that are called, and pauses that a request ends.

A test answers for a function with `ecs_fake.hooks`; without an answer, a function has SUCCEEDED.
Rules: API reference, DeploymentLifecycleHook, DeploymentLifecycleHookDetail and ContinueServiceDeployment; Developer Guide, "Lifecycle hooks for
Amazon ECS service deployments", for what a function is sent and may return, and "Troubleshooting Amazon ECS blue/green deployments" for the texts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pytest_ecsfake.clock import SECOND, Callback, Outcome
from pytest_ecsfake.engine.rollouts import configuration, rollout
from pytest_ecsfake.engine.rollouts.rollout import Failure
from pytest_ecsfake.engine.rollouts.transition import hook_transition
from pytest_ecsfake.state.orders import HookAnswer
from pytest_ecsfake.state.region import Region
from pytest_ecsfake.state.service import Service
from pytest_ecsfake.state.service_deployment import ServiceDeployment
from pytest_ecsfake.state.traffic_shift import HookRun

if TYPE_CHECKING:
    from pytest_ecsfake import api

#: Developer Guide, "Lifecycle hooks …", callBackDelay: after how many seconds a function is called again that answered IN_PROGRESS.
CALL_BACK_DELAY = 30

#: The id of a pause: this prefix and this many characters (the guide's example). The form of other hooks' ids is unverified.
PAUSE_ID, PAUSE_ID_LENGTH = "ecs-pause-", 43

# Developer Guide, "Troubleshooting Amazon ECS blue/green deployments". The last two are unverified.
RETURNED_FAILED = "Lifecycle hook target {target} returned FAILED status."
NOT_INVOKED = "ECS was unable to invoke hook target {target} due to {error}"
NOT_PARSED = "ECS was unable to parse the response from {target} due to HookStatus must not be null"
TIMED_OUT = "Lifecycle hook {target} timed out."
ROLLED_BACK = "Lifecycle hook {target} was answered with ROLLBACK."


def begin(region: Region, service: Service, service_deployment: ServiceDeployment, *, with_pauses: bool) -> None:
    """Begin the hooks of a deployment's step, all at once."""
    shift = service_deployment.shift
    assert shift is not None
    stage = shift.step.stage
    shift.hook_runs = [
        _new_run(region, hook, stage)
        for hook in configuration.lifecycle_hooks(service_deployment.configuration)
        if stage in hook.get("lifecycleStages", []) and (with_pauses or configuration.hook_target_type(hook) != "PAUSE")
    ]
    service_deployment.hook_runs += shift.hook_runs
    for run in shift.hook_runs:
        region.clock.at(run.expires_at, _expire, region, service, service_deployment, run)
        if run.is_pause:
            hook_transition(region, service_deployment, run, "AWAITING_ACTION")
        else:
            _ask_function(region, service, service_deployment, run)


def answer_pause(
    region: Region,
    service: Service,
    service_deployment: ServiceDeployment,
    run: HookRun,
    action: api.DeploymentLifecycleHookAction,
) -> None:
    """End a pause: the deployment goes on, or rolls back."""
    if action == "CONTINUE":
        hook_transition(region, service_deployment, run, "SUCCEEDED")
    else:
        _fail(region, service, service_deployment, run, ROLLED_BACK)


def target_of(run: HookRun) -> str:
    """How sentences name a hook: by the ARN of its function, or the id of a pause."""
    return run.hook.get("hookTargetArn", run.id)


def _new_run(region: Region, hook: api.DeploymentLifecycleHook, stage: Any) -> HookRun:
    is_pause = configuration.hook_target_type(hook) == "PAUSE"
    id_ = PAUSE_ID + rollout.random_id(region, PAUSE_ID_LENGTH) if is_pause else region.ids.uuid()
    return HookRun(id_, hook, stage, expires_at=region.clock.now + configuration.hook_timeout(hook))


# --- functions --------------------------------------------------------------------------------------------------------------------------


def _ask_function(region: Region, service: Service, service_deployment: ServiceDeployment, run: HookRun) -> None:
    answer = _answer(region, run)
    if answer is None:
        hook_transition(region, service_deployment, run, "SUCCEEDED")
        return
    answer.meet()
    run.answers_for = answer.run
    run.details = run.hook.get("hookDetails")
    _call(region, service, service_deployment, run)


def _answer(region: Region, run: HookRun) -> HookAnswer | None:
    """The test's order for a function."""
    return region.orders.first(HookAnswer, lambda order: order.is_for(run.stage, target_of(run)))


def _call(region: Region, service: Service, service_deployment: ServiceDeployment, run: HookRun) -> None:
    if run.answers_for is None or not _is_waited_for(service, service_deployment, run):
        return
    description = f"the hook at {run.stage} of service {service.name}"
    arguments = (region.partition, event_for_function(region, service, service_deployment, run))
    given = (region, service, service_deployment, run)
    region.clock.callbacks.append(Callback(run.answers_for, arguments, description, _answered, given))


def event_for_function(
    region: Region, service: Service, service_deployment: ServiceDeployment, run: HookRun
) -> dict[str, Any]:
    """The event that a function is called with; it has weights at the stages that shift traffic."""
    event: dict[str, Any] = {
        "executionId": region.ids.uuid(),
        "lifecycleStage": run.stage,
        "resourceArn": service_deployment.arn,
        "executionDetails": {
            "serviceArn": service.arn,
            "targetServiceRevisionArn": service_deployment.target.arn,
            "testTrafficWeights": dict(service_deployment.test_traffic) if run.stage == "TEST_TRAFFIC_SHIFT" else {},
            "productionTrafficWeights": (
                dict(service_deployment.production_traffic) if run.stage == "PRODUCTION_TRAFFIC_SHIFT" else {}
            ),
        },
    }
    if run.details is not None:
        event["hookDetails"] = run.details
    return event


def _answered(
    region: Region, service: Service, service_deployment: ServiceDeployment, run: HookRun, outcome: Outcome
) -> None:
    """Take the answer of the test's callable once the time has passed that the callable slept."""
    region.clock.after(outcome.slept, _take_answer, region, service, service_deployment, run, outcome)


def _take_answer(
    region: Region, service: Service, service_deployment: ServiceDeployment, run: HookRun, outcome: Outcome
) -> None:
    if not _is_waited_for(service, service_deployment, run):
        return
    if outcome.error is not None:
        _fail(region, service, service_deployment, run, NOT_INVOKED.format(target="{target}", error=outcome.error))
        return
    result = outcome.result
    answer: Mapping[str, Any] = result if isinstance(result, Mapping) else {"hookStatus": result}
    status = answer.get("hookStatus")
    if status == "IN_PROGRESS":
        run.details = answer.get("hookDetails", run.details)
        delay = round(answer.get("callBackDelay", CALL_BACK_DELAY) * SECOND)
        region.clock.after(delay, _call, region, service, service_deployment, run)
    elif status == "SUCCEEDED":
        hook_transition(region, service_deployment, run, "SUCCEEDED")
    else:
        _fail(region, service, service_deployment, run, RETURNED_FAILED if status == "FAILED" else NOT_PARSED)


def _is_waited_for(service: Service, service_deployment: ServiceDeployment, run: HookRun) -> bool:
    """Whether a deployment still is the current one, and is at the step of the hook."""
    is_current = service.status == "ACTIVE" and service.current_service_deployment is service_deployment
    return (
        is_current
        and run.is_open
        and service_deployment.shift is not None
        and run in service_deployment.shift.hook_runs
    )


# --- failures ---------------------------------------------------------------------------------------------------------------------------


def _expire(region: Region, service: Service, service_deployment: ServiceDeployment, run: HookRun) -> None:
    if not _is_waited_for(service, service_deployment, run):
        return
    if configuration.hook_timeout_action(run.hook) == "CONTINUE":
        hook_transition(region, service_deployment, run, "TIMED_OUT")
    else:
        _fail(region, service, service_deployment, run, TIMED_OUT, timed_out=True)


def _fail(
    region: Region,
    service: Service,
    service_deployment: ServiceDeployment,
    run: HookRun,
    why: str,
    *,
    timed_out: bool = False,
) -> None:
    """Roll a deployment back because of a hook, even where its configuration asks for no rollback.

    A rollback that is under way continues. # unverified
    """
    hook_transition(region, service_deployment, run, "TIMED_OUT" if timed_out else "FAILED")
    if service_deployment.rollback is None:
        why = why.replace("{target}", target_of(run))
        reason = f"Service deployment rolled back because {run.stage} lifecycle hook(s) failed. {why}"
        # The words of the event and of the rollout state are unverified.
        failure = Failure(f"{run.stage} lifecycle hook(s) failed", "ECS deployment lifecycle hook", reason)
        rollout.fail(region, service, service_deployment, failure, rollback=True)
