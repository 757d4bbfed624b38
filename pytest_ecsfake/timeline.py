"""One time line of calls and changes of state, in virtual time: so that it can be read why a task stopped."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pytest_ecsfake.clock import SECOND, Instant, to_instant

if TYPE_CHECKING:
    from pytest_ecsfake.calls import Call
    from pytest_ecsfake.endpoint import Endpoint
    from pytest_ecsfake.state.journal import Entry

_LONGEST = 100


def timeline(endpoint: Endpoint, start: Instant, newest: int) -> str:
    """The newest lines, oldest first: the offset from the start of the fake, then what happened.

    At one instant a call stands before what it changed.
    """
    lines = sorted([*_calls(endpoint), *_changes(endpoint)], key=lambda line: line[:2])
    shown = [f"  +{_offset(at - start):<8} {text}" for at, _, text in lines[-newest:]] if newest else []
    if len(lines) > len(shown):
        shown.insert(0, f"  … {len(lines) - len(shown)} earlier lines: print(ecs_fake.timeline({len(lines)}))")
    return "\n".join(shown) or "  nothing"


def _offset(microseconds: int) -> str:
    return f"{microseconds / SECOND:.6g}s"


def _calls(endpoint: Endpoint) -> Iterator[tuple[Instant, int, str]]:
    for call in endpoint.calls:
        yield to_instant(call.at), 0, _shortened(f"{call.operation}({_parameters(call)}){_outcome(call)}")


def _parameters(call: Call) -> str:
    return ", ".join(f"{name}={value!r}" for name, value in call.params.items())


def _outcome(call: Call) -> str:
    if call.error is not None:
        return f" -> {call.error.code}: {call.error.message or ''}"
    failures = (call.response or {}).get("failures")
    return f" -> failures {[failure.get('reason') for failure in failures]}" if failures else ""


def _changes(endpoint: Endpoint) -> Iterator[tuple[Instant, int, str]]:
    for region in endpoint.world.regions.values():
        for entry in region.journal:
            yield entry.at, 1, _shortened(_change(entry))


def _change(entry: Entry) -> str:
    name = entry.resource.partition("/")[2] or entry.resource
    before = "" if entry.before is None else f"{entry.before} -> "
    why = "" if entry.why is None else f" ({entry.why})"
    return f"{entry.kind} {name}: {entry.change} {before}{entry.after}{why}"


def _shortened(text: str) -> str:
    """The text, cut in the middle where it is long."""
    if len(text) <= _LONGEST:
        return text
    half = (_LONGEST - 3) // 2
    return f"{text[:half]} … {text[-half:]}"
