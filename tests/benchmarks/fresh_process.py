"""What only shows in a process of its own: the first use, the plugin's load, and the size of the store."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import IO

_CLIENT = """
import time
import boto3
keys = {"aws_access_key_id": "a", "aws_secret_access_key": "b", "region_name": "us-east-1"}
ecs = boto3.client("ecs", **keys)
start = time.process_time()
"""

_CALLS = """
    ecs.create_cluster(clusterName="prod")
    ecs.register_task_definition(family="web", requiresCompatibilities=["FARGATE"], networkMode="awsvpc", cpu="256",
                                 memory="512", containerDefinitions=[{"name": "app", "image": "nginx:1.27"}])
    ecs.describe_clusters(clusters=["prod"])
print(time.process_time() - start)
"""

FIRST_USE = {
    "fake": f"{_CLIENT}\nfrom pytest_ecsfake import ecs_fake\nwith ecs_fake():{_CALLS}",
    # A client is only answered by moto if it was made after moto was imported.
    "moto": f'{_CLIENT}\nfrom moto import mock_aws\nwith mock_aws():\n    ecs = boto3.client("ecs", **keys){_CALLS}',
}

#: A run of pytest in an empty folder that counts what is spent on loading our plugin and those of our dependencies.
_PLUGIN_LOAD = """
import importlib.metadata as metadata, re, sys, time, pytest

ours, left = set(), ["pytest-ecsfake"]
while left:
    name = left.pop()
    if name not in ours:
        ours.add(name)
        wanted = [line for line in metadata.requires(name) or [] if ";" not in line or "extra" not in line]
        for line in wanted:
            dependency = re.match(r"[\\w.-]+", line).group().lower()
            try:
                metadata.version(dependency)
            except metadata.PackageNotFoundError:
                continue
            left.append(dependency)

load, spent = metadata.EntryPoint.load, {True: 0.0, False: 0.0}

def timed(entry_point):
    start = time.process_time()
    try:
        return load(entry_point)
    finally:
        if entry_point.group == "pytest11" and entry_point.dist.name.lower() in ours:
            spent[entry_point.dist.name.lower() == "pytest-ecsfake"] += time.process_time() - start

metadata.EntryPoint.load = timed
pytest.main(["--collect-only", "--quiet", "-p", "no:cacheprovider", "--rootdir", sys.argv[1], sys.argv[1]])
print(spent[True], spent[False])
"""


#: A run of pytest whose tests have the report of failures on and off by turns; the medians of what they take, as a ratio.
_TESTS = """
import statistics, time, pytest

class Turns:
    def __init__(self):
        self.taken = {"failed": [], "never": []}

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item):
        report = item.config.option.ecs_fake_report = "never" if item.callspec.params["number"] % 2 else "failed"
        start = time.process_time()
        try:
            return (yield)
        finally:
            self.taken[report].append(time.process_time() - start)

turns = Turns()
assert pytest.main(["-q", "-p", "no:cacheprovider"], plugins=[turns]) == 0
on, off = (statistics.median(turns.taken[report][5:]) for report in ("failed", "never"))
print(f"\\n{on / off}")
"""

_PASSING_TESTS = """
import pytest

@pytest.mark.parametrize("number", range(600))
def test_passes(client, number):
    client.create_cluster(clusterName="prod")

@pytest.fixture
def client(ecs_fake, one_client=[]):
    if not one_client:
        one_client.append(ecs_fake.client)
    return one_client[0]
"""


def passing_test(rounds: int) -> float:
    """What a passing test costs with the report of failures on, as a multiple of one with the report off: the median."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "test_it.py").write_text(_PASSING_TESTS)
        command = [sys.executable, "-c", _TESTS]
        ratios = [
            float(subprocess.run(command, check=True, capture_output=True, text=True, cwd=folder).stdout.split()[-1])
            for _ in range(rounds)
        ]
    return median(ratios)


def first_use(contestant: str, rounds: int) -> float:
    """CPU seconds of the first calls in a fresh process, over botocore's own import and client: the median."""
    return median(_seconds(FIRST_USE[contestant]) for _ in range(rounds))


def plugin_load(rounds: int) -> tuple[float, float]:
    """CPU seconds that every pytest run on the machine pays, for our plugin and for those of our dependencies: the medians."""
    with tempfile.TemporaryDirectory() as empty:
        own, others = zip(*(_all_seconds(_PLUGIN_LOAD, empty) for _ in range(rounds)), strict=True)
    return median(own), median(others)


def _seconds(script: str) -> float:
    [seconds] = _all_seconds(script)
    return seconds


def _all_seconds(script: str, *arguments: str) -> list[float]:
    # With byte code: without it every process compiles the plugin again, which no user's does.
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    command = [sys.executable, "-c", script, *arguments]
    run = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return [float(seconds) for seconds in run.stdout.splitlines()[-1].split()]


#: Reads "CALL TIMES" on each line and prints the CPU seconds of one call, with argv[1] tasks in the store.
_STORE = """
import sys, time
from pytest_ecsfake import ecs_fake
import boto3

with ecs_fake(clusters=["prod"]) as fake:
    ecs = boto3.client("ecs")
    ecs.register_task_definition(family="web", requiresCompatibilities=["FARGATE"], networkMode="awsvpc", cpu="256",
                                 memory="512", containerDefinitions=[{"name": "app", "image": "nginx:1.27"}])
    for _ in range(int(sys.argv[1]) // 10):
        started = ecs.run_task(cluster="prod", taskDefinition="web", launchType="FARGATE", count=10,
                               networkConfiguration={"awsvpcConfiguration": {"subnets": ["subnet-12345678"]}})
    fake.calls.clear()
    fake.clock.advance(seconds=600)
    arguments = {"describe_tasks": {"tasks": [started["tasks"][0]["taskArn"]]}, "list_tasks": {"maxResults": 100}}
    print("ready", flush=True)
    for line in sys.stdin:
        name, times = line.split()
        call = getattr(ecs, name)
        start = time.process_time()
        for _ in range(int(times)):
            call(cluster="prod", **arguments[name])
        print((time.process_time() - start) / int(times), flush=True)
"""


class Store:
    """A process with a store of some size, which makes batches of calls when it is asked to."""

    def __init__(self, requests: IO[str], answers: IO[str]) -> None:
        self._requests = requests
        self._answers = answers

    def batch(self, call: str, times: int) -> float:
        """CPU seconds of one call."""
        self._requests.write(f"{call} {times}\n")
        self._requests.flush()
        return float(self._answers.readline())


@contextmanager
def store_of(tasks: int) -> Iterator[Store]:
    """A process whose fake holds that many running tasks."""
    with subprocess.Popen(
        [sys.executable, "-c", _STORE, str(tasks)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        yield Store(process.stdin, process.stdout)
        process.stdin.close()
