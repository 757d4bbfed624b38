"""An Express service as the four operations of Express services show it. All but its scaling and its health check is the ordinary service's.

Rules: API reference, ECSExpressGatewayService, UpdatedExpressGatewayService and ExpressGatewayServiceConfiguration. That
`currentDeployment` is absent in the answer to CreateExpressGatewayService and for some time afterwards, and again once the deployment has ended:
an acceptance test of terraform-provider-aws, and deploy scripts that wait for it. Which configurations of a service that isn't being deployed
are shown, and in which order, is unverified.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_ecsfake.clock import to_epoch_seconds
from pytest_ecsfake.engine.express import main_container, managed_parts
from pytest_ecsfake.engine.express import names as express_names
from pytest_ecsfake.rendering import tags
from pytest_ecsfake.state.express_gateway_service import ExpressGatewayService
from pytest_ecsfake.state.service import Service
from pytest_ecsfake.state.service_revision import ServiceRevision

if TYPE_CHECKING:
    from pytest_ecsfake import api


def express_gateway_service(
    item: Service, express: ExpressGatewayService, *, with_tags: bool = False
) -> api.ECSExpressGatewayService:
    """The document of an Express service, with a configuration for each deployment, the newest first.

    Args:
        item: the ordinary service.
        express: what it has besides.
        with_tags: whether to show its tags.
    """
    document: api.ECSExpressGatewayService = {
        "cluster": item.cluster.arn,
        "serviceName": item.name,
        "serviceArn": item.arn,
        "infrastructureRoleArn": express.infrastructure_role_arn,
        "status": {"statusCode": managed_parts.shown_status(item, express)},
        "activeConfigurations": [configuration(item, express, revision) for revision in _active_revisions(item)],
        "createdAt": to_epoch_seconds(item.created_at),
        "updatedAt": to_epoch_seconds(express.updated_at),
    }
    current = item.current_service_deployment
    if current is not None and current.has_started:
        document["currentDeployment"] = current.arn
    if with_tags:
        document["tags"] = tags.tags(item.tags)
    return document


def updated_express_gateway_service(
    item: Service, express: ExpressGatewayService, target: ServiceRevision
) -> api.UpdatedExpressGatewayService:
    """The document of UpdateExpressGatewayService: with the one configuration that is being deployed."""
    return {
        "serviceArn": item.arn,
        "cluster": item.cluster.arn,
        "serviceName": item.name,
        "status": {"statusCode": managed_parts.shown_status(item, express)},
        "targetConfiguration": configuration(item, express, target),
        "createdAt": to_epoch_seconds(item.created_at),
        "updatedAt": to_epoch_seconds(express.updated_at),
    }


def configuration(
    owner: Service, express: ExpressGatewayService, item: ServiceRevision
) -> api.ExpressGatewayServiceConfiguration:
    """The document of one revision."""
    definition = item.definition.document
    network = item.configuration["networkConfiguration"]["awsvpcConfiguration"]
    document: api.ExpressGatewayServiceConfiguration = {
        "serviceRevisionArn": item.arn,
        "taskDefinitionArn": item.definition.arn,
        "networkConfiguration": {"securityGroups": network["securityGroups"], "subnets": network["subnets"]},
        "primaryContainer": _primary_container(definition),
        "ingressPaths": [
            {
                "accessType": "PUBLIC",
                "endpoint": express_names.names(owner.arn, express.load_balancer_number).endpoint,
            }
        ],
        "createdAt": to_epoch_seconds(item.created_at),
    }
    for member in ("executionRoleArn", "taskRoleArn", "cpu", "memory"):
        if member in definition:
            document[member] = definition[member]
    architecture = definition.get("runtimePlatform", {}).get("cpuArchitecture")
    if architecture is not None:
        document["cpuArchitecture"] = architecture
    if item.express is not None:
        scaling = item.express.scaling_target
        document["healthCheckPath"] = item.express.health_check_path
        document["scalingTarget"] = {
            "minTaskCount": scaling.min_task_count,
            "maxTaskCount": scaling.max_task_count,
            "autoScalingMetric": scaling.metric,
            "autoScalingTargetValue": scaling.target_value,
        }
    return document


def _active_revisions(item: Service) -> list[ServiceRevision]:
    """The revisions of its deployments; of a deleted service, which has none any more, the last one."""
    if item.deployments or item.revision is None:
        return [deployment.revision for deployment in item.deployments]
    return [item.revision]


def _primary_container(definition: api.TaskDefinition) -> api.ExpressGatewayContainer:
    container = main_container.of(definition)
    document: api.ExpressGatewayContainer = {
        "image": container["image"],
        "containerPort": main_container.port(definition),
    }
    log_group = main_container.log_group(definition)
    if log_group is not None:
        options = container["logConfiguration"].get("options", {})
        document["awsLogsConfiguration"] = {
            "logGroup": log_group,
            "logStreamPrefix": options.get("awslogs-stream-prefix", ""),
        }
    if "repositoryCredentials" in container:
        document["repositoryCredentials"] = {
            "credentialsParameter": container["repositoryCredentials"]["credentialsParameter"]
        }
    if container.get("command"):
        document["command"] = container["command"]
    if container.get("environment"):
        document["environment"] = container["environment"]
    if container.get("secrets"):
        document["secrets"] = container["secrets"]
    return document
