"""Daemons whose deployments are under way, wait or failed."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_ecsfake.engine.daemons import counting
from pytest_ecsfake.engine.daemons.deployments import THRESHOLD
from pytest_ecsfake.engine.daemons.transition import has_ended
from pytest_ecsfake.explanation import ends, starts
from pytest_ecsfake.explanation.situation import Finding, Situation
from pytest_ecsfake.explanation.wording import capitalised, counted, listed, short
from pytest_ecsfake.state.daemon import Daemon, DaemonDeployment

#: The statuses of a deployment that ended otherwise than it was meant to.
FAILED = ("STOPPED", "ROLLBACK_SUCCESSFUL", "ROLLBACK_FAILED")


def find(situation: Situation) -> Iterator[Finding]:
    """What there is to say of all daemons."""
    for cluster in situation.region.clusters:
        for daemon in situation.region.daemons_in(cluster):
            finding = explain(situation, daemon)
            if finding is not None:
                yield finding


def explain(situation: Situation, daemon: Daemon) -> Finding | None:
    """Why the newest deployment of a daemon isn't complete, or failed; None for a daemon at rest."""
    if not daemon.deployments:
        return None
    deployment = daemon.deployment
    path = f"{daemon.cluster.name}/{daemon.name}"
    tasks = [task for task in situation.tasks if task.daemon_name == daemon.name and task.cluster is daemon.cluster]
    ended = ends.ends_of(situation, tasks)
    told = [f"{capitalised(ends.told(situation, ended))}."] if ended.tasks else []
    arns = (daemon.arn, deployment.arn)
    if deployment.status in FAILED:
        reason = (deployment.status_reason or deployment.status).removesuffix(".")
        sentences = [f"It ended as {deployment.status}: {reason}.", *told, *_monitors(deployment)]
        return Finding(f"the deployment of daemon {path}", "failed", "failed", tuple(sentences), arns=arns)
    if has_ended(deployment):
        return Finding(f"tasks of daemon {path}", "stopped", "stopped", tuple(told), arns=arns) if told else None
    sentences, due = [], deployment.bakes_until
    if deployment.status == "PENDING":
        due = situation.due(deployment, "_start")
        begins = "" if due is None else f" and begins at {situation.at(due)}"
        sentences.append(f"Its deployment is PENDING{begins}.")
    else:
        sentences += told
        sentences += starts.told(starts.states_of(situation, tasks))
        sentences += _what_it_waits_for(situation, daemon, deployment)
        sentences += _monitors(deployment)
    return Finding(f"daemon {path}", "isn't stable", "aren't stable", tuple(sentences), due, arns)


def _what_it_waits_for(situation: Situation, daemon: Daemon, deployment: DaemonDeployment) -> Iterator[str]:
    if deployment.bakes_until is not None and deployment.bakes_until > situation.now:
        yield f"Every container instance has it, and it bakes until {situation.at(deployment.bakes_until)}."
        return
    if deployment.draining:
        names = listed(short(each) for each in deployment.draining)
        yield f"{deployment.status}: it waits for {counted(len(deployment.draining), 'container instance')} to leave ({names})."
    if deployment.replacements:
        number = counted(len(deployment.replacements), "container instance")
        yield f"{deployment.status}: it waits for {number} to come in place of those that leave."
    if not deployment.draining and not deployment.replacements:
        revision = daemon.revision
        providers = frozenset() if revision is None else frozenset(revision.capacity_providers)
        there = counting.instances_of(situation.region, daemon, providers)
        registering = [instance for instance in there if instance.status == "REGISTERING"]
        if registering:
            names = listed(short(each.arn) for each in registering)
            yield f"{deployment.status}: its task has to be RUNNING on {names} first."
        else:
            yield f"{deployment.status}."


def _monitors(deployment: DaemonDeployment) -> Iterator[str]:
    if deployment.triggered_alarms:
        yield f"Alarm {listed(deployment.triggered_alarms)} was in ALARM, which it watches."
    if deployment.failure_count:
        yield f"The circuit breaker has counted {counted(deployment.failure_count, 'failure')} of {THRESHOLD}."
