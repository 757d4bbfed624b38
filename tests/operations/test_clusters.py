"""Clusters: what the operations answer, and what time does to what is attached to a cluster.

A "recorded answer" is one of the API reference's, the AWS CLI's or the Developer Guide's examples, or one that a public repository quotes.
"""

from __future__ import annotations

import pytest

from pytest_ecsfake import ecs_fake as fake

pytestmark = pytest.mark.ecs_fake(poll_step=0)

PLACE = "arn:aws:ecs:us-east-1:123456789012"
EVERY_FIELD = ["ATTACHMENTS", "CONFIGURATIONS", "SETTINGS", "STATISTICS", "TAGS"]
ENABLED = [{"name": "containerInsights", "value": "enabled"}]
DISABLED = [{"name": "containerInsights", "value": "disabled"}]
LOGGING = {"executeCommandConfiguration": {"logging": "NONE"}}
STORAGE = {"managedStorageConfiguration": {"kmsKeyId": "0a1b2c3d"}}
STAGE = [{"key": "stage", "value": "prod"}]


@pytest.fixture
def describe(ecs_client):
    """Describe one cluster with everything that `include` can show, or with what is named."""

    def describe(name, *include):
        [cluster] = ecs_client.describe_clusters(clusters=[name], include=list(include) or EVERY_FIELD)["clusters"]
        return cluster

    return describe


@pytest.fixture
def attached(describe):
    """What is attached to a cluster: type, status, and the value of the last detail."""

    def attached(name):
        return [
            (each["type"], each["status"], *[detail["value"] for detail in each["details"][:1]])
            for each in describe(name)["attachments"]
        ]

    return attached


@pytest.fixture
def put(ecs_client):
    """Put capacity providers without a default strategy; the cluster as it comes back."""

    def put(name, *providers):
        answer = ecs_client.put_cluster_capacity_providers(
            cluster=name, capacityProviders=list(providers), defaultCapacityProviderStrategy=[]
        )
        return answer["cluster"]

    return put


# --- making -----------------------------------------------------------------------------------------------------------------------------


def test_a_new_cluster_is_active_and_empty(ecs_client):
    """Recorded answers of create-cluster."""
    cluster = ecs_client.create_cluster(clusterName="prod")["cluster"]

    assert cluster == {
        "clusterArn": f"{PLACE}:cluster/prod",
        "clusterName": "prod",
        "status": "ACTIVE",
        "registeredContainerInstancesCount": 0,
        "runningTasksCount": 0,
        "pendingTasksCount": 0,
        "activeServicesCount": 0,
        "statistics": [],
        "tags": [],
        "settings": DISABLED,
        "capacityProviders": [],
        "defaultCapacityProviderStrategy": [],
    }


def test_a_cluster_without_a_name_is_called_default(ecs_client):
    """API reference, CreateCluster, clusterName."""
    assert ecs_client.create_cluster()["cluster"]["clusterName"] == "default"


@pytest.mark.parametrize(
    "name", [pytest.param("0", id="a digit"), pytest.param("-", id="a hyphen"), pytest.param("_" * 255, id="255")]
)
def test_names_that_are_taken(ecs_client, name):
    """The pattern that ECS states: ^[a-zA-Z0-9\\-_]{1,255}$."""
    assert ecs_client.create_cluster(clusterName=name)["cluster"]["clusterName"] == name


def test_case_makes_another_cluster(ecs_client):
    ecs_client.create_cluster(clusterName="prod")
    ecs_client.create_cluster(clusterName="Prod")

    assert ecs_client.list_clusters()["clusterArns"] == [f"{PLACE}:cluster/prod", f"{PLACE}:cluster/Prod"]


@pytest.mark.parametrize("value", ["enabled", "disabled", "enhanced"])
def test_a_setting_is_what_the_call_says_else_what_the_account_says(ecs_client, value):
    """API reference, CreateCluster, settings."""
    own = ecs_client.create_cluster(clusterName="own", settings=[{"name": "containerInsights", "value": value}])[
        "cluster"
    ]
    ecs_client.put_account_setting_default(name="containerInsights", value=value)
    by_account = ecs_client.create_cluster(clusterName="by-account")["cluster"]

    assert own["settings"] == by_account["settings"] == [{"name": "containerInsights", "value": value}]


def test_what_is_given_at_creation_is_shown_at_once(ecs_client):
    """Recorded answers of create-cluster: tags, settings and configuration need no include."""
    cluster = ecs_client.create_cluster(clusterName="prod", tags=STAGE, settings=ENABLED, configuration=LOGGING)[
        "cluster"
    ]

    assert (cluster["tags"], cluster["settings"], cluster["configuration"]) == (STAGE, ENABLED, LOGGING)


@pytest.mark.parametrize(
    "execute_command",
    [
        pytest.param({"kmsKeyId": "0a1b2c3d"}, id="a key alone"),
        pytest.param({"logging": "NONE"}, id="no logging"),
        pytest.param(
            {"logging": "OVERRIDE", "logConfiguration": {"cloudWatchLogGroupName": "commands"}}, id="a log group"
        ),
        pytest.param(
            {"logging": "OVERRIDE", "logConfiguration": {"s3BucketName": "logs", "s3KeyPrefix": "ecs"}}, id="a bucket"
        ),
    ],
)
def test_a_configuration_is_kept_as_it_is_given(ecs_client, describe, execute_command):
    """API reference, ExecuteCommandConfiguration."""
    configuration = {"executeCommandConfiguration": execute_command}
    ecs_client.create_cluster(clusterName="prod", configuration=configuration)

    assert describe("prod")["configuration"] == configuration


# --- making again -----------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "other",
    [
        pytest.param({}, id="nothing else"),
        pytest.param({"settings": ENABLED}, id="other settings: terraform-provider-aws#38875"),
        pytest.param({"tags": STAGE}, id="other tags"),
        pytest.param(
            {"defaultCapacityProviderStrategy": [{"capacityProvider": "FARGATE", "weight": 1}]}, id="the same strategy"
        ),
        pytest.param({"capacityProviders": ["FARGATE_SPOT", "FARGATE"]}, id="the same providers, in another order"),
    ],
)
def test_a_second_creation_answers_with_the_cluster_that_is_there(ecs_client, describe, other):
    """API reference, CreateCluster; what makes no difference as far as it is known."""
    ecs_client.create_cluster(
        clusterName="prod",
        capacityProviders=["FARGATE", "FARGATE_SPOT"],
        defaultCapacityProviderStrategy=[{"capacityProvider": "FARGATE", "weight": 1}],
    )
    before = describe("prod")

    again = ecs_client.create_cluster(clusterName="prod", **other)["cluster"]

    assert again["settings"] == DISABLED
    assert describe("prod") == before


def test_a_second_creation_is_compared_with_the_first_not_with_what_was_put_since(ecs_client, ecs_fake, put):
    """ "arguments used in previous request(s)": an assumption."""
    ecs_client.create_cluster(clusterName="prod", capacityProviders=["FARGATE"])
    ecs_fake.clock.advance(seconds=10)
    put("prod", "FARGATE_SPOT")

    again = ecs_client.create_cluster(clusterName="prod", capacityProviders=["FARGATE"])["cluster"]

    assert again["capacityProviders"] == ["FARGATE_SPOT"]


def test_the_name_of_a_deleted_cluster_makes_a_new_one_with_the_same_arn(ecs_client, ecs_fake):
    """amazon-ecs-agent#14."""
    ecs_client.create_cluster(clusterName="prod", settings=ENABLED, tags=STAGE)
    ecs_client.delete_cluster(cluster="prod")

    again = ecs_client.create_cluster(clusterName="prod")["cluster"]

    assert (again["clusterArn"], again["status"]) == (f"{PLACE}:cluster/prod", "ACTIVE")
    assert (again["settings"], again["tags"]) == (DISABLED, [])
    assert len(ecs_fake.clusters) == 1


# --- describing -------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("include", "shown"),
    [
        pytest.param([], {}, id="nothing"),
        pytest.param(["SETTINGS"], {"settings": ENABLED}, id="SETTINGS"),
        pytest.param(["TAGS"], {"tags": STAGE}, id="TAGS"),
        pytest.param(["CONFIGURATIONS"], {"configuration": LOGGING}, id="CONFIGURATIONS"),
        pytest.param(["ATTACHMENTS"], {"attachments": []}, id="ATTACHMENTS"),
        pytest.param(["SETTINGS", "TAGS"], {"settings": ENABLED, "tags": STAGE}, id="two of them"),
    ],
)
def test_include_shows_what_is_hidden_otherwise(ecs_client, ecs_fake, include, shown):
    """API reference, DescribeClusters, include; aws-cli#6404 for the empty lists."""
    ecs_client.create_cluster(
        clusterName="prod", settings=ENABLED, tags=STAGE, configuration=LOGGING, capacityProviders=["FARGATE"]
    )
    ecs_fake.clock.advance(seconds=10)

    [cluster] = ecs_client.describe_clusters(clusters=["prod"], include=include)["clusters"]

    assert cluster == {
        "clusterArn": f"{PLACE}:cluster/prod",
        "clusterName": "prod",
        "status": "ACTIVE",
        "registeredContainerInstancesCount": 0,
        "runningTasksCount": 0,
        "pendingTasksCount": 0,
        "activeServicesCount": 0,
        "statistics": [],
        "tags": [],
        "settings": [],
        "capacityProviders": ["FARGATE"],
        "defaultCapacityProviderStrategy": [],
        **shown,
    }


def test_a_cluster_that_has_none_shows_no_configuration_and_no_status_of_attachments(ecs_client, describe):
    """aws-cli#8899 for the configuration."""
    ecs_client.create_cluster(clusterName="prod")

    cluster = describe("prod")

    assert cluster["attachments"] == []
    assert {"configuration", "attachmentsStatus", "serviceConnectDefaults"}.isdisjoint(cluster)


def test_clusters_are_described_once_each_in_the_order_of_the_request(ecs_client):
    for name in ("a", "b", "default"):
        ecs_client.create_cluster(clusterName=name)

    answer = ecs_client.describe_clusters(clusters=["b", f"{PLACE}:cluster/a", f"{PLACE}:cluster/b"])

    assert [cluster["clusterName"] for cluster in answer["clusters"]] == ["b", "a"]
    assert answer["failures"] == []


@pytest.mark.parametrize(
    ("request_", "missing"),
    [
        pytest.param({}, "default", id="no name: amazon-ecs-cli#1067"),
        pytest.param({"clusters": []}, "default", id="an empty list"),
        pytest.param({"clusters": ["nowhere"]}, "nowhere", id="a bare name: moto#2078"),
        pytest.param({"clusters": [f"{PLACE}:cluster/nowhere"]}, "nowhere", id="an ARN"),
    ],
)
def test_an_unknown_cluster_is_a_failure_with_its_arn(ecs_client, request_, missing):
    answer = ecs_client.describe_clusters(**request_)

    assert answer["clusters"] == []
    assert answer["failures"] == [{"arn": f"{PLACE}:cluster/{missing}", "reason": "MISSING"}]


def test_a_deleted_cluster_is_described_but_not_listed(ecs_client, describe):
    """API reference, DeleteCluster; aws-cli#2078."""
    ecs_client.create_cluster(clusterName="prod", tags=STAGE)
    ecs_client.delete_cluster(cluster="prod")

    cluster = describe("prod")

    assert (cluster["status"], cluster["tags"]) == ("INACTIVE", [])
    assert ecs_client.list_clusters()["clusterArns"] == []


def test_counts_and_statistics_are_those_of_the_moment(
    ecs_client, ecs_fake, describe, register_on_fargate, run_on_fargate
):
    """API reference, Cluster, statistics; the names in the order of a real answer, the four of Managed Instances apart."""
    ecs_client.create_cluster(clusterName="prod")
    register_on_fargate()
    seen = []

    def look():
        cluster = describe("prod")
        statistics = {each["name"]: each["value"] for each in cluster["statistics"]}
        seen.append(
            (
                cluster["pendingTasksCount"],
                statistics["pendingFargateTasksCount"],
                cluster["runningTasksCount"],
                statistics["runningFargateTasksCount"],
            )
        )
        return statistics

    tasks = run_on_fargate(cluster="prod", count=2)["tasks"]
    look()
    ecs_fake.clock.advance(seconds=10)
    look()
    ecs_fake.clock.advance(seconds=20)
    look()
    ecs_client.stop_task(cluster="prod", task=tasks[0]["taskArn"])
    ecs_fake.clock.advance(seconds=60)
    statistics = look()

    assert seen == [(0, "0", 0, "0"), (2, "2", 0, "0"), (0, "0", 2, "2"), (0, "0", 1, "1")]
    assert [name for name in statistics if "ManagedInstances" not in name] == [
        "runningEC2TasksCount",
        "runningFargateTasksCount",
        "pendingEC2TasksCount",
        "pendingFargateTasksCount",
        "runningExternalTasksCount",
        "pendingExternalTasksCount",
        "activeEC2ServiceCount",
        "activeFargateServiceCount",
        "drainingEC2ServiceCount",
        "drainingFargateServiceCount",
        "activeExternalServiceCount",
        "drainingExternalServiceCount",
    ]
    assert {value for name, value in statistics.items() if name != "runningFargateTasksCount"} == {"0"}


# --- listing ----------------------------------------------------------------------------------------------------------------------------


def test_pages_joined_are_the_whole_list(ecs_client):
    """API reference, ListClusters, maxResults: 100 by default."""
    arns = [ecs_client.create_cluster(clusterName=f"c{number}")["cluster"]["clusterArn"] for number in range(101)]

    by_ten = list(ecs_client.get_paginator("list_clusters").paginate(PaginationConfig={"PageSize": 10}))
    by_default = list(ecs_client.get_paginator("list_clusters").paginate())

    assert [len(page["clusterArns"]) for page in by_ten] == [10] * 10 + [1]
    assert [len(page["clusterArns"]) for page in by_default] == [100, 1]
    assert [arn for page in by_ten for arn in page["clusterArns"]] == arns
    assert "nextToken" not in by_ten[-1]


def test_a_page_goes_on_where_it_stopped_when_clusters_come_and_go(ecs_client):
    for name in ("a", "b", "c", "d"):
        ecs_client.create_cluster(clusterName=name)

    first = ecs_client.list_clusters(maxResults=2)
    ecs_client.delete_cluster(cluster="b")
    ecs_client.delete_cluster(cluster="c")
    ecs_client.create_cluster(clusterName="e")
    second = ecs_client.list_clusters(maxResults=2, nextToken=first["nextToken"])

    assert first["clusterArns"] == [f"{PLACE}:cluster/a", f"{PLACE}:cluster/b"]
    assert second["clusterArns"] == [f"{PLACE}:cluster/d", f"{PLACE}:cluster/e"]
    assert "nextToken" not in second


def test_regions_and_accounts_have_clusters_of_their_own(ecs_client, ecs_fake):
    ecs_client.create_cluster(clusterName="prod")

    elsewhere = ecs_fake.in_region("eu-west-1").client.list_clusters()
    others = ecs_fake.in_account("111122223333").client.describe_clusters(clusters=["prod"])

    assert elsewhere["clusterArns"] == []
    assert others["failures"] == [{"arn": "arn:aws:ecs:us-east-1:111122223333:cluster/prod", "reason": "MISSING"}]


# --- changing ---------------------------------------------------------------------------------------------------------------------------


def test_an_update_changes_what_is_given_and_leaves_the_rest(ecs_client, describe):
    """API reference, UpdateCluster; recorded answer of update-cluster for what it shows."""
    ecs_client.create_cluster(clusterName="prod", configuration=LOGGING, tags=STAGE)

    settings = ecs_client.update_cluster(cluster="prod", settings=ENABLED)["cluster"]
    configuration = ecs_client.update_cluster(cluster=f"{PLACE}:cluster/prod", configuration=STORAGE)["cluster"]

    assert (settings["settings"], settings["configuration"]) == (ENABLED, LOGGING)
    assert (configuration["settings"], configuration["configuration"]) == (ENABLED, {**LOGGING, **STORAGE})
    assert (configuration["attachments"], configuration["tags"], configuration["statistics"]) == ([], [], [])
    assert describe("prod")["tags"] == STAGE


def test_an_update_of_nothing_changes_nothing(ecs_client, describe):
    ecs_client.create_cluster(clusterName="prod", settings=ENABLED)
    before = describe("prod")

    ecs_client.update_cluster(cluster="prod")
    ecs_client.update_cluster_settings(cluster="prod", settings=[])

    assert describe("prod") == before


def test_a_configuration_may_come_later(ecs_client, describe):
    ecs_client.create_cluster(clusterName="prod")

    ecs_client.update_cluster(cluster="prod", configuration=LOGGING)

    assert describe("prod")["configuration"] == LOGGING


def test_settings_have_an_update_of_their_own(ecs_client, describe):
    """Recorded answer of update-cluster-settings."""
    ecs_client.create_cluster(clusterName="prod", configuration=LOGGING)

    cluster = ecs_client.update_cluster_settings(cluster="prod", settings=ENABLED)["cluster"]

    assert (cluster["settings"], cluster["attachments"]) == (ENABLED, [])
    assert "configuration" not in cluster
    assert describe("prod")["settings"] == ENABLED


# --- Service Connect --------------------------------------------------------------------------------------------------------------------


def test_a_cluster_with_a_namespace_is_ready_once_it_is_attached(ecs_client, ecs_fake, describe, attached):
    """Developer Guide, tutorial of Service Connect with the AWS CLI."""
    created = ecs_client.create_cluster(clusterName="prod", serviceConnectDefaults={"namespace": "shop"})["cluster"]
    ecs_fake.clock.advance(seconds=10)

    [attachment] = created["attachments"]
    assert (created["status"], created["attachmentsStatus"]) == ("PROVISIONING", "UPDATE_IN_PROGRESS")
    assert (attachment["type"], attachment["status"], attachment["details"]) == ("sc", "ATTACHING", [])
    assert created["serviceConnectDefaults"]["namespace"].startswith(
        "arn:aws:servicediscovery:us-east-1:123456789012:namespace/ns-"
    )
    assert (describe("prod")["status"], describe("prod")["attachmentsStatus"]) == ("ACTIVE", "UPDATE_COMPLETE")
    assert attached("prod") == [("sc", "ATTACHED")]


def test_a_namespace_is_one_and_the_same_wherever_it_is_named(ecs_client):
    """API reference, ClusterServiceConnectDefaultsRequest: an existing name or ARN means that namespace."""

    def namespace_of(name, namespace):
        answer = ecs_client.create_cluster(clusterName=name, serviceConnectDefaults={"namespace": namespace})
        return answer["cluster"]["serviceConnectDefaults"]["namespace"]

    first = namespace_of("a", "shop")

    assert namespace_of("b", "shop") == first
    assert namespace_of("c", first) == first
    assert namespace_of("d", "Shop") != first


def test_a_namespace_that_comes_later_is_attached_at_once(ecs_client, attached):
    """Recorded answer of update-cluster."""
    ecs_client.create_cluster(clusterName="prod")

    cluster = ecs_client.update_cluster(cluster="prod", serviceConnectDefaults={"namespace": "shop"})["cluster"]

    assert (cluster["status"], cluster["attachmentsStatus"]) == ("ACTIVE", "UPDATE_COMPLETE")
    assert attached("prod") == [("sc", "ATTACHED")]


def test_no_namespace_attaches_nothing(ecs_client, describe):
    ecs_client.create_cluster(clusterName="prod")

    ecs_client.update_cluster(cluster="prod", serviceConnectDefaults={"namespace": ""})

    assert "attachmentsStatus" not in describe("prod")


def test_another_namespace_leaves_what_else_is_attached(
    ecs_client, ecs_fake, create_group_provider, describe, put, attached
):
    """Recorded answer of update-cluster; that a busy cluster stays busy is an assumption."""
    create_group_provider("web")
    ecs_client.create_cluster(clusterName="prod", serviceConnectDefaults={"namespace": "shop"})
    ecs_fake.clock.advance(seconds=10)
    put("prod", "web")

    for namespace in ("till", "shop"):
        ecs_client.update_cluster(cluster="prod", serviceConnectDefaults={"namespace": namespace})
    busy = describe("prod")["attachmentsStatus"]
    ecs_fake.clock.advance(seconds=10)
    put("prod", "web", "FARGATE")

    assert busy == "UPDATE_IN_PROGRESS"
    assert attached("prod") == [
        ("sc", "DELETED"),
        ("managed_draining", "CREATED", "web"),
        ("sc", "DELETED"),
        ("sc", "ATTACHED"),
    ]


def test_another_namespace_takes_the_place_of_the_first_and_an_empty_one_takes_it_away(
    ecs_client, ecs_fake, describe, attached
):
    """Recorded answer of update-cluster; API reference, ClusterServiceConnectDefaultsRequest, for the empty name."""
    ecs_client.create_cluster(clusterName="prod", serviceConnectDefaults={"namespace": "shop"})
    ecs_fake.clock.advance(seconds=10)

    other = ecs_client.update_cluster(cluster="prod", serviceConnectDefaults={"namespace": "till"})["cluster"]
    ecs_client.update_cluster(cluster="prod", serviceConnectDefaults={"namespace": "till"})
    ecs_client.update_cluster(cluster="prod", settings=ENABLED)
    with_other = attached("prod")
    ecs_client.update_cluster(cluster="prod", serviceConnectDefaults={"namespace": ""})

    assert (other["status"], other["attachmentsStatus"]) == ("ACTIVE", "UPDATE_COMPLETE")
    assert with_other == [("sc", "DELETED"), ("sc", "ATTACHED")]
    assert attached("prod") == [("sc", "DELETED"), ("sc", "DELETED")]
    assert "serviceConnectDefaults" not in describe("prod")


# --- capacity providers of a cluster ----------------------------------------------------------------------------------------------------


def test_fargates_providers_need_no_attachments_but_time(ecs_client, ecs_fake, describe, put):
    """Recorded answers of put-cluster-capacity-providers with FARGATE and FARGATE_SPOT."""
    ecs_client.create_cluster(clusterName="prod")

    answer = ecs_client.put_cluster_capacity_providers(
        cluster="prod",
        capacityProviders=["FARGATE", "FARGATE_SPOT"],
        defaultCapacityProviderStrategy=[
            {"capacityProvider": "FARGATE", "weight": 1, "base": 1},
            {"capacityProvider": "FARGATE_SPOT", "weight": 4},
        ],
    )["cluster"]
    ecs_fake.clock.advance(seconds=10)

    assert (answer["status"], answer["attachments"], answer["attachmentsStatus"]) == (
        "ACTIVE",
        [],
        "UPDATE_IN_PROGRESS",
    )
    assert answer["settings"] == DISABLED
    assert answer["capacityProviders"] == ["FARGATE", "FARGATE_SPOT"]
    assert answer["defaultCapacityProviderStrategy"] == [
        {"capacityProvider": "FARGATE", "weight": 1, "base": 1},
        {"capacityProvider": "FARGATE_SPOT", "weight": 4, "base": 0},
    ]
    assert describe("prod")["attachmentsStatus"] == "UPDATE_COMPLETE"


def test_a_provider_is_put_and_taken_away_again(ecs_client, ecs_fake, create_group_provider, describe, put, attached):
    """Recorded answers of put-cluster-capacity-providers: the cluster is busy until its attachments have followed."""
    ecs_client.create_cluster(clusterName="prod")
    create_group_provider("web", managedScaling={"status": "ENABLED"})

    coming = put("prod", "web")
    busy = attached("prod")
    ecs_fake.clock.advance(seconds=10)
    there = attached("prod")
    replaced = put("prod", "FARGATE")
    leaving = attached("prod")
    ecs_fake.clock.advance(seconds=10)

    policy, hook = [{each["name"]: each["value"] for each in item["details"]} for item in coming["attachments"]]
    assert policy["scalingPolicyName"].startswith("ECSManagedAutoScalingPolicy-")
    assert hook == {
        "capacityProviderName": "web",
        "autoScalingLifecycleHookName": "ecs-managed-draining-termination-hook",
    }
    assert busy == [("as_policy", "PRECREATED", "web"), ("managed_draining", "PRECREATED", "web")]
    assert there == [("as_policy", "CREATED", "web"), ("managed_draining", "CREATED", "web")]
    assert (replaced["capacityProviders"], replaced["attachmentsStatus"]) == (["FARGATE"], "UPDATE_IN_PROGRESS")
    assert leaving == [("as_policy", "DELETING", "web"), ("managed_draining", "DELETING", "web")]
    assert attached("prod") == []
    assert describe("prod")["attachmentsStatus"] == "UPDATE_COMPLETE"


@pytest.mark.parametrize(
    ("group", "types"),
    [
        pytest.param({}, ["managed_draining"], id="managed scaling is off by default"),
        pytest.param({"managedScaling": {}}, ["as_policy", "managed_draining"], id="managed scaling"),
        pytest.param({"managedDraining": "DISABLED"}, [], id="neither"),
        pytest.param({"managedScaling": {}, "managedDraining": "DISABLED"}, ["as_policy"], id="no managed draining"),
    ],
)
def test_what_a_provider_attaches_follows_from_its_settings(
    ecs_client, ecs_fake, create_group_provider, put, attached, group, types
):
    """Recorded answers; that managed scaling alone needs the policy is an assumption."""
    ecs_client.create_cluster(clusterName="prod")
    create_group_provider("web", **group)

    put("prod", "web")

    assert [type_ for type_, *_ in attached("prod")] == types


def test_what_stays_keeps_its_attachments(ecs_client, ecs_fake, create_group_provider, describe, put):
    ecs_client.create_cluster(clusterName="prod")
    create_group_provider("web")
    create_group_provider("batch")
    put("prod", "web")
    ecs_fake.clock.advance(seconds=10)
    [before] = describe("prod")["attachments"]

    put("prod", "batch", "web")
    busy = [each["status"] for each in describe("prod")["attachments"]]
    ecs_fake.clock.advance(seconds=10)

    assert busy == ["CREATED", "PRECREATED"]
    assert describe("prod")["attachments"][0] == before
    assert [each["status"] for each in describe("prod")["attachments"]] == ["CREATED", "CREATED"]


def test_a_cluster_with_fargates_providers_alone_is_active_at_once(ecs_client):
    """Recorded answer of create-cluster of 2026-04."""
    created = ecs_client.create_cluster(clusterName="prod", capacityProviders=["FARGATE", "FARGATE_SPOT"])["cluster"]

    assert (created["status"], created["capacityProviders"]) == ("ACTIVE", ["FARGATE", "FARGATE_SPOT"])
    assert created.keys().isdisjoint({"attachments", "attachmentsStatus"})


def test_a_cluster_with_providers_is_provisioning_first(
    ecs_client, ecs_fake, create_group_provider, describe, register_on_fargate, run_on_fargate
):
    """Recorded answer of create-cluster. The cluster takes tasks in the meantime (an assumption)."""
    create_group_provider("web")
    register_on_fargate()

    created = ecs_client.create_cluster(clusterName="prod", capacityProviders=["web"])["cluster"]
    run_on_fargate(cluster="prod")
    listed = ecs_client.list_clusters()["clusterArns"]
    ecs_fake.clock.advance(seconds=10)

    assert (created["status"], created["attachmentsStatus"]) == ("PROVISIONING", "UPDATE_IN_PROGRESS")
    assert listed == [f"{PLACE}:cluster/prod"]
    assert (describe("prod")["status"], describe("prod")["attachmentsStatus"]) == ("ACTIVE", "UPDATE_COMPLETE")


def test_a_strategy_may_name_providers_of_managed_instances_that_are_not_put(
    ecs_client, ecs_fake, create_managed_instances
):
    """aws-cdk#35783; newly put lists don't take such providers away, since they belong to the cluster."""
    ecs_client.create_cluster(clusterName="prod")
    create_managed_instances("fleet", "prod")

    cluster = ecs_client.put_cluster_capacity_providers(
        cluster="prod",
        capacityProviders=["FARGATE"],
        defaultCapacityProviderStrategy=[{"capacityProvider": "fleet", "weight": 1}],
    )["cluster"]

    assert cluster["capacityProviders"] == ["FARGATE", "fleet"]
    assert cluster["attachments"] == []


def test_a_provider_may_leave_when_its_tasks_have_stopped(
    ecs_client, ecs_fake, put, register_on_fargate, run_on_fargate
):
    """API reference, PutClusterCapacityProviders: not while it is used by existing tasks."""
    ecs_client.create_cluster(clusterName="prod", capacityProviders=["FARGATE"])
    ecs_fake.clock.advance(seconds=10)
    register_on_fargate()
    strategy = [{"capacityProvider": "FARGATE", "weight": 1}]
    [task] = run_on_fargate(cluster="prod", launchType=None, capacityProviderStrategy=strategy)["tasks"]
    ecs_client.stop_task(cluster="prod", task=task["taskArn"])

    with pytest.raises(ecs_client.exceptions.ResourceInUseException):
        put("prod")
    put("prod", "FARGATE", "FARGATE_SPOT")
    ecs_fake.clock.advance_until(lambda: ecs_fake.tasks[task["taskArn"]].last_status == "STOPPED")

    assert put("prod")["capacityProviders"] == []


# --- deleting ---------------------------------------------------------------------------------------------------------------------------


def test_an_empty_cluster_is_deleted_at_once_and_again(ecs_client):
    """Recorded answer of delete-cluster; aws-cli#2078 for the second time."""
    created = ecs_client.create_cluster(clusterName="prod", tags=STAGE)["cluster"]

    first = ecs_client.delete_cluster(cluster="prod")["cluster"]
    second = ecs_client.delete_cluster(cluster=f"{PLACE}:cluster/prod")["cluster"]

    assert first == second == {**created, "status": "INACTIVE", "tags": []}


@pytest.mark.parametrize("provider", ["web", "FARGATE"])
def test_a_cluster_with_providers_is_deleted_when_they_have_left(
    ecs_client, ecs_fake, create_group_provider, describe, provider
):
    """A recorded answer of delete-cluster with Fargate's providers; API reference, DeleteCapacityProvider: they are free then."""
    create_group_provider("web")
    ecs_client.create_cluster(clusterName="prod", capacityProviders=[provider])
    ecs_fake.clock.advance(seconds=10)

    deleted = ecs_client.delete_cluster(cluster="prod")["cluster"]
    listed = ecs_client.list_clusters()["clusterArns"]
    ecs_fake.clock.advance(seconds=10)
    other = ecs_client.create_cluster(clusterName="other", capacityProviders=[provider])["cluster"]

    assert (deleted["status"], deleted["attachmentsStatus"]) == ("DEPROVISIONING", "UPDATE_IN_PROGRESS")
    assert (deleted["capacityProviders"], deleted["settings"]) == ([provider], DISABLED)
    assert [each["status"] for each in deleted["attachments"]] == ([] if provider == "FARGATE" else ["DELETING"])
    assert listed == [f"{PLACE}:cluster/prod"]
    assert (describe("prod")["status"], describe("prod")["capacityProviders"]) == ("INACTIVE", [])
    assert other["capacityProviders"] == [provider]


def test_a_cluster_that_is_being_deleted_runs_nothing(ecs_client, ecs_fake, register_on_fargate, run_on_fargate):
    """As one that is INACTIVE already (an assumption): its tasks would outlive it."""
    ecs_fake.clusters.add("prod", capacity_providers=["FARGATE"])
    register_on_fargate()
    ecs_client.delete_cluster(cluster="prod")

    with pytest.raises(ecs_client.exceptions.ClusterNotFoundException) as error:
        run_on_fargate(cluster="prod")

    assert error.value.response["Error"]["Message"] == "The referenced cluster was inactive."


def test_a_cluster_with_a_namespace_is_deleted_when_it_is_detached(ecs_client, ecs_fake, describe, attached):
    """By analogy with capacity providers: none has been seen."""
    ecs_client.create_cluster(clusterName="prod", serviceConnectDefaults={"namespace": "shop"})
    ecs_fake.clock.advance(seconds=10)

    deleted = ecs_client.delete_cluster(cluster="prod")["cluster"]
    detaching = attached("prod")
    ecs_fake.clock.advance(seconds=10)
    ecs_client.delete_cluster(cluster="prod")

    assert (deleted["status"], detaching) == ("DEPROVISIONING", [("sc", "DETACHING")])
    assert (describe("prod")["status"], attached("prod")) == ("INACTIVE", [("sc", "DELETED")])


def test_a_cluster_is_deleted_when_its_tasks_have_stopped(ecs_client, ecs_fake, register_on_fargate, run_on_fargate):
    """API reference, ClusterContainsTasksException."""
    ecs_client.create_cluster(clusterName="prod")
    register_on_fargate()
    [task] = run_on_fargate(cluster="prod")["tasks"]
    ecs_client.stop_task(cluster="prod", task=task["taskArn"])

    with pytest.raises(ecs_client.exceptions.ClusterContainsTasksException):
        ecs_client.delete_cluster(cluster="prod")
    ecs_fake.clock.advance_until(lambda: ecs_fake.tasks[task["taskArn"]].last_status == "STOPPED")

    assert ecs_client.delete_cluster(cluster="prod")["cluster"]["status"] == "INACTIVE"


def test_the_time_line_tells_of_every_change(ecs_client, ecs_fake, put):
    ecs_client.create_cluster(clusterName="prod", serviceConnectDefaults={"namespace": "apps"})
    ecs_fake.clock.advance(seconds=10)
    put("prod", "FARGATE")
    ecs_fake.clock.advance(seconds=10)
    ecs_client.delete_cluster(cluster="prod")
    ecs_fake.clock.advance(seconds=10)

    lines = [line.split(None, 1) for line in ecs_fake.timeline(None, folded=False).splitlines()]
    assert [(at, text) for at, text in lines if text.startswith("cluster prod: ")] == [
        ("+0s", "cluster prod: status PROVISIONING"),
        ("+0s", "cluster prod: attachmentsStatus UPDATE_IN_PROGRESS"),
        ("+10s", "cluster prod: attachmentsStatus UPDATE_IN_PROGRESS -> UPDATE_COMPLETE"),
        ("+10s", "cluster prod: status PROVISIONING -> ACTIVE"),
        ("+10s", "cluster prod: attachmentsStatus UPDATE_COMPLETE -> UPDATE_IN_PROGRESS"),
        ("+20s", "cluster prod: attachmentsStatus UPDATE_IN_PROGRESS -> UPDATE_COMPLETE"),
        ("+20s", "cluster prod: attachmentsStatus UPDATE_COMPLETE -> UPDATE_IN_PROGRESS"),
        ("+20s", "cluster prod: status ACTIVE -> DEPROVISIONING"),
        ("+30s", "cluster prod: attachmentsStatus UPDATE_IN_PROGRESS -> UPDATE_COMPLETE"),
        ("+30s", "cluster prod: status DEPROVISIONING -> INACTIVE"),
    ]


# --- how long -----------------------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("timings", "seconds"),
    [
        pytest.param("instant", 0, id="instant: complete at the next call"),
        pytest.param({"UPDATE_IN_PROGRESS": 3}, 3, id="three seconds"),
    ],
)
def test_timings_say_how_long_a_cluster_is_busy(timings, seconds):
    with fake(timings=timings) as ecs:
        connected = {"clusterName": "prod", "serviceConnectDefaults": {"namespace": "apps"}}
        created = ecs.client.create_cluster(**connected)["cluster"]
        ecs.clock.advance(seconds=seconds)

        assert (created["status"], ecs.clusters["prod"].status) == ("PROVISIONING", "ACTIVE")


def test_a_cluster_that_the_test_adds_has_its_providers_already(ecs_client, ecs_fake, put):
    """Set-up isn't on its way: what is put in the next seconds takes its own time."""
    cluster = ecs_fake.clusters.add("prod", capacity_providers=["FARGATE"])
    ecs_fake.clock.advance(seconds=5)
    put("prod", "FARGATE_SPOT")
    ecs_fake.clock.advance(seconds=5)

    assert (cluster.status, cluster.capacity_providers) == ("ACTIVE", ["FARGATE_SPOT"])
    with pytest.raises(ecs_client.exceptions.UpdateInProgressException):
        put("prod")
