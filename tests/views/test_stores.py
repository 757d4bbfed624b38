"""The stores as a test author reads them: keys, near misses, filters, other places, and what is always up to date."""

from __future__ import annotations

import pytest

from pytest_ecsfake import EcsFakeUsageError


@pytest.fixture
def prod(ecs_fake, web):
    """A cluster and a task definition, in which a test may run tasks."""
    ecs_fake.client.create_cluster(clusterName="prod", tags=[{"key": "stage", "value": "prod"}])
    ecs_fake.client.register_task_definition(**web, tags=[{"key": "team", "value": "a"}])
    return ecs_fake


@pytest.fixture
def task(prod, fargate):
    answer = prod.client.run_task(cluster="prod", startedBy="me", group="nightly", **fargate)
    return prod.tasks[answer["tasks"][0]["taskArn"]]


def test_a_cluster_is_found_by_name_and_arn(prod):
    cluster = prod.clusters["prod"]

    assert cluster == prod.clusters[cluster.arn]
    assert (cluster.name, cluster.status, cluster.tags) == ("prod", "ACTIVE", {"stage": "prod"})
    assert cluster.settings == [{"name": "containerInsights", "value": "disabled"}]
    assert repr(cluster) == "<Cluster prod ACTIVE>"


def test_a_store_counts_lists_and_contains(prod):
    prod.clusters.add("staging")

    assert len(prod.clusters) == 2
    assert [cluster.name for cluster in prod.clusters] == ["prod", "staging"]
    assert "prod" in prod.clusters
    assert "nope" not in prod.clusters
    assert 3 not in prod.clusters
    assert repr(prod.clusters) == "<ClusterStore [<Cluster prod ACTIVE>, <Cluster staging ACTIVE>]>"


def test_adding_a_cluster_is_no_recorded_call_but_is_refused_like_one(prod):
    before = len(prod.calls)

    prod.clusters.add("staging", capacity_providers=["FARGATE"])

    assert len(prod.calls) == before
    assert prod.clusters["staging"].capacity_providers == ["FARGATE"]
    with pytest.raises(Exception, match="ClusterName must match"):
        prod.clusters.add("not a name")


def test_a_task_definition_is_found_by_family_revision_and_arn(prod, web):
    prod.client.register_task_definition(**web)

    assert prod.task_definitions["web"].revision == 2
    assert prod.task_definitions["web:1"].tags == {"team": "a"}
    assert prod.task_definitions[prod.task_definitions["web:1"].arn].revision == 1
    assert repr(prod.task_definitions["web:1"]) == "<TaskDefinition web:1 ACTIVE>"
    assert prod.task_definitions["web"].container_definitions[0]["essential"] is True
    prod.client.deregister_task_definition(taskDefinition="web:2")
    assert prod.task_definitions["web"].revision == 1
    assert prod.task_definitions["web:2"].status == "INACTIVE"


def test_a_task_is_found_by_id_and_arn_everywhere_and_in_its_cluster(prod, task):
    prod.clusters.add("staging")

    assert prod.tasks[task.id] == task == prod.tasks[task.arn]
    assert task.id in prod.clusters["prod"].tasks
    assert task.id not in prod.clusters["staging"].tasks
    assert prod.clusters["prod"].tasks.where(group="nightly") == [task]
    assert prod.tasks.where(group="nightly", last_status="RUNNING") == []


def test_entries_are_always_up_to_date_with_the_clock(prod, task):
    assert (task.last_status, task.desired_status, task.started_at) == ("PROVISIONING", "RUNNING", None)
    assert prod.clusters["prod"].pending_tasks_count == 0

    prod.clock.advance(seconds=30)

    assert task.last_status == "RUNNING"
    assert prod.clusters["prod"].running_tasks_count == 1
    assert task.container("app").last_status == "RUNNING"
    assert task.created_at < task.pull_started_at < task.pull_stopped_at < task.started_at
    assert (
        repr(task) == f"<Task prod/{task.id[:8]} web:1 RUNNING since +{(task.started_at - prod.calls[0].at).seconds}s>"
    )


def test_a_task_shows_what_it_was_made_from(task):
    assert (task.family, task.group, task.started_by, task.launch_type) == ("web", "nightly", "me", "FARGATE")
    assert (task.cpu, task.memory, task.platform_version) == ("256", "512", "1.4.0")
    assert (task.cluster_name, task.cluster_arn.rpartition("/")[2]) == ("prod", "prod")
    assert task.task_definition_arn.endswith("task-definition/web:1")
    assert [container.name for container in task.containers] == ["app"]
    assert task.container("app").image == "nginx:1.27"
    assert task.created_at.tzinfo is not None


def test_a_task_that_ecs_forgot_still_shows_how_it_ended(prod, task):
    prod.client.stop_task(cluster="prod", task=task.arn, reason="enough")
    prod.clock.advance(seconds=120)
    assert (task.last_status, task.stop_code, task.stopped_reason) == ("STOPPED", "UserInitiated", "enough")
    assert task.stopping_at < task.stopped_at

    prod.clock.advance(seconds=3700)

    assert task.id not in prod.tasks
    assert task.last_status == "STOPPED"


def test_other_regions_and_accounts_are_apart(prod):
    elsewhere = prod.in_region("eu-west-1")
    other = prod.in_account("111122223333")
    elsewhere.client.create_cluster(clusterName="there")
    other.client("ecs").create_cluster(clusterName="theirs")

    assert [cluster.name for cluster in elsewhere.clusters] == ["there"]
    assert other.clusters["theirs"].arn == "arn:aws:ecs:us-east-1:111122223333:cluster/theirs"
    assert [cluster.name for cluster in prod.clusters] == ["prod"]
    assert prod.calls is elsewhere.calls
    assert [call.region for call in prod.calls.of("CreateCluster")] == ["us-east-1", "eu-west-1", "us-east-1"]
    assert [call.account for call in prod.calls.of("CreateCluster")][-1] == "111122223333"


def test_an_account_is_twelve_digits(ecs_fake):
    with pytest.raises(EcsFakeUsageError, match=r'Write in_account\("111122223333"\)'):
        ecs_fake.in_account("prod")


def test_the_client_makes_clients_for_ecs_alone(ecs_fake):
    with pytest.raises(EcsFakeUsageError, match=r"Write boto3.client\('s3'\)"):
        ecs_fake.client("s3")


MISSES = [
    pytest.param(
        lambda ecs: ecs.clusters["prd"],
        'no cluster "prd" in account 123456789012, region us-east-1. Nearest: "prod".',
        id="a near miss is named",
    ),
    pytest.param(
        lambda ecs: ecs.clusters["xyz"],
        'no cluster "xyz" in account 123456789012, region us-east-1. There: "prod".',
        id="without one, what is there",
    ),
    pytest.param(
        lambda ecs: ecs.tasks["0f3c"],
        'no task "0f3c" in account 123456789012, region us-east-1. There is no task there at all.',
        id="an empty store says so",
    ),
    pytest.param(
        lambda ecs: ecs.in_region("eu-west-1").clusters["prod"],
        'no cluster "prod" in account 123456789012, region eu-west-1. There is no cluster there at all. '
        'There is one in account 123456789012, region us-east-1: ecs_fake.in_region("us-east-1").',
        id="another region that has it",
    ),
    pytest.param(
        lambda ecs: ecs.in_account("111122223333").clusters["prod"],
        'no cluster "prod" in account 111122223333, region us-east-1. There is no cluster there at all. '
        'There is one in account 123456789012, region us-east-1: ecs_fake.in_account("123456789012").',
        id="another account that has it",
    ),
    pytest.param(
        lambda ecs: ecs.task_definitions["wbe:1"],
        'no task definition "wbe:1" in account 123456789012, region us-east-1. Nearest: "web:1", "web".',
        id="a revision",
    ),
]


@pytest.mark.parametrize(("read", "words"), MISSES)
def test_a_missing_key_names_the_near_misses(prod, read, words):
    with pytest.raises(KeyError) as caught:
        read(prod)

    assert str(caught.value) == words


def test_a_filter_by_an_unknown_attribute_is_refused(prod):
    with pytest.raises(
        EcsFakeUsageError, match=r'a task has no attribute "lastStatus" to filter on. Did you mean "last_status"\?'
    ):
        prod.tasks.where(lastStatus="RUNNING")


def test_a_missing_container_names_those_that_are_there(task):
    with pytest.raises(KeyError, match=r'^no container "ap" in <Task .*>\. There: "app"\.$'):
        task.container("ap")
