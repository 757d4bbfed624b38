"""The resources that ECS manages for an Express service, as a service revision shows them.

Statuses are the service's, settings those of the revision.
Rules: API reference, ECSManagedResources and the types of its members. That each revision shows both target groups is unverified.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pytest_ecsfake.clock import to_epoch_seconds
from pytest_ecsfake.engine.express import main_container
from pytest_ecsfake.engine.express import names as express_names
from pytest_ecsfake.state.express_gateway_service import (
    ExpressConfiguration,
    ExpressGatewayService,
    PartKind,
    ScalingTarget,
)
from pytest_ecsfake.state.service import Service
from pytest_ecsfake.state.service_revision import ServiceRevision

if TYPE_CHECKING:
    from pytest_ecsfake import api

#: API reference, ManagedApplicationAutoScalingPolicy, metric and policyType; its spelling of the third metric has a slip of the pen.
METRICS: Mapping[api.ExpressGatewayServiceScalingMetric, str] = {
    "AVERAGE_CPU":              "ECSServiceAverageCPUUtilization",
    "AVERAGE_MEMORY":           "ECSServiceAverageMemoryUtilization",
    "REQUEST_COUNT_PER_TARGET": "ALBRequestCountPerTarget",
}  # fmt: skip
POLICY_TYPE = "TargetTrackingScaling"


def managed_resources(
    owner: Service, express: ExpressGatewayService, item: ServiceRevision, settings: ExpressConfiguration
) -> api.ECSManagedResources:
    """The document of what is managed for one revision.

    Args:
        owner: the ordinary service.
        express: what it has besides.
        item: the revision.
        settings: what the revision has besides.
    """
    names = express_names.names(owner.arn, express.load_balancer_number)
    document: api.ECSManagedResources = {
        "ingressPaths": [_ingress_path(express, names, item, settings)],
        "autoScaling": _auto_scaling(express, names, settings.scaling_target),
        "metricAlarms": [_part(express, "metricAlarm", names.metric_alarm)],
    }
    service_group = express_names.security_group_id(names.service_security_group)
    if "serviceSecurityGroup" in express.parts and service_group in _network(item)["securityGroups"]:
        document["serviceSecurityGroups"] = [_part(express, "serviceSecurityGroup", names.service_security_group)]
    if "logGroup" in express.parts and main_container.log_group(item.definition.document) == names.log_group_name:
        document["logGroups"] = [_part(express, "logGroup", names.log_group, logGroupName=names.log_group_name)]
    return document


def _ingress_path(
    express: ExpressGatewayService, names: express_names.Names, item: ServiceRevision, settings: ExpressConfiguration
) -> api.ManagedIngressPath:
    port = main_container.port(item.definition.document)
    target = {"healthCheckPath": settings.health_check_path, "healthCheckPort": port, "port": port}
    balancer_group = names.load_balancer_security_group
    return {
        "accessType": "PUBLIC",
        "endpoint": names.endpoint,
        "loadBalancer": _part(
            express,
            "loadBalancer",
            names.load_balancer,
            scheme="internet-facing",
            subnetIds=_network(item)["subnets"],
            securityGroupIds=[express_names.security_group_id(balancer_group)],
        ),
        "loadBalancerSecurityGroups": [_part(express, "loadBalancerSecurityGroup", balancer_group)],
        "certificate": _part(express, "certificate", names.certificate, domainName=names.endpoint),
        "listener": _part(express, "listener", names.listener),
        "rule": _part(express, "rule", names.rule),
        "targetGroups": [
            _part(express, "targetGroups", arn, **target) for arn in (names.target_group, names.alternate_target_group)
        ],
    }


def _auto_scaling(
    express: ExpressGatewayService, names: express_names.Names, scaling: ScalingTarget
) -> api.ManagedAutoScaling:
    return {
        "scalableTarget": _part(
            express,
            "scalableTarget",
            names.scalable_target,
            minCapacity=scaling.min_task_count,
            maxCapacity=scaling.max_task_count,
        ),
        "applicationAutoScalingPolicies": [
            _part(
                express,
                "scalingPolicy",
                names.scaling_policy,
                policyType=POLICY_TYPE,
                targetValue=float(scaling.target_value),
                metric=METRICS[scaling.metric],
            )
        ],
    }


def _network(item: ServiceRevision) -> api.AwsVpcConfiguration:
    network: api.AwsVpcConfiguration = item.configuration["networkConfiguration"]["awsvpcConfiguration"]
    return network


def _part(express: ExpressGatewayService, kind: PartKind, arn: str, **members: object) -> Any:
    """The document of a part. Each kind has a type of its own, whose common members mypy doesn't know as such."""
    part = express.parts[kind]
    return {"arn": arn, "status": part.status, "updatedAt": to_epoch_seconds(part.updated_at), **members}
