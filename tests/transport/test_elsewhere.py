"""No answer passes unseen: a call that something else answers while a fake is on is recorded, with who answered it."""

from __future__ import annotations

import asyncio
from datetime import datetime, timezone
from typing import Any
from unittest import mock

import boto3
import botocore.client
import botocore.session
import pytest
from botocore.exceptions import (
    ClientError,
    EndpointConnectionError,
    ParamValidationError,
    UnStubbedResponseError,
)
from botocore.stub import Stubber

from pytest_ecsfake import ecs_fake

MAKE_API_CALL = "botocore.client.BaseClient._make_api_call"


@pytest.fixture
def client(ecs_fake: Any) -> Any:
    """A client that only this test changes."""
    return botocore.session.Session().create_client("ecs", region_name="us-east-1")


@pytest.fixture
def stubber(client: Any) -> Stubber:
    """A Stubber that answers one ListClusters."""
    stubber = Stubber(client)
    stubber.add_response("list_clusters", {"clusterArns": ["arn:stubbed"]})
    stubber.activate()
    return stubber


# --- who answers ------------------------------------------------------------------------------------------------------------------------


def answer_nothing(**_: Any) -> tuple[Any, dict[str, Any]]:
    """A handler of before-call, as a test may write one."""
    return mock.Mock(status_code=200), {"clusterArns": []}


def answer_in_place(self: Any, operation_name: str, api_params: dict[str, Any]) -> dict[str, Any]:
    """Stands in place of botocore's method."""
    return {"clusterArns": ["arn:mocked"]}


@pytest.mark.ecs_fake(strict=False)
def test_a_stubbers_answer_is_recorded(ecs_fake, client, stubber):
    assert client.list_clusters(maxResults=3)["clusterArns"] == ["arn:stubbed"]

    [call] = ecs_fake.calls
    assert (call.operation, call.params, call.region) == ("ListClusters", {"maxResults": 3}, "us-east-1")
    assert call.response == {"clusterArns": ["arn:stubbed"]}
    assert call.answered_by == "botocore.stub.Stubber"
    stubber.assert_no_pending_responses()


def test_the_fakes_own_answers_are_answered_by_nobody_else(ecs_fake, client):
    ecs_fake.faults.throttle("ListClusters")

    client.list_clusters()
    client.list_clusters()

    assert [(call.answered_by, len(call.attempts)) for call in ecs_fake.calls] == [(None, 2), (None, 1)]


@pytest.mark.ecs_fake(strict=False)
def test_another_handlers_answer_is_recorded_by_the_handlers_name(ecs_fake, client):
    client.meta.events.register_first("before-call.ecs.ListClusters", answer_nothing)

    client.list_clusters()

    assert [call.answered_by for call in ecs_fake.calls] == [f"{__name__}.answer_nothing"]


@pytest.mark.ecs_fake(strict=False)
def test_placebos_answer_is_recorded(ecs_fake, tmp_path):
    placebo = pytest.importorskip("placebo")
    (tmp_path / "ecs.ListClusters_1.json").write_text('{"status_code": 200, "data": {"clusterArns": ["arn:recorded"]}}')
    session = boto3.Session()
    placebo.attach(session, data_path=str(tmp_path)).playback()

    assert session.client("ecs").list_clusters()["clusterArns"] == ["arn:recorded"]

    assert [call.answered_by for call in ecs_fake.calls] == ["placebo.pill.Pill"]


def test_a_handler_that_only_looks_on_answers_nothing(ecs_fake, client):
    seen = []
    client.meta.events.register_first("before-call.*.*", lambda model, **_: seen.append(model.name))

    client.list_clusters()

    assert seen == ["ListClusters"]
    assert [call.answered_by for call in ecs_fake.calls] == [None]


@pytest.mark.ecs_fake(strict=False)
@pytest.mark.parametrize(
    ("replacement", "name"),
    [
        pytest.param({"new": answer_in_place}, f"{__name__}.answer_in_place", id="a function"),
        pytest.param({"return_value": {}}, "unittest.mock.MagicMock", id="a mock"),
    ],
)
def test_a_mock_of_botocores_method_is_recorded(ecs_fake, client, replacement, name):
    with mock.patch(MAKE_API_CALL, **replacement):
        client.describe_clusters(clusters=["prod"])

    [call] = ecs_fake.calls
    assert (call.operation, call.params) == ("DescribeClusters", {"clusters": ["prod"]})
    assert call.answered_by == f"{name} (in place of _make_api_call)"


def test_a_mock_that_was_there_before_the_fake_gets_the_arguments_it_always_got():
    client = botocore.session.Session().create_client(
        "ecs", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x"
    )
    with mock.patch(MAKE_API_CALL, return_value={}) as replacement, ecs_fake(strict=False) as ecs:
        client.list_clusters()

    replacement.assert_called_once_with("ListClusters", {})
    assert len(ecs.calls) == 1


def test_a_mock_that_passes_some_calls_on_answers_only_the_others(ecs_fake, client):
    original = botocore.client.BaseClient._make_api_call

    def some(self: Any, operation_name: str, api_params: dict[str, Any]) -> Any:
        return {} if operation_name == "ListServices" else original(self, operation_name, api_params)

    with mock.patch(MAKE_API_CALL, new=some):
        client.create_cluster(clusterName="prod")
        client.list_services()

    assert [call.answered_by is None for call in ecs_fake.calls] == [True, False]
    assert "prod" in ecs_fake.clusters


@pytest.mark.ecs_fake(strict=False)
def test_a_call_of_the_handles_own_client_is_recorded_in_its_account(ecs_fake):
    client = ecs_fake.in_account("111122223333").client("ecs")
    with mock.patch(MAKE_API_CALL, return_value={}):
        client.list_clusters()

    assert [call.account for call in ecs_fake.calls] == ["111122223333"]


def test_with_no_fake_on_nothing_stands_in_the_way():
    client = boto3.client("ecs", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x")

    assert client._make_api_call.__func__ is botocore.client.BaseClient._make_api_call
    with mock.patch(MAKE_API_CALL, return_value={}) as replacement:
        assert client._make_api_call is replacement


def test_a_method_taken_from_a_client_belongs_to_no_fake():
    """As pytest's monkeypatch takes one, and puts it back in the client."""
    client = botocore.session.Session().create_client(
        "ecs", region_name="us-east-1", aws_access_key_id="x", aws_secret_access_key="x"
    )
    with ecs_fake():
        taken = client._make_api_call
    with ecs_fake(strict=False) as later:
        with Stubber(client) as stubber:
            stubber.add_response("list_clusters", {})
            taken("ListClusters", {})
        taken("ListClusters", {})
    with Stubber(client) as stubber:
        stubber.add_response("list_clusters", {"clusterArns": ["arn:stubbed"]})
        assert taken("ListClusters", {})["clusterArns"] == ["arn:stubbed"]

    assert [call.answered_by for call in later.calls] == ["botocore.stub.Stubber", None]


# --- with what --------------------------------------------------------------------------------------------------------------------------


@pytest.mark.ecs_fake(strict=False)
def test_timestamps_are_shown_as_boto3_returns_them(ecs_fake, client):
    registered = datetime(2026, 1, 1, tzinfo=timezone.utc)
    stubber = Stubber(client)
    stubber.add_response("register_task_definition", {"taskDefinition": {"registeredAt": registered}})
    with stubber:
        client.register_task_definition(family="web", containerDefinitions=[])

    assert ecs_fake.calls[0].response == {"taskDefinition": {"registeredAt": registered}}


@pytest.mark.ecs_fake(strict=False)
def test_a_client_token_that_botocore_made_up_is_left_out(ecs_fake, client):
    stubber = Stubber(client)
    stubber.add_response("run_task", {})
    with stubber:
        client.run_task(taskDefinition="web")

    assert ecs_fake.calls[0].params == {"taskDefinition": "web"}


@pytest.mark.ecs_fake(strict=False)
def test_an_error_is_recorded_too(ecs_fake, client):
    stubber = Stubber(client)
    stubber.add_client_error("list_clusters", "AccessDeniedException", "not yours")
    with stubber, pytest.raises(ClientError):
        client.list_clusters()

    [call] = ecs_fake.calls
    assert (call.error.code, call.error.message, call.response) == ("AccessDeniedException", "not yours", None)
    assert call.answered_by == "botocore.stub.Stubber"


@pytest.mark.ecs_fake(strict=False)
def test_what_a_stubber_refuses_is_a_call_too(ecs_fake, client):
    with Stubber(client), pytest.raises(UnStubbedResponseError):
        client.list_clusters()

    [call] = ecs_fake.calls
    assert call.answered_by == "botocore.stub.Stubber"
    assert call.error.code == "UnStubbedResponseError"


@pytest.mark.ecs_fake(strict=False)
def test_what_a_mock_raises_is_recorded_by_its_class(ecs_fake, client):
    error = EndpointConnectionError(endpoint_url="https://ecs")
    with mock.patch(MAKE_API_CALL, side_effect=error), pytest.raises(EndpointConnectionError):
        client.list_clusters()

    assert [call.error.code for call in ecs_fake.calls] == ["EndpointConnectionError"]


def test_parameters_that_botocore_refuses_are_no_call(ecs_fake, client):
    with pytest.raises(ParamValidationError):
        client.list_clusters(maxResult=3)

    ecs_fake.calls.assert_none()


@pytest.mark.ecs_fake(strict=False)
def test_whatever_a_mock_returns_can_be_recorded(ecs_fake, client):
    with mock.patch(MAKE_API_CALL, side_effect=[mock.MagicMock(), None, {"tasks": [mock.sentinel.task]}]):
        client.list_clusters()
        client.list_clusters()
        client.run_task(taskDefinition=mock.sentinel.definition)

    assert [call.response for call in ecs_fake.calls] == [{}, {}, {"tasks": ["sentinel.task"]}]
    assert ecs_fake.calls[2].params == {"taskDefinition": "sentinel.definition"}


# --- where it is seen -------------------------------------------------------------------------------------------------------------------


@pytest.mark.ecs_fake(strict=False)
def test_assertions_and_the_time_line_see_it(ecs_fake, client, stubber):
    client.list_clusters()

    with pytest.raises(AssertionError) as caught:
        ecs_fake.calls.assert_none()
    assert str(caught.value).splitlines() == [
        "1 call was made; no call was expected.",
        "  Call 1 of 1, at +0s: ListClusters()",
        "    It was answered by botocore.stub.Stubber, not by the fake.",
        "  All calls: ListClusters",
    ]
    assert ecs_fake.timeline() == "  +0s     ListClusters -> answered by botocore.stub.Stubber"


@pytest.mark.ecs_fake(strict=False)
def test_a_task_that_the_fake_never_ran_doesnt_count_as_run(ecs_fake, client):
    with mock.patch(MAKE_API_CALL, return_value={"tasks": [{"taskArn": "made-up"}]}):
        client.run_task(taskDefinition="web")

    with pytest.raises(AssertionError, match=r"answered by unittest\.mock\.MagicMock \(in place of _make_api_call\)"):
        ecs_fake.assert_ran_task(family="web")


# --- aiobotocore ------------------------------------------------------------------------------------------------------------------------


@pytest.mark.ecs_fake(strict=False)
def test_a_stubbers_answer_to_aiobotocore_is_recorded(ecs_fake):
    aiobotocore = pytest.importorskip("aiobotocore.session")
    stub = pytest.importorskip("aiobotocore.stub")

    async def call() -> None:
        async with aiobotocore.get_session().create_client("ecs") as client:
            with stub.AioStubber(client) as stubber:
                stubber.add_response("list_clusters", {"clusterArns": ["arn:stubbed"]})
                assert (await client.list_clusters())["clusterArns"] == ["arn:stubbed"]
            await client.create_cluster(clusterName="prod")

    asyncio.run(call())

    assert [call.answered_by for call in ecs_fake.calls] == ["aiobotocore.stub.AioStubber", None]


@pytest.mark.ecs_fake(strict=False)
def test_a_mock_of_aiobotocores_method_is_recorded(ecs_fake):
    aiobotocore = pytest.importorskip("aiobotocore.session")

    async def call() -> None:
        async with aiobotocore.get_session().create_client("ecs") as client:
            with mock.patch("aiobotocore.client.AioBaseClient._make_api_call", new=mock.AsyncMock(return_value={})):
                await client.list_clusters()

    asyncio.run(call())

    assert [call.answered_by for call in ecs_fake.calls] == ["unittest.mock.AsyncMock (in place of _make_api_call)"]
