"""Tasks that wait for capacity: those of a capacity provider with managed scaling for which no container instance has room.

They are PROVISIONING until an instance joins, is ACTIVE or connected again, or has room because another task has stopped. Who came first is
placed first; one that doesn't fit keeps nobody behind it waiting, an assumption. How long ECS lets a task wait isn't documented: here it
waits until it is stopped.
Rules: API reference, RunTask (ClientException) and ManagedScaling, status; Developer Guide, "Automatically manage Amazon ECS capacity with
cluster auto scaling" and "Amazon ECS service quotas".
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from pytest_ecsfake.clock import CONSEQUENCES
from pytest_ecsfake.engine.capacity.strategy import Capacity
from pytest_ecsfake.engine.launch import candidates, subnets
from pytest_ecsfake.engine.placement.placement import Placement
from pytest_ecsfake.engine.tasks import lifecycle
from pytest_ecsfake.errors import ClientException
from pytest_ecsfake.state.cluster import Cluster
from pytest_ecsfake.state.container_instance import ContainerInstance
from pytest_ecsfake.state.journal import Entry
from pytest_ecsfake.state.region import Region
from pytest_ecsfake.state.task import Task
from pytest_ecsfake.state.waiting import Waiting, Wish

#: Developer Guide, "Amazon ECS service quotas": tasks in PROVISIONING for each cluster.
MAX_WAITING = 500
TOO_MANY = (
    "You've reached the limit on the number of tasks that can be in the PROVISIONING state in a cluster."  # unverified
)

#: The changes after which a task may find room: kind and change of the journal's entry, and what it has changed to.
ROOM = (
    ("container instance", "status", "ACTIVE"),
    ("container instance", "agentConnected", "true"),
    ("task", "lastStatus", "STOPPED"),
)


def scales(region: Region, provider: str | None) -> bool:
    """Whether more capacity comes by itself when tasks wait for it: a capacity provider with managed scaling."""
    found = None if provider is None else region.capacity_providers.get(provider)
    if found is None or found.auto_scaling_group_provider is None:
        return False
    return found.auto_scaling_group_provider["managedScaling"]["status"] == "ENABLED"


def refuse_too_many(region: Region, cluster: Cluster, capacities: Sequence[Capacity]) -> None:
    """Refuse tasks that could make more wait than a cluster may have.

    All of them count, whether or not there is room for some. # unverified

    Raises:
        ClientException: as its name says.
    """
    coming = sum(scales(region, capacity.provider) for capacity in capacities)
    if coming and len(region.waiting_tasks_in(cluster)) + coming > MAX_WAITING:
        raise ClientException(TOO_MANY)


def wait(region: Region, task: Task, wish: Wish, task_subnets: Sequence[str]) -> None:
    """Keep what a task that has begun without an instance has to be placed by."""
    region.waiting_tasks_in(task.cluster)[task.id] = Waiting(task, wish, tuple(task_subnets))
    if not region.clusters.follows_capacity:
        region.clusters.follows_capacity = True
        for kind, change, after in ROOM:
            region.journal.subscribe(kind, change, partial(_when_there_may_be_room, region, after))


def place_waiting(region: Region, cluster: Cluster) -> None:
    """Place the tasks of a cluster that wait, those that there is room for."""
    region.waiting_tasks_in(cluster).is_looking_for_room = False
    found = _Room(region, cluster)
    for task, wish, task_subnets in list(region.waiting_tasks_in(cluster).values()):
        instance = found.place(task, wish, task_subnets)
        if instance is None:
            continue
        del region.waiting_tasks_in(cluster)[task.id]
        if task.interface is not None:
            task.interface.subnet_id = subnets.subnet_beside(region, instance, task_subnets)
        lifecycle.place(region, task, instance)
    if found.any and region.waiting_tasks_in(cluster):
        # A constraint may ask for the very tasks that have just been placed.
        _look_for_room(region, cluster)


class _Room:
    """The look for room at one instant: tasks that are alike share a placement, and where one found no room none of them is looked for again."""

    def __init__(self, region: Region, cluster: Cluster) -> None:
        self.any = False
        self._region = region
        self._cluster = cluster
        self._kind: object = None
        self._placement: Placement | None = None
        self._without_room: set[object] = set()

    def place(self, task: Task, wish: Wish, task_subnets: Sequence[str]) -> ContainerInstance | None:
        """The instance that a task is to be placed on, if there is room."""
        kind = (id(task.definition), id(task.overrides), id(wish), task.group, task.capacity_provider_name)
        if kind in self._without_room:
            return None
        if self._placement is None or kind != self._kind:
            # Those of another kind that were placed in between count for this kind's constraints and strategies.
            instances = candidates.candidates(
                self._region, self._cluster, Capacity(task.launch_type, task.capacity_provider_name)
            )
            self._placement = candidates.placement(self._region, instances, task, task_subnets, wish)
            self._kind = kind
        instance = self._placement.place()
        if instance is None:
            self._without_room.add(kind)
            return None
        self.any = True
        return instance


def _when_there_may_be_room(region: Region, after: str, entry: Entry) -> None:
    if entry.after != after:
        return
    cluster = region.clusters.get(entry.resource.split("/")[1])
    if (
        cluster is not None
        and region.waiting_tasks_in(cluster)
        and not region.waiting_tasks_in(cluster).is_looking_for_room
    ):
        _look_for_room(region, cluster)


def _look_for_room(region: Region, cluster: Cluster) -> None:
    """Order the look for the end of this instant: once, whatever else changes by then."""
    region.waiting_tasks_in(cluster).is_looking_for_room = True
    region.clock.at(region.clock.now, place_waiting, region, cluster, lane=CONSEQUENCES)
