"""The index of a run: all its tests, the failed ones first, with a link to the page of each test that has one."""

from __future__ import annotations

import html
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pytest_ecsfake.clock import SECOND
from pytest_ecsfake.explanation.explain import AT_REST
from pytest_ecsfake.report.page import fill, part
from pytest_ecsfake.version import version

if TYPE_CHECKING:
    import pytest

#: In this order they stand in the index.
OUTCOMES = ("failed", "error", "xpassed", "xfailed", "skipped", "passed")


@dataclass(slots=True)
class Test:
    """One test of the run.

    Attributes:
        nodeid: its id.
        outcome: the first of `OUTCOMES` that one of its phases had.
        seconds: how long it took, in real time.
        written: what was written of it; empty if nothing was.
    """

    nodeid: str
    outcome: str = "passed"
    seconds: float = 0.0
    written: Mapping[str, Any] = field(default_factory=dict)


class Run:
    """The tests of a run, in the order in which they were first reported."""

    def __init__(self) -> None:
        self._tests: dict[str, Test] = {}

    def note(self, report: pytest.TestReport, written: Mapping[str, Any] | None) -> None:
        """Note the report of one phase of a test. Another setup is another run of it, which alone counts."""
        if report.nodeid not in self._tests or report.when == "setup":
            self._tests[report.nodeid] = Test(report.nodeid)
        test = self._tests[report.nodeid]
        outcome = outcome_of(report)
        if OUTCOMES.index(outcome) < OUTCOMES.index(test.outcome):
            test.outcome = outcome
        test.seconds += report.duration
        if written is not None:
            test.written = written

    def written(self, ending: str) -> int:
        """How many files with this ending were written."""
        return sum(ending in test.written for test in self._tests.values())

    def sorted(self) -> list[Test]:
        """The tests, the failed ones first."""
        return sorted(self._tests.values(), key=lambda test: OUTCOMES.index(test.outcome))


def outcome_of(report: pytest.TestReport) -> str:
    """The outcome of a phase of a test, as pytest's summary has it."""
    if hasattr(report, "wasxfail"):
        return "xfailed" if report.skipped else "xpassed"
    if report.failed and report.when in ("setup", "teardown"):
        return "error"
    return report.outcome if report.outcome in OUTCOMES else "passed"  # another plugin's, such as "rerun"


def first_words(about: Mapping[str, Any]) -> str:
    """What says in a line why a test has failed: the explanation's beginning, or that of its failure where ECS has nothing to explain."""
    said = [about["explanation"], about["failure"]]
    if about["explanation"].startswith(AT_REST) and about["failure"]:
        said.reverse()
    lines = [line.strip() for text in said for line in text.splitlines() if line.strip()]
    # "Why prod/web isn't stable, 671 s after the start:" is a heading.
    return " ".join(lines[: 2 if lines and lines[0].endswith(":") else 1])


def render(run: Run) -> str:
    """The index as HTML."""
    tests = run.sorted()
    counts = {outcome: sum(test.outcome == outcome for test in tests) for outcome in OUTCOMES}
    members = {
        "generator": html.escape(f"pytest-ecsfake {version()}"),
        "style": part("page.css"),
        "counts": ", ".join(f"{count} {outcome}" for outcome, count in counts.items() if count) or "no test",
        "rows": "\n".join(map(_row, tests)),
    }
    return fill(part("index.html"), members)


def _row(test: Test) -> str:
    name = html.escape(test.nodeid)
    link = test.written.get(".html")
    shown = name if link is None else f'<a href="{html.escape(link)}">{name}</a>'
    why = html.escape(str(test.written.get("why", "")))
    virtual = f"{test.written['duration'] / SECOND:.6g} s" if test.written else ""
    calls = str(test.written.get("calls", ""))
    return (
        f'<tr><td><span class="outcome {test.outcome}">{test.outcome}</span></td><td>{shown}</td><td class="wide">{why}</td>'
        f'<td class="number wide">{virtual}</td><td class="number wide">{calls}</td><td class="number">{test.seconds:.2f} s</td></tr>'
    )
