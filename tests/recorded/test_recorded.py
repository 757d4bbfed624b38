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
    # --- services under other controllers, and their task sets
    ToMend("delete-service-code-deploy-2024", "service.taskSets[].serviceArn", "short there, and nowhere else (one source)"),
    # --- what services say
    # --- task definitions
    # --- tasks
    # --- container instances
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
