"""Where resources are loaded, and what doesn't fit there: the one object that the loaders of all kinds share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

from pytest_ecsfake.loading import made_up
from pytest_ecsfake.loading.documents import Part
from pytest_ecsfake.state.capacity_provider import FARGATE_PROVIDERS
from pytest_ecsfake.state.cluster import Cluster
from pytest_ecsfake.state.container_instance import ContainerInstance
from pytest_ecsfake.state.region import Region
from pytest_ecsfake.state.task_definition import TaskDefinition


class Place:
    """The region that documents are loaded into, and the complaints about what doesn't fit.

    Attributes:
        region: the region.
        parts: everything that is loaded.
        complaints: a sentence for each thing that doesn't fit.
        made_up: the ids of the container instances that no document has.
    """

    def __init__(self, region: Region, parts: Sequence[Part], complaints: list[str]) -> None:
        self.region = region
        self.parts = parts
        self.complaints = complaints
        self.made_up: set[str] = set()

    def complain(self, part: Part, text: str) -> None:
        """Note what doesn't fit about a part."""
        self.complaints.append(f"{part.where} {name_of(part)}: {text}")

    def is_here(self, part: Part, arn: str) -> bool:
        """Whether an ARN is of this account and region; complained of if not."""
        parts = arn.split(":", 5)
        partition = self.region.partition
        if len(parts) == 6 and (parts[4], parts[3]) == partition:
            return True
        if len(parts) != 6:
            self.complain(part, f"{arn!r} isn't an ARN.")
        else:
            self.complain(
                part,
                f"it is of account {parts[4]}, region {parts[3]}, and the fake's are {partition.account}, {partition.region}. "
                f'Write @pytest.mark.ecs_fake(account="{parts[4]}", region="{parts[3]}").',
            )
        return False

    def cluster(self, arn: str) -> Cluster:
        """The cluster with this ARN. One that no document has is made: its ARN is all that its contents need."""
        name = arn.rpartition("/")[2]
        found = self.region.clusters.get(name)
        if found is None:
            found = Cluster(arn=arn, name=name, capacity_providers=list(FARGATE_PROVIDERS))
            self.region.clusters.add(name, found)
            self.note("cluster", arn, "ACTIVE")
        return found

    def definition(self, part: Part, arn: str, owner: Mapping[str, Any] | None = None) -> TaskDefinition | None:
        """The task definition with this ARN. One that no document has is made up; None if the ARN isn't of this account and region.

        Args:
            part: what names it.
            arn: its ARN.
            owner: the document that tells most of what it needs, if that isn't the part's own.
        """
        if not self.is_here(part, arn):
            return None
        store, key = self.region.task_definitions, arn.rpartition("/")[2]
        found = store.get(key)
        if found is None:
            document = made_up.task_definition(self.region, arn, {**part.resource, **(owner or {})}, self.parts)
            document.pop("status")
            found = TaskDefinition(arn, document["family"], document["revision"], cast("Any", document), {})
            store.add(found.key, found)
            self.note("task-definition", arn, found.status, why="made up")
        return found

    def container_instance(self, cluster: Cluster, arn: str) -> ContainerInstance:
        """The container instance with this ARN. One that no document has is made up."""
        store, instance_id = self.region.container_instances_in(cluster), arn.rpartition("/")[2]
        found = store.get(instance_id)
        if found is None:
            found = made_up.container_instance(self.region, cluster, arn)
            store.add(instance_id, found)
            self.made_up.add(instance_id)
            self.note("container instance", arn, found.status, why="made up")
        return found

    def note(self, kind: str, arn: str, status: str, change: str = "status", why: str = "loaded") -> None:
        """Write in the journal that a resource is there. Who follows changes isn't told: nothing happens because of it."""
        self.region.journal.note(self.region.clock.now, kind, arn, change, None, status, why)


def name_of(part: Part) -> str:
    """How a sentence names a resource: in quotes, by its name or its id."""
    resource = part.resource
    names = (
        "name",
        "clusterName",
        "serviceName",
        "id",
        "taskArn",
        "containerInstanceArn",
        "taskDefinitionArn",
        "serviceArn",
    )
    name = next((resource[name] for name in names if name in resource), "")
    return f'"{str(name).rpartition("/")[2]}"'


def pairs(given: list[dict[str, Any]]) -> dict[str, str]:
    """Tags by their keys."""
    return {tag["key"]: tag.get("value", "") for tag in given if "key" in tag}
