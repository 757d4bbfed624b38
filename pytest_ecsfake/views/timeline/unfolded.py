"""The time line in full: a line for each call and each change of state, with whole ids and parameters."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from pytest_ecsfake.arns import Partition
from pytest_ecsfake.clock import Instant, offset, to_instant

if TYPE_CHECKING:
    from pytest_ecsfake.endpoint import Endpoint
    from pytest_ecsfake.recording.call import Call
    from pytest_ecsfake.state.journal import Entry

#: The longest text of a line. A call is still recognisable when cut in the middle, but ECS's reasons should be shown whole.
_LONGEST_CALL = 100
_LONGEST_CHANGE = 300


class _Line(NamedTuple):
    at: Instant
    text: str
    longest: int
    times: int
    until: Instant


def unfolded(endpoint: Endpoint, start: Instant, newest: int | None) -> str:
    """The newest lines of the time line, the oldest first. Each has the offset from the start of the fake, then a call or a change.

    Equal lines that follow each other, such as a waiter's polls, are shown as one.
    """
    ordered = sorted(
        (line for partition in _partitions(endpoint) for line in _lines(endpoint, partition)),
        key=lambda line: line.at,  # stable: lines of one instant and partition keep their order
    )
    lines = [_rendered(list(same), start) for _, same in groupby(ordered, key=lambda line: line.text)]
    shown = lines if newest is None else lines[-newest:] if newest else []
    if len(lines) > len(shown):
        shown.insert(
            0, f"  … {len(lines) - len(shown)} earlier lines: print(ecs_fake.timeline({len(lines)}, folded=False))"
        )
    return "\n".join(shown) or "  no call, no change of state"


def _rendered(same: Sequence[_Line], start: Instant) -> str:
    first, last = same[0], same[-1]
    times = sum(line.times for line in same)
    again = f" … {times} times, until {offset(last.until - start)}" if times > 1 else ""
    return f"  {offset(first.at - start):<7} {_shortened(first)}{again}"


def _partitions(endpoint: Endpoint) -> list[Partition]:
    called = [call.partition for call in endpoint.calls.kept()]
    return list(dict.fromkeys([*endpoint.world.regions, *called]))


def _lines(endpoint: Endpoint, partition: Partition) -> Iterator[_Line]:
    """The calls and changes of one partition, in order."""
    region = endpoint.world.regions.get(partition)
    changes = (
        []
        if region is None
        else [_Line(entry.at, _change(entry), _LONGEST_CHANGE, 1, entry.at) for entry in region.journal]
    )
    done = 0
    for call in endpoint.calls.kept():
        if call.partition == partition:
            yield from changes[done : call.changes_before]
            done = max(done, call.changes_before)
            text = f"{call.operation}({_parameters(call)}){_outcome(call)}"
            yield _Line(to_instant(call.at), text, _LONGEST_CALL, call.left_out + 1, call.repeated_until)
    yield from changes[done:]


def _parameters(call: Call) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in call.params.items())


def _outcome(call: Call) -> str:
    if call.answered_by is not None:
        code = "" if call.error is None else f"{call.error.code}, "
        return f" -> {code}answered by {call.answered_by}"
    if call.error is not None:
        return f" -> {call.error.code}: {call.error.message or ''}"
    failures = (call.response or {}).get("failures")
    return f" -> failures {[failure.get('reason') for failure in failures]}" if failures else ""


def _change(entry: Entry) -> str:
    name = entry.resource.partition("/")[2] or entry.resource
    before = "" if entry.before is None else f"{entry.before} -> "
    why = "" if entry.why is None else f" ({entry.why})"
    return f"{entry.kind} {name}: {entry.change} {before}{entry.after}{why}"


def _shortened(line: _Line) -> str:
    """The line's text, cut in the middle if it is too long."""
    if len(line.text) <= line.longest:
        return line.text
    half = (line.longest - 3) // 2
    return f"{line.text[:half]} … {line.text[-half:]}"
