"""What has changed in ECS's answers over the years: which members came when, and which had another value or another form before.

An answer that was recorded earlier is excused from what came later, and from nothing else. The month is the first in which the member may have been there
by what the source says: an announcement, botocore's models, or the recordings beside this file, of which `absent from` and `there in` speak. Where all that is
known is the newest answer without the member it is the month after, which excuses least.
Members are called by their shape in botocore's model; `*` stands for anything.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from comparer import ABSENT, Difference, form_of, undisguised


class Since(NamedTuple):
    """A member that answers of an earlier month don't have; or not where it would have one value, such as a default."""

    member: str
    month: str
    source: str
    value: Any = None


class Announced(NamedTuple):
    """An attribute of a container instance that agents of an earlier version don't announce."""

    attribute: str
    version: str
    source: str

    @property
    def member(self) -> str:
        """The attribute, as the comparer calls it."""
        return f"ContainerInstance.attributes[{self.attribute}]"


class Until(NamedTuple):
    """A member that only answers of an earlier month have, or have with one of these values instead of the fake's."""

    member: str
    month: str
    values: Sequence[Any]
    source: str


class OlderForm(NamedTuple):
    """How ECS wrote in an earlier month what it writes otherwise today; both in the words of `form_of`, today's as a regular expression."""

    today: str
    older: str
    month: str
    source: str


SINCE = (
    # --- services and deployments
    Since("Service.availabilityZoneRebalancing", "2024-12", "not in botocore 1.35.60 of 2024-11, in 1.36.0 of 2025-01"),
    Since("Service.createdBy", "2020-05", "absent from service-daemon-2020, there in service-ec2-bridge-2021"),
    Since("Service.currentServiceDeployment", "2025-11", "not in botocore 1.40.45 of 2025-10, in 1.41.5 of 2025-11"),
    Since("Service.currentServiceRevisions", "2025-11", "the same"),
    Since("Service.deploymentController", "2021-04", "absent from service-ec2-bridge-2021, there in service-fargate-steady-2023", {"type": "ECS"}),
    Since("Service.enableExecuteCommand", "2021-04", "in botocore since 1.20.28 of 2021-03-15; absent from service-ec2-bridge-2021 of 2021-03-17"),
    Since("Service.events[(service *) (deployment ecs-svc/<id>) deployment completed.]", "2020-12", "as rollout states"),
    Since("Service.healthCheckGracePeriodSeconds", "2023-09", "absent without a load balancer from service-fargate-steady-2023; there in describe-services of the AWS CLI, 2025-01"),
    Since("Service.platformFamily", "2021-11", "not in botocore 1.22.5 of 2021-10-27"),
    Since("Service.resourceManagementType", "2025-11", "not in botocore 1.40.45 of 2025-10, in 1.41.5 of 2025-11"),
    Since("Deployment.failedTasks", "2020-12", "in botocore since 1.19.24 of 2020-11-23; AWS What's New, 'preview of ECS deployment circuit breaker', 2020-12-04"),
    Since("Deployment.platformFamily", "2021-11", "as that of the service"),
    Since("Deployment.rolloutState*", "2020-12", "as failed tasks"),
    Since("Detail.clusterArn", "2023-09", "of ECS Deployment State Change: absent from event-deployment-completed-2023, seen in an event of 2026-09"),
    Since("DeploymentCircuitBreaker.resetOnHealthyTask", "2026-07", "AWS What's New, 'Amazon ECS circuit breaker settings', 2026-07; absent from update-service-forced-2026"),
    Since("DeploymentCircuitBreaker.thresholdConfiguration", "2026-07", "the same"),
    Since("DeploymentConfiguration.bakeTimeInMinutes", "2025-07", "not in botocore 1.39.3 of 2025-07-03, in 1.39.8 of 2025-07-17"),
    Since("DeploymentConfiguration.deploymentCircuitBreaker", "2020-12", "as failed tasks"),
    Since("DeploymentConfiguration.strategy", "2025-07", "as the bake time"),
    Since("TaskSet.clusterArn", "2019-06", "absent from create-task-set-2019, there in service-code-deploy-2024"),
    Since("TaskSet.serviceArn", "2019-06", "the same"),
    Since("TaskSet.tags", "2019-06", "absent from service-external-2019, there in service-code-deploy-2024"),
    # --- tasks
    Since("Attachment.details[privateDnsName]", "2021-03", "absent from task-fargate-spot-provisioning-2021, there in event-task-scaled-in-2023"),
    Since("Container.cpu", "2018-02", "absent from the tasks of 2018-01, there in event-task-deprovisioning-2019"),
    Since("Container.healthStatus", "2018-02", "absent from the tasks of 2018-01, there in task-fargate-spot-provisioning-2021"),
    Since("Container.image", "2019-07", "not in botocore 1.12.160 of 2019-06; there in event-task-deprovisioning-2019"),
    Since("Container.imageDigest", "2019-07", "the same; agents report it since 1.31.0"),
    Since("Container.runtimeId", "2019-07", "the same; agents report it since 1.30.0"),
    Since("Task.attributes", "2021-03", "absent from task-fargate-spot-provisioning-2021 of 2021-02, there in task-ec2-bridge-2021 of 2021-08"),
    Since("Task.availabilityZone", "2019-12", "absent from event-task-deprovisioning-2019, there in task-fargate-spot-provisioning-2021"),
    Since("Task.enableExecuteCommand", "2021-03", "in botocore since 1.20.28 of 2021-03-15"),
    Since("Task.ephemeralStorage", "2021-04", "not in botocore 1.20.28 of 2021-03-15, in 1.22.5"),
    Since("Task.fargateEphemeralStorage", "2024-06", "not in botocore 1.34.121 of 2024-06-06, in 1.35.52"),
    Since("Task.healthStatus", "2018-02", "as that of the container"),
    Since("Task.platformFamily", "2021-11", "as that of the service"),
    Since("Task.stopCode", "2018-02", "absent from stop-task-2018, there in event-task-deprovisioning-2019"),
    Since("Task.tags", "2018-02", "absent from task-fargate-running-2018, there in task-fargate-spot-provisioning-2021"),
    Since("TaskOverride.inferenceAcceleratorOverrides", "2018-02", "the same"),
    # --- task definitions
    Since("ContainerDefinition.systemControls", "2024-03", "absent from register-definition-2024, there in definition-health-check-2026"),
    Since("TaskDefinition.compatibilities[EXTERNAL]", "2021-05", "Amazon ECS Anywhere, 2021-05; absent from definition-bridge-user-2020"),
    Since("TaskDefinition.compatibilities[MANAGED_INSTANCES]", "2025-09", "Amazon ECS Managed Instances, 2025-09; absent from register-definition-2024"),
    Since("TaskDefinition.registered*", "2021-01", "aws-sdk#38; not in botocore 1.19.24 of 2020-11, in 1.20.28 of 2021-03"),
    # --- clusters, capacity providers, settings
    Since("AutoScalingGroupProvider.managedDraining", "2022-02", "not in botocore 1.22.5 of 2021-10, in 1.34.121"),
    Since("CapacityProvider.type", "2025-10", "not in botocore 1.40.40 of 2025-09-26, in 1.40.45 of 2025-10-03"),
    Since("Cluster.attachments[managed_draining]", "2022-02", "absent from clusters-attachments-2022"),
    Since("ManagedScaling.instanceWarmupPeriod", "2020-07", "absent from delete-provider-2020; in botocore 1.19.24"),
    Since("Setting.type", "2021-11", "not in botocore 1.22.5 of 2021-10, in 1.34.121"),
    *(
        Since(f"ListAccountSettingsResponse.settings[{name}]", "2019-06", "absent from account-settings of 2019-05")
        for name in (
            "awsvpcTrunking",
            "containerInsights",
            "defaultLogDriverMode",
            "dualStackIPv6",
            "fargateEventWindows",
            "fargateFIPSMode",
            "fargateTaskRetirementWaitPeriod",
            "guardDutyActivate",
            "tagResourceAuthorization",
        )
    ),
    Since("ContainerInstance.tags", "2018-03", "absent from instances-agent-updated-2018, there in deregister-instance-2019"),
)  # fmt: skip

#: Attributes of container instances by the agent's version, not by the month: agents aren't updated by themselves.
ANNOUNCED = (
    *(
        Announced(f"com.amazonaws.ecs.capability.docker-remote-api.1.{minor}", "1.17.0", "absent from update-container-agent-2018, there in instances-agent-updated-2018")
        for minor in (26, 27, 28, 29)
    ),
    Announced("com.amazonaws.ecs.capability.docker-remote-api.1.31", "1.18.0", "absent from instances-agent-updated-2018, there in deregister-instance-2019"),
    Announced("com.amazonaws.ecs.capability.docker-remote-api.1.32", "1.18.0", "the same"),
    Announced("ecs.cpu-architecture", "1.18.0", "the same"),
    *(
        Announced(attribute, version, f"amazon-ecs-agent, CHANGELOG, {version}")
        for attribute, version in (
            ("com.amazonaws.ecs.capability.logging-driver.awsfirelens", "1.30.0"),
            ("ecs.capability.aws-appmesh", "1.26.0"),
            ("ecs.capability.branch-cni-plugin-version", "1.28.0"),
            ("ecs.capability.container-health-check", "1.17.0"),
            ("ecs.capability.container-ordering", "1.26.0"),
            ("ecs.capability.docker-plugin.local", "1.20.0"),
            ("ecs.capability.ecr-endpoint", "1.25.1"),
            ("ecs.capability.efs", "1.35.0"),
            ("ecs.capability.efsAuth", "1.38.0"),
            ("ecs.capability.env-files.s3", "1.39.0"),
            ("ecs.capability.execute-command", "1.50.0"),
            ("ecs.capability.firelens.fluentbit", "1.30.0"),
            ("ecs.capability.firelens.fluentd", "1.30.0"),
            ("ecs.capability.firelens.options.config.file", "1.31.0"),
            ("ecs.capability.firelens.options.config.s3", "1.31.0"),
            ("ecs.capability.full-sync", "1.33.0"),
            ("ecs.capability.logging-driver.awsfirelens.log-driver-buffer-limit", "1.55.0"),
            ("ecs.capability.pid-ipc-namespace-sharing", "1.22.0"),
            ("ecs.capability.private-registry-authentication.secretsmanager", "1.19.0"),
            ("ecs.capability.secrets.asm.bootstrap.log-driver", "1.27.0"),
            ("ecs.capability.secrets.asm.environment-variables", "1.23.0"),
            ("ecs.capability.secrets.ssm.bootstrap.log-driver", "1.27.0"),
            ("ecs.capability.secrets.ssm.environment-variables", "1.22.0"),
            ("ecs.capability.task-eni-trunking", "1.28.0"),
            ("ecs.capability.task-eni.ipv6", "1.45.0"),
        )
    ),
    *(
        Announced(attribute, "1.30.0", "absent from update-instances-state-2019, whose agent is 1.29.0")
        for attribute in (
            "ecs.capability.container-restart-policy",
            "ecs.capability.docker-plugin.amazon-ecs-volume-plugin",
            "ecs.capability.fault-injection",
            "ecs.capability.increased-task-cpu-limit",
            "ecs.capability.network.container-port-range",
            "ecs.capability.service-connect-v1",
            "ecs.capability.storage.ebs-task-volume-attach",
            "ecs.capability.task-eni-block-instance-metadata",
            "ecs.os-family",
        )
    ),
)  # fmt: skip

UNTIL = (
    Until("ContainerInstance.attributes[ecs.capability.task-eia]", "2024-05", (), "Developer Guide, task definition parameters: Elastic Inference isn't available any more"),
    Until("Deployment.desiredCount", "2024-02", (0, 1), "create-service-ec2-2019, service-two-deployments-2019 and update-service-count-2021 show at once what is asked for; update-service-definition-2024 and create-service-2026 when it is taken up"),
    Until("Deployment.platformVersion", "2020-05", ("1.3.0",), "Developer Guide, 'Fargate platform versions': LATEST is 1.4.0 since"),
    Until("Task.platformVersion", "2020-05", ("1.0.0", "1.3.0"), "the same"),
    Until("Task.version", "2018-11", (4,), "with platform version 1.0.0 a task was at 4 when RUNNING (task-fargate-running-2018, task-fargate-service-2018)"),
)  # fmt: skip

_LONG_ARNS = "Developer Guide, 'Amazon ECS resource ARNs': the long form for all that is made since"

OLDER_FORMS = (
    OlderForm(r":(task|container-instance)/[^/]+/<32 hex>", r":\1/<uuid>", "2021-04", _LONG_ARNS),
    OlderForm(r":service/[^/]+/", ":service/", "2021-04", _LONG_ARNS),
    OlderForm(r":container/[^/]+/<32 hex>/<uuid>", ":container/<uuid>", "2021-04", "short in task-fargate-spot-provisioning-2021, long in task-ec2-bridge-2021"),
    OlderForm(r"\(task <32 hex>\)", "(task <uuid>)", "2021-04", _LONG_ARNS),
    OlderForm("<17 hex>", "<8 hex>", "2018-07", "EC2 User Guide, resource IDs: longer ones for all that is made since 2018-06"),
    OlderForm("<runtime id>", "<64 hex>", "2020-05", "Docker's id below platform version 1.4.0 (event-task-deprovisioning-2019)"),
)  # fmt: skip


def explanation(
    difference: Difference, recorded: str, agent: str | None = None
) -> Since | Announced | Until | OlderForm | None:
    """The row by which the age of a recording explains a difference, if one does.

    Args:
        difference: what differs.
        recorded: the month of the recording, such as `2019-05`.
        agent: the version of the recorded container instance's agent, if it shows one.
    """
    real, fake = difference.real, difference.fake
    if real is ABSENT:
        later = (row for row in SINCE if recorded < row.month and matches(row.member, difference.member))
        announced = (row for row in ANNOUNCED if is_older(agent, row.version) and row.member == difference.member)
        return next((row for row in later if row.value in (None, fake)), None) or next(announced, None)
    for row in UNTIL:
        if recorded < row.month and matches(row.member, difference.member) and (fake is ABSENT or real in row.values):
            return row
    if isinstance(real, str) and isinstance(fake, str):
        was, today = form_of(undisguised(real)), form_of(fake)
        for form in OLDER_FORMS:
            if recorded < form.month and was != today and was == re.sub(form.today, form.older, today):
                return form
    return None


def is_older(agent: str | None, version: str) -> bool:
    """Whether an agent is older than a version; one that shows none isn't."""
    return agent is not None and _numbers(agent) < _numbers(version)


def _numbers(version: str) -> list[int]:
    return [int(number) for number in version.split(".")]


def matches(pattern: str, text: str) -> bool:
    """Whether a text is as a pattern says, in which `*` stands for anything."""
    return re.fullmatch(".*".join(map(re.escape, pattern.split("*"))), text, re.DOTALL) is not None
