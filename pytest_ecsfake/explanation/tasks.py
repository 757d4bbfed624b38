"""Tasks that no service and no daemon started: those that ended badly, those that don't run yet, and those that a poll waits for in vain."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from pytest_ecsfake.explanation import ends, starts
from pytest_ecsfake.explanation.situation import Finding, Situation
from pytest_ecsfake.explanation.wording import are, capitalised, parenthesis, short
from pytest_ecsfake.state.cluster import Cluster
from pytest_ecsfake.state.task import Task
from pytest_ecsfake.state.task_definition import TaskDefinition


def find(situation: Situation) -> Iterator[Finding]:
    """What there is to say of all these tasks, those of one task definition in one cluster together."""
    own = [task for task in situation.tasks if task.service_name is None and task.daemon_name is None]
    yield from explain(situation, own)


def explain(situation: Situation, tasks: Iterable[Task]) -> Iterator[Finding]:
    """Why tasks aren't at rest, or ended badly; nothing about those that run, or ended well."""
    alike: dict[tuple[Cluster, TaskDefinition], list[Task]] = defaultdict(list)
    poll = situation.poll
    for task in tasks:
        is_at_rest = task.last_status == "RUNNING" == task.desired_status
        if not is_at_rest or (poll is not None and poll.asks_for((task.arn,))):
            alike[task.cluster, task.definition].append(task)
    for group in alike.values():
        for finding in (_ended(situation, group), _not_running(situation, group), _goes_on(situation, group)):
            if finding is not None:
                yield finding


def _is_polled(situation: Situation, task: Task) -> bool:
    return situation.poll is not None and situation.poll.asks_for((task.arn,))


def _name(tasks: Sequence[Task]) -> str:
    first = tasks[0]
    where = f"{first.definition.key} in {first.cluster.name}"
    return f"task {short(first.id)} of {where}" if len(tasks) == 1 else f"{len(tasks):,} tasks of {where}"


def _arns(situation: Situation, tasks: Sequence[Task]) -> tuple[str, ...]:
    """The ARNs of tasks, where there is a poll that may have asked for one of them."""
    return () if situation.poll is None else tuple(task.arn for task in tasks)


def _ended(situation: Situation, tasks: Sequence[Task]) -> Finding | None:
    found = ends.ends_of(situation, tasks)
    if not found.tasks:
        return None
    if len(found.tasks) == 1:
        sentence = f"It stopped {ends.when(situation, found.tasks)}, {ends.because(found.causes)}."
    else:
        sentence = f"{capitalised(ends.told(situation, found, 'task'))}."
    return Finding(_name(found.tasks), "stopped", "stopped", (sentence,), arns=_arns(situation, found.tasks))


def _not_running(situation: Situation, tasks: Sequence[Task]) -> Finding | None:
    waiting = [task for task in tasks if task.last_status != "RUNNING" and task.desired_status == "RUNNING"]
    if not waiting:
        return None
    states = starts.states_of(situation, waiting)
    due = max(filter(None, (until for _, until in states.values())), default=None)
    if len(waiting) == 1:
        sentences = [f"It is {words}." for words in states]
    else:
        sentences = [f"{number:,} {are(number)} {words}." for words, (number, _) in states.items()]
    isnt, arent = "isn't RUNNING", "aren't RUNNING"
    return Finding(
        _name(waiting), isnt if len(waiting) == 1 else arent, arent, tuple(sentences), due, _arns(situation, waiting)
    )


def _goes_on(situation: Situation, tasks: Sequence[Task]) -> Finding | None:
    """Tasks that run, and that the last poll asks for: what it waits for may be their end."""
    running = [
        task
        for task in tasks
        if task.last_status == "RUNNING" and task.desired_status == "RUNNING" and _is_polled(situation, task)
    ]
    if not running:
        return None
    sentences: list[str] = []
    due = None
    for task in running[:1]:
        ending = [(situation.due(each, "_exit_by_itself"), each) for each in task.containers if each.is_essential]
        first = min(((at, each) for at, each in ending if at is not None), key=lambda pair: pair[0], default=None)
        if first is not None:
            due, container = first
            order = parenthesis(situation.order_of(task, container))
            sentences.append(f"Container {container.name} runs until {situation.at(due)}{order}.")
        else:
            script = f'ecs_fake.containers.script(family="{task.family}", runs_for=60)'
            sentences.append(
                f"Nothing ends it: a container without a script runs until it is told to stop. To end it, write {script}."
            )
    is_one = len(running) == 1
    return Finding(
        _name(running),
        "is RUNNING" if is_one else "are RUNNING",
        "are RUNNING",
        tuple(sentences),
        due,
        _arns(situation, running),
    )
