"""The gateway connector of a service, which has to match its task definition and the gateways of its cluster.

Rules: API reference, GatewayConnector; Developer Guide, "Connect Amazon ECS services to a gateway" and "Troubleshoot a gateway". The guide quotes
parts of two texts; the rest of each, and the codes, are unverified.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pytest_ecsfake.engine.gateways import associations, routes
from pytest_ecsfake.errors import InvalidParameterException

if TYPE_CHECKING:
    from pytest_ecsfake import api
    from pytest_ecsfake.state.cluster import Cluster
    from pytest_ecsfake.state.region import Region

NOT_AWSVPC = "gatewayConnectors require a task definition with the awsvpc network mode."  # unverified
#: The guide quotes it up to "with cluster"; that the name follows is unverified.
NO_GATEWAY = "gatewayConnectors were specified but no gateways are associated with cluster {cluster}"
#: The guide quotes "none of the gateways associated with cluster" and a verb; the rest is unverified.
NONE_MATCHES = (
    "gatewayConnectors were specified but none of the gateways associated with cluster {cluster} "
    "match the access types of the gateway connector"
)


def check(region: Region, cluster: Cluster, definition: api.TaskDefinition, parameters: Mapping[str, Any]) -> None:
    """Refuse a connector without a gateway that the service could connect to. `port_mappings.check_named` has checked the port.

    Raises:
        InvalidParameterException: one of these faults.
    """
    connectors: Sequence[api.GatewayConnector] = parameters.get("gatewayConnectors", [])
    if not connectors:
        return
    if definition.get("networkMode") != "awsvpc":
        raise InvalidParameterException(NOT_AWSVPC)
    if not associations.active(region, cluster):
        raise InvalidParameterException(NO_GATEWAY.format(cluster=cluster.name))
    for connector in connectors:
        if not routes.compatible(region, cluster, connector):
            raise InvalidParameterException(NONE_MATCHES.format(cluster=cluster.name))
