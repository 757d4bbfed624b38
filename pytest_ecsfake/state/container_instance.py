"""A container instance with its resources and their reservations, and the container instances of a cluster.

Statuses: API reference, ContainerInstance, status. Only `engine/instances/transition.py` assigns one, and only
`engine/placement/reservation.py` reserves resources.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Literal, NamedTuple

from pytest_ecsfake.clock import Instant
from pytest_ecsfake.state.mutable import Mutable
from pytest_ecsfake.state.store import Store

if TYPE_CHECKING:
    from pytest_ecsfake import api
    from pytest_ecsfake.state.cluster import Cluster

ContainerInstanceStatus = Literal[
    "REGISTERING", "REGISTRATION_FAILED", "ACTIVE", "DRAINING", "DEREGISTERING", "INACTIVE"
]

#: The host ports that are assigned dynamically (Developer Guide, "PortMapping": the ephemeral range of the instance's kernel).
DYNAMIC_PORTS = range(32768, 61000)

Agent = Literal["simulated", "manual"]

#: What tasks on an instance run on: their launch type.
InstanceLaunchType = Literal["EC2", "EXTERNAL", "MANAGED_INSTANCES"]


class RequiredResources(NamedTuple):
    """The resources that a task needs on a container instance. Ports are the fixed host ports, without those that are assigned dynamically."""

    cpu: int = 0
    memory: int = 0
    ports: tuple[int, ...] = ()
    ports_udp: tuple[int, ...] = ()
    gpus: int = 0
    network_interfaces: int = 0


@dataclass(slots=True, eq=False, repr=False)
class ContainerInstance(Mutable):
    """A container instance, from RegisterContainerInstance on; a deregistered one stays as INACTIVE."""

    arn: str
    id: str
    cluster: Cluster
    registered_at: Instant
    cpu: int  # units; this and the next four are what `registeredResources` shows
    memory: int  # MiB
    reserved_ports: tuple[int, ...] = ()
    reserved_ports_udp: tuple[int, ...] = ()
    gpus: tuple[str, ...] = ()
    network_interfaces: int = 0  # how many tasks with an elastic network interface fit on it
    ec2_instance_id: str | None = None
    launch_type: InstanceLaunchType = "EC2"
    agent: Agent = "simulated"
    agent_connected: bool = True
    agent_update_status: api.AgentUpdateStatus | None = None  # None: no update was ever requested
    version_info: api.VersionInfo | None = None
    status: ContainerInstanceStatus = "ACTIVE"
    version: int = 1
    attributes: dict[str, str | None] = field(
        default_factory=dict
    )  # built-in and custom ones; None: a name without a value
    custom_attributes: set[str] = field(
        default_factory=set
    )  # the names that PutAttributes or the agent's configuration set
    capacity_provider_name: str | None = None
    tags: dict[str, str] = field(default_factory=dict)
    used_cpu: int = 0  # this and all that follow: reserved by tasks
    used_memory: int = 0
    used_ports: set[int] = field(default_factory=set)
    used_ports_udp: set[int] = field(default_factory=set)
    next_dynamic_port: int = DYNAMIC_PORTS[0]
    used_gpus: set[str] = field(default_factory=set)
    used_network_interfaces: int = 0
    idle_since: Instant | None = None  # this and the next: of Managed Instances, as long as they are idle or drain
    draining_since: Instant | None = None
    leaves_at: Instant | None = None  # of a Managed Instance that is DEREGISTERING

    @property
    def is_listed(self) -> bool:
        """Whether ListContainerInstances lists it without a status filter (API reference, ListContainerInstances, status)."""
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
        """The ids of the GPUs that no task has reserved, in their order."""
        return [gpu for gpu in self.gpus if gpu not in self.used_gpus]

    @property
    def availability_zone(self) -> str | None:
        """The instance's availability zone, from its built-in attribute."""
        return self.attributes.get("ecs.availability-zone")

    def __repr__(self) -> str:
        return f"<ContainerInstance {self.cluster.name}/{self.id[:8]} {self.status}>"


class ContainerInstances(Store[ContainerInstance]):
    """The container instances of one cluster by id, in the order of their registration."""

    derived: ClassVar = {"status": ("is_listed",)}

    @property
    def registered_count(self) -> int:
        """How many are ACTIVE or DRAINING (API reference, Cluster, registeredContainerInstancesCount)."""
        by_status = self.counts("status")
        return by_status.get("ACTIVE", 0) + by_status.get("DRAINING", 0)
