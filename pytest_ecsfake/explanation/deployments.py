"""What a service deployment waits for, and what ended it: circuit breaker, alarms, lifecycle hooks, bake times, requests."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping

from pytest_ecsfake.clock import Instant
from pytest_ecsfake.engine.rollouts import circuit_breaker, configuration, hooks, rollout
from pytest_ecsfake.explanation.situation import Situation
from pytest_ecsfake.explanation.wording import counted, listed, parenthesis
from pytest_ecsfake.state.service import Service
from pytest_ecsfake.state.service_deployment import ServiceDeployment
from pytest_ecsfake.state.traffic_shift import HookRun

#: The statuses of a service deployment that ended otherwise than it was meant to.
FAILED = ("STOPPED", "ROLLBACK_SUCCESSFUL", "ROLLBACK_FAILED")


#: API reference, ServiceDeployment, lifecycleStage: what the stages wait for that have no length.
UNTIL: Mapping[str, str] = {
    "RECONCILE_SERVICE": "no older deployment is left",
    "SCALE_UP": "all its tasks are healthy",
    "CLEAN_UP": "the tasks of the other revision have stopped",
}


def has_failed(last: ServiceDeployment) -> bool:
    """Whether a deployment has failed, rolled back or not."""
    return last.status in FAILED or last.deployment.rollout_state == "FAILED"


# --- what ended it ----------------------------------------------------------------------------------------------------------------------


def failure_of(situation: Situation, service: Service, last: ServiceDeployment) -> Iterator[str]:
    """What made a deployment fail, when, and what followed; nothing for one that hasn't failed."""
    if last.rollback is None and not has_failed(last):
        return
    failed_at = last.deployment.updated_at if last.rollback is None else last.rollback.started_at
    what = next((words for find in _FAILURES if (words := find(situation, service, last))), None)
    reason = what or (last.status_reason or last.deployment.rollout_state_reason).removesuffix(".")
    yield f"At {situation.at(failed_at)} {reason}; {_what_followed(situation, service, last)}."


def _what_followed(situation: Situation, service: Service, last: ServiceDeployment) -> str:
    if last.rollback is None:
        return f"{_why_no_rollback(service, last)}, so it stays as it is"
    target = next((each.definition.key for each in service.revisions if each.arn == last.rollback.revision_arn), "?")
    if last.finished_at is None:
        return f"ECS is rolling back to {target}"
    how = "rolled back" if last.status == "ROLLBACK_SUCCESSFUL" else "failed to roll back"
    return f"ECS {how} to {target} at {situation.at(last.finished_at)}"


def _why_no_rollback(service: Service, last: ServiceDeployment) -> str:
    by_breaker = last.circuit_breaker_status == "TRIGGERED"
    settings = configuration.circuit_breaker if by_breaker else configuration.alarms
    if (by_breaker or last.alarms_status == "TRIGGERED") and not settings(last.configuration)["rollback"]:
        return "its rollback is off"
    return "there is no completed deployment to roll back to"


def _circuit_breaker(situation: Situation, service: Service, last: ServiceDeployment) -> str | None:
    if last.circuit_breaker_status != "TRIGGERED":
        return None
    threshold = circuit_breaker.threshold(service, last)
    return f"the circuit breaker was triggered, by {counted(last.failure_count, 'failure')} of {threshold:,}"


def _alarm(situation: Situation, service: Service, last: ServiceDeployment) -> str | None:
    if last.alarms_status != "TRIGGERED":
        return None
    return f"alarm {listed(last.triggered_alarms)} was in ALARM, which the deployment watches"


def _hook(situation: Situation, service: Service, last: ServiceDeployment) -> str | None:
    for run in last.hook_runs:
        if run.status == "TIMED_OUT" and configuration.hook_timeout_action(run.hook) == "ROLLBACK":
            return f"lifecycle hook {_name(run)} at {run.stage} timed out"
        if run.status == "FAILED":
            if run.is_pause:
                return f"ContinueServiceDeployment answered the pause at {run.stage} with ROLLBACK"
            order = situation.answer_of(run)
            said = last.rollback.reason.partition("failed. ")[2].removesuffix(".") if last.rollback is not None else ""
            what = f": {said}" if "FAILED status" not in said and said else " answered FAILED"
            return f"lifecycle hook {_name(run)} at {run.stage}{what}{parenthesis(order)}"
    return None


def _request(situation: Situation, service: Service, last: ServiceDeployment) -> str | None:
    is_asked = last.rollback is not None and last.rollback.reason == rollout.STOPPED_BY_USER.status_reason
    return "StopServiceDeployment asked it to roll back" if is_asked else None


_FAILURES: tuple[Callable[[Situation, Service, ServiceDeployment], str | None], ...] = (
    _circuit_breaker,
    _alarm,
    _hook,
    _request,
)


def _name(run: HookRun) -> str:
    """A hook's function by its name, a pause by its id."""
    return hooks.target_of(run).rpartition(":")[2]


# --- what it waits for ------------------------------------------------------------------------------------------------------------------


def what_it_waits_for(
    situation: Situation, service: Service, last: ServiceDeployment, *, has_ends: bool
) -> tuple[list[str], Instant | None]:
    """What a deployment that is under way waits for, and when that is over.

    Args:
        situation: the region.
        service: the service.
        last: its newest service deployment.
        has_ends: whether tasks of the deployment ended badly.
    """
    if last.has_ended:
        return [], None
    sentences = list(_of_circuit_breaker(service, last, has_ends=has_ends)) if last.rollback is None else []
    sentences += _of_alarms(situation, last)
    if last.bakes_until is not None and last.bakes_until > situation.now:
        return [
            *sentences,
            f"All tasks are replaced, and it bakes until {situation.at(last.bakes_until)}.",
        ], last.bakes_until
    shift = last.shift
    if shift is None or shift.step_number < 0:
        return sentences, None
    open_runs = [run for run in shift.hook_runs if run.is_open]
    sentences += [_of_hook(situation, run) for run in open_runs]
    if not open_runs and shift.step_ends_at > situation.now:
        percent = last.production_traffic.get(last.target.arn, 0.0)
        traffic = f", with {percent:g} % of the traffic at {last.target.definition.key}"
        sentences.append(
            f"It is at {shift.step.stage}{traffic}; the next step is due at {situation.at(shift.step_ends_at)}."
        )
        return sentences, shift.step_ends_at
    if not open_runs and shift.step.stage in UNTIL:
        sentences.append(f"It is at {shift.step.stage} until {UNTIL[shift.step.stage]}.")
    return sentences, None


def _of_circuit_breaker(service: Service, last: ServiceDeployment, *, has_ends: bool) -> Iterator[str]:
    settings = configuration.circuit_breaker(last.configuration)
    if last.circuit_breaker_status == "MONITORING" and last.failure_count:
        threshold = circuit_breaker.threshold(service, last)
        yield f"The circuit breaker has counted {counted(last.failure_count, 'failure')} of {threshold:,}."
    elif last.circuit_breaker_status == "MONITORING" and has_ends:
        counts = "failed health checks" if last.has_run else "tasks that fail to start"
        since = "since a task of it has been RUNNING" if last.has_run else "until a task of it is RUNNING"
        yield f"The circuit breaker has counted none of them: {since} it counts {counts} alone."
    elif not settings["enable"] and has_ends:
        is_watched = last.alarms_status == "MONITORING"
        yield (
            "No circuit breaker is on."
            if is_watched
            else "No circuit breaker is on, so ECS will go on like this for ever."
        )


def _of_alarms(situation: Situation, last: ServiceDeployment) -> Iterator[str]:
    settings = configuration.alarms(last.configuration)
    ringing = [name for name in settings["alarmNames"] if situation.region.alarm_state(name) == "ALARM"]
    if settings["enable"] and last.alarms_status == "DISABLED" and last.has_started and ringing:
        yield f"Alarm {listed(ringing)} was in ALARM when the deployment started, so it watches none."


def _of_hook(situation: Situation, run: HookRun) -> str:
    """What an open hook waits for, and when it times out."""
    action = "rolls back" if configuration.hook_timeout_action(run.hook) == "ROLLBACK" else "goes on"
    timeout = f"at {situation.at(run.expires_at)} it times out, and the deployment {action}"
    if run.is_pause:
        return f"At {run.stage} it waits for ContinueServiceDeployment with hookId {run.id}; {timeout}."
    again = situation.due(run, "_call")
    asked = "" if again is None else f", and is asked again at {situation.at(again)}"
    answer = parenthesis(situation.answer_of(run))
    return f"At {run.stage} lifecycle hook {_name(run)} has answered IN_PROGRESS{answer}{asked}; {timeout}."
