"""One line of the time line, before it is laid out."""

from __future__ import annotations

from dataclasses import dataclass, field

from pytest_ecsfake.clock import Instant

#: The lane of the calls.
CALLS = "calls"


@dataclass(slots=True)
class Line:
    """What happened at one instant, to one or several resources of the same kind.

    Attributes:
        at: when.
        order: its place among everything that happened.
        lane: whom it is about, such as `prod/web`. Repetitions are looked for within a lane.
        text: what happened, without the time.
        pattern: the text without its ids: it is equal for two rounds of a loop.
        names: the names by which it can be asked for: keys of stores, and whole ids.
        times: how often it happened.
        until: when it happened last.
        pages: how many pages of one listing it stands for.
        label: the account and region, unless they are those of the handle.
        joins: whether it may stand on one line with its neighbours of the same instant, as calls do.
    """

    at: Instant
    order: int
    lane: str
    text: str
    pattern: str
    names: frozenset[str] = frozenset()
    times: int = 1
    until: Instant = field(default=0)
    pages: int = 1
    label: str = ""
    joins: bool = False
