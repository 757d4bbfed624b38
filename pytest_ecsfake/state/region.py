"""The state of one account in one region, and the state of the whole fake."""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from pytest_ecsfake.arns import Partition
from pytest_ecsfake.clock import Clock, Instant
from pytest_ecsfake.state.account_settings import AccountSettings
from pytest_ecsfake.state.capacity_provider import CapacityProviders
from pytest_ecsfake.state.cluster import Cluster, Clusters
from pytest_ecsfake.state.container_instance import ContainerInstances
from pytest_ecsfake.state.daemon import Daemons
from pytest_ecsfake.state.daemon_task_definition import DaemonTaskDefinitions
from pytest_ecsfake.state.event_log import EventLog
from pytest_ecsfake.state.exec_sessions import ExecSession
from pytest_ecsfake.state.flat_log import LogState
from pytest_ecsfake.state.gateway import GatewayAssociations, GatewayRoutes, Gateways
from pytest_ecsfake.state.history import History, Root, Snapshot
from pytest_ecsfake.state.ids import Ids
from pytest_ecsfake.state.journal import Journal
from pytest_ecsfake.state.managed_instances import ManagedInstances
from pytest_ecsfake.state.mutable import Mutable
from pytest_ecsfake.state.namespaces import Namespaces
from pytest_ecsfake.state.orders import Orders
from pytest_ecsfake.state.service import Services
from pytest_ecsfake.state.task import Tasks
from pytest_ecsfake.state.task_definition import TaskDefinitions
from pytest_ecsfake.state.timings import Timings
from pytest_ecsfake.state.waiting import WaitingTasks

AlarmState = Literal["OK", "ALARM", "INSUFFICIENT_DATA"]
"""The states of a CloudWatch alarm (CloudWatch API reference, MetricAlarm, StateValue)."""


@dataclass(slots=True, eq=False)
class _Contents(Mutable):
    """The contents of one cluster."""

    tasks: Tasks = field(default_factory=Tasks)
    services: Services = field(default_factory=Services)
    container_instances: ContainerInstances = field(default_factory=ContainerInstances)
    waiting_tasks: WaitingTasks = field(default_factory=WaitingTasks)
    managed_instances: ManagedInstances = field(default_factory=ManagedInstances)
    daemons: Daemons = field(default_factory=Daemons)


def _without_orders(owner: object) -> dict[str, Any]:
    """The attributes that a pickle of the world holds: all but the orders, which aren't part of a snapshot."""
    return {name: value for name, value in vars(owner).items() if name not in ("orders", "_history")}


class Region(Mutable):
    """One account in one region: its stores, ids, journal and events.

    All regions share the clock, the sessions of ExecuteCommand, and the orders of the test. A snapshot leaves the orders out.
    """

    partition: Partition
    clock: Clock
    timings: Timings
    orders: Orders
    exec_sessions: list[ExecSession]
    ids: Ids
    journal: Journal
    events: EventLog
    account_settings: AccountSettings
    namespaces: Namespaces
    clusters: Clusters
    _contents: dict[Cluster, _Contents]
    capacity_providers: CapacityProviders
    task_definitions: TaskDefinitions
    gateways: Gateways
    gateway_associations: GatewayAssociations
    gateway_routes: GatewayRoutes
    daemon_task_definitions: DaemonTaskDefinitions
    alarms: dict[str, AlarmState]
    follows_daemons: bool  # whether `engine/daemons` has subscribed to the journal
    has_scheduler: bool  # whether the service scheduler has subscribed to the journal

    def __init__(
        self,
        partition: Partition,
        clock: Clock,
        seed: str,
        timings: Timings,
        *,
        orders: Orders,
        exec_sessions: list[ExecSession],
    ) -> None:
        self.partition = partition
        self.clock = clock
        self.timings = timings
        self.orders = orders
        self.exec_sessions = exec_sessions
        self.ids = Ids(f"{seed}/{partition.account}/{partition.region}")
        self.journal = Journal()
        self.events = EventLog(f"{seed}/{partition.account}/{partition.region}/events", clock)
        self.account_settings = AccountSettings(partition)
        self.namespaces = Namespaces(partition, self.ids)
        self.clusters = Clusters(partition)
        self._contents = {}
        self.capacity_providers = CapacityProviders(partition)
        self.task_definitions = TaskDefinitions(partition)
        self.gateways = Gateways(partition)
        self.gateway_associations = GatewayAssociations()
        self.gateway_routes = GatewayRoutes(partition)
        self.daemon_task_definitions = DaemonTaskDefinitions(partition)
        self.alarms = {}
        self.follows_daemons = False
        self.has_scheduler = False

    def tasks_in(self, cluster: Cluster) -> Tasks:
        """The tasks of a cluster."""
        return self._contents_of(cluster).tasks

    def services_in(self, cluster: Cluster) -> Services:
        """The services of a cluster."""
        return self._contents_of(cluster).services

    def container_instances_in(self, cluster: Cluster) -> ContainerInstances:
        """The container instances of a cluster."""
        return self._contents_of(cluster).container_instances

    def waiting_tasks_in(self, cluster: Cluster) -> WaitingTasks:
        """The tasks of a cluster that wait for capacity."""
        return self._contents_of(cluster).waiting_tasks

    def managed_instances_in(self, cluster: Cluster) -> ManagedInstances:
        """The Managed Instances of a cluster that are being launched."""
        return self._contents_of(cluster).managed_instances

    def daemons_in(self, cluster: Cluster) -> Daemons:
        """The managed daemons of a cluster."""
        return self._contents_of(cluster).daemons

    def _contents_of(self, cluster: Cluster) -> _Contents:
        contents = self._contents.get(cluster)
        if contents is None:
            contents = self._contents[cluster] = _Contents()
        return contents

    def roots(self) -> Iterator[tuple[Hashable, Root]]:
        """What each snapshot copies of the region: how long its logs are, and who has subscribed to them."""
        journal, events = self.journal, self.events
        yield (self, "journal"), Root(journal.state, journal.put, LogState.leave)
        yield (self, "events"), Root(events.state, events.put, LogState.leave)
        yield (self, "subscribers of the journal"), Root(journal.subscriptions, journal.put_subscriptions)
        yield (self, "subscribers of events"), Root(events.subscriptions, events.put_subscriptions)

    __getstate__ = _without_orders

    def alarm_state(self, name: str) -> AlarmState:
        """The state of a CloudWatch alarm: OK until a test sets it."""
        return self.alarms.get(name, "OK")


@dataclass
class World:
    """The whole state of a fake: its regions and its clock. A snapshot holds all of it, scheduled events included, except the orders of the test."""

    clock: Clock
    seed: str
    timings: Timings
    orders: Orders = field(default_factory=Orders)
    exec_sessions: list[ExecSession] = field(default_factory=list)
    regions: dict[Partition, Region] = field(default_factory=dict)
    start: Instant = field(init=False)

    def __post_init__(self) -> None:
        self.start = self.clock.now
        self._history = History(self, self._roots, self._parts)

    @property
    def has_no_past(self) -> bool:
        """True while the world holds nothing with a timestamp and nothing is scheduled. Clusters and alarms have no timestamps."""
        kinds = {entry.kind for region in self.regions.values() for entry in region.journal}
        return kinds <= {"cluster", "alarm"} and self.clock.next_due() is None

    def begin_at(self, instant: Instant) -> None:
        """Move the beginning of time to another instant. Only for a world that has no past."""
        for region in self.regions.values():
            region.journal.shift(instant - self.start)
        self.clock.now = self.start = instant

    def snapshot(self) -> Snapshot:
        """The whole state, for `restore`. It costs what has changed since the last snapshot; the first one costs as much as there is."""
        return self._history.snapshot()

    def restore(self, saved: Snapshot) -> None:
        """Return to a snapshot of this world. What was part of the state then is what it was; the orders stay."""
        self._history.restore(saved)

    def _roots(self) -> Iterator[tuple[Hashable, Root]]:
        yield "world", Root(self._state, self._put)
        yield "clock", Root(self.clock.state, self.clock.put)
        for region in self.regions.values():
            yield from region.roots()

    def _parts(self) -> Iterator[object]:
        yield from self.regions.values()
        yield from self.exec_sessions
        yield from self.clock.events()

    def _state(self) -> tuple[Instant, list[ExecSession], dict[Partition, Region]]:
        return self.start, self.exec_sessions[:], dict(self.regions)

    def _put(self, before: tuple[Instant, list[ExecSession], dict[Partition, Region]]) -> None:
        self.start, self.exec_sessions[:], regions = before
        self.regions.clear()
        self.regions.update(regions)

    def region(self, partition: Partition) -> Region:
        """The state of one account in one region, created at the first call."""
        region = self.regions.get(partition)
        if region is None:
            region = self.regions[partition] = Region(
                partition,
                self.clock,
                self.seed,
                self.timings,
                orders=self.orders,
                exec_sessions=self.exec_sessions,
            )
        return region

    __getstate__ = _without_orders
