"""Sleep is virtual while a fake is on, and a clock that somebody else holds is the fake's."""

from __future__ import annotations

import asyncio
import datetime
import sys
import threading
import time
import types
from time import sleep as held_long_before

import botocore.session
import pytest
from freezegun import freeze_time

from pytest_ecsfake import EcsFakeUsageError, ecs_fake

WEEK = 7 * 24 * 3600


def seconds_of(ecs) -> float:
    """How far the fake's clock has moved."""
    return (ecs._endpoint.world.clock.now - ecs._reader.start) / 1_000_000


# --- sleep ------------------------------------------------------------------------------------------------------------------------------


def test_sleep_returns_at_once_and_the_clock_is_that_much_further_on(ecs_fake):
    before = ecs_fake.clock.now

    time.sleep(WEEK)

    assert ecs_fake.clock.now - before == datetime.timedelta(days=7)


def test_a_sleep_imported_by_name_long_before_is_virtual_too(ecs_fake):
    held_long_before(WEEK)

    assert seconds_of(ecs_fake) == WEEK


def test_a_module_imported_meanwhile_is_given_the_real_sleep_back(monkeypatch):
    module = types.ModuleType("imported_meanwhile")
    with ecs_fake():
        exec("from time import sleep", module.__dict__)
        monkeypatch.setitem(sys.modules, "imported_meanwhile", module)
        assert module.sleep is time.sleep

    assert module.sleep is time.sleep is held_long_before


def test_sleep_refuses_what_the_real_one_refuses(ecs_fake):
    with pytest.raises(ValueError, match="sleep length must be non-negative"):
        time.sleep(-1)


def test_asyncio_sleep_is_virtual_and_gives_its_result(ecs_fake):
    async def flow() -> str:
        return await asyncio.sleep(WEEK, "done")

    assert asyncio.run(flow()) == "done"
    assert seconds_of(ecs_fake) == WEEK


def test_asyncio_sleep_lets_others_run(ecs_fake):
    order = []

    async def one() -> None:
        order.append("one begins")
        await asyncio.sleep(0)
        order.append("one ends")

    async def both() -> None:
        await asyncio.gather(one(), one())

    asyncio.run(both())

    assert order == ["one begins", "one begins", "one ends", "one ends"]


def test_in_another_thread_sleep_is_real_but_botocores_own_waits_are_virtual(ecs_fake, web, fargate):
    """A heartbeat thread must not spin; a waiter in a thread must not wait for real."""
    client = ecs_fake.client
    client.create_cluster()
    client.register_task_definition(**web)
    task = client.run_task(**fargate)["tasks"][0]["taskArn"]
    before = seconds_of(ecs_fake)
    slept = []

    def heartbeat() -> None:
        time.sleep(0.001)
        slept.append(seconds_of(ecs_fake))

    thread = threading.Thread(target=heartbeat)
    thread.start()
    thread.join()
    assert slept == [before]

    waiting = threading.Thread(target=lambda: client.get_waiter("tasks_running").wait(tasks=[task]))
    waiting.start()
    waiting.join(timeout=20)

    assert not waiting.is_alive()
    assert ecs_fake.tasks[task].last_status == "RUNNING"


@pytest.mark.ecs_fake(virtual_sleep="all")
def test_virtual_sleep_all_takes_every_thread_in(ecs_fake):
    thread = threading.Thread(target=lambda: time.sleep(WEEK))
    thread.start()
    thread.join(timeout=20)

    assert seconds_of(ecs_fake) == WEEK


@pytest.mark.ecs_fake(virtual_sleep=False)
def test_with_virtual_sleep_false_real_time_counts(ecs_fake):
    before = ecs_fake.clock.now

    time.sleep(0.01)

    assert ecs_fake.clock.now - before >= datetime.timedelta(milliseconds=10)
    ecs_fake.clock.advance(seconds=WEEK)
    assert ecs_fake.clock.now - before >= datetime.timedelta(days=7)


def test_a_loop_that_polls_with_its_sleep_mocked_away_still_ends(ecs_fake, web, fargate):
    """A reading call that repeats an earlier one moves the clock by the poll step."""
    client = ecs_fake.client
    client.create_cluster()
    client.register_task_definition(**web)
    task = client.run_task(**fargate)["tasks"][0]["taskArn"]

    polls = 0
    while client.describe_tasks(tasks=[task])["tasks"][0]["lastStatus"] != "RUNNING":
        polls += 1
        assert polls < 100

    assert seconds_of(ecs_fake) == polls


def test_a_loop_that_asks_two_things_in_turns_still_ends(ecs_fake, web, fargate):
    client = ecs_fake.client
    client.create_cluster()
    client.register_task_definition(**web)
    task = client.run_task(**fargate)["tasks"][0]["taskArn"]

    polls = 0
    while client.describe_tasks(tasks=[task])["tasks"][0]["lastStatus"] != "RUNNING":
        client.list_clusters()
        polls += 1
        assert polls < 100

    assert seconds_of(ecs_fake) == polls


def test_a_reading_call_after_a_writing_one_or_a_sleep_repeats_nothing(ecs_fake):
    client = ecs_fake.client
    client.list_clusters()
    client.create_cluster()
    client.list_clusters()
    assert seconds_of(ecs_fake) == 0

    time.sleep(5)
    client.list_clusters()
    assert seconds_of(ecs_fake) == 5


@pytest.mark.ecs_fake(poll_step=0)
def test_without_a_poll_step_reading_moves_nothing(ecs_fake):
    for _ in range(3):
        ecs_fake.client.list_clusters()

    assert seconds_of(ecs_fake) == 0


def test_only_a_repeated_reading_call_moves_the_clock(ecs_fake):
    client = ecs_fake.client
    client.create_cluster(clusterName="a")
    client.create_cluster(clusterName="a")
    client.list_clusters()
    client.describe_clusters()
    client.list_clusters(maxResults=1)
    assert seconds_of(ecs_fake) == 0

    client.list_clusters(maxResults=1)
    assert seconds_of(ecs_fake) == 1


# --- a clock that somebody else holds ---------------------------------------------------------------------------------------------------


def test_under_freezegun_the_frozen_time_is_the_clock(web, fargate):
    with freeze_time("2026-01-01 12:00:00") as freezer, ecs_fake() as ecs:
        client = ecs.client
        client.create_cluster()
        client.register_task_definition(**web)
        task = ecs.tasks[client.run_task(**fargate)["tasks"][0]["taskArn"]]
        assert ecs.clock.now == datetime.datetime(2026, 1, 1, 12, tzinfo=datetime.timezone.utc)

        freezer.tick(30)

        assert task.last_status == "RUNNING"
        assert ecs.clock.now == datetime.datetime(2026, 1, 1, 12, 0, 30, tzinfo=datetime.timezone.utc)


def test_a_freezer_started_after_the_fake_holds_its_clock():
    with ecs_fake(frozen_at="2026-01-01") as ecs, freeze_time("2026-01-02"):
        assert ecs.clock.now == datetime.datetime(2026, 1, 2, tzinfo=datetime.timezone.utc)


def test_under_freezegun_polling_moves_nothing_and_sleep_and_advance_tick_the_freezer():
    with freeze_time("2026-01-01") as freezer, ecs_fake() as ecs:
        for _ in range(3):
            ecs.client.list_clusters()
        assert freezer() == datetime.datetime(2026, 1, 1)

        time.sleep(30)
        ecs.clock.advance(seconds=30)

        assert freezer() == datetime.datetime(2026, 1, 1, 0, 1)
        assert datetime.datetime.now() == datetime.datetime(2026, 1, 1, 0, 1)


def test_a_waiter_under_freezegun_ticks_the_freezer(web, fargate):
    with freeze_time("2026-01-01") as freezer, ecs_fake() as ecs:
        client = ecs.client
        client.create_cluster()
        client.register_task_definition(**web)
        task = client.run_task(**fargate)["tasks"][0]["taskArn"]

        client.get_waiter("tasks_running").wait(tasks=[task])

        assert freezer() == datetime.datetime(2026, 1, 1, 0, 0, 30)


def test_a_freezer_moved_to_the_past_is_an_error_that_says_so():
    with freeze_time("2026-01-02") as freezer, ecs_fake(strict=False) as ecs:
        ecs.client.list_clusters()
        freezer.move_to("2026-01-01")

        with pytest.raises(
            EcsFakeUsageError, match=r"time never goes back: the clock stands at 2026-01-02T00:00:00\+00:00"
        ):
            ecs.client.list_clusters()


@pytest.mark.parametrize(
    "moment",
    [
        "2026-01-01T00:00:00Z",
        "2026-01-01",
        datetime.date(2026, 1, 1),
        datetime.datetime(2026, 1, 1),
        datetime.datetime(2026, 1, 1, 1, tzinfo=datetime.timezone(datetime.timedelta(hours=1))),
    ],
)
def test_frozen_at_freezes_for_you(moment):
    with ecs_fake(frozen_at=moment) as ecs:
        assert ecs.clock.now == datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)
        assert time.time() == ecs.clock.now.timestamp()
        shown = ecs.client.create_cluster()["ResponseMetadata"]["HTTPHeaders"]["date"]
        assert shown == "Thu, 01 Jan 2026 00:00:00 GMT"

    assert datetime.datetime.now().year >= 2026
    assert not hasattr(datetime.datetime.now(), "freeze")


def test_botocores_retries_wait_in_virtual_time(ecs_fake):
    client = botocore.session.Session().create_client("ecs")
    ecs_fake.faults.throttle("ListClusters", times=2)

    client.list_clusters()

    assert 0 < seconds_of(ecs_fake) < 60
