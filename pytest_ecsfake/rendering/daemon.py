"""Daemons with their deployments and revisions, as ECS shows them, whole and in lists.

The counts of a daemon and of a deployment have different names. Rules: API reference, DaemonDetail, DaemonDeployment, DaemonRevision and the
structures in them; the examples of DescribeDaemonDeployments and DescribeDaemonRevisions.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from pytest_ecsfake.clock import to_epoch_seconds
from pytest_ecsfake.engine.daemons import counting
from pytest_ecsfake.engine.daemons.deployments import THRESHOLD

if TYPE_CHECKING:
    from pytest_ecsfake import api
    from pytest_ecsfake.state.daemon import Daemon, DaemonDeployment, DaemonRevision, InstanceCounts
    from pytest_ecsfake.state.region import Region

#: The timestamps of a deployment that are absent until they are set.
TIMES = (("started_at", "startedAt"), ("stopped_at", "stoppedAt"), ("finished_at", "finishedAt"))


def daemon(region: Region, item: Daemon) -> api.DaemonDetail:
    """The document of a daemon. Its settings are those of its revision and its deployment."""
    document: api.DaemonDetail = {
        "daemonArn": item.arn,
        "clusterArn": item.cluster.arn,
        "status": item.status,
        "currentRevisions": [_current(region, item, revision) for revision in counting.revisions_in_use(region, item)],
        "deploymentArn": item.deployment.arn,
        "createdAt": to_epoch_seconds(item.created_at),
    }
    if item.updated_at is not None:
        document["updatedAt"] = to_epoch_seconds(item.updated_at)
    return document


def summary(item: Daemon) -> api.DaemonSummary:
    """A daemon in a list."""
    document: api.DaemonSummary = {
        "daemonArn": item.arn,
        "status": item.status,
        "createdAt": to_epoch_seconds(item.created_at),
    }
    if item.updated_at is not None:
        document["updatedAt"] = to_epoch_seconds(item.updated_at)
    return document


def daemon_deployment(region: Region, item: DaemonDeployment) -> api.DaemonDeployment:
    """The document of a deployment. Until it ends the counts are the present ones."""
    document: api.DaemonDeployment = {
        "daemonDeploymentArn": item.arn,
        "clusterArn": item.daemon.cluster.arn,
        "status": item.status,
        "sourceDaemonRevisions": [_detail(region, item, revision) for revision in item.sources],
        "circuitBreaker": {
            "failureCount": item.failure_count,
            "status": item.circuit_breaker_status,
            "threshold": THRESHOLD,
        },
        "alarms": {
            "status": item.alarms_status,
            "alarmNames": item.configuration["alarms"]["alarmNames"],
            "triggeredAlarmNames": list(item.triggered_alarms),
        },
        "deploymentConfiguration": item.configuration,
        "createdAt": to_epoch_seconds(item.created_at),
    }
    if item.target is not None:
        document["targetDaemonRevision"] = _detail(region, item, item.target)
    if item.status_reason is not None:
        document["statusReason"] = item.status_reason
    if item.rollback is not None:
        document["rollback"] = {
            "reason": item.rollback.reason,
            "startedAt": to_epoch_seconds(item.rollback.started_at),
            "rollbackTargetDaemonRevisionArn": item.rollback.target.arn,
            "rollbackCapacityProviders": [
                _provider_arn(region, name) for name in item.rollback.target.capacity_providers
            ],
        }
    _show_times(cast("dict[str, Any]", document), item)
    return document


def deployment_summary(item: DaemonDeployment) -> api.DaemonDeploymentSummary:
    """A deployment in a list, which unlike the whole names its daemon."""
    document: api.DaemonDeploymentSummary = {
        "daemonDeploymentArn": item.arn,
        "daemonArn": item.daemon.arn,
        "clusterArn": item.daemon.cluster.arn,
        "status": item.status,
        "createdAt": to_epoch_seconds(item.created_at),
    }
    if item.target is not None:
        document["targetDaemonRevisionArn"] = item.target.arn
    if item.status_reason is not None:
        document["statusReason"] = item.status_reason
    _show_times(cast("dict[str, Any]", document), item)
    return document


def daemon_revision(item: DaemonRevision) -> api.DaemonRevision:
    """The document of a revision. The images have no digests: none is looked up."""
    return {
        "daemonRevisionArn": item.arn,
        "clusterArn": item.cluster.arn,
        "daemonArn": item.daemon_arn,
        "daemonTaskDefinitionArn": item.definition.arn,
        "createdAt": to_epoch_seconds(item.created_at),
        "containerImages": [
            {"containerName": container["name"], "image": container["image"]}
            for container in item.definition.document["containerDefinitions"]
        ],
        "propagateTags": item.propagate_tags,
        "enableECSManagedTags": item.enable_ecs_managed_tags,
        "enableExecuteCommand": item.enable_execute_command,
        "critical": item.critical,
    }


def _current(region: Region, item: Daemon, revision: DaemonRevision) -> api.DaemonRevisionDetail:
    counts = counting.counts_of(region, item, revision)
    return {
        "arn": revision.arn,
        "capacityProviders": [
            {
                "arn": _provider_arn(region, name),
                "runningCount": count.running,
                "withoutDaemonCount": count.without_daemon,
            }
            for name, count in counts.items()
        ],
        "totalRunningCount": sum(count.running for count in counts.values()),
        "totalWithoutDaemonCount": sum(count.without_daemon for count in counts.values()),
    }


def _detail(region: Region, item: DaemonDeployment, revision: DaemonRevision) -> api.DaemonDeploymentRevisionDetail:
    counts: InstanceCounts = item.final_counts.get(revision.arn) or counting.counts_of(region, item.daemon, revision)
    return {
        "arn": revision.arn,
        "capacityProviders": [
            {
                "arn": _provider_arn(region, name),
                "runningInstanceCount": count.running,
                "withoutDaemonInstanceCount": count.without_daemon,
                "drainingInstanceCount": count.draining,
            }
            for name, count in counts.items()
        ],
        "totalRunningInstanceCount": sum(count.running for count in counts.values()),
        "totalWithoutDaemonInstanceCount": sum(count.without_daemon for count in counts.values()),
        "totalDrainingInstanceCount": sum(count.draining for count in counts.values()),
    }


def _provider_arn(region: Region, name: str) -> str:
    return region.capacity_providers.arn(name)


def _show_times(document: dict[str, Any], item: DaemonDeployment) -> None:
    for attribute, member in TIMES:
        instant = getattr(item, attribute)
        if instant is not None:
            document[member] = to_epoch_seconds(instant)
