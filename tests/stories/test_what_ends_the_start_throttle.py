"""What ends the start throttle: a service that waits half an hour before its next attempt starts a task at once after each of these.

Rules: Developer Guide, "Amazon ECS service throttle logic".
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

WAIT = 1800
pytestmark = pytest.mark.ecs_fake(clusters=["prod"], timings={"START_THROTTLE": WAIT})

NOT_FOUND = "CannotPullContainerError: not found"
ON_FARGATE: dict[str, Any] = {
    "taskDefinition": "web",
    "launchType": "FARGATE",
    "networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-0a1b2c3d"]}},
}
BREAKER = {"enable": True, "rollback": True, "thresholdConfiguration": {"type": "COUNT", "value": 1}}


@pytest.fixture
def create(ecs_client, register_on_fargate):
    """Create the service `web` on Fargate."""

    def create(**members: Any) -> None:
        register_on_fargate()
        ecs_client.create_service(cluster="prod", serviceName="web", **{"desiredCount": 1, **ON_FARGATE, **members})

    return create


def _seconds_between(earlier: Any, later: Any) -> float:
    return (later.created_at - earlier.created_at) / timedelta(seconds=1)


def test_without_any_of_them_the_next_attempt_waits(ecs_fake, create):
    ecs_fake.containers.script(image="nginx:*", pull_error=NOT_FOUND)

    create()
    ecs_fake.clock.advance(seconds=1.5 * WAIT)

    first, second = ecs_fake.tasks
    assert _seconds_between(first, second) > WAIT


def test_an_update_ends_the_throttle(ecs_fake, ecs_client, create):
    ecs_fake.containers.script(image="nginx:*", pull_error=NOT_FOUND)
    create()
    ecs_fake.clock.advance(seconds=300)

    ecs_client.update_service(cluster="prod", service="web", forceNewDeployment=True)
    ecs_fake.clock.advance(seconds=20)

    assert len(ecs_fake.tasks) == 2


def test_a_new_task_set_ends_the_throttle(ecs_fake, ecs_client, create, register_on_fargate):
    ecs_fake.containers.script(image="nginx:*", pull_error=NOT_FOUND)
    register_on_fargate()
    external = {"deploymentController": {"type": "EXTERNAL"}, "desiredCount": 1}
    ecs_client.create_service(cluster="prod", serviceName="web", **external)
    whole = {"cluster": "prod", "service": "web", "scale": {"value": 100, "unit": "PERCENT"}, **ON_FARGATE}
    ecs_client.create_task_set(**whole)
    ecs_fake.clock.advance(seconds=300)

    ecs_client.create_task_set(**whole)
    ecs_fake.clock.advance(seconds=20)

    assert len({task.started_by for task in ecs_fake.tasks}) == 2


def test_a_rollback_ends_the_throttle(ecs_fake, ecs_client, create, skip_unless_known):
    """The older task has gone before the new one fails, so that the rollback has one to start."""
    skip_unless_known("CreateService", {"deploymentConfiguration": {"deploymentCircuitBreaker": BREAKER}})
    create(
        deploymentConfiguration={"maximumPercent": 100, "minimumHealthyPercent": 0, "deploymentCircuitBreaker": BREAKER}
    )
    ecs_fake.clock.advance(seconds=300)
    ecs_fake.containers.script(image="nginx:*", pull_error=NOT_FOUND, times=1)

    ecs_client.update_service(cluster="prod", service="web", forceNewDeployment=True)
    ecs_fake.clock.advance(seconds=300)

    good, failed, again = ecs_fake.tasks
    assert (again.started_by, again.last_status) == (good.started_by, "RUNNING")
    assert _seconds_between(failed, again) < 60


def test_a_healthy_task_ends_the_throttle(ecs_fake, create):
    """One of two tasks fails at once; its replacement comes when the other one counts as healthy."""
    ecs_fake.containers.script(image="nginx:*", pull_error=NOT_FOUND, times=1)

    create(desiredCount=2)
    ecs_fake.clock.advance(seconds=300)

    assert len(ecs_fake.tasks) == 3
    assert ecs_fake.services["prod/web"].running_count == 2
