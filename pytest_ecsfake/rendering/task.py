"""A task as the API shows it.

When a member is present: API reference, Task, Container and Attachment, and recorded answers of RunTask, StopTask and DescribeTasks.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from pytest_ecsfake.clock import to_epoch_seconds
from pytest_ecsfake.engine.launch.fargate import cpu_architecture
from pytest_ecsfake.state.task import Container, NetworkInterface, Task, Volume

if TYPE_CHECKING:
    from pytest_ecsfake import api

#: The timestamps of a task and their names in the API, in the order in which they are set.
TIMESTAMPS = (
    ("connectivity_at", "connectivityAt"),
    ("pull_started_at", "pullStartedAt"),
    ("pull_stopped_at", "pullStoppedAt"),
    ("started_at", "startedAt"),
    ("stopping_at", "stoppingAt"),
    ("execution_stopped_at", "executionStoppedAt"),
    ("stopped_at", "stoppedAt"),
)

#: Members that are absent while their value is None.
OPTIONAL = (
    ("availability_zone", "availabilityZone"),
    ("container_instance_arn", "containerInstanceArn"),
    ("capacity_provider_name", "capacityProviderName"),
    ("cpu", "cpu"),
    ("memory", "memory"),
    ("platform_version", "platformVersion"),
    ("platform_family", "platformFamily"),
    ("started_by", "startedBy"),
    ("stop_code", "stopCode"),
    ("stopped_reason", "stoppedReason"),
)


def task_document(task: Task, *, tags: bool, health: bool = False) -> api.Task:
    """The document of a task.

    Args:
        task: the task.
        tags: whether to show its tags; if not, the member is an empty list.
        health: whether to show its health. Only DescribeTasks does.
    """
    document: api.Task = {
        "attachments": _attachments(task),
        "attributes": [{"name": "ecs.cpu-architecture", "value": _cpu_architecture(task)}],
        "clusterArn": task.cluster.arn,
        "containers": [_container(container, task, health=health) for container in task.containers],
        "createdAt": to_epoch_seconds(task.created_at),
        "desiredStatus": task.desired_status,
        "enableExecuteCommand": task.enable_execute_command,
        "group": task.group,
        "lastStatus": task.last_status,
        "launchType": task.launch_type,
        "overrides": task.overrides,
        "tags": [{"key": key, "value": value} for key, value in task.tags.items()] if tags else [],
        "taskArn": task.arn,
        "taskDefinitionArn": task.definition.arn,
        "version": task.version,
    }
    members = cast("dict[str, object]", document)  # a TypedDict takes no computed keys
    for attribute, member in OPTIONAL:
        value = getattr(task, attribute)
        if value is not None:
            members[member] = value
    for attribute, member in TIMESTAMPS:
        instant = getattr(task, attribute)
        if instant is not None:
            members[member] = to_epoch_seconds(instant)
    if task.connectivity_at is not None:
        document["connectivity"] = task.connectivity
    if health:
        document["healthStatus"] = task.health_status
    if task.ephemeral_storage_gib is not None:
        _show_ephemeral_storage(document, task, task.ephemeral_storage_gib)
    return document


def accepted_task_document(task: Task) -> api.Task:
    """The document of a task in the answer of the call that starts it.

    Recorded answers of RunTask and StartTask don't show the connectivity, though DescribeTasks later shows that it began at once.
    """
    document = task_document(task, tags=True)
    document.pop("connectivity", None)
    document.pop("connectivityAt", None)
    return document


def _cpu_architecture(task: Task) -> str:
    """The CPU architecture of its container instance; on Fargate the one in its task definition."""
    instance = task.container_instance
    built_in = None if instance is None else instance.attributes.get("ecs.cpu-architecture")
    return built_in or cpu_architecture(task.definition.document)


def _show_ephemeral_storage(document: api.Task, task: Task, size: int) -> None:
    """Show the size in both members. Only the newer one shows the cluster's KMS key."""
    document["ephemeralStorage"] = {"sizeInGiB": size}
    document["fargateEphemeralStorage"] = {"sizeInGiB": size}
    configuration = task.cluster.configuration or {}
    key = configuration.get("managedStorageConfiguration", {}).get("fargateEphemeralStorageKmsKeyId")
    if key is not None:
        document["fargateEphemeralStorage"]["kmsKeyId"] = key


def _container(container: Container, task: Task, *, health: bool) -> api.Container:
    document: api.Container = {
        "containerArn": container.arn,
        "taskArn": task.arn,
        "name": container.name,
        "lastStatus": container.last_status,
        "networkInterfaces": _network_interfaces(task.interface),
    }
    if container.exit_code is not None:
        document["exitCode"] = container.exit_code
    if container.reason is not None:
        document["reason"] = container.reason
    if health:
        document["healthStatus"] = container.health_status
    if not container.is_proxy:
        _show_what_its_definition_decides(document, container, task)
    return document


def _show_what_its_definition_decides(document: api.Container, container: Container, task: Task) -> None:
    """Show the members of a container that a proxy of Service Connect hasn't got."""
    definition, override = container.definition, container.override
    document["image"] = definition["image"]
    document["cpu"] = str(override.get("cpu", definition.get("cpu", 0)))
    memory = override.get("memory", definition.get("memory"))
    if memory is not None:
        document["memory"] = str(memory)
    reservation = override.get("memoryReservation", definition.get("memoryReservation"))
    if reservation is not None:
        document["memoryReservation"] = str(reservation)
    if container.runtime_id is not None:
        document["runtimeId"] = container.runtime_id
        document["networkBindings"] = list(container.network_bindings)
    if container.image_digest is not None:
        document["imageDigest"] = container.image_digest
    requirements = override.get("resourceRequirements", definition.get("resourceRequirements", []))
    if "GPU" in [requirement["type"] for requirement in requirements]:
        document["gpuIds"] = list(task.gpu_ids)
    if container.execute_command_agent is not None:
        document["managedAgents"] = [_managed_agent(container)]


def _managed_agent(container: Container) -> api.ManagedAgent:
    agent = container.execute_command_agent
    assert agent is not None  # the caller has checked
    document: api.ManagedAgent = {"name": "ExecuteCommandAgent", "lastStatus": agent.last_status}
    if agent.last_started_at is not None:
        document["lastStartedAt"] = to_epoch_seconds(agent.last_started_at)
    return document


def _network_interfaces(interface: NetworkInterface | None) -> list[api.NetworkInterface]:
    """The task's only interface, which every container shows once it exists."""
    if interface is None or interface.private_ipv4_address is None:
        return []
    return [{"attachmentId": interface.attachment_id, "privateIpv4Address": interface.private_ipv4_address}]


def _attachments(task: Task) -> list[api.Attachment]:
    attachments = []
    if task.service_connect_attachment_id is not None:
        attachments.append(_service_connect(task, task.service_connect_attachment_id))
    if task.interface is not None:
        attachments.append(_interface(task.interface))
    if task.volume is not None:
        attachments.append(_volume(task.volume))
    return attachments


def _service_connect(task: Task, attachment_id: str) -> api.Attachment:
    return {
        "id": attachment_id,
        "type": "ServiceConnect",
        "status": task.service_connect_status,
        "details": [{"name": "ContainerName", "value": task.containers[0].name}],
    }


def _volume(volume: Volume) -> api.Attachment:
    details: list[api.KeyValuePair] = [
        {"name": "roleArn", "value": volume.role_arn},
        {"name": "volumeName", "value": volume.name},
        {"name": "deleteOnTermination", "value": str(volume.deletes_on_termination).lower()},
    ]
    if volume.volume_id is not None:
        details.append({"name": "volumeId", "value": volume.volume_id})
    return {
        "id": volume.attachment_id,
        "type": "AmazonElasticBlockStorage",
        "status": volume.status,
        "details": details,
    }


def _interface(interface: NetworkInterface) -> api.Attachment:
    details: list[api.KeyValuePair] = [{"name": "subnetId", "value": interface.subnet_id}]
    for name, value in (
        ("networkInterfaceId", interface.network_interface_id),
        ("macAddress", interface.mac_address),
        ("privateDnsName", interface.private_dns_name),
        ("privateIPv4Address", interface.private_ipv4_address),
    ):
        if value is not None:
            details.append({"name": name, "value": value})
    return {
        "id": interface.attachment_id,
        "type": "ElasticNetworkInterface",
        "status": interface.status,
        "details": details,
    }
