"""Look-up of a container instance in its cluster, by id or ARN.

Rules: API reference, DescribeContainerInstances and DeregisterContainerInstance.
"""

from __future__ import annotations

from pytest_ecsfake import arns
from pytest_ecsfake.errors import ClientException, EcsError
from pytest_ecsfake.state.cluster import Cluster
from pytest_ecsfake.state.container_instance import ContainerInstance
from pytest_ecsfake.state.region import Region


def id_of(region: Region, cluster: Cluster, identifier: str) -> str:
    """The id of a container instance of a cluster, from its id or ARN.

    Raises:
        ClientException, InvalidParameterException: see `arns.member_id`. That ECS calls an id of a wrong length `instanceId` is by analogy
            with lists of ids ("instanceIds can have at most 10 items.", minamijoyo/myaws#25). # unverified
    """
    return arns.member_id(
        identifier, region.place, kind="container-instance", cluster=cluster.name, parameter="instanceId"
    )


def known(
    region: Region, cluster: Cluster, identifier: str, *, missing: type[EcsError] = ClientException
) -> ContainerInstance:
    """The container instance with an id or ARN, INACTIVE or not.

    Args:
        region: where the call is made.
        cluster: the cluster that the call is about.
        identifier: an id or an ARN.
        missing: how the operation answers to an unknown one.

    Raises:
        EcsError: the `missing`, if there is no such instance (text: fog-aws, DeregisterContainerInstance; of other operations unverified).
        ClientException, InvalidParameterException: see `id_of`.
    """
    instance_id = id_of(region, cluster, identifier)
    instance = region.container_instances_in(cluster).get(instance_id)
    if instance is None:
        raise missing(f"Referenced container instance {instance_id} not found.")
    return instance


def registered(region: Region, cluster: Cluster, identifier: str) -> ContainerInstance:
    """The container instance that an operation changes.

    Raises:
        ClientException: there is no such instance, or it is INACTIVE (text: amazon-ecs-agent#583, of RegisterContainerInstance).
        InvalidParameterException: see `id_of`.
    """
    instance = known(region, cluster, identifier)
    refuse_inactive(instance)
    return instance


def refuse_inactive(instance: ContainerInstance) -> None:
    """Refuse a deregistered container instance, which never becomes ACTIVE again.

    Raises:
        ClientException: it is INACTIVE.
    """
    if instance.status == "INACTIVE":
        raise ClientException(f"Container instance {instance.id} is inactive.")
