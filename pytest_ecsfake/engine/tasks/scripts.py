"""What is decided of a container by its script: whether it starts, when and how it ends, what its health check comes to, whether it is restarted.

Which script a container has is decided once, when its task is accepted. Times and orders of events are `lifecycle.py`'s.
Rules: API reference, ContainerDefinition, HealthCheck and ContainerRestartPolicy; Developer Guide, "Stopped tasks error messages".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_ecsfake.clock import SECOND, Callback, Outcome
from pytest_ecsfake.state.orders import ScriptOrder
from pytest_ecsfake.state.region import Region
from pytest_ecsfake.state.scripts import ContainerSelector, HealthResult, Script
from pytest_ecsfake.state.task import Container, Task

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_ecsfake import api

#: How long ECS tries to get the image or the secrets before the task stops. That of a network without a way out was reported to be four
#: and a half minutes; the other is ours.
FAILS_AFTER = 15 * SECOND
FAILS_WITHOUT_NETWORK_AFTER = 270 * SECOND
OF_THE_NETWORK = (
    "i/o timeout",
    "request send failed",
    "connection issue",
    "request canceled while waiting for connection",
)

#: API reference, HealthCheck: what holds where the definition doesn't say.
INTERVAL, TIMEOUT, RETRIES, START_PERIOD = 30, 5, 3, 0

#: API reference, ContainerRestartPolicy, restartAttemptPeriod.
RESTART_ATTEMPT_PERIOD = 300


# --- which script ------------------------------------------------------------------------------------------------------------------------


def assign_scripts(region: Region, task: Task) -> None:
    """Give the containers of a new task their scripts: from the first order in turn that matches; each order counts a task once."""
    assigned: dict[str, ScriptOrder] = {}
    for order in region.orders.in_turn(ScriptOrder):
        matching = [each for each in matching_containers(task, order.selector) if _can_follow(each, order.script)]
        free = [each for each in matching if each.name not in assigned]
        if free:
            order.meet()
            for container in free:
                container.script = order.script
                assigned[container.name] = order
        elif matching:
            order.give_way(assigned[matching[0].name])


def matching_containers(task: Task, selector: ContainerSelector) -> Iterator[Container]:
    """The containers of a task that an order is for; never the proxy of Service Connect, whose name nobody knows before."""
    definition = task.definition
    own = task.own_containers
    main = next((container for container in own if container.is_essential), own[0])
    for container in own:
        image = container.definition.get("image", "")
        if selector.matches(definition.family, definition.revision, container.name, image, is_main=container is main):
            yield container


def _can_follow(container: Container, script: Script) -> bool:
    return not script.is_for_health_checks_alone or "healthCheck" in container.definition


# --- the start ---------------------------------------------------------------------------------------------------------------------------


def start_fails(task: Task) -> tuple[Container, str] | None:
    """The container whose image or secrets can't be had, and the error; None where all goes well."""
    for container in task.containers:
        script = container.script
        error = script and (script.secrets_error or script.pull_error)
        if error:
            return container, error
    return None


def fails_after(region: Region, error: str) -> int:
    """How long ECS tries before it gives up."""
    is_of_the_network = any(words in error for words in OF_THE_NETWORK)
    return region.timings.delay("START_FAILURE", FAILS_WITHOUT_NETWORK_AFTER if is_of_the_network else FAILS_AFTER)


def start_error(container: Container) -> str | None:
    """Why a container can't be started whose image is there."""
    return container.script.start_error if container.script is not None else None


def program_callback(region: Region, task: Task, container: Container) -> Callback | None:
    """The call of the program that a container runs; `lifecycle.py` takes its outcome. None where the container has no program."""
    script = container.script
    if script is None or script.program is None:
        return None
    return Callback(
        script.program,
        (region.partition, task.arn, container.name),
        f'the program of container "{container.name}" in family "{task.family}"',
    )


# --- the end -----------------------------------------------------------------------------------------------------------------------------


def ends_by_itself(container: Container) -> bool:
    """Whether a container ends without being told to."""
    script = container.script
    return script is not None and (script.runs_for is not None or script.program is not None)


def exit_code_of(outcome: Outcome) -> int:
    """The exit code of a program: what it returned, or as Python's own when it raised.

    An operating system keeps the lower eight bits of an exit code.
    """
    result = outcome.result
    if isinstance(outcome.error, SystemExit):
        result = outcome.error.code
        if isinstance(result, str):
            return 1
    elif outcome.error is not None:
        return 1
    if result is None:
        return 0
    return result & 0xFF if isinstance(result, int) else 1


def restarts(region: Region, task: Task, container: Container, exit_code: int) -> bool:
    """Whether a container that has ended by itself is started again, as its restart policy says; the task must not be ending."""
    policy = container.definition.get("restartPolicy")
    if policy is None or not policy["enabled"] or exit_code in policy.get("ignoredExitCodes", ()):
        return False
    period = policy.get("restartAttemptPeriod", RESTART_ATTEMPT_PERIOD) * SECOND
    return container.started_at is not None and region.clock.now - container.started_at >= period


# --- health ------------------------------------------------------------------------------------------------------------------------------


def check_comes_to(container: Container, number: int) -> HealthResult:
    """What a run of the health check comes to, counted from 0; the last of those that were ordered repeats itself."""
    results = container.script.health if container.script is not None else ()
    return results[min(number, len(results) - 1)] if results else "HEALTHY"


def check_takes(region: Region, container: Container, number: int) -> int:
    """In how many microseconds the next run of the health check has its result."""
    check = container.definition["healthCheck"]
    seconds = check.get("interval", INTERVAL)
    if check_comes_to(container, number) == "TIMEOUT":
        seconds += check.get("timeout", TIMEOUT)
    return region.timings.delay("HEALTH_CHECK", seconds * SECOND)


def failures_after(region: Region, container: Container, number: int, failures: int) -> int:
    """How many failures in a row count after this run; those within the start period don't, until the check has passed once."""
    if check_comes_to(container, number) == "HEALTHY":
        return 0
    period = container.definition["healthCheck"].get("startPeriod") or START_PERIOD
    assert container.started_at is not None  # it runs
    is_starting = region.clock.now - container.started_at < period * SECOND
    return failures if is_starting and container.health_status == "UNKNOWN" else failures + 1


def health_after(container: Container, number: int, failures: int) -> api.HealthStatus:
    """What a container's health is after a run of its check."""
    if check_comes_to(container, number) == "HEALTHY":
        return "HEALTHY"
    retries = container.definition["healthCheck"].get("retries", RETRIES)
    return "UNHEALTHY" if failures >= retries else container.health_status


def stays_as_it_is(container: Container, number: int) -> bool:
    """Whether no later run of the health check can change anything."""
    last = len(container.script.health) - 1 if container.script is not None else 0
    wanted = "HEALTHY" if check_comes_to(container, number) == "HEALTHY" else "UNHEALTHY"
    return number >= last and container.health_status == wanted
