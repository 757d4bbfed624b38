"""A blue/green deployment that a pipeline makes by itself, with task sets: the new set beside the old one, then the primary, then the old one gone.

Developer Guide, "Amazon ECS deployment using a third-party controller". Times are those of the tables: the scheduler takes up what it is asked
for after 15 s, a task on Fargate runs after 26 s, and a target is healthy when its task has run for 40 s.
"""

from __future__ import annotations

from typing import Any

import pytest

import builders

pytestmark = pytest.mark.ecs_fake(clusters=["prod"])

TO_ECS: dict[str, Any] = {"cluster": "prod", "service": "shop"}
TARGETS = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup"


class Pipeline:
    """What a third-party controller does, in the calls that it makes."""

    def __init__(self, ecs_client: Any) -> None:
        self.ecs = ecs_client

    def create_service(self, desired_count: int) -> None:
        self.ecs.create_service(**builders.service_of_task_sets(serviceName="shop", desiredCount=desired_count))

    def create_set(self, image: str, *, colour: str) -> str:
        """Register the image and add a task set of it behind the target group of its colour, without tasks."""
        container = {"name": "web", "image": image, "portMappings": [{"containerPort": 80}]}
        self.ecs.register_task_definition(**builders.task_definition(container, family="shop"))
        balancer = {
            "targetGroupArn": f"{TARGETS}/{colour}/0a1b2c3d4e5f6a7b",
            "containerName": "web",
            "containerPort": 80,
        }
        created = self.ecs.create_task_set(
            **TO_ECS,
            taskDefinition="shop",
            externalId=colour,
            loadBalancers=[balancer],
            **builders.ON_FARGATE,
        )
        id_: str = created["taskSet"]["id"]
        return id_

    def scale(self, task_set: str, percent: float) -> None:
        self.ecs.update_task_set(**TO_ECS, taskSet=task_set, scale={"value": percent, "unit": "PERCENT"})

    def make_primary(self, task_set: str) -> None:
        self.ecs.update_service_primary_task_set(**TO_ECS, primaryTaskSet=task_set)

    def show(self, task_set: str) -> Any:
        [found] = self.ecs.describe_task_sets(**TO_ECS, taskSets=[task_set])["taskSets"]
        return found

    def is_steady(self, task_set: str) -> bool:
        return bool(self.show(task_set)["stabilityStatus"] == "STEADY_STATE")

    def service(self) -> Any:
        [found] = self.ecs.describe_services(cluster="prod", services=["shop"])["services"]
        return found


@pytest.fixture
def pipeline(ecs_client):
    """A pipeline that deploys the service `shop`."""
    return Pipeline(ecs_client)


@pytest.fixture
def blue(ecs_fake, pipeline):
    """The task set that serves: primary, with all four tasks of the service."""
    pipeline.create_service(desired_count=4)
    blue = pipeline.create_set("shop:1", colour="blue")
    pipeline.scale(blue, 100)
    ecs_fake.clock.advance_until(lambda: pipeline.is_steady(blue), timeout=600)
    pipeline.make_primary(blue)
    return blue


def test_green_takes_over_from_blue(ecs_fake, pipeline, blue):
    start = ecs_fake.clock.now
    green = pipeline.create_set("shop:2", colour="green")
    pipeline.scale(green, 100)
    ecs_fake.clock.advance_until(lambda: pipeline.is_steady(green), timeout=600)
    beside_each_other = pipeline.service()
    green_was_steady = (pipeline.show(green)["stabilityStatusAt"] - start).total_seconds()

    pipeline.make_primary(green)
    pipeline.scale(blue, 0)
    ecs_fake.clock.advance_until(lambda: pipeline.is_steady(blue), timeout=600)
    pipeline.ecs.delete_task_set(**TO_ECS, taskSet=blue)
    ecs_fake.clock.advance(seconds=300)  # its targets drain first

    assert round(green_was_steady) == 81
    assert (beside_each_other["runningCount"], beside_each_other["taskDefinition"][-6:]) == (8, "shop:1")
    after = pipeline.service()
    assert (after["runningCount"], after["taskDefinition"][-6:]) == (4, "shop:2")
    assert [(task_set["externalId"], task_set["status"]) for task_set in after["taskSets"]] == [("green", "PRIMARY")]
    assert after["loadBalancers"][0]["targetGroupArn"].endswith("green/0a1b2c3d4e5f6a7b")
    assert {task.started_by for task in ecs_fake.tasks.where(last_status="RUNNING")} == {green}


def test_a_canary_share_of_green_runs_beside_all_of_blue(ecs_fake, pipeline, blue):
    green = pipeline.create_set("shop:2", colour="green")
    pipeline.scale(green, 10)

    ecs_fake.clock.advance_until(lambda: pipeline.is_steady(green), timeout=600)

    assert [pipeline.show(task_set)["runningCount"] for task_set in (blue, green)] == [4, 1]


def test_green_that_never_starts_leaves_blue_as_it_is(ecs_fake, pipeline, blue):
    ecs_fake.containers.script(image="shop:2", pull_error="CannotPullContainerError: not found", times="always")
    green = pipeline.create_set("shop:2", colour="green")
    pipeline.scale(green, 100)

    with pytest.raises(AssertionError):
        ecs_fake.clock.advance_until(lambda: pipeline.is_steady(green), timeout=600)
    pipeline.ecs.delete_task_set(**TO_ECS, taskSet=green, force=True)
    ecs_fake.clock.advance(seconds=60)

    after = pipeline.service()
    assert [(task_set["id"], task_set["status"]) for task_set in after["taskSets"]] == [(blue, "PRIMARY")]
    assert (after["runningCount"], after["pendingCount"]) == (4, 0)
    assert pipeline.is_steady(blue)
    told = "(service shop) was unable to place a task. Reason: CannotPullContainerError: not found"
    assert told in [event["message"] for event in after["events"]]
