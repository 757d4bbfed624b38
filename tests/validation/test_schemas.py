"""What a request that breaks its schema is answered with, and what becomes of a response that breaks its own."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import pytest_ecsfake
from pytest_ecsfake.errors import EcsError, EcsFakeInternalError, EcsFakeNotBuiltError, SerializationException
from pytest_ecsfake.validation import schemas

#: API reference, CreateCapacityProvider, name; text as recorded from a deployment.
BAD_PROVIDER_NAME = (
    "The specified capacity provider name is invalid. Up to 255 characters are allowed, including letters (upper and lowercase), "
    'numbers, underscores, and hyphens. The name cannot be prefixed with "aws", "ecs", or "fargate". '
    "Specify a valid name and try again."
)
BAD_CLUSTER_NAME = "ClusterName must match ^[a-zA-Z0-9\\\\-_]{1,255}$"


def refusal_of(operation: str, request: object) -> EcsError:
    with pytest.raises(EcsError) as refusal:
        schemas.check_request(operation, request)
    return refusal.value


def run_task(**parameters: object) -> dict[str, object]:
    return {"taskDefinition": "web", **parameters}


def tag(key: str, value: str = "x") -> dict[str, object]:
    return {"resourceArn": "arn:aws:ecs:us-east-1:123456789012:cluster/prod", "tags": [{"key": key, "value": value}]}


def capacity_provider(**managed_scaling: int) -> dict[str, object]:
    group = "arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:1:autoScalingGroupName/a"
    return {
        "name": "spare",
        "autoScalingGroupProvider": {"autoScalingGroupArn": group, "managedScaling": managed_scaling},
    }


#: Operation, request, and the message of the InvalidParameterException; the source of each rule stands in its row of `schemas/overlay/`.
REFUSALS = [
    # one of each idiom, with the words that ECS's own checks were seen to use
    pytest.param(
        "DescribeClusters",
        {"include": ["SETTINGS", "COLOURS"]},
        "include should be one of [ATTACHMENTS,CONFIGURATIONS,SETTINGS,STATISTICS,TAGS]",
        id="a word that isn't in the enumeration",
    ),
    pytest.param("ListClusters", {"maxResults": 0}, "maxResults must be at least 1", id="a page of none"),
    pytest.param("ListClusters", {"maxResults": 101}, "maxResults must be at most 100", id="a page too large"),
    pytest.param(
        "CreateDaemon",
        {
            "daemonName": "logs",
            "daemonTaskDefinitionArn": "logs:1",
            "capacityProviderArns": ["a"],
            "deploymentConfiguration": {"drainPercent": 100.5},
        },
        "drainPercent must be at most 100",
        id="a fraction beyond a bound of the model",
    ),
    pytest.param("CreateCluster", {"clusterName": "a b"}, BAD_CLUSTER_NAME, id="characters of a name"),
    pytest.param(
        "RunTask",
        run_task(startedBy="a" * 129),
        "startedBy longer than 128.",
        id="a string that is too long: convox/rack#1727",
    ),
    pytest.param("DescribeServices", {"services": []}, "Services cannot be empty.", id="an empty list"),
    pytest.param("RunTask", {}, "taskDefinition should not be null or empty.", id="a required member that is missing"),
    pytest.param(
        "RunTask",
        run_task(networkConfiguration={"awsvpcConfiguration": {}}),
        "subnets can not be empty.",
        id="a missing member whose lack has words of its own",
    ),
    pytest.param(
        "PutAttributes",
        {"attributes": [{}]},
        "name should not be null or empty.",
        id="a required member of a structure that is missing",
    ),
    pytest.param(
        "CreateGateway",
        {"name": "g", "infrastructureRoleArn": "r", "configuration": {}},
        "configuration should have exactly one member.",
        id="a union without a member",
    ),
    # clusters
    pytest.param("CreateCluster", {"clusterName": "a" * 256}, BAD_CLUSTER_NAME, id="cluster name too long"),
    pytest.param(
        "CreateCluster", {"clusterName": "prod\n"}, BAD_CLUSTER_NAME, id="cluster name with a newline at its end"
    ),
    pytest.param("CreateCluster", {"clusterName": ""}, BAD_CLUSTER_NAME, id="cluster name empty"),
    pytest.param(
        "CreateCluster",
        {"settings": [{"name": "insights"}]},
        "Invalid setting 'name'",
        id="unknown setting of a cluster",
    ),
    pytest.param(
        "CreateCluster",
        {"settings": [{"name": "containerInsights", "value": "ENABLED"}]},
        "Invalid setting 'value'",
        id="setting's value in capitals: aws-cli#3785",
    ),
    pytest.param(
        "CreateCluster",
        {"serviceConnectDefaults": {"namespace": "a/b"}},
        'namespace can include up to 1024 characters, and none of <, >, " and /',
        id="namespace with a slash",
    ),
    pytest.param(
        "DescribeClusters",
        {"clusters": ["prod"] * 101},
        "clusters can have at most 100 items.",
        id="101 clusters described",
    ),
    pytest.param(
        "DescribeClusters", {"clusters": ["prod", " "]}, "Clusters can not be blank.", id="a blank among the clusters"
    ),
    # services, as far as their lists go
    pytest.param(
        "DescribeServices",
        {"services": ["a"] * 11},
        "service names can have at most 10 items.",
        id="11 services described",
    ),
    # tags
    pytest.param(
        "TagResource",
        tag("cost!"),
        "Some tags contain invalid characters. Valid characters: UTF-8 letters, spaces, numbers and _ . / = + - : @.",
        id="tag key with a character too many",
    ),
    pytest.param("TagResource", tag("k" * 129), "key longer than 128.", id="tag key too long"),
    pytest.param("TagResource", tag("k", "v" * 257), "value longer than 256.", id="tag value too long"),
    pytest.param("TagResource", tag("aws:x"), "Tag key must not start with aws:", id="tag key that is reserved"),
    pytest.param(
        "TagResource",
        tag("x", "AWS:x"),
        "Tag value must not start with aws:",
        id="tag value that is reserved, in capitals",
    ),
    pytest.param(
        "UntagResource",
        {"resourceArn": "a", "tagKeys": ["aws:x"]},
        "Tag key must not start with aws:",
        id="reserved tag key removed",
    ),
    pytest.param(
        "CreateCluster",
        {"tags": [{"value": "x"}]},
        "Tag key can not be null.",
        id="tag without a key, though the model asks for none",
    ),
    pytest.param(
        "CreateCluster", {"tags": [{"key": "x", "value": ""}] * 51}, "tags can have at most 50 items.", id="51 tags"
    ),
    # account settings
    pytest.param(
        "PutAccountSetting",
        {"name": "longArn", "value": "enabled"},
        "Invalid setting 'name'",
        id="unknown account setting",
    ),
    pytest.param(
        "ListAccountSettings", {"maxResults": 11}, "maxResults must be at most 10", id="page of account settings"
    ),
    # tasks
    pytest.param("RunTask", run_task(count=11), "count must be at most 10", id="11 tasks at once"),
    pytest.param(
        "RunTask",
        run_task(propagateTags="SERVICE"),
        "propagateTags should be one of [TASK_DEFINITION,NONE]",
        id="tags of a service that isn't there",
    ),
    pytest.param("RunTask", run_task(clientToken="é"), "clientToken must match ^[!-~]*$", id="characters of a token"),
    pytest.param("RunTask", run_task(clientToken="x" * 65), "idempotency token longer than 64.", id="token too long"),
    pytest.param("RunTask", run_task(group="g" * 256), "group longer than 255.", id="group too long"),
    pytest.param(
        "StartTask",
        run_task(containerInstances=["a"], startedBy="a b"),
        "startedBy must match ^[a-zA-Z0-9\\-/_]*$",
        id="characters of startedBy",
    ),
    pytest.param(
        "RunTask",
        run_task(placementStrategy=[{"type": "random"}] * 6),
        "Maximum number of strategies is 5.",
        id="six strategies",
    ),
    pytest.param(
        "RunTask",
        run_task(placementStrategy=[{"field": "cpu"}]),
        "type should not be null or empty.",
        id="strategy without a type",
    ),
    pytest.param(
        "RunTask",
        run_task(placementConstraints=[{"type": "memberOf", "expression": "a" * 2001}]),
        "expression longer than 2000.",
        id="expression too long",
    ),
    pytest.param(
        "RunTask",
        run_task(placementConstraints=[{"type": "distinctInstance"}] * 11),
        "placementConstraints can have at most 10 items.",
        id="eleven constraints",
    ),
    pytest.param(
        "RunTask",
        run_task(networkConfiguration={"awsvpcConfiguration": {"subnets": ["subnet-1"] * 17}}),
        "subnets can have at most 16 items.",
        id="17 subnets",
    ),
    pytest.param(
        "RunTask",
        run_task(
            networkConfiguration={"awsvpcConfiguration": {"subnets": ["subnet-1"], "securityGroups": ["sg-1"] * 6}}
        ),
        "securityGroups can have at most 5 items.",
        id="six security groups",
    ),
    pytest.param(
        "RunTask",
        run_task(capacityProviderStrategy=[{"capacityProvider": "FARGATE"}] * 21),
        "capacityProviderStrategy can have at most 20 items.",
        id="21 providers in a strategy",
    ),
    pytest.param(
        "RunTask",
        run_task(capacityProviderStrategy=[{"capacityProvider": "FARGATE", "weight": 1001}]),
        "weight must be at most 1000",
        id="weight too large",
    ),
    pytest.param(
        "StartTask",
        run_task(containerInstances=["a"] * 11),
        "instanceIds can have at most 10 items.",
        id="11 hosts",
    ),
    pytest.param(
        "StartTask",
        run_task(containerInstances=["a"], startedBy="a" * 37),
        "startedBy longer than 36.",
        id="StartTask's startedBy",
    ),
    pytest.param("DescribeTasks", {"tasks": []}, "Tasks cannot be empty.", id="no tasks described"),
    pytest.param(
        "DescribeTasks", {"tasks": ["a"] * 101}, "taskIds can have at most 100 items.", id="101 tasks described"
    ),
    pytest.param(
        "ListTasks", {"family": "a:1"}, "family must match ^[a-zA-Z0-9\\\\-_]+$", id="family filter: amazon-ecs-cli#542"
    ),
    pytest.param("ListTasks", {"maxResults": 101}, "maxResults must be at most 100", id="page of tasks"),
]


@pytest.mark.parametrize(("operation", "request_", "message"), REFUSALS)
def test_a_request_that_breaks_its_schema_is_refused_in_ecs_words(operation, request_, message):
    refusal = refusal_of(operation, request_)

    assert (refusal.code, refusal.message) == ("InvalidParameterException", message)


@pytest.mark.parametrize(
    ("operation", "request_", "message"),
    [
        pytest.param(
            "RegisterTaskDefinition",
            {"family": "web", "containerDefinitions": [], "networkMode": "weird"},
            "networkMode should be one of [bridge,host,awsvpc,none]",
            id="task definition: aws-sdk-ruby and others report ClientException for its content",
        ),
        pytest.param(
            "RegisterTaskDefinition",
            {"containerDefinitions": [{"name": "app", "image": "nginx", "memory": 128}]},
            "Family can not be blank.",
            id="no family: aws-sdk-go#132",
        ),
        pytest.param(
            "RegisterTaskDefinition",
            {"family": "web"},
            "Container list cannot be empty.",
            id="no containers: aws-cloudformation-user-guide#454",
        ),
        pytest.param(
            "CreateCapacityProvider", {"name": "EcsSpare"}, BAD_PROVIDER_NAME, id="reserved name: aws-cdk#36584"
        ),
        pytest.param(
            "CreateCapacityProvider", {"name": "a" * 256}, BAD_PROVIDER_NAME, id="capacity provider's name too long"
        ),
        pytest.param(
            "CreateCapacityProvider",
            capacity_provider(minimumScalingStepSize=0),
            "The specified minimum scaling step size is invalid.",
            id="step of none: aws-cli#4781",
        ),
        pytest.param(
            "CreateCapacityProvider",
            capacity_provider(targetCapacity=101),
            "targetCapacity must be at most 100",
            id="capacity provider: containers-roadmap#632 and others report ClientException for its content",
        ),
    ],
)
def test_faults_in_content_of_some_operations_are_client_exceptions(operation, request_, message):
    refusal = refusal_of(operation, request_)

    assert (refusal.code, refusal.message) == ("ClientException", message)


@pytest.mark.parametrize(
    ("operation", "request_"),
    [
        pytest.param("CreateCluster", {}, id="nothing is required"),
        pytest.param("CreateCluster", {"clusterName": "-_0" * 85}, id="255 characters"),
        pytest.param(
            "CreateCluster",
            {"serviceConnectDefaults": {"namespace": "arn:aws:servicediscovery:a:1:namespace/n"}},
            id="ARN",
        ),
        pytest.param("TagResource", tag("größe 空間 +-=._:/@", ""), id="letters, numbers and spaces of any script"),
        pytest.param("TagResource", tag("laws:x"), id="aws: in the middle"),
        pytest.param("CreateCapacityProvider", capacity_provider(minimumScalingStepSize=1), id="bounds are inside"),
        pytest.param("RunTask", run_task(count=10.0), id="a whole number written as a fraction"),
        pytest.param("ListServiceDeployments", {"service": "web", "createdAt": {"after": 1.5}}, id="epoch seconds"),
        pytest.param(
            "RegisterTaskDefinition",
            {"family": "web", "containerDefinitions": [{"name": "a", "image": "i", "dockerLabels": {"any": "key"}}]},
            id="keys of a map are free",
        ),
    ],
)
def test_a_request_that_keeps_the_rules_passes(operation, request_):
    schemas.check_request(operation, request_)


@pytest.mark.parametrize(
    ("request_", "message"),
    [
        pytest.param(
            run_task(count="2"), "count: STRING_VALUE can not be converted to an Integer", id="string for a number"
        ),
        pytest.param(
            run_task(count=True), "count: BOOLEAN_VALUE can not be converted to an Integer", id="boolean for a number"
        ),
        pytest.param(
            run_task(count=1.5), "count: NUMBER_VALUE can not be converted to an Integer", id="fraction for an integer"
        ),
        pytest.param(
            run_task(networkConfiguration=[]),
            "networkConfiguration: START_ARRAY can not be converted to a Structure",
            id="list for a structure",
        ),
        pytest.param(run_task(tags={}), "tags: START_OBJECT can not be converted to a List", id="structure for a list"),
        pytest.param(run_task(cluster=None), "cluster: NULL_VALUE can not be converted to a String", id="null"),
        pytest.param(
            run_task(overrides={"containerOverrides": [{}, {"environment": [{"name": 1}]}]}),
            "overrides.containerOverrides[1].environment[0].name: NUMBER_VALUE can not be converted to a String",
            id="the path is named",
        ),
        pytest.param(
            run_task(overrides={"containerOverrides": [{"cpu": 2**31}]}),
            "overrides.containerOverrides[0].cpu: NUMBER_VALUE can not be converted to an Integer",
            id="an integer that 32 bits can't hold",
        ),
        pytest.param(["web"], "request: START_ARRAY can not be converted to a Structure", id="no structure at all"),
    ],
)
def test_a_value_of_the_wrong_json_type_is_a_serialization_exception(request_, message):
    refusal = refusal_of("RunTask", request_)

    assert (refusal.code, refusal.message) == ("SerializationException", message)


def nested(depth: int) -> list[object]:
    value: list[object] = []
    for _ in range(depth):
        value = [value]
    return value


@pytest.mark.parametrize(
    "value",
    [
        pytest.param("\ud800", id="half a surrogate pair"),
        pytest.param(float("nan"), id="not a number"),
        pytest.param(float("inf"), id="infinity"),
        pytest.param(10**400, id="a number beyond floats"),
        pytest.param(10**5000, id="a number that Python won't print"),
        pytest.param(nested(100_000), id="nesting without end"),
    ],
)
def test_what_is_no_json_is_a_serialization_exception_too(value):
    with pytest.raises(SerializationException):
        schemas.check_request("RunTask", run_task(clientToken=value))


@pytest.mark.parametrize(
    ("request_", "code"),
    [
        pytest.param(run_task(count=99, cluster=1), "SerializationException", id="a wrong type before wrong content"),
        pytest.param(
            run_task(launchType="?", count=99), "InvalidParameterException", id="count stands before launchType"
        ),
    ],
)
def test_one_fault_is_told_whatever_the_order_of_the_request(request_, code):
    told = {refusal_of("RunTask", dict(order)).message for order in (request_.items(), reversed(request_.items()))}

    assert refusal_of("RunTask", request_).code == code
    assert len(told) == 1


@pytest.mark.parametrize(
    ("request_", "member"),
    [
        pytest.param(run_task(colour="red"), "colour", id="at the top"),
        pytest.param(
            run_task(overrides={"containerOverrides": [{"colour": 1}]}),
            "overrides.containerOverrides[0].colour",
            id="deep inside",
        ),
        pytest.param(run_task(colour="red", cluster=1, count=99), "colour", id="before every other fault"),
    ],
)
def test_a_member_that_the_schemas_do_not_know_is_never_ignored(request_, member):
    with pytest.raises(EcsFakeNotBuiltError) as problem:
        schemas.check_request("RunTask", request_)

    assert str(problem.value) == (
        f"RunTask was called with {member}, a member that pytest-ecsfake {pytest_ecsfake.__version__} doesn't know: its schemas come "
        f"from botocore {schemas.botocore_version()}. A newer pytest-ecsfake may know it."
    )


def test_an_operation_that_the_schemas_do_not_know_is_named():
    with pytest.raises(EcsFakeNotBuiltError) as problem:
        schemas.check_request("RunTaskTwice", {})

    assert str(problem.value) == (
        f"RunTaskTwice is unknown to pytest-ecsfake {pytest_ecsfake.__version__}, whose schemas come from botocore "
        f"{schemas.botocore_version()}. A newer pytest-ecsfake may know it."
    )


TASK_ARN = "arn:aws:ecs:us-east-1:123456789012:task/prod/0f3c"


@pytest.mark.parametrize(
    ("document", "complaint"),
    [
        pytest.param({"tasks": [{"taskARN": TASK_ARN}]}, "at tasks.0: ", id="a misspelt member"),
        pytest.param({"tasks": [{"version": "1"}]}, "at tasks.0.version: ", id="a wrong type"),
        pytest.param(
            {"tasks": [{"launchType": "FARGAT"}]}, "at tasks.0.launchType: ", id="a word that isn't in the enumeration"
        ),
        pytest.param(
            {"tasks": [{"createdAt": "2026-01-01"}]}, "at tasks.0.createdAt: ", id="a timestamp that is no number"
        ),
        pytest.param({"task": {}}, "at its top: ", id="a misspelt member at the top"),
        pytest.param({"tasks": [{"group": b"web"}]}, "what JSON can't", id="no JSON"),
    ],
)
def test_a_response_that_breaks_its_schema_is_a_bug_of_ours(document, complaint):
    with pytest.raises(EcsFakeInternalError, match="the response of RunTask") as problem:
        schemas.check_response("RunTask", document)

    assert complaint in str(problem.value)


def test_a_response_is_not_held_to_the_bounds_of_requests():
    schemas.check_response(
        "RunTask", {"tasks": [{"taskArn": TASK_ARN, "startedBy": "ecs-svc/" + "1" * 200, "createdAt": 1.5}]}
    )


def test_all_operations_of_the_model_are_known():
    assert len(schemas.operations()) == 88
    assert {"RunTask", "CreateGateway"} < set(schemas.operations())
    assert "ConflictException" in schemas.declared_errors("RunTask")
    assert "ConflictException" not in schemas.declared_errors("StopTask")


def test_the_client_receives_ecs_error(ecs_fake):
    import boto3

    client = boto3.client("ecs")

    with pytest.raises(client.exceptions.InvalidParameterException) as refusal:
        client.create_cluster(clusterName="a b")

    assert refusal.value.response["Error"]["Message"] == BAD_CLUSTER_NAME
    assert client.list_clusters()["clusterArns"] == []


PACKAGE = Path(pytest_ecsfake.__file__).parent
SCRIPT = """
import sys
sys.path.insert(0, sys.argv[1])
from pytest_ecsfake.validation import schemas
at_import = {"jsonschema", "jsonschema_rs", "botocore", "pytest"} & set(sys.modules)
schemas.check_request("CreateCluster", {"clusterName": "prod"})
after_a_good_request = {"jsonschema", "botocore"} & set(sys.modules)
try:
    schemas.check_request("CreateCluster", {"clusterName": ""})
except Exception as refusal:
    print(schemas.schema_folder(), sorted(at_import | after_a_good_request), type(refusal).__name__, sep="|")
"""


@pytest.mark.parametrize("place", ["pytest_ecsfake/_schemas", "schemas"])
def test_the_schemas_are_found_and_nothing_is_loaded_before_it_is_needed(place, tmp_path):
    shutil.copytree(PACKAGE, tmp_path / "pytest_ecsfake", ignore=shutil.ignore_patterns("_schemas", "__pycache__"))
    shutil.copytree(schemas.schema_folder(), tmp_path / place)

    result = subprocess.run([sys.executable, "-c", SCRIPT, str(tmp_path)], capture_output=True, text=True, check=True)

    assert result.stdout.strip() == f"{tmp_path / place}|[]|InvalidParameterException"
