"""What pytest prints of a plain `assert` about calls, entries and events."""

from __future__ import annotations

import re

import pytest

WORLD = """
import pytest

@pytest.fixture
def ecs(ecs_fake, request):
    client = ecs_fake.client
    client.create_cluster(clusterName="prod")
    client.register_task_definition(
        family="web", requiresCompatibilities=["FARGATE"], networkMode="awsvpc", cpu="256", memory="512",
        containerDefinitions=[{"name": "app", "image": "nginx:1.29"}],
    )
    ecs_fake.containers.script(family="web", runs_for=10, exit_code=3)
    network = {"awsvpcConfiguration": {"subnets": ["subnet-0a1b2c3d"]}}
    client.run_task(cluster="prod", taskDefinition="web", launchType="FARGATE", networkConfiguration=network)
    ecs_fake.clock.advance(seconds=80)
    return ecs_fake

"""

#: An assertion, and how lines behind `E` begin in pytest's report of it. Ids are written as #.
ASSERTIONS = [
    pytest.param(
        "ecs.calls == []",
        """
        Left contains 3 more items, first extra item: <Call 1 CreateCluster(clusterName="prod") +0s>
        """,
        id="no call",
    ),
    pytest.param(
        'ecs.calls.of("CreateCluster")[0].error is not None',
        """
        assert None is not None
         +  where None = <Call 1 CreateCluster(clusterName="prod") +0s>.error
        """,
        id="a call",
    ),
    pytest.param(
        'ecs.tasks.where(last_status="STOPPED") == []',
        """
        Left contains one more item: <Task prod/# web:1 STOPPED since +54s: Essential container in task exited>
        """,
        id="no task",
    ),
    pytest.param(
        "len(ecs.tasks) == 2",
        """
        assert 1 == 2
         +  where 1 = len(<TaskStore [<Task prod/# web:1 STOPPED since +54s: Essential container in task exited>]>)
        """,
        id="a store",
    ),
    pytest.param(
        'ecs.tasks.where()[0].container("app").exit_code == 0',
        """
        assert 3 == 0
         +  where 3 = <Container app STOPPED with exit code 3>.exit_code
        """,
        id="a container",
    ),
    pytest.param(
        "ecs.events == []",
        """
        assert <Events 5 ECS
        Left contains 5 more items, first extra item: {'
        """,
        id="no event",
    ),
]


@pytest.mark.parametrize(("assertion", "expected"), ASSERTIONS)
def test_an_assertion_reads_well(pytester, monkeypatch, assertion, expected):
    monkeypatch.delenv("CI", raising=False)
    pytester.makepyfile(f"{WORLD}def test_it(ecs):\n    assert {assertion}\n")

    result = pytester.runpytest_inprocess("-p", "no:cacheprovider", "-p", "no:randomly")

    printed = [re.sub(r"\b[0-9a-f]{8}\b", "#", line[1:].strip()) for line in result.outlines if line.startswith("E ")]
    printed = [re.sub(r"^\+ +where", "+  where", line.removeprefix("AssertionError: ")) for line in printed]
    for line in expected.strip().splitlines():
        assert [each for each in printed if each.startswith(line.strip())], printed


def test_a_store_the_calls_and_the_events_are_equal_to_a_list_of_the_same(ecs_fake, ecs_client):
    assert ecs_fake.calls == []
    assert ecs_fake.tasks == []
    assert ecs_fake.events == []
    assert repr(ecs_fake.calls) == "<Calls none>"

    ecs_client.create_cluster(clusterName="prod")
    ecs_fake.clusters.add("test")

    assert ecs_fake.calls == [ecs_fake.calls[0]] != []
    assert ecs_fake.clusters == [ecs_fake.clusters["prod"], ecs_fake.clusters["test"]]
    assert ecs_fake.clusters != [ecs_fake.clusters["prod"]]
    assert ecs_fake.clusters != "prod"
    assert ecs_fake.calls != 1


def test_the_repr_of_a_call_has_its_parameters_and_its_page(ecs_fake, ecs_client):
    for name in ("one", "two"):
        ecs_fake.clusters.add(name)
    list(ecs_client.get_paginator("list_clusters").paginate(PaginationConfig={"PageSize": 1}))

    first, second = map(repr, ecs_fake.calls)

    assert first == "<Call 1 ListClusters(maxResults=1) +0s>"
    assert re.fullmatch(r'<Call 2 ListClusters\(maxResults=1, nextToken="\S+"\) \+0s, page 2>', second)


def test_a_failed_assertion_names_the_pages_of_a_listing(ecs_fake, ecs_client):
    for name in ("one", "two", "three"):
        ecs_fake.clusters.add(name)
    list(ecs_client.get_paginator("list_clusters").paginate(PaginationConfig={"PageSize": 1}))

    with pytest.raises(AssertionError) as caught:
        ecs_fake.calls.assert_called_once("ListClusters", maxResults=1)

    lines = [re.sub(r'nextToken="[^"]+"', "nextToken=…", line) for line in str(caught.value).splitlines()]
    assert lines == [
        "ListClusters was called 3 times with maxResults=1; 1 call was expected.",
        "  Call 1 of 3, at +0s: ListClusters(maxResults=1)",
        "  Call 2 of 3, at +0s, page 2: ListClusters(maxResults=1, nextToken=…)",
        "  Call 3 of 3, at +0s, page 3: ListClusters(maxResults=1, nextToken=…)",
        "  2 of these are later pages of a listing. To count listings, add nextToken=None.",
        "  All calls: ListClusters (3 pages)",
    ]
    ecs_fake.calls.assert_called_once("ListClusters", maxResults=1, nextToken=None)
