"""The Service Connect configuration of a service, which has to match its task definition and its cluster.

Rules: API reference, ServiceConnectConfiguration, ServiceConnectService, ServiceConnectClientAlias. The first texts were recorded from
deployments (cdk-preflight).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pytest_ecsfake.engine.services import lookup
from pytest_ecsfake.errors import InvalidParameterException
from pytest_ecsfake.operations.service_rules import port_mappings

if TYPE_CHECKING:
    from pytest_ecsfake import api
    from pytest_ecsfake.state.cluster import Cluster
    from pytest_ecsfake.state.region import Region
    from pytest_ecsfake.state.service import Service

NO_NAMESPACE = "Namespace is missing"
TOO_MANY_ALIASES = "{count} clientAliases exceeds the max limit of 1"
ALIASES_MISSING = "clientAliases must have 1 element."  # terraform-provider-aws#44027 too
DNS_NAME = (
    "The DNS name that you provided is invalid. The name must be a valid DNS name but doesn\u2019t need to be fully-qualified. "
    "Up to 127 characters are allowed. The characters can include lowercase letters, numbers, underscores (_), hyphens (-), "
    "and periods (.). A hyphen can\u2019t be the first character."
)
DISCOVERY_NAME = "The discovery name that you provided is invalid."  # unverified
DISCOVERED_TWICE = "discoveryName({name}) is used more than once."  # unverified
TIMEOUT_OF_TCP = "perRequestTimeoutSeconds is not supported for TCP."  # unverified
TAKEN = "SC service is already used by {namespace}"  # copilot-cli#4337, copilot-cli#5431
ACCESS_LOG_ALONE = "accessLogConfiguration requires logConfiguration."  # unverified

MAX_ALIASES = 1

#: API reference, ServiceConnectClientAlias, dnsName, and ServiceConnectService, discoveryName.
_DNS_NAME = re.compile(r"[a-z0-9_.][a-z0-9_.\-]{0,126}\Z")
_DISCOVERY_NAME = re.compile(r"[a-z0-9_][a-z0-9_\-]{0,63}\Z")


def check(
    region: Region,
    cluster: Cluster,
    definition: api.TaskDefinition,
    parameters: Mapping[str, Any],
    updated: Service | None,
) -> None:
    """Refuse a configuration that isn't valid; one that turns Service Connect off isn't checked.

    Args:
        region: where.
        cluster: the service's cluster, which may have a default namespace.
        definition: the task definition.
        parameters: those of the service.
        updated: the service that is updated, whose own names aren't taken; None for a new one.

    Raises:
        InvalidParameterException: there is no namespace, a service in the configuration isn't valid, or another service has its name.
        NamespaceNotFoundException: see `Namespaces.refuse_unusable`.
    """
    connect: api.ServiceConnectConfiguration | None = parameters.get("serviceConnectConfiguration")
    if connect is None or not connect["enabled"]:
        return
    namespace = connect.get("namespace") or cluster.service_connect_namespace
    if namespace is None:
        raise InvalidParameterException(NO_NAMESPACE)
    names = []
    for service in connect.get("services", []):
        _check_service(definition, service)
        names.append(service.get("discoveryName") or service["portName"])
    for name in names:
        if names.count(name) > 1:
            raise InvalidParameterException(DISCOVERED_TWICE.format(name=name))
    if "accessLogConfiguration" in connect and "logConfiguration" not in connect:
        raise InvalidParameterException(ACCESS_LOG_ALONE)
    region.namespaces.refuse_unusable(namespace)
    _refuse_taken(region, region.namespaces.find(namespace), names, updated)


def _refuse_taken(region: Region, namespace: str | None, names: Sequence[str], updated: Service | None) -> None:
    """Refuse a discovery name that another ACTIVE service has in the namespace (API reference, ServiceConnectService, discoveryName)."""
    if namespace is None:
        return
    for service in lookup.in_namespace(region, namespace):
        revision = service.revision
        if service is updated or revision is None:
            continue
        resources = revision.configuration.get("serviceConnectResources", [])
        if any(resource["discoveryName"] in names for resource in resources):
            raise InvalidParameterException(TAKEN.format(namespace=namespace))


def _check_service(definition: api.TaskDefinition, service: api.ServiceConnectService) -> None:
    aliases = service.get("clientAliases", [])
    if not aliases:  # missed before an unknown port name (cdk-preflight)
        raise InvalidParameterException(ALIASES_MISSING)
    if len(aliases) > MAX_ALIASES:
        raise InvalidParameterException(TOO_MANY_ALIASES.format(count=len(aliases)))
    mapping = port_mappings.named(definition, service["portName"])
    if "discoveryName" in service and not _DISCOVERY_NAME.match(service["discoveryName"]):
        raise InvalidParameterException(DISCOVERY_NAME)
    if any("dnsName" in alias and not _DNS_NAME.match(alias["dnsName"]) for alias in aliases):
        raise InvalidParameterException(DNS_NAME)
    if "perRequestTimeoutSeconds" in service.get("timeout", {}) and "appProtocol" not in mapping:
        raise InvalidParameterException(TIMEOUT_OF_TCP)
