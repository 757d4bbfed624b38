"""A task set: a deployment of a service with a deployment controller other than ECS.

Statuses: API reference, TaskSet, status and stabilityStatus. Only `engine/rollouts/transition.py` assigns one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from pytest_ecsfake.clock import Instant
from pytest_ecsfake.state.mutable import Mutable
from pytest_ecsfake.state.service_revision import ServiceRevision

if TYPE_CHECKING:
    from pytest_ecsfake import api

TaskSetStatus = Literal["PRIMARY", "ACTIVE", "DRAINING"]


@dataclass(slots=True, eq=False)
class TaskSet(Mutable):
    """A task set of a service with the controller EXTERNAL or CODE_DEPLOY. Its tasks have its id as `startedBy`."""

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
    platform_version: str | None = None  # as requested, LATEST by default; Fargate only
    client_token: str | None = None
    request: bytes = b""  # the packed parameters of CreateTaskSet, to recognise a repeated call
    tags: dict[str, str] = field(default_factory=dict)
