"""The service registries of a service, which have to match its task definition.

Cloud Map isn't looked at: every registry counts as existing, and the type of its records isn't checked.
Rules: API reference, ServiceRegistry.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pytest_ecsfake.errors import InvalidParameterException
from pytest_ecsfake.operations.service_rules.port_mappings import refuse_unknown_port

if TYPE_CHECKING:
    from pytest_ecsfake import api

# None of the texts has been seen. # unverified
PORT_MISSING = "A containerName and containerPort must be specified in serviceRegistries for networkMode '{mode}'."
BOTH_PORTS = "port and containerPort cannot both be specified in serviceRegistries."
NOT_ON_EXTERNAL = "Service registries are not supported with the EXTERNAL launch type."
HALF_A_PAIR = "containerName and containerPort must be specified together in serviceRegistries."


def check(definition: api.TaskDefinition, parameters: Mapping[str, Any], launch_type: api.LaunchType) -> None:
    """Refuse registries with an ambiguous or unknown port, and all registries on external instances.

    Raises:
        InvalidParameterException: the first of these faults.
    """
    registries = parameters.get("serviceRegistries", [])
    if registries and launch_type == "EXTERNAL":
        # Developer Guide, "Amazon ECS clusters for external instances": no service discovery.
        raise InvalidParameterException(NOT_ON_EXTERNAL)
    for registry in registries:
        _check(definition, registry)


def _check(definition: api.TaskDefinition, registry: api.ServiceRegistry) -> None:
    pair = ("containerName" in registry, "containerPort" in registry)
    mode = definition.get("networkMode", "bridge")
    if mode != "awsvpc" and not all(pair):
        raise InvalidParameterException(PORT_MISSING.format(mode=mode))
    if "port" in registry and any(pair):
        raise InvalidParameterException(BOTH_PORTS)
    if any(pair) and not all(pair):
        raise InvalidParameterException(HALF_A_PAIR)
    if all(pair):
        refuse_unknown_port(definition, registry.get("containerName"), registry.get("containerPort"))
