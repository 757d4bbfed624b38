"""Containers that do what a test ordered: they exit, fail to start, turn unhealthy, are restarted; and what becomes of their tasks."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

pytestmark = pytest.mark.ecs_fake(clusters=["prod"], poll_step=0)

#: When a task's containers start on Fargate, in seconds after RunTask; a second later it is RUNNING.
STARTED = 25
#: From the last container's exit to STOPPED: ECS learns of it, then takes the network interface down.
LEARNT, STOPPED = 9, 19

NOT_FOUND = (
    "CannotPullContainerError: pull image manifest has been retried 5 time(s): failed to resolve ref "
    "docker.io/library/broken:1: not found"
)
NO_WAY_TO_ECR = (
    "ResourceInitializationError: unable to pull secrets or registry auth: The task cannot pull registry auth from Amazon ECR: "
    "There is a connection issue between the task and Amazon ECR. Check your task network configuration."
)
NO_SECRET = (
    "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable to retrieve "
    "secret from asm: service call has been retried 5 time(s): ResourceNotFoundException: Secrets Manager can't find the specified secret."
)
NO_COMMAND = "CannotStartContainerError: failed to get container status"
#: Fargate's words (a public report of 2026-07); the agent of a container instance writes `Container`.
OUT_OF_MEMORY = "OutOfMemoryError: container killed due to memory usage"

APP = {"name": "app", "image": "nginx:1.29"}
CHECK = {"command": ["CMD-SHELL", "curl -f http://localhost"]}


@pytest.fixture
def run(register_on_fargate, run_on_fargate, ecs_fake):
    """Run a task of these containers in the cluster prod; its view."""

    def run(*containers, **parameters):
        register_on_fargate(*(containers or [APP]))
        [task] = run_on_fargate(cluster="prod", **parameters)["tasks"]
        return ecs_fake.tasks[task["taskArn"]]

    return run


@pytest.fixture
def seen(ecs_client):
    """A task as DescribeTasks shows it, with its timestamps in seconds after RunTask."""

    def seen(task):
        [shown] = ecs_client.describe_tasks(cluster="prod", tasks=[task.arn])["tasks"]
        begun = shown.pop("createdAt")
        return {
            name: (value - begun).total_seconds() if name.endswith("At") else value for name, value in shown.items()
        }

    return seen


def test_a_job_ends_with_its_exit_code(ecs_fake, run, seen):
    """Success or failure of a job is in the exit code alone (Developer Guide, "Stopped tasks error codes")."""
    ecs_fake.containers.script(family="web", runs_for=30, exit_code=1)

    task = run()
    ecs_fake.clock.advance(seconds=600)

    shown = seen(task)
    assert (shown["lastStatus"], shown["stopCode"], shown["stoppedReason"]) == (
        "STOPPED",
        "EssentialContainerExited",
        "Essential container in task exited",
    )
    assert shown["containers"][0]["exitCode"] == 1
    assert "reason" not in shown["containers"][0]
    assert {name: shown[name] for name in shown if name.endswith("At")} == {
        "connectivityAt": 4,
        "pullStartedAt": 13,
        "pullStoppedAt": 23.5,
        "startedAt": 26,
        "executionStoppedAt": STARTED + 30,
        "stoppingAt": STARTED + 30 + LEARNT,
        "stoppedAt": STARTED + 30 + STOPPED,
    }


@pytest.mark.parametrize(
    ("seconds", "lasted"),
    [
        pytest.param(0, 0, id="at once"),
        pytest.param(0.5, 0, id="while its task is ACTIVATING"),
        pytest.param(5, 4, id="when its task is RUNNING"),
    ],
)
def test_a_job_ends_after_its_task_was_running_however_short_it_is(ecs_fake, run, seen, seconds, lasted):
    """Recorded answers: executionStoppedAt is never before startedAt, so that their difference can be taken."""
    ecs_fake.containers.script(family="web", runs_for=seconds, exit_code=0)

    task = run()
    ecs_fake.clock.advance(seconds=600)

    shown = seen(task)
    assert shown["executionStoppedAt"] - shown["startedAt"] == lasted
    assert shown["executionStoppedAt"] < shown["stoppingAt"] < shown["stoppedAt"]
    assert (shown["stopCode"], shown["containers"][0]["exitCode"]) == ("EssentialContainerExited", 0)


def test_only_the_first_tasks_fail(ecs_fake, run):
    ecs_fake.containers.script(family="web", exit_code=1, times=2)
    ecs_fake.containers.script(family="web", exit_code=0)

    tasks = [run() for _ in range(4)]
    ecs_fake.clock.advance(seconds=600)

    assert [task.container("app").exit_code for task in tasks] == [1, 1, 0, 0]


@pytest.mark.parametrize(
    "reason",
    [
        pytest.param(OUT_OF_MEMORY, id="in today's words"),
        pytest.param("OutOfMemoryError: Container killed due to memory usage", id="in the words until 2025"),
    ],
)
def test_a_container_out_of_memory_ends_its_task(ecs_fake, run, reason):
    ecs_fake.containers.script(family="web", runs_for=90, exit_code=137, reason=reason)

    task = run()
    ecs_fake.clock.advance(seconds=600)

    assert (task.stop_code, task.stopped_reason) == ("EssentialContainerExited", reason)
    assert (task.container("app").exit_code, task.container("app").reason) == (137, reason)


def test_a_sidecar_ends_alone(ecs_fake, run):
    ecs_fake.containers.script(container="envoy", runs_for=10, exit_code=1)

    task = run(APP, {"name": "envoy", "image": "envoy:1", "essential": False})
    ecs_fake.clock.advance(seconds=600)

    assert task.last_status == "RUNNING"
    assert [(each.last_status, each.exit_code) for each in task.containers] == [("RUNNING", None), ("STOPPED", 1)]


@pytest.mark.parametrize(
    ("script", "gives_up_at", "pulled"),
    [
        pytest.param({"image": "nginx:*", "pull_error": NOT_FOUND}, 13 + 15, False, id="no such image"),
        pytest.param({"family": "web", "secrets_error": NO_SECRET}, 13 + 15, False, id="no such secret"),
        pytest.param(
            {"container": "app", "secrets_error": NO_WAY_TO_ECR}, 13 + 270, False, id="no way to the registry"
        ),
        pytest.param({"family": "web:1", "start_error": NO_COMMAND}, 25, True, id="the container can't start"),
    ],
)
def test_a_task_fails_to_start(ecs_fake, run, seen, script, gives_up_at, pulled):
    """On Fargate the error itself is the reason; there is neither an exit code nor a start."""
    ecs_fake.containers.script(**script)
    [error] = [text for name, text in script.items() if name.endswith("_error")]

    task = run()
    ecs_fake.clock.advance(seconds=600)

    shown = seen(task)
    assert (shown["lastStatus"], shown["stopCode"], shown["stoppedReason"]) == ("STOPPED", "TaskFailedToStart", error)
    assert (shown["pullStartedAt"], shown["stoppingAt"], shown["stoppedAt"]) == (13, gives_up_at, gives_up_at + 11)
    assert ("pullStoppedAt" in shown, "startedAt" in shown, "executionStoppedAt" in shown) == (pulled, False, False)
    assert "exitCode" not in shown["containers"][0]
    assert (shown["containers"][0]["lastStatus"], shown["containers"][0]["reason"]) == ("STOPPED", error)


def test_a_container_that_is_waited_for_exits_as_its_script_says(ecs_fake, run):
    """API reference, ContainerDependency, SUCCESS: one that exits with another code keeps the others from starting for good."""
    ecs_fake.containers.script(container="migrate", runs_for=40, exit_code=3)

    task = run(
        {**APP, "dependsOn": [{"containerName": "migrate", "condition": "SUCCESS"}]},
        {"name": "migrate", "image": "migrate:1", "essential": False},
    )
    ecs_fake.clock.advance(seconds=64)
    assert (task.last_status, task.stop_code) == ("ACTIVATING", None)

    ecs_fake.clock.advance(seconds=600)
    assert (task.last_status, task.stop_code) == ("STOPPED", "TaskFailedToStart")
    assert [each.exit_code for each in task.containers] == [None, 3]


@pytest.mark.parametrize(
    ("health", "check", "changes"),
    [
        pytest.param(["HEALTHY"], {}, [(30, "HEALTHY")], id="passes"),
        pytest.param(["HEALTHY", "UNHEALTHY"], {}, [(30, "HEALTHY"), (120, "UNHEALTHY")], id="three failures in a row"),
        pytest.param(["UNHEALTHY"], {"interval": 10, "retries": 2}, [(20, "UNHEALTHY")], id="never passes"),
        pytest.param(
            ["UNHEALTHY"], {"startPeriod": 60}, [(120, "UNHEALTHY")], id="failures while it starts don't count"
        ),
        pytest.param(
            ["HEALTHY", "UNHEALTHY"],
            {"startPeriod": 300},
            [(30, "HEALTHY"), (120, "UNHEALTHY")],
            id="the start is over once it has passed",
        ),
        pytest.param(["TIMEOUT"], {"timeout": 10}, [(120, "UNHEALTHY")], id="a check that hangs takes its timeout"),
        pytest.param(
            ["UNHEALTHY", "UNHEALTHY", "HEALTHY", "UNHEALTHY"],
            {},
            [(90, "HEALTHY"), (180, "UNHEALTHY")],
            id="a success begins the count again",
        ),
        pytest.param(
            ["UNHEALTHY", "UNHEALTHY", "UNHEALTHY", "HEALTHY"],
            {},
            [(90, "UNHEALTHY"), (120, "HEALTHY")],
            id="it recovers",
        ),
    ],
)
def test_the_runs_of_a_health_check_become_a_state(ecs_fake, run, health, check, changes):
    """API reference, HealthCheck; times are seconds after the container's start."""
    ecs_fake.containers.script(family="web", health=health)

    task = run({**APP, "healthCheck": {**CHECK, **check}})
    ecs_fake.clock.advance(seconds=600)

    told = re.findall(r"\+(\S+)s .*: healthStatus \w+ -> (\w+)", ecs_fake.timeline(folded=False))
    assert [(float(offset) - STARTED, state) for offset, state in told] == changes
    assert task.last_status == "RUNNING"


def test_a_standalone_task_goes_on_although_it_is_unhealthy(ecs_fake, run, seen):
    task = run({**APP, "healthCheck": CHECK})
    ecs_fake.clock.advance(seconds=60)
    assert seen(task)["healthStatus"] == "HEALTHY"

    task.set_health("app", "UNHEALTHY")
    ecs_fake.clock.advance(seconds=600)

    assert (seen(task)["lastStatus"], seen(task)["healthStatus"]) == ("RUNNING", "UNHEALTHY")


def test_what_a_test_says_of_health_holds_over_the_next_check(ecs_fake, run):
    task = run({**APP, "healthCheck": CHECK})
    ecs_fake.clock.advance(seconds=STARTED + 5)

    task.set_health("app", "UNHEALTHY")
    ecs_fake.clock.advance(seconds=60)

    assert task.container("app").health_status == "UNHEALTHY"


POLICY = {"enabled": True, "restartAttemptPeriod": 60, "ignoredExitCodes": [2]}


@pytest.mark.parametrize(
    ("runs_for", "exit_code", "policy", "ended_after"),
    [
        pytest.param(60, 1, POLICY, None, id="it ran as long as the period"),
        pytest.param(59, 1, POLICY, 59, id="it ran less than the period"),
        pytest.param(60, 2, POLICY, 60, id="a code that the policy ignores"),
        pytest.param(60, 1, {"enabled": False}, 60, id="the policy is off"),
        pytest.param(299, 1, {"enabled": True}, 299, id="the period is 300 s by default"),
        pytest.param(300, 1, {"enabled": True}, None, id="it ran for 300 s"),
    ],
)
def test_a_restart_policy_decides_whether_a_container_ends(ecs_fake, run, runs_for, exit_code, policy, ended_after):
    """API reference, ContainerRestartPolicy."""
    ecs_fake.containers.script(family="web", runs_for=runs_for, exit_code=exit_code)

    task = run({**APP, "restartPolicy": policy})
    ecs_fake.clock.advance(seconds=STARTED + 1000)

    told = ecs_fake.timeline()
    if ended_after is None:
        assert task.last_status == "RUNNING"
        assert (
            f"container app RUNNING -> RUNNING (exited with {exit_code} and is restarted) … {1000 // runs_for} times"
            in told
        )
    else:
        assert task.last_status == "STOPPED"
        assert "is restarted" not in told
        assert task.stopped_at - task.created_at == timedelta(seconds=STARTED + ended_after + STOPPED)


def test_one_that_is_told_to_stop_is_not_restarted(ecs_fake, ecs_client, run):
    ecs_fake.containers.script(family="web", runs_for=100, exit_code=0)

    task = run({**APP, "restartPolicy": POLICY})
    ecs_fake.clock.advance(seconds=STARTED + 150)
    ecs_client.stop_task(cluster="prod", task=task.arn)
    ecs_fake.clock.advance(seconds=600)

    assert (task.last_status, task.container("app").exit_code) == ("STOPPED", 143)


@pytest.mark.parametrize(
    ("definition", "killed_after"),
    [pytest.param({}, 30, id="30 s by default"), pytest.param({"stopTimeout": 120}, 120, id="its stop timeout")],
)
def test_a_container_that_ignores_sigterm_is_killed(ecs_fake, ecs_client, run, seen, definition, killed_after):
    """API reference, StopTask; as in a recorded event, neither task nor container has a reason for it."""
    ecs_fake.containers.script(family="web", ignores_sigterm=True)
    task = run({**APP, **definition})
    ecs_fake.clock.advance(seconds=60)

    ecs_client.stop_task(cluster="prod", task=task.arn)
    ecs_fake.clock.advance(seconds=600)

    shown = seen(task)
    assert shown["executionStoppedAt"] - shown["stoppingAt"] == 1 + killed_after
    assert shown["stoppedReason"] == "Task stopped by user"
    assert shown["containers"][0]["exitCode"] == 137
    assert "reason" not in shown["containers"][0]


def test_a_test_lets_a_container_exit(ecs_fake, run):
    task = run()
    ecs_fake.clock.advance(seconds=60)

    task.exit("app", code=137, reason=OUT_OF_MEMORY)

    assert (task.container("app").last_status, task.container("app").exit_code) == ("STOPPED", 137)
    ecs_fake.clock.advance(seconds=60)
    assert (task.last_status, task.stop_code, task.stopped_reason) == (
        "STOPPED",
        "EssentialContainerExited",
        OUT_OF_MEMORY,
    )


def test_a_task_on_spot_is_interrupted_with_a_warning(ecs_fake, ecs_client, run, seen):
    """Developer Guide, "Amazon ECS clusters for Fargate": SIGTERM two minutes ahead, for which the stop timeout makes room."""
    ecs_client.put_cluster_capacity_providers(
        cluster="prod", capacityProviders=["FARGATE_SPOT"], defaultCapacityProviderStrategy=[]
    )
    ecs_fake.containers.script(family="web", ignores_sigterm=True)
    task = run(
        {**APP, "stopTimeout": 120}, launchType=None, capacityProviderStrategy=[{"capacityProvider": "FARGATE_SPOT"}]
    )
    ecs_fake.clock.advance(seconds=60)

    task.interrupt_spot()
    assert (task.last_status, task.desired_status) == ("RUNNING", "STOPPED")

    ecs_fake.clock.advance(seconds=600)
    shown = seen(task)
    assert (shown["stopCode"], shown["stoppedReason"]) == ("SpotInterruption", "Your Spot Task was interrupted.")
    assert (shown["stoppingAt"], shown["executionStoppedAt"]) == (60, 60 + 1 + 120)
