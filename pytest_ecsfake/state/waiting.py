"""What a call asks of the place where its tasks run."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_ecsfake import api


@dataclass(frozen=True, slots=True)
class Wish:
    """Where the tasks of a call or of a service may go, and where they should; the task definition's own constraints come on top."""

    constraints: Sequence[api.PlacementConstraint] = ()
    strategies: Sequence[api.PlacementStrategy] = ()  # none: what the caller's kind of tasks has by default
