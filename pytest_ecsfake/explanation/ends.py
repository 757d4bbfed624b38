"""Why tasks have ended: one cause for each, and one sentence for all that ended for the same one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from pytest_ecsfake.engine.strategies.scaling import UNHEALTHY
from pytest_ecsfake.engine.tasks import containers
from pytest_ecsfake.engine.tasks.scripts import ends_by_itself
from pytest_ecsfake.engine.tasks.transition import ESSENTIAL_CONTAINER_EXITED
from pytest_ecsfake.explanation.situation import Situation
from pytest_ecsfake.explanation.wording import counted, have, parenthesis
from pytest_ecsfake.state.orders import Order
from pytest_ecsfake.state.task import Container, Task

#: How many causes one sentence names.
CAUSES_SHOWN = 3


class Cause(NamedTuple):
    """Why a task has ended, and the order of the test behind it, if there is one."""

    words: str
    order: Order | None = None

    def __str__(self) -> str:
        return f"{self.words}{parenthesis(self.order)}"


# --- the cause of one end ---------------------------------------------------------------------------------------------------------------


def cause_of(situation: Situation, task: Task) -> Cause | None:
    """Why a task has ended, or is to; None for one that goes on, and for one that ended as it was meant to."""
    if task.desired_status == "RUNNING" or task.stop_code is None:
        return None
    find = _CAUSES.get(task.stop_code, _as_ecs_says)
    if len(task.containers) > 1:
        return find(situation, task)
    [container] = task.containers
    # Tasks of one container that are alike in these have the same cause; there may be thousands of them.
    kind = (
        id(task.definition),
        id(container.script),
        task.stop_code,
        task.stopped_reason,
        container.exit_code,
        container.reason,
        container.health_status,
        container.health_is_set,
        task.service_name is None and task.daemon_name is None,
        task.has_manual_agent,
    )
    causes = situation.causes
    if kind not in causes:
        causes[kind] = find(situation, task)
    found: Cause | None = causes[kind]
    return found


def _exited(situation: Situation, task: Task) -> Cause | None:
    container = situation.first_exited(task)
    if container is None:
        return _as_ecs_says(situation, task)
    if container.exit_code == 0 and task.service_name is None and task.daemon_name is None:
        return None
    words = exit_of(container)
    if container.script is None or not ends_by_itself(container):
        if (
            not task.has_manual_agent and container.exit_code
        ):  # nothing else ends a container before its task is told to stop
            words += ", by task.exit()"
        return Cause(words)
    return Cause(words, situation.order_of(task, container))


def exit_of(container: Container) -> str:
    """How a container has exited."""
    reason = f": {container.reason}" if container.reason else ""
    return f"container {container.name} exited with {container.exit_code}{reason}"


#: What a script's errors keep from being had: by the field of the script, and how that is said.
START_ERRORS: Mapping[str, str] = {
    "pull_error": "the image {image} of container {name} can't be pulled: {error}",
    "secrets_error": "the secrets or the log driver of container {name} can't be set up: {error}",
    "start_error": "container {name} can't be started: {error}",
}


def start_error_of(situation: Situation, task: Task, container: Container) -> Cause | None:
    """Why a container can't start, by its script; None where the script has no error."""
    script = container.script
    for member, words in START_ERRORS.items():
        error = getattr(script, member, None)
        if error is not None:
            image = container.definition["image"]
            return Cause(
                words.format(image=image, name=container.name, error=error), situation.order_of(task, container)
            )
    return None


def _failed_to_start(situation: Situation, task: Task) -> Cause | None:
    for container in task.containers:
        if container.reason and container.exit_code is None:
            found = start_error_of(situation, task, container)
            return found or Cause(f"container {container.name} didn't start: {container.reason}")
    return _waited_in_vain(situation, task) or _as_ecs_says(situation, task)


#: API reference, ContainerDependency, condition: what a container waits for another one to do.
CONDITIONS: Mapping[str, str] = {
    "START": "to start",
    "COMPLETE": "to exit",
    "SUCCESS": "to exit with 0",
    "HEALTHY": "to be HEALTHY",
}


def _waited_in_vain(situation: Situation, task: Task) -> Cause | None:
    """A container that never started, since one that it depends on didn't meet the condition: it ended before, or took too long."""
    for container in task.containers:
        if container.starts:
            continue
        for other, condition in containers.dependencies(task, container):
            if containers.CONDITIONS[condition](other):
                continue
            waits = f"container {container.name} waited for container {other.name} {CONDITIONS[condition]}"
            end = situation.end_of(other)
            if end is not None and other.exit_code is not None and end <= (task.stopping_at or end):
                return Cause(f"{waits}, which exited with {other.exit_code}", situation.order_of(task, other))
            timeout = other.definition.get("startTimeout")
            if timeout is not None:
                return Cause(f"{waits}, longer than its startTimeout of {timeout} s", situation.order_of(task, other))
    return None


def _by_the_scheduler(situation: Situation, task: Task) -> Cause | None:
    """Of what a scheduler stops only the unhealthy tasks ended badly; the others were too many, or were replaced."""
    if task.stopped_reason != UNHEALTHY:
        return None
    return health_of(situation, task) or Cause("its health check failed")


def health_of(situation: Situation, task: Task) -> Cause | None:
    """Why a task is unhealthy: the first essential container whose health check has failed."""
    for container in task.containers:
        if container.is_essential and container.health_status == "UNHEALTHY":
            if container.health_is_set:
                return Cause(f"container {container.name} is UNHEALTHY, by task.set_health()")
            return Cause(f"container {container.name} failed its health check", situation.order_of(task, container))
    return None


def _on_request(situation: Situation, task: Task) -> Cause | None:
    """StopTask is what the code under test wants; the forced loss of the instance isn't, for who waits for the task."""
    if (task.stopped_reason or "").startswith("Container instance deregistration"):
        return Cause("its container instance was deregistered by force")
    return None


def _interrupted(situation: Situation, task: Task) -> Cause:
    return Cause("its capacity on Fargate Spot was taken back, by task.interrupt_spot()")


def _without_host(situation: Situation, task: Task) -> Cause:
    reason = (task.stopped_reason or "").removesuffix(".")
    is_lost = reason.startswith("Host EC2")
    return Cause(f"its container instance {'was lost' if is_lost else 'had to go'}: {reason}")


def _as_ecs_says(situation: Situation, task: Task) -> Cause:
    reason = (task.stopped_reason or "").removesuffix(".")
    return Cause(reason[:1].lower() + reason[1:] if reason == ESSENTIAL_CONTAINER_EXITED else reason or "no reason")


_CAUSES: Mapping[str, Callable[[Situation, Task], Cause | None]] = {
    "EssentialContainerExited": _exited,
    "TaskFailedToStart": _failed_to_start,
    "ServiceSchedulerInitiated": _by_the_scheduler,
    "UserInitiated": _on_request,
    "SpotInterruption": _interrupted,
    "TerminationNotice": _without_host,
}


# --- the ends of many -------------------------------------------------------------------------------------------------------------------


class Ends(NamedTuple):
    """Tasks that ended badly, with their causes."""

    tasks: list[Task]
    causes: list[Cause]


def ends_of(situation: Situation, tasks: Iterable[Task]) -> Ends:
    """Those of some tasks that ended badly."""
    found = Ends([], [])
    for task in tasks:
        cause = None if task.stop_code is None else cause_of(situation, task)
        if cause is not None:
            found.tasks.append(task)
            found.causes.append(cause)
    return found


def when(situation: Situation, tasks: Sequence[Task]) -> str:
    """When tasks have ended: `at +45s`, or `from +45s to +640s`."""
    instants = [task.stopping_at for task in tasks if task.stopping_at is not None]
    if not instants:
        return "at some time"
    first, last = min(instants), max(instants)
    return f"at {situation.at(first)}" if first == last else f"from {situation.at(first)} to {situation.at(last)}"


def because(causes: Sequence[Cause]) -> str:
    """The causes of ends, the most frequent first, each with its number if there are several."""
    by_frequency = Counter(causes).most_common()  # equal ones keep the order in which they were met
    if len(by_frequency) == 1:
        return f"{'all ' if len(causes) > 1 else ''}because {causes[0]}"
    shown = [f"{number:,} because {cause}" for cause, number in by_frequency[:CAUSES_SHOWN]]
    rest = len(causes) - sum(number for _, number in by_frequency[:CAUSES_SHOWN])
    return "; ".join([*shown, f"{rest:,} for other reasons"] if rest else shown)


def told(situation: Situation, ends: Ends, noun: str = "of its tasks") -> str:
    """What is said of tasks that ended badly: how many, when, and why."""
    number = len(ends.tasks)
    of = f"{number:,} {noun}" if noun.startswith("of") else counted(number, noun)
    return f"{when(situation, ends.tasks)} {of} {have(number)} stopped, {because(ends.causes)}"
