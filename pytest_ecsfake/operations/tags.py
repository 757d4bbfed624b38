"""Tags: TagResource, UntagResource, ListTagsForResource.

Order of the checks: each tag (the schema), the ARN, its form, the cluster, the resource, and last the resource's tags as a whole.
Rules: API reference of each; Developer Guide, "Tagging Amazon ECS resources".
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple, Protocol

from pytest_ecsfake.arns import UNSUPPORTED_TYPE, WRONG_SEPARATORS, is_arn, resource_in
from pytest_ecsfake.engine.services import lookup
from pytest_ecsfake.engine.tags import merged
from pytest_ecsfake.errors import (
    ClusterNotFoundException,
    EcsError,
    InvalidParameterException,
    ResourceNotFoundException,
)
from pytest_ecsfake.operations.registry import operation
from pytest_ecsfake.rendering.tags import tags as rendered
from pytest_ecsfake.state.cluster import NOT_FOUND
from pytest_ecsfake.state.region import Region

if TYPE_CHECKING:
    from pytest_ecsfake import api


class Tagged(Protocol):
    """A resource that can have tags."""

    tags: dict[str, str]


class Kind(NamedTuple):
    """A kind of resource that can have tags."""

    name: str
    """Its name in ECS's texts."""
    parts: int
    """How many parts its ARN has after the type."""
    find: Callable[[Region, Sequence[str]], Tagged | None] | None
    """Finds a resource by the parts of its ARN. None if the fake has no resources of this kind."""
    in_cluster: bool = True
    """Whether its ARN begins with the name of its cluster, which must be ACTIVE."""


def _capacity_provider(region: Region, parts: Sequence[str]) -> Tagged | None:
    # The Developer Guide excludes Fargate's two providers. That ECS finds neither these nor a deleted one is an assumption.
    provider = region.capacity_providers.get(parts[0])
    untaggable = provider is None or provider.kind == "FARGATE" or provider.status == "INACTIVE"
    return None if untaggable else provider


def _cluster(region: Region, parts: Sequence[str]) -> Tagged | None:
    return region.clusters.get(parts[0])


def _container_instance(region: Region, parts: Sequence[str]) -> Tagged | None:
    # That an INACTIVE one is refused is an assumption, with the text for clusters adapted.
    cluster_name, instance_id = parts
    cluster = region.clusters.get(cluster_name)
    instance = None if cluster is None else region.container_instances_in(cluster).get(instance_id)
    if instance is not None and instance.status == "INACTIVE":
        raise InvalidParameterException(  # unverified
            "The specified container instance is inactive. Specify an active container instance and try again."
        )
    return instance


def _gateway(region: Region, parts: Sequence[str]) -> Tagged | None:
    return region.gateways.get(parts[0])


def _daemon(region: Region, parts: Sequence[str]) -> Tagged | None:
    cluster_name, name = parts
    cluster = region.clusters.get(cluster_name)
    return None if cluster is None else region.daemons_in(cluster).get(name)


def _daemon_deployment(region: Region, parts: Sequence[str]) -> Tagged | None:
    cluster = region.clusters.get(parts[0])
    arn = region.partition.arn("/".join(["daemon-deployment", *parts]))
    return None if cluster is None else region.daemons_in(cluster).deployments.get(arn)


def _daemon_revision(region: Region, parts: Sequence[str]) -> Tagged | None:
    cluster = region.clusters.get(parts[0])
    arn = region.partition.arn("/".join(["daemon-revision", *parts]))
    return None if cluster is None else region.daemons_in(cluster).revisions.get(arn)


def _daemon_task_definition(region: Region, parts: Sequence[str]) -> Tagged | None:
    # That a deleted revision isn't found is an assumption.
    definition = region.daemon_task_definitions.get(parts[0])
    return None if definition is None or definition.status == "DELETED" else definition


def _service(region: Region, parts: Sequence[str]) -> Tagged | None:
    # That an INACTIVE one isn't found is an assumption: its tags are gone (API reference, DeleteService).
    cluster_name, name = parts
    service = lookup.find_by_names(region, cluster_name, name)
    return None if service is None or service.status == "INACTIVE" else service


def _task(region: Region, parts: Sequence[str]) -> Tagged | None:
    cluster_name, task_id = parts
    cluster = region.clusters.get(cluster_name)
    task = None if cluster is None else region.tasks_in(cluster).get(task_id)
    if task is not None and task.last_status == "STOPPED":
        raise InvalidParameterException(  # amazon-ecs-agent#2789
            "The specified task is stopped. Specify a running task and try again."
        )
    return task


def _task_definition(region: Region, parts: Sequence[str]) -> Tagged | None:
    # INACTIVE revisions keep their tags and can be tagged (an assumption). An ARN without a revision finds nothing.
    return region.task_definitions.get(parts[0])


def _task_set(region: Region, parts: Sequence[str]) -> Tagged | None:
    cluster_name, service_name, *rest = parts
    service = lookup.find_by_names(region, cluster_name, service_name)
    return None if service is None else lookup.find_task_set(service, "/".join(rest))


#: The kinds by the type in the ARN (Developer Guide, "Tagging Amazon ECS resources"). Add a new kind with the function that finds its resources.
TAGGABLE: Mapping[str, Kind] = {
    "capacity-provider": Kind("capacity provider", 1, _capacity_provider, in_cluster=False),
    "cluster": Kind("cluster", 1, _cluster),
    "container-instance": Kind("container instance", 2, _container_instance),
    "gateway": Kind("gateway", 1, _gateway, in_cluster=False),
    "daemon": Kind("daemon", 2, _daemon),
    "daemon-deployment": Kind("daemon deployment", 3, _daemon_deployment),
    "daemon-revision": Kind("daemon revision", 3, _daemon_revision),
    "daemon-task-definition": Kind("daemon task definition", 1, _daemon_task_definition, in_cluster=False),
    "service": Kind("service", 2, _service),
    "task": Kind("task", 2, _task),
    "task-definition": Kind("task definition", 1, _task_definition, in_cluster=False),
    "task-set": Kind("task set", 4, _task_set),
}


@operation(
    "TagResource",
    simplified=("Callers aren't authorized: every caller may set tags.",),
)
def tag_resource(region: Region, request: api.TagResourceRequest) -> api.TagResourceResponse:
    """Set tags of a resource. An existing key gets the new value, and the other tags stay."""
    resource = _resource(region, request["resourceArn"], missing=ResourceNotFoundException)
    resource.tags = merged(resource.tags, request["tags"])
    return {}


@operation(
    "UntagResource",
    simplified=(
        "An unknown key is ignored, an assumption.",
        "Kinds of resources as with TagResource.",
        "Callers aren't authorized: every caller may remove tags.",
    ),
)
def untag_resource(region: Region, request: api.UntagResourceRequest) -> api.UntagResourceResponse:
    """Remove tags of a resource. An unknown key is ignored (an assumption)."""
    resource = _resource(region, request["resourceArn"], missing=ResourceNotFoundException)
    resource.tags = {key: value for key, value in resource.tags.items() if key not in request["tagKeys"]}
    return {}


@operation(
    "ListTagsForResource",
    simplified=(
        "Tags come in the order in which they were set, an assumption.",
        "Kinds of resources as with TagResource.",
    ),
)
def list_tags_for_resource(region: Region, request: api.ListTagsForResourceRequest) -> api.ListTagsForResourceResponse:
    """List all tags of a resource, also those that ECS manages, in the order in which they were set (an assumption)."""
    # Unlike the two related operations it doesn't declare ResourceNotFoundException.
    resource = _resource(region, request["resourceArn"], missing=InvalidParameterException)
    return {"tags": rendered(resource.tags)}


def _resource(region: Region, arn: str, *, missing: type[EcsError]) -> Tagged:
    """The resource that an ARN names.

    Args:
        region: the region of the call.
        arn: the ARN as the caller wrote it.
        missing: the error for an unknown resource.

    Raises:
        ClientException, InvalidParameterException, ClusterNotFoundException: the ARN is malformed, or names nothing that can have tags here.
    """
    kind, parts = _named(region, arn)
    if kind.in_cluster:
        _refuse_cluster(region, parts[0])
    resource = kind.find(region, parts) if kind.find is not None else None
    if resource is None:
        name = parts[-1]
        raise missing(  # as seen for a service; for other kinds unverified
            f"The {kind.name} with name {name} cannot be found. Specify a valid {kind.name} name and try again."
        )
    return resource


def _named(region: Region, arn: str) -> tuple[Kind, list[str]]:
    """The kind of resource that an ARN names, and the parts of the ARN after its type."""
    if not is_arn(arn):
        raise InvalidParameterException("The ARN provided is invalid")  # unverified
    service, type_, parts = resource_in(arn, region.partition)
    if service != "ecs":
        raise InvalidParameterException("The ARN provided is invalid")  # the title of boto3#2774; unverified
    kind = TAGGABLE.get(type_)
    if kind is None:
        raise InvalidParameterException(UNSUPPORTED_TYPE.format(type=type_))
    if len(parts) == 1 and kind.parts == 2:
        # Whatever the account settings say: boto3#2473, terraform-provider-aws#35867.
        raise InvalidParameterException("Long arn format must be used for tagging operations")
    if len(parts) != kind.parts:
        raise InvalidParameterException(WRONG_SEPARATORS)
    return kind, parts


def _refuse_cluster(region: Region, name: str) -> None:
    cluster = region.clusters.get(name)
    if cluster is None:
        raise ClusterNotFoundException(NOT_FOUND)
    if cluster.status == "INACTIVE":
        raise InvalidParameterException(  # cloud-nuke#145
            "The specified cluster is inactive. Specify an active cluster and try again."
        )
