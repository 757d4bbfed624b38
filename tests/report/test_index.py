"""The index of a run: which outcome a test has of those of its phases, and in which order the tests stand."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_ecsfake.explanation.explain import AT_REST
from pytest_ecsfake.report.index import Run, first_words


def phase(nodeid: str, when: str, outcome: str = "passed", **more: Any) -> pytest.TestReport:
    known: Any = {"when": when, "outcome": outcome, "duration": 0.5, **more}
    return pytest.TestReport(nodeid, ("t.py", 1, nodeid), {}, longrepr=None, **known)


def outcome_of(*phases: pytest.TestReport) -> str:
    run = Run()
    for each in phases:
        run.note(each, None)
    [test] = run.sorted()
    return test.outcome


@pytest.mark.parametrize(
    ("phases", "outcome"),
    [
        pytest.param([("setup", "passed"), ("call", "passed"), ("teardown", "passed")], "passed", id="all passed"),
        pytest.param([("setup", "passed"), ("call", "failed"), ("teardown", "passed")], "failed", id="the test failed"),
        pytest.param(
            [("setup", "passed"), ("call", "failed"), ("teardown", "failed")], "failed", id="and its clean-up"
        ),
        pytest.param(
            [("setup", "passed"), ("call", "passed"), ("teardown", "failed")], "error", id="its clean-up failed"
        ),
        pytest.param([("setup", "failed"), ("teardown", "passed")], "error", id="its set-up failed"),
        pytest.param([("setup", "skipped"), ("teardown", "passed")], "skipped", id="it was skipped"),
        pytest.param(
            [("setup", "passed"), ("call", "rerun"), ("teardown", "passed")], "passed", id="a word of a plugin"
        ),
    ],
)
def test_outcome_of_a_test_is_the_worst_of_its_phases(phases, outcome):
    assert outcome_of(*(phase("t", when, each) for when, each in phases)) == outcome


def test_expected_failures_have_their_own_word():
    assert outcome_of(phase("t", "call", "skipped", wasxfail="reason")) == "xfailed"
    assert outcome_of(phase("t", "call", "passed", wasxfail="reason")) == "xpassed"


def test_a_test_that_is_run_again_counts_as_it_ended():
    run = Run()
    for when, outcome in (("setup", "passed"), ("call", "failed"), ("setup", "passed"), ("call", "passed")):
        run.note(phase("t", when, outcome), None)

    [test] = run.sorted()
    assert (test.outcome, test.seconds) == ("passed", 1.0)


def test_failed_ones_come_first_and_otherwise_the_order_of_the_run():
    run = Run()
    for nodeid, outcome in (("a", "passed"), ("b", "failed"), ("c", "skipped"), ("d", "failed"), ("e", "passed")):
        run.note(phase(nodeid, "call", outcome), None)

    assert [test.nodeid for test in run.sorted()] == ["b", "d", "c", "a", "e"]


@pytest.mark.parametrize(
    ("explanation", "failure", "words"),
    [
        pytest.param("Why web isn't stable:\n  one\n  two", "assert 0", "Why web isn't stable: one", id="explained"),
        pytest.param(AT_REST, "\nassert 1 == 2\n + where", "assert 1 == 2", id="nothing to explain"),
        pytest.param(AT_REST, "", AT_REST, id="nothing at all"),
    ],
)
def test_first_words_say_why(explanation, failure, words):
    assert first_words({"explanation": explanation, "failure": failure}) == words
