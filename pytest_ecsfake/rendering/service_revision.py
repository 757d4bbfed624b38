"""Service revisions as DescribeServiceRevisions shows them.

Rules: API reference, ServiceRevision; recorded answers of describe-service-revisions for which members are absent when empty.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pytest_ecsfake.clock import to_epoch_seconds
from pytest_ecsfake.engine.rollouts import revisions
from pytest_ecsfake.rendering.gateway import connections
from pytest_ecsfake.rendering.managed_resources import managed_resources
from pytest_ecsfake.state.region import Region
from pytest_ecsfake.state.service import Service
from pytest_ecsfake.state.service_revision import ServiceRevision

if TYPE_CHECKING:
    from pytest_ecsfake import api

#: The parameters that a revision shows unchanged, if they were given.
AS_GIVEN = (
    "loadBalancers",
    "serviceRegistries",
    "networkConfiguration",
    "volumeConfigurations",
    "fargateEphemeralStorage",
    "vpcLatticeConfigurations",
    "gatewayConnectors",
    "monitoring",
)


def service_revision(region: Region, owner: Service, item: ServiceRevision) -> api.ServiceRevision:
    """The document of a service revision. It shows an image's digest once one of its tasks has pulled the image.

    A revision with a gateway connector shows the service's routes as long as it is in use, an assumption. # unverified
    """
    given = item.configuration
    document: api.ServiceRevision = {
        "serviceRevisionArn": item.arn,
        "serviceArn": owner.arn,
        "clusterArn": owner.cluster.arn,
        "taskDefinition": item.definition.arn,
        "containerImages": list(_images(owner, item)),
        "guardDutyEnabled": False,
        "serviceConnectConfiguration": given.get("serviceConnectConfiguration", {"enabled": False}),
        "createdAt": to_epoch_seconds(item.created_at),
    }
    if item.launch_type is None:
        document["capacityProviderStrategy"] = list(item.capacity_provider_strategy)
    else:
        document["launchType"] = item.launch_type
    if item.platform_version is not None:
        document["platformVersion"] = item.platform_version
    if item.platform_family is not None:
        document["platformFamily"] = item.platform_family
    # mypy knows members of a TypedDict by literal names only.
    document.update({name: given[name] for name in AS_GIVEN if name in given})  # type: ignore[typeddict-item]
    resolved = _resolved(owner, item)
    if resolved:
        document["resolvedConfiguration"] = {"loadBalancers": resolved}
    if "gatewayConnectors" in given and item in owner.revisions_in_use:
        routes = region.gateway_routes.of_service(owner)
        if routes:
            document["ecsManagedResources"] = {"gatewayConnections": connections(region, routes)}
    if owner.express is not None and item.express is not None:
        document["ecsManagedResources"] = managed_resources(owner, owner.express, item, item.express)
    return document


def _images(owner: Service, item: ServiceRevision) -> Iterator[api.ContainerImage]:
    digests = {
        container.name: container.image_digest
        for task in owner.tasks.values()
        if task.definition is item.definition
        for container in task.containers
    }
    for container in item.definition.document["containerDefinitions"]:
        image: api.ContainerImage = {"containerName": container["name"], "image": container["image"]}
        digest = digests.get(container["name"])
        if digest is not None:
            image["imageDigest"] = digest
        yield image


def _resolved(owner: Service, item: ServiceRevision) -> list[api.ServiceRevisionLoadBalancer]:
    """The target groups that serve a revision. If traffic is shifted between two of them, revisions use one and the other in turn."""
    resolved: list[api.ServiceRevisionLoadBalancer] = []
    for balancer in item.configuration.get("loadBalancers", []):
        if "targetGroupArn" not in balancer:
            continue
        advanced: api.AdvancedConfiguration = balancer.get("advancedConfiguration", {})
        document: api.ServiceRevisionLoadBalancer = {"targetGroupArn": revisions.target_group(owner, item, balancer)}
        if "productionListenerRule" in advanced:
            document["productionListenerRule"] = advanced["productionListenerRule"]
        resolved.append(document)
    return resolved
