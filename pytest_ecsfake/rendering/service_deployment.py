"""Service deployments as DescribeServiceDeployments and ListServiceDeployments show them.

Rules: API reference, ServiceDeployment and ServiceDeploymentBrief; recorded answers of describe-service-deployments for when a member is absent.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, TypeVar

from pytest_ecsfake.clock import Instant, to_epoch_seconds
from pytest_ecsfake.engine.rollouts import circuit_breaker, configuration, hooks
from pytest_ecsfake.state.service import Service
from pytest_ecsfake.state.service_deployment import ServiceDeployment
from pytest_ecsfake.state.service_revision import ServiceRevision
from pytest_ecsfake.state.task_counts import TaskCounts
from pytest_ecsfake.state.traffic_shift import HookRun

if TYPE_CHECKING:
    from pytest_ecsfake import api

_D = TypeVar("_D", "api.ServiceDeployment", "api.ServiceDeploymentBrief")


def service_deployment(owner: Service, item: ServiceDeployment) -> api.ServiceDeployment:
    """The document of DescribeServiceDeployments. While the deployment is PENDING it shows no circuit breaker and no alarms."""
    document: api.ServiceDeployment = {
        "serviceDeploymentArn": item.arn,
        "serviceArn": owner.arn,
        "clusterArn": owner.cluster.arn,
        "createdAt": to_epoch_seconds(item.created_at),
        "updatedAt": to_epoch_seconds(item.updated_at),
        "targetServiceRevision": next(_summaries(owner, item, [item.target])),
        "status": item.status,
        "deploymentConfiguration": item.configuration,
    }
    if item.sources or owner.express is None:
        # Absent from an Express service's first deployment: awscli's monitor-express-gateway-service couldn't read an empty list.
        document["sourceServiceRevisions"] = list(_summaries(owner, item, item.sources))
    _add_times(document, {"startedAt": item.started_at, "finishedAt": item.finished_at, "stoppedAt": item.stopped_at})
    if item.status_reason is not None:
        document["statusReason"] = item.status_reason
    if item.has_started:
        document["deploymentCircuitBreaker"] = {
            "status": item.circuit_breaker_status,
            "failureCount": item.failure_count,
            "threshold": circuit_breaker.threshold(owner, item),
        }
        document["alarms"] = _alarms(item)
    if item.rollback is not None:
        reason, started_at, revision_arn = item.rollback
        document["rollback"] = {
            "reason": reason,
            "startedAt": to_epoch_seconds(started_at),
            "serviceRevisionArn": revision_arn,
        }
    if item.lifecycle_stage is not None:
        document["lifecycleStage"] = item.lifecycle_stage
    if item.shift is not None:
        document["lifecycleHookDetails"] = [_hook(run) for run in reversed(item.hook_runs)]
    return document


def brief(owner: Service, item: ServiceDeployment) -> api.ServiceDeploymentBrief:
    """The document of ListServiceDeployments."""
    document: api.ServiceDeploymentBrief = {
        "serviceDeploymentArn": item.arn,
        "serviceArn": owner.arn,
        "clusterArn": owner.cluster.arn,
        "createdAt": to_epoch_seconds(item.created_at),
        "targetServiceRevisionArn": item.target.arn,
        "status": item.status,
    }
    _add_times(document, {"startedAt": item.started_at, "finishedAt": item.finished_at})
    if item.status_reason is not None:
        document["statusReason"] = item.status_reason
    return document


def _add_times(document: _D, times: dict[str, Instant | None]) -> None:
    for name, instant in times.items():
        if instant is not None:
            document[name] = to_epoch_seconds(instant)  # type: ignore[literal-required]  # the names are the caller's


def _summaries(
    owner: Service, item: ServiceDeployment, revisions: Iterable[ServiceRevision]
) -> Iterator[api.ServiceRevisionSummary]:
    """Revisions with their counts: the current ones until the deployment ends, then the final ones. With weights if it shifts traffic."""
    for revision in revisions:
        counts = _counts(owner, item, revision)
        summary: api.ServiceRevisionSummary = {
            "arn": revision.arn,
            "requestedTaskCount": counts.desired,
            "runningTaskCount": counts.running,
            "pendingTaskCount": counts.pending,
        }
        if item.shift is not None:
            summary["requestedTestTrafficWeight"] = item.test_traffic.get(revision.arn, 0.0)
            summary["requestedProductionTrafficWeight"] = item.production_traffic.get(revision.arn, 0.0)
        yield summary


def _counts(owner: Service, item: ServiceDeployment, revision: ServiceRevision) -> TaskCounts:
    if item.has_ended:
        return item.final_counts.get(revision.arn, TaskCounts())
    listed = (owner.counts_of(deployment) for deployment in owner.deployments if deployment.revision is revision)
    return next(listed, TaskCounts())


def _alarms(item: ServiceDeployment) -> api.ServiceDeploymentAlarms:
    configured = configuration.alarms(item.configuration)
    if not configured["enable"]:
        return {"status": item.alarms_status}
    return {
        "status": item.alarms_status,
        "alarmNames": configured["alarmNames"],
        "triggeredAlarmNames": list(item.triggered_alarms),
    }


def _hook(run: HookRun) -> api.DeploymentLifecycleHookDetail:
    document: api.DeploymentLifecycleHookDetail = {
        "hookId": run.id,
        "targetType": configuration.hook_target_type(run.hook),
        "status": run.status,
        "expiresAt": to_epoch_seconds(run.expires_at),
        "timeoutAction": configuration.hook_timeout_action(run.hook),
    }
    if not run.is_pause:
        document["targetArn"] = hooks.target_of(run)
    return document
