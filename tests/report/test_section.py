"""The section `ecs_fake` of a test's report, in pytest's exact words, and where it is shown."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest

TESTS = """
import unittest

import boto3
import pytest

from pytest_ecsfake import ecs_fake as switch

@pytest.fixture
def cluster(ecs_fake):
    boto3.client("ecs", region_name="us-east-1").create_cluster(clusterName="prod")

def test_fails(ecs_fake, cluster):
    print("said by the test")
    ecs_fake.clock.advance(seconds=45)
    boto3.client("ecs").list_clusters()
    assert ecs_fake.clusters["prod"].status == "INACTIVE"

def test_passes(ecs_fake, cluster): ...

def test_is_skipped(ecs_fake, cluster):
    pytest.skip("not now")

@switch
class TestCase(unittest.TestCase):
    def test_fails(self, ecs_fake):
        boto3.client("ecs").create_cluster(clusterName="prod")
        self.fail("it has to")

def test_without_a_fake():
    assert False
"""

AT_REST = "  Everything is at rest, and no task ended badly."
FAILED = f"""\
{AT_REST}
  +0s     CreateCluster
  +45s    ListClusters"""
SHORT = f"{AT_REST}\n  +0s     CreateCluster"

#: Which tests have which text, by what is asked for.
SHOWN = {
    "failed": {"test_fails": FAILED, "TestCase::test_fails": SHORT},
    "always": {"test_fails": FAILED, "test_passes": SHORT, "test_is_skipped": SHORT, "TestCase::test_fails": SHORT},
    "never": {},
}


@pytest.fixture
def run(pytester, monkeypatch):
    """Run the tests with options and an ini file; the sections by the names of their tests."""
    monkeypatch.delenv("PYTEST_ADDOPTS", raising=False)

    class Sections:
        def __init__(self):
            self.found = {}

        def pytest_runtest_logreport(self, report):
            for name, text in report.sections:
                if name == "ecs_fake":
                    self.found[report.nodeid.partition("::")[2]] = text

    def run(*options, ini="", tests=TESTS):
        pytester.makepyfile(test_it=tests)
        pytester.makeini(f"[pytest]\n{ini}")
        sections = Sections()
        result = pytester.runpytest_inprocess(
            "-p", "no:cacheprovider", "-p", "no:randomly", *options, plugins=[sections]
        )
        return result, sections.found

    return run


@pytest.mark.parametrize("asked", SHOWN)
def test_which_tests_have_it_is_asked_for_on_the_command_line_or_in_the_ini_file(run, asked):
    result, found = run("--ecs-fake-report", asked)
    assert found == SHOWN[asked]
    result.assert_outcomes(failed=3, passed=1, skipped=1)

    assert run(ini=f"ecs_fake_report = {asked}")[1] == SHOWN[asked]


def test_failed_tests_have_it_by_default_and_the_command_line_wins_over_the_ini_file(run):
    assert run()[1] == SHOWN["failed"]
    assert run("--ecs-fake-report=never", ini="ecs_fake_report = always")[1] == {}


def test_an_unknown_word_is_refused(run):
    result, _ = run(ini="ecs_fake_report = sometimes")
    result.stderr.fnmatch_lines(["ERROR: ecs_fake_report is failed, always or never, not 'sometimes'."])

    result, _ = run("--ecs-fake-report=sometimes")
    result.stderr.fnmatch_lines(["*argument --ecs-fake-report: invalid choice: 'sometimes' (choose from *"])


def test_the_terminal_shows_it_below_the_failure(run):
    result, _ = run("-k", "test_fails and not TestCase")

    result.stdout.fnmatch_lines(["*- ecs_fake -*", *FAILED.splitlines(), "*short test summary*"], consecutive=False)


def test_the_terminal_shows_it_of_a_test_that_passed_if_always_is_asked_for(run):
    result, _ = run("--ecs-fake-report=always", "-k", "passes or skipped")
    result.stdout.fnmatch_lines(
        [
            "*- ecs_fake: test_it.py::test_passes passed -*",
            *SHORT.splitlines(),
            "*- ecs_fake: test_it.py::test_is_skipped skipped -*",
            *SHORT.splitlines(),
        ],
        consecutive=True,
    )

    result, _ = run("--ecs-fake-report=always", "-k", "passes", "-rP")
    assert str(result.stdout).count("CreateCluster") == 1


LONG = """
def test_it(ecs_fake):
    for number in range(60):
        ecs_fake.client.create_cluster(clusterName=f"c{number}")
        ecs_fake.clock.advance(seconds=1)
    assert False
"""


def test_it_is_as_long_as_is_asked_for(run):
    [text] = run(tests=LONG)[1].values()
    [explanation, *lines] = text.splitlines()
    assert explanation == AT_REST
    assert len(lines) == 40
    assert lines[0] == ("  … 21 earlier lines, from +0s to +20s: 21 of calls. print(ecs_fake.timeline(60)) shows all.")

    [text] = run("--ecs-fake-report=always", tests=LONG)[1].values()
    assert len(text.splitlines()) == 1 + 60


@pytest.mark.parametrize("family", ["xunit1", "xunit2"])
@pytest.mark.parametrize(
    ("logging", "captured"),
    [
        pytest.param("no", FAILED + "\n", id="nothing captured"),
        pytest.param(
            "system-out",
            "- Captured Out ---------------------------------\nsaid by the test\n\n",
            id="beside what was captured",
        ),
    ],
)
def test_junit_has_it_as_system_out(run, pytester, logging, captured, family):
    run("--junitxml=report.xml", ini=f"junit_logging = {logging}\njunit_family = {family}")

    cases = ElementTree.parse(pytester.path / "report.xml").iter("testcase")
    outputs = {(case.get("classname"), case.get("name")): list(case.iter("system-out")) for case in cases}
    [output] = outputs["test_it", "test_fails"]
    assert output.text.startswith(f"{' ecs_fake '.center(80, '-')}\n{FAILED}\n")
    assert output.text.endswith(captured)


def test_junit_has_each_in_its_own_test_case(run, pytester):
    run("--junitxml=report.xml", "--ecs-fake-report=always")

    cases = ElementTree.parse(pytester.path / "report.xml").iter("testcase")
    header = " ecs_fake ".center(80, "-")
    outputs = {(case.get("classname"), case.get("name")): case.findtext("system-out") for case in cases}
    assert outputs == {
        ("test_it", "test_fails"): f"{header}\n{FAILED}\n",
        ("test_it", "test_passes"): f"{header}\n{SHORT}\n",
        ("test_it", "test_is_skipped"): f"{header}\n{SHORT}\n",
        ("test_it.TestCase", "test_fails"): f"{header}\n{SHORT}\n",
        ("test_it", "test_without_a_fake"): None,
    }


def test_under_xdist_it_is_the_same(run, pytester):
    pytest.importorskip("xdist")

    result, found = run("-p", "xdist", "-n2", "--ecs-fake-report=always", "--junitxml=report.xml")

    assert found == SHOWN["always"]
    assert "- ecs_fake: test_it.py::test_passes passed -" in str(result.stdout)
    cases = ElementTree.parse(pytester.path / "report.xml").iter("testcase")
    assert sum(case.find("system-out") is not None for case in cases) == 4


def test_a_bug_in_it_does_not_end_the_run(run, monkeypatch):
    def broken(*_, **__):
        raise ZeroDivisionError("oh")

    monkeypatch.setattr("pytest_ecsfake.views.timeline.text.timeline", broken)

    result, found = run("-k", "test_fails and not TestCase")

    result.assert_outcomes(failed=1, deselected=4)
    assert found == {"test_fails": "pytest-ecsfake met a bug while it wrote this report: ZeroDivisionError('oh')"}
