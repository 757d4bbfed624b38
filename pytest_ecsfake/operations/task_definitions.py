"""Task definitions: registering, describing, listing, deregistering and deleting revisions.

The checks, defaults and derived members of RegisterTaskDefinition are in `registration`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_ecsfake import pagination
from pytest_ecsfake.arns import is_arn
from pytest_ecsfake.engine import task_definitions as life
from pytest_ecsfake.engine.tags import tags_by_key
from pytest_ecsfake.errors import ClientException, InvalidParameterException
from pytest_ecsfake.operations import registration
from pytest_ecsfake.operations.registry import operation
from pytest_ecsfake.rendering.tags import tags as tags_of
from pytest_ecsfake.rendering.task_definition import task_definition as rendered
from pytest_ecsfake.state.region import Region
from pytest_ecsfake.state.task_definition import TaskDefinition, family_and_revision

if TYPE_CHECKING:
    from pytest_ecsfake import api

#: API reference, ListTaskDefinitions and ListTaskDefinitionFamilies, maxResults: the default.
PAGE = 100

#: API reference, DeleteTaskDefinitions, failures. The texts were only seen in public fakes of ECS. # unverified
STILL_ACTIVE = "The specified task definition is still in ACTIVE status. Please deregister the target and try again."
NOT_FOUND = "The specified task definition does not exist. Specify a valid account, family, revision and try again."
MALFORMED = "The specified task definition identifier is invalid. Specify a valid name or ARN and try again."


@operation(
    "RegisterTaskDefinition",
    simplified=(
        "Roles, images, secrets, file systems and log groups aren't looked up.",
        "Expressions of placement constraints, mount options and Docker's security options are kept unchecked.",
        "Some requiresAttributes are derived from the container agent's capabilities, not from an answer of ECS.",
        "The answer has tags only if some were given, an assumption.",
        "The quota of revisions isn't checked.",
    ),
)
def register_task_definition(
    region: Region, request: api.RegisterTaskDefinitionRequest
) -> api.RegisterTaskDefinitionResponse:
    """Create the next revision of a family, with ECS's defaults and derived members. A refused definition doesn't use up a number.

    Roles, images, secrets and file systems aren't looked up. Expressions of placement constraints, mount options, and security options that only
    Docker reads are kept unchecked.

    The answer has the tags beside the definition, and only if some were given (an assumption: no recorded answer is without tags).
    """
    verdict = registration.check(request, region.partition)
    tags = tags_by_key(request.get("tags", []), ClientException)  # the code is unverified here
    document = registration.document(request, verdict)
    definition = life.new_revision(region, document, tags)
    life.add(region, definition)
    response: api.RegisterTaskDefinitionResponse = {"taskDefinition": rendered(definition)}
    if tags:
        response["tags"] = tags_of(definition.tags)
    return response


@operation(
    "DescribeTaskDefinition",
    simplified=("Tags are absent unless they are included, as documented, though an example shows an empty list.",),
)
def describe_task_definition(
    region: Region, request: api.DescribeTaskDefinitionRequest
) -> api.DescribeTaskDefinitionResponse:
    """Show a revision, also an INACTIVE one. A family alone stands for its newest ACTIVE revision.

    Tags are absent unless they are included, as the API reference says (though an example of the AWS CLI shows an empty list).
    """
    definition = region.task_definitions.find(request["taskDefinition"])
    if definition is None:
        raise ClientException("Unable to describe task definition.")  # sil-org/ecs-deploy#145
    response: api.DescribeTaskDefinitionResponse = {"taskDefinition": rendered(definition)}
    if "TAGS" in request.get("include", ()):
        response["tags"] = tags_of(definition.tags)
    return response


@operation("ListTaskDefinitions", simplified=())
def list_task_definitions(region: Region, request: api.ListTaskDefinitionsRequest) -> api.ListTaskDefinitionsResponse:
    """List the ARNs of the revisions with one status, by default ACTIVE. The "prefix" is a family's full name. DESC reverses both sort keys."""
    fields: dict[str, Any] = {"status": request.get("status", "ACTIVE")}
    if "familyPrefix" in request:
        fields["family"] = request["familyPrefix"]
    found, position = region.task_definitions.page(
        request.get("maxResults", PAGE),
        after=pagination.position(region.partition, "ListTaskDefinitions", request),
        descending=request.get("sort") == "DESC",
        **fields,
    )
    response: api.ListTaskDefinitionsResponse = {"taskDefinitionArns": [definition.arn for definition in found]}
    if position is not None:
        response["nextToken"] = pagination.token(region.partition, "ListTaskDefinitions", request, position)
    return response


@operation(
    "ListTaskDefinitionFamilies",
    simplified=("Families are sorted by name, an assumption.",),
)
def list_task_definition_families(
    region: Region, request: api.ListTaskDefinitionFamiliesRequest
) -> api.ListTaskDefinitionFamiliesResponse:
    """List the names of families that have revisions. Unlike in ListTaskDefinitions the prefix is really a prefix."""
    status = request.get("status", "ALL")
    fields: dict[str, Any] = {} if status == "ALL" else {"status": status}
    prefix = request.get("familyPrefix", "")
    found, position = region.task_definitions.families.page(
        request.get("maxResults", PAGE),
        after=pagination.position(region.partition, "ListTaskDefinitionFamilies", request) or (prefix,),
        **fields,
    )
    names = [family.name for family in found if family.name.startswith(prefix)]
    response: api.ListTaskDefinitionFamiliesResponse = {"families": names}
    # Families are sorted, so the first one without the prefix ends the list.
    if position is not None and len(names) == len(found):
        response["nextToken"] = pagination.token(region.partition, "ListTaskDefinitionFamilies", request, position)
    return response


@operation(
    "DeregisterTaskDefinition",
    simplified=("A revision that is already INACTIVE or being deleted is shown unchanged, an assumption.",),
)
def deregister_task_definition(
    region: Region, request: api.DeregisterTaskDefinitionRequest
) -> api.DeregisterTaskDefinitionResponse:
    """Make a revision INACTIVE. Its tasks keep running.

    A revision that is already INACTIVE or being deleted is shown unchanged (an assumption).
    """
    identifier = request["taskDefinition"]
    if family_and_revision(identifier, region.partition)[1] is None:
        raise ClientException("Revision is missing.")  # unverified
    definition = region.task_definitions.find(identifier)
    if definition is None:
        raise ClientException("Unable to deregister task definition.")  # unverified
    life.deregister(region, definition)
    shown = rendered(definition)
    shown.pop("deregisteredAt", None)  # later answers have it, this one doesn't (recorded answers)
    return {"taskDefinition": shown}


@operation(
    "DeleteTaskDefinitions",
    simplified=(
        "A deletion takes five seconds, or until the last task has stopped (ECS documents no duration; `timings` changes it).",
        "The texts of the failures haven't been seen on AWS.",
    ),
)
def delete_task_definitions(
    region: Region, request: api.DeleteTaskDefinitionsRequest
) -> api.DeleteTaskDefinitionsResponse:
    """Begin to delete INACTIVE revisions. A revision that can't be deleted is a failure; the others are deleted."""
    deleted: list[api.TaskDefinition] = []
    failures: list[api.Failure] = []
    for identifier in request["taskDefinitions"]:
        definition, reason = _deletable(region, identifier)
        if definition is None:
            failures.append({"arn": _arn_of(region, identifier), "reason": reason})
        else:
            life.delete(region, definition)
            deleted.append(rendered(definition))
    return {"taskDefinitions": deleted, "failures": failures}


def _deletable(region: Region, identifier: str) -> tuple[TaskDefinition | None, str]:
    """The revision that an identifier names, or the reason why it can't be deleted."""
    # A revision that is already being deleted is shown again. # unverified
    try:
        _, revision = family_and_revision(identifier, region.partition)
    except (ClientException, InvalidParameterException):
        return None, MALFORMED
    if revision is None:
        return None, MALFORMED
    definition = region.task_definitions.find(identifier)
    if definition is None:
        return None, NOT_FOUND
    if definition.status == "ACTIVE":
        return None, STILL_ACTIVE
    return definition, ""


def _arn_of(region: Region, identifier: str) -> str:
    return identifier if is_arn(identifier) else region.partition.arn(f"task-definition/{identifier}")
