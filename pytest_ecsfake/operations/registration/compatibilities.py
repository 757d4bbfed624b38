"""Which launch types accept a task definition, and what ECS says if one that the definition requires doesn't.

ECS checks each definition for every launch type, whatever it requires.
Rules: API reference, RegisterTaskDefinition, requiresCompatibilities, and TaskDefinition, compatibilities; Developer Guide, "Amazon ECS
launch types", "Amazon ECS Managed Instances". Only the texts on Fargate and on ephemeral storage have been seen.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from pytest_ecsfake.errors import ClientException
from pytest_ecsfake.operations.registration import fargate, log_configuration, resource_requirements
from pytest_ecsfake.operations.registration.task_size import DefinedSize

if TYPE_CHECKING:
    from pytest_ecsfake import api

    Obstacle = Callable[[api.RegisterTaskDefinitionRequest, DefinedSize], str | None]

#: API reference, ManagedInstancesNetworkConfiguration. No definition without a written network mode runs there (Developer Guide).
MANAGED_INSTANCES_NETWORK_MODES = ("awsvpc", "host", "none")


def compatibilities(definition: api.RegisterTaskDefinitionRequest, size: DefinedSize) -> list[api.Compatibility]:
    """The launch types that accept the definition, in the order in which ECS lists them.

    Raises:
        ClientException: one that the definition requires doesn't accept it; or no launch type does, for the reason of EC2, which a
            definition without requirements is registered for (an assumption).
    """
    obstacles = {launch_type: obstacle(definition, size) for launch_type, obstacle in OBSTACLES.items()}
    accepting = [launch_type for launch_type, message in obstacles.items() if message is None]
    for required in definition.get("requiresCompatibilities") or ([] if accepting else ["EC2"]):
        message = obstacles[required]
        if message is not None:
            raise ClientException(message)
    return accepting


def _ec2_obstacle(definition: api.RegisterTaskDefinitionRequest, size: DefinedSize) -> str | None:
    if "ephemeralStorage" in definition:
        return "Tasks using the EC2 launch type do not support EphemeralStorage."  # cdk-preflight
    if _has_trusted_execution(definition):
        return "Tasks using the EC2 launch type do not support trusted execution."  # unverified
    if "NeuronDevice" in resource_requirements.kinds(definition["containerDefinitions"]):
        return "Tasks using the EC2 launch type do not support NeuronDevice resource requirements."  # unverified
    return None


def _external_obstacle(definition: api.RegisterTaskDefinitionRequest, size: DefinedSize) -> str | None:
    if definition.get("networkMode") == "awsvpc":
        # Developer Guide, "Amazon ECS clusters for external instances"
        return "Tasks using the External launch type do not support network mode \u2018awsvpc\u2019."  # unverified
    if "ephemeralStorage" in definition:
        return "Tasks using the External launch type do not support EphemeralStorage."  # unverified
    if _has_trusted_execution(definition):
        return "Tasks using the External launch type do not support trusted execution."  # unverified
    for kind in resource_requirements.kinds(definition["containerDefinitions"]):
        if kind in ("NeuronDevice", "sharing"):
            return f"Tasks using the External launch type do not support {kind} resource requirements."  # unverified
    return None


def _managed_instances_obstacle(definition: api.RegisterTaskDefinitionRequest, size: DefinedSize) -> str | None:
    if definition.get("networkMode") not in MANAGED_INSTANCES_NETWORK_MODES:
        return "Managed Instances only support network modes \u2018awsvpc\u2019, \u2018host\u2019 and \u2018none\u2019."  # unverified
    if "ephemeralStorage" in definition:
        return "Tasks using Managed Instances do not support EphemeralStorage."  # unverified
    return log_configuration.refused_driver(definition["containerDefinitions"], "MANAGED_INSTANCES")


def _fargate_obstacle(definition: api.RegisterTaskDefinitionRequest, size: DefinedSize) -> str | None:
    if _has_trusted_execution(definition):
        return "Tasks using the Fargate launch type do not support trusted execution."  # unverified
    return fargate.obstacle(definition, size)


def _has_trusted_execution(definition: api.RegisterTaskDefinitionRequest) -> bool:
    """API reference, RegisterTaskDefinition, trustedExecutionConfiguration: for Managed Instances only."""
    return "trustedExecutionConfiguration" in definition


#: In the order in which ECS lists the launch types, that of a hash set; FARGATE before MANAGED_INSTANCES has been seen as well.
OBSTACLES: dict[api.Compatibility, Obstacle] = {
    "EXTERNAL": _external_obstacle,
    "EC2": _ec2_obstacle,
    "MANAGED_INSTANCES": _managed_instances_obstacle,
    "FARGATE": _fargate_obstacle,
}
