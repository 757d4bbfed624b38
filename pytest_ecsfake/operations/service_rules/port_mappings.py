"""The port mappings of a task definition, as the attachments of a service name them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from pytest_ecsfake.errors import InvalidParameterException

if TYPE_CHECKING:
    from pytest_ecsfake import api

#: As seen of Service Connect, the end cut off.
NO_SUCH_NAME = "portName({name}) does not refer to any named PortMapping in the container definitions."


def refuse_unknown_port(definition: api.TaskDefinition, container_name: str | None, port: int | None) -> None:
    """Refuse a container that the task definition hasn't got, or a port that the container doesn't map.

    Raises:
        InvalidParameterException: as its name says; both texts are quoted by many public repositories.
    """
    container = next(
        (each for each in definition["containerDefinitions"] if each["name"] == container_name),
        None,
    )
    if container is None:
        raise InvalidParameterException(f"The container {container_name} does not exist in the task definition.")
    if not any(_maps(mapping, port) for mapping in container.get("portMappings", [])):
        raise InvalidParameterException(f"The container {container_name} did not have a container port {port} defined.")


def named(definition: api.TaskDefinition, name: str) -> api.PortMapping:
    """The port mapping of a name.

    Raises:
        InvalidParameterException: there is none.
    """
    mapping = next((each for each in _mappings(definition) if each.get("name") == name), None)
    if mapping is None:
        raise InvalidParameterException(NO_SUCH_NAME.format(name=name))
    return mapping


def check_named(definition: api.TaskDefinition, parameters: Mapping[str, Any]) -> None:
    """Refuse VPC Lattice configurations and gateway connectors whose port the task definition doesn't name.

    Rules: API reference, VpcLatticeConfiguration and GatewayConnector, portName; in the words for Service Connect. # unverified

    Raises:
        InvalidParameterException: as its name says.
    """
    for member in ("vpcLatticeConfigurations", "gatewayConnectors"):
        for item in parameters.get(member, []):
            named(definition, item["portName"])


def _mappings(definition: api.TaskDefinition) -> Iterator[api.PortMapping]:
    for container in definition["containerDefinitions"]:
        yield from container.get("portMappings", [])


def _maps(mapping: api.PortMapping, port: int | None) -> bool:
    if port is None:
        return False
    if "containerPortRange" in mapping:
        first, _, last = mapping["containerPortRange"].partition("-")
        return int(first) <= port <= int(last or first)
    return mapping.get("containerPort") == port
