"""A service deployment: the history of one deployment, from its request to its end.

Statuses: API reference, ServiceDeployment, alarms and deploymentCircuitBreaker. Only `engine/rollouts/transition.py` assigns one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from pytest_ecsfake.clock import Instant
from pytest_ecsfake.state.deployment import Deployment
from pytest_ecsfake.state.mutable import Mutable
from pytest_ecsfake.state.service_revision import ServiceRevision
from pytest_ecsfake.state.task_counts import TaskCounts
from pytest_ecsfake.state.traffic_shift import HookRun, Shift

if TYPE_CHECKING:
    from pytest_ecsfake import api


class Rollback(NamedTuple):
    """Why and when a service deployment rolled back, and to which revision."""

    reason: str
    started_at: Instant
    revision_arn: str


@dataclass(slots=True, eq=False)
class ServiceDeployment(Mutable):
    """One deployment of a service, from its request to its end. A rollback is part of it."""

    arn: str
    id: str
    deployment: Deployment  # the deployment of the target revision
    target: ServiceRevision
    sources: Sequence[ServiceRevision]
    created_at: Instant
    updated_at: Instant
    configuration: api.DeploymentConfiguration  # that the service had when the deployment was requested
    status: api.ServiceDeploymentStatus = "PENDING"
    status_reason: str | None = None
    started_at: Instant | None = None
    finished_at: Instant | None = None
    stopped_at: Instant | None = None
    circuit_breaker_status: api.ServiceDeploymentRollbackMonitorsStatus = "DISABLED"
    failure_count: int = 0  # the failed tasks that the circuit breaker has counted
    has_run: bool = False  # whether one of its tasks was ever RUNNING
    alarms_status: api.ServiceDeploymentRollbackMonitorsStatus = "DISABLED"
    triggered_alarms: list[str] = field(default_factory=list)
    rollback: Rollback | None = None
    bakes_until: Instant | None = None  # set once a rolling deployment has replaced every task
    shift: Shift | None = None  # set if it shifts traffic
    lifecycle_stage: api.ServiceDeploymentLifecycleStage | None = None
    hook_runs: list[HookRun] = field(default_factory=list)
    #: By revision ARN, in percent; empty where no traffic is shifted.
    production_traffic: dict[str, float] = field(default_factory=dict)
    test_traffic: dict[str, float] = field(default_factory=dict)
    #: The counts of tasks at the end, by revision ARN. Until the end the counts of the service's deployments are shown.
    final_counts: dict[str, TaskCounts] = field(default_factory=dict)

    @property
    def has_started(self) -> bool:
        """Whether the scheduler has started it or its rollback."""
        return self.started_at is not None or self.rollback is not None

    @property
    def has_ended(self) -> bool:
        """Whether it has ended, in whichever status."""
        return self.finished_at is not None
