"""What containers receive by ARN or name: secrets, environment files, registry credentials.

Rules: API reference, Secret, EnvironmentFile, RepositoryCredentials; Developer Guide, "Pass sensitive data to an Amazon ECS container".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Literal

from pytest_ecsfake.arns import Partition, is_arn
from pytest_ecsfake.errors import ClientException

if TYPE_CHECKING:
    from pytest_ecsfake import api

_ARN = re.compile(r"arn:[^:\s]+:[^:\s]+:[^:\s]*:[^:\s]*:\S+\Z")

#: copilot-cli#3446: the characters that the text names; a path of names is accepted too.
_PARAMETER_NAME = re.compile(r"[a-zA-Z0-9_.\-/]{1,2048}\Z")


def check_arn(text: str) -> None:
    """Refuse a text that isn't an ARN (aws-sdk#311, cdk-preflight)."""
    if not _ARN.match(text):
        raise ClientException("Invalid arn syntax.")


def check(container: api.ContainerDefinition, partition: Partition) -> None:
    """Refuse malformed references to secrets and environment files, and secrets whose names aren't unique."""
    for file in container.get("environmentFiles", ()):
        check_arn(file["value"])
        if not file["value"].endswith(".env"):
            raise ClientException("The environment file must have a .env file extension.")  # unverified
    for secret in _secrets_of(container):
        _check_value(secret, partition)
    _check_names(container)


def store_of(secret: api.Secret) -> Literal["ssm", "asm"]:
    """Where a secret is stored: `asm` for Secrets Manager, `ssm` for the Parameter Store, which a bare name stands for too."""
    return "asm" if secret["valueFrom"].split(":", 3)[2:3] == ["secretsmanager"] else "ssm"


def _secrets_of(container: api.ContainerDefinition) -> Iterator[api.Secret]:
    yield from container.get("secrets", ())
    yield from container.get("logConfiguration", {}).get("secretOptions", ())


def _check_value(secret: api.Secret, partition: Partition) -> None:
    value = secret["valueFrom"]
    if not is_arn(value):
        if not _PARAMETER_NAME.match(value):
            raise ClientException(
                f"The Systems Manager parameter name specified for secret {secret['name']} is invalid. "
                "The parameter name can be up to 2048 characters and include the following letters and symbols: "
                "a-zA-Z0-9_.-"
            )
        return
    check_arn(value)
    _, _, service, _, account, _ = value.split(":", 5)
    if service == "ssm" and account != partition.account:
        # cdk-preflight; reported before a missing execution role.
        raise ClientException(
            "The Systems Manager parameter ARN has a different account ID than the current account. "
            f"The current account ID is {partition.account} and the ARN account ID is {account}. "
            "Cross-account access for ARNs is not currently supported."
        )


def _check_names(container: api.ContainerDefinition) -> None:
    environment = {variable.get("name") for variable in container.get("environment", ())}
    seen: set[str] = set()
    for secret in container.get("secrets", ()):
        if secret["name"] in seen:
            raise ClientException(f"Duplicate secret names found: {secret['name']}. Each secret name must be unique.")
        if secret["name"] in environment:
            raise ClientException(
                "The secret name must be unique and not shared with any new or existing environment variables "
                f"set on the container, such as '{secret['name']}'."
            )
        seen.add(secret["name"])
