"""Any request of any operation, in a world where much lives: an answer that fits its schema, or an error of ECS that leaves no trace."""

from __future__ import annotations

import json
import os
import random
from collections.abc import Iterator
from datetime import datetime, timezone
from typing import Any

import botocore
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError
from botocore.session import Session
from hypothesis import given, note, settings
from hypothesis import strategies as st

import builders
from pictures import picture_of
from pytest_ecsfake import ecs_fake as switch
from pytest_ecsfake import operations
from pytest_ecsfake.arns import Partition
from pytest_ecsfake.clock import SECOND
from pytest_ecsfake.errors import EcsFakeNotBuiltError, EcsFakeUsageError
from pytest_ecsfake.fake import EcsFake
from pytest_ecsfake.validation import schemas
from traces import kept

pytestmark = pytest.mark.hypothesis

#: What stands where it doesn't belong.
CURIOSITIES: tuple[Any, ...] = (
    None,
    True,
    0,
    -1,
    1.5,
    2**63,
    "",
    " ",
    "\n",
    "é",
    "x" * 300,
    [],
    [None],
    {},
    {"key": None},
)

#: Texts of no meaning, for members whose name says nothing.
TEXTS = (
    "web",
    "prod",
    "a-1",
    "nginx:1.29",
    "true",
    "1",
    "/var/log",
    "TCP",
    "a" * 255,
    "arn:aws:iam::123456789012:role/runs",
)

DEEPEST = 5

#: How many requests are drawn of each operation; tox's environments "any-request" and "nightly" set more.
DRAWS = int(os.environ.get("ECSFAKE_DRAWS", "20"))

#: What pytest-ecsfake says of what it can't answer, whoever asks.
TOLD_BY_NAME = (
    "a member that pytest-ecsfake",
    "is not built",
    "has a simulated agent",
    "has no instance type",
    "means something else in Java",
)


AGENT = {"name": "agent", "image": "agent:1", "memory": 64}
PLACE = "arn:aws:ecs:us-east-1:123456789012"

#: Set-up of the resources that came last.
NEWER: tuple[tuple[str, dict[str, Any]], ...] = (
    ("CreateGateway", builders.gateway()),
    ("AssociateGatewayWithCluster", {"gateway": "web", "cluster": "default"}),
    ("CreateExpressGatewayService", builders.express_gateway_service()),
    (
        "CreateCapacityProvider",
        {
            "name": "fleet",
            "cluster": "default",
            "managedInstancesProvider": {
                "infrastructureRoleArn": builders.INFRASTRUCTURE_ROLE,
                "instanceLaunchTemplate": {
                    "ec2InstanceProfileArn": "arn:aws:iam::123456789012:instance-profile/ecsInstanceRole",
                    "networkConfiguration": {"subnets": ["subnet-0a1b2c3d"]},
                },
            },
        },
    ),
    ("RegisterDaemonTaskDefinition", {"family": "agent", "containerDefinitions": [AGENT]}),
    (
        "CreateDaemon",
        {
            "daemonName": "agent",
            "clusterArn": f"{PLACE}:cluster/default",
            "daemonTaskDefinitionArn": f"{PLACE}:daemon-task-definition/agent:1",
            "capacityProviderArns": [f"{PLACE}:capacity-provider/fleet"],
        },
    ),
)


class Living:
    """A fake in which something of each kind lives, and the names by which a request may mean it."""

    def __init__(self, ecs: EcsFake) -> None:
        self.ecs = ecs
        self.endpoint = ecs._endpoint
        self.partition = Partition(ecs.account, ecs.region)
        client = ecs.client
        for name in ("default", "jobs"):
            ecs.clusters.add(name)
        ecs.container_instances.add("default", count=2)
        client.register_task_definition(**builders.task_definition())
        for _ in range(2):
            client.register_task_definition(**builders.task_definition_on_instances(family="host"))
        client.create_service(**builders.service(cluster=None))
        client.create_service(**builders.service(cluster=None, serviceName="idle", desiredCount=0))
        client.create_service(serviceName="host", taskDefinition="host", desiredCount=1)
        client.create_service(**builders.service_of_task_sets(cluster=None, serviceName="external"))
        client.create_task_set(cluster="default", service="external", taskDefinition="web", **builders.ON_FARGATE)
        client.run_task(**builders.task(count=2))
        client.run_task(taskDefinition="host", launchType="EC2")
        for name, request in NEWER:  # not by the client: an older botocore doesn't know them
            self.endpoint.set_up(name, request, self.partition)
        ecs.clock.advance(seconds=60)
        self._picture = picture_of(self.endpoint.world)
        self._restore = self.endpoint.snapshot()
        self.begin_again()

    def begin_again(self) -> None:
        """Return to what was set up."""
        self._restore()
        assert picture_of(self.endpoint.world) == self._picture
        self.region = self.endpoint.world.region(self.partition)
        self.note()

    def note(self) -> None:
        """Take note of what lives and of all that a refused call may not change, once everything has happened that is due by now."""
        self.endpoint.time.settle()
        self.kept = kept(self.region)
        self.names = self._names()

    def _names(self) -> dict[str, list[str]]:
        """What lives now, by the ends of the names of the members that may hold it."""
        ecs = self.ecs
        clusters = [text for each in ecs.clusters for text in (each.name, each.arn)]
        services = [text for each in ecs.services for text in (each.name, each.arn)]
        tasks = [text for each in ecs.tasks for text in (each.id, each.arn)]
        instances = [text for each in ecs.container_instances for text in (each.arn.rpartition("/")[2], each.arn)]
        definitions = ["web", "web:1", "host", "host:2", *(each.arn for each in ecs.task_definitions)]
        return {
            "cluster": clusters,
            "service": services,
            "servicename": ["web", "idle", "new"],
            "task": tasks,
            "containerinstance": instances,
            "taskdefinition": definitions,
            "family": ["web", "host"],
            "capacityprovider": ["FARGATE", "FARGATE_SPOT", "fleet"],
            "capacityproviderarn": [f"{PLACE}:capacity-provider/fleet"],
            "gateway": ["web", f"{PLACE}:gateway/web"],
            "daemontaskdefinitionarn": [f"{PLACE}:daemon-task-definition/agent:1"],
            "daemonarn": [f"{PLACE}:daemon/default/agent"],
            "daemonname": ["agent", "other"],
            "servicearn": services[1::2],
            "clusterarn": clusters[1::2],
            "arn": [*clusters[1::2], *services[1::2], *tasks[1::2], *instances[1::2], *definitions[4:]],
            "targetid": [*instances, *tasks],
            "cpu": ["256", "512"],
            "memory": ["512", "1024"],
        }


class Requests:
    """Draws requests of an operation from its schema.

    Args:
        random_: what decides.
        definitions: the schema's definitions.
        names: what lives.
    """

    def __init__(self, random_: random.Random, definitions: dict[str, Any], names: dict[str, list[str]]) -> None:
        self._random = random_
        self._definitions = definitions
        self._names = names

    def value(self, schema: dict[str, Any], name: str, depth: int = 0) -> Any:
        """A value that the schema may allow, for a member of this name."""
        if "$ref" in schema:
            return self.value(self._definitions[schema["$ref"].removeprefix("#/$defs/")], name, depth)
        if "enum" in schema:
            return self._random.choice(schema["enum"])
        if "properties" in schema:
            return self._structure(schema, depth)
        return getattr(self, f"_{schema.get('type', 'anything')}")(schema, name, depth)

    def _structure(self, schema: dict[str, Any], depth: int) -> dict[str, Any]:
        required = schema.get("required", [])
        likely = 0.3 if depth == 0 else 0.2 if depth < DEEPEST else 0
        chosen = [name for name in schema["properties"] if name in required or self._random.random() < likely]
        return {name: self.value(schema["properties"][name], name, depth + 1) for name in chosen}

    def _object(self, schema: dict[str, Any], name: str, depth: int) -> Any:
        inner = schema.get("additionalProperties", {})
        return {
            self._string({}, "", depth): self.value(inner, name, depth + 1) for _ in range(self._random.randint(0, 2))
        }

    def _array(self, schema: dict[str, Any], name: str, depth: int) -> Any:
        fewest = schema.get("minItems", 0)
        return [
            self.value(schema["items"], name.rstrip("s"), depth + 1)
            for _ in range(self._random.randint(fewest, fewest + 2))
        ]

    def _string(self, schema: dict[str, Any], name: str, depth: int) -> str:
        meant = next((texts for end, texts in self._names.items() if name.lower().endswith(end) and texts), None)
        return self._random.choice(TEXTS if meant is None or self._random.random() < 0.1 else meant)

    def _integer(self, schema: dict[str, Any], name: str, depth: int) -> int:
        least = schema.get("minimum", 0)
        return self._random.choice([least - 1, least, least + 1, 2, 80, schema.get("maximum", 1000) + 1])

    def _number(self, schema: dict[str, Any], name: str, depth: int) -> float:
        return self._random.choice([0, 1, 0.5, 50, 1_767_225_600])

    def _boolean(self, schema: dict[str, Any], name: str, depth: int) -> bool:
        return self._random.random() < 0.5

    def _anything(self, schema: dict[str, Any], name: str, depth: int) -> Any:
        return self._random.choice(CURIOSITIES)


def places_in(value: Any) -> list[tuple[Any, Any]]:
    """Every place in a document that holds a value, as container and key."""
    entries = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [place for key, inner in entries for place in ((value, key), *places_in(inner))]


def break_somewhere(request: Any, random_: random.Random) -> None:
    """Put something where it doesn't belong, or take something away."""
    container, key = random_.choice([*places_in(request), (request, "colour")])
    if isinstance(container, dict) and key in container and random_.random() < 0.5:
        del container[key]
    else:
        container[key] = random_.choice(CURIOSITIES)


@pytest.fixture(scope="module", params=schemas.operations())
def operation(request: pytest.FixtureRequest) -> str:
    """Each operation of the API."""
    name: str = request.param
    if name not in operations.built():
        pytest.skip(f"{name} is not built")
    return name


@pytest.fixture(scope="module")
def world() -> Iterator[Living]:
    """The world, made once: that takes longer than the requests of an operation."""
    with switch(seed=1, poll_step=0, frozen_at=datetime(2026, 1, 1, tzinfo=timezone.utc), strict=False) as ecs:
        yield Living(ecs)


@pytest.fixture(scope="module")
def living(operation: str, world: Living) -> Living:
    """The world as it was made, for the requests of one operation; each of them finds what those before it have left."""
    world.begin_again()
    return world


def by_wire(client: Any, living: Living, operation: str, request: Any) -> str | None:
    """Send a request as HTTP would carry it; the code of the error, or None."""
    error = living.endpoint.answer(operation, json.dumps(request).encode(), living.partition).error
    return None if error is None else error.code


def by_client(client: Any, living: Living, operation: str, request: Any) -> str | None:
    """Send a request through a client that doesn't check it first; the code of the error, or None."""
    try:
        client._make_api_call(operation, request)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return None


@pytest.fixture(scope="module")
def client() -> Any:
    """A client of botocore's for every fake, since each takes 100 ms to make."""
    return Session().create_client(
        "ecs",
        region_name="us-east-1",
        aws_access_key_id="of-the-test",
        aws_secret_access_key="of-the-test",
        config=Config(parameter_validation=False, retries={"total_max_attempts": 1}),
    )


def is_as_new_as_the_schemas() -> bool:
    """Whether botocore knows every member that is drawn: unchecked, an older one fails at the first that it doesn't know."""
    installed, of_schemas = (
        tuple(map(int, version.split("."))) for version in (botocore.__version__, schemas.botocore_version())
    )
    return installed >= of_schemas


@settings(max_examples=DRAWS)
@given(st.integers(0, 2**32 - 1))
def test_it_is_answered_or_refused_as_ecs_does(client, operation, living, seed):
    random_ = random.Random(seed)
    schema = schemas.request_schema(operation)
    request = Requests(random_, schema["$defs"], living.names).value(schema, "")
    breaks, knows = random_.random() < 0.3, is_as_new_as_the_schemas()
    if breaks:
        break_somewhere(request, random_)
    if random_.random() < 0.1:
        living.endpoint.time.move(random_.choice([1, 30, 600]) * SECOND)
        living.note()
    note(f"{operation} {json.dumps(request)}")

    try:
        by = by_client if knows and not breaks and random_.random() < 0.3 else by_wire
        code = by(client, living, operation, request)
    except (EcsFakeNotBuiltError, EcsFakeUsageError) as error:
        assert any(words in str(error) for words in TOLD_BY_NAME)
        code = "not built"

    if code is None:
        living.note()
    else:
        assert code in {*schemas.declared_errors(operation), "SerializationException", "not built"}
        assert kept(living.region) == living.kept
