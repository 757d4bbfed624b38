"""The associations of gateways with clusters: AssociateGatewayWithCluster, DisassociateGatewayFromCluster, ListGatewayClusterAssociations.

Rules: API reference of each. Nobody has seen what these operations refuse: code and text of each refusal are unverified.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_ecsfake import pagination
from pytest_ecsfake.engine.gateways import associations
from pytest_ecsfake.engine.gateways.subscriptions import subscribe_gateways
from pytest_ecsfake.errors import ClientException, ResourceNotFoundException
from pytest_ecsfake.operations.registry import operation
from pytest_ecsfake.rendering.gateway import association as rendered
from pytest_ecsfake.state.region import Region

if TYPE_CHECKING:
    from pytest_ecsfake import api

#: API reference, ListGatewayClusterAssociations, maxResults: the default.
PAGE_SIZE = 100

# Nobody has seen these texts. # unverified
DISASSOCIATING = "The gateway is being disassociated from the cluster."
TOO_MANY = "A cluster can be associated with at most {limit} gateways."
NOT_ASSOCIATED = "The gateway is not associated with the cluster."


@operation(
    "AssociateGatewayWithCluster",
    simplified=(
        "A second call for an ACTIVE association changes nothing, an assumption.",
        "An association that is DISASSOCIATING can't be renewed before it is gone, an assumption.",
    ),
)
def associate_gateway_with_cluster(
    region: Region, request: api.AssociateGatewayWithClusterRequest
) -> api.AssociateGatewayWithClusterResponse:
    """Associate a gateway with a cluster. Services that have a gateway connector connect to it with their next deployment."""
    gateway = region.gateways.known(request["gateway"])
    cluster = region.clusters.active(request["cluster"])
    association = region.gateway_associations.of(gateway, cluster)
    if association is None:
        if len(region.gateway_associations.with_cluster(cluster)) >= associations.GATEWAYS_PER_CLUSTER:
            raise ClientException(TOO_MANY.format(limit=associations.GATEWAYS_PER_CLUSTER))
        subscribe_gateways(region)
        association = associations.begin(region, gateway, cluster)
    elif association.status != "ACTIVE":
        raise ClientException(DISASSOCIATING)
    return rendered(association)


@operation(
    "DisassociateGatewayFromCluster",
    simplified=("A second call for an association that is DISASSOCIATING changes nothing, an assumption.",),
)
def disassociate_gateway_from_cluster(
    region: Region, request: api.DisassociateGatewayFromClusterRequest
) -> api.DisassociateGatewayFromClusterResponse:
    """Remove the association of a gateway with a cluster. It is DISASSOCIATING until the cluster's last route on the gateway is gone."""
    gateway = region.gateways.known(request["gateway"])
    cluster = region.clusters.active(request["cluster"])
    association = region.gateway_associations.of(gateway, cluster)
    if association is None:
        raise ResourceNotFoundException(NOT_ASSOCIATED)
    associations.end(region, association)
    return rendered(association)


@operation(
    "ListGatewayClusterAssociations",
    simplified=(
        "Associations come in the order in which they were made; ECS documents no order.",
        "An unknown gateway or cluster has no associations, an assumption: the operation declares no error for it.",
    ),
)
def list_gateway_cluster_associations(
    region: Region, request: api.ListGatewayClusterAssociationsRequest
) -> api.ListGatewayClusterAssociationsResponse:
    """List associations, all of them or those of a gateway, of a cluster, or in certain statuses."""
    fields: dict[str, Any] = {}
    if "gateway" in request:
        fields["gateway_name"] = region.gateways.name_of(request["gateway"])
    if "cluster" in request:
        fields["cluster_name"] = region.clusters.name_of(request["cluster"])
    statuses = request.get("status")
    found, position = region.gateway_associations.page(
        request.get("maxResults", PAGE_SIZE),
        after=pagination.position(region.partition, "ListGatewayClusterAssociations", request),
        where=(lambda association: association.status in statuses) if statuses else None,
        **fields,
    )
    response: api.ListGatewayClusterAssociationsResponse = {
        "gatewayClusterAssociations": [rendered(association) for association in found]
    }
    if position is not None:
        response["nextToken"] = pagination.token(region.partition, "ListGatewayClusterAssociations", request, position)
    return response
