"""Task definitions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from pytest_ecsfake import documents
from pytest_ecsfake.errors import EcsError
from pytest_ecsfake.views.reading import StoreView, View

if TYPE_CHECKING:
    from pytest_ecsfake import api
    from pytest_ecsfake.state.region import Region
    from pytest_ecsfake.state.task_definition import TaskDefinition as TaskDefinitionState


class TaskDefinition(View["TaskDefinitionState"]):
    """A revision of a task definition. Each attribute is up to date when it is read. Its document never changes."""

    __slots__ = ()

    def _found(self, region: Region) -> TaskDefinitionState | None:
        return region.task_definitions.get(self._state.key)

    @property
    def family(self) -> str:
        """The family's name."""
        return self._state.family

    @property
    def revision(self) -> int:
        """The revision's number."""
        return self._state.revision

    @property
    def status(self) -> str:
        """`ACTIVE`, `INACTIVE` or `DELETE_IN_PROGRESS`."""
        return self._ask(lambda definition: definition.status)

    @property
    def cpu(self) -> str | None:
        """The task's CPU units, as ECS shows them: a number in a string."""
        return self._state.document.get("cpu")

    @property
    def memory(self) -> str | None:
        """The task's memory in MiB, as ECS shows it: a number in a string."""
        return self._state.document.get("memory")

    @property
    def network_mode(self) -> str | None:
        """The network mode; None if the definition has none."""
        return self._state.document.get("networkMode")

    @property
    def container_definitions(self) -> list[api.ContainerDefinition]:
        """The container definitions as the API shows them, with ECS's defaults filled in."""
        copied: list[api.ContainerDefinition] = documents.unpack(
            documents.pack(self._state.document["containerDefinitions"])
        )
        return copied

    @property
    def document(self) -> api.TaskDefinition:
        """The whole task definition as the API shows it, without the status."""
        copied: api.TaskDefinition = documents.unpack(documents.pack(self._state.document))
        return copied

    @property
    def tags(self) -> dict[str, str]:
        """The tags by key."""
        return self._ask(lambda definition: dict(definition.tags))

    def __repr__(self) -> str:
        return f"<TaskDefinition {self._state.key} {self.status}>"


class TaskDefinitionStore(StoreView[TaskDefinition]):
    """The task definitions of an account in a region, by family (its newest ACTIVE revision), `family:revision` or ARN."""

    kind = "task definition"
    looked_up_by = "family, family:revision or ARN"
    entry = TaskDefinition

    def _find(self, region: Region, key: str) -> TaskDefinition | None:
        try:
            found = region.task_definitions.find(key)
        except EcsError:
            return None
        return None if found is None else TaskDefinition(self._reader, found)

    def _entries(self, region: Region) -> Iterable[TaskDefinition]:
        return (TaskDefinition(self._reader, definition) for definition in region.task_definitions)

    def _keys(self, region: Region) -> Iterable[str]:
        return [*region.task_definitions.keys(), *dict.fromkeys(item.family for item in region.task_definitions)]
