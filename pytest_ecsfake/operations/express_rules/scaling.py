"""The scaling target of an Express service: between which numbers of tasks it scales, and by which metric.

Rules: API reference, ExpressGatewayScalingTarget; Developer Guide, "Resources created by Amazon ECS Express Mode services", for the defaults.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_ecsfake.errors import InvalidParameterException
from pytest_ecsfake.state.express_gateway_service import ScalingTarget

if TYPE_CHECKING:
    from pytest_ecsfake import api

#: Developer Guide, "Resources created by Amazon ECS Express Mode services".
DEFAULT = ScalingTarget(min_task_count=1, max_task_count=20, metric="AVERAGE_CPU", target_value=60)

MINIMUM_ABOVE_MAXIMUM = "minTaskCount cannot be greater than maxTaskCount."  # unverified


def changed(current: ScalingTarget, given: api.ExpressGatewayScalingTarget) -> ScalingTarget:
    """A scaling target after a request. That members of it that are left out stay is unverified: ECS says so of the request's own members.

    Raises:
        InvalidParameterException: the minimum is above the maximum.
    """
    new = ScalingTarget(
        given.get("minTaskCount", current.min_task_count),
        given.get("maxTaskCount", current.max_task_count),
        given.get("autoScalingMetric", current.metric),
        given.get("autoScalingTargetValue", current.target_value),
    )
    if new.min_task_count > new.max_task_count:
        raise InvalidParameterException(MINIMUM_ABOVE_MAXIMUM)
    return new


def settings_changed(before: ScalingTarget, after: ScalingTarget) -> set[str]:
    """The names of the members that differ."""
    members = ("minTaskCount", "maxTaskCount", "autoScalingMetric", "autoScalingTargetValue")
    return {name for name, old, new in zip(members, before, after, strict=True) if old != new}
