"""A daemon's deployments: how a revision reaches the instances of its capacity providers, batch after batch, and how it goes back.

No instance changes its revision. A deployment drains the ACTIVE instances that don't have the target, at most `drainPercent` of them at a
time, and launches others in their place; a batch is over when its instances have left and what replaces them is ACTIVE. Then it bakes.
Tasks that fail to start count for the circuit breaker; it, or an alarm, has the revision before rolled out again.
Rules: API reference, DaemonDeployment and DaemonDeploymentConfiguration; Developer Guide, "Amazon ECS managed daemon deployments".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pytest_ecsfake.clock import CONSEQUENCES, seconds
from pytest_ecsfake.engine.daemons import counting, starting, task_definitions
from pytest_ecsfake.engine.daemons.transition import (
    alarms_transition,
    circuit_breaker_transition,
    daemon_transition,
    deployment_transition,
    has_ended,
    note_deployment,
)
from pytest_ecsfake.engine.instances import transition as instances
from pytest_ecsfake.engine.managed_instances import launching
from pytest_ecsfake.state.container_instance import ContainerInstance
from pytest_ecsfake.state.daemon import Daemon, DaemonDeployment, DaemonRevision, DaemonRollback
from pytest_ecsfake.state.region import Region

if TYPE_CHECKING:
    from pytest_ecsfake import api

#: How long a deployment is PENDING (five seconds in the example of DescribeDaemonDeployments), and STOP_REQUESTED. `timings` replaces it.
PREPARATION = seconds(5)

#: How many failures trip the circuit breaker: the only threshold that has been seen, with three instances. # unverified
THRESHOLD = 10

#: Developer Guide, "… deployments": the defaults of the configuration.
DRAIN_PERCENT = 25.0
DEFAULT_ALARMS: api.DaemonAlarmConfiguration = {"alarmNames": [], "enable": False}
MINUTE = seconds(60)

COMPLETED = "Deployment completed successfully."  # the example of DescribeDaemonDeployments
# Nobody has seen these texts. # unverified
SUPERSEDED = "Deployment stopped because a newer deployment was started."
CIRCUIT_BREAKER = "Deployment failed: the circuit breaker threshold was exceeded."
ALARM = "Deployment failed: an alarm was triggered."
ROLLED_BACK = "Deployment rolled back successfully."
ROLLBACK_FAILED = "Rollback failed: the circuit breaker threshold was exceeded."


def complete_configuration(given: Mapping[str, Any]) -> api.DaemonDeploymentConfiguration:
    """A deployment's configuration with its defaults."""
    return {
        "drainPercent": float(given.get("drainPercent", DRAIN_PERCENT)),
        "alarms": {**DEFAULT_ALARMS, **given.get("alarms", {})},
        "bakeTimeInMinutes": given.get("bakeTimeInMinutes", 0),
    }


def begin(
    region: Region,
    daemon: Daemon,
    deployment_id: str,
    target: DaemonRevision | None,
    configuration: api.DaemonDeploymentConfiguration,
) -> DaemonDeployment:
    """Add a deployment that is PENDING. One that is under way stops where it is."""
    daemons = region.daemons_in(daemon.cluster)
    if daemon.deployments and not has_ended(daemon.deployment):
        deployment_transition(region, daemon.deployment, "STOPPED", SUPERSEDED)
    deployment = DaemonDeployment(
        arn=region.partition.arn(f"daemon-deployment/{daemon.cluster.name}/{daemon.name}/{deployment_id}"),
        daemon=daemon,
        target=target,
        sources=[each for each in counting.revisions_in_use(region, daemon) if each is not target],
        configuration=configuration,
        created_at=region.clock.now,
    )
    daemon.deployments.append(deployment)
    daemons.deployments[deployment.arn] = deployment
    note_deployment(region, deployment, None)
    region.clock.after(region.timings.delay("DAEMON_DEPLOYMENT", PREPARATION), _start, region, deployment)
    return deployment


def look(region: Region, daemon: Daemon) -> None:
    """Have a daemon's deployment looked at at the end of this instant, if it is under way."""
    if not daemon.deployments:
        return
    deployment = daemon.deployment
    if deployment.is_under_way and not deployment.is_look_queued:
        deployment.is_look_queued = True
        region.clock.at(region.clock.now, _reconcile, region, deployment, lane=CONSEQUENCES)


def count_failure(region: Region, daemon: Daemon, revision_arn: str | None) -> None:
    """Count a task of the revision that is being rolled out, and that failed, for the circuit breaker."""
    deployment = daemon.deployment
    if daemon.revision is None or daemon.revision.arn != revision_arn or not deployment.is_under_way:
        return
    if deployment.status == "ROLLBACK_IN_PROGRESS":
        deployment.rollback_failure_count += 1
        if deployment.rollback_failure_count >= THRESHOLD:
            deployment_transition(region, deployment, "ROLLBACK_FAILED", ROLLBACK_FAILED)
        return
    deployment.failure_count += 1
    if deployment.failure_count >= THRESHOLD:
        circuit_breaker_transition(region, deployment, "TRIGGERED")
        _fail(region, deployment, CIRCUIT_BREAKER)


def trigger_alarm(region: Region, name: str) -> None:
    """Fail the deployments that watch an alarm, if it still is in ALARM."""
    if region.alarm_state(name) != "ALARM":
        return
    for cluster in region.clusters:
        for daemon in list(region.daemons_in(cluster)):
            deployment = daemon.deployment
            is_watching = deployment.alarms_status == "MONITORING" and deployment.status == "IN_PROGRESS"
            if is_watching and name in deployment.watched_alarms:
                deployment.triggered_alarms = (*deployment.triggered_alarms, name)
                alarms_transition(region, deployment, "TRIGGERED", name)
                _fail(region, deployment, ALARM)


def _fail(region: Region, deployment: DaemonDeployment, why: str) -> None:
    """Fail a deployment: it goes back to the last revision that was completed; without one it stops where it is."""
    target = deployment.daemon.completed
    if deployment.target is None or target is None or target is deployment.target:
        deployment_transition(region, deployment, "STOPPED", why)
        return
    deployment_transition(region, deployment, "STOP_REQUESTED", why)
    delay = region.timings.delay("DAEMON_DEPLOYMENT", PREPARATION)
    region.clock.after(delay, _roll_back, region, deployment, target, why)


def _start(region: Region, deployment: DaemonDeployment) -> None:
    """Start a deployment that is PENDING, unless a newer one has superseded it."""
    daemon = deployment.daemon
    if deployment.status != "PENDING" or daemon.deployment is not deployment:
        return
    alarms = deployment.configuration["alarms"]
    if alarms["enable"]:
        deployment.watched_alarms = tuple(name for name in alarms["alarmNames"] if region.alarm_state(name) != "ALARM")
        alarms_transition(region, deployment, "MONITORING")
    deployment_transition(region, deployment, "IN_PROGRESS")
    _roll_out(region, deployment, deployment.target)


def _roll_back(region: Region, deployment: DaemonDeployment, target: DaemonRevision, why: str) -> None:
    daemon = deployment.daemon
    if deployment.status != "STOP_REQUESTED" or daemon.deployment is not deployment:
        return
    deployment.rollback = DaemonRollback(why, region.clock.now, target)
    deployment.bakes_until = None
    deployment_transition(region, deployment, "ROLLBACK_IN_PROGRESS", why)
    _roll_out(region, deployment, target)


def _roll_out(region: Region, deployment: DaemonDeployment, revision: DaemonRevision | None) -> None:
    """Have new instances start a revision from now on, and replace those that have another one."""
    daemon = deployment.daemon
    daemon.revision = revision
    if revision is not None:
        daemons = region.daemons_in(daemon.cluster)
        daemons.change(daemon.name, capacity_providers=frozenset(revision.capacity_providers))
    there = counting.instances_of(region, daemon, _providers(deployment))
    for instance in there:
        if instance.status == "REGISTERING":
            starting.start(region, daemon, instance)  # it may have registered before there was such a daemon
            launching.activate(region, instance)  # or have waited for one that it no longer needs
    percent = deployment.configuration["drainPercent"]
    deployment.batch_size = max(1, -int(-len(there) * percent // 100))
    look(region, daemon)


def _reconcile(region: Region, deployment: DaemonDeployment) -> None:
    """Drain the next batch when the one before is over; bake and finish when no instance has another revision."""
    deployment.is_look_queued = False
    daemon = deployment.daemon
    if not deployment.is_under_way or daemon.deployment is not deployment:
        return
    there = counting.instances_of(region, daemon, _providers(deployment))
    launches = region.managed_instances_in(daemon.cluster).launches
    deployment.draining = [instance.id for instance in there if instance.id in deployment.draining]
    deployment.replacements = [launch for launch in deployment.replacements if launch in launches]
    outdated = [
        instance for instance in there if instance.status == "ACTIVE" and _is_outdated(region, daemon, instance)
    ]
    if deployment.draining or deployment.replacements:
        return
    if outdated:
        deployment.bakes_until = None
        _drain(region, deployment, outdated[: deployment.batch_size])
    elif not any(_is_awaited(daemon, instance) for instance in there):
        _bake(region, deployment)


def _drain(region: Region, deployment: DaemonDeployment, batch: list[ContainerInstance]) -> None:
    for instance in batch:
        deployment.draining.append(instance.id)
        launch = starting.launch_replacement(region, instance)
        if launch is not None:
            deployment.replacements.append(launch)
        instances.transition(region, instance, "DRAINING", f"a deployment of the daemon {deployment.daemon.name}")


def _is_outdated(region: Region, daemon: Daemon, instance: ContainerInstance) -> bool:
    """Whether an instance has to be replaced: it lacks the revision, or has a daemon that isn't for its capacity provider any more."""
    revision = daemon.revision
    if revision is None or instance.capacity_provider_name not in revision.capacity_providers:
        return counting.task_on(region, daemon.name, instance) is not None
    return not counting.has_revision(region, daemon, revision, instance)


def _is_awaited(daemon: Daemon, instance: ContainerInstance) -> bool:
    revision = daemon.revision
    return (
        revision is not None
        and instance.status == "REGISTERING"
        and instance.capacity_provider_name in revision.capacity_providers
    )


def _bake(region: Region, deployment: DaemonDeployment) -> None:
    """Finish a deployment whose bake time is over; a rollback and a deletion don't bake. # unverified."""
    configured = deployment.configuration["bakeTimeInMinutes"] * MINUTE
    if deployment.status == "ROLLBACK_IN_PROGRESS" or deployment.target is None or not configured:
        _finish(region, deployment)
        return
    now = region.clock.now
    if deployment.bakes_until is None:
        deployment.bakes_until = now + region.timings.delay("BAKE_TIME", configured)
        region.clock.at(deployment.bakes_until, look, region, deployment.daemon)
    if deployment.bakes_until <= now:
        _finish(region, deployment)


def _finish(region: Region, deployment: DaemonDeployment) -> None:
    daemon = deployment.daemon
    if deployment.status == "ROLLBACK_IN_PROGRESS":
        deployment_transition(region, deployment, "ROLLBACK_SUCCESSFUL", ROLLED_BACK)
    else:
        daemon.completed = deployment.target
        deployment_transition(region, deployment, "SUCCESSFUL", COMPLETED)
        if deployment.target is None:
            _forget(region, daemon)
    gone = region.container_instances_in(daemon.cluster)
    for instance_id in list(daemon.begun_on):
        instance = gone.get(instance_id)
        if instance is None or not instance.is_listed:
            del daemon.begun_on[instance_id]
    task_definitions.release(region)


def _forget(region: Region, daemon: Daemon) -> None:
    """Take a daemon away that no instance has any more; its deployments and revisions can still be described. # unverified."""
    region.daemons_in(daemon.cluster).drop(daemon.name)
    region.journal.write(region.clock.now, "daemon", daemon.arn, "status", daemon.status, None, "deleted")


def delete(region: Region, daemon: Daemon, deployment_id: str) -> DaemonDeployment:
    """Begin to take a daemon away: instances that run its task are replaced by such that don't."""
    daemon_transition(region, daemon, "DELETE_IN_PROGRESS")
    daemon.updated_at = region.clock.now
    configuration = complete_configuration({"drainPercent": daemon.deployment.configuration["drainPercent"]})
    return begin(region, daemon, deployment_id, None, configuration)


def _providers(deployment: DaemonDeployment) -> frozenset[str]:
    """The capacity providers whose instances a deployment has to do with."""
    revisions = [deployment.target, *deployment.sources]
    return frozenset(name for each in revisions if each is not None for name in each.capacity_providers)
