"""The launch of a Managed Instance, from the decision until the instance is ACTIVE.

    launched ── 20 s ── REGISTERING ── 5 s, and every critical daemon's task RUNNING ── ACTIVE

Rules: Developer Guide, "Architect for Amazon ECS Managed Instances"; API reference, ContainerInstance, status, and CreateDaemon, critical. ECS
states no durations: with these, a task on a new instance runs about 40 s after the request, as was measured in 2026.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pytest_ecsfake.clock import seconds
from pytest_ecsfake.engine.instances import agent_update, ec2_types, transition
from pytest_ecsfake.engine.instances.ec2_types import InstanceType
from pytest_ecsfake.engine.instances.host import Host, described
from pytest_ecsfake.engine.launch import fargate
from pytest_ecsfake.engine.placement import reservation
from pytest_ecsfake.state.capacity_provider import CapacityProvider
from pytest_ecsfake.state.cluster import Cluster
from pytest_ecsfake.state.container_instance import ContainerInstance, RequiredResources
from pytest_ecsfake.state.managed_instances import InstanceLaunch
from pytest_ecsfake.state.region import Region

if TYPE_CHECKING:
    from pytest_ecsfake import api

#: How long EC2 takes until the agent of a new instance registers it, and how long the registration takes. `timings` replaces both.
LAUNCH = seconds(20)
REGISTRATION = seconds(5)

#: The type of what replaces an instance that names none: one that a test has registered by itself.
DEFAULT_TYPE = ec2_types.DEFAULT.name


def begin(region: Region, cluster: Cluster, launch: InstanceLaunch) -> None:
    """Begin a launch whose instance type is decided."""
    region.managed_instances_in(cluster).launches.append(launch)
    provider_arn = region.capacity_providers.arn(launch.provider_name)
    why = f"in {launch.subnet_id}, for {len(launch.task_ids)} waiting tasks" if launch.task_ids else "a replacement"
    region.journal.write(
        region.clock.now, "capacity provider", provider_arn, "launch", None, launch.instance_types[0], why
    )
    delay = region.timings.delay("INSTANCE_LAUNCH", LAUNCH)
    region.clock.after(delay, _register, region, cluster, launch)


def imagined(
    region: Region, cluster: Cluster, provider: CapacityProvider, instance_type: InstanceType, subnet_id: str
) -> ContainerInstance:
    """An instance of a type as it would register in a subnet, for trying out what could be placed on it. It is in no store."""
    zone = fargate.availability_zone(region.partition.region, subnet_id)
    registration = _registration(region, instance_type.name, subnet_id, zone, digits="0" * 17)
    return transition.new_instance(region, cluster, described(registration), "0" * 32, provider.name, is_managed=True)


def needed_by_daemons(region: Region, cluster: Cluster, provider: CapacityProvider) -> RequiredResources:
    """The CPU and memory that the daemons of a provider need of each of its instances."""
    needed = [
        reservation.required_resources(daemon.revision.template.definition.document, daemon.revision.template.overrides)
        for daemon in region.daemons_in(cluster).on(provider.name)
        if daemon.revision is not None
    ]
    return RequiredResources(cpu=sum(each.cpu for each in needed), memory=sum(each.memory for each in needed))


def has_critical_daemons(region: Region, cluster: Cluster, provider_name: str) -> bool:
    """Whether new instances of a provider wait for a daemon's task before they are ACTIVE."""
    return any(
        daemon.revision is not None and daemon.revision.critical
        for daemon in region.daemons_in(cluster).on(provider_name)
    )


def activate(region: Region, instance: ContainerInstance) -> None:
    """Make an instance ACTIVE whose registration is over, and on which every critical daemon's task runs."""
    registered_at = instance.registered_at + region.timings.delay("INSTANCE_REGISTRATION", REGISTRATION)
    if (
        instance.status != "REGISTERING"
        or region.clock.now < registered_at
        or not _critical_daemons_run(region, instance)
    ):
        return
    scaling = region.managed_instances_in(instance.cluster)
    scaling.launches = [launch for launch in scaling.launches if launch.instance_id != instance.id]
    transition.transition(region, instance, "ACTIVE")


def _critical_daemons_run(region: Region, instance: ContainerInstance) -> bool:
    tasks = region.tasks_in(instance.cluster)
    return all(
        tasks.count(
            container_instance=instance, daemon_name=daemon.name, last_status="RUNNING", desired_status="RUNNING"
        )
        for daemon in region.daemons_in(instance.cluster).on(instance.capacity_provider_name)
        if daemon.revision is not None and daemon.revision.critical
    )


def _register(region: Region, cluster: Cluster, launch: InstanceLaunch) -> None:
    """Register the instance of a launch, unless its provider is being deleted by now."""
    provider = region.capacity_providers.get(launch.provider_name)
    scaling = region.managed_instances_in(cluster)
    if launch not in scaling.launches or provider is None:
        return
    [instance_type] = launch.instance_types
    zone = fargate.availability_zone(region.partition.region, launch.subnet_id)
    registration = _registration(region, instance_type, launch.subnet_id, zone, digits=region.ids.hexadecimal(17))
    instance = _registered(region, cluster, provider, described(registration))
    launch.instance_id = instance.id
    delay = region.timings.delay("INSTANCE_REGISTRATION", REGISTRATION)
    region.clock.after(delay, activate, region, instance)


def _registered(region: Region, cluster: Cluster, provider: CapacityProvider, host: Host) -> ContainerInstance:
    details = provider.managed_instances_provider or {}
    tags = dict(provider.tags) if details.get("propagateTags") == "CAPACITY_PROVIDER" else {}
    return transition.register(
        region,
        cluster,
        host,
        tags=tags,
        capacity_provider_name=provider.name,
        is_managed=True,
        status="REGISTERING",
    )


def _registration(
    region: Region, instance_type: str, subnet_id: str, zone: str, *, digits: str
) -> api.RegisterContainerInstanceRequest:
    """What the agent of a Managed Instance reports: that of any EC2 instance. # unverified: whether attributes are missing or new."""
    kind = ec2_types.find(instance_type) or ec2_types.DEFAULT
    document = {
        "instanceId": f"i-{digits}",
        "instanceType": instance_type,
        "availabilityZone": zone,
        "region": region.partition.region,
        "accountId": region.partition.account,
        "imageId": f"ami-{digits}",
        "architecture": kind.architecture,
    }
    return {
        "instanceIdentityDocument": json.dumps(document),
        "attributes": [{"name": "ecs.subnet-id", "value": subnet_id}],
        "versionInfo": agent_update.NEWEST,
    }
