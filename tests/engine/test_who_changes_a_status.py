"""Each status has one module that changes it: one row a subject.

Read from the source, so that a status is guarded that no test changes. Whose an attribute is, is known by the annotation of the parameter that it is
set on, or by the store that it is set through; where neither tells, the name of the attribute alone decides.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

import pytest_ecsfake
from pytest_ecsfake.state.capacity_provider import CapacityProvider
from pytest_ecsfake.state.cluster import Cluster, ClusterAttachment
from pytest_ecsfake.state.container_instance import ContainerInstance
from pytest_ecsfake.state.daemon import Daemon, DaemonDeployment
from pytest_ecsfake.state.daemon_task_definition import DaemonTaskDefinition
from pytest_ecsfake.state.deployment import Deployment
from pytest_ecsfake.state.express_gateway_service import ManagedPart
from pytest_ecsfake.state.gateway import Gateway, GatewayAssociation, GatewayRoute
from pytest_ecsfake.state.service import Service
from pytest_ecsfake.state.service_deployment import ServiceDeployment
from pytest_ecsfake.state.task import Container, ManagedAgent, NetworkInterface, Task, Volume
from pytest_ecsfake.state.task_definition import TaskDefinition, TaskDefinitionFamily
from pytest_ecsfake.state.task_set import TaskSet
from pytest_ecsfake.state.traffic_shift import HookRun

PACKAGE = Path(pytest_ecsfake.__file__).parent

TASKS = "engine/tasks/transition.py"
INSTANCES = "engine/instances/transition.py"
ROLLOUTS = "engine/rollouts/transition.py"
EXPRESS = "engine/express/managed_parts.py"
CLUSTERS = "engine/capacity/attachments.py"
PROVIDERS = "engine/capacity/providers.py"
GATEWAYS = "engine/gateways/transition.py"
DEFINITIONS = "engine/task_definitions.py"
DAEMONS = "engine/daemons/transition.py"
DAEMON_DEFINITIONS = "engine/daemons/task_definitions.py"
FAMILIES = "state/task_definition.py"  # a family follows its revisions


class Row(NamedTuple):
    """What has a status, and the one module that changes it."""

    subject: type
    store: str | None  # through which it is set, where an index has it
    attribute: str
    module: str


# fmt: off
TABLE = [
    Row(Task,                 "tasks",               "last_status",            TASKS),
    Row(Task,                 "tasks",               "desired_status",         TASKS),
    Row(Task,                 None,                  "is_available",           TASKS),
    Row(Task,                 None,                  "version",                TASKS),
    Row(Container,            None,                  "last_status",            TASKS),
    Row(Container,            None,                  "health_status",          TASKS),
    Row(ManagedAgent,         None,                  "last_status",            TASKS),
    Row(NetworkInterface,     None,                  "status",                 TASKS),
    Row(Volume,               None,                  "status",                 TASKS),
    Row(ContainerInstance,    "container_instances", "status",                 INSTANCES),
    Row(ContainerInstance,    None,                  "agent_connected",        INSTANCES),
    Row(ContainerInstance,    None,                  "agent_update_status",    INSTANCES),
    Row(ContainerInstance,    None,                  "version",                TASKS),
    Row(Service,              "services",            "status",                 ROLLOUTS),
    Row(Deployment,           None,                  "status",                 ROLLOUTS),
    Row(Deployment,           None,                  "rollout_state",          ROLLOUTS),
    Row(ServiceDeployment,    None,                  "status",                 ROLLOUTS),
    Row(ServiceDeployment,    None,                  "lifecycle_stage",        ROLLOUTS),
    Row(ServiceDeployment,    None,                  "circuit_breaker_status", ROLLOUTS),
    Row(ServiceDeployment,    None,                  "alarms_status",          ROLLOUTS),
    Row(HookRun,              None,                  "status",                 ROLLOUTS),
    Row(TaskSet,              None,                  "status",                 ROLLOUTS),
    Row(TaskSet,              None,                  "stability_status",       ROLLOUTS),
    Row(ManagedPart,          None,                  "status",                 EXPRESS),
    Row(Cluster,              "clusters",            "status",                 CLUSTERS),
    Row(Cluster,              None,                  "attachments_status",     CLUSTERS),
    Row(ClusterAttachment,    None,                  "status",                 CLUSTERS),
    Row(CapacityProvider,     "capacity_providers",  "status",                 PROVIDERS),
    Row(CapacityProvider,     None,                  "update_status",          PROVIDERS),
    Row(Gateway,              "gateways",            "status",                 GATEWAYS),
    Row(GatewayAssociation,   "gateway_associations", "status",                GATEWAYS),
    Row(GatewayRoute,         "gateway_routes",      "status",                 GATEWAYS),
    Row(TaskDefinition,       "task_definitions",    "status",                 DEFINITIONS),
    Row(Daemon,               None,                  "status",                 DAEMONS),
    Row(DaemonDeployment,     None,                  "status",                 DAEMONS),
    Row(DaemonDeployment,     None,                  "circuit_breaker_status", DAEMONS),
    Row(DaemonDeployment,     None,                  "alarms_status",          DAEMONS),
    Row(DaemonTaskDefinition, "daemon_task_definitions", "status",             DAEMON_DEFINITIONS),
    Row(TaskDefinitionFamily, "families",            "status",                 FAMILIES),
]
# fmt: on

SUBJECTS = {row.subject.__name__ for row in TABLE}
STORES = {row.store: row.subject.__name__ for row in TABLE if row.store is not None}


class Change(NamedTuple):
    """An attribute that is set somewhere, and whose it is, as far as that can be told: empty when it can't."""

    module: str
    attribute: str
    subjects: frozenset[str]


def changes_of(module: str, tree: ast.Module) -> Iterator[Change]:
    """The attributes that a module sets, whatever they are; those of what is only being made are left out."""
    for function in ast.walk(tree):
        if isinstance(function, ast.FunctionDef):
            annotated = {each.arg: _names(each.annotation) for each in [*function.args.args, *function.args.kwonlyargs]}
            made = set(_made(function))
            for node in ast.walk(function):
                if isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
                    name = node.value.id if isinstance(node.value, ast.Name) else ""
                    if name not in made:
                        yield Change(module, node.attr, annotated.get(name, frozenset()))
                elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "change":
                    store = _store(node.func.value)
                    subjects = frozenset({STORES[store]}) if store in STORES else frozenset()
                    yield from (Change(module, each.arg, subjects) for each in node.keywords if each.arg is not None)


def _store(owner: ast.expr) -> str | None:
    """The store that a change goes through: `region.clusters`, or `tasks` in `region.tasks_in(cluster)`."""
    if isinstance(owner, ast.Call) and isinstance(owner.func, ast.Attribute):
        return owner.func.attr.removesuffix("_in")
    return owner.attr if isinstance(owner, ast.Attribute) else None


def _names(annotation: ast.expr | None) -> frozenset[str]:
    return (
        frozenset(node.id for node in ast.walk(annotation) if isinstance(node, ast.Name)) if annotation else frozenset()
    )


def _made(function: ast.FunctionDef) -> Iterator[str]:
    """The names of what a function makes itself: nobody else knows it yet."""
    for node in ast.walk(function):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Call):
            maker = node.value.func
            if isinstance(maker, ast.Name) and maker.id in SUBJECTS:
                yield from (target.id for target in node.targets if isinstance(target, ast.Name))


@pytest.fixture(scope="module")
def changes() -> list[Change]:
    """All that is set in the package."""
    return [
        change
        for path in sorted(PACKAGE.rglob("*.py"))
        for change in changes_of(path.relative_to(PACKAGE).as_posix(), ast.parse(path.read_text(encoding="utf-8")))
    ]


@pytest.mark.parametrize("row", TABLE, ids=lambda row: f"{row.subject.__name__}.{row.attribute}")
def test_one_module_changes_a_status(changes, row):
    elsewhere = {other.module for other in TABLE if other.attribute == row.attribute} - {row.module}
    modules = {
        change.module
        for change in changes
        if change.attribute == row.attribute
        and (row.subject.__name__ in change.subjects or (not change.subjects and change.module not in elsewhere))
    }

    assert modules == {row.module}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("def f(task: Task): task.last_status = 'RUNNING'", [("last_status", {"Task"})]),
        ("def f(it: Task | Container): it.version += 1", [("version", {"Task", "Container"})]),
        ("def f(*, run: HookRun | None): run.status, x = 'FAILED', 1", [("status", {"HookRun"})]),
        ("def f(service): service.tasks[0].last_status = 'RUNNING'", [("last_status", set())]),
        ("def f(region): region.services_in(cluster).change('web', status='ACTIVE')", [("status", {"Service"})]),
        ("def f(region): region.clusters.change('prod', status='ACTIVE')", [("status", {"Cluster"})]),
        ("def f(store): store.change('web', status='ACTIVE')", [("status", set())]),
        ("def f():\n run = HookRun()\n run.status = 'FAILED'", []),
    ],
)
def test_a_change_is_seen_with_whose_it_is(source, found):
    assert [(each.attribute, set(each.subjects)) for each in changes_of("x.py", ast.parse(source))] == found
