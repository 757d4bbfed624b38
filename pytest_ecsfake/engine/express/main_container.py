"""The container of an Express service that gets the traffic.

Rules: API reference, CreateExpressGatewayService, taskDefinitionArn, for its name; ExpressGatewayContainer, containerPort.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_ecsfake import api

MAIN = "Main"
CONTAINER_PORT = 80


def of(document: api.TaskDefinition) -> api.ContainerDefinition:
    """The container; the first one if a plain UpdateService has brought a task definition without it."""
    containers = document["containerDefinitions"]
    return next((each for each in containers if each["name"] == MAIN), containers[0])


def port(document: api.TaskDefinition) -> int:
    """The port that it gets the traffic on."""
    mappings = of(document).get("portMappings", [])
    return next((mapping["containerPort"] for mapping in mappings if "containerPort" in mapping), CONTAINER_PORT)


def log_group(document: api.TaskDefinition) -> str | None:
    """The log group that it writes to; None with another log driver, or without one."""
    configuration = of(document).get("logConfiguration")
    if configuration is None or configuration["logDriver"] != "awslogs":
        return None
    return configuration.get("options", {}).get("awslogs-group")
