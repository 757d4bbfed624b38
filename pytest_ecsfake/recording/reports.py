"""The texts of failed assertions about calls: the expected call, the calls that were made, and how the most similar one differs.

Each text ends with the list of all calls, because most often another call explains the failure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_ecsfake.recording.call import offset_of
from pytest_ecsfake.recording.matching import ABSENT, Line, compare, distance, matches
from pytest_ecsfake.recording.values import ON_A_LINE, cut, keywords, show, source

if TYPE_CHECKING:
    from pytest_ecsfake.recording.call import Call

#: How many calls a report shows one by one, and how many names it lists at each end of a long list.
CALLS_SHOWN, NAMES_AT_EACH_END = 3, 12
#: This many consecutive calls of one operation are counted instead of listed.
LONG_RUN = 3


def matching(calls: Iterable[Call], operation: str, given: Mapping[str, object]) -> list[Call]:
    """The calls of an operation whose parameters match."""
    return [call for call in calls if call.operation == operation and (not given or matches(given, call.params))]


def explain_mismatch(
    calls: Sequence[Call], operation: str, given: Mapping[str, object], times: int | None = None
) -> str:
    """Explain why an assertion about one operation failed.

    Args:
        calls: all calls that were made.
        operation: the name of the operation.
        given: the parameters that a call must match.
        times: how many calls were expected; None: one or more.
    """
    found = matching(calls, operation, given)
    numbers = {call.number for call in found}
    others = [call for call in calls if call.operation == operation and call.number not in numbers]
    pages = sum(call.page > 1 for call in found)
    expected = "" if times is None or (times == 1 and not found) else f"; {_were(times, 'call')} expected"
    called = f"called {_times(len(found))}" if found else "not called"
    lines = [f"{operation} was {called}{_with(given)}{expected}.", *one_by_one(found, len(calls))]
    if times is not None and len(found) > times and pages:
        lines.append(f"  {pages} of these are later pages of a listing. To count listings, add nextToken=None.")
    if others and len(found) < (times or 1):
        near = min(others, key=lambda call: distance(given, call.params))
        opening = "Nearest of the others" if found else f"It was called {_times(len(others))}. Nearest"
        lines.append(f"  {opening} ({position_of(near, len(calls))}):")
        lines += difference(given, near.params)
        lines += [f"    {outcome}" for outcome in outcome_of(near)]
    elif not found and given:
        lines.append("  It was not called at all.")
    return "\n".join([*lines, all_calls(calls)])


class RanTask(NamedTuple):
    """A task that a call started, described by the arguments of `assert_ran_task`, once for each of its containers."""

    call: Call
    described: tuple[Mapping[str, object], ...]

    def matches(self, given: Mapping[str, object]) -> bool:
        """Whether one of its descriptions matches."""
        return any(matches(given, each) for each in self.described)

    def nearest(self, given: Mapping[str, object]) -> Mapping[str, object]:
        """The most similar description."""
        return min(self.described, key=lambda each: distance(given, each))


def explain_ran_task(
    calls: Sequence[Call],
    starting: Sequence[Call],
    tasks: Sequence[RanTask],
    given: Mapping[str, object],
    times: int | None = None,
) -> str:
    """Explain why `assert_ran_task` failed.

    Args:
        calls: all calls that were made.
        starting: the calls of RunTask and StartTask.
        tasks: the tasks that they ran.
        given: what a task must match.
        times: how many tasks were expected; None: one or more.
    """
    found = [task for task in tasks if task.matches(given)]
    others = [task for task in tasks if not task.matches(given)]
    expected = "" if times is None or (times == 1 and not found) else f"; {_were(times, 'task')} expected"
    headline = f"{_were(len(found), 'task')} run{_with(given)}{expected}."
    lines = [headline[0].upper() + headline[1:]]
    if not tasks:
        lines += one_by_one(starting, len(calls))
    elif found:
        lines += one_by_one(_once_each(found), len(calls))
    if others and len(found) < (times or 1):
        near = min(others, key=lambda task: distance(given, task.nearest(given)))
        opening = "Nearest of the others" if found else f"{_were(len(others), 'task')} run. Nearest"
        lines += [f"  {opening} ({position_of(near.call, len(calls))}):", *difference(given, near.nearest(given))]
    return "\n".join([*lines, all_calls(calls)])


def _once_each(tasks: Iterable[RanTask]) -> list[Call]:
    return list({task.call.number: task.call for task in tasks}.values())


def explain_any_call(calls: Sequence[Call]) -> str:
    """Explain that calls were made although no call was expected."""
    headline = f"{_were(len(calls), 'call')} made; no call was expected."
    return "\n".join([headline, *one_by_one(calls, len(calls)), all_calls(calls)])


def explain_order(calls: Sequence[Call], operations: Sequence[str]) -> str:
    """Explain where the calls differ from the expected order."""
    met, missed = _way_through(calls, operations)
    all_missed = [call for call in calls if call.operation == missed]
    lines = [f"ECS was not called in the order {', '.join(operations)}."]
    if not all_missed or met is None:
        lines.append(f"  {missed} was not called at all.")
    else:
        lines.append(f"  No {missed} came after {met.operation} ({position_of(met, len(calls))}).")
        before = [call for call in all_missed if call.number < met.number]
        lines += [f"  The last {missed} before it was {position_of(call, len(calls))}." for call in before[-1:]]
    return "\n".join([*lines, all_calls(calls)])


def _way_through(calls: Sequence[Call], operations: Sequence[str]) -> tuple[Call | None, str | None]:
    """The last call that matched the expected order, and the first operation that had no matching call."""
    rest = iter(calls)
    last: Call | None = None
    for operation in operations:
        met = next((call for call in rest if call.operation == operation), None)
        if met is None:
            return last, operation
        last = met
    return last, None


def one_by_one(calls: Sequence[Call], of: int) -> list[str]:
    """The first calls with their outcomes, and how many more there are."""
    lines = []
    for call in calls[:CALLS_SHOWN]:
        lines.append(f"  {position_of(call, of).capitalize()}: {call.operation}({keywords(call.params)})")
        lines += [f"    {outcome}" for outcome in outcome_of(call)]
    hidden = len(calls) - CALLS_SHOWN
    return [*lines, f"  And {hidden} more."] if hidden > 0 else lines


def position_of(call: Call, of: int) -> str:
    """The position of a call among all calls: `call 4 of 6, at +12s`; of a later page of a listing, the page too."""
    page = f", page {call.page}" if call.page > 1 else ""
    return f"call {call.number} of {of}, at {offset_of(call)}{page}"


def outcome_of(call: Call) -> list[str]:
    """The outcome of a call that didn't succeed, or that something else answered. Empty if it succeeded."""
    if call.answered_by is not None:
        error = "" if call.error is None else f", with {call.error.code} {show(call.error.message or '', ON_A_LINE)}"
        return [f"It was answered by {call.answered_by}, not by the fake{error}."]
    attempts = f" ({len(call.attempts)} attempts)" if len(call.attempts) > 1 else ""
    if call.error is not None:
        message = show(call.error.message or "", ON_A_LINE)
        return [f"It was refused{attempts}: {call.error.code} {message}"]
    if call.problem is not None:
        return [f"The fake had no answer: {type(call.problem).__name__} {show(str(call.problem), ON_A_LINE)}"]
    failures: list[dict[str, Any]] = (call.response or {}).get("failures", [])
    reasons = dict.fromkeys(failure.get("reason", "") for failure in failures)
    return [f"It answered with failures: {', '.join(reasons)}"] if failures else []


def all_calls(calls: Sequence[Call]) -> str:
    """The last line of every report."""
    return f"  All calls: {in_a_row(calls)}" if calls else "  No call was made."


def in_a_row(calls: Iterable[Call]) -> str:
    """The called operations in order. Long runs of one operation are counted, and a long list shows only its two ends."""
    names = []
    for name, run in groupby(_listings(calls)):
        count = len(list(run))
        names += [name] * count if count < LONG_RUN else [f"{count} x {name}"]
    hidden = len(names) - 2 * NAMES_AT_EACH_END
    if hidden > 0:
        names[NAMES_AT_EACH_END:-NAMES_AT_EACH_END] = [f"... {hidden} more ..."]
    return ", ".join(names)


def _listings(calls: Iterable[Call]) -> Iterator[str]:
    """The names of the calls; consecutive pages of one listing are one: `ListTasks (3 pages)`."""
    listing: list[Call] = []
    for call in calls:
        if listing and call.previous_page is not listing[-1]:
            yield _listed(listing)
            listing = []
        listing.append(call)
    if listing:
        yield _listed(listing)


def _listed(pages: Sequence[Call]) -> str:
    name = _name_and_refusal(pages[-1])
    return name if len(pages) == 1 else f"{name} ({len(pages)} pages)"


def _name_and_refusal(call: Call) -> str:
    refusal = call.error or call.problem
    return call.operation if refusal is None else f"{call.operation} ({type(refusal).__name__})"


def difference(given: Mapping[str, object], recorded: Mapping[str, object]) -> list[str]:
    """The lines of a comparison: first the values that match, then those that differ, with `-` for given and `+` for recorded."""
    lines = sorted(compare(given, recorded), key=lambda line: not line.matching)
    width = max((len(line.path) for line in lines), default=0)
    return [f"    {mark} {line.path:<{width}}  {text}" for line in lines for mark, text in _sides(line)]


def _sides(line: Line) -> list[tuple[str, str]]:
    if line.matching:
        return [(" ", cut(_side(line.wanted), ON_A_LINE))]
    wanted, got = _side(line.wanted), _side(line.got)
    apart = next((index for index, (one, other) in enumerate(zip(wanted, got, strict=False)) if one != other), 0)
    return [("-", cut(wanted, ON_A_LINE, apart)), ("+", cut(got, ON_A_LINE, apart))]


def _side(value: object) -> str:
    return "(absent)" if value is ABSENT or value is None else source(value)


def _with(given: Mapping[str, object]) -> str:
    return f" with {keywords(given)}" if given else ""


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _were(count: int, noun: str) -> str:
    return {0: f"no {noun} was", 1: f"1 {noun} was"}.get(count, f"{count} {noun}s were")
