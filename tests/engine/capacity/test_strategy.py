"""Capacity that a test limits: asking whether there is room changes nothing, a launch meets the limit."""

from __future__ import annotations

import pytest

from pytest_ecsfake.engine.capacity.strategy import Capacity, has_room, meet_limit
from pytest_ecsfake.state.conditions import CapacityLimit


@pytest.fixture
def limit(region):
    """A limit of one task on FARGATE_SPOT."""
    region.conditions.capacity.append(CapacityLimit("FARGATE_SPOT", 1))
    return region.conditions.capacity[0]


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


def test_a_question_leaves_the_limit_unmet_and_a_launch_meets_it(region, limit):
    spot = Capacity("FARGATE", "FARGATE_SPOT")

    assert has_room(region, spot)
    assert not limit.used

    meet_limit(region, Capacity("FARGATE"))
    assert not limit.used

    meet_limit(region, spot)
    assert limit.used
