"""A service revision: what the tasks of one deployment, or of one task set, are made from.

Rules: API reference, ServiceRevision.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pytest_ecsfake.clock import Instant
from pytest_ecsfake.state.task_definition import TaskDefinition

if TYPE_CHECKING:
    from pytest_ecsfake import api


@dataclass(frozen=True, slots=True, eq=False)
class ServiceRevision:
    """What the tasks of one deployment, or of one task set, are made from; never changed once made."""

    arn: str
    number: int  # also that of the deployment that introduced it
    created_at: Instant
    definition: TaskDefinition
    launch_type: api.LaunchType | None  # None: the strategy says where
    capacity_provider_strategy: Sequence[api.CapacityProviderStrategyItem]
    platform_version: str | None = None  # resolved, such as 1.4.0; this and the next are Fargate's
    platform_family: str | None = None
    #: As handed in, by their names in the API: networkConfiguration, loadBalancers, serviceRegistries, serviceConnectConfiguration,
    #: volumeConfigurations, vpcLatticeConfigurations, gatewayConnectors, monitoring, and the serviceConnectResources and
    #: fargateEphemeralStorage that come of it; absent where they weren't given.
    configuration: Mapping[str, Any] = field(default_factory=dict)

    @property
    def has_load_balancer(self) -> bool:
        """Whether tasks are targets, which drain before they are stopped."""
        return bool(self.configuration.get("loadBalancers"))
