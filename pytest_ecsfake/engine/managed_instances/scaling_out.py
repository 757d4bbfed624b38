"""Scaling out: which Managed Instances are launched for the tasks that wait for capacity.

The waiting tasks are looked at once, at the end of an instant. A task joins a launch that has room for it, or one is begun: several small tasks
get one larger instance, but those of a service are spread over the zones of the provider's subnets, as far as there are several.
Rules: Developer Guide, "Amazon ECS Managed Instances auto scaling and task placement". How ECS sums up tasks isn't documented.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from pytest_ecsfake.clock import CONSEQUENCES
from pytest_ecsfake.engine.instances import ec2_types
from pytest_ecsfake.engine.instances.host import RESERVED_PORTS
from pytest_ecsfake.engine.launch import candidates, fargate
from pytest_ecsfake.engine.managed_instances import launching
from pytest_ecsfake.engine.managed_instances.instance_types import acceptable
from pytest_ecsfake.engine.placement import reservation
from pytest_ecsfake.state.capacity_provider import CapacityProvider
from pytest_ecsfake.state.cluster import Cluster
from pytest_ecsfake.state.container_instance import RequiredResources
from pytest_ecsfake.state.managed_instances import InstanceLaunch
from pytest_ecsfake.state.region import Region
from pytest_ecsfake.state.waiting import Waiting

if TYPE_CHECKING:
    from pytest_ecsfake import api


def look(region: Region, cluster: Cluster) -> None:
    """Have the waiting tasks of a cluster looked at at the end of this instant."""
    scaling = region.managed_instances_in(cluster)
    if not scaling.is_look_queued:
        scaling.is_look_queued = True
        region.clock.at(region.clock.now, _scale_out, region, cluster, lane=CONSEQUENCES)


def _scale_out(region: Region, cluster: Cluster) -> None:
    """Begin the launches that the waiting tasks need. Tasks that existing instances have room for are placed first."""
    scaling = region.managed_instances_in(cluster)
    scaling.is_look_queued = False
    waiting = region.waiting_tasks_in(cluster)
    if waiting.is_looking_for_room:
        look(region, cluster)
        return
    covered = {task_id for launch in scaling.launches for task_id in launch.task_ids}
    demand = _Demand(region, cluster)
    for entry in list(waiting.values()):
        provider = region.capacity_providers.get(entry.task.capacity_provider_name or "")
        if provider is None or provider.kind != "MANAGED_INSTANCES" or provider.status != "ACTIVE":
            continue
        if entry.task.id not in covered and not demand.cover(provider, entry):
            why = f"no instance type that {provider.name} may launch has room for it and meets its constraints"
            region.journal.write(region.clock.now, "task", entry.task.arn, "capacity", None, "waiting", why)
    for launch in demand.begun:
        del launch.instance_types[1:]
        launching.begin(region, cluster, launch)


class _Demand:
    """The launches that the tasks of one look need. Tasks that are alike share the types that suit them."""

    def __init__(self, region: Region, cluster: Cluster) -> None:
        self.begun: list[InstanceLaunch] = []
        self._region = region
        self._cluster = cluster
        self._suitable: dict[object, list[str]] = {}

    def cover(self, provider: CapacityProvider, entry: Waiting) -> bool:
        """Have a task join a launch of its provider, or add one. False: there is no type for it, and it goes on waiting."""
        subnets = _subnets_for(self._region, self._cluster, provider, entry, self.begun)
        coming = [*self._region.managed_instances_in(self._cluster).launches, *self.begun]
        is_spread = entry.task.service_name is not None and len(subnets) > 1
        for subnet_id in subnets[:1] if is_spread else subnets:
            for launch in coming:
                is_there = (launch.provider_name, launch.subnet_id) == (provider.name, subnet_id)
                if is_there and _join(launch, entry, self._suitable_types(provider, entry, subnet_id)):
                    return True
        for subnet_id in subnets:
            types = self._suitable_types(provider, entry, subnet_id)
            needed = launching.needed_by_daemons(self._region, self._cluster, provider)
            launch = InstanceLaunch(provider.name, subnet_id, types, needed)
            if _join(launch, entry, types):
                self.begun.append(launch)
                return True
        return False

    def _suitable_types(self, provider: CapacityProvider, entry: Waiting, subnet_id: str) -> list[str]:
        """The types that the provider may launch and on which a task could be placed, whether or not there is room."""
        task, request = entry.task, entry.placement_request
        kind = (provider.name, subnet_id, id(task.definition), id(task.overrides), id(request), task.group)
        if kind not in self._suitable:
            architecture = fargate.cpu_architecture(task.definition.document)
            empty = {
                each.name: launching.imagined(self._region, self._cluster, provider, each, subnet_id)
                for each in acceptable(_requirements(provider))
                if each.architecture == architecture
            }
            placement = candidates.placement_on(self._region, list(empty.values()), task, entry.subnets, request)
            suited = placement.suited
            self._suitable[kind] = [name for name, instance in empty.items() if instance in suited]
        return self._suitable[kind]


def _requirements(provider: CapacityProvider) -> api.InstanceRequirementsRequest:
    assert provider.managed_instances_provider is not None
    nothing: Any = {}
    return provider.managed_instances_provider["instanceLaunchTemplate"].get("instanceRequirements", nothing)


def _subnets_for(
    region: Region, cluster: Cluster, provider: CapacityProvider, entry: Waiting, begun: Sequence[InstanceLaunch]
) -> list[str]:
    """The provider's subnets in the order in which a task would have them.

    For a task with an interface of its own only those among its own subnets, if there are such. A service's task prefers the zone that has the
    fewest tasks of the service, any other the subnet that has the fewest launches.
    """
    assert provider.managed_instances_provider is not None
    template = provider.managed_instances_provider["instanceLaunchTemplate"]
    of_provider = template["networkConfiguration"]["subnets"]
    shared = [subnet for subnet in of_provider if subnet in entry.subnets]
    task = entry.task
    launches = [*region.managed_instances_in(cluster).launches, *begun]
    if task.service_name is not None:
        tasks = region.tasks_in(cluster)
        meant = {task_id: launch.subnet_id for launch in launches for task_id in launch.task_ids}
        alike, _ = tasks.page(len(tasks), service_name=task.service_name, desired_status="RUNNING")
        zones = [
            each.availability_zone or (_zone(region, meant[each.id]) if each.id in meant else None) for each in alike
        ]
        return sorted(shared or of_provider, key=lambda subnet: zones.count(_zone(region, subnet)))
    instances = [
        instance.attributes.get("ecs.subnet-id")
        for instance in region.container_instances_in(cluster)
        if instance.is_listed and instance.capacity_provider_name == provider.name
    ]
    coming = [launch.subnet_id for launch in launches if launch.instance_id is None]
    return sorted(shared or of_provider, key=[*instances, *coming].count)


def _zone(region: Region, subnet_id: str) -> str:
    return fargate.availability_zone(region.partition.region, subnet_id)


def _join(launch: InstanceLaunch, entry: Waiting, types: Sequence[str]) -> bool:
    """Add a task to a launch, if one of these types is one that the launch may have, with room for the task as well."""
    task, document = entry.task, entry.task.definition.document
    constraints = [*document.get("placementConstraints", []), *entry.placement_request.constraints]
    if any(each["type"] == "distinctInstance" for each in constraints) and task.group in launch.groups:
        return False
    needed = _together(launch.needed, reservation.required_resources(document, task.overrides))
    if needed is None:
        return False
    types = [name for name in launch.instance_types if name in types and _has_room(name, needed)]
    if not types:
        return False
    launch.needed, launch.instance_types = needed, types
    launch.task_ids.append(task.id)
    launch.groups.add(task.group)
    return True


def _has_room(instance_type: str, needed: RequiredResources) -> bool:
    each = ec2_types.find(instance_type)
    return (
        each is not None
        and needed.cpu <= each.cpu
        and needed.memory <= each.registered_memory
        and needed.gpus <= each.gpus
        and needed.network_interfaces <= each.task_network_interfaces
        and not _overlap(needed.ports, RESERVED_PORTS)
    )


def _together(one: RequiredResources, other: RequiredResources) -> RequiredResources | None:
    """What two tasks need of one instance; None if both need the same port."""
    if _overlap(one.ports, other.ports) or _overlap(one.ports_udp, other.ports_udp):
        return None
    return RequiredResources(
        cpu=one.cpu + other.cpu,
        memory=one.memory + other.memory,
        ports=one.ports + other.ports,
        ports_udp=one.ports_udp + other.ports_udp,
        gpus=one.gpus + other.gpus,
        network_interfaces=one.network_interfaces + other.network_interfaces,
    )


def _overlap(one: Iterable[int], other: Iterable[int]) -> bool:
    return not set(one).isdisjoint(other)
