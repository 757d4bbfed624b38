"""A service revision: the configuration of the tasks of one deployment or one task set.

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
    """The configuration of the tasks of one deployment or one task set."""

    arn: str
    number: int  # its deployment's or task set's id ends with it
    created_at: Instant
    definition: TaskDefinition
    launch_type: api.LaunchType | None  # None: the strategy decides
    capacity_provider_strategy: Sequence[api.CapacityProviderStrategyItem]
    platform_version: str | None = None  # resolved, such as 1.4.0; this and the next on Fargate only
    platform_family: str | None = None
    #: As they were given, by their names in the API: networkConfiguration, loadBalancers, serviceRegistries, serviceConnectConfiguration,
    #: volumeConfigurations, vpcLatticeConfigurations, gatewayConnectors, monitoring, and the serviceConnectResources and
    #: fargateEphemeralStorage that follow from them; a member that wasn't given is absent.
    configuration: Mapping[str, Any] = field(default_factory=dict)

    @property
    def has_load_balancer(self) -> bool:
        """Whether its tasks are targets of a load balancer, which drain before they are stopped."""
        return bool(self.configuration.get("loadBalancers"))
