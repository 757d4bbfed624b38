"""The hint at the name that was meant."""

from __future__ import annotations

import pytest

from pytest_ecsfake.did_you_mean import did_you_mean

KNOWN = ("RunTask", "StopTask", "ListTasks")


@pytest.mark.parametrize(
    ("spelt", "hint"),
    [
        pytest.param("RunTasks", ' Did you mean "RunTask"?', id="a letter too many"),
        pytest.param("STOPTASK", ' Did you mean "StopTask"?', id="another case, and the known name's in the hint"),
        pytest.param(["RunTask"], ' Did you mean "RunTask"?', id="no string"),
        pytest.param("FlyToTheMoon", "", id="nothing near"),
        pytest.param("", "", id="nothing at all"),
    ],
)
def test_the_nearest_name_is_hinted_at_whatever_its_case(spelt, hint):
    assert did_you_mean(spelt, KNOWN) == hint


def test_a_lower_cutoff_finds_what_is_further_away():
    assert did_you_mean("TaskRuns", KNOWN) == ""
    assert did_you_mean("TaskRuns", KNOWN, cutoff=0.5) == ' Did you mean "ListTasks"?'
