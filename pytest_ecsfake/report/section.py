"""The section `ecs_fake` in pytest's report of a test: what happened on the fake, and what the fake had to say besides."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pytest

    from pytest_ecsfake.fake import EcsFake


def section(fake: EcsFake, report: pytest.TestReport, call: pytest.CallInfo[None]) -> str:
    """The text of the section. Empty if there is nothing to say.

    A failed test has the time line. A skip and an expected failure have only what would fail a test that passed.
    """
    lines = [fake.timeline()] if report.failed else []
    lines += [*_swallowed(fake, call), *_unused(fake)]
    complaint = fake.complaint_of_answers() if report.failed else None
    if complaint is not None:
        lines.append(complaint[0].upper() + complaint[1:])
    return "\n".join(lines)


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
