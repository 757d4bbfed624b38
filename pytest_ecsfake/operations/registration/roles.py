"""The two roles of a task definition: their form, and what requires them.

ECS doesn't check whether a role exists. An empty name counts as absent, as in the API's own example of RegisterTaskDefinition.
Rules: API reference, RegisterTaskDefinition, taskRoleArn and executionRoleArn.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_ecsfake.errors import ClientException

if TYPE_CHECKING:
    from pytest_ecsfake import api

#: IAM API reference, Role, RoleName and Arn. A short name is documented for the task role, and accepted for both. # unverified
_ROLE = re.compile(r"(arn:aws[a-z-]*:iam::[0-9]{12}:role/([\w+=,.@-]+/)*)?[\w+=,.@-]{1,64}\Z", re.ASCII)


def check(definition: api.RegisterTaskDefinitionRequest) -> None:
    """Refuse malformed roles, and features that require a missing role."""
    for role in (definition.get("taskRoleArn"), definition.get("executionRoleArn")):
        if role and not _ROLE.match(role):
            raise ClientException("Role is not valid")  # fabfuel/ecs-deploy#231
    if not definition.get("executionRoleArn"):
        _check_without_execution_role(definition)
    if not definition.get("taskRoleArn"):
        _check_without_task_role(definition)


def _check_without_execution_role(definition: api.RegisterTaskDefinitionRequest) -> None:
    for container in definition["containerDefinitions"]:
        if "repositoryCredentials" in container:
            # sil-org/ecs-deploy#188
            raise ClientException(
                "Private repository authentication requires that the task definition specify a value for executionRoleArn."
            )
        # An empty list of secrets counts too: public Terraform modules leave it out because of this error.
        if "secrets" in container or container.get("logConfiguration", {}).get("secretOptions"):
            # fabfuel/ecs-deploy#87
            raise ClientException(
                "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'."
            )
    if any("fsxWindowsFileServerVolumeConfiguration" in volume for volume in definition.get("volumes", ())):
        raise ClientException(  # unverified
            "When you are specifying an FSx for Windows File Server volume, "
            "you must also specify a value for 'executionRoleArn'."
        )


def _check_without_task_role(definition: api.RegisterTaskDefinitionRequest) -> None:
    if any("s3filesVolumeConfiguration" in volume for volume in definition.get("volumes", ())):
        raise ClientException(  # unverified
            "When you are specifying an S3 Files volume, you must also specify a value for 'taskRoleArn'."
        )
