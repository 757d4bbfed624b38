"""The tags that a task starts with.

Rules: API reference, RunTask, propagateTags and enableECSManagedTags; Tag; Developer Guide, "Tagging Amazon ECS resources".
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from pytest_ecsfake.errors import InvalidParameterException

if TYPE_CHECKING:
    from pytest_ecsfake import api
    from pytest_ecsfake.state.cluster import Cluster
    from pytest_ecsfake.state.task_definition import TaskDefinition

#: API reference, Tag: the maximum for a resource; those that AWS sets itself don't count.
TAGS_PER_RESOURCE = 50

#: Developer Guide, "Using Amazon ECS managed tags".
CLUSTER_NAME_TAG = "aws:ecs:clusterName"


def tags_by_key(tags: Sequence[api.Tag]) -> dict[str, str]:
    """The tags of a request.

    Raises:
        InvalidParameterException: a key occurs twice (text: terraform-provider-aws#32259).
    """
    by_key = {tag["key"]: tag["value"] for tag in tags}
    if len(by_key) < len(tags):
        raise InvalidParameterException("Multiple tags contain the same key.")
    return by_key


def of_new_task(
    cluster: Cluster,
    definition: TaskDefinition,
    given: Sequence[api.Tag],
    *,
    propagated: bool,
    managed: bool,
) -> dict[str, str]:
    """The tags of a task: the task definition's if they are propagated, over them those of the call, and the managed ones.

    That the call's tag wins where both have the key is an assumption. # unverified

    Raises:
        InvalidParameterException: a key occurs twice in the call, or there are too many together.
    """
    tags = {**(definition.tags if propagated else {}), **tags_by_key(given)}
    if len(tags) > TAGS_PER_RESOURCE:
        raise InvalidParameterException(f"tags can have at most {TAGS_PER_RESOURCE} items.")  # unverified
    if managed:
        tags[CLUSTER_NAME_TAG] = cluster.name
    return tags
