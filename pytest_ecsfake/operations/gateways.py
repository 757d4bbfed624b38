"""Gateways: CreateGateway, DescribeGateway, DescribeGatewayResources, ListGateways, UpdateGateway, DeleteGateway.

Associations with clusters are in `gateway_associations.py`, routes in `gateway_routes.py`.
Rules: API reference of each; Developer Guide, "Create and manage an Amazon ECS Gateway". ECS declares no error of its own for what these operations
refuse, and nobody has seen one: code and text of each refusal are unverified.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_ecsfake import pagination
from pytest_ecsfake.engine.gateways import updates
from pytest_ecsfake.engine.gateways.transition import gateway_added, gateway_transition
from pytest_ecsfake.engine.tags import tags_by_key
from pytest_ecsfake.errors import ClientException
from pytest_ecsfake.operations.registry import operation
from pytest_ecsfake.rendering import gateway as rendering
from pytest_ecsfake.state.gateway import Gateway
from pytest_ecsfake.state.region import Region

if TYPE_CHECKING:
    from pytest_ecsfake import api

#: API reference, ListGateways and DescribeGatewayResources, maxResults: the defaults.
PAGE_SIZE = 100
RESOURCES_PAGE_SIZE = 10

# Nobody has seen these texts. # unverified
EXISTS = "The specified gateway already exists."
PROTECTED = "The gateway cannot be deleted while deletion protection is enabled."
ASSOCIATED = "The gateway cannot be deleted while it is associated with clusters."


@operation(
    "CreateGateway",
    simplified=(
        "Elastic Load Balancing, EC2, WAF, S3 and IAM aren't faked: names and ARNs of their resources aren't looked up.",
        "Without `subnets` none are shown: the default VPC isn't known.",
        "The ARNs of gateways and routes have a form that nobody has seen, an assumption.",
    ),
)
def create_gateway(region: Region, request: api.CreateGatewayRequest) -> api.CreateGatewayResponse:
    """Create a gateway. It is ACTIVE at once, without load balancers. A request whose client token was used before is ignored.

    botocore makes up a new token for each call that has none, so a second call for the same name is refused.
    """
    repeated = _repeated(region, request.get("clientToken"))
    if repeated is not None:
        return _answer(repeated)
    name = request["name"]
    if name in region.gateways:
        raise ClientException(EXISTS)
    tags = tags_by_key(request.get("tags", []))

    gateway = Gateway(
        arn=region.gateways.arn(name),
        name=name,
        created_at=region.clock.now,
        updated_at=region.clock.now,
        infrastructure_role_arn=request["infrastructureRoleArn"],
        configuration=updates.complete(request["configuration"]["hostSharedAlb"]),
        deletion_protection=request.get("deletionProtection", True),
        propagate_tags=request.get("propagateTags", "GATEWAY"),
        tags=tags,
        client_token=request.get("clientToken"),
    )
    gateway_added(region, gateway)
    return _answer(gateway)


@operation(
    "DescribeGateway",
    simplified=("`failures` and `statusReason` are never shown: no update fails.",),
)
def describe_gateway(region: Region, request: api.DescribeGatewayRequest) -> api.DescribeGatewayResponse:
    """Show a gateway, with its tags and the number of its load balancers."""
    return {"gateway": rendering.gateway(region.gateways.known(request["gateway"]))}


@operation(
    "DescribeGatewayResources",
    simplified=(
        "Load balancers exist from the first moment of the first route, and go with the last one.",
        "A load balancer has room for 25 routes, as with Express Mode services, an assumption.",
    ),
)
def describe_gateway_resources(
    region: Region, request: api.DescribeGatewayResourcesRequest
) -> api.DescribeGatewayResourcesResponse:
    """Show the load balancers of a gateway, in the order of their creation, with the routes that use each."""
    gateway = region.gateways.known(request["gateway"])
    start = pagination.position(region.partition, "DescribeGatewayResources", request)
    size = request.get("maxResults", RESOURCES_PAGE_SIZE)
    following = [each for each in gateway.load_balancers if start is None or each.number > start]
    shown = following[:size]
    response: api.DescribeGatewayResourcesResponse = {
        "gatewayResources": {
            "gatewayArn": gateway.arn,
            "resources": {"hostSharedAlb": [rendering.load_balancer(region, gateway, each) for each in shown]},
        }
    }
    if len(following) > size:
        position = shown[-1].number
        response["nextToken"] = pagination.token(region.partition, "DescribeGatewayResources", request, position)
    return response


@operation(
    "ListGateways",
    simplified=("Gateways come in the order of their creation; ECS documents no order.",),
)
def list_gateways(region: Region, request: api.ListGatewaysRequest) -> api.ListGatewaysResponse:
    """List gateways in the order of their creation. The filter DELETED finds nothing: a deleted gateway is gone."""
    names, statuses = request.get("names"), request.get("status")
    gateways, position = region.gateways.page(
        request.get("maxResults", PAGE_SIZE),
        after=pagination.position(region.partition, "ListGateways", request),
        where=lambda gateway: (not names or gateway.name in names) and (not statuses or gateway.status in statuses),
    )
    response: api.ListGatewaysResponse = {"gateways": [rendering.brief(gateway) for gateway in gateways]}
    if position is not None:
        response["nextToken"] = pagination.token(region.partition, "ListGateways", request, position)
    return response


@operation(
    "UpdateGateway",
    simplified=(
        "An update always succeeds, ten seconds later (ECS states no duration; `timings` changes it).",
        "The gateway shows the new settings at once, and an update during an update is accepted; both are assumptions.",
        "That UPDATE_COMPLETE stays until the next update is an assumption.",
    ),
)
def update_gateway(region: Region, request: api.UpdateGatewayRequest) -> api.UpdateGatewayResponse:
    """Change a gateway. Members that are left out stay. It is UPDATE_IN_PROGRESS, then UPDATE_COMPLETE."""
    gateway = region.gateways.known(request["gateway"])
    updates.begin(region, gateway, request)
    return _answer(gateway)


@operation(
    "DeleteGateway",
    simplified=("A gateway that is UPDATE_IN_PROGRESS can be deleted, an assumption.",),
)
def delete_gateway(region: Region, request: api.DeleteGatewayRequest) -> api.DeleteGatewayResponse:
    """Delete a gateway that isn't protected and has no associations left, not even DISASSOCIATING ones. It is gone at once."""
    gateway = region.gateways.known(request["gateway"])
    if gateway.deletion_protection:
        raise ClientException(PROTECTED)
    if region.gateway_associations.count(gateway_name=gateway.name):
        raise ClientException(ASSOCIATED)
    gateway_transition(region, gateway, "DELETED")
    return _answer(gateway)


def _repeated(region: Region, client_token: str | None) -> Gateway | None:
    """The gateway that an earlier call with this client token has created."""
    if client_token is None:
        return None
    return next((gateway for gateway in region.gateways if gateway.client_token == client_token), None)


def _answer(gateway: Gateway) -> api.CreateGatewayResponse:
    """What the answers of CreateGateway, UpdateGateway and DeleteGateway show."""
    return {"gatewayArn": gateway.arn, "name": gateway.name, "status": gateway.status}
