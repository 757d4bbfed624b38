"""What one start of tasks adds to their template, and the tasks that come of both, not yet on their way.

Rules: API reference, RunTask and StartTask; Developer Guide, "Amazon ECS resource ARNs".
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_ecsfake.engine import tags
from pytest_ecsfake.engine.launch import fargate, service_connect, subnets, volumes
from pytest_ecsfake.errors import InvalidParameterException
from pytest_ecsfake.state.cluster import Cluster
from pytest_ecsfake.state.container_instance import ContainerInstance
from pytest_ecsfake.state.region import Region
from pytest_ecsfake.state.task import Container, ManagedAgent, NetworkInterface, Task
from pytest_ecsfake.state.task_definition import TaskDefinition
from pytest_ecsfake.state.task_template import TaskTemplate

if TYPE_CHECKING:
    from pytest_ecsfake import api

#: How the groups of services' tasks begin. No other task can ask for one (several public programs quote the text); `family:` is accepted, since
#: public programs send it.
GROUP_OF_SERVICE = "service:"
GROUP_REFUSED = "Invalid namespace for group."


class LaunchPlan(NamedTuple):
    """What the tasks of one call, or those that the service scheduler starts at one time, have in common."""

    template: TaskTemplate
    cluster: Cluster
    subnets: Sequence[str]  # the template's, in the order in which tasks on Fargate fill them
    group: str
    started_by: str | None
    enable_execute_command: bool
    tags: Mapping[str, str]
    service_name: str | None = None
    is_behind_load_balancer: bool = False
    service_connect_arn: str | None = None  # what the proxies of Service Connect serve; None for tasks without one
    deregistration_delay_seconds: int | None = None
    daemon_name: str | None = None
    daemon_revision_arn: str | None = None

    @property
    def definition(self) -> TaskDefinition:
        """The task definition."""
        return self.template.definition

    @property
    def launch_type(self) -> api.LaunchType:
        """What the tasks run on."""
        return self.template.launch_type

    @property
    def overrides(self) -> api.TaskOverride:
        """What is overridden of the task definition."""
        return self.template.overrides


def plan_launch(cluster: Cluster, template: TaskTemplate, request: Mapping[str, Any]) -> LaunchPlan:
    """What a call of RunTask or StartTask starts; nothing has changed yet.

    Raises:
        InvalidParameterException: the group is one of a service's; see also `tags.of_new_task`.
    """
    definition = template.definition
    if request.get("group", "").startswith(GROUP_OF_SERVICE):
        raise InvalidParameterException(GROUP_REFUSED)
    return LaunchPlan(
        template=template,
        cluster=cluster,
        subnets=template.subnets,
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


def new_task(
    region: Region,
    plan: LaunchPlan,
    number: int,
    *,
    provider: str | None = None,
    instance: ContainerInstance | None = None,
) -> Task:
    """A task of a plan, in the status in which ECS accepts it.

    Args:
        region: where it will run.
        plan: what it is.
        number: how many tasks of the plan came before it: Fargate spreads them over the subnets.
        provider: the capacity provider that it is started through, if there is one.
        instance: the container instance that it is placed on; without one, on another launch type than Fargate, it waits for capacity.
    """
    template = plan.template
    task_id = region.ids.hexadecimal()
    waits = template.launch_type != "FARGATE" and instance is None
    subnet_id = _subnet(region, plan, number, instance)
    proxies = _proxies(region, plan, task_id)
    return Task(
        arn=region.partition.arn(f"task/{plan.cluster.name}/{task_id}"),
        id=task_id,
        cluster=plan.cluster,
        definition=template.definition,
        group=plan.group,
        launch_type=template.launch_type,
        created_at=region.clock.now,
        last_status="PENDING" if subnet_id is None and template.volume is None and not waits else "PROVISIONING",
        containers=[*proxies, *_containers(region, plan, task_id)],
        overrides=_overrides(plan, proxies),
        cpu=template.cpu,
        memory=template.memory,
        started_by=plan.started_by,
        capacity_provider_name=provider,
        platform_version=template.platform_version,
        platform_family=template.platform_family,
        availability_zone=_zone(region, plan, subnet_id),
        ephemeral_storage_gib=template.ephemeral_storage_gib,
        enable_execute_command=plan.enable_execute_command,
        interface=None if subnet_id is None else NetworkInterface(region.ids.uuid(), subnet_id),
        volume=None if template.volume is None else volumes.new_volume(region, template.volume),
        service_connect_attachment_id=region.ids.uuid() if proxies else None,
        tags=dict(plan.tags),
        is_behind_load_balancer=plan.is_behind_load_balancer,
        deregistration_delay_seconds=plan.deregistration_delay_seconds,
        service_name=plan.service_name,
        daemon_name=plan.daemon_name,
        daemon_revision_arn=plan.daemon_revision_arn,
    )


def _subnet(region: Region, plan: LaunchPlan, number: int, instance: ContainerInstance | None) -> str | None:
    """The subnet of a task's own interface: on a container instance one in the instance's zone, else the plan's in turn."""
    if not plan.subnets:
        return None
    if instance is not None:
        return subnets.subnet_beside(region, instance, plan.subnets)
    return plan.subnets[number % len(plan.subnets)]


def _zone(region: Region, plan: LaunchPlan, subnet_id: str | None) -> str | None:
    """The zone of a task on Fargate; a task on a container instance has the instance's zone once it is placed."""
    if subnet_id is None or plan.launch_type != "FARGATE":
        return None
    return fargate.availability_zone(region.partition.region, subnet_id)


def _proxies(region: Region, plan: LaunchPlan, task_id: str) -> list[Container]:
    """The proxy of Service Connect, if the tasks have one."""
    if plan.service_connect_arn is None:
        return []
    return [service_connect.proxy(region, _container_arn(region, plan, task_id), plan.service_connect_arn)]


def _overrides(plan: LaunchPlan, proxies: Sequence[Container]) -> api.TaskOverride:
    """The template's overrides, shared by all tasks, or a task's own where it has a proxy, which ECS shows as overridden."""
    if not proxies:
        return plan.overrides
    overridden = [*(proxy.override for proxy in proxies), *plan.overrides["containerOverrides"]]
    return {**plan.overrides, "containerOverrides": overridden}


def _container_arn(region: Region, plan: LaunchPlan, task_id: str) -> str:
    return region.partition.arn(f"container/{plan.cluster.name}/{task_id}/{region.ids.uuid()}")


def _containers(region: Region, plan: LaunchPlan, task_id: str) -> list[Container]:
    """One container for each of the definition's, with its part of the overrides."""
    definitions = plan.definition.document["containerDefinitions"]
    return [
        Container(
            arn=_container_arn(region, plan, task_id),
            definition=container,
            override=override,
            execute_command_agent=ManagedAgent() if plan.enable_execute_command else None,
        )
        for container, override in zip(definitions, plan.overrides["containerOverrides"], strict=True)
    ]
