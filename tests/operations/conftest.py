"""What the tests of operations are set up with."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.fixture
def register(ecs_client):
    """Register a definition of one container, as it comes back."""

    def register(family: str = "web", container: dict[str, Any] | None = None, **members: Any) -> dict[str, Any]:
        definition = {"name": "app", "image": "nginx", "memory": 128, **(container or {})}
        answer = ecs_client.register_task_definition(family=family, containerDefinitions=[definition], **members)
        return answer["taskDefinition"]

    return register


@pytest.fixture
def deregister(ecs_client):
    """Deregister revisions, given as `family:revision`."""

    def deregister(*keys: str) -> None:
        for key in keys:
            ecs_client.deregister_task_definition(taskDefinition=key)

    return deregister
