"""The life of a daemon's deployment, read from its table: API reference, DaemonDeployment, status; Developer Guide, managed daemons events."""

from __future__ import annotations

from itertools import pairwise

import pytest

from pytest_ecsfake.engine.daemons.task_definitions import STATUSES
from pytest_ecsfake.engine.daemons.transition import EVENT_TYPES, FOLLOWING, STAMPS
from pytest_ecsfake.validation import schemas

ENDS = {"SUCCESSFUL", "STOPPED", "ROLLBACK_SUCCESSFUL", "ROLLBACK_FAILED"}


def statuses_of(operation: str, enumeration: str) -> list[str]:
    """The statuses that the model knows, in its order."""
    statuses: list[str] = schemas.response_schema(operation)["$defs"][enumeration]["enum"]
    return statuses


def test_the_table_has_every_status_of_the_model():
    statuses = set(statuses_of("DescribeDaemonDeployments", "DaemonDeploymentStatus"))

    assert set(FOLLOWING) == statuses
    assert {each for following in FOLLOWING.values() for each in following} == statuses - {"PENDING"}
    assert (set(STAMPS) | set(EVENT_TYPES)) <= statuses


def test_the_ends_are_those_that_the_waiters_end_at():
    """botocore, waiters-2.json: DaemonDeploymentSuccessful succeeds with the first, and fails with the other three."""
    assert {status for status, following in FOLLOWING.items() if not following} == ENDS


@pytest.mark.parametrize(
    "path",
    [
        pytest.param(["PENDING", "IN_PROGRESS", "SUCCESSFUL"], id="it succeeds"),
        pytest.param(
            ["PENDING", "IN_PROGRESS", "STOP_REQUESTED", "ROLLBACK_IN_PROGRESS", "ROLLBACK_SUCCESSFUL"],
            id="it is rolled back (the events page)",
        ),
        pytest.param(
            ["PENDING", "IN_PROGRESS", "STOP_REQUESTED", "ROLLBACK_IN_PROGRESS", "ROLLBACK_FAILED"],
            id="the rollback fails",
        ),
        pytest.param(["PENDING", "IN_PROGRESS", "STOPPED"], id="a newer one replaces it"),
    ],
)
def test_a_path_of_the_guide_is_in_the_table(path):
    assert all(later in FOLLOWING[earlier] for earlier, later in pairwise(path))


def test_a_daemon_task_definition_goes_through_the_statuses_of_the_model():
    assert ["ACTIVE", *STATUSES.values()] == statuses_of("DescribeDaemonTaskDefinition", "DaemonTaskDefinitionStatus")
