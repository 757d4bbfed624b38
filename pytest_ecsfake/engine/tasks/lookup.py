"""Look-up of a task in its cluster, by id or ARN.

Rules: API reference, StopTask and DescribeTasks, task.
"""

from __future__ import annotations

from pytest_ecsfake import arns
from pytest_ecsfake.errors import InvalidParameterException
from pytest_ecsfake.state.cluster import Cluster
from pytest_ecsfake.state.region import Region
from pytest_ecsfake.state.task import Task

#: Seen of StopTask; that other operations answer alike is unverified.
NOT_FOUND = "The referenced task was not found."


def task_id_of(region: Region, cluster: Cluster, identifier: str, *, parameter: str = "taskId") -> str:
    """The id of a task of a cluster, from its id or ARN.

    Args:
        region: where the call is made.
        cluster: the cluster that the call is about.
        identifier: an id or an ARN.
        parameter: what ECS calls the identifier when its length is wrong.

    Raises:
        ClientException, InvalidParameterException: see `arns.member_id`.
    """
    return arns.member_id(identifier, region.partition, kind="task", cluster=cluster.name, parameter=parameter)


def known_task(region: Region, cluster: Cluster, identifier: str, *, parameter: str = "taskId") -> Task:
    """The task with an id or ARN, in whatever status it is.

    Raises:
        InvalidParameterException: there is no such task.
        ClientException, InvalidParameterException: see `task_id_of`.
    """
    task = region.tasks_in(cluster).get(task_id_of(region, cluster, identifier, parameter=parameter))
    if task is None:
        raise InvalidParameterException(NOT_FOUND)
    return task


def find_task(region: Region, arn: str) -> Task | None:
    """The task of an ARN that the journal has noted, or None if it is gone."""
    _, cluster_name, task_id = arn.rsplit("/", 2)
    cluster = region.clusters.get(cluster_name)
    return None if cluster is None else region.tasks_in(cluster).get(task_id)
