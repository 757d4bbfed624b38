"""A task of a service that uses Service Connect: ECS adds a proxy to it, which shows wherever a container shows.

The values are those of a described task of 2024-07 (`task-service-connect-2024` among the recordings).
"""

from __future__ import annotations

import re

import pytest

import builders

pytestmark = pytest.mark.ecs_fake(clusters=["prod"], poll_step=0)

CONNECT = {
    "serviceConnectConfiguration": {"enabled": True, "namespace": "apps", "services": [{"portName": "http"}]},
}
APP = {"name": "app", "image": "nginx:1.29", "portMappings": [{"containerPort": 80, "name": "http"}]}
PROXY_NAME = re.compile(r"ecs-service-connect-[A-Za-z0-9]{5}")

#: When a task's proxy starts on Fargate, in seconds after the task; it is HEALTHY, and the others start, when its check has run.
STARTED, HEALTHY = 25, 55


@pytest.fixture
def start(ecs_fake, register_on_fargate, create_service):
    """Start the service `web` of one task of this definition, up to this many seconds after its task; the task's view."""

    def start(seconds, *containers, **parameters):
        register_on_fargate(*(containers or [APP]))
        create_service(desiredCount=1, **CONNECT, **parameters)
        ecs_fake.clock.advance_until(lambda: len(ecs_fake.tasks) == 1)
        ecs_fake.clock.advance(seconds=seconds)
        [task] = ecs_fake.tasks
        return task

    return start


@pytest.fixture
def described(ecs_client):
    """A task as DescribeTasks shows it."""
    return lambda task: ecs_client.describe_tasks(cluster="prod", tasks=[task.arn])["tasks"][0]


def test_the_proxy_comes_first_among_containers_attachments_and_overrides(start, described):
    shown = described(start(120))

    proxy, app = shown["containers"]
    attachment, interface = shown["attachments"]
    override, _ = shown["overrides"]["containerOverrides"]
    assert PROXY_NAME.fullmatch(proxy["name"])
    assert (attachment["type"], attachment["status"]) == ("ServiceConnect", "ATTACHED")
    assert attachment["details"] == [{"name": "ContainerName", "value": proxy["name"]}]
    assert interface["type"] == "ElasticNetworkInterface"
    assert override["name"] == proxy["name"]
    assert app["name"] == "app"


def test_the_proxy_has_no_image_and_no_size(start, described):
    shown = described(start(120))

    proxy = shown["containers"][0]
    assert proxy.keys() == {"containerArn", "taskArn", "name", "lastStatus", "networkInterfaces", "healthStatus"}
    assert (proxy["lastStatus"], proxy["healthStatus"]) == ("RUNNING", "HEALTHY")
    assert proxy["networkInterfaces"] == shown["containers"][1]["networkInterfaces"]


def test_ecs_overrides_the_proxys_environment(start, described):
    shown = described(start(120))

    assert shown["overrides"]["containerOverrides"][0]["environment"] == [
        {"name": "ENVOY_CONCURRENCY", "value": "2"},
        {"name": "ENVOY_ADMIN_MODE", "value": "UDS"},
        {"name": "ENABLE_STATS_SNAPSHOT", "value": "true"},
        {"name": "APPMESH_METRIC_EXTENSION_VERSION", "value": "1"},
        {"name": "APPNET_ENVOY_RESTART_COUNT", "value": "3"},
        {"name": "HC_DISCONNECTED_TIMEOUT_S", "value": "10800"},
        {"name": "APPNET_AGENT_ADMIN_MODE", "value": "UDS"},
        {
            "name": "APPMESH_RESOURCE_ARN",
            "value": f"arn:aws:ecs:us-east-1:123456789012:task-set/prod/web/{shown['startedBy']}",
        },
    ]


def test_each_task_has_a_proxy_of_its_own_name(ecs_fake, register_on_fargate, create_service):
    register_on_fargate(APP)
    create_service(desiredCount=2, **CONNECT)
    ecs_fake.clock.advance(seconds=120)

    one, other = (task.containers[0].name for task in ecs_fake.tasks)
    assert one != other


def test_the_other_containers_start_when_the_proxy_is_healthy(ecs_fake, start):
    """amazon-ecs-agent#3178."""
    task = start(HEALTHY - 1)
    before = [container.last_status for container in task.containers]
    ecs_fake.clock.advance(seconds=2)

    assert before == ["RUNNING", "PENDING"]
    assert [container.last_status for container in task.containers] == ["RUNNING", "RUNNING"]
    assert task.last_status == "RUNNING"


def test_a_task_is_as_healthy_as_its_proxy(ecs_fake, start, described):
    task = start(120)
    before = described(task)["healthStatus"]
    task.set_health(task.containers[0].name, "UNHEALTHY")

    assert (before, described(task)["healthStatus"]) == ("HEALTHY", "UNHEALTHY")


@pytest.mark.parametrize(
    ("check", "version"),
    [pytest.param({}, 4, id="one"), pytest.param({"healthCheck": {"command": ["CMD", "true"]}}, 5, id="two")],
)
def test_each_container_that_turns_healthy_counts_in_the_version(start, described, check, version):
    """Recorded: 4 with one checked container, 5 with the proxy and another one."""
    assert described(start(180, {**APP, **check}))["version"] == version


def test_the_proxy_stops_last(ecs_fake, ecs_client, start):
    """The order of the dependencies is reversed for the shutdown (API reference, ContainerDependency)."""
    ecs_fake.containers.script(family="web", ignores_sigterm=True)
    task = start(120, {**APP, "stopTimeout": 60})
    proxy, app = task.containers

    ecs_client.stop_task(cluster="prod", task=task.arn)
    ecs_fake.clock.advance_until(lambda: app.last_status == "STOPPED")
    meanwhile = proxy.last_status
    ecs_fake.clock.advance_until(lambda: task.last_status == "STOPPED")

    assert meanwhile == "RUNNING"
    assert (app.exit_code, proxy.exit_code) == (137, 143)
    assert task.stop_code == "UserInitiated"


def test_a_container_that_exits_takes_the_proxy_with_it(ecs_fake, start):
    task = start(120)

    task.exit("app", code=3)
    ecs_fake.clock.advance_until(lambda: task.last_status == "STOPPED")

    assert [container.exit_code for container in task.containers] == [143, 3]
    assert task.stop_code == "EssentialContainerExited"


def test_a_proxy_that_exits_ends_the_task(ecs_fake, start):
    task = start(120)

    task.exit(task.containers[0].name, code=1)
    ecs_fake.clock.advance_until(lambda: task.last_status == "STOPPED")

    assert task.stop_code == "EssentialContainerExited"


def test_the_events_of_a_task_have_its_proxy(ecs_fake, start):
    task = start(120)
    [last] = ecs_fake.events.of("ECS Task State Change")[-1:]

    detail = last["detail"]
    assert [container["name"] for container in detail["containers"]] == [task.containers[0].name, "app"]
    assert detail["attachments"][0]["details"] == [{"name": "ContainerName", "value": task.containers[0].name}]
    assert [override["name"] for override in detail["overrides"]["containerOverrides"]] == [
        task.containers[0].name,
        "app",
    ]
    assert "image" not in detail["containers"][0]


def test_orders_for_a_family_are_for_its_own_container(ecs_fake, start):
    ecs_fake.containers.script(family="web", runs_for=10, exit_code=7)
    ecs_fake.containers.script(image="*", health=["UNHEALTHY"]).optional()

    task = start(HEALTHY + 11)

    proxy, app = task.containers
    assert (app.exit_code, proxy.health_status) == (7, "HEALTHY")


def test_a_command_needs_no_name_where_the_definition_has_one_container(
    ecs_fake, ecs_client, register_on_fargate, start
):
    ecs_fake.exec.on(family="exec", run=lambda context: None)
    register_on_fargate(APP, family="exec", taskRoleArn="arn:aws:iam::123456789012:role/r")
    task = start(120, taskDefinition="exec", enableExecuteCommand=True)

    answer = ecs_client.execute_command(cluster="prod", task=task.arn, command="ls", interactive=True)

    assert answer["containerName"] == "app"


def test_a_stopped_task_keeps_its_proxy_and_loses_the_attachment(ecs_fake, ecs_client, start, described):
    task = start(120)
    ecs_client.stop_task(cluster="prod", task=task.arn)
    ecs_fake.clock.advance_until(lambda: task.last_status == "STOPPED")

    shown = described(task)
    assert [attachment["status"] for attachment in shown["attachments"]] == ["DELETED", "DELETED"]
    assert shown["containers"][0]["lastStatus"] == "STOPPED"


def test_on_container_instances_too(ecs_fake, ecs_client, described):
    ecs_fake.container_instances.add("prod")
    ecs_client.register_task_definition(**builders.task_definition_on_instances({**APP, "memory": 128}))
    ecs_client.create_service(
        cluster="prod", serviceName="web", taskDefinition="web", desiredCount=1, launchType="EC2", **CONNECT
    )
    ecs_fake.clock.advance(seconds=180)

    [task] = ecs_fake.tasks
    shown = described(task)
    assert [container["lastStatus"] for container in shown["containers"]] == ["RUNNING", "RUNNING"]
    assert [(each["type"], each["status"]) for each in shown["attachments"]] == [("ServiceConnect", "ATTACHED")]
    assert ecs_fake.services["prod/web"].is_stable


def test_a_service_without_service_connect_has_no_proxies(ecs_fake, register_on_fargate, create_service):
    register_on_fargate(APP)
    create_service(desiredCount=1, serviceConnectConfiguration={"enabled": False})
    ecs_fake.clock.advance(seconds=120)

    [task] = ecs_fake.tasks
    assert [container.name for container in task.containers] == ["app"]


def test_a_new_deployment_takes_the_proxies_away(ecs_fake, ecs_client, start):
    start(120)

    ecs_client.update_service(cluster="prod", service="web", serviceConnectConfiguration={"enabled": False})
    ecs_client.get_waiter("services_stable").wait(cluster="prod", services=["web"])

    [task] = ecs_fake.tasks.where(last_status="RUNNING")
    assert [container.name for container in task.containers] == ["app"]


def test_the_images_of_a_revision_are_those_of_its_definition(ecs_fake, ecs_client, start):
    start(120)

    [deployment] = ecs_client.list_service_deployments(cluster="prod", service="web")["serviceDeployments"]
    [revision] = ecs_client.describe_service_revisions(serviceRevisionArns=[deployment["targetServiceRevisionArn"]])[
        "serviceRevisions"
    ]

    assert [image["containerName"] for image in revision["containerImages"]] == ["app"]
