"""The task definition of an Express service: the one that ECS manages, or one of the caller's own.

Rules and texts: API reference, CreateExpressGatewayService and UpdateExpressGatewayService, taskDefinitionArn; Developer Guide, "Resources created
by Amazon ECS Express Mode services" for what a managed one contains, "Updating an Amazon ECS Express Mode service" for what an update keeps, and
"Troubleshooting Amazon ECS Express Mode services" for the texts.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, cast

from pytest_ecsfake.engine.express.main_container import CONTAINER_PORT, MAIN
from pytest_ecsfake.engine.launch.rules import definition_to_run
from pytest_ecsfake.errors import ClientException, InvalidParameterException
from pytest_ecsfake.state.region import Region
from pytest_ecsfake.state.task_definition import TaskDefinition

if TYPE_CHECKING:
    from pytest_ecsfake import api

#: API reference, taskDefinitionArn: what can't be given with it.
NOT_WITH_OWN = ("primaryContainer", "executionRoleArn", "taskRoleArn", "cpu", "memory", "cpuArchitecture")

OWN_AND_MANAGED = (
    "taskDefinitionArn cannot be provided with primaryContainer, executionRoleArn, taskRoleArn, cpu, or memory."
)
NO_MAIN = "Task definition must contain a container named 'Main' with a single TCP port mapping."
NEITHER = (  # unverified
    "primaryContainer and executionRoleArn must be provided when taskDefinitionArn is not provided."
)

#: The default size. The API reference says 256 and 512; the guide, and services that were described, have these (terraform-provider-aws#47919).
CPU, MEMORY = "1024", "2048"
LOG_STREAM_PREFIX = "ecs"

#: Developer Guide: what a managed task definition and its container have, whatever the request says.
MANAGED: api.RegisterTaskDefinitionRequest = {
    "family": "",
    "networkMode": "awsvpc",
    "requiresCompatibilities": ["FARGATE"],
    "runtimePlatform": {"operatingSystemFamily": "LINUX", "cpuArchitecture": "X86_64"},
    "cpu": CPU,
    "memory": MEMORY,
    "containerDefinitions": [{"name": MAIN}],
}
MANAGED_CONTAINER: api.ContainerDefinition = {
    "name": MAIN,
    "essential": True,
    "stopTimeout": 30,
    "versionConsistency": "enabled",
    "linuxParameters": {"initProcessEnabled": True},
}
LOG_OPTIONS = {"mode": "non-blocking", "max-buffer-size": "25m"}

#: The members of a described task definition that RegisterTaskDefinition doesn't take.
OF_DESCRIPTIONS = frozenset(
    {
        *("taskDefinitionArn", "revision", "status", "requiresAttributes", "compatibilities"),
        *("registeredAt", "registeredBy", "deregisteredAt", "deleteRequestedAt"),
    }
)


def check_together(request: Mapping[str, Any]) -> None:
    """Refuse a request for a task definition of the caller's own that also says what a managed one is to contain.

    Raises:
        InvalidParameterException: as its name says.
    """
    if "taskDefinitionArn" in request and any(name in request for name in NOT_WITH_OWN):
        raise InvalidParameterException(OWN_AND_MANAGED)


def check_complete(request: api.CreateExpressGatewayServiceRequest) -> None:
    """Refuse a new service that has neither a task definition nor what a managed one needs.

    Raises:
        InvalidParameterException: as its name says.
    """
    if "taskDefinitionArn" not in request and not ("primaryContainer" in request and request.get("executionRoleArn")):
        raise InvalidParameterException(NEITHER)


def own(region: Region, identifier: str) -> TaskDefinition:
    """The task definition of the caller's own.

    Raises:
        ClientException: there is no such task definition, or it is INACTIVE.
        InvalidParameterException: an Express service can't use it.
    """
    definition = definition_to_run(region, identifier, inactive=ClientException)
    document = definition.document
    mappings = [
        mapping
        for container in document["containerDefinitions"]
        if container["name"] == MAIN
        for mapping in container.get("portMappings", [])
        if mapping.get("protocol") == "tcp"
    ]
    is_accepted = len(mappings) == 1 and "containerPort" in mappings[0] and "name" in mappings[0]
    if not is_accepted or "FARGATE" not in document.get("compatibilities", []):
        raise InvalidParameterException(NO_MAIN)
    return definition


def asks_for_managed(request: Mapping[str, Any]) -> bool:
    """Whether a request changes what a managed task definition contains."""
    return any(name in request for name in NOT_WITH_OWN)


def managed(
    base: api.RegisterTaskDefinitionRequest, request: Mapping[str, Any], *, family: str, region: str, log_group: str
) -> api.RegisterTaskDefinitionRequest:
    """The request that registers the managed task definition of a service.

    Args:
        base: `MANAGED`, or what `of` makes of the service's present one.
        request: that of CreateExpressGatewayService or UpdateExpressGatewayService. Its primary container replaces the former one as a whole; what
            else it leaves out stays.
        family: the family of the service's managed task definitions.
        region: where the container logs to.
        log_group: the log group of a container for which the request names none.
    """
    made: api.RegisterTaskDefinitionRequest = {**base, "family": family}
    for member in ("cpu", "memory", "executionRoleArn", "taskRoleArn"):
        if member in request:
            made[member] = request[member]
    if "cpuArchitecture" in request:
        made["runtimePlatform"] = {"operatingSystemFamily": "LINUX", "cpuArchitecture": request["cpuArchitecture"]}
    if "primaryContainer" in request:
        main = _container(request["primaryContainer"], region, log_group)
        made["containerDefinitions"] = [main if each["name"] == MAIN else each for each in base["containerDefinitions"]]
    return made


def of(document: api.TaskDefinition) -> api.RegisterTaskDefinitionRequest:
    """The request that registers a described task definition again."""
    members = {name: value for name, value in document.items() if name not in OF_DESCRIPTIONS}
    return cast("api.RegisterTaskDefinitionRequest", members)


def _container(given: api.ExpressGatewayContainer, region: str, log_group: str) -> api.ContainerDefinition:
    number = given.get("containerPort", CONTAINER_PORT)
    logs = given.get("awsLogsConfiguration", {"logGroup": log_group, "logStreamPrefix": LOG_STREAM_PREFIX})
    container: api.ContainerDefinition = {
        **MANAGED_CONTAINER,
        "image": given["image"],
        # The name of the port is ours: it is documented for the caller's own task definition only. # unverified
        "portMappings": [{"containerPort": number, "protocol": "tcp", "name": f"main-{number}-tcp"}],
        "logConfiguration": {
            "logDriver": "awslogs",
            "options": {
                "awslogs-group": logs["logGroup"],
                "awslogs-region": region,
                "awslogs-stream-prefix": logs["logStreamPrefix"],
                **LOG_OPTIONS,
            },
        },
    }
    if "command" in given:
        container["command"] = given["command"]
    if "environment" in given:
        container["environment"] = given["environment"]
    if "secrets" in given:
        container["secrets"] = given["secrets"]
    if given.get("repositoryCredentials", {}).get("credentialsParameter"):
        credentials = given["repositoryCredentials"]["credentialsParameter"]
        container["repositoryCredentials"] = {"credentialsParameter": credentials}
    return container
