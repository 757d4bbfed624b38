"""A deploy script that runs a database migration as a one-off task, tested with the task definition file that it ships.

The first two functions are the code under test, as many repositories have it: plain boto3, and botocore's own waiters.
"""

from __future__ import annotations

import json
from pathlib import Path

import boto3

TASK_DEFINITION = Path(__file__).with_name("task-definition.json")


def run_migration(cluster: str, stage: str) -> str:
    """Register the task definition, run one task of it and wait until it runs. Returns the ARN of the task."""
    ecs = boto3.client("ecs")
    registered = ecs.register_task_definition(**json.loads(TASK_DEFINITION.read_text()))
    started = ecs.run_task(
        cluster=cluster,
        taskDefinition=registered["taskDefinition"]["taskDefinitionArn"],
        launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": {"subnets": ["subnet-0a1b2c3d4e5f60718"]}},
        overrides={
            "containerOverrides": [
                {
                    "name": "migrate",
                    "command": ["python", "-m", "orders.migrations", "up"],
                    "environment": [{"name": "STAGE", "value": stage}],
                }
            ]
        },
    )
    task_arn: str = started["tasks"][0]["taskArn"]
    ecs.get_waiter("tasks_running").wait(cluster=cluster, tasks=[task_arn])
    return task_arn


def stop_migration(cluster: str, task_arn: str) -> None:
    """Stop the task and wait until it has stopped."""
    ecs = boto3.client("ecs")
    ecs.stop_task(cluster=cluster, task=task_arn, reason="rolled back")
    ecs.get_waiter("tasks_stopped").wait(cluster=cluster, tasks=[task_arn])


def test_the_migration_runs_with_its_stage(ecs_fake):
    ecs_fake.clusters.add("prod")

    task_arn = run_migration("prod", stage="prod")

    assert ecs_fake.tasks[task_arn].last_status == "RUNNING"
    ecs_fake.assert_ran_task(
        family="orders-migrate",
        environment={"STAGE": "prod", "STATSD_HOST": "127.0.0.1"},
        command=["python", "-m", "orders.migrations", "up"],
    )
    print(f"\n{ecs_fake.timeline()}")


def test_a_migration_that_is_stopped_keeps_the_reason(ecs_fake):
    ecs_fake.clusters.add("prod")
    task_arn = run_migration("prod", stage="prod")

    stop_migration("prod", task_arn)

    task = ecs_fake.tasks[task_arn]
    assert (task.last_status, task.stop_code, task.stopped_reason) == ("STOPPED", "UserInitiated", "rolled back")
    ecs_fake.calls.assert_called_once("StopTask", task=task_arn, reason="rolled back")
    ecs_fake.calls.assert_order("RegisterTaskDefinition", "RunTask", "StopTask")
    print(f"\n{ecs_fake.timeline()}")
