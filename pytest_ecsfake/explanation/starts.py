"""What tasks wait for that aren't RUNNING yet, or that don't count as healthy yet, and when that is due."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from operator import attrgetter
from typing import NamedTuple

from pytest_ecsfake.clock import Instant
from pytest_ecsfake.engine.tasks import containers, scripts
from pytest_ecsfake.engine.tasks.stages import paths_of
from pytest_ecsfake.explanation import capacity, ends
from pytest_ecsfake.explanation.situation import Situation
from pytest_ecsfake.explanation.wording import parenthesis
from pytest_ecsfake.state.task import Task


class State(NamedTuple):
    """What a task is in the middle of. Tasks with the same state share a sentence.

    Args:
        words: what follows `is` or `are`.
        due: when that is over, if it is known.
    """

    words: str
    due: Instant | None = None


def state_of(situation: Situation, task: Task) -> State | None:
    """What a task that is to run is in the middle of; None for one that runs, and is healthy as far as anybody asks."""
    if task.desired_status == "STOPPED":
        return None
    if task.last_status != "RUNNING":
        return _on_its_way(situation, task)
    return None if task.service_name is None or task.is_available else _unhealthy(situation, task)


def _on_its_way(situation: Situation, task: Task) -> State:
    waiting = situation.region.waiting_tasks_in(task.cluster).get(task.id)
    if waiting is not None:
        return State(f"PROVISIONING: {capacity.why_it_waits(situation, waiting)}")
    if task.last_status == "PENDING" and task.has_manual_agent:
        return State("PENDING: the agent is manual, and reports what the test has it report")
    if task.last_status == "PENDING" and task.pull_started_at is not None:
        failing = scripts.start_fails(task)
        cause = None if failing is None else ends.start_error_of(situation, task, failing[0])
        if cause is not None:
            due = situation.due(task, "_fail_to_start")
            given_up = "" if due is None else f"; ECS gives up at {situation.at(due)}"
            return State(f"PENDING: {cause}{given_up}", due)
    waits = _dependency(situation, task)
    if waits is not None:
        return State(f"{task.last_status}: {waits}")
    due = runs_at(situation, task)
    return State(
        task.last_status if due is None else f"{task.last_status} and will be RUNNING at {situation.at(due)}", due
    )


def _dependency(situation: Situation, task: Task) -> str | None:
    """Which container of a task waits for which other one; None where none does."""
    if task.last_status != "ACTIVATING":
        return None
    for container in task.containers:
        if container.last_status != "PENDING":
            continue
        for other, condition in containers.dependencies(task, container):
            if not containers.CONDITIONS[condition](other) and other.last_status != "PENDING":
                order = situation.order_of(task, other)
                wish = ends.CONDITIONS[condition]
                return f"container {container.name} waits for container {other.name} {wish}{parenthesis(order)}"
    return None


def runs_at(situation: Situation, task: Task) -> Instant | None:
    """When a task will be RUNNING that nothing holds up: the end of its present stage, and the lengths of those that follow."""
    start = paths_of(task).start
    end = _end_of_stage(situation, task)
    if end is None or task.last_status not in start:
        return None
    stage = start[task.last_status]
    while stage.to != "RUNNING":
        stage = start[stage.to]
        end += situation.region.timings.delay(stage.status, stage.delay)
    return end


def _end_of_stage(situation: Situation, task: Task) -> Instant | None:
    """When the present stage of a task is over: its end is scheduled, or one of the steps before it, with the instant at which it began."""
    for function in ("_go_on", "_take_step"):
        scheduled = situation.scheduled_for(task, function)
        if scheduled is None:
            continue
        at, (_, _, _, stage, *more) = scheduled
        if stage.status != task.last_status:
            continue
        if function == "_go_on":
            return at
        begun: Instant = more[1]
        return begun + situation.region.timings.delay(stage.status, stage.delay)
    return None


def _unhealthy(situation: Situation, task: Task) -> State:
    """Why a task of a service that is RUNNING doesn't count as healthy."""
    if task.needs_replacement:
        return State(f"UNHEALTHY: {ends.health_of(situation, task) or 'the health check failed'}")
    if not task.has_health_check:
        due = situation.due(task, "_settled")
        counts = "" if due is None else f", and {{count}} as healthy from {situation.at(due)} on"
        return State(f"RUNNING{counts}", due)
    cause = ends.health_of(situation, task)
    if cause is not None:
        due = situation.due(task, "_apply_health_if_running")
        grace = (
            "" if due is None else f"; that counts from {situation.at(due)} on, as healthCheckGracePeriodSeconds says"
        )
        return State(f"UNHEALTHY: {cause}{grace}", due)
    unchecked = next(each for each in task.containers if each.is_essential and each.health_status == "UNKNOWN")
    order = situation.order_of(task, unchecked)
    due = situation.due(task, "_check_health")
    following = "" if due is None else f"; its next run ends at {situation.at(due)}"
    return State(
        f"RUNNING, but container {unchecked.name} hasn't passed its health check yet{parenthesis(order)}{following}",
        due,
    )


def states_of(situation: Situation, tasks: Iterable[Task]) -> dict[str, tuple[int, Instant | None]]:
    """The states of tasks, each with how many have it, and when it is over for the last of them."""
    found: dict[str, tuple[int, Instant | None]] = defaultdict(lambda: (0, None))
    for task, number in _kinds(tasks):
        state = state_of(situation, task)
        if state is not None:
            before, due = found[state.words]
            found[state.words] = before + number, max(filter(None, (due, state.due)), default=None)
    return found


def _kinds(tasks: Iterable[Task]) -> Iterable[tuple[Task, int]]:
    """One of each kind of tasks that are in the same state, with their number: there may be thousands of them.

    Tasks of one container that are alike in these go through their stages, and through their health checks, at the same instants.
    """
    kinds: dict[object, list[Task]] = defaultdict(list)
    for task in tasks:
        containers_of_task = task.containers
        instance = task.container_instance
        kind: object = task.id
        if len(containers_of_task) == 1 and (instance is not None or task.launch_type == "FARGATE"):
            [container] = containers_of_task
            is_manual = instance is not None and instance.agent == "manual"
            kind = _of_task(task), _of_container(container), id(container.script), is_manual
        kinds[kind].append(task)
    return [(alike[0], len(alike)) for alike in kinds.values()]


_of_task = attrgetter(
    "definition",
    "last_status",
    "desired_status",
    "is_available",
    "needs_replacement",
    "created_at",
    "connectivity_at",
    "pull_started_at",
    "started_at",
)
_of_container = attrgetter("health_status", "health_is_set")


def told(states: dict[str, tuple[int, Instant | None]], noun: str = "of its tasks") -> Iterator[str]:
    """One sentence for each state."""
    for words, (number, _) in states.items():
        is_one = number == 1
        yield f"{number:,} {noun} {'is' if is_one else 'are'} {words.replace('{count}', 'counts' if is_one else 'count')}."
