"""What makes routes and associations follow services and clusters: the journal's entries about deployments, services and clusters."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from pytest_ecsfake.engine.gateways import associations, routes
from pytest_ecsfake.engine.services import lookup
from pytest_ecsfake.state.cluster import Cluster
from pytest_ecsfake.state.journal import Entry
from pytest_ecsfake.state.region import Region
from pytest_ecsfake.state.service import Service
from pytest_ecsfake.state.service_revision import ServiceRevision

#: What happens to a service's routes when a deployment of it reaches a status. That routes come before the tasks that they lead to, and go after
#: the tasks that they led to, is an assumption. # unverified
FOLLOWING: Mapping[str, Callable[[Region, Service, ServiceRevision], None]] = {
    "IN_PROGRESS": routes.follow,
    "ROLLBACK_IN_PROGRESS": routes.follow,
    "SUCCESSFUL": routes.drop_unused,
    "ROLLBACK_SUCCESSFUL": routes.drop_unused,
}


def subscribe_gateways(region: Region) -> None:
    """Have the gateways follow what happens in a region, once one of them is associated with a cluster."""
    if region.gateways.follows_services:
        return
    region.gateways.follows_services = True
    region.journal.subscribe("service-deployment", "status", partial(_deployment_changed, region))
    region.journal.subscribe("service", "status", partial(_service_changed, region))
    region.journal.subscribe("cluster", "status", partial(_cluster_changed, region))


def _deployment_changed(region: Region, entry: Entry) -> None:
    follow = FOLLOWING.get(entry.after or "")
    service = _service(region, entry.resource)
    if follow is not None and service is not None and service.revision is not None:
        # The revision of this moment: a request that completes a deployment sets the next one at the same instant.
        region.clock.at(region.clock.now, follow, region, service, service.revision)


def _service(region: Region, arn: str) -> Service | None:
    """The service in the ARN of a service or a service deployment."""
    cluster_name, service_name, *_ = arn.partition("/")[2].split("/")
    return lookup.find_by_names(region, cluster_name, service_name)


def _service_changed(region: Region, entry: Entry) -> None:
    service = _service(region, entry.resource)
    if entry.after == "INACTIVE" and service is not None:
        region.clock.at(region.clock.now, routes.drop_unused, region, service, None)


def _cluster_changed(region: Region, entry: Entry) -> None:
    """End the associations of a deleted cluster. That ECS deletes a cluster which has some is an assumption. # unverified."""
    cluster = region.clusters.get(entry.resource.partition("/")[2])
    if entry.after == "INACTIVE" and cluster is not None:
        region.clock.at(region.clock.now, _end_associations, region, cluster)


def _end_associations(region: Region, cluster: Cluster) -> None:
    for association in region.gateway_associations.with_cluster(cluster):
        associations.end(region, association)
