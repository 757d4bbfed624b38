"""A deploy script that updates a service and reports whether the release is out, tested with releases that can't come up.

The first function is the code under test: it deploys, polls as such scripts do, and looks at the rollout state instead of trusting the waiter,
which also succeeds after a rollback.
"""

from __future__ import annotations

import time

import boto3
import pytest

POLL_SECONDS = 10
DEADLINE_SECONDS = 1800


def release(image: str) -> bool:
    """Deploy an image to the service `orders` in the cluster `prod`, and return whether it runs in the end."""
    ecs = boto3.client("ecs")
    registered = ecs.register_task_definition(
        family="orders",
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        containerDefinitions=[{"name": "orders", "image": image}],
    )
    wanted = registered["taskDefinition"]["taskDefinitionArn"]
    ecs.update_service(cluster="prod", service="orders", taskDefinition=wanted)
    deadline = time.monotonic() + DEADLINE_SECONDS
    while time.monotonic() < deadline:
        time.sleep(POLL_SECONDS)
        [service] = ecs.describe_services(cluster="prod", services=["orders"])["services"]
        [primary, *older] = service["deployments"]
        if primary["rolloutState"] == "COMPLETED" and not older:
            return bool(primary["taskDefinition"] == wanted)
    return False


@pytest.fixture
def orders(ecs_fake, ecs_client):
    """The service as it stands in production: two tasks of a good release, rolled back to when another one fails."""
    ecs_fake.clusters.add("prod")
    ecs_client.register_task_definition(
        family="orders",
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        containerDefinitions=[{"name": "orders", "image": "orders:1"}],
    )
    ecs_client.create_service(
        cluster="prod",
        serviceName="orders",
        taskDefinition="orders",
        desiredCount=2,
        launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": {"subnets": ["subnet-0a1b2c3d", "subnet-4e5f6071"]}},
        deploymentConfiguration={"deploymentCircuitBreaker": {"enable": True, "rollback": True}},
    )
    ecs_fake.clock.advance(seconds=300)
    return ecs_fake.services["prod/orders"]


def test_a_good_release_is_out(orders):
    assert release("orders:2")

    assert orders.task_definition.endswith("orders:2")


def test_an_image_that_was_never_pushed_is_rolled_back(ecs_fake, orders):
    ecs_fake.containers.script(image="orders:2", pull_error="CannotPullContainerError: orders:2: not found")

    assert not release("orders:2")

    assert orders.task_definition.endswith("orders:1")
    assert orders.running_count == 2


def test_a_release_that_crashes_is_given_up_at_the_deadline(ecs_fake, orders):
    """Tasks that come to run and exit then don't trip the circuit breaker: the script needs its own deadline."""
    ecs_fake.containers.script(image="orders:2", runs_for=3, exit_code=1)

    assert not release("orders:2")

    assert [deployment.rollout_state for deployment in orders.deployments] == ["IN_PROGRESS", "COMPLETED"]
