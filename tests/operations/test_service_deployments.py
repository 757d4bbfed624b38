"""Service deployments and service revisions: every field as ECS shows it, what is listed, and what is refused.

Sources: recorded answers of describe-service-deployments and describe-service-revisions in the AWS CLI's examples; API reference,
ServiceDeployment, ServiceRevision and ListServiceDeployments; Developer Guide, "View service history using Amazon ECS service deployments",
"Stopping Amazon ECS service deployments". Texts of refusals are unverified.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

pytestmark = pytest.mark.ecs_fake(clusters=["prod"], poll_step=0)

BREAKER = {"enable": True, "rollback": True}


@pytest.fixture
def created(create_service, register_on_fargate):
    """A service of one task with a circuit breaker, just created."""
    register_on_fargate()
    return create_service(desiredCount=1, deploymentConfiguration={"deploymentCircuitBreaker": BREAKER})


@pytest.fixture
def stop(ecs_client):
    """Stop a service deployment, where botocore knows how."""
    if not hasattr(ecs_client, "stop_service_deployment"):
        pytest.skip("this botocore has no StopServiceDeployment")
    return lambda arn: ecs_client.stop_service_deployment(serviceDeploymentArn=arn)["serviceDeploymentArn"]


@pytest.fixture
def update(ecs_client, created, register_on_fargate):
    """Deploy the service anew; the ARN of the service deployment."""

    def update(**parameters: Any) -> str:
        ecs_client.update_service(cluster="prod", service="web", forceNewDeployment=True, **parameters)
        return ecs_client.list_service_deployments(cluster="prod", service="web")["serviceDeployments"][0][
            "serviceDeploymentArn"
        ]

    return update


def _first(client: Any) -> dict[str, Any]:
    return client.list_service_deployments(cluster="prod", service="web")["serviceDeployments"][-1]


def test_a_deployment_that_is_pending_shows_no_times_and_no_monitors(ecs_client, created, describe_deployment):
    described = describe_deployment(_first(ecs_client)["serviceDeploymentArn"])

    number = created["deployments"][0]["id"].rpartition("/")[2]
    configuration = described.pop("deploymentConfiguration")
    assert configuration == created["deploymentConfiguration"]
    arn = described.pop("serviceDeploymentArn")
    assert arn.startswith("arn:aws:ecs:us-east-1:123456789012:service-deployment/prod/web/")
    assert len(arn.rpartition("/")[2]) == 21
    assert described == {
        "serviceArn": created["serviceArn"],
        "clusterArn": created["clusterArn"],
        "createdAt": created["createdAt"],
        "updatedAt": created["createdAt"],
        "status": "PENDING",
        "sourceServiceRevisions": [],
        "targetServiceRevision": {
            "arn": f"arn:aws:ecs:us-east-1:123456789012:service-revision/prod/web/{number}",
            "requestedTaskCount": 0,
            "runningTaskCount": 0,
            "pendingTaskCount": 0,
        },
    }


def test_a_deployment_that_went_well_keeps_its_counts(ecs_fake, ecs_client, created, update, describe_deployment):
    """Also when another one has taken its tasks away."""
    first = _first(ecs_client)["serviceDeploymentArn"]
    ecs_fake.clock.advance(seconds=120)
    done = describe_deployment(first)
    update()
    ecs_fake.clock.advance(seconds=120)

    assert describe_deployment(first) == done
    assert done["status"] == "SUCCESSFUL"
    assert done["startedAt"] - done["createdAt"] == timedelta(seconds=15)
    assert done["finishedAt"] == done["updatedAt"]
    assert done["deploymentCircuitBreaker"] == {"status": "MONITORING_COMPLETE", "failureCount": 0, "threshold": 3}
    assert done["alarms"] == {"status": "DISABLED"}
    assert {name for name in done["targetServiceRevision"].items() if name[0] != "arn"} == {
        ("requestedTaskCount", 1),
        ("runningTaskCount", 1),
        ("pendingTaskCount", 0),
    }
    assert not {"statusReason", "stoppedAt", "rollback", "lifecycleStage"} & done.keys()


def test_counts_are_live_while_it_runs(ecs_fake, ecs_client, created, update, describe_deployment):
    ecs_fake.clock.advance(seconds=120)
    arn = update()
    ecs_fake.clock.advance(seconds=20)

    described = describe_deployment(arn)

    [source] = described["sourceServiceRevisions"]
    assert (source["requestedTaskCount"], source["runningTaskCount"], source["pendingTaskCount"]) == (1, 1, 0)
    target = described["targetServiceRevision"]
    assert (target["requestedTaskCount"], target["runningTaskCount"], target["pendingTaskCount"]) == (1, 0, 1)


def test_a_newer_deployment_stops_the_one_before_it(ecs_fake, ecs_client, created, update, describe_deployment):
    first = _first(ecs_client)["serviceDeploymentArn"]
    ecs_fake.clock.advance(seconds=20)

    second = update()

    assert (describe_deployment(first)["status"], describe_deployment(second)["status"]) == (
        "STOP_REQUESTED",
        "PENDING",
    )
    ecs_fake.clock.advance(seconds=15)
    assert (describe_deployment(first)["status"], describe_deployment(second)["status"]) == ("STOPPED", "IN_PROGRESS")
    assert describe_deployment(first)["stoppedAt"] == describe_deployment(second)["startedAt"]


@pytest.mark.parametrize(
    ("when", "status"),
    [
        pytest.param(0, "PENDING", id="before it is taken up"),
        pytest.param(30, "IN_PROGRESS", id="on the way"),
    ],
)
def test_a_deployment_is_stopped_by_hand(ecs_fake, created, update, describe_deployment, stop, when, status):
    ecs_fake.clock.advance(seconds=120)
    good = ecs_fake.services["prod/web"].deployments[0].id
    arn = update()
    ecs_fake.clock.advance(seconds=when)
    assert describe_deployment(arn)["status"] == status

    assert stop(arn) == arn

    assert describe_deployment(arn)["status"] == "ROLLBACK_REQUESTED"
    stop(arn)  # a second time changes nothing
    ecs_fake.clock.advance(seconds=120)
    assert describe_deployment(arn)["status"] == "ROLLBACK_SUCCESSFUL"
    assert [each.id for each in ecs_fake.services["prod/web"].deployments] == [good]
    assert ecs_fake.services["prod/web"].running_count == 1


def test_a_first_deployment_that_is_stopped_stays_where_it_is(ecs_fake, ecs_client, created, describe_deployment, stop):
    """There is nothing to go back to."""
    arn = _first(ecs_client)["serviceDeploymentArn"]

    stop(arn)
    ecs_fake.clock.advance(seconds=120)

    assert describe_deployment(arn)["status"] == "STOPPED"
    assert ecs_fake.services["prod/web"].running_count == 0


def test_a_rollback_that_a_newer_deployment_ends_has_failed(ecs_fake, created, update, describe_deployment):
    """A service deployment on its way back never comes to STOP_REQUESTED or STOPPED."""
    ecs_fake.clock.advance(seconds=120)
    order = ecs_fake.containers.script(image="nginx:1.29", pull_error="CannotPullContainerError: not found")
    going_back = update()
    ecs_fake.clock.advance_until(
        lambda: describe_deployment(going_back)["status"] == "ROLLBACK_IN_PROGRESS", timeout=3600
    )

    newer = update()

    assert order.used
    assert (describe_deployment(going_back)["status"], describe_deployment(newer)["status"]) == (
        "ROLLBACK_IN_PROGRESS",
        "PENDING",
    )
    ecs_fake.clock.advance(seconds=15)
    assert (describe_deployment(going_back)["status"], describe_deployment(newer)["status"]) == (
        "ROLLBACK_FAILED",
        "IN_PROGRESS",
    )


def test_one_that_was_to_be_stopped_by_hand_is_not_rolled_back_under_a_newer_one(
    ecs_fake, created, update, describe_deployment, stop
):
    ecs_fake.clock.advance(seconds=120)
    stopped = update()
    ecs_fake.clock.advance(seconds=20)
    stop(stopped)

    newer = update()

    assert describe_deployment(stopped)["status"] == "ROLLBACK_REQUESTED"
    ecs_fake.clock.advance(seconds=120)
    assert (describe_deployment(stopped)["status"], describe_deployment(newer)["status"]) == ("STOPPED", "SUCCESSFUL")


def test_a_deployment_that_was_stopped_is_not_monitored_any_more(
    ecs_fake, ecs_client, created, update, describe_deployment
):
    first = _first(ecs_client)["serviceDeploymentArn"]
    ecs_fake.clock.advance(seconds=20)
    assert describe_deployment(first)["deploymentCircuitBreaker"]["status"] == "MONITORING"

    update()
    ecs_fake.clock.advance(seconds=15)

    assert describe_deployment(first)["deploymentCircuitBreaker"]["status"] == "MONITORING_COMPLETE"


def test_a_task_on_its_way_down_is_not_pending(ecs_fake, ecs_client, created, update, describe_deployment):
    ecs_fake.clock.advance(seconds=120)
    arn = update(desiredCount=4)
    ecs_fake.clock.advance(seconds=50)

    ecs_client.update_service(cluster="prod", service="web", desiredCount=1)
    ecs_fake.clock.advance_until(lambda: describe_deployment(arn)["status"] == "SUCCESSFUL", timeout=120)

    target = describe_deployment(arn)["targetServiceRevision"]
    assert "STOPPED" not in {task.last_status for task in ecs_fake.tasks}
    assert (target["requestedTaskCount"], target["runningTaskCount"], target["pendingTaskCount"]) == (1, 1, 0)


def test_the_history_is_filtered_by_status_and_time(ecs_fake, ecs_client, created, update):
    start = ecs_fake.clock.now
    ecs_fake.clock.advance(seconds=120)
    second = update()
    first = _first(ecs_client)

    def listed(**filters: Any) -> list[str]:
        answer = ecs_client.list_service_deployments(cluster="prod", service="web", **filters)
        return [each["serviceDeploymentArn"] for each in answer["serviceDeployments"]]

    assert listed() == [second, first["serviceDeploymentArn"]]
    assert listed(status=["PENDING", "IN_PROGRESS"]) == [second]
    assert listed(status=["STOPPED"]) == []
    assert listed(createdAt={"after": start + timedelta(seconds=1)}) == [second]
    assert listed(createdAt={"before": start + timedelta(seconds=1)}) == [first["serviceDeploymentArn"]]
    assert first["targetServiceRevisionArn"].endswith(created["deployments"][0]["id"].partition("/")[2])
    assert first["status"] == "SUCCESSFUL"


def test_the_history_goes_back_ninety_days(ecs_fake, ecs_client, created):
    ecs_fake.clock.advance(timedelta(days=90))
    assert ecs_client.list_service_deployments(cluster="prod", service="web")["serviceDeployments"]

    ecs_fake.clock.advance(seconds=1)

    assert ecs_client.list_service_deployments(cluster="prod", service="web")["serviceDeployments"] == []


def test_a_deleted_service_has_no_history(ecs_fake, ecs_client, created):
    arn = _first(ecs_client)["serviceDeploymentArn"]
    ecs_client.delete_service(cluster="prod", service="web", force=True)
    ecs_fake.clock.advance(seconds=120)

    answer = ecs_client.describe_service_deployments(serviceDeploymentArns=[arn])

    assert answer["serviceDeployments"] == []
    assert answer["failures"] == [{"arn": arn, "reason": "MISSING"}]


def test_a_revision_shows_what_its_tasks_are_made_from(ecs_fake, ecs_client, created):
    arn = _first(ecs_client)["targetServiceRevisionArn"]
    ecs_fake.clock.advance(seconds=120)

    [revision] = ecs_client.describe_service_revisions(serviceRevisionArns=[arn])["serviceRevisions"]

    [image] = revision.pop("containerImages")
    assert image.pop("imageDigest").startswith("sha256:")
    assert image == {"containerName": "web", "image": "nginx:1.29"}
    assert revision == {
        "serviceRevisionArn": arn,
        "serviceArn": created["serviceArn"],
        "clusterArn": created["clusterArn"],
        "taskDefinition": created["taskDefinition"],
        "launchType": "FARGATE",
        "platformVersion": "1.4.0",
        "platformFamily": "Linux",
        "networkConfiguration": created["networkConfiguration"],
        "guardDutyEnabled": False,
        "serviceConnectConfiguration": {"enabled": False},
        "createdAt": created["createdAt"],
    }


def test_a_rollback_makes_no_revision(ecs_fake, ecs_client, created, update, describe_deployment):
    """It stays within its service deployment, too."""
    ecs_fake.clock.advance(seconds=120)
    ecs_fake.containers.script(image="nginx:1.29", pull_error="CannotPullContainerError: not found", times=3)
    arn = update()
    ecs_fake.clock.advance(seconds=3600)

    described = describe_deployment(arn)
    assert described["status"] == "ROLLBACK_SUCCESSFUL"
    assert described["statusReason"] == (
        "Service deployment rolled back because the circuit breaker threshold was exceeded."
    )
    assert described["deploymentCircuitBreaker"] == {"status": "TRIGGERED", "failureCount": 3, "threshold": 3}
    assert described["rollback"]["reason"] == described["statusReason"]
    assert described["rollback"]["serviceRevisionArn"] == _first(ecs_client)["targetServiceRevisionArn"]
    assert len(ecs_client.list_service_deployments(cluster="prod", service="web")["serviceDeployments"]) == 2


def _ended(client: Any, fake: Any) -> str:
    fake.clock.advance(seconds=120)
    return _first(client)["serviceDeploymentArn"]


REFUSALS = [
    pytest.param(
        "stop_service_deployment",
        {},
        "ConflictException",
        "The service deployment has already ended with the status SUCCESSFUL.",
        id="stop one that has ended",
    ),
    pytest.param(
        "stop_service_deployment",
        {"stopType": "ABORT"},
        "InvalidParameterException",
        "stopType must be ROLLBACK.",
        id="abort: the API reference has ROLLBACK alone as valid",
    ),
    pytest.param(
        "continue_service_deployment",
        {"hookId": "ecs-pause-0"},
        "InvalidParameterException",
        "The lifecycle hook ecs-pause-0 is not awaiting an action.",
        id="continue one that isn't paused",
    ),
]


@pytest.mark.parametrize(("method", "parameters", "code", "message"), REFUSALS)
def test_what_is_refused_of_a_deployment(
    ecs_fake, ecs_client, created, describe_deployment, method, parameters, code, message
):
    if not hasattr(ecs_client, method):
        pytest.skip(f"this botocore has no {method}")
    arn = _ended(ecs_client, ecs_fake)
    before = describe_deployment(arn)

    with pytest.raises(ecs_client.exceptions.ClientError) as refusal:
        getattr(ecs_client, method)(serviceDeploymentArn=arn, **parameters)

    error = refusal.value.response["Error"]
    assert (error["Code"], error["Message"]) == (code, message)
    assert describe_deployment(arn) == before


@pytest.mark.parametrize(
    ("method", "member"),
    [
        ("describe_service_deployments", "serviceDeploymentArns"),
        ("describe_service_revisions", "serviceRevisionArns"),
    ],
)
@pytest.mark.parametrize("count", [pytest.param(0, id="none"), pytest.param(21, id="more than twenty")])
def test_one_to_twenty_are_described(ecs_client, method, member, count):
    arns = [f"arn:aws:ecs:us-east-1:123456789012:service-deployment/prod/web/{number}" for number in range(count)]

    with pytest.raises(ecs_client.exceptions.InvalidParameterException):
        getattr(ecs_client, method)(**{member: arns})
