"""The EventBridge events of one account in one region, and the subscriptions to them."""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import overload

from pytest_ecsfake.did_you_mean import did_you_mean
from pytest_ecsfake.errors import HIDE_USAGE_ERRORS, EcsFakeUsageError
from pytest_ecsfake.recording.matching import matches
from pytest_ecsfake.rendering.event import DETAIL_TYPES, MEMBERS, Event, event
from pytest_ecsfake.state.event_log import SentEvent
from pytest_ecsfake.views.reading import Reader


class Subscription:
    """The subscription of a function to events. It lasts until `unsubscribe`; used as a context manager, until the block ends."""

    def __init__(self, reader: Reader, number: int, description: str) -> None:
        self._reader = reader
        self._number = number
        self._description = description

    def unsubscribe(self) -> None:
        """Stop calling the function. A second call has no effect."""
        with self._reader.endpoint.lock:
            self._reader.endpoint.world.region(self._reader.partition).events.unsubscribe(self._number)

    def __enter__(self) -> Subscription:
        return self

    def __exit__(self, *_: object) -> None:
        self.unsubscribe()

    def __repr__(self) -> str:
        return f"<Subscription of {self._description}>"


class Events(Sequence[Event]):
    """The events that ECS has sent, in order, as EventBridge delivers them. Reading an event returns a new dictionary.

    Details match in part, as parameters do in `calls`: a dictionary matches if its given keys do, a list if each given element matches a different
    element of the event's list, in order. Everything else is compared with `==`; a compiled pattern is searched for in a text, and a predicate is
    asked. `None` means that the detail doesn't have the member.

    Args:
        reader: the account and the region.
    """

    def __init__(self, reader: Reader) -> None:
        self._reader = reader

    def of(self, detail_type: str, /, **detail: object) -> list[Event]:
        """The events of one detail type whose detail matches: `of("ECS Task State Change", lastStatus="STOPPED")`.

        Raises:
            EcsFakeUsageError: ECS sends no events of this type, or their detail has no such member.
        """
        __tracebackhide__ = HIDE_USAGE_ERRORS
        _check("events.of()", detail_type, detail)
        return [sent for sent in self if sent["detail-type"] == detail_type and matches(detail, sent["detail"])]

    def subscribe(
        self, function: Callable[[Event], object], /, *, detail_type: str | None = None, **detail: object
    ) -> Subscription:
        """Call a function with each later event, at the event's own instant: `subscribe(lambda event: handler(event, None))`.

        The function may call ECS. Its return value is ignored; an exception fails the test.

        Args:
            function: is called with the event.
            detail_type: the detail type of the events; None means all events.
            detail: members that the event's detail must match, in part.

        Raises:
            EcsFakeUsageError: the function can't be called or is a coroutine function, or the detail type or a member is unknown.
        """
        __tracebackhide__ = HIDE_USAGE_ERRORS
        given: object = function  # tests aren't type-checked
        if not callable(given) or inspect.iscoroutinefunction(function):
            raise EcsFakeUsageError(
                f"events.subscribe() takes a plain function of one event, not {function!r}. "
                "For a handler with a context write subscribe(lambda event: handler(event, None))."
            )
        if detail_type is not None or detail:
            _check("events.subscribe()", detail_type, detail)
        endpoint, partition = self._reader.endpoint, self._reader.partition
        description = f"the subscriber {getattr(function, '__qualname__', function)} of events"

        def call(sent: SentEvent) -> None:
            with endpoint.lock:
                region = endpoint.world.region(partition)
                wanted = region.events.is_subscribed(number)
                rendered = event(region, sent)
            if wanted and matches(detail, rendered["detail"]):
                function(rendered)

        with endpoint.lock:
            number = endpoint.callbacks.keep(call)
            self._reader.region().events.subscribe(number, detail_type, description)
        return Subscription(self._reader, number, description)

    def clear(self) -> None:
        """Forget all events, such as those of the set-up before the part under test. Subscriptions stay."""
        with self._reader.endpoint.lock:
            self._reader.region().events.clear()

    @property
    def detail_types(self) -> list[str]:
        """The detail types of the events, in order."""
        with self._reader.endpoint.lock:
            return [sent.detail_type for sent in self._reader.region().events]

    def __eq__(self, other: object) -> bool:
        """Whether the other one holds the same events in the same order, so `ecs_fake.events == []` asks whether there was none."""
        if not isinstance(other, (Events, list, tuple)):
            return NotImplemented
        return list(self) == list(other)

    __hash__ = object.__hash__

    def __len__(self) -> int:
        with self._reader.endpoint.lock:
            return len(self._reader.region().events)

    @overload
    def __getitem__(self, index: int) -> Event: ...

    @overload
    def __getitem__(self, index: slice) -> list[Event]: ...

    def __getitem__(self, index: int | slice) -> Event | list[Event]:
        with self._reader.endpoint.lock:
            region = self._reader.region()
            if isinstance(index, slice):
                return [
                    event(region, region.events[partition]) for partition in range(*index.indices(len(region.events)))
                ]
            return event(region, region.events[index])

    def __iter__(self) -> Iterator[Event]:
        return iter(self[:])

    def __repr__(self) -> str:
        counts = [f"{count} {kind}" for kind, count in Counter(self.detail_types).items()]
        return f"<Events {', '.join(counts or ['none'])}>"


def _check(where: str, detail_type: str | None, detail: Mapping[str, object]) -> None:
    """Check that events have this detail type, and that their detail has these members."""
    __tracebackhide__ = HIDE_USAGE_ERRORS
    if detail_type not in DETAIL_TYPES:
        known = ", ".join(f'"{name}"' for name in DETAIL_TYPES)
        problem = "details need a detail type" if detail_type is None else f"unknown detail type {detail_type!r}"
        raise EcsFakeUsageError(f"{problem} in {where}. Known: {known}.")
    members = MEMBERS[detail_type]
    for name in detail:
        if name not in members:
            hint = did_you_mean(name, members, cutoff=0.5) or f" Known: {', '.join(members)}."
            raise EcsFakeUsageError(
                f'the detail of "{detail_type}" has no member "{name}", asked for in {where}.{hint}'
            )
