"""The attributes that a container instance must have to run a task, worked out from the features that the definition uses.

Which feature requires which attribute was read from complete answers of 2018 to 2026. A line marked "agent" has an attribute that the
container agent reports and that was found in no answer. # unverified
Rules: API reference, "requires version ... of the Docker Remote API" at ContainerDefinition, LogConfiguration and LinuxParameters; Developer
Guide, "Amazon ECS container agent configuration"; aws/amazon-ecs-agent, agent/app/agent_capability.go, for the names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING

from pytest_ecsfake.operations.registration import images
from pytest_ecsfake.operations.registration.secrets import store_of
from pytest_ecsfake.operations.registration.task_size import DefinedSize
from pytest_ecsfake.operations.registration.unsupported import is_given

if TYPE_CHECKING:
    from pytest_ecsfake import api

_AWS = "com.amazonaws.ecs.capability."
_ECS = "ecs.capability."
_DOCKER = f"{_AWS}docker-remote-api."

#: The attributes that a member of the task definition requires.
TASK_MEMBERS = {
    "taskRoleArn": (f"{_AWS}task-iam-role",),
    "pidMode": (f"{_ECS}pid-ipc-namespace-sharing",),
    "ipcMode": (f"{_ECS}pid-ipc-namespace-sharing",),
    "ephemeralStorage": (f"{_ECS}extensible-ephemeral-storage",),
    "proxyConfiguration": (f"{_ECS}aws-appmesh",),
    "enableFaultInjection": (f"{_ECS}fault-injection",),  # agent
}

#: The same for a member of a container.
CONTAINER_MEMBERS = {
    "memoryReservation": (f"{_DOCKER}1.21",),
    "dependsOn": (f"{_ECS}container-ordering",),
    "startTimeout": (f"{_ECS}container-ordering",),  # agent
    "stopTimeout": (f"{_ECS}container-ordering",),
    "environmentFiles": (f"{_ECS}env-files.s3",),
    "repositoryCredentials": (f"{_ECS}private-registry-authentication.secretsmanager",),
    "user": (f"{_DOCKER}1.17",),
    "readonlyRootFilesystem": (f"{_DOCKER}1.17",),
    "privileged": (f"{_AWS}privileged-container",),
    "restartPolicy": (f"{_ECS}container-restart-policy",),  # agent
}

#: Members of a container that require an attribute wherever they are written out, even empty (recorded answers of 2021 and 2024). That
#: empty dockerLabels do so is unverified. Security options ask for nothing of this kind (a recorded answer of 2020).
WRITTEN_OUT = {
    "ulimits": (f"{_DOCKER}1.18",),
    "dockerLabels": (f"{_DOCKER}1.18",),
    "dnsServers": (f"{_DOCKER}1.17",),
    "dnsSearchDomains": (f"{_DOCKER}1.17",),
    "extraHosts": (f"{_DOCKER}1.17",),
}

#: The same for a member of a container's linuxParameters.
LINUX_PARAMETERS = {
    "sharedMemorySize": (f"{_DOCKER}1.22",),
    "tmpfs": (f"{_DOCKER}1.22",),
    "initProcessEnabled": (f"{_DOCKER}1.25",),
}

#: The same for an option of a log driver.
LOG_OPTIONS = {
    "mode": (f"{_DOCKER}1.28",),
    "max-buffer-size": (f"{_DOCKER}1.28",),
    "awslogs-create-group": (f"{_DOCKER}1.29",),
    "log-driver-buffer-limit": (f"{_ECS}logging-driver.awsfirelens.log-driver-buffer-limit",),  # agent
}

#: The same for a member of a volume.
VOLUME_MEMBERS = {
    "efsVolumeConfiguration": (f"{_ECS}efs", f"{_ECS}efsAuth", f"{_DOCKER}1.25"),
    "dockerVolumeConfiguration": (f"{_DOCKER}1.25",),
    "fsxWindowsFileServerVolumeConfiguration": (f"{_ECS}fsxWindowsFileServer",),  # agent
    "configuredAtLaunch": (f"{_ECS}storage.ebs-task-volume-attach",),  # agent
}

#: The same for the first part of a security option or a credential spec.
SECURITY_OPTIONS = {"label": (f"{_AWS}selinux",), "apparmor": (f"{_AWS}apparmor",)}  # agent
CREDENTIAL_SPECS = {
    "credentialspec": (f"{_ECS}gmsa",),  # agent
    "credentialspecdomainless": (f"{_ECS}gmsa-domainless",),  # agent
}

#: More CPU units than these require an attribute (Developer Guide, "Task size": more than ten vCPUs).
INCREASED_CPU = 10240

#: Attributes in one bucket of ECS's hash set stand in the order of their insertion: these first, in this order.
INSERTED_FIRST = (
    f"{_ECS}aws-appmesh",
    f"{_DOCKER}1.18",
    f"{_ECS}task-eni",
    f"{_AWS}ecr-auth",
    f"{_DOCKER}1.17",
    f"{_DOCKER}1.19",
    f"{_DOCKER}1.24",
    f"{_DOCKER}1.28",
    f"{_DOCKER}1.29",
    f"{_AWS}logging-driver.awsfirelens",
)


def requires_attributes(definition: api.RegisterTaskDefinitionRequest, size: DefinedSize) -> list[api.Attribute]:
    """The attributes, in the order in which ECS lists them; empty if every instance can run the task."""
    return _in_ecs_order(frozenset(_attributes(definition, size)))


def _attributes(definition: api.RegisterTaskDefinitionRequest, size: DefinedSize) -> Iterator[str]:
    yield from _of_members(definition, TASK_MEMBERS)
    mode = definition.get("networkMode")
    if mode == "awsvpc":
        yield f"{_ECS}task-eni"
        yield f"{_DOCKER}1.18"
    elif mode == "host" and definition.get("taskRoleArn"):
        yield f"{_AWS}task-iam-role-network-host"
    if size.cpu is not None and size.cpu > INCREASED_CPU:
        yield f"{_ECS}increased-task-cpu-limit"
    for volume in definition.get("volumes", ()):
        yield from _of_volume(volume)
    has_execution_role = bool(definition.get("executionRoleArn"))
    for container in definition["containerDefinitions"]:
        yield from _of_container(container, has_execution_role=has_execution_role)


def _of_members(document: Mapping[str, object], table: Mapping[str, tuple[str, ...]]) -> list[str]:
    return [
        attribute
        for member in table.keys() & document.keys()
        if is_given(document[member])
        for attribute in table[member]
    ]


def _of_volume(volume: api.Volume) -> Iterator[str]:
    yield from _of_members(volume, VOLUME_MEMBERS)
    if "dockerVolumeConfiguration" in volume:
        yield f"{_ECS}docker-plugin.{volume['dockerVolumeConfiguration'].get('driver', 'local')}"


def _of_container(container: api.ContainerDefinition, *, has_execution_role: bool) -> Iterator[str]:
    yield from _of_members(container, CONTAINER_MEMBERS)
    for member in WRITTEN_OUT.keys() & container.keys():
        yield from WRITTEN_OUT[member]
    yield from _of_image(container["image"], has_execution_role=has_execution_role)
    if "logConfiguration" in container:
        yield from _of_log_configuration(container["logConfiguration"], has_execution_role=has_execution_role)
    if "firelensConfiguration" in container:
        yield from _of_firelens(container["firelensConfiguration"])
    if "healthCheck" in container:
        yield f"{_ECS}container-health-check"
        yield f"{_DOCKER}1.29" if "startPeriod" in container["healthCheck"] else f"{_DOCKER}1.24"
    for secret in container.get("secrets", ()):
        yield f"{_ECS}secrets.{store_of(secret)}.environment-variables"
    if "linuxParameters" in container:
        yield from _of_members(container["linuxParameters"], LINUX_PARAMETERS)
    if any("containerPortRange" in mapping for mapping in container.get("portMappings", ())):
        yield f"{_ECS}network.container-port-range"  # agent
    for option in container.get("dockerSecurityOptions", ()):
        yield from SECURITY_OPTIONS.get(option.partition(":")[0], ())
    for spec in container.get("credentialSpecs", ()):
        yield from CREDENTIAL_SPECS.get(spec.partition(":")[0], ())


def _of_image(image: str, *, has_execution_role: bool) -> Iterator[str]:
    if images.is_in_private_ecr(image):
        yield f"{_AWS}ecr-auth"
        if has_execution_role:
            yield f"{_ECS}execution-role-ecr-pull"
    if images.is_by_digest(image):
        yield f"{_DOCKER}1.21"


def _of_log_configuration(configuration: api.LogConfiguration, *, has_execution_role: bool) -> Iterator[str]:
    driver = configuration["logDriver"]
    yield f"{_AWS}logging-driver.{driver}"
    yield f"{_DOCKER}1.19" if "options" in configuration else f"{_DOCKER}1.18"
    if driver == "awslogs" and has_execution_role:
        yield f"{_ECS}execution-role-awslogs"
    yield from _of_members(configuration.get("options", {}), LOG_OPTIONS)
    for secret in configuration.get("secretOptions", ()):
        yield f"{_ECS}secrets.{store_of(secret)}.bootstrap.log-driver"  # agent


def _of_firelens(configuration: api.FirelensConfiguration) -> Iterator[str]:
    yield f"{_ECS}firelens.{configuration['type']}"
    file_type = configuration.get("options", {}).get("config-file-type")
    if file_type is not None:
        yield f"{_ECS}firelens.options.config.{file_type}"


@lru_cache(maxsize=512)
def _in_ecs_order(attributes: frozenset[str]) -> list[api.Attribute]:
    """Sort attributes as a Java HashSet of name and value pairs does: all complete answers that were compared have this order.

    The table has 16 buckets for up to 12 entries, 32 for up to 24, and so on.
    """
    buckets = 16
    while len(attributes) > buckets * 3 // 4:
        buckets *= 2
    names = sorted(attributes, key=lambda name: (_hash(name) & (buckets - 1), _insertion(name), name))
    return [{"name": name} for name in names]


def _insertion(name: str) -> int:
    return INSERTED_FIRST.index(name) if name in INSERTED_FIRST else len(INSERTED_FIRST)


def _hash(name: str) -> int:
    """Java's `HashMap.hash` of an attribute without a value; its hash code combines those of its two members."""
    code = 0
    for character in name:
        code = 31 * code + ord(character) & 0xFFFFFFFF
    code = (59 + code) * 59 + 43 & 0xFFFFFFFF
    return code ^ code >> 16
