"""Deployment alarms, bake times and early success of rolling deployments, and the events that EventBridge gets of them.

Rules: API reference, DeploymentAlarms and DeploymentEarlySuccessCriteria; Developer Guide, "How CloudWatch alarms detect Amazon ECS deployment
failures", "Amazon ECS service action events" and "Amazon ECS service deployment state change events".
"""

from __future__ import annotations

from typing import Any

import pytest

from pytest_ecsfake.clock import SECOND
from pytest_ecsfake.engine.launch.template import make_template
from pytest_ecsfake.engine.rollouts.alarms import set_alarm
from pytest_ecsfake.engine.rollouts.configuration import BAKE_TIME_WITH_ALARMS
from pytest_ecsfake.engine.services import deployments
from pytest_ecsfake.rendering.event import event
from pytest_ecsfake.state.service import Service
from pytest_ecsfake.state.service_revision import ServiceRevision

ALARMS = {"alarmNames": ["5xx"], "enable": True, "rollback": True}
#: Of a deployment on Fargate: taken up after 15 s, tasks RUNNING after 26 s, healthy after 40 s, older ones gone one second later.
REACHED = 82


@pytest.fixture
def service(region, run):
    """A service of two tasks on Fargate, and no deployment yet."""
    run()
    cluster = region.clusters.active(None)
    configuration: Any = {"maximumPercent": 200, "minimumHealthyPercent": 100}
    service = Service(
        arn=region.place.arn("service/default/web"),
        name="web",
        cluster=cluster,
        created_at=region.clock.now,
        created_by=region.place.principal,
        role_arn="",
        scheduling_strategy="REPLICA",
        controller="ECS",
        desired_count=2,
        deployment_configuration=configuration,
    )
    region.services_in(cluster).add("web", service)
    return service


@pytest.fixture
def deploy(region, service):
    """Begin a deployment of the service, with these settings over those that it has."""

    def deploy(**settings: Any) -> Any:
        service.deployment_configuration = {**service.deployment_configuration, **settings}
        number = len(service.revisions) + 1
        network = {"awsvpcConfiguration": {"subnets": ["subnet-0a1b2c3d"]}}
        definition = region.task_definitions.find("web")
        deployments.begin(
            region,
            service,
            ServiceRevision(
                region.place.arn(f"service-revision/default/web/{number}"),
                number,
                region.clock.now,
                make_template(definition, {"networkConfiguration": network}, "FARGATE"),
                configuration={"networkConfiguration": network},
            ),
        )
        return service.service_deployments[-1]

    return deploy


@pytest.fixture
def deployed(deploy, pass_seconds):
    """The first deployment, completed."""
    record = deploy()
    pass_seconds(120)
    assert record.status == "SUCCESSFUL"
    return record


def _said(service: Service) -> list[str]:
    return [event.message.removeprefix("(service web) ") for event in service.events]


def test_an_alarm_rolls_a_deployment_back(region, service, deploy, deployed, pass_seconds):
    record = deploy(alarms=ALARMS)
    pass_seconds(60)

    set_alarm(region, "5xx", "ALARM")
    pass_seconds(60)

    assert (record.status, record.alarms_status, record.triggered_alarms) == (
        "ROLLBACK_SUCCESSFUL",
        "TRIGGERED",
        ["5xx"],
    )
    assert service.revision is deployed.target
    said = _said(service)
    assert said.index("(deployment ecs-svc/2) deployment failed: alarm detected.") + 1 == said.index(
        "rolling back to deployment ecs-svc/1."
    )


def test_the_journal_has_each_status_of_the_alarms(region, deploy, deployed, pass_seconds):
    deploy(alarms=ALARMS)
    pass_seconds(60)

    set_alarm(region, "5xx", "ALARM")
    pass_seconds(60)

    assert [(entry.before, entry.after, entry.why) for entry in region.journal if entry.change == "alarms.status"] == [
        ("DISABLED", "MONITORING", None),
        ("MONITORING", "TRIGGERED", "5xx"),
    ]


def test_an_alarm_without_rollback_leaves_the_older_tasks(region, service, deploy, deployed, pass_seconds):
    record = deploy(alarms={**ALARMS, "rollback": False})
    pass_seconds(60)

    set_alarm(region, "5xx", "ALARM")
    pass_seconds(600)

    assert record.status == "STOPPED"
    assert [(each.status, each.rollout_state) for each in service.deployments] == [
        ("PRIMARY", "FAILED"),
        ("ACTIVE", "COMPLETED"),
    ]
    assert len(service.tasks_of(deployed.deployment)) == 2


def test_an_alarm_that_is_in_alarm_already_is_not_watched(region, deploy, deployed, pass_seconds):
    set_alarm(region, "5xx", "ALARM")
    record = deploy(alarms=ALARMS)
    pass_seconds(60)

    set_alarm(region, "5xx", "OK")
    set_alarm(region, "5xx", "ALARM")
    pass_seconds(60)

    assert (record.status, record.alarms_status) == ("SUCCESSFUL", "DISABLED")


def test_an_alarm_that_the_deployment_does_not_name_is_not_its_business(region, deploy, deployed, pass_seconds):
    record = deploy(alarms=ALARMS)
    pass_seconds(30)

    set_alarm(region, "latency", "ALARM")
    pass_seconds(600)

    assert (record.status, record.alarms_status) == ("SUCCESSFUL", "MONITORING_COMPLETE")


@pytest.mark.parametrize(
    ("settings", "bakes_for"),
    [
        pytest.param({}, 0, id="without alarms a rolling deployment doesn't bake"),
        pytest.param({"alarms": ALARMS}, BAKE_TIME_WITH_ALARMS // SECOND, id="with alarms it does"),
        pytest.param({"alarms": ALARMS, "bakeTimeInMinutes": 10}, 600, id="as long as it says"),
        pytest.param({"bakeTimeInMinutes": 1}, 60, id="without alarms too"),
    ],
)
def test_a_deployment_completes_after_its_bake_time(deploy, deployed, pass_seconds, settings, bakes_for):
    record = deploy(**settings)

    pass_seconds(REACHED + bakes_for - 1)
    before = record.status
    pass_seconds(1)

    assert (before, record.status) == ("IN_PROGRESS", "SUCCESSFUL")


def test_an_alarm_while_it_bakes_brings_the_older_tasks_back(region, service, deploy, deployed, pass_seconds):
    record = deploy(alarms=ALARMS)
    pass_seconds(REACHED + 1)
    assert service.deployments == [record.deployment]

    set_alarm(region, "5xx", "ALARM")
    pass_seconds(120)

    assert record.status == "ROLLBACK_SUCCESSFUL"
    assert service.deployments == [deployed.deployment]
    assert service.counts.running == 2


@pytest.mark.parametrize(
    ("cleanup", "listed"),
    [
        pytest.param("BLOCKING", ["ecs-svc/2"], id="BLOCKING: the older tasks go first"),
        pytest.param("DEFERRED", ["ecs-svc/2", "ecs-svc/1"], id="DEFERRED: they go afterwards"),
    ],
)
def test_half_of_the_tasks_healthy_may_be_success_enough(service, deploy, deployed, pass_seconds, cleanup, listed):
    """Only one more task finds a place, so that one new task is all that there is at first."""
    record = deploy(
        maximumPercent=150,
        minimumHealthyPercent=50,
        earlySuccessCriteria={"enable": True, "healthyPercent": 50, "sourceServiceRevisionCleanup": cleanup},
    )
    at_success: list[str] = []
    for _ in range(600):
        pass_seconds(1)
        if record.status == "SUCCESSFUL":
            at_success = [each.id for each in service.deployments]
            break
    pass_seconds(300)

    assert at_success == listed
    assert [each.id for each in service.deployments] == ["ecs-svc/2"]
    assert service.counts.running == 2


def test_eventbridge_hears_of_each_stage_of_a_deployment(region, service, deploy, pass_seconds):
    deploy()
    pass_seconds(120)

    sent = [event(region, each) for each in region.events if each.subject == service.arn]

    assert [each["detail"]["eventName"] for each in sent] == [
        "SERVICE_DEPLOYMENT_IN_PROGRESS",
        "SERVICE_DEPLOYMENT_COMPLETED",
        "SERVICE_STEADY_STATE",
    ]
    assert sent[1]["detail-type"] == "ECS Deployment State Change"
    assert sent[1]["resources"] == [service.arn]
    assert sent[1]["detail"] == {
        "eventType": "INFO",
        "eventName": "SERVICE_DEPLOYMENT_COMPLETED",
        "deploymentId": "ecs-svc/1",
        "updatedAt": "2026-01-01T00:01:21Z",
        "reason": "ECS deployment ecs-svc/1 completed.",
    }
    assert sent[2]["detail-type"] == "ECS Service Action"
    assert sent[2]["detail"] == {
        "eventType": "INFO",
        "eventName": "SERVICE_STEADY_STATE",
        "clusterArn": service.cluster.arn,
        "createdAt": "2026-01-01T00:01:21Z",
    }
