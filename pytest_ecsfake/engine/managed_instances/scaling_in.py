"""How Managed Instances leave: idle ones after a while, old ones by draining, and those of a provider that is deleted.

    idle for scaleInAfter           ACTIVE ─────────────────── DEREGISTERING ── 10 s ── INACTIVE
    14 days old, told to drain,     ACTIVE ──── DRAINING ───── DEREGISTERING ── 10 s ── INACTIVE
    or its provider is deleted                  until its last task has stopped, for 7 days at most

An instance is idle while no task of an application is on it; daemons don't count.
Rules: Developer Guide, "Amazon ECS Managed Instances infrastructure optimization", "Patching in Amazon ECS Managed Instances" and "Draining
Amazon ECS container instances"; API reference, InfrastructureOptimization, scaleInAfter.
"""

from __future__ import annotations

from pytest_ecsfake.clock import CONSEQUENCES, SECOND, Instant, seconds
from pytest_ecsfake.engine.capacity import providers
from pytest_ecsfake.engine.instances import loss, transition
from pytest_ecsfake.engine.tasks import lifecycle
from pytest_ecsfake.state.cluster import Cluster
from pytest_ecsfake.state.container_instance import ContainerInstance
from pytest_ecsfake.state.region import Region

#: How long an idle instance stays where the provider doesn't state it: ECS discloses no figure. # unverified
SCALE_IN_AFTER = seconds(300)

#: API reference, InfrastructureOptimization, scaleInAfter: the value that keeps idle instances.
NEVER = -1

#: "Patching …": an instance this old is drained; and "Draining …": how long it drains at most.
DAY = 24 * 60 * 60 * SECOND
LIFETIME = 14 * DAY
LONGEST_DRAINING = 7 * DAY

#: How long the deregistration takes; ECS states no duration. `timings` replaces it.
DEREGISTRATION = seconds(10)

#: AWS Batch User Guide, "Instance draining and task interruptions". The code is unverified.
STOPPED_BY_DRAINING = "Task stopped during instance draining"

#: Why a daemon's task stops with its instance.
INSTANCE_LEAVES = "Container instance is being deregistered."  # unverified


def note_active(region: Region, instance: ContainerInstance) -> None:
    """Count an instance's time: until it is idle for too long, and until it is too old."""
    note_idleness(region, instance)
    region.clock.at(instance.registered_at + LIFETIME, _replace_old, region, instance)


def note_idleness(region: Region, instance: ContainerInstance) -> None:
    """Begin to count how long an instance is idle, if it is; the time begins anew when its last task has stopped."""
    if instance.status != "ACTIVE" or has_application_tasks(region, instance):
        return
    delay = _scale_in_after(region, instance)
    if delay is not None:
        instance.idle_since = region.clock.now
        region.clock.at(region.clock.now + delay, _end_idleness, region, instance, region.clock.now, lane=CONSEQUENCES)


def note_draining(region: Region, instance: ContainerInstance) -> None:
    """Have a draining instance leave when its last task has stopped, or its time is over."""
    instance.idle_since = None
    instance.draining_since = region.clock.now
    region.clock.after(LONGEST_DRAINING, _end_draining, region, instance, region.clock.now)
    leave_if_drained(region, instance)


def leave_if_drained(region: Region, instance: ContainerInstance) -> None:
    """Deregister a draining instance that has no task of an application left."""
    if instance.status == "DRAINING" and not has_application_tasks(region, instance):
        region.clock.at(region.clock.now, _leave_drained, region, instance, lane=CONSEQUENCES)


def drain_all(region: Region, cluster: Cluster, provider_name: str) -> None:
    """Drain the instances of a provider that is deleted, and call off the launches whose instances haven't come yet."""
    scaling = region.managed_instances_in(cluster)
    scaling.launches = [
        launch for launch in scaling.launches if launch.provider_name != provider_name or launch.instance_id is not None
    ]
    for instance in list(region.container_instances_in(cluster)):
        if instance.capacity_provider_name == provider_name and instance.status in ("ACTIVE", "REGISTERING"):
            transition.transition(region, instance, "DRAINING", "its capacity provider is deleted")


def has_application_tasks(region: Region, instance: ContainerInstance) -> bool:
    """Whether a task on an instance hasn't stopped that isn't a daemon's."""
    return region.tasks_in(instance.cluster).active_count(container_instance=instance, daemon_name=None) > 0


def _scale_in_after(region: Region, instance: ContainerInstance) -> int | None:
    """How long an instance may be idle; None means forever."""
    provider = region.capacity_providers.get(instance.capacity_provider_name or "")
    details = None if provider is None else provider.managed_instances_provider
    if details is None:
        return None
    configured = details.get("infrastructureOptimization", {}).get("scaleInAfter")
    if configured == NEVER:
        return None
    realistic = SCALE_IN_AFTER if configured is None else configured * SECOND
    return region.timings.delay("SCALE_IN", realistic)


def _end_idleness(region: Region, instance: ContainerInstance, since: Instant) -> None:
    """Deregister an instance that has been idle since an instant; tasks that are about to be placed go first."""
    if instance.status != "ACTIVE" or instance.idle_since != since:
        return
    if region.waiting_tasks_in(instance.cluster).is_looking_for_room:
        region.clock.at(region.clock.now, _end_idleness, region, instance, since, lane=CONSEQUENCES)
    elif not has_application_tasks(region, instance):
        _leave(region, instance, "it has been idle")


def _replace_old(region: Region, instance: ContainerInstance) -> None:
    if instance.status == "ACTIVE":
        transition.transition(region, instance, "DRAINING", "it is replaced after 14 days")


def _end_draining(region: Region, instance: ContainerInstance, since: Instant) -> None:
    """Stop the tasks on an instance that has been draining for too long."""
    if instance.status != "DRAINING" or instance.draining_since != since:
        return
    for task in loss.tasks_on(region, instance):
        if task.daemon_name is None and task.last_status != "STOPPED":
            lifecycle.stop(region, task, code="TerminationNotice", reason=STOPPED_BY_DRAINING)


def _leave_drained(region: Region, instance: ContainerInstance) -> None:
    if instance.status == "DRAINING" and not has_application_tasks(region, instance):
        _leave(region, instance, "no task is left on it")


def _leave(region: Region, instance: ContainerInstance, why: str) -> None:
    """Deregister an instance; its daemons' tasks are the last to stop, and its host is terminated at the end."""
    delay = region.timings.delay("INSTANCE_DEREGISTRATION", DEREGISTRATION)
    instance.idle_since, instance.leaves_at = None, region.clock.now + delay
    transition.transition(region, instance, "DEREGISTERING", why)
    for task in loss.tasks_on(region, instance):
        lifecycle.stop(region, task, code="ServiceSchedulerInitiated", reason=INSTANCE_LEAVES)
    region.clock.after(delay, terminate_if_empty, region, instance)


def terminate_if_empty(region: Region, instance: ContainerInstance) -> None:
    """Terminate the host of an instance whose deregistration is over, once the tasks of its daemons have stopped."""
    is_due = instance.leaves_at is not None and instance.leaves_at <= region.clock.now
    if instance.status == "DEREGISTERING" and is_due and not loss.has_tasks(region, instance):
        loss.deregister(region, instance)


def note_gone(region: Region, instance: ContainerInstance) -> None:
    """Let the deletion of the provider go on that waits for its last instance."""
    provider = region.capacity_providers.get(instance.capacity_provider_name or "")
    if provider is not None:
        providers.instance_gone(region, provider)
