"""What `ecs_fake.explain()` returns beside the situations of docs/reading-a-failure.md: keys, groups, regions, and where else it stands."""

from __future__ import annotations

import sys
from typing import Any

import pytest
from botocore.exceptions import ClientError, WaiterError

import builders
from pytest_ecsfake import explanation

AT_REST = "Everything is at rest, and no task ended badly."
CRASH = "container web exited with 1"


@pytest.fixture
def crashing(ecs_fake, ecs_client, register_on_fargate):
    """Create services in the cluster prod whose tasks exit with 1."""

    def crashing(*names: str) -> None:
        ecs_fake.clusters.add("prod")
        ecs_fake.containers.script(family="web", exit_code=1)
        register_on_fargate()
        for name in names:
            ecs_client.create_service(**builders.service(serviceName=name))
        ecs_fake.clock.advance(seconds=60)

    return crashing


# --- everything -------------------------------------------------------------------------------------------------------------------------


def test_a_fake_that_nobody_called_is_at_rest(ecs_fake):
    assert ecs_fake.explain() == AT_REST


def test_a_task_that_ends_as_it_was_meant_to_needs_no_explanation(
    ecs_fake, ecs_client, register_on_fargate, run_on_fargate
):
    ecs_client.create_cluster()
    ecs_fake.containers.script(family="web", runs_for=5)
    register_on_fargate()
    run_on_fargate()
    stopped = run_on_fargate(startedBy="me")["tasks"][0]["taskArn"]
    ecs_client.stop_task(task=stopped)
    ecs_fake.clock.advance(seconds=300)

    assert ecs_fake.explain() == AT_REST


def test_services_with_the_same_reasons_share_a_paragraph(ecs_fake, crashing):
    crashing("a", "b", "c", "d", "e")

    first, *sentences = ecs_fake.explain().splitlines()

    assert first == "Why prod/a, prod/b, prod/c and 2 more aren't stable, 60 s after the start:"
    assert sum(CRASH in sentence for sentence in sentences) == 1


def test_tasks_that_ended_for_several_reasons_are_counted_for_each(
    ecs_fake, ecs_client, register_on_fargate, run_on_fargate
):
    ecs_client.create_cluster()
    register_on_fargate()
    for code in (1, 2, 3, 4):
        ecs_fake.containers.script(family="web", exit_code=code, times=code)
    run_on_fargate(count=10)
    ecs_fake.clock.advance(seconds=60)

    [_, sentence] = ecs_fake.explain().splitlines()

    assert sentence.startswith("  At +35s 10 tasks have stopped, 4 because container web exited with 4 (your order: ")
    assert "; 3 because container web exited with 3 (" in sentence
    assert sentence.endswith("; 1 for other reasons.")


def test_tasks_that_ecs_has_forgotten_still_count(ecs_fake, crashing):
    crashing("web")
    ecs_fake.clock.advance(seconds=2 * 60 * 60)

    [_, wants, *_] = ecs_fake.explain().splitlines()

    assert len(ecs_fake.tasks) < 300
    assert "from +50s to +7260s 414 of its tasks have stopped, all because " in wants


def test_what_is_left_out_is_named(ecs_fake, ecs_client, register_on_fargate, run_on_fargate):
    ecs_client.create_cluster()
    for number in range(11):
        ecs_fake.containers.script(family=f"f{number}", exit_code=1)
        register_on_fargate(family=f"f{number}")
        run_on_fargate(taskDefinition=f"f{number}")
    ecs_fake.clock.advance(seconds=60)

    lines = ecs_fake.explain().splitlines()

    assert sum(line.startswith("Why ") for line in lines) == 8
    assert lines[-1].startswith("And 3 more: task ")
    assert lines[-1].endswith(" of f10:1 in default.")


def test_another_region_and_another_account_are_named(ecs_fake):
    for there in (ecs_fake, ecs_fake.in_region("eu-west-1"), ecs_fake.in_account("111122223333")):
        with pytest.raises(ClientError):
            there.client.list_tasks(cluster="nope")

    assert [line.partition(",")[0] for line in ecs_fake.explain().splitlines() if line.startswith("Why ")] == [
        "Why ListTasks",
    ]
    assert ecs_fake.explain().splitlines()[0] == (
        "Why ListTasks, ListTasks (eu-west-1) and ListTasks (account 111122223333, us-east-1) were refused, 0 s after the start:"
    )


def test_a_call_that_was_answered_well_later_is_left_out(ecs_fake, ecs_client):
    ecs_fake.faults.error("ListClusters", "ClientException")
    with pytest.raises(ClientError):
        ecs_client.list_clusters()
    assert "ListClusters was answered by a fault" in ecs_fake.explain()

    ecs_client.list_clusters()

    assert ecs_fake.explain() == AT_REST


def test_calls_that_got_the_same_are_counted(ecs_fake, ecs_client):
    for _ in range(3):
        with pytest.raises(ClientError):
            ecs_client.list_tasks(cluster="nope")
        ecs_fake.clock.advance(seconds=10)

    assert (
        ecs_fake.explain().splitlines()[1]
        == "  From +0s to +20s 3 calls got ClusterNotFoundException: Cluster not found."
    )


@pytest.mark.parametrize(("identifier", "name"), [("arn:aws", "arn:aws"), ("nope", "task definition nope")])
def test_a_failure_names_what_the_call_named(ecs_fake, ecs_client, identifier, name):
    ecs_client.delete_task_definitions(taskDefinitions=[identifier])

    assert (
        ecs_fake.explain().splitlines()[0] == "Why DeleteTaskDefinitions answered with failures[], 0 s after the start:"
    )
    assert ecs_fake.explain().splitlines()[1].endswith(f" for {name}.")


def test_a_throttle_that_outlasts_the_retries_is_one_call(ecs_fake, ecs_client):
    throttle = ecs_fake.faults.throttle("ListClusters", times=10)
    with pytest.raises(ClientError):
        ecs_client.list_clusters()

    assert ecs_fake.explain().splitlines()[1] == (
        f'  At +0s it got ThrottlingException: Rate exceeded (your order: faults.throttle("ListClusters"), {throttle.line}).'
    )
    throttle.optional()


def test_a_complete_service_that_has_to_leave_its_instance_says_why_it_cannot(
    ecs_fake, ecs_client, register_on_instances
):
    ecs_fake.clusters.add("prod")
    [instance] = ecs_fake.container_instances.add("prod")
    register_on_instances()
    ecs_client.create_service(cluster="prod", serviceName="web", taskDefinition="web", desiredCount=1)
    ecs_fake.clock.advance(seconds=300)
    assert ecs_fake.explain() == AT_REST

    ecs_client.update_container_instances_state(cluster="prod", containerInstances=[instance.id], status="DRAINING")
    ecs_fake.clock.advance(seconds=10)

    assert ecs_fake.explain("prod/web").splitlines() == [
        "Why prod/web isn't steady, 310 s after the start:",
        "  PRIMARY deployment of web:1 wants 1 task and has 1 healthy.",
        "  No other task starts: prod has no ACTIVE container instance of EC2 (1 is DRAINING). ECS tries again at +360s.",
        f"  1 of its tasks is on the DRAINING container instance {instance.id[:8]}, and stops once others have taken their place.",
    ]


def test_tasks_that_crashed_before_the_service_became_stable_are_told_of(
    ecs_fake, ecs_client, register_on_fargate, create_service
):
    ecs_fake.clusters.add("prod")
    ecs_fake.containers.script(family="web", exit_code=1, times=2)
    register_on_fargate()
    create_service()
    ecs_fake.clock.advance(seconds=300)

    first, second, third = ecs_fake.explain().splitlines()

    assert first == "Why 2 tasks of prod/web stopped, 300 s after the start:"
    assert second.startswith(f"  At +50s 2 of its tasks have stopped, all because {CRASH} (your order: ")
    assert third == "  The service is stable now."


def test_a_daemon_service_wants_a_task_on_each_instance(ecs_fake, ecs_client, register_on_instances):
    ecs_fake.clusters.add("prod")
    ecs_fake.container_instances.add("prod", count=2)
    ecs_fake.containers.script(family="web", start_error="CannotStartContainerError: exec format error")
    register_on_instances()
    ecs_client.create_service(cluster="prod", serviceName="web", taskDefinition="web", schedulingStrategy="DAEMON")
    ecs_fake.clock.advance(seconds=40)

    lines = ecs_fake.explain("prod/web").splitlines()

    assert lines[1].startswith(
        "  PRIMARY deployment of web:1 wants a task on each of 2 container instances and has 0 healthy; at +21s 2 of its tasks "
        "have stopped, all because container web can't be started: CannotStartContainerError: exec format error (your order: "
    )
    assert lines[2:] == [
        "  The start throttle holds the service back: the last attempt has failed, and ECS tries again at +81s.",
        "  No circuit breaker is on, so ECS will go on like this for ever.",
    ]


@pytest.fixture
def register_on_instances(ecs_client: Any) -> Any:
    return lambda **members: ecs_client.register_task_definition(**builders.task_definition_on_instances(**members))


# --- one resource -----------------------------------------------------------------------------------------------------------------------


def test_a_service_is_found_by_each_of_its_keys(ecs_fake, crashing):
    crashing("web", "other")
    [web, _] = ecs_fake.services
    [deployment] = web.deployments
    whole = ecs_fake.explain("prod/web")

    assert whole.startswith("Why prod/web isn't stable, ")
    for key in ("web", web.arn, deployment.id):
        assert ecs_fake.explain(key) == whole


def test_a_task_is_found_by_its_arn_its_id_and_what_is_shown_of_it(ecs_fake, crashing):
    crashing("web")
    task = next(task for task in ecs_fake.tasks if task.desired_status == "STOPPED")

    assert (
        f"Why task {task.id[:8]} of web:1 in prod stopped, 60 s after the start:\n  It stopped at +50s, because {CRASH}"
        in (ecs_fake.explain(task.id))
    )
    assert ecs_fake.explain(task.arn) == ecs_fake.explain(task.id) == ecs_fake.explain(task.id[:8])


def test_what_is_at_rest_is_said_to_be(ecs_fake, ecs_client, register_on_fargate, create_service):
    ecs_fake.clusters.add("prod")
    register_on_fargate()
    create_service()
    ecs_fake.clock.advance(seconds=300)

    assert ecs_fake.explain("prod/web") == "prod/web is at rest, and no task of it ended badly."


def test_an_unknown_key_names_the_nearest(ecs_fake, crashing):
    crashing("web")

    with pytest.raises(KeyError) as caught:
        ecs_fake.explain("prod/wbe")

    assert str(caught.value) == (
        'no service, task, task set, deployment or daemon "prod/wbe" in account 123456789012, region us-east-1. Nearest: "prod/web".'
    )


def test_the_clock_is_brought_up_to_date(ecs_fake, freezer_or_skip):
    """As the stores are."""
    freezer_or_skip(ecs_fake)


@pytest.fixture
def freezer_or_skip(ecs_client: Any, register_on_fargate: Any, run_on_fargate: Any) -> Any:
    freezegun = pytest.importorskip("freezegun")

    def check(ecs_fake: Any) -> None:
        ecs_client.create_cluster()
        register_on_fargate()
        with freezegun.freeze_time() as frozen:
            run_on_fargate()
            frozen.tick(12)
            assert "It is PENDING and will be RUNNING at " in ecs_fake.explain()
            frozen.tick(30)
            assert ecs_fake.explain() == AT_REST

    return check


# --- where else it stands ---------------------------------------------------------------------------------------------------------------


def test_advance_until_carries_it(ecs_fake, crashing):
    crashing("web")

    with pytest.raises(AssertionError) as caught:
        ecs_fake.clock.advance_until(lambda: False, timeout=1)

    first, second, *_ = str(caught.value).splitlines()
    assert first == "the condition didn't come true within 1 s of virtual time."
    assert second == "  Why prod/web isn't stable, 61 s after the start:"


@pytest.mark.skipif(sys.version_info < (3, 11), reason="exceptions have notes from Python 3.11 on")
def test_the_error_of_a_waiter_carries_it_in_its_notes(ecs_fake, ecs_client, crashing):
    crashing("web")

    with pytest.raises(WaiterError) as caught:
        ecs_client.get_waiter("services_stable").wait(
            cluster="prod", services=["web"], WaiterConfig={"Delay": 1, "MaxAttempts": 3}
        )

    assert caught.value.__notes__ == [ecs_fake.explain()]
    assert caught.value.__notes__[0].startswith("Why prod/web isn't stable, ")


def test_a_bug_of_the_explanation_does_not_cover_the_failure(ecs_fake, monkeypatch):
    def fails(*_: object) -> None:
        raise RuntimeError("no idea")

    monkeypatch.setattr(explanation.explain, "explain", fails)

    assert ecs_fake.explanation == "The explanation met a bug in pytest-ecsfake: RuntimeError('no idea')"


# --- orders -----------------------------------------------------------------------------------------------------------------------------


def test_each_order_knows_its_line(ecs_fake):
    line = sys._getframe().f_lineno
    orders = [
        ecs_fake.faults.throttle("RunTask"),
        ecs_fake.faults.capacity("FARGATE", available=1),
        ecs_fake.containers.script(family="web", exit_code=1),
        ecs_fake.containers.program(family="web", run=lambda ctx: None),
        ecs_fake.hooks.on("PRE_SCALE_UP", lambda ctx: "SUCCEEDED"),
        ecs_fake.exec.on(family="web", run=lambda ctx: None),
    ]

    assert [order.line for order in orders] == [f"line {line + number} of test_explain.py" for number in range(2, 8)]
    for order in orders:
        order.optional()


def test_after_a_restore_the_order_is_still_named(ecs_fake, ecs_client, register_on_fargate, run_on_fargate):
    ecs_client.create_cluster()
    order = ecs_fake.containers.script(family="web", exit_code=1)
    register_on_fargate()
    run_on_fargate()
    restore = ecs_fake.take_snapshot()
    restore()

    ecs_fake.clock.advance(seconds=60)

    assert f", because {CRASH} (your order: {order.written}, {order.line})." in ecs_fake.explain()
