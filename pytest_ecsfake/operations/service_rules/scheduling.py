"""The desired count of a service, and the other parameters that depend on its scheduling strategy.

Rules: API reference, CreateService, desiredCount, schedulingStrategy and placementStrategy.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pytest_ecsfake.errors import InvalidParameterException

DESIRED_COUNT_MISSING = "DesiredCount is missing"  # as a public emulator quotes it from recorded calls
DAEMON_DESIRED_COUNT = (  # as recorded from deployments (cdk-preflight)
    "The daemon scheduling strategy does not support a desired count for services. "
    "Remove the desired count value and try again"
)

#: The other parameters that a daemon doesn't accept. The first text was recorded from a deployment (cdk-preflight); the second, for what
#: the API reference (CreateService, volumeConfigurations) excludes, follows its pattern. # unverified
NOT_FOR_DAEMONS: Mapping[str, str] = {
    "placementStrategy": (
        "The daemon scheduling strategy does not support placement strategies. "
        "Remove the placement strategy and try again"
    ),
    "volumeConfigurations": (
        "The daemon scheduling strategy does not support volume configurations. "
        "Remove the volume configurations and try again"
    ),
}


def check(parameters: Mapping[str, Any]) -> None:
    """Refuse what the scheduling strategy doesn't accept, and the lack of a desired count. A daemon accepts none, not even 0.

    Raises:
        InvalidParameterException: the first of these faults.
    """
    if parameters.get("schedulingStrategy", "REPLICA") == "REPLICA":
        if "desiredCount" not in parameters:
            raise InvalidParameterException(DESIRED_COUNT_MISSING)
        return
    if "desiredCount" in parameters:
        raise InvalidParameterException(DAEMON_DESIRED_COUNT)
    for name, words in NOT_FOR_DAEMONS.items():
        if parameters.get(name):
            raise InvalidParameterException(words)
