"""The log configuration of the containers: drivers, their options, and FireLens.

Rules: API reference, LogConfiguration and FirelensConfiguration. The texts were seen (cdk-preflight, klotho#892, terraform-provider-aws#11551).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pytest_ecsfake.errors import ClientException
from pytest_ecsfake.operations.registration.secrets import check_arn

if TYPE_CHECKING:
    from pytest_ecsfake import api

#: API reference, LogConfiguration, logDriver; in the order in which ECS names them. Container instances (EC2 and EXTERNAL) have no list: ECS
#: registers any driver for them, such as `none` (aws-cdk#35795) and those of plugins (amazon-ecs-agent#2286), and requires its attribute.
LOG_DRIVERS: dict[api.Compatibility, tuple[str, ...]] = {
    "MANAGED_INSTANCES": ("awslogs", "splunk", "awsfirelens", "json-file"),
    "FARGATE": ("awslogs", "splunk", "awsfirelens"),
}

#: API reference, LogConfiguration, options.
AWSLOGS_REQUIRED = ("awslogs-region", "awslogs-group")

#: Amazon CloudWatch Logs API reference, CreateLogGroup, logGroupName.
_LOG_GROUP = re.compile(r"[.\-_/#A-Za-z0-9]{1,512}\Z")


def check(container: api.ContainerDefinition) -> None:
    """Refuse a log configuration that lacks what its driver needs."""
    configuration = container.get("logConfiguration")
    if configuration is not None and configuration["logDriver"] == "awslogs":
        _check_awslogs(configuration.get("options", {}))
    options = container.get("firelensConfiguration", {}).get("options", {})
    if options.get("config-file-type") == "s3":
        # aws-sdk#311: checked before anything about Fargate.
        check_arn(options.get("config-file-value", ""))


def _check_awslogs(options: dict[str, str]) -> None:
    missing = [option for option in AWSLOGS_REQUIRED if not options.get(option)]
    if missing:
        raise ClientException(f"Log driver awslogs requires options: {', '.join(missing)}")
    if not _LOG_GROUP.match(options["awslogs-group"]):
        raise ClientException("Log driver awslogs option 'awslogs-group' contains invalid characters.")
    if "awslogs-datetime-format" in options and "awslogs-multiline-pattern" in options:
        raise ClientException(  # unverified
            "Log driver awslogs options 'awslogs-datetime-format' and 'awslogs-multiline-pattern' "
            "cannot be specified together."
        )


def check_firelens(containers: Sequence[api.ContainerDefinition]) -> None:
    """Refuse a log router that no container sends to, and containers that send to one that isn't there."""
    routers = sum("firelensConfiguration" in container for container in containers)
    senders = any(container.get("logConfiguration", {}).get("logDriver") == "awsfirelens" for container in containers)
    if senders and not routers:
        raise ClientException(
            "When awsfirelens log driver is specified in log configuration, "
            "a firelens configuration object must be configured in one of the containers."
        )
    if routers and not senders:
        raise ClientException(
            "When a firelensConfiguration object is specified, "
            "at least one container has to be configured with the awsfirelens log driver."
        )
    if routers > 1:
        raise ClientException("Only one container can have a firelensConfiguration object.")  # unverified


def refused_driver(containers: Sequence[api.ContainerDefinition], launch_type: api.Compatibility) -> str | None:
    """What ECS says of the first log driver that a launch type doesn't support; None if it supports all of them."""
    drivers = LOG_DRIVERS[launch_type]
    for container in containers:
        configuration = container.get("logConfiguration")
        if configuration is not None and configuration["logDriver"] not in drivers:
            return f"{configuration['logDriver']} is not a valid log driver. Must be one of [{','.join(drivers)}]"
    return None
