"""The bystander suite: CPython's own tests of what waits, without a fake and with one on. Nothing may fail only under the fake.

The tests are those of the interpreter that runs this, from its own Lib/test: `tox run -e bystanders`. Where an interpreter ships none
it says so and ends well. Module names as arguments run these alone, `quick` those that take a minute or two together.

A test that differs is run again by itself in both ways, since some of them depend on the machine's load: it counts where it passes twice
without the fake and fails twice with it.
"""

from __future__ import annotations

import importlib.util
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from one_module import WAYS

#: Tests of threads, processes, sleeps, clocks and loops. Without those that want the network: `use_resources` is empty.
MODULES = (
    "test.test_queue",
    "test.test_sched",
    "test.test_threading",
    "test.test_threading_local",
    "test.test_thread",
    "test.test_threadsignals",
    "test.test_subprocess",
    "test.test_time",
    "test.test_timeit",
    "test.test_datetime",
    "test.test_strptime",
    "test.test_calendar",
    "test.test_selectors",
    "test.test_select",
    "test.test_socketserver",
    "test.test_logging",
    "test.test_contextlib_async",
    "test.test_concurrent_futures",
    "test.test_asyncio",
    "test.test_multiprocessing_fork",
)

#: What a run for every change can afford: each takes seconds.
QUICK = (
    "test.test_queue",
    "test.test_sched",
    "test.test_thread",
    "test.test_threading_local",
    "test.test_timeit",
    "test.test_contextlib_async",
    *(
        f"test.test_asyncio.test_{name}"
        for name in ("base_events", "locks", "queues", "runners", "taskgroups", "timeouts", "unix_events", "waitfor")
    ),
)

#: Longer than any of them takes: one that hangs under the fake is ended then, and its tests count as failed.
TIMEOUT_SECONDS = 300

Outcomes = dict[str, str]


def main() -> int:
    """Run the suite; the exit code is 0 where nothing fails only under the fake."""
    if importlib.util.find_spec("test.test_sched") is None:
        print(f"{sys.executable} ships no tests of CPython: the bystander suite is skipped.")
        return 0
    failed: list[str] = []
    total = 0
    wanted = QUICK if sys.argv[1:] == ["quick"] else sys.argv[1:] or MODULES
    for module in [part for name in wanted for part in _parts(name)]:
        plain = _run(module, "without")
        total += len(plain)
        for way in WAYS[1:]:
            faked = _run(module, way)
            if plain and not faked:
                print(f"{module} ({way}): it hung, or ended the process", flush=True)
                failed.append(f"{module} ({way})")
                continue
            suspects = sorted(
                name
                for name in plain
                if plain[name] == "passed" and faked.get(name, "hung") not in ("passed", "skipped")
            )
            differing = [(name, text) for name in suspects if (text := _confirmed(module, way, name)) is not None]
            print(f"{module} ({way}): {len(plain)} tests, {len(differing)} fail only under the fake", flush=True)
            for name, text in differing:
                print(f"--- {name} ({way})\n{text}", flush=True)
                failed.append(f"{name} ({way})")
    print(f"\n{total} tests, {len(failed)} failures only under the fake")
    print("\n".join(failed))
    return 1 if failed else 0


def _parts(name: str) -> list[str]:
    """The modules of a package of tests, or the module itself; what this interpreter doesn't ship is left out with a word."""
    try:
        spec = importlib.util.find_spec(name)
    except ImportError:  # its package isn't there either
        spec = None
    if spec is None:
        print(f"{name}: this interpreter doesn't ship it", flush=True)
        return []
    if spec.submodule_search_locations is None:
        return [name]
    [folder] = spec.submodule_search_locations
    return [f"{name}.{path.stem}" for path in sorted(Path(folder).glob("test_*.py"))]


def _run(module: str, way: str, tests: Sequence[str] = ()) -> Outcomes:
    """How the tests of a module end. One that doesn't come to its end at all has no outcomes."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "outcomes.json"
        command = [sys.executable, str(Path(__file__).with_name("one_module.py")), module, way, str(path), *tests]
        try:
            subprocess.run(
                command,
                cwd=folder,
                env={**os.environ, "TMPDIR": folder},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=TIMEOUT_SECONDS,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return {}
        return json.loads(path.read_text()) if path.exists() else {}


def _confirmed(module: str, way: str, name: str) -> str | None:
    """What a test says that fails twice under the fake and passes twice without it; None of any other."""
    text = None
    for _ in range(2):
        if _run(module, "without", [name]).get(name) != "passed":
            return None
        text = _run(module, way, [name]).get(name, "hung, or ended the process")
        if text in ("passed", "skipped"):
            return None
    return text


if __name__ == "__main__":
    sys.exit(main())
