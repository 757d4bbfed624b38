"""The stages of a task, as tables: each status with its duration, what is set in the meantime, and the status that follows.

The paths, by launch type, and by whether the task has a network interface or an Amazon EBS volume of its own:

    start  FARGATE           PROVISIONING ─ PENDING ─ ACTIVATING ─ RUNNING
           EC2, own          PROVISIONING ─ PENDING ─ ACTIVATING ─ RUNNING
           EC2, EXTERNAL                    PENDING ─ ACTIVATING ─ RUNNING
           MANAGED_INSTANCES as EC2, both ways

    stop   FARGATE           RUNNING ─┬──────────────┬─ STOPPING ─ DEPROVISIONING ─ STOPPED
           EC2, own                   └ DEACTIVATING ┘
           EC2, EXTERNAL     RUNNING ─┬──────────────┬─ STOPPING ────────────────── STOPPED
                                      └ DEACTIVATING ┘

DEACTIVATING is for tasks behind a load balancer alone, STOPPING is skipped where no container runs, and "RUNNING" stands at the head of a
stop for whichever status the task has when it is told to stop: it keeps showing that one for a moment.
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
    """What is set while a status lasts, after a percentage of its duration."""

    percent: int
    stamp: Stamp | None = None
    interface: AttachmentStatus | None = None


class TaskStage(NamedTuple):
    """One status of a path: how long it lasts, which one follows, and what is set in the meantime."""

    status: TaskStatus
    delay: int
    to: TaskStatus
    steps: tuple[Step, ...] = ()


class Arrival(NamedTuple):
    """What is set when a task enters a status.

    `counts` says whether ECS sends an event for it, and so raises the task's version (API reference, Task, version; recorded events have
    3 when RUNNING, 6 when STOPPED after StopTask, 5 when an essential container ended it).
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
    "DEPROVISIONING": Arrival(),
    "STOPPED":        Arrival(               stamp="stopped_at",          interface="DELETED"),
}  # fmt: skip

#: Developer Guide, "Task lifecycle": the start of a task on Fargate, which has a network interface of its own.
#:       in this status  for          goes on to           and in the meantime
FARGATE_START = (
    TaskStage("PROVISIONING", seconds(10), to="PENDING",    steps=(Step(10, interface="CREATED"),
                                                                   Step(30, interface="ATTACHING"),
                                                                   Step(40, stamp="connectivity_at"))),
    TaskStage("PENDING",      seconds(15), to="ACTIVATING", steps=(Step(20, stamp="pull_started_at"),
                                                                   Step(90, stamp="pull_stopped_at"))),
    TaskStage("ACTIVATING",   seconds(1),  to="RUNNING"),
)  # fmt: skip

#: The same page: a task with a network interface of its own on a container instance, whose agent is connected already.
EC2_AWSVPC_START = (
    TaskStage("PROVISIONING", seconds(8),  to="PENDING",    steps=(Step(10, interface="CREATED"),
                                                                   Step(50, interface="ATTACHING"))),
    TaskStage("PENDING",      seconds(6),  to="ACTIVATING", steps=(Step(20, stamp="pull_started_at"),
                                                                   Step(90, stamp="pull_stopped_at"))),
    TaskStage("ACTIVATING",   seconds(1),  to="RUNNING"),
)  # fmt: skip

#: The same page: a task in the network of its container instance (bridge, host, none) has nothing to be provisioned.
EC2_START = (
    TaskStage("PENDING",      seconds(6),  to="ACTIVATING", steps=(Step(20, stamp="pull_started_at"),
                                                                   Step(90, stamp="pull_stopped_at"))),
    TaskStage("ACTIVATING",   seconds(1),  to="RUNNING"),
)  # fmt: skip

#: The same page: the stop of a task. DEACTIVATING lasts as long as a target drains, by Elastic Load Balancing's default deregistration delay.
AWSVPC_STOP = (
    TaskStage("RUNNING",        seconds(1),   to="STOPPING"),
    TaskStage("DEACTIVATING",   seconds(300), to="STOPPING"),
    TaskStage("STOPPING",       seconds(10),  to="DEPROVISIONING"),
    TaskStage("DEPROVISIONING", seconds(10),  to="STOPPED",  steps=(Step(10, interface="DETACHING"),
                                                                     Step(50, interface="DETACHED"))),
)  # fmt: skip

EC2_STOP = (
    TaskStage("RUNNING",        seconds(1),   to="STOPPING"),
    TaskStage("DEACTIVATING",   seconds(300), to="STOPPING"),
    TaskStage("STOPPING",       seconds(2),   to="STOPPED"),
)  # fmt: skip

#: Within STOPPING: when a container that obeys SIGTERM has ended. The rest of the time passes until ECS learns that the last container
#: ended, as it does when a container exits by itself (10.8 s between the two in a recorded event).
OBEYED_PERCENT = 10

#: How long the agent for ExecuteCommand takes to be ready: recorded events show it PENDING when the task is RUNNING already.
AGENT_START = seconds(3)

#: How long a container runs whose end another one waits for.
COMPLETION = seconds(5)


class Paths(NamedTuple):
    """The paths of one kind of task: the stages of its start and of its stop by status, and what each status sets."""

    start: Mapping[TaskStatus, TaskStage]
    stop: Mapping[TaskStatus, TaskStage]
    arrivals: Mapping[TaskStatus, Arrival]


def _paths(
    start: tuple[TaskStage, ...], stop: tuple[TaskStage, ...], *, counting: tuple[TaskStatus, ...] = ()
) -> Paths:
    return Paths(
        {stage.status: stage for stage in start},
        {stage.status: stage for stage in stop},
        {**ARRIVALS, **{status: ARRIVALS[status]._replace(counts=True) for status in counting}},
    )


#: By launch type, and whether the task has a network interface of its own or an Amazon EBS volume, which is attached and detached with it.
#: Recorded events of awsvpc tasks on container instances have version 4 when RUNNING, one more than those of Fargate: ACTIVATING has an event
#: there.
PATHS: Mapping[tuple[str, bool], Paths] = {
    ("FARGATE", True): _paths(FARGATE_START, AWSVPC_STOP),
    ("EC2", True): _paths(EC2_AWSVPC_START, AWSVPC_STOP, counting=("ACTIVATING",)),
    ("EC2", False): _paths(EC2_START, EC2_STOP),
    ("EXTERNAL", False): _paths(EC2_START, EC2_STOP),
    ("MANAGED_INSTANCES", True): _paths(EC2_AWSVPC_START, AWSVPC_STOP, counting=("ACTIVATING",)),
    ("MANAGED_INSTANCES", False): _paths(EC2_START, EC2_STOP),
}


def paths_of(task: Task) -> Paths:
    """The paths of a task."""
    return PATHS[task.launch_type, task.interface is not None or task.volume is not None]


#: API reference, DescribeTasks: stopped tasks are returned for at least one hour.
STOPPED_TASK_KEPT = seconds(60 * 60)
