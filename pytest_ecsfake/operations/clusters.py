"""Clusters: CreateCluster, DescribeClusters, ListClusters, UpdateCluster, UpdateClusterSettings, PutClusterCapacityProviders, DeleteCluster.

Rules: API reference of each. Each text of AWS has its source beside it; texts that nobody has seen are marked unverified.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pytest_ecsfake import pagination
from pytest_ecsfake.engine.capacity import association, attachments
from pytest_ecsfake.engine.tags import tags_by_key
from pytest_ecsfake.errors import (
    ClientException,
    ClusterContainsContainerInstancesException,
    ClusterContainsServicesException,
    ClusterContainsTasksException,
    InvalidParameterException,
    UpdateInProgressException,
)
from pytest_ecsfake.operations.registry import operation
from pytest_ecsfake.rendering.cluster import cluster as rendered
from pytest_ecsfake.state.cluster import Cluster
from pytest_ecsfake.state.region import Region

if TYPE_CHECKING:
    from pytest_ecsfake import api

#: API reference, ListClusters, maxResults.
PAGE_SIZE = 100

#: The values of DescribeClusters' `include` that other answers always show (recorded answers of create-cluster, update-cluster,
#: update-cluster-settings, put-cluster-capacity-providers and delete-cluster). Answers without ATTACHMENTS here show the attachments once the
#: cluster has had any.
SHOWN_AT_CREATION = frozenset({"CONFIGURATIONS", "SETTINGS", "TAGS"})
SHOWN_AFTER_UPDATE = frozenset({"ATTACHMENTS", "CONFIGURATIONS", "SETTINGS"})
SHOWN_AFTER_SETTINGS = SHOWN_AFTER_PROVIDERS = frozenset({"ATTACHMENTS", "SETTINGS"})
SHOWN_AT_DELETION = frozenset({"SETTINGS"})


#: The capacity providers that attach nothing: with these alone a new cluster is ACTIVE at once (recorded answer of 2026-04).
FARGATE = frozenset({"FARGATE", "FARGATE_SPOT"})


@operation(
    "CreateCluster",
    simplified=(
        "Cloud Map isn't faked: a namespace's name that is used for the first time makes a new namespace.",
        "KMS keys, log groups and buckets aren't looked up.",
        "Attachments take ten seconds and never fail (ECS states no duration; `timings` changes it).",
        "No service-linked role is created, and the quota of clusters isn't checked.",
    ),
)
def create_cluster(region: Region, request: api.CreateClusterRequest) -> api.CreateClusterResponse:
    """Create a cluster, named `default` if the request has no name. If it exists, the answer shows it unchanged.

    The name of a deleted cluster can be used again, and gives the same ARN (API reference, CreateCluster, DeleteCluster). With capacity
    providers other than Fargate's, or a Service Connect namespace, it is PROVISIONING until they are attached.
    """
    name = request.get("clusterName", "default")
    existing = region.clusters.get(name)
    if existing is not None and existing.status != "INACTIVE":
        _refuse_other_providers(existing, request)
        return {"cluster": rendered(region, existing, _with_attachments(existing, SHOWN_AT_CREATION))}
    tags = tags_by_key(request.get("tags", []))
    _refuse_bad_logging(request.get("configuration", {}))
    providers, strategy = _providers(request), _strategy(request)
    association.refuse_incompatible_providers(region, None, providers)
    association.refuse_incompatible_strategy(region, providers, strategy)
    namespace = _namespace(region, request)
    attaches = namespace is not None or not FARGATE.issuperset(providers)

    cluster = Cluster(
        arn=region.partition.arn(f"cluster/{name}"),
        name=name,
        status=attachments.CREATION.meanwhile if attaches else attachments.CREATION.afterwards,
        settings=_settings(request.get("settings", [])) or [association.container_insights(region)],
        configuration=request.get("configuration") or None,
        capacity_providers=providers,
        default_capacity_provider_strategy=strategy,
        service_connect_namespace=namespace,
        tags=tags,
        requested_capacity_providers=providers,
        requested_strategy=strategy,
    )
    region.clusters.add(name, cluster)
    region.journal.write(region.clock.now, "cluster", cluster.arn, "status", None, cluster.status)
    if attaches:
        attachments.begin(region, cluster, attachments.CREATION)
    return {"cluster": rendered(region, cluster, _with_attachments(cluster, SHOWN_AT_CREATION))}


@operation(
    "DescribeClusters",
    simplified=(
        "A cluster that is named twice is shown once, an assumption.",
        "An ARN of another region or account is an error, not a failure, an assumption.",
    ),
)
def describe_clusters(region: Region, request: api.DescribeClustersRequest) -> api.DescribeClustersResponse:
    """Show clusters, also INACTIVE ones; without names `default`. An unknown cluster is a failure, never an error.

    They come in the order of the request, and a cluster that is named twice is shown once. # unverified
    """
    include = request.get("include", [])
    clusters = region.clusters
    found = {name: clusters.get(name) for name in map(clusters.name_of, request.get("clusters") or ["default"])}
    return {
        "clusters": [rendered(region, cluster, include) for cluster in found.values() if cluster is not None],
        "failures": [
            {"arn": region.partition.arn(f"cluster/{name}"), "reason": "MISSING"}
            for name, cluster in found.items()
            if cluster is None
        ],
    }


@operation(
    "ListClusters",
    simplified=("Clusters come in the order of their creation; ECS documents no order.",),
)
def list_clusters(region: Region, request: api.ListClustersRequest) -> api.ListClustersResponse:
    """The ARNs of clusters in the order of their creation; INACTIVE ones aren't listed (aws-cli#2078)."""
    clusters, position = region.clusters.page(
        request.get("maxResults", PAGE_SIZE),
        after=pagination.position(region.partition, "ListClusters", request),
        is_listed=True,
    )
    response: api.ListClustersResponse = {"clusterArns": [cluster.arn for cluster in clusters]}
    if position is not None:
        response["nextToken"] = pagination.token(region.partition, "ListClusters", request, position)
    return response


@operation(
    "UpdateCluster",
    simplified=(
        "Names of Cloud Map namespaces, KMS keys, log groups and buckets aren't looked up.",
        "It also succeeds while attachments change, because ECS declares no error for that.",
    ),
)
def update_cluster(region: Region, request: api.UpdateClusterRequest) -> api.UpdateClusterResponse:
    """Change the settings, the configuration or the Service Connect namespace. Members that are left out stay, also within the configuration.

    An empty namespace removes the default (API reference, ClusterServiceConnectDefaultsRequest). ECS declares no UpdateInProgressException here, so
    the operation also succeeds while attachments change.
    """
    cluster = _active(region, request["cluster"])
    configuration = request.get("configuration", {})
    _refuse_bad_logging(configuration)
    namespace = _namespace(region, request)

    cluster.settings = _settings(request.get("settings", [])) or cluster.settings
    if configuration:
        cluster.configuration = {**(cluster.configuration or {}), **configuration}
    if "serviceConnectDefaults" in request:
        cluster.service_connect_namespace = namespace
        attachments.follow_namespace(region, cluster)
    return {"cluster": rendered(region, cluster, SHOWN_AFTER_UPDATE)}


@operation(
    "UpdateClusterSettings",
    simplified=("containerInsights is kept and shown, but there are no metrics.",),
)
def update_cluster_settings(
    region: Region, request: api.UpdateClusterSettingsRequest
) -> api.UpdateClusterSettingsResponse:
    """Change the settings of a cluster. The only one is containerInsights."""
    cluster = _active(region, request["cluster"])
    _refuse_busy(cluster)

    cluster.settings = _settings(request["settings"]) or cluster.settings
    return {"cluster": rendered(region, cluster, SHOWN_AFTER_SETTINGS)}


@operation(
    "PutClusterCapacityProviders",
    simplified=("Attachments take ten seconds and never fail (ECS states no duration; `timings` changes it).",),
)
def put_cluster_capacity_providers(
    region: Region, request: api.PutClusterCapacityProvidersRequest
) -> api.PutClusterCapacityProvidersResponse:
    """Replace the capacity providers and the default strategy of a cluster. Providers that are left out are removed.

    The cluster is busy until its attachments have changed, even with only Fargate's providers. Providers of Managed Instances stay, and the strategy
    may name them (aws-cdk#35783).
    """
    cluster = _active(region, request["cluster"])
    _refuse_busy(cluster)
    given, strategy = _providers(request), _strategy(request)
    association.refuse_incompatible_providers(region, cluster, given)
    providers = [*given, *association.cluster_scoped(region, cluster)]
    association.refuse_incompatible_strategy(region, providers, strategy)
    association.refuse_removal_of_used(region, cluster, providers)

    cluster.capacity_providers = providers
    cluster.default_capacity_provider_strategy = strategy
    attachments.begin(region, cluster, attachments.UPDATE)
    return {"cluster": rendered(region, cluster, SHOWN_AFTER_PROVIDERS)}


@operation(
    "DeleteCluster",
    simplified=(
        "An INACTIVE cluster stays until its name is used again; ECS doesn't say how long it is kept.",
        "The order of the checks is an assumption: ECS documents none.",
    ),
)
def delete_cluster(region: Region, request: api.DeleteClusterRequest) -> api.DeleteClusterResponse:
    """Make a cluster INACTIVE, after its attachments are removed. An INACTIVE cluster is shown again (aws-cli#2078).

    It can be described until its name is used again. How long ECS keeps it isn't documented.
    """
    cluster = region.clusters.known(request["cluster"])
    if cluster.status != "INACTIVE":
        _refuse_deletion(region, cluster)
        if cluster.capacity_providers or cluster.service_connect_namespace:
            attachments.begin(region, cluster, attachments.DELETION)
        else:
            attachments.transition(region, cluster, attachments.DELETION.afterwards)
    return {"cluster": rendered(region, cluster, _with_attachments(cluster, SHOWN_AT_DELETION))}


def _active(region: Region, identifier: str) -> Cluster:
    """The cluster that an operation changes. It must be ACTIVE.

    Raises:
        ClusterNotFoundException: it is unknown.
        ClientException: it is being created or deleted, or is INACTIVE. Seen for PutClusterCapacityProviders
            (terraform-provider-aws#11285); that the other two operations answer the same is unverified.
    """
    cluster = region.clusters.known(identifier)
    if cluster.status != "ACTIVE":
        raise ClientException("Cluster was not ACTIVE.")
    return cluster


def _refuse_busy(cluster: Cluster) -> None:
    """Refuse a change while attachments change (API reference, UpdateInProgressException; text as quoted for PutClusterCapacityProviders)."""
    if attachments.is_busy(cluster):
        raise UpdateInProgressException(
            "The specified cluster is in a busy state. "
            "Cluster attachments must be in UPDATE_COMPLETE or UPDATE_FAILED state before they can be updated."
        )


def _refuse_deletion(region: Region, cluster: Cluster) -> None:
    """Refuse to delete a cluster that is in use. The order of the checks is an assumption: ECS documents none.

    A DRAINING service doesn't prevent the deletion (hashicorp/terraform#4326), but its tasks do.
    """
    if region.services_in(cluster).count(status="ACTIVE"):
        raise ClusterContainsServicesException(  # coldbrew-cli#35
            "The Cluster cannot be deleted while Services are active."
        )
    if region.tasks_in(cluster).active_count():
        raise ClusterContainsTasksException("The Cluster cannot be deleted while Tasks are active.")  # cloud-nuke#368
    if region.container_instances_in(cluster).registered_count:
        raise ClusterContainsContainerInstancesException(  # aws-cdk#18179
            "The Cluster cannot be deleted while Container Instances are active or draining."
        )
    if association.cluster_scoped(region, cluster):
        raise ClientException(  # terraform-provider-aws#45794, aws-nuke#990
            "The Cluster cannot be deleted while Cluster Scoped Capacity Providers are attached to the cluster."
        )
    _refuse_busy(cluster)


def _with_attachments(cluster: Cluster, shown: frozenset[str]) -> frozenset[str]:
    return shown if cluster.attachments_status is None else shown | {"ATTACHMENTS"}


def _providers(request: api.CreateClusterRequest | api.PutClusterCapacityProvidersRequest) -> list[str]:
    """The capacity providers of a request, each once."""
    return list(dict.fromkeys(request.get("capacityProviders", [])))


def _strategy(
    request: api.CreateClusterRequest | api.PutClusterCapacityProvidersRequest,
) -> list[api.CapacityProviderStrategyItem]:
    """The default strategy of a request, with the defaults filled in (recorded answers of create-cluster)."""
    return [
        {
            "capacityProvider": item["capacityProvider"],
            "weight": item.get("weight", 0),
            "base": item.get("base", 0),
        }
        for item in request.get("defaultCapacityProviderStrategy", [])
    ]


def _settings(given: Sequence[api.ClusterSetting]) -> list[api.ClusterSetting]:
    """The settings, each name once."""
    # If a name is given twice, the last value applies. # unverified
    return list({setting["name"]: setting for setting in given}.values())


def _namespace(region: Region, request: api.CreateClusterRequest | api.UpdateClusterRequest) -> str | None:
    """The ARN of the Service Connect namespace that a request names.

    Raises:
        NamespaceNotFoundException: see `Namespaces.find_or_add`.
    """
    given = request.get("serviceConnectDefaults", {}).get("namespace")
    return region.namespaces.find_or_add(given) if given else None


def _refuse_other_providers(existing: Cluster, request: api.CreateClusterRequest) -> None:
    """Refuse a second CreateCluster with other capacity providers or another strategy. Anything else may differ.

    Sources: terraform#24615, terraform-provider-aws#38875. The "previous request" is the CreateCluster that created the cluster; later changes
    don't count. # unverified
    """
    others = "capacityProviders" in request and set(_providers(request)) != set(existing.requested_capacity_providers)
    otherwise = "defaultCapacityProviderStrategy" in request and _strategy(request) != existing.requested_strategy
    if others or otherwise:
        raise InvalidParameterException(
            "Arguments on this idempotent request are inconsistent with arguments used in previous request(s)."
        )


def _refuse_bad_logging(configuration: api.ClusterConfiguration) -> None:
    """Refuse a contradictory logging configuration of ExecuteCommand.

    Rules: API reference, ExecuteCommandConfiguration, logging. Texts as seen in deployments; their code is unverified.
    """
    execute_command = configuration.get("executeCommandConfiguration", {})
    logging, log = execute_command.get("logging", "DEFAULT"), execute_command.get("logConfiguration", {})
    if log and logging != "OVERRIDE":
        raise InvalidParameterException("You must set logging to 'OVERRIDE' when you supply a log configuration.")
    if logging == "OVERRIDE" and not (log.get("cloudWatchLogGroupName") or log.get("s3BucketName")):
        raise InvalidParameterException(
            "A CloudWatch log group name or S3 bucket name must be specified when overriding the default log configuration."
        )
