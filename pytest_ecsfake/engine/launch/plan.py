"""From a call of RunTask or StartTask to its tasks: first a plan, where all refusals are, then the tasks, not yet on their way.

Rules: API reference, RunTask and StartTask; Developer Guide, "Amazon ECS resource ARNs".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pytest_ecsfake.engine import tags
from pytest_ecsfake.engine.launch import ec2, fargate, overrides, subnets, volumes
from pytest_ecsfake.engine.task_sizes import TaskSize
from pytest_ecsfake.errors import ClientException, InvalidParameterException
from pytest_ecsfake.state.cluster import Cluster
from pytest_ecsfake.state.container_instance import ContainerInstance
from pytest_ecsfake.state.region import Region
from pytest_ecsfake.state.task import Container, ManagedAgent, NetworkInterface, Task
from pytest_ecsfake.state.task_definition import TaskDefinition

if TYPE_CHECKING:
    from pytest_ecsfake import api


@dataclass(frozen=True, slots=True)
class Plan:
    """What the tasks of one call have in common."""

    cluster: Cluster
    definition: TaskDefinition
    launch_type: api.LaunchType
    subnets: Sequence[str]  # none for tasks in their container instance's network
    overrides: api.TaskOverride
    size: TaskSize
    group: str
    started_by: str | None
    enable_execute_command: bool
    tags: dict[str, str]
    platform: fargate.Platform | None = None  # this and the next are Fargate's
    ephemeral_storage_gib: int | None = None
    volume: Mapping[str, Any] | None = None  # the configuration of the one that each task gets
    is_behind_load_balancer: bool = False
    service_name: str | None = None


def definition_to_run(region: Region, identifier: str) -> TaskDefinition:
    """The ACTIVE task definition that is meant: of a family without a revision the newest.

    Raises:
        ClientException: there is none.
        InvalidParameterException: it is INACTIVE.
    """
    definition = region.task_definitions.find(identifier)
    if definition is None:
        raise ClientException("TaskDefinition not found.")
    if definition.status != "ACTIVE":
        raise InvalidParameterException("TaskDefinition is inactive")
    return definition


def plan(
    cluster: Cluster,
    definition: TaskDefinition,
    request: Mapping[str, Any],
    launch_type: api.LaunchType,
    *,
    on_spot: bool = False,
) -> Plan:
    """What a call of RunTask or StartTask starts; nothing has changed yet.

    Args:
        cluster: where.
        definition: of what.
        request: the parameters of RunTask, or those of StartTask, which has fewer.
        launch_type: what the tasks run on.
        on_spot: whether one of them runs on FARGATE_SPOT.

    Raises:
        InvalidParameterException, PlatformUnknownException, PlatformTaskDefinitionIncompatibilityException: what ECS refuses.
    """
    document = definition.document
    given: api.TaskOverride = request.get("overrides", {})
    on_fargate = launch_type == "FARGATE"
    platform: fargate.Platform | None = None
    if on_fargate:
        fargate.refuse_unfit(request, document)
        task_subnets: Sequence[str] = fargate.subnets(request)
    else:
        ec2.refuse_unfit(request, document, launch_type)
        task_subnets = ec2.subnets(request.get("networkConfiguration"), document)
    volume = volumes.configuration(document, request.get("volumeConfigurations", []), launch_type)
    if given:
        overrides.check(document, given, on_fargate=on_fargate)
    if on_fargate:
        size = overrides.fargate_size(document, given)
        platform = fargate.platform(request, document, size, on_spot=on_spot)
    else:
        size = overrides.size_on_instance(document, given)
    return Plan(
        cluster=cluster,
        definition=definition,
        launch_type=launch_type,
        subnets=task_subnets,
        overrides=overrides.complete(document, given),
        size=size,
        platform=platform,
        ephemeral_storage_gib=fargate.ephemeral_storage_gib(document, given) if on_fargate else None,
        volume=volume,
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


def task(
    region: Region,
    plan: Plan,
    number: int,
    *,
    provider: str | None = None,
    instance: ContainerInstance | None = None,
) -> Task:
    """A task of a plan, in the status in which ECS accepts it.

    Args:
        region: where it will run.
        plan: what it is.
        number: how many tasks of the call came before it: Fargate spreads them over the subnets.
        provider: the capacity provider that it is started through, if it is.
        instance: the container instance that it is put on; without one, on another launch type than Fargate, it waits for capacity.
    """
    task_id = region.ids.hexadecimal()
    waits = plan.launch_type != "FARGATE" and instance is None
    subnet_id = _subnet(region, plan, number, instance)
    return Task(
        arn=region.place.arn(f"task/{plan.cluster.name}/{task_id}"),
        id=task_id,
        cluster=plan.cluster,
        definition=plan.definition,
        group=plan.group,
        launch_type=plan.launch_type,
        created_at=region.clock.now,
        last_status="PENDING" if subnet_id is None and plan.volume is None and not waits else "PROVISIONING",
        containers=_containers(region, plan, task_id),
        overrides=plan.overrides,
        cpu=str(plan.size.cpu),
        memory=str(plan.size.memory),
        started_by=plan.started_by,
        capacity_provider_name=provider,
        platform_version=plan.platform.version if plan.platform else None,
        platform_family=plan.platform.family if plan.platform else None,
        availability_zone=_zone(region, plan, subnet_id),
        ephemeral_storage_gib=plan.ephemeral_storage_gib,
        enable_execute_command=plan.enable_execute_command,
        interface=None if subnet_id is None else NetworkInterface(region.ids.uuid(), subnet_id),
        volume=None if plan.volume is None else volumes.volume(region, plan.volume),
        tags=dict(plan.tags),
        is_behind_load_balancer=plan.is_behind_load_balancer,
        service_name=plan.service_name,
    )


def _subnet(region: Region, plan: Plan, number: int, instance: ContainerInstance | None) -> str | None:
    """The subnet of a task's own interface: on a container instance one in the instance's zone, else the plan's in turn."""
    if not plan.subnets:
        return None
    if instance is not None:
        return subnets.subnet_beside(region, instance, plan.subnets)
    return plan.subnets[number % len(plan.subnets)]


def _zone(region: Region, plan: Plan, subnet_id: str | None) -> str | None:
    """The zone of a task on Fargate; on a container instance it has the instance's once it is placed."""
    if subnet_id is None or plan.launch_type != "FARGATE":
        return None
    return fargate.availability_zone(region.place.region, subnet_id)


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
