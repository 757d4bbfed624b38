"""The notes that the scheduler keeps about a service. No answer of ECS shows them."""

from __future__ import annotations

from dataclasses import dataclass, field

from pytest_ecsfake.clock import Instant
from pytest_ecsfake.state.mutable import Mutable


@dataclass(slots=True, eq=False)
class Schedule(Mutable):
    """The scheduler's notes about one service."""

    is_look_queued: bool = False  # whether it will look at the service at the end of this instant
    look_again_at: Instant | None = None  # when it looks next if nothing happens before
    failed_starts: int = 0  # in a row
    may_start_at: Instant = 0  # it starts no task before this instant
    is_steady: bool = False  # whether the service is in the steady state and the scheduler has reported it
    steady_said_at: Instant = 0  # when it last reported the steady state
    is_rebalancing: bool = False  # whether it has reported that it rebalances the zones
    rebalancing_task: str | None = None  # the id of the task that it last started for the rebalancing
    #: How many targets were registered, and how many tasks began to drain, since it last reported them. By the id of the deployment or task set.
    newly_registered: dict[str, int] = field(default_factory=dict)
    newly_draining: dict[str, int] = field(default_factory=dict)
    last_messages: dict[str, Instant] = field(default_factory=dict)  # when it last reported each obstacle

    def look_again_by(self, instant: Instant) -> None:
        """Make the scheduler look at the service at this instant, or before."""
        self.look_again_at = instant if self.look_again_at is None else min(self.look_again_at, instant)

    def end_throttle(self) -> None:
        """Forget the failed starts, so that the next task starts at once (Developer Guide, "Amazon ECS service throttle logic")."""
        self.failed_starts, self.may_start_at = 0, 0
