"""The trusted execution of a task on Managed Instances. The configuration is kept and shown; it has no effect.

Rules: API reference, TrustedExecutionConfiguration.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_ecsfake.errors import ClientException

if TYPE_CHECKING:
    from pytest_ecsfake import api


def check(definition: api.RegisterTaskDefinitionRequest) -> None:
    """Refuse a confidential sandbox without an attestation policy."""
    configuration = definition.get("trustedExecutionConfiguration")
    if configuration is None or configuration["isolationMode"] != "CONFIDENTIAL_SANDBOX":
        return
    if not configuration.get("attestationPolicy"):
        raise ClientException(  # unverified
            "When isolationMode is CONFIDENTIAL_SANDBOX, you must also specify a value for 'attestationPolicy'."
        )
