"""Existing tasks: DescribeTasks, ListTasks, StopTask. Tasks are started in `run_task.py` and `start_task.py`.

Rules: the API reference of each operation.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_ecsfake import pagination
from pytest_ecsfake.engine.instances import lookup as container_instances
from pytest_ecsfake.engine.services import lookup as services
from pytest_ecsfake.engine.tasks import lifecycle
from pytest_ecsfake.engine.tasks.lookup import known_task, task_id_of
from pytest_ecsfake.errors import (
    InvalidParameterException,
)
from pytest_ecsfake.operations.registry import operation
from pytest_ecsfake.rendering.task import task_document
from pytest_ecsfake.state.region import Region

if TYPE_CHECKING:
    from pytest_ecsfake import api

#: API reference, ListTasks, maxResults.
TASKS_PER_PAGE = 100

#: API reference, ListTasks: the filters, and the attribute of a task that each is compared with.
FILTERS = (
    ("desiredStatus", "desired_status"),
    ("family", "family"),
    ("launchType", "launch_type"),
    ("startedBy", "started_by"),
)

#: Filters that can't be combined, and the filters that ECS refuses beside each (aws-sdk-go-v2#1893 for startedBy; boto3#874 and
#: fujiwara/ecsta#119 for serviceName). desiredStatus has a rule of its own, see `_refuse_combinations`.
GO_ALONE = (
    ("startedBy", ("family", "serviceName", "containerInstance", "launchType", "daemonName")),
    ("serviceName", ("family", "containerInstance", "daemonName")),
)

NO_SERVICE = "Service not found."
NO_DAEMON = "Daemon not found."  # unverified, and its code: ListTasks doesn't declare DaemonNotFoundException


@operation(
    "DescribeTasks",
    simplified=(
        "Tasks come in the order of the request, and a task that is named twice is shown once, an assumption.",
        "A STOPPED task is shown for an hour.",
    ),
)
def describe_tasks(region: Region, request: api.DescribeTasksRequest) -> api.DescribeTasksResponse:
    """Show tasks. A task that is unknown, or that ECS has forgotten, is a failure.

    They come in the order of the request, and a task that is named twice is shown once. # unverified
    """
    cluster = region.clusters.active(request.get("cluster"))
    ids = dict.fromkeys([task_id_of(region, cluster, identifier) for identifier in request["tasks"]])
    show_tags = "TAGS" in request.get("include", ())
    tasks: list[api.Task] = []
    failures: list[api.Failure] = []
    for task_id in ids:
        task = region.tasks_in(cluster).get(task_id)
        if task is None:
            failures.append({"arn": region.partition.arn(f"task/{cluster.name}/{task_id}"), "reason": "MISSING"})
        else:
            tasks.append(task_document(task, tags=show_tags, health=True))
    return {"tasks": tasks, "failures": failures}


@operation(
    "ListTasks",
    simplified=("Tasks come in the order of their creation; ECS documents no order.",),
)
def list_tasks(region: Region, request: api.ListTasksRequest) -> api.ListTasksResponse:
    """List the ARNs of a cluster's tasks in the order of their creation. By default tasks with the desired status RUNNING."""
    cluster = region.clusters.active(request.get("cluster"))
    _refuse_combinations(request)
    fields: dict[str, Any] = {"desired_status": "RUNNING"}
    if "serviceName" in request:
        fields["service_name"] = services.known(region, cluster, request["serviceName"], message=NO_SERVICE).name
    if "daemonName" in request:
        if request["daemonName"] not in region.daemons_in(cluster):
            raise InvalidParameterException(NO_DAEMON)
        fields["daemon_name"] = request["daemonName"]
    start = pagination.position(region.partition, "ListTasks", request)
    fields |= {attribute: request.get(name) for name, attribute in FILTERS if name in request}
    if "containerInstance" in request:
        # That an unknown one is refused, and with which error, is unverified.
        instance = container_instances.known(
            region, cluster, request["containerInstance"], missing=InvalidParameterException
        )
        fields["container_instance_arn"] = instance.arn
    tasks, following = region.tasks_in(cluster).page(request.get("maxResults", TASKS_PER_PAGE), after=start, **fields)
    response: api.ListTasksResponse = {"taskArns": [task.arn for task in tasks]}
    if following is not None:
        response["nextToken"] = pagination.token(region.partition, "ListTasks", request, following)
    return response


@operation(
    "StopTask",
    simplified=(
        "A task that is stopped a second time keeps its first reason, an assumption.",
        "How long stopping takes follows from `timings` and the containers' scripts.",
    ),
)
def stop_task(region: Region, request: api.StopTaskRequest) -> api.StopTaskResponse:
    """Ask a task to stop. The answer shows it with the desired status STOPPED; it stops as the clock moves.

    A STOPPED task is shown unchanged, with its own stop code and reason. A task that is stopped a second time keeps its first reason. # unverified
    """
    cluster = region.clusters.active(request.get("cluster"))
    task = known_task(region, cluster, request["task"])
    if task.desired_status == "RUNNING":
        lifecycle.stop(region, task, code="UserInitiated", reason=request.get("reason") or "Task stopped by user")
        task.tags.clear()  # API reference, StopTask: the tags of the task are deleted
    return {"task": task_document(task, tags=True)}


def _refuse_combinations(request: api.ListTasksRequest) -> None:
    """Refuse filters that ECS doesn't accept together.

    By the API reference startedBy must be the only filter. But widely used clients (Apache Airflow's EcsRunTaskOperator) combine it with the default
    desiredStatus RUNNING. That another desired status is refused is unverified.
    """
    for name, others in GO_ALONE:
        if name in request and any(other in request for other in others):
            raise InvalidParameterException(f"cannot specify {name} with other arguments")
    if "startedBy" in request and request.get("desiredStatus", "RUNNING") != "RUNNING":
        raise InvalidParameterException("cannot specify startedBy with other arguments")
