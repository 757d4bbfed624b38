"""RunTask on Fargate: what it answers, and what it makes of its parameters. What it refuses stands in test_run_task_refusals.py."""

from __future__ import annotations

import pytest

pytestmark = pytest.mark.ecs_fake(clusters=["default", "prod"])

PLACE = "arn:aws:ecs:us-east-1:123456789012"
ROLE = "arn:aws:iam::123456789012:role/web"
AGENT = {"name": "ExecuteCommandAgent", "lastStatus": "PENDING"}


@pytest.fixture
def web(register_on_fargate):
    """The task definition web:1, with one container."""
    return register_on_fargate()


@pytest.fixture
def spot_cluster(ecs_client):
    """A cluster that both Fargate providers are associated with."""
    ecs_client.create_cluster(clusterName="spot", capacityProviders=["FARGATE", "FARGATE_SPOT"])
    return "spot"


def subnets(*ids, **members):
    """A network configuration with these subnets."""
    return {"awsvpcConfiguration": {"subnets": list(ids), **members}}


def override(name="web", **members):
    """Overrides of one container."""
    return {"containerOverrides": [{"name": name, **members}]}


def test_a_task_on_fargate_is_accepted_as_provisioning(ecs_fake, web, run_on_fargate):
    """The whole answer, as in the API's recorded example of RunTask with the launch type FARGATE."""
    answer = run_on_fargate(cluster="prod")

    [task] = answer["tasks"]
    task_id = task["taskArn"].rpartition("/")[2]
    [attachment], [container] = task["attachments"], task["containers"]
    assert answer["failures"] == []
    assert task == {
        "attachments": [
            {
                "id": attachment["id"],
                "type": "ElasticNetworkInterface",
                "status": "PRECREATED",
                "details": [{"name": "subnetId", "value": "subnet-0a1b2c3d"}],
            }
        ],
        "attributes": [{"name": "ecs.cpu-architecture", "value": "x86_64"}],
        "availabilityZone": task["availabilityZone"],
        "clusterArn": f"{PLACE}:cluster/prod",
        "containers": [
            {
                "containerArn": container["containerArn"],
                "taskArn": task["taskArn"],
                "name": "web",
                "image": "nginx:1.29",
                "lastStatus": "PENDING",
                "networkInterfaces": [],
                "cpu": "0",
            }
        ],
        "cpu": "256",
        "createdAt": ecs_fake.clock.now.replace(microsecond=ecs_fake.clock.now.microsecond // 1000 * 1000),
        "desiredStatus": "RUNNING",
        "enableExecuteCommand": False,
        "group": "family:web",
        "lastStatus": "PROVISIONING",
        "launchType": "FARGATE",
        "memory": "512",
        "overrides": {"containerOverrides": [{"name": "web"}], "inferenceAcceleratorOverrides": []},
        "platformVersion": "1.4.0",
        "platformFamily": "Linux",
        "tags": [],
        "taskArn": f"{PLACE}:task/prod/{task_id}",
        "taskDefinitionArn": web,
        "version": 1,
        "ephemeralStorage": {"sizeInGiB": 20},
        "fargateEphemeralStorage": {"sizeInGiB": 20},
    }
    assert len(task_id) == 32
    assert set(task_id) <= set("0123456789abcdef")
    assert container["containerArn"].startswith(f"{PLACE}:container/prod/{task_id}/")
    assert task["availabilityZone"] in ("us-east-1a", "us-east-1b", "us-east-1c")


@pytest.mark.parametrize(
    ("parameters", "shown"),
    [
        pytest.param({"group": "nightly"}, {"group": "nightly"}, id="a group of its own"),
        pytest.param({"startedBy": "deploy/42"}, {"startedBy": "deploy/42"}, id="who started it"),
        pytest.param(
            {"startedBy": "ECS Deploy"}, {"startedBy": "ECS Deploy"}, id="who started it, as ecs-deploy says it"
        ),
        pytest.param({"platformVersion": "LATEST"}, {"platformVersion": "1.4.0"}, id="LATEST is 1.4.0"),
        pytest.param({"platformVersion": "1.3.0"}, {"platformVersion": "1.3.0"}, id="an older platform version"),
        pytest.param(
            {"taskDefinition": "web:1"}, {"taskDefinitionArn": f"{PLACE}:task-definition/web:1"}, id="a revision"
        ),
        pytest.param(
            {"cluster": f"{PLACE}:cluster/prod"}, {"clusterArn": f"{PLACE}:cluster/prod"}, id="a cluster's ARN"
        ),
        pytest.param({}, {"clusterArn": f"{PLACE}:cluster/default"}, id="without a cluster the one named default"),
        pytest.param(
            {"overrides": {"cpu": "1 vCPU", "memory": "2 GB"}},
            {"cpu": "1024", "memory": "2048"},
            id="a size of its own",
        ),
        pytest.param({"overrides": {"memory": "1024"}}, {"cpu": "256", "memory": "1024"}, id="more memory only"),
        pytest.param(
            {"overrides": {"ephemeralStorage": {"sizeInGiB": 50}}},
            {"ephemeralStorage": {"sizeInGiB": 50}, "fargateEphemeralStorage": {"sizeInGiB": 50}},
            id="more ephemeral storage",
        ),
        pytest.param(
            {"overrides": {"taskRoleArn": ROLE}},
            {
                "overrides": {
                    "taskRoleArn": ROLE,
                    "containerOverrides": [{"name": "web"}],
                    "inferenceAcceleratorOverrides": [],
                }
            },
            id="a role of its own",
        ),
        pytest.param(
            {"networkConfiguration": subnets("subnet-1", assignPublicIp="ENABLED", securityGroups=["sg-1"])},
            {"lastStatus": "PROVISIONING"},
            id="a public address",
        ),
        pytest.param(
            {"placementConstraints": [], "placementStrategy": []}, {"launchType": "FARGATE"}, id="no placement"
        ),
        pytest.param({"propagateTags": "NONE"}, {"tags": []}, id="tags not propagated"),
    ],
)
@pytest.mark.usefixtures("web")
def test_a_task_shows_what_it_was_asked_for(run_on_fargate, parameters, shown):
    [task] = run_on_fargate(**parameters)["tasks"]

    assert {name: task[name] for name in shown} == shown


def test_the_newest_active_revision_runs_when_none_is_named(ecs_client, register_on_fargate, run_on_fargate):
    register_on_fargate()
    second = register_on_fargate()
    ecs_client.deregister_task_definition(taskDefinition=register_on_fargate())

    [task] = run_on_fargate()["tasks"]

    assert task["taskDefinitionArn"] == second


def test_a_definition_says_what_its_tasks_are_like(register_on_fargate, run_on_fargate):
    register_on_fargate(
        {"name": "web", "image": "nginx", "cpu": 128, "memory": 256, "memoryReservation": 128},
        {"name": "logs", "image": "fluent-bit", "essential": False},
        cpu="1024",
        memory="2048",
        runtimePlatform={"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"},
        ephemeralStorage={"sizeInGiB": 30},
    )

    [task] = run_on_fargate()["tasks"]

    web, logs = task["containers"]
    assert (task["cpu"], task["memory"], task["ephemeralStorage"]) == ("1024", "2048", {"sizeInGiB": 30})
    assert task["attributes"] == [{"name": "ecs.cpu-architecture", "value": "arm64"}]
    assert (web["name"], web["cpu"], web["memory"], web["memoryReservation"]) == ("web", "128", "256", "128")
    assert (logs["name"], logs["cpu"], "memory" in logs, "memoryReservation" in logs) == ("logs", "0", False, False)


def test_a_windows_task_runs_on_the_windows_platform(register_on_fargate, run_on_fargate):
    """Developer Guide, "Fargate platform versions": the latest for Windows is 1.0.0."""
    register_on_fargate(
        cpu="1024", memory="2048", runtimePlatform={"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}
    )

    [task] = run_on_fargate()["tasks"]

    assert (task["platformVersion"], task["platformFamily"]) == ("1.0.0", "Windows_Server_2022_Core")


@pytest.mark.usefixtures("web")
def test_the_tasks_of_one_call_are_spread_over_the_subnets(run_on_fargate):
    answer = run_on_fargate(count=5, networkConfiguration=subnets("subnet-1", "subnet-2"))

    chosen = [task["attachments"][0]["details"][0]["value"] for task in answer["tasks"]]
    assert chosen == ["subnet-1", "subnet-2", "subnet-1", "subnet-2", "subnet-1"]
    assert len({task["taskArn"] for task in answer["tasks"]}) == 5
    assert (
        len({(task["attachments"][0]["details"][0]["value"], task["availabilityZone"]) for task in answer["tasks"]})
        == 2
    )


def test_the_clusters_key_for_ephemeral_storage_is_shown(ecs_client, web, run_on_fargate):
    """API reference, TaskEphemeralStorage, kmsKeyId."""
    ecs_client.create_cluster(
        clusterName="sealed",
        configuration={"managedStorageConfiguration": {"fargateEphemeralStorageKmsKeyId": "key-1"}},
    )

    [task] = run_on_fargate(cluster="sealed")["tasks"]

    assert task["fargateEphemeralStorage"] == {"sizeInGiB": 20, "kmsKeyId": "key-1"}
    assert task["ephemeralStorage"] == {"sizeInGiB": 20}


# --- overrides --------------------------------------------------------------------------------------------------------------------------


def test_overrides_list_every_container_by_name(register_on_fargate, run_on_fargate):
    register_on_fargate({"name": "web", "image": "nginx"}, {"name": "logs", "image": "fluent-bit"})

    [task] = run_on_fargate(overrides=override("logs", command=["--verbose"]))["tasks"]

    assert task["overrides"]["containerOverrides"] == [{"name": "web"}, {"name": "logs", "command": ["--verbose"]}]


def test_a_containers_overrides_win_over_its_definition(ecs_fake, register_on_fargate, run_on_fargate):
    """API reference, ContainerOverride: environment is merged by name, everything else replaces the definition's."""
    register_on_fargate(
        {
            "name": "web",
            "image": "nginx",
            "cpu": 64,
            "memory": 128,
            "command": ["serve"],
            "environment": [{"name": "STAGE", "value": "dev"}, {"name": "DEBUG", "value": "0"}],
        }
    )
    overrides = override(
        command=["migrate"],
        cpu=128,
        memory=256,
        memoryReservation=256,
        environment=[{"name": "STAGE", "value": "prod"}, {"name": "RUN", "value": "7"}],
    )

    [task] = run_on_fargate(overrides=overrides)["tasks"]

    [shown] = task["containers"]
    container = ecs_fake.tasks[task["taskArn"]].container("web")
    assert (shown["cpu"], shown["memory"], shown["memoryReservation"]) == ("128", "256", "256")
    assert container.command == ["migrate"]
    assert container.environment == {"STAGE": "prod", "DEBUG": "0", "RUN": "7"}


@pytest.mark.parametrize("overrides", [{}, {"containerOverrides": []}, {"containerOverrides": [{}]}])
@pytest.mark.usefixtures("web")
def test_an_empty_override_is_accepted(run_on_fargate, overrides):
    """API reference, ContainerOverride."""
    [task] = run_on_fargate(overrides=overrides)["tasks"]

    assert task["overrides"] == {"containerOverrides": [{"name": "web"}], "inferenceAcceleratorOverrides": []}


def test_overrides_may_have_8192_characters_and_no_more(ecs_client, web, run_on_fargate):
    """API reference, RunTask, overrides: the limit includes the JSON formatting characters; text: Netflix/metaflow#1482."""
    frame = '{"containerOverrides":[{"name":"web","command":[""]}]}'

    run_on_fargate(overrides=override(command=["x" * (8192 - len(frame))]))
    with pytest.raises(ecs_client.exceptions.InvalidParameterException) as refusal:
        run_on_fargate(overrides=override(command=["x" * (8193 - len(frame))]))

    assert refusal.value.response["Error"]["Message"] == "Container Overrides length must be at most 8192"


# --- capacity providers -----------------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("web")
def test_among_equal_providers_the_first_of_the_strategy_comes_first(run_on_fargate, spot_cluster):
    """How ECS rounds isn't documented. # unverified"""
    items = [{"capacityProvider": provider, "weight": 1} for provider in ("FARGATE_SPOT", "FARGATE")]

    [task] = run_on_fargate(cluster=spot_cluster, launchType=None, capacityProviderStrategy=items)["tasks"]

    assert task["capacityProviderName"] == "FARGATE_SPOT"


@pytest.mark.parametrize(
    ("strategy", "on_demand", "on_spot"),
    [
        pytest.param([("FARGATE", 1, 0), ("FARGATE_SPOT", 1, 0)], 5, 5, id="equal weights halve"),
        pytest.param([("FARGATE", 1, 0), ("FARGATE_SPOT", 4, 0)], 2, 8, id="four to one"),
        pytest.param([("FARGATE", 1, 2), ("FARGATE_SPOT", 1, 0)], 6, 4, id="the base comes first"),
        pytest.param([("FARGATE", 0, 1), ("FARGATE_SPOT", 1, 0)], 1, 9, id="no weight beyond the base"),
        pytest.param([("FARGATE_SPOT", 0, 0)], 0, 10, id="one provider needs no weight"),
        pytest.param([("FARGATE", 1, 20)], 10, 0, id="a base that isn't reached"),
    ],
)
@pytest.mark.usefixtures("web")
def test_a_strategy_divides_the_tasks_of_a_call(run_on_fargate, spot_cluster, strategy, on_demand, on_spot):
    """API reference, CapacityProviderStrategyItem, weight and base."""
    items = [{"capacityProvider": provider, "weight": weight, "base": base} for provider, weight, base in strategy]

    tasks = run_on_fargate(cluster=spot_cluster, launchType=None, capacityProviderStrategy=items, count=10)["tasks"]

    providers = [task["capacityProviderName"] for task in tasks]
    assert (providers.count("FARGATE"), providers.count("FARGATE_SPOT")) == (on_demand, on_spot)
    assert {task["launchType"] for task in tasks} == {"FARGATE"}


def test_without_launch_type_the_clusters_default_strategy_is_used(ecs_client, web, run_on_fargate):
    """API reference, RunTask, capacityProviderStrategy."""
    ecs_client.create_cluster(
        clusterName="thrifty",
        capacityProviders=["FARGATE_SPOT"],
        defaultCapacityProviderStrategy=[{"capacityProvider": "FARGATE_SPOT", "weight": 1}],
    )

    [by_default] = run_on_fargate(cluster="thrifty", launchType=None)["tasks"]
    [by_launch_type] = run_on_fargate(cluster="thrifty")["tasks"]

    assert by_default["capacityProviderName"] == "FARGATE_SPOT"
    assert "capacityProviderName" not in by_launch_type


# --- tags -------------------------------------------------------------------------------------------------------------------------------


def tags(**pairs):
    """Tags as the API has them."""
    return [{"key": key, "value": value} for key, value in pairs.items()]


@pytest.mark.parametrize(
    ("parameters", "expected"),
    [
        pytest.param({}, {}, id="none by itself"),
        pytest.param({"tags": tags(stage="prod")}, {"stage": "prod"}, id="those of the call"),
        pytest.param({"propagateTags": "TASK_DEFINITION"}, {"team": "a", "stage": "any"}, id="those of the definition"),
        pytest.param(
            {"propagateTags": "TASK_DEFINITION", "tags": tags(stage="prod")},
            {"team": "a", "stage": "prod"},
            id="both, and the call wins",
        ),
        pytest.param({"enableECSManagedTags": True}, {"aws:ecs:clusterName": "prod"}, id="the managed one"),
    ],
)
def test_a_task_starts_with_these_tags(ecs_fake, register_on_fargate, run_on_fargate, parameters, expected):
    """API reference, RunTask, tags, propagateTags, enableECSManagedTags; Developer Guide, "Tagging Amazon ECS resources"."""
    register_on_fargate(tags=tags(team="a", stage="any"))

    [task] = run_on_fargate(cluster="prod", **parameters)["tasks"]

    assert {tag["key"]: tag["value"] for tag in task["tags"]} == expected
    assert ecs_fake.tasks[task["taskArn"]].tags == expected


def test_fifty_tags_are_the_limit_and_managed_ones_dont_count(ecs_client, register_on_fargate, run_on_fargate):
    """API reference, Tag: a maximum of 50, and those with the prefix aws: don't count."""
    register_on_fargate(tags=tags(team="a"))
    fifty = tags(**{f"tag{number}": "" for number in range(50)})

    run_on_fargate(tags=fifty, enableECSManagedTags=True)
    with pytest.raises(ecs_client.exceptions.InvalidParameterException, match="tags can have at most 50 items"):
        run_on_fargate(tags=fifty, propagateTags="TASK_DEFINITION")


# --- ExecuteCommand ---------------------------------------------------------------------------------------------------------------------


def test_a_task_that_takes_commands_has_an_agent_in_each_container(register_on_fargate, run_on_fargate):
    """API reference, RunTask, enableExecuteCommand; ManagedAgent."""
    register_on_fargate({"name": "web", "image": "nginx"}, {"name": "logs", "image": "fluent-bit"})

    [task] = run_on_fargate(enableExecuteCommand=True, overrides={"taskRoleArn": ROLE})["tasks"]

    assert task["enableExecuteCommand"] is True
    assert [container["managedAgents"] for container in task["containers"]] == [[AGENT], [AGENT]]


# --- client tokens ----------------------------------------------------------------------------------------------------------------------


def test_a_client_token_used_again_gives_the_tasks_that_it_started(ecs_fake, web, run_on_fargate):
    """API reference, RunTask, clientToken."""
    first = run_on_fargate(clientToken="once", count=2)["tasks"]
    ecs_fake.clock.advance(seconds=60)

    again = run_on_fargate(clientToken="once", count=2)["tasks"]

    assert [task["taskArn"] for task in again] == [task["taskArn"] for task in first]
    assert {task["lastStatus"] for task in again} == {"RUNNING"}
    assert len(ecs_fake.tasks) == 2


def test_a_client_token_used_with_other_parameters_is_a_conflict(ecs_client, ecs_fake, web, run_on_fargate):
    """API reference, ConflictException: resourceIds are the ARNs of the tasks that the token belongs to."""
    tasks = run_on_fargate(clientToken="once", count=2)["tasks"]

    with pytest.raises(ecs_client.exceptions.ConflictException) as refusal:
        run_on_fargate(clientToken="once", count=3)

    assert refusal.value.response["resourceIds"] == [task["taskArn"] for task in tasks]
    assert len(ecs_fake.tasks) == 2


def test_a_client_token_is_one_clusters_and_lasts_a_day(ecs_fake, web, run_on_fargate):
    """Developer Guide, "Ensuring idempotency"; the day is an assumption."""
    [here] = run_on_fargate(clientToken="once")["tasks"]
    [elsewhere] = run_on_fargate(clientToken="once", cluster="prod")["tasks"]
    ecs_fake.clock.advance(seconds=24 * 60 * 60)
    [a_day_later] = run_on_fargate(clientToken="once")["tasks"]

    assert len({here["taskArn"], elsewhere["taskArn"], a_day_later["taskArn"]}) == 3
