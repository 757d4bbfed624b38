"""The deployment circuit breaker, held against its table; how a deployment fails by it is told in tests/stories."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from pytest_ecsfake.engine.rollouts.circuit_breaker import THRESHOLDS, counts, note_healthy
from pytest_ecsfake.engine.rollouts.configuration import THRESHOLD

#: Developer Guide, "How the Amazon ECS deployment circuit breaker detects failures": type, value, desired count, threshold.
TABLE = [
    *[
        (THRESHOLD["type"], THRESHOLD["value"], *row)
        for row in [(1, 3), (6, 3), (7, 4), (25, 13), (400, 200), (800, 200)]
    ],
    *[("UNBOUNDED_PERCENT", 50, *row) for row in [(1, 1), (3, 2), (25, 13), (800, 400)]],
    *[("COUNT", 5, *row) for row in [(1, 5), (100, 5)]],
]


@pytest.mark.parametrize(("kind", "value", "desired", "threshold"), TABLE)
def test_the_threshold_follows_the_desired_count(kind, value, desired, threshold):
    assert THRESHOLDS[kind](desired, value) == threshold


@pytest.mark.parametrize(
    ("status", "has_run", "failed_to_start", "counted"),
    [
        pytest.param("MONITORING", False, True, True, id="before a task has run, failed starts count"),
        pytest.param("MONITORING", False, False, False, id="and failed health checks don't"),
        pytest.param("MONITORING", True, False, True, id="afterwards, failed health checks count"),
        pytest.param("MONITORING", True, True, False, id="and failed starts don't"),
        pytest.param("DISABLED", False, True, False, id="nothing counts where it is off"),
    ],
)
def test_which_failures_count(status, has_run, failed_to_start, counted):
    """Developer Guide, "How the Amazon ECS deployment circuit breaker detects failures": its two stages."""
    record = SimpleNamespace(circuit_breaker_status=status, has_run=has_run)

    assert counts(record, failed_to_start=failed_to_start) == counted


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
