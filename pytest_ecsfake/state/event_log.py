"""The events that ECS has sent in one region: the resource that each is about, and a snapshot of it.

An event becomes EventBridge's JSON when somebody reads it; most are never read.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, NamedTuple

from pytest_ecsfake import documents
from pytest_ecsfake.clock import Callback, Clock, Instant
from pytest_ecsfake.state.container_instance import ContainerInstance
from pytest_ecsfake.state.flat_log import FlatLog
from pytest_ecsfake.state.ids import Ids
from pytest_ecsfake.state.snapshots import pack_container_instance, pack_task
from pytest_ecsfake.state.task import Task

StateChange = Literal["ECS Task State Change", "ECS Container Instance State Change"]
ServiceEvent = Literal[
    "ECS Service Action",
    "ECS Deployment State Change",
    "ECS Daemon Service Action",
    "ECS Daemon Deployment State Change",
]
DetailType = Literal[StateChange, ServiceEvent]


class SentEvent(NamedTuple):
    """A sent event. `subject` is the changed resource, or the ARN of the service for an event about a service; `snapshot` is its state then."""

    number: int
    at: Instant
    detail_type: DetailType
    subject: Any
    snapshot: bytes


class EventLog(FlatLog[SentEvent]):
    """The events of one region, in the order in which ECS sent them.

    Args:
        seed: what the events' ids are made from.
        clock: takes the callbacks of those who subscribed.
    """

    __slots__ = ("_clock", "_seed", "_sent", "_subscriptions")

    def __init__(self, seed: str, clock: Clock) -> None:
        super().__init__(SentEvent, len(SentEvent._fields))
        self._seed = seed
        self._clock = clock
        self._subscriptions: dict[int, tuple[str | None, str]] = {}
        self._sent = 0

    def send(self, at: Instant, subject: Task | ContainerInstance) -> None:
        """Send the event of a state change: how the resource is now. Whoever counts a version up calls this.

        An event of a resource that has a version shows the resource as it was (Developer Guide, "Amazon ECS events").
        """
        if isinstance(subject, Task):
            self._send(at, "ECS Task State Change", subject, pack_task(subject))
        else:
            self._send(at, "ECS Container Instance State Change", subject, pack_container_instance(subject))

    def send_service_event(
        self, at: Instant, detail_type: ServiceEvent, service_arn: str, detail: Mapping[str, Any]
    ) -> None:
        """Send an event about a service or a daemon.

        Args:
            at: when it is sent.
            detail_type: the event's `detail-type`.
            service_arn: the ARN that the event's `resources` have; an empty one where they have none.
            detail: the event's `detail` as EventBridge shows it.
        """
        self._send(at, detail_type, service_arn, documents.pack(dict(detail)))

    def _send(self, at: Instant, detail_type: DetailType, subject: object, snapshot: bytes) -> None:
        self.note(self._sent, at, detail_type, subject, snapshot)
        self._sent += 1
        if self._subscriptions:
            self._tell(self[-1])

    def subscribe(self, number: int, detail_type: str | None, description: str) -> None:
        """Queue a callback for each later event.

        Args:
            number: the number of the callable, which is called with the `SentEvent`.
            detail_type: the events that it is called for; None means all.
            description: names the callable in the report of an exception.
        """
        self._subscriptions[number] = (detail_type, description)

    def unsubscribe(self, number: int) -> None:
        """Stop queuing callbacks for a callable."""
        self._subscriptions.pop(number, None)

    def is_subscribed(self, number: int) -> bool:
        """Whether a callable is still subscribed."""
        return number in self._subscriptions

    def _tell(self, event: SentEvent) -> None:
        for number, (detail_type, description) in self._subscriptions.items():
            if detail_type in (None, event.detail_type):
                self._clock.callbacks.append(Callback(number, (event,), description))

    def id_of(self, event: SentEvent) -> str:
        """The id of an event. It doesn't depend on when or in which order events are read."""
        return Ids(f"{self._seed}/{event.number}").uuid()

    def clear(self) -> None:
        """Forget all events so far; those that come go on in the numbers."""
        self.forget_all()

    # --- snapshots (see `state/history.py`) ---------------------------------------------------------------------------------------------

    def subscriptions(self) -> tuple[int, dict[int, tuple[str | None, str]]]:
        """How many events were sent, and who has subscribed, to put it back."""
        return self._sent, dict(self._subscriptions)

    def put_subscriptions(self, before: tuple[int, Mapping[int, tuple[str | None, str]]]) -> None:
        """Go on with the number of the next event, and have those subscribed who were before."""
        self._sent, self._subscriptions = before[0], dict(before[1])
