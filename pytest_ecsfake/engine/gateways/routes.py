"""The routes of services on gateways: which gateways suit a service, and how routes follow its deployments.

A deployment that starts brings a route on each gateway that suits the service, or changes the routes that are there; one that has succeeded takes
those that the service no longer has a use for. Routes of a service that is gone go as well.
Rules: API reference, GatewayConnector, GatewayRoute, AssociateGatewayWithCluster and DisassociateGatewayFromCluster; Developer Guide, "Connect
Amazon ECS services to a gateway" and "Troubleshoot a gateway".
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pytest_ecsfake.engine.gateways import associations, load_balancers
from pytest_ecsfake.engine.gateways.stages import ROUTE_STAGE_OF
from pytest_ecsfake.engine.gateways.transition import route_added, route_removed, route_transition
from pytest_ecsfake.state.cluster import Cluster
from pytest_ecsfake.state.gateway import Gateway, GatewayRoute
from pytest_ecsfake.state.region import Region
from pytest_ecsfake.state.service import Service
from pytest_ecsfake.state.service_revision import ServiceRevision

if TYPE_CHECKING:
    from pytest_ecsfake import api

#: The host name of a route: that of an Express Mode service, the start of the service's name and 32 hexadecimal digits. # unverified
URL = "https://{start}-{digits}.ecs.{region}.on.aws"


def compatible(region: Region, cluster: Cluster, connector: api.GatewayConnector) -> list[Gateway]:
    """The gateways that a service of a cluster connects to: those with an ACTIVE association whose access type passes the connector's filter.

    ECS also compares VPC and Availability Zones; subnets aren't looked up here, so that these always match.
    """
    wanted = connector.get("filters", {}).get("accessTypes")
    return [gateway for gateway in associations.active(region, cluster) if not wanted or gateway.access_type in wanted]


def follow(region: Region, service: Service, revision: ServiceRevision) -> None:
    """Bring the routes of a service up to date with a revision that is being deployed: new ones, and those whose connector has changed."""
    connector = _connector(revision)
    if service.status != "ACTIVE" or connector is None:
        return
    there = {route.gateway: route for route in region.gateway_routes.of_service(service) if not route.is_going}
    for gateway in compatible(region, service.cluster, connector):
        route = there.get(gateway)
        if route is None:
            _open(region, service, revision, gateway, connector)
        elif route.status == "CREATE_FAILED":
            region.gateway_routes.change(route.arn, connector=connector)
            _try_again(region, route, revision)
        elif route.connector != connector:
            region.gateway_routes.change(route.arn, connector=connector)
            if route.status != "CREATE_IN_PROGRESS":
                _enter(region, route, "UPDATE_IN_PROGRESS")


def drop_unused(region: Region, service: Service, revision: ServiceRevision | None) -> None:
    """Remove the routes of a service that its only revision has no use for: it has no connector, or the gateway no longer suits it.

    Args:
        region: where the service is.
        service: the service.
        revision: the revision that all its tasks are of; None once it is INACTIVE.
    """
    connector = None if revision is None else _connector(revision)
    kept = [] if connector is None else compatible(region, service.cluster, connector)
    for route in region.gateway_routes.of_service(service):
        if route.gateway not in kept and not route.is_going:
            _enter(region, route, "DELETE_IN_PROGRESS")


def _connector(revision: ServiceRevision) -> api.GatewayConnector | None:
    """The gateway connector of a revision. API reference, GatewayConnector: a service has at most one."""
    connectors: Sequence[api.GatewayConnector] = revision.configuration.get("gatewayConnectors", ())
    return connectors[0] if connectors else None


def _open(
    region: Region, service: Service, revision: ServiceRevision, gateway: Gateway, connector: api.GatewayConnector
) -> None:
    """Begin to create a route. It is CREATE_FAILED if the gateway may not have another load balancer, an assumption. # unverified."""
    ids = region.ids
    url = URL.format(start=service.name[:2].lower(), digits=ids.hexadecimal(), region=region.partition.region)
    route = GatewayRoute(region.gateway_routes.arn(gateway, ids.hexadecimal()), gateway, service, connector, url)
    load_balancers.provision(region, route, revision)
    route_added(region, route, "CREATE_FAILED" if route.resources is None else "CREATE_IN_PROGRESS")
    _schedule(region, route)


def _try_again(region: Region, route: GatewayRoute, revision: ServiceRevision) -> None:
    """Create a route that found no load balancer with room, if there is one by now."""
    load_balancers.provision(region, route, revision)
    if route.resources is not None:
        _enter(region, route, "CREATE_IN_PROGRESS")


def _enter(region: Region, route: GatewayRoute, status: api.GatewayRouteStatus) -> None:
    route_transition(region, route, status)
    _schedule(region, route)


def _schedule(region: Region, route: GatewayRoute) -> None:
    """Schedule the end of a route's status, if it ends by itself."""
    stage = ROUTE_STAGE_OF.get(route.status)
    if stage is not None:
        delay = region.timings.delay(stage.status, stage.delay)
        region.clock.after(delay, _leave_stage, region, route, route.status_changes)


def _leave_stage(region: Region, route: GatewayRoute, number: int) -> None:
    if route.status_changes != number:
        return
    following = ROUTE_STAGE_OF[route.status].to
    if following is not None:
        _enter(region, route, following)
        return
    route_removed(region, route)
    load_balancers.release(region, route)
    associations.finish_if_unused(region, route.gateway, route.service.cluster)
