"""The rules of a service's parameters: what CreateService, UpdateService and CreateTaskSet refuse, and what they work out from the rest.

One subject a module. The parameters are those of the API; UpdateService checks those of its request together with those that the service
keeps, so that a task definition without a port that a load balancer needs is refused.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from pytest_ecsfake.engine.launch.rules import definition_to_run
from pytest_ecsfake.errors import ClientException
from pytest_ecsfake.operations.service_rules import (
    controllers,
    deployment_configuration,
    express_gateway,
    gateway_connectors,
    launch_settings,
    load_balancers,
    port_mappings,
    scheduling,
    service_connect,
    service_registries,
    zone_rebalancing,
)
from pytest_ecsfake.operations.service_rules.roles import refuse_role

if TYPE_CHECKING:
    from pytest_ecsfake.engine.rollouts.revisions import LaunchSettings
    from pytest_ecsfake.state.cluster import Cluster
    from pytest_ecsfake.state.region import Region
    from pytest_ecsfake.state.service import Service
    from pytest_ecsfake.state.task_definition import TaskDefinition

__all__ = [
    "check_launch",
    "controllers",
    "deployment_configuration",
    "express_gateway",
    "scheduling",
    "task_definition",
    "zone_rebalancing",
]


def task_definition(region: Region, identifier: str) -> TaskDefinition:
    """The ACTIVE task definition that new tasks are made from.

    Raises:
        ClientException: there is no such task definition, or it is INACTIVE.
        InvalidParameterException: see `TaskDefinitions.find`.
    """
    return definition_to_run(region, identifier, inactive=ClientException)


def check_launch(
    region: Region,
    cluster: Cluster,
    definition: TaskDefinition,
    parameters: Mapping[str, Any],
    *,
    updated: Service | None = None,
) -> LaunchSettings:
    """Check everything that the launch of a service's tasks, or of a task set's, depends on, and work out how they are launched.

    Args:
        region: where.
        cluster: the service's cluster.
        definition: the task definition, checked by `task_definition`, or the one that the service has.
        parameters: those of CreateService or CreateTaskSet; for UpdateService the service's own, with those of the request over them.
        updated: the service that is updated, if one is.

    Raises:
        InvalidParameterException, ClientException, NamespaceNotFoundException, PlatformUnknownException,
        PlatformTaskDefinitionIncompatibilityException: what ECS refuses.
    """
    document = definition.document
    done: Literal["created", "updated"] = "created" if updated is None else "updated"
    settings = launch_settings.work_out(region, cluster, definition, parameters, done=done)
    launch_type = settings.template.launch_type
    load_balancers.check(document, parameters, launch_type)
    refuse_role(document, parameters)
    service_registries.check(document, parameters, launch_type)
    service_connect.check(region, cluster, document, parameters, updated)
    port_mappings.check_named(document, parameters)
    gateway_connectors.check(region, cluster, document, parameters)
    return settings
