"""What tasks run on: a launch type, a capacity provider strategy or the cluster's default one, and how a strategy divides tasks.

Rules: API reference, RunTask, launchType and capacityProviderStrategy; CapacityProviderStrategyItem, base and weight. Texts: those of
CreateService, whose strategies follow the same rules.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from pytest_ecsfake.errors import InvalidParameterException
from pytest_ecsfake.state.cluster import Cluster
from pytest_ecsfake.state.orders import CapacityLimit
from pytest_ecsfake.state.region import Region

if TYPE_CHECKING:
    from pytest_ecsfake import api

BOTH_GIVEN = "Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again."
MANAGED_INSTANCES_BY_STRATEGY = (  # unverified; the rule: API reference, CreateService, launchType
    "The launch type MANAGED_INSTANCES is not supported. Specify a capacity provider strategy and try again."
)
NOT_ASSOCIATED = (  # dask-cloudprovider#328 (RunTask); the same as recorded from a deployment (CreateCluster)
    "The specified capacity provider strategy cannot contain a capacity provider that is not associated with the cluster. "
    "Associate the capacity provider with the cluster or specify a valid capacity provider and try again."
)
#: The reason of a failure without an ARN, as seen from RunTask on Fargate.
UNAVAILABLE = "Capacity is unavailable at this time. Please try again later or in a different availability zone"
MIXED = (
    "A capacity provider strategy cannot contain a mix of capacity providers using Auto Scaling groups and Fargate providers. "
    "Specify one or the other and try again."
)
# Both as recorded from deployments (cdk-preflight).
SEVERAL_BASES = (
    "There are multiple capacity providers in the specified capacity provider strategy with a base value greater than zero. "
    "Only one capacity provider can have a base value greater than zero. "
    "Specify a valid capacity provider strategy and try again."
)
NO_WEIGHT = (
    "There are no capacity providers in the capacity provider strategy with a weight value greater than zero. "
    "Specify a weight value greater than zero for at least one capacity provider and try again."
)


#: The launch type of tasks by the kind of their capacity provider. That tasks show MANAGED_INSTANCES is unverified.
LAUNCH_TYPES: Mapping[str, api.LaunchType] = {
    "FARGATE": "FARGATE",
    "EC2_AUTOSCALING": "EC2",
    "MANAGED_INSTANCES": "MANAGED_INSTANCES",
}


class Capacity(NamedTuple):
    """What one task runs on; without a provider it was started by launch type."""

    launch_type: api.LaunchType
    provider: str | None = None


class CapacityRequest(NamedTuple):
    """What tasks are asked to run on: a launch type, and the strategy behind it where one is in force."""

    launch_type: api.LaunchType
    strategy: Sequence[api.CapacityProviderStrategyItem] = ()


def choose(
    region: Region,
    cluster: Cluster,
    launch_type: api.LaunchType | None,
    strategy: Sequence[api.CapacityProviderStrategyItem],
    count: int,
) -> list[Capacity]:
    """What each of `count` tasks runs on.

    Raises:
        InvalidParameterException: see `capacity_request`.
    """
    request = capacity_request(region, cluster, launch_type, strategy)
    if not request.strategy:
        return [Capacity(request.launch_type)] * count
    return [Capacity(request.launch_type, provider) for provider in divide(request.strategy, count)]


def capacity_request(
    region: Region,
    cluster: Cluster,
    launch_type: api.LaunchType | None,
    strategy: Sequence[api.CapacityProviderStrategyItem],
) -> CapacityRequest:
    """What tasks run on: the strategy or launch type of the request, else the cluster's default strategy, else EC2.

    Raises:
        InvalidParameterException: both are given, or ECS doesn't accept the strategy.
    """
    if strategy and launch_type:
        raise InvalidParameterException(BOTH_GIVEN)
    if launch_type == "MANAGED_INSTANCES":
        raise InvalidParameterException(MANAGED_INSTANCES_BY_STRATEGY)
    if launch_type is None:
        strategy = strategy or cluster.default_capacity_provider_strategy
    if not strategy:
        return CapacityRequest(launch_type or "EC2")
    return CapacityRequest(_check(region, cluster, strategy), strategy)


def scales(region: Region, capacity: Capacity) -> bool:
    """Whether more capacity comes by itself when tasks wait for it: that of Managed Instances, or of a group with managed scaling."""
    provider = None if capacity.provider is None else region.capacity_providers.get(capacity.provider)
    if provider is None or provider.auto_scaling_group_provider is None:
        return provider is not None and provider.kind == "MANAGED_INSTANCES"
    return provider.auto_scaling_group_provider["managedScaling"]["status"] == "ENABLED"


def has_room(region: Region, capacity: Capacity) -> bool:
    """Whether one more task finds capacity now: always, unless the test limits it."""
    limit = limit_of(region, capacity)
    return limit is None or tasks_left(region, limit) > 0


def limit_of(region: Region, capacity: Capacity) -> CapacityLimit | None:
    """The order that limits how many tasks run on a capacity; None where there is no such order, or the newest one lifts the limit."""
    provider = capacity.provider or capacity.launch_type
    limit = region.orders.first(CapacityLimit, lambda order: order.provider == provider)
    return None if limit is None or limit.available is None else limit


def tasks_left(region: Region, limit: CapacityLimit) -> int:
    """How many more tasks may start now under a limit; all clusters of the region share it."""
    running = sum(
        (task.capacity_provider_name or task.launch_type) == limit.provider
        and task.last_status != "STOPPED"
        and task.daemon_name is None
        for cluster in region.clusters
        for task in region.tasks_in(cluster)
    )
    return max(0, (limit.available or 0) - running)


def divide(strategy: Sequence[api.CapacityProviderStrategyItem], count: int) -> list[str]:
    """The capacity provider of each of `count` tasks: the base first, the rest in proportion to the weights.

    How ECS rounds isn't documented. Here the next task goes to the provider with the fewest tasks beyond its base in proportion to its
    weight, among equals to the first in the list: weights 1 and 4 give one task to the first and four to the second, as in the API reference.
    """
    providers: list[str] = []
    for item in strategy:
        providers += [item["capacityProvider"]] * min(item.get("base", 0), count - len(providers))
    weights = {item["capacityProvider"]: item.get("weight", 0) for item in strategy if item.get("weight")}
    if not weights:
        # A single provider needs no weight.
        weights = {strategy[0]["capacityProvider"]: 1}
    beyond_base = dict.fromkeys(weights, 0)
    while len(providers) < count:
        following = min(weights, key=lambda provider: beyond_base[provider] / weights[provider])
        beyond_base[following] += 1
        providers.append(following)
    return providers


def refuse_not_associated(associated: Collection[str], strategy: Sequence[api.CapacityProviderStrategyItem]) -> None:
    """Refuse a strategy with a provider that isn't associated with the cluster."""
    if any(item["capacityProvider"] not in associated for item in strategy):
        raise InvalidParameterException(NOT_ASSOCIATED)


def refuse_mixed(kinds: Iterable[str]) -> None:
    """Refuse a strategy whose providers are of more than one kind (Developer Guide, "Amazon ECS capacity providers").

    The text is that for Auto Scaling groups beside Fargate; for Managed Instances none has been seen. # unverified
    """
    if len(set(kinds)) > 1:
        raise InvalidParameterException(MIXED)


def has_several_bases(strategy: Sequence[api.CapacityProviderStrategyItem]) -> bool:
    """Whether more than one item has a base (API reference, CapacityProviderStrategyItem, base: only one may)."""
    return len([item for item in strategy if item.get("base")]) > 1


def _check(region: Region, cluster: Cluster, strategy: Sequence[api.CapacityProviderStrategyItem]) -> api.LaunchType:
    """The launch type of a strategy's providers, once ECS's rules for strategies are met."""
    refuse_not_associated(cluster.capacity_providers, strategy)
    kinds = [provider.kind for provider in region.capacity_providers.of(item["capacityProvider"] for item in strategy)]
    refuse_mixed(kinds)
    if has_several_bases(strategy):
        raise InvalidParameterException(SEVERAL_BASES)
    if len(strategy) > 1 and not any(item.get("weight") for item in strategy):
        raise InvalidParameterException(NO_WEIGHT)
    return LAUNCH_TYPES[kinds[0]]
