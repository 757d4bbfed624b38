"""A cluster as ECS shows it.

Rules: API reference, Cluster; DescribeClusters, include; the recorded answers of create-cluster, describe-clusters and delete-cluster.
"""

from __future__ import annotations

from collections.abc import Container
from typing import TYPE_CHECKING, Any

from pytest_ecsfake.rendering import tags

if TYPE_CHECKING:
    from pytest_ecsfake import api
    from pytest_ecsfake.state.cluster import Cluster, ClusterAttachment
    from pytest_ecsfake.state.region import Region

#: The statistics in the order of the answer: name, counted resource, status and launch type. From real answers of 2021 and later; the names and
#: the positions of the four for MANAGED_INSTANCES are unverified.
STATISTICS = (
    ("runningEC2TasksCount", "tasks", "RUNNING", "EC2"),
    ("runningFargateTasksCount", "tasks", "RUNNING", "FARGATE"),
    ("pendingEC2TasksCount", "tasks", "PENDING", "EC2"),
    ("pendingFargateTasksCount", "tasks", "PENDING", "FARGATE"),
    ("runningExternalTasksCount", "tasks", "RUNNING", "EXTERNAL"),
    ("pendingExternalTasksCount", "tasks", "PENDING", "EXTERNAL"),
    ("runningManagedInstancesTasksCount", "tasks", "RUNNING", "MANAGED_INSTANCES"),
    ("pendingManagedInstancesTasksCount", "tasks", "PENDING", "MANAGED_INSTANCES"),
    ("activeEC2ServiceCount", "services", "ACTIVE", "EC2"),
    ("activeFargateServiceCount", "services", "ACTIVE", "FARGATE"),
    ("drainingEC2ServiceCount", "services", "DRAINING", "EC2"),
    ("drainingFargateServiceCount", "services", "DRAINING", "FARGATE"),
    ("activeExternalServiceCount", "services", "ACTIVE", "EXTERNAL"),
    ("drainingExternalServiceCount", "services", "DRAINING", "EXTERNAL"),
    ("activeManagedInstancesServiceCount", "services", "ACTIVE", "MANAGED_INSTANCES"),
    ("drainingManagedInstancesServiceCount", "services", "DRAINING", "MANAGED_INSTANCES"),
)


def cluster(region: Region, item: Cluster, include: Container[str] = ()) -> api.Cluster:
    """The document of a cluster.

    Args:
        region: the cluster's region, whose tasks, services and container instances are counted.
        item: the cluster.
        include: the values of DescribeClusters' `include` to show; the members of the others are empty or absent.
    """
    tasks = region.tasks_in(item).counts("last_status")
    document: api.Cluster = {
        "clusterArn": item.arn,
        "clusterName": item.name,
        "status": item.status,
        "registeredContainerInstancesCount": region.container_instances_in(item).registered_count,
        "runningTasksCount": tasks.get("RUNNING", 0),
        "pendingTasksCount": tasks.get("PENDING", 0),
        "activeServicesCount": region.services_in(item).counts("status").get("ACTIVE", 0),
        "statistics": _statistics(region, item) if "STATISTICS" in include else [],
        "tags": tags.tags(item.tags) if "TAGS" in include else [],
        "settings": item.settings if "SETTINGS" in include else [],
        "capacityProviders": item.capacity_providers,
        "defaultCapacityProviderStrategy": item.default_capacity_provider_strategy,
    }
    if "CONFIGURATIONS" in include and item.configuration is not None:
        document["configuration"] = item.configuration
    if "ATTACHMENTS" in include:
        document["attachments"] = [_attachment(attachment) for attachment in item.attachments]
        if item.attachments_status is not None:
            document["attachmentsStatus"] = item.attachments_status
    if item.service_connect_namespace is not None:
        document["serviceConnectDefaults"] = {"namespace": item.service_connect_namespace}
    return document


def _attachment(item: ClusterAttachment) -> api.Attachment:
    return {"id": item.id, "type": item.type, "status": item.status, "details": item.details}


def _statistics(region: Region, item: Cluster) -> list[api.KeyValuePair]:
    return [
        {"name": name, "value": str(_count(region, item, counted, status, launch_type))}
        for name, counted, status, launch_type in STATISTICS
    ]


def _count(region: Region, item: Cluster, counted: str, status: Any, launch_type: Any) -> int:
    if counted == "services":
        return region.services_in(item).of_launch_type(launch_type, status)
    return region.tasks_in(item).count(last_status=status, launch_type=launch_type)
