"""How long a thing stays in a state: `timings="realistic"`, `"instant"`, or a mapping of states to seconds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from pytest_ecsfake.clock import SECOND


@dataclass(frozen=True, slots=True)
class Timings:
    """The delays of one fake.

    Args:
        ordered: `"realistic"` keeps the delays of the stage tables, `"instant"` lets nothing take time, and a mapping such as
            `{"PROVISIONING": 2, "PENDING": 0.5}` gives seconds by state and leaves the other states realistic.
    """

    ordered: Literal["realistic", "instant"] | Mapping[str, float] = "realistic"

    def delay(self, state: str, realistic: int) -> int:
        """Microseconds that a thing stays in `state`, which realistically takes `realistic`."""
        if self.ordered == "realistic":
            return realistic
        if isinstance(self.ordered, Mapping):
            return round(self.ordered[state] * SECOND) if state in self.ordered else realistic
        return 0
