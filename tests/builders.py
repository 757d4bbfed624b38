"""What most tests begin with, as the parameters of a call: a task definition for Fargate, a task of it, a service of it.

All of them are named `web`. Each function takes parameters that are put over its own; one that is given as None is left out. The fixtures of
`conftest.py` make the calls.
"""

from __future__ import annotations

from typing import Any

NETWORK = {"awsvpcConfiguration": {"subnets": ["subnet-0a1b2c3d"]}}
ON_FARGATE: dict[str, Any] = {"launchType": "FARGATE", "networkConfiguration": NETWORK}

INFRASTRUCTURE_ROLE = "arn:aws:iam::123456789012:role/ecsInfrastructureRole"
EXECUTION_ROLE = "arn:aws:iam::123456789012:role/ecsTaskExecutionRole"

#: The container of a task definition where a test doesn't care.
CONTAINER = {"name": "web", "image": "nginx:1.29"}


def task_definition(*containers: dict[str, Any], **members: Any) -> dict[str, Any]:
    """RegisterTaskDefinition: `web` for Fargate, of these containers."""
    return _over(
        members,
        family="web",
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        containerDefinitions=list(containers) or [CONTAINER],
    )


def task_definition_on_instances(*containers: dict[str, Any], **members: Any) -> dict[str, Any]:
    """RegisterTaskDefinition: `web` for container instances, of these containers, or of one that takes 128 MiB."""
    return _over(members, family="web", containerDefinitions=list(containers) or [{**CONTAINER, "memory": 128}])


def task(**parameters: Any) -> dict[str, Any]:
    """RunTask: a task of `web` on Fargate, in the default cluster."""
    return _over(parameters, taskDefinition="web", **ON_FARGATE)


def service(**parameters: Any) -> dict[str, Any]:
    """CreateService: the service `web` of two tasks on Fargate, in the cluster `prod`."""
    return _over(parameters, cluster="prod", serviceName="web", taskDefinition="web", desiredCount=2, **ON_FARGATE)


def gateway(**parameters: Any) -> dict[str, Any]:
    """CreateGateway: the gateway `web`, public and unprotected, without a client token of its own."""
    role = "arn:aws:iam::123456789012:role/ecsGateways"
    configuration: dict[str, Any] = {"hostSharedAlb": {}}
    return _over(
        parameters, name="web", infrastructureRoleArn=role, configuration=configuration, deletionProtection=False
    )


#: The container of a task definition that a gateway connector can lead to, and the parameter of the service that has it.
BEHIND_GATEWAY = {**CONTAINER, "portMappings": [{"containerPort": 80, "name": "http"}]}
CONNECTED: dict[str, Any] = {"gatewayConnectors": [{"portName": "http"}]}


def express_gateway_service(**parameters: Any) -> dict[str, Any]:
    """CreateExpressGatewayService: the Express service `shop` in the default cluster, with as little as ECS takes."""
    return _over(
        parameters,
        serviceName="shop",
        infrastructureRoleArn=INFRASTRUCTURE_ROLE,
        executionRoleArn=EXECUTION_ROLE,
        primaryContainer={"image": "shop:1"},
    )


def service_of_task_sets(**parameters: Any) -> dict[str, Any]:
    """CreateService: the service `web` under the controller EXTERNAL, of one task, in the cluster `prod`."""
    external = {"type": "EXTERNAL"}
    return _over(parameters, cluster="prod", serviceName="web", desiredCount=1, deploymentController=external)


def _over(parameters: dict[str, Any], **own: Any) -> dict[str, Any]:
    return {name: value for name, value in {**own, **parameters}.items() if value is not None}
