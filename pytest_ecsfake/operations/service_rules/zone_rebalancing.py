"""Whether ECS balances a service's tasks over availability zones.

Rules: API reference, CreateService and UpdateService, availabilityZoneRebalancing; Developer Guide, "Balancing an Amazon ECS service across
Availability Zones".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pytest_ecsfake.engine.placement.placement import ZONE
from pytest_ecsfake.engine.rollouts.configuration import maximum_percent
from pytest_ecsfake.errors import InvalidParameterException

if TYPE_CHECKING:
    from pytest_ecsfake import api

MAXIMUM_TOO_LOW = (  # quoted by a public emulator from recorded calls
    "Availability Zone Rebalancing does not support maximumPercent <= 100 % as deployment configuration."
)
# The others follow its pattern. # unverified
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


def setting(
    parameters: Mapping[str, Any],
    configuration: api.DeploymentConfiguration,
    launch_type: api.LaunchType,
    *,
    unasked: api.AvailabilityZoneRebalancing = "ENABLED",
) -> api.AvailabilityZoneRebalancing:
    """The setting of a service: what the request asks for, else the default as far as the service supports it.

    Args:
        parameters: those of CreateService; for UpdateService the service's own, with those of the request over them.
        configuration: the complete deployment configuration.
        launch_type: what the tasks run on.
        unasked: the default: that of CreateService, or the service's setting before an update.

    Raises:
        InvalidParameterException: the request asks for it, and the service doesn't support it.
    """
    asked: api.AvailabilityZoneRebalancing | None = parameters.get("availabilityZoneRebalancing")
    obstacle = _obstacle(parameters, configuration, launch_type)
    if asked == "ENABLED" and obstacle is not None:
        raise InvalidParameterException(obstacle)
    if asked is not None:
        return asked
    return unasked if obstacle is None else "DISABLED"


def _obstacle(
    parameters: Mapping[str, Any], configuration: api.DeploymentConfiguration, launch_type: api.LaunchType
) -> str | None:
    strategies = parameters.get("placementStrategy", [])
    first = (strategies[0]["type"], strategies[0].get("field")) if strategies else ("spread", ZONE)
    constraints = parameters.get("placementConstraints", [])
    obstacles = (
        (parameters.get("schedulingStrategy") == "DAEMON", NOT_FOR_DAEMONS),
        (maximum_percent(configuration) <= 100, MAXIMUM_TOO_LOW),
        (launch_type == "EXTERNAL", NOT_ON_EXTERNAL),
        (
            any("loadBalancerName" in balancer for balancer in parameters.get("loadBalancers", [])),
            NOT_WITH_CLASSIC,
        ),
        (first != ("spread", ZONE), SPREAD_ZONES_FIRST),
        (any(ZONE in constraint.get("expression", "") for constraint in constraints), NOT_WITH_ZONE_CONSTRAINT),
    )
    return next((words for there, words in obstacles if there), None)
