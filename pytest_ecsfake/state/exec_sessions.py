"""The sessions that ExecuteCommand opened. They are plain values, so a snapshot of the state includes them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from pytest_ecsfake.clock import Instant
from pytest_ecsfake.state.mutable import Mutable


@dataclass(slots=True, eq=False)
class ExecSession(Mutable):
    """A session that ExecuteCommand opened, and what the test's callable returned for it."""

    id: str
    task_arn: str
    container: str
    command: str
    at: Instant
    result: Any = None
