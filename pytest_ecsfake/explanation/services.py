"""Services that aren't stable, and deployments that wait or failed: what is wanted, what is there, and what is in the way."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pytest_ecsfake.clock import Instant
from pytest_ecsfake.engine.rollouts import configuration
from pytest_ecsfake.engine.strategies import rolling, scaling, throttle
from pytest_ecsfake.engine.tasks import protection
from pytest_ecsfake.explanation import capacity, deployments, ends, starts
from pytest_ecsfake.explanation.situation import Finding, Situation
from pytest_ecsfake.explanation.wording import are, capitalised, counted, have, listed, short
from pytest_ecsfake.state.deployment import Deployment
from pytest_ecsfake.state.service import Service
from pytest_ecsfake.state.service_deployment import ServiceDeployment
from pytest_ecsfake.state.task import Task
from pytest_ecsfake.state.task_set import TaskSet


def find(situation: Situation) -> Iterator[Finding]:
    """What there is to say of all services."""
    for cluster in situation.region.clusters:
        for service in situation.region.services_in(cluster):
            finding = explain(situation, service)
            if finding is not None:
                yield finding


def explain(situation: Situation, service: Service) -> Finding | None:
    """Why a service isn't stable, or its deployment isn't complete; None for one at rest."""
    path = f"{service.cluster.name}/{service.name}"
    if service.status == "INACTIVE":
        is_polled = situation.poll is not None and situation.poll.asks_for((service.arn,))
        if not is_polled:
            return None
        gone = ("It was deleted, and is INACTIVE.",)
        return Finding(path, "isn't stable", "aren't stable", gone)
    if service.status == "DRAINING":
        return Finding(path, "is still DRAINING", "are still DRAINING", (_draining(service),), arns=(service.arn,))
    if service.controller != "ECS":
        return _of_task_sets(situation, service, path)
    return _of_deployments(situation, service, path)


def _draining(service: Service) -> str:
    left = [task for task in service.tasks.values() if task.last_status not in ("STOPPING", "DEPROVISIONING")]
    if left:
        return f"It was deleted, and {counted(len(left), 'task')} of it {have(len(left))} yet to stop."
    return "It was deleted, and what ECS manages for it isn't gone yet."


# --- under the controller ECS -----------------------------------------------------------------------------------------------------------


def _of_deployments(situation: Situation, service: Service, path: str) -> Finding | None:
    if not service.service_deployments or not service.deployments:
        return None
    last = service.service_deployments[-1]
    current = service.current_service_deployment
    of_last = f"the deployment of {last.target.definition.key} in {path}"
    is_stable = len(service.deployments) == 1 and service.counts.running == service.desired_count
    if last.rollback is not None or deployments.has_failed(last):
        is_over = current is None
        name, why = of_last, "failed" if is_over else "is rolling back"
        of_several = "failed" if is_over else "are rolling back"
    elif not is_stable:
        name, why, of_several = path, "isn't stable", "aren't stable"
    elif current is not None:
        name, why, of_several = of_last, "isn't complete", "aren't complete"
    elif not _is_steady(service):
        name, why, of_several = path, "isn't steady", "aren't steady"
    else:
        return _of_past_ends(situation, service, path, service.deployments[:1])
    sentences, due = _reasons(situation, service, last)
    return Finding(name, why, of_several, tuple(sentences), due, (service.arn, last.arn))


def _is_steady(service: Service) -> bool:
    """Whether no task of a service has to be replaced, or counts as unhealthy."""
    primary = service.deployments[0]
    return all(task.is_available and scaling.stays(task, primary) for task in service.tasks_of(primary))


def _of_past_ends(
    situation: Situation, service: Service, path: str, owners: Sequence[Deployment | TaskSet]
) -> Finding | None:
    """What ended badly of a service that is stable by now: the tasks of its newest deployment, or of its task sets."""
    found = [_ends_of(situation, service, owner) for owner in owners]
    ended = ends.Ends(
        [task for each in found for task in each.tasks], [cause for each in found for cause in each.causes]
    )
    if not ended.tasks:
        return None
    name = f"{counted(len(ended.tasks), 'task')} of {path}"
    sentences = (f"{capitalised(ends.told(situation, ended))}.", "The service is stable now.")
    return Finding(name, "stopped", "stopped", sentences, arns=(service.arn,))


def _reasons(situation: Situation, service: Service, last: ServiceDeployment) -> tuple[list[str], Instant | None]:
    """The sentences about a service that isn't at rest, and when its wait would be over."""
    sentences = list(deployments.failure_of(situation, service, last))
    primary = service.deployments[0]
    has_ends = False
    older: list[str] = []  # last: that it still serves is never the cause
    due: Instant | None = None
    for owner in dict.fromkeys([last.deployment, *service.deployments]):
        if not last.has_started and owner is last.deployment:
            due = situation.due(last, "start_deployment")
            begins = "" if due is None else f": ECS acts on the request at {situation.at(due)}"
            sentences.append(f"The deployment of {owner.revision.definition.key} hasn't begun{begins}.")
            continue
        if owner is not primary and owner is not last.deployment:
            older += _of_older(situation, service, owner, last)
            continue
        ended = _ends_of(situation, service, owner)
        has_ends |= owner is last.deployment and bool(ended.tasks)
        found, until = _of_deployment(situation, service, owner, ended)
        sentences += found
        due = max(filter(None, (due, until)), default=None)
    if primary.rollout_state != "FAILED" and last.has_started:
        sentences += _in_the_way(situation, service, primary, last)
    waits, until = deployments.what_it_waits_for(situation, service, last, has_ends=has_ends)
    due = max(filter(None, (due, until)), default=None)
    return [*sentences, *waits, *older], None if has_ends else due


def _of_deployment(
    situation: Situation, service: Service, owner: Deployment, ended: ends.Ends
) -> tuple[list[str], Instant | None]:
    """What one deployment wants and has, how its tasks ended, and what those are in the middle of that don't run yet."""
    alive = [task for task in service.tasks_of(owner) if task.desired_status == "RUNNING"]
    key = owner.revision.definition.key
    told = ends.told(situation, ended) if ended.tasks else ""
    states = starts.states_of(situation, alive)
    due = max(filter(None, (until for _, until in states.values())), default=None)
    if owner not in service.deployments or not (owner.desired_count or alive or not told):
        return [f"{capitalised(told)}."] if told else [], None
    healthy = sum(task.is_available for task in alive)
    what = f"{owner.status} deployment of {key} wants {_wanted(service, owner)} and has {healthy:,} healthy"
    return [f"{what}; {told}." if told else f"{what}.", *starts.told(states)], due


def _wanted(service: Service, owner: Deployment | TaskSet) -> str:
    if service.scheduling_strategy == "DAEMON":
        return f"a task on each of {counted(owner.desired_count, 'container instance')}"
    return counted(owner.desired_count, "task")


def _of_older(situation: Situation, service: Service, owner: Deployment, last: ServiceDeployment) -> list[str]:
    """What an older deployment still has, and why."""
    key = owner.revision.definition.key
    tasks = service.tasks_of(owner)
    serving = [task for task in tasks if task.last_status == "RUNNING" and task.desired_status == "RUNNING"]
    draining = [task for task in tasks if task.last_status == "DEACTIVATING"]
    sentences = []
    if serving:
        why = _why_it_serves(situation, service, owner, serving, last)
        sentences.append(f"{key} still serves {len(serving):,} of {service.desired_count:,}{why}.")
    if draining:
        due = situation.due(draining[-1], "_go_on")
        until = "" if due is None else f" until {situation.at(due)}"
        sentences.append(f"{counted(len(draining), 'task')} of {key} {are(len(draining))} draining connections{until}.")
    if not sentences and tasks:
        sentences.append(f"{counted(len(tasks), 'task')} of {key} {have(len(tasks))} yet to stop.")
    return sentences


def _why_it_serves(
    situation: Situation, service: Service, owner: Deployment, serving: Sequence[Task], last: ServiceDeployment
) -> str:
    """Why the tasks of an older deployment still run, where that isn't said by another sentence."""
    if not last.has_started or not scaling.unprotected(situation.region, serving):
        return ""
    if last.shift is not None and owner in last.shift.serving:
        return " until CLEAN_UP"
    healthy = sum(task.is_available for task in service.tasks.values() if task.desired_status == "RUNNING")
    if healthy <= configuration.least_healthy(service):
        configured = service.deployment_configuration
        return f", as minimumHealthyPercent is {configuration.minimum_healthy_percent(configured, service.scheduling_strategy)}"
    return " until healthy tasks have taken their place"


def _in_the_way(situation: Situation, service: Service, primary: Deployment, last: ServiceDeployment) -> Iterator[str]:
    """What keeps a service from starting or stopping tasks now."""
    if service.scheduling_strategy == "REPLICA" and last.shift is None:
        yield from _of_counts(situation, service, primary)
    elif throttle.holds_back(situation.region, service):
        yield _throttled(situation, service)
    protected = [
        task
        for task in service.tasks.values()
        if task.desired_status == "RUNNING" and protection.is_protected(situation.region, task)
    ]
    held = [task for task in protected if not scaling.stays(task, primary)]
    surplus = sum(scaling.stays(task, primary) for task in service.tasks.values()) - service.desired_count
    if held or (protected and surplus > 0):
        which = held or protected
        until = max(task.protected_until or 0 for task in which)
        yield (
            f"{counted(len(which), 'task')} {are(len(which))} protected from scale-in and deployments "
            f"until {situation.at(until)}, and {'stops' if len(which) == 1 else 'stop'} no sooner."
        )
    yield from _on_draining_instances(service)


def _of_counts(situation: Situation, service: Service, primary: Deployment) -> Iterator[str]:
    """Why a replica service doesn't start the tasks that it misses, and doesn't stop those that it no longer wants."""
    tasks = rolling.sort_tasks(service)
    missing = service.desired_count - len(tasks.staying)
    if missing <= 0:
        return
    most = configuration.most_tasks(service)
    if tasks.occupying >= most:
        percent = configuration.maximum_percent(service.deployment_configuration)
        yield (
            f"No other task starts: maximumPercent {percent} allows {counted(most, 'task')}, "
            f"and there {are(tasks.occupying)} {tasks.occupying:,}."
        )
        if len(service.deployments) == 1:  # else it is said of the older deployment
            yield from _of_the_minimum(service, tasks)
    elif throttle.holds_back(situation.region, service):
        yield _throttled(situation, service)
    else:
        why = capacity.why_none_starts(situation, service, primary)
        if why is not None:
            again = situation.due(service, "look")
            following = "" if again is None else f". ECS tries again at {situation.at(again)}"
            yield f"No other task starts: {why}{following}."


def _of_the_minimum(service: Service, tasks: rolling.SortedTasks) -> Iterator[str]:
    serving = [task for task in tasks.leaving if task.is_available]
    least = configuration.least_healthy(service)
    if serving and tasks.available + len(serving) <= least:
        percent = configuration.minimum_healthy_percent(service.deployment_configuration)
        yield f"No task stops for them: minimumHealthyPercent {percent} keeps {least:,} healthy."


def _throttled(situation: Situation, service: Service) -> str:
    schedule = service.schedule
    until = situation.at(schedule.may_start_at)
    if not schedule.failed_starts:
        return f"ECS starts the next task at {until}."
    number = schedule.failed_starts
    failed = "the last attempt has failed" if number == 1 else f"{number:,} attempts in a row have failed"
    return f"The start throttle holds the service back: {failed}, and ECS tries again at {until}."


def _on_draining_instances(service: Service) -> Iterator[str]:
    tasks = [
        task
        for task in service.tasks.values()
        if task.desired_status == "RUNNING" and scaling.is_on_draining_instance(task)
    ]
    if tasks:
        names = dict.fromkeys(short(task.container_instance_arn or "") for task in tasks)
        which = "container instance" if len(names) == 1 else "container instances"
        yield (
            f"{len(tasks):,} of its tasks {are(len(tasks))} on the DRAINING {which} {listed(names)}, "
            f"and {'stops' if len(tasks) == 1 else 'stop'} once others have taken their place."
        )


# --- task sets --------------------------------------------------------------------------------------------------------------------------


def _of_task_sets(situation: Situation, service: Service, path: str) -> Finding | None:
    unsteady = [
        each for each in service.task_sets if each.stability_status != "STEADY_STATE" or each.status == "DRAINING"
    ]
    if not unsteady:
        return _of_past_ends(situation, service, path, service.task_sets)
    sentences: list[str] = []
    due: Instant | None = None
    for task_set in unsteady:
        found, until = of_task_set(situation, service, task_set)
        sentences += found
        due = max(filter(None, (due, until)), default=None)
    sentences += _on_draining_instances(service)
    names = (service.arn, *(each.arn for each in unsteady))
    return Finding(path, "isn't stable", "aren't stable", tuple(sentences), due, names)


def of_task_set(situation: Situation, service: Service, task_set: TaskSet) -> tuple[list[str], Instant | None]:
    """What a task set wants and has, how its tasks ended, and what is in the way."""
    alive = [task for task in service.tasks_of(task_set) if task.desired_status == "RUNNING"]
    ended = _ends_of(situation, service, task_set)
    running = sum(task.last_status == "RUNNING" for task in alive)
    told = f"; {ends.told(situation, ended)}" if ended.tasks else ""
    wants = counted(task_set.desired_count, "task")
    subject = f"{task_set.status} task set {task_set.id} of {task_set.revision.definition.key}"
    states = starts.states_of(situation, alive)
    sentences = [f"{subject} wants {wants} and has {running:,} running{told}.", *starts.told(states)]
    due = max(filter(None, (until for _, until in states.values())), default=None)
    missing = task_set.desired_count - sum(scaling.stays(task, task_set) for task in alive)
    if missing > 0 and throttle.holds_back(situation.region, service):
        sentences.append(_throttled(situation, service))
    elif missing > 0:
        why = capacity.why_none_starts(situation, service, task_set)
        if why is not None:
            sentences.append(f"No other task starts: {why}.")
    return sentences, None if ended.tasks else due


def _ends_of(situation: Situation, service: Service, owner: Deployment | TaskSet) -> ends.Ends:
    """How the tasks of a deployment or a task set ended badly, also those that ECS has forgotten."""
    key = service.cluster.name, service.name, owner.id
    return ends.ends_of(situation, situation.by_owner.get(key, ()))
