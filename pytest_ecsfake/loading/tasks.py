"""Loading tasks: each goes on from the status that it has."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pytest_ecsfake.clock import SECOND, Instant
from pytest_ecsfake.engine.launch import service_connect
from pytest_ecsfake.engine.placement import reservation
from pytest_ecsfake.engine.tasks import lifecycle
from pytest_ecsfake.loading import made_up
from pytest_ecsfake.loading.documents import Part
from pytest_ecsfake.loading.place import Place, pairs
from pytest_ecsfake.state.container_instance import ContainerInstance
from pytest_ecsfake.state.deployment import Deployment
from pytest_ecsfake.state.service import Service
from pytest_ecsfake.state.task import Container, ManagedAgent, NetworkInterface, Task, Volume
from pytest_ecsfake.state.task_definition import TaskDefinition
from pytest_ecsfake.state.task_set import TaskSet

OF_A_SERVICE = "service:"

#: The timestamps of a task, by the members that show them.
TIMESTAMPS = {
    "connectivity_at": "connectivityAt",
    "pull_started_at": "pullStartedAt",
    "pull_stopped_at": "pullStoppedAt",
    "started_at": "startedAt",
    "stopping_at": "stoppingAt",
    "execution_stopped_at": "executionStoppedAt",
    "stopped_at": "stoppedAt",
}


def load_task(place: Place, part: Part) -> None:
    """Load a task. What its service has to know of it, `join_service` tells."""
    document, region = part.resource, place.region
    arn = document["taskArn"]
    if not (place.is_here(part, arn) and place.is_here(part, document["clusterArn"])):
        return
    cluster = place.cluster(document["clusterArn"])
    definition = place.definition(part, document["taskDefinitionArn"])
    instance_arn = document.get("containerInstanceArn")
    instance = None if instance_arn is None else place.container_instance(cluster, instance_arn)
    task_id = arn.rpartition("/")[2]
    if task_id in region.tasks_in(cluster):
        place.complain(part, "the fake has a task with this id already.")
        return
    if definition is None:
        return
    task = _task(document, definition, cluster, instance)
    if task is None:
        place.complain(part, f"its containers aren't those of its task definition {definition.key}.")
        return
    if instance is not None and instance.id in place.made_up and task.reserved is not None:
        reservation.take(instance, task)
        made_up.make_room(instance)
    region.tasks_in(cluster).add(task_id, task)
    place.note("task", arn, task.last_status, "lastStatus")
    lifecycle.resume(region, task)


def join_service(place: Place, service: Service) -> None:
    """Give a service its tasks that haven't stopped, in the order of their creation."""
    tasks, _ = place.region.tasks_in(service.cluster).page(10**9, service_name=service.name)
    owners: list[Deployment | TaskSet] = [*service.deployments, *service.task_sets]
    behind = {owner.id: owner.revision for owner in owners}
    for task in sorted(tasks, key=lambda task: task.created_at):
        if task.last_status != "STOPPED":
            service.tasks[task.id] = task
            revision = behind.get(task.started_by or "")
            task.is_behind_load_balancer = revision is not None and revision.has_load_balancer


def _task(
    document: Mapping[str, Any], definition: TaskDefinition, cluster: Any, instance: ContainerInstance | None
) -> Task | None:
    containers = _containers(document, definition)
    if containers is None:
        return None
    attachments = {each["type"]: each for each in document.get("attachments", [])}
    group = document.get("group", "")
    status = document.get("lastStatus", "RUNNING")
    overrides = {**document.get("overrides", {}), "containerOverrides": [each.override for each in containers]}
    shown = document.get("overrides", overrides)
    runs = status == document.get("desiredStatus", "RUNNING") == "RUNNING"
    return Task(
        arn=document["taskArn"],
        id=document["taskArn"].rpartition("/")[2],
        cluster=cluster,
        definition=definition,
        group=group,
        launch_type=document.get("launchType") or _launch_type(instance),
        created_at=_instant(document.get("createdAt")) or 0,
        containers=containers,
        overrides=shown,
        last_status=status,
        desired_status=document.get("desiredStatus", "RUNNING"),
        version=document.get("version", 1),
        cpu=document.get("cpu"),
        memory=document.get("memory"),
        started_by=document.get("startedBy"),
        capacity_provider_name=document.get("capacityProviderName"),
        platform_version=document.get("platformVersion"),
        platform_family=document.get("platformFamily"),
        availability_zone=document.get("availabilityZone"),
        ephemeral_storage_gib=document.get("ephemeralStorage", {}).get("sizeInGiB"),
        enable_execute_command=document.get("enableExecuteCommand", False),
        interface=_interface(attachments.get("ElasticNetworkInterface")),
        volume=_volume(attachments.get("AmazonElasticBlockStorage")),
        service_connect_attachment_id=attachments.get("ServiceConnect", {}).get("id"),
        container_instance=instance,
        reserved=None
        if instance is None or status == "STOPPED"
        else reservation.required_resources(definition.document, shown),
        gpu_ids=tuple(gpu for each in document.get("containers", []) for gpu in each.get("gpuIds", [])),
        service_name=group.removeprefix(OF_A_SERVICE) if group.startswith(OF_A_SERVICE) else None,
        is_available=runs and document.get("healthStatus") != "UNHEALTHY",
        tags=pairs(document.get("tags", [])),
        stop_code=document.get("stopCode"),
        stopped_reason=document.get("stoppedReason"),
        **{attribute: _instant(document.get(member)) for attribute, member in TIMESTAMPS.items()},  # type: ignore[arg-type]
    )


def _launch_type(instance: ContainerInstance | None) -> Any:
    return "FARGATE" if instance is None else instance.launch_type


def _containers(document: Mapping[str, Any], definition: TaskDefinition) -> list[Container] | None:
    """The containers in the order of the document; None if one isn't in the task definition."""
    definitions = {each["name"]: each for each in definition.document["containerDefinitions"]}
    overrides = {each.get("name"): each for each in document.get("overrides", {}).get("containerOverrides", [])}
    containers = []
    for shown in document.get("containers", []):
        name = shown["name"]
        is_proxy = name.startswith(service_connect.NAME) and name not in definitions
        if name not in definitions and not is_proxy:
            return None
        proxy: Any = {"name": name, "essential": True, "healthCheck": service_connect.HEALTH_CHECK}
        agents = shown.get("managedAgents", [])
        containers.append(
            Container(
                arn=shown["containerArn"],
                definition=proxy if is_proxy else definitions[name],
                override=overrides.get(name, {"name": name}),
                last_status=shown.get("lastStatus", "PENDING"),
                runtime_id=shown.get("runtimeId"),
                image_digest=shown.get("imageDigest"),
                exit_code=shown.get("exitCode"),
                reason=shown.get("reason"),
                health_status=shown.get("healthStatus", "UNKNOWN"),
                execute_command_agent=_agent(agents[0]) if agents else None,
                network_bindings=tuple(shown.get("networkBindings", [])),
                started_at=_instant(document.get("startedAt")),
                starts=int(shown.get("lastStatus", "PENDING") != "PENDING"),
                is_proxy=is_proxy,
            )
        )
    return containers if {each.name for each in containers if not each.is_proxy} == definitions.keys() else None


def _agent(document: Mapping[str, Any]) -> ManagedAgent:
    return ManagedAgent(document.get("lastStatus", "PENDING"), _instant(document.get("lastStartedAt")))


def _interface(attachment: Mapping[str, Any] | None) -> NetworkInterface | None:
    if attachment is None:
        return None
    details = _details(attachment)
    return NetworkInterface(
        attachment_id=attachment["id"],
        subnet_id=details.get("subnetId", ""),
        status=attachment["status"],
        network_interface_id=details.get("networkInterfaceId"),
        mac_address=details.get("macAddress"),
        private_dns_name=details.get("privateDnsName"),
        private_ipv4_address=details.get("privateIPv4Address"),
    )


def _volume(attachment: Mapping[str, Any] | None) -> Volume | None:
    if attachment is None:
        return None
    details = _details(attachment)
    return Volume(
        attachment_id=attachment["id"],
        name=details.get("volumeName", ""),
        role_arn=details.get("roleArn", ""),
        deletes_on_termination=details.get("deleteOnTermination", "true") == "true",
        status=attachment["status"],
        volume_id=details.get("volumeId"),
    )


def _details(attachment: Mapping[str, Any]) -> dict[str, str]:
    return {each["name"]: each["value"] for each in attachment.get("details", []) if {"name", "value"} <= each.keys()}


def _instant(timestamp: float | None) -> Instant | None:
    return None if timestamp is None else round(timestamp * SECOND)
