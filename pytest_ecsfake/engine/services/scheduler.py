"""The service scheduler: when it looks at a service, and what it learns of its tasks.

It subscribes to the region's journal and takes note; it looks once for each service and instant, after all that happens at the instant.
What it then does is `rolling.py`'s for a replica service, `shifting.py`'s while traffic is shifted,
`daemon.py`'s for a daemon, `task_sets.py`'s under other controllers than ECS.
Rules: Developer Guide, "Amazon ECS services"; API reference, DeploymentConfiguration, minimumHealthyPercent, for when a task counts as healthy,
and DeleteService for the end of a service.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import TYPE_CHECKING

from pytest_ecsfake.clock import CONSEQUENCES, SECOND, seconds
from pytest_ecsfake.engine.rollouts import alarms, circuit_breaker, configuration, messages, rollout
from pytest_ecsfake.engine.rollouts.transition import (
    circuit_breaker_transition,
    service_transition,
    task_set_transition,
)
from pytest_ecsfake.engine.services import lookup
from pytest_ecsfake.engine.strategies import daemon, rolling, scaling, shifting, task_sets, throttle
from pytest_ecsfake.engine.tasks.transition import availability_transition
from pytest_ecsfake.state.deployment import Deployment
from pytest_ecsfake.state.journal import Entry
from pytest_ecsfake.state.region import Region
from pytest_ecsfake.state.service import Service
from pytest_ecsfake.state.service_deployment import ServiceDeployment
from pytest_ecsfake.state.task import Task

if TYPE_CHECKING:
    from pytest_ecsfake.state.cluster import Cluster

#: How long until the scheduler takes up what was asked of a service (14 and 17 s until the first task in recorded deployments).
SCHEDULING = seconds(15)

#: API reference, DeploymentConfiguration, minimumHealthyPercent: how long a task without a health check is RUNNING before it counts as healthy.
#: A target counts once it is healthy: as long, by the recorded deployments.
SETTLING = seconds(40)

#: How long an INACTIVE service is shown; ECS documents no time. # unverified
INACTIVE_KEPT = seconds(24 * 60 * 60)


#: Why a task stops that never ran, and didn't come to run by itself (API reference, Task, stopCode).
FAILURES_TO_START = ("TaskFailedToStart", "EssentialContainerExited")

#: By the scheduling strategy.
RECONCILERS: Mapping[str, Callable[[Region, Service], None]] = {
    "REPLICA": rolling.reconcile,
    "DAEMON": daemon.reconcile,
}


def subscribe_scheduler(region: Region) -> None:
    """Follow what happens in a region, from its first service on."""
    if region.has_scheduler:
        return
    region.has_scheduler = True
    subscribe = region.journal.subscribe
    subscribe("task", "lastStatus", partial(_task_changed, region))
    subscribe("task", "desiredStatus", partial(_task_is_to_stop, region))
    subscribe("container", "healthStatus", partial(_health_changed, region))
    subscribe("container instance", "status", partial(_instance_changed, region))
    subscribe("container instance", "agentConnected", partial(_instance_changed, region))
    subscribe("service-deployment", "status", partial(_deployment_changed, region))
    subscribe("service-deployment", "lifecycleHook", partial(_deployment_changed, region))


def wake(region: Region, service: Service) -> None:
    """Have the scheduler take up, in its time, what was asked of a service."""
    region.clock.after(region.timings.delay("SCHEDULING", SCHEDULING), look, region, service)


def look(region: Region, service: Service) -> None:
    """Have the scheduler look at a service at the end of this instant; once is enough."""
    if not service.schedule.is_look_queued:
        service.schedule.is_look_queued = True
        region.clock.at(region.clock.now, _reconcile, region, service, lane=CONSEQUENCES)


def start_deployment(region: Region, service: Service, service_deployment: ServiceDeployment) -> None:
    """Begin a deployment whose time has come, unless a newer one has taken its place."""
    if service.current_service_deployment is service_deployment and service_deployment.status == "PENDING":
        rollout.start(region, service, service_deployment)
        alarms.begin(region, service_deployment)
        if shifting.is_asked_for(service, service_deployment):
            shifting.begin(region, service, service_deployment)
        look(region, service)


def delete(region: Region, service: Service) -> None:
    """Let a service drain: it wants no task any more, and is INACTIVE when the last one is STOPPING (API reference, DeleteService)."""
    service.desired_count = 0
    for deployment in service.deployments:
        deployment.desired_count = 0
    for task_set in service.task_sets:
        task_set.desired_count = 0
        task_set_transition(region, task_set, "DRAINING")
    service_transition(region, service, "DRAINING")
    wake(region, service)


def _reconcile(region: Region, service: Service) -> None:
    service.schedule.is_look_queued = False
    if service.schedule.newly_registered or service.schedule.newly_draining:
        messages.targets_changed(region, service)
    if service.status == "ACTIVE":
        service_deployment = service.current_service_deployment
        if service.controller != "ECS":
            task_sets.reconcile(region, service)
        elif service.deployments and (service_deployment is None or service_deployment.has_started):
            _reconcile_deployments(region, service, service_deployment)
    elif service.status == "DRAINING":
        _drain(region, service)
    if service.schedule.look_again_at is not None:
        region.clock.at(service.schedule.look_again_at, look, region, service)
        service.schedule.look_again_at = None


def _reconcile_deployments(region: Region, service: Service, service_deployment: ServiceDeployment | None) -> None:
    if service_deployment is not None and service_deployment.shift is not None:
        shifting.reconcile(region, service, service_deployment)
    else:
        RECONCILERS[service.scheduling_strategy](region, service)


def _drain(region: Region, service: Service) -> None:
    scaling.stop(region, service, [task for task in service.tasks.values() if task.desired_status == "RUNNING"])
    if all(task.last_status in ("STOPPING", "DEPROVISIONING", "STOPPED") for task in service.tasks.values()):
        service_transition(region, service, "INACTIVE")
        region.clock.after(INACTIVE_KEPT, _forget, region, service)


def _forget(region: Region, service: Service) -> None:
    services = region.services_in(service.cluster)
    if services.get(service.name) is service:
        services.drop(service.name)


# --- what it learns ---------------------------------------------------------------------------------------------------------------------


def _task_changed(region: Region, entry: Entry) -> None:
    task = _task(region, entry.resource)
    service = None if task is None else lookup.find_by_task(region, task)
    if task is None or service is None:
        return
    if entry.after == "RUNNING":
        _task_runs(region, service, task)
        if task.is_behind_load_balancer and task.started_by is not None:
            _count_target(service.schedule.newly_registered, task.started_by)
    elif entry.after == "DEACTIVATING" and task.started_by is not None:
        _count_target(service.schedule.newly_draining, task.started_by)
    elif entry.after == "STOPPED":
        service.tasks.pop(task.id, None)
        throttle.delay_replacement(region, service, task)
    look(region, service)


def _count_target(targets: dict[str, int], owner: str) -> None:
    targets[owner] = targets.get(owner, 0) + 1


def _task_runs(region: Region, service: Service, task: Task) -> None:
    """A task without health checks is healthy once it has settled; one with them when they say so."""
    service_deployment = service.current_service_deployment
    if service_deployment is not None and service_deployment.deployment.id == task.started_by:
        service_deployment.has_run = True
    if task.has_health_check:
        _weigh_health(region, service, task)
    else:
        region.clock.after(region.timings.delay("SETTLING", SETTLING), _settled, region, task)


def _settled(region: Region, task: Task) -> None:
    service = lookup.find_by_task(region, task)
    if service is not None and task.last_status == "RUNNING" and task.desired_status == "RUNNING":
        _is_available(region, service, task)


def _is_available(region: Region, service: Service, task: Task) -> None:
    """Count a task as healthy: what was amiss with its deployment is over."""
    availability_transition(task, available=True)
    service.schedule.end_throttle()
    for deployment in service.deployments:
        if deployment.id == task.started_by:
            # API reference, Deployment, failedTasks: "resets to zero and stops being evaluated".
            deployment.failed_tasks, deployment.has_run_well = 0, True
    service_deployment = service.current_service_deployment
    if service_deployment is not None and service_deployment.deployment.id == task.started_by:
        circuit_breaker.note_healthy(service_deployment)
    look(region, service)


def _task_is_to_stop(region: Region, entry: Entry) -> None:
    task = _task(region, entry.resource)
    service = None if task is None else lookup.find_by_task(region, task)
    if task is not None and service is not None:
        throttle.delay_replacement(region, service, task)
        was_to_be_replaced = task.needs_replacement
        availability_transition(task, available=False)
        if task.started_at is None and task.stop_code in FAILURES_TO_START:
            _note_failure(region, service, task, failed_to_start=True)
        elif was_to_be_replaced and task.stop_code == "ServiceSchedulerInitiated":
            _note_failure(region, service, task, failed_to_start=False)
        look(region, service)


def _health_changed(region: Region, entry: Entry) -> None:
    task = _task(region, entry.resource.replace(":container/", ":task/").rpartition("/")[0])
    service = None if task is None else lookup.find_by_task(region, task)
    if task is not None and service is not None and task.last_status == "RUNNING":
        _weigh_health(region, service, task)


def _weigh_health(region: Region, service: Service, task: Task) -> None:
    """Draw the conclusion from what the health checks of a running task say; in its grace period a bad result counts for nothing."""
    if task.desired_status != "RUNNING":
        return
    if task.health_status == "HEALTHY":
        if not task.is_available:
            _is_available(region, service, task)
    elif task.health_status == "UNHEALTHY":
        grace_ends = (task.started_at or 0) + service.health_check_grace_period_seconds * SECOND
        if region.clock.now < grace_ends:
            region.clock.at(grace_ends, _weigh_again, region, task)
            return
        availability_transition(task, available=False, needs_replacement=True)
        messages.say(region, service, f"(task {task.id}) failed container health checks.")
        look(region, service)


def _weigh_again(region: Region, task: Task) -> None:
    service = lookup.find_by_task(region, task)
    if service is not None and task.last_status == "RUNNING":
        _weigh_health(region, service, task)


def _instance_changed(region: Region, entry: Entry) -> None:
    """Capacity has come, or goes: each service of the cluster that runs on container instances is looked at."""
    cluster = region.clusters.get(entry.resource.rsplit("/", 2)[1])
    for service in () if cluster is None else region.services_in(cluster):
        if service.status == "ACTIVE" and _runs_on_instances(region, service):
            look(region, service)


def _deployment_changed(region: Region, entry: Entry) -> None:
    """A deployment that begins to go back, has ended, or waits for a hook no more, leaves something to do."""
    cluster_name, service_name, _ = entry.resource.partition("/")[2].split("/")
    service = lookup.find_by_names(region, cluster_name, service_name)
    if service is not None:
        look(region, service)


def _runs_on_instances(region: Region, service: Service) -> bool:
    return any(revision.template.launch_type != "FARGATE" for revision in service.revisions_in_use)


def _note_failure(region: Region, service: Service, task: Task, *, failed_to_start: bool) -> None:
    """Count a failed task for its deployment, for the throttle, and for the circuit breaker, which may end the deployment."""
    deployment = next((each for each in service.deployments if each.id == task.started_by), None)
    if deployment is not None and not deployment.has_run_well:
        deployment.failed_tasks += 1
    if failed_to_start:
        if _is_kept_up(service, deployment):
            throttle.count_failed_start(region, service)
        messages.say_once(region, service, messages.NOT_PLACED.format(reason=task.stopped_reason))
    service_deployment = service.current_service_deployment
    if (
        service_deployment is None
        or deployment is not service_deployment.deployment
        or service_deployment.status != "IN_PROGRESS"
    ):
        return
    if circuit_breaker.count_failure(service, service_deployment, failed_to_start=failed_to_start):
        circuit_breaker_transition(region, service_deployment, "TRIGGERED")
        rollback = configuration.circuit_breaker(service_deployment.configuration)["rollback"]
        rollout.fail(region, service, service_deployment, circuit_breaker.FAILED_TO_START, rollback=rollback)


def _is_kept_up(service: Service, deployment: Deployment | None) -> bool:
    """Whether tasks of a deployment are replaced, so that their failures throttle the service.

    Those of a deployment that was given up don't hold up the next: an update ends the throttling (Developer Guide, "Service throttle logic").
    """
    if not service.deployments:
        return True  # it is a task set's
    service_deployment = service.current_service_deployment
    return deployment in (
        service.deployments[:1]
        if service_deployment is None or service_deployment.shift is None
        else service_deployment.shift.serving
    )


# --- whose it is ------------------------------------------------------------------------------------------------------------------------


def _task(region: Region, arn: str) -> Task | None:
    _, cluster_name, task_id = arn.rsplit("/", 2)
    cluster: Cluster | None = region.clusters.get(cluster_name)
    return None if cluster is None else region.tasks_in(cluster).get(task_id)
