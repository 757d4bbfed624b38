"""The one place where a status changes of a service, its deployments, its service deployments and its task sets.

What comes with a change is done here too: the timestamps, the journal's entry, the event of a deployment. When a change is due, and which
one, the scheduler and the deployments say.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from pytest_ecsfake.clock import to_iso_8601
from pytest_ecsfake.state.region import Region
from pytest_ecsfake.state.service import (
    Deployment,
    DeploymentStatus,
    HookRun,
    Service,
    ServiceDeployment,
    ServiceStatus,
    TaskSet,
    TaskSetStatus,
)

if TYPE_CHECKING:
    from pytest_ecsfake import api
    from pytest_ecsfake.state.service import ShiftStage

#: Developer Guide, "View service history using Amazon ECS service deployments": the statuses that a service deployment ends in.
ENDED = ("SUCCESSFUL", "STOPPED", "ROLLBACK_SUCCESSFUL", "ROLLBACK_FAILED")

#: Developer Guide, "Amazon ECS service deployment state change events": the types of the events by the rollout state that they tell of.
DEPLOYMENT_EVENTS: Mapping[api.DeploymentRolloutState, str] = {
    "IN_PROGRESS": "INFO",
    "COMPLETED": "INFO",
    "FAILED": "ERROR",
}


def service_transition(region: Region, service: Service, status: ServiceStatus, why: str | None = None) -> None:
    """Bring a service into a status; with INACTIVE its tags, deployments, revisions and service deployments are gone (DeleteService)."""
    before = service.status
    service.cluster.services.change(service.name, status=status)
    if status == "INACTIVE":
        service.tags = {}
        service.deployments = []
        service.task_sets = []
        service.revisions = []
        service.service_deployments = []
    region.journal.write(region.clock.now, "service", service.arn, "status", before, status, why)


def deployment_begins(region: Region, service: Service, deployment: Deployment) -> None:
    """List a new deployment, PRIMARY and IN_PROGRESS, as it was made."""
    service.deployments.insert(0, deployment)
    _tell(region, service, deployment, None)


def deployment_listed_as(deployment: Deployment, status: DeploymentStatus) -> None:
    """Note how a deployment stands among its service's: PRIMARY, or ACTIVE beside a newer one, or INACTIVE and listed no more."""
    deployment.status = status


def deployment_transition(
    region: Region, service: Service, deployment: Deployment, status: api.DeploymentRolloutState, why: str
) -> None:
    """Bring a deployment into a rollout state, which a sentence goes with."""
    before = deployment.rollout_state
    deployment.rollout_state = status
    deployment.rollout_state_reason = why
    deployment.updated_at = region.clock.now
    _tell(region, service, deployment, before)


def _tell(region: Region, service: Service, deployment: Deployment, before: api.DeploymentRolloutState | None) -> None:
    """Write down in which rollout state a deployment is by now, and send the event."""
    now, state, why = region.clock.now, deployment.rollout_state, deployment.rollout_state_reason
    region.journal.write(
        now, "deployment", f"{service.arn}/{deployment.id}", "rolloutState", before, state, before and why
    )
    region.events.send_service_event(
        now,
        "ECS Deployment State Change",
        service.arn,
        {
            "eventType": DEPLOYMENT_EVENTS[state],
            "eventName": f"SERVICE_DEPLOYMENT_{state}",
            "deploymentId": deployment.id,
            "updatedAt": to_iso_8601(now),
            "reason": why,
        },
    )


def service_deployment_transition(
    region: Region, record: ServiceDeployment, status: api.ServiceDeploymentStatus, why: str | None = None
) -> None:
    """Bring a service deployment into a status; the last one stamps its end."""
    before = record.status
    now = region.clock.now
    record.status = status
    record.status_reason = why if why is not None else record.status_reason
    record.updated_at = now
    if status == "IN_PROGRESS" and record.started_at is None:
        record.started_at = now
    if status == "STOPPED":
        record.stopped_at = now
    if status in ENDED:
        record.finished_at = now
    region.journal.write(now, "service-deployment", record.arn, "status", before, status, why)


def stage_transition(region: Region, record: ServiceDeployment, stage: ShiftStage, *, is_shown: bool) -> None:
    """Bring a service deployment to a stage of its way; one that isn't shown leaves `lifecycleStage` as it is."""
    before = record.lifecycle_stage
    if is_shown:
        record.lifecycle_stage = cast("api.ServiceDeploymentLifecycleStage", stage)  # all but one stage are
    record.updated_at = region.clock.now
    region.journal.write(region.clock.now, "service-deployment", record.arn, "lifecycleStage", before, stage)


def traffic_transition(
    region: Region, record: ServiceDeployment, *, production: float | None = None, test: float | None = None
) -> None:
    """Give the green revision so many percent of the traffic, and the blue one the rest; None leaves it as it is."""
    assert record.shift is not None
    green, blue = record.target.arn, record.shift.blue.revision.arn
    for kind, weights, percent in (
        ("productionTraffic", record.production_traffic, production),
        ("testTraffic", record.test_traffic, test),
    ):
        if percent is not None:
            before = f"{weights[green]:g} %" if green in weights else None
            weights.update({blue: round(100.0 - percent, 1), green: percent})
            region.journal.write(region.clock.now, "service-deployment", record.arn, kind, before, f"{percent:g} %")


def hook_transition(
    region: Region, record: ServiceDeployment, run: HookRun, status: api.DeploymentLifecycleHookStatus
) -> None:
    """Bring a run of a lifecycle hook into a status."""
    before = run.status
    run.status = status
    record.updated_at = region.clock.now
    region.journal.write(region.clock.now, "service-deployment", record.arn, "lifecycleHook", before, status, run.stage)


def task_set_transition(region: Region, task_set: TaskSet, status: TaskSetStatus) -> None:
    """Bring a task set into a status."""
    before = task_set.status
    task_set.status = status
    task_set.updated_at = region.clock.now
    region.journal.write(region.clock.now, "task-set", task_set.arn, "status", before, status)


def stability_transition(region: Region, task_set: TaskSet, status: api.StabilityStatus) -> None:
    """Note whether a task set is steady, and since when."""
    before = task_set.stability_status
    if status == before:
        return
    task_set.stability_status = status
    task_set.stability_status_at = region.clock.now
    region.journal.write(region.clock.now, "task-set", task_set.arn, "stabilityStatus", before, status)
