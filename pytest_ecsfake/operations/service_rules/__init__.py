"""The rules of a service's parameters: what CreateService, UpdateService and CreateTaskSet refuse, and what the rest comes to.

One subject a module. The parameters are those of the API; UpdateService checks the service's own with its request put over them, so that a
task definition that lost a port is refused where the port is needed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pytest_ecsfake.errors import ClientException
from pytest_ecsfake.operations.service_rules import (
    controllers,
    deployment_configuration,
    fitness,
    load_balancers,
    port_mappings,
    scheduling,
    service_connect,
    service_registries,
    zone_rebalancing,
)
from pytest_ecsfake.operations.service_rules.roles import refuse_role

if TYPE_CHECKING:
    from pytest_ecsfake.engine.rollouts.revisions import Fit
    from pytest_ecsfake.state.cluster import Cluster
    from pytest_ecsfake.state.region import Region
    from pytest_ecsfake.state.task_definition import TaskDefinition

__all__ = ["controllers", "deployment_configuration", "fit", "scheduling", "task_definition", "zone_rebalancing"]


def task_definition(region: Region, identifier: str) -> TaskDefinition:
    """The ACTIVE revision that new tasks are made from.

    Raises:
        ClientException: there is none, or it is INACTIVE. Both texts stand in a public emulator that quotes recorded calls.
        InvalidParameterException: see `TaskDefinitions.find`.
    """
    definition = region.task_definitions.find(identifier)
    if definition is None:
        raise ClientException("TaskDefinition not found.")
    if definition.status != "ACTIVE":
        raise ClientException("TaskDefinition is inactive")
    return definition


def fit(region: Region, cluster: Cluster, definition: TaskDefinition, parameters: Mapping[str, Any]) -> Fit:
    """How the tasks of a service, or of a task set, run; nothing has changed yet.

    Args:
        region: where.
        cluster: the service's cluster.
        definition: the task definition, checked by `task_definition`, or the one that the service has.
        parameters: those of CreateService or CreateTaskSet, or the service's own with those of UpdateService put over them.

    Raises:
        InvalidParameterException, ClientException, NamespaceNotFoundException, PlatformUnknownException,
        PlatformTaskDefinitionIncompatibilityException: what ECS refuses.
    """
    document = definition.document
    found = fitness.fit(region, cluster, definition, parameters)
    load_balancers.check(document, parameters, found.launch_type)
    refuse_role(document, parameters)
    service_registries.check(document, parameters, found.launch_type)
    service_connect.check(region, cluster, document, parameters)
    port_mappings.check_named(document, parameters)
    return found
