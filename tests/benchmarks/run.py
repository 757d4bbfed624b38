"""Prints what the fake costs, side by side with moto, botocore's Stubber, a handler that does nothing, and SimPy, from one run.

CPU time, since machines are noisy; batches taken in turns; medians, of ratios where two are compared. With --check a missed target makes
the exit code 1.
"""

from __future__ import annotations

import argparse
import platform
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from importlib.metadata import version
from statistics import median

import boto3
from contestants import Ready, contestants, new_client
from failure_page import page_of
from fresh_process import first_use, passing_test, plugin_load, store_of
from moto import mock_aws
from simulated_time import events_of, in_a_process, live
from whole_tests import of_one_test, of_suite

from pytest_ecsfake import ecs_fake
from pytest_ecsfake.fake import EcsFake

#: The compared calls, and how many times the floor each may take.
CALLS = {"describe_clusters": 1.25, "describe_tasks": 1.7, "run_task": 1.9, "register_task_definition": 1.7}
#: The calls whose time must not depend on the size of the store.
PAGES = {"describe_tasks": 1.2, "list_tasks": 1.2}
FEW, MANY = 100, 100_000

#: How many tasks an explanation is of, and how long it may take.
EXPLAINED, EXPLANATION_MS = 10_000, 50.0

#: The sizes of the services whose deployments are compared; ECS allows no more than 5,000 tasks.
SMALL_SERVICE, LARGE_SERVICE = 500, 5_000

#: The worlds that are restored after one of their tasks has changed.
SMALL_WORLD, LARGE_WORLD = 1_000, 10_000

ONE_TASK_CHANGED_MS = 0.5
ON_AND_OFF_MS = 0.1
FIRST_SLEEP_MS = 0.3
FIRST_USE_S = 0.12
PLUGIN_LOAD_MS = 5.0
OWN_SESSION_MS = 12.0

#: A whole test, as a multiple of one on constants, and of one on moto, which is to be ten times as dear.
OF_CONSTANTS, OF_MOTO = 1.4, 0.1

#: The same test made in other ways, as a multiple of one with a client of its own.
OTHER_SUITES = {"one client": 1.0, "module": 1.2, "session": 1.6, "session, not fast": float("inf")}

#: So many tests on two workers of pytest-xdist may take this multiple of the CPU time of one process.
MANY_TESTS, ON_WORKERS = 2_000, 1.15
REPORT_ON = 1.02

TASKS_OF_A_PAGE = 2_000
PAGE_S, PAGE_MB = 1.0, 3.0

BATCH = {"floor": 100, "fake": 100, "Stubber": 100, "moto": 20}


@dataclass(frozen=True)
class Row:
    """One line of the table."""

    name: str
    measured: float
    unit: str
    at_most: float
    beside: str = ""

    @property
    def is_met(self) -> bool:
        """Whether the target is kept."""
        return self.measured <= self.at_most

    def __str__(self) -> str:
        mark = "" if self.is_met else "MISSED"
        return (
            f"  {self.name:<26}{self.measured:>8.3g} {self.unit:<3}  at most {self.at_most:<5g} {mark:<7} {self.beside}"
        )


def calls(rounds: int) -> Iterator[Row]:
    """Each call as a multiple of the floor."""
    field = contestants()
    names = list(field)
    times: dict[tuple[str, str], list[float]] = {}
    for turn in range(rounds):
        for name in names[turn % len(names) :] + names[: turn % len(names)]:
            for call in CALLS:
                times.setdefault((name, call), []).append(_batch(field[name], call, BATCH[name]))
    for call, at_most in CALLS.items():
        floor = times["floor", call]
        ratio = {
            name: median(taken / least for taken, least in zip(times[name, call], floor, strict=True))
            for name in names[1:]
        }
        beside = f"floor {median(floor) * 1e6:.0f} µs, Stubber {ratio['Stubber']:.2f} x, moto {ratio['moto']:.1f} x"
        yield Row(call, ratio["fake"], "x", at_most, beside)


def _batch(contestant: Callable[[], AbstractContextManager[Ready]], call: str, times: int) -> float:
    with contestant() as ready:
        method, arguments = getattr(ready.client, call), ready.arguments[call]
        ready.before_batch(call, times + 1)
        method(**arguments)
        start = time.process_time()
        for _ in range(times):
            method(**arguments)
        return (time.process_time() - start) / times


def once(rounds: int) -> Iterator[Row]:
    """What is paid once a test, once a process and once a run of pytest."""
    on_and_off = {name: median(_on_and_off(fake) for _ in range(rounds)) for name, fake in _SWITCHES.items()}
    yield Row(
        "turning on and off", on_and_off["fake"] * 1e3, "ms", ON_AND_OFF_MS, f"moto {on_and_off['moto'] * 1e3:.1f} ms"
    )
    yield Row("a session of its own", _own_session(rounds) * 1e3, "ms", OWN_SESSION_MS, "over the default one's")
    yield Row("the first sleep of a test", _first_sleep(rounds) * 1e3, "ms", FIRST_SLEEP_MS)
    yield Row(
        "first use in a process", first_use("fake", rounds), "s", FIRST_USE_S, f"moto {first_use('moto', 3):.2f} s"
    )
    yield Row(
        "a test that passes, with its report on", passing_test(max(rounds // 3, 1)), "x", REPORT_ON, "as against off"
    )
    own, others = plugin_load(rounds)
    yield Row("loading the plugin", own * 1e3, "ms", PLUGIN_LOAD_MS, f"and time-machine's {others * 1e3:.3g} ms")


_SWITCHES: dict[str, Callable[[], AbstractContextManager[object]]] = {"fake": ecs_fake, "moto": mock_aws}


def _on_and_off(fake: Callable[[], AbstractContextManager[object]], times: int = 20) -> float:
    with fake():
        pass
    start = time.process_time()
    for _ in range(times):
        with fake():
            pass
    return (time.process_time() - start) / times


def _own_session(rounds: int) -> float:
    """CPU seconds of a new session and its client under the fake, over those of a client of boto3's default session: the median."""

    def taken(make: Callable[[], object]) -> float:
        start = time.process_time()
        make()
        return time.process_time() - start

    with ecs_fake():
        new_client()
        return median(
            taken(lambda: new_client(session=boto3.Session())) - taken(new_client) for _ in range(max(rounds, 5))
        )


def _first_sleep(rounds: int, times: int = 20) -> float:
    """CPU seconds of a fake in which one sleep moves the clocks of the process, without what turning on and off takes: the median."""
    return median(_with_a_sleep(times) - _on_and_off(ecs_fake, times) for _ in range(rounds))


def _with_a_sleep(times: int) -> float:
    start = time.process_time()
    for _ in range(times):
        with ecs_fake():
            time.sleep(1)
    return (time.process_time() - start) / times


def pages(rounds: int) -> Iterator[Row]:
    """The calls with many tasks in the store, as a multiple of their time with few."""
    with store_of(FEW) as few, store_of(MANY) as many:
        for call, at_most in PAGES.items():
            pairs = [(few.batch(call, 100), many.batch(call, 100)) for _ in range(rounds)]
            ratio = median(with_many / with_few for with_few, with_many in pairs)
            with_few = median(pair[0] for pair in pairs)
            yield Row(call, ratio, "x", at_most, f"with {FEW} tasks {with_few * 1e6:.0f} µs")


def lives(rounds: int) -> Iterator[Row]:
    """The life of a task from RunTask to STOPPED: by its events beside SimPy's timeouts, what many cost more than few, and its memory."""
    events = events_of(lambda: live(100)) / 100
    of_few, of_many, timeout, timeout_in_step = [], [], [], []
    for _ in range(max(rounds // 3, 1)):
        of_few += in_a_process("lives", MANY // 100, 20)
        of_many += in_a_process("lives", MANY, 1)
        timeout += in_a_process("timeouts", MANY, round(events), 1)
        timeout_in_step += in_a_process("timeouts", MANY, round(events), 0)
    for name, least in (("a timeout", timeout), ("a timeout in step", timeout_in_step)):
        slower = median(many / events / one for many, one in zip(of_many, least, strict=True))
        beside = f"{events / median(of_many):,.0f} events/s, SimPy {1 / median(least):,.0f} timeouts/s"
        yield Row(f"an event, of {name}", slower, "x", 2.5, beside)
    dearer = median(many / few for few, many in zip(of_few, of_many, strict=True))
    yield Row(f"a task, of {MANY // 100:,} at once", dearer, "x", 1.2, f"{median(of_many) * 1e6:.0f} µs")
    [memory] = in_a_process("memory", MANY // 10)
    yield Row("memory of a live task", memory / 1024, "KiB", 4.0)


def snapshots(rounds: int) -> Iterator[Row]:
    """A snapshot and its restore round a test that changes one task: what a test of a wider scope pays."""
    small, large = (in_a_process("snapshots", size, 5 * rounds) for size in (SMALL_WORLD, LARGE_WORLD))
    beside = f"with {LARGE_WORLD:,} tasks {median(large) * 1e3:.2g} ms"
    yield Row(f"with {SMALL_WORLD:,} tasks", median(small) * 1e3, "ms", ONE_TASK_CHANGED_MS, beside)


def deployments(rounds: int) -> Iterator[Row]:
    """The rolling deployment of a whole service, as a multiple of the time with a tenth of the tasks."""
    pairs = [
        (in_a_process("deployments", SMALL_SERVICE), in_a_process("deployments", LARGE_SERVICE))
        for _ in range(max(rounds // 3, 1))
    ]
    ratio = median(large / small for (small, _), (large, _) in pairs)
    rates = [
        f"{size:,} tasks {median(pair[which][1] / pair[which][0] for pair in pairs):,.0f} events/s"
        for which, size in enumerate((SMALL_SERVICE, LARGE_SERVICE))
    ]
    yield Row(f"{LARGE_SERVICE:,} tasks", ratio, "x", 15.0, ", ".join(rates))


def explanations(rounds: int) -> Iterator[Row]:
    """What a failed test pays: the explanation of a world of many tasks that all ended badly, and of one whose tasks are on their way."""
    for name, advanced in (("of tasks that crashed", 120), ("of tasks on their way", 12)):
        with ecs_fake(clusters=["prod"], strict=False) as ecs:
            ecs.containers.script(family="web", exit_code=1)
            network = {"awsvpcConfiguration": {"subnets": ["subnet-0a1b2c3d"]}}
            ecs.client.register_task_definition(
                family="web",
                requiresCompatibilities=["FARGATE"],
                networkMode="awsvpc",
                cpu="256",
                memory="512",
                containerDefinitions=[{"name": "app", "image": "nginx"}],
            )
            for _ in range(EXPLAINED // 10):
                ecs.client.run_task(
                    cluster="prod", taskDefinition="web", launchType="FARGATE", networkConfiguration=network, count=10
                )
            ecs.clock.advance(seconds=advanced)
            best = min(_explanation(ecs) for _ in range(rounds))  # other processes disturb what takes this long
            yield Row(name, best * 1e3, "ms", EXPLANATION_MS, f"the best of {rounds} rounds")


def _explanation(ecs: EcsFake) -> float:
    start = time.process_time()
    ecs.explain()
    return time.process_time() - start


def failures(rounds: int) -> Iterator[Row]:
    """The page of a failed test."""
    seconds, length = page_of(TASKS_OF_A_PAGE, max(rounds // 3, 1))
    yield Row(f"a page of {TASKS_OF_A_PAGE:,} tasks", seconds, "s", PAGE_S)
    yield Row("its size", length / 1e6, "MB", PAGE_MB)


def whole_tests(rounds: int) -> Iterator[Row]:
    """A test of 50 calls with a client of its own under pytest, beside the same test on other ground."""
    taken = [{suite: of_one_test(suite) for suite in ("constants", "fake")} for _ in range(max(rounds // 5, 1))]
    fake = median(each["fake"] for each in taken)
    beside = f"{fake * 1e3:.1f} ms; with a session of its own {of_one_test('session') * 1e3:.1f} ms"
    yield Row(
        "of one on constants", median(each["fake"] / each["constants"] for each in taken), "x", OF_CONSTANTS, beside
    )
    moto = of_one_test("moto")
    yield Row("of one on moto", fake / moto, "x", OF_MOTO, f"moto {moto * 1e3:.0f} ms, {moto / fake:.1f} x dearer")


def suites(rounds: int) -> Iterator[Row]:
    """The same test with other clients and scopes: what docs/large-suites.md tells."""
    for suite, at_most in OTHER_SUITES.items():
        pairs = [(of_one_test("fake"), of_one_test(suite)) for _ in range(max(rounds // 5, 1))]
        yield Row(suite, median(other / fake for fake, other in pairs), "x", at_most)


def on_workers(rounds: int) -> Iterator[Row]:
    """Many such tests on two workers of pytest-xdist, as a multiple of the CPU time of one process."""
    alone, shared = of_suite("fake", MANY_TESTS), of_suite("fake", MANY_TESTS, "-n", "2")
    yield Row(f"{MANY_TESTS:,} tests on two", shared / alone, "x", ON_WORKERS, f"{alone:.1f} s in one process")


PARTS = {
    "A call, as a multiple of the floor: a before-call handler that answers a fixed document": calls,
    "Paid once": once,
    f"With {MANY:,} tasks in the store, as a multiple of the time with {FEW}": pages,
    f"The lives of {MANY:,} tasks at once, RUNNING and then STOPPED": lives,
    "Snapshot and restore round a test that changes one task": snapshots,
    f"The explanation of a world of {EXPLAINED:,} tasks": explanations,
    f"A rolling deployment, as a multiple of the time with {SMALL_SERVICE:,} tasks": deployments,
    "A test that fails": failures,
    "A test of 50 calls with a client of its own, under pytest": whole_tests,
}
#: By their options, since they take minutes.
PARTS_BY_NAME = {
    "workers": ("On workers of pytest-xdist, as a multiple of the CPU time of one process", on_workers),
    "suites": ("A test of 50 calls, as a multiple of one with a client of its own", suites),
}


def main() -> int:
    """Print the table; 1 where a target is missed and --check was given."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=15, help="how often each batch is taken (15)")
    parser.add_argument("--check", action="store_true", help="exit with 1 if a target is missed")
    parser.add_argument(
        "--only", choices=PARTS_BY_NAME, help="measure this alone, which takes minutes and isn't in the table"
    )
    options = parser.parse_args()

    versions = ", ".join(
        f"{name} {version(name)}" for name in ("pytest-ecsfake", "botocore", "moto", "pytest", "simpy")
    )
    print(f"Python {platform.python_version()}, {versions}. CPU time, medians of {options.rounds} rounds.")
    missed = 0
    parts = PARTS if options.only is None else dict([PARTS_BY_NAME[options.only]])
    for title, part in parts.items():
        print(f"\n{title}")
        for row in part(options.rounds):
            print(row, flush=True)
            missed += not row.is_met
    print(f"\n{missed} of the targets missed" if missed else "\nall targets met")
    return 1 if missed and options.check else 0


if __name__ == "__main__":
    sys.exit(main())
