"""Attributes of container instances: put, deleted, listed.

Rules: API reference, PutAttributes, DeleteAttributes, ListAttributes and Attribute.
"""

from __future__ import annotations

from typing import Any

import pytest

ID = "0123456789abcdef0123456789abcdef"
INVALID = "InvalidParameterException"

pytestmark = pytest.mark.ecs_fake(clusters=["prod"])


@pytest.fixture
def instance(ecs_fake):
    [instance] = ecs_fake.container_instances.add("prod", attributes={"stack": "blue", "lonely": None})
    return instance


@pytest.fixture
def put(ecs_client, instance):
    """Put attributes on the instance; what comes back."""

    def put(*attributes: dict[str, Any]) -> list[dict[str, Any]]:
        targeted = [{"targetId": instance.arn, **attribute} for attribute in attributes]
        answer: list[dict[str, Any]] = ecs_client.put_attributes(cluster="prod", attributes=targeted)["attributes"]
        return answer

    return put


@pytest.fixture
def listed(ecs_client):
    """Name and value of the attributes that a query lists."""

    def listed(**query: Any) -> list[tuple[str, str | None]]:
        answer = ecs_client.list_attributes(cluster="prod", targetType="container-instance", **query)
        return [(attribute["name"], attribute.get("value")) for attribute in answer["attributes"]]

    return listed


def test_an_attribute_comes_back_with_its_target(put, instance):
    """The recorded answer of put-attributes."""
    assert put({"name": "rack", "value": "7"}, {"name": "gpu"}) == [
        {"name": "rack", "value": "7", "targetId": instance.arn},
        {"name": "gpu", "targetId": instance.arn},
    ]
    assert (instance.attributes["rack"], instance.attributes["gpu"]) == ("7", None)


def test_an_attribute_that_is_there_gets_the_new_value(put, instance):
    put({"name": "stack", "value": "green"})

    assert instance.attributes["stack"] == "green"


def test_a_target_can_be_an_id_with_its_type(put, instance):
    put({"name": "rack", "value": "7", "targetId": instance.id, "targetType": "container-instance"})

    assert instance.attributes["rack"] == "7"


def test_a_deleted_attribute_comes_back_with_the_value_that_it_had(ecs_client, instance, listed):
    attributes = [
        {"name": name, "targetId": instance.arn} for name in ("stack", "lonely", "nothing", "ecs.instance-type")
    ]

    answer = ecs_client.delete_attributes(cluster="prod", attributes=attributes)

    assert answer["attributes"] == [
        {"name": "stack", "value": "blue", "targetId": instance.arn},
        {"name": "lonely", "targetId": instance.arn},
    ]
    assert listed(attributeName="stack") == []
    assert listed(attributeName="ecs.instance-type") == [("ecs.instance-type", "m5.large")]


def test_built_in_attributes_are_listed_too(instance, listed):
    assert {("ecs.os-type", "linux"), ("ecs.capability.task-eni", None), ("stack", "blue")} <= set(listed())


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        pytest.param({"attributeName": "stack"}, [("stack", "blue"), ("stack", "green")], id="by name"),
        pytest.param(
            {"attributeName": "stack", "attributeValue": "green"}, [("stack", "green")], id="by name and value"
        ),
        pytest.param({"attributeName": "lonely", "attributeValue": "x"}, [], id="a name without a value"),
    ],
)
def test_attributes_are_listed_by_name_and_value(ecs_fake, instance, listed, query, expected):
    ecs_fake.container_instances.add("prod", attributes={"stack": "green"})

    assert listed(**query) == expected


def test_attributes_of_an_instance_that_is_gone_are_not_listed(ecs_client, instance, listed):
    ecs_client.deregister_container_instance(cluster="prod", containerInstance=instance.arn)

    assert listed() == []


@pytest.mark.parametrize(
    ("attributes", "code", "message"),
    [
        pytest.param([{"name": "rack"}] * 11, INVALID, "attributes can have at most 10 items.", id="eleven in a call"),
        pytest.param([{"name": "a b"}], INVALID, r"name must match ^[a-zA-Z0-9_./\\\-]*$", id="a space in a name"),
        pytest.param([{"name": "a" * 129}], INVALID, "name longer than 128.", id="a name of 129 characters"),
        pytest.param([{"name": ""}], INVALID, "name shorter than 1.", id="an empty name"),
        pytest.param([{"name": "a", "value": ""}], INVALID, "value shorter than 1.", id="an empty value"),
        pytest.param([{"name": "a", "value": "v" * 129}], INVALID, "value longer than 128.", id="a long value"),
        pytest.param(
            [{"name": "a", "value": "é"}], INVALID, r"value must match ^[a-zA-Z0-9_./\\@: \-]*$", id="another character"
        ),
        pytest.param(
            [{"name": "a", "value": " b"}],
            INVALID,
            "value must not start or end with a space.",
            id="a space in front of a value",
        ),
        pytest.param([{"name": "a", "targetId": ""}], INVALID, "targetId should not be null or empty.", id="no target"),
        pytest.param(
            [{"name": "a", "targetId": ID}], INVALID, "targetType should not be null or empty.", id="an id without type"
        ),
        pytest.param(
            [{"name": "a", "targetId": ID, "targetType": "container-instance"}],
            "TargetNotFoundException",
            "The specified target could not be found.",
            id="an unknown target",
        ),
        pytest.param(
            [{"name": f"a{number}"} for number in range(9)],
            "AttributeLimitExceededException",
            "A resource can have at most 10 custom attributes.",
            id="eleven custom ones together",
        ),
    ],
)
def test_what_put_attributes_refuses(ecs_client, put, instance, attributes, code, message):
    """API reference, Attribute, name and value; PutAttributes, attributes. Texts by the idioms, unverified."""
    before = instance.attributes

    with pytest.raises(ecs_client.exceptions.ClientError) as error:
        put({"name": "first"}, *attributes) if len(attributes) == 1 else put(*attributes)

    assert error.value.response["Error"] == {"Code": code, "Message": message}
    assert instance.attributes == before


def test_ten_custom_attributes_are_enough(put, instance):
    put(*[{"name": f"a{number}"} for number in range(8)])
    put({"name": "stack", "value": "green"}, {"name": "ecs.instance-type", "value": "m5.large"})

    assert instance.attributes["a7"] is None


def test_a_value_needs_a_name(ecs_client, instance):
    """API reference, ListAttributes, attributeValue."""
    with pytest.raises(ecs_client.exceptions.InvalidParameterException, match="You must specify an attribute name"):
        ecs_client.list_attributes(cluster="prod", targetType="container-instance", attributeValue="blue")
