"""The service scheduler: when it looks at a service, and which strategy reconciles the service then.

It looks at a service once, at the end of an instant, after everything else that happens then; `subscriptions.py` says what makes it look.
`rolling.py` reconciles a replica service, `daemon.py` a daemon, `shifting.py` a service whose deployment shifts traffic, and
`task_sets.py` a service under another controller than ECS.
Rules: Developer Guide, "Amazon ECS services"; API reference, DeleteService for the end of a service.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pytest_ecsfake.clock import CONSEQUENCES, seconds
from pytest_ecsfake.engine.express import managed_parts
from pytest_ecsfake.engine.rollouts import alarms, messages, rollout
from pytest_ecsfake.engine.rollouts.transition import service_transition, stability_transition
from pytest_ecsfake.engine.strategies import daemon, rolling, scaling, shifting, task_sets
from pytest_ecsfake.state.region import Region
from pytest_ecsfake.state.service import Service
from pytest_ecsfake.state.service_deployment import ServiceDeployment

#: How long until the scheduler acts on a request (14 and 17 s until the first task in recorded deployments).
SCHEDULING = seconds(15)

#: How long an INACTIVE service is shown; ECS documents no time. # unverified
INACTIVE_KEPT = seconds(24 * 60 * 60)

#: By the scheduling strategy, for a service under the controller ECS whose deployment doesn't shift traffic.
RECONCILERS: Mapping[str, Callable[[Region, Service], None]] = {
    "REPLICA": rolling.reconcile,
    "DAEMON": daemon.reconcile,
}


def after_delay(region: Region, action: Callable[..., None], *arguments: Any) -> None:
    """Schedule what the scheduler does about a request: a module-level function with its arguments."""
    region.clock.after(region.timings.delay("SCHEDULING", SCHEDULING), action, *arguments)


def wake(region: Region, service: Service) -> None:
    """Have the scheduler look at a service that a request has changed, after its delay."""
    after_delay(region, look, region, service)


def look(region: Region, service: Service) -> None:
    """Have the scheduler look at a service at the end of this instant."""
    if not service.schedule.is_look_queued:
        service.schedule.is_look_queued = True
        region.clock.at(region.clock.now, _reconcile, region, service, lane=CONSEQUENCES)


def start_deployment(region: Region, service: Service, service_deployment: ServiceDeployment) -> None:
    """Start a deployment that is PENDING, unless a newer one has superseded it."""
    if service.current_service_deployment is service_deployment and service_deployment.status == "PENDING":
        rollout.start(region, service, service_deployment)
        alarms.start_monitoring(region, service_deployment)
        if shifting.shifts_traffic(service, service_deployment):
            shifting.begin(region, service, service_deployment)
        look(region, service)


def delete(region: Region, service: Service) -> None:
    """Drain a service: its tasks are stopped, and it is INACTIVE when the last one is STOPPING (API reference, DeleteService).

    An Express service also waits until what ECS manages for it is gone (API reference, DeleteExpressGatewayService).

    Its task sets keep their status; the scheduler scales them in (recorded answer of 2024, under CODE_DEPLOY; under EXTERNAL # unverified).
    """
    messages.unsettle(region, service)
    service.desired_count = 0
    for deployment in service.deployments:
        deployment.desired_count = 0
    for task_set in service.task_sets:
        task_set.scale = {"value": 0.0, "unit": "PERCENT"}
        stability_transition(region, task_set, "STABILIZING")
    service_transition(region, service, "DRAINING")
    if service.express is not None:
        managed_parts.deprovision(region, service, service.express, then=look)
    wake(region, service)


def _reconcile(region: Region, service: Service) -> None:
    schedule = service.schedule
    schedule.is_look_queued = False
    if schedule.newly_registered or schedule.newly_draining:
        messages.targets_changed(region, service)
    if service.status == "ACTIVE" and service.controller != "ECS":
        task_sets.reconcile(region, service)
    elif service.status == "ACTIVE":
        _reconcile_deployments(region, service)
    elif service.status == "DRAINING":
        _drain(region, service)
    if schedule.look_again_at is not None:
        region.clock.at(schedule.look_again_at, look, region, service)
        schedule.look_again_at = None


def _reconcile_deployments(region: Region, service: Service) -> None:
    service_deployment = service.current_service_deployment
    if not service.deployments or (service_deployment is not None and not service_deployment.has_started):
        return
    if service_deployment is not None and service_deployment.shift is not None:
        shifting.reconcile(region, service, service_deployment)
    else:
        RECONCILERS[service.scheduling_strategy](region, service)


def _drain(region: Region, service: Service) -> None:
    for task_set in service.task_sets:
        task_set.desired_count = 0
    scaling.stop(region, service, [task for task in service.tasks.values() if task.desired_status == "RUNNING"])
    are_ending = all(task.last_status in ("STOPPING", "DEPROVISIONING", "STOPPED") for task in service.tasks.values())
    if are_ending and (service.express is None or service.express.is_gone):
        service_transition(region, service, "INACTIVE")
        region.clock.after(INACTIVE_KEPT, _forget, region, service)


def _forget(region: Region, service: Service) -> None:
    services = region.services_in(service.cluster)
    if services.get(service.name) is service:
        services.drop(service.name)
