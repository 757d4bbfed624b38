"""What daemons follow in the journal: their tasks, the container instances of their capacity providers, failures and alarms."""

from __future__ import annotations

from functools import partial

from pytest_ecsfake.engine.daemons import deployments, starting
from pytest_ecsfake.engine.tasks.lookup import find_task
from pytest_ecsfake.state.daemon import Daemon
from pytest_ecsfake.state.journal import Entry
from pytest_ecsfake.state.region import Region
from pytest_ecsfake.state.task import Task


def subscribe(region: Region) -> None:
    """Follow what happens in a region, once it has a daemon."""
    if region.follows_daemons:
        return
    region.follows_daemons = True
    subscribe_to = region.journal.subscribe
    subscribe_to("task", "lastStatus", partial(_task_changed, region))
    subscribe_to("container", "healthStatus", partial(_health_changed, region))
    subscribe_to("container instance", "status", partial(_instance_changed, region))
    subscribe_to("daemon", "taskStart", partial(_task_failed, region))
    subscribe_to("daemon", "taskStop", partial(_task_failed, region))
    subscribe_to("alarm", "state", partial(_alarm_changed, region))


def _task_changed(region: Region, entry: Entry) -> None:
    if entry.after not in ("RUNNING", "STOPPED"):
        return
    task = find_task(region, entry.resource)
    daemon = None if task is None else _daemon_of(region, task)
    if task is None or daemon is None:
        return
    if entry.after == "RUNNING":
        region.clock.at(region.clock.now, starting.note_running, region, task)
    else:
        region.clock.at(region.clock.now, starting.note_stopped, region, daemon, task)
    deployments.look(region, daemon)


def _health_changed(region: Region, entry: Entry) -> None:
    task = find_task(region, entry.resource.replace(":container/", ":task/").rpartition("/")[0])
    if task is not None and _daemon_of(region, task) is not None and task.health_status == "UNHEALTHY":
        region.clock.at(region.clock.now, starting.note_unhealthy, region, task)


def _instance_changed(region: Region, entry: Entry) -> None:
    """Start daemons on an instance that registers, before it is ACTIVE; any change may be what a deployment waits for."""
    _, cluster_name, instance_id = entry.resource.rsplit("/", 2)
    cluster = region.clusters.get(cluster_name)
    instance = None if cluster is None else region.container_instances_in(cluster).get(instance_id)
    if cluster is None or instance is None or instance.launch_type != "MANAGED_INSTANCES":
        return
    if entry.before is None:
        region.clock.at(region.clock.now, starting.start_all, region, instance)
    for daemon in region.daemons_in(cluster):
        deployments.look(region, daemon)


def _task_failed(region: Region, entry: Entry) -> None:
    _, cluster_name, name = entry.resource.rsplit("/", 2)
    cluster = region.clusters.get(cluster_name)
    daemon = None if cluster is None else region.daemons_in(cluster).get(name)
    if daemon is not None:
        region.clock.at(region.clock.now, deployments.count_failure, region, daemon, entry.after)


def _alarm_changed(region: Region, entry: Entry) -> None:
    if entry.after == "ALARM":
        region.clock.at(region.clock.now, deployments.trigger_alarm, region, entry.resource.partition("/")[2])


def _daemon_of(region: Region, task: Task) -> Daemon | None:
    return None if task.daemon_name is None else region.daemons_in(task.cluster).get(task.daemon_name)
