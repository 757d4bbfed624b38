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
class Wish:
    """Where the tasks of a call or of a service may go, and where they should; the task definition's own constraints come on top."""

    constraints: Sequence[api.PlacementConstraint] = ()
    strategies: Sequence[api.PlacementStrategy] = ()  # none: what the caller's kind of tasks has by default


class Waiting(NamedTuple):
    """A task that waits for capacity, and what it has to be placed by once there may be some."""

    task: Task
    wish: Wish
    subnets: tuple[str, ...]


class WaitingTasks(dict[str, Waiting]):
    """The tasks of one cluster that wait for capacity, by id, in the order of their coming.

    Attributes:
        is_looking_for_room: whether it is scheduled that those which wait are placed.
    """

    def __init__(self) -> None:
        super().__init__()
        self.is_looking_for_room = False
