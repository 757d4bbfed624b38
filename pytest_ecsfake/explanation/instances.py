"""Clusters and capacity providers that are still being changed, and container instances that hold something up."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pytest_ecsfake.engine.capacity import attachments
from pytest_ecsfake.engine.instances import loss
from pytest_ecsfake.explanation.situation import Finding, Situation
from pytest_ecsfake.explanation.wording import are, counted, listed, short
from pytest_ecsfake.state.capacity_provider import CapacityProvider
from pytest_ecsfake.state.cluster import Cluster
from pytest_ecsfake.state.container_instance import ContainerInstance

#: API reference, CapacityProvider, updateStatus: what has failed, for one provider and for several.
UNCHANGED: Mapping[str, tuple[str, str]] = {
    "CREATE_FAILED": ("wasn't created", "weren't created"),
    "UPDATE_FAILED": ("wasn't updated", "weren't updated"),
    "DELETE_FAILED": ("wasn't deleted", "weren't deleted"),
}


def find(situation: Situation) -> Iterator[Finding]:
    """What there is to say of all clusters, capacity providers and container instances."""
    for cluster in situation.region.clusters:
        if attachments.is_busy(cluster):
            yield _busy_cluster(situation, cluster)
    for provider in situation.region.capacity_providers:
        finding = _of_provider(situation, provider)
        if finding is not None:
            yield finding
    for cluster in situation.region.clusters:
        for instance in situation.region.container_instances_in(cluster):
            finding = _of_instance(situation, instance)
            if finding is not None:
                yield finding


def _busy_cluster(situation: Situation, cluster: Cluster) -> Finding:
    due = situation.due(cluster, "_finish")
    until = "" if due is None else f", until {situation.at(due)}"
    sentence = f"Its status is {cluster.status} and its attachmentsStatus {cluster.attachments_status}{until}."
    return Finding(
        f"cluster {cluster.name}",
        "is still being updated",
        "are still being updated",
        (sentence, "Until then ECS refuses other changes of it (UpdateInProgressException)."),
        due,
        (cluster.arn,),
    )


def _of_provider(situation: Situation, provider: CapacityProvider) -> Finding | None:
    name = f"capacity provider {provider.name}"
    status = provider.update_status
    if status is not None and status in UNCHANGED:
        reason = provider.update_status_reason or "ECS gives no reason"
        wasnt, werent = UNCHANGED[status]
        failed = (f"Its updateStatus is {status}: {reason.removesuffix('.')}.",)
        return Finding(name, wasnt, werent, failed, arns=(provider.arn,))
    if not provider.is_busy:
        return None
    due = situation.due(
        provider, "_finish_creation", "_finish_group_update", "_finish_managed_instances_update", "_finish_deletion"
    )
    if provider.awaits_instances:
        sentence = f"Its updateStatus is {provider.update_status}, until the last of its container instances is gone."
        due = None
    else:
        until = "" if due is None else f" until {situation.at(due)}"
        sentence = f"Its status is {provider.status} and its updateStatus {provider.update_status}{until}."
    return Finding(name, "is still being updated", "are still being updated", (sentence,), due, (provider.arn,))


def _of_instance(situation: Situation, instance: ContainerInstance) -> Finding | None:
    name = f"container instance {short(instance.arn)} of {instance.cluster.name}"
    if instance.status == "DRAINING":
        sentences = list(_draining(situation, instance))
        if sentences:
            return Finding(name, "is still DRAINING", "are still DRAINING", tuple(sentences), arns=(instance.arn,))
    if instance.status == "REGISTERING":
        launch = situation.region.managed_instances_in(instance.cluster).launch_of(instance.id)
        daemons = [
            each.name for each in situation.region.daemons_in(instance.cluster).on(instance.capacity_provider_name)
        ]
        if daemons and launch is None:
            sentence = f"It waits for the critical daemons on it to be RUNNING: {listed(daemons)}."
            return Finding(name, "isn't ACTIVE", "aren't ACTIVE", (sentence,), arns=(instance.arn,))
    if not instance.agent_connected and instance.is_listed and loss.has_tasks(situation.region, instance):
        sentence = "ECS places no task on it, and hears nothing of those that are on it."
        return Finding(name, "has a disconnected agent", "have disconnected agents", (sentence,), arns=(instance.arn,))
    return None


def _draining(situation: Situation, instance: ContainerInstance) -> Iterator[str]:
    """What still runs on a draining instance: tasks of services wait for others, tasks of nobody for their own end."""
    tasks = [task for task in loss.tasks_on(situation.region, instance) if task.last_status != "STOPPED"]
    services = [task for task in tasks if task.service_name is not None]
    others = [task for task in tasks if task.service_name is None and task.daemon_name is None]
    if services:
        names = listed(dict.fromkeys(f"{task.cluster.name}/{task.service_name}" for task in services))
        yield f"{counted(len(services), 'task')} of {names} {are(len(services))} on it until others have taken their place."
    if others:
        keys = listed(dict.fromkeys(task.definition.key for task in others))
        yield (
            f"{counted(len(others), 'task')} of {keys} {are(len(others))} on it that no service started: "
            f"draining doesn't stop {'it' if len(others) == 1 else 'them'}, StopTask does."
        )
