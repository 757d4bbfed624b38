"""The port mappings of a container, whatever the network mode; the rules of each mode are in `network_modes`.

Rules: API reference, PortMapping. The texts for containerPort (aws-cli#7288) and containerPortRange (cdk-preflight) were seen.
"""

from __future__ import annotations

import re
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from pytest_ecsfake.errors import ClientException
from pytest_ecsfake.operations.registration.containers import invalid_setting

if TYPE_CHECKING:
    from pytest_ecsfake import api

HIGHEST_PORT = 65535

#: API reference, PortMapping, containerPortRange.
MOST_RANGES = 100

_RANGE = re.compile(r"([0-9]{1,5})-([0-9]{1,5})\Z")


class Ports(NamedTuple):
    """The container ports of one mapping, both ends included."""

    protocol: str
    first: int
    last: int


def check(container: api.ContainerDefinition) -> None:
    """Refuse port mappings that no network mode accepts."""
    mappings = container.get("portMappings", ())
    for mapping in mappings:
        if "containerPortRange" in mapping:
            _check_range(container, mapping)
        elif not 1 <= mapping.get("containerPort", 0) <= HIGHEST_PORT:
            raise invalid_setting("containerPort", container)
        elif not 0 <= mapping.get("hostPort", 0) <= HIGHEST_PORT:
            raise invalid_setting("hostPort", container)  # the range: amazon-ecs-agent#3584; the text unverified
    if sum("containerPortRange" in mapping for mapping in mappings) > MOST_RANGES:
        raise invalid_setting("portMappings", container)  # unverified


def _check_range(container: api.ContainerDefinition, mapping: api.PortMapping) -> None:
    if "containerPort" in mapping or "hostPort" in mapping:
        raise ClientException(
            f"Invalid port mapping for container '{container['name']}', cannot specify both single port and port range."
        )
    found = _RANGE.match(mapping["containerPortRange"])
    if found is None or not 1 <= int(found[1]) < int(found[2]) <= HIGHEST_PORT:
        raise invalid_setting("containerPortRange", container)


def ports_of(mapping: api.PortMapping) -> Ports:
    """The ports of a mapping that has passed `check`."""
    if "containerPortRange" in mapping:
        first, last = mapping["containerPortRange"].split("-")
        return Ports(protocol_of(mapping), int(first), int(last))
    return Ports(protocol_of(mapping), mapping["containerPort"], mapping["containerPort"])


def protocol_of(mapping: api.PortMapping) -> api.TransportProtocol:
    """`udp` if the mapping says exactly that, else `tcp` (API reference, PortMapping, protocol)."""
    return "udp" if mapping.get("protocol") == "udp" else "tcp"


def first_port_used_twice(ports: list[Ports]) -> Ports | None:
    """The first mapping, by port, that shares a port with another one of its protocol; None if there is no such mapping."""
    for before, after in pairwise(sorted(ports)):
        if before.protocol == after.protocol and after.first <= before.last:
            return after
    return None
