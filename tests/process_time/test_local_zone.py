"""The local time zone stays the machine's, whatever is slept."""

from __future__ import annotations

import datetime
import os
import time
from unittest import mock

import pytest
from freezegun import freeze_time

from pytest_ecsfake import ecs_fake as switch

HOUR = 3600.0
CLOSE = datetime.timedelta(seconds=60)

ZONES = ["UTC", "America/New_York", "Asia/Kolkata"]


@pytest.fixture(params=ZONES)
def zone(request):
    """A machine in another time zone."""
    with mock.patch.dict(os.environ, {"TZ": request.param}):
        time.tzset()
        yield request.param
    time.tzset()


def _of(parts: time.struct_time) -> datetime.datetime:
    return datetime.datetime(*parts[:6])


#: What tells local time, as naive moments.
LOCAL = {
    "datetime.now": lambda: datetime.datetime.now(),  # noqa: PLW0108 (looked up at each reading)
    "datetime.today": lambda: datetime.datetime.today(),  # noqa: PLW0108 (looked up at each reading)
    "datetime.fromtimestamp": lambda: datetime.datetime.fromtimestamp(time.time()),
    "an aware local time": lambda: datetime.datetime.now().astimezone().replace(tzinfo=None),
    "an aware local time of UTC": lambda: (
        datetime.datetime.now(datetime.timezone.utc).astimezone().replace(tzinfo=None)
    ),
    "localtime": lambda: _of(time.localtime()),
    "localtime of a moment": lambda: _of(time.localtime(time.time())),
    "strftime": lambda: datetime.datetime.strptime(time.strftime("%Y-%m-%d %H:%M:%S"), "%Y-%m-%d %H:%M:%S"),
    "ctime": lambda: datetime.datetime.strptime(time.ctime(time.time()), "%a %b %d %H:%M:%S %Y"),
}


@pytest.mark.parametrize("read", LOCAL.values(), ids=LOCAL.keys())
def test_a_sleep_moves_local_time_by_what_was_slept(mover, zone, read):
    before = read()
    with switch():
        time.sleep(HOUR)
        assert abs(read() - before - datetime.timedelta(seconds=HOUR)) < CLOSE
        time.sleep(HOUR)
        assert abs(read() - before - datetime.timedelta(seconds=2 * HOUR)) < CLOSE

    assert abs(read() - before) < CLOSE


def test_a_moment_in_local_time_is_the_same_instant(mover, zone):
    with switch():
        time.sleep(HOUR)
        now = time.time()
        assert abs(datetime.datetime.now().timestamp() - now) < 60
        assert abs(datetime.datetime.now(datetime.timezone.utc).timestamp() - now) < 60
        assert abs(datetime.datetime.now().astimezone().timestamp() - now) < 60
        assert abs(time.mktime(time.localtime()) - now) < 60
        assert datetime.date.today() == datetime.datetime.fromtimestamp(now).date()


def test_the_zone_and_its_variable_stay(mover, zone):
    before = (time.tzname, time.timezone, os.environ["TZ"])
    with switch():
        time.sleep(HOUR)
        assert (time.tzname, time.timezone, os.environ["TZ"]) == before

    assert (time.tzname, time.timezone, os.environ["TZ"]) == before


def test_an_environment_put_back_after_a_wait_does_no_harm(mover):
    with mock.patch.dict(os.environ), switch():
        os.environ.pop("TZ", None)
        with mock.patch.dict(os.environ, {"STAGE": "test"}):
            time.sleep(HOUR)
        assert "TZ" not in os.environ
        time.sleep(HOUR)
    time.tzset()


def test_a_freezer_of_the_test_keeps_its_own_rule(mover, zone):
    with switch():
        time.sleep(HOUR)
        with freeze_time("2100-01-01T12:00:00"):
            assert datetime.datetime.now() == datetime.datetime(2100, 1, 1, 12)
            assert (
                datetime.datetime.now().timestamp()
                == datetime.datetime(2100, 1, 1, 12, tzinfo=datetime.timezone.utc).timestamp()
            )
