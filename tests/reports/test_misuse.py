"""A slip of the test author's gets a sentence that says what to do, and is shown at the author's own line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pytest_ecsfake import EcsFake, EcsFakeNotBuiltError, EcsFakeUsageError
from pytest_ecsfake import ecs_fake as switch
from pytest_ecsfake.errors import InvalidParameterException


def yielding():
    yield 1


async def yielding_async():
    yield 1


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
        id="an account that is none",
    ),
    pytest.param(
        lambda ecs: ecs.client("s3"),
        EcsFakeUsageError,
        "the fake makes clients for \"ecs\", not for 's3'. Write boto3.client('s3').",
        id="a client of another service",
    ),
    pytest.param(
        lambda ecs: ecs.hooks.on("POST_TEST_TRAFFIC_SHIFT"),
        EcsFakeNotBuiltError,
        None,
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
        "frozen_at, timings, other_services, scope, virtual_sleep, poll_step, strict.",
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
