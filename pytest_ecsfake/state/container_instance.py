"""A container instance with what it offers and what is reserved on it, and the container instances of a cluster.

Statuses: API reference, ContainerInstance, status. Nobody assigns one but `engine/instances/transition.py`; nobody reserves anything but
`engine/placement/reservation.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Literal, NamedTuple

from pytest_ecsfake.clock import Instant
from pytest_ecsfake.state.store import Store

if TYPE_CHECKING:
    from pytest_ecsfake import api
    from pytest_ecsfake.state.cluster import Cluster

ContainerInstanceStatus = Literal[
    "REGISTERING", "REGISTRATION_FAILED", "ACTIVE", "DRAINING", "DEREGISTERING", "INACTIVE"
]

#: The ports of the host among which it chooses (Developer Guide, "PortMapping": the ephemeral range of the instance's kernel).
DYNAMIC_PORTS = range(32768, 61000)

Agent = Literal["simulated", "manual"]


class Demand(NamedTuple):
    """What a task needs of the container instance that it runs on; ports are those of the host that are named, not those it chooses."""

    cpu: int = 0
    memory: int = 0
    ports: tuple[int, ...] = ()
    ports_udp: tuple[int, ...] = ()
    gpus: int = 0
    network_interfaces: int = 0


@dataclass(slots=True, eq=False, repr=False)
class ContainerInstance:
    """A container instance, from RegisterContainerInstance on; a deregistered one stays as INACTIVE."""

    arn: str
    id: str
    cluster: Cluster
    registered_at: Instant
    cpu: int  # units; with memory (MiB), ports and GPUs what `registeredResources` shows
    memory: int
    reserved_ports: tuple[int, ...] = ()
    reserved_ports_udp: tuple[int, ...] = ()
    gpus: tuple[str, ...] = ()
    network_interfaces: int = 0  # how many tasks can have an interface of their own on it
    ec2_instance_id: str | None = None
    launch_type: Literal["EC2", "EXTERNAL"] = "EC2"
    agent: Agent = "simulated"
    agent_connected: bool = True
    agent_update_status: api.AgentUpdateStatus | None = None  # None: no update was ever asked for
    version_info: api.VersionInfo | None = None
    status: ContainerInstanceStatus = "ACTIVE"
    version: int = 1
    attributes: dict[str, str | None] = field(default_factory=dict)  # built-in and custom ones; None: the name alone
    custom_attributes: set[str] = field(
        default_factory=set
    )  # the names that PutAttributes and the agent's configuration gave
    capacity_provider_name: str | None = None
    tags: dict[str, str] = field(default_factory=dict)
    used_cpu: int = 0  # these are what tasks have reserved
    used_memory: int = 0
    used_ports: set[int] = field(default_factory=set)
    used_ports_udp: set[int] = field(default_factory=set)
    next_dynamic_port: int = DYNAMIC_PORTS[0]
    used_gpus: set[str] = field(default_factory=set)
    used_network_interfaces: int = 0

    @property
    def is_listed(self) -> bool:
        """Whether ListContainerInstances shows it without being asked (API reference, ListContainerInstances, status)."""
        return self.status != "INACTIVE"

    @property
    def remaining_cpu(self) -> int:
        """The CPU units that no task has reserved."""
        return self.cpu - self.used_cpu

    @property
    def remaining_memory(self) -> int:
        """The MiB of memory that no task has reserved."""
        return self.memory - self.used_memory

    @property
    def free_gpus(self) -> list[str]:
        """The ids of the GPUs that no task has, in their order."""
        return [gpu for gpu in self.gpus if gpu not in self.used_gpus]

    @property
    def availability_zone(self) -> str | None:
        """The zone that the instance is in, by its built-in attribute."""
        return self.attributes.get("ecs.availability-zone")

    def __repr__(self) -> str:
        return f"<ContainerInstance {self.cluster.name}/{self.id[:8]}… {self.status}>"


class ContainerInstances(Store[ContainerInstance]):
    """The container instances of one cluster by id, in the order of their registration."""

    derived: ClassVar = {"status": ("is_listed",)}

    @property
    def registered_count(self) -> int:
        """How many are ACTIVE or DRAINING (API reference, Cluster, registeredContainerInstancesCount)."""
        return self.count(status="ACTIVE") + self.count(status="DRAINING")
