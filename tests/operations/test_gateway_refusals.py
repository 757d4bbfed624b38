"""What the operations on gateways refuse: one row a rule, a call with one fault and its answer; last, which of two faults counts.

ECS declares GatewayNotFoundException, ClusterNotFoundException and ResourceNotFoundException, and nobody has seen an answer. "API reference": the
rule is documented; its text, and the code if it isn't one of these three, are unverified. "assumption": so is the rule.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

import builders

pytestmark = [
    pytest.mark.ecs_fake(clusters=["prod", "gone"], poll_step=0),
    pytest.mark.usefixtures("create_gateway"),
]

INVALID, CLIENT = "InvalidParameterException", "ClientException"
NO_GATEWAY = ("GatewayNotFoundException", "The specified gateway was not found.")
NO_CLUSTER = ("ClusterNotFoundException", "Cluster not found.")
NO_ROUTE = ("ResourceNotFoundException", "The specified gateway route was not found.")
ROUTE = "arn:aws:ecs:us-east-1:123456789012:gateway-route/web/0123456789abcdef0123456789abcdef"


class Refusal(NamedTuple):
    """A call and what it is refused with."""

    operation: str
    parameters: dict[str, Any]
    code: str
    message: str
    source: str


def row(operation: str, parameters: dict[str, Any], code: str, message: str, source: str, *, id: str) -> Any:
    return pytest.param(Refusal(operation, parameters, code, message, source), id=f"{operation}: {id}")


def alb(**members: Any) -> dict[str, Any]:
    return builders.gateway(name="new", configuration={"hostSharedAlb": members})


def both(gateway: str, cluster: str) -> dict[str, str]:
    return {"gateway": gateway, "cluster": cluster}


#: With the gateways `web`, which is associated with the cluster prod, `locked`, which is protected, `going`, whose association with prod is
#: DISASSOCIATING, and `sixth`, which would be the sixth of prod; `gone` is a deleted cluster.
REFUSALS = [
    row(
        "create_gateway", builders.gateway(), CLIENT, "The specified gateway already exists.",
        "API reference, CreateGateway, name", id="a name that is taken",
    ),
    row(
        "create_gateway", builders.gateway(name="a_b"), INVALID, "name must match ^[a-zA-Z0-9-]{1,255}$",
        "CloudFormation, AWS::ECS::Gateway, GatewayName", id="another character in the name",
    ),
    row(
        "create_gateway", builders.gateway(name="a" * 256), INVALID, "name must match ^[a-zA-Z0-9-]{1,255}$",
        "API reference, CreateGateway, name", id="a name that is too long",
    ),
    row(
        "create_gateway", builders.gateway(name="new", configuration={}), INVALID,
        "configuration should have exactly one member.",
        "API reference, GatewayConfiguration", id="no variant",
    ),
    row(
        "create_gateway", alb(port=80), INVALID, "port must be at least 443",
        "API reference, HostSharedAlbConfiguration, port", id="another port",
    ),
    row(
        "create_gateway", alb(port=8443), INVALID, "port must be at most 443",
        "API reference, HostSharedAlbConfiguration, port", id="a higher port",
    ),
    row(
        "create_gateway", alb(protocol="HTTP"), INVALID, "protocol should be one of [HTTPS]",
        "API reference, HostSharedAlbConfiguration, protocol", id="another protocol",
    ),
    row(
        "create_gateway", alb(scheme="public"), INVALID, "scheme should be one of [internet-facing,internal]",
        "botocore, GatewayElbScheme", id="another scheme",
    ),
    row(
        "create_gateway",
        builders.gateway(name="new", tags=[{"key": "team"}, {"key": "team"}]),
        INVALID,
        "Multiple tags contain the same key.",
        "terraform-provider-aws#32259, of another operation",
        id="a tag twice",
    ),
    row("describe_gateway", {"gateway": "none"}, *NO_GATEWAY, "API reference", id="an unknown gateway"),
    row("describe_gateway_resources", {"gateway": "none"}, *NO_GATEWAY, "API reference", id="an unknown gateway"),
    row("update_gateway", {"gateway": "none"}, *NO_GATEWAY, "API reference", id="an unknown gateway"),
    row(
        "update_gateway", {"gateway": "web", "configuration": {}}, INVALID,
        "configuration should have exactly one member.",
        "API reference, UpdateGatewayConfiguration", id="no variant",
    ),
    row("delete_gateway", {"gateway": "none"}, *NO_GATEWAY, "API reference", id="an unknown gateway"),
    row(
        "delete_gateway", {"gateway": "locked"}, CLIENT,
        "The gateway cannot be deleted while deletion protection is enabled.",
        "API reference, DeleteGateway", id="a protected gateway",
    ),
    row(
        "delete_gateway", {"gateway": "web"}, CLIENT, "The gateway cannot be deleted while it is associated with clusters.",
        "API reference, DeleteGateway", id="a gateway with an ACTIVE association",
    ),
    row(
        "delete_gateway", {"gateway": "going"}, CLIENT,
        "The gateway cannot be deleted while it is associated with clusters.",
        "API reference, DeleteGateway", id="a gateway with a DISASSOCIATING association",
    ),
    row(
        "list_gateways", {"names": ["a"] * 11}, INVALID, "names can have at most 10 items.",
        "API reference, ListGateways, names", id="eleven names",
    ),
    row(
        "list_gateways", {"status": ["GONE"]}, INVALID,
        "status should be one of [ACTIVE,UPDATE_IN_PROGRESS,UPDATE_COMPLETE,UPDATE_FAILED,DELETED]",
        "botocore, GatewayStatus", id="another status",
    ),
    row("associate_gateway_with_cluster", both("none", "prod"), *NO_GATEWAY, "API reference", id="an unknown gateway"),
    row("associate_gateway_with_cluster", both("web", "none"), *NO_CLUSTER, "API reference", id="an unknown cluster"),
    row(
        "associate_gateway_with_cluster", both("web", "gone"),
        "ClusterNotFoundException", "The referenced cluster was inactive.",
        "API reference; text as other operations have it", id="a deleted cluster",
    ),
    row(
        "associate_gateway_with_cluster", both("sixth", "prod"), CLIENT,
        "A cluster can be associated with at most 5 gateways.",
        "API reference, AssociateGatewayWithCluster", id="a sixth gateway",
    ),
    row(
        "associate_gateway_with_cluster", both("going", "prod"), CLIENT,
        "The gateway is being disassociated from the cluster.",
        "assumption", id="a gateway whose association is DISASSOCIATING",
    ),
    row("disassociate_gateway_from_cluster", both("none", "prod"), *NO_GATEWAY, "API reference", id="an unknown gateway"),
    row("disassociate_gateway_from_cluster", both("web", "none"), *NO_CLUSTER, "API reference", id="an unknown cluster"),
    row(
        "disassociate_gateway_from_cluster", both("sixth", "prod"), "ResourceNotFoundException",
        "The gateway is not associated with the cluster.",
        "API reference: the operation declares the error", id="no association",
    ),
    row("list_gateway_routes", {"gateway": "none"}, *NO_GATEWAY, "API reference", id="an unknown gateway"),
    row("describe_gateway_route", {"gatewayRouteArn": ROUTE}, *NO_ROUTE, "API reference", id="an unknown route"),
    row(
        "describe_gateway_route", {"gatewayRouteArn": "web"}, CLIENT,
        "com.amazon.arn.ARNSyntaxException: First colon (arn/partition delimiter) not found: web",
        "API reference: an ARN; text as for ARNs elsewhere", id="no ARN",
    ),
    row(
        "describe_gateway", {"gateway": ROUTE}, INVALID, "Unsupported resource type: gateway-route",
        "aws-cli#7875, of another operation", id="an ARN of another kind",
    ),
    # Of two faults: what one value alone is refused for, then what is named, the gateway first, then what doesn't go together. # unverified
    row(
        "associate_gateway_with_cluster", both("none", "none"), *NO_GATEWAY, "assumption",
        id="the gateway before the cluster",
    ),
    row(
        "create_gateway", builders.gateway(tags=[{"key": "team"}, {"key": "team"}]), CLIENT,
        "The specified gateway already exists.", "assumption", id="the name before the tags",
    ),
    row(
        "describe_gateway_resources", {"gateway": "none", "maxResults": 21}, INVALID, "maxResults must be at most 20",
        "assumption", id="the size of a page before the gateway",
    ),
    row(
        "describe_gateway_resources", {"gateway": "none", "nextToken": "x"}, *NO_GATEWAY, "assumption",
        id="the gateway before the token",
    ),
]  # fmt: skip


@pytest.fixture
def world(ecs_fake, ecs_client, create_gateway, create_service, register_on_fargate):
    """The gateways and clusters that the rows name."""
    ecs_client.delete_cluster(cluster="gone")
    create_gateway(name="locked", deletionProtection=True)
    for name in ("going", "web", "third", "fourth", "fifth"):
        create_gateway(name=name)
        ecs_client.associate_gateway_with_cluster(gateway=name, cluster="prod")
    create_gateway(name="sixth")
    register_on_fargate(builders.BEHIND_GATEWAY)
    create_service(desiredCount=0, **builders.CONNECTED)
    ecs_fake.clock.advance(seconds=60)
    ecs_client.disassociate_gateway_from_cluster(gateway="going", cluster="prod")


def state(client: Any) -> list[Any]:
    """Everything that the operations on gateways show."""
    gateways = client.list_gateways()["gateways"]
    return [
        *(client.describe_gateway(gateway=each["name"])["gateway"] for each in gateways),
        client.list_gateway_cluster_associations()["gatewayClusterAssociations"],
        client.list_gateway_routes()["gatewayRoutes"],
    ]


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("refusal", REFUSALS)
def test_it_is_refused_and_nothing_changes(ecs_client, unchecked_client, refusal):
    before = state(ecs_client)

    with pytest.raises(ecs_client.exceptions.ClientError) as error:
        getattr(unchecked_client, refusal.operation)(**refusal.parameters)

    answer = error.value.response["Error"]
    assert (answer["Code"], answer["Message"]) == (refusal.code, refusal.message)
    assert state(ecs_client) == before


CLUSTER_WITHOUT = "gatewayConnectors were specified but no gateways are associated with cluster prod"
NONE_OF_THE_TYPE = (
    "gatewayConnectors were specified but none of the gateways associated with cluster prod "
    "match the access types of the gateway connector"
)


class Connection(NamedTuple):
    """A cluster's gateways by the scheme of each, whether they are still associated, and the access types that a connector asks for."""

    schemes: tuple[str, ...]
    associated: bool
    access_types: list[str] | None
    refusal: str | None


#: Developer Guide, "Troubleshoot a gateway": a gateway that is DISASSOCIATING takes no new connections; without a filter both types are eligible.
CONNECTIONS = [
    pytest.param(Connection((), True, None, CLUSTER_WITHOUT), id="no gateway"),
    pytest.param(Connection(("internal",), False, None, CLUSTER_WITHOUT), id="only a gateway that is DISASSOCIATING"),
    pytest.param(Connection(("internal",), True, ["PUBLIC"], NONE_OF_THE_TYPE), id="only gateways of the other type"),
    pytest.param(Connection(("internal",), True, ["PUBLIC", "PRIVATE"], None), id="a gateway of one of the types"),
    pytest.param(Connection(("internal", "internet-facing"), True, ["PUBLIC"], None), id="one of two gateways"),
    pytest.param(Connection(("internal",), True, [], None), id="an empty filter"),
    pytest.param(Connection(("internal",), True, None, None), id="no filter"),
]


@pytest.mark.parametrize("operation", ["create_service", "update_service"])
@pytest.mark.parametrize("connection", CONNECTIONS)
def test_a_connector_needs_a_gateway_that_suits_it(
    ecs_fake, ecs_client, create_gateway, create_service, register_on_fargate, connection, operation
):
    register_on_fargate(builders.BEHIND_GATEWAY)
    for scheme in connection.schemes:
        create_gateway(name=scheme, configuration={"hostSharedAlb": {"scheme": scheme}})
        ecs_client.associate_gateway_with_cluster(gateway=scheme, cluster="prod")
        if not connection.associated:
            create_service(serviceName="old", desiredCount=0, **builders.CONNECTED)
            ecs_fake.clock.advance(seconds=60)
            ecs_client.disassociate_gateway_from_cluster(gateway=scheme, cluster="prod")
    connector: dict[str, Any] = {"portName": "http"}
    if connection.access_types is not None:
        connector["filters"] = {"accessTypes": connection.access_types}
    call = create_service
    if operation == "update_service":
        create_service()
        call = lambda **parameters: ecs_client.update_service(cluster="prod", service="web", **parameters)  # noqa: E731

    if connection.refusal is None:
        call(gatewayConnectors=[connector])
        return
    with pytest.raises(ecs_client.exceptions.InvalidParameterException) as error:
        call(gatewayConnectors=[connector])
    assert error.value.response["Error"]["Message"] == connection.refusal


def test_a_gateway_that_is_no_longer_protected_can_be_deleted(ecs_client, create_gateway):
    """API reference, CreateGateway, deletionProtection: on unless the request says otherwise."""
    create_gateway(deletionProtection=None)
    with pytest.raises(ecs_client.exceptions.ClientException):
        ecs_client.delete_gateway(gateway="web")

    ecs_client.update_gateway(gateway="web", deletionProtection=False)

    assert ecs_client.delete_gateway(gateway="web")["status"] == "DELETED"


def test_a_second_call_without_a_client_token_is_no_repetition(ecs_fake, ecs_client, create_gateway):
    """botocore makes up a token for each; API reference, CreateGateway, name: unique within the account. No call shows a made-up one."""
    create_gateway()

    with pytest.raises(ecs_client.exceptions.ClientException, match="already exists"):
        create_gateway()

    assert ["clientToken" in call.params for call in ecs_fake.calls.of("CreateGateway")] == [False, False]
