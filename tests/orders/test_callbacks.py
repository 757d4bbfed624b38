"""What a test hands in is called between events, at the same instant, without the lock; queued here as the engine queues them."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone
from fnmatch import fnmatch

import boto3
import pytest

import pytest_ecsfake
from pytest_ecsfake import CallbackError
from pytest_ecsfake.clock import SECOND, Callback, Clock, Outcome

outcomes: list[tuple[int, Outcome]] = []


def leave(clock: Clock, callback: Callback) -> None:
    clock.callbacks.append(callback)


def note(clock: Clock, outcome: Outcome) -> None:
    outcomes.append((clock.now, outcome))


@pytest.fixture(autouse=True)
def no_outcomes() -> None:
    outcomes.clear()


@pytest.fixture
def call_after(ecs_fake):
    """Have a callable called after some seconds, as an event would."""

    def call_after(seconds: float, run, *, then=None, may_raise=()) -> None:
        endpoint = ecs_fake._endpoint
        clock = endpoint.world.clock
        number = endpoint.callbacks.keep(run, may_raise)
        callback = Callback(number, (), "the subscriber", then, (clock,))
        clock.after(round(seconds * SECOND), leave, clock, callback)

    return call_after


@pytest.fixture
def offset(ecs_fake):
    """How many seconds the fake's clock is on since the test began."""
    start = ecs_fake.clock.now

    def offset() -> float:
        passed: timedelta = ecs_fake.clock.now - start
        return passed.total_seconds()

    return offset


def test_it_is_called_at_the_instant_of_its_event_before_the_next_one(ecs_fake, call_after, offset):
    seen: list[tuple[str, float]] = []
    call_after(10, lambda: seen.append(("first", offset())))
    call_after(10, lambda: seen.append(("second", offset())))
    call_after(20, lambda: seen.append(("third", offset())))

    ecs_fake.clock.advance(seconds=60)

    assert seen == [("first", 10), ("second", 10), ("third", 20)]


def test_what_it_returns_goes_on_at_the_same_instant(ecs_fake, call_after):
    due = ecs_fake._endpoint.world.clock.now + 10 * SECOND
    call_after(10, lambda: "SUCCEEDED", then=note)

    ecs_fake.clock.advance(seconds=60)

    assert outcomes == [(due, Outcome("SUCCEEDED", None, 0))]


def test_its_calls_are_answered_at_that_instant(ecs_fake, call_after):
    before = ecs_fake.clock.now
    call_after(10, lambda: boto3.client("ecs").create_cluster(clusterName="made-within"))

    ecs_fake.clock.advance(seconds=60)

    assert ecs_fake.calls.of("CreateCluster")[0].at == before + timedelta(seconds=10)
    assert "made-within" in ecs_fake.clusters


def test_threads_that_it_waits_for_are_answered(ecs_fake, call_after):
    client = boto3.client("ecs")

    def make_clusters() -> None:
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda number: client.create_cluster(clusterName=f"c{number}"), range(8), timeout=20))

    call_after(10, make_clusters)
    ecs_fake.clock.advance(seconds=60)

    assert len(ecs_fake.clusters) == 8


def test_views_read_in_it_don_t_settle_again_and_hold_no_lock(ecs_fake, call_after):
    """The reading that settles holds the lock twice over; all of it is let go."""
    seen: list[int] = []

    def read_in_a_thread() -> None:
        thread = threading.Thread(target=lambda: seen.append(len(ecs_fake.clusters)))
        thread.start()
        thread.join(timeout=20)

    call_after(0, read_in_a_thread)

    assert len(ecs_fake.clusters) == 0
    assert seen == [0]


def test_the_process_reads_the_instant_and_what_it_sleeps_and_agrees_afterwards(ecs_fake, call_after):
    read: list[float] = []

    def wait_for_nothing() -> None:
        read.append(time.time())
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            time.sleep(5)
        read.append(time.time())

    before = time.time()
    call_after(10, wait_for_nothing, then=note)
    call_after(12, wait_for_nothing, then=note)
    ecs_fake.clock.advance(seconds=60)
    after = time.time()

    assert [moment - before for moment in read] == pytest.approx([10, 40, 12, 42], abs=1)
    assert after - before == pytest.approx(60, abs=1)
    assert ecs_fake.clock.now <= datetime.now(timezone.utc)
    assert [outcome.slept for _, outcome in outcomes] == [30 * SECOND, 30 * SECOND]


def test_its_threads_sleep_side_by_side(ecs_fake, call_after):
    """The back-offs of botocore are virtual in every thread."""

    both = threading.Barrier(2)

    def sleep(_: int) -> None:
        both.wait(timeout=20)
        ecs_fake.fake_time.sleep(20 * SECOND)

    def sleep_in_two_threads() -> None:
        with ThreadPoolExecutor(2) as pool:
            list(pool.map(sleep, range(2)))

    call_after(10, sleep_in_two_threads, then=note)
    ecs_fake.clock.advance(seconds=60)

    assert outcomes[0][1].slept == 20 * SECOND


@pytest.mark.ecs_fake(frozen_at="2026-01-01T00:00:00Z")
def test_under_a_freezer_it_sleeps_on_its_own_too(ecs_fake, call_after):
    call_after(10, lambda: time.sleep(45), then=note)

    ecs_fake.clock.advance(seconds=30)

    assert outcomes[0][1].slept == 45 * SECOND
    assert datetime.now(timezone.utc) == ecs_fake.clock.now == datetime(2026, 1, 1, 0, 0, 30, tzinfo=timezone.utc)


@pytest.mark.ecs_fake(strict=False)
def test_what_it_raises_is_kept_for_the_end_of_the_test(ecs_fake, call_after):
    boom = ValueError("boom")

    def fail() -> None:
        raise boom

    call_after(10, fail, then=note)
    ecs_fake.clock.advance(seconds=60)

    assert outcomes[0][1].error is boom
    (problem,) = ecs_fake.problems
    assert isinstance(problem, CallbackError)
    assert fnmatch(str(problem), "the subscriber raised ValueError('boom') (*test_callbacks.py:*).")
    assert problem.__cause__ is boom


def test_what_it_may_raise_is_no_problem(ecs_fake, call_after):
    def fail() -> None:
        raise ValueError("boom")

    call_after(10, fail, then=note, may_raise=(ValueError,))
    ecs_fake.clock.advance(seconds=60)

    assert repr(outcomes[0][1].error) == "ValueError('boom')"
    assert not ecs_fake.problems


def test_a_test_that_fails_in_it_fails_where_it_stands_and_the_rest_is_still_due(ecs_fake, call_after):
    called: list[str] = []
    call_after(10, lambda: pytest.fail("wrong"))
    call_after(10, lambda: called.append("the next"))

    with pytest.raises(pytest.fail.Exception, match="wrong"):
        ecs_fake.clock.advance(seconds=60)
    assert not called

    ecs_fake.clock.advance(seconds=0)
    assert called == ["the next"]


@pytest.mark.ecs_fake(strict=False)
def test_one_that_causes_itself_for_ever_ends_and_is_named(ecs_fake, monkeypatch):
    monkeypatch.setattr("pytest_ecsfake.orders.callbacks.MAX_CALLBACKS_IN_A_ROW", 10)
    callbacks, clock = ecs_fake._endpoint.callbacks, ecs_fake._endpoint.world.clock
    number = callbacks.keep(lambda: leave(clock, Callback(number, (), "the subscriber")))

    clock.after(0, leave, clock, Callback(number, (), "the subscriber"))
    ecs_fake.clock.advance(seconds=1)

    assert str(ecs_fake.problems[0]).startswith("the subscriber keeps triggering itself: it was called 10 times")


def test_the_old_name_of_the_error_still_catches_it():
    assert pytest_ecsfake.HandedInError is pytest_ecsfake.CallbackError
