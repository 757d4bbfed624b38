"""A region without a client: the engine's tests call what has no operation of its own yet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import builders
from pytest_ecsfake import operations
from pytest_ecsfake.arns import Partition
from pytest_ecsfake.clock import SECOND, Clock
from pytest_ecsfake.state.container_instance import ContainerInstance
from pytest_ecsfake.state.region import Region, World
from pytest_ecsfake.state.task import Task
from pytest_ecsfake.state.task_definition import TaskDefinition
from pytest_ecsfake.state.timings import Timings

#: 2026-01-01T00:00:00Z
START = 1_767_225_600 * SECOND


@pytest.fixture
def timings() -> Any:
    """The option `timings`; a test may give its own by parametrisation."""
    return "realistic"


@pytest.fixture
def region(timings: Any) -> Region:
    """A region with the cluster `default`."""
    world = World(Clock(START), "a test", Timings(timings))
    region = world.region(Partition("123456789012", "us-east-1"))
    operations.built()["CreateCluster"](region, {})
    return region


@pytest.fixture
def run(region: Region) -> Callable[..., Task]:
    """Run a task of these containers on Fargate; with `count` the first of them."""

    def run(*containers: dict[str, Any], **parameters: Any) -> Task:
        operations.built()["RegisterTaskDefinition"](region, builders.task_definition(*containers))
        answer = operations.built()["RunTask"](region, builders.task(**parameters))
        cluster = region.clusters.active(None)
        task = region.tasks_in(cluster).get(answer["tasks"][0]["taskArn"].rpartition("/")[2])
        assert task is not None
        return task

    return run


@pytest.fixture
def pass_seconds(region: Region) -> Callable[[float], None]:
    """Let time pass."""

    def pass_seconds(number: float) -> None:
        region.clock.settle(region.clock.now + round(number * SECOND))

    return pass_seconds


@pytest.fixture
def since_start(region: Region) -> Callable[[int | None], float | None]:
    """An instant as seconds since the test began."""

    def since_start(instant: int | None) -> float | None:
        return None if instant is None else (instant - START) / SECOND

    return since_start


@pytest.fixture
def add_instance(region: Region) -> Callable[..., ContainerInstance]:
    """Put a container instance of 1,024 CPU units and 1,024 MiB into the cluster `default`, with these attributes and whatever else is given."""
    cluster = region.clusters.active(None)

    def add_instance(name: str, attributes: dict[str, str | None] | None = None, **given: Any) -> ContainerInstance:
        arn = region.partition.arn(f"container-instance/default/{name}")
        given = {"cpu": 1024, "memory": 1024, "registered_at": START, **given}
        instance = ContainerInstance(arn=arn, id=name, cluster=cluster, attributes=attributes or {}, **given)
        region.container_instances_in(cluster).add(name, instance)
        return instance

    return add_instance


@pytest.fixture
def add_task(region: Region) -> Callable[..., Task]:
    """Put a task of 256 CPU units and 256 MiB into the cluster `default`, as if it had been placed on this instance."""
    cluster = region.clusters.active(None)
    container = {"name": "app", "image": "nginx:1.29", "cpu": 256, "memory": 256}
    definition = TaskDefinition("web:1", "web", 1, {"containerDefinitions": [container]}, {})

    def add_task(instance: ContainerInstance | None, group: str = "service:web", **given: Any) -> Task:
        task = Task(
            arn=region.partition.arn(f"task/default/{region.ids.hexadecimal()}"),
            id="",
            cluster=cluster,
            definition=definition,
            group=group,
            created_at=START,
            containers=[],
            overrides={},
            **{"launch_type": "EC2", "container_instance": instance, **given},
        )
        task.id = task.arn.rpartition("/")[2]
        region.tasks_in(cluster).add(task.id, task)
        return task

    return add_task
