"""Task definition revisions, their families, and how an identifier finds one.

Rules: API reference, RegisterTaskDefinition, family; DescribeTaskDefinition, taskDefinition; ListTaskDefinitions, sort; Developer Guide,
"Deleting an Amazon ECS task definition revision" (a family's name and its number of revisions are kept permanently).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from pytest_ecsfake.arns import WRONG_SEPARATORS, Partition, is_arn, resource_of
from pytest_ecsfake.clock import Instant
from pytest_ecsfake.errors import ClientException, InvalidParameterException
from pytest_ecsfake.state.mutable import Mutable
from pytest_ecsfake.state.store import Store

if TYPE_CHECKING:
    from pytest_ecsfake import api

_REVISION = re.compile(r"[1-9][0-9]*\Z")
_FAMILY = re.compile(r"[a-zA-Z0-9_-]{0,255}\Z")


@dataclass(slots=True, eq=False)
class TaskDefinition(Mutable):
    """One revision of a family. Its document is that of RegisterTaskDefinition's answer, with defaults filled in, and is never edited."""

    arn: str
    family: str
    revision: int
    document: (
        api.TaskDefinition
    )  # without the members that change: the status, and the times of deregistration and deletion
    tags: dict[str, str]
    status: api.TaskDefinitionStatus = "ACTIVE"
    deregistered_at: Instant | None = None
    delete_requested_at: Instant | None = None

    @property
    def key(self) -> str:
        """`family:revision`, the key in the store."""
        return f"{self.family}:{self.revision}"


@dataclass(slots=True, eq=False)
class TaskDefinitionFamily(Mutable):
    """A family that has revisions. It is ACTIVE while one of them is."""

    name: str
    status: Literal["ACTIVE", "INACTIVE"]
    newest: TaskDefinition | None  # the ACTIVE revision with the highest number, which the bare family name stands for


class TaskDefinitionFamilies(Store[TaskDefinitionFamily]):
    """The families of a region by name, in lexicographic order (an assumption: the order isn't documented)."""

    def sort_key(self, item: TaskDefinitionFamily) -> tuple[str, str]:
        """The name in a tuple, so that a page can begin at a prefix: `(prefix,)` sorts right before the first name with it."""
        return item.name, ""


class TaskDefinitions(Store[TaskDefinition]):
    """The task definitions of a region by `family:revision`, sorted as in ListTaskDefinitions: by family, then by revision."""

    partition: Partition
    families: TaskDefinitionFamilies
    #: Whether `engine.task_definitions` has subscribed to the end of the tasks and services that refer to revisions.
    follows_users: bool
    _last_revisions: dict[str, int]

    def __init__(self, partition: Partition) -> None:
        super().__init__()
        self.partition = partition
        self.families = TaskDefinitionFamilies()
        self.follows_users = False
        self._last_revisions = {}

    def sort_key(self, item: TaskDefinition) -> tuple[str, int]:
        """Families lexicographically, revisions as numbers (API reference, ListTaskDefinitions, sort)."""
        return item.family, item.revision

    def next_revision(self, family: str) -> int:
        """The number of the family's next revision: one more than the highest that was ever used, also by a deleted revision."""
        return self._last_revisions.get(family, 0) + 1

    def add(self, key: str, item: TaskDefinition) -> None:
        """Add a revision. Its number is never used again."""
        super().add(key, item)
        self._last_revisions[item.family] = max(item.revision, self._last_revisions.get(item.family, 0))
        newest = self.newest(item.family)
        if item.status == "ACTIVE" and (newest is None or newest.revision < item.revision):
            self._show_newest(item.family, item)
        else:
            self._follow(item.family)

    def drop(self, key: str) -> None:
        """Remove a revision, and its family if that was the last one."""
        family = self._items[key].family
        super().drop(key)
        self._follow(family)

    def change(self, key: str, **changes: Any) -> None:
        """Set attributes of a revision."""
        super().change(key, **changes)
        if "status" in changes:
            self._follow(self._items[key].family)

    def newest(self, family: str) -> TaskDefinition | None:
        """The ACTIVE revision of the family that has the highest number, or None."""
        known = self.families.get(family)
        return None if known is None else known.newest

    def find(self, identifier: str) -> TaskDefinition | None:
        """The revision with this identifier, in any status; None if there is none.

        Args:
            identifier: `family` (its newest ACTIVE revision), `family:revision`, or an ARN with or without the revision.

        Raises:
            ClientException, InvalidParameterException: see `family_and_revision`.
        """
        family, revision = family_and_revision(identifier, self.partition)
        return self.newest(family) if revision is None else self.get(f"{family}:{revision}")

    def _follow(self, family: str) -> None:
        """Update a family's entry after a change of its revisions."""
        active, _ = self.page(1, descending=True, family=family, status="ACTIVE")
        if active or self.count(family=family):
            self._show_newest(family, active[0] if active else None)
        else:
            self.families.drop(family)

    def _show_newest(self, family: str, newest: TaskDefinition | None) -> None:
        status: Literal["ACTIVE", "INACTIVE"] = "INACTIVE" if newest is None else "ACTIVE"
        known = self.families.get(family)
        if known is None:
            self.families.add(family, TaskDefinitionFamily(family, status, newest))
            return
        known.newest = newest
        if known.status != status:
            self.families.change(family, status=status)


def family_and_revision(identifier: str, partition: Partition) -> tuple[str, int | None]:
    """The family and the revision in a task definition's identifier; the revision is None if the identifier has only a family.

    Raises:
        ClientException: the ARN is malformed, or the family has characters that none can have.
        InvalidParameterException: the ARN is of another region, account or resource type, or the revision isn't a number.
    """
    name = _name_in_arn(identifier, partition) if is_arn(identifier) else identifier
    family, colon, revision = name.partition(":")
    if not _FAMILY.match(family):
        raise ClientException("Family contains invalid characters.")  # aws-cli#6774, where an image was given
    if not colon:
        return family, None
    if not _REVISION.match(revision):
        raise InvalidParameterException(f"Invalid revision number. Number: {revision}")  # seen through CodeDeploy
    return family, int(revision)


def _name_in_arn(arn: str, partition: Partition) -> str:
    parts = resource_of(arn, partition, "task-definition")
    if len(parts) != 1:
        raise InvalidParameterException(WRONG_SEPARATORS)
    return parts[0]
