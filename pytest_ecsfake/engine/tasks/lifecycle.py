"""The life of a task: through its stages until it runs, and through those of its stop when it is told to stop or a container ends it.

The stages are in `stages.py`, the behaviour of containers in `containers.py`; this module schedules both. A scheduled event looks at the task
again before it acts, since the task may have been stopped in the meantime: an event of a stage acts only while the task has the status and
the desired status that it had when the event was scheduled.
Rules: Developer Guide, "Amazon ECS task lifecycle"; API reference, Task and StopTask.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_ecsfake.clock import SECOND, Instant, Outcome
from pytest_ecsfake.engine.tasks import containers, scripts
from pytest_ecsfake.engine.tasks.stages import (
    AGENT_START,
    COMPLETION,
    OBEYED_PERCENT,
    STOPPED_TASK_KEPT,
    TaskStage,
    paths_of,
)
from pytest_ecsfake.engine.tasks.transition import (
    FAILED_TO_START,
    accept,
    agent_start,
    attachments_transition,
    container_transition,
    gone,
    health_transition,
    placed,
    restart,
    transition,
    want_stopped,
)
from pytest_ecsfake.state.container_instance import ContainerInstance
from pytest_ecsfake.state.region import Region
from pytest_ecsfake.state.task import Container, Task

if TYPE_CHECKING:
    from pytest_ecsfake import api


def begin(region: Region, task: Task, instance: ContainerInstance | None = None) -> None:
    """Accept a task and begin its first stage.

    Args:
        region: where it runs.
        task: a new task, in the status in which ECS accepts it.
        instance: the container instance that has room for it; None on Fargate, and for a task that waits for capacity.
    """
    manual = instance is not None and instance.agent == "manual"
    if not manual:  # what containers do there is the test's, in the agent's place
        scripts.assign_scripts(region, task)
    accept(region, task, instance)
    if instance is not None or task.launch_type == "FARGATE":
        _stay(region, task, paths_of(task).start[task.last_status])


def place(region: Region, task: Task, instance: ContainerInstance) -> None:
    """Place a task that waited for capacity on a container instance that has room for it now, and begin its first stage."""
    placed(region, task, instance)
    start = paths_of(task).start
    if task.last_status not in start:
        transition(region, task, next(iter(start)))
    _stay(region, task, start[task.last_status])


def resume(region: Region, task: Task) -> None:
    """Go on with the life of a task that was loaded, from the status that it has. How long it has had it isn't known: its stage begins anew."""
    status = task.last_status
    if status == "STOPPED":
        region.clock.after(STOPPED_TASK_KEPT, _forget, region, task)
        return
    for container in task.containers:
        checks = "healthCheck" in container.definition and container.health_status == "UNKNOWN"
        if container.last_status == "RUNNING" and checks:
            _await_health_check(region, task, container, 0, 0)
    if task.desired_status == "STOPPED":
        _resume_stop(region, task)
    elif status == "ACTIVATING":
        _start_containers(region, task)
    elif status in paths_of(task).start and (task.launch_type == "FARGATE" or task.container_instance is not None):
        if not task.has_manual_agent:
            scripts.assign_scripts(region, task)
        _stay(region, task, paths_of(task).start[status])


def _resume_stop(region: Region, task: Task) -> None:
    stop_path = paths_of(task).stop
    if task.last_status == "DEACTIVATING":
        _stay(region, task, _draining(task))
    elif task.last_status == "STOPPING":
        _signal_or_end(region, task)
    elif task.last_status == "DEPROVISIONING":
        _stay(region, task, stop_path["DEPROVISIONING"])
    else:
        notice = stop_path["RUNNING"]
        region.clock.after(region.timings.delay(notice.status, notice.delay), _act_on_stop, region, task)


def stop(region: Region, task: Task, *, code: api.TaskStopCode, reason: str) -> None:
    """Tell a task to stop. One that was told before, or has stopped, keeps its own code and reason.

    Args:
        region: where the task runs.
        task: a task in any status.
        code: ECS's code for the reason, such as `UserInitiated`.
        reason: the reason in words.
    """
    if task.desired_status == "STOPPED":
        return
    want_stopped(region, task, code, reason, counts=True)
    notice = paths_of(task).stop["RUNNING"]
    region.clock.after(region.timings.delay(notice.status, notice.delay), _act_on_stop, region, task)


def container_exited(
    region: Region, task: Task, container: Container, exit_code: int, reason: str | None = None
) -> None:
    """Note that a running container has exited, with all that follows; nothing happens if it had exited before.

    If it is essential, the others get the stop signal at once, and the task ends when ECS learns that the last of them has exited. If its
    restart policy applies, it is started again and counts as running throughout.
    """
    if container.last_status != "RUNNING" or task.last_status == "STOPPED":
        return
    was_ending = _is_ending(task)
    if not was_ending and scripts.restarts(region, task, container, exit_code):
        restart(region, task, container, exit_code)
        _run(region, task, container)
        return
    container.exit_code = exit_code
    container.reason = reason
    container_transition(region, container, "STOPPED")
    if not _is_ending(task):
        _start_containers(region, task)
        return
    _signal_containers(region, task, after=container if was_ending else None)
    if not _runs(task):
        _end_of_execution(region, task)


def agent_says_stopped(region: Region, task: Task) -> None:
    """End a task whose manual agent reports that none of its containers is left."""
    if task.last_status not in ("DEPROVISIONING", "STOPPED"):
        _wind_up(region, task)


def lose(region: Region, task: Task, *, code: api.TaskStopCode, reason: str) -> None:
    """End a task whose container instance is gone, at once.

    Its containers keep their last status, without an exit code (recorded in the tests of Apache Airflow, of a terminated host).

    Args:
        region: where the task runs.
        task: a task in any status.
        code: ECS's code for the reason.
        reason: the reason in words; a task that was told to stop before keeps its own.
    """
    if task.last_status == "STOPPED":
        return
    if task.desired_status == "RUNNING":
        want_stopped(region, task, code, reason, counts=False)
    _end(region, task)


def set_health(region: Region, task: Task, container: Container, status: api.HealthStatus) -> None:
    """Set the health of a running container as the test orders; its health check no longer counts."""
    container.health_is_set = True
    if container.health_status != status:
        health_transition(region, task, container, status)
        _start_containers(region, task)


def interrupt_spot(region: Region, task: Task) -> None:
    """Interrupt a task on Fargate Spot: it gets the warning, and with it SIGTERM, two minutes before its capacity is gone.

    A container's stop timeout is at most two minutes there, so none is cut short (Developer Guide, "Amazon ECS clusters for Fargate", Spot).
    """
    stop(region, task, code="SpotInterruption", reason="Your Spot Task was interrupted.")


# --- the start --------------------------------------------------------------------------------------------------------------------------


def _stay(region: Region, task: Task, stage: TaskStage) -> None:
    """Schedule the first step of a stage, or its end. A manual agent decides itself when its part is done."""
    if stage.status == "PENDING" and task.has_manual_agent:
        return
    _order(region, task, stage, region.clock.now, 0)


def _order(region: Region, task: Task, stage: TaskStage, begun: Instant, number: int) -> None:
    """Schedule a step of a stage, or the end of the stage after its last step: one event of a task at a time."""
    delay = region.timings.delay(stage.status, stage.delay)
    if number < len(stage.steps):
        due = begun + delay * stage.steps[number].percent // 100
        region.clock.at(due, _take_step, region, task, stage, task.desired_status, begun, number)
    else:
        region.clock.at(begun + delay, _go_on, region, task, stage, task.desired_status)


def _take_step(  # noqa: PLR0917 (what an event knows)
    region: Region, task: Task, stage: TaskStage, desired: str, begun: Instant, number: int
) -> None:
    if task.last_status != stage.status or task.desired_status != desired:
        return
    step = stage.steps[number]
    if step.stamp is not None:
        setattr(task, step.stamp, region.clock.now)
    if step.interface is not None:
        attachments_transition(region, task, step.interface)
    failing = scripts.start_fails(task) if step.stamp == "pull_started_at" else None
    if failing is not None:
        region.clock.after(scripts.fails_after(region, failing[1]), _fail_to_start, region, task, *failing)
        return
    _order(region, task, stage, begun, number + 1)


def _go_on(region: Region, task: Task, stage: TaskStage, desired: str) -> None:
    """End a stage and begin the next one."""
    if task.last_status != stage.status or task.desired_status != desired:
        return
    if stage.to == "STOPPED":
        _end(region, task)
        return
    transition(region, task, stage.to, task.stopped_reason)
    if stage.to == "ACTIVATING":
        _start_containers(region, task)
    elif stage.to == "STOPPING":
        _signal_or_end(region, task)
    elif stage.to == "RUNNING":
        if not _runs(task):
            _end_of_execution(region, task)
    else:
        _stay(region, task, paths_of(task).start[stage.to])


def _start_containers(region: Region, task: Task) -> None:
    """Start the containers whose dependencies are met; the task goes on once the last one has started.

    The task fails to start if a container's dependencies can't be met any more. What ECS says then hasn't been seen. # unverified
    """
    if task.last_status != "ACTIVATING" or _is_ending(task):
        return
    while started := containers.ready(task):
        for container in started:
            error = scripts.start_error(container)
            if error is not None:
                _fail_to_start(region, task, container, error)
                return
            _start_container(region, task, container)
    if containers.waiting_in_vain(task):
        stop(region, task, code="TaskFailedToStart", reason=FAILED_TO_START)
    elif "PENDING" not in [container.last_status for container in task.containers]:
        _stay(region, task, paths_of(task).start["ACTIVATING"])


def _fail_to_start(region: Region, task: Task, container: Container, error: str) -> None:
    """Stop a task that a container keeps from starting.

    On Fargate the error itself is the task's stopped reason (Developer Guide, "Stopped tasks error messages"). That this holds for
    containers that aren't essential too is an assumption. # unverified
    """
    if task.desired_status == "STOPPED":
        return
    container.reason = error
    reason = error if task.launch_type == "FARGATE" else FAILED_TO_START
    stop(region, task, code="TaskFailedToStart", reason=reason)


def _start_container(region: Region, task: Task, container: Container) -> None:
    """Start a container, and schedule what it does by itself."""
    clock, timings, definition = region.clock, region.timings, container.definition
    containers.start(region, task, container)
    _run(region, task, container)
    if container.execute_command_agent is not None:
        clock.after(timings.delay("EXECUTE_COMMAND_AGENT", AGENT_START), _start_agent, region, container)
    if containers.is_awaited(task, container, containers.ENDING) and not scripts.ends_by_itself(container):
        clock.after(timings.delay("COMPLETION", COMPLETION), container_exited, region, task, container, 0)
    if "startTimeout" in definition:
        clock.after(definition["startTimeout"] * SECOND, _give_up_waiting, region, task, container)


def _run(region: Region, task: Task, container: Container) -> None:
    """Schedule what a container does from its start or restart on: its health check, its exit, its program."""
    container.started_at = region.clock.now
    container.starts += 1
    if "healthCheck" in container.definition:
        _await_health_check(region, task, container, 0, 0)
    script = container.script
    if script is None:
        return
    if script.runs_for is not None:
        ending = (container.starts, script.exit_code, script.reason)
        region.clock.after(script.runs_for, _exit_by_itself, region, task, container, *ending)
    program = scripts.program_callback(region, task, container)
    if program is not None:
        given = (region, task, container, container.starts)
        region.clock.callbacks.append(program._replace(then=_program_ended, given=given))


def _exit_by_itself(  # noqa: PLR0917 (what an event knows)
    region: Region, task: Task, container: Container, start: int, exit_code: int, reason: str | None
) -> None:
    if container.starts == start:
        container_exited(region, task, container, exit_code, reason)


def _program_ended(region: Region, task: Task, container: Container, start: int, outcome: Outcome) -> None:
    """Schedule the container's exit: its program's virtual run time after its start."""
    ending = (start, scripts.exit_code_of(outcome), None)
    region.clock.after(outcome.slept, _exit_by_itself, region, task, container, *ending)


def _await_health_check(region: Region, task: Task, container: Container, number: int, failures: int) -> None:
    """Schedule the next run of a container's health check, after this many failures in a row."""
    delay = scripts.check_takes(region, container, number)
    region.clock.after(delay, _check_health, region, task, container, container.starts, number, failures)


def _check_health(  # noqa: PLR0917 (what an event knows)
    region: Region, task: Task, container: Container, start: int, number: int, failures: int
) -> None:
    if container.last_status != "RUNNING" or task.last_status == "STOPPED":
        return
    if container.starts != start or container.health_is_set:
        return
    failures = scripts.failures_after(region, container, number, failures)
    status = scripts.health_after(container, number, failures)
    if status != container.health_status:
        health_transition(region, task, container, status)
        _start_containers(region, task)
    if not scripts.stays_as_it_is(container, number):
        _await_health_check(region, task, container, number + 1, failures)


def _start_agent(region: Region, container: Container) -> None:
    agent = container.execute_command_agent
    if agent is not None and container.last_status == "RUNNING":
        agent_start(region, agent)


def _give_up_waiting(region: Region, task: Task, container: Container) -> None:
    """Stop the task if others still wait for a container whose startTimeout is over (API reference, ContainerDefinition)."""
    if task.last_status == "ACTIVATING" and not _is_ending(task) and containers.is_awaited(task, container):
        stop(region, task, code="TaskFailedToStart", reason=FAILED_TO_START)  # unverified


# --- the stop ---------------------------------------------------------------------------------------------------------------------------


def _is_ending(task: Task) -> bool:
    """Whether the task is ending: it was told to stop, or an essential container has exited."""
    return task.desired_status == "STOPPED" or any(
        container.is_essential and container.exit_code is not None for container in task.containers
    )


def _runs(task: Task) -> bool:
    return "RUNNING" in [container.last_status for container in task.containers]


def _act_on_stop(region: Region, task: Task) -> None:
    """Begin to stop a task that was told to a moment ago; it may have ended by itself since then."""
    if task.last_status in ("DEPROVISIONING", "STOPPED") or (task.last_status == "PENDING" and task.has_manual_agent):
        return
    if all(container.last_status == "PENDING" for container in task.containers):
        _wind_up(region, task)
        return
    if task.last_status == "RUNNING" and task.is_behind_load_balancer:
        transition(region, task, "DEACTIVATING", task.stopped_reason)
        _stay(region, task, _draining(task))
        return
    transition(region, task, paths_of(task).stop["RUNNING"].to, task.stopped_reason)
    _signal_or_end(region, task)


def _draining(task: Task) -> TaskStage:
    """The stage of a task that drains, for as long as its gateway connector says (API reference, GatewayConnectorDeregistrationDelay)."""
    stage = paths_of(task).stop["DEACTIVATING"]
    delay = task.deregistration_delay_seconds
    return stage if delay is None else stage._replace(delay=delay * SECOND)


def _signal_or_end(region: Region, task: Task) -> None:
    """Send the stop signals of a task that is STOPPING; its containers may have exited by themselves since it was told to stop.

    A manual agent sends them itself, and reports the result.
    """
    if task.has_manual_agent:
        return
    _signal_containers(region, task)
    if task.execution_stopped_at is None and not _runs(task):
        _end_of_execution(region, task)


def _signal_containers(region: Region, task: Task, *, after: Container | None = None) -> None:
    """Send the stop signal to the next containers: the first ones, or those that a container which has exited depended on."""
    stopping = paths_of(task).stop["STOPPING"]
    for container in containers.whose_turn_it_is_to_stop(task, after):
        delay, exit_code = containers.end_of(region, container, stopping)
        region.clock.after(delay, container_exited, region, task, container, exit_code)


def _end_of_execution(region: Region, task: Task) -> None:
    """Note that the last container has exited; ECS learns of it later.

    A task whose containers have all started becomes RUNNING first: startedAt is never after executionStoppedAt (recorded answers).
    """
    if _is_about_to_run(task):
        return
    task.execution_stopped_at = region.clock.now
    stopping = paths_of(task).stop["STOPPING"]
    delay = region.timings.delay(stopping.status, stopping.delay) * (100 - OBEYED_PERCENT) // 100
    region.clock.after(delay, _learn_of_the_end, region, task)


def _is_about_to_run(task: Task) -> bool:
    return (
        task.last_status == "ACTIVATING"
        and task.desired_status == "RUNNING"
        and "PENDING" not in [container.last_status for container in task.containers]
    )


def _learn_of_the_end(region: Region, task: Task) -> None:
    if task.last_status == "STOPPED":
        return
    if task.desired_status == "RUNNING":
        reason = containers.why_it_ended(task)
        want_stopped(region, task, "EssentialContainerExited", reason, counts=False)
    _wind_up(region, task)


def _wind_up(region: Region, task: Task) -> None:
    """Release what was provisioned for the containers, now that none of them runs."""
    containers.give_up(region, task)
    stages = paths_of(task).stop
    following = stages["STOPPING"].to
    if following == "STOPPED":
        _end(region, task)
        return
    transition(region, task, following, task.stopped_reason)
    _stay(region, task, stages[following])


def _end(region: Region, task: Task) -> None:
    """Stop a task and free what it had reserved (Developer Guide, "PortMapping": host ports are free when the task stops)."""
    transition(region, task, "STOPPED", task.stopped_reason)
    gone(region, task)
    region.clock.after(STOPPED_TASK_KEPT, _forget, region, task)


def _forget(region: Region, task: Task) -> None:
    tasks = region.tasks_in(task.cluster)
    if tasks.get(task.id) is task:
        tasks.drop(task.id)
