"""A test of a user's kind is run without a fake and with one: it passes with it where it passes without it."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from importlib.metadata import entry_points
from importlib.util import find_spec

import pytest

AUTO = "ecs_fake_auto = true"

#: A fixture of the set-up calls ECS and moves the clock, so that all that a sleep or a call patches late is patched.
USED = """
import pytest

@pytest.fixture(autouse=True)
def _used_before(ecs_fake):
    ecs_fake.client.list_clusters()
    ecs_fake.clock.advance(seconds=3600)
"""

NO_TIME_MACHINE = """
import sys
sys.modules["time_machine"] = None
"""

#: The line of the ini file, and what conftest.py begins with.
VARIANTS = {
    "without a fake": ("", ""),
    "with a fake": (AUTO, ""),
    "with a fake that was used before": (AUTO, USED),
    "with a fake that was used before, without time-machine": (AUTO, NO_TIME_MACHINE + USED),
}

#: Seconds after which an inner run hangs.
HANGS = 60

Passes = Callable[..., None]


def plugins_of(libraries: tuple[str, ...]) -> Iterator[str]:
    """The names by which pytest knows the plugins of these libraries."""
    for entry in entry_points(group="pytest11"):
        if any(library in entry.value for library in libraries):
            yield entry.name


@pytest.fixture(params=VARIANTS)
def passes(request: pytest.FixtureRequest, pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> Passes:
    """Run a user's tests in a pytest of its own, with the plugins that they are about, and have all of them pass."""
    if os.environ.get("ECSFAKE_NEIGHBOURS") != "1":
        pytest.skip("some hundred runs of pytest: tox's environment neighbours-of-pytest sets ECSFAKE_NEIGHBOURS=1")
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")

    def passes(
        *needed: str,
        code: str,
        passed: int = 1,
        args: tuple[str, ...] = (),
        ini: str = "",
        conftest: str = "",
        files: dict[str, str] | None = None,
        without_fake: bool = False,
        needs_time_machine: bool = False,
        **others: int,
    ) -> None:
        missing = [library for library in needed if find_spec(library) is None]
        if missing:
            pytest.skip(f"{', '.join(missing)} isn't installed")
        auto, first = VARIANTS["without a fake" if without_fake else request.param]
        if "time_machine" in needed and NO_TIME_MACHINE in first:
            pytest.skip("a test of time-machine without it")
        if needs_time_machine and NO_TIME_MACHINE in first:
            pytest.skip(
                "freezegun puts a class of its own in the place of datetime, and reaches nothing that is held by value"
            )
        pytester.makeini(f"[pytest]\n{auto}\n{ini}")
        pytester.makeconftest(first + conftest)
        pytester.makepyfile(code)
        for name, text in (files or {}).items():
            (pytester.path / name).write_text(text)
        plugins = [f"-p{name}" for name in ("no:cacheprovider", "ecsfake", *plugins_of(needed))]
        result = pytester.runpytest_subprocess(*plugins, *args, timeout=HANGS)
        result.assert_outcomes(passed=passed, **others)

    return passes
