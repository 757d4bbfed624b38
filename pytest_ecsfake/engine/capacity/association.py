"""Which capacity providers and which default strategy a cluster may have, and when a provider may be removed from it.

Rules: API reference, CreateCluster and PutClusterCapacityProviders, capacityProviders and defaultCapacityProviderStrategy;
CapacityProviderStrategyItem. Texts as seen on AWS, with their source.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pytest_ecsfake.engine.capacity.strategy import has_several_bases, refuse_mixed, refuse_not_associated
from pytest_ecsfake.errors import InvalidParameterException, ResourceInUseException
from pytest_ecsfake.state.capacity_provider import CapacityProvider
from pytest_ecsfake.state.cluster import Cluster
from pytest_ecsfake.state.region import Region

if TYPE_CHECKING:
    from pytest_ecsfake import api

#: Developer Guide, "Amazon ECS service quotas". Those before and after a change count together (cloudformation-coverage-roadmap#1086).
CAPACITY_PROVIDERS_PER_CLUSTER = 20

NOT_FOUND = (  # terraform-aws-ecs#53; code and full stop are unverified
    "The specified capacity provider was not found. Specify a valid capacity provider and try again."
)
NOT_ACTIVE = (  # terraform-provider-aws#45693
    "The specified capacity provider '{name}' is not in an ACTIVE state. Specify a valid capacity provider and try again."
)
MANAGED_INSTANCES = (  # terraform-provider-aws#44783, where the end is cut off: from "already" on it is unverified
    "Cannot associate Managed Instances capacity provider to clusters using this API. "
    "Managed Instances capacity providers are already associated with a cluster."
)
ASSOCIATED_ELSEWHERE = (  # unverified
    "The specified capacity provider is already associated with another cluster. "
    "Specify a valid capacity provider and try again."
)
TOO_MANY = (
    "The maximum number of capacity providers per cluster has been exceeded."  # cloudformation-coverage-roadmap#1086
)
SEVERAL_BASES = (  # as recorded from a deployment (CreateCluster)
    "The specified capacity provider strategy contains multiple capacity providers with a base value defined. "
    "Only one capacity provider per strategy can have a base value defined."
)
IN_USE = "The specified capacity provider is in use and cannot be removed."  # cdk-fargate-patterns#71


def refuse_incompatible_providers(region: Region, cluster: Cluster | None, names: Sequence[str]) -> None:
    """Refuse capacity providers that can't be associated with a cluster.

    Args:
        region: where they are.
        cluster: the cluster, or None while it is being created.
        names: the names in the request.

    Raises:
        InvalidParameterException: one is unknown, not ACTIVE, another cluster's, or of Managed Instances; or there are too many.
    """
    for name in names:
        _refuse_incompatible_provider(region, cluster, name)
    present = [] if cluster is None else cluster.capacity_providers
    if len({*present, *names}) > CAPACITY_PROVIDERS_PER_CLUSTER:
        raise InvalidParameterException(TOO_MANY)


def refuse_incompatible_strategy(
    region: Region, associated: Sequence[str], strategy: Sequence[api.CapacityProviderStrategyItem]
) -> None:
    """Refuse a default strategy that the cluster can't have. One whose weights are all 0 may be set; only its use fails.

    Args:
        region: where the capacity providers are.
        associated: the names of the cluster's providers.
        strategy: the strategy.

    Raises:
        InvalidParameterException: one of its providers is unknown or not the cluster's, several have a base, or kinds are mixed.
    """
    providers = [_provider(region, item["capacityProvider"]) for item in strategy]
    refuse_not_associated(associated, strategy)
    refuse_mixed(provider.kind for provider in providers)
    if has_several_bases(strategy):
        raise InvalidParameterException(SEVERAL_BASES)


def refuse_removal_of_used(region: Region, cluster: Cluster, remaining: Sequence[str]) -> None:
    """Refuse to remove a provider while something still runs on it (API reference, PutClusterCapacityProviders).

    Raises:
        ResourceInUseException: a task that isn't STOPPED runs on it; this holds for Fargate's providers too.
    """
    if any(_is_in_use(region, cluster, name) for name in cluster.capacity_providers if name not in remaining):
        raise ResourceInUseException(IN_USE)


def container_insights(region: Region) -> api.ClusterSetting:
    """The setting of a new cluster: the account setting of the same name (API reference, CreateCluster, settings)."""
    return {"name": "containerInsights", "value": region.account_settings.value("containerInsights")}


def cluster_scoped(region: Region, cluster: Cluster) -> list[str]:
    """The names of the cluster's own providers, those of Managed Instances, which no request takes away from it."""
    providers = region.capacity_providers.of(cluster.capacity_providers)
    return [provider.name for provider in providers if provider.kind == "MANAGED_INSTANCES"]


def _refuse_incompatible_provider(region: Region, cluster: Cluster | None, name: str) -> None:
    provider = _provider(region, name)
    # A provider that is being deleted still shows ACTIVE; that it is refused in these words is unverified.
    if provider.status != "ACTIVE" or provider.update_status == "DELETE_IN_PROGRESS":
        raise InvalidParameterException(NOT_ACTIVE.format(name=name))
    if provider.kind == "MANAGED_INSTANCES":
        raise InvalidParameterException(MANAGED_INSTANCES)
    if provider.kind != "FARGATE" and any(other is not cluster for other in region.clusters.associated_with(name)):
        raise InvalidParameterException(ASSOCIATED_ELSEWHERE)


def _provider(region: Region, name: str) -> CapacityProvider:
    """The provider with a name; an ARN isn't accepted (containers-roadmap#784)."""
    provider = region.capacity_providers.get(name)
    if provider is None:
        raise InvalidParameterException(NOT_FOUND)
    return provider


def _is_in_use(region: Region, cluster: Cluster, provider: str) -> bool:
    """Whether a task that isn't STOPPED was started on a capacity provider, or a service that isn't INACTIVE uses it."""
    if any(service.uses(provider) for service in region.services_in(cluster)):
        return True
    return region.tasks_in(cluster).active_count(capacity_provider_name=provider) > 0
