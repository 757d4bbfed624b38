"""ListTasks: which tasks each filter leaves, how pages go on, and which filters ECS doesn't take together."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.ecs_fake(clusters=["default", "prod"])

PLACE = "arn:aws:ecs:us-east-1:123456789012"


@pytest.fixture
def tasks(ecs_client, register_on_fargate, run_on_fargate):
    """Tasks of two families in the cluster prod, by a word for each: two of web, one of job by its starter, one of web that was stopped."""
    register_on_fargate()
    register_on_fargate(family="job")
    run_on_fargate(cluster="default")
    first, second, stopped = run_on_fargate(cluster="prod", count=3)["tasks"]
    [job] = run_on_fargate(cluster="prod", taskDefinition="job", startedBy="nightly")["tasks"]
    ecs_client.stop_task(cluster="prod", task=stopped["taskArn"])
    named = {"first": first, "second": second, "job": job, "stopped": stopped}
    return {word: task["taskArn"] for word, task in named.items()}


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        pytest.param({}, ["first", "second", "job"], id="by default those that are wanted RUNNING"),
        pytest.param({"desiredStatus": "RUNNING"}, ["first", "second", "job"], id="RUNNING"),
        pytest.param({"desiredStatus": "STOPPED"}, ["stopped"], id="STOPPED, though it still comes up"),
        pytest.param({"desiredStatus": "PENDING"}, [], id="PENDING, which ECS never sets"),
        pytest.param({"family": "web"}, ["first", "second"], id="a family"),
        pytest.param({"family": "nothing"}, [], id="an unknown family"),
        pytest.param({"family": "web", "desiredStatus": "STOPPED"}, ["stopped"], id="a family's stopped tasks"),
        pytest.param({"launchType": "FARGATE"}, ["first", "second", "job"], id="FARGATE"),
        pytest.param({"launchType": "EC2"}, [], id="EC2"),
        pytest.param({"launchType": "FARGATE", "family": "job"}, ["job"], id="launch type and family"),
        pytest.param({"startedBy": "nightly"}, ["job"], id="a starter"),
        pytest.param({"startedBy": "nobody"}, [], id="an unknown starter"),
        pytest.param(
            {"startedBy": "nightly", "desiredStatus": "RUNNING"}, ["job"], id="a starter and the default status"
        ),
    ],
)
def test_a_filter_leaves_these_tasks_in_the_order_of_their_creation(ecs_client, tasks, filters, expected):
    """API reference, ListTasks."""
    answer = ecs_client.list_tasks(cluster="prod", **filters)

    assert answer["taskArns"] == [tasks[word] for word in expected]
    assert "nextToken" not in answer


def test_a_stopped_task_is_listed_for_an_hour(ecs_client, ecs_fake, tasks):
    """API reference, ListTasks: recently stopped tasks might appear."""
    ecs_fake.clock.advance_until(lambda: ecs_fake.tasks[tasks["stopped"]].last_status == "STOPPED")

    ecs_fake.clock.advance(seconds=3599)
    before = ecs_client.list_tasks(cluster="prod", desiredStatus="STOPPED")["taskArns"]
    ecs_fake.clock.advance(seconds=1)
    after = ecs_client.list_tasks(cluster="prod", desiredStatus="STOPPED")["taskArns"]

    assert (before, after) == ([tasks["stopped"]], [])


def test_pages_joined_are_the_whole_list(ecs_client, register_on_fargate, run_on_fargate):
    register_on_fargate()
    arns = [task["taskArn"] for _ in range(3) for task in run_on_fargate(count=9)["tasks"]]

    pages = list(ecs_client.get_paginator("list_tasks").paginate(PaginationConfig={"PageSize": 10}))

    assert [len(page["taskArns"]) for page in pages] == [10, 10, 7]
    assert [arn for page in pages for arn in page["taskArns"]] == arns


def test_a_page_has_a_hundred_tasks_when_nobody_says_how_many(ecs_client, register_on_fargate, run_on_fargate):
    """API reference, ListTasks, maxResults."""
    register_on_fargate()
    for _ in range(11):
        run_on_fargate(count=10)

    first = ecs_client.list_tasks()
    second = ecs_client.list_tasks(nextToken=first["nextToken"])

    assert (len(first["taskArns"]), len(second["taskArns"])) == (100, 10)
    assert "nextToken" not in second


def test_a_page_goes_on_where_it_stopped_when_tasks_come_and_go(ecs_client, register_on_fargate, run_on_fargate):
    register_on_fargate()
    arns = [task["taskArn"] for task in run_on_fargate(count=5)["tasks"]]

    first = ecs_client.list_tasks(maxResults=2)
    ecs_client.stop_task(task=arns[1])
    ecs_client.stop_task(task=arns[2])
    [newcomer] = run_on_fargate()["tasks"]
    second = ecs_client.list_tasks(maxResults=2, nextToken=first["nextToken"])
    third = ecs_client.list_tasks(maxResults=2, nextToken=second["nextToken"])

    assert first["taskArns"] == arns[:2]
    assert second["taskArns"] == arns[3:]
    assert third["taskArns"] == [newcomer["taskArn"]]


@pytest.mark.parametrize(
    ("parameters", "code", "message", "source"),
    [
        pytest.param(
            {"startedBy": "nightly", "family": "job"},
            "InvalidParameterException",
            "cannot specify startedBy with other arguments",
            "aws-sdk-go-v2#1893",
            id="a starter and a family",
        ),
        pytest.param(
            {"startedBy": "nightly", "launchType": "FARGATE"},
            "InvalidParameterException",
            "cannot specify startedBy with other arguments",
            "aws-sdk-go-v2#1893",
            id="a starter and a launch type",
        ),
        pytest.param(
            {"startedBy": "nightly", "desiredStatus": "STOPPED"},
            "InvalidParameterException",
            "cannot specify startedBy with other arguments",
            "API reference",
            id="a starter's stopped tasks",
        ),
        pytest.param(
            {"serviceName": "web", "family": "web"},
            "InvalidParameterException",
            "cannot specify serviceName with other arguments",
            "fujiwara/ecsta#119",
            id="a service and a family",
        ),
        pytest.param(
            {"serviceName": "web", "containerInstance": "0123456789abcdef0123456789abcdef"},
            "InvalidParameterException",
            "cannot specify serviceName with other arguments",
            "boto3#874",
            id="a service and a container instance",
        ),
        pytest.param(
            {"serviceName": "web"},
            "ServiceNotFoundException",
            "Service not found.",
            "text as quoted in a public report",
            id="an unknown service",
        ),
        pytest.param(
            {"family": "web:1"},
            "InvalidParameterException",
            "family must match ^[a-zA-Z0-9\\\\-_]+$",
            "amazon-ecs-cli#542",
            id="a revision for a family",
        ),
        pytest.param(
            {"maxResults": 101},
            "InvalidParameterException",
            "maxResults must be at most 100",
            "API reference",
            id="a page of 101",
        ),
        pytest.param(
            {"nextToken": "bm9uc2Vuc2U="},
            "InvalidParameterException",
            "Invalid token.",
            "API reference",
            id="a made-up token",
        ),
        pytest.param(
            {"cluster": "nowhere"},
            "ClusterNotFoundException",
            "Cluster not found.",
            "aws-cli#3175",
            id="unknown cluster",
        ),
    ],
)
def test_what_list_tasks_refuses(ecs_client, parameters, code, message, source):
    with pytest.raises(ecs_client.exceptions.from_code(code)) as error:
        ecs_client.list_tasks(**parameters)

    assert error.value.response["Error"] == {"Code": code, "Message": message}, source


def test_a_token_is_good_for_its_own_query_only(ecs_client, register_on_fargate, run_on_fargate):
    register_on_fargate()
    run_on_fargate(count=3)
    token = ecs_client.list_tasks(maxResults=1)["nextToken"]

    with pytest.raises(ecs_client.exceptions.InvalidParameterException):
        ecs_client.list_tasks(maxResults=1, desiredStatus="STOPPED", nextToken=token)
