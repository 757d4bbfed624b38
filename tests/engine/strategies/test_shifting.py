"""The tables of deployments that shift traffic, held against the API's own words, and the way that each strategy takes.

Sources: botocore's model, ServiceDeploymentLifecycleStage, DeploymentLifecycleHookStage and DeploymentStrategy; API reference,
LinearConfiguration and CanaryConfiguration.
"""

from __future__ import annotations

from typing import Any

import pytest

from pytest_ecsfake.clock import SECOND
from pytest_ecsfake.engine.strategies.shifting import PORTIONS, STAGES, TRAFFIC_SHIFT, steps
from pytest_ecsfake.validation import schemas

_DEFINITIONS = {
    **schemas.request_schema("UpdateService")["$defs"],
    **schemas.response_schema("DescribeServiceDeployments")["$defs"],
}


def test_the_shown_stages_are_those_of_the_model_in_their_order():
    assert [stage.name for stage in STAGES if stage.is_shown] == _DEFINITIONS["ServiceDeploymentLifecycleStage"]["enum"]


def test_the_stages_with_hooks_are_those_of_the_model_in_their_order():
    assert [stage.name for stage in STAGES if stage.takes_hooks] == _DEFINITIONS["DeploymentLifecycleHookStage"]["enum"]


def test_every_strategy_but_rolling_shifts_traffic():
    assert {"ROLLING", *PORTIONS} == set(_DEFINITIONS["DeploymentStrategy"]["enum"])


@pytest.mark.parametrize(
    ("configuration", "percents", "minutes_between"),
    [
        pytest.param({"strategy": "BLUE_GREEN"}, [100], 0, id="BLUE_GREEN: at once"),
        pytest.param(
            {"strategy": "LINEAR"},
            [10, 20, 30, 40, 50, 60, 70, 80, 90, 100],
            6,
            id="LINEAR: ten percent every six minutes, unless told otherwise",
        ),
        pytest.param(
            {"strategy": "LINEAR", "linearConfiguration": {"stepPercent": 33.3, "stepBakeTimeInMinutes": 1}},
            [33.3, 66.6, 99.9, 100],
            1,
            id="LINEAR: tenths of a percent are exact",
        ),
        pytest.param(
            {"strategy": "LINEAR", "linearConfiguration": {"stepPercent": 100.0}}, [100], 6, id="LINEAR: in one step"
        ),
        pytest.param(
            {"strategy": "CANARY"}, [5, 100], 10, id="CANARY: five percent for ten minutes, unless told otherwise"
        ),
        pytest.param(
            {"strategy": "CANARY", "canaryConfiguration": {"canaryPercent": 0.1, "canaryBakeTimeInMinutes": 0}},
            [0.1, 100],
            0,
            id="CANARY: the smallest there is",
        ),
        pytest.param(
            {"strategy": "CANARY", "canaryConfiguration": {"canaryPercent": 100}}, [100], 10, id="CANARY: all of it"
        ),
    ],
)
def test_production_traffic_comes_in_portions(region, configuration: Any, percents, minutes_between):
    way = steps(region, configuration, reconciles=False)

    shifts = [step for step in way if step.stage == "PRODUCTION_TRAFFIC_SHIFT"]
    assert [step.production for step in shifts] == percents
    assert {step.bake_time - TRAFFIC_SHIFT for step in shifts[:-1]} <= {minutes_between * 60 * SECOND}
    assert shifts[-1].bake_time == TRAFFIC_SHIFT
    assert sum(step.stage == "PRE_PRODUCTION_TRAFFIC_SHIFT" for step in way) == len(shifts)


@pytest.mark.parametrize("reconciles", [False, True])
def test_the_way_follows_the_order_of_the_stages(region, reconciles):
    """RECONCILE_SERVICE only with more than one revision at the start."""
    way = steps(region, {"strategy": "BLUE_GREEN"}, reconciles=reconciles)

    assert [step.stage for step in way] == [stage.name for stage in STAGES][0 if reconciles else 1 :]


@pytest.mark.parametrize("timings", ["instant"])
def test_instant_timings_let_nothing_bake(region):
    way = steps(region, {"strategy": "LINEAR", "bakeTimeInMinutes": 60}, reconciles=False)

    assert {step.bake_time for step in way} == {0}
