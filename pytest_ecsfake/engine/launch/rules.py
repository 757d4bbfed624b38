"""What RunTask, StartTask and the operations of services refuse alike before they launch a task, and what RunTask alone refuses.

Overrides, volumes, Fargate's platforms and placement have tables of their own, with their refusals beside them: `overrides.py`,
`volumes.py`, `fargate.py` and `engine/placement/placement.py`. `template.py` asks for all that concerns one launch, in the order of ECS.
Rules: API reference, RunTask, StartTask and CreateService, taskDefinition, launchType, networkConfiguration, platformVersion,
placementConstraints, placementStrategy, enableExecuteCommand; Developer Guide, "Amazon ECS clusters for external instances" and "Amazon ECS
service quotas".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pytest_ecsfake.engine.capacity.strategy import Capacity, scales
from pytest_ecsfake.engine.launch import candidates
from pytest_ecsfake.errors import ClientException, EcsError, InvalidParameterException
from pytest_ecsfake.state.cluster import Cluster
from pytest_ecsfake.state.region import Region
from pytest_ecsfake.state.task_definition import TaskDefinition

if TYPE_CHECKING:
    from pytest_ecsfake import api

# Both texts stand in a public emulator that quotes recorded calls.
DEFINITION_NOT_FOUND = "TaskDefinition not found."
DEFINITION_INACTIVE = "TaskDefinition is inactive"

OTHER_LAUNCH_TYPE = "Task definition does not support launch_type {launch_type}."
NO_NETWORK = "Network Configuration must be provided when networkMode 'awsvpc' is specified."
NETWORK_FOR_OTHER_MODE = "Network Configuration is not valid for the given networkMode of this task definition."
NO_PUBLIC_IP = "Assign public IP is not supported for this launch type."
NO_TASK_ROLE = (  # boto3#3173
    "The execute command failed because a valid task role is not being used. "
    "Specify a valid task role in your task definition or as a task override and try again."
)
PLATFORM_VERSION = (  # cdk-preflight, amazon-ecs-cli#1047
    "The platform version must be null when specifying an EC2 launch type."
)

#: The parameters that a launch type doesn't take, with ECS's words for each (cdk-preflight).
NOT_TAKEN: Mapping[api.LaunchType, Mapping[str, str]] = {
    "FARGATE": {
        "placementConstraints": "Placement constraints are not supported with FARGATE launch type.",
        "placementStrategy": "Placement strategies are not supported with FARGATE launch type.",
    },
    "EC2": {"platformVersion": PLATFORM_VERSION},
    "EXTERNAL": {"platformVersion": PLATFORM_VERSION},
    # The rule: Developer Guide, "Architect for Amazon ECS Managed Instances". Both texts are unverified.
    "MANAGED_INSTANCES": {
        "placementStrategy": "Placement strategies are not supported with MANAGED_INSTANCES launch type.",
        "platformVersion": PLATFORM_VERSION,
    },
}

#: Seen of RunTask with the launch type EC2, as its refusal and as a reason in `failures`.
NO_INSTANCES = "No Container Instances were found in your cluster."

#: Developer Guide, "Amazon ECS service quotas": tasks in PROVISIONING for each cluster.
MAX_WAITING = 500
TOO_MANY_WAITING = (  # unverified
    "You've reached the limit on the number of tasks that can be in the PROVISIONING state in a cluster."
)


def definition_to_run(
    region: Region, identifier: str, *, inactive: type[EcsError] = InvalidParameterException
) -> TaskDefinition:
    """The ACTIVE task definition with an identifier; a family without a revision stands for its newest one.

    Args:
        region: where it is registered.
        identifier: `family`, `family:revision` or an ARN.
        inactive: how the operation answers to an INACTIVE one.

    Raises:
        ClientException: there is no such task definition.
        EcsError: the `inactive`.
        InvalidParameterException: see `TaskDefinitions.find`.
    """
    definition = region.task_definitions.find(identifier)
    if definition is None:
        raise ClientException(DEFINITION_NOT_FOUND)
    if definition.status != "ACTIVE":
        raise inactive(DEFINITION_INACTIVE)
    return definition


def refuse_incompatible(
    request: Mapping[str, Any],
    definition: api.TaskDefinition,
    launch_type: api.LaunchType,
    no_task_role: str = NO_TASK_ROLE,
) -> None:
    """Refuse a task definition or parameters that the launch type doesn't take, and ECS Exec without a task role.

    Args:
        request: the parameters of RunTask or StartTask, or those of a service that its tasks depend on.
        definition: the task definition.
        launch_type: what the tasks run on.
        no_task_role: what ECS says of ECS Exec without a task role.

    Raises:
        InvalidParameterException: the first of these faults.
    """
    if launch_type not in definition.get("compatibilities", []):
        raise InvalidParameterException(OTHER_LAUNCH_TYPE.format(launch_type=launch_type))
    for parameter, refusal in NOT_TAKEN[launch_type].items():
        if request.get(parameter):
            raise InvalidParameterException(refusal)
    if request.get("enableExecuteCommand"):
        role = request.get("overrides", {}).get("taskRoleArn") or definition.get("taskRoleArn")
        if not role:
            raise InvalidParameterException(no_task_role)


def subnets(request: Mapping[str, Any], definition: api.TaskDefinition, launch_type: api.LaunchType) -> Sequence[str]:
    """The subnets that the tasks' network interfaces may be in; empty for tasks in their container instance's network.

    Raises:
        InvalidParameterException: a network configuration is missing in network mode awsvpc, is given in another mode, or asks for public
            addresses on a container instance.
    """
    network = (request.get("networkConfiguration") or {}).get("awsvpcConfiguration")
    if definition.get("networkMode") != "awsvpc":
        if network is not None:
            raise InvalidParameterException(NETWORK_FOR_OTHER_MODE)
        return ()
    if network is None:
        raise InvalidParameterException(NO_NETWORK)
    if launch_type != "FARGATE" and network.get("assignPublicIp") == "ENABLED":
        raise InvalidParameterException(NO_PUBLIC_IP)
    given: Sequence[str] = network["subnets"]
    return given


# --- what RunTask alone refuses ---------------------------------------------------------------------------------------------------------


def refuse_without_instances(region: Region, cluster: Cluster, capacities: Sequence[Capacity]) -> None:
    """Refuse tasks where nothing could ever run them: no ACTIVE container instance, and no capacity provider that adds some.

    Raises:
        InvalidParameterException: as its name says. That EXTERNAL and a capacity provider without managed scaling answer as EC2 does is
            unverified.
    """
    for capacity in dict.fromkeys(capacities):
        if capacity.launch_type == "FARGATE" or scales(region, capacity):
            continue
        if not candidates.instances_of(region, cluster, capacity):
            raise InvalidParameterException(NO_INSTANCES)


def refuse_too_many_waiting(region: Region, cluster: Cluster, capacities: Sequence[Capacity]) -> None:
    """Refuse tasks that could make more of them wait for capacity than a cluster may have.

    All of them count, whether or not there is room for some. # unverified

    Raises:
        ClientException: as its name says.
    """
    coming = sum(scales(region, capacity) for capacity in capacities)
    if coming and len(region.waiting_tasks_in(cluster)) + coming > MAX_WAITING:
        raise ClientException(TOO_MANY_WAITING)
