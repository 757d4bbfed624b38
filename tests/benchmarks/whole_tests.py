"""What a whole test costs under pytest, with a client or a session of its own: with this fake, with moto, and with a hook that answers constants.

Each suite is a file of equal tests, run by pytest in a process of its own. What a test costs is the difference between a long and a short file: the
start of pytest and the first use of botocore are in both.
"""

from __future__ import annotations

import os
import resource
import subprocess
import sys
import tempfile
from pathlib import Path

from contestants import TASK_DEFINITION

#: The lengths of the two files; moto's tests take long enough to be told apart from the start by fewer.
SHORT, LONG = 20, 220
OF_MOTO = 5, 35

#: A plausible test of a deployment script: 50 calls.
_WORK = f"""
import boto3, pytest

KEYS = {{"aws_access_key_id": "a", "aws_secret_access_key": "b", "region_name": "us-east-1"}}
DEFINITION = {TASK_DEFINITION!r}

def work(ecs, subnet="subnet-12345678", group="sg-12345678"):
    ecs.create_cluster(clusterName="prod")
    ecs.register_task_definition(**DEFINITION)
    network = {{"awsvpcConfiguration": {{"subnets": [subnet], "securityGroups": [group]}}}}
    for _ in range(8):
        run = ecs.run_task(cluster="prod", taskDefinition=DEFINITION["family"], launchType="FARGATE", networkConfiguration=network)
        tasks = [task["taskArn"] for task in run["tasks"]]
        ecs.describe_tasks(cluster="prod", tasks=tasks)
        ecs.list_tasks(cluster="prod")
        ecs.describe_tasks(cluster="prod", tasks=tasks)
        ecs.describe_clusters(clusters=["prod"])
        ecs.describe_tasks(cluster="prod", tasks=tasks)
    assert tasks

"""

_CLIENT = 'boto3.client("ecs", **KEYS)'
_SESSION = 'boto3.Session().client("ecs", **KEYS)'

_MOTO = """
from moto import mock_aws
from moto.ec2 import ec2_backends

@pytest.fixture
def network():
    with mock_aws():
        backend = ec2_backends["123456789012"]["us-east-1"]
        subnet = backend.get_default_subnets()["us-east-1a"]
        yield subnet.id, backend.get_security_group_from_name("default", subnet.vpc_id).id
"""

_CONSTANTS = """
from types import SimpleNamespace
import botocore.handlers

HTTP, ANSWER = SimpleNamespace(status_code=200), {"tasks": [{"taskArn": "arn:aws:ecs:us-east-1:123456789012:task/prod/1"}]}
botocore.handlers.BUILTIN_HANDLERS.append(("before-call.ecs", lambda **_: (HTTP, ANSWER)))
"""

_WITHOUT_US = ("-p", "no:ecsfake")

#: The source of a suite, but for the number of its tests, and the arguments for pytest.
SUITES: dict[str, tuple[str, tuple[str, ...]]] = {
    "constants": (f"{_WORK}{_CONSTANTS}\ndef test_it(number):\n    work({_CLIENT})\n", _WITHOUT_US),
    "fake": (f"{_WORK}\ndef test_it(number, ecs_fake):\n    work({_CLIENT})\n", ()),
    "moto": (f"{_WORK}{_MOTO}\ndef test_it(number, network):\n    work({_CLIENT}, *network)\n", _WITHOUT_US),
    "session": (f"{_WORK}\ndef test_it(number, ecs_fake):\n    work({_SESSION})\n", ()),
}


def of_one_test(suite: str) -> float:
    """CPU seconds of one test of a suite."""
    short, long = OF_MOTO if suite == "moto" else (SHORT, LONG)
    return (of_suite(suite, long) - of_suite(suite, short)) / (long - short)


def of_suite(suite: str, tests: int, *arguments: str) -> float:
    """CPU seconds of pytest, and of the workers that it starts, for a suite of this many tests.

    Args:
        suite: which suite.
        tests: how many tests it has.
        arguments: further ones for pytest.
    """
    source, of_suite = SUITES[suite]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "test_suite.py")
        file.write_text(f'{source}\ntest_it = pytest.mark.parametrize("number", range({tests}))(test_it)\n')
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--rootdir={folder}", str(file)]
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([*command, *of_suite, *arguments], check=True, capture_output=True, env=_environment())
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def _environment() -> dict[str, str]:
    # With byte code, as a user's run has it.
    return {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
