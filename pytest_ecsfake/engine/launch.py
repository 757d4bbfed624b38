"""From a call of RunTask to its tasks: first a plan, where all refusals are, then the tasks, not yet on their way.

Rules: API reference, RunTask; Developer Guide, "Amazon ECS resource ARNs".
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_ecsfake.engine import capacity, fargate, overrides, tags
from pytest_ecsfake.engine.overrides import TaskSize
from pytest_ecsfake.state.cluster import Cluster
from pytest_ecsfake.state.region import Region
from pytest_ecsfake.state.task import Container, ManagedAgent, NetworkInterface, Task
from pytest_ecsfake.state.task_definition import TaskDefinition

if TYPE_CHECKING:
    from pytest_ecsfake import api


@dataclass(frozen=True, slots=True)
class Plan:
    """What the tasks of one call have in common, and where each of them goes."""

    cluster: Cluster
    definition: TaskDefinition
    capacities: Sequence[capacity.Capacity]  # one for each task
    subnets: Sequence[str]
    overrides: api.TaskOverride
    size: TaskSize
    platform: fargate.Platform
    ephemeral_storage_gib: int
    group: str
    started_by: str | None
    enable_execute_command: bool
    tags: dict[str, str]


def plan(cluster: Cluster, definition: TaskDefinition, request: api.RunTaskRequest) -> Plan:
    """What a call of RunTask starts; nothing has changed yet.

    Raises:
        InvalidParameterException, PlatformUnknownException, PlatformTaskDefinitionIncompatibilityException: what ECS refuses.
        EcsFakeNotBuiltError: what only another launch type than Fargate has.
    """
    document = definition.document
    given: api.TaskOverride = request.get("overrides", {})
    capacities = capacity.choose(
        cluster, request.get("launchType"), request.get("capacityProviderStrategy", []), request.get("count", 1)
    )
    fargate.refuse_unfit(request, document)
    subnets = fargate.subnets(request)
    if given:
        overrides.check(document, given)
    size = overrides.fargate_size(document, given)
    on_spot = any(place.provider == "FARGATE_SPOT" for place in capacities)
    return Plan(
        cluster=cluster,
        definition=definition,
        capacities=capacities,
        subnets=subnets,
        overrides=overrides.complete(document, given),
        size=size,
        platform=fargate.platform(request, document, size, on_spot=on_spot),
        ephemeral_storage_gib=fargate.ephemeral_storage_gib(document, given),
        group=request.get("group") or f"family:{definition.family}",
        started_by=request.get("startedBy") or None,
        enable_execute_command=request.get("enableExecuteCommand", False),
        tags=tags.of_new_task(
            cluster,
            definition,
            request.get("tags", []),
            propagated=request.get("propagateTags") == "TASK_DEFINITION",
            managed=request.get("enableECSManagedTags", False),
        ),
    )


def tasks(region: Region, plan: Plan) -> list[Task]:
    """The tasks of a plan, in the status in which ECS accepts them. Fargate spreads them over the subnets."""
    return [
        _task(region, plan, place, plan.subnets[number % len(plan.subnets)])
        for number, place in enumerate(plan.capacities)
    ]


def _task(region: Region, plan: Plan, place: capacity.Capacity, subnet_id: str) -> Task:
    task_id = region.ids.hexadecimal()
    return Task(
        arn=region.place.arn(f"task/{plan.cluster.name}/{task_id}"),
        id=task_id,
        cluster=plan.cluster,
        definition=plan.definition,
        group=plan.group,
        launch_type=place.launch_type,
        created_at=region.clock.now,
        containers=_containers(region, plan, task_id),
        overrides=plan.overrides,
        cpu=plan.size.cpu,
        memory=plan.size.memory,
        started_by=plan.started_by,
        capacity_provider_name=place.provider,
        platform_version=plan.platform.version,
        platform_family=plan.platform.family,
        availability_zone=fargate.availability_zone(region.place.region, subnet_id),
        ephemeral_storage_gib=plan.ephemeral_storage_gib,
        enable_execute_command=plan.enable_execute_command,
        interface=NetworkInterface(attachment_id=region.ids.uuid(), subnet_id=subnet_id),
        tags=dict(plan.tags),
    )


def _containers(region: Region, plan: Plan, task_id: str) -> list[Container]:
    """One container for each of the definition's, with its part of the overrides."""
    definitions = plan.definition.document["containerDefinitions"]
    return [
        Container(
            arn=region.place.arn(f"container/{plan.cluster.name}/{task_id}/{region.ids.uuid()}"),
            definition=container,
            override=override,
            execute_command_agent=ManagedAgent() if plan.enable_execute_command else None,
        )
        for container, override in zip(definitions, plan.overrides["containerOverrides"], strict=True)
    ]
