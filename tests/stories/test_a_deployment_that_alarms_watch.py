"""Deployment alarms, bake times and early success of rolling deployments.

Rules: API reference, DeploymentAlarms and DeploymentEarlySuccessCriteria; Developer Guide, "How CloudWatch alarms detect Amazon ECS deployment
failures". That alarms without a bake time of the deployment's own are watched for three minutes is ours.
"""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.ecs_fake(clusters=["prod"], poll_step=0)

ALARMS = {"alarmNames": ["5xx"], "enable": True, "rollback": True}
#: Of a deployment on Fargate: taken up after 15 s, tasks RUNNING after 26 s, healthy after 40 s, older ones gone one second later.
REACHED = 82


@pytest.fixture
def first(ecs_fake, create_service, register_on_fargate) -> str:
    """The id of the first deployment of the service `web`, completed."""
    register_on_fargate()
    service = create_service()
    ecs_fake.clock.advance(seconds=120)
    id_: str = service["deployments"][0]["id"]
    return id_


@pytest.fixture
def deploy(ecs_client, first, skip_unless_known, describe_deployment):
    """Begin another deployment of the service with these settings; what comes back shows the service deployment as it is then."""

    def deploy(**configuration: Any) -> Any:
        update = {"service": "web", "forceNewDeployment": True, "deploymentConfiguration": configuration}
        skip_unless_known("UpdateService", update)
        ecs_client.update_service(cluster="prod", **update)
        listed = ecs_client.list_service_deployments(cluster="prod", service="web")["serviceDeployments"]
        return lambda: describe_deployment(listed[0]["serviceDeploymentArn"])

    return deploy


def test_the_time_line_has_each_status_of_the_alarms(ecs_fake, deploy):
    deploy(alarms=ALARMS)
    ecs_fake.clock.advance(seconds=60)

    ecs_fake.alarms["5xx"].set("ALARM")
    ecs_fake.clock.advance(seconds=60)

    changes = [line.partition("alarms.status ")[2] for line in ecs_fake.timeline(None, folded=False).splitlines()]
    assert [change for change in changes if change] == ["DISABLED -> MONITORING", "MONITORING -> TRIGGERED (5xx)"]


def test_an_alarm_rolls_a_deployment_back(ecs_fake, first, deploy, service):
    deployment = deploy(alarms=ALARMS)
    second = service()["deployments"][0]["id"]
    ecs_fake.clock.advance(seconds=60)

    ecs_fake.alarms["5xx"].set("ALARM")
    ecs_fake.clock.advance(seconds=60)

    after = deployment()
    assert after["status"] == "ROLLBACK_SUCCESSFUL"
    assert after["alarms"] == {"alarmNames": ["5xx"], "status": "TRIGGERED", "triggeredAlarmNames": ["5xx"]}
    assert [each["id"] for each in service()["deployments"]] == [first]
    said = ecs_fake.services["prod/web"].events
    failed = said.index(f"(service web) (deployment {second}) deployment failed: alarm detected.")
    assert said[failed - 1] == f"(service web) rolling back to deployment {first}."


def test_an_alarm_without_rollback_leaves_the_older_tasks(ecs_fake, deploy, service):
    deployment = deploy(alarms={**ALARMS, "rollback": False})
    ecs_fake.clock.advance(seconds=60)

    ecs_fake.alarms["5xx"].set("ALARM")
    ecs_fake.clock.advance(seconds=600)

    assert deployment()["status"] == "STOPPED"
    newer, older = service()["deployments"]
    assert (newer["status"], newer["rolloutState"]) == ("PRIMARY", "FAILED")
    assert (older["status"], older["rolloutState"], older["runningCount"]) == ("ACTIVE", "COMPLETED", 2)


def test_an_alarm_that_is_in_alarm_already_is_not_watched(ecs_fake, deploy):
    ecs_fake.alarms["5xx"].set("ALARM")
    deployment = deploy(alarms=ALARMS)
    ecs_fake.clock.advance(seconds=60)

    ecs_fake.alarms["5xx"].set("OK")
    ecs_fake.alarms["5xx"].set("ALARM")
    ecs_fake.clock.advance(seconds=60)

    after = deployment()
    assert (after["status"], after["alarms"]["status"]) == ("SUCCESSFUL", "DISABLED")


def test_an_alarm_that_the_deployment_does_not_name_is_not_its_business(ecs_fake, deploy):
    deployment = deploy(alarms=ALARMS)
    ecs_fake.clock.advance(seconds=30)

    ecs_fake.alarms["latency"].set("ALARM")
    ecs_fake.clock.advance(seconds=600)

    after = deployment()
    assert (after["status"], after["alarms"]["status"]) == ("SUCCESSFUL", "MONITORING_COMPLETE")


@pytest.mark.parametrize(
    ("settings", "bakes_for"),
    [
        pytest.param({}, 0, id="without alarms a rolling deployment doesn't bake"),
        pytest.param({"alarms": ALARMS}, 180, id="with alarms it does"),
        pytest.param({"alarms": ALARMS, "bakeTimeInMinutes": 10}, 600, id="as long as it says"),
        pytest.param({"bakeTimeInMinutes": 1}, 60, id="without alarms too"),
    ],
)
def test_a_deployment_completes_after_its_bake_time(ecs_fake, deploy, settings, bakes_for):
    deployment = deploy(**settings)

    ecs_fake.clock.advance(seconds=REACHED + bakes_for - 1)
    before = deployment()["status"]
    ecs_fake.clock.advance(seconds=1)

    assert (before, deployment()["status"]) == ("IN_PROGRESS", "SUCCESSFUL")


def test_an_alarm_while_it_bakes_brings_the_older_tasks_back(ecs_fake, first, deploy, service):
    deployment = deploy(alarms=ALARMS)
    ecs_fake.clock.advance(seconds=REACHED + 1)
    baking = [each["id"] for each in service()["deployments"]]

    ecs_fake.alarms["5xx"].set("ALARM")
    ecs_fake.clock.advance(seconds=120)

    assert first not in baking
    assert deployment()["status"] == "ROLLBACK_SUCCESSFUL"
    after = service()
    assert ([each["id"] for each in after["deployments"]], after["runningCount"]) == ([first], 2)


@pytest.mark.parametrize(
    ("cleanup", "listed", "after"),
    [
        pytest.param("BLOCKING", 1, REACHED, id="BLOCKING: the older tasks go first"),
        pytest.param("DEFERRED", 2, REACHED - 1, id="DEFERRED: they go afterwards"),
    ],
)
def test_half_of_the_tasks_healthy_may_be_success_enough(ecs_fake, first, deploy, service, cleanup, listed, after):
    """Only one more task finds a place, so that one new task is healthy before the other one."""
    begun_at = ecs_fake.clock.now
    deployment = deploy(
        maximumPercent=150,
        minimumHealthyPercent=50,
        earlySuccessCriteria={"enable": True, "healthyPercent": 50, "sourceServiceRevisionCleanup": cleanup},
    )
    ecs_fake.clock.advance_until(lambda: deployment()["status"] == "SUCCESSFUL", timeout=600)
    at_success = service()["deployments"]
    took = (ecs_fake.clock.now - begun_at).total_seconds()
    ecs_fake.clock.advance(seconds=300)

    assert len(at_success) == listed
    assert took == after
    in_the_end = service()
    assert (len(in_the_end["deployments"]), in_the_end["runningCount"]) == (1, 2)
    assert in_the_end["deployments"][0]["id"] != first


def test_a_rollback_does_not_bake(ecs_fake, deploy):
    deployment = deploy(alarms=ALARMS, bakeTimeInMinutes=60)
    ecs_fake.clock.advance(seconds=60)

    ecs_fake.alarms["5xx"].set("ALARM")
    ecs_fake.clock.advance(seconds=120)

    assert deployment()["status"] == "ROLLBACK_SUCCESSFUL"


def test_nothing_is_rolled_back_to_a_deployment_whose_rollback_is_under_way(ecs_fake, deploy):
    """It isn't completed until it has all its tasks back (Developer Guide, "How the Amazon ECS deployment circuit breaker …")."""
    first = deploy(alarms=ALARMS)
    ecs_fake.clock.advance(seconds=60)
    ecs_fake.alarms["5xx"].set("ALARM")
    assert first()["status"] == "ROLLBACK_IN_PROGRESS"
    ecs_fake.alarms["5xx"].set("OK")

    second = deploy(alarms=ALARMS)
    ecs_fake.clock.advance(seconds=20)
    ecs_fake.alarms["5xx"].set("ALARM")
    ecs_fake.clock.advance(seconds=120)

    assert (first()["status"], second()["status"]) == ("ROLLBACK_FAILED", "STOPPED")
