"""A task on Fargate from RunTask to its end, as a program sees it that polls, waits and stops."""

from __future__ import annotations

from datetime import timedelta

import pytest

import builders

pytestmark = pytest.mark.ecs_fake(clusters=["prod"], poll_step=0)


@pytest.fixture
def task_arn(register_on_fargate, run_on_fargate):
    """A task that was just accepted in the cluster prod."""
    register_on_fargate()
    [task] = run_on_fargate(cluster="prod")["tasks"]
    return task["taskArn"]


@pytest.fixture
def look(ecs_client, task_arn):
    """Describe the task."""

    def look():
        [task] = ecs_client.describe_tasks(cluster="prod", tasks=[task_arn])["tasks"]
        return task

    return look


def details(task):
    """What the task's one attachment tells of its network interface."""
    return {detail["name"]: detail["value"] for detail in task["attachments"][0]["details"]}


def test_a_task_starts_runs_and_is_stopped(ecs_fake, ecs_client, task_arn, look):
    """One jump of the clock shows the end; the timestamps tell when everything happened on the way."""
    created_at = look()["createdAt"]
    ecs_fake.clock.advance(seconds=60)
    ecs_client.stop_task(cluster="prod", task=task_arn, reason="the release is over")

    ecs_fake.clock.advance(seconds=600)

    task = look()
    after = {
        name: (task[name] - created_at).total_seconds() for name in task if name.endswith("At") and name != "createdAt"
    }
    assert after == {
        "connectivityAt": 4,
        "pullStartedAt": 13,
        "pullStoppedAt": 23.5,
        "startedAt": 26,
        "stoppingAt": 60,
        "executionStoppedAt": 62,
        "stoppedAt": 81,
    }
    assert (task["lastStatus"], task["stopCode"], task["stoppedReason"]) == (
        "STOPPED",
        "UserInitiated",
        "the release is over",
    )
    assert [container["exitCode"] for container in task["containers"]] == [143]


def test_a_program_that_polls_every_second_sees_every_status(ecs_fake, ecs_client, task_arn, look):
    seen = []

    def poll(seconds):
        for _ in range(seconds):
            status = look()["lastStatus"]
            if not seen or seen[-1] != status:
                seen.append(status)
            ecs_fake.clock.advance(seconds=1)

    poll(30)
    ecs_client.stop_task(cluster="prod", task=task_arn)
    poll(30)

    assert seen == ["PROVISIONING", "PENDING", "ACTIVATING", "RUNNING", "STOPPING", "DEPROVISIONING", "STOPPED"]


def test_botocores_waiters_end_in_virtual_time(ecs_fake, ecs_client, task_arn, look):
    """Both waiters ask every six seconds; nobody waits for real."""
    begun = ecs_fake.clock.now

    ecs_client.get_waiter("tasks_running").wait(cluster="prod", tasks=[task_arn])
    running = ecs_fake.clock.now
    ecs_client.stop_task(cluster="prod", task=task_arn)
    ecs_client.get_waiter("tasks_stopped").wait(cluster="prod", tasks=[task_arn])

    assert running - begun == timedelta(seconds=30)
    assert ecs_fake.clock.now - running == timedelta(seconds=24)
    assert look()["lastStatus"] == "STOPPED"


def test_the_network_interface_comes_and_goes_with_the_task(ecs_fake, ecs_client, task_arn, look):
    """API reference, Attachment: its statuses; its details stay when it is deleted, as recorded events show."""
    seen = []
    for _ in range(27):
        task = look()
        seen.append(
            (task["attachments"][0]["status"], len(details(task)), len(task["containers"][0]["networkInterfaces"]))
        )
        ecs_fake.clock.advance(seconds=1)
    ecs_client.stop_task(cluster="prod", task=task_arn)
    for _ in range(27):
        task = look()
        seen.append(
            (task["attachments"][0]["status"], len(details(task)), len(task["containers"][0]["networkInterfaces"]))
        )
        ecs_fake.clock.advance(seconds=1)

    assert list(dict.fromkeys(seen)) == [
        ("PRECREATED", 1, 0),
        ("CREATED", 5, 1),
        ("ATTACHING", 5, 1),
        ("ATTACHED", 5, 1),
        ("DETACHING", 5, 1),
        ("DETACHED", 5, 1),
        ("DELETED", 5, 1),
    ]


def test_an_interface_has_an_address_that_every_container_shows(
    ecs_fake, register_on_fargate, run_on_fargate, ecs_client
):
    register_on_fargate({"name": "web", "image": "nginx"}, {"name": "logs", "image": "fluent-bit"})
    [task] = run_on_fargate(cluster="prod")["tasks"]
    ecs_fake.clock.advance(seconds=30)

    [task] = ecs_client.describe_tasks(cluster="prod", tasks=[task["taskArn"]])["tasks"]

    address = details(task)["privateIPv4Address"]
    assert list(details(task)) == [
        "subnetId",
        "networkInterfaceId",
        "macAddress",
        "privateDnsName",
        "privateIPv4Address",
    ]
    assert details(task)["privateDnsName"] == f"ip-{address.replace('.', '-')}.ec2.internal"
    assert details(task)["networkInterfaceId"].startswith("eni-")
    for container in task["containers"]:
        [interface] = container["networkInterfaces"]
        assert interface == {"attachmentId": task["attachments"][0]["id"], "privateIpv4Address": address}
        assert container["networkBindings"] == []


def test_no_two_tasks_share_an_address(ecs_fake, register_on_fargate, run_on_fargate, ecs_client):
    register_on_fargate()
    arns = [task["taskArn"] for _ in range(8) for task in run_on_fargate(cluster="prod", count=10)["tasks"]]
    ecs_fake.clock.advance(seconds=30)

    tasks = ecs_client.describe_tasks(cluster="prod", tasks=arns)["tasks"]

    for name in ("privateIPv4Address", "macAddress", "networkInterfaceId"):
        assert len({details(task)[name] for task in tasks}) == 80


def test_private_names_elsewhere_name_the_region(ecs_fake):
    """API's recorded examples: ip-10-0-215-105.us-east-2.compute.internal."""
    elsewhere = ecs_fake.in_region("us-east-2")
    ecs = elsewhere.client("ecs")
    ecs.create_cluster()
    ecs.register_task_definition(**builders.task_definition())
    [task] = ecs.run_task(**builders.task())["tasks"]
    ecs_fake.clock.advance(seconds=30)

    [task] = ecs.describe_tasks(tasks=[task["taskArn"]])["tasks"]

    assert details(task)["privateDnsName"].endswith(".us-east-2.compute.internal")
    assert task["availabilityZone"].startswith("us-east-2")


@pytest.mark.ecs_fake(clusters=["prod"], timings="instant")
def test_with_instant_timings_a_task_runs_at_the_next_look(ecs_client, task_arn, look):
    assert look()["lastStatus"] == "RUNNING"

    stopping = ecs_client.stop_task(cluster="prod", task=task_arn)["task"]

    assert stopping["lastStatus"] == "RUNNING"
    assert look()["lastStatus"] == "STOPPED"


def test_the_same_test_gets_the_same_tasks_again(pytester):
    """Ids are drawn from the fake's seed: two runs with one seed tell the same story."""
    pytester.makepyfile(
        """
        import pytest

        @pytest.mark.ecs_fake(seed=7)
        @pytest.mark.parametrize("time", [1, 2])
        def test_arns(ecs_fake, ecs_client, time):
            ecs_client.create_cluster()
            ecs_client.register_task_definition(
                family="web", requiresCompatibilities=["FARGATE"], networkMode="awsvpc", cpu="256", memory="512",
                containerDefinitions=[{"name": "web", "image": "nginx"}],
            )
            answer = ecs_client.run_task(
                taskDefinition="web", launchType="FARGATE", count=2,
                networkConfiguration={"awsvpcConfiguration": {"subnets": ["subnet-1"]}},
            )
            print("ARNS", *[task["taskArn"] for task in answer["tasks"]])
        """
    )

    output = pytester.runpytest("-s").stdout.lines

    first, second = [line[line.index("ARNS") :] for line in output if "ARNS" in line]
    assert first == second
