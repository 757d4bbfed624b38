"""Deployment alarms: CloudWatch alarms that fail a deployment, and the time that it bakes under their eyes.

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
    """Bring an alarm into a state, as CloudWatch does. A deployment that watches it fails at this instant, when it goes to ALARM."""
    before = region.alarm_state(name)
    region.alarms[name] = state
    now = region.clock.now
    region.journal.write(now, "alarm", f"alarm/{name}", "state", before, state)
    if state == "ALARM":
        region.clock.at(now, _goes_off, region, name)


def begin(region: Region, service_deployment: ServiceDeployment) -> None:
    """Watch the alarms of a deployment that begins; where one of them is in ALARM by now none is watched."""
    alarms = configuration.alarms(service_deployment.configuration)
    if alarms["enable"] and not any(region.alarm_state(name) == "ALARM" for name in alarms["alarmNames"]):
        alarms_transition(region, service_deployment, "MONITORING")


def bake_time(region: Region, service_deployment: ServiceDeployment) -> int:
    """How long a rolling deployment that has reached everything waits; one that goes back, or only now makes the service, doesn't shift."""
    if service_deployment.rollback is not None or configuration.strategy(service_deployment.configuration) != "ROLLING":
        return 0
    asked = configuration.bake_time(service_deployment.configuration)
    if asked:
        return region.timings.delay("BAKE_TIME", asked)
    is_watched = service_deployment.alarms_status == "MONITORING"
    return region.timings.delay("BAKE_TIME", configuration.BAKE_TIME_WITH_ALARMS) if is_watched else 0


def _goes_off(region: Region, name: str) -> None:
    if region.alarm_state(name) != "ALARM":
        return
    for cluster in region.clusters:
        for service in region.services_in(cluster):
            service_deployment = service.current_service_deployment
            if (
                service_deployment is not None
                and service_deployment.alarms_status == "MONITORING"
                and service_deployment.status == "IN_PROGRESS"
            ):
                _judge(region, service, service_deployment, name)


def _judge(region: Region, service: Service, service_deployment: ServiceDeployment, name: str) -> None:
    alarms = configuration.alarms(service_deployment.configuration)
    if name in alarms["alarmNames"]:
        alarms_transition(region, service_deployment, "TRIGGERED", name)
        rollout.fail(region, service, service_deployment, ALARM_DETECTED, rollback=alarms["rollback"])
