"""The section of a test in JUnit's XML, as the test's `system-out`. pytest itself writes only what it captured, if `junit_logging` says so."""

from __future__ import annotations

from collections.abc import Generator
from typing import TYPE_CHECKING, Any
from xml.etree.ElementTree import SubElement

import pytest

from pytest_ecsfake.activation.switch import NAME

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element


class JunitOutput:
    """Puts the sections into the file that `--junitxml` names.

    A test case may have several `system-out`, but most readers show only the first, so ours and that of pytest are one.

    Args:
        config: leads to pytest's own writer.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._texts: dict[
            tuple[str, Any], tuple[Any, str]
        ] = {}  # the reporter and the text of each test that hasn't ended

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_logreport(self, report: pytest.TestReport) -> Generator[None, None, None]:
        """Note the section of a test, and write it when the test is over: pytest has made the test case then."""
        yield
        key = report.nodeid, getattr(report, "node", None)  # with pytest-xdist, the worker
        text = "\n".join(content for name, content in report.sections if name == NAME)
        if text and report.when != "teardown":
            reporter = self._reporter_of(report)
            if reporter is not None:
                self._texts[key] = reporter, text
        if report.when == "teardown" and key in self._texts:
            reporter, text = self._texts.pop(key)
            _write(reporter.to_xml(), text)

    def _reporter_of(self, report: pytest.TestReport) -> Any:
        from _pytest.junitxml import xml_key

        xml = self._config.stash.get(xml_key, None)
        return None if xml is None else xml.node_reporter(report)


def _write(case: Element, text: str) -> None:
    from _pytest.junitxml import bin_xml_escape

    output = case.find("system-out")
    before = "" if output is None else output.text or ""
    if output is None:
        output = SubElement(case, "system-out")
    output.text = bin_xml_escape("\n".join([f" {NAME} ".center(80, "-"), text, ""])) + before
