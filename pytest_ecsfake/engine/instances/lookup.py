"""Looking up container instances: `find` may answer None, `known` raises instead, and `active` raises for an INACTIVE one too.

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
        identifier, region.partition, kind="container-instance", cluster=cluster.name, parameter="instanceId"
    )


def find(region: Region, cluster: Cluster, identifier: str) -> ContainerInstance | None:
    """The container instance of a cluster with this id or ARN, INACTIVE or not.

    Raises:
        ClientException, InvalidParameterException: see `id_of`.
    """
    return region.container_instances_in(cluster).get(id_of(region, cluster, identifier))


def known(
    region: Region, cluster: Cluster, identifier: str, *, missing: type[EcsError] = ClientException
) -> ContainerInstance:
    """The container instance of a cluster with this id or ARN, INACTIVE or not.

    Args:
        region: where the call is made.
        cluster: the cluster that the call is about.
        identifier: an id or an ARN.
        missing: how the operation answers to an unknown one.

    Raises:
        EcsError: it is unknown (text: fog-aws, DeregisterContainerInstance; of other operations unverified).
        ClientException, InvalidParameterException: see `id_of`.
    """
    instance = find(region, cluster, identifier)
    if instance is None:
        raise missing(f"Referenced container instance {id_of(region, cluster, identifier)} not found.")
    return instance


def active(region: Region, cluster: Cluster, identifier: str) -> ContainerInstance:
    """The container instance of a cluster with this id or ARN, ACTIVE or DRAINING, as an operation changes it.

    Raises:
        ClientException: it is unknown or INACTIVE (text: amazon-ecs-agent#583, of RegisterContainerInstance).
        InvalidParameterException: see `id_of`.
    """
    instance = known(region, cluster, identifier)
    refuse_inactive(instance)
    return instance


def refuse_inactive(instance: ContainerInstance) -> None:
    """Refuse to change a container instance that was deregistered: that is final.

    Raises:
        ClientException: it is INACTIVE.
    """
    if instance.status == "INACTIVE":
        raise ClientException(f"Container instance {instance.id} is inactive.")


def refuse_in_transition(instance: ContainerInstance) -> None:
    """Refuse to change the status of a Managed Instance that isn't ACTIVE yet, or leaves.

    Raises:
        ClientException: it is REGISTERING or DEREGISTERING (API reference, UpdateContainerInstancesState, status; text unverified).
    """
    if instance.status not in ("ACTIVE", "DRAINING"):
        raise ClientException(f"Container instance {instance.id} is {instance.status.lower()}.")  # unverified
