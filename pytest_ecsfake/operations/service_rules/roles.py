"""The role that lets ECS call the load balancer of a service, where ECS doesn't use its service-linked role.

Rules: API reference, CreateService, role.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pytest_ecsfake.errors import InvalidParameterException

if TYPE_CHECKING:
    from pytest_ecsfake import api

SERVICE_LINKED = (  # terraform-provider-aws#4657
    "You cannot specify an IAM role for services that require a service linked role."
)


def refuse_role(definition: api.TaskDefinition, parameters: Mapping[str, Any]) -> None:
    """Refuse a role where ECS uses the service-linked one, or where there is no load balancer. That both have this text is unverified."""
    needs_own = (
        definition.get("networkMode") == "awsvpc"
        or len(parameters.get("loadBalancers", [])) != 1
        or parameters.get("serviceRegistries")
    )
    if parameters.get("role") and needs_own:
        raise InvalidParameterException(SERVICE_LINKED)
