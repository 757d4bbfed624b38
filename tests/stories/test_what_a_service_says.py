"""What a service says in its events, and when it says it again.

Developer Guide, "Amazon ECS service event messages": what was said isn't said again until its cause went away, or six hours have passed. How many
tasks a sentence names is ours.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

pytestmark = pytest.mark.ecs_fake(clusters=["prod"], poll_step=0)

UNAVAILABLE = (
    "(service web) was unable to place a task. Reason: Capacity is unavailable at this time. "
    "Please try again later or in a different availability zone. "
    "For more information, see the Troubleshooting section of the Amazon ECS Developer Guide."
)


@pytest.fixture
def told_at(service):
    """When the service said a sentence, the newest first."""
    return lambda sentence: [event["createdAt"] for event in service()["events"] if event["message"] == sentence]


def test_trouble_that_lasts_is_told_every_six_hours(ecs_fake, create_service, register_on_fargate, told_at):
    register_on_fargate()
    ecs_fake.faults.capacity("FARGATE", available=0)

    create_service()
    ecs_fake.clock.advance(seconds=13 * 60 * 60)

    third, second, first = told_at(UNAVAILABLE)
    assert (second - first, third - second) == (timedelta(hours=6), timedelta(hours=6))


def test_trouble_that_comes_back_is_told_again(ecs_fake, ecs_client, create_service, register_on_fargate, told_at):
    register_on_fargate()
    ecs_fake.faults.capacity("FARGATE", available=1)
    create_service(desiredCount=2)
    ecs_fake.clock.advance(seconds=600)

    ecs_fake.faults.capacity("FARGATE", available=2)
    ecs_fake.clock.advance(seconds=600)
    in_between = told_at(UNAVAILABLE)
    ecs_client.update_service(cluster="prod", service="web", desiredCount=3)
    ecs_fake.clock.advance(seconds=600)

    assert ecs_fake.services["prod/web"].running_count == 2
    assert (len(in_between), len(told_at(UNAVAILABLE))) == (1, 2)


def test_a_sentence_names_ten_tasks_at_most(ecs_fake, create_service, register_on_fargate, service):
    register_on_fargate()
    create_service(desiredCount=11)
    ecs_fake.clock.advance(seconds=30)

    said = [event["message"] for event in reversed(service()["events"])]
    assert [message.count("(task ") for message in said] == [10, 1]
    assert [message.partition(":")[0] for message in said] == [
        "(service web) has started 10 tasks",
        "(service web) has started 1 tasks",
    ]
