"""Services: CreateService, DeleteService, DescribeServices, ListServices, ListServicesByNamespace. UpdateService is in `update_service.py`.

The checks of CreateService and UpdateService are in `service_rules`; the scheduler starts and stops a service's tasks.
Rules: API reference of each. Each text of AWS has its source beside it; texts that nobody has seen are marked unverified.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_ecsfake import arns, documents, pagination
from pytest_ecsfake.engine.placement import placement
from pytest_ecsfake.engine.rollouts import messages, revisions
from pytest_ecsfake.engine.rollouts.configuration import complete
from pytest_ecsfake.engine.services import deployments, external_deployments, lookup, scheduler
from pytest_ecsfake.engine.tags import tags_by_key
from pytest_ecsfake.errors import (
    InvalidParameterException,
    NamespaceNotFoundException,
)
from pytest_ecsfake.operations import service_rules
from pytest_ecsfake.operations.registry import operation
from pytest_ecsfake.rendering.service import service as rendered
from pytest_ecsfake.state.cluster import Cluster
from pytest_ecsfake.state.namespaces import NOT_FOUND as NO_NAMESPACE
from pytest_ecsfake.state.region import Region
from pytest_ecsfake.state.service import Service
from pytest_ecsfake.state.task_set import TaskSet

if TYPE_CHECKING:
    from pytest_ecsfake import api

#: API reference, ListServices and ListServicesByNamespace, maxResults: the default.
PAGE_SIZE = 10

#: API reference, ListServices: the filters, and the attribute of a service that each is compared with.
FILTERS = (
    ("schedulingStrategy", "scheduling_strategy"),
    ("resourceManagementType", "resource_management_type"),
)

SCALED_ABOVE_ZERO = (
    "The service cannot be stopped while it is scaled above 0."  # quoted by many public repositories, as the next
)
DEPLOYMENTS_ACTIVE = "The service cannot be stopped while deployments are active."


@operation(
    "CreateService",
    simplified=(
        "Elastic Load Balancing, Cloud Map, VPC Lattice, EC2 and IAM aren't faked: names and ARNs of their resources aren't looked up.",
        "A namespace that is used for the first time is a new one.",
        "The proxy of Service Connect is essential, and HEALTHY thirty seconds after its start, an assumption.",
        "The VPC and the Availability Zones of gateways aren't compared with the service's subnets.",
        "A bake time isn't required with BLUE_GREEN, though the API reference says so.",
        "Lifecycle hooks run only if traffic is shifted; with the strategy ROLLING they are kept and never called, an assumption.",
        "With CODE_DEPLOY the first task set exists after the scheduler's delay, an assumption; CodeDeploy isn't faked.",
        "A repeated call without a client token is refused, even with the same parameters, an assumption.",
    ),
)
def create_service(region: Region, request: api.CreateServiceRequest) -> api.CreateServiceResponse:
    """Create a service. It has no tasks yet, and its deployment's desired count is 0: the scheduler starts the deployment after its delay.

    If the client token and the parameters are those of the call that created the service, the answer shows that service. The name of an INACTIVE
    service can be used again, and gives the same ARN.
    """
    cluster = region.clusters.active(request.get("cluster"))
    name = request["serviceName"]
    repeated = _repeated(region, cluster, request)
    if repeated is not None:
        return {"service": rendered(repeated, with_tags=bool(repeated.tags))}
    service_rules.controllers.check(request)
    service_rules.scheduling.check(request)
    tags = tags_by_key(request.get("tags", []))
    controller = service_rules.controllers.of(request)
    settings = None
    if "taskDefinition" in request:
        definition = service_rules.task_definition(region, request["taskDefinition"])
        settings = service_rules.check_launch(region, cluster, definition, request)
    launch_type = request.get("launchType", "EC2") if settings is None else settings.template.launch_type
    configuration = _configuration(request, launch_type)
    rebalancing = service_rules.zone_rebalancing.setting(request, configuration, launch_type)
    revision = None
    if settings is not None:
        revision = revisions.make(region, cluster, name, settings=settings, parameters=request)

    service = Service(
        arn=region.partition.arn(f"service/{cluster.name}/{name}"),
        name=name,
        cluster=cluster,
        created_at=region.clock.now,
        created_by=region.partition.principal,
        role_arn=_role_arn(region, request.get("role")),
        scheduling_strategy=request.get("schedulingStrategy", "REPLICA"),
        controller=controller,
        desired_count=request.get("desiredCount", 0),
        deployment_configuration=configuration,
        revision=revision,
        platform_version=None if settings is None else revisions.shown_platform_version(settings, request),
        launch_type=launch_type,
        placement_constraints=request.get("placementConstraints", []),
        placement_strategy=placement.shown_strategies(request.get("placementStrategy", [])),
        health_check_grace_period_seconds=request.get("healthCheckGracePeriodSeconds", 0),
        availability_zone_rebalancing=rebalancing,
        enable_ecs_managed_tags=request.get("enableECSManagedTags", False),
        enable_execute_command=request.get("enableExecuteCommand", False),
        propagate_tags=request.get("propagateTags", "NONE"),
        tags=tags,
        client_token=request.get("clientToken"),
        request=_packed(request),
    )
    region.services_in(cluster).add(name, service)
    region.journal.write(region.clock.now, "service", service.arn, "status", None, service.status)
    if revision is not None and controller == "ECS":
        deployments.begin(region, service, revision)
    elif revision is not None:
        external_deployments.begin(region, service, revision)
    else:
        scheduler.wake(region, service)
    return {"service": rendered(service, with_tags=bool(tags))}


@operation(
    "DeleteService",
    simplified=(
        "A service that is already DRAINING or INACTIVE is shown unchanged, an assumption.",
        "An INACTIVE service is shown for a day, an assumption: ECS documents no time.",
    ),
)
def delete_service(region: Region, request: api.DeleteServiceRequest) -> api.DeleteServiceResponse:
    """Delete a service. It is DRAINING, then INACTIVE once its last task is STOPPING. A daemon service doesn't need `force`."""
    cluster = region.clusters.active(request.get("cluster"))
    service = lookup.known(region, cluster, request["service"])
    if service.status == "ACTIVE":
        if not request.get("force"):
            _refuse_deletion(service)
        scheduler.delete(region, service)
    return {"service": rendered(service)}


@operation(
    "DescribeServices",
    simplified=(
        "Services come in the order of the request, an assumption; a service that is named twice is shown once.",
        "The ARN of a service in another cluster is a failure with the reason MISSING, an assumption.",
    ),
)
def describe_services(region: Region, request: api.DescribeServicesRequest) -> api.DescribeServicesResponse:
    """Show services, also DRAINING and INACTIVE ones. An unknown service is a failure, never an error."""
    cluster = region.clusters.active(request.get("cluster"))
    with_tags = "TAGS" in request.get("include", ())
    found: dict[str, Service | None] = {}
    for identifier in request["services"]:
        found[lookup.arn_of(region, cluster, identifier)] = service = lookup.find(region, cluster, identifier)
        if service is not None:
            messages.repeat_steady(region, service)
    return {
        "services": [
            rendered(service, with_tags=with_tags, described=True) for service in found.values() if service is not None
        ],
        "failures": [{"arn": arn, "reason": "MISSING"} for arn, service in found.items() if service is None],
    }


@operation(
    "ListServices",
    simplified=("Services come in the order of their creation; ECS documents no order.",),
)
def list_services(region: Region, request: api.ListServicesRequest) -> api.ListServicesResponse:
    """List the ARNs of a cluster's ACTIVE services in the order of their creation.

    A service with a capacity provider strategy has no launch type, so the filter `launchType` never finds it. # unverified
    """
    cluster = region.clusters.active(request.get("cluster"))
    fields: dict[str, Any] = {"status": "ACTIVE"}
    fields |= {attribute: request.get(name) for name, attribute in FILTERS if name in request}
    services: list[Service] = []
    size, position = (
        request.get("maxResults", PAGE_SIZE),
        pagination.position(region.partition, "ListServices", request),
    )
    while True:
        # There is no index over the launch type, because it changes with the service's revisions.
        found, position = region.services_in(cluster).page(size - len(services), after=position, **fields)
        services += [each for each in found if request.get("launchType") in (None, each.shown_launch_type)]
        if position is None or len(services) == size:
            break
    response: api.ListServicesResponse = {"serviceArns": [service.arn for service in services]}
    if position is not None:
        response["nextToken"] = pagination.token(region.partition, "ListServices", request, position)
    return response


@operation(
    "ListServicesByNamespace",
    simplified=(
        "Services are sorted by ARN; ECS documents no order.",
        "A namespace that no cluster or service uses isn't found: Cloud Map isn't faked.",
    ),
)
def list_services_by_namespace(
    region: Region, request: api.ListServicesByNamespaceRequest
) -> api.ListServicesByNamespaceResponse:
    """List the ARNs of the ACTIVE services, in all clusters, whose Service Connect configuration names a namespace. Also client-only ones."""
    namespace = region.namespaces.find(request["namespace"])
    if namespace is None:
        raise NamespaceNotFoundException(NO_NAMESPACE.format(namespace=request["namespace"]))
    start = pagination.position(region.partition, "ListServicesByNamespace", request) or ""
    size = request.get("maxResults", PAGE_SIZE)
    there = sorted(service.arn for service in lookup.in_namespace(region, namespace))
    following = [arn for arn in there if arn > start]
    response: api.ListServicesByNamespaceResponse = {"serviceArns": following[:size]}
    if len(following) > size:
        response["nextToken"] = pagination.token(
            region.partition, "ListServicesByNamespace", request, following[size - 1]
        )
    return response


# --- which service ----------------------------------------------------------------------------------------------------------------------


def _repeated(region: Region, cluster: Cluster, request: api.CreateServiceRequest) -> Service | None:
    """The service that an earlier, equal call has created; None if the name is free.

    Raises:
        InvalidParameterException: the name is taken.
    """
    existing = region.services_in(cluster).get(request["serviceName"])
    if existing is None or existing.status == "INACTIVE":
        return None
    if existing.status == "DRAINING":
        raise InvalidParameterException(lookup.STILL_DRAINING)
    same_token = existing.client_token is not None and existing.client_token == request.get("clientToken")
    if not same_token or documents.unpack(existing.request) != documents.unpack(_packed(request)):
        raise InvalidParameterException(lookup.NOT_IDEMPOTENT)
    return existing


def _packed(request: api.CreateServiceRequest) -> bytes:
    """The parameters that must be equal in a repeated call, packed: all but the tags."""
    return documents.pack({name: value for name, value in request.items() if name != "tags"})


# --- the new service --------------------------------------------------------------------------------------------------------------------


def _configuration(request: api.CreateServiceRequest, launch_type: api.LaunchType) -> api.DeploymentConfiguration:
    scheduling_strategy, controller = (
        request.get("schedulingStrategy", "REPLICA"),
        service_rules.controllers.of(request),
    )
    given = request.get("deploymentConfiguration", {})
    service_rules.deployment_configuration.check(scheduling_strategy, controller, launch_type, given)
    whole = complete(scheduling_strategy, controller, given)
    service_rules.deployment_configuration.check_together(scheduling_strategy, whole)
    return whole


def _role_arn(region: Region, role: str | None) -> str:
    """The ARN of the role that ECS uses for the service."""
    if role is not None and arns.is_arn(role):
        return role
    return region.partition.service_linked_role if role is None else region.partition.role(role)


# --- DeleteService ----------------------------------------------------------------------------------------------------------------------


def _refuse_deletion(service: Service) -> None:
    if service.scheduling_strategy == "REPLICA" and service.desired_count > 0:
        raise InvalidParameterException(SCALED_ABOVE_ZERO)
    if any(_is_deployed(service, task_set) for task_set in service.task_sets):
        raise InvalidParameterException(DEPLOYMENTS_ACTIVE)


def _is_deployed(service: Service, task_set: TaskSet) -> bool:
    """Whether a task set counts as an active deployment. With CODE_DEPLOY a steady primary one doesn't. # unverified."""
    is_left = task_set.status == "PRIMARY" and task_set.stability_status == "STEADY_STATE"
    return service.controller == "EXTERNAL" or not is_left
