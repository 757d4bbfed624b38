"""The configuration of a gateway: its defaults, and how an update changes it.

Rules: API reference, HostSharedAlbConfiguration, GatewayElbNetworkConfiguration, CreateGateway and UpdateGateway.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_ecsfake.engine.gateways.stages import GATEWAY_STAGE_OF
from pytest_ecsfake.engine.gateways.transition import gateway_transition
from pytest_ecsfake.state.gateway import Gateway
from pytest_ecsfake.state.region import Region

if TYPE_CHECKING:
    from pytest_ecsfake import api

#: API reference, HostSharedAlbConfiguration.
DEFAULTS: api.HostSharedAlbConfiguration = {
    "scheme": "internet-facing",
    "port": 443,
    "protocol": "HTTPS",
    "maxAlbCount": 10,
    "httpDesync": "defensive",
}

#: API reference, GatewayElbNetworkConfiguration. The default of `subnets`, those of the default VPC, isn't known: EC2 isn't faked.
NETWORK_DEFAULTS: api.GatewayElbNetworkConfiguration = {"ipAddressType": "dualstack"}


def complete(given: api.HostSharedAlbConfiguration) -> api.HostSharedAlbConfiguration:
    """The configuration of a new gateway, with its defaults."""
    network: api.GatewayElbNetworkConfiguration = {**NETWORK_DEFAULTS, **given.get("networkConfiguration", {})}
    return {**DEFAULTS, **given, "networkConfiguration": network}


def begin(region: Region, gateway: Gateway, request: api.UpdateGatewayRequest) -> None:
    """Change a gateway. Members that are left out stay. It is UPDATE_IN_PROGRESS until its load balancers have followed.

    That it shows the new settings at once, and that an update during an update is accepted, are assumptions. # unverified
    """
    gateway.infrastructure_role_arn = request.get("infrastructureRoleArn", gateway.infrastructure_role_arn)
    gateway.deletion_protection = request.get("deletionProtection", gateway.deletion_protection)
    gateway.propagate_tags = request.get("propagateTags", gateway.propagate_tags)
    gateway.configuration = _updated(gateway.configuration, request.get("configuration", {}).get("hostSharedAlb", {}))
    gateway.updated_at = region.clock.now
    gateway_transition(region, gateway, "UPDATE_IN_PROGRESS")
    stage = GATEWAY_STAGE_OF[gateway.status]
    region.clock.after(
        region.timings.delay(stage.status, stage.delay), _finish, region, gateway, gateway.status_changes
    )


def _updated(
    before: api.HostSharedAlbConfiguration, given: api.UpdateGatewayAlbConfiguration
) -> api.HostSharedAlbConfiguration:
    network: api.GatewayElbNetworkConfiguration = {
        **before["networkConfiguration"],
        **given.get("networkConfiguration", {}),
    }
    return {**before, **given, "networkConfiguration": network}


def _finish(region: Region, gateway: Gateway, number: int) -> None:
    """End an update, unless a newer one has begun or the gateway was deleted."""
    if gateway.status_changes == number:
        gateway_transition(region, gateway, GATEWAY_STAGE_OF[gateway.status].to)
