"""One clock for the process: what was slept and advanced, everything reads; and who sleeps at the same time wakes in the order of the deadlines."""

from __future__ import annotations

import asyncio
import datetime
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from time import monotonic as held_monotonic
from time import time as held_time
from typing import Any

import pytest
from freezegun import freeze_time

from pytest_ecsfake import EcsFakeUsageError
from pytest_ecsfake import ecs_fake as switch

HOUR = 3600.0
CLOSE = 60.0  # real seconds that a slow machine may take for a test


def seconds_of(ecs: Any) -> float:
    """How far the fake's clock has moved."""
    return (ecs._endpoint.world.clock.now - ecs._reader.start) / 1_000_000


CLOCKS = {
    "time": lambda: time.time(),  # noqa: PLW0108 (looked up at each reading)
    "time_ns": lambda: time.time_ns() / 1e9,
    "monotonic": lambda: time.monotonic(),  # noqa: PLW0108 (looked up at each reading)
    "monotonic_ns": lambda: time.monotonic_ns() / 1e9,
    "datetime.now": lambda: datetime.datetime.now().timestamp(),
    "datetime.now in UTC": lambda: datetime.datetime.now(datetime.timezone.utc).timestamp(),
    "localtime": lambda: time.mktime(time.localtime()),
    "gmtime": lambda: float(__import__("calendar").timegm(time.gmtime())),
    "time imported by name": lambda: held_time(),  # noqa: PLW0108 (looked up at each reading)
    "monotonic imported by name": lambda: held_monotonic(),  # noqa: PLW0108 (looked up at each reading)
}


@pytest.mark.parametrize("read", CLOCKS.values(), ids=CLOCKS.keys())
def test_the_process_reads_what_was_slept(mover, read):
    before = read()
    with switch() as ecs:
        time.sleep(HOUR)
        assert HOUR - 1 <= read() - before < HOUR + CLOSE
        ecs.clock.advance(seconds=HOUR)
        assert 2 * HOUR - 1 <= read() - before < 2 * HOUR + CLOSE

    assert -1 <= read() - before < CLOSE


def test_the_date_changes_too(mover):
    today = datetime.date.today()
    with switch():
        time.sleep(48 * HOUR)
        assert datetime.date.today() - today >= datetime.timedelta(days=2)

    assert datetime.date.today() - today < datetime.timedelta(days=2)


def test_what_measures_the_program_stays_real(mover):
    before = (time.perf_counter(), time.process_time())
    with switch():
        time.sleep(HOUR)
        assert time.perf_counter() - before[0] < CLOSE
        assert time.process_time() - before[1] < CLOSE


def test_the_process_ticks_and_never_goes_back(mover):
    with switch() as ecs:
        read = []
        for _ in range(5):
            read += [time.time(), time.monotonic()]
            time.sleep(10)
            read += [time.time(), time.monotonic()]
            _ = ecs.clock.now
        civil, monotonic = read[::2], read[1::2]
        assert civil == sorted(civil)
        assert monotonic == sorted(monotonic)


def test_a_sleep_shorter_than_the_work_before_it_never_goes_back(mover):
    with switch():
        clocks, datetimes = [], []
        for _ in range(5):
            time.sleep(0.000001)
            clocks.append(time.time())
            datetimes.append(datetime.datetime.now())  # cut to microseconds, and so no measure for the other
        assert clocks == sorted(clocks)
        assert datetimes == sorted(datetimes)


def test_the_process_is_never_behind_the_fakes_clock(mover):
    """Poll steps alone don't touch the process's time; the next sleep takes them in."""
    with switch(poll_step=1000) as ecs:
        ecs.client.list_clusters()
        before = time.time()
        for _ in range(5):
            _ = ecs.clock.now
        assert time.time() - before < CLOSE
        time.sleep(1)
        assert time.time() >= ecs.clock.now.timestamp()


def test_a_deadline_loop_that_never_gets_its_answer_ends_by_its_deadline(mover, web, fargate):
    with switch(timings={"PROVISIONING": 10_000}) as ecs:
        ecs.client.create_cluster()
        ecs.client.register_task_definition(**web)
        task = ecs.client.run_task(**fargate)["tasks"][0]["taskArn"]

        deadline, polls = time.time() + 60, 0
        while time.time() < deadline:
            polls += 1
            if ecs.client.describe_tasks(tasks=[task])["tasks"][0]["lastStatus"] == "RUNNING":
                break
            time.sleep(5)

        assert polls <= 12
        assert ecs.tasks[task].last_status == "PROVISIONING"


def test_without_virtual_sleep_the_process_is_left_alone():
    with switch(virtual_sleep=False) as ecs:
        before = time.time()
        ecs.clock.advance(seconds=HOUR)
        assert time.time() - before < CLOSE


@pytest.mark.parametrize("error", [ZeroDivisionError, KeyboardInterrupt])
def test_real_time_is_back_after_an_exception(mover, error):
    before = (time.time(), time.monotonic(), time.time_ns.__class__, asyncio.BaseEventLoop.time)

    with pytest.raises(error), switch():
        time.sleep(HOUR)
        raise error

    assert time.time() - before[0] < CLOSE
    assert time.monotonic() - before[1] < CLOSE
    assert asyncio.BaseEventLoop.time is before[3]
    assert datetime.datetime.__name__ == "datetime"


def test_fakes_on_top_of_each_other_share_the_process_clock(mover):
    before = time.time()
    with switch():
        time.sleep(HOUR)
        with switch() as inner:
            assert inner.clock.now.timestamp() - before >= HOUR - 1
            time.sleep(HOUR)
            assert time.time() - before >= 2 * HOUR - 1
        assert time.time() - before >= 2 * HOUR - 1
    assert time.time() - before < CLOSE


def test_a_fake_that_is_off_moves_its_own_clock_alone(mover):
    with switch() as ecs:
        start = ecs.clock.now
    before = (time.time, time.monotonic, datetime.datetime)

    ecs.clock.advance(seconds=HOUR)

    assert ecs.clock.now - start == datetime.timedelta(hours=1)
    assert (time.time, time.monotonic, datetime.datetime) == before
    assert time.time() - start.timestamp() < CLOSE


def test_reports_begin_and_end_in_real_time(mover, pytester):
    pytester.makepyfile(
        """
        import time

        def test_it(ecs_fake):
            time.sleep(3600)

        def test_next(ecs_fake):
            time.sleep(3600)
        """
    )
    before = time.time()

    reports = pytester.inline_run("-p", "no:cacheprovider").getreports("pytest_runtest_logreport")

    assert [report.outcome for report in reports] == ["passed"] * 6
    times = [moment for report in reports for moment in (report.start, report.stop)]
    assert times == sorted(times)
    assert before - 1 < times[0]
    assert times[-1] < before + CLOSE
    assert all(report.duration == pytest.approx(report.stop - report.start, abs=0.01) for report in reports)


# --- coroutines -------------------------------------------------------------------------------------------------------------------------


def test_coroutines_wake_in_the_order_of_their_deadlines(ecs_fake):
    woken = []

    async def sleeper(seconds: float) -> None:
        await asyncio.sleep(seconds)
        woken.append((seconds, seconds_of(ecs_fake)))

    async def main() -> None:
        await asyncio.gather(*[sleeper(seconds) for seconds in (30, 10, 20, 10)])

    asyncio.run(main())

    assert woken == [(10, 10), (10, 10), (20, 20), (30, 30)]


def test_wait_for_times_out_in_virtual_time(ecs_fake):
    async def main() -> None:
        with pytest.raises(asyncio.TimeoutError):
            await asyncio.wait_for(asyncio.Event().wait(), timeout=HOUR)

    asyncio.run(main())

    assert seconds_of(ecs_fake) == HOUR


@pytest.mark.skipif(sys.version_info < (3, 11), reason="asyncio.timeout is of Python 3.11")
def test_asyncio_timeout_ends_in_virtual_time(ecs_fake):
    async def main() -> None:
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(HOUR):
                await asyncio.sleep(2 * HOUR)

    asyncio.run(main())

    assert seconds_of(ecs_fake) == HOUR


def test_anyio_sleeps_and_times_out_in_virtual_time(ecs_fake):
    anyio = pytest.importorskip("anyio")

    async def main() -> None:
        with anyio.move_on_after(HOUR) as scope:
            await anyio.sleep(2 * HOUR)
        assert scope.cancelled_caught

    anyio.run(main)

    assert seconds_of(ecs_fake) == HOUR


def test_a_polling_coroutine_beside_a_heartbeat(ecs_fake, web, fargate):
    ecs_fake.client.create_cluster()
    ecs_fake.client.register_task_definition(**web)
    task = ecs_fake.tasks[ecs_fake.client.run_task(**fargate)["tasks"][0]["taskArn"]]
    beats = []

    async def heartbeat() -> None:
        while True:
            beats.append(seconds_of(ecs_fake))
            await asyncio.sleep(5)

    async def poll() -> None:
        while ecs_fake.client.describe_tasks(tasks=[task.arn])["tasks"][0]["lastStatus"] != "RUNNING":
            await asyncio.sleep(6)

    async def main() -> None:
        beating = asyncio.ensure_future(heartbeat())
        await poll()
        beating.cancel()

    asyncio.run(main())

    assert task.last_status == "RUNNING"
    assert (
        len(beats) == seconds_of(ecs_fake) // 5 + 1 - (1 if beats[-1] > seconds_of(ecs_fake) else 0) or len(beats) >= 5
    )


def test_a_loops_time_moves_with_what_is_slept_and_advanced(ecs_fake):
    async def main() -> float:
        loop = asyncio.get_running_loop()
        before = loop.time()
        await asyncio.sleep(30)
        time.sleep(30)
        ecs_fake.clock.advance(seconds=30)
        return loop.time() - before

    assert asyncio.run(main()) == pytest.approx(90, abs=1e-6)


def test_timers_of_a_loop_that_outlives_the_fake_are_due_after_as_long():
    loop = asyncio.new_event_loop()
    fired = []

    async def under_the_fake() -> None:
        asyncio.get_running_loop().call_later(HOUR + 0.01, fired.append, 1)
        await asyncio.sleep(HOUR)

    async def later() -> None:
        await asyncio.sleep(0.05)

    with switch():
        loop.run_until_complete(under_the_fake())
    assert fired == []
    loop.run_until_complete(later())
    loop.close()

    assert fired == [1]


# --- real I/O wins ----------------------------------------------------------------------------------------------------------------------


def test_a_connection_on_loopback_is_not_broken_by_a_jump(ecs_fake):
    """The client's time-out of ten seconds runs in real time while the loop waits for the server, which takes its time."""

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readline()
        await asyncio.get_running_loop().run_in_executor(None, _a_moment)
        writer.write(b"hello\n")
        await writer.drain()
        writer.close()

    async def main() -> bytes:
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"hi\n")
        line = await asyncio.wait_for(reader.readline(), timeout=10)
        writer.close()
        server.close()
        return line

    assert asyncio.run(main()) == b"hello\n"
    assert seconds_of(ecs_fake) == 0


def _a_moment() -> int:
    return sum(range(200_000))


def test_an_executors_future_is_waited_for_in_real_time(ecs_fake):
    async def main() -> int:
        return await asyncio.wait_for(asyncio.get_running_loop().run_in_executor(None, _a_moment), timeout=10)

    assert asyncio.run(main()) == sum(range(200_000))
    assert seconds_of(ecs_fake) == 0


def test_a_server_that_only_listens_does_not_keep_sleepers_waiting(ecs_fake):
    async def main() -> None:
        server = await asyncio.start_server(lambda reader, writer: None, "127.0.0.1", 0)
        await asyncio.sleep(HOUR)
        server.close()

    asyncio.run(main())

    assert seconds_of(ecs_fake) == HOUR


# --- threads ----------------------------------------------------------------------------------------------------------------------------


def test_a_pool_of_waiters_waits_as_long_as_its_longest(ecs_fake, web, fargate):
    """Eight waiters at the same time don't add up: each sleep counts from when its thread last looked."""
    client = ecs_fake.client
    client.create_cluster()
    client.register_task_definition(**web)
    tasks = [client.run_task(**fargate)["tasks"][0]["taskArn"] for _ in range(8)]
    before = seconds_of(ecs_fake)

    def wait(task: str) -> str:
        client.get_waiter("tasks_running").wait(tasks=[task])
        return ecs_fake.tasks[task].last_status

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(wait, tasks)) == {"RUNNING"}

    assert seconds_of(ecs_fake) - before < 8 * 26


# --- a clock that a test holds itself ---------------------------------------------------------------------------------------------------


def test_under_a_journey_of_time_machine_its_time_is_the_clock(web, fargate):
    time_machine = pytest.importorskip("time_machine")
    moment = datetime.datetime(2026, 1, 1, 12, tzinfo=datetime.timezone.utc)
    with time_machine.travel(moment, tick=False) as journey, switch() as ecs:
        ecs.client.create_cluster()
        ecs.client.register_task_definition(**web)
        task = ecs.tasks[ecs.client.run_task(**fargate)["tasks"][0]["taskArn"]]
        assert ecs.clock.now == moment

        journey.shift(30)
        assert task.last_status == "RUNNING"
        assert ecs.clock.now == moment + datetime.timedelta(seconds=30)

        time.sleep(30)
        ecs.clock.advance(seconds=30)
        assert time.time() == (moment + datetime.timedelta(seconds=90)).timestamp()
        assert ecs.clock.now == moment + datetime.timedelta(seconds=90)


def test_a_journey_begun_after_the_fake_has_slept_holds_its_clock(mover):
    time_machine = pytest.importorskip("time_machine")
    if mover == "freezegun":
        pytest.skip("time-machine doesn't start beside freezegun")
    with switch() as ecs:
        time.sleep(HOUR)
        moment = ecs.clock.now + datetime.timedelta(days=1)
        with time_machine.travel(moment, tick=False) as journey:
            assert ecs.clock.now == moment
            journey.shift(10)
            assert ecs.clock.now == moment + datetime.timedelta(seconds=10)
    assert datetime.datetime.now().year < 2100


@pytest.mark.parametrize("microsecond", [1, 8000, 123457, 887023, 999999])
def test_a_journey_to_a_microsecond_is_read_to_the_microsecond(microsecond):
    time_machine = pytest.importorskip("time_machine")
    moment = datetime.datetime(2026, 11, 28, 22, 52, 6, microsecond, tzinfo=datetime.timezone.utc)
    with time_machine.travel(moment, tick=False) as journey, switch() as ecs:
        assert ecs.clock.now == moment
        journey.shift(datetime.timedelta(microseconds=41))
        assert ecs.clock.now == moment + datetime.timedelta(microseconds=41)


def test_a_freezer_begun_after_the_fake_has_slept_holds_its_clock(mover):
    with switch() as ecs:
        time.sleep(HOUR)
        moment = (ecs.clock.now + datetime.timedelta(days=1)).replace(microsecond=0)
        with freeze_time(moment) as freezer:
            assert ecs.clock.now == moment
            freezer.tick(10)
            assert ecs.clock.now == moment + datetime.timedelta(seconds=10)


WEB = {"name": "app", "image": "web:1", "memory": 128}


@freeze_time("2020-01-01")  # pytest makes the fake before the decorator freezes
@pytest.mark.ecs_fake(clusters=["prod"])
def test_a_freezer_begun_after_the_fake_may_stand_in_the_past(ecs_fake):
    frozen = datetime.datetime(2020, 1, 1, tzinfo=datetime.timezone.utc)
    assert ecs_fake.clock.now == frozen

    ecs_fake.client.register_task_definition(family="web", containerDefinitions=[WEB])

    described = ecs_fake.client.describe_task_definition(taskDefinition="web")["taskDefinition"]
    assert described["registeredAt"] == frozen
    assert repr(ecs_fake.calls[0]).startswith("<Call 1 RegisterTaskDefinition(")
    assert repr(ecs_fake.calls[0]).endswith(" +0s>")
    assert ecs_fake.timeline().startswith("  +0s     cluster prod: ACTIVE")


def test_a_freezer_in_the_past_is_refused_where_something_has_happened():
    with switch(clusters=["prod"]) as ecs:
        ecs.container_instances.add("prod")
        with freeze_time("2020-01-01"), pytest.raises(EcsFakeUsageError, match="time never goes back"):
            _ = ecs.clock.now


def test_coroutines_sleep_by_the_freezer():
    async def main() -> None:
        await asyncio.gather(asyncio.sleep(30), asyncio.sleep(10))

    with freeze_time("2026-01-01") as freezer, switch():
        asyncio.run(main())
        assert freezer() == datetime.datetime(2026, 1, 1, 0, 0, 30)


def test_coroutines_sleep_by_the_journey():
    time_machine = pytest.importorskip("time_machine")

    async def main() -> None:
        await asyncio.gather(asyncio.sleep(30), asyncio.sleep(10))

    with time_machine.travel(datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc), tick=False), switch() as ecs:
        asyncio.run(main())
        assert ecs.clock.now == datetime.datetime(2026, 1, 1, 0, 0, 30, tzinfo=datetime.timezone.utc)


def test_the_fixtures_of_both_libraries_hold_the_clock(pytester):
    pytest.importorskip("time_machine")
    pytester.makepyfile(
        """
import datetime, time

MOMENT = datetime.datetime(2026, 1, 1, tzinfo=datetime.timezone.utc)

def test_fixture_before_the_fake(time_machine, ecs_fake):
    time_machine.move_to(MOMENT, tick=False)

def test_fixture_after_the_fake(ecs_fake, time_machine):
    time_machine.move_to(ecs_fake.clock.now + datetime.timedelta(days=1), tick=False)
    before = ecs_fake.clock.now
    time.sleep(30)
    assert ecs_fake.clock.now - before == datetime.timedelta(seconds=30)
"""
    )
    result = pytester.runpytest_inprocess("-p", "no:cacheprovider", "-p", "no:randomly")
    result.assert_outcomes(passed=2)
