"""Writes the pages, the traces and the index of a run: `--ecs-fake-html=DIR` and `--ecs-fake-trace=DIR`.

It is a plugin of its own, which exists only where one of the two options is given. What a failed test did is taken while its fake still holds it,
and written once the test's fixtures are gone, so that nothing that they have put in the way of files meets it. Under pytest-xdist each worker
writes the pages of its tests, tells the controller their names in the test's report, and the controller writes the index.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from pytest_ecsfake.report import index
from pytest_ecsfake.report.page import page
from pytest_ecsfake.report.trace import as_json, trace

if TYPE_CHECKING:
    from pytest_ecsfake.fake import EcsFake

HTML, TRACE = "--ecs-fake-html", "--ecs-fake-trace"
INDEX = "index.html"

#: The attribute of a test's last report that tells the controller what was written.
WRITTEN = "ecs_fake_written"


@dataclass(slots=True)
class _Taken:
    """The trace of a test, taken while its fake still had it.

    Attributes:
        trace: the trace.
        is_shown: whether it is to be written.
        is_told: whether a report of the test says where.
    """

    trace: dict[str, Any]
    is_shown: bool = False
    is_told: bool = False


_TAKEN: pytest.StashKey[_Taken] = pytest.StashKey()


class Files:
    """Takes the trace of each test that is to be shown, and writes it in the forms that were asked for.

    Args:
        config: has the options.
        fake_of: the fake of a test, or None.
        starts_over: whether a test's fake returns to an earlier state before the test's last report, as one of a wider scope does.
        shows_all: whether tests that pass are shown too.

    Raises:
        pytest.UsageError: a folder can't be made.
    """

    def __init__(
        self,
        config: pytest.Config,
        *,
        fake_of: Callable[[pytest.Item], EcsFake | None],
        starts_over: Callable[[pytest.Item], bool],
        shows_all: bool,
    ) -> None:
        self._fake_of = fake_of
        self._starts_over = starts_over
        self._html = _folder(config, HTML)
        self._trace = _folder(config, TRACE)
        self._shows_all = shows_all
        self._is_worker = hasattr(config, "workerinput")
        self._run = index.Run()
        self._problems: list[str] = []

    # --- one test -------------------------------------------------------------------------------------------------------------------

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_makereport(
        self, item: pytest.Item, call: pytest.CallInfo[None]
    ) -> Generator[None, pytest.TestReport, pytest.TestReport]:
        """Take what the test did when it has failed, or when it is the last moment to; write it after its fixtures are gone."""
        fake = self._fake_of(item)  # plugin.py forgets it with the last report
        report = yield
        taken = item.stash.get(_TAKEN, None)
        is_shown = report.failed or (self._shows_all and (report.when == "call" or report.skipped))
        may_fail_later = report.when == "call" and self._starts_over(item)
        if taken is None and fake is not None and (is_shown or may_fail_later):
            taken = self._take(fake, item)
        if taken is None:
            return report
        if is_shown and not taken.is_shown:
            taken.is_shown = True
            about = taken.trace["otherData"]
            about.update(_end_of(report, about["explanation"]))
        if report.failed and not taken.is_told:
            taken.is_told = True
            paths = [folder / f"{name_of(item.nodeid)}{ending}" for folder, ending in self._folders()]
            report.sections.append(("ecs_fake page", "\n".join(map(str, paths))))
        if report.when == "teardown":
            del item.stash[_TAKEN]
            if taken.is_shown:
                setattr(report, WRITTEN, self._write(item.nodeid, taken.trace))
        return report

    def _take(self, fake: EcsFake, item: pytest.Item) -> _Taken | None:
        try:
            taken = item.stash[_TAKEN] = _Taken(_trace_of(fake, item))
        except Exception as bug:  # pytest ends the whole run where a report can't be made
            self._problems.append(f"pytest-ecsfake met a bug while it took the trace of {item.nodeid}: {bug!r}")
            return None
        return taken

    def _folders(self) -> list[tuple[Path, str]]:
        asked = [(self._html, ".html"), (self._trace, ".json")]
        return [(folder, ending) for folder, ending in asked if folder is not None]

    def _write(self, nodeid: str, made: dict[str, Any]) -> dict[str, Any]:
        """Write what was asked for; what the index says of it is returned."""
        about = made["otherData"]
        written = {"why": index.first_words(about), "duration": about["duration"], "calls": about["calls"]}
        for folder, ending in self._folders():
            name = f"{name_of(nodeid)}{ending}"
            text = as_json(made) if ending == ".json" else page(made, index=INDEX)
            try:
                folder.mkdir(parents=True, exist_ok=True)
                (folder / name).write_text(text, encoding="utf-8")
            except OSError as error:
                self._problems.append(f"{name} was not written: {error}")
            else:
                written[ending] = name
        return written

    # --- the whole run --------------------------------------------------------------------------------------------------------------

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Note how each test of the run ends, also those of the workers of pytest-xdist."""
        if not self._is_worker:
            self._run.note(report, getattr(report, WRITTEN, None))

    @pytest.hookimpl(trylast=True)
    def pytest_sessionfinish(self) -> None:
        """Write the index, unless this is a worker."""
        if self._html is not None and not self._is_worker:
            try:
                self._html.mkdir(parents=True, exist_ok=True)
                (self._html / INDEX).write_text(index.render(self._run), encoding="utf-8")
            except OSError as error:
                self._problems.append(f"{INDEX} was not written: {error}")

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Say where the pages and the traces are."""
        if self._html is not None:
            terminalreporter.write_line(f"ecs_fake: {_count(self._run.written('.html'), 'page')}, {self._html / INDEX}")
        if self._trace is not None:
            terminalreporter.write_line(f"ecs_fake: {_count(self._run.written('.json'), 'trace')} in {self._trace}")
        for problem in self._problems:
            terminalreporter.write_line(f"ecs_fake: {problem}")


def name_of(nodeid: str) -> str:
    """The name of a test's files: what is left of its id in a file name, and a checksum that tells equal ones apart."""
    words = re.sub(r"[^A-Za-z0-9_.]+", "-", nodeid).strip("-.")
    return f"{words[-100:]}-{hashlib.sha256(nodeid.encode()).hexdigest()[:8]}"


def _count(number: int, word: str) -> str:
    return f"{number} {word}{'' if number == 1 else 's'}"


def _folder(config: pytest.Config, option: str) -> Path | None:
    """The folder that an option names. It is found now: a test may change the current directory."""
    given: str | None = config.getoption(option)
    if given is None:
        return None
    if not given.strip():
        raise pytest.UsageError(f"{option} needs the name of a folder: {option}=DIR.")
    folder = (config.invocation_params.dir / given).resolve()
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise pytest.UsageError(f"{option}={given} can't be made a folder: {error}.") from None
    return folder


def _trace_of(fake: EcsFake, item: pytest.Item) -> dict[str, Any]:
    """The trace of a test as it is now. How the test ends is filled in later."""
    about = {
        "test": item.nodeid,
        "outcome": "passed",
        "failure": "",
        "explanation": fake.explanation,
        "calls": len(fake.calls),
    }
    return fake.examine(lambda endpoint: trace(endpoint, about))


def _end_of(report: pytest.TestReport, explanation: str) -> dict[str, str]:
    """How a test ended, and what its failure says besides the explanation, which an error of a waiter has in its notes."""
    crash = getattr(report.longrepr, "reprcrash", None)
    message = str(crash.message) if crash is not None else str(report.longrepr or "") if report.failed else ""
    return {"outcome": index.outcome_of(report), "failure": message.replace(explanation, "").strip()[:10_000]}
