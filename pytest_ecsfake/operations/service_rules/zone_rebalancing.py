"""Whether ECS balances a service's tasks over availability zones.

Rules: API reference, CreateService and UpdateService, availabilityZoneRebalancing; Developer Guide, "Balancing an Amazon ECS service across
Availability Zones".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pytest_ecsfake.errors import InvalidParameterException

if TYPE_CHECKING:
    from pytest_ecsfake import api

MAXIMUM_TOO_LOW = (  # as a public emulator quotes it from recorded calls
    "Availability Zone Rebalancing does not support maximumPercent <= 100 % as deployment configuration."
)
# The rest are in its pattern. # unverified
NOT_FOR_DAEMONS = "Availability Zone Rebalancing does not support the DAEMON scheduling strategy."
NOT_ON_EXTERNAL = "Availability Zone Rebalancing does not support the EXTERNAL launch type."
NOT_WITH_CLASSIC = "Availability Zone Rebalancing does not support Classic Load Balancers."
SPREAD_ZONES_FIRST = (
    "Availability Zone Rebalancing supports placement strategies only if the first is spread over "
    "attribute:ecs.availability-zone."
)
NOT_WITH_ZONE_CONSTRAINT = (
    "Availability Zone Rebalancing does not support placement constraints on attribute:ecs.availability-zone."
)

ZONE = "attribute:ecs.availability-zone"


def setting(
    parameters: Mapping[str, Any], configuration: api.DeploymentConfiguration, launch_type: api.LaunchType
) -> api.AvailabilityZoneRebalancing:
    """What a new service has: what was asked for, ENABLED where nothing was and the service can have it.

    Args:
        parameters: those of CreateService.
        configuration: the complete deployment configuration.
        launch_type: what the tasks run on.

    Raises:
        InvalidParameterException: it was asked for and can't be.
    """
    asked: api.AvailabilityZoneRebalancing | None = parameters.get("availabilityZoneRebalancing")
    obstacle = _obstacle(parameters, configuration, launch_type)
    if asked == "ENABLED":
        refuse(parameters, configuration, launch_type)
    if asked is not None:
        return asked
    return "ENABLED" if obstacle is None else "DISABLED"


def refuse(
    parameters: Mapping[str, Any], configuration: api.DeploymentConfiguration, launch_type: api.LaunchType
) -> None:
    """Refuse rebalancing where it can't be.

    Raises:
        InvalidParameterException: as its name says.
    """
    obstacle = _obstacle(parameters, configuration, launch_type)
    if obstacle is not None:
        raise InvalidParameterException(obstacle)


def _obstacle(
    parameters: Mapping[str, Any], configuration: api.DeploymentConfiguration, launch_type: api.LaunchType
) -> str | None:
    strategies = parameters.get("placementStrategy", [])
    first = (strategies[0]["type"], strategies[0].get("field")) if strategies else ("spread", ZONE)
    constraints = parameters.get("placementConstraints", [])
    obstacles = (
        (parameters.get("schedulingStrategy") == "DAEMON", NOT_FOR_DAEMONS),
        (configuration.get("maximumPercent", 200) <= 100, MAXIMUM_TOO_LOW),
        (launch_type == "EXTERNAL", NOT_ON_EXTERNAL),
        (
            any("loadBalancerName" in balancer for balancer in parameters.get("loadBalancers", [])),
            NOT_WITH_CLASSIC,
        ),
        (first != ("spread", ZONE), SPREAD_ZONES_FIRST),
        (any(ZONE in constraint.get("expression", "") for constraint in constraints), NOT_WITH_ZONE_CONSTRAINT),
    )
    return next((words for there, words in obstacles if there), None)
