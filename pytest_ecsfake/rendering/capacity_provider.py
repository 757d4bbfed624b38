"""A capacity provider as ECS shows it.

Rules: API reference, CapacityProvider; DescribeCapacityProviders, include; the recorded answers of create- and describe-capacity-providers.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_ecsfake.rendering.tags import tags as rendered_tags

if TYPE_CHECKING:
    from pytest_ecsfake import api
    from pytest_ecsfake.state.capacity_provider import CapacityProvider


def capacity_provider(item: CapacityProvider, *, tags: bool = False) -> api.CapacityProvider:
    """The document of a capacity provider. That FARGATE and FARGATE_SPOT have a `type` is unverified: the recorded answers are older than it."""
    document: api.CapacityProvider = {
        "capacityProviderArn": item.arn,
        "name": item.name,
        "status": item.status,
        "tags": rendered_tags(item.tags) if tags else [],
        "type": item.type,
    }
    if item.cluster_name is not None:
        document["cluster"] = item.cluster_name
    if item.auto_scaling_group_provider is not None:
        document["autoScalingGroupProvider"] = item.auto_scaling_group_provider
    if item.managed_instances_provider is not None:
        document["managedInstancesProvider"] = item.managed_instances_provider
    if item.update_status is not None:
        document["updateStatus"] = item.update_status
    if item.update_status_reason is not None:
        document["updateStatusReason"] = item.update_status_reason
    return document
