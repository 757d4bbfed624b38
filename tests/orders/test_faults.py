"""Trouble on order: throttles, errors, time-outs, lost connections."""

from __future__ import annotations

from datetime import timedelta

import boto3
import pytest
from botocore import exceptions
from botocore.config import Config

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


def test_an_ordered_error_is_a_class_of_the_client_and_changes_nothing(ecs_fake):
    ecs_fake.faults.error(
        "CreateCluster", "InvalidParameterException", message="no", when={"clusterName": "prod"}, times="always"
    )
    client = ecs_fake.client

    with pytest.raises(client.exceptions.InvalidParameterException) as caught:
        client.create_cluster(clusterName="prod")
    client.create_cluster(clusterName="other")

    assert caught.value.response["Error"] == {"Code": "InvalidParameterException", "Message": "no"}
    assert [cluster.name for cluster in ecs_fake.clusters] == ["other"]


def test_an_undeclared_error_needs_a_word(ecs_fake):
    ecs_fake.faults.error("ListClusters", "ExpiredTokenException", undeclared=True)

    with pytest.raises(exceptions.ClientError, match="ExpiredTokenException"):
        ecs_fake.client.list_clusters()


@pytest.mark.parametrize(
    ("code", "sentence"),
    [
        pytest.param(
            "ServerExeption",
            'ListClusters declares no error "ServerExeption", which faults.error() names. '
            'Did you mean "ServerException"? To use it anyway, write undeclared=True.',
            id="a slip",
        ),
        pytest.param(500, "faults.error() takes the code of an error as a text, not 500.", id="a number"),
    ],
)
def test_an_error_that_the_operation_does_not_declare_is_refused_when_ordered(ecs_fake, code, sentence):
    with pytest.raises(EcsFakeUsageError) as caught:
        ecs_fake.faults.error("ListClusters", code)

    assert str(caught.value) == sentence


#: botocore: Config, retries, mode. Attempts that each makes unless told otherwise (AWS SDKs Reference Guide, "Retry behavior").
MODES = [
    pytest.param("legacy", 5, id="legacy"),
    pytest.param("standard", 3, id="standard"),
    pytest.param("adaptive", 3, id="adaptive"),
]
LOST = [
    pytest.param("timeout", exceptions.ReadTimeoutError, id="timeout"),
    pytest.param("connection_error", exceptions.EndpointConnectionError, id="connection_error"),
]


@pytest.mark.parametrize(("mode", "attempts"), MODES)
@pytest.mark.parametrize(("kind", "error"), LOST)
def test_botocore_retries_what_got_no_answer_and_raises_its_own_error_at_last(ecs_fake, kind, error, mode, attempts):
    client = boto3.client("ecs", config=Config(retries={"mode": mode}))
    getattr(ecs_fake.faults, kind)("CreateCluster", times="always")

    with pytest.raises(error):
        client.create_cluster(clusterName="prod")

    [call] = ecs_fake.calls
    assert len(call.attempts) == attempts
    assert "prod" not in ecs_fake.clusters


@pytest.mark.parametrize(("mode", "attempts"), MODES)
@pytest.mark.parametrize(("kind", "error"), LOST)
def test_a_retry_that_gets_its_answer_hides_what_was_lost(ecs_fake, kind, error, mode, attempts):
    client = boto3.client("ecs", config=Config(retries={"mode": mode}))
    getattr(ecs_fake.faults, kind)("CreateCluster", times=attempts - 1)

    response = client.create_cluster(clusterName="prod")

    assert response["cluster"]["status"] == "ACTIVE"
    assert [attempt.error.code for attempt in ecs_fake.calls[0].attempts[:-1]] == [error.__name__] * (attempts - 1)


@pytest.mark.parametrize(("kind", "seconds"), [("timeout", 7), ("connection_error", 0)])
def test_a_timeout_costs_the_clients_read_timeout_of_virtual_time(ecs_fake, kind, seconds):
    client = boto3.client("ecs", config=Config(read_timeout=7, retries={"max_attempts": 0}))
    getattr(ecs_fake.faults, kind)("ListClusters")
    before = ecs_fake.clock.now

    with pytest.raises(exceptions.HTTPClientError if kind == "timeout" else exceptions.EndpointConnectionError):
        client.list_clusters()

    assert ecs_fake.clock.now - before == timedelta(seconds=seconds)


@pytest.mark.ecs_fake(clusters=["default"])
def test_capacity_is_for_so_many_tasks_at_one_time(ecs_fake, register_on_fargate, run_on_fargate):
    register_on_fargate()
    ecs_fake.faults.capacity("FARGATE", available=2)

    first = run_on_fargate(count=3)
    ecs_fake.client.stop_task(task=first["tasks"][0]["taskArn"])
    ecs_fake.client.get_waiter("tasks_stopped").wait(tasks=[first["tasks"][0]["taskArn"]])
    second = run_on_fargate(count=2)
    ecs_fake.faults.capacity("FARGATE", available=None)
    third = run_on_fargate(count=2)

    assert [(len(answer["tasks"]), len(answer["failures"])) for answer in (first, second, third)] == [
        (2, 1),
        (1, 1),
        (2, 0),
    ]
    assert first["failures"] == [
        {"reason": "Capacity is unavailable at this time. Please try again later or in a different availability zone"}
    ]


def test_a_limit_that_no_launch_asked_about_is_unused_unless_it_is_optional(ecs_fake):
    limit = ecs_fake.faults.capacity("FARGATE_SPOT", available=0)

    assert [order.unmet() for order in ecs_fake.unused_orders] == [
        'faults.capacity("FARGATE_SPOT", available=0) matched no launch'
    ]
    limit.optional()
    assert ecs_fake.unused_orders == []


@pytest.mark.parametrize(
    ("provider", "available"), [("FARGATE_SPTO", 0), (None, 0), ("FARGATE", -1), ("FARGATE", True)]
)
def test_a_wrong_capacity_is_refused_when_it_is_ordered(ecs_fake, provider, available):
    with pytest.raises(EcsFakeUsageError, match=r"^faults.capacity\(\) takes "):
        ecs_fake.faults.capacity(provider, available=available)


def test_asking_a_fault_changes_nothing(ecs_fake):
    fault = ecs_fake.faults.throttle("ListClusters", after=1).optional()

    assert [fault.is_for("ListClusters", {}) for _ in range(3)] == [True] * 3
    assert (fault.lets_pass, fault.passed, fault.met, fault.used) == (True, 0, 0, False)


@pytest.mark.ecs_fake(clusters=["default"])
def test_a_limit_counts_launches_whether_or_not_it_stops_them(ecs_fake, register_on_fargate, run_on_fargate):
    register_on_fargate()
    limit = ecs_fake.faults.capacity("FARGATE", available=1)

    answers = [run_on_fargate(count=2) for _ in range(2)]

    assert [len(answer["failures"]) for answer in answers] == [1, 2]
    assert limit.met == 2
