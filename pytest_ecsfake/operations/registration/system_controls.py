"""Kernel parameters of the containers, which may not change a namespace that the task shares with its host.

Rules: API reference, SystemControl. The schema lists the namespaces; no text has been seen.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_ecsfake.operations.registration.containers import invalid_setting

if TYPE_CHECKING:
    from pytest_ecsfake import api


def check(definition: api.RegisterTaskDefinitionRequest) -> None:
    """Refuse network parameters in the host's network, and IPC parameters in the host's IPC namespace."""
    for container in definition["containerDefinitions"]:
        for control in container.get("systemControls", ()):
            is_network = control.get("namespace", "").startswith("net.")
            shared = definition.get("networkMode") if is_network else definition.get("ipcMode")
            if shared == "host":
                raise invalid_setting("systemControls", container)  # unverified
