"""Amazon Resource Names: how they are built, and what ECS says of an identifier that doesn't fit the call.

Rules: ECS Developer Guide, "Amazon ECS resource ARNs"; botocore's partitions; texts as quoted from AWS output in public issues
(aws-cli#3175 region, aws-cli#7875 type, mondoohq/mql#6266 syntax, aws-toolkit-vscode#2915 cluster, awslabs/amazon-ecs-nodejs-microservices#18 name).
"""

from __future__ import annotations

import re
from functools import cache
from typing import NamedTuple

from pytest_ecsfake.errors import ClientException, InvalidParameterException

#: botocore's partitions.json: the prefix of a region's name decides its partition; every other region is in "aws".
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

#: The five colons of an ARN, and what each divides. Only the words for the fifth have been seen, the rest follow their pattern. # unverified
_COLONS = (
    ("First", "arn/partition"),
    ("Second", "partition/vendor"),
    ("Third", "vendor/region"),
    ("Fourth", "region/namespace"),
    ("Fifth", "namespace/relative-id"),
)


@cache
def partition_of(region: str) -> str:
    """The partition that a region belongs to, such as `aws` or `aws-cn`."""
    return next((partition for prefix, partition in PARTITIONS if region.startswith(prefix)), "aws")


class Partition(NamedTuple):
    """Where a call is made: one account in one region. Every ARN that ECS makes carries it."""

    account: str
    region: str

    def arn(self, resource: str, service: str = "ecs") -> str:
        """The ARN of a resource of this place, such as `cluster/prod`."""
        return f"arn:{partition_of(self.region)}:{service}:{self.region}:{self.account}:{resource}"

    @property
    def principal(self) -> str:
        """The ARN of whoever calls: access keys are not read, so every call of an account is made by one and the same user."""
        return f"arn:{partition_of(self.region)}:iam::{self.account}:user/ecs_fake"

    @property
    def root(self) -> str:
        """The ARN of the account's root user, whose settings are the account's defaults."""
        return f"arn:{partition_of(self.region)}:iam::{self.account}:root"


def is_arn(text: str) -> bool:
    """Whether an identifier is meant as an ARN."""
    return text.startswith("arn:")


class Resource(NamedTuple):
    """What an ARN of this account and region names."""

    service: str
    type: str
    parts: list[str]
    """What stands behind the type: `["prod", "0f3c…"]` in `arn:…:task/prod/0f3c…`."""


def resource_in(text: str, partition: Partition) -> Resource:
    """What an ARN names, of whichever type it is.

    Args:
        text: the ARN as the caller wrote it.
        partition: where the call is made; an ARN of elsewhere is refused before anything is looked up.

    Raises:
        ClientException: it is no ARN.
        InvalidParameterException: it is of another region or account.
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
    """The parts of an ARN's resource behind its type: `["prod", "0f3c…"]` for `arn:…:task/prod/0f3c…`.

    Args:
        text: the ARN as the caller wrote it.
        partition: where the call is made; an ARN of elsewhere is refused before anything is looked up.
        kind: the resource type that belongs here, such as `task`.

    Raises:
        ClientException: it is no ARN.
        InvalidParameterException: it is of another region, account or resource type.
    """
    service, type_, parts = resource_in(text, partition)
    if type_ != kind or service != "ecs":
        raise InvalidParameterException(UNSUPPORTED_TYPE.format(type=type_))
    return parts


def cluster_name(identifier: str, partition: Partition) -> str:
    """The name of the cluster that a name or an ARN means.

    Raises:
        ClientException: a broken ARN.
        InvalidParameterException: an ARN of elsewhere or of another type, or a malformed name.
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
    """The id of a task or container instance of a cluster, from its id or ARN.

    Args:
        identifier: 32 hexadecimal digits, a UUID, or an ARN with or without the cluster.
        partition: where the call is made.
        kind: `task` or `container-instance`.
        cluster: the name of the cluster that the call is about.
        parameter: what ECS calls the identifier when its length is wrong, such as `taskId`.

    Raises:
        ClientException: a broken ARN.
        InvalidParameterException: an ARN of elsewhere, of another type or of another cluster, or an id of a wrong length.
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
    """The cluster that a service's identifier names, if it names one, and the name of the service.

    Args:
        identifier: a name, or an ARN with or without the cluster.
        partition: where the call is made.

    Raises:
        ClientException: a broken ARN.
        InvalidParameterException: an ARN of elsewhere or of another type.
    """
    if not is_arn(identifier):
        return None, identifier
    parts = resource_of(identifier, partition, "service")
    if len(parts) not in (1, 2):
        raise InvalidParameterException(WRONG_SEPARATORS)
    return (parts[0] if len(parts) == 2 else None), parts[-1]
