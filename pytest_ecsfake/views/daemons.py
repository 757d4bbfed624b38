"""Managed daemons."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar

from pytest_ecsfake.clock import to_datetime
from pytest_ecsfake.engine.daemons import counting
from pytest_ecsfake.errors import EcsFakeUsageError
from pytest_ecsfake.views.reading import EntryView, Reader, StoreView
from pytest_ecsfake.views.tasks import Task

if TYPE_CHECKING:
    from pytest_ecsfake import api
    from pytest_ecsfake.state.cluster import Cluster
    from pytest_ecsfake.state.daemon import Daemon as DaemonState
    from pytest_ecsfake.state.region import Region


class Daemon(EntryView["DaemonState"]):
    """A managed daemon. Each attribute is up to date when it is read. A daemon that is gone keeps its last state."""

    __slots__ = ()

    def _found_in(self, region: Region, cluster: Cluster) -> DaemonState | None:
        return region.daemons_in(cluster).get(self._state.name)

    @property
    def name(self) -> str:
        """The daemon's name."""
        return self._state.name

    @property
    def status(self) -> api.DaemonStatus:
        """`ACTIVE`, or `DELETE_IN_PROGRESS` for one that is being taken away."""
        return self._ask(lambda daemon: daemon.status)

    @property
    def task_definition(self) -> str | None:
        """The ARN of the daemon task definition that a new instance starts; None while the daemon is being taken away."""
        return self._ask(lambda daemon: None if daemon.revision is None else daemon.revision.definition.arn)

    @property
    def capacity_providers(self) -> list[str]:
        """The names of the capacity providers whose new instances start it."""
        return self._ask(lambda daemon: [] if daemon.revision is None else list(daemon.revision.capacity_providers))

    @property
    def critical(self) -> bool | None:
        """Whether an instance needs it to be ACTIVE; None while the daemon is being taken away."""
        return self._ask(lambda daemon: None if daemon.revision is None else daemon.revision.critical)

    @property
    def deployment_arn(self) -> str:
        """The ARN of its newest deployment."""
        return self._ask(lambda daemon: daemon.deployment.arn)

    @property
    def deployment_status(self) -> api.DaemonDeploymentStatus:
        """The status of its newest deployment, such as `IN_PROGRESS`."""
        return self._ask(lambda daemon: daemon.deployment.status)

    @property
    def running_count(self) -> int:
        """On how many instances it runs."""
        return self._ask_region(lambda region, daemon: _total(region, daemon, "running"))

    @property
    def without_daemon_count(self) -> int:
        """How many ACTIVE instances are without its task, though it was started there."""
        return self._ask_region(lambda region, daemon: _total(region, daemon, "without_daemon"))

    @property
    def tasks(self) -> list[Task]:
        """Its tasks in the order of their creation, with those that stopped within the last hour."""
        return self._ask_region(
            lambda region, daemon: [
                Task(self._reader, task) for task in region.tasks_in(daemon.cluster) if task.daemon_name == daemon.name
            ]
        )

    @property
    def tags(self) -> dict[str, str]:
        """The tags by key."""
        return self._ask(lambda daemon: dict(daemon.tags))

    @property
    def created_at(self) -> datetime:
        """When it was created."""
        return to_datetime(self._ask(lambda daemon: daemon.created_at))

    def __repr__(self) -> str:
        status, deployment = self._ask(lambda daemon: (daemon.status, daemon.deployment.status))
        return f"<Daemon {_path(self._state)} {status}, deployment {deployment}>"


class DaemonStore(StoreView[Daemon]):
    """The managed daemons of an account in a region, or of one cluster, in the order of their creation.

    Args:
        reader: reads one partition.
        cluster_name: the cluster to look in; None means every cluster of the partition.
    """

    kind = "daemon"
    looked_up_by = '"cluster/name", ARN or name'
    entry = Daemon
    words: ClassVar[Mapping[str, tuple[str, ...]]] = {"status": ("ACTIVE", "DELETE_IN_PROGRESS")}

    def __init__(self, reader: Reader, cluster_name: str | None = None) -> None:
        super().__init__(reader)
        self._cluster_name = cluster_name

    def _find(self, region: Region, key: str) -> Daemon | None:
        __tracebackhide__ = True
        named = [daemon for daemon in self._states(region) if key in (daemon.arn, daemon.name, _path(daemon))]
        if len(named) > 1:
            paths = ", ".join(f'"{_path(daemon)}"' for daemon in named)
            raise EcsFakeUsageError(f'the name "{key}" alone is not clear: there are {paths}.')
        return Daemon(self._reader, named[0]) if named else None

    def _states(self, region: Region) -> list[DaemonState]:
        return [
            daemon
            for cluster in region.clusters
            if self._cluster_name in (None, cluster.name)
            for daemon in region.daemons_in(cluster)
        ]

    def _entries(self, region: Region) -> Iterable[Daemon]:
        daemons = sorted(self._states(region), key=lambda daemon: daemon.created_at)
        return [Daemon(self._reader, daemon) for daemon in daemons]

    def _keys(self, region: Region) -> Iterable[str]:
        return [_path(daemon) for daemon in self._states(region)]


def _total(region: Region, daemon: DaemonState, which: str) -> int:
    """How many instances have one of the daemon's revisions, by what has become of it there."""
    return sum(
        int(getattr(count, which))
        for revision in counting.revisions_in_use(region, daemon)
        for count in counting.counts_of(region, daemon, revision).values()
    )


def _path(daemon: DaemonState) -> str:
    return f"{daemon.cluster.name}/{daemon.name}"
