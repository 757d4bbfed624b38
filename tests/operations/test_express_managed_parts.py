"""What ECS manages for an Express service: when each part is there, when it is gone, what it is updated for, and what services share.

The life of each part is a row of `engine/express/managed_parts.py`, and is read from there.
"""

from __future__ import annotations

import pytest

from pytest_ecsfake.clock import SECOND
from pytest_ecsfake.engine.express.managed_parts import PARTS, SERVICES_PER_LOAD_BALANCER

pytestmark = pytest.mark.ecs_fake(poll_step=0)


@pytest.fixture
def shop(ecs_fake, create_express):
    """The ARN of the Express service `shop`, steady."""
    arn = create_express()["serviceArn"]
    ecs_fake.clock.advance(seconds=120)
    return arn


def test_each_part_becomes_active_after_its_time(ecs_fake, create_express, managed_parts):
    created = create_express()
    revision = created["activeConfigurations"][0]["serviceRevisionArn"]
    assert set(managed_parts(revision).values()) == {"PROVISIONING"}
    assert managed_parts(revision).keys() == {life.kind for life in PARTS}

    for second in range(1, max(life.provisioning for life in PARTS) // SECOND + 1):
        ecs_fake.clock.advance(seconds=1)
        expected = {life.kind: "ACTIVE" if second * SECOND >= life.provisioning else "PROVISIONING" for life in PARTS}
        assert managed_parts(revision) == expected


def test_each_part_is_deleted_after_its_time(ecs_fake, ecs_client, express, shop, managed_parts):
    revision = express(shop)["activeConfigurations"][0]["serviceRevisionArn"]
    ecs_client.delete_express_gateway_service(serviceArn=shop)
    assert set(managed_parts(revision).values()) == {"DEPROVISIONING"}

    for second in range(1, max(life.deprovisioning for life in PARTS) // SECOND + 1):
        ecs_fake.clock.advance(seconds=1)
        expected = {
            life.kind: "DELETED" if second * SECOND >= life.deprovisioning else "DEPROVISIONING" for life in PARTS
        }
        assert managed_parts(revision) == expected


@pytest.mark.parametrize(
    ("setting", "update"),
    [
        pytest.param("healthCheckPath", {"healthCheckPath": "/up"}, id="the health check's path"),
        pytest.param("containerPort", {"primaryContainer": {"image": "shop:1", "containerPort": 81}}, id="the port"),
        pytest.param("minTaskCount", {"scalingTarget": {"minTaskCount": 2}}, id="the minimum"),
        pytest.param("maxTaskCount", {"scalingTarget": {"maxTaskCount": 2}}, id="the maximum"),
        pytest.param("autoScalingMetric", {"scalingTarget": {"autoScalingMetric": "AVERAGE_MEMORY"}}, id="the metric"),
        pytest.param("autoScalingTargetValue", {"scalingTarget": {"autoScalingTargetValue": 70}}, id="its target"),
        pytest.param(None, {"primaryContainer": {"image": "shop:2"}}, id="nothing that a part has"),
    ],
)
def test_an_update_provisions_the_parts_that_have_the_setting(
    ecs_fake, ecs_client, express, shop, managed_parts, setting, update
):
    ecs_client.update_express_gateway_service(serviceArn=shop, **update)

    revision = express(shop)["activeConfigurations"][0]["serviceRevisionArn"]
    assert managed_parts(revision) == {
        life.kind: "PROVISIONING" if setting in life.settings else "ACTIVE" for life in PARTS
    }
    ecs_fake.clock.advance(seconds=25)
    assert set(managed_parts(revision).values()) == {"ACTIVE"}


def test_the_time_line_shows_its_parts(ecs_fake, shop):
    changes = [
        line.split("shop: ")[1] for line in ecs_fake.timeline(None, folded=False).splitlines() if "managed-res" in line
    ]

    expected = [f"{life.kind} PROVISIONING" for life in PARTS]
    expected += [f"{life.kind} PROVISIONING -> ACTIVE" for life in PARTS]
    assert changes == expected


# --- the load balancer that services share ----------------------------------------------------------------------------------------------


def path_of(ecs_client, created):
    """The ingress path of a new Express service."""
    arn = created["activeConfigurations"][0]["serviceRevisionArn"]
    [revision] = ecs_client.describe_service_revisions(serviceRevisionArns=[arn])["serviceRevisions"]
    return revision["ecsManagedResources"]["ingressPaths"][0]


def test_services_share_a_load_balancer_and_have_their_own_rule_and_target_groups(ecs_fake, ecs_client, create_express):
    first = create_express()
    ecs_fake.clock.advance(seconds=120)

    second = create_express(serviceName="blog")

    one, other = path_of(ecs_client, first), path_of(ecs_client, second)
    assert one["loadBalancer"]["arn"] == other["loadBalancer"]["arn"]
    assert one["listener"]["arn"] == other["listener"]["arn"]
    assert other["loadBalancer"]["status"] == other["listener"]["status"] == "ACTIVE"
    assert other["rule"]["status"] == "PROVISIONING"
    assert one["rule"]["arn"] != other["rule"]["arn"]
    arns = {group["arn"] for group in [*one["targetGroups"], *other["targetGroups"]]}
    assert len(arns) == 4
    assert one["endpoint"] != other["endpoint"]


def test_a_service_that_comes_early_waits_for_the_load_balancer_of_the_first(ecs_fake, create_express, managed_parts):
    create_express()
    ecs_fake.clock.advance(seconds=50)
    revision = create_express(serviceName="blog")["activeConfigurations"][0]["serviceRevisionArn"]
    before = managed_parts(revision)["loadBalancer"]

    ecs_fake.clock.advance(seconds=10)

    assert (before, managed_parts(revision)["loadBalancer"]) == ("PROVISIONING", "ACTIVE")
    assert managed_parts(revision)["rule"] == "PROVISIONING"


def test_a_shared_load_balancer_stays_until_its_last_service_goes(ecs_fake, ecs_client, create_express, managed_parts):
    first, second = create_express(), create_express(serviceName="blog")
    ecs_fake.clock.advance(seconds=120)

    ecs_client.delete_express_gateway_service(serviceArn=first["serviceArn"])
    ecs_fake.clock.advance(seconds=60)
    left = managed_parts(second["activeConfigurations"][0]["serviceRevisionArn"])
    ecs_client.delete_express_gateway_service(serviceArn=second["serviceArn"])

    gone = managed_parts(first["activeConfigurations"][0]["serviceRevisionArn"])
    shared = {life.kind for life in PARTS if life.is_shared}
    assert set(left.values()) == {"ACTIVE"}
    assert {kind for kind, status in gone.items() if status == "ACTIVE"} == shared
    last = managed_parts(second["activeConfigurations"][0]["serviceRevisionArn"])
    assert set(last.values()) == {"DEPROVISIONING"}


@pytest.mark.ecs_fake(timings="instant")
def test_one_load_balancer_takes_25_services(ecs_client, create_express):
    created = [create_express(serviceName=f"shop-{number}") for number in range(SERVICES_PER_LOAD_BALANCER + 1)]

    balancers = [path_of(ecs_client, each)["loadBalancer"]["arn"] for each in created]

    assert SERVICES_PER_LOAD_BALANCER == 25
    assert set(balancers[:-1]) == {balancers[0]}
    assert balancers[-1] != balancers[0]


# --- what the caller brings -------------------------------------------------------------------------------------------------------------


def test_what_the_caller_brings_is_not_managed(create_express, managed_parts):
    logs = {"logGroup": "/shop", "logStreamPrefix": "web"}

    created = create_express(
        primaryContainer={"image": "shop:1", "awsLogsConfiguration": logs},
        networkConfiguration={"subnets": ["subnet-0a1b2c3d"], "securityGroups": ["sg-0a1b2c3d"]},
    )

    [configuration] = created["activeConfigurations"]
    kinds = managed_parts(configuration["serviceRevisionArn"]).keys()
    assert kinds == {life.kind for life in PARTS} - {"logGroup", "serviceSecurityGroup"}
    assert configuration["primaryContainer"]["awsLogsConfiguration"] == logs
    assert configuration["networkConfiguration"] == {"subnets": ["subnet-0a1b2c3d"], "securityGroups": ["sg-0a1b2c3d"]}


def test_a_log_group_is_made_once_an_update_needs_it(ecs_fake, ecs_client, create_express, managed_parts):
    logs = {"logGroup": "/shop", "logStreamPrefix": "web"}
    created = create_express(primaryContainer={"image": "shop:1", "awsLogsConfiguration": logs})
    ecs_fake.clock.advance(seconds=120)

    updated = ecs_client.update_express_gateway_service(
        serviceArn=created["serviceArn"], primaryContainer={"image": "shop:2"}
    )["service"]

    assert managed_parts(updated["targetConfiguration"]["serviceRevisionArn"])["logGroup"] == "PROVISIONING"


# --- one change after another -----------------------------------------------------------------------------------------------------------


def test_a_part_that_is_removed_early_is_never_there(ecs_fake, ecs_client, create_express):
    arn = create_express()["serviceArn"]
    ecs_fake.clock.advance(seconds=10)
    ecs_client.delete_express_gateway_service(serviceArn=arn)

    ecs_fake.clock.advance(seconds=300)

    changes = [
        line.split("loadBalancer ")[1]
        for line in ecs_fake.timeline(None, folded=False).splitlines()
        if "shop: loadBalancer " in line
    ]
    assert changes == ["PROVISIONING", "PROVISIONING -> DEPROVISIONING", "DEPROVISIONING -> DELETED"]


def test_a_part_that_is_updated_again_takes_its_time_again(ecs_fake, ecs_client, shop, express, managed_parts):
    ecs_client.update_express_gateway_service(serviceArn=shop, scalingTarget={"maxTaskCount": 4})
    ecs_fake.clock.advance(seconds=15)
    ecs_client.update_express_gateway_service(serviceArn=shop, scalingTarget={"maxTaskCount": 5})
    revision = express(shop)["activeConfigurations"][0]["serviceRevisionArn"]

    ecs_fake.clock.advance(seconds=19)
    before = managed_parts(revision)["scalableTarget"]
    ecs_fake.clock.advance(seconds=1)

    assert (before, managed_parts(revision)["scalableTarget"]) == ("PROVISIONING", "ACTIVE")


@pytest.mark.parametrize("deleted", [False, True], ids=["while they come", "while they go"])
def test_a_snapshot_holds_what_is_to_become_of_the_parts(ecs_fake, ecs_client, create_express, managed_parts, deleted):
    created = create_express()
    revision = created["activeConfigurations"][0]["serviceRevisionArn"]
    if deleted:
        ecs_client.delete_express_gateway_service(serviceArn=created["serviceArn"])
    restore = ecs_fake.take_snapshot()
    before = managed_parts(revision)
    ecs_fake.clock.advance(seconds=20)
    after = managed_parts(revision)

    restore()

    assert managed_parts(revision) == before
    ecs_fake.clock.advance(seconds=20)
    assert managed_parts(revision) == after
    assert len(set(after.values())) == 2
