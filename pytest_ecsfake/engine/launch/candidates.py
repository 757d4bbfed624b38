"""The container instances that tasks of a launch type or a capacity provider can be placed on, and what they are placed by.

Rules: Developer Guide, "How Amazon ECS places tasks on container instances"; API reference, RunTask, launchType and
capacityProviderStrategy.
"""

from __future__ import annotations

from collections.abc import Sequence

from pytest_ecsfake.engine.capacity.strategy import Capacity
from pytest_ecsfake.engine.launch import subnets
from pytest_ecsfake.engine.launch.plan import LaunchPlan
from pytest_ecsfake.engine.placement import reservation
from pytest_ecsfake.engine.placement.placement import RUN_TASK_DEFAULT, Placement
from pytest_ecsfake.state.cluster import Cluster
from pytest_ecsfake.state.container_instance import ContainerInstance
from pytest_ecsfake.state.region import Region
from pytest_ecsfake.state.task import Task
from pytest_ecsfake.state.waiting import PlacementRequest


def instances_of(region: Region, cluster: Cluster, capacity: Capacity) -> list[ContainerInstance]:
    """The ACTIVE container instances that belong to a capacity, in the order of their registration.

    A launch type stands for all instances of that type, also those of a capacity provider's Auto Scaling group; a provider for its own.
    """
    instances = region.container_instances_in(cluster)
    if capacity.provider is None:
        found, _ = instances.page(len(instances), status="ACTIVE", launch_type=capacity.launch_type)
    else:
        found, _ = instances.page(len(instances), status="ACTIVE", capacity_provider_name=capacity.provider)
    return found


def placement_on(
    region: Region,
    instances: Sequence[ContainerInstance],
    what: LaunchPlan | Task,
    task_subnets: Sequence[str],
    request: PlacementRequest,
) -> Placement:
    """The placement of tasks that are alike on some of these instances.

    Args:
        region: where they are.
        instances: the candidates.
        what: the plan of the tasks, or one of them: their group, their definition and its overrides.
        task_subnets: the subnets that the tasks' interfaces may be in; empty for tasks in their instance's network.
        request: the constraints and strategies besides those of the definition.
    """
    document = what.definition.document
    return Placement(
        region,
        instances,
        reservation.required_resources(document, what.overrides),
        group=what.group,
        required_attributes=document.get("requiresAttributes", []),
        constraints=[*document.get("placementConstraints", []), *request.constraints],
        strategies=request.strategies or RUN_TASK_DEFAULT,
        zones=subnets.zones(region, what.cluster, task_subnets),
    )
