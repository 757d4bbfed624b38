"""A service as ECS shows it, with its deployments and its events.

Rules: API reference, Service, Deployment, ServiceCurrentRevisionSummary and ServiceEvent; recorded answers of create-service, update-service and
describe-services from 2024 to 2026 for when a member is present.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pytest_ecsfake.clock import to_epoch_seconds
from pytest_ecsfake.rendering import tags
from pytest_ecsfake.rendering.task_set import task_set
from pytest_ecsfake.state.deployment import Deployment
from pytest_ecsfake.state.service import Service
from pytest_ecsfake.state.service_revision import ServiceRevision
from pytest_ecsfake.state.task_set import TaskSet

if TYPE_CHECKING:
    from pytest_ecsfake import api

#: The parameters of its revision that a deployment shows unchanged, if they were given.
OF_THE_REVISION = (
    "networkConfiguration",
    "serviceConnectConfiguration",
    "serviceConnectResources",
    "volumeConfigurations",
    "vpcLatticeConfigurations",
    "fargateEphemeralStorage",
)


#: What a service needs a role for.
NEED_A_ROLE = ("loadBalancers", "serviceRegistries", "networkConfiguration", "vpcLatticeConfigurations")


def service(item: Service, *, with_tags: bool = False, described: bool = False) -> api.Service:
    """The document of a service.

    Args:
        item: the service.
        with_tags: whether to show its tags.
        described: whether this is for DescribeServices, the only operation that names the service deployment under way.
    """
    revision = item.revision
    configuration = {} if revision is None else revision.configuration
    counts = item.counts
    document: api.Service = {
        "serviceArn": item.arn,
        "serviceName": item.name,
        "clusterArn": item.cluster.arn,
        "loadBalancers": _load_balancers(item, configuration),
        "serviceRegistries": configuration.get("serviceRegistries", []),
        "status": item.status,
        "desiredCount": counts.desired,
        "runningCount": counts.running,
        "pendingCount": counts.pending,
        "deploymentConfiguration": item.deployment_configuration,
        "events": [
            {"id": event.id, "createdAt": to_epoch_seconds(event.created_at), "message": event.message}
            for event in reversed(item.events)
        ],
        "createdAt": to_epoch_seconds(item.created_at),
        "currentServiceRevisions": [_revision_summary(item, deployment) for deployment in item.deployments],
        "placementConstraints": list(item.placement_constraints),
        "placementStrategy": list(item.placement_strategy),
        "healthCheckGracePeriodSeconds": item.health_check_grace_period_seconds,
        "schedulingStrategy": item.scheduling_strategy,
        "deploymentController": {"type": item.controller},
        "createdBy": item.created_by,
        "enableECSManagedTags": item.enable_ecs_managed_tags,
        "propagateTags": item.propagate_tags,
        "enableExecuteCommand": item.enable_execute_command,
        "availabilityZoneRebalancing": item.availability_zone_rebalancing,
        "resourceManagementType": item.resource_management_type,
    }
    document.update(_capacity(item, revision))
    if _has_deployments(item):
        document["deployments"] = [_deployment(item, deployment) for deployment in item.deployments]
    if _has_role(item, configuration):
        document["roleArn"] = item.role_arn
    if revision is not None:
        document["taskDefinition"] = revision.definition.arn
    if item.platform_version is not None:
        document["platformVersion"] = item.platform_version
    if "networkConfiguration" in configuration:
        document["networkConfiguration"] = configuration["networkConfiguration"]
    if item.has_left_ecs:
        document["deployments"] = [_deployment(item, _as_deployment(each)) for each in item.task_sets]
    elif item.controller != "ECS":
        document["taskSets"] = [_task_set(item, each, with_tags=with_tags) for each in item.task_sets]
    if described and item.current_service_deployment is not None:
        document["currentServiceDeployment"] = item.current_service_deployment.arn
    if with_tags and item.tags:
        document["tags"] = tags.tags(item.tags)
    return document


def _load_balancers(item: Service, configuration: Mapping[str, Any]) -> list[api.LoadBalancer]:
    """The load balancers. An Express service doesn't show their advancedConfiguration here (a described service of 2026)."""
    given: list[api.LoadBalancer] = configuration.get("loadBalancers", [])
    if item.express is None:
        return given
    # mypy knows members of a TypedDict by literal names only.
    return [{name: value for name, value in each.items() if name != "advancedConfiguration"} for each in given]  # type: ignore[misc]


def _has_deployments(item: Service) -> bool:
    """Under CODE_DEPLOY there is no list of deployments, but for an empty one once the service is deleted (recorded answers of 2024).

    They are of DescribeServices, UpdateService and DeleteService; that CreateService and later answers do the same is # unverified.
    """
    return item.controller != "CODE_DEPLOY" or item.status != "ACTIVE"


def _has_role(item: Service, configuration: Mapping[str, Any]) -> bool:
    """A role is for load balancers, registries and network interfaces: services on EC2 without any of them show none (recorded answers)."""
    return item.controller != "ECS" or any(configuration.get(name) for name in NEED_A_ROLE)


def _task_set(owner: Service, item: TaskSet, *, with_tags: bool) -> api.TaskSet:
    """A task set within its service always has a list of tags (recorded answers); without TAGS it is empty."""
    document = task_set(owner, item)
    document["tags"] = tags.tags(item.tags) if with_tags else []
    return document


def _as_deployment(task_set: TaskSet) -> Deployment:
    """A task set in the form of a deployment.

    A service that was put from ECS under another controller shows those (Developer Guide, "Updating Amazon ECS service parameters").
    """
    is_steady = task_set.stability_status == "STEADY_STATE"
    return Deployment(
        id=task_set.id,
        revision=task_set.revision,
        created_at=task_set.created_at,
        updated_at=task_set.updated_at,
        rollout_state_reason=f"ECS deployment {task_set.id} {'completed' if is_steady else 'in progress'}.",
        status="PRIMARY" if task_set.status == "PRIMARY" else "ACTIVE",
        desired_count=task_set.desired_count,
        rollout_state="COMPLETED" if is_steady else "IN_PROGRESS",
    )


def _deployment(owner: Service, item: Deployment) -> api.Deployment:
    revision = item.revision
    counts = owner.counts_of(item)
    document: api.Deployment = {
        "id": item.id,
        "status": item.status,
        "taskDefinition": revision.definition.arn,
        "desiredCount": counts.desired,
        "pendingCount": counts.pending,
        "runningCount": counts.running,
        "failedTasks": item.failed_tasks,
        "createdAt": to_epoch_seconds(item.created_at),
        "updatedAt": to_epoch_seconds(item.updated_at),
    }
    document.update(_capacity(owner, revision))
    # mypy knows members of a TypedDict by literal names only.
    document.update({name: revision.configuration[name] for name in OF_THE_REVISION if name in revision.configuration})  # type: ignore[typeddict-item]
    if revision.platform_version is not None:
        document["platformVersion"] = revision.platform_version
    if not _has_classic_load_balancer(revision):
        document["rolloutState"] = item.rollout_state
        document["rolloutStateReason"] = item.rollout_state_reason
    return document


def _capacity(owner: Service, revision: ServiceRevision | None) -> Any:
    """The members for what a revision's tasks run on: a launch type or a strategy, never both, and Fargate's platform family."""
    if revision is None:
        return {"launchType": owner.shown_launch_type}
    document: dict[str, Any] = {}
    if revision.launch_type is None:
        document["capacityProviderStrategy"] = list(revision.capacity_provider_strategy)
    else:
        document["launchType"] = revision.launch_type
    if revision.platform_family is not None:
        document["platformFamily"] = revision.platform_family
    return document


def _has_classic_load_balancer(revision: ServiceRevision) -> bool:
    """Whether it has a Classic Load Balancer: such a deployment has no rollout state (API reference, Deployment, rolloutState)."""
    return any("loadBalancerName" in balancer for balancer in revision.configuration.get("loadBalancers", []))


def _revision_summary(owner: Service, item: Deployment) -> api.ServiceCurrentRevisionSummary:
    counts = owner.counts_of(item)
    return {
        "arn": item.revision.arn,
        "requestedTaskCount": counts.desired,
        "runningTaskCount": counts.running,
        "pendingTaskCount": counts.pending,
    }
