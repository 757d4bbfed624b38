"""Whatever is called, and whatever is lost: one task of a daemon an instance, no other task before it runs, and everything comes to rest.

Calls go to the operations at once, as in `test_state_machine.py`.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

from hypothesis import event, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from pictures import picture_of
from pytest_ecsfake import operations
from pytest_ecsfake.arns import Partition
from pytest_ecsfake.clock import SECOND, Clock
from pytest_ecsfake.engine.daemons.transition import FOLLOWING
from pytest_ecsfake.engine.instances import loss
from pytest_ecsfake.errors import EcsError
from pytest_ecsfake.state.orders import ScriptOrder
from pytest_ecsfake.state.region import World
from pytest_ecsfake.state.scripts import ContainerSelector, Script
from pytest_ecsfake.state.timings import Timings
from pytest_ecsfake.validation import schemas

#: 2026-01-01T00:00:00Z
START = 1_767_225_600 * SECOND
HOUR = 3600
PLACE = "arn:aws:ecs:us-east-1:123456789012"
SUBNETS = ["subnet-00000000", "subnet-00000001", "subnet-00000002"]

#: A definition in its instance's network, and one whose tasks can't share an instance.
DEFINITIONS: dict[str, dict[str, Any]] = {
    "small": {"memory": 512},
    "port": {"memory": 64, "portMappings": [{"containerPort": 8080}]},
}
DAEMONS = ("log", "trace")


class Account:
    """One cluster with a provider of Managed Instances, and what can be done in it; what ECS refuses hasn't happened."""

    def __init__(self) -> None:
        self.world = world = World(Clock(START), "a test", Timings("realistic"))
        self.clock = world.clock
        self.region = world.region(Partition("123456789012", "us-east-1"))
        self.call("CreateCluster")
        self.cluster = self.region.clusters.active(None)
        template = {
            "ec2InstanceProfileArn": "arn:aws:iam::123456789012:instance-profile/ecsInstanceRole",
            "networkConfiguration": {"subnets": SUBNETS},
        }
        details = {
            "infrastructureRoleArn": "arn:aws:iam::123456789012:role/ecsInfrastructureRole",
            "instanceLaunchTemplate": template,
            "infrastructureOptimization": {"scaleInAfter": 120},
        }
        self.call("CreateCapacityProvider", name="fleet", cluster="default", managedInstancesProvider=details)
        for family, members in DEFINITIONS.items():
            container = {"name": "app", "image": "nginx", **members}
            self.call("RegisterTaskDefinition", family=family, networkMode="host", containerDefinitions=[container])
        for family in DAEMONS:
            container = {"name": "agent", "image": "agent:1", "memory": 64}
            self.call("RegisterDaemonTaskDefinition", family=family, containerDefinitions=[container])
        self.wait(10)

    def call(self, operation: str, **request: Any) -> dict[str, Any]:
        """The answer of an operation, which fits its schema as the request does."""
        schemas.check_request(operation, request)
        self.clock.settle()
        document = dict(operations.built()[operation](self.region, request))
        schemas.check_response(operation, document)
        return document

    def attempt(self, operation: str, **request: Any) -> None:
        """Call an operation that ECS may refuse."""
        try:
            self.call(operation, **request)
        except EcsError as refusal:
            event(f"{operation} {refusal.code}")

    def do(self, step: tuple[Any, ...]) -> None:
        """Make a step: the name of a method, and its arguments."""
        name, *arguments = step
        getattr(self, name)(*arguments)

    # --- steps

    def wait(self, seconds: float) -> None:
        self.clock.settle(self.clock.now + round(seconds * SECOND))

    def run(self, family: str, count: int) -> None:
        strategy = [{"capacityProvider": "fleet"}]
        self.attempt("RunTask", taskDefinition=family, count=count, capacityProviderStrategy=strategy)

    def serve(self, desired: int) -> None:
        strategy = [{"capacityProvider": "fleet"}]
        if "web" in self.region.services_in(self.cluster):
            self.attempt("UpdateService", service="web", desiredCount=desired)
        else:
            self.attempt(
                "CreateService",
                serviceName="web",
                taskDefinition="small",
                desiredCount=desired,
                capacityProviderStrategy=strategy,
            )

    def stop(self, number: int) -> None:
        tasks = list(self.region.tasks_in(self.cluster))
        if tasks:
            self.attempt("StopTask", task=tasks[number % len(tasks)].id)

    def create(self, name: str, critical: bool, percent: float) -> None:
        self.attempt(
            "CreateDaemon",
            daemonName=name,
            daemonTaskDefinitionArn=name,
            capacityProviderArns=[f"{PLACE}:capacity-provider/fleet"],
            critical=critical,
            deploymentConfiguration={"drainPercent": percent},
        )

    def update(self, name: str, critical: bool, percent: float) -> None:
        self.attempt(
            "UpdateDaemon",
            daemonArn=f"{PLACE}:daemon/default/{name}",
            daemonTaskDefinitionArn=name,
            capacityProviderArns=[f"{PLACE}:capacity-provider/fleet"],
            critical=critical,
            deploymentConfiguration={"drainPercent": percent},
        )

    def delete(self, name: str) -> None:
        self.attempt("DeleteDaemon", daemonArn=f"{PLACE}:daemon/default/{name}")

    def script(self, family: str, times: int) -> None:
        """The next tasks of a daemon or a definition don't start."""
        script = Script(pull_error="CannotPullContainerError: not found")
        self.region.orders.add(ScriptOrder(family, ContainerSelector(family=family), script, times=times))

    def drain(self, number: int, status: str) -> None:
        instances = list(self.region.container_instances_in(self.cluster).keys())
        if instances:
            chosen = instances[number % len(instances)]
            self.attempt("UpdateContainerInstancesState", containerInstances=[chosen], status=status)

    def terminate(self, number: int) -> None:
        self.clock.settle()
        there = [each for each in self.region.container_instances_in(self.cluster) if each.is_listed]
        if there:
            loss.terminate(self.region, there[number % len(there)])


NUMBERS = st.integers(0, 30)
NAMES = st.sampled_from(DAEMONS)
PERCENTS = st.sampled_from([0.0, 25.0, 100.0])


def step(name: str, *arguments: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    """One kind of step."""
    return st.tuples(st.just(name), *arguments)


STEPS = st.one_of(
    step("run", st.sampled_from(sorted(DEFINITIONS)), st.integers(1, 3)),
    step("serve", st.integers(0, 4)),
    step("stop", NUMBERS),
    step("create", NAMES, st.booleans(), PERCENTS),
    step("update", NAMES, st.booleans(), PERCENTS),
    step("delete", NAMES),
    step("script", st.sampled_from([*DAEMONS, *DEFINITIONS]), st.sampled_from([1, 2, 12])),
    step("drain", NUMBERS, st.sampled_from(["DRAINING", "ACTIVE"])),
    step("terminate", NUMBERS),
    step("wait", st.sampled_from([1, 7, 20, 30, 60, 300, HOUR])),
)


class WhateverHappensToDaemons(RuleBasedStateMachine):
    """Random steps; after each one the tasks of daemons are where they have to be."""

    def __init__(self) -> None:
        super().__init__()
        self.account = Account()
        self.region = self.account.region
        self.cluster = self.account.cluster

    @initialize(critical=st.booleans(), count=st.integers(1, 3), fails=st.integers(0, 3))
    def there_is_a_daemon_and_there_are_tasks(self, critical: bool, count: int, fails: int) -> None:
        self.account.create("log", critical, 25.0)
        if fails:
            self.account.script("log", fails)
        self.account.run("small", count)

    @rule(step=STEPS)
    def something_happens(self, step: tuple[Any, ...]) -> None:
        self.account.do(step)

    @rule(seconds=st.lists(st.sampled_from([1, 5, 20, 26]), max_size=8))
    def time_passes(self, seconds: list[int]) -> None:
        for each in seconds:
            self.account.wait(each)
            self.daemons_are_where_they_have_to_be()

    @invariant()
    def daemons_are_where_they_have_to_be(self) -> None:
        self.account.clock.settle()
        tasks = [task for task in self.region.tasks_in(self.cluster) if task.last_status != "STOPPED"]
        per_instance = Counter(
            (task.container_instance_arn, task.daemon_name) for task in tasks if task.daemon_name is not None
        )
        assert set(per_instance.values()) <= {1}, "an instance has two tasks of a daemon"
        for instance in self.region.container_instances_in(self.cluster):
            here = [task for task in tasks if task.container_instance is instance]
            application = {task.id for task in here if task.daemon_name is None}
            if instance.status in ("REGISTERING", "INACTIVE"):
                assert not application, f"a task is on an instance that is {instance.status}"
            assert instance.remaining_cpu >= 0
            assert instance.remaining_memory >= 0
            if instance.status == "ACTIVE":
                self._critical_daemons_run_on(instance, {task.daemon_name for task in here if task.started_at})
        for daemon in self.region.daemons_in(self.cluster):
            shown = self.account.call("DescribeDaemon", daemonArn=daemon.arn)["daemon"]
            running = sum(each["totalRunningCount"] for each in shown["currentRevisions"])
            assert running <= sum(task.daemon_name == daemon.name for task in tasks)

    def _critical_daemons_run_on(self, instance: Any, running: set[str | None]) -> None:
        for daemon in self.region.daemons_in(self.cluster).on(instance.capacity_provider_name):
            revision = daemon.revision
            if revision is not None and revision.critical and daemon.begun_on.get(instance.id) == revision.arn:
                assert daemon.name in running, f"{instance!r} is without its critical daemon {daemon.name}"

    def teardown(self) -> None:
        """Without tasks, which may hold each batch up for seven days, every deployment ends and every instance leaves."""
        self.account.serve(0)
        for task in list(self.region.tasks_in(self.cluster)):
            if task.daemon_name is None:
                self.account.attempt("StopTask", task=task.id)
        for _ in range(24):
            self.account.wait(HOUR)
        self.daemons_are_where_they_have_to_be()
        for daemon in self.region.daemons_in(self.cluster):
            assert not FOLLOWING[daemon.deployment.status], daemon.deployment.status
            event(f"a deployment is {daemon.deployment.status}")
            assert daemon.status == "ACTIVE"
        statuses = Counter(each.status for each in self.region.container_instances_in(self.cluster) if each.is_listed)
        assert not statuses, statuses


TestWhateverHappensToDaemons = WhateverHappensToDaemons.TestCase
TestWhateverHappensToDaemons.settings = LONG = settings(
    max_examples=max(settings().max_examples // 4, 1), stateful_step_count=30
)


def history(steps: list[tuple[Any, ...]], *jumps: int) -> tuple[Any, ...]:
    """All that happens in an account in which these steps are made, and then time passes."""
    account = Account()
    for each in [("create", "log", True, 25.0), ("run", "small", 2), ("wait", 60), *steps]:
        account.do(each)
    for jump in jumps:
        account.wait(jump)
    sent = [(each.at, each.detail_type, each.snapshot) for each in account.region.events]
    return account.clock.now, list(account.region.journal), sent


@LONG
@given(before=st.lists(STEPS, max_size=10), after=st.lists(STEPS, min_size=1, max_size=10))
def test_a_restore_brings_back_the_whole_world(before, after):
    account = Account()
    for each in [("create", "log", True, 25.0), ("run", "small", 2), ("wait", 60), *before]:
        account.do(each)
    picture, saved = picture_of(account.world), account.world.snapshot()

    for each in [*after, ("wait", 60)]:
        account.do(each)
    account.world.restore(saved)

    assert picture_of(account.world) == picture


@LONG
@given(steps=st.lists(STEPS, max_size=15))
def test_one_jump_equals_many(steps):
    assert history(steps, 600) == history(steps, *[1] * 600)
