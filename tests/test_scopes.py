"""In which tests the fake of a class, a module or a session is on, and in which it is put aside."""

from __future__ import annotations

from collections.abc import Callable

import pytest

pytest.importorskip("boto3")

#: What a test sees that has no fake: nothing of ours is patched.
CONFTEST = """
import os, time

import boto3, pytest

from pytest_ecsfake.activation.registry import REGISTRY

SLEEP = time.sleep

def is_without():
    return REGISTRY.current() is None and time.sleep is SLEEP and os.environ.get("AWS_ACCESS_KEY_ID") != "ecs-fake"

def count():
    return len(boto3.client("ecs").list_clusters()["clusterArns"])

@pytest.fixture
def without():
    return is_without

@pytest.fixture(name="count")
def _count():
    return count
"""

Run = Callable[..., pytest.RunResult]


@pytest.fixture
def run(pytester):
    """Run test files in a pytest of its own, in the order of their names."""

    def run(*args: str, conftest: str = "", **files: str) -> pytest.RunResult:
        pytester.makeconftest(CONFTEST + conftest)
        pytester.makepyfile(**{name: "import boto3, pytest\n\n" + code for name, code in files.items()})
        return pytester.runpytest_inprocess("-p", "no:cacheprovider", "-p", "no:randomly", *args)

    return run


SESSION = """
def test_one(ecs_fake_session, ecs_fake):
    boto3.client("ecs").create_cluster(clusterName="prod")
    assert ecs_fake is ecs_fake_session
"""


def test_the_fake_of_a_session_is_not_on_in_a_module_that_never_asked_for_it(run):
    result = run(
        test_a=SESSION,
        test_b="""
def setup_module():
    from conftest import is_without
    assert is_without()

def teardown_module():
    setup_module()

@pytest.fixture(autouse=True)
def mine(without):
    assert without()
    yield
    assert without()

def test_without(without):
    assert without()
""",
        test_c=SESSION,
    )
    result.assert_outcomes(passed=3)


def test_a_test_of_another_module_has_a_fake_of_its_own_beside_the_sessions(run):
    result = run(
        test_a=SESSION.replace("def test_one", "def test_set_up") + "    ecs_fake.clusters['prod']",
        test_b="""
def test_own(ecs_fake, count):
    assert count() == len(ecs_fake.clusters) == 0
""",
    )
    result.assert_outcomes(passed=2)


def test_a_test_of_the_same_module_that_does_not_ask_has_no_fake(run):
    result = run(
        test_a="""
def test_asks(ecs_fake_module, count):
    boto3.client("ecs").create_cluster(clusterName="prod")
    assert count() == 1

def test_does_not(without):
    assert without()

class TestBeside:
    def setup_class(self):
        from conftest import is_without
        assert is_without()

    def test_neither(self, without):
        assert without()

def test_asks_again(ecs_fake_module, ecs_fake, count):
    assert count() == 0
"""
    )
    result.assert_outcomes(passed=4)


@pytest.mark.parametrize("scope", ["class", "module", "session"])
def test_a_test_is_taken_out_under_a_wider_scope(run, scope):
    result = run(
        test_a=f"""
@pytest.fixture(scope="{scope}", autouse=True)
def prod(ecs_fake_{scope}):
    boto3.client("ecs").create_cluster(clusterName="prod")

class TestScoped:
    @pytest.fixture(autouse=True)
    def mine(self, request, without):
        assert without() == (request.function.__name__ == "test_out")
        yield
        assert without() == (request.function.__name__ == "test_out")

    @pytest.mark.no_ecs_fake
    def test_out(self, without):
        assert without()

    def test_in(self, ecs_fake, count):
        assert count() == 1
"""
    )
    result.assert_outcomes(passed=2)


def test_a_fake_that_was_put_aside_goes_on_where_it_stood(run):
    result = run(
        test_a="""
import time

@pytest.fixture(scope="module", autouse=True)
def prod(ecs_fake_module):
    boto3.client("ecs").create_cluster(clusterName="prod")
    time.sleep(3600)

def real_now():
    return REAL + time.perf_counter() - STARTED

REAL, STARTED = time.time(), time.perf_counter()

@pytest.mark.no_ecs_fake
def test_out():
    assert abs(time.time() - real_now()) < 60

def test_in(count):
    assert count() == 1
    assert abs(time.time() - 3600 - real_now()) < 60
"""
    )
    result.assert_outcomes(passed=2)


def test_a_test_that_is_taken_out_may_open_a_fake_itself(run):
    result = run(
        test_a="""
from pytest_ecsfake import ecs_fake as new_fake

@pytest.fixture(scope="module", autouse=True)
def prod(ecs_fake_module):
    boto3.client("ecs").create_cluster(clusterName="prod")

@pytest.mark.no_ecs_fake
def test_out(without, count):
    with new_fake() as ecs:
        assert count() == len(ecs.clusters) == 0
    assert without()

def test_in(count):
    assert count() == 1
"""
    )
    result.assert_outcomes(passed=2)


# --- asked for late ---------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("scope", ["class", "module", "session"])
def test_a_wider_fixture_asked_for_late_gives_one_fake(run, scope):
    result = run(
        test_a=f"""
class TestLate:
    @pytest.mark.parametrize("n", [1, 2])
    def test_late(self, request, ecs_fake, ecs_clusters, n):
        boto3.client("ecs").create_cluster(clusterName="before")
        assert request.getfixturevalue("ecs_fake_{scope}") is ecs_fake
        boto3.client("ecs").create_cluster(clusterName="after")
        assert len(ecs_clusters) == len(ecs_fake.clusters) == 2
        assert len(ecs_fake.calls) == 2
"""
    )
    result.assert_outcomes(passed=2)


def test_a_fixture_may_ask_late_for_all_tests_that_use_it(run):
    result = run(
        conftest="""
@pytest.fixture(scope="session")
def world(request):
    request.getfixturevalue("ecs_fake_session")
    boto3.client("ecs").create_cluster(clusterName="prod")
""",
        test_a="def test_asks(world, count): assert count() == 1",
        test_b="def test_without(without): assert without()",
        test_c="def test_asks(world, count): assert count() == 1",
    )
    result.assert_outcomes(passed=3)


def test_a_test_without_a_fake_may_ask_late(run):
    result = run(
        test_a="""
def test_late(request, count):
    fake = request.getfixturevalue("ecs_fake_module")
    boto3.client("ecs").create_cluster(clusterName="prod")
    assert count() == len(fake.clusters) == 1

def test_again(request, count):
    assert count() == len(request.getfixturevalue("ecs_fake_module").clusters) == 1
""",
        test_b="def test_without(without): assert without()",
    )
    result.assert_outcomes(passed=3)


def test_tests_of_two_modules_may_ask_late_for_one_fake(run):
    late = """
def test_without(without):
    assert without()

def test_late(request, count):
    fake = request.getfixturevalue("ecs_fake_session")
    boto3.client("ecs").create_cluster(clusterName="prod")
    assert count() == len(fake.clusters) == 1

def test_again(request, count):
    assert count() == len(request.getfixturevalue("ecs_fake_session").clusters) == 1
"""
    result = run(test_a=late, test_b=late, test_c="def test_without(without): assert without()")
    result.assert_outcomes(passed=7)
