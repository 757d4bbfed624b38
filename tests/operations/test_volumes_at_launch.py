"""Amazon EBS volumes that tasks get as they are launched: their attachment through a task's life, and which ones are refused.

Shapes: recorded answer of RunTask with a volume; rules: API reference, TaskVolumeConfiguration and TaskManagedEBSVolumeConfiguration.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

pytestmark = pytest.mark.ecs_fake(clusters=["default"])

ROLE = "arn:aws:iam::123456789012:role/ecsInfrastructureRole"
DATA = [{"name": "data", "configuredAtLaunch": True}]
MOUNTED = {
    "name": "web",
    "image": "nginx",
    "memory": 128,
    "mountPoints": [{"sourceVolume": "data", "containerPath": "/data"}],
}


def data(name: str = "data", **managed: Any) -> list[dict[str, Any]]:
    """The configuration of the volume `data`: ten GiB unless something else is said; an absent member is written as None."""
    given = {"roleArn": ROLE, "sizeInGiB": 10, **managed}
    return [{"name": name, "managedEBSVolume": {key: value for key, value in given.items() if value is not None}}]


@pytest.fixture
def on_fargate(register_on_fargate, run_on_fargate):
    """Run a task with the volume `data` on Fargate; the answer."""
    register_on_fargate(MOUNTED, volumes=DATA)
    return run_on_fargate


@pytest.fixture
def on_ec2(ecs_fake, ecs_client):
    """Run a task with the volume `data` in the network of a container instance; the answer."""
    ecs_fake.container_instances.add("default")
    ecs_client.register_task_definition(family="bridge", containerDefinitions=[MOUNTED], volumes=DATA)
    return lambda **parameters: ecs_client.run_task(taskDefinition="bridge", **parameters)


@pytest.fixture
def attachments(ecs_client):
    """The attachments of a task, as they are described."""

    def attachments(task: dict[str, Any]) -> Any:
        [described] = ecs_client.describe_tasks(tasks=[task["taskArn"]])["tasks"]
        return described["attachments"]

    return attachments


def test_a_volume_is_attached_beside_the_interface(ecs_fake, on_fargate, attachments):
    [task] = on_fargate(volumeConfigurations=data())["tasks"]
    accepted = task["attachments"]

    ecs_fake.clock.advance(seconds=60)

    details = [
        {"name": "roleArn", "value": ROLE},
        {"name": "volumeName", "value": "data"},
        {"name": "deleteOnTermination", "value": "true"},
    ]
    assert [each["type"] for each in accepted] == ["ElasticNetworkInterface", "AmazonElasticBlockStorage"]
    assert (accepted[1]["status"], accepted[1]["details"]) == ("CREATED", details)
    _, attached = attachments(task)
    assert (attached["id"], attached["status"]) == (accepted[1]["id"], "ATTACHED")
    assert attached["details"][:3] == details
    assert attached["details"][3]["name"] == "volumeId"
    assert attached["details"][3]["value"].startswith("vol-")


@pytest.mark.parametrize(
    ("policy", "status"),
    [
        pytest.param(None, "DELETED", id="deleted, as it is unless something else is said"),
        pytest.param({"deleteOnTermination": True}, "DELETED", id="deleted on termination"),
        pytest.param({"deleteOnTermination": False}, "DETACHED", id="left in the account"),
    ],
)
def test_what_becomes_of_a_volume_when_its_task_stops(ecs_fake, ecs_client, on_fargate, attachments, policy, status):
    """API reference, TaskManagedEBSVolumeTerminationPolicy."""
    [task] = on_fargate(volumeConfigurations=data(terminationPolicy=policy))["tasks"]
    ecs_fake.clock.advance(seconds=60)

    ecs_client.stop_task(task=task["taskArn"])
    ecs_fake.clock.advance(seconds=60)

    assert [each["status"] for each in attachments(task)] == ["DELETED", status]


def test_a_task_in_its_instances_network_is_provisioned_for_its_volume(ecs_fake, ecs_client, on_ec2, attachments):
    """API reference, StartTask and the guide's "Task lifecycle": PROVISIONING is there for a volume as well."""
    [task] = on_ec2(volumeConfigurations=data())["tasks"]
    assert task["lastStatus"] == "PROVISIONING"
    ecs_fake.clock.advance(seconds=60)
    [attached] = attachments(task)
    ecs_client.stop_task(task=task["taskArn"])
    ecs_fake.clock.advance(seconds=60)

    told = [event["detail"]["lastStatus"] for event in ecs_fake.events.of("ECS Task State Change")]
    assert attached["status"] == "ATTACHED"
    assert list(dict.fromkeys(told)) == [
        "PROVISIONING",
        "PENDING",
        "ACTIVATING",
        "RUNNING",
        "DEPROVISIONING",
        "STOPPED",
    ]


def test_start_task_takes_volumes_too(ecs_fake, ecs_client, on_ec2):
    [instance] = ecs_fake.container_instances

    [task] = ecs_client.start_task(
        taskDefinition="bridge", containerInstances=[instance.arn], volumeConfigurations=data()
    )["tasks"]

    assert [each["type"] for each in task["attachments"]] == ["AmazonElasticBlockStorage"]


def test_events_tell_of_a_volume_as_it_was_then(ecs_fake, on_fargate):
    on_fargate(volumeConfigurations=data())
    ecs_fake.clock.advance(seconds=60)

    first, *_, last = ecs_fake.events.of("ECS Task State Change")

    assert [event["detail"]["attachments"][1]["status"] for event in (first, last)] == ["CREATED", "ATTACHED"]


NO_SUCH_VOLUME = (  # cdk-preflight
    "The volume name 'logs' in your request does not have a matching volume in your Task Definition "
    "that is configurable at launch."
)
INVALID = "ECS managed EBS volume configuration was invalid: {}."
TAKEN = [
    pytest.param({"volumeType": "gp2", "sizeInGiB": 16_384}, id="the largest gp2"),
    pytest.param({"sizeInGiB": None, "snapshotId": "snap-1"}, id="a snapshot's size"),
    pytest.param({"volumeType": "gp3", "iops": 3_000, "throughput": 1_000}, id="gp3 with all it has"),
    pytest.param({"volumeType": "io2", "iops": 256_000}, id="the fastest io2"),
    pytest.param({"volumeType": "st1", "sizeInGiB": 125}, id="the smallest st1"),
    pytest.param({"snapshotId": "snap-1", "volumeInitializationRate": 100}, id="a rate for a snapshot"),
]
REFUSED = [
    pytest.param(data("logs"), NO_SUCH_VOLUME, id="a volume that the definition hasn't got"),
    pytest.param([], "The volume 'data' in your Task Definition must be configured at launch.", id="none"),
    pytest.param(data() * 2, "The volume name 'data' is configured more than once.", id="one twice"),
    pytest.param(data(sizeInGiB=None), INVALID.format("MissingParameter"), id="neither size nor snapshot"),
    pytest.param(data(volumeType="io1"), INVALID.format("MissingParameter"), id="io1 without iops"),
    pytest.param(data(volumeType="gp9"), INVALID.format("InvalidParameterValue"), id="a type that isn't"),
    pytest.param(
        data(volumeType="st1", sizeInGiB=124), INVALID.format("InvalidParameterValue"), id="too small for st1"
    ),
    pytest.param(data(sizeInGiB=16_385), INVALID.format("InvalidParameterValue"), id="too large for gp3"),
    pytest.param(data(iops=2_999), INVALID.format("InvalidParameterValue"), id="too few iops for gp3"),
    pytest.param(data(throughput=1_001), INVALID.format("InvalidParameterValue"), id="too much throughput"),
    pytest.param(
        data(volumeType="sc1", sizeInGiB=125, iops=100), INVALID.format("InvalidParameterCombination"), id="iops of sc1"
    ),
    pytest.param(
        data(volumeType="gp2", throughput=125), INVALID.format("InvalidParameterCombination"), id="throughput of gp2"
    ),
    pytest.param(
        data(volumeInitializationRate=100),
        INVALID.format("InvalidParameterCombination"),
        id="a rate without a snapshot",
    ),
    pytest.param(
        data(volumeType="standard"), "The volume type standard is not supported on Fargate.", id="magnetic on Fargate"
    ),
]


#: TaskManagedEBSVolumeConfiguration, sizeInGiB and iops: by type the smallest and the largest size, and the fewest and the most operations a second.
LIMITS = {
    "gp2":      ((1, 16_384),   None),
    "gp3":      ((1, 16_384),   (3_000, 16_000)),
    "io1":      ((4, 16_384),   (100, 64_000)),
    "io2":      ((4, 16_384),   (100, 256_000)),
    "st1":      ((125, 16_384), None),
    "sc1":      ((125, 16_384), None),
    "standard": ((1, 1_024),    None),
}  # fmt: skip


def volumes_at_the_limits() -> Iterator[Any]:
    """Volumes that are as small, large, slow and fast as they may be, and each of them one beyond it."""
    for type_, (sizes, iops) in LIMITS.items():
        given = {"volumeType": type_, **({"iops": iops[0]} if iops else {})}
        members = {"sizeInGiB": sizes, "iops": iops} if iops else {"sizeInGiB": sizes}
        for member, (least, most) in members.items():
            for value, is_taken in ((least - 1, False), (least, True), (most, True), (most + 1, False)):
                volume = {"sizeInGiB": 1_000, **given, member: value}
                yield pytest.param(volume, is_taken, id=f"{type_}, {member} {value}")


@pytest.mark.parametrize(("managed", "is_taken"), list(volumes_at_the_limits()))
def test_a_volume_is_taken_up_to_its_types_limits(ecs_client, on_ec2, managed, is_taken):
    if is_taken:
        assert len(on_ec2(volumeConfigurations=data(**managed))["tasks"]) == 1
        return

    with pytest.raises(ecs_client.exceptions.InvalidParameterException) as error:
        on_ec2(volumeConfigurations=data(**managed))

    assert error.value.response["Error"]["Message"] == INVALID.format("InvalidParameterValue")


def skip_unknown(client: Any, configurations: list[dict[str, Any]]) -> None:
    known = client.meta.service_model.shape_for("TaskManagedEBSVolumeConfiguration").members
    if any(each["managedEBSVolume"].keys() - known.keys() for each in configurations):
        pytest.skip("this botocore doesn't know all of it")


@pytest.mark.parametrize("managed", TAKEN)
def test_a_volume_that_ec2_can_make_is_taken(ecs_client, on_fargate, managed):
    skip_unknown(ecs_client, data(**managed))

    assert len(on_fargate(volumeConfigurations=data(**managed))["tasks"]) == 1


@pytest.mark.parametrize(("configurations", "message"), REFUSED)
def test_a_volume_that_does_not_fit_is_refused(ecs_fake, ecs_client, on_fargate, configurations, message):
    skip_unknown(ecs_client, configurations)

    with pytest.raises(ecs_client.exceptions.InvalidParameterException) as error:
        on_fargate(volumeConfigurations=configurations)

    assert error.value.response["Error"]["Message"] == message
    assert list(ecs_fake.tasks) == []


def test_a_magnetic_volume_is_taken_on_a_container_instance(on_ec2):
    assert len(on_ec2(volumeConfigurations=data(volumeType="standard"))["tasks"]) == 1


def test_a_machine_of_ones_own_takes_no_volume(ecs_fake, ecs_client, on_ec2):
    ecs_fake.container_instances.add("default", launch_type="EXTERNAL")

    with pytest.raises(ecs_client.exceptions.InvalidParameterException, match="not supported for the EXTERNAL"):
        on_ec2(launchType="EXTERNAL", volumeConfigurations=data())
