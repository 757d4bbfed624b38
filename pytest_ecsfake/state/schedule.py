"""What the scheduler notes about a service for itself; no answer shows any of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from pytest_ecsfake.clock import Instant


@dataclass(slots=True, eq=False)
class Schedule:
    """The scheduler's notes about one service."""

    is_look_queued: bool = False  # whether it looks at the service at the end of this instant
    look_again_at: Instant | None = None  # when it looks next, should nothing happen before
    failed_starts: int = 0  # in a row
    may_start_at: Instant = 0  # until then it starts no task
    is_steady: bool = False  # whether it has reported the steady state, and that still holds
    steady_said_at: Instant = 0  # when it reported that last
    is_rebalancing: bool = False  # whether it has reported that it balances the zones
    rebalancing_task: str | None = None  # the id of the task that it started last for that
    #: How many targets were registered, and how many tasks began to drain, since it last reported them: by the id of their deployment or task set.
    newly_registered: dict[str, int] = field(default_factory=dict)
    newly_draining: dict[str, int] = field(default_factory=dict)
    last_messages: dict[str, Instant] = field(default_factory=dict)  # when it last reported each obstacle

    def look_again_by(self, instant: Instant) -> None:
        """Have the scheduler look at the service at this instant at the latest."""
        self.look_again_at = instant if self.look_again_at is None else min(self.look_again_at, instant)

    def end_throttle(self) -> None:
        """Let the next task start at once, whatever failed before (Developer Guide, "Amazon ECS service throttle logic")."""
        self.failed_starts, self.may_start_at = 0, 0
