"""What happened on a fake, in one order: the recorded calls of all accounts and regions, and the changes of state between them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from pytest_ecsfake.arns import Partition
from pytest_ecsfake.clock import Instant, to_instant

if TYPE_CHECKING:
    from pytest_ecsfake.endpoint import Endpoint
    from pytest_ecsfake.recording.call import Call
    from pytest_ecsfake.state.journal import Entry


class Step(NamedTuple):
    """A call, or a change of state: exactly one of the two."""

    at: Instant
    partition: Partition
    call: Call | None
    change: Entry | None


def partitions_of(endpoint: Endpoint) -> list[Partition]:
    """The accounts and regions in which something happened."""
    called = [call.partition for call in endpoint.calls.kept()]
    return list(dict.fromkeys([*endpoint.world.regions, *called]))


def history(endpoint: Endpoint) -> list[Step]:
    """All steps, the oldest first. A call stands before the changes that it made, and before what was due by then."""
    return sorted(
        (step for partition in partitions_of(endpoint) for step in _steps(endpoint, partition)),
        key=lambda step: step.at,  # stable: the steps of one instant and partition keep their order
    )


def _steps(endpoint: Endpoint, partition: Partition) -> Iterator[Step]:
    region = endpoint.world.regions.get(partition)
    changes = [] if region is None else [Step(entry.at, partition, None, entry) for entry in region.journal]
    done = 0
    for call in endpoint.calls.kept():
        if call.partition == partition:
            yield from changes[done : call.changes_before]
            done = max(done, call.changes_before)
            yield Step(to_instant(call.at), partition, call, None)
    yield from changes[done:]
