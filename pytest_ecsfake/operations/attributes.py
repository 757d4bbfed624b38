"""Attributes of container instances: PutAttributes, DeleteAttributes, ListAttributes.

Rules: API reference of each, and Attribute; Developer Guide, "Adding an attribute". The schemas say which names and values are valid.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import TYPE_CHECKING

from pytest_ecsfake import pagination
from pytest_ecsfake.arns import is_arn
from pytest_ecsfake.engine.instances import lookup
from pytest_ecsfake.engine.instances.attributes import CUSTOM_ATTRIBUTES
from pytest_ecsfake.errors import AttributeLimitExceededException, InvalidParameterException, TargetNotFoundException
from pytest_ecsfake.operations.registry import operation
from pytest_ecsfake.state.cluster import Cluster
from pytest_ecsfake.state.container_instance import ContainerInstance
from pytest_ecsfake.state.region import Region

if TYPE_CHECKING:
    from pytest_ecsfake import api

#: API reference, ListAttributes, maxResults.
PAGE_SIZE = 100


@operation(
    "PutAttributes",
    simplified=(
        "Names that begin with `ecs.` or `com.amazonaws.` are accepted as others are, an assumption.",
        "A built-in attribute stays a built-in one when it gets another value, an assumption.",
    ),
)
def put_attributes(region: Region, request: api.PutAttributesRequest) -> api.PutAttributesResponse:
    """Set attributes of container instances. An existing attribute gets the new value."""
    cluster = region.clusters.active(request.get("cluster"))
    targets = _targets(region, cluster, request["attributes"])
    _refuse_too_many(targets, request["attributes"])

    answer: list[api.Attribute] = []
    for instance, attribute in zip(targets, request["attributes"], strict=True):
        name, value = attribute["name"], attribute.get("value")
        if name not in instance.attributes:
            instance.custom_attributes.add(name)
        instance.attributes[name] = value
        answer.append(_shown(instance, name, value))
    return {"attributes": answer}


@operation(
    "DeleteAttributes",
    simplified=(
        "Unknown and built-in attributes are ignored and aren't in the answer, an assumption.",
        "A value in the request is ignored, an assumption.",
    ),
)
def delete_attributes(region: Region, request: api.DeleteAttributesRequest) -> api.DeleteAttributesResponse:
    """Remove custom attributes from container instances. The answer shows them with their last values."""
    cluster = region.clusters.active(request.get("cluster"))
    targets = _targets(region, cluster, request["attributes"])

    answer: list[api.Attribute] = []
    for instance, attribute in zip(targets, request["attributes"], strict=True):
        name = attribute["name"]
        if name in instance.custom_attributes:
            instance.custom_attributes.discard(name)
            answer.append(_shown(instance, name, instance.attributes.pop(name)))
    return {"attributes": answer}


@operation(
    "ListAttributes",
    simplified=(
        "Instances come in the order of their registration, and an instance's attributes by name; ECS documents no order.",
        "Attributes of INACTIVE instances aren't listed, an assumption.",
    ),
)
def list_attributes(region: Region, request: api.ListAttributesRequest) -> api.ListAttributesResponse:
    """List each attribute of each container instance, with built-in ones. A name, or a name and a value, narrows the list."""
    cluster = region.clusters.active(request.get("cluster"))
    if "attributeValue" in request and "attributeName" not in request:
        raise InvalidParameterException("You must specify an attribute name with an attribute value.")  # unverified
    start = pagination.position(region.partition, "ListAttributes", request)
    size = request.get("maxResults", PAGE_SIZE)
    found = list(islice(_behind(region, cluster, request, start), size + 1))
    response: api.ListAttributesResponse = {
        "attributes": [_shown(instance, name, instance.attributes[name]) for _, instance, name in found[:size]]
    }
    if len(found) > size:
        number, _, name = found[size - 1]
        response["nextToken"] = pagination.token(region.partition, "ListAttributes", request, (number, name))
    return response


def _targets(region: Region, cluster: Cluster, attributes: Sequence[api.Attribute]) -> list[ContainerInstance]:
    """The container instance of each attribute.

    Raises:
        InvalidParameterException: the target is missing, or it is an id and its type is missing.
        TargetNotFoundException: there is no such instance, or it is INACTIVE (text unverified).
        ClientException: see `lookup.id_of`.
    """
    targets = []
    for attribute in attributes:
        target = attribute.get("targetId")
        if not target:
            raise InvalidParameterException("targetId should not be null or empty.")  # the idiom; here unverified
        if not is_arn(target) and "targetType" not in attribute:
            # API reference, Attribute, targetType: required with the short form.
            raise InvalidParameterException("targetType should not be null or empty.")  # the idiom; here unverified
        instance = lookup.find(region, cluster, target)
        if instance is None or instance.status == "INACTIVE":
            raise TargetNotFoundException("The specified target could not be found.")  # unverified
        targets.append(instance)
    return targets


def _refuse_too_many(targets: Sequence[ContainerInstance], attributes: Sequence[api.Attribute]) -> None:
    """Refuse more than ten custom attributes on a resource (API reference, PutAttributes; text unverified)."""
    for target in targets:
        new = {
            attribute["name"]
            for instance, attribute in zip(targets, attributes, strict=True)
            if instance is target and attribute["name"] not in target.attributes
        }
        if len(target.custom_attributes | new) > CUSTOM_ATTRIBUTES:
            raise AttributeLimitExceededException(f"A resource can have at most {CUSTOM_ATTRIBUTES} custom attributes.")


def _behind(
    region: Region, cluster: Cluster, request: api.ListAttributesRequest, start: tuple[int, str] | None
) -> Iterator[tuple[int, ContainerInstance, str]]:
    """The requested attributes after a position, each as the number of the instance, the instance, and the attribute's name."""
    for number, instance in enumerate(region.container_instances_in(cluster)):
        if instance.status == "INACTIVE":
            continue
        for name, value in sorted(instance.attributes.items()):
            asked = request.get("attributeName", name) == name and request.get("attributeValue", value) == value
            if asked and (start is None or (number, name) > start):
                yield number, instance, name


def _shown(instance: ContainerInstance, name: str, value: str | None) -> api.Attribute:
    """An attribute with its target. Answers don't show the target's type (recorded answer of put-attributes)."""
    document: api.Attribute = {"name": name, "targetId": instance.arn}
    return document if value is None else {**document, "value": value}
