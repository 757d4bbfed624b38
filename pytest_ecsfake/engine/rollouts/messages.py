"""What a service reports: the sentences in its `events`, and the service actions that EventBridge gets.

Rules: API reference, Service, events (the last hundred); Developer Guide, "Amazon ECS service event messages": an obstacle isn't reported again
until it has gone, or six hours have passed. The sentences are those of real services unless marked otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby

from pytest_ecsfake.clock import seconds, to_iso_8601
from pytest_ecsfake.engine.rollouts import revisions
from pytest_ecsfake.state.deployment import Deployment
from pytest_ecsfake.state.region import Region
from pytest_ecsfake.state.service import EVENTS_KEPT, Service, ServiceEvent
from pytest_ecsfake.state.task import Task
from pytest_ecsfake.state.task_set import TaskSet

#: Developer Guide, "Service event messages": how long an obstacle that lasts isn't reported again.
SILENCE = seconds(6 * 60 * 60)

#: How many tasks one sentence about started or stopped tasks names. # unverified
TASKS_NAMED = 10

STEADY = "has reached a steady state."
TASK_SET_STEADY = "updated state to STEADY_STATE."
NOT_PLACED = "was unable to place a task. Reason: {reason}"
TROUBLESHOOTING = "For more information, see the Troubleshooting section of the Amazon ECS Developer Guide."
NOT_STARTING = f"is unable to consistently start tasks successfully. {TROUBLESHOOTING}"
STUCK = (
    "was unable to stop or start tasks during a deployment because of the service deployment configuration. "
    "Update the minimumHealthyPercent or maximumPercent value and try again."
)

#: What the sentence about a placement failure says of the closest container instance, by the reason in `failures`.
#: The wordings for memory, attributes and constraints are unverified.
CLOSEST = {
    "RESOURCE:CPU": "has insufficient CPU units available.",
    "RESOURCE:MEMORY": "has insufficient memory available.",
    "RESOURCE:PORTS": "is already using a port required by your task.",
    "RESOURCE:ENI": 'encountered error "RESOURCE:ENI".',
    "RESOURCE:GPU": 'encountered error "RESOURCE:GPU".',
    "AGENT": 'encountered error "AGENT".',
    "ATTRIBUTE": "is missing an attribute required by your task.",
}

#: Developer Guide, "Amazon ECS service action events": the type of each. Those of deployments are deployment state changes.
ACTIONS: Mapping[str, str] = {
    "SERVICE_STEADY_STATE": "INFO",
    "TASKSET_STEADY_STATE": "INFO",
    "CAPACITY_PROVIDER_STEADY_STATE": "INFO",
    "SERVICE_DESIRED_COUNT_UPDATED": "INFO",
    "TASKS_STOPPED": "INFO",
    "SERVICE_REBALANCING_STARTED": "INFO",
    "SERVICE_REBALANCING_COMPLETED": "INFO",
    "SERVICE_TASK_START_IMPAIRED": "WARN",
    "SERVICE_DISCOVERY_INSTANCE_UNHEALTHY": "WARN",
    "VPC_LATTICE_TARGET_UNHEALTHY": "WARN",
    "SERVICE_DAEMON_PLACEMENT_CONSTRAINT_VIOLATED": "ERROR",
    "ECS_OPERATION_THROTTLED": "ERROR",
    "SERVICE_DISCOVERY_OPERATION_THROTTLED": "ERROR",
    "SERVICE_TASK_PLACEMENT_FAILURE": "ERROR",
    "SERVICE_TASK_CONFIGURATION_FAILURE": "ERROR",
    "SERVICE_HEALTH_UNKNOWN": "ERROR",
}

#: The reason in the event of a placement failure: on Fargate (the guide's example), and without any container instance. # unverified
NO_CAPACITY, NO_INSTANCES = "RESOURCE:FARGATE", "RESOURCE:CONTAINER_INSTANCE"


def send_action(region: Region, service: Service, name: str, **more: object) -> None:
    """Send a service action to EventBridge.

    Args:
        region: where the service is.
        service: the service.
        name: one of `ACTIONS`.
        more: further members of the detail, such as `reason`.
    """
    now = region.clock.now
    detail = {"eventType": ACTIONS[name], "eventName": name, "clusterArn": service.cluster.arn}
    region.events.send_service_event(
        now, "ECS Service Action", service.arn, {**detail, "createdAt": to_iso_8601(now), **more}
    )


def say(region: Region, service: Service, sentence: str, *, of: str = "", kind: str = "service") -> None:
    """Add a sentence to a service's events.

    Args:
        region: where the service is.
        service: the service.
        sentence: what follows `(service NAME)`.
        of: what follows the name within the parentheses, such as `, taskSet ecs-svc/1`.
        kind: what precedes the name there.
    """
    repeat_steady(region, service)
    message = f"({kind} {service.name}{of}) {sentence}"
    now = region.clock.now
    service.events.append(ServiceEvent(region.ids.uuid(), now, message))
    region.journal.write(now, "service", service.arn, "event", None, message)


def report_obstacle(region: Region, service: Service, sentence: str, action: str | None = None, **more: object) -> None:
    """Report what keeps a service from its desired count, unless the same sentence was reported lately.

    Args:
        region: where the service is.
        service: the service.
        sentence: what follows `(service NAME)`.
        action: the service action that goes with the sentence, one of `ACTIONS`.
        more: further members of the action's detail.
    """
    reported = service.schedule.last_messages.get(sentence)
    if reported is not None and region.clock.now - reported < SILENCE:
        return
    service.schedule.last_messages[sentence] = region.clock.now
    say(region, service, sentence)
    if action is not None:
        send_action(region, service, action, **more)


def clear_obstacles(service: Service) -> None:
    """Note that nothing is in the way any more: an obstacle that comes back is reported again."""
    service.schedule.last_messages.clear()


def steady(region: Region, service: Service) -> None:
    """Report that a service has reached its steady state."""
    clear_obstacles(service)
    service.schedule.steady_said_at = region.clock.now
    say(region, service, STEADY)
    send_action(region, service, "SERVICE_STEADY_STATE")


def repeat_steady(region: Region, service: Service) -> None:
    """Add the sentences by which a steady service has said so again, every six hours (recorded answers of 2020, 2024 and 2025).

    This is called before events are read or added, and before a service ceases to be steady, so that an idle service needs no timer.
    """
    schedule = service.schedule
    if not schedule.is_steady:
        return
    missed = (region.clock.now - schedule.steady_said_at) // SILENCE
    message = f"(service {service.name}) {STEADY}"
    for number in range(max(1, missed - EVENTS_KEPT + 1), missed + 1):
        said_at = schedule.steady_said_at + number * SILENCE
        service.events.append(ServiceEvent(region.ids.uuid(), said_at, message))
    schedule.steady_said_at += missed * SILENCE


def unsettle(region: Region, service: Service) -> None:
    """Note that a service is no longer steady, and so will report when it is again."""
    repeat_steady(region, service)
    service.schedule.is_steady = False


def task_set_steady(region: Region, service: Service, task_set: TaskSet) -> None:
    """Report that a task set has reached its steady state (recorded answers of 2019 and 2024)."""
    clear_obstacles(service)
    say(region, service, TASK_SET_STEADY, of=_of(task_set.id))
    send_action(region, service, "TASKSET_STEADY_STATE")


def task_set_count(region: Region, service: Service, task_set: TaskSet) -> None:
    """Report a new number of tasks that a task set is to have (recorded answer of 2019)."""
    say(region, service, f"updated computedDesiredCount for taskSet {task_set.id} to {task_set.desired_count}.")


def daemon_count(region: Region, service: Service) -> None:
    """Report a new number of container instances that a daemon is to have a task on (recorded answer of 2020)."""
    say(region, service, f"updated desired count to {service.desired_count}.", kind="daemon service")


def not_starting(region: Region, service: Service) -> None:
    """Report that the tasks of a service repeatedly fail to start."""
    report_obstacle(region, service, NOT_STARTING, "SERVICE_TASK_START_IMPAIRED")


def started(region: Region, service: Service, tasks: Sequence[Task]) -> None:
    """Report tasks that were started."""
    for of, alike in _by_task_set(service, tasks):
        for some in _portions(alike):
            say(region, service, f"has started {len(some)} tasks: {_named(some)}.", of=of)


def stopped(region: Region, service: Service, tasks: Sequence[Task]) -> None:
    """Report tasks that were told to stop: those that have run by name, those that were pending by number."""
    for of, alike in _by_task_set(service, tasks):
        running = [task for task in alike if task.started_at is not None]
        if len(running) < len(alike):
            say(region, service, f"stopped {len(alike) - len(running)} pending tasks.", of=of)
        for some in _portions(running):
            say(region, service, f"has stopped {len(some)} running tasks: {_named(some)}.", of=of)
    if tasks:
        send_action(region, service, "TASKS_STOPPED")


def targets_changed(region: Region, service: Service) -> None:
    """Report the targets that load balancers have gained, and the tasks that have begun to drain, since the scheduler last looked.

    The order and the words are those of recorded deployments; the sentences about targets end without a full stop.
    """
    owners: list[Deployment | TaskSet] = [*service.deployments, *service.task_sets]
    in_use = {owner.id: owner.revision for owner in owners}
    with_task_sets = {task_set.id for task_set in service.task_sets}
    for verb, counts in (
        ("registered", service.schedule.newly_registered),
        ("deregistered", service.schedule.newly_draining),
    ):
        for owner, count in counts.items():
            balancers = in_use[owner].configuration.get("loadBalancers", ()) if owner in in_use else ()
            for balancer in balancers:
                target = (
                    f"target-group {revisions.target_group(service, in_use[owner], balancer)}"
                    if "targetGroupArn" in balancer
                    else (f"elb {balancer.get('loadBalancerName')}")
                )
                of = _of(owner) if owner in with_task_sets else ""
                say(region, service, f"{verb} {count} targets in ({target})", of=of)
    for owner, count in service.schedule.newly_draining.items():
        say(region, service, f"has begun draining connections on {count} tasks.", of=_of(owner))
    service.schedule.newly_registered.clear()
    service.schedule.newly_draining.clear()


def not_placed(region: Region, service: Service, reason: str, container_instance: str | None) -> None:
    """Report a task that couldn't be placed.

    Args:
        region: where the service is.
        service: the service.
        reason: the reason in `failures`: a code or a sentence.
        container_instance: the id of the closest container instance, if there is one.
    """
    sentence = NOT_PLACED.format(reason=reason)
    if " " in reason:
        # A sentence in `failures` has no full stop, the one in an event has, and goes on (seen for missing capacity of Fargate).
        sentence = f"{sentence.removesuffix('.')}. {TROUBLESHOOTING}"
    if container_instance is not None:
        closest = CLOSEST.get(reason, f'encountered error "{reason}".')
        sentence = (
            "was unable to place a task because no container instance met all of its requirements. "
            f"The closest matching (container-instance {container_instance}) {closest} {TROUBLESHOOTING}"
        )
    code = reason if reason in CLOSEST else NO_CAPACITY
    report_obstacle(region, service, sentence, "SERVICE_TASK_PLACEMENT_FAILURE", reason=code)


def no_instances(region: Region, service: Service) -> None:
    """Report that the cluster has no container instance at all."""
    sentence = (
        "was unable to place a task because no container instance met all of its requirements. "
        f"Reason: No Container Instances were found in your cluster. {TROUBLESHOOTING}"
    )
    report_obstacle(region, service, sentence, "SERVICE_TASK_PLACEMENT_FAILURE", reason=NO_INSTANCES)


def _of(task_set_id: str) -> str:
    """What follows the service's name in a sentence about one of its task sets."""
    return f", taskSet {task_set_id}"


def _by_task_set(service: Service, tasks: Sequence[Task]) -> Iterator[tuple[str, list[Task]]]:
    """Group tasks by the task set that started them, with what follows the service's name: nothing for those of deployments.

    For task sets the form was seen in sentences about targets and draining connections; elsewhere it is unverified.
    """
    if not service.task_sets:
        yield "", list(tasks)
        return
    task_sets = {task_set.id for task_set in service.task_sets}
    for owner, alike in groupby(sorted(tasks, key=_starter), key=_starter):
        yield _of(owner) if owner in task_sets else "", list(alike)


def _starter(task: Task) -> str:
    return task.started_by or ""


def _named(tasks: Sequence[Task]) -> str:
    return " ".join(f"(task {task.id})" for task in tasks)


def _portions(tasks: Sequence[Task]) -> Iterator[Sequence[Task]]:
    for start in range(0, len(tasks), TASKS_NAMED):
        yield tasks[start : start + TASKS_NAMED]
