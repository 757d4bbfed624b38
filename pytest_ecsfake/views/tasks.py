"""Tasks and their containers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, TypeVar, get_args

from pytest_ecsfake.clock import Instant, to_datetime
from pytest_ecsfake.engine.tasks import lifecycle
from pytest_ecsfake.errors import EcsFakeUsageError
from pytest_ecsfake.state.task import TaskStatus
from pytest_ecsfake.views.reading import EntryView, MissingKey, Reader, StoreView

if TYPE_CHECKING:
    from pytest_ecsfake import api
    from pytest_ecsfake.state.cluster import Cluster
    from pytest_ecsfake.state.region import Region
    from pytest_ecsfake.state.task import Container as ContainerState
    from pytest_ecsfake.state.task import ContainerStatus
    from pytest_ecsfake.state.task import Task as TaskState

T = TypeVar("T")

_UNTIL_IT_RUNS = 'Wait for it: ecs_fake.clock.advance_until(lambda: task.last_status == "RUNNING").'

#: API reference, Container, healthStatus.
HEALTH = ("HEALTHY", "UNHEALTHY", "UNKNOWN")


class Task(EntryView["TaskState"]):
    """A task. Each attribute is up to date when it is read.

    ECS forgets a task an hour after it stopped. This object then keeps the task's last state.
    """

    __slots__ = ()

    def _found_in(self, region: Region, cluster: Cluster) -> TaskState | None:
        return region.tasks_in(cluster).get(self._state.id)

    @property
    def id(self) -> str:
        """The last part of the ARN, 32 hexadecimal digits."""
        return self._state.id

    @property
    def task_definition_arn(self) -> str:
        """The ARN of the revision that it was made from."""
        return self._state.definition.arn

    @property
    def family(self) -> str:
        """The family of its task definition."""
        return self._state.definition.family

    @property
    def group(self) -> str:
        """The task group, such as `family:web` or `service:web`."""
        return self._state.group

    @property
    def last_status(self) -> TaskStatus:
        """Its current status: `PROVISIONING` … `STOPPED`."""
        return self._ask(lambda task: task.last_status)

    @property
    def desired_status(self) -> str:
        """The status that it should have: `RUNNING` or `STOPPED`."""
        return self._ask(lambda task: task.desired_status)

    @property
    def launch_type(self) -> str:
        """`FARGATE`, `EC2` or `EXTERNAL`."""
        return self._state.launch_type

    @property
    def capacity_provider_name(self) -> str | None:
        """The capacity provider that it was started with; None if it was started without one."""
        return self._state.capacity_provider_name

    @property
    def container_instance_arn(self) -> str | None:
        """The ARN of the container instance that it was placed on; None on Fargate, and while it waits for capacity."""
        return self._ask(lambda task: task.container_instance_arn)

    @property
    def availability_zone(self) -> str | None:
        """The availability zone that it runs in, once it has been placed."""
        return self._ask(lambda task: task.availability_zone)

    @property
    def platform_version(self) -> str | None:
        """The Fargate platform version, such as `1.4.0`."""
        return self._state.platform_version

    @property
    def cpu(self) -> str | None:
        """CPU units, as ECS shows them: a number in a string."""
        return self._state.cpu

    @property
    def memory(self) -> str | None:
        """Memory in MiB, as ECS shows it: a number in a string."""
        return self._state.memory

    @property
    def started_by(self) -> str | None:
        """The `startedBy` of the call that started it; a deployment's or task set's id for a service's task."""
        return self._state.started_by

    @property
    def enable_execute_command(self) -> bool:
        """Whether ExecuteCommand is enabled for it."""
        return self._state.enable_execute_command

    @property
    def private_ipv4_address(self) -> str | None:
        """The address of its network interface, once that is attached."""
        return self._ask(lambda task: None if task.interface is None else task.interface.private_ipv4_address)

    @property
    def connectivity(self) -> api.Connectivity | None:
        """Whether the agent of its host is `CONNECTED` or `DISCONNECTED`; None before its first connection."""
        return self._ask(lambda task: None if task.connectivity_at is None else task.connectivity)

    @property
    def health_status(self) -> api.HealthStatus:
        """Its health, from the health checks of its essential containers; `UNKNOWN` without a health check."""
        return self._ask(lambda task: task.health_status)

    @property
    def stop_code(self) -> str | None:
        """Why it stops, as a code: `UserInitiated`, `EssentialContainerExited` …; None until it begins to stop."""
        return self._ask(lambda task: task.stop_code)

    @property
    def stopped_reason(self) -> str | None:
        """Why it stops, in words; None until it begins to stop."""
        return self._ask(lambda task: task.stopped_reason)

    @property
    def version(self) -> int:
        """The version number, from 1; each change increases it."""
        return self._ask(lambda task: task.version)

    @property
    def tags(self) -> dict[str, str]:
        """The tags by key."""
        return self._ask(lambda task: dict(task.tags))

    @property
    def created_at(self) -> datetime:
        """When it was created."""
        return to_datetime(self._state.created_at)

    @property
    def pull_started_at(self) -> datetime | None:
        """When the first image pull began; None if no pull has begun."""
        return _moment(self._ask(lambda task: task.pull_started_at))

    @property
    def pull_stopped_at(self) -> datetime | None:
        """When the last image pull ended; None if it hasn't ended."""
        return _moment(self._ask(lambda task: task.pull_stopped_at))

    @property
    def started_at(self) -> datetime | None:
        """When it reached RUNNING; None if it hasn't."""
        return _moment(self._ask(lambda task: task.started_at))

    @property
    def stopping_at(self) -> datetime | None:
        """When its desired status became STOPPED; None if it hasn't."""
        return _moment(self._ask(lambda task: task.stopping_at))

    @property
    def execution_stopped_at(self) -> datetime | None:
        """When its last container ended; None if it hasn't."""
        return _moment(self._ask(lambda task: task.execution_stopped_at))

    @property
    def stopped_at(self) -> datetime | None:
        """When it reached STOPPED; None if it hasn't."""
        return _moment(self._ask(lambda task: task.stopped_at))

    @property
    def containers(self) -> list[Container]:
        """Its containers, in the order of the task definition; the proxy comes first if its service uses Service Connect."""
        return [Container(self, container.name) for container in self._state.containers]

    def container(self, name: str) -> Container:
        """The container with this name.

        Raises:
            KeyError: the task has no such container.
        """
        __tracebackhide__ = True
        for container in self.containers:
            if container.name == name:
                return container
        names = ", ".join(f'"{container.name}"' for container in self.containers)
        raise MissingKey(f'no container "{name}" in {self!r}. There: {names}.')

    # --- controls for a test --------------------------------------------------------------------------------------------------------

    def exit(self, container: str, *, code: int = 0, reason: str | None = None) -> None:
        """Make a running container exit now. ECS reacts as if it had exited by itself.

        Args:
            container: its name.
            code: the exit code, 0 to 255.
            reason: the container's reason, such as `OutOfMemoryError: container killed due to memory usage` on Fargate; the agent of a
                container instance writes `Container` there.

        Raises:
            KeyError: the task has no such container.
            EcsFakeUsageError: the container doesn't run, or the code isn't 0 to 255.
        """
        __tracebackhide__ = True
        if type(code) is not int or not 0 <= code <= 255:
            raise EcsFakeUsageError(f"task.exit() takes code=0 to 255, not {code!r}.")
        if reason is not None and not isinstance(reason, str):
            raise EcsFakeUsageError(f"task.exit() takes reason=… as a string, not {reason!r}.")
        with self._reader.endpoint.changing(self._reader.partition) as region:
            lifecycle.container_exited(region, self._now(), self._running(container, "exit"), code, reason)

    def set_health(self, container: str, status: api.HealthStatus) -> None:
        """Set the health of a running container. From now on this overrides the results of its health check.

        Args:
            container: its name; its definition has a health check.
            status: `HEALTHY`, `UNHEALTHY` or `UNKNOWN`.

        Raises:
            KeyError: the task has no such container.
            EcsFakeUsageError: the container doesn't run or has no health check, or the status isn't valid.
        """
        __tracebackhide__ = True
        if status not in HEALTH:
            raise EcsFakeUsageError(f"task.set_health() takes one of {', '.join(HEALTH)}, not {status!r}.")
        with self._reader.endpoint.changing(self._reader.partition) as region:
            state = self._running(container, "set_health")
            if "healthCheck" not in state.definition:
                raise EcsFakeUsageError(
                    f'container "{container}" of {self!r} has no health check, so ECS shows it as UNKNOWN whatever it does. '
                    "Give its definition a healthCheck."
                )
            lifecycle.set_health(region, self._now(), state, status)

    def interrupt_spot(self) -> None:
        """Interrupt the task, as Fargate Spot does: its containers get SIGTERM now, and must end within two minutes.

        Raises:
            EcsFakeUsageError: the task isn't on Fargate Spot, or is already stopping.
        """
        __tracebackhide__ = True
        with self._reader.endpoint.changing(self._reader.partition) as region:
            task = self._now()
            if task.capacity_provider_name != "FARGATE_SPOT":
                raise EcsFakeUsageError(
                    f"{self!r} isn't on Fargate Spot, so nothing interrupts it. Run it with "
                    'capacityProviderStrategy=[{"capacityProvider": "FARGATE_SPOT"}].'
                )
            if task.desired_status == "STOPPED":
                raise EcsFakeUsageError(
                    f"{self!r} is stopping already ({task.stop_code}): there is nothing to interrupt."
                )
            lifecycle.interrupt_spot(region, task)

    def _running(self, name: str, control: str) -> ContainerState:
        __tracebackhide__ = True
        container = self.container(name)._of(self._now())
        if self._state.last_status == "STOPPED" or container.last_status != "RUNNING":
            ending = "It has ended." if container.last_status != "PENDING" else _UNTIL_IT_RUNS
            raise EcsFakeUsageError(
                f'container "{name}" of {self!r} is {container.last_status}; task.{control}() needs a running one. {ending}'
            )
        return container

    def __repr__(self) -> str:
        status, since, reason = self._ask(lambda task: (task.last_status, _since(task), task.stopped_reason))
        why = "" if reason is None else f": {reason}"
        return f"<Task {self.cluster_name}/{self.id[:8]} {self._state.definition.key} {status}{self._reader.since(since)}{why}>"


def _since(task: TaskState) -> Instant | None:
    """When it reached its status, for the statuses whose repr shows this."""
    return {"PROVISIONING": task.created_at, "RUNNING": task.started_at, "STOPPED": task.stopped_at}.get(
        task.last_status
    )


class Container:
    """A container of a task. Each attribute is up to date when it is read."""

    __slots__ = ("_name", "_task")

    def __init__(self, task: Task, name: str) -> None:
        self._task = task
        self._name = name

    def _of(self, task: TaskState) -> ContainerState:
        return next(container for container in task.containers if container.name == self._name)

    def _ask(self, question: Callable[[ContainerState], T]) -> T:
        return self._task._ask(lambda task: question(self._of(task)))

    @property
    def name(self) -> str:
        """The name in the task definition; ECS makes up that of Service Connect's proxy."""
        return self._name

    @property
    def arn(self) -> str:
        """The container's ARN."""
        return self._ask(lambda container: container.arn)

    @property
    def image(self) -> str | None:
        """The image as the task definition names it."""
        return self._ask(lambda container: container.definition.get("image"))

    @property
    def command(self) -> list[str]:
        """The command: the override's, else the definition's. Empty means the image's own."""
        return self._ask(lambda container: container.command)

    @property
    def environment(self) -> dict[str, str]:
        """The environment variables: the definition's, overridden by the override's."""
        return self._ask(lambda container: container.environment)

    @property
    def last_status(self) -> ContainerStatus:
        """`PENDING`, `RUNNING` or `STOPPED`."""
        return self._ask(lambda container: container.last_status)

    @property
    def health_status(self) -> api.HealthStatus:
        """`HEALTHY`, `UNHEALTHY`, or `UNKNOWN` without a health check."""
        return self._ask(lambda container: container.health_status)

    @property
    def exit_code(self) -> int | None:
        """The exit code, once it has exited."""
        return self._ask(lambda container: container.exit_code)

    @property
    def reason(self) -> str | None:
        """Why it stopped or couldn't start; None if there is only an exit code."""
        return self._ask(lambda container: container.reason)

    def __repr__(self) -> str:
        status, code, reason = self._ask(
            lambda container: (container.last_status, container.exit_code, container.reason)
        )
        exit_code = "" if code is None else f" with exit code {code}"
        return f"<Container {self._name} {status}{exit_code}{'' if reason is None else f': {reason}'}>"


def _moment(instant: Instant | None) -> datetime | None:
    return None if instant is None else to_datetime(instant)


class TaskStore(StoreView[Task]):
    """The tasks of an account in a region, or of one cluster, by ARN or id, in the order of their creation.

    Args:
        reader: reads one partition.
        cluster_name: the cluster to look in; None means every cluster of the partition.
    """

    kind = "task"
    looked_up_by = "ARN or id"
    entry = Task
    words: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "last_status": get_args(TaskStatus),
        "desired_status": ("RUNNING", "STOPPED"),
        "launch_type": ("FARGATE", "EC2", "EXTERNAL", "MANAGED_INSTANCES"),
        "health_status": HEALTH,
    }

    def __init__(self, reader: Reader, cluster_name: str | None = None) -> None:
        super().__init__(reader)
        self._cluster_name = cluster_name

    def _find(self, region: Region, key: str) -> Task | None:
        found = self._states(region, key.rpartition("/")[2])
        return next((Task(self._reader, task) for task in found if key in (task.id, task.arn)), None)

    def _states(self, region: Region, id_: str) -> list[TaskState]:
        tasks = (
            region.tasks_in(cluster).get(id_)
            for cluster in region.clusters
            if self._cluster_name in (None, cluster.name)
        )
        return [task for task in tasks if task is not None]

    def _entries(self, region: Region) -> Iterable[Task]:
        tasks = [
            task
            for cluster in region.clusters
            if self._cluster_name in (None, cluster.name)
            for task in region.tasks_in(cluster)
        ]
        return [Task(self._reader, task) for task in sorted(tasks, key=lambda task: task.created_at)]

    def _keys(self, region: Region) -> Iterable[str]:
        return [
            task.id
            for cluster in region.clusters
            if self._cluster_name in (None, cluster.name)
            for task in region.tasks_in(cluster)
        ]
