"""What TagResource, UntagResource and ListTagsForResource refuse: one row a rule, with ECS's words, and in which order it is checked.

Where the source is a repository and a number the text was seen as an answer of AWS. "API reference" and "Developer Guide" alone: the
rule is documented, its text is unverified.
"""

from __future__ import annotations

from typing import Any

import pytest

PLACE = "arn:aws:ecs:us-east-1:123456789012"
PROD = f"{PLACE}:cluster/prod"
ID = "0123456789abcdef0123456789abcdef"
TAG = {"key": "team", "value": "web"}

INVALID = "InvalidParameterException"
LONG = "Long arn format must be used for tagging operations"
INACTIVE = "The specified cluster is inactive. Specify an active cluster and try again."
STOPPED = "The specified task is stopped. Specify a running task and try again."
SEPARATORS = "Invalid identifier: Unexpected number of separators"
CHARACTERS = (
    "Some tags contain invalid characters. Valid characters: UTF-8 letters, spaces, numbers and _ . / = + - : @."
)


def not_found(kind: str, name: str) -> str:
    return f"The {kind} with name {name} cannot be found. Specify a valid {kind} name and try again."


@pytest.fixture
def call(ecs_client):
    """Call one of the three operations on a resource, with parameters that are right unless others are given."""
    parameters = {
        "tag_resource": {"tags": [TAG]},
        "untag_resource": {"tagKeys": ["team"]},
        "list_tags_for_resource": {},
    }

    def on(operation: str, arn: str, **others: Any) -> Any:
        return getattr(ecs_client, operation)(resourceArn=arn, **{**parameters[operation], **others})

    return on


@pytest.fixture
def refused(ecs_client):
    """The code and the message of the error that a call is answered with."""

    def error_of(function: Any, *arguments: Any, **parameters: Any) -> tuple[str, str]:
        with pytest.raises(ecs_client.exceptions.ClientError) as error:
            function(*arguments, **parameters)
        answer = error.value.response["Error"]
        return answer["Code"], answer["Message"]

    return error_of


@pytest.fixture(autouse=True)
def prod(ecs_client):
    """The clusters prod, and gone, which was deleted."""
    ecs_client.create_cluster(clusterName="prod")
    ecs_client.create_cluster(clusterName="gone")
    ecs_client.delete_cluster(cluster="gone")


every_operation = pytest.mark.parametrize("operation", ["tag_resource", "untag_resource", "list_tags_for_resource"])


@every_operation
@pytest.mark.parametrize(
    ("arn", "code", "message", "source"),
    [
        # no ARN of here
        pytest.param("prod", INVALID, "The ARN provided is invalid", "Developer Guide", id="a name"),
        pytest.param("", INVALID, "The ARN provided is invalid", "Developer Guide", id="nothing"),
        pytest.param(
            "arn:aws:ecr:us-east-1:123456789012:repository/web",
            INVALID,
            "The ARN provided is invalid",
            "boto3#2774, from its title",
            id="another service",
        ),
        pytest.param(
            "arn:aws:ecs:us-east-1:cluster/prod",
            "ClientException",
            "com.amazon.arn.ARNSyntaxException: Fifth colon (namespace/relative-id delimiter) not found: arn:aws:ecs:us-east-1:cluster/prod",
            "mondoohq/mql#6266",
            id="an ARN without an account",
        ),
        pytest.param(
            "arn:aws:ecs:eu-west-1:123456789012:cluster/prod",
            INVALID,
            "Invalid Region in ARN",
            "aws-cli#3175",
            id="another region",
        ),
        pytest.param(
            "arn:aws:ecs:us-east-1:111122223333:cluster/prod",
            INVALID,
            "AccountIDs mismatch",
            "RunTask, in many repositories",
            id="another account",
        ),
        # no kind that has tags, or not its form
        pytest.param(
            f"{PLACE}:container/prod/{ID}/{ID}",
            INVALID,
            "Unsupported resource type: container",
            "aws-cli#7875",
            id="a container",
        ),
        pytest.param(
            f"{PLACE}:service-deployment/prod/web/x",
            INVALID,
            "Unsupported resource type: service-deployment",
            "aws-cli#7875",
            id="a service deployment",
        ),
        pytest.param(f"{PLACE}:service/web", INVALID, LONG, "boto3#2473", id="a service's short ARN"),
        pytest.param(f"{PLACE}:task/{ID}", INVALID, LONG, "terraform-provider-aws#35867", id="a task's short ARN"),
        pytest.param(
            f"{PLACE}:container-instance/{ID}", INVALID, LONG, "Developer Guide", id="a container instance's short ARN"
        ),
        pytest.param(f"{PROD}/web", INVALID, SEPARATORS, "aws-toolkit-vscode#2915", id="a cluster and something"),
        pytest.param(f"{PLACE}:cluster", INVALID, SEPARATORS, "aws-toolkit-vscode#2915", id="a type alone"),
        pytest.param(
            f"{PLACE}:task/prod/{ID}/web", INVALID, SEPARATORS, "aws-toolkit-vscode#2915", id="a task and something"
        ),
        pytest.param(
            f"{PLACE}:task-set/prod/web", INVALID, SEPARATORS, "aws-toolkit-vscode#2915", id="half a task set"
        ),
        # the cluster
        pytest.param(
            f"{PLACE}:cluster/nowhere",
            "ClusterNotFoundException",
            "Cluster not found.",
            "API reference",
            id="unknown cluster",
        ),
        pytest.param(
            f"{PLACE}:task/nowhere/{ID}",
            "ClusterNotFoundException",
            "Cluster not found.",
            "API reference",
            id="unknown cluster of a task",
        ),
        pytest.param(
            f"{PLACE}:service/nowhere/web",
            "ClusterNotFoundException",
            "Cluster not found.",
            "API reference",
            id="unknown cluster of a service",
        ),
        pytest.param(f"{PLACE}:cluster/gone", INVALID, INACTIVE, "cloud-nuke#145", id="a deleted cluster"),
        pytest.param(
            f"{PLACE}:task/gone/{ID}",
            INVALID,
            INACTIVE,
            "terraform-provider-aws#35524",
            id="a deleted cluster of a task",
        ),
        pytest.param(
            f"{PLACE}:service/gone/web",
            INVALID,
            INACTIVE,
            "terraform-provider-aws#35524",
            id="a deleted cluster of a service",
        ),
    ],
)
def test_what_all_three_refuse(call, refused, operation, arn, code, message, source):
    assert refused(call, operation, arn) == (code, message), source


@pytest.mark.parametrize(
    ("operation", "code"),
    [
        pytest.param("tag_resource", "ResourceNotFoundException", id="TagResource"),
        pytest.param("untag_resource", "ResourceNotFoundException", id="UntagResource"),
        pytest.param(
            "list_tags_for_resource", INVALID, id="ListTagsForResource, which doesn't declare ResourceNotFoundException"
        ),
    ],
)
@pytest.mark.parametrize(
    ("resource", "kind", "name"),
    [
        pytest.param("service/prod/web", "service", "web", id="service"),
        pytest.param(f"task/prod/{ID}", "task", ID, id="task"),
        pytest.param(f"container-instance/prod/{ID}", "container instance", ID, id="container instance"),
        pytest.param("task-definition/web:7", "task definition", "web:7", id="revision"),
        pytest.param(
            "daemon-task-definition/agent:7", "daemon task definition", "agent:7", id="daemon task definition"
        ),
        pytest.param("daemon/prod/agent", "daemon", "agent", id="daemon"),
        pytest.param("daemon-deployment/prod/agent/x", "daemon deployment", "x", id="daemon deployment"),
        pytest.param("daemon-revision/prod/agent/1", "daemon revision", "1", id="daemon revision"),
        pytest.param("task-definition/web", "task definition", "web", id="family, which has no tags"),
        pytest.param("capacity-provider/asg", "capacity provider", "asg", id="capacity provider"),
        pytest.param(
            "capacity-provider/FARGATE", "capacity provider", "FARGATE", id="one of Fargate's, which have no tags"
        ),
        pytest.param("gateway/public", "gateway", "public", id="gateway"),
        pytest.param("task-set/prod/web/ecs-svc/1234567890123456789", "task set", "1234567890123456789", id="task set"),
    ],
)
def test_what_does_not_exist(call, refused, operation, code, resource, kind, name):
    """API reference, errors of each. The words were seen for a service of ListTagsForResource; all else is unverified."""
    assert refused(call, operation, f"{PLACE}:{resource}") == (code, not_found(kind, name))


@every_operation
def test_a_stopped_task(call, refused, ecs_client, ecs_fake, register_on_fargate, run_on_fargate, operation):
    """amazon-ecs-agent#2789."""
    register_on_fargate()
    [task] = run_on_fargate(cluster="prod")["tasks"]
    ecs_client.stop_task(cluster="prod", task=task["taskArn"])
    ecs_fake.clock.advance_until(lambda: ecs_fake.tasks[task["taskArn"]].last_status == "STOPPED")

    assert refused(call, operation, task["taskArn"]) == (INVALID, STOPPED)


@every_operation
def test_a_deleted_task_definition(call, refused, ecs_client, ecs_fake, register_on_fargate, operation):
    arn = register_on_fargate()
    ecs_client.deregister_task_definition(taskDefinition=arn)
    ecs_client.delete_task_definitions(taskDefinitions=[arn])
    ecs_fake.clock.advance(seconds=60)

    assert refused(call, operation, arn)[1] == not_found("task definition", "web:1")


def tags(*keys: str, value: str = "web") -> dict[str, Any]:
    """Tags with these keys, as a parameter."""
    return {"tags": [{"key": key, "value": value} for key in keys]}


FIFTY_ONE = tags(*[f"key-{number}" for number in range(51)])


@pytest.mark.parametrize(
    ("operation", "parameters", "code", "message", "source"),
    [
        pytest.param(
            "tag_resource",
            tags("team", "team"),
            INVALID,
            "Multiple tags contain the same key.",
            "terraform-provider-aws#32259",
            id="a key twice",
        ),
        pytest.param(
            "tag_resource", FIFTY_ONE, INVALID, "tags can have at most 50 items.", "API reference", id="fifty-one"
        ),
        pytest.param(
            "tag_resource",
            tags("k" * 129),
            INVALID,
            "key longer than 128.",
            "API reference",
            id="a key of 129 characters",
        ),
        pytest.param(
            "tag_resource",
            tags("k", value="v" * 257),
            INVALID,
            "value longer than 256.",
            "API reference",
            id="a value of 257 characters",
        ),
        pytest.param(
            "tag_resource",
            tags("a&b"),
            INVALID,
            CHARACTERS,
            "PrefectHQ/prefect-aws#223",
            id="another character in a key",
        ),
        pytest.param(
            "tag_resource",
            tags("k", value="a&b"),
            INVALID,
            CHARACTERS,
            "PrefectHQ/prefect-aws#223",
            id="another character in a value",
        ),
        pytest.param(
            "tag_resource",
            {"tags": [{"value": "web"}]},
            INVALID,
            "Tag key can not be null.",
            "API reference",
            id="no key",
        ),
        *[
            pytest.param(
                "tag_resource",
                tags(f"{prefix}ecs:clusterName"),
                INVALID,
                "Tag key must not start with aws:",
                "amazon-ecs-agent#1704",
                id=f"{prefix} in a key",
            )
            for prefix in ("aws:", "AWS:", "Aws:")
        ],
        pytest.param(
            "tag_resource",
            tags("k", value="aws:x"),
            INVALID,
            "Tag value must not start with aws:",
            "API reference",
            id="aws: in a value",
        ),
        pytest.param(
            "untag_resource",
            {"tagKeys": ["aws:ecs:clusterName"]},
            INVALID,
            "Tag key must not start with aws:",
            "API reference",
            id="a managed tag taken off",
        ),
        pytest.param(
            "untag_resource",
            {"tagKeys": ["k" * 129]},
            INVALID,
            "tagKeys longer than 128.",
            "API reference",
            id="a key of 129 characters taken off",
        ),
    ],
)
def test_what_is_refused_of_tags(call, refused, operation, parameters, code, message, source):
    assert refused(call, operation, PROD, **parameters) == (code, message), source


def test_more_than_fifty_with_those_that_are_there(call, refused, ecs_client):
    """API reference, Tag. Of the three only TagResource declares LimitExceededException, which speaks for it; its text is unverified."""
    *fifty, one_more = FIFTY_ONE["tags"]
    call("tag_resource", PROD, tags=fifty)

    refusal = refused(call, "tag_resource", PROD, tags=[one_more])

    assert refusal == ("LimitExceededException", "tags can have at most 50 items.")
    assert ecs_client.list_tags_for_resource(resourceArn=PROD)["tags"] == fifty


def test_a_refused_request_sets_none_of_its_tags(call, refused, ecs_client):
    refused(call, "tag_resource", PROD, **tags("stage", "team", "team"))

    assert ecs_client.list_tags_for_resource(resourceArn=PROD)["tags"] == []


@pytest.mark.parametrize(
    ("arn", "parameters", "message"),
    [
        pytest.param("prod", tags("a&b"), CHARACTERS, id="a tag's form before the ARN"),
        pytest.param(
            "arn:aws:ecr:eu-west-1:123456789012:repository/web",
            {},
            "Invalid Region in ARN",
            id="the region before the service",
        ),
        pytest.param(
            "arn:aws:ecs:eu-west-1:111122223333:cluster/prod",
            {},
            "Invalid Region in ARN",
            id="the region before the account",
        ),
        pytest.param(
            "arn:aws:ecs:us-east-1:111122223333:container/prod",
            {},
            "AccountIDs mismatch",
            id="the account before the type",
        ),
        pytest.param(
            f"{PLACE}:container/prod", {}, "Unsupported resource type: container", id="the type before the separators"
        ),
        pytest.param(f"{PLACE}:task/gone", {}, LONG, id="the long form before the cluster"),
        pytest.param(f"{PLACE}:task/gone/{ID}", {}, INACTIVE, id="the cluster before the task"),
        pytest.param(
            f"{PLACE}:task/prod/{ID}",
            tags("team", "team"),
            not_found("task", ID),
            id="the resource before a key that is there twice",
        ),
        pytest.param(
            PROD,
            tags(*["team"] * 50, "stage"),
            "tags can have at most 50 items.",
            id="how many before a key that is there twice",
        ),
    ],
)
def test_of_two_faults_the_first_that_is_checked_is_told(call, refused, arn, parameters, message):
    """The order is the fake's own: nobody has shown that of AWS."""
    assert refused(call, "tag_resource", arn, **parameters)[1] == message


GROUP = "arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:9c8b7a65:autoScalingGroupName/web"


@every_operation
def test_a_deleted_capacity_provider(call, refused, ecs_client, ecs_fake, operation):
    """That it isn't found any more is an assumption."""
    ecs_client.create_capacity_provider(name="asg", autoScalingGroupProvider={"autoScalingGroupArn": GROUP})
    ecs_client.delete_capacity_provider(capacityProvider="asg")
    ecs_fake.clock.advance(seconds=60)

    refusal = refused(call, operation, f"{PLACE}:capacity-provider/asg")

    assert refusal[1] == not_found("capacity provider", "asg")


@pytest.mark.parametrize(
    ("create", "code"),
    [
        pytest.param(
            lambda ecs, tags: ecs.create_capacity_provider(
                name="new", autoScalingGroupProvider={"autoScalingGroupArn": GROUP}, tags=tags
            ),
            "ClientException",
            id="CreateCapacityProvider",
        ),
        pytest.param(lambda ecs, tags: ecs.create_cluster(clusterName="new", tags=tags), INVALID, id="CreateCluster"),
        pytest.param(
            lambda ecs, tags: ecs.register_task_definition(
                family="new", containerDefinitions=[{"name": "app", "image": "nginx", "memory": 128}], tags=tags
            ),
            "ClientException",
            id="RegisterTaskDefinition",
        ),
    ],
)
@pytest.mark.parametrize(
    ("given", "message"),
    [
        pytest.param(tags("team", "team"), "Multiple tags contain the same key.", id="a key twice"),
        pytest.param(FIFTY_ONE, "tags can have at most 50 items.", id="fifty-one"),
        pytest.param(tags("aws:x"), "Tag key must not start with aws:", id="the reserved prefix"),
        pytest.param(tags("a&b"), CHARACTERS, id="another character"),
    ],
)
def test_what_a_creation_refuses(refused, ecs_client, create, code, given, message):
    """API reference, tags of each; RunTask has its own table. A refused one creates nothing (Developer Guide).

    ClientException is what content faults of these two operations are answered with; for tags it is unverified.
    """
    assert refused(create, ecs_client, given["tags"]) == (code, message)
    assert f"{PLACE}:cluster/new" not in ecs_client.list_clusters()["clusterArns"]
    assert ecs_client.list_task_definitions()["taskDefinitionArns"] == []
    assert ecs_client.describe_capacity_providers(capacityProviders=["new"])["capacityProviders"] == []


@every_operation
def test_an_inactive_container_instance(call, refused, ecs_client, ecs_fake, operation):
    """By analogy with clusters (cloud-nuke#145), unverified."""
    [instance] = ecs_fake.container_instances.add("prod")
    ecs_client.deregister_container_instance(cluster="prod", containerInstance=instance.arn)

    assert refused(call, operation, instance.arn) == (
        INVALID,
        "The specified container instance is inactive. Specify an active container instance and try again.",
    )
