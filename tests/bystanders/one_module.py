"""Run one of CPython's own test modules, with a fake on or without one, and write how each of its tests ended.

Called by `run.py` in a process of its own: `python one_module.py MODULE HOW OUTCOMES [TEST ...]`.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import json
import signal
import sys
import time
import unittest
from collections.abc import Iterator
from contextlib import AbstractContextManager
from typing import Any

#: How a module is run: as it is; with a fake on; with one whose clock has been moved, so that the process reads virtual time.
WAYS = ("without", "with a fake", "after an advance")


#: What sets the system's clock, which root may: CPython's tests of it would set it to what the process reads, virtual time after an advance.
#: Without these functions they are skipped.
NEVER_CALLED = ("clock_settime", "clock_settime_ns")


class Outcomes(unittest.TestResult):
    """How each test ended, by its id; of subtests the worst counts."""

    def __init__(self) -> None:
        super().__init__()
        self.by_id: dict[str, str] = {}

    def startTest(self, test: unittest.TestCase) -> None:
        super().startTest(test)
        self.by_id[test.id()] = "passed"

    def addError(self, test: unittest.TestCase, err: Any) -> None:
        super().addError(test, err)
        self._note(test, err)

    def addFailure(self, test: unittest.TestCase, err: Any) -> None:
        super().addFailure(test, err)
        self._note(test, err)

    def addSubTest(self, test: unittest.TestCase, subtest: Any, err: Any) -> None:
        super().addSubTest(test, subtest, err)
        if err is not None:
            self._note(test, err)

    def addSkip(self, test: unittest.TestCase, reason: str) -> None:
        super().addSkip(test, reason)
        self.by_id[test.id()] = "skipped"

    def addUnexpectedSuccess(self, test: unittest.TestCase) -> None:
        super().addUnexpectedSuccess(test)
        self.by_id[test.id()] = "unexpected success"

    def _note(self, test: unittest.TestCase, err: Any) -> None:
        self.by_id[test.id()] = "failed: " + self._exc_info_to_string(err, test)  # type: ignore[attr-defined]


def main() -> None:
    """Run the tests and write the outcomes as JSON."""
    module_name, way, path, *chosen = sys.argv[1:]
    import test.support

    for name in NEVER_CALLED:
        if hasattr(time, name):
            delattr(time, name)
    test.support.use_resources = []
    test.support.verbose = 0
    outcomes = Outcomes()
    with _turned_on(way):
        loader = unittest.TestLoader()
        suite = loader.loadTestsFromModule(importlib.import_module(module_name))
        if chosen:
            suite = unittest.TestSuite(case for case in _cases(suite) if case.id() in chosen)
        # Many tests collect garbage; what botocore and the fake have brought along would be looked through each time.
        gc.collect()
        gc.freeze()
        suite(outcomes)
    with open(path, "w") as file:
        json.dump(outcomes.by_id, file)


def _turned_on(way: str) -> AbstractContextManager[object]:
    if way == "without":
        return contextlib.nullcontext()
    return _fake_on(advanced=way == "after an advance")


@contextlib.contextmanager
def _fake_on(*, advanced: bool) -> Iterator[None]:
    from pytest_ecsfake import ecs_fake

    with ecs_fake() as ecs:
        ecs.client.list_clusters()
        if advanced:
            ecs.clock.advance(seconds=3600)
        yield


def _cases(suite: Any) -> Iterator[unittest.TestCase]:
    for each in suite:
        if isinstance(each, unittest.TestSuite):
            yield from _cases(each)
        else:
            yield each


if __name__ == "__main__":
    # A process that is started in the background ignores it, and tests of interrupts would wait for ever.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    main()
