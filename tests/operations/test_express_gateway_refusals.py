"""What the operations of Express services refuse, and what UpdateService refuses of one: a request, the code, the words, and where they are from.

Each row changes one thing of a request that is accepted as it is. Words that nobody has seen in full on AWS are marked `# unverified`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

import builders

pytestmark = pytest.mark.ecs_fake(poll_step=0)

INVALID, CLIENT = "InvalidParameterException", "ClientException"
NOT_ACTIVE = "ServiceNotActiveException"
SHOP = "arn:aws:ecs:us-east-1:123456789012:service/default/shop"
OWN = {"executionRoleArn": None, "primaryContainer": None, "taskDefinitionArn": "own"}

TOGETHER = "taskDefinitionArn cannot be provided with primaryContainer, executionRoleArn, taskRoleArn, cpu, or memory."
NO_MAIN = "Task definition must contain a container named 'Main' with a single TCP port mapping."
NEITHER = "primaryContainer and executionRoleArn must be provided when taskDefinitionArn is not provided."  # unverified
MINIMUM_ABOVE_MAXIMUM = "minTaskCount cannot be greater than maxTaskCount."  # unverified


@pytest.fixture
def refused(ecs_client, unchecked_client) -> Callable[..., tuple[str, str]]:
    """The code and the words that a call is refused with, without a trace."""
    if "CreateExpressGatewayService" not in ecs_client.meta.service_model.operation_names:
        pytest.skip("this botocore has no CreateExpressGatewayService")

    def refused(operation: str, **parameters: Any) -> tuple[str, str]:
        with pytest.raises(unchecked_client.exceptions.ClientError) as error:
            getattr(unchecked_client, operation)(**parameters)
        answer = error.value.response["Error"]
        return answer["Code"], answer["Message"]

    return refused


@pytest.fixture
def definitions(ecs_client, register_on_fargate):
    """Task definitions of the caller's own, of which only `own` fits."""
    tcp = {"containerPort": 80, "name": "http"}
    main: dict[str, Any] = {"name": "Main", "image": "own:1", "portMappings": [tcp]}
    register_on_fargate(main, family="own")
    register_on_fargate({**main, "name": "main"}, family="another-name")
    register_on_fargate({**main, "portMappings": []}, family="no-port")
    register_on_fargate({**main, "portMappings": [{"containerPort": 80}]}, family="nameless-port")
    register_on_fargate({**main, "portMappings": [{**tcp, "protocol": "udp"}]}, family="udp")
    register_on_fargate({**main, "portMappings": [tcp, {"containerPort": 81, "name": "admin"}]}, family="two-ports")
    ecs_client.register_task_definition(family="on-ec2", containerDefinitions=[{**main, "memory": 128}])
    register_on_fargate(main, family="gone")
    ecs_client.deregister_task_definition(taskDefinition="gone:1")


def own(name: str) -> dict[str, Any]:
    return {**OWN, "taskDefinitionArn": name}


#: Developer Guide, "Troubleshooting Amazon ECS Express Mode services", for TOGETHER and NO_MAIN; the rules of the others: API reference.
CREATE = [
    *(
        pytest.param({"taskDefinitionArn": "own", "primaryContainer": None, "executionRoleArn": None, **more}, INVALID, TOGETHER, id=f"its own definition and {next(iter(more))}")
        for more in (
            {"primaryContainer": {"image": "shop:1"}},
            {"executionRoleArn": builders.EXECUTION_ROLE},
            {"taskRoleArn": builders.EXECUTION_ROLE},
            {"cpu": "256"},
            {"memory": "512"},
            {"cpuArchitecture": "ARM64"},
        )
    ),
    pytest.param(own("another-name"), INVALID, NO_MAIN, id="no container Main"),
    pytest.param(own("no-port"), INVALID, NO_MAIN, id="no port"),
    pytest.param(own("nameless-port"), INVALID, NO_MAIN, id="a port without a name"),
    pytest.param(own("udp"), INVALID, NO_MAIN, id="a UDP port"),
    pytest.param(own("two-ports"), INVALID, NO_MAIN, id="two ports"),
    pytest.param(own("on-ec2"), INVALID, NO_MAIN, id="not for Fargate"),
    pytest.param(own("nope"), CLIENT, "TaskDefinition not found.", id="an unknown definition"),
    pytest.param(own("gone:1"), CLIENT, "TaskDefinition is inactive", id="an INACTIVE definition"),
    pytest.param({"primaryContainer": None}, INVALID, NEITHER, id="no container"),
    pytest.param({"executionRoleArn": None}, INVALID, NEITHER, id="no execution role"),
    pytest.param({"scalingTarget": {"minTaskCount": 21}}, INVALID, MINIMUM_ABOVE_MAXIMUM, id="a minimum above the default maximum"),
    pytest.param({"scalingTarget": {"minTaskCount": 2, "maxTaskCount": 1}}, INVALID, MINIMUM_ABOVE_MAXIMUM, id="a minimum above the maximum"),
    # --- as RegisterTaskDefinition refuses a managed definition; that these operations answer so is unverified
    pytest.param({"cpu": "1"}, CLIENT, "No Fargate configuration exists for given values: 1 CPU, 2048 memory. See the Amazon ECS documentation for the valid values.", id="a size that Fargate hasn't got"),
    pytest.param({"taskRoleArn": "not a role"}, CLIENT, "Role is not valid", id="no role"),
    pytest.param({"primaryContainer": {"image": ""}}, CLIENT, "Container.image should not be null or empty.", id="no image"),
    pytest.param({"primaryContainer": {"image": "a b"}}, CLIENT, "Container.image contains invalid characters.", id="no image's name"),
    pytest.param({"primaryContainer": {"image": "shop:1", "awsLogsConfiguration": {"logGroup": "", "logStreamPrefix": ""}}}, CLIENT, "Log driver awslogs option 'awslogs-group' should not be null or empty.", id="no log group"),
    # --- API reference, CreateExpressGatewayService, tags and cluster
    pytest.param({"tags": [{"key": "a"}, {"key": "a"}]}, INVALID, "Multiple tags contain the same key.", id="a tag twice"),
    pytest.param({"cluster": "nope"}, "ClusterNotFoundException", "Cluster not found.", id="an unknown cluster"),
    # --- report: the name of a service that is DRAINING; for an ACTIVE one in the words of CreateService, unverified
    pytest.param({"serviceName": "taken"}, INVALID, "Creation of service was not idempotent.", id="the name of an ACTIVE service"),
    pytest.param({"serviceName": "leaving"}, INVALID, "Unable to Start a service that is still Draining.", id="the name of a DRAINING service"),
]  # fmt: skip


@pytest.fixture
def world(ecs_fake, ecs_client, create_express, definitions) -> None:
    """The definitions, an Express service that is ACTIVE, and one that is DRAINING."""
    create_express(serviceName="taken")
    leaving = create_express(serviceName="leaving")
    ecs_fake.clock.advance(seconds=120)
    ecs_client.delete_express_gateway_service(serviceArn=leaving["serviceArn"])


@pytest.mark.parametrize(("parameters", "code", "message"), CREATE)
def test_create_refuses(ecs_fake, world, refused, skip_unless_known, parameters, code, message):
    skip_unless_known("CreateExpressGatewayService", parameters)
    before = traces(ecs_fake)

    assert refused("create_express_gateway_service", **builders.express_gateway_service(**parameters)) == (
        code,
        message,
    )

    assert traces(ecs_fake) == before


def traces(ecs_fake) -> list[str]:
    """The changes of state so far."""
    lines = ecs_fake.timeline(None, folded=False).splitlines()
    return [line for line in lines if "GatewayService(" not in line and "UpdateService(" not in line]


def test_a_refusal_makes_no_default_cluster(ecs_client, refused):
    refused("create_express_gateway_service", **builders.express_gateway_service(cpu="1"))
    refused("create_express_gateway_service", **builders.express_gateway_service(scalingTarget={"minTaskCount": 21}))

    assert ecs_client.list_clusters()["clusterArns"] == []
    assert ecs_client.list_task_definitions()["taskDefinitionArns"] == []


#: Rules of single members, in the schemas' overlay, `express_gateway_services.json`.
MEMBERS = [
    pytest.param({"serviceName": "a b"}, "serviceName", id="a name"),
    pytest.param({"healthCheckPath": "HTTP:80/ping"}, "healthCheckPath", id="a path without a slash"),
    pytest.param({"primaryContainer": {"image": "shop:1", "containerPort": 0}}, "containerPort", id="a port"),
    pytest.param({"scalingTarget": {"minTaskCount": -1}}, "minTaskCount", id="a minimum"),
    pytest.param({"scalingTarget": {"maxTaskCount": -1}}, "maxTaskCount", id="a maximum"),
    pytest.param({"scalingTarget": {"autoScalingTargetValue": 0}}, "autoScalingTargetValue", id="a target"),
    pytest.param({"scalingTarget": {"autoScalingTargetValue": 65537}}, "autoScalingTargetValue", id="a large target"),
]


@pytest.mark.parametrize(("parameters", "member"), MEMBERS)
def test_create_refuses_a_member(ecs_fake, refused, parameters, member):
    code, message = refused("create_express_gateway_service", **builders.express_gateway_service(**parameters))

    assert code == INVALID
    assert member in message
    assert len(ecs_fake.services) == 0


UPDATE = [
    pytest.param({"taskDefinitionArn": "own", "cpu": "256"}, INVALID, TOGETHER, id="its own definition and a size"),
    pytest.param({"taskDefinitionArn": "udp"}, INVALID, NO_MAIN, id="a definition that doesn't fit"),
    pytest.param({"scalingTarget": {"maxTaskCount": 0}}, INVALID, MINIMUM_ABOVE_MAXIMUM, id="a maximum below the minimum"),
    pytest.param({"memory": "1"}, CLIENT, "No Fargate configuration exists for given values: 1024 CPU, 1 memory. See the Amazon ECS documentation for the valid values.", id="a size that Fargate hasn't got"),
]  # fmt: skip


@pytest.mark.parametrize(("parameters", "code", "message"), UPDATE)
def test_update_refuses(ecs_fake, create_express, definitions, refused, skip_unless_known, parameters, code, message):
    skip_unless_known("UpdateExpressGatewayService", parameters)
    create_express()
    ecs_fake.clock.advance(seconds=120)
    before = traces(ecs_fake)

    assert refused("update_express_gateway_service", serviceArn=SHOP, **parameters) == (code, message)

    assert traces(ecs_fake) == before


#: As terraform-provider-aws expects them: it declares no other error, and waits for these texts.
#:   operation    unknown                                                DRAINING                                        INACTIVE
STATUSES = [
    ("describe", ("ResourceNotFoundException", "Resource not found"),  None,                                          None),
    ("update",   (INVALID, "Resource not found"),                      (NOT_ACTIVE, "Service is in DRAINING status"), (NOT_ACTIVE, "Cannot perform this operation on a service in INACTIVE status")),
    ("delete",   (INVALID, "Resource not found"),                      (NOT_ACTIVE, "Service is in DRAINING status"), (NOT_ACTIVE, "Cannot perform this operation on a service in INACTIVE status")),
]  # fmt: skip


@pytest.mark.parametrize(("operation", "unknown", "draining", "inactive"), STATUSES)
def test_what_the_status_of_a_service_allows(
    ecs_fake, ecs_client, create_express, refused, operation, unknown, draining, inactive
):
    name = f"{operation}_express_gateway_service"
    ecs_client.create_cluster()
    assert refused(name, serviceArn=SHOP) == unknown
    create_express()
    ecs_fake.clock.advance(seconds=120)
    ecs_client.delete_express_gateway_service(serviceArn=SHOP)

    for refusal in (draining, inactive):
        if refusal is None:
            getattr(ecs_client, name)(serviceArn=SHOP)
        else:
            assert refused(name, serviceArn=SHOP) == refusal
        ecs_fake.clock.advance(seconds=60)


@pytest.mark.parametrize(
    ("operation", "code"),
    [("describe", "ResourceNotFoundException"), ("update", INVALID), ("delete", INVALID)],
)
def test_an_ordinary_service_is_not_found(ecs_client, create_service, register_on_fargate, refused, operation, code):
    """Nobody has seen the words. # unverified."""
    ecs_client.create_cluster()
    register_on_fargate()
    arn = create_service(cluster=None)["serviceArn"]

    assert refused(f"{operation}_express_gateway_service", serviceArn=arn) == (code, "Resource not found")


def test_a_name_is_no_arn(refused):
    """Nobody has seen the words. # unverified."""
    assert refused("describe_express_gateway_service", serviceArn="shop") == (INVALID, "The ARN provided is invalid")


def test_the_revisions_of_an_inactive_express_service_are_refused(ecs_fake, ecs_client, create_express, refused):
    """awscli's `monitor-express-gateway-service` takes this for the end."""
    revision = create_express()["activeConfigurations"][0]["serviceRevisionArn"]
    ecs_client.delete_express_gateway_service(serviceArn=SHOP)
    ecs_fake.clock.advance(seconds=60)

    assert refused("describe_service_revisions", serviceRevisionArns=[revision]) == (
        INVALID,
        "Cannot call DescribeServiceRevisions for a service that is INACTIVE",
    )


#: Developer Guide, "Customizing Amazon ECS Express Mode services": what a plain update can't change. The words are ours. # unverified
PLAIN = [
    pytest.param({"loadBalancers": []}, "loadBalancers cannot be updated for a service that is managed by Amazon ECS.", id="its load balancers"),
    pytest.param({"deploymentConfiguration": {"strategy": "ROLLING"}}, "The deployment strategy cannot be changed for a service that is managed by Amazon ECS.", id="its strategy"),
    pytest.param({"deploymentController": {"type": "EXTERNAL"}}, "The deployment controller cannot be changed for a service that is managed by Amazon ECS.", id="its controller"),
]  # fmt: skip


@pytest.mark.parametrize(("parameters", "message"), PLAIN)
def test_update_service_refuses(ecs_fake, create_express, refused, parameters, message):
    create_express()
    before = traces(ecs_fake)

    assert refused("update_service", service="shop", **parameters) == (INVALID, message)

    assert traces(ecs_fake) == before


@pytest.mark.parametrize(
    "parameters",
    [
        pytest.param({"desiredCount": 3}, id="the desired count"),
        pytest.param({"deploymentConfiguration": {"strategy": "CANARY", "bakeTimeInMinutes": 1}}, id="the bake time"),
        pytest.param({"healthCheckGracePeriodSeconds": 10}, id="the grace period"),
        pytest.param({"forceNewDeployment": True}, id="a forced deployment"),
    ],
)
def test_other_plain_updates_are_taken(ecs_client, create_express, parameters):
    create_express()

    ecs_client.update_service(service="shop", **parameters)
