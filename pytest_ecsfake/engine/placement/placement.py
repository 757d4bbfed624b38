"""Task placement: which container instance a task is placed on, why there is none, and which tasks a service stops when it scales in.

A `Placement` places the tasks of one call, one after the other; `choose_to_stop` is its counterpart for scaling in.

Rules: Developer Guide, "How Amazon ECS places tasks on container instances", "Use strategies to define Amazon ECS task placement", "Define
which container instances Amazon ECS uses for tasks", "API failure reasons"; API reference, PlacementConstraint, PlacementStrategy,
UpdateService (how the service scheduler balances zones).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple, TypeVar

from pytest_ecsfake.engine.placement import query_language, reservation
from pytest_ecsfake.errors import InvalidParameterException
from pytest_ecsfake.state.container_instance import ContainerInstance, RequiredResources
from pytest_ecsfake.state.ids import Ids
from pytest_ecsfake.state.region import Region

if TYPE_CHECKING:
    from pytest_ecsfake import api
    from pytest_ecsfake.state.task import Task

T = TypeVar("T")
#: Where a task runs: the ARN of its container instance, and its zone.
_HostAndZone = tuple["str | None", "str | None"]
Constraints = Sequence["api.PlacementConstraint | api.TaskDefinitionPlacementConstraint"]
Strategies = Sequence["api.PlacementStrategy"]

#: The field of availability zones, for spread, and in expressions.
ZONE = "attribute:ecs.availability-zone"

#: API reference, RunTask, placementConstraints: those of the task definition count as well.
MAX_CONSTRAINTS = 10

#: The strategies of a request without any. RunTask: Developer Guide, "Strategies"; that its own choice is random is unverified.
RUN_TASK_DEFAULT: Strategies = ({"type": "random"},)
#: API reference, CreateService, placementStrategy, and UpdateService: zones first, then instances.
SERVICE_DEFAULT: Strategies = (
    {"type": "spread", "field": ZONE},
    {"type": "spread", "field": "instanceId"},
)

#: PlacementStrategy, field: how ECS shows a strategy's field (terraform-provider-aws, aws_ecs_service, ordered_placement_strategy).
SHOWN_FIELDS = {"host": "instanceId", "cpu": "CPU", "memory": "MEMORY"}


class _Resource(NamedTuple):
    """A resource that binpack compares instances by: what an instance has left of it, and what a task takes."""

    left: Callable[[ContainerInstance], int]
    taken: Callable[[RequiredResources], int]


#: PlacementStrategy, field, for binpack.
_RESOURCES = {
    "CPU": _Resource(attrgetter("remaining_cpu"), attrgetter("cpu")),
    "MEMORY": _Resource(attrgetter("remaining_memory"), attrgetter("memory")),
}

#: Developer Guide, "API failure reasons".
AGENT = "AGENT"
ATTRIBUTE = "ATTRIBUTE"
LOCATION = "LOCATION"
MEMBER_OF = "MemberOf placement constraint unsatisfied."
DISTINCT_INSTANCE = "DistinctInstance placement constraint unsatisfied."


class Placement:
    """The placement of tasks that are alike, those of one call or of one step of the service scheduler, all at one instant.

    The caller reserves what a placed task needs (`reservation.take`) before it places the next one. The tasks placed so far count for
    constraints and strategies, whether or not the caller has added them to the cluster.
    """

    def __init__(
        self,
        region: Region,
        candidates: Sequence[ContainerInstance],
        needed: RequiredResources,
        *,
        group: str,
        required_attributes: Iterable[api.Attribute] = (),
        constraints: Constraints = (),
        strategies: Strategies = RUN_TASK_DEFAULT,
        zones: Collection[str] | None = None,
    ) -> None:
        """Work out what doesn't change while the tasks are placed.

        Args:
            region: where they are; its ids are the source of random choices.
            candidates: the ACTIVE container instances of a cluster that the tasks may run on, in the order of registration; among equals
                the first is chosen.
            needed: what each task needs.
            group: the tasks' group; spread and distinctInstance count the tasks of this group.
            required_attributes: the task definition's `requiresAttributes`.
            constraints: those of the task definition and of the request.
            strategies: those of the request, in their order, or one of the defaults.
            zones: the availability zones of the subnets of network mode awsvpc; None for any zone.

        Raises:
            InvalidParameterException: an expression isn't valid.
        """
        self._candidates = candidates
        self._needed = needed
        self._group = group
        self._strategies = shown_strategies(strategies)
        self._ids = region.ids
        expressions = [
            query_language.parse(each.get("expression", "")) for each in constraints if each["type"] == "memberOf"
        ]
        self._changing = [expression for expression in expressions if expression.depends_on_tasks]
        self._is_distinct = any(each["type"] == "distinctInstance" for each in constraints)
        lasting = [expression for expression in expressions if not expression.depends_on_tasks]
        required = list(required_attributes)
        self._unsuited = {
            instance.arn: reason
            for instance in candidates
            if (reason := _unsuited(instance, required, zones, lasting)) is not None
        }
        self._suited = [instance for instance in candidates if instance.arn not in self._unsuited]
        self._running = {
            instance.arn: query_language.running_tasks(region, instance) for instance in self._suited if self._changing
        }
        spread = {strategy["field"] for strategy in self._strategies if strategy["type"] == "spread"}
        self._spread = _spread_of_group(
            region, candidates, group, spread | ({"instanceId"} if self._is_distinct else set())
        )

    @property
    def suited(self) -> list[ContainerInstance]:
        """The candidates that the tasks may run on if there is room: connected, in the right zone, with the attributes and constraints met."""
        return list(self._suited)

    def place(self) -> ContainerInstance | None:
        """Place the next task, and return its container instance; None where no candidate can take it, and `failures` says why."""
        best = [instance for instance in self._suited if self._can_take(instance)]
        if not best:
            return None
        for strategy in self._strategies:
            if len(best) > 1:
                best = self._narrowed(best, strategy)
        self._count(best[0])
        return best[0]

    def failures(self) -> list[api.Failure]:
        """Why no candidate can take the next task, one failure for each. # unverified: for each, and which of several reasons comes first."""
        reasons = ((instance, self._reason(instance)) for instance in self._candidates)
        return [{"arn": instance.arn, "reason": reason} for instance, reason in reasons if reason is not None]

    def _can_take(self, instance: ContainerInstance) -> bool:
        return reservation.missing(instance, self._needed) is None and self._unsatisfied(instance) is None

    def _reason(self, instance: ContainerInstance) -> str | None:
        """The first reason in the guide's order: resources, then constraints. A disconnected agent is the reason whatever else is."""
        unsuited = self._unsuited.get(instance.arn)
        if unsuited == AGENT:
            return AGENT
        return reservation.missing(instance, self._needed) or unsuited or self._unsatisfied(instance)

    def _unsatisfied(self, instance: ContainerInstance) -> str | None:
        """The constraint on the tasks of an instance that isn't met; each placed task may change that."""
        for expression in self._changing:
            if not query_language.matches(expression, instance, self._running[instance.arn]):
                return MEMBER_OF
        if self._is_distinct and self._spread["instanceId"][instance.arn]:
            return DISTINCT_INSTANCE
        return None

    def _narrowed(self, instances: list[ContainerInstance], strategy: api.PlacementStrategy) -> list[ContainerInstance]:
        """The instances that a strategy prefers; the next strategy chooses among them."""
        if strategy["type"] == "random":
            return [_at_random(instances, self._ids)]
        field = strategy["field"]
        if strategy["type"] == "binpack":
            return _least(instances, _RESOURCES[field].left)
        running = self._spread[field]
        return _least(instances, lambda instance: running[_value(instance, field)])

    def _count(self, instance: ContainerInstance) -> None:
        for field, running in self._spread.items():
            running[_value(instance, field)] += 1
        if self._changing:
            self._running[instance.arn][self._group] += 1


def choose_to_stop(tasks: Sequence[Task], count: int, strategies: Strategies, ids: Ids) -> list[Task]:
    """The tasks of a service that are stopped first when there are too many, in that order.

    Spread stops tasks where the most of them are (API reference, UpdateService). Binpack stops tasks on the instance that has the most of
    the resource left without them (Developer Guide, "Use strategies to define Amazon ECS task placement"). Random draws. Among equals the
    first of `tasks` is stopped, so the caller's order counts. # unverified

    Args:
        tasks: the tasks to choose from, all of one service; without those that are protected.
        count: how many to choose.
        strategies: those of the service, or `SERVICE_DEFAULT`.
        ids: the source of random choices.
    """
    surplus = _Surplus(tasks, shown_strategies(strategies), ids)
    return [surplus.stop_one() for _ in range(min(count, len(tasks)))]


class _Surplus:
    """The tasks of a service of which some are to be stopped, and what the strategies compare them by."""

    def __init__(self, tasks: Sequence[Task], strategies: Strategies, ids: Ids) -> None:
        self._strategies = strategies
        self._ids = ids
        self._order = {task.arn: position for position, task in enumerate(tasks)}
        # Tasks on one host and in one zone are equally good, so only the first of each needs to be compared.
        self._here: dict[_HostAndZone, list[Task]] = defaultdict(list)
        for task in tasks:
            self._here[_host_and_zone(task)].append(task)
        self._freed: dict[_HostAndZone, list[RequiredResources]] = defaultdict(list)
        self._spread = {
            strategy["field"]: Counter(_value_of_task(task, strategy["field"]) for task in tasks)
            for strategy in strategies
            if strategy["type"] == "spread"
        }

    def stop_one(self) -> Task:
        """Choose the task that is stopped next, and remove it from the others."""
        best = [tasks[0] for tasks in self._here.values()]
        for strategy in self._strategies:
            best = self._narrowed(best, strategy)
        chosen = min(best, key=lambda task: self._order[task.arn])
        self._take_out(chosen)
        return chosen

    def _narrowed(self, tasks: list[Task], strategy: api.PlacementStrategy) -> list[Task]:
        if strategy["type"] == "random":
            return [_at_random([each for task in tasks for each in self._here[_host_and_zone(task)]], self._ids)]
        field = strategy["field"]
        if strategy["type"] == "binpack":
            return _least(tasks, lambda task: -self._left_without(task, _RESOURCES[field]))
        running = self._spread[field]
        return _least(tasks, lambda task: -running[_value_of_task(task, field)])

    def _left_without(self, task: Task, resource: _Resource) -> int:
        """What the task's instance has left of a resource without the task and those that were chosen before."""
        instance = task.container_instance
        if instance is None:
            return 0
        gone = [*self._freed[_host_and_zone(task)], _required_by(task)]
        return resource.left(instance) + sum(map(resource.taken, gone))

    def _take_out(self, task: Task) -> None:
        host_and_zone = _host_and_zone(task)
        self._here[host_and_zone].remove(task)
        if not self._here[host_and_zone]:
            del self._here[host_and_zone]
        self._freed[host_and_zone].append(_required_by(task))
        for field, running in self._spread.items():
            running[_value_of_task(task, field)] -= 1


def shown_strategies(strategies: Strategies) -> list[api.PlacementStrategy]:
    """Strategies with their fields in the spelling that ECS shows, however they were sent."""
    return [
        {**strategy, "field": _shown_field(strategy["type"], strategy["field"])} if "field" in strategy else strategy
        for strategy in strategies
    ]


def refuse_malformed(constraints: Constraints, strategies: Strategies, of_definition: Constraints = ()) -> None:
    """Refuse constraints and strategies that RunTask, CreateService or UpdateService can't use; the schemas check each member by itself.

    Args:
        constraints: the request's.
        strategies: the request's.
        of_definition: the task definition's constraints, which count towards the maximum.

    Raises:
        InvalidParameterException: as its name says.
    """
    if len(constraints) + len(of_definition) > MAX_CONSTRAINTS:
        raise InvalidParameterException(f"Maximum number of constraints is {MAX_CONSTRAINTS}.")  # unverified
    for constraint in constraints:
        _refuse_malformed_constraint(constraint)
    for strategy in strategies:
        _refuse_malformed_strategy(strategy)


def _refuse_malformed_constraint(constraint: api.PlacementConstraint | api.TaskDefinitionPlacementConstraint) -> None:
    if constraint["type"] == "distinctInstance":
        if "expression" in constraint:  # also an empty one: terraform#11471
            raise InvalidParameterException("distinctInstance expression should not be specified.")
    elif not constraint.get("expression"):
        raise InvalidParameterException("memberOf expression should be specified.")  # unverified
    else:
        query_language.parse(constraint["expression"])


def _refuse_malformed_strategy(strategy: api.PlacementStrategy) -> None:
    """The texts are quoted from a public linter; their full stops, the texts for a missing field and those for spread are unverified."""
    type_, field = strategy["type"], strategy.get("field")
    if type_ == "random":
        if field is not None:
            raise InvalidParameterException("random field should not be specified.")
    elif not field:
        raise InvalidParameterException(f"{type_} field should be specified.")
    elif not _is_field_of(type_, field):
        raise InvalidParameterException(f"{type_} field '{field}' is invalid.")


def _is_field_of(type_: str, field: str) -> bool:
    """Whether a strategy accepts a field (API reference, PlacementStrategy, field)."""
    if type_ == "binpack":
        return _shown_field(type_, field) in _RESOURCES
    return field in ("instanceId", "host") or (field.startswith("attribute:") and field != "attribute:")


def _shown_field(type_: str, field: str) -> str:
    # What ECS shows can be sent again: MEMORY as well as memory.
    return SHOWN_FIELDS.get(field.lower() if type_ == "binpack" else field, field)


def _unsuited(
    instance: ContainerInstance,
    required: Sequence[api.Attribute],
    zones: Collection[str] | None,
    expressions: Iterable[query_language.Expression],
) -> str | None:
    """Why an instance can't run the tasks, whatever else runs on it; None if it can."""
    if not instance.agent_connected:
        return AGENT
    if not all(has_attribute(instance, attribute) for attribute in required):
        return ATTRIBUTE
    if zones is not None and instance.availability_zone not in zones:
        return LOCATION
    if not all(query_language.matches(expression, instance) for expression in expressions):
        return MEMBER_OF
    return None


def has_attribute(instance: ContainerInstance, attribute: api.Attribute) -> bool:
    """Whether an instance has an attribute that a task definition requires."""
    name, value = attribute["name"], attribute.get("value")
    return name in instance.attributes and value in (None, instance.attributes[name])


def _spread_of_group(
    region: Region, candidates: Sequence[ContainerInstance], group: str, fields: Collection[str]
) -> dict[str, Counter[str | None]]:
    """How many of the group's tasks run for each value of the fields; those on instances that aren't candidates count too."""
    spread: dict[str, Counter[str | None]] = {field: Counter() for field in fields}
    if not candidates or not fields:
        return spread
    cluster = candidates[0].cluster
    for instance in region.container_instances_in(cluster):
        here = region.tasks_in(cluster).count(container_instance=instance, desired_status="RUNNING", group=group)
        for field, running in spread.items():
            running[_value(instance, field)] += here
    return spread


def _value(instance: ContainerInstance, field: str) -> str | None:
    """The value of an instance for a field of spread; instances without the attribute share one value. # unverified."""
    return instance.arn if field == "instanceId" else instance.attributes.get(field.removeprefix("attribute:"))


def _value_of_task(task: Task, field: str) -> str | None:
    instance = task.container_instance
    if instance is not None:
        return _value(instance, field)
    return task.availability_zone if field == ZONE else None


def _host_and_zone(task: Task) -> _HostAndZone:
    return task.container_instance_arn, task.availability_zone


def _required_by(task: Task) -> RequiredResources:
    return reservation.required_resources(task.definition.document, task.overrides)


def _least(items: list[T], key: Callable[[T], int]) -> list[T]:
    """The items with the lowest key."""
    keys = [key(item) for item in items]
    lowest = min(keys)
    return [item for item, its_key in zip(items, keys, strict=True) if its_key == lowest]


def _at_random(items: Sequence[T], ids: Ids) -> T:
    return items[ids.number(0, len(items) - 1)]
