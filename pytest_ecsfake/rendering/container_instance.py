"""The document of a container instance, for answers and events.

Rules: API reference, ContainerInstance and Resource; recorded answers of DescribeContainerInstances for the order and the empty members.
"""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import TYPE_CHECKING

from pytest_ecsfake.clock import to_epoch_seconds
from pytest_ecsfake.rendering import tags

if TYPE_CHECKING:
    from pytest_ecsfake import api
    from pytest_ecsfake.state.container_instance import ContainerInstance
    from pytest_ecsfake.state.region import Region


#: The states of health checks, the worst first.
WORST_FIRST: tuple[api.InstanceHealthCheckState, ...] = ("IMPAIRED", "INSUFFICIENT_DATA", "INITIALIZING", "OK")


def container_instance(region: Region, item: ContainerInstance, include: Container[str] = ()) -> api.ContainerInstance:
    """The document of a container instance.

    Args:
        region: its region, whose tasks are counted.
        item: the container instance.
        include: the values of DescribeContainerInstances' `include` to show; the members of the others are empty or absent.
    """
    tasks = region.tasks_in(item.cluster)
    document: api.ContainerInstance = {
        "containerInstanceArn": item.arn,
        "version": item.version,
        "versionInfo": item.version_info or {},
        "remainingResources": remaining_resources(item),
        "registeredResources": registered_resources(item),
        "status": item.status,
        "agentConnected": item.agent_connected,
        "runningTasksCount": tasks.count(container_instance=item, desired_status="RUNNING"),
        "pendingTasksCount": tasks.count(container_instance=item, last_status="PENDING"),
        "attributes": [_attribute(name, value) for name, value in item.attributes.items()],
        "registeredAt": to_epoch_seconds(item.registered_at),
        "attachments": [],
        "tags": tags.tags(item.tags) if "TAGS" in include else [],
    }
    if item.ec2_instance_id is not None:
        document["ec2InstanceId"] = item.ec2_instance_id
    if item.capacity_provider_name is not None:
        document["capacityProviderName"] = item.capacity_provider_name
    if item.agent_update_status is not None:
        document["agentUpdateStatus"] = item.agent_update_status
    if "CONTAINER_INSTANCE_HEALTH" in include:
        document["healthStatus"] = _health(region, item)
    return document


def registered_resources(item: ContainerInstance) -> list[api.Resource]:
    """The resources that the instance registered. The ports are the reserved ones, which tasks can't use."""
    return _resources(item.cpu, item.memory, item.reserved_ports, item.reserved_ports_udp, item.gpus)


def remaining_resources(item: ContainerInstance) -> list[api.Resource]:
    """The resources that no task has reserved. But the ports are those in use, so that list grows (API reference, ContainerInstance)."""
    return _resources(
        item.remaining_cpu,
        item.remaining_memory,
        (*item.reserved_ports, *sorted(item.used_ports)),
        (*item.reserved_ports_udp, *sorted(item.used_ports_udp)),
        item.free_gpus if item.gpus else (),
        has_gpus=bool(item.gpus),
    )


def _resources(
    cpu: int,
    memory: int,
    ports: Iterable[int],
    ports_udp: Iterable[int],
    gpus: Iterable[str],
    *,
    has_gpus: bool = False,
) -> list[api.Resource]:
    resources = [
        _number("CPU", cpu),
        _number("MEMORY", memory),
        _strings("PORTS", map(str, ports)),
        _strings("PORTS_UDP", map(str, ports_udp)),
    ]
    devices = list(gpus)
    return [*resources, _strings("GPU", devices)] if devices or has_gpus else resources


def _number(name: str, value: int) -> api.Resource:
    return {"name": name, "type": "INTEGER", "doubleValue": 0.0, "longValue": 0, "integerValue": value}


def _strings(name: str, values: Iterable[str]) -> api.Resource:
    return {
        "name": name,
        "type": "STRINGSET",
        "doubleValue": 0.0,
        "longValue": 0,
        "integerValue": 0,
        "stringSetValue": list(values),
    }


def _attribute(name: str, value: str | None) -> api.Attribute:
    return {"name": name} if value is None else {"name": name, "value": value}


def _health(region: Region, item: ContainerInstance) -> api.ContainerInstanceHealthStatus:
    """The health checks of an instance: its container runtime's, and that of its critical daemons where it has some.

    The runtime's has no data while the agent is disconnected (an assumption). That a daemon's check is INITIALIZING while the instance is
    REGISTERING, and the worst status is the overall one, is unverified.
    """
    checks: list[tuple[api.InstanceHealthCheckType, api.InstanceHealthCheckState]] = [
        ("CONTAINER_RUNTIME", "OK" if item.agent_connected else "INSUFFICIENT_DATA")
    ]
    critical = [
        daemon.name
        for daemon in region.daemons_in(item.cluster).on(item.capacity_provider_name)
        if daemon.revision is not None and daemon.revision.critical
    ]
    if critical:
        tasks = region.tasks_in(item.cluster)
        runs = all(tasks.count(container_instance=item, daemon_name=name, last_status="RUNNING") for name in critical)
        checks.append(("DAEMON", "OK" if runs else "INITIALIZING" if item.status == "REGISTERING" else "IMPAIRED"))
    since = to_epoch_seconds(item.registered_at)
    statuses = [status for _, status in checks]
    return {
        "overallStatus": next(status for status in WORST_FIRST if status in statuses),
        "details": [
            {"type": type_, "status": status, "lastUpdated": since, "lastStatusChange": since}
            for type_, status in checks
        ],
    }
