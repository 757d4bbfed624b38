"""The trace: its shape, which other viewers rely on, and what of a test's fake is in it."""

from __future__ import annotations

import json
import re
from itertools import pairwise
from typing import Any

import pytest

import builders
from pytest_ecsfake.report.trace import as_json, trace


class Trace:
    """A trace as a reader of it sees it: lanes by the name of their group and their own."""

    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document
        self.events: list[dict[str, Any]] = document["traceEvents"]
        self.groups = {each["pid"]: each["args"]["name"] for each in self.events if each["name"] == "process_name"}
        self.lanes = {
            (self.groups[each["pid"]], each["args"]["name"]): each
            for each in self.events
            if each["name"] == "thread_name"
        }

    def of(self, group: str, lane: str) -> list[dict[str, Any]]:
        """The slices and marks of a lane, in order."""
        where = self.lanes[group, lane]
        found = [each for each in self.events if each["ph"] in "Xi" and _lane_of(each) == _lane_of(where)]
        return sorted(found, key=lambda each: (each["ts"], each["args"]["order"]))

    def slices(self, group: str, lane: str) -> list[tuple[str, float, float]]:
        """The slices of a lane: name, begin and length in seconds."""
        return [(e["name"], e["ts"] / 1e6, e["dur"] / 1e6) for e in self.of(group, lane) if e["ph"] == "X"]

    def marks(self, group: str, lane: str) -> list[tuple[str, float]]:
        """The marks of a lane: name, and instant in seconds."""
        return [(e["name"], e["ts"] / 1e6) for e in self.of(group, lane) if e["ph"] == "i"]


def _lane_of(event: dict[str, Any]) -> tuple[int, int]:
    return event["pid"], event["tid"]


@pytest.fixture
def traced(ecs_fake):
    """The trace of what has happened so far, through JSON as a viewer gets it."""
    return lambda: Trace(json.loads(as_json(ecs_fake.examine(lambda endpoint: trace(endpoint, {"test": "t"})))))


@pytest.fixture
def service_of_two(ecs_fake, ecs_client, register_on_fargate, create_service):
    """`prod/web`, steady with two tasks after 41 s."""
    ecs_fake.clusters.add("prod")
    register_on_fargate()
    create_service()
    ecs_fake.clock.advance(seconds=60)


@pytest.mark.usefixtures("service_of_two")
def test_every_event_has_what_its_phase_needs(traced):
    needed = {
        "M": {"ph", "pid", "tid", "name", "args"},
        "X": {"ph", "pid", "tid", "ts", "dur", "name", "cat", "args"},
        "i": {"ph", "s", "pid", "tid", "ts", "name", "cat", "args"},
        "C": {"ph", "pid", "tid", "ts", "name", "args"},
    }

    document = traced().document

    assert document["displayTimeUnit"] == "ms"
    assert {event["ph"] for event in document["traceEvents"]} == set(needed)
    for event in document["traceEvents"]:
        assert set(event) == needed[event["ph"]]
        assert all(type(event[member]) is int for member in ("pid", "tid", "ts", "dur") if member in event)


@pytest.mark.usefixtures("service_of_two")
def test_slices_of_a_lane_never_overlap(traced):
    seen = traced()
    for group, lane in seen.lanes:
        slices = seen.slices(group, lane)

        assert all(begin + length <= following[1] for (_, begin, length), following in pairwise(slices))


@pytest.mark.usefixtures("service_of_two")
def test_groups_come_in_the_order_of_a_page(traced):
    document = traced().document
    names = {e["pid"]: e["args"]["name"] for e in document["traceEvents"] if e["name"] == "process_name"}
    positions = {
        e["pid"]: e["args"]["sort_index"] for e in document["traceEvents"] if e["name"] == "process_sort_index"
    }

    assert [names[pid] for pid in sorted(names, key=lambda pid: positions[pid])] == [
        "calls",
        "the test",
        "events to EventBridge",
        "service prod/web",
        "other resources",
    ]


@pytest.mark.usefixtures("service_of_two")
def test_task_is_a_lane_under_its_deployment_with_a_slice_for_each_status(ecs_fake, traced):
    seen = traced()
    task = next(iter(ecs_fake.tasks))
    name = f"{task.id[:8]} web:1"
    group = "service prod/web"

    lane = seen.lanes[group, name]["args"]
    assert lane["parent"] == seen.lanes[group, "deployment web:1"]["tid"]
    assert lane["taskArn"] == task.arn
    assert seen.slices(group, name) == [
        ("PROVISIONING", 15.0, 10.0),
        ("PENDING", 25.0, 15.0),
        ("ACTIVATING", 40.0, 1.0),
        ("RUNNING", 41.0, 19.0),
    ]
    assert seen.of(group, name)[-1]["args"]["goesOn"] is True


@pytest.mark.usefixtures("service_of_two")
def test_service_is_a_lane_of_its_counts(traced):
    seen = traced()

    assert seen.slices("service prod/web", "service prod/web") == [
        ("0 of 2 running", 0.0, 15.0),
        ("0 of 2 running, 2 pending", 15.0, 26.0),
        ("2 of 2 running", 41.0, 19.0),
    ]
    counters = [(e["ts"] / 1e6, e["args"]) for e in seen.events if e["ph"] == "C"]
    assert counters[-1] == (41.0, {"running": 2, "pending": 0, "desired": 2})


@pytest.mark.usefixtures("service_of_two")
def test_service_wants_what_the_last_answer_said_at_each_instant(ecs_client, ecs_fake, traced):
    ecs_client.update_service(cluster="prod", service="web", desiredCount=1)
    ecs_fake.clock.advance(seconds=120)

    names = [name for name, _, _ in traced().slices("service prod/web", "service prod/web")]
    assert names[2:4] == ["2 of 2 running", "2 of 1 running"]
    assert names[-1] == "1 of 1 running"


@pytest.mark.usefixtures("service_of_two")
def test_deployment_is_a_lane_of_its_rollout_states(ecs_fake, traced):
    ecs_fake.clock.advance(seconds=120)
    seen = traced()

    assert [name for name, _, _ in seen.slices("service prod/web", "deployment web:1")] == ["IN_PROGRESS", "COMPLETED"]


def test_task_that_stops_ends_its_lane_with_a_mark(ecs_fake, ecs_client, register_on_fargate, run_on_fargate, traced):
    ecs_client.create_cluster()
    register_on_fargate(builders.CONTAINER | {"name": "app"})
    arn = run_on_fargate()["tasks"][0]["taskArn"]
    ecs_fake.clock.advance(seconds=60)
    ecs_fake.tasks[arn].exit("app", code=137, reason="OutOfMemoryError")
    ecs_fake.clock.advance(seconds=60)

    seen = traced()
    lane = "tasks in default", f"{ecs_fake.tasks[arn].id[:8]} web:1"
    assert [name for name, _, _ in seen.slices(*lane)][-1] == "DEPROVISIONING"
    marks = [event for event in seen.of(*lane) if event["ph"] == "i"]
    assert "app exited with 137: OutOfMemoryError" in [mark["name"] for mark in marks]
    assert (marks[-1]["name"], marks[-1]["cat"]) == ("STOPPED", "end")
    assert marks[-1]["args"]["why"] == ecs_fake.tasks[arn].stopped_reason
    described = seen.lanes[lane]["args"]
    assert described["stopCode"] == "EssentialContainerExited"
    assert described["containers"] == [
        {"name": "app", "image": "nginx:1.29", "exitCode": 137, "reason": "OutOfMemoryError"}
    ]


def test_container_instance_is_a_lane(ecs_fake, ecs_client, traced):
    ecs_client.create_cluster(clusterName="prod")
    [instance] = ecs_fake.container_instances.add("prod", count=1)
    ecs_client.update_container_instances_state(cluster="prod", containerInstances=[instance.arn], status="DRAINING")

    [lane] = [lane for group, lane in traced().lanes if group == "container instances in prod"]
    assert lane == f"{instance.arn.rpartition('/')[2][:8]} {instance.ec2_instance_id}"
    assert [name for name, _, _ in traced().slices("container instances in prod", lane)] == ["ACTIVE", "DRAINING"]


def test_call_is_a_mark_with_its_request_and_its_answer(ecs_client, traced):
    ecs_client.create_cluster(clusterName="prod")

    [call] = traced().of("calls", "CreateCluster")

    assert call["args"]["request"] == {"clusterName": "prod"}
    assert call["args"]["response"]["cluster"]["status"] == "ACTIVE"


def test_dates_are_as_events_have_them(ecs_fake, ecs_client, register_on_fargate, traced):
    register_on_fargate()

    [call] = traced().of("calls", "RegisterTaskDefinition")
    registered = ecs_fake.clock.now.strftime("%Y-%m-%dT%H:%M:%S")
    assert call["args"]["response"]["taskDefinition"]["registeredAt"].startswith(registered)


def test_call_that_was_refused_has_its_error(ecs_client, traced):
    with pytest.raises(ecs_client.exceptions.ClusterNotFoundException):
        ecs_client.list_tasks(cluster="missing")

    [call] = traced().of("calls", "ListTasks")
    assert call["args"]["error"] == {"code": "ClusterNotFoundException", "message": "Cluster not found."}
    assert "response" not in call["args"]


def test_fault_is_a_mark_and_is_named_by_the_call(ecs_client, ecs_fake, traced):
    ecs_fake.faults.throttle("ListClusters")
    ecs_client.list_clusters()

    seen = traced()
    [fault] = seen.of("the test", "faults")
    assert (fault["name"], fault["args"]["call"]) == ('faults.throttle("ListClusters")', "ListClusters")
    assert re.fullmatch(r"line \d+ of test_trace\.py", fault["args"]["line"])
    [call] = seen.of("calls", "ListClusters")
    assert (call["args"]["fault"], call["args"]["attempts"]) == ('faults.throttle("ListClusters")', 2)


def test_failure_in_an_answer_is_a_fault(ecs_client, ecs_fake, register_on_fargate, run_on_fargate, traced):
    ecs_client.create_cluster()
    register_on_fargate()
    ecs_fake.faults.failure("RunTask", reason="RESOURCE:MEMORY")
    run_on_fargate()

    assert [name for name, _ in traced().marks("the test", "faults")] == [
        'faults.failure("RunTask", reason="RESOURCE:MEMORY")'
    ]


def test_error_that_nobody_ordered_is_no_fault(ecs_client, ecs_fake, traced):
    ecs_fake.faults.error("ListTasks", "ClusterNotFoundException").optional()
    with pytest.raises(ecs_client.exceptions.ClusterNotFoundException):
        ecs_client.list_services(cluster="missing")

    assert ("the test", "faults") not in traced().lanes


def test_clock_has_a_slice_for_each_jump(ecs_client, ecs_fake, traced):
    ecs_client.list_clusters()
    ecs_fake.clock.advance(seconds=30)
    ecs_client.list_account_settings()
    ecs_fake.clock.advance(seconds=12.5)

    assert traced().slices("the test", "clock") == [("+30 s", 0.0, 30.0), ("+12.5 s", 30.0, 12.5)]


def test_poll_step_is_a_jump_that_says_so(ecs_client, traced):
    ecs_client.list_clusters()
    ecs_client.list_clusters()

    [jump] = traced().of("the test", "clock")
    assert (jump["name"], jump["args"]["why"]) == (
        "+1 s",
        "ListClusters: a poll step, or the waits between its attempts",
    )


@pytest.mark.usefixtures("service_of_two")
def test_event_is_a_mark_with_its_json(ecs_fake, traced):
    marks = traced().of("events to EventBridge", "ECS Task State Change")

    assert [mark["args"]["event"] for mark in marks] == json.loads(
        json.dumps(ecs_fake.events.of("ECS Task State Change"))
    )


@pytest.mark.usefixtures("service_of_two")
def test_sentence_of_a_service_is_a_mark(ecs_fake, traced):
    marks = traced().marks("service prod/web", "service prod/web")

    assert [name for name, _ in marks] == list(reversed(ecs_fake.services["prod/web"].events))


def test_order_tells_the_state_that_a_call_left_from_that_of_the_next(ecs_client, traced):
    """Both calls are at the same instant: only the order of the steps tells that the first one found no second cluster."""
    ecs_client.create_cluster(clusterName="first")
    ecs_client.create_cluster(clusterName="second")

    seen = traced()
    [first, second] = seen.of("calls", "CreateCluster")
    [state] = seen.of("other resources", "cluster second")
    assert first["args"]["leftBy"] < state["args"]["order"] <= second["args"]["leftBy"]


@pytest.mark.usefixtures("service_of_two")
def test_call_left_all_of_its_own_changes(traced):
    seen = traced()

    [call] = seen.of("calls", "CreateService")
    [created, *_] = seen.of("service prod/web", "deployment web:1")
    [steady, *_] = seen.of("service prod/web", "service deployment " + _only(seen, "service deployment "))
    assert created["args"]["order"] == call["args"]["leftBy"]  # the last of what it changed; the first is the service
    assert steady["args"]["order"] > call["args"]["leftBy"]


def _only(seen: Trace, beginning: str) -> str:
    [name] = [lane for _, lane in seen.lanes if lane.startswith(beginning)]
    return name.removeprefix(beginning)


def test_long_list_is_cut_and_says_so(ecs_client, traced):
    for number in range(12):
        ecs_client.create_cluster(clusterName=f"c{number}")
    ecs_client.list_clusters()

    [call] = traced().of("calls", "ListClusters")
    assert len(call["args"]["response"]["clusterArns"]) == 11
    assert call["args"]["response"]["clusterArns"][-1] == "… 2 more"


def test_groups_of_other_regions_and_accounts_are_told_apart(ecs_fake, traced):
    ecs_fake.client.list_clusters()
    ecs_fake.in_region("eu-west-1").client.list_clusters()

    assert {group for group, _ in traced().lanes} == {"us-east-1: calls", "eu-west-1: calls"}


def test_fake_that_nothing_happened_on_has_an_empty_trace(traced):
    seen = traced()

    assert seen.events == []
    assert seen.document["otherData"]["duration"] == 0
    assert seen.document["otherData"]["test"] == "t"
