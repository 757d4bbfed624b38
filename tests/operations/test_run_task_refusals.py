"""What RunTask refuses on Fargate: one row a rule, a call with one fault and ECS's words for it.

Where the source is a repository and a number the text was seen as an answer of AWS, to this operation or the one that is named. "API reference"
alone: the rule is documented, its text is unverified.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

ROLE = "arn:aws:iam::123456789012:role/web"

pytestmark = pytest.mark.ecs_fake(clusters=["default", "prod"])

NO_STRATEGY_BESIDE = (
    "Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again."
)
NOT_ASSOCIATED = (
    "The specified capacity provider strategy cannot contain a capacity provider that is not associated with the cluster. "
    "Associate the capacity provider with the cluster or specify a valid capacity provider and try again."
)
NO_TASK_ROLE = (
    "The execute command failed because a valid task role is not being used. "
    "Specify a valid task role in your task definition or as a task override and try again."
)
NO_FARGATE_SIZE = (
    "No Fargate configuration exists for given values: {}. See the Amazon ECS documentation for the valid values."
)
UNKNOWN_CHARACTERS = (
    "Some tags contain invalid characters. Valid characters: UTF-8 letters, spaces, numbers and _ . / = + - : @."
)
SPOT = [{"capacityProvider": "FARGATE_SPOT", "weight": 1}]
BOTH = [{"capacityProvider": "FARGATE", "weight": 1}, {"capacityProvider": "FARGATE_SPOT", "weight": 1}]


def subnets(*ids: str) -> dict[str, Any]:
    """A network configuration with these subnets."""
    return {"awsvpcConfiguration": {"subnets": list(ids)}}


def override(name: str = "web", **members: Any) -> dict[str, Any]:
    """Overrides of one container."""
    return {"containerOverrides": [{"name": name, **members}]}


def tags(**pairs: str) -> list[dict[str, str]]:
    """Tags as the API has them."""
    return [{"key": key, "value": value} for key, value in pairs.items()]


class Refusal(NamedTuple):
    """A call that differs in `parameters` from one that ECS takes, and the error that it answers with."""

    parameters: dict[str, Any]
    message: str
    source: str
    code: str


def row(
    parameters: dict[str, Any], message: str, source: str, *, id: str, code: str = "InvalidParameterException"
) -> Any:
    """A row of the table; most of what RunTask refuses is an InvalidParameterException."""
    return pytest.param(Refusal(parameters, message, source, code), id=id)


REFUSALS = [
    # what is named
    row(
        {"cluster": "nowhere"},
        "Cluster not found.",
        "aws-cli#3175",
        code="ClusterNotFoundException",
        id="unknown cluster",
    ),
    row(
        {"taskDefinition": "nothing"},
        "TaskDefinition not found.",
        "API reference",
        code="ClientException",
        id="unknown family",
    ),
    row(
        {"taskDefinition": "web:7"},
        "TaskDefinition not found.",
        "API reference",
        code="ClientException",
        id="unknown revision",
    ),
    row(
        {"taskDefinition": "arn:aws:ecs:eu-west-1:123456789012:task-definition/web:1"},
        "Invalid Region in ARN",
        "amazon-ecs-cli#821",
        id="a definition of another region",
    ),
    row(
        {"taskDefinition": "arn:aws:ecs:us-east-1:111122223333:task-definition/web:1"},
        "AccountIDs mismatch",
        "API reference",
        id="a definition of another account",
    ),
    row(
        {"taskDefinition": "bridge"},
        "Task definition does not support launch_type FARGATE.",
        "fabfuel/ecs-deploy#50",
        id="a definition that isn't for Fargate",
    ),
    # how many, and by whom
    row({"count": 0}, "count must be at least 1", "API reference", id="no task"),
    row({"count": 11}, "count must be at most 10", "API reference", id="eleven tasks"),
    row(
        {"startedBy": "x" * 129},
        "startedBy longer than 128.",
        "convox/rack#1727, where the number was 36",
        id="startedBy of 129 characters",
    ),
    row(
        {"group": "service:web"}, "Invalid namespace for group.", "several public programs", id="the group of a service"
    ),
    row({"group": "x" * 256}, "group longer than 255.", "API reference", id="group of 256 characters"),
    row(
        {"clientToken": "x" * 65},
        "idempotency token longer than 64.",
        "API reference",
        id="a client token of 65 characters",
    ),
    # networking and placement
    row(
        {"networkConfiguration": None},
        "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
        "text as the ufo deploy tool matches it",
        id="no network configuration",
    ),
    row(
        {"networkConfiguration": {}},
        "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
        "text as the ufo deploy tool matches it",
        id="an empty network configuration",
    ),
    row({"networkConfiguration": subnets()}, "subnets can not be empty.", "awslabs/fargatecli#73", id="no subnet"),
    row(
        {"networkConfiguration": subnets(*[f"subnet-{number}" for number in range(17)])},
        "subnets can have at most 16 items.",
        "opensearch-project/opensearch-migrations#1430",
        id="seventeen subnets",
    ),
    row(
        {"placementConstraints": [{"type": "distinctInstance"}]},
        "Placement constraints are not supported with FARGATE launch type.",
        "GetSimpl/cloudlift#138",
        id="placement constraints",
    ),
    row(
        {"placementStrategy": [{"type": "random"}]},
        "Placement strategies are not supported with FARGATE launch type.",
        "API reference",
        id="placement strategies",
    ),
    # where it runs
    row(
        {"launchType": None},
        "No Container Instances were found in your cluster.",
        "text as quoted for RunTask in many repositories",
        id="neither launch type nor strategy means EC2",
    ),
    row(
        {"launchType": "Fargate"},
        "launch type should be one of [EC2,FARGATE,EXTERNAL,MANAGED_INSTANCES]",
        "moto; an emulator with recorded calls of ListServices",
        id="a launch type that isn't",
    ),
    row(
        {"capacityProviderStrategy": SPOT},
        NO_STRATEGY_BESIDE,
        "text as quoted for CreateService",
        id="a strategy beside a launch type",
    ),
    row(
        {"launchType": None, "capacityProviderStrategy": SPOT},
        NOT_ASSOCIATED,
        "dask/dask-cloudprovider#328",
        id="a provider that isn't the cluster's",
    ),
    row(
        {
            "cluster": "spot",
            "launchType": None,
            "capacityProviderStrategy": [{**item, "base": 1} for item in BOTH],
        },
        "There are multiple capacity providers in the specified capacity provider strategy with a base value greater than zero. "
        "Only one capacity provider can have a base value greater than zero. "
        "Specify a valid capacity provider strategy and try again.",
        "cdk-preflight (CreateService)",
        id="two bases",
    ),
    row(
        {
            "cluster": "spot",
            "launchType": None,
            "capacityProviderStrategy": [{**item, "weight": 0} for item in BOTH],
        },
        "There are no capacity providers in the capacity provider strategy with a weight value greater than zero. "
        "Specify a weight value greater than zero for at least one capacity provider and try again.",
        "cdk-preflight (CreateService)",
        id="no weight at all",
    ),
    # platform versions
    row(
        {"platformVersion": "1.4"},
        "The specified platform does not exist.",
        "jenkinsci/amazon-ecs-plugin#218",
        code="PlatformUnknownException",
        id="half a platform version",
    ),
    row(
        {"platformVersion": "1.2.0"},
        "The specified platform does not exist.",
        "jenkinsci/amazon-ecs-plugin#218",
        code="PlatformUnknownException",
        id="a platform version that went in 2020",
    ),
    row(
        {"taskDefinition": "efs", "platformVersion": "1.3.0"},
        "One or more of the requested capabilities are not supported.",
        "CircleCI-Public/aws-ecs-orb#121",
        code="PlatformTaskDefinitionIncompatibilityException",
        id="EFS before 1.4.0",
    ),
    row(
        {"platformVersion": "1.3.0", "overrides": {"ephemeralStorage": {"sizeInGiB": 21}}},
        "One or more of the requested capabilities are not supported.",
        "jenkinsci/amazon-ecs-plugin#218",
        code="PlatformTaskDefinitionIncompatibilityException",
        id="ephemeral storage before 1.4.0",
    ),
    row(
        {"taskDefinition": "large", "platformVersion": "1.3.0"},
        "One or more of the requested capabilities are not supported.",
        "jenkinsci/amazon-ecs-plugin#218",
        code="PlatformTaskDefinitionIncompatibilityException",
        id="a definition's ephemeral storage before 1.4.0",
    ),
    row(
        {
            "platformVersion": "1.3.0",
            "overrides": override(environmentFiles=[{"type": "s3", "value": "arn:aws:s3:::bucket/app.env"}]),
        },
        "One or more of the requested capabilities are not supported.",
        "jenkinsci/amazon-ecs-plugin#218",
        code="PlatformTaskDefinitionIncompatibilityException",
        id="environment files before 1.4.0",
    ),
    row(
        {"platformVersion": "1.3.0", "enableExecuteCommand": True, "overrides": {"taskRoleArn": ROLE}},
        "One or more of the requested capabilities are not supported.",
        "jenkinsci/amazon-ecs-plugin#218",
        code="PlatformTaskDefinitionIncompatibilityException",
        id="commands before 1.4.0",
    ),
    row(
        {"platformVersion": "1.3.0", "overrides": {"cpu": "8192", "memory": "16384"}},
        "One or more of the requested capabilities are not supported.",
        "jenkinsci/amazon-ecs-plugin#218",
        code="PlatformTaskDefinitionIncompatibilityException",
        id="eight vCPUs before 1.4.0",
    ),
    # overrides
    row(
        {"overrides": override("app", command=["up"])},
        "Override for container named app is not a container in the TaskDefinition.",
        "text as quoted in many repositories",
        id="an override for an unknown container",
    ),
    row(
        {"overrides": {"containerOverrides": [{"command": ["up"]}]}},
        "name cannot be blank.",
        "aws-sdk-go#2553",
        id="an override for no container",
    ),
    row(
        {"overrides": {"cpu": "300"}},
        NO_FARGATE_SIZE.format("300 CPU, 512 memory"),
        "text of RegisterTaskDefinition: cdk-preflight",
        id="a size that Fargate hasn't got",
    ),
    row(
        {"overrides": {"cpu": "much"}},
        "Invalid 'cpu' setting for task.",
        "Developer Guide, Invalid CPU or memory value",
        id="cpu that can't be read",
    ),
    row(
        {"overrides": {"memory": "much"}},
        "Invalid 'memory' setting for task.",
        "by analogy",
        id="memory that can't be read",
    ),
    row(
        {"overrides": override(memory=1024)},
        "The 'memory' setting for container 'web' is greater than for the task.",
        "text of RegisterTaskDefinition: pulumi-awsx#1220",
        id="a container larger than the task",
    ),
    row(
        {"overrides": override(memory=100, memoryReservation=200)},
        "Invalid setting for container 'web'. 'memory' must be greater than or equal to 'memoryReservation'.",
        "text of RegisterTaskDefinition: cdk-preflight",
        id="more reserved than allowed",
    ),
    row(
        {"overrides": override(memoryReservation=1024)},
        "The 'memoryReservation' setting for container 'web' is greater than for the task.",
        "text of RegisterTaskDefinition, where it is by analogy",
        id="a container that reserves more than the task has",
    ),
    row(
        {"taskDefinition": "pair", "overrides": override(memoryReservation=300)},
        "The sum of all container 'memoryReservation' values cannot be greater than the value of the task 'memory'.",
        "text of RegisterTaskDefinition: cloudnativedaysjp/dreamkast-infra#4766",
        id="containers that reserve more than the task has",
    ),
    row(
        {"overrides": override(cpu=512)},
        "The sum of all container 'cpu' values cannot be greater than the value of the task 'cpu'.",
        "text of RegisterTaskDefinition: klothoplatform/klotho#892",
        id="more CPU than the task has",
    ),
    row(
        {"overrides": override(resourceRequirements=[{"type": "GPU", "value": "1"}])},
        "Tasks using the Fargate launch type do not support GPU resource requirements.",
        "text of RegisterTaskDefinition: cdk-preflight",
        id="a GPU",
    ),
    row(
        {"overrides": {"ephemeralStorage": {"sizeInGiB": 20}}},
        "EphemeralStorage size should be at least 21",
        "text of RegisterTaskDefinition: cdk-preflight",
        id="20 GiB of ephemeral storage",
    ),
    row(
        {"overrides": {"ephemeralStorage": {"sizeInGiB": 201}}},
        "EphemeralStorage size should be at most 200",
        "text of RegisterTaskDefinition: cdk-preflight",
        id="201 GiB of ephemeral storage",
    ),
    row(
        {"overrides": {"inferenceAcceleratorOverrides": [{"deviceName": "a", "deviceType": "eia1.medium"}]}},
        "Unsupported field 'inferenceAcceleratorOverrides'.",
        "API reference",
        id="an accelerator that no definition has",
    ),
    # tags, and commands
    row(
        {"tags": tags(**{"aws:x": ""})},
        "Tag key must not start with aws:",
        "amazon-ecs-agent#1704",
        id="a reserved tag",
    ),
    row({"tags": tags(name="it's")}, UNKNOWN_CHARACTERS, "PrefectHQ/prefect-aws#223", id="a tag with an apostrophe"),
    row(
        {"tags": tags(stage="a") + tags(stage="b")},
        "Multiple tags contain the same key.",
        "hashicorp/terraform-provider-aws#32259",
        id="a tag twice",
    ),
    row(
        {"propagateTags": "SERVICE"},
        "propagateTags should be one of [TASK_DEFINITION,NONE]",
        "API reference",
        id="tags of a service",
    ),
    row({"enableExecuteCommand": True}, NO_TASK_ROLE, "boto3#3173", id="commands, no task role"),
    row(
        {"enableExecuteCommand": True, "overrides": {"taskRoleArn": ""}},
        NO_TASK_ROLE,
        "boto3#3173",
        id="commands, an empty task role",
    ),
]


@pytest.fixture
def spot_cluster(ecs_client):
    """A cluster that both Fargate providers are associated with."""
    ecs_client.create_cluster(clusterName="spot", capacityProviders=["FARGATE", "FARGATE_SPOT"])
    return "spot"


@pytest.fixture
def definitions(ecs_client, register_on_fargate):
    """web:1, large:1, efs:1 and pair:1, which run on Fargate, and bridge:1, which doesn't."""
    register_on_fargate()
    pair = [{"name": name, "image": "nginx", "memoryReservation": 256} for name in ("web", "logs")]
    register_on_fargate(*pair, family="pair")
    register_on_fargate(family="large", ephemeralStorage={"sizeInGiB": 50})
    register_on_fargate(family="efs", volumes=[{"name": "data", "efsVolumeConfiguration": {"fileSystemId": "fs-1"}}])
    ecs_client.register_task_definition(
        family="bridge", containerDefinitions=[{"name": "web", "image": "nginx", "memory": 128}]
    )


@pytest.mark.parametrize("refusal", REFUSALS)
@pytest.mark.usefixtures("definitions", "spot_cluster")
def test_a_call_with_one_fault_is_refused_and_starts_nothing(ecs_client, ecs_fake, run_on_fargate, refusal):
    with pytest.raises(ecs_client.exceptions.from_code(refusal.code)) as error:
        run_on_fargate(**refusal.parameters)

    assert error.value.response["Error"] == {"Code": refusal.code, "Message": refusal.message}, refusal.source
    assert list(ecs_fake.tasks) == []


@pytest.mark.usefixtures("definitions")
def test_an_inactive_revision_is_refused(ecs_client, run_on_fargate):
    ecs_client.deregister_task_definition(taskDefinition="web:1")

    with pytest.raises(ecs_client.exceptions.InvalidParameterException) as error:
        run_on_fargate(taskDefinition="web:1")

    assert error.value.response["Error"]["Message"] == "TaskDefinition is inactive"


@pytest.mark.usefixtures("definitions")
def test_a_deleted_cluster_runs_nothing(ecs_client, run_on_fargate):
    ecs_client.delete_cluster(cluster="prod")

    with pytest.raises(ecs_client.exceptions.ClusterNotFoundException) as error:
        run_on_fargate(cluster="prod")

    assert error.value.response["Error"]["Message"] == "The referenced cluster was inactive."


def test_spot_has_no_windows(ecs_client, register_on_fargate, run_on_fargate, spot_cluster):
    """API reference, CapacityProviderStrategyItem: FARGATE_SPOT supports Linux tasks."""
    register_on_fargate(
        cpu="1024", memory="2048", runtimePlatform={"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}
    )

    with pytest.raises(ecs_client.exceptions.PlatformTaskDefinitionIncompatibilityException):
        run_on_fargate(cluster=spot_cluster, launchType=None, capacityProviderStrategy=SPOT)


@pytest.mark.parametrize("by_override", [False, True], ids=["in the definition", "in an override"])
def test_windows_has_no_environment_files_on_fargate(ecs_client, register_on_fargate, run_on_fargate, by_override):
    """containers-roadmap#1626 and #2475."""
    files = {"environmentFiles": [{"type": "s3", "value": "arn:aws:s3:::b/a.env"}]}
    register_on_fargate(
        {"name": "app", "image": "app", **({} if by_override else files)},
        executionRoleArn="arn:aws:iam::123456789012:role/r",
        cpu="1024",
        memory="2048",
        runtimePlatform={"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"},
    )
    overrides = {"overrides": {"containerOverrides": [{"name": "app", **files}]}} if by_override else {}

    with pytest.raises(ecs_client.exceptions.PlatformTaskDefinitionIncompatibilityException) as error:
        run_on_fargate(**overrides)

    assert error.value.response["Error"]["Message"] == "One or more of the requested capabilities are not supported."


def test_spot_has_arm_since_1_4_0(ecs_client, register_on_fargate, run_on_fargate, spot_cluster):
    """API reference, CapacityProviderStrategyItem: ARM64 on platform version 1.4.0 or later."""
    register_on_fargate(runtimePlatform={"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"})
    on_spot = {"cluster": spot_cluster, "launchType": None, "capacityProviderStrategy": SPOT}

    run_on_fargate(**on_spot, platformVersion="1.4.0")
    with pytest.raises(ecs_client.exceptions.PlatformTaskDefinitionIncompatibilityException):
        run_on_fargate(**on_spot, platformVersion="1.3.0")
