"""A service whose tasks don't come to run: the circuit breaker ends the deployment, and without one the attempts become ever rarer.

Rules: Developer Guide, "How the Amazon ECS deployment circuit breaker detects failures" and "Amazon ECS service throttle logic". The delays between
attempts are ours, but for the longest: 27 minutes.
"""

from __future__ import annotations

from itertools import pairwise

import pytest

import builders

pytestmark = pytest.mark.ecs_fake(clusters=["prod"], poll_step=0)

NOT_FOUND = "CannotPullContainerError: not found"
DELAYS = [minutes * 60 for minutes in (1, 4, 8, 15, 27)]

#: How long after what is asked of a service its tasks are started, and how long after that they fail, in seconds.
TAKEN_UP, FAILED = 15, 28
#: When tasks are started of which none ever runs, seconds after the service was asked for them.
STARTS = [TAKEN_UP + sum(FAILED + delay for delay in DELAYS[:number]) for number in range(len(DELAYS))]
#: Amid the longest time between two attempts but one.
AMID_A_LONG_WAIT = 1500


@pytest.fixture
def break_image(ecs_fake):
    """Have the image of a family not be pulled, at all or this many times."""
    return lambda family="web", **times: ecs_fake.containers.script(family=family, pull_error=NOT_FOUND, **times)


@pytest.fixture
def broken(break_image, register_on_fargate):
    """The task definition `web`, whose image can't be pulled."""
    register_on_fargate()
    break_image()


def starts_since(ecs_fake, instant):
    """When tasks were started since then, in seconds."""
    created = [task.created_at for task in ecs_fake.tasks if task.created_at >= instant]
    return [(at - instant).total_seconds() for at in created]


@pytest.mark.parametrize(("desired", "attempts"), [(1, 3), (2, 2), (7, 1)])
def test_a_deployment_fails_with_the_task_that_reaches_the_threshold(
    ecs_fake, broken, create_service, desired, attempts
):
    """All tasks of an attempt fail at the same instant: two of two, with a threshold of three, take a second one."""
    breaker = {"enable": True, "rollback": False}
    create_service(desiredCount=desired, deploymentConfiguration={"deploymentCircuitBreaker": breaker})
    ecs_fake.clock.advance(seconds=3000)

    [deployment] = ecs_fake.services["prod/web"].deployments
    assert deployment.rollout_state == "FAILED"
    assert len(ecs_fake.tasks) == desired * attempts


@pytest.mark.parametrize(
    ("family", "last"),
    [pytest.param("web", "TRIGGERED", id="it fails"), pytest.param("good", "MONITORING_COMPLETE", id="it succeeds")],
)
def test_the_time_line_has_each_status_of_the_circuit_breaker(
    ecs_fake, break_image, create_service, register_on_fargate, skip_unless_known, family, last
):
    for each in ("web", "good"):
        register_on_fargate(family=each)
    break_image().optional()
    breaker = {"enable": True, "rollback": False, "thresholdConfiguration": {"type": "COUNT", "value": 1}}
    configuration = {"deploymentCircuitBreaker": breaker}
    skip_unless_known("CreateService", {"deploymentConfiguration": configuration})
    create_service(taskDefinition=family, deploymentConfiguration=configuration)
    ecs_fake.clock.advance(seconds=300)

    lines = ecs_fake.timeline(None, folded=False).splitlines()
    changes = [line.partition("deploymentCircuitBreaker.status ")[2] for line in lines]
    assert [change for change in changes if change] == ["DISABLED -> MONITORING", f"MONITORING -> {last}"]


def test_the_time_between_two_attempts_grows_to_27_minutes(ecs_fake, broken, create_service, service):
    create_service(desiredCount=1)
    ecs_fake.clock.advance(seconds=3 * 60 * 60)

    events = service()["events"]
    starts = [event["createdAt"] for event in reversed(events) if "has started" in event["message"]]
    between = [(after - before).total_seconds() - FAILED for before, after in pairwise(starts)]
    assert between[: len(DELAYS)] == DELAYS
    assert set(between[len(DELAYS) :]) == {27 * 60}
    assert any("is unable to consistently start tasks successfully" in event["message"] for event in events)


def test_an_update_ends_the_throttling(ecs_fake, ecs_client, broken, create_service):
    """Developer Guide, "Amazon ECS service throttle logic": at once, and if the new tasks fail too it begins anew."""
    create_service(desiredCount=1)
    ecs_fake.clock.advance(seconds=AMID_A_LONG_WAIT)

    ecs_client.update_service(cluster="prod", service="web", forceNewDeployment=True)
    updated_at = ecs_fake.clock.now
    ecs_fake.clock.advance(seconds=AMID_A_LONG_WAIT)

    assert starts_since(ecs_fake, updated_at) == STARTS[:-1]


def test_a_new_task_set_ends_the_throttling(ecs_fake, ecs_client, broken):
    """The same guide, for deployments that somebody else makes; the older task set is tried again with the new one."""
    ecs_client.create_service(**builders.service_of_task_sets())
    task_set = {
        "cluster": "prod",
        "service": "web",
        "taskDefinition": "web",
        "scale": {"value": 100, "unit": "PERCENT"},
        **builders.ON_FARGATE,
    }
    ecs_client.create_task_set(**task_set)
    ecs_fake.clock.advance(seconds=AMID_A_LONG_WAIT)

    new = ecs_client.create_task_set(**task_set)["taskSet"]["id"]
    created_at = ecs_fake.clock.now
    ecs_fake.clock.advance(seconds=AMID_A_LONG_WAIT)

    created = [task.created_at for task in ecs_fake.tasks if task.started_by == new]
    assert [(at - created_at).total_seconds() for at in created] == STARTS[:-1]


def test_a_rollback_ends_the_throttling(ecs_fake, ecs_client, broken, break_image, create_service, register_on_fargate):
    """The deployment that is gone back to starts its tasks at once, and is throttled anew if they fail too. # unverified"""
    register_on_fargate(family="good")
    breaker = {"enable": True, "rollback": True}
    create_service(taskDefinition="good", desiredCount=1, deploymentConfiguration={"deploymentCircuitBreaker": breaker})
    ecs_fake.clock.advance(seconds=300)

    ecs_client.update_service(cluster="prod", service="web", taskDefinition="web", desiredCount=2)
    break_image("good")
    service = ecs_fake.services["prod/web"]
    ecs_fake.clock.advance_until(lambda: service.task_definition.endswith("good:1"), timeout=600)
    rolled_back_at = ecs_fake.clock.now
    ecs_fake.clock.advance(seconds=AMID_A_LONG_WAIT)

    assert starts_since(ecs_fake, rolled_back_at) == [start - TAKEN_UP for start in STARTS[:-1]]


def test_a_task_that_runs_well_ends_the_throttling(ecs_fake, break_image, create_service, register_on_fargate):
    register_on_fargate()
    break_image(times=3)
    create_service(desiredCount=1)
    ecs_fake.clock.advance(seconds=AMID_A_LONG_WAIT)
    [running] = ecs_fake.tasks.where(last_status="RUNNING")

    break_image()
    running.exit("web", code=1)
    exited_at = ecs_fake.clock.now
    ecs_fake.clock.advance(seconds=AMID_A_LONG_WAIT)

    first, *others = starts_since(ecs_fake, exited_at)
    assert [start - first for start in others] == [start - TAKEN_UP for start in STARTS[1:-1]]


def test_a_task_that_failed_waits_no_longer_once_another_one_runs_well(
    ecs_fake, break_image, create_service, register_on_fargate
):
    """It runs after 26 s, and well for 40 s more; the first attempt again would be some twenty seconds later."""
    register_on_fargate()
    break_image(times=1)
    created_at = ecs_fake.clock.now

    create_service(desiredCount=2)
    ecs_fake.clock.advance(seconds=300)

    assert starts_since(ecs_fake, created_at) == [TAKEN_UP, TAKEN_UP, TAKEN_UP + 26 + 40]


def test_once_a_task_has_run_others_that_do_not_start_count_no_more(
    ecs_fake, break_image, create_service, register_on_fargate
):
    """Developer Guide, the circuit breaker's stages: the one task of four runs after 26 s, the others fail two seconds later."""
    register_on_fargate()
    break_image(times=3)
    breaker = {"enable": True, "rollback": False}

    create_service(desiredCount=4, deploymentConfiguration={"deploymentCircuitBreaker": breaker})
    ecs_fake.clock.advance(seconds=TAKEN_UP + FAILED)
    [deployment] = ecs_fake.services["prod/web"].deployments
    failed = deployment.failed_tasks
    ecs_fake.clock.advance(seconds=600)

    assert failed == 3  # the least threshold
    assert (deployment.rollout_state, deployment.running_count) == ("COMPLETED", 4)


def test_a_daemons_starts_are_throttled_too(ecs_fake, ecs_client, break_image, create_service):
    """A task on a container instance fails three seconds after its start, with what is left of it gone within three more."""
    ecs_client.register_task_definition(**builders.task_definition_on_instances())
    break_image()
    ecs_fake.container_instances.add("prod")
    created_at = ecs_fake.clock.now

    create_service(launchType="EC2", networkConfiguration=None, desiredCount=None, schedulingStrategy="DAEMON")
    ecs_fake.clock.advance(seconds=AMID_A_LONG_WAIT)

    between = [after - before for before, after in pairwise(starts_since(ecs_fake, created_at))]
    assert [0 <= seconds - delay < 60 for seconds, delay in zip(between, DELAYS, strict=False)] == [True] * 3
