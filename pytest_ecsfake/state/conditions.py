"""What a test ordered about the world, not about a call: how much capacity there is.

Plain data that is copied with the world; `engine/capacity/strategy.py` reads it.
"""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class CapacityLimit:
    """How many tasks may run at one time on a capacity provider or launch type, in each region of each account; None: as many as one likes."""

    provider: str
    available: int | None
    used: bool = False
    may_go_unused: bool = False

    def optional(self) -> CapacityLimit:
        """Say that no launch needs to ask about it."""
        self.may_go_unused = True
        return self

    def unmet(self) -> str:
        """The order as the test wrote it, and what never came."""
        return f'faults.capacity("{self.provider}", available={self.available}) was met by no launch'


@dataclass(slots=True)
class Conditions:
    """The conditions of one world, the oldest first: of two about the same thing the newer one holds."""

    capacity: list[CapacityLimit] = field(default_factory=list)

    def capacity_of(self, provider: str) -> CapacityLimit | None:
        """The limit that holds for a capacity provider or launch type, if one was ordered."""
        return next((limit for limit in reversed(self.capacity) if limit.provider == provider), None)
