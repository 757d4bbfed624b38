"""What CreateService, UpdateService, DeleteService and the reading operations refuse: a request, the code, the words, and where they are from.

Each row changes one thing of a service that is accepted as it is. Words that nobody has seen in full on AWS are marked `# unverified`.
"""

from __future__ import annotations

from typing import Any

import pytest

import builders
from builders import NETWORK

INVALID = "InvalidParameterException"
CLIENT = "ClientException"
ELB = "arn:aws:elasticloadbalancing:us-east-1:123456789012"
GROUP, OTHER_GROUP = f"{ELB}:targetgroup/blue/0123456789abcdef", f"{ELB}:targetgroup/green/0123456789abcdef"
RULE, OTHER_RULE = (
    f"{ELB}:listener-rule/app/web/50dc6c49/f2f7dc8e/9683b2d0",
    f"{ELB}:listener-rule/app/web/50dc6c49/f2f7dc8e/1",
)
ROLE = "arn:aws:iam::123456789012:role/ecsInfrastructureRole"
REGISTRY = "arn:aws:servicediscovery:us-east-1:123456789012:service/srv-0123456789abcdef"
LAMBDA = "arn:aws:lambda:us-east-1:123456789012:function:check"


def target(**members: Any) -> dict[str, Any]:
    return {"targetGroupArn": GROUP, "containerName": "app", "containerPort": 80, **members}


def shifted(group: str = GROUP, **members: Any) -> dict[str, Any]:
    """A load balancer that blue/green deployments shift traffic of."""
    advanced = {"alternateTargetGroupArn": OTHER_GROUP, "productionListenerRule": RULE, "roleArn": ROLE, **members}
    return target(targetGroupArn=group, advancedConfiguration=advanced)


def configuration(**members: Any) -> dict[str, Any]:
    return {"deploymentConfiguration": members}


def connect(**members: Any) -> dict[str, Any]:
    return {"serviceConnectConfiguration": {"enabled": True, "namespace": "apps", **members}}


def strategy(*items: tuple[str, int, int]) -> list[dict[str, Any]]:
    return [{"capacityProvider": name, "weight": weight, "base": base} for name, weight, base in items]


ON_FARGATE = builders.service(cluster=None, desiredCount=1)
ON_EC2: dict[str, Any] = {"serviceName": "web", "taskDefinition": "bridge", "desiredCount": 1, "launchType": "EC2"}
DAEMON: dict[str, Any] = {
    "serviceName": "agent",
    "taskDefinition": "bridge",
    "launchType": "EC2",
    "schedulingStrategy": "DAEMON",
}
CONNECTED = builders.CONNECTED
EXTERNAL = builders.service_of_task_sets(cluster=None)
CODE_DEPLOY: dict[str, Any] = {
    **ON_FARGATE,
    "deploymentController": {"type": "CODE_DEPLOY"},
    "loadBalancers": [target()],
}
ACCEPTED = {"Fargate": ON_FARGATE, "EC2": ON_EC2, "daemon": DAEMON, "EXTERNAL": EXTERNAL, "CODE_DEPLOY": CODE_DEPLOY}


@pytest.fixture(autouse=True)
def world(ecs_client, register):
    """A cluster with Fargate's capacity providers and one of an Auto Scaling group, and definitions for Fargate and for container instances."""
    ecs_client.create_capacity_provider(name="asg", autoScalingGroupProvider={"autoScalingGroupArn": "asg"})
    ecs_client.create_cluster(capacityProviders=["FARGATE", "FARGATE_SPOT", "asg"])
    ports = {
        "portMappings": [
            {"containerPort": 80, "name": "http", "appProtocol": "http"},
            {"containerPort": 81, "name": "raw"},
        ]
    }
    on_fargate = {"requiresCompatibilities": ["FARGATE"], "networkMode": "awsvpc", "cpu": "256", "memory": "512"}
    register("web", ports, **on_fargate)
    register("bridge", ports)
    register("host", ports, networkMode="host")
    register("gone", ports)
    ecs_client.deregister_task_definition(taskDefinition="gone:1")


def refused(client: Any, call: Any, parameters: dict[str, Any]) -> tuple[str, str]:
    with pytest.raises(client.exceptions.ClientError) as error:
        call(**parameters)
    answer = error.value.response["Error"]
    return answer["Code"], answer["Message"]


#: What was once refused, and is accepted by the source beside each row.
ALSO_ACCEPTED = [
    # ten public Terraform configurations with deployment_maximum_percent = 300
    pytest.param({**ON_FARGATE, **configuration(maximumPercent=300)}, id="three times as many tasks"),
    # API reference, DeploymentConfiguration: bakeTimeInMinutes has no upper bound
    pytest.param({**ON_FARGATE, **configuration(bakeTimeInMinutes=1441)}, id="a long bake time"),
    # aws-cdk, integ.external-deployment-controller: such a service has no launch type yet
    pytest.param(
        {**EXTERNAL, **configuration(maximumPercent=200, minimumHealthyPercent=50)}, id="EXTERNAL with percents"
    ),
    # aws-samples/container-patterns, aws-app-mesh-examples, and a recorded service of 2024
    pytest.param(
        {**ON_FARGATE, "serviceRegistries": [{"registryArn": REGISTRY, "containerName": "app"}]},
        id="a registry without a port in awsvpc",
    ),
    pytest.param(
        {**ON_FARGATE, "serviceRegistries": [{"registryArn": REGISTRY, "containerName": "app", "containerPort": 80}]},
        id="a registry with an SRV record",
    ),
]


@pytest.mark.parametrize("parameters", ALSO_ACCEPTED)
def test_what_ecs_accepts_is_accepted(ecs_client, skip_unless_known, parameters):
    skip_unless_known("CreateService", parameters)
    service = ecs_client.create_service(**parameters)["service"]

    percents = parameters.get("deploymentConfiguration", {})
    assert percents.items() <= service["deploymentConfiguration"].items()
    assert service.get("serviceRegistries", []) == parameters.get("serviceRegistries", [])


@pytest.mark.parametrize("service", ACCEPTED.values(), ids=ACCEPTED.keys())
def test_what_the_rows_change_is_accepted_as_it_is(ecs_client, service):
    assert ecs_client.create_service(**service)["service"]["status"] == "ACTIVE"


def row(base: dict[str, Any], changes: dict[str, Any], message: str, *, code: str = INVALID, id: str) -> Any:
    return pytest.param({**base, **changes}, code, message, id=id)


NO_PORT = "The container app did not have a container port 8080 defined."
NO_CONTAINER = (
    "When specifying 'host' or 'bridge' for networkMode, values for 'containerName' and 'containerPort' must be specified "
    f"from the task definition. Registry: {REGISTRY}"
)
#: cdk-preflight for daemons, several public repositories for the others.
NOT_BALANCED = "The service couldn't be created because Availability Zone Rebalancing"
NO_TASK_ROLE = "a valid taskRoleArn is not being used. Specify a valid task role in your task definition and try again."

CREATE = [
    # Developer Guide and many public repositories
    row(
        ON_FARGATE, {"cluster": "nowhere"}, "Cluster not found.", code="ClusterNotFoundException", id="no such cluster"
    ),
    # as a public emulator quotes recorded calls
    row(ON_FARGATE, {"taskDefinition": "nothing"}, "TaskDefinition not found.", code=CLIENT, id="no such definition"),
    # aws-cli#6774
    row(
        ON_FARGATE,
        {"taskDefinition": "123456789012.dkr.ecr.eu-west-1.amazonaws.com/web"},
        "Family contains invalid characters.",
        code=CLIENT,
        id="an image instead of a definition",
    ),
    row(
        ON_FARGATE, {"taskDefinition": "gone:1"}, "TaskDefinition is inactive", code=CLIENT, id="an INACTIVE definition"
    ),
    row(ON_FARGATE, {"clientToken": "x" * 37}, "idempotency token longer than 36.", id="a long client token"),
    row(ON_FARGATE, {"desiredCount": -1}, "DesiredCount can not be lesser than 0", id="a negative count"),
    row(ON_FARGATE, {"desiredCount": 5001}, "Desired count exceeds limit.", id="too many tasks"),
    pytest.param(
        {name: value for name, value in ON_FARGATE.items() if name != "desiredCount"},
        INVALID,
        "DesiredCount is missing",
        id="no count",
    ),
    row(
        ON_FARGATE,
        {"healthCheckGracePeriodSeconds": -1},
        "healthCheckGracePeriodSeconds must be at least 0",
        id="a negative grace period",
    ),
    row(
        ON_FARGATE,
        {"propagateTags": "ALL"},
        "propagateTags should be one of [TASK_DEFINITION,SERVICE,NONE]",
        id="unknown propagateTags",
    ),
    row(
        ON_FARGATE,
        {"availabilityZoneRebalancing": "MAYBE"},
        "availabilityZoneRebalancing should be one of [ENABLED,DISABLED]",
        id="unknown rebalancing",
    ),
    row(
        ON_FARGATE,
        {"schedulingStrategy": "SPREAD"},
        "Scheduling strategy should be one of [REPLICA,DAEMON]",
        id="an unknown scheduling strategy",
    ),
    # API reference, CreateService, serviceName; text: cdk-preflight
    row(
        ON_FARGATE,
        {"serviceName": "we b"},
        "ServiceName must match ^[a-zA-Z0-9\\\\-_]{1,255}$, but was we b",
        id="a malformed name",
    ),
    # terraform-provider-aws#32259
    row(
        ON_FARGATE,
        {"tags": [{"key": "a", "value": "1"}, {"key": "a", "value": "2"}]},
        "Multiple tags contain the same key.",
        id="a tag twice",
    ),
    # --- capacity: as recorded from deployments; ends of the second and third unverified
    row(
        ON_FARGATE,
        {"capacityProviderStrategy": strategy(("FARGATE", 1, 0))},
        "Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.",
        id="a launch type and a strategy",
    ),
    # --- network: a public emulator, and as recorded from deployments
    pytest.param(
        {name: value for name, value in ON_FARGATE.items() if name != "networkConfiguration"},
        INVALID,
        "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
        id="awsvpc without a network",
    ),
    row(
        ON_EC2,
        {"networkConfiguration": NETWORK},
        "Network Configuration is not valid for the given networkMode of this task definition.",
        id="bridge with a network",
    ),
    row(
        ON_FARGATE,
        {"networkConfiguration": {"awsvpcConfiguration": {"subnets": []}}},
        "subnets can not be empty.",
        id="no subnet",
    ),
    row(
        ON_EC2,
        {"platformVersion": "1.4.0"},
        "The platform version must be null when specifying an EC2 launch type.",
        id="a platform version on EC2",
    ),
    row(
        ON_FARGATE,
        {"platformVersion": "9.9.9"},
        "The specified platform does not exist.",
        code="PlatformUnknownException",
        id="an unknown platform version",
    ),
    # several public repositories
    row(
        ON_FARGATE,
        {"enableExecuteCommand": True},
        f"The service couldn't be created because {NO_TASK_ROLE}",
        id="ECS Exec without a task role",
    ),
    row(
        ON_FARGATE,
        {"taskDefinition": "bridge"},
        "Task definition does not support launch_type FARGATE.",
        id="a definition that isn't for Fargate",
    ),
    # --- placement: as recorded from deployments
    row(
        ON_FARGATE,
        {"placementConstraints": [{"type": "distinctInstance"}]},
        "Placement constraints are not supported with FARGATE launch type.",
        id="a constraint on Fargate",
    ),
    row(
        ON_FARGATE,
        {"placementStrategy": [{"type": "random"}]},
        "Placement strategies are not supported with FARGATE launch type.",
        id="a placement strategy on Fargate",
    ),
    row(
        ON_EC2,
        {"placementStrategy": [{"type": "binpack", "field": "gpu"}]},
        "binpack field 'gpu' is invalid.",
        id="binpack by something else",
    ),
    # --- daemons: API reference, CreateService; a public emulator and as recorded from deployments
    row(
        DAEMON,
        {"desiredCount": 0},
        "The daemon scheduling strategy does not support a desired count for services. "
        "Remove the desired count value and try again",
        id="a daemon with a count, be it 0",
    ),
    row(
        DAEMON,
        {"placementStrategy": [{"type": "random"}]},
        "The daemon scheduling strategy does not support placement strategies. "
        "Remove the placement strategy and try again",
        id="a daemon with a placement strategy",
    ),
    row(
        DAEMON,
        configuration(maximumPercent=150),
        "The daemon scheduling strategy does not support values above 100 for maximumPercent on a deployment "
        "configuration. Change the maximumPercent value to 100, and try again",
        id="a daemon above 100 percent",
    ),
    row(
        DAEMON,
        {"launchType": "FARGATE", "taskDefinition": "web", "networkConfiguration": NETWORK},
        "The daemon scheduling strategy does not support the FARGATE launch type. Change the launch type and try again",
        id="a daemon on Fargate",
    ),
    row(
        DAEMON,
        configuration(strategy="BLUE_GREEN"),
        "The daemon scheduling strategy does not support the BLUE_GREEN deployment strategy.",
        id="a daemon blue and green",
    ),
    row(
        DAEMON,
        {"availabilityZoneRebalancing": "ENABLED"},
        f"{NOT_BALANCED} does not support DAEMON as scheduling strategy. Update scheduling strategy and try again.",
        id="a daemon balanced over zones",
    ),
    row(
        DAEMON,
        {"deploymentController": {"type": "EXTERNAL"}},
        "The EXTERNAL deployment controller type is not supported for services using the DAEMON scheduling strategy.",
        id="a daemon of another controller",
    ),
    # Developer Guide, "Amazon ECS clusters for external instances"; the words are unverified
    row(
        ON_EC2,
        {"launchType": "EXTERNAL", "loadBalancers": [target()]},
        "Load balancers are not supported with the EXTERNAL launch type.",
        id="external instances with a load balancer",
    ),
    row(
        ON_EC2,
        {
            "launchType": "EXTERNAL",
            "serviceRegistries": [{"registryArn": REGISTRY, "containerName": "app", "containerPort": 80}],
        },
        "Service registries are not supported with the EXTERNAL launch type.",
        id="external instances with a registry",
    ),
    # --- controllers: API reference, CreateService, taskDefinition and loadBalancers; the first two texts as recorded from deployments
    row(EXTERNAL, {"taskDefinition": "web"}, "TaskDefinition must be blank.", id="EXTERNAL with a definition"),
    row(
        EXTERNAL,
        {"loadBalancers": [target()]},
        "LoadBalancers must be empty or null.",
        id="EXTERNAL with a load balancer",
    ),
    row(
        EXTERNAL,
        {"serviceRegistries": [{"registryArn": REGISTRY}]},
        "ServiceRegistries must be empty or null.",
        id="EXTERNAL with a registry",
    ),
    row(
        EXTERNAL, {"networkConfiguration": NETWORK}, "NetworkConfiguration must be blank.", id="EXTERNAL with a network"
    ),
    row(EXTERNAL, {"launchType": "FARGATE"}, "LaunchType must be blank.", id="EXTERNAL with a launch type"),
    row(
        EXTERNAL,
        configuration(strategy="CANARY"),
        "strategy is not supported with the EXTERNAL deployment controller.",
        id="EXTERNAL with a strategy",
    ),
    row(
        CODE_DEPLOY,
        {"loadBalancers": []},
        "When specifying the CODE_DEPLOY deployment controller type, the service requires an Application Load Balancer or "
        "Network Load Balancer.",
        id="CODE_DEPLOY without a load balancer",
    ),
    row(
        CODE_DEPLOY,
        configuration(deploymentCircuitBreaker={"enable": True, "rollback": True}),
        "Deployment circuit breaker feature is only supported with ECS deployment controller. "
        "Update to ECS deployment controller and try again.",
        id="CODE_DEPLOY with a circuit breaker",
    ),
    # API reference, DeploymentConfiguration: no custom value there; the words are unverified
    row(
        ON_EC2,
        {
            "deploymentController": {"type": "CODE_DEPLOY"},
            "loadBalancers": [target()],
            **configuration(minimumHealthyPercent=50),
        },
        "minimumHealthyPercent cannot be changed for services with the CODE_DEPLOY deployment controller on EC2.",
        id="CODE_DEPLOY on EC2 with percents",
    ),
    # several public repositories
    row(ON_FARGATE, {"taskDefinition": ""}, "TaskDefinition can not be blank.", id="ECS without a definition"),
    # --- deployment configuration: API reference, DeploymentConfiguration; texts of the percents as recorded from deployments
    row(ON_FARGATE, configuration(maximumPercent=99), "maximumPercent must be at least 100", id="a low maximum"),
    row(
        ON_FARGATE,
        configuration(minimumHealthyPercent=-1),
        "minimumHealthyPercent must be at least 0",
        id="a negative minimum",
    ),
    row(
        ON_FARGATE,
        configuration(minimumHealthyPercent=101),
        "minimumHealthyPercent must be at most 100",
        id="a high minimum",
    ),
    row(
        ON_FARGATE,
        configuration(maximumPercent=100),
        "Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments.",
        id="no room to deploy",
    ),
    row(
        ON_FARGATE,
        {"availabilityZoneRebalancing": "ENABLED", **configuration(maximumPercent=100, minimumHealthyPercent=50)},
        f"{NOT_BALANCED} does not support maximumPercent <= 100 % as deployment configuration.",
        id="no room to balance",
    ),
    row(
        ON_EC2,
        {"availabilityZoneRebalancing": "ENABLED", "placementStrategy": [{"type": "random"}]},
        f"{NOT_BALANCED} only supports availability zone spread as task placement strategy.",
        id="balanced and at random",
    ),
    row(
        ON_FARGATE,
        configuration(
            deploymentCircuitBreaker={
                "enable": True,
                "rollback": True,
                "thresholdConfiguration": {"type": "BOUNDED_PERCENT", "value": 101},
            }
        ),
        "The value of thresholdConfiguration must be at most 100.",
        id="a threshold above 100 percent",
    ),
    row(
        ON_FARGATE,
        configuration(
            deploymentCircuitBreaker={
                "enable": True,
                "rollback": True,
                "thresholdConfiguration": {"type": "COUNT", "value": 0},
            }
        ),
        "The value of thresholdConfiguration must be at least 1.",
        id="a threshold of nothing",
    ),
    row(
        ON_FARGATE,
        configuration(linearConfiguration={"stepPercent": 10.0}),
        "linearConfiguration is only valid when the deployment strategy is LINEAR.",
        id="steps of a rolling deployment",
    ),
    row(
        ON_FARGATE,
        configuration(strategy="LINEAR", linearConfiguration={"stepPercent": 2.9}),
        "stepPercent must be at least 3",
        id="a small step",
    ),
    row(
        ON_FARGATE,
        configuration(strategy="LINEAR", linearConfiguration={"stepPercent": 3.05}),
        "stepPercent must be a multiple of 0.1.",
        id="a step between two",
    ),
    row(
        ON_FARGATE,
        configuration(strategy="CANARY", canaryConfiguration={"canaryPercent": 0.05}),
        "canaryPercent must be at least 0.1",
        id="a small canary",
    ),
    row(
        ON_FARGATE,
        configuration(
            strategy="BLUE_GREEN",
            bakeTimeInMinutes=5,
            lifecycleHooks=[{"lifecycleStages": ["PRE_SCALE_UP"], "roleArn": ROLE}],
        ),
        "hookTargetArn must be specified for an AWS_LAMBDA lifecycle hook.",
        id="a hook without a target",
    ),
    row(
        ON_FARGATE,
        configuration(
            strategy="BLUE_GREEN",
            bakeTimeInMinutes=5,
            lifecycleHooks=[{"hookTargetArn": LAMBDA, "roleArn": ROLE}],
        ),
        "lifecycleStages cannot be empty.",
        id="a hook without a stage",
    ),
    row(  # Developer Guide, "Lifecycle hooks for Amazon ECS service deployments"
        ON_FARGATE,
        configuration(
            strategy="BLUE_GREEN",
            bakeTimeInMinutes=5,
            lifecycleHooks=[{"targetType": "PAUSE", "lifecycleStages": ["PRE_SCALE_UP", "TEST_TRAFFIC_SHIFT"]}],
        ),
        "PAUSE lifecycle hooks are not supported at the TEST_TRAFFIC_SHIFT stage.",
        id="a pause while traffic is shifted",
    ),
    row(
        ON_FARGATE,
        configuration(earlySuccessCriteria={"enable": True}),
        "healthyPercent and sourceServiceRevisionCleanup must be specified with earlySuccessCriteria.",
        id="an early success that isn't clear",
    ),
    row(
        ON_FARGATE,
        configuration(
            earlySuccessCriteria={"enable": True, "healthyPercent": 60, "sourceServiceRevisionCleanup": "BLOCKING"}
        ),
        "healthyPercent must be greater than or equal to minimumHealthyPercent.",
        id="an early success below the minimum",
    ),
    # --- load balancers: API reference, LoadBalancer; many public repositories; Developer Guide, troubleshooting of blue/green deployments
    row(
        ON_FARGATE,
        {"loadBalancers": [target(containerName="envoy")]},
        "The container envoy does not exist in the task definition.",
        id="a load balancer of another container",
    ),
    row(ON_FARGATE, {"loadBalancers": [target(containerPort=8080)]}, NO_PORT, id="a load balancer of another port"),
    # amazon-ecs-cli#359, pipecd#3847
    row(
        ON_FARGATE,
        {"loadBalancers": [target(containerName="")]},
        "Container Name can not be blank.",
        id="a load balancer of no container",
    ),
    row(
        ON_FARGATE,
        {"loadBalancers": [{name: value for name, value in target().items() if name != "containerPort"}]},
        "Container Port can not be blank.",
        id="a load balancer of no port",
    ),
    # hashicorp/terraform#25306
    row(
        ON_FARGATE,
        {"loadBalancers": [target()] * 6},
        "load balancers can have at most 5 items.",
        id="six load balancers",
    ),
    row(
        ON_EC2,
        {"loadBalancers": [target(loadBalancerName="classic")]},
        "loadBalancerName and targetGroupArn cannot both be specified. "
        "You must specify either a loadBalancerName or a targetGroupArn in all loadBalancer entries",
        id="a load balancer of both kinds",
    ),
    row(
        ON_FARGATE,
        {"loadBalancers": [{"loadBalancerName": "classic", "containerName": "app", "containerPort": 80}]},
        "Classic Load Balancers are not supported with Fargate.",
        id="a classic load balancer on Fargate",
    ),
    row(  # terraform#9285, aws-sdk-js#1397
        ON_EC2,
        {"loadBalancers": [{"loadBalancerName": "classic", "containerName": "app", "containerPort": 80}]},
        "A host port mapping for the container port 80 is required.",
        id="a classic load balancer of a port that ECS chooses",
    ),
    row(
        ON_EC2,
        {
            "loadBalancers": [
                target(),
                {"loadBalancerName": "classic", "containerName": "app", "containerPort": 80},
            ]
        },
        "All loadBalancers must be strictly either ELBv1 (defining loadBalancerName) or ELBv2 (defining targetGroupArn)",
        id="load balancers of both kinds",
    ),
    row(
        ON_FARGATE,
        {"loadBalancers": [target(), target()]},
        f"Duplicate targetGroupArn found: {GROUP}",
        id="a target group twice",
    ),
    row(
        ON_FARGATE,
        {"loadBalancers": [target()], **configuration(strategy="BLUE_GREEN", bakeTimeInMinutes=5)},
        "advancedConfiguration field is required for all loadBalancers when using a non-ROLLING deployment strategy",
        id="blue and green without a second target group",
    ),
    row(
        ON_FARGATE,
        {"loadBalancers": [shifted(), target(targetGroupArn=OTHER_GROUP)]},
        "Either all or none of the provided loadBalancers must have advancedConfiguration defined",
        id="only one load balancer shifted",
    ),
    row(
        ON_FARGATE,
        {"loadBalancers": [shifted(productionListenerRule="rule")], **configuration(strategy="BLUE_GREEN")},
        "productionListenerRule has an invalid ARN format. Must be RuleArn for ALB or ListenerArn for NLB. Got: rule",
        id="not a rule",
    ),
    row(
        ON_FARGATE,
        {"loadBalancers": [shifted(testListenerRule=RULE)], **configuration(strategy="BLUE_GREEN")},
        f"The following rules cannot be used as both production and test listener rules: {RULE}",
        id="one rule for both",
    ),
    # terraform-provider-aws#4657
    row(
        ON_FARGATE,
        {"role": "ecsServiceRole", "loadBalancers": [target()]},
        "You cannot specify an IAM role for services that require a service linked role.",
        id="a role with awsvpc",
    ),
    # --- registries: API reference, ServiceRegistry; several public Terraform configurations, trussworks/terraform-aws-ecs-service#344,
    # spinnaker#5859, cdk-preflight
    row(ON_EC2, {"serviceRegistries": [{"registryArn": REGISTRY}]}, NO_CONTAINER, id="a bare registry in bridge"),
    row(
        ON_EC2,
        {"serviceRegistries": [{"registryArn": REGISTRY, "containerName": "app"}]},
        NO_CONTAINER,
        id="a registry without a port in bridge",
    ),
    row(
        ON_EC2,
        {"taskDefinition": "host", "serviceRegistries": [{"registryArn": REGISTRY, "port": 80}]},
        NO_CONTAINER,
        id="a registry without a container in host",
    ),
    row(
        ON_FARGATE,
        {"serviceRegistries": [{"registryArn": REGISTRY, "containerName": "envoy"}]},
        "The container envoy is not valid. The value for 'containerName' must already be specified in the task definition. "
        f"Registry: {REGISTRY}",
        id="a registry of another container",
    ),
    row(
        ON_FARGATE,
        {"serviceRegistries": [{"registryArn": REGISTRY, "port": 80, "containerName": "app", "containerPort": 80}]},
        "Specify a value for either 'port' or the 'containerName' and 'containerPort' combination, but not both",
        id="a registry with two ports",
    ),
    row(
        ON_FARGATE,
        {"serviceRegistries": [{"registryArn": REGISTRY, "containerName": "app", "containerPort": 8080}]},
        NO_PORT,
        id="a registry of another port",
    ),
    row(
        ON_FARGATE,
        {"serviceRegistries": [{"registryArn": REGISTRY}] * 2},
        "service registries can have at most 1 items.",
        id="two registries",
    ),
    # --- Service Connect: as recorded from deployments; API reference, ServiceConnectService
    row(
        ON_FARGATE,
        {"serviceConnectConfiguration": {"enabled": True}},
        "Namespace is missing",
        id="Service Connect without a namespace",
    ),
    row(
        ON_FARGATE,
        connect(services=[{"portName": "grpc"}]),
        "clientAliases must have 1 element.",
        id="no alias, and another port",
    ),
    row(
        ON_FARGATE,
        connect(services=[{"portName": "grpc", "clientAliases": [{"port": 80}]}]),
        "portName(grpc) does not refer to any named PortMapping in the container definitions.",
        id="Service Connect of another port",
    ),
    row(
        ON_FARGATE,
        connect(services=[{"portName": "http", "clientAliases": [{"port": 80}, {"port": 81}]}]),
        "2 clientAliases exceeds the max limit of 1",
        id="two aliases",
    ),
    row(
        ON_FARGATE,
        connect(services=[{"portName": "http", "clientAliases": [{"port": 80, "dnsName": "-web"}]}]),
        "The DNS name that you provided is invalid. The name must be a valid DNS name but doesn\u2019t need to be fully-qualified. "
        "Up to 127 characters are allowed. The characters can include lowercase letters, numbers, underscores (_), hyphens (-), "
        "and periods (.). A hyphen can\u2019t be the first character.",
        id="not a DNS name",
    ),
    row(
        ON_FARGATE,
        connect(
            services=[
                {"portName": "http", "clientAliases": [{"port": 80}]},
                {"portName": "raw", "discoveryName": "http", "clientAliases": [{"port": 81}]},
            ]
        ),
        "discoveryName(http) is used more than once.",
        id="one discovery name twice",
    ),
    row(
        ON_FARGATE,
        connect(
            services=[
                {"portName": "raw", "clientAliases": [{"port": 81}], "timeout": {"perRequestTimeoutSeconds": 5}},
            ]
        ),
        "perRequestTimeoutSeconds is not supported for TCP.",
        id="a time-out for requests of TCP",
    ),
    row(
        ON_FARGATE,
        connect(namespace="arn:aws:servicediscovery:eu-west-1:123456789012:namespace/ns-1"),
        "Failed to retrieve namespace for arn:aws:servicediscovery:eu-west-1:123456789012:namespace/ns-1",
        code="NamespaceNotFoundException",
        id="a namespace of elsewhere",
    ),
    # --- volumes: cdk-preflight, go-to-k/cdkd#811; API reference, CreateService, volumeConfigurations
    row(
        ON_FARGATE,
        {"volumeConfigurations": [{"name": "data", "managedEBSVolume": {"roleArn": ROLE, "sizeInGiB": 10}}]},
        "Volume configuration provided but no matching configuredAtLaunch volume found in task definition.",
        id="a volume for a definition that has none",
    ),
    row(
        DAEMON,
        {"volumeConfigurations": [{"name": "data", "managedEBSVolume": {"roleArn": ROLE, "sizeInGiB": 10}}]},
        "The daemon scheduling strategy does not support volume configurations. "
        "Remove the volume configurations and try again",
        id="a daemon with a volume",
    ),
    # --- API reference, VpcLatticeConfiguration and GatewayConnector, portName; in the words for Service Connect, unverified
    row(
        ON_FARGATE,
        {"vpcLatticeConfigurations": [{"roleArn": ROLE, "targetGroupArn": "tg", "portName": "grpc"}]},
        "portName(grpc) does not refer to any named PortMapping in the container definitions.",
        id="VPC Lattice of another port",
    ),
    row(
        ON_FARGATE,
        {"gatewayConnectors": [{"portName": "grpc"}]},
        "portName(grpc) does not refer to any named PortMapping in the container definitions.",
        id="a gateway connector of another port",
    ),
    # --- Developer Guide, "Connect Amazon ECS services to a gateway" and "Troubleshoot a gateway": the guide quotes the second text up to
    # "with cluster"; the rest, and the codes, are unverified
    row(
        ON_EC2,
        CONNECTED,
        "gatewayConnectors require a task definition with the awsvpc network mode.",
        id="a gateway connector without awsvpc",
    ),
    row(
        ON_FARGATE,
        CONNECTED,
        "gatewayConnectors were specified but no gateways are associated with cluster default",
        id="a gateway connector in a cluster without gateways",
    ),
    row(
        EXTERNAL,
        CONNECTED,
        "gatewayConnectors are not supported with the EXTERNAL deployment controller.",
        id="EXTERNAL with a gateway connector",
    ),
    row(
        CODE_DEPLOY,
        CONNECTED,
        "gatewayConnectors are not supported with the CODE_DEPLOY deployment controller.",
        id="CODE_DEPLOY with a gateway connector",
    ),
]


@pytest.mark.parametrize(("parameters", "code", "message"), CREATE)
def test_create_service_refuses(ecs_fake, unchecked_client, skip_unless_known, parameters, code, message):
    skip_unless_known("CreateService", parameters)

    assert refused(unchecked_client, unchecked_client.create_service, parameters) == (code, message)

    assert len(ecs_fake.services) == 0


ALIAS = {"clientAliases": [{"port": 80}]}
NAMESPACE = "arn:aws:servicediscovery:us-east-1:123456789012:namespace/ns-"


@pytest.mark.parametrize(
    "services",
    [
        pytest.param([{"portName": "http", **ALIAS}], id="by the name of the port"),
        pytest.param([{"portName": "raw", "discoveryName": "http", **ALIAS}], id="by the discovery name"),
    ],
)
def test_a_name_of_service_connect_belongs_to_one_service(ecs_client, services):
    """copilot-cli#4337 and #5431; API reference, ServiceConnectService, discoveryName."""
    api = {**ON_FARGATE, "serviceName": "api", **connect(services=services)}
    ecs_client.create_service(**ON_FARGATE, **connect(services=[{"portName": "http", **ALIAS}]))

    code, message = refused(ecs_client, ecs_client.create_service, api)

    assert code == INVALID
    assert message.startswith(f"SC service is already used by {NAMESPACE}")
    ecs_client.create_service(**{**api, **connect(namespace="jobs", services=services)})
    update = {"service": "api", **connect(services=services)}
    assert refused(ecs_client, ecs_client.update_service, update) == (code, message)
    other = {"portName": "http", "discoveryName": "front", **ALIAS}
    ecs_client.update_service(service="web", **connect(services=[other]))
    ecs_client.update_service(**update)
    ecs_client.delete_service(service="api", force=True)
    ecs_client.update_service(service="web", **connect(services=services))


@pytest.mark.parametrize(
    ("operation", "fault"),
    [
        pytest.param(
            "create_service", {"gatewayConnectors": [{"portName": "grpc"}]}, id="CreateService, a later check"
        ),
        pytest.param("create_service", configuration(maximumPercent=10), id="CreateService, the configuration"),
        pytest.param("update_service", configuration(maximumPercent=10), id="UpdateService, the configuration"),
        pytest.param(
            "update_service", {"capacityProviderStrategy": strategy(("FARGATE", 1, 0))}, id="UpdateService, no force"
        ),
    ],
)
def test_a_refused_call_adds_no_namespace(ecs_client, unchecked_client, skip_unless_known, operation, fault):
    ecs_client.create_service(**{**ON_FARGATE, "serviceName": "api"})
    base = ON_FARGATE if operation == "create_service" else {"service": "api"}
    skip_unless_known("CreateService" if operation == "create_service" else "UpdateService", fault)

    refused(unchecked_client, getattr(unchecked_client, operation), {**base, **connect(), **fault})

    with pytest.raises(ecs_client.exceptions.NamespaceNotFoundException):
        ecs_client.list_services_by_namespace(namespace="apps")


#: API reference, CapacityProviderStrategyItem; texts as recorded from deployments (cdk-preflight).
STRATEGIES = [
    pytest.param(
        strategy(("FARGATE", 1, 1), ("FARGATE_SPOT", 1, 1)),
        "There are multiple capacity providers in the specified capacity provider strategy with a base value greater than zero. "
        "Only one capacity provider can have a base value greater than zero. "
        "Specify a valid capacity provider strategy and try again.",
        id="two bases",
    ),
    pytest.param(
        strategy(("FARGATE", 0, 0), ("FARGATE_SPOT", 0, 0)),
        "There are no capacity providers in the capacity provider strategy with a weight value greater than zero. "
        "Specify a weight value greater than zero for at least one capacity provider and try again.",
        id="no weight",
    ),
    pytest.param(
        strategy(("other", 1, 0)),
        "The specified capacity provider strategy cannot contain a capacity provider that is not associated with the cluster. "
        "Associate the capacity provider with the cluster or specify a valid capacity provider and try again.",
        id="another cluster's provider",
    ),
    pytest.param(
        strategy(("FARGATE", 1, 0), ("asg", 1, 0)),
        "A capacity provider strategy cannot contain a mix of capacity providers using Auto Scaling groups and Fargate providers. "
        "Specify one or the other and try again.",
        id="both kinds",
    ),
]


@pytest.mark.parametrize(("items", "message"), STRATEGIES)
def test_a_strategy_is_refused(ecs_client, items, message):
    parameters = {name: value for name, value in ON_FARGATE.items() if name != "launchType"}

    answer = refused(ecs_client, ecs_client.create_service, {**parameters, "capacityProviderStrategy": items})

    assert answer == (INVALID, message)


#: The request after one that made `web`; both texts are quoted by many public repositories.
REPEATED = [
    pytest.param({}, id="the same again"),
    pytest.param({"desiredCount": 2}, id="another count"),
    pytest.param({"clientToken": "b"}, id="another client token"),
    pytest.param({"clientToken": "a", "desiredCount": 2}, id="the same client token, another count"),
]


@pytest.mark.parametrize("changes", REPEATED)
def test_a_name_that_is_taken_is_refused(ecs_client, changes):
    ecs_client.create_service(**ON_FARGATE, clientToken="a")

    answer = refused(ecs_client, ecs_client.create_service, {**ON_FARGATE, **changes})

    assert answer == (INVALID, "Creation of service was not idempotent.")


def test_without_a_client_token_nothing_is_a_repetition(ecs_client):
    ecs_client.create_service(**ON_FARGATE)

    answer = refused(ecs_client, ecs_client.create_service, ON_FARGATE)

    assert answer == (INVALID, "Creation of service was not idempotent.")


def test_a_name_that_is_draining_is_refused(ecs_client):
    ecs_client.create_service(**ON_FARGATE, clientToken="a")
    ecs_client.delete_service(service="web", force=True)

    answer = refused(ecs_client, ecs_client.create_service, {**ON_FARGATE, "clientToken": "a"})

    assert answer == (INVALID, "Unable to Start a service that is still Draining.")


BY_CODE_DEPLOY = "on services with a CODE_DEPLOY deployment controller. Use AWS CodeDeploy to trigger a new deployment."
BY_TASK_SET = (
    "on services with an EXTERNAL deployment controller. Use a task set to trigger a new deployment."  # unverified
)
FORCE = (
    "When switching from launch type to capacity provider strategy on an existing service, or making a change to a "
    "capacity provider strategy on a service that is already using one, you must force a new deployment."
)


def change(base: dict[str, Any], changes: dict[str, Any], message: str, *, code: str = INVALID, id: str) -> Any:
    return pytest.param(base, changes, code, message, id=id)


UPDATE = [
    # its message was empty wherever it was recorded
    change(ON_FARGATE, {"service": "api"}, "", code="ServiceNotFoundException", id="no such service"),
    change(
        ON_FARGATE, {"cluster": "nowhere"}, "Cluster not found.", code="ClusterNotFoundException", id="no such cluster"
    ),
    # as a public emulator quotes recorded calls
    change(ON_FARGATE, {"desiredCount": -1}, "Task count can not be lesser than 0", id="a negative count"),
    change(ON_FARGATE, {"desiredCount": 5001}, "Desired count exceeds limit.", id="too many tasks"),
    change(
        ON_FARGATE, {"taskDefinition": "nothing"}, "TaskDefinition not found.", code=CLIENT, id="no such definition"
    ),
    change(
        ON_FARGATE, {"taskDefinition": "gone:1"}, "TaskDefinition is inactive", code=CLIENT, id="an INACTIVE definition"
    ),
    # pipe-cd/pipecd#6385, aws-cdk#36563
    change(
        ON_FARGATE,
        {"capacityProviderStrategy": strategy(("FARGATE", 1, 0))},
        FORCE,
        id="another capacity without force",
    ),
    change(
        ON_FARGATE,
        configuration(maximumPercent=100),
        "Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments.",
        id="no room to deploy, with what the service has",
    ),
    # several public repositories. The setting was ENABLED since nobody had said otherwise
    change(
        ON_FARGATE,
        configuration(maximumPercent=100, minimumHealthyPercent=0),
        "The service couldn't be updated because Availability Zone Rebalancing does not support maximumPercent <= 100 % "
        "as deployment configuration.",
        id="no room to balance any more",
    ),
    # compose-cli#2120, aws-toolkit-jetbrains#3649
    change(
        ON_FARGATE,
        {"enableExecuteCommand": True},
        f"The service couldn't be updated because {NO_TASK_ROLE}",
        id="ECS Exec without a task role",
    ),
    change(
        DAEMON,
        {"desiredCount": 3},
        "The daemon scheduling strategy does not support a desired count for services. "
        "Remove the desired count value and try again",
        id="a daemon with a count",
    ),
    # API reference, UpdateService; quoted by many public repositories, the third to fifth by their pattern
    change(
        CODE_DEPLOY,
        {"taskDefinition": "web"},
        f"Unable to update task definition {BY_CODE_DEPLOY}",
        id="CODE_DEPLOY: the definition",
    ),
    change(
        CODE_DEPLOY,
        {"networkConfiguration": NETWORK},
        f"Unable to update network parameters {BY_CODE_DEPLOY}",
        id="CODE_DEPLOY: the network",
    ),
    change(
        CODE_DEPLOY,
        {"loadBalancers": []},
        f"Unable to update load balancers {BY_CODE_DEPLOY}",
        id="CODE_DEPLOY: the load balancers",
    ),
    change(
        CODE_DEPLOY,
        {"forceNewDeployment": True},
        f"Cannot force a new deployment {BY_CODE_DEPLOY}",
        id="CODE_DEPLOY: by force",
    ),
    change(
        EXTERNAL,
        {"taskDefinition": "web"},
        f"Unable to update task definition {BY_TASK_SET}",
        id="EXTERNAL: the definition",
    ),
    # by the pattern of the others, unverified
    change(
        CODE_DEPLOY,
        CONNECTED,
        f"Unable to update gateway connectors {BY_CODE_DEPLOY}",
        id="CODE_DEPLOY: a gateway connector",
    ),
    change(
        EXTERNAL,
        CONNECTED,
        f"Unable to update gateway connectors {BY_TASK_SET}",
        id="EXTERNAL: a gateway connector",
    ),
    change(
        ON_FARGATE,
        CONNECTED,
        "gatewayConnectors were specified but no gateways are associated with cluster default",
        id="a gateway connector in a cluster without gateways",
    ),
]


@pytest.mark.parametrize(("base", "changes", "code", "message"), UPDATE)
def test_update_service_refuses(ecs_client, skip_unless_known, base, changes, code, message):
    skip_unless_known("UpdateService", changes)
    ecs_client.create_service(**base)
    [made] = ecs_client.describe_services(services=[base["serviceName"]])["services"]

    answer = refused(ecs_client, ecs_client.update_service, {"service": base["serviceName"], **changes})

    assert answer == (code, message)
    assert ecs_client.describe_services(services=[base["serviceName"]])["services"] == [made]


@pytest.mark.parametrize("operation", ["update_service", "delete_service"])
def test_a_service_that_is_not_there_is_refused_without_words(ecs_client, operation):
    answer = refused(ecs_client, getattr(ecs_client, operation), {"service": "nothing"})

    assert answer == ("ServiceNotFoundException", "")


@pytest.mark.parametrize("seconds", [0, 600], ids=["DRAINING", "INACTIVE"])
def test_a_deleted_service_is_not_updated(ecs_fake, ecs_client, seconds):
    """In clients that look for these words."""
    ecs_client.create_service(**ON_FARGATE)
    ecs_client.delete_service(service="web", force=True)
    ecs_fake.clock.advance(seconds=seconds)

    answer = refused(ecs_client, ecs_client.update_service, {"service": "web", "desiredCount": 2})

    assert answer == ("ServiceNotActiveException", "Service was not ACTIVE.")


def test_a_service_that_is_scaled_up_is_deleted_by_force_only(ecs_client):
    """Quoted by many public repositories."""
    ecs_client.create_service(**ON_FARGATE)

    answer = refused(ecs_client, ecs_client.delete_service, {"service": "web"})

    assert answer == (INVALID, "The service cannot be stopped while it is scaled above 0.")
    assert ecs_client.delete_service(service="web", force=True)["service"]["status"] == "DRAINING"


#: API reference of each; texts: a public client (none), steampipe-plugin-aws#903 (many), a public emulator (the rest).
READING = [
    pytest.param("describe_services", {"services": []}, "Services cannot be empty.", id="no service"),
    pytest.param(
        "describe_services",
        {"services": [f"s{number}" for number in range(11)]},
        "service names can have at most 10 items.",
        id="eleven services",
    ),
    pytest.param(
        "describe_services",
        {"services": ["web"], "include": ["ALL"]},
        "include should be one of [TAGS]",
        id="to include",
    ),
    pytest.param(
        "list_services",
        {"launchType": "LAMBDA"},
        "launch type should be one of [EC2,FARGATE,EXTERNAL,MANAGED_INSTANCES]",
        id="an unknown launch type",
    ),
]


@pytest.mark.parametrize(("operation", "parameters", "message"), READING)
def test_reading_refuses(unchecked_client, operation, parameters, message):
    assert refused(unchecked_client, getattr(unchecked_client, operation), parameters) == (INVALID, message)


def test_a_namespace_that_nobody_uses_is_not_found(ecs_client):
    """terraform-aws-ecs#116 for the words, there of CreateCluster."""
    answer = refused(ecs_client, ecs_client.list_services_by_namespace, {"namespace": "apps"})

    assert answer == ("NamespaceNotFoundException", "Failed to retrieve namespace for apps")
