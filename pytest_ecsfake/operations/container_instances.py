"""Container instances: registering, describing, listing, draining, deregistering, updating the agent.

Rules: API reference of each; Developer Guide, "Draining Amazon ECS container instances". Each text of AWS has its source beside it; texts that
nobody has seen are marked unverified.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

from pytest_ecsfake import pagination
from pytest_ecsfake.engine.instances import agent_update, lookup, loss, transition
from pytest_ecsfake.engine.instances.host import Host, described
from pytest_ecsfake.engine.placement import query_language
from pytest_ecsfake.engine.tags import tags_by_key
from pytest_ecsfake.errors import ClientException, InvalidParameterException
from pytest_ecsfake.operations.registry import operation
from pytest_ecsfake.rendering.container_instance import container_instance as rendered
from pytest_ecsfake.state.cluster import Cluster
from pytest_ecsfake.state.container_instance import ContainerInstance
from pytest_ecsfake.state.region import Region

if TYPE_CHECKING:
    from pytest_ecsfake import api

#: API reference, ListContainerInstances, maxResults.
PAGE_SIZE = 100


@operation(
    "RegisterContainerInstance",
    simplified=(
        "The instance is ACTIVE at once and its agent is simulated: every task that is placed on it runs.",
        "The signature of the identity document isn't checked, and the EC2 instance isn't looked up.",
        "Without totalResources the instance has the resources of the type in its identity document; without a type, those of an m5.large.",
        "An agent that reports no capabilities has all capabilities of the newest agent on Linux.",
        "Instances are never REGISTERING: network interface trunking isn't built.",
    ),
)
def register_container_instance(
    region: Region, request: api.RegisterContainerInstanceRequest
) -> api.RegisterContainerInstanceResponse:
    """Register an instance with a cluster. With the ARN of a registered instance, that instance is updated and its agent is connected.

    Only the ARN identifies an instance: one EC2 instance can be registered as several container instances (amazon-ecs-agent#784).
    """
    cluster = region.clusters.active(request.get("cluster"))
    before = _registered_before(region, cluster, request.get("containerInstanceArn"))
    tags = tags_by_key(request.get("tags", []))
    host = described(request)
    if before is None:
        instance = transition.register(region, cluster, host, tags=tags)
    else:
        instance = before
        _refuse_another_type(instance, host)
        transition.register_again(region, instance, host)
    return {"containerInstance": rendered(region, instance, {"TAGS"})}


@operation(
    "DeregisterContainerInstance",
    simplified=(
        "An INACTIVE instance can be described permanently; ECS doesn't document for how long.",
        "An instance that is already INACTIVE is refused as by RegisterContainerInstance, an assumption.",
        "A forced deregistration makes its tasks STOPPED at once, with a stop code that is an assumption.",
    ),
)
def deregister_container_instance(
    region: Region, request: api.DeregisterContainerInstanceRequest
) -> api.DeregisterContainerInstanceResponse:
    """Deregister an instance. This can't be undone. With `force` the tasks on it become STOPPED."""
    cluster = region.clusters.active(request.get("cluster"))
    instance = lookup.active(region, cluster, request["containerInstance"])
    if loss.has_tasks(region, instance) and not request.get("force", False):
        raise InvalidParameterException("Found running tasks on the instance.")
    loss.deregister(region, instance)
    return {"containerInstance": rendered(region, instance)}


@operation(
    "DescribeContainerInstances",
    simplified=(
        "Instances come in the order of the request, and one that is named twice is shown once, an assumption.",
        "An instance's health is that of its container runtime, OK while the agent is connected, and of its critical daemons.",
    ),
)
def describe_container_instances(
    region: Region, request: api.DescribeContainerInstancesRequest
) -> api.DescribeContainerInstancesResponse:
    """Show container instances, also INACTIVE ones. An unknown instance is a failure.

    They come in the order of the request, and an instance that is named twice is shown once. # unverified
    """
    cluster = region.clusters.active(request.get("cluster"))
    include = request.get("include", ())
    found, failures = _found(region, cluster, request["containerInstances"])
    return {"containerInstances": [rendered(region, instance, include) for instance in found], "failures": failures}


@operation(
    "ListContainerInstances",
    simplified=("Instances come in the order of their registration; ECS documents no order.",),
)
def list_container_instances(
    region: Region, request: api.ListContainerInstancesRequest
) -> api.ListContainerInstancesResponse:
    """List the ARNs of a cluster's container instances in the order of their registration, without INACTIVE ones."""
    cluster = region.clusters.active(request.get("cluster"))
    start = pagination.position(region.partition, "ListContainerInstances", request)
    expression = query_language.parse(request["filter"]) if "filter" in request else None
    fields: dict[str, Any] = {"status": request["status"]} if "status" in request else {"is_listed": True}
    found, following = region.container_instances_in(cluster).page(
        request.get("maxResults", PAGE_SIZE),
        after=start,
        where=None if expression is None else partial(_is_selected, region, expression),
        **fields,
    )
    response: api.ListContainerInstancesResponse = {"containerInstanceArns": [instance.arn for instance in found]}
    if following is not None:
        response["nextToken"] = pagination.token(region.partition, "ListContainerInstances", request, following)
    return response


@operation(
    "UpdateContainerInstancesState",
    simplified=("An unknown instance is a failure; an INACTIVE one makes the whole call fail, an assumption.",),
)
def update_container_instances_state(
    region: Region, request: api.UpdateContainerInstancesStateRequest
) -> api.UpdateContainerInstancesStateResponse:
    """Drain container instances, or make them ACTIVE again. Tasks that don't belong to a service keep running."""
    cluster = region.clusters.active(request.get("cluster"))
    status = request["status"]
    if status not in ("ACTIVE", "DRAINING"):
        raise InvalidParameterException(
            "status should be one of [ACTIVE,DRAINING]"
        )  # the idiom; for this member unverified
    found, failures = _found(region, cluster, request["containerInstances"])
    for instance in found:
        lookup.refuse_inactive(instance)
        lookup.refuse_in_transition(instance)
    for instance in found:
        if instance.status != status:
            transition.transition(region, instance, status)
    return {"containerInstances": [rendered(region, instance) for instance in found], "failures": failures}


@operation(
    "UpdateContainerAgent",
    simplified=(
        "The newest version of the agent is fixed; an update of an older agent takes half a minute.",
        "An update fails if the agent is disconnected at its end, an assumption; the AMI has no effect.",
    ),
)
def update_container_agent(
    region: Region, request: api.UpdateContainerAgentRequest
) -> api.UpdateContainerAgentResponse:
    """Ask an agent to update itself. Its agentUpdateStatus is PENDING at once, and UPDATED at the end."""
    cluster = region.clusters.active(request.get("cluster"))
    instance = lookup.active(region, cluster, request["containerInstance"])
    agent_update.refuse_update(instance)
    agent_update.begin(region, instance)
    return {"containerInstance": rendered(region, instance)}


def _registered_before(region: Region, cluster: Cluster, arn: str | None) -> ContainerInstance | None:
    """The container instance that an agent registers again; None without an ARN.

    Raises:
        ClientException: it is unknown or INACTIVE (texts: amazon-ecs-agent#583 and a public description of agents in containers).
        InvalidParameterException: see `lookup.id_of`.
    """
    if arn is None:
        return None
    instance_id = lookup.id_of(region, cluster, arn)
    instance = region.container_instances_in(cluster).get(instance_id)
    if instance is None:
        raise ClientException(f"Referenced container instance {instance_id} not registered.")
    lookup.refuse_inactive(instance)
    return instance


def _refuse_another_type(instance: ContainerInstance, host: Host) -> None:
    """Refuse to change the instance type under the same ARN (amazon-ecs-agent: InstanceTypeChangedErrorMessage)."""
    if instance.attributes.get("ecs.instance-type") != host.instance_type:
        raise InvalidParameterException("Container instance type changes are not supported.")


def _found(
    region: Region, cluster: Cluster, identifiers: list[str]
) -> tuple[list[ContainerInstance], list[api.Failure]]:
    """The container instances of a request, each once, and a failure for each unknown one."""
    found: list[ContainerInstance] = []
    failures: list[api.Failure] = []
    for instance_id in dict.fromkeys([lookup.id_of(region, cluster, identifier) for identifier in identifiers]):
        instance = region.container_instances_in(cluster).get(instance_id)
        if instance is None:
            arn = region.partition.arn(f"container-instance/{cluster.name}/{instance_id}")
            failures.append({"arn": arn, "reason": "MISSING"})
        else:
            found.append(instance)
    return found, failures


def _is_selected(region: Region, expression: query_language.Expression, instance: ContainerInstance) -> bool:
    """Whether the filter of ListContainerInstances selects an instance."""
    if not expression.depends_on_tasks:
        return query_language.matches(expression, instance)
    return query_language.matches(expression, instance, query_language.running_tasks(region, instance))
