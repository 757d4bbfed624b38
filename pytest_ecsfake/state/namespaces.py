"""The namespaces of Cloud Map that Service Connect uses in a region.

Cloud Map itself isn't faked, so its namespaces are unknown. A name that is used for the first time makes a new namespace.
Rules: API reference, ClusterServiceConnectDefaultsRequest, namespace.
"""

from __future__ import annotations

from pytest_ecsfake.arns import Partition, is_arn
from pytest_ecsfake.errors import NamespaceNotFoundException
from pytest_ecsfake.state.ids import Ids
from pytest_ecsfake.state.mutable import Mutable

#: terraform-aws-ecs#116, there of CreateCluster and for a name.
NOT_FOUND = "Failed to retrieve namespace for {namespace}"


class Namespaces(Mutable):
    """The namespaces that were used in one account and region: their ARNs by name."""

    __slots__ = ("_arns", "_ids", "_partition")

    _arns: dict[str, str]
    _ids: Ids
    _partition: Partition

    def __init__(self, partition: Partition, ids: Ids) -> None:
        self._partition = partition
        self._ids = ids
        self._arns = {}

    def find(self, identifier: str) -> str | None:
        """The ARN of the namespace with this name or ARN; None if it was never used here."""
        if is_arn(identifier):
            return identifier if identifier in self._arns.values() else None
        return self._arns.get(identifier)

    def refuse_unusable(self, identifier: str) -> None:
        """Refuse an ARN that can't be added. Nothing is added yet, because a later check may refuse the call.

        Raises:
            NamespaceNotFoundException: the ARN isn't a namespace's, or belongs to another account or region.
        """
        own = self._partition.arn("namespace/", service="servicediscovery")
        if is_arn(identifier) and not identifier.startswith(own):
            raise NamespaceNotFoundException(NOT_FOUND.format(namespace=identifier))

    def find_or_add(self, identifier: str) -> str:
        """The ARN of the namespace with this name or ARN. An unknown one is added.

        Raises:
            NamespaceNotFoundException: see `refuse_unusable`.
        """
        self.refuse_unusable(identifier)
        if is_arn(identifier):
            self._arns.setdefault(identifier, identifier)
            return identifier
        if identifier not in self._arns:
            namespace_id = f"ns-{self._ids.hexadecimal(16)}"
            self._arns[identifier] = self._partition.arn(f"namespace/{namespace_id}", service="servicediscovery")
        return self._arns[identifier]
