"""What comes with a change of status of a task, a container or an interface."""

from __future__ import annotations

import pytest

from pytest_ecsfake.engine.tasks.stages import ARRIVALS
from pytest_ecsfake.engine.tasks.transition import container_transition, transition


@pytest.mark.parametrize(("status", "arrival"), ARRIVALS.items(), ids=ARRIVALS)
def test_a_task_gets_on_arrival_what_the_table_says(region, run, status, arrival):
    task = run()
    version, before = task.version, task.last_status
    region.clock.settle(region.clock.now + 1)

    transition(region, task, status, "because")

    assert task.last_status == status
    assert task.version == version + arrival.counts
    assert arrival.stamp is None or getattr(task, arrival.stamp) == region.clock.now
    assert arrival.interface is None or task.interface.status == arrival.interface
    assert region.journal[-1] == (region.clock.now, "task", task.arn, "lastStatus", before, status, "because")


def test_the_stores_counts_follow(region, run):
    task = run()
    tasks = region.tasks_in(region.clusters.active(None))

    transition(region, task, "RUNNING")

    assert (tasks.count(last_status="RUNNING"), tasks.count(last_status="PROVISIONING")) == (1, 0)


@pytest.mark.parametrize(
    ("exit_code", "reason", "words"),
    [
        (0, None, "web exited with 0"),
        (137, "OutOfMemoryError: container killed due to memory usage", None),
        (None, None, "web never ran"),
    ],
)
def test_the_journal_says_of_a_container_which_it_is_and_how_it_ended(region, run, exit_code, reason, words):
    [container] = run().containers
    container.exit_code, container.reason = exit_code, reason

    container_transition(region, container, "STOPPED")

    assert region.journal[-1].why == (words or f"web exited with 137: {reason}")
