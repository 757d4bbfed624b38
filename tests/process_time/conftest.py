"""What the tests of process time share."""

from __future__ import annotations

import pytest

from pytest_ecsfake.process_time import journeys


@pytest.fixture(params=["time-machine", "freezegun"])
def mover(request, monkeypatch):
    """Each of the two libraries that may move the process's civil clocks."""
    if request.param == "time-machine":
        pytest.importorskip("time_machine")
    monkeypatch.setattr(journeys, "_has_time_machine", lambda: request.param == "time-machine")
    return request.param
