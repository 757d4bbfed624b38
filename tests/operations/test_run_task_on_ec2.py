"""RunTask on container instances, launch types EC2 and EXTERNAL and providers of Auto Scaling groups: what it answers, and why it fails.

Shapes: recorded answers of RunTask; reasons: Developer Guide, "API failure reasons"; rules: API reference, RunTask.
"""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.ecs_fake(clusters=["default", "prod"])

PLACE = "arn:aws:ecs:us-east-1:123456789012"
NO_INSTANCES = "No Container Instances were found in your cluster."
ON_ASG = [{"capacityProvider": "asg", "weight": 1}]
UNSCALED = {"managedScaling": {"status": "DISABLED"}}


@pytest.fixture
def run(ecs_client):
    """Run the task definition `web` on the launch type EC2, with other parameters as given; an absent one is written as None."""

    def run(**parameters: Any) -> Any:
        given = {"taskDefinition": "web", "launchType": "EC2", **parameters}
        return ecs_client.run_task(**{name: value for name, value in given.items() if value is not None})

    return run


@pytest.fixture
def cluster_with_asg(ecs_client, create_group_provider):
    """A cluster with the capacity provider `asg`, made with these settings."""

    def make(**settings: Any) -> str:
        create_group_provider("asg", **settings)
        ecs_client.create_cluster(clusterName="scaled", capacityProviders=["asg"])
        return "scaled"

    return make


def subnets(*ids: str, **members: Any) -> dict[str, Any]:
    return {"awsvpcConfiguration": {"subnets": list(ids), **members}}


# --- what is answered -------------------------------------------------------------------------------------------------------------------


def test_a_task_in_the_network_of_its_instance_is_accepted_as_pending(ecs_fake, register, run):
    """The whole answer, as in the recorded example of RunTask with the launch type EC2."""
    [instance] = ecs_fake.container_instances.add("default", availability_zones=["us-east-1b"])
    register(container={"cpu": 100, "memoryReservation": 64})

    answer = run()

    [task] = answer["tasks"]
    task_id = task["taskArn"].rpartition("/")[2]
    [container] = task["containers"]
    assert answer["failures"] == []
    assert task == {
        "attachments": [],
        "attributes": [{"name": "ecs.cpu-architecture", "value": "x86_64"}],
        "availabilityZone": "us-east-1b",
        "clusterArn": f"{PLACE}:cluster/default",
        "containerInstanceArn": instance.arn,
        "containers": [
            {
                "containerArn": container["containerArn"],
                "taskArn": task["taskArn"],
                "name": "app",
                "image": "nginx",
                "lastStatus": "PENDING",
                "networkInterfaces": [],
                "cpu": "100",
                "memory": "128",
                "memoryReservation": "64",
            }
        ],
        "cpu": "100",
        "createdAt": task["createdAt"],
        "desiredStatus": "RUNNING",
        "enableExecuteCommand": False,
        "group": "family:web",
        "lastStatus": "PENDING",
        "launchType": "EC2",
        "memory": "64",
        "overrides": {"containerOverrides": [{"name": "app"}], "inferenceAcceleratorOverrides": []},
        "tags": [],
        "taskArn": f"{PLACE}:task/default/{task_id}",
        "taskDefinitionArn": f"{PLACE}:task-definition/web:1",
        "version": 1,
    }


def test_a_task_with_an_interface_of_its_own_is_accepted_as_provisioning(ecs_fake, register, run):
    [instance] = ecs_fake.container_instances.add("default")
    register(networkMode="awsvpc")

    [task] = run(networkConfiguration=subnets("subnet-0a1b2c3d"))["tasks"]

    [attachment] = task["attachments"]
    assert task["lastStatus"] == "PROVISIONING"
    assert task["availabilityZone"] == instance.availability_zone
    assert {**attachment, "id": ""} == {
        "id": "",
        "type": "ElasticNetworkInterface",
        "status": "PRECREATED",
        "details": [{"name": "subnetId", "value": "subnet-0a1b2c3d"}],
    }


def test_neither_launch_type_nor_strategy_means_ec2(ecs_fake, register, run):
    """API reference, RunTask, launchType."""
    ecs_fake.container_instances.add("default")
    register()

    [task] = run(launchType=None)["tasks"]

    assert task["launchType"] == "EC2"
    assert "capacityProviderName" not in task


def test_an_external_task_runs_on_a_machine_of_ones_own(ecs_fake, register, run):
    ecs_fake.container_instances.add("default")
    [own] = ecs_fake.container_instances.add("default", launch_type="EXTERNAL")
    register()

    [task] = run(launchType="EXTERNAL")["tasks"]

    assert task["launchType"] == "EXTERNAL"
    assert task["containerInstanceArn"] == own.arn
    assert "availabilityZone" not in task


def test_a_task_of_a_capacity_provider_runs_on_its_instances(ecs_fake, register, run, cluster_with_asg):
    cluster = cluster_with_asg()
    ecs_fake.container_instances.add(cluster)
    [of_the_group] = ecs_fake.container_instances.add(cluster, capacity_provider="asg")
    register()

    [task] = run(cluster=cluster, launchType=None, capacityProviderStrategy=ON_ASG)["tasks"]

    assert task["containerInstanceArn"] == of_the_group.arn
    assert task["capacityProviderName"] == "asg"
    assert task["launchType"] == "EC2"


@pytest.mark.parametrize(
    ("parameters", "shown"),
    [
        pytest.param({"group": "batch"}, {"group": "batch"}, id="a group"),
        pytest.param({"startedBy": "cron/1"}, {"startedBy": "cron/1"}, id="startedBy"),
        pytest.param({"tags": [{"key": "a", "value": "b"}]}, {"tags": [{"key": "a", "value": "b"}]}, id="tags"),
        pytest.param(
            {"propagateTags": "TASK_DEFINITION"}, {"tags": [{"key": "team", "value": "x"}]}, id="the definition's tags"
        ),
        pytest.param({"referenceId": "for ECS alone"}, {}, id="referenceId has no effect"),
        pytest.param(
            {"overrides": {"cpu": "512", "memory": "1 GB"}}, {"cpu": "512", "memory": "1024"}, id="another size"
        ),
        pytest.param({"overrides": {"cpu": ".5 vCPU"}}, {"cpu": "512", "memory": "256"}, id="a size in vCPUs"),
        pytest.param(
            {"overrides": {"containerOverrides": [{"name": "app", "command": ["true"]}]}},
            {
                "overrides": {
                    "containerOverrides": [{"name": "app", "command": ["true"]}, {"name": "logs"}],
                    "inferenceAcceleratorOverrides": [],
                }
            },
            id="overrides name every container",
        ),
    ],
)
def test_what_a_call_says_of_its_tasks_is_theirs(ecs_fake, ecs_client, run, parameters, shown):
    ecs_fake.container_instances.add("default")
    ecs_client.register_task_definition(
        family="web",
        containerDefinitions=[{"name": name, "image": "nginx", "memory": 128} for name in ("app", "logs")],
        tags=[{"key": "team", "value": "x"}],
    )

    [task] = run(**parameters)["tasks"]

    assert {name: task[name] for name in shown} == shown


def test_a_memory_of_0_counts_as_absent_with_overrides_too(ecs_fake, register, run):
    """API reference, ContainerDefinition, memory and memoryReservation; RegisterTaskDefinition accepts it."""
    ecs_fake.container_instances.add("default")
    register(container={"memory": 0, "memoryReservation": 128})

    [task] = run(overrides={"containerOverrides": [{"name": "app", "command": ["true"]}]})["tasks"]

    assert task["memory"] == "128"


def test_the_same_client_token_starts_nothing_again(ecs_fake, register, run):
    ecs_fake.container_instances.add("default")
    register()

    [first], [again] = (run(clientToken="once")["tasks"] for _ in range(2))

    assert first["taskArn"] == again["taskArn"]
    assert len(ecs_fake.tasks) == 1


# --- where tasks go ---------------------------------------------------------------------------------------------------------------------


def test_tasks_reserve_what_the_next_one_finds_gone(ecs_fake, register, run):
    """Three tasks of 1,024 MiB, and an instance that has room for two: two run, and one failure says what is missing."""
    [instance] = ecs_fake.container_instances.add("default", cpu=2048, memory=2048)
    register(container={"cpu": 512, "memory": 1024})

    answer = run(count=3)

    assert [task["containerInstanceArn"] for task in answer["tasks"]] == [instance.arn] * 2
    assert answer["failures"] == [{"arn": instance.arn, "reason": "RESOURCE:MEMORY"}]
    assert (instance.remaining_cpu, instance.remaining_memory) == (1024, 0)


def test_an_instance_without_room_is_named_once_however_many_tasks_it_cannot_take(
    ecs_fake, ecs_client, create_group_provider, register, run
):
    """The tasks of a call are for two providers in turns."""
    for name in ("blue", "green"):
        create_group_provider(name)
    ecs_client.create_cluster(clusterName="scaled", capacityProviders=["blue", "green"])
    full = [
        ecs_fake.container_instances.add("scaled", capacity_provider=name, memory=64)[0].arn
        for name in ("blue", "green")
    ]
    register()

    strategy = [{"capacityProvider": name, "weight": 1} for name in ("blue", "green")]
    answer = run(cluster="scaled", launchType=None, capacityProviderStrategy=strategy, count=4)

    assert answer["tasks"] == []
    assert answer["failures"] == [{"arn": arn, "reason": "RESOURCE:MEMORY"} for arn in full]


@pytest.mark.parametrize(
    ("strategy", "zones"),
    [
        pytest.param(
            [{"type": "spread", "field": "attribute:ecs.availability-zone"}], "aabb", id="spread over two zones"
        ),
        pytest.param([{"type": "binpack", "field": "memory"}], "aaaa", id="binpack fills one instance"),
    ],
)
def test_a_strategy_says_where_tasks_go(ecs_fake, register, run, strategy, zones):
    ecs_fake.container_instances.add("default", count=2, availability_zones=["us-east-1a", "us-east-1b"])
    register()

    tasks = run(count=4, placementStrategy=strategy)["tasks"]

    assert "".join(sorted(task["availabilityZone"][-1] for task in tasks)) == zones


def test_a_constraint_of_the_definition_counts_with_those_of_the_call(ecs_fake, ecs_client, register, run):
    old, new = (ecs_fake.container_instances.add("default", attributes={"stack": stack})[0] for stack in ("old", "new"))
    register(placementConstraints=[{"type": "memberOf", "expression": "attribute:stack == new"}])

    answer = run(count=2, placementConstraints=[{"type": "distinctInstance"}])

    assert [task["containerInstanceArn"] for task in answer["tasks"]] == [new.arn]
    assert answer["failures"] == [
        {"arn": old.arn, "reason": "MemberOf placement constraint unsatisfied."},
        {"arn": new.arn, "reason": "DistinctInstance placement constraint unsatisfied."},
    ]


def test_a_draining_instance_takes_no_task(ecs_fake, ecs_client, register, run):
    """API reference, UpdateContainerInstancesState."""
    leaving, staying = ecs_fake.container_instances.add("default", count=2)
    ecs_client.update_container_instances_state(containerInstances=[leaving.arn], status="DRAINING")
    register()

    tasks = run(count=3)["tasks"]

    assert {task["containerInstanceArn"] for task in tasks} == {staying.arn}


def test_an_interface_is_in_a_subnet_of_the_instances_zone(ecs_fake, register, run):
    """A subnet's zone is that of the instances in it; one without instances may be anywhere."""
    here = ecs_fake.container_instances.add("default", availability_zones=["us-east-1a"])[0]
    there = ecs_fake.container_instances.add("default", availability_zones=["us-east-1b"])[0]
    register(networkMode="awsvpc")
    subnet = there.attributes["ecs.subnet-id"]

    answer = run(count=3, networkConfiguration=subnets(subnet))

    assert {task["containerInstanceArn"] for task in answer["tasks"]} == {there.arn}
    assert {task["attachments"][0]["details"][0]["value"] for task in answer["tasks"]} == {subnet}
    assert {failure["reason"] for failure in answer["failures"]} <= {"RESOURCE:ENI", "LOCATION"}
    assert here.remaining_cpu == here.registered_cpu


# --- failures ---------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("container", "definition", "reason"),
    [
        pytest.param({"cpu": 4096}, {}, "RESOURCE:CPU", id="too little CPU"),
        pytest.param({"memory": 100_000}, {}, "RESOURCE:MEMORY", id="too little memory"),
        pytest.param(
            {"portMappings": [{"containerPort": 22, "hostPort": 22}]},
            {},
            "RESOURCE:PORTS",
            id="a port of the host's own",
        ),
        pytest.param(
            {"resourceRequirements": [{"type": "GPU", "value": "1"}]}, {}, "RESOURCE:GPU", id="a GPU that isn't there"
        ),
        pytest.param(
            {"logConfiguration": {"logDriver": "gelf"}}, {}, "ATTRIBUTE", id="a log driver that the agent hasn't got"
        ),
    ],
)
def test_an_instance_that_cannot_take_a_task_says_why(ecs_fake, register, run, container, definition, reason):
    [instance] = ecs_fake.container_instances.add("default", instance_type="m5.large")
    register(container=container, **definition)

    answer = run(count=2)

    assert answer["tasks"] == []
    assert answer["failures"] == [{"arn": instance.arn, "reason": reason}]


def test_an_instance_whose_agent_is_away_takes_no_task(ecs_fake, register, run):
    [instance] = ecs_fake.container_instances.add("default")
    instance.disconnect()
    register()

    assert run()["failures"] == [{"arn": instance.arn, "reason": "AGENT"}]


def test_a_host_port_that_a_task_holds_is_free_again_when_it_has_stopped(ecs_fake, ecs_client, register, run):
    """Developer Guide, "PortMapping"."""
    [instance] = ecs_fake.container_instances.add("default")
    register(container={"portMappings": [{"containerPort": 80, "hostPort": 8080}]})
    [task] = run()["tasks"]
    assert run()["failures"] == [{"arn": instance.arn, "reason": "RESOURCE:PORTS"}]

    ecs_client.stop_task(task=task["taskArn"])
    ecs_fake.clock.advance(seconds=60)

    assert run()["failures"] == []


def test_a_provider_without_managed_scaling_fails_like_ec2(ecs_fake, register, run, cluster_with_asg):
    cluster = cluster_with_asg(**UNSCALED)
    [instance] = ecs_fake.container_instances.add(cluster, capacity_provider="asg", memory=100)
    register()

    answer = run(cluster=cluster, launchType=None, capacityProviderStrategy=ON_ASG)

    assert answer == {**answer, "tasks": [], "failures": [{"arn": instance.arn, "reason": "RESOURCE:MEMORY"}]}


# --- refusals ---------------------------------------------------------------------------------------------------------------------------


def refused(client: Any, run: Any, **parameters: Any) -> tuple[str, str]:
    """The code and message that a call is refused with."""
    with pytest.raises(client.exceptions.ClientError) as error:
        run(**parameters)
    return error.value.response["Error"]["Code"], error.value.response["Error"]["Message"]


@pytest.mark.parametrize(
    ("definition", "parameters", "message"),
    [
        pytest.param(
            {},
            {"networkConfiguration": subnets("subnet-1")},
            "Network Configuration is not valid for the given networkMode of this task definition.",
            id="a network configuration in the instance's network",
        ),
        pytest.param(
            {"networkMode": "awsvpc"},
            {},
            "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
            id="no network configuration",
        ),
        pytest.param(
            {"networkMode": "awsvpc"},
            {"networkConfiguration": subnets("subnet-1", assignPublicIp="ENABLED")},
            "Assign public IP is not supported for this launch type.",
            id="a public address",
        ),
        pytest.param(
            {},
            {"platformVersion": "LATEST"},
            "The platform version must be null when specifying an EC2 launch type.",
            id="a platform version",
        ),
        pytest.param(
            {"networkMode": "awsvpc"},
            {"launchType": "EXTERNAL", "networkConfiguration": subnets("subnet-1")},
            "Task definition does not support launch_type EXTERNAL.",
            id="an interface of its own on a machine of one's own",
        ),
        pytest.param(
            {},
            {"overrides": {"containerOverrides": [{"name": "nobody"}]}},
            "Override for container named nobody is not a container in the TaskDefinition.",
            id="an override for nobody",
        ),
        pytest.param(
            {},
            {"overrides": {"ephemeralStorage": {"sizeInGiB": 30}}},
            "Tasks using the EC2 launch type do not support EphemeralStorage.",
            id="ephemeral storage, which is Fargate's",  # API reference, TaskOverride; the text is unverified
        ),
        pytest.param(
            {},
            {"placementConstraints": [{"type": "distinctInstance", "expression": "attribute:a == b"}]},
            "distinctInstance expression should not be specified.",
            id="an expression beside distinctInstance",
        ),
        pytest.param(
            {},
            {"placementStrategy": [{"type": "binpack", "field": "disk"}]},
            "binpack field 'disk' is invalid.",
            id="a strategy over what there isn't",
        ),
        pytest.param({}, {"count": 11}, "count must be at most 10", id="eleven tasks"),
    ],
)
def test_a_call_with_one_fault_is_refused_and_starts_nothing(
    ecs_fake, ecs_client, register, run, definition, parameters, message
):
    ecs_fake.container_instances.add("default")
    ecs_fake.container_instances.add("default", launch_type="EXTERNAL")
    register(**definition)

    assert refused(ecs_client, run, **parameters) == ("InvalidParameterException", message)
    assert list(ecs_fake.tasks) == []


@pytest.mark.parametrize(
    ("add", "launch_type"),
    [
        pytest.param({}, "EXTERNAL", id="only those of EC2"),
        pytest.param({"launch_type": "EXTERNAL"}, "EC2", id="only those of one's own"),
    ],
)
def test_a_cluster_without_instances_of_the_launch_type_is_an_error(
    ecs_fake, ecs_client, register, run, add, launch_type
):
    ecs_fake.container_instances.add("default", **add)
    register()

    assert refused(ecs_client, run, launchType=launch_type) == ("InvalidParameterException", NO_INSTANCES)


def test_a_cluster_whose_only_instance_drains_has_none(ecs_fake, ecs_client, register, run):
    [instance] = ecs_fake.container_instances.add("default")
    ecs_client.update_container_instances_state(containerInstances=[instance.arn], status="DRAINING")
    register()

    assert refused(ecs_client, run) == ("InvalidParameterException", NO_INSTANCES)


def test_a_provider_without_managed_scaling_and_without_instances_is_an_error(
    ecs_client, register, run, cluster_with_asg
):
    cluster = cluster_with_asg(**UNSCALED)
    register()

    answer = refused(ecs_client, run, cluster=cluster, launchType=None, capacityProviderStrategy=ON_ASG)

    assert answer == ("InvalidParameterException", NO_INSTANCES)
