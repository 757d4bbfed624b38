"""Container instances through the API: registered, shown, listed, drained, taken out, their agents updated.

Shapes: recorded answers of DescribeContainerInstances and UpdateContainerAgent; rules: API reference of each operation.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

PLACE = "arn:aws:ecs:us-east-1:123456789012"
MISSING = "0123456789abcdef0123456789abcdef"

pytestmark = pytest.mark.ecs_fake(clusters=["prod"])


def number(name: str, value: int) -> dict[str, Any]:
    return {"name": name, "type": "INTEGER", "doubleValue": 0.0, "longValue": 0, "integerValue": value}


def strings(name: str, *values: str) -> dict[str, Any]:
    return {
        "name": name,
        "type": "STRINGSET",
        "doubleValue": 0.0,
        "longValue": 0,
        "integerValue": 0,
        "stringSetValue": list(values),
    }


PORTS = (strings("PORTS", "22", "2376", "2375", "51678", "51679"), strings("PORTS_UDP"))


@pytest.fixture
def register_instance(ecs_client):
    """Register a container instance of a type in prod, as it comes back."""

    def register_instance(instance_type: str | None = "t2.micro", **members: Any) -> dict[str, Any]:
        document = {"instanceId": "i-0efbe8e0a73bc95b9", "availabilityZone": "us-east-1d", "imageId": "ami-97785bed"}
        if instance_type is not None:
            document["instanceType"] = instance_type
        request = {"cluster": "prod", "instanceIdentityDocument": json.dumps(document), **members}
        answer = ecs_client.register_container_instance(**request)
        return answer["containerInstance"]

    return register_instance


@pytest.fixture
def describe(ecs_client):
    """The container instance of an ARN or id, as it is described."""

    def describe(identifier: str, **members: Any) -> dict[str, Any]:
        answer = ecs_client.describe_container_instances(cluster="prod", containerInstances=[identifier], **members)
        [instance] = answer["containerInstances"]
        return instance

    return describe


def values(instance: dict[str, Any]) -> dict[str, str]:
    """The attributes that have a value, by name."""
    return {attribute["name"]: attribute["value"] for attribute in instance["attributes"] if "value" in attribute}


# --- registration -----------------------------------------------------------------------------------------------------------------------


def test_an_instance_is_active_as_soon_as_it_is_registered(ecs_fake, register_instance):
    instance = register_instance()
    attributes = instance.pop("attributes")

    arn = instance["containerInstanceArn"]
    assert arn == f"{PLACE}:container-instance/prod/{ecs_fake.container_instances[arn].id}"
    assert instance == {
        "containerInstanceArn": arn,
        "ec2InstanceId": "i-0efbe8e0a73bc95b9",
        "version": 1,
        "versionInfo": {},
        "remainingResources": [number("CPU", 1024), number("MEMORY", 993), *PORTS],
        "registeredResources": [number("CPU", 1024), number("MEMORY", 993), *PORTS],
        "status": "ACTIVE",
        "agentConnected": True,
        "runningTasksCount": 0,
        "pendingTasksCount": 0,
        "registeredAt": ecs_fake.clock.now.replace(microsecond=ecs_fake.clock.now.microsecond // 1000 * 1000),
        "attachments": [],
        "tags": [],
    }
    assert {"name": "ecs.capability.task-eni"} in attributes
    assert {"name": "com.amazonaws.ecs.capability.docker-remote-api.1.19"} in attributes


@pytest.mark.parametrize(
    ("instance_type", "cpu", "memory", "architecture"),
    [
        pytest.param("c5.large", 2048, 3705, "x86_64", id="a type whose memory was seen"),
        pytest.param("m5.xlarge", 4096, 15360, "x86_64", id="a type that keeps a sixteenth for the kernel"),
        pytest.param("t4g.medium", 2048, 3840, "arm64", id="Graviton"),
        pytest.param("m1.small", 1024, 1631, "x86_64", id="the type that moto gives an instance"),
        pytest.param(None, 2048, 7680, "x86_64", id="no type: that of an m5.large"),
    ],
)
def test_resources_are_those_of_the_instance_type(register_instance, instance_type, cpu, memory, architecture):
    """EC2 User Guide, "Amazon EC2 instance types"."""
    instance = register_instance(instance_type)

    assert instance["registeredResources"][:2] == [number("CPU", cpu), number("MEMORY", memory)]
    assert values(instance)["ecs.cpu-architecture"] == architecture


def test_an_instance_without_a_document_is_registered_too(ecs_client):
    instance = ecs_client.register_container_instance(cluster="prod")["containerInstance"]

    assert "ec2InstanceId" not in instance
    assert instance["registeredResources"] == [number("CPU", 2048), number("MEMORY", 7680), *PORTS]


def test_resources_that_the_agent_names_count(register_instance):
    """API reference, RegisterContainerInstance, totalResources."""
    total = [
        {"name": "CPU", "type": "INTEGER", "integerValue": 8192},
        {"name": "MEMORY", "type": "LONG", "longValue": 30000},
        {"name": "PORTS", "type": "STRINGSET", "stringSetValue": ["22", "8080"]},
        {"name": "PORTS_UDP", "type": "STRINGSET", "stringSetValue": ["53"]},
    ]

    instance = register_instance("u7i-8tb.112xlarge", totalResources=total)

    assert instance["registeredResources"] == [
        number("CPU", 8192),
        number("MEMORY", 30000),
        strings("PORTS", "22", "8080"),
        strings("PORTS_UDP", "53"),
    ]
    assert values(instance)["ecs.instance-type"] == "u7i-8tb.112xlarge"


@pytest.mark.parametrize(
    ("members", "gpus"),
    [
        pytest.param(
            {}, ["GPU-00000000", "GPU-00000001", "GPU-00000002", "GPU-00000003"], id="as many as the type has"
        ),
        pytest.param({"platformDevices": [{"id": "GPU-a", "type": "GPU"}]}, ["GPU-a"], id="as the devices are called"),
    ],
)
def test_gpus_are_a_resource_of_their_own(register_instance, members, gpus):
    instance = register_instance("g4dn.12xlarge", **members)

    assert instance["registeredResources"][-1] == instance["remainingResources"][-1] == strings("GPU", *gpus)


def test_the_identity_document_gives_built_in_attributes(register_instance):
    """Developer Guide, "Amazon ECS container instance attributes"."""
    attributes = values(register_instance())

    assert attributes == {
        "ecs.ami-id": "ami-97785bed",
        "ecs.availability-zone": "us-east-1d",
        "ecs.instance-type": "t2.micro",
        "ecs.os-type": "linux",
        "ecs.os-family": "LINUX",
        "ecs.cpu-architecture": "x86_64",
        "ecs.capability.cni-plugin-version": "91ccefc8-2019.06.0",
        "ecs.capability.branch-cni-plugin-version": "e0703516-",
    }


def test_an_agent_that_names_capabilities_has_no_others(register_instance):
    instance = register_instance(attributes=[{"name": "ecs.capability.task-eni"}, {"name": "stack", "value": "blue"}])

    names = {attribute["name"] for attribute in instance["attributes"]}
    assert {name for name in names if "capability" in name} == {"ecs.capability.task-eni"}
    assert values(instance)["stack"] == "blue"


def test_a_real_task_definition_finds_all_that_it_requires(register_instance, register):
    """API reference, TaskDefinition, requiresAttributes."""
    definition = register(
        networkMode="awsvpc",
        executionRoleArn="arn:aws:iam::123456789012:role/ecsTaskExecutionRole",
        taskRoleArn="arn:aws:iam::123456789012:role/app",
        container={
            "image": "123456789012.dkr.ecr.us-east-1.amazonaws.com/app:1",
            "memoryReservation": 64,
            "healthCheck": {"command": ["CMD", "true"], "startPeriod": 5},
            "secrets": [{"name": "KEY", "valueFrom": "arn:aws:ssm:us-east-1:123456789012:parameter/key"}],
            "logConfiguration": {
                "logDriver": "awslogs",
                "options": {"awslogs-group": "app", "awslogs-region": "us-east-1"},
            },
            "dockerLabels": {"a": "b"},
            "privileged": False,
        },
    )

    there = {attribute["name"] for attribute in register_instance()["attributes"]}

    assert {attribute["name"] for attribute in definition["requiresAttributes"]} - there == set()


def test_tags_are_shown_in_the_answer(register_instance, describe):
    instance = register_instance(tags=[{"key": "team", "value": "a"}])

    assert instance["tags"] == [{"key": "team", "value": "a"}]
    assert describe(instance["containerInstanceArn"])["tags"] == []
    assert describe(instance["containerInstanceArn"], include=["TAGS"])["tags"] == [{"key": "team", "value": "a"}]


def test_one_ec2_instance_can_be_several_container_instances(ecs_fake, register_instance):
    """amazon-ecs-agent#784."""
    first, second = register_instance(), register_instance()

    assert first["ec2InstanceId"] == second["ec2InstanceId"]
    assert len(ecs_fake.container_instances) == 2


def test_an_agent_that_registers_again_is_the_same_instance(ecs_fake, register_instance):
    """API reference, RegisterContainerInstance, containerInstanceArn; agent's README, ECS_INSTANCE_ATTRIBUTES."""
    before = register_instance(attributes=[{"name": "stack", "value": "blue"}], tags=[{"key": "team", "value": "a"}])
    arn = before["containerInstanceArn"]
    ecs_fake.container_instances[arn].disconnect()

    again = register_instance(
        containerInstanceArn=arn,
        versionInfo={"agentVersion": "1.86.3"},
        attributes=[{"name": "stack", "value": "green"}],
        totalResources=[{"name": "MEMORY", "type": "INTEGER", "integerValue": 900}],
    )

    assert again["containerInstanceArn"] == arn
    assert again["agentConnected"] is True
    assert again["versionInfo"] == {"agentVersion": "1.86.3"}
    assert again["registeredResources"][1] == number("MEMORY", 900)
    assert values(again)["stack"] == "blue"
    assert again["tags"] == [{"key": "team", "value": "a"}]
    assert len(ecs_fake.container_instances) == 1


# --- describing and listing -------------------------------------------------------------------------------------------------------------


def test_what_is_not_there_is_a_failure(ecs_client, register_instance):
    arn = register_instance()["containerInstanceArn"]

    answer = ecs_client.describe_container_instances(
        cluster="prod", containerInstances=[MISSING, arn, arn.rpartition("/")[2]]
    )

    assert [instance["containerInstanceArn"] for instance in answer["containerInstances"]] == [arn]
    assert answer["failures"] == [{"arn": f"{PLACE}:container-instance/prod/{MISSING}", "reason": "MISSING"}]


@pytest.mark.parametrize(("connected", "status"), [(True, "OK"), (False, "INSUFFICIENT_DATA")])
def test_health_is_shown_where_it_is_asked_for(ecs_fake, register_instance, describe, connected, status):
    arn = register_instance()["containerInstanceArn"]
    if not connected:
        ecs_fake.container_instances[arn].disconnect()

    assert "healthStatus" not in describe(arn)
    health = describe(arn, include=["CONTAINER_INSTANCE_HEALTH"])["healthStatus"]
    assert health["overallStatus"] == status
    assert [(check["type"], check["status"]) for check in health["details"]] == [("CONTAINER_RUNTIME", status)]


def test_list_leaves_inactive_instances_out(ecs_client, ecs_fake):
    """API reference, ListContainerInstances, status."""
    active, draining, inactive = (instance.arn for instance in ecs_fake.container_instances.add("prod", count=3))
    ecs_client.update_container_instances_state(cluster="prod", containerInstances=[draining], status="DRAINING")
    ecs_client.deregister_container_instance(cluster="prod", containerInstance=inactive)

    def listed(**query: Any) -> list[str]:
        arns: list[str] = ecs_client.list_container_instances(cluster="prod", **query)["containerInstanceArns"]
        return arns

    assert listed() == [active, draining]
    assert listed(status="ACTIVE") == [active]
    assert listed(status="DRAINING") == [draining]
    assert listed(status="REGISTERING") == []


# --- draining and deregistering ---------------------------------------------------------------------------------------------------------


def test_an_instance_is_drained_and_taken_into_use_again(ecs_client, register_instance):
    arn = register_instance()["containerInstanceArn"]

    def update(status: str) -> dict[str, Any]:
        answer = ecs_client.update_container_instances_state(
            cluster="prod", containerInstances=[arn, MISSING], status=status
        )
        assert answer["failures"] == [{"arn": f"{PLACE}:container-instance/prod/{MISSING}", "reason": "MISSING"}]
        [instance] = answer["containerInstances"]
        return instance

    shown = [(instance["status"], instance["version"]) for instance in map(update, ("DRAINING", "DRAINING", "ACTIVE"))]

    assert shown == [("DRAINING", 2), ("DRAINING", 2), ("ACTIVE", 3)]


def test_a_deregistered_instance_stays_to_be_described(ecs_client, ecs_fake, register_instance, describe):
    arn = register_instance()["containerInstanceArn"]

    instance = ecs_client.deregister_container_instance(cluster="prod", containerInstance=arn)["containerInstance"]

    assert (instance["status"], instance["agentConnected"]) == ("INACTIVE", True)
    ecs_fake.clock.advance(seconds=24 * 60 * 60)
    assert describe(arn)["status"] == "INACTIVE"


def test_a_cluster_counts_what_is_registered_in_it(ecs_client, ecs_fake):
    """API reference, Cluster, registeredContainerInstancesCount: "This includes container instances in both ACTIVE and DRAINING status"."""
    first, second, _ = ecs_fake.container_instances.add("prod", count=3)
    ecs_client.update_container_instances_state(cluster="prod", containerInstances=[first.arn], status="DRAINING")
    ecs_client.deregister_container_instance(cluster="prod", containerInstance=second.arn)

    [cluster] = ecs_client.describe_clusters(clusters=["prod"])["clusters"]

    assert cluster["registeredContainerInstancesCount"] == 2
    assert ecs_fake.clusters["prod"].registered_container_instances_count == 2


@pytest.mark.parametrize("status", ["ACTIVE", "DRAINING"])
def test_a_cluster_with_container_instances_is_not_deleted(ecs_client, register_instance, status):
    """aws-cdk#18179."""
    arn = register_instance()["containerInstanceArn"]
    ecs_client.update_container_instances_state(cluster="prod", containerInstances=[arn], status=status)

    with pytest.raises(ecs_client.exceptions.ClusterContainsContainerInstancesException) as error:
        ecs_client.delete_cluster(cluster="prod")

    assert error.value.response["Error"]["Message"] == (
        "The Cluster cannot be deleted while Container Instances are active or draining."
    )
    ecs_client.deregister_container_instance(cluster="prod", containerInstance=arn)
    assert ecs_client.delete_cluster(cluster="prod")["cluster"]["status"] == "INACTIVE"


# --- the agent's version ----------------------------------------------------------------------------------------------------------------


def test_an_agent_is_updated_stage_by_stage(ecs_client, ecs_fake, describe):
    """API reference, ContainerInstance, agentUpdateStatus."""
    [instance] = ecs_fake.container_instances.add("prod", agent_version="1.9.0")

    answer = ecs_client.update_container_agent(cluster="prod", containerInstance=instance.arn)["containerInstance"]
    assert (answer["agentUpdateStatus"], answer["versionInfo"]["agentVersion"]) == ("PENDING", "1.9.0")

    seen = []
    for _ in range(31):
        shown = describe(instance.arn)
        seen.append((shown["agentUpdateStatus"], shown["versionInfo"]["agentVersion"]))
        ecs_fake.clock.advance(seconds=1)
    assert list(dict.fromkeys(seen)) == [
        ("PENDING", "1.9.0"),
        ("STAGING", "1.9.0"),
        ("STAGED", "1.9.0"),
        ("UPDATING", "1.9.0"),
        ("UPDATED", "1.86.3"),
    ]


def test_an_update_fails_where_the_agent_is_cut_off(ecs_client, ecs_fake):
    [instance] = ecs_fake.container_instances.add("prod", agent_version="1.70.0")
    ecs_client.update_container_agent(cluster="prod", containerInstance=instance.arn)

    instance.disconnect()
    ecs_fake.clock.advance(seconds=60)

    assert (instance.agent_update_status, instance.agent_version) == ("FAILED", "1.70.0")


# --- the cluster query language ---------------------------------------------------------------------------------------------------------


def test_list_takes_those_that_a_filter_selects(ecs_client, ecs_fake):
    """API reference, ListContainerInstances, filter."""
    blue = ecs_fake.container_instances.add("prod", count=3, attributes={"stack": "blue"}, instance_type="t3.micro")
    ecs_fake.container_instances.add("prod", count=2, attributes={"stack": "green"})
    in_zone_a = [instance.arn for instance in ecs_fake.container_instances.where(availability_zone="us-east-1a")]

    def listed(text: str, **query: Any) -> list[str]:
        pages = ecs_client.get_paginator("list_container_instances").paginate(cluster="prod", filter=text, **query)
        return [arn for page in pages for arn in page["containerInstanceArns"]]

    assert listed("attribute:stack == blue") == [instance.arn for instance in blue]
    assert listed("attribute:ecs.availability-zone == us-east-1a") == in_zone_a
    assert listed("attribute:ecs.instance-type =~ t3.*", PaginationConfig={"PageSize": 1}) == [
        instance.arn for instance in blue
    ]
    assert listed("attribute:stack == red") == []
