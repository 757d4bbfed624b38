"""Who moves the fake's clock, and from when the sleeps of other threads count."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from pytest_ecsfake import ecs_fake as switch
from pytest_ecsfake.clock import SECOND

EVERY_THREAD = pytest.mark.ecs_fake(virtual_sleep="all")


def seconds_of(ecs) -> float:
    """How far the fake's clock has moved."""
    return (ecs._endpoint.world.clock.now - ecs._reader.start) / SECOND


def in_a_thread(do) -> None:
    """Do something in a thread of its own, to its end."""
    thread = threading.Thread(target=do)
    thread.start()
    thread.join(timeout=20)


@pytest.fixture
def worker():
    """One thread that stays, for one thing after the other."""
    with ThreadPoolExecutor(1) as pool:
        yield lambda do: pool.submit(do).result(timeout=20)


@EVERY_THREAD
def test_threads_that_come_one_after_the_other_each_sleep_the_whole_time(ecs_fake):
    """The system gives a new thread the identity of one that has ended."""
    identities, moved = [], []

    def sleep() -> None:
        identities.append(threading.get_ident())
        before = seconds_of(ecs_fake)
        time.sleep(30)
        moved.append(seconds_of(ecs_fake) - before)

    for _ in range(5):
        in_a_thread(sleep)
        ecs_fake.clock.advance(seconds=30)

    assert len(set(identities)) < 5
    assert moved == [30] * 5


@EVERY_THREAD
def test_a_thread_sleeps_from_when_it_was_answered(ecs_fake, worker):
    """Two that wait at the same time don't add up: what another thread moved since then isn't slept again."""
    worker(ecs_fake.client.list_clusters)
    time.sleep(20)
    worker(lambda: time.sleep(30))
    assert seconds_of(ecs_fake) == 30

    time.sleep(20)
    worker(lambda: time.sleep(30))
    assert seconds_of(ecs_fake) == 60


@EVERY_THREAD
def test_a_thread_that_moved_the_clock_sleeps_from_there(ecs_fake, worker):
    worker(ecs_fake.client.list_clusters)

    worker(lambda: ecs_fake.clock.advance(seconds=40))
    worker(lambda: time.sleep(30))

    assert seconds_of(ecs_fake) == 70


@EVERY_THREAD
def test_the_thread_that_turned_the_fake_on_always_sleeps_the_whole_time(ecs_fake, worker):
    ecs_fake.client.list_clusters()
    worker(lambda: time.sleep(20))

    time.sleep(30)

    assert seconds_of(ecs_fake) == 50


@EVERY_THREAD
def test_when_a_thread_was_answered_is_forgotten_with_what_is_restored(ecs_fake, worker):
    restore = ecs_fake.take_snapshot()
    time.sleep(100)
    worker(ecs_fake.client.list_clusters)
    restore()

    time.sleep(110)
    worker(lambda: time.sleep(30))

    assert seconds_of(ecs_fake) == 140


def test_when_a_thread_was_answered_by_another_fake_counts_for_nothing(worker):
    with switch(virtual_sleep="all", frozen_at="2026-01-01"):
        with switch(virtual_sleep="all", frozen_at="2025-12-31") as inner:
            worker(inner.client.list_clusters)
            worker(lambda: time.sleep(60))
        with switch(virtual_sleep="all", frozen_at="2025-12-31T00:10:00Z") as inner:
            worker(lambda: time.sleep(30))
            assert seconds_of(inner) == 30


@EVERY_THREAD
def test_what_a_thread_slept_in_a_callback_makes_no_later_sleep_longer(ecs_fake, worker, web, fargate):
    """Neither in the next callback at the same instant, nor outside, where that time never passed."""
    slept = []

    def use_the_worker(_) -> None:
        before = ecs_fake.clock.now
        worker(lambda: (ecs_fake.client.list_clusters(), time.sleep(25)))
        slept.append((ecs_fake.clock.now - before).total_seconds())

    ecs_fake.client.create_cluster()
    ecs_fake.client.register_task_definition(**web)
    ecs_fake.events.subscribe(use_the_worker, detail_type="ECS Task State Change", lastStatus="RUNNING")
    ecs_fake.client.run_task(**fargate, count=2)
    ecs_fake.clock.advance_until(lambda: len(slept) == 2)
    assert slept == [25, 25]

    before = seconds_of(ecs_fake)
    worker(lambda: time.sleep(30))
    assert seconds_of(ecs_fake) - before == 30


def test_a_callback_that_waits_until_something_is_true_waits_as_long_as_it_said(ecs_fake, web, fargate):
    """Nothing happens while it runs, so only the time itself can come true."""
    slept = []

    def wait(ctx) -> None:
        before = ctx.clock.now
        time.sleep(5)
        with pytest.raises(AssertionError, match=r"didn't come true within 60 s"):
            ctx.clock.advance_until(lambda: False, timeout=60)
        slept.append((ctx.clock.now - before).total_seconds())

    ecs_fake.client.create_cluster()
    ecs_fake.client.register_task_definition(**web)
    ecs_fake.containers.program(family="web", run=wait)
    ecs_fake.client.run_task(**fargate)
    ecs_fake.clock.advance(seconds=30)

    assert slept == [65]
