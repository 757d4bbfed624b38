"""EventBridge's JSON for the events that ECS sent: the envelope, and the resource as events show it.

Events show a resource as the API does, with the differences that recorded events have: timestamps are ISO 8601 without trailing zeros in the
fraction, a network interface is an `eni`, a managed agent has a `status`, and empty members and newer ones are left out.
Rules: Developer Guide, "Amazon ECS task state change events", "… container instance state change events", "… service action events" and
"… service deployment state change events", with their examples; "Amazon ECS managed daemons events".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypedDict, cast, get_args

from pytest_ecsfake import documents
from pytest_ecsfake.clock import SECOND, to_iso_8601
from pytest_ecsfake.rendering.container_instance import container_instance
from pytest_ecsfake.rendering.task import TIMESTAMPS, task_document
from pytest_ecsfake.state.event_log import DetailType, SentEvent, ServiceEvent, StateChange
from pytest_ecsfake.state.snapshots import container_instance_as_it_was, task_as_it_was

if TYPE_CHECKING:
    from pytest_ecsfake.state.region import Region

Event = TypedDict(
    "Event",
    {
        "version": str,
        "id": str,
        "detail-type": DetailType,
        "source": str,
        "account": str,
        "time": str,
        "region": str,
        "resources": list[str],
        "detail": dict[str, Any],
    },
)

DETAIL_TYPES: tuple[DetailType, ...] = (*get_args(StateChange), *get_args(ServiceEvent))

#: The members of each type's detail, in the order of recorded events and of the guide's examples. Events don't have the API's other members.
MEMBERS: Mapping[str, tuple[str, ...]] = {
    "ECS Task State Change": (
        "attachments", "attributes", "availabilityZone", "capacityProviderName", "clusterArn", "connectivity", "connectivityAt",
        "containerInstanceArn", "containers", "cpu", "createdAt", "desiredStatus", "enableExecuteCommand", "ephemeralStorage",
        "executionStoppedAt", "group", "launchType", "lastStatus", "memory", "overrides", "platformVersion", "pullStartedAt",
        "pullStoppedAt", "startedAt", "startedBy", "stoppingAt", "stoppedAt", "stoppedReason", "stopCode", "taskArn",
        "taskDefinitionArn", "updatedAt", "version",
    ),
    "ECS Container Instance State Change": (
        "agentConnected", "agentUpdateStatus", "attributes", "clusterArn", "containerInstanceArn", "ec2InstanceId",
        "registeredResources", "remainingResources", "status", "version", "versionInfo", "updatedAt",
    ),
    "ECS Service Action": (
        "eventType", "eventName", "clusterArn", "capacityProviderArns", "containerInstanceArns", "createdAt", "reason",
    ),
    "ECS Deployment State Change": ("eventType", "eventName", "deploymentId", "updatedAt", "reason"),
    "ECS Daemon Service Action": (
        "eventType", "eventName", "clusterArn", "containerInstanceArn", "taskArn", "daemonRevisionArn", "capacityProviderName",
        "daemonArn", "daemonTaskDefinitionArn", "failureType", "createdAt", "reason",
    ),
    "ECS Daemon Deployment State Change": (
        "eventType", "eventName", "clusterArn", "daemonArn", "daemonDeploymentArn", "targetDaemonRevisionArn", "updatedAt",
    ),
}  # fmt: skip

_CONTAINER = (
    "containerArn", "exitCode", "lastStatus", "name", "image", "imageDigest", "reason", "runtimeId", "taskArn", "networkInterfaces",
    "networkBindings", "cpu", "memory", "memoryReservation", "managedAgents", "gpuIds",
)  # fmt: skip

_TASK_TIMESTAMPS = ("createdAt", *(member for _, member in TIMESTAMPS))

#: The attachment types that have another name in events than in the API. That no other type does is unverified. # unverified
_ATTACHMENT_TYPES = {"ElasticNetworkInterface": "eni"}

#: The member that holds a resource's value, by the resource's type. Events have only this one; the API fills the others with zeros.
_VALUES = {"INTEGER": "integerValue", "STRINGSET": "stringSetValue"}


def event(region: Region, sent: SentEvent) -> Event:
    """An event as EventBridge delivers it. It is a new document each time, so the caller may change it."""
    arn, detail = _DETAILS[sent.detail_type](region, sent)
    rendered: Event = {
        "version": "0",
        "id": region.events.id_of(sent),
        "detail-type": sent.detail_type,
        "source": "aws.ecs",
        "account": region.partition.account,
        "time": to_iso_8601(sent.at // SECOND * SECOND),
        "region": region.partition.region,
        "resources": [arn] if arn else [],
        "detail": detail,
    }
    return cast("Event", documents.unpack(documents.pack(rendered)))


def _task(region: Region, sent: SentEvent) -> tuple[str, dict[str, Any]]:
    document: dict[str, Any] = {**task_document(task_as_it_was(sent.subject, sent.snapshot), tags=False)}
    if "connectivity" in document:  # snapshots don't hold the connection of the agent
        document["connectivity"] = "CONNECTED"
    for member in _TASK_TIMESTAMPS:
        if member in document:
            document[member] = to_iso_8601(round(document[member] * SECOND))
    document["attachments"] = [
        {**attachment, "type": _ATTACHMENT_TYPES.get(attachment["type"], attachment["type"])}
        for attachment in document["attachments"]
    ]
    document["containers"] = [_container(container) for container in document["containers"]]
    document["overrides"] = _without_empty(document["overrides"], "inferenceAcceleratorOverrides")
    return sent.subject.arn, _detail(sent, document)


def _container(document: Mapping[str, Any]) -> dict[str, Any]:
    shown = _chosen(document, _CONTAINER)
    if "managedAgents" in shown:
        shown["managedAgents"] = [
            {"name": agent["name"], "status": agent["lastStatus"]} for agent in shown["managedAgents"]
        ]
    return _without_empty(shown, "networkBindings")


def _container_instance(region: Region, sent: SentEvent) -> tuple[str, dict[str, Any]]:
    past = container_instance_as_it_was(sent.subject, sent.snapshot)
    document: dict[str, Any] = {**container_instance(region, past), "clusterArn": past.cluster.arn}
    for member in ("registeredResources", "remainingResources"):
        document[member] = [
            _chosen(resource, ("name", "type", _VALUES[resource["type"]])) for resource in document[member]
        ]
    return past.arn, _detail(sent, document)


def _of_service(region: Region, sent: SentEvent) -> tuple[str, dict[str, Any]]:
    return sent.subject, documents.unpack(sent.snapshot)


def _detail(sent: SentEvent, document: Mapping[str, Any]) -> dict[str, Any]:
    return _chosen({**document, "updatedAt": to_iso_8601(sent.at)}, MEMBERS[sent.detail_type])


def _chosen(document: Mapping[str, Any], members: tuple[str, ...]) -> dict[str, Any]:
    return {member: document[member] for member in members if member in document}


def _without_empty(document: Mapping[str, Any], member: str) -> dict[str, Any]:
    return {name: value for name, value in document.items() if name != member or value}


_DETAILS = {
    "ECS Task State Change": _task,
    "ECS Container Instance State Change": _container_instance,
    "ECS Service Action": _of_service,
    "ECS Deployment State Change": _of_service,
    "ECS Daemon Service Action": _of_service,
    "ECS Daemon Deployment State Change": _of_service,
}
