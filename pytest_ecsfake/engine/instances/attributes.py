"""The built-in attributes of a container instance, and the capabilities of its agent.

Rules: Developer Guide, "Amazon ECS container instance attributes" (the names of values); the capabilities are those that the agent
reports on an ECS-optimized AMI of Amazon Linux 2023, compared with answers of DescribeContainerInstances of 2018 to 2024.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_ecsfake import api

_AWS = "com.amazonaws.ecs.capability."
_ECS = "ecs.capability."

#: The prefixes of attributes that ECS or the agent sets; all others are custom ones.
RESERVED_PREFIXES = ("ecs.", "com.amazonaws.")

#: API reference, PutAttributes: the maximum of custom attributes for one resource.
CUSTOM_ATTRIBUTES = 10

#: The attribute of an external instance (Developer Guide, "External instances").
EXTERNAL = "ecs.capability.external"

#: The versions of Docker's API, 1.17 and so on, that an agent announces (recorded answers of 2019; agent 1.18.0 and later).
DOCKER_VERSIONS = range(17, 33)

#: Capabilities without a value.
CAPABILITIES = (
    *(f"{_AWS}docker-remote-api.1.{minor}" for minor in DOCKER_VERSIONS),
    *(f"{_AWS}logging-driver.{driver}" for driver in ("json-file", "syslog", "awslogs", "none", "awsfirelens")),
    f"{_AWS}privileged-container",
    f"{_AWS}ecr-auth",
    f"{_AWS}task-iam-role",
    f"{_AWS}task-iam-role-network-host",
    f"{_ECS}task-eni",
    f"{_ECS}task-eni.ipv6",
    f"{_ECS}task-eni-trunking",
    f"{_ECS}task-eni-block-instance-metadata",
    f"{_ECS}execution-role-awslogs",
    f"{_ECS}execution-role-ecr-pull",
    f"{_ECS}container-health-check",
    f"{_ECS}container-ordering",
    f"{_ECS}pid-ipc-namespace-sharing",
    f"{_ECS}private-registry-authentication.secretsmanager",
    f"{_ECS}secrets.ssm.environment-variables",
    f"{_ECS}secrets.asm.environment-variables",
    f"{_ECS}secrets.ssm.bootstrap.log-driver",
    f"{_ECS}secrets.asm.bootstrap.log-driver",
    f"{_ECS}logging-driver.awsfirelens.log-driver-buffer-limit",
    f"{_ECS}ecr-endpoint",
    f"{_ECS}docker-plugin.local",
    f"{_ECS}docker-plugin.amazon-ecs-volume-plugin",
    f"{_ECS}task-cpu-mem-limit",
    f"{_ECS}increased-task-cpu-limit",
    f"{_ECS}aws-appmesh",
    f"{_ECS}firelens.fluentd",
    f"{_ECS}firelens.fluentbit",
    f"{_ECS}firelens.options.config.file",
    f"{_ECS}firelens.options.config.s3",
    f"{_ECS}full-sync",
    f"{_ECS}efs",
    f"{_ECS}efsAuth",
    f"{_ECS}env-files.s3",
    f"{_ECS}execute-command",
    f"{_ECS}service-connect-v1",
    f"{_ECS}storage.ebs-task-volume-attach",
    f"{_ECS}network.container-port-range",
    f"{_ECS}container-restart-policy",
    f"{_ECS}fault-injection",
)

#: Capabilities with the value that an answer had.
CAPABILITIES_WITH_VALUES = {
    f"{_ECS}cni-plugin-version": "91ccefc8-2019.06.0",
    f"{_ECS}branch-cni-plugin-version": "e0703516-",
}


def is_custom(name: str) -> bool:
    """Whether an attribute with this name is the user's own."""
    return not name.startswith(RESERVED_PREFIXES)


def is_capability(name: str) -> bool:
    """Whether an attribute with this name is a capability of an agent."""
    return name.startswith((_AWS, _ECS))


def of_agent(given: Iterable[api.Attribute]) -> dict[str, str | None]:
    """The capabilities of an agent, and the attributes that it reports of its host.

    An agent that reports capabilities has those and no others; without any it has all those of an up-to-date agent.
    """
    named = {attribute["name"]: attribute.get("value") for attribute in given}
    if any(is_capability(name) and name != EXTERNAL for name in named):
        return named
    return {**dict.fromkeys(CAPABILITIES), **CAPABILITIES_WITH_VALUES, **named}
