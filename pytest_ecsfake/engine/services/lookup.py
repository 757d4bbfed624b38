"""Services as operations name them.

Rules: API reference, UpdateService, DeleteService and the operations on task sets.
"""

from __future__ import annotations

from pytest_ecsfake import arns
from pytest_ecsfake.errors import ServiceNotActiveException, ServiceNotFoundException
from pytest_ecsfake.state.cluster import Cluster
from pytest_ecsfake.state.region import Region
from pytest_ecsfake.state.service import Service

NOT_ACTIVE = "Service was not ACTIVE."  # quoted by several clients


def known(region: Region, cluster: Cluster, identifier: str) -> Service:
    """The service that is meant, in whatever status it is.

    Raises:
        ServiceNotFoundException: there is none. Its message was empty wherever it was recorded.
        ClientException, InvalidParameterException: see `arns.service_in`.
    """
    cluster_name, name = arns.service_in(identifier, region.place)
    service = region.services_in(cluster).get(name) if cluster_name in (None, cluster.name) else None
    if service is None:
        raise ServiceNotFoundException("")
    return service


def active(region: Region, cluster: Cluster, identifier: str) -> Service:
    """The ACTIVE service that is meant.

    Raises:
        ServiceNotActiveException: it is DRAINING or INACTIVE.
        ServiceNotFoundException, ClientException, InvalidParameterException: see `known`.
    """
    service = known(region, cluster, identifier)
    if service.status != "ACTIVE":
        raise ServiceNotActiveException(NOT_ACTIVE)
    return service
