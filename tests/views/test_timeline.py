"""The time line: calls and changes in the order in which they happened."""

from __future__ import annotations

import pytest
from botocore.exceptions import ClientError, WaiterError

import builders


def test_a_life_reads_from_top_to_bottom(ecs_fake, web, fargate):
    client = ecs_fake.client
    client.create_cluster(clusterName="prod")
    client.register_task_definition(**web)
    task = client.run_task(cluster="prod", **fargate)["tasks"][0]["taskArn"].rpartition("/")[2]
    ecs_fake.clock.advance(seconds=10)
    client.stop_task(cluster="prod", task=task, reason="enough")

    lines = ecs_fake.timeline().splitlines()

    assert [line.split()[0] for line in lines] == ["+0s"] * 6 + ["+10s"] * 3
    assert lines[0] == "  +0s       CreateCluster(clusterName='prod')"
    assert lines[1] == "  +0s       cluster prod: status ACTIVE"
    assert lines[5] == f"  +0s       task prod/{task}: lastStatus PROVISIONING"
    assert lines[6] == f"  +10s      task prod/{task}: lastStatus PROVISIONING -> PENDING"
    assert lines[7] == f"  +10s      StopTask(cluster='prod', task='{task}', reason='enough')"
    assert lines[8] == f"  +10s      task prod/{task}: desiredStatus RUNNING -> STOPPED (enough)"


def test_refusals_and_failures_are_shown_behind_their_call(ecs_fake):
    ecs_fake.client.describe_clusters(clusters=["nope"])
    with pytest.raises(ClientError):
        ecs_fake.client.list_tasks(cluster="nope")

    assert ecs_fake.timeline().splitlines() == [
        "  +0s       DescribeClusters(clusters=['nope']) -> failures ['MISSING']",
        "  +0s       ListTasks(cluster='nope') -> ClusterNotFoundException: Cluster not found.",
    ]


def test_only_the_newest_lines_are_shown_and_the_text_says_how_to_see_the_rest(ecs_fake):
    for number in range(30):
        ecs_fake.client.create_cluster(clusterName=f"c{number}")

    lines = ecs_fake.timeline(newest=2).splitlines()

    assert lines == [
        "  … 58 earlier lines: print(ecs_fake.timeline(60))",
        "  +0s       CreateCluster(clusterName='c29')",
        "  +0s       cluster c29: status ACTIVE",
    ]
    assert len(ecs_fake.timeline(60).splitlines()) == 60


def test_a_fake_that_nobody_called_says_so(ecs_fake):
    assert ecs_fake.timeline() == "  no call, no change of state"


def test_all_places_are_in_one_line(ecs_fake):
    ecs_fake.client.create_cluster(clusterName="a")
    ecs_fake.clock.advance(seconds=1)
    ecs_fake.in_region("eu-west-1").client.create_cluster(clusterName="b")

    assert [line.split()[0] for line in ecs_fake.timeline().splitlines()] == ["+0s", "+0s", "+1s", "+1s"]


def test_polls_with_nothing_between_are_one_line(ecs_fake, web, fargate):
    client = ecs_fake.client
    client.create_cluster()
    client.register_task_definition(**web)
    client.create_service(serviceName="web", desiredCount=0, **fargate)
    ecs_fake.clock.advance(seconds=60)
    with pytest.raises(WaiterError, match="Max attempts exceeded"):
        client.get_waiter("services_inactive").wait(services=["web"])

    last = ecs_fake.timeline().splitlines()[-1]

    assert last == "  +60s      DescribeServices(services=['web']) … 40 times, until +645s"


def test_why_a_service_has_no_task_is_told_to_the_end(ecs_fake):
    client = ecs_fake.client
    client.create_cluster()
    client.register_task_definition(**builders.task_definition_on_instances())
    client.create_service(serviceName="web", taskDefinition="web", desiredCount=1)
    ecs_fake.clock.advance(seconds=60)

    told = ecs_fake.timeline()

    assert "Reason: No Container Instances were found in your cluster." in told
