"""The containers of a task: when they may start, how they start, and how they end when they are told to stop.

Without a script (`scripts.py`) a container runs until it gets the stop signal, and then exits as a process without a handler for SIGTERM
does; one that takes longer than its stop timeout is killed. Its health check passes. A container whose end another one waits for exits
with 0 after a while.
Rules: API reference, ContainerDefinition (dependsOn, stopTimeout, startTimeout), ContainerDependency and StopTask; runtime ids as in the
API's recorded examples.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from hashlib import sha256
from typing import TYPE_CHECKING

from pytest_ecsfake.clock import SECOND
from pytest_ecsfake.engine.tasks import host_ports
from pytest_ecsfake.engine.tasks.stages import OBEYED_PERCENT, TaskStage
from pytest_ecsfake.engine.tasks.transition import ESSENTIAL_CONTAINER_EXITED, container_transition
from pytest_ecsfake.state.region import Region
from pytest_ecsfake.state.task import Container, Task

if TYPE_CHECKING:
    from pytest_ecsfake import api

#: API reference, StopTask: the time between SIGTERM and SIGKILL where the container's definition states none.
STOP_TIMEOUT = 30 * SECOND

#: The exit code of a process that a signal ended: 128 plus the signal's number.
ENDED_BY_SIGTERM, ENDED_BY_SIGKILL = 128 + 15, 128 + 9


def _has_started(container: Container) -> bool:
    return container.last_status != "PENDING"


def _has_ended(container: Container) -> bool:
    return container.exit_code is not None


def _has_succeeded(container: Container) -> bool:
    return container.exit_code == 0


def _is_healthy(container: Container) -> bool:
    return container.health_status == "HEALTHY"


#: API reference, ContainerDependency, condition: what a container has to meet before the one that depends on it starts.
CONDITIONS: Mapping[str, Callable[[Container], bool]] = {
    "START": _has_started,
    "COMPLETE": _has_ended,
    "SUCCESS": _has_succeeded,
    "HEALTHY": _is_healthy,
}

#: The conditions that a container meets by exiting.
ENDING = ("COMPLETE", "SUCCESS")


def dependencies(task: Task, container: Container) -> Iterator[tuple[Container, api.ContainerCondition]]:
    """The containers that a container depends on, each with its condition. All depend on a proxy of Service Connect (amazon-ecs-agent#3178)."""
    proxy = task.proxy
    if proxy is not None and proxy is not container:
        yield proxy, "HEALTHY"
    for dependency in container.definition.get("dependsOn", ()):
        yield (
            next(other for other in task.containers if other.name == dependency["containerName"]),
            dependency["condition"],
        )


def ready(task: Task) -> list[Container]:
    """The containers that haven't started and whose dependencies are all met."""
    return [
        container
        for container in task.containers
        if container.last_status == "PENDING"
        and all(CONDITIONS[condition](other) for other, condition in dependencies(task, container))
    ]


def waiting_in_vain(task: Task) -> list[Container]:
    """The containers that can never start: one that they depend on has stopped without meeting the condition."""
    return [
        container
        for container in task.containers
        if container.last_status == "PENDING"
        and any(
            other.last_status == "STOPPED" and not CONDITIONS[condition](other)
            for other, condition in dependencies(task, container)
        )
    ]


def is_awaited(task: Task, container: Container, conditions: tuple[str, ...] = tuple(CONDITIONS)) -> bool:
    """Whether a container that hasn't started still waits for this one to meet one of these conditions."""
    return any(
        other is container and condition in conditions and not CONDITIONS[condition](container)
        for waiting in task.containers
        if waiting.last_status == "PENDING"
        for other, condition in dependencies(task, waiting)
    )


def start(region: Region, task: Task, container: Container) -> None:
    """Start a container whose image has been pulled. Of a proxy ECS shows neither image nor runtime id."""
    if container.is_proxy:
        container_transition(region, container, "RUNNING")
        return
    instance = task.container_instance
    if instance is None:
        container.runtime_id = f"{task.id}-{_name_hash(container.name):010d}"
    else:
        container.runtime_id = region.ids.hexadecimal(64)
        if task.interface is None:
            host_ports.bind(instance, task, container)
    container.image_digest = _digest(container.definition["image"])
    container_transition(region, container, "RUNNING")


def whose_turn_it_is_to_stop(task: Task, after: Container | None) -> list[Container]:
    """The running containers that get the stop signal next: those that no running one depends on.

    The order of the dependencies is reversed for the shutdown (API reference, ContainerDependency).

    Args:
        task: the task that is ending.
        after: the container that has just ended, if the shutdown was already under way; else None.
    """
    running = [container for container in task.containers if container.last_status == "RUNNING"]
    needed = [other for container in running for other, _ in dependencies(task, container)]
    freed = task.containers if after is None else [other for other, _ in dependencies(task, after)]
    return [container for container in running if container not in needed and container in freed]


def end_of(region: Region, container: Container, stopping: TaskStage) -> tuple[int, int]:
    """How many microseconds after the stop signal a container ends, and its exit code."""
    obeys_after = region.timings.delay(stopping.status, stopping.delay) * OBEYED_PERCENT // 100
    timeout = container.definition.get("stopTimeout")
    killed_after = STOP_TIMEOUT if timeout is None else timeout * SECOND
    ignores = container.script is not None and container.script.ignores_sigterm
    obeys = obeys_after <= killed_after and not ignores
    return (obeys_after, ENDED_BY_SIGTERM) if obeys else (killed_after, ENDED_BY_SIGKILL)


def why_it_ended(task: Task) -> str:
    """The stopped reason of a task whose essential container exited.

    On Fargate it is the container's own reason if that ran out of memory (public reports).
    """
    if task.launch_type == "FARGATE":
        for container in task.containers:
            if container.is_essential and (container.reason or "").startswith("OutOfMemoryError"):
                return container.reason or ""
    return ESSENTIAL_CONTAINER_EXITED


def give_up(region: Region, task: Task) -> None:
    """Stop the containers that never ran; they have no exit code."""
    for container in task.containers:
        if container.last_status == "PENDING":
            container_transition(region, container, "STOPPED")


@lru_cache(maxsize=1024)
def _name_hash(name: str) -> int:
    """The 32-bit FNV-1a hash of a container's name: recorded examples end in 265927825 for every container called `web`."""
    value = 2166136261
    for byte in name.encode():
        value = (value ^ byte) * 16777619 & 0xFFFFFFFF
    return value


@lru_cache(maxsize=1024)
def _digest(image: str) -> str:
    """The digest of an image: the one in its reference, else one made up from it."""
    _, at, digest = image.partition("@")
    return digest if at else f"sha256:{sha256(image.encode()).hexdigest()}"
