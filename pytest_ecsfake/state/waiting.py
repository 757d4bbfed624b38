"""What a call asks of the place where its tasks run, and the tasks of a cluster that wait for one.

Rules: Developer Guide, "Automatically manage Amazon ECS capacity with cluster auto scaling": tasks without room stay in PROVISIONING.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from pytest_ecsfake import api
    from pytest_ecsfake.state.task import Task


@dataclass(frozen=True, slots=True)
class PlacementRequest:
    """Where the tasks of a call or of a service may go, and where they should; the task definition's own constraints apply as well."""

    constraints: Sequence[api.PlacementConstraint] = ()
    strategies: Sequence[api.PlacementStrategy] = ()  # empty: the default of whoever starts the tasks


class Waiting(NamedTuple):
    """A task that waits for capacity, and what it is to be placed by once there may be some."""

    task: Task
    placement_request: PlacementRequest
    subnets: tuple[str, ...]


class WaitingTasks(dict[str, Waiting]):
    """The tasks of one cluster that wait for capacity, by id, in the order in which they began to wait.

    Attributes:
        is_looking_for_room: whether an attempt to place them is scheduled.
    """

    def __init__(self) -> None:
        super().__init__()
        self.is_looking_for_room = False
