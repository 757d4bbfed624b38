"""Capacity providers of an Auto Scaling group: the defaults that ECS fills in, and what it refuses.

The groups themselves aren't faked: every group of the account and region counts as existing, with its instances protected from scale in, as
managedTerminationProtection requires (containers-roadmap#860).
Rules: API reference, AutoScalingGroupProvider and ManagedScaling; Amazon EC2 Auto Scaling User Guide, ARNs. ECS answers ClientException.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_ecsfake.arns import is_arn
from pytest_ecsfake.errors import ClientException
from pytest_ecsfake.state.region import Region

if TYPE_CHECKING:
    from pytest_ecsfake import api

GROUP_IN_USE = (  # containers-roadmap#632
    "The specified Auto Scaling group ARN is already being used by another capacity provider. "
    "Specify a unique Auto Scaling group ARN and try again."
)
BAD_GROUP = (  # unverified
    "The specified Auto Scaling group ARN is invalid. Specify a valid Auto Scaling group ARN and try again."
)
BAD_STEPS = (  # as recorded from a deployment
    "The minimum or maximum scaling step size value is invalid. Specify a minimum scaling step size value that is "
    "less than or equal to the maximum scaling step size value and try again."
)

#: What separates a group's name from the rest of its ARN.
_NAME = ":autoScalingGroupName/"


def complete(region: Region, given: api.AutoScalingGroupProvider) -> api.AutoScalingGroupProvider:
    """The provider with everything that ECS fills in.

    Managed scaling is off where its structure is left out, and on where only its status is. # unverified
    managedTerminationProtection "doesn't work" without managed scaling (API reference); here it isn't refused. # unverified

    Raises:
        ClientException: the group is already used or isn't in this account and region, or the steps contradict each other.
    """
    group = given["autoScalingGroupArn"]
    name = _name_of(region, group)
    if any(name == _name(taken) for taken in _groups_in_use(region)):
        raise ClientException(GROUP_IN_USE)
    no_scaling: api.ManagedScaling = {"status": "DISABLED"}
    scaling = _scaling(given.get("managedScaling", no_scaling))
    return {
        "autoScalingGroupArn": group if is_arn(group) else f"{_prefix(region)}{region.ids.uuid()}{_NAME}{group}",
        "managedScaling": scaling,
        "managedTerminationProtection": given.get("managedTerminationProtection", "DISABLED"),
        "managedDraining": given.get("managedDraining", "ENABLED"),
    }


def updated(
    provider: api.AutoScalingGroupProvider, given: api.AutoScalingGroupProviderUpdate
) -> api.AutoScalingGroupProvider:
    """The provider after an update. What the request leaves out stays as it is, within managedScaling too.

    Raises:
        ClientException: the steps contradict each other.
    """
    scaling = _scaling({**provider["managedScaling"], **given.get("managedScaling", {})})
    return {
        "autoScalingGroupArn": provider["autoScalingGroupArn"],
        "managedScaling": scaling,
        "managedTerminationProtection": given.get(
            "managedTerminationProtection", provider["managedTerminationProtection"]
        ),
        "managedDraining": given.get("managedDraining", provider["managedDraining"]),
    }


def _scaling(given: api.ManagedScaling) -> api.ManagedScaling:
    """Managed scaling with its defaults (API reference, ManagedScaling)."""
    scaling: api.ManagedScaling = {
        "status": given.get("status", "ENABLED"),
        "targetCapacity": given.get("targetCapacity", 100),
        "minimumScalingStepSize": given.get("minimumScalingStepSize", 1),
        "maximumScalingStepSize": given.get("maximumScalingStepSize", 10000),
        "instanceWarmupPeriod": given.get("instanceWarmupPeriod", 300),
    }
    if scaling["minimumScalingStepSize"] > scaling["maximumScalingStepSize"]:
        raise ClientException(BAD_STEPS)
    return scaling


def _name_of(region: Region, group: str) -> str:
    """The name of a group that the request names by ARN or by name (API reference, autoScalingGroupArn).

    That ECS answers a name with an ARN is unverified.

    Raises:
        ClientException: the ARN isn't a group's, or belongs to another account or region.
    """
    if not is_arn(group):
        return group
    if not group.startswith(_prefix(region)) or not _name(group):
        raise ClientException(BAD_GROUP)
    return _name(group)


def _prefix(region: Region) -> str:
    """How the ARN of a group of this account and region begins."""
    return region.partition.arn("autoScalingGroup:", service="autoscaling")


def _name(arn: str) -> str:
    return arn.partition(_NAME)[2]


def _groups_in_use(region: Region) -> list[str]:
    return [
        provider.auto_scaling_group_provider["autoScalingGroupArn"]
        for provider in region.capacity_providers
        if provider.auto_scaling_group_provider is not None and provider.status != "INACTIVE"
    ]
