"""What ECS really answered, held against what the fake answers in the same situation.

`answers/` holds the recordings, each with its source; docs/recordings.md tells how one is contributed. `situations.py` brings the fake into the
situation of each, `comparer.py` finds what differs, `ages.py` explains what came later, `authors.py` what a recording doesn't tell.
"""

from __future__ import annotations

import re
from typing import Any, NamedTuple

import ages
import botocore.session
import comparer
import pytest
from authors import LEFT_OUT, LeftOut, complaints
from comparer import Difference
from situations import SITUATIONS
from world import Recording, World, recordings

from pytest_ecsfake.validation import schemas

RECORDINGS = recordings()


class ToMend(NamedTuple):
    """Where the fake answers otherwise than ECS, and should not. Whoever mends it takes the row out."""

    recording: str
    path: str
    note: str


DIFFERENCES_TO_MEND = (
    # --- what services show
    ToMend("create-service-ec2-2019", "service.roleArn", "absent on EC2 without load balancer, registry and awsvpc"),
    ToMend("service-daemon-2020", "services[].roleArn", "the same"),
    ToMend("service-ec2-bridge-2021", "services[].roleArn", "the same"),
    ToMend("update-service-count-2021", "service.roleArn", "the same"),
    ToMend("service-code-deploy-2024", "services[].tags", "absent where there are none"),
    ToMend("service-two-deployments-2019", "services[].tags", "the same"),
    ToMend("service-after-update-2024", "services[].deployments[].updatedAt, [].updatedAt", "a deployment that turns ACTIVE is updated, after the answer of UpdateService"),
    ToMend("service-two-deployments-2019", "services[].deployments[].updatedAt, [].updatedAt", "the same"),
    ToMend("service-two-deployments-2019", "services[].deployments[].createdAt, updatedAt", "the same"),
    # --- services under other controllers, and their task sets
    ToMend("service-code-deploy-2024", "services[].deployments", "absent under CODE_DEPLOY, but for DeleteService"),
    ToMend("service-code-deploy-2024", "services[].taskSets[].tags", "there and empty, in a service"),
    ToMend("delete-service-code-deploy-2024", "service.taskSets[].tags", "the same"),
    ToMend("service-code-deploy-2024", "services[].taskSets[].startedBy", "absent on the task set that CreateService makes"),
    ToMend("delete-service-code-deploy-2024", "service.taskSets[].startedBy", "the same"),
    ToMend("service-code-deploy-2024", "services[].taskSets[].createdAt, updatedAt", "a task set that gets steady is updated"),
    ToMend("service-code-deploy-2024", "services[].taskSets[].updatedAt, stabilityStatusAt", "the same"),
    ToMend("delete-service-code-deploy-2024", "service.taskSets[].updatedAt, stabilityStatusAt", "scaled to nothing it is STABILIZING from then on, and not updated yet"),
    ToMend("delete-service-code-deploy-2024", "service.taskSets[].stabilityStatus", "the same"),
    ToMend("delete-service-code-deploy-2024", "service.taskSets[].status", "it stays PRIMARY"),
    ToMend("delete-service-code-deploy-2024", "service.taskSets[].scale.value", "it is scaled to nothing"),
    ToMend("delete-service-code-deploy-2024", "service.taskSets[].computedDesiredCount", "it keeps its count until the scheduler looks"),
    ToMend("delete-service-code-deploy-2024", "service.taskSets[].serviceArn", "short there, and nowhere else (one source)"),
    # --- what services say
    ToMend("service-code-deploy-2024", "services[].events[*STEADY_STATE.]", "a task set gets steady in these words, and then its service"),
    ToMend("service-code-deploy-2024", "services[].events[* has reached a steady state.]", "the same"),
    ToMend("delete-service-code-deploy-2024", "service.events[*STEADY_STATE.]", "the same"),
    ToMend("delete-service-code-deploy-2024", "service.events[* has reached a steady state.]", "the same"),
    ToMend("service-external-2019", "services[].events[*STEADY_STATE.]", "the same"),
    ToMend("service-external-2019", "services[].events[* has reached a steady state.]", "the same"),
    ToMend("service-external-2019", "services[].events[* updated computedDesiredCount for taskSet *", "said before the tasks start"),
    ToMend("service-daemon-2020", "services[].events[(daemon service *", "a daemon says how many it is to have"),
    ToMend("service-steady-for-hours-2024", "services[].events[*", "a steady service says so again every six hours"),
    # --- task definitions
    ToMend("definition-volume-2018", "taskDefinition.requiresAttributes[*docker-remote-api.1.17]", "asked for by a read-only root"),
    ToMend("register-definition-2024", "taskDefinition.requiresAttributes[*docker-remote-api.1.17]", "asked for by dnsServers and the like, also empty"),
    # --- tasks
    ToMend("event-task-deprovisioning-2019", "detail.attachments[].status", "the interface is still ATTACHED when a task turns DEPROVISIONING"),
    ToMend("task-fargate-healthy-2026", "tasks[].version", "a checked container's turn to HEALTHY counts"),
    # --- container instances
    ToMend("deregister-instance-2019", "containerInstance.attributes[*docker-remote-api.1.*]", "1.26, 1.27 and 1.31"),
    ToMend("instances-agent-updated-2018", "containerInstances[].attributes[*docker-remote-api.1.*]", "1.26 and 1.27"),
    ToMend("update-instances-state-2019", "containerInstances[].attributes[*docker-remote-api.1.*]", "1.26, 1.27 and 1.31"),
    ToMend("update-instances-state-2019", "containerInstances[].attributes[ecs.capability.branch-cni-plugin-version]", "announced since agent 1.28.0"),
    ToMend("update-instances-state-2019", "containerInstances[].attributes[ecs.capability.task-eni-trunking]", "the same"),
)  # fmt: skip


def each_recording() -> Any:
    return pytest.mark.parametrize(
        "recording",
        [
            pytest.param(recording, id=name, marks=pytest.mark.ecs_fake(region=recording.region))
            for name, recording in RECORDINGS.items()
        ],
    )


def differences(world: World) -> list[Difference]:
    """What differs between the recorded answer and the fake's, and isn't explained by the recording's age."""
    recording, model = world.recording, world.ecs.meta.service_model
    answer = SITUATIONS[recording.name](world)
    found = comparer.differences(model, recording.operation, recording.answer, answer)
    return [
        difference for difference in found if ages.explanation(difference, recording.recorded, recording.agent) is None
    ]


def excuses(recording: Recording) -> list[LeftOut | ToMend]:
    return [row for row in (*LEFT_OUT, *DIFFERENCES_TO_MEND) if row.recording == recording.name]


@each_recording()
def test_the_fake_answers_as_ecs_did(ecs_fake, recording):
    found = differences(World(ecs_fake, recording))

    # An older botocore doesn't show members that rows are about.
    every_row = botocore.__version__ == schemas.botocore_version()
    wrong = list(complaints(found, excuses(recording), every_row=every_row))
    if wrong:
        pytest.fail("\n".join(f"{recording.name}: {each}" for each in wrong), pytrace=False)


def test_each_recording_has_its_situation():
    assert RECORDINGS.keys() == SITUATIONS.keys()


@pytest.mark.parametrize("row", [*LEFT_OUT, *DIFFERENCES_TO_MEND], ids=lambda row: f"{row.recording} {row.path}")
def test_each_row_is_about_a_recording(row):
    assert row.recording in RECORDINGS


@pytest.mark.parametrize("recording", RECORDINGS.values(), ids=RECORDINGS.keys())
def test_each_recording_tells_where_it_is_from(recording):
    assert recording.source
    assert recording.situation
    assert re.fullmatch(r"20\d\d-(0[1-9]|1[0-2])", recording.recorded)


@pytest.fixture(scope="module")
def model():
    return botocore.session.get_session().get_service_model("ecs")


@pytest.mark.parametrize("recording", RECORDINGS.values(), ids=RECORDINGS.keys())
def test_no_recording_is_older_than_the_members_it_has(model, recording):
    """A month or a version in the tables of ages that is too late excuses too much."""
    there = comparer.members(model, recording.operation, recording.answer)

    too_late = [
        row
        for row in ages.SINCE
        if recording.recorded < row.month
        and row.value is None
        and any(ages.matches(row.member, member) for member in there)
    ]

    too_late += [row for row in ages.ANNOUNCED if ages.is_older(recording.agent, row.version) and row.member in there]

    assert too_late == []
