"""Snapshots of a fake: what a test takes with `ecs_fake.snapshot()`, and what each test of a wider scope starts from.

A snapshot holds the state with its clock, what is due, the recorded calls, how often each order was met, and how far the clocks of the process are
moved. How the state itself is kept, and what that costs: `state/history.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_ecsfake.clock import to_datetime
from pytest_ecsfake.errors import EcsFakeUsageError

if TYPE_CHECKING:
    from pytest_ecsfake.endpoint import Endpoint
    from pytest_ecsfake.process_time.external_clock import ExternalClock


class Snapshot:
    """The whole state of a fake at one moment, for `ecs_fake.restore`."""

    __slots__ = ("_at", "_endpoint", "_restore", "_restore_process")

    def __init__(self, endpoint: Endpoint, external_clock: ExternalClock) -> None:
        _refuse_when_off(endpoint, "taken of")
        self._endpoint = endpoint
        self._at = endpoint.world.clock.now
        self._restore, self._restore_process = endpoint.snapshot(), external_clock.snapshot()

    def __repr__(self) -> str:
        return f"<Snapshot of ecs_fake at {to_datetime(self._at).isoformat()}>"

    def restore(self) -> None:
        """Return to it."""
        self._restore()
        self._restore_process()


def restore(snapshot: object, endpoint: Endpoint) -> None:
    """Return to a snapshot of a fake that is on.

    Raises:
        EcsFakeUsageError: it isn't one, it is another fake's, or the fake is off.
    """
    if not isinstance(snapshot, Snapshot):
        raise EcsFakeUsageError(
            f"restore() takes what ecs_fake.snapshot() returned, not {snapshot!r}. Write saved = ecs_fake.snapshot() first."
        )
    if snapshot._endpoint is not endpoint:
        raise EcsFakeUsageError(
            f"{snapshot!r} is of another fake. Each fake restores its own snapshots; load(dump()) carries resources from one to another."
        )
    _refuse_when_off(endpoint, "restored in")
    snapshot.restore()


def _refuse_when_off(endpoint: Endpoint, what: str) -> None:
    if endpoint.is_over:
        raise EcsFakeUsageError(
            f"a snapshot can't be {what} a fake that is off. Do it while the test, or the with block, of the fake is running."
        )
