"""Dumping: everything of a region that `load` takes, as the answers of the Describe operations."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pytest_ecsfake import documents, operations
from pytest_ecsfake.state.capacity_provider import FARGATE_PROVIDERS
from pytest_ecsfake.state.cluster import Cluster
from pytest_ecsfake.state.region import Region

#: How many things each operation shows at once (API reference).
CLUSTERS, INSTANCES, SERVICES, TASKS = 100, 100, 10, 100


def dump(region: Region) -> list[dict[str, Any]]:
    """The documents, with timestamps in epoch seconds, so that they can be written as JSON. They share nothing with the state."""
    answers = [{member: answer[member] for member in answer if member != "failures"} for answer in _answers(region)]
    copied: list[dict[str, Any]] = documents.unpack(documents.pack(answers))
    return copied


def _answers(region: Region) -> Iterator[Any]:
    providers = [each.name for each in region.capacity_providers if each.name not in FARGATE_PROVIDERS]
    for names in _portions(providers, CLUSTERS):
        yield _call(region, "DescribeCapacityProviders", {"capacityProviders": names, "include": ["TAGS"]})
    clusters = list(region.clusters)
    shown = ["ATTACHMENTS", "CONFIGURATIONS", "SETTINGS", "TAGS"]
    for names in _portions([each.name for each in clusters], CLUSTERS):
        yield _call(region, "DescribeClusters", {"clusters": names, "include": shown})
    for definition in region.task_definitions:
        yield _call(region, "DescribeTaskDefinition", {"taskDefinition": definition.arn, "include": ["TAGS"]})
    for cluster in clusters:
        if cluster.status not in ("INACTIVE", "DEPROVISIONING"):
            yield from _contents(region, cluster)


def _contents(region: Region, cluster: Cluster) -> Iterator[Any]:
    common = {"cluster": cluster.name, "include": ["TAGS"]}
    for ids in _portions(list(region.container_instances_in(cluster).keys()), INSTANCES):
        yield _call(region, "DescribeContainerInstances", {**common, "containerInstances": ids})
    for names in _portions(list(region.services_in(cluster).keys()), SERVICES):
        yield _call(region, "DescribeServices", {**common, "services": names})
    for ids in _portions(list(region.tasks_in(cluster).keys()), TASKS):
        yield _call(region, "DescribeTasks", {**common, "tasks": ids})


def _call(region: Region, operation: str, request: dict[str, Any]) -> Any:
    function = operations.find(operation)
    assert function is not None, operation
    return function(region, request)


def _portions(items: list[str], size: int) -> Iterator[list[str]]:
    for start in range(0, len(items), size):
        yield items[start : start + size]
