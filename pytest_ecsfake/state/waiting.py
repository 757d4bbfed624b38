"""Placement requests, and the tasks of a cluster that wait for capacity.

Rules: Developer Guide, "Automatically manage Amazon ECS capacity with cluster auto scaling": tasks without room stay in PROVISIONING.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from pytest_ecsfake.state.mutable import container

if TYPE_CHECKING:
    from pytest_ecsfake import api
    from pytest_ecsfake.state.task import Task


class PlacementRequest(NamedTuple):
    """The placement constraints and strategies of a call or a service. The task definition's own constraints apply as well."""

    constraints: Sequence[api.PlacementConstraint] = ()
    strategies: Sequence[api.PlacementStrategy] = ()  # empty: the caller's default applies


class Waiting(NamedTuple):
    """A task that waits for capacity, and the request that it will be placed by."""

    task: Task
    placement_request: PlacementRequest
    subnets: tuple[str, ...]


def _copy(waiting: WaitingTasks) -> tuple[dict[str, Waiting], bool]:
    return dict(waiting), waiting.is_looking_for_room


def _refill(waiting: WaitingTasks, contents: tuple[dict[str, Waiting], bool]) -> None:
    waiting.clear()
    waiting.update(contents[0])
    waiting.is_looking_for_room = contents[1]


@container(_copy, _refill)
class WaitingTasks(dict[str, Waiting]):
    """The tasks of one cluster that wait for capacity, by id. The one that has waited longest comes first.

    Attributes:
        is_looking_for_room: whether an attempt to place them is scheduled.
    """

    def __init__(self) -> None:
        super().__init__()
        self.is_looking_for_room = False
