"""The stages of a task on a container instance, held against their tables: how long each lasts, and what is set meanwhile."""

from __future__ import annotations

import pytest

import builders
from pytest_ecsfake import operations
from pytest_ecsfake.clock import SECOND
from pytest_ecsfake.engine.tasks.stages import EC2_AWSVPC_START, EC2_START

PATHS = {"awsvpc": EC2_AWSVPC_START, "bridge": EC2_START}

every_stage = pytest.mark.parametrize(
    ("mode", "stage"),
    [pytest.param(mode, stage, id=f"{mode} {stage.status}") for mode in PATHS for stage in PATHS[mode]],
)


@pytest.fixture
def run(region, add_instance):
    """Run a task in a network mode on a container instance."""

    def run(mode):
        add_instance("i", network_interfaces=1)
        request = builders.task_definition_on_instances(networkMode=mode)
        # The instance has no capabilities: the definition's required attributes are none of this test's matter.
        definition = operations.built()["RegisterTaskDefinition"](region, request)["taskDefinition"]
        instance = region.container_instances_in(region.clusters.active(None)).get("i")
        instance.attributes.update({each["name"]: None for each in definition.get("requiresAttributes", [])})
        network = {"networkConfiguration": builders.NETWORK} if mode == "awsvpc" else {}
        answer = operations.built()["RunTask"](region, {"taskDefinition": "web", **network})
        return region.tasks_in(region.clusters.active(None)).get(answer["tasks"][0]["taskArn"].rpartition("/")[2])

    return run


def before(mode, stage):
    """The time that a task takes until it comes into a stage."""
    path = PATHS[mode]
    return sum(each.delay for each in path[: path.index(stage)])


@every_stage
def test_a_task_leaves_each_stage_of_the_start_when_its_time_is_over(run, pass_seconds, mode, stage):
    task = run(mode)

    pass_seconds((before(mode, stage) + stage.delay) / SECOND - 0.000001)
    assert task.last_status == stage.status
    pass_seconds(0.000001)
    assert task.last_status == stage.to


@every_stage
def test_a_step_is_taken_within_its_stage(region, run, pass_seconds, mode, stage):
    task = run(mode)
    start = region.clock.now

    for step in stage.steps:
        region.clock.settle(start + before(mode, stage) + stage.delay * step.percent // 100)
        assert task.last_status == stage.status
        if step.interface is not None:
            assert task.interface.status == step.interface
        if step.stamp is not None:
            assert getattr(task, step.stamp) == region.clock.now
