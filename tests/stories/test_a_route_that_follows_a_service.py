"""A gateway's route from the service that brings it to its end, as a platform team and an application team see it.

Rules: Developer Guide, "Connect Amazon ECS services to a gateway" and "Troubleshoot a gateway"; API reference, GatewayRoute, GatewayConnection,
AssociateGatewayWithCluster and DisassociateGatewayFromCluster. That a route takes ten seconds to come, to change and to go is ours, and so is that
it comes with the start of a deployment and goes with the end of one.
"""

from __future__ import annotations

from typing import Any

import pytest

import builders

pytestmark = pytest.mark.ecs_fake(clusters=["prod", "dev"], poll_step=0)

OTHER_CHECK = [{"portName": "http", "healthCheck": {"healthCheckPath": "/health"}}]
ADMIN = {"containerPort": 81, "name": "admin"}


@pytest.fixture
def gateway(ecs_client, create_gateway):
    """Create a gateway of a name and associate it with the cluster prod."""

    def gateway(name: str = "web", **configuration: Any) -> str:
        arn: str = create_gateway(name=name, configuration={"hostSharedAlb": configuration})
        ecs_client.associate_gateway_with_cluster(gateway=name, cluster="prod")
        return arn

    return gateway


@pytest.fixture
def deploy(ecs_client, gateway, create_service, register_on_fargate):
    """A service of one task that is connected to the gateway `web`, and has a second port."""
    ports = [*builders.BEHIND_GATEWAY["portMappings"], ADMIN]
    gateway()
    register_on_fargate({**builders.BEHIND_GATEWAY, "portMappings": ports})

    def deploy(**parameters: Any) -> dict[str, Any]:
        created: dict[str, Any] = create_service(**{"desiredCount": 1, **builders.CONNECTED, **parameters})
        return created

    return deploy


@pytest.fixture
def routes(ecs_client):
    """The routes that match filters: the gateway's name and the status of each."""

    def routes(**filters: Any) -> list[tuple[str, str]]:
        found = ecs_client.list_gateway_routes(**filters)["gatewayRoutes"]
        return [(each["gatewayArn"].rpartition("/")[2], each["status"]) for each in found]

    return routes


@pytest.fixture
def history(ecs_fake):
    """What is shown from second to second, for as long as is asked: each change with the second in which it was first seen."""

    def history(look: Any, seconds: int) -> list[tuple[int, Any]]:
        changes: list[tuple[int, Any]] = []
        for second in range(seconds):
            shown = look()
            if not changes or changes[-1][1] != shown:
                changes.append((second, shown))
            ecs_fake.clock.advance(seconds=1)
        return changes

    return history


@pytest.fixture
def connections(ecs_client):
    """The gateway connections that a revision of the service `web` shows: the newest, or one before it."""

    def connections(before: int = 0) -> list[dict[str, Any]]:
        listed = ecs_client.list_service_deployments(cluster="prod", service="web")["serviceDeployments"]
        arn = listed[before]["targetServiceRevisionArn"]
        [revision] = ecs_client.describe_service_revisions(serviceRevisionArns=[arn])["serviceRevisions"]
        found: list[dict[str, Any]] = revision.get("ecsManagedResources", {}).get("gatewayConnections", [])
        return found

    return connections


def load_balancers(client: Any, gateway: str = "web") -> int:
    """How many load balancers a gateway has."""
    described = client.describe_gateway(gateway=gateway)["gateway"]
    count: int = described["configuration"]["hostSharedAlb"]["currentAlbCount"]
    resources = client.describe_gateway_resources(gateway=gateway)["gatewayResources"]["resources"]
    assert len(resources["hostSharedAlb"]) == count
    return count


# --- from create to delete --------------------------------------------------------------------------------------------------------------


def test_a_route_follows_its_service_from_create_to_delete(ecs_fake, ecs_client, deploy, routes, history):
    """The scheduler acts 15 s after a request; the one task is RUNNING 26 s later and healthy 40 s after that."""

    def look() -> tuple[list[str], int, str]:
        service = ecs_fake.services["prod/web"]
        return [status for _, status in routes()], load_balancers(ecs_client), service.status

    deploy()
    assert history(look, 100) == [
        (0, ([], 0, "ACTIVE")),
        (15, (["CREATE_IN_PROGRESS"], 1, "ACTIVE")),
        (25, (["ACTIVE"], 1, "ACTIVE")),
    ]

    ecs_client.update_service(cluster="prod", service="web", gatewayConnectors=OTHER_CHECK)
    assert history(look, 40) == [
        (0, (["ACTIVE"], 1, "ACTIVE")),
        (15, (["UPDATE_IN_PROGRESS"], 1, "ACTIVE")),
        (25, (["ACTIVE"], 1, "ACTIVE")),
    ]
    ecs_fake.clock.advance(seconds=600)

    ecs_client.update_service(cluster="prod", service="web", desiredCount=0)
    ecs_fake.clock.advance(seconds=600)
    ecs_client.delete_service(cluster="prod", service="web")
    assert history(look, 40) == [
        (0, (["ACTIVE"], 1, "DRAINING")),
        (15, (["DELETE_IN_PROGRESS"], 1, "INACTIVE")),
        (25, ([], 0, "INACTIVE")),
    ]


def test_a_route_goes_when_the_last_task_behind_it_has_gone(ecs_fake, ecs_client, deploy, routes, history):
    """The connector is removed by an empty list, an assumption. The new task is healthy after 81 s; the old one drains for another 300 s."""
    deploy()
    ecs_fake.clock.advance(seconds=600)

    ecs_client.update_service(cluster="prod", service="web", gatewayConnectors=[])

    assert history(routes, 420) == [
        (0, [("web", "ACTIVE")]),
        (382, [("web", "DELETE_IN_PROGRESS")]),
        (392, []),
    ]


@pytest.mark.parametrize(
    ("connectors", "expected"),
    [
        pytest.param(builders.CONNECTED["gatewayConnectors"], [(0, [("web", "ACTIVE")])], id="kept"),
        pytest.param(
            [],
            [(0, [("web", "ACTIVE")]), (702, [("web", "DELETE_IN_PROGRESS")]), (712, [])],
            id="taken when the blue tasks have gone",
        ),
    ],
)
def test_a_blue_green_deployment_ends_before_its_route_goes(
    ecs_fake, ecs_client, deploy, routes, history, connectors, expected
):
    """The green task is healthy after 81 s, traffic has shifted after 101 s; the deployment bakes for 300 s, and the blue task drains for 300 s."""
    deploy(deploymentConfiguration={"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 5})
    ecs_fake.clock.advance(seconds=600)

    ecs_client.update_service(cluster="prod", service="web", forceNewDeployment=True, gatewayConnectors=connectors)

    assert history(routes, 900) == expected


def test_a_route_leads_to_the_port_of_the_newest_deployment(ecs_fake, ecs_client, deploy):
    deploy()
    ecs_fake.clock.advance(seconds=600)
    [before] = ecs_client.list_gateway_routes()["gatewayRoutes"]

    ecs_client.update_service(cluster="prod", service="web", gatewayConnectors=[{"portName": "admin"}])
    ecs_fake.clock.advance(seconds=600)

    [after] = ecs_client.list_gateway_routes(serviceContainerPortName="admin")["gatewayRoutes"]
    assert after == {**before, "serviceContainerPortName": "admin"}
    assert ecs_client.list_gateway_routes(serviceContainerPortName="http")["gatewayRoutes"] == []


def test_a_deployment_that_rolls_back_keeps_the_route(ecs_fake, ecs_client, deploy, routes, register_on_fargate):
    """A revision without a connector never becomes healthy, so the service returns to the one that has the connector."""
    deploy(deploymentConfiguration={"deploymentCircuitBreaker": {"enable": True, "rollback": True}})
    ecs_fake.clock.advance(seconds=600)
    ecs_fake.containers.script(image="web:bad", pull_error="CannotPullContainerError: not found", times="always")

    bad = register_on_fargate({"name": "web", "image": "web:bad"})
    ecs_client.update_service(cluster="prod", service="web", taskDefinition=bad, gatewayConnectors=[])
    ecs_fake.clock.advance(seconds=3600)

    [newest, *_] = ecs_client.list_service_deployments(cluster="prod", service="web")["serviceDeployments"]
    assert newest["status"] == "ROLLBACK_SUCCESSFUL"
    assert routes() == [("web", "ACTIVE")]


def test_a_rollback_takes_the_route_of_the_failed_deployment(ecs_fake, ecs_client, deploy, routes, register_on_fargate):
    deploy(
        gatewayConnectors=None, deploymentConfiguration={"deploymentCircuitBreaker": {"enable": True, "rollback": True}}
    )
    ecs_fake.clock.advance(seconds=600)
    ecs_fake.containers.script(image="web:bad", pull_error="CannotPullContainerError: not found", times="always")
    bad = register_on_fargate({**builders.BEHIND_GATEWAY, "image": "web:bad"})

    ecs_client.update_service(cluster="prod", service="web", taskDefinition=bad, **builders.CONNECTED)
    ecs_fake.clock.advance(seconds=30)
    meanwhile = routes()
    ecs_fake.clock.advance(seconds=3600)

    assert (meanwhile, routes()) == ([("web", "ACTIVE")], [])


def test_a_rollback_leads_the_route_back_to_the_port_before(ecs_fake, ecs_client, deploy, register_on_fargate):
    deploy(deploymentConfiguration={"deploymentCircuitBreaker": {"enable": True, "rollback": True}})
    ecs_fake.clock.advance(seconds=600)
    ecs_fake.containers.script(image="web:bad", pull_error="CannotPullContainerError: not found", times="always")
    bad = register_on_fargate({"name": "web", "image": "web:bad", "portMappings": [ADMIN]})

    ecs_client.update_service(
        cluster="prod", service="web", taskDefinition=bad, gatewayConnectors=[{"portName": "admin"}]
    )
    ecs_fake.clock.advance(seconds=30)
    [meanwhile] = ecs_client.list_gateway_routes()["gatewayRoutes"]
    ecs_fake.clock.advance(seconds=3600)
    [after] = ecs_client.list_gateway_routes()["gatewayRoutes"]

    assert (meanwhile["serviceContainerPortName"], after["serviceContainerPortName"]) == ("admin", "http")
    assert after["gatewayRouteArn"] == meanwhile["gatewayRouteArn"]


def test_a_service_that_is_deleted_before_its_deployment_starts_gets_no_route(
    ecs_fake, ecs_client, deploy, routes, history
):
    deploy()
    ecs_fake.clock.advance(seconds=5)

    ecs_client.delete_service(cluster="prod", service="web", force=True)

    assert history(routes, 60) == [(0, [])]


def test_a_deployment_that_only_has_to_settle_does_not_take_the_route_of_the_next_one(
    ecs_fake, ecs_client, deploy, routes
):
    """A second request 50 s after the first completes the first deployment at once; its tasks still serve until the second has replaced them."""
    deploy()
    ecs_fake.clock.advance(seconds=50)

    ecs_client.update_service(cluster="prod", service="web", gatewayConnectors=[])

    assert routes() == [("web", "ACTIVE")]
    ecs_fake.clock.advance(seconds=600)
    assert routes() == []


# --- changes that meet ------------------------------------------------------------------------------------------------------------------

#: So quick that a second change comes before the first is over.
quick_scheduler = pytest.mark.ecs_fake(clusters=["prod"], poll_step=0, timings={"SCHEDULING": 1, "DEACTIVATING": 0})


@quick_scheduler
def test_a_route_that_is_still_being_created_leads_to_the_newest_port(ecs_fake, ecs_client, deploy, history):
    def look() -> list[tuple[str, str]]:
        found = ecs_client.list_gateway_routes()["gatewayRoutes"]
        return [(each["serviceContainerPortName"], each["status"]) for each in found]

    deploy()
    ecs_fake.clock.advance(seconds=3)
    ecs_client.update_service(cluster="prod", service="web", gatewayConnectors=[{"portName": "admin"}])

    assert history(look, 20) == [
        (0, [("http", "CREATE_IN_PROGRESS")]),
        (1, [("admin", "CREATE_IN_PROGRESS")]),
        (8, [("admin", "ACTIVE")]),
    ]


@quick_scheduler
def test_a_second_change_of_a_route_takes_its_time_from_its_own_beginning(
    ecs_fake, ecs_client, deploy, routes, history
):
    deploy()
    ecs_fake.clock.advance(seconds=600)
    ecs_client.update_service(cluster="prod", service="web", gatewayConnectors=[{"portName": "admin"}])
    ecs_fake.clock.advance(seconds=5)

    ecs_client.update_service(cluster="prod", service="web", gatewayConnectors=OTHER_CHECK)

    assert history(routes, 20) == [(0, [("web", "UPDATE_IN_PROGRESS")]), (11, [("web", "ACTIVE")])]


@quick_scheduler
def test_a_route_that_is_going_is_removed_once(ecs_fake, ecs_client, deploy, routes, history):
    """The connector is removed, and a moment later the service."""
    deploy()
    ecs_fake.clock.advance(seconds=600)
    ecs_client.update_service(cluster="prod", service="web", gatewayConnectors=[])
    ecs_fake.clock.advance_until(lambda: routes() == [("web", "DELETE_IN_PROGRESS")], timeout=600)

    ecs_client.delete_service(cluster="prod", service="web", force=True)

    assert history(routes, 30) == [(0, [("web", "DELETE_IN_PROGRESS")]), (10, [])]
    assert ecs_fake.services["prod/web"].status == "INACTIVE"


@quick_scheduler
def test_a_service_that_connects_again_gets_a_new_route(ecs_fake, ecs_client, deploy, routes, history):
    deploy()
    ecs_fake.clock.advance(seconds=600)
    ecs_client.update_service(cluster="prod", service="web", gatewayConnectors=[])
    ecs_fake.clock.advance_until(lambda: routes() == [("web", "DELETE_IN_PROGRESS")], timeout=600)

    ecs_client.update_service(cluster="prod", service="web", **builders.CONNECTED)

    assert history(routes, 30) == [
        (0, [("web", "DELETE_IN_PROGRESS")]),
        (1, [("web", "DELETE_IN_PROGRESS"), ("web", "CREATE_IN_PROGRESS")]),
        (10, [("web", "CREATE_IN_PROGRESS")]),
        (11, [("web", "ACTIVE")]),
    ]
    assert load_balancers(ecs_client) == 1


# --- what a route shows -----------------------------------------------------------------------------------------------------------------


def test_a_route_and_its_revision_show_the_same_infrastructure(ecs_fake, ecs_client, deploy, connections):
    """API reference, GatewayRoute, GatewayConnection and GatewayResources: the members of each."""
    network = {"awsvpcConfiguration": {"subnets": ["subnet-0a1b2c3d"], "securityGroups": ["sg-0a1b2c3d"]}}
    service = deploy(networkConfiguration=network)
    ecs_fake.clock.advance(seconds=30)

    [listed] = ecs_client.list_gateway_routes()["gatewayRoutes"]
    route = ecs_client.describe_gateway_route(gatewayRouteArn=listed["gatewayRouteArn"])["gatewayRoute"]
    [connection] = connections()
    [managed] = ecs_client.describe_gateway_resources(gateway="web")["gatewayResources"]["resources"]["hostSharedAlb"]

    place = "arn:aws:ecs:us-east-1:123456789012"
    assert listed == {
        "gatewayRouteArn": listed["gatewayRouteArn"],
        "gatewayArn": f"{place}:gateway/web",
        "clusterArn": f"{place}:cluster/prod",
        "serviceArn": service["serviceArn"],
        "serviceContainerPortName": "http",
        "status": "ACTIVE",
    }
    assert route.keys() == {
        "gatewayRouteArn", "serviceArn", "serviceContainerPortName", "status", "serviceUrl", "resources"
    }  # fmt: skip
    [resources] = route["resources"]["hostSharedAlb"]
    [security_group] = resources["loadBalancerSecurityGroups"]
    assert resources["serviceSecurityGroupArn"] == "arn:aws:ec2:us-east-1:123456789012:security-group/sg-0a1b2c3d"
    assert len(resources["testListenerRuleArns"]) == len(security_group["ruleArns"]) == 1
    [shown] = connection.pop("resources")["hostSharedAlb"]
    assert connection == {
        "gatewayArn": listed["gatewayArn"],
        "gatewayRouteArn": listed["gatewayRouteArn"],
        "portName": "http",
        "serviceUrl": route["serviceUrl"],
        "accessType": "PUBLIC",
        "status": "ACTIVE",
    }
    groups = {shown.pop("targetGroupArn"), shown.pop("alternateTargetGroupArn")}
    assert len(groups) == 2
    assert shown == {
        "acmCertificateArn": resources["acmCertificateArn"],
        "loadBalancerArn": managed["loadBalancerArn"],
        "loadBalancerSecurityGroupArns": [security_group["arn"]],
        "listenerArn": managed["listenerArn"],
        "listenerRuleArn": resources["listenerRuleArn"],
        "testListenerRuleArn": resources["testListenerRuleArns"][0],
    }
    assert (resources["loadBalancerArn"], resources["listenerArn"]) == (
        managed["loadBalancerArn"],
        managed["listenerArn"],
    )
    assert security_group["arn"].endswith(f":security-group/{managed['securityGroup']}")
    assert managed["gatewayRouteArns"] == [listed["gatewayRouteArn"]]


def test_a_revision_with_a_connector_shows_the_routes_while_it_is_in_use(ecs_fake, ecs_client, deploy, connections):
    """An assumption. The revision before it has the connector no longer than its tasks run."""
    deploy()
    ecs_fake.clock.advance(seconds=600)
    ecs_client.update_service(cluster="prod", service="web", gatewayConnectors=[])
    ecs_fake.clock.advance(seconds=100)
    assert (len(connections()), len(connections(before=1))) == (0, 1)

    ecs_client.update_service(cluster="prod", service="web", **builders.CONNECTED)
    ecs_fake.clock.advance(seconds=600)

    assert (len(connections()), len(connections(before=1)), len(connections(before=2))) == (1, 0, 0)


def test_the_url_of_a_service_is_its_own_and_stays(ecs_fake, ecs_client, deploy, connections):
    """Developer Guide, "Connect Amazon ECS services to a gateway": a unique HTTPS host name for each connection."""
    deploy()
    deploy(serviceName="api")
    ecs_fake.clock.advance(seconds=600)
    urls = {
        ecs_client.describe_gateway_route(gatewayRouteArn=each["gatewayRouteArn"])["gatewayRoute"]["serviceUrl"]
        for each in ecs_client.list_gateway_routes()["gatewayRoutes"]
    }
    [before] = connections()

    ecs_client.update_service(cluster="prod", service="web", forceNewDeployment=True)
    ecs_fake.clock.advance(seconds=600)

    assert connections() == [before]
    assert len(urls) == 2
    assert all(url.startswith("https://") for url in urls)


def test_a_gateway_with_a_security_group_for_inbound_traffic_makes_no_rules(ecs_fake, ecs_client, deploy):
    """API reference, GatewayElbNetworkConfiguration, inboundSecurityGroup."""
    network = {"networkConfiguration": {"inboundSecurityGroup": "sg-0a1b2c3d"}}
    ecs_client.update_gateway(gateway="web", configuration={"hostSharedAlb": network})
    deploy()
    ecs_fake.clock.advance(seconds=30)

    [listed] = ecs_client.list_gateway_routes()["gatewayRoutes"]
    route = ecs_client.describe_gateway_route(gatewayRouteArn=listed["gatewayRouteArn"])["gatewayRoute"]

    own, inbound = route["resources"]["hostSharedAlb"][0]["loadBalancerSecurityGroups"]
    assert own["ruleArns"] == inbound["ruleArns"] == []
    assert inbound["arn"] == "arn:aws:ec2:us-east-1:123456789012:security-group/sg-0a1b2c3d"


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        pytest.param({}, 3, id="all"),
        pytest.param({"gateway": "web"}, 2, id="of a gateway"),
        pytest.param({"cluster": "prod"}, 2, id="of a cluster"),
        pytest.param({"cluster": "none"}, 0, id="of an unknown cluster"),
        pytest.param({"service": "web"}, 2, id="of a service's name, which services of two clusters have"),
        pytest.param({"service": "service/prod/web"}, 1, id="of a service's ARN"),
        pytest.param({"service": "service/prod/web", "cluster": "dev"}, 0, id="of a service's ARN and another cluster"),
        pytest.param({"service": "service/prod/web", "cluster": "prod"}, 1, id="of a service's ARN and its cluster"),
        pytest.param({"service": "none"}, 0, id="of an unknown service"),
        pytest.param({"serviceContainerPortName": "http"}, 3, id="of a port"),
        pytest.param({"serviceContainerPortName": "admin"}, 0, id="of a port that no route leads to"),
        pytest.param({"status": ["ACTIVE", "CREATE_FAILED"]}, 2, id="by statuses"),
        pytest.param({"status": ["CREATE_IN_PROGRESS"], "cluster": "dev"}, 1, id="by status and cluster"),
        pytest.param({"status": []}, 3, id="by an empty list, which is no filter"),
    ],
)
def test_routes_are_listed_by_filter(ecs_fake, ecs_client, create_gateway, deploy, filters, found):
    """API reference, ListGatewayRoutes."""
    deploy()
    deploy(serviceName="api")
    ecs_fake.clock.advance(seconds=25)
    create_gateway(name="other")
    ecs_client.associate_gateway_with_cluster(gateway="other", cluster="dev")
    deploy(cluster="dev")
    ecs_fake.clock.advance(seconds=15)
    if filters.get("service", "").startswith("service/"):
        filters = {**filters, "service": f"arn:aws:ecs:us-east-1:123456789012:{filters['service']}"}

    assert len(ecs_client.list_gateway_routes(**filters)["gatewayRoutes"]) == found


# --- several gateways, and gateways that leave ------------------------------------------------------------------------------------------


def test_a_service_connects_to_every_gateway_that_suits_it(ecs_fake, deploy, gateway, routes, connections):
    """Developer Guide, "Connect Amazon ECS services to a gateway": to all compatible gateways of the cluster, a route each."""
    gateway("second")
    gateway("private", scheme="internal")
    deploy(gatewayConnectors=[{"portName": "http", "filters": {"accessTypes": ["PUBLIC"]}}])
    deploy(serviceName="internal", gatewayConnectors=[{"portName": "http", "filters": {"accessTypes": ["PRIVATE"]}}])
    deploy(serviceName="everywhere")
    ecs_fake.clock.advance(seconds=25)

    assert routes(service="web") == [("web", "ACTIVE"), ("second", "ACTIVE")]
    assert routes(service="internal") == [("private", "ACTIVE")]
    assert len(routes(service="everywhere")) == 3
    assert [each["accessType"] for each in connections()] == ["PUBLIC", "PUBLIC"]


def test_a_new_gateway_is_used_from_the_next_deployment_on(ecs_fake, ecs_client, deploy, gateway, routes, history):
    """API reference, AssociateGatewayWithCluster: no changes take effect until a service is updated."""
    deploy()
    ecs_fake.clock.advance(seconds=600)
    gateway("second")
    ecs_fake.clock.advance(seconds=600)
    assert routes() == [("web", "ACTIVE")]

    ecs_client.update_service(cluster="prod", service="web", forceNewDeployment=True)

    assert history(routes, 30) == [
        (0, [("web", "ACTIVE")]),
        (15, [("web", "ACTIVE"), ("second", "CREATE_IN_PROGRESS")]),
        (25, [("web", "ACTIVE"), ("second", "ACTIVE")]),
    ]


def test_a_gateway_that_is_disassociated_waits_for_its_last_route(ecs_fake, ecs_client, deploy, routes, history):
    """API reference, DisassociateGatewayFromCluster: no infrastructure changes until the services are updated."""
    deploy()
    deploy(serviceName="api")
    ecs_fake.clock.advance(seconds=600)
    ecs_client.disassociate_gateway_from_cluster(gateway="web", cluster="prod")
    ecs_fake.clock.advance(seconds=3600)

    def look() -> tuple[int, list[str]]:
        found = ecs_client.list_gateway_cluster_associations(gateway="web")["gatewayClusterAssociations"]
        return len(routes()), [each["status"] for each in found]

    assert look() == (2, ["DISASSOCIATING"])
    ecs_client.delete_service(cluster="prod", service="api", force=True)
    ecs_fake.clock.advance(seconds=600)
    assert look() == (1, ["DISASSOCIATING"])
    ecs_client.update_service(cluster="prod", service="web", gatewayConnectors=[])
    assert history(look, 420) == [(0, (1, ["DISASSOCIATING"])), (392, (0, []))]
    assert ecs_client.delete_gateway(gateway="web")["status"] == "DELETED"


def test_a_service_moves_from_a_gateway_that_leaves_to_another(ecs_fake, ecs_client, deploy, gateway, routes):
    """Developer Guide, "Troubleshoot a gateway": a gateway that is DISASSOCIATING takes no new connections."""
    deploy()
    ecs_fake.clock.advance(seconds=600)
    gateway("second")
    ecs_client.disassociate_gateway_from_cluster(gateway="web", cluster="prod")

    ecs_client.update_service(cluster="prod", service="web", forceNewDeployment=True)
    ecs_fake.clock.advance(seconds=600)

    assert routes() == [("second", "ACTIVE")]
    assert load_balancers(ecs_client) == 0


def test_a_service_whose_gateways_have_left_can_still_be_scaled(ecs_fake, ecs_client, deploy, routes):
    """Developer Guide, "Troubleshoot a gateway": the next update with the connector fails. That scaling isn't such an update is an assumption."""
    deploy()
    ecs_fake.clock.advance(seconds=600)
    ecs_client.disassociate_gateway_from_cluster(gateway="web", cluster="prod")

    ecs_client.update_service(cluster="prod", service="web", desiredCount=2)
    with pytest.raises(ecs_client.exceptions.InvalidParameterException, match="no gateways are associated"):
        ecs_client.update_service(cluster="prod", service="web", forceNewDeployment=True)

    ecs_fake.clock.advance(seconds=600)
    assert ecs_fake.services["prod/web"].running_count == 2
    assert routes() == [("web", "ACTIVE")]


def test_a_service_of_the_name_of_a_deleted_one_gets_routes_of_its_own(
    ecs_fake, ecs_client, deploy, routes, connections
):
    deploy()
    ecs_fake.clock.advance(seconds=600)
    [old] = ecs_client.list_gateway_routes()["gatewayRoutes"]
    ecs_client.delete_service(cluster="prod", service="web", force=True)
    ecs_fake.clock.advance_until(lambda: ecs_fake.services["prod/web"].status == "INACTIVE", timeout=600)

    deploy()
    assert routes() == [("web", "DELETE_IN_PROGRESS")]
    assert connections() == []
    ecs_fake.clock.advance(seconds=25)

    [new] = ecs_client.list_gateway_routes()["gatewayRoutes"]
    assert new["status"] == "ACTIVE"
    assert new["gatewayRouteArn"] != old["gatewayRouteArn"]


# --- load balancers ---------------------------------------------------------------------------------------------------------------------


def test_services_share_load_balancers_up_to_the_gateways_maximum(ecs_fake, ecs_client, deploy, routes):
    """25 routes to a load balancer, an assumption; API reference, HostSharedAlbConfiguration, maxAlbCount. What finds no room fails, an assumption."""
    ecs_client.update_gateway(gateway="web", configuration={"hostSharedAlb": {"maxAlbCount": 2}})
    for number in range(51):
        deploy(serviceName=f"s{number}", desiredCount=0)
    ecs_fake.clock.advance(seconds=60)

    assert load_balancers(ecs_client) == 2
    assert routes(status=["CREATE_FAILED"], service="s50") == [("web", "CREATE_FAILED")]
    [failed] = ecs_client.list_gateway_routes(status=["CREATE_FAILED"])["gatewayRoutes"]
    described = ecs_client.describe_gateway_route(gatewayRouteArn=failed["gatewayRouteArn"])["gatewayRoute"]
    assert described["resources"] == {"hostSharedAlb": []}

    ecs_client.delete_service(cluster="prod", service="s0")
    ecs_fake.clock.advance(seconds=60)
    ecs_client.update_service(cluster="prod", service="s50", forceNewDeployment=True)
    ecs_fake.clock.advance(seconds=60)
    assert routes(service="s50") == [("web", "ACTIVE")]
    assert load_balancers(ecs_client) == 2


def test_a_load_balancer_goes_with_its_last_route(ecs_fake, ecs_client, deploy):
    for number in range(26):
        deploy(serviceName=f"s{number}", desiredCount=0)
    ecs_fake.clock.advance(seconds=60)
    first, second = ecs_client.describe_gateway_resources(gateway="web")["gatewayResources"]["resources"][
        "hostSharedAlb"
    ]
    assert (len(first["gatewayRouteArns"]), len(second["gatewayRouteArns"])) == (25, 1)

    ecs_client.delete_service(cluster="prod", service="s25")
    ecs_fake.clock.advance(seconds=60)

    assert load_balancers(ecs_client) == 1
    [left] = ecs_client.describe_gateway_resources(gateway="web")["gatewayResources"]["resources"]["hostSharedAlb"]
    assert left == first


# --- tasks behind a gateway -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("connector", "seconds"),
    [
        pytest.param({}, 300, id="the default"),
        pytest.param({"deregistrationDelay": {}}, 300, id="the default of an empty setting"),
        pytest.param({"deregistrationDelay": {"timeoutSeconds": 30}}, 30, id="thirty seconds"),
        pytest.param({"deregistrationDelay": {"timeoutSeconds": 0}}, 0, id="no time at all"),
    ],
)
def test_a_task_behind_a_gateway_drains_before_it_stops(
    ecs_fake, ecs_client, skip_unless_known, deploy, connector, seconds
):
    """API reference, GatewayConnectorDeregistrationDelay, timeoutSeconds. A task that is told to stop begins to after a second."""
    connectors = [{"portName": "http", **connector}]
    skip_unless_known("CreateService", {"gatewayConnectors": connectors})
    deploy(gatewayConnectors=connectors)
    ecs_fake.clock.advance(seconds=60)
    [task] = ecs_fake.services["prod/web"].tasks

    ecs_client.stop_task(cluster="prod", task=task.arn)
    ecs_fake.clock.advance(seconds=1)
    if seconds:
        assert task.last_status == "DEACTIVATING"
        ecs_fake.clock.advance(seconds=seconds - 1)
        assert task.last_status == "DEACTIVATING"
        ecs_fake.clock.advance(seconds=1)
    assert task.last_status == "STOPPING"


def test_the_timeline_tells_of_gateways_and_routes(ecs_fake, ecs_client, deploy):
    deploy(desiredCount=0)
    ecs_fake.clock.advance(seconds=60)
    ecs_client.delete_service(cluster="prod", service="web")
    ecs_client.disassociate_gateway_from_cluster(gateway="web", cluster="prod")
    ecs_fake.clock.advance(seconds=60)
    ecs_client.delete_gateway(gateway="web")

    lines = [line.split(maxsplit=1) for line in ecs_fake.timeline(None, folded=False).splitlines()]
    [route] = {text.split()[2] for _, text in lines if text.startswith("gateway route")}
    assert [(offset, text.replace(route, "ROUTE:")) for offset, text in lines if text.startswith("gateway")] == [
        ("+0s", "gateway web: status ACTIVE"),
        ("+0s", "gateway association web/prod: status ACTIVE"),
        ("+15s", "gateway route ROUTE: status CREATE_IN_PROGRESS"),
        ("+25s", "gateway route ROUTE: status CREATE_IN_PROGRESS -> ACTIVE"),
        ("+60s", "gateway association web/prod: status ACTIVE -> DISASSOCIATING"),
        ("+75s", "gateway route ROUTE: status ACTIVE -> DELETE_IN_PROGRESS"),
        ("+85s", "gateway route ROUTE: status DELETE_IN_PROGRESS -> DELETED"),
        ("+85s", "gateway association web/prod: status DISASSOCIATING -> INACTIVE"),
        ("+120s", "gateway web: status ACTIVE -> DELETED"),
    ]
