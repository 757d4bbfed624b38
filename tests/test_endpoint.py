"""The way of one call, where clients of boto3 can't show it: bodies that no client sends, bugs of our own."""

from __future__ import annotations

import json

import pytest

from pytest_ecsfake import EcsFakeInternalError, EcsFakeNotBuiltError, operations
from pytest_ecsfake.arns import Partition
from pytest_ecsfake.validation.schemas import operations as all_operations

HERE = Partition("123456789012", "us-east-1")


@pytest.fixture
def answer(ecs_fake):
    """Send a body as it stands."""

    def answer(operation: str, body: bytes):
        return ecs_fake._endpoint.answer(operation, body, HERE)

    return answer


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'"text"', b"{} {}", b'{"maxResults": NaN}', b"\xff", b"[" * 100_000]
)
def test_a_body_that_is_no_json_object_is_a_serialization_exception(answer, body):
    assert answer("ListClusters", body).error.code == "SerializationException"


@pytest.mark.parametrize("body", [b' {"maxResults": 1} ', b'{"maxResults": null}', b'{"nextToken":null}', b"{\n}"])
def test_white_space_passes_and_null_counts_as_absent(answer, body):
    assert answer("ListClusters", body).error is None


def test_nulls_within_are_absent_too(answer, ecs_fake):
    body = json.dumps(
        {
            "clusterName": "prod",
            "tags": [{"key": "a", "value": "b"}],
            "settings": None,
            "configuration": {"managedStorageConfiguration": None},
        }
    )

    assert answer("CreateCluster", body.encode()).error is None
    assert ecs_fake.clusters["prod"].tags == {"a": "b"}


def test_the_88_operations_of_the_model_are_known():
    assert len(all_operations()) == 88
    assert set(operations.built()) <= set(all_operations())


@pytest.mark.ecs_fake(strict=False)
@pytest.mark.usefixtures("without_list_services")
def test_an_operation_that_is_not_built_names_itself_and_the_version(ecs_fake):
    with pytest.raises(EcsFakeNotBuiltError, match=r"^ListServices is not built in pytest-ecsfake \d+\.\d+"):
        ecs_fake.client.list_services()

    assert ecs_fake.calls.operations == ["ListServices"]


@pytest.mark.ecs_fake(strict=False)
def test_a_member_that_a_newer_client_sends_is_named(answer):
    with pytest.raises(EcsFakeNotBuiltError, match=r"CreateCluster.*brandNew"):
        answer("CreateCluster", b'{"brandNew": 1}')


@pytest.mark.ecs_fake(strict=False)
def test_an_operation_that_a_newer_client_knows_is_named(answer):
    with pytest.raises(EcsFakeNotBuiltError, match="FlyToTheMoon is unknown to pytest-ecsfake"):
        answer("FlyToTheMoon", b"{}")


@pytest.mark.ecs_fake(strict=False)
def test_a_bug_surfaces_as_itself(answer, monkeypatch):
    monkeypatch.setattr(operations, "find", lambda name: lambda region, request: {}["nope"])

    with pytest.raises(EcsFakeInternalError, match=r"ListClusters met a bug .* KeyError\('nope'\)") as caught:
        answer("ListClusters", b"{}")

    assert isinstance(caught.value.__cause__, KeyError)


@pytest.mark.ecs_fake(strict=False)
def test_a_response_that_breaks_its_schema_fails_the_call(answer, monkeypatch):
    monkeypatch.setattr(operations, "find", lambda name: lambda region, request: {"clusterArn": []})

    with pytest.raises(EcsFakeInternalError, match="the response of ListClusters breaks its schema"):
        answer("ListClusters", b"{}")


def test_request_ids_are_uuids_and_no_two_are_the_same(answer):
    import uuid

    ids = [answer("ListClusters", b"{}").request_id for _ in range(3)]

    assert len(set(ids)) == 3
    assert all(str(uuid.UUID(id_)) == id_ and uuid.UUID(id_).version == 4 for id_ in ids)
