import gc
import json
from datetime import datetime, timedelta, timezone
from threading import Thread
from unittest.mock import ANY

import pytest

from pytest_ecsfake import documents
from pytest_ecsfake.arns import Partition
from pytest_ecsfake.clock import SECOND, to_instant
from pytest_ecsfake.errors import (
    ClusterNotFoundException,
    EcsFakeNotBuiltError,
    EcsFakeUsageError,
    ThrottlingException,
)
from pytest_ecsfake.recording.calls import Calls

IRELAND = Partition("123456789012", "eu-west-1")
NOON = datetime(2026, 1, 1, 12, tzinfo=timezone.utc)
START = to_instant(NOON)


@pytest.fixture
def calls():
    return Calls()


def record(calls, operation, *, after=0, response=None, error=None, client_token_made_up=False, **params):
    """A call as the endpoint writes it down."""
    at = START + after * SECOND
    call = calls.note(
        operation, json.dumps(params).encode(), IRELAND, at, START, client_token_made_up=client_token_made_up
    )
    call.answered(at, documents.pack(response or {}), error)
    return call


@pytest.fixture
def deployment(calls):
    """The calls of a deployment: a revision, an update that is refused, one that isn't, and a migration."""
    record(calls, "RegisterTaskDefinition", family="web")
    record(calls, "UpdateService", cluster="prod", service="web", desiredCount=2, error=ClusterNotFoundException())
    record(calls, "UpdateService", cluster="blue", service="web", desiredCount=3)
    record(
        calls,
        "RunTask",
        cluster="blue",
        taskDefinition="migrate",
        overrides={"containerOverrides": [{"name": "log"}, {"name": "app", "command": ["up"]}]},
    )
    return calls


def test_a_call_knows_what_was_asked_where_and_when(calls):
    call = record(calls, "RunTask", after=12, cluster="prod", count=2)

    assert (call.operation, call.params) == ("RunTask", {"cluster": "prod", "count": 2})
    assert (call.account, call.region) == IRELAND
    assert call.at == NOON + timedelta(seconds=12)
    assert (call.number, call.since_start) == (1, timedelta(seconds=12))


def test_a_response_has_its_timestamps_as_datetimes(calls):
    task = {"taskArn": "arn", "createdAt": 1767268800.25, "containers": [{"name": "app", "exitCode": 0}]}
    call = record(calls, "DescribeTasks", response={"tasks": [task], "failures": []})

    created_at = datetime(2026, 1, 1, 12, 0, 0, 250_000, tzinfo=timezone.utc)
    assert call.response == {"tasks": [task | {"createdAt": created_at}], "failures": []}
    assert call.response["tasks"][0]["createdAt"].tzinfo is not None


def test_a_number_that_is_no_timestamp_stays_a_number(calls):
    resources = [{"name": "CPU", "doubleValue": 2048.0, "integerValue": 2048}]
    call = record(
        calls, "DescribeContainerInstances", response={"containerInstances": [{"remainingResources": resources}]}
    )

    assert call.response["containerInstances"][0]["remainingResources"] == resources


def test_a_timestamp_that_was_sent_is_a_datetime_again(calls):
    record(
        calls,
        "ListServiceDeployments",
        service="web",
        createdAt={"after": NOON.timestamp(), "before": int(NOON.timestamp())},
    )

    assert calls[0].params["createdAt"] == {"after": NOON, "before": NOON}
    calls.assert_called("ListServiceDeployments", createdAt={"after": NOON.replace(microsecond=5)})
    calls.assert_called("ListServiceDeployments", createdAt={"after": NOON.astimezone().replace(tzinfo=None)})


def test_what_a_test_does_to_a_call_leaves_the_record_as_it_was(calls):
    call = record(calls, "RunTask", cluster="prod", tags=[{"key": "team"}], response={"tasks": []})

    call.params["tags"].append("more")
    call.response["tasks"].append("more")

    assert call.params == {"cluster": "prod", "tags": [{"key": "team"}]}
    assert call.response == {"tasks": []}


@pytest.mark.parametrize(
    ("made_up", "params"),
    [
        pytest.param(True, {"cluster": "prod"}, id="botocore's is left out"),
        pytest.param(False, {"cluster": "prod", "clientToken": "t"}, id="the caller's is kept"),
    ],
)
def test_a_client_token(calls, made_up, params):
    call = record(calls, "RunTask", cluster="prod", clientToken="t", client_token_made_up=made_up)

    assert call.params == params


def test_a_refused_call_has_the_error_and_no_response(calls):
    call = record(calls, "RunTask", error=ClusterNotFoundException("Cluster not found."))

    assert (call.error.code, call.error.message) == ("ClusterNotFoundException", "Cluster not found.")
    assert (call.response, call.problem) == (None, None)


def test_the_error_of_a_call_keeps_no_frame_alive(calls):
    try:
        json.loads("")
    except ValueError:
        try:
            raise ClusterNotFoundException("Cluster not found.")
        except ClusterNotFoundException as refusal:
            call = record(calls, "RunTask", error=refusal)

    assert (call.error.__traceback__, call.error.__context__) == (None, None)


def test_a_call_that_the_fake_could_not_answer_has_neither_response_nor_error(calls):
    call = calls.note("CreateService", b"{}", IRELAND, START, START)
    call.failed(START, EcsFakeNotBuiltError("CreateService is not built."))

    assert (call.response, call.error) == (None, None)
    assert isinstance(call.problem, EcsFakeNotBuiltError)
    assert [type(attempt.problem) for attempt in call.attempts] == [EcsFakeNotBuiltError]


def test_a_call_without_an_answer_yet_has_made_no_attempt(calls):
    call = calls.note("RunTask", b"{}", IRELAND, START, START)

    assert (call.response, call.error, call.problem, call.attempts) == (None, None, None, ())


def test_the_attempts_of_a_retried_call_are_one_call(calls):
    call = record(calls, "RunTask", error=ThrottlingException("Rate exceeded"))
    call.answered(START + SECOND, documents.pack({}), ThrottlingException("Rate exceeded"))
    call.answered(START + 3 * SECOND, documents.pack({"tasks": []}), None)

    assert len(calls) == 1
    assert [attempt.at - NOON for attempt in call.attempts] == [timedelta(seconds=seconds) for seconds in (0, 1, 3)]
    assert [attempt.error and attempt.error.code for attempt in call.attempts] == [
        "ThrottlingException",
        "ThrottlingException",
        None,
    ]
    assert [attempt.response for attempt in call.attempts] == [None, None, {"tasks": []}]
    assert (call.response, call.error) == ({"tasks": []}, None)


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b'"RunTask"', b"\xff", b"[" * 100_000],
    ids=["empty", "a list", "a string", "no UTF-8", "nested without end"],
)
def test_a_body_that_is_no_json_object_has_no_parameters(calls, body):
    assert calls.note("RunTask", body, IRELAND, START, START).params == {}


@pytest.mark.parametrize("created_at", ["yesterday", {"after": "noon"}, [1.5]])
def test_a_request_of_the_wrong_types_is_shown_as_it_was_sent(calls, created_at):
    call = record(calls, "ListServiceDeployments", createdAt=created_at)

    assert call.params == {"createdAt": created_at}


@pytest.mark.parametrize("response", [{"tasks": "none"}, {"tasks": ["none"]}, {"tasks": [{"createdAt": "noon"}]}])
def test_a_response_of_the_wrong_types_is_shown_as_it_was_answered(calls, response):
    assert record(calls, "DescribeTasks", response=response).response == response


def test_an_operation_newer_than_the_schemas_is_recorded_too(calls):
    call = record(calls, "PauseTask", task="t", response={"at": 1.5})

    assert (call.params, call.response) == ({"task": "t"}, {"at": 1.5})


def test_calls_are_a_sequence(deployment):
    register, *updates, run = deployment

    assert len(deployment) == 4
    assert deployment[0] is register
    assert deployment[-1] is run
    assert deployment[1:3] == updates
    assert run in deployment
    assert deployment.operations == ["RegisterTaskDefinition", "UpdateService", "UpdateService", "RunTask"]


def test_the_calls_of_one_operation(deployment):
    assert deployment.of("UpdateService") == deployment.of("update_service") == deployment[1:3]
    assert deployment.of("UpdateService", cluster="blue") == [deployment[2]]
    assert deployment.of("StopTask") == []


def test_cleared_calls_are_counted_anew(deployment):
    deployment.clear()

    assert list(deployment) == []
    assert record(deployment, "StopTask").number == 1


def test_the_names_of_calls_are_short(calls):
    record(calls, "RegisterTaskDefinition", family="web")
    record(calls, "RunTask", after=12.5, error=ClusterNotFoundException())

    assert repr(calls[0]) == '<Call 1 RegisterTaskDefinition(family="web") +0s>'
    assert repr(calls[1]) == "<Call 2 RunTask() +12.5s ClusterNotFoundException>"
    assert repr(calls) == "<Calls RegisterTaskDefinition, RunTask (ClusterNotFoundException)>"


@pytest.mark.parametrize(
    ("assertion", "names", "params"),
    [
        pytest.param("assert_called", ["UpdateService"], {}, id="called"),
        pytest.param("assert_called", ["update_service"], {"desiredCount": 3}, id="called like this"),
        pytest.param("assert_called", ["UpdateService"], {"cluster": "prod"}, id="called, though refused"),
        pytest.param(
            "assert_called", ["RunTask"], {"overrides": {"containerOverrides": [{"name": "app"}]}}, id="called, in part"
        ),
        pytest.param("assert_called", ["RunTask"], {"taskDefinition": ANY}, id="called with anything"),
        pytest.param("assert_called", ["RunTask"], {"launchType": None}, id="called without"),
        pytest.param("assert_called_once", ["RunTask"], {}, id="called once"),
        pytest.param(
            "assert_called_once", ["UpdateService"], {"desiredCount": 3}, id="called once like this, and once otherwise"
        ),
        pytest.param("assert_called_times", [2, "UpdateService"], {"service": "web"}, id="called twice"),
        pytest.param("assert_called_times", [0, "StopTask"], {}, id="called 0 times"),
        pytest.param("assert_not_called", ["StopTask"], {}, id="not called"),
        pytest.param("assert_not_called", ["RunTask"], {"cluster": "prod"}, id="not called like this"),
        pytest.param("assert_none", ["StopTask"], {}, id="none of an operation"),
        pytest.param("assert_order", ["RegisterTaskDefinition", "run_task"], {}, id="in order, with others between"),
        pytest.param("assert_order", ["UpdateService", "UpdateService"], {}, id="in order, twice the same"),
    ],
)
def test_an_assertion_that_holds(deployment, assertion, names, params):
    getattr(deployment, assertion)(*names, **params)


@pytest.mark.parametrize(
    ("assertion", "names", "params"),
    [
        pytest.param("assert_called", ["StopTask"], {}, id="not called"),
        pytest.param("assert_called", ["UpdateService"], {"desiredCount": 4}, id="not called like this"),
        pytest.param(
            "assert_called", ["UpdateService"], {"cluster": "prod", "desiredCount": 3}, id="each in another call"
        ),
        pytest.param("assert_called", ["RunTask"], {"launchType": ANY}, id="not sent"),
        pytest.param("assert_called_once", ["StopTask"], {}, id="not called once"),
        pytest.param("assert_called_once", ["UpdateService"], {"service": "web"}, id="called twice"),
        pytest.param("assert_called_times", [1, "UpdateService"], {}, id="called once too often"),
        pytest.param("assert_called_times", [3, "UpdateService"], {}, id="called too seldom"),
        pytest.param("assert_not_called", ["UpdateService"], {}, id="called"),
        pytest.param("assert_not_called", ["UpdateService"], {"desiredCount": 2}, id="called like this"),
        pytest.param("assert_none", ["RunTask"], {}, id="called, though none of it"),
        pytest.param("assert_none", [], {}, id="called, though none at all"),
        pytest.param("assert_order", ["RunTask", "RegisterTaskDefinition"], {}, id="in another order"),
        pytest.param("assert_order", ["RunTask", "RunTask"], {}, id="once, not twice"),
        pytest.param("assert_order", ["RunTask", "StopTask"], {}, id="never"),
    ],
)
def test_an_assertion_that_fails(deployment, assertion, names, params):
    with pytest.raises(AssertionError):
        getattr(deployment, assertion)(*names, **params)


def test_no_call_is_none(calls):
    calls.assert_none()


@pytest.mark.parametrize(
    ("assertion", "names", "params", "text"),
    [
        pytest.param("of", ["RunTasks"], {}, 'unknown operation "RunTasks" in calls.of().', id="of"),
        pytest.param(
            "assert_called", ["RunTasks"], {}, 'unknown operation "RunTasks" in calls.assert_called().', id="called"
        ),
        pytest.param("assert_called_once", ["RunTasks"], {}, "in calls.assert_called_once()", id="called once"),
        pytest.param("assert_called_times", [0, "RunTasks"], {}, "in calls.assert_called_times()", id="called 0 times"),
        pytest.param("assert_not_called", ["RunTasks"], {}, "in calls.assert_not_called()", id="not called"),
        pytest.param("assert_none", ["RunTasks"], {}, "in calls.assert_none()", id="none"),
        pytest.param("assert_order", ["RunTask", "StopTasks"], {}, "in calls.assert_order()", id="order"),
        pytest.param("assert_order", [], {}, "names no operation", id="order of nothing"),
        pytest.param(
            "of", ["RunTask"], {"task_definition": "web"}, 'Did you mean "taskDefinition"?', id="of, parameter"
        ),
        pytest.param(
            "assert_not_called", ["RunTask"], {"clustr": "prod"}, 'Did you mean "cluster"?', id="not called, parameter"
        ),
        pytest.param(
            "assert_called_times", ["RunTask", 2], {}, "takes the number of calls first", id="number and name swapped"
        ),
        pytest.param(
            "assert_called_times", [-1, "RunTask"], {}, "takes the number of calls first", id="fewer than none"
        ),
    ],
)
def test_a_slip_is_told_and_never_passes(deployment, assertion, names, params, text):
    with pytest.raises(EcsFakeUsageError) as caught:
        getattr(deployment, assertion)(*names, **params)

    assert text in str(caught.value)


def test_calls_are_read_while_others_are_recorded(calls):
    record(calls, "RunTask")
    thread = Thread(target=lambda: [record(calls, "StopTask") for _ in range(1000)])
    for number, _ in enumerate(calls):
        if number == 0:
            thread.start()
            thread.join()

    assert number == 0
    assert len(calls) == 1001


def test_a_record_gives_the_garbage_collector_one_object_a_call(calls):
    gc.freeze()  # what the other tests have left is gone through no more: seconds of it
    try:
        for _ in range(1000):
            call = calls.note("ListTasks", b"{}", IRELAND, START, START)
            call.answered(START, documents.pack({"taskArns": []}), None)
        gc.collect()
        held = len(gc.get_objects())
    finally:
        gc.unfreeze()

    assert held <= 1000 + 10


def test_the_pages_of_a_listing_are_numbered(ecs_fake, ecs_client):
    for number in range(5):
        ecs_fake.clusters.add(f"c{number}")
    for size in (2, 3):
        list(ecs_client.get_paginator("list_clusters").paginate(PaginationConfig={"PageSize": size}))
    ecs_client.describe_clusters()

    assert [(call.operation, call.page) for call in ecs_fake.calls] == [
        ("ListClusters", 1),
        ("ListClusters", 2),
        ("ListClusters", 3),
        ("ListClusters", 1),
        ("ListClusters", 2),
        ("DescribeClusters", 1),
    ]
    ecs_fake.calls.assert_called_times(2, "ListClusters", nextToken=None)


def test_a_page_whose_first_page_is_not_recorded_counts_as_a_first_one(ecs_fake, ecs_client):
    for number in range(3):
        ecs_fake.clusters.add(f"c{number}")
    token = ecs_client.list_clusters(maxResults=2)["nextToken"]
    ecs_fake.calls.clear()

    ecs_client.list_clusters(maxResults=2, nextToken=token)

    assert [call.page for call in ecs_fake.calls] == [1]
