"""An order is one thing: the handle that a test holds stays the order, whatever a wider scope restores; how often it was met is restored."""

from __future__ import annotations

import unittest
from collections.abc import Callable
from typing import Any, NamedTuple

import botocore.session
import pytest

from pytest_ecsfake import EcsFake
from pytest_ecsfake import ecs_fake as switch
from pytest_ecsfake.state.orders import Order

NETWORK = {"awsvpcConfiguration": {"subnets": ["subnet-0a1b2c3d"]}}
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
    for family in ("web", "job"):
        ecs.client.register_task_definition(
            family=family,
            requiresCompatibilities=["FARGATE"],
            networkMode="awsvpc",
            cpu="256",
            memory="512",
            taskRoleArn=ROLE,
            containerDefinitions=[{"name": "app", "image": "nginx:1.29"}],
        )


def run_task(ecs: EcsFake, family: str = "web") -> str:
    answer = ecs.client.run_task(
        taskDefinition=family, launchType="FARGATE", networkConfiguration=NETWORK, enableExecuteCommand=True
    )
    arn: str = answer["tasks"][0]["taskArn"]
    ecs.clock.advance(seconds=60)
    return arn


def execute_command(ecs: EcsFake) -> None:
    ecs.client.execute_command(task=run_task(ecs), command="ls", interactive=True)


def deploy(ecs: EcsFake) -> None:
    service = {"taskDefinition": "web", "networkConfiguration": NETWORK}
    if "default/web" not in ecs.services:
        ecs.client.create_service(serviceName="web", desiredCount=1, launchType="FARGATE", **service)
        ecs.clock.advance(seconds=120)
    configuration = {"strategy": "BLUE_GREEN", "lifecycleHooks": [HOOK]}
    ecs.client.update_service(service="web", deploymentConfiguration=configuration, forceNewDeployment=True, **service)
    ecs.clock.advance(seconds=60)


class Kind(NamedTuple):
    """A kind of order: how a test writes it, what meets it once, and what is said where nothing does."""

    give: Callable[[EcsFake], Order]
    meet: Callable[[EcsFake], object]
    unmet: str


KINDS = {
    "fault": Kind(
        lambda ecs: ecs.faults.throttle("ListClusters"),
        lambda ecs: ecs.client.list_clusters(),
        'faults.throttle("ListClusters") matched no call',
    ),
    "failure": Kind(
        lambda ecs: ecs.faults.failure("DescribeClusters", reason="MISSING"),
        lambda ecs: ecs.client.describe_clusters(clusters=["default"]),
        'faults.failure("DescribeClusters", reason="MISSING") matched no call',
    ),
    "capacity": Kind(
        lambda ecs: ecs.faults.capacity("FARGATE", available=9),
        run_task,
        'faults.capacity("FARGATE", available=9) matched no launch',
    ),
    "script": Kind(
        lambda ecs: ecs.containers.script(family="web", ignores_sigterm=True, times=1),
        run_task,
        "containers.script(family='web', ignores_sigterm=True) matched no container",
    ),
    "program": Kind(
        lambda ecs: ecs.containers.program(family="job", run=lambda ctx: 0, times=1),
        lambda ecs: run_task(ecs, "job"),
        "containers.program(family='job') matched no container",
    ),
    "exec answer": Kind(
        lambda ecs: ecs.exec.on(family="web", run=lambda ctx: ctx.command, times=1),
        execute_command,
        "exec.on(family='web') matched no call of ExecuteCommand",
    ),
    "hook": Kind(
        lambda ecs: ecs.hooks.on("PRE_SCALE_UP", lambda ctx: "SUCCEEDED", times=1),
        deploy,
        'hooks.on("PRE_SCALE_UP", …) matched no lifecycle hook of a deployment',
    ),
}
if not KNOWS_HOOKS:
    del KINDS["hook"]
#: Those whose order is for one call, container or hook; the others hold on.
ONCE = [name for name in KINDS if name != "capacity"]


# --- snapshot and restore ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_the_handle_is_the_order_after_every_restore_and_counts_anew(ecs_fake, kind):
    set_up(ecs_fake)
    order = kind.give(ecs_fake)
    assert (order.met, order.used) == (0, False)

    for _ in range(3):
        restore = ecs_fake.take_snapshot()
        kind.meet(ecs_fake)
        assert (order.met, order.used) == (1, True)
        restore()
        assert ecs_fake.orders == [order]
        assert (order.met, order.used) == (0, True)


def test_an_order_may_hold_what_cannot_be_copied(ecs_fake):
    class Large:
        def __eq__(self, other):
            return other > 50

        __hash__ = None

    order = ecs_fake.faults.throttle("ListClusters", when={"maxResults": Large()})

    ecs_fake.take_snapshot()()
    for size in (10, 60):
        ecs_fake.client.list_clusters(maxResults=size)

    assert [len(call.attempts) for call in ecs_fake.calls] == [1, 2]
    assert order.is_spent


def test_what_was_met_before_the_snapshot_is_met_after_a_restore_too(ecs_fake):
    before_set_up = ecs_fake.take_snapshot()
    order = ecs_fake.faults.failure("DescribeClusters", reason="MISSING", times=2)
    ecs_fake.client.describe_clusters()
    restore = ecs_fake.take_snapshot()
    ecs_fake.client.describe_clusters()
    ecs_fake.faults.throttle("RunTask")
    assert order.is_spent

    restore()

    assert ecs_fake.orders == [order]
    assert order.met == 1
    before_set_up()
    assert ecs_fake.orders == []


def test_calls_that_a_fault_let_pass_are_restored_too(ecs_fake):
    order = ecs_fake.faults.throttle("ListClusters", after=2)
    ecs_fake.client.list_clusters()

    for _ in range(2):
        restore = ecs_fake.take_snapshot()
        ecs_fake.client.list_clusters()
        assert order.met == 0
        ecs_fake.client.list_clusters()
        assert order.met == 1
        restore()


def test_an_order_is_for_every_region_after_a_restore_too(ecs_fake):
    elsewhere = [ecs_fake.in_region("eu-west-1"), ecs_fake.in_account("111122223333")]
    set_up(elsewhere[0])
    order = ecs_fake.containers.script(family="web", ignores_sigterm=True)
    ecs_fake.take_snapshot()()

    set_up(elsewhere[1])
    for each in elsewhere:
        run_task(each)

    assert order.met == 2


def test_what_a_container_does_goes_on_after_a_restore(ecs_fake):
    """The order was met before the snapshot; its script is the container's by then."""
    set_up(ecs_fake)
    order = ecs_fake.containers.script(family="web", runs_for=300, exit_code=3, times=1)
    arn = run_task(ecs_fake)
    restore = ecs_fake.take_snapshot()

    for _ in range(2):
        ecs_fake.clock.advance(seconds=600)
        assert ecs_fake.tasks[arn].container("app").exit_code == 3
        assert order.is_spent
        restore()
        assert ecs_fake.tasks[arn].container("app").exit_code is None


def test_sessions_are_the_states_and_come_and_go_with_it(ecs_fake):
    set_up(ecs_fake)
    ecs_fake.exec.on(family="web", run=lambda ctx: f"ran {ctx.command}")
    execute_command(ecs_fake)
    restore = ecs_fake.take_snapshot()
    execute_command(ecs_fake)
    assert len(ecs_fake.exec.sessions) == 2

    restore()

    assert [session.result for session in ecs_fake.exec.sessions] == ["ran ls"]


@pytest.mark.parametrize("name", ONCE)
def test_the_next_order_has_its_turn_when_the_first_is_spent(ecs_fake, name):
    set_up(ecs_fake)
    first, second = (KINDS[name].give(ecs_fake) for _ in range(2))

    for _ in range(2):
        KINDS[name].meet(ecs_fake)

    assert (first.met, second.met) == (1, 1)


def test_orders_stand_in_the_order_in_which_they_were_written(ecs_fake):
    orders = [kind.give(ecs_fake).optional() for kind in (*KINDS.values(), *KINDS.values())]

    assert ecs_fake.orders == orders
    assert ecs_fake.in_region("eu-west-1").orders == orders


# --- wider scopes ------------------------------------------------------------------------------------------------------------------------


class EveryKind:
    """Hands the table to tests in a run of its own."""

    @pytest.fixture(scope="session")
    def kinds(self):
        return KINDS

    @pytest.fixture(scope="session")
    def set_up(self):
        return set_up


def run(pytester, scope, body):
    pytester.makepyfile(
        f"""
import pytest

pytestmark = pytest.mark.ecs_fake(scope="{scope}")

@pytest.fixture(scope="{scope}", autouse=True)
def orders(ecs_fake_{scope}, kinds, set_up):
    set_up(ecs_fake_{scope})
    return {{name: kind.give(ecs_fake_{scope}) for name, kind in kinds.items()}}

{body}
"""
    )
    return pytester.runpytest_inprocess("-p", "no:cacheprovider", plugins=[EveryKind()])


SCOPES = pytest.mark.parametrize("scope", ["class", "module", "session"])


@SCOPES
def test_each_test_of_a_wider_scope_meets_the_orders_of_the_set_up(pytester, scope):
    """Each kind is met by a test of its own, which finds all orders as the set-up left them."""
    result = run(
        pytester,
        scope,
        f"""
class TestIt:
    @pytest.mark.parametrize("name", {[*KINDS, *KINDS]!r})
    def test_it(self, ecs_fake, orders, kinds, name):
        assert ecs_fake.orders == list(orders.values())
        assert [order.met for order in orders.values()] == [0] * len(orders)
        kinds[name].meet(ecs_fake)
        assert orders[name].met == 1
        assert ", met 1" in repr(orders[name])
""",
    )

    result.assert_outcomes(passed=2 * len(KINDS))


@SCOPES
def test_an_order_that_nothing_met_is_told_once_at_the_end_of_the_scope(pytester, scope):
    result = run(pytester, scope, "class TestIt:\n    def test_one(self): pass\n\n    def test_two(self): pass")

    result.assert_outcomes(passed=2, errors=1)
    for kind in KINDS.values():
        assert f"{kind.unmet}. Remove it, or append .optional() if it may go unused." in result.stdout.str()


@SCOPES
@pytest.mark.parametrize("number", range(2))
def test_an_order_that_any_test_made_optional_stays_so(pytester, scope, number):
    """Said by the first test or the last, the order that the scope asks about at its end is the same."""
    result = run(
        pytester,
        scope,
        f"""
class TestIt:
    @pytest.mark.parametrize("number", range(2))
    def test_it(self, orders, number):
        if number == {number}:
            for order in orders.values():
                order.optional()
""",
    )

    result.assert_outcomes(passed=2)


@pytest.mark.parametrize(
    ("optional", "meets", "told"),
    [
        pytest.param(False, False, True, id="met by none"),
        pytest.param(True, False, False, id="optional"),
        pytest.param(False, True, False, id="met by each"),
    ],
)
def test_unittest_with_a_set_up_of_the_class(optional, meets, told):
    orders: dict[str, Any] = {}

    @switch(scope="class")
    class Case(unittest.TestCase):
        @classmethod
        def setUpClass(cls):
            ecs = cls._ecs_fake_of_class
            set_up(ecs)
            orders.update({name: kind.give(ecs) for name, kind in KINDS.items()})

        def test_one(self, ecs_fake=None):
            self.meet(ecs_fake)

        def test_two(self, ecs_fake=None):
            self.meet(ecs_fake)
            for order in orders.values():
                order.may_go_unused = optional

        def meet(self, ecs_fake):
            assert ecs_fake.orders == list(orders.values())
            assert [order.met for order in orders.values()] == [0] * len(orders)
            for name in ONCE if meets else ():
                KINDS[name].meet(ecs_fake)
                assert orders[name].met == 1

    result = unittest.TestResult()
    unittest.defaultTestLoader.loadTestsFromTestCase(Case).run(result)

    assert result.testsRun == 2
    assert [text for _, text in result.failures] == []
    assert len(result.errors) == told
    for kind in KINDS.values() if told else ():
        assert kind.unmet in result.errors[0][1]
