"""What holds for the whole suite: responses are checked, properties have their number of examples, no client library is missing unseen."""

from __future__ import annotations

import os
from importlib.util import find_spec

import pytest
from hypothesis import settings

pytest_plugins = ["pytester"]

# tests/package is run by tox's environment of that name, from outside the checkout's package.
collect_ignore = ["package"]

# Read by every fake that is made: a response that breaks its schema fails the call, wherever it first shows.
os.environ["ECSFAKE_CHECK_RESPONSES"] = "1"

settings.register_profile("ordinary", max_examples=200, derandomize=True, deadline=None)
settings.register_profile("nightly", max_examples=10_000, deadline=None)
settings.load_profile("ordinary")


def pytest_configure() -> None:
    """Refuse to run where a library is missing that this environment of tox is for: its tests would be skipped, and all be green."""
    required = filter(None, os.environ.get("ECSFAKE_REQUIRE", "").split(","))
    missing = [library for library in required if find_spec(library) is None]
    if missing:
        raise pytest.UsageError(f"ECSFAKE_REQUIRE names {', '.join(missing)}, which this environment hasn't got")
