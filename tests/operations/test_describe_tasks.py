"""DescribeTasks: which tasks are found, what is a failure and what an error."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.ecs_fake(clusters=["default", "prod"])

PLACE = "arn:aws:ecs:us-east-1:123456789012"
UNKNOWN = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def tasks(register_on_fargate, run_on_fargate):
    """The ARNs of three tasks of web:1 in the cluster prod, tagged."""
    register_on_fargate()
    answer = run_on_fargate(cluster="prod", count=3, tags=[{"key": "stage", "value": "prod"}])
    return [task["taskArn"] for task in answer["tasks"]]


def test_tasks_come_in_the_order_of_the_request_each_once(ecs_client, tasks):
    first, second, third = tasks

    answer = ecs_client.describe_tasks(cluster="prod", tasks=[third, first, second.rpartition("/")[2], third])

    assert [task["taskArn"] for task in answer["tasks"]] == [third, first, second]
    assert answer["failures"] == []


def test_a_task_that_isnt_there_is_a_failure_beside_the_others(ecs_client, tasks):
    """API reference, DescribeTasks; Developer Guide, "API failures messages": MISSING."""
    answer = ecs_client.describe_tasks(cluster="prod", tasks=[UNKNOWN, tasks[0], f"{PLACE}:task/prod/{UNKNOWN[::-1]}"])

    assert [task["taskArn"] for task in answer["tasks"]] == [tasks[0]]
    assert answer["failures"] == [
        {"arn": f"{PLACE}:task/prod/{UNKNOWN}", "reason": "MISSING"},
        {"arn": f"{PLACE}:task/prod/{UNKNOWN[::-1]}", "reason": "MISSING"},
    ]


def test_a_task_of_another_cluster_is_missing_by_its_id(ecs_client, tasks):
    answer = ecs_client.describe_tasks(tasks=[tasks[0].rpartition("/")[2]])

    assert [failure["reason"] for failure in answer["failures"]] == ["MISSING"]


def test_tags_are_shown_when_they_are_asked_for(ecs_client, tasks):
    """API reference, DescribeTasks, include."""
    [plain] = ecs_client.describe_tasks(cluster="prod", tasks=tasks[:1])["tasks"]
    [tagged] = ecs_client.describe_tasks(cluster="prod", tasks=tasks[:1], include=["TAGS"])["tasks"]

    assert plain["tags"] == []
    assert tagged["tags"] == [{"key": "stage", "value": "prod"}]


def test_health_is_shown_here_and_only_here(ecs_client, tasks):
    """The API's recorded examples: RunTask and StopTask answer without healthStatus."""
    [described] = ecs_client.describe_tasks(cluster="prod", tasks=tasks[:1])["tasks"]
    stopped = ecs_client.stop_task(cluster="prod", task=tasks[0])["task"]

    assert (described["healthStatus"], described["containers"][0]["healthStatus"]) == ("UNKNOWN", "UNKNOWN")
    assert "healthStatus" not in stopped
    assert "healthStatus" not in stopped["containers"][0]


def test_a_stopped_task_is_forgotten_an_hour_after_it_stopped(ecs_client, ecs_fake, tasks):
    """API reference, DescribeTasks: stopped tasks are returned for at least one hour."""
    ecs_client.stop_task(cluster="prod", task=tasks[0])
    ecs_fake.clock.advance_until(lambda: ecs_fake.tasks[tasks[0]].last_status == "STOPPED")

    ecs_fake.clock.advance(seconds=3599)
    [still_there] = ecs_client.describe_tasks(cluster="prod", tasks=tasks[:1])["tasks"]
    ecs_fake.clock.advance(seconds=1)
    answer = ecs_client.describe_tasks(cluster="prod", tasks=tasks)

    assert still_there["lastStatus"] == "STOPPED"
    assert answer["failures"] == [{"arn": tasks[0], "reason": "MISSING"}]
    assert [task["taskArn"] for task in answer["tasks"]] == tasks[1:]


@pytest.mark.parametrize(
    ("parameters", "code", "message", "source"),
    [
        pytest.param(
            {"tasks": []},
            "InvalidParameterException",
            "Tasks cannot be empty.",
            "convox/rack#1908",
            id="no task at all",
        ),
        pytest.param(
            {"tasks": [UNKNOWN] * 101},
            "InvalidParameterException",
            "taskIds can have at most 100 items.",
            "gchq/sleeper#555",
            id="101 tasks",
        ),
        pytest.param(
            {"tasks": [UNKNOWN, "web"]},
            "InvalidParameterException",
            "taskId length should be one of [32,36]",
            "text as quoted in a public report",
            id="one malformed id fails the whole call",
        ),
        pytest.param(
            {"tasks": [f"{PLACE}:task/prod/{UNKNOWN}"]},
            "InvalidParameterException",
            "Invalid identifier: Identifier is for cluster prod. Your cluster is default",
            "aws-toolkit-vscode#2915",
            id="an ARN without its cluster",
        ),
        pytest.param(
            {"tasks": [f"{PLACE}:task/prod/web/{UNKNOWN}"]},
            "InvalidParameterException",
            "Invalid identifier: Unexpected number of separators",
            "aws-samples/semantic-search-aws-docs#5",
            id="an ARN with a part too many",
        ),
        pytest.param(
            {"tasks": [f"{PLACE}:cluster/default"]},
            "InvalidParameterException",
            "Unsupported resource type: cluster",
            "aws-cli#7875",
            id="a cluster's ARN",
        ),
        pytest.param(
            {"tasks": [f"arn:aws:ecs:eu-west-1:123456789012:task/default/{UNKNOWN}"]},
            "InvalidParameterException",
            "Invalid Region in ARN",
            "aws-cli#3175, for cluster ARNs",
            id="an ARN of another region",
        ),
        pytest.param(
            {"cluster": "nowhere", "tasks": [UNKNOWN]},
            "ClusterNotFoundException",
            "Cluster not found.",
            "aws-cli#3175",
            id="unknown cluster",
        ),
        pytest.param(
            {"tasks": [UNKNOWN], "include": ["ATTRIBUTES"]},
            "InvalidParameterException",
            "include should be one of [TAGS]",
            "terraform-provider-aws#23342 for the wording",
            id="something else to include",
        ),
    ],
)
def test_what_describe_tasks_refuses(ecs_client, parameters, code, message, source):
    with pytest.raises(ecs_client.exceptions.from_code(code)) as error:
        ecs_client.describe_tasks(**parameters)

    assert error.value.response["Error"] == {"Code": code, "Message": message}, source
