"""What the operations on capacity providers refuse: one row a rule, a call with one fault and ECS's words for it; last, which of two faults counts.

Where the source is a repository and a number the text was seen as an answer of AWS; "deployment" means one that was recorded of a real one.
"API reference" alone: the rule is documented, its text is unverified.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

pytestmark = pytest.mark.ecs_fake(clusters=["prod", "other"], poll_step=0)

PLACE = "arn:aws:ecs:us-east-1:123456789012"
GROUPS = "arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup"
GROUP = {"autoScalingGroupArn": f"{GROUPS}:0a1b2c3d:autoScalingGroupName/free"}
ROLE = "arn:aws:iam::123456789012:role/ecsInfrastructureRole"
PROFILE = "arn:aws:iam::123456789012:instance-profile/ecsInstanceRole"

BAD_NAME = (
    "The specified capacity provider name is invalid. Up to 255 characters are allowed, including letters (upper and lowercase), "
    'numbers, underscores, and hyphens. The name cannot be prefixed with "aws", "ecs", or "fargate". '
    "Specify a valid name and try again."
)
EXISTS = (
    "The specified capacity provider already exists. "
    "To change the configuration of an existing capacity provider, update the capacity provider."
)
GROUP_IN_USE = (
    "The specified Auto Scaling group ARN is already being used by another capacity provider. "
    "Specify a unique Auto Scaling group ARN and try again."
)
BAD_GROUP = "The specified Auto Scaling group ARN is invalid. Specify a valid Auto Scaling group ARN and try again."
BAD_STEPS = (
    "The minimum or maximum scaling step size value is invalid. Specify a minimum scaling step size value that is less than or equal to "
    "the maximum scaling step size value and try again."
)
MISSING = "The specified capacity provider does not exist. Specify a valid name or ARN and try again."
BUSY = "The specified capacity provider is being updated. Wait until the update is complete and try again."
ONE_KIND = (
    "Exactly one of autoScalingGroupProvider and managedInstancesProvider must be specified. "
    "Specify one of them and try again."
)
NO_DETAILS = "The Amazon ECS Managed Instances provider details are required when creating a Amazon ECS Managed Instances capacity provider"
NO_CLUSTER = "Amazon ECS Managed Instances Provider is not supported without a Cluster Name"
NO_INSTANCES = "No instance types satisfy the instance requirements specified in the Amazon ECS Managed Instances capacity provider"
GUIDE = "Developer Guide, Troubleshoot Amazon ECS Managed Instances; code by analogy"


def instances(*, role: str = ROLE, **template: Any) -> dict[str, Any]:
    """The details of a provider of Managed Instances that has nothing wrong but what is given."""
    return {
        "infrastructureRoleArn": role,
        "instanceLaunchTemplate": {
            "ec2InstanceProfileArn": PROFILE,
            "networkConfiguration": {"subnets": ["subnet-0a1b2c3d"]},
            **template,
        },
    }


def network(*subnets: str, groups: tuple[str, ...] = ()) -> dict[str, Any]:
    """A network configuration as a launch template has it."""
    return {"networkConfiguration": {"subnets": list(subnets), "securityGroups": list(groups)}}


def requirements(**ranges: dict[str, int]) -> dict[str, Any]:
    """Instance requirements that any instance meets, but for the ranges that are given."""
    return {"instanceRequirements": {"vCpuCount": {"min": 1}, "memoryMiB": {"min": 1}, **ranges}}


class Refusal(NamedTuple):
    """A call and the error that it answers with."""

    operation: str
    parameters: dict[str, Any]
    code: str
    message: str
    source: str


def row(
    operation: str, parameters: dict[str, Any], message: str, source: str, code: str = "ClientException", *, id: str
) -> Any:
    """A row of the table; most of what is refused is a ClientException."""
    return pytest.param(Refusal(operation, parameters, code, message, source), id=id)


def scaling(**members: Any) -> dict[str, Any]:
    """A new provider of a group that is free, with managed scaling."""
    return {"name": "new", "autoScalingGroupProvider": {**GROUP, "managedScaling": members}}


#: What the world holds is told by the fixture `world`.
OF_GROUPS = [
    # --- names
    *[
        row(
            "create_capacity_provider",
            {"name": name, "autoScalingGroupProvider": GROUP},
            BAD_NAME,
            f"deployment; {source}",
            id=f"create: {id}",
        )
        for name, source, id in [
            ("aws-web", "API reference for the prefix", "the prefix aws"),
            ("EcsCp", "aws-cdk#36584", "the prefix ecs, in any case"),
            ("fargate", "API reference for the prefix", "the prefix fargate"),
            ("web 1", "API reference for the characters", "a blank"),
            ("x" * 256, "API reference for the length", "256 characters"),
        ]
    ],
    row(
        "create_capacity_provider",
        {"name": "web", "autoScalingGroupProvider": GROUP},
        EXISTS,
        "terraform-aws-ecs-cluster#68, containers-roadmap#688",
        id="create: a name that is taken",
    ),
    # --- the group
    *[
        row(
            "create_capacity_provider",
            {"name": "new", "autoScalingGroupProvider": {"autoScalingGroupArn": group}},
            message,
            source,
            id=f"create: {id}",
        )
        for group, message, source, id in [
            (f"{GROUPS}:0a1b2c3d:autoScalingGroupName/web", GROUP_IN_USE, "containers-roadmap#632", "a group in use"),
            ("web", GROUP_IN_USE, "containers-roadmap#632", "a group in use, by its name"),
            ("arn:aws:autoscaling:us-east-1", BAD_GROUP, "API reference", "half an ARN"),
            (f"{GROUPS}:0a1b2c3d", BAD_GROUP, "API reference", "an ARN without a name"),
            (f"{PLACE}:cluster/prod", BAD_GROUP, "API reference", "an ARN of a cluster"),
            (
                GROUP["autoScalingGroupArn"].replace("east", "west"),
                BAD_GROUP,
                "API reference",
                "another region's group",
            ),
            (GROUP["autoScalingGroupArn"].replace("123", "321"), BAD_GROUP, "API reference", "another account's group"),
        ]
    ],
    # --- managed scaling
    *[
        row("create_capacity_provider", scaling(**members), message, source, id=f"create: {id}")
        for members, message, source, id in [
            (
                {"minimumScalingStepSize": 3, "maximumScalingStepSize": 2},
                BAD_STEPS,
                "deployment",
                "the least step is the larger",
            ),
            ({"targetCapacity": 101}, "targetCapacity must be at most 100", "API reference", "a target of 101"),
            (
                {"maximumScalingStepSize": 10001},
                "maximumScalingStepSize must be at most 10000",
                "API reference",
                "a step of 10001",
            ),
            (
                {"instanceWarmupPeriod": 10001},
                "instanceWarmupPeriod must be at most 10000",
                "API reference",
                "a warm-up of 10001 seconds",
            ),
            (
                {"status": "ON"},
                "status should be one of [ENABLED,DISABLED]",
                "terraform-provider-aws#23342 for the wording",
                "an unknown status",
            ),
        ]
    ],
    *[
        row(
            "create_capacity_provider",
            {"name": "new", "autoScalingGroupProvider": {**GROUP, member: "YES"}},
            f"{member} should be one of [ENABLED,DISABLED]",
            "terraform-provider-aws#23342 for the wording",
            id=f"create: an unknown {member}",
        )
        for member in ("managedTerminationProtection", "managedDraining")
    ],
    row(
        "create_capacity_provider",
        {
            "name": "new",
            "autoScalingGroupProvider": GROUP,
            "tags": [{"key": "a", "value": "1"}, {"key": "a", "value": "2"}],
        },
        "Multiple tags contain the same key.",
        "terraform-provider-aws#32259, other code",
        id="create: a tag twice",
    ),
    # --- describing
    row(
        "describe_capacity_providers",
        {"capacityProviders": [f"p{number}" for number in range(101)]},
        "capacityProviders can have at most 100 items.",
        "API reference",
        "InvalidParameterException",
        id="describe: 101 names",
    ),
    row(
        "describe_capacity_providers",
        {"maxResults": 11},
        "maxResults must be at most 10",
        "API reference",
        "InvalidParameterException",
        id="describe: a page of 11",
    ),
    row(
        "describe_capacity_providers",
        {"include": ["SETTINGS"]},
        "include should be one of [TAGS]",
        "terraform-provider-aws#23342 for the wording",
        "InvalidParameterException",
        id="describe: an unknown include",
    ),
    row(
        "describe_capacity_providers",
        {"nextToken": "bm9uc2Vuc2U="},
        "Invalid token.",
        "API reference",
        "InvalidParameterException",
        id="describe: a made-up token",
    ),
    *[
        row(operation, {**more, member: [arn] if many else arn}, message, source, code, id=f"{id} of {operation}")
        for operation, member, many, more in [
            ("describe_capacity_providers", "capacityProviders", True, {}),
            ("update_capacity_provider", "name", False, {"autoScalingGroupProvider": {}}),
            ("delete_capacity_provider", "capacityProvider", False, {}),
        ]
        for arn, message, source, code, id in [
            (
                "arn:aws:ecs:eu-west-1:123456789012:capacity-provider/web",
                "Invalid Region in ARN",
                "aws-cli#3175, other operations",
                "InvalidParameterException",
                "another region's ARN",
            ),
            (
                "arn:aws:ecs:us-east-1:111122223333:capacity-provider/web",
                "AccountIDs mismatch",
                "text as quoted for RunTask",
                "InvalidParameterException",
                "another account's ARN",
            ),
            (
                f"{PLACE}:cluster/prod",
                "Unsupported resource type: cluster",
                "aws-cli#7875, DescribeTasks",
                "InvalidParameterException",
                "an ARN of a cluster",
            ),
        ]
    ],
    # --- updating and deleting
    *[
        row("update_capacity_provider", {"name": name, "autoScalingGroupProvider": {}}, message, source, code, id=id)
        for name, message, source, code, id in [
            ("nothing", MISSING, "Terraform's resource, at deletion", "ClientException", "update: an unknown provider"),
            ("deleted", MISSING, "by analogy", "ClientException", "update: a deleted provider"),
            (
                "FARGATE",
                "The specified capacity provider is reserved and can't be updated.",
                "API reference",
                "ClientException",
                "update: FARGATE",
            ),
            ("busy", BUSY, "Terraform's resource for the code", "UpdateInProgressException", "update: a busy provider"),
            (
                "web",
                BUSY,
                "Terraform's resource for the code",
                "UpdateInProgressException",
                "update: a provider of a busy cluster",
            ),
        ]
    ],
    row(
        "update_capacity_provider",
        {"name": "idle", "autoScalingGroupProvider": {"managedScaling": {"minimumScalingStepSize": 6}}},
        BAD_STEPS,
        "deployment, CreateCapacityProvider",
        id="update: a least step above the largest that is there",
    ),
    row(
        "update_capacity_provider",
        {"name": "idle", "autoScalingGroupProvider": {"managedScaling": {"targetCapacity": 101}}},
        "targetCapacity must be at most 100",
        "API reference",
        id="update: a target of 101",
    ),
    *[
        row("delete_capacity_provider", {"capacityProvider": name}, message, source, code, id=id)
        for name, message, source, code, id in [
            ("nothing", MISSING, "Terraform's resource", "ClientException", "delete: an unknown provider"),
            (
                "FARGATE_SPOT",
                "The specified capacity provider is reserved and can't be deleted.",
                "API reference",
                "ClientException",
                "delete: FARGATE_SPOT",
            ),
            ("busy", BUSY, "API reference", "UpdateInProgressException", "delete: a busy provider"),
        ]
    ],
    # --- of two faults the first counts: an assumption
    row(
        "create_capacity_provider",
        {**scaling(minimumScalingStepSize=3, maximumScalingStepSize=2), "name": "web"},
        EXISTS,
        "an assumption",
        id="create: the name, then the steps",
    ),
    row(
        "create_capacity_provider",
        {
            "name": "new",
            "autoScalingGroupProvider": {
                "autoScalingGroupArn": f"{GROUPS}:0a1b2c3d:autoScalingGroupName/web",
                "managedScaling": {"minimumScalingStepSize": 3, "maximumScalingStepSize": 2},
            },
        },
        GROUP_IN_USE,
        "an assumption",
        id="create: the group, then the steps",
    ),
    row(
        "update_capacity_provider",
        {
            "name": "busy",
            "autoScalingGroupProvider": {
                "managedScaling": {"minimumScalingStepSize": 10000, "maximumScalingStepSize": 1}
            },
        },
        BAD_STEPS,
        "an assumption",
        id="update: the steps, then whether it is busy",
    ),
]

OF_MANAGED_INSTANCES = [
    # --- kind and cluster
    row(
        "create_capacity_provider",
        {"name": "new", "managedInstancesProvider": instances()},
        NO_CLUSTER,
        GUIDE,
        id="create: no cluster",
    ),
    row("create_capacity_provider", {"name": "new", "cluster": "prod"}, NO_DETAILS, GUIDE, id="create: a cluster only"),
    row(
        "create_capacity_provider",
        {"name": "new", "cluster": "prod", "autoScalingGroupProvider": GROUP},
        NO_DETAILS,
        "Terraform's resource refuses it; text by analogy",
        id="create: a group's provider for a cluster",
    ),
    row(
        "create_capacity_provider",
        {
            "name": "new",
            "cluster": "prod",
            "autoScalingGroupProvider": GROUP,
            "managedInstancesProvider": instances(),
        },
        ONE_KIND,
        "API reference",
        id="create: of both kinds",
    ),
    row(
        "create_capacity_provider",
        {"name": "new", "cluster": "nowhere", "managedInstancesProvider": instances()},
        "Cluster not found.",
        "text as quoted in many repositories",
        "ClusterNotFoundException",
        id="create: an unknown cluster",
    ),
    *[
        row("create_capacity_provider", {"name": name, **more}, message, source, id=f"create: {id}")
        for name, more, message, source, id in [
            (
                "fleet",
                {"cluster": "prod", "managedInstancesProvider": instances()},
                EXISTS,
                "by analogy",
                "a name that the cluster has",
            ),
            (
                "fleet",
                {"cluster": "other", "managedInstancesProvider": instances()},
                "The specified capacity provider already exists with account or a different cluster",
                GUIDE,
                "a name that another cluster has",
            ),
            (
                "idle",
                {"cluster": "prod", "managedInstancesProvider": instances()},
                "The specified capacity provider already exists with account or a different cluster",
                GUIDE,
                "a name that the account has",
            ),
            (
                "fleet",
                {"autoScalingGroupProvider": GROUP},
                "The specified capacity provider already exists with cluster scope",
                GUIDE,
                "a group's provider with a name that a cluster has",
            ),
        ]
    ],
    row("create_capacity_provider", {"name": "new"}, ONE_KIND, "API reference", id="create: of no kind"),
    row("update_capacity_provider", {"name": "idle"}, ONE_KIND, "API reference", id="update: nothing"),
    # --- details
    *[
        row(
            "create_capacity_provider",
            {"name": "new", "cluster": "prod", "managedInstancesProvider": details, **more},
            message,
            source,
            id=f"create: {id}",
        )
        for details, more, message, source, id in [
            (
                instances(**network()),
                {},
                "Amazon ECS Managed Instances capacity provider must specify a Network Configuration with non empty subnets",
                GUIDE,
                "no subnet",
            ),
            (instances(**network("subnet-1")), {}, "The specified subnet id is invalid", GUIDE, "half a subnet"),
            (
                instances(**network("subnet-0a1b2c3d", groups=("default",))),
                {},
                "The specified security group id is invalid",
                GUIDE,
                "a security group by name",
            ),
            (
                instances(role="ecsInfrastructureRole"),
                {},
                "The specified infrastructure role arn is invalid",
                GUIDE,
                "a role by name",
            ),
            (
                instances(ec2InstanceProfileArn=ROLE),
                {},
                "The specified instance profile role arn is invalid",
                GUIDE,
                "a role for a profile",
            ),
            (
                {**instances(), "propagateTags": "SERVICE"},
                {},
                "Invalid value for propagateTags",
                GUIDE,
                "tags of something else",
            ),
            (
                instances(),
                {"tags": [{"key": f"k{number}", "value": ""} for number in range(46)]},
                "Amazon ECS Managed Instances capacity provider cannot have number of tags exceeding maximum allowed value",
                GUIDE,
                "46 tags",
            ),
            (
                instances(**requirements(vCpuCount={"min": 8, "max": 4})),
                {},
                NO_INSTANCES,
                GUIDE,
                "fewer vCPUs at most than at least",
            ),
            (
                instances(**requirements(memoryMiB={"min": 2048, "max": 1024})),
                {},
                NO_INSTANCES,
                GUIDE,
                "less memory at most than at least",
            ),
            (
                instances(storageConfiguration={"storageSizeGiB": 29}),
                {},
                "storageSizeGiB must be between 30 and 16384",
                "Developer Guide, Amazon ECS Managed Instances instance storage; text unverified",
                "a volume of 29 GiB",
            ),
            (
                {**instances(), "infrastructureOptimization": {"scaleInAfter": 3601}},
                {},
                "scaleInAfter must be at most 3600",
                "API reference",
                "scale-in after more than an hour",
            ),
            (
                instances(nitroEnclavesEnabled=True, localStorageConfiguration={"useLocalStorage": True}),
                {},
                "Nitro Enclaves can't be enabled together with local storage",
                "API reference",
                "enclaves with local storage",
            ),
        ]
    ],
    # --- updating and deleting
    *[
        row(operation, {**named, **more}, message, source, code, id=f"{id} of {operation}")
        for operation, member, named in [
            ("update_capacity_provider", "name", {"managedInstancesProvider": instances()}),
            ("delete_capacity_provider", "capacityProvider", {}),
        ]
        for more, message, source, code, id in [
            ({member: "fleet"}, NO_CLUSTER, "by analogy", "ClientException", "no cluster"),
            (
                {member: "fleet", "cluster": "other"},
                "Capacity provider active cluster name does not match the cluster name in the request",
                GUIDE,
                "ClientException",
                "another cluster",
            ),
            (
                {member: "fleet", "cluster": "nowhere"},
                "Cluster not found.",
                "API reference, ClusterNotFoundException",
                "ClusterNotFoundException",
                "an unknown cluster",
            ),
            (
                {member: "idle", "cluster": "prod"},
                "Capacity provider is not Amazon ECS Managed Instances capacity provider",
                GUIDE,
                "ClientException",
                "a group's provider with a cluster",
            ),
            (
                {member: "coming", "cluster": "prod"},
                BUSY,
                "API reference for the code",
                "UpdateInProgressException",
                "a provider that is being made",
            ),
        ]
    ],
    row(
        "update_capacity_provider",
        {"name": "idle", "managedInstancesProvider": instances()},
        "Capacity provider is not Amazon ECS Managed Instances capacity provider",
        GUIDE,
        id="update: a group's provider as Managed Instances",
    ),
    row(
        "update_capacity_provider",
        {"name": "fleet", "cluster": "prod", "autoScalingGroupProvider": {}},
        "Capacity provider is not an Auto Scaling group capacity provider",
        "by analogy",
        id="update: Managed Instances as a group's provider",
    ),
    row(
        "update_capacity_provider",
        {"name": "fleet", "cluster": "prod", "managedInstancesProvider": instances(**network("subnet-1"))},
        "The specified subnet id is invalid",
        GUIDE,
        id="update: half a subnet",
    ),
    row(
        "describe_capacity_providers",
        {"cluster": "nowhere"},
        "Cluster not found.",
        "API reference, ClusterNotFoundException",
        "ClusterNotFoundException",
        id="describe: an unknown cluster",
    ),
    # --- of two faults the first counts: an assumption
    row(
        "create_capacity_provider",
        {"name": "idle", "managedInstancesProvider": instances()},
        NO_CLUSTER,
        "an assumption",
        id="create: the cluster, then the name",
    ),
    row(
        "create_capacity_provider",
        {"name": "new", "cluster": "prod", "managedInstancesProvider": instances(role="r", **network("subnet-1"))},
        "The specified infrastructure role arn is invalid",
        "an assumption",
        id="create: the role, then the subnets",
    ),
]


@pytest.fixture
def world(ecs_client, ecs_fake, create_group_provider):
    """Providers of groups by what is special about them: `web` is of the cluster `prod`, which is busy, `busy` is being updated,
    `deleted` is, and `idle`, whose largest step is 5, has nothing special."""
    for name in ("web", "busy", "deleted"):
        create_group_provider(name)
    create_group_provider("idle", managedScaling={"maximumScalingStepSize": 5})
    ecs_client.delete_capacity_provider(capacityProvider="deleted")
    ecs_fake.clock.advance(seconds=10)
    ecs_client.update_capacity_provider(name="busy", autoScalingGroupProvider={"managedDraining": "DISABLED"})
    ecs_client.put_cluster_capacity_providers(
        cluster="prod", capacityProviders=["web"], defaultCapacityProviderStrategy=[]
    )


@pytest.fixture
def fleets(ecs_fake, create_group_provider, create_managed_instances):
    """The provider `fleet` of the cluster `prod`, `coming`, which isn't ACTIVE yet, and `idle` of a group."""
    create_managed_instances("fleet", "prod")
    create_group_provider("idle")
    ecs_fake.clock.advance(seconds=10)
    create_managed_instances("coming", "prod")


@pytest.fixture
def refuses(ecs_client):
    """Make a call, check that it is refused as its row says, and that nothing has changed."""

    def state():
        names = ["web", "busy", "deleted", "idle", "fleet", "coming", "new", "FARGATE", "FARGATE_SPOT"]
        providers = ecs_client.describe_capacity_providers(capacityProviders=names, include=["TAGS"])
        clusters = ecs_client.describe_clusters(clusters=["prod", "other"], include=["ATTACHMENTS"])
        return providers["capacityProviders"], providers["failures"], clusters["clusters"]

    def refuses(refusal):
        before = state()
        with pytest.raises(ecs_client.exceptions.from_code(refusal.code)) as error:
            getattr(ecs_client, refusal.operation)(**refusal.parameters)
        assert error.value.response["Error"] == {"Code": refusal.code, "Message": refusal.message}, refusal.source
        assert state() == before

    return refuses


@pytest.mark.parametrize("refusal", OF_GROUPS)
@pytest.mark.usefixtures("world")
def test_a_call_with_a_fault_is_refused_and_changes_nothing(refuses, refusal):
    refuses(refusal)


@pytest.mark.parametrize("refusal", OF_MANAGED_INSTANCES)
@pytest.mark.usefixtures("fleets")
def test_a_call_about_managed_instances_with_a_fault_is_refused_and_changes_nothing(refuses, refusal, enclaves):
    if "nitroEnclavesEnabled" in str(refusal.parameters) and not enclaves:
        pytest.skip("this botocore doesn't know enclaves")
    refuses(refusal)


@pytest.mark.usefixtures("world")
def test_a_token_is_good_for_its_own_query_only(ecs_client):
    token = ecs_client.describe_capacity_providers(maxResults=1)["nextToken"]

    with pytest.raises(ecs_client.exceptions.InvalidParameterException) as error:
        ecs_client.describe_capacity_providers(include=["TAGS"], nextToken=token)

    assert error.value.response["Error"]["Message"] == "Invalid token."


# --- what only a client without checks of its own can send ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operation", "parameters", "message"),
    [
        pytest.param(
            "create_capacity_provider",
            scaling(minimumScalingStepSize=0),
            "The specified minimum scaling step size is invalid.",
            id="create: no step at all (aws-cli#4781)",
        ),
        pytest.param(
            "update_capacity_provider",
            {"name": "idle", "autoScalingGroupProvider": {"managedScaling": {"minimumScalingStepSize": 0}}},
            "The specified minimum scaling step size is invalid.",
            id="update: no step at all (by analogy)",
        ),
        pytest.param(
            "create_capacity_provider",
            scaling(targetCapacity=0),
            "targetCapacity must be at least 1",
            id="create: a target of 0 (API reference)",
        ),
        pytest.param(
            "create_capacity_provider",
            {"name": "new", "autoScalingGroupProvider": {}},
            "autoScalingGroupArn should not be null or empty.",
            id="create: no group (API reference)",
        ),
        pytest.param(
            "update_capacity_provider",
            {"name": "", "autoScalingGroupProvider": {}},
            "A name is required when updating a capacity provider",
            id="update: an empty name (Developer Guide, Troubleshoot Amazon ECS Managed Instances)",
        ),
    ],
)
@pytest.mark.usefixtures("world")
def test_what_clients_hold_back_is_refused_as_well(unchecked_client, operation, parameters, message):
    with pytest.raises(unchecked_client.exceptions.ClientException) as error:
        getattr(unchecked_client, operation)(**parameters)

    assert error.value.response["Error"]["Message"] == message
