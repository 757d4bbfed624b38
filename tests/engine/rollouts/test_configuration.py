"""The defaults of a deployment configuration: what a new service shows, what an update leaves, and what is read where nothing is said.

Rules: API reference, DeploymentConfiguration and the types of its members.
"""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from pytest_ecsfake.engine.rollouts import configuration

BREAKER = {
    "enable": False,
    "rollback": False,
    "resetOnHealthyTask": True,
    "thresholdConfiguration": {"type": "BOUNDED_PERCENT", "value": 50},
}
REPLICA, DAEMON = (
    {"maximumPercent": 200, "minimumHealthyPercent": 100},
    {"maximumPercent": 100, "minimumHealthyPercent": 0},
)


@pytest.mark.parametrize(
    ("scheduling_strategy", "controller", "shown"),
    [
        (
            "REPLICA",
            "ECS",
            {**REPLICA, "deploymentCircuitBreaker": BREAKER, "strategy": "ROLLING", "bakeTimeInMinutes": 0},
        ),
        ("DAEMON", "ECS", {**DAEMON, "deploymentCircuitBreaker": BREAKER}),
        ("REPLICA", "CODE_DEPLOY", REPLICA),
        ("REPLICA", "EXTERNAL", REPLICA),
    ],
)
def test_a_new_service_shows_defaults_by_scheduling_strategy_and_controller(scheduling_strategy, controller, shown):
    assert configuration.complete(scheduling_strategy, controller, {}) == shown


def test_what_is_given_comes_before_the_defaults():
    whole = configuration.complete("REPLICA", "ECS", {"maximumPercent": 150, "strategy": "CANARY"})

    assert (whole["maximumPercent"], whole["minimumHealthyPercent"]) == (150, 100)
    assert whole["canaryConfiguration"] == {"canaryPercent": 5.0, "canaryBakeTimeInMinutes": 10}


@pytest.mark.parametrize(
    ("given", "after"),
    [
        pytest.param(
            {"maximumPercent": 150}, {"minimumHealthyPercent": 50, "maximumPercent": 150}, id="what is left out stays"
        ),
        pytest.param(
            {"deploymentCircuitBreaker": {"enable": True, "rollback": True}},
            {"deploymentCircuitBreaker": {**BREAKER, "enable": True, "rollback": True, "resetOnHealthyTask": False}},
            id="also in the circuit breaker",
        ),
        pytest.param(
            {"deploymentCircuitBreaker": {"enable": False, "rollback": True}},
            {"deploymentCircuitBreaker": {**BREAKER, "resetOnHealthyTask": False}},
            id="a circuit breaker that is off rolls nothing back",
        ),
        pytest.param(
            {"linearConfiguration": {"stepPercent": 25.0}},
            {"linearConfiguration": {"stepPercent": 25.0, "stepBakeTimeInMinutes": 1}},
            id="and in the steps",
        ),
    ],
)
def test_an_update_changes_what_it_names(given: Any, after):
    current: Any = {
        "minimumHealthyPercent": 50,
        "strategy": "LINEAR",
        "linearConfiguration": {"stepPercent": 50.0, "stepBakeTimeInMinutes": 1},
        "deploymentCircuitBreaker": {**BREAKER, "resetOnHealthyTask": False},
    }

    changed = configuration.merged(current, given)

    assert {member: changed.get(member) for member in after} == after


@pytest.mark.parametrize(
    ("read", "default"),
    [
        (configuration.strategy, "ROLLING"),
        (configuration.maximum_percent, 200),
        (configuration.minimum_healthy_percent, 100),
        (configuration.circuit_breaker, BREAKER),
        (configuration.alarms, {"alarmNames": [], "enable": False, "rollback": False}),
        (configuration.bake_time, 0),
        (configuration.linear, {"stepPercent": 10.0, "stepBakeTimeInMinutes": 6}),
        (configuration.canary, {"canaryPercent": 5.0, "canaryBakeTimeInMinutes": 10}),
        (configuration.early_success, None),
        (configuration.lifecycle_hooks, []),
        (configuration.hook_target_type, "AWS_LAMBDA"),
        (configuration.hook_timeout, 24 * 60 * configuration.MINUTE),
        (configuration.hook_timeout_action, "ROLLBACK"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_a_setting_that_is_not_there_has_its_default(read, default):
    assert read({}) == default


def test_early_success_that_is_not_enabled_is_none():
    criteria: Any = {"enable": False, "healthyPercent": 50}

    assert configuration.early_success({"earlySuccessCriteria": criteria}) is None


@pytest.mark.parametrize(
    ("scheduling_strategy", "percents", "desired", "least", "most"),
    [
        pytest.param(
            "REPLICA", {"minimumHealthyPercent": 50, "maximumPercent": 150}, 3, 2, 4, id="rounded up and down"
        ),
        pytest.param("REPLICA", {}, 3, 3, 6, id="the defaults of a replica"),
        pytest.param("DAEMON", {}, 3, 0, 3, id="those of a daemon"),
    ],
)
def test_percents_become_numbers_of_tasks(scheduling_strategy, percents, desired, least, most):
    service: Any = SimpleNamespace(
        desired_count=desired, scheduling_strategy=scheduling_strategy, deployment_configuration=percents
    )

    assert (configuration.least_healthy(service), configuration.most_tasks(service)) == (least, most)
