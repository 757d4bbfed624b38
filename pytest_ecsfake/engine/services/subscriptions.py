"""What makes the scheduler look at a service: changes of its tasks, of container instances and of its deployments, as the journal reports them.

A subscriber only notes what has happened (which tasks are healthy, what has failed) and has the scheduler look at the service.
Rules: API reference, DeploymentConfiguration, minimumHealthyPercent, for when a task counts as healthy; Deployment, failedTasks.
"""

from __future__ import annotations

from functools import partial

from pytest_ecsfake.clock import SECOND, seconds
from pytest_ecsfake.engine.rollouts import circuit_breaker, configuration, messages, rollout
from pytest_ecsfake.engine.rollouts.transition import circuit_breaker_transition
from pytest_ecsfake.engine.services import lookup
from pytest_ecsfake.engine.services.scheduler import look
from pytest_ecsfake.engine.strategies import throttle
from pytest_ecsfake.engine.tasks.lookup import find_task
from pytest_ecsfake.engine.tasks.transition import availability_transition
from pytest_ecsfake.state.deployment import Deployment
from pytest_ecsfake.state.journal import Entry
from pytest_ecsfake.state.region import Region
from pytest_ecsfake.state.service import Service
from pytest_ecsfake.state.service_deployment import ServiceDeployment
from pytest_ecsfake.state.task import Task

#: API reference, DeploymentConfiguration, minimumHealthyPercent: how long a task without a health check is RUNNING before it counts as healthy.
#: The target of a load balancer counts once it is healthy, which takes as long in the recorded deployments.
SETTLING = seconds(40)

#: API reference, Task, stopCode: why a task stops that failed to start. Other tasks that never ran were told to stop.
FAILURES_TO_START = ("TaskFailedToStart", "EssentialContainerExited")


def subscribe_scheduler(region: Region) -> None:
    """Have the scheduler follow what happens in a region, once the region has a service."""
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


# --- tasks that come and go -------------------------------------------------------------------------------------------------------------


def _task_changed(region: Region, entry: Entry) -> None:
    task = find_task(region, entry.resource)
    service = None if task is None else lookup.find_by_task(region, task)
    if task is None or service is None:
        return
    if entry.after == "RUNNING":
        _note_running(region, service, task)
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


def _note_running(region: Region, service: Service, task: Task) -> None:
    service_deployment = service.current_service_deployment
    if service_deployment is not None and service_deployment.deployment.id == task.started_by:
        service_deployment.has_run = True
    if task.has_health_check:
        _apply_health(region, service, task)
    else:
        region.clock.after(region.timings.delay("SETTLING", SETTLING), _settled, region, task)


def _task_is_to_stop(region: Region, entry: Entry) -> None:
    task = find_task(region, entry.resource)
    service = None if task is None else lookup.find_by_task(region, task)
    if task is None or service is None:
        return
    throttle.delay_replacement(region, service, task)
    was_to_be_replaced = task.needs_replacement
    availability_transition(task, available=False)
    if task.started_at is None and task.stop_code in FAILURES_TO_START:
        _count_failure(region, service, task, failed_to_start=True)
    elif was_to_be_replaced and task.stop_code == "ServiceSchedulerInitiated":
        _count_failure(region, service, task, failed_to_start=False)
    look(region, service)


# --- their health -----------------------------------------------------------------------------------------------------------------------


def _settled(region: Region, task: Task) -> None:
    service = lookup.find_by_task(region, task)
    if service is not None and task.last_status == "RUNNING" and task.desired_status == "RUNNING":
        _note_healthy(region, service, task)


def _health_changed(region: Region, entry: Entry) -> None:
    task = find_task(region, entry.resource.replace(":container/", ":task/").rpartition("/")[0])
    if task is not None:
        _apply_health_if_running(region, task)


def _apply_health_if_running(region: Region, task: Task) -> None:
    service = lookup.find_by_task(region, task)
    if service is not None and task.last_status == "RUNNING":
        _apply_health(region, service, task)


def _apply_health(region: Region, service: Service, task: Task) -> None:
    """Act on the health of a running task. Until its grace period ends, a failed health check has no effect."""
    if task.desired_status != "RUNNING":
        return
    if task.health_status == "HEALTHY" and not task.is_available:
        _note_healthy(region, service, task)
    elif task.health_status == "UNHEALTHY":
        grace_ends = (task.started_at or 0) + service.health_check_grace_period_seconds * SECOND
        if region.clock.now < grace_ends:
            region.clock.at(grace_ends, _apply_health_if_running, region, task)
            return
        availability_transition(task, available=False, needs_replacement=True)
        messages.say(region, service, f"(task {task.id}) failed container health checks.")
        look(region, service)


def _note_healthy(region: Region, service: Service, task: Task) -> None:
    """Count a task as healthy. Its deployment, which has run well from now on, starts tasks at once again."""
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


# --- their failures ---------------------------------------------------------------------------------------------------------------------


def _count_failure(region: Region, service: Service, task: Task, *, failed_to_start: bool) -> None:
    """Count a failed task for its deployment, for the throttle and for the circuit breaker."""
    deployment = next((each for each in service.deployments if each.id == task.started_by), None)
    if deployment is not None and not deployment.has_run_well:
        deployment.failed_tasks += 1
    if failed_to_start:
        if _replaces_tasks_of(service, deployment):
            throttle.count_failed_start(region, service)
        messages.report_obstacle(region, service, messages.NOT_PLACED.format(reason=task.stopped_reason))
    service_deployment = service.current_service_deployment
    if service_deployment is not None and service_deployment.deployment is deployment:
        _count_for_circuit_breaker(region, service, service_deployment, failed_to_start=failed_to_start)


def _count_for_circuit_breaker(
    region: Region, service: Service, service_deployment: ServiceDeployment, *, failed_to_start: bool
) -> None:
    if service_deployment.status != "IN_PROGRESS" or not circuit_breaker.counts(
        service_deployment, failed_to_start=failed_to_start
    ):
        return
    service_deployment.failure_count += 1
    if circuit_breaker.is_tripped(service, service_deployment):
        circuit_breaker_transition(region, service_deployment, "TRIGGERED")
        rollback = configuration.circuit_breaker(service_deployment.configuration)["rollback"]
        rollout.fail(region, service, service_deployment, circuit_breaker.FAILED_TO_START, rollback=rollback)


def _replaces_tasks_of(service: Service, deployment: Deployment | None) -> bool:
    """Whether a service replaces the tasks of a deployment, so that their failures throttle it; those of a task set always are replaced.

    Failures of a deployment that was given up don't delay the next one: an update ends the throttle (Developer Guide, "Amazon ECS service
    throttle logic").
    """
    if not service.deployments:
        return True
    service_deployment = service.current_service_deployment
    if service_deployment is not None and service_deployment.shift is not None:
        return deployment in service_deployment.shift.serving
    return deployment is service.deployments[0]


# --- what else changes ------------------------------------------------------------------------------------------------------------------


def _instance_changed(region: Region, entry: Entry) -> None:
    """Look at each service of the cluster that runs on container instances: capacity is new, or leaves."""
    cluster = region.clusters.get(entry.resource.rsplit("/", 2)[1])
    for service in () if cluster is None else region.services_in(cluster):
        if service.status == "ACTIVE" and _runs_on_instances(service):
            look(region, service)


def _runs_on_instances(service: Service) -> bool:
    return any(revision.template.launch_type != "FARGATE" for revision in service.revisions_in_use)


def _deployment_changed(region: Region, entry: Entry) -> None:
    """Look at a service whose deployment rolls back, has ended, or no longer waits for a hook."""
    cluster_name, service_name, _ = entry.resource.partition("/")[2].split("/")
    service = lookup.find_by_names(region, cluster_name, service_name)
    if service is not None:
        look(region, service)
