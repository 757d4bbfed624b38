"""Containers whose program is Python: it sleeps, calls ECS, waits for threads of its own, exits or raises."""

from __future__ import annotations

import asyncio
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from fnmatch import fnmatch

import boto3
import pytest

pytestmark = pytest.mark.ecs_fake(clusters=["prod"], poll_step=0)

#: When a task's containers start on Fargate, and how long after its last container's exit it is STOPPED.
STARTED, STOPPED = timedelta(seconds=25), timedelta(seconds=19)


@pytest.fixture
def run(register_on_fargate, run_on_fargate, ecs_fake):
    """Run a task of one container in the cluster prod; its view."""

    def run(*, overrides=None, **definition):
        register_on_fargate({"name": "app", "image": "job:1", **definition})
        [task] = run_on_fargate(cluster="prod", overrides=overrides or {})["tasks"]
        return ecs_fake.tasks[task["taskArn"]]

    return run


@pytest.mark.parametrize(
    ("program", "exit_code"),
    [
        pytest.param(lambda _: None, 0, id="nothing"),
        pytest.param(lambda _: 0, 0, id="0"),
        pytest.param(lambda _: 3, 3, id="a number"),
        pytest.param(lambda _: 256, 0, id="the lower eight bits"),
        pytest.param(lambda _: True, 1, id="true"),
        pytest.param(lambda _: sys.exit(), 0, id="sys.exit()"),
        pytest.param(lambda _: sys.exit(4), 4, id="sys.exit(4)"),
        pytest.param(lambda _: sys.exit("no"), 1, id="sys.exit(text)"),
    ],
)
def test_what_a_program_returns_is_the_exit_code(ecs_fake, run, program, exit_code):
    ecs_fake.containers.program(family="web", run=program)

    task = run()
    ecs_fake.clock.advance(seconds=60)

    assert (task.last_status, task.container("app").exit_code) == ("STOPPED", exit_code)
    assert task.stop_code == "EssentialContainerExited"


def test_a_program_reads_its_container(ecs_fake, run):
    seen = []
    ecs_fake.containers.program(family="web", run=seen.append)

    task = run(
        command=["up"],
        environment=[{"name": "STAGE", "value": "test"}, {"name": "LEVEL", "value": "1"}],
        overrides={"containerOverrides": [{"name": "app", "environment": [{"name": "STAGE", "value": "prod"}]}]},
    )
    ecs_fake.clock.advance(seconds=60)

    [ctx] = seen
    assert ctx.environment == {"STAGE": "prod", "LEVEL": "1"}
    assert ctx.command == ["up"]
    assert (ctx.task, ctx.container.name) == (task, "app")


def test_what_it_sleeps_is_how_long_the_container_runs(ecs_fake, run):
    def wait_for_a_file(ctx):
        began = ctx.clock.now
        deadline = time.time() + 90
        while time.time() < deadline:
            time.sleep(10)
        assert ctx.clock.now - began == timedelta(seconds=90)
        return 1

    ecs_fake.containers.program(family="web", run=wait_for_a_file)

    tasks = [run(), run(), run()]
    ecs_fake.clock.advance(seconds=100)
    assert [task.last_status for task in tasks] == ["RUNNING"] * 3

    ecs_fake.clock.advance(seconds=100)
    for task in tasks:
        assert task.container("app").exit_code == 1
        assert task.stopped_at - task.created_at == STARTED + timedelta(seconds=90) + STOPPED


def test_an_asynchronous_program(ecs_fake, run):
    async def main():
        await asyncio.gather(asyncio.sleep(40), asyncio.sleep(20))

    ecs_fake.containers.program(family="web", run=lambda _: asyncio.run(main()))

    task = run()
    ecs_fake.clock.advance(seconds=600)

    assert task.stopped_at - task.created_at == STARTED + timedelta(seconds=40) + STOPPED


def test_a_program_that_is_stopped_meanwhile_ends_by_the_signal(ecs_fake, ecs_client, run):
    ecs_fake.containers.program(family="web", run=lambda _: time.sleep(3600))
    task = run()
    ecs_fake.clock.advance(seconds=60)

    ecs_client.stop_task(cluster="prod", task=task.arn)
    ecs_fake.clock.advance(seconds=60)

    assert (task.last_status, task.container("app").exit_code) == ("STOPPED", 143)


def test_its_calls_are_answered_at_the_instant_of_its_start(ecs_fake, run):
    def main(ctx):
        [task] = boto3.client("ecs").describe_tasks(cluster="prod", tasks=[ctx.task.arn])["tasks"]
        return {"ACTIVATING": 7}[task["lastStatus"]]

    ecs_fake.containers.program(family="web", run=main)

    task = run()
    ecs_fake.clock.advance(seconds=600)

    assert task.container("app").exit_code == 7
    assert ecs_fake.calls.of("DescribeTasks")[0].at == task.created_at + STARTED


def test_a_program_that_waits_for_its_threads_does_not_hang(ecs_fake, run):
    client = boto3.client("ecs")

    def main(ctx):
        with ThreadPoolExecutor(4) as pool:
            tagged = pool.map(
                lambda number: client.tag_resource(resourceArn=ctx.task.arn, tags=[{"key": str(number), "value": ""}]),
                range(8),
            )
            return len(list(tagged))

    ecs_fake.containers.program(family="web", run=main)

    task = run()
    client.get_waiter("tasks_stopped").wait(cluster="prod", tasks=[task.arn])

    assert task.container("app").exit_code == 8
    assert sorted(task.tags) == [str(number) for number in range(8)]


def test_a_program_runs_in_whichever_thread_moves_time(ecs_fake, run):
    """A thread beside the test polls; the program that this starts sleeps virtually there too."""
    ecs_fake.containers.program(family="web", run=lambda _: time.sleep(30))
    task = run()

    thread = threading.Thread(target=ecs_fake.clock.advance, kwargs={"seconds": 600})
    thread.start()
    thread.join(timeout=20)

    assert task.stopped_at - task.created_at == STARTED + timedelta(seconds=30) + STOPPED


def test_a_restarted_container_runs_its_program_again(ecs_fake, run):
    runs = []

    def main(ctx):
        runs.append(ctx.clock.now)
        time.sleep(100)

    ecs_fake.containers.program(family="web", run=main)

    task = run(restartPolicy={"enabled": True, "restartAttemptPeriod": 60})
    ecs_fake.clock.advance(seconds=300)

    first = task.created_at + STARTED
    assert runs == [first, first + timedelta(seconds=100), first + timedelta(seconds=200)]


@pytest.mark.ecs_fake(strict=False)
@pytest.mark.parametrize(
    ("program", "told"),
    [
        pytest.param(
            lambda _: {}["TOKEN"],
            """the program of container "app" in family "web" raised KeyError('TOKEN') (*test_a_container_that_runs_a_program.py:*).""",
            id="an exception",
        ),
        pytest.param(
            lambda _: "done",
            """the program of container "app" in family "web" raised *'done' isn't an exit code: a program returns 0 to 255, or None for 0*""",
            id="a result that isn't an exit code",
        ),
    ],
)
def test_an_exception_is_exit_code_1_and_told_at_the_end(ecs_fake, run, program, told):
    ecs_fake.containers.program(family="web", run=program)

    task = run()
    ecs_fake.clock.advance(seconds=60)

    assert (task.container("app").exit_code, task.container("app").reason) == (1, None)
    [problem] = ecs_fake.problems
    assert fnmatch(str(problem), told)


def test_an_exception_that_is_meant_is_exit_code_1(ecs_fake, run):
    def main(ctx):
        raise KeyError("TOKEN")

    ecs_fake.containers.program(family="web", run=main, raises=KeyError)

    task = run()
    ecs_fake.clock.advance(seconds=60)

    assert task.container("app").exit_code == 1
    assert not ecs_fake.problems


def test_what_a_wider_scope_ordered_is_there_for_each_of_its_tests(ecs_fake, run):
    """A fake of class scope puts its state back after each test: the program is for one task, of each test."""
    ecs_fake.containers.program(family="web", run=lambda _: 5, times=1)

    for _ in range(2):
        restore = ecs_fake.take_snapshot()
        tasks = [run(), run()]
        ecs_fake.clock.advance(seconds=60)
        assert [task.container("app").exit_code for task in tasks] == [5, None]
        restore()
