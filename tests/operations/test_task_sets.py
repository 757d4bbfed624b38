"""CreateTaskSet, DescribeTaskSets, UpdateTaskSet, DeleteTaskSet, UpdateServicePrimaryTaskSet: what they answer, and what the scheduler does.

Sources: API reference of each, and TaskSet; example outputs of the AWS CLI for create-task-set, update-task-set and delete-task-set.
"""

from __future__ import annotations

from typing import Any

import pytest

import builders

pytestmark = pytest.mark.ecs_fake(clusters=["prod"], frozen_at="2026-03-01T12:00:00Z")

PLACE = "arn:aws:ecs:us-east-1:123456789012"
TARGETS = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/web/0a1b2c3d4e5f6a7b"
SUBNETS = {"subnets": ["subnet-0a1b2c3d"], "securityGroups": [], "assignPublicIp": "DISABLED"}
ON_FARGATE: dict[str, Any] = {"launchType": "FARGATE", "networkConfiguration": {"awsvpcConfiguration": SUBNETS}}
BALANCED = [{"targetGroupArn": TARGETS, "containerName": "web", "containerPort": 80}]
TO_ECS: dict[str, Any] = {"cluster": "prod", "service": "web"}


def percent(value: float) -> dict[str, Any]:
    return {"value": value, "unit": "PERCENT"}


@pytest.fixture
def external(ecs_client, register_on_fargate):
    """Make the service `web` under the controller EXTERNAL, as it comes back."""

    def external(desired_count: int = 3, **members: Any) -> dict[str, Any]:
        container = {"name": "web", "image": "nginx:1.29", "portMappings": [{"containerPort": 80}]}
        register_on_fargate(container)
        request = builders.service_of_task_sets(desiredCount=desired_count, **members)
        return ecs_client.create_service(**request)["service"]

    return external


@pytest.fixture
def create(ecs_client):
    """Make a task set of `web` on Fargate, as it comes back."""

    def create(**members: Any) -> dict[str, Any]:
        return ecs_client.create_task_set(**{**TO_ECS, "taskDefinition": "web", **ON_FARGATE, **members})["taskSet"]

    return create


@pytest.fixture
def described(ecs_client):
    """A task set as DescribeTaskSets shows it now."""

    def described(task_set: dict[str, Any], **members: Any) -> dict[str, Any]:
        [found] = ecs_client.describe_task_sets(**TO_ECS, taskSets=[task_set["id"]], **members)["taskSets"]
        return found

    return described


def test_an_external_service_has_neither_task_definition_nor_deployments(external):
    created = external()

    assert (created["launchType"], created["taskSets"], created["deployments"]) == ("EC2", [], [])
    assert created["deploymentController"] == {"type": "EXTERNAL"}
    assert "taskDefinition" not in created


def test_a_new_task_set_is_active_and_starts_nothing_without_a_scale(ecs_fake, external, create):
    external()

    created = create(externalId="release-7", loadBalancers=BALANCED)

    number = created["id"].removeprefix("ecs-svc/")
    assert number.isdigit()
    assert created == {
        "id": created["id"],
        "taskSetArn": f"{PLACE}:task-set/prod/web/ecs-svc/{number}",
        "serviceArn": f"{PLACE}:service/prod/web",
        "clusterArn": f"{PLACE}:cluster/prod",
        "externalId": "release-7",
        "status": "ACTIVE",
        "taskDefinition": f"{PLACE}:task-definition/web:1",
        "computedDesiredCount": 0,
        "pendingCount": 0,
        "runningCount": 0,
        "createdAt": ecs_fake.clock.now,
        "updatedAt": ecs_fake.clock.now,
        "launchType": "FARGATE",
        "platformVersion": "LATEST",
        "platformFamily": "Linux",
        "networkConfiguration": {"awsvpcConfiguration": SUBNETS},
        "loadBalancers": BALANCED,
        "serviceRegistries": [],
        "scale": percent(0.0),
        "stabilityStatus": "STABILIZING",
        "stabilityStatusAt": ecs_fake.clock.now,
    }
    ecs_fake.clock.advance(seconds=300)
    assert len(ecs_fake.tasks) == 0


def test_a_task_set_without_a_launch_type_takes_the_clusters_default_strategy(ecs_client, external, create):
    external()
    strategy = [{"capacityProvider": "FARGATE_SPOT", "weight": 1, "base": 0}]
    ecs_client.put_cluster_capacity_providers(
        cluster="prod", capacityProviders=["FARGATE_SPOT"], defaultCapacityProviderStrategy=strategy
    )

    created = ecs_client.create_task_set(
        **TO_ECS, taskDefinition="web", networkConfiguration=ON_FARGATE["networkConfiguration"]
    )["taskSet"]

    assert created["capacityProviderStrategy"] == strategy
    assert "launchType" not in created


#: API reference, TaskSet, computedDesiredCount: the service's desired count times the scale, always rounded up.
COMPUTED = [(3, 33.3, 1), (5, 50, 3), (1, 10, 1), (10, 70, 7), (100, 7, 7), (4, 0, 0), (4, 100, 4), (0, 100, 0)]


@pytest.mark.parametrize(("desired_count", "value", "expected"), COMPUTED)
def test_the_computed_desired_count_is_rounded_up(
    ecs_fake, external, create, described, desired_count, value, expected
):
    external(desired_count)
    task_set = create(scale=percent(value))

    ecs_fake.clock.advance(seconds=300)

    after = described(task_set)
    assert after["scale"] == percent(value)
    assert (after["computedDesiredCount"], after["runningCount"], after["pendingCount"]) == (expected, expected, 0)
    assert len(ecs_fake.tasks) == expected


def test_a_task_set_is_steady_once_all_its_tasks_run(ecs_fake, external, create, described):
    external()
    task_set = create(scale=percent(100))
    start = ecs_fake.clock.now

    ecs_fake.clock.advance(seconds=20)
    starting = described(task_set)
    ecs_fake.clock.advance(seconds=300)
    steady = described(task_set)

    assert (starting["stabilityStatus"], starting["pendingCount"], starting["stabilityStatusAt"]) == (
        "STABILIZING",
        3,
        start,
    )
    # The scheduler takes it up after 15 s, and a task on Fargate runs after 26 s.
    assert (steady["stabilityStatus"], (steady["stabilityStatusAt"] - start).total_seconds()) == ("STEADY_STATE", 41)
    actions = [event["detail"]["eventName"] for event in ecs_fake.events.of("ECS Service Action")]
    assert actions == ["TASKSET_STEADY_STATE", "SERVICE_STEADY_STATE"]


def test_behind_a_load_balancer_a_task_set_is_steady_once_its_targets_are_healthy(
    ecs_fake, external, create, described
):
    external()
    task_set = create(scale=percent(100), loadBalancers=BALANCED)
    start = ecs_fake.clock.now

    ecs_fake.clock.advance(seconds=300)

    assert (described(task_set)["stabilityStatusAt"] - start).total_seconds() == 81


def test_tasks_bear_the_task_sets_id_and_the_services_group(ecs_fake, external, create):
    external(desired_count=1)
    task_set = create(scale=percent(100))

    ecs_fake.clock.advance(seconds=60)

    [task] = ecs_fake.tasks
    assert (task.started_by, task.group) == (task_set["id"], "service:web")


def test_what_a_service_says_of_a_task_set_names_it(ecs_fake, ecs_client, external, create, service):
    external(desired_count=1)
    task_set = create(scale=percent(100), loadBalancers=BALANCED)
    ecs_fake.clock.advance(seconds=300)
    ecs_client.update_task_set(**TO_ECS, taskSet=task_set["id"], scale=percent(0))

    ecs_fake.clock.advance(seconds=600)

    [task] = ecs_fake.tasks
    of = f"(service web, taskSet {task_set['id']})"
    assert [event["message"] for event in reversed(service()["events"])] == [
        f"(service web) updated computedDesiredCount for taskSet {task_set['id']} to 1.",
        f"{of} has started 1 tasks: (task {task.id}).",
        f"{of} registered 1 targets in (target-group {TARGETS})",
        f"{of} updated state to STEADY_STATE.",
        "(service web) has reached a steady state.",
        f"(service web) updated computedDesiredCount for taskSet {task_set['id']} to 0.",
        f"{of} has stopped 1 running tasks: (task {task.id}).",
        f"{of} deregistered 1 targets in (target-group {TARGETS})",
        f"{of} has begun draining connections on 1 tasks.",
        f"{of} updated state to STEADY_STATE.",
        "(service web) has reached a steady state.",
    ]


def test_another_scale_is_answered_at_once_and_taken_up_in_time(ecs_fake, ecs_client, external, create, described):
    external(desired_count=4)
    task_set = create(scale=percent(25))
    ecs_fake.clock.advance(seconds=300)

    answer = ecs_client.update_task_set(**TO_ECS, taskSet=task_set["taskSetArn"], scale=percent(100))["taskSet"]
    ecs_fake.clock.advance(seconds=300)

    assert (answer["scale"], answer["computedDesiredCount"], answer["stabilityStatus"]) == (
        percent(100),
        1,
        "STABILIZING",
    )
    after = described(task_set)
    assert (after["computedDesiredCount"], after["runningCount"], after["stabilityStatus"]) == (4, 4, "STEADY_STATE")


def test_a_scale_that_comes_to_as_many_tasks_leaves_a_task_set_steady(
    ecs_fake, ecs_client, external, create, described
):
    external(desired_count=3)
    task_set = create(scale=percent(50))
    ecs_fake.clock.advance(seconds=300)
    steady = described(task_set)

    ecs_client.update_task_set(**TO_ECS, taskSet=task_set["id"], scale=percent(66))

    rescaled = described(task_set)
    assert (steady["computedDesiredCount"], steady["stabilityStatus"]) == (2, "STEADY_STATE")
    assert (rescaled["scale"], rescaled["stabilityStatus"]) == (percent(66), "STEADY_STATE")
    assert rescaled["stabilityStatusAt"] == steady["stabilityStatusAt"]


def test_task_sets_share_another_desired_count_of_the_service(ecs_fake, ecs_client, external, create, described):
    external(desired_count=2)
    large, small = create(scale=percent(100)), create(scale=percent(50))
    ecs_fake.clock.advance(seconds=300)

    updated = ecs_client.update_service(**TO_ECS, desiredCount=5)["service"]
    ecs_fake.clock.advance(seconds=300)

    assert (updated["desiredCount"], updated["runningCount"]) == (5, 3)
    assert [described(task_set)["runningCount"] for task_set in (large, small)] == [5, 3]


def test_a_task_that_stops_is_replaced_in_its_own_task_set(ecs_fake, ecs_client, external, create, described):
    external(desired_count=2)
    kept, hit = create(scale=percent(100)), create(scale=percent(100))
    ecs_fake.clock.advance(seconds=300)
    victim = next(task for task in ecs_fake.tasks if task.started_by == hit["id"])

    ecs_client.stop_task(cluster="prod", task=victim.arn)
    shortly_after = described(hit)
    ecs_fake.clock.advance(seconds=300)

    assert shortly_after["stabilityStatus"] == "STABILIZING"
    assert [described(task_set)["runningCount"] for task_set in (kept, hit)] == [2, 2]
    assert sorted(task.started_by for task in ecs_fake.tasks) == sorted([kept["id"]] * 2 + [hit["id"]] * 3)


def test_scale_in_leaves_protected_tasks_alone(ecs_fake, ecs_client, external, create, described, service):
    external(desired_count=2)
    task_set = create(scale=percent(100))
    ecs_fake.clock.advance(seconds=300)
    ecs_client.update_task_protection(
        cluster="prod", tasks=[task.arn for task in ecs_fake.tasks], protectionEnabled=True, expiresInMinutes=30
    )

    ecs_client.update_task_set(**TO_ECS, taskSet=task_set["id"], scale=percent(50))
    ecs_fake.clock.advance(seconds=600)
    held = described(task_set)
    ecs_fake.clock.advance(seconds=1800)
    let_go = described(task_set)

    assert (held["computedDesiredCount"], held["runningCount"], held["stabilityStatus"]) == (1, 2, "STABILIZING")
    assert f"(taskSet {task_set['id']}) was unable to scale in due to (reason 1 tasks under protection)" in "".join(
        event["message"] for event in service()["events"]
    )
    assert (let_go["runningCount"], let_go["stabilityStatus"]) == (1, "STEADY_STATE")


def test_a_task_set_is_not_steady_while_a_task_too_many_is_pending(ecs_fake, ecs_client, external, create, described):
    """API reference, TaskSet, stabilityStatus. Both tasks are protected, so that neither goes."""
    external(desired_count=2)
    task_set = create(scale=percent(50))
    ecs_fake.clock.advance(seconds=300)
    for share in (100, 50):
        ecs_client.update_task_set(**TO_ECS, taskSet=task_set["id"], scale=percent(share))
        ecs_fake.clock.advance(seconds=15.5)
        tasks = [task.arn for task in ecs_fake.tasks]
        ecs_client.update_task_protection(cluster="prod", tasks=tasks, protectionEnabled=True)

    now = described(task_set)
    assert (now["computedDesiredCount"], now["runningCount"], now["pendingCount"]) == (1, 1, 1)
    assert now["stabilityStatus"] == "STABILIZING"


def test_an_unhealthy_task_goes_once_another_has_taken_its_place(
    ecs_fake, external, create, described, register_on_fargate
):
    external(desired_count=1)
    health_check = {"command": ["CMD-SHELL", "true"], "interval": 5, "retries": 1}
    register_on_fargate({"name": "web", "image": "nginx", "healthCheck": health_check}, family="checked")
    task_set = create(taskDefinition="checked", scale=percent(100))
    ecs_fake.clock.advance(seconds=300)
    [first] = ecs_fake.tasks

    first.set_health("web", "UNHEALTHY")
    ecs_fake.clock.advance(seconds=2)
    at_once = described(task_set)
    ecs_fake.clock.advance(seconds=300)

    assert (at_once["stabilityStatus"], at_once["runningCount"], at_once["pendingCount"]) == ("STABILIZING", 1, 1)
    assert first.stopped_reason == "Task failed container health checks"
    after = described(task_set)
    assert (after["stabilityStatus"], after["runningCount"]) == ("STEADY_STATE", 1)


def test_without_room_unhealthy_tasks_of_a_task_set_go_one_at_a_time(ecs_fake, external, create, register_on_fargate):
    """Developer Guide, "Amazon ECS services". A task set has room for twice its count; there the replacements are unhealthy as well."""
    external(desired_count=2)
    health_check = {"command": ["CMD-SHELL", "false"], "interval": 5, "retries": 1}
    register_on_fargate({"name": "web", "image": "nginx", "healthCheck": health_check}, family="checked")
    ecs_fake.containers.script(family="checked", health=["UNHEALTHY"])
    create(taskDefinition="checked", scale=percent(100))

    stopping = []
    for _ in range(600):
        ecs_fake.clock.advance(seconds=1)
        tasks = list(ecs_fake.tasks)
        stopping.append(
            sum(each.last_status in ("RUNNING", "STOPPING") and each.desired_status == "STOPPED" for each in tasks)
        )

    assert max(stopping) == 1


def test_the_service_shows_what_its_primary_task_set_is_made_from(ecs_client, external, create, service):
    external()
    first, second = create(loadBalancers=BALANCED), create(platformVersion="1.4.0")

    made = ecs_client.update_service_primary_task_set(**TO_ECS, primaryTaskSet=first["id"])["taskSet"]
    with_first = service()
    ecs_client.update_service_primary_task_set(**TO_ECS, primaryTaskSet=second["taskSetArn"])
    with_second = service()

    assert (made["id"], made["status"]) == (first["id"], "PRIMARY")
    shown = ("taskDefinition", "launchType", "platformVersion", "networkConfiguration", "loadBalancers")
    assert [with_first[name] for name in shown] == [
        first["taskDefinition"], "FARGATE", "LATEST", first["networkConfiguration"], BALANCED,
    ]  # fmt: skip
    assert (with_second["platformVersion"], with_second["loadBalancers"]) == ("1.4.0", [])
    assert [(task_set["id"], task_set["status"]) for task_set in with_second["taskSets"]] == [
        (first["id"], "ACTIVE"),
        (second["id"], "PRIMARY"),
    ]


def test_a_deleted_task_set_drains_and_is_gone(ecs_fake, ecs_client, external, create, service):
    external(desired_count=1)
    task_set = create(scale=percent(100))
    ecs_fake.clock.advance(seconds=300)

    deleted = ecs_client.delete_task_set(**TO_ECS, taskSet=task_set["id"], force=True)["taskSet"]
    again = ecs_client.delete_task_set(**TO_ECS, taskSet=task_set["id"])["taskSet"]
    ecs_fake.clock.advance(seconds=300)

    assert (deleted["status"], deleted["scale"], deleted["runningCount"]) == ("DRAINING", percent(0), 1)
    assert again == deleted
    assert service()["taskSets"] == []
    assert [task.desired_status for task in ecs_fake.tasks] == ["STOPPED"]
    answer = ecs_client.describe_task_sets(**TO_ECS, taskSets=[task_set["id"]])
    assert answer["taskSets"] == []
    assert answer["failures"] == [{"arn": task_set["taskSetArn"], "reason": "MISSING"}]


def test_a_service_whose_primary_task_set_was_deleted_shows_none(ecs_client, external, create, service):
    external()
    task_set = create()
    ecs_client.update_service_primary_task_set(**TO_ECS, primaryTaskSet=task_set["id"])

    ecs_client.delete_task_set(**TO_ECS, taskSet=task_set["id"], force=True)

    after = service()
    assert {"taskDefinition", "platformVersion", "networkConfiguration"}.isdisjoint(after)
    assert (after["launchType"], after["loadBalancers"]) == ("EC2", [])


def test_a_client_token_gives_the_task_set_that_it_made(ecs_client, external, create, service):
    external()
    first = create(clientToken="release-7")

    again = create(clientToken="release-7")
    other = create(clientToken="release-8")

    assert again["id"] == first["id"] != other["id"]
    assert len(service()["taskSets"]) == 2


def test_tags_are_shown_when_they_are_asked_for(ecs_client, external, create, described):
    external()
    tags = [{"key": "team", "value": "shop"}]
    task_set = create(tags=tags)

    assert task_set["tags"] == tags
    assert "tags" not in described(task_set)
    assert described(task_set, include=["TAGS"])["tags"] == tags
    more = {"key": "stage", "value": "prod"}
    ecs_client.tag_resource(resourceArn=task_set["taskSetArn"], tags=[more])
    assert ecs_client.list_tags_for_resource(resourceArn=task_set["taskSetArn"])["tags"] == [*tags, more]


@pytest.mark.parametrize("force", [False, True])
def test_a_service_is_deleted_with_its_task_sets_only_by_force(ecs_fake, ecs_client, external, create, service, force):
    external(desired_count=1)
    task_set = create(scale=percent(100))
    ecs_fake.clock.advance(seconds=300)

    if force:
        ecs_client.delete_service(**TO_ECS, force=True)
        draining = service()
        ecs_client.get_waiter("services_inactive").wait(cluster="prod", services=["web"])
        [left] = draining["taskSets"]
        assert (left["id"], left["status"], left["stabilityStatus"]) == (task_set["id"], "ACTIVE", "STABILIZING")
        assert (left["scale"], left["computedDesiredCount"]) == (percent(0), 1)
        assert service()["taskSets"] == []
        assert [task.desired_status for task in ecs_fake.tasks] == ["STOPPED"]
    else:
        ecs_client.update_service(**TO_ECS, desiredCount=0)
        with pytest.raises(ecs_client.exceptions.InvalidParameterException) as refusal:
            ecs_client.delete_service(**TO_ECS)
        message = refusal.value.response["Error"]["Message"]
        assert message == "The service cannot be stopped while deployments are active."


def test_a_service_under_code_deploy_begins_with_a_primary_task_set_of_all_its_tasks(
    ecs_fake, ecs_client, create_service, register_on_fargate, service
):
    container = {"name": "web", "image": "nginx:1.29", "portMappings": [{"containerPort": 80}]}
    register_on_fargate(container)

    created = create_service(deploymentController={"type": "CODE_DEPLOY"}, loadBalancers=BALANCED)
    ecs_fake.clock.advance(seconds=300)

    assert created["taskSets"] == []
    after = service()
    [task_set] = after["taskSets"]
    assert (task_set["status"], task_set.get("startedBy"), task_set["scale"]) == ("PRIMARY", None, percent(100))
    assert created["taskDefinition"] == task_set["taskDefinition"]
    assert "deployments" not in created
    assert (after["runningCount"], task_set["stabilityStatus"]) == (2, "STEADY_STATE")
    ecs_client.update_service(**TO_ECS, desiredCount=0)
    ecs_fake.clock.advance(seconds=300)
    deleted = ecs_client.delete_service(**TO_ECS)["service"]
    assert (deleted["status"], deleted["deployments"]) == ("DRAINING", [])


def test_tasks_leave_a_draining_container_instance(ecs_fake, ecs_client, create, described):
    ecs_client.register_task_definition(**builders.task_definition_on_instances())
    ecs_client.create_service(**builders.service_of_task_sets())
    [first] = ecs_fake.container_instances.add("prod")
    on_instances = {**TO_ECS, "taskDefinition": "web", "launchType": "EC2", "scale": percent(100)}
    task_set = ecs_client.create_task_set(**on_instances)["taskSet"]
    ecs_fake.clock.advance(seconds=300)

    ecs_client.update_container_instances_state(cluster="prod", containerInstances=[first.arn], status="DRAINING")
    ecs_fake.clock.advance(seconds=1)
    waiting = described(task_set)
    [second] = ecs_fake.container_instances.add("prod")
    ecs_fake.clock.advance(seconds=300)

    assert (waiting["runningCount"], waiting["stabilityStatus"]) == (1, "STABILIZING")
    [task] = [task for task in ecs_fake.tasks if task.last_status == "RUNNING"]
    assert task.container_instance_arn == second.arn
    assert described(task_set)["stabilityStatus"] == "STEADY_STATE"
