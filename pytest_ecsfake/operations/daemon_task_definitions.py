"""Daemon task definitions: registering, describing, listing and deleting revisions.

What a container may be is checked by the rules of RegisterTaskDefinition, whose texts ECS is assumed to use here too. # unverified
Rules: API reference of each; Developer Guide, "Amazon ECS managed daemon task definitions".
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any, cast

from pytest_ecsfake import pagination
from pytest_ecsfake.clock import to_epoch_seconds
from pytest_ecsfake.engine.daemons import task_definitions as life
from pytest_ecsfake.engine.tags import tags_by_key
from pytest_ecsfake.errors import ClientException
from pytest_ecsfake.operations import registration
from pytest_ecsfake.operations.registry import operation
from pytest_ecsfake.rendering.daemon_task_definition import daemon_task_definition as rendered
from pytest_ecsfake.rendering.daemon_task_definition import summary
from pytest_ecsfake.state.daemon_task_definition import DaemonTaskDefinition, family_and_revision
from pytest_ecsfake.state.region import Region
from pytest_ecsfake.state.task_definition import TaskDefinition

if TYPE_CHECKING:
    from pytest_ecsfake import api

#: API reference, ListDaemonTaskDefinitions, maxResults: the default.
PAGE_SIZE = 100

#: API reference, RegisterDaemonTaskDefinition, family.
FAMILY = re.compile(r"[a-zA-Z0-9_-]{1,255}")

# Terraform's resource looks for "not found" and "being deleted"; the rest of each text is unverified.
NOT_FOUND = "Daemon task definition not found."
BEING_DELETED = "The daemon task definition is being deleted or has been deleted."
BAD_FAMILY = "Family should match ^[a-zA-Z0-9\\-_]{1,255}$."  # unverified
NO_REVISION = "Revision is missing."  # unverified
NO_ESSENTIAL = "At least one essential container must be specified."  # unverified
LOG_DRIVER = "Log driver '{driver}' is not supported for daemons. Specify one of [{drivers}]."  # unverified
BAD_VOLUME_DRIVER = "Log driver volumes support the driver json-file only."  # unverified

#: The guide: the drivers of a daemon's containers; API reference, LogDriverVolumeConfiguration, driver.
LOG_DRIVERS = ("awslogs", "splunk", "awsfirelens")
VOLUME_DRIVER = "json-file"

#: API reference, DaemonContainerDefinition: the members of a container that are shown.
CONTAINER_MEMBERS = (
    "name", "image", "memory", "memoryReservation", "repositoryCredentials", "healthCheck", "cpu", "essential", "entryPoint",
    "command", "workingDirectory", "environmentFiles", "environment", "secrets", "readonlyRootFilesystem", "mountPoints",
    "logConfiguration", "firelensConfiguration", "privileged", "user", "ulimits", "linuxParameters", "dependsOn", "startTimeout",
    "stopTimeout", "systemControls", "interactive", "pseudoTerminal", "restartPolicy",
)  # fmt: skip

#: API reference, DaemonTaskDefinition: the members that are shown as they were sent, and only if they were sent.
ECHOED = ("taskRoleArn", "executionRoleArn", "cpu", "memory", "pidMode", "ipcMode")


@operation(
    "RegisterDaemonTaskDefinition",
    simplified=(
        "What containers and sizes may be is checked as by RegisterTaskDefinition, with its texts, an assumption.",
        "Roles, images, secrets and log groups aren't looked up, and the quota of revisions isn't checked.",
    ),
)
def register_daemon_task_definition(
    region: Region, request: api.RegisterDaemonTaskDefinitionRequest
) -> api.RegisterDaemonTaskDefinitionResponse:
    """Create the next revision of a family, with defaults filled in. The answer has its ARN alone."""
    _refuse_malformed(request)
    family = request["family"]
    wanted = cast("api.RegisterTaskDefinitionRequest", _as_task_definition(request))
    verdict = registration.check(wanted, region.partition)
    document = registration.document(wanted, verdict)
    tags = tags_by_key(request.get("tags", []), ClientException)  # the code is unverified here
    revision = region.daemon_task_definitions.next_revision(family)
    arn = region.partition.arn(f"daemon-task-definition/{family}:{revision}")
    shown: Any = {
        "daemonTaskDefinitionArn": arn,
        "family": family,
        "revision": revision,
        "containerDefinitions": [_shown_container(container) for container in document["containerDefinitions"]],
        "volumes": request.get("volumes", []),
        "registeredAt": to_epoch_seconds(region.clock.now),
        "registeredBy": region.partition.principal,
        **{member: request[member] for member in ECHOED if request.get(member)},  # type: ignore[literal-required]
    }
    document["taskDefinitionArn"], document["revision"] = arn, revision
    definition = DaemonTaskDefinition(
        arn, family, revision, shown, TaskDefinition(arn, family, revision, document, tags), tags
    )
    region.daemon_task_definitions.add(definition.key, definition)
    region.journal.write(
        region.clock.now, "daemon-task-definition", arn, "status", None, definition.status, "registered"
    )
    return {"daemonTaskDefinitionArn": arn}


@operation("DescribeDaemonTaskDefinition", simplified=("A DELETED revision is shown for good, an assumption.",))
def describe_daemon_task_definition(
    region: Region, request: api.DescribeDaemonTaskDefinitionRequest
) -> api.DescribeDaemonTaskDefinitionResponse:
    """Show a revision, also a DELETED one: the waiter for it has no other way to succeed. A family stands for its latest ACTIVE revision."""
    return {"daemonTaskDefinition": rendered(_known(region, request["daemonTaskDefinition"]))}


@operation(
    "ListDaemonTaskDefinitions",
    simplified=(
        "LAST_REGISTERED looks for the last revision of a family before the status is looked at, an assumption.",
    ),
)
def list_daemon_task_definitions(
    region: Region, request: api.ListDaemonTaskDefinitionsRequest
) -> api.ListDaemonTaskDefinitionsResponse:
    """List revisions with one status, by default ACTIVE, by family and revision. DESC reverses both."""
    fields: dict[str, Any] = {}
    status = request.get("status", "ACTIVE")
    if status != "ALL":
        fields["status"] = status
    if "family" in request:
        fields["family"] = request["family"]
    found, position = region.daemon_task_definitions.page(
        request.get("maxResults", PAGE_SIZE),
        after=pagination.position(region.partition, "ListDaemonTaskDefinitions", request),
        descending=request.get("sort") == "DESC",
        where=partial(_is_selected, region, request),
        **fields,
    )
    response: api.ListDaemonTaskDefinitionsResponse = {"daemonTaskDefinitions": [summary(item) for item in found]}
    if position is not None:
        response["nextToken"] = pagination.token(region.partition, "ListDaemonTaskDefinitions", request, position)
    return response


@operation(
    "DeleteDaemonTaskDefinition",
    simplified=(
        "A deletion takes five seconds, or until no daemon uses the revision (ECS documents no duration; `timings` changes it).",
    ),
)
def delete_daemon_task_definition(
    region: Region, request: api.DeleteDaemonTaskDefinitionRequest
) -> api.DeleteDaemonTaskDefinitionResponse:
    """Begin to delete an ACTIVE revision. Daemons that use it go on; new ones can't."""
    identifier = request["daemonTaskDefinition"]
    if family_and_revision(identifier, region.partition)[1] is None:
        raise ClientException(NO_REVISION)
    definition = _known(region, identifier)
    if definition.status != "ACTIVE":
        raise ClientException(BEING_DELETED)
    life.delete(region, definition)
    return {"daemonTaskDefinitionArn": definition.arn}


def _known(region: Region, identifier: str) -> DaemonTaskDefinition:
    definition = region.daemon_task_definitions.find(identifier)
    if definition is None:
        raise ClientException(NOT_FOUND)
    return definition


def _is_selected(
    region: Region, request: api.ListDaemonTaskDefinitionsRequest, definition: DaemonTaskDefinition
) -> bool:
    is_last = "revision" not in request or region.daemon_task_definitions.is_last(definition)
    return is_last and definition.family.startswith(request.get("familyPrefix", ""))


def _refuse_malformed(request: api.RegisterDaemonTaskDefinitionRequest) -> None:
    """Refuse what concerns daemons alone.

    Raises:
        ClientException: the family's name is malformed, no container is essential, or a log driver isn't one of a daemon's.
    """
    if not FAMILY.fullmatch(request["family"]):
        raise ClientException(BAD_FAMILY)
    containers = request["containerDefinitions"]
    if containers and not any(container.get("essential", True) for container in containers):
        raise ClientException(NO_ESSENTIAL)
    for container in containers:
        driver = container.get("logConfiguration", {}).get("logDriver", LOG_DRIVERS[0])
        if driver not in LOG_DRIVERS:
            raise ClientException(LOG_DRIVER.format(driver=driver, drivers=",".join(LOG_DRIVERS)))
    for volume in request.get("volumes", []):
        if volume.get("logDriverVolumeConfiguration", {}).get("driver", VOLUME_DRIVER) != VOLUME_DRIVER:
            raise ClientException(BAD_VOLUME_DRIVER)


def _as_task_definition(request: api.RegisterDaemonTaskDefinitionRequest) -> dict[str, Any]:
    """The request as the rules of RegisterTaskDefinition read it. The implied network mode `daemon_bridge` counts as bridge there."""
    members = {name: value for name, value in request.items() if name not in ("tags", "pidMode", "ipcMode", "volumes")}
    volumes = [
        {name: value for name, value in volume.items() if name in ("name", "host")}
        for volume in request.get("volumes", [])
    ]
    return {**members, "volumes": volumes}


def _shown_container(container: api.ContainerDefinition) -> dict[str, Any]:
    """A container as ECS shows it. The empty lists are those of the API reference's example."""
    filled = {**container, "mountPoints": container["mountPoints"], "secrets": container.get("secrets", [])}
    return {member: filled[member] for member in CONTAINER_MEMBERS if member in filled}
