"""What the operations on container instances refuse, and that a refusal leaves everything as it was.

Texts with a source were seen of AWS; the others follow its idioms and are unverified.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from pytest_ecsfake import EcsFakeNotBuiltError

ID = "0123456789abcdef0123456789abcdef"
INVALID = "InvalidParameterException"
CLIENT = "ClientException"

pytestmark = pytest.mark.ecs_fake(clusters=["prod"])


@pytest.fixture
def instance(ecs_fake):
    [instance] = ecs_fake.container_instances.add("prod", instance_type="t3.large")
    return instance


@pytest.fixture
def refused(ecs_client):
    """Code and message of what a call is refused with."""

    def refused(operation: str, **parameters: Any) -> tuple[str, str]:
        with pytest.raises(ecs_client.exceptions.ClientError) as error:
            getattr(ecs_client, operation)(**{"cluster": "prod", **parameters})
        return error.value.response["Error"]["Code"], error.value.response["Error"]["Message"]

    return refused


@pytest.mark.parametrize(
    ("operation", "parameters", "code", "message", "source"),
    [
        pytest.param(
            "describe_container_instances",
            {"containerInstances": []},
            INVALID,
            "Container instances cannot be empty.",
            "by analogy with tasks",
            id="describe none",
        ),
        pytest.param(
            "describe_container_instances",
            {"containerInstances": [ID] * 101},
            INVALID,
            "instanceIds can have at most 100 items.",
            "smithmicro/jmeter-ecs#25",
            id="describe 101",
        ),
        pytest.param(
            "describe_container_instances",
            {"containerInstances": [ID, "i-0efbe8e0a73bc95b9"]},
            INVALID,
            "instanceId length should be one of [32,36]",
            "by analogy with tasks",
            id="describe an EC2 instance's id",
        ),
        pytest.param(
            "describe_container_instances",
            {"containerInstances": [f"arn:aws:ecs:us-east-1:123456789012:container-instance/test/{ID}"]},
            INVALID,
            "Invalid identifier: Identifier is for cluster test. Your cluster is prod",
            "aws-toolkit-vscode#2915, of tasks",
            id="describe one of another cluster",
        ),
        pytest.param(
            "update_container_instances_state",
            {"containerInstances": [ID] * 11, "status": "DRAINING"},
            INVALID,
            "instanceIds can have at most 10 items.",
            "minamijoyo/myaws#25",
            id="drain 11",
        ),
        pytest.param(
            "update_container_instances_state",
            {"containerInstances": [], "status": "DRAINING"},
            INVALID,
            "Container instances cannot be empty.",
            "by analogy with tasks",
            id="drain none",
        ),
        pytest.param(
            "update_container_instances_state",
            {"containerInstances": [ID], "status": "REGISTERING"},
            INVALID,
            "status should be one of [ACTIVE,DRAINING]",
            "API reference: the only valid values",
            id="a status that nobody can give",
        ),
        pytest.param(
            "deregister_container_instance",
            {"containerInstance": ID},
            CLIENT,
            f"Referenced container instance {ID} not found.",
            "fog-aws",
            id="deregister an unknown one",
        ),
        pytest.param(
            "update_container_agent",
            {"containerInstance": ID},
            CLIENT,
            f"Referenced container instance {ID} not found.",
            "as DeregisterContainerInstance",
            id="update the agent of an unknown one",
        ),
        pytest.param(
            "register_container_instance",
            {"containerInstanceArn": f"arn:aws:ecs:us-east-1:123456789012:container-instance/prod/{ID}"},
            CLIENT,
            f"Referenced container instance {ID} not registered.",
            "agents in containers",
            id="register an unknown one again",
        ),
        pytest.param(
            "register_container_instance",
            {"instanceIdentityDocument": "{"},
            CLIENT,
            "The instance identity document is not valid.",
            "unverified",
            id="a document that is no JSON",
        ),
        pytest.param(
            "register_container_instance",
            {"instanceIdentityDocument": "[]"},
            CLIENT,
            "The instance identity document is not valid.",
            "unverified",
            id="a document that is no object",
        ),
        pytest.param(
            "register_container_instance",
            {"totalResources": [{"name": "PORTS", "type": "STRINGSET", "stringSetValue": ["ssh"]}]},
            INVALID,
            "Ports must be numbers.",
            "unverified",
            id="a port without a number",
        ),
        pytest.param(
            "register_container_instance",
            {"attributes": [{"name": f"a{number}"} for number in range(11)]},
            INVALID,
            "attributes can have at most 10 custom items.",
            "API reference, PutAttributes: ten custom attributes",
            id="eleven custom attributes",
        ),
        pytest.param(
            "register_container_instance",
            {"tags": [{"key": "a", "value": "1"}, {"key": "a", "value": "2"}]},
            INVALID,
            "Multiple tags contain the same key.",
            "terraform-provider-aws#32259",
            id="a tag twice",
        ),
        pytest.param(
            "list_container_instances",
            {"status": "INACTIVE"},
            INVALID,
            "status should be one of [ACTIVE,DRAINING,REGISTERING,DEREGISTERING,REGISTRATION_FAILED]",
            "API reference, ListContainerInstances, status",
            id="list INACTIVE ones",
        ),
    ],
)
def test_what_is_refused(ecs_fake, refused, instance, operation, parameters, code, message, source):
    assert refused(operation, **parameters) == (code, message), source
    assert len(ecs_fake.container_instances) == 1
    assert (instance.status, instance.version) == ("ACTIVE", 1)


@pytest.mark.parametrize(
    ("operation", "parameters"),
    [
        pytest.param("register_container_instance", {"containerInstanceArn": "it"}, id="register again"),
        pytest.param("deregister_container_instance", {"containerInstance": "it"}, id="deregister"),
        pytest.param("update_container_agent", {"containerInstance": "it"}, id="update the agent"),
        pytest.param(
            "update_container_instances_state", {"containerInstances": ["it"], "status": "ACTIVE"}, id="take into use"
        ),
    ],
)
def test_an_inactive_instance_stays_inactive(ecs_client, refused, instance, operation, parameters):
    """amazon-ecs-agent#583, of RegisterContainerInstance; of the others unverified."""
    ecs_client.deregister_container_instance(cluster="prod", containerInstance=instance.arn)
    given = {
        name: instance.arn if value == "it" else [instance.arn] if value == ["it"] else value
        for name, value in parameters.items()
    }

    assert refused(operation, **given) == (CLIENT, f"Container instance {instance.id} is inactive.")


def test_an_instance_keeps_its_type(refused, instance):
    """amazon-ecs-agent, InstanceTypeChangedErrorMessage."""
    document = json.dumps({"instanceId": instance.ec2_instance_id, "instanceType": "t3.small"})

    answer = refused(
        "register_container_instance", containerInstanceArn=instance.arn, instanceIdentityDocument=document
    )

    assert answer == (INVALID, "Container instance type changes are not supported.")
    assert (instance.instance_type, instance.registered_cpu) == ("t3.large", 2048)


def test_the_newest_agent_has_no_update(refused, instance):
    """Public scripts match on these words."""
    assert refused("update_container_agent", containerInstance=instance.arn) == (
        "NoUpdateAvailableException",
        "There is no update available for your container agent.",
    )


def test_an_agent_is_updated_once_at_a_time(ecs_client, ecs_fake, refused):
    """Public scripts match on these words."""
    [instance] = ecs_fake.container_instances.add("prod", agent_version="1.70.0")
    ecs_client.update_container_agent(cluster="prod", containerInstance=instance.arn)

    assert refused("update_container_agent", containerInstance=instance.arn) == (
        "UpdateInProgressException",
        "Agent update is already in progress.",
    )


def test_an_agent_that_never_said_its_version_is_not_updated(ecs_client, refused):
    """API reference, UpdateContainerAgent, MissingVersionException."""
    registered = ecs_client.register_container_instance(cluster="prod")["containerInstance"]

    code, _ = refused("update_container_agent", containerInstance=registered["containerInstanceArn"])

    assert code == "MissingVersionException"


@pytest.mark.ecs_fake(clusters=["prod"], strict=False)
def test_a_type_that_is_not_in_the_table_needs_resources(ecs_client):
    document = json.dumps({"instanceId": "i-1", "instanceType": "m5.huge"})

    with pytest.raises(EcsFakeNotBuiltError, match=r'no instance type "m5\.huge" in its table\. Near it: m5\.'):
        ecs_client.register_container_instance(cluster="prod", instanceIdentityDocument=document)


@pytest.mark.parametrize(
    ("parameters", "answer"),
    [
        pytest.param(
            {"cluster": "nowhere", "status": "INACTIVE"},
            (INVALID, "status should be one of [ACTIVE,DRAINING,REGISTERING,DEREGISTERING,REGISTRATION_FAILED]"),
            id="what one value is refused for before the cluster",
        ),
        pytest.param(
            {"cluster": "nowhere", "nextToken": "no token"},
            ("ClusterNotFoundException", "Cluster not found."),
            id="the cluster before the token",
        ),
        pytest.param(
            {"nextToken": "no token", "filter": "=="}, (INVALID, "Invalid token."), id="the token before the filter"
        ),
    ],
)
def test_of_two_faults_one_is_told(refused, parameters, answer):
    assert refused("list_container_instances", **parameters) == answer
