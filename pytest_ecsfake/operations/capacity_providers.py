"""Capacity providers: CreateCapacityProvider, DescribeCapacityProviders, UpdateCapacityProvider, DeleteCapacityProvider.

Rules: API reference of each. PutClusterCapacityProviders, which associates them with a cluster, is in `clusters.py`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Literal

from pytest_ecsfake import pagination
from pytest_ecsfake.engine.capacity import auto_scaling_groups, managed_instances
from pytest_ecsfake.engine.capacity import providers as capacity_providers
from pytest_ecsfake.engine.managed_instances.subscriptions import subscribe
from pytest_ecsfake.engine.tags import tags_by_key
from pytest_ecsfake.errors import ClientException
from pytest_ecsfake.operations.registry import operation
from pytest_ecsfake.rendering.capacity_provider import capacity_provider as rendered
from pytest_ecsfake.state.capacity_provider import CapacityProvider
from pytest_ecsfake.state.region import Region

if TYPE_CHECKING:
    from pytest_ecsfake import api

#: API reference, DescribeCapacityProviders, maxResults: the default and the maximum.
PAGE_SIZE = 10

NOT_FOUND = (  # as Terraform's resource matches it
    "The specified capacity provider does not exist. Specify a valid name or ARN and try again."
)
EXISTS = (  # terraform-aws-ecs-cluster#68, containers-roadmap#688
    "The specified capacity provider already exists. "
    "To change the configuration of an existing capacity provider, update the capacity provider."
)
#: Developer Guide, "Troubleshoot Amazon ECS Managed Instances"; when ECS uses which of the two is unverified.
EXISTS_IN_CLUSTER = "The specified capacity provider already exists with cluster scope"
EXISTS_ELSEWHERE = "The specified capacity provider already exists with account or a different cluster"
NOT_ONE_KIND = (  # unverified
    "Exactly one of autoScalingGroupProvider and managedInstancesProvider must be specified. "
    "Specify one of them and try again."
)
NOT_A_GROUP = "Capacity provider is not an Auto Scaling group capacity provider"  # unverified
HAS_DAEMONS = (  # aws-nuke#990
    "Cannot delete capacity provider. Daemon services are still associated with this capacity provider."
)
#: API reference, DeleteCapacityProvider: "reserved"; text and code unverified.
RESERVED = "The specified capacity provider is reserved and can't be {done}."


@operation(
    "CreateCapacityProvider",
    simplified=(
        "Auto Scaling groups aren't looked up: each is assumed to exist, and to protect its instances from scale-in.",
        "Roles, instance profiles, subnets and security groups of Managed Instances are only checked by their form.",
        "Auto Scaling groups don't start instances, and no quota of providers is counted.",
        "Managed Instances are of the types in a table. The smallest one with room counts as the cheapest; requirements that concern prices, "
        "storage, bandwidth, hibernation or names of accelerators have no effect, and neither have Spot and reservations. Auto repair replaces an "
        "instance only where a critical daemon has stopped or turned unhealthy.",
        "An instance registers 20 seconds after it is launched, is ACTIVE after 5 more, and leaves after 300 idle seconds unless `scaleInAfter` is "
        "given: ECS discloses none of these (`timings` changes them). Underused instances are left alone.",
    ),
)
def create_capacity_provider(
    region: Region, request: api.CreateCapacityProviderRequest
) -> api.CreateCapacityProviderResponse:
    """Create a provider. With an Auto Scaling group it is ACTIVE at once; with Managed Instances, for one cluster, after a delay.

    The name of a deleted provider can be used again.
    """
    name = request["name"]
    cluster_name = _cluster_of_new(region, request)
    _refuse_taken_name(region, name, cluster_name)
    tags = tags_by_key(request.get("tags", []), ClientException)  # the code is unverified here
    provider = CapacityProvider(
        arn=region.capacity_providers.arn(name),
        name=name,
        type="EC2_AUTOSCALING",
        cluster_name=cluster_name,
        status="PROVISIONING" if "managedInstancesProvider" in request else "ACTIVE",
        tags=tags,
    )
    if "managedInstancesProvider" in request:
        if len(tags) > managed_instances.TAGS_PER_PROVIDER:
            raise ClientException(managed_instances.TOO_MANY_TAGS)
        provider.type = "MANAGED_INSTANCES"
        provider.managed_instances_provider = managed_instances.complete(region, request["managedInstancesProvider"])
        subscribe(region)
    else:
        group = auto_scaling_groups.complete(region, request["autoScalingGroupProvider"])
        provider.auto_scaling_group_provider = group

    capacity_providers.create(region, provider)
    return {"capacityProvider": rendered(provider, tags=True)}


@operation(
    "DescribeCapacityProviders",
    simplified=(
        "Providers of Managed Instances are only listed for their cluster, an assumption.",
        "Providers that are requested by name come on one page, an assumption.",
    ),
)
def describe_capacity_providers(
    region: Region, request: api.DescribeCapacityProvidersRequest
) -> api.DescribeCapacityProvidersResponse:
    """Show the named providers, also INACTIVE ones; without names a page of the ACTIVE ones, with Fargate's. A cluster narrows both.

    Providers of Managed Instances are only in the list of their cluster. Named providers aren't paged. # unverified
    """
    start = pagination.position(region.partition, "DescribeCapacityProviders", request)
    cluster = region.clusters.active(request["cluster"]) if "cluster" in request else None
    scope = None if cluster is None else cluster.capacity_providers
    show_tags = "TAGS" in request.get("include", ())
    following = None
    failures: list[api.Failure] = []
    if request.get("capacityProviders"):
        providers, failures = _by_name(region, request["capacityProviders"], scope)
    else:
        providers, following = _page(region, request.get("maxResults", PAGE_SIZE), start, scope)
    response: api.DescribeCapacityProvidersResponse = {
        "capacityProviders": [rendered(provider, tags=show_tags) for provider in providers],
        "failures": failures,
    }
    if following is not None:
        response["nextToken"] = pagination.token(region.partition, "DescribeCapacityProviders", request, following)
    return response


@operation(
    "UpdateCapacityProvider",
    simplified=(
        "An update always succeeds, ten seconds later (ECS states no duration; `timings` changes it).",
        "Instances that run already don't change.",
    ),
)
def update_capacity_provider(
    region: Region, request: api.UpdateCapacityProviderRequest
) -> api.UpdateCapacityProviderResponse:
    """Begin to change a provider. The answer has the updateStatus UPDATE_IN_PROGRESS and still shows the old settings."""
    provider = _known(region, request["name"])
    if provider.status == "INACTIVE":
        raise ClientException(NOT_FOUND)
    _refuse_other_scope(region, provider, request.get("cluster"), done="updated")
    _refuse_other_kind(provider, request)
    if provider.auto_scaling_group_provider is not None:
        given = request["autoScalingGroupProvider"]
        group = auto_scaling_groups.updated(provider.auto_scaling_group_provider, given)
        capacity_providers.update_group(region, provider, group)
    elif provider.managed_instances_provider is not None:
        details = managed_instances.updated(
            region, provider.managed_instances_provider, request["managedInstancesProvider"]
        )
        capacity_providers.update_managed_instances(region, provider, details)
    return {"capacityProvider": rendered(provider)}


@operation(
    "DeleteCapacityProvider",
    simplified=(
        "A deletion lasts ten seconds (ECS states no duration; `timings` changes it).",
        "A provider that is already deleted is shown again, an assumption.",
    ),
)
def delete_capacity_provider(
    region: Region, request: api.DeleteCapacityProviderRequest
) -> api.DeleteCapacityProviderResponse:
    """Begin to delete a provider. If it has an Auto Scaling group and a cluster uses it, the deletion fails. Only updateStatus shows this.

    Daemons prevent the deletion of a provider of Managed Instances. A provider that is already deleted is shown again, because the model calls the
    operation idempotent. # unverified
    """
    provider = _known(region, request["capacityProvider"])
    _refuse_other_scope(region, provider, request.get("cluster"), done="deleted")
    if provider.cluster_name is not None and provider.status != "INACTIVE":
        cluster = region.clusters.active(provider.cluster_name)
        if region.daemons_in(cluster).using(provider.name):
            raise ClientException(HAS_DAEMONS)
    capacity_providers.delete(region, provider)
    return {"capacityProvider": rendered(provider)}


def _known(region: Region, identifier: str) -> CapacityProvider:
    provider = region.capacity_providers.find(identifier)
    if provider is None:
        raise ClientException(NOT_FOUND)
    return provider


def _cluster_of_new(region: Region, request: api.CreateCapacityProviderRequest) -> str | None:
    """The name of the cluster that a new provider belongs to; None unless it is of Managed Instances.

    Raises:
        ClientException: the request has both kinds or no kind, or the kind doesn't allow or requires a cluster.
        ClusterNotFoundException: there is no such cluster.
    """
    group, instances = "autoScalingGroupProvider" in request, "managedInstancesProvider" in request
    if group and instances:
        raise ClientException(NOT_ONE_KIND)
    if instances:
        if "cluster" not in request:
            raise ClientException(managed_instances.NO_CLUSTER)
        return region.clusters.active(request["cluster"]).name
    if "cluster" in request:
        raise ClientException(managed_instances.NO_DETAILS)  # beside an Auto Scaling group unverified
    if not group:
        raise ClientException(NOT_ONE_KIND)
    return None


def _refuse_taken_name(region: Region, name: str, cluster_name: str | None) -> None:
    existing = region.capacity_providers.get(name)
    if existing is None or existing.status == "INACTIVE":
        return
    if existing.cluster_name == cluster_name:
        raise ClientException(EXISTS)
    raise ClientException(EXISTS_IN_CLUSTER if cluster_name is None else EXISTS_ELSEWHERE)


def _refuse_other_scope(
    region: Region, provider: CapacityProvider, cluster: str | None, *, done: Literal["updated", "deleted"]
) -> None:
    """Refuse a provider of Fargate, and a cluster that isn't the provider's (API reference, `cluster` of both operations).

    Raises:
        ClientException: the provider is Fargate's, its cluster isn't given or is another one, or it has no cluster and one is given.
        ClusterNotFoundException: there is no such cluster.
    """
    cluster_name = None if cluster is None else region.clusters.active(cluster).name
    if provider.kind == "FARGATE":
        raise ClientException(RESERVED.format(done=done))
    if provider.cluster_name == cluster_name:
        return
    if cluster_name is None:
        raise ClientException(managed_instances.NO_CLUSTER)  # for these two operations unverified
    if provider.cluster_name is None:
        raise ClientException(managed_instances.NOT_OF_THIS_KIND)  # here unverified
    raise ClientException(managed_instances.OTHER_CLUSTER)


def _refuse_other_kind(provider: CapacityProvider, request: api.UpdateCapacityProviderRequest) -> None:
    group, instances = "autoScalingGroupProvider" in request, "managedInstancesProvider" in request
    if group == instances:
        raise ClientException(NOT_ONE_KIND)
    if instances and provider.kind != "MANAGED_INSTANCES":
        raise ClientException(managed_instances.NOT_OF_THIS_KIND)
    if group and provider.kind == "MANAGED_INSTANCES":
        raise ClientException(NOT_A_GROUP)


def _by_name(
    region: Region, identifiers: Sequence[str], scope: Sequence[str] | None
) -> tuple[list[CapacityProvider], list[api.Failure]]:
    """The named providers, each once, and a failure for each name that doesn't exist or isn't in scope."""
    providers: list[CapacityProvider] = []
    failures: list[api.Failure] = []
    store = region.capacity_providers
    for name in dict.fromkeys([store.name_of(identifier) for identifier in identifiers]):
        provider = store.get(name)
        if provider is None or (scope is not None and name not in scope):
            failures.append({"arn": store.arn(name), "reason": "MISSING"})
        else:
            providers.append(provider)
    return providers, failures


def _page(
    region: Region, size: int, start: str | None, scope: Sequence[str] | None
) -> tuple[list[CapacityProvider], str | None]:
    """A page of a cluster's providers, or of the ACTIVE ones that don't belong to a cluster, sorted by name."""
    store = region.capacity_providers
    if scope is None:
        return store.page(size, after=start, status="ACTIVE", cluster_name=None)
    names = sorted(name for name in scope if start is None or name > start)
    return store.of(names[:size]), names[size - 1] if len(names) > size else None
