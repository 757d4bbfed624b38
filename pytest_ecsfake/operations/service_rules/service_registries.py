"""The service registries of a service, which have to match its task definition.

Cloud Map isn't looked at: every registry counts as existing, and the type of its records isn't checked. So a registry with an A record may
name a container with its port here, which ECS refuses ("The values specified for serviceRegistries do not require a value for
'containerPort'. Remove the value and retry."), and one with an SRV record may come without a port.
Rules: API reference, ServiceRegistry. A container without its port is accepted in network mode awsvpc (aws-samples/container-patterns,
and a recorded service of 2024).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pytest_ecsfake.errors import InvalidParameterException
from pytest_ecsfake.operations.service_rules.port_mappings import refuse_unknown_port

if TYPE_CHECKING:
    from pytest_ecsfake import api

#: The modes in which tasks share the network of their container instance, so that a registry has to name a container and its port.
SHARED_NETWORKS = ("bridge", "host")

CONTAINER_MISSING = (  # quoted by several public Terraform configurations
    "When specifying 'host' or 'bridge' for networkMode, values for 'containerName' and 'containerPort' must be specified "
    "from the task definition. Registry: {arn}"
)
BOTH_PORTS = (  # trussworks/terraform-aws-ecs-service#344, perhaps without its end
    "Specify a value for either 'port' or the 'containerName' and 'containerPort' combination, but not both"
)
UNKNOWN_CONTAINER = (  # spinnaker#5859
    "The container {name} is not valid. The value for 'containerName' must already be specified in the task definition. "
    "Registry: {arn}"
)
NOT_ON_EXTERNAL = "Service registries are not supported with the EXTERNAL launch type."  # unverified


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
    arn = registry.get("registryArn")
    name, port = registry.get("containerName"), registry.get("containerPort")
    if definition.get("networkMode", "bridge") in SHARED_NETWORKS and (name is None or port is None):
        raise InvalidParameterException(CONTAINER_MISSING.format(arn=arn))
    if "port" in registry and port is not None:
        raise InvalidParameterException(BOTH_PORTS)
    if name is not None and all(name != container["name"] for container in definition["containerDefinitions"]):
        raise InvalidParameterException(UNKNOWN_CONTAINER.format(name=name, arn=arn))
    if name is not None and port is not None:
        refuse_unknown_port(definition, name, port)
