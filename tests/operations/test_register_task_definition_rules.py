"""What RegisterTaskDefinition refuses: one row a rule, a definition with one fault and ECS's words for it.

Where the source is a repository and a number, or cdk-preflight (whose rules keep what a deployment of 2026-09 answered), the text was seen
as an answer of AWS. "API reference" alone: the rule is documented, its text unverified. Everything is a ClientException.
"""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from botocore.session import get_session

ABSENT: Any = object()
ROLE = "arn:aws:iam::123456789012:role/execution"
ECR_IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/web:1"
SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:db-AbCdEf"


def container(name: str = "app", **members: Any) -> dict[str, Any]:
    """A container that ECS takes, with members set or (ABSENT) left out."""
    return _without_absent({"name": name, "image": "nginx", "memory": 128, **members})


def ec2(*containers: dict[str, Any], **members: Any) -> dict[str, Any]:
    """A definition in network mode bridge that ECS takes."""
    return _without_absent({"family": "web", "containerDefinitions": list(containers) or [container()], **members})


def awsvpc(*containers: dict[str, Any], **members: Any) -> dict[str, Any]:
    """A definition in network mode awsvpc that ECS takes and that requires no launch type."""
    return ec2(*containers, **{"networkMode": "awsvpc", **members})


def fargate(*containers: dict[str, Any], **members: Any) -> dict[str, Any]:
    """A definition for Fargate that ECS takes."""
    size = {"requiresCompatibilities": ["FARGATE"], "cpu": "256", "memory": "512"}
    return awsvpc(*containers, **{**size, **members})


def awslogs(**options: str) -> dict[str, Any]:
    """A log configuration; members of options are written with underscores."""
    return {"logDriver": "awslogs", "options": {name.replace("_", "-"): value for name, value in options.items()}}


LOG_PLACE = {"awslogs_region": "us-east-1", "awslogs_group": "web"}
LOGS = awslogs(awslogs_group="/ecs/web", awslogs_region="us-east-1", awslogs_stream_prefix="ecs")
ROUTER = {"type": "fluentbit"}
SHARED_GPU = {"type": "GPU", "sharingStrategy": {"nvidiaMps": {"memory": 1}}}
NEURON = [{"type": "NeuronDevice", "value": "ALL"}]
HEALTHY = {"command": ["CMD-SHELL", "true"]}
PROXY = {
    "type": "APPMESH",
    "containerName": "app",
    "properties": [
        {"name": "ProxyIngressPort", "value": "15000"},
        {"name": "ProxyEgressPort", "value": "15001"},
        {"name": "AppPorts", "value": "80"},
        {"name": "IgnoredUID", "value": "1337"},
    ],
}


def proxy_without(*names: str) -> dict[str, Any]:
    """The App Mesh proxy without some of its properties."""
    return {**PROXY, "properties": [each for each in PROXY["properties"] if each["name"] not in names]}  # type: ignore[index]


def ports(*mappings: dict[str, Any]) -> dict[str, Any]:
    """A container with these port mappings."""
    return container(portMappings=list(mappings))


def volume(**configuration: Any) -> list[dict[str, Any]]:
    """One volume named data."""
    return [{"name": "data", **configuration}]


def efs(**members: Any) -> list[dict[str, Any]]:
    """One EFS volume."""
    return volume(efsVolumeConfiguration={"fileSystemId": "fs-1", **members})


def _without_absent(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not ABSENT}


@cache
def members_of(shape: str) -> frozenset[str]:
    """The members that the installed botocore knows."""
    return frozenset(get_session().get_service_model("ecs").shape_for(shape).members)


def needs(shape: str, member: str) -> pytest.MarkDecorator:
    """A row that an older botocore can't send."""
    return pytest.mark.skipif(member not in members_of(shape), reason=f"this botocore has no {shape}.{member}")


# Texts that more than one rule has.
CPU_OF_TASK = "Invalid 'cpu' setting for task."
MEMORY_OF_TASK = "Invalid 'memory' setting for task."
NO_MEMORY = "Invalid setting for container 'app'. At least one of 'memory' or 'memoryReservation' must be specified."
HOST_PORTS = "When networkMode={}, the host ports and container ports in port mappings must match."
SECRETS_WITHOUT_ROLE = (
    "When you are specifying container secrets, you must also specify a value for 'executionRoleArn'."
)
KINDS_OF_VOLUME = "When the volume parameter is specified, only one volume configuration type should be used."
SUCCESS_OF_ESSENTIAL = "A dependency container with SUCCESS or COMPLETE condition cannot be an essential container"
FARGATE_NETWORK = "Fargate only supports network mode \u2018awsvpc\u2019."
FARGATE_SIZE = "No Fargate configuration exists for given values: {} CPU, {} memory. See the Amazon ECS documentation for the valid values."
FARGATE_MEMBERS = "Fargate compatible task definitions do not support {}"

THE_TASK = [
    pytest.param(
        ec2(family=""), "Family can not be blank.", "amazon-ecs-deploy-task-definition#630", id="family empty"
    ),
    pytest.param(
        ec2(family="we b"), "Family contains invalid characters.", "amazon-ecs-cli#37", id="family with a blank"
    ),
    pytest.param(
        ec2(family="web:1"), "Family contains invalid characters.", "amazon-ecs-cli#542", id="family with a revision"
    ),
    pytest.param(
        ec2(family="f" * 256), "Family contains invalid characters.", "API reference", id="family of 256 characters"
    ),
    pytest.param(ec2(containerDefinitions=[]), "Container list cannot be empty.", "cdk-preflight", id="no container"),
    pytest.param(
        ec2(*[container(f"c{n}") for n in range(11)]),
        "Too many containers.",
        "amazon-ecs-cli#184",
        id="eleven containers",
    ),
    pytest.param(
        ec2(container(), container()),
        "Container names must be unique within a task definition",
        "cdk-preflight",
        id="two containers of one name",
    ),
    pytest.param(
        ec2(container(essential=False)),
        "Task definition doesn't have any essential container",
        "cdk-preflight",
        id="nothing essential",
    ),
    pytest.param(
        ec2(container(environment=[{"name": "A", "value": "x" * 65536}])),
        "Actual length: '65661'. Max allowed length is '65536' bytes.",
        "awsdocs/amazon-ecs-developer-guide#149",
        id="more than 64 KiB",
    ),
    pytest.param(
        ec2(taskRoleArn="arn:aws:iam::123456789012:user/bob"),
        "Role is not valid",
        "fabfuel/ecs-deploy#231",
        id="a user as the task role",
    ),
    pytest.param(
        ec2(executionRoleArn="not a role"),
        "Role is not valid",
        "fabfuel/ecs-deploy#231",
        id="blanks in the execution role",
    ),
    pytest.param(ec2(tags=[]), "Tags can not be empty.", "fabfuel/ecs-deploy#146", id="an empty list of tags"),
    pytest.param(
        ec2(tags=[{"key": "a", "value": "1"}, {"key": "a", "value": "2"}]),
        "Multiple tags contain the same key.",
        "terraform-provider-aws#32259",
        id="a tag key twice",
    ),
    pytest.param(
        ec2(tags=[{"key": f"k{n}", "value": ""} for n in range(51)]),
        "tags can have at most 50 items.",
        "API reference, Tag",
        id="51 tags",
    ),
    pytest.param(
        ec2(inferenceAccelerators=[{"deviceName": "d", "deviceType": "eia1.medium"}]),
        "Unsupported field 'inferenceAccelerators'.",
        "cdk-preflight",
        id="inference accelerators",
    ),
    pytest.param(
        ec2(placementConstraints=[{"type": "memberOf", "expression": "true"}] * 11),
        "placementConstraints can have at most 10 items.",
        "API reference",
        id="eleven placement constraints",
    ),
    pytest.param(
        ec2(placementConstraints=[{"type": "distinctInstance", "expression": "true"}]),
        "constraint.type 'distinctInstance' is not supported.",
        "aws-cdk-examples#628, #636",
        id="placement constraint of a service",
    ),
    pytest.param(
        ec2(placementConstraints=[{"type": "memberOf"}]),
        "expression should not be null or empty.",
        "API reference",
        id="placement constraint that says nothing",
    ),
    pytest.param(
        ec2(networkMode="weird"),
        "networkMode should be one of [bridge,host,awsvpc,none]",
        "API reference",
        id="unknown network mode",
    ),
    pytest.param(
        ec2(requiresCompatibilities=["LAMBDA"]),
        "requiresCompatibilities should be one of [EC2,FARGATE,EXTERNAL,MANAGED_INSTANCES]",
        "API reference",
        id="unknown launch type",
    ),
    pytest.param(
        ec2(trustedExecutionConfiguration={"isolationMode": "CONFIDENTIAL_SANDBOX"}),
        "When isolationMode is CONFIDENTIAL_SANDBOX, you must also specify a value for 'attestationPolicy'.",
        "API reference, TrustedExecutionConfiguration",
        marks=needs("RegisterTaskDefinitionRequest", "trustedExecutionConfiguration"),
        id="confidential without a policy",
    ),
]

THE_SIZE = [
    pytest.param(ec2(cpu="abc"), CPU_OF_TASK, "Developer Guide, Invalid CPU or memory", id="cpu that is no number"),
    pytest.param(ec2(cpu=""), CPU_OF_TASK, "Developer Guide, Invalid CPU or memory", id="cpu empty"),
    pytest.param(ec2(cpu="256 cpu"), CPU_OF_TASK, "Developer Guide, Invalid CPU or memory", id="cpu in other units"),
    pytest.param(ec2(cpu="-1"), CPU_OF_TASK, "Developer Guide, Invalid CPU or memory", id="cpu negative"),
    pytest.param(ec2(cpu="127"), CPU_OF_TASK, "API reference, cpu", id="cpu under 128"),
    pytest.param(ec2(cpu="196609"), CPU_OF_TASK, "API reference, cpu", id="cpu over 192 vCPU"),
    pytest.param(ec2(memory="lots"), MEMORY_OF_TASK, "API reference, memory", id="memory that is no number"),
    pytest.param(ec2(memory="0"), MEMORY_OF_TASK, "API reference, memory", id="memory of nothing"),
    pytest.param(
        ec2(container(cpu=200), container("two", cpu=57), cpu="256"),
        "The sum of all container 'cpu' values cannot be greater than the value of the task 'cpu'.",
        "klotho#892",
        id="cpu of the containers over the task's",
    ),
    pytest.param(
        ec2(container(memory=513), memory="512"),
        "The 'memory' setting for container 'app' is greater than for the task.",
        "pulumi-awsx#1220",
        id="memory of one container over the task's",
    ),
    pytest.param(
        ec2(container(memory=ABSENT, memoryReservation=513), memory="512"),
        "The 'memoryReservation' setting for container 'app' is greater than for the task.",
        "API reference",
        id="reservation of one container over the task's",
    ),
    pytest.param(
        ec2(
            container(memory=ABSENT, memoryReservation=300),
            container("two", memory=ABSENT, memoryReservation=300),
            memory="512",
        ),
        "The sum of all container 'memoryReservation' values cannot be greater than the value of the task 'memory'.",
        "cloudnativedaysjp/dreamkast-infra#4766",
        id="reservations over the task's memory",
    ),
]

A_CONTAINER = [
    pytest.param(
        ec2(container(name=ABSENT)),
        "Container.name should not be null or empty.",
        "hashicorp/terraform#2888",
        id="no name",
    ),
    pytest.param(
        ec2(container(name="")),
        "Container.name should not be null or empty.",
        "hashicorp/terraform#2888",
        id="name empty",
    ),
    pytest.param(
        ec2(container(name="my.app")),
        "Container.name contains invalid characters.",
        "ansible#22860",
        id="name with a dot",
    ),
    pytest.param(
        ec2(container(name="c" * 256)),
        "Container.name contains invalid characters.",
        "API reference",
        id="name of 256 characters",
    ),
    pytest.param(
        ec2(container(image=ABSENT)), "Container.image should not be null or empty.", "aws-cli#5924", id="no image"
    ),
    pytest.param(
        ec2(container(image="")), "Container.image should not be null or empty.", "aws-cli#5924", id="image empty"
    ),
    pytest.param(
        ec2(container(image="$IMAGE_NAME")),
        "Container.image contains invalid characters.",
        "many public issues",
        id="image with a dollar",
    ),
    pytest.param(
        ec2(container(image="nginx@sha256:abc")),
        "Container.image contains invalid characters.",
        "API reference, image",
        id="digest too short",
    ),
    pytest.param(
        ec2(container(image="i" * 256)),
        "Container.image contains invalid characters.",
        "API reference, image",
        id="image of 256 characters",
    ),
    pytest.param(
        ec2(container(image=":latest")),
        "Container.image repository should not be null or empty.",
        "API reference",
        id="image that is a tag only",
    ),
    pytest.param(ec2(container(memory=ABSENT)), NO_MEMORY, "cuttlesoft/ecs-deploy.py#17", id="no memory at all"),
    pytest.param(ec2(container(memory=0)), NO_MEMORY, "API reference, memoryReservation", id="memory 0 counts as none"),
    pytest.param(
        ec2(container(memory=128, memoryReservation=129)),
        "Invalid setting for container 'app'. 'memory' must be greater than or equal to 'memoryReservation'.",
        "cdk-preflight",
        id="reservation over the limit",
    ),
    pytest.param(ec2(container(memory=-1)), "memory must be at least 0", "API reference", id="memory negative"),
    pytest.param(ec2(container(cpu=-1)), "cpu must be at least 0", "API reference", id="cpu negative"),
    pytest.param(
        ec2(container(environment=[{"name": " ", "value": "x"}])),
        "Environment variable name cannot be null or blank.",
        "thnery/terraform-aws-template#2",
        id="environment variable without a name",
    ),
    pytest.param(
        ec2(container(ulimits=[{"name": "nofile", "softLimit": 2, "hardLimit": 1}])),
        "Soft limit exceeds hard limit for ulimit nofile",
        "cdk-preflight",
        id="soft limit over the hard one",
    ),
    pytest.param(
        ec2(container(ulimits=[{"name": "files", "softLimit": 1, "hardLimit": 1}])),
        "Unrecognized ulimit name files",
        "Shippable/support#3699",
        id="unknown ulimit",
    ),
    pytest.param(
        ec2(container(restartPolicy={"enabled": True, "restartAttemptPeriod": 59})),
        "The 'restartAttemptPeriod' setting for container 'app' must be between 60 and 1800.",
        "cdk-preflight",
        id="restart after 59 s",
    ),
    pytest.param(
        ec2(container(restartPolicy={"enabled": True, "restartAttemptPeriod": 1801})),
        "The 'restartAttemptPeriod' setting for container 'app' must be between 60 and 1800.",
        "cdk-preflight",
        id="restart after 1801 s",
    ),
    pytest.param(
        ec2(container(restartPolicy={"enabled": True, "ignoredExitCodes": list(range(51))})),
        "ignoredExitCodes can have at most 50 items.",
        "API reference, ContainerRestartPolicy",
        id="51 ignored exit codes",
    ),
    pytest.param(
        ec2(container(linuxParameters={"swappiness": 101})),
        "swappiness must be at most 100",
        "API reference, LinuxParameters",
        id="swappiness over 100",
    ),
    pytest.param(
        ec2(container(linuxParameters={"maxSwap": -1})),
        "maxSwap must be at least 0",
        "API reference, LinuxParameters",
        id="negative swap",
    ),
    pytest.param(
        ec2(container(systemControls=[{"namespace": "vm.swappiness", "value": "1"}])),
        r"namespace must match ^(net\..+|fs\.mqueue\..+|kernel\.(msgmax|msgmnb|msgmni|sem|shmall|shmmax|shmmni|shm_rmid_forced))$",
        "API reference, SystemControl",
        id="system control without a namespace of its own",
    ),
    pytest.param(
        ec2(container(systemControls=[{"namespace": "net.core.somaxconn", "value": "1"}]), networkMode="host"),
        "Invalid 'systemControls' setting for container 'app'.",
        "API reference, SystemControl",
        id="network control of the host's network",
    ),
    pytest.param(
        ec2(container(systemControls=[{"namespace": "kernel.sem", "value": "1"}]), ipcMode="host"),
        "Invalid 'systemControls' setting for container 'app'.",
        "API reference, ipcMode",
        id="IPC control of the host's IPC",
    ),
    pytest.param(
        ec2(container(repositoryCredentials={"credentialsParameter": SECRET})),
        "Private repository authentication requires that the task definition specify a value for executionRoleArn.",
        "sil-org/ecs-deploy#188",
        id="registry credentials without an execution role",
    ),
    pytest.param(
        ec2(container(image=ECR_IMAGE, repositoryCredentials={"credentialsParameter": SECRET}), executionRoleArn=ROLE),
        "Private repository credentials are not a supported authentication method for ECR repositories.",
        "aws-actions/amazon-ecs-deploy-task-definition#48",
        id="registry credentials for ECR",
    ),
    pytest.param(
        ec2(container(credentialSpecs=["arn:aws:s3:::bucket/spec"])),
        "credentialSpecs must match ^credentialspec(domainless)?:arn:.+$",
        "API reference, credentialSpecs",
        id="credential spec without its kind",
    ),
    pytest.param(
        ec2(container(volumesFrom=[{"sourceContainer": "nobody"}])),
        "Invalid 'volumesFrom' setting. Unknown container: 'nobody'.",
        "cdk-preflight",
        id="volumes from an unknown container",
    ),
    pytest.param(
        ec2(container(links=["nobody"])),
        "Invalid 'links' setting. Unknown container: 'nobody'.",
        "API reference, links",
        id="link to an unknown container",
    ),
    pytest.param(
        ec2(container(links=["two:db"]), container("two", links=["app"])),
        "Container links should not have a cycle",
        "Shippable/support#4194",
        id="links in a circle",
    ),
    pytest.param(
        ec2(container(resourceRequirements=[{"type": "GPU", "value": "some"}])),
        "Invalid 'resourceRequirements' setting for container 'app'.",
        "API reference, ResourceRequirement",
        id="GPUs that aren't a number",
    ),
    pytest.param(
        ec2(container(resourceRequirements=[{"type": "InferenceAccelerator", "value": "d"}])),
        "Invalid 'resourceRequirements' setting for container 'app'.",
        "API reference, ResourceRequirement",
        id="inference accelerator of a container",
    ),
    pytest.param(
        ec2(
            container(resourceRequirements=[SHARED_GPU]),
            container("two", resourceRequirements=[{"type": "GPU", "value": "1"}]),
        ),
        "Invalid 'resourceRequirements' setting for container 'two'.",
        "API reference, ResourceRequirement",
        marks=needs("ResourceRequirement", "sharingStrategy"),
        id="GPUs shared by one container only",
    ),
    pytest.param(
        ec2(
            container(resourceRequirements=NEURON),
            container("two", resourceRequirements=NEURON),
        ),
        "Invalid 'resourceRequirements' setting for container 'two'.",
        "API reference, ResourceRequirement",
        id="Neuron devices for two containers",
    ),
]

PORTS = [
    pytest.param(
        ec2(ports({"hostPort": 80})),
        "Invalid 'containerPort' setting for container 'app'.",
        "aws-cli#7288",
        id="no container port",
    ),
    pytest.param(
        ec2(ports({"containerPort": 0})),
        "Invalid 'containerPort' setting for container 'app'.",
        "aws-cdk#8762",
        id="container port 0",
    ),
    pytest.param(
        ec2(ports({"containerPort": 65536})),
        "Invalid 'containerPort' setting for container 'app'.",
        "API reference, PortMapping",
        id="container port 65536",
    ),
    pytest.param(
        ec2(ports({"containerPort": 80, "hostPort": 65536})),
        "Invalid 'hostPort' setting for container 'app'.",
        "API reference, PortMapping",
        id="host port 65536",
    ),
    pytest.param(
        ec2(ports({"containerPortRange": "90-80"})),
        "Invalid 'containerPortRange' setting for container 'app'.",
        "cdk-preflight",
        id="range backwards",
    ),
    pytest.param(
        ec2(ports({"containerPortRange": "80"})),
        "Invalid 'containerPortRange' setting for container 'app'.",
        "cdk-preflight",
        id="range that is one port",
    ),
    pytest.param(
        ec2(ports({"containerPortRange": "80-90", "containerPort": 80})),
        "Invalid port mapping for container 'app', cannot specify both single port and port range.",
        "cdk-preflight",
        id="port and range",
    ),
    pytest.param(
        ec2(ports(*[{"containerPortRange": f"{n}-{n + 1}"} for n in range(1000, 1202, 2)])),
        "Invalid 'portMappings' setting for container 'app'.",
        "API reference, containerPortRange",
        id="101 ranges",
    ),
    pytest.param(
        ec2(ports({"containerPortRange": "80-90"}, {"containerPortRange": "90-99"})),
        "Invalid 'containerPortRange' setting for container 'app'.",
        "API reference, containerPortRange",
        id="overlapping ranges in bridge mode",
    ),
    pytest.param(
        ec2(ports({"containerPortRange": "80-90"}), networkMode="host"),
        "Invalid 'containerPortRange' setting for container 'app'.",
        "API reference, containerPortRange",
        id="range in host mode",
    ),
    pytest.param(
        ec2(ports({"containerPort": 80, "name": "Web"})),
        "name must match ^[a-z0-9_][a-z0-9_-]{0,63}$",
        "API reference, PortMapping, name",
        id="port name in capitals",
    ),
    pytest.param(
        ec2(ports({"containerPort": 80, "appProtocol": "https"})),
        "appProtocol should be one of [http,http2,grpc]",
        "API reference, PortMapping",
        id="unknown application protocol",
    ),
    pytest.param(
        awsvpc(ports({"containerPort": 80, "hostPort": 8080})),
        HOST_PORTS.format("awsvpc"),
        "many public issues",
        id="host port of its own in awsvpc",
    ),
    pytest.param(
        awsvpc(ports({"containerPort": 80, "hostPort": 0})),
        HOST_PORTS.format("awsvpc"),
        "API reference, hostPort",
        id="host port 0 in awsvpc",
    ),
    pytest.param(
        ec2(ports({"containerPort": 80, "hostPort": 8080}), networkMode="host"),
        HOST_PORTS.format("host"),
        "cdk-preflight",
        id="host port of its own in host mode",
    ),
    pytest.param(
        awsvpc(ports({"containerPort": 80}), container("two", portMappings=[{"containerPort": 80}])),
        "TCP container port '80' is used multiple times in task when networkMode=awsvpc.",
        "cdk-preflight",
        id="a port of two containers",
    ),
    pytest.param(
        awsvpc(ports({"containerPort": 53, "protocol": "udp"}, {"containerPort": 53, "protocol": "udp"})),
        "UDP container port '53' is used multiple times in task when networkMode=awsvpc.",
        "cdk-preflight",
        id="a UDP port twice",
    ),
    pytest.param(
        awsvpc(ports({"containerPortRange": "80-90"}, {"containerPort": 85})),
        "TCP container port '85' is used multiple times in task when networkMode=awsvpc.",
        "cdk-preflight",
        id="a port of a range again",
    ),
    pytest.param(
        awsvpc(ports({"containerPort": 80, "name": "web"}, {"containerPort": 81, "name": "web"})),
        "When networkMode=awsvpc, port mapping name is already used",
        "cdk-preflight",
        id="a port name twice",
    ),
    pytest.param(
        ec2(ports({"containerPort": 80}), networkMode="none"),
        "Port mappings are not supported when networkMode=none.",
        "API reference, networkMode",
        id="ports without a network",
    ),
]

NETWORK_MODES = [
    pytest.param(
        awsvpc(container(links=["two"]), container("two")),
        "Links are not supported when networkMode=awsvpc.",
        "aws-otel-collector#1359",
        id="links in awsvpc",
    ),
    pytest.param(
        ec2(container(links=["two"]), container("two"), networkMode="host"),
        "Links are not supported when networkMode=host.",
        "API reference, links",
        id="links in host mode",
    ),
    pytest.param(
        ec2(container(links=["two"]), container("two"), networkMode="none"),
        "Links are not supported when networkMode=none.",
        "API reference, links",
        id="links without a network",
    ),
    pytest.param(
        awsvpc(container(hostname="web")),
        "hostname is not supported on container when networkMode=awsvpc.",
        "labd/ecs-deplojo#26",
        id="hostname in awsvpc",
    ),
    pytest.param(
        awsvpc(container(extraHosts=[{"hostname": "db", "ipAddress": "10.0.0.1"}])),
        "Extra hosts are not supported on container when networkMode=awsvpc.",
        "cdk-preflight",
        id="extra hosts in awsvpc",
    ),
    pytest.param(
        awsvpc(container(dnsServers=["10.0.0.2"])),
        "DNS servers are not supported on container when networkMode=awsvpc.",
        "cdk-preflight",
        id="DNS servers in awsvpc",
    ),
    pytest.param(
        awsvpc(container(dnsSearchDomains=["corp"])),
        "DNS search domains are not supported on container when networkMode=awsvpc.",
        "API reference",
        id="DNS search domains in awsvpc",
    ),
    pytest.param(
        awsvpc(container(disableNetworking=True)),
        "Disable Networking is not supported on container when networkMode=awsvpc.",
        "cdk-preflight",
        id="networking off in awsvpc",
    ),
    pytest.param(
        ec2(proxyConfiguration=PROXY),
        "APPMESH proxy configuration is only supported in networkMode=awsvpc",
        "cdk-preflight",
        id="proxy in bridge mode",
    ),
    pytest.param(
        awsvpc(proxyConfiguration={**PROXY, "containerName": "envoy"}),
        "Proxy container [envoy] does not exist.",
        "cdk-preflight",
        id="proxy that isn't there",
    ),
    pytest.param(
        awsvpc(proxyConfiguration=proxy_without("ProxyIngressPort")),
        "Ingress port not found",
        "cdk-preflight",
        id="proxy without ingress port",
    ),
    pytest.param(
        awsvpc(proxyConfiguration=proxy_without("ProxyEgressPort")),
        "Egress port not found",
        "API reference, ProxyConfiguration",
        id="proxy without egress port",
    ),
    pytest.param(
        awsvpc(proxyConfiguration=proxy_without("AppPorts")),
        "App ports not found",
        "API reference, ProxyConfiguration",
        id="proxy without application ports",
    ),
    pytest.param(
        awsvpc(proxyConfiguration=proxy_without("IgnoredUID")),
        "Ignored UID or GID not found",
        "API reference, ProxyConfiguration",
        id="proxy that would meet itself",
    ),
]

VOLUMES = [
    pytest.param(
        ec2(container(mountPoints=[{"sourceVolume": "data", "containerPath": "/data"}])),
        "Unknown volume 'data'.",
        "ansible#35751",
        id="mount point without its volume",
    ),
    pytest.param(
        ec2(container(mountPoints=[{"containerPath": "/data"}])),
        "Unknown volume 'null'.",
        "blinkist/terraform-aws-airship-ecs-service#46",
        id="mount point that names no volume",
    ),
    pytest.param(
        ec2(volumes=[{"name": "my data"}]),
        "volume.name contains invalid characters.",
        "amazon-ecs-cli#277",
        id="volume name with a blank",
    ),
    pytest.param(
        ec2(volumes=[{"name": ""}]),
        "volume.name should not be null or empty.",
        "API reference, Volume",
        id="volume name empty",
    ),
    pytest.param(
        ec2(volumes=[{"efsVolumeConfiguration": {"fileSystemId": "fs-1"}}]),
        "volume.name should not be null or empty.",
        "API reference, Volume, name",
        id="EFS volume without a name",
    ),
    pytest.param(
        ec2(volumes=volume(host={"sourcePath": ""})),
        "host.sourcePath should not be blank.",
        "amazon-ecs-cli#11",
        id="source path blank",
    ),
    pytest.param(
        ec2(volumes=volume(host={"sourcePath": "/data"}, efsVolumeConfiguration={"fileSystemId": "fs-1"})),
        KINDS_OF_VOLUME,
        "cloudposse/terraform-aws-ecs-alb-service-task#185",
        id="volume of two kinds",
    ),
    pytest.param(
        ec2(volumes=volume(configuredAtLaunch=True, host={})),
        KINDS_OF_VOLUME,
        "API reference, Volume",
        id="volume configured at launch and now",
    ),
    pytest.param(
        ec2(volumes=volume(configuredAtLaunch=True)),
        "Volumes [data] are not referenced by any of the containers",
        "cdk-preflight",
        id="volume configured at launch that nobody mounts",
    ),
    pytest.param(
        ec2(volumes=[{"name": "a", "configuredAtLaunch": True}, {"name": "b", "configuredAtLaunch": True}]),
        "Only one volume can be configured at launch.",
        "API reference, configuredAtLaunch",
        id="two volumes configured at launch",
    ),
    pytest.param(
        ec2(
            volumes=efs(
                rootDirectory="/data", transitEncryption="ENABLED", authorizationConfig={"accessPointId": "fsap-1"}
            )
        ),
        'When using an EFS access point, the root directory must either be set to "/" or be omitted.',
        "cdk-preflight",
        id="EFS access point and a root directory",
    ),
    pytest.param(
        ec2(volumes=efs(authorizationConfig={"iam": "ENABLED"})),
        "EFS IAM authorization requires TransitEncryption to be enabled.",
        "cdk-preflight",
        id="EFS authorization in the clear",
    ),
    pytest.param(
        ec2(volumes=efs(authorizationConfig={"accessPointId": "fsap-1"})),
        "EFS access point requires TransitEncryption to be enabled.",
        "API reference, accessPointId",
        id="EFS access point in the clear",
    ),
    pytest.param(
        ec2(volumes=efs(transitEncryptionPort=2999)),
        "TransitEncryptionPort requires that TransitEncryption is enabled.",
        "cdk-preflight",
        id="EFS encryption port without encryption",
    ),
    pytest.param(
        ec2(volumes=volume(s3filesVolumeConfiguration={"fileSystemArn": "fs-1"})),
        "Invalid arn syntax.",
        "cdk-preflight",
        marks=needs("Volume", "s3filesVolumeConfiguration"),
        id="S3 file system that isn't an ARN",
    ),
    pytest.param(
        ec2(
            volumes=volume(
                s3filesVolumeConfiguration={
                    "fileSystemArn": "arn:aws:s3files:us-east-1:123456789012:file-system/fs-1",
                    "accessPointArn": "arn:aws:s3files:us-east-1:123456789012:access-point/fsap-1",
                    "rootDirectory": "/data",
                }
            )
        ),
        'When using an S3 Files access point, the root directory must either be set to "/" or be omitted.',
        "API reference, S3FilesVolumeConfiguration",
        marks=needs("Volume", "s3filesVolumeConfiguration"),
        id="S3 access point and a root directory",
    ),
    pytest.param(
        ec2(
            volumes=volume(
                s3filesVolumeConfiguration={"fileSystemArn": "arn:aws:s3files:us-east-1:123456789012:file-system/fs-1"}
            )
        ),
        "When you are specifying an S3 Files volume, you must also specify a value for 'taskRoleArn'.",
        "API reference",
        marks=needs("Volume", "s3filesVolumeConfiguration"),
        id="S3 file system without a task role",
    ),
    pytest.param(
        ec2(
            volumes=volume(
                fsxWindowsFileServerVolumeConfiguration={
                    "fileSystemId": "fs-1",
                    "rootDirectory": "share",
                    "authorizationConfig": {"credentialsParameter": SECRET, "domain": "corp"},
                }
            )
        ),
        "When you are specifying an FSx for Windows File Server volume, you must also specify a value for 'executionRoleArn'.",
        "API reference",
        id="FSx volume without an execution role",
    ),
]

LOGGING = [
    pytest.param(
        ec2(container(logConfiguration=awslogs())),
        "Log driver awslogs requires options: awslogs-region, awslogs-group",
        "klotho#892",
        id="awslogs without options",
    ),
    pytest.param(
        ec2(container(logConfiguration={**LOGS, "options": {**LOGS["options"], "log_key": "log"}})),
        "Log driver awslogs disallows options: log_key",
        "amazon-ecs-firelens-examples#83",
        id="an option that awslogs doesn't know",
    ),
    pytest.param(
        ec2(container(logConfiguration=awslogs(**LOG_PLACE, awslogs_endpoint="https://logs", tag="x"))),
        "Log driver awslogs disallows options: awslogs-endpoint, tag",
        "public code quotes it for awslogs-endpoint",
        id="two options that awslogs doesn't know",
    ),
    pytest.param(
        ec2(container(logConfiguration=awslogs(**LOG_PLACE, awslogs_create_group="false"))),
        "Log driver awslogs option 'awslogs-create-group' should only be set to 'true', else omit option.",
        "tflint-ruleset-aws#348",
        id="a log group that isn't to be created",
    ),
    pytest.param(
        ec2(container(logConfiguration=awslogs(awslogs_region="us-east-1", awslogs_group=""))),
        "Log driver awslogs option 'awslogs-group' should not be null or empty.",
        "terraform-aws-modules/terraform-aws-ecs#206",
        id="a log group without a name",
    ),
    pytest.param(
        ec2(container(logConfiguration={"logDriver": "splunk", "options": {"splunk-url": "https://splunk"}})),
        "Log driver splunk requires options: splunk-token",
        "terraform-provider-aws#8596",
        id="splunk without token",
    ),
    pytest.param(
        ec2(
            container(
                logConfiguration={
                    "logDriver": "splunk",
                    "secretOptions": [{"name": "splunk-token", "valueFrom": SECRET}],
                }
            ),
            executionRoleArn=ROLE,
        ),
        "Log driver splunk requires options: splunk-url",
        "API reference, LogConfiguration",
        id="splunk without address, its token a secret",
    ),
    pytest.param(
        ec2(
            container(logConfiguration={"logDriver": "awsfirelens"}),
            container("router", firelensConfiguration=ROUTER, user="root"),
        ),
        "If 'user' field is specified on firelens container, then 'UID' has to be '0'.",
        "cloudposse/terraform-aws-ecs-container-definition#97",
        id="a router of another user",
    ),
    pytest.param(
        ec2(container(logConfiguration=awslogs(awslogs_region="us-east-1"))),
        "Log driver awslogs requires options: awslogs-group",
        "cdk-preflight",
        id="awslogs without group",
    ),
    pytest.param(
        ec2(container(logConfiguration=awslogs(awslogs_region="us-east-1", awslogs_group="my logs"))),
        "Log driver awslogs option 'awslogs-group' contains invalid characters.",
        "many public issues",
        id="log group with a blank",
    ),
    pytest.param(
        ec2(
            container(
                logConfiguration=awslogs(
                    awslogs_region="us-east-1",
                    awslogs_group="web",
                    awslogs_datetime_format="%Y",
                    awslogs_multiline_pattern="^x",
                )
            )
        ),
        "Log driver awslogs options 'awslogs-datetime-format' and 'awslogs-multiline-pattern' cannot be specified together.",
        "API reference, LogConfiguration",
        id="two ways to find the first line",
    ),
    pytest.param(
        fargate(container(logConfiguration={"logDriver": "awsvpc"})),
        "awsvpc is not a valid log driver. Must be one of [awslogs,splunk,awsfirelens]",
        "kayac/ecspresso#364",
        id="unknown log driver",
    ),
    pytest.param(
        ec2(container(logConfiguration={"logDriver": "awsfirelens"})),
        "When awsfirelens log driver is specified in log configuration, a firelens configuration object must be configured in one of the containers.",
        "cdk-preflight",
        id="awsfirelens without a router",
    ),
    pytest.param(
        ec2(container(firelensConfiguration=ROUTER)),
        "When a firelensConfiguration object is specified, at least one container has to be configured with the awsfirelens log driver.",
        "terraform-provider-aws#11551",
        id="a router that nobody sends to",
    ),
    pytest.param(
        ec2(
            container(logConfiguration={"logDriver": "awsfirelens"}),
            container("a", firelensConfiguration=ROUTER),
            container("b", firelensConfiguration=ROUTER),
        ),
        "Only one container can have a firelensConfiguration object.",
        "API reference",
        id="two routers",
    ),
    pytest.param(
        fargate(
            container(
                firelensConfiguration={**ROUTER, "options": {"config-file-type": "s3", "config-file-value": "/f.conf"}}
            )
        ),
        "Invalid arn syntax.",
        "aws-sdk#311",
        id="router configuration in S3 that isn't an ARN",
    ),
]

SECRETS = [
    pytest.param(
        ec2(
            container(
                logConfiguration={
                    "logDriver": "splunk",
                    "options": {"splunk-url": "https://splunk"},
                    "secretOptions": [{"name": "splunk-token", "valueFrom": "arn:x"}],
                }
            ),
            executionRoleArn=ROLE,
        ),
        "Invalid arn syntax.",
        "cdk-preflight",
        id="broken ARN of a secret log option",
    ),
    pytest.param(
        ec2(container(secrets=[{"name": "DB", "valueFrom": SECRET}])),
        SECRETS_WITHOUT_ROLE,
        "fabfuel/ecs-deploy#87",
        id="secrets without an execution role",
    ),
    pytest.param(
        ec2(container(secrets=[])),
        SECRETS_WITHOUT_ROLE,
        "public Terraform modules",
        id="an empty list of secrets without an execution role",
    ),
    pytest.param(
        ec2(
            container(
                logConfiguration={
                    "logDriver": "splunk",
                    "options": {"splunk-url": "https://splunk"},
                    "secretOptions": [{"name": "splunk-token", "valueFrom": SECRET}],
                }
            )
        ),
        SECRETS_WITHOUT_ROLE,
        "API reference",
        id="secret log options without an execution role",
    ),
    pytest.param(
        ec2(container(secrets=[{"name": "DB", "valueFrom": "db:password::"}]), executionRoleArn=ROLE),
        "The Systems Manager parameter name specified for secret DB is invalid. "
        "The parameter name can be up to 2048 characters and include the following letters and symbols: a-zA-Z0-9_.-",
        "copilot-cli#3446",
        id="name with a JSON key",
    ),
    pytest.param(
        ec2(container(secrets=[{"name": "DB", "valueFrom": "arn:aws:ssm"}]), executionRoleArn=ROLE),
        "Invalid arn syntax.",
        "aws-sdk#311",
        id="broken ARN of a secret",
    ),
    pytest.param(
        ec2(container(secrets=[{"name": "DB", "valueFrom": "arn:aws:ssm:us-east-1:111122223333:parameter/db"}])),
        "The Systems Manager parameter ARN has a different account ID than the current account. "
        "The current account ID is 123456789012 and the ARN account ID is 111122223333. "
        "Cross-account access for ARNs is not currently supported.",
        "cdk-preflight",
        id="parameter of another account, said before the missing role",
    ),
    pytest.param(
        ec2(
            container(secrets=[{"name": "DB", "valueFrom": "a"}, {"name": "DB", "valueFrom": "b"}]),
            executionRoleArn=ROLE,
        ),
        "Duplicate secret names found: DB. Each secret name must be unique.",
        "many public issues",
        id="a secret name twice",
    ),
    pytest.param(
        ec2(
            container(environment=[{"name": "DB", "value": "x"}], secrets=[{"name": "DB", "valueFrom": "a"}]),
            executionRoleArn=ROLE,
        ),
        "The secret name must be unique and not shared with any new or existing environment variables set on the container, such as 'DB'.",
        "many public issues",
        id="a secret that is an environment variable too",
    ),
    pytest.param(
        ec2(container(environmentFiles=[{"type": "s3", "value": f"arn:aws:s3:::bucket/{n}.env"} for n in range(11)])),
        "The maximum number of environment files was exceeded. Specify ten or less and try again.",
        "cdk-preflight",
        id="eleven environment files",
    ),
    pytest.param(
        ec2(container(environmentFiles=[{"type": "s3", "value": "s3://bucket/a.env"}])),
        "Invalid arn syntax.",
        "cdk-preflight",
        id="environment file that isn't an ARN",
    ),
    pytest.param(
        ec2(container(environmentFiles=[{"type": "s3", "value": "arn:aws:s3:::bucket/a.txt"}])),
        "The environment file must have a .env file extension.",
        "API reference, environmentFiles",
        id="environment file of another kind",
    ),
]

HEALTH_AND_ORDER = [
    pytest.param(
        ec2(container(healthCheck={**HEALTHY, "interval": 301})),
        "Health check interval must be less than or equal to the maximum allowed value 300 for container 'app'",
        "cdk-preflight",
        id="interval over 300 s",
    ),
    pytest.param(
        ec2(container(healthCheck={**HEALTHY, "timeout": 61})),
        "Health check timeout must be less than or equal to the maximum allowed value 60 for container 'app'",
        "cdk-preflight",
        id="timeout over 60 s",
    ),
    pytest.param(
        ec2(container(healthCheck={**HEALTHY, "retries": 11})),
        "Health check retries must be less than or equal to the maximum allowed value 10 for container 'app'",
        "cdk-preflight",
        id="more than ten retries",
    ),
    pytest.param(
        ec2(container(healthCheck={**HEALTHY, "startPeriod": 301})),
        "Health check startPeriod must be less than or equal to the maximum allowed value 300 for container 'app'",
        "cdk-preflight",
        id="start period over 300 s",
    ),
    pytest.param(
        ec2(container(healthCheck={**HEALTHY, "interval": 4})),
        "Health check interval must be greater than or equal to the minimum allowed value 5 for container 'app'",
        "API reference, HealthCheck",
        id="interval under 5 s",
    ),
    pytest.param(
        ec2(container(healthCheck={**HEALTHY, "retries": 0})),
        "Health check retries must be greater than or equal to the minimum allowed value 1 for container 'app'",
        "API reference, HealthCheck",
        id="no retry",
    ),
    pytest.param(
        ec2(container(dependsOn=[{"containerName": "db", "condition": "START"}])),
        "Cannot depend on container + 'db' because it does not exist",
        "eagletmt/hako#99",
        id="dependency on nobody",
    ),
    pytest.param(
        ec2(container(dependsOn=[{"containerName": "db", "condition": "SUCCESS"}]), container("db")),
        SUCCESS_OF_ESSENTIAL,
        "boto3#2436",
        id="SUCCESS of an essential container",
    ),
    pytest.param(
        ec2(container(dependsOn=[{"containerName": "db", "condition": "COMPLETE"}]), container("db")),
        SUCCESS_OF_ESSENTIAL,
        "boto3#2436",
        id="COMPLETE of an essential container",
    ),
    pytest.param(
        ec2(container(dependsOn=[{"containerName": "db", "condition": "HEALTHY"}]), container("db")),
        "A dependency container with HEALTHY condition must have health check configured",
        "cdk-preflight",
        id="HEALTHY without a health check",
    ),
    pytest.param(
        ec2(container(dependsOn=[{"containerName": "db", "condition": "READY"}]), container("db")),
        "condition should be one of [START,COMPLETE,SUCCESS,HEALTHY]",
        "API reference, ContainerDependency",
        id="unknown condition",
    ),
    pytest.param(
        ec2(
            container(dependsOn=[{"containerName": "db", "condition": "START"}]),
            container("db", dependsOn=[{"containerName": "app", "condition": "START"}]),
        ),
        "Container dependencies should not have a cycle",
        "API reference, dependsOn",
        id="dependencies in a circle",
    ),
]

LAUNCH_TYPES = [
    pytest.param(fargate(networkMode=ABSENT), FARGATE_NETWORK, "cdk-preflight", id="Fargate without a network mode"),
    pytest.param(fargate(networkMode="bridge"), FARGATE_NETWORK, "cdk-preflight", id="Fargate in bridge mode"),
    pytest.param(
        fargate(cpu=ABSENT),
        "Fargate requires that 'cpu' be defined at the task level.",
        "cdk-preflight",
        id="Fargate without cpu",
    ),
    pytest.param(
        fargate(memory=ABSENT),
        "Fargate requires that 'memory' be defined at the task level.",
        "cdk-preflight",
        id="Fargate without memory",
    ),
    pytest.param(
        fargate(cpu="256", memory="3072"),
        FARGATE_SIZE.format(256, 3072),
        "cdk-preflight",
        id="Fargate of a size that isn't there",
    ),
    pytest.param(
        fargate(cpu="0.5 vCPU", memory="8GB"),
        FARGATE_SIZE.format(512, 8192),
        "cdk-preflight",
        id="Fargate size in vCPU and GB",
    ),
    pytest.param(
        fargate(cpu="64"), FARGATE_SIZE.format(64, 512), "cdk-preflight", id="Fargate smaller than the smallest"
    ),
    pytest.param(
        fargate(cpu="512", memory="2048", runtimePlatform={"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"}),
        FARGATE_SIZE.format(512, 2048),
        "cdk-preflight",
        id="Fargate for Windows under 1 vCPU",
    ),
    pytest.param(
        fargate(
            cpu="1024",
            memory="2048",
            runtimePlatform={"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE", "cpuArchitecture": "ARM64"},
        ),
        FARGATE_SIZE.format(1024, 2048),
        "cdk-preflight",
        id="Fargate for Windows on ARM",
    ),
    pytest.param(
        fargate(pidMode="host"),
        "Tasks using the Fargate launch type do not support pidMode 'host'. The supported value for pidMode is 'task'.",
        "cdk-preflight",
        id="Fargate with the host's processes",
    ),
    pytest.param(
        fargate(
            cpu="1024",
            memory="2048",
            pidMode="task",
            runtimePlatform={"operatingSystemFamily": "WINDOWS_SERVER_2022_CORE"},
        ),
        "Tasks using the Fargate launch type do not support pidMode for Windows containers.",
        "API reference, pidMode",
        id="Fargate for Windows with shared processes",
    ),
    pytest.param(
        fargate(ipcMode="task"), FARGATE_MEMBERS.format("ipcMode"), "cdk-preflight", id="Fargate with an IPC mode"
    ),
    pytest.param(
        fargate(placementConstraints=[{"type": "memberOf", "expression": "true"}]),
        FARGATE_MEMBERS.format("constraints"),
        "cdk-preflight",
        id="Fargate with placement constraints",
    ),
    pytest.param(
        fargate(volumes=volume(dockerVolumeConfiguration={})),
        FARGATE_MEMBERS.format("dockerVolumeConfiguration"),
        "cdk-preflight",
        id="Fargate with a Docker volume",
    ),
    pytest.param(
        fargate(volumes=volume(host={"sourcePath": "/data"})),
        FARGATE_MEMBERS.format("sourcePath"),
        "cdk-preflight",
        id="Fargate with a path of the host",
    ),
    pytest.param(
        fargate(container(privileged=True)),
        "Fargate requires that the \u2018privileged\u2019 setting be \u2018false\u2019 at the container level.",
        "cdk-preflight",
        id="Fargate with a privileged container",
    ),
    pytest.param(
        fargate(container(dockerSecurityOptions=["no-new-privileges"])),
        FARGATE_MEMBERS.format("dockerSecurityOptions"),
        "cdk-preflight",
        id="Fargate with security options",
    ),
    pytest.param(
        fargate(container(linuxParameters={"devices": [{"hostPath": "/dev/fuse"}]})),
        FARGATE_MEMBERS.format("devices"),
        "cdk-preflight",
        id="Fargate with devices",
    ),
    pytest.param(
        fargate(container(linuxParameters={"sharedMemorySize": 64})),
        FARGATE_MEMBERS.format("sharedMemorySize"),
        "cdk-preflight",
        id="Fargate with shared memory",
    ),
    pytest.param(
        fargate(container(linuxParameters={"maxSwap": 0})),
        FARGATE_MEMBERS.format("maxSwap"),
        "cdk-preflight",
        id="Fargate with a swap limit",
    ),
    pytest.param(
        fargate(container(linuxParameters={"swappiness": 0})),
        FARGATE_MEMBERS.format("swappiness"),
        "API reference, swappiness",
        id="Fargate with a swappiness",
    ),
    pytest.param(
        fargate(container(linuxParameters={"capabilities": {"add": ["SYS_PTRACE", "NET_ADMIN"]}})),
        "NET_ADMIN is not allowed on Fargate.",
        "cdk-preflight",
        id="Fargate with another capability",
    ),
    pytest.param(
        fargate(container(resourceRequirements=[{"type": "GPU", "value": "1"}])),
        "Tasks using the Fargate launch type do not support GPU resource requirements.",
        "cdk-preflight",
        id="Fargate with a GPU",
    ),
    pytest.param(
        fargate(container(logConfiguration={"logDriver": "json-file"})),
        "json-file is not a valid log driver. Must be one of [awslogs,splunk,awsfirelens]",
        "cdk-preflight",
        id="Fargate with a log file",
    ),
    pytest.param(
        fargate(container(logConfiguration=LOGS)),
        "Fargate requires task definition to have execution role ARN to support log driver awslogs.",
        "cdk-preflight",
        id="Fargate with awslogs and no execution role",
    ),
    pytest.param(
        fargate(
            container(logConfiguration=awslogs(awslogs_region="us-east-1", awslogs_group="web")), executionRoleArn=ROLE
        ),
        "Fargate requires log configuration options to include awslogs-stream-prefix to support log driver awslogs.",
        "cdk-preflight",
        id="Fargate with awslogs and no prefix",
    ),
    pytest.param(
        fargate(container(image=ECR_IMAGE)),
        "Fargate requires task definition to have execution role ARN to support ECR images.",
        "many public issues",
        id="Fargate with an ECR image and no execution role",
    ),
    pytest.param(
        fargate(
            container(
                firelensConfiguration={
                    **ROUTER,
                    "options": {"config-file-type": "s3", "config-file-value": "arn:aws:s3:::bucket/f.conf"},
                }
            ),
            container("two", logConfiguration={"logDriver": "awsfirelens"}),
        ),
        "Fargate launch type does not support FirelensConfiguration config file from 's3'",
        "aws-sdk#311",
        id="Fargate with router configuration in S3",
    ),
    pytest.param(
        fargate(container(stopTimeout=121)),
        "Tasks using the Fargate launch type must have a container stop timeout of less than 120 seconds.",
        "many public issues",
        id="Fargate with 121 s to stop",
    ),
    pytest.param(
        fargate(container(stopTimeout=1)),
        "Granular stop timeout on container 'app' must be at least 2 seconds.",
        "API reference, stopTimeout",
        id="Fargate with 1 s to stop",
    ),
    pytest.param(
        fargate(container(startTimeout=1)),
        "Granular start timeout on container 'app' must be at least 2 seconds.",
        "API reference, startTimeout",
        id="Fargate with 1 s to start",
    ),
    pytest.param(
        fargate(container(startTimeout=121)),
        "Tasks using the Fargate launch type must have a container start timeout of less than 120 seconds.",
        "API reference, startTimeout",
        id="Fargate with 121 s to start",
    ),
    pytest.param(
        fargate(ephemeralStorage={"sizeInGiB": 20}),
        "EphemeralStorage size should be at least 21",
        "cdk-preflight",
        id="20 GiB of ephemeral storage",
    ),
    pytest.param(
        fargate(ephemeralStorage={"sizeInGiB": 201}),
        "EphemeralStorage size should be at most 200",
        "cdk-preflight",
        id="201 GiB of ephemeral storage",
    ),
    pytest.param(
        ec2(requiresCompatibilities=["EC2"], ephemeralStorage={"sizeInGiB": 30}),
        "Tasks using the EC2 launch type do not support EphemeralStorage.",
        "cdk-preflight",
        id="ephemeral storage on EC2",
    ),
    pytest.param(
        ec2(container(resourceRequirements=NEURON), requiresCompatibilities=["EC2"]),
        "Tasks using the EC2 launch type do not support NeuronDevice resource requirements.",
        "API reference, ResourceRequirement",
        id="Neuron devices on EC2",
    ),
    pytest.param(
        ec2(requiresCompatibilities=["EC2"], trustedExecutionConfiguration={"isolationMode": "SHARED"}),
        "Tasks using the EC2 launch type do not support trusted execution.",
        "API reference, trustedExecutionConfiguration",
        marks=needs("RegisterTaskDefinitionRequest", "trustedExecutionConfiguration"),
        id="trusted execution on EC2",
    ),
    pytest.param(
        ec2(requiresCompatibilities=["EXTERNAL"], trustedExecutionConfiguration={"isolationMode": "SHARED"}),
        "Tasks using the External launch type do not support trusted execution.",
        "API reference, trustedExecutionConfiguration",
        marks=needs("RegisterTaskDefinitionRequest", "trustedExecutionConfiguration"),
        id="trusted execution on external instances",
    ),
    pytest.param(
        ec2(requiresCompatibilities=["EXTERNAL"], ephemeralStorage={"sizeInGiB": 30}),
        "Tasks using the External launch type do not support EphemeralStorage.",
        "API reference, EphemeralStorage",
        id="ephemeral storage on external instances",
    ),
    pytest.param(
        ec2(container(resourceRequirements=NEURON), requiresCompatibilities=["EXTERNAL"]),
        "Tasks using the External launch type do not support NeuronDevice resource requirements.",
        "API reference, ResourceRequirement",
        id="Neuron devices on external instances",
    ),
    pytest.param(
        ec2(container(resourceRequirements=[SHARED_GPU]), requiresCompatibilities=["EXTERNAL"]),
        "Tasks using the External launch type do not support sharing resource requirements.",
        "API reference, ResourceRequirement, sharingStrategy",
        marks=needs("ResourceRequirement", "sharingStrategy"),
        id="shared GPUs on external instances",
    ),
    pytest.param(
        fargate(container(resourceRequirements=NEURON)),
        "Tasks using the Fargate launch type do not support NeuronDevice resource requirements.",
        "API reference, ResourceRequirement",
        id="Fargate with Neuron devices",
    ),
    pytest.param(
        awsvpc(requiresCompatibilities=["EXTERNAL"]),
        "Tasks using the External launch type do not support network mode \u2018awsvpc\u2019.",
        "Developer Guide, external instances",
        id="external instances in awsvpc",
    ),
    pytest.param(
        ec2(requiresCompatibilities=["MANAGED_INSTANCES"]),
        "Managed Instances only support network modes \u2018awsvpc\u2019, \u2018host\u2019 and \u2018none\u2019.",
        "API reference, ManagedInstancesNetworkConfiguration",
        id="Managed Instances in bridge mode",
    ),
    pytest.param(
        awsvpc(container(logConfiguration={"logDriver": "syslog"}), requiresCompatibilities=["MANAGED_INSTANCES"]),
        "syslog is not a valid log driver. Must be one of [awslogs,splunk,awsfirelens,json-file]",
        "API reference, LogConfiguration",
        id="Managed Instances with syslog",
    ),
    pytest.param(
        fargate(trustedExecutionConfiguration={"isolationMode": "SHARED"}),
        "Tasks using the Fargate launch type do not support trusted execution.",
        "API reference, trustedExecutionConfiguration",
        marks=needs("RegisterTaskDefinitionRequest", "trustedExecutionConfiguration"),
        id="Fargate with trusted execution",
    ),
]


@pytest.mark.parametrize(
    ("definition", "message", "source"),
    [
        *THE_TASK,
        *THE_SIZE,
        *A_CONTAINER,
        *PORTS,
        *NETWORK_MODES,
        *VOLUMES,
        *LOGGING,
        *SECRETS,
        *HEALTH_AND_ORDER,
        *LAUNCH_TYPES,
    ],
)
def test_refuses(ecs_client, definition, message, source):
    with pytest.raises(ecs_client.exceptions.ClientException) as refused:
        ecs_client.register_task_definition(**definition)

    assert refused.value.response["Error"] == {"Code": "ClientException", "Message": message}, source
    assert ecs_client.list_task_definition_families()["families"] == []


#: Definitions with two faults: the one that is told. Source: what was seen told where both were there, or the order that is ours.
FIRST_FAULTS = [
    pytest.param(
        fargate(container(memory=ABSENT), cpu=ABSENT, memory=ABSENT),
        NO_MEMORY,
        id="container memory before the task's cpu",
    ),
    pytest.param(
        fargate(cpu=ABSENT, memory=ABSENT),
        "Fargate requires that 'cpu' be defined at the task level.",
        id="cpu before memory",
    ),
    pytest.param(
        ec2(container(name="my app", image=ABSENT)),
        "Container.name contains invalid characters.",
        id="a bad name before a missing image",
    ),
    pytest.param(
        ec2(container(name=ABSENT, image=ABSENT)),
        "Container.name should not be null or empty.",
        id="a missing name before a missing image",
    ),
    pytest.param(
        ec2(family="a b", containerDefinitions=[]),
        "Family contains invalid characters.",
        id="the family before the containers",
    ),
    pytest.param(
        awsvpc(ports({"containerPortRange": "9-1"}, {"containerPort": 80}, {"containerPort": 80})),
        "Invalid 'containerPortRange' setting for container 'app'.",
        id="a broken range before a port used twice",
    ),
    pytest.param(
        ec2(container(memory=ABSENT), container(memory=ABSENT)),
        NO_MEMORY,
        id="a container by itself before the containers together",
    ),
    pytest.param(
        fargate(container(memory=1024, privileged=True)),
        "The 'memory' setting for container 'app' is greater than for the task.",
        id="sizes before what Fargate refuses",
    ),
    pytest.param(
        fargate(networkMode="host", requiresCompatibilities=["EXTERNAL", "FARGATE"]),
        FARGATE_NETWORK,
        id="only the launch type that doesn't fit",
    ),
]


@pytest.mark.parametrize(("definition", "message"), FIRST_FAULTS)
def test_tells_one_fault(ecs_client, definition, message):
    with pytest.raises(ecs_client.exceptions.ClientException) as refused:
        ecs_client.register_task_definition(**definition)

    assert refused.value.response["Error"]["Message"] == message


#: What is right at the edge of a rule.
ACCEPTED = [
    pytest.param(ec2(family="f" * 255), id="family of 255 characters"),
    pytest.param(ec2(*[container(f"c{n}") for n in range(10)]), id="ten containers"),
    pytest.param(ec2(container(memory=128, memoryReservation=128)), id="reservation as large as the limit"),
    pytest.param(ec2(container(memory=ABSENT), memory="512"), id="memory of the task alone"),
    pytest.param(
        ec2(container(memory=400), container("two", memory=400), memory="512"),
        id="hard limits that together exceed the task",
    ),
    pytest.param(ec2(container(cpu=100), container("two", cpu=156), cpu="256"), id="containers as large as the task"),
    pytest.param(ec2(container(cpu=1)), id="cpu under the kernel's minimum"),
    pytest.param(ec2(container(image="nginx@sha256:" + "a" * 64)), id="image by digest"),
    pytest.param(ec2(container(image="i" * 255 + "@sha256:" + "A" * 64)), id="a digest doesn't count"),
    pytest.param(ec2(container(healthCheck={"command": ["/healthcheck"]})), id="health check without CMD"),
    # no source says that ECS refuses these
    pytest.param(ec2(container(healthCheck={"command": []})), id="health check without a command"),
    pytest.param(ec2(container(linuxParameters={"capabilities": {"add": ["PERFMON"]}})), id="another capability"),
    pytest.param(ec2(volumes=[*volume(), *volume()]), id="a volume name twice"),
    pytest.param(ec2(ports({"containerPort": 80}, {"containerPort": 80}), networkMode="host"), id="host: a port twice"),
    # API reference, startTimeout and stopTimeout: the shortest ones are Fargate's
    pytest.param(ec2(container(startTimeout=1, stopTimeout=0)), id="short timeouts"),
    # amazon-ecs-agent#2286, cfn-lint#3933
    pytest.param(ec2(container(logConfiguration={"logDriver": "loki"})), id="log driver of a plugin"),
    pytest.param(
        ec2(container(logConfiguration={"logDriver": "none"}), requiresCompatibilities=["EC2", "EXTERNAL"]),
        id="no logs at all",
    ),
    pytest.param(
        ec2(
            container(
                healthCheck={"command": ["CMD", "x"], "interval": 5, "timeout": 60, "retries": 10, "startPeriod": 0}
            )
        ),
        id="health check at its bounds",
    ),
    pytest.param(
        ec2(container(secrets=[{"name": "DB", "valueFrom": "/prod/db"}]), executionRoleArn=ROLE),
        id="secret by the parameter's path",
    ),
    pytest.param(
        ec2(container(secrets=[{"name": "DB", "valueFrom": f"{SECRET}:password::"}]), executionRoleArn=ROLE),
        id="secret by ARN and JSON key",
    ),
    pytest.param(
        ec2(container(links=["two:db", "three"]), container("two", links=["three"]), container("three")),
        id="links without a circle",
    ),
    pytest.param(ec2(volumes=volume()), id="a volume that nobody mounts"),
    pytest.param(ec2(volumes=[{"host": {}}]), id="a host volume without a name"),
    pytest.param(
        awsvpc(ports({"containerPort": 53}, {"containerPort": 53, "protocol": "udp"})), id="a port for TCP and UDP"
    ),
    pytest.param(
        ec2(ports({"containerPort": 80, "hostPort": 80}, {"containerPort": 80, "hostPort": 8080})),
        id="a port twice in bridge mode",
    ),
    pytest.param(ec2(inferenceAccelerators=[], requiresCompatibilities=[], placementConstraints=[]), id="empty lists"),
    pytest.param(ec2(taskRoleArn="", executionRoleArn=""), id="empty roles"),
    pytest.param(
        ec2(taskRoleArn="webRole", executionRoleArn="arn:aws:iam::123456789012:role/service-role/execution"),
        id="role by name and by path",
    ),
    pytest.param(
        awsvpc(container(privileged=True, logConfiguration={"logDriver": "json-file"})),
        id="what Fargate refuses, without Fargate",
    ),
    pytest.param(
        awsvpc(container(links=[], dnsServers=[], extraHosts=[], disableNetworking=False)),
        id="empty members that awsvpc refuses",
    ),
    pytest.param(awsvpc(proxyConfiguration=PROXY), id="App Mesh proxy"),
    pytest.param(
        fargate(
            container(
                memory=ABSENT,
                stopTimeout=120,
                privileged=False,
                linuxParameters={
                    "initProcessEnabled": True,
                    "tmpfs": [{"containerPath": "/t", "size": 1}],
                    "capabilities": {"add": ["SYS_PTRACE"], "drop": ["ALL"]},
                },
            ),
            pidMode="task",
        ),
        id="all that Fargate takes",
    ),
    pytest.param(
        fargate(
            volumes=[
                *volume(),
                {
                    "name": "shared",
                    "efsVolumeConfiguration": {
                        "fileSystemId": "fs-1",
                        "transitEncryption": "ENABLED",
                        "authorizationConfig": {"accessPointId": "fsap-1", "iam": "ENABLED"},
                    },
                },
            ]
        ),
        id="volumes for Fargate",
    ),
    pytest.param(
        fargate(
            cpu="1024",
            memory="2048",
            runtimePlatform={"operatingSystemFamily": "WINDOWS_SERVER_2019_CORE", "cpuArchitecture": "X86_64"},
        ),
        id="Fargate for Windows",
    ),
    pytest.param(fargate(ephemeralStorage={"sizeInGiB": 200}), id="200 GiB of ephemeral storage"),
    pytest.param(
        awsvpc(requiresCompatibilities=["MANAGED_INSTANCES", "EC2"], cpu="512", memory="717"),
        id="Managed Instances and EC2",
    ),
    pytest.param(
        awsvpc(
            trustedExecutionConfiguration={"isolationMode": "ISOLATED_SANDBOX"},
            requiresCompatibilities=["MANAGED_INSTANCES"],
        ),
        marks=needs("RegisterTaskDefinitionRequest", "trustedExecutionConfiguration"),
        id="trusted execution on Managed Instances",
    ),
]


@pytest.mark.parametrize("definition", ACCEPTED)
def test_accepts(ecs_client, definition):
    registered = ecs_client.register_task_definition(**definition)["taskDefinition"]

    assert registered["status"] == "ACTIVE"
    assert (
        registered
        == ecs_client.describe_task_definition(taskDefinition=registered["taskDefinitionArn"])["taskDefinition"]
    )
