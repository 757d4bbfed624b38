"""StartTask: starts tasks on the container instances that the caller names.

Rules: API reference, StartTask; Developer Guide, "API failure reasons".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_ecsfake.engine.instances import lookup
from pytest_ecsfake.engine.launch import rules
from pytest_ecsfake.engine.launch.plan import LaunchPlan, plan_launch
from pytest_ecsfake.engine.launch.start import start_on
from pytest_ecsfake.engine.launch.template import make_template
from pytest_ecsfake.operations.registry import operation
from pytest_ecsfake.rendering.task import accepted_task_document
from pytest_ecsfake.state.cluster import Cluster
from pytest_ecsfake.state.container_instance import ContainerInstance
from pytest_ecsfake.state.region import Region
from pytest_ecsfake.state.task_definition import TaskDefinition

if TYPE_CHECKING:
    from pytest_ecsfake import api


@operation(
    "StartTask",
    simplified=(
        "A DRAINING instance is a failure with the reason INACTIVE, an assumption.",
        "The task definition's placement constraints apply here too, an assumption.",
        "An instance that is named twice gets two tasks, an assumption.",
        "An Amazon EBS volume is created together with the network interface, and never fails; which of EC2's codes a faulty configuration "
        "has is an assumption.",
        "`referenceId`, which is for ECS's own use, has no effect.",
        "Containers do what a test orders (`containers`), or run until they are stopped; images, roles, secrets, subnets and security groups "
        "aren't looked up.",
    ),
)
def start_task(region: Region, request: api.StartTaskRequest) -> api.StartTaskResponse:
    """Start a task on each of one to ten container instances. An instance that can't run it is a failure."""
    cluster = region.clusters.active(request.get("cluster"))
    ids = [lookup.id_of(region, cluster, identifier) for identifier in request["containerInstances"]]
    definition = rules.definition_to_run(region, request["taskDefinition"])
    named = [
        (given, region.container_instances_in(cluster).get(id_))
        for given, id_ in zip(request["containerInstances"], ids, strict=True)
    ]
    plans = _plans(cluster, definition, request, [instance for _, instance in named if instance is not None])
    tasks: list[api.Task] = []
    failures: list[api.Failure] = []
    for identifier, instance in named:
        if instance is None:
            failures.append({"arn": identifier, "reason": "MISSING"})
        elif instance.status != "ACTIVE":
            failures.append({"arn": identifier, "reason": "INACTIVE"})
        else:
            started = start_on(region, plans[instance.launch_type], instance)
            tasks += [accepted_task_document(task) for task in started.tasks]
            failures += started.failures
    return {"tasks": tasks, "failures": failures}


def _plans(
    cluster: Cluster, definition: TaskDefinition, request: api.StartTaskRequest, instances: list[ContainerInstance]
) -> dict[api.LaunchType, LaunchPlan]:
    """The launch plan for each launch type of the instances. A call whose instances are all unknown is checked by the rules of EC2."""
    launch_types: list[api.LaunchType] = [instance.launch_type for instance in instances] or ["EC2"]
    return {
        launch_type: plan_launch(cluster, make_template(definition, request, launch_type), request)
        for launch_type in dict.fromkeys(launch_types)
    }
