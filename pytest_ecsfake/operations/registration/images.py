"""The image of a container: which references ECS accepts, and which registry they name.

Rules: API reference, ContainerDefinition, image; RepositoryCredentials. The characters of an image are checked by the schema.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_ecsfake.errors import ClientException

if TYPE_CHECKING:
    from pytest_ecsfake import api

#: Amazon ECR user guide, "Amazon ECR private registry" and "dual-stack endpoints".
_PRIVATE_ECR = re.compile(
    r"[0-9]{12}\.dkr[.-]ecr(-fips)?\.[a-z0-9-]+\.(amazonaws\.com(\.cn)?|on\.aws|on\.amazonwebservices\.com\.cn)/"
)


def check(container: api.ContainerDefinition) -> None:
    """Refuse an image without a repository, and credentials for a registry that doesn't accept them."""
    image = container["image"]
    if image[0] in ":@":
        raise ClientException(
            "Container.image repository should not be null or empty."
        )  # quoted by a public test suite
    if "repositoryCredentials" in container and is_in_private_ecr(image):
        # aws-actions/amazon-ecs-deploy-task-definition#48
        raise ClientException(
            "Private repository credentials are not a supported authentication method for ECR repositories."
        )


def is_in_private_ecr(image: str) -> bool:
    """Whether the image is in a private registry of Amazon ECR, of any account."""
    return _PRIVATE_ECR.match(image) is not None


def is_by_digest(image: str) -> bool:
    """Whether the image is identified by its digest instead of a tag."""
    return "@" in image
