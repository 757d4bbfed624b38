"""Managed daemons: one task on every instance of their capacity providers, before all other tasks, and how a new revision gets there.

API reference, CreateDaemon, UpdateDaemon, DeleteDaemon and DaemonDeployment; Developer Guide, "Amazon ECS managed daemons". ECS states no
durations: the seconds of these stories are the fake's own.
"""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ParamValidationError, WaiterError

PLACE = "arn:aws:ecs:us-east-1:123456789012"
STRATEGY = [{"capacityProvider": "fleet", "weight": 1}]
FLEET = f"{PLACE}:capacity-provider/fleet"


@pytest.fixture(autouse=True)
def world(ecs_client, ecs_fake):
    """The cluster prod with the ACTIVE provider fleet, a daemon task definition, and the definition web in its instance's network."""
    if "CreateDaemon" not in ecs_client.meta.service_model.operation_names:
        pytest.skip("this botocore has no CreateDaemon")
    ecs_client.create_cluster(clusterName="prod")
    details = {
        "infrastructureRoleArn": "arn:aws:iam::123456789012:role/ecsInfrastructureRole",
        "instanceLaunchTemplate": {
            "ec2InstanceProfileArn": "arn:aws:iam::123456789012:instance-profile/ecsInstanceRole",
            "networkConfiguration": {"subnets": ["subnet-00000000"]},
        },
        "infrastructureOptimization": {"scaleInAfter": -1},
    }
    ecs_client.create_capacity_provider(name="fleet", cluster="prod", managedInstancesProvider=details)
    ecs_fake.clock.advance(seconds=10)
    container = {"name": "app", "image": "nginx", "memory": 256}
    ecs_client.register_task_definition(family="web", networkMode="host", containerDefinitions=[container])


@pytest.fixture
def register(ecs_client):
    """Register a revision of the daemon task definition agent; its ARN."""

    def register(image: str = "agent:1", **container: Any) -> str:
        definition = {"name": "agent", "image": image, "memory": 64, **container}
        arn: str = ecs_client.register_daemon_task_definition(family="agent", containerDefinitions=[definition])[
            "daemonTaskDefinitionArn"
        ]
        return arn

    return register


@pytest.fixture
def create(ecs_client, register):
    """Create the daemon agent on the provider fleet; the answer."""

    def create(**members: Any) -> Any:
        return ecs_client.create_daemon(
            daemonName="agent",
            clusterArn=f"{PLACE}:cluster/prod",
            **{"daemonTaskDefinitionArn": register(), "capacityProviderArns": [FLEET], **members},
        )

    return create


@pytest.fixture
def update(ecs_client):
    """Update the daemon agent to a revision; the ARN of its deployment."""

    def update(definition: str, **members: Any) -> str:
        arn: str = ecs_client.update_daemon(
            daemonArn=f"{PLACE}:daemon/prod/agent",
            daemonTaskDefinitionArn=definition,
            capacityProviderArns=[FLEET],
            **members,
        )["deploymentArn"]
        return arn

    return update


@pytest.fixture
def deployment(ecs_client):
    """A deployment as DescribeDaemonDeployments shows it now."""

    def deployment(arn: str) -> Any:
        return ecs_client.describe_daemon_deployments(daemonDeploymentArns=[arn])["daemonDeployments"][0]

    return deployment


@pytest.fixture
def run(ecs_client):
    """Run a task of the definition web on the provider; its ARN."""

    def run() -> str:
        [task] = ecs_client.run_task(cluster="prod", taskDefinition="web", capacityProviderStrategy=STRATEGY)["tasks"]
        arn: str = task["taskArn"]
        return arn

    return run


@pytest.fixture
def daemon_tasks(ecs_client, ecs_fake):
    """The tasks of the daemon that ListTasks lists, as the views show them."""

    def daemon_tasks() -> list[Any]:
        arns = ecs_client.list_tasks(cluster="prod", daemonName="agent")["taskArns"]
        return [ecs_fake.tasks[arn] for arn in arns]

    return daemon_tasks


@pytest.fixture
def revision_of(ecs_client):
    """The daemon task definition of the daemon's only current revision."""

    def revision_of() -> str:
        shown = ecs_client.describe_daemon(daemonArn=f"{PLACE}:daemon/prod/agent")["daemon"]
        [current] = shown["currentRevisions"]
        [revision] = ecs_client.describe_daemon_revisions(daemonRevisionArns=[current["arn"]])["daemonRevisions"]
        arn: str = revision["daemonTaskDefinitionArn"]
        return arn

    return revision_of


def statuses(ecs_fake: Any) -> list[str]:
    return [instance.status for instance in ecs_fake.container_instances]


def deployment_events(ecs_fake: Any) -> list[str]:
    """What EventBridge heard of the deployments."""
    return [
        event["detail"]["eventName"].removeprefix("DAEMON_DEPLOYMENT_")
        for event in ecs_fake.events.of("ECS Daemon Deployment State Change")
    ]


# --- on new instances -------------------------------------------------------------------------------------------------------------------


def test_a_daemon_without_instances_is_deployed_after_five_seconds(ecs_fake, ecs_client, create, deployment):
    """The guide: it "completes immediately even though no instances exist"; a daemon launches none."""
    answer = create()
    assert answer["status"] == "ACTIVE"
    assert deployment(answer["deploymentArn"])["status"] == "PENDING"
    ecs_fake.clock.advance(seconds=5)

    assert deployment(answer["deploymentArn"])["status"] == "SUCCESSFUL"
    assert list(ecs_fake.container_instances) == []
    assert deployment_events(ecs_fake) == ["PENDING", "IN_PROGRESS", "SUCCESSFUL"]


def test_a_daemons_task_runs_before_any_other(ecs_fake, create, run, daemon_tasks):
    """The instance registers at 20 and waits, the daemon's task runs at 27, and the application's at 34."""
    create()
    ecs_fake.clock.advance(seconds=5)
    arn = run()
    ecs_fake.clock.advance(seconds=26)
    [agent] = daemon_tasks()
    assert (agent.last_status, agent.group, agent.started_by) == ("ACTIVATING", "daemon:agent", "daemon/agent")
    assert statuses(ecs_fake) == ["REGISTERING"]
    assert ecs_fake.tasks[arn].last_status == "PROVISIONING"
    ecs_fake.clock.advance(seconds=1)
    assert agent.last_status == "RUNNING"
    assert statuses(ecs_fake) == ["ACTIVE"]
    assert ecs_fake.tasks[arn].last_status == "PENDING"
    ecs_fake.clock.advance(seconds=7)
    assert ecs_fake.tasks[arn].last_status == "RUNNING"


def test_a_daemon_that_is_not_critical_holds_no_instance_up(ecs_fake, create, run):
    """API reference, CreateDaemon, critical: "a non-critical daemon doesn't block instance registration"."""
    create(critical=False)
    ecs_fake.clock.advance(seconds=5)
    run()
    ecs_fake.clock.advance(seconds=25)

    assert statuses(ecs_fake) == ["ACTIVE"]


def test_an_instance_that_is_registering_gets_a_daemon_that_comes_later(
    ecs_fake, create, run, deployment, daemon_tasks
):
    """It registered without the daemon, and isn't ACTIVE before the daemon's task runs: no other task has a head start."""
    arn = run()
    ecs_fake.clock.advance(seconds=22)
    assert statuses(ecs_fake) == ["REGISTERING"]
    answer = create()
    ecs_fake.clock.advance(seconds=5 + 6)
    assert statuses(ecs_fake) == ["REGISTERING"]
    ecs_fake.clock.advance(seconds=1)
    assert [task.last_status for task in daemon_tasks()] == ["RUNNING"]
    assert statuses(ecs_fake) == ["ACTIVE"]
    assert ecs_fake.tasks[arn].last_status == "PENDING"
    assert deployment(answer["deploymentArn"])["status"] == "SUCCESSFUL"


def test_a_daemons_task_is_the_last_to_stop(ecs_fake, ecs_client, create, run, daemon_tasks):
    """Articles of 2026 on the launch: daemons stop last. The instance leaves 10 seconds after the application's task."""
    create()
    ecs_fake.clock.advance(seconds=5)
    arn = run()
    ecs_fake.clock.advance(seconds=40)
    [agent] = daemon_tasks()
    [instance] = ecs_fake.container_instances
    ecs_client.update_container_instances_state(cluster="prod", containerInstances=[instance.arn], status="DRAINING")
    ecs_fake.clock.advance(seconds=10)
    assert agent.last_status == "RUNNING"
    ecs_client.stop_task(cluster="prod", task=arn)
    ecs_fake.clock.advance(seconds=3)
    assert (instance.status, agent.last_status, agent.desired_status) == ("DEREGISTERING", "RUNNING", "STOPPED")
    ecs_fake.clock.advance(seconds=10)
    assert (instance.status, agent.last_status) == ("INACTIVE", "STOPPED")


# --- updates ----------------------------------------------------------------------------------------------------------------------------


def test_an_update_replaces_the_instances_batch_by_batch(
    ecs_fake, ecs_client, create, register, update, deployment, daemon_tasks, revision_of
):
    """Four instances at 25 %: one drains at a time. What replaces it takes 27 seconds, and leaving takes 10."""
    create()
    ecs_fake.clock.advance(seconds=5)
    old = ecs_fake.container_instances.add("prod", count=4, capacity_provider="fleet")
    ecs_fake.clock.advance(seconds=10)
    assert [task.last_status for task in daemon_tasks()] == ["RUNNING"] * 4
    second = register("agent:2")
    arn = update(second)
    ecs_fake.clock.advance(seconds=5)

    assert [instance.status for instance in old] == ["DEREGISTERING", "ACTIVE", "ACTIVE", "ACTIVE"]
    shown = deployment(arn)
    assert shown["status"] == "IN_PROGRESS"
    assert [detail["totalRunningInstanceCount"] for detail in shown["sourceDaemonRevisions"]] == [3]
    for left in (3, 2, 1):
        ecs_fake.clock.advance(seconds=27)
        assert sum(instance.status == "ACTIVE" for instance in old) == left - 1
    ecs_fake.clock.advance(seconds=27)

    shown = deployment(arn)
    assert (shown["status"], shown["statusReason"]) == ("SUCCESSFUL", "Deployment completed successfully.")
    assert shown["targetDaemonRevision"]["totalRunningInstanceCount"] == 4
    assert shown["circuitBreaker"] == {"failureCount": 0, "status": "MONITORING_COMPLETE", "threshold": 10}
    assert statuses(ecs_fake) == ["INACTIVE"] * 4 + ["ACTIVE"] * 4
    assert revision_of() == second


@pytest.mark.parametrize(("percent", "batch"), [(25.0, 1), (50.0, 2), (51.0, 3), (100.0, 4), (1.0, 1), (0.0, 1)])
def test_how_many_instances_drain_at_a_time(ecs_fake, create, register, update, percent, batch):
    """API reference, drainPercent; that ECS rounds up, and drains one at least, is an assumption."""
    create()
    ecs_fake.clock.advance(seconds=5)
    old = ecs_fake.container_instances.add("prod", count=4, capacity_provider="fleet")
    ecs_fake.clock.advance(seconds=10)
    update(register("agent:2"), deploymentConfiguration={"drainPercent": percent})
    ecs_fake.clock.advance(seconds=5)

    assert sum(instance.status == "ACTIVE" for instance in old) == 4 - batch


def test_no_instance_changes_its_revision(ecs_fake, create, register, update, daemon_tasks):
    """A task that is tried again on an instance which waits for its turn to drain isn't one of the new revision."""
    ecs_fake.containers.script(image="agent:1", pull_error="CannotPullContainerError: no such image")
    create(critical=False)
    ecs_fake.clock.advance(seconds=5)
    old = ecs_fake.container_instances.add("prod", count=2, capacity_provider="fleet")
    ecs_fake.clock.advance(seconds=10)
    update(register("agent:2"))
    for _ in range(25):
        ecs_fake.clock.advance(seconds=1)
        there = {task.container_instance_arn for task in daemon_tasks() if task.containers[0].image == "agent:2"}
        assert there.isdisjoint(instance.arn for instance in old)
    ecs_fake.clock.advance(seconds=120)

    assert sorted(statuses(ecs_fake)) == ["ACTIVE", "ACTIVE", "INACTIVE", "INACTIVE"]


def test_a_service_moves_with_the_instances(ecs_fake, ecs_client, create, register, update, deployment):
    """API reference, UpdateDaemon: "automatically launches replacement tasks for your services"."""
    create()
    ecs_client.create_service(
        cluster="prod", serviceName="web", taskDefinition="web", desiredCount=2, capacityProviderStrategy=STRATEGY
    )
    ecs_fake.clock.advance(seconds=120)
    [old] = ecs_fake.container_instances
    arn = update(register("agent:2"))
    for _ in range(60):
        ecs_fake.clock.advance(seconds=5)
        running = [task for task in ecs_fake.tasks if task.group == "service:web" and task.last_status == "RUNNING"]
        assert len(running) >= 2

    assert old.status == "INACTIVE"
    assert deployment(arn)["status"] == "SUCCESSFUL"


def test_a_bad_image_stops_a_rollout_and_the_revision_before_comes_back(
    ecs_fake, ecs_client, create, register, update, deployment, daemon_tasks, revision_of
):
    """The circuit breaker counts ten tasks that don't start on the first new instance; the others are never touched."""
    first = create()["deploymentArn"]
    ecs_fake.clock.advance(seconds=5)
    assert deployment(first)["status"] == "SUCCESSFUL"
    ecs_fake.container_instances.add("prod", count=3, capacity_provider="fleet")
    ecs_fake.clock.advance(seconds=10)
    good = revision_of()
    ecs_fake.containers.script(image="agent:bad", pull_error="CannotPullContainerError: no such image")
    arn = update(register("agent:bad"))
    ecs_fake.clock.advance_until(lambda: deployment(arn)["status"] == "STOP_REQUESTED", timeout=900)
    shown = deployment(arn)
    assert shown["circuitBreaker"] == {"failureCount": 10, "status": "TRIGGERED", "threshold": 10}
    assert statuses(ecs_fake) == ["INACTIVE", "ACTIVE", "ACTIVE", "REGISTERING"]
    ecs_fake.clock.advance(seconds=5)
    assert deployment(arn)["status"] == "ROLLBACK_IN_PROGRESS"
    with pytest.raises(WaiterError, match="ROLLBACK_SUCCESSFUL"):
        ecs_client.get_waiter("daemon_deployment_successful").wait(daemonDeploymentArns=[arn])

    shown = deployment(arn)
    assert shown["circuitBreaker"] == {"failureCount": 10, "status": "TRIGGERED", "threshold": 10}
    assert shown["rollback"]["rollbackCapacityProviders"] == [FLEET]
    assert "finishedAt" in shown
    assert statuses(ecs_fake) == ["INACTIVE", "ACTIVE", "ACTIVE", "ACTIVE"]
    assert revision_of() == good
    assert {task.last_status for task in daemon_tasks()} == {"RUNNING"}
    assert deployment_events(ecs_fake)[3:] == [
        "PENDING",
        "IN_PROGRESS",
        "STOP_REQUESTED",
        "ROLLBACK_IN_PROGRESS",
        "ROLLBACK_SUCCESSFUL",
    ]
    impaired = ecs_fake.events.of("ECS Daemon Service Action")
    assert len(impaired) == 10
    assert {event["detail"]["failureType"] for event in impaired} == {"TASK_FAILED_TO_RUN"}
    assert "CannotPullContainerError" in impaired[0]["detail"]["reason"]


def test_a_rollback_fails_where_the_revision_before_does_not_start_either(
    ecs_fake, ecs_client, create, register, update, deployment
):
    """Developer Guide, managed daemons events: ROLLBACK_FAILED is the one event that is an ERROR."""
    create()
    ecs_fake.clock.advance(seconds=5)
    ecs_fake.container_instances.add("prod", capacity_provider="fleet")
    ecs_fake.clock.advance(seconds=10)
    ecs_fake.containers.script(image="agent:*", pull_error="CannotPullContainerError: no such image")
    arn = update(register("agent:bad"))
    ecs_fake.clock.advance_until(lambda: deployment(arn)["status"] == "ROLLBACK_FAILED", timeout=1800)

    with pytest.raises(WaiterError, match="ROLLBACK_FAILED"):
        ecs_client.get_waiter("daemon_deployment_successful").wait(daemonDeploymentArns=[arn])
    types = {
        event["detail"]["eventName"]: event["detail"]["eventType"]
        for event in ecs_fake.events.of("ECS Daemon Deployment State Change")
    }
    assert [name for name, type_ in types.items() if type_ == "ERROR"] == ["DAEMON_DEPLOYMENT_ROLLBACK_FAILED"]


def test_the_waiter_for_a_stop_runs_out_where_the_deployment_succeeds(ecs_fake, ecs_client, create):
    """botocore, waiters-2.json: eight attempts, 15 seconds apart."""
    arn = create()["deploymentArn"]
    ecs_fake.clock.advance(seconds=5)

    with pytest.raises(WaiterError, match="Max attempts exceeded"):
        ecs_client.get_waiter("daemon_deployment_stopped").wait(daemonDeploymentArns=[arn])


def test_a_daemon_that_has_no_room_is_reported_too(ecs_fake, create):
    """Developer Guide, managed daemons events: TASK_CREATION_FAILED, without a task; the instance goes on registering."""
    create()
    ecs_fake.clock.advance(seconds=5)
    [instance] = ecs_fake.container_instances.add("prod", capacity_provider="fleet", memory=32)
    ecs_fake.clock.advance(seconds=10)

    [event] = ecs_fake.events.of("ECS Daemon Service Action")
    assert event["resources"] == []
    assert {name: event["detail"][name] for name in ("eventName", "failureType", "reason", "containerInstanceArn")} == {
        "eventName": "DAEMON_TASK_START_IMPAIRED",
        "failureType": "TASK_CREATION_FAILED",
        "reason": "RESOURCE:MEMORY - Unable to place daemon task on container instance: insufficient memory",
        "containerInstanceArn": instance.arn,
    }
    assert instance.status == "REGISTERING"


def test_a_first_deployment_that_fails_stops_where_it_is(ecs_fake, ecs_client, create, deployment):
    """There is nothing to roll back to; the daemon stays ACTIVE, and no other task gets onto the instance."""
    ecs_fake.containers.script(image="agent:1", pull_error="CannotPullContainerError: no such image")
    ecs_fake.container_instances.add("prod", capacity_provider="fleet")
    arn = create()["deploymentArn"]
    ecs_fake.clock.advance_until(lambda: deployment(arn)["status"] != "IN_PROGRESS" or None, timeout=10)
    ecs_fake.clock.advance_until(lambda: deployment(arn)["status"] == "STOPPED", timeout=900)

    assert "stoppedAt" in deployment(arn)
    assert statuses(ecs_fake) == ["INACTIVE", "REGISTERING"]
    ecs_client.get_waiter("daemon_deployment_stopped").wait(daemonDeploymentArns=[arn])
    ecs_client.get_waiter("daemon_active").wait(daemonArn=f"{PLACE}:daemon/prod/agent")


def test_an_alarm_rolls_a_deployment_back_while_it_bakes(ecs_fake, create, register, update, deployment, revision_of):
    """API reference, DaemonAlarmConfiguration. An alarm that was in ALARM when the deployment began is ignored (the guide)."""
    create()
    ecs_fake.clock.advance(seconds=5)
    ecs_fake.container_instances.add("prod", capacity_provider="fleet")
    ecs_fake.clock.advance(seconds=10)
    good = revision_of()
    ecs_fake.alarms["old"].set("ALARM")
    alarms = {"alarmNames": ["errors", "old"], "enable": True}
    arn = update(register("agent:2"), deploymentConfiguration={"alarms": alarms, "bakeTimeInMinutes": 10})
    ecs_fake.clock.advance(seconds=5 + 27 + 300)
    assert (deployment(arn)["status"], deployment(arn)["alarms"]["status"]) == ("IN_PROGRESS", "MONITORING")
    ecs_fake.alarms["old"].set("OK")
    ecs_fake.alarms["old"].set("ALARM")
    ecs_fake.clock.advance(seconds=1)
    assert deployment(arn)["status"] == "IN_PROGRESS"

    ecs_fake.alarms["errors"].set("ALARM")
    ecs_fake.clock.advance(seconds=120)
    shown = deployment(arn)
    assert shown["status"] == "ROLLBACK_SUCCESSFUL"
    assert shown["alarms"] == {
        "status": "TRIGGERED",
        "alarmNames": ["errors", "old"],
        "triggeredAlarmNames": ["errors"],
    }
    assert revision_of() == good


def test_a_deployment_bakes(ecs_fake, create, deployment):
    """API reference, bakeTimeInMinutes: after the last instance has the revision."""
    arn = create(deploymentConfiguration={"bakeTimeInMinutes": 2})["deploymentArn"]
    ecs_fake.clock.advance(seconds=5 + 119)
    assert deployment(arn)["status"] == "IN_PROGRESS"
    ecs_fake.clock.advance(seconds=1)
    assert deployment(arn)["status"] == "SUCCESSFUL"


def test_a_newer_update_stops_the_one_under_way(ecs_fake, ecs_client, create, register, update, deployment):
    """Developer Guide, deployments: STOPPED, and instances may be mixed."""
    create()
    ecs_fake.clock.advance(seconds=5)
    ecs_fake.container_instances.add("prod", count=3, capacity_provider="fleet")
    ecs_fake.clock.advance(seconds=10)
    older = update(register("agent:2"))
    ecs_fake.clock.advance(seconds=10)
    newer = update(register("agent:3"))
    with pytest.raises(WaiterError, match="STOPPED"):
        ecs_client.get_waiter("daemon_deployment_successful").wait(daemonDeploymentArns=[older])
    ecs_fake.clock.advance(seconds=200)

    assert deployment(older)["status"] == "STOPPED"
    assert deployment(newer)["status"] == "SUCCESSFUL"
    assert deployment(newer)["targetDaemonRevision"]["totalRunningInstanceCount"] == 3


# --- repair and deletion ----------------------------------------------------------------------------------------------------------------


def test_an_instance_whose_critical_daemon_stops_is_replaced(ecs_fake, ecs_client, create, run, daemon_tasks):
    """Developer Guide, auto repair; API reference, critical: it "drains the container instance and stops the other tasks"."""
    create()
    ecs_fake.clock.advance(seconds=5)
    arn = run()
    ecs_fake.clock.advance(seconds=40)
    [agent] = daemon_tasks()
    [old] = ecs_fake.container_instances
    ecs_client.stop_task(cluster="prod", task=agent.arn)
    ecs_fake.clock.advance(seconds=3)
    assert (old.status, ecs_fake.tasks[arn].desired_status) == ("DRAINING", "STOPPED")
    ecs_fake.clock.advance(seconds=30)

    assert statuses(ecs_fake) == ["INACTIVE", "ACTIVE"]
    assert ecs_fake.tasks[arn].stopped_reason == "Task stopped during instance draining"
    [agent] = daemon_tasks()
    assert agent.last_status == "RUNNING"


def test_an_instance_whose_daemon_turns_unhealthy_is_replaced(ecs_fake, ecs_client, create, register, daemon_tasks):
    """The guide: with a health check an unhealthy task is noticed too."""
    create(daemonTaskDefinitionArn=register(healthCheck={"command": ["CMD", "true"]}))
    ecs_fake.clock.advance(seconds=5)
    [old] = ecs_fake.container_instances.add("prod", capacity_provider="fleet")
    ecs_fake.clock.advance(seconds=60)
    [agent] = daemon_tasks()
    agent.set_health("agent", "UNHEALTHY")
    ecs_fake.clock.advance(seconds=120)

    assert old.status == "INACTIVE"
    assert sum(status == "ACTIVE" for status in statuses(ecs_fake)) == 1


def test_without_auto_repair_the_daemon_starts_again_in_its_place(ecs_fake, ecs_client, create, daemon_tasks):
    """API reference, AutoRepairConfiguration, actionsStatus: DISABLED replaces no instance; that ECS starts the task again is an assumption."""
    [provider] = ecs_client.describe_capacity_providers(capacityProviders=["fleet"])["capacityProviders"]
    template = provider["managedInstancesProvider"]["instanceLaunchTemplate"]
    fixed = ("capacityOptionType", "fipsEnabled", "nitroEnclavesEnabled")
    details = {
        "infrastructureRoleArn": provider["managedInstancesProvider"]["infrastructureRoleArn"],
        "instanceLaunchTemplate": {name: value for name, value in template.items() if name not in fixed},
        "autoRepairConfiguration": {"actionsStatus": "DISABLED"},
    }
    try:
        ecs_client.update_capacity_provider(name="fleet", cluster="prod", managedInstancesProvider=details)
    except ParamValidationError:
        pytest.skip("this botocore has no autoRepairConfiguration")
    ecs_fake.clock.advance(seconds=10)
    create()
    ecs_fake.clock.advance(seconds=5)
    [instance] = ecs_fake.container_instances.add("prod", capacity_provider="fleet")
    ecs_fake.clock.advance(seconds=10)
    [agent] = daemon_tasks()
    ecs_client.stop_task(cluster="prod", task=agent.arn)
    ecs_fake.clock.advance(seconds=3 + 15 + 7)

    assert instance.status == "ACTIVE"
    [again] = daemon_tasks()
    assert (again.last_status, again.arn != agent.arn) == ("RUNNING", True)


def test_an_instance_whose_other_daemon_stops_stays(ecs_fake, ecs_client, create, daemon_tasks):
    """API reference, critical; the instance counts as without the daemon."""
    create(critical=False)
    ecs_fake.clock.advance(seconds=5)
    ecs_fake.container_instances.add("prod", capacity_provider="fleet")
    ecs_fake.clock.advance(seconds=10)
    [agent] = daemon_tasks()
    ecs_client.stop_task(cluster="prod", task=agent.arn)
    ecs_fake.clock.advance(seconds=60)
    shown = ecs_client.describe_daemon(daemonArn=f"{PLACE}:daemon/prod/agent")["daemon"]

    assert statuses(ecs_fake) == ["ACTIVE"]
    [current] = shown["currentRevisions"]
    assert (current["totalRunningCount"], current["totalWithoutDaemonCount"]) == (0, 1)
    assert current["capacityProviders"] == [{"arn": FLEET, "runningCount": 0, "withoutDaemonCount": 1}]


def test_a_deleted_daemon_leaves_with_its_instances(ecs_fake, ecs_client, create, deployment):
    """API reference, DeleteDaemon: "drains existing container instances and provisions new instances without the deleted daemon"."""
    create()
    ecs_fake.clock.advance(seconds=5)
    ecs_fake.container_instances.add("prod", count=2, capacity_provider="fleet")
    ecs_fake.clock.advance(seconds=10)
    daemon_arn = f"{PLACE}:daemon/prod/agent"
    answer = ecs_client.delete_daemon(daemonArn=daemon_arn)
    assert answer["status"] == "DELETE_IN_PROGRESS"
    with pytest.raises(WaiterError, match="DELETE_IN_PROGRESS"):
        ecs_client.get_waiter("daemon_active").wait(daemonArn=daemon_arn)
    ecs_client.get_waiter("daemon_deployment_successful").wait(daemonDeploymentArns=[answer["deploymentArn"]])

    with pytest.raises(ecs_client.exceptions.DaemonNotFoundException):
        ecs_client.describe_daemon(daemonArn=daemon_arn)
    assert statuses(ecs_fake) == ["INACTIVE", "INACTIVE", "ACTIVE", "ACTIVE"]
    assert {task.last_status for task in ecs_fake.tasks} == {"STOPPED"}
    assert create()["status"] == "ACTIVE"


def test_a_snapshot_keeps_a_deployment_under_way(ecs_fake, create, register, update, deployment):
    create()
    ecs_fake.clock.advance(seconds=5)
    ecs_fake.container_instances.add("prod", count=2, capacity_provider="fleet")
    ecs_fake.clock.advance(seconds=10)
    arn = update(register("agent:2"))
    ecs_fake.clock.advance(seconds=10)
    restore = ecs_fake.take_snapshot()
    ecs_fake.clock.advance(seconds=100)
    restore()
    assert deployment(arn)["status"] == "IN_PROGRESS"
    ecs_fake.clock.advance(seconds=60)

    assert deployment(arn)["status"] == "SUCCESSFUL"


@pytest.mark.ecs_fake(timings="instant")
def test_with_instant_timings_all_of_it_happens_at_once(
    ecs_fake, ecs_client, create, run, register, update, deployment
):
    """An instance comes for a task, with its daemon; an update replaces it as soon as the task is gone."""
    create()
    arn = run()
    assert ecs_fake.tasks[arn].last_status == "RUNNING"
    assert {task.group: task.last_status for task in ecs_fake.tasks} == {
        "family:web": "RUNNING",
        "daemon:agent": "RUNNING",
    }
    newer = update(register("agent:2"))
    assert deployment(newer)["status"] == "IN_PROGRESS"
    ecs_client.stop_task(cluster="prod", task=arn)
    assert deployment(newer)["status"] == "SUCCESSFUL"
