"""A task set of a service whose deployments somebody else than ECS makes.

Statuses: API reference, TaskSet, status and stabilityStatus. Nobody assigns one but `engine/rollouts/transition.py`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from pytest_ecsfake.clock import Instant
from pytest_ecsfake.state.service_revision import ServiceRevision

if TYPE_CHECKING:
    from pytest_ecsfake import api

TaskSetStatus = Literal["PRIMARY", "ACTIVE", "DRAINING"]


@dataclass(slots=True, eq=False)
class TaskSet:
    """A task set of a service under the controller EXTERNAL or CODE_DEPLOY; its tasks bear its id as `startedBy`."""

    id: str  # ecs-svc/ and the revision's number
    arn: str
    revision: ServiceRevision
    created_at: Instant
    updated_at: Instant
    stability_status_at: Instant
    scale: api.Scale
    status: TaskSetStatus = "ACTIVE"
    stability_status: api.StabilityStatus = "STABILIZING"
    desired_count: int = 0  # computedDesiredCount
    external_id: str | None = None
    started_by: str | None = None
    platform_version: str | None = None  # as asked for, LATEST when nothing was; Fargate only
    client_token: str | None = None
    request: bytes = b""  # that of CreateTaskSet, packed, to tell a repetition by
    tags: dict[str, str] = field(default_factory=dict)
