"""The load balancers of a gateway: which one a new route uses, and when one is no longer needed.

Elastic Load Balancing, EC2 and Certificate Manager aren't faked: there are only ARNs, in the forms of those services.
Rules: API reference, CreateGateway and HostSharedAlbConfiguration, maxAlbCount; Developer Guide, "Create and manage an Amazon ECS Gateway".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_ecsfake.state.gateway import Gateway, GatewayLoadBalancer, GatewayRoute, RouteResources
from pytest_ecsfake.state.region import Region
from pytest_ecsfake.state.service_revision import ServiceRevision

if TYPE_CHECKING:
    from pytest_ecsfake import api

#: How many routes share a load balancer. The Developer Guide states it for the load balancers of Express Mode services; for gateways unverified.
ROUTES_PER_LOAD_BALANCER = 25


def provision(region: Region, route: GatewayRoute, revision: ServiceRevision) -> None:
    """Give a route its load balancer and what else it needs. It gets nothing if the gateway has as many load balancers as it may have.

    Args:
        region: where the gateway is.
        route: the route.
        revision: the revision of the service that the route leads to.
    """
    load_balancer = _with_room(region, route.gateway)
    if load_balancer is not None:
        route.load_balancer = load_balancer
        route.resources = _new_resources(region, revision, load_balancer)


def release(region: Region, route: GatewayRoute) -> None:
    """Delete the load balancer of a route that is gone, if no other route uses it."""
    gateway, load_balancer = route.gateway, route.load_balancer
    if load_balancer is not None and not region.gateway_routes.on(gateway, load_balancer):
        gateway.load_balancers.remove(load_balancer)


def security_group_arn(region: Region, security_group: str) -> str:
    """The ARN of a security group with this id."""
    return region.partition.arn(f"security-group/{security_group}", service="ec2")


def _with_room(region: Region, gateway: Gateway) -> GatewayLoadBalancer | None:
    """The load balancer for a new route: the first that has room, else a new one; None if the gateway has as many as it may have."""
    for load_balancer in gateway.load_balancers:
        if len(region.gateway_routes.on(gateway, load_balancer)) < ROUTES_PER_LOAD_BALANCER:
            return load_balancer
    if len(gateway.load_balancers) >= gateway.configuration["maxAlbCount"]:
        return None
    gateway.load_balancers_made += 1
    gateway.load_balancers.append(_new_load_balancer(region, gateway.load_balancers_made))
    return gateway.load_balancers[-1]


def _new_load_balancer(region: Region, number: int) -> GatewayLoadBalancer:
    ids, arn = region.ids, region.partition.arn
    path = f"app/ecs-gateway-alb-{ids.hexadecimal(8)}/{ids.hexadecimal(16)}"
    return GatewayLoadBalancer(
        number=number,
        arn=arn(f"loadbalancer/{path}", service="elasticloadbalancing"),
        listener_arn=arn(f"listener/{path}/{ids.hexadecimal(16)}", service="elasticloadbalancing"),
        security_group=f"sg-0{ids.hexadecimal(16)}",
    )


def _new_resources(region: Region, revision: ServiceRevision, load_balancer: GatewayLoadBalancer) -> RouteResources:
    ids, arn = region.ids, region.partition.arn
    rules = load_balancer.listener_arn.replace(":listener/", ":listener-rule/")
    return RouteResources(
        certificate_arn=arn(f"certificate/{ids.uuid()}", service="acm"),
        listener_rule_arn=f"{rules}/{ids.hexadecimal(16)}",
        test_listener_rule_arn=f"{rules}/{ids.hexadecimal(16)}",
        target_group_arn=_target_group(region),
        alternate_target_group_arn=_target_group(region),
        security_group_rule_arn=arn(f"security-group-rule/sgr-0{ids.hexadecimal(16)}", service="ec2"),
        service_security_group_arn=security_group_arn(region, _service_security_group(region, revision)),
    )


def _target_group(region: Region) -> str:
    name = f"ecs-gateway-tg-{region.ids.hexadecimal(8)}"
    return region.partition.arn(f"targetgroup/{name}/{region.ids.hexadecimal(16)}", service="elasticloadbalancing")


def _service_security_group(region: Region, revision: ServiceRevision) -> str:
    """The security group of the tasks that lets the load balancer in: the first that the service names, else its VPC's own."""
    network: api.NetworkConfiguration = revision.configuration.get("networkConfiguration", {})
    named = network.get("awsvpcConfiguration", {}).get("securityGroups", [])
    return named[0] if named else f"sg-0{region.ids.hexadecimal(16)}"
