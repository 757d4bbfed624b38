"""Deployment alarms: CloudWatch alarms that fail a deployment, also while it bakes.

Rules: API reference, DeploymentAlarms and ServiceDeploymentAlarms; Developer Guide, "How CloudWatch alarms detect Amazon ECS deployment failures".
"""

from __future__ import annotations

from pytest_ecsfake.engine.rollouts import configuration, rollout
from pytest_ecsfake.engine.rollouts.rollout import Failure
from pytest_ecsfake.engine.rollouts.transition import alarms_transition
from pytest_ecsfake.state.region import AlarmState, Region
from pytest_ecsfake.state.service import Service
from pytest_ecsfake.state.service_deployment import ServiceDeployment

#: The event's words were reported; those of the rollout state and of the service deployment are unverified.
ALARM_DETECTED = Failure(
    "alarm detected", "ECS deployment alarm", "Service deployment rolled back because of an alarm that was detected."
)


def set_alarm(region: Region, name: str, state: AlarmState) -> None:
    """Bring an alarm into a state, as CloudWatch does. With ALARM, the deployments that watch it fail at this instant."""
    before = region.alarm_state(name)
    region.alarms[name] = state
    now = region.clock.now
    region.journal.write(now, "alarm", f"alarm/{name}", "state", before, state)
    if state == "ALARM":
        region.clock.at(now, _fail_deployments, region, name)


def start_monitoring(region: Region, service_deployment: ServiceDeployment) -> None:
    """Watch the alarms of a deployment that starts, unless one of them is in ALARM already: then none is watched."""
    alarms = configuration.alarms(service_deployment.configuration)
    if alarms["enable"] and not any(region.alarm_state(name) == "ALARM" for name in alarms["alarmNames"]):
        alarms_transition(region, service_deployment, "MONITORING")


def bake_time(region: Region, service_deployment: ServiceDeployment) -> int:
    """How long a rolling deployment bakes that has replaced every task.

    A rollback doesn't bake, nor does a first deployment whose strategy would shift traffic.
    """
    if service_deployment.rollback is not None or configuration.strategy(service_deployment.configuration) != "ROLLING":
        return 0
    configured = configuration.bake_time(service_deployment.configuration)
    if configured:
        return region.timings.delay("BAKE_TIME", configured)
    is_watched = service_deployment.alarms_status == "MONITORING"
    return region.timings.delay("BAKE_TIME", configuration.BAKE_TIME_WITH_ALARMS) if is_watched else 0


def _fail_deployments(region: Region, name: str) -> None:
    """Fail the deployments that watch an alarm, if it still is in ALARM."""
    if region.alarm_state(name) != "ALARM":
        return
    for cluster in region.clusters:
        for service in region.services_in(cluster):
            service_deployment = service.current_service_deployment
            if service_deployment is not None and _watches(service_deployment, name):
                _fail(region, service, service_deployment, name)


def _watches(service_deployment: ServiceDeployment, name: str) -> bool:
    return (
        service_deployment.alarms_status == "MONITORING"
        and service_deployment.status == "IN_PROGRESS"
        and name in configuration.alarms(service_deployment.configuration)["alarmNames"]
    )


def _fail(region: Region, service: Service, service_deployment: ServiceDeployment, name: str) -> None:
    alarms_transition(region, service_deployment, "TRIGGERED", name)
    rollback = configuration.alarms(service_deployment.configuration)["rollback"]
    rollout.fail(region, service, service_deployment, ALARM_DETECTED, rollback=rollback)
