"""The subnets of tasks on container instances, and their zones.

No subnet is looked up. Its zone is that of the container instances in it, by their built-in attributes `ecs.subnet-id` and
`ecs.availability-zone`. A subnet without an instance may be in any zone, so that no task fails for a zone that nobody stated.
Rules: Developer Guide, "API failure reasons", LOCATION; "Amazon ECS container instance attributes".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pytest_ecsfake.state.cluster import Cluster
from pytest_ecsfake.state.container_instance import ContainerInstance
from pytest_ecsfake.state.region import Region


def zones(region: Region, cluster: Cluster, subnets: Sequence[str]) -> set[str] | None:
    """The zones in which a task with an interface in one of these subnets can run; None for any zone."""
    known = _known_zones(region, cluster)
    if not subnets or any(subnet not in known for subnet in subnets):
        return None
    return {known[subnet] for subnet in subnets}


def subnet_beside(region: Region, instance: ContainerInstance, subnets: Sequence[str]) -> str:
    """The subnet of a task's interface on an instance: one in the instance's zone, else one whose zone isn't known."""
    known = _known_zones(region, instance.cluster)
    here = [subnet for subnet in subnets if known.get(subnet) == instance.availability_zone]
    anywhere = [subnet for subnet in subnets if subnet not in known]
    return [*here, *anywhere, *subnets][0]


def _known_zones(region: Region, cluster: Cluster) -> Mapping[str, str]:
    known: dict[str, str] = {}
    for instance in region.container_instances_in(cluster):
        subnet, zone = instance.attributes.get("ecs.subnet-id"), instance.availability_zone
        if subnet is not None and zone is not None:
            known[subnet] = zone
    return known
