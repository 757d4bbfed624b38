"""How capacity providers are created, updated and deleted: the answer shows each change begin, the clock ends it.

No other module assigns a provider's status or updateStatus.
Rules: API reference, CapacityProvider, status and updateStatus; recorded answers of create-, update- and delete-capacity-provider.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_ecsfake.clock import seconds
from pytest_ecsfake.engine.capacity import attachments
from pytest_ecsfake.errors import UpdateInProgressException
from pytest_ecsfake.state.capacity_provider import CapacityProvider
from pytest_ecsfake.state.cluster import Cluster
from pytest_ecsfake.state.region import Region

if TYPE_CHECKING:
    from pytest_ecsfake import api

#: How long creation, update and deletion last; ECS states no durations. `timings` replaces it under the updateStatus of each.
CHANGE = seconds(10)

ASSOCIATED = (  # terraform-provider-aws#48156
    "The capacity provider cannot be deleted because it is associated with cluster: {cluster}. "
    "Remove the capacity provider from the cluster and try again."
)
BUSY = (  # unverified
    "The specified capacity provider is being updated. Wait until the update is complete and try again."
)


def create(region: Region, provider: CapacityProvider) -> None:
    """Add a new provider.

    One of an Auto Scaling group is ACTIVE at once. One of Managed Instances belongs to its cluster at once, and is ACTIVE later.
    """
    region.capacity_providers.add(provider.name, provider)
    region.journal.write(region.clock.now, "capacity provider", provider.arn, "status", None, provider.status)
    if provider.cluster_name is not None:
        cluster = region.clusters.active(provider.cluster_name)
        cluster.capacity_providers = [*cluster.capacity_providers, provider.name]
        _note_update_status(region, provider, "CREATE_IN_PROGRESS")
        region.clock.after(region.timings.delay("CREATE_IN_PROGRESS", CHANGE), _finish_creation, region, provider)


def update_group(region: Region, provider: CapacityProvider, group: api.AutoScalingGroupProvider) -> None:
    """Begin to change the settings of a provider of an Auto Scaling group, and the attachments of its cluster if they depend on them.

    Raises:
        UpdateInProgressException: an update is under way, of the provider or of its cluster.
    """
    clusters = list(region.clusters.associated_with(provider.name))
    _refuse_busy(provider, *clusters)
    provider.coming = group
    _note_update_status(region, provider, "UPDATE_IN_PROGRESS")
    for cluster in clusters:
        if attachments.are_outdated(region, cluster):
            attachments.begin(region, cluster, attachments.UPDATE)
    region.clock.after(region.timings.delay("UPDATE_IN_PROGRESS", CHANGE), _finish_group_update, region, provider)


def update_managed_instances(region: Region, provider: CapacityProvider, details: api.ManagedInstancesProvider) -> None:
    """Begin to change the settings of a provider of Managed Instances.

    Raises:
        UpdateInProgressException: its creation or another update is under way.
    """
    _refuse_busy(provider)
    _note_update_status(region, provider, "UPDATE_IN_PROGRESS")
    delay = region.timings.delay("UPDATE_IN_PROGRESS", CHANGE)
    region.clock.after(delay, _finish_managed_instances_update, region, provider, details)


def delete(region: Region, provider: CapacityProvider) -> None:
    """Begin to delete a provider. While a cluster uses one of an Auto Scaling group, the deletion fails and the provider says why.

    Raises:
        UpdateInProgressException: its creation or an update is under way.
    """
    if provider.update_status == "DELETE_IN_PROGRESS" or provider.status == "INACTIVE":
        return  # deleting again changes nothing: botocore's model calls the operation idempotent
    _refuse_busy(provider)
    cluster = next(region.clusters.associated_with(provider.name), None)
    if cluster is not None and provider.kind != "MANAGED_INSTANCES":
        _note_update_status(region, provider, "DELETE_FAILED", ASSOCIATED.format(cluster=cluster.name))
        return
    if provider.kind == "MANAGED_INSTANCES":
        _transition(region, provider, "DEPROVISIONING")
    _note_update_status(region, provider, "DELETE_IN_PROGRESS")
    region.clock.after(region.timings.delay("DELETE_IN_PROGRESS", CHANGE), _finish_deletion, region, provider)


def _finish_creation(region: Region, provider: CapacityProvider) -> None:
    _note_update_status(region, provider, "CREATE_COMPLETE")
    _transition(region, provider, "ACTIVE")


def _finish_group_update(region: Region, provider: CapacityProvider) -> None:
    provider.auto_scaling_group_provider, provider.coming = provider.coming, None
    _note_update_status(region, provider, "UPDATE_COMPLETE")


def _finish_managed_instances_update(
    region: Region, provider: CapacityProvider, details: api.ManagedInstancesProvider
) -> None:
    provider.managed_instances_provider = details
    _note_update_status(region, provider, "UPDATE_COMPLETE")


def instance_gone(region: Region, provider: CapacityProvider) -> None:
    """Finish a deletion that waits for the provider's last instance, if this was the last one."""
    if provider.awaits_instances:
        _finish_deletion(region, provider)


def _finish_deletion(region: Region, provider: CapacityProvider) -> None:
    """Make a provider INACTIVE: its tags are gone (Developer Guide, "Tagging Amazon ECS resources"), and its cluster no longer has it.

    One of Managed Instances waits until none of its instances is left.
    """
    provider.awaits_instances = _has_instances(region, provider)
    if provider.awaits_instances:
        return
    for cluster in region.clusters.associated_with(provider.name):
        cluster.capacity_providers = [name for name in cluster.capacity_providers if name != provider.name]
    provider.tags = {}
    _note_update_status(region, provider, "DELETE_COMPLETE")
    _transition(region, provider, "INACTIVE")


def _has_instances(region: Region, provider: CapacityProvider) -> bool:
    cluster = None if provider.cluster_name is None else region.clusters.get(provider.cluster_name)
    return cluster is not None and any(
        region.container_instances_in(cluster).page(1, is_listed=True, capacity_provider_name=provider.name)[0]
    )


def _refuse_busy(provider: CapacityProvider, *clusters: Cluster) -> None:
    """ECS declares UpdateInProgressException for DeleteCapacityProvider only, yet Terraform expects it from updates as well."""
    if provider.is_busy or any(attachments.is_busy(cluster) for cluster in clusters):
        raise UpdateInProgressException(BUSY)


def _transition(region: Region, provider: CapacityProvider, status: api.CapacityProviderStatus) -> None:
    before = provider.status
    region.capacity_providers.change(provider.name, status=status)
    region.journal.write(region.clock.now, "capacity provider", provider.arn, "status", before, status)


def _note_update_status(
    region: Region, provider: CapacityProvider, status: api.CapacityProviderUpdateStatus, reason: str | None = None
) -> None:
    before, provider.update_status = provider.update_status, status
    provider.update_status_reason = reason
    region.journal.write(region.clock.now, "capacity provider", provider.arn, "updateStatus", before, status, reason)
