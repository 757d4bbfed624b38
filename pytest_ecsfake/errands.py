"""Errands: what the test handed in (a program, a subscriber, a hook) and has to be called, noted where it is caused.

An event or an operation can't call it: user code runs between events, never in the middle of one, and without the fake's lock. So it leaves
an errand on the clock's queue, of plain values, which a copy of the state copies with it; `handed_in.py` runs it at the same instant.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple


class Outcome(NamedTuple):
    """What became of an errand.

    Args:
        result: what the callable returned; None where it raised.
        error: what it raised, if it did: told already as the test's trouble, unless it may raise it.
        slept: microseconds that it slept, and that the clock hasn't moved.
    """

    result: object
    error: BaseException | None
    slept: int


class Errand(NamedTuple):
    """A call that is to be made.

    Args:
        number: of the callable, as `HandedIn.keep` gave it.
        arguments: what it is called with: plain values, from which it makes itself what the test reads.
        told_as: what it is, for the sentence about its exception: `the program of container "app" in family "job"`.
        then: a module-level function that goes on with the outcome, still at the same instant: it is called with `given` and the `Outcome`.
        given: the arguments of `then` before the outcome: pieces of the state.
    """

    number: int
    arguments: tuple[Any, ...]
    told_as: str
    then: Callable[..., None] | None = None
    given: tuple[Any, ...] = ()
