"""Express services: CreateExpressGatewayService, DescribeExpressGatewayService, UpdateExpressGatewayService, DeleteExpressGatewayService.

An Express service is an ordinary service that ECS configures, so the operations of services, tasks and tags see it too.
Rules: API reference of each; Developer Guide, "Resources created by Amazon ECS Express Mode services", "Updating …" and "Troubleshooting Amazon
ECS Express Mode services". Each text of AWS has its source beside it; texts that nobody has seen are marked unverified.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from itertools import count
from typing import TYPE_CHECKING, Any

from pytest_ecsfake import arns
from pytest_ecsfake.engine import task_definitions
from pytest_ecsfake.engine.capacity import association
from pytest_ecsfake.engine.express import main_container, managed_parts
from pytest_ecsfake.engine.express import names as express_names
from pytest_ecsfake.engine.launch.template import make_template
from pytest_ecsfake.engine.rollouts import revisions
from pytest_ecsfake.engine.rollouts.configuration import complete
from pytest_ecsfake.engine.rollouts.revisions import LaunchSettings
from pytest_ecsfake.engine.services import deployments, lookup, scheduler
from pytest_ecsfake.engine.tags import tags_by_key
from pytest_ecsfake.errors import (
    EcsError,
    InvalidParameterException,
    ResourceNotFoundException,
    ServiceNotActiveException,
)
from pytest_ecsfake.operations import registration
from pytest_ecsfake.operations.express_rules import definitions, scaling
from pytest_ecsfake.operations.registry import operation
from pytest_ecsfake.rendering.express_gateway_service import (
    express_gateway_service as rendered,
)
from pytest_ecsfake.rendering.express_gateway_service import updated_express_gateway_service
from pytest_ecsfake.state.cluster import Cluster
from pytest_ecsfake.state.express_gateway_service import ExpressConfiguration, ExpressGatewayService, PartKind
from pytest_ecsfake.state.region import Region
from pytest_ecsfake.state.service import Service
from pytest_ecsfake.state.service_revision import ServiceRevision
from pytest_ecsfake.state.task_definition import TaskDefinition
from pytest_ecsfake.validation import schemas

if TYPE_CHECKING:
    from pytest_ecsfake import api

#: The default. The API reference says /ping; the guide, and services that were described, have this (terraform-provider-aws#47919).
HEALTH_CHECK_PATH = "/"

#: Developer Guide, "Resources created by Amazon ECS Express Mode services": how an Express service is configured.
GRACE_PERIOD_SECONDS = 300
STRATEGY: list[api.CapacityProviderStrategyItem] = [{"capacityProvider": "FARGATE", "base": 1, "weight": 1}]

#: The same page, and "Updating an Amazon ECS Express Mode service"; as a described service shows it. The alarm's name is the service's own.
DEPLOYMENTS: api.DeploymentConfiguration = {
    "strategy": "CANARY",
    "canaryConfiguration": {"canaryPercent": 5.0, "canaryBakeTimeInMinutes": 3},
    "bakeTimeInMinutes": 3,
    "maximumPercent": 200,
    "minimumHealthyPercent": 100,
    "deploymentCircuitBreaker": {"enable": True, "rollback": True},
}

#: How much of the image's name a generated name of a service has at most, so that it stays within its 255 characters.
LONGEST_READABLE = 250

# As terraform-provider-aws expects the next three; that an ordinary service is answered with the first is unverified.
NOT_FOUND = "Resource not found"
NOT_ACTIVE = {
    "DRAINING": "Service is in DRAINING status",
    "INACTIVE": "Cannot perform this operation on a service in INACTIVE status",
}
NO_ARN = "The ARN provided is invalid"  # unverified


@operation(
    "CreateExpressGatewayService",
    simplified=(
        "No load balancer, target group, certificate, security group, alarm, log group or scaling policy is made; only their states are shown.",
        "Their ARNs follow from the service's ARN, and they take up to 70 s to become ACTIVE (ECS states no times; `timings` changes them).",
        "VPCs aren't faked: all subnets count as public, the default VPC has two made-up subnets, and a region counts as one VPC.",
        "Application Auto Scaling isn't faked: the desired count is the minimum, and nothing scales the service.",
        "A cluster that isn't associated with FARGATE is associated with it, an assumption.",
        "The answer shows the one configuration completely, an assumption.",
        "Roles and images aren't looked up, and no tags of ECS's own are set.",
        "A health check path without a leading slash is refused, as the API reference says; ECS was seen to accept it, and to retry forever.",
    ),
)
def create_express_gateway_service(
    region: Region, request: api.CreateExpressGatewayServiceRequest
) -> api.CreateExpressGatewayServiceResponse:
    """Create a service with all that it needs. It is ACTIVE at once; what ECS manages for it is PROVISIONING, and its deployment hasn't begun.

    Without a cluster it is created in `default`, which is made if it doesn't exist. Without a name it is named after its image.
    """
    cluster = _cluster(region, request.get("cluster"))
    if "serviceName" in request:
        _refuse_taken(_services(region, cluster).get(request["serviceName"]))
    definitions.check_together(request)
    definitions.check_complete(request)
    express_configuration = ExpressConfiguration(
        request.get("healthCheckPath", HEALTH_CHECK_PATH),
        scaling.changed(scaling.DEFAULT, request.get("scalingTarget", {})),
    )
    tags = tags_by_key(request.get("tags", []))
    own = definitions.own(region, request["taskDefinitionArn"]) if "taskDefinitionArn" in request else None
    name = request.get("serviceName") or _generated_name(region, cluster, _image(request, own))
    arn = region.partition.arn(f"service/{cluster.name}/{name}")
    express = ExpressGatewayService(
        request["infrastructureRoleArn"], region.clock.now, managed_parts.load_balancer_number(region)
    )
    names = express_names.names(arn, express.load_balancer_number)
    definition = own or _managed(region, cluster, name, definitions.MANAGED, request)
    network = _network(region, names, request.get("networkConfiguration", {}), {})
    settings = _settings(definition, {"networkConfiguration": network})

    _keep_cluster(region, cluster)
    if own is None:
        task_definitions.add(region, definition)
    revision = revisions.make(
        region,
        cluster,
        name,
        settings=settings,
        parameters=_parameters(definition, network, names, express),
        express=express_configuration,
    )
    alarms: api.DeploymentAlarms = {"alarmNames": [names.alarm_name], "enable": True, "rollback": True}
    service = Service(
        arn=arn,
        name=name,
        cluster=cluster,
        created_at=region.clock.now,
        created_by=region.partition.principal,
        role_arn=region.partition.service_linked_role,
        scheduling_strategy="REPLICA",
        controller="ECS",
        desired_count=express_configuration.scaling_target.min_task_count,
        deployment_configuration=complete("REPLICA", "ECS", {**DEPLOYMENTS, "alarms": alarms}),
        revision=revision,
        platform_version="LATEST",
        launch_type="FARGATE",
        health_check_grace_period_seconds=GRACE_PERIOD_SECONDS,
        enable_ecs_managed_tags=True,
        propagate_tags="SERVICE",
        resource_management_type="ECS",
        tags=tags,
        express=express,
    )
    region.services_in(cluster).add(name, service)
    region.journal.write(region.clock.now, "service", service.arn, "status", None, service.status)
    managed_parts.provision(region, service, express, without=_brought(revision, names))
    deployments.begin(region, service, revision)
    return {"service": rendered(service, express, with_tags=bool(tags))}


@operation(
    "DescribeExpressGatewayService",
    simplified=(
        "Of a service that is being deployed, the newer configuration comes first, an assumption.",
        "An INACTIVE service is shown for a day, as by DescribeServices, an assumption.",
        "An ordinary service isn't found, an assumption.",
    ),
)
def describe_express_gateway_service(
    region: Region, request: api.DescribeExpressGatewayServiceRequest
) -> api.DescribeExpressGatewayServiceResponse:
    """Show an Express service, also a DRAINING or an INACTIVE one."""
    service, express = _known(region, request["serviceArn"], missing=ResourceNotFoundException)
    return {"service": rendered(service, express, with_tags="TAGS" in request.get("include", ()))}


@operation(
    "UpdateExpressGatewayService",
    simplified=(
        "Every call starts a deployment, also one that changes nothing, an assumption.",
        "The desired count changes only if it would be outside the new minimum and maximum, an assumption.",
        "Nothing is made outside ECS, as with CreateExpressGatewayService.",
    ),
)
def update_express_gateway_service(
    region: Region, request: api.UpdateExpressGatewayServiceRequest
) -> api.UpdateExpressGatewayServiceResponse:
    """Change an Express service by a canary deployment. Parameters that are left out stay, also where a plain UpdateService has set them.

    What concerns its task definition registers a new, managed one, also where the service had one of the caller's own (Developer Guide, "Updating
    an Amazon ECS Express Mode service").
    """
    service, express = _known(region, request["serviceArn"], missing=InvalidParameterException)
    _refuse_unless_active(service, express)
    old = service.revision
    assert old is not None and old.express is not None
    definitions.check_together(request)
    express_configuration = ExpressConfiguration(
        request.get("healthCheckPath", old.express.health_check_path),
        scaling.changed(old.express.scaling_target, request.get("scalingTarget", {})),
    )
    definition = old.definition
    if "taskDefinitionArn" in request:
        definition = definitions.own(region, request["taskDefinitionArn"])
    elif definitions.asks_for_managed(request):
        definition = _managed(region, service.cluster, service.name, definitions.of(old.definition.document), request)
    names = express_names.names(service.arn, express.load_balancer_number)
    present = old.configuration["networkConfiguration"]["awsvpcConfiguration"]
    network = _network(region, names, request.get("networkConfiguration", {}), present)
    of_tasks = {
        **old.configuration,
        "networkConfiguration": network,
        "enableExecuteCommand": service.enable_execute_command,
        "platformVersion": service.platform_version,
    }
    settings = _settings(definition, of_tasks, old.capacity_provider_strategy, old.template.launch_type)

    if definitions.asks_for_managed(request):
        task_definitions.add(region, definition)
    new = revisions.make(
        region,
        service.cluster,
        service.name,
        settings=settings,
        parameters={**old.configuration, **_parameters(definition, network, names, express)},
        express=express_configuration,
    )
    least, most, *_ = express_configuration.scaling_target
    service.desired_count = max(least, min(service.desired_count, most))
    express.updated_at = region.clock.now
    managed_parts.provision(region, service, express, without=_brought(new, names))
    managed_parts.update(region, service, express, _changed_settings(old, new))
    deployments.begin(region, service, new)
    return {"service": updated_express_gateway_service(service, express, new)}


@operation(
    "DeleteExpressGatewayService",
    simplified=(
        "What ECS manages takes up to 45 s to be DELETED (ECS states no times; `timings` changes them).",
        "An INACTIVE service is shown for a day, as by DescribeServices, an assumption.",
    ),
)
def delete_express_gateway_service(
    region: Region, request: api.DeleteExpressGatewayServiceRequest
) -> api.DeleteExpressGatewayServiceResponse:
    """Delete an Express service. It is DRAINING, and INACTIVE once what ECS manages for it is gone.

    The ordinary service that it is may drain for longer: until its tasks have ended.
    """
    service, express = _known(region, request["serviceArn"], missing=InvalidParameterException)
    _refuse_unless_active(service, express)
    express.updated_at = region.clock.now
    scheduler.delete(region, service)
    return {"service": rendered(service, express)}


# --- which service ----------------------------------------------------------------------------------------------------------------------


def _known(region: Region, arn: str, *, missing: type[EcsError]) -> tuple[Service, ExpressGatewayService]:
    """The Express service with an ARN, in whatever status, and what it has beside the ordinary service.

    Raises:
        ClientException, InvalidParameterException: the ARN is malformed.
        ClusterNotFoundException: its cluster is unknown or INACTIVE.
        EcsError: the `missing`, if there is no such service, or if it is an ordinary one.
    """
    if not arns.is_arn(arn):
        raise InvalidParameterException(NO_ARN)
    cluster_name, _ = arns.service_in(arn, region.partition)
    cluster = region.clusters.active(cluster_name)
    service = lookup.find(region, cluster, arn)
    if service is None or service.express is None:
        raise missing(NOT_FOUND)
    return service, service.express


def _refuse_unless_active(service: Service, express: ExpressGatewayService) -> None:
    refusal = NOT_ACTIVE.get(managed_parts.shown_status(service, express))
    if refusal is not None:
        raise ServiceNotActiveException(refusal)


def _services(region: Region, cluster: Cluster) -> Mapping[str, Service]:
    """The services of a cluster by name; none of a cluster that isn't stored yet."""
    if region.clusters.get(cluster.name) is not cluster:
        return {}
    return {service.name: service for service in region.services_in(cluster)}


def _refuse_taken(existing: Service | None) -> None:
    """Refuse the name of a service that is ACTIVE or DRAINING.

    The text for a DRAINING one was seen of CreateExpressGatewayService, that for an ACTIVE one is CreateService's. # unverified
    """
    if existing is not None and existing.status != "INACTIVE":
        is_draining = existing.status == "DRAINING"
        raise InvalidParameterException(lookup.STILL_DRAINING if is_draining else lookup.NOT_IDEMPOTENT)


# --- the new service --------------------------------------------------------------------------------------------------------------------


def _cluster(region: Region, identifier: str | None) -> Cluster:
    """The ACTIVE cluster of a request; without a name `default`, which may be a new one that `_keep_cluster` has to store.

    Raises:
        ClusterNotFoundException, ClientException, InvalidParameterException: see `Clusters.active`.
    """
    if identifier is None:
        existing = region.clusters.find(None)
        if existing is None or existing.status == "INACTIVE":
            name = region.clusters.name_of(None)
            return Cluster(
                region.partition.arn(f"cluster/{name}"), name, settings=[association.container_insights(region)]
            )
    return region.clusters.active(identifier)


def _keep_cluster(region: Region, cluster: Cluster) -> None:
    """Store a new cluster, and associate FARGATE with the cluster (Developer Guide: capacityProviders ["FARGATE"])."""
    if region.clusters.get(cluster.name) is not cluster:
        region.clusters.add(cluster.name, cluster)
        region.journal.write(region.clock.now, "cluster", cluster.arn, "status", None, cluster.status)
    if "FARGATE" not in cluster.capacity_providers:
        cluster.capacity_providers = [*cluster.capacity_providers, "FARGATE"]


def _image(request: api.CreateExpressGatewayServiceRequest, own: TaskDefinition | None) -> str:
    return request["primaryContainer"]["image"] if own is None else main_container.of(own.document)["image"]


def _generated_name(region: Region, cluster: Cluster, image: str) -> str:
    """A name that no service of the cluster has: that of the image's repository, and four hexadecimal digits.

    Real names have this form, such as recontent-b13f.
    """
    repository = re.split("[@:]", image.rpartition("/")[2])[0]
    readable = re.sub("[^a-zA-Z0-9_-]", "-", repository)[:LONGEST_READABLE] or "service"
    taken = _services(region, cluster)
    return next(
        name
        for number in count()
        if (name := f"{readable}-{express_names.digits_of_name(cluster.arn, readable, number)}") not in taken
    )


def _managed(
    region: Region,
    cluster: Cluster,
    name: str,
    base: api.RegisterTaskDefinitionRequest,
    request: Mapping[str, Any],
) -> TaskDefinition:
    """The managed task definition of a service, which isn't registered yet.

    Raises:
        ClientException, InvalidParameterException: what RegisterTaskDefinition refuses. That the operations of Express services answer as
            it does is unverified.
    """
    arn = region.partition.arn(f"service/{cluster.name}/{name}")
    wanted = definitions.managed(
        base,
        request,
        family=express_names.family(cluster.name, name),
        region=region.partition.region,
        log_group=express_names.names(arn, 0).log_group_name,
    )
    schemas.check_request("RegisterTaskDefinition", wanted)
    verdict = registration.check(wanted, region.partition)
    return task_definitions.new_revision(region, registration.document(wanted, verdict), {})


def _network(
    region: Region,
    names: express_names.Names,
    given: api.ExpressGatewayServiceNetworkConfiguration,
    present: Mapping[str, Any],
) -> api.NetworkConfiguration:
    """The network configuration: what the request gives, else the present one, else the default VPC and a security group of the service's own."""
    default_groups = [express_names.security_group_id(names.service_security_group)]
    subnets = given.get("subnets") or present.get("subnets") or express_names.default_subnets(region.partition)
    groups = given.get("securityGroups") or present.get("securityGroups") or default_groups
    return {"awsvpcConfiguration": {"subnets": subnets, "securityGroups": groups, "assignPublicIp": "ENABLED"}}


def _settings(
    definition: TaskDefinition,
    parameters: Mapping[str, Any],
    strategy: Sequence[api.CapacityProviderStrategyItem] = STRATEGY,
    launch_type: api.LaunchType = "FARGATE",
) -> LaunchSettings:
    """How the tasks are launched: at first on Fargate, later on what a plain UpdateService may have asked for.

    Raises:
        InvalidParameterException, PlatformTaskDefinitionIncompatibilityException: what ECS refuses of a service on Fargate.
    """
    on_spot = any(item["capacityProvider"] == "FARGATE_SPOT" for item in strategy)
    asked = {name: value for name, value in parameters.items() if value}
    return LaunchSettings(make_template(definition, asked, launch_type, on_spot=on_spot), strategy)


def _parameters(
    definition: TaskDefinition,
    network: api.NetworkConfiguration,
    names: express_names.Names,
    express: ExpressGatewayService,
) -> dict[str, Any]:
    """The parameters of the revision, by their names in CreateService."""
    balancer: api.LoadBalancer = {
        "targetGroupArn": names.target_group,
        "containerName": main_container.of(definition.document)["name"],
        "containerPort": main_container.port(definition.document),
        "advancedConfiguration": {
            "alternateTargetGroupArn": names.alternate_target_group,
            "productionListenerRule": names.rule,
            "roleArn": express.infrastructure_role_arn,
        },
    }
    return {"networkConfiguration": network, "loadBalancers": [balancer]}


def _brought(revision: ServiceRevision, names: express_names.Names) -> set[PartKind]:
    """The parts that the caller has brought, so that ECS makes none."""
    brought: set[PartKind] = set()
    groups = revision.configuration["networkConfiguration"]["awsvpcConfiguration"]["securityGroups"]
    if express_names.security_group_id(names.service_security_group) not in groups:
        brought.add("serviceSecurityGroup")
    if main_container.log_group(revision.definition.document) != names.log_group_name:
        brought.add("logGroup")
    return brought


def _changed_settings(old: ServiceRevision, new: ServiceRevision) -> set[str]:
    """The names of the settings of managed parts that an update changes."""
    assert old.express is not None and new.express is not None
    changed = scaling.settings_changed(old.express.scaling_target, new.express.scaling_target)
    if old.express.health_check_path != new.express.health_check_path:
        changed.add("healthCheckPath")
    if main_container.port(old.definition.document) != main_container.port(new.definition.document):
        changed.add("containerPort")
    return changed
