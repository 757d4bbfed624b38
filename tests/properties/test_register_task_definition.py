"""Whatever is registered: ECS takes it, and shows it from then on, or refuses it in words of its own, and nothing has happened."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.session import get_session
from hypothesis import HealthCheck, assume, event, given, settings
from hypothesis import strategies as st

from pytest_ecsfake.validation import schemas

MODEL = get_session().get_service_model("ecs")
REQUEST = MODEL.shape_for("RegisterTaskDefinitionRequest")
CONTAINER = MODEL.shape_for("ContainerDefinition")

#: Members of an answer that RegisterTaskDefinition doesn't take.
SHOWN_ONLY = {
    *(
        "taskDefinitionArn",
        "revision",
        "status",
        "requiresAttributes",
        "compatibilities",
        "registeredAt",
        "registeredBy",
    ),
}

ROLE = "arn:aws:iam::123456789012:role/web"
SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:db"

#: What strings are drawn from, by the member that holds them: names that may meet each other, and what is nearly right.
WORDS = {
    "family": ("web", "api", "web", "api", "w.b"),
    "name": ("app", "two", "data", "nofile", "two"),
    "image": ("nginx", "nginx", "123456789012.dkr.ecr.us-east-1.amazonaws.com/web:1", "a b", ":latest"),
    "cpu": ("256", "1024", "1 vCPU", "64", "two"),
    "memory": ("512", "2048", "2GB", "0", "much"),
    "taskRoleArn": (ROLE, "web", "", "no role"),
    "executionRoleArn": (ROLE, ROLE, "", "arn:aws:iam::1:user/x"),
    "containerName": ("app", "two", "nobody"),
    "sourceContainer": ("app", "two", "nobody"),
    "sourceVolume": ("data", "two", "nothing"),
    "valueFrom": (SECRET, "/prod/db", "arn:aws:ssm:us-east-1:111122223333:parameter/db", "arn:", "a b"),
    "containerPortRange": ("80-90", "90-80", "1-65535", "80"),
    "namespace": ("net.core.somaxconn", "kernel.sem", "vm.swappiness"),
    "links": ("app", "two:db", "a b"),
    "value": ("arn:aws:s3:::bucket/a.env", "1", "ALL", "aws:x"),
    "rootDirectory": ("/", "/data"),
}
GARBAGE = ("", "x", "a" * 300, "\u00e9", "arn:aws:ecs", "aws:tag")
NUMBERS = (0, 1, 2, 4, 30, 80, 128, 256, 512, 121, 70000)

#: A log driver with all that it needs, more often than one without.
LOGS = st.sampled_from(
    [
        {
            "logDriver": "awslogs",
            "options": {"awslogs-group": "g", "awslogs-region": "r", "awslogs-stream-prefix": "p"},
        },
        {"logDriver": "awslogs", "options": {}},
        {"logDriver": "awsfirelens"},
        {"logDriver": "json-file"},
    ]
)


@cache  # most of the time went into making the same strategies again, for each draw
def values(shape: Any, member: str) -> st.SearchStrategy[Any]:
    """Values that the client lets through: of the model's types, as often right as wrong."""
    if member == "logConfiguration":
        return LOGS
    at_least = shape.metadata.get("min", 0)
    by_type = {
        "structure": lambda: structures_of(shape),
        "list": lambda: st.lists(values(shape.member, member), min_size=at_least, max_size=2),
        "map": lambda: st.dictionaries(st.sampled_from(["a", "mode"]), st.sampled_from(["s3", "x"]), max_size=2),
        "string": lambda: words(shape, member, at_least),
        "integer": lambda: st.sampled_from([number for number in NUMBERS if number >= at_least]),
        "boolean": st.booleans,
    }
    return by_type[shape.type_name]()


def words(shape: Any, member: str, at_least: int) -> st.SearchStrategy[str]:
    """Mostly a word that the member may have."""
    usual = shape.enum or WORDS.get(member, ("x", "y"))
    garbage = [word for word in GARBAGE if len(word) >= at_least]
    return st.integers(0, 7).flatmap(lambda luck: st.sampled_from(usual if luck else garbage))


@cache
def structures_of(shape: Any, optional: int = 1) -> st.SearchStrategy[dict[str, Any]]:
    """The members that the model requires and a few of the others."""
    others = [member for member in shape.members if member not in shape.required_members]
    some = st.lists(st.sampled_from(others), max_size=optional, unique=True) if others else st.just([])
    return structures(shape, others, some)


@st.composite
def structures(draw: st.DrawFn, shape: Any, others: list[str], some: st.SearchStrategy[list[str]]) -> dict[str, Any]:
    chosen = draw(some)
    if shape.metadata.get("union"):
        chosen = [draw(st.sampled_from(others))]
    return {member: draw(values(shape.members[member], member)) for member in [*shape.required_members, *chosen]}


@st.composite
def containers(draw: st.DrawFn, name: str) -> dict[str, Any]:
    """A container that is mostly whole."""
    whole = {"name": name, "image": "nginx", "memory": draw(st.sampled_from([128, 512]))}
    container = {**draw(structures_of(CONTAINER, optional=2)), **whole}
    if draw(st.integers(0, 9)) == 0:
        del container[draw(st.sampled_from(sorted(whole)))]
    return container


@st.composite
def definitions(draw: st.DrawFn) -> dict[str, Any]:
    """Requests of RegisterTaskDefinition: a sound core, and around it members drawn from the model."""
    names = draw(st.sampled_from([["app"], ["app"], ["app", "two"], ["app", "two"], ["app", "app"]]))
    core = {
        "family": draw(values(REQUEST.members["family"], "family")),
        "containerDefinitions": [draw(containers(name)) for name in names],
    }
    fargate = {"networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"], "cpu": "256", "memory": "512"}
    kind = draw(st.sampled_from([{}, {"networkMode": "awsvpc"}, fargate, {**fargate, "executionRoleArn": ROLE}]))
    return {**draw(structures_of(REQUEST, optional=2)), **kind, **core}


@pytest.fixture
def registered(ecs_client):
    """Register a definition; its answer, or the code of its refusal."""

    def register(definition: dict[str, Any]) -> dict[str, Any] | str:
        try:
            return ecs_client.register_task_definition(**definition)["taskDefinition"]
        except ClientError as refusal:
            return refusal.response["Error"]["Code"]

    return register


# One fake for all examples of a test, and three of four definitions refused: both are meant.
AS_MEANT = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.filter_too_much])


@AS_MEANT
@given(definitions())
def test_a_definition_is_described_as_it_was_registered_or_refused_by_an_error_of_ecs(
    ecs_client, registered, definition
):
    before = ecs_client.list_task_definitions(status="ACTIVE", sort="DESC")["taskDefinitionArns"]

    answer = registered(definition)

    if isinstance(answer, str):
        event(f"refused: {answer}")
        assert answer in schemas.declared_errors("RegisterTaskDefinition")
        assert ecs_client.list_task_definitions(status="ACTIVE", sort="DESC")["taskDefinitionArns"] == before
    else:
        event("taken")
        identifier = f"{definition['family']}:{answer['revision']}"
        assert ecs_client.describe_task_definition(taskDefinition=identifier)["taskDefinition"] == answer


@AS_MEANT
@given(definitions())
def test_what_is_described_can_be_registered_again_and_nothing_more_is_filled_in(registered, definition):
    """As tools do that deploy: describe, change the image, register."""
    first = registered(definition)
    assume(not isinstance(first, str))

    second = registered({member: value for member, value in first.items() if member not in SHOWN_ONLY})

    assert second == {
        **first,
        "revision": first["revision"] + 1,
        "taskDefinitionArn": f"{first['taskDefinitionArn'].rpartition(':')[0]}:{first['revision'] + 1}",
    }


@AS_MEANT
@given(st.lists(definitions(), max_size=5))
def test_revisions_are_numbered_without_a_gap(ecs_client, registered, several):
    for definition in several:
        registered(definition)

    arns = ecs_client.get_paginator("list_task_definitions").paginate().search("taskDefinitionArns")
    numbers: dict[str, list[int]] = {}
    for arn in arns:
        family, _, revision = arn.rpartition(":")
        numbers.setdefault(family, []).append(int(revision))
    assert all(of_family == list(range(1, len(of_family) + 1)) for of_family in numbers.values())
