"""Links between the containers of a task in network mode bridge.

Rules: API reference, ContainerDefinition, links. The text of the cycle was seen (Shippable/support#4194, scpwiki/wikijump#869).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pytest_ecsfake.errors import ClientException
from pytest_ecsfake.operations.registration.cycles import has_cycle

if TYPE_CHECKING:
    from pytest_ecsfake import api


def check(containers: Sequence[api.ContainerDefinition]) -> None:
    """Refuse links to unknown containers, and links that form a cycle."""
    if not any(container.get("links") for container in containers):
        return
    links = {
        container["name"]: [link.partition(":")[0] for link in container.get("links", ())] for container in containers
    }
    for names in links.values():
        for name in names:
            if name not in links:
                raise ClientException(f"Invalid 'links' setting. Unknown container: '{name}'.")  # unverified
    if has_cycle(links):
        raise ClientException("Container links should not have a cycle")
