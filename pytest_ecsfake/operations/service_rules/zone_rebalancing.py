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

#: As recorded from deployments; `done` is what the request was for, `why` one of the reasons below.
REFUSAL = "The service couldn't be {done} because Availability Zone Rebalancing {why}"
NOT_FOR_DAEMONS = (  # cdk-preflight
    "does not support DAEMON as scheduling strategy. Update scheduling strategy and try again."
)
MAXIMUM_TOO_LOW = (
    "does not support maximumPercent <= 100 % as deployment configuration."  # quoted by public repositories
)
SPREAD_ZONES_FIRST = "only supports availability zone spread as task placement strategy."  # the same
# The Developer Guide excludes these as well; the words follow the first. # unverified
NOT_ON_EXTERNAL = "does not support EXTERNAL as launch type. Update launch type and try again."
NOT_WITH_CLASSIC = "does not support Classic Load Balancers. Update load balancers and try again."
NOT_WITH_ZONE_CONSTRAINT = (
    "does not support attribute:ecs.availability-zone as task placement constraint. "
    "Update placement constraints and try again."
)


def setting(
    parameters: Mapping[str, Any],
    configuration: api.DeploymentConfiguration,
    launch_type: api.LaunchType,
    *,
    before: api.AvailabilityZoneRebalancing | None = None,
) -> api.AvailabilityZoneRebalancing:
    """The setting of a service: what the request asks for, else what it was before an update, else ENABLED where the service supports it.

    Args:
        parameters: those of CreateService; for UpdateService the service's own, with those of the request over them.
        configuration: the complete deployment configuration.
        launch_type: what the tasks run on.
        before: the service's setting before an update; None for CreateService.

    Raises:
        InvalidParameterException: the request asks for it, or the service has it, and the service doesn't support it.
    """
    wanted: api.AvailabilityZoneRebalancing | None = parameters.get("availabilityZoneRebalancing") or before
    obstacle = _obstacle(parameters, configuration, launch_type)
    if wanted == "ENABLED" and obstacle is not None:
        done = "created" if before is None else "updated"
        raise InvalidParameterException(REFUSAL.format(done=done, why=obstacle))
    if wanted is not None:
        return wanted
    return "ENABLED" if obstacle is None else "DISABLED"


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
