"""A deployment as its service lists it.

Statuses: API reference, Deployment, status and rolloutState. Nobody assigns one but `engine/rollouts/transition.py`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pytest_ecsfake.clock import Instant
from pytest_ecsfake.state.service_revision import ServiceRevision

if TYPE_CHECKING:
    from pytest_ecsfake import api

DeploymentStatus = Literal["PRIMARY", "ACTIVE", "INACTIVE"]


@dataclass(slots=True, eq=False)
class Deployment:
    """A deployment of a service under the controller ECS; its tasks have its id as `startedBy`."""

    id: str  # ecs-svc/ and the revision's number
    revision: ServiceRevision
    created_at: Instant
    updated_at: Instant
    rollout_state_reason: str
    status: DeploymentStatus = "PRIMARY"
    desired_count: int = 0  # how many tasks the scheduler wants of it now; 0 until it starts
    failed_tasks: int = 0  # in a row; no longer counted once a task has run well
    has_run_well: bool = False
    rollout_state: api.DeploymentRolloutState = "IN_PROGRESS"
