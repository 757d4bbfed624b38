"""The tasks of daemons: how one is started on an instance, and what follows when it runs, fails to start, or stops.

Each instance of a daemon's capacity providers gets one task when it registers, before any other task. Until the tasks of critical daemons run
it isn't ACTIVE. A task that fails to start is tried again; where a critical daemon's task stops later, the instance is drained and replaced.
Rules: API reference, CreateDaemon, with `critical`; Developer Guide, "Amazon ECS managed daemon auto repair" and "… managed daemons events".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_ecsfake.clock import seconds, to_iso_8601
from pytest_ecsfake.engine import tags
from pytest_ecsfake.engine.daemons import counting
from pytest_ecsfake.engine.instances import loss, transition
from pytest_ecsfake.engine.launch.plan import LaunchPlan
from pytest_ecsfake.engine.launch.start import start_on
from pytest_ecsfake.engine.managed_instances import launching, scaling_in
from pytest_ecsfake.engine.tasks import lifecycle
from pytest_ecsfake.state.container_instance import ContainerInstance
from pytest_ecsfake.state.daemon import Daemon, DaemonRevision
from pytest_ecsfake.state.managed_instances import InstanceLaunch
from pytest_ecsfake.state.region import Region
from pytest_ecsfake.state.task import Task

if TYPE_CHECKING:
    from pytest_ecsfake import api

#: How long until a task that failed to start is tried again; ECS states no time. `timings` replaces it. # unverified
RETRY = seconds(15)

DAEMON_NAME_TAG = "aws:ecs:daemonName"  # unverified: the name of the managed tag, by analogy with aws:ecs:serviceName

UNHEALTHY = "Task failed container health checks"

#: Developer Guide, "… events": the failureType of DAEMON_TASK_START_IMPAIRED.
CREATION_FAILED, FAILED_TO_RUN = "TASK_CREATION_FAILED", "TASK_FAILED_TO_RUN"

#: The same page: what the reason of a task that couldn't be created says of each missing resource; for other resources # unverified.
INSUFFICIENT = {"RESOURCE:CPU": "insufficient CPU", "RESOURCE:MEMORY": "insufficient memory"}


def start_all(region: Region, instance: ContainerInstance) -> None:
    """Start the tasks of all daemons on an instance that has registered."""
    for daemon in region.daemons_in(instance.cluster).on(instance.capacity_provider_name):
        start(region, daemon, instance)


def start(region: Region, daemon: Daemon, instance: ContainerInstance) -> None:
    """Start the daemon's present revision on an instance, unless it has a task already or the instance leaves."""
    revision = daemon.revision
    if revision is None or instance.capacity_provider_name not in revision.capacity_providers:
        launching.activate(region, instance)
        return
    is_known = region.daemons_in(daemon.cluster).get(daemon.name) is daemon
    if not is_known or instance.status not in ("REGISTERING", "ACTIVE"):
        return
    if counting.task_on(region, daemon.name, instance) is not None:
        return
    if instance.status == "ACTIVE" and daemon.begun_on.get(instance.id, revision.arn) != revision.arn:
        return  # no instance changes its revision: a deployment will replace it
    daemon.begun_on[instance.id] = revision.arn
    started = start_on(region, _plan(daemon, revision), instance, provider=instance.capacity_provider_name)
    if started.failures:
        reason = started.failures[0]["reason"]
        words = f"{reason} - Unable to place daemon task on container instance: {INSUFFICIENT.get(reason, reason)}"
        _note_failure(region, daemon, revision, instance, None, CREATION_FAILED, words)


def note_running(region: Region, task: Task) -> None:
    """Make an instance ACTIVE once its critical daemons run."""
    if task.container_instance is not None:
        launching.activate(region, task.container_instance)


def note_stopped(region: Region, daemon: Daemon, task: Task) -> None:
    """Try a task again that never ran. The instance of one that ran, of a critical daemon, is drained and replaced."""
    instance = task.container_instance
    revision = region.daemons_in(daemon.cluster).revisions.get(task.daemon_revision_arn or "")
    if instance is None or revision is None or instance.status not in ("REGISTERING", "ACTIVE"):
        return
    if task.started_at is None or instance.status == "REGISTERING":
        words = f"Task failed to reach RUNNING status: {_why(task)}"
        _note_failure(region, daemon, revision, instance, task, FAILED_TO_RUN, words)
        return
    region.journal.write(region.clock.now, "daemon", daemon.arn, "taskStop", None, revision.arn, task.stopped_reason)
    if revision.critical and _repairs(region, instance):
        replace(region, instance, f"its critical daemon {daemon.name} has stopped")
    elif revision.critical:
        _retry(region, daemon, instance)


def note_unhealthy(region: Region, task: Task) -> None:
    """Stop a task whose health check fails, which counts as its end."""
    lifecycle.stop(region, task, code="ServiceSchedulerInitiated", reason=UNHEALTHY)


def replace(region: Region, instance: ContainerInstance, why: str) -> None:
    """Drain an instance, stop the tasks on it that no service moves, and launch another one in its place."""
    launch_replacement(region, instance)
    transition.transition(region, instance, "DRAINING", why)
    for task in loss.tasks_on(region, instance):
        if task.daemon_name is None and task.service_name is None and task.last_status != "STOPPED":
            lifecycle.stop(region, task, code="TerminationNotice", reason=scaling_in.STOPPED_BY_DRAINING)


def launch_replacement(region: Region, instance: ContainerInstance) -> InstanceLaunch | None:
    """Launch an instance of the same type in the same subnet as one that leaves; None if its provider is being deleted."""
    provider = region.capacity_providers.get(instance.capacity_provider_name or "")
    if provider is None or provider.status != "ACTIVE" or provider.managed_instances_provider is None:
        return None
    template = provider.managed_instances_provider["instanceLaunchTemplate"]
    subnets = template["networkConfiguration"]["subnets"]
    subnet = instance.attributes.get("ecs.subnet-id")
    launch = InstanceLaunch(
        provider_name=provider.name,
        subnet_id=subnet if subnet in subnets and subnet is not None else subnets[0],
        instance_types=[instance.attributes.get("ecs.instance-type") or launching.DEFAULT_TYPE],
        needed=launching.needed_by_daemons(region, instance.cluster, provider),
    )
    launching.begin(region, instance.cluster, launch)
    return launch


def _plan(daemon: Daemon, revision: DaemonRevision) -> LaunchPlan:
    """What a daemon's task is. `startedBy` is that of AWS's beta guide; the group is by analogy with services. # unverified."""
    given: list[api.Tag] = [{"key": key, "value": value} for key, value in daemon.tags.items()]
    of_task = tags.of_new_task(
        daemon.cluster,
        revision.template.definition,
        given if revision.propagate_tags == "DAEMON" else [],
        propagated=False,
        managed=revision.enable_ecs_managed_tags,
    )
    if revision.enable_ecs_managed_tags:
        of_task[DAEMON_NAME_TAG] = daemon.name
    return LaunchPlan(
        template=revision.template,
        cluster=daemon.cluster,
        subnets=(),
        group=f"daemon:{daemon.name}",
        started_by=f"daemon/{daemon.name}",
        enable_execute_command=revision.enable_execute_command,
        tags=of_task,
        daemon_name=daemon.name,
        daemon_revision_arn=revision.arn,
    )


def _why(task: Task) -> str:
    """Why a task didn't run: what its container says, else the task's own reason."""
    return next((container.reason for container in task.containers if container.reason), task.stopped_reason or "")


def _note_failure(  # noqa: PLR0917 (what the event says)
    region: Region,
    daemon: Daemon,
    revision: DaemonRevision,
    instance: ContainerInstance,
    task: Task | None,
    failure_type: str,
    reason: str,
) -> None:
    """Report a task that didn't start, and try again later. Deployments count it from the journal."""
    now = region.clock.now
    detail = {
        "eventType": "WARNING",
        "eventName": "DAEMON_TASK_START_IMPAIRED",
        "clusterArn": daemon.cluster.arn,
        "containerInstanceArn": instance.arn,
        **({} if task is None else {"taskArn": task.arn}),
        "daemonRevisionArn": revision.arn,
        "capacityProviderName": instance.capacity_provider_name,
        "daemonArn": daemon.arn,
        "daemonTaskDefinitionArn": revision.definition.arn,
        "failureType": failure_type,
        "createdAt": to_iso_8601(now),
        "reason": reason,
    }
    region.events.send_service_event(now, "ECS Daemon Service Action", "" if task is None else task.arn, detail)
    region.journal.write(now, "daemon", daemon.arn, "taskStart", None, revision.arn, reason)
    _retry(region, daemon, instance)


def _retry(region: Region, daemon: Daemon, instance: ContainerInstance) -> None:
    delay = max(region.timings.delay("DAEMON_RETRY", RETRY), LEAST_DELAY)
    region.clock.after(delay, start, region, daemon, instance)


#: Also with `timings="instant"` a task that fails to start is tried again a second later, or time would stand still.
LEAST_DELAY = seconds(1)


def _repairs(region: Region, instance: ContainerInstance) -> bool:
    """API reference, AutoRepairConfiguration, actionsStatus. That it is ENABLED where nothing is said is an assumption."""
    provider = region.capacity_providers.get(instance.capacity_provider_name or "")
    details = None if provider is None else provider.managed_instances_provider
    status = None if details is None else details.get("autoRepairConfiguration", {}).get("actionsStatus")
    return status != "DISABLED"
