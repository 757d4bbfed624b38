"""A task with its containers and its network interface, and the tasks of a cluster."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pytest_ecsfake.clock import Instant
from pytest_ecsfake.state.store import Store
from pytest_ecsfake.state.task_definition import TaskDefinition

if TYPE_CHECKING:
    from pytest_ecsfake import api


@dataclass(slots=True)
class Container:
    """A container of a task. The definition's document is shared and never edited; what a task overrides stands in the task."""

    arn: str
    definition: api.ContainerDefinition
    last_status: str = "PENDING"
    runtime_id: str | None = None
    image_digest: str | None = None
    exit_code: int | None = None
    reason: str | None = None

    @property
    def name(self) -> str:
        """The container's name in the task definition."""
        return self.definition["name"]


@dataclass(slots=True)
class NetworkInterface:
    """The elastic network interface of a task in network mode awsvpc."""

    attachment_id: str
    subnet_id: str
    network_interface_id: str
    mac_address: str
    private_ipv4_address: str
    status: str = "PRECREATED"


@dataclass(slots=True)
class Task:
    """A task, from RunTask until an hour after it stopped."""

    arn: str
    id: str
    cluster_arn: str
    definition: TaskDefinition
    group: str
    launch_type: str
    created_at: Instant
    containers: list[Container]
    last_status: str = "PROVISIONING"
    desired_status: str = "RUNNING"
    version: int = 1
    cpu: str | None = None
    memory: str | None = None
    started_by: str | None = None
    capacity_provider_name: str | None = None
    platform_version: str | None = None
    platform_family: str | None = None
    availability_zone: str | None = None
    ephemeral_storage_gib: int | None = None
    enable_execute_command: bool = False
    overrides: api.TaskOverride = field(default_factory=_no_override)  # as handed in: kept, rendered, never edited
    interface: NetworkInterface | None = None
    tags: dict[str, str] = field(default_factory=dict)
    connectivity_at: Instant | None = None
    pull_started_at: Instant | None = None
    pull_stopped_at: Instant | None = None
    started_at: Instant | None = None
    stopping_at: Instant | None = None
    execution_stopped_at: Instant | None = None
    stopped_at: Instant | None = None
    stop_code: str | None = None
    stopped_reason: str | None = None

    @property
    def family(self) -> str:
        """The family of the task's definition, which ListTasks filters on."""
        return self.definition.family


def _no_override() -> api.TaskOverride:
    """No override at all."""
    return {}


class Tasks(Store[Task]):
    """The tasks of one cluster by id, in the order of their creation."""
