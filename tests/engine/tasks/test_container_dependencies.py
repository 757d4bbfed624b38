"""dependsOn: in which order containers start and stop, and what becomes of a task whose containers wait in vain."""

from __future__ import annotations

import pytest

from pytest_ecsfake.clock import SECOND
from pytest_ecsfake.engine.tasks import lifecycle

ACTIVATING_AFTER = 25
CHECKED = {"healthCheck": {"command": ["CMD", "true"], "interval": 10}}


def definition(name, *dependencies, **members):
    depends_on = [{"containerName": other, "condition": condition} for other, condition in dependencies]
    return {"name": name, "image": name, **({"dependsOn": depends_on} if depends_on else {}), **members}


def init(name="init", *dependencies, **members):
    """A container that is there to end; ECS wants it not to be essential."""
    return definition(name, *dependencies, essential=False, **members)


@pytest.fixture
def changes(region):
    """When each container came into a status, in seconds since its task was created."""

    def changes(task, status):
        names = {container.arn: container.name for container in task.containers}
        return {
            names[entry.resource]: (entry.at - task.created_at) / SECOND
            for entry in region.journal
            if entry.resource in names and (entry.change, entry.after) == ("lastStatus", status)
        }

    return changes


@pytest.mark.parametrize(
    ("containers", "started"),
    [
        pytest.param([definition("web"), definition("logs")], {"web": 25, "logs": 25}, id="independent"),
        pytest.param([definition("web", ("logs", "START")), definition("logs")], {"logs": 25, "web": 25}, id="START"),
        pytest.param([definition("web", ("init", "COMPLETE")), init()], {"init": 25, "web": 30}, id="COMPLETE"),
        pytest.param([definition("web", ("init", "SUCCESS")), init()], {"init": 25, "web": 30}, id="SUCCESS"),
        pytest.param(
            [definition("web", ("db", "HEALTHY")), definition("db", **CHECKED)], {"db": 25, "web": 35}, id="HEALTHY"
        ),
        pytest.param(
            [definition("web", ("db", "HEALTHY"), ("init", "SUCCESS")), definition("db", **CHECKED), init()],
            {"db": 25, "init": 25, "web": 35},
            id="two at once",
        ),
        pytest.param(
            [definition("web", ("second", "SUCCESS")), init("second", ("first", "SUCCESS")), init("first")],
            {"first": 25, "second": 30, "web": 35},
            id="one after the other",
        ),
    ],
)
def test_a_container_starts_when_its_dependencies_allow(run, pass_seconds, changes, containers, started):
    """API reference, ContainerDependency, condition."""
    task = run(*containers)

    pass_seconds(60)

    assert changes(task, "RUNNING") == started
    assert task.last_status == "RUNNING"
    assert (task.started_at - task.created_at) / SECOND == max(started.values()) + 1


def test_a_task_is_activating_while_containers_wait(region, run, pass_seconds):
    task = run(definition("web", ("init", "SUCCESS")), init())

    pass_seconds(ACTIVATING_AFTER + 4)

    assert task.last_status == "ACTIVATING"
    assert [container.last_status for container in task.containers] == ["PENDING", "RUNNING"]


def test_a_step_of_the_start_ends_with_success(run, pass_seconds):
    task = run(definition("web", ("init", "SUCCESS")), init())

    pass_seconds(60)

    web, step = task.containers
    assert (step.last_status, step.exit_code, web.exit_code) == ("STOPPED", 0, None)
    assert (task.last_status, task.desired_status) == ("RUNNING", "RUNNING")


@pytest.mark.parametrize(
    ("condition", "exit_code", "status"),
    [("COMPLETE", 1, "RUNNING"), ("SUCCESS", 0, "RUNNING"), ("SUCCESS", 1, "STOPPED")],
)
def test_a_dependency_that_fails_keeps_the_task_from_starting(region, run, pass_seconds, condition, exit_code, status):
    """API reference, ContainerDependency: SUCCESS also requires that the container exits with a zero status."""
    task = run(definition("web", ("init", condition)), init())
    pass_seconds(ACTIVATING_AFTER + 1)

    lifecycle.container_exited(region, task, task.containers[1], exit_code)
    pass_seconds(60)

    assert task.last_status == status
    if status == "STOPPED":
        assert (task.stop_code, task.started_at) == ("TaskFailedToStart", None)
        assert (task.containers[0].last_status, task.containers[0].exit_code) == ("STOPPED", None)
        assert task.execution_stopped_at is not None


@pytest.mark.parametrize(
    ("start_timeout", "status"), [pytest.param(9, "STOPPED", id="too late"), pytest.param(11, "RUNNING", id="in time")]
)
def test_a_start_timeout_bounds_how_long_others_wait(run, pass_seconds, start_timeout, status):
    """API reference, ContainerDefinition, startTimeout: the time of the container that is waited for."""
    task = run(definition("web", ("db", "HEALTHY")), definition("db", startTimeout=start_timeout, **CHECKED))

    pass_seconds(120)

    assert task.last_status == status
    assert task.stop_code == (None if status == "RUNNING" else "TaskFailedToStart")


def test_containers_stop_in_the_reverse_order(region, run, pass_seconds, changes):
    """API reference, ContainerDependency: the dependency is reversed for the shutdown."""
    task = run(
        definition("web", ("api", "START")), definition("api", ("db", "START")), definition("db"), definition("logs")
    )
    pass_seconds(30)

    lifecycle.stop(region, task, code="UserInitiated", reason="enough")
    pass_seconds(120)

    assert changes(task, "STOPPED") == {"web": 32, "logs": 32, "api": 33, "db": 34}
    assert (task.execution_stopped_at - task.created_at) / SECOND == 34
    assert task.last_status == "STOPPED"


def test_a_task_may_be_stopped_while_containers_wait(region, run, pass_seconds):
    task = run(definition("web", ("init", "SUCCESS")), init())
    pass_seconds(ACTIVATING_AFTER + 1)

    lifecycle.stop(region, task, code="UserInitiated", reason="enough")
    pass_seconds(120)

    assert [(container.last_status, container.exit_code) for container in task.containers] == [
        ("STOPPED", None),
        ("STOPPED", 143),
    ]
    assert (task.last_status, task.started_at) == ("STOPPED", None)


def test_nothing_starts_any_more_once_an_essential_container_has_ended(region, run, pass_seconds):
    task = run(definition("web"), definition("late", ("init", "SUCCESS")), init())
    pass_seconds(ACTIVATING_AFTER + 1)

    lifecycle.container_exited(region, task, task.containers[0], 1)
    pass_seconds(120)

    assert [container.exit_code for container in task.containers] == [1, None, 143]
    assert (task.last_status, task.stop_code) == ("STOPPED", "EssentialContainerExited")


@pytest.mark.parametrize(
    "dependency",
    [
        pytest.param(definition("db", startTimeout=9, **CHECKED), id="whose time is over before ECS learns of the end"),
        pytest.param(definition("db", stopTimeout=60, **CHECKED), id="that passes its check while it is told to stop"),
    ],
)
@pytest.mark.parametrize("timings", ["realistic", {"STOPPING": 400}])
def test_what_a_container_waits_for_makes_no_difference_then(region, run, pass_seconds, timings, dependency):
    task = run(definition("web"), definition("late", ("db", "HEALTHY")), dependency)
    pass_seconds(ACTIVATING_AFTER + 1)

    lifecycle.container_exited(region, task, task.containers[0], 1)
    pass_seconds(1200)

    late = task.containers[1]
    assert (late.last_status, late.runtime_id) == ("STOPPED", None)
    assert (task.last_status, task.stop_code) == ("STOPPED", "EssentialContainerExited")
