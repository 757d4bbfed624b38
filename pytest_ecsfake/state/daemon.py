"""Managed daemons with their revisions and deployments, and those of a cluster.

Stored is what a request said and what has happened; which instances run a daemon's tasks, and how many, is derived from the stores of tasks
and container instances (`engine/daemons/counting.py`). Statuses: API reference, DaemonDetail, DaemonDeployment, DaemonCircuitBreaker and
DaemonDeploymentAlarms. Only `engine/daemons/transition.py` assigns one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from pytest_ecsfake.clock import Instant
from pytest_ecsfake.state.daemon_task_definition import DaemonTaskDefinition
from pytest_ecsfake.state.mutable import Mutable
from pytest_ecsfake.state.store import Store
from pytest_ecsfake.state.task_template import TaskTemplate

if TYPE_CHECKING:
    from pytest_ecsfake import api
    from pytest_ecsfake.state.cluster import Cluster
    from pytest_ecsfake.state.managed_instances import InstanceLaunch


@dataclass(slots=True, eq=False)
class DaemonRevision(Mutable):
    """What a daemon's tasks are made of, as one request asked for it. It never changes, except for its tags."""

    arn: str
    daemon_arn: str
    daemon_name: str
    cluster: Cluster
    definition: DaemonTaskDefinition
    template: TaskTemplate
    capacity_providers: tuple[str, ...]  # their names
    created_at: Instant
    propagate_tags: api.DaemonPropagateTags
    enable_ecs_managed_tags: bool
    enable_execute_command: bool
    critical: bool
    tags: dict[str, str] = field(default_factory=dict)


class InstanceCount(NamedTuple):
    """How many instances of a capacity provider have a revision, by what has become of it there."""

    running: int = 0
    without_daemon: int = 0
    draining: int = 0


#: By the name of the capacity provider.
InstanceCounts = dict[str, InstanceCount]


@dataclass(frozen=True, slots=True)
class DaemonRollback:
    """Why and when a deployment began to roll back, and to what."""

    reason: str
    started_at: Instant
    target: DaemonRevision


@dataclass(slots=True, eq=False)
class DaemonDeployment(Mutable):
    """A rollout of a revision over the instances of the daemon's capacity providers; one without a target takes the daemon away."""

    arn: str
    daemon: Daemon
    target: DaemonRevision | None
    sources: list[DaemonRevision]
    configuration: api.DaemonDeploymentConfiguration  # complete
    created_at: Instant
    status: api.DaemonDeploymentStatus = "PENDING"
    status_reason: str | None = None
    started_at: Instant | None = None
    stopped_at: Instant | None = None
    finished_at: Instant | None = None
    circuit_breaker_status: api.DaemonDeploymentRollbackMonitorsStatus = "MONITORING"
    failure_count: int = 0
    rollback_failure_count: int = 0  # no answer shows it
    alarms_status: api.DaemonDeploymentRollbackMonitorsStatus = "DISABLED"
    watched_alarms: tuple[str, ...] = ()  # without those that were in ALARM when it began
    triggered_alarms: tuple[str, ...] = ()
    rollback: DaemonRollback | None = None
    batch_size: int = 1
    draining: list[str] = field(default_factory=list)  # the ids of the instances that leave because of it
    replacements: list[InstanceLaunch] = field(default_factory=list)  # what comes in their place, until it is ACTIVE
    bakes_until: Instant | None = None
    is_look_queued: bool = False
    final_counts: dict[str, InstanceCounts] = field(default_factory=dict)  # by the revision's ARN, once it has ended
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def is_under_way(self) -> bool:
        """Whether it drains instances, forwards or backwards."""
        return self.status in ("IN_PROGRESS", "ROLLBACK_IN_PROGRESS")


@dataclass(slots=True, eq=False)
class Daemon(Mutable):
    """A daemon, from CreateDaemon until the deployment has ended that takes it away."""

    arn: str
    name: str
    cluster: Cluster
    created_at: Instant
    revision: DaemonRevision | None  # what a new instance starts; None while it is being deleted
    status: api.DaemonStatus = "ACTIVE"
    updated_at: Instant | None = None
    completed: DaemonRevision | None = None  # of the last deployment that succeeded: what a later one rolls back to
    deployments: list[DaemonDeployment] = field(default_factory=list)  # the newest last
    #: The ARN of the revision that was last begun to start on an instance, by the instance's id.
    begun_on: dict[str, str] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    capacity_providers: frozenset[str] = frozenset()  # the names of its revision's; an index of lists

    @property
    def deployment(self) -> DaemonDeployment:
        """The newest deployment."""
        return self.deployments[-1]


class DaemonToken(NamedTuple):
    """The call of CreateDaemon that used a client token: its packed parameters, and the daemon that it created."""

    request: bytes
    daemon: Daemon


class Daemons(Store[Daemon]):
    """The daemons of one cluster by name, in the order of their creation; their deployments and revisions outlast them.

    Attributes:
        deployments: every deployment by ARN.
        revisions: every revision by ARN.
        tokens: the calls of CreateDaemon by client token.
    """

    deployments: dict[str, DaemonDeployment]
    revisions: dict[str, DaemonRevision]
    tokens: dict[str, DaemonToken]

    def __init__(self) -> None:
        super().__init__()
        self.deployments = {}
        self.revisions = {}
        self.tokens = {}

    def on(self, capacity_provider: str | None) -> list[Daemon]:
        """The daemons whose tasks new instances of a capacity provider start."""
        return [
            daemon
            for daemon in self
            if daemon.revision is not None and capacity_provider in daemon.revision.capacity_providers
        ]

    def using(self, capacity_provider: str) -> list[Daemon]:
        """The daemons that have to do with a capacity provider: it is one of theirs, or their tasks still have to leave it."""
        return [
            daemon
            for daemon in self
            if any(
                capacity_provider in revision.capacity_providers
                for revision in (daemon.revision, daemon.deployment.target, *daemon.deployment.sources)
                if revision is not None
            )
        ]
