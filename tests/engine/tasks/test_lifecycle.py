"""The life of a task on Fargate, held against the stage tables: which status when, what is set, and what an exit leads to."""

from __future__ import annotations

import pickle

import pytest

from pytest_ecsfake.clock import SECOND
from pytest_ecsfake.engine.tasks import lifecycle
from pytest_ecsfake.engine.tasks.stages import ARRIVALS, FARGATE_START, PATHS

ESSENTIAL = {"name": "web", "image": "nginx"}
SIDECAR = {"name": "logs", "image": "fluent-bit", "essential": False}
RUNNING_AFTER = sum(stage.delay for stage in FARGATE_START) / SECOND


def statuses(region, task):
    """The task's statuses, and when it came into each, in seconds since it was created."""
    return [
        ((entry.at - task.created_at) / SECOND, entry.after)
        for entry in region.journal
        if (entry.resource, entry.change) == (task.arn, "lastStatus")
    ]


def container(task, name="web"):
    return next(each for each in task.containers if each.name == name)


# --- the tables -------------------------------------------------------------------------------------------------------------------------


def path(stages, status):
    """The statuses that follow each other in a table, from one of them on."""
    statuses = [status]
    while statuses[-1] in stages:
        statuses.append(stages[statuses[-1]].to)
    return statuses


#: Developer Guide, "Task lifecycle": the way up, the way down when told to, and that of a target of a load balancer.
EXPECTED_PATHS = {
    ("FARGATE", True): (
        ["PROVISIONING", "PENDING", "ACTIVATING", "RUNNING"],
        ["STOPPING", "DEPROVISIONING", "STOPPED"],
    ),
    ("EC2", True): (
        ["PROVISIONING", "PENDING", "ACTIVATING", "RUNNING"],
        ["STOPPING", "DEPROVISIONING", "STOPPED"],
    ),
    ("EC2", False): (["PENDING", "ACTIVATING", "RUNNING"], ["STOPPING", "STOPPED"]),
    ("EXTERNAL", False): (["PENDING", "ACTIVATING", "RUNNING"], ["STOPPING", "STOPPED"]),
    ("MANAGED_INSTANCES", True): (
        ["PROVISIONING", "PENDING", "ACTIVATING", "RUNNING"],
        ["STOPPING", "DEPROVISIONING", "STOPPED"],
    ),
    ("MANAGED_INSTANCES", False): (["PENDING", "ACTIVATING", "RUNNING"], ["STOPPING", "STOPPED"]),
}


@pytest.mark.parametrize("kind", PATHS, ids=str)
def test_the_paths_are_those_of_the_guide(kind):
    paths = PATHS[kind]
    start, stop = EXPECTED_PATHS[kind]

    assert path(paths.start, next(iter(paths.start))) == start
    assert path(paths.stop, "RUNNING") == ["RUNNING", *stop]
    assert path(paths.stop, "DEACTIVATING") == ["DEACTIVATING", *stop]


#: Recorded events and answers: the version of a task when it is RUNNING.
@pytest.mark.parametrize(
    ("kind", "version"),
    [(("FARGATE", True), 3), (("EC2", True), 4), (("EC2", False), 2), (("EXTERNAL", False), 2)],
    ids=str,
)
def test_a_version_is_counted_for_each_status_that_has_an_event(kind, version):
    paths = PATHS[kind]
    _, *later = path(paths.start, next(iter(paths.start)))

    assert 1 + sum(paths.arrivals[status].counts for status in later) == version


@pytest.mark.parametrize("paths", PATHS.values(), ids=[str(kind) for kind in PATHS])
def test_a_path_visits_only_statuses_that_are_known(paths):
    stages = [*paths.start.values(), *paths.stop.values()]

    assert {stage.status for stage in stages} | {stage.to for stage in stages} <= ARRIVALS.keys()
    assert all(0 <= step.percent <= 100 for stage in stages for step in stage.steps)


@pytest.mark.parametrize("stage", FARGATE_START, ids=lambda stage: stage.status)
def test_a_task_leaves_each_stage_of_the_start_when_its_time_is_over(region, run, pass_seconds, stage):
    task = run()
    before = sum(each.delay for each in FARGATE_START[: FARGATE_START.index(stage)]) / SECOND

    pass_seconds(before + stage.delay / SECOND - 0.000001)
    assert task.last_status == stage.status
    pass_seconds(0.000001)
    assert task.last_status == stage.to


@pytest.mark.parametrize(
    ("stage", "step"),
    [(stage, step) for stage in FARGATE_START for step in stage.steps],
    ids=lambda row: row.status if hasattr(row, "status") else row.stamp or row.interface,
)
def test_a_step_is_taken_within_its_stage(region, run, pass_seconds, stage, step):
    task = run()
    before = sum(each.delay for each in FARGATE_START[: FARGATE_START.index(stage)])

    pass_seconds((before + stage.delay * step.percent // 100) / SECOND)

    assert task.last_status == stage.status
    if step.interface is not None:
        assert task.interface.status == step.interface
    if step.stamp is not None:
        assert getattr(task, step.stamp) == region.clock.now


# --- the paths --------------------------------------------------------------------------------------------------------------------------


def test_a_task_comes_up(region, run, pass_seconds):
    task = run()

    pass_seconds(3600 * 24)

    assert statuses(region, task) == [(0, "PROVISIONING"), (10, "PENDING"), (25, "ACTIVATING"), (26, "RUNNING")]
    assert task.version == 3


def test_a_task_is_stopped_on_request(region, run, pass_seconds):
    """The API's recorded examples: the version is 3 when RUNNING, 4 after StopTask, 5 at DEPROVISIONING, 6 when STOPPED."""
    task = run()
    pass_seconds(RUNNING_AFTER)
    versions = [task.version]

    lifecycle.stop(region, task, code="UserInitiated", reason="enough")
    for seconds in (0, 1, 10, 10):
        pass_seconds(seconds)
        versions.append(task.version)

    assert statuses(region, task)[4:] == [(27, "STOPPING"), (37, "DEPROVISIONING"), (47, "STOPPED")]
    assert versions == [3, 4, 4, 5, 6]
    assert (container(task).exit_code, container(task).reason) == (143, None)


def test_an_essential_container_that_exits_ends_the_task(region, run, pass_seconds, since_start):
    """Recorded events: RUNNING, DEPROVISIONING, STOPPED, without STOPPING; stoppingAt comes after executionStoppedAt."""
    task = run()
    pass_seconds(RUNNING_AFTER)

    lifecycle.container_exited(region, task, container(task), 0)
    assert (task.last_status, task.desired_status, task.version) == ("RUNNING", "RUNNING", 3)
    pass_seconds(60)

    assert statuses(region, task)[4:] == [(35, "DEPROVISIONING"), (45, "STOPPED")]
    assert (task.stop_code, task.stopped_reason) == ("EssentialContainerExited", "Essential container in task exited")
    assert [since_start(each) for each in (task.execution_stopped_at, task.stopping_at, task.stopped_at)] == [
        26,
        35,
        45,
    ]
    assert (container(task).exit_code, task.version) == (0, 5)


def test_the_other_containers_get_the_stop_signal_when_an_essential_one_exits(region, run, pass_seconds, since_start):
    """Developer Guide, "Stopped tasks error codes": they end with a code of their own."""
    task = run(ESSENTIAL, SIDECAR)
    pass_seconds(RUNNING_AFTER)

    lifecycle.container_exited(
        region, task, container(task), 137, "OutOfMemoryError: container killed due to memory usage"
    )
    pass_seconds(60)

    web, logs = task.containers
    assert (web.exit_code, web.reason) == (137, "OutOfMemoryError: container killed due to memory usage")
    assert (logs.exit_code, logs.reason) == (143, None)
    assert since_start(task.execution_stopped_at) == RUNNING_AFTER + 1
    assert task.stopped_reason == "OutOfMemoryError: container killed due to memory usage"


def test_a_task_goes_on_without_a_container_that_isnt_essential(region, run, pass_seconds):
    task = run(ESSENTIAL, SIDECAR)
    pass_seconds(RUNNING_AFTER)

    lifecycle.container_exited(region, task, container(task, "logs"), 1)
    pass_seconds(3600)

    assert (task.last_status, task.desired_status) == ("RUNNING", "RUNNING")
    assert [each.last_status for each in task.containers] == ["RUNNING", "STOPPED"]


def test_a_container_exits_once(region, run, pass_seconds):
    task = run()
    pass_seconds(RUNNING_AFTER)

    lifecycle.container_exited(region, task, container(task), 3)
    pass_seconds(1)
    lifecycle.container_exited(region, task, container(task), 4)
    pass_seconds(60)

    assert container(task).exit_code == 3
    assert [status for _, status in statuses(region, task)].count("STOPPED") == 1


def test_a_container_that_never_ran_cant_exit(region, run, pass_seconds):
    task = run()

    lifecycle.container_exited(region, task, container(task), 1)
    pass_seconds(60)

    assert (task.last_status, container(task).exit_code) == ("RUNNING", None)


def test_a_container_may_exit_before_the_task_runs(region, run, pass_seconds):
    """A job of a second: the task is RUNNING for a moment all the same."""
    task = run()
    pass_seconds(25.5)

    lifecycle.container_exited(region, task, container(task), 0)
    pass_seconds(60)

    assert [status for _, status in statuses(region, task)][2:] == [
        "ACTIVATING",
        "RUNNING",
        "DEPROVISIONING",
        "STOPPED",
    ]
    assert task.started_at is not None


@pytest.mark.parametrize("after", [0, 0.5, 5, 8.5, 9, 9.5, 15])
def test_the_first_reason_stays_when_a_task_is_stopped_while_it_ends_by_itself(region, run, pass_seconds, after):
    """Who decides first that the task must stop: StopTask before ECS has learnt of the exit, the exit after that."""
    task = run()
    pass_seconds(RUNNING_AFTER)

    lifecycle.container_exited(region, task, container(task), 7)
    pass_seconds(after)
    lifecycle.stop(region, task, code="UserInitiated", reason="enough")
    pass_seconds(60)

    assert task.stop_code == ("UserInitiated" if after < 9 else "EssentialContainerExited")
    assert (task.last_status, container(task).exit_code) == ("STOPPED", 7)
    down = [status for _, status in statuses(region, task)][4:]
    assert down == [*(["STOPPING"] if after < 8 else []), "DEPROVISIONING", "STOPPED"]


@pytest.mark.parametrize(
    ("after", "path"),
    [
        pytest.param(0, ["PROVISIONING", "DEPROVISIONING", "STOPPED"], id="PROVISIONING"),
        pytest.param(12, ["PROVISIONING", "PENDING", "DEPROVISIONING", "STOPPED"], id="PENDING"),
        pytest.param(
            25.5,
            ["PROVISIONING", "PENDING", "ACTIVATING", "STOPPING", "DEPROVISIONING", "STOPPED"],
            id="ACTIVATING, when its containers run already",
        ),
        pytest.param(9.5, ["PROVISIONING", "DEPROVISIONING", "STOPPED"], id="right before the next status"),
    ],
)
def test_a_task_is_stopped_before_it_runs(region, run, pass_seconds, after, path):
    task = run()
    pass_seconds(after)

    lifecycle.stop(region, task, code="TaskFailedToStart", reason="CannotPullContainerError: not found")
    pass_seconds(120)

    assert [status for _, status in statuses(region, task)] == path
    assert (task.stop_code, task.started_at) == ("TaskFailedToStart", None)
    assert [each.last_status for each in task.containers] == ["STOPPED"]


@pytest.mark.parametrize(
    ("after", "path"),
    [
        pytest.param(25.5, ["STOPPING", "DEPROVISIONING", "STOPPED"], id="before it runs there is nothing to drain"),
        pytest.param(30, ["DEACTIVATING", "STOPPING", "DEPROVISIONING", "STOPPED"], id="once it runs"),
    ],
)
def test_a_target_of_a_load_balancer_drains_before_it_stops(region, run, pass_seconds, after, path):
    """Developer Guide, "Task lifecycle", DEACTIVATING."""
    task = run()
    task.is_behind_load_balancer = True
    pass_seconds(after)

    lifecycle.stop(region, task, code="UserInitiated", reason="enough")
    pass_seconds(600)

    assert [status for at, status in statuses(region, task) if at > after] == path


@pytest.mark.parametrize("how", ["stopped", "exited", "never ran"])
def test_the_timestamps_come_in_the_documented_order(region, run, pass_seconds, how):
    """API reference, Task: created, connected, pulled, started, then stopping and execution stopped, stopped last."""
    task = run()
    pass_seconds(5 if how == "never ran" else 30)
    if how == "exited":
        lifecycle.container_exited(region, task, container(task), 0)
    else:
        lifecycle.stop(region, task, code="UserInitiated", reason="enough")
    pass_seconds(120)

    names = ("created_at", "connectivity_at", "pull_started_at", "pull_stopped_at", "started_at")
    ends = sorted(filter(None, (task.stopping_at, task.execution_stopped_at)))
    known = [*filter(None, (getattr(task, name) for name in names)), *ends, task.stopped_at]
    assert known == sorted(known)
    assert len(known) == (4 if how == "never ran" else 8)


@pytest.mark.parametrize("timings", ["instant"])
def test_with_instant_timings_everything_happens_at_the_next_look(region, run, pass_seconds, timings):
    task = run()
    assert task.last_status == "PROVISIONING"

    pass_seconds(0)
    assert (task.last_status, task.started_at) == ("RUNNING", region.clock.now)
    lifecycle.stop(region, task, code="UserInitiated", reason="enough")
    assert task.last_status == "RUNNING"
    pass_seconds(0)

    assert (task.last_status, task.stopped_at) == ("STOPPED", region.clock.now)
    assert statuses(region, task)[-1] == (0, "STOPPED")


@pytest.mark.parametrize("timings", [{"PROVISIONING": 2, "PENDING": 0.5, "DEPROVISIONING": 0}])
def test_timings_replace_the_delay_of_a_status(region, run, pass_seconds, timings):
    task = run()
    pass_seconds(10)
    lifecycle.stop(region, task, code="UserInitiated", reason="enough")
    pass_seconds(60)

    assert statuses(region, task) == [
        (0, "PROVISIONING"),
        (2, "PENDING"),
        (2.5, "ACTIVATING"),
        (3.5, "RUNNING"),
        (11, "STOPPING"),
        (21, "DEPROVISIONING"),
        (21, "STOPPED"),
    ]


def test_advancing_in_steps_equals_advancing_at_once(region, run, pass_seconds):
    in_steps, at_once = pickle.loads(pickle.dumps((region, run()))), (region, run())
    histories = []
    for (where, task), steps in ((in_steps, [0.7] * 200), (at_once, [140])):
        start = where.clock.now
        where.clock.settle(start + 30 * SECOND)
        lifecycle.stop(where, task, code="UserInitiated", reason="enough")
        for step in steps:
            where.clock.settle(where.clock.now + round(step * SECOND))
        histories.append(statuses(where, task))

    assert histories[0] == histories[1]


def test_a_copy_of_the_state_goes_on_by_itself(region, run, pass_seconds):
    """A snapshot holds what is due as well: the copy's tasks run on, and the original's are untouched by it."""
    task = run()
    pass_seconds(12)

    copied_region, copied_task = pickle.loads(pickle.dumps((region, task)))
    copied_region.clock.settle(copied_region.clock.now + 60 * SECOND)

    assert (task.last_status, copied_task.last_status) == ("PENDING", "RUNNING")
    assert copied_region.tasks_in(copied_task.cluster).get(task.id) is copied_task


def test_nothing_is_left_to_happen_once_a_task_is_forgotten(region, run, pass_seconds):
    task = run(ESSENTIAL, SIDECAR)
    pass_seconds(30)
    lifecycle.stop(region, task, code="UserInitiated", reason="enough")

    pass_seconds(2 * 3600)

    assert region.clock.next_due() is None
    assert list(region.tasks_in(region.clusters.active(None))) == []
