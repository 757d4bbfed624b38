"""The statuses that gateways and routes leave by themselves: how long each lasts, and what follows.

Rules: API reference, UpdateGateway and GatewayRoute; Developer Guide, "Create and manage an Amazon ECS Gateway" and "Connect Amazon ECS services to
a gateway". ECS states no durations: these are ours, and `timings` replaces them under the name of the status.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pytest_ecsfake.clock import seconds

if TYPE_CHECKING:
    from pytest_ecsfake import api


class GatewayStage(NamedTuple):
    """A status of a gateway that ends by itself."""

    status: api.GatewayStatus
    delay: int
    to: api.GatewayStatus


class RouteStage(NamedTuple):
    """A status of a route that ends by itself. The route is gone afterwards if `to` is None."""

    status: api.GatewayRouteStatus
    delay: int
    to: api.GatewayRouteStatus | None


# fmt: off
#: API reference, UpdateGateway. UPDATE_FAILED isn't reached here. That UPDATE_COMPLETE stays until the next update is an assumption.
GATEWAY_STAGES = (
    GatewayStage("UPDATE_IN_PROGRESS", seconds(10), to="UPDATE_COMPLETE"),
)

#: API reference, GatewayRoute, status. UPDATE_FAILED and DELETE_FAILED aren't reached here.
ROUTE_STAGES = (
    RouteStage("CREATE_IN_PROGRESS", seconds(10), to="ACTIVE"),
    RouteStage("UPDATE_IN_PROGRESS", seconds(10), to="ACTIVE"),
    RouteStage("DELETE_IN_PROGRESS", seconds(10), to=None),
)
# fmt: on

GATEWAY_STAGE_OF = {stage.status: stage for stage in GATEWAY_STAGES}
ROUTE_STAGE_OF = {stage.status: stage for stage in ROUTE_STAGES}
