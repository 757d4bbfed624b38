"""The App Mesh proxy of a task.

Rules: API reference, ProxyConfiguration. The texts were seen (cdk-preflight), except for those of all properties but the first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_ecsfake.errors import ClientException

if TYPE_CHECKING:
    from pytest_ecsfake import api

#: Groups of properties, one of which is required, and what ECS says if all are missing. Only the first text has been seen. # unverified
REQUIRED_PROPERTIES = (
    (("ProxyIngressPort",), "Ingress port not found"),
    (("ProxyEgressPort",), "Egress port not found"),
    (("AppPorts",), "App ports not found"),
    (("IgnoredUID", "IgnoredGID"), "Ignored UID or GID not found"),
)


def check(definition: api.RegisterTaskDefinitionRequest) -> None:
    """Refuse a proxy configuration in another network mode, for an unknown container, or without a required property."""
    proxy = definition.get("proxyConfiguration")
    if proxy is None:
        return
    if definition.get("networkMode") != "awsvpc":
        raise ClientException("APPMESH proxy configuration is only supported in networkMode=awsvpc")
    if not any(proxy["containerName"] == container["name"] for container in definition["containerDefinitions"]):
        raise ClientException(f"Proxy container [{proxy['containerName']}] does not exist.")
    given = {each.get("name") for each in proxy.get("properties", ()) if each.get("value")}
    for alternatives, message in REQUIRED_PROPERTIES:
        if given.isdisjoint(alternatives):
            raise ClientException(message)
