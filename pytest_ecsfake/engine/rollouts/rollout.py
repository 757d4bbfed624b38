"""How a deployment under the controller ECS starts and ends: completed, failed, rolled back or superseded.

What happens in between is up to its strategy (`rolling.py`, `shifting.py`).
Rules: API reference, Deployment and ServiceDeployment; Developer Guide, "How the Amazon ECS deployment circuit breaker detects failures" and
"View service history using Amazon ECS service deployments".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from pytest_ecsfake.engine.rollouts import configuration, messages
from pytest_ecsfake.engine.rollouts.transition import (
    accept_deployment,
    alarms_transition,
    circuit_breaker_transition,
    deployment_status_transition,
    rollout_state_transition,
    service_deployment_transition,
    supersede,
)
from pytest_ecsfake.state.deployment import Deployment
from pytest_ecsfake.state.region import Region
from pytest_ecsfake.state.service import Service
from pytest_ecsfake.state.service_deployment import Rollback, ServiceDeployment
from pytest_ecsfake.state.service_revision import ServiceRevision

if TYPE_CHECKING:
    from pytest_ecsfake import api

#: The id of a service deployment: this many of these characters (recorded answers).
ID_LENGTH = 21
ID_CHARACTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-"


class Failure(NamedTuple):
    """Why a deployment fails, in ECS's words.

    Args:
        what: what the service's event says, such as `tasks failed to start`.
        found_by: how the reasons of rollout states begin, such as `ECS deployment circuit breaker`.
        status_reason: the reason that the service deployment shows once it is rolled back.
    """

    what: str
    found_by: str
    status_reason: str


#: The words are ours. # unverified
STOPPED_BY_USER = Failure(
    "stopped by user", "ECS deployment", "Service deployment rolled back because of a StopServiceDeployment request."
)
SUPERSEDED = "Service deployment stopped because a newer service deployment was started."  # unverified

#: Developer Guide, "View service history using Amazon ECS service deployments": the statuses in which a service deployment can be asked to stop,
#: and how one ends that a newer one supersedes, by its status then. A rollback either succeeds or fails; it can't be stopped.
STOPPABLE = ("PENDING", "IN_PROGRESS")
SUPERSEDED_ENDS: Mapping[api.ServiceDeploymentStatus, api.ServiceDeploymentStatus] = {
    "STOP_REQUESTED": "STOPPED",
    "ROLLBACK_REQUESTED": "STOPPED",
    "ROLLBACK_IN_PROGRESS": "ROLLBACK_FAILED",
}


def list_deployment(region: Region, service: Service, revision: ServiceRevision) -> ServiceDeployment:
    """List a new deployment as PRIMARY, with a service deployment that is PENDING. The deployment before it is asked to stop."""
    now = region.clock.now
    previous = service.current_service_deployment
    if previous is not None and _only_has_to_settle(service, previous):
        complete(region, service, previous)
        previous = None
    sources = [deployment.revision for deployment in service.deployments]
    for deployment in service.deployments:
        supersede(region, deployment)
    deployment_id = f"ecs-svc/{revision.number}"
    deployment = Deployment(deployment_id, revision, now, now, f"ECS deployment {deployment_id} in progress.")
    service.revision = revision
    if revision not in service.revisions:
        service.revisions.append(revision)
    service_deployment_id = random_id(region, ID_LENGTH)
    new = ServiceDeployment(
        arn=region.partition.arn(f"service-deployment/{service.cluster.name}/{service.name}/{service_deployment_id}"),
        id=service_deployment_id,
        deployment=deployment,
        target=revision,
        sources=sources,
        created_at=now,
        updated_at=now,
        configuration=service.deployment_configuration,
    )
    if previous is not None and previous.status in STOPPABLE:
        service_deployment_transition(region, previous, "STOP_REQUESTED", SUPERSEDED)
    service.service_deployments.append(new)
    accept_deployment(region, service, deployment)
    return new


def _only_has_to_settle(service: Service, service_deployment: ServiceDeployment) -> bool:
    """Whether all tasks of a deployment are RUNNING and no older deployment is left, so that its tasks only have to count as healthy.

    The waiter ServicesStable succeeds then. Whoever deploys again right afterwards expects that deployment to be one that a failed deployment
    rolls back to; that ECS does so is an assumption. # unverified
    """
    tasks = service.tasks.values()
    return (
        service_deployment.status == "IN_PROGRESS"
        and service_deployment.bakes_until is None
        and service_deployment.shift is None
        and len(service.deployments) == 1
        and 0 < len(tasks) == service.desired_count
        and all(task.last_status == "RUNNING" and task.desired_status == "RUNNING" for task in tasks)
        and all(task.health_status == "HEALTHY" or not task.has_health_check for task in tasks)
    )


def random_id(region: Region, length: int) -> str:
    """A new id in the form of a service deployment's."""
    return "".join(ID_CHARACTERS[region.ids.number(0, len(ID_CHARACTERS) - 1)] for _ in range(length))


def start(region: Region, service: Service, service_deployment: ServiceDeployment) -> None:
    """Start a deployment, and end those that it supersedes."""
    for older in service.service_deployments:
        if older is not service_deployment and older.status in SUPERSEDED_ENDS:
            _end(region, service, older, SUPERSEDED_ENDS[older.status], SUPERSEDED)
    # API reference, DeploymentCircuitBreaker: it is for rolling deployments only.
    is_rolling = configuration.strategy(service_deployment.configuration) == "ROLLING"
    if is_rolling and configuration.circuit_breaker(service_deployment.configuration)["enable"]:
        circuit_breaker_transition(region, service_deployment, "MONITORING")
    service_deployment_transition(region, service_deployment, "IN_PROGRESS")


def complete(region: Region, service: Service, service_deployment: ServiceDeployment) -> None:
    """Complete the PRIMARY deployment and its service deployment: its desired count is healthy, and no older deployment is left.

    After a rollback, the PRIMARY deployment is the one that was rolled back to.
    """
    deployment = service.deployments[0]
    reason = f"ECS deployment {deployment.id} completed."
    rollout_state_transition(region, service, deployment, "COMPLETED", reason)
    service.last_completed = deployment
    _end(
        region,
        service,
        service_deployment,
        "SUCCESSFUL" if service_deployment.rollback is None else "ROLLBACK_SUCCESSFUL",
    )
    messages.say(region, service, f"(deployment {deployment.id}) deployment completed.")


def fail(
    region: Region, service: Service, service_deployment: ServiceDeployment, failure: Failure, *, rollback: bool
) -> None:
    """Fail a deployment, and roll back to the last one that was completed, where asked to and where there is one.

    Args:
        region: where the service is.
        service: the service.
        service_deployment: the deployment that fails. Nothing happens unless it still is the current one of an ACTIVE service.
        failure: why it fails.
        rollback: whether to roll back.
    """
    if service.status != "ACTIVE" or service.current_service_deployment is not service_deployment:
        return
    failed = service_deployment.deployment
    reason = f"{failure.found_by}: {failure.what}."
    rollout_state_transition(region, service, failed, "FAILED", reason)
    messages.say(region, service, f"(deployment {failed.id}) deployment failed: {failure.what}.")
    target = service.last_completed
    if not rollback or target is None or target is failed:
        if service_deployment.status == "ROLLBACK_IN_PROGRESS":
            _end(region, service, service_deployment, "ROLLBACK_FAILED", failure.status_reason)
        else:
            if service_deployment.status == "IN_PROGRESS":
                service_deployment_transition(region, service_deployment, "STOP_REQUESTED", reason)
            _end(region, service, service_deployment, "STOPPED", reason)
        return
    roll_back(region, service, service_deployment, target, failure)


def stop(region: Region, service: Service, service_deployment: ServiceDeployment) -> None:
    """Roll a deployment back that was asked to stop, unless it has ended meanwhile. Without a completed deployment it just ends."""
    if service_deployment.status == "ROLLBACK_REQUESTED" and service.current_service_deployment is service_deployment:
        service_deployment.stopped_at = region.clock.now
        fail(region, service, service_deployment, STOPPED_BY_USER, rollback=True)


def roll_back(
    region: Region, service: Service, service_deployment: ServiceDeployment, target: Deployment, failure: Failure
) -> None:
    """Make the last completed deployment PRIMARY again, and IN_PROGRESS until it has all its tasks back.

    Until it is completed again, nothing can be rolled back to it. The guide shows the same deployment; it has the moment of the rollback as
    its createdAt (recorded answer of 2022).
    """
    service.last_completed = None
    if target in service.deployments:
        service.deployments.remove(target)
    for deployment in service.deployments:
        deployment_status_transition(deployment, "ACTIVE")
    service.deployments.insert(0, target)
    deployment_status_transition(target, "PRIMARY")
    target.created_at = region.clock.now
    reason = f"{failure.found_by}: rolling back to deploymentId {target.id}."
    rollout_state_transition(region, service, target, "IN_PROGRESS", reason)
    service.revision = target.revision
    service.schedule.end_throttle()
    service_deployment.bakes_until = None
    service_deployment.rollback = Rollback(failure.status_reason, region.clock.now, target.revision.arn)
    service_deployment_transition(region, service_deployment, "ROLLBACK_IN_PROGRESS", failure.status_reason)
    messages.say(region, service, f"rolling back to deployment {target.id}.")


def _end(
    region: Region,
    service: Service,
    service_deployment: ServiceDeployment,
    status: api.ServiceDeploymentStatus,
    why: str | None = None,
) -> None:
    """End a service deployment: its monitoring ends, and the counts of its revisions stay as they are now."""
    if service_deployment.circuit_breaker_status == "MONITORING":
        circuit_breaker_transition(region, service_deployment, "MONITORING_COMPLETE")
    if service_deployment.alarms_status == "MONITORING":
        alarms_transition(region, service_deployment, "MONITORING_COMPLETE")
    for owner in dict.fromkeys([service_deployment.deployment, *service.deployments]):
        service_deployment.final_counts[owner.revision.arn] = service.counts_of(owner)
    service_deployment_transition(region, service_deployment, status, why)
