"""Rolling deployments of a service on Fargate, as a pipeline sees them.

Times are those of the tables: the scheduler takes up what it is asked for after 15 s, a task on Fargate runs after 26 s, and one without a
health check counts as healthy when it has run for 40 s.
"""

from __future__ import annotations

import pytest
from botocore.exceptions import WaiterError

import builders

pytestmark = pytest.mark.ecs_fake(clusters=["prod"], frozen_at="2026-03-01T12:00:00Z")

BREAKER = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}


@pytest.fixture
def deploy(ecs_fake, ecs_client, register_on_fargate):
    """Register the image as a new revision of `web` and deploy it; the service is created where there is none yet."""

    def deploy(image, **parameters):
        container = {"name": "app", "image": image, **parameters.pop("container", {})}
        register_on_fargate(container, **parameters.pop("definition", {}))
        if "prod/web" in ecs_fake.services:
            return ecs_client.update_service(cluster="prod", service="web", taskDefinition="web", **parameters)
        return ecs_client.create_service(**builders.service(**{"deploymentConfiguration": BREAKER, **parameters}))

    return deploy


def said(service):
    """What the service has said, the oldest first, without task ids."""
    return [event["message"].partition(": (task")[0] for event in reversed(service["events"])]


def seconds_of(service, start):
    """When the service said it, in seconds since then."""
    return [(event["createdAt"] - start).total_seconds() for event in reversed(service["events"])]


def test_a_first_deployment_brings_the_tasks_up(ecs_fake, deploy, service):
    start = ecs_fake.clock.now
    created = deploy("web:1")["service"]

    ecs_fake.clock.advance(seconds=600)

    assert [deployment["desiredCount"] for deployment in created["deployments"]] == [0]
    after = service()
    [deployment] = after["deployments"]
    assert (after["runningCount"], after["pendingCount"]) == (2, 0)
    assert (deployment["status"], deployment["rolloutState"]) == ("PRIMARY", "COMPLETED")
    assert deployment["rolloutStateReason"] == f"ECS deployment {deployment['id']} completed."
    assert said(after) == [
        "(service web) has started 2 tasks",
        f"(service web) (deployment {deployment['id']}) deployment completed.",
        "(service web) has reached a steady state.",
    ]
    assert seconds_of(after, start) == [15, 81, 81]


def test_a_good_rollout_replaces_every_task_and_never_has_too_few(ecs_fake, ecs_client, deploy, service):
    deploy("web:1")
    ecs_fake.clock.advance(seconds=600)
    old = {task.arn for task in ecs_fake.tasks}

    deploy("web:2")
    running = []
    for _ in range(100):
        ecs_fake.clock.advance(seconds=2)
        running.append(service()["runningCount"])

    after = service()
    [deployment] = after["deployments"]
    assert (min(running), max(running)) == (2, 4)
    assert after["taskDefinition"].endswith("task-definition/web:2")
    assert deployment["rolloutState"] == "COMPLETED"
    assert {task.arn for task in ecs_fake.tasks.where(last_status="RUNNING")}.isdisjoint(old)
    reasons = {task.stopped_reason for task in ecs_fake.tasks if task.arn in old}
    [first] = {task.started_by for task in ecs_fake.tasks if task.arn in old}
    assert reasons == {f"Scaling activity initiated by (deployment {first})"}


def test_an_image_that_cannot_be_pulled_trips_the_circuit_breaker_and_is_rolled_back(
    ecs_fake, ecs_client, deploy, service
):
    deploy("web:good")
    ecs_client.get_waiter("services_stable").wait(cluster="prod", services=["web"])
    good = service()["deployments"][0]["id"]
    ecs_fake.containers.script(image="web:bad", pull_error="CannotPullContainerError: not found")

    bad = deploy("web:bad")["service"]["deployments"][0]["id"]
    ecs_fake.clock.advance_until(lambda: ecs_fake.services["prod/web"].is_stable, timeout=1800)

    after = service()
    assert after["taskDefinition"].endswith("task-definition/web:1")
    assert [deployment["id"] for deployment in after["deployments"]] == [good]
    [rolled_back_at] = [event["createdAt"] for event in after["events"] if "rolling back to" in event["message"]]
    assert after["deployments"][0]["createdAt"] == rolled_back_at  # recorded answer of 2022
    assert after["runningCount"] == 2
    assert f"(service web) (deployment {bad}) deployment failed: tasks failed to start." in said(after)
    assert f"(service web) rolling back to deployment {good}." in said(after)
    stopped = ecs_fake.tasks.where(stop_code="TaskFailedToStart")
    assert len(stopped) >= 3  # the breaker's least threshold
    assert {task.stopped_reason for task in stopped} == {"CannotPullContainerError: not found"}


def test_a_rollback_starts_tasks_though_ecs_exec_needs_a_role_that_the_old_revision_lacks(ecs_fake, ecs_client, deploy):
    """ECS refuses ECS Exec without a task role as it is asked for; the scheduler works with what was accepted."""
    deploy("web:good")
    ecs_client.get_waiter("services_stable").wait(cluster="prod", services=["web"])
    ecs_fake.containers.script(image="web:bad", pull_error="CannotPullContainerError: not found")
    deploy("web:bad", definition={"taskRoleArn": "arn:aws:iam::123456789012:role/web"}, enableExecuteCommand=True)
    for task in ecs_fake.tasks.where(last_status="RUNNING"):
        ecs_client.stop_task(cluster="prod", task=task.arn)

    ecs_fake.clock.advance_until(lambda: ecs_fake.services["prod/web"].is_stable, timeout=1800)

    running = ecs_fake.tasks.where(last_status="RUNNING")
    assert [task.task_definition_arn.rpartition(":")[2] for task in running] == ["1", "1"]


def test_without_a_circuit_breaker_a_bad_image_is_tried_for_ever(ecs_fake, deploy, service):
    deploy("web:good", deploymentConfiguration={})
    ecs_fake.clock.advance(seconds=600)
    ecs_fake.containers.script(image="web:bad", pull_error="CannotPullContainerError: not found")

    deploy("web:bad")
    ecs_fake.clock.advance(seconds=6 * 60 * 60)

    after = service()
    bad, good = after["deployments"]
    assert (bad["rolloutState"], bad["runningCount"], good["runningCount"]) == ("IN_PROGRESS", 0, 2)
    assert bad["failedTasks"] >= 5
    attempts = sorted({task.created_at for task in ecs_fake.tasks.where(stop_code="TaskFailedToStart")})
    assert len(attempts) <= 4  # of the last hour: the delay between them grows to 27 minutes


def test_a_health_check_that_fails_after_the_start_is_a_failed_deployment(ecs_fake, ecs_client, deploy, service):
    check = {"healthCheck": {"command": ["CMD", "true"], "interval": 10, "retries": 2}}
    deploy("web:good", container=check)
    ecs_client.get_waiter("services_stable").wait(cluster="prod", services=["web"])
    ecs_fake.clock.advance(seconds=60)
    ecs_fake.containers.script(image="web:sick", health=["UNHEALTHY"])

    deploy("web:sick", container=check)
    ecs_fake.clock.advance_until(lambda: ecs_fake.services["prod/web"].is_stable, timeout=3600)

    after = service()
    assert after["taskDefinition"].endswith("task-definition/web:1")
    assert "Task failed container health checks" in {task.stopped_reason for task in ecs_fake.tasks}
    assert any("failed container health checks" in message for message in said(after))


def test_a_failed_deployment_without_rollback_stays_and_starts_nothing_more(ecs_fake, deploy, service):
    deploy("web:good", deploymentConfiguration={"deploymentCircuitBreaker": {"enable": True, "rollback": False}})
    ecs_fake.clock.advance(seconds=600)
    ecs_fake.containers.script(image="web:bad", pull_error="CannotPullContainerError: not found")

    deploy("web:bad")
    ecs_fake.clock.advance(seconds=3600)
    failed = len(ecs_fake.tasks.where(stop_code="TaskFailedToStart"))
    ecs_fake.clock.advance(seconds=1800)

    after = service()
    bad, good = after["deployments"]
    assert (bad["rolloutState"], bad["rolloutStateReason"]) == (
        "FAILED",
        "ECS deployment circuit breaker: tasks failed to start.",
    )
    assert good["runningCount"] == 2
    assert len(ecs_fake.tasks.where(stop_code="TaskFailedToStart")) <= failed


def test_failures_of_a_deployment_that_was_given_up_do_not_hold_up_the_next(ecs_fake, ecs_client, deploy, service):
    """Developer Guide, "Service throttle logic": an update ends the throttling at once; the same holds for a rollback."""
    deploy("web:good")
    ecs_fake.clock.advance(seconds=600)
    ecs_fake.containers.script(image="web:bad", pull_error="CannotPullContainerError: not found")

    deploy("web:bad", desiredCount=4)  # its four tasks fail at one instant, the third of them trips the circuit breaker
    ecs_fake.clock.advance_until(
        lambda: "rolling back" in service()["deployments"][0]["rolloutStateReason"], timeout=600
    )

    ecs_fake.clock.advance(seconds=1)
    primary = service()["deployments"][0]
    assert (primary["runningCount"], primary["pendingCount"]) == (2, 2)


def test_beside_a_failed_deployment_the_older_tasks_follow_the_count_down(ecs_fake, ecs_client, deploy, service):
    deploy("web:good", deploymentConfiguration={"deploymentCircuitBreaker": {"enable": True, "rollback": False}})
    ecs_fake.clock.advance(seconds=600)
    ecs_fake.containers.script(image="web:bad", pull_error="CannotPullContainerError: not found")
    deploy("web:bad")
    ecs_fake.clock.advance(seconds=3600)

    counts = []
    for wanted in (1, 0):
        ecs_client.update_service(cluster="prod", service="web", desiredCount=wanted)
        ecs_fake.clock.advance(seconds=120)
        counts.append([deployment["runningCount"] for deployment in service()["deployments"]])

    assert counts == [[0, 1], [0]]
    ecs_client.get_waiter("services_stable").wait(cluster="prod", services=["web"])


def test_the_first_deployment_has_nothing_to_go_back_to(ecs_fake, deploy, service):
    ecs_fake.containers.script(image="web:bad", pull_error="CannotPullContainerError: not found")

    deploy("web:bad")
    ecs_fake.clock.advance(seconds=3600)

    [deployment] = service()["deployments"]
    assert (deployment["rolloutState"], deployment["runningCount"]) == ("FAILED", 0)


def test_a_crash_after_the_start_never_completes_the_deployment(ecs_fake, ecs_client, deploy, service):
    """The trap of the circuit breaker: tasks that come to run and then exit don't count (Developer Guide)."""
    deploy("web:good")
    ecs_fake.clock.advance(seconds=600)
    ecs_fake.containers.script(image="web:crash", runs_for=5, exit_code=1)

    deploy("web:crash")
    with pytest.raises(WaiterError):
        ecs_client.get_waiter("services_stable").wait(cluster="prod", services=["web"])

    crashing, good = service()["deployments"]
    assert crashing["rolloutState"] == "IN_PROGRESS"
    assert good["runningCount"] == 2


def test_a_deploy_on_top_of_a_deploy_supersedes_it(ecs_fake, deploy, service):
    deploy("web:1")
    ecs_fake.clock.advance(seconds=600)

    second = deploy("web:2")["service"]["deployments"][0]["id"]
    ecs_fake.clock.advance(seconds=30)
    third = deploy("web:3")["service"]["deployments"][0]["id"]
    listed = [(deployment["id"], deployment["status"]) for deployment in service()["deployments"]]
    ecs_fake.clock.advance(seconds=600)

    assert listed[:2] == [(third, "PRIMARY"), (second, "ACTIVE")]
    after = service()
    assert [deployment["id"] for deployment in after["deployments"]] == [third]
    assert after["taskDefinition"].endswith("task-definition/web:3")
    assert after["runningCount"] == 2


def test_a_service_is_deleted_with_force_in_the_middle_of_a_deploy(ecs_fake, ecs_client, deploy, service):
    deploy("web:1")
    ecs_fake.clock.advance(seconds=600)
    deploy("web:2")
    ecs_fake.clock.advance(seconds=20)

    ecs_client.delete_service(cluster="prod", service="web", force=True)
    draining = service()["status"]
    ecs_client.get_waiter("services_inactive").wait(cluster="prod", services=["web"])
    ecs_fake.clock.advance(seconds=60)

    assert (draining, service()["status"]) == ("DRAINING", "INACTIVE")
    assert {task.last_status for task in ecs_fake.tasks} == {"STOPPED"}


def test_a_task_that_stops_is_replaced(ecs_fake, ecs_client, deploy, service):
    deploy("web:1")
    ecs_fake.clock.advance(seconds=600)
    [first, _] = ecs_fake.tasks.where(last_status="RUNNING")

    ecs_client.stop_task(cluster="prod", task=first.arn)
    ecs_fake.clock.advance(seconds=120)

    after = service()
    assert (after["runningCount"], first.last_status) == (2, "STOPPED")
    assert after["deployments"][0]["rolloutState"] == "COMPLETED"


def test_failed_tasks_are_counted_until_one_runs_well(ecs_fake, deploy, service):
    """API reference, Deployment, failedTasks; what fails afterwards is replaced, and the deployment stays as it is."""
    ecs_fake.containers.script(image="web:1", pull_error="CannotPullContainerError: not found", times=1)
    deploy("web:1", desiredCount=1)
    ecs_fake.clock.advance(seconds=50)
    before = service()["deployments"][0]["failedTasks"]
    ecs_fake.clock.advance(seconds=300)
    well = service()["deployments"][0]["failedTasks"]

    ecs_fake.containers.script(image="web:1", pull_error="CannotPullContainerError: gone")
    ecs_fake.tasks.where(last_status="RUNNING")[0].exit("app", code=1)
    ecs_fake.clock.advance(seconds=300)

    [deployment] = service()["deployments"]
    assert len(ecs_fake.tasks.where(stop_code="TaskFailedToStart")) > 1
    assert (before, well, deployment["failedTasks"], deployment["rolloutState"]) == (1, 0, 0, "COMPLETED")


def test_a_task_on_spot_that_is_interrupted_is_replaced_once_there_is_capacity(ecs_fake, ecs_client, deploy, service):
    """API reference, CapacityProviderStrategyItem; Developer Guide, "Amazon ECS clusters for Fargate": the scheduler tries again on Spot."""
    ecs_client.put_cluster_capacity_providers(
        cluster="prod", capacityProviders=["FARGATE_SPOT"], defaultCapacityProviderStrategy=[]
    )
    ecs_fake.clock.advance(seconds=60)
    deploy("web:1", launchType=None, capacityProviderStrategy=[{"capacityProvider": "FARGATE_SPOT", "weight": 1}])
    ecs_fake.clock.advance(seconds=120)
    ecs_fake.faults.capacity("FARGATE_SPOT", available=1)

    ecs_fake.tasks.where(last_status="RUNNING")[0].interrupt_spot()
    ecs_fake.clock.advance(seconds=200)
    without = service()
    ecs_fake.faults.capacity("FARGATE_SPOT", available=None)
    ecs_fake.clock.advance(seconds=120)

    assert without["runningCount"] == 1
    assert said(without)[-1].startswith("(service web) was unable to place a task. Reason: Capacity is unavailable")
    after = service()
    assert (after["runningCount"], after["deployments"][0]["rolloutState"]) == (2, "COMPLETED")
    assert {task.capacity_provider_name for task in ecs_fake.tasks} == {"FARGATE_SPOT"}


def test_scaling_in_keeps_the_protected_tasks(ecs_fake, ecs_client, deploy, service):
    deploy("web:1", desiredCount=3)
    ecs_fake.clock.advance(seconds=600)
    kept = [task.arn for task in ecs_fake.tasks][:2]
    ecs_client.update_task_protection(cluster="prod", tasks=kept, protectionEnabled=True, expiresInMinutes=10)

    ecs_client.update_service(cluster="prod", service="web", desiredCount=1)
    ecs_fake.clock.advance(seconds=120)
    while_protected = {task.arn for task in ecs_fake.tasks.where(last_status="RUNNING")}
    ecs_fake.clock.advance(seconds=600)

    assert while_protected == set(kept)
    assert any("unable to scale in due to (reason 1 tasks under protection)" in message for message in said(service()))
    assert service()["runningCount"] == 1


def test_a_rollout_that_has_no_room_is_told_of(ecs_fake, deploy, service):
    """One of one must stay healthy and no second one may run: Developer Guide, "Service event messages"."""
    deploy("web:1", desiredCount=1, deploymentConfiguration={"minimumHealthyPercent": 100, "maximumPercent": 150})
    ecs_fake.clock.advance(seconds=600)

    deploy("web:2")
    ecs_fake.clock.advance(seconds=600)

    assert [deployment["runningCount"] for deployment in service()["deployments"]] == [0, 1]
    assert any("unable to stop or start tasks during a deployment" in message for message in said(service()))


def test_a_rollout_goes_on_when_fargate_has_capacity_again(ecs_fake, deploy, service):
    """Developer Guide, "Service event messages", for the sentence, which ends with a full stop here and without one in `failures`."""
    deploy("web:1")
    ecs_fake.clock.advance(seconds=600)
    ecs_fake.faults.capacity("FARGATE", available=2)

    deploy("web:2")
    ecs_fake.clock.advance(seconds=600)
    starved = service()
    ecs_fake.faults.capacity("FARGATE", available=4)
    ecs_fake.clock.advance(seconds=180)

    assert [deployment["runningCount"] for deployment in starved["deployments"]] == [0, 2]
    assert said(starved)[-1] == (
        "(service web) was unable to place a task. Reason: Capacity is unavailable at this time. "
        "Please try again later or in a different availability zone. "
        "For more information, see the Troubleshooting section of the Amazon ECS Developer Guide."
    )
    [deployment] = service()["deployments"]
    assert (deployment["runningCount"], deployment["rolloutState"]) == (2, "COMPLETED")


def test_protected_tasks_hold_a_deployment_up_and_no_more_of_them_may(ecs_fake, ecs_client, deploy, service):
    deploy("web:1", desiredCount=2)
    ecs_fake.clock.advance(seconds=600)
    first, second = [task.arn for task in ecs_fake.tasks]
    protect = {"cluster": "prod", "protectionEnabled": True, "expiresInMinutes": 60}
    ecs_client.update_task_protection(tasks=[first, second], **protect)

    deploy("web:2")
    ecs_fake.clock.advance(seconds=600)
    blocked = ecs_client.update_task_protection(tasks=[second], **protect)["failures"]
    held_up = service()["deployments"]
    ecs_client.update_task_protection(cluster="prod", tasks=[first, second], protectionEnabled=False)
    ecs_fake.clock.advance(seconds=60)

    assert [(each["runningCount"], each["rolloutState"]) for each in held_up] == [(2, "IN_PROGRESS"), (2, "COMPLETED")]
    assert blocked == [{"arn": second, "reason": "DEPLOYMENT_BLOCKED"}]
    [deployment] = service()["deployments"]
    assert (deployment["runningCount"], deployment["rolloutState"]) == (2, "COMPLETED")


def test_in_its_grace_period_an_unhealthy_task_is_left_alone(ecs_fake, deploy, service):
    check = {"healthCheck": {"command": ["CMD", "true"], "interval": 10, "retries": 1}}
    ecs_fake.containers.script(image="web:slow", health=["UNHEALTHY"] * 5 + ["HEALTHY"])

    deploy("web:slow", container=check, desiredCount=1, healthCheckGracePeriodSeconds=120)
    ecs_fake.clock.advance(seconds=300)

    assert len(ecs_fake.tasks) == 1
    assert service()["deployments"][0]["rolloutState"] == "COMPLETED"


@pytest.mark.ecs_fake(timings="instant")
@pytest.mark.parametrize(
    "script",
    [
        pytest.param({"pull_error": "CannotPullContainerError: not found"}, id="cannot be pulled"),
        pytest.param({"exit_code": 1}, id="exits at once"),
        pytest.param({"health": ["UNHEALTHY"]}, id="is never healthy"),
    ],
)
def test_without_delays_a_task_that_fails_at_once_is_tried_again_a_second_later(ecs_fake, deploy, service, script):
    """With nothing to wait for in between, one instant would hold attempts without end."""
    ecs_fake.containers.script(image="web:bad", **script)

    check = {"healthCheck": {"command": ["CMD", "true"], "retries": 1}} if "health" in script else {}
    deploy("web:bad", container=check, desiredCount=1, deploymentConfiguration={})
    ecs_fake.clock.advance(seconds=10)

    assert 5 <= len(ecs_fake.tasks) <= 25
    assert service()["deployments"][0]["rolloutState"] == "IN_PROGRESS"


def test_an_unhealthy_task_goes_when_its_replacement_is_healthy(ecs_fake, deploy, service):
    """Developer Guide, "Service definition parameters", maximumPercent: there is room for it beside the three. Its check passes after 30 s."""
    deploy("web:1", container={"healthCheck": {"command": ["CMD", "true"]}}, desiredCount=3)
    ecs_fake.clock.advance(seconds=600)
    ill = ecs_fake.tasks.where(last_status="RUNNING")[0]

    ill.set_health("app", "UNHEALTHY")
    ecs_fake.clock.advance(seconds=25 + 29)
    while_it_is_replaced = (ill.desired_status, service()["runningCount"])
    ecs_fake.clock.advance(seconds=2)

    assert while_it_is_replaced == ("RUNNING", 4)
    assert (ill.desired_status, ill.stopped_reason) == ("STOPPED", "Task failed container health checks")
    assert service()["runningCount"] == 3


@pytest.mark.parametrize(
    ("desired_count", "percents", "lowest"),
    [
        pytest.param(4, {"maximumPercent": 100, "minimumHealthyPercent": 50}, 3, id="no room at all"),
        pytest.param(4, {"maximumPercent": 125, "minimumHealthyPercent": 50}, 4, id="room for one"),
    ],
)
def test_without_room_unhealthy_tasks_are_replaced_one_at_a_time(
    ecs_fake, deploy, service, desired_count, percents, lowest
):
    """Developer Guide, "Amazon ECS services": stop one unhealthy task, start its replacement, and so on until all are healthy."""
    check = {"healthCheck": {"command": ["CMD", "true"], "interval": 10}}
    deploy("web:1", container=check, desiredCount=desired_count, deploymentConfiguration=percents)
    ecs_fake.clock.advance(seconds=600)
    ill = ecs_fake.tasks.where(last_status="RUNNING")
    for task in ill:
        task.set_health("app", "UNHEALTHY")

    leaving, counts = [], []
    for _ in range(1200):
        ecs_fake.clock.advance(seconds=1)
        leaving.append(sum(task.desired_status == "STOPPED" and task.last_status != "STOPPED" for task in ill))
        counts.append(service()["runningCount"])

    replacements = ecs_fake.tasks.where(last_status="RUNNING")
    assert max(leaving) == 1
    assert min(counts) == lowest
    assert [task.health_status for task in replacements] == ["HEALTHY"] * desired_count
    assert all(task.stopped_reason == "Task failed container health checks" for task in ill)


def test_tasks_that_are_still_on_their_way_go_when_a_newer_deployment_is_taken_up(ecs_fake, deploy):
    first = deploy("web:1")["service"]["deployments"][0]["id"]
    ecs_fake.clock.advance(seconds=16)

    deploy("web:2")
    ecs_fake.clock.advance(seconds=15)

    assert [task.desired_status for task in ecs_fake.tasks if task.started_by == first] == ["STOPPED", "STOPPED"]
    assert len(ecs_fake.services["prod/web"].tasks) == 4


def test_scaling_in_stops_the_newest_of_the_tasks_that_are_not_healthy_yet(ecs_fake, ecs_client, deploy):
    """Which of them goes ECS doesn't say. # unverified"""
    deploy("web:1", desiredCount=1)
    ecs_fake.clock.advance(seconds=16)
    ecs_client.update_service(cluster="prod", service="web", desiredCount=2)
    ecs_fake.clock.advance(seconds=16)
    older, newer = ecs_fake.tasks

    ecs_client.update_service(cluster="prod", service="web", desiredCount=1)
    ecs_fake.clock.advance(seconds=16)

    assert older.created_at < newer.created_at
    assert (older.desired_status, newer.desired_status) == ("RUNNING", "STOPPED")


def test_a_strategy_is_kept_to_over_all_tasks_of_a_deployment(ecs_fake, ecs_client, deploy):
    """API reference, CapacityProviderStrategyItem: weights 1 and 4 give one task in five to the first, also where four come later."""
    ecs_client.put_cluster_capacity_providers(
        cluster="prod", capacityProviders=["FARGATE", "FARGATE_SPOT"], defaultCapacityProviderStrategy=[]
    )
    ecs_fake.clock.advance(seconds=60)
    weights = (("FARGATE", 1), ("FARGATE_SPOT", 4))
    strategy = [{"capacityProvider": provider, "weight": weight} for provider, weight in weights]
    deploy("web:1", desiredCount=1, launchType=None, capacityProviderStrategy=strategy)
    ecs_fake.clock.advance(seconds=120)

    ecs_client.update_service(cluster="prod", service="web", desiredCount=5)
    ecs_fake.clock.advance(seconds=120)

    providers = [task.capacity_provider_name for task in ecs_fake.tasks]
    assert (providers.count("FARGATE"), providers.count("FARGATE_SPOT")) == (1, 4)


def test_each_task_starts_in_the_zone_that_has_the_fewest(ecs_fake, ecs_client, deploy):
    """Developer Guide, "Balancing an Amazon ECS service across Availability Zones", for Fargate: the subnets are in three."""
    subnets = {"awsvpcConfiguration": {"subnets": ["subnet-0a1b2c3d", "subnet-0a1b2c3e", "subnet-a"]}}
    deploy("web:1", desiredCount=1, networkConfiguration=subnets)
    for count in (2, 3):
        ecs_fake.clock.advance(seconds=120)
        ecs_client.update_service(cluster="prod", service="web", desiredCount=count)
    ecs_fake.clock.advance(seconds=120)

    assert sorted(task.availability_zone for task in ecs_fake.tasks) == ["us-east-1a", "us-east-1b", "us-east-1c"]


def test_a_deployment_that_is_being_gone_back_to_is_no_place_to_go_back_to(ecs_fake, deploy, service):
    """It isn't completed until it has all its tasks back, and Fargate has no capacity for them. # unverified"""
    deploy("web:good")
    ecs_fake.clock.advance(seconds=600)
    ecs_fake.containers.script(image="web:bad*", pull_error="CannotPullContainerError: not found")
    deploy("web:bad", desiredCount=4)
    ecs_fake.clock.advance(seconds=30)
    ecs_fake.faults.capacity("FARGATE", available=4)
    ecs_fake.clock.advance(seconds=30)
    going_back = service()["deployments"][0]["rolloutStateReason"]
    ecs_fake.faults.capacity("FARGATE", available=None)
    deploy("web:bad-too", desiredCount=4)
    ecs_fake.clock.advance(seconds=3600)

    assert "rolling back" in going_back
    bad, good = service()["deployments"]
    assert (bad["rolloutState"], good["rolloutState"]) == ("FAILED", "IN_PROGRESS")
