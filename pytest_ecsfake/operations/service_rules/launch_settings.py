"""How the tasks of a service are launched: its task definition, capacity, network, platform and placement, which have to go together.

Rules: those of RunTask (`engine/launch/rules.py`); API reference, CreateService, launchType, capacityProviderStrategy,
networkConfiguration, platformVersion, placementConstraints.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from pytest_ecsfake.engine.capacity.strategy import capacity_request
from pytest_ecsfake.engine.launch.template import make_template
from pytest_ecsfake.engine.placement import placement
from pytest_ecsfake.engine.rollouts.revisions import LaunchSettings
from pytest_ecsfake.errors import InvalidParameterException

if TYPE_CHECKING:
    from pytest_ecsfake.state.cluster import Cluster
    from pytest_ecsfake.state.region import Region
    from pytest_ecsfake.state.task_definition import TaskDefinition

#: The text is quoted by a public emulator from recorded calls; the rule: API reference, CreateService, schedulingStrategy.
DAEMON_ON_FARGATE = (
    "The daemon scheduling strategy does not support the FARGATE launch type. Change the launch type and try again"
)

#: ECS Exec without a task role: compose-cli#2120 and aws-toolkit-jetbrains#3649 (updated), several public repositories (created).
NO_TASK_ROLE = (
    "The service couldn't be {done} because a valid taskRoleArn is not being used. "
    "Specify a valid task role in your task definition and try again."
)

#: The parameters of a service that the launch of a task depends on as well.
OF_A_TASK = (
    "networkConfiguration",
    "platformVersion",
    "placementConstraints",
    "placementStrategy",
    "enableExecuteCommand",
    "volumeConfigurations",
)


def work_out(
    region: Region,
    cluster: Cluster,
    definition: TaskDefinition,
    parameters: Mapping[str, Any],
    *,
    done: Literal["created", "updated"],
) -> LaunchSettings:
    """How the tasks are launched; `done` is what the request is for.

    Raises:
        InvalidParameterException, PlatformUnknownException, PlatformTaskDefinitionIncompatibilityException: what ECS refuses.
    """
    request = capacity_request(
        region, cluster, parameters.get("launchType"), parameters.get("capacityProviderStrategy", [])
    )
    if parameters.get("schedulingStrategy") == "DAEMON" and request.launch_type == "FARGATE":
        raise InvalidParameterException(DAEMON_ON_FARGATE)
    placement.refuse_malformed(
        parameters.get("placementConstraints", []),
        parameters.get("placementStrategy", []),
        definition.document.get("placementConstraints", []),
    )
    asked = {name: parameters[name] for name in OF_A_TASK if parameters.get(name)}
    on_spot = any(item["capacityProvider"] == "FARGATE_SPOT" for item in request.strategy)
    template = make_template(
        definition, asked, request.launch_type, on_spot=on_spot, no_task_role=NO_TASK_ROLE.format(done=done)
    )
    return LaunchSettings(template, request.strategy)
