"""Recorded calls as a test author meets them: code under test calls ECS through boto3, the test asserts on what it asked."""

from concurrent.futures import ThreadPoolExecutor

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError, ParamValidationError

pytestmark = pytest.mark.ecs_fake(clusters=["prod"])


@pytest.fixture
def migration(ecs_fake):
    """A registered task definition with two containers; the call that it took is forgotten."""
    register(boto3.client("ecs"))
    ecs_fake.calls.clear()


def register(ecs):
    ecs.register_task_definition(
        family="migrate",
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        containerDefinitions=[
            {
                "name": "app",
                "image": "migrate:1",
                "command": ["status"],
                "environment": [{"name": "STAGE", "value": "dev"}, {"name": "DEBUG", "value": "0"}],
            },
            {"name": "log-router", "image": "fluent-bit:3"},
        ],
    )


def run(*command, ecs=None, cluster="prod", **params):
    """Run the migration with another command; this is the code under test."""
    return (ecs or boto3.client("ecs")).run_task(
        cluster=cluster,
        taskDefinition="migrate",
        launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": {"subnets": ["subnet-1"]}},
        overrides={
            "containerOverrides": [
                {"name": "app", "command": list(command), "environment": [{"name": "STAGE", "value": "prod"}]}
            ]
        },
        **params,
    )


@pytest.mark.usefixtures("migration")
def test_a_call_is_written_down_with_what_was_asked_and_answered(ecs_fake):
    answer = run("up", count=2)

    [call] = ecs_fake.calls
    assert (call.operation, call.region, call.account) == ("RunTask", "us-east-1", "123456789012")
    assert call.params["overrides"]["containerOverrides"][0]["command"] == ["up"]
    assert call.at == ecs_fake.clock.now
    assert call.response == {name: value for name, value in answer.items() if name != "ResponseMetadata"}
    ecs_fake.calls.assert_called_once("RunTask", count=2, overrides={"containerOverrides": [{"command": ["up"]}]})


@pytest.mark.usefixtures("migration")
def test_the_client_token_that_botocore_makes_up_is_left_out(ecs_fake):
    run("up")
    run("up", clientToken="deploy-7")

    made_up, given = ecs_fake.calls
    assert "clientToken" not in made_up.params
    assert given.params["clientToken"] == "deploy-7"
    ecs_fake.calls.assert_called_once("RunTask", clientToken="deploy-7")


def test_a_refused_call_is_a_call(ecs_fake):
    with pytest.raises(ClientError):
        boto3.client("ecs").list_tasks(cluster="prdo")

    ecs_fake.calls.assert_called_once("ListTasks", cluster="prdo")
    assert ecs_fake.calls[0].error.code == "ClusterNotFoundException"


def test_what_botocore_refuses_itself_is_no_call(ecs_fake):
    with pytest.raises(ParamValidationError):
        boto3.client("ecs").list_tasks(cluster=1)

    ecs_fake.calls.assert_none()


def test_a_call_that_botocore_retries_is_one_call(ecs_fake):
    ecs_fake.faults.throttle("ListTasks", times=2)

    boto3.client("ecs", config=Config(retries={"mode": "standard", "max_attempts": 3})).list_tasks(cluster="prod")

    ecs_fake.calls.assert_called_once("ListTasks")
    assert [attempt.error and attempt.error.code for attempt in ecs_fake.calls[0].attempts] == [
        "ThrottlingException",
        "ThrottlingException",
        None,
    ]


def test_every_region_has_its_calls_in_the_one_record(ecs_fake):
    boto3.client("ecs", region_name="us-east-1").list_clusters()
    boto3.client("ecs", region_name="eu-west-1").list_clusters()

    assert [call.region for call in ecs_fake.calls.of("list_clusters")] == ["us-east-1", "eu-west-1"]


def test_setting_up_through_the_fake_is_no_call(ecs_fake):
    ecs_fake.clusters.add("blue")

    ecs_fake.calls.assert_none()


def test_calls_from_many_threads_are_all_written_down(ecs_fake):
    ecs = boto3.client("ecs")

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda number: ecs.list_tasks(cluster="prod", family=f"job-{number}"), range(100)))

    ecs_fake.calls.assert_called_times(100, "ListTasks", cluster="prod")
    assert {call.params["family"] for call in ecs_fake.calls} == {f"job-{number}" for number in range(100)}
    assert [call.number for call in ecs_fake.calls] == list(range(1, 101))


@pytest.mark.usefixtures("migration")
def test_a_task_ran_with_its_overrides_merged_over_its_definition(ecs_fake):
    run("up", count=2, startedBy="deploy")

    ecs_fake.assert_ran_task(
        family="migrate",
        container="app",
        command=["up"],
        environment={"STAGE": "prod", "DEBUG": "0"},
        cluster="prod",
        cpu=256,
        memory=512,
        launch_type="FARGATE",
        started_by="deploy",
        group="family:migrate",
        count=2,
    )


@pytest.mark.usefixtures("migration")
def test_a_task_that_was_refused_did_not_run(ecs_fake):
    with pytest.raises(ClientError):
        run("up", cluster="prdo")

    with pytest.raises(AssertionError, match="ClusterNotFoundException"):
        ecs_fake.assert_ran_task(family="migrate")


def test_a_task_that_ran_in_another_region_ran(ecs_fake):
    ireland = ecs_fake.in_region("eu-west-1")
    ireland.clusters.add("prod")
    ecs = boto3.client("ecs", region_name="eu-west-1")
    register(ecs)

    run("up", ecs=ecs)

    ecs_fake.assert_ran_task(family="migrate", command=["up"], environment={"DEBUG": "0"})
