"""Clocks that a test sets itself, with the fixtures, the decorators and the context managers of the libraries."""

from __future__ import annotations


def test_the_fixture_and_the_journeys_of_time_machine(passes):
    passes(
        "time_machine",
        passed=3,
        code="""
import datetime as dt
import time

import time_machine

def test_fixture(time_machine):
    time_machine.move_to(dt.datetime(2037, 5, 20, tzinfo=dt.timezone.utc), tick=False)
    assert time.time() == dt.datetime(2037, 5, 20, tzinfo=dt.timezone.utc).timestamp()
    time_machine.shift(60)
    assert time.gmtime()[:5] == (2037, 5, 20, 0, 1)

@time_machine.travel("2037-05-20T12:00:00Z", tick=False)
def test_decorator():
    assert dt.datetime.now(dt.timezone.utc) == dt.datetime(2037, 5, 20, 12, tzinfo=dt.timezone.utc)
    assert type(dt.datetime.now()) is dt.datetime

def test_context_manager():
    before = time.time()
    with time_machine.travel("2037-05-20T12:00:00Z"):
        assert time.gmtime().tm_year == 2037
    assert 0 <= time.time() - before < 60
""",
    )


def test_a_journey_of_a_fixture_lasts_through_the_phases_of_the_test(passes):
    passes(
        "time_machine",
        passed=2,
        code="""
import time

import pytest

@pytest.fixture
def future(time_machine):
    time_machine.move_to("2037-05-20T12:00:00Z", tick=False)

def test_there(future):
    assert time.gmtime()[:3] == (2037, 5, 20)

def test_back():
    assert time.gmtime().tm_year < 2037
""",
    )


def test_the_decorators_and_the_context_manager_of_freezegun(passes):
    passes(
        "freezegun",
        passed=4,
        code="""
import time
import unittest
from datetime import date, datetime, timedelta

from freezegun import freeze_time

@freeze_time("2037-05-20")
def test_decorator():
    assert date.today() == date(2037, 5, 20)

@freeze_time("2037-05-20")
class TestClass:
    def test_method(self):
        assert datetime.now() == datetime(2037, 5, 20)

@freeze_time("2037-05-20 12:00:00")
class Case(unittest.TestCase):
    def test_method(self):
        self.assertEqual(datetime.utcnow(), datetime(2037, 5, 20, 12))

def test_context_manager():
    with freeze_time("2037-05-20") as frozen:
        frozen.tick(timedelta(hours=1))
        assert datetime.now() == datetime(2037, 5, 20, 1)
        with freeze_time("2036-01-01"):
            assert date.today() == date(2036, 1, 1)
        assert date.today() == date(2037, 5, 20)
    assert time.gmtime().tm_year < 2036
""",
    )


def test_a_freezer_of_a_fixture_lasts_through_the_phases_of_the_test(passes):
    passes(
        "freezegun",
        passed=2,
        code="""
import time
from datetime import date

import pytest
from freezegun import freeze_time

@pytest.fixture
def frozen():
    with freeze_time("2037-05-20") as freezer:
        yield freezer

def test_there(frozen):
    assert date.today() == date(2037, 5, 20)

def test_back():
    assert time.gmtime().tm_year < 2037
""",
    )
