"""`dependsOn`: which container waits for which other one, and for which condition.

Rules: API reference, ContainerDependency; the texts were seen (cdk-preflight, boto3#2436, eagletmt/hako#99), except for the one of a cycle.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pytest_ecsfake.errors import ClientException
from pytest_ecsfake.operations.registration.cycles import has_cycle

if TYPE_CHECKING:
    from pytest_ecsfake import api


def check(containers: Sequence[api.ContainerDefinition]) -> None:
    """Refuse dependencies that could never be met."""
    if not any(container.get("dependsOn") for container in containers):
        return
    by_name = {container["name"]: container for container in containers}
    for container in containers:
        for dependency in container.get("dependsOn", ()):
            _check_dependency(dependency, by_name.get(dependency["containerName"]))
    edges = {name: [each["containerName"] for each in of.get("dependsOn", ())] for name, of in by_name.items()}
    if has_cycle(edges):
        raise ClientException("Container dependencies should not have a cycle")  # unverified


def _check_dependency(dependency: api.ContainerDependency, target: api.ContainerDefinition | None) -> None:
    if target is None:
        # The + is ECS's own.
        raise ClientException(f"Cannot depend on container + '{dependency['containerName']}' because it does not exist")
    if dependency["condition"] in ("COMPLETE", "SUCCESS") and target.get("essential", True):
        raise ClientException(
            "A dependency container with SUCCESS or COMPLETE condition cannot be an essential container"
        )
    if dependency["condition"] == "HEALTHY" and "healthCheck" not in target:
        raise ClientException("A dependency container with HEALTHY condition must have health check configured")
