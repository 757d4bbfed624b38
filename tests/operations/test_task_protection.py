"""GetTaskProtection and UpdateTaskProtection, for tasks of no service: what fails, and what is refused.

Reasons: Developer Guide, "API failure reasons". Protection itself is shown in tests/engine/tasks/test_protection.py.
"""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.ecs_fake(clusters=["prod"])

PLACE = "arn:aws:ecs:us-east-1:123456789012"
UNKNOWN = "0123456789abcdef0123456789abcdef"
INVALID = "InvalidParameterException"


@pytest.fixture(params=["get", "update"])
def call(request, ecs_client):
    """Ask for the protection of these tasks, or for protecting them."""

    def call(*tasks: str, **parameters: Any) -> Any:
        given = {"cluster": "prod", "tasks": list(tasks), **parameters}
        if request.param == "get":
            return ecs_client.get_task_protection(**given)
        return ecs_client.update_task_protection(protectionEnabled=True, **given)

    return call


def test_a_task_of_no_service_cannot_be_protected(register_on_fargate, run_on_fargate, call):
    """API reference, UpdateTaskProtection: a standalone task fails with TASK_NOT_VALID."""
    register_on_fargate()
    [task] = run_on_fargate(cluster="prod")["tasks"]

    answer = call(task["taskArn"], UNKNOWN)

    assert answer["protectedTasks"] == []
    assert answer["failures"] == [
        {"arn": task["taskArn"], "reason": "TASK_NOT_VALID"},
        {"arn": f"{PLACE}:task/prod/{UNKNOWN}", "reason": "MISSING"},
    ]


def test_a_task_that_is_named_twice_comes_once(ecs_fake, create_service, register_on_fargate, call):
    """An assumption. # unverified"""
    register_on_fargate()
    create_service(desiredCount=1)
    ecs_fake.clock.advance(seconds=60)
    [task] = ecs_fake.tasks

    answer = call(task.arn, task.id)

    assert [each["taskArn"] for each in answer["protectedTasks"]] == [task.arn]


@pytest.mark.parametrize(
    ("tasks", "parameters", "code", "message"),
    [
        pytest.param([], {}, INVALID, "Tasks cannot be empty.", id="no task"),
        pytest.param(["short"], {}, INVALID, "taskId length should be one of [32,36]", id="a short id"),
        pytest.param(
            [UNKNOWN], {"cluster": "nowhere"}, "ClusterNotFoundException", "Cluster not found.", id="an unknown cluster"
        ),
    ],
)
def test_a_call_with_one_fault_is_refused(ecs_client, call, tasks, parameters, code, message):
    with pytest.raises(ecs_client.exceptions.ClientError) as error:
        call(*tasks, **parameters)

    assert error.value.response["Error"] == {"Code": code, "Message": message}


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        pytest.param({"tasks": [UNKNOWN] * 11}, "tasks can have at most 10 items.", id="eleven tasks"),
        pytest.param({"expiresInMinutes": 0}, "expiresInMinutes must be at least 1", id="no minute"),
        pytest.param({"expiresInMinutes": 2881}, "expiresInMinutes must be at most 2880", id="more than two days"),
    ],
)
def test_the_limits_of_update_task_protection(ecs_client, parameters, message):
    """API reference, UpdateTaskProtection."""
    with pytest.raises(ecs_client.exceptions.InvalidParameterException) as error:
        ecs_client.update_task_protection(
            **{"cluster": "prod", "tasks": [UNKNOWN], "protectionEnabled": True, **parameters}
        )

    assert error.value.response["Error"]["Message"] == message
