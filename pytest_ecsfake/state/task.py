"""A task with its containers and its network interface, and the tasks of a cluster.

Statuses: Developer Guide, "Amazon ECS task lifecycle". Only `engine/tasks/transition.py` assigns one.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Literal, NamedTuple

from pytest_ecsfake.clock import SECOND, Instant
from pytest_ecsfake.state.container_instance import ContainerInstance, RequiredResources
from pytest_ecsfake.state.mutable import Mutable
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
class ManagedAgent(Mutable):
    """The ExecuteCommand agent in a container."""

    last_status: ContainerStatus = "PENDING"
    last_started_at: Instant | None = None


@dataclass(slots=True, eq=False)
class Container(Mutable):
    """A container of a task. Tasks share the documents of its definition and override, so those are never edited."""

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
    network_bindings: tuple[api.NetworkBinding, ...] = ()  # in the network modes bridge and host, once it has started
    script: Script | None = None  # what it does by itself, if the test gave it a script
    started_at: Instant | None = None  # when it was last started
    starts: int = 0  # how often it was started: an event that was scheduled for an earlier run has no effect
    health_is_set: bool = False  # whether the test has set its health, which overrides its health check
    is_proxy: bool = False  # whether it is the proxy of Service Connect, which no task definition has

    @property
    def name(self) -> str:
        """The container's name in the task definition; ECS makes up that of a proxy."""
        return self.definition["name"]

    @property
    def is_essential(self) -> bool:
        """Whether the task stops when this container stops (API reference, ContainerDefinition, essential: the default is true)."""
        return self.definition.get("essential", True)

    @property
    def command(self) -> list[str]:
        """The command: the override's, else the definition's. Empty means the image's own."""
        return list(self.override.get("command", self.definition.get("command", [])))

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables by name: the definition's, overridden by the override's (API reference, ContainerOverride)."""
        pairs = [*self.definition.get("environment", []), *self.override.get("environment", [])]
        return {pair["name"]: pair.get("value", "") for pair in pairs}


@dataclass(slots=True, eq=False)
class NetworkInterface(Mutable):
    """The elastic network interface of a task in network mode awsvpc. The last four fields are None until the interface is created."""

    attachment_id: str
    subnet_id: str
    status: AttachmentStatus = "PRECREATED"
    network_interface_id: str | None = None
    mac_address: str | None = None
    private_dns_name: str | None = None
    private_ipv4_address: str | None = None


@dataclass(slots=True, eq=False)
class Volume(Mutable):
    """The Amazon EBS volume of a task that is configured at launch."""

    attachment_id: str
    name: str
    role_arn: str
    deletes_on_termination: bool
    status: AttachmentStatus = "CREATED"
    volume_id: str | None = None  # None until the volume is created


@dataclass(slots=True, eq=False, repr=False)
class Task(Mutable):
    """A task, from RunTask until an hour after it stopped."""

    arn: str
    id: str
    cluster: Cluster
    definition: TaskDefinition
    group: str
    launch_type: api.LaunchType
    created_at: Instant
    containers: Sequence[Container]  # those of the definition, after the proxy of Service Connect if there is one
    overrides: api.TaskOverride  # has an entry for every container; tasks share it, so it is never edited
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
    service_connect_attachment_id: str | None = None  # if it has a proxy of Service Connect
    container_instance: ContainerInstance | None = None  # None on Fargate, and while the task waits for capacity
    reserved: RequiredResources | None = None  # on the container instance, until it has stopped
    gpu_ids: tuple[str, ...] = ()
    service_name: str | None = None  # the service that started it, if one did
    daemon_name: str | None = None  # the managed daemon that started it, if one did
    daemon_revision_arn: str | None = None
    protected_until: Instant | None = None  # protected from scale-in and deployments until then
    is_available: bool = False  # whether its service counts it as healthy
    needs_replacement: bool = False  # whether its health checks have failed after the grace period
    is_behind_load_balancer: bool = False  # whether it is a target of a load balancer, and so drains before it stops
    deregistration_delay_seconds: int | None = None  # how long it drains, if a gateway connector says so
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
        """Whether the agent of its host is connected (API reference, Task, connectivity). A stopped task shows CONNECTED."""
        instance = self.container_instance
        is_lost = instance is not None and not instance.agent_connected and self.last_status != "STOPPED"
        return "DISCONNECTED" if is_lost else "CONNECTED"

    @property
    def proxy(self) -> Container | None:
        """The proxy of Service Connect; None where the task's service doesn't use that."""
        return self.containers[0] if self.containers[0].is_proxy else None

    @property
    def own_containers(self) -> list[Container]:
        """The containers of its task definition."""
        return [container for container in self.containers if not container.is_proxy]

    @property
    def service_connect_status(self) -> AttachmentStatus:
        """The status of Service Connect's attachment. It was seen ATTACHED beside a network interface that was; the rest is an assumption."""
        if self.interface is not None:
            return self.interface.status
        return "DELETED" if self.last_status == "STOPPED" else "ATTACHED"

    @property
    def has_manual_agent(self) -> bool:
        """Whether it runs on a container instance with a manual agent, whose reports the test sends."""
        instance = self.container_instance
        return instance is not None and instance.agent == "manual"

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
        """The family of the task definition. ListTasks filters on it."""
        return self.definition.family

    @property
    def has_health_check(self) -> bool:
        """Whether an essential container has a health check. Without one the task's health is UNKNOWN."""
        return any(container.is_essential and "healthCheck" in container.definition for container in self.containers)

    @property
    def health_status(self) -> api.HealthStatus:
        """The task's health, from its essential containers' checks (Developer Guide, "Determine task health using container health checks")."""
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
        return f"<Task {self.cluster.name}/{self.id[:8]} {definition} {self.last_status}>"


#: How long a client token is remembered: a day, as other AWS services document. # unverified
TOKEN_LIFETIME = 24 * 60 * 60 * SECOND


class ClientToken(NamedTuple):
    """The call of RunTask that used a client token: its packed parameters, and the tasks that it started."""

    at: Instant
    request: bytes
    task_arns: tuple[str, ...]


class ClientTokens(Mutable):
    """The calls of RunTask that used a client token, by token. In order of arrival, so the oldest expires first."""

    __slots__ = ("_by_token",)

    #: Exact tuples of plain values, because the garbage collector stops tracking those.
    _by_token: OrderedDict[str, tuple[Instant, bytes, tuple[str, ...]]]

    def __init__(self) -> None:
        self._by_token = OrderedDict()

    def remember(self, token: str, meaning: ClientToken) -> None:
        """Remember a client token, and forget the expired ones."""
        tokens = self._by_token
        tokens[token] = (meaning.at, meaning.request, meaning.task_arns)
        while tokens[next(iter(tokens))][0] + TOKEN_LIFETIME <= meaning.at:
            tokens.popitem(last=False)

    def find(self, token: str, now: Instant) -> ClientToken | None:
        """The call that used a client token before; None if the token is new or has expired."""
        known = self._by_token.get(token)
        return ClientToken(*known) if known is not None and known[0] + TOKEN_LIFETIME > now else None

    def __iter__(self) -> Iterator[str]:
        return iter(self._by_token)


class Tasks(Store[Task]):
    """The tasks of one cluster by id, in the order of their creation, and the client tokens that started them.

    Attributes:
        client_tokens: the client tokens.
    """

    derived: ClassVar = {"container_instance": ("container_instance_arn",)}

    client_tokens: ClientTokens

    def __init__(self) -> None:
        super().__init__()
        self.client_tokens = ClientTokens()

    def active_count(self, **fields: object) -> int:
        """How many tasks with these values haven't STOPPED."""
        return self.count(**fields) - self.count(**fields, last_status="STOPPED")
