"""Amazon Resource Names: how they are built, and how ECS refuses an identifier that isn't valid for a call.

Rules: ECS Developer Guide, "Amazon ECS resource ARNs"; botocore's partitions; texts as quoted from AWS output in public issues
(aws-cli#3175 region, aws-cli#7875 type, mondoohq/mql#6266 syntax, aws-toolkit-vscode#2915 cluster, awslabs/amazon-ecs-nodejs-microservices#18 name).
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from pytest_ecsfake.errors import ClientException, InvalidParameterException

#: botocore's partitions.json: the AWS partition by the prefix of a region's name. Every other region is in "aws".
PARTITIONS = (
    ("cn-", "aws-cn"),
    ("us-gov-", "aws-us-gov"),
    ("us-iso-", "aws-iso"),
    ("us-isob-", "aws-iso-b"),
    ("us-isof-", "aws-iso-f"),
    ("eu-isoe-", "aws-iso-e"),
    ("eusc-", "aws-eusc"),
)

WRONG_SEPARATORS = "Invalid identifier: Unexpected number of separators"
UNSUPPORTED_TYPE = "Unsupported resource type: {type}"

CLUSTER_NAME = re.compile(r"[a-zA-Z0-9\-_]{1,255}\Z")

#: The five colons of an ARN, and the parts that each separates. Only the text for the fifth has been seen; the others follow it. # unverified
_COLONS = (
    ("First", "arn/partition"),
    ("Second", "partition/vendor"),
    ("Third", "vendor/region"),
    ("Fourth", "region/namespace"),
    ("Fifth", "namespace/relative-id"),
)


@cache
def partition_of(region: str) -> str:
    """The AWS partition that a region belongs to, such as `aws` or `aws-cn`."""
    return next((partition for prefix, partition in PARTITIONS if region.startswith(prefix)), "aws")


class Partition(NamedTuple):
    """One account in one region, where a call is made. Every ARN of ECS names both."""

    account: str
    region: str

    def arn(self, resource: str, service: str = "ecs") -> str:
        """The ARN of a resource in this account and region, such as `cluster/prod`."""
        return f"arn:{partition_of(self.region)}:{service}:{self.region}:{self.account}:{resource}"

    @property
    def principal(self) -> str:
        """The ARN of the caller. Access keys aren't read, so every call in an account is made by the same user."""
        return f"arn:{partition_of(self.region)}:iam::{self.account}:user/ecs_fake"

    @property
    def root(self) -> str:
        """The ARN of the account's root user, whose settings are the account's defaults."""
        return f"arn:{partition_of(self.region)}:iam::{self.account}:root"

    def role(self, name: str) -> str:
        """The ARN of an IAM role of the account, which may have a path before its name."""
        return f"arn:{partition_of(self.region)}:iam::{self.account}:role/{name}"

    @property
    def service_linked_role(self) -> str:
        """The ARN of the role by which ECS calls other services (API reference, Service, roleArn)."""
        return self.role("aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS")


def is_arn(text: str) -> bool:
    """Whether an identifier is an ARN, valid or not."""
    return text.startswith("arn:")


class Resource(NamedTuple):
    """The resource that an ARN names."""

    service: str
    type: str
    parts: list[str]
    """The parts after the type: `["prod", "0f3c…"]` in `arn:…:task/prod/0f3c…`."""


def resource_in(text: str, partition: Partition) -> Resource:
    """The resource that an ARN names, of any type.

    Args:
        text: the ARN as the caller wrote it.
        partition: the account and region of the call.

    Raises:
        ClientException: the ARN is malformed.
        InvalidParameterException: the ARN is of another region or account.
    """
    fields = text.split(":", 5)
    if len(fields) < 6:
        ordinal, divided = _COLONS[len(fields) - 1]
        raise ClientException(
            f"com.amazon.arn.ARNSyntaxException: {ordinal} colon ({divided} delimiter) not found: {text}"
        )
    _, _, service, region, account, resource = fields
    if region != partition.region:
        raise InvalidParameterException("Invalid Region in ARN")
    if account != partition.account:
        raise InvalidParameterException("AccountIDs mismatch")
    type_, *parts = resource.split("/")
    return Resource(service, type_, parts)


def resource_of(text: str, partition: Partition, kind: str) -> list[str]:
    """The parts of an ARN after its resource type: `["prod", "0f3c…"]` for `arn:…:task/prod/0f3c…`.

    Args:
        text: the ARN as the caller wrote it.
        partition: the account and region of the call.
        kind: the expected resource type, such as `task`.

    Raises:
        ClientException: the ARN is malformed.
        InvalidParameterException: the ARN is of another region, account or resource type.
    """
    service, type_, parts = resource_in(text, partition)
    if type_ != kind or service != "ecs":
        raise InvalidParameterException(UNSUPPORTED_TYPE.format(type=type_))
    return parts


def cluster_name(identifier: str, partition: Partition) -> str:
    """The cluster's name in a name or an ARN.

    Raises:
        ClientException: the ARN is malformed.
        InvalidParameterException: the ARN is of another region, account or resource type, or the name is malformed.
    """
    if is_arn(identifier):
        parts = resource_of(identifier, partition, "cluster")
        if len(parts) != 1:
            raise InvalidParameterException(WRONG_SEPARATORS)
        return parts[0]
    if not CLUSTER_NAME.match(identifier):
        raise InvalidParameterException(f"Cluster must match ^[a-zA-Z0-9\\-_]{{1,255}}$, but was {identifier}")
    return identifier


def member_id(identifier: str, partition: Partition, *, kind: str, cluster: str, parameter: str) -> str:
    """The id of a task or container instance, from its id or ARN.

    Args:
        identifier: 32 hexadecimal digits, a UUID, or an ARN with or without the cluster.
        partition: the account and region of the call.
        kind: `task` or `container-instance`.
        cluster: the name of the cluster that the call is about.
        parameter: the name that ECS gives the identifier in the error about a wrong length, such as `taskId`.

    Raises:
        ClientException: the ARN is malformed.
        InvalidParameterException: the ARN is of another region, account, resource type or cluster, or the id's length is wrong.
    """
    if not is_arn(identifier):
        if len(identifier) not in (32, 36):
            raise InvalidParameterException(f"{parameter} length should be one of [32,36]")
        return identifier
    parts = resource_of(identifier, partition, kind)
    if len(parts) not in (1, 2):
        raise InvalidParameterException(WRONG_SEPARATORS)
    if len(parts) == 2 and parts[0] != cluster:
        raise InvalidParameterException(
            f"Invalid identifier: Identifier is for cluster {parts[0]}. Your cluster is {cluster}"
        )
    return parts[-1]


def service_in(identifier: str, partition: Partition) -> tuple[str | None, str]:
    """The cluster in a service's identifier, or None if it names no cluster, and the name of the service.

    Args:
        identifier: a name, or an ARN with or without the cluster.
        partition: the account and region of the call.

    Raises:
        ClientException: the ARN is malformed.
        InvalidParameterException: the ARN is of another region, account or resource type.
    """
    if not is_arn(identifier):
        return None, identifier
    parts = resource_of(identifier, partition, "service")
    if len(parts) not in (1, 2):
        raise InvalidParameterException(WRONG_SEPARATORS)
    return (parts[0] if len(parts) == 2 else None), parts[-1]
