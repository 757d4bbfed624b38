"""Task definitions after their registration: how they are found, listed, deregistered and deleted."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.loaders import Loader

PLACE = "arn:aws:ecs:us-east-1:123456789012"
ARN = f"{PLACE}:task-definition"


@pytest.fixture
def families(register):
    """Three families: two revisions of api, one of web-admin, eleven of web."""
    for _ in range(2):
        register("api")
    register("web-admin")
    for _ in range(11):
        register("web")


@pytest.fixture
def one_inactive_family(families, deregister):
    """The same families; web-admin has no ACTIVE revision left, web has."""
    deregister("web-admin:1", "web:11")


def error_of(call: Any, **parameters: Any) -> tuple[str, str]:
    """Code and message of the error that a call answers with."""
    with pytest.raises(ClientError) as refused:
        call(**parameters)
    error = refused.value.response["Error"]
    return error["Code"], error["Message"]


@pytest.mark.parametrize(
    ("identifier", "revision"),
    [
        pytest.param("web", 11, id="a family: its newest revision, by number"),
        pytest.param("web:2", 2, id="family and revision"),
        pytest.param(f"{ARN}/web:10", 10, id="an ARN"),
        pytest.param(f"{ARN}/web", 11, id="an ARN without revision"),
    ],
)
def test_describes_by(ecs_client, families, identifier, revision):
    described = ecs_client.describe_task_definition(taskDefinition=identifier)["taskDefinition"]

    assert described["taskDefinitionArn"] == f"{ARN}/web:{revision}"


def test_a_family_means_its_newest_active_revision(ecs_client, families, deregister):
    deregister("web:11", "web:9")

    assert ecs_client.describe_task_definition(taskDefinition="web")["taskDefinition"]["revision"] == 10


def test_an_inactive_revision_is_described_with_the_time_of_its_end(ecs_client, ecs_clock, families, deregister):
    ecs_clock.advance(seconds=60)
    deregister("web:3")

    described = ecs_client.describe_task_definition(taskDefinition="web:3")["taskDefinition"]

    assert described["status"] == "INACTIVE"
    assert (described["deregisteredAt"] - described["registeredAt"]).total_seconds() == 60


UNABLE = ("ClientException", "Unable to describe task definition.")


@pytest.mark.parametrize(
    ("identifier", "error"),
    [
        pytest.param("nobody", UNABLE, id="unknown family"),
        pytest.param("web:12", UNABLE, id="unknown revision"),
        pytest.param("", UNABLE, id="nothing"),
        pytest.param("we", UNABLE, id="the beginning of a family"),
        pytest.param(
            "web:latest",
            ("InvalidParameterException", "Invalid revision number. Number: latest"),
            id="a tag for a revision",
        ),
        pytest.param(
            "web:01", ("InvalidParameterException", "Invalid revision number. Number: 01"), id="a leading zero"
        ),
        pytest.param(
            "arn:aws:ecs:eu-west-1:123456789012:task-definition/web:1",
            ("InvalidParameterException", "Invalid Region in ARN"),
            id="another region",
        ),
        pytest.param(
            "arn:aws:ecs:us-east-1:111122223333:task-definition/web:1",
            ("InvalidParameterException", "AccountIDs mismatch"),
            id="another account",
        ),
        pytest.param(
            f"{PLACE}:cluster/web",
            ("InvalidParameterException", "Unsupported resource type: cluster"),
            id="an ARN of a cluster",
        ),
        pytest.param(
            f"{ARN}/web/1",
            ("InvalidParameterException", "Invalid identifier: Unexpected number of separators"),
            id="an ARN with too many parts",
        ),
        pytest.param(
            "arn:aws:ecs",
            (
                "ClientException",
                "com.amazon.arn.ARNSyntaxException: Third colon (vendor/region delimiter) not found: arn:aws:ecs",
            ),
            id="half an ARN",
        ),
    ],
)
def test_does_not_describe(ecs_client, families, identifier, error):
    assert error_of(ecs_client.describe_task_definition, taskDefinition=identifier) == error


def test_a_family_without_an_active_revision_is_not_described(ecs_client, families, deregister):
    deregister("web-admin:1")

    assert error_of(ecs_client.describe_task_definition, taskDefinition="web-admin") == UNABLE


def test_includes_nothing_but_tags(ecs_client, families):
    error = error_of(ecs_client.describe_task_definition, taskDefinition="web", include=["EVERYTHING"])

    assert error == ("InvalidParameterException", "include should be one of [TAGS]")


def listed(client: Any, **parameters: Any) -> list[str]:
    """`family:revision` of what ListTaskDefinitions gives."""
    pages = client.get_paginator("list_task_definitions").paginate(**parameters)
    return [arn.removeprefix(f"{ARN}/") for page in pages for arn in page["taskDefinitionArns"]]


IN_ORDER = ["api:1", "api:2", *[f"web:{n}" for n in range(1, 12)], "web-admin:1"]


def test_lists_families_by_name_and_revisions_by_number(ecs_client, families):
    assert listed(ecs_client) == IN_ORDER
    assert listed(ecs_client, sort="DESC") == IN_ORDER[::-1]


def test_the_prefix_of_a_list_is_a_whole_family(ecs_client, families):
    assert listed(ecs_client, familyPrefix="api") == ["api:1", "api:2"]
    assert listed(ecs_client, familyPrefix="ap") == []


def test_lists_one_status(ecs_client, families, deregister):
    deregister("api:1", "web:2", "web:10")
    ecs_client.delete_task_definitions(taskDefinitions=["web:2"])

    assert listed(ecs_client, status="INACTIVE") == ["api:1", "web:10"]
    assert listed(ecs_client, status="DELETE_IN_PROGRESS") == ["web:2"]
    assert listed(ecs_client, status="INACTIVE", familyPrefix="web") == ["web:10"]
    assert not {"api:1", "web:2", "web:10"} & set(listed(ecs_client))


@pytest.mark.parametrize("size", [1, 3, 14, 100])
@pytest.mark.parametrize("sort", ["ASC", "DESC"])
def test_pages_joined_are_the_whole_list(ecs_client, families, size, sort):
    assert listed(ecs_client, sort=sort, PaginationConfig={"PageSize": size}) == IN_ORDER[:: 1 if sort == "ASC" else -1]


def test_a_page_goes_on_where_it_stopped_whatever_comes_and_goes(ecs_client, families, register, deregister):
    first = ecs_client.list_task_definitions(maxResults=4)
    deregister("web:2", "api:1")
    register("aaa")

    second = ecs_client.list_task_definitions(maxResults=4, nextToken=first["nextToken"])

    assert first["taskDefinitionArns"][-1] == f"{ARN}/web:2"
    assert second["taskDefinitionArns"][0] == f"{ARN}/web:3"


def test_a_token_is_good_for_its_own_query_only(ecs_client, families):
    token = ecs_client.list_task_definitions(maxResults=4)["nextToken"]

    for parameters in ({"sort": "DESC", "nextToken": token}, {"nextToken": "bm9uc2Vuc2U="}):
        assert error_of(ecs_client.list_task_definitions, **parameters)[0] == "InvalidParameterException"
    assert error_of(ecs_client.list_task_definition_families, nextToken=token)[0] == "InvalidParameterException"


@pytest.mark.parametrize("operation", ["list_task_definitions", "list_task_definition_families"])
@pytest.mark.parametrize("size", [0, 101])
def test_a_page_has_between_1_and_100_entries(ecs_client, operation, size):
    assert error_of(getattr(ecs_client, operation), maxResults=size)[0] == "InvalidParameterException"


def test_a_page_has_100_entries_by_default(ecs_client, register):
    for _ in range(101):
        register()

    page = ecs_client.list_task_definitions()

    assert len(page["taskDefinitionArns"]) == 100
    assert "nextToken" in page


@pytest.mark.parametrize(
    ("parameters", "names"),
    [
        pytest.param({}, ["api", "web", "web-admin"], id="all, those without an ACTIVE revision too"),
        pytest.param({"status": "ALL"}, ["api", "web", "web-admin"], id="all by name"),
        pytest.param({"status": "ACTIVE"}, ["api", "web"], id="those with an ACTIVE revision"),
        pytest.param({"status": "INACTIVE"}, ["web-admin"], id="those without"),
        pytest.param({"familyPrefix": "web"}, ["web", "web-admin"], id="by a true prefix"),
        pytest.param({"familyPrefix": "web-"}, ["web-admin"], id="by a longer one"),
        pytest.param({"familyPrefix": "wea"}, [], id="by a prefix of nobody"),
        pytest.param({"familyPrefix": "web", "status": "ACTIVE"}, ["web"], id="by prefix and status"),
    ],
)
@pytest.mark.parametrize("size", [1, 100])
def test_lists_families(ecs_client, one_inactive_family, parameters, names, size):
    pages = ecs_client.get_paginator("list_task_definition_families").paginate(
        **parameters, PaginationConfig={"PageSize": size}
    )

    assert [family for page in pages for family in page["families"]] == names


def test_a_family_is_active_again_with_its_next_revision(ecs_client, register, deregister):
    register()
    deregister("web:1")
    register()

    assert ecs_client.list_task_definition_families(status="ACTIVE")["families"] == ["web"]


def test_deregistering_makes_a_revision_inactive_at_once(ecs_client, ecs_clock, families):
    """Recorded answers: the answer itself has no deregisteredAt yet."""
    answer = ecs_client.deregister_task_definition(taskDefinition=f"{ARN}/web:3")

    deregistered = answer["taskDefinition"]
    assert (deregistered["status"], deregistered["revision"]) == ("INACTIVE", 3)
    assert "deregisteredAt" not in deregistered
    assert "tags" not in answer
    described = ecs_client.describe_task_definition(taskDefinition="web:3")["taskDefinition"]
    assert abs(described["deregisteredAt"] - ecs_clock.now).total_seconds() < 0.001


def test_deregistering_again_changes_nothing(ecs_client, ecs_clock, families):
    ecs_client.deregister_task_definition(taskDefinition="web:3")
    first = ecs_client.describe_task_definition(taskDefinition="web:3")["taskDefinition"]
    ecs_clock.advance(seconds=60)
    ecs_client.deregister_task_definition(taskDefinition="web:3")

    assert ecs_client.describe_task_definition(taskDefinition="web:3")["taskDefinition"] == first


@pytest.mark.parametrize(
    ("identifier", "error"),
    [
        pytest.param("web", ("ClientException", "Revision is missing."), id="a family"),
        pytest.param(f"{ARN}/web", ("ClientException", "Revision is missing."), id="an ARN without revision"),
        pytest.param(
            "web:latest",
            ("InvalidParameterException", "Invalid revision number. Number: latest"),
            id="a revision that is no number",
        ),
        pytest.param(
            "123456789012.dkr.ecr.eu-west-1.amazonaws.com/web",
            ("ClientException", "Family contains invalid characters."),
            id="an image",
        ),
        pytest.param("web:99", ("ClientException", "Unable to deregister task definition."), id="an unknown revision"),
        pytest.param(
            "arn:aws:ecs:eu-west-1:123456789012:task-definition/web:1",
            ("InvalidParameterException", "Invalid Region in ARN"),
            id="another region",
        ),
    ],
)
def test_does_not_deregister(ecs_client, families, identifier, error):
    assert error_of(ecs_client.deregister_task_definition, taskDefinition=identifier) == error


def test_what_is_being_deleted_stays_so(ecs_client, families, deregister):
    """No source says that ECS refuses to deregister it."""
    deregister("web:3")
    ecs_client.delete_task_definitions(taskDefinitions=["web:3"])

    answer = ecs_client.deregister_task_definition(taskDefinition="web:3")

    assert answer["taskDefinition"]["status"] == "DELETE_IN_PROGRESS"


def test_a_deleted_revision_is_shown_until_it_is_gone(ecs_client, ecs_clock, families, deregister):
    deregister("web:3")

    answer = ecs_client.delete_task_definitions(taskDefinitions=["web:3"])

    (deleted,) = answer["taskDefinitions"]
    assert answer["failures"] == []
    assert (deleted["status"], deleted["revision"]) == ("DELETE_IN_PROGRESS", 3)
    # An older botocore doesn't know deleteRequestedAt.
    assert deleted.get("deleteRequestedAt", deleted["deregisteredAt"]) == deleted["deregisteredAt"]
    assert ecs_client.describe_task_definition(taskDefinition="web:3")["taskDefinition"] == deleted

    ecs_clock.advance(seconds=60)

    assert error_of(ecs_client.describe_task_definition, taskDefinition="web:3") == UNABLE
    assert listed(ecs_client, status="DELETE_IN_PROGRESS") == []


def test_a_family_is_listed_until_its_last_revision_is_gone(ecs_client, ecs_clock, families, deregister):
    deregister("web-admin:1")
    ecs_client.delete_task_definitions(taskDefinitions=["web-admin:1"])
    assert ecs_client.list_task_definition_families(status="INACTIVE")["families"] == ["web-admin"]

    ecs_clock.advance(seconds=60)

    assert ecs_client.list_task_definition_families()["families"] == ["api", "web"]


@pytest.mark.parametrize(
    ("identifier", "arn", "reason"),
    [
        pytest.param(
            "web:1",
            f"{ARN}/web:1",
            "The specified task definition is still in ACTIVE status. Please deregister the target and try again.",
            id="an ACTIVE one",
        ),
        pytest.param(
            "web:99",
            f"{ARN}/web:99",
            "The specified task definition does not exist. Specify a valid account, family, revision and try again.",
            id="an unknown one",
        ),
        pytest.param(
            "web",
            f"{ARN}/web",
            "The specified task definition identifier is invalid. Specify a valid name or ARN and try again.",
            id="a family",
        ),
        pytest.param(
            "web:latest",
            f"{ARN}/web:latest",
            "The specified task definition identifier is invalid. Specify a valid name or ARN and try again.",
            id="a revision that is no number",
        ),
        pytest.param(
            "arn:aws:ecs",
            "arn:aws:ecs",
            "The specified task definition identifier is invalid. Specify a valid name or ARN and try again.",
            id="half an ARN",
        ),
    ],
)
def test_what_can_not_be_deleted_is_a_failure_and_the_rest_goes_on(
    ecs_client, one_inactive_family, identifier, arn, reason
):
    answer = ecs_client.delete_task_definitions(taskDefinitions=[identifier, "web-admin:1"])

    assert answer["failures"] == [{"arn": arn, "reason": reason}]
    assert [deleted["taskDefinitionArn"] for deleted in answer["taskDefinitions"]] == [f"{ARN}/web-admin:1"]


def test_deleting_again_is_answered_alike(ecs_client, families, deregister):
    deregister("web:3")

    answers = [ecs_client.delete_task_definitions(taskDefinitions=["web:3"])["taskDefinitions"] for _ in range(2)]

    assert answers[0] == answers[1]


@pytest.mark.parametrize("count", [0, 11])
def test_deletes_between_1_and_10_at_a_time(ecs_client, count):
    identifiers = [f"web:{number}" for number in range(1, count + 1)]

    assert error_of(ecs_client.delete_task_definitions, taskDefinitions=identifiers)[0] == "InvalidParameterException"


def test_a_revision_in_use_is_deleted_when_its_last_task_has_stopped(ecs_client, ecs_fake, register):
    ecs_client.create_cluster()
    register(networkMode="awsvpc", cpu="256", memory="512")
    network = {"awsvpcConfiguration": {"subnets": ["subnet-1"]}}
    run = {"taskDefinition": "web", "launchType": "FARGATE", "networkConfiguration": network}
    tasks = [ecs_client.run_task(**run)["tasks"][0]["taskArn"] for _ in range(2)]
    ecs_client.deregister_task_definition(taskDefinition="web:1")
    ecs_client.delete_task_definitions(taskDefinitions=["web:1"])
    described = []

    for task in tasks:
        ecs_fake.clock.advance(seconds=3600)
        described.append(ecs_client.describe_task_definition(taskDefinition="web:1")["taskDefinition"]["status"])
        ecs_client.stop_task(task=task)
    ecs_fake.clock.advance_until(lambda: ecs_fake.tasks[tasks[-1]].last_status == "STOPPED")

    assert described == ["DELETE_IN_PROGRESS", "DELETE_IN_PROGRESS"]
    assert error_of(ecs_client.describe_task_definition, taskDefinition="web:1") == UNABLE


def examples(operation: str) -> list[Any]:
    """The official examples of an operation, as botocore carries them."""
    return [
        pytest.param(example["input"], example["output"], id=example["title"])
        for example in Loader().load_service_model("ecs", "examples-1")["examples"][operation]
    ]


@pytest.mark.parametrize(("request_", "answer"), examples("RegisterTaskDefinition"))
def test_the_example_of_registering_is_answered_alike(ecs_client, request_, answer):
    registered = ecs_client.register_task_definition(**request_)["taskDefinition"]

    expected = answer["taskDefinition"]
    assert registered.keys() >= expected.keys()
    assert registered["containerDefinitions"][0].items() >= expected["containerDefinitions"][0].items()


@pytest.mark.parametrize(("request_", "answer"), examples("DescribeTaskDefinition"))
def test_the_example_of_describing_is_answered_alike(ecs_client, request_, answer):
    expected = answer["taskDefinition"]
    for _ in range(expected["revision"]):
        ecs_client.register_task_definition(
            family=expected["family"], containerDefinitions=expected["containerDefinitions"]
        )

    described = ecs_client.describe_task_definition(**request_)["taskDefinition"]

    assert described.keys() >= expected.keys()
    assert described["taskDefinitionArn"].endswith("/hello_world:8")


@pytest.mark.parametrize(("request_", "answer"), examples("ListTaskDefinitionFamilies"))
def test_the_examples_of_listing_families_are_answered_alike(ecs_client, register, request_, answer):
    for family in ("node-js-app", "web-timer", "hpcc", "hpcc-c4-8xlarge"):
        register(family)

    assert sorted(ecs_client.list_task_definition_families(**request_)["families"]) == sorted(answer["families"])


@pytest.mark.parametrize(("request_", "answer"), examples("ListTaskDefinitions"))
def test_the_examples_of_listing_are_answered_alike(ecs_client, register, deregister, request_, answer):
    for family, revisions in (("sleep300", 2), ("sleep360", 1), ("wordpress", 6)):
        for _ in range(revisions):
            register(family)
    deregister("sleep300:1", "wordpress:1", "wordpress:2")

    arns = ecs_client.list_task_definitions(**request_)["taskDefinitionArns"]

    assert [arn.rpartition("/")[2] for arn in arns] == [arn.rpartition("/")[2] for arn in answer["taskDefinitionArns"]]
