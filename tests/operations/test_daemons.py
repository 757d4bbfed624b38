"""CreateDaemon, UpdateDaemon, DeleteDaemon, DescribeDaemon, ListDaemons, and the operations on deployments and revisions.

API reference of each. What happens over time is in `stories/test_a_daemon_that_is_rolled_out.py`; refusals are rows below.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any, NamedTuple

import pytest
from botocore.exceptions import WaiterError

PLACE = "arn:aws:ecs:us-east-1:123456789012"
PROD, DAEMON = f"{PLACE}:cluster/prod", f"{PLACE}:daemon/prod/agent"
FLEET = f"{PLACE}:capacity-provider/fleet"
NOWHERE = f"{PLACE}:daemon-deployment/prod/agent/0EYSiB0qap8xf0N76FsbE"
INVALID, CLIENT = "InvalidParameterException", "ClientException"
AGENT = {"name": "agent", "image": "agent:1", "memory": 64}


def milliseconds(moment: datetime) -> datetime:
    """A moment as ECS shows it."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


@pytest.fixture
def world(daemon_client, ecs_fake, create_managed_instances, create_group_provider, register_daemon):
    """Two clusters with a provider of Managed Instances each, one of a group, and three daemon task definitions."""
    for cluster, provider in (("prod", "fleet"), ("prod", "spare"), ("other", "elsewhere")):
        daemon_client.create_cluster(clusterName=cluster)
        create_managed_instances(provider, cluster)
    create_group_provider("asg")
    ecs_fake.clock.advance(seconds=10)
    for _ in range(3):
        register_daemon()
    daemon_client.delete_daemon_task_definition(daemonTaskDefinition="agent:3")


@pytest.fixture
def create(daemon_client, world):
    """Create the daemon agent in prod on the provider fleet, with other parameters as given; the answer."""

    def create(**parameters: Any) -> Any:
        given = {
            "daemonName": "agent",
            "clusterArn": PROD,
            "daemonTaskDefinitionArn": f"{PLACE}:daemon-task-definition/agent:1",
            "capacityProviderArns": [FLEET],
            **parameters,
        }
        return daemon_client.create_daemon(**{name: value for name, value in given.items() if value is not None})

    return create


@pytest.fixture
def update(daemon_client):
    def update(**parameters: Any) -> Any:
        given = {
            "daemonArn": DAEMON,
            "daemonTaskDefinitionArn": f"{PLACE}:daemon-task-definition/agent:2",
            "capacityProviderArns": [FLEET],
        }
        return daemon_client.update_daemon(**{**given, **parameters})

    return update


@pytest.fixture
def refused(daemon_client):
    """The code and the message of the error that a call is answered with."""

    def refused(function: Any, **parameters: Any) -> tuple[str, str]:
        with pytest.raises(daemon_client.exceptions.ClientError) as error:
            function(**parameters)
        answer = error.value.response["Error"]
        return answer["Code"], answer["Message"]

    return refused


def without_metadata(answer: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in answer.items() if name != "ResponseMetadata"}


# --- documents --------------------------------------------------------------------------------------------------------------------------


def test_what_a_creation_answers(create, ecs_fake):
    """API reference, the example of CreateDaemon: no updatedAt."""
    answer = without_metadata(create())

    deployment_id = answer["deploymentArn"].removeprefix(f"{PLACE}:daemon-deployment/prod/agent/")
    assert len(deployment_id) == 21
    assert answer == {
        "daemonArn": DAEMON,
        "status": "ACTIVE",
        "createdAt": milliseconds(ecs_fake.clock.now),
        "deploymentArn": answer["deploymentArn"],
    }


def test_a_daemon_shows_neither_its_name_nor_its_settings(create, daemon_client, ecs_fake):
    """API reference, DaemonDetail."""
    answer = create()
    ecs_fake.clock.advance(seconds=5)
    shown = daemon_client.describe_daemon(daemonArn=DAEMON)["daemon"]

    [current] = shown.pop("currentRevisions")
    assert shown == {
        "daemonArn": DAEMON,
        "clusterArn": PROD,
        "status": "ACTIVE",
        "deploymentArn": answer["deploymentArn"],
        "createdAt": answer["createdAt"],
    }
    assert current.pop("arn").startswith(f"{PLACE}:daemon-revision/prod/agent/")
    assert current == {
        "capacityProviders": [{"arn": FLEET, "runningCount": 0, "withoutDaemonCount": 0}],
        "totalRunningCount": 0,
        "totalWithoutDaemonCount": 0,
    }


def test_a_deployment_and_its_revision(create, daemon_client, ecs_fake):
    """API reference, the examples of DescribeDaemonDeployments and DescribeDaemonRevisions."""
    answer = create(deploymentConfiguration={"drainPercent": 10})
    ecs_fake.clock.advance(seconds=5)
    [shown] = daemon_client.describe_daemon_deployments(daemonDeploymentArns=[answer["deploymentArn"]])[
        "daemonDeployments"
    ]
    [revision] = daemon_client.describe_daemon_revisions(daemonRevisionArns=[shown["targetDaemonRevision"]["arn"]])[
        "daemonRevisions"
    ]

    later = answer["createdAt"] + timedelta(seconds=5)
    assert shown == {
        "daemonDeploymentArn": answer["deploymentArn"],
        "clusterArn": PROD,
        "status": "SUCCESSFUL",
        "statusReason": "Deployment completed successfully.",
        "targetDaemonRevision": {
            "arn": revision["daemonRevisionArn"],
            "capacityProviders": [
                {
                    "arn": FLEET,
                    "runningInstanceCount": 0,
                    "withoutDaemonInstanceCount": 0,
                    "drainingInstanceCount": 0,
                }
            ],
            "totalRunningInstanceCount": 0,
            "totalWithoutDaemonInstanceCount": 0,
            "totalDrainingInstanceCount": 0,
        },
        "sourceDaemonRevisions": [],
        "circuitBreaker": {"failureCount": 0, "status": "MONITORING_COMPLETE", "threshold": 10},
        "alarms": {"status": "DISABLED", "alarmNames": [], "triggeredAlarmNames": []},
        "deploymentConfiguration": {
            "drainPercent": 10.0,
            "alarms": {"alarmNames": [], "enable": False},
            "bakeTimeInMinutes": 0,
        },
        "createdAt": answer["createdAt"],
        "startedAt": later,
        "finishedAt": later,
    }
    assert revision == {
        "daemonRevisionArn": revision["daemonRevisionArn"],
        "clusterArn": PROD,
        "daemonArn": DAEMON,
        "daemonTaskDefinitionArn": f"{PLACE}:daemon-task-definition/agent:1",
        "createdAt": answer["createdAt"],
        "containerImages": [{"containerName": "agent", "image": "agent:1"}],
        "propagateTags": "NONE",
        "enableECSManagedTags": False,
        "enableExecuteCommand": False,
        "critical": True,
    }


def test_an_update_replaces_every_setting(create, update, daemon_client, ecs_fake):
    """The guide: nothing persists between updates; without `critical` the daemon is critical again."""
    create(critical=False, enableExecuteCommand=True, enableECSManagedTags=True, propagateTags="DAEMON")
    ecs_fake.clock.advance(seconds=5)
    answer = update()
    ecs_fake.clock.advance(seconds=5)
    [shown] = daemon_client.describe_daemon_deployments(daemonDeploymentArns=[answer["deploymentArn"]])[
        "daemonDeployments"
    ]
    [revision] = daemon_client.describe_daemon_revisions(daemonRevisionArns=[shown["targetDaemonRevision"]["arn"]])[
        "daemonRevisions"
    ]

    assert set(without_metadata(answer)) == {"daemonArn", "status", "createdAt", "updatedAt", "deploymentArn"}
    settings = ("propagateTags", "enableECSManagedTags", "enableExecuteCommand", "critical")
    assert [revision[name] for name in settings] == ["NONE", False, False, True]
    assert shown["deploymentConfiguration"]["drainPercent"] == 25.0


def test_an_update_that_changes_nothing_deploys(create, update, daemon_client, ecs_fake):
    """API reference, UpdateDaemon: an update always triggers a new deployment."""
    first = create()["deploymentArn"]
    ecs_fake.clock.advance(seconds=5)
    second = update(daemonTaskDefinitionArn=f"{PLACE}:daemon-task-definition/agent:1")["deploymentArn"]

    listed = daemon_client.list_daemon_deployments(daemonArn=DAEMON)["daemonDeployments"]
    assert [each["daemonDeploymentArn"] for each in listed] == [second, first]
    assert [each["status"] for each in listed] == ["PENDING", "SUCCESSFUL"]
    assert {each["daemonArn"] for each in listed} == {DAEMON}


def test_the_tags_of_a_daemons_tasks(create, daemon_client, ecs_fake):
    """API reference, propagateTags and enableECSManagedTags; the name of the second managed tag is an assumption."""
    create(tags=[{"key": "team", "value": "web"}], propagateTags="DAEMON", enableECSManagedTags=True)
    ecs_fake.clock.advance(seconds=5)
    ecs_fake.container_instances.add("prod", capacity_provider="fleet")
    ecs_fake.clock.advance(seconds=10)

    [task] = ecs_fake.tasks
    assert task.tags == {"team": "web", "aws:ecs:clusterName": "prod", "aws:ecs:daemonName": "agent"}
    assert daemon_client.list_tags_for_resource(resourceArn=DAEMON)["tags"] == [{"key": "team", "value": "web"}]


def test_a_daemons_task_in_its_documents(create, daemon_client, ecs_fake):
    """API reference, ListTasks, daemonName; Task."""
    create()
    ecs_fake.clock.advance(seconds=5)
    [instance] = ecs_fake.container_instances.add("prod", capacity_provider="fleet")
    ecs_fake.clock.advance(seconds=10)
    [arn] = daemon_client.list_tasks(cluster="prod", daemonName="agent")["taskArns"]
    [task] = daemon_client.describe_tasks(cluster="prod", tasks=[arn])["tasks"]

    assert {
        name: task[name]
        for name in ("taskDefinitionArn", "launchType", "capacityProviderName", "group", "startedBy", "lastStatus")
    } == {
        "taskDefinitionArn": f"{PLACE}:daemon-task-definition/agent:1",
        "launchType": "MANAGED_INSTANCES",
        "capacityProviderName": "fleet",
        "group": "daemon:agent",
        "startedBy": "daemon/agent",
        "lastStatus": "RUNNING",
    }
    assert task["containerInstanceArn"] == instance.arn


def test_the_health_of_an_instance_with_a_critical_daemon(create, daemon_client, ecs_fake):
    """API reference, ContainerInstanceHealthStatus: the type DAEMON; its statuses here are unverified."""
    create()
    ecs_fake.clock.advance(seconds=5)
    [instance] = ecs_fake.container_instances.add("prod", capacity_provider="fleet")

    def health() -> tuple[str, dict[str, str]]:
        [shown] = daemon_client.describe_container_instances(
            cluster="prod", containerInstances=[instance.arn], include=["CONTAINER_INSTANCE_HEALTH"]
        )["containerInstances"]
        status = shown["healthStatus"]
        return status["overallStatus"], {each["type"]: each["status"] for each in status["details"]}

    assert health() == ("INITIALIZING", {"CONTAINER_RUNTIME": "OK", "DAEMON": "INITIALIZING"})
    ecs_fake.clock.advance(seconds=10)
    assert health() == ("OK", {"CONTAINER_RUNTIME": "OK", "DAEMON": "OK"})
    [task] = ecs_fake.daemons["agent"].tasks
    daemon_client.stop_task(cluster="prod", task=task.arn)
    ecs_fake.clock.advance(seconds=3)
    assert health() == ("IMPAIRED", {"CONTAINER_RUNTIME": "OK", "DAEMON": "IMPAIRED"})


# --- lists ------------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param({"clusterArn": PROD}, ["agent", "both", "log"], id="a cluster"),
        pytest.param({"clusterArn": f"{PLACE}:cluster/other"}, ["far"], id="another cluster"),
        pytest.param({"clusterArn": PROD, "capacityProviderArns": [FLEET]}, ["agent", "both"], id="a provider"),
        pytest.param(
            {"clusterArn": PROD, "capacityProviderArns": [f"{PLACE}:capacity-provider/spare"]},
            ["both", "log"],
            id="another provider",
        ),
    ],
)
def test_which_daemons_are_listed(create, daemon_client, query, expected):
    """API reference, ListDaemons."""
    spare = f"{PLACE}:capacity-provider/spare"
    create()
    create(daemonName="both", capacityProviderArns=[FLEET, spare])
    create(daemonName="log", capacityProviderArns=[spare])
    create(
        daemonName="far",
        clusterArn=f"{PLACE}:cluster/other",
        capacityProviderArns=[f"{PLACE}:capacity-provider/elsewhere"],
    )

    found = daemon_client.list_daemons(**query)["daemonSummariesList"]
    assert [each["daemonArn"].rpartition("/")[2] for each in found] == expected
    assert {tuple(each) for each in found} == {("daemonArn", "status", "createdAt")}


@pytest.mark.parametrize(
    ("query", "count"),
    [
        pytest.param({"status": ["SUCCESSFUL"]}, 1, id="a status"),
        pytest.param({"status": ["PENDING", "SUCCESSFUL"]}, 2, id="two statuses"),
        pytest.param({"status": ["STOPPED"]}, 0, id="none"),
        pytest.param({"createdAt": {"after": datetime(2099, 1, 1)}}, 0, id="later"),
        pytest.param({"createdAt": {"before": datetime(2099, 1, 1)}}, 2, id="earlier"),
    ],
)
def test_which_deployments_are_listed(create, update, daemon_client, ecs_fake, query, count):
    """API reference, ListDaemonDeployments."""
    create()
    ecs_fake.clock.advance(seconds=5)
    update()

    assert len(daemon_client.list_daemon_deployments(daemonArn=DAEMON, **query)["daemonDeployments"]) == count


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize(
    "arn",
    [
        pytest.param(NOWHERE, id="unknown"),
        pytest.param(f"{PLACE}:daemon-deployment/nowhere/agent/1", id="of no cluster"),
        pytest.param("arn:aws:ecs:eu-west-1:123456789012:daemon-deployment/prod/agent/1", id="of another region"),
        pytest.param(f"{PLACE}:cluster/prod", id="of another kind"),
        pytest.param("agent", id="no ARN"),
    ],
)
def test_what_the_plural_operations_do_not_know_is_missing(daemon_client, arn):
    """The waiters rely on the failure (botocore, waiters-2.json)."""
    deployments = daemon_client.describe_daemon_deployments(daemonDeploymentArns=[arn])
    revisions = daemon_client.describe_daemon_revisions(daemonRevisionArns=[arn])

    missing = [{"arn": arn, "reason": "MISSING"}]
    assert (deployments["daemonDeployments"], deployments["failures"]) == ([], missing)
    assert (revisions["daemonRevisions"], revisions["failures"]) == ([], missing)
    for waiter in ("daemon_deployment_successful", "daemon_deployment_stopped"):
        with pytest.raises(WaiterError, match="MISSING"):
            daemon_client.get_waiter(waiter).wait(daemonDeploymentArns=[arn])


# --- refusals ---------------------------------------------------------------------------------------------------------------------------


class Refusal(NamedTuple):
    """Parameters of CreateDaemon or UpdateDaemon, and the error that both answer with."""

    given: dict[str, Any]
    code: str
    message: str
    source: str


NO_PROVIDER = "The specified capacity provider does not exist. Specify a valid name or ARN and try again."
OF_BOTH = [
    pytest.param(
        Refusal(
            {"daemonTaskDefinitionArn": f"{PLACE}:daemon-task-definition/agent:9"},
            CLIENT,
            "Daemon task definition not found.",
            "by analogy with DescribeDaemonTaskDefinition, unverified",
        ),
        id="an unknown revision",
    ),
    pytest.param(
        Refusal(
            {"daemonTaskDefinitionArn": f"{PLACE}:daemon-task-definition/agent:3"},
            CLIENT,
            "The daemon task definition is being deleted or has been deleted.",
            "API reference, DeleteDaemonTaskDefinition; text unverified",
        ),
        id="a revision that is being deleted",
    ),
    pytest.param(
        Refusal({"capacityProviderArns": []}, INVALID, "capacityProviderArns cannot be empty.", "unverified"),
        id="no provider",
    ),
    pytest.param(
        Refusal(
            {"capacityProviderArns": [f"{PLACE}:capacity-provider/nope"]},
            CLIENT,
            NO_PROVIDER,
            "as of DeleteCapacityProvider; here unverified",
        ),
        id="an unknown provider",
    ),
    pytest.param(
        Refusal(
            {"capacityProviderArns": [f"{PLACE}:capacity-provider/asg"]},
            CLIENT,
            "Capacity provider is not Amazon ECS Managed Instances capacity provider",
            "Developer Guide, Troubleshoot Amazon ECS Managed Instances; here unverified",
        ),
        id="a group's provider",
    ),
    pytest.param(
        Refusal(
            {"capacityProviderArns": [f"{PLACE}:capacity-provider/FARGATE"]},
            CLIENT,
            "Capacity provider is not Amazon ECS Managed Instances capacity provider",
            "the same",
        ),
        id="Fargate",
    ),
    pytest.param(
        Refusal(
            {"capacityProviderArns": [FLEET, f"{PLACE}:capacity-provider/elsewhere"]},
            CLIENT,
            "Capacity provider active cluster name does not match the cluster name in the request",
            "the same",
        ),
        id="a provider of another cluster",
    ),
    pytest.param(
        Refusal(
            {"deploymentConfiguration": {"drainPercent": 100.5}},
            INVALID,
            "drainPercent must be at most 100",
            "API reference, drainPercent; text unverified",
        ),
        id="a drain percent that is too high",
    ),
    pytest.param(
        Refusal(
            {"deploymentConfiguration": {"bakeTimeInMinutes": 1441}},
            INVALID,
            "bakeTimeInMinutes must be between 0 and 1440.",
            "Developer Guide, managed daemon deployments; text unverified",
        ),
        id="a bake time that is too long",
    ),
    pytest.param(
        Refusal(
            {"deploymentConfiguration": {"alarms": {"enable": True, "alarmNames": []}}},
            INVALID,
            "Alarms are enabled, but alarmNames is empty.",
            "unverified",
        ),
        id="alarms without a name",
    ),
]


@pytest.mark.parametrize("refusal", OF_BOTH)
def test_a_creation_that_is_refused_leaves_no_trace(create, daemon_client, refused, refusal):
    assert refused(create, **refusal.given) == (refusal.code, refusal.message)
    assert daemon_client.list_daemons(clusterArn=PROD)["daemonSummariesList"] == []


@pytest.mark.parametrize("refusal", OF_BOTH)
def test_an_update_that_is_refused_leaves_no_trace(create, update, daemon_client, refused, refusal):
    create()
    before = daemon_client.describe_daemon(daemonArn=DAEMON)["daemon"]

    assert refused(update, **refusal.given) == (refusal.code, refusal.message)
    assert daemon_client.describe_daemon(daemonArn=DAEMON)["daemon"] == before
    assert len(daemon_client.list_daemon_deployments(daemonArn=DAEMON)["daemonDeployments"]) == 1


@pytest.mark.parametrize(
    ("given", "code", "message"),
    [
        pytest.param(
            {"daemonName": "log agent"}, INVALID, "Daemon name must match ^[a-zA-Z0-9\\-_]{1,255}$.", id="a blank"
        ),
        pytest.param(
            {"clusterArn": f"{PLACE}:cluster/nowhere"},
            "ClusterNotFoundException",
            "Cluster not found.",
            id="no such cluster",
        ),
        pytest.param(
            {"clusterArn": None}, "ClusterNotFoundException", "Cluster not found.", id="the default cluster is missing"
        ),
        pytest.param(
            {"tags": [{"key": "a", "value": "1"}, {"key": "a", "value": "2"}]},
            INVALID,
            "Multiple tags contain the same key.",
            id="one tag twice",
        ),
    ],
)
def test_what_a_creation_alone_refuses(create, refused, given, code, message):
    """API reference, CreateDaemon; texts unverified but for those of other operations."""
    assert refused(create, **given) == (code, message)


def test_a_name_is_used_once_in_a_cluster(create, refused):
    """Text unverified."""
    create()

    assert refused(create) == (INVALID, "A daemon with the name agent already exists in the cluster.")


def test_a_client_token_answers_with_its_daemon(create, refused, ecs_fake):
    """API reference, CreateDaemon, clientToken: in general terms; the text of the refusal is unverified."""
    first = without_metadata(create(clientToken="once"))
    ecs_fake.clock.advance(seconds=60)

    assert without_metadata(create(clientToken="once")) == first
    assert refused(create, clientToken="once", critical=False) == (
        INVALID,
        "The provided clientToken is already in use with a different CreateDaemon request.",
    )


def test_a_daemon_that_is_being_deleted(create, update, daemon_client, refused):
    """DaemonNotActiveException is declared by UpdateDaemon; a second deletion: as Terraform's resource expects it. Texts unverified."""
    create()
    daemon_client.delete_daemon(daemonArn=DAEMON)

    assert refused(update) == ("DaemonNotActiveException", "The specified daemon is not active.")
    code, message = refused(daemon_client.delete_daemon, daemonArn=DAEMON)
    assert code == INVALID
    assert "deployment deletion is ongoing" in message


@pytest.mark.usefixtures("world")
@pytest.mark.parametrize(
    ("operation", "code"),
    [
        ("describe_daemon", "DaemonNotFoundException"),
        ("delete_daemon", "DaemonNotFoundException"),
        ("list_daemon_deployments", CLIENT),
    ],
)
def test_an_unknown_daemon(daemon_client, refused, operation, code):
    """ListDaemonDeployments doesn't declare DaemonNotFoundException; text unverified."""
    assert refused(getattr(daemon_client, operation), daemonArn=DAEMON) == (
        code,
        "The specified daemon was not found.",
    )


@pytest.mark.usefixtures("world")
def test_a_list_of_tasks_by_an_unknown_daemon(daemon_client, refused):
    """ListTasks declares no error of its own for it; code and text unverified."""
    assert refused(daemon_client.list_tasks, cluster="prod", daemonName="nope") == (INVALID, "Daemon not found.")


def test_a_provider_with_daemons_is_not_deleted(create, daemon_client, refused, ecs_fake):
    """aws-nuke#990: daemons first, then the provider, then the cluster."""
    create()
    ecs_fake.clock.advance(seconds=5)

    def delete() -> Any:
        return daemon_client.delete_capacity_provider(capacityProvider="fleet", cluster="prod")

    assert refused(delete) == (
        CLIENT,
        "Cannot delete capacity provider. Daemon services are still associated with this capacity provider.",
    )
    daemon_client.delete_daemon(daemonArn=DAEMON)
    assert refused(delete)[0] == CLIENT
    ecs_fake.clock.advance(seconds=5)
    assert delete()["capacityProvider"]["status"] == "DEPROVISIONING"


def test_a_task_definition_stays_as_long_as_a_daemon_uses_it(create, update, daemon_client, ecs_fake):
    """API reference, DeleteDaemonTaskDefinition: existing daemons go on; that ECS waits for them is an assumption."""

    def status() -> str:
        shown = daemon_client.describe_daemon_task_definition(daemonTaskDefinition="agent:1")["daemonTaskDefinition"]
        found: str = shown["status"]
        return found

    create()
    ecs_fake.clock.advance(seconds=5)
    daemon_client.delete_daemon_task_definition(daemonTaskDefinition="agent:1")
    ecs_fake.clock.advance(seconds=60)
    assert status() == "DELETE_IN_PROGRESS"
    update()
    ecs_fake.clock.advance(seconds=5)
    assert status() == "DELETED"


@pytest.mark.parametrize("kind", ["daemon", "deployment", "revision"])
def test_what_belongs_to_a_daemon_can_be_tagged(create, daemon_client, kind):
    """Service authorization reference of ECS."""
    deployment = create()["deploymentArn"]
    [current] = daemon_client.describe_daemon(daemonArn=DAEMON)["daemon"]["currentRevisions"]
    arn = {"daemon": DAEMON, "deployment": deployment, "revision": current["arn"]}[kind]
    daemon_client.tag_resource(resourceArn=arn, tags=[{"key": "team", "value": "web"}])

    assert daemon_client.list_tags_for_resource(resourceArn=arn)["tags"] == [{"key": "team", "value": "web"}]
