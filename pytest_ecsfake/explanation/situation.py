"""What an explanation reads: one region of a fake as it stands now, what is scheduled there, and what the test ordered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_ecsfake.clock import Instant, offset
from pytest_ecsfake.engine.tasks import scripts
from pytest_ecsfake.recording.polls import READING
from pytest_ecsfake.state.event_log import SentEvent
from pytest_ecsfake.state.journal import Entry
from pytest_ecsfake.state.orders import HookAnswer, Order, ScriptOrder
from pytest_ecsfake.state.task import Container, Task

if TYPE_CHECKING:
    from pytest_ecsfake.endpoint import Endpoint
    from pytest_ecsfake.recording.call import Call
    from pytest_ecsfake.state.region import Region
    from pytest_ecsfake.state.traffic_shift import HookRun


class Finding(NamedTuple):
    """Something that isn't at rest, or didn't end well, and why.

    Args:
        name: what it is about: `prod/web`.
        why: what is explained of one such thing: `isn't stable`.
        of_several: the same of several things that have the same reasons: `aren't stable`.
        sentences: the reasons, the most important first.
        due: when it would have been over; None if that isn't known.
        arns: the resources that it is about, by ARN: a poll asked for one of them.
    """

    name: str
    why: str
    of_several: str
    sentences: tuple[str, ...]
    due: Instant | None = None
    arns: tuple[str, ...] = ()


class Poll(NamedTuple):
    """The reading calls that repeat each other at the end of the recorded calls."""

    operation: str
    times: int
    until: Instant
    names: frozenset[str]  # the names, ids and ARNs that it asks for

    def asks_for(self, arns: tuple[str, ...]) -> bool:
        """Whether it asks for one of these resources."""
        return any(arn in self.names or arn.rpartition("/")[2] in self.names for arn in arns)


Scheduled = tuple[Instant, tuple[Any, ...]]
"""When an event of the engine is due, and the event: its function, and behind that the arguments, the first of which is the region."""

#: Where an event of the engine has what it is about, if not behind the region.
_POSITIONS: Mapping[str, int] = {"start_deployment": 3, "_register": 3, "_exit_by_itself": 3, "_call": 4}

#: Where a sent event has its subject.
_SUBJECT = SentEvent._fields.index("subject")


class Situation:
    """One region as it stands now. What takes a walk through everything is found at the first question, and once.

    Args:
        endpoint: leads to the state, the orders and the recorded calls.
        region: the region.
    """

    def __init__(self, endpoint: Endpoint, region: Region) -> None:
        self.region = region
        self.orders = endpoint.orders
        self.now: Instant = region.clock.now
        self.start: Instant = endpoint.world.start
        self._calls = endpoint.calls
        self._orders_by_script: dict[int, ScriptOrder | None] = {}
        #: What is scheduled first, by the function and by the object that it is about. The objects live as long as the explanation takes.
        self._scheduled: dict[str, dict[int, Scheduled]] = {}
        #: The causes of the ends of tasks, by what they depend on (`ends.py`).
        self.causes: dict[object, Any] = {}
        self._offsets: dict[Instant, str] = {}

    def at(self, instant: Instant) -> str:
        """An instant as an offset from the fake's start: `+45s`."""
        text = self._offsets.get(instant)
        if text is None:
            text = self._offsets[instant] = offset(instant - self.start)
        return text

    # --- what there is --------------------------------------------------------------------------------------------------------------

    @cached_property
    def tasks(self) -> list[Task]:
        """All tasks, also those that ECS has forgotten since they stopped: the events that were sent still know them."""
        region = self.region
        there = dict.fromkeys(chain.from_iterable(region.tasks_in(cluster) for cluster in region.clusters))
        sent = dict.fromkeys(region.events.column(_SUBJECT))
        forgotten = [subject for subject in sent if subject not in there and type(subject) is Task]
        return [*forgotten, *there]

    @cached_property
    def by_owner(self) -> dict[tuple[str, str, str | None], list[Task]]:
        """The tasks that services have started, by the names of cluster and service and the id of the deployment or task set."""
        found: dict[tuple[str, str, str | None], list[Task]] = defaultdict(list)
        for task in self.tasks:
            name = task.service_name
            if name is not None:
                found[task.cluster.name, name, task.started_by].append(task)
        return found

    @cached_property
    def _ends_of_containers(self) -> dict[str, tuple[Instant, int]]:
        """When each container has stopped, and the position of that in the journal, by ARN."""
        journal = self.region.journal
        at = Entry._fields.index
        rows = zip(*(journal.column(at(name)) for name in ("kind", "after", "resource", "at")), strict=True)
        return {
            arn: (at, position)
            for position, (kind, after, arn, at) in enumerate(rows)
            if kind == "container" and after == "STOPPED"
        }

    def end_of(self, container: Container) -> Instant | None:
        """When a container has stopped."""
        end = self._ends_of_containers.get(container.arn)
        return None if end is None else end[0]

    def reason_of(self, arn: str, change: str) -> str | None:
        """The reason of a resource's newest change of one kind, as the journal has it."""
        journal = self.region.journal
        at = Entry._fields.index
        rows = zip(journal.column(at("resource")), journal.column(at("change")), journal.column(at("why")), strict=True)
        return next((why for resource, what, why in reversed(list(rows)) if (resource, what) == (arn, change)), None)

    def first_exited(self, task: Task) -> Container | None:
        """The essential container of a task that exited first, which is the one that has ended it."""
        exited = [each for each in task.containers if each.is_essential and each.exit_code is not None]
        if len(exited) < 2:
            return exited[0] if exited else None
        ends = self._ends_of_containers
        return min(exited, key=lambda container: ends.get(container.arn, (0, 0))[1])

    # --- what is due ----------------------------------------------------------------------------------------------------------------

    def scheduled_for(self, subject: object, function: str) -> Scheduled | None:
        """The first call of one of the engine's functions that is scheduled for a part of the state."""
        found = self._scheduled.get(function)
        if found is None:
            position = _POSITIONS.get(function, 2)
            found = self._scheduled[function] = {}
            for instant, events in self.region.clock.scheduled(function):
                for event in events:
                    if len(event) > position:
                        found.setdefault(id(event[position]), (instant, event))
        return found.get(id(subject))

    def due(self, subject: object, *functions: str) -> Instant | None:
        """When the first of these functions of the engine is due for a part of the state."""
        found = [scheduled[0] for name in functions if (scheduled := self.scheduled_for(subject, name)) is not None]
        return min(found, default=None)

    @property
    def nothing_is_due(self) -> bool:
        """Whether nothing is scheduled any more."""
        return self.region.clock.next_due() is None

    # --- what the test ordered ------------------------------------------------------------------------------------------------------

    def order_of(self, task: Task, container: Container) -> ScriptOrder | None:
        """The order that a container has its script from."""
        script = container.script
        if script is None:
            return None
        if id(script) not in self._orders_by_script:
            orders = self.orders.of(ScriptOrder)
            # After a restore the container has an equal script, but no longer the order's own.
            found = next((order for order in orders if order.script is script), None) or next(
                (
                    order
                    for order in orders
                    if order.script == script and container in scripts.matching_containers(task, order.selector)
                ),
                None,
            )
            self._orders_by_script[id(script)] = found
        return self._orders_by_script[id(script)]

    def answer_of(self, run: HookRun) -> Order | None:
        """The order that answers a lifecycle hook."""
        return next((each for each in self.orders.of(HookAnswer) if each.run == run.answers_for), None)

    # --- what was asked -------------------------------------------------------------------------------------------------------------

    @cached_property
    def calls(self) -> list[Call]:
        """The recorded calls of this region, the oldest first."""
        return [call for call in self._calls.kept() if call.partition == self.region.partition]

    @cached_property
    def poll(self) -> Poll | None:
        """The poll at the end of the calls, if the last ones repeat each other."""
        calls = self.calls
        if not calls or not calls[-1].operation.startswith(READING):
            return None
        last = calls[-1]
        times, until = 0, last.repeated_until
        for call in reversed(calls):
            if not call.operation.startswith(READING):
                break
            if call.question == last.question:
                times += call.left_out + 1
                until = max(until, call.repeated_until)
        return Poll(last.operation, times, until, frozenset(_texts(last.params))) if times > 1 else None


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, str):
        yield value
        yield value.rpartition("/")[2]
    elif isinstance(value, dict):
        for member in value.values():
            yield from _texts(member)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
