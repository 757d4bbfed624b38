"""The EventBridge events that ECS sends: their exact shape, when there is one, and what handlers of them may do."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from pytest_ecsfake import CallbackError, EcsFakeUsageError
from pytest_ecsfake.clock import SECOND, to_iso_8601

pytestmark = pytest.mark.ecs_fake(clusters=["default"], frozen_at="2026-01-01T00:00:00Z")
TASK = "ECS Task State Change"


@pytest.fixture
def arn(ecs_fake, register_on_fargate, run_on_fargate):
    """A task on Fargate, just accepted."""
    register_on_fargate({"name": "web", "image": "nginx:1.29"}, taskRoleArn="arn:aws:iam::123456789012:role/web")
    return run_on_fargate(enableExecuteCommand=True)["tasks"][0]["taskArn"]


def test_a_task_that_was_stopped_looks_as_in_a_recorded_event(ecs_fake, ecs_events, arn):
    ecs_fake.clock.advance(seconds=60)
    ecs_fake.client.stop_task(task=arn)
    ecs_fake.clock.advance(seconds=60)

    (task,) = ecs_fake.client.describe_tasks(tasks=[arn])["tasks"]
    (container,) = task["containers"]
    (interface,) = task["attachments"]
    cluster = "arn:aws:ecs:us-east-1:123456789012:cluster/default"
    assert ecs_events[-1] == {
        "version": "0",
        "id": ecs_events[-1]["id"],
        "detail-type": "ECS Task State Change",
        "source": "aws.ecs",
        "account": "123456789012",
        "time": "2026-01-01T00:01:21Z",
        "region": "us-east-1",
        "resources": [arn],
        "detail": {
            "attachments": [{**interface, "type": "eni", "status": "DELETED"}],
            "attributes": [{"name": "ecs.cpu-architecture", "value": "x86_64"}],
            "availabilityZone": task["availabilityZone"],
            "clusterArn": cluster,
            "connectivity": "CONNECTED",
            "connectivityAt": "2026-01-01T00:00:04Z",
            "containers": [
                {
                    "containerArn": container["containerArn"],
                    "exitCode": 143,
                    "lastStatus": "STOPPED",
                    "name": "web",
                    "image": "nginx:1.29",
                    "imageDigest": container["imageDigest"],
                    "runtimeId": container["runtimeId"],
                    "taskArn": arn,
                    "networkInterfaces": container["networkInterfaces"],
                    "cpu": "0",
                    "managedAgents": [{"name": "ExecuteCommandAgent", "status": "STOPPED"}],
                }
            ],
            "cpu": "256",
            "createdAt": "2026-01-01T00:00:00Z",
            "desiredStatus": "STOPPED",
            "enableExecuteCommand": True,
            "ephemeralStorage": {"sizeInGiB": 20},
            "executionStoppedAt": "2026-01-01T00:01:02Z",
            "group": "family:web",
            "launchType": "FARGATE",
            "lastStatus": "STOPPED",
            "memory": "512",
            "overrides": {"containerOverrides": [{"name": "web"}]},
            "platformVersion": "1.4.0",
            "pullStartedAt": "2026-01-01T00:00:13Z",
            "pullStoppedAt": "2026-01-01T00:00:23.5Z",
            "startedAt": "2026-01-01T00:00:26Z",
            "stoppingAt": "2026-01-01T00:01:00Z",
            "stoppedAt": "2026-01-01T00:01:21Z",
            "stoppedReason": "Task stopped by user",
            "stopCode": "UserInitiated",
            "taskArn": arn,
            "taskDefinitionArn": task["taskDefinitionArn"],
            "updatedAt": "2026-01-01T00:01:21Z",
            "version": 6,
        },
    }


def test_each_version_has_its_event_which_shows_the_task_as_it_was(ecs_fake, ecs_events, arn):
    ecs_fake.clock.advance(seconds=60)
    ecs_fake.client.stop_task(task=arn)
    ecs_fake.clock.advance(seconds=60)

    shown = [
        (
            detail["version"],
            detail["lastStatus"],
            detail["desiredStatus"],
            detail["containers"][0]["lastStatus"],
            "runtimeId" in detail["containers"][0],
            detail["attachments"][0]["status"],
            len(detail["attachments"][0]["details"]),
        )
        for detail in (event["detail"] for event in ecs_events)
    ]
    # The versions: recorded events of a task on Fargate, 3 when RUNNING, 6 when STOPPED after StopTask.
    assert shown == [
        (1, "PROVISIONING", "RUNNING", "PENDING", False, "PRECREATED", 1),
        (2, "PENDING", "RUNNING", "PENDING", False, "ATTACHED", 5),
        (3, "RUNNING", "RUNNING", "RUNNING", True, "ATTACHED", 5),
        (4, "RUNNING", "STOPPED", "RUNNING", True, "ATTACHED", 5),
        (5, "DEPROVISIONING", "STOPPED", "STOPPED", True, "ATTACHED", 5),
        (6, "STOPPED", "STOPPED", "STOPPED", True, "DELETED", 5),
    ]
    assert ecs_events.detail_types == [TASK] * 6


def test_a_container_instance_has_an_event_for_each_change_of_it(ecs_fake, ecs_events):
    client = ecs_fake.client
    instance = client.register_container_instance(
        totalResources=[
            {"name": "CPU", "type": "INTEGER", "integerValue": 2048},
            {"name": "MEMORY", "type": "INTEGER", "integerValue": 3767},
        ]
    )["containerInstance"]
    client.update_container_instances_state(containerInstances=[instance["containerInstanceArn"]], status="DRAINING")

    first, second = (event["detail"] for event in ecs_events.of("ECS Container Instance State Change"))
    assert (first["status"], first["version"]) == ("ACTIVE", 1)
    assert (second["status"], second["version"]) == ("DRAINING", 2)
    # Developer Guide, "Amazon ECS container instance state change events": the value that is used, and no other.
    assert first["remainingResources"][:2] == [
        {"name": "CPU", "type": "INTEGER", "integerValue": 2048},
        {"name": "MEMORY", "type": "INTEGER", "integerValue": 3767},
    ]
    assert first["updatedAt"] == "2026-01-01T00:00:00Z"
    assert "tags" not in first


@pytest.mark.parametrize(
    ("instant", "shown"),
    [
        pytest.param(0, "1970-01-01T00:00:00Z", id="no fraction on the second"),
        pytest.param(520_000, "1970-01-01T00:00:00.52Z", id="zeros at the end dropped"),
        pytest.param(SECOND + 7_999, "1970-01-01T00:00:01.007Z", id="to the millisecond"),
        pytest.param(999, "1970-01-01T00:00:00Z", id="less than a millisecond"),
    ],
)
def test_timestamps_are_written_as_in_recorded_events(instant, shown):
    assert to_iso_8601(instant) == shown


def test_ids_are_those_of_the_event_in_whatever_order_they_are_read(ecs_fake, ecs_events, arn):
    ecs_fake.clock.advance(seconds=60)

    backwards = [ecs_events[index]["id"] for index in (2, 1, 0)]

    assert backwards[::-1] == [event["id"] for event in ecs_events]
    assert len(set(backwards)) == 3


def test_what_is_read_is_the_readers_own(ecs_events, arn):
    ecs_events[0]["detail"]["overrides"]["containerOverrides"].clear()

    assert ecs_events[0]["detail"]["overrides"]["containerOverrides"] == [{"name": "web"}]


def test_cleared_events_are_gone_and_later_ones_come_with_other_ids(ecs_fake, ecs_events, arn):
    first = ecs_events[0]["id"]
    ecs_events.clear()
    assert list(ecs_events) == []

    ecs_fake.clock.advance(seconds=60)

    assert [event["detail"]["version"] for event in ecs_events] == [2, 3]
    assert first not in [event["id"] for event in ecs_events]
    assert repr(ecs_events) == "<Events 2 ECS Task State Change>"


def test_events_stay_in_their_region(ecs_fake, ecs_events, arn):
    assert len(ecs_events) == 1
    assert len(ecs_fake.in_region("eu-west-1").events) == 0


def test_a_restored_state_has_the_events_and_subscribers_that_it_had(ecs_fake, ecs_events, arn):
    seen = []
    before = list(ecs_events)
    restore = ecs_fake.take_snapshot()
    ecs_events.subscribe(seen.append)
    ecs_fake.client.stop_task(task=arn)
    assert (len(ecs_events), len(seen)) == (2, 1)

    restore()

    assert list(ecs_events) == before
    ecs_fake.client.stop_task(task=arn)
    assert (len(ecs_events), len(seen)) == (2, 1)


# --- handlers ---------------------------------------------------------------------------------------------------------------------------


def test_a_handler_that_reacts_to_a_stopped_task_runs_at_that_instant(ecs_fake, ecs_events, arn, run_on_fargate):
    started = []

    def handler(event, context):
        started.append((event["detail"]["lastStatus"], ecs_fake.clock.now))
        run_on_fargate(startedBy="handler", cluster=event["detail"]["clusterArn"])

    ecs_events.subscribe(lambda event: handler(event, None), detail_type=TASK, lastStatus="STOPPED")
    ecs_fake.client.stop_task(task=arn)
    ecs_fake.clock.advance(seconds=300)

    assert started == [("STOPPED", ecs_fake.tasks[arn].stopped_at)]
    (restarted,) = ecs_fake.tasks.where(started_by="handler")
    assert restarted.last_status == "RUNNING"
    assert restarted.created_at == ecs_fake.tasks[arn].stopped_at


def test_a_handler_that_waits_for_threads_which_call_ecs_gets_its_answers(ecs_fake, ecs_events, arn):
    seen = []

    def handler(event):
        with ThreadPoolExecutor(2) as pool:
            answers = pool.map(lambda task: ecs_fake.client.describe_tasks(tasks=[task]), [arn, arn])
        seen.append([answer["tasks"][0]["lastStatus"] for answer in answers])

    ecs_events.subscribe(handler, detail_type=TASK, lastStatus="RUNNING")
    ecs_fake.clock.advance(seconds=60)

    assert seen == [["RUNNING", "RUNNING"]]


def test_a_subscriber_hears_what_another_thread_caused(ecs_fake, ecs_events, arn):
    seen = []
    ecs_events.subscribe(lambda event: seen.append(event["detail"]["desiredStatus"]))

    thread = threading.Thread(target=ecs_fake.client.stop_task, kwargs={"task": arn})
    thread.start()
    thread.join()

    assert seen == ["STOPPED"]


def test_who_has_unsubscribed_hears_nothing_more(ecs_fake, ecs_events, arn):
    seen = []
    with ecs_events.subscribe(seen.append):
        ecs_fake.clock.advance(seconds=15)
    ecs_fake.clock.advance(seconds=60)

    assert [event["detail"]["lastStatus"] for event in seen] == ["PENDING"]


def test_what_a_subscriber_raises_is_the_tests_problem(ecs_fake, ecs_events, arn):
    def handler(event):
        raise ValueError("no such rule")

    ecs_events.subscribe(handler)
    ecs_fake.client.stop_task(task=arn)

    problem = ecs_fake.take_problem()
    assert isinstance(problem, CallbackError)
    assert "handler of events raised ValueError('no such rule')" in str(problem)


async def coroutine(event):
    """A handler that nobody awaits."""


@pytest.mark.parametrize(
    ("misuse", "told"),
    [
        pytest.param(
            lambda events: events.of("Task State Change"),
            "unknown detail type 'Task State Change' in events.of(). Known: \"ECS Task State Change\", ",
            id="a detail type that ECS doesn't send",
        ),
        pytest.param(
            lambda events: events.of(TASK, last_status="STOPPED"),
            'the detail of "ECS Task State Change" has no member "last_status", asked for in events.of(). Did you mean "lastStatus"?',
            id="a member that the detail never has",
        ),
        pytest.param(
            lambda events: events.subscribe(print, lastStatus="STOPPED"),
            "details need a detail type in events.subscribe(). Known: ",
            id="a detail without its type",
        ),
        pytest.param(
            lambda events: events.subscribe(coroutine),
            "events.subscribe() takes a plain function of one event, not <function coroutine",
            id="a coroutine function",
        ),
        pytest.param(
            lambda events: events.subscribe("handler"),
            "events.subscribe() takes a plain function of one event, not 'handler'.",
            id="no function at all",
        ),
    ],
)
def test_a_slip_is_told(ecs_events, misuse, told):
    with pytest.raises(EcsFakeUsageError) as slip:
        misuse(ecs_events)

    assert str(slip.value).startswith(told)
