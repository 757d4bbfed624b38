"""Views read under the fake's lock: what they hand out is whole, and the test's own."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from pytest_ecsfake.state.cluster import Cluster
from pytest_ecsfake.state.container_instance import ContainerInstance
from pytest_ecsfake.state.service import Deployment, Service, ServiceDeployment
from pytest_ecsfake.state.task import Container, Task
from pytest_ecsfake.state.task_definition import TaskDefinition

#: How often the clock is moved while another thread reads; every sixth time a deployment begins, whose tasks come and go.
MOVES = 180


# --- one thread reads, another one moves the clock --------------------------------------------------------------------------------------


@pytest.fixture
def switching_often() -> Iterator[None]:
    """Threads take turns every microsecond, so that a reader is stopped in the middle of what it reads."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


@pytest.fixture
def service(ecs_fake, web, fargate):
    """A steady service of many tasks."""
    ecs_fake.client.create_cluster(clusterName="prod")
    ecs_fake.client.register_task_definition(**web)
    ecs_fake.client.create_service(cluster="prod", serviceName="web", desiredCount=30, **fargate)
    service = ecs_fake.services["prod/web"]
    ecs_fake.clock.advance_until(lambda: service.is_stable)
    return service


@pytest.mark.usefixtures("switching_often")
@pytest.mark.parametrize(
    "read",
    [
        pytest.param(lambda service: service.running_count, id="the running count of a service"),
        pytest.param(lambda service: service.tasks, id="the tasks of a service"),
        pytest.param(
            lambda service: [each.running_count for each in service.deployments], id="the counts of deployments"
        ),
    ],
)
def test_a_thread_reads_while_another_one_moves_the_clock(ecs_fake, service, read):
    is_moving = True
    reads = 0
    failures: list[Exception] = []

    def read_on() -> None:
        nonlocal reads
        while is_moving and not failures:
            try:
                read(service)
            except Exception as error:
                failures.append(error)
            reads += 1

    reader = threading.Thread(target=read_on)
    reader.start()
    for move in range(MOVES):
        if move % 6 == 0:
            ecs_fake.client.update_service(cluster="prod", service="web", forceNewDeployment=True)
        ecs_fake.clock.advance(seconds=10)
    is_moving = False
    reader.join(timeout=60)

    assert not failures
    assert reads > 0


# --- every property of every view -------------------------------------------------------------------------------------------------------


def set_up_everything(ecs, web) -> None:
    """A cluster with a container instance, and a service in the middle of a deployment that shifts traffic; lists and mappings have something in them."""
    tags = [{"key": "team", "value": "a"}]
    environment = [{"name": "STAGE", "value": "prod"}]
    container = {**web["containerDefinitions"][0], "command": ["serve"], "environment": environment}
    network = {"awsvpcConfiguration": {"subnets": ["subnet-0abc"]}}

    def call(operation: str, **request: Any) -> None:
        ecs._endpoint.set_up(
            operation, request, ecs._reader.partition
        )  # older clients don't know blue/green deployments

    call(
        "CreateCluster",
        clusterName="prod",
        capacityProviders=["FARGATE"],
        settings=[{"name": "containerInsights", "value": "enabled"}],
        tags=tags,
    )
    ecs.clock.advance(seconds=60)
    call("RegisterTaskDefinition", **{**web, "containerDefinitions": [container], "tags": tags})
    ecs.container_instances.add("prod", attributes={"stack": "blue"}, tags={"team": "a"})
    call(
        "RegisterTaskDefinition",
        family="job",
        containerDefinitions=[{"name": "app", "image": "job:1", "memory": 64}],
    )
    call("RunTask", cluster="prod", taskDefinition="job", launchType="EC2")
    call(
        "CreateService",
        cluster="prod",
        serviceName="web",
        taskDefinition="web",
        desiredCount=2,
        launchType="FARGATE",
        networkConfiguration=network,
        propagateTags="SERVICE",
        tags=tags,
    )
    ecs.clock.advance(seconds=300)
    configuration = {"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 5}
    call("UpdateService", cluster="prod", service="web", forceNewDeployment=True, deploymentConfiguration=configuration)
    ecs.clock.advance(seconds=120)


VIEWS: dict[str, Callable[[Any], Any]] = {
    "cluster": lambda ecs: ecs.clusters["prod"],
    "service": lambda ecs: ecs.services["prod/web"],
    "deployment": lambda ecs: ecs.services["prod/web"].deployments[0],
    "task": lambda ecs: ecs.services["prod/web"].tasks[0],
    "container": lambda ecs: ecs.services["prod/web"].tasks[0].containers[0],
    "container instance": lambda ecs: ecs.container_instances.where(status="ACTIVE")[0],
    "task definition": lambda ecs: ecs.task_definitions["web"],
}

view_of = pytest.mark.parametrize("view_of", VIEWS.values(), ids=VIEWS)


def properties_of(view: object) -> list[str]:
    return [name for name in dir(type(view)) if isinstance(getattr(type(view), name), property) and name[0] != "_"]


def spoil(value: object) -> bool:
    """Empty every list and mapping, the inner ones first; whether there was anything to spoil."""
    if isinstance(value, dict):
        found = bool(value)
        for member in value.values():
            spoil(member)
        value.clear()
        return found
    if isinstance(value, list):
        found = bool(value)
        for member in value:
            spoil(member)
        value.clear()
        return found
    return False


@view_of
def test_what_a_view_hands_out_may_be_changed(ecs_fake, web, view_of):
    set_up_everything(ecs_fake, web)
    view = view_of(ecs_fake)
    before = {name: repr(getattr(view, name)) for name in properties_of(view)}

    for name in properties_of(view):
        spoil(getattr(view, name))

    assert {name: repr(getattr(view, name)) for name in properties_of(view)} == before


def test_what_is_spoilt_has_something_in_it(ecs_fake, web):
    """So that the test above can fail, for all that a view hands out in lists and mappings."""
    set_up_everything(ecs_fake, web)
    views = {name: view_of(ecs_fake) for name, view_of in VIEWS.items()}
    handed_out = {(kind, name): getattr(view, name) for kind, view in views.items() for name in properties_of(view)}

    empty = {where for where, value in handed_out.items() if isinstance(value, (list, dict)) and not spoil(value)}

    assert empty == set()


#: What never changes once a thing is there, so that it may be read without the lock.
NEVER_CHANGES = {
    Cluster: {"arn", "name"},
    Service: {"arn", "cluster", "name"},
    Deployment: {"id", "revision"},
    ServiceDeployment: set(),
    Task: {
        "arn", "capacity_provider_name", "cluster", "containers", "cpu", "created_at", "definition", "enable_execute_command", "group", "id",
        "launch_type", "memory", "platform_version", "started_by",
    },
    Container: {"definition", "name"},
    ContainerInstance: {"arn", "cluster", "ec2_instance_id", "id", "launch_type", "registered_at"},
    TaskDefinition: {"arn", "document", "family", "key", "revision"},
}  # fmt: skip


@view_of
def test_what_changes_is_read_under_the_lock(ecs_fake, web, view_of, monkeypatch):
    set_up_everything(ecs_fake, web)
    view = view_of(ecs_fake)
    lock = ecs_fake._endpoint.lock
    read: set[tuple[type, str, bool]] = set()

    def watch(kind: type) -> None:
        def watched(state: object, name: str) -> object:
            if not name.startswith("_"):
                read.add((kind, name, lock._is_owned()))
            return object.__getattribute__(state, name)

        monkeypatch.setattr(kind, "__getattribute__", watched)

    for kind in NEVER_CHANGES:
        watch(kind)
    for name in properties_of(view):
        getattr(view, name)
    repr(view)

    without_lock = {(kind, name) for kind, name, locked in read if not locked}
    assert {(kind.__name__, name) for kind, name in without_lock if name not in NEVER_CHANGES[kind]} == set()
    assert any(locked for _, _, locked in read)
