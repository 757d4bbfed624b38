"""Capacity that a test limits: asking whether there is room changes nothing."""

from __future__ import annotations

import pytest

from pytest_ecsfake.engine.capacity.strategy import Capacity, has_room, limit_of
from pytest_ecsfake.state.orders import CapacityLimit


@pytest.fixture
def limit(region):
    """A limit of one task on FARGATE_SPOT."""
    return region.orders.add(
        CapacityLimit('faults.capacity("FARGATE_SPOT", available=1)', provider="FARGATE_SPOT", available=1)
    )


@pytest.mark.parametrize(
    ("capacity", "expected"),
    [
        (Capacity("FARGATE", "FARGATE_SPOT"), False),
        (Capacity("FARGATE", "FARGATE"), True),
        (Capacity("FARGATE"), True),
    ],
    ids=["the limited provider", "another provider", "a launch type"],
)
def test_there_is_room_until_the_limit_is_reached(region, run, limit, capacity, expected):
    task = run()
    task.capacity_provider_name = "FARGATE_SPOT"

    assert has_room(region, capacity) is expected


def test_a_question_leaves_the_limit_unmet(region, limit):
    spot = Capacity("FARGATE", "FARGATE_SPOT")

    assert has_room(region, spot)

    assert not limit.used
    assert (limit_of(region, spot), limit_of(region, Capacity("FARGATE"))) == (limit, None)
