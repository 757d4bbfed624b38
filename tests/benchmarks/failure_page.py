"""What the page of a failed test costs: the time to make it, and its size."""

from __future__ import annotations

import time

import boto3

from pytest_ecsfake import ecs_fake
from pytest_ecsfake.fake import EcsFake
from pytest_ecsfake.report.page import page
from pytest_ecsfake.report.trace import trace

ON_FARGATE = {
    "launchType": "FARGATE",
    "networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-12345678"]}},
}


def page_of(tasks: int, rounds: int) -> tuple[float, int]:
    """CPU seconds that the page of a test with this many tasks takes, at best, and its length. The tasks are those of a service."""
    with ecs_fake(clusters=["prod"]) as fake:
        ecs = boto3.client("ecs")
        ecs.register_task_definition(
            family="web",
            requiresCompatibilities=["FARGATE"],
            networkMode="awsvpc",
            cpu="256",
            memory="512",
            containerDefinitions=[{"name": "app", "image": "nginx:1.27"}],
        )
        ecs.create_service(cluster="prod", serviceName="web", taskDefinition="web", desiredCount=tasks, **ON_FARGATE)
        ecs.get_waiter("services_stable").wait(cluster="prod", services=["web"])
        taken = [_timed(fake) for _ in range(rounds)]
    return min(seconds for seconds, _ in taken), taken[0][1]


def _timed(fake: EcsFake) -> tuple[float, int]:
    start = time.process_time()
    about = {"test": "test_many", "outcome": "failed", "failure": "", "explanation": fake.explain()}
    text = page(fake.examine(lambda endpoint: trace(endpoint, about)), index="index.html")
    return time.process_time() - start, len(text.encode())
