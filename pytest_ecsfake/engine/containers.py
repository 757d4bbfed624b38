"""What the containers of a task do: how they start, and what becomes of them when they are told to stop.

A container runs until it is told to stop, and then obeys SIGTERM as a process without a handler of its own does. One that takes longer
than its stop timeout is killed.
Rules: API reference, ContainerDefinition, stopTimeout and StopTask; Developer Guide, "Stopped tasks error codes", exit codes; fargate task
ids and container runtime ids as in the API's recorded examples.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from hashlib import sha256

from pytest_ecsfake.clock import SECOND
from pytest_ecsfake.engine.stages import OBEYED_PERCENT, Stage
from pytest_ecsfake.engine.transition import agent_start, container_transition, health_transition
from pytest_ecsfake.state.region import Region
from pytest_ecsfake.state.task import Container, Task

#: API reference, StopTask: how long a container has between SIGTERM and SIGKILL when its definition doesn't say.
STOP_TIMEOUT = 30 * SECOND

#: What a shell reports of a process that a signal ended: 128 and the signal's number.
ENDED_BY_SIGTERM, ENDED_BY_SIGKILL = 128 + 15, 128 + 9

#: How long the agent for ExecuteCommand takes to be ready. The delay is ours; recorded events show it PENDING when the task is RUNNING.
EXECUTE_COMMAND_AGENT_START = 3 * SECOND


def start(region: Region, task: Task) -> None:
    """Start every container of a task whose images are there."""
    for container in task.containers:
        definition = container.definition
        container.runtime_id = f"{task.id}-{_name_hash(container.name):010d}"
        container.image_digest = _digest(definition["image"])
        container_transition(region, container, "RUNNING")
        if "healthCheck" in definition:
            interval = definition["healthCheck"].get("interval", 30) * SECOND
            region.clock.after(region.timings.delay("HEALTH_CHECK", interval), _pass_health_check, region, container)
        if container.execute_command_agent is not None:
            delay = region.timings.delay("EXECUTE_COMMAND_AGENT", EXECUTE_COMMAND_AGENT_START)
            region.clock.after(delay, _start_execute_command_agent, region, container)


def ends_when_told(region: Region, task: Task, stopping: Stage) -> Iterator[tuple[Container, int, int]]:
    """For each running container that gets the stop signal now: in how many microseconds it ends, and with which exit code."""
    obeys_after = region.timings.delay(stopping.status, stopping.delay) * OBEYED_PERCENT // 100
    for container in task.containers:
        if container.last_status == "RUNNING":
            timeout = container.definition.get("stopTimeout")
            killed_after = STOP_TIMEOUT if timeout is None else timeout * SECOND
            if obeys_after <= killed_after:
                yield container, obeys_after, ENDED_BY_SIGTERM
            else:
                yield container, killed_after, ENDED_BY_SIGKILL


def give_up(region: Region, task: Task) -> None:
    """Say of containers that never ran that they won't; they have no exit code."""
    for container in task.containers:
        if container.last_status == "PENDING":
            container_transition(region, container, "STOPPED")


def _pass_health_check(region: Region, container: Container) -> None:
    if container.last_status == "RUNNING":
        health_transition(region, container, "HEALTHY")


def _start_execute_command_agent(region: Region, container: Container) -> None:
    agent = container.execute_command_agent
    if agent is not None and container.last_status == "RUNNING":
        agent_start(region, agent)


@lru_cache(maxsize=1024)
def _name_hash(name: str) -> int:
    """FNV-1a of the container's name in 32 bits: recorded examples end in 265927825 for every container that is called `web`."""
    value = 2166136261
    for byte in name.encode():
        value = (value ^ byte) * 16777619 & 0xFFFFFFFF
    return value


@lru_cache(maxsize=1024)
def _digest(image: str) -> str:
    """The digest of an image: what its reference says, else made up from it."""
    _, at, digest = image.partition("@")
    return digest if at else f"sha256:{sha256(image.encode()).hexdigest()}"
