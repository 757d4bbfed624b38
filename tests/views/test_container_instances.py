"""Container instances as a test author makes them, reads them, and lets things happen to them."""

from __future__ import annotations

import pytest

from pytest_ecsfake import EcsFakeUsageError

pytestmark = pytest.mark.ecs_fake(clusters=["prod"])


def test_instances_are_made_without_a_call(ecs_fake):
    instances = ecs_fake.container_instances.add("prod", count=2, instance_type="c5.large")

    assert list(ecs_fake.container_instances) == instances
    assert [
        (instance.instance_type, instance.registered_cpu, instance.registered_memory) for instance in instances
    ] == [("c5.large", 2048, 3705)] * 2
    assert ecs_fake.calls.operations == []


def test_zones_are_taken_in_turn(ecs_fake):
    def zones(instances):
        return [instance.availability_zone for instance in instances]

    assert zones(ecs_fake.container_instances.add("prod", count=4)) == [
        "us-east-1a",
        "us-east-1b",
        "us-east-1c",
        "us-east-1a",
    ]
    assert zones(ecs_fake.container_instances.add("prod", count=2)) == ["us-east-1b", "us-east-1c"]
    assert zones(ecs_fake.container_instances.add("prod", availability_zones=["us-east-1f"])) == ["us-east-1f"]


def test_an_instance_is_as_it_was_ordered(ecs_fake):
    [instance] = ecs_fake.container_instances.add(
        "prod",
        cpu=512,
        memory=1000,
        attributes={"stack": "blue", "lonely": None},
        agent_version="1.70.0",
        tags={"team": "a"},
    )

    assert (instance.remaining_cpu, instance.remaining_memory) == (512, 1000)
    assert (instance.attributes["stack"], instance.attributes["lonely"]) == ("blue", None)
    assert (instance.agent_version, instance.agent_update_status) == ("1.70.0", None)
    assert instance.tags == {"team": "a"}
    assert instance.cluster_name == "prod"
    assert instance.cluster_arn == ecs_fake.clusters["prod"].arn


def test_an_external_instance_has_neither_type_nor_zone(ecs_fake):
    """Developer Guide, "External instances": registered with Systems Manager, whose ids begin with `mi-`."""
    [instance] = ecs_fake.container_instances.add("prod", launch_type="EXTERNAL")

    assert (instance.launch_type, instance.instance_type, instance.availability_zone) == ("EXTERNAL", None, None)
    assert instance.ec2_instance_id.startswith("mi-")
    assert "ecs.capability.external" in instance.attributes


def test_an_instance_belongs_to_a_capacity_provider(ecs_fake, ecs_client):
    group = "arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:0:autoScalingGroupName/asg"
    ecs_client.create_capacity_provider(name="asg", autoScalingGroupProvider={"autoScalingGroupArn": group})

    [instance] = ecs_fake.container_instances.add("prod", capacity_provider="asg")

    assert instance.capacity_provider_name == "asg"
    [shown] = ecs_client.describe_container_instances(cluster="prod", containerInstances=[instance.arn])[
        "containerInstances"
    ]
    assert shown["capacityProviderName"] == "asg"


def test_an_instance_is_found_by_arn_and_id(ecs_fake):
    [instance] = ecs_fake.container_instances.add("prod")

    assert ecs_fake.container_instances[instance.arn] == ecs_fake.container_instances[instance.id] == instance
    assert instance.id in ecs_fake.container_instances
    assert ecs_fake.container_instances.where(status="ACTIVE", instance_type="m5.large") == [instance]
    assert ecs_fake.container_instances.where(status="DRAINING") == []
    assert repr(instance) == f"<ContainerInstance prod/{instance.id[:8]} m5.large ACTIVE since +0s>"


def test_a_missing_one_is_told_with_what_there_is(ecs_fake):
    [instance] = ecs_fake.container_instances.add("prod")

    with pytest.raises(KeyError) as error:
        ecs_fake.container_instances["nothing"]

    assert str(error.value) == (
        f'no container instance "nothing" in account 123456789012, region us-east-1. There: "{instance.id}".'
    )


def test_a_cluster_has_its_own(ecs_fake):
    ecs_fake.clusters.add("test")

    [of_test] = ecs_fake.clusters["test"].container_instances.add()
    ecs_fake.container_instances.add("prod")

    assert list(ecs_fake.clusters["test"].container_instances) == [of_test]
    assert of_test.arn not in ecs_fake.clusters["prod"].container_instances
    assert len(ecs_fake.container_instances) == 2


def test_a_view_follows_what_happens(ecs_fake, ecs_client):
    [instance] = ecs_fake.container_instances.add("prod")

    ecs_client.update_container_instances_state(cluster="prod", containerInstances=[instance.arn], status="DRAINING")
    ecs_client.put_attributes(cluster="prod", attributes=[{"name": "rack", "value": "7", "targetId": instance.arn}])
    instance.disconnect()

    assert (instance.status, instance.attributes["rack"], instance.version) == ("DRAINING", "7", 3)
    assert repr(instance).endswith("DRAINING, agent disconnected since +0s>")


def test_an_agent_comes_back(ecs_fake):
    [instance] = ecs_fake.container_instances.add("prod")

    instance.disconnect()
    instance.disconnect()
    assert (instance.agent_connected, instance.version) == (False, 2)

    instance.connect()
    assert (instance.agent_connected, instance.version) == (True, 3)


def test_what_subscribed_is_told_at_once(ecs_fake):
    told = []
    ecs_fake.events.subscribe(lambda event: told.append(event["detail"]["status"]))

    [instance] = ecs_fake.container_instances.add("prod")
    assert told == ["ACTIVE"]

    instance.terminate()
    assert told[-1] == "INACTIVE"


def test_the_fixture_is_the_store(ecs_fake, ecs_container_instances):
    ecs_fake.container_instances.add("prod")

    assert list(ecs_container_instances) == list(ecs_fake.container_instances)


@pytest.mark.parametrize(
    ("order", "words"),
    [
        pytest.param({"count": 0}, r"container_instances\.add\(\) takes a count from 1, not 0\.", id="none"),
        pytest.param({"count": "2"}, r"takes a count from 1, not '2'\.", id="a count that is no number"),
        pytest.param({"attributes": ["a"]}, r"takes attributes=… as strings by name, .* not \['a'\]", id="a list"),
        pytest.param({"tags": {"a": 1}}, r"takes tags=… as strings by name, .* not {'a': 1}", id="a number"),
        pytest.param(
            {"instance_type": "m5.larg"},
            r"no instance type 'm5\.larg' in its table\. Near it: \"m5\.large\"",
            id="type",
        ),
        pytest.param({"availability_zones": "us-east-1a"}, "is a list of zones", id="a zone that is no list"),
        pytest.param({"launch_type": "FARGATE"}, "launch_type is 'EC2' or 'EXTERNAL', not 'FARGATE'", id="launch type"),
        pytest.param({"agent": "real"}, "agent is 'simulated' or 'manual', not 'real'", id="agent"),
        pytest.param({"capacity_provider": "FARGATE"}, "can't belong to the capacity provider 'FARGATE'", id="Fargate"),
        pytest.param({"capacity_provider": "asg"}, "can't belong to the capacity provider 'asg'", id="no provider"),
    ],
)
def test_an_order_that_means_nothing_is_refused(ecs_fake, order, words):
    with pytest.raises(EcsFakeUsageError, match=words):
        ecs_fake.container_instances.add("prod", **order)

    assert len(ecs_fake.container_instances) == 0


@pytest.mark.parametrize(
    ("cluster", "order", "words"),
    [
        pytest.param("nowhere", {}, r"Cluster not found\.", id="an unknown cluster"),
        pytest.param("prod", {"attributes": {"a b": "c"}}, "name must match", id="a name that ECS refuses"),
        pytest.param("prod", {"tags": {"aws:a": "b"}}, "Tag key must not start with aws:", id="a tag that ECS refuses"),
    ],
)
def test_what_ecs_refuses_is_told_as_ecs_does(ecs_fake, cluster, order, words):
    with pytest.raises(Exception, match=words):
        ecs_fake.container_instances.add(cluster, **order)

    assert len(ecs_fake.container_instances) == 0


def test_nothing_happens_to_an_instance_that_is_gone(ecs_fake):
    [instance] = ecs_fake.container_instances.add("prod")
    instance.terminate()

    for happens in (instance.connect, instance.disconnect, instance.terminate):
        with pytest.raises(EcsFakeUsageError, match="is deregistered: nothing happens to it any more"):
            happens()
