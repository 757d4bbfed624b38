"""A capacity provider of Managed Instances: it scales out for tasks that wait, and in when its instances are idle.

Developer Guide, "Architect for Amazon ECS Managed Instances" and the pages below it. ECS states no durations: those of these stories are the
fake's own, but for `scaleInAfter`, the 14 days of an instance and the 7 days of its draining.
"""

from __future__ import annotations

from typing import Any

import pytest

STRATEGY = [{"capacityProvider": "fleet", "weight": 1}]
# By the last letter of their made-up zones.
SUBNETS = {"a": "subnet-00000000", "b": "subnet-00000001", "c": "subnet-00000002"}


@pytest.fixture(autouse=True)
def cluster(ecs_client):
    """The cluster prod, and a definition that runs in the network of its instance."""
    if "managedInstancesProvider" not in ecs_client.meta.service_model.shape_for("CapacityProvider").members:
        pytest.skip("this botocore doesn't know Managed Instances")
    ecs_client.create_cluster(clusterName="prod")


@pytest.fixture
def create_provider(ecs_client, ecs_fake):
    """Make the provider fleet, and wait until it is ACTIVE. Instances that it launches stay idle for a minute."""

    def create(*subnets: str, requirements: dict[str, Any] | None = None, **members: Any) -> None:
        template = {
            "ec2InstanceProfileArn": "arn:aws:iam::123456789012:instance-profile/ecsInstanceRole",
            "networkConfiguration": {"subnets": list(subnets) or [SUBNETS["a"]]},
            **({} if requirements is None else {"instanceRequirements": requirements}),
        }
        details = {
            "infrastructureRoleArn": "arn:aws:iam::123456789012:role/ecsInfrastructureRole",
            "instanceLaunchTemplate": template,
            "infrastructureOptimization": {"scaleInAfter": 60},
            **members,
        }
        ecs_client.create_capacity_provider(name="fleet", cluster="prod", managedInstancesProvider=details)
        ecs_fake.clock.advance(seconds=10)

    return create


@pytest.fixture
def register(ecs_client):
    """Register the definition job: one container, in the network of its instance unless told otherwise."""

    def register(*, mode: str = "host", memory: int = 512, **members: Any) -> None:
        container = {"name": "app", "image": "nginx", "memory": memory}
        ecs_client.register_task_definition(family="job", networkMode=mode, containerDefinitions=[container], **members)

    return register


@pytest.fixture
def run(ecs_client):
    """Run tasks of the definition job on the provider; their ARNs."""

    def run(**parameters: Any) -> list[str]:
        answer = ecs_client.run_task(
            cluster="prod", taskDefinition="job", capacityProviderStrategy=STRATEGY, **parameters
        )
        assert answer["failures"] == []
        return [task["taskArn"] for task in answer["tasks"]]

    return run


def statuses(ecs_fake: Any) -> list[str]:
    return [instance.status for instance in ecs_fake.container_instances]


def test_an_instance_comes_for_a_task_and_goes_when_it_is_idle(ecs_fake, ecs_client, create_provider, register, run):
    """The request is at second 0: the instance registers at 20, is ACTIVE at 25, and the task runs at 32."""
    create_provider()
    register()
    [arn] = run()
    [task] = ecs_client.describe_tasks(cluster="prod", tasks=[arn])["tasks"]
    assert (task["lastStatus"], task["launchType"], task["capacityProviderName"]) == (
        "PROVISIONING",
        "MANAGED_INSTANCES",
        "fleet",
    )

    ecs_fake.clock.advance(seconds=19)
    assert statuses(ecs_fake) == []
    ecs_fake.clock.advance(seconds=1)
    assert statuses(ecs_fake) == ["REGISTERING"]
    ecs_fake.clock.advance(seconds=5)
    assert statuses(ecs_fake) == ["ACTIVE"]
    assert ecs_fake.tasks[arn].last_status == "PENDING"
    ecs_fake.clock.advance(seconds=7)
    assert ecs_fake.tasks[arn].last_status == "RUNNING"

    ecs_client.stop_task(cluster="prod", task=arn)
    ecs_fake.clock.advance(seconds=3)
    assert ecs_fake.tasks[arn].last_status == "STOPPED"
    ecs_fake.clock.advance(seconds=59)
    assert statuses(ecs_fake) == ["ACTIVE"]
    ecs_fake.clock.advance(seconds=1)
    assert statuses(ecs_fake) == ["DEREGISTERING"]
    ecs_fake.clock.advance(seconds=10)
    assert statuses(ecs_fake) == ["INACTIVE"]


def test_a_new_task_ends_the_idle_time(ecs_fake, ecs_client, create_provider, register, run):
    """Developer Guide, infrastructure optimization: the time begins anew with each task that stops."""
    create_provider()
    register()
    [first] = run()
    ecs_fake.clock.advance(seconds=32)
    ecs_client.stop_task(cluster="prod", task=first)
    ecs_fake.clock.advance(seconds=3 + 59)
    [second] = run()
    ecs_fake.clock.advance(seconds=60)
    assert ecs_fake.tasks[second].last_status == "RUNNING"
    assert statuses(ecs_fake) == ["ACTIVE"]

    ecs_client.stop_task(cluster="prod", task=second)
    ecs_fake.clock.advance(seconds=3 + 59)
    assert statuses(ecs_fake) == ["ACTIVE"]
    ecs_fake.clock.advance(seconds=1)
    assert statuses(ecs_fake) == ["DEREGISTERING"]


@pytest.mark.parametrize(
    ("optimization", "idle"),
    [
        pytest.param({"scaleInAfter": 0}, 0, id="at once"),
        pytest.param({"scaleInAfter": 3600}, 3600, id="the longest"),
        pytest.param({}, 300, id="by default (an assumption)"),
        pytest.param({"scaleInAfter": -1}, None, id="never"),
    ],
)
def test_how_long_an_instance_may_be_idle(ecs_fake, ecs_client, create_provider, register, run, optimization, idle):
    """API reference, InfrastructureOptimization, scaleInAfter."""
    create_provider(infrastructureOptimization=optimization)
    register()
    [arn] = run()
    ecs_fake.clock.advance(seconds=32)
    ecs_client.stop_task(cluster="prod", task=arn)

    if idle is None:
        ecs_fake.clock.advance(seconds=60 * 10 * 24 * 60)
        assert statuses(ecs_fake) == ["ACTIVE"]
    else:
        ecs_fake.clock.advance(seconds=3 + idle)
        ecs_fake.clock.advance(seconds=9)
        assert statuses(ecs_fake) == ["DEREGISTERING"]
        ecs_fake.clock.advance(seconds=1)
        assert statuses(ecs_fake) == ["INACTIVE"]


def test_small_tasks_share_one_larger_instance(ecs_fake, create_provider, register, run):
    """Developer Guide: "placing multiple smaller tasks on larger instances"; a later task takes the room that is left."""
    create_provider()
    register(memory=1024)
    run(count=5)
    ecs_fake.clock.advance(seconds=10)
    run()
    ecs_fake.clock.advance(seconds=60)

    [instance] = ecs_fake.container_instances
    assert (instance.instance_type, instance.capacity_provider_name) == ("m7i.large", "fleet")
    assert len(instance.tasks) == 6


def test_a_task_that_needs_its_own_port_gets_its_own_instance(ecs_fake, ecs_client, create_provider, run):
    create_provider()
    container = {"name": "app", "image": "nginx", "memory": 256, "portMappings": [{"containerPort": 80}]}
    ecs_client.register_task_definition(family="job", networkMode="host", containerDefinitions=[container])
    run(count=3)
    ecs_fake.clock.advance(seconds=60)

    assert [len(instance.tasks) for instance in ecs_fake.container_instances] == [1, 1, 1]


def test_a_service_is_spread_over_the_zones(ecs_fake, ecs_client, create_provider, register):
    """Developer Guide, task placement: zones go before packing, where several subnets are given."""
    create_provider(*SUBNETS.values())
    register()
    ecs_client.create_service(
        cluster="prod", serviceName="web", taskDefinition="job", desiredCount=4, capacityProviderStrategy=STRATEGY
    )
    ecs_fake.clock.advance(seconds=15 + 25 + 7)

    shown = {(each.availability_zone, each.attributes["ecs.subnet-id"]) for each in ecs_fake.container_instances}
    assert shown == {(f"us-east-1{letter}", subnet) for letter, subnet in SUBNETS.items()}
    assert sorted(len(instance.tasks) for instance in ecs_fake.container_instances) == [1, 1, 2]
    assert {task.last_status for task in ecs_fake.tasks} == {"RUNNING"}


def test_a_task_with_an_interface_of_its_own_is_in_its_own_subnet(ecs_fake, ecs_client, create_provider, register, run):
    create_provider(*SUBNETS.values())
    register(mode="awsvpc")
    [arn] = run(networkConfiguration={"awsvpcConfiguration": {"subnets": [SUBNETS["c"]]}})
    ecs_fake.clock.advance(seconds=25 + 15)

    [task] = ecs_client.describe_tasks(cluster="prod", tasks=[arn])["tasks"]
    [instance] = ecs_fake.container_instances
    assert (task["lastStatus"], task["availabilityZone"]) == ("RUNNING", "us-east-1c")
    assert instance.attributes["ecs.subnet-id"] == SUBNETS["c"]


def test_a_terminated_instance_is_replaced(ecs_fake, ecs_client, create_provider, register):
    create_provider()
    register()
    ecs_client.create_service(
        cluster="prod", serviceName="web", taskDefinition="job", desiredCount=1, capacityProviderStrategy=STRATEGY
    )
    ecs_fake.clock.advance(seconds=60)
    [first] = ecs_fake.container_instances
    first.terminate()
    ecs_fake.clock.advance(seconds=60)

    assert statuses(ecs_fake) == ["INACTIVE", "ACTIVE"]
    assert [task.last_status for task in ecs_fake.tasks] == ["STOPPED", "RUNNING"]
    assert first.agent_connected is False


def test_an_instance_that_is_lost_while_it_registers_is_launched_again(ecs_fake, create_provider, register, run):
    create_provider()
    register()
    [arn] = run()
    ecs_fake.clock.advance(seconds=20)
    [instance] = ecs_fake.container_instances
    instance.terminate()
    ecs_fake.clock.advance(seconds=32)

    assert statuses(ecs_fake) == ["INACTIVE", "ACTIVE"]
    assert ecs_fake.tasks[arn].last_status == "RUNNING"


def test_a_forced_deregistration_terminates_the_instance(ecs_fake, ecs_client, create_provider, register, run):
    """Developer Guide, "Draining Amazon ECS container instances"."""
    create_provider()
    register()
    [arn] = run()
    ecs_fake.clock.advance(seconds=32)
    [instance] = ecs_fake.container_instances
    shown = ecs_client.deregister_container_instance(cluster="prod", containerInstance=instance.arn, force=True)[
        "containerInstance"
    ]

    assert (shown["status"], shown["agentConnected"]) == ("INACTIVE", False)
    assert ecs_fake.tasks[arn].last_status == "STOPPED"


def test_an_old_instance_is_drained_and_replaced(ecs_fake, ecs_client, create_provider, register, run):
    """Developer Guide, "Patching": draining begins 14 days after the launch, and ends after 7 more. A service's tasks move first."""
    create_provider()
    register()
    [alone] = run()
    ecs_client.create_service(
        cluster="prod", serviceName="web", taskDefinition="job", desiredCount=1, capacityProviderStrategy=STRATEGY
    )
    ecs_fake.clock.advance(seconds=20)
    ecs_fake.clock.advance(seconds=60 * 14 * 24 * 60)
    [old] = [instance for instance in ecs_fake.container_instances if instance.status == "DRAINING"]
    ecs_fake.clock.advance(seconds=60 * 5)

    [service_task] = [task for task in ecs_fake.tasks if task.group == "service:web" and task.last_status == "RUNNING"]
    assert service_task.container_instance_arn != old.arn
    assert ecs_fake.tasks[alone].last_status == "RUNNING"

    ecs_fake.clock.advance(seconds=60 * 7 * 24 * 60)
    assert ecs_fake.tasks[alone].last_status == "STOPPED"
    assert ecs_fake.tasks[alone].stopped_reason == "Task stopped during instance draining"
    assert old.status == "INACTIVE"


def test_an_instance_that_is_drained_by_hand_leaves_when_it_is_empty(
    ecs_fake, ecs_client, create_provider, register, run
):
    create_provider()
    register()
    [arn] = run()
    ecs_fake.clock.advance(seconds=32)
    [instance] = ecs_fake.container_instances
    ecs_client.update_container_instances_state(cluster="prod", containerInstances=[instance.arn], status="DRAINING")
    ecs_fake.clock.advance(seconds=600)
    assert instance.status == "DRAINING"

    ecs_client.stop_task(cluster="prod", task=arn)
    ecs_fake.clock.advance(seconds=3 + 10)
    assert instance.status == "INACTIVE"


def test_a_deleted_provider_waits_for_its_instances(ecs_fake, ecs_client, create_provider, register, run):
    """API reference, CapacityProvider, status: DEPROVISIONING until then, INACTIVE afterwards."""
    create_provider()
    register()
    [arn] = run()
    ecs_fake.clock.advance(seconds=32)
    ecs_client.delete_capacity_provider(capacityProvider="fleet", cluster="prod")
    ecs_fake.clock.advance(seconds=60)
    [deleting] = ecs_client.describe_capacity_providers(capacityProviders=["fleet"])["capacityProviders"]
    assert (deleting["status"], statuses(ecs_fake)) == ("DEPROVISIONING", ["DRAINING"])

    ecs_client.stop_task(cluster="prod", task=arn)
    ecs_fake.clock.advance(seconds=3 + 10)
    [deleted] = ecs_client.describe_capacity_providers(capacityProviders=["fleet"])["capacityProviders"]
    assert (deleted["status"], deleted["updateStatus"]) == ("INACTIVE", "DELETE_COMPLETE")
    assert statuses(ecs_fake) == ["INACTIVE"]


def test_a_task_that_no_type_suits_waits_and_the_time_line_says_why(ecs_fake, create_provider, register, run):
    create_provider(requirements={"vCpuCount": {"min": 2, "max": 2}, "memoryMiB": {"min": 1, "max": 8192}})
    register(memory=16384)
    [arn] = run()
    ecs_fake.clock.advance(seconds=600)

    assert ecs_fake.tasks[arn].last_status == "PROVISIONING"
    assert statuses(ecs_fake) == []
    assert "no instance type that fleet may launch has room for it" in str(ecs_fake.timeline(20))


def test_the_time_line_shows_what_is_launched_and_for_what(ecs_fake, create_provider, register, run):
    create_provider()
    register()
    run(count=2)
    ecs_fake.clock.advance(seconds=1)

    assert f"launch c7i.large (in {SUBNETS['a']}, for 2 waiting tasks)" in str(ecs_fake.timeline(20))


def test_no_more_tasks_than_a_capacity_order_allows(ecs_fake, ecs_client, create_provider, register):
    create_provider()
    register()
    ecs_fake.faults.capacity("fleet", available=1)
    answer = ecs_client.run_task(cluster="prod", taskDefinition="job", capacityProviderStrategy=STRATEGY, count=2)

    assert len(answer["tasks"]) == 1
    assert [failure["reason"][:23] for failure in answer["failures"]] == ["Capacity is unavailable"]


def test_eventbridge_hears_of_an_instance_from_its_registration_to_its_end(
    ecs_fake, ecs_client, create_provider, register, run
):
    """Developer Guide, "Amazon ECS container instance state change events"."""
    create_provider()
    register()
    [arn] = run()
    ecs_fake.clock.advance(seconds=32)
    ecs_client.stop_task(cluster="prod", task=arn)
    ecs_fake.clock.advance(seconds=100)

    events = [
        event["detail"]["status"]
        for event in ecs_fake.events
        if event["detail-type"] == "ECS Container Instance State Change"
    ]
    assert list(dict.fromkeys(events)) == ["REGISTERING", "ACTIVE", "DEREGISTERING", "INACTIVE"]


def test_an_instance_that_registers_has_its_providers_tags_if_they_are_propagated(
    ecs_fake, ecs_client, create_provider, register, run
):
    """API reference, CreateManagedInstancesProviderConfiguration, propagateTags."""
    create_provider(propagateTags="CAPACITY_PROVIDER")
    provider = ecs_client.describe_capacity_providers(capacityProviders=["fleet"])["capacityProviders"][0]
    ecs_client.tag_resource(resourceArn=provider["capacityProviderArn"], tags=[{"key": "team", "value": "web"}])
    register()
    run()
    ecs_fake.clock.advance(seconds=20)

    [instance] = ecs_fake.container_instances
    assert instance.tags == {"team": "web"}


def test_a_snapshot_keeps_a_launch_under_way(ecs_fake, create_provider, register, run):
    create_provider()
    register()
    [arn] = run()
    ecs_fake.clock.advance(seconds=10)
    restore = ecs_fake.take_snapshot()
    ecs_fake.clock.advance(seconds=100)
    restore()
    assert statuses(ecs_fake) == []
    ecs_fake.clock.advance(seconds=22)

    assert ecs_fake.tasks[arn].last_status == "RUNNING"


@pytest.mark.ecs_fake(timings="instant")
def test_with_instant_timings_an_instance_is_there_at_once(ecs_fake, ecs_client, create_provider, register, run):
    """It is idle as soon as its task has stopped, and leaves."""
    create_provider()
    register()
    [arn] = run()
    assert ecs_fake.tasks[arn].last_status == "RUNNING"
    assert statuses(ecs_fake) == ["ACTIVE"]
    ecs_client.stop_task(cluster="prod", task=arn)
    assert ecs_fake.tasks[arn].last_status == "STOPPED"
    assert statuses(ecs_fake) == ["INACTIVE"]
