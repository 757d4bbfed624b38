"""The routes of services on gateways: DescribeGatewayRoute, ListGatewayRoutes. Nobody makes a route by a call: services with a connector do.

Rules: API reference of each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_ecsfake import arns, pagination
from pytest_ecsfake.errors import ResourceNotFoundException
from pytest_ecsfake.operations.registry import operation
from pytest_ecsfake.rendering.gateway import route as rendered
from pytest_ecsfake.rendering.gateway import route_brief
from pytest_ecsfake.state.region import Region

if TYPE_CHECKING:
    from pytest_ecsfake import api

#: API reference, ListGatewayRoutes, maxResults: the default.
PAGE_SIZE = 100

NOT_FOUND = "The specified gateway route was not found."  # unverified


@operation(
    "DescribeGatewayRoute",
    simplified=(
        "A route takes ten seconds to be created, to be updated and to be deleted (ECS states no duration; `timings` changes it).",
        "The host name in `serviceUrl` has the form of an Express Mode service's, an assumption, and nothing answers there.",
        "There is one rule for test traffic, also while the gateway's test header changes.",
    ),
)
def describe_gateway_route(
    region: Region, request: api.DescribeGatewayRouteRequest
) -> api.DescribeGatewayRouteResponse:
    """Show a route, with what the gateway manages for it."""
    route = region.gateway_routes.find(request["gatewayRouteArn"])
    if route is None:
        raise ResourceNotFoundException(NOT_FOUND)
    return {"gatewayRoute": rendered(region, route)}


@operation(
    "ListGatewayRoutes",
    simplified=(
        "Routes come in the order of their creation; ECS documents no order.",
        "An unknown cluster or service has no routes, an assumption: the operation declares no error for it.",
    ),
)
def list_gateway_routes(region: Region, request: api.ListGatewayRoutesRequest) -> api.ListGatewayRoutesResponse:
    """List routes, all of them or those that fit the filters. The name of a service finds those of all services that have it."""
    fields, statuses = _fields(region, request), request.get("status")
    found, position = region.gateway_routes.page(
        request.get("maxResults", PAGE_SIZE),
        after=pagination.position(region.partition, "ListGatewayRoutes", request),
        where=(lambda route: route.status in statuses) if statuses else None,
        **fields,
    )
    response: api.ListGatewayRoutesResponse = {"gatewayRoutes": [route_brief(route) for route in found]}
    if position is not None:
        response["nextToken"] = pagination.token(region.partition, "ListGatewayRoutes", request, position)
    return response


def _fields(region: Region, request: api.ListGatewayRoutesRequest) -> dict[str, Any]:
    """The filters as attributes of a route.

    Raises:
        GatewayNotFoundException: there is no such gateway.
        ClientException, InvalidParameterException: an identifier is malformed, or of another region or account.
    """
    fields: dict[str, Any] = {}
    if "gateway" in request:
        fields["gateway_name"] = region.gateways.known(request["gateway"]).name
    if "cluster" in request:
        fields["cluster_name"] = region.clusters.name_of(request["cluster"])
    if "service" in request:
        cluster_name, fields["service_name"] = arns.service_in(request["service"], region.partition)
        if cluster_name is not None:
            # With another cluster beside it the ARN finds nothing: no route has both names.
            fields["cluster_name"] = cluster_name if fields.get("cluster_name") in (None, cluster_name) else None
    if "serviceContainerPortName" in request:
        fields["port_name"] = request["serviceContainerPortName"]
    return fields
