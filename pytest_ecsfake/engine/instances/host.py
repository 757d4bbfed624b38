"""The host of a container instance as its agent registers it: the identity document, the resources, the attributes.

Rules: API reference, RegisterContainerInstance; EC2 User Guide, "Instance identity documents"; Developer Guide, container agent
configuration (ECS_RESERVED_PORTS).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_ecsfake.engine.instances import attributes as instance_attributes
from pytest_ecsfake.engine.instances import ec2_types
from pytest_ecsfake.engine.instances.ec2_types import InstanceType
from pytest_ecsfake.errors import ClientException, EcsFakeNotBuiltError, InvalidParameterException

if TYPE_CHECKING:
    from pytest_ecsfake import api

#: The host ports that the agent reserves for SSH, Docker and itself, in the order of ECS's answers.
RESERVED_PORTS = (22, 2376, 2375, 51678, 51679)

#: The members of the identity document that become built-in attributes.
DOCUMENTED = (
    ("imageId", "ecs.ami-id"),
    ("availabilityZone", "ecs.availability-zone"),
    ("instanceType", "ecs.instance-type"),
)

#: The operating system of the ECS-optimized AMI of Amazon Linux, for an instance whose document names none.
OPERATING_SYSTEM = {"ecs.os-type": "linux", "ecs.os-family": "LINUX"}


@dataclass(frozen=True, slots=True)
class Host:
    """The host that an agent registers: its EC2 instance, its resources, its attributes."""

    ec2_instance_id: str | None
    cpu: int
    memory: int
    reserved_ports: tuple[int, ...]
    reserved_ports_udp: tuple[int, ...]
    gpus: tuple[str, ...]
    network_interfaces: int
    attributes: dict[str, str | None]
    version_info: api.VersionInfo | None

    @property
    def instance_type(self) -> str | None:
        """The EC2 instance type, if it is known."""
        return self.attributes.get("ecs.instance-type")

    @property
    def custom_attributes(self) -> frozenset[str]:
        """The names of the user's own attributes."""
        return frozenset(filter(instance_attributes.is_custom, self.attributes))

    @property
    def is_external(self) -> bool:
        """Whether the host is an external one, a machine outside EC2."""
        return instance_attributes.EXTERNAL in self.attributes


def described(request: api.RegisterContainerInstanceRequest) -> Host:
    """The host that a registration describes; its instance type, or else `ec2_types.DEFAULT`, supplies what is left out.

    Raises:
        ClientException, InvalidParameterException: the identity document or a resource can't be read, or there are too many attributes.
        EcsFakeNotBuiltError: resources are left out, and the table has no such instance type.
    """
    document = _document(request.get("instanceIdentityDocument"))
    given = {resource["name"]: resource for resource in request.get("totalResources", []) if "name" in resource}
    kind = _type(document.get("instanceType"), resources_given={"CPU", "MEMORY"} <= given.keys())
    devices = tuple(device["id"] for device in request.get("platformDevices", []) if device["type"] == "GPU")
    attributes = _attributes(document, kind, request.get("attributes", []))
    if sum(map(instance_attributes.is_custom, attributes)) > instance_attributes.CUSTOM_ATTRIBUTES:
        raise InvalidParameterException(  # unverified: RegisterContainerInstance declares no AttributeLimitExceededException
            f"attributes can have at most {instance_attributes.CUSTOM_ATTRIBUTES} custom items."
        )
    return Host(
        ec2_instance_id=document.get("instanceId"),
        cpu=_number(given["CPU"]) if "CPU" in given else kind.cpu,
        memory=_number(given["MEMORY"]) if "MEMORY" in given else kind.registered_memory,
        reserved_ports=_ports(given["PORTS"]) if "PORTS" in given else RESERVED_PORTS,
        reserved_ports_udp=_ports(given["PORTS_UDP"]) if "PORTS_UDP" in given else (),
        gpus=_gpus(given, devices, kind),
        network_interfaces=kind.task_network_interfaces,
        attributes=attributes,
        version_info=request.get("versionInfo"),
    )


def _document(text: str | None) -> dict[str, Any]:
    """The identity document; its signature isn't looked at."""
    if not text:
        return {}
    try:
        document = json.loads(text)
    except ValueError:
        document = None
    if not isinstance(document, dict):
        raise ClientException("The instance identity document is not valid.")  # unverified
    return {name: value for name, value in document.items() if isinstance(value, str)}


def _type(name: str | None, *, resources_given: bool) -> InstanceType:
    if name is None:
        return ec2_types.DEFAULT
    found = ec2_types.find(name)
    if found is None and not resources_given:
        near = ", ".join(ec2_types.nearest(name))
        hint = f" Near it: {near}." if near else ""
        raise EcsFakeNotBuiltError(
            f'pytest-ecsfake has no instance type "{name}" in its table.{hint} Give totalResources with CPU and MEMORY.'
        )
    return found or ec2_types.DEFAULT


def _number(resource: api.Resource) -> int:
    return resource.get("integerValue") or resource.get("longValue") or int(resource.get("doubleValue", 0))


def _ports(resource: api.Resource) -> tuple[int, ...]:
    try:
        return tuple(int(port) for port in resource.get("stringSetValue", []))
    except ValueError:
        raise InvalidParameterException("Ports must be numbers.") from None  # unverified


def _gpus(given: dict[str, api.Resource], devices: tuple[str, ...], kind: InstanceType) -> tuple[str, ...]:
    """The ids of the GPUs: from the resource, else from the devices, else made up from their number."""
    named = given.get("GPU", {}).get("stringSetValue")
    return tuple(named) if named else devices or tuple(f"GPU-{number:08x}" for number in range(kind.gpus))


def _attributes(document: dict[str, Any], kind: InstanceType, given: list[api.Attribute]) -> dict[str, str | None]:
    """The built-in attributes that ECS reads from the document, and over them those that the agent reports."""
    agent = instance_attributes.of_agent(given)
    architecture = document.get("architecture") or kind.architecture
    return {
        **{attribute: document[member] for member, attribute in DOCUMENTED if member in document},
        **OPERATING_SYSTEM,
        "ecs.cpu-architecture": "x86_64" if architecture == "i386" else architecture,
        **agent,
    }
