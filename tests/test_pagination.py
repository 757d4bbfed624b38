"""Tokens: opaque, bound to their query, and stable when items come and go between pages."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError
from hypothesis import given
from hypothesis import strategies as st

from pytest_ecsfake import ecs_fake


@pytest.fixture
def five_clusters(ecs_fake):
    for number in range(5):
        ecs_fake.clusters.add(f"c{number}")
    return ecs_fake.client


def names(page: dict) -> list[str]:
    return [arn.rpartition("/")[2] for arn in page["clusterArns"]]


def test_pages_follow_each_other_and_the_last_has_no_token(five_clusters):
    first = five_clusters.list_clusters(maxResults=2)
    second = five_clusters.list_clusters(maxResults=2, nextToken=first["nextToken"])
    third = five_clusters.list_clusters(maxResults=2, nextToken=second["nextToken"])

    assert [names(page) for page in (first, second, third)] == [["c0", "c1"], ["c2", "c3"], ["c4"]]
    assert "nextToken" not in third


def test_the_size_may_change_from_page_to_page(five_clusters):
    first = five_clusters.list_clusters(maxResults=2)

    assert names(five_clusters.list_clusters(nextToken=first["nextToken"])) == ["c2", "c3", "c4"]


def test_a_full_last_page_has_no_token(five_clusters):
    assert "nextToken" not in five_clusters.list_clusters(maxResults=5)


def test_pages_are_stable_when_items_come_and_go_between_them(five_clusters):
    first = five_clusters.list_clusters(maxResults=2)
    five_clusters.delete_cluster(cluster="c0")
    five_clusters.delete_cluster(cluster="c1")
    five_clusters.create_cluster(clusterName="c5")

    assert names(five_clusters.list_clusters(nextToken=first["nextToken"])) == ["c2", "c3", "c4", "c5"]


@pytest.mark.parametrize("token", ["", "x", "AAAA", "bm90IGpzb24=", "e30=", "Wzcs", "é"])
def test_a_token_that_is_not_ours_is_refused(five_clusters, token):
    if not token:
        assert len(names(five_clusters.list_clusters(nextToken=token))) == 5
        return
    with pytest.raises(five_clusters.exceptions.InvalidParameterException):
        five_clusters.list_clusters(nextToken=token)


def test_a_token_of_another_query_region_or_operation_is_refused(ecs_fake, five_clusters, web):
    token = five_clusters.list_clusters(maxResults=1)["nextToken"]
    for client, operation, parameters in (
        (five_clusters, "list_task_definitions", {}),
        (ecs_fake.in_region("eu-west-1").client, "list_clusters", {}),
        (ecs_fake.in_account("111122223333").client, "list_clusters", {}),
    ):
        with pytest.raises(ClientError, match="InvalidParameterException"):
            getattr(client, operation)(nextToken=token, **parameters)


def test_botocores_paginator_walks_all(five_clusters):
    pages = five_clusters.get_paginator("list_clusters").paginate(PaginationConfig={"PageSize": 2})

    assert [name for page in pages for name in names(page)] == ["c0", "c1", "c2", "c3", "c4"]


@given(count=st.integers(0, 30), size=st.integers(1, 10))
def test_pages_joined_are_the_whole_list(count, size):
    with ecs_fake() as ecs:
        for number in range(count):
            ecs.clusters.add(f"c{number}")
        client, token, found = CLIENT, {}, []
        while True:
            page = client.list_clusters(maxResults=size, **token)
            found += names(page)
            if "nextToken" not in page:
                break
            token = {"nextToken": page["nextToken"]}

    assert found == [f"c{number}" for number in range(count)]


with ecs_fake(region="us-east-1"):
    import botocore.session

    CLIENT = botocore.session.Session().create_client("ecs")
