"""UpdateService: changes a service, and starts a deployment if its tasks have to be replaced.

Rules: API reference, UpdateService. Each text of AWS has its source beside it; texts that nobody has seen are marked unverified.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pytest_ecsfake.engine.capacity.strategy import capacity_request
from pytest_ecsfake.engine.placement import placement
from pytest_ecsfake.engine.rollouts import messages, revisions
from pytest_ecsfake.engine.rollouts.configuration import complete, maximum_percent, merged, minimum_healthy_percent
from pytest_ecsfake.engine.services import controller_changes, deployments, lookup, scheduler
from pytest_ecsfake.errors import (
    InvalidParameterException,
)
from pytest_ecsfake.operations import service_rules
from pytest_ecsfake.operations.registry import operation
from pytest_ecsfake.rendering.service import service as rendered
from pytest_ecsfake.state.region import Region
from pytest_ecsfake.state.service import Service
from pytest_ecsfake.state.service_revision import ServiceRevision
from pytest_ecsfake.state.task_definition import TaskDefinition

if TYPE_CHECKING:
    from pytest_ecsfake import api


FORCE_NEW_DEPLOYMENT = (  # pipe-cd/pipecd#6385, aws-cdk#36563
    "When switching from launch type to capacity provider strategy on an existing service, or making a change to a "
    "capacity provider strategy on a service that is already using one, you must force a new deployment."
)


#: A change of one of these starts a new deployment (API reference, UpdateService). It doesn't say so for monitoring and gatewayConnectors.
#: # unverified
OF_THE_REVISION = frozenset(
    {
        "taskDefinition",
        "capacityProviderStrategy",
        "networkConfiguration",
        "platformVersion",
        "loadBalancers",
        "serviceRegistries",
        "serviceConnectConfiguration",
        "volumeConfigurations",
        "vpcLatticeConfigurations",
        "monitoring",
        "gatewayConnectors",
    }
)


#: The parameters that the task definition is checked with.
CHECKED_WITH_DEFINITION = OF_THE_REVISION | {
    "placementConstraints",
    "placementStrategy",
    "enableExecuteCommand",
    "forceNewDeployment",
}


@operation(
    "UpdateService",
    simplified=(
        "A change of the deployment controller alone starts no deployment, an assumption.",
        "The task set of a service that leaves the controller ECS is its primary one, an assumption.",
        "A change of `monitoring` or `gatewayConnectors` starts a new deployment, an assumption.",
        "Other AWS services aren't faked, as with CreateService.",
    ),
)
def update_service(region: Region, request: api.UpdateServiceRequest) -> api.UpdateServiceResponse:
    """Change a service. Parameters that are left out stay; an empty list removes the old values.

    Parameters of the service revision change with a new deployment only. The others apply at once; tags and ECS Exec only affect new tasks.
    """
    cluster = region.clusters.active(request.get("cluster"))
    service = lookup.active(region, cluster, request["service"])
    service_rules.express_gateway.check_update(service, request)
    service_rules.controllers.check_update(service, request)
    if service.scheduling_strategy == "DAEMON":
        service_rules.scheduling.check({"schedulingStrategy": "DAEMON", **request})
    wanted = _wanted(region, service, request)
    definition, settings = _definition(region, service, request), None
    if definition is not None and not CHECKED_WITH_DEFINITION.isdisjoint(request):
        settings = service_rules.check_launch(region, cluster, definition, wanted, updated=service)
    launch_type = service.launch_type if settings is None else settings.template.launch_type
    controller = service_rules.controllers.wanted(service, request)
    configuration = _changed_configuration(service, controller, launch_type, request)
    rebalancing = service_rules.zone_rebalancing.setting(
        wanted, configuration, launch_type, before=service.availability_zone_rebalancing
    )
    revision = None
    if settings is not None:
        _refuse_unforced(service, settings, request)
        express = None if service.revision is None else service.revision.express
        new = revisions.make(region, cluster, service.name, settings=settings, parameters=wanted, express=express)
        if _starts_deployment(service, new, request):
            revision = new

    if settings is not None:
        service.platform_version = revisions.shown_platform_version(settings, wanted)
    service.deployment_configuration = configuration
    service.availability_zone_rebalancing = rebalancing
    _take_over(service, request)
    if controller != service.controller:
        controller_changes.change(region, service, controller)
    if revision is not None:
        deployments.begin(region, service, revision)
    else:
        scheduler.wake(region, service)
    messages.repeat_steady(region, service)
    return {"service": rendered(service)}


def _wanted(region: Region, service: Service, request: api.UpdateServiceRequest) -> dict[str, Any]:
    """The updated parameters: the service's own, overridden by the request's."""
    revision = service.revision
    own: dict[str, Any] = {
        "schedulingStrategy": service.scheduling_strategy,
        "placementConstraints": service.placement_constraints,
        "placementStrategy": service.placement_strategy,
        "enableExecuteCommand": service.enable_execute_command,
    }
    if revision is not None:
        own |= revision.configuration
        own["capacityProviderStrategy"] = revision.capacity_provider_strategy
        own["platformVersion"] = service.platform_version
    if request.get("capacityProviderStrategy"):
        there = capacity_request(region, service.cluster, None, request["capacityProviderStrategy"])
        if there.launch_type != "FARGATE":
            own["platformVersion"] = None  # only Fargate has one
    wanted = {**own, **request}
    given = request.get("deploymentConfiguration", {})
    wanted["deploymentConfiguration"] = merged(service.deployment_configuration, given)
    if not wanted.get("capacityProviderStrategy"):
        wanted["launchType"] = service.launch_type
    return wanted


def _definition(region: Region, service: Service, request: api.UpdateServiceRequest) -> TaskDefinition | None:
    """The updated service's task definition; None with the controller EXTERNAL and no primary task set."""
    if "taskDefinition" in request:
        return service_rules.task_definition(region, request["taskDefinition"])
    return None if service.revision is None else service.revision.definition


def _changed_configuration(
    service: Service,
    controller: api.DeploymentControllerType,
    launch_type: api.LaunchType,
    request: api.UpdateServiceRequest,
) -> api.DeploymentConfiguration:
    """The updated deployment configuration. Of that under another controller, the percents stay."""
    given = request.get("deploymentConfiguration", {})
    service_rules.deployment_configuration.check(service.scheduling_strategy, controller, launch_type, given)
    current = service.deployment_configuration
    if controller != service.controller:
        percents: api.DeploymentConfiguration = {
            "maximumPercent": maximum_percent(current),
            "minimumHealthyPercent": minimum_healthy_percent(current),
        }
        current = complete(service.scheduling_strategy, controller, percents)
    whole = merged(current, given)
    service_rules.deployment_configuration.check_together(service.scheduling_strategy, whole)
    return whole


def _refuse_unforced(service: Service, settings: revisions.LaunchSettings, request: api.UpdateServiceRequest) -> None:
    """Refuse a request that changes the launch type or the capacity provider strategy and doesn't force a deployment."""
    old = service.revision
    if old is None or request.get("forceNewDeployment"):
        return
    strategy = revisions.complete_strategy(settings.strategy)
    launch_type = None if strategy else settings.template.launch_type
    if (old.launch_type, list(old.capacity_provider_strategy)) != (launch_type, strategy):
        raise InvalidParameterException(FORCE_NEW_DEPLOYMENT)


def _starts_deployment(service: Service, new: ServiceRevision, request: api.UpdateServiceRequest) -> bool:
    """Whether the request starts a new deployment: it forces one, or it changes a parameter of the service revision."""
    old = service.revision
    if old is None:
        return False
    if request.get("forceNewDeployment"):
        return True
    if OF_THE_REVISION.isdisjoint(request):
        return False
    return old.definition is not new.definition or _made_from(old) != _made_from(new)


def _made_from(revision: ServiceRevision) -> Mapping[str, Any]:
    """The parameters of a revision that an update can change."""
    return {
        **revision.configuration,
        "platformVersion": revision.platform_version,
    }


def _take_over(service: Service, request: api.UpdateServiceRequest) -> None:
    """Change the parameters that don't need a new deployment."""
    service.desired_count = request.get("desiredCount", service.desired_count)
    service.placement_constraints = request.get("placementConstraints", service.placement_constraints)
    if "placementStrategy" in request:
        service.placement_strategy = placement.shown_strategies(request["placementStrategy"])
    service.health_check_grace_period_seconds = request.get(
        "healthCheckGracePeriodSeconds", service.health_check_grace_period_seconds
    )
    service.enable_ecs_managed_tags = request.get("enableECSManagedTags", service.enable_ecs_managed_tags)
    service.enable_execute_command = request.get("enableExecuteCommand", service.enable_execute_command)
    service.propagate_tags = request.get("propagateTags", service.propagate_tags)
