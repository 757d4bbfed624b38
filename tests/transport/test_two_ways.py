"""The fast way and the wire way show the same: each call goes down both, and every response is compared, metadata included."""

from __future__ import annotations

import copy
import json
import pickle
import pprint
import re
from collections.abc import Callable
from typing import Any

import botocore.session
import pytest
from botocore.exceptions import ClientError

from pytest_ecsfake import ecs_fake
from pytest_ecsfake.transport.context import SEEN

Call = Callable[[Any, dict[str, Any]], Any]


def scenario(client: Any, web: dict[str, Any], fargate: dict[str, Any]) -> list[Any]:
    """A life of everything that is built, refusals included: the responses in order."""
    answers: list[Any] = []

    def call(operation: str, **parameters: Any) -> Any:
        try:
            answers.append(getattr(client, operation)(**parameters))
        except ClientError as error:
            answers.append((type(error).__name__, error.response))
        return answers[-1]

    call("create_cluster", clusterName="prod", tags=[{"key": "stage", "value": "prod"}], capacityProviders=["FARGATE"])
    call("create_cluster", clusterName="not a name")
    call("describe_clusters", clusters=["prod", "nope"], include=["STATISTICS", "TAGS", "SETTINGS", "ATTACHMENTS"])
    call("list_clusters", maxResults=1)
    call("register_task_definition", **web)
    call("register_task_definition", **{**web, "cpu": "257"})
    call("describe_task_definition", taskDefinition="web")
    call("list_task_definitions")
    task = call("run_task", cluster="prod", clientToken="one", **fargate)["tasks"][0]["taskArn"]
    call("run_task", cluster="prod", clientToken="one", **{**fargate, "count": 2})
    call("list_tasks", cluster="prod")
    for _ in range(2):
        call("describe_tasks", cluster="prod", tasks=[task])
    call("stop_task", cluster="prod", task=task, reason="enough")
    call("describe_tasks", cluster="prod", tasks=[task])
    call("delete_cluster", cluster="prod")
    call("delete_cluster", cluster="nope")
    return answers


def over_the_wire(client: Any) -> Any:
    """The client, its calls let pass by `before-call`, so that `before-send` answers them."""

    def leave_it_to_the_wire(context: dict[str, Any], **_: Any) -> None:
        context[SEEN] = True

    from pytest_ecsfake.activation.registry import REGISTRY

    client.meta.events.unregister("before-call.ecs", REGISTRY.handlers.before_call)
    client.meta.events.register("before-call.ecs", leave_it_to_the_wire)
    return client


def test_both_ways_give_the_same_responses(web, fargate):
    answers = []
    for prepare in (lambda client: client, over_the_wire):
        with ecs_fake(frozen_at="2026-01-01T00:00:00Z", seed=1):
            answers.append(scenario(prepare(botocore.session.Session().create_client("ecs")), web, fargate))

    for fast, wire in zip(*answers, strict=True):
        assert fast == wire


@pytest.mark.parametrize("zone", ["UTC", "America/New_York", "Asia/Kathmandu"])
def test_timestamps_are_aware_and_in_the_local_zone(zone, monkeypatch, web, fargate):
    """As botocore's parser makes them of epoch seconds, also in the hour that a zone has twice."""
    time = pytest.importorskip("time")
    if not hasattr(time, "tzset"):
        pytest.skip("the zone can't be changed here")
    monkeypatch.setenv("TZ", zone)
    time.tzset()
    try:
        shown = []
        for prepare in (lambda client: client, over_the_wire):
            with ecs_fake(seed=1) as ecs:
                ecs.clock.advance(
                    seconds=(1793511000 - ecs.clock.now.timestamp()) % 10**9
                )  # 2026-11-01, a switch of summer time
                client = prepare(botocore.session.Session().create_client("ecs"))
                client.create_cluster()
                shown.append(client.register_task_definition(**web)["taskDefinition"]["registeredAt"])
    finally:
        monkeypatch.undo()
        time.tzset()

    fast, wire = shown
    assert fast.utcoffset() is not None
    assert (fast.replace(microsecond=0), fast.utcoffset(), fast.fold, type(fast.tzinfo)) == (
        wire.replace(microsecond=0),
        wire.utcoffset(),
        wire.fold,
        type(wire.tzinfo),
    )


def test_a_timestamp_that_was_shown_before_is_shown_in_the_zone_that_the_process_has_now(monkeypatch, web):
    time = pytest.importorskip("time")
    if not hasattr(time, "tzset"):
        pytest.skip("the zone can't be changed here")
    shown = []
    try:
        with ecs_fake(frozen_at="2026-01-01T00:00:00Z"):
            client = botocore.session.Session().create_client("ecs")
            client.register_task_definition(**web)
            for zone in ("America/New_York", "Asia/Kathmandu"):
                monkeypatch.setenv("TZ", zone)
                time.tzset()
                described = client.describe_task_definition(taskDefinition=web["family"])
                shown.append(described["taskDefinition"]["registeredAt"].isoformat())
    finally:
        monkeypatch.undo()
        time.tzset()

    assert shown == ["2025-12-31T19:00:00-05:00", "2026-01-01T05:45:00+05:45"]


def test_a_session_that_parses_timestamps_its_own_way_gets_them_so(ecs_fake, web, fargate):
    """awscli does: it prints what came over the wire, epoch seconds."""
    session = botocore.session.get_session()
    session.get_component("response_parser_factory").set_parser_defaults(timestamp_parser=str)
    client = session.create_client("ecs")
    client.create_cluster()
    client.register_task_definition(**web)

    answer = client.run_task(**fargate)

    (task,) = ecs_fake.tasks
    assert float(answer["tasks"][0]["createdAt"]) == pytest.approx(task.created_at.timestamp(), abs=0.001)
    assert ecs_fake.calls.operations == ["CreateCluster", "RegisterTaskDefinition", "RunTask"]
    assert [len(call.attempts) for call in ecs_fake.calls] == [1, 1, 1]


def test_metadata_is_complete(ecs_client):
    metadata = ecs_client.create_cluster()["ResponseMetadata"]

    assert metadata.keys() == {"RequestId", "HTTPStatusCode", "HTTPHeaders", "RetryAttempts"}
    assert metadata["HTTPHeaders"].keys() == {"x-amzn-requestid", "content-type", "content-length", "date"}
    assert metadata["HTTPStatusCode"] == 200


READINGS = {
    "by key": lambda headers: headers["content-length"],
    "by get": lambda headers: headers.get("content-length"),
    "by unpacking": lambda headers: {**headers}["content-length"],
    "as a dictionary": lambda headers: dict(headers)["content-length"],
    "by update": lambda headers: _updated(headers)["content-length"],
    "as a copy": lambda headers: copy.deepcopy(headers)["content-length"],
    "as a shallow copy": lambda headers: headers.copy()["content-length"],
    "pickled": lambda headers: pickle.loads(pickle.dumps(headers))["content-length"],
    "as JSON": lambda headers: json.loads(json.dumps(headers))["content-length"],
    "merged": lambda headers: (headers | {})["content-length"],
    "merged the other way": lambda headers: ({} | headers)["content-length"],
    "by its items": lambda headers: next(value for name, value in headers.items() if name == "content-length"),
    "by iteration": lambda headers: headers[next(name for name in headers if name == "content-length")],
    "printed": lambda headers: re.search("'content-length': '([0-9]+)'", repr(headers)).group(1),
    "printed prettily": lambda headers: re.search("'content-length': '([0-9]+)'", pprint.pformat(headers)).group(1),
}


def _updated(headers: Any) -> dict[str, str]:
    other: dict[str, str] = {}
    other.update(headers)
    return other


@pytest.mark.parametrize("read", READINGS.values(), ids=READINGS.keys())
def test_headers_are_there_however_one_looks(ecs_client, read):
    """They are worked out at the first look."""
    headers = ecs_client.list_clusters()["ResponseMetadata"]["HTTPHeaders"]

    assert read(headers) == str(len('{"clusterArns":[]}'))
    assert isinstance(headers, dict)
    assert len(headers) == 4


def test_answers_that_are_alike_are_equal(ecs_fake, ecs_client):
    saved = ecs_fake.snapshot()
    first = ecs_client.list_clusters()
    ecs_fake.restore(saved)
    again = ecs_client.list_clusters()

    assert first == again


def test_headers_compare_as_dictionaries(ecs_client):
    first = ecs_client.list_clusters()["ResponseMetadata"]["HTTPHeaders"]
    plain = dict(ecs_client.list_clusters()["ResponseMetadata"]["HTTPHeaders"])

    assert {**plain, "x-amzn-requestid": first["x-amzn-requestid"], "date": first["date"]} == first
    assert first != plain
    assert bool(ecs_client.list_clusters()["ResponseMetadata"]["HTTPHeaders"]) is True


def test_an_error_is_botocores_modelled_exception(ecs_client):
    with pytest.raises(ecs_client.exceptions.ClusterNotFoundException) as caught:
        ecs_client.list_tasks(cluster="nope")

    assert caught.value.response["Error"] == {"Message": "Cluster not found.", "Code": "ClusterNotFoundException"}
    modelled = ecs_client.meta.service_model.shape_for("ClusterNotFoundException").members  # none in older models
    assert ("message" in caught.value.response) == ("message" in modelled)
    assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 400
    assert str(caught.value) == (
        "An error occurred (ClusterNotFoundException) when calling the ListTasks operation: Cluster not found."
    )


def test_an_error_carries_the_members_that_the_model_gives_it(ecs_client, web, fargate):
    ecs_client.create_cluster()
    ecs_client.register_task_definition(**web)
    first = ecs_client.run_task(clientToken="one", **fargate)

    with pytest.raises(ecs_client.exceptions.ConflictException) as caught:
        ecs_client.run_task(clientToken="one", count=2, **fargate)

    assert caught.value.response["resourceIds"] == [first["tasks"][0]["taskArn"]]


def test_a_response_is_cut_to_the_members_that_an_older_model_knows(ecs_client, ecs_fake, web):
    """A client's model may be older than the schemas: botocore's parser would drop what it doesn't know."""
    from botocore.loaders import Loader
    from botocore.model import ServiceModel

    from pytest_ecsfake.arns import Partition
    from pytest_ecsfake.transport import aws_json

    document = Loader().load_service_model("ecs", "service-2")
    older = {**document, "shapes": {**document["shapes"]}}
    cluster = older["shapes"]["Cluster"] = {**older["shapes"]["Cluster"]}
    cluster["members"] = {name: member for name, member in cluster["members"].items() if name != "statistics"}
    operation = ServiceModel(older, "ecs").operation_model("CreateCluster")

    answer = ecs_fake._endpoint.answer("CreateCluster", b"{}", Partition("123456789012", "us-east-1"))

    assert "statistics" not in aws_json.parsed(answer, operation)["cluster"]
    assert aws_json.parsed(answer, operation)["cluster"]["clusterName"] == "default"


def test_the_caller_cannot_reach_into_the_state(ecs_client, web):
    ecs_client.register_task_definition(**web)["taskDefinition"]["containerDefinitions"][0]["image"] = "other"
    ecs_client.describe_task_definition(taskDefinition="web")["taskDefinition"]["containerDefinitions"].clear()

    shown = ecs_client.describe_task_definition(taskDefinition="web")["taskDefinition"]

    assert shown["containerDefinitions"][0]["image"] == "nginx:1.27"
