"""Tasks: RunTask, DescribeTasks, ListTasks, StopTask.

Rules: the API reference of each operation. So far tasks run on Fargate; what only other launch types have raises `EcsFakeNotBuiltError`.
"""

from __future__ import annotations

import marshal
from typing import TYPE_CHECKING, Any

from pytest_ecsfake import arns, pagination
from pytest_ecsfake.engine import capacity, launch, lifecycle
from pytest_ecsfake.engine.container_instances import known
from pytest_ecsfake.errors import (
    ClientException,
    ConflictException,
    EcsFakeNotBuiltError,
    InvalidParameterException,
    ServiceNotFoundException,
)
from pytest_ecsfake.operations.registry import operation
from pytest_ecsfake.rendering.task import task_document
from pytest_ecsfake.state.cluster import Cluster
from pytest_ecsfake.state.region import Region
from pytest_ecsfake.state.task import ClientToken
from pytest_ecsfake.state.task_definition import TaskDefinition

if TYPE_CHECKING:
    from pytest_ecsfake import api

#: API reference, ListTasks, maxResults.
TASKS_PER_PAGE = 100

#: API reference, ListTasks: what narrows the list, and the attribute of a task that it is compared with.
FILTERS = (
    ("desiredStatus", "desired_status"),
    ("family", "family"),
    ("launchType", "launch_type"),
    ("startedBy", "started_by"),
)

#: Filters that go alone, and what ECS refuses beside them (aws-sdk-go-v2#1893 for startedBy; boto3#874 and fujiwara/ecsta#119 for
#: serviceName). desiredStatus has a rule of its own, see `_refuse_combinations`.
GO_ALONE = (
    ("startedBy", ("family", "serviceName", "containerInstance", "launchType", "daemonName")),
    ("serviceName", ("family", "containerInstance", "daemonName")),
)


@operation(
    "RunTask",
    simplified=(
        "Tasks run on Fargate only; other launch types and capacity providers raise `EcsFakeNotBuiltError`.",
        "`volumeConfigurations`, `referenceId` and volumes that are configured at launch raise `EcsFakeNotBuiltError`.",
        "Containers do what a test orders (`containers`), or run until they are stopped; images, roles, secrets, subnets and security groups "
        "aren't looked up.",
        "Capacity is there unless `faults.capacity` limits it, and Spot interrupts a task only on order.",
        "How a strategy's rest is rounded is ours: ECS documents none of it.",
        "The availability zone of a subnet is made up, the same for the same subnet.",
        "A client token is remembered for a day, an assumption.",
    ),
)
def run_task(region: Region, request: api.RunTaskRequest) -> api.RunTaskResponse:
    """Start one to ten tasks of a task definition. They are PROVISIONING when the call returns; what follows is time's work.

    A client token that was used before with the same parameters gives the tasks that it started then.
    """
    cluster = region.clusters.resolve(request.get("cluster"))
    token = request.get("clientToken")
    known = None if token is None else cluster.tasks.client_token(token, region.clock.now)
    if known is not None:
        return _tasks_of_token(cluster, known, request)
    definition = _definition_to_run(region, request["taskDefinition"])
    _refuse_unbuilt(request)
    capacities = capacity.choose(
        region, cluster, request.get("launchType"), request.get("capacityProviderStrategy", []), request.get("count", 1)
    )
    launch_type = capacities[0].launch_type
    if launch_type != "FARGATE":
        _refuse_without_instances(cluster)
        raise EcsFakeNotBuiltError(f'RunTask with launchType="{launch_type}" is not built.')
    plan = launch.plan(
        cluster, definition, request, launch_type, on_spot=any(place.provider == "FARGATE_SPOT" for place in capacities)
    )
    tasks = []
    failures: list[api.Failure] = []
    for number, place in enumerate(capacities):
        if capacity.available(region, place.provider or place.launch_type) == 0:
            failures.append({"reason": capacity.UNAVAILABLE})
            continue
        task = launch.task(region, plan, number, provider=place.provider)
        lifecycle.begin(region, task)
        tasks.append(task)
    if token is not None:
        meaning = ClientToken(region.clock.now, _packed(request), tuple(task.arn for task in tasks))
        cluster.tasks.remember(token, meaning)
    return {"tasks": [task_document(task, tags=True) for task in tasks], "failures": failures}


@operation(
    "DescribeTasks",
    simplified=(
        "The order is the request's, and a task that is named twice comes once, an assumption.",
        "A task that stopped is shown for an hour.",
    ),
)
def describe_tasks(region: Region, request: api.DescribeTasksRequest) -> api.DescribeTasksResponse:
    """The tasks that are asked for, each once, in the order of the request; failures for those that aren't there (any more).

    That the order is the request's, and that one named twice comes once, is an assumption. # unverified
    """
    cluster = region.clusters.resolve(request.get("cluster"))
    ids = dict.fromkeys([_task_id(region, cluster, identifier) for identifier in request["tasks"]])
    show_tags = "TAGS" in request.get("include", ())
    tasks: list[api.Task] = []
    failures: list[api.Failure] = []
    for task_id in ids:
        task = cluster.tasks.get(task_id)
        if task is None:
            failures.append({"arn": region.place.arn(f"task/{cluster.name}/{task_id}"), "reason": "MISSING"})
        else:
            tasks.append(task_document(task, tags=show_tags, health=True))
    return {"tasks": tasks, "failures": failures}


@operation(
    "ListTasks",
    simplified=(
        "`daemonName` raises `EcsFakeNotBuiltError`; no service is ever found by `serviceName`.",
        "The order is that of creation; ECS documents none.",
    ),
)
def list_tasks(region: Region, request: api.ListTasksRequest) -> api.ListTasksResponse:
    """A page of the ARNs of a cluster's tasks, in the order of their creation; those that are wanted RUNNING unless STOPPED is asked for."""
    cluster = region.clusters.resolve(request.get("cluster"))
    _refuse_combinations(request)
    if "serviceName" in request:
        # No cluster has services yet.
        raise ServiceNotFoundException("Service not found.")
    if "daemonName" in request:
        raise EcsFakeNotBuiltError("ListTasks with daemonName is not built.")
    start = pagination.position(region.place, "ListTasks", request)
    fields: dict[str, Any] = {"desired_status": "RUNNING"}
    fields |= {attribute: request.get(name) for name, attribute in FILTERS if name in request}
    if "containerInstance" in request:
        # That an unknown one is refused, and how, is unverified.
        instance = known(region, cluster, request["containerInstance"], missing=InvalidParameterException)
        fields["container_instance_arn"] = instance.arn
    tasks, following = cluster.tasks.page(request.get("maxResults", TASKS_PER_PAGE), after=start, **fields)
    response: api.ListTasksResponse = {"taskArns": [task.arn for task in tasks]}
    if following is not None:
        response["nextToken"] = pagination.token(region.place, "ListTasks", request, following)
    return response


@operation(
    "StopTask",
    simplified=(
        "One that is told to stop a second time keeps the first reason, an assumption.",
        "Stopping follows a table of delays (`timings`) and the containers' scripts, not a program in the container.",
    ),
)
def stop_task(region: Region, request: api.StopTaskRequest) -> api.StopTaskResponse:
    """Ask a task to stop. Answers with the task as it is now, wanted STOPPED; what follows is time's work.

    A task that has stopped is returned untouched, with its own stop code and reason. One that is told to stop a second time keeps the
    first reason. # unverified
    """
    cluster = region.clusters.resolve(request.get("cluster"))
    task = cluster.tasks.get(_task_id(region, cluster, request["task"]))
    if task is None:
        raise InvalidParameterException("The referenced task was not found.")
    if task.desired_status == "RUNNING":
        lifecycle.stop(region, task, code="UserInitiated", reason=request.get("reason") or "Task stopped by user")
        task.tags.clear()  # API reference, StopTask: the tags of the task are deleted
    return {"task": task_document(task, tags=True)}


def _refuse_without_instances(cluster: Cluster) -> None:
    if not cluster.container_instances.count(status="ACTIVE"):
        raise InvalidParameterException("No Container Instances were found in your cluster.")


def _definition_to_run(region: Region, identifier: str) -> TaskDefinition:
    definition = region.task_definitions.find(identifier)
    if definition is None:
        raise ClientException("TaskDefinition not found.")
    if definition.status != "ACTIVE":
        raise InvalidParameterException("TaskDefinition is inactive")
    return definition


def _refuse_unbuilt(request: api.RunTaskRequest) -> None:
    for name in ("volumeConfigurations", "referenceId"):
        if request.get(name):
            raise EcsFakeNotBuiltError(f"RunTask with {name} is not built.")


def _tasks_of_token(cluster: Cluster, known: ClientToken, request: api.RunTaskRequest) -> api.RunTaskResponse:
    """What a client token gives that was used before: its tasks as they are now, those that are still known.

    Raises:
        ConflictException: it was used with other parameters (text unverified).
    """
    if marshal.loads(known.request) != dict(request):
        raise ConflictException(
            "The provided clientToken is already in use with a different RunTask request.",  # unverified
            resourceIds=list(known.task_arns),
        )
    tasks = [cluster.tasks.get(arn.rpartition("/")[2]) for arn in known.task_arns]
    return {"tasks": [task_document(task, tags=True) for task in tasks if task is not None], "failures": []}


def _packed(request: api.RunTaskRequest) -> bytes:
    """The parameters of a call, in a form that costs the garbage collector nothing to keep."""
    return marshal.dumps(dict(request))


def _task_id(region: Region, cluster: Cluster, identifier: str) -> str:
    return arns.member_id(identifier, region.place, kind="task", cluster=cluster.name, parameter="taskId")


def _refuse_combinations(request: api.ListTasksRequest) -> None:
    """Refuse filters that ECS doesn't take together.

    The API reference wants startedBy alone, yet widely used clients (Apache Airflow's EcsRunTaskOperator) name the default
    desiredStatus RUNNING beside it; that another desired status is refused is unverified.
    """
    for name, others in GO_ALONE:
        if name in request and any(other in request for other in others):
            raise InvalidParameterException(f"cannot specify {name} with other arguments")
    if "startedBy" in request and request.get("desiredStatus", "RUNNING") != "RUNNING":
        raise InvalidParameterException("cannot specify startedBy with other arguments")
