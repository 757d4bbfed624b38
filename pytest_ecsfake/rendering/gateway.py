"""Gateways, their associations and routes as ECS shows them, and the connections that a service revision shows.

Unions have exactly one member, or botocore can't read the answer: where there is nothing, its list is empty or the whole union is absent.
Rules: API reference, Gateway, GatewaySummary, GatewayRoute, GatewayRouteSummary, GatewayResources and GatewayConnection.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from pytest_ecsfake.clock import to_epoch_seconds
from pytest_ecsfake.engine.gateways.load_balancers import security_group_arn
from pytest_ecsfake.rendering.tags import tags as rendered_tags
from pytest_ecsfake.state.gateway import Gateway, GatewayAssociation, GatewayLoadBalancer, GatewayRoute
from pytest_ecsfake.state.region import Region

if TYPE_CHECKING:
    from pytest_ecsfake import api


def gateway(item: Gateway) -> api.Gateway:
    """The document of a gateway. It always shows the tags: DescribeGateway has no `include`."""
    return {
        "gatewayArn": item.arn,
        "name": item.name,
        "status": item.status,
        "infrastructureRoleArn": item.infrastructure_role_arn,
        "deletionProtection": item.deletion_protection,
        "configuration": {
            "hostSharedAlb": {**item.configuration, "currentAlbCount": len(item.load_balancers)},
        },
        "accessType": item.access_type,
        "propagateTags": item.propagate_tags,
        "tags": rendered_tags(item.tags),
        "createdAt": to_epoch_seconds(item.created_at),
        "updatedAt": to_epoch_seconds(item.updated_at),
    }


def brief(item: Gateway) -> api.GatewaySummary:
    """A gateway as ListGateways shows it."""
    return {
        "gatewayArn": item.arn,
        "name": item.name,
        "status": item.status,
        "createdAt": to_epoch_seconds(item.created_at),
    }


def association(item: GatewayAssociation) -> api.GatewayClusterAssociationSummary:
    """The document of an association."""
    return {"gatewayArn": item.gateway.arn, "clusterArn": item.cluster.arn, "status": item.status}


def load_balancer(region: Region, item: Gateway, balancer: GatewayLoadBalancer) -> api.ElbGatewayResources:
    """A load balancer of a gateway as DescribeGatewayResources shows it."""
    return {
        "loadBalancerArn": balancer.arn,
        "listenerArn": balancer.listener_arn,
        "securityGroup": balancer.security_group,
        "gatewayRouteArns": [route.arn for route in region.gateway_routes.on(item, balancer)],
    }


def route(region: Region, item: GatewayRoute) -> api.GatewayRoute:
    """The document of a route. One that couldn't be created has no resources."""
    return {
        "gatewayRouteArn": item.arn,
        "serviceArn": item.service.arn,
        "serviceContainerPortName": item.port_name,
        "status": item.status,
        "serviceUrl": item.service_url,
        "resources": {"hostSharedAlb": list(_route_resources(region, item))},
    }


def _route_resources(region: Region, item: GatewayRoute) -> Iterable[api.GatewayRouteAlbResources]:
    if item.load_balancer is not None and item.resources is not None:
        yield {
            "acmCertificateArn": item.resources.certificate_arn,
            "loadBalancerArn": item.load_balancer.arn,
            "listenerArn": item.load_balancer.listener_arn,
            "listenerRuleArn": item.resources.listener_rule_arn,
            "testListenerRuleArns": [item.resources.test_listener_rule_arn],
            "loadBalancerSecurityGroups": [
                {"arn": arn, "ruleArns": rules} for arn, rules in _security_groups(region, item)
            ],
            "serviceSecurityGroupArn": item.resources.service_security_group_arn,
        }


def _security_groups(region: Region, item: GatewayRoute) -> Iterable[tuple[str, list[str]]]:
    """The security groups of a route's load balancer, each with the gateway's inbound rules in it.

    If the gateway was given a group for inbound traffic, it makes no rules of its own (API reference, GatewayElbNetworkConfiguration).
    """
    if item.load_balancer is not None and item.resources is not None:
        inbound = item.gateway.configuration["networkConfiguration"].get("inboundSecurityGroup")
        rules = [] if inbound else [item.resources.security_group_rule_arn]
        yield security_group_arn(region, item.load_balancer.security_group), rules
        if inbound:
            yield security_group_arn(region, inbound), []


def route_brief(item: GatewayRoute) -> api.GatewayRouteSummary:
    """A route as ListGatewayRoutes shows it."""
    return {
        "gatewayRouteArn": item.arn,
        "gatewayArn": item.gateway.arn,
        "clusterArn": item.service.cluster.arn,
        "serviceArn": item.service.arn,
        "serviceContainerPortName": item.port_name,
        "status": item.status,
    }


def connections(region: Region, routes: Sequence[GatewayRoute]) -> list[api.GatewayConnection]:
    """The routes of a service as its revisions show them."""
    return [_connection(region, item) for item in routes]


def _connection(region: Region, item: GatewayRoute) -> api.GatewayConnection:
    return {
        "gatewayArn": item.gateway.arn,
        "gatewayRouteArn": item.arn,
        "portName": item.port_name,
        "serviceUrl": item.service_url,
        "accessType": item.gateway.access_type,
        "status": item.status,
        "resources": {"hostSharedAlb": list(_connection_resources(region, item))},
    }


def _connection_resources(region: Region, item: GatewayRoute) -> Iterable[api.GatewayConnectionAlbResources]:
    if item.load_balancer is not None and item.resources is not None:
        yield {
            "acmCertificateArn": item.resources.certificate_arn,
            "loadBalancerArn": item.load_balancer.arn,
            "loadBalancerSecurityGroupArns": [arn for arn, _ in _security_groups(region, item)],
            "listenerArn": item.load_balancer.listener_arn,
            "listenerRuleArn": item.resources.listener_rule_arn,
            "testListenerRuleArn": item.resources.test_listener_rule_arn,
            "targetGroupArn": item.resources.target_group_arn,
            "alternateTargetGroupArn": item.resources.alternate_target_group_arn,
        }
