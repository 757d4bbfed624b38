"""The only module that changes a container instance: its status and its agent.

Each change also gets its entry in the journal, a new version and an event. What a change means for the instance's tasks is in
`engine/instances/loss.py`.
Rules: API reference, ContainerInstance, version ("each time a container instance experiences a change that initiates a CloudWatch event,
the version counter is incremented"); Developer Guide, "Amazon ECS container instance state change events".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_ecsfake.engine.instances.host import Host
from pytest_ecsfake.engine.tasks.transition import count_change, reconnected
from pytest_ecsfake.state.cluster import Cluster
from pytest_ecsfake.state.container_instance import Agent, ContainerInstance, ContainerInstanceStatus
from pytest_ecsfake.state.region import Region

if TYPE_CHECKING:
    from pytest_ecsfake import api

#: The journal's name for a container instance.
KIND = "container instance"


def register(
    region: Region,
    cluster: Cluster,
    host: Host,
    *,
    tags: dict[str, str],
    agent: Agent = "simulated",
    capacity_provider_name: str | None = None,
    is_managed: bool = False,
    status: ContainerInstanceStatus = "ACTIVE",
) -> ContainerInstance:
    """Register a host as a new container instance.

    It is ACTIVE at once (recorded answers of RegisterContainerInstance), unless it is a Managed Instance, which is REGISTERING first.
    """
    instance = new_instance(
        region, cluster, host, region.ids.hexadecimal(), capacity_provider_name, is_managed=is_managed
    )
    instance.agent, instance.tags, instance.status = agent, tags, status
    region.container_instances_in(cluster).add(instance.id, instance)
    region.journal.write(instance.registered_at, KIND, instance.arn, "status", None, instance.status)
    region.events.send(instance.registered_at, instance)
    return instance


def new_instance(
    region: Region,
    cluster: Cluster,
    host: Host,
    instance_id: str,
    capacity_provider_name: str | None,
    *,
    is_managed: bool,
) -> ContainerInstance:
    """A host as a container instance that isn't registered."""
    return ContainerInstance(
        arn=region.partition.arn(f"container-instance/{cluster.name}/{instance_id}"),
        id=instance_id,
        cluster=cluster,
        registered_at=region.clock.now,
        cpu=host.cpu,
        memory=host.memory,
        reserved_ports=host.reserved_ports,
        reserved_ports_udp=host.reserved_ports_udp,
        gpus=host.gpus,
        network_interfaces=host.network_interfaces,
        ec2_instance_id=host.ec2_instance_id,
        launch_type="MANAGED_INSTANCES" if is_managed else "EXTERNAL" if host.is_external else "EC2",
        version_info=host.version_info,
        attributes=dict(host.attributes),
        custom_attributes=set(host.custom_attributes),
        capacity_provider_name=capacity_provider_name,
    )


def transition(
    region: Region, instance: ContainerInstance, status: ContainerInstanceStatus, why: str | None = None
) -> None:
    """Set the status of an instance."""
    before = instance.status
    region.container_instances_in(instance.cluster).change(instance.id, status=status)
    _count(region, instance, "status", before, status, why)


def connect(region: Region, instance: ContainerInstance) -> None:
    """Note that the agent is connected; nothing changes if it already is."""
    _set_connection(region, instance, connected=True)


def disconnect(region: Region, instance: ContainerInstance, why: str | None = None) -> None:
    """Note that the agent has lost its connection; the containers keep running."""
    _set_connection(region, instance, connected=False, why=why)


def register_again(region: Region, instance: ContainerInstance, host: Host) -> None:
    """Register an instance a second time: its resources change, while its ARN, tags, custom attributes and reservations stay.

    Custom attributes from the agent count at the first registration only (agent's README, ECS_INSTANCE_ATTRIBUTES).
    """
    instance.cpu, instance.memory = host.cpu, host.memory
    instance.reserved_ports, instance.reserved_ports_udp = host.reserved_ports, host.reserved_ports_udp
    instance.gpus = host.gpus
    instance.attributes = {
        **{name: value for name, value in host.attributes.items() if name not in host.custom_attributes},
        **{name: value for name, value in instance.attributes.items() if name in instance.custom_attributes},
    }
    instance.network_interfaces = host.network_interfaces
    if host.version_info is not None and host.version_info != instance.version_info:
        set_version_info(region, instance, host.version_info)
    connect(region, instance)


def set_version_info(region: Region, instance: ContainerInstance, version_info: api.VersionInfo) -> None:
    """Note the version of the running agent."""
    before = (instance.version_info or {}).get("agentVersion")
    instance.version_info = version_info
    _count(region, instance, "versionInfo", before, version_info.get("agentVersion"))


def set_agent_update_status(region: Region, instance: ContainerInstance, status: api.AgentUpdateStatus) -> None:
    """Note how far an update of the agent is."""
    before = instance.agent_update_status
    instance.agent_update_status = status
    _count(region, instance, "agentUpdateStatus", before, status)


def _set_connection(region: Region, instance: ContainerInstance, *, connected: bool, why: str | None = None) -> None:
    if instance.agent_connected is connected:
        return
    instance.agent_connected = connected
    if connected:
        tasks = region.tasks_in(instance.cluster)
        for task in tasks.page(len(tasks), container_instance=instance, desired_status="RUNNING")[0]:
            reconnected(region, task)
    _count(region, instance, "agentConnected", str(not connected).lower(), str(connected).lower(), why)


def _count(  # noqa: PLR0917 (what a journal's entry has)
    region: Region,
    instance: ContainerInstance,
    change: str,
    before: str | None,
    after: str | None,
    why: str | None = None,
) -> None:
    region.journal.write(region.clock.now, KIND, instance.arn, change, before, after, why)
    count_change(region, instance)
