"""A task definition revision, and those of a region."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_ecsfake.clock import Instant
from pytest_ecsfake.state.store import Store

if TYPE_CHECKING:
    from pytest_ecsfake import api


@dataclass(slots=True)
class TaskDefinition:
    """One revision of a family. Its document is what RegisterTaskDefinition answered: defaults filled in, never edited afterwards."""

    arn: str
    family: str
    revision: int
    document: api.TaskDefinition  # without status and the times of deregistration, which change
    tags: dict[str, str]
    status: str = "ACTIVE"
    deregistered_at: Instant | None = None
    delete_requested_at: Instant | None = None


class TaskDefinitions(Store[TaskDefinition]):
    """The task definitions of a region by `family:revision`, in the order that ListTaskDefinitions gives: family, then revision."""

    def sort_key(self, item: TaskDefinition) -> tuple[str, int]:
        """Families lexicographically, revisions as numbers (API reference, ListTaskDefinitions, sort)."""
        return item.family, item.revision
