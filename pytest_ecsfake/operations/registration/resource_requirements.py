"""The GPUs and Neuron devices that containers require.

Rules: API reference, ResourceRequirement. No text has been seen; all follow the pattern of other settings of a container.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from pytest_ecsfake.operations.registration.containers import invalid_setting

if TYPE_CHECKING:
    from pytest_ecsfake import api


def check(containers: Sequence[api.ContainerDefinition]) -> None:
    """Refuse incomplete or contradictory requirements, and containers of one task whose requirements don't go together."""
    neuron_containers = 0
    shares: bool | None = None
    for container in containers:
        for requirement in container.get("resourceRequirements", ()):
            if not _is_complete(requirement):
                raise invalid_setting("resourceRequirements", container)  # unverified
            if requirement["type"] == "NeuronDevice":
                neuron_containers += 1
            elif shares not in (None, "sharingStrategy" in requirement):
                raise invalid_setting("resourceRequirements", container)  # unverified
            else:
                shares = "sharingStrategy" in requirement
        if neuron_containers > 1:
            raise invalid_setting("resourceRequirements", container)  # unverified


def _is_complete(requirement: api.ResourceRequirement) -> bool:
    """Whether a requirement has exactly what its type needs. ECS no longer accepts the type InferenceAccelerator."""
    value = requirement.get("value")
    if requirement["type"] == "GPU":
        if "sharingStrategy" in requirement:
            return value is None
        return value == "ALL" or (value is not None and value.isdecimal() and int(value) > 0)
    return requirement["type"] == "NeuronDevice" and value == "ALL" and "sharingStrategy" not in requirement


def kinds(containers: Sequence[api.ContainerDefinition]) -> Iterator[str]:
    """The types that the containers require, and `sharing` where a GPU is shared."""
    for container in containers:
        for requirement in container.get("resourceRequirements", ()):
            yield requirement["type"]
            if "sharingStrategy" in requirement:
                yield "sharing"
