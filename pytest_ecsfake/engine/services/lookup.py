"""Looking up services and their task sets: `find` may answer None, `known` raises instead, and `active` raises unless the service is ACTIVE.

Rules: API reference, UpdateService, DeleteService and the operations on task sets.
"""

from __future__ import annotations

from collections.abc import Iterator

from pytest_ecsfake import arns
from pytest_ecsfake.errors import ServiceNotActiveException, ServiceNotFoundException
from pytest_ecsfake.state.cluster import Cluster
from pytest_ecsfake.state.region import Region
from pytest_ecsfake.state.service import Service
from pytest_ecsfake.state.task import Task
from pytest_ecsfake.state.task_set import TaskSet

NOT_IDEMPOTENT = "Creation of service was not idempotent."  # this and the next are quoted by many public repositories
STILL_DRAINING = "Unable to Start a service that is still Draining."
NOT_ACTIVE = "Service was not ACTIVE."  # quoted by several clients


def find(region: Region, cluster: Cluster, identifier: str) -> Service | None:
    """The service of a cluster with this name or ARN, in whatever status.

    Raises:
        ClientException, InvalidParameterException: see `arns.service_in`.
    """
    cluster_name, name = arns.service_in(identifier, region.partition)
    return region.services_in(cluster).get(name) if cluster_name in (None, cluster.name) else None


def known(region: Region, cluster: Cluster, identifier: str, *, message: str = "") -> Service:
    """The service of a cluster with this name or ARN, in whatever status.

    Args:
        region: where the call is made.
        cluster: the cluster that the call is about.
        identifier: a name or an ARN.
        message: what ECS says of an unknown one: nothing at all, wherever it was recorded.

    Raises:
        ServiceNotFoundException: it is unknown.
        ClientException, InvalidParameterException: see `arns.service_in`.
    """
    service = find(region, cluster, identifier)
    if service is None:
        raise ServiceNotFoundException(message)
    return service


def active(region: Region, cluster: Cluster, identifier: str) -> Service:
    """The ACTIVE service of a cluster with this name or ARN.

    Raises:
        ServiceNotActiveException: it is DRAINING or INACTIVE.
        ServiceNotFoundException, ClientException, InvalidParameterException: see `known`.
    """
    service = known(region, cluster, identifier)
    if service.status != "ACTIVE":
        raise ServiceNotActiveException(NOT_ACTIVE)
    return service


def arn_of(region: Region, cluster: Cluster, identifier: str) -> str:
    """The ARN that a name or an ARN stands for, whether or not there is such a service.

    Raises:
        ClientException, InvalidParameterException: see `arns.service_in`.
    """
    cluster_name, name = arns.service_in(identifier, region.partition)
    if cluster_name not in (None, cluster.name):
        return identifier
    return region.partition.arn(f"service/{cluster.name}/{name}")


def find_by_names(region: Region, cluster_name: str, name: str) -> Service | None:
    """The service by the names of its cluster and its own, as the ARNs of task sets and service deployments have them."""
    cluster = region.clusters.get(cluster_name)
    return None if cluster is None else region.services_in(cluster).get(name)


def in_namespace(region: Region, namespace: str) -> Iterator[Service]:
    """The ACTIVE services of all clusters that use a namespace of Service Connect, which is given by its ARN."""
    for cluster in region.clusters:
        for service in region.services_in(cluster):
            revision = service.revision
            connect = None if revision is None else revision.configuration.get("serviceConnectConfiguration")
            if service.status == "ACTIVE" and connect and region.namespaces.find(connect["namespace"]) == namespace:
                yield service


def find_by_task(region: Region, task: Task) -> Service | None:
    """The service that started a task, as long as the task hasn't STOPPED."""
    if task.service_name is None:
        return None
    service = region.services_in(task.cluster).get(task.service_name)
    return service if service is not None and task.id in service.tasks else None


def find_task_set(service: Service, task_set_id: str) -> TaskSet | None:
    """The task set of a service with this id."""
    return next((task_set for task_set in service.task_sets if task_set.id == task_set_id), None)
