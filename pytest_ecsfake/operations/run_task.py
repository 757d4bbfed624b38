"""RunTask: starts tasks that ECS places.

`engine/launch/template.py` makes the template of the tasks and refuses invalid requests; `engine/launch/start.py` starts the tasks.
Rules: API reference, RunTask.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_ecsfake import documents
from pytest_ecsfake.engine.capacity import strategy
from pytest_ecsfake.engine.launch import rules
from pytest_ecsfake.engine.launch.plan import plan_launch
from pytest_ecsfake.engine.launch.start import launch_tasks
from pytest_ecsfake.engine.launch.template import make_template
from pytest_ecsfake.engine.placement import placement
from pytest_ecsfake.errors import ConflictException
from pytest_ecsfake.operations.registry import operation
from pytest_ecsfake.rendering.task import accepted_task_document, task_document
from pytest_ecsfake.state.cluster import Cluster
from pytest_ecsfake.state.region import Region
from pytest_ecsfake.state.task import ClientToken
from pytest_ecsfake.state.waiting import PlacementRequest

if TYPE_CHECKING:
    from pytest_ecsfake import api


@operation(
    "RunTask",
    simplified=(
        "A task for which a provider of Managed Instances may launch no type of the table waits forever; the time line says so.",
        "An Amazon EBS volume is created together with the network interface, and never fails; which of EC2's codes a faulty configuration "
        "has is an assumption.",
        "`referenceId`, which is for ECS's own use, has no effect.",
        "Containers do what a test orders (`containers`), or run until they are stopped; images, roles, secrets, subnets and security groups "
        "aren't looked up.",
        "Fargate has capacity unless `faults.capacity` limits it, and Spot interrupts a task only if a test orders it.",
        "The rounding in a capacity provider strategy is an assumption: ECS documents none.",
        "On Fargate a subnet's availability zone is made up, and always the same for the same subnet. On container instances a subnet is in the "
        "zone of its instances; one without instances may be in any zone.",
        "A container instance without room is named once in `failures`, an assumption.",
        "A task may wait for capacity forever: Auto Scaling groups don't scale by themselves.",
        "A client token is remembered for a day, an assumption.",
    ),
)
def run_task(region: Region, request: api.RunTaskRequest) -> api.RunTaskResponse:
    """Start one to ten tasks of a task definition. They are PROVISIONING or PENDING when the call returns, and go on as the clock moves.

    If a client token was used before with the same parameters, the answer shows the tasks of that call.
    """
    cluster = region.clusters.active(request.get("cluster"))
    token = request.get("clientToken")
    known = None if token is None else region.tasks_in(cluster).client_tokens.find(token, region.clock.now)
    if known is not None:
        return _tasks_of_token(region, cluster, known, request)
    definition = rules.definition_to_run(region, request["taskDefinition"])
    capacities = strategy.choose(
        region, cluster, request.get("launchType"), request.get("capacityProviderStrategy", []), request.get("count", 1)
    )
    rules.refuse_without_instances(region, cluster, capacities)
    on_spot = any(capacity.provider == "FARGATE_SPOT" for capacity in capacities)
    template = make_template(definition, request, capacities[0].launch_type, on_spot=on_spot)
    plan = plan_launch(cluster, template, request)
    asked = PlacementRequest(request.get("placementConstraints", []), request.get("placementStrategy", []))
    of_definition = definition.document.get("placementConstraints", [])
    placement.refuse_malformed(asked.constraints, asked.strategies, of_definition)
    rules.refuse_too_many_waiting(region, cluster, capacities)
    tasks, failures = launch_tasks(region, plan, capacities, asked)
    if token is not None:
        meaning = ClientToken(region.clock.now, documents.pack(dict(request)), tuple(task.arn for task in tasks))
        region.tasks_in(cluster).client_tokens.remember(token, meaning)
    return {"tasks": [accepted_task_document(task) for task in tasks], "failures": failures}


def _tasks_of_token(
    region: Region, cluster: Cluster, known: ClientToken, request: api.RunTaskRequest
) -> api.RunTaskResponse:
    """The answer to a client token that was used before: the current state of its tasks, without those that ECS has forgotten.

    Raises:
        ConflictException: it was used with other parameters (text unverified).
    """
    if documents.unpack(known.request) != dict(request):
        raise ConflictException(
            "The provided clientToken is already in use with a different RunTask request.",  # unverified
            resourceIds=list(known.task_arns),
        )
    tasks = [region.tasks_in(cluster).get(arn.rpartition("/")[2]) for arn in known.task_arns]
    return {"tasks": [task_document(task, tags=True) for task in tasks if task is not None], "failures": []}
