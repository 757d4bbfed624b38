"""What a test answers for the Lambda functions of lifecycle hooks. Plain values, which a copy of the state copies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from pytest_ecsfake.state.traffic_shift import ShiftStage


@dataclass(slots=True, eq=False)
class HookOrder:
    """One order of a test: who answers at a stage for the functions of the hooks, or for one of them."""

    written: str  # as the test wrote it, for the sentence about one that nothing met
    stage: ShiftStage
    run: int  # the number of the callable
    target: str | None = None  # the ARN of the function, or its name; None: of every hook
    times: int | Literal["always"] = "always"
    met: int = 0
    used: bool = False
    may_go_unused: bool = False

    def optional(self) -> HookOrder:
        """Say that nothing needs to meet this order."""
        self.may_go_unused = True
        return self

    def takes(self, stage: ShiftStage, target: str) -> bool:
        """Whether it answers for the function of a hook that runs at a stage."""
        if self.stage != stage or self.met == self.times:
            return False
        return self.target in (None, target) or self.target in target.partition(":function:")[2].split(":")

    def meet(self) -> None:
        """Count that a deployment met it."""
        self.met += 1
        self.used = True

    def unmet(self) -> str:
        """The order, and what never came."""
        return f"{self.written} was met by no lifecycle hook of a deployment"
