"""The way into a deployment, and out of it by hand: CreateService, each UpdateService that starts a new one, StopServiceDeployment."""

from __future__ import annotations

from pytest_ecsfake.engine.rollouts import rollout
from pytest_ecsfake.engine.rollouts.transition import service_deployment_transition
from pytest_ecsfake.engine.services import scheduler
from pytest_ecsfake.state.region import Region
from pytest_ecsfake.state.service import Service
from pytest_ecsfake.state.service_deployment import ServiceDeployment
from pytest_ecsfake.state.service_revision import ServiceRevision


def begin(region: Region, service: Service, revision: ServiceRevision) -> None:
    """Deploy a revision: listed as PRIMARY at once, begun when the scheduler takes it up.

    The deployment before it, if it hasn't ended, is superseded; its tasks leave as those of the new one become healthy.
    """
    scheduler.subscribe_scheduler(region)
    service_deployment = rollout.list_deployment(region, service, revision)
    service.schedule.end_throttle()
    service.schedule.is_steady = False
    region.clock.after(
        region.timings.delay("SCHEDULING", scheduler.SCHEDULING),
        scheduler.start_deployment,
        region,
        service,
        service_deployment,
    )


def stop(region: Region, service: Service, service_deployment: ServiceDeployment) -> None:
    """Ask a deployment to go back, as the scheduler does in its time; one that is about to end or to go back already is left alone."""
    if service_deployment.status in ("PENDING", "IN_PROGRESS"):
        service_deployment_transition(region, service_deployment, "ROLLBACK_REQUESTED")
        delay = region.timings.delay("SCHEDULING", scheduler.SCHEDULING)
        region.clock.after(delay, rollout.stop, region, service, service_deployment)
