"""Clusters: CreateCluster, DescribeClusters, ListClusters, DeleteCluster.

Rules: API reference of each. Texts of AWS carry their source; what nobody has seen is marked unverified.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pytest_ecsfake import pagination
from pytest_ecsfake.arns import is_arn
from pytest_ecsfake.engine.capacity import FARGATE_PROVIDERS
from pytest_ecsfake.engine.tags import tags_by_key
from pytest_ecsfake.errors import (
    ClusterContainsTasksException,
    ClusterNotFoundException,
    InvalidParameterException,
)
from pytest_ecsfake.operations.registry import operation
from pytest_ecsfake.rendering.cluster import cluster as rendered
from pytest_ecsfake.state.cluster import Cluster
from pytest_ecsfake.state.region import Region

if TYPE_CHECKING:
    from pytest_ecsfake import api

#: API reference, ListClusters, maxResults.
PAGE_SIZE = 100

#: What CreateCluster shows without being asked (recorded answers of create-cluster).
SHOWN_AT_CREATION = frozenset({"CONFIGURATIONS", "SETTINGS", "TAGS"})


@operation("CreateCluster")
def create_cluster(region: Region, request: api.CreateClusterRequest) -> api.CreateClusterResponse:
    """Make a cluster; without a name it is called `default`. One that is there already is the answer, as it is.

    The name of a deleted cluster can be used again, and gives the same ARN (API reference, CreateCluster, DeleteCluster).
    """
    name = request.get("clusterName", "default")
    existing = region.clusters.get(name)
    if existing is not None and existing.status != "INACTIVE":
        _refuse_other_providers(existing, request)
        return {"cluster": rendered(existing, _shown(existing))}
    tags = tags_by_key(request.get("tags", []))
    _refuse_bad_logging(request.get("configuration", {}))
    providers, strategy = _providers(request)
    _refuse_bad_providers(providers, strategy)

    cluster = Cluster(
        arn=region.place.arn(f"cluster/{name}"),
        name=name,
        settings=request.get("settings") or [_container_insights(region)],
        configuration=request.get("configuration"),
        capacity_providers=providers,
        default_capacity_provider_strategy=strategy,
        service_connect_namespace=_namespace(region, request),
        tags=tags,
    )
    if cluster.service_connect_namespace is not None:
        cluster.attachments.append({"id": region.ids.uuid(), "type": "sc", "status": "ATTACHED", "details": []})
    if providers:
        # Fargate's providers need no resources in the account, so nothing of the cluster is busy (assumption).
        cluster.attachments_status = "UPDATE_COMPLETE"
    region.clusters.add(name, cluster)
    region.journal.write(region.clock.now, "cluster", cluster.arn, "status", None, "ACTIVE", None)
    return {"cluster": rendered(cluster, _shown(cluster))}


@operation("DescribeClusters")
def describe_clusters(region: Region, request: api.DescribeClustersRequest) -> api.DescribeClustersResponse:
    """Show clusters, INACTIVE ones too; without a name `default` is meant. What doesn't exist is a failure, never an error."""
    include = request.get("include", [])
    found: dict[str, Cluster | None] = dict(map(region.clusters.find, request.get("clusters") or ["default"]))
    return {
        "clusters": [rendered(cluster, include) for cluster in found.values() if cluster is not None],
        "failures": [
            {"arn": region.place.arn(f"cluster/{name}"), "reason": "MISSING"}
            for name, cluster in found.items()
            if cluster is None
        ],
    }


@operation("ListClusters")
def list_clusters(region: Region, request: api.ListClustersRequest) -> api.ListClustersResponse:
    """The ARNs of clusters in the order of their creation; INACTIVE ones aren't listed (aws-cli#2078)."""
    clusters, position = region.clusters.page(
        request.get("maxResults", PAGE_SIZE),
        after=pagination.position(region.place, "ListClusters", request),
        status="ACTIVE",
    )
    response: api.ListClustersResponse = {"clusterArns": [cluster.arn for cluster in clusters]}
    if position is not None:
        response["nextToken"] = pagination.token(region.place, "ListClusters", request, position)
    return response


@operation("DeleteCluster")
def delete_cluster(region: Region, request: api.DeleteClusterRequest) -> api.DeleteClusterResponse:
    """Make a cluster INACTIVE. One that is INACTIVE already is the answer again (aws-cli#2078)."""
    _, cluster = region.clusters.find(request["cluster"])
    if cluster is None:
        raise ClusterNotFoundException("Cluster not found.")
    if cluster.active_tasks_count:
        raise ClusterContainsTasksException("The Cluster cannot be deleted while Tasks are active.")  # cloud-nuke#368

    if cluster.status != "INACTIVE":
        region.clusters.change(cluster.name, status="INACTIVE")
        region.journal.write(region.clock.now, "cluster", cluster.arn, "status", "ACTIVE", "INACTIVE", None)
    return {"cluster": rendered(cluster)}


def _shown(cluster: Cluster) -> frozenset[str]:
    has_attachments = cluster.attachments_status is not None or cluster.service_connect_namespace is not None
    return SHOWN_AT_CREATION | {"ATTACHMENTS"} if has_attachments else SHOWN_AT_CREATION


def _providers(request: api.CreateClusterRequest) -> tuple[list[str], list[api.CapacityProviderStrategyItem]]:
    """The capacity providers and the default strategy of a request, its items complete (recorded answers of create-cluster)."""
    strategy: list[api.CapacityProviderStrategyItem] = [
        {
            "capacityProvider": item["capacityProvider"],
            "weight": item.get("weight", 0),
            "base": item.get("base", 0),
        }
        for item in request.get("defaultCapacityProviderStrategy", [])
    ]
    return request.get("capacityProviders", []), strategy


def _refuse_other_providers(existing: Cluster, request: api.CreateClusterRequest) -> None:
    """Only other capacity providers make a second CreateCluster fail; other settings pass (terraform#24615, terraform-provider-aws#38875)."""
    providers, strategy = _providers(request)
    others = "capacityProviders" in request and set(providers) != set(existing.capacity_providers)
    otherwise = "defaultCapacityProviderStrategy" in request and strategy != existing.default_capacity_provider_strategy
    if others or otherwise:
        raise InvalidParameterException(
            "Arguments on this idempotent request are inconsistent with arguments used in previous request(s)."
        )


def _refuse_bad_logging(configuration: api.ClusterConfiguration) -> None:
    """API reference, ExecuteCommandConfiguration, logging; texts as recorded from deployments (their code is unverified)."""
    execute_command = configuration.get("executeCommandConfiguration", {})
    logging, log = execute_command.get("logging", "DEFAULT"), execute_command.get("logConfiguration", {})
    if log and logging != "OVERRIDE":
        raise InvalidParameterException("You must set logging to 'OVERRIDE' when you supply a log configuration.")
    if logging == "OVERRIDE" and not (log.get("cloudWatchLogGroupName") or log.get("s3BucketName")):
        raise InvalidParameterException(
            "A CloudWatch log group name or S3 bucket name must be specified when overriding the default log configuration."
        )


def _refuse_bad_providers(providers: Sequence[str], strategy: Sequence[api.CapacityProviderStrategyItem]) -> None:
    """API reference, CreateCluster, capacityProviders and defaultCapacityProviderStrategy."""
    if any(provider not in FARGATE_PROVIDERS for provider in providers):
        raise InvalidParameterException(  # terraform-aws-ecs#53; the code is unverified
            "The specified capacity provider was not found. Specify a valid capacity provider and try again."
        )
    if any(item["capacityProvider"] not in providers for item in strategy):
        raise InvalidParameterException(
            "The specified capacity provider strategy cannot contain a capacity provider that is not associated with the cluster. "
            "Associate the capacity provider with the cluster or specify a valid capacity provider and try again."
        )
    if sum(item.get("base", 0) > 0 for item in strategy) > 1:
        raise InvalidParameterException(
            "The specified capacity provider strategy contains multiple capacity providers with a base value defined. "
            "Only one capacity provider per strategy can have a base value defined."
        )


def _container_insights(region: Region) -> api.ClusterSetting:
    """API reference, CreateCluster, settings: where they are left out, the account setting of the same name decides."""
    return {"name": "containerInsights", "value": region.account_settings.value("containerInsights")}


def _namespace(region: Region, request: api.CreateClusterRequest) -> str | None:
    """The ARN of the Service Connect namespace: Cloud Map makes one where a new name is given, and nobody can know which names it has."""
    given = request.get("serviceConnectDefaults", {}).get("namespace")
    if not given or is_arn(given):
        return given or None
    return region.place.arn(f"namespace/ns-{region.ids.hexadecimal(16)}", service="servicediscovery")
