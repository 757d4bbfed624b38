"""StartTask: what it answers, which failures it has, and what it refuses.

Shapes: recorded answer of StartTask; reasons: Developer Guide, "API failure reasons"; rules: API reference, StartTask.
"""

from __future__ import annotations

from typing import Any

import pytest

pytestmark = pytest.mark.ecs_fake(clusters=["default"])

UNKNOWN = "0123456789abcdef0123456789abcdef"


@pytest.fixture
def instance(ecs_fake):
    """A container instance of 2,048 CPU units and 8,192 MiB."""
    return ecs_fake.container_instances.add("default", cpu=2048, memory=8192)[0]


@pytest.fixture
def start(ecs_client):
    """Start the task definition `web` on these instances."""

    def start(*instances: Any, **parameters: Any) -> Any:
        arns = [getattr(instance, "arn", instance) for instance in instances]
        return ecs_client.start_task(**{"taskDefinition": "web", "containerInstances": arns, **parameters})

    return start


def test_each_named_instance_gets_a_task(ecs_fake, register, start):
    instances = ecs_fake.container_instances.add("default", count=3)
    register()

    answer = start(instances[2], instances[0].id)

    assert [task["containerInstanceArn"] for task in answer["tasks"]] == [instances[2].arn, instances[0].arn]
    assert {task["lastStatus"] for task in answer["tasks"]} == {"PENDING"}
    assert {task["launchType"] for task in answer["tasks"]} == {"EC2"}
    assert answer["failures"] == []


def test_a_task_with_an_interface_of_its_own_is_accepted_as_provisioning(instance, register, start):
    register(networkMode="awsvpc")

    [task] = start(instance, networkConfiguration={"awsvpcConfiguration": {"subnets": ["subnet-1"]}})["tasks"]

    assert task["lastStatus"] == "PROVISIONING"
    assert task["attachments"][0]["details"] == [{"name": "subnetId", "value": "subnet-1"}]


def test_a_task_on_a_machine_of_ones_own_is_external(ecs_fake, instance, register, start):
    [own] = ecs_fake.container_instances.add("default", launch_type="EXTERNAL")
    register()

    tasks = start(own, instance)["tasks"]

    assert [task["launchType"] for task in tasks] == ["EXTERNAL", "EC2"]


def test_an_instance_of_a_capacity_provider_is_named_like_any_other(
    ecs_fake, ecs_client, create_group_provider, register, start
):
    create_group_provider("asg")
    ecs_client.create_cluster(clusterName="scaled", capacityProviders=["asg"])
    [member] = ecs_fake.container_instances.add("scaled", capacity_provider="asg")
    register()

    [task] = start(member, cluster="scaled")["tasks"]

    assert task["containerInstanceArn"] == member.arn


@pytest.mark.parametrize(
    ("definition", "reason"),
    [
        pytest.param({"container": {"cpu": 4096}}, "RESOURCE:CPU", id="too little CPU"),
        pytest.param({"container": {"memory": 9000}}, "RESOURCE:MEMORY", id="too little memory"),
        pytest.param(
            {"container": {"portMappings": [{"containerPort": 80, "hostPort": 22}]}},
            "RESOURCE:PORTS",
            id="a taken port",
        ),
        pytest.param(
            {"container": {"resourceRequirements": [{"type": "GPU", "value": "1"}]}}, "RESOURCE:GPU", id="no GPU"
        ),
        pytest.param({"container": {"logConfiguration": {"logDriver": "gelf"}}}, "ATTRIBUTE", id="no such log driver"),
        pytest.param(
            {"placementConstraints": [{"type": "memberOf", "expression": "attribute:stack == prod"}]},
            "MemberOf placement constraint unsatisfied.",
            id="a constraint of the definition",
        ),
    ],
)
def test_an_instance_that_cannot_take_the_task_says_why(instance, register, start, definition, reason):
    register(**definition)

    answer = start(instance)

    assert answer["tasks"] == []
    assert answer["failures"] == [{"arn": instance.arn, "reason": reason}]


def test_an_instance_without_a_free_interface_says_so(instance, register, start):
    """An m5.large has three interfaces, of which one is its own."""
    register(networkMode="awsvpc")
    network = {"awsvpcConfiguration": {"subnets": ["subnet-1"]}}

    answer = start(instance, instance, instance, networkConfiguration=network)

    assert len(answer["tasks"]) == 2
    assert answer["failures"] == [{"arn": instance.arn, "reason": "RESOURCE:ENI"}]


def test_an_instance_in_another_zone_than_the_subnets_says_so(ecs_fake, register, start):
    here, there = ecs_fake.container_instances.add("default", count=2, availability_zones=["us-east-1a", "us-east-1b"])
    register(networkMode="awsvpc")
    network = {"awsvpcConfiguration": {"subnets": [there.attributes["ecs.subnet-id"]]}}

    answer = start(here, there, networkConfiguration=network)

    assert [task["containerInstanceArn"] for task in answer["tasks"]] == [there.arn]
    assert answer["failures"] == [{"arn": here.arn, "reason": "LOCATION"}]


def test_an_instance_whose_agent_is_away_says_so(instance, register, start):
    instance.disconnect()
    register()

    assert start(instance)["failures"] == [{"arn": instance.arn, "reason": "AGENT"}]


def test_instances_that_are_unknown_or_gone_are_named_as_they_were_given(ecs_fake, ecs_client, register, start):
    gone, leaving, there = ecs_fake.container_instances.add("default", count=3)
    ecs_client.deregister_container_instance(containerInstance=gone.arn)
    ecs_client.update_container_instances_state(containerInstances=[leaving.arn], status="DRAINING")
    register()

    answer = start(UNKNOWN, gone.id, leaving, there)

    assert [task["containerInstanceArn"] for task in answer["tasks"]] == [there.arn]
    assert answer["failures"] == [
        {"arn": UNKNOWN, "reason": "MISSING"},
        {"arn": gone.id, "reason": "INACTIVE"},
        {"arn": leaving.arn, "reason": "INACTIVE"},
    ]


def test_what_a_call_says_of_its_tasks_is_theirs(instance, register, start):
    register(tags=[{"key": "team", "value": "x"}])

    [task] = start(
        instance, group="batch", startedBy="cron", propagateTags="TASK_DEFINITION", enableECSManagedTags=True
    )["tasks"]

    assert (task["group"], task["startedBy"]) == ("batch", "cron")
    assert task["tags"] == [{"key": "team", "value": "x"}, {"key": "aws:ecs:clusterName", "value": "default"}]


INVALID = "InvalidParameterException"


@pytest.mark.parametrize(
    ("parameters", "code", "message"),
    [
        pytest.param({"containerInstances": []}, INVALID, "Container instances cannot be empty.", id="no instance"),
        pytest.param(
            {"containerInstances": [UNKNOWN] * 11},
            INVALID,
            "instanceIds can have at most 10 items.",
            id="eleven instances",
        ),
        pytest.param(
            {"containerInstances": ["short"]}, INVALID, "instanceId length should be one of [32,36]", id="a short id"
        ),
        pytest.param({"group": "service:web"}, INVALID, "Invalid namespace for group.", id="the group of a service"),
        pytest.param({"startedBy": "x" * 37}, INVALID, "startedBy longer than 36.", id="startedBy of 37 characters"),
        pytest.param(
            {"propagateTags": "ALL"},
            INVALID,
            "propagateTags should be one of [TASK_DEFINITION,SERVICE,NONE]",
            id="tags of something unknown",
        ),
        pytest.param(
            {"taskDefinition": "nothing"}, "ClientException", "TaskDefinition not found.", id="an unknown family"
        ),
        pytest.param(
            {"taskDefinition": "fargate"},
            INVALID,
            "Task definition does not support launch_type EC2.",
            id="a definition for Fargate alone",
        ),
        pytest.param(
            {"networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-1"]}}},
            INVALID,
            "Network Configuration is not valid for the given networkMode of this task definition.",
            id="a network configuration in the instance's network",
        ),
        pytest.param({"cluster": "nowhere"}, "ClusterNotFoundException", "Cluster not found.", id="an unknown cluster"),
    ],
)
def test_a_call_with_one_fault_is_refused_and_starts_nothing(
    ecs_fake, ecs_client, register_on_fargate, instance, register, start, parameters, code, message
):
    register()
    register_on_fargate(family="fargate", ephemeralStorage={"sizeInGiB": 50})

    with pytest.raises(ecs_client.exceptions.ClientError) as error:
        start(instance, **parameters)

    assert error.value.response["Error"] == {"Code": code, "Message": message}
    assert list(ecs_fake.tasks) == []
