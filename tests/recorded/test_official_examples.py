"""botocore's own examples of ECS, replayed: each request is accepted, and its answer has every key of the example's.

The examples ship with botocore (`examples-1.json`, shown in the API reference of boto3 and the AWS CLI). What one takes for granted is
made first: a row of `SETUP`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import botocore
import pytest
from botocore import xform_name
from botocore.loaders import Loader

from pytest_ecsfake.validation import schemas

ACCOUNT = "012345678910"
REGION = "us-east-1"

#: How the examples leave account and region to the reader.
PLACEHOLDERS = (
    ("<aws_account_id>", ACCOUNT),
    ("region:aws_account_id", f"{REGION}:{ACCOUNT}"),
)


#: How the examples call a container instance whose id ECS has drawn.
INSTANCE_IDS = (
    "container_instance_UUID",
    "f2756532-8f13-4d53-87c9-aed50dc94cd7",
    "f6bbb147-5370-4ace-8c73-c7181ded911f",
)


TASK_ID = "c5cba4eb-5dad-405e-96db-71ef8eefe6a8"


class Example(NamedTuple):
    """One example: the operation, what it is about in a sentence, request and answer."""

    operation: str
    title: str
    input: dict[str, Any]
    output: dict[str, Any]


def examples() -> Iterator[Example]:
    """The examples of the installed botocore."""
    for operation, found in Loader().load_service_model("ecs", "examples-1")["examples"].items():
        for example in found:
            yield Example(operation, example["title"], filled_in(example["input"]), example["output"])


def filled_in(value: Any, placeholders: Sequence[tuple[str, str]] = PLACEHOLDERS) -> Any:
    """A request of an example with what is meant, such as an account and a region, in the place of its placeholders."""
    if isinstance(value, dict):
        return {name: filled_in(member, placeholders) for name, member in value.items()}
    if isinstance(value, list):
        return [filled_in(item, placeholders) for item in value]
    if isinstance(value, str):
        for placeholder, meant in placeholders:
            value = value.replace(placeholder, meant)
    return value


EXAMPLES = {example.title: example for example in examples()}


class Call(NamedTuple):
    """A call that an example takes as made."""

    operation: str
    parameters: dict[str, Any]


def cluster(name: str, **members: Any) -> Call:
    return Call("CreateCluster", {"clusterName": name, **members})


def definition(family: str, *, revisions: int = 1) -> list[Call]:
    """Register a family this many times: for Fargate, so that a task of it can be run."""
    container = {"name": "app", "image": "busybox", "command": ["sleep", "360"]}
    members = {"requiresCompatibilities": ["FARGATE"], "networkMode": "awsvpc", "cpu": "256", "memory": "512"}
    return [
        Call("RegisterTaskDefinition", {"family": family, "containerDefinitions": [container], **members})
    ] * revisions


def on_instances(family: str, container: str = "app") -> list[Call]:
    """Register a definition that runs in the network of its container instance, with a container of this name."""
    containers = [{"name": container, "image": "busybox", "memory": 10}]
    return [Call("RegisterTaskDefinition", {"family": family, "containerDefinitions": containers})]


def as_described(title: str, *, revisions: int) -> list[Call]:
    """Register what the answer of an example describes, this many times."""
    described = EXAMPLES[title].output["taskDefinition"]
    parameters = {name: described[name] for name in ("family", "containerDefinitions", "volumes")}
    return [Call("RegisterTaskDefinition", parameters)] * revisions


def setting(name: str, **members: str) -> Call:
    return Call("PutAccountSetting", {"name": name, "value": "enabled", **members})


NETWORKS = {"awsvpcConfiguration": {"subnets": ["subnet-0a1b2c3d"]}}
TWO_TASKS = Call(
    "RunTask",
    {"taskDefinition": "sleep360", "count": 2, "launchType": "FARGATE", "networkConfiguration": NETWORKS},
)
INSTANCE = Call(
    "RegisterContainerInstance",
    {"instanceIdentityDocument": '{"instanceId": "i-807f3249", "instanceType": "t2.medium"}'},
)
BEHIND_LOAD_BALANCER = Call(
    "RegisterTaskDefinition",
    {
        "family": "console-sample-app-static",
        "containerDefinitions": [
            {
                "name": "simple-app",
                "image": "httpd:2.4",
                "memory": 300,
                "portMappings": [{"containerPort": 80, "hostPort": 80}],
            }
        ],
    },
)
HELLO_WORLD = Call(
    "RegisterTaskDefinition",
    {"family": "hello_world", "containerDefinitions": [{"name": "app", "image": "busybox", "memory": 10}]},
)
ECS_SIMPLE_SERVICE = Call(
    "CreateService", {"serviceName": "ecs-simple-service", "taskDefinition": "hello_world", "desiredCount": 1}
)

ECS_SAMPLE = Call(
    "RegisterTaskDefinition",
    {
        "family": "amazon-ecs-sample",
        "containerDefinitions": [
            {
                "name": "ecs-demo",
                "image": "nginx",
                "memory": 10,
                "portMappings": [{"containerPort": 80, "hostPort": 80}],
            }
        ],
    },
)
ECS_DEMO = {"serviceName": "ecs-demo", "taskDefinition": "amazon-ecs-sample", "desiredCount": 1}


def http_service(desired_count: int = 1) -> list[Call]:
    """Make the service `my-http-service` on Fargate."""
    parameters = {"taskDefinition": "web", "launchType": "FARGATE", "networkConfiguration": NETWORKS}
    service = {"serviceName": "my-http-service", "desiredCount": desired_count, **parameters}
    return [cluster("default"), *definition("web"), Call("CreateService", service)]


DEV_TEAM = [{"key": "team", "value": "dev"}]
LISTED_DEFINITIONS = [
    *definition("sleep300", revisions=2),
    *definition("sleep360"),
    *definition("wordpress", revisions=6),
]
LISTED_FAMILIES = [
    call for family in ("node-js-app", "web-timer", "hpcc", "hpcc-c4-8xlarge") for call in definition(family)
]
ANOTHER_USER = f"arn:aws:iam::{ACCOUNT}:user/principalName"

#: What an example takes as made, by its title.
SETUP: Mapping[str, Sequence[Call]] = {
    "To change the number of tasks in a service": http_service(),
    "To change the task definition used in a service": [*http_service(), *definition("amazon-ecs-sample")],
    "To create a new cluster": [],
    "To create a new service": [cluster("default"), HELLO_WORLD],
    "To create a new service behind a load balancer": [cluster("default"), BEHIND_LOAD_BALANCER],
    "To delete a service": http_service(desired_count=0),
    "To delete an empty cluster": [cluster("my_cluster")],
    "To delete the account settings for a specific IAM user or IAM role": [
        setting("containerInstanceLongArnFormat", principalArn=ANOTHER_USER)
    ],
    "To delete your account setting": [setting("serviceLongArnFormat")],
    "To deregister a container instance from a cluster": [cluster("default"), INSTANCE],
    "To describe a cluster": [cluster("default")],
    "To describe a task definition": as_described("To describe a task definition", revisions=8),
    "To describe a task": [cluster("default"), INSTANCE, ECS_SAMPLE, Call("CreateService", ECS_DEMO)],
    "To describe a service": [cluster("default"), HELLO_WORLD, ECS_SIMPLE_SERVICE],
    "To describe container instance": [cluster("default"), INSTANCE],
    "To filter your registered task definition families": LISTED_FAMILIES,
    "To list the registered task definitions in a family": LISTED_DEFINITIONS,
    "To list the tags for a cluster.": [cluster("dev", tags=DEV_TEAM)],
    "To list the tasks in a cluster": [cluster("default"), *definition("sleep360"), TWO_TASKS],
    "To list your available container instances in a cluster": [cluster("default"), INSTANCE, INSTANCE],
    "To list the tasks on a particular container instance": [
        cluster("default"),
        INSTANCE,
        *on_instances("sleep360"),
        Call("RunTask", {"taskDefinition": "sleep360"}),
    ],
    "To list the services in a cluster": http_service(),
    "To list your available clusters": [cluster("test"), cluster("default")],
    "To list your registered task definition families": LISTED_FAMILIES,
    "To list your registered task definitions": LISTED_DEFINITIONS,
    "To modify the account settings for a specific IAM user or IAM role": [],
    "To modify the default account settings for all IAM users or roles on an account": [],
    "To modify your account settings": [],
    "To register a task definition": [],
    "To run a task on your default cluster": [cluster("default"), INSTANCE, *on_instances("sleep360", "sleep")],
    "To tag a cluster.": [cluster("dev")],
    "To untag a cluster.": [cluster("dev", tags=DEV_TEAM)],
    "To view the effective account settings for a specific IAM user or IAM role": [],
    "To view your effective account settings": [],
}

#: What answers lack by design, by title.
DIFFERS: Mapping[str, Sequence[str]] = {
    # The example, of 2016, still lists a deployment of the service that had the name before; no later answer does.
    "To create a new service": ["answer.service.deployments has 1 items, not 2"],
}

pytestmark = pytest.mark.ecs_fake(account=ACCOUNT, region=REGION)


def each(titles: Mapping[str, Any]) -> Any:
    """A test for each of these examples that the installed botocore has."""
    found = [EXAMPLES[title] for title in titles if title in EXAMPLES]
    return pytest.mark.parametrize(
        "example", [pytest.param(example, id=f"{example.operation}: {example.title}") for example in found]
    )


@pytest.fixture
def replay(ecs_fake, ecs_client):
    """Make what an example takes as made, then its call; the answer."""

    def made(call: Call) -> dict[str, Any]:
        answer: dict[str, Any] = getattr(ecs_client, xform_name(call.operation))(**call.parameters)
        return answer

    def answer(example: Example) -> dict[str, Any]:
        for call in SETUP.get(example.title, ()):
            made(call)
        ecs_fake.clock.advance(seconds=60)  # what was begun is under way
        ids = [(shown, instance.id) for instance in list(ecs_fake.container_instances)[:1] for shown in INSTANCE_IDS]
        ids += [(TASK_ID, task.id) for task in list(ecs_fake.tasks)[:1]]
        return made(Call(example.operation, filled_in(example.input, ids)))

    return answer


def json_type(value: object) -> str:
    """The name of a value's type in JSON. Examples write a timestamp as text, botocore hands out a datetime."""
    types = ((bool, "boolean"), (int | float, "number"), (str | datetime, "string"), (list, "array"), (dict, "object"))
    return next(name for python_type, name in types if isinstance(value, python_type))


def lacking(answer: Any, expected: Any, path: str = "answer") -> Iterator[str]:
    """What of an example's answer isn't there, or is of another type."""
    if json_type(answer) != json_type(expected):
        yield f"{path} is of type {json_type(answer)}, not {json_type(expected)}"
    elif isinstance(expected, dict):
        for name, member in expected.items():
            if name in answer:
                yield from lacking(answer[name], member, f"{path}.{name}")
            else:
                yield f"{path}.{name} isn't there"
    elif isinstance(expected, list):
        if len(answer) < len(expected):
            yield f"{path} has {len(answer)} items, not {len(expected)}"
        for number, (item, expected_item) in enumerate(zip(answer, expected, strict=False)):
            yield from lacking(item, expected_item, f"{path}[{number}]")


@each(SETUP)
def test_an_example_replays(replay, example):
    answer = replay(example)

    assert list(lacking(answer, example.output)) == DIFFERS.get(example.title, [])


def test_every_example_has_a_row():
    assert EXAMPLES.keys() - SETUP.keys() == set()
    if botocore.__version__ == schemas.botocore_version():
        assert SETUP.keys() - EXAMPLES.keys() == set()


def test_no_two_examples_have_one_title():
    """Rows name examples by their titles."""
    titles = [example.title for example in examples()]

    assert sorted(titles) == sorted(EXAMPLES)


@pytest.mark.parametrize(
    ("answer", "lacks"),
    [
        pytest.param({"tasks": [{"cpu": 1, "more": 2}]}, [], id="more than the example"),
        pytest.param({"tasks": [{}]}, ["answer.tasks[0].cpu isn't there"], id="a key less"),
        pytest.param({"tasks": []}, ["answer.tasks has 0 items, not 1"], id="an item less"),
        pytest.param(
            {"tasks": [{"cpu": "1"}]}, ["answer.tasks[0].cpu is of type string, not number"], id="another type"
        ),
        pytest.param(
            {"tasks": [{"cpu": True}]}, ["answer.tasks[0].cpu is of type boolean, not number"], id="a boolean"
        ),
    ],
)
def test_what_an_answer_lacks_is_named(answer, lacks):
    assert list(lacking(answer, {"tasks": [{"cpu": 4}]})) == lacks
