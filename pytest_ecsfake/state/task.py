"""A task with its containers and its network interface, and the tasks of a cluster.

Statuses: Developer Guide, "Amazon ECS task lifecycle". Nobody assigns one but `engine/tasks/transition.py`.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Literal, NamedTuple

from pytest_ecsfake.clock import SECOND, Instant
from pytest_ecsfake.state.container_instance import ContainerInstance, Demand
from pytest_ecsfake.state.scripts import Script
from pytest_ecsfake.state.store import Store
from pytest_ecsfake.state.task_definition import TaskDefinition

if TYPE_CHECKING:
    from pytest_ecsfake import api
    from pytest_ecsfake.state.cluster import Cluster

TaskStatus = Literal[
    "PROVISIONING", "PENDING", "ACTIVATING", "RUNNING", "DEACTIVATING", "STOPPING", "DEPROVISIONING", "STOPPED"
]
ContainerStatus = Literal["PENDING", "RUNNING", "STOPPED"]
AttachmentStatus = Literal[
    "PRECREATED", "CREATED", "ATTACHING", "ATTACHED", "DETACHING", "DETACHED", "DELETED", "FAILED"
]


@dataclass(slots=True, eq=False)
class ManagedAgent:
    """The agent in a container that takes what ExecuteCommand sends."""

    last_status: ContainerStatus = "PENDING"
    last_started_at: Instant | None = None


@dataclass(slots=True, eq=False)
class Container:
    """A container of a task. Definition and override are documents that tasks share, never edited."""

    arn: str
    definition: api.ContainerDefinition
    override: api.ContainerOverride
    last_status: ContainerStatus = "PENDING"
    runtime_id: str | None = None
    image_digest: str | None = None
    exit_code: int | None = None
    reason: str | None = None
    health_status: api.HealthStatus = "UNKNOWN"
    execute_command_agent: ManagedAgent | None = None
    network_bindings: tuple[api.NetworkBinding, ...] = ()  # of network modes bridge and host, once it has started
    script: Script | None = None  # what it does by itself, if the test ordered that
    started_at: Instant | None = None  # the last time, where it was restarted
    starts: int = 0  # what was ordered for an earlier run is out of date
    health_is_set: bool = False  # by the test, over what its check says

    @property
    def name(self) -> str:
        """The container's name in the task definition."""
        return self.definition["name"]

    @property
    def is_essential(self) -> bool:
        """Whether the task ends with this container (API reference, ContainerDefinition, essential: the default is true)."""
        return self.definition.get("essential", True)

    @property
    def command(self) -> list[str]:
        """What the container is told to run: the override's command, else the definition's; empty means the image's own."""
        return list(self.override.get("command", self.definition.get("command", [])))

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables by name: the definition's, and over them those of the override (API reference, ContainerOverride)."""
        pairs = [*self.definition.get("environment", []), *self.override.get("environment", [])]
        return {pair["name"]: pair.get("value", "") for pair in pairs}


@dataclass(slots=True, eq=False)
class NetworkInterface:
    """The elastic network interface of a task in network mode awsvpc; what belongs to the interface itself is known from its creation on."""

    attachment_id: str
    subnet_id: str
    status: AttachmentStatus = "PRECREATED"
    network_interface_id: str | None = None
    mac_address: str | None = None
    private_dns_name: str | None = None
    private_ipv4_address: str | None = None


@dataclass(slots=True, eq=False)
class Volume:
    """The Amazon EBS volume of a task that is configured at launch."""

    attachment_id: str
    name: str
    role_arn: str
    deletes_on_termination: bool
    status: AttachmentStatus = "CREATED"
    volume_id: str | None = None  # known once it is there


@dataclass(slots=True, eq=False, repr=False)
class Task:
    """A task, from RunTask until an hour after it stopped."""

    arn: str
    id: str
    cluster: Cluster
    definition: TaskDefinition
    group: str
    launch_type: api.LaunchType
    created_at: Instant
    containers: list[Container]
    overrides: api.TaskOverride  # every container by name: kept, rendered, never edited
    last_status: TaskStatus = "PROVISIONING"
    desired_status: Literal["RUNNING", "STOPPED"] = "RUNNING"
    version: int = 1
    cpu: str | None = None
    memory: str | None = None
    started_by: str | None = None
    capacity_provider_name: str | None = None
    platform_version: str | None = None
    platform_family: str | None = None
    availability_zone: str | None = None
    ephemeral_storage_gib: int | None = None
    enable_execute_command: bool = False
    interface: NetworkInterface | None = None
    volume: Volume | None = None
    container_instance: ContainerInstance | None = None  # None on Fargate, and while the task waits for capacity
    reserved: Demand | None = None  # what it holds on the container instance, until it has stopped
    gpu_ids: tuple[str, ...] = ()
    service_name: str | None = None  # the service that started it, if one did
    protected_until: Instant | None = None  # protected from scale-in and deployments until then
    is_available: bool = False  # whether it counts as healthy for its service
    needs_replacement: bool = False  # whether its health checks fail after the grace period
    is_behind_load_balancer: bool = False  # whether it is a target that drains before it is stopped
    tags: dict[str, str] = field(default_factory=dict)
    connectivity_at: Instant | None = None
    pull_started_at: Instant | None = None
    pull_stopped_at: Instant | None = None
    started_at: Instant | None = None
    stopping_at: Instant | None = None
    execution_stopped_at: Instant | None = None
    stopped_at: Instant | None = None
    stop_code: api.TaskStopCode | None = None
    stopped_reason: str | None = None

    @property
    def container_instance_arn(self) -> str | None:
        """The ARN of the container instance that the task was placed on."""
        return None if self.container_instance is None else self.container_instance.arn

    @property
    def connectivity(self) -> api.Connectivity:
        """Whether the agent of its host is connected (API reference, Task, connectivity); a stopped task keeps what it was last."""
        instance = self.container_instance
        is_lost = instance is not None and not instance.agent_connected and self.last_status != "STOPPED"
        return "DISCONNECTED" if is_lost else "CONNECTED"

    @property
    def has_manual_agent(self) -> bool:
        """Whether the agent of its container instance waits for what a test says."""
        instance = self.container_instance
        return instance is not None and instance.agent == "manual"

    @property
    def is_provisioned(self) -> bool:
        """Whether something is made for the task before its containers are, and taken away after them."""
        return self.interface is not None or self.volume is not None

    @property
    def network_mode(self) -> str:
        """The network mode of the task's definition (API reference, TaskDefinition, networkMode: the default is bridge)."""
        return self.definition.document.get("networkMode", "bridge")

    @property
    def cluster_arn(self) -> str:
        """The ARN of the cluster that the task runs in."""
        return self.cluster.arn

    @property
    def family(self) -> str:
        """The family of the task's definition, which ListTasks filters on."""
        return self.definition.family

    @property
    def has_health_check(self) -> bool:
        """Whether an essential container has a health check, so that the task's health is known."""
        return any(container.is_essential and "healthCheck" in container.definition for container in self.containers)

    @property
    def health_status(self) -> api.HealthStatus:
        """What the essential containers' checks say together (Developer Guide, "Determine task health using container health checks")."""
        checked = [
            container.health_status
            for container in self.containers
            if container.is_essential and "healthCheck" in container.definition
        ]
        if "UNHEALTHY" in checked:
            return "UNHEALTHY"
        return "UNKNOWN" if not checked or "UNKNOWN" in checked else "HEALTHY"

    def __repr__(self) -> str:
        definition = f"{self.definition.family}:{self.definition.revision}"
        return f"<Task {self.cluster.name}/{self.id[:8]}… {definition} {self.last_status}>"


#: How long a client token is remembered: the day that other AWS services name. # unverified
TOKEN_LIFETIME = 24 * 60 * 60 * SECOND


class ClientToken(NamedTuple):
    """What a client token of RunTask stands for; `request` is the call's parameters, packed."""

    at: Instant
    request: bytes
    task_arns: tuple[str, ...]


class Tasks(Store[Task]):
    """The tasks of one cluster by id, in the order of their creation, and the client tokens that started them."""

    derived: ClassVar = {"container_instance": ("container_instance_arn",)}

    def __init__(self) -> None:
        super().__init__()
        # Exact tuples of plain values, which the garbage collector stops tracking; in the order of their coming, so of their end.
        self._client_tokens: OrderedDict[str, tuple[Instant, bytes, tuple[str, ...]]] = OrderedDict()

    def active_count(self, **fields: object) -> int:
        """How many of those with these values aren't STOPPED."""
        return self.count(**fields) - self.count(**fields, last_status="STOPPED")

    def remember(self, token: str, meaning: ClientToken) -> None:
        """Keep what a client token stands for, and forget those whose time is over."""
        tokens = self._client_tokens
        tokens[token] = (meaning.at, meaning.request, meaning.task_arns)
        while tokens[next(iter(tokens))][0] + TOKEN_LIFETIME <= meaning.at:
            tokens.popitem(last=False)

    def client_token(self, token: str, now: Instant) -> ClientToken | None:
        """What a client token stands for, if it is remembered."""
        known = self._client_tokens.get(token)
        return ClientToken(*known) if known is not None and known[0] + TOKEN_LIFETIME > now else None
