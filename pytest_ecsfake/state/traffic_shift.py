"""The progress of a deployment that shifts traffic: its steps, and the lifecycle hooks that run at them.

Rules: API reference, ServiceDeployment, lifecycleStage, and DeploymentLifecycleHookDetail.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from pytest_ecsfake.clock import Instant
from pytest_ecsfake.state.deployment import Deployment
from pytest_ecsfake.state.mutable import Mutable

if TYPE_CHECKING:
    from pytest_ecsfake import api

    ShiftStage = api.ServiceDeploymentLifecycleStage | api.DeploymentLifecycleHookStage


@dataclass(slots=True, eq=False)
class HookRun(Mutable):
    """One run of a lifecycle hook, as `lifecycleHookDetails` shows it."""

    id: str
    hook: api.DeploymentLifecycleHook
    stage: ShiftStage
    expires_at: Instant
    status: api.DeploymentLifecycleHookStatus = "IN_PROGRESS"
    details: object = None  # passed to a Lambda function with its next call
    answers_for: int | None = None  # the number of the test's callable that answers in place of the Lambda function

    @property
    def is_pause(self) -> bool:
        """Whether it waits for ContinueServiceDeployment instead of calling a Lambda function."""
        return self.hook.get("targetType") == "PAUSE"

    @property
    def is_open(self) -> bool:
        """Whether it has no outcome yet."""
        return self.status in ("IN_PROGRESS", "AWAITING_ACTION")


class ShiftStep(NamedTuple):
    """One step of a deployment that shifts traffic."""

    stage: ShiftStage
    production: float | None = (
        None  # the green revision's percentage of the production traffic from this step on; None: unchanged
    )
    test: float | None = None  # the same for the test traffic
    bake_time: int = 0  # how many microseconds the step lasts at least


@dataclass(slots=True, eq=False)
class Shift(Mutable):
    """The progress of a deployment that shifts traffic from the blue deployment to itself, the green one."""

    blue: Deployment
    steps: Sequence[ShiftStep]
    serving: list[Deployment]  # the deployments with the service's desired count of tasks; all others are stopped
    step_number: int = -1  # from 0; -1 before the first step
    step_ends_at: Instant = 0  # the earliest end of the current step
    hook_runs: list[HookRun] = field(default_factory=list)  # of the current step
    is_rolling_back: bool = False

    @property
    def step(self) -> ShiftStep:
        """The current step."""
        return self.steps[self.step_number]
