"""The assertion about the tasks that RunTask and StartTask ran: a task is its task definition with the overrides merged over it.

Rules: API reference, ContainerOverride: `command` replaces the definition's, `environment` adds variables and replaces those with the same
name. The rest is read from the tasks in ECS's answers, where defaults and capacity providers are resolved already.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pytest_ecsfake.arns import is_arn
from pytest_ecsfake.errors import EcsFakeUsageError
from pytest_ecsfake.recording.matching import Matcher, Whole
from pytest_ecsfake.recording.reports import RanTask, explain_ran_task

if TYPE_CHECKING:
    from pytest_ecsfake import api
    from pytest_ecsfake.recording.call import Call

#: The operations that start tasks.
STARTING = ("RunTask", "StartTask")

#: Arguments of the assertion, and the member of a task that each is compared with.
_OF_A_TASK = {
    "cpu": "cpu",
    "memory": "memory",
    "launch_type": "launchType",
    "started_by": "startedBy",
    "group": "group",
}

DefinitionOf = Callable[[str], "api.TaskDefinition | None"]
"""Looks a task definition up by its ARN."""


def assert_ran_task(
    calls: Sequence[Call],
    definition_of: DefinitionOf,
    *,
    family: str | Matcher | None = None,
    container: str | Matcher | None = None,
    environment: Mapping[str, str | Matcher | None] | Matcher | None = None,
    command: Sequence[str | Matcher] | Matcher | None = None,
    cpu: int | str | Matcher | None = None,
    memory: int | str | Matcher | None = None,
    cluster: str | Matcher | None = None,
    launch_type: api.LaunchType | Matcher | None = None,
    started_by: str | Matcher | None = None,
    group: str | Matcher | None = None,
    count: int | None = None,
) -> None:
    """Assert that RunTask or StartTask ran a task like this. Its overrides are merged over its task definition.

    Only tasks that ECS accepted count: a refused call ran nothing, nor did one that something else answered.
    Arguments that aren't given aren't compared. Wherever a value stands, a compiled pattern or a predicate may stand too; of `cpu` and `memory` it
    gets ECS's text, such as "256".

    Args:
        calls: the recorded calls.
        definition_of: looks a task definition up by its ARN.
        family: the family of the task definition.
        container: the name of the container that `environment` and `command` are about. Without it any one container may match both.
        environment: some of a container's variables, by name; None for a variable that isn't set.
        command: the whole command of a container.
        cpu: the task's CPU units.
        memory: the task's memory in MiB.
        cluster: the cluster's name or ARN.
        launch_type: the launch type, such as `FARGATE`.
        started_by: the call's `startedBy`.
        group: the task group; `family:NAME` if the call gave none.
        count: how many such tasks were run, over all calls; without it, one or more.

    Raises:
        AssertionError: no such task was run, or another number of them.
        EcsFakeUsageError: `count` isn't 1 or more.
    """
    __tracebackhide__ = True
    if count is not None and (type(count) is not int or count < 1):
        raise EcsFakeUsageError(
            f"assert_ran_task() takes count=1 or more, not {count!r}. "
            'To assert that no task was run, write calls.assert_not_called("RunTask").'
        )
    asked = {
        "family": family,
        "cluster": cluster,
        "launch_type": launch_type,
        "cpu": str(cpu) if isinstance(cpu, int) else cpu,
        "memory": str(memory) if isinstance(memory, int) else memory,
        "group": group,
        "started_by": started_by,
        "container": container,
        "environment": environment,
        "command": None if command is None else Whole(list(command) if isinstance(command, tuple) else command),
    }
    given = {name: value for name, value in asked.items() if value is not None}
    calls = list(calls)
    starting = [call for call in calls if call.operation in STARTING]
    tasks = list(_ran_tasks(starting, definition_of, cluster_as_arn=isinstance(cluster, str) and is_arn(cluster)))
    found = sum(task.matches(given) for task in tasks)
    if (count is None and not found) or (count is not None and found != count):
        raise AssertionError(explain_ran_task(calls, starting, tasks, given, count))


def _ran_tasks(starting: Sequence[Call], definition_of: DefinitionOf, *, cluster_as_arn: bool) -> Iterator[RanTask]:
    seen = set()
    for call in starting:
        if call.answered_by is not None:
            continue
        for task in (call.response or {}).get("tasks", ()):
            # A repeated clientToken is answered with the tasks of the first call (API reference, RunTask, clientToken).
            if task["taskArn"] not in seen:
                seen.add(task["taskArn"])
                yield RanTask(call, tuple(_described(task, definition_of, cluster_as_arn)))


def _described(
    task: Mapping[str, Any], definition_of: DefinitionOf, cluster_as_arn: bool
) -> Iterator[dict[str, object]]:
    """A task by the arguments of `assert_ran_task`, once for each of its containers."""
    cluster = task["clusterArn"]
    of_the_task = {
        "family": task["taskDefinitionArn"].rpartition("/")[2].rpartition(":")[0],
        "cluster": cluster if cluster_as_arn else cluster.rpartition("/")[2],
        **{name: task[member] for name, member in _OF_A_TASK.items() if member in task},
    }
    overrides = {override["name"]: override for override in task.get("overrides", {}).get("containerOverrides", ())}
    definition = definition_of(task["taskDefinitionArn"])
    if definition is None:
        yield of_the_task
        return
    for container in definition.get("containerDefinitions", ()):
        override = overrides.get(container["name"], {})
        command = override.get("command", container.get("command"))
        yield {
            **of_the_task,
            "container": container["name"],
            "environment": _environment(container) | _environment(override),
            **({} if command is None else {"command": command}),
        }


def _environment(container: Mapping[str, Any]) -> dict[str, str]:
    return {variable["name"]: variable["value"] for variable in container.get("environment", ())}
