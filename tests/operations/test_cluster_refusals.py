"""What the operations on clusters refuse: one row a rule, a call with one fault and ECS's words for it; last, which of several faults counts.

Where the source is a repository and a number the text was seen as an answer of AWS; "deployment" means one that was recorded of a real one.
"API reference" alone: the rule is documented, its text is unverified.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

pytestmark = pytest.mark.ecs_fake(poll_step=0)

PLACE = "arn:aws:ecs:us-east-1:123456789012"
INCONSISTENT = "Arguments on this idempotent request are inconsistent with arguments used in previous request(s)."
BUSY = (
    "The specified cluster is in a busy state. "
    "Cluster attachments must be in UPDATE_COMPLETE or UPDATE_FAILED state before they can be updated."
)
NOT_FOUND = "The specified capacity provider was not found. Specify a valid capacity provider and try again."
NOT_ASSOCIATED = (
    "The specified capacity provider strategy cannot contain a capacity provider that is not associated with the cluster. "
    "Associate the capacity provider with the cluster or specify a valid capacity provider and try again."
)
SEVERAL_BASES = (
    "The specified capacity provider strategy contains multiple capacity providers with a base value defined. "
    "Only one capacity provider per strategy can have a base value defined."
)
MIXED = (
    "A capacity provider strategy cannot contain a mix of capacity providers using Auto Scaling groups and Fargate providers. "
    "Specify one or the other and try again."
)
NOT_ACTIVE = (
    "The specified capacity provider 'deleted' is not in an ACTIVE state. "
    "Specify a valid capacity provider and try again."
)
IN_USE = "The specified capacity provider is in use and cannot be removed."
ELSEWHERE = (
    "The specified capacity provider is already associated with another cluster. "
    "Specify a valid capacity provider and try again."
)
MANAGED_INSTANCES = (
    "Cannot associate Managed Instances capacity provider to clusters using this API. "
    "Managed Instances capacity providers are already associated with a cluster."
)
BAD_NAMESPACE = 'namespace can include up to 1024 characters, and none of <, >, " and /'
NO_LOG = (
    "A CloudWatch log group name or S3 bucket name must be specified when overriding the default log configuration."
)
NO_OVERRIDE = "You must set logging to 'OVERRIDE' when you supply a log configuration."
BAD_CHARACTERS = (
    "Some tags contain invalid characters. Valid characters: UTF-8 letters, spaces, numbers and _ . / = + - : @."
)
LOG = {"cloudWatchLogGroupName": "commands"}


def strategy(**items: tuple[int, int]) -> list[dict[str, Any]]:
    """A strategy of providers with weight and base."""
    return [
        {"capacityProvider": provider, "weight": weight, "base": base} for provider, (weight, base) in items.items()
    ]


def logging(setting: str | None, **log: str) -> dict[str, Any]:
    """The configuration of ExecuteCommand."""
    configuration: dict[str, Any] = {} if setting is None else {"logging": setting}
    return {"executeCommandConfiguration": {**configuration, **({"logConfiguration": log} if log else {})}}


class Refusal(NamedTuple):
    """A call and the error that it answers with."""

    operation: str
    parameters: dict[str, Any]
    code: str
    message: str
    source: str


def row(
    operation: str,
    parameters: dict[str, Any],
    message: str,
    source: str,
    code: str = "InvalidParameterException",
    *,
    id: str,
) -> Any:
    """A row of the table; most of what is refused is an InvalidParameterException."""
    return pytest.param(Refusal(operation, parameters, code, message, source), id=id)


def providers(*names: str, **items: tuple[int, int]) -> dict[str, Any]:
    """The capacity providers and the default strategy of a cluster."""
    return {"capacityProviders": list(names), "defaultCapacityProviderStrategy": strategy(**items)}


#: What the world holds is told by the fixture `world`.
REFUSALS = [
    # --- names and ARNs
    row(
        "create_cluster",
        {"clusterName": "pr od"},
        r"ClusterName must match ^[a-zA-Z0-9\\-_]{1,255}$",
        "deployment",
        id="create: a blank in the name",
    ),
    row(
        "create_cluster",
        {"clusterName": "x" * 256},
        r"ClusterName must match ^[a-zA-Z0-9\\-_]{1,255}$",
        "deployment",
        id="create: a name of 256 characters",
    ),
    row(
        "create_cluster",
        {"clusterName": ""},
        r"ClusterName must match ^[a-zA-Z0-9\\-_]{1,255}$",
        "deployment",
        id="create: an empty name",
    ),
    row(
        "describe_clusters", {"clusters": [""]}, "Clusters can not be blank.", "blox#170", id="describe: an empty name"
    ),
    row("describe_clusters", {"clusters": [" "]}, "Clusters can not be blank.", "blox#170", id="describe: a blank"),
    row(
        "describe_clusters",
        {"clusters": [f"c{number}" for number in range(101)]},
        "clusters can have at most 100 items.",
        "API reference",
        id="describe: 101 names",
    ),
    row(
        "describe_clusters",
        {"clusters": ["prod"], "include": ["TASKS"]},
        "include should be one of [ATTACHMENTS,CONFIGURATIONS,SETTINGS,STATISTICS,TAGS]",
        "terraform-provider-aws#23342",
        id="describe: an unknown include",
    ),
    row(
        "describe_clusters",
        {"clusters": ["arn:aws:ecs:eu-west-1:123456789012:cluster/prod"]},
        "Invalid Region in ARN",
        "aws-cli#3175, other operations",
        id="describe: an ARN of another region",
    ),
    row(
        "describe_clusters",
        {"clusters": ["arn:aws:ecs:us-east-1:111122223333:cluster/prod"]},
        "AccountIDs mismatch",
        "text as quoted for RunTask",
        id="describe: an ARN of another account",
    ),
    row(
        "describe_clusters",
        {"clusters": ["arn:aws:ecs:us-east-1:123456789012"]},
        "com.amazon.arn.ARNSyntaxException: Fifth colon (namespace/relative-id delimiter) not found: "
        "arn:aws:ecs:us-east-1:123456789012",
        "mondoohq/mql#6266",
        "ClientException",
        id="describe: half an ARN",
    ),
    row(
        "delete_cluster",
        {"cluster": f"{PLACE}:service/prod"},
        "Unsupported resource type: service",
        "aws-cli#7875, DescribeTasks",
        id="delete: an ARN of a service",
    ),
    row(
        "list_clusters",
        {"maxResults": 101},
        "maxResults must be at most 100",
        "API reference",
        id="list: a page of 101",
    ),
    row("list_clusters", {"maxResults": 0}, "maxResults must be at least 1", "API reference", id="list: an empty page"),
    row("list_clusters", {"nextToken": "bm9uc2Vuc2U="}, "Invalid token.", "API reference", id="list: a made-up token"),
    # --- the cluster's own state
    *[
        row(operation, {"cluster": "nowhere", **more}, "Cluster not found.", source, "ClusterNotFoundException", id=id)
        for operation, more, source, id in [
            ("update_cluster", {}, "text as quoted in many repositories", "update: an unknown cluster"),
            ("update_cluster_settings", {"settings": []}, "the same", "update settings: an unknown cluster"),
            (
                "put_cluster_capacity_providers",
                {"capacityProviders": [], "defaultCapacityProviderStrategy": []},
                "the same",
                "put: an unknown cluster",
            ),
            ("delete_cluster", {}, "the same", "delete: an unknown cluster"),
        ]
    ],
    *[
        row(operation, {"cluster": name, **more}, "Cluster was not ACTIVE.", source, "ClientException", id=id)
        for name, state in [("gone", "INACTIVE"), ("new", "PROVISIONING"), ("leaving", "DEPROVISIONING")]
        for operation, more, source, id in [
            ("update_cluster", {}, "by analogy", f"update: a cluster that is {state}"),
            ("update_cluster_settings", {"settings": []}, "by analogy", f"update settings: a cluster that is {state}"),
            (
                "put_cluster_capacity_providers",
                {"capacityProviders": [], "defaultCapacityProviderStrategy": []},
                "terraform-provider-aws#11285",
                f"put: a cluster that is {state}",
            ),
        ]
    ],
    *[
        row(operation, {"cluster": name, **more}, BUSY, source, "UpdateInProgressException", id=id)
        for operation, name, more, source, id in [
            (
                "put_cluster_capacity_providers",
                "busy",
                {"capacityProviders": [], "defaultCapacityProviderStrategy": []},
                "text as quoted in many repositories",
                "put: a busy cluster",
            ),
            ("update_cluster_settings", "busy", {"settings": []}, "API reference", "update settings: a busy cluster"),
            ("delete_cluster", "busy", {}, "API reference", "delete: a busy cluster"),
            ("delete_cluster", "new", {}, "API reference", "delete: a cluster that is PROVISIONING"),
            ("delete_cluster", "leaving", {}, "API reference", "delete: a cluster that is DEPROVISIONING"),
        ]
    ],
    row(
        "delete_cluster",
        {"cluster": "prod"},
        "The Cluster cannot be deleted while Tasks are active.",
        "cloud-nuke#368",
        "ClusterContainsTasksException",
        id="delete: a cluster with a task",
    ),
    # --- creating again
    row(
        "create_cluster",
        {"clusterName": "other", "capacityProviders": ["FARGATE"]},
        INCONSISTENT,
        "terraform#24615",
        id="create again: another provider",
    ),
    row(
        "create_cluster",
        {"clusterName": "other", "defaultCapacityProviderStrategy": strategy(FARGATE_SPOT=(1, 0))},
        INCONSISTENT,
        "terraform#24615",
        id="create again: a default strategy",
    ),
    # --- settings, configuration, namespace, tags
    *[
        row(operation, {**named, "settings": [setting]}, message, source, id=f"{id} of {operation}")
        for operation, named in [
            ("create_cluster", {"clusterName": "x"}),
            ("update_cluster", {"cluster": "other"}),
            ("update_cluster_settings", {"cluster": "other"}),
        ]
        for setting, message, source, id in [
            (
                {"name": "containerInsights", "value": "ENABLED"},
                "Invalid setting 'value'",
                "terraform-aws-ecs#264, UpdateCluster",
                "a value in capitals",
            ),
            ({"name": "insights", "value": "enabled"}, "Invalid setting 'name'", "by analogy", "an unknown name"),
            ({"name": "containerInsights"}, "Invalid setting 'value'", "by analogy", "no value"),
            ({"value": "enabled"}, "Invalid setting 'name'", "by analogy", "no name"),
        ]
    ],
    *[
        row(operation, {**named, "configuration": configuration}, message, "deployment", id=f"{id} of {operation}")
        for operation, named in [("create_cluster", {"clusterName": "x"}), ("update_cluster", {"cluster": "other"})]
        for configuration, message, id in [
            (logging("OVERRIDE"), NO_LOG, "logging overridden by nothing"),
            (logging("OVERRIDE", s3KeyPrefix="logs"), NO_LOG, "logging overridden by a prefix"),
            (logging("NONE", **LOG), NO_OVERRIDE, "a log without logging"),
            (logging("DEFAULT", **LOG), NO_OVERRIDE, "a log beside the default logging"),
            (logging(None, **LOG), NO_OVERRIDE, "a log without the word for it"),
        ]
    ],
    row(
        "create_cluster",
        {"clusterName": "x", "configuration": logging("ALL")},
        "logging should be one of [NONE,DEFAULT,OVERRIDE]",
        "terraform-provider-aws#23342 for the wording",
        id="create: an unknown logging",
    ),
    *[
        row(operation, {**named, "serviceConnectDefaults": {"namespace": name}}, BAD_NAMESPACE, "API reference", id=id)
        for operation, named, name, id in [
            ("create_cluster", {"clusterName": "x"}, "a/b", "create: a namespace with a slash"),
            ("create_cluster", {"clusterName": "x"}, "x" * 1025, "create: a namespace of 1025 characters"),
            ("create_cluster", {"clusterName": "x"}, "", "create: an empty namespace"),
            ("update_cluster", {"cluster": "other"}, "<shop>", "update: a namespace in angle brackets"),
        ]
    ],
    *[
        row(
            operation,
            {**named, "serviceConnectDefaults": {"namespace": arn}},
            f"Failed to retrieve namespace for {arn}",
            "terraform-aws-ecs#116, CreateService",
            "NamespaceNotFoundException",
            id=f"{id} of {operation}",
        )
        for operation, named in [("create_cluster", {"clusterName": "x"}), ("update_cluster", {"cluster": "other"})]
        for arn, id in [
            ("arn:aws:servicediscovery:eu-west-1:123456789012:namespace/ns-1", "a namespace of another region"),
            ("arn:aws:servicediscovery:us-east-1:111122223333:namespace/ns-1", "a namespace of another account"),
            ("arn:aws:servicediscovery:us-east-1:123456789012:service/srv-1", "a service for a namespace"),
        ]
    ],
    row(
        "create_cluster",
        {"clusterName": "x", "tags": [{"key": "a", "value": "1"}, {"key": "a", "value": "2"}]},
        "Multiple tags contain the same key.",
        "terraform-provider-aws#32259",
        id="create: a tag twice",
    ),
    row(
        "create_cluster",
        {"clusterName": "x", "tags": [{"key": f"k{number}", "value": ""} for number in range(51)]},
        "tags can have at most 50 items.",
        "API reference",
        id="create: 51 tags",
    ),
    row(
        "create_cluster",
        {"clusterName": "x", "tags": [{"key": "AWS:x", "value": ""}]},
        "Tag key must not start with aws:",
        "amazon-ecs-agent#1704",
        id="create: a reserved tag",
    ),
    row(
        "create_cluster",
        {"clusterName": "x", "tags": [{"key": "it's", "value": ""}]},
        BAD_CHARACTERS,
        "PrefectHQ/prefect-aws#223, RunTask",
        id="create: a tag with an apostrophe",
    ),
    # --- capacity providers
    *[
        row(operation, {**named, **parameters}, message, source, id=f"{id} of {operation}")
        for operation, named in [
            ("create_cluster", {"clusterName": "x"}),
            ("put_cluster_capacity_providers", {"cluster": "other"}),
        ]
        for parameters, message, source, id in [
            (providers("nothing"), NOT_FOUND, "terraform-aws-ecs#53", "an unknown provider"),
            (providers(f"{PLACE}:capacity-provider/FARGATE"), NOT_FOUND, "containers-roadmap#784", "an ARN"),
            (providers("deleted"), NOT_ACTIVE, "terraform-provider-aws#45693", "a deleted provider"),
            (
                providers("leaving"),
                NOT_ACTIVE.replace("deleted", "leaving"),
                "terraform-provider-aws#45693 for the text",
                "a provider that is being deleted",
            ),
            (providers("web"), ELSEWHERE, "API reference", "a provider of another cluster"),
            (
                providers(*[f"p{number}" for number in range(21)]),
                "The maximum number of capacity providers per cluster has been exceeded.",
                "cloudformation-coverage-roadmap#1086",
                "21 providers",
            ),
            (providers(nothing=(1, 0)), NOT_FOUND, "terraform-aws-ecs#53", "a strategy with an unknown provider"),
            (providers("FARGATE", FARGATE_SPOT=(1, 0)), NOT_ASSOCIATED, "deployment", "a strategy beside the list"),
            (
                providers("FARGATE", "FARGATE_SPOT", FARGATE=(1, 1), FARGATE_SPOT=(1, 1)),
                SEVERAL_BASES,
                "deployment",
                "two bases",
            ),
            (providers("FARGATE", "p0", FARGATE=(1, 0), p0=(1, 0)), MIXED, "text of CreateService", "two kinds"),
            (
                providers("FARGATE", FARGATE=(1001, 0)),
                "weight must be at most 1000",
                "API reference",
                "too much weight",
            ),
            (providers("FARGATE", FARGATE=(0, 100001)), "base must be at most 100000", "API reference", "a large base"),
        ]
    ],
    row(
        "put_cluster_capacity_providers",
        {"cluster": "prod", **providers("web")},
        IN_USE,
        "cdk-fargate-patterns#71",
        "ResourceInUseException",
        id="put: a provider that runs a task is left out",
    ),
    row(
        "put_cluster_capacity_providers",
        {"cluster": "prod", **providers("FARGATE", *[f"p{number}" for number in range(19)])},
        "The maximum number of capacity providers per cluster has been exceeded.",
        "cloudformation-coverage-roadmap#1086",
        id="put: twenty providers, together with the old ones twenty-one",
    ),
]

TWICE = [{"key": "a", "value": "1"}, {"key": "a", "value": "2"}]

#: Calls with two faults: the first that is looked for is the answer. Which one that is hasn't been seen on AWS.
ORDER = [
    row(
        "create_cluster",
        {"clusterName": "other", "tags": TWICE, **providers("FARGATE")},
        INCONSISTENT,
        "an assumption",
        id="create: an existing cluster, then its tags",
    ),
    row(
        "create_cluster",
        {"clusterName": "x", "tags": TWICE, "configuration": logging("OVERRIDE")},
        "Multiple tags contain the same key.",
        "an assumption",
        id="create: tags, then the configuration",
    ),
    row(
        "create_cluster",
        {"clusterName": "x", "configuration": logging("OVERRIDE"), **providers("nothing")},
        NO_LOG,
        "an assumption",
        id="create: the configuration, then the providers",
    ),
    row(
        "create_cluster",
        {"clusterName": "x", **providers("web", FARGATE=(1, 0))},
        ELSEWHERE,
        "an assumption",
        id="create: the providers, then the strategy",
    ),
    row(
        "create_cluster",
        {
            "clusterName": "x",
            "serviceConnectDefaults": {"namespace": "arn:aws:servicediscovery:eu-west-1:123456789012:namespace/ns-1"},
            **providers(FARGATE=(1, 0)),
        },
        NOT_ASSOCIATED,
        "an assumption",
        id="create: the strategy, then the namespace",
    ),
    row(
        "put_cluster_capacity_providers",
        {"cluster": "nowhere", **providers("nothing")},
        "Cluster not found.",
        "an assumption",
        "ClusterNotFoundException",
        id="put: the cluster, then the providers",
    ),
    row(
        "put_cluster_capacity_providers",
        {"cluster": "busy", **providers("nothing")},
        BUSY,
        "an assumption",
        "UpdateInProgressException",
        id="put: whether the cluster is busy, then the providers",
    ),
    row(
        "put_cluster_capacity_providers",
        {"cluster": "prod", **providers("deleted", FARGATE_SPOT=(1, 0))},
        NOT_ACTIVE,
        "an assumption",
        id="put: the providers, then the strategy",
    ),
    row(
        "put_cluster_capacity_providers",
        {"cluster": "other", **providers("FARGATE", "p0", FARGATE=(1, 1), p0=(1, 1))},
        MIXED,
        "an assumption",
        id="put: the kinds of a strategy, then its bases",
    ),
    row(
        "put_cluster_capacity_providers",
        {"cluster": "prod", **providers(FARGATE=(1, 0))},
        NOT_ASSOCIATED,
        "an assumption",
        id="put: the strategy, then what is in use",
    ),
    row(
        "update_cluster",
        {"cluster": "gone", "configuration": logging("OVERRIDE")},
        "Cluster was not ACTIVE.",
        "an assumption",
        "ClientException",
        id="update: the cluster, then the configuration",
    ),
]


@pytest.fixture
def world(ecs_client, ecs_fake, create_group_provider, register_on_fargate, run_on_fargate):
    """Clusters by what is special about them, and the providers `web` (of `prod`), `deleted`, `leaving`, and `p0` to `p20` (of no cluster).

    `prod` runs a task on FARGATE; `other` has nothing; `busy` changes its providers; `new`, `leaving` and `gone` are PROVISIONING,
    DEPROVISIONING and INACTIVE.
    """
    for name in ("web", "deleted", "leaving", *[f"p{number}" for number in range(21)]):
        create_group_provider(name)
    ecs_client.delete_capacity_provider(capacityProvider="deleted")
    ecs_fake.clusters.add("prod", capacity_providers=["FARGATE", "web"])
    for name in ("other", "busy", "gone"):
        ecs_fake.clusters.add(name)
    ecs_fake.clusters.add("leaving", capacity_providers=["FARGATE"])
    register_on_fargate()
    strategy = [{"capacityProvider": "FARGATE", "weight": 1}]
    run_on_fargate(cluster="prod", launchType=None, capacityProviderStrategy=strategy)
    ecs_fake.clock.advance(seconds=60)
    ecs_client.delete_capacity_provider(capacityProvider="leaving")
    ecs_client.delete_cluster(cluster="gone")
    ecs_client.delete_cluster(cluster="leaving")
    ecs_client.create_cluster(clusterName="new", serviceConnectDefaults={"namespace": "apps"})
    ecs_client.put_cluster_capacity_providers(
        cluster="busy", capacityProviders=["FARGATE"], defaultCapacityProviderStrategy=[]
    )


@pytest.fixture
def state(ecs_client):
    """All clusters and their capacity providers, as they are described."""

    def state():
        names = ["prod", "other", "busy", "gone", "leaving", "new", "x"]
        include = ["ATTACHMENTS", "CONFIGURATIONS", "SETTINGS", "TAGS"]
        answer = ecs_client.describe_clusters(clusters=names, include=include)
        return answer["clusters"], answer["failures"]

    return state


@pytest.mark.parametrize("refusal", [*REFUSALS, *ORDER])
@pytest.mark.usefixtures("world")
def test_a_call_with_a_fault_is_refused_and_changes_nothing(ecs_client, state, refusal):
    before = state()

    with pytest.raises(ecs_client.exceptions.from_code(refusal.code)) as error:
        getattr(ecs_client, refusal.operation)(**refusal.parameters)

    assert error.value.response["Error"] == {"Code": refusal.code, "Message": refusal.message}, refusal.source
    assert state() == before


def test_a_token_is_good_for_its_own_place_only(ecs_client, ecs_fake):
    ecs_fake.clusters.add("a")
    ecs_fake.clusters.add("b")
    token = ecs_client.list_clusters(maxResults=1)["nextToken"]

    with pytest.raises(ecs_client.exceptions.InvalidParameterException) as error:
        ecs_fake.in_region("eu-west-1").client.list_clusters(maxResults=1, nextToken=token)

    assert error.value.response["Error"]["Message"] == "Invalid token."


# --- what only a client without checks of its own can send ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("operation", "parameters", "message"),
    [
        pytest.param("update_cluster", {}, "cluster should not be null or empty.", id="update: no cluster"),
        pytest.param(
            "put_cluster_capacity_providers",
            {"cluster": "other", "capacityProviders": []},
            "defaultCapacityProviderStrategy should not be null or empty.",
            id="put: no strategy (terraform-provider-aws#11311 for the rule)",
        ),
    ],
)
@pytest.mark.usefixtures("world")
def test_what_is_missing_is_named(unchecked_client, operation, parameters, message):
    """API reference, "Required" of each; texts unverified."""
    with pytest.raises(unchecked_client.exceptions.InvalidParameterException) as error:
        getattr(unchecked_client, operation)(**parameters)

    assert error.value.response["Error"]["Message"] == message


# --- Managed Instances ------------------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("world")
def test_providers_of_managed_instances_are_not_put(ecs_client, ecs_fake, create_managed_instances):
    """terraform-provider-aws#45693 while they are PROVISIONING, #44783 then: this much of an order has been seen."""
    create_managed_instances("fleet", "other")
    seen = []

    for _ in range(2):
        with pytest.raises(ecs_client.exceptions.InvalidParameterException) as error:
            ecs_client.put_cluster_capacity_providers(cluster="other", **providers("fleet"))
        seen.append(error.value.response["Error"]["Message"])
        ecs_fake.clock.advance(seconds=10)

    assert seen == [NOT_ACTIVE.replace("deleted", "fleet"), MANAGED_INSTANCES]


@pytest.mark.usefixtures("world")
def test_a_strategy_does_not_mix_managed_instances_with_fargate(ecs_client, create_managed_instances):
    """Developer Guide, "Architect for Amazon ECS Managed Instances"; the text is that for Auto Scaling groups."""
    create_managed_instances("fleet", "other")

    with pytest.raises(ecs_client.exceptions.InvalidParameterException) as error:
        ecs_client.put_cluster_capacity_providers(cluster="other", **providers("FARGATE", FARGATE=(1, 0), fleet=(1, 0)))

    assert error.value.response["Error"]["Message"] == MIXED


@pytest.mark.usefixtures("world")
def test_a_cluster_with_managed_instances_is_not_deleted(ecs_client, create_managed_instances):
    """terraform-provider-aws#45794, aws-nuke#990."""
    create_managed_instances("fleet", "other")

    with pytest.raises(ecs_client.exceptions.ClientException) as error:
        ecs_client.delete_cluster(cluster="other")

    assert error.value.response["Error"]["Message"] == (
        "The Cluster cannot be deleted while Cluster Scoped Capacity Providers are attached to the cluster."
    )
