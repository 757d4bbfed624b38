"""Trouble on order: so far, throttles."""

from __future__ import annotations

import pytest

from pytest_ecsfake import EcsFakeUsageError


def test_each_throttle_meets_one_attempt_of_its_operation(ecs_fake):
    ecs_fake.faults.throttle("list_clusters", times=2)

    ecs_fake.client.create_cluster()
    ecs_fake.client.list_clusters()
    ecs_fake.client.list_clusters()

    assert [len(call.attempts) for call in ecs_fake.calls] == [1, 3, 1]


def test_orders_are_served_first_come_first_served(ecs_fake):
    ecs_fake.faults.throttle("ListClusters")
    second = ecs_fake.faults.throttle("ListClusters").optional()

    ecs_fake.client.list_clusters()

    assert second.met == 1
    assert ecs_fake.faults.unused() == []


def test_an_order_that_no_call_met_is_known_unless_it_may_go_unused(ecs_fake):
    order = ecs_fake.faults.throttle("RunTask")
    ecs_fake.faults.throttle("StopTask").optional()

    assert ecs_fake.faults.unused() == [order]


@pytest.mark.parametrize("times", [0, -1, 1.5, True, "always"])
def test_times_is_a_positive_whole_number(ecs_fake, times):
    with pytest.raises(EcsFakeUsageError) as caught:
        ecs_fake.faults.throttle("RunTask", times=times)

    assert str(caught.value) == f"faults.throttle() takes times=1 or more, not {times!r}."


def test_an_unknown_operation_is_refused_when_it_is_ordered(ecs_fake):
    with pytest.raises(
        EcsFakeUsageError, match=r'unknown operation "RunTasks" in faults.throttle\(\). Did you mean "RunTask"\?'
    ):
        ecs_fake.faults.throttle("RunTasks")
