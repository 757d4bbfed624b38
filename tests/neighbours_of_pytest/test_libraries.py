"""Libraries that read clocks, sleep, or look at the class of a moment."""

from __future__ import annotations


def test_a_scheduler_of_apscheduler(passes):
    passes(
        "apscheduler",
        passed=2,
        code="""
import threading
from datetime import datetime, timedelta, timezone

from apscheduler.schedulers.background import BackgroundScheduler

def test_interval():
    ran = threading.Semaphore(0)
    scheduler = BackgroundScheduler()
    scheduler.add_job(ran.release, "interval", seconds=0.05)
    scheduler.start()
    assert ran.acquire(timeout=10) and ran.acquire(timeout=10)
    scheduler.shutdown()

def test_at_a_moment():
    ran = threading.Event()
    scheduler = BackgroundScheduler(timezone=timezone.utc)
    scheduler.start()
    scheduler.add_job(ran.set, "date", run_date=datetime.now(timezone.utc) + timedelta(seconds=0.1))
    assert ran.wait(10)
    scheduler.shutdown()
""",
    )


def test_retries_of_tenacity(passes):
    passes(
        "tenacity",
        passed=4,
        code="""
import asyncio

import pytest, tenacity

def flaky(failures):
    left = [ConnectionError()] * failures

    def call():
        if left:
            raise left.pop()
        return "done"

    return call

def test_waits():
    retrying = tenacity.Retrying(wait=tenacity.wait_fixed(0.01), stop=tenacity.stop_after_attempt(3))
    assert retrying(flaky(2)) == "done"

def test_gives_up():
    retrying = tenacity.Retrying(wait=tenacity.wait_fixed(0.02), stop=tenacity.stop_after_delay(0.1), reraise=True)
    with pytest.raises(ConnectionError):
        retrying(flaky(1000))

def test_asynchronous():
    async def main():
        call = flaky(2)
        async for attempt in tenacity.AsyncRetrying(wait=tenacity.wait_fixed(0.01)):
            with attempt:
                return call()

    assert asyncio.run(main()) == "done"

def test_a_sleep_of_ones_own():
    slept = []
    retrying = tenacity.Retrying(wait=tenacity.wait_fixed(600), sleep=slept.append)
    assert retrying(flaky(2)) == "done"
    assert slept == [600, 600]
""",
    )


def test_retries_of_stamina(passes):
    passes(
        "stamina",
        passed=2,
        code="""
import asyncio

import stamina

def test_waits():
    calls = []

    @stamina.retry(on=ConnectionError, attempts=3, wait_initial=0.01, wait_jitter=0)
    def call():
        calls.append(1)
        if len(calls) < 3:
            raise ConnectionError
        return "done"

    assert call() == "done"

def test_asynchronous():
    calls = []

    @stamina.retry(on=ConnectionError, attempts=3, wait_initial=0.01, wait_jitter=0)
    async def call():
        calls.append(1)
        if len(calls) < 3:
            raise ConnectionError
        return "done"

    assert asyncio.run(call()) == "done"
""",
    )


def test_a_cache_of_cachetools(passes):
    passes(
        "cachetools",
        needs_time_machine=True,
        passed=3,
        code="""
import time

from cachetools import TTLCache, cached

# Its default timer is the time.monotonic of when cachetools was imported, which no sleep of the fake can move (docs/time.md).
MADE_AT_IMPORT = TTLCache(maxsize=10, ttl=0.1, timer=time.time)

def test_expires():
    MADE_AT_IMPORT["key"] = "value"
    assert MADE_AT_IMPORT["key"] == "value"
    time.sleep(0.2)
    assert "key" not in MADE_AT_IMPORT

def test_a_clock_captured_by_value():
    cache = TTLCache(maxsize=10, ttl=0.1, timer=time.time)
    cache["key"] = "value"
    deadline = time.perf_counter() + 10
    while "key" in cache and time.perf_counter() < deadline:
        time.sleep(0.01)
    assert "key" not in cache

def test_keeps():
    calls = []

    @cached(TTLCache(maxsize=10, ttl=600))
    def call():
        calls.append(1)

    call()
    call()
    assert calls == [1]
""",
    )


def test_moments_of_orjson(passes):
    passes(
        "orjson",
        needs_time_machine=True,
        code="""
from datetime import date, datetime, timezone

import orjson

def test_moments():
    now, today = datetime.now(timezone.utc), date.today()
    assert orjson.loads(orjson.dumps({"now": now, "today": today})) == {"now": now.isoformat(), "today": today.isoformat()}
    assert type(now) is datetime and type(today) is date
""",
    )


def test_moments_of_pydantic(passes):
    passes(
        "pydantic",
        passed=2,
        code="""
from datetime import date, datetime, timedelta, timezone

import pydantic, pytest

class Task(pydantic.BaseModel):
    model_config = {"strict": True}

    created_at: datetime = pydantic.Field(default_factory=lambda: datetime.now(timezone.utc))
    day: date = pydantic.Field(default_factory=date.today)

class Window(pydantic.BaseModel):
    begins: pydantic.PastDatetime
    ends: pydantic.FutureDatetime

def test_round_trip():
    task = Task(created_at=datetime.now(timezone.utc), day=date.today())
    assert Task.model_validate_json(task.model_dump_json()) == task

def test_past_and_future():
    # pydantic reads the system's clock in Rust, which nothing in the process moves (docs/time.md): by more than the hour that the fake is ahead
    now = datetime.now(timezone.utc)
    Window(begins=now - timedelta(hours=2), ends=now + timedelta(hours=2))
    with pytest.raises(pydantic.ValidationError):
        Window(begins=now + timedelta(hours=2), ends=now + timedelta(hours=3))
""",
    )
