"""Names and ARNs of what ECS manages for an Express service. They follow from the service's ARN alone, so that each run has the same ones.

Forms: names of real load balancers, target groups, alarms and log groups in public repositories, such as ecs-express-gateway-alb-a6344ce9,
ecs-gateway-tg-daf79a1d189ca3923, default/core-f746/RollbackAlarm, /aws/ecs/default/recontent-b13f-d8b6 and the task definition
default-brana-hml-backend; an endpoint such as ph-dfe6101ee62a4136ab991c2944576b6d.ecs.eu-central-1.on.aws. ARNs: service authorization
reference of each AWS service.
"""

from __future__ import annotations

from hashlib import sha256
from typing import NamedTuple

from pytest_ecsfake.arns import Partition

#: Developer Guide, "Resources created by Amazon ECS Express Mode services": at least two public subnets of the default VPC.
SUBNETS = 2


#: API reference, RegisterTaskDefinition, family.
LONGEST_FAMILY = 255


class Names(NamedTuple):
    """The names and ARNs of the managed parts of one Express service."""

    endpoint: str
    load_balancer: str
    load_balancer_security_group: str
    certificate: str
    listener: str
    rule: str
    target_group: str
    alternate_target_group: str
    scalable_target: str
    scaling_policy: str
    alarm_name: str
    metric_alarm: str
    service_security_group: str
    log_group_name: str
    log_group: str


def names(service_arn: str, load_balancer_number: int) -> Names:
    """The names and ARNs of what belongs to an Express service.

    Args:
        service_arn: the service's ARN, with its cluster.
        load_balancer_number: which of its region's load balancers it is behind.
    """
    partition, cluster_name, name = _parts_of(service_arn)
    shared = f"{partition.region} {partition.account} {load_balancer_number}"
    balancer_id, listener_id = _digits(16, "balancer", shared), _digits(16, "listener", shared)
    balancer = f"app/ecs-express-gateway-alb-{_digits(8, 'balancer name', shared)}/{balancer_id}"
    rule_id = _digits(16, "rule", service_arn)
    alarm_name = f"{cluster_name}/{name}/RollbackAlarm"
    log_group_name = f"/aws/ecs/{cluster_name}/{name}-{_digits(4, 'log group', service_arn)}"
    return Names(
        endpoint=f"{name[:2].lower()}-{_digits(32, 'endpoint', service_arn)}.ecs.{partition.region}.on.aws",
        load_balancer=partition.arn(f"loadbalancer/{balancer}", "elasticloadbalancing"),
        load_balancer_security_group=_security_group(partition, "balancer", shared),
        certificate=partition.arn(f"certificate/{_uuid('certificate', service_arn)}", "acm"),
        listener=partition.arn(f"listener/{balancer}/{listener_id}", "elasticloadbalancing"),
        rule=partition.arn(f"listener-rule/{balancer}/{listener_id}/{rule_id}", "elasticloadbalancing"),
        target_group=_target_group(partition, "target group", service_arn),
        alternate_target_group=_target_group(partition, "alternate target group", service_arn),
        scalable_target=partition.arn(
            f"scalable-target/{_digits(32, 'scalable target', service_arn)}", "application-autoscaling"
        ),
        scaling_policy=partition.arn(
            f"scalingPolicy:{_uuid('policy', service_arn)}:resource/ecs/service/{cluster_name}/{name}:"
            f"policyName/{cluster_name}/{name}",
            "autoscaling",
        ),
        alarm_name=alarm_name,
        metric_alarm=partition.arn(f"alarm:{alarm_name}", "cloudwatch"),
        service_security_group=_security_group(partition, "service", service_arn),
        log_group_name=log_group_name,
        log_group=partition.arn(f"log-group:{log_group_name}", "logs"),
    )


def family(cluster_name: str, name: str) -> str:
    """The family of the task definitions that ECS manages for an Express service. That a long one is cut off is unverified."""
    return f"{cluster_name}-{name}"[:LONGEST_FAMILY]


def digits_of_name(cluster_arn: str, readable: str, number: int) -> str:
    """The four digits of a generated name of a service."""
    return _digits(4, f"name {number}", f"{cluster_arn} {readable}")


def default_subnets(partition: Partition) -> list[str]:
    """The subnets of the default VPC, which isn't faked."""
    return [
        f"subnet-{_digits(17, f'subnet {number}', f'{partition.region} {partition.account}')}"
        for number in range(SUBNETS)
    ]


def security_group_id(arn: str) -> str:
    """The id in the ARN of a security group."""
    return arn.rpartition("/")[2]


def _parts_of(service_arn: str) -> tuple[Partition, str, str]:
    _, _, _, region, account, resource = service_arn.split(":", 5)
    _, cluster_name, name = resource.split("/")
    return Partition(account, region), cluster_name, name


def _target_group(partition: Partition, what: str, service_arn: str) -> str:
    tail = f"ecs-gateway-tg-{_digits(17, what, service_arn)}/{_digits(16, f'{what} id', service_arn)}"
    return partition.arn(f"targetgroup/{tail}", "elasticloadbalancing")


def _security_group(partition: Partition, what: str, of: str) -> str:
    return partition.arn(f"security-group/sg-{_digits(17, f'{what} group', of)}", "ec2")


def _uuid(what: str, of: str) -> str:
    digits = _digits(30, what, of)
    return f"{digits[:8]}-{digits[8:12]}-4{digits[12:15]}-a{digits[15:18]}-{digits[18:]}"


def _digits(count: int, what: str, of: str) -> str:
    return sha256(f"{what} of {of}".encode()).hexdigest()[:count]
