"""Event loops other than asyncio's own, and what runs threads beside one."""

from __future__ import annotations


def test_anyio_on_asyncio_and_trio(passes):
    passes(
        "anyio",
        "trio",
        passed=8,
        code="""
import time

import anyio, pytest

pytestmark = pytest.mark.anyio

async def test_time_limit():
    with anyio.move_on_after(0.02) as scope:
        await anyio.sleep_forever()
    assert scope.cancelled_caught

async def test_order():
    order = []

    async def after(seconds):
        await anyio.sleep(seconds)
        order.append(seconds)

    async with anyio.create_task_group() as group:
        for seconds in (0.09, 0.01, 0.05):
            group.start_soon(after, seconds)
    assert order == [0.01, 0.05, 0.09]

async def test_thread():
    with anyio.fail_after(10):
        await anyio.to_thread.run_sync(time.sleep, 0.1)

async def test_stream():
    send, receive = anyio.create_memory_object_stream(1)
    async with anyio.create_task_group() as group, send, receive:
        group.start_soon(send.send, "item")
        assert await receive.receive() == "item"
""",
    )


def test_trio_by_itself(passes):
    passes(
        "trio",
        passed=3,
        code="""
import time

import trio, trio.testing

def test_time_limit():
    async def main():
        with trio.move_on_after(0.02) as scope:
            await trio.sleep_forever()
        return scope.cancelled_caught

    assert trio.run(main)

def test_thread():
    async def main():
        with trio.fail_after(10):
            await trio.to_thread.run_sync(time.sleep, 0.1)

    trio.run(main)

def test_a_clock_that_jumps():
    async def main():
        before = trio.current_time()
        await trio.sleep(3600)
        return trio.current_time() - before

    assert trio.run(main, clock=trio.testing.MockClock(autojump_threshold=0)) == 3600
""",
    )


def test_greenlets_of_gevent(passes):
    passes(
        "gevent",
        passed=3,
        conftest="\nfrom gevent import monkey\nmonkey.patch_all()\n",
        code="""
import queue, threading, time

import gevent, gevent.event

def test_others_run_while_one_polls():
    done = []

    def work():
        gevent.sleep(0.05)
        done.append(1)

    greenlet = gevent.spawn(work)
    deadline = time.time() + 10
    while not done and time.time() < deadline:
        time.sleep(0.01)
    assert done
    greenlet.join()

def test_threads_are_greenlets():
    items = queue.Queue()
    thread = threading.Thread(target=lambda: (time.sleep(0.05), items.put("item")))
    thread.start()
    assert items.get(timeout=10) == "item"
    thread.join()

def test_time_limit():
    with gevent.Timeout(0.05, False):
        gevent.event.Event().wait()
""",
    )


def test_uvloop(passes):
    passes(
        "uvloop",
        passed=3,
        code="""
import asyncio, time

import pytest, uvloop

def run(main):
    loop = uvloop.new_event_loop()
    try:
        return loop.run_until_complete(main)
    finally:
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()

def test_time_limit():
    with pytest.raises(asyncio.TimeoutError):
        run(asyncio.wait_for(asyncio.sleep(3600), 0.02))

def test_thread():
    async def main():
        return await asyncio.wait_for(asyncio.get_running_loop().run_in_executor(None, time.sleep, 0.1), 10)

    assert run(main()) is None

def test_order():
    async def main():
        order = []

        async def after(seconds):
            await asyncio.sleep(seconds)
            order.append(seconds)

        await asyncio.gather(after(0.09), after(0.01), after(0.05))
        return order

    assert run(main()) == [0.01, 0.05, 0.09]
""",
    )


def test_a_database_of_aiosqlite(passes):
    passes(
        "aiosqlite",
        code="""
import asyncio

import aiosqlite

async def main():
    async with aiosqlite.connect(":memory:") as database:
        await database.execute("CREATE TABLE apples (n)")
        await database.executemany("INSERT INTO apples VALUES (?)", [(n,) for n in range(100)])
        async with database.execute("SELECT SUM(n) FROM apples") as rows:
            return await rows.fetchone()

def test_sum():
    assert asyncio.run(asyncio.wait_for(main(), 10)) == (4950,)
""",
    )
