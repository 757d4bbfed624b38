"""Tasks that wait for capacity: those of a capacity provider with managed scaling for which no container instance has room.

They are PROVISIONING until an instance joins, is ACTIVE or connected again, or has room because another task has stopped. The task that has
waited longest is placed first; one that finds no room doesn't hold up those behind it, an assumption. How long ECS lets a task wait isn't
documented: here it waits until it is stopped.
Rules: API reference, ManagedScaling, status; Developer Guide, "Automatically manage Amazon ECS capacity with cluster auto scaling".
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from pytest_ecsfake.clock import CONSEQUENCES
from pytest_ecsfake.engine.capacity.strategy import Capacity
from pytest_ecsfake.engine.launch import candidates, subnets
from pytest_ecsfake.engine.placement.placement import Placement
from pytest_ecsfake.engine.tasks import lifecycle
from pytest_ecsfake.state.cluster import Cluster
from pytest_ecsfake.state.container_instance import ContainerInstance
from pytest_ecsfake.state.journal import Entry
from pytest_ecsfake.state.region import Region
from pytest_ecsfake.state.task import Task
from pytest_ecsfake.state.waiting import PlacementRequest, Waiting

#: The changes after which a task may find room: kind and change of the journal's entry, and what it has changed to.
ROOM = (
    ("container instance", "status", "ACTIVE"),
    ("container instance", "agentConnected", "true"),
    ("task", "lastStatus", "STOPPED"),
)


def wait(region: Region, task: Task, request: PlacementRequest, task_subnets: Sequence[str]) -> None:
    """Queue a task that has no container instance yet, with the request that it will be placed by."""
    region.waiting_tasks_in(task.cluster)[task.id] = Waiting(task, request, tuple(task_subnets))
    if not region.clusters.follows_capacity:
        region.clusters.follows_capacity = True
        for kind, change, after in ROOM:
            region.journal.subscribe(kind, change, partial(_when_there_may_be_room, region, after))


def place_waiting(region: Region, cluster: Cluster) -> None:
    """Place those of a cluster's waiting tasks that there is room for."""
    region.waiting_tasks_in(cluster).is_looking_for_room = False
    room = _Room(region, cluster)
    for task, request, task_subnets in list(region.waiting_tasks_in(cluster).values()):
        instance = room.place(task, request, task_subnets)
        if instance is None:
            continue
        del region.waiting_tasks_in(cluster)[task.id]
        if task.interface is not None:
            task.interface.subnet_id = subnets.subnet_beside(region, instance, task_subnets)
        lifecycle.place(region, task, instance)
    if room.was_found and region.waiting_tasks_in(cluster):
        # A waiting task's constraint may require one of the tasks that have just been placed.
        _look_for_room(region, cluster)


class _Room:
    """The search for room at one instant. Tasks that are alike share a placement; once one of them finds no room, the others aren't tried."""

    def __init__(self, region: Region, cluster: Cluster) -> None:
        self.was_found = False
        self._region = region
        self._cluster = cluster
        self._kind: object = None
        self._placement: Placement | None = None
        self._without_room: set[object] = set()

    def place(self, task: Task, request: PlacementRequest, task_subnets: Sequence[str]) -> ContainerInstance | None:
        """Place a task if there is room, and return its container instance."""
        kind = (id(task.definition), id(task.overrides), id(request), task.group, task.capacity_provider_name)
        if kind in self._without_room:
            return None
        if self._placement is None or kind != self._kind:
            # Tasks of another kind that were placed in between count for this kind's constraints and strategies.
            capacity = Capacity(task.launch_type, task.capacity_provider_name)
            instances = candidates.instances_of(self._region, self._cluster, capacity)
            self._placement = candidates.placement_on(self._region, instances, task, task_subnets, request)
            self._kind = kind
        instance = self._placement.place()
        if instance is None:
            self._without_room.add(kind)
            return None
        self.was_found = True
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
    """Schedule one search for the end of this instant, however much changes until then."""
    region.waiting_tasks_in(cluster).is_looking_for_room = True
    region.clock.at(region.clock.now, place_waiting, region, cluster, lane=CONSEQUENCES)
