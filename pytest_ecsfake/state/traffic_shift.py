"""How far a deployment is that shifts traffic: its steps, and the lifecycle hooks that run at them.

Rules: API reference, ServiceDeployment, lifecycleStage, and DeploymentLifecycleHookDetail.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from pytest_ecsfake.clock import Instant
from pytest_ecsfake.state.deployment import Deployment

if TYPE_CHECKING:
    from pytest_ecsfake import api

    ShiftStage = api.ServiceDeploymentLifecycleStage | api.DeploymentLifecycleHookStage


@dataclass(slots=True, eq=False)
class HookRun:
    """One run of a lifecycle hook, as `lifecycleHookDetails` shows it."""

    id: str
    hook: api.DeploymentLifecycleHook
    stage: ShiftStage
    expires_at: Instant
    status: api.DeploymentLifecycleHookStatus = "IN_PROGRESS"
    details: object = None  # handed to a Lambda function with its next call
    answers_for: int | None = None  # the number of the test's callable that answers for the Lambda function

    @property
    def is_pause(self) -> bool:
        """Whether the deployment waits for ContinueServiceDeployment."""
        return self.hook.get("targetType") == "PAUSE"

    @property
    def is_open(self) -> bool:
        """Whether its outcome isn't known yet."""
        return self.status in ("IN_PROGRESS", "AWAITING_ACTION")


class ShiftStep(NamedTuple):
    """One step on the way of a deployment that shifts traffic."""

    stage: ShiftStage
    production: float | None = None  # percent that the green revision has from then on; None: as before
    test: float | None = None
    bake_time: int = 0  # microseconds that the step lasts at least


@dataclass(slots=True, eq=False)
class Shift:
    """How far a deployment is that shifts traffic, from the blue deployment to its own, the green one."""

    blue: Deployment
    steps: Sequence[ShiftStep]
    serving: list[Deployment]  # those that are held at the service's desired count; all others go
    step_number: int = -1  # in the steps; before the first it has only been taken up
    step_ends_at: Instant = 0  # how long the step lasts at least
    hook_runs: list[HookRun] = field(default_factory=list)  # those of the step
    is_rolling_back: bool = False

    @property
    def step(self) -> ShiftStep:
        """Where it is."""
        return self.steps[self.step_number]
