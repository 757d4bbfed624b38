"""The explanation of a whole fake, or of one resource of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from difflib import get_close_matches
from typing import TYPE_CHECKING, NoReturn

from pytest_ecsfake.explanation import calls, daemons, instances, services, tasks
from pytest_ecsfake.explanation.situation import Finding, Situation
from pytest_ecsfake.explanation.wording import ID_SHOWN, counted, duration, listed
from pytest_ecsfake.views.reading import MissingKey

if TYPE_CHECKING:
    from pytest_ecsfake.arns import Partition
    from pytest_ecsfake.endpoint import Endpoint
    from pytest_ecsfake.state.region import Region
    from pytest_ecsfake.state.service_deployment import ServiceDeployment
    from pytest_ecsfake.state.task_set import TaskSet

AT_REST = "Everything is at rest, and no task ended badly."

#: How many findings an explanation shows; what is left out is named.
FINDINGS_SHOWN = 8

#: The subjects, in the order in which they are explained.
_SUBJECTS: tuple[Callable[[Situation], Iterator[Finding]], ...] = (
    services.find,
    tasks.find,
    daemons.find,
    instances.find,
)


def explain(endpoint: Endpoint, partition: Partition, about: str | None = None) -> str:
    """Explain why things are as they are. The caller holds the fake's lock.

    Args:
        endpoint: leads to the state, the orders and the recorded calls.
        partition: the account and region in which `about` is looked up, and whose resources come first.
        about: a service, task, task set, deployment or daemon, by a key of its store or its ARN, a task also by
            the beginning of its id; None explains everything that isn't at rest.

    Raises:
        KeyError: there is no such resource. The text names the most similar keys.
    """
    __tracebackhide__ = True
    world = endpoint.world
    since = duration(world.clock.now - world.start)
    if about is not None:
        situation = Situation(endpoint, world.region(partition))
        found = list(_of_one(situation, about))
        if not found:
            return f"{about} is at rest, and no task of it ended badly."
        return _text(_grouped(_with_poll(situation, found)), since)
    regions = sorted(world.regions.items(), key=lambda item: item[0] != partition)
    everything: list[Finding] = []
    for place, region in regions:
        situation = Situation(endpoint, region)
        findings = list(_with_poll(situation, _of_all(situation)))
        everything += findings if place == partition else _elsewhere(findings, partition, place)
    return _text(_grouped(everything), since) or AT_REST


# --- what is found ----------------------------------------------------------------------------------------------------------------------


def _of_all(situation: Situation) -> list[Finding]:
    """The findings of a region. What happened to calls comes last, unless the newest one failed, or a fault answered."""
    of_state = [finding for find in _SUBJECTS for finding in find(situation)]
    of_calls = list(calls.find(situation))
    if calls.last_was_refused(situation):
        return [*of_calls, *of_state]
    return [*of_state, *of_calls]


def _of_one(situation: Situation, about: str) -> Iterator[Finding]:
    """The findings about one resource.

    Raises:
        KeyError: there is none with this key.
    """
    __tracebackhide__ = True
    region = situation.region
    keys: dict[str, None] = {}
    for cluster in region.clusters:
        for service in region.services_in(cluster):
            owned = [each.id for each in service.deployments]
            parts: list[TaskSet | ServiceDeployment] = [*service.task_sets, *service.service_deployments]
            owned += [key for part in parts for key in (part.id, part.arn)]
            path = f"{cluster.name}/{service.name}"
            keys[path] = None
            if about in (path, service.name, service.arn, *owned):
                finding = services.explain(situation, service)
                yield from () if finding is None else (finding,)
                return
        for daemon in region.daemons_in(cluster):
            path = f"{cluster.name}/{daemon.name}"
            keys[path] = None
            if about in (path, daemon.name, daemon.arn, *(each.arn for each in daemon.deployments)):
                finding = daemons.explain(situation, daemon)
                yield from () if finding is None else (finding,)
                return
    is_beginning = len(about) >= ID_SHOWN  # explanations and the time line show as much of an id
    task = next(
        (task for task in situation.tasks if about == task.arn or (is_beginning and task.id.startswith(about))), None
    )
    if task is None:
        _refuse_unknown(region, about, keys)
    yield from tasks.explain(situation, [task])


def _refuse_unknown(region: Region, about: str, keys: Iterable[str]) -> NoReturn:
    """Raise the error for a key that nothing has.

    Raises:
        KeyError: always.
    """
    __tracebackhide__ = True
    near = get_close_matches(about, list(keys), n=2, cutoff=0.5)
    hint = " Nearest: " + ", ".join(f'"{name}"' for name in near) + "." if near else ""
    where = f"account {region.partition.account}, region {region.partition.region}"
    raise MissingKey(f'no service, task, task set, deployment or daemon "{about}" in {where}.{hint}')


def _with_poll(situation: Situation, findings: Iterable[Finding]) -> Iterator[Finding]:
    """Add to what the last poll asked for that it ended too early, or that nothing is left to wait for."""
    poll = situation.poll
    for finding in findings:
        if poll is None or not poll.asks_for(finding.arns):
            yield finding
            continue
        called = (
            f"{poll.operation} was called {counted(poll.times, 'time')}, the last time at {situation.at(poll.until)}"
        )
        more: tuple[str, ...] = ()
        if finding.due is not None and finding.due > poll.until:
            more = (f"The poll for it ended {duration(finding.due - poll.until)} before that: {called}.",)
        elif finding.due is None and situation.nothing_is_due:
            more = (f"{called}; nothing is due any more that could change it.",)
        yield finding._replace(sentences=(*finding.sentences, *more))


def _elsewhere(findings: Iterable[Finding], here: Partition, there: Partition) -> Iterator[Finding]:
    """Findings of another account or region, which their names say."""
    where = there.region if there.account == here.account else f"account {there.account}, {there.region}"
    return (finding._replace(name=f"{finding.name} ({where})") for finding in findings)


# --- the text ---------------------------------------------------------------------------------------------------------------------------


def _grouped(findings: Iterable[Finding]) -> dict[tuple[str, str, tuple[str, ...]], list[str]]:
    """The names of what has the same reasons, by these."""
    found: dict[tuple[str, str, tuple[str, ...]], list[str]] = {}
    for finding in findings:
        found.setdefault((finding.why, finding.of_several, finding.sentences), []).append(finding.name)
    return found


def _text(groups: dict[tuple[str, str, tuple[str, ...]], list[str]], since: str) -> str:
    lines: list[str] = []
    for (why, of_several, sentences), names in list(groups.items())[:FINDINGS_SHOWN]:
        verb = why if len(names) == 1 else of_several
        lines.append(f"Why {listed(names)} {verb}, {since} after the start:")
        lines += [f"  {sentence}" for sentence in sentences]
    left_out = [name for names in list(groups.values())[FINDINGS_SHOWN:] for name in names]
    if left_out:
        lines.append(f"And {len(left_out):,} more: {listed(left_out)}.")
    return "\n".join(lines)
