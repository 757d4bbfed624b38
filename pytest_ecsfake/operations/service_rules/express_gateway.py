"""What UpdateService refuses of an Express service, whose load balancers and deployment strategy are ECS's own.

Rules: Developer Guide, "Customizing Amazon ECS Express Mode services": plain updates are allowed but for these. The words are ours. # unverified
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pytest_ecsfake.errors import InvalidParameterException

if TYPE_CHECKING:
    from pytest_ecsfake.state.service import Service

LOAD_BALANCERS = "loadBalancers cannot be updated for a service that is managed by Amazon ECS."
STRATEGY = "The deployment strategy cannot be changed for a service that is managed by Amazon ECS."
CONTROLLER = "The deployment controller cannot be changed for a service that is managed by Amazon ECS."


def check_update(service: Service, request: Mapping[str, Any]) -> None:
    """Refuse parameters of UpdateService that an Express service doesn't take.

    Raises:
        InvalidParameterException: the first of these faults.
    """
    if service.express is None:
        return
    strategy = request.get("deploymentConfiguration", {}).get("strategy", "CANARY")
    controller = request.get("deploymentController", {}).get("type", "ECS")
    for is_asked_for, words in (
        ("loadBalancers" in request, LOAD_BALANCERS),
        (strategy != "CANARY", STRATEGY),
        (controller != "ECS", CONTROLLER),
    ):
        if is_asked_for:
            raise InvalidParameterException(words)
