"""What a test ordered and never used is told at its end, in a sentence that names it (the option `strict`)."""

from __future__ import annotations

import unittest

import pytest

from pytest_ecsfake import ecs_fake as switch
from pytest_ecsfake.errors import UnusedOrderError

SENTENCE = 'faults.throttle("RunTask") matched no call. Remove it, or append .optional() if it may go unused.'


def run(pytester, body, *arguments):
    pytester.makepyfile(f"import pytest\n{body}")
    return pytester.runpytest_inprocess("-p", "no:cacheprovider", *arguments)


def test_a_fault_that_no_call_met_fails_the_test_at_its_end(pytester):
    result = run(pytester, 'def test_it(ecs_fake):\n    ecs_fake.faults.throttle("RunTask")\n')

    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines([f"UnusedOrderError: {SENTENCE}"])


@pytest.mark.parametrize(
    "body",
    [
        pytest.param('def test_it(ecs_fake):\n    ecs_fake.faults.throttle("RunTask").optional()\n', id="optional()"),
        pytest.param(
            '@pytest.mark.ecs_fake(strict=False)\ndef test_it(ecs_fake):\n    ecs_fake.faults.throttle("RunTask")\n',
            id="strict=False",
        ),
        pytest.param(
            "def test_it(ecs_fake):\n"
            '    ecs_fake.faults.throttle("ListClusters")\n    ecs_fake.client.list_clusters()\n',
            id="a call that met it",
        ),
    ],
)
def test_nothing_is_told_of_an_order_that_was_met_or_is_meant_so(pytester, body):
    result = run(pytester, body)

    result.assert_outcomes(passed=1)


@pytest.mark.parametrize(
    ("end", "outcome"),
    [
        pytest.param("assert 1 == 2", {"failed": 1}, id="a failed test"),
        pytest.param('pytest.skip("no")', {"skipped": 1}, id="a skip"),
        pytest.param('pytest.xfail("no")', {"xfailed": 1}, id="an expected failure"),
    ],
)
def test_after_any_other_end_it_stands_in_the_report(pytester, end, outcome):
    pytester.makeconftest(
        "def pytest_runtest_logreport(report):\n"
        "    for name, text in report.sections:\n"
        '        print("SECTION", name, text.splitlines()[-1])\n'
    )

    result = run(pytester, f'def test_it(ecs_fake):\n    ecs_fake.faults.throttle("RunTask")\n    {end}\n', "-s")

    result.assert_outcomes(**outcome)
    result.stdout.fnmatch_lines(['*SECTION ecs_fake faults.throttle("RunTask") matched no call.'])


ORDERED_FOR_THE_CLASS = """
@pytest.mark.ecs_fake(scope="class")
class TestIt:
    @pytest.fixture(scope="class", autouse=True)
    def order(self, ecs_fake_class):
        ecs_fake_class.faults.throttle("ListClusters")

    def test_one(self, ecs_fake):
        {one}

    def test_two(self, ecs_fake):
        assert len(ecs_fake.calls) == 0
"""


@pytest.mark.parametrize(
    ("one", "outcome"),
    [
        pytest.param("ecs_fake.client.list_clusters()", {"passed": 2}, id="met by one of the tests"),
        pytest.param("pass", {"passed": 2, "errors": 1}, id="met by none"),
    ],
)
def test_an_order_of_a_wider_scope_is_told_once_at_the_end_of_that_scope(pytester, one, outcome):
    result = run(pytester, ORDERED_FOR_THE_CLASS.format(one=one))

    result.assert_outcomes(**outcome)


def test_an_order_of_one_test_beside_those_of_a_wider_scope_is_told_by_that_test(pytester):
    result = run(pytester, ORDERED_FOR_THE_CLASS.format(one='ecs_fake.faults.throttle("RunTask").optional()'))

    # That of the class alone.
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(['*UnusedOrderError: faults.throttle("ListClusters") matched no call. *'])


def test_a_with_block_tells_it_at_its_end():
    with pytest.raises(UnusedOrderError) as caught, switch() as ecs:
        ecs.faults.throttle("RunTask")

    assert str(caught.value) == SENTENCE


@pytest.mark.parametrize(
    ("end", "told"),
    [
        pytest.param(lambda test: None, True, id="a test that passes"),
        pytest.param(lambda test: test.fail(), False, id="a failed test"),
        pytest.param(lambda test: test.skipTest("no"), False, id="a skip"),
    ],
)
def test_unittest_tells_it_of_a_test_that_passes_only(end, told):
    @switch
    class Case(unittest.TestCase):
        def test_it(self, ecs_fake):
            ecs_fake.faults.throttle("RunTask")
            end(self)

    result = unittest.TestResult()
    Case("test_it").run(result)

    assert [SENTENCE in text for _, text in result.errors] == [True] * told


@pytest.mark.parametrize(
    ("give", "sentence"),
    [
        pytest.param(
            lambda ecs: ecs.containers.script(family="migrate", runs_for=30, exit_code=1),
            "containers.script(family='migrate', runs_for=30, exit_code=1) matched no container",
            id="a script",
        ),
        pytest.param(
            lambda ecs: ecs.containers.script(container="app", health=["UNHEALTHY"], times=2),
            "containers.script(container='app', health=['UNHEALTHY']) matched no container with a health check",
            id="a script of a health check",
        ),
        pytest.param(
            lambda ecs: ecs.containers.program(image="job:*", run=print),
            "containers.program(image='job:*') matched no container",
            id="a program",
        ),
        pytest.param(
            lambda ecs: ecs.exec.on(family="web", run=print),
            "exec.on(family='web') matched no call of ExecuteCommand",
            id="an answer to ExecuteCommand",
        ),
    ],
)
def test_what_no_container_met_is_told(give, sentence):
    with switch() as ecs:
        give(ecs).optional()

    with pytest.raises(UnusedOrderError) as caught, switch() as ecs:
        give(ecs)

    assert str(caught.value) == (f"{sentence}. Remove it, or append .optional() if it may go unused.")


def test_an_order_shows_itself_as_the_test_wrote_it(ecs_fake):
    fault = ecs_fake.faults.throttle("RunTask", times=2).optional()
    script = ecs_fake.containers.script(family="web", exit_code=1).optional()

    assert repr(fault) == '<faults.throttle("RunTask"), met 0 of 2>'
    assert repr(script) == "<containers.script(family='web', exit_code=1), met 0, times=\"always\">"
