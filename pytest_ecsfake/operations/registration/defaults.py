"""The defaults that ECS fills into a task definition.

They were seen in complete answers of 2021 to 2026. There are no others: memory limits, readOnly of mount points, startPeriod, the restart
attempt period and an EFS volume's encryption stay absent. Empty lists stay as they were sent. Environment variables keep the order of the
request; ECS itself returns them shuffled.
Rules: API reference, ContainerDefinition, HealthCheck, PortMapping, Volume.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_ecsfake.operations.registration.log_configuration import ROUTER_USER
from pytest_ecsfake.operations.registration.network_modes import HOST_PORT_IS_CONTAINER_PORT
from pytest_ecsfake.operations.registration.ports import protocol_of

if TYPE_CHECKING:
    from pytest_ecsfake import api

#: API reference, HealthCheck: seconds, but for retries.
HEALTH_CHECK: api.HealthCheck = {"command": [], "interval": 30, "timeout": 5, "retries": 3}

#: API reference, EFSVolumeConfiguration, rootDirectory.
ROOT_DIRECTORY = "/"

#: API reference, DockerVolumeConfiguration, scope and driver; not seen in an answer. # unverified
DOCKER_VOLUME: api.DockerVolumeConfiguration = {"scope": "task", "driver": "local"}


#: The default of every list. Thousands of revisions share it: documents are never edited, and packing creates each list anew.
NOTHING: list[Any] = []


def container_definitions(definition: api.RegisterTaskDefinitionRequest) -> list[api.ContainerDefinition]:
    """The containers with their defaults, as new documents."""
    static = definition.get("networkMode") in HOST_PORT_IS_CONTAINER_PORT
    return [_container(container, static_ports=static) for container in definition["containerDefinitions"]]


def _container(container: api.ContainerDefinition, *, static_ports: bool) -> api.ContainerDefinition:
    filled: api.ContainerDefinition = {
        "cpu": 0,
        "essential": True,
        "portMappings": NOTHING,
        "environment": NOTHING,
        "mountPoints": NOTHING,
        "volumesFrom": NOTHING,
        "systemControls": NOTHING,
        **container,
    }
    if filled["portMappings"]:
        filled["portMappings"] = [_port_mapping(each, static=static_ports) for each in filled["portMappings"]]
    if "healthCheck" in filled:
        filled["healthCheck"] = {**HEALTH_CHECK, **filled["healthCheck"]}
    if "firelensConfiguration" in filled:
        filled.setdefault("user", ROUTER_USER)
    return filled


def _port_mapping(mapping: api.PortMapping, *, static: bool) -> api.PortMapping:
    """The default host port is the container port where both share a network, else 0: ECS chooses one when the task starts."""
    filled: api.PortMapping = {**mapping, "protocol": protocol_of(mapping)}
    if "containerPort" in mapping:
        filled.setdefault("hostPort", mapping["containerPort"] if static else 0)
    return filled


def volumes(definition: api.RegisterTaskDefinitionRequest) -> list[api.Volume]:
    """The volumes with their defaults, as new documents."""
    return [_volume(volume) for volume in definition.get("volumes", ())]


def _volume(volume: api.Volume) -> api.Volume:
    if "efsVolumeConfiguration" in volume:
        return {
            **volume,
            "efsVolumeConfiguration": {"rootDirectory": ROOT_DIRECTORY, **volume["efsVolumeConfiguration"]},
        }
    if "dockerVolumeConfiguration" in volume:
        return {**volume, "dockerVolumeConfiguration": {**DOCKER_VOLUME, **volume["dockerVolumeConfiguration"]}}
    if volume.keys() <= {"name"}:
        return {**volume, "host": {}}
    return volume
