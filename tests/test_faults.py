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
    assert ecs_fake.unused_orders == []


def test_an_order_that_no_call_met_is_known_unless_it_may_go_unused(ecs_fake):
    order = ecs_fake.faults.throttle("RunTask")
    ecs_fake.faults.throttle("StopTask").optional()

    assert ecs_fake.unused_orders == [order]
    order.optional()


def test_a_throttle_may_last_let_calls_pass_and_ask_for_parameters(ecs_fake):
    client = ecs_fake.client
    ecs_fake.faults.throttle("ListClusters", times="always", after=1, when={"maxResults": 5})

    client.list_clusters()
    client.list_clusters(maxResults=5)
    for _ in range(2):
        with pytest.raises(client.exceptions.ClientError, match="ThrottlingException"):
            client.list_clusters(maxResults=5)
    client.list_clusters(maxResults=6)

    assert [call.error is not None for call in ecs_fake.calls] == [False, False, True, True, False]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        *[
            ({"times": times}, f'takes times=1 or more, or "always", not {times!r}.')
            for times in (0, -1, 1.5, True, "ever")
        ],
        *[({"after": after}, f"takes after=0 or more, not {after!r}.") for after in (-1, 1.5, True)],
        (
            {"when": {"clutser": "prod"}},
            'unknown parameter "clutser" of RunTask in faults.throttle(). Did you mean "cluster"?',
        ),
    ],
)
def test_a_wrong_order_gets_a_sentence(ecs_fake, options, sentence):
    with pytest.raises(EcsFakeUsageError) as caught:
        ecs_fake.faults.throttle("RunTask", **options)

    assert str(caught.value).endswith(sentence)


def test_an_unknown_operation_is_refused_when_it_is_ordered(ecs_fake):
    with pytest.raises(
        EcsFakeUsageError, match=r'unknown operation "RunTasks" in faults.throttle\(\). Did you mean "RunTask"\?'
    ):
        ecs_fake.faults.throttle("RunTasks")
