"""The namespaces of Cloud Map that Service Connect uses in a region.

Cloud Map itself isn't faked, so nobody can know which namespaces it has: a name that is met for the first time is taken for new.
Rules: API reference, ClusterServiceConnectDefaultsRequest, namespace.
"""

from __future__ import annotations

from pytest_ecsfake.arns import Partition, is_arn
from pytest_ecsfake.errors import NamespaceNotFoundException
from pytest_ecsfake.state.ids import Ids

#: terraform-aws-ecs#116, there of CreateCluster and for a name.
NOT_FOUND = "Failed to retrieve namespace for {namespace}"


class Namespaces:
    """The ARNs of namespaces by name."""

    __slots__ = ("_arns", "_ids", "_place")

    def __init__(self, partition: Partition, ids: Ids) -> None:
        self._place = partition
        self._ids = ids
        self._arns: dict[str, str] = {}

    def find(self, identifier: str) -> str | None:
        """The ARN of the namespace that a name or an ARN means, if somebody has used it here."""
        if is_arn(identifier):
            return identifier if identifier in self._arns.values() else None
        return self._arns.get(identifier)

    def find_or_add(self, identifier: str) -> str:
        """The ARN of the namespace that a name or an ARN means; an unknown one is added.

        Raises:
            NamespaceNotFoundException: an ARN of another account or region, or of no namespace.
        """
        if is_arn(identifier):
            if not identifier.startswith(self._place.arn("namespace/", service="servicediscovery")):
                raise NamespaceNotFoundException(NOT_FOUND.format(namespace=identifier))
            self._arns.setdefault(identifier, identifier)
            return identifier
        if identifier not in self._arns:
            namespace_id = f"ns-{self._ids.hexadecimal(16)}"
            self._arns[identifier] = self._place.arn(f"namespace/{namespace_id}", service="servicediscovery")
        return self._arns[identifier]
