"""Whatever is asked of gateways, clusters and services, in whatever order and at whatever time: routes, associations and load balancers fit together.

Calls go to the operations at once, without a client, so that many of them can be made; what ECS refuses is refused, and nothing has happened.
"""

from __future__ import annotations

from typing import Any

from hypothesis import event, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

import builders
from pictures import picture_of
from pytest_ecsfake import operations
from pytest_ecsfake.arns import Partition
from pytest_ecsfake.clock import SECOND, Clock
from pytest_ecsfake.errors import EcsError
from pytest_ecsfake.state.region import World
from pytest_ecsfake.state.timings import Timings
from pytest_ecsfake.validation import schemas

#: 2026-01-01T00:00:00Z
START = 1_767_225_600 * SECOND

SCHEMES = {"web": "internet-facing", "api": "internet-facing", "own": "internal"}
CLUSTERS = ("prod", "dev")
#: The connectors of services by the access types that they ask for; without any the service has no connector.
CONNECTORS: dict[str, list[dict[str, Any]]] = {
    "none": [],
    "all": [{"portName": "http"}],
    "public": [{"portName": "http", "filters": {"accessTypes": ["PUBLIC"]}}],
    "private": [{"portName": "http", "filters": {"accessTypes": ["PRIVATE"]}}],
}
#: So long that every deployment and every deletion is over.
AT_REST = 3600

gateways = st.sampled_from(sorted(SCHEMES))
clusters = st.sampled_from(CLUSTERS)
services = st.sampled_from(["shop", "jobs"])
connectors = st.sampled_from(sorted(CONNECTORS))


class Gateways(RuleBasedStateMachine):
    """Gateways of one account, and services of two clusters."""

    def __init__(self) -> None:
        super().__init__()
        world = World(Clock(START), "a test", Timings())
        self.world = world
        self.partition = Partition("123456789012", "us-east-1")
        for cluster in CLUSTERS:
            self.call("CreateCluster", clusterName=cluster)
        self.call("RegisterTaskDefinition", **builders.task_definition(builders.BEHIND_GATEWAY))

    def call(self, operation: str, **request: Any) -> dict[str, Any]:
        """The answer of an operation, which fits its schema as the request does."""
        region = self.world.region(self.partition)
        schemas.check_request(operation, request)
        region.clock.settle()
        document = dict(operations.built()[operation](region, request))
        schemas.check_response(operation, document)
        return document

    def attempt(self, operation: str, **request: Any) -> bool:
        """Whether ECS accepts a call. A refusal changes nothing that is shown."""
        before = self.shown()
        try:
            self.call(operation, **request)
        except EcsError as refusal:
            event(f"{operation} {refusal.code}")
            assert self.shown() == before
            return False
        return True

    def shown(self) -> tuple[Any, ...]:
        """Everything that the operations on gateways show now."""
        return (
            [self.call("DescribeGateway", gateway=name)["gateway"] for name in self.names()],
            self.call("ListGatewayClusterAssociations")["gatewayClusterAssociations"],
            self.call("ListGatewayRoutes")["gatewayRoutes"],
        )

    def names(self) -> list[str]:
        return [each["name"] for each in self.call("ListGateways")["gateways"]]

    # --- steps

    @initialize(names=st.sets(gateways, min_size=1), seconds=st.sampled_from([0, 15, 60, 400]))
    def begin_with_a_service(self, names: set[str], seconds: int) -> None:
        """Random steps alone seldom make a gateway, associate it, and create a service that suits it."""
        for name in sorted(names):
            self.create(name, False)
            self.associate(name, "prod")
        self.create_service("prod", "shop", "all")
        self.wait(seconds)

    @rule(name=gateways, is_protected=st.booleans())
    def create(self, name: str, is_protected: bool) -> None:
        configuration = {"hostSharedAlb": {"scheme": SCHEMES[name]}}
        request = builders.gateway(name=name, configuration=configuration, deletionProtection=is_protected)
        self.attempt("CreateGateway", **request)

    @rule(name=gateways, is_protected=st.booleans())
    def update(self, name: str, is_protected: bool) -> None:
        self.attempt("UpdateGateway", gateway=name, deletionProtection=is_protected)

    @rule(name=gateways)
    def delete(self, name: str) -> None:
        self.attempt("DeleteGateway", gateway=name)

    @rule(name=gateways, cluster=clusters)
    def associate(self, name: str, cluster: str) -> None:
        self.attempt("AssociateGatewayWithCluster", gateway=name, cluster=cluster)

    @rule(name=gateways, cluster=clusters)
    def disassociate(self, name: str, cluster: str) -> None:
        self.attempt("DisassociateGatewayFromCluster", gateway=name, cluster=cluster)

    @rule(cluster=clusters, name=services, connector=connectors)
    def create_service(self, cluster: str, name: str, connector: str) -> None:
        connected = {"gatewayConnectors": CONNECTORS[connector]}
        self.attempt(
            "CreateService", **builders.service(cluster=cluster, serviceName=name, desiredCount=1, **connected)
        )

    @rule(cluster=clusters, name=services, connector=connectors)
    def update_service(self, cluster: str, name: str, connector: str) -> None:
        request = {"cluster": cluster, "service": name, "forceNewDeployment": True}
        self.attempt("UpdateService", **request, gatewayConnectors=CONNECTORS[connector])

    @rule(cluster=clusters, name=services)
    def delete_service(self, cluster: str, name: str) -> None:
        self.attempt("DeleteService", cluster=cluster, service=name, force=True)

    @rule(cluster=clusters)
    def delete_cluster(self, cluster: str) -> None:
        if self.attempt("DeleteCluster", cluster=cluster):
            self.call("CreateCluster", clusterName=cluster)

    @rule(seconds=st.sampled_from([1, 9, 15, 60, 400]))
    def wait(self, seconds: int) -> None:
        self.world.clock.settle(self.world.clock.now + seconds * SECOND)

    @rule(seconds=st.sampled_from([0, 15, 400]), cluster=clusters, name=services, connector=connectors)
    def return_to_a_snapshot(self, seconds: int, cluster: str, name: str, connector: str) -> None:
        """A snapshot can be taken at any time and holds what is due: what happens after it is undone, and happens again."""
        picture, saved = picture_of(self.world), self.world.snapshot()
        outcomes = []
        for _ in range(2):
            request = {"cluster": cluster, "service": name, "forceNewDeployment": True}
            self.attempt("UpdateService", **request, gatewayConnectors=CONNECTORS[connector])
            self.wait(seconds)
            outcomes.append(self.shown())
            self.world.restore(saved)
            assert picture_of(self.world) == picture
        assert outcomes[0] == outcomes[1]

    @rule(cluster=clusters)
    def rest_and_redeploy(self, cluster: str) -> None:
        """Once everything is deployed anew and at rest, the routes of a service are those to the gateways that suit its connector."""
        self.wait(AT_REST)
        region = self.world.region(self.partition)
        for service in list(region.services_in(region.clusters.active(cluster))):
            if service.status != "ACTIVE":
                continue
            if not self.attempt("UpdateService", cluster=cluster, service=service.name, forceNewDeployment=True):
                continue  # no gateway suits its connector any more
            self.wait(AT_REST)
            found = self.call("ListGatewayRoutes", service=service.arn)["gatewayRoutes"]
            assert sorted(each["gatewayArn"].rpartition("/")[2] for each in found) == self.suitable(cluster, service)
            assert {each["status"] for each in found} <= {"ACTIVE"}

    def suitable(self, cluster: str, service: Any) -> list[str]:
        """The names of the gateways that a service connects to, by what the operations show."""
        connectors = service.revision.configuration.get("gatewayConnectors", [])
        found = self.call("ListGatewayClusterAssociations", cluster=cluster, status=["ACTIVE"])
        wanted = connectors[0].get("filters", {}).get("accessTypes", ["PUBLIC", "PRIVATE"]) if connectors else []
        described = [
            self.call("DescribeGateway", gateway=each["gatewayArn"])["gateway"]
            for each in found["gatewayClusterAssociations"]
        ]
        return sorted(gateway["name"] for gateway in described if gateway["accessType"] in wanted)

    # --- what always holds

    @invariant()
    def every_route_is_of_an_association(self) -> None:
        """API reference, DisassociateGatewayFromCluster: an association outlasts the routes of its cluster on the gateway."""
        associations = self.call("ListGatewayClusterAssociations")["gatewayClusterAssociations"]
        pairs = [(each["gatewayArn"], each["clusterArn"]) for each in associations]
        routes = self.call("ListGatewayRoutes")["gatewayRoutes"]

        assert len(pairs) == len(set(pairs))
        assert {(each["gatewayArn"], each["clusterArn"]) for each in routes} <= set(pairs)
        assert {gateway.rpartition("/")[2] for gateway, _ in pairs} <= set(self.names())

    @invariant()
    def an_association_that_ends_waits_for_routes_only(self) -> None:
        associations = self.call("ListGatewayClusterAssociations", status=["DISASSOCIATING"])
        for each in associations["gatewayClusterAssociations"]:
            filters = {"gateway": each["gatewayArn"], "cluster": each["clusterArn"]}
            assert self.call("ListGatewayRoutes", **filters)["gatewayRoutes"]

    @invariant()
    def every_load_balancer_has_routes_and_every_route_its_load_balancer(self) -> None:
        for name in self.names():
            resources = self.call("DescribeGatewayResources", gateway=name)["gatewayResources"]["resources"]
            described = self.call("DescribeGateway", gateway=name)["gateway"]["configuration"]["hostSharedAlb"]
            routes = self.call("ListGatewayRoutes", gateway=name)["gatewayRoutes"]
            behind = [each["gatewayRouteArns"] for each in resources["hostSharedAlb"]]

            assert all(behind)
            assert described["currentAlbCount"] == len(behind)
            assert sorted(arn for arns in behind for arn in arns) == sorted(each["gatewayRouteArn"] for each in routes)

    @invariant()
    def a_service_has_one_route_on_a_gateway_that_is_not_going(self) -> None:
        routes = self.call("ListGatewayRoutes")["gatewayRoutes"]
        event(f"{min(len(routes), 3)} routes or more")
        staying = [each for each in routes if each["status"] != "DELETE_IN_PROGRESS"]
        assert len(staying) == len({(each["gatewayArn"], each["serviceArn"]) for each in staying})


TestGateways = Gateways.TestCase
TestGateways.settings = settings(stateful_step_count=25)
