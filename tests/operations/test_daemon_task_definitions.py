"""RegisterDaemonTaskDefinition, DescribeDaemonTaskDefinition, ListDaemonTaskDefinitions and DeleteDaemonTaskDefinition.

API reference of each; Developer Guide, "Amazon ECS managed daemon task definitions". What the texts are taken from stands in each row.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any, NamedTuple

import pytest
from botocore.exceptions import WaiterError

from pytest_ecsfake.engine.daemons.task_definitions import STATUSES
from pytest_ecsfake.operations.daemon_task_definitions import CONTAINER_MEMBERS
from pytest_ecsfake.validation import schemas

PLACE = "arn:aws:ecs:us-east-1:123456789012"
AGENT = {"name": "agent", "image": "agent:1", "memory": 64}


def milliseconds(moment: datetime) -> datetime:
    """A moment as ECS shows it."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


@pytest.fixture
def describe(daemon_client):
    return lambda name: daemon_client.describe_daemon_task_definition(daemonTaskDefinition=name)["daemonTaskDefinition"]


@pytest.fixture
def listed(daemon_client):
    """The revisions of a list, as `family:revision`."""

    def listed(**query: Any) -> list[str]:
        found = daemon_client.list_daemon_task_definitions(**query)["daemonTaskDefinitions"]
        return [each["arn"].rpartition("/")[2] for each in found]

    return listed


# --- register and describe --------------------------------------------------------------------------------------------------------------


def test_a_revision_is_shown_with_its_defaults(register_daemon, describe, ecs_fake):
    """The members and the empty lists are those of the example of DescribeDaemonTaskDefinition."""
    arn = register_daemon(cpu="256", memory="512", executionRoleArn="arn:aws:iam::123456789012:role/exec")
    shown = describe("agent")

    assert arn == f"{PLACE}:daemon-task-definition/agent:1"
    assert shown.pop("registeredAt") == milliseconds(ecs_fake.clock.now)
    assert shown == {
        "daemonTaskDefinitionArn": arn,
        "family": "agent",
        "revision": 1,
        "status": "ACTIVE",
        "executionRoleArn": "arn:aws:iam::123456789012:role/exec",
        "containerDefinitions": [
            {
                **AGENT,
                "cpu": 0,
                "essential": True,
                "environment": [],
                "mountPoints": [],
                "secrets": [],
                "systemControls": [],
            }
        ],
        "volumes": [],
        "cpu": "256",
        "memory": "512",
        "registeredBy": "arn:aws:iam::123456789012:user/ecs_fake",
    }


def test_everything_that_a_container_may_have_comes_back(register_daemon, describe):
    container = {
        "memoryReservation": 32,
        "entryPoint": ["sh"],
        "command": ["run"],
        "user": "root",
        "privileged": True,
        "readonlyRootFilesystem": True,
        "healthCheck": {"command": ["CMD", "true"]},
        "logConfiguration": {
            "logDriver": "awslogs",
            "options": {"awslogs-group": "agents", "awslogs-region": "us-east-1"},
        },
        "mountPoints": [{"sourceVolume": "logs", "containerPath": "/logs", "readOnly": True}],
        "linuxParameters": {"capabilities": {"add": ["NET_ADMIN"]}, "initProcessEnabled": True},
        "stopTimeout": 10,
    }
    volumes = [{"name": "logs", "host": {"sourcePath": "/var/log"}}]
    register_daemon(container=container, volumes=volumes, pidMode="shared", ipcMode="none")
    shown = describe("agent:1")
    [got] = shown["containerDefinitions"]

    checked = {"command": ["CMD", "true"], "interval": 30, "timeout": 5, "retries": 3}
    assert {name: got[name] for name in container} == {**container, "healthCheck": checked}
    assert (shown["volumes"], shown["pidMode"], shown["ipcMode"]) == (volumes, "shared", "none")


def test_a_family_stands_for_its_latest_active_revision(register_daemon, describe, daemon_client):
    arns = [register_daemon() for _ in range(3)]
    assert describe("agent")["revision"] == 3
    daemon_client.delete_daemon_task_definition(daemonTaskDefinition=arns[2])

    assert describe("agent")["revision"] == 2
    assert describe(arns[2])["status"] == "DELETE_IN_PROGRESS"
    assert register_daemon().endswith(":4")


def test_the_members_of_a_container_are_those_of_the_model():
    """API reference, DaemonContainerDefinition."""
    assert set(CONTAINER_MEMBERS) == set(
        schemas.request_schema("RegisterDaemonTaskDefinition")["$defs"]["DaemonContainerDefinition"]["properties"]
    )


class Refusal(NamedTuple):
    """Members of a registration, and the error that it answers with."""

    given: dict[str, Any]
    message: str
    source: str


REGISTRATIONS = [
    pytest.param(
        Refusal({"family": "log agent"}, "Family should match ^[a-zA-Z0-9\\-_]{1,255}$.", "API reference; unverified"),
        id="a blank in the family",
    ),
    pytest.param(
        Refusal(
            {"containerDefinitions": [{**AGENT, "essential": False}]},
            "At least one essential container must be specified.",
            "the guide; text unverified",
        ),
        id="no essential container",
    ),
    pytest.param(
        Refusal(
            {"containerDefinitions": [{**AGENT, "logConfiguration": {"logDriver": "json-file"}}]},
            "Log driver 'json-file' is not supported for daemons. Specify one of [awslogs,splunk,awsfirelens].",
            "the guide; text unverified",
        ),
        id="a log driver of others",
    ),
    pytest.param(
        Refusal(
            {"volumes": [{"name": "logs", "logDriverVolumeConfiguration": {"driver": "awslogs"}}]},
            "Log driver volumes support the driver json-file only.",
            "API reference, LogDriverVolumeConfiguration; text unverified",
        ),
        id="a volume of another driver",
    ),
    pytest.param(
        Refusal(
            {"containerDefinitions": [{"name": "agent", "image": "agent:1"}]},
            "Invalid setting for container 'agent'. At least one of 'memory' or 'memoryReservation' must be specified.",
            "as of RegisterTaskDefinition",
        ),
        id="no memory",
    ),
    pytest.param(
        Refusal(
            {"containerDefinitions": [{"image": "agent:1", "memory": 64}]},
            "Container.name should not be null or empty.",
            "as of RegisterTaskDefinition",
        ),
        id="no name",
    ),
    pytest.param(
        Refusal(
            {"containerDefinitions": [{**AGENT, "name": "log agent"}]},
            "Container.name contains invalid characters.",
            "API reference, DaemonContainerDefinition, name; text as of RegisterTaskDefinition",
        ),
        id="a blank in a name",
    ),
    pytest.param(
        Refusal(
            {"containerDefinitions": [AGENT, AGENT]},
            "Container names must be unique within a task definition",
            "as of RegisterTaskDefinition",
        ),
        id="one name twice",
    ),
    pytest.param(
        Refusal(
            {"tags": [{"key": "a", "value": "1"}, {"key": "a", "value": "2"}]},
            "Multiple tags contain the same key.",
            "Tag",
        ),
        id="one tag twice",
    ),
]


@pytest.mark.parametrize("refusal", REGISTRATIONS)
def test_a_registration_that_is_refused_leaves_no_trace(daemon_client, skip_unless_known, listed, refusal):
    given = {"family": "agent", "containerDefinitions": [AGENT], **refusal.given}
    skip_unless_known("RegisterDaemonTaskDefinition", given)

    with pytest.raises(daemon_client.exceptions.ClientException) as error:
        daemon_client.register_daemon_task_definition(**given)

    assert error.value.response["Error"]["Message"] == refusal.message
    assert listed(status="ALL") == []


# --- list -------------------------------------------------------------------------------------------------------------------------------

LISTS = [
    pytest.param({}, ["agent:1", "agent:3", "agent-b:1", "log:1"], id="ACTIVE by default"),
    pytest.param({"status": "ALL"}, ["agent:1", "agent:2", "agent:3", "agent-b:1", "log:1"], id="all"),
    pytest.param({"status": "DELETE_IN_PROGRESS"}, ["agent:2"], id="being deleted"),
    pytest.param({"family": "agent"}, ["agent:1", "agent:3"], id="a family"),
    pytest.param({"familyPrefix": "agent"}, ["agent:1", "agent:3", "agent-b:1"], id="a prefix"),
    pytest.param({"revision": "LAST_REGISTERED"}, ["agent:3", "agent-b:1", "log:1"], id="the last of each family"),
    pytest.param({"sort": "DESC"}, ["log:1", "agent-b:1", "agent:3", "agent:1"], id="descending"),
]


@pytest.mark.parametrize(("query", "expected"), LISTS)
def test_which_revisions_are_listed(daemon_client, register_daemon, listed, query, expected):
    """API reference, ListDaemonTaskDefinitions."""
    for family in ("agent", "agent", "agent", "agent-b", "log"):
        register_daemon(family)
    daemon_client.delete_daemon_task_definition(daemonTaskDefinition="agent:2")

    assert listed(**query) == expected


def test_a_summary(daemon_client, register_daemon, ecs_fake):
    arn = register_daemon()
    [shown] = daemon_client.list_daemon_task_definitions()["daemonTaskDefinitions"]

    assert shown == {
        "arn": arn,
        "status": "ACTIVE",
        "registeredAt": milliseconds(ecs_fake.clock.now),
        "registeredBy": "arn:aws:iam::123456789012:user/ecs_fake",
    }


# --- delete -----------------------------------------------------------------------------------------------------------------------------


def test_a_revision_is_deleted_after_a_while_and_stays_describable(daemon_client, register_daemon, describe, ecs_fake):
    """API reference, DaemonTaskDefinition, status: the statuses of the table, in its order."""
    arn = register_daemon()
    seen = [describe(arn)["status"]]
    answer = daemon_client.delete_daemon_task_definition(daemonTaskDefinition=arn)
    assert answer["daemonTaskDefinitionArn"] == arn
    requested = ecs_fake.clock.now
    seen.append(describe(arn)["status"])
    ecs_fake.clock.advance(seconds=5)
    seen.append(describe(arn)["status"])

    assert seen == ["ACTIVE", *STATUSES.values()]
    assert describe(arn)["deleteRequestedAt"] == milliseconds(requested)


@pytest.mark.parametrize(
    ("identifier", "message"),
    [
        pytest.param("agent", "Revision is missing.", id="a bare family (not offered by the model; text unverified)"),
        pytest.param("agent:9", "Daemon task definition not found.", id="unknown (terraform looks for not found)"),
        pytest.param(
            "agent:1", "The daemon task definition is being deleted or has been deleted.", id="twice (terraform)"
        ),
    ],
)
def test_a_deletion_that_is_refused(daemon_client, register_daemon, identifier, message):
    register_daemon()
    daemon_client.delete_daemon_task_definition(daemonTaskDefinition="agent:1")

    with pytest.raises(daemon_client.exceptions.ClientException) as error:
        daemon_client.delete_daemon_task_definition(daemonTaskDefinition=identifier)

    assert error.value.response["Error"]["Message"] == message


# --- tags and waiters -------------------------------------------------------------------------------------------------------------------


def test_tags_are_listed_apart(daemon_client, register_daemon):
    """The document has no member for tags; Developer Guide, tagging."""
    arn = register_daemon(tags=[{"key": "team", "value": "web"}])
    daemon_client.tag_resource(resourceArn=arn, tags=[{"key": "stage", "value": "prod"}])

    tags = daemon_client.list_tags_for_resource(resourceArn=arn)["tags"]
    assert {tag["key"]: tag["value"] for tag in tags} == {"team": "web", "stage": "prod"}


def test_the_waiters_end_in_virtual_time(daemon_client, register_daemon, ecs_fake):
    """botocore, waiters-2.json: DaemonTaskDefinitionActive and DaemonTaskDefinitionDeleted."""
    arn = register_daemon()
    daemon_client.get_waiter("daemon_task_definition_active").wait(daemonTaskDefinition=arn)
    begun = ecs_fake.clock.now
    daemon_client.delete_daemon_task_definition(daemonTaskDefinition=arn)
    daemon_client.get_waiter("daemon_task_definition_deleted").wait(daemonTaskDefinition=arn)

    assert (ecs_fake.clock.now - begun).total_seconds() == 15
    with pytest.raises(WaiterError, match="DELETED"):
        daemon_client.get_waiter("daemon_task_definition_active").wait(daemonTaskDefinition=arn)


def test_the_waiter_for_a_revision_fails_once_it_is_being_deleted(daemon_client, register_daemon):
    arn = register_daemon()
    daemon_client.delete_daemon_task_definition(daemonTaskDefinition=arn)

    with pytest.raises(WaiterError, match="DELETE_IN_PROGRESS"):
        daemon_client.get_waiter("daemon_task_definition_active").wait(daemonTaskDefinition=arn)


def test_the_waiter_for_a_deletion_runs_out_where_nobody_deletes(daemon_client, register_daemon):
    arn = register_daemon()

    with pytest.raises(WaiterError, match="Max attempts exceeded"):
        daemon_client.get_waiter("daemon_task_definition_deleted").wait(daemonTaskDefinition=arn)
