"""Who answers the same calls: this fake, moto, botocore's Stubber, and the floor, a `before-call` handler that does nothing.

Each contestant is a context manager that hands over a client with a cluster, a task definition and a task behind it, and the arguments of
the calls that are compared. Stubber and the floor have no state: they answer what the fake answered.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

import boto3
from botocore.stub import Stubber
from moto import mock_aws

from pytest_ecsfake import ecs_fake

Arguments = dict[str, dict[str, Any]]

TASK_DEFINITION = json.loads((Path(__file__).parents[2] / "docs" / "examples" / "task-definition.json").read_text())

_CREDENTIALS = {"aws_access_key_id": "a", "aws_secret_access_key": "b", "region_name": "us-east-1"}


class Ready(NamedTuple):
    """A client that is answered, and the arguments for each of the compared calls."""

    client: Any
    arguments: Arguments
    before_batch: Callable[[str, int], None] = lambda call, times: None


def new_client(service: str = "ecs", *, session: Any = boto3) -> Any:
    """A client that needs nothing of the environment, of boto3's default session or of another."""
    return session.client(service, **_CREDENTIALS)


def set_up(ecs: Any, subnet: str = "subnet-12345678", security_group: str = "sg-12345678") -> Arguments:
    """Make a cluster, a task definition and a task; the arguments of the calls that are compared."""
    run = {
        "cluster": "prod",
        "taskDefinition": TASK_DEFINITION["family"],
        "launchType": "FARGATE",
        "networkConfiguration": {"awsvpcConfiguration": {"subnets": [subnet], "securityGroups": [security_group]}},
    }
    ecs.create_cluster(clusterName="prod")
    ecs.register_task_definition(**TASK_DEFINITION)
    task = ecs.run_task(**run)["tasks"][0]["taskArn"]
    return {
        "describe_clusters": {"clusters": ["prod"]},
        "describe_tasks": {"cluster": "prod", "tasks": [task]},
        "run_task": run,
        "register_task_definition": TASK_DEFINITION,
    }


@contextmanager
def this_fake() -> Iterator[Ready]:
    """pytest-ecsfake."""
    with ecs_fake():
        ecs = new_client()
        yield Ready(ecs, set_up(ecs))


@contextmanager
def moto() -> Iterator[Ready]:
    """moto, with a subnet and a security group that it begins with."""
    with mock_aws():
        ecs, ec2 = new_client(), new_client("ec2")
        subnet = ec2.describe_subnets()["Subnets"][0]["SubnetId"]
        security_group = ec2.describe_security_groups()["SecurityGroups"][0]["GroupId"]
        yield Ready(ecs, set_up(ecs, subnet, security_group))


@contextmanager
def _floor(arguments: Arguments, answers: dict[str, Any]) -> Iterator[Ready]:
    ecs = new_client()
    http = SimpleNamespace(status_code=200)
    by_operation = {ecs.meta.method_to_api_mapping[call]: answer for call, answer in answers.items()}
    ecs.meta.events.register_first("before-call.ecs", lambda model, **_: (http, by_operation[model.name]))
    yield Ready(ecs, arguments)


@contextmanager
def _stubber(arguments: Arguments, answers: dict[str, Any]) -> Iterator[Ready]:
    ecs = new_client()
    with Stubber(ecs) as stubber:

        def queue(call: str, times: int) -> None:
            for _ in range(times):
                stubber.add_response(call, answers[call])

        yield Ready(ecs, arguments, before_batch=queue)


def contestants() -> dict[str, Callable[[], AbstractContextManager[Ready]]]:
    """All contestants by name, the floor first."""
    with this_fake() as ready:
        arguments = ready.arguments
        answers = {call: getattr(ready.client, call)(**arguments[call]) for call in arguments}
    return {
        "floor": lambda: _floor(arguments, answers),
        "fake": this_fake,
        "Stubber": lambda: _stubber(arguments, answers),
        "moto": moto,
    }
