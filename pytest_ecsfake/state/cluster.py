"""A cluster with what is attached to it, and the clusters of a region.

Statuses: API reference, Cluster, status and attachmentsStatus. Nobody assigns one but `engine/capacity/attachments.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Literal

from pytest_ecsfake import arns
from pytest_ecsfake.errors import ClusterNotFoundException
from pytest_ecsfake.state.store import Store

if TYPE_CHECKING:
    from pytest_ecsfake import api

#: API reference, common errors of operations on clusters.
NOT_FOUND = "Cluster not found."

ClusterStatus = Literal["ACTIVE", "PROVISIONING", "DEPROVISIONING", "FAILED", "INACTIVE"]
AttachmentsStatus = Literal["UPDATE_IN_PROGRESS", "UPDATE_COMPLETE", "UPDATE_FAILED"]
ClusterAttachmentType = Literal["as_policy", "managed_draining", "sc"]
ClusterAttachmentStatus = Literal["PRECREATED", "CREATED", "DELETING", "ATTACHING", "ATTACHED", "DETACHING", "DELETED"]


@dataclass(slots=True, eq=False)
class ClusterAttachment:
    """A resource that ECS made for a cluster: for a capacity provider, or for Service Connect."""

    id: str
    type: ClusterAttachmentType
    status: ClusterAttachmentStatus
    owner: str  # the capacity provider's name; for Service Connect the namespace's ARN
    details: list[api.KeyValuePair]


@dataclass(slots=True, eq=False)
class Cluster:
    """A cluster, from CreateCluster on; a deleted one stays as INACTIVE until its name is used again."""

    arn: str
    name: str
    status: ClusterStatus = "ACTIVE"
    settings: list[api.ClusterSetting] = field(default_factory=list)
    configuration: api.ClusterConfiguration | None = None
    capacity_providers: list[str] = field(default_factory=list)
    default_capacity_provider_strategy: list[api.CapacityProviderStrategyItem] = field(default_factory=list)
    attachments: list[ClusterAttachment] = field(default_factory=list)
    attachments_status: AttachmentsStatus | None = None  # None: nothing was ever attached
    attachments_changes: int = 0  # how many changes of the attachments were begun
    service_connect_namespace: str | None = None  # an ARN
    tags: dict[str, str] = field(default_factory=dict)
    requested_capacity_providers: list[str] = field(default_factory=list)  # these two as CreateCluster had them
    requested_strategy: list[api.CapacityProviderStrategyItem] = field(default_factory=list)

    @property
    def is_listed(self) -> bool:
        """Whether ListClusters shows it (aws-cli#2078: INACTIVE ones aren't shown)."""
        return self.status != "INACTIVE"


class Clusters(Store[Cluster]):
    """The clusters of a region by name, in the order of their creation."""

    derived: ClassVar = {"status": ("is_listed",)}

    def __init__(self, place: arns.Place) -> None:
        super().__init__()
        self.place = place
        self.follows_capacity = False  # whether somebody is told when a task may find room

    def find(self, identifier: str | None) -> tuple[str, Cluster | None]:
        """The name that an identifier means (None: `default`), and the cluster of that name if there is one, INACTIVE or not.

        Raises:
            ClientException, InvalidParameterException: see `arns.cluster_name`.
        """
        if identifier is None:
            identifier = "default"
        cluster = self.get(identifier)
        if cluster is not None:
            return identifier, cluster
        name = arns.cluster_name(identifier, self.place)
        return name, self.get(name)

    def known(self, identifier: str | None) -> Cluster:
        """The cluster that is meant, INACTIVE or not, as operations on the cluster itself see it.

        Raises:
            ClusterNotFoundException: there is none.
            ClientException, InvalidParameterException: see `arns.cluster_name`.
        """
        _, cluster = self.find(identifier)
        if cluster is None:
            raise ClusterNotFoundException(NOT_FOUND)
        return cluster

    def resolve(self, identifier: str | None) -> Cluster:
        """The cluster that is meant, as operations on what is in it see it.

        One that is about to become INACTIVE takes nothing in either. # unverified

        Raises:
            ClusterNotFoundException: there is none, or it was deleted (issue vatertime/minecraft-spot-pricing#4 for the words).
            ClientException, InvalidParameterException: see `arns.cluster_name`.
        """
        cluster = self.known(identifier)
        if cluster.status in ("INACTIVE", "DEPROVISIONING"):
            raise ClusterNotFoundException("The referenced cluster was inactive.")
        return cluster

    def associated_with(self, capacity_provider: str) -> Iterator[Cluster]:
        """The clusters that a capacity provider is associated with; a deleted one has none any more."""
        return (cluster for cluster in self if capacity_provider in cluster.capacity_providers)
