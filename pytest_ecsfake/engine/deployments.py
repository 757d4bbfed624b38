"""The way into a deployment: CreateService, and each UpdateService that starts a new one, come here."""

from __future__ import annotations

from pytest_ecsfake.engine import rollouts, scheduler
from pytest_ecsfake.state.region import Region
from pytest_ecsfake.state.service import Service, ServiceRevision


def begin(region: Region, service: Service, revision: ServiceRevision) -> None:
    """Deploy a revision: listed as PRIMARY at once, begun when the scheduler takes it up.

    The deployment before it, if it hasn't ended, is superseded; its tasks leave as those of the new one become healthy.
    """
    scheduler.attend(region)
    record = rollouts.record(region, service, revision)
    service.failed_starts, service.may_start_at = 0, 0
    service.is_steady = False
    region.clock.after(
        region.timings.delay("SCHEDULING", scheduler.SCHEDULING), scheduler.take_up, region, service, record
    )
