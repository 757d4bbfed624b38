"""The minimum and maximum percents of a rolling deployment: how many tasks there are meanwhile, and whether it can be done at all.

API reference, DeploymentConfiguration: the minimum of healthy tasks is rounded up, the maximum of all tasks down. New tasks are started as far as
the maximum leaves room; where it leaves too little for all of them, older ones are stopped first, down to the minimum. Where the two leave neither
a start nor a stop, the service says so and waits (Developer Guide, "Amazon ECS service event messages").
"""

from __future__ import annotations

import pytest

STUCK = (
    "(service web) was unable to stop or start tasks during a deployment because of the service deployment configuration. "
    "Update the minimumHealthyPercent or maximumPercent value and try again."
)

#: Minimum and maximum percent, and for each desired count the least that stay healthy and the most that there are.
#:   percents     1        2       3       4       5        10
TABLE = {
    (100, 200): ((1, 2), (2, 4), (3, 6), (4, 8), (5, 10), (10, 20)),
    (50, 200):  ((1, 2), (1, 4), (2, 6), (2, 8), (3, 10), (5, 20)),
    (50, 100):  ((1, 1), (1, 2), (2, 3), (2, 4), (3, 5), (5, 10)),
    (0, 100):   ((0, 1), (0, 2), (0, 3), (0, 4), (0, 5), (0, 10)),
    (0, 150):   ((0, 1), (0, 3), (0, 4), (0, 6), (0, 7), (0, 15)),
    (100, 150): ((1, 1), (2, 3), (3, 4), (4, 6), (5, 7), (10, 15)),
    (75, 125):  ((1, 1), (2, 2), (3, 3), (3, 5), (4, 6), (8, 12)),
}  # fmt: skip
CELLS = [
    pytest.param(*percents, desired, *limits, id=f"{desired} tasks, {percents[0]} to {percents[1]} percent")
    for percents, row in TABLE.items()
    for desired, limits in zip((1, 2, 3, 4, 5, 10), row, strict=True)
]

#: When the scheduler has taken a deployment up, and what it started and stopped hasn't come to anything yet.
TAKEN_UP = 15.5


@pytest.mark.ecs_fake(clusters=["prod"])
@pytest.mark.parametrize(("minimum", "maximum", "desired", "least", "most"), CELLS)
def test_a_deployment_uses_what_both_percents_allow_and_no_more(
    ecs_fake, ecs_client, create_service, register_on_fargate, minimum, maximum, desired, least, most
):
    register_on_fargate()
    room = most - desired
    percents = {"minimumHealthyPercent": minimum, "maximumPercent": maximum}
    create_service(desiredCount=desired, deploymentConfiguration=percents)
    ecs_fake.clock.advance(seconds=300)
    service = ecs_fake.services["prod/web"]

    ecs_client.update_service(cluster="prod", service="web", forceNewDeployment=True)
    ecs_fake.clock.advance(seconds=TAKEN_UP)
    counts = [(service.running_count, service.pending_count)]
    kept_at_first = service.deployments[1].desired_count
    for _ in range(160):
        ecs_fake.clock.advance(seconds=5)
        counts.append((service.running_count, service.pending_count))

    assert counts[0] == (desired, room)
    assert max(running + pending for running, pending in counts) == most
    assert kept_at_first == min(running for running, _ in counts) == (desired if room >= desired else least)
    assert counts[-1] == (desired, 0)
    is_stuck = least == most
    assert (STUCK in service.events) == is_stuck
    assert service.deployments[0].rollout_state == ("IN_PROGRESS" if is_stuck else "COMPLETED")
