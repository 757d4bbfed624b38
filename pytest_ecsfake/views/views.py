"""The views of one account and region, each made when it is first asked for.

Most tests use few of them, and a module that a test doesn't use isn't imported: together they take a third of the first use in a process.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_ecsfake.views.alarms import Alarms
    from pytest_ecsfake.views.clock import ClockView
    from pytest_ecsfake.views.clusters import ClusterStore
    from pytest_ecsfake.views.container_instances import ContainerInstanceStore
    from pytest_ecsfake.views.containers import Containers
    from pytest_ecsfake.views.daemons import DaemonStore
    from pytest_ecsfake.views.events import Events
    from pytest_ecsfake.views.exec import Exec
    from pytest_ecsfake.views.hooks import Hooks
    from pytest_ecsfake.views.reading import Reader
    from pytest_ecsfake.views.services import ServiceStore
    from pytest_ecsfake.views.task_definitions import TaskDefinitionStore
    from pytest_ecsfake.views.tasks import TaskStore


class Views:
    """What a test reads and orders by. A handle has them as its attributes."""

    _reader: Reader

    def _what_happened(self, newest: int) -> str:
        """What stands below the error of something that doesn't come true, with this many lines of what happened last."""
        raise NotImplementedError

    @cached_property
    def clock(self) -> ClockView:
        """Virtual time."""
        from pytest_ecsfake.views.clock import ClockView

        return ClockView(self._reader, self._what_happened)

    @cached_property
    def clusters(self) -> ClusterStore:
        """The clusters by name or ARN."""
        from pytest_ecsfake.views.clusters import ClusterStore

        return ClusterStore(self._reader)

    @cached_property
    def services(self) -> ServiceStore:
        """The services by `cluster/name`, ARN, or name if only one service has it."""
        from pytest_ecsfake.views.services import ServiceStore

        return ServiceStore(self._reader)

    @cached_property
    def tasks(self) -> TaskStore:
        """The tasks by ARN or id."""
        from pytest_ecsfake.views.tasks import TaskStore

        return TaskStore(self._reader)

    @cached_property
    def task_definitions(self) -> TaskDefinitionStore:
        """The task definitions by family, `family:revision` or ARN."""
        from pytest_ecsfake.views.task_definitions import TaskDefinitionStore

        return TaskDefinitionStore(self._reader)

    @cached_property
    def container_instances(self) -> ContainerInstanceStore:
        """The container instances by ARN or id."""
        from pytest_ecsfake.views.container_instances import ContainerInstanceStore

        return ContainerInstanceStore(self._reader)

    @cached_property
    def daemons(self) -> DaemonStore:
        """The managed daemons by `cluster/name`, ARN or name."""
        from pytest_ecsfake.views.daemons import DaemonStore

        return DaemonStore(self._reader)

    @cached_property
    def events(self) -> Events:
        """The EventBridge events that ECS would have sent."""
        from pytest_ecsfake.views.events import Events

        return Events(self._reader)

    @cached_property
    def containers(self) -> Containers:
        """Orders what containers do."""
        from pytest_ecsfake.views.containers import Containers

        return Containers(self._reader, self._what_happened)

    @cached_property
    def exec(self) -> Exec:
        """Orders answers to ExecuteCommand, and lists the sessions that were opened."""
        from pytest_ecsfake.views.exec import Exec

        return Exec(self._reader, self._what_happened)

    @cached_property
    def alarms(self) -> Alarms:
        """The CloudWatch alarms that deployments watch."""
        from pytest_ecsfake.views.alarms import Alarms

        return Alarms(self._reader)

    @cached_property
    def hooks(self) -> Hooks:
        """Orders answers for the Lambda functions of lifecycle hooks."""
        from pytest_ecsfake.views.hooks import Hooks

        return Hooks(self._reader, self._what_happened)
