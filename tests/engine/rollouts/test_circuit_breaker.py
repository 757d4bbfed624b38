"""The deployment circuit breaker and the throttle of starts that fail, held against their tables."""

from __future__ import annotations

from itertools import pairwise
from types import SimpleNamespace

import pytest

from pytest_ecsfake.clock import SECOND
from pytest_ecsfake.engine.rollouts.circuit_breaker import THRESHOLDS, note_healthy
from pytest_ecsfake.engine.rollouts.configuration import THRESHOLD
from pytest_ecsfake.engine.strategies.throttle import START_DELAYS

pytestmark = pytest.mark.ecs_fake(clusters=["prod"])

NOT_FOUND = "CannotPullContainerError: not found"

#: Developer Guide, "How the Amazon ECS deployment circuit breaker detects failures": type, value, desired count, threshold.
TABLE = [
    *[
        (THRESHOLD["type"], THRESHOLD["value"], *row)
        for row in [(1, 3), (6, 3), (7, 4), (25, 13), (400, 200), (800, 200)]
    ],
    *[("UNBOUNDED_PERCENT", 50, *row) for row in [(1, 1), (3, 2), (25, 13), (800, 400)]],
    *[("COUNT", 5, *row) for row in [(1, 5), (100, 5)]],
]


@pytest.fixture
def create(ecs_client, register_on_fargate):
    """Create the service `web` with so many tasks and a circuit breaker; without one where it is None."""

    def create(desired, breaker=None):
        register_on_fargate()
        return ecs_client.create_service(
            cluster="prod",
            serviceName="web",
            taskDefinition="web",
            desiredCount=desired,
            launchType="FARGATE",
            networkConfiguration={"awsvpcConfiguration": {"subnets": ["subnet-0a1b2c3d"]}},
            deploymentConfiguration={} if breaker is None else {"deploymentCircuitBreaker": breaker},
        )

    return create


@pytest.mark.parametrize(("kind", "value", "desired", "threshold"), TABLE)
def test_the_threshold_follows_the_desired_count(kind, value, desired, threshold):
    assert THRESHOLDS[kind](desired, value) == threshold


@pytest.mark.parametrize(("desired", "attempts"), [(1, 3), (2, 2), (7, 1)])
def test_a_deployment_fails_with_the_task_that_reaches_the_threshold(ecs_fake, create, desired, attempts):
    """All tasks of an attempt fail at the same instant: two of two, with a threshold of three, take a second one."""
    ecs_fake.containers.script(image="nginx:*", pull_error=NOT_FOUND)

    create(desired, {"enable": True, "rollback": False})
    ecs_fake.clock.advance(seconds=3000)

    [deployment] = ecs_fake.services["prod/web"].deployments
    assert deployment.rollout_state == "FAILED"
    assert len(ecs_fake.tasks) == desired * attempts


@pytest.mark.parametrize(
    ("image", "last"),
    [
        pytest.param("nginx:*", "TRIGGERED", id="it fails"),
        pytest.param("httpd:*", "MONITORING_COMPLETE", id="it succeeds"),
    ],
)
def test_the_time_line_has_each_status_of_the_circuit_breaker(ecs_fake, create, image, last):
    ecs_fake.containers.script(image=image, pull_error=NOT_FOUND).optional()

    create(1, {"enable": True, "rollback": False, "thresholdConfiguration": {"type": "COUNT", "value": 1}})
    ecs_fake.clock.advance(seconds=300)

    lines = [line for line in ecs_fake.timeline().splitlines() if "deploymentCircuitBreaker.status" in line]
    changes = [line.partition("deploymentCircuitBreaker.status ")[2] for line in lines]
    assert changes == ["DISABLED -> MONITORING", f"MONITORING -> {last}"]


def test_the_time_between_two_attempts_grows_to_27_minutes(ecs_fake, ecs_client, create):
    """Developer Guide, "Amazon ECS service throttle logic"."""
    ecs_fake.containers.script(image="nginx:*", pull_error=NOT_FOUND)

    create(1)
    ecs_fake.clock.advance(seconds=3 * 60 * 60)

    [service] = ecs_client.describe_services(cluster="prod", services=["web"])["services"]
    starts = [each["createdAt"] for each in reversed(service["events"]) if "has started" in each["message"]]
    between = [(after - before).total_seconds() for before, after in pairwise(starts)]
    until_it_fails = between[0] - START_DELAYS[0] / SECOND
    delays = [delay / SECOND for delay in START_DELAYS]
    assert [seconds - until_it_fails for seconds in between[: len(delays)]] == pytest.approx(delays)
    assert max(between) - until_it_fails == pytest.approx(27 * 60)
    assert any("is unable to consistently start tasks successfully" in each["message"] for each in service["events"])


@pytest.mark.parametrize(
    ("members", "left"),
    [
        pytest.param({}, 0, id="by default"),
        pytest.param({"resetOnHealthyTask": True}, 0, id="asked to"),
        pytest.param({"resetOnHealthyTask": False}, 2, id="asked not to"),
    ],
)
def test_a_healthy_task_begins_the_count_anew(members, left):
    """API reference, DeploymentCircuitBreaker, resetOnHealthyTask."""
    breaker = {"enable": True, "rollback": False, **members}
    record = SimpleNamespace(configuration={"deploymentCircuitBreaker": breaker}, failure_count=2)

    note_healthy(record)

    assert record.failure_count == left
