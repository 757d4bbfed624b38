"""A capacity provider, and the capacity providers of a region.

Statuses: API reference, CapacityProvider, status and updateStatus. Nobody assigns one but `engine/capacity/providers.py`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pytest_ecsfake import arns
from pytest_ecsfake.state.mutable import Mutable
from pytest_ecsfake.state.store import Store

if TYPE_CHECKING:
    from pytest_ecsfake import api

#: API reference, CapacityProviderStrategyItem, capacityProvider: the providers that every account has. Their type is their name.
FARGATE_PROVIDERS: tuple[api.CapacityProviderType, ...] = ("FARGATE", "FARGATE_SPOT")


@dataclass(slots=True, eq=False)
class CapacityProvider(Mutable):
    """A capacity provider of one of the four types. Only a Managed Instances provider belongs to a cluster."""

    arn: str
    name: str
    type: api.CapacityProviderType
    cluster_name: str | None = None  # the cluster that it belongs to; Managed Instances only
    auto_scaling_group_provider: api.AutoScalingGroupProvider | None = None
    managed_instances_provider: api.ManagedInstancesProvider | None = None
    status: api.CapacityProviderStatus = "ACTIVE"
    update_status: api.CapacityProviderUpdateStatus | None = None  # None: it was never updated or deleted
    update_status_reason: str | None = None
    coming: api.AutoScalingGroupProvider | None = (
        None  # the settings that a running update will bring; attachments already show them
    )
    awaits_instances: bool = False  # whether its deletion ends when its last instance is gone
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        """The kind that a strategy can't mix with another one: the type, except that FARGATE and FARGATE_SPOT are one kind."""
        return "FARGATE" if self.type in FARGATE_PROVIDERS else self.type

    @property
    def is_busy(self) -> bool:
        """Whether a creation, an update or a deletion is under way."""
        return self.update_status is not None and self.update_status.endswith("_IN_PROGRESS")


class CapacityProviders(Store[CapacityProvider]):
    """The capacity providers of a region by name, in the order of their names.

    A name is unique in the account, whether or not the provider belongs to a cluster. A deleted provider stays as INACTIVE until its name is used
    again.
    """

    partition: arns.Partition
    #: Whether `engine/managed_instances` has subscribed to what makes instances come and go.
    follows_managed_instances: bool

    def __init__(self, partition: arns.Partition) -> None:
        super().__init__()
        self.partition = partition
        self.follows_managed_instances = False
        for name in FARGATE_PROVIDERS:
            self.add(name, CapacityProvider(arn=self.arn(name), name=name, type=name))

    def sort_key(self, item: CapacityProvider) -> str:
        """Providers are sorted by name."""
        return item.name

    def of(self, names: Iterable[str]) -> list[CapacityProvider]:
        """The providers with these names. Each of them must exist."""
        return [self._items[name] for name in names]

    def arn(self, name: str) -> str:
        """The ARN of the provider with this name."""
        return self.partition.arn(f"capacity-provider/{name}")

    def name_of(self, identifier: str) -> str:
        """The name in a name or an ARN.

        Raises:
            ClientException, InvalidParameterException: see `arns.resource_of`.
        """
        if not arns.is_arn(identifier):
            return identifier
        return "/".join(arns.resource_of(identifier, self.partition, "capacity-provider"))

    def find(self, identifier: str) -> CapacityProvider | None:
        """The provider with this name or ARN, also an INACTIVE one; None if there is none.

        Raises:
            ClientException, InvalidParameterException: see `arns.resource_of`.
        """
        return self.get(self.name_of(identifier))
