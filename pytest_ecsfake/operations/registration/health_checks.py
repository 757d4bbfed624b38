"""The health check of a container.

Rules: API reference, HealthCheck; the texts for values above a bound were seen (cdk-preflight), those for values below follow their pattern.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pytest_ecsfake.errors import ClientException

if TYPE_CHECKING:
    from pytest_ecsfake import api


class Range(NamedTuple):
    """The bounds of a member of a health check, in seconds except for retries."""

    least: int
    most: int


#: API reference, HealthCheck.
RANGES = {
    "interval": Range(5, 300),
    "timeout": Range(2, 60),
    "retries": Range(1, 10),
    "startPeriod": Range(0, 300),
}


def check(container: api.ContainerDefinition) -> None:
    """Refuse a health check with a value out of range.

    By the API reference the command begins with CMD or CMD-SHELL; ECS accepts and runs one that doesn't (aws-cdk#34389).
    """
    for member, value in container.get("healthCheck", {}).items():
        if isinstance(value, int):
            _check_range(member, value, container["name"])


def _check_range(member: str, value: int, container: str) -> None:
    least, most = RANGES[member]
    if value > most:
        raise ClientException(
            f"Health check {member} must be less than or equal to the maximum allowed value {most} "
            f"for container '{container}'"
        )
    if value < least:
        raise ClientException(  # unverified
            f"Health check {member} must be greater than or equal to the minimum allowed value {least} "
            f"for container '{container}'"
        )
