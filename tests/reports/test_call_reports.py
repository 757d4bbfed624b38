"""The words of failed assertions on calls: what was called, what was asserted, what the test author reads."""

import json
from textwrap import dedent
from unittest.mock import ANY

import pytest

from pytest_ecsfake import documents
from pytest_ecsfake.arns import Partition
from pytest_ecsfake.clock import SECOND
from pytest_ecsfake.errors import (
    EcsError,
    EcsFakeError,
    EcsFakeNotBuiltError,
    ServiceNotFoundException,
    ThrottlingException,
)
from pytest_ecsfake.recording.calls import Calls

VIRGINIA = Partition("123456789012", "us-east-1")


def recorded(*made):
    """Calls as the endpoint writes them down; each of `made` is the operation, the seconds after the start, and the parameters."""
    calls = Calls()
    for operation, seconds, params in made:
        call = calls.note(operation, json.dumps(params).encode(), VIRGINIA, round(seconds * SECOND), 0)
        call.answered(round(seconds * SECOND), documents.pack({}), None)
    return calls


NO_CALLS = recorded()

ROLL_OUT = recorded(
    ("CreateCluster", 0, {"clusterName": "prod"}),
    ("RegisterTaskDefinition", 0, {"family": "web"}),
    ("CreateService", 0, {"cluster": "prod", "serviceName": "web", "desiredCount": 1}),
    ("UpdateService", 12, {"cluster": "prod", "service": "web", "desiredCount": 2}),
    ("UpdateService", 12.5, {"cluster": "test", "service": "web", "desiredCount": 2}),
    ("DescribeServices", 3600.25, {"cluster": "prod", "services": ["web"]}),
)

MIGRATION = recorded(
    (
        "RunTask",
        1,
        {
            "cluster": "prod",
            "taskDefinition": "migrate",
            "overrides": {
                "containerOverrides": [
                    {"name": "log-router"},
                    {
                        "name": "app",
                        "command": ["migrate", "down"],
                        "environment": [{"name": "DEBUG", "value": "0"}, {"name": "STAGE", "value": "test"}],
                    },
                ]
            },
        },
    ),
)

POLLING = recorded(
    ("RunTask", 0, {"taskDefinition": "job"}),
    *[("DescribeTasks", 6 * number, {"tasks": ["0f3c"]}) for number in range(40)],
    ("StopTask", 240, {"task": "0f3c"}),
)

BUSY = recorded(*[(operation, 0, {}) for _ in range(50) for operation in ("ListTasks", "ListServices")])


@pytest.mark.parametrize(
    ("calls", "assertion", "names", "params", "report"),
    [
        pytest.param(
            ROLL_OUT,
            "assert_called",
            ["UpdateService"],
            {"desiredCount": 3, "cluster": "prod"},
            """\
            UpdateService was not called with desiredCount=3, cluster="prod".
              It was called 2 times. Nearest (call 4 of 6, at +12s):
                  cluster       "prod"
                - desiredCount  3
                + desiredCount  2
              All calls: CreateCluster, RegisterTaskDefinition, CreateService, UpdateService, UpdateService, DescribeServices
            """,
            id="another value",
        ),
        pytest.param(
            ROLL_OUT,
            "assert_called",
            ["UpdateService"],
            {"cluster": "test", "forceNewDeployment": True, "taskDefinition": ANY},
            """\
            UpdateService was not called with cluster="test", forceNewDeployment=True, taskDefinition=<ANY>.
              It was called 2 times. Nearest (call 5 of 6, at +12.5s):
                  cluster             "test"
                - forceNewDeployment  True
                + forceNewDeployment  (absent)
                - taskDefinition      <ANY>
                + taskDefinition      (absent)
              All calls: CreateCluster, RegisterTaskDefinition, CreateService, UpdateService, UpdateService, DescribeServices
            """,
            id="parameters that weren't sent",
        ),
        pytest.param(
            ROLL_OUT,
            "assert_called",
            ["CreateCluster"],
            {"clusterName": None},
            """\
            CreateCluster was not called with clusterName=None.
              It was called once. Nearest (call 1 of 6, at +0s):
                - clusterName  (absent)
                + clusterName  "prod"
              All calls: CreateCluster, RegisterTaskDefinition, CreateService, UpdateService, UpdateService, DescribeServices
            """,
            id="a parameter that was sent",
        ),
        pytest.param(
            ROLL_OUT,
            "assert_called",
            ["StopTask"],
            {"cluster": "prod"},
            """\
            StopTask was not called with cluster="prod".
              It was not called at all.
              All calls: CreateCluster, RegisterTaskDefinition, CreateService, UpdateService, UpdateService, DescribeServices
            """,
            id="another operation",
        ),
        pytest.param(
            NO_CALLS,
            "assert_called",
            ["StopTask"],
            {},
            """\
            StopTask was not called.
              No call was made.
            """,
            id="no call at all",
        ),
        pytest.param(
            MIGRATION,
            "assert_called",
            ["RunTask"],
            {
                "cluster": "prod",
                "overrides": {
                    "containerOverrides": [
                        {"name": "app", "command": ["up"], "environment": [{"name": "STAGE", "value": "prod"}]}
                    ]
                },
            },
            """\
            RunTask was not called with cluster="prod", overrides={"containerOverrides": [{"name": "app", ..."value": "prod"}]}]}.
              It was called once. Nearest (call 1 of 1, at +1s):
                  cluster                                               "prod"
                  overrides.containerOverrides[1].name                  "app"
                  overrides.containerOverrides[1].environment[1].name   "STAGE"
                - overrides.containerOverrides[1].command               ["up"]
                + overrides.containerOverrides[1].command               ["migrate", "down"]
                - overrides.containerOverrides[1].environment[1].value  "prod"
                + overrides.containerOverrides[1].environment[1].value  "test"
              All calls: RunTask
            """,
            id="a difference deep inside",
        ),
        pytest.param(
            recorded(
                ("TagResource", 0, {"tags": [{"key": "team", "value": "web"}, {"key": "stage", "value": "prod"}]})
            ),
            "assert_called",
            ["TagResource"],
            {"tags": [{"key": "stage"}, {"key": "team"}]},
            """\
            TagResource was not called with tags=[{"key": "stage"}, {"key": "team"}].
              It was called once. Nearest (call 1 of 1, at +0s):
                - tags  [{"key": "stage"}, {"key": "team"}]
                + tags  [{"key": "team", "value": "web"}, {"key": "stage", "value": "prod"}]
              All calls: TagResource
            """,
            id="a list in another order",
        ),
        pytest.param(
            recorded(("StopTask", 0, {"reason": "x" * 200 + " because of a " + "y" * 200})),
            "assert_called",
            ["StopTask"],
            {"reason": "x" * 200 + " instead of a " + "y" * 200},
            """\
            StopTask was not called with reason="xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...yyyyyyyyyyyyyyyyyyy".
              It was called once. Nearest (call 1 of 1, at +0s):
                - reason  ...xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx instead of a yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy...
                + reason  ...xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx because of a yyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyyy...
              All calls: StopTask
            """,
            id="a difference in the middle of a long value",
        ),
        pytest.param(
            ROLL_OUT,
            "assert_called_once",
            ["UpdateService"],
            {"desiredCount": 2},
            """\
            UpdateService was called 2 times with desiredCount=2; 1 call was expected.
              Call 4 of 6, at +12s: UpdateService(cluster="prod", service="web", desiredCount=2)
              Call 5 of 6, at +12.5s: UpdateService(cluster="test", service="web", desiredCount=2)
              All calls: CreateCluster, RegisterTaskDefinition, CreateService, UpdateService, UpdateService, DescribeServices
            """,
            id="twice instead of once",
        ),
        pytest.param(
            ROLL_OUT,
            "assert_called_once",
            ["UpdateService"],
            {"desiredCount": 3},
            """\
            UpdateService was not called with desiredCount=3.
              It was called 2 times. Nearest (call 4 of 6, at +12s):
                - desiredCount  3
                + desiredCount  2
              All calls: CreateCluster, RegisterTaskDefinition, CreateService, UpdateService, UpdateService, DescribeServices
            """,
            id="never instead of once",
        ),
        pytest.param(
            ROLL_OUT,
            "assert_called_times",
            [2, "UpdateService"],
            {"cluster": "prod"},
            """\
            UpdateService was called once with cluster="prod"; 2 calls were expected.
              Call 4 of 6, at +12s: UpdateService(cluster="prod", service="web", desiredCount=2)
              Nearest of the others (call 5 of 6, at +12.5s):
                - cluster  "prod"
                + cluster  "test"
              All calls: CreateCluster, RegisterTaskDefinition, CreateService, UpdateService, UpdateService, DescribeServices
            """,
            id="once instead of twice",
        ),
        pytest.param(
            ROLL_OUT,
            "assert_called_times",
            [3, "StopTask"],
            {},
            """\
            StopTask was not called; 3 calls were expected.
              All calls: CreateCluster, RegisterTaskDefinition, CreateService, UpdateService, UpdateService, DescribeServices
            """,
            id="never instead of three times",
        ),
        pytest.param(
            ROLL_OUT,
            "assert_not_called",
            ["CreateService"],
            {},
            """\
            CreateService was called once; no call was expected.
              Call 3 of 6, at +0s: CreateService(cluster="prod", serviceName="web", desiredCount=1)
              All calls: CreateCluster, RegisterTaskDefinition, CreateService, UpdateService, UpdateService, DescribeServices
            """,
            id="once instead of never",
        ),
        pytest.param(
            ROLL_OUT,
            "assert_none",
            [],
            {},
            """\
            6 calls were made; no call was expected.
              Call 1 of 6, at +0s: CreateCluster(clusterName="prod")
              Call 2 of 6, at +0s: RegisterTaskDefinition(family="web")
              Call 3 of 6, at +0s: CreateService(cluster="prod", serviceName="web", desiredCount=1)
              And 3 more.
              All calls: CreateCluster, RegisterTaskDefinition, CreateService, UpdateService, UpdateService, DescribeServices
            """,
            id="six instead of none",
        ),
        pytest.param(
            ROLL_OUT,
            "assert_order",
            ["UpdateService", "create_service"],
            {},
            """\
            ECS was not called in the order UpdateService, CreateService.
              No CreateService came after UpdateService (call 4 of 6, at +12s).
              The last CreateService before it was call 3 of 6, at +0s.
              All calls: CreateCluster, RegisterTaskDefinition, CreateService, UpdateService, UpdateService, DescribeServices
            """,
            id="in the opposite order",
        ),
        pytest.param(
            ROLL_OUT,
            "assert_order",
            ["DescribeServices", "DescribeServices"],
            {},
            """\
            ECS was not called in the order DescribeServices, DescribeServices.
              No DescribeServices came after DescribeServices (call 6 of 6, at +3600.25s).
              All calls: CreateCluster, RegisterTaskDefinition, CreateService, UpdateService, UpdateService, DescribeServices
            """,
            id="once instead of twice in a row",
        ),
        pytest.param(
            ROLL_OUT,
            "assert_order",
            ["CreateCluster", "RunTask"],
            {},
            """\
            ECS was not called in the order CreateCluster, RunTask.
              RunTask was not called at all.
              All calls: CreateCluster, RegisterTaskDefinition, CreateService, UpdateService, UpdateService, DescribeServices
            """,
            id="one of two was never called",
        ),
        pytest.param(
            POLLING,
            "assert_called",
            ["CreateCluster"],
            {},
            """\
            CreateCluster was not called.
              All calls: RunTask, 40 x DescribeTasks, StopTask
            """,
            id="among calls that polled",
        ),
        pytest.param(
            BUSY,
            "assert_called",
            ["CreateCluster"],
            {},
            f"""\
            CreateCluster was not called.
              All calls: {"ListTasks, ListServices, " * 6}... 76 more ..., {"ListTasks, ListServices, " * 6}""".removesuffix(
                ", "
            )
            + "\n",
            id="among very many calls",
        ),
    ],
)
def test_a_failed_assertion_says(calls, assertion, names, params, report):
    with pytest.raises(AssertionError) as caught:
        getattr(calls, assertion)(*names, **params)

    assert str(caught.value) + "\n" == dedent(report)


REFUSAL = ServiceNotFoundException("Service not found.")
THROTTLE = ThrottlingException("Rate exceeded")


@pytest.mark.parametrize(
    ("answers", "outcome", "name"),
    [
        pytest.param(
            [REFUSAL],
            'It was refused: ServiceNotFoundException "Service not found."',
            "UpdateService (ServiceNotFoundException)",
            id="refused",
        ),
        pytest.param(
            [THROTTLE, THROTTLE],
            'It was refused (2 attempts): ThrottlingException "Rate exceeded"',
            "UpdateService (ThrottlingException)",
            id="refused again and again",
        ),
        pytest.param(
            [EcsFakeNotBuiltError("UpdateService is not built in pytest-ecsfake 0.1.0.")],
            'The fake had no answer: EcsFakeNotBuiltError "UpdateService is not built in pytest-ecsfake 0.1.0."',
            "UpdateService (EcsFakeNotBuiltError)",
            id="not built",
        ),
        pytest.param(
            [{"failures": [{"reason": "RESOURCE:CPU"}, {"reason": "RESOURCE:MEMORY"}, {"reason": "RESOURCE:CPU"}]}],
            "It answered with failures: RESOURCE:CPU, RESOURCE:MEMORY",
            "UpdateService",
            id="answered, but with failures",
        ),
    ],
)
def test_a_call_that_did_not_succeed_says_so(answers, outcome, name):
    calls = Calls()
    call = calls.note("UpdateService", b'{"desiredCount": 2}', VIRGINIA, 0, 0)
    for answer in answers:
        if isinstance(answer, EcsFakeError):
            call.failed(0, answer)
        elif isinstance(answer, EcsError):
            call.answered(0, documents.pack({}), answer)
        else:
            call.answered(0, documents.pack(answer), None)

    with pytest.raises(AssertionError) as nearest:
        calls.assert_called("UpdateService", desiredCount=3)
    with pytest.raises(AssertionError) as listed:
        calls.assert_not_called("UpdateService")

    assert str(nearest.value).splitlines()[1:] == [
        "  It was called once. Nearest (call 1 of 1, at +0s):",
        "    - desiredCount  3",
        "    + desiredCount  2",
        f"    {outcome}",
        f"  All calls: {name}",
    ]
    assert str(listed.value).splitlines()[1:] == [
        "  Call 1 of 1, at +0s: UpdateService(desiredCount=2)",
        f"    {outcome}",
        f"  All calls: {name}",
    ]


@pytest.mark.parametrize(
    "line",
    [
        'calls.of("RunTasks")',
        'calls.assert_called("RunTask")',
        'calls.assert_called("RunTask", clster="prod")',
        'calls.assert_called_once("RunTask")',
        'calls.assert_called_times(1, "RunTask")',
        'calls.assert_called_times("RunTask", 1)',
        'calls.assert_not_called("StopTask")',
        "calls.assert_none()",
        'calls.assert_none("StopTask")',
        'calls.assert_order("StopTask", "RunTask")',
        'calls.assert_order("StopTasks")',
    ],
)
def test_the_last_line_shown_is_the_test_authors(pytester, line):
    pytester.makepyfile(
        f"""
        from pytest_ecsfake.arns import Partition
        from pytest_ecsfake.recording.calls import Calls

        def test_it():
            calls = Calls()
            calls.note("StopTask", b"{{}}", Partition("123456789012", "us-east-1"), 0, 0)
            {line}
        """
    )

    result = pytester.runpytest()

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([f">       {line}", "E  *", "test_*.py:7: *Error"])
    result.stdout.no_fnmatch_line("*calls.py:*")
