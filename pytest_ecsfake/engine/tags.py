"""The tags of a resource: what may be set, and what a new task starts with.

Rules: API reference, Tag; RunTask, propagateTags and enableECSManagedTags; Developer Guide, "Tagging Amazon ECS resources". What one key or
value may be (its length, its characters, the reserved prefix `aws:`) stands in the schemas.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from pytest_ecsfake.errors import EcsError, InvalidParameterException, LimitExceededException

if TYPE_CHECKING:
    from pytest_ecsfake import api
    from pytest_ecsfake.state.cluster import Cluster
    from pytest_ecsfake.state.task_definition import TaskDefinition

#: API reference, Tag: the maximum for a resource; those that AWS sets itself don't count.
TAGS_PER_RESOURCE = 50

#: API reference, Tag: the prefix of what AWS sets itself, in any combination of upper and lower case.
RESERVED_PREFIX = "aws:"

#: Developer Guide, "Using Amazon ECS managed tags".
CLUSTER_NAME_TAG = "aws:ecs:clusterName"


def tags_by_key(tags: Sequence[api.Tag], error: type[EcsError] = InvalidParameterException) -> dict[str, str]:
    """The tags of a request. One without a value has an empty one (API reference, Tag: the value is optional).

    Args:
        tags: as the request has them.
        error: what the operation answers to faults in its content.

    Raises:
        EcsError: the `error`, where a key occurs twice (text: terraform-provider-aws#32259).
    """
    by_key = {tag["key"]: tag.get("value", "") for tag in tags}
    if len(by_key) < len(tags):
        raise error("Multiple tags contain the same key.")
    return by_key


def merged(tags: Mapping[str, str], given: Sequence[api.Tag]) -> dict[str, str]:
    """A resource's tags together with those of TagResource, which win where both have the key.

    Raises:
        InvalidParameterException: a key occurs twice in the request.
        LimitExceededException: there are too many together. Of the operations with tags only TagResource declares it. # unverified
    """
    together = {**tags, **tags_by_key(given)}
    _refuse_too_many(together, LimitExceededException)
    return together


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
    _refuse_too_many(tags, InvalidParameterException)
    if managed:
        tags[CLUSTER_NAME_TAG] = cluster.name
    return tags


def _refuse_too_many(tags: Mapping[str, str], error: type[EcsError]) -> None:
    own = sum(not key.lower().startswith(RESERVED_PREFIX) for key in tags)
    if own > TAGS_PER_RESOURCE:
        raise error(f"tags can have at most {TAGS_PER_RESOURCE} items.")  # unverified
