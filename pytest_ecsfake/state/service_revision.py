"""A service revision: the configuration of the tasks of one deployment or one task set.

Rules: API reference, ServiceRevision.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pytest_ecsfake.clock import Instant
from pytest_ecsfake.state.express_gateway_service import ExpressConfiguration
from pytest_ecsfake.state.task_definition import TaskDefinition
from pytest_ecsfake.state.task_template import TaskTemplate

if TYPE_CHECKING:
    from pytest_ecsfake import api


@dataclass(frozen=True, slots=True, eq=False)
class ServiceRevision:
    """The configuration of the tasks of one deployment or one task set."""

    arn: str
    number: int  # the id of its deployment or task set ends with it
    created_at: Instant
    template: TaskTemplate
    capacity_provider_strategy: Sequence[api.CapacityProviderStrategyItem] = ()  # empty: the launch type applies
    #: Parameters as the request gave them, by their names in the API: networkConfiguration, loadBalancers, serviceRegistries,
    #: serviceConnectConfiguration, volumeConfigurations, vpcLatticeConfigurations, gatewayConnectors and monitoring. And two members that are
    #: derived: serviceConnectResources and fargateEphemeralStorage. Parameters that weren't given are absent.
    configuration: Mapping[str, Any] = field(default_factory=dict)
    express: ExpressConfiguration | None = None  # set if its service is an Express service

    @property
    def definition(self) -> TaskDefinition:
        """The task definition."""
        return self.template.definition

    @property
    def launch_type(self) -> api.LaunchType | None:
        """The launch type that answers show: None with a capacity provider strategy."""
        return None if self.capacity_provider_strategy else self.template.launch_type

    @property
    def platform_version(self) -> str | None:
        """Fargate's platform version, resolved, such as 1.4.0."""
        return self.template.platform_version

    @property
    def platform_family(self) -> str | None:
        """Fargate's platform family, such as Linux."""
        return self.template.platform_family

    @property
    def has_load_balancer(self) -> bool:
        """Whether its tasks are targets of a load balancer, the service's own or a gateway's. Such tasks drain before they stop."""
        return bool(self.configuration.get("loadBalancers") or self.configuration.get("gatewayConnectors"))

    @property
    def deregistration_delay_seconds(self) -> int | None:
        """How long its tasks drain, if its gateway connector says so. Target groups of its own have a delay that isn't known here."""
        if self.configuration.get("loadBalancers"):
            return None
        connectors: Sequence[api.GatewayConnector] = self.configuration.get("gatewayConnectors", ())
        return connectors[0].get("deregistrationDelay", {}).get("timeoutSeconds") if connectors else None
