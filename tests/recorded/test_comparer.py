"""The comparer finds what differs, and only that; the ages of recordings explain what they should."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import ages
import botocore.session
import comparer
import pytest
from authors import LeftOut, complaints
from comparer import ABSENT, Difference

TASK = "arn:aws:ecs:us-east-1:123456789012:task/prod/"
ONE, TWO, THREE = (digit * 32 for digit in "abc")
NOON = datetime(2026, 1, 1, 12, tzinfo=timezone.utc)


def at(seconds: float) -> datetime:
    """A moment as boto3 hands it out."""
    return NOON + timedelta(seconds=seconds)


def said(*messages: str) -> list[dict[str, object]]:
    """Events of a service, the newest first, a minute between them."""
    return [{"createdAt": at(-60 * number), "message": message} for number, message in enumerate(messages)]


@pytest.fixture(scope="module")
def model():
    return botocore.session.get_session().get_service_model("ecs")


@pytest.fixture
def of_tasks(model):
    """What differs between two answers of DescribeTasks with one task each, as `(path, real, fake)`."""

    def differences(real, fake):
        answers = ({"tasks": [task], "failures": []} for task in (real, fake))
        return [
            (found.path, found.real, found.fake) for found in comparer.differences(model, "DescribeTasks", *answers)
        ]

    return differences


@pytest.mark.parametrize(
    ("real", "fake", "differs"),
    [
        pytest.param({"cpu": "256"}, {"cpu": "256"}, [], id="nothing"),
        pytest.param({"cpu": "256"}, {}, [("tasks[0].cpu", "256", ABSENT)], id="a member that the fake lacks"),
        pytest.param({}, {"cpu": "256"}, [("tasks[0].cpu", ABSENT, "256")], id="a member that ECS lacks"),
        pytest.param({"newer": 1}, {}, [], id="a member that this botocore doesn't know"),
        pytest.param({"cpu": "256"}, {"cpu": 256}, [("tasks[0].cpu", "256", 256)], id="another type"),
        pytest.param({"version": 1}, {"version": True}, [("tasks[0].version", 1, True)], id="a boolean is no number"),
        pytest.param({"version": 1}, {"version": 1.0}, [], id="a number is a number"),
        pytest.param({"lastStatus": "RUNNING"}, {"lastStatus": "PENDING"}, [("tasks[0].lastStatus", "RUNNING", "PENDING")], id="another word"),
        pytest.param({"taskArn": TASK + ONE}, {"taskArn": TASK + TWO}, [], id="another id of the same form"),
        pytest.param({"taskArn": TASK + ONE}, {"taskArn": TASK + ONE[1:]}, [("tasks[0].taskArn", TASK + ONE, TASK + ONE[1:])], id="an id of another length"),
        pytest.param({"taskArn": TASK + ONE}, {"taskArn": TASK + "x" * 32}, [("tasks[0].taskArn", TASK + ONE, TASK + "x" * 32)], id="an id of another alphabet"),
        pytest.param({"taskArn": TASK + "abc123" * 4 + "aEXAMPLE"}, {"taskArn": TASK + TWO}, [], id="an id with EXAMPLE in it"),
        pytest.param({"containers": [{}, {}]}, {"containers": [{}]}, [("tasks[0].containers", [{}, {}], [{}])], id="a list of another length"),
        pytest.param({"containers": [{"name": "a"}, {"name": "b"}]}, {"containers": [{"name": "b"}, {"name": "a"}]}, [("tasks[0].containers[0].name", "a", "b"), ("tasks[0].containers[1].name", "b", "a")], id="a list in another order"),
        pytest.param({"createdAt": "2024-05-06T07:08:09.1Z"}, {"createdAt": NOON}, [], id="another moment"),
        pytest.param({"createdAt": 1557206498.798}, {"createdAt": NOON}, [], id="another moment, as the CLI once wrote it"),
        pytest.param({"createdAt": "2024-05-06T07:08:09Z"}, {"createdAt": "noon"}, [("tasks[0].createdAt", "2024-05-06T07:08:09Z", "noon")], id="no moment"),
        pytest.param({"availabilityZone": "us-east-1a"}, {"availabilityZone": "us-east-1c"}, [], id="another zone of the region"),
        pytest.param({"availabilityZone": "us-east-1a"}, {"availabilityZone": "eu-west-1a"}, [("tasks[0].availabilityZone", "us-east-1a", "eu-west-1a")], id="a zone of another region"),
    ],
)  # fmt: skip
def test_what_differs(of_tasks, real, fake, differs):
    assert of_tasks(real, fake) == differs


def test_one_id_stays_one_id(of_tasks):
    real = {"taskArn": TASK + ONE, "containers": [{"taskArn": TASK + ONE}]}
    fake = {"taskArn": TASK + TWO, "containers": [{"taskArn": TASK + THREE}]}

    assert of_tasks(real, fake) == [("tasks[0].containers[0].taskArn as one id", ONE, THREE)]


def test_two_ids_stay_two_ids(of_tasks):
    real = {"taskArn": TASK + ONE, "containers": [{"taskArn": TASK + TWO}]}
    fake = {"taskArn": TASK + THREE, "containers": [{"taskArn": TASK + THREE}]}

    assert of_tasks(real, fake) == [("tasks[0].containers[0].taskArn as one id", TWO, THREE)]


@pytest.mark.parametrize(
    ("real", "fake", "in_words"),
    [
        pytest.param((0, 5), (0, 9), None, id="in order"),
        pytest.param((0, 5), (5, 0), ("before", "after"), id="the other way round"),
        pytest.param((0, 5), (0, 0), ("before", "at the same moment as"), id="at one moment, though seconds apart in ECS's answer"),
        pytest.param((0, 0.002), (0, 0), None, id="at one moment, milliseconds apart in ECS's answer"),
        pytest.param((0, 0.002), (0.002, 0), ("before", "after"), id="milliseconds, the other way round"),
        pytest.param((0, 0), (0, 1), ("at the same moment as", "before"), id="apart, though at one moment in ECS's answer"),
    ],
)  # fmt: skip
def test_moments_of_one_structure_stay_in_order(of_tasks, real, fake, in_words):
    answers = ({"createdAt": at(created), "startedAt": at(started)} for created, started in (real, fake))

    found = [difference[1:] for difference in of_tasks(*answers)]

    assert found == ([] if in_words is None else [tuple(f"createdAt {word} startedAt" for word in in_words)])


def test_moments_of_a_list_stay_in_order(of_tasks):
    real, fake = (
        {"containers": [{"managedAgents": [{"lastStartedAt": at(start)} for start in starts]}]}
        for starts in ((0, 60), (60, 0))
    )

    [(path, *words)] = of_tasks(real, fake)

    assert path == "tasks[0].containers[0].managedAgents[0].lastStartedAt, [1].lastStartedAt"
    assert words == ["the first before the second", "the first after the second"]


def test_a_map_in_the_form_of_a_list_is_compared_by_its_keys(of_tasks):
    real, fake = (
        {"attachments": [{"details": [{"name": name, "value": value} for name, value in details]}]}
        for details in ([("subnetId", "a"), ("macAddress", "b")], [("macAddress", "c"), ("subnetId", "a")])
    )

    assert of_tasks(real, fake) == [
        ("tasks[0].attachments[0].details[macAddress].value", "b", "c"),
        ("tasks[0].attachments[0].details in order", ["subnetId", "macAddress"], ["macAddress", "subnetId"]),
    ]


def test_events_of_a_service_are_laid_side_by_side(model):
    real = said("(service web) has reached a steady state.", f"(service web) has started 1 tasks: (task {ONE}).")
    fake = said("(service web) has reached a steady state.", "(service web) is well.", f"(service web) has started 1 tasks: (task {TWO}).")  # fmt: skip
    answers = ({"services": [{"events": events}], "failures": []} for events in (real, fake))

    [found] = comparer.differences(model, "DescribeServices", *answers)

    assert found == Difference(
        "services[0].events[(service web) is well.]", "Service.events[(service web) is well.]", ABSENT, fake[1]
    )


def test_events_of_eventbridge_show_members_that_the_api_does_not(model):
    real, fake = (
        {"id": "b" * 8, "detail-type": "ECS Task State Change", "detail": {"updatedAt": "2024-05-06T07:08:09Z", **more}}
        for more in ({"own": 1}, {})
    )

    found = comparer.differences(model, "EventBridge: ECS Task State Change", real, fake)

    assert found == [Difference("detail.own", "Task.own", 1, ABSENT)]


def test_a_difference_prints_where_it_is_and_both_sides():
    difference = Difference("tasks[0].cpu", "Task.cpu", "256", ABSENT)

    assert str(difference) == "tasks[0].cpu (Task.cpu)\n    ECS:  '256'\n    fake: absent"


@pytest.mark.parametrize(
    ("recorded", "member", "real", "fake", "explained"),
    [
        pytest.param("2020-04", "Deployment.failedTasks", ABSENT, 0, True, id="a member that came later"),
        pytest.param("2021-03", "Deployment.failedTasks", ABSENT, 0, False, id="a member that should be there"),
        pytest.param("2020-04", "Deployment.failedTasks", 0, ABSENT, False, id="a member that came later, and the fake lacks"),
        pytest.param("2020-04", "Deployment.runningCount", ABSENT, 0, False, id="a member that was always there"),
        pytest.param("2019-05", "Service.deploymentController", ABSENT, {"type": "ECS"}, True, id="a default that was left out"),
        pytest.param("2019-05", "Service.deploymentController", ABSENT, {"type": "EXTERNAL"}, False, id="no default"),
        pytest.param("2019-02", "Task.platformVersion", "1.3.0", "1.4.0", True, id="an older value"),
        pytest.param("2021-02", "Task.platformVersion", "1.3.0", "1.4.0", False, id="an older value, too late"),
        pytest.param("2019-02", "Task.platformVersion", "1.2.9", "1.4.0", False, id="a value that never was"),
        pytest.param("2018-01", "Task.taskArn", TASK.replace("prod/", "") + "0f3e3546-6973-4d36-82ea-292de5d9fea4", TASK + ONE, True, id="an ARN of the short form"),
        pytest.param("2024-01", "Task.taskArn", TASK.replace("prod/", "") + "0f3e3546-6973-4d36-82ea-292de5d9fea4", TASK + ONE, False, id="an ARN of the short form, too late"),
        pytest.param("2018-01", "Service.status", "ACTIVE", "DRAINING", False, id="another word"),
    ],
)  # fmt: skip
def test_what_the_age_of_a_recording_explains(recorded, member, real, fake, explained):
    difference = Difference("path", member, real, fake)

    assert (ages.explanation(difference, recorded) is not None) is explained


@pytest.mark.parametrize(
    ("agent", "explained"),
    [
        pytest.param("1.27.0", True, id="an older agent"),
        pytest.param("1.28.0", False, id="the first agent that announces it"),
        pytest.param("1.100.0", False, id="versions are numbers"),
        pytest.param(None, False, id="no agent"),
    ],
)
def test_what_the_age_of_an_agent_explains(agent, explained):
    name = "ecs.capability.task-eni-trunking"
    difference = Difference("path", f"ContainerInstance.attributes[{name}]", ABSENT, {"name": name})

    assert (ages.explanation(difference, "2020-01", agent) is not None) is explained


@pytest.mark.parametrize(
    ("path", "every_row", "told"),
    [
        pytest.param("tasks[].cpu", True, [], id="the row of the difference"),
        pytest.param("tasks[].*", True, [], id="a row for all below"),
        pytest.param("tasks[].memory", False, ["tasks[0].cpu (Task.cpu)"], id="a row of another member"),
        pytest.param("tasks[].memory", True, ["tasks[0].cpu (Task.cpu)", "nothing differs at tasks[].memory"], id="a row that excuses nothing"),
    ],
)  # fmt: skip
def test_rows_excuse_what_they_name_and_have_to_be_needed(path, every_row, told):
    found = [Difference("tasks[0].cpu", "Task.cpu", "256", "512")]

    wrong = list(complaints(found, [LeftOut("one", path, "why")], every_row=every_row))

    assert [complaint.partition("\n")[0].partition(":")[0] for complaint in wrong] == told
