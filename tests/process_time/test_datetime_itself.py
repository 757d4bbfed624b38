"""`datetime` stays the class that it is: other libraries tell it by identity, and what the fake answers is a plain one."""

from __future__ import annotations

import datetime
import subprocess
import sys
import time

import pytest
from freezegun import api as freezegun_api
from freezegun import freeze_time

from pytest_ecsfake import ecs_fake as switch

CLASS, NOW, TIME = datetime.datetime, datetime.datetime.now, time.time
FROZEN = {"frozen_at": "2026-01-01T12:00:00.000007Z"}


def test_the_class_is_the_same_and_what_was_captured_by_value_moves_too():
    pytest.importorskip("time_machine")
    before = TIME()
    with switch():
        time.sleep(3600)
        assert datetime.datetime is CLASS
        assert type(datetime.datetime.now()) is CLASS
        assert TIME() - before >= 3600
        assert NOW(datetime.timezone.utc).timestamp() - before >= 3600


def test_the_class_is_the_same_where_the_fake_freezes():
    pytest.importorskip("time_machine")
    with switch(**FROZEN) as ecs:
        assert datetime.datetime is CLASS
        assert datetime.datetime.now(datetime.timezone.utc) == ecs.clock.now
        assert time.time_ns() == 1_767_268_800_000_007_000


def test_a_frozen_fake_leaves_the_clocks_that_measure(mover):
    counted, monotonic = time.perf_counter(), time.monotonic()
    with switch(**FROZEN) as ecs:
        time.sleep(3600)
        assert time.perf_counter() - counted < 60
        assert 3600 <= time.monotonic() - monotonic < 3660
        assert time.time() == ecs.clock.now.timestamp() == 1_767_268_800.000007 + 3600
    assert time.time() > 1_767_268_800 + 7200 or time.time() < 1_767_268_800


def test_a_fake_freezes_within_a_freezer_of_the_test():
    with freeze_time("2020-01-01"):
        with switch(**FROZEN) as ecs:
            assert ecs.clock.now.year == time.gmtime().tm_year == 2026
        assert time.gmtime().tm_year == 2020


def test_the_journey_of_a_test_goes_on_when_a_frozen_fake_ends(mover):
    time_machine = pytest.importorskip("time_machine")
    if mover == "freezegun":
        pytest.skip("time-machine doesn't start beside freezegun")
    fake = switch(**FROZEN)
    fake.__enter__()
    with time_machine.travel(0, tick=False):
        fake.__exit__(None, None, None)
        assert time.time() == 0
    assert time.time() > 1_700_000_000


def test_answers_hold_plain_datetimes_under_a_freezer(ecs_client, web):
    with freeze_time("2120-01-01"):
        registered = ecs_client.register_task_definition(**web)["taskDefinition"]["registeredAt"]
    assert type(registered) is freezegun_api.real_datetime
    assert registered == datetime.datetime(2120, 1, 1, tzinfo=datetime.timezone.utc)


def test_a_fake_that_is_imported_under_a_freezer_knows_plain_datetimes():
    code = (
        "from freezegun import freeze_time\n"
        "with freeze_time('2020-01-01'):\n"
        "    from pytest_ecsfake.clock import to_datetime\n"
        "    print(type(to_datetime(0)).__name__)\n"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert run.stdout == "datetime\n"
