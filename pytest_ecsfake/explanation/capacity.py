"""Why a task finds no room: the reason of each container instance as the engine gives it, and what the nearest one lacks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_ecsfake.engine.capacity.strategy import Capacity, limit_of, tasks_left
from pytest_ecsfake.engine.launch import candidates, subnets
from pytest_ecsfake.engine.launch.plan import LaunchPlan
from pytest_ecsfake.engine.placement import placement, reservation
from pytest_ecsfake.engine.strategies import starting
from pytest_ecsfake.explanation.situation import Situation
from pytest_ecsfake.explanation.wording import are, counted, listed, parenthesis, short
from pytest_ecsfake.state.container_instance import ContainerInstance, RequiredResources
from pytest_ecsfake.state.task import Task

if TYPE_CHECKING:
    from pytest_ecsfake import api
    from pytest_ecsfake.state.cluster import Cluster
    from pytest_ecsfake.state.deployment import Deployment
    from pytest_ecsfake.state.service import Service
    from pytest_ecsfake.state.task_set import TaskSet
    from pytest_ecsfake.state.waiting import PlacementRequest, Waiting


# --- the questions ----------------------------------------------------------------------------------------------------------------------


def why_none_starts(situation: Situation, service: Service, owner: Deployment | TaskSet) -> str | None:
    """Why the next task of a deployment or a task set finds no capacity; None where it does."""
    plan, [where] = starting.plan_of(situation.region, service, owner, 1)
    return why_no_room(situation, service.cluster, where, plan, plan.subnets, starting.placement_request(service))


def why_it_waits(situation: Situation, waiting: Waiting) -> str:
    """Why a task waits for a capacity provider, and what comes for it."""
    task, request, task_subnets = waiting
    where = Capacity(task.launch_type, task.capacity_provider_name)
    words = why_no_room(situation, task.cluster, where, task, task_subnets, request)
    what = words or "there is room for it, which is found at the end of this instant"
    launches = situation.region.managed_instances_in(task.cluster).launches
    launch = next((each for each in launches if task.id in each.task_ids), None)
    if launch is not None:
        due = situation.due(launch, "_register")
        registers = "" if due is None else f", which registers at {situation.at(due)}"
        return f"{what}; {launch.provider_name} launches {launch.instance_types[0]} for it{registers}"
    provider = situation.region.capacity_providers.get(task.capacity_provider_name or "")
    if provider is None or provider.kind != "MANAGED_INSTANCES":
        return f"{what}; the fake starts no instances for an Auto Scaling group"
    if provider.status != "ACTIVE":
        return f"{what}; {provider.name} is {provider.status}"
    why = situation.reason_of(task.arn, "capacity")
    return what if why is None else f"{what}; {why}"


def why_no_room(  # noqa: PLR0917 (all of them are the question)
    situation: Situation,
    cluster: Cluster,
    where: Capacity,
    what: LaunchPlan | Task,
    task_subnets: Sequence[str],
    request: PlacementRequest,
) -> str | None:
    """Why one more task finds no room now; None where there is some.

    Args:
        situation: the region.
        cluster: where the task is to run.
        where: the launch type or the capacity provider.
        what: the plan of the task, or the task.
        task_subnets: the subnets of its interface; empty for one in its instance's network.
        request: the constraints and strategies besides those of the definition.
    """
    region = situation.region
    limit = limit_of(region, where)
    if limit is not None and not tasks_left(region, limit):
        return f"{limit.provider} has capacity for {counted(limit.available or 0, 'task')}{parenthesis(limit)}"
    if where.launch_type == "FARGATE":
        return None
    instances = candidates.instances_of(region, cluster, where)
    if not instances:
        return _no_instances(situation, cluster, where)
    found = candidates.placement_on(region, instances, what, task_subnets, request)
    reasons = {failure.get("arn", ""): failure.get("reason", "") for failure in found.failures()}
    if any(instance.arn not in reasons for instance in instances):
        return None
    document = what.definition.document
    constraints: placement.Constraints = [*document.get("placementConstraints", []), *request.constraints]
    question = _Question(situation, cluster, document, what.overrides, task_subnets, constraints)
    return question.answer(instances, reasons)


def _no_instances(situation: Situation, cluster: Cluster, where: Capacity) -> str:
    others = Counter(
        instance.status
        for instance in situation.region.container_instances_in(cluster)
        if instance.status != "INACTIVE"
        and (instance.capacity_provider_name if where.provider else instance.launch_type)
        == (where.provider or where.launch_type)
    )
    provider_state = situation.region.capacity_providers.get(where.provider or "")
    if not others and provider_state is not None and provider_state.kind == "MANAGED_INSTANCES":
        return f"{cluster.name} has no container instance of {where.provider}"
    if not others:
        provider = f', capacity_provider="{where.provider}"' if where.provider else ""
        remedy = f'ecs_fake.container_instances.add("{cluster.name}"{provider}) gives it one'
        return f"{cluster.name} has no container instance of {where.provider or where.launch_type}; {remedy}"
    there = f" ({listed(f'{number} {are(number)} {status}' for status, number in others.items())})"
    return f"{cluster.name} has no ACTIVE container instance of {where.provider or where.launch_type}{there}"


def lack_now(situation: Situation, params: Mapping[str, Any], arns: Sequence[str], reason: str) -> str | None:
    """What the nearest of the container instances lacks now that a call of RunTask or StartTask has found no room on.

    Args:
        situation: the region.
        params: the call's parameters.
        arns: the container instances.
        reason: why they couldn't take a task then; None is answered where that has changed.
    """
    region = situation.region
    cluster = region.clusters.get(region.clusters.name_of(params.get("cluster")))
    definition = region.task_definitions.find(params.get("taskDefinition", ""))
    if cluster is None or definition is None:
        return None
    there = region.container_instances_in(cluster)
    instances = [found for arn in arns if (found := there.get(arn.rpartition("/")[2])) is not None]
    constraints = [*definition.document.get("placementConstraints", []), *params.get("placementConstraints", [])]
    network = params.get("networkConfiguration", {}).get("awsvpcConfiguration", {})
    question = _Question(
        situation, cluster, definition.document, params.get("overrides", {}), network.get("subnets", ()), constraints
    )
    now = placement.Placement(
        region,
        instances,
        question.needed,
        group=params.get("group") or f"family:{definition.family}",
        required_attributes=definition.document.get("requiresAttributes", []),
        constraints=constraints,
        zones=subnets.zones(region, cluster, question.task_subnets),
    )
    still = {failure.get("arn") for failure in now.failures() if failure.get("reason") == reason}
    instances = [instance for instance in instances if instance.arn in still]
    if not instances:
        return None
    nearest = min(instances, key=lambda instance: question.distance(instance, reason))
    which = short(nearest.arn) if len(arns) > 1 else "it"
    return f"{which} {LACKS.get(reason, _as_it_is)(question, nearest)}"


# --- what the nearest instance lacks ----------------------------------------------------------------------------------------------------


class _Question(NamedTuple):
    """A task that wants a place: its definition with the overrides, and what it asks of an instance."""

    situation: Situation
    cluster: Cluster
    document: api.TaskDefinition
    overrides: api.TaskOverride
    task_subnets: Sequence[str]
    constraints: placement.Constraints

    @property
    def needed(self) -> RequiredResources:
        return reservation.required_resources(self.document, self.overrides)

    def answer(self, instances: Sequence[ContainerInstance], reasons: Mapping[str, str]) -> str:
        nearest = min(instances, key=lambda instance: self.distance(instance, reasons[instance.arn]))
        reason = reasons[nearest.arn]
        lack = LACKS.get(reason, _as_it_is)(self, nearest)
        if len(instances) == 1:
            return f"the only container instance, {short(nearest.arn)}, {lack} ({reason.removesuffix('.')})"
        counts = Counter(reasons.values()).most_common()
        together = ", ".join(f"{reason.removesuffix('.')} on {number:,}" for reason, number in counts)
        return f"none of {len(instances):,} container instances has room ({together}); the nearest, {short(nearest.arn)}, {lack}"

    def distance(self, instance: ContainerInstance, reason: str) -> tuple[bool, float]:
        """How far an instance is from taking the task: one that lacks a part of a resource is nearer than one that is unsuited."""
        if reason not in _AMOUNTS:
            return True, 0.0
        needed, left, _ = _AMOUNTS[reason](self.needed, instance)
        return False, (needed - left) / needed


_Amounts = tuple[int, int, int]

#: By the reason: what a task needs of a resource, what an instance has left of it, and what it has altogether.
_AMOUNTS: Mapping[str, Callable[[RequiredResources, ContainerInstance], _Amounts]] = {
    "RESOURCE:CPU": lambda needed, instance: (needed.cpu, instance.remaining_cpu, instance.cpu),
    "RESOURCE:MEMORY": lambda needed, instance: (needed.memory, instance.remaining_memory, instance.memory),
    "RESOURCE:GPU": lambda needed, instance: (needed.gpus, len(instance.free_gpus), len(instance.gpus)),
    "RESOURCE:ENI": lambda needed, instance: (
        needed.network_interfaces,
        instance.network_interfaces - instance.used_network_interfaces,
        instance.network_interfaces,
    ),
}


def _amount(reason: str, unit: str) -> Callable[[_Question, ContainerInstance], str]:
    def words(question: _Question, instance: ContainerInstance) -> str:
        needed, left, total = _AMOUNTS[reason](question.needed, instance)
        return f"has {left:,} of {total:,} {unit} left, and the task needs {needed:,}"

    return words


def _ports(question: _Question, instance: ContainerInstance) -> str:
    needed = question.needed
    taken = {*instance.reserved_ports, *instance.used_ports}
    taken_udp = {*instance.reserved_ports_udp, *instance.used_ports_udp}
    ports = [*(str(port) for port in needed.ports if port in taken)]
    ports += [f"{port}/udp" for port in needed.ports_udp if port in taken_udp]
    return f"has host port {listed(ports)} taken" if ports else "has 100 ports taken"


def _attributes(question: _Question, instance: ContainerInstance) -> str:
    missing = [
        each["name"] if each.get("value") is None else f"{each['name']}={each['value']}"
        for each in question.document.get("requiresAttributes", [])
        if not placement.has_attribute(instance, each)
    ]
    return f"lacks the attribute {listed(missing)}"


def _location(question: _Question, instance: ContainerInstance) -> str:
    zones = subnets.zones(question.situation.region, question.cluster, question.task_subnets)
    return f"is in {instance.availability_zone}, and the task's subnets are in {listed(sorted(zones or ()))}"


def _member_of(question: _Question, instance: ContainerInstance) -> str:
    expressions = [each.get("expression", "") for each in question.constraints if each["type"] == "memberOf"]
    return f"doesn't meet {listed(expressions)}"


def _as_it_is(question: _Question, instance: ContainerInstance) -> str:
    return "says ECS"


#: Developer Guide, "API failure reasons": by the reason, what an instance is said to lack.
LACKS: Mapping[str, Callable[[_Question, ContainerInstance], str]] = {
    "RESOURCE:CPU": _amount("RESOURCE:CPU", "CPU units"),
    "RESOURCE:MEMORY": _amount("RESOURCE:MEMORY", "MiB of memory"),
    "RESOURCE:GPU": _amount("RESOURCE:GPU", "GPUs"),
    "RESOURCE:ENI": _amount("RESOURCE:ENI", "network interfaces"),
    "RESOURCE:PORTS": _ports,
    placement.AGENT: lambda question, instance: "has a disconnected agent",
    placement.ATTRIBUTE: _attributes,
    placement.LOCATION: _location,
    placement.MEMBER_OF: _member_of,
    placement.DISTINCT_INSTANCE: lambda question, instance: "runs a task of the group already",
}
