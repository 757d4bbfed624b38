"""The associations of gateways with clusters: how they begin and end.

Rules: API reference, AssociateGatewayWithCluster and DisassociateGatewayFromCluster.
"""

from __future__ import annotations

from pytest_ecsfake.engine.gateways.transition import association_added, association_transition
from pytest_ecsfake.state.cluster import Cluster
from pytest_ecsfake.state.gateway import Gateway, GatewayAssociation
from pytest_ecsfake.state.region import Region

#: API reference, AssociateGatewayWithCluster: how many gateways a cluster can be associated with.
GATEWAYS_PER_CLUSTER = 5


def active(region: Region, cluster: Cluster) -> list[Gateway]:
    """The gateways that a cluster's services can connect to."""
    return [
        association.gateway
        for association in region.gateway_associations.with_cluster(cluster)
        if association.status == "ACTIVE"
    ]


def begin(region: Region, gateway: Gateway, cluster: Cluster) -> GatewayAssociation:
    """Associate a gateway with a cluster. Services connect to it with their next deployment."""
    association = GatewayAssociation(gateway, cluster)
    association_added(region, association)
    return association


def end(region: Region, association: GatewayAssociation) -> None:
    """Begin to remove an association. It stays DISASSOCIATING for as long as a service of the cluster has a route on the gateway."""
    if association.status == "ACTIVE":
        association_transition(region, association, "DISASSOCIATING")
        # Not at once: the answer of the operation shows DISASSOCIATING.
        region.clock.at(region.clock.now, finish_if_unused, region, association.gateway, association.cluster)


def finish_if_unused(region: Region, gateway: Gateway, cluster: Cluster) -> None:
    """Remove the association of a gateway and a cluster that is DISASSOCIATING, once no route is left."""
    association = region.gateway_associations.of(gateway, cluster)
    if (
        association is not None
        and association.status == "DISASSOCIATING"
        and not region.gateway_routes.count_between(gateway, cluster)
    ):
        association_transition(region, association, "INACTIVE")
