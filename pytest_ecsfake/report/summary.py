"""The sections of tests that didn't fail, on the terminal. pytest shows them under `-rP` alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_ecsfake.activation.switch import NAME

if TYPE_CHECKING:
    from _pytest.terminal import TerminalReporter

#: pytest's words for the outcomes whose sections it doesn't show.
_OUTCOMES = ("passed", "skipped", "xfailed", "xpassed")


class Summary:
    """Shows the sections at the end of the run."""

    def pytest_terminal_summary(self, terminalreporter: TerminalReporter) -> None:
        """Show the section of each test that didn't fail, below the failures."""
        shown = [outcome for outcome in _OUTCOMES if outcome != "passed" or not terminalreporter.hasopt("P")]
        for outcome in shown:
            for report in terminalreporter.getreports(outcome):
                text = "\n".join(content for name, content in report.sections if name == NAME)
                if text:
                    terminalreporter.write_sep("-", f"{NAME}: {report.nodeid} {outcome}")
                    terminalreporter.write_line(text)
