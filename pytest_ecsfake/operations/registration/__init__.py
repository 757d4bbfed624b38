"""The rules of RegisterTaskDefinition, one subject a file: what ECS refuses, what it fills in, what it works out.

ECS reports the first fault that it meets. The order of the checks agrees with everything that has been seen: container memory before a
missing task size, cpu before memory, an ARN's syntax and account before roles and before Fargate. The schema is checked before all of
them; it has the rules on single members (`schemas/overlay/task_definitions.json`).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from pytest_ecsfake import documents
from pytest_ecsfake.arns import Partition
from pytest_ecsfake.errors import ClientException
from pytest_ecsfake.operations.registration import (
    containers,
    defaults,
    dependencies,
    health_checks,
    images,
    links,
    log_configuration,
    network_modes,
    ports,
    proxy_configuration,
    resource_requirements,
    roles,
    secrets,
    system_controls,
    task_size,
    trusted_execution,
    volumes,
)
from pytest_ecsfake.operations.registration.compatibilities import compatibilities
from pytest_ecsfake.operations.registration.requires_attributes import requires_attributes
from pytest_ecsfake.operations.registration.task_size import DefinedSize

if TYPE_CHECKING:
    from pytest_ecsfake import api

#: Developer Guide, "Amazon ECS service quotas": 64 KiB.
LARGEST_DEFINITION = 65536

#: The members that are shown as they were sent, and only if they were sent. An empty role counts as absent.
ECHOED = (
    *("networkMode", "runtimePlatform", "requiresCompatibilities", "pidMode", "ipcMode", "proxyConfiguration"),
    *("ephemeralStorage", "enableFaultInjection", "trustedExecutionConfiguration"),
)
ROLES = ("taskRoleArn", "executionRoleArn")


class Verdict(NamedTuple):
    """What ECS works out from an accepted definition."""

    size: DefinedSize
    compatibilities: list[api.Compatibility]


#: How many times longer than its packed form a document can be as JSON: a control character takes 6 characters there.
_LONGEST_STRETCH = 6


def check(definition: api.RegisterTaskDefinitionRequest, partition: Partition) -> Verdict:
    """Refuse what ECS refuses.

    Args:
        definition: a request that is valid by its schema.
        partition: where it is registered.

    Raises:
        ClientException: the first fault in the order of the checks.
    """
    if definition.get("inferenceAccelerators"):
        raise ClientException("Unsupported field 'inferenceAccelerators'.")  # cdk-preflight
    _check_each_container(definition, partition)
    _check_containers_together(definition)
    network_modes.check(definition)
    proxy_configuration.check(definition)
    system_controls.check(definition)
    trusted_execution.check(definition)
    size = task_size.defined_size(definition)
    task_size.check_container_sizes(definition, size)
    verdict = Verdict(size, compatibilities(definition, size))
    roles.check(definition)
    _check_length(definition)
    return verdict


def _check_each_container(definition: api.RegisterTaskDefinitionRequest, partition: Partition) -> None:
    has_task_memory = "memory" in definition
    for container in definition["containerDefinitions"]:
        images.check(container)
        containers.check(container, has_task_memory=has_task_memory)
        ports.check(container)
        health_checks.check(container)
        log_configuration.check(container)
        secrets.check(container, partition)


def _check_containers_together(definition: api.RegisterTaskDefinitionRequest) -> None:
    all_containers = definition["containerDefinitions"]
    containers.check_together(all_containers)
    dependencies.check(all_containers)
    links.check(all_containers)
    volumes.check(definition)
    log_configuration.check_firelens(all_containers)
    resource_requirements.check(all_containers)


def _check_length(definition: api.RegisterTaskDefinitionRequest) -> None:
    """awsdocs/amazon-ecs-developer-guide#149. ECS measures its own form, a little shorter than the request; here compact JSON is measured."""
    if len(documents.pack(definition)) * _LONGEST_STRETCH <= LARGEST_DEFINITION:
        return  # packing takes a third of the time of writing JSON
    length = len(json.dumps(definition, separators=(",", ":"), ensure_ascii=False).encode())
    if length > LARGEST_DEFINITION:
        raise ClientException(f"Actual length: '{length}'. Max allowed length is '{LARGEST_DEFINITION}' bytes.")


def document(definition: api.RegisterTaskDefinitionRequest, verdict: Verdict) -> api.TaskDefinition:
    """The task definition that ECS makes of an accepted request: what was sent, with the defaults and with what was worked out."""
    made: api.TaskDefinition = {
        "containerDefinitions": defaults.container_definitions(definition),
        "family": definition["family"],
        "volumes": defaults.volumes(definition),
        "placementConstraints": definition.get("placementConstraints", []),
        "compatibilities": verdict.compatibilities,
    }
    attributes = requires_attributes(definition, verdict.size)
    if attributes:
        made["requiresAttributes"] = attributes
    if verdict.size.cpu is not None:
        made["cpu"] = str(verdict.size.cpu)
    if verdict.size.memory is not None:
        made["memory"] = str(verdict.size.memory)
    # mypy knows members of a TypedDict by literal names only.
    made.update({member: definition[member] for member in ECHOED if member in definition})  # type: ignore[literal-required, typeddict-item]
    made.update({role: definition[role] for role in ROLES if definition.get(role)})  # type: ignore[literal-required, typeddict-item]
    return made
