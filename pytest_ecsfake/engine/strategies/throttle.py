"""The start throttle: how long a service waits that repeatedly fails to start tasks.

A healthy task, an update, a new task set and a rollback end it (`Schedule.end_throttle`).
Rules: Developer Guide, "Amazon ECS service throttle logic".
"""

from __future__ import annotations

from pytest_ecsfake.clock import seconds
from pytest_ecsfake.engine.rollouts import messages
from pytest_ecsfake.state.region import Region
from pytest_ecsfake.state.service import Service
from pytest_ecsfake.state.task import Task

#: The time between attempts grows up to 27 minutes. The steps before are chosen so that failures are as far apart as in a reported deployment
#: (2, 5 and 11 minutes after it began). # unverified
START_DELAYS = tuple(seconds(minutes * 60) for minutes in (1, 4, 8, 15, 27))

#: The shortest time between two attempts, whatever `timings` says: with none at all a failing service would never get past one instant.
LEAST_DELAY = seconds(1)


def holds_back(region: Region, service: Service) -> bool:
    """Whether a service may not start a task yet."""
    return region.clock.now < service.schedule.may_start_at


def delay_replacement(region: Region, service: Service, task: Task) -> None:
    """Delay the replacement of a task that ended at the very instant at which it was started."""
    if task.created_at == region.clock.now:
        service.schedule.may_start_at = max(service.schedule.may_start_at, region.clock.now + LEAST_DELAY)


def count_failed_start(region: Region, service: Service) -> None:
    """Delay the next attempt after a task that failed to start: the more have failed in a row, the longer.

    Tasks that fail at the same instant are one attempt.
    """
    schedule = service.schedule
    if holds_back(region, service):
        return
    delay = START_DELAYS[min(schedule.failed_starts, len(START_DELAYS) - 1)]
    schedule.failed_starts += 1
    schedule.may_start_at = region.clock.now + max(region.timings.delay("START_THROTTLE", delay), LEAST_DELAY)
    if schedule.failed_starts == len(START_DELAYS):
        messages.not_starting(region, service)
