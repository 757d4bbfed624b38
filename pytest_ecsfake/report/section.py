"""The section `ecs_fake` in pytest's report of a test: what happened on the fake, and what the fake had to say besides."""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import indent
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

    from pytest_ecsfake.fake import EcsFake

#: The longest time line, unless the whole one is asked for.
LINES = 40


def section(fake: EcsFake, report: pytest.TestReport, call: pytest.CallInfo[None], *, always: bool = False) -> str:
    """The text of the section. Empty if there is nothing to say.

    A failed test has the explanation and the time line. A skip and an expected failure have only what would fail a test that passed.

    Args:
        fake: the test's fake.
        report: the report of the test's set-up or call.
        call: how that ended.
        always: whether the test has both however it ended, and the whole time line.
    """
    try:
        return "\n".join(_lines(fake, report, call, always=always))
    except Exception as bug:  # pytest ends the whole run where a report can't be made
        return f"pytest-ecsfake met a bug while it wrote this report: {bug!r}"


def _lines(fake: EcsFake, report: pytest.TestReport, call: pytest.CallInfo[None], *, always: bool) -> Iterator[str]:
    if report.failed or always:
        yield indent(fake.explanation, "  ")
        yield fake.timeline(None if always else LINES)
    if call.excinfo is not None:
        yield from _swallowed(fake, call)
        yield from _unused(fake)
    complaint = fake.complaint_of_answers() if report.failed else None
    if complaint is not None:
        yield complaint[0].upper() + complaint[1:]


def _swallowed(fake: EcsFake, call: pytest.CallInfo[None]) -> Iterator[str]:
    raised = str(call.excinfo.value) if call.excinfo is not None else ""
    for problem in fake.problems:
        if str(problem) not in raised:
            yield f"{type(problem).__name__}: {problem}"


def _unused(fake: EcsFake) -> Iterator[str]:
    if fake.options.strict:
        for order in fake.unused_orders:
            yield f"{order.unmet()}."
    for order in fake.orders:
        if order.is_overridden:
            yield f"{order.unmet()}."
