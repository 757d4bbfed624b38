"""A cluster with what is attached to it, and the clusters of a region.

Statuses: API reference, Cluster, status and attachmentsStatus. Nobody assigns one but `engine/capacity/attachments.py`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar, Literal

from pytest_ecsfake import arns
from pytest_ecsfake.errors import ClusterNotFoundException
from pytest_ecsfake.state.mutable import Mutable
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
class ClusterAttachment(Mutable):
    """A resource that ECS made for a cluster: for a capacity provider, or for Service Connect."""

    id: str
    type: ClusterAttachmentType
    status: ClusterAttachmentStatus
    owner: str  # the capacity provider's name; for Service Connect the namespace's ARN
    details: list[api.KeyValuePair]


@dataclass(slots=True, eq=False)
class Cluster(Mutable):
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
    attachments_changes: int = 0  # how many changes of its attachments have begun
    service_connect_namespace: str | None = None  # an ARN
    tags: dict[str, str] = field(default_factory=dict)
    requested_capacity_providers: list[str] = field(
        default_factory=list
    )  # this and the next: as CreateCluster was given them
    requested_strategy: list[api.CapacityProviderStrategyItem] = field(default_factory=list)

    @property
    def is_listed(self) -> bool:
        """Whether ListClusters shows it (aws-cli#2078: INACTIVE ones aren't shown)."""
        return self.status != "INACTIVE"


class Clusters(Store[Cluster]):
    """The clusters of a region by name, in the order of their creation."""

    derived: ClassVar = {"status": ("is_listed",)}

    partition: arns.Partition
    #: Whether `engine/launch/waiting.py` has subscribed to changes that may free capacity.
    follows_capacity: bool

    def __init__(self, partition: arns.Partition) -> None:
        super().__init__()
        self.partition = partition
        self.follows_capacity = False

    def name_of(self, identifier: str | None) -> str:
        """The name in a name or an ARN; `default` if the identifier is None.

        Raises:
            ClientException, InvalidParameterException: see `arns.cluster_name`.
        """
        if identifier is None:
            return "default"
        return identifier if identifier in self else arns.cluster_name(identifier, self.partition)

    def find(self, identifier: str | None) -> Cluster | None:
        """The cluster with this name or ARN, also an INACTIVE one; None if there is none.

        Raises:
            ClientException, InvalidParameterException: see `arns.cluster_name`.
        """
        return self.get(self.name_of(identifier))

    def known(self, identifier: str | None) -> Cluster:
        """The cluster with this name or ARN, also an INACTIVE one. For operations on the cluster itself.

        Raises:
            ClusterNotFoundException: it is unknown.
            ClientException, InvalidParameterException: see `arns.cluster_name`.
        """
        cluster = self.find(identifier)
        if cluster is None:
            raise ClusterNotFoundException(NOT_FOUND)
        return cluster

    def active(self, identifier: str | None) -> Cluster:
        """The cluster with this name or ARN, unless it is deleted or being deleted. For operations on the contents of a cluster.

        That ECS also refuses a cluster while it is being deleted is unverified.

        Raises:
            ClusterNotFoundException: it is unknown, deleted, or being deleted (text: issue vatertime/minecraft-spot-pricing#4).
            ClientException, InvalidParameterException: see `arns.cluster_name`.
        """
        cluster = self.known(identifier)
        if cluster.status in ("INACTIVE", "DEPROVISIONING"):
            raise ClusterNotFoundException("The referenced cluster was inactive.")
        return cluster

    def associated_with(self, capacity_provider: str) -> Iterator[Cluster]:
        """The clusters that a capacity provider is associated with."""
        return (cluster for cluster in self if capacity_provider in cluster.capacity_providers)
