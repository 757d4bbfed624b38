"""Which of several orders applies: those with a number first, the oldest before the newer ones; then the newest of those for always."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, NamedTuple

import botocore.session
import pytest
from botocore.exceptions import ClientError

import builders
from pytest_ecsfake import EcsFake
from pytest_ecsfake import ecs_fake as switch
from pytest_ecsfake.errors import UnusedOrderError
from pytest_ecsfake.state.orders import Order, Times

ROLE = "arn:aws:iam::123456789012:role/web"
HOOK = {
    "hookTargetArn": "arn:aws:lambda:us-east-1:123456789012:function:smoke-test",
    "roleArn": ROLE,
    "lifecycleStages": ["PRE_SCALE_UP"],
}
KNOWS_HOOKS = (
    "lifecycleHooks"
    in botocore.session.get_session().get_service_model("ecs").shape_for("DeploymentConfiguration").members
)


def set_up(ecs: EcsFake) -> None:
    ecs.clusters.add("default")
    container = {"name": "app", "image": "nginx:1.29"}
    ecs.client.register_task_definition(**builders.task_definition(container, taskRoleArn=ROLE))


def run_task(ecs: EcsFake) -> str:
    arn: str = ecs.client.run_task(**builders.task(), enableExecuteCommand=True)["tasks"][0]["taskArn"]
    ecs.clock.advance(seconds=60)
    return arn


class Kind(NamedTuple):
    """A kind of order: how a test writes the one with a number as its mark, and which mark shows in what follows."""

    give: Callable[[EcsFake, int, Times], Order]
    seen: Callable[[EcsFake], int]
    times: bool = True


def _exit_code(ecs: EcsFake) -> int:
    code = ecs.tasks[run_task(ecs)].container("app").exit_code
    assert code is not None
    return code


def _session(ecs: EcsFake) -> int:
    ecs.client.execute_command(task=run_task(ecs), command="ls", interactive=True)
    result = ecs.exec.sessions[-1].result
    assert isinstance(result, int)
    return result


HOOKS_CALLED: list[int] = []


def _hook(ecs: EcsFake) -> int:
    if "default/web" not in ecs.services:
        ecs.client.create_service(**builders.service(cluster="default", desiredCount=1))
        ecs.clock.advance(seconds=120)
    configuration = {"strategy": "BLUE_GREEN", "lifecycleHooks": [HOOK]}
    ecs.client.update_service(service="web", deploymentConfiguration=configuration, forceNewDeployment=True)
    ecs.clock.advance(seconds=1200)
    return HOOKS_CALLED[-1]


def _error(ecs: EcsFake) -> int:
    with pytest.raises(ClientError) as caught:
        ecs.client.list_clusters()
    return int(caught.value.response["Error"]["Message"])


def _failure(ecs: EcsFake) -> int:
    answer: dict[str, Any] = ecs.client.run_task(**builders.task())
    [failure] = answer["failures"]
    return int(failure["reason"])


def _capacity(ecs: EcsFake) -> int:
    return len(ecs.client.run_task(**builders.task(count=9))["tasks"])


KINDS = {
    "script": Kind(
        lambda ecs, mark, times: ecs.containers.script(family="web", exit_code=mark, times=times),
        _exit_code,
    ),
    "program": Kind(
        lambda ecs, mark, times: ecs.containers.program(image="nginx:*", run=lambda ctx: mark, times=times),
        _exit_code,
    ),
    "exec answer": Kind(
        lambda ecs, mark, times: ecs.exec.on(container="app", run=lambda ctx: mark, times=times),
        _session,
    ),
    "hook": Kind(
        lambda ecs, mark, times: ecs.hooks.on("PRE_SCALE_UP", lambda ctx: HOOKS_CALLED.append(mark) or "SUCCEEDED", times=times),
        _hook,
    ),
    "error": Kind(
        lambda ecs, mark, times: ecs.faults.error("ListClusters", "ClientException", message=str(mark), times=times),
        _error,
    ),
    "failure": Kind(
        lambda ecs, mark, times: ecs.faults.failure("RunTask", reason=str(mark), times=times),
        _failure,
    ),
    "capacity": Kind(
        lambda ecs, mark, times: ecs.faults.capacity("FARGATE", available=mark),
        _capacity,
        times=False,
    ),
}  # fmt: skip
if not KNOWS_HOOKS:
    del KINDS["hook"]

EVERY_KIND = pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
COUNTED = pytest.mark.parametrize(
    "kind", [kind for kind in KINDS.values() if kind.times], ids=[name for name in KINDS if KINDS[name].times]
)


@EVERY_KIND
def test_a_test_overrides_what_its_fixture_ordered_for_always(ecs_fake, kind):
    set_up(ecs_fake)
    of_fixture = kind.give(ecs_fake, 3, "always")
    of_test = kind.give(ecs_fake, 4, "always")

    assert kind.seen(ecs_fake) == 4
    assert (of_fixture.met, of_test.met) == (0, 1)
    assert ecs_fake.unused_orders == []
    assert of_fixture.unmet() == (
        f"{of_fixture.written} never applied: the newer {of_test.written} ({of_test.line}) came first"
    )


@COUNTED
def test_one_with_a_number_comes_before_one_for_always_whichever_is_older(ecs_fake, kind):
    set_up(ecs_fake)
    orders = [kind.give(ecs_fake, mark, times) for mark, times in ((3, "always"), (4, 1), (5, "always"))]

    assert [kind.seen(ecs_fake) for _ in range(3)] == [4, 5, 5]
    assert [order.met for order in orders] == [0, 1, 2]


@COUNTED
def test_those_with_a_number_stay_first_come_first_served(ecs_fake, kind):
    set_up(ecs_fake)
    for mark, times in ((3, 1), (4, 2), (5, 1)):
        kind.give(ecs_fake, mark, times)

    assert [kind.seen(ecs_fake) for _ in range(4)] == [3, 4, 4, 5]


def test_an_order_that_an_older_one_kept_from_applying_is_unused_and_says_so():
    with pytest.raises(UnusedOrderError) as caught, switch() as ecs:
        set_up(ecs)
        ecs.containers.script(family="web", exit_code=3, times=1)
        ecs.containers.script(image="nginx:*", exit_code=4)
        run_task(ecs)

    told = re.sub(r"line \d+", "line #", str(caught.value))
    assert told == (
        "containers.script(image='nginx:*', exit_code=4) never applied: containers.script(family='web', exit_code=3) "
        "(line # of test_in_turn.py) came first. Remove it, or append .optional() if it may go unused."
    )


def test_an_order_that_is_overridden_in_one_container_applies_in_the_others(ecs_fake):
    set_up(ecs_fake)
    ecs_fake.client.register_task_definition(
        family="two",
        containerDefinitions=[{"name": name, "image": "nginx:1", "memory": 64} for name in ("app", "logs")],
    )
    ecs_fake.container_instances.add("default")
    every = ecs_fake.containers.script(family="two", image="*", exit_code=3)
    one = ecs_fake.containers.script(family="two", container="logs", exit_code=4)

    [task] = ecs_fake.client.run_task(taskDefinition="two")["tasks"]
    ecs_fake.clock.advance(seconds=60)

    containers = ecs_fake.tasks[task["taskArn"]].containers
    assert [container.exit_code for container in containers] == [3, 4]
    assert (every.met, one.met) == (1, 1)


def test_a_call_that_another_fault_answers_passes_no_fault_behind_it(ecs_fake):
    behind = ecs_fake.faults.error("ListClusters", "ClientException", message="1", after=1, times="always")
    ecs_fake.faults.error("ListClusters", "ClientException", message="2", times=2)

    assert [_error(ecs_fake) for _ in range(2)] == [2, 2]
    assert behind.passed == 0
    ecs_fake.client.list_clusters()
    assert _error(ecs_fake) == 1


def test_two_items_of_a_call_fail_by_two_orders_for_always(ecs_fake):
    for name in ("one", "two"):
        ecs_fake.faults.failure("DescribeClusters", reason=name, arn=name, times="always")

    answer = ecs_fake.client.describe_clusters(clusters=["one", "two"])

    assert sorted(failure["reason"] for failure in answer["failures"]) == ["one", "two"]


def test_the_report_of_a_failed_test_says_what_was_overridden(pytester):
    pytester.makepyfile(
        """
import pytest

@pytest.fixture
def slow(ecs_fake):
    ecs_fake.faults.throttle("ListClusters", times="always")

def test_it(ecs_fake, slow):
    ecs_fake.faults.error("ListClusters", "ClientException", times="always")
    ecs_fake.client.list_clusters()
"""
    )

    result = pytester.runpytest_inprocess("-p", "no:cacheprovider")

    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            'faults.throttle("ListClusters") never applied: the newer faults.error("ListClusters", "ClientException") '
            "(line 8 of test_the_report_of_a_failed_test_says_what_was_overridden.py) came first."
        ]
    )


@pytest.mark.parametrize("scope", ["class", "module"])
def test_what_every_test_of_a_wider_scope_overrides_is_no_mistake(pytester, scope):
    pytester.makepyfile(
        f"""
import pytest

pytestmark = pytest.mark.ecs_fake(scope="{scope}")

@pytest.fixture(scope="{scope}", autouse=True)
def slow(ecs_fake_{scope}):
    return ecs_fake_{scope}.faults.throttle("ListClusters", times="always")

class TestIt:
    @pytest.mark.parametrize("number", range(2))
    def test_it(self, ecs_fake, slow, number):
        ecs_fake.faults.error("ListClusters", "ClientException", times="always")
        with pytest.raises(ecs_fake.client.exceptions.ClientException):
            ecs_fake.client.list_clusters()
        assert slow.met == 0
"""
    )

    pytester.runpytest_inprocess("-p", "no:cacheprovider").assert_outcomes(passed=2)
