"""Clusters as a test reads them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from pytest_ecsfake.arns import is_arn
from pytest_ecsfake.engine.capacity import attachments
from pytest_ecsfake.errors import EcsError
from pytest_ecsfake.views.container_instances import ContainerInstanceStore
from pytest_ecsfake.views.daemons import DaemonStore
from pytest_ecsfake.views.reading import StoreView, View
from pytest_ecsfake.views.services import ServiceStore
from pytest_ecsfake.views.tasks import TaskStore

if TYPE_CHECKING:
    from pytest_ecsfake import api
    from pytest_ecsfake.state.cluster import Cluster as ClusterState
    from pytest_ecsfake.state.region import Region


class Cluster(View["ClusterState"]):
    """A cluster. Each attribute is up to date when it is read. A deleted cluster has the status INACTIVE."""

    __slots__ = ()

    def _found(self, region: Region) -> ClusterState | None:
        return region.clusters.get(self._state.name)

    @property
    def name(self) -> str:
        """The cluster's name."""
        return self._state.name

    @property
    def status(self) -> str:
        """`ACTIVE`, `INACTIVE`, or `PROVISIONING` or `DEPROVISIONING` while its attachments change."""
        return self._ask(lambda cluster: cluster.status)

    @property
    def settings(self) -> list[api.ClusterSetting]:
        """The settings, such as containerInsights, as DescribeClusters shows them."""
        return self._ask(lambda cluster: [{**setting} for setting in cluster.settings])

    @property
    def capacity_providers(self) -> list[str]:
        """The names of the associated capacity providers."""
        return self._ask(lambda cluster: list(cluster.capacity_providers))

    @property
    def tags(self) -> dict[str, str]:
        """The tags by key."""
        return self._ask(lambda cluster: dict(cluster.tags))

    @property
    def running_tasks_count(self) -> int:
        """How many tasks have the last status RUNNING."""
        return self._ask_region(lambda region, cluster: region.tasks_in(cluster).count(last_status="RUNNING"))

    @property
    def pending_tasks_count(self) -> int:
        """How many tasks have the last status PENDING."""
        return self._ask_region(lambda region, cluster: region.tasks_in(cluster).count(last_status="PENDING"))

    @property
    def tasks(self) -> TaskStore:
        """The tasks of this cluster."""
        return TaskStore(self._reader, cluster_name=self.name)

    @property
    def services(self) -> ServiceStore:
        """The services of this cluster."""
        return ServiceStore(self._reader, cluster_name=self.name)

    @property
    def container_instances(self) -> ContainerInstanceStore:
        """The container instances of this cluster."""
        return ContainerInstanceStore(self._reader, cluster_name=self.name)

    @property
    def daemons(self) -> DaemonStore:
        """Its managed daemons."""
        return DaemonStore(self._reader, cluster_name=self.name)

    @property
    def registered_container_instances_count(self) -> int:
        """How many container instances are ACTIVE or DRAINING."""
        return self._ask_region(lambda region, cluster: region.container_instances_in(cluster).registered_count)

    def __repr__(self) -> str:
        return f"<Cluster {self.name} {self.status}>"


class ClusterStore(StoreView[Cluster]):
    """The clusters of an account in a region, by name or ARN."""

    kind = "cluster"
    looked_up_by = "name or ARN"
    entry = Cluster

    def add(self, name: str, *, capacity_providers: Iterable[str] = ()) -> Cluster:
        """Create a cluster as set-up for a test, without a recorded call. It is ACTIVE at once, with its capacity providers attached.

        Args:
            name: the cluster's name.
            capacity_providers: the names of the capacity providers to associate with it.

        Raises:
            EcsError: the error that CreateCluster would answer with, such as for a malformed name.
        """
        __tracebackhide__ = True
        request: dict[str, object] = {"clusterName": name}
        if capacity_providers:
            request["capacityProviders"] = list(capacity_providers)
        with self._reader.endpoint.lock:
            try:
                self._reader.endpoint.set_up("CreateCluster", request, self._reader.partition)
            except EcsError as refusal:
                raise refusal.with_traceback(None) from None  # pytest then shows the test author's line
            region = self._reader.region()
            attachments.finish(region, region.clusters.known(name), attachments.CREATION)
        return self[name]

    def _find(self, region: Region, key: str) -> Cluster | None:
        name = key.rpartition("/")[2] if is_arn(key) else key
        found = region.clusters.get(name)
        if found is None or (is_arn(key) and found.arn != key):
            return None
        return Cluster(self._reader, found)

    def _entries(self, region: Region) -> Iterable[Cluster]:
        return (Cluster(self._reader, cluster) for cluster in region.clusters)

    def _keys(self, region: Region) -> Iterable[str]:
        return region.clusters.keys()
