"""What makes Managed Instances come and go: changes of tasks, of container instances and of their providers, as the journal reports them."""

from __future__ import annotations

from functools import partial

from pytest_ecsfake.engine.managed_instances import scaling_in, scaling_out
from pytest_ecsfake.state.container_instance import ContainerInstance
from pytest_ecsfake.state.journal import Entry
from pytest_ecsfake.state.region import Region


def subscribe(region: Region) -> None:
    """Follow what happens in a region, once it has a provider of Managed Instances."""
    if region.capacity_providers.follows_managed_instances:
        return
    region.capacity_providers.follows_managed_instances = True
    region.journal.subscribe("task", "lastStatus", partial(_task_changed, region))
    region.journal.subscribe("container instance", "status", partial(_instance_changed, region))
    region.journal.subscribe("capacity provider", "status", partial(_provider_changed, region))


def _task_changed(region: Region, entry: Entry) -> None:
    """Look for capacity when a task is accepted without any, and count an instance's idle time when one has stopped."""
    if entry.after not in ("PROVISIONING", "STOPPED"):
        return
    _, cluster_name, task_id = entry.resource.rsplit("/", 2)
    cluster = region.clusters.get(cluster_name)
    task = None if cluster is None else region.tasks_in(cluster).get(task_id)
    if cluster is None or task is None or task.launch_type != "MANAGED_INSTANCES":
        return
    if entry.after == "PROVISIONING":
        scaling_out.look(region, cluster)
    elif task.container_instance is not None:
        if task.daemon_name is None:
            scaling_in.note_idleness(region, task.container_instance)
            scaling_in.leave_if_drained(region, task.container_instance)
        region.clock.at(region.clock.now, scaling_in.terminate_if_empty, region, task.container_instance)


def _instance_changed(region: Region, entry: Entry) -> None:
    _, cluster_name, instance_id = entry.resource.rsplit("/", 2)
    cluster = region.clusters.get(cluster_name)
    instance = None if cluster is None else region.container_instances_in(cluster).get(instance_id)
    if cluster is None or instance is None or instance.launch_type != "MANAGED_INSTANCES":
        return
    if entry.after == "ACTIVE":
        scaling_in.note_active(region, instance)
    elif entry.after == "DRAINING":
        scaling_in.note_draining(region, instance)
    elif entry.after == "INACTIVE":
        _forget_launch(region, instance)
        region.clock.at(region.clock.now, scaling_in.note_gone, region, instance)
    scaling_out.look(region, cluster)


def _forget_launch(region: Region, instance: ContainerInstance) -> None:
    """Forget the launch of an instance that is lost before it was ACTIVE; its tasks need another one."""
    scaling = region.managed_instances_in(instance.cluster)
    scaling.launches = [launch for launch in scaling.launches if launch.instance_id != instance.id]


def _provider_changed(region: Region, entry: Entry) -> None:
    provider = region.capacity_providers.get(entry.resource.rpartition("/")[2])
    cluster = None if provider is None or provider.cluster_name is None else region.clusters.get(provider.cluster_name)
    if provider is None or cluster is None:
        return
    if entry.after == "DEPROVISIONING":
        region.clock.at(region.clock.now, scaling_in.drain_all, region, cluster, provider.name)
    elif entry.after == "ACTIVE":
        scaling_out.look(region, cluster)
