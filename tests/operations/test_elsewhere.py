"""Regions and accounts are apart: what an ARN of elsewhere is answered with, what is unknown elsewhere, and which cluster is meant by none.

One row a parameter that takes an ARN. Texts: aws-cli#3175 (region), RunTask in many repositories (account), aws-cli#7875 (type) and
mondoohq/mql#6266 (malformed), each seen of some operations and taken for all.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore import xform_name

import builders
from pytest_ecsfake import operations
from pytest_ecsfake.validation import schemas

ACCOUNT, OTHER_ACCOUNT = "123456789012", "111122223333"
ID = "0123456789abcdef0123456789abcdef"

INVALID = "InvalidParameterException"
CLUSTER_NOT_FOUND = ("ClusterNotFoundException", "Cluster not found.")
PROVIDER_NOT_FOUND = (
    "ClientException",
    "The specified capacity provider does not exist. Specify a valid name or ARN and try again.",
)
MALFORMED_DEFINITION = (
    "failure",
    "The specified task definition identifier is invalid. Specify a valid name or ARN and try again.",
)
UNKNOWN_DEFINITION = (
    "failure",
    "The specified task definition does not exist. Specify a valid account, family, revision and try again.",
)
MISSING = ("failure", "MISSING")

Answer = tuple[str, str]


@dataclass(frozen=True)
class Parameter:
    """A parameter that takes the ARN of a resource."""

    operation: str
    member: str
    resource: str
    unknown: Answer | None
    """What the name or id of a resource is answered with that isn't there. None: nothing is found, and nothing is wrong."""
    others: Mapping[str, Any] = field(default_factory=dict)
    """What has to be said beside it."""
    is_list: bool = False
    takes_names: bool = True
    refused: Answer | None = None
    """What every ARN that doesn't fit is answered with, where it isn't refused like elsewhere."""

    def answer(self, client: Any, value: str) -> Answer | None:
        """The code and message that a call with this value is refused with, or the reason of its failure; None when it went well."""
        if self.operation not in client.meta.service_model.operation_names:
            pytest.skip(f"this botocore has no {self.operation}")
        if (
            not {self.member, *self.others}
            <= client.meta.service_model.operation_model(self.operation).input_shape.members.keys()
        ):
            pytest.skip(f"this botocore has no {self.operation}.{self.member}")
        method = getattr(client, xform_name(self.operation))
        try:
            response = method(**{**self.others, self.member: [value] if self.is_list else value})
        except client.exceptions.ClientError as error:
            return error.response["Error"]["Code"], error.response["Error"]["Message"]
        [failure] = response.get("failures") or [None]
        return None if failure is None else ("failure", failure["reason"])

    @property
    def name(self) -> str:
        id_ = self.resource.rpartition("/")[2]
        return f"ecs-svc/{id_}" if self.resource.startswith("task-set/") else id_


IN_PROD = {"cluster": "prod"}
INSTANCES = {
    "infrastructureRoleArn": f"arn:aws:iam::{ACCOUNT}:role/ecsInfrastructureRole",
    "instanceLaunchTemplate": {
        "ec2InstanceProfileArn": f"arn:aws:iam::{ACCOUNT}:instance-profile/ecsInstanceRole",
        "networkConfiguration": {"subnets": ["subnet-0a1b2c3d"]},
    },
}
SHELL: dict[str, Any] = {"command": "/bin/sh", "interactive": True}
INSIGHTS = {"settings": [{"name": "containerInsights", "value": "enabled"}]}
NO_PROVIDERS: dict[str, Any] = {"capacityProviders": [], "defaultCapacityProviderStrategy": []}
CLUSTER, REVISION, PROVIDER, TASK = "cluster/prod", "task-definition/web:1", "capacity-provider/asg", f"task/prod/{ID}"
INSTANCE = f"container-instance/prod/{ID}"
GATEWAY, ROUTE = "gateway/public", f"gateway-route/public/{ID}"
NO_GATEWAY = ("GatewayNotFoundException", "The specified gateway was not found.")
NO_ROUTE = ("ResourceNotFoundException", "The specified gateway route was not found.")
SERVICE = "service/prod/api"
DEPLOYMENT = "service-deployment/prod/worker/ejGvqq2ilnbKT9qj0vLJe"
NO_DEPLOYMENT = ("ServiceDeploymentNotFoundException", "Service deployment not found.")
TASK_SET = "task-set/prod/by-hand/ecs-svc/1234567890123456789"
NO_TASK_SET = ("TaskSetNotFoundException", "The specified task set was not found.")
BY_HAND: dict[str, Any] = {"cluster": "prod", "service": "by-hand"}
EXPRESS = {
    "infrastructureRoleArn": f"arn:aws:iam::{ACCOUNT}:role/ecsInfrastructureRole",
    "executionRoleArn": f"arn:aws:iam::{ACCOUNT}:role/ecsTaskExecutionRole",
    "primaryContainer": {"image": "nginx"},
}
WHOLE = {"value": 100.0, "unit": "PERCENT"}
NO_SERVICE = ("ServiceNotFoundException", "")
DAEMON = "daemon/prod/agent"
NEW_DAEMON = {"daemonName": "agent", "daemonTaskDefinitionArn": "agent", "capacityProviderArns": ["fleet"]}
DAEMON_REVISION = "daemon-task-definition/agent:1"
NO_DAEMON_REVISION = ("ClientException", "Daemon task definition not found.")
UNKNOWN_INSTANCE = f"Referenced container instance {ID} not found."


def cluster(operation: str, **others: Any) -> Parameter:
    return Parameter(operation, "cluster", CLUSTER, CLUSTER_NOT_FOUND, others)


PARAMETERS = [
    cluster("AssociateGatewayWithCluster", gateway="public"),
    cluster("CreateCapacityProvider", name="instances", managedInstancesProvider=INSTANCES),
    cluster("CreateService", serviceName="shop"),
    cluster("CreateExpressGatewayService", **EXPRESS),
    cluster("CreateTaskSet", service="by-hand", taskDefinition="web"),
    cluster("DeleteAttributes", attributes=[]),
    cluster("DeleteCapacityProvider", capacityProvider="asg"),
    cluster("DeleteCluster"),
    cluster("DeleteService", service="api"),
    cluster("DeleteTaskSet", service="by-hand", taskSet="ecs-svc/1"),
    cluster("DescribeCapacityProviders"),
    cluster("DeregisterContainerInstance", containerInstance=ID),
    cluster("DescribeContainerInstances", containerInstances=[ID]),
    cluster("DescribeServices", services=["api"]),
    cluster("ListServiceDeployments", service="api"),
    cluster("DescribeTaskSets", service="by-hand", taskSets=["ecs-svc/1"]),
    cluster("DescribeTasks", tasks=[ID]),
    cluster("DisassociateGatewayFromCluster", gateway="public"),
    cluster("ExecuteCommand", task=ID, **SHELL),
    cluster("ListAttributes", targetType="container-instance"),
    cluster("ListContainerInstances"),
    cluster("GetTaskProtection", tasks=[ID]),
    cluster("ListServices"),
    cluster("ListTasks"),
    cluster("PutAttributes", attributes=[]),
    cluster("PutClusterCapacityProviders", **NO_PROVIDERS),
    cluster("RegisterContainerInstance"),
    cluster("RunTask", taskDefinition="web"),
    cluster("StartTask", taskDefinition="web", containerInstances=[ID]),
    cluster("StopTask", task=ID),
    cluster("SubmitAttachmentStateChanges", attachments=[]),
    cluster("SubmitContainerStateChange", task=ID),
    cluster("SubmitTaskStateChange", task=ID),
    Parameter("DiscoverPollEndpoint", "cluster", CLUSTER, ("ClientException", "Cluster not found.")),
    cluster("UpdateCapacityProvider", name="asg", autoScalingGroupProvider={}),
    cluster("UpdateCluster", **INSIGHTS),
    cluster("UpdateClusterSettings", **INSIGHTS),
    cluster("UpdateContainerAgent", containerInstance=ID),
    cluster("UpdateTaskProtection", tasks=[ID], protectionEnabled=True),
    cluster("UpdateService", service="api"),
    cluster("UpdateServicePrimaryTaskSet", service="by-hand", primaryTaskSet="ecs-svc/1"),
    cluster("UpdateTaskSet", service="by-hand", taskSet="ecs-svc/1", scale=WHOLE),
    cluster("UpdateContainerInstancesState", containerInstances=[ID], status="DRAINING"),
    Parameter("ListGatewayClusterAssociations", "cluster", CLUSTER, None),
    Parameter("ListGatewayRoutes", "cluster", CLUSTER, None),
    Parameter("AssociateGatewayWithCluster", "gateway", GATEWAY, NO_GATEWAY, IN_PROD),
    Parameter("DeleteGateway", "gateway", GATEWAY, NO_GATEWAY),
    Parameter("DescribeGateway", "gateway", GATEWAY, NO_GATEWAY),
    Parameter("DescribeGatewayResources", "gateway", GATEWAY, NO_GATEWAY),
    Parameter("DisassociateGatewayFromCluster", "gateway", GATEWAY, NO_GATEWAY, IN_PROD),
    Parameter("ListGatewayClusterAssociations", "gateway", GATEWAY, None),
    Parameter("ListGatewayRoutes", "gateway", GATEWAY, NO_GATEWAY),
    Parameter("UpdateGateway", "gateway", GATEWAY, NO_GATEWAY),
    Parameter("DescribeGatewayRoute", "gatewayRouteArn", ROUTE, NO_ROUTE, takes_names=False),
    Parameter("ListGatewayRoutes", "service", SERVICE, None),
    Parameter("DescribeClusters", "clusters", CLUSTER, MISSING, is_list=True),
    Parameter("DescribeTasks", "tasks", TASK, MISSING, IN_PROD, is_list=True),
    Parameter("GetTaskProtection", "tasks", TASK, MISSING, IN_PROD, is_list=True),
    Parameter("UpdateTaskProtection", "tasks", TASK, MISSING, {**IN_PROD, "protectionEnabled": True}, is_list=True),
    Parameter("ExecuteCommand", "task", TASK, (INVALID, "The referenced task was not found."), {**IN_PROD, **SHELL}),
    Parameter(
        "DeregisterContainerInstance", "containerInstance", INSTANCE, ("ClientException", UNKNOWN_INSTANCE), IN_PROD
    ),
    Parameter("DescribeContainerInstances", "containerInstances", INSTANCE, MISSING, IN_PROD, is_list=True),
    Parameter("ListTasks", "containerInstance", INSTANCE, (INVALID, UNKNOWN_INSTANCE), IN_PROD),
    Parameter(
        "RegisterContainerInstance",
        "containerInstanceArn",
        INSTANCE,
        ("ClientException", f"Referenced container instance {ID} not registered."),
        IN_PROD,
    ),
    Parameter("UpdateContainerAgent", "containerInstance", INSTANCE, ("ClientException", UNKNOWN_INSTANCE), IN_PROD),
    Parameter(
        "UpdateContainerInstancesState",
        "containerInstances",
        INSTANCE,
        MISSING,
        {**IN_PROD, "status": "DRAINING"},
        is_list=True,
    ),
    Parameter("DeleteService", "service", SERVICE, NO_SERVICE, IN_PROD),
    Parameter("DescribeExpressGatewayService", "serviceArn", SERVICE, CLUSTER_NOT_FOUND, takes_names=False),
    Parameter("UpdateExpressGatewayService", "serviceArn", SERVICE, CLUSTER_NOT_FOUND, takes_names=False),
    Parameter("DeleteExpressGatewayService", "serviceArn", SERVICE, CLUSTER_NOT_FOUND, takes_names=False),
    Parameter("DescribeServices", "services", SERVICE, MISSING, IN_PROD, is_list=True),
    Parameter("ListServiceDeployments", "service", SERVICE, NO_SERVICE, IN_PROD),
    Parameter(
        "DescribeServiceDeployments", "serviceDeploymentArns", DEPLOYMENT, MISSING, is_list=True, takes_names=False
    ),
    Parameter(
        "DescribeServiceRevisions",
        "serviceRevisionArns",
        "service-revision/prod/worker/6216346761948112104",
        MISSING,
        is_list=True,
        takes_names=False,
    ),
    Parameter("StopServiceDeployment", "serviceDeploymentArn", DEPLOYMENT, NO_DEPLOYMENT, takes_names=False),
    Parameter(
        "ContinueServiceDeployment",
        "serviceDeploymentArn",
        DEPLOYMENT,
        NO_DEPLOYMENT,
        {"hookId": "ecs-pause-0"},
        takes_names=False,
    ),
    Parameter("ListTasks", "serviceName", SERVICE, ("ServiceNotFoundException", "Service not found."), IN_PROD),
    Parameter("UpdateService", "service", SERVICE, NO_SERVICE, IN_PROD),
    Parameter("CreateTaskSet", "service", SERVICE, NO_SERVICE, {**IN_PROD, "taskDefinition": "web"}),
    Parameter("DeleteTaskSet", "service", SERVICE, NO_SERVICE, {**IN_PROD, "taskSet": "ecs-svc/1"}),
    Parameter("DescribeTaskSets", "service", SERVICE, NO_SERVICE, {**IN_PROD, "taskSets": ["ecs-svc/1"]}),
    Parameter(
        "UpdateServicePrimaryTaskSet", "service", SERVICE, NO_SERVICE, {**IN_PROD, "primaryTaskSet": "ecs-svc/1"}
    ),
    Parameter("UpdateTaskSet", "service", SERVICE, NO_SERVICE, {**IN_PROD, "taskSet": "ecs-svc/1", "scale": WHOLE}),
    Parameter("DeleteTaskSet", "taskSet", TASK_SET, NO_TASK_SET, BY_HAND),
    Parameter("DescribeTaskSets", "taskSets", TASK_SET, MISSING, BY_HAND, is_list=True),
    Parameter("UpdateServicePrimaryTaskSet", "primaryTaskSet", TASK_SET, NO_TASK_SET, BY_HAND),
    Parameter("UpdateTaskSet", "taskSet", TASK_SET, NO_TASK_SET, {**BY_HAND, "scale": WHOLE}),
    Parameter("CreateTaskSet", "taskDefinition", REVISION, ("ClientException", "TaskDefinition not found."), BY_HAND),
    Parameter(
        "CreateService",
        "taskDefinition",
        REVISION,
        ("ClientException", "TaskDefinition not found."),
        {**IN_PROD, "serviceName": "shop", "desiredCount": 0},
    ),
    Parameter(
        "UpdateService",
        "taskDefinition",
        REVISION,
        ("ClientException", "TaskDefinition not found."),
        {**IN_PROD, "service": "worker"},
    ),
    Parameter("DiscoverPollEndpoint", "containerInstance", INSTANCE, ("ClientException", UNKNOWN_INSTANCE), IN_PROD),
    Parameter("SubmitContainerStateChange", "task", TASK, (INVALID, "The referenced task was not found."), IN_PROD),
    Parameter("SubmitTaskStateChange", "task", TASK, (INVALID, "The referenced task was not found."), IN_PROD),
    Parameter("StopTask", "task", TASK, (INVALID, "The referenced task was not found."), IN_PROD),
    Parameter("RunTask", "taskDefinition", REVISION, ("ClientException", "TaskDefinition not found."), IN_PROD),
    Parameter(
        "StartTask",
        "taskDefinition",
        REVISION,
        ("ClientException", "TaskDefinition not found."),
        {**IN_PROD, "containerInstances": [ID]},
    ),
    Parameter("StartTask", "containerInstances", INSTANCE, MISSING, {**IN_PROD, "taskDefinition": "web"}, is_list=True),
    Parameter(
        "DescribeTaskDefinition",
        "taskDefinition",
        REVISION,
        ("ClientException", "Unable to describe task definition."),
    ),
    Parameter(
        "DeregisterTaskDefinition",
        "taskDefinition",
        REVISION,
        ("ClientException", "Unable to deregister task definition."),
    ),
    Parameter(
        "DeleteTaskDefinitions",
        "taskDefinitions",
        REVISION,
        UNKNOWN_DEFINITION,
        is_list=True,
        refused=MALFORMED_DEFINITION,
    ),
    Parameter("CreateDaemon", "clusterArn", CLUSTER, CLUSTER_NOT_FOUND, NEW_DAEMON),
    Parameter("ListDaemons", "clusterArn", CLUSTER, CLUSTER_NOT_FOUND),
    Parameter("DescribeDaemon", "daemonArn", DAEMON, CLUSTER_NOT_FOUND, takes_names=False),
    Parameter("DeleteDaemon", "daemonArn", DAEMON, CLUSTER_NOT_FOUND, takes_names=False),
    Parameter("ListDaemonDeployments", "daemonArn", DAEMON, CLUSTER_NOT_FOUND, takes_names=False),
    Parameter(
        "UpdateDaemon",
        "daemonArn",
        DAEMON,
        CLUSTER_NOT_FOUND,
        {"daemonTaskDefinitionArn": "agent", "capacityProviderArns": ["fleet"]},
        takes_names=False,
    ),
    Parameter(
        "DescribeDaemonDeployments",
        "daemonDeploymentArns",
        "daemon-deployment/prod/agent/0EYSiB0qap8xf0N76FsbE",
        MISSING,
        is_list=True,
        takes_names=False,
        refused=MISSING,
    ),
    Parameter(
        "DescribeDaemonRevisions",
        "daemonRevisionArns",
        "daemon-revision/prod/agent/4980306466373577095",
        MISSING,
        is_list=True,
        takes_names=False,
        refused=MISSING,
    ),
    Parameter("DescribeDaemonTaskDefinition", "daemonTaskDefinition", DAEMON_REVISION, NO_DAEMON_REVISION),
    Parameter("DeleteDaemonTaskDefinition", "daemonTaskDefinition", DAEMON_REVISION, NO_DAEMON_REVISION),
    Parameter("DeleteCapacityProvider", "capacityProvider", PROVIDER, PROVIDER_NOT_FOUND),
    Parameter("DescribeCapacityProviders", "capacityProviders", PROVIDER, MISSING, is_list=True),
    Parameter("TagResource", "resourceArn", CLUSTER, CLUSTER_NOT_FOUND, {"tags": []}, takes_names=False),
    Parameter("UntagResource", "resourceArn", CLUSTER, CLUSTER_NOT_FOUND, {"tagKeys": []}, takes_names=False),
    Parameter("ListTagsForResource", "resourceArn", CLUSTER, CLUSTER_NOT_FOUND, takes_names=False),
]

#: Members of a request that name what exists, by name or ARN.
NAMING = {parameter.member for parameter in PARAMETERS}
#: API reference, PutClusterCapacityProviders and CreateCluster: "the name", never an ARN; CreateService gives one.
NAMES_ONLY = {
    ("CreateCluster", "capacityProviders"),
    ("CreateExpressGatewayService", "serviceName"),
    ("CreateService", "serviceName"),
    ("PutClusterCapacityProviders", "capacityProviders"),
}

every_parameter = pytest.mark.parametrize(
    "parameter", PARAMETERS, ids=lambda parameter: f"{parameter.operation} {parameter.member}"
)


def arn(resource: str, *, region: str = "us-east-1", account: str = ACCOUNT) -> str:
    return f"arn:aws:ecs:{region}:{account}:{resource}"


def create_worker(client: Any) -> None:
    client.register_task_definition(
        family="worker", containerDefinitions=[{"name": "app", "image": "busybox", "memory": 128}]
    )
    client.create_service(cluster="prod", serviceName="worker", taskDefinition="worker", desiredCount=0)


def furnish(client: Any) -> None:
    """What the parameters name: a cluster, a revision, a capacity provider, a service."""
    client.create_cluster(clusterName="prod")
    register_web(client)
    client.create_capacity_provider(name="asg", autoScalingGroupProvider={"autoScalingGroupArn": "asg"})
    create_worker(client)
    create_by_hand(client)
    create_gateway(client)


def create_gateway(client: Any) -> None:
    """The gateway public, where botocore knows gateways; its name is none that a service or a task definition has."""
    if "CreateGateway" in client.meta.service_model.operation_names:
        client.create_gateway(**builders.gateway(name="public"))


def create_by_hand(client: Any) -> None:
    client.create_service(
        cluster="prod", serviceName="by-hand", desiredCount=0, deploymentController={"type": "EXTERNAL"}
    )


def register_web(client: Any) -> None:
    client.register_task_definition(
        family="web", containerDefinitions=[{"name": "app", "image": "nginx", "memory": 128}]
    )


def furnish_beside(client: Any, parameter: Parameter) -> None:
    """What a parameter's `others` name, so that it alone names something unknown."""
    if "cluster" in parameter.others:
        client.create_cluster(clusterName="prod")
    if "web" in parameter.others.values():
        register_web(client)
    if "worker" in parameter.others.values():
        create_worker(client)
    if "cluster" in parameter.others and parameter.others.get("service") == "by-hand":
        create_by_hand(client)
    if "public" in parameter.others.values():
        create_gateway(client)
    if "asg" in parameter.others.values():
        client.create_capacity_provider(name="asg", autoScalingGroupProvider={"autoScalingGroupArn": "asg"})


def test_every_parameter_of_a_built_operation_that_takes_an_arn_has_a_row():
    found = {
        (name, member)
        for name in operations.built()
        for member in schemas.request_schema(name)["$defs"][f"{name}Request"]["properties"]
        if member in NAMING
    }

    assert {(parameter.operation, parameter.member) for parameter in PARAMETERS} == found - NAMES_ONLY


@every_parameter
@pytest.mark.parametrize(
    ("region", "account", "expected"),
    [
        pytest.param("eu-west-1", ACCOUNT, (INVALID, "Invalid Region in ARN"), id="another region"),
        pytest.param("us-east-1", OTHER_ACCOUNT, (INVALID, "AccountIDs mismatch"), id="another account"),
        pytest.param("eu-west-1", OTHER_ACCOUNT, (INVALID, "Invalid Region in ARN"), id="both: the region is told"),
    ],
)
def test_an_arn_of_elsewhere_is_refused(ecs_client, parameter, region, account, expected):
    furnish(ecs_client)

    answer = parameter.answer(ecs_client, arn(parameter.resource, region=region, account=account))

    assert answer == (parameter.refused or expected)


@every_parameter
def test_an_arn_of_another_resource_type_is_refused(ecs_client, parameter):
    furnish(ecs_client)

    answer = parameter.answer(ecs_client, arn(f"container/prod/{ID}/{ID}"))

    assert answer == (parameter.refused or (INVALID, "Unsupported resource type: container"))


@every_parameter
def test_a_malformed_arn_is_refused(ecs_client, parameter):
    furnish(ecs_client)
    # Without the revision, whose colon would stand for the missing one.
    malformed = f"arn:aws:ecs:us-east-1:{parameter.resource.partition(':')[0]}"

    answer = parameter.answer(ecs_client, malformed)

    message = f"com.amazon.arn.ARNSyntaxException: Fifth colon (namespace/relative-id delimiter) not found: {malformed}"
    assert answer == (parameter.refused or ("ClientException", message))


@every_parameter
@pytest.mark.parametrize("place", ["region", "account"])
def test_what_is_here_is_unknown_elsewhere(ecs_fake, ecs_client, parameter, place):
    furnish(ecs_client)
    there = ecs_fake.in_region("eu-west-1") if place == "region" else ecs_fake.in_account(OTHER_ACCOUNT)
    furnish_beside(there.client, parameter)
    own = {"region": "eu-west-1"} if place == "region" else {"account": OTHER_ACCOUNT}

    if parameter.takes_names:
        assert parameter.answer(there.client, parameter.name) == parameter.unknown
    assert parameter.answer(there.client, arn(parameter.resource, **own)) == parameter.unknown


#: botocore's model, `cluster` of each: "If you do not specify a cluster, the default cluster is assumed."
ON_DEFAULT = [
    pytest.param("run_task", {"taskDefinition": "web"}, id="RunTask"),
    pytest.param("list_tasks", {}, id="ListTasks"),
    pytest.param("list_services", {}, id="ListServices"),
    pytest.param("describe_services", {"services": ["web"]}, id="DescribeServices"),
    pytest.param("list_service_deployments", {"service": "web"}, id="ListServiceDeployments"),
    pytest.param("list_container_instances", {}, id="ListContainerInstances"),
    pytest.param("register_container_instance", {}, id="RegisterContainerInstance"),
    pytest.param("describe_tasks", {"tasks": [ID]}, id="DescribeTasks"),
    pytest.param("stop_task", {"task": ID}, id="StopTask"),
    pytest.param("execute_command", {"task": ID, "command": "/bin/sh", "interactive": True}, id="ExecuteCommand"),
]


@pytest.mark.parametrize(("method", "parameters"), ON_DEFAULT)
def test_a_default_cluster_is_not_made_on_the_fly(ecs_client, method, parameters):
    """amazon-ecs-agent#14: it's for the client to make it."""
    with pytest.raises(ecs_client.exceptions.ClusterNotFoundException, match=r"Cluster not found\.$"):
        getattr(ecs_client, method)(**parameters)

    assert ecs_client.list_clusters()["clusterArns"] == []


def test_a_default_cluster_that_is_not_there_is_described_as_missing(ecs_client):
    assert ecs_client.describe_clusters()["failures"] == [{"arn": arn("cluster/default"), "reason": "MISSING"}]


def test_no_cluster_means_the_default_one(ecs_client, register_on_fargate, run_on_fargate):
    ecs_client.create_cluster()
    ecs_client.create_cluster(clusterName="prod")
    register_on_fargate()

    [task] = run_on_fargate()["tasks"]

    assert task["clusterArn"] == arn("cluster/default")
    for named in ({}, {"cluster": "default"}, {"cluster": arn("cluster/default")}):
        assert ecs_client.list_tasks(**named)["taskArns"] == [task["taskArn"]]
        assert ecs_client.describe_tasks(tasks=[task["taskArn"]], **named)["failures"] == []
    assert ecs_client.describe_clusters()["clusters"][0]["clusterArn"] == arn("cluster/default")
    assert ecs_client.stop_task(task=task["taskArn"])["task"]["desiredStatus"] == "STOPPED"


def test_a_deleted_default_cluster_is_not_meant_any_more(ecs_client):
    """vatertime/minecraft-spot-pricing#4 for the words."""
    ecs_client.create_cluster()
    ecs_client.delete_cluster(cluster="default")

    with pytest.raises(ecs_client.exceptions.ClusterNotFoundException, match=r"The referenced cluster was inactive\.$"):
        ecs_client.list_tasks()
