"""Tasks of a capacity provider with managed scaling that nobody has room for: they wait, and are placed when there is some.

Developer Guide, "Automatically manage Amazon ECS capacity with cluster auto scaling"; API reference, RunTask.
"""

from __future__ import annotations

from typing import Any

import pytest

GROUP = "arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:3f2a:autoScalingGroupName/asg"


@pytest.fixture(autouse=True)
def scaled(ecs_client):
    """The cluster prod, whose default strategy is a capacity provider with managed scaling, and two definitions: `small` and `large`."""
    provider = {"autoScalingGroupArn": GROUP, "managedScaling": {"status": "ENABLED"}}
    ecs_client.create_capacity_provider(name="asg", autoScalingGroupProvider=provider)
    ecs_client.create_cluster(
        clusterName="prod", capacityProviders=["asg"], defaultCapacityProviderStrategy=[{"capacityProvider": "asg"}]
    )
    for family, memory in (("small", 256), ("large", 1024)):
        container = {"name": "app", "image": "nginx", "memory": memory}
        ecs_client.register_task_definition(family=family, containerDefinitions=[container])


@pytest.fixture
def run(ecs_client):
    """Run tasks of a definition in the cluster prod; their ARNs."""

    def run(family: str = "small", **parameters: Any) -> list[str]:
        answer = ecs_client.run_task(cluster="prod", taskDefinition=family, **parameters)
        assert answer["failures"] == []
        return [task["taskArn"] for task in answer["tasks"]]

    return run


@pytest.fixture
def add_instance(ecs_fake):
    """Let an instance of the group join that has room for one large task or four small ones."""

    def add_instance(**members: Any) -> Any:
        return ecs_fake.container_instances.add("prod", capacity_provider="asg", memory=1024, **members)[0]

    return add_instance


@pytest.fixture
def statuses(ecs_fake):
    """The statuses of these tasks."""

    def statuses(*arns: str) -> list[str]:
        return [ecs_fake.tasks[arn].last_status for arn in arns]

    return statuses


def test_a_task_waits_until_an_instance_joins(ecs_fake, ecs_client, run, add_instance):
    """It keeps its createdAt; the way of a task in its instance's network begins when it is placed."""
    [arn] = run()
    ecs_fake.clock.advance(seconds=180)
    [waiting] = ecs_client.describe_tasks(cluster="prod", tasks=[arn])["tasks"]
    assert waiting["lastStatus"] == "PROVISIONING"
    assert not {"containerInstanceArn", "availabilityZone", "connectivity", "connectivityAt"} & waiting.keys()

    instance = add_instance()
    ecs_fake.clock.advance(seconds=60)

    [task] = ecs_client.describe_tasks(cluster="prod", tasks=[arn])["tasks"]
    assert task["containerInstanceArn"] == instance.arn
    assert task["availabilityZone"] == instance.availability_zone
    assert task["createdAt"] == waiting["createdAt"]
    after = {name: (task[name] - task["createdAt"]).total_seconds() for name in ("connectivityAt", "startedAt")}
    assert after == {"connectivityAt": 180, "startedAt": 187}
    assert instance.remaining_memory == 768


def test_a_task_with_an_interface_of_its_own_gets_one_in_the_instances_zone(ecs_fake, ecs_client, run, add_instance):
    container = {"name": "app", "image": "nginx", "memory": 256}
    ecs_client.register_task_definition(family="own", networkMode="awsvpc", containerDefinitions=[container])
    elsewhere = ecs_fake.container_instances.add("prod", availability_zones=["us-east-1a"])[0]
    subnets = [elsewhere.attributes["ecs.subnet-id"], "subnet-of-nobody"]
    [arn] = run("own", networkConfiguration={"awsvpcConfiguration": {"subnets": subnets}})

    add_instance(availability_zones=["us-east-1b"])
    ecs_fake.clock.advance(seconds=60)

    [task] = ecs_client.describe_tasks(cluster="prod", tasks=[arn])["tasks"]
    assert (task["lastStatus"], task["availabilityZone"]) == ("RUNNING", "us-east-1b")
    assert task["attachments"][0]["details"][0] == {"name": "subnetId", "value": "subnet-of-nobody"}


def test_a_task_waits_until_another_one_has_stopped(ecs_fake, ecs_client, run, add_instance, statuses):
    add_instance()
    [first] = run("large")
    [second] = run("large")
    ecs_fake.clock.advance(seconds=60)
    assert statuses(first, second) == ["RUNNING", "PROVISIONING"]

    ecs_client.stop_task(cluster="prod", task=first)
    ecs_fake.clock.advance(seconds=60)

    assert statuses(first, second) == ["STOPPED", "RUNNING"]


@pytest.mark.parametrize("way", ["drains", "disconnected"])
def test_a_task_waits_until_an_instance_is_there_again(ecs_fake, ecs_client, run, add_instance, statuses, way):
    """One that drains, or whose agent is away, takes no task; it does once it is ACTIVE or connected again."""
    instance = add_instance()

    def set_status(status: str) -> None:
        ecs_client.update_container_instances_state(cluster="prod", containerInstances=[instance.arn], status=status)

    if way == "drains":
        set_status("DRAINING")
    else:
        instance.disconnect()
    [arn] = run()
    ecs_fake.clock.advance(seconds=60)
    assert statuses(arn) == ["PROVISIONING"]

    if way == "drains":
        set_status("ACTIVE")
    else:
        instance.connect()
    ecs_fake.clock.advance(seconds=60)

    assert statuses(arn) == ["RUNNING"]


def test_who_came_first_is_placed_first(ecs_fake, run, add_instance, statuses):
    first, second = run("large", count=2)

    add_instance()
    ecs_fake.clock.advance(seconds=60)

    assert statuses(first, second) == ["RUNNING", "PROVISIONING"]


def test_one_that_does_not_fit_keeps_nobody_behind_it_waiting(ecs_fake, ecs_client, run, add_instance, statuses):
    """An assumption: nothing says how ECS orders those who wait."""
    huge_container = {"name": "app", "image": "nginx", "memory": 2048}
    ecs_client.register_task_definition(family="huge", containerDefinitions=[huge_container])
    [huge], [small] = run("huge"), run("small")

    add_instance()
    ecs_fake.clock.advance(seconds=60)

    assert statuses(huge, small) == ["PROVISIONING", "RUNNING"]


def test_tasks_keep_their_wishes_while_they_wait(ecs_fake, run, add_instance):
    arns = run(count=3, placementConstraints=[{"type": "distinctInstance"}])

    instances = [add_instance(), add_instance()]
    ecs_fake.clock.advance(seconds=60)

    on = [instance.running_tasks_count for instance in instances]
    assert on == [1, 1]
    assert [ecs_fake.tasks[arn].container_instance_arn for arn in arns] == [*[each.arn for each in instances], None]


def test_tasks_spread_over_instances_that_join_together(ecs_fake, run):
    run(count=4, placementStrategy=[{"type": "spread", "field": "instanceId"}])

    instances = ecs_fake.container_instances.add("prod", count=2, capacity_provider="asg")
    ecs_fake.clock.advance(seconds=60)

    assert [instance.running_tasks_count for instance in instances] == [2, 2]


def test_a_task_that_wants_to_be_beside_another_one_follows_it(ecs_fake, run, add_instance, statuses):
    """Both wait; the one that came first has its neighbour only once that is placed."""
    beside = [{"type": "memberOf", "expression": "task:group == database"}]
    [app], [database] = run(placementConstraints=beside), run(group="database")

    add_instance()
    ecs_fake.clock.advance(seconds=60)

    assert statuses(app, database) == ["RUNNING", "RUNNING"]


def test_an_instance_that_is_not_the_providers_is_of_no_use(ecs_fake, run, statuses):
    [arn] = run()

    ecs_fake.container_instances.add("prod")
    ecs_fake.clock.advance(seconds=60)

    assert statuses(arn) == ["PROVISIONING"]


def test_a_task_that_waits_can_be_stopped(ecs_fake, ecs_client, run, add_instance):
    [arn] = run()

    ecs_client.stop_task(cluster="prod", task=arn)
    add_instance()
    ecs_fake.clock.advance(seconds=60)

    [task] = ecs_client.describe_tasks(cluster="prod", tasks=[arn])["tasks"]
    assert (task["lastStatus"], task["stopCode"]) == ("STOPPED", "UserInitiated")
    assert not {"containerInstanceArn", "startedAt"} & task.keys()


def test_a_task_that_waits_uses_its_provider(ecs_fake, ecs_client, run):
    """API reference, PutClusterCapacityProviders: one that is in use can't be removed."""
    run()
    ecs_fake.clock.advance(seconds=60)

    with pytest.raises(ecs_client.exceptions.ResourceInUseException):
        ecs_client.put_cluster_capacity_providers(
            cluster="prod", capacityProviders=[], defaultCapacityProviderStrategy=[]
        )


def test_a_cluster_has_five_hundred_tasks_that_wait_at_most(ecs_fake, ecs_client, run):
    """Developer Guide, "Amazon ECS service quotas"."""
    for _ in range(50):
        run(count=10)

    with pytest.raises(ecs_client.exceptions.ClientException) as error:
        run()

    assert "PROVISIONING" in error.value.response["Error"]["Message"]
    assert len(ecs_fake.tasks) == 500


def test_five_hundred_tasks_start_together(ecs_fake, run, statuses):
    arns = [arn for _ in range(50) for arn in run(count=10)]

    ecs_fake.container_instances.add("prod", count=2, capacity_provider="asg", cpu=0, memory=64_000)
    ecs_fake.clock.advance(seconds=60)

    assert set(statuses(*arns)) == {"RUNNING"}
