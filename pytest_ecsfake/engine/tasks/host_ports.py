"""The host ports of a container whose task runs in the network of its container instance.

Rules: API reference, PortMapping (hostPort, containerPortRange) and NetworkBinding; Developer Guide, "PortMapping", for dynamic host ports.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pytest_ecsfake.state.container_instance import DYNAMIC_PORTS, ContainerInstance
from pytest_ecsfake.state.task import Container, Task

if TYPE_CHECKING:
    from pytest_ecsfake import api

ANY_ADDRESS = "0.0.0.0"


def bind(instance: ContainerInstance, task: Task, container: Container) -> None:
    """Bind the ports of a container on its instance as it starts."""
    container.network_bindings = tuple(_bindings(instance, task, container))


def _bindings(instance: ContainerInstance, task: Task, container: Container) -> Iterator[api.NetworkBinding]:
    for mapping in container.definition.get("portMappings", []):
        protocol = mapping.get("protocol", "tcp")
        if "containerPortRange" in mapping:
            yield _range(instance, task, mapping["containerPortRange"], protocol)
            continue
        port = mapping.get("containerPort", 0)
        host_port = port if task.network_mode == "host" else mapping.get("hostPort") or choose_port(instance)
        yield {"bindIP": ANY_ADDRESS, "containerPort": port, "hostPort": host_port, "protocol": protocol}


def _range(
    instance: ContainerInstance, task: Task, container_ports: str, protocol: api.TransportProtocol
) -> api.NetworkBinding:
    """The binding of a range of ports to as many host ports: in network mode host to the same ones."""
    host_ports = container_ports
    if task.network_mode != "host":
        first, _, last = container_ports.partition("-")
        chosen = [choose_port(instance) for _ in range(int(first), int(last or first) + 1)]
        host_ports = f"{chosen[0]}-{chosen[-1]}"
    return {
        "bindIP": ANY_ADDRESS,
        "containerPortRange": container_ports,
        "hostPortRange": host_ports,
        "protocol": protocol,
    }


def choose_port(instance: ContainerInstance) -> int:
    """Choose the next free host port, for a mapping that names none."""
    while True:
        port = instance.next_dynamic_port
        instance.next_dynamic_port = port + 1 if port + 1 in DYNAMIC_PORTS else DYNAMIC_PORTS[0]
        if port not in instance.used_ports and port not in instance.used_ports_udp:
            return port
