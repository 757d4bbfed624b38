"""The time line as text. Ids are replaced by letters in the order in which they are shown: A is the first."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Iterator
from string import ascii_uppercase
from textwrap import dedent

import pytest
from botocore.exceptions import ClientError, WaiterError

import builders
from pytest_ecsfake import EcsFake

_ID = re.compile(r"\b[0-9a-f]{8}\b|\becs-svc/\d{8}\b|(?<=service deployment )\S{8}\b")


def lettered(text: str) -> str:
    """A text with a letter in place of each id."""
    letters: Iterator[str] = iter(ascii_uppercase)
    known: dict[str, str] = {}
    return _ID.sub(lambda found: known.setdefault(found[0], known.get(found[0]) or next(letters)), text)


def shows(ecs: EcsFake, expected: str, newest: int | None = 40, about: str | None = None) -> None:
    assert lettered(ecs.timeline(newest, about=about)).splitlines() == [
        f"  {line}" for line in dedent(expected).strip().splitlines()
    ]


@pytest.fixture
def client(ecs_fake, ecs_client):
    ecs_fake.clusters.add("prod")
    ecs_fake.calls.clear()
    return ecs_client


def register(client, image="nginx:1.29", family="web"):
    client.register_task_definition(**builders.task_definition({"name": "app", "image": image}, family=family))


def run(client, **parameters):
    arn: str = client.run_task(**builders.task(cluster="prod", **parameters))["tasks"][0]["taskArn"]
    return arn


# --- what shares a line -----------------------------------------------------------------------------------------------------------------


def test_a_deployment_that_crash_loops_is_shown_once_and_counted(ecs_fake, ecs_client):
    ecs_client.create_cluster(clusterName="prod")
    register(ecs_client)
    ecs_client.create_service(**builders.service(desiredCount=3))
    ecs_client.get_waiter("services_stable").wait(cluster="prod", services=["web"])
    ecs_fake.containers.script(image="nginx:2", exit_code=1)
    register(ecs_client, image="nginx:2")
    ecs_client.update_service(cluster="prod", service="web", taskDefinition="web:2")
    with pytest.raises(WaiterError, match="Max attempts exceeded"):
        ecs_client.get_waiter("services_stable").wait(cluster="prod", services=["web"])

    shows(
        ecs_fake,
        """
        +0s     CreateCluster, RegisterTaskDefinition (web:1), CreateService (prod/web, 3 tasks)
        +0s     DescribeServices (prod/web) … 4 times, until +45s
        +15s    prod/web: service deployment A PENDING -> IN_PROGRESS
        +15s    prod/web has started 3 tasks: B, C, D
        +25s    3 tasks of prod/web (B, C, D): PROVISIONING -> PENDING
        +40s    3 tasks of prod/web (B, C, D): PENDING -> ACTIVATING, container app PENDING -> RUNNING
        +41s    3 tasks of prod/web (B, C, D): ACTIVATING -> RUNNING
        +45s    RegisterTaskDefinition (web:2), UpdateService (prod/web, web:2)
        +45s    prod/web: deployment E IN_PROGRESS -> COMPLETED; service deployment A IN_PROGRESS -> SUCCESSFUL
        +45s    prod/web (deployment E) deployment completed
        +45s    DescribeServices (prod/web) … 40 times, until +630s
        +60s    prod/web: service deployment F PENDING -> IN_PROGRESS
        +60s    prod/web has started 3 tasks: G, H, I
        +70s    3 tasks of prod/web (G, H, I): PROVISIONING -> PENDING
        +85s    3 tasks of prod/web (G, H, I): PENDING -> ACTIVATING, container app PENDING -> RUNNING -> STOPPED (exited with 1)
        +86s    3 tasks of prod/web (G, H, I): ACTIVATING -> RUNNING
        +95s    3 tasks of prod/web (G, H, I): desiredStatus RUNNING -> STOPPED, lastStatus RUNNING -> DEPROVISIONING (Essential container in task exited)
        +95s    prod/web has started 3 tasks: J, K, L
        +105s   3 tasks of prod/web (J, K, L): PROVISIONING -> PENDING
        +105s   3 tasks of prod/web (G, H, I): DEPROVISIONING -> STOPPED (Essential container in task exited)
        +120s   the 6 lines of prod/web above, 15 more times, until +630s
        """,
    )


def test_two_services_crash_loop_each_at_its_own_pace(ecs_fake, client):
    ecs_fake.container_instances.add("prod", count=3)
    for family, seconds in {"web": 10, "api": 35}.items():
        container = {"name": "app", "image": family, "memory": 128}
        client.register_task_definition(**builders.task_definition_on_instances(container, family=family))
        ecs_fake.containers.script(family=family, runs_for=seconds, exit_code=1)
        client.create_service(cluster="prod", serviceName=family, taskDefinition=family, desiredCount=2)
    ecs_fake.clock.advance(seconds=1200)

    again = [line for line in ecs_fake.timeline().splitlines() if "above" in line]

    assert again == [
        "  +38.8s   the 5 lines of prod/web above, 65 more times, until +1189.8s",
        "  +63.8s   the 5 lines of prod/api above, 26 more times, until +1170.6s",
    ]
    assert len(ecs_fake.timeline().splitlines()) == 24


def test_tasks_that_do_the_same_at_one_instant_are_one_line_and_others_stand_apart(ecs_fake, client):
    register(client)
    ecs_fake.containers.script(family="web", runs_for=20, exit_code=3, times=1)
    run(client)
    run(client, count=9)
    ecs_fake.clock.advance(seconds=60)

    shows(
        ecs_fake,
        """
        +0s     cluster prod: ACTIVE
        +0s     RegisterTaskDefinition (web:1), RunTask (prod, web, task A)
        +0s     RunTask (prod, web, 9 tasks: B, C, D and 6 more)
        +10s    10 tasks of family web (A, B, C and 7 more): PROVISIONING -> PENDING
        +25s    10 tasks of family web (A, B, C and 7 more): PENDING -> ACTIVATING, container app PENDING -> RUNNING
        +26s    10 tasks of family web (A, B, C and 7 more): ACTIVATING -> RUNNING
        +45s    task A of family web: container app RUNNING -> STOPPED (exited with 3)
        +54s    task A of family web: desiredStatus RUNNING -> STOPPED, lastStatus RUNNING -> DEPROVISIONING (Essential container in task exited)
        """,
    )


def test_what_a_call_changes_stands_behind_it_also_where_it_changed_before_at_the_same_instant(ecs_fake, client):
    register(client)
    task = run(client)
    ecs_fake.clock.advance(seconds=10)
    client.stop_task(cluster="prod", task=task, reason="enough")

    shows(
        ecs_fake,
        """
        +0s     cluster prod: ACTIVE
        +0s     RegisterTaskDefinition (web:1), RunTask (prod, web, task A)
        +10s    task A of family web: PROVISIONING -> PENDING
        +10s    StopTask (prod/A)
        +10s    task A of family web: desiredStatus RUNNING -> STOPPED (enough)
        """,
    )


def test_container_instances_that_come_together_are_one_line(ecs_fake, client):
    ecs_fake.container_instances.add("prod", count=3)
    ecs_fake.container_instances.add("prod")

    shows(
        ecs_fake,
        """
        +0s     cluster prod: ACTIVE
        +0s     4 container instances of prod (A, B, C, D): ACTIVE
        """,
    )


def test_resources_without_a_cluster_that_come_together_are_one_line_with_their_names(ecs_fake):
    for name in ("one", "two", "three", "four", "five"):
        ecs_fake.clusters.add(name)

    shows(ecs_fake, "+0s     5 clusters (one, two, three and 2 more): ACTIVE")


def test_a_health_check_that_fails_again_and_again(ecs_fake, client):
    container = {"name": "app", "image": "web", "memory": 128, "healthCheck": {"command": ["CMD", "true"]}}
    client.register_task_definition(**builders.task_definition_on_instances(container))
    ecs_fake.container_instances.add("prod")
    ecs_fake.containers.script(family="web", health=["HEALTHY", "UNHEALTHY"])
    client.create_service(cluster="prod", serviceName="web", taskDefinition="web", desiredCount=2)
    ecs_fake.clock.advance(seconds=600)

    told = lettered(ecs_fake.timeline(about="prod/web"))

    assert told[told.index("  +141s ") :].splitlines() == [
        "  +141s   2 tasks of prod/web (B, C): container app healthStatus HEALTHY -> UNHEALTHY",
        "  +141s   prod/web tasks B, C failed container health checks",
        "  +141s   prod/web has started 2 tasks: E, F",
        "  +147s   2 tasks of prod/web (E, F): PENDING -> ACTIVATING, container app PENDING -> RUNNING",
        "  +148s   2 tasks of prod/web (E, F): ACTIVATING -> RUNNING",
        "  +177s   2 tasks of prod/web (E, F): container app healthStatus UNKNOWN -> HEALTHY",
        "  +177s   2 tasks of prod/web (B, C): desiredStatus RUNNING -> STOPPED (Task failed container health checks)",
        "  +177s   prod/web has stopped 2 running tasks: B, C",
        "  +177s   prod/web has reached a steady state",
        "  +178s   2 tasks of prod/web (B, C): RUNNING -> STOPPING (Task failed container health checks)",
        "  +178.2s 2 tasks of prod/web (B, C): container app RUNNING -> STOPPED (exited with 143)",
        "  +180s   2 tasks of prod/web (B, C): STOPPING -> STOPPED (Task failed container health checks)",
        "  +267s   the 12 lines of prod/web above, 3 more times, until +558s",
    ]


def test_sentences_of_one_instant_that_differ_by_their_tasks_alone_are_one(ecs_fake, client):
    """ECS names ten tasks in one sentence."""
    register(client)
    client.create_service(**builders.service(desiredCount=25))
    ecs_fake.clock.advance(seconds=15)

    assert lettered(ecs_fake.timeline()).splitlines()[-1] == (
        "  +15s    prod/web has started 25 tasks: B, C, D and 22 more"
    )


def test_a_deployment_goes_through_several_stages_at_one_instant(ecs_fake, client, skip_unless_known):
    configuration = {"deploymentConfiguration": {"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 5}}
    skip_unless_known("UpdateService", configuration)
    register(client)
    client.create_service(**builders.service(desiredCount=1))
    ecs_fake.clock.advance(seconds=100)
    client.update_service(cluster="prod", service="web", forceNewDeployment=True, **configuration)
    ecs_fake.clock.advance(seconds=120)

    stages = [line for line in lettered(ecs_fake.timeline()).splitlines() if "lifecycleStage" in line]

    assert stages == [
        "  +115s   prod/web: service deployment D PENDING -> IN_PROGRESS, productionTraffic 0 %, testTraffic 0 %, lifecycleStage PRE_SCALE_UP -> SCALE_UP",
        "  +181s   prod/web: service deployment D lifecycleStage SCALE_UP -> POST_SCALE_UP -> TEST_TRAFFIC_SHIFT, testTraffic 0 % -> 100 %",
        "  +191s   prod/web: service deployment D lifecycleStage TEST_TRAFFIC_SHIFT -> POST_TEST_TRAFFIC_SHIFT -> PRE_PRODUCTION_TRAFFIC_SHIFT -> PRODUCTION_TRAFFIC_SHIFT, productionTraffic 0 % -> 100 %",
        "  +201s   prod/web: service deployment D lifecycleStage PRODUCTION_TRAFFIC_SHIFT -> POST_PRODUCTION_TRAFFIC_SHIFT -> BAKE_TIME",
    ]


def test_a_task_that_ecs_has_forgotten_still_belongs_to_its_service(ecs_fake, client):
    register(client)
    client.create_service(**builders.service(desiredCount=1))
    ecs_fake.clock.advance(seconds=60)
    client.delete_service(cluster="prod", service="web", force=True)
    ecs_fake.clock.advance(seconds=7200)
    assert len(ecs_fake.tasks) == 0

    told = [line for line in ecs_fake.timeline(about="prod/web").splitlines() if re.match(r".*s +task ", line)]

    assert len(told) == 8
    assert all(" of prod/web: " in line for line in told)


# --- calls ------------------------------------------------------------------------------------------------------------------------------


def test_refusals_and_failures_are_shown_behind_their_call(ecs_fake, ecs_client):
    ecs_client.describe_clusters(clusters=["nope"])
    with pytest.raises(ClientError):
        ecs_client.list_tasks(cluster="nope")
    ecs_client.describe_clusters(clusters=["one", "two"])

    shows(
        ecs_fake,
        """
        +0s     DescribeClusters (nope) -> failures: MISSING
        +0s     ListTasks (nope) -> ClusterNotFoundException: Cluster not found.
        +0s     DescribeClusters (one, two) -> failures: 2 x MISSING
        """,
    )


def test_retries_are_counted(ecs_fake, ecs_client):
    ecs_fake.faults.throttle("ListClusters", times=2)

    ecs_client.list_clusters()

    assert ecs_fake.timeline() == "  +0s     ListClusters in 3 attempts"


def test_the_pages_of_a_listing_are_one_line(ecs_fake, ecs_client):
    for number in range(5):
        ecs_fake.clusters.add(f"c{number}")
    ecs_fake.calls.clear()

    def list_them():
        list(ecs_client.get_paginator("list_clusters").paginate(PaginationConfig={"PageSize": 2}))

    list_them()
    assert ecs_fake.timeline().splitlines()[-1] == "  +0s     ListClusters … 3 pages"
    list_them()
    assert ecs_fake.timeline().splitlines()[-1] == "  +0s     ListClusters … 3 pages, 2 times"


def test_a_call_that_writes_begins_a_poll_anew(ecs_fake, client):
    register(client)
    task = run(client)
    for _ in range(2):
        client.describe_tasks(cluster="prod", tasks=[task])
    client.stop_task(cluster="prod", task=task)
    for _ in range(3):
        client.describe_tasks(cluster="prod", tasks=[task])

    calls = [line.partition("s  ")[2].strip() for line in ecs_fake.timeline().splitlines() if "DescribeTasks" in line]

    assert [line.partition("… ")[2] for line in calls] == ["2 times", "3 times, until +2s"]


def test_a_loop_of_calls_is_shown_once_and_counted(ecs_fake, client):
    register(client)
    for _ in range(5):
        task = run(client)
        client.stop_task(cluster="prod", task=task)
        ecs_fake.clock.advance(seconds=60)

    told = [line for line in lettered(ecs_fake.timeline()).splitlines() if "Task (" in line or "again" in line]

    assert told == [
        "  +0s     RegisterTaskDefinition (web:1), RunTask (prod, web, task A), StopTask (prod/A)",
        "  +60s    again RunTask, StopTask: 4 more times, until +240s",
    ]


def test_what_a_call_creates_is_said_by_the_call_alone(ecs_fake, ecs_client):
    group = "arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:0b0e0000-0000-4000-8000-000000000000:autoScalingGroupName/asg"
    ecs_client.create_cluster(clusterName="prod")
    ecs_client.create_capacity_provider(name="asg", autoScalingGroupProvider={"autoScalingGroupArn": group})
    register(ecs_client)
    run(ecs_client)
    ecs_client.create_service(**builders.service_of_task_sets())
    task_set = {"taskDefinition": "web", "launchType": "FARGATE", "networkConfiguration": builders.NETWORK}
    ecs_client.create_task_set(cluster="prod", service="web", scale={"value": 0, "unit": "PERCENT"}, **task_set)

    shows(
        ecs_fake,
        """
        +0s     CreateCluster, CreateCapacityProvider (asg), RegisterTaskDefinition (web:1), RunTask (prod, web, task A)
        +0s     CreateService (prod/web, 1 task), CreateTaskSet (prod/web, web)
        """,
    )


def test_create_cluster_names_its_cluster_where_there_are_several(ecs_fake, ecs_client):
    ecs_client.create_cluster(clusterName="one")
    assert ecs_fake.timeline() == "  +0s     CreateCluster"

    ecs_client.create_cluster(clusterName="two")
    assert ecs_fake.timeline() == "  +0s     CreateCluster (one), CreateCluster (two)"


@pytest.mark.parametrize(
    ("operation", "parameters", "short"),
    [
        pytest.param("update_service", {"service": "web", "desiredCount": 1}, "UpdateService (default/web, 1 task)", id="a count"),
        pytest.param("update_service", {"service": "web", "forceNewDeployment": True}, "UpdateService (default/web, forceNewDeployment)", id="what is updated"),
        pytest.param("list_tasks", {"cluster": "prod", "family": "web", "desiredStatus": "STOPPED"}, "ListTasks (prod, family web, STOPPED)", id="what a list filters on"),
        pytest.param("list_tasks", {"cluster": "prod", "serviceName": "web"}, "ListTasks (prod/web)", id="a service's"),
        pytest.param("describe_services", {"cluster": "prod", "services": ["a", "b", "c", "d", "e"]}, "DescribeServices (prod: a, b, c and 2 more)", id="many"),
        pytest.param("describe_tasks", {"cluster": "arn:aws:ecs:us-east-1:123456789012:cluster/prod", "tasks": ["arn:aws:ecs:us-east-1:123456789012:task/prod/0123456789abcdef0123456789abcdef"]}, "DescribeTasks (prod/01234567)", id="ARNs"),
        pytest.param("list_clusters", {}, "ListClusters", id="nothing to name"),
    ],
)  # fmt: skip
def test_a_call_in_short_form(ecs_fake, ecs_client, operation, parameters, short):
    with contextlib.suppress(ClientError):
        getattr(ecs_client, operation)(**parameters)

    assert ecs_fake.timeline().removeprefix("  +0s     ").partition(" -> ")[0] == short


# --- how much, and about what -----------------------------------------------------------------------------------------------------------


def test_what_is_left_out_is_named_and_how_to_see_it(ecs_fake, client):
    register(client)
    client.create_service(**builders.service())
    ecs_fake.clock.advance(seconds=60)

    assert lettered(ecs_fake.timeline(newest=3)).splitlines() == [
        "  … 5 earlier lines, from +0s to +25s: 1 of clusters, 1 of calls, 3 of prod/web. print(ecs_fake.timeline(7)) shows all.",
        "  +40s    2 tasks of prod/web (A, B): PENDING -> ACTIVATING, container app PENDING -> RUNNING",
        "  +41s    2 tasks of prod/web (A, B): ACTIVATING -> RUNNING",
    ]  # fmt: skip


def test_it_has_at_most_forty_lines_unless_asked(ecs_fake, ecs_client):
    for number in range(50):
        ecs_client.create_cluster(clusterName=f"c{number}")
        ecs_fake.clock.advance(seconds=1)

    assert len(ecs_fake.timeline().splitlines()) == 40
    assert len(ecs_fake.timeline(None).splitlines()) == 50


def test_it_can_be_asked_about_one_resource(ecs_fake, client):
    register(client)
    client.create_service(**builders.service(desiredCount=1))
    ecs_fake.clock.advance(seconds=60)
    arn = run(client)
    ecs_fake.clock.advance(seconds=20)

    expected = """
        +60s    RunTask (prod, web, task A)
        +70s    task A of family web: PROVISIONING -> PENDING
        """
    task = ecs_fake.tasks[arn]
    for about in (arn, task.id, task.id[:8], f"prod/{task.id}"):
        shows(ecs_fake, expected, about=about)
    assert "RunTask" not in ecs_fake.timeline(about="prod/web")
    assert {"RunTask", "CreateService"} <= set(re.findall(r"\w+", ecs_fake.timeline(about="web")))
    assert len(ecs_fake.timeline(about="prod").splitlines()) == len(ecs_fake.timeline().splitlines())


def test_an_unknown_resource_is_a_key_error_that_names_the_nearest(ecs_fake, client):
    register(client)
    client.create_service(**builders.service())

    with pytest.raises(KeyError) as caught:
        ecs_fake.timeline(about="prod/wbe")

    assert str(caught.value) == 'nothing in the time line is about "prod/wbe". Nearest: prod/web, prod.'


def test_a_fake_that_nobody_called_says_so(ecs_fake):
    assert ecs_fake.timeline() == "  no call, no change of state"


def test_other_regions_and_accounts_are_in_one_line_and_named(ecs_fake):
    ecs_fake.client.create_cluster(clusterName="a")
    ecs_fake.clock.advance(seconds=1)
    ecs_fake.in_region("eu-west-1").client.create_cluster(clusterName="a")
    ecs_fake.in_region("eu-west-1").client.list_clusters()
    ecs_fake.in_account("111122223333").client.create_cluster(clusterName="a")

    shows(
        ecs_fake,
        """
        +0s     CreateCluster
        +1s     eu-west-1: CreateCluster, ListClusters
        +1s     111122223333 us-east-1: CreateCluster
        """,
    )
    assert ecs_fake.in_region("eu-west-1").timeline().splitlines()[0] == "  +0s     us-east-1: CreateCluster"


def test_why_a_service_has_no_task_is_told_to_the_end(ecs_fake, client):
    client.register_task_definition(**builders.task_definition_on_instances())
    client.create_service(cluster="prod", serviceName="web", taskDefinition="web", desiredCount=1)
    ecs_fake.clock.advance(seconds=60)

    assert "Reason: No Container Instances were found in your cluster." in ecs_fake.timeline()


# --- in full ----------------------------------------------------------------------------------------------------------------------------


def test_unfolded_each_call_and_each_change_has_a_line_with_whole_ids(ecs_fake, web, fargate):
    client = ecs_fake.client
    client.create_cluster(clusterName="prod")
    client.register_task_definition(**web)
    task = client.run_task(cluster="prod", **fargate)["tasks"][0]["taskArn"].rpartition("/")[2]
    ecs_fake.clock.advance(seconds=10)
    client.stop_task(cluster="prod", task=task, reason="enough")

    lines = ecs_fake.timeline(folded=False).splitlines()

    assert [line.split()[0] for line in lines] == ["+0s"] * 6 + ["+10s"] * 3
    assert lines[0] == "  +0s     CreateCluster(clusterName='prod')"
    assert lines[1] == "  +0s     cluster prod: status ACTIVE"
    assert lines[5] == f"  +0s     task prod/{task}: lastStatus PROVISIONING"
    assert lines[6] == f"  +10s    task prod/{task}: lastStatus PROVISIONING -> PENDING"
    assert lines[7] == f"  +10s    StopTask(cluster='prod', task='{task}', reason='enough')"
    assert lines[8] == f"  +10s    task prod/{task}: desiredStatus RUNNING -> STOPPED (enough)"
    assert ecs_fake.timeline(1, folded=False).splitlines() == [
        "  … 8 earlier lines: print(ecs_fake.timeline(9, folded=False))",
        lines[8],
    ]
