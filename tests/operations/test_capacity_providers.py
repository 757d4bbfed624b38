"""Capacity providers: what the operations answer, and how a provider becomes ACTIVE, is updated and deleted as time goes on.

A "recorded answer" is one of the AWS CLI's or the Developer Guide's examples, or one that a public repository quotes.
"""

from __future__ import annotations

import pytest

from pytest_ecsfake import ecs_fake as fake

pytestmark = pytest.mark.ecs_fake(clusters=["prod"], poll_step=0)

PLACE = "arn:aws:ecs:us-east-1:123456789012"
GROUP = (
    "arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:"
    "a0d50b0e-2c73-4e46-96b6-b2ddd87e7c4f:autoScalingGroupName/web"
)
#: API reference, ManagedScaling: what is filled in.
SCALING = {
    "status": "ENABLED",
    "targetCapacity": 100,
    "minimumScalingStepSize": 1,
    "maximumScalingStepSize": 10000,
    "instanceWarmupPeriod": 300,
}
TEAM = [{"key": "team", "value": "shop"}]


@pytest.fixture
def known(ecs_client):
    """A document of a provider without the members that this botocore doesn't know."""
    members = ecs_client.meta.service_model.shape_for("CapacityProvider").members
    return lambda document: {name: value for name, value in document.items() if name in members}


@pytest.fixture
def describe(ecs_client):
    """Describe one provider."""

    def describe(name):
        [provider] = ecs_client.describe_capacity_providers(capacityProviders=[name])["capacityProviders"]
        return provider

    return describe


@pytest.fixture
def put(ecs_client):
    """Put capacity providers without a default strategy."""

    def put(name, *providers):
        ecs_client.put_cluster_capacity_providers(
            cluster=name, capacityProviders=list(providers), defaultCapacityProviderStrategy=[]
        )

    return put


@pytest.fixture
def names(ecs_client):
    """The names in a list of providers."""

    def names(**parameters):
        providers = ecs_client.describe_capacity_providers(**parameters)["capacityProviders"]
        return [provider["name"] for provider in providers]

    return names


# --- of an Auto Scaling group -----------------------------------------------------------------------------------------------------------


def test_a_provider_of_a_group_is_active_at_once(ecs_client, describe, known):
    """Recorded answer of create-capacity-provider (2024): nothing but the group was given but managed scaling and its target."""
    answer = ecs_client.create_capacity_provider(
        name="web",
        autoScalingGroupProvider={
            "autoScalingGroupArn": GROUP,
            "managedScaling": {"status": "ENABLED", "targetCapacity": 80},
        },
    )["capacityProvider"]

    assert answer == known(
        {
            "capacityProviderArn": f"{PLACE}:capacity-provider/web",
            "name": "web",
            "status": "ACTIVE",
            "autoScalingGroupProvider": {
                "autoScalingGroupArn": GROUP,
                "managedScaling": {**SCALING, "targetCapacity": 80},
                "managedTerminationProtection": "DISABLED",
                "managedDraining": "ENABLED",
            },
            "tags": [],
            "type": "EC2_AUTOSCALING",
        }
    )
    assert describe("web") == answer


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param({}, {**SCALING, "status": "DISABLED"}, id="left out, it is off (an assumption)"),
        pytest.param({"managedScaling": {}}, SCALING, id="empty, it is on (an assumption)"),
        pytest.param(
            {"managedScaling": {"status": "DISABLED"}}, {**SCALING, "status": "DISABLED"}, id="off has its numbers too"
        ),
        pytest.param(
            {"managedScaling": {"targetCapacity": 1, "minimumScalingStepSize": 7, "maximumScalingStepSize": 7}},
            {**SCALING, "targetCapacity": 1, "minimumScalingStepSize": 7, "maximumScalingStepSize": 7},
            id="one step size, the least target",
        ),
        pytest.param(
            {"managedScaling": {"instanceWarmupPeriod": 0}}, {**SCALING, "instanceWarmupPeriod": 0}, id="no warm-up"
        ),
    ],
)
def test_managed_scaling_is_filled_in(create_group_provider, given, expected):
    """API reference, ManagedScaling."""
    provider = create_group_provider("web", **given)

    assert provider["autoScalingGroupProvider"]["managedScaling"] == expected


def test_a_group_that_is_given_by_name_comes_back_as_an_arn(ecs_client):
    """API reference, AutoScalingGroupProvider, for the name; the ARN in the answer is an assumption."""
    answer = ecs_client.create_capacity_provider(
        name="web", autoScalingGroupProvider={"autoScalingGroupArn": "web-asg"}
    )
    group = answer["capacityProvider"]["autoScalingGroupProvider"]["autoScalingGroupArn"]

    assert group.startswith("arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:")
    assert group.endswith(":autoScalingGroupName/web-asg")


@pytest.mark.parametrize("name", ["x" * 255, "my-aws", "_ecs", "Web-1"])
def test_names_that_are_taken(create_group_provider, name):
    """API reference, CreateCapacityProvider, name: only the beginning is reserved."""
    assert create_group_provider(name)["name"] == name


def test_tags_are_shown_at_creation_and_when_they_are_asked_for(ecs_client, describe):
    """API reference, DescribeCapacityProviders, include."""
    created = ecs_client.create_capacity_provider(
        name="web", autoScalingGroupProvider={"autoScalingGroupArn": GROUP}, tags=TEAM
    )["capacityProvider"]
    [with_tags] = ecs_client.describe_capacity_providers(capacityProviders=["web"], include=["TAGS"])[
        "capacityProviders"
    ]

    assert (created["tags"], describe("web")["tags"], with_tags["tags"]) == (TEAM, [], TEAM)
    assert ecs_client.list_tags_for_resource(resourceArn=created["capacityProviderArn"])["tags"] == TEAM


# --- describing -------------------------------------------------------------------------------------------------------------------------


def test_every_account_has_fargates_two(ecs_client, known):
    """Recorded answer of describe-capacity-providers; that they show their type is an assumption."""
    answer = ecs_client.describe_capacity_providers()

    assert answer["capacityProviders"] == [
        known(
            {
                "capacityProviderArn": f"{PLACE}:capacity-provider/{name}",
                "name": name,
                "status": "ACTIVE",
                "tags": [],
                "type": name,
            }
        )
        for name in ("FARGATE", "FARGATE_SPOT")
    ]
    assert answer["failures"] == []
    assert "nextToken" not in answer


def test_providers_are_found_by_name_and_by_arn_once_each(ecs_client, create_group_provider, names):
    create_group_provider("web")

    found = names(capacityProviders=["web", "FARGATE", f"{PLACE}:capacity-provider/web"])

    assert found == ["web", "FARGATE"]


@pytest.mark.parametrize("identifier", ["nothing", f"{PLACE}:capacity-provider/nothing"])
def test_an_unknown_provider_is_a_failure_with_its_arn(ecs_client, identifier):
    """As quoted in many repositories; that a bare name becomes an ARN is an assumption."""
    answer = ecs_client.describe_capacity_providers(capacityProviders=["FARGATE", identifier])

    assert [provider["name"] for provider in answer["capacityProviders"]] == ["FARGATE"]
    assert answer["failures"] == [{"arn": f"{PLACE}:capacity-provider/nothing", "reason": "MISSING"}]


def test_pages_joined_are_the_whole_list(ecs_client, create_group_provider):
    """API reference, DescribeCapacityProviders, maxResults: 10 by default. botocore has no paginator for it."""
    expected = ["FARGATE", "FARGATE_SPOT", *[f"p{number:02}" for number in range(19)]]
    for name in reversed(expected[2:]):
        create_group_provider(name)

    def pages(**parameters):
        token = {}
        while token is not None:
            answer = ecs_client.describe_capacity_providers(**parameters, **token)
            yield [provider["name"] for provider in answer["capacityProviders"]]
            token = {"nextToken": answer["nextToken"]} if "nextToken" in answer else None

    by_default, by_four = list(pages()), list(pages(maxResults=4))

    assert [len(page) for page in by_default] == [10, 10, 1]
    assert [len(page) for page in by_four] == [4, 4, 4, 4, 4, 1]
    assert [name for page in by_default for name in page] == expected
    assert [name for page in by_four for name in page] == expected


def test_a_page_goes_on_where_it_stopped_when_providers_come_and_go(ecs_client, ecs_fake, create_group_provider, names):
    for name in ("a", "b", "d"):
        create_group_provider(name)

    first = ecs_client.describe_capacity_providers(maxResults=3)
    ecs_client.delete_capacity_provider(capacityProvider="a")
    ecs_client.delete_capacity_provider(capacityProvider="b")
    ecs_fake.clock.advance(seconds=10)
    create_group_provider("c")

    assert [provider["name"] for provider in first["capacityProviders"]] == ["FARGATE", "FARGATE_SPOT", "a"]
    assert names(maxResults=3, nextToken=first["nextToken"]) == ["c", "d"]


def test_regions_and_accounts_have_providers_of_their_own(ecs_fake, create_group_provider):
    create_group_provider("web")

    for elsewhere in (ecs_fake.in_region("eu-west-1"), ecs_fake.in_account("111122223333")):
        providers = elsewhere.client.describe_capacity_providers()["capacityProviders"]
        assert [provider["name"] for provider in providers] == ["FARGATE", "FARGATE_SPOT"]


# --- updating ---------------------------------------------------------------------------------------------------------------------------


def test_an_update_shows_first_what_was_and_then_what_is(ecs_client, ecs_fake, create_group_provider, describe):
    """Developer Guide, "Configuring Amazon ECS capacity providers to safely shut down instances": what is left out stays."""
    before = create_group_provider("web", managedScaling={"targetCapacity": 80}, managedTerminationProtection="ENABLED")

    answer = ecs_client.update_capacity_provider(
        name="web",
        autoScalingGroupProvider={"managedScaling": {"maximumScalingStepSize": 5}, "managedDraining": "DISABLED"},
    )["capacityProvider"]
    under_way = describe("web")
    ecs_fake.clock.advance(seconds=10)
    after = describe("web")

    assert answer == under_way == {**before, "updateStatus": "UPDATE_IN_PROGRESS"}
    assert after == {
        **before,
        "updateStatus": "UPDATE_COMPLETE",
        "autoScalingGroupProvider": {
            **before["autoScalingGroupProvider"],
            "managedScaling": {**SCALING, "targetCapacity": 80, "maximumScalingStepSize": 5},
            "managedDraining": "DISABLED",
        },
    }


def test_the_attachments_of_a_cluster_follow_an_update(ecs_client, ecs_fake, create_group_provider, put):
    """The same page: the cluster's attachments change while the provider is updated."""
    create_group_provider("web", managedScaling={}, managedDraining="DISABLED")
    put("prod", "web")
    ecs_fake.clock.advance(seconds=10)
    seen = []

    def look():
        [cluster] = ecs_client.describe_clusters(clusters=["prod"], include=["ATTACHMENTS"])["clusters"]
        seen.append((cluster["attachmentsStatus"], [(each["type"], each["status"]) for each in cluster["attachments"]]))

    ecs_client.update_capacity_provider(
        name="web", autoScalingGroupProvider={"managedScaling": {"status": "DISABLED"}, "managedDraining": "ENABLED"}
    )
    look()
    ecs_fake.clock.advance(seconds=10)
    look()

    assert seen == [
        ("UPDATE_IN_PROGRESS", [("as_policy", "DELETING"), ("managed_draining", "PRECREATED")]),
        ("UPDATE_COMPLETE", [("managed_draining", "CREATED")]),
    ]


def test_numbers_alone_leave_the_cluster_alone(ecs_client, ecs_fake, create_group_provider, put):
    ecs_client.update_cluster(cluster="prod", serviceConnectDefaults={"namespace": "shop"})
    ecs_client.update_cluster(cluster="prod", serviceConnectDefaults={"namespace": ""})
    create_group_provider("web", managedScaling={})
    put("prod", "web")
    ecs_fake.clock.advance(seconds=10)

    ecs_client.update_capacity_provider(name="web", autoScalingGroupProvider={"managedScaling": {"targetCapacity": 50}})

    [cluster] = ecs_client.describe_clusters(clusters=["prod"], include=["ATTACHMENTS"])["clusters"]
    assert cluster["attachmentsStatus"] == "UPDATE_COMPLETE"


# --- deleting ---------------------------------------------------------------------------------------------------------------------------


def test_a_deleted_provider_is_inactive_later_and_its_name_is_free(
    ecs_client, ecs_fake, create_group_provider, describe, names
):
    """Recorded answer of delete-capacity-provider; the group is free as well (containers-roadmap#632 for why that matters)."""
    create_group_provider("web")

    answer = ecs_client.delete_capacity_provider(capacityProvider=f"{PLACE}:capacity-provider/web")["capacityProvider"]
    again = ecs_client.delete_capacity_provider(capacityProvider="web")["capacityProvider"]
    ecs_fake.clock.advance(seconds=10)
    deleted, listed = describe("web"), names()
    once_more = ecs_client.delete_capacity_provider(capacityProvider="web")["capacityProvider"]
    new = create_group_provider("web")

    assert (answer["status"], answer["updateStatus"]) == ("ACTIVE", "DELETE_IN_PROGRESS")
    assert again == answer
    assert (deleted["status"], deleted["updateStatus"]) == ("INACTIVE", "DELETE_COMPLETE")
    assert once_more == deleted
    assert listed == ["FARGATE", "FARGATE_SPOT"]
    assert new["status"] == "ACTIVE"
    assert "updateStatus" not in new


def test_a_deleted_provider_has_no_tags(ecs_client, ecs_fake, create_group_provider):
    """Developer Guide, "Tagging Amazon ECS resources"."""
    arn = create_group_provider("web")["capacityProviderArn"]
    ecs_client.tag_resource(resourceArn=arn, tags=[{"key": "team", "value": "dev"}])
    ecs_client.delete_capacity_provider(capacityProvider="web")
    ecs_fake.clock.advance(seconds=10)

    [deleted] = ecs_client.describe_capacity_providers(capacityProviders=["web"], include=["TAGS"])["capacityProviders"]

    assert (deleted["status"], deleted["tags"]) == ("INACTIVE", [])


def test_a_provider_that_a_cluster_has_is_not_deleted_and_the_answer_is_no_error(
    ecs_client, ecs_fake, create_group_provider, describe, put
):
    """aws-nuke#542, terraform-provider-aws#48156: the caller has to look at updateStatus."""
    create_group_provider("web")
    put("prod", "web")
    ecs_fake.clock.advance(seconds=10)

    refused = ecs_client.delete_capacity_provider(capacityProvider="web")["capacityProvider"]
    put("prod")
    ecs_fake.clock.advance(seconds=10)
    accepted = ecs_client.delete_capacity_provider(capacityProvider="web")["capacityProvider"]

    assert (refused["status"], refused["updateStatus"], refused["updateStatusReason"]) == (
        "ACTIVE",
        "DELETE_FAILED",
        "The capacity provider cannot be deleted because it is associated with cluster: prod. "
        "Remove the capacity provider from the cluster and try again.",
    )
    assert (accepted["status"], accepted["updateStatus"]) == ("ACTIVE", "DELETE_IN_PROGRESS")
    assert "updateStatusReason" not in accepted


def test_deleting_the_cluster_frees_its_provider(ecs_client, ecs_fake, create_group_provider, put):
    """API reference, DeleteCapacityProvider."""
    create_group_provider("web")
    put("prod", "web")
    ecs_fake.clock.advance(seconds=10)
    ecs_client.delete_cluster(cluster="prod")
    leaving = ecs_client.delete_capacity_provider(capacityProvider="web")["capacityProvider"]
    ecs_fake.clock.advance(seconds=10)
    left = ecs_client.delete_capacity_provider(capacityProvider="web")["capacityProvider"]

    assert (leaving["updateStatus"], left["updateStatus"]) == ("DELETE_FAILED", "DELETE_IN_PROGRESS")


# --- of Managed Instances ---------------------------------------------------------------------------------------------------------------


def test_managed_instances_are_their_clusters_and_active_later(
    ecs_client, ecs_fake, create_managed_instances, describe, names
):
    """API reference, CreateCapacityProvider, cluster; CapacityProvider, status and updateStatus."""
    created = create_managed_instances("fleet", f"{PLACE}:cluster/prod")
    ecs_fake.clock.advance(seconds=10)
    ready = describe("fleet")
    [cluster] = ecs_client.describe_clusters(clusters=["prod"])["clusters"]

    assert (created["type"], created["cluster"]) == ("MANAGED_INSTANCES", "prod")
    assert (created["status"], created["updateStatus"]) == ("PROVISIONING", "CREATE_IN_PROGRESS")
    assert ready == {**created, "status": "ACTIVE", "updateStatus": "CREATE_COMPLETE"}
    assert cluster["capacityProviders"] == ["fleet"]
    assert names() == ["FARGATE", "FARGATE_SPOT"]
    assert names(cluster="prod") == ["fleet"]


def test_a_launch_template_is_filled_in(create_managed_instances, enclaves):
    """API reference, InstanceLaunchTemplate; that propagateTags shows NONE is an assumption."""
    provider = create_managed_instances("fleet", "prod")["managedInstancesProvider"]

    assert provider == {
        "infrastructureRoleArn": "arn:aws:iam::123456789012:role/ecsInfrastructureRole",
        "instanceLaunchTemplate": {
            "ec2InstanceProfileArn": "arn:aws:iam::123456789012:instance-profile/ecsInstanceRole",
            "networkConfiguration": {"subnets": ["subnet-0a1b2c3d"]},
            "localStorageConfiguration": {"useLocalStorage": False},
            "monitoring": "BASIC",
            "capacityOptionType": "ON_DEMAND",
            "instanceMetadataTagsPropagation": True,
            "fipsEnabled": False,
            **enclaves,
        },
        "propagateTags": "NONE",
    }


@pytest.mark.parametrize(
    "template",
    [
        pytest.param({"storageConfiguration": {"storageSizeGiB": 30}}, id="the smallest volume"),
        pytest.param({"storageConfiguration": {"storageSizeGiB": 16384}}, id="the largest volume"),
        pytest.param({"localStorageConfiguration": {"useLocalStorage": True}}, id="local storage without enclaves"),
        pytest.param(
            {"instanceRequirements": {"vCpuCount": {"min": 2, "max": 2}, "memoryMiB": {"min": 1}}},
            id="two vCPUs exactly",
        ),
        pytest.param(
            {"networkConfiguration": {"subnets": ["subnet-0123456789abcdef0"], "securityGroups": ["sg-0a1b2c3d"]}},
            id="long and short ids",
        ),
    ],
)
def test_templates_that_are_taken(create_managed_instances, template):
    """API reference, InstanceLaunchTemplate; Developer Guide, Troubleshoot Amazon ECS Managed Instances, for the ids."""
    smallest = {
        "ec2InstanceProfileArn": "arn:aws:iam::123456789012:instance-profile/ecsInstanceRole",
        "networkConfiguration": {"subnets": ["subnet-0a1b2c3d"]},
    }

    provider = create_managed_instances("fleet", "prod", instanceLaunchTemplate={**smallest, **template})

    shown = provider["managedInstancesProvider"]["instanceLaunchTemplate"]
    assert {name: shown[name] for name in template} == template


def test_enclaves_without_local_storage_are_taken(create_managed_instances, enclaves):
    """API reference, InstanceLaunchTemplate, nitroEnclavesEnabled."""
    if not enclaves:
        pytest.skip("this botocore doesn't know enclaves")
    template = {
        "ec2InstanceProfileArn": "arn:aws:iam::123456789012:instance-profile/ecsInstanceRole",
        "networkConfiguration": {"subnets": ["subnet-0a1b2c3d"]},
        "nitroEnclavesEnabled": True,
    }

    provider = create_managed_instances("fleet", "prod", instanceLaunchTemplate=template)["managedInstancesProvider"]

    assert provider["instanceLaunchTemplate"]["nitroEnclavesEnabled"] is True


@pytest.mark.ecs_fake(region="us-gov-west-1", clusters=["prod"])
def test_govcloud_has_fips(create_managed_instances):
    """API reference, InstanceLaunchTemplate, fipsEnabled."""
    provider = create_managed_instances("fleet", "prod")["managedInstancesProvider"]

    assert provider["instanceLaunchTemplate"]["fipsEnabled"] is True


def test_an_update_replaces_what_it_can_name(ecs_client, ecs_fake, create_managed_instances, describe, enclaves):
    """API reference, UpdateCapacityProvider: new instances get the change; what it can't name is capacityOptionType and its like."""
    profile = "arn:aws:iam::123456789012:instance-profile/ecsInstanceRole"
    template = {
        "ec2InstanceProfileArn": profile,
        "networkConfiguration": {"subnets": ["subnet-0a1b2c3d"], "securityGroups": ["sg-0a1b2c3d"]},
        "capacityOptionType": "SPOT",
        "monitoring": "DETAILED",
        "storageConfiguration": {"storageSizeGiB": 30},
    }
    before = create_managed_instances(
        "fleet", "prod", instanceLaunchTemplate=template, infrastructureOptimization={"scaleInAfter": -1}
    )
    ecs_fake.clock.advance(seconds=10)

    answer = ecs_client.update_capacity_provider(
        name="fleet",
        cluster="prod",
        managedInstancesProvider={
            "infrastructureRoleArn": "arn:aws:iam::123456789012:role/other",
            "instanceLaunchTemplate": {"networkConfiguration": {"subnets": ["subnet-0123456789abcdef0"]}},
            "propagateTags": "CAPACITY_PROVIDER",
        },
    )["capacityProvider"]
    ecs_fake.clock.advance(seconds=10)
    after = describe("fleet")

    assert answer == {**before, "status": "ACTIVE", "updateStatus": "UPDATE_IN_PROGRESS"}
    assert after["updateStatus"] == "UPDATE_COMPLETE"
    assert after["managedInstancesProvider"] == {
        "infrastructureRoleArn": "arn:aws:iam::123456789012:role/other",
        "instanceLaunchTemplate": {
            "ec2InstanceProfileArn": profile,
            "networkConfiguration": {"subnets": ["subnet-0123456789abcdef0"]},
            "localStorageConfiguration": {"useLocalStorage": False},
            "monitoring": "BASIC",
            "capacityOptionType": "SPOT",
            "instanceMetadataTagsPropagation": True,
            "fipsEnabled": False,
            **enclaves,
        },
        "propagateTags": "CAPACITY_PROVIDER",
    }


def test_managed_instances_are_deprovisioned_and_leave_their_cluster(
    ecs_client, ecs_fake, create_managed_instances, describe
):
    """API reference, CapacityProvider, status; DeleteCluster works again then."""
    create_managed_instances("fleet", "prod")
    ecs_fake.clock.advance(seconds=10)

    answer = ecs_client.delete_capacity_provider(capacityProvider="fleet", cluster="prod")["capacityProvider"]
    ecs_fake.clock.advance(seconds=10)
    cluster = ecs_client.delete_cluster(cluster="prod")["cluster"]

    assert (answer["status"], answer["updateStatus"]) == ("DEPROVISIONING", "DELETE_IN_PROGRESS")
    assert (describe("fleet")["status"], describe("fleet")["updateStatus"]) == ("INACTIVE", "DELETE_COMPLETE")
    assert (cluster["status"], cluster["capacityProviders"]) == ("INACTIVE", [])


def test_a_cluster_lists_and_finds_its_own_providers_only(
    ecs_client, ecs_fake, create_group_provider, create_managed_instances, put, names
):
    """API reference, DescribeCapacityProviders, cluster."""
    create_managed_instances("fleet", "prod")
    create_group_provider("web")
    create_group_provider("batch")
    put("prod", "web", "FARGATE")

    first = ecs_client.describe_capacity_providers(cluster="prod", maxResults=2)
    rest = names(cluster="prod", maxResults=2, nextToken=first["nextToken"])
    by_name = ecs_client.describe_capacity_providers(cluster="prod", capacityProviders=["fleet", "batch"])

    assert [provider["name"] for provider in first["capacityProviders"]] == ["FARGATE", "fleet"]
    assert rest == ["web"]
    assert [provider["name"] for provider in by_name["capacityProviders"]] == ["fleet"]
    assert by_name["failures"] == [{"arn": f"{PLACE}:capacity-provider/batch", "reason": "MISSING"}]


def test_the_time_line_tells_of_every_change(ecs_client, ecs_fake, create_group_provider):
    create_group_provider("web")
    ecs_client.update_capacity_provider(name="web", autoScalingGroupProvider={"managedDraining": "DISABLED"})
    ecs_fake.clock.advance(seconds=10)
    ecs_client.delete_capacity_provider(capacityProvider="web")
    ecs_fake.clock.advance(seconds=10)

    lines = [line.split(None, 1) for line in ecs_fake.timeline(None, folded=False).splitlines()]
    assert [(at, text) for at, text in lines if text.startswith("capacity provider web: ")] == [
        ("+0s", "capacity provider web: status ACTIVE"),
        ("+0s", "capacity provider web: updateStatus UPDATE_IN_PROGRESS"),
        ("+10s", "capacity provider web: updateStatus UPDATE_IN_PROGRESS -> UPDATE_COMPLETE"),
        ("+10s", "capacity provider web: updateStatus UPDATE_COMPLETE -> DELETE_IN_PROGRESS"),
        ("+20s", "capacity provider web: updateStatus DELETE_IN_PROGRESS -> DELETE_COMPLETE"),
        ("+20s", "capacity provider web: status ACTIVE -> INACTIVE"),
    ]


# --- time, and what isn't built ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("timings", "seconds"),
    [
        pytest.param("instant", 0, id="instant: gone at the next call"),
        pytest.param({"DELETE_IN_PROGRESS": 3}, 3, id="three seconds"),
    ],
)
def test_timings_say_how_long_a_deletion_takes(timings, seconds):
    with fake(timings=timings) as ecs:
        ecs.client.create_capacity_provider(name="web", autoScalingGroupProvider={"autoScalingGroupArn": GROUP})
        ecs.client.delete_capacity_provider(capacityProvider="web")
        ecs.clock.advance(seconds=seconds)

        [provider] = ecs.client.describe_capacity_providers(capacityProviders=["web"])["capacityProviders"]
        assert provider["status"] == "INACTIVE"


def test_what_was_under_way_at_a_snapshot_ends_after_it_is_restored(
    ecs_client, ecs_fake, create_group_provider, describe, put
):
    create_group_provider("web")
    create_group_provider("old")
    put("prod", "web")
    ecs_client.update_capacity_provider(name="old", autoScalingGroupProvider={"managedDraining": "DISABLED"})
    restore = ecs_fake.take_snapshot()
    ecs_fake.clock.advance(seconds=60)

    restore()
    ecs_fake.clock.advance(seconds=10)

    [cluster] = ecs_client.describe_clusters(clusters=["prod"], include=["ATTACHMENTS"])["clusters"]
    assert (cluster["attachmentsStatus"], describe("old")["updateStatus"]) == ("UPDATE_COMPLETE", "UPDATE_COMPLETE")
