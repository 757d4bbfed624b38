"""What others set, mock or freeze: it stays while pytest reports, and nothing of the fake outlives the test, whoever is undone first."""

from __future__ import annotations

import os
import time
from unittest import mock

import pytest

from pytest_ecsfake import ecs_fake as switch

boto3 = pytest.importorskip("boto3")


def environment() -> dict[str, str]:
    """The environment but for what pytest sets for each test."""
    return {name: value for name, value in os.environ.items() if name != "PYTEST_CURRENT_TEST"}


@pytest.fixture
def run(pytester, monkeypatch):
    """Run a test file in a pytest of its own: all its tests pass, and nothing is left of them."""
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)

    def run(code: str, **outcomes: int) -> pytest.RunResult:
        pytester.makepyfile(
            "import os, time, boto3, pytest\nfrom unittest import mock\nfrom pytest_ecsfake import ecs_fake as switch\n"
            + code
        )
        before = environment(), time.sleep
        result = pytester.runpytest_inprocess("-p", "no:cacheprovider", "-p", "no:randomly", "-W", "default")
        for outcome, number in (outcomes or {"passed": 1}).items():
            assert result.parseoutcomes()[outcome] == number
        assert result.ret == 0
        assert (environment(), time.sleep) == before
        return result

    return run


# --- what a fixture sets after the fake has come on still stands in the body ---------------------------------------------------------------

FIXTURES = {
    "variables": (
        """
@pytest.fixture
def setting(monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "testing")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")
""",
        'os.environ["AWS_ACCESS_KEY_ID"] == "testing" and boto3.client("ecs").meta.region_name == "eu-west-1"',
    ),
    "a variable that is taken out": (
        """
@pytest.fixture
def setting(monkeypatch):
    monkeypatch.delenv("AWS_SESSION_TOKEN")
""",
        '"AWS_SESSION_TOKEN" not in os.environ',
    ),
    "boto3's default session": (
        """
@pytest.fixture
def setting(monkeypatch):
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)
    boto3.setup_default_session(region_name="eu-west-3")
""",
        'boto3.client("ecs").meta.region_name == "eu-west-3"',
    ),
    "botocore's way in": (
        """
@pytest.fixture
def setting():
    with mock.patch("botocore.client.BaseClient._make_api_call", return_value={"clusterArns": ["mine"]}):
        yield
""",
        'boto3.client("ecs").list_clusters() == {"clusterArns": ["mine"]}',
    ),
    "botocore's way out": (
        """
@pytest.fixture
def setting():
    answer = mock.Mock(status_code=200, headers={}, content=b"<A><GetCallerIdentityResult/></A>", raw=mock.Mock())
    with mock.patch("botocore.httpsession.URLLib3Session.send", return_value=answer):
        yield
""",
        'boto3.client("sts").get_caller_identity()["ResponseMetadata"]["HTTPStatusCode"] == 200',
    ),
    "a sleep of its own": (
        """
@pytest.fixture
def setting():
    with mock.patch("time.sleep") as slept:
        yield
""",
        "time.sleep(5) is time.sleep.return_value",
    ),
    "a freezer": (
        """
from freezegun import freeze_time

@pytest.fixture
def setting():
    with freeze_time("2031-01-01"):
        yield
""",
        "time.gmtime().tm_year == 2031",
    ),
    "a journey": (
        """
time_machine = pytest.importorskip("time_machine")

@pytest.fixture
def setting():
    with time_machine.travel(1_924_992_000, tick=False):
        yield
""",
        "time.time() == 1_924_992_000",
    ),
}
TESTS = {
    "the fixture": "def test_it(setting, ecs_fake):",
    "the fixture, named first": "def test_it(ecs_fake, setting):",
    "the marker": "@pytest.mark.ecs_fake\ndef test_it(setting):",
    "the decorator": "@switch\ndef test_it(setting):",
}


@pytest.mark.parametrize("asked", TESTS)
@pytest.mark.parametrize("setting", FIXTURES)
def test_what_a_fixture_sets_is_there_in_the_body(run, setting, asked):
    fixture, holds = FIXTURES[setting]
    if setting == "a journey":
        pytest.importorskip("time_machine")

    run(
        f"""
{fixture}
{TESTS[asked]}
    assert {holds}

def test_after_it():
    assert not os.environ.get("AWS_ACCESS_KEY_ID") and boto3.DEFAULT_SESSION in (None, SESSION)
    assert time.time() < 1_924_000_000

SESSION = boto3.DEFAULT_SESSION
""",
        passed=2,
    )


def test_mocks_documented_by_moto_stay(run):
    run(
        """
@pytest.fixture
def aws_credentials():
    os.environ["AWS_ACCESS_KEY_ID"] = "testing"
    yield
    del os.environ["AWS_ACCESS_KEY_ID"]

@pytest.fixture(autouse=True)
def client(aws_credentials):
    yield boto3.client("ecs")

@pytest.mark.ecs_fake
def test_it(client):
    assert client._request_signer._credentials.access_key == os.environ["AWS_ACCESS_KEY_ID"] == "testing"
"""
    )


def test_the_handle_stands_in_the_region_that_a_fixture_sets(run):
    run(
        """
@pytest.fixture
def region(monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-west-1")

@pytest.mark.ecs_fake(clusters=["prod"])
def test_it(region, ecs_fake, ecs_clusters):
    boto3.client("ecs").create_cluster(clusterName="new")
    assert [cluster.name for cluster in ecs_clusters] == ["prod", "new"]
    assert ecs_fake.region == ecs_fake.client.meta.region_name == "eu-west-1"

def test_another(ecs_fake):
    assert ecs_fake.region == "us-east-1"
""",
        passed=2,
    )


def test_what_the_body_set_is_there_after_a_subtest(run):
    if not hasattr(pytest, "Subtests"):
        pytest.skip("this pytest has no subtests")
    run(
        """
def test_it(ecs_fake, subtests, monkeypatch):
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "mine")
    ecs_fake.clock.advance(seconds=1000)
    for number in range(2):
        with subtests.test(number=number):
            before = time.time()
            boto3.client("ecs").create_cluster(clusterName=str(number))
    assert os.environ["AWS_ACCESS_KEY_ID"] == "mine"
    assert time.time() - before < 100
""",
    )


# --- while pytest reports -------------------------------------------------------------------------------------------------------------------

REPORTER = """
import os, threading, time
import boto3, botocore.exceptions
from pytest_ecsfake.errors import UnfakedServiceError

def call(service, told):
    client = boto3.client(service, region_name="us-east-1", aws_access_key_id="a", aws_secret_access_key="b",
                          config=boto3.session.Config(retries={{"total_max_attempts": 1}}), {endpoint})
    try:
        client.list_clusters() if service == "ecs" else client.get_caller_identity()
    except Exception as error:
        told.append(type(error).__name__)
    else:
        told.append("answered")

def pytest_runtest_logreport(report):
    if report.when == "setup":
        told = []
        {who}
        print("TOLD", told, os.environ.get("AWS_ACCESS_KEY_ID"), time.gmtime().tm_year)
"""


def told(pytester, *, who: str, endpoint: str = "") -> str:
    pytester.makeconftest(REPORTER.format(who=who, endpoint=endpoint))
    pytester.makepyfile(
        """
import pytest

@pytest.fixture
def later(ecs_fake):
    ecs_fake.clock.advance(seconds=20 * 366 * 86400)

@pytest.mark.ecs_fake(strict=False)
def test_it(later): ...
"""
    )
    result = pytester.runpytest_inprocess("-p", "no:cacheprovider", "-s")
    result.assert_outcomes(passed=1)
    return next(line for line in result.outlines if "TOLD" in line).partition("TOLD ")[2]


def test_the_thread_that_reports_has_no_fake(pytester):
    year = time.gmtime().tm_year
    answer = told(pytester, who='call("ecs", told)', endpoint='endpoint_url="http://127.0.0.1:9"')

    assert answer == f"['EndpointConnectionError'] None {year}"


def test_calls_of_another_thread_stay_in_while_pytest_reports(pytester):
    run = 'run = lambda: [call("sts", told), call("ecs", told)]; thread = threading.Thread(target=run); thread.start(); thread.join()'

    assert told(pytester, who=run).startswith("['UnfakedServiceError', 'answered']")


# --- what is undone by others, late or never -------------------------------------------------------------------------------------------------


def test_another_patcher_that_is_undone_after_the_fake_leaves_nothing_of_it(run):
    """A patcher of a wider scope notes the fake's values as the ones to go back to."""
    run(
        """
@pytest.fixture(scope="module")
def wider():
    with pytest.MonkeyPatch.context() as patch:
        yield patch

def test_it(wider, ecs_fake):
    wider.setenv("AWS_ACCESS_KEY_ID", "mine")
    wider.setenv("AWS_SECRET_ACCESS_KEY", "mine")
    wider.setattr(time, "sleep", lambda seconds: None)
    wider.setattr("botocore.client.BaseClient._make_api_call", lambda *_: {})
    time.sleep(5)

def test_another(wider):
    assert os.environ["AWS_ACCESS_KEY_ID"] == "mine" and time.sleep(5) is None
    assert boto3.client("ecs", region_name="us-east-1").list_clusters() == {}
""",
        passed=2,
    )


def test_what_the_body_sets_for_good_stays():
    with mock.patch.dict(os.environ), mock.patch("time.sleep", time.sleep):
        with switch():
            os.environ["AWS_ACCESS_KEY_ID"] = "mine"
            del os.environ["AWS_EC2_METADATA_DISABLED"]
            time.sleep = mine = lambda seconds: None
        assert os.environ["AWS_ACCESS_KEY_ID"] == "mine"
        assert "AWS_EC2_METADATA_DISABLED" not in os.environ
        assert time.sleep is mine
        with switch():
            assert os.environ["AWS_ACCESS_KEY_ID"] == "ecs-fake"
        assert os.environ["AWS_ACCESS_KEY_ID"] == "mine"


def test_fakes_end_in_any_order(monkeypatch):
    monkeypatch.setenv("AWS_DEFAULT_REGION", "eu-north-1")
    before = dict(os.environ), time.sleep
    one, two, three = switch(), switch(region="eu-west-1"), switch(region="eu-west-2")

    first, second, third = one.__enter__(), two.__enter__(), three.__enter__()
    boto3.client("ecs").create_cluster(clusterName="of-the-third")
    two.__exit__(None, None, None)
    assert os.environ["AWS_DEFAULT_REGION"] == "eu-west-2"
    one.__exit__(None, None, None)
    time.sleep(1000)
    assert "of-the-third" in third.clusters
    assert os.environ["AWS_ACCESS_KEY_ID"] == "ecs-fake"
    three.__exit__(None, None, None)

    assert (dict(os.environ), time.sleep) == before
    assert (first.region, second.region) == ("eu-north-1", "eu-west-1")


def test_two_tasks_of_asyncio_have_a_fake_each():
    import asyncio

    before = dict(os.environ), time.sleep

    async def create(name: str, *, pauses: int) -> list[str]:
        with switch() as ecs:
            for number in range(pauses):
                boto3.client("ecs", region_name=ecs.region).create_cluster(clusterName=f"{name}-{number}")
                await asyncio.sleep(0)
            return [cluster.name for cluster in ecs.clusters]

    async def both() -> list[list[str]]:
        return await asyncio.gather(create("a", pauses=2), create("b", pauses=4), create("c", pauses=3))

    assert asyncio.run(both()) == [
        [f"{name}-{number}" for number in range(pauses)] for name, pauses in (("a", 2), ("b", 4), ("c", 3))
    ]
    assert (dict(os.environ), time.sleep) == before


def test_each_test_of_a_wider_scope_reads_the_time_of_its_set_up(run):
    run(
        """
pytestmark = pytest.mark.ecs_fake(scope="module")

@pytest.fixture(scope="module")
def began(ecs_fake_module):
    ecs_fake_module.clock.advance(seconds=500)
    return time.time(), time.monotonic()

@pytest.mark.parametrize("number", range(3))
def test_it(ecs_fake, began, number):
    assert time.time() - began[0] < 100 and time.monotonic() - began[1] < 100
    time.sleep(1000)
    assert abs(ecs_fake.clock.now.timestamp() - time.time()) < 100
""",
        passed=3,
    )
