"""The one place that changes a status of a service, its deployments, service deployments and task sets.

A change comes with its timestamps, its journal entry and, for a deployment, its event. The scheduler and the strategies decide when to make one.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from pytest_ecsfake.clock import to_iso_8601
from pytest_ecsfake.state.deployment import Deployment, DeploymentStatus
from pytest_ecsfake.state.region import Region
from pytest_ecsfake.state.service import Service, ServiceStatus
from pytest_ecsfake.state.service_deployment import ServiceDeployment
from pytest_ecsfake.state.task_set import TaskSet, TaskSetStatus
from pytest_ecsfake.state.traffic_shift import HookRun

if TYPE_CHECKING:
    from pytest_ecsfake import api
    from pytest_ecsfake.state.traffic_shift import ShiftStage

#: Developer Guide, "View service history using Amazon ECS service deployments": the statuses that a service deployment ends in.
ENDED = ("SUCCESSFUL", "STOPPED", "ROLLBACK_SUCCESSFUL", "ROLLBACK_FAILED")

#: Developer Guide, "Amazon ECS service deployment state change events": the types of the events by the rollout state that they report.
DEPLOYMENT_EVENTS: Mapping[api.DeploymentRolloutState, str] = {
    "IN_PROGRESS": "INFO",
    "COMPLETED": "INFO",
    "FAILED": "ERROR",
}


def service_transition(region: Region, service: Service, status: ServiceStatus, why: str | None = None) -> None:
    """Bring a service into a status. INACTIVE takes its tags, deployments, task sets, revisions and service deployments (DeleteService)."""
    before = service.status
    region.services_in(service.cluster).change(service.name, status=status)
    if status == "INACTIVE":
        for deployment in service.deployments:
            deployment_status_transition(deployment, "INACTIVE")
        service.tags = {}
        service.deployments = []
        service.task_sets = []
        service.revisions = []
        service.service_deployments = []
    region.journal.write(region.clock.now, "service", service.arn, "status", before, status, why)


def accept_deployment(region: Region, service: Service, deployment: Deployment) -> None:
    """List a new deployment of a service, with the status and the rollout state that it was made with."""
    service.deployments.insert(0, deployment)
    _report(region, service, deployment, None)


def deployment_status_transition(deployment: Deployment, status: DeploymentStatus) -> None:
    """Bring a deployment into a status: PRIMARY, ACTIVE beside a newer one, or INACTIVE and no longer listed. The journal has no entry for it."""
    deployment.status = status


def supersede(region: Region, deployment: Deployment) -> None:
    """Bring a PRIMARY deployment into the status ACTIVE. It is updated by that, but only after the answer to the request (recorded answers)."""
    if deployment.status == "PRIMARY":
        deployment_status_transition(deployment, "ACTIVE")
        region.clock.at(region.clock.now, _updated, region, deployment)


def _updated(region: Region, deployment: Deployment) -> None:
    deployment.updated_at = region.clock.now


def rollout_state_transition(
    region: Region, service: Service, deployment: Deployment, status: api.DeploymentRolloutState, why: str
) -> None:
    """Bring a deployment into a rollout state, with its reason."""
    before = deployment.rollout_state
    deployment.rollout_state = status
    deployment.rollout_state_reason = why
    deployment.updated_at = region.clock.now
    _report(region, service, deployment, before)


def _report(
    region: Region, service: Service, deployment: Deployment, before: api.DeploymentRolloutState | None
) -> None:
    """Write the journal entry of a deployment's rollout state, and send its event."""
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
            "clusterArn": service.cluster.arn,
            "deploymentId": deployment.id,
            "updatedAt": to_iso_8601(now),
            "reason": why,
        },
    )


def service_deployment_transition(
    region: Region, service_deployment: ServiceDeployment, status: api.ServiceDeploymentStatus, why: str | None = None
) -> None:
    """Bring a service deployment into a status."""
    before = service_deployment.status
    now = region.clock.now
    service_deployment.status = status
    service_deployment.status_reason = why if why is not None else service_deployment.status_reason
    service_deployment.updated_at = now
    if status == "IN_PROGRESS" and service_deployment.started_at is None:
        service_deployment.started_at = now
    if status == "STOPPED":
        service_deployment.stopped_at = now
    if status in ENDED:
        service_deployment.finished_at = now
    region.journal.write(now, "service-deployment", service_deployment.arn, "status", before, status, why)


def circuit_breaker_transition(
    region: Region, service_deployment: ServiceDeployment, status: api.ServiceDeploymentRollbackMonitorsStatus
) -> None:
    """Bring the circuit breaker of a service deployment into a status."""
    before = service_deployment.circuit_breaker_status
    service_deployment.circuit_breaker_status = status
    now = region.clock.now
    region.journal.write(
        now, "service-deployment", service_deployment.arn, "deploymentCircuitBreaker.status", before, status
    )


def alarms_transition(
    region: Region,
    service_deployment: ServiceDeployment,
    status: api.ServiceDeploymentRollbackMonitorsStatus,
    triggered: str | None = None,
) -> None:
    """Bring the alarms of a service deployment into a status; TRIGGERED comes with the name of the alarm."""
    before = service_deployment.alarms_status
    service_deployment.alarms_status = status
    if triggered is not None:
        service_deployment.triggered_alarms.append(triggered)
    now = region.clock.now
    region.journal.write(now, "service-deployment", service_deployment.arn, "alarms.status", before, status, triggered)


def stage_transition(
    region: Region, service_deployment: ServiceDeployment, stage: ShiftStage, *, is_shown: bool
) -> None:
    """Bring a service deployment to a stage. One that ECS doesn't show leaves `lifecycleStage` as it is."""
    before = service_deployment.lifecycle_stage
    if is_shown:
        service_deployment.lifecycle_stage = cast("api.ServiceDeploymentLifecycleStage", stage)  # all but one stage are
    service_deployment.updated_at = region.clock.now
    region.journal.write(
        region.clock.now, "service-deployment", service_deployment.arn, "lifecycleStage", before, stage
    )


def traffic_transition(
    region: Region, service_deployment: ServiceDeployment, *, production: float | None = None, test: float | None = None
) -> None:
    """Give the green revision this percentage of the traffic, and the blue one the rest; None leaves the traffic as it is."""
    assert service_deployment.shift is not None
    green, blue = service_deployment.target.arn, service_deployment.shift.blue.revision.arn
    for kind, weights, percent in (
        ("productionTraffic", service_deployment.production_traffic, production),
        ("testTraffic", service_deployment.test_traffic, test),
    ):
        if percent is not None:
            before = f"{weights[green]:g} %" if green in weights else None
            weights.update({blue: round(100.0 - percent, 1), green: percent})
            region.journal.write(
                region.clock.now, "service-deployment", service_deployment.arn, kind, before, f"{percent:g} %"
            )


def hook_transition(
    region: Region, service_deployment: ServiceDeployment, run: HookRun, status: api.DeploymentLifecycleHookStatus
) -> None:
    """Bring a run of a lifecycle hook into a status."""
    before = run.status
    run.status = status
    service_deployment.updated_at = region.clock.now
    region.journal.write(
        region.clock.now, "service-deployment", service_deployment.arn, "lifecycleHook", before, status, run.stage
    )


def task_set_transition(region: Region, task_set: TaskSet, status: TaskSetStatus) -> None:
    """Bring a task set into a status."""
    before = task_set.status
    task_set.status = status
    task_set.updated_at = region.clock.now
    region.journal.write(region.clock.now, "task-set", task_set.arn, "status", before, status)


def stability_transition(region: Region, task_set: TaskSet, status: api.StabilityStatus) -> None:
    """Bring a task set into a stability status, with the time when it changes. Becoming steady updates the task set (recorded answers)."""
    before = task_set.stability_status
    if status == before:
        return
    task_set.stability_status = status
    task_set.stability_status_at = region.clock.now
    if status == "STEADY_STATE":
        task_set.updated_at = region.clock.now
    region.journal.write(region.clock.now, "task-set", task_set.arn, "stabilityStatus", before, status)
