"""Gateways, their associations with clusters, and the routes that services have on them.

What is stored: gateways by name; an association for each gateway and cluster; a route for each service and gateway, from the deployment that brings
it to its removal; and the load balancers of a gateway, which come with the first route that needs them and go with the last one. What is derived:
the access type of a gateway, the number of its load balancers, and the connections that a service revision shows.
Statuses: API reference, Gateway, GatewayClusterAssociationSummary and GatewayRoute. Only `engine/gateways/transition.py` assigns one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, ClassVar

from pytest_ecsfake import arns
from pytest_ecsfake.clock import Instant
from pytest_ecsfake.errors import GatewayNotFoundException
from pytest_ecsfake.state.cluster import Cluster
from pytest_ecsfake.state.mutable import Mutable
from pytest_ecsfake.state.service import Service
from pytest_ecsfake.state.store import Store

if TYPE_CHECKING:
    from pytest_ecsfake import api

NOT_FOUND = "The specified gateway was not found."  # unverified

#: API reference, Gateway, accessType: it is derived from the scheme.
ACCESS_TYPES: dict[api.GatewayElbScheme, api.AccessType] = {"internet-facing": "PUBLIC", "internal": "PRIVATE"}


@dataclass(frozen=True, slots=True, eq=False)
class GatewayLoadBalancer:
    """An Application Load Balancer that a gateway manages, with its HTTPS listener and its security group."""

    number: int  # they are paged in the order of their numbers
    arn: str
    listener_arn: str
    security_group: str  # its id


@dataclass(slots=True, eq=False)
class Gateway(Mutable):
    """A gateway, from CreateGateway to DeleteGateway."""

    arn: str
    name: str
    created_at: Instant
    updated_at: Instant
    infrastructure_role_arn: str
    configuration: api.HostSharedAlbConfiguration  # complete, its defaults filled in
    deletion_protection: bool = True
    propagate_tags: api.PropagateGatewayTags = "GATEWAY"
    tags: dict[str, str] = field(default_factory=dict)
    status: api.GatewayStatus = "ACTIVE"
    status_changes: int = 0  # how often it was updated, so that only the end of the newest update counts
    load_balancers: list[GatewayLoadBalancer] = field(default_factory=list)
    load_balancers_made: int = 0  # the number of the newest one
    client_token: str | None = None

    @property
    def access_type(self) -> api.AccessType:
        """Whether it can be reached from the internet."""
        return ACCESS_TYPES[self.configuration["scheme"]]


class Gateways(Store[Gateway]):
    """The gateways of a region by name, in the order of their creation."""

    partition: arns.Partition
    follows_services: bool  # whether `engine/gateways/routes.py` has subscribed to deployments

    def __init__(self, partition: arns.Partition) -> None:
        super().__init__()
        self.partition = partition
        self.follows_services = False

    def arn(self, name: str) -> str:
        """The ARN of the gateway with this name. Its form is that of capacity providers. # unverified."""
        return self.partition.arn(f"gateway/{name}")

    def name_of(self, identifier: str) -> str:
        """The name in a name or an ARN.

        Raises:
            ClientException, InvalidParameterException: see `arns.resource_of`.
        """
        if not arns.is_arn(identifier):
            return identifier
        return "/".join(arns.resource_of(identifier, self.partition, "gateway"))

    def known(self, identifier: str) -> Gateway:
        """The gateway with this name or ARN.

        Raises:
            GatewayNotFoundException: it is unknown.
            ClientException, InvalidParameterException: see `arns.resource_of`.
        """
        gateway = self.get(self.name_of(identifier))
        if gateway is None:
            raise GatewayNotFoundException(NOT_FOUND)
        return gateway


@dataclass(slots=True, eq=False)
class GatewayAssociation(Mutable):
    """The association of a gateway with a cluster."""

    gateway: Gateway
    cluster: Cluster
    status: api.GatewayClusterAssociationStatus = "ACTIVE"

    @property
    def key(self) -> str:
        """What the store finds it by."""
        return f"{self.gateway.name}/{self.cluster.name}"

    @property
    def gateway_name(self) -> str:
        """The name of the gateway."""
        return self.gateway.name

    @property
    def cluster_name(self) -> str:
        """The name of the cluster."""
        return self.cluster.name


class GatewayAssociations(Store[GatewayAssociation]):
    """The associations of a region's gateways and clusters, in the order in which they were made."""

    def of(self, gateway: Gateway, cluster: Cluster) -> GatewayAssociation | None:
        """The association of a gateway with a cluster."""
        return self.get(GatewayAssociation(gateway, cluster).key)

    def with_cluster(self, cluster: Cluster) -> list[GatewayAssociation]:
        """The associations of a cluster, in whatever status."""
        found, _ = self.page(max(len(self), 1), cluster_name=cluster.name)
        return found


@dataclass(frozen=True, slots=True, eq=False)
class RouteResources:
    """What a gateway manages for one route: ARNs of Certificate Manager, Elastic Load Balancing and EC2."""

    certificate_arn: str
    listener_rule_arn: str
    test_listener_rule_arn: str
    target_group_arn: str
    alternate_target_group_arn: str
    security_group_rule_arn: str  # of the load balancer's security group
    service_security_group_arn: str


@dataclass(slots=True, eq=False)
class GatewayRoute(Mutable):
    """The route of a service on a gateway."""

    arn: str
    gateway: Gateway
    service: Service
    connector: api.GatewayConnector  # as the service's newest deployment has it
    service_url: str
    status: api.GatewayRouteStatus = "CREATE_IN_PROGRESS"
    status_changes: int = 0  # how often the status has changed, so that only the end of the current one counts
    load_balancer: GatewayLoadBalancer | None = None  # this and the next: None where the route couldn't be created
    resources: RouteResources | None = None

    @property
    def gateway_name(self) -> str:
        """The name of the gateway."""
        return self.gateway.name

    @property
    def cluster_name(self) -> str:
        """The name of the service's cluster."""
        return self.service.cluster.name

    @property
    def service_name(self) -> str:
        """The name of the service."""
        return self.service.name

    @property
    def port_name(self) -> str:
        """The name of the port that it leads to."""
        return self.connector["portName"]

    @property
    def is_going(self) -> bool:
        """Whether it is being removed."""
        return self.status in ("DELETE_IN_PROGRESS", "DELETE_FAILED")


class GatewayRoutes(Store[GatewayRoute]):
    """The routes on a region's gateways by ARN, in the order of their creation."""

    derived: ClassVar = {"connector": ("port_name",)}

    partition: arns.Partition

    def __init__(self, partition: arns.Partition) -> None:
        super().__init__()
        self.partition = partition

    def arn(self, gateway: Gateway, route_id: str) -> str:
        """The ARN of a route. Its form is that of resources within a cluster. # unverified."""
        return self.partition.arn(f"gateway-route/{gateway.name}/{route_id}")

    def find(self, arn: str) -> GatewayRoute | None:
        """The route with this ARN.

        Raises:
            ClientException, InvalidParameterException: see `arns.resource_of`.
        """
        arns.resource_of(arn, self.partition, "gateway-route")
        return self.get(arn)

    def of_service(self, service: Service) -> list[GatewayRoute]:
        """The routes of a service, also those that are being removed; not those of a deleted service that had its name."""
        found, _ = self.page(max(len(self), 1), cluster_name=service.cluster.name, service_name=service.name)
        return [route for route in found if route.service is service]

    def count_between(self, gateway: Gateway, cluster: Cluster) -> int:
        """How many routes the services of a cluster have on a gateway."""
        return self.count(gateway_name=gateway.name, cluster_name=cluster.name)

    def on(self, gateway: Gateway, load_balancer: GatewayLoadBalancer) -> list[GatewayRoute]:
        """The routes that use a load balancer of a gateway."""
        found, _ = self.page(max(len(self), 1), gateway_name=gateway.name)
        return [route for route in found if route.load_balancer is load_balancer]
