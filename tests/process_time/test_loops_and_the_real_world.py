"""What an event loop waits for outside of it is real, also what nobody can know for sure; and greenlets run while one of them polls."""

from __future__ import annotations

import asyncio
import functools
import signal
import subprocess
import sys
import threading
import time
from asyncio.base_events import BaseEventLoop
from collections.abc import Awaitable, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any
from unittest import mock

import pytest
from freezegun import freeze_time

from pytest_ecsfake import ecs_fake as switch
from pytest_ecsfake.process_time import event_loops
from pytest_ecsfake.process_time.work import Work

A_MOMENT = 0.2
MINUTES = 600.0


@pytest.fixture
def ecs():
    with switch() as fake:
        yield fake


def _moved(ecs: Any) -> float:
    return (ecs._endpoint.world.clock.now - ecs._reader.start) / 1_000_000


def _in_a_moment(do: Callable[..., object], *arguments: object, daemon: bool) -> None:
    """Do something from a thread, in a moment of real time."""

    def run() -> None:
        threading.Event().wait(A_MOMENT)
        do(*arguments)

    threading.Thread(target=run, daemon=daemon).start()


async def _beside_a_heartbeat(awaited: Awaitable[Any]) -> Any:
    async def beat() -> None:
        while True:
            await asyncio.sleep(30)

    heart = asyncio.ensure_future(beat())
    try:
        return await awaited
    finally:
        heart.cancel()


# --- what wakes a loop from outside -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("daemon", [False, True], ids=["a thread", "a daemon thread"])
def test_a_thread_calls_back(ecs, daemon):
    async def main() -> str:
        loop = asyncio.get_running_loop()
        future = loop.create_future()
        _in_a_moment(loop.call_soon_threadsafe, future.set_result, "done", daemon=daemon)
        return await asyncio.wait_for(future, 20)

    assert asyncio.run(main()) == "done"
    assert _moved(ecs) == 0


@pytest.mark.parametrize("daemon", [False, True], ids=["a thread", "a daemon thread"])
def test_a_wrapped_future_is_waited_for(ecs, daemon):
    async def main() -> str:
        future: Future[str] = Future()
        _in_a_moment(future.set_result, "done", daemon=daemon)
        return await asyncio.wait_for(asyncio.wrap_future(future), 20)

    assert asyncio.run(main()) == "done"
    assert _moved(ecs) == 0


def test_a_future_of_a_pool_of_ones_own_is_waited_for(ecs):
    async def main() -> str:
        with ThreadPoolExecutor(1) as pool:
            future = pool.submit(lambda: threading.Event().wait(A_MOMENT) or "done")
            return await asyncio.wait_for(asyncio.wrap_future(future), 20)

    assert asyncio.run(main()) == "done"
    assert _moved(ecs) == 0


@pytest.mark.parametrize("stdout", [subprocess.PIPE, None], ids=["with a pipe", "without a pipe"])
def test_a_child_process_of_asyncio_is_waited_for(ecs, stdout):
    async def main() -> int | None:
        code = f"import time; time.sleep({A_MOMENT})"
        process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=stdout)
        await asyncio.wait_for(_beside_a_heartbeat(process.communicate()), 20)
        return process.returncode

    assert asyncio.run(main()) == 0
    assert _moved(ecs) == 0


def test_a_heartbeat_carries_the_clock_off_by_minutes_and_not_by_days(ecs, monkeypatch):
    """The main task awaits a thread that nobody can know to be at work."""
    monkeypatch.setattr(event_loops, "_FOR_A_DAEMON", 0.05)

    async def main() -> str:
        loop = asyncio.get_running_loop()
        future = loop.create_future()
        _in_a_moment(loop.call_soon_threadsafe, future.set_result, "done", daemon=True)
        return await _beside_a_heartbeat(future)

    assert asyncio.run(main()) == "done"
    assert _moved(ecs) <= 600


def test_a_heartbeat_beside_a_thread_from_before_the_fake(mover):
    ask, loops = threading.Event(), []

    def older() -> None:
        ask.wait(20)
        threading.Event().wait(A_MOMENT)
        loop, future = loops[0]
        loop.call_soon_threadsafe(future.set_result, "done")

    threading.Thread(target=older).start()
    with switch() as ecs:

        async def main() -> str:
            loops.append((asyncio.get_running_loop(), asyncio.get_running_loop().create_future()))
            ask.set()
            return await _beside_a_heartbeat(loops[0][1])

        assert asyncio.run(main()) == "done"
        assert _moved(ecs) < 12 * 3600


def test_a_poll_of_ecs_stays_instant_beside_a_daemon_thread(ecs):
    threading.Thread(target=threading.Event().wait, args=(20,), daemon=True).start()

    async def deploy() -> None:
        for _ in range(20):
            ecs.client.list_clusters()
            await asyncio.sleep(30)

    began = time.perf_counter()
    asyncio.run(_with_a_reader_of_a_queue(deploy()))

    assert time.perf_counter() - began < 5
    assert _moved(ecs) == MINUTES


async def _with_a_reader_of_a_queue(awaited: Awaitable[Any]) -> Any:
    reader = asyncio.ensure_future(asyncio.Queue[int]().get())
    try:
        return await awaited
    finally:
        reader.cancel()


def test_a_long_sleep_is_virtual_beside_a_worker_that_waits_for_its_queue(ecs):
    import queue

    for tasks in (queue.Queue(), queue.SimpleQueue()):
        worker = threading.Thread(target=_work_off, args=(tasks,))
        worker.start()
        try:
            asyncio.run(_with_a_reader_of_a_queue(asyncio.sleep(MINUTES)))
        finally:
            tasks.put(None)
            worker.join()

    assert _moved(ecs) > MINUTES


def _work_off(tasks: Any) -> None:
    while tasks.get() is not None:
        pass


def test_a_worker_that_has_something_in_its_queue_is_at_work():
    import queue

    work, tasks, begun, go_on = Work(), queue.SimpleQueue(), threading.Event(), threading.Event()
    work.begin()

    def take(tasks: Any) -> None:
        while (event := tasks.get()) is not None:
            begun.set()
            event.wait(20)

    worker = threading.Thread(target=take, args=(tasks,))
    worker.start()
    tasks.put(go_on)
    begun.wait(20)
    assert work.goes_on()
    go_on.set()
    tasks.put(None)
    worker.join()
    assert not work.goes_on()


def test_a_worker_that_has_just_taken_something_is_at_work():
    """It seems idle: it waits for its turn to run, with what it took from its queue in its hands."""
    work = Work()
    work.begin()
    looks = iter([False, True])

    def has_thread(_: object) -> bool:
        work._saw_idle = True
        return next(looks)

    with mock.patch.object(work, "_has_thread", has_thread):
        assert work.goes_on()


def test_a_database_of_aiosqlite_is_waited_for_and_no_sleep_beside_it_is_real(ecs):
    aiosqlite = pytest.importorskip("aiosqlite")

    async def main() -> None:
        async with aiosqlite.connect(":memory:") as database:
            await database.create_function("nap", 1, lambda seconds: threading.Event().wait(seconds))
            await asyncio.wait_for(database.execute(f"select nap({A_MOMENT})"), 20)
            assert _moved(ecs) == 0
            await asyncio.sleep(MINUTES)

    began = time.perf_counter()
    asyncio.run(main())

    assert MINUTES - 5 < _moved(ecs) <= MINUTES
    assert time.perf_counter() - began < 20


@pytest.mark.skipif(not hasattr(signal, "SIGALRM"), reason="this system has no alarm")
def test_an_alarm_that_the_loop_handles_is_waited_for(ecs):
    async def main() -> str:
        loop = asyncio.get_running_loop()
        rung = loop.create_future()
        loop.add_signal_handler(signal.SIGALRM, rung.set_result, "rung")
        signal.setitimer(signal.ITIMER_REAL, A_MOMENT)
        return await asyncio.wait_for(rung, 20)

    assert asyncio.run(main()) == "rung"
    assert _moved(ecs) == 0


# --- a freezer, and loops that keep their own time --------------------------------------------------------------------------------------


def test_a_sleep_under_a_freezer_ends_although_a_connection_is_open(ecs):
    async def main() -> None:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.read()
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        _, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        for _ in range(3):
            await asyncio.sleep(0.05)
        writer.close()
        server.close()

    with freeze_time("2036-01-01") as freezer:
        asyncio.run(asyncio.wait_for(main(), 20))
        assert f"{freezer():%H:%M:%S.%f}" == "00:00:00.150000"


def test_a_connection_that_answers_under_a_freezer_takes_no_time(ecs):
    async def main() -> bytes:
        async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            await reader.readexactly(1)
            threading.Event().wait(A_MOMENT)
            writer.write(b"done")
            writer.close()

        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        reader, writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        writer.write(b"?")
        answer = await asyncio.wait_for(reader.read(), 20)
        writer.close()
        server.close()
        return answer

    with freeze_time("2036-01-01") as freezer:
        assert asyncio.run(main()) == b"done"
        assert f"{freezer():%H:%M:%S.%f}" == "00:00:00.000000"


class _LoopWithItsOwnTime(asyncio.SelectorEventLoop):
    """A loop as tests write them: its time is what they say."""

    now = 0.0

    def time(self) -> float:
        return self.now

    def _run_once(self) -> None:
        super()._run_once()
        self.now += 1


def test_a_loop_that_keeps_its_own_time_is_left_alone(ecs):
    loop = _LoopWithItsOwnTime()
    loop.run_until_complete(asyncio.sleep(0.001))
    loop.close()

    assert _moved(ecs) == 0


def test_a_freezer_that_leaves_asyncio_its_real_time_is_let_alone(ecs):
    with freeze_time("2036-01-01", real_asyncio=True) as freezer:
        asyncio.run(asyncio.sleep(0.01))
        assert f"{freezer():%H:%M:%S.%f}" == "00:00:00.000000"


def test_a_loop_whose_selector_is_a_mock_is_left_alone(ecs):
    loop: Any = BaseEventLoop()
    loop._selector = mock.Mock(**{"select.return_value": ()})
    loop._process_events = mock.Mock()
    handle = loop.call_later(10, print)
    loop._run_once()
    handle.cancel()

    [[timeout], _] = loop._selector.select.call_args
    assert 9 < timeout <= 10
    assert _moved(ecs) == 0
    loop.close()


# --- greenlets, and trio ----------------------------------------------------------------------------------------------------------------

GREENLETS_RUN = """
{patch_first}
import time
from pytest_ecsfake import ecs_fake
with ecs_fake() as ecs:
    ecs.client
    time.sleep(1)
{patch_late}
import gevent

ran = []
def other():
    for number in range(3):
        ran.append(number)
        gevent.sleep(0)

patched = time.sleep
with ecs_fake() as ecs:
    gevent.spawn(other)
    began = ecs.clock.now
    for _ in range(5):
        ecs.client.list_clusters()
        time.sleep(30)
    assert ran == [0, 1, 2], ran
    assert (ecs.clock.now - began).total_seconds() == 150
assert time.sleep is patched is gevent.sleep
"""


@pytest.mark.parametrize("when", ["patch_first", "patch_late"])
def test_other_greenlets_run_while_one_polls(when):
    pytest.importorskip("gevent")
    patch = "import gevent.monkey; gevent.monkey.patch_time()"
    code = GREENLETS_RUN.format(**{"patch_first": "", "patch_late": "", when: patch})

    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


def test_trio_keeps_its_own_clock_and_polls_under_it_end(ecs, web, fargate):
    trio = pytest.importorskip("trio")
    from trio.testing import MockClock

    client = ecs.client
    client.create_cluster()
    client.register_task_definition(**web)
    task = client.run_task(**fargate)["tasks"][0]["taskArn"]

    async def deploy() -> float:
        while client.describe_tasks(tasks=[task])["tasks"][0]["lastStatus"] != "RUNNING":
            await trio.sleep(60)
        return trio.current_time()

    slept = trio.run(functools.partial(deploy), clock=MockClock(autojump_threshold=0))

    assert slept == 60 * _moved(ecs)  # each poll is one poll step of the fake's clock


@pytest.mark.parametrize("order", ["within the fake", "across its end", "before it"])
def test_a_freezer_that_leaves_asyncio_its_time_leaves_the_next_fake_its_loops(order):
    """freezegun's `real_asyncio` sets `time` in the class of the loops, and leaves there what it found."""
    freezer, fake = freeze_time("2120-01-01", real_asyncio=True), switch()
    if order == "before it":
        freezer.start()
        freezer.stop()
        fake.__enter__()
        fake.__exit__(None, None, None)
    else:
        fake.__enter__()
        freezer.start()
        for end in (freezer.stop, lambda: fake.__exit__(None, None, None))[:: 1 if order == "within the fake" else -1]:
            end()

    with switch() as ecs:
        before = ecs.clock.now
        asyncio.run(asyncio.sleep(0.5))
        assert (ecs.clock.now - before).total_seconds() == 0.5
    assert "time" not in vars(asyncio.SelectorEventLoop)
