"""Plugins of pytest beside ours."""

from __future__ import annotations

# --- pytest-mock ------------------------------------------------------------------------------------------------------------------------


def test_a_mocker_that_patches_what_the_fake_patches_too(passes):
    passes(
        "pytest_mock",
        passed=4,
        code="""
import os, time

import boto3, pytest
from botocore.client import BaseClient

@pytest.fixture
def aws(mocker):
    mocker.patch.dict(os.environ, {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing", "AWS_DEFAULT_REGION": "eu-west-3"})

def test_sleep(mocker):
    sleep = mocker.patch("time.sleep")
    time.sleep(600)
    sleep.assert_called_once_with(600)

def test_environment(aws):
    assert os.environ["AWS_ACCESS_KEY_ID"] == "testing"
    assert boto3.Session().region_name == "eu-west-3"
    assert boto3.Session().get_credentials().access_key == "testing"

@pytest.mark.parametrize("method", ["_make_api_call", "_make_request"])
def test_calls(mocker, method):
    answer = {"ResponseMetadata": {}, "Buckets": []}
    call = mocker.patch.object(BaseClient, method, return_value=answer if method == "_make_api_call" else (mocker.Mock(status_code=200), answer))
    s3 = boto3.client("s3", "eu-west-3", aws_access_key_id="testing", aws_secret_access_key="testing")
    assert s3.list_buckets() == answer
    call.assert_called_once()
""",
    )


def test_a_mocker_whose_patches_of_a_fixture_last_through_the_phases(passes):
    passes(
        "pytest_mock",
        passed=2,
        code="""
import time

import pytest
from botocore.httpsession import URLLib3Session

@pytest.fixture
def patched(mocker):
    return mocker.patch("time.sleep"), mocker.patch.object(URLLib3Session, "send")

def test_patched(patched):
    assert (time.sleep, URLLib3Session.send) == patched

def test_no_patch_is_left(mocker):
    assert not isinstance(time.sleep, mocker.Mock)
    assert not isinstance(URLLib3Session.send, mocker.Mock)
""",
    )


def test_a_spy_on_the_clock(passes):
    passes(
        "pytest_mock",
        code="""
import time

def test_spy(mocker):
    spy = mocker.spy(time, "monotonic")
    assert time.monotonic() == spy.spy_return
""",
    )


# --- pytest-freezer, pytest-subtests, pytest-rerunfailures -----------------------------------------------------------------------------


def test_a_freezer_as_a_fixture_and_as_a_marker(passes):
    passes(
        "pytest_freezer",
        passed=3,
        code="""
import time
from datetime import date, datetime, timedelta

import pytest

def test_fixture(freezer):
    now = datetime.now()
    time.time()
    assert datetime.now() == now
    freezer.tick(timedelta(hours=2))
    assert datetime.now() == now + timedelta(hours=2)
    freezer.move_to("2037-05-20")
    assert date.today() == date(2037, 5, 20)

@pytest.mark.freeze_time("2037-05-20")
def test_marker():
    assert date.today() == date(2037, 5, 20)

@pytest.mark.freeze_time
def test_moves(freezer):
    freezer.move_to("2017-05-20")
    assert date.today() == date(2017, 5, 20)
    freezer.move_to("2037-05-20")
    assert date.today() == date(2037, 5, 20)
""",
    )


def test_a_test_after_one_with_a_freezer_is_not_frozen(passes):
    passes(
        "pytest_freezer",
        passed=2,
        code="""
import time

def test_frozen(freezer):
    freezer.move_to("2037-05-20")

def test_goes_on():
    before = time.time()
    while time.time() == before:
        pass
    assert time.gmtime().tm_year < 2037
""",
    )


def test_what_a_test_sets_lasts_through_its_subtests(passes):
    passes(
        "pytest_subtests",
        code="""
import os, time

def test_numbers(subtests, monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    slept = []
    monkeypatch.setattr(time, "sleep", slept.append)
    for n in range(3):
        with subtests.test(n=n):
            time.sleep(n)
            assert os.environ["AWS_ACCESS_KEY_ID"] == "testing"
    assert slept == [0, 1, 2]
""",
    )


def test_a_freezer_lasts_through_subtests(passes):
    passes(
        "pytest_subtests",
        "freezegun",
        code="""
from datetime import date

from freezegun import freeze_time

def test_days(subtests):
    with freeze_time("2037-05-20") as frozen:
        for n in range(3):
            with subtests.test(n=n):
                assert date.today() == date(2037, 5, 20)
        assert date.today() == date(2037, 5, 20)
""",
    )


def test_a_flaky_test_passes_when_it_is_run_again(passes):
    passes(
        "pytest_rerunfailures",
        args=("--reruns=2", "--reruns-delay=0.01"),
        code="""
runs = []

def test_flaky(tmp_path, monkeypatch):
    runs.append(1)
    assert len(runs) == 2
""",
    )


def test_a_flaky_test_with_fixtures_of_wider_scopes_passes_when_it_is_run_again(passes):
    passes(
        "pytest_rerunfailures",
        args=("--reruns=2",),
        code="""
import pytest

made = []

@pytest.fixture(scope="module")
def world():
    made.append("world")
    if len(made) == 1:
        raise ConnectionError
    yield

def test_flaky(world):
    assert made == ["world", "world"]
""",
    )


# --- pytest-bdd, pytest-xdist, pytest-randomly, pytest-timeout -------------------------------------------------------------------------


def test_a_scenario(passes):
    passes(
        "pytest_bdd",
        files={
            "shop.feature": "Feature: Shop\n  Scenario: Buy\n    Given 3 apples\n    When I wait for 0.01 seconds\n    Then there are 3 apples\n"
        },
        code="""
import time

from pytest_bdd import given, parsers, scenarios, then, when

scenarios("shop.feature")

@given(parsers.parse("{n:d} apples"), target_fixture="apples")
def _(n):
    return n

@when(parsers.parse("I wait for {seconds:g} seconds"))
def _(seconds):
    time.sleep(seconds)

@then(parsers.parse("there are {n:d} apples"))
def _(apples, n):
    assert apples == n
""",
    )


def test_workers_of_xdist(passes):
    passes(
        "xdist",
        passed=6,
        args=("--numprocesses=2",),
        code="""
import os, time

import pytest

@pytest.mark.parametrize("n", range(6))
def test_numbers(n, worker_id, tmp_path_factory, monkeypatch):
    assert os.environ["PYTEST_XDIST_WORKER"] == worker_id
    time.sleep(0.01)
""",
    )


def test_the_random_numbers_of_a_seed(passes):
    passes(
        "pytest_randomly",
        passed=3,
        args=("--randomly-seed=7",),
        code="""
import random

import pytest

@pytest.fixture
def drawn():
    return random.random()

@pytest.mark.parametrize("n", range(3))
def test_numbers(drawn, n):
    assert [random.random(), drawn].count(random.Random(7).random()) == 2
""",
    )


def test_a_time_limit_that_holds(passes):
    passes(
        "pytest_timeout",
        passed=4,
        args=("--timeout=20",),
        code="""
import subprocess, sys, threading, time

import pytest

@pytest.mark.timeout(10, method="thread")
def test_thread():
    time.sleep(0.01)

@pytest.mark.timeout(10, method="signal")
def test_signal():
    time.sleep(0.01)

def test_waits_for_a_thread():
    done = []
    thread = threading.Thread(target=lambda: (time.sleep(0.2), done.append(1)))
    thread.start()
    deadline = time.monotonic() + 10
    while not done and time.monotonic() < deadline:
        time.sleep(0.01)
    assert done

def test_waits_for_a_program():
    subprocess.run([sys.executable, "-c", "import time; time.sleep(0.2)"], timeout=10, check=True)
""",
    )


def test_a_time_limit_that_is_passed_fails_the_test(passes):
    passes(
        "pytest_timeout",
        passed=0,
        failed=1,
        args=("--timeout=1",),
        code="""
def test_spins():
    while True:
        pass
""",
    )


# --- pytest-django, Hypothesis ----------------------------------------------------------------------------------------------------------


def test_a_database_of_django(passes):
    passes(
        "pytest_django",
        "django",
        passed=3,
        conftest="""
from django.conf import settings

settings.configure(
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": ":memory:"}},
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sessions"],
    DEFAULT_AUTO_FIELD="django.db.models.AutoField",
    SECRET_KEY="x",
    USE_TZ=True,
    ROOT_URLCONF=(),
)
""",
        code="""
from datetime import timedelta

import pytest
from django.contrib.auth.models import User
from django.contrib.sessions.backends.db import SessionStore
from django.core.cache import cache
from django.db.models.functions import Now
from django.utils import timezone

def test_moments(db):
    before = timezone.now()
    user = User.objects.create_user("me", last_login=timezone.now())
    user.refresh_from_db()
    assert before <= user.date_joined <= timezone.now()
    assert User.objects.filter(last_login__gt=timezone.now() - timedelta(minutes=1)).count() == 1

@pytest.mark.django_db(transaction=True)
def test_session():
    session = SessionStore()
    session["key"] = "value"
    session.set_expiry(60)
    session.save()
    assert SessionStore(session.session_key)["key"] == "value"

def test_cache(settings):
    cache.set("key", "value", timeout=60)
    assert cache.get("key") == "value"
""",
    )


def test_examples_of_hypothesis_keep_their_deadline(passes):
    passes(
        "hypothesis",
        passed=2,
        code="""
import time

from hypothesis import given, settings, strategies

@given(strategies.integers())
def test_numbers(n):
    assert n == int(str(n))

@given(strategies.datetimes(), strategies.timezones())
@settings(max_examples=20)
def test_moments(moment, zone):
    time.sleep(0.001)
    assert moment.replace(tzinfo=zone).tzinfo is zone
""",
    )


# --- pytest-asyncio ---------------------------------------------------------------------------------------------------------------------


def test_coroutines_of_pytest_asyncio(passes):
    passes(
        "pytest_asyncio",
        passed=4,
        ini="asyncio_mode = auto\nasyncio_default_fixture_loop_scope = function",
        code="""
import asyncio, time

import pytest

@pytest.fixture
async def server():
    async def answer(reader, writer):
        writer.write(await reader.readline())
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    yield server.sockets[0].getsockname()
    server.close()
    await server.wait_closed()

async def test_connection(server):
    reader, writer = await asyncio.open_connection(*server)
    writer.write(b"hello\\n")
    assert await asyncio.wait_for(reader.readline(), 10) == b"hello\\n"
    writer.close()

async def test_time_limit():
    with pytest.raises(asyncio.TimeoutError):
        await asyncio.wait_for(asyncio.Event().wait(), 0.02)

async def test_thread():
    def work():
        time.sleep(0.1)
        return "done"

    assert await asyncio.wait_for(asyncio.to_thread(work), 10) == "done"

async def test_order():
    order = []

    async def after(seconds):
        await asyncio.sleep(seconds)
        order.append(seconds)

    await asyncio.gather(after(0.03), after(0.01), after(0.02))
    assert order == [0.01, 0.02, 0.03]
""",
    )
