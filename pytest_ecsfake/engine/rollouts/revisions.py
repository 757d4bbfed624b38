"""Making a service revision from the parameters of a service or a task set.

Rules: API reference, ServiceRevision, Service (platformVersion, capacityProviderStrategy) and Deployment; recorded answers of create-service
and describe-service-revisions for what is filled in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_ecsfake.state.cluster import Cluster
from pytest_ecsfake.state.express_gateway_service import ExpressConfiguration
from pytest_ecsfake.state.region import Region
from pytest_ecsfake.state.service import Service
from pytest_ecsfake.state.service_revision import ServiceRevision
from pytest_ecsfake.state.task_template import TaskTemplate

if TYPE_CHECKING:
    from pytest_ecsfake import api

#: The number of a revision, which its deployment shares: nineteen digits (recorded answers).
LOWEST_NUMBER, HIGHEST_NUMBER = 10**18, 2**63 - 1

#: The parameters that a revision keeps as they were given, unless they are empty.
KEPT = (
    "loadBalancers",
    "serviceRegistries",
    "volumeConfigurations",
    "vpcLatticeConfigurations",
    "gatewayConnectors",
    "monitoring",
)


class LaunchSettings(NamedTuple):
    """How the tasks of a service, or of a task set, are launched, worked out from its parameters."""

    template: TaskTemplate
    strategy: Sequence[api.CapacityProviderStrategyItem]  # in force; empty where the parameters ask for a launch type


def make(
    region: Region,
    cluster: Cluster,
    service_name: str,
    *,
    settings: LaunchSettings,
    parameters: Mapping[str, Any],
    express: ExpressConfiguration | None = None,
) -> ServiceRevision:
    """A new revision of a service.

    Args:
        region: where the service is.
        cluster: its cluster.
        service_name: its name.
        settings: how its tasks are launched.
        parameters: those of CreateService or CreateTaskSet; with UpdateService the service's own parameters, updated from the request.
        express: what a revision of an Express service has besides.
    """
    number = region.ids.number(LOWEST_NUMBER, HIGHEST_NUMBER)
    return ServiceRevision(
        arn=region.partition.arn(f"service-revision/{cluster.name}/{service_name}/{number}"),
        number=number,
        created_at=region.clock.now,
        template=settings.template,
        capacity_provider_strategy=complete_strategy(settings.strategy),
        configuration=_configuration(region, cluster, service_name, settings, parameters),
        express=express,
    )


def complete_strategy(
    strategy: Sequence[api.CapacityProviderStrategyItem],
) -> list[api.CapacityProviderStrategyItem]:
    """A strategy with its defaults (recorded answers of update-service)."""
    return [
        {
            "capacityProvider": item["capacityProvider"],
            "weight": item.get("weight", 0),
            "base": item.get("base", 0),
        }
        for item in strategy
    ]


def complete_network(network: api.NetworkConfiguration) -> api.NetworkConfiguration:
    """A network configuration with its defaults (recorded answers of create-service)."""
    given = network.get("awsvpcConfiguration")
    if given is None:
        return network
    return {"awsvpcConfiguration": {"securityGroups": [], "assignPublicIp": "DISABLED", **given}}


def shown_platform_version(settings: LaunchSettings, parameters: Mapping[str, Any]) -> str | None:
    """The platform version as the service shows it, which is how it was requested."""
    return None if settings.template.platform_version is None else parameters.get("platformVersion") or "LATEST"


def _configuration(
    region: Region, cluster: Cluster, service_name: str, settings: LaunchSettings, parameters: Mapping[str, Any]
) -> dict[str, Any]:
    configuration = {name: parameters[name] for name in KEPT if parameters.get(name)}
    network = parameters.get("networkConfiguration")
    if network:
        configuration["networkConfiguration"] = complete_network(network)
    connect: api.ServiceConnectConfiguration | None = parameters.get("serviceConnectConfiguration")
    if connect is not None and connect["enabled"]:
        namespace = connect.get("namespace") or cluster.service_connect_namespace
        if namespace is not None:
            region.namespaces.find_or_add(namespace)
        configuration["serviceConnectConfiguration"] = {**connect, "namespace": namespace}
        configuration["serviceConnectResources"] = _service_connect_resources(region, cluster, service_name, connect)
    key = (cluster.configuration or {}).get("managedStorageConfiguration", {}).get("fargateEphemeralStorageKmsKeyId")
    if key and settings.template.launch_type == "FARGATE":
        configuration["fargateEphemeralStorage"] = {"kmsKeyId": key}
    return configuration


def _service_connect_resources(
    region: Region, cluster: Cluster, service_name: str, connect: api.ServiceConnectConfiguration
) -> list[api.ServiceConnectServiceResource]:
    """The Cloud Map services behind those of Service Connect. A name that the service has used before keeps its Cloud Map service."""
    service = region.services_in(cluster).get(service_name)
    known = {} if service is None else _resources_by_name(service)
    names = [item.get("discoveryName") or item["portName"] for item in connect.get("services", [])]
    return [{"discoveryName": name, "discoveryArn": known.get(name) or _discovery_arn(region)} for name in names]


def _resources_by_name(service: Service) -> dict[str, str]:
    resources = [
        resource
        for revision in service.revisions
        for resource in revision.configuration.get("serviceConnectResources", [])
    ]
    return {resource["discoveryName"]: resource["discoveryArn"] for resource in resources}


def _discovery_arn(region: Region) -> str:
    return region.partition.arn(f"service/srv-{region.ids.hexadecimal(16)}", service="servicediscovery")


def target_group(service: Service, revision: ServiceRevision, balancer: Mapping[str, Any]) -> str:
    """The target group of a load balancer that serves a revision: of two that traffic is shifted between, the one and the other in turns."""
    group: str = balancer["targetGroupArn"]
    alternate: str = balancer.get("advancedConfiguration", {}).get("alternateTargetGroupArn", group)
    return alternate if _takes_other_target_group(service, revision) else group


def _takes_other_target_group(service: Service, revision: ServiceRevision) -> bool:
    """Whether a revision is served by the alternate target group: by the one that its predecessor, the blue one, isn't served by."""
    takes_other: dict[str, bool] = {}
    for service_deployment in service.service_deployments:
        if service_deployment.shift is not None:
            takes_other[service_deployment.target.arn] = not takes_other.get(
                service_deployment.shift.blue.revision.arn, False
            )
        elif service_deployment.sources:
            takes_other[service_deployment.target.arn] = takes_other.get(service_deployment.sources[0].arn, False)
    return takes_other.get(revision.arn, False)
