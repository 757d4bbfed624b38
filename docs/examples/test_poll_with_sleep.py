"""Hand-written polling with `time.sleep`: five minutes of waiting that take milliseconds, in a unittest class without any fixture."""

from __future__ import annotations

import time
from unittest import TestCase

import boto3

from pytest_ecsfake import ecs_fake


def wait_until_stopped(task_arn: str, *, seconds: int) -> bool:
    """The code under test: return whether the task stops within this many seconds."""
    ecs = boto3.client("ecs")
    for _ in range(0, seconds, 10):
        [task] = ecs.describe_tasks(cluster="batch", tasks=[task_arn])["tasks"]
        if task["lastStatus"] == "STOPPED":
            return True
        time.sleep(10)
    return False


@ecs_fake(clusters=["batch"])
class TestWaiting(TestCase):
    """The decorator on a class gives each of its tests a fake of its own."""

    def setUp(self) -> None:
        ecs = boto3.client("ecs")
        ecs.register_task_definition(
            family="nightly",
            requiresCompatibilities=["FARGATE"],
            networkMode="awsvpc",
            cpu="256",
            memory="512",
            containerDefinitions=[{"name": "app", "image": "public.ecr.aws/docker/library/python:3.13"}],
        )
        started = ecs.run_task(
            cluster="batch",
            taskDefinition="nightly",
            launchType="FARGATE",
            networkConfiguration={"awsvpcConfiguration": {"subnets": ["subnet-0a1b2c3d4e5f60718"]}},
        )
        self.task_arn = started["tasks"][0]["taskArn"]

    def test_a_task_that_keeps_running_is_given_up(self) -> None:
        self.assertFalse(wait_until_stopped(self.task_arn, seconds=300))

    def test_a_stopped_task_is_seen(self) -> None:
        boto3.client("ecs").stop_task(cluster="batch", task=self.task_arn)

        self.assertTrue(wait_until_stopped(self.task_arn, seconds=300))
