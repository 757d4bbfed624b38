"""What ECS does on a busy day: it throttles. botocore's own retry handling answers, and its back-off takes no real time."""

from __future__ import annotations

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError


def clusters_named(prefix: str, attempts: int) -> list[str]:
    """The code under test: the names of the clusters that begin with a prefix."""
    ecs = boto3.client("ecs", config=Config(retries={"mode": "standard", "total_max_attempts": attempts}))
    arns = ecs.list_clusters()["clusterArns"]
    return [name for arn in arns if (name := arn.rpartition("/")[2]).startswith(prefix)]


@pytest.mark.ecs_fake(clusters=["prod-blue", "prod-green", "staging"])
def test_two_throttled_attempts_are_survived(ecs_fake):
    ecs_fake.faults.throttle("ListClusters", times=2)

    assert clusters_named("prod", attempts=3) == ["prod-blue", "prod-green"]

    [call] = ecs_fake.calls.of("ListClusters")
    assert len(call.attempts) == 3
    print(f"\n{ecs_fake.timeline()}")


@pytest.mark.ecs_fake(clusters=["prod-blue"])
def test_without_retries_the_throttle_comes_through(ecs_fake):
    ecs_fake.faults.throttle("ListClusters")

    with pytest.raises(ClientError, match="Rate exceeded"):
        clusters_named("prod", attempts=1)
