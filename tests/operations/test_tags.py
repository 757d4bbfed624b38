"""Tags: set at creation and afterwards, merged, taken off, shown, and gone with their resource; for every kind of resource."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import pytest

import builders

TEAM = {"key": "team", "value": "web"}
STAGE = {"key": "stage", "value": "prod"}


def cluster(ecs: Any, tags: list[dict[str, str]]) -> str:
    arn: str = ecs.create_cluster(clusterName="prod", tags=tags)["cluster"]["clusterArn"]
    return arn


def tags_of_cluster(ecs: Any, arn: str, include: list[str]) -> Any:
    [found] = ecs.describe_clusters(clusters=[arn], include=include)["clusters"]
    return found["tags"]


def task(ecs: Any, tags: list[dict[str, str]]) -> str:
    ecs.create_cluster(clusterName="prod")
    task_definition(ecs, [])
    started = ecs.run_task(**builders.task(cluster="prod", tags=tags))
    arn: str = started["tasks"][0]["taskArn"]
    return arn


def tags_of_task(ecs: Any, arn: str, include: list[str]) -> Any:
    [found] = ecs.describe_tasks(cluster="prod", tasks=[arn], include=include)["tasks"]
    return found["tags"]


def task_definition(ecs: Any, tags: list[dict[str, str]]) -> str:
    # An empty list is refused here (fabfuel/ecs-deploy#146).
    registered = ecs.register_task_definition(**builders.task_definition(tags=tags or None))
    arn: str = registered["taskDefinition"]["taskDefinitionArn"]
    return arn


def tags_of_task_definition(ecs: Any, arn: str, include: list[str]) -> Any:
    return ecs.describe_task_definition(taskDefinition=arn, include=include).get("tags", [])


def capacity_provider(ecs: Any, tags: list[dict[str, str]]) -> str:
    group = "arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:9c8b7a65:autoScalingGroupName/web"
    created = ecs.create_capacity_provider(
        name="web", autoScalingGroupProvider={"autoScalingGroupArn": group}, tags=tags
    )
    arn: str = created["capacityProvider"]["capacityProviderArn"]
    return arn


def tags_of_capacity_provider(ecs: Any, arn: str, include: list[str]) -> Any:
    [found] = ecs.describe_capacity_providers(capacityProviders=[arn], include=include)["capacityProviders"]
    return found["tags"]


def container_instance(ecs: Any, tags: list[dict[str, str]]) -> str:
    ecs.create_cluster(clusterName="prod")
    arn: str = ecs.register_container_instance(cluster="prod", tags=tags)["containerInstance"]["containerInstanceArn"]
    return arn


def tags_of_container_instance(ecs: Any, arn: str, include: list[str]) -> Any:
    described = ecs.describe_container_instances(cluster="prod", containerInstances=[arn], include=include)
    return described["containerInstances"][0]["tags"]


def gateway(ecs: Any, tags: list[dict[str, str]]) -> str:
    if "CreateGateway" not in ecs.meta.service_model.operation_names:
        pytest.skip("this botocore has no CreateGateway")
    arn: str = ecs.create_gateway(**builders.gateway(tags=tags))["gatewayArn"]
    return arn


def tags_of_gateway(ecs: Any, arn: str, include: list[str]) -> Any:
    return ecs.describe_gateway(gateway=arn)["gateway"]["tags"]


def task_set(ecs: Any, tags: list[dict[str, str]]) -> str:
    ecs.create_cluster(clusterName="prod")
    ecs.register_task_definition(**builders.task_definition_on_instances())
    ecs.create_service(**builders.service_of_task_sets(desiredCount=0))
    created = ecs.create_task_set(cluster="prod", service="web", taskDefinition="web", tags=tags)
    arn: str = created["taskSet"]["taskSetArn"]
    return arn


def tags_of_task_set(ecs: Any, arn: str, include: list[str]) -> Any:
    [found] = ecs.describe_task_sets(cluster="prod", service="web", taskSets=[arn], include=include)["taskSets"]
    return found.get("tags", [])


class Kind(NamedTuple):
    """A kind of resource: how one with tags is made, giving its ARN, and how its tags are shown with an `include`."""

    create: Callable[[Any, list[dict[str, str]]], str]
    described: Callable[[Any, str, list[str]], Any]


#: Developer Guide, "Tagging Amazon ECS resources".
WITH_INCLUDE = [
    pytest.param(Kind(capacity_provider, tags_of_capacity_provider), id="capacity provider"),
    pytest.param(Kind(cluster, tags_of_cluster), id="cluster"),
    pytest.param(Kind(container_instance, tags_of_container_instance), id="container instance"),
    pytest.param(Kind(task, tags_of_task), id="task"),
    pytest.param(Kind(task_set, tags_of_task_set), id="task set"),
    pytest.param(Kind(task_definition, tags_of_task_definition), id="task definition"),
]
#: API reference, CreateGateway, tags; DescribeGateway has no `include`.
ALWAYS_SHOWN = [pytest.param(Kind(gateway, tags_of_gateway), id="gateway")]

every_kind = pytest.mark.parametrize("kind", [*WITH_INCLUDE, *ALWAYS_SHOWN])


@pytest.fixture
def listed(ecs_client):
    """The tags that ListTagsForResource gives, by key."""

    def tags(arn: str) -> dict[str, str]:
        return {tag["key"]: tag["value"] for tag in ecs_client.list_tags_for_resource(resourceArn=arn)["tags"]}

    return tags


@every_kind
def test_tags_of_the_creation_are_listed(ecs_client, kind):
    arn = kind.create(ecs_client, [TEAM, STAGE])

    assert ecs_client.list_tags_for_resource(resourceArn=arn)["tags"] == [TEAM, STAGE]


@every_kind
def test_a_resource_without_tags_has_an_empty_list(ecs_client, kind):
    arn = kind.create(ecs_client, [])

    assert ecs_client.list_tags_for_resource(resourceArn=arn)["tags"] == []


@pytest.mark.parametrize("kind", WITH_INCLUDE)
def test_a_description_shows_tags_only_when_they_are_included(ecs_client, kind):
    """API reference, `include` of each Describe operation."""
    arn = kind.create(ecs_client, [TEAM])

    assert kind.described(ecs_client, arn, ["TAGS"]) == [TEAM]
    assert kind.described(ecs_client, arn, []) == []


@pytest.mark.parametrize("kind", ALWAYS_SHOWN)
def test_a_description_without_an_include_always_shows_tags(ecs_client, kind):
    arn = kind.create(ecs_client, [TEAM])

    assert kind.described(ecs_client, arn, []) == [TEAM]


@every_kind
def test_tags_set_later_are_described(ecs_client, kind):
    arn = kind.create(ecs_client, [TEAM])

    ecs_client.tag_resource(resourceArn=arn, tags=[STAGE])

    assert kind.described(ecs_client, arn, ["TAGS"]) == [TEAM, STAGE]


@every_kind
def test_a_key_that_is_there_gets_the_new_value_and_others_stay(ecs_client, kind, listed):
    """API reference, TagResource."""
    arn = kind.create(ecs_client, [TEAM, STAGE])

    ecs_client.tag_resource(
        resourceArn=arn, tags=[{"key": "team", "value": "shop"}, {"key": "cost-center", "value": ""}]
    )

    assert listed(arn) == {"team": "shop", "stage": "prod", "cost-center": ""}


@every_kind
def test_only_the_named_keys_are_taken_off(ecs_client, kind, listed):
    """API reference, UntagResource; that an unknown key is passed over is an assumption."""
    arn = kind.create(ecs_client, [TEAM, STAGE])

    ecs_client.untag_resource(resourceArn=arn, tagKeys=["team", "owner", "Stage"])

    assert listed(arn) == {"stage": "prod"}


@every_kind
def test_nothing_to_set_or_take_off_changes_nothing(ecs_client, kind, listed):
    """An assumption: RegisterTaskDefinition refuses an empty list, the others haven't been seen to."""
    arn = kind.create(ecs_client, [TEAM])

    ecs_client.tag_resource(resourceArn=arn, tags=[])
    ecs_client.untag_resource(resourceArn=arn, tagKeys=[])

    assert listed(arn) == {"team": "web"}


@every_kind
def test_the_answers_hold_nothing(ecs_client, kind):
    """API reference: if the action is successful, the service sends back an HTTP 200 response with an empty HTTP body."""
    arn = kind.create(ecs_client, [])

    tagged = ecs_client.tag_resource(resourceArn=arn, tags=[TEAM])
    untagged = ecs_client.untag_resource(resourceArn=arn, tagKeys=["team"])

    assert (tagged.keys(), untagged.keys()) == ({"ResponseMetadata"}, {"ResponseMetadata"})


@every_kind
def test_a_tag_without_a_value_has_an_empty_one(ecs_client, listed, kind):
    """API reference, Tag: the value is optional, at creation as well as later."""
    arn = kind.create(ecs_client, [{"key": "flag"}])
    ecs_client.tag_resource(resourceArn=arn, tags=[{"key": "later"}])

    assert listed(arn) == {"flag": "", "later": ""}


@pytest.mark.parametrize(
    ("key", "value"),
    [
        pytest.param("k", "", id="an empty value"),
        pytest.param("k" * 128, "v" * 256, id="the longest"),
        pytest.param("Größe 大小", "né à 3", id="letters and spaces of any language"),
        pytest.param("a_b.c:d/e=f+g-h@i", "+-=._:/@", id="the allowed characters"),
        pytest.param("awsome", "aws", id="like the reserved prefix, without its colon"),
        pytest.param("ecs:aws:x", "ecs:aws:x", id="the reserved prefix further on"),
    ],
)
def test_a_tag_may_be(ecs_client, listed, key, value):
    """API reference, Tag."""
    arn = cluster(ecs_client, [])

    ecs_client.tag_resource(resourceArn=arn, tags=[{"key": key, "value": value}])

    assert listed(arn) == {key: value}


def test_keys_are_case_sensitive(ecs_client, listed):
    """API reference, Tag."""
    arn = cluster(ecs_client, [TEAM])

    ecs_client.tag_resource(resourceArn=arn, tags=[{"key": "Team", "value": "shop"}])

    assert listed(arn) == {"team": "web", "Team": "shop"}


class TestFiftyTags:
    """API reference, Tag: fifty for a resource; those that AWS sets don't count."""

    FIFTY = tuple({"key": f"key-{number}", "value": "old"} for number in range(50))

    def test_can_be_had(self, ecs_client, listed):
        arn = cluster(ecs_client, self.FIFTY[:20])

        ecs_client.tag_resource(resourceArn=arn, tags=self.FIFTY[20:])

        assert len(listed(arn)) == 50

    def test_can_all_get_new_values(self, ecs_client, listed):
        arn = cluster(ecs_client, self.FIFTY)

        ecs_client.tag_resource(resourceArn=arn, tags=[{**tag, "value": "new"} for tag in self.FIFTY])

        assert set(listed(arn).values()) == {"new"}

    def test_are_those_of_the_user_alone(self, ecs_client, register_on_fargate, run_on_fargate, listed):
        ecs_client.create_cluster()
        register_on_fargate()
        [started] = run_on_fargate(enableECSManagedTags=True, tags=self.FIFTY[:49])["tasks"]

        ecs_client.tag_resource(resourceArn=started["taskArn"], tags=self.FIFTY[49:])

        assert len(listed(started["taskArn"])) == 51


class TestWhoseTags:
    def test_each_task_of_a_call_has_its_own(self, ecs_client, register_on_fargate, run_on_fargate, listed):
        ecs_client.create_cluster()
        register_on_fargate()
        first, second = (started["taskArn"] for started in run_on_fargate(count=2, tags=[TEAM])["tasks"])

        ecs_client.tag_resource(resourceArn=first, tags=[STAGE])

        assert (listed(first), listed(second)) == ({"team": "web", "stage": "prod"}, {"team": "web"})

    def test_a_task_keeps_what_was_propagated_to_it(self, ecs_client, register_on_fargate, run_on_fargate, listed):
        """Developer Guide: tags are propagated when the task starts, later changes don't follow."""
        ecs_client.create_cluster()
        definition = register_on_fargate(tags=[TEAM])
        [started] = run_on_fargate(propagateTags="TASK_DEFINITION")["tasks"]

        ecs_client.tag_resource(resourceArn=definition, tags=[{"key": "team", "value": "shop"}])
        ecs_client.tag_resource(resourceArn=started["taskArn"], tags=[STAGE])

        assert listed(started["taskArn"]) == {"team": "web", "stage": "prod"}
        assert listed(definition) == {"team": "shop"}

    def test_a_revision_does_not_inherit_those_of_the_one_before(self, ecs_client, listed):
        first = task_definition(ecs_client, [TEAM])
        second = task_definition(ecs_client, [])

        assert (listed(first), listed(second)) == ({"team": "web"}, {})

    def test_an_inactive_revision_keeps_its_own(self, ecs_client, listed):
        """An assumption: nobody has shown the answer."""
        arn = task_definition(ecs_client, [TEAM])
        ecs_client.deregister_task_definition(taskDefinition=arn)

        ecs_client.tag_resource(resourceArn=arn, tags=[STAGE])

        assert listed(arn) == {"team": "web", "stage": "prod"}

    def test_a_cluster_made_anew_has_none_of_the_deleted_one(self, ecs_client, listed):
        """API reference, TagResource: tags are deleted with their resource."""
        arn = cluster(ecs_client, [TEAM])
        ecs_client.delete_cluster(cluster=arn)

        ecs_client.create_cluster(clusterName="prod")

        assert listed(arn) == {}

    def test_a_capacity_provider_made_anew_has_none_of_the_deleted_one(self, ecs_client, ecs_fake, listed):
        ecs_client.delete_capacity_provider(capacityProvider=capacity_provider(ecs_client, [TEAM]))
        ecs_fake.clock.advance(seconds=60)

        arn = capacity_provider(ecs_client, [])

        assert listed(arn) == {}

    @pytest.mark.parametrize("region", ["us-gov-west-1", "cn-north-1"])
    def test_another_partitions_arn_names_its_own(self, ecs_fake, region):
        ecs = ecs_fake.in_region(region).client("ecs")
        arn = cluster(ecs, [])

        ecs.tag_resource(resourceArn=arn, tags=[TEAM])

        assert ecs.list_tags_for_resource(resourceArn=arn)["tags"] == [TEAM]

    def test_a_cluster_of_the_same_name_elsewhere_has_its_own(self, ecs_client, ecs_fake):
        elsewhere = ecs_fake.in_account("111122223333").client("ecs")
        arn, other = cluster(ecs_client, []), cluster(elsewhere, [])

        ecs_client.tag_resource(resourceArn=arn, tags=[TEAM])

        assert elsewhere.list_tags_for_resource(resourceArn=other)["tags"] == []


def test_managed_tags_are_listed_and_stay(ecs_client, register_on_fargate, run_on_fargate, listed):
    """Developer Guide, "Using Amazon ECS managed tags"."""
    ecs_client.create_cluster()
    register_on_fargate()
    [started] = run_on_fargate(enableECSManagedTags=True)["tasks"]

    ecs_client.tag_resource(resourceArn=started["taskArn"], tags=[TEAM])
    ecs_client.untag_resource(resourceArn=started["taskArn"], tagKeys=["team"])

    assert listed(started["taskArn"]) == {"aws:ecs:clusterName": "default"}
