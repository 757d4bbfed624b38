"""What each network mode refuses, for every launch type.

Rules: API reference, RegisterTaskDefinition, networkMode; PortMapping; ContainerDefinition, links, hostname, extraHosts, dnsServers,
dnsSearchDomains, disableNetworking.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pytest_ecsfake.errors import ClientException
from pytest_ecsfake.operations.registration.containers import invalid_setting
from pytest_ecsfake.operations.registration.ports import first_port_used_twice, ports_of
from pytest_ecsfake.operations.registration.unsupported import CDK_PREFLIGHT, Unsupported, first_given

if TYPE_CHECKING:
    from pytest_ecsfake import api

#: The network mode of a definition that names none. It isn't filled into the definition.
DEFAULT: api.NetworkMode = "bridge"

#: API reference, PortMapping, hostPort: the modes in which it is left out or equals containerPort.
HOST_PORT_IS_CONTAINER_PORT = ("awsvpc", "host")

_LINKS = "Links are not supported when networkMode={mode}."

#: The members of a container that each network mode refuses, in the order of the checks.
REFUSED_MEMBERS: dict[api.NetworkMode, tuple[Unsupported, ...]] = {
    "bridge": (),
    "awsvpc": (
        Unsupported("links", _LINKS.format(mode="awsvpc"), "aws-otel-collector#1359"),
        Unsupported(
            "hostname", "hostname is not supported on container when networkMode=awsvpc.", "labd/ecs-deplojo#26"
        ),
        Unsupported("extraHosts", "Extra hosts are not supported on container when networkMode=awsvpc.", CDK_PREFLIGHT),
        Unsupported("dnsServers", "DNS servers are not supported on container when networkMode=awsvpc.", CDK_PREFLIGHT),
        Unsupported(
            "dnsSearchDomains",
            "DNS search domains are not supported on container when networkMode=awsvpc.",  # unverified
            "API reference",
        ),
        Unsupported(
            "disableNetworking",
            "Disable Networking is not supported on container when networkMode=awsvpc.",
            CDK_PREFLIGHT,
        ),
    ),
    "host": (Unsupported("links", _LINKS.format(mode="host"), "API reference"),),  # unverified
    "none": (
        Unsupported("links", _LINKS.format(mode="none"), "API reference"),  # unverified
        Unsupported(
            "portMappings",
            "Port mappings are not supported when networkMode=none.",  # unverified
            "API reference",
        ),
    ),
}


def check(definition: api.RegisterTaskDefinitionRequest) -> None:
    """Refuse what the definition's network mode refuses."""
    mode = definition.get("networkMode", DEFAULT)
    containers = definition["containerDefinitions"]
    refused = REFUSED_MEMBERS[mode]
    for container in containers:
        message = first_given(container, refused)
        if message is not None:
            raise ClientException(message)
        _check_host_ports(container, mode)
    _check_ports_together(containers, mode)
    _check_port_names(containers, mode)


def _check_host_ports(container: api.ContainerDefinition, mode: api.NetworkMode) -> None:
    for mapping in container.get("portMappings", ()):
        if "containerPortRange" in mapping:
            if mode == "host":
                raise invalid_setting("containerPortRange", container)  # unverified
        elif mode in HOST_PORT_IS_CONTAINER_PORT and mapping.get("hostPort") not in (None, mapping["containerPort"]):
            # ECS once filled in a 0 (turnerlabs/terraform-ecs-fargate#11); here a 0 doesn't match either. # unverified
            raise ClientException(
                f"When networkMode={mode}, the host ports and container ports in port mappings must match."
            )


def _check_ports_together(containers: Sequence[api.ContainerDefinition], mode: api.NetworkMode) -> None:
    """Refuse a port used twice in network mode awsvpc, and overlapping port ranges of one container in any mode."""
    if mode == "awsvpc":
        ports = [ports_of(mapping) for container in containers for mapping in container.get("portMappings", ())]
        twice = first_port_used_twice(ports)
        if twice is not None:
            # cdk-preflight; of network mode host nothing is known.
            raise ClientException(
                f"{twice.protocol.upper()} container port '{twice.first}' is used multiple times in task "
                f"when networkMode={mode}."
            )
    for container in containers:
        ranges = [ports_of(each) for each in container.get("portMappings", ()) if "containerPortRange" in each]
        if first_port_used_twice(ranges) is not None:
            raise invalid_setting("containerPortRange", container)  # unverified


def _check_port_names(containers: Sequence[api.ContainerDefinition], mode: api.NetworkMode) -> None:
    names: set[str] = set()
    for container in containers:
        for mapping in container.get("portMappings", ()):
            name = mapping.get("name")
            if name is None:
                continue
            if name in names:
                # Seen for awsvpc (cdk-preflight); the API reference has names unique in every mode. # unverified
                raise ClientException(f"When networkMode={mode}, port mapping name is already used")
            names.add(name)
