"""The one place that changes a status of a gateway, an association or a route, and writes the journal entry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_ecsfake.state.gateway import Gateway, GatewayAssociation, GatewayRoute
from pytest_ecsfake.state.region import Region

if TYPE_CHECKING:
    from pytest_ecsfake import api


def gateway_added(region: Region, gateway: Gateway) -> None:
    """List a new gateway, with the status that it was made with."""
    region.gateways.add(gateway.name, gateway)
    region.journal.write(region.clock.now, "gateway", gateway.arn, "status", None, gateway.status)


def gateway_transition(region: Region, gateway: Gateway, status: api.GatewayStatus) -> None:
    """Bring a gateway into a status. A DELETED one is no longer listed."""
    before = gateway.status
    region.gateways.change(gateway.name, status=status)
    gateway.status_changes += 1
    region.journal.write(region.clock.now, "gateway", gateway.arn, "status", before, status)
    if status == "DELETED":
        region.gateways.drop(gateway.name)


def association_added(region: Region, association: GatewayAssociation) -> None:
    """List a new association, with the status that it was made with."""
    region.gateway_associations.add(association.key, association)
    _write_association(region, association, None)


def association_transition(
    region: Region, association: GatewayAssociation, status: api.GatewayClusterAssociationStatus
) -> None:
    """Bring an association into a status. An INACTIVE one is no longer listed."""
    before = association.status
    region.gateway_associations.change(association.key, status=status)
    _write_association(region, association, before)
    if status == "INACTIVE":
        region.gateway_associations.drop(association.key)


def _write_association(region: Region, association: GatewayAssociation, before: str | None) -> None:
    resource = f"{association.gateway.arn}/{association.cluster.name}"
    region.journal.write(region.clock.now, "gateway association", resource, "status", before, association.status)


def route_added(region: Region, route: GatewayRoute, status: api.GatewayRouteStatus) -> None:
    """List a new route with its first status."""
    route.status = status
    region.gateway_routes.add(route.arn, route)
    region.journal.write(region.clock.now, "gateway route", route.arn, "status", None, route.status)


def route_transition(region: Region, route: GatewayRoute, status: api.GatewayRouteStatus) -> None:
    """Bring a route into a status."""
    before = route.status
    region.gateway_routes.change(route.arn, status=status)
    route.status_changes += 1
    region.journal.write(region.clock.now, "gateway route", route.arn, "status", before, status)


def route_removed(region: Region, route: GatewayRoute) -> None:
    """No longer list a route. The journal calls it DELETED, which is no status of a route."""
    region.gateway_routes.drop(route.arn)
    region.journal.write(region.clock.now, "gateway route", route.arn, "status", route.status, "DELETED")
