"""What a task that runs on container instances is asked for, and what it isn't: launch types EC2 and EXTERNAL.

Rules: API reference, RunTask and StartTask, networkConfiguration, platformVersion, enableExecuteCommand; Developer Guide, "Amazon ECS clusters
for external instances", for what EXTERNAL lacks.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pytest_ecsfake.engine.launch.fargate import NO_TASK_ROLE, task_role
from pytest_ecsfake.errors import InvalidParameterException

if TYPE_CHECKING:
    from pytest_ecsfake import api

NO_NETWORK = "Network Configuration must be provided when networkMode 'awsvpc' is specified."
NETWORK_FOR_OTHER_MODE = "Network Configuration is not valid for the given networkMode of this task definition."
NO_PUBLIC_IP = "Assign public IP is not supported for this launch type."
PLATFORM_VERSION = (  # seen without its end, which is unverified
    "The platform version must be null when specifying an EC2 launch type."
)


def refuse_unfit(request: Mapping[str, Any], definition: api.TaskDefinition, launch_type: api.LaunchType) -> None:
    """Refuse what container instances don't take.

    Args:
        request: the parameters of RunTask, StartTask, or of what a service has of them.
        definition: the task definition.
        launch_type: EC2 or EXTERNAL.

    Raises:
        InvalidParameterException: the definition isn't for the launch type, a platform version is asked for, or the task role is missing.
    """
    if launch_type not in definition.get("compatibilities", []):
        raise InvalidParameterException(f"Task definition does not support launch_type {launch_type}.")
    if request.get("platformVersion"):
        raise InvalidParameterException(PLATFORM_VERSION)
    if request.get("enableExecuteCommand") and not task_role(definition, request.get("overrides", {})):
        raise InvalidParameterException(NO_TASK_ROLE)


def subnets(network: api.NetworkConfiguration | None, definition: api.TaskDefinition) -> Sequence[str]:
    """The subnets that the tasks' interfaces may be in; none for tasks in their instance's network.

    Raises:
        InvalidParameterException: a network configuration is missing in network mode awsvpc, or given in another one, or wants public
            addresses.
    """
    configuration = (network or {}).get("awsvpcConfiguration")
    if definition.get("networkMode") != "awsvpc":
        if configuration is not None:
            raise InvalidParameterException(NETWORK_FOR_OTHER_MODE)
        return ()
    if configuration is None:
        raise InvalidParameterException(NO_NETWORK)
    if configuration.get("assignPublicIp") == "ENABLED":
        raise InvalidParameterException(NO_PUBLIC_IP)
    return configuration["subnets"]
