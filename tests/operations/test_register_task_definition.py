"""What RegisterTaskDefinition makes of a definition that it takes: what it fills in, works out, numbers and shows."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from botocore.session import get_session

from pytest_ecsfake.engine.task_sizes import FARGATE_SIZES

ARN = "arn:aws:ecs:us-east-1:123456789012:task-definition"
ROLE = "arn:aws:iam::123456789012:role/web"
ECR_IMAGE = "123456789012.dkr.ecr.us-east-1.amazonaws.com/web:1"
LOGS = {
    "logDriver": "awslogs",
    "options": {"awslogs-group": "/ecs/web", "awslogs-region": "us-east-1", "awslogs-stream-prefix": "ecs"},
}
AWS = "com.amazonaws.ecs.capability."
ECS = "ecs.capability."

#: What the installed botocore can send.
MEMBERS = get_session().get_service_model("ecs").shape_for("RegisterTaskDefinitionRequest").members


def test_a_minimal_definition_comes_back_with_its_defaults(ecs_client, ecs_clock):
    answer = ecs_client.register_task_definition(
        family="web", containerDefinitions=[{"name": "app", "image": "nginx", "memory": 128}]
    )

    registered = answer["taskDefinition"]
    assert abs(registered.pop("registeredAt") - ecs_clock.now).total_seconds() < 0.001
    assert registered == {
        "taskDefinitionArn": f"{ARN}/web:1",
        "family": "web",
        "revision": 1,
        "status": "ACTIVE",
        "containerDefinitions": [
            {
                "name": "app",
                "image": "nginx",
                "memory": 128,
                "cpu": 0,
                "essential": True,
                "portMappings": [],
                "environment": [],
                "mountPoints": [],
                "volumesFrom": [],
                "systemControls": [],
            }
        ],
        "volumes": [],
        "placementConstraints": [],
        "compatibilities": ["EXTERNAL", "EC2"],
        "registeredBy": "arn:aws:iam::123456789012:user/ecs_fake",
    }
    assert "tags" not in answer


@pytest.mark.parametrize(
    ("members", "filled_in"),
    [
        pytest.param(
            {"healthCheck": {"command": ["CMD", "true"]}},
            {"healthCheck": {"command": ["CMD", "true"], "interval": 30, "timeout": 5, "retries": 3}},
            id="a health check's rhythm",
        ),
        pytest.param(
            {"healthCheck": {"command": ["CMD", "true"], "retries": 7}},
            {"healthCheck": {"command": ["CMD", "true"], "interval": 30, "timeout": 5, "retries": 7}},
            id="the rest of a rhythm",
        ),
        pytest.param({"essential": True, "cpu": 7}, {"essential": True, "cpu": 7}, id="nothing over what was sent"),
        pytest.param(
            {"entryPoint": [], "links": [], "dockerLabels": {}, "ulimits": []},
            {"entryPoint": [], "links": [], "dockerLabels": {}, "ulimits": []},
            id="empty lists stay",
        ),
        pytest.param(
            {"environment": [{"name": "B", "value": "1"}, {"name": "A", "value": "2"}]},
            {"environment": [{"name": "B", "value": "1"}, {"name": "A", "value": "2"}]},
            id="environment in its order",
        ),
        pytest.param(
            {"restartPolicy": {"enabled": True}}, {"restartPolicy": {"enabled": True}}, id="no restart period"
        ),
    ],
)
def test_a_container_is_filled_in(register, members, filled_in):
    container = register(container=members)["containerDefinitions"][0]

    assert {name: container[name] for name in filled_in} == filled_in


@pytest.mark.parametrize(
    ("network_mode", "mapping", "filled_in"),
    [
        pytest.param(
            None,
            {"containerPort": 80},
            {"containerPort": 80, "hostPort": 0, "protocol": "tcp"},
            id="bridge by default: a port is found later",
        ),
        pytest.param(
            "bridge",
            {"containerPort": 80, "hostPort": 8080},
            {"containerPort": 80, "hostPort": 8080, "protocol": "tcp"},
            id="bridge: a port of the host",
        ),
        pytest.param(
            "bridge",
            {"containerPortRange": "80-90"},
            {"containerPortRange": "80-90", "protocol": "tcp"},
            id="bridge: no port for a range",
        ),
        pytest.param(
            "awsvpc",
            {"containerPort": 80},
            {"containerPort": 80, "hostPort": 80, "protocol": "tcp"},
            id="awsvpc: the container's port",
        ),
        pytest.param(
            "host",
            {"containerPort": 80},
            {"containerPort": 80, "hostPort": 80, "protocol": "tcp"},
            id="host: the container's port",
        ),
        pytest.param(
            "awsvpc",
            {"containerPort": 53, "protocol": "udp"},
            {"containerPort": 53, "hostPort": 53, "protocol": "udp"},
            id="UDP stays",
        ),
        pytest.param(
            "awsvpc",
            {"containerPort": 80, "protocol": "TCP"},
            {"containerPort": 80, "hostPort": 80, "protocol": "tcp"},
            id="any other protocol is TCP",
        ),
    ],
)
def test_a_port_mapping_is_filled_in(register, network_mode, mapping, filled_in):
    members = {} if network_mode is None else {"networkMode": network_mode}

    registered = register(container={"portMappings": [mapping]}, **members)

    assert registered["containerDefinitions"][0]["portMappings"] == [filled_in]
    assert registered.get("networkMode") == network_mode


@pytest.mark.parametrize(
    ("volume", "filled_in"),
    [
        pytest.param({"name": "data"}, {"name": "data", "host": {}}, id="an empty host volume"),
        pytest.param(
            {"name": "data", "host": {"sourcePath": "/data"}},
            {"name": "data", "host": {"sourcePath": "/data"}},
            id="a path of the host",
        ),
        pytest.param(
            {"name": "data", "configuredAtLaunch": False},
            {"name": "data", "configuredAtLaunch": False},
            id="a volume that isn't configured at launch",
        ),
        pytest.param(
            {"name": "data", "efsVolumeConfiguration": {"fileSystemId": "fs-1"}},
            {"name": "data", "efsVolumeConfiguration": {"fileSystemId": "fs-1", "rootDirectory": "/"}},
            id="the root of a file system",
        ),
        pytest.param(
            {"name": "data", "dockerVolumeConfiguration": {"labels": {"a": "b"}}},
            {"name": "data", "dockerVolumeConfiguration": {"scope": "task", "driver": "local", "labels": {"a": "b"}}},
            id="a Docker volume of the task",
        ),
    ],
)
def test_a_volume_is_filled_in(register, volume, filled_in):
    assert register(volumes=[volume])["volumes"] == [filled_in]


@pytest.mark.parametrize(
    ("member", "spelt", "normal"),
    [
        pytest.param("cpu", "256", "256", id="units"),
        pytest.param("cpu", "1 vCPU", "1024", id="a vCPU"),
        pytest.param("cpu", "1 vcpu", "1024", id="a vcpu"),
        pytest.param("cpu", ".25 vCPU", "256", id="a quarter as the guide writes it"),
        pytest.param("cpu", "0.5vCPU", "512", id="half without a blank"),
        pytest.param("memory", "512", "512", id="MiB"),
        pytest.param("memory", "1GB", "1024", id="a GB"),
        pytest.param("memory", "1 GB", "1024", id="a GB with a blank"),
        pytest.param("memory", "0.5GB", "512", id="half a GB"),
    ],
)
def test_a_size_comes_back_as_a_number_in_a_string(register, member, spelt, normal):
    assert register(**{member: spelt})[member] == normal


@pytest.mark.parametrize("spelt", ["0.3 vCPU", "1 vCPUs", "1GHz", "one", "1.5"])
def test_a_spelling_that_ecs_does_not_read_is_refused(ecs_client, register, spelt):
    with pytest.raises(ecs_client.exceptions.ClientException, match="Invalid 'cpu' setting for task"):
        register(cpu=spelt)


@pytest.mark.parametrize(("cpu", "memories"), FARGATE_SIZES.items(), ids=[f"{cpu} units" for cpu in FARGATE_SIZES])
def test_fargate_has_these_sizes_and_no_others(ecs_client, register, cpu, memories):
    fargate = {"networkMode": "awsvpc", "requiresCompatibilities": ["FARGATE"], "cpu": str(cpu)}
    sizes = range(512, 131072 + 1, 512) if cpu == 256 else range(1024, 131072 + 1, 1024)

    taken = []
    for memory in sizes:
        try:
            taken.append(int(register(memory=str(memory), **fargate)["memory"]))
        except ecs_client.exceptions.ClientException as refusal:
            assert f"{cpu} CPU, {memory} memory" in str(refusal)

    assert taken == list(memories)


@pytest.mark.parametrize(
    ("members", "container", "fits"),
    [
        pytest.param({}, {}, ["EXTERNAL", "EC2"], id="no network mode"),
        pytest.param({"networkMode": "bridge"}, {}, ["EXTERNAL", "EC2"], id="bridge"),
        pytest.param({"networkMode": "host"}, {}, ["EXTERNAL", "EC2", "MANAGED_INSTANCES"], id="host"),
        pytest.param({"networkMode": "awsvpc"}, {}, ["EC2", "MANAGED_INSTANCES"], id="awsvpc without a size"),
        pytest.param(
            {"networkMode": "awsvpc", "cpu": "512", "memory": "717"},
            {},
            ["EC2", "MANAGED_INSTANCES"],
            id="awsvpc, no size of Fargate's",
        ),
        pytest.param(
            {"networkMode": "awsvpc", "cpu": "256", "memory": "512"},
            {},
            ["EC2", "MANAGED_INSTANCES", "FARGATE"],
            id="awsvpc in a size of Fargate's",
        ),
        pytest.param(
            {"networkMode": "awsvpc", "cpu": "256", "memory": "512"},
            {"privileged": True},
            ["EC2", "MANAGED_INSTANCES"],
            id="privileged",
        ),
        pytest.param(
            {"networkMode": "awsvpc", "cpu": "256", "memory": "512"},
            {"logConfiguration": LOGS},
            ["EC2", "MANAGED_INSTANCES"],
            id="awslogs without an execution role",
        ),
        pytest.param(
            {"networkMode": "awsvpc", "cpu": "256", "memory": "512"},
            {"logConfiguration": {"logDriver": "syslog"}},
            ["EC2"],
            id="syslog",
        ),
        # aws-cdk#35795 and its pull request 35819
        pytest.param(
            {"networkMode": "bridge"}, {"logConfiguration": {"logDriver": "none"}}, ["EXTERNAL", "EC2"], id="no logs"
        ),
        pytest.param(
            {"networkMode": "awsvpc", "cpu": "256", "memory": "512", "ephemeralStorage": {"sizeInGiB": 30}},
            {},
            ["FARGATE"],
            id="ephemeral storage",
        ),
        pytest.param(
            {"networkMode": "awsvpc", "cpu": "256", "memory": "512", "requiresCompatibilities": ["EC2"]},
            {},
            ["EC2", "MANAGED_INSTANCES", "FARGATE"],
            id="whatever is required",
        ),
    ],
)
def test_compatibilities_are_worked_out_from_the_content(register, members, container, fits):
    assert register(container=container, **members)["compatibilities"] == fits


def test_a_definition_that_fits_no_launch_type_is_refused_as_for_ec2(ecs_client, register):
    with pytest.raises(ecs_client.exceptions.ClientException, match="EC2 launch type do not support EphemeralStorage"):
        register(ephemeralStorage={"sizeInGiB": 30})


@pytest.mark.parametrize(
    ("members", "container", "names"),
    [
        pytest.param({"networkMode": "awsvpc"}, {}, [f"{AWS}docker-remote-api.1.18", f"{ECS}task-eni"], id="awsvpc"),
        pytest.param({"taskRoleArn": ROLE}, {}, [f"{AWS}task-iam-role"], id="task role"),
        pytest.param(
            {"taskRoleArn": ROLE, "networkMode": "host"},
            {},
            [f"{AWS}task-iam-role-network-host", f"{AWS}task-iam-role"],
            id="task role in host mode",
        ),
        pytest.param(
            {},
            {"logConfiguration": LOGS},
            [f"{AWS}logging-driver.awslogs", f"{AWS}docker-remote-api.1.19"],
            id="awslogs",
        ),
        pytest.param(
            {"executionRoleArn": ROLE},
            {"image": ECR_IMAGE, "logConfiguration": LOGS},
            [
                f"{AWS}logging-driver.awslogs",
                f"{ECS}execution-role-awslogs",
                f"{AWS}ecr-auth",
                f"{AWS}docker-remote-api.1.19",
                f"{ECS}execution-role-ecr-pull",
            ],
            id="ECR and awslogs by the execution role",
        ),
        pytest.param({}, {"memoryReservation": 64}, [f"{AWS}docker-remote-api.1.21"], id="memory reservation"),
        pytest.param(
            {},
            {"healthCheck": {"command": ["CMD", "true"]}},
            [f"{AWS}docker-remote-api.1.24", f"{ECS}container-health-check"],
            id="health check",
        ),
        pytest.param(
            {},
            {"healthCheck": {"command": ["CMD", "true"], "startPeriod": 0}},
            [f"{ECS}container-health-check", f"{AWS}docker-remote-api.1.29"],
            id="health check with a start period",
        ),
        pytest.param(
            {"executionRoleArn": ROLE},
            {"secrets": [{"name": "A", "valueFrom": "a"}]},
            [f"{ECS}secrets.ssm.environment-variables"],
            id="secret of the Parameter Store",
        ),
        pytest.param(
            {"executionRoleArn": ROLE},
            {"secrets": [{"name": "A", "valueFrom": "arn:aws:secretsmanager:us-east-1:123456789012:secret:a"}]},
            [f"{ECS}secrets.asm.environment-variables"],
            id="secret of the Secrets Manager",
        ),
        pytest.param(
            {"executionRoleArn": ROLE},
            {"secrets": []},
            None,
            id="an empty list of secrets",
        ),
        pytest.param(
            {},
            {"environmentFiles": [{"type": "s3", "value": "arn:aws:s3:::b/a.env"}]},
            [f"{ECS}env-files.s3"],
            id="environment file",
        ),
        pytest.param(
            {
                "volumes": [
                    {"name": "d", "efsVolumeConfiguration": {"fileSystemId": "fs-1", "transitEncryption": "ENABLED"}}
                ]
            },
            {},
            [f"{ECS}efsAuth", f"{ECS}efs", f"{AWS}docker-remote-api.1.25"],
            id="encrypted EFS volume",
        ),
        # A described definition of 2020 (public code index, file id 29416697677): such a volume alone asks for nothing.
        pytest.param({"volumes": [{"name": "d", "host": {"sourcePath": "/d"}}]}, {}, None, id="path of the host"),
        pytest.param(  # the same one
            {},
            {"linuxParameters": {"capabilities": {"drop": ["ALL"]}, "tmpfs": [{"containerPath": "/run", "size": 50}]}},
            [f"{AWS}docker-remote-api.1.22"],
            id="file system in memory",
        ),
        pytest.param(
            {"pidMode": "task"},
            {"privileged": True},
            [f"{AWS}privileged-container", f"{ECS}pid-ipc-namespace-sharing"],
            id="shared processes, privileged",
        ),
        pytest.param({"cpu": "16384"}, {}, [f"{ECS}increased-task-cpu-limit"], id="more than ten vCPUs"),
        pytest.param({}, {"image": "nginx@sha256:" + "a" * 64}, [f"{AWS}docker-remote-api.1.21"], id="image by digest"),
        pytest.param(
            {},
            {"linuxParameters": {"initProcessEnabled": True, "sharedMemorySize": 64}},
            [f"{AWS}docker-remote-api.1.25", f"{AWS}docker-remote-api.1.22"],
            id="linux parameters",
        ),
        pytest.param(
            {},
            {"portMappings": [{"containerPortRange": "80-90"}]},
            [f"{ECS}network.container-port-range"],
            id="port range",
        ),
        pytest.param(
            {},
            {"dockerSecurityOptions": ["label:type:x"]},
            [f"{AWS}selinux"],
            id="SELinux",
        ),
        pytest.param(
            {},
            {"dockerSecurityOptions": ["no-new-privileges", "apparmor:x"]},
            [f"{AWS}apparmor"],
            id="AppArmor",
        ),
        # Recorded answers of 2021 and 2024 have these members written out and empty.
        *(
            pytest.param({}, {member: []}, [f"{AWS}docker-remote-api.1.17"], id=f"{member}, empty")
            for member in ("dnsServers", "dnsSearchDomains", "extraHosts")
        ),
        pytest.param({}, {"dockerSecurityOptions": []}, None, id="security options, empty"),
        # A recorded answer of 2020 has it written out.
        pytest.param({}, {"readonlyRootFilesystem": False}, None, id="a root that may be written"),
        pytest.param({}, {"readonlyRootFilesystem": True}, [f"{AWS}docker-remote-api.1.17"], id="read-only root"),
        pytest.param({}, {"dockerLabels": {}}, [f"{AWS}docker-remote-api.1.18"], id="labels, empty"),
        pytest.param({}, {"ulimits": []}, [f"{AWS}docker-remote-api.1.18"], id="limits, empty"),
        # API reference, LogConfiguration: version 1.18, with options 1.19. Seen for splunk (amazon-ecs-agent#454), fluentd
        # (amazon-ecs-agent#238) and awsfirelens (public code index, file id 49886605238).
        pytest.param(
            {},
            {"logConfiguration": {"logDriver": "fluentd"}},
            [f"{AWS}logging-driver.fluentd", f"{AWS}docker-remote-api.1.18"],
            id="log driver without options",
        ),
        pytest.param(
            {},
            {"logConfiguration": {"logDriver": "fluentd", "options": {"tag": "t"}}},
            [f"{AWS}docker-remote-api.1.19", f"{AWS}logging-driver.fluentd"],
            id="log driver with options",
        ),
        pytest.param(
            {}, {"credentialSpecs": ["credentialspec:arn:aws:s3:::b/s"]}, [f"{ECS}gmsa"], id="credential spec"
        ),
        pytest.param(
            {},
            {"credentialSpecs": ["credentialspecdomainless:arn:aws:s3:::b/s"]},
            [f"{ECS}gmsa-domainless"],
            id="credential spec without domain",
        ),
        pytest.param(
            {"volumes": [{"name": "d", "dockerVolumeConfiguration": {"driver": "rexray"}}]},
            {},
            [f"{ECS}docker-plugin.rexray", f"{AWS}docker-remote-api.1.25"],
            id="Docker volume of a driver",
        ),
        pytest.param(  # a described definition of 2020 (public code index, file id 33036614)
            {"volumes": [{"name": "d", "dockerVolumeConfiguration": {"scope": "shared", "autoprovision": True}}]},
            {},
            [f"{ECS}docker-plugin.local", f"{AWS}docker-remote-api.1.25"],
            id="Docker volume",
        ),
        pytest.param(
            {},
            {
                "firelensConfiguration": {"type": "fluentbit", "options": {"config-file-type": "file"}},
                "logConfiguration": {"logDriver": "awsfirelens"},
            },
            [
                f"{ECS}firelens.fluentbit",
                f"{ECS}firelens.options.config.file",
                f"{AWS}logging-driver.awsfirelens",
                f"{AWS}docker-remote-api.1.18",
            ],
            id="log router with a file",
        ),
        pytest.param(
            {"executionRoleArn": ROLE},
            {
                "logConfiguration": {
                    "logDriver": "splunk",
                    "options": {"splunk-url": "https://splunk"},
                    "secretOptions": [{"name": "splunk-token", "valueFrom": "t"}],
                }
            },
            [
                f"{AWS}docker-remote-api.1.19",
                f"{AWS}logging-driver.splunk",
                f"{ECS}secrets.ssm.bootstrap.log-driver",
            ],
            id="secret log option",
        ),
        pytest.param(
            {},
            {
                "logConfiguration": {
                    "logDriver": "journald",
                    "options": {"mode": "non-blocking", "max-buffer-size": "1m"},
                }
            },
            [f"{AWS}docker-remote-api.1.19", f"{AWS}docker-remote-api.1.28", f"{AWS}logging-driver.journald"],
            id="log buffer",
        ),
        # the attribute that agents announce without being told (amazon-ecs-agent#1041)
        pytest.param(
            {},
            {"logConfiguration": {"logDriver": "none"}},
            [f"{AWS}docker-remote-api.1.18", f"{AWS}logging-driver.none"],
            id="no logs",
        ),
        pytest.param(
            {"executionRoleArn": ROLE},
            {"repositoryCredentials": {"credentialsParameter": "secret"}},
            [f"{ECS}private-registry-authentication.secretsmanager"],
            id="registry credentials",
        ),
        pytest.param({}, {"restartPolicy": {"enabled": True}}, [f"{ECS}container-restart-policy"], id="restart policy"),
        pytest.param({}, {"stopTimeout": 30}, [f"{ECS}container-ordering"], id="time to stop"),
        pytest.param(
            {},
            {"user": "1000", "dockerLabels": {"a": "b"}},
            [f"{AWS}docker-remote-api.1.17", f"{AWS}docker-remote-api.1.18"],
            id="user and labels",
        ),
        pytest.param(
            {"enableFaultInjection": True},
            {},
            [f"{ECS}fault-injection"],
            id="fault injection",
            marks=pytest.mark.skipif(
                "enableFaultInjection" not in MEMBERS, reason="this botocore has no enableFaultInjection"
            ),
        ),
        pytest.param({}, {"privileged": False, "systemControls": []}, None, id="nothing, so no member"),
    ],
)
def test_required_attributes_are_worked_out_from_the_content(register, members, container, names):
    """In the order of a hash set, which is ECS's own."""
    required = register(container=container, **members).get("requiresAttributes")

    assert required == (names and [{"name": name} for name in names])


def test_a_large_set_of_required_attributes_has_the_order_of_a_larger_table(register):
    """More than twelve entries stand in 32 buckets instead of 16."""
    required = register(
        container={
            "image": ECR_IMAGE,
            "user": "0",
            "privileged": True,
            "logConfiguration": {**LOGS, "options": {**LOGS["options"], "mode": "non-blocking"}},
            "healthCheck": {"command": ["CMD", "true"]},
            "secrets": [{"name": "A", "valueFrom": "a"}],
        },
        networkMode="awsvpc",
        taskRoleArn=ROLE,
        executionRoleArn=ROLE,
    )["requiresAttributes"]

    assert [attribute["name"].rpartition("capability.")[2] for attribute in required] == [
        "execution-role-awslogs",
        "ecr-auth",
        "privileged-container",
        "docker-remote-api.1.17",
        "docker-remote-api.1.28",
        "task-iam-role",
        "container-health-check",
        "execution-role-ecr-pull",
        "secrets.ssm.environment-variables",
        "docker-remote-api.1.18",
        "task-eni",
        "logging-driver.awslogs",
        "docker-remote-api.1.24",
        "docker-remote-api.1.19",
    ]


def test_what_was_sent_is_shown_as_it_was_sent(ecs_client, register):
    known = ecs_client.meta.service_model.shape_for("RegisterTaskDefinitionRequest").members
    sent = {
        "taskRoleArn": "web",
        "executionRoleArn": ROLE,
        "networkMode": "awsvpc",
        "requiresCompatibilities": ["FARGATE", "EC2"],
        "runtimePlatform": {"cpuArchitecture": "ARM64"},
        "pidMode": "task",
        "enableFaultInjection": False,
        "cpu": "256",
        "memory": "512",
    }

    sent = {name: value for name, value in sent.items() if name in known}  # enableFaultInjection is of December 2024

    registered = register(**sent)

    assert {name: registered[name] for name in sent} == sent


def test_an_empty_role_and_the_accelerators_are_not_shown(register):
    registered = register(taskRoleArn="", executionRoleArn="", inferenceAccelerators=[])

    assert registered.keys().isdisjoint({"taskRoleArn", "executionRoleArn", "inferenceAccelerators"})


def test_neither_the_request_nor_an_answer_is_tied_to_what_is_stored(ecs_client):
    definition: dict[str, Any] = {
        "family": "web",
        "containerDefinitions": [{"name": "app", "image": "nginx", "memory": 128, "environment": []}],
    }
    sent = copy.deepcopy(definition)

    answer = ecs_client.register_task_definition(**definition)
    answer["taskDefinition"]["containerDefinitions"][0]["environment"].append({"name": "A", "value": "1"})

    assert definition == sent
    described = ecs_client.describe_task_definition(taskDefinition="web")["taskDefinition"]
    assert described["containerDefinitions"][0]["environment"] == []


def test_revisions_count_up_in_each_family(register):
    assert [register(family)["revision"] for family in ("web", "web", "api", "web")] == [1, 2, 1, 3]


def test_a_refused_definition_uses_up_no_revision(ecs_client, register):
    register()
    with pytest.raises(ecs_client.exceptions.ClientException):
        register(container={"memory": 0})

    assert register()["revision"] == 2


def test_a_number_is_never_used_again(ecs_client, ecs_clock, register, deregister):
    register()
    deregister("web:1")
    ecs_client.delete_task_definitions(taskDefinitions=["web:1"])
    ecs_clock.advance(seconds=3600)

    assert register()["revision"] == 2


def test_tags_stand_beside_the_definition(ecs_client):
    tags = [{"key": "team", "value": "web"}, {"key": "note", "value": ""}]

    answer = ecs_client.register_task_definition(
        family="web", containerDefinitions=[{"name": "app", "image": "nginx", "memory": 128}], tags=tags
    )

    assert answer["tags"] == tags
    assert "tags" not in answer["taskDefinition"]
    assert ecs_client.describe_task_definition(taskDefinition="web", include=["TAGS"])["tags"] == tags
    assert "tags" not in ecs_client.describe_task_definition(taskDefinition="web")


def test_a_definition_without_tags_has_an_empty_list_of_them(ecs_client, register):
    register()

    assert ecs_client.describe_task_definition(taskDefinition="web", include=["TAGS"])["tags"] == []


def test_families_are_apart_in_each_region_and_account(ecs_fake, register):
    register()

    elsewhere = [ecs_fake.in_region("eu-west-1").client("ecs"), ecs_fake.in_account("111122223333").client("ecs")]

    for client in elsewhere:
        assert client.list_task_definitions()["taskDefinitionArns"] == []
        container = {"name": "app", "image": "nginx", "memory": 128}
        registered = client.register_task_definition(family="web", containerDefinitions=[container])["taskDefinition"]
        assert registered["revision"] == 1
