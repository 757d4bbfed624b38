"""The attachments of a cluster: how they are created and deleted, and the status of the cluster in the meantime.

A change starts with `begin` and ends by itself on the clock; until then the cluster is busy. No other module assigns a cluster's status.
Rules: API reference, Cluster, status, attachments and attachmentsStatus; recorded answers of create-cluster, put-cluster-capacity-providers,
update-cluster and delete-cluster; Developer Guide, "Configuring Amazon ECS capacity providers to safely shut down instances" for managed
draining, and its tutorial of Service Connect with the AWS CLI for namespaces.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from pytest_ecsfake.clock import seconds
from pytest_ecsfake.state.cluster import (
    AttachmentsStatus,
    Cluster,
    ClusterAttachment,
    ClusterAttachmentStatus,
    ClusterAttachmentType,
    ClusterStatus,
)
from pytest_ecsfake.state.region import Region

if TYPE_CHECKING:
    from pytest_ecsfake import api


class Course(NamedTuple):
    """The statuses of a cluster while its attachments change, and afterwards."""

    meanwhile: ClusterStatus
    afterwards: ClusterStatus


#: API reference, Cluster, status. Seen of Fargate's providers too, which need no resources: DEPROVISIONING in an answer of delete-cluster,
#: attachmentsStatus UPDATE_IN_PROGRESS in answers of put-cluster-capacity-providers.
#:         meanwhile         afterwards
CREATION, UPDATE, DELETION = (
    Course("PROVISIONING",   "ACTIVE"),
    Course("ACTIVE",         "ACTIVE"),
    Course("DEPROVISIONING", "INACTIVE"),
)  # fmt: skip

#: How long a change lasts; ECS states no durations (seconds to a minute have been seen). `timings` replaces it under this status.
CHANGE = seconds(10)
CHANGING: AttachmentsStatus = "UPDATE_IN_PROGRESS"


class AttachmentStatuses(NamedTuple):
    """The statuses of one type of attachment. One with a status for `left` is still shown after it was detached."""

    coming: ClusterAttachmentStatus
    there: ClusterAttachmentStatus
    leaving: ClusterAttachmentStatus
    left: ClusterAttachmentStatus | None = None


#: The recorded answers. What becomes of Service Connect's attachment when the cluster is deleted hasn't been seen. # unverified
#:                                     coming        there       leaving      left
STATUSES: Mapping[ClusterAttachmentType, AttachmentStatuses] = {
    "as_policy":        AttachmentStatuses("PRECREATED", "CREATED",  "DELETING"),
    "managed_draining": AttachmentStatuses("PRECREATED", "CREATED",  "DELETING"),
    "sc":               AttachmentStatuses("ATTACHING",  "ATTACHED", "DETACHING", "DELETED"),
}  # fmt: skip

#: The hook that managed draining sets on the Auto Scaling group (recorded answer of update-cluster).
LIFECYCLE_HOOK = "ecs-managed-draining-termination-hook"


def is_busy(cluster: Cluster) -> bool:
    """Whether the attachments of a cluster are changing; no other change may begin until they have."""
    return cluster.attachments_status == CHANGING


def are_outdated(region: Region, cluster: Cluster) -> bool:
    """Whether the cluster lacks attachments that a capacity provider needs, or has some that none needs any more."""
    return set(_needed(region, cluster)) != {
        (each.type, each.owner) for each in cluster.attachments if _is_present(each)
    }


def begin(region: Region, cluster: Cluster, course: Course) -> None:
    """Begin to bring the attachments in line with the cluster's capacity providers and namespace; a deletion removes them all."""
    needed = [] if course == DELETION else list(_needed(region, cluster))
    present = [attachment for attachment in cluster.attachments if _is_present(attachment)]
    for attachment in present:
        if (attachment.type, attachment.owner) not in needed:
            attachment.status = STATUSES[attachment.type].leaving
    there = {(attachment.type, attachment.owner) for attachment in present}
    cluster.attachments += [_attachment(region, type_, owner) for type_, owner in needed if (type_, owner) not in there]
    cluster.attachments_changes += 1
    _note_attachments_status(region, cluster, CHANGING)
    transition(region, cluster, course.meanwhile)
    delay = region.timings.delay("UPDATE_IN_PROGRESS", CHANGE)
    region.clock.after(delay, _finish, region, cluster, course, cluster.attachments_changes)


def finish(region: Region, cluster: Cluster, course: Course) -> None:
    """End the change that is under way, if there is one, ahead of time."""
    _finish(region, cluster, course, cluster.attachments_changes)


def follow_namespace(region: Region, cluster: Cluster) -> None:
    """Attach the cluster to its present Service Connect namespace at once, as the recorded answer of update-cluster shows."""
    namespace = cluster.service_connect_namespace
    present = [each for each in cluster.attachments if each.type == "sc" and _is_present(each)]
    for attachment in present:
        if attachment.owner != namespace:
            attachment.status = "DELETED"
    if namespace is not None and namespace not in [attachment.owner for attachment in present]:
        attachment = _attachment(region, "sc", namespace)
        attachment.status = STATUSES["sc"].there
        cluster.attachments.append(attachment)
    if cluster.attachments and cluster.attachments_status is None:
        _note_attachments_status(region, cluster, "UPDATE_COMPLETE")


def transition(region: Region, cluster: Cluster, status: ClusterStatus) -> None:
    """Set the status of a cluster.

    An INACTIVE one has no capacity providers any more (API reference, DeleteCapacityProvider) and no tags (Developer Guide, "Tagging Amazon
    ECS resources").
    """
    before = cluster.status
    if status == before:
        return
    region.clusters.change(cluster.name, status=status)
    if status == "INACTIVE":
        cluster.capacity_providers = []
        cluster.default_capacity_provider_strategy = []
        cluster.tags = {}
    region.journal.write(region.clock.now, "cluster", cluster.arn, "status", before, status)


def _finish(region: Region, cluster: Cluster, course: Course, change: int) -> None:
    if not is_busy(cluster) or cluster.attachments_changes != change:
        return
    kept = []
    for attachment in cluster.attachments:
        statuses = STATUSES[attachment.type]
        if attachment.status == statuses.coming:
            attachment.status = statuses.there
        elif attachment.status == statuses.leaving:
            if statuses.left is None:
                continue
            attachment.status = statuses.left
        kept.append(attachment)
    cluster.attachments = kept
    _note_attachments_status(region, cluster, "UPDATE_COMPLETE")
    transition(region, cluster, course.afterwards)


def _note_attachments_status(region: Region, cluster: Cluster, status: AttachmentsStatus) -> None:
    before, cluster.attachments_status = cluster.attachments_status, status
    region.journal.write(region.clock.now, "cluster", cluster.arn, "attachmentsStatus", before, status)


def _needed(region: Region, cluster: Cluster) -> Iterator[tuple[ClusterAttachmentType, str]]:
    """The attachments that the cluster's capacity providers and namespace need, by type and owner; a provider's policy before its hook.

    A provider without managed scaling has no scaling policy (Developer Guide, "Automatically manage Amazon ECS capacity with cluster auto
    scaling"). # unverified
    """
    for provider in region.capacity_providers.of(cluster.capacity_providers):
        group = provider.coming or provider.auto_scaling_group_provider
        if group is None:
            continue
        if group["managedScaling"]["status"] == "ENABLED":
            yield "as_policy", provider.name
        if group["managedDraining"] == "ENABLED":
            yield "managed_draining", provider.name
    if cluster.service_connect_namespace is not None:
        yield "sc", cluster.service_connect_namespace


def _is_present(attachment: ClusterAttachment) -> bool:
    statuses = STATUSES[attachment.type]
    return attachment.status in (statuses.coming, statuses.there)


def _attachment(region: Region, type_: ClusterAttachmentType, owner: str) -> ClusterAttachment:
    attachment_id = region.ids.uuid()
    return ClusterAttachment(attachment_id, type_, STATUSES[type_].coming, owner, _details(region, type_, owner))


def _details(region: Region, type_: ClusterAttachmentType, owner: str) -> list[api.KeyValuePair]:
    if type_ == "sc":
        return []
    provider: api.KeyValuePair = {"name": "capacityProviderName", "value": owner}
    if type_ == "managed_draining":
        return [provider, {"name": "autoScalingLifecycleHookName", "value": LIFECYCLE_HOOK}]
    policy = f"ECSManagedAutoScalingPolicy-{region.ids.uuid()}"
    return [provider, {"name": "scalingPolicyName", "value": policy}]
