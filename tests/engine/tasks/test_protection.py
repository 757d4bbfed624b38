"""A service's task that is protected, and when it isn't any more. API reference, GetTaskProtection and UpdateTaskProtection."""

from __future__ import annotations

import pytest

from pytest_ecsfake import operations
from pytest_ecsfake.clock import SECOND
from pytest_ecsfake.engine.tasks import lifecycle

MINUTE = 60


@pytest.fixture
def task(run):
    """A task that looks as if a service had started it."""
    task = run()
    task.service_name = "web"
    return task


@pytest.fixture
def update(region, task):
    """Call UpdateTaskProtection for the task."""

    def update(enabled, **parameters):
        request = {"cluster": "default", "tasks": [task.id], "protectionEnabled": enabled, **parameters}
        return operations.built()["UpdateTaskProtection"](region, request)

    return update


@pytest.fixture
def get(region, task):
    """Call GetTaskProtection for the task; what it says of it."""

    def get():
        answer = operations.built()["GetTaskProtection"](region, {"cluster": "default", "tasks": [task.arn]})
        [protected] = answer["protectedTasks"]
        return protected

    return get


@pytest.mark.parametrize(
    ("parameters", "minutes"),
    [
        pytest.param({}, 120, id="two hours unless something else is said"),
        pytest.param({"expiresInMinutes": 1}, 1, id="a minute"),
        pytest.param({"expiresInMinutes": 2880}, 2880, id="two days"),
    ],
)
def test_protection_ends_by_itself(region, task, update, get, pass_seconds, parameters, minutes):
    answer = update(True, **parameters)
    ends = (region.clock.now + minutes * MINUTE * SECOND) / SECOND

    assert answer == {
        "protectedTasks": [{"taskArn": task.arn, "protectionEnabled": True, "expirationDate": ends}],
        "failures": [],
    }
    pass_seconds(minutes * MINUTE - 0.000001)
    assert get() == {"taskArn": task.arn, "protectionEnabled": True, "expirationDate": ends}
    pass_seconds(0.000001)
    assert get() == {"taskArn": task.arn, "protectionEnabled": False}


def test_a_second_call_starts_the_time_anew(update, get, pass_seconds):
    update(True, expiresInMinutes=10)
    pass_seconds(9 * MINUTE)
    update(True, expiresInMinutes=10)
    pass_seconds(9 * MINUTE)

    assert get()["protectionEnabled"]


def test_protection_can_be_taken_away(task, update, get):
    update(True)

    answer = update(False)

    assert answer["protectedTasks"] == [{"taskArn": task.arn, "protectionEnabled": False}]
    assert not get()["protectionEnabled"]


def test_a_protected_task_can_still_be_stopped(region, task, update, pass_seconds):
    """API reference, UpdateTaskProtection: it holds off scale-in and deployments, nothing else."""
    update(True)

    lifecycle.stop(region, task, code="UserInitiated", reason="enough")
    pass_seconds(60)

    assert task.last_status == "STOPPED"
    answer = update(True)
    assert answer["failures"] == [{"arn": task.arn, "reason": "TASK_NOT_VALID"}]
