"""A task set as ECS shows it.

Rules: API reference, TaskSet; recorded answers of create-task-set, update-task-set and describe-task-sets for when a member is present.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_ecsfake.clock import to_epoch_seconds
from pytest_ecsfake.rendering import tags
from pytest_ecsfake.state.service import Service
from pytest_ecsfake.state.task_set import TaskSet

if TYPE_CHECKING:
    from pytest_ecsfake import api

#: The parameters of its revision that a task set shows unchanged, if they were given.
OF_THE_REVISION = ("networkConfiguration", "fargateEphemeralStorage")


def task_set(owner: Service, item: TaskSet, *, with_tags: bool = False) -> api.TaskSet:
    """The document of a task set.

    Args:
        owner: its service.
        item: the task set.
        with_tags: whether to show its tags.
    """
    revision = item.revision
    configuration = revision.configuration
    counts = owner.counts_of(item)
    document: api.TaskSet = {
        "id": item.id,
        "taskSetArn": item.arn,
        "serviceArn": owner.arn,
        "clusterArn": owner.cluster.arn,
        "status": item.status,
        "taskDefinition": revision.definition.arn,
        "computedDesiredCount": counts.desired,
        "pendingCount": counts.pending,
        "runningCount": counts.running,
        "createdAt": to_epoch_seconds(item.created_at),
        "updatedAt": to_epoch_seconds(item.updated_at),
        "loadBalancers": configuration.get("loadBalancers", []),
        "serviceRegistries": configuration.get("serviceRegistries", []),
        "scale": item.scale,
        "stabilityStatus": item.stability_status,
        "stabilityStatusAt": to_epoch_seconds(item.stability_status_at),
    }
    if revision.launch_type is None:
        document["capacityProviderStrategy"] = list(revision.capacity_provider_strategy)
    else:
        document["launchType"] = revision.launch_type
    optional = {
        "externalId": item.external_id,
        "platformVersion": item.platform_version,
        "platformFamily": revision.platform_family,
        **{name: configuration.get(name) for name in OF_THE_REVISION},
    }
    # mypy knows members of a TypedDict by literal names only.
    document.update({name: value for name, value in optional.items() if value is not None})  # type: ignore[typeddict-item]
    if with_tags:
        document["tags"] = tags.tags(item.tags)
    return document
