"""The only module that changes the status of a daemon and of its deployments, with their circuit breakers and alarms.

    PENDING ── IN_PROGRESS ─┬───────────────────────────────────────────────────────── SUCCESSFUL
       │            │       ├── STOP_REQUESTED ── ROLLBACK_IN_PROGRESS ─┬── ROLLBACK_SUCCESSFUL
       │            │       │          │                │               └── ROLLBACK_FAILED
       └────────────┴───────┴──────────┴────────────────┴── STOPPED     (a newer one, or nothing to roll back to)

Each change also gets its timestamp, its entry in the journal and, for a deployment, its event.
Rules: API reference, DaemonDeployment, status; Developer Guide, "Amazon ECS managed daemon deployments" and "… managed daemons events".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from pytest_ecsfake.clock import to_iso_8601
from pytest_ecsfake.engine.daemons import counting
from pytest_ecsfake.errors import EcsFakeInternalError
from pytest_ecsfake.state.daemon import Daemon, DaemonDeployment
from pytest_ecsfake.state.region import Region

if TYPE_CHECKING:
    from pytest_ecsfake import api

    Status = api.DaemonDeploymentStatus

#: Developer Guide, "… deployments" and "… events": which statuses may follow a status; one without any has ended.
FOLLOWING: Mapping[Status, tuple[Status, ...]] = {
    "PENDING": ("IN_PROGRESS", "STOPPED"),
    "IN_PROGRESS": ("SUCCESSFUL", "STOP_REQUESTED", "STOPPED"),
    "STOP_REQUESTED": ("ROLLBACK_IN_PROGRESS", "STOPPED"),
    "ROLLBACK_IN_PROGRESS": ("ROLLBACK_SUCCESSFUL", "ROLLBACK_FAILED", "STOPPED"),
    "SUCCESSFUL": (),
    "STOPPED": (),
    "ROLLBACK_SUCCESSFUL": (),
    "ROLLBACK_FAILED": (),
}

#: The timestamp that a status sets, besides finishedAt, which every end sets but a stop. # unverified, but for SUCCESSFUL
STAMPS: Mapping[Status, str] = {"IN_PROGRESS": "started_at", "STOP_REQUESTED": "stopped_at", "STOPPED": "stopped_at"}

#: Developer Guide, "… events": the eventType of a deployment's event, where it isn't INFO.
EVENT_TYPES: Mapping[Status, str] = {"ROLLBACK_FAILED": "ERROR"}


def has_ended(deployment: DaemonDeployment) -> bool:
    """Whether a deployment has reached a status that none follows."""
    return not FOLLOWING[deployment.status]


def deployment_transition(region: Region, deployment: DaemonDeployment, status: Status, why: str | None = None) -> None:
    """Set the status of a deployment; the counts of one that has ended stay as they are now."""
    before, now = deployment.status, region.clock.now
    if status not in FOLLOWING[before]:
        raise EcsFakeInternalError(f"a daemon deployment doesn't go from {before} to {status}.")
    deployment.status, deployment.status_reason = status, why
    stamp = STAMPS.get(status)
    if stamp is not None and getattr(deployment, stamp) is None:
        setattr(deployment, stamp, now)
    if has_ended(deployment):
        deployment.bakes_until = None
        if status != "STOPPED":
            deployment.finished_at = now
        _end_monitoring(region, deployment)
        for revision in (deployment.target, *deployment.sources):
            if revision is not None:
                deployment.final_counts[revision.arn] = counting.counts_of(region, deployment.daemon, revision)
    note_deployment(region, deployment, before, why)


def note_deployment(region: Region, deployment: DaemonDeployment, before: str | None, why: str | None = None) -> None:
    """Write a new deployment or its new status to the journal, and send its event."""
    now = region.clock.now
    region.journal.write(now, "daemon-deployment", deployment.arn, "status", before, deployment.status, why)
    detail = {
        "eventType": EVENT_TYPES.get(deployment.status, "INFO"),
        "eventName": f"DAEMON_DEPLOYMENT_{deployment.status}",
        "clusterArn": deployment.daemon.cluster.arn,
        "daemonArn": deployment.daemon.arn,
        "daemonDeploymentArn": deployment.arn,
        "updatedAt": to_iso_8601(now),
    }
    if deployment.target is not None:
        detail["targetDaemonRevisionArn"] = deployment.target.arn
    region.events.send_service_event(now, "ECS Daemon Deployment State Change", deployment.daemon.arn, detail)


def daemon_transition(region: Region, daemon: Daemon, status: api.DaemonStatus) -> None:
    """Set the status of a daemon."""
    before, daemon.status = daemon.status, status
    region.journal.write(region.clock.now, "daemon", daemon.arn, "status", before, status)


def circuit_breaker_transition(
    region: Region, deployment: DaemonDeployment, status: api.DaemonDeploymentRollbackMonitorsStatus
) -> None:
    """Set the status of a deployment's circuit breaker."""
    before, deployment.circuit_breaker_status = deployment.circuit_breaker_status, status
    region.journal.write(region.clock.now, "daemon-deployment", deployment.arn, "circuitBreaker", before, status)


def alarms_transition(
    region: Region,
    deployment: DaemonDeployment,
    status: api.DaemonDeploymentRollbackMonitorsStatus,
    why: str | None = None,
) -> None:
    """Set the status of the alarms of a deployment."""
    before, deployment.alarms_status = deployment.alarms_status, status
    region.journal.write(region.clock.now, "daemon-deployment", deployment.arn, "alarms", before, status, why)


def _end_monitoring(region: Region, deployment: DaemonDeployment) -> None:
    if deployment.circuit_breaker_status == "MONITORING":
        circuit_breaker_transition(region, deployment, "MONITORING_COMPLETE")
    if deployment.alarms_status == "MONITORING":
        alarms_transition(region, deployment, "MONITORING_COMPLETE")
