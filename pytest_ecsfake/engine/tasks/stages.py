"""The stages of a task's life, as tables: in which status, for how long, what is set on the way, where to.

Rules: Developer Guide, "Amazon ECS task lifecycle", for the statuses and their order; API reference, Task, for what each timestamp means, and
Attachment for the statuses of a network interface. ECS states no durations: the delays are ours, chosen so that the intervals between the
timestamps are those of the API's recorded examples (DescribeTasks, StopTask). `timings` replaces them by status.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Literal, NamedTuple

from pytest_ecsfake.clock import seconds
from pytest_ecsfake.state.task import AttachmentStatus, Task, TaskStatus

Stamp = Literal["connectivity_at", "pull_started_at", "pull_stopped_at", "started_at", "stopped_at"]


class Step(NamedTuple):
    """What happens while a status lasts: after how many hundredths of its time, and what is then set."""

    percent: int
    stamp: Stamp | None = None
    interface: AttachmentStatus | None = None


class Stage(NamedTuple):
    """One status of a path: how long it lasts, which one comes next, and what happens meanwhile."""

    status: TaskStatus
    delay: int
    to: TaskStatus
    steps: tuple[Step, ...] = ()


class Arrival(NamedTuple):
    """What a task gets when it comes into a status.

    `counts` says whether ECS sends an event for it, and so raises the task's version (API reference, Task, version; the numbers are
    those of recorded events: 3 when RUNNING, 6 when STOPPED after StopTask, 5 when an essential container ended it).
    """

    counts: bool = True
    stamp: Stamp | None = None
    interface: AttachmentStatus | None = None


#:   in this status           an event?      then is set                  and the interface is
ARRIVALS: Mapping[TaskStatus, Arrival] = {
    "PROVISIONING":   Arrival(),
    "PENDING":        Arrival(                                            interface="ATTACHED"),
    "ACTIVATING":     Arrival(counts=False),
    "RUNNING":        Arrival(               stamp="started_at"),
    "DEACTIVATING":   Arrival(counts=False),
    "STOPPING":       Arrival(counts=False),
    "DEPROVISIONING": Arrival(                                            interface="DETACHING"),
    "STOPPED":        Arrival(               stamp="stopped_at",          interface="DELETED"),
}  # fmt: skip

#: Developer Guide, "Task lifecycle": the way of a task on Fargate, which has a network interface of its own, until it runs.
#:   in this status              for               goes on to        and meanwhile
FARGATE_START = (
    Stage("PROVISIONING", seconds(10), to="PENDING",    steps=(Step(10, interface="CREATED"),
                                                               Step(30, interface="ATTACHING"),
                                                               Step(40, stamp="connectivity_at"))),
    Stage("PENDING",      seconds(15), to="ACTIVATING", steps=(Step(20, stamp="pull_started_at"),
                                                               Step(90, stamp="pull_stopped_at"))),
    Stage("ACTIVATING",   seconds(1),  to="RUNNING"),
)  # fmt: skip

#: The same page: a task with a network interface of its own on a container instance, whose agent is connected already.
EC2_AWSVPC_START = (
    Stage("PROVISIONING", seconds(8),  to="PENDING",    steps=(Step(10, interface="CREATED"),
                                                               Step(50, interface="ATTACHING"))),
    Stage("PENDING",      seconds(6),  to="ACTIVATING", steps=(Step(20, stamp="pull_started_at"),
                                                               Step(90, stamp="pull_stopped_at"))),
    Stage("ACTIVATING",   seconds(1),  to="RUNNING"),
)  # fmt: skip

#: The same page: a task in the network of its container instance (bridge, host, none) has nothing that would be provisioned.
EC2_START = (
    Stage("PENDING",      seconds(6),  to="ACTIVATING", steps=(Step(20, stamp="pull_started_at"),
                                                               Step(90, stamp="pull_stopped_at"))),
    Stage("ACTIVATING",   seconds(1),  to="RUNNING"),
)  # fmt: skip

#: The same page: the way of a task that is told to stop. One that was told so shows the status it had for a moment (the row "RUNNING",
#: whichever status that is), STOPPING is passed over when no container runs, and DEACTIVATING is for tasks behind a load balancer alone.
#: How long a target drains before the stop signal: Elastic Load Balancing's default deregistration delay.
AWSVPC_STOP = (
    Stage("RUNNING",        seconds(1),   to="STOPPING"),
    Stage("DEACTIVATING",   seconds(300), to="STOPPING"),
    Stage("STOPPING",       seconds(10),  to="DEPROVISIONING"),
    Stage("DEPROVISIONING", seconds(10),  to="STOPPED",  steps=(Step(50, interface="DETACHED"),)),
)  # fmt: skip

EC2_STOP = (
    Stage("RUNNING",        seconds(1),   to="STOPPING"),
    Stage("DEACTIVATING",   seconds(300), to="STOPPING"),
    Stage("STOPPING",       seconds(2),   to="STOPPED"),
)  # fmt: skip

#: Within STOPPING: when a container that obeys SIGTERM has ended. What is left of the time is how long ECS takes to learn that the
#: last container ended, as it does when a container ended by itself (10.8 s between the two in a recorded event).
OBEYED_PERCENT = 10

#: How long the agent for ExecuteCommand takes to be ready: recorded events show it PENDING when the task is RUNNING already.
AGENT_START = seconds(3)

#: How long a container runs that another one waits for to end.
COMPLETION = seconds(5)


class Life(NamedTuple):
    """The paths of one kind of task: its stages by status, on the way up and on the way down, and what each status brings."""

    start: Mapping[TaskStatus, Stage]
    stop: Mapping[TaskStatus, Stage]
    arrivals: Mapping[TaskStatus, Arrival]


def _life(start: tuple[Stage, ...], stop: tuple[Stage, ...], *, counting: tuple[TaskStatus, ...] = ()) -> Life:
    return Life(
        {stage.status: stage for stage in start},
        {stage.status: stage for stage in stop},
        {**ARRIVALS, **{status: ARRIVALS[status]._replace(counts=True) for status in counting}},
    )


#: By launch type, and whether the task has a network interface of its own or an Amazon EBS volume, which comes and goes in step with one.
#: Recorded events of awsvpc tasks on container instances have version 4 when RUNNING, one more than those of Fargate: ACTIVATING is told
#: there.
LIVES: Mapping[tuple[str, bool], Life] = {
    ("FARGATE", True): _life(FARGATE_START, AWSVPC_STOP),
    ("EC2", True): _life(EC2_AWSVPC_START, AWSVPC_STOP, counting=("ACTIVATING",)),
    ("EC2", False): _life(EC2_START, EC2_STOP),
    ("EXTERNAL", False): _life(EC2_START, EC2_STOP),
}


def life_of(task: Task) -> Life:
    """The paths of a task."""
    return LIVES[task.launch_type, task.is_provisioned]


#: API reference, DescribeTasks: stopped tasks are returned for at least one hour.
STOPPED_TASK_KEPT = seconds(60 * 60)
