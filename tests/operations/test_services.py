"""CreateService, DescribeServices, ListServices, ListServicesByNamespace and DeleteService: what they answer, and what is then there.

Shapes: recorded answers of create-service and describe-services of 2024 to 2026; API reference of each.
"""

from __future__ import annotations

from typing import Any

import pytest

ACCOUNT = "123456789012"
PREFIX = f"arn:aws:ecs:us-east-1:{ACCOUNT}"
GROUP = f"arn:aws:elasticloadbalancing:us-east-1:{ACCOUNT}:targetgroup/web/0123456789abcdef"
BEHIND_GROUP = {"targetGroupArn": GROUP, "containerName": "web", "containerPort": 80}
WEB = {
    "name": "web",
    "image": "nginx:1.29",
    "portMappings": [{"containerPort": 80, "name": "http", "appProtocol": "http"}],
}


@pytest.fixture
def create(ecs_client, create_service, register_on_fargate):
    """Make a service on Fargate, of the name `web` and two tasks unless told otherwise; as it comes back. None leaves a parameter out."""
    ecs_client.create_cluster()
    register_on_fargate(WEB)

    def create(name: str = "web", **parameters: Any) -> dict[str, Any]:
        return create_service(**{"cluster": None, "serviceName": name, **parameters})

    return create


@pytest.fixture
def describe(ecs_client):
    """The service of a name, as DescribeServices shows it."""

    def describe(name: str = "web", **parameters: Any) -> dict[str, Any]:
        [service] = ecs_client.describe_services(services=[name], **parameters)["services"]
        return service

    return describe


def without_newer(service: dict[str, Any], *names: str) -> dict[str, Any]:
    """A document without members that an older botocore doesn't know."""
    return {name: value for name, value in service.items() if name not in names}


# --- CreateService ----------------------------------------------------------------------------------------------------------------------


def test_a_new_service_is_answered_with_all_that_is_filled_in(create):
    service = create()

    [deployment] = service.pop("deployments")
    number = deployment["id"].removeprefix("ecs-svc/")
    summaries = service.pop("currentServiceRevisions", None)
    configuration = service.pop("deploymentConfiguration")
    newer = ("resourceManagementType", "availabilityZoneRebalancing")
    assert without_newer(service, *newer) == {
        "serviceArn": f"{PREFIX}:service/default/web",
        "serviceName": "web",
        "clusterArn": f"{PREFIX}:cluster/default",
        "status": "ACTIVE",
        "desiredCount": 2,
        "runningCount": 0,
        "pendingCount": 0,
        "taskDefinition": f"{PREFIX}:task-definition/web:1",
        "launchType": "FARGATE",
        "platformVersion": "LATEST",
        "platformFamily": "Linux",
        "loadBalancers": [],
        "serviceRegistries": [],
        "roleArn": f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS",
        "events": [],
        "createdAt": deployment["createdAt"],
        "placementConstraints": [],
        "placementStrategy": [],
        "networkConfiguration": {
            "awsvpcConfiguration": {
                "subnets": ["subnet-0a1b2c3d"],
                "securityGroups": [],
                "assignPublicIp": "DISABLED",
            }
        },
        "healthCheckGracePeriodSeconds": 0,
        "schedulingStrategy": "REPLICA",
        "deploymentController": {"type": "ECS"},
        "createdBy": f"arn:aws:iam::{ACCOUNT}:user/ecs_fake",
        "enableECSManagedTags": False,
        "propagateTags": "NONE",
        "enableExecuteCommand": False,
    }
    assert {service[name] for name in newer if name in service} <= {"CUSTOMER", "ENABLED"}
    assert summaries in (
        None,
        [
            {
                "arn": f"{PREFIX}:service-revision/default/web/{number}",
                "requestedTaskCount": 0,
                "runningTaskCount": 0,
                "pendingTaskCount": 0,
            }
        ],
    )
    assert (configuration["maximumPercent"], configuration["minimumHealthyPercent"]) == (200, 100)
    assert configuration["deploymentCircuitBreaker"].items() >= {"enable": False, "rollback": False}.items()


def test_the_deployment_of_a_new_service_wants_no_task_yet(create):
    service = create()

    [deployment] = service["deployments"]
    assert len(deployment["id"]) == len("ecs-svc/") + 19
    assert deployment == {
        "id": deployment["id"],
        "status": "PRIMARY",
        "taskDefinition": service["taskDefinition"],
        "desiredCount": 0,
        "pendingCount": 0,
        "runningCount": 0,
        "failedTasks": 0,
        "createdAt": service["createdAt"],
        "updatedAt": service["createdAt"],
        "launchType": "FARGATE",
        "platformVersion": "1.4.0",
        "platformFamily": "Linux",
        "networkConfiguration": service["networkConfiguration"],
        "rolloutState": "IN_PROGRESS",
        "rolloutStateReason": f"ECS deployment {deployment['id']} in progress.",
    }


def test_a_service_runs_its_tasks_in_time(ecs_client, create, describe):
    deployment_id = create()["deployments"][0]["id"]

    ecs_client.get_waiter("services_stable").wait(services=["web"])

    assert describe()["runningCount"] == 2
    arns = ecs_client.list_tasks(serviceName="web")["taskArns"]
    tasks = ecs_client.describe_tasks(tasks=arns)["tasks"]
    assert [(task["group"], task["startedBy"]) for task in tasks] == [("service:web", deployment_id)] * 2


def test_a_steady_service_says_so_again_every_six_hours(ecs_fake, ecs_client, create, describe):
    """Recorded answers of 2020, 2024 and 2025; whoever reads the events last finds the same ones."""
    create()
    ecs_client.get_waiter("services_stable").wait(services=["web"])
    ecs_fake.clock.advance(seconds=12 * 3600 + 300)
    steady = "(service web) has reached a steady state."
    assert ecs_fake.services["web"].events[:3] == [steady] * 3
    ecs_client.update_service(service="web", desiredCount=1)
    ecs_fake.clock.advance(seconds=3600)

    events = describe()["events"]

    assert [event["message"] == steady for event in events[:5]] == [True, False, True, True, True]
    hours = [(events[number]["createdAt"] - events[4]["createdAt"]).total_seconds() / 3600 for number in (2, 3)]
    assert hours == [12, 6]


def test_its_steadiness_pushes_other_events_out_of_the_hundred(ecs_fake, ecs_client, create, describe):
    create()
    ecs_client.get_waiter("services_stable").wait(services=["web"])

    ecs_fake.clock.advance(seconds=30 * 24 * 3600)

    events = describe()["events"]
    assert {event["message"] for event in events} == {"(service web) has reached a steady state."}
    assert len(events) == len({event["id"] for event in events}) == 100


#: API reference, CreateService, launchType and capacityProviderStrategy: the parameters, and which of the two the service then has.
CAPACITY = [
    pytest.param({"launchType": "FARGATE"}, "FARGATE", None, id="a launch type, although the cluster has a strategy"),
    pytest.param(
        {"launchType": None, "capacityProviderStrategy": [{"capacityProvider": "FARGATE", "base": 1}]},
        None,
        [{"capacityProvider": "FARGATE", "weight": 0, "base": 1}],
        id="a strategy, which is completed",
    ),
    pytest.param(
        {"launchType": None},
        None,
        [{"capacityProvider": "FARGATE_SPOT", "weight": 1, "base": 0}],
        id="neither: the cluster's default strategy, copied",
    ),
]


@pytest.mark.parametrize(("parameters", "launch_type", "strategy"), CAPACITY)
def test_what_a_service_runs_on(ecs_client, create, describe, parameters, launch_type, strategy):
    ecs_client.put_cluster_capacity_providers(
        cluster="default",
        capacityProviders=["FARGATE", "FARGATE_SPOT"],
        defaultCapacityProviderStrategy=[{"capacityProvider": "FARGATE_SPOT", "weight": 1}],
    )
    create(**parameters)

    service = describe()
    for document in (service, service["deployments"][0]):
        assert (document.get("launchType"), document.get("capacityProviderStrategy")) == (launch_type, strategy)


def test_without_anything_a_service_runs_on_ec2(ecs_client, register, create):
    register("bridge")

    service = create(taskDefinition="bridge", launchType=None, networkConfiguration=None)

    assert service["launchType"] == "EC2"
    assert {"platformVersion", "platformFamily", "networkConfiguration"}.isdisjoint(service)


def test_placement_comes_back_in_ecs_own_spelling(register, create):
    """terraform-provider-aws, aws_ecs_service, ordered_placement_strategy."""
    register("bridge")

    service = create(
        taskDefinition="bridge",
        launchType="EC2",
        networkConfiguration=None,
        placementStrategy=[{"type": "spread", "field": "host"}, {"type": "binpack", "field": "memory"}],
    )

    assert service["placementStrategy"] == [
        {"type": "spread", "field": "instanceId"},
        {"type": "binpack", "field": "MEMORY"},
    ]


def test_a_daemon_has_its_own_defaults(register, create):
    """API reference, DeploymentConfiguration."""
    register("bridge")

    service = create(
        taskDefinition="bridge",
        launchType="EC2",
        networkConfiguration=None,
        desiredCount=None,
        schedulingStrategy="DAEMON",
    )

    configuration = service["deploymentConfiguration"]
    assert (service["desiredCount"], configuration["maximumPercent"], configuration["minimumHealthyPercent"]) == (
        0,
        100,
        0,
    )
    assert "strategy" not in configuration


#: Recorded answer of create-service (EXTERNAL); API reference, CreateServiceResponse.
CONTROLLERS = [
    pytest.param(
        {"taskDefinition": None, "launchType": None, "networkConfiguration": None},
        "EXTERNAL",
        None,
        "EC2",
        id="EXTERNAL",
    ),
    pytest.param(
        {"loadBalancers": [BEHIND_GROUP]},
        "CODE_DEPLOY",
        f"{PREFIX}:task-definition/web:1",
        "FARGATE",
        id="CODE_DEPLOY",
    ),
]


@pytest.mark.parametrize(("parameters", "controller", "definition", "launch_type"), CONTROLLERS)
def test_under_another_controller_a_service_has_no_deployment(create, parameters, controller, definition, launch_type):
    service = create(deploymentController={"type": controller}, **parameters)

    assert (service.get("deployments"), service["taskSets"]) == (None if controller == "CODE_DEPLOY" else [], [])
    assert (service.get("taskDefinition"), service["launchType"]) == (definition, launch_type)


@pytest.mark.parametrize(
    ("parameters", "rebalancing"),
    [
        pytest.param({}, "ENABLED", id="where nobody says"),
        pytest.param({"availabilityZoneRebalancing": "DISABLED"}, "DISABLED", id="turned off"),
        pytest.param(
            {"deploymentConfiguration": {"maximumPercent": 100, "minimumHealthyPercent": 50}},
            "DISABLED",
            id="where nobody says, and there is no room",
        ),
    ],
)
@pytest.mark.usefixtures("knows_zone_rebalancing")
def test_zones_are_balanced_unless_they_cannot_be(create, parameters, rebalancing):
    """API reference, CreateService, availabilityZoneRebalancing; the last as a public emulator has it from recorded calls."""
    service = create(**parameters)

    assert service["availabilityZoneRebalancing"] == rebalancing


def test_service_connect_is_shown_at_the_deployment_alone(create):
    """API reference, Deployment, serviceConnectResources; ServiceConnectService, discoveryName."""
    connect = {
        "enabled": True,
        "namespace": "apps",
        "services": [{"portName": "http", "clientAliases": [{"port": 80}]}],
    }

    service = create(serviceConnectConfiguration=connect)

    [deployment] = service["deployments"]
    assert "serviceConnectConfiguration" not in service
    assert deployment["serviceConnectConfiguration"] == connect
    [resource] = deployment["serviceConnectResources"]
    assert resource["discoveryName"] == "http"
    assert resource["discoveryArn"].startswith(f"arn:aws:servicediscovery:us-east-1:{ACCOUNT}:service/srv-")


def test_a_volume_is_shown_at_the_deployment_and_attached_to_each_task(ecs_client, register_on_fargate, create):
    """API reference, Deployment, volumeConfigurations."""
    mounted = {**WEB, "mountPoints": [{"sourceVolume": "data", "containerPath": "/data"}]}
    register_on_fargate(mounted, family="db", volumes=[{"name": "data", "configuredAtLaunch": True}])
    managed = {"roleArn": f"arn:aws:iam::{ACCOUNT}:role/ecsInfrastructureRole", "sizeInGiB": 10}
    volumes = [{"name": "data", "managedEBSVolume": managed}]

    service = create(taskDefinition="db", volumeConfigurations=volumes)

    assert "volumeConfigurations" not in service
    assert service["deployments"][0]["volumeConfigurations"] == volumes
    ecs_client.get_waiter("services_stable").wait(services=["web"])
    tasks = ecs_client.describe_tasks(tasks=ecs_client.list_tasks(serviceName="web")["taskArns"])["tasks"]
    kinds = [{attachment["type"] for attachment in task["attachments"]} for task in tasks]
    assert kinds == [{"ElasticNetworkInterface", "AmazonElasticBlockStorage"}] * 2


def test_behind_a_classic_load_balancer_a_deployment_has_no_rollout_state(register, create):
    """API reference, Deployment, rolloutState; CreateService, role."""
    register("bridge", {"portMappings": [{"containerPort": 80, "hostPort": 80}]})
    balancer = {"loadBalancerName": "classic", "containerName": "app", "containerPort": 80}

    service = create(
        taskDefinition="bridge",
        launchType="EC2",
        networkConfiguration=None,
        loadBalancers=[balancer],
        role="ecsServiceRole",
    )

    assert service["roleArn"] == f"arn:aws:iam::{ACCOUNT}:role/ecsServiceRole"
    assert service["loadBalancers"] == [balancer]
    assert "rolloutState" not in service["deployments"][0]


def test_the_same_call_with_the_same_client_token_gives_the_same_service(ecs_client, create):
    """Developer Guide, "Ensuring idempotency"; tags aren't compared (a public emulator, from recorded calls)."""
    first = create(clientToken="a")

    again = create(clientToken="a", tags=[{"key": "team", "value": "dev"}])

    assert (again["serviceArn"], again["deployments"]) == (first["serviceArn"], first["deployments"])
    assert len(ecs_client.list_services()["serviceArns"]) == 1


def test_the_name_of_an_inactive_service_can_be_used_again(ecs_fake, ecs_client, create, describe):
    """API reference, CreateService, serviceName."""
    first = create()
    ecs_client.delete_service(service="web", force=True)
    ecs_client.get_waiter("services_inactive").wait(services=["web"])
    held = ecs_fake.services["web"]

    second = create(desiredCount=1)

    assert (second["serviceArn"], second["status"]) == (first["serviceArn"], "ACTIVE")
    assert second["deployments"][0]["id"] != first["deployments"][0]["id"]
    assert describe()["desiredCount"] == held.desired_count == 1


def test_tags_come_back_when_some_were_given(create, describe):
    service = create(tags=[{"key": "team", "value": "dev"}])

    assert service["tags"] == [{"key": "team", "value": "dev"}]
    assert "tags" not in describe()
    assert describe(include=["TAGS"])["tags"] == [{"key": "team", "value": "dev"}]


def test_without_tags_none_come_back(create, describe):
    """Recorded answers of 2019 and 2024: an untagged service has no list of tags, even if TAGS are asked for."""
    assert "tags" not in create()
    assert "tags" not in describe(include=["TAGS"])


def test_a_service_can_be_tagged(ecs_client, create, describe):
    arn = create()["serviceArn"]

    ecs_client.tag_resource(resourceArn=arn, tags=[{"key": "team", "value": "dev"}])

    assert describe(include=["TAGS"])["tags"] == ecs_client.list_tags_for_resource(resourceArn=arn)["tags"]
    assert describe(include=["TAGS"])["tags"] == [{"key": "team", "value": "dev"}]


# --- DescribeServices, ListServices -----------------------------------------------------------------------------------------------------


def test_services_are_described_by_name_and_arn_and_what_is_not_there_is_missing(ecs_client, create):
    create("a")
    create("b")

    answer = ecs_client.describe_services(services=["b", "nothing", f"{PREFIX}:service/default/a", "b"])

    assert [service["serviceName"] for service in answer["services"]] == ["b", "a"]
    assert answer["failures"] == [{"arn": f"{PREFIX}:service/default/nothing", "reason": "MISSING"}]


def test_a_service_of_another_cluster_is_missing(ecs_client, create):
    ecs_client.create_cluster(clusterName="prod")
    arn = create(cluster="prod")["serviceArn"]

    assert ecs_client.describe_services(services=[arn])["failures"] == [{"arn": arn, "reason": "MISSING"}]
    assert ecs_client.describe_services(cluster="prod", services=[arn])["failures"] == []


def test_only_active_services_are_listed(ecs_client, create):
    names = [create(name)["serviceArn"] for name in ("a", "b")]
    assert ecs_client.list_services()["serviceArns"] == names

    ecs_client.delete_service(service="a", force=True)

    assert ecs_client.list_services()["serviceArns"] == names[1:]


def test_services_are_listed_by_what_they_are(ecs_client, register, create):
    register("bridge")
    on_ec2 = {"taskDefinition": "bridge", "launchType": "EC2", "networkConfiguration": None}
    create("fargate")
    create("ec2", **on_ec2)
    create("agent", **on_ec2, desiredCount=None, schedulingStrategy="DAEMON")

    def listed(**filters: str) -> list[str]:
        return [arn.rpartition("/")[2] for arn in ecs_client.list_services(**filters)["serviceArns"]]

    assert listed(launchType="FARGATE") == ["fargate"]
    assert listed(launchType="EC2") == ["ec2", "agent"]
    assert listed(schedulingStrategy="DAEMON") == ["agent"]
    assert listed(schedulingStrategy="REPLICA", launchType="EC2") == ["ec2"]


def test_a_page_of_one_launch_type_is_full(ecs_client, register, create):
    register("bridge")
    for number in range(4):
        create(f"f{number}")
        create(f"e{number}", taskDefinition="bridge", launchType="EC2", networkConfiguration=None)

    pages = ecs_client.get_paginator("list_services").paginate(launchType="EC2", PaginationConfig={"PageSize": 3})

    assert [[arn[-2:] for arn in page["serviceArns"]] for page in pages] == [["e0", "e1", "e2"], ["e3"]]


def test_services_are_listed_by_their_namespace_over_all_clusters(ecs_client, create):
    """API reference, ListServicesByNamespace: those that are clients only too."""
    ecs_client.create_cluster(clusterName="prod", serviceConnectDefaults={"namespace": "apps"})
    named = create(serviceConnectConfiguration={"enabled": True, "namespace": "apps"})["serviceArn"]
    by_default = create(cluster="prod", serviceConnectConfiguration={"enabled": True})["serviceArn"]
    create("other", serviceConnectConfiguration={"enabled": True, "namespace": "jobs"})
    create("off", serviceConnectConfiguration={"enabled": False})

    assert ecs_client.list_services_by_namespace(namespace="apps")["serviceArns"] == [named, by_default]


# --- DeleteService ----------------------------------------------------------------------------------------------------------------------


def test_a_deleted_service_drains_and_is_inactive_in_the_end(ecs_fake, ecs_client, create, describe):
    """API reference, DeleteService."""
    create()
    ecs_client.get_waiter("services_stable").wait(services=["web"])

    deleted = ecs_client.delete_service(service="web", force=True)["service"]

    assert (deleted["status"], deleted["desiredCount"], deleted["runningCount"]) == ("DRAINING", 0, 2)
    assert [deployment["desiredCount"] for deployment in deleted["deployments"]] == [0]
    ecs_client.get_waiter("services_inactive").wait(services=["web"])
    assert describe()["status"] == "INACTIVE"
    assert {task.desired_status for task in ecs_fake.tasks} == {"STOPPED"}


def test_a_deleted_service_is_shown_for_a_day(ecs_fake, ecs_client, create):
    """ECS documents no time. # unverified"""
    create(desiredCount=0)
    ecs_client.delete_service(service="web")
    ecs_client.get_waiter("services_inactive").wait(services=["web"])
    ecs_fake.clock.advance(seconds=24 * 60 * 60 - 60)
    before = ecs_client.describe_services(services=["web"])["services"]

    ecs_fake.clock.advance(seconds=120)

    assert len(before) == 1
    assert [failure["reason"] for failure in ecs_client.describe_services(services=["web"])["failures"]] == ["MISSING"]


def test_deleting_a_service_again_changes_nothing(ecs_client, create):
    create(desiredCount=0)
    first = ecs_client.delete_service(service="web")["service"]

    again = ecs_client.delete_service(service="web")["service"]

    assert again == first


def test_a_daemon_needs_no_force(register, ecs_client, ecs_fake, create):
    """API reference, DeleteService, force."""
    register("bridge")
    ecs_client.register_container_instance()
    create(
        taskDefinition="bridge",
        launchType="EC2",
        networkConfiguration=None,
        desiredCount=None,
        schedulingStrategy="DAEMON",
    )
    ecs_fake.clock.advance(seconds=60)
    assert ecs_fake.services["web"].desired_count == 1

    assert ecs_client.delete_service(service="web")["service"]["status"] == "DRAINING"


def test_a_deleted_service_has_no_tags(ecs_client, create):
    """API reference, DeleteService."""
    arn = create(desiredCount=0, tags=[{"key": "team", "value": "dev"}])["serviceArn"]
    ecs_client.delete_service(service="web")
    ecs_client.get_waiter("services_inactive").wait(services=["web"])

    assert "tags" not in ecs_client.describe_services(services=["web"], include=["TAGS"])["services"][0]
    with pytest.raises(ecs_client.exceptions.InvalidParameterException, match="service with name web cannot be found"):
        ecs_client.list_tags_for_resource(resourceArn=arn)


# --- what else knows of services --------------------------------------------------------------------------------------------------------


def test_a_cluster_counts_its_services(ecs_client, register, create):
    register("bridge")
    create("a", desiredCount=0)
    create("b", desiredCount=0)
    create("c", taskDefinition="bridge", launchType="EC2", networkConfiguration=None, desiredCount=0)
    ecs_client.delete_service(service="b")

    [cluster] = ecs_client.describe_clusters(include=["STATISTICS"])["clusters"]

    assert cluster["activeServicesCount"] == 2
    counts = {statistic["name"]: statistic["value"] for statistic in cluster["statistics"]}
    of_services = (
        "activeEC2ServiceCount",
        "activeFargateServiceCount",
        "drainingEC2ServiceCount",
        "drainingFargateServiceCount",
    )
    assert [counts[name] for name in of_services] == ["1", "1", "0", "1"]


def test_a_cluster_with_a_service_is_not_deleted(ecs_client, create):
    """coldbrew-cli#35. One which drains doesn't count: hashicorp/terraform#4326."""
    create(desiredCount=0)
    refusal = ecs_client.exceptions.ClusterContainsServicesException

    with pytest.raises(refusal, match=r"The Cluster cannot be deleted while Services are active\.$"):
        ecs_client.delete_cluster(cluster="default")
    ecs_client.delete_service(service="web")

    assert ecs_client.delete_cluster(cluster="default")["cluster"]["status"] == "INACTIVE"


def test_a_cluster_is_deleted_when_the_tasks_of_a_draining_service_have_stopped(ecs_fake, ecs_client, create):
    create()
    ecs_fake.clock.advance(seconds=60)
    ecs_client.delete_service(service="web", force=True)

    with pytest.raises(
        ecs_client.exceptions.ClusterContainsTasksException,
        match=r"The Cluster cannot be deleted while Tasks are active\.$",
    ):
        ecs_client.delete_cluster(cluster="default")
    ecs_fake.clock.advance(seconds=300)

    assert ecs_client.delete_cluster(cluster="default")["cluster"]["status"] == "INACTIVE"


def test_a_capacity_provider_of_a_service_stays(ecs_fake, ecs_client, create):
    """API reference, PutClusterCapacityProviders: a provider in use isn't taken away."""
    ecs_client.put_cluster_capacity_providers(
        cluster="default", capacityProviders=["FARGATE_SPOT"], defaultCapacityProviderStrategy=[]
    )
    create(desiredCount=0, launchType=None, capacityProviderStrategy=[{"capacityProvider": "FARGATE_SPOT"}])
    ecs_fake.clock.advance(seconds=30)

    with pytest.raises(ecs_client.exceptions.ResourceInUseException):
        ecs_client.put_cluster_capacity_providers(
            cluster="default", capacityProviders=[], defaultCapacityProviderStrategy=[]
        )


def test_a_definition_of_a_service_is_deleted_when_the_service_is(ecs_fake, ecs_client, create):
    """Developer Guide, "Deleting an Amazon ECS task definition revision": DELETE_IN_PROGRESS while a service refers to it."""
    create(desiredCount=0)
    ecs_client.deregister_task_definition(taskDefinition="web:1")
    ecs_client.delete_task_definitions(taskDefinitions=["web:1"])
    ecs_fake.clock.advance(seconds=600)
    shown = ecs_client.describe_task_definition(taskDefinition="web:1")["taskDefinition"]["status"]
    assert shown == "DELETE_IN_PROGRESS"

    ecs_client.delete_service(service="web")
    ecs_client.get_waiter("services_inactive").wait(services=["web"])

    assert "web:1" not in ecs_fake.task_definitions


def test_tasks_of_a_service_are_listed(ecs_client, create, run_on_fargate):
    create()
    ecs_client.get_waiter("services_stable").wait(services=["web"])
    [other] = run_on_fargate()["tasks"]

    of_service = ecs_client.list_tasks(serviceName="web")["taskArns"]

    assert len(of_service) == 2
    assert other["taskArn"] not in of_service
