"""An Express service to the second: created, updated by a canary deployment, brought back by its alarm, deleted.

Steps and bake times: Developer Guide, "Updating an Amazon ECS Express Mode service": 5 percent of the traffic for 3 minutes, then all of it for 3
minutes. That the scheduler takes 15 s, a task 26 s to run and 40 s more to be healthy, a shift 10 s, and that a load balancer drains for 300 s, is
as with every service here.
"""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.ecs_fake(poll_step=0)

ALARM = "default/shop/RollbackAlarm"


@pytest.fixture
def shop(ecs_fake, create_express):
    """The ARN of the Express service `shop`, steady."""
    arn = create_express()["serviceArn"]
    ecs_fake.clock.advance(seconds=120)
    return arn


@pytest.fixture
def follow(ecs_fake, ecs_client, express):
    """Look at an Express service each second for some time; whenever something has changed, the second and what is there."""

    def follow(arn: str, *, seconds: int) -> list[tuple[Any, ...]]:
        history: list[tuple[Any, ...]] = []
        for second in range(seconds + 1):
            described = express(arn)
            [ordinary] = ecs_client.describe_services(services=[arn])["services"]
            traffic = ecs_fake.services["default/shop"].traffic
            newest = described["activeConfigurations"][0]["serviceRevisionArn"]
            now = (
                described["status"]["statusCode"],
                ordinary["status"],
                "currentDeployment" in described,
                len(described["activeConfigurations"]),
                ordinary["runningCount"],
                traffic.get(newest, 0.0),
            )
            if not history or history[-1][1:] != now:
                history.append((second, *now))
            if second < seconds:
                ecs_fake.clock.advance(seconds=1)
        return history

    return follow


def test_from_its_creation_over_an_update_to_its_end(ecs_fake, ecs_client, create_express, follow):
    arn = create_express()["serviceArn"]

    created = follow(arn, seconds=120)
    ecs_client.update_express_gateway_service(serviceArn=arn, primaryContainer={"image": "shop:2"})
    updated = follow(arn, seconds=800)
    ecs_client.delete_express_gateway_service(serviceArn=arn)
    deleted = follow(arn, seconds=330)

    # second, status, that of the ordinary service, whether it is being deployed, configurations, running tasks, the newest one's traffic
    assert created == [
        (0, "ACTIVE", "ACTIVE", False, 1, 0, 0.0),
        (15, "ACTIVE", "ACTIVE", True, 1, 0, 0.0),
        (41, "ACTIVE", "ACTIVE", True, 1, 1, 0.0),
        (81, "ACTIVE", "ACTIVE", False, 1, 1, 100.0),
    ]
    assert updated == [
        (0, "ACTIVE", "ACTIVE", False, 2, 1, 0.0),
        (15, "ACTIVE", "ACTIVE", True, 2, 1, 0.0),
        (41, "ACTIVE", "ACTIVE", True, 2, 2, 0.0),
        (91, "ACTIVE", "ACTIVE", True, 2, 2, 5.0),
        (281, "ACTIVE", "ACTIVE", True, 2, 2, 100.0),
        (472, "ACTIVE", "ACTIVE", True, 2, 1, 100.0),
        (772, "ACTIVE", "ACTIVE", False, 1, 1, 100.0),
    ]
    assert deleted == [
        (0, "DRAINING", "DRAINING", False, 1, 1, 100.0),
        (16, "DRAINING", "DRAINING", False, 1, 0, 100.0),
        (45, "INACTIVE", "DRAINING", False, 1, 0, 100.0),
        (316, "INACTIVE", "INACTIVE", False, 1, 0, 0.0),
    ]


def test_its_alarm_brings_the_canary_back(ecs_fake, ecs_client, express, shop, describe_deployment):
    before = express(shop)["activeConfigurations"][0]
    ecs_client.update_express_gateway_service(
        serviceArn=shop, primaryContainer={"image": "shop:2"}, healthCheckPath="/up", scalingTarget={"maxTaskCount": 5}
    )
    ecs_fake.clock.advance(seconds=100)
    deployment = express(shop)["currentDeployment"]

    ecs_fake.alarms[ALARM].set("ALARM")
    ecs_fake.clock.advance(seconds=400)

    assert describe_deployment(deployment)["status"] == "ROLLBACK_SUCCESSFUL"
    assert describe_deployment(deployment)["alarms"]["triggeredAlarmNames"] == [ALARM]
    [after] = express(shop)["activeConfigurations"]
    assert after == before  # with its image, its health check and its scaling


@pytest.mark.ecs_fake(timings="instant")
def test_without_delays_all_is_there_at_once(ecs_fake, ecs_client, create_express, express, managed_parts):
    arn = create_express()["serviceArn"]

    described = express(arn)
    assert "currentDeployment" not in described
    assert set(managed_parts(described["activeConfigurations"][0]["serviceRevisionArn"]).values()) == {"ACTIVE"}
    ecs_client.delete_express_gateway_service(serviceArn=arn)
    assert express(arn)["status"] == {"statusCode": "INACTIVE"}


def test_eventbridge_hears_of_its_deployments(ecs_fake, ecs_client, shop):
    ecs_client.update_express_gateway_service(serviceArn=shop, primaryContainer={"image": "shop:2"})
    ecs_fake.clock.advance(seconds=900)

    heard = [
        event["detail"]["eventName"]
        for event in ecs_fake.events
        if event["detail-type"] in ("ECS Deployment State Change", "ECS Service Action")
        and event["resources"] == [shop]
    ]
    assert heard == [
        "SERVICE_DEPLOYMENT_IN_PROGRESS",
        "SERVICE_DEPLOYMENT_COMPLETED",
        "SERVICE_STEADY_STATE",
        "SERVICE_DEPLOYMENT_IN_PROGRESS",
        "TASKS_STOPPED",
        "SERVICE_DEPLOYMENT_COMPLETED",
        "SERVICE_STEADY_STATE",
    ]
