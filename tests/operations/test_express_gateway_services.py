"""Express services: what the four operations show, and that the operations of services, tasks, tags and clusters see the same service.

Defaults: Developer Guide, "Resources created by Amazon ECS Express Mode services".
"""

from __future__ import annotations

import re
from typing import Any

import pytest

import builders
from pytest_ecsfake import ecs_fake as switch

pytestmark = pytest.mark.ecs_fake(poll_step=0)

ARN = "arn:aws:ecs:us-east-1:123456789012"
SHOP = f"{ARN}:service/default/shop"


@pytest.fixture
def ordinary(ecs_client):
    """The ordinary service that an Express service is, with its tags."""

    def describe(arn: str = SHOP) -> Any:
        cluster = arn.split("/")[1]
        return ecs_client.describe_services(cluster=cluster, services=[arn], include=["TAGS"])["services"][0]

    return describe


@pytest.fixture
def definition(ecs_client):
    """A task definition by its ARN."""
    return lambda arn: ecs_client.describe_task_definition(taskDefinition=arn)["taskDefinition"]


@pytest.fixture
def update(ecs_fake, ecs_client):
    """Update the Express service `shop`; its target configuration."""

    def update(**parameters: Any) -> Any:
        answer = ecs_client.update_express_gateway_service(serviceArn=SHOP, **parameters)
        return answer["service"]["targetConfiguration"]

    return update


@pytest.fixture
def register_own(register_on_fargate):
    """Register a task definition of the caller's own, of a container `Main` and further ones; its ARN."""

    def register(*more: Any, **members: Any) -> str:
        ports = [{"containerPort": 8080, "name": "http"}]
        return register_on_fargate({"name": "Main", "image": "own:1", "portMappings": ports}, *more, **members)

    return register


# --- Create -----------------------------------------------------------------------------------------------------------------------------


def test_a_new_service_is_shown_whole(create_express):
    created = create_express(tags=[{"key": "team", "value": "web"}])

    [configuration] = created.pop("activeConfigurations")
    assert created.pop("createdAt") == created.pop("updatedAt")
    assert created == {
        "cluster": f"{ARN}:cluster/default",
        "serviceName": "shop",
        "serviceArn": SHOP,
        "infrastructureRoleArn": builders.INFRASTRUCTURE_ROLE,
        "status": {"statusCode": "ACTIVE"},
        "tags": [{"key": "team", "value": "web"}],
    }
    endpoint = configuration["ingressPaths"][0]["endpoint"]
    assert configuration["serviceRevisionArn"].startswith(f"{ARN}:service-revision/default/shop/")
    assert configuration["taskDefinitionArn"] == f"{ARN}:task-definition/default-shop:1"
    assert configuration["executionRoleArn"] == builders.EXECUTION_ROLE
    assert "taskRoleArn" not in configuration
    assert (configuration["cpu"], configuration["memory"]) == ("1024", "2048")
    assert configuration.get("cpuArchitecture", "X86_64") == "X86_64"  # an older botocore doesn't know it
    assert configuration["healthCheckPath"] == "/"
    assert configuration["scalingTarget"] == {
        "minTaskCount": 1,
        "maxTaskCount": 20,
        "autoScalingMetric": "AVERAGE_CPU",
        "autoScalingTargetValue": 60,
    }
    assert configuration["ingressPaths"] == [{"accessType": "PUBLIC", "endpoint": endpoint}]
    assert len(configuration["networkConfiguration"]["subnets"]) == 2
    assert configuration["primaryContainer"].keys() == {"image", "containerPort", "awsLogsConfiguration"}


def test_its_endpoint_follows_from_its_arn(ecs_fake, create_express):
    def endpoint(created: Any) -> str:
        return created["activeConfigurations"][0]["ingressPaths"][0]["endpoint"]

    first, other = endpoint(create_express()), endpoint(create_express(serviceName="Blog"))
    there = ecs_fake.in_region("eu-west-1").client
    elsewhere = endpoint(there.create_express_gateway_service(**builders.express_gateway_service())["service"])
    with switch() as another:
        again = endpoint(another.client.create_express_gateway_service(**builders.express_gateway_service())["service"])

    assert re.fullmatch(r"sh-[0-9a-f]{32}\.ecs\.us-east-1\.on\.aws", first)
    assert re.fullmatch(r"bl-[0-9a-f]{32}\.ecs\.us-east-1\.on\.aws", other)
    assert re.fullmatch(r"sh-[0-9a-f]{32}\.ecs\.eu-west-1\.on\.aws", elsewhere)
    assert len({first[3:35], other[3:35], elsewhere[3:35]}) == 3
    assert again == first


def test_the_ordinary_service_is_configured_by_ecs(create_express, ordinary):
    create_express(scalingTarget={"minTaskCount": 3})

    shown = ordinary()
    assert shown["resourceManagementType"] == "ECS"
    assert shown["desiredCount"] == 3
    assert shown["capacityProviderStrategy"] == [{"capacityProvider": "FARGATE", "base": 1, "weight": 1}]
    assert "launchType" not in shown
    assert (shown["propagateTags"], shown["enableECSManagedTags"]) == ("SERVICE", True)
    assert shown["healthCheckGracePeriodSeconds"] == 300
    assert (shown["platformVersion"], shown["schedulingStrategy"]) == ("LATEST", "REPLICA")
    assert shown["availabilityZoneRebalancing"] == "ENABLED"
    deployments = shown["deploymentConfiguration"]
    assert (deployments["strategy"], deployments["bakeTimeInMinutes"]) == ("CANARY", 3)
    assert deployments["canaryConfiguration"] == {"canaryPercent": 5.0, "canaryBakeTimeInMinutes": 3}
    assert deployments["alarms"] == {"alarmNames": ["default/shop/RollbackAlarm"], "enable": True, "rollback": True}
    assert deployments["deploymentCircuitBreaker"]["enable"]
    assert deployments["deploymentCircuitBreaker"]["rollback"]
    [balancer] = shown["loadBalancers"]
    assert balancer.keys() == {"targetGroupArn", "containerName", "containerPort"}
    assert (balancer["containerName"], balancer["containerPort"]) == ("Main", 80)


def test_the_task_definition_is_managed(create_express, definition):
    created = create_express(
        cpu="256",
        memory="512",
        taskRoleArn="arn:aws:iam::123456789012:role/shop",
        primaryContainer={
            "image": "shop:1",
            "containerPort": 8080,
            "command": ["serve"],
            "environment": [{"name": "STAGE", "value": "prod"}],
            "secrets": [{"name": "TOKEN", "valueFrom": "arn:aws:ssm:us-east-1:123456789012:parameter/token"}],
            "repositoryCredentials": {
                "credentialsParameter": "arn:aws:secretsmanager:us-east-1:123456789012:secret:hub"
            },
        },
    )

    [configuration] = created["activeConfigurations"]
    shown = definition(configuration["taskDefinitionArn"])
    assert (shown["family"], shown["networkMode"], shown["requiresCompatibilities"]) == (
        "default-shop",
        "awsvpc",
        ["FARGATE"],
    )
    assert (shown["cpu"], shown["memory"]) == ("256", "512")
    assert (shown["taskRoleArn"], shown["executionRoleArn"]) == (
        "arn:aws:iam::123456789012:role/shop",
        builders.EXECUTION_ROLE,
    )
    assert shown["runtimePlatform"] == {"operatingSystemFamily": "LINUX", "cpuArchitecture": "X86_64"}
    [main] = shown["containerDefinitions"]
    logs = configuration["primaryContainer"]["awsLogsConfiguration"]
    assert (main["name"], main["image"], main["essential"]) == ("Main", "shop:1", True)
    assert (main["stopTimeout"], main["versionConsistency"]) == (30, "enabled")
    assert main["linuxParameters"] == {"initProcessEnabled": True}
    assert [(each["containerPort"], each["protocol"]) for each in main["portMappings"]] == [(8080, "tcp")]
    assert main["logConfiguration"] == {
        "logDriver": "awslogs",
        "options": {
            "awslogs-group": logs["logGroup"],
            "awslogs-region": "us-east-1",
            "awslogs-stream-prefix": "ecs",
            "mode": "non-blocking",
            "max-buffer-size": "25m",
        },
    }
    assert logs["logGroup"].startswith("/aws/ecs/default/shop-")
    assert configuration["primaryContainer"] == {
        "image": "shop:1",
        "containerPort": 8080,
        "awsLogsConfiguration": logs,
        "command": main["command"],
        "environment": main["environment"],
        "secrets": main["secrets"],
        "repositoryCredentials": main["repositoryCredentials"],
    }


def test_the_architecture_is_that_of_the_task_definition(create_express, definition):
    created = create_express(cpuArchitecture="ARM64")

    [configuration] = created["activeConfigurations"]
    assert configuration["cpuArchitecture"] == "ARM64"
    assert definition(configuration["taskDefinitionArn"])["runtimePlatform"]["cpuArchitecture"] == "ARM64"


def test_the_family_of_a_long_name_is_cut_off(create_express):
    """That it is cut off is unverified; a family has at most 255 characters."""
    created = create_express(serviceName="a" * 255)

    family = f"default-{'a' * 247}"
    assert created["activeConfigurations"][0]["taskDefinitionArn"].endswith(f"task-definition/{family}:1")


def test_a_task_definition_of_ones_own_is_used_as_it_is(create_express, register_own, ordinary, skip_unless_known):
    own = register_own({"name": "proxy", "image": "envoy"})
    skip_unless_known("CreateExpressGatewayService", {"taskDefinitionArn": own})

    created = create_express(executionRoleArn=None, primaryContainer=None, taskDefinitionArn=own)

    [configuration] = created["activeConfigurations"]
    assert configuration["taskDefinitionArn"] == own
    assert (configuration["cpu"], configuration["memory"]) == ("256", "512")
    assert configuration["primaryContainer"] == {"image": "own:1", "containerPort": 8080}
    assert "cpuArchitecture" not in configuration
    assert "executionRoleArn" not in configuration
    assert ordinary()["loadBalancers"][0]["containerPort"] == 8080


def test_the_default_cluster_is_made_if_there_is_none(ecs_client, create_express):
    create_express()

    [cluster] = ecs_client.describe_clusters(include=["SETTINGS"])["clusters"]
    assert (cluster["clusterName"], cluster["status"], cluster["capacityProviders"]) == (
        "default",
        "ACTIVE",
        ["FARGATE"],
    )
    assert cluster["settings"] == [{"name": "containerInsights", "value": "disabled"}]


def test_a_deleted_default_cluster_is_made_again(ecs_client, create_express):
    ecs_client.create_cluster()
    ecs_client.delete_cluster(cluster="default")

    create_express()

    assert ecs_client.describe_clusters()["clusters"][0]["status"] == "ACTIVE"


def test_a_cluster_keeps_its_providers_and_gets_fargate(ecs_client, create_express):
    ecs_client.create_cluster(clusterName="prod", capacityProviders=["FARGATE_SPOT"])

    created = create_express(cluster="prod")

    assert created["serviceArn"] == f"{ARN}:service/prod/shop"
    [cluster] = ecs_client.describe_clusters(clusters=["prod"])["clusters"]
    assert cluster["capacityProviders"] == ["FARGATE_SPOT", "FARGATE"]


@pytest.mark.parametrize(
    ("image", "begin"),
    [
        pytest.param("nginx", "nginx-", id="an image"),
        pytest.param("123456789012.dkr.ecr.us-east-1.amazonaws.com/team/shop.api:v1", "shop-api-", id="of a registry"),
        pytest.param(f"team/shop@sha256:{64 * '0'}", "shop-", id="by its digest"),
    ],
)
def test_a_service_without_a_name_is_named_after_its_image(create_express, image, begin):
    first, second = (create_express(serviceName=None, primaryContainer={"image": image}) for _ in range(2))

    assert first["serviceName"].startswith(begin)
    assert len(first["serviceName"]) == len(begin) + 4
    assert first["serviceName"] != second["serviceName"]


# --- what else sees it ------------------------------------------------------------------------------------------------------------------


def test_lists_see_it_with_the_other_services(
    ecs_fake, ecs_client, create_express, create_service, register_on_fargate
):
    created = create_express()
    register_on_fargate()
    plain = create_service(cluster="default")
    ecs_fake.clock.advance(seconds=60)

    def listed(**filters: str) -> list[str]:
        return ecs_client.list_services(**filters)["serviceArns"]

    assert listed() == [created["serviceArn"], plain["serviceArn"]]
    assert listed(resourceManagementType="ECS") == [created["serviceArn"]]
    assert listed(resourceManagementType="CUSTOMER") == [plain["serviceArn"]]
    [task] = ecs_client.list_tasks(serviceName="shop")["taskArns"]
    assert ecs_fake.tasks[task].group == "service:shop"
    assert ecs_fake.services["default/shop"].running_count == 1


def test_its_tags_are_those_of_the_service_and_of_its_tasks(ecs_fake, ecs_client, create_express, express):
    created = create_express(tags=[{"key": "team", "value": "web"}])
    arn = created["serviceArn"]
    ecs_client.tag_resource(resourceArn=arn, tags=[{"key": "stage", "value": "prod"}])
    ecs_client.untag_resource(resourceArn=arn, tagKeys=["team"])

    ecs_fake.clock.advance(seconds=60)

    assert ecs_client.list_tags_for_resource(resourceArn=arn)["tags"] == [{"key": "stage", "value": "prod"}]
    assert express(arn)["tags"] == [{"key": "stage", "value": "prod"}]
    assert "tags" not in ecs_client.describe_express_gateway_service(serviceArn=arn)["service"]
    [task] = ecs_fake.services["default/shop"].tasks
    assert task.tags["stage"] == "prod"


def test_a_cluster_with_it_cannot_be_deleted(ecs_client, create_express):
    create_express()

    with pytest.raises(ecs_client.exceptions.ClusterContainsServicesException):
        ecs_client.delete_cluster(cluster="default")


def test_its_name_is_taken_for_other_services(ecs_client, create_express, register_on_fargate):
    create_express()
    register_on_fargate()

    with pytest.raises(
        ecs_client.exceptions.InvalidParameterException, match=r"Creation of service was not idempotent\.$"
    ):
        ecs_client.create_service(**builders.service(cluster=None, serviceName="shop"))


def test_delete_service_deletes_it_with_all_that_is_managed(
    ecs_fake, ecs_client, create_express, express, managed_parts
):
    created = create_express()
    revision = created["activeConfigurations"][0]["serviceRevisionArn"]

    with pytest.raises(ecs_client.exceptions.InvalidParameterException, match="scaled above 0"):
        ecs_client.delete_service(service="shop")
    ecs_client.delete_service(service="shop", force=True)

    assert set(managed_parts(revision).values()) == {"DEPROVISIONING"}
    ecs_fake.clock.advance(seconds=60)
    assert express(created["serviceArn"])["status"] == {"statusCode": "INACTIVE"}


def test_it_needs_at_least_its_managed_parts_gone_even_without_tasks(ecs_fake, ecs_client, create_express, ordinary):
    """A minimum of 0 works: no task runs."""
    arn = create_express(scalingTarget={"minTaskCount": 0})["serviceArn"]
    ecs_fake.clock.advance(seconds=120)
    counts = ordinary()["desiredCount"], ordinary()["runningCount"]

    ecs_client.delete_express_gateway_service(serviceArn=arn)
    ecs_fake.clock.advance(seconds=44)
    before = ordinary()["status"]
    ecs_fake.clock.advance(seconds=1)

    assert counts == (0, 0)
    assert (before, ordinary()["status"]) == ("DRAINING", "INACTIVE")


def test_a_plain_update_keeps_health_check_and_scaling(ecs_fake, ecs_client, create_express, express, register_own):
    """Developer Guide, "Customizing …": ECS doesn't overwrite what a plain update has changed."""
    arn = create_express(healthCheckPath="/up", scalingTarget={"maxTaskCount": 4})["serviceArn"]
    ecs_fake.clock.advance(seconds=120)
    own = ecs_client.describe_task_definition(taskDefinition="default-shop")["taskDefinition"]
    main = {**own["containerDefinitions"][0], "image": "shop:2"}
    other = register_own(family="other", executionRoleArn=builders.EXECUTION_ROLE)
    ecs_client.register_task_definition(
        family="own",
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        executionRoleArn=builders.EXECUTION_ROLE,
        containerDefinitions=[main],
    )

    ecs_client.update_service(service="shop", taskDefinition="own")

    newest = express(arn)["activeConfigurations"][0]
    assert newest["primaryContainer"]["image"] == "shop:2"
    assert newest["healthCheckPath"] == "/up"
    assert newest["scalingTarget"]["maxTaskCount"] == 4
    with pytest.raises(ecs_client.exceptions.InvalidParameterException, match="80"):
        ecs_client.update_service(service="shop", taskDefinition=other)  # its container has another port


def test_an_express_update_keeps_what_a_plain_one_has_set(ecs_fake, ecs_client, create_express, ordinary, update):
    """Developer Guide, "Customizing …"."""
    ecs_client.create_cluster(capacityProviders=["FARGATE", "FARGATE_SPOT"])
    create_express(taskRoleArn="arn:aws:iam::123456789012:role/shop")
    ecs_fake.clock.advance(seconds=120)
    spot = [{"capacityProvider": "FARGATE_SPOT", "weight": 1, "base": 0}]
    ecs_client.update_service(
        service="shop",
        capacityProviderStrategy=spot,
        platformVersion="1.4.0",
        enableExecuteCommand=True,
        desiredCount=3,
        forceNewDeployment=True,
    )
    ecs_fake.clock.advance(seconds=900)

    update(healthCheckPath="/up")
    ecs_fake.clock.advance(seconds=900)

    shown = ordinary()
    assert (shown["capacityProviderStrategy"], shown["platformVersion"]) == (spot, "1.4.0")
    assert (shown["enableExecuteCommand"], shown["runningCount"]) == (True, 3)
    assert {task.capacity_provider_name for task in ecs_fake.services["default/shop"].tasks} == {"FARGATE_SPOT"}


# --- Update -----------------------------------------------------------------------------------------------------------------------------


def test_an_update_shows_the_one_configuration_to_come(ecs_fake, ecs_client, create_express, express):
    created = create_express()
    ecs_fake.clock.advance(seconds=120)

    updated = ecs_client.update_express_gateway_service(serviceArn=SHOP, cpu="2048", memory="4096")["service"]

    target = updated.pop("targetConfiguration")
    assert updated.keys() == {"serviceArn", "cluster", "serviceName", "status", "createdAt", "updatedAt"}
    assert updated["createdAt"] == created["createdAt"]
    assert (updated["updatedAt"] - created["updatedAt"]).total_seconds() == 120
    assert (target["cpu"], target["memory"]) == ("2048", "4096")
    newer, older = express(SHOP)["activeConfigurations"]
    assert newer == target
    assert older == created["activeConfigurations"][0]


@pytest.mark.parametrize(
    "parameters",
    [
        pytest.param({"cpu": "2048", "memory": "4096"}, id="its size"),
        pytest.param({"primaryContainer": {"image": "shop:2"}}, id="its container"),
        pytest.param({"taskRoleArn": "arn:aws:iam::123456789012:role/other"}, id="a role"),
        pytest.param({"cpuArchitecture": "ARM64"}, id="its architecture"),
    ],
)
def test_an_update_of_what_tasks_are_made_of_registers_a_revision(
    ecs_fake, create_express, update, skip_unless_known, parameters
):
    create_express()
    ecs_fake.clock.advance(seconds=120)
    skip_unless_known("UpdateExpressGatewayService", parameters)

    target = update(**parameters)

    assert target["taskDefinitionArn"] == f"{ARN}:task-definition/default-shop:2"
    assert {name: target[name] for name in parameters if name != "primaryContainer"} == {
        name: value for name, value in parameters.items() if name != "primaryContainer"
    }


@pytest.mark.parametrize(
    "parameters",
    [
        pytest.param({"healthCheckPath": "/up"}, id="its health check"),
        pytest.param({"scalingTarget": {"maxTaskCount": 4}}, id="its scaling"),
        pytest.param({"networkConfiguration": {"subnets": ["subnet-0a1b2c3d"]}}, id="its network"),
        pytest.param({}, id="nothing"),
    ],
)
def test_another_update_keeps_the_task_definition_and_deploys_too(ecs_fake, create_express, update, parameters):
    [before] = create_express()["activeConfigurations"]
    ecs_fake.clock.advance(seconds=120)

    target = update(**parameters)

    assert target["taskDefinitionArn"] == before["taskDefinitionArn"]
    assert target["serviceRevisionArn"] != before["serviceRevisionArn"]
    changed = {name for name in target if target[name] != before[name]}
    assert changed == {"serviceRevisionArn", "createdAt", *parameters}


def test_the_primary_container_is_replaced_as_a_whole_and_all_else_stays(ecs_fake, create_express, update, definition):
    environment = [{"name": "STAGE", "value": "prod"}]
    [before] = create_express(
        primaryContainer={"image": "shop:1", "environment": environment, "command": ["serve"]}, cpu="512"
    )["activeConfigurations"]
    ecs_fake.clock.advance(seconds=120)

    target = update(primaryContainer={"image": "shop:2", "environment": environment})

    assert target["primaryContainer"] == {
        "image": "shop:2",
        "containerPort": 80,
        "awsLogsConfiguration": before["primaryContainer"]["awsLogsConfiguration"],
        "environment": environment,
    }
    assert (target["cpu"], target["executionRoleArn"]) == ("512", before["executionRoleArn"])
    assert "command" not in definition(target["taskDefinitionArn"])["containerDefinitions"][0]


def test_an_update_of_ones_own_definition_makes_a_managed_one_of_it(
    ecs_fake, create_express, register_own, update, definition, skip_unless_known
):
    """Developer Guide, "Updating …": the other settings of the task are kept."""
    own = register_own(
        {"name": "proxy", "image": "envoy"}, executionRoleArn=builders.EXECUTION_ROLE, volumes=[{"name": "data"}]
    )
    skip_unless_known("CreateExpressGatewayService", {"taskDefinitionArn": own})
    create_express(executionRoleArn=None, primaryContainer=None, taskDefinitionArn=own)
    ecs_fake.clock.advance(seconds=120)

    target = update(primaryContainer={"image": "shop:2"})

    managed = definition(target["taskDefinitionArn"])
    assert managed["family"] == "default-shop"
    assert [(each["name"], each["image"]) for each in managed["containerDefinitions"]] == [
        ("Main", "shop:2"),
        ("proxy", "envoy"),
    ]
    assert [volume["name"] for volume in managed["volumes"]] == ["data"]
    assert target["primaryContainer"]["containerPort"] == 80


def test_an_update_can_bring_ones_own_definition(
    ecs_fake, create_express, register_own, update, ordinary, skip_unless_known
):
    create_express()
    ecs_fake.clock.advance(seconds=120)
    own = register_own()
    skip_unless_known("UpdateExpressGatewayService", {"taskDefinitionArn": own})

    target = update(taskDefinitionArn=own)

    assert (target["taskDefinitionArn"], target["primaryContainer"]["image"]) == (own, "own:1")
    assert ordinary()["taskDefinition"] == own


@pytest.mark.parametrize(
    ("scaling", "wanted"),
    [
        pytest.param({"minTaskCount": 4}, 4, id="below the minimum"),
        pytest.param({"minTaskCount": 0, "maxTaskCount": 1}, 1, id="above the maximum"),
        pytest.param({"minTaskCount": 0}, 2, id="in between"),
    ],
)
def test_the_desired_count_stays_within_the_new_limits(ecs_fake, create_express, update, ordinary, scaling, wanted):
    create_express(scalingTarget={"minTaskCount": 2})
    ecs_fake.clock.advance(seconds=120)

    update(scalingTarget=scaling)

    assert ordinary()["desiredCount"] == wanted
    ecs_fake.clock.advance(seconds=900)
    assert ordinary()["runningCount"] == wanted


# --- Delete -----------------------------------------------------------------------------------------------------------------------------


def test_the_name_of_a_gone_service_can_be_used_again(ecs_fake, ecs_client, create_express, express):
    arn = create_express()["serviceArn"]
    ecs_client.delete_express_gateway_service(serviceArn=arn)
    ecs_fake.clock.advance(seconds=60)
    assert express(arn)["status"] == {"statusCode": "INACTIVE"}

    again = create_express()

    assert again["serviceArn"] == arn
    assert express(arn)["status"] == {"statusCode": "ACTIVE"}
    assert again["activeConfigurations"][0]["taskDefinitionArn"].endswith(":2")


def test_a_gone_service_is_shown_for_a_day(ecs_fake, ecs_client, create_express):
    arn = create_express()["serviceArn"]
    ecs_client.delete_express_gateway_service(serviceArn=arn)
    ecs_fake.clock.advance(seconds=25 * 60 * 60)

    with pytest.raises(ecs_client.exceptions.ResourceNotFoundException, match=r"Resource not found$"):
        ecs_client.describe_express_gateway_service(serviceArn=arn)
