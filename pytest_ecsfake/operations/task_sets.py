"""Task sets: CreateTaskSet, DescribeTaskSets, UpdateTaskSet, DeleteTaskSet, UpdateServicePrimaryTaskSet.

A task set's parameters are checked by the same rules as a service's (`service_rules`); the scheduler starts and stops its tasks.
Rules: API reference of each. Each text of AWS has its source beside it; texts that nobody has seen are marked unverified.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_ecsfake import arns, documents
from pytest_ecsfake.engine.rollouts import revisions
from pytest_ecsfake.engine.services import external_deployments, lookup
from pytest_ecsfake.engine.tags import tags_by_key
from pytest_ecsfake.errors import InvalidParameterException, TaskSetNotFoundException
from pytest_ecsfake.operations import service_rules
from pytest_ecsfake.operations.registry import operation
from pytest_ecsfake.rendering.task_set import task_set as rendered
from pytest_ecsfake.state.region import Region
from pytest_ecsfake.state.service import Service
from pytest_ecsfake.state.task_set import TaskSet

if TYPE_CHECKING:
    from pytest_ecsfake import api

#: The most task sets of a service. The number and the text: aws-samples/ecs-bg-external-controller#6.
MOST_TASK_SETS = 5
TOO_MANY = (
    "{count} deployments exist on the service. Unable to create new TaskSet since this exceeds the maximum limit."
)

EXTERNAL_ONLY = (  # terraform-provider-aws#30347 for CreateTaskSet; for the other operations unverified
    "Amazon ECS only supports task set management on services configured to use external deployment controllers."
)
EMPTY = "TaskSets cannot be empty."  # aws-cli#5380
NOT_AN_IDENTIFIER = "Task Set Identifier is invalid"  # boto3#3895

# Nobody has seen these texts. # unverified
NOT_FOUND = "The specified task set was not found."
NOT_IDEMPOTENT = "Creation of task set was not idempotent."
CLASSIC = "Classic Load Balancers are not supported with task sets."
IS_DRAINING = "The task set is draining."
SCALED_ABOVE_ZERO = "The task set cannot be deleted while it is scaled above 0."
IS_PRIMARY = "The primary task set cannot be deleted."

_ID = re.compile(r"ecs-svc/\d+\Z")


class _Parts(NamedTuple):
    """The parts of a task set's identifier: the id, and for an ARN the cluster and the service."""

    cluster: str | None
    service: str | None
    id: str


@operation(
    "CreateTaskSet",
    simplified=(
        "Elastic Load Balancing, Cloud Map, EC2 and IAM aren't faked, as with CreateService.",
        "DRAINING task sets count towards the maximum of five, an assumption.",
        "A repeated client token is answered with its task set while that exists; with other parameters it is refused, an assumption.",
    ),
)
def create_task_set(region: Region, request: api.CreateTaskSetRequest) -> api.CreateTaskSetResponse:
    """Add a task set to a service with the controller EXTERNAL. It is ACTIVE, even if it is the first one. Without `scale` it has no tasks."""
    cluster = region.clusters.active(request["cluster"])
    service = lookup.active(region, cluster, request["service"])
    _refuse_controller(service)
    repeated = _repeated(service, request)
    if repeated is not None:
        return {"taskSet": rendered(service, repeated, with_tags=bool(repeated.tags))}
    if len(service.task_sets) >= MOST_TASK_SETS:
        raise InvalidParameterException(TOO_MANY.format(count=len(service.task_sets)))
    if any(balancer.get("loadBalancerName") for balancer in request.get("loadBalancers", [])):
        raise InvalidParameterException(
            CLASSIC
        )  # Developer Guide, "Amazon ECS deployment using a third-party controller"
    tags = tags_by_key(request.get("tags", []))
    definition = service_rules.task_definition(region, request["taskDefinition"])
    settings = service_rules.check_launch(region, cluster, definition, {**_of_the_service(service), **request})
    revision = revisions.make(region, cluster, service.name, settings=settings, parameters=request)

    on_fargate = settings.template.launch_type == "FARGATE"
    platform_version = request.get("platformVersion", "LATEST") if on_fargate else None
    task_set = external_deployments.new(
        region,
        service,
        revision,
        external_deployments.scale_of(request.get("scale", {})),
        platform_version=platform_version,
        tags=tags,
    )
    task_set.external_id = request.get("externalId")
    task_set.client_token, task_set.request = request.get("clientToken"), _packed(request)
    external_deployments.add(region, service, task_set)
    return {"taskSet": rendered(service, task_set, with_tags=bool(tags))}


@operation(
    "DescribeTaskSets",
    simplified=(
        "An unknown task set is a failure with the reason MISSING, an assumption.",
        "A task set that is named twice is shown once, an assumption.",
    ),
)
def describe_task_sets(region: Region, request: api.DescribeTaskSetsRequest) -> api.DescribeTaskSetsResponse:
    """Show task sets of a service. The names are required, although the API reference says that all are shown without names.

    A service under the controller ECS is refused (Developer Guide, "Updating Amazon ECS service parameters").
    """
    cluster = region.clusters.active(request["cluster"])
    service = lookup.active(region, cluster, request["service"])
    if service.controller == "ECS":
        raise InvalidParameterException(EXTERNAL_ONLY)
    if not request.get("taskSets"):
        raise InvalidParameterException(EMPTY)
    with_tags = "TAGS" in request.get("include", ())
    found: dict[str, TaskSet | None] = {}
    for identifier in request["taskSets"]:
        parts = _parts(region, identifier)
        task_set = _find(service, parts)
        arn = identifier if arns.is_arn(identifier) else _arn(region, service, parts.id)
        found[arn] = task_set
    return {
        "taskSets": [rendered(service, item, with_tags=with_tags) for item in found.values() if item is not None],
        "failures": [{"arn": arn, "reason": "MISSING"} for arn, item in found.items() if item is None],
    }


@operation("UpdateTaskSet", simplified=("A DRAINING task set is refused, an assumption.",))
def update_task_set(region: Region, request: api.UpdateTaskSetRequest) -> api.UpdateTaskSetResponse:
    """Change the scale of a task set. `computedDesiredCount` and the tasks follow after the scheduler's delay."""
    service, task_set = _known(region, request["cluster"], request["service"], request["taskSet"])
    _refuse_draining(task_set)
    external_deployments.rescale(region, service, task_set, external_deployments.scale_of(request["scale"]))
    return {"taskSet": rendered(service, task_set)}


@operation(
    "DeleteTaskSet",
    simplified=(
        "A task set that is already DRAINING is shown unchanged, an assumption.",
        "A deleted task set isn't found any more, an assumption.",
    ),
)
def delete_task_set(region: Region, request: api.DeleteTaskSetRequest) -> api.DeleteTaskSetResponse:
    """Delete a task set. It is DRAINING, and disappears once its last task is STOPPING.

    The primary task set, and one that isn't scaled to 0, can only be deleted with `force`.
    """
    service, task_set = _known(region, request["cluster"], request["service"], request["taskSet"])
    if task_set.status != "DRAINING":
        if not request.get("force"):
            _refuse_deletion(task_set)
        external_deployments.delete(region, service, task_set)
    return {"taskSet": rendered(service, task_set)}


@operation(
    "UpdateServicePrimaryTaskSet",
    simplified=(
        "The former primary task set becomes ACTIVE, an assumption.",
        "A DRAINING task set is refused, an assumption.",
    ),
)
def update_service_primary_task_set(
    region: Region, request: api.UpdateServicePrimaryTaskSetRequest
) -> api.UpdateServicePrimaryTaskSetResponse:
    """Make a task set the primary one: the service shows its task definition, launch type, network, load balancers and registries."""
    service, task_set = _known(region, request["cluster"], request["service"], request["primaryTaskSet"])
    _refuse_draining(task_set)
    external_deployments.make_primary(region, service, task_set)
    return {"taskSet": rendered(service, task_set)}


# --- which task set ---------------------------------------------------------------------------------------------------------------------


def _known(region: Region, cluster: str, service: str, identifier: str) -> tuple[Service, TaskSet]:
    """A task set that an operation changes, and its service.

    Raises:
        TaskSetNotFoundException: it is unknown.
        InvalidParameterException: the service's controller isn't EXTERNAL, or the identifier isn't valid.
        ClusterNotFoundException, ServiceNotFoundException, ServiceNotActiveException: as their names say.
    """
    owner = lookup.active(region, region.clusters.active(cluster), service)
    _refuse_controller(owner)
    task_set = _find(owner, _parts(region, identifier))
    if task_set is None:
        raise TaskSetNotFoundException(NOT_FOUND)
    return owner, task_set


def _parts(region: Region, identifier: str) -> _Parts:
    """The parts of an id or an ARN.

    Raises:
        InvalidParameterException, ClientException: it is neither, or an ARN of another region, account or resource type.
    """
    if not arns.is_arn(identifier):
        parts = _Parts(None, None, identifier)
    else:
        cluster, service, *rest = [*arns.resource_of(identifier, region.partition, "task-set"), "", ""]
        parts = _Parts(cluster, service, "/".join(rest).rstrip("/"))
    if not _ID.match(parts.id):
        raise InvalidParameterException(NOT_AN_IDENTIFIER)
    return parts


def _find(service: Service, parts: _Parts) -> TaskSet | None:
    if (parts.cluster or service.cluster.name, parts.service or service.name) != (service.cluster.name, service.name):
        return None
    return lookup.find_task_set(service, parts.id)


def _arn(region: Region, service: Service, task_set_id: str) -> str:
    return region.partition.arn(f"task-set/{service.cluster.name}/{service.name}/{task_set_id}")


def _repeated(service: Service, request: api.CreateTaskSetRequest) -> TaskSet | None:
    """The task set that an earlier, equal call has created; None if the client token is new.

    Raises:
        InvalidParameterException: the client token was used with other parameters.
    """
    token = request.get("clientToken")
    if token is None:
        return None
    existing = next((task_set for task_set in service.task_sets if task_set.client_token == token), None)
    if existing is not None and documents.unpack(existing.request) != documents.unpack(_packed(request)):
        raise InvalidParameterException(NOT_IDEMPOTENT)
    return existing


def _packed(request: api.CreateTaskSetRequest) -> bytes:
    """The parameters that must be equal in a repeated call, packed: all but the tags."""
    return documents.pack({name: value for name, value in request.items() if name != "tags"})


# --- what is refused --------------------------------------------------------------------------------------------------------------------


def _of_the_service(service: Service) -> dict[str, Any]:
    """The parameters that a task set inherits from its service. Its task definition must be compatible with them too."""
    return {
        "placementConstraints": service.placement_constraints,
        "placementStrategy": service.placement_strategy,
        "enableExecuteCommand": service.enable_execute_command,
    }


def _refuse_controller(service: Service) -> None:
    if service.controller != "EXTERNAL":
        raise InvalidParameterException(EXTERNAL_ONLY)


def _refuse_draining(task_set: TaskSet) -> None:
    if task_set.status == "DRAINING":
        raise InvalidParameterException(IS_DRAINING)


def _refuse_deletion(task_set: TaskSet) -> None:
    """Refuse to delete without `force` a primary task set, or one that isn't scaled to 0.

    Rules: API reference, DeleteTaskSet, force; terraform-provider-aws#30839 for the primary one.
    """
    if task_set.status == "PRIMARY":
        raise InvalidParameterException(IS_PRIMARY)
    if task_set.scale.get("value"):
        raise InvalidParameterException(SCALED_ABOVE_ZERO)
