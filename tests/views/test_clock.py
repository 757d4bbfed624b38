"""`ecs_fake.clock`: the clock as a test holds it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from pytest_ecsfake import EcsFakeUsageError


def test_advance_takes_a_timedelta_or_seconds(ecs_fake):
    before = ecs_fake.clock.now

    ecs_fake.clock.advance(timedelta(minutes=1))
    ecs_fake.clock.advance(seconds=0.5)
    ecs_fake.clock.advance(seconds=0)

    assert ecs_fake.clock.now - before == timedelta(seconds=60.5)
    assert repr(ecs_fake.clock).endswith("(+60.5s)>")


@pytest.mark.parametrize(
    ("args", "kwargs", "sentence"),
    [
        pytest.param(
            (), {}, "takes a timedelta or seconds=…, exactly one. Write clock.advance(seconds=30).", id="nothing"
        ),
        pytest.param((timedelta(1),), {"seconds": 1}, "exactly one", id="both"),
        pytest.param((30,), {}, "not 30. Write clock.advance(seconds=30).", id="a bare number"),
        pytest.param((), {"seconds": float("nan")}, "takes seconds=… as a number, not nan.", id="not a number"),
        pytest.param((), {"seconds": float("inf")}, "takes seconds=… as a number, not inf.", id="for ever"),
        pytest.param((), {"seconds": 1e12}, "leads beyond the year 9998, where Python's dates end.", id="microseconds"),
        pytest.param((), {"seconds": -1}, "time never goes back: clock.advance() was asked for -1 s.", id="backwards"),
    ],
)
def test_misuse_of_advance_gets_a_sentence(ecs_fake, args, kwargs, sentence):
    with pytest.raises(EcsFakeUsageError) as caught:
        ecs_fake.clock.advance(*args, **kwargs)

    assert sentence in str(caught.value)


def test_advance_until_stops_at_the_event_that_makes_it_true(ecs_fake, web, fargate):
    ecs_fake.client.create_cluster()
    ecs_fake.client.register_task_definition(**web)
    task = ecs_fake.tasks[ecs_fake.client.run_task(**fargate)["tasks"][0]["taskArn"]]

    ecs_fake.clock.advance_until(lambda: task.last_status == "RUNNING")

    assert ecs_fake.clock.now == task.started_at


def test_advance_until_asks_once_more_at_its_end(ecs_fake):
    end = ecs_fake.clock.now + timedelta(seconds=10)

    ecs_fake.clock.advance_until(lambda: ecs_fake.clock.now >= end, timeout=10)

    assert ecs_fake.clock.now == end


@pytest.mark.parametrize(
    ("predicate", "timeout", "sentence"),
    [
        pytest.param(True, 5, "takes a condition as a function, not True.", id="a value for a question"),
        pytest.param(bool, -5, "takes timeout=… in seconds, 0 or more, not -5.", id="backwards"),
        pytest.param(bool, timedelta(1), "not datetime.timedelta(days=1). Write timeout=600.", id="a timedelta"),
        pytest.param(bool, 1e12, "clock.advance_until() leads beyond the year 9998", id="microseconds"),
    ],
)
def test_misuse_of_advance_until_gets_a_sentence(ecs_fake, predicate, timeout, sentence):
    with pytest.raises(EcsFakeUsageError) as caught:
        ecs_fake.clock.advance_until(predicate, timeout=timeout)

    assert sentence in str(caught.value)


def test_advance_until_that_never_comes_true_shows_what_happened_last(ecs_fake):
    ecs_fake.client.create_cluster(clusterName="prod")

    with pytest.raises(AssertionError) as caught:
        ecs_fake.clock.advance_until(lambda: False, timeout=10)

    assert str(caught.value) == (
        "the condition didn't come true within 10 s of virtual time.\n"
        "  Everything is at rest, and no task ended badly.\n"
        "  What happened last:\n"
        "  +0s     CreateCluster"
    )
