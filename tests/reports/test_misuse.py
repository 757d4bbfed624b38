"""A slip of the test author's gets a sentence that says what to do, and is shown at the author's own line."""

from __future__ import annotations

from collections.abc import Callable
from fnmatch import fnmatch
from pathlib import Path

import pytest

import pytest_ecsfake
from pytest_ecsfake import EcsFake, EcsFakeNotBuiltError, EcsFakeUsageError
from pytest_ecsfake import ecs_fake as switch
from pytest_ecsfake.errors import InvalidParameterException


def yielding():
    yield 1


async def yielding_async():
    yield 1


def a_program_without_context(): ...


async def a_coroutine(context): ...


@pytest.fixture
def a_fixture(): ...


SLIPS = [
    pytest.param(
        lambda ecs: ecs.calls.assert_not_called("RunTaks"),
        EcsFakeUsageError,
        'unknown operation "RunTaks" in calls.assert_not_called(). Did you mean "RunTask"?',
        id="an unknown operation in an assertion",
    ),
    pytest.param(
        lambda ecs: ecs.faults.throttle("RunTaks"),
        EcsFakeUsageError,
        'unknown operation "RunTaks" in faults.throttle(). Did you mean "RunTask"?',
        id="an unknown operation in a fault",
    ),
    pytest.param(
        lambda ecs: ecs.faults.throttle("RunTask", times=0),
        EcsFakeUsageError,
        'faults.throttle() takes times=1 or more, or "always", not 0.',
        id="a fault that never comes",
    ),
    pytest.param(
        lambda ecs: ecs.timeline(0),
        EcsFakeUsageError,
        "timeline() takes newest=1 or more, or None for all, not 0.",
        id="no line of the time line",
    ),
    pytest.param(
        lambda ecs: ecs.timeline(about=ecs.clusters["prod"]),
        EcsFakeUsageError,
        'timeline() takes about=… as the key of a store, such as "prod/web", not <Cluster prod ACTIVE>.',
        id="an entry for its key",
    ),
    pytest.param(
        lambda ecs: ecs.timeline(about="prod", folded=False),
        EcsFakeUsageError,
        "timeline() is given about=… and folded=False, which shows everything. Leave one out.",
        id="the whole time line, about one resource",
    ),
    pytest.param(
        lambda ecs: ecs.clusters["prd"],
        KeyError,
        'no cluster "prd" in account 123456789012, region us-east-1. Nearest: "prod".',
        id="a key with a typo",
    ),
    pytest.param(
        lambda ecs: ecs.clusters[0],
        EcsFakeUsageError,
        "a cluster is looked up by name or ARN, not by 0. To take them in order, write list(…).",
        id="an index for a key",
    ),
    pytest.param(
        lambda ecs: ecs.tasks[{"taskArn": "arn:…"}],
        EcsFakeUsageError,
        "a task is looked up by ARN or id, not by {'taskArn': 'arn:…'}. To take them in order, write list(…).",
        id="a document for a key",
    ),
    pytest.param(
        lambda ecs: ecs.clusters.add("a b"),
        InvalidParameterException,
        None,
        id="a name that ECS refuses",
    ),
    pytest.param(
        lambda ecs: ecs.clock.advance(30),
        EcsFakeUsageError,
        "clock.advance() takes a timedelta or seconds=…, not 30. Write clock.advance(seconds=30).",
        id="a bare number of seconds",
    ),
    pytest.param(
        lambda ecs: ecs.clock.advance(seconds="30"),
        EcsFakeUsageError,
        "clock.advance() takes seconds=… as a number, not '30'. Write clock.advance(seconds=30).",
        id="seconds as a text",
    ),
    pytest.param(
        lambda ecs: ecs.in_account("12"),
        EcsFakeUsageError,
        "in_account() takes twelve digits in a string, not '12'. Write in_account(\"111122223333\").",
        id="not an account",
    ),
    pytest.param(
        lambda ecs: ecs.client("s3"),
        EcsFakeUsageError,
        "the fake makes clients for \"ecs\", not for 's3'. Write boto3.client('s3').",
        id="a client of another service",
    ),
    pytest.param(
        lambda ecs: ecs.alarms["5xx"].set("ALARMED"),
        EcsFakeUsageError,
        "an alarm has no state 'ALARMED'. Did you mean \"ALARM\"? The states are OK, ALARM, INSUFFICIENT_DATA.",
        id="a state that alarms don't have",
    ),
    pytest.param(
        lambda ecs: ecs.alarms[5],
        EcsFakeUsageError,
        "an alarm is looked up by name, not by 5.",
        id="an alarm by number",
    ),
    pytest.param(
        lambda ecs: ecs.serve(),
        EcsFakeNotBuiltError,
        f"ecs_fake.serve is not built in pytest-ecsfake {pytest_ecsfake.__version__}.",
        id="a part that is not built",
    ),
    pytest.param(
        lambda ecs: ecs.clustres,
        AttributeError,
        "'EcsFake' object has no attribute 'clustres'",
        id="a part with a typo",
    ),
    pytest.param(
        lambda _: switch(regoin="eu-west-1"),
        EcsFakeUsageError,
        'unknown option "regoin" in ecs_fake(). Did you mean "region"? Known: region, account, clusters, seed, '
        "frozen_at, timings, other_services, scope, virtual_sleep, poll_step, strict, credentials, fast_clients.",
        id="an unknown option",
    ),
    pytest.param(
        lambda _: switch("eu-west-1"),
        EcsFakeUsageError,
        "@ecs_fake goes on a function or a class, not on 'eu-west-1'. "
        'Options are given by name, such as ecs_fake(region="eu-west-1").',
        id="an option without its name",
    ),
    pytest.param(
        lambda _: switch(property(yielding)),
        EcsFakeUsageError,
        None,
        id="the decorator on a property",
    ),
    pytest.param(
        lambda ecs: ecs.containers.script(exit_code=1),
        EcsFakeUsageError,
        'containers.script() names no containers. Give family="…", container="…" or image="…".',
        id="a script for nobody",
    ),
    pytest.param(
        lambda ecs: ecs.containers.script(family="web"),
        EcsFakeUsageError,
        "containers.script() has no effect: give at least one of runs_for, exit_code, reason, health, ignores_sigterm, "
        "pull_error, secrets_error, start_error.",
        id="a script of nothing",
    ),
    pytest.param(
        lambda ecs: ecs.containers.script(family="web", runs_for=-1),
        EcsFakeUsageError,
        "containers.script() takes runs_for=… in seconds, 0 or more, not -1.",
        id="a script that ends before it begins",
    ),
    pytest.param(
        lambda ecs: ecs.containers.script(family="web", runs_for=float("inf")),
        EcsFakeUsageError,
        "containers.script() takes runs_for=… in seconds, 0 or more, not inf.",
        id="a container that never ends",
    ),
    pytest.param(
        lambda ecs: ecs.containers.script(family="web", exit_code=1, reason=OSError("disk")),
        EcsFakeUsageError,
        "containers.script() takes reason=… as a string, not OSError('disk').",
        id="a reason that is no string",
    ),
    pytest.param(
        lambda ecs: ecs.containers.script(family="web", ignores_sigterm="yes"),
        EcsFakeUsageError,
        "containers.script() takes ignores_sigterm=True or False, not 'yes'.",
        id="a word for a switch",
    ),
    pytest.param(
        lambda ecs: ecs.containers.program(family="web", run=a_program_without_context),
        EcsFakeUsageError,
        "containers.program() calls run=… with one argument, the context, which a_program_without_context doesn't take. "
        "Write lambda ctx: ….",
        id="a program that takes no context",
    ),
    pytest.param(
        lambda ecs: ecs.exec.on(family="web", run=a_coroutine),
        EcsFakeUsageError,
        "exec.on() takes run=… as a plain function, not the coroutine function a_coroutine. "
        "Write lambda ctx: asyncio.run(…).",
        id="a coroutine function for a program",
    ),
    pytest.param(
        lambda ecs: ecs.faults.throttle("RunTask", when="prod"),
        EcsFakeUsageError,
        """faults.throttle() takes when=… as parameters by name, such as {"cluster": "prod"}, not 'prod'.""",
        id="a value for parameters",
    ),
    pytest.param(
        lambda ecs: ecs.tasks.where(last_status="RUNING"),
        EcsFakeUsageError,
        "the last_status of a task is never 'RUNING'. Known: PROVISIONING, PENDING, ACTIVATING, RUNNING, DEACTIVATING, STOPPING, "
        "DEPROVISIONING, STOPPED.",
        id="a status that there isn't",
    ),
    pytest.param(
        lambda ecs: ecs.containers.script(family="web", exit_code=256),
        EcsFakeUsageError,
        "containers.script() takes exit_code=0 to 255, not 256.",
        id="a script with a wrong exit code",
    ),
    pytest.param(
        lambda ecs: ecs.containers.script(family="web", runs_for=1, reason="OutOfMemoryError: …"),
        EcsFakeUsageError,
        "containers.script() is given reason without exit_code: a reason comes with an exit. Add exit_code=137.",
        id="a script with a reason for nothing",
    ),
    pytest.param(
        lambda ecs: ecs.containers.script(family="web", health="UNHEALTHY"),
        EcsFakeUsageError,
        'containers.script() takes health=… as a list of HEALTHY, UNHEALTHY, TIMEOUT, such as ["HEALTHY", "UNHEALTHY"], not '
        "'UNHEALTHY'.",
        id="a script with a result for results",
    ),
    pytest.param(
        lambda ecs: ecs.containers.script(image="broken:*", pull_error="not found"),
        EcsFakeUsageError,
        'containers.script() takes pull_error=… as ECS words it, a name and a text: "CannotPullContainerError: …", '
        "\"ResourceInitializationError: …\", not 'not found'.",
        id="a script with words that aren't ECS's",
    ),
    pytest.param(
        lambda ecs: ecs.containers.script(image="broken:*", pull_error="CannotPullContainerError: …", exit_code=1),
        EcsFakeUsageError,
        "containers.script() is given pull_error and exit_code, but a container that can't start does nothing else. Leave one out.",
        id="a script that exits without a start",
    ),
    pytest.param(
        lambda ecs: ecs.containers.script(family="web", exit_code=1, times=0),
        EcsFakeUsageError,
        'containers.script() takes times=1 or more, or "always", not 0.',
        id="a script that never comes",
    ),
    pytest.param(
        lambda ecs: ecs.containers.program(family="web", run="main.py"),
        EcsFakeUsageError,
        "containers.program() takes run=… as a function of a context, not 'main.py'.",
        id="a program that can't be called",
    ),
    pytest.param(
        lambda ecs: ecs.containers.program(family="web", run=print, raises="ValueError"),
        EcsFakeUsageError,
        "containers.program() takes raises=… as a class of exceptions or a tuple of them, not 'ValueError'.",
        id="a program that raises a name",
    ),
    pytest.param(
        lambda ecs: ecs.exec.on(family="web"),
        EcsFakeUsageError,
        "exec.on() takes run=… as a function of a context, not None.",
        id="a command that nobody answers",
    ),
    pytest.param(
        lambda ecs: ecs.exec.on(family="web", run=print, connected=False),
        EcsFakeUsageError,
        "exec.on() is given run=… and connected=False, but without a connection no command runs. Leave one out.",
        id="a command that doesn't arrive and is answered",
    ),
    pytest.param(
        lambda _: switch(yielding),
        EcsFakeUsageError,
        "@ecs_fake doesn't go on yielding(), which yields: the fake would be off again before its body runs. A fixture gets a fake "
        "through a parameter that is named ecs_fake; elsewhere write `with ecs_fake() as ecs:` in the body.",
        id="the decorator on a generator",
    ),
    pytest.param(
        lambda _: switch(yielding_async),
        EcsFakeUsageError,
        None,
        id="the decorator on an asynchronous generator",
    ),
    pytest.param(
        lambda _: switch.clusters,
        AttributeError,
        'ecs_fake as it is imported is a decorator and context manager, and has no "clusters". The handle has what a fake holds: '
        "a parameter of the test that is named ecs_fake, or `with ecs_fake() as ecs:`.",
        id="the imported name for the handle",
    ),
    pytest.param(
        lambda _: switch.__enter__(),
        EcsFakeUsageError,
        "ecs_fake is no context manager by itself. Write `with ecs_fake() as ecs:`.",
        id="the imported name in a with statement",
    ),
]


@pytest.mark.parametrize(("slip", "error", "sentence"), SLIPS)
@pytest.mark.ecs_fake(clusters=["prod"])
def test_a_slip_gets_a_sentence_at_the_authors_own_line(
    ecs_fake: EcsFake, slip: Callable[[EcsFake], object], error: type[Exception], sentence: str | None
) -> None:
    with pytest.raises(error) as caught:
        slip(ecs_fake)

    assert sentence is None or str(caught.value) == sentence
    assert caught.traceback.filter(caught)[-1].path == Path(__file__)


@pytest.mark.skipif(
    callable(a_fixture) and hasattr(a_fixture, "__code__"), reason="this pytest's fixtures are functions"
)
def test_the_decorator_above_a_fixture_is_refused():
    with pytest.raises(EcsFakeUsageError, match="goes on a function or a class, not on <pytest_fixture"):
        switch(a_fixture)


def test_the_client_of_a_fake_that_is_off_calls_nobody():
    with switch() as ecs:
        client = ecs.client

    with pytest.raises(EcsFakeUsageError) as caught:
        client.list_clusters()

    assert str(caught.value) == (
        "ListClusters was called through the client of a fake that is off. Call it inside the test or the `with` block, "
        'or make a client of your own: boto3.client("ecs").'
    )


TASK_SLIPS = [
    pytest.param(
        lambda task: task.exit("ap"),
        KeyError,
        'no container "ap" in <Task prod/*>. There: "app".',
        id="a container with a typo",
    ),
    pytest.param(
        lambda task: task.exit("app"),
        EcsFakeUsageError,
        'container "app" of <Task prod/*PROVISIONING*> is PENDING; task.exit() needs a running one. '
        'Wait for it: ecs_fake.clock.advance_until(lambda: task.last_status == "RUNNING").',
        id="the exit of one that hasn't started",
    ),
    pytest.param(
        lambda task: task.exit("app", code=-9),
        EcsFakeUsageError,
        "task.exit() takes code=0 to 255, not -9.",
        id="a signal for an exit code",
    ),
    pytest.param(
        lambda task: task.exit("app", code=1, reason=5),
        EcsFakeUsageError,
        "task.exit() takes reason=… as a string, not 5.",
        id="a reason that is no string",
    ),
    pytest.param(
        lambda task: task.set_health("app", "OK"),
        EcsFakeUsageError,
        "task.set_health() takes one of HEALTHY, UNHEALTHY, UNKNOWN, not 'OK'.",
        id="no health",
    ),
    pytest.param(
        lambda task: task.interrupt_spot(),
        EcsFakeUsageError,
        "<Task prod/*> isn't on Fargate Spot, so nothing interrupts it. Run it with "
        'capacityProviderStrategy=?{"capacityProvider": "FARGATE_SPOT"}?.',
        id="an interruption without Spot",
    ),
]


@pytest.fixture
def task(ecs_fake, web, fargate):
    """A task that was just accepted."""
    ecs_fake.client.register_task_definition(**web)
    [task] = ecs_fake.client.run_task(cluster="prod", **fargate)["tasks"]
    return ecs_fake.tasks[task["taskArn"]]


@pytest.mark.parametrize(("slip", "error", "sentence"), TASK_SLIPS)
@pytest.mark.ecs_fake(clusters=["prod"])
def test_a_slip_with_a_task_gets_a_sentence_at_the_authors_own_line(task, slip, error, sentence):
    with pytest.raises(error) as caught:
        slip(task)

    assert fnmatch(str(caught.value), sentence)
    assert caught.traceback.filter(caught)[-1].path == Path(__file__)


@pytest.mark.ecs_fake(clusters=["prod"])
def test_the_health_of_a_container_without_a_health_check_cant_be_set(ecs_fake, task):
    ecs_fake.clock.advance(seconds=60)

    with pytest.raises(EcsFakeUsageError) as caught:
        task.set_health("app", "UNHEALTHY")

    assert fnmatch(
        str(caught.value),
        'container "app" of <Task prod/*> has no health check, so ECS shows it as UNKNOWN whatever it does. '
        "Give its definition a healthCheck.",
    )
