"""Repetitions: the rounds of a loop, such as tasks that start and fail again and again, are shown once and counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pytest_ecsfake.views.timeline.line import CALLS, Line
from pytest_ecsfake.views.timeline.names import several

#: The most lines that one round of a loop may have.
_LONGEST_ROUND = 24


def without_repetitions(lines: Sequence[Line]) -> list[Line]:
    """The lines of one lane, with the first round of each loop and a line that counts the others."""
    shown: list[Line] = []
    patterns = [line.pattern for line in lines]
    index = 0
    while index < len(lines):
        length, rounds = _loop_at(patterns, index)
        one = list(lines[index : index + length])
        rest = lines[index + length : index + length * rounds]
        if length == 1 and rounds > 1 and (rounds > 2 or rest[0].text == one[0].text):
            shown.append(_counted(one[0], rest))
        elif length > 1 and (rounds - 1) * length > 2:
            shown += [*one, _again(one, rest, rounds)]
        else:
            rounds = 1
            shown += one
            length = len(one)
        index += length * rounds
    return shown


def _loop_at(patterns: Sequence[str], index: int) -> tuple[int, int]:
    """How long a round is of the loop that begins at an index, and how many rounds it has: the loop that covers most. 1 and 1 if there is none."""
    best = 1, 1
    left = len(patterns) - index
    for length in range(1, min(_LONGEST_ROUND, left // 2) + 1):
        if patterns[index + length] != patterns[index]:
            continue
        same = length
        while same < left and patterns[index + same] == patterns[index + same - length]:
            same += 1
        rounds = same // length
        if rounds > 1 and length * rounds > best[0] * best[1]:
            best = length, rounds
    return best


def _counted(line: Line, rest: Sequence[Line]) -> Line:
    names = line.names.union(*(each.names for each in rest))
    times = line.times + sum(each.times for each in rest)
    return replace(line, times=times, until=max(each.until or each.at for each in rest), names=names)


def _again(one: Sequence[Line], rest: Sequence[Line], rounds: int) -> Line:
    first, last = rest[0], rest[-1]
    more = "once more" if rounds == 2 else f"{rounds - 1} more times"
    what = several(list(dict.fromkeys(line.text.partition(" ")[0] for line in one))) if first.lane == CALLS else None
    text = f"again {what}: {more}" if what else f"the {len(one)} lines of {first.lane} above, {more}"
    names = frozenset[str]().union(*(each.names for each in rest))
    return Line(first.at, first.order, first.lane, text, text, names, until=last.until or last.at, label=first.label)
