"""Whatever is called, in whatever order and at whatever time: what ECS shows fits together, time and tasks never go back, and deployments end.

Calls go to the operations at once, without a client, so that many of them can be made; the clock begins at a date of its own.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from types import SimpleNamespace
from typing import Any

from hypothesis import event, given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

import builders
from pictures import picture_of
from pytest_ecsfake import operations
from pytest_ecsfake.arns import Partition
from pytest_ecsfake.clock import SECOND, Clock, to_epoch_seconds
from pytest_ecsfake.engine.tasks import lifecycle
from pytest_ecsfake.errors import EcsError
from pytest_ecsfake.explanation.explain import explain
from pytest_ecsfake.loading.dump import dump
from pytest_ecsfake.loading.load import load
from pytest_ecsfake.recording.calls import Calls
from pytest_ecsfake.state.orders import ScriptOrder
from pytest_ecsfake.state.region import World
from pytest_ecsfake.state.scripts import ContainerSelector, Script
from pytest_ecsfake.state.timings import Timings
from pytest_ecsfake.validation import schemas

#: 2026-01-01T00:00:00Z
START = 1_767_225_600 * SECOND
HOUR, MINUTE = 3600, 60 * SECOND

HEALTH_CHECK = {"command": ["CMD-SHELL", "true"], "interval": 10}


def on_fargate(*containers: dict[str, Any]) -> dict[str, Any]:
    """A definition for Fargate, whose family is its key below."""
    return builders.task_definition(*containers, family=None)


#: A task definition of each shape whose life differs.
DEFINITIONS: dict[str, dict[str, Any]] = {
    "web": on_fargate({"name": "app", "image": "nginx"}),
    "checked": on_fargate(
        {"name": "proxy", "image": "envoy", "healthCheck": HEALTH_CHECK},
        {"name": "app", "image": "nginx", "dependsOn": [{"containerName": "proxy", "condition": "HEALTHY"}]},
        {"name": "setup", "image": "busybox", "essential": False, "stopTimeout": 2},
    ),
    "bridge": {
        "containerDefinitions": [
            {"name": "app", "image": "nginx", "cpu": 100, "memory": 300, "portMappings": [{"containerPort": 80}]},
            {"name": "log", "image": "busybox", "memory": 200, "memoryReservation": 50, "essential": False},
        ]
    },
    "port": {
        "containerDefinitions": [
            {
                "name": "app",
                "image": "nginx",
                "memory": 64,
                "portMappings": [
                    {"containerPort": 80, "hostPort": 8080},
                    {"containerPort": 53, "hostPort": 53, "protocol": "udp"},
                ],
            }
        ]
    },
    "host": {
        "networkMode": "host",
        "containerDefinitions": [
            {"name": "app", "image": "nginx", "memory": 64, "portMappings": [{"containerPort": 9000}]}
        ],
    },
    "vpc": {
        "networkMode": "awsvpc",
        "cpu": "512",
        "memory": "256",
        "containerDefinitions": [{"name": "app", "image": "nginx"}],
    },
}

#: CPU units and MiB that a task of each family holds on its container instance.
DEMANDS = {"bridge": (100, 350), "port": (0, 64), "host": (0, 64), "vpc": (512, 256)}
#: Those that any number of tasks of a service can be placed of, given enough instances.
FOR_SERVICES = ("web", "checked", "bridge", "vpc")

#: The name of the service that has a task on each container instance.
DAEMON = "daemon"

#: Minimum and maximum percent with which a service of any size can be deployed.
PERCENTS = ((100, 200), (50, 200), (0, 100), (0, 200))

NETWORK = {"awsvpcConfiguration": {"subnets": ["subnet-0a1b2c3d", "subnet-0a1b2c3e"]}}

#: A service that lacks room is looked at when there is some, and otherwise this often; every minute, as outside, nine tenths of the time went into
#: hours of trying again.
TIMINGS = {"PLACEMENT_RETRY": 900}

#: Developer Guide, "Task lifecycle", and the API reference of Task: of two timestamps that a task has, the first is never later.
IN_ORDER = (
    ("createdAt", "connectivityAt"),
    ("connectivityAt", "pullStartedAt"),
    ("pullStartedAt", "pullStoppedAt"),
    ("pullStoppedAt", "startedAt"),
    ("startedAt", "stoppingAt"),
    ("startedAt", "executionStoppedAt"),
    ("createdAt", "stoppingAt"),
    ("stoppingAt", "stoppedAt"),
    ("executionStoppedAt", "stoppedAt"),
)


class Account:
    """One account in one region, and what can be done in it: each step is a method with plain arguments.

    Things are meant by a number, of those that there are in the order of their coming, so that a step always means something; what ECS refuses
    is refused, and nothing has happened.
    """

    def __init__(self, seed: str = "a test") -> None:
        self.world = world = World(Clock(START), seed, Timings(TIMINGS))
        self.clock = world.clock
        self.region = world.region(Partition("123456789012", "us-east-1"))
        self.services: set[str] = set()
        self.call("CreateCluster")
        for family in DEFINITIONS:
            self.register(family)

    def call(self, operation: str, **request: Any) -> dict[str, Any]:
        """The answer of an operation, which fits its schema as the request does."""
        schemas.check_request(operation, request)
        self.clock.settle()
        document = operations.built()[operation](self.region, request)
        schemas.check_response(operation, document)
        return document

    def attempt(self, operation: str, **request: Any) -> dict[str, Any] | None:
        """The answer of an operation, or None where ECS refuses."""
        try:
            return self.call(operation, **request)
        except EcsError as refusal:
            event(f"{operation} {refusal.code}")
            return None

    def explain(self) -> str:
        """Why things are as they are."""
        parts: Any = SimpleNamespace(world=self.world, orders=self.world.orders, calls=Calls())
        return explain(parts, self.region.partition)

    def do(self, step: tuple[Any, ...]) -> None:
        """Make a step: the name of a method, and its arguments."""
        name, *arguments = step
        getattr(self, name)(*arguments)

    # --- what there is

    @property
    def cluster(self) -> Any:
        return self.region.clusters.active(None)

    def tasks(self) -> dict[str, dict[str, Any]]:
        """Every task that is shown, by its ARN."""
        self.clock.settle()
        arns = [task.arn for task in self.region.tasks_in(self.cluster)]
        portions = [arns[start : start + 100] for start in range(0, len(arns), 100)]
        answers = [self.call("DescribeTasks", tasks=portion) for portion in portions]
        return {task["taskArn"]: task for answer in answers for task in answer["tasks"]}

    def instances(self) -> list[dict[str, Any]]:
        """Every container instance that is listed."""
        arns = self.call("ListContainerInstances")["containerInstanceArns"]
        return self.call("DescribeContainerInstances", containerInstances=arns)["containerInstances"] if arns else []

    def described_services(self) -> list[dict[str, Any]]:
        """Every service, INACTIVE ones included."""
        if not self.services:
            return []
        return self.call("DescribeServices", services=sorted(self.services))["services"]

    def _task(self, number: int) -> Any:
        tasks = list(self.region.tasks_in(self.cluster))
        return tasks[number % len(tasks)] if tasks else None

    def _instance(self, number: int) -> str | None:
        instances = list(self.region.container_instances_in(self.cluster).keys())
        return instances[number % len(instances)] if instances else None

    # --- steps

    def register(self, family: str) -> None:
        self.call("RegisterTaskDefinition", family=family, **DEFINITIONS[family])

    def run(self, family: str, count: int) -> None:
        self.attempt("RunTask", taskDefinition=family, count=count, **self._where(family))

    def start(self, family: str, number: int) -> None:
        instance = self._instance(number)
        if instance is not None:
            network = {"networkConfiguration": NETWORK} if family == "vpc" else {}
            self.attempt("StartTask", taskDefinition=family, containerInstances=[instance], **network)

    def stop(self, number: int) -> None:
        task = self._task(number)
        if task is not None:
            self.attempt("StopTask", task=task.id, reason="enough")

    def end(self, number: int, container: int, exit_code: int) -> None:
        """A container ends by itself."""
        self.clock.settle()
        task = self._task(number)
        if task is not None:
            ending = task.containers[container % len(task.containers)]
            lifecycle.container_exited(self.region, task, ending, exit_code)

    def sicken(self, number: int) -> None:
        """The health check of a task's first container fails from now on."""
        self.clock.settle()
        task = self._task(number)
        if task is not None and task.containers[0].last_status == "RUNNING" and task.has_health_check:
            lifecycle.set_health(self.region, task, task.containers[0], "UNHEALTHY")

    def script(self, family: str, what: str, times: int) -> None:
        """The next tasks of a family don't start, or end soon, or hear no SIGTERM."""
        orders = {
            "pull": {"pull_error": "CannotPullContainerError: nginx: not found"},
            "start": {"start_error": "CannotStartContainerError: no such command"},
            "ends": {"runs_for": 20 * SECOND, "exit_code": 1},
            "deaf": {"ignores_sigterm": True},
        }
        order = ScriptOrder(f"{family} {what}", ContainerSelector(family=family), Script(**orders[what]), times=times)
        self.region.orders.add(order)

    def protect(self, number: int, protected: bool, minutes: int) -> None:
        task = self._task(number)
        if task is not None:
            lasting = {"expiresInMinutes": minutes} if protected else {}
            self.attempt(
                "UpdateTaskProtection", cluster="default", tasks=[task.id], protectionEnabled=protected, **lasting
            )

    def join(self, cpu: int, memory: int) -> None:
        """A container instance joins the cluster."""
        sizes = {"CPU": cpu, "MEMORY": memory}
        resources = [{"name": name, "type": "INTEGER", "integerValue": value} for name, value in sizes.items()]
        self.call("RegisterContainerInstance", totalResources=resources)

    def drain(self, number: int, status: str) -> None:
        instance = self._instance(number)
        if instance is not None:
            self.attempt("UpdateContainerInstancesState", containerInstances=[instance], status=status)

    def leave(self, number: int, force: bool) -> None:
        """A container instance leaves the cluster."""
        instance = self._instance(number)
        if instance is not None:
            self.attempt("DeregisterContainerInstance", containerInstance=instance, force=force)

    def create(self, name: str, family: str, desired: int, percents: tuple[int, int]) -> None:
        created = self.attempt(
            "CreateService",
            serviceName=name,
            taskDefinition=family,
            desiredCount=desired,
            deploymentConfiguration={"minimumHealthyPercent": percents[0], "maximumPercent": percents[1]},
            **self._where(family),
        )
        if created is not None:
            self.services.add(name)

    def create_daemon(self, family: str) -> None:
        created = self.attempt(
            "CreateService",
            serviceName=DAEMON,
            taskDefinition=family,
            schedulingStrategy="DAEMON",
            **self._where(family),
        )
        if created is not None:
            self.services.add(DAEMON)

    def scale(self, name: str, desired: int) -> None:
        self.attempt("UpdateService", service=name, desiredCount=desired)

    def deploy(self, name: str, registers: bool) -> None:
        """A new deployment: of a new revision of the service's task definition, or of the same one."""
        service = self.region.services_in(self.cluster).get(name)
        if service is not None and service.revision is not None:
            if registers:
                self.register(service.revision.definition.family)
            family = service.revision.definition.family
            self.attempt("UpdateService", service=name, taskDefinition=family, forceNewDeployment=not registers)

    def delete(self, name: str, force: bool) -> None:
        self.attempt("DeleteService", service=name, force=force)

    def wait(self, seconds: float) -> None:
        self.clock.settle(self.clock.now + round(seconds * SECOND))

    def _where(self, family: str) -> dict[str, Any]:
        network = {"networkConfiguration": NETWORK} if family in ("web", "checked", "vpc") else {}
        return {"launchType": "EC2" if family in DEMANDS else "FARGATE", **network}


NUMBERS = st.integers(0, 30)
NAMES = st.sampled_from(["a", "b", DAEMON])
DESIRED = st.integers(0, 4)


def step(name: str, *arguments: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    """One kind of step."""
    return st.tuples(st.just(name), *arguments)


#: What happens to tasks and container instances.
OF_TASKS = st.one_of(
    step("run", st.sampled_from(sorted(DEFINITIONS)), st.integers(1, 3)),
    step("start", st.sampled_from(sorted(DEMANDS)), NUMBERS),
    step("stop", NUMBERS),
    step("end", NUMBERS, NUMBERS, st.sampled_from([0, 1])),
    step("sicken", NUMBERS),
    step("register", st.sampled_from(sorted(DEFINITIONS))),
    step("join", st.sampled_from([1024, 4096]), st.sampled_from([512, 8192])),
    step("drain", NUMBERS, st.sampled_from(["DRAINING", "ACTIVE"])),
    step("leave", NUMBERS, st.booleans()),
)
CREATION = step("create", NAMES, st.sampled_from(FOR_SERVICES), DESIRED, st.sampled_from(PERCENTS))
OF_SERVICES = st.one_of(
    CREATION,
    step("create_daemon", st.sampled_from(FOR_SERVICES)),
    step("scale", NAMES, DESIRED),
    step("deploy", NAMES, st.booleans()),
    step("delete", NAMES, st.booleans()),
    step(
        "script", st.sampled_from(FOR_SERVICES), st.sampled_from(["pull", "start", "ends", "deaf"]), st.integers(1, 2)
    ),
    step("protect", NUMBERS, st.booleans(), st.integers(1, 60)),
)
WAITS = step("wait", st.sampled_from([0.5, 1, 7, 30, 60, 300, HOUR]))
STEPS = st.one_of(OF_TASKS, OF_SERVICES, WAITS)


class WhateverIsCalled(RuleBasedStateMachine):
    """Random steps; after each one what ECS shows must fit together."""

    def __init__(self) -> None:
        super().__init__()
        self.account = Account()
        self.seen: dict[str, dict[str, Any]] = {}
        self.now = START
        self.calm_at = START  # when what happened to tasks has had its consequences
        # By service, since it had all its tasks: how many must run, if nothing but deployments happened to it, and how many there may be.
        self.least: dict[str, int] = {}
        self.most: dict[str, int] = {}

    @initialize(instances=st.integers(0, 3), service=CREATION)
    def there_are_instances_and_a_service(self, instances: int, service: tuple[Any, ...]) -> None:
        for _ in range(instances):
            self.account.join(2048, 4096)
        self.account.do(service)

    @rule(step=OF_TASKS)
    def something_happens_to_tasks(self, step: tuple[Any, ...]) -> None:
        self.least.clear()
        self.account.do(step)
        self.calm_at = self.account.clock.now + 10 * MINUTE

    @rule(step=OF_SERVICES)
    def something_happens_to_services(self, step: tuple[Any, ...]) -> None:
        if step[0] in ("create", "scale", "delete"):
            self.least.pop(step[1], None)
        if step[0] == "script":
            self.least.clear()
        self.account.do(step)

    @rule(name=NAMES, registers=st.booleans(), waits=st.lists(st.sampled_from([1, 7, 30]), max_size=8))
    def a_service_at_rest_is_deployed(self, name: str, registers: bool, waits: list[int]) -> None:
        self.account.wait(HOUR)
        self.what_is_shown_fits_together()
        self.account.deploy(name, registers)
        for number, seconds in enumerate(waits):
            if number:
                self.what_is_shown_fits_together()
            self.account.wait(seconds)

    @rule(step=WAITS)
    def time_passes(self, step: tuple[Any, ...]) -> None:
        self.account.do(step)

    @invariant()
    def what_is_shown_fits_together(self) -> None:
        self.time_never_runs_backwards()
        self.tasks_only_go_forward()  # first: the others compare with the tasks that it has seen
        instances, services = self.account.instances(), self.account.described_services()
        self.the_cluster_counts_what_it_has(instances, services)
        self.instances_hold_what_their_tasks_reserve(instances)
        self.services_count_their_tasks(services)

    def time_never_runs_backwards(self) -> None:
        assert self.account.clock.now >= self.now
        self.now = self.account.clock.now

    def tasks_only_go_forward(self) -> None:
        now = to_epoch_seconds(self.account.clock.now)
        tasks = self.account.tasks()
        for arn, task in tasks.items():
            before = self.seen.get(arn)
            if before == task:
                continue
            if before is not None:
                assert task["version"] >= before["version"]
                if before["lastStatus"] == "STOPPED":
                    assert task == before
                if before["desiredStatus"] == "STOPPED":
                    assert task["desiredStatus"] == "STOPPED"
            for earlier, later in IN_ORDER:
                if earlier in task and later in task:
                    assert task[earlier] <= task[later] <= now, (earlier, later)
            assert ("stoppedAt" in task) == (task["lastStatus"] == "STOPPED")
        for arn in self.seen.keys() - tasks.keys():
            assert self.seen[arn]["desiredStatus"] == "STOPPED", "a task is gone that nobody stopped"
        self.seen = tasks

    def the_cluster_counts_what_it_has(
        self, instances: Sequence[dict[str, Any]], services: Sequence[dict[str, Any]]
    ) -> None:
        (cluster,) = self.account.call("DescribeClusters", clusters=["default"])["clusters"]
        statuses = Counter(task["lastStatus"] for task in self.seen.values())
        assert cluster["runningTasksCount"] == statuses["RUNNING"]
        assert cluster["pendingTasksCount"] == statuses["PENDING"]
        assert cluster["registeredContainerInstancesCount"] == len(instances)
        assert cluster["activeServicesCount"] == sum(service["status"] == "ACTIVE" for service in services)

    def instances_hold_what_their_tasks_reserve(self, instances: Sequence[dict[str, Any]]) -> None:
        for instance in instances:
            there = [
                task
                for task in self.seen.values()
                if task.get("containerInstanceArn") == instance["containerInstanceArn"]
            ]
            live = [task for task in there if task["lastStatus"] != "STOPPED"]
            assert instance["runningTasksCount"] == sum(task["desiredStatus"] == "RUNNING" for task in there)
            assert instance["pendingTasksCount"] == sum(task["lastStatus"] == "PENDING" for task in there)
            registered, remaining = (
                {resource["name"]: resource for resource in instance[f"{which}Resources"]}
                for which in ("registered", "remaining")
            )
            demands = [DEMANDS[family_of(task)] for task in live]
            for which, name in enumerate(("CPU", "MEMORY")):
                left = remaining[name]["integerValue"]
                assert 0 <= left == registered[name]["integerValue"] - sum(demand[which] for demand in demands)
            ports = [binding for task in live for binding in host_ports(task)]
            assert len(ports) == len(set(ports)), "two tasks have the same port of the host"

    def services_count_their_tasks(self, services: Sequence[dict[str, Any]]) -> None:
        for service in services:
            tasks = [task for task in self.seen.values() if task["group"] == f"service:{service['serviceName']}"]
            running = sum(task["lastStatus"] == "RUNNING" for task in tasks)
            pending = sum(is_coming(task) for task in tasks)
            if service["status"] != "INACTIVE":
                assert (service["runningCount"], service["pendingCount"]) == (running, pending)
            for count, total in (("runningCount", running), ("pendingCount", pending)):
                if service["deployments"]:
                    assert sum(deployment[count] for deployment in service["deployments"]) <= total
            self._keeps_to_its_percents(service, running, pending)

    def _keeps_to_its_percents(self, service: dict[str, Any], running: int, pending: int) -> None:
        name, desired = service["serviceName"], service["desiredCount"]
        configuration = service["deploymentConfiguration"]
        if service["status"] != "ACTIVE" or service["schedulingStrategy"] == "DAEMON":
            self.least.pop(name, None)
            self.most.pop(name, None)
            return
        scaled = desired * configuration["maximumPercent"] // 100
        self.most[name] = max(self.most.get(name, 0), scaled)
        assert running + pending <= self.most[name]
        assert running >= self.least.get(name, 0)
        if has_all(service) and self.account.clock.now >= self.calm_at:
            self.most[name] = scaled
            self.least[name] = -(-desired * configuration["minimumHealthyPercent"] // 100)

    def teardown(self) -> None:
        """With room for all, and time, every deployment ends well."""
        for _ in range(8):
            self.account.join(4096, 16384)
        for _ in range(6):
            self.account.wait(HOUR / 2)
            self.tasks_only_go_forward()
        for service in self.account.described_services():
            tasks = [task for task in self.seen.values() if task["group"] == f"service:{service['serviceName']}"]
            live = [task for task in tasks if task["lastStatus"] != "STOPPED"]
            if service["status"] == "ACTIVE":
                assert has_all(service), service["events"][:3]
                assert len(live) == service["desiredCount"]
                if service["schedulingStrategy"] == "DAEMON":
                    active = [each for each in self.account.instances() if each["status"] == "ACTIVE"]
                    assert len(live) == len(active)
                newest = service["deployments"][0]["id"]
                assert {task["startedBy"] for task in live} <= {newest}
                event("a deployment has ended")
            else:
                assert service["status"] == "INACTIVE"
                assert not live
                event("a service has been deleted")


def family_of(task: dict[str, Any]) -> str:
    """The family of a task's definition."""
    return str(task["taskDefinitionArn"]).rpartition("/")[2].partition(":")[0]


def host_ports(task: dict[str, Any]) -> Iterator[tuple[str, int]]:
    """The ports of its host that a task has."""
    for container in task["containers"]:
        for binding in container.get("networkBindings", []):
            yield binding["protocol"], binding["hostPort"]


def is_coming(task: dict[str, Any]) -> bool:
    """Whether a task is on its way to RUNNING."""
    return task["desiredStatus"] == "RUNNING" and task["lastStatus"] in ("PROVISIONING", "PENDING", "ACTIVATING")


def has_all(service: dict[str, Any]) -> bool:
    """Whether a service has come to rest: one deployment, COMPLETED, with all its tasks RUNNING."""
    states = [deployment["rolloutState"] for deployment in service["deployments"]]
    counts = service["runningCount"], service["pendingCount"]
    return states == ["COMPLETED"] and counts == (service["desiredCount"], 0)


TestWhateverIsCalled = WhateverIsCalled.TestCase
TestWhateverIsCalled.settings = LONG = settings(
    max_examples=max(settings().max_examples // 2, 1), stateful_step_count=40
)

#: What a history begins with: without it most of the steps that are drawn would find nothing there.
BEGINNING = [("join", 4096, 8192), ("run", "bridge", 2), ("create", "a", "checked", 3, (50, 200)), ("wait", 60)]


def account_after(steps: list[tuple[Any, ...]]) -> Account:
    """An account in which these steps were made."""
    account = Account()
    for step in [*BEGINNING, *steps]:
        account.do(step)
    return account


def history(account: Account) -> tuple[Any, ...]:
    """All that has happened: each change of state, and each event that was sent."""
    sent = [(each.at, each.detail_type, each.snapshot) for each in account.region.events]
    return account.clock.now, list(account.region.journal), sent


@LONG
@given(steps=st.lists(STEPS, max_size=30))
def test_the_same_calls_with_the_same_seed_give_the_same_history(steps):
    assert history(account_after(steps)) == history(account_after(steps))


@LONG
@given(steps=st.lists(STEPS, max_size=20))
def test_one_jump_of_an_hour_equals_3600_jumps_of_a_second(steps):
    at_once, by_seconds = account_after(steps), account_after(steps)

    at_once.wait(HOUR)
    for _ in range(HOUR):
        by_seconds.wait(1)

    assert history(at_once) == history(by_seconds)


@LONG
@given(steps=st.lists(STEPS, max_size=20), later=st.sampled_from([0, 5, 25, 300]))
def test_whatever_has_happened_can_be_explained_and_explaining_it_changes_nothing(steps, later):
    explained, left_alone = account_after(steps), account_after(steps)

    explained.explain()

    for account in (explained, left_alone):
        account.wait(later)
        account.attempt("RunTask", **builders.task())
    assert history(explained) == history(left_alone)


def test_one_jump_of_an_hour_equals_3600_jumps_of_a_second_in_a_deployment():
    steps = [("wait", HOUR), ("deploy", "a", True)]
    at_once, by_seconds = account_after(steps), account_after(steps)

    at_once.wait(HOUR)
    for _ in range(HOUR):
        by_seconds.wait(1)

    assert history(at_once) == history(by_seconds)
    [service] = at_once.described_services()
    assert has_all(service)


# --- snapshots --------------------------------------------------------------------------------------------------------------------------


class SnapshotsInAnyOrder(RuleBasedStateMachine):
    """Steps between snapshots, which are restored in any order and as often as you like."""

    def __init__(self) -> None:
        super().__init__()
        self.account = account_after([])
        self.world = self.account.world
        self.taken: list[tuple[Any, Any, set[str]]] = []

    @rule(steps=st.lists(STEPS, max_size=6))
    def something_happens(self, steps: list[tuple[Any, ...]]) -> None:
        for step in steps:
            self.account.do(step)

    @rule()
    def a_snapshot_is_taken(self) -> None:
        picture = picture_of(self.world)
        self.taken.append((self.world.snapshot(), picture, set(self.account.services)))
        assert picture_of(self.world) == picture

    @precondition(lambda self: self.taken)
    @rule(number=NUMBERS)
    def one_is_restored(self, number: int) -> None:
        saved, picture, services = self.taken[number % len(self.taken)]

        self.world.restore(saved)
        self.account.services = set(services)

        assert picture_of(self.world) == picture

    @precondition(lambda self: len(self.taken) > 1)
    @rule(number=NUMBERS)
    def one_is_forgotten(self, number: int) -> None:
        del self.taken[number % len(self.taken)]

    @rule(steps=st.lists(STEPS, min_size=1, max_size=6))
    def the_same_calls_give_the_same_answers_again(self, steps: list[tuple[Any, ...]]) -> None:
        services, saved = set(self.account.services), self.world.snapshot()
        orders = self.world.orders.snapshot()
        shown = []
        for _ in range(2):
            for step in steps:
                self.account.do(step)
            shown.append((history(self.account), self.account.tasks(), self.account.described_services()))
            self.world.restore(saved)
            self.world.orders.restore(orders)
            self.account.services = set(services)

        assert shown[0] == shown[1]


TestSnapshotsInAnyOrder = SnapshotsInAnyOrder.TestCase
TestSnapshotsInAnyOrder.settings = settings(max_examples=max(settings().max_examples // 4, 1), stateful_step_count=20)


@LONG
@given(steps=st.lists(STEPS, max_size=20))
def test_what_was_dumped_can_be_loaded_and_lives_on(steps):
    account = account_after(steps)
    account.clock.settle()
    dumped = dump(account.region)
    world = World(Clock(account.clock.now), "another test", Timings(TIMINGS))
    region = world.region(account.region.partition)

    load(world, region, dumped)

    assert dump(region) == dumped
    world.clock.settle(world.clock.now + 2 * HOUR * SECOND)
    for service in region.services_in(region.clusters.active(None)):
        assert len(service.deployments) <= 1 or service.counts.running < service.desired_count
