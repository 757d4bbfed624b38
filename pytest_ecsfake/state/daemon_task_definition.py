"""Daemon task definition revisions, and how an identifier finds one.

Rules: API reference, RegisterDaemonTaskDefinition, DescribeDaemonTaskDefinition, daemonTaskDefinition, and ListDaemonTaskDefinitions, sort.
Statuses: DaemonTaskDefinition, status. Only `engine/daemons/task_definitions.py` assigns one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_ecsfake.arns import WRONG_SEPARATORS, Partition, is_arn, resource_of
from pytest_ecsfake.clock import Instant
from pytest_ecsfake.errors import InvalidParameterException
from pytest_ecsfake.state.mutable import Mutable
from pytest_ecsfake.state.store import Store
from pytest_ecsfake.state.task_definition import TaskDefinition

if TYPE_CHECKING:
    from pytest_ecsfake import api

_REVISION = re.compile(r"[1-9][0-9]*\Z")


@dataclass(slots=True, eq=False)
class DaemonTaskDefinition(Mutable):
    """One revision of a family. Its document is never edited; a deleted revision stays as DELETED."""

    arn: str
    family: str
    revision: int
    document: api.DaemonTaskDefinition  # without the members that change: the status and the time of deletion
    definition: TaskDefinition  # what its tasks are made from; no store of task definitions has it
    tags: dict[str, str]
    status: api.DaemonTaskDefinitionStatus = "ACTIVE"
    delete_requested_at: Instant | None = None

    @property
    def key(self) -> str:
        """`family:revision`, the key in the store."""
        return f"{self.family}:{self.revision}"


class DaemonTaskDefinitions(Store[DaemonTaskDefinition]):
    """The daemon task definitions of a region by `family:revision`, sorted by family, then by revision."""

    partition: Partition
    _last_revisions: dict[str, int]

    def __init__(self, partition: Partition) -> None:
        super().__init__()
        self.partition = partition
        self._last_revisions = {}

    def sort_key(self, item: DaemonTaskDefinition) -> tuple[str, int]:
        """Families lexicographically, revisions as numbers (API reference, ListDaemonTaskDefinitions, sort)."""
        return item.family, item.revision

    def next_revision(self, family: str) -> int:
        """The number of the family's next revision: one more than the highest so far."""
        return self._last_revisions.get(family, 0) + 1

    def is_last(self, item: DaemonTaskDefinition) -> bool:
        """Whether a revision is the one of its family that was registered last."""
        return self._last_revisions[item.family] == item.revision

    def add(self, key: str, item: DaemonTaskDefinition) -> None:
        """Add a revision. Its number is never used again."""
        super().add(key, item)
        self._last_revisions[item.family] = item.revision

    def find(self, identifier: str) -> DaemonTaskDefinition | None:
        """The revision with this identifier; None if there is none.

        Args:
            identifier: `family` (its latest ACTIVE revision), `family:revision`, or an ARN.

        Raises:
            ClientException, InvalidParameterException: see `family_and_revision`.
        """
        family, revision = family_and_revision(identifier, self.partition)
        if revision is not None:
            return self.get(f"{family}:{revision}")
        newest, _ = self.page(1, descending=True, family=family, status="ACTIVE")
        return newest[0] if newest else None


def family_and_revision(identifier: str, partition: Partition) -> tuple[str, int | None]:
    """The family and the revision in an identifier; the revision is None if the identifier has only a family.

    Raises:
        ClientException: the ARN is malformed.
        InvalidParameterException: the ARN is of another region, account or resource type, or the revision isn't a number.
    """
    name = identifier
    if is_arn(identifier):
        parts = resource_of(identifier, partition, "daemon-task-definition")
        if len(parts) != 1:
            raise InvalidParameterException(WRONG_SEPARATORS)
        [name] = parts
    family, colon, revision = name.partition(":")
    if not colon:
        return family, None
    if not _REVISION.match(revision):
        raise InvalidParameterException(f"Invalid revision number. Number: {revision}")  # unverified
    return family, int(revision)
