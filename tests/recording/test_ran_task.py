"""`assert_ran_task`: what ran is the task definition with the overrides merged over it (API reference, ContainerOverride)."""

import json
from textwrap import dedent
from unittest.mock import ANY

import pytest

from pytest_ecsfake import documents
from pytest_ecsfake.arns import Partition
from pytest_ecsfake.clock import SECOND
from pytest_ecsfake.errors import ClusterNotFoundException, EcsFakeUsageError
from pytest_ecsfake.recording.calls import Calls
from pytest_ecsfake.recording.ran_task import assert_ran_task

VIRGINIA = Partition("123456789012", "us-east-1")
MIGRATE = VIRGINIA.arn("task-definition/migrate:3")

DEFINITIONS = {
    MIGRATE: {
        "containerDefinitions": [
            {
                "name": "app",
                "command": ["migrate", "status"],
                "environment": [{"name": "STAGE", "value": "dev"}, {"name": "DEBUG", "value": "0"}],
            },
            {"name": "log-router"},
        ]
    }
}


def task(id_, *overrides, cluster="prod", **members):
    """A task as RunTask answers with it: overrides name every container."""
    return {
        "taskArn": VIRGINIA.arn(f"task/{cluster}/{id_}"),
        "clusterArn": VIRGINIA.arn(f"cluster/{cluster}"),
        "taskDefinitionArn": MIGRATE,
        "overrides": {"containerOverrides": [*overrides, {"name": "log-router"}]},
        "launchType": "FARGATE",
        "group": "family:migrate",
        "cpu": "256",
        "memory": "512",
        "createdAt": 0.0,
    } | members


def record(calls, operation, *tasks, after=0, error=None, failures=(), **params):
    """A call as the endpoint writes it down."""
    call = calls.note(operation, json.dumps(params).encode(), VIRGINIA, after * SECOND, 0)
    call.answered(after * SECOND, documents.pack({"tasks": tasks, "failures": failures}), error)


@pytest.fixture
def calls():
    """A status task on the test cluster, an upgrade on prod."""
    calls = Calls()
    record(calls, "RunTask", task("1", cluster="test"), cluster="test")
    up = {"name": "app", "command": ["migrate", "up"], "environment": [{"name": "STAGE", "value": "prod"}]}
    record(calls, "RunTask", task("2", up, startedBy="ci", cpu="1024"), after=12, cluster="prod")
    return calls


@pytest.mark.parametrize(
    "wanted",
    [
        pytest.param({}, id="any task"),
        pytest.param({"family": "migrate"}, id="the family, without its revision"),
        pytest.param({"command": ["migrate", "up"]}, id="the override's command in place of the definition's"),
        pytest.param({"command": ("migrate", "status")}, id="the definition's command where nothing overrides it"),
        pytest.param({"environment": {"STAGE": "prod"}}, id="the override's variable in place of the definition's"),
        pytest.param(
            {"environment": {"STAGE": "prod", "DEBUG": "0"}}, id="the definition's variable beside the override's"
        ),
        pytest.param({"environment": {"STAGE": "prod", "TRACE": None}}, id="a variable that isn't set"),
        pytest.param({"container": "app", "environment": {"DEBUG": "0"}}, id="a variable of one container"),
        pytest.param({"container": "log-router"}, id="a container"),
        pytest.param({"cluster": "prod"}, id="the cluster's name"),
        pytest.param({"cluster": VIRGINIA.arn("cluster/prod")}, id="the cluster's ARN"),
        pytest.param({"cpu": 1024, "memory": "512"}, id="sizes, as numbers or strings"),
        pytest.param({"launch_type": "FARGATE", "group": "family:migrate"}, id="what RunTask filled in"),
        pytest.param({"started_by": ANY, "cpu": ANY, "command": ANY, "cluster": ANY}, id="anything that is there"),
        pytest.param({"family": "migrate", "count": 2}, id="two tasks of a family"),
        pytest.param({"started_by": "ci", "count": 1}, id="one task like this, and one otherwise"),
    ],
)
def test_a_task_like_this_ran(calls, wanted):
    assert_ran_task(calls, DEFINITIONS.get, **wanted)


@pytest.mark.parametrize(
    "wanted",
    [
        pytest.param({"family": "migr"}, id="another family"),
        pytest.param({"command": ["migrate"]}, id="a part of the command"),
        pytest.param({"cluster": "test", "command": ["migrate", "up"]}, id="each in another task"),
        pytest.param({"container": "log-router", "environment": {"STAGE": "prod"}}, id="each in another container"),
        pytest.param({"environment": {"TRACE": ANY}}, id="a variable that isn't set"),
        pytest.param({"container": "app", "environment": {"DEBUG": None}}, id="a variable that is set"),
        pytest.param(
            {"cluster": VIRGINIA._replace(region="eu-west-1").arn("cluster/prod")},
            id="a cluster of that name elsewhere",
        ),
        pytest.param({"cpu": 512}, id="another size"),
        pytest.param({"count": 3}, id="too few"),
        pytest.param({"count": 1}, id="too many"),
    ],
)
def test_no_task_like_this_ran(calls, wanted):
    with pytest.raises(AssertionError):
        assert_ran_task(calls, DEFINITIONS.get, **wanted)


def test_the_same_client_token_again_runs_no_task_again(calls):
    record(calls, "RunTask", task("2"), cluster="prod", clientToken="t")

    assert_ran_task(calls, DEFINITIONS.get, count=2)


def test_a_started_task_ran_too():
    calls = Calls()
    record(calls, "StartTask", task("1", launchType="EC2"))

    assert_ran_task(calls, DEFINITIONS.get, launch_type="EC2")


def test_a_described_task_was_not_run_by_that():
    calls = Calls()
    record(calls, "DescribeTasks", task("1"))

    with pytest.raises(AssertionError):
        assert_ran_task(calls, DEFINITIONS.get)


def test_a_task_whose_definition_is_gone_has_no_containers(calls):
    assert_ran_task(calls, {}.get, family="migrate", cpu=1024)

    with pytest.raises(AssertionError, match=r"- container  \"app\"\n    \+ container  \(absent\)"):
        assert_ran_task(calls, {}.get, container="app")


@pytest.mark.parametrize("count", [0, -1, True, "2"])
def test_a_count_is_1_or_more(calls, count):
    with pytest.raises(EcsFakeUsageError, match=r"takes count=1 or more, not .*calls\.assert_not_called"):
        assert_ran_task(calls, DEFINITIONS.get, count=count)


@pytest.mark.parametrize(
    ("wanted", "report"),
    [
        pytest.param(
            {"family": "migrate", "environment": {"STAGE": "live", "DEBUG": "0"}, "command": ["migrate", "up"]},
            """\
            No task was run with family="migrate", environment={"STAGE": "live", "DEBUG": "0"}, command=["migrate", "up"].
              2 tasks were run. Nearest (call 2 of 2, at +12s):
                  family             "migrate"
                  environment.DEBUG  "0"
                  command            ["migrate", "up"]
                - environment.STAGE  "live"
                + environment.STAGE  "prod"
              All calls: RunTask, RunTask
            """,
            id="another environment",
        ),
        pytest.param(
            {"container": "web", "command": ["migrate", "status"]},
            """\
            No task was run with container="web", command=["migrate", "status"].
              2 tasks were run. Nearest (call 1 of 2, at +0s):
                  command    ["migrate", "status"]
                - container  "web"
                + container  "app"
              All calls: RunTask, RunTask
            """,
            id="another container",
        ),
        pytest.param(
            {"started_by": "ci", "count": 2},
            """\
            1 task was run with started_by="ci"; 2 tasks were expected.
              Call 2 of 2, at +12s: RunTask(cluster="prod")
              Nearest of the others (call 1 of 2, at +0s):
                - started_by  "ci"
                + started_by  (absent)
              All calls: RunTask, RunTask
            """,
            id="too few",
        ),
        pytest.param(
            {"family": "migrate", "count": 1},
            """\
            2 tasks were run with family="migrate"; 1 task was expected.
              Call 1 of 2, at +0s: RunTask(cluster="test")
              Call 2 of 2, at +12s: RunTask(cluster="prod")
              All calls: RunTask, RunTask
            """,
            id="too many",
        ),
    ],
)
def test_a_failed_assertion_says_what_ran_instead(calls, wanted, report):
    with pytest.raises(AssertionError) as caught:
        assert_ran_task(calls, DEFINITIONS.get, **wanted)

    assert str(caught.value) + "\n" == dedent(report)


def test_calls_that_ran_nothing_say_why():
    calls = Calls()
    record(calls, "RunTask", error=ClusterNotFoundException("Cluster not found."), cluster="prdo")
    record(calls, "RunTask", failures=[{"reason": "RESOURCE:MEMORY"}], after=1, cluster="prod")

    with pytest.raises(AssertionError) as caught:
        assert_ran_task(calls, DEFINITIONS.get, family="migrate")

    assert str(caught.value).splitlines() == [
        'No task was run with family="migrate".',
        '  Call 1 of 2, at +0s: RunTask(cluster="prdo")',
        '    It was refused: ClusterNotFoundException "Cluster not found."',
        '  Call 2 of 2, at +1s: RunTask(cluster="prod")',
        "    It answered with failures: RESOURCE:MEMORY",
        "  All calls: RunTask (ClusterNotFoundException), RunTask",
    ]
