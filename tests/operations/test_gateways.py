"""Gateways through their operations: what each answers and shows, and how gateways, clusters and lists go together.

Rules: API reference of each; Developer Guide, "Create and manage an Amazon ECS Gateway". What a gateway does for services is in
`stories/test_a_route_that_follows_a_service.py`, what is refused in `test_gateway_refusals.py`.
"""

from __future__ import annotations

from typing import Any

import pytest

import builders
from pytest_ecsfake.engine.gateways.updates import DEFAULTS

pytestmark = [
    pytest.mark.ecs_fake(clusters=["prod", "dev"], poll_step=0, frozen_at="2026-01-01T00:00:00Z"),
    pytest.mark.usefixtures("create_gateway"),
]

ACCOUNT = "arn:aws:ecs:us-east-1:123456789012"
WEB = f"{ACCOUNT}:gateway/web"
ROLE = "arn:aws:iam::123456789012:role/ecsGateways"
TAG = {"key": "team", "value": "platform"}


@pytest.fixture
def described(ecs_client):
    """The gateway `web` as DescribeGateway shows it now."""
    return lambda: ecs_client.describe_gateway(gateway="web")["gateway"]


@pytest.fixture
def associations(ecs_client):
    """The associations that match filters: the names of gateway and cluster, and the status."""

    def associations(**filters: Any) -> list[tuple[str, str, str]]:
        found = ecs_client.list_gateway_cluster_associations(**filters)["gatewayClusterAssociations"]
        return [
            (each["gatewayArn"].rpartition("/")[2], each["clusterArn"].rpartition("/")[2], each["status"])
            for each in found
        ]

    return associations


def without_metadata(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


# --- CreateGateway and DescribeGateway --------------------------------------------------------------------------------------------------


def test_a_new_gateway_is_active_at_once(ecs_client):
    """API reference, CreateGateway: a synchronous operation."""
    answer = ecs_client.create_gateway(**builders.gateway())

    assert without_metadata(answer) == {"gatewayArn": WEB, "name": "web", "status": "ACTIVE"}


def test_a_gateway_is_described_with_its_defaults(ecs_fake, ecs_client, described):
    """API reference, CreateGateway, HostSharedAlbConfiguration and GatewayElbNetworkConfiguration."""
    ecs_client.create_gateway(name="web", infrastructureRoleArn=ROLE, configuration={"hostSharedAlb": {}})

    assert described() == {
        "gatewayArn": WEB,
        "name": "web",
        "status": "ACTIVE",
        "infrastructureRoleArn": ROLE,
        "deletionProtection": True,
        "configuration": {
            "hostSharedAlb": {
                "networkConfiguration": {"ipAddressType": "dualstack"},
                "scheme": "internet-facing",
                "port": 443,
                "protocol": "HTTPS",
                "maxAlbCount": 10,
                "currentAlbCount": 0,
                "httpDesync": "defensive",
            }
        },
        "accessType": "PUBLIC",
        "propagateTags": "GATEWAY",
        "tags": [],
        "createdAt": ecs_fake.clock.now,
        "updatedAt": ecs_fake.clock.now,
    }


#: Every member of a new gateway's configuration, none with its default.
CONFIGURATION: dict[str, Any] = {
    "networkConfiguration": {
        "subnets": ["subnet-0a1b2c3d"],
        "ipAddressType": "ipv4",
        "inboundSecurityGroup": "sg-0a1b2c3d",
    },
    "scheme": "internal",
    "webACLArn": "arn:aws:wafv2:us-east-1:123456789012:regional/webacl/web/1",
    "accessLogs": {"destination": {"s3": {"bucket": "logs", "prefix": "web"}}},
    "port": 443,
    "protocol": "HTTPS",
    "maxAlbCount": 2,
    "httpDesync": "strictest",
    "testTrafficRules": {"header": {"name": "x-test", "values": ["yes"]}},
}


def test_a_gateway_shows_what_it_was_given(create_gateway, described):
    create_gateway(configuration={"hostSharedAlb": CONFIGURATION}, propagateTags="NONE", tags=[TAG])

    shown = described()
    assert shown["configuration"] == {"hostSharedAlb": {**CONFIGURATION, "currentAlbCount": 0}}
    assert (shown["propagateTags"], shown["tags"]) == ("NONE", [TAG])
    assert set(CONFIGURATION) == {*DEFAULTS, "networkConfiguration", "webACLArn", "accessLogs", "testTrafficRules"}


@pytest.mark.parametrize(("scheme", "access_type"), [("internet-facing", "PUBLIC"), ("internal", "PRIVATE")])
def test_the_access_type_follows_from_the_scheme(create_gateway, described, scheme, access_type):
    """API reference, Gateway, accessType."""
    create_gateway(configuration={"hostSharedAlb": {"scheme": scheme}})

    assert described()["accessType"] == access_type


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({}, id="the same again"),
        pytest.param({"propagateTags": "NONE"}, id="with other parameters"),
        pytest.param({"name": "other"}, id="with another name"),
    ],
)
def test_a_request_whose_client_token_was_used_is_ignored(ecs_client, create_gateway, described, changes):
    """API reference, CreateGateway, clientToken: it isn't refused either. That the answer shows the first gateway is unverified."""
    create_gateway(clientToken="a")
    before = described()

    answer = ecs_client.create_gateway(**builders.gateway(clientToken="a", **changes))

    assert answer["gatewayArn"] == WEB
    assert described() == before
    assert len(ecs_client.list_gateways()["gateways"]) == 1


def test_the_client_token_of_a_deleted_gateway_can_be_used_again(ecs_client, create_gateway):
    create_gateway(clientToken="a")
    ecs_client.delete_gateway(gateway="web")

    assert create_gateway(clientToken="a") == WEB
    assert len(ecs_client.list_gateways()["gateways"]) == 1


@pytest.mark.parametrize("identifier", ["web", WEB])
def test_a_gateway_is_found_by_name_and_by_arn(ecs_client, create_gateway, identifier):
    create_gateway()

    assert ecs_client.describe_gateway(gateway=identifier)["gateway"]["gatewayArn"] == WEB


# --- ListGateways -----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        pytest.param({}, ["zoo", "web", "api"], id="all, in the order of their creation"),
        pytest.param({"names": ["web", "api", "none"]}, ["web", "api"], id="by name"),
        pytest.param({"status": ["ACTIVE"]}, ["zoo", "web"], id="by status"),
        pytest.param({"status": ["ACTIVE", "UPDATE_IN_PROGRESS"]}, ["zoo", "web", "api"], id="by several statuses"),
        pytest.param({"names": ["api"], "status": ["ACTIVE"]}, [], id="by both"),
        pytest.param({"status": ["DELETED"]}, [], id="deleted ones, which are gone"),
        pytest.param({"names": []}, ["zoo", "web", "api"], id="by an empty list, which is no filter"),
    ],
)
def test_gateways_are_listed_by_filter(ecs_client, create_gateway, filters, found):
    for name in ("zoo", "gone", "web", "api"):
        create_gateway(name=name)
    ecs_client.delete_gateway(gateway="gone")
    ecs_client.update_gateway(gateway="api")

    assert [each["name"] for each in ecs_client.list_gateways(**filters)["gateways"]] == found


def test_the_summary_of_a_gateway(ecs_fake, ecs_client, create_gateway):
    create_gateway()

    assert ecs_client.list_gateways()["gateways"] == [
        {"gatewayArn": WEB, "name": "web", "status": "ACTIVE", "createdAt": ecs_fake.clock.now}
    ]


# --- UpdateGateway ----------------------------------------------------------------------------------------------------------------------


def test_an_update_changes_what_it_names(ecs_fake, ecs_client, create_gateway, described):
    """API reference, UpdateGatewayAlbConfiguration and UpdateGatewayNetworkConfiguration: every member of them."""
    create_gateway(configuration={"hostSharedAlb": CONFIGURATION})
    before = described()
    ecs_fake.clock.advance(seconds=60)
    changes = {
        "maxAlbCount": 3,
        "webACLArn": "arn:aws:wafv2:us-east-1:123456789012:regional/webacl/web/2",
        "accessLogs": {"destination": {"s3": {"bucket": "other"}}},
        "httpDesync": "monitor",
        "testTrafficRules": {"header": {"name": "x-canary", "values": ["1", "2"]}},
    }

    answer = ecs_client.update_gateway(
        gateway="web",
        infrastructureRoleArn=f"{ROLE}2",
        deletionProtection=True,
        propagateTags="NONE",
        configuration={"hostSharedAlb": {**changes, "networkConfiguration": {"inboundSecurityGroup": "sg-0a1b2c3e"}}},
    )

    assert without_metadata(answer) == {"gatewayArn": WEB, "name": "web", "status": "UPDATE_IN_PROGRESS"}
    network = {**CONFIGURATION["networkConfiguration"], "inboundSecurityGroup": "sg-0a1b2c3e"}
    assert described() == {
        **before,
        "status": "UPDATE_IN_PROGRESS",
        "infrastructureRoleArn": f"{ROLE}2",
        "deletionProtection": True,
        "propagateTags": "NONE",
        "configuration": {
            "hostSharedAlb": {**CONFIGURATION, **changes, "networkConfiguration": network, "currentAlbCount": 0}
        },
        "updatedAt": ecs_fake.clock.now,
    }


def test_an_update_leaves_what_it_does_not_name(ecs_client, create_gateway, described):
    create_gateway(configuration={"hostSharedAlb": CONFIGURATION}, deletionProtection=True, propagateTags="NONE")
    before = described()

    ecs_client.update_gateway(gateway=WEB)

    assert described() == {**before, "status": "UPDATE_IN_PROGRESS"}


def test_a_newer_update_ends_later(ecs_fake, ecs_client, create_gateway, described):
    """That an update is accepted during an update is an assumption."""
    create_gateway()
    ecs_client.update_gateway(gateway="web")
    ecs_fake.clock.advance(seconds=6)
    ecs_client.update_gateway(gateway="web")

    history = []
    for _ in range(3):
        ecs_fake.clock.advance(seconds=5)
        history.append(described()["status"])

    assert history == ["UPDATE_IN_PROGRESS", "UPDATE_COMPLETE", "UPDATE_COMPLETE"]


def test_the_end_of_an_update_leaves_a_new_gateway_of_the_name_alone(ecs_fake, ecs_client, create_gateway, described):
    create_gateway()
    ecs_client.update_gateway(gateway="web")
    ecs_client.delete_gateway(gateway="web")
    create_gateway()

    ecs_fake.clock.advance(seconds=60)

    assert described()["status"] == "ACTIVE"


# --- DeleteGateway ----------------------------------------------------------------------------------------------------------------------


def test_a_deleted_gateway_is_gone_at_once(ecs_client, create_gateway):
    """API reference, DeleteGateway."""
    create_gateway()

    answer = ecs_client.delete_gateway(gateway="web")

    assert without_metadata(answer) == {"gatewayArn": WEB, "name": "web", "status": "DELETED"}
    assert ecs_client.list_gateways()["gateways"] == []
    with pytest.raises(ecs_client.exceptions.GatewayNotFoundException):
        ecs_client.describe_gateway(gateway="web")


# --- associations -----------------------------------------------------------------------------------------------------------------------


def test_a_new_association_is_active(ecs_client, create_gateway, associations):
    """API reference, AssociateGatewayWithCluster, status."""
    create_gateway()

    answer = ecs_client.associate_gateway_with_cluster(gateway=WEB, cluster=f"{ACCOUNT}:cluster/prod")

    assert without_metadata(answer) == {
        "gatewayArn": WEB,
        "clusterArn": f"{ACCOUNT}:cluster/prod",
        "status": "ACTIVE",
    }
    assert associations() == [("web", "prod", "ACTIVE")]


def test_associating_again_changes_nothing(ecs_client, create_gateway, associations):
    """An assumption."""
    create_gateway()
    first = ecs_client.associate_gateway_with_cluster(gateway="web", cluster="prod")

    again = ecs_client.associate_gateway_with_cluster(gateway="web", cluster="prod")

    assert without_metadata(again) == without_metadata(first)
    assert len(associations()) == 1


def test_an_association_without_routes_is_gone_after_the_answer(ecs_client, create_gateway, associations):
    """API reference, DisassociateGatewayFromCluster, status."""
    create_gateway()
    ecs_client.associate_gateway_with_cluster(gateway="web", cluster="prod")

    answer = ecs_client.disassociate_gateway_from_cluster(gateway="web", cluster="prod")

    assert without_metadata(answer) == {
        "gatewayArn": WEB,
        "clusterArn": f"{ACCOUNT}:cluster/prod",
        "status": "DISASSOCIATING",
    }
    assert associations() == []


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        pytest.param({}, [("web", "prod"), ("api", "prod"), ("web", "dev")], id="all, in the order of their making"),
        pytest.param({"gateway": "web"}, [("web", "prod"), ("web", "dev")], id="of a gateway"),
        pytest.param({"gateway": WEB}, [("web", "prod"), ("web", "dev")], id="of a gateway's ARN"),
        pytest.param({"cluster": "prod"}, [("web", "prod"), ("api", "prod")], id="of a cluster"),
        pytest.param({"cluster": f"{ACCOUNT}:cluster/dev"}, [("web", "dev")], id="of a cluster's ARN"),
        pytest.param({"gateway": "web", "cluster": "dev"}, [("web", "dev")], id="of both"),
        pytest.param({"gateway": "api", "cluster": "dev"}, [], id="of two that aren't associated"),
        pytest.param({"gateway": "none"}, [], id="of an unknown gateway"),
        pytest.param({"cluster": "none"}, [], id="of an unknown cluster"),
        pytest.param({"status": ["DISASSOCIATING", "INACTIVE"]}, [], id="by statuses that none has"),
        pytest.param({"cluster": "dev", "status": ["ACTIVE"]}, [("web", "dev")], id="by cluster and status"),
    ],
)
def test_associations_are_listed_by_filter(ecs_client, create_gateway, associations, filters, found):
    create_gateway(name="web")
    create_gateway(name="api")
    for gateway, cluster in (("web", "prod"), ("api", "prod"), ("web", "dev")):
        ecs_client.associate_gateway_with_cluster(gateway=gateway, cluster=cluster)

    assert associations(**filters) == [(gateway, cluster, "ACTIVE") for gateway, cluster in found]


def test_the_associations_of_a_deleted_cluster_end(ecs_client, create_gateway, associations):
    """That a cluster with associations can be deleted is an assumption: DeleteCluster declares no error for it."""
    create_gateway()
    ecs_client.associate_gateway_with_cluster(gateway="web", cluster="dev")
    ecs_client.associate_gateway_with_cluster(gateway="web", cluster="prod")

    ecs_client.delete_cluster(cluster="dev")

    assert associations() == [("web", "prod", "ACTIVE")]
    ecs_client.create_cluster(clusterName="dev")
    assert associations() == [("web", "prod", "ACTIVE")]


def test_gateways_of_regions_and_accounts_are_apart(ecs_fake, ecs_client, create_gateway):
    create_gateway()

    for other in (ecs_fake.in_region("eu-west-1"), ecs_fake.in_account("111122223333")):
        assert other.client.list_gateways()["gateways"] == []
        other.client.create_gateway(**builders.gateway())
        assert len(other.client.list_gateways()["gateways"]) == 1
    assert len(ecs_client.list_gateways()["gateways"]) == 1


# --- DescribeGatewayResources -----------------------------------------------------------------------------------------------------------


def test_a_gateway_without_routes_manages_nothing(ecs_client, create_gateway):
    """botocore can't read an empty union, so the list is there and empty."""
    create_gateway()

    answer = ecs_client.describe_gateway_resources(gateway="web")

    assert without_metadata(answer) == {"gatewayResources": {"gatewayArn": WEB, "resources": {"hostSharedAlb": []}}}


# --- CreateService and UpdateService ----------------------------------------------------------------------------------------------------


def test_a_service_revision_keeps_its_connector(
    ecs_fake, ecs_client, skip_unless_known, create_gateway, create_service, register_on_fargate
):
    """API reference, ServiceRevision, gatewayConnectors."""
    create_gateway()
    ecs_client.associate_gateway_with_cluster(gateway="web", cluster="prod")
    register_on_fargate(builders.BEHIND_GATEWAY)
    connector = {
        "portName": "http",
        "healthCheck": {"healthCheckPath": "/health", "matcher": {"httpCode": "200-299"}},
        "filters": {"accessTypes": ["PUBLIC"]},
        "deregistrationDelay": {"timeoutSeconds": 30},
    }
    skip_unless_known("CreateService", {"gatewayConnectors": [connector]})
    create_service(gatewayConnectors=[connector])

    [listed] = ecs_client.list_service_deployments(cluster="prod", service="web")["serviceDeployments"]
    [revision] = ecs_client.describe_service_revisions(serviceRevisionArns=[listed["targetServiceRevisionArn"]])[
        "serviceRevisions"
    ]

    assert revision["gatewayConnectors"] == [connector]
    assert "ecsManagedResources" not in revision  # the deployment hasn't started
