"""The port mappings of a task definition that load balancers, registries and Service Connect refer to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from pytest_ecsfake.errors import InvalidParameterException

if TYPE_CHECKING:
    from pytest_ecsfake import api

#: Seen of Service Connect, quoted by many public repositories.
NO_SUCH_NAME = "portName({name}) does not refer to any named PortMapping in the container definitions."


def refuse_unknown_port(definition: api.TaskDefinition, container_name: str | None, port: int | None) -> None:
    """Refuse a container that is missing or unknown, and a port that is missing or that the container doesn't map.

    Raises:
        InvalidParameterException: one of these faults; the texts for the unknown ones are quoted by many public repositories.
    """
    if not container_name:
        raise InvalidParameterException("Container Name can not be blank.")  # amazon-ecs-cli#359, pipecd#3847
    if port is None:
        raise InvalidParameterException("Container Port can not be blank.")  # unverified
    container = next(
        (each for each in definition["containerDefinitions"] if each["name"] == container_name),
        None,
    )
    if container is None:
        raise InvalidParameterException(f"The container {container_name} does not exist in the task definition.")
    if not any(_maps(mapping, port) for mapping in container.get("portMappings", [])):
        raise InvalidParameterException(f"The container {container_name} did not have a container port {port} defined.")


def refuse_dynamic_port(definition: api.TaskDefinition, container_name: str | None, port: int | None) -> None:
    """Refuse a container port without a host port of its own, which ECS chooses when the task starts.

    Raises:
        InvalidParameterException: as its name says (terraform#9285, aws-sdk-js#1397).
    """
    for container in definition["containerDefinitions"]:
        if container["name"] != container_name:
            continue
        for mapping in container.get("portMappings", []):
            if _maps(mapping, port) and not mapping.get("hostPort"):
                raise InvalidParameterException(f"A host port mapping for the container port {port} is required.")


def named(definition: api.TaskDefinition, name: str) -> api.PortMapping:
    """The port mapping with a name.

    Raises:
        InvalidParameterException: there is no such port mapping.
    """
    mapping = next((each for each in _mappings(definition) if each.get("name") == name), None)
    if mapping is None:
        raise InvalidParameterException(NO_SUCH_NAME.format(name=name))
    return mapping


def check_named(definition: api.TaskDefinition, parameters: Mapping[str, Any]) -> None:
    """Refuse VPC Lattice configurations and gateway connectors whose port isn't named in the task definition.

    Rules: API reference, VpcLatticeConfiguration and GatewayConnector, portName; the text is that for Service Connect. # unverified

    Raises:
        InvalidParameterException: there is no such port mapping.
    """
    for member in ("vpcLatticeConfigurations", "gatewayConnectors"):
        for item in parameters.get(member, []):
            named(definition, item["portName"])


def _mappings(definition: api.TaskDefinition) -> Iterator[api.PortMapping]:
    for container in definition["containerDefinitions"]:
        yield from container.get("portMappings", [])


def _maps(mapping: api.PortMapping, port: int) -> bool:
    if "containerPortRange" in mapping:
        first, _, last = mapping["containerPortRange"].partition("-")
        return int(first) <= port <= int(last or first)
    return mapping.get("containerPort") == port
