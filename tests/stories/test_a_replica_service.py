"""A replica service after its first deployment: it scales, reports obstacles, and is deleted.

Rules: API reference, CreateService, UpdateService and DeleteService; Developer Guide, "Amazon ECS service event messages". How long a deleted
service is shown, and which pending task is stopped first, are ours.
"""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.ecs_fake(clusters=["prod"])

HOUR = 3600
ON_FARGATE: dict[str, Any] = {
    "launchType": "FARGATE",
    "networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-0a1b2c3d"]}},
}
NO_INSTANCES = "No Container Instances were found in your cluster."
TARGETS = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/web/0a1b2c3d4e5f6a7b"


@pytest.fixture
def create(ecs_client, register_on_fargate):
    """Create the service `web` on Fargate."""

    def create(**members: Any) -> None:
        register_on_fargate({"name": "web", "image": "nginx:1.29", "portMappings": [{"containerPort": 80}]})
        request = {"cluster": "prod", "serviceName": "web", "taskDefinition": "web", "desiredCount": 2, **ON_FARGATE}
        ecs_client.create_service(**{**request, **members})

    return create


@pytest.fixture
def create_on_instances(ecs_client):
    """Create the service `web` of one task on the container instances of the cluster."""

    def create() -> None:
        container = {"name": "web", "image": "nginx:1.29", "memory": 128}
        ecs_client.register_task_definition(family="web", containerDefinitions=[container])
        ecs_client.create_service(
            cluster="prod", serviceName="web", taskDefinition="web", desiredCount=1, launchType="EC2"
        )

    return create


def _reports(ecs_fake: Any, words: str) -> int:
    return sum(words in event for event in ecs_fake.services["prod/web"].events)


def test_of_tasks_that_are_pending_the_newest_is_stopped(ecs_fake, ecs_client, create):
    create(desiredCount=3)
    ecs_fake.clock.advance(seconds=20)

    ecs_client.update_service(cluster="prod", service="web", desiredCount=2)
    ecs_fake.clock.advance(seconds=15)

    assert [task.desired_status for task in ecs_fake.tasks] == ["RUNNING", "RUNNING", "STOPPED"]


def test_an_obstacle_is_reported_again_after_six_hours(ecs_fake, create_on_instances):
    create_on_instances()

    ecs_fake.clock.advance(seconds=5.9 * HOUR)
    before = _reports(ecs_fake, NO_INSTANCES)
    ecs_fake.clock.advance(seconds=0.2 * HOUR)

    assert (before, _reports(ecs_fake, NO_INSTANCES)) == (1, 2)


def test_an_obstacle_that_comes_back_is_reported_again_at_once(ecs_fake, create_on_instances):
    create_on_instances()
    ecs_fake.clock.advance(seconds=120)
    [instance] = ecs_fake.container_instances.add("prod", count=1)
    ecs_fake.clock.advance(seconds=300)
    assert ecs_fake.services["prod/web"].is_stable

    instance.terminate()
    ecs_fake.clock.advance(seconds=300)

    assert _reports(ecs_fake, NO_INSTANCES) == 2


def test_a_service_under_the_name_of_a_deleted_one_stays(ecs_fake, ecs_client, create):
    create()
    ecs_client.delete_service(cluster="prod", service="web", force=True)
    ecs_fake.clock.advance(seconds=300)
    create()

    ecs_fake.clock.advance(seconds=25 * HOUR)

    assert ecs_fake.services["prod/web"].status == "ACTIVE"


def test_a_service_that_is_deleted_at_once_gets_no_task_set(ecs_fake, ecs_client, create):
    """Under CODE_DEPLOY the first task set comes after the scheduler's delay."""
    balancer = {"targetGroupArn": TARGETS, "containerName": "web", "containerPort": 80}
    create(deploymentController={"type": "CODE_DEPLOY"}, loadBalancers=[balancer])

    ecs_client.delete_service(cluster="prod", service="web", force=True)
    ecs_fake.clock.advance(seconds=300)

    assert ecs_fake.services["prod/web"].status == "INACTIVE"
    assert "task set" not in ecs_fake.timeline()
