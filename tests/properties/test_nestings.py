"""Fakes, freezers, journeys, mocks and changes of the environment, one within the other and with failures and reports in between: nothing is left."""

from __future__ import annotations

import asyncio
import datetime
import os
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from unittest import mock

import pytest
from botocore.client import BaseClient
from botocore.httpsession import URLLib3Session
from botocore.retries.standard import RetryHandler
from freezegun import api as freezegun_api
from freezegun import freeze_time
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_ecsfake import ecs_fake as switch
from pytest_ecsfake.activation.registry import REGISTRY

pytestmark = pytest.mark.hypothesis

VARIABLES = ["AWS_ACCESS_KEY_ID", "AWS_DEFAULT_REGION", "AWS_PROFILE", "TZ"]


class Failed(Exception):
    """The failure of a test, in the middle of whatever is on."""


def standing() -> dict[str, object]:
    """What the process looks like."""
    return {
        "environment": {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"},
        "sleep": (time.sleep, asyncio.sleep),
        "classes": (
            BaseClient._make_api_call,
            BaseClient._make_request,
            URLLib3Session.send,
            RetryHandler.__dict__.get("_sleep"),
            asyncio.BaseEventLoop.time,
            asyncio.BaseEventLoop._run_once,
            asyncio.BaseEventLoop.run_in_executor,
        ),
        "clocks": (time.time, time.monotonic, time.perf_counter, datetime.datetime, datetime.date),
        "freezers": list(freezegun_api.freeze_factories),
        "journeys": list(getattr(sys.modules.get("time_machine"), "traveller_stack", [])),
        "fakes": REGISTRY.current(),
    }


@contextmanager
def a_journey() -> Iterator[None]:
    time_machine = sys.modules.get("time_machine")
    if time_machine is None or freezegun_api.freeze_factories:
        yield  # time-machine doesn't start beside freezegun
        return
    with time_machine.travel(4_000_000_000, tick=False):
        yield


@contextmanager
def mocked(name: str) -> Iterator[None]:
    with mock.patch(name, lambda *_: {}):
        yield


@contextmanager
def changed(name: str, value: str | None) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        if value is None:
            patch.delenv(name, raising=False)
        else:
            patch.setenv(name, value)
        yield


LAYERS: dict[str, Callable[[], AbstractContextManager[object]]] = {
    "a fake": lambda: switch(strict=False),
    "a fake in a region": lambda: switch(region="eu-west-1", strict=False),
    "a frozen fake": lambda: switch(frozen_at="2100-01-01T00:00:00Z", strict=False),
    "a fake that lets calls out": lambda: switch(other_services="allow", strict=False),
    "a freezer": lambda: freeze_time("2110-01-01"),
    "a journey": a_journey,
    "a sleep that is mocked": lambda: mocked("time.sleep"),
    "a call that is mocked": lambda: mocked("botocore.client.BaseClient._make_api_call"),
    "a request that is mocked": lambda: mocked("botocore.httpsession.URLLib3Session.send"),
    **{f"{name} is set": lambda name=name: changed(name, "mine") for name in VARIABLES[:3]},
    **{f"{name} is taken out": lambda name=name: changed(name, None) for name in VARIABLES},
    "a copy of the environment": lambda: mock.patch.dict(os.environ, {"AWS_ACCESS_KEY_ID": "copied"}, clear=False),
}


def sleep() -> None:
    if REGISTRY.current() is not None:
        with suppress(Exception):  # a freezer in the past is refused
            time.sleep(3600)


def report() -> None:
    """pytest reports, with whatever is on: what stood before stands again."""
    before = standing()
    with REGISTRY.reporting():
        assert REGISTRY.current() is None
    assert standing() == before


def fail() -> None:
    raise Failed


ACTIONS: dict[str, Callable[[], None]] = {"sleep": sleep, "report": report, "fail": fail}

#: A story is a list of layers, each within the one before, with an action after some of them.
STORIES = st.lists(st.tuples(st.sampled_from(sorted(LAYERS)), st.sampled_from([None, *sorted(ACTIONS)])), max_size=7)


def play(story: list[tuple[str, str | None]]) -> None:
    if not story:
        return
    (layer, action), *rest = story
    with LAYERS[layer]():
        if action is not None:
            ACTIONS[action]()
        play(rest)
        report()


@settings(deadline=None)
@given(STORIES)
def test_nothing_is_left_of_any_nesting(story):
    before, seen, counted = standing(), time.time(), time.perf_counter()

    with suppress(Failed):
        play(story)

    assert standing() == before
    assert abs((time.time() - seen) - (time.perf_counter() - counted)) < 1


FAKES = st.sampled_from(["a fake", "a fake in a region", "a frozen fake"])


@settings(deadline=None)
@given(st.lists(st.tuples(FAKES, st.integers(0, 9)), min_size=1, max_size=5))
def test_nothing_is_left_of_fakes_that_end_in_any_order(story):
    before, seen, counted = standing(), time.time(), time.perf_counter()
    fakes = [(turn, LAYERS[layer]()) for layer, turn in story]
    for _, fake in fakes:
        fake.__enter__()
        sleep()

    for _, fake in sorted(fakes, key=lambda each: each[0]):
        report()
        fake.__exit__(None, None, None)

    assert standing() == before
    assert abs((time.time() - seen) - (time.perf_counter() - counted)) < 1
