"""Service deployments and service revisions: the history of a service, and the operations that stop or continue a deployment.

Rules: API reference of each operation; Developer Guide, "View service history using Amazon ECS service deployments", "Stopping Amazon ECS service
deployments", "Continuing Amazon ECS service deployments" and "Amazon ECS service revisions".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_ecsfake import arns, pagination
from pytest_ecsfake.clock import seconds, to_epoch_seconds
from pytest_ecsfake.engine.lookup import find_each
from pytest_ecsfake.engine.rollouts import hooks
from pytest_ecsfake.engine.rollouts.transition import ENDED
from pytest_ecsfake.engine.services import deployments, lookup
from pytest_ecsfake.errors import (
    ConflictException,
    InvalidParameterException,
    ServiceDeploymentNotFoundException,
)
from pytest_ecsfake.operations.registry import operation
from pytest_ecsfake.rendering.service_deployment import brief
from pytest_ecsfake.rendering.service_deployment import service_deployment as rendered
from pytest_ecsfake.rendering.service_revision import service_revision
from pytest_ecsfake.state.region import Region
from pytest_ecsfake.state.service import Service
from pytest_ecsfake.state.service_deployment import ServiceDeployment
from pytest_ecsfake.state.service_revision import ServiceRevision

if TYPE_CHECKING:
    from pytest_ecsfake import api

#: API reference, ListServiceDeployments, maxResults: the default.
PAGE_SIZE = 20

#: Developer Guide, "View service history …": how far back the history goes.
HISTORY = seconds(90 * 24 * 60 * 60)

#: A text that awscli's `monitor-express-gateway-service` looks for.
OF_INACTIVE = "Cannot call DescribeServiceRevisions for a service that is INACTIVE"

# Nobody has seen these texts. # unverified
NOT_FOUND = "Service deployment not found."
HAS_ENDED = "The service deployment has already ended with the status {status}."
ONLY_ROLLBACK = "stopType must be ROLLBACK."
NO_SUCH_PAUSE = "The lifecycle hook {id} is not awaiting an action."


@operation(
    "DescribeServiceDeployments",
    simplified=(
        "A service deployment that is unknown, or was deleted with its service, is a failure with the reason MISSING.",
    ),
)
def describe_service_deployments(
    region: Region, request: api.DescribeServiceDeploymentsRequest
) -> api.DescribeServiceDeploymentsResponse:
    """Show service deployments. The counts of tasks are the current ones until the deployment ends, then the final ones."""
    found, failures = find_each(region, request["serviceDeploymentArns"], "serviceDeploymentArns", _deployment)
    return {
        "serviceDeployments": [rendered(service, service_deployment) for service, service_deployment in found],
        "failures": failures,
    }


@operation(
    "DescribeServiceRevisions",
    simplified=(
        "`guardDutyEnabled` is always false.",
        "The routes on gateways are shown by every revision in use that has a connector, each with the same two target groups.",
        "Which of two target groups serves a revision is derived from the deployments; load balancers aren't faked.",
    ),
)
def describe_service_revisions(
    region: Region, request: api.DescribeServiceRevisionsRequest
) -> api.DescribeServiceRevisionsResponse:
    """Show service revisions. An unknown one is a failure with the reason MISSING.

    One of an INACTIVE service is refused, if the service was an Express service: awscli's monitor of those waits for that.
    """
    for arn in request["serviceRevisionArns"]:
        service = _service_of(region, arn, "service-revision")
        if service is not None and service.express is not None and service.status == "INACTIVE":
            raise InvalidParameterException(OF_INACTIVE)
    found, failures = find_each(region, request["serviceRevisionArns"], "serviceRevisionArns", _revision)
    return {
        "serviceRevisions": [service_revision(region, service, revision) for service, revision in found],
        "failures": failures,
    }


@operation(
    "ListServiceDeployments",
    simplified=("The newest come first, an assumption.",),
)
def list_service_deployments(
    region: Region, request: api.ListServiceDeploymentsRequest
) -> api.ListServiceDeploymentsResponse:
    """List the deployments of a service in the last ninety days, the newest first. # unverified.

    Without a cluster, it is the one in the service's ARN: awscli's `monitor-express-gateway-service` calls it so for services of any cluster.
    """
    start = pagination.position(region.partition, "ListServiceDeployments", request)
    cluster_name, _ = arns.service_in(request["service"], region.partition)
    cluster = region.clusters.active(request.get("cluster", cluster_name))
    service = lookup.known(region, cluster, request["service"])
    size = request.get("maxResults", PAGE_SIZE)
    earliest = region.clock.now - HISTORY
    newest_first = list(enumerate(service.service_deployments))[:start][::-1]
    found = [
        (position, service_deployment)
        for position, service_deployment in newest_first
        if service_deployment.created_at >= earliest and _matches(service_deployment, request)
    ]
    response: api.ListServiceDeploymentsResponse = {
        "serviceDeployments": [brief(service, service_deployment) for _, service_deployment in found[:size]]
    }
    if len(found) > size:
        last_position = found[size - 1][0]
        response["nextToken"] = pagination.token(region.partition, "ListServiceDeployments", request, last_position)
    return response


@operation(
    "StopServiceDeployment",
    simplified=(
        "The scheduler acts on the request after 15 s (`timings` changes it).",
        "A first deployment has nothing to roll back to, so it stops where it is, an assumption.",
        "A deployment that has ended is refused with ConflictException, an assumption.",
    ),
)
def stop_service_deployment(
    region: Region, request: api.StopServiceDeploymentRequest
) -> api.StopServiceDeploymentResponse:
    """Roll a deployment back, whatever its configuration says. No effect if it is already stopping or rolling back."""
    arn = request["serviceDeploymentArn"]
    service, service_deployment = _known(region, arn)
    if request.get("stopType", "ROLLBACK") != "ROLLBACK":
        raise InvalidParameterException(ONLY_ROLLBACK)
    if service_deployment.status in ENDED:
        raise ConflictException(HAS_ENDED.format(status=service_deployment.status), resourceIds=[service_deployment.id])
    deployments.stop(region, service, service_deployment)
    return {"serviceDeploymentArn": arn}


@operation(
    "ContinueServiceDeployment",
    simplified=("A hook that no longer waits is refused with InvalidParameterException, an assumption.",),
)
def continue_service_deployment(
    region: Region, request: api.ContinueServiceDeploymentRequest
) -> api.ContinueServiceDeploymentResponse:
    """End the pause of a deployment that waits at a PAUSE hook. It continues or rolls back."""
    arn, hook_id = request["serviceDeploymentArn"], request["hookId"]
    service, service_deployment = _known(region, arn)
    paused = [run for run in service_deployment.hook_runs if run.id == hook_id and run.status == "AWAITING_ACTION"]
    if service_deployment.status != "IN_PROGRESS" or not paused:
        raise InvalidParameterException(NO_SUCH_PAUSE.format(id=hook_id))
    hooks.answer_pause(region, service, service_deployment, paused[0], request.get("action", "CONTINUE"))
    return {"serviceDeploymentArn": arn}


def _matches(service_deployment: ServiceDeployment, request: api.ListServiceDeploymentsRequest) -> bool:
    created_at = to_epoch_seconds(service_deployment.created_at)
    window = request.get("createdAt", {})
    if "status" in request and request["status"] and service_deployment.status not in request["status"]:
        return False
    return window.get("after", created_at - 1) < created_at < window.get("before", created_at + 1)


def _known(region: Region, arn: str) -> tuple[Service, ServiceDeployment]:
    found = _deployment(region, arn)
    if found is None:
        raise ServiceDeploymentNotFoundException(NOT_FOUND)
    return found


def _deployment(region: Region, arn: str) -> tuple[Service, ServiceDeployment] | None:
    service = _service_of(region, arn, "service-deployment")
    for service_deployment in [] if service is None else service.service_deployments:
        if service_deployment.arn == arn and service is not None:
            return service, service_deployment
    return None


def _revision(region: Region, arn: str) -> tuple[Service, ServiceRevision] | None:
    service = _service_of(region, arn, "service-revision")
    for revision in [] if service is None else service.revisions:
        if revision.arn == arn and service is not None:
            return service, revision
    return None


def _service_of(region: Region, arn: str, kind: str) -> Service | None:
    """The service in the ARN of one of its deployments or revisions; None if there is none.

    Raises:
        ClientException: the ARN is malformed.
        InvalidParameterException: the ARN is of another region, account or resource type.
    """
    parts = arns.resource_of(arn, region.partition, kind)
    return lookup.find_by_names(region, *parts[:2]) if len(parts) == 3 else None
