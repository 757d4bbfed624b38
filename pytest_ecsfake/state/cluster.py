"""A cluster, and the clusters of a region."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pytest_ecsfake import arns
from pytest_ecsfake.errors import ClusterNotFoundException
from pytest_ecsfake.state.store import Store
from pytest_ecsfake.state.task import Tasks

if TYPE_CHECKING:
    from pytest_ecsfake import api


@dataclass(slots=True, eq=False)
class Cluster:
    """A cluster, from CreateCluster on; a deleted one stays as INACTIVE until its name is used again."""

    arn: str
    name: str
    status: str = "ACTIVE"
    settings: list[api.ClusterSetting] = field(default_factory=list)
    configuration: api.ClusterConfiguration | None = None
    capacity_providers: list[str] = field(default_factory=list)
    default_capacity_provider_strategy: list[api.CapacityProviderStrategyItem] = field(default_factory=list)
    attachments: list[api.Attachment] = field(default_factory=list)
    attachments_status: str | None = None  # None: no capacity provider was ever associated
    service_connect_namespace: str | None = None  # an ARN
    tags: dict[str, str] = field(default_factory=dict)
    tasks: Tasks = field(default_factory=Tasks)

    @property
    def active_tasks_count(self) -> int:
        """How many of its tasks aren't STOPPED."""
        return len(self.tasks) - self.tasks.count(last_status="STOPPED")


class Clusters(Store[Cluster]):
    """The clusters of a region by name, in the order of their creation."""

    def __init__(self, place: arns.Place) -> None:
        super().__init__()
        self.place = place

    def find(self, identifier: str | None) -> tuple[str, Cluster | None]:
        """The name that an identifier means (None: `default`), and the cluster of that name if there is one, INACTIVE or not.

        Raises:
            ClientException, InvalidParameterException: see `arns.cluster_name`.
        """
        name = arns.cluster_name("default" if identifier is None else identifier, self.place)
        return name, self.get(name)

    def resolve(self, identifier: str | None) -> Cluster:
        """The cluster that is meant, as operations on what is in it see it.

        Raises:
            ClusterNotFoundException: there is none, or it was deleted (issue vatertime/minecraft-spot-pricing#4 for the words).
            ClientException, InvalidParameterException: see `arns.cluster_name`.
        """
        _, cluster = self.find(identifier)
        if cluster is None:
            raise ClusterNotFoundException("Cluster not found.")
        if cluster.status == "INACTIVE":
            raise ClusterNotFoundException("The referenced cluster was inactive.")
        return cluster
