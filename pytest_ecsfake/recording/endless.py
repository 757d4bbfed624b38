"""The text of a poll that can't end: what was asked how often, what it waits for, and what the test can write."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from pytest_ecsfake import documents
from pytest_ecsfake.clock import SECOND, Instant

if TYPE_CHECKING:
    from types import FrameType

    from pytest_ecsfake.recording.polls import Polls, Question, Reading
    from pytest_ecsfake.state.region import Region, World
    from pytest_ecsfake.state.task import Task

#: How many facts a text shows.
_SHOWN = 3

#: The packages between the code that polls and the fake.
_BETWEEN = ("pytest_ecsfake", "boto3", "botocore", "aiobotocore")

_RUNS_IN_PROGRAM = (
    "It polls within a program, a hook or a subscriber of the test. Nothing else happens while one runs: let it return, "
    "and poll from the test."
)

_CLOCK_STANDS_STILL = "A freezer is on, or poll_step is 0, and the code doesn't sleep, or its sleep is mocked: tick the freezer, or let it sleep."


def explain_endless(polls: Polls, world: World, now: Instant, *, in_callback: bool) -> str:
    """Explain that a poll can't end.

    Args:
        polls: the reads that repeat each other.
        world: the state.
        now: where time stands for who polls.
        in_callback: whether a callback of the test polls.
    """
    names = " and ".join(dict.fromkeys(question.operation for question in polls.answers))
    called = "was called" if len(polls.answers) == 1 else "were called"
    took = now - polls.since
    length = f"for {_days(took)} of virtual time" if took else "while the clock stood still"
    why = "nothing is due in the fake any more"
    if in_callback:
        why = "nothing else happens meanwhile"
    elif not took:
        why = "nothing moves the clock"
    facts = list(dict.fromkeys(_facts(polls, world)))
    if in_callback:
        facts = [_RUNS_IN_PROGRAM]
    elif not took:
        facts.insert(0, _CLOCK_STANDS_STILL)
    more = [f"And {len(facts) - _SHOWN} more."] if len(facts) > _SHOWN else []
    headline = (
        f"this poll can't end: {names} {called} {polls.repeated + len(polls.answers):,} times{_caller()}, "
        f"nothing has changed {length}, and {why}."
    )
    return "\n".join([headline, *(f"  {line}" for line in [*facts[:_SHOWN], *more, _LAST_LINE])])


_LAST_LINE = "Or give the poll of the code under test a deadline: one of less than two days of virtual time ends it."


def _days(took: Instant) -> str:
    hours = took // SECOND / 3600
    return f"{hours / 24:.3g} days" if hours >= 48 else f"{hours:.3g} hours"


def _caller() -> str:
    """Where it polls: the innermost line that is neither ours nor botocore's."""
    frame: FrameType | None = sys._getframe(1)
    while frame is not None and frame.f_globals.get("__name__", "").partition(".")[0] in _BETWEEN:
        frame = frame.f_back
    if frame is None:
        return ""
    return f" in {frame.f_code.co_name} ({frame.f_code.co_filename}:{frame.f_lineno})"


def _facts(polls: Polls, world: World) -> Iterator[str]:
    for question, reading in polls.answers.items():
        yield from _facts_of(question, reading, world)


def _facts_of(question: Question, reading: Reading, world: World) -> Iterator[str]:
    if reading.error is not None:
        yield f"The answer is an error each time, {reading.error}."
        return
    document: Mapping[str, Any] = documents.unpack(reading.packed)
    region = world.regions[question.partition]
    for arn in [*document.get("taskArns", ()), *(task["taskArn"] for task in document.get("tasks", ()))]:
        task = _find(region, arn)
        if task is not None:
            yield _of_task(task)
    for service in document.get("services", ()):
        counts = ", ".join(f"{name}={service.get(name)}" for name in ("desiredCount", "runningCount", "pendingCount"))
        yield f"Service {service['serviceName']} is {service.get('status')} with {counts}, and nothing is left to do for its scheduler."
    for failure in document.get("failures", ()):
        yield f"{failure.get('arn')} is {failure.get('reason')}."


def _find(region: Region, arn: str) -> Task | None:
    for cluster in region.clusters:
        task = region.tasks_in(cluster).get(arn.rpartition("/")[2])
        if task is not None:
            return task
    return None


def _of_task(task: Task) -> str:
    subject = f"Task {task.id} of family {task.family} is {task.last_status}"
    return next(text(task, subject) for applies, text in _OF_TASKS if applies(task))


#: What is said of a task, by the first condition that it fulfils.
_OF_TASKS: tuple[tuple[Callable[[Task], bool], Callable[[Task, str], str]], ...] = (
    (
        lambda task: task.last_status == "STOPPED",
        lambda task, subject: f"{subject} and stays so: {task.stopped_reason or task.stop_code}.",
    ),
    (
        lambda task: task.has_manual_agent,
        lambda task, subject: f"{subject}; its agent is manual, and the test sends what it reports.",
    ),
    (
        lambda task: task.last_status == "RUNNING" and task.service_name is not None,
        lambda task, subject: f"{subject}, and its service {task.service_name} keeps it.",
    ),
    (
        lambda task: task.last_status == "RUNNING",
        lambda task, subject: (
            f"{subject}, and a task without a script runs until it is stopped. Give it an end before it is run: "
            f'ecs_fake.containers.script(family="{task.family}", runs_for=60).'
        ),
    ),
    (
        lambda task: task.launch_type != "FARGATE" and task.container_instance is None,
        lambda task, subject: (
            f"{subject} and waits for a container instance: ecs_fake.container_instances.add("
            f'"{task.cluster.name}") gives it one.'
        ),
    ),
    (lambda task: True, lambda task, subject: f"{subject}."),
)
