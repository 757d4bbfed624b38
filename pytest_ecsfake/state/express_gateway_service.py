"""What an Express service has beside the ordinary service that it is, and beside that service's revisions.

Everything else is derived: image, port, log configuration, roles and size stand in the task definition, subnets and security groups in the
revision, and names and ARNs of the managed parts follow from the service's ARN.
Rules: API reference, ECSExpressGatewayService, ExpressGatewayServiceConfiguration and ECSManagedResources.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

from pytest_ecsfake.clock import Instant
from pytest_ecsfake.state.mutable import Mutable

if TYPE_CHECKING:
    from pytest_ecsfake import api

#: API reference, ECSManagedResources: the kinds of resources that ECS makes for an Express service.
PartKind = Literal[
    "logGroup",
    "serviceSecurityGroup",
    "loadBalancerSecurityGroup",
    "loadBalancer",
    "certificate",
    "listener",
    "rule",
    "targetGroups",
    "scalableTarget",
    "scalingPolicy",
    "metricAlarm",
]


class ScalingTarget(NamedTuple):
    """Between which numbers of tasks Application Auto Scaling keeps the service, and by which metric; complete."""

    min_task_count: int
    max_task_count: int
    metric: api.ExpressGatewayServiceScalingMetric
    target_value: int


class ExpressConfiguration(NamedTuple):
    """What a revision of an Express service has that an ordinary revision doesn't hold."""

    health_check_path: str
    scaling_target: ScalingTarget


@dataclass(slots=True, eq=False)
class ManagedPart(Mutable):
    """One of the resources that ECS manages for an Express service. Only `engine/express/managed_parts.py` assigns its status."""

    kind: PartKind
    status: api.ManagedResourceStatus
    updated_at: Instant


@dataclass(slots=True, eq=False)
class ExpressGatewayService(Mutable):
    """What an Express service has beside the ordinary service of the same ARN."""

    infrastructure_role_arn: str
    updated_at: Instant
    load_balancer_number: int  # up to 25 Express services share one, so the load balancers of a region are numbered
    parts: dict[PartKind, ManagedPart] = field(default_factory=dict)

    @property
    def is_gone(self) -> bool:
        """Whether no part is being removed any more."""
        return all(part.status != "DEPROVISIONING" for part in self.parts.values())
