"""The events of services and deployments that EventBridge gets: names, types and members of the detail.

Source: Developer Guide, "Amazon ECS service action events" and "Amazon ECS service deployment state change events". Which sentence of a service
comes with which event is ours where the guide has none.
"""

from __future__ import annotations

import pytest

import builders
from pytest_ecsfake import EcsFakeUsageError

pytestmark = pytest.mark.ecs_fake(clusters=["prod"])

ACTION = "ECS Service Action"


@pytest.fixture
def create(ecs_fake, create_service, register_on_fargate):
    """Create the service `web` of two tasks on Fargate, and let time pass."""

    def create(seconds, **parameters):
        register_on_fargate()
        arn = create_service(**parameters)["serviceArn"]
        ecs_fake.clock.advance(seconds=seconds)
        return arn

    return create


def test_a_steady_state(ecs_fake, create):
    arn = create(120)

    [event] = ecs_fake.events.of(ACTION)
    assert event["resources"] == [arn]
    assert event["detail"].pop("createdAt") >= event["time"][:-1]
    assert event["detail"] == {
        "eventType": "INFO",
        "eventName": "SERVICE_STEADY_STATE",
        "clusterArn": ecs_fake.clusters["prod"].arn,
    }


def test_a_first_deployment(ecs_fake, create, service):
    arn = create(120)

    of_service = [event for event in ecs_fake.events if event["resources"] == [arn]]
    assert [event["detail"]["eventName"] for event in of_service] == [
        "SERVICE_DEPLOYMENT_IN_PROGRESS",
        "SERVICE_DEPLOYMENT_COMPLETED",
        "SERVICE_STEADY_STATE",
    ]
    [deployment] = service()["deployments"]
    completed = of_service[1]
    assert completed["detail-type"] == "ECS Deployment State Change"
    assert completed["detail"].pop("updatedAt").startswith(completed["time"][:-1])
    assert completed["detail"] == {
        "eventType": "INFO",
        "eventName": "SERVICE_DEPLOYMENT_COMPLETED",
        "clusterArn": ecs_fake.clusters["prod"].arn,  # seen in an event of 2026-09
        "deploymentId": deployment["id"],
        "reason": f"ECS deployment {deployment['id']} completed.",
    }


def test_tasks_that_are_stopped(ecs_fake, ecs_client, create):
    create(120)

    ecs_client.update_service(cluster="prod", service="web", desiredCount=1)
    ecs_fake.clock.advance(seconds=30)

    assert [event["detail"]["eventType"] for event in ecs_fake.events.of(ACTION, eventName="TASKS_STOPPED")] == ["INFO"]


def test_tasks_that_find_no_container_instance(ecs_fake, ecs_client):
    ecs_client.register_task_definition(**builders.task_definition_on_instances())
    ecs_client.create_service(cluster="prod", serviceName="web", taskDefinition="web", desiredCount=1)

    ecs_fake.clock.advance(seconds=300)

    [event] = ecs_fake.events.of(ACTION)  # told once, tried again and again
    assert event["detail"]["eventName"] == "SERVICE_TASK_PLACEMENT_FAILURE"
    assert event["detail"]["eventType"] == "ERROR"
    assert event["detail"]["reason"] == "RESOURCE:CONTAINER_INSTANCE"


def test_tasks_that_find_no_room(ecs_fake, ecs_client):
    ecs_fake.container_instances.add("prod", instance_type="t3.micro")
    container = {"name": "web", "image": "nginx:1.29", "memory": 100_000}
    ecs_client.register_task_definition(**builders.task_definition_on_instances(container))
    ecs_client.create_service(cluster="prod", serviceName="web", taskDefinition="web", desiredCount=1)

    ecs_fake.clock.advance(seconds=60)

    [event] = ecs_fake.events.of(ACTION)
    assert event["detail"]["reason"] == "RESOURCE:MEMORY"


def test_tasks_that_fargate_has_no_capacity_for(ecs_fake, create):
    ecs_fake.faults.capacity("FARGATE", available=0)

    create(60)

    [event] = ecs_fake.events.of(ACTION, eventName="SERVICE_TASK_PLACEMENT_FAILURE")
    assert event["detail"]["reason"] == "RESOURCE:FARGATE"


def test_tasks_that_never_start(ecs_fake, create):
    ecs_fake.containers.script(family="web", pull_error="CannotPullContainerError: not found")

    create(3 * 3600)

    [event] = ecs_fake.events.of(ACTION, eventName="SERVICE_TASK_START_IMPAIRED")
    assert event["detail"]["eventType"] == "WARN"


def test_a_member_that_service_actions_do_not_have_is_a_slip(ecs_fake):
    with pytest.raises(EcsFakeUsageError, match=r'has no member "eventname".* Did you mean "eventName"\?'):
        ecs_fake.events.of(ACTION, eventname="SERVICE_STEADY_STATE")


def test_an_alarm_shows_its_state(ecs_fake):
    ecs_fake.alarms["5xx"].set("ALARM")

    assert ecs_fake.alarms["5xx"].state == "ALARM"
    assert ecs_fake.alarms["latency"].state == "OK"
    assert [alarm.name for alarm in ecs_fake.alarms] == ["5xx"]
    assert repr(ecs_fake.alarms) == "<Alarms [<Alarm 5xx ALARM>]>"
    assert ecs_fake.in_region("eu-west-1").alarms["5xx"].state == "OK"
    assert "alarm 5xx: state OK -> ALARM" in ecs_fake.timeline()
