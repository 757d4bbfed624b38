"""What containers do: their identifiers, the stop signal and its timeout, health, and the agent for commands."""

from __future__ import annotations

from hashlib import sha256

import pytest

from pytest_ecsfake.engine.tasks import lifecycle

CHECKED = {"healthCheck": {"command": ["CMD", "true"], "interval": 10}}
ROLE = "arn:aws:iam::123456789012:role/web"
RUNNING_AFTER = 26


def definition(name="web", **members):
    return {"name": name, "image": "nginx:1.29", **members}


def test_a_runtime_id_is_the_tasks_id_and_a_number_of_the_name(run, pass_seconds):
    """The API's recorded examples: 265927825 for containers named web, in ten digits since 2025."""
    task = run(definition("web"), definition("logs"))
    assert task.containers[0].runtime_id is None

    pass_seconds(RUNNING_AFTER)

    web, logs = task.containers
    assert web.runtime_id == f"{task.id}-0265927825"
    assert logs.runtime_id.startswith(f"{task.id}-")
    assert logs.runtime_id != web.runtime_id


@pytest.mark.parametrize(
    ("image", "digest"),
    [
        pytest.param("nginx:1.29", f"sha256:{sha256(b'nginx:1.29').hexdigest()}", id="made up from the image's name"),
        pytest.param(f"nginx@sha256:{'ab' * 32}", f"sha256:{'ab' * 32}", id="what the image is named by"),
    ],
)
def test_an_image_digest_is_known_once_the_image_is_there(run, pass_seconds, image, digest):
    task = run(definition(image=image))
    assert task.containers[0].image_digest is None

    pass_seconds(RUNNING_AFTER)

    assert task.containers[0].image_digest == digest


@pytest.mark.parametrize(
    ("stop_timeout", "timings", "ended_after", "exit_code"),
    [
        pytest.param(None, "realistic", 2, 143, id="obeys SIGTERM"),
        pytest.param(2, "realistic", 2, 143, id="obeys in time"),
        pytest.param(None, {"STOPPING": 290}, 30, 143, id="obeys in the last second of the default timeout"),
        pytest.param(None, {"STOPPING": 400}, 31, 137, id="killed after the default timeout"),
        pytest.param(10, {"STOPPING": 400}, 11, 137, id="killed after its own timeout"),
        pytest.param(10, {"STOPPING": 100}, 11, 143, id="obeys at the last instant"),
        pytest.param(120, {"STOPPING": 400}, 41, 143, id="obeys in time with a longer timeout"),
    ],
)
def test_a_container_ends_within_its_stop_timeout(
    region, run, pass_seconds, since_start, stop_timeout, ended_after, exit_code
):
    """API reference, StopTask and ContainerDefinition, stopTimeout; exit codes 128+15 and 128+9."""
    members = {} if stop_timeout is None else {"stopTimeout": stop_timeout}
    task = run(definition(**members))
    pass_seconds(RUNNING_AFTER)

    lifecycle.stop(region, task, code="UserInitiated", reason="enough")
    pass_seconds(600)

    assert task.containers[0].exit_code == exit_code
    assert since_start(task.execution_stopped_at) == RUNNING_AFTER + ended_after
    assert task.containers[0].reason is None


@pytest.mark.parametrize("timings", [{"STOPPING": 400}])
def test_each_container_has_its_own_stop_timeout_and_is_told_once(region, run, pass_seconds, since_start, timings):
    task = run(definition("web"), definition("logs", stopTimeout=10))
    pass_seconds(RUNNING_AFTER)

    lifecycle.stop(region, task, code="UserInitiated", reason="enough")
    pass_seconds(1 + 30)

    assert [container.exit_code for container in task.containers] == [137, 137]
    assert since_start(task.execution_stopped_at) == RUNNING_AFTER + 31
    # Obeying would take 40 s. The one event that is left of a second signal would be due before ECS learns of the end.
    assert since_start(region.clock.next_due()) in (RUNNING_AFTER + 31 + 360,)


@pytest.mark.parametrize(
    ("containers", "health"),
    [
        pytest.param([definition()], ["UNKNOWN"] * 3, id="no check"),
        pytest.param([definition(**CHECKED)], ["UNKNOWN", "UNKNOWN", "HEALTHY"], id="one check"),
        pytest.param(
            [definition(**CHECKED), definition("logs")],
            ["UNKNOWN", "UNKNOWN", "HEALTHY"],
            id="a container without a check",
        ),
        pytest.param(
            [definition(), definition("logs", essential=False, **CHECKED)],
            ["UNKNOWN"] * 3,
            id="a check that isn't essential",
        ),
    ],
)
def test_a_task_is_as_healthy_as_its_essential_containers(run, pass_seconds, containers, health):
    """Developer Guide, "Determine task health using container health checks"; the first result comes after one interval."""
    task = run(*containers)
    seen = [task.health_status]

    for seconds in (34.9, 0.1):  # the containers start at 25 s, a second before the task is RUNNING
        pass_seconds(seconds)
        seen.append(task.health_status)

    assert seen == health


def test_one_unhealthy_essential_container_makes_the_task_unhealthy(run, pass_seconds):
    task = run(definition(**CHECKED), definition("api", **CHECKED))
    pass_seconds(60)

    task.containers[1].health_status = "UNHEALTHY"

    assert task.health_status == "UNHEALTHY"


def test_a_container_that_stopped_passes_no_check(region, run, pass_seconds):
    task = run(definition(**CHECKED))
    pass_seconds(RUNNING_AFTER)

    lifecycle.container_exited(region, task, task.containers[0], 1)
    pass_seconds(60)

    assert task.containers[0].health_status == "UNKNOWN"


def test_the_agent_for_commands_starts_after_its_container_and_stops_with_it(region, run, pass_seconds, since_start):
    """API reference, ManagedAgent; recorded events show it PENDING when the task is RUNNING."""
    task = run(enableExecuteCommand=True, overrides={"taskRoleArn": ROLE})
    agent = task.containers[0].execute_command_agent
    seen = []

    for seconds in (RUNNING_AFTER, 10):
        pass_seconds(seconds)
        seen.append(agent.last_status)
    lifecycle.stop(region, task, code="UserInitiated", reason="enough")
    pass_seconds(60)
    seen.append(agent.last_status)

    assert seen == ["PENDING", "RUNNING", "STOPPED"]
    assert since_start(agent.last_started_at) == 28
