"""The load balancers of a service, which have to match its task definition and its deployment strategy.

Elastic Load Balancing isn't looked at: every load balancer, target group and listener rule counts as existing.
Rules and texts: API reference, LoadBalancer and AdvancedConfiguration; Developer Guide, "Troubleshooting Amazon ECS blue/green deployments".
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pytest_ecsfake.engine.rollouts import configuration
from pytest_ecsfake.errors import InvalidParameterException
from pytest_ecsfake.operations.service_rules.port_mappings import refuse_dynamic_port, refuse_unknown_port

if TYPE_CHECKING:
    from pytest_ecsfake import api

# The first two as recorded from deployments (cdk-preflight).
BOTH_KINDS_IN_ONE = (
    "loadBalancerName and targetGroupArn cannot both be specified. "
    "You must specify either a loadBalancerName or a targetGroupArn in all loadBalancer entries"
)
CLASSIC_ON_FARGATE = "Classic Load Balancers are not supported with Fargate."
NOT_ON_EXTERNAL = "Load balancers are not supported with the EXTERNAL launch type."  # unverified
NEITHER = "Either a loadBalancerName or a targetGroupArn must be specified."  # unverified

BOTH_KINDS = (
    "All loadBalancers must be strictly either ELBv1 (defining loadBalancerName) or ELBv2 (defining targetGroupArn)"
)
ADVANCED_WITH_CLASSIC = "advancedConfiguration field is not allowed with ELBv1 loadBalancers"
ADVANCED_WITH_SOME = "Either all or none of the provided loadBalancers must have advancedConfiguration defined"
ADVANCED_MISSING = (
    "advancedConfiguration field is required for all loadBalancers when using a non-ROLLING deployment strategy"
)
NO_RULE_ARN = "{member} has an invalid ARN format. Must be RuleArn for ALB or ListenerArn for NLB. Got: {arn}"
BOTH_RULES = "The following rules cannot be used as both production and test listener rules: {arn}"
DUPLICATE = "Duplicate targetGroupArn found: {arn}"

#: Service authorization reference of Elastic Load Balancing: the ARN of a listener rule, and of a Network Load Balancer's listener.
_RULE_ARN = re.compile(r"arn:[^:]+:elasticloadbalancing:[^:]+:[^:]+:(listener-rule/app/|listener/net/).+\Z")


def check(definition: api.TaskDefinition, parameters: Mapping[str, Any], launch_type: api.LaunchType) -> None:
    """Refuse load balancers that the service can't use.

    Raises:
        InvalidParameterException: a container or port isn't in the task definition, or the load balancers don't go together.
    """
    balancers: Sequence[api.LoadBalancer] = parameters.get("loadBalancers", [])
    if balancers and launch_type == "EXTERNAL":
        # Developer Guide, "Amazon ECS clusters for external instances": no service load balancing.
        raise InvalidParameterException(NOT_ON_EXTERNAL)
    for balancer in balancers:
        _refuse_unclear(balancer)
    if any("loadBalancerName" in balancer for balancer in balancers):
        _refuse_classic(balancers, launch_type)
    for arn, times in Counter(each["targetGroupArn"] for each in balancers if "targetGroupArn" in each).items():
        if times > 1:
            raise InvalidParameterException(DUPLICATE.format(arn=arn))
    for balancer in balancers:
        refuse_unknown_port(definition, balancer.get("containerName"), balancer.get("containerPort"))
        if "loadBalancerName" in balancer:
            refuse_dynamic_port(definition, balancer.get("containerName"), balancer.get("containerPort"))
    _check_advanced(balancers, configuration.strategy(parameters.get("deploymentConfiguration", {})))


def _refuse_unclear(balancer: api.LoadBalancer) -> None:
    if balancer.get("loadBalancerName") and balancer.get("targetGroupArn"):
        raise InvalidParameterException(BOTH_KINDS_IN_ONE)
    if not balancer.get("loadBalancerName") and not balancer.get("targetGroupArn"):
        raise InvalidParameterException(NEITHER)


def _refuse_classic(balancers: Sequence[api.LoadBalancer], launch_type: api.LaunchType) -> None:
    if launch_type == "FARGATE":
        raise InvalidParameterException(CLASSIC_ON_FARGATE)
    if any("targetGroupArn" in balancer for balancer in balancers):
        raise InvalidParameterException(BOTH_KINDS)
    if any("advancedConfiguration" in balancer for balancer in balancers):
        raise InvalidParameterException(ADVANCED_WITH_CLASSIC)


def _check_advanced(balancers: Sequence[api.LoadBalancer], strategy: str) -> None:
    with_advanced = sum("advancedConfiguration" in balancer for balancer in balancers)
    if strategy != "ROLLING" and with_advanced < len(balancers):
        raise InvalidParameterException(ADVANCED_MISSING)
    if 0 < with_advanced < len(balancers):
        raise InvalidParameterException(ADVANCED_WITH_SOME)
    for balancer in balancers:
        _check_rules(balancer.get("advancedConfiguration", {}))


def _check_rules(advanced: api.AdvancedConfiguration) -> None:
    production, test = advanced.get("productionListenerRule"), advanced.get("testListenerRule")
    for member, arn in (("productionListenerRule", production), ("testListenerRule", test)):
        if arn is not None and not _RULE_ARN.match(arn):
            raise InvalidParameterException(NO_RULE_ARN.format(member=member, arn=arn))
    if production is not None and production == test:
        raise InvalidParameterException(BOTH_RULES.format(arn=production))
