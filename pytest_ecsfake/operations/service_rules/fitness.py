"""Whether a service's task definition, capacity, network, platform and placement go together: as RunTask asks, and what a service adds.

Rules: API reference, CreateService, launchType, capacityProviderStrategy, networkConfiguration, platformVersion, placementConstraints.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pytest_ecsfake.engine.capacity import strategy
from pytest_ecsfake.engine.launch import plan as launch
from pytest_ecsfake.engine.placement import placement
from pytest_ecsfake.engine.rollouts.revisions import Fit
from pytest_ecsfake.errors import InvalidParameterException

if TYPE_CHECKING:
    from pytest_ecsfake.state.cluster import Cluster
    from pytest_ecsfake.state.region import Region
    from pytest_ecsfake.state.task_definition import TaskDefinition

#: The text is quoted by a public emulator from recorded calls; the rule: API reference, CreateService, schedulingStrategy.
DAEMON_ON_FARGATE = (
    "The daemon scheduling strategy does not support the FARGATE launch type. Change the launch type and try again"
)

#: The members of a service's parameters that the launch of a task depends on as well.
OF_A_TASK = (
    "networkConfiguration",
    "platformVersion",
    "placementConstraints",
    "placementStrategy",
    "enableExecuteCommand",
    "volumeConfigurations",
)


def fit(region: Region, cluster: Cluster, definition: TaskDefinition, parameters: Mapping[str, Any]) -> Fit:
    """How the tasks run.

    Raises:
        InvalidParameterException, PlatformUnknownException, PlatformTaskDefinitionIncompatibilityException: what ECS refuses.
    """
    wanted = strategy.resolve(
        region, cluster, parameters.get("launchType"), parameters.get("capacityProviderStrategy", [])
    )
    if parameters.get("schedulingStrategy") == "DAEMON" and wanted.launch_type == "FARGATE":
        raise InvalidParameterException(DAEMON_ON_FARGATE)
    placement.refuse_malformed(
        parameters.get("placementConstraints", []),
        parameters.get("placementStrategy", []),
        definition.document.get("placementConstraints", []),
    )
    asked = {name: parameters[name] for name in OF_A_TASK if parameters.get(name)}
    on_spot = any(item["capacityProvider"] == "FARGATE_SPOT" for item in wanted.strategy)
    plan = launch.plan(cluster, definition, asked, wanted.launch_type, on_spot=on_spot)
    return Fit(wanted.launch_type, wanted.strategy, plan.platform)
