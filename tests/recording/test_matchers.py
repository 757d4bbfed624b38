"""Matchers wherever a value stands: `ANY`, `approx`, a compiled pattern, a predicate; in assertions, faults, stores and events."""

from __future__ import annotations

import re
from unittest.mock import ANY

import pytest
from botocore.exceptions import ClientError

import builders
from pytest_ecsfake import EcsFakeUsageError


@pytest.fixture
def ran(ecs_fake, ecs_client):
    """A cluster, and two tasks of `web`, the first of which has stopped."""
    ecs_fake.clusters.add("prod")
    ecs_client.register_task_definition(
        **builders.task_definition(
            {"name": "app", "image": "nginx:1.29", "command": ["serve", "--port=80"], "environment": [{"name": "STAGE", "value": "prod"}]}
        )
    )  # fmt: skip
    for started_by in ("ci/1", "ci/2"):
        ecs_client.run_task(**builders.task(cluster="prod", startedBy=started_by))
    ecs_fake.clock.advance(seconds=60)
    ecs_client.stop_task(cluster="prod", task=next(iter(ecs_fake.tasks)).arn, reason="enough")
    ecs_fake.clock.advance(seconds=60)
    return ecs_fake


@pytest.mark.parametrize(
    ("given", "times"),
    [
        pytest.param({"startedBy": re.compile("^ci/")}, 2, id="a pattern"),
        pytest.param({"startedBy": lambda text: text.endswith("1")}, 1, id="a predicate"),
        pytest.param({"networkConfiguration": {"awsvpcConfiguration": {"subnets": [re.compile("^subnet-")]}}}, 2, id="deep in a parameter"),
        pytest.param({"startedBy": ANY, "cluster": "prod"}, 2, id="anything"),
        pytest.param({"startedBy": re.compile("3")}, 0, id="a pattern that isn't found"),
    ],
)  # fmt: skip
def test_assertions_about_calls_take_them(ran, given, times):
    ran.calls.assert_called_times(times, "RunTask", **given)
    assert len(ran.calls.of("RunTask", **given)) == times


@pytest.mark.parametrize(
    "given",
    [
        pytest.param({"family": re.compile("^we"), "count": 2}, id="a pattern"),
        pytest.param({"command": ["serve", re.compile(r"--port=\d+")]}, id="an argument"),
        pytest.param({"command": lambda command: command[0] == "serve"}, id="a predicate of the command"),
        pytest.param({"environment": {"STAGE": re.compile("prod|staging")}}, id="a variable"),
        pytest.param({"cpu": lambda cpu: int(cpu) <= 256}, id="a size, as the text that ECS shows"),
        pytest.param({"cluster": str.islower, "started_by": "ci/2"}, id="the cluster"),
    ],
)
def test_the_assertion_about_tasks_takes_them(ran, given):
    ran.assert_ran_task(**given)


def test_the_assertion_about_tasks_fails_where_they_do_not_match(ran):
    with pytest.raises(AssertionError, match="No task was run with"):
        ran.assert_ran_task(command=["serve", re.compile("^port")])
    with pytest.raises(AssertionError, match="No task was run with"):
        ran.assert_ran_task(command=[re.compile("serve")])


def test_a_fault_takes_them(ecs_fake, ecs_client):
    ecs_fake.faults.error(
        "CreateCluster", "ClientException", when={"clusterName": re.compile("^prod-")}, times="always"
    )
    ecs_fake.faults.throttle("ListClusters", when={"maxResults": lambda size: size > 10})

    ecs_client.create_cluster(clusterName="test-1")
    for name in ("prod-1", "prod-2"):
        with pytest.raises(ClientError):
            ecs_client.create_cluster(clusterName=name)
    ecs_client.list_clusters(maxResults=10)
    ecs_client.list_clusters(maxResults=11)

    assert [len(call.attempts) for call in ecs_fake.calls.of("ListClusters")] == [1, 2]


def test_a_predicate_of_a_fault_that_raises_is_the_tests_own_mistake(ecs_fake, ecs_client):
    ecs_fake.faults.throttle("ListClusters", when={"maxResults": lambda size: size.upper()}).optional()

    with pytest.raises(
        EcsFakeUsageError, match=r"raised AttributeError\(\"'int' object has no attribute 'upper'\"\) for 5"
    ):
        ecs_client.list_clusters(maxResults=5)

    assert isinstance(ecs_fake.take_problem(), EcsFakeUsageError)


def test_stores_take_them(ran):
    first, second = ran.tasks

    assert ran.tasks.where(last_status=re.compile("STOPPED|RUNNING")) == [first, second]
    assert ran.tasks.where(last_status=lambda status: status != "RUNNING") == [first]
    assert ran.tasks.where(stopped_reason=re.compile("enough")) == [first]
    assert ran.tasks.where(started_by=ANY, stopped_reason=None) == [second]
    assert ran.task_definitions.where(revision=pytest.approx(1)) == list(ran.task_definitions)


def test_a_store_refuses_a_pattern_of_words_that_an_attribute_never_has(ran):
    with pytest.raises(EcsFakeUsageError, match=r"the last_status of a task is never re.compile\('RUNING'\)\. Known: "):
        ran.tasks.where(last_status=re.compile("RUNING"))


def test_events_take_them(ran):
    stopped = ran.events.of("ECS Task State Change", lastStatus="STOPPED", stoppedReason=re.compile("^enough$"))
    assert len(stopped) == 1
    assert ran.events.of("ECS Task State Change", containers=[{"exitCode": lambda code: code == 143}])[-1] == stopped[0]
    heard = []
    with ran.events.subscribe(heard.append, detail_type="ECS Task State Change", startedBy=re.compile("9$")):
        for started_by in ("ci/8", "ci/9"):
            ran.client.run_task(**builders.task(cluster="prod", startedBy=started_by))
    assert {event["detail"]["startedBy"] for event in heard} == {"ci/9"}


def test_a_failed_assertion_shows_them_as_they_were_written(ran):
    def is_large(count):
        return count > 100

    with pytest.raises(AssertionError) as caught:
        ran.calls.assert_called("RunTask", startedBy=re.compile("^cd/"), count=is_large, cluster=lambda name: False)

    [headline, *_] = str(caught.value).splitlines()
    line = headline.partition("line ")[2].partition(" ")[0]
    assert headline == (
        "RunTask was not called with startedBy=re.compile('^cd/'), count=is_large, "
        f"cluster=<lambda in line {line} of test_matchers.py>."
    )
    assert int(line) > 100
