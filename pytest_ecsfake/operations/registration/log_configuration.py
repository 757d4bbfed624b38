"""The log configuration of the containers: drivers, their options, and FireLens.

Rules: API reference, LogConfiguration and FirelensConfiguration. The texts were seen (cdk-preflight, klotho#892, terraform-provider-aws#11551;
others have their source beside them).
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

#: API reference, LogConfiguration, options: what each driver needs. An option may be a secret (terraform-provider-aws#8596, for splunk-token);
#: the order of splunk's two is unverified. What the other drivers need isn't documented.
REQUIRED_OPTIONS = {
    "awslogs": ("awslogs-region", "awslogs-group"),
    "splunk": ("splunk-token", "splunk-url"),
}

#: The same: all that a driver takes. Only awslogs has been seen to refuse the rest (amazon-ecs-firelens-examples#83, amazon-ecs-agent#872).
KNOWN_OPTIONS = {
    "awslogs": (
        *("awslogs-create-group", "awslogs-region", "awslogs-group", "awslogs-stream-prefix"),
        *("awslogs-datetime-format", "awslogs-multiline-pattern", "mode", "max-buffer-size"),
    ),
}

#: The user of a log router: ECS fills it in, and accepts no other (cloudposse/terraform-aws-ecs-container-definition#97).
ROUTER_USER = "0"

#: Amazon CloudWatch Logs API reference, CreateLogGroup, logGroupName.
_LOG_GROUP = re.compile(r"[.\-_/#A-Za-z0-9]{1,512}\Z")


def check(container: api.ContainerDefinition) -> None:
    """Refuse a log configuration that lacks what its driver needs, or has what it doesn't take."""
    configuration = container.get("logConfiguration")
    if configuration is not None:
        _check_options(configuration)
        if configuration["logDriver"] == "awslogs":
            _check_awslogs(configuration.get("options", {}))
    if "firelensConfiguration" in container and container.get("user", ROUTER_USER).partition(":")[0] != ROUTER_USER:
        raise ClientException("If 'user' field is specified on firelens container, then 'UID' has to be '0'.")
    options = container.get("firelensConfiguration", {}).get("options", {})
    if options.get("config-file-type") == "s3":
        # aws-sdk#311: checked before anything about Fargate.
        check_arn(options.get("config-file-value", ""))


def _check_options(configuration: api.LogConfiguration) -> None:
    """Refuse a lack of options, then unknown ones. Which comes first, and how several unknown ones are named, is unverified."""
    driver, options = configuration["logDriver"], configuration.get("options", {})
    secrets = [secret["name"] for secret in configuration.get("secretOptions", ())]
    required = REQUIRED_OPTIONS.get(driver, ())
    missing = [option for option in required if option not in options and option not in secrets]
    if missing:
        raise ClientException(f"Log driver {driver} requires options: {', '.join(missing)}")
    for option in required:
        if not options.get(option, "a secret"):
            # terraform-aws-modules/terraform-aws-ecs#206, for awslogs-group
            raise ClientException(f"Log driver {driver} option '{option}' should not be null or empty.")
    unknown = [option for option in options if option not in KNOWN_OPTIONS.get(driver, options)]
    if unknown:
        raise ClientException(f"Log driver {driver} disallows options: {', '.join(unknown)}")


def _check_awslogs(options: dict[str, str]) -> None:
    if options.get("awslogs-create-group", "true") != "true":
        # tflint-ruleset-aws#348; the API reference calls false the default.
        raise ClientException(
            "Log driver awslogs option 'awslogs-create-group' should only be set to 'true', else omit option."
        )
    if "awslogs-group" in options and not _LOG_GROUP.match(options["awslogs-group"]):
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
