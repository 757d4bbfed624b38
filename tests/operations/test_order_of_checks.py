"""Calls about tasks and task definitions with two faults: the one that is told.

What one value alone is refused for comes first, then what is named from the outside in, then what doesn't go together. The order is the
fake's own: nobody has shown that of AWS. For clusters, capacity providers, tags, settings and RegisterTaskDefinition it stands beside their
other refusals.
"""

from __future__ import annotations

from typing import Any

import pytest

ID = "0123456789abcdef0123456789abcdef"
ELSEWHERE = "arn:aws:ecs:eu-west-1:111122223333"
INVALID = "InvalidParameterException"
NO_CLUSTER = ("ClusterNotFoundException", "Cluster not found.")
FARGATE = [{"capacityProvider": "FARGATE", "weight": 1}]


@pytest.fixture(autouse=True)
def world(ecs_client, register_on_fargate, run_on_fargate):
    """The cluster default, the definition web:1, and a client token that is used."""
    ecs_client.create_cluster()
    register_on_fargate()
    run_on_fargate(clientToken="used")


def row(operation: str, parameters: dict[str, Any], code: str, message: str, *, id: str) -> Any:
    return pytest.param(operation, parameters, code, message, id=f"{operation}: {id}")


@pytest.mark.parametrize(
    ("operation", "parameters", "code", "message"),
    [
        row(
            "run_task",
            {"cluster": "nowhere", "taskDefinition": "web", "count": 11},
            INVALID,
            "count must be at most 10",
            id="the count before the cluster",
        ),
        row(
            "run_task",
            {"cluster": "nowhere", "taskDefinition": "nothing"},
            *NO_CLUSTER,
            id="the cluster before the task definition",
        ),
        row(
            "run_task",
            {"taskDefinition": "nothing", "clientToken": "used"},
            "ConflictException",
            "The provided clientToken is already in use with a different RunTask request.",
            id="the client token before the task definition",
        ),
        row(
            "run_task",
            {"taskDefinition": "nothing", "launchType": "FARGATE", "capacityProviderStrategy": FARGATE},
            "ClientException",
            "TaskDefinition not found.",
            id="the task definition before the launch type",
        ),
        row(
            "run_task",
            {"taskDefinition": "web", "launchType": "FARGATE", "capacityProviderStrategy": FARGATE},
            INVALID,
            "Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.",
            id="the launch type before the network configuration, which is missing",
        ),
        row(
            "run_task",
            {
                "taskDefinition": "web",
                "launchType": "FARGATE",
                "overrides": {"containerOverrides": [{"name": "nobody"}]},
            },
            INVALID,
            "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
            id="the network configuration before the overrides",
        ),
        row(
            "list_tasks",
            {"cluster": "nowhere", "maxResults": 0},
            INVALID,
            "maxResults must be at least 1",
            id="the size of a page before the cluster",
        ),
        row("list_tasks", {"cluster": "nowhere", "nextToken": "x"}, *NO_CLUSTER, id="the cluster before the token"),
        row(
            "list_tasks",
            {"startedBy": "me", "family": "web", "nextToken": "x"},
            INVALID,
            "cannot specify startedBy with other arguments",
            id="the filters before the token",
        ),
        row(
            "list_tasks",
            {"serviceName": "web", "nextToken": "x"},
            "ServiceNotFoundException",
            "Service not found.",
            id="the service before the token",
        ),
        row("stop_task", {"cluster": "nowhere", "task": "x"}, *NO_CLUSTER, id="the cluster before the task"),
        row("describe_tasks", {"cluster": "nowhere", "tasks": ["x"]}, *NO_CLUSTER, id="the cluster before the tasks"),
        row(
            "describe_tasks",
            {"tasks": [ID, "x"]},
            INVALID,
            "taskId length should be one of [32,36]",
            id="a task that can't be before one that isn't",
        ),
        row(
            "describe_task_definition",
            {"taskDefinition": "nothing", "include": ["tags"]},
            INVALID,
            "include should be one of [TAGS]",
            id="what to include before the task definition",
        ),
        row(
            "deregister_task_definition",
            {"taskDefinition": f"{ELSEWHERE}:task-definition/web"},
            INVALID,
            "Invalid Region in ARN",
            id="the region before the revision, which is missing",
        ),
        row(
            "list_task_definitions",
            {"maxResults": 101, "nextToken": "x"},
            INVALID,
            "maxResults must be at most 100",
            id="the size of a page before the token",
        ),
        row(
            "list_task_definition_families",
            {"status": "GONE", "nextToken": "x"},
            INVALID,
            "status should be one of [ACTIVE,INACTIVE,ALL]",
            id="the status before the token",
        ),
        row(
            "delete_task_definitions",
            {"taskDefinitions": ["web"] * 11},
            INVALID,
            "taskDefinitions can have at most 10 items.",
            id="how many before which",
        ),
    ],
)
def test_of_two_faults_the_first_that_is_checked_is_told(ecs_client, operation, parameters, code, message):
    with pytest.raises(ecs_client.exceptions.ClientError) as error:
        getattr(ecs_client, operation)(**parameters)

    answer = error.value.response["Error"]
    assert (answer["Code"], answer["Message"]) == (code, message)
