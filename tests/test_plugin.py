"""pytest's side, as a test author sees it: fixtures, marker, options, scopes, and what a failed run prints."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

pytest.importorskip("boto3")


@pytest.fixture
def run(pytester):
    """Run a test file in a pytest of its own, and give its result."""

    def run(code: str, *args: str, ini: str = "") -> pytest.RunResult:
        pytester.makeini(f"[pytest]\n{ini}")
        pytester.makepyfile("import boto3, pytest\nfrom pytest_ecsfake import ecs_fake as switch\n\n" + code)
        return pytester.runpytest_inprocess("-p", "no:cacheprovider", *args)

    return run


# --- which tests have a fake ------------------------------------------------------------------------------------------------------------


def test_fixture_marker_and_decorator_on_one_test_give_one_fake(run):
    result = run(
        """
@pytest.mark.ecs_fake(clusters=["of-marker"], account="111122223333")
@switch(clusters=["of-decorator"])
def test_one(ecs_fake, ecs_clusters):
    assert [cluster.name for cluster in ecs_fake.clusters] == ["of-decorator"]
    assert ecs_fake.account == "111122223333"
    assert ecs_clusters is ecs_fake.clusters
"""
    )
    result.assert_outcomes(passed=1)


def test_options_come_from_ini_module_class_function_and_decorator(run):
    result = run(
        """
pytestmark = pytest.mark.ecs_fake(account="000000000001", clusters=["module"], seed="module", poll_step=1)

def test_of_module(ecs_fake):
    assert (ecs_fake.account, ecs_fake.options.clusters, ecs_fake.options.strict) == ("000000000001", ("module",), False)

@pytest.mark.ecs_fake(account="000000000002", clusters=["class"], seed="class")
class TestOfClass:
    @pytest.mark.ecs_fake(account="000000000003", clusters=["function"])
    @switch(account="000000000004")
    def test_all(self, ecs_fake):
        assert ecs_fake.account == "000000000004"
        assert ecs_fake.options.clusters == ("function",)
        assert ecs_fake.options.seed == "class"
        assert ecs_fake.options.poll_step == 1
        assert ecs_fake.options.strict is False
""",
        ini="ecs_fake_strict = false\necs_fake_poll_step = 5\necs_fake_account = 999999999999",
    )
    result.assert_outcomes(passed=2)


def test_the_marker_alone_turns_the_fake_on_before_the_other_fixtures(run):
    result = run(
        """
@pytest.fixture
def prod():
    return boto3.client("ecs").create_cluster(clusterName="prod")

@pytest.mark.ecs_fake
def test_marked(prod):
    assert boto3.client("ecs").list_clusters()["clusterArns"] == [prod["cluster"]["clusterArn"]]
"""
    )
    result.assert_outcomes(passed=1)


def test_auto_turns_the_fake_on_everywhere_but_where_it_is_taken_out(run):
    result = run(
        """
from pytest_ecsfake.activation.registry import REGISTRY

def test_auto():
    boto3.client("ecs").create_cluster()

@pytest.mark.no_ecs_fake
def test_without():
    assert REGISTRY.current() is None
""",
        ini="ecs_fake_auto = true",
    )
    result.assert_outcomes(passed=2)


def test_the_decorator_below_given_turns_a_fake_on_for_each_example(run):
    pytest.importorskip("hypothesis")
    result = run(
        """
from hypothesis import given, settings, strategies

def count_after_one_more():
    boto3.client("ecs").create_cluster(clusterName=f"c{len(boto3.client('ecs').list_clusters()['clusterArns'])}")
    return len(boto3.client("ecs").list_clusters()["clusterArns"])

examples = []

@given(strategies.integers())
@settings(max_examples=5, deadline=None, database=None)
@switch
def test_below(n):
    assert count_after_one_more() == 1

@switch
@given(strategies.integers())
@settings(max_examples=5, deadline=None, database=None)
def test_above(n):
    examples.append(n)
    assert count_after_one_more() == len(examples)
"""
    )
    result.assert_outcomes(passed=2)


def test_the_decorator_below_given_hands_over_the_handle_of_each_example(run):
    pytest.importorskip("hypothesis")
    result = run(
        """
from hypothesis import given, settings, strategies

handles = []

@given(strategies.integers())
@settings(max_examples=5, deadline=None, database=None)
@switch(clusters=["prod"])
def test_below(ecs_fake, n):
    assert isinstance(n, int)
    handles.append(ecs_fake)
    boto3.client("ecs").create_cluster(clusterName="more")
    assert {cluster.name for cluster in ecs_fake.clusters} == {"prod", "more"}

def test_each_example_had_its_own():
    assert len({id(handle) for handle in handles}) == len(handles) > 1
""",
        "-p",
        "no:randomly",
    )
    result.assert_outcomes(passed=2)


def test_a_patch_above_or_below_the_decorator_keeps_its_parameter(run):
    result = run(
        """
from unittest import mock

@mock.patch("os.getpid")
@switch(clusters=["prod"])
def test_above(getpid, ecs_fake):
    assert getpid.called is False
    assert "prod" in ecs_fake.clusters

@switch(clusters=["prod"])
@mock.patch("os.getpid")
def test_below(getpid, ecs_fake):
    assert getpid.called is False
    assert "prod" in ecs_fake.clusters

@switch(clusters=["of-class"])
class TestDecorated:
    @switch(clusters=["prod"])
    @mock.patch("os.getpid")
    def test_both(self, getpid, ecs_fake):
        assert getpid.called is False
        assert "prod" in ecs_fake.clusters
"""
    )
    result.assert_outcomes(passed=3)


def test_a_doctest_gets_the_fake(pytester):
    pytester.makefile(
        ".txt",
        test_page="""
>>> import boto3
>>> ecs_fake = getfixture("ecs_fake")
>>> cluster = boto3.client("ecs").create_cluster(clusterName="prod")
>>> [cluster.name for cluster in ecs_fake.clusters]
['prod']
""",
    )
    pytester.makepyfile(module="def deploy():\n    '''\n    >>> len(getfixture('ecs_clusters'))\n    0\n    '''\n")

    pytester.runpytest_inprocess("-p", "no:cacheprovider", "--doctest-modules").assert_outcomes(passed=2)


def test_a_doctest_has_the_fake_with_auto(pytester):
    pytester.makeini("[pytest]\necs_fake_auto = true")
    pytester.makefile(
        ".txt",
        test_page="""
>>> import boto3
>>> boto3.client("ecs").list_clusters()["clusterArns"]
[]
""",
    )
    pytester.runpytest_inprocess("-p", "no:cacheprovider").assert_outcomes(passed=1)


def test_every_fixture_is_an_attribute_of_the_handle(run):
    result = run(
        """
def test_same(ecs_fake, ecs_clusters, ecs_services, ecs_tasks, ecs_task_definitions, ecs_calls, ecs_clock, ecs_client):
    assert ecs_clusters is ecs_fake.clusters
    assert ecs_services is ecs_fake.services
    assert ecs_tasks is ecs_fake.tasks
    assert ecs_task_definitions is ecs_fake.task_definitions
    assert ecs_calls is ecs_fake.calls
    assert ecs_clock is ecs_fake.clock
    assert ecs_client is ecs_fake.client
"""
    )
    result.assert_outcomes(passed=1)


def test_ids_are_the_same_in_each_run_and_differ_between_tests(run, pytester):
    code = """
@pytest.mark.parametrize("n", [1, 2])
def test_id(ecs_fake, ecs_client, n):
    ecs_client.create_cluster()
    ecs_client.register_task_definition(family="web", requiresCompatibilities=["FARGATE"], networkMode="awsvpc", cpu="256",
        memory="512", containerDefinitions=[{"name": "app", "image": "nginx"}])
    task = ecs_client.run_task(taskDefinition="web", launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": {"subnets": ["subnet-1"]}})["tasks"][0]
    with open("ids", "a") as file:
        print(n, task["taskArn"], file=file)
"""
    ids = pytester.path / "ids"
    run(code).assert_outcomes(passed=2)
    first = sorted(ids.read_text().splitlines())
    ids.unlink()
    run(code).assert_outcomes(passed=2)

    assert sorted(ids.read_text().splitlines()) == first
    assert first[0].split()[1] != first[1].split()[1]


# --- scopes -----------------------------------------------------------------------------------------------------------------------------

SCOPED = """
@pytest.fixture(scope="{scope}", autouse=True)
def prod({needs}):
    boto3.client("ecs").create_cluster(clusterName="prod")

class TestScoped:
    @classmethod
    def setup_class(cls):
        {set_up_class}

    def test_one(self, {handle}):
        boto3.client("ecs").create_cluster(clusterName="one")
        assert len(boto3.client("ecs").list_clusters()["clusterArns"]) == {count}

    def test_two(self, {handle}):
        boto3.client("ecs").create_cluster(clusterName="two")
        assert len(boto3.client("ecs").list_clusters()["clusterArns"]) == {count}
"""


@pytest.mark.parametrize("scope", ["class", "module", "session"])
def test_each_test_of_a_wider_scope_starts_from_the_state_after_its_set_up(run, scope):
    code = SCOPED.format(
        scope=scope,
        needs=f"ecs_fake_{scope}",
        set_up_class='boto3.client("ecs").create_cluster(clusterName="of-class")',
        handle="ecs_fake",
        count=3,
    )
    run(code, "-p", "no:randomly").assert_outcomes(passed=2)


def test_a_marker_with_a_scope_is_enough_for_setup_class(run):
    code = 'pytestmark = pytest.mark.ecs_fake(scope="class")\n' + SCOPED.format(
        scope="class",
        needs="",
        set_up_class='boto3.client("ecs").create_cluster(clusterName="of-class")',
        handle="ecs_fake",
        count=3,
    )
    run(code).assert_outcomes(passed=2)


def test_a_test_that_takes_no_fixture_of_a_wider_scope_starts_afresh_too(run):
    code = SCOPED.format(scope="class", needs="ecs_fake_class", set_up_class="pass", handle="request", count=2)
    run(code).assert_outcomes(passed=2)


def test_the_calls_of_the_set_up_are_recorded_and_those_of_other_tests_are_not(run):
    result = run(
        """
@pytest.mark.ecs_fake(scope="module")
class TestCalls:
    @classmethod
    def setup_class(cls):
        boto3.client("ecs").create_cluster(clusterName="prod")

    @pytest.mark.parametrize("n", [1, 2])
    def test_calls(self, ecs_fake, n):
        boto3.client("ecs").list_clusters()
        assert ecs_fake.calls.operations == ["CreateCluster", "ListClusters"]
"""
    )
    result.assert_outcomes(passed=2)


# --- misuse gets a sentence -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("marker", "sentence"),
    [
        pytest.param(
            'regoin="eu-west-1"',
            'unknown option "regoin" in @pytest.mark.ecs_fake. Did you mean "region"? Known: region, account, clusters,',
            id="an unknown option",
        ),
        pytest.param(
            "account=123456789012",
            "option account of @pytest.mark.ecs_fake takes twelve digits in a string, not 123456789012.",
            id="a value of the wrong type",
        ),
        pytest.param(
            'clusters="prod"',
            "option clusters of @pytest.mark.ecs_fake takes a list of names, such as [\"prod\"], not 'prod'.",
            id="a name where a list belongs",
        ),
        pytest.param(
            '"eu-west-1"',
            "@pytest.mark.ecs_fake takes its options by name, not ('eu-west-1',).",
            id="an option without a name",
        ),
    ],
)
def test_a_wrong_option_is_an_error_at_collection(run, marker, sentence):
    result = run(f"@pytest.mark.ecs_fake({marker})\ndef test_it(): ...\n")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert sentence in result.stderr.str()
    assert "::test_it" in result.stderr.str()


def test_a_wrong_option_shows_its_sentence_under_xdist_too(pytester):
    pytest.importorskip("xdist")
    pytester.makepyfile("import pytest\n@pytest.mark.ecs_fake(regoin='eu-west-1')\ndef test_it(): ...\n")

    result = pytester.runpytest_subprocess("-p", "no:cacheprovider", "--numprocesses=2")

    result.stdout.fnmatch_lines(
        [
            "*ERROR collecting test_a_wrong_option_shows_its_sentence_under_xdist_too.py*",
            '*::test_it: unknown option "regoin" in @pytest.mark.ecs_fake. Did you mean "region"? *',
        ]
    )
    result.assert_outcomes(errors=1)
    assert result.ret != 0


def test_a_wrong_option_of_the_decorator_is_an_error_where_it_stands(run):
    result = run('@switch(regoin="eu-west-1")\ndef test_it(): ...\n')

    result.stdout.fnmatch_lines(
        ['E   pytest_ecsfake.errors.EcsFakeUsageError: unknown option "regoin" in ecs_fake(). Did you mean "region"?*']
    )


def test_a_wrong_value_in_the_ini_file_names_the_ini_option(run):
    result = run("def test_it(ecs_fake): ...\n", ini="ecs_fake_timings = slow")

    assert "option timings of ecs_fake_timings of the ini file takes" in result.stderr.str()


def test_a_typo_in_a_key_names_the_nearest(run):
    result = run(
        """
@pytest.mark.ecs_fake(clusters=["prod", "staging"])
def test_it(ecs_fake):
    ecs_fake.clusters["prd"]
"""
    )
    result.stdout.fnmatch_lines(
        [
            '>       ecs_fake.clusters["prd"]',
            'E       KeyError: no cluster "prd" in account 123456789012, region us-east-1. Nearest: "prod".',
        ]
    )


# --- what was swallowed is told again ---------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("without_list_services")
@pytest.mark.parametrize(
    ("call", "told"),
    [
        pytest.param(
            'client("ecs").list_services()',
            "EcsFakeNotBuiltError: ListServices is not built in pytest-ecsfake *",
            id="an unbuilt operation",
        ),
        pytest.param(
            'client("sqs").list_queues()',
            "UnfakedServiceError: the code under test called SQS ListQueues *",
            id="an unfaked service",
        ),
    ],
)
def test_what_the_code_swallowed_fails_the_test_at_teardown(run, call, told):
    code = f"""
def test_it(ecs_fake):
    try:
        boto3.{call}
    except Exception:
        pass
"""
    result = run(code)

    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*ERROR at teardown of test_it*", told])
    assert "fixture" not in result.stdout.str()
    assert "traceback entries" not in result.stdout.str()


def test_a_bug_of_the_fake_is_told_as_such(run):
    result = run(
        """
from pytest_ecsfake import operations

def test_it(ecs_fake, monkeypatch):
    monkeypatch.setattr(operations, "find", lambda name: lambda region, request: 1 / 0)
    try:
        boto3.client("ecs").list_clusters(maxResults=3)
    except Exception:
        pass
"""
    )
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(
        [
            "EcsFakeInternalError: ListClusters met a bug in pytest-ecsfake: ZeroDivisionError('division by zero'). "
            'The request was {"maxResults": 3}'
        ]
    )


@pytest.mark.usefixtures("without_list_services")
def test_a_failed_test_is_not_covered_by_what_it_swallowed(run):
    result = run(
        """
def test_it(ecs_fake):
    try:
        boto3.client("ecs").list_services()
    except Exception:
        pass
    assert False, "mine"
"""
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["E * AssertionError: mine", "*ecs_fake*", "EcsFakeNotBuiltError: ListServices is not built *"]
    )


@pytest.mark.usefixtures("without_list_services")
@pytest.mark.parametrize("outcome", ["skip", "xfail"])
def test_a_skipped_test_is_not_failed_by_what_it_swallowed(run, outcome):
    result = run(
        f"""
def test_it(ecs_fake):
    try:
        boto3.client("ecs").list_services()
    except Exception:
        pass
    pytest.{outcome}("meant")
"""
    )
    result.assert_outcomes(**{{"skip": "skipped", "xfail": "xfailed"}[outcome]: 1})


def test_a_failed_test_shows_its_time_line(run):
    result = run(
        """
def test_it(ecs_fake):
    boto3.client("ecs").create_cluster(clusterName="prod")
    ecs_fake.clock.advance(seconds=90)
    boto3.client("ecs").list_clusters()
    assert False
"""
    )
    result.stdout.fnmatch_lines(
        [
            "*- ecs_fake -*",
            "  +0s     CreateCluster",
            "  +90s    ListClusters",
        ]
    )


def test_nothing_is_on_while_pytest_reports(run, pytester):
    pytester.makeconftest(
        """
import os, time
from pytest_ecsfake.activation.registry import REGISTRY

sleep = time.sleep

def pytest_runtest_logreport(report):
    print("on" if REGISTRY.current() or time.sleep is not sleep or os.environ.get("AWS_ACCESS_KEY_ID") == "ecs-fake" else "off")
"""
    )
    result = run(
        "def test_it(ecs_fake):\n    boto3.client('ecs').create_cluster()\n    boto3.client('ecs').list_clusters()\n",
        "-s",
    )

    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["*off*", "*off*", "*off*"])
    assert "on\n" not in result.stdout.str().replace("session", "")


# --- words at the moment of need --------------------------------------------------------------------------------------------------------


def test_what_a_test_expects_by_name_counts_as_seen(run):
    result = run(
        """
from pytest_ecsfake import EcsFakeError, UnfakedServiceError

def call():
    boto3.client("sqs").list_queues()

def test_by_name(ecs_fake):
    with pytest.raises(UnfakedServiceError, match="called SQS ListQueues"):
        call()

def test_one_of_several(ecs_fake):
    with pytest.raises((KeyError, EcsFakeError)):
        call()

def test_after_a_retry(ecs_fake):
    try:
        call()
    except Exception:
        with pytest.raises(UnfakedServiceError):
            call()
"""
    )
    result.assert_outcomes(passed=3)


@pytest.mark.parametrize(
    ("before", "expected", "service"),
    [
        pytest.param("pass", "Exception", "SQS", id="it is expected, but not by name"),
        pytest.param("boto3.client('sns').list_topics()", "UnfakedServiceError", "SNS", id="another one was swallowed"),
    ],
)
def test_what_a_test_doesnt_expect_by_name_says_how_to_mean_it(run, before, expected, service):
    result = run(
        f"""
from pytest_ecsfake import UnfakedServiceError

def test_it(ecs_fake):
    try:
        {before}
    except Exception:
        pass
    with pytest.raises({expected}):
        boto3.client("sqs").list_queues()
"""
    )
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(
        [
            f"UnfakedServiceError: the code under test called {service} *",
            "If the test means it: pytest.raises(UnfakedServiceError) around the call counts as seen, and strict=False lets all of it pass.",
        ]
    )
    assert "And:" not in result.stdout.str()


def test_what_isnt_raised_is_shown_at_the_tests_own_line(run):
    result = run(
        """
def test_it(ecs_fake):
    with pytest.raises(KeyError):
        pass
"""
    )
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([">       with pytest.raises(KeyError):", "E * DID NOT RAISE*"])
    assert "original(" not in result.stdout.str()


def test_a_client_made_at_import_without_a_region_names_the_ini_option(run, monkeypatch):
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    result = run(
        'client = boto3.client("ecs", aws_access_key_id="x", aws_secret_access_key="x")\n\ndef test_it(ecs_fake): ...\n'
    )

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(
        ["E * botocore.exceptions.NoRegionError: *", "*- ecs_fake -*", "  ecs_fake_region = us-east-1"]
    )


def test_a_conftest_that_makes_a_client_without_a_region_names_the_ini_option(run, pytester, monkeypatch):
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    pytester.makeconftest(
        "import boto3\n\nclient = boto3.client('ecs', aws_access_key_id='x', aws_secret_access_key='x')\n"
    )

    result = run("def test_it(ecs_fake): ...\n")

    assert result.ret == pytest.ExitCode.USAGE_ERROR
    assert "NoRegionError" in result.stderr.str()
    result.stderr.fnmatch_lines(["  ecs_fake_region = us-east-1"])


def test_a_client_that_a_conftest_makes_has_the_region_of_the_ini_file(run, pytester, monkeypatch):
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    pytester.makeconftest(
        "import boto3\n\nclient = boto3.client('ecs', aws_access_key_id='x', aws_secret_access_key='x')\n"
    )

    result = run(
        "def test_it(ecs_fake):\n    import conftest\n    assert conftest.client.meta.region_name == 'eu-north-1'\n",
        ini="ecs_fake_region = eu-north-1",
    )

    result.assert_outcomes(passed=1)
    assert "AWS_DEFAULT_REGION" not in os.environ


def test_another_error_at_import_says_nothing_of_a_region(run):
    result = run("client = boto3.client('ecs', region='eu-west-1')\n")

    result.assert_outcomes(errors=1)
    assert "ecs_fake_region" not in result.stdout.str()


# --- a test that is run again -----------------------------------------------------------------------------------------------------------

#: What pytest-rerunfailures does, which tests/neighbours_of_pytest/ runs itself.
RERUN = """
def pytest_runtest_protocol(item, nextitem):
    from _pytest.runner import runtestprotocol
    for last in (False, True):
        reports = runtestprotocol(item, log=False, nextitem=nextitem)
        failed = any(report.failed for report in reports)
        for report in reports:
            if failed and not last:
                report.outcome = "rerun"
            item.ihook.pytest_runtest_logreport(report=report)
        if not failed:
            break
    return True

def pytest_report_teststatus(report):
    if report.outcome == "rerun":
        return "rerun", "R", "RERUN"
"""


@pytest.mark.parametrize("handle", ["ecs_fake", "ecs_fake_module, ecs_fake"])
def test_a_rerun_shows_the_time_line_of_the_second_run(run, pytester, handle):
    pytester.makeconftest(RERUN)
    result = run(
        f"""
runs = []

def test_fails({handle}):
    runs.append(1)
    boto3.client("ecs").describe_clusters(clusters=[f"of-run-{{len(runs)}}"])
    assert len(ecs_fake.calls) == 7
"""
    )

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["*DescribeClusters (of-run-2) *"])
    result.stdout.no_fnmatch_line("*DescribeClusters (of-run-1) *")
    result.stdout.fnmatch_lines(["E * assert 1 == 7"])


@pytest.mark.usefixtures("without_list_services")
@pytest.mark.parametrize("handle", ["ecs_fake", "ecs_fake_module, ecs_fake"])
def test_a_rerun_that_passes_is_told_what_it_swallowed(run, pytester, handle):
    pytester.makeconftest(RERUN)
    result = run(
        f"""
runs = []

def test_swallows({handle}):
    runs.append(1)
    try:
        boto3.client("ecs").list_services()
    except Exception:
        pass
    assert len(runs) == 2
"""
    )

    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["EcsFakeNotBuiltError: ListServices is not built in *"])


@pytest.mark.usefixtures("without_list_services")
def test_a_rerun_that_swallows_nothing_passes(run, pytester):
    pytester.makeconftest(RERUN)
    result = run(
        """
runs = []

def test_swallows_once(ecs_fake):
    runs.append(1)
    if len(runs) == 1:
        boto3.client("ecs").list_services()
"""
    )
    result.assert_outcomes(passed=1)


def test_a_rerun_that_fails_before_the_fake_is_on_shows_no_time_line(run, pytester):
    pytester.makeconftest(RERUN)
    result = run(
        """
runs = []

@pytest.fixture
def world():
    runs.append(1)
    assert len(runs) == 1, "before the fake"

def test_fails(world, request):
    request.getfixturevalue("ecs_fake").client.create_cluster(clusterName="prod")
    assert False
"""
    )

    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["E * AssertionError: before the fake*"])
    result.stdout.no_fnmatch_line("*CreateCluster*")


# --- what something else answered -------------------------------------------------------------------------------------------------------

STUBBED = """
from botocore.stub import Stubber

@pytest.fixture
def ecs(ecs_fake):
    client = boto3.client("ecs")
    stubber = Stubber(client)
    stubber.add_response("list_clusters", {})
    with stubber:
        yield client

"""
NOT_REACHED = (
    "o call of ECS reached the fake: botocore.stub.Stubber answered ListClusters. Take that away to have the fake answer. "
    "If it is meant, write strict=False, or mark the test with @pytest.mark.no_ecs_fake."
)


def test_a_passed_test_that_never_reached_the_fake_has_a_warning(run):
    result = run(STUBBED + "def test_it(ecs):\n    ecs.list_clusters()\n", "-W", "default")

    result.assert_outcomes(passed=1, warnings=1)
    result.stdout.fnmatch_lines([f"*.py:15: AnsweredElsewhereWarning: n{NOT_REACHED}", "*def test_it(ecs):"])


def test_the_warning_as_an_error_fails_the_test_and_leaves_nothing_on(run):
    result = run(
        STUBBED
        + """
from pytest_ecsfake.activation.registry import REGISTRY

def test_it(ecs):
    ecs.list_clusters()

def test_after():
    assert REGISTRY.current() is None
""",
        "-W",
        "error::pytest_ecsfake.AnsweredElsewhereWarning",
        "-p",
        "no:randomly",
    )

    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines([f"E * pytest_ecsfake.errors.AnsweredElsewhereWarning: n{NOT_REACHED}"])


def test_a_failed_test_that_never_reached_the_fake_says_so_in_its_report(run):
    result = run(STUBBED + "def test_it(ecs):\n    ecs.list_clusters()\n    assert False\n")

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["*- ecs_fake -*", "  +0s     ListClusters -> answered by botocore.stub.Stubber", f"N{NOT_REACHED}"]
    )


@pytest.mark.parametrize(
    ("mark", "body"),
    [
        pytest.param("", "ecs.list_clusters(); boto3.client('ecs').list_clusters()", id="one call reached it"),
        pytest.param("", "pass", id="no call was made"),
        pytest.param("@pytest.mark.ecs_fake(strict=False)", "ecs.list_clusters()", id="it is meant"),
        pytest.param("@pytest.mark.xfail", "ecs.list_clusters(); assert False", id="it failed as expected"),
    ],
)
def test_there_is_nothing_to_warn_of_where(run, mark, body):
    result = run(f"{STUBBED}{mark}\ndef test_it(ecs):\n    {body}\n")

    assert result.parseoutcomes().get("warnings", 0) == 0
    assert "reached the fake" not in result.stdout.str()


def test_of_a_wider_scope_only_the_tests_own_calls_count(run):
    result = run(
        STUBBED
        + """
@pytest.fixture(scope="module", autouse=True)
def prod(ecs_fake_module):
    boto3.client("ecs").create_cluster(clusterName="prod")

def test_elsewhere(ecs):
    ecs.list_clusters()

def test_without_a_call():
    pass
""",
        "-W",
        "default",
    )

    result.assert_outcomes(passed=2, warnings=1)
    assert "ListClusters. Take" in result.stdout.str()


# --- loading costs next to nothing ------------------------------------------------------------------------------------------------------


def test_loading_the_plugin_imports_no_botocore_and_no_jsonschema(tmp_path):
    code = (
        "import sys, pytest\n"
        "pytest.main(['--collect-only', '-q', '-p', 'no:cacheprovider'])\n"
        "assert 'pytest_ecsfake.plugin' in sys.modules\n"
        "heavy = {'botocore', 'boto3', 'jsonschema', 'jsonschema_rs', 'freezegun', 'pytest_ecsfake.fake', 'pytest_ecsfake.api', 'pytest_ecsfake.errors'}\n"
        "print('heavy:', sorted(heavy & sys.modules.keys()))\n"
    )
    environment = {"PATH": "", "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1", "PYTEST_ADDOPTS": "-p pytest_ecsfake.plugin"}

    ran = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert "heavy: []" in ran.stdout, ran.stdout + ran.stderr


def test_a_client_made_at_import_needs_the_region_of_the_ini_file(run, monkeypatch):
    monkeypatch.delenv("AWS_DEFAULT_REGION", raising=False)
    result = run(
        """
client = boto3.client("ecs", aws_access_key_id="x", aws_secret_access_key="x")

def test_it(ecs_fake):
    client.create_cluster(clusterName="prod")
    assert ecs_fake.region == "eu-north-1"
    assert "prod" in ecs_fake.clusters

@pytest.mark.ecs_fake(region="eu-west-1")
def test_the_marker_wins(ecs_fake):
    assert ecs_fake.region == "eu-west-1"
""",
        ini="ecs_fake_region = eu-north-1",
    )
    result.assert_outcomes(passed=2)


def test_the_known_options_are_those_of_the_table(pytestconfig):
    from pytest_ecsfake.options import OPTIONS
    from pytest_ecsfake.plugin import OPTION_NAMES

    assert [option.name for option in OPTIONS] == list(OPTION_NAMES)
    for option in OPTIONS:
        pytestconfig.getini(f"ecs_fake_{option.name}")
    marker = next(line for line in pytestconfig.getini("markers") if line.startswith("ecs_fake("))
    assert all(option.name in marker for option in OPTIONS)


def test_a_fake_is_free_when_its_test_is_over(pytester):
    """pytest keeps every item until the run ends: of 10,000 tests it kept 10,000 fakes."""
    pytester.makepyfile(
        """
import gc, weakref

import pytest

fakes = []

@pytest.mark.parametrize("outcome", ["passed", "failed", "skipped"])
def test_one(ecs_fake, outcome):
    fakes.append(weakref.ref(ecs_fake))
    ecs_fake.client.list_clusters()
    if outcome == "skipped":
        pytest.skip("not this one")
    assert outcome == "passed"

def test_none_is_left():
    gc.collect()
    assert [fake() for fake in fakes] == [None, None, None]
"""
    )
    # In a process of its own: pytester records every hook's call, and with them what a report was made from.
    result = pytester.runpytest_subprocess("-p", "no:cacheprovider", "-p", "no:randomly")
    result.assert_outcomes(passed=2, failed=1, skipped=1)


def test_a_frozen_fake_goes_on_between_the_phases_of_a_test(pytester):
    """Nothing of ours is on while pytest reports; the time that a fixture advanced isn't lost by that."""
    pytester.makepyfile(
        """
        import pytest

        @pytest.fixture
        def later(ecs_fake):
            ecs_fake.clock.advance(seconds=100)

        @pytest.mark.ecs_fake(frozen_at="2026-01-01T00:00:00Z")
        def test_it(ecs_fake, later):
            ecs_fake.clock.advance(seconds=5)
            assert ecs_fake.clock.now.isoformat() == "2026-01-01T00:01:45+00:00"
        """
    )

    pytester.runpytest().assert_outcomes(passed=1)
