"""How a request starts a deployment under the controller ECS, and how one stops it."""

from __future__ import annotations

from pytest_ecsfake.engine.rollouts import messages, rollout
from pytest_ecsfake.engine.rollouts.transition import service_deployment_transition
from pytest_ecsfake.engine.services import scheduler
from pytest_ecsfake.engine.services.subscriptions import subscribe_scheduler
from pytest_ecsfake.state.region import Region
from pytest_ecsfake.state.service import Service
from pytest_ecsfake.state.service_deployment import ServiceDeployment
from pytest_ecsfake.state.service_revision import ServiceRevision


def begin(region: Region, service: Service, revision: ServiceRevision) -> None:
    """Deploy a revision. The deployment is listed as PRIMARY at once, and starts after the scheduler's delay.

    It supersedes the deployment before it, whose tasks leave as its own become healthy.
    """
    subscribe_scheduler(region)
    service_deployment = rollout.list_deployment(region, service, revision)
    service.schedule.end_throttle()
    messages.unsettle(region, service)
    scheduler.after_delay(region, scheduler.start_deployment, region, service, service_deployment)


def stop(region: Region, service: Service, service_deployment: ServiceDeployment) -> None:
    """Ask a deployment to roll back, which it does after the scheduler's delay. One that ends or rolls back already is left alone."""
    if service_deployment.status in ("PENDING", "IN_PROGRESS"):
        service_deployment_transition(region, service_deployment, "ROLLBACK_REQUESTED")
        scheduler.after_delay(region, rollout.stop, region, service, service_deployment)
