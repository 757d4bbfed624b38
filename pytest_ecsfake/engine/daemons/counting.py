"""On which container instances a daemon's tasks run: derived from the tasks and the instances, for rendering and for deployments.

Rules: API reference, DaemonRevisionDetail, DaemonCapacityProvider and DaemonDeploymentCapacityProvider; Developer Guide, "Amazon ECS managed
daemon auto repair": an instance is counted as running or as without the daemon, never as both.
"""

from __future__ import annotations

from pytest_ecsfake.state.container_instance import ContainerInstance
from pytest_ecsfake.state.daemon import Daemon, DaemonRevision, InstanceCount, InstanceCounts
from pytest_ecsfake.state.region import Region
from pytest_ecsfake.state.task import Task


def instances_of(region: Region, daemon: Daemon, providers: frozenset[str]) -> list[ContainerInstance]:
    """The instances of some capacity providers that haven't left, in the order of their registration."""
    return [
        instance
        for instance in region.container_instances_in(daemon.cluster)
        if instance.is_listed and instance.capacity_provider_name in providers
    ]


def task_on(region: Region, daemon_name: str, instance: ContainerInstance) -> Task | None:
    """The task of a daemon on an instance that hasn't stopped; there is one at most."""
    tasks = region.tasks_in(instance.cluster)
    found, _ = tasks.page(len(tasks), container_instance=instance, daemon_name=daemon_name)
    return next((task for task in found if task.last_status != "STOPPED"), None)


def has_revision(region: Region, daemon: Daemon, revision: DaemonRevision, instance: ContainerInstance) -> bool:
    """Whether a revision was started on an instance, whether or not its task runs."""
    return daemon.begun_on.get(instance.id) == revision.arn


def counts_of(region: Region, daemon: Daemon, revision: DaemonRevision) -> InstanceCounts:
    """How many instances have a revision, by capacity provider; each of the revision's providers is there."""
    counts: InstanceCounts = dict.fromkeys(revision.capacity_providers, InstanceCount())
    for instance in instances_of(region, daemon, frozenset(revision.capacity_providers)):
        name = instance.capacity_provider_name
        if name is None or not has_revision(region, daemon, revision, instance):
            continue
        task = task_on(region, daemon.name, instance)
        runs = task is not None and task.last_status == "RUNNING" and task.desired_status == "RUNNING"
        so_far = counts[name]
        if instance.status == "DRAINING":
            counts[name] = so_far._replace(draining=so_far.draining + 1)
        elif runs:
            counts[name] = so_far._replace(running=so_far.running + 1)
        elif instance.status == "ACTIVE":
            counts[name] = so_far._replace(without_daemon=so_far.without_daemon + 1)
    return counts


def revisions_in_use(region: Region, daemon: Daemon) -> list[DaemonRevision]:
    """The revisions that instances have, and the one that new instances start, the newest first."""
    known = region.daemons_in(daemon.cluster).revisions
    instances = region.container_instances_in(daemon.cluster)
    there = [(instances.get(instance_id), arn) for instance_id, arn in daemon.begun_on.items()]
    used = {arn for instance, arn in there if instance is not None and instance.is_listed}
    if daemon.revision is not None:
        used.add(daemon.revision.arn)
    return [revision for arn, revision in reversed(known.items()) if arn in used]
