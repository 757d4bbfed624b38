"""What the operations on task sets refuse, as rows of request, code and message; nothing is changed by a refusal."""

from __future__ import annotations

from typing import Any

import pytest
from botocore import xform_name

import builders

pytestmark = pytest.mark.ecs_fake(clusters=["prod"])

INVALID = "InvalidParameterException"
MADE: dict[str, Any] = {"cluster": "prod", "service": "web"}
CREATE: dict[str, Any] = {**MADE, "taskDefinition": "web", **builders.ON_FARGATE}
UNKNOWN = "ecs-svc/1234567890123456789"
WHOLE = {"value": 100.0, "unit": "PERCENT"}

# aws-samples/ecs-bg-external-controller#6, terraform-provider-aws#30347, aws-cli#5380, boto3#3895
TOO_MANY = "5 deployments exist on the service. Unable to create new TaskSet since this exceeds the maximum limit."
EXTERNAL_ONLY = (
    "Amazon ECS only supports task set management on services configured to use external deployment controllers."
)
EMPTY = "TaskSets cannot be empty."
NOT_AN_IDENTIFIER = "Task Set Identifier is invalid"
NOT_FOUND = "The specified task set was not found."


@pytest.fixture
def web(ecs_client, register_on_fargate):
    """The service `web` under the controller EXTERNAL, without a task set."""
    register_on_fargate({"name": "web", "image": "nginx:1.29", "portMappings": [{"containerPort": 80}]})
    ecs_client.create_service(**builders.service_of_task_sets())


def refusal(client: Any, operation: str, parameters: dict[str, Any]) -> tuple[str, str]:
    """The code and the message that a call is refused with."""
    with pytest.raises(client.exceptions.ClientError) as caught:
        getattr(client, xform_name(operation))(**parameters)
    error = caught.value.response["Error"]
    return error["Code"], error["Message"]


def balancer(**members: Any) -> dict[str, Any]:
    return {"loadBalancers": [{"containerName": "web", "containerPort": 80, **members}]}


TARGETS = {"targetGroupArn": "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/web/0a1b2c3d4e5f6a7b"}

REFUSED = [
    pytest.param("CreateTaskSet", {**CREATE, "cluster": "none"}, "ClusterNotFoundException", "Cluster not found.", id="cluster"),
    pytest.param("CreateTaskSet", {**CREATE, "service": "none"}, "ServiceNotFoundException", "", id="service"),
    pytest.param("CreateTaskSet", {**CREATE, "taskDefinition": "none"}, "ClientException", "TaskDefinition not found.", id="definition"),
    pytest.param(
        "CreateTaskSet", {**CREATE, "networkConfiguration": {}}, INVALID,
        "Network Configuration must be provided when networkMode 'awsvpc' is specified.", id="awsvpc without a network",
    ),
    pytest.param(
        "CreateTaskSet", {**CREATE, **balancer(**TARGETS, containerName="app")}, INVALID,
        "The container app does not exist in the task definition.", id="container of a load balancer",
    ),
    pytest.param(
        "CreateTaskSet", {**CREATE, **balancer(**TARGETS, containerPort=81)}, INVALID,
        "The container web did not have a container port 81 defined.", id="port of a load balancer",
    ),
    pytest.param(
        "CreateTaskSet", {**CREATE, **balancer(loadBalancerName="web")}, INVALID,
        "Classic Load Balancers are not supported with task sets.", id="classic load balancer",
    ),
    pytest.param(
        "CreateTaskSet", {**CREATE, "capacityProviderStrategy": [{"capacityProvider": "FARGATE"}]}, INVALID,
        "Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.",
        id="launch type and strategy",
    ),
    pytest.param("CreateTaskSet", {**CREATE, "scale": {"value": -1.0}}, INVALID, "value must be at least 0", id="scale below 0"),
    pytest.param("CreateTaskSet", {**CREATE, "scale": {"value": 100.5}}, INVALID, "value must be at most 100", id="scale above 100"),
    pytest.param("CreateTaskSet", {**CREATE, "clientToken": "x" * 37}, INVALID, "idempotency token longer than 36.", id="token"),
    pytest.param("DescribeTaskSets", MADE, INVALID, EMPTY, id="no task sets named"),
    pytest.param("DescribeTaskSets", {**MADE, "taskSets": []}, INVALID, EMPTY, id="an empty list"),
    pytest.param("DescribeTaskSets", {**MADE, "taskSets": ["web"]}, INVALID, NOT_AN_IDENTIFIER, id="no identifier"),
    pytest.param(
        "DescribeTaskSets", {**MADE, "taskSets": ["arn:aws:ecs:us-east-1:123456789012:task-set/prod/web"]}, INVALID,
        NOT_AN_IDENTIFIER, id="half an ARN",
    ),
    pytest.param("UpdateTaskSet", {**MADE, "taskSet": UNKNOWN, "scale": WHOLE}, "TaskSetNotFoundException", NOT_FOUND, id="update unknown"),
    pytest.param("UpdateTaskSet", {**MADE, "taskSet": "web", "scale": WHOLE}, INVALID, NOT_AN_IDENTIFIER, id="update no identifier"),
    pytest.param("DeleteTaskSet", {**MADE, "taskSet": UNKNOWN}, "TaskSetNotFoundException", NOT_FOUND, id="delete unknown"),
    pytest.param(
        "UpdateServicePrimaryTaskSet", {**MADE, "primaryTaskSet": UNKNOWN}, "TaskSetNotFoundException", NOT_FOUND, id="primary unknown",
    ),
]  # fmt: skip


@pytest.mark.usefixtures("web")
@pytest.mark.parametrize(("operation", "parameters", "code", "message"), REFUSED)
def test_it_is_refused(ecs_client, operation, parameters, code, message):
    assert refusal(ecs_client, operation, parameters) == (code, message)

    assert ecs_client.describe_services(cluster="prod", services=["web"])["services"][0]["taskSets"] == []


@pytest.mark.usefixtures("web")
def test_a_sixth_task_set_is_refused(ecs_client):
    for _ in range(5):
        ecs_client.create_task_set(**CREATE)

    assert refusal(ecs_client, "CreateTaskSet", CREATE) == (INVALID, TOO_MANY)


@pytest.mark.usefixtures("web")
def test_a_client_token_with_other_parameters_is_refused(ecs_client):
    ecs_client.create_task_set(**CREATE, clientToken="once")

    answer = refusal(ecs_client, "CreateTaskSet", {**CREATE, "clientToken": "once", "scale": WHOLE})

    assert answer == (INVALID, "Creation of task set was not idempotent.")


#: The operations that change task sets, with what they need beside the service.
MANAGING = [
    pytest.param("CreateTaskSet", {"taskDefinition": "web"}, id="CreateTaskSet"),
    pytest.param("UpdateTaskSet", {"taskSet": UNKNOWN, "scale": WHOLE}, id="UpdateTaskSet"),
    pytest.param("DeleteTaskSet", {"taskSet": UNKNOWN}, id="DeleteTaskSet"),
    pytest.param("UpdateServicePrimaryTaskSet", {"primaryTaskSet": UNKNOWN}, id="UpdateServicePrimaryTaskSet"),
]


@pytest.mark.parametrize(("operation", "parameters"), MANAGING)
@pytest.mark.parametrize("controller", ["ECS", "CODE_DEPLOY"])
def test_ecs_and_code_deploy_make_their_deployments_themselves(
    ecs_client, create_service, register_on_fargate, operation, parameters, controller
):
    register_on_fargate({"name": "web", "image": "nginx:1.29", "portMappings": [{"containerPort": 80}]})
    create_service(desiredCount=0, deploymentController={"type": controller}, **balancer(**TARGETS))

    assert refusal(ecs_client, operation, {**MADE, **parameters}) == (INVALID, EXTERNAL_ONLY)


@pytest.mark.usefixtures("web")
@pytest.mark.parametrize(
    ("operation", "parameters"), [*MANAGING, pytest.param("DescribeTaskSets", {"taskSets": [UNKNOWN]}, id="DescribeTaskSets")]
)  # fmt: skip
@pytest.mark.parametrize("seconds", [0, 60], ids=["DRAINING", "INACTIVE"])
def test_a_deleted_services_task_sets_are_left_alone(ecs_fake, ecs_client, operation, parameters, seconds):
    ecs_client.delete_service(**MADE, force=True)
    ecs_fake.clock.advance(seconds=seconds)

    assert refusal(ecs_client, operation, {**MADE, **parameters}) == (
        "ServiceNotActiveException",
        "Service was not ACTIVE.",
    )


@pytest.mark.usefixtures("web")
@pytest.mark.parametrize(
    ("scale", "is_primary", "message"),
    [
        pytest.param(WHOLE, False, "The task set cannot be deleted while it is scaled above 0.", id="scaled above 0"),
        pytest.param(None, True, "The primary task set cannot be deleted.", id="primary"),
    ],
)
def test_a_task_set_in_use_is_deleted_only_by_force(ecs_client, scale, is_primary, message):
    task_set = ecs_client.create_task_set(**CREATE, **({"scale": scale} if scale else {}))["taskSet"]["id"]
    if is_primary:
        ecs_client.update_service_primary_task_set(**MADE, primaryTaskSet=task_set)

    assert refusal(ecs_client, "DeleteTaskSet", {**MADE, "taskSet": task_set}) == (INVALID, message)
    assert ecs_client.delete_task_set(**MADE, taskSet=task_set, force=True)["taskSet"]["status"] == "DRAINING"


@pytest.mark.usefixtures("web")
@pytest.mark.parametrize(
    ("operation", "member", "parameters"),
    [
        pytest.param("UpdateTaskSet", "taskSet", {"scale": WHOLE}, id="scale"),
        pytest.param("UpdateServicePrimaryTaskSet", "primaryTaskSet", {}, id="primary"),
    ],
)
def test_a_task_set_that_drains_is_not_taken_back(ecs_client, operation, member, parameters):
    task_set = ecs_client.create_task_set(**CREATE)["taskSet"]["id"]
    ecs_client.delete_task_set(**MADE, taskSet=task_set)

    answer = refusal(ecs_client, operation, {**MADE, member: task_set, **parameters})

    assert answer == (INVALID, "The task set is draining.")
