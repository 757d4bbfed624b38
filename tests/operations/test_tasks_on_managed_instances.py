"""What is refused on Managed Instances: rows of a request, with code, message and source."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

STRATEGY = [{"capacityProvider": "fleet"}]


class Refusal(NamedTuple):
    """Parameters of RunTask, and the error that it answers with."""

    given: dict[str, Any]
    message: str
    source: str
    code: str = "InvalidParameterException"


REFUSALS = [
    pytest.param(
        Refusal(
            {"taskDefinition": "bridge"},
            "Task definition does not support launch_type MANAGED_INSTANCES.",
            "Developer Guide, ManagedInstances: network modes awsvpc, host and none; the text is that of other launch types",
        ),
        id="network mode bridge",
    ),
    pytest.param(
        Refusal(
            {"placementStrategy": [{"type": "random"}]},
            "Placement strategies are not supported with MANAGED_INSTANCES launch type.",
            "Developer Guide, ManagedInstances; text unverified",
        ),
        id="a placement strategy",
    ),
    pytest.param(
        Refusal(
            {"platformVersion": "1.4.0"},
            "The platform version must be null when specifying an EC2 launch type.",
            "API reference, RunTask, platformVersion: for Fargate alone; text unverified here",
        ),
        id="a platform version",
    ),
    pytest.param(
        Refusal(
            {"launchType": "MANAGED_INSTANCES", "capacityProviderStrategy": None},
            "The launch type MANAGED_INSTANCES is not supported. Specify a capacity provider strategy and try again.",
            "API reference, CreateService, launchType; text unverified",
        ),
        id="by launch type",
    ),
    pytest.param(
        Refusal(
            {"taskDefinition": "own"},
            "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
            "as on other launch types",
        ),
        id="no network configuration",
    ),
    pytest.param(
        Refusal(
            {
                "taskDefinition": "own",
                "networkConfiguration": {
                    "awsvpcConfiguration": {"subnets": ["subnet-0a1b2c3d"], "assignPublicIp": "ENABLED"}
                },
            },
            "Assign public IP is not supported for this launch type.",
            "API reference, AwsVpcConfiguration, assignPublicIp; as on container instances",
        ),
        id="a public address",
    ),
]


@pytest.fixture
def world(ecs_client, ecs_fake, create_managed_instances):
    ecs_client.create_cluster(clusterName="prod")
    create_managed_instances("fleet", "prod")
    ecs_fake.clock.advance(seconds=10)
    for family, mode in (("job", "host"), ("own", "awsvpc"), ("bridge", "bridge")):
        container = {"name": "app", "image": "nginx", "memory": 128}
        ecs_client.register_task_definition(family=family, networkMode=mode, containerDefinitions=[container])


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("refusal", REFUSALS)
def test_run_task_refuses(ecs_client, ecs_fake, refusal):
    given = {"taskDefinition": "job", "capacityProviderStrategy": STRATEGY, **refusal.given}

    with pytest.raises(ecs_client.exceptions.ClientError) as error:
        ecs_client.run_task(cluster="prod", **{name: value for name, value in given.items() if value is not None})

    assert (error.value.response["Error"]["Code"], error.value.response["Error"]["Message"]) == (
        refusal.code,
        refusal.message,
    )
    assert list(ecs_fake.tasks) == []


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize("mode", ["job", "own"])
def test_a_network_mode_that_is_allowed(ecs_client, ecs_fake, mode):
    """Developer Guide, ManagedInstances: awsvpc and host."""
    network = {"networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-0a1b2c3d"]}}}
    ecs_client.run_task(
        cluster="prod",
        taskDefinition=mode,
        capacityProviderStrategy=STRATEGY,
        **(network if mode == "own" else {}),
    )
    ecs_fake.clock.advance(seconds=60)

    [task] = ecs_fake.tasks
    assert (task.last_status, task.launch_type) == ("RUNNING", "MANAGED_INSTANCES")


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize(("after", "status"), [(20, "REGISTERING"), (25 + 300, "DEREGISTERING")])
def test_an_instance_that_comes_or_goes_is_not_drained(ecs_client, ecs_fake, after, status):
    """API reference, UpdateContainerInstancesState, status: ACTIVE and DRAINING alone; text unverified."""
    [task] = ecs_client.run_task(cluster="prod", taskDefinition="job", capacityProviderStrategy=STRATEGY)["tasks"]
    if status == "DEREGISTERING":
        ecs_client.stop_task(cluster="prod", task=task["taskArn"])
    ecs_fake.clock.advance(seconds=after)
    [instance] = ecs_fake.container_instances
    assert instance.status == status

    with pytest.raises(ecs_client.exceptions.ClientException) as error:
        ecs_client.update_container_instances_state(
            cluster="prod", containerInstances=[instance.arn], status="DRAINING"
        )

    assert error.value.response["Error"]["Message"] == f"Container instance {instance.id} is {status.lower()}."
    assert instance.status == status


@pytest.mark.usefixtures("world")
def test_the_documents_of_an_instance_and_its_cluster(ecs_client, ecs_fake):
    """API reference, ContainerInstance, capacityProviderName; Cluster, statistics."""
    ecs_client.run_task(cluster="prod", taskDefinition="job", capacityProviderStrategy=STRATEGY)
    ecs_fake.clock.advance(seconds=60)
    [arn] = ecs_client.list_container_instances(cluster="prod")["containerInstanceArns"]
    [shown] = ecs_client.describe_container_instances(
        cluster="prod", containerInstances=[arn], include=["CONTAINER_INSTANCE_HEALTH"]
    )["containerInstances"]
    [cluster] = ecs_client.describe_clusters(clusters=["prod"], include=["STATISTICS"])["clusters"]

    assert (shown["status"], shown["capacityProviderName"], shown["runningTasksCount"]) == ("ACTIVE", "fleet", 1)
    assert shown["ec2InstanceId"].startswith("i-")
    assert shown["healthStatus"]["overallStatus"] == "OK"
    attributes = {each["name"]: each.get("value") for each in shown["attributes"]}
    assert attributes["ecs.subnet-id"] == "subnet-0a1b2c3d"
    assert attributes["ecs.instance-type"].endswith(".large")
    statistics = {each["name"]: each["value"] for each in cluster["statistics"]}
    assert statistics["runningManagedInstancesTasksCount"] == "1"
    assert statistics["runningEC2TasksCount"] == "0"
    assert cluster["registeredContainerInstancesCount"] == 1


@pytest.mark.usefixtures("world")
def test_a_launch_type_of_ec2_does_not_reach_managed_instances(ecs_client, ecs_fake):
    """API reference, RunTask, launchType: EC2 means the container instances that are registered by hand or by a group."""
    ecs_client.run_task(cluster="prod", taskDefinition="job", capacityProviderStrategy=STRATEGY)
    ecs_fake.clock.advance(seconds=60)

    with pytest.raises(ecs_client.exceptions.InvalidParameterException) as error:
        ecs_client.run_task(cluster="prod", taskDefinition="job", launchType="EC2")

    assert error.value.response["Error"]["Message"] == "No Container Instances were found in your cluster."


@pytest.mark.usefixtures("world")
def test_an_instance_that_a_test_adds_takes_the_tasks_first(ecs_client, ecs_fake):
    [added] = ecs_fake.container_instances.add("prod", capacity_provider="fleet")
    ecs_client.run_task(cluster="prod", taskDefinition="job", capacityProviderStrategy=STRATEGY)
    ecs_fake.clock.advance(seconds=60)

    assert (added.launch_type, len(added.tasks)) == ("MANAGED_INSTANCES", 1)
    assert len(ecs_fake.container_instances) == 1
