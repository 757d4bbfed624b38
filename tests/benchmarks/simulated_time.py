"""What simulated time costs: the lives of many tasks, the rolling deployment of a large service, and beside them SimPy's bare timeouts.

Run as a program it measures one thing and prints it, in a process of its own: what else a process holds is gone through by the garbage
collector too, and would hide what many tasks cost more than few.
"""

from __future__ import annotations

import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from random import Random
from statistics import median
from typing import Any

from pytest_ecsfake import ecs_fake, operations
from pytest_ecsfake.arns import Partition
from pytest_ecsfake.clock import EFFECTS, SECOND, Clock
from pytest_ecsfake.state.region import Region, World
from pytest_ecsfake.state.timings import Timings

ON_FARGATE: dict[str, Any] = {
    "taskDefinition": "web",
    "launchType": "FARGATE",
    "networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-12345678"]}},
}
DEFINITION: dict[str, Any] = {
    "family": "web",
    "requiresCompatibilities": ["FARGATE"],
    "networkMode": "awsvpc",
    "cpu": "256",
    "memory": "512",
    "containerDefinitions": [{"name": "app", "image": "nginx:1.27"}],
}

#: Longer than any task of these takes to run, or to stop.
A_WHILE = 120 * SECOND
#: Until a deployment is given up that doesn't end.
A_LONG_WHILE = 24 * 3600 * SECOND


def in_a_process(name: str, *numbers: int) -> list[float]:
    """What a measurement of this module prints in a process of its own."""
    command = [sys.executable, __file__, name, *map(str, numbers)]
    run = subprocess.run(command, capture_output=True, text=True, check=True, cwd=Path(__file__).parent)
    return [float(word) for word in run.stdout.split()]


def lives(tasks: int, repeats: int) -> list[float]:
    """CPU seconds of a task from RunTask to STOPPED, the calls of StopTask included: the median of some runs."""
    live(100)
    return [median(_timed(lambda: live(tasks)) for _ in range(repeats)) / tasks]


def live(tasks: int) -> None:
    """Run this many tasks on Fargate until all are RUNNING, stop them all, and wait until all are STOPPED.

    The clock of a fake stands still between calls, so that they all go their way at the same instants.
    """
    region = new_region()
    run(region, tasks)
    _let_pass(region, A_WHILE)
    tasks_of_cluster = region.tasks_in(region.clusters.active(None))
    assert tasks_of_cluster.count(last_status="RUNNING") == tasks
    stop = operations.built()["StopTask"]
    for task in tasks_of_cluster:
        stop(region, {"task": task.id})
    _let_pass(region, A_WHILE)
    assert tasks_of_cluster.count(last_status="STOPPED") == tasks


def run(region: Region, tasks: int) -> None:
    """Run this many tasks."""
    run_task = operations.built()["RunTask"]
    for _ in range(tasks // 10):
        run_task(region, {**ON_FARGATE, "count": 10})


def memory(tasks: int) -> list[float]:
    """Bytes that a live task takes, with all that is remembered of it: its changes, its events."""
    region = new_region()
    run(region, 10)
    tracemalloc.start()
    before, _ = tracemalloc.get_traced_memory()
    run(region, tasks)
    _let_pass(region, A_WHILE)
    return [(tracemalloc.get_traced_memory()[0] - before) / tasks]


def timeouts(processes: int, each: int, apart: int) -> list[float]:
    """CPU seconds of one timeout of SimPy, of processes that wait and do nothing else, this many pending at once.

    Args:
        processes: how many of them.
        each: how often each of them waits.
        apart: how long the first process waits before the next one, in millionths of a timeout: 0 has all of them due at the same instants,
            which is the least that SimPy's queue can have to do; otherwise each process has an instant of its own, in no order.
    """
    import simpy

    def waiting(environment: Any, first: int) -> Any:
        yield environment.timeout(first)
        for _ in range(each - 1):
            yield environment.timeout(1_000_000)

    environment = simpy.Environment()
    begins = [number * apart for number in range(processes)]
    Random("timeouts").shuffle(begins)
    for first in begins:
        environment.process(waiting(environment, first))
    return [_timed(environment.run) / (processes * each)]


def snapshots(tasks: int, repeats: int) -> list[float]:
    """CPU seconds of a snapshot and its restore, of a fake with this many tasks of which one is stopped in between."""
    taken = []
    with ecs_fake(timings="realistic") as ecs:
        endpoint, partition = ecs._endpoint, Partition(ecs.account, ecs.region)
        endpoint.set_up("CreateCluster", {}, partition)
        endpoint.set_up("RegisterTaskDefinition", DEFINITION, partition)
        run(endpoint.world.region(partition), tasks)
        ecs.clock.advance(seconds=A_WHILE // SECOND)
        task = next(iter(ecs.tasks))
        ecs.take_snapshot()  # the first one in a fake costs as much as there is
        for _ in range(repeats):
            start = time.process_time()
            restore = ecs.take_snapshot()
            snapshot = time.process_time() - start
            endpoint.set_up("StopTask", {"task": task.arn}, partition)
            ecs.clock.advance(seconds=A_WHILE // SECOND)
            assert task.last_status == "STOPPED"
            taken.append(snapshot + _timed(restore))
    return taken


def deployments(tasks: int) -> list[float]:
    """CPU seconds of the rolling deployment of a service of this many tasks from one revision to the next, and the events it takes."""
    return [_timed(deployment_of(tasks)), events_of(deployment_of(tasks))]


def deployment_of(tasks: int) -> Callable[[], None]:
    """A service of this many tasks in its steady state; call it for a deployment of all of them."""
    region, call = new_region(), operations.built()
    call["CreateService"](region, {"serviceName": "web", "desiredCount": tasks, **ON_FARGATE})
    service = region.services_in(region.clusters.active(None)).get("web")
    assert service is not None

    def come_to_rest() -> None:
        until = region.clock.now + A_LONG_WHILE
        while [deployment.rollout_state for deployment in service.deployments] != ["COMPLETED"]:
            assert region.clock.now < until
            _let_pass(region, 60 * SECOND)

    def deploy() -> None:
        call["UpdateService"](region, {"service": "web", "forceNewDeployment": True})
        come_to_rest()

    come_to_rest()
    return deploy


def events_of(something: Callable[[], None]) -> int:
    """How many events of the clock happen meanwhile."""
    order: Callable[..., None] = Clock.at
    happened = 0

    def happen(action: Callable[..., None], *arguments: Any) -> None:
        nonlocal happened
        happened += 1
        action(*arguments)

    def order_counted(
        clock: Clock, instant: int, action: Callable[..., None], *arguments: Any, lane: int = EFFECTS
    ) -> None:
        order(clock, instant, happen, action, *arguments, lane=lane)

    Clock.at = order_counted  # type: ignore[method-assign]
    try:
        something()
    finally:
        Clock.at = order  # type: ignore[method-assign]
    return happened


def new_region() -> Region:
    """A region with a cluster and a task definition."""
    world = World(Clock(1_767_225_600 * SECOND), "benchmark", Timings("realistic"))
    region, call = world.region(Partition("123456789012", "us-east-1")), operations.built()
    call["CreateCluster"](region, {})
    call["RegisterTaskDefinition"](region, DEFINITION)
    return region


def _let_pass(region: Region, microseconds: int) -> None:
    region.clock.settle(region.clock.now + microseconds)


def _timed(something: Callable[[], object]) -> float:
    start = time.process_time()
    something()
    return time.process_time() - start


MEASUREMENTS: dict[str, Callable[..., list[float]]] = {
    "lives": lives,
    "memory": memory,
    "timeouts": timeouts,
    "deployments": deployments,
    "snapshots": snapshots,
}

if __name__ == "__main__":
    print(*MEASUREMENTS[sys.argv[1]](*map(int, sys.argv[2:])))
