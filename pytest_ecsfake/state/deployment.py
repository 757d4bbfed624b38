"""A deployment as its service lists it.

Statuses: API reference, Deployment, status and rolloutState. Only `engine/rollouts/transition.py` assigns one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pytest_ecsfake.clock import Instant
from pytest_ecsfake.state.mutable import Mutable
from pytest_ecsfake.state.service_revision import ServiceRevision

if TYPE_CHECKING:
    from pytest_ecsfake import api

DeploymentStatus = Literal["PRIMARY", "ACTIVE", "INACTIVE"]


@dataclass(slots=True, eq=False)
class Deployment(Mutable):
    """A deployment of a service with the deployment controller ECS. Its tasks have its id as `startedBy`."""

    id: str  # ecs-svc/ and the revision's number
    revision: ServiceRevision
    created_at: Instant
    updated_at: Instant
    rollout_state_reason: str
    status: DeploymentStatus = "PRIMARY"
    desired_count: int = 0  # how many of its tasks the scheduler wants now; 0 until the deployment starts
    failed_tasks: int = 0  # in a row; no longer counted once one of its tasks has run well
    has_run_well: bool = False
    rollout_state: api.DeploymentRolloutState = "IN_PROGRESS"
