"""The reasons why a task definition can't run on Fargate.

Without FARGATE in `requiresCompatibilities` such a definition is accepted, and FARGATE is missing from its `compatibilities`.
Rules: Developer Guide, "Amazon ECS task definition differences for Fargate"; API reference. The source of each text stands in its row.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from pytest_ecsfake.engine.launch.fargate import NO_RESOURCE_REQUIREMENTS
from pytest_ecsfake.engine.task_sizes import NO_FARGATE_SIZE, is_fargate_size
from pytest_ecsfake.operations.registration import images, log_configuration, resource_requirements
from pytest_ecsfake.operations.registration.task_size import DefinedSize
from pytest_ecsfake.operations.registration.unsupported import CDK_PREFLIGHT, Unsupported, first_given

if TYPE_CHECKING:
    from pytest_ecsfake import api


def _not_supported(member: str, source: str, called: str | None = None) -> Unsupported:
    return Unsupported(member, f"Fargate compatible task definitions do not support {called or member}", source)


REFUSED_TASK_MEMBERS = (
    _not_supported("ipcMode", CDK_PREFLIGHT),
    _not_supported("placementConstraints", CDK_PREFLIGHT, called="constraints"),
)

REFUSED_CONTAINER_MEMBERS = (
    # The quotes around the words are curly in ECS's answer.
    Unsupported(
        "privileged",
        "Fargate requires that the \u2018privileged\u2019 setting be \u2018false\u2019 at the container level.",
        CDK_PREFLIGHT,
    ),
    _not_supported("dockerSecurityOptions", CDK_PREFLIGHT),
)

#: Members of linuxParameters. A tmpfs is accepted since platform version 1.4.0 (API reference, LinuxParameters, tmpfs).
REFUSED_LINUX_PARAMETERS = (
    _not_supported("devices", CDK_PREFLIGHT),
    _not_supported("sharedMemorySize", CDK_PREFLIGHT),
    _not_supported("maxSwap", CDK_PREFLIGHT),
    _not_supported("swappiness", "API reference, LinuxParameters, swappiness"),  # unverified
)

REFUSED_VOLUME_MEMBERS = (_not_supported("dockerVolumeConfiguration", CDK_PREFLIGHT),)
REFUSED_HOST_VOLUME_MEMBERS = (_not_supported("sourcePath", CDK_PREFLIGHT),)

#: API reference, KernelCapabilities, add.
ADDABLE_CAPABILITIES = ("SYS_PTRACE",)

#: API reference, ContainerDefinition, startTimeout and stopTimeout: both bounds are Fargate's. Seconds.
SHORTEST_TIMEOUT = 2
#: 120 itself is accepted, whatever the text says.
LONGEST_TIMEOUT = 120


def obstacle(definition: api.RegisterTaskDefinitionRequest, size: DefinedSize) -> str | None:
    """ECS's first reason why the definition can't run on Fargate; None if it can."""
    return next(_obstacles(definition, size), None)


def _obstacles(definition: api.RegisterTaskDefinitionRequest, size: DefinedSize) -> Iterator[str]:
    if definition.get("networkMode") != "awsvpc":
        # cdk-preflight: curly quotes, and an absent mode counts as another one.
        yield "Fargate only supports network mode \u2018awsvpc\u2019."
    yield from _obstacles_in_size(definition, size)
    yield from _obstacles_in_pid_mode(definition)
    yield from _given(first_given(definition, REFUSED_TASK_MEMBERS))
    for volume in definition.get("volumes", ()):
        yield from _given(first_given(volume, REFUSED_VOLUME_MEMBERS))
        yield from _given(first_given(volume.get("host", {}), REFUSED_HOST_VOLUME_MEMBERS))
    for container in definition["containerDefinitions"]:
        yield from _obstacles_in_container(container)
    yield from _obstacles_in_resources(definition)
    yield from _given(log_configuration.refused_driver(definition["containerDefinitions"], "FARGATE"))
    for container in definition["containerDefinitions"]:
        yield from _obstacles_in_roles(container, has_execution_role=bool(definition.get("executionRoleArn")))


def _given(message: str | None) -> Iterator[str]:
    if message is not None:
        yield message


def _obstacles_in_pid_mode(definition: api.RegisterTaskDefinitionRequest) -> Iterator[str]:
    if definition.get("pidMode") == "host":
        # cdk-preflight
        yield (
            "Tasks using the Fargate launch type do not support pidMode 'host'. The supported value for pidMode is 'task'."
        )
    if "pidMode" in definition and _is_windows(definition):
        # API reference, RegisterTaskDefinition, pidMode
        yield "Tasks using the Fargate launch type do not support pidMode for Windows containers."  # unverified


def _is_windows(definition: api.RegisterTaskDefinitionRequest) -> bool:
    return definition.get("runtimePlatform", {}).get("operatingSystemFamily", "LINUX") != "LINUX"


def _obstacles_in_size(definition: api.RegisterTaskDefinitionRequest, size: DefinedSize) -> Iterator[str]:
    # cdk-preflight: cpu is missed before memory.
    if size.cpu is None:
        yield "Fargate requires that 'cpu' be defined at the task level."
    elif size.memory is None:
        yield "Fargate requires that 'memory' be defined at the task level."
    else:
        arm = definition.get("runtimePlatform", {}).get("cpuArchitecture") == "ARM64"
        if not is_fargate_size(size.cpu, size.memory, windows=_is_windows(definition), arm=arm):
            yield NO_FARGATE_SIZE.format(cpu=size.cpu, memory=size.memory)


def _obstacles_in_container(container: api.ContainerDefinition) -> Iterator[str]:
    yield from _given(first_given(container, REFUSED_CONTAINER_MEMBERS))
    linux_parameters = container.get("linuxParameters")
    if linux_parameters is not None:
        yield from _given(first_given(linux_parameters, REFUSED_LINUX_PARAMETERS))
        for capability in linux_parameters.get("capabilities", {}).get("add", ()):
            if capability not in ADDABLE_CAPABILITIES:
                yield f"{capability} is not allowed on Fargate."  # seen for NET_ADMIN: cdk-preflight
    yield from _obstacles_in_timeouts(container)
    if container.get("firelensConfiguration", {}).get("options", {}).get("config-file-type") == "s3":
        # aws-sdk#311
        yield "Fargate launch type does not support FirelensConfiguration config file from 's3'"


def _obstacles_in_timeouts(container: api.ContainerDefinition) -> Iterator[str]:
    # Seen for a stop timeout above the bound; the others follow its pattern.
    for which, seconds in (("stop", container.get("stopTimeout")), ("start", container.get("startTimeout"))):
        if seconds is None:
            continue
        if seconds > LONGEST_TIMEOUT:
            yield (
                f"Tasks using the Fargate launch type must have a container {which} timeout of less than "
                f"{LONGEST_TIMEOUT} seconds."
            )
        if seconds < SHORTEST_TIMEOUT:
            yield f"Granular {which} timeout on container '{container['name']}' must be at least {SHORTEST_TIMEOUT} seconds."  # unverified


def _obstacles_in_resources(definition: api.RegisterTaskDefinitionRequest) -> Iterator[str]:
    for kind in resource_requirements.kinds(definition["containerDefinitions"]):
        yield NO_RESOURCE_REQUIREMENTS.format(kind=kind)


def _obstacles_in_roles(container: api.ContainerDefinition, *, has_execution_role: bool) -> Iterator[str]:
    # cdk-preflight, and many public issues on the role.
    configuration = container.get("logConfiguration")
    if not has_execution_role and images.is_in_private_ecr(container["image"]):
        yield "Fargate requires task definition to have execution role ARN to support ECR images."
    if configuration is None or configuration["logDriver"] != "awslogs":
        return
    if not has_execution_role:
        yield "Fargate requires task definition to have execution role ARN to support log driver awslogs."
    if not configuration.get("options", {}).get("awslogs-stream-prefix"):
        yield (
            "Fargate requires log configuration options to include awslogs-stream-prefix to support log driver awslogs."
        )
