"""What the authors of single recordings cut away or disguised, and what their situation doesn't determine.

A row excuses its recording at this path, and nowhere else; `*` stands for anything. A row that excuses nothing fails the suite.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import NamedTuple, Protocol

from ages import matches
from comparer import Difference


class Excuse(Protocol):
    """A row that excuses the differences of a recording at a path."""

    @property
    def path(self) -> str:
        """Where, for every item of its lists."""


class LeftOut(NamedTuple):
    """Where a recording isn't to be compared, and why."""

    recording: str
    path: str
    why: str


LEFT_OUT = (
    LeftOut("definition-firelens-2021", "taskDefinition.registered*", "cut away"),
    LeftOut("definition-health-check-2026", "taskDefinition.requiresAttributes*", "the author kept three"),
    LeftOut("definition-ulimits-2024", "taskDefinition.compatibilities[EXTERNAL]", "its region or its named port excludes external instances: one source doesn't tell which"),
    LeftOut("definition-volume-2018", "taskDefinition.requiresAttributes in order", "all later answers have another order, which is one and the same"),
    LeftOut("event-task-deprovisioning-2019", "detail.pullStoppedAt, startedAt", "platform version 1.3.0 took both from one report of the agent"),
    LeftOut("instances-agent-updated-2018", "containerInstances[].versionInfo.agentVersion", "the newest agent of that day"),
    LeftOut("service-after-update-2024", "services[].events*", "cut away"),
    LeftOut("service-daemon-2020", "services[].events[].id as one id", "disguised: all are one"),
    LeftOut("service-daemon-2020", "services[].serviceArn", "disguised: the cluster has another name there"),
    LeftOut("service-external-2019", "services[].events[(service MyService) was unable to place a task*", "the answer of two minutes later doesn't say so; those of 2021 do after four seconds"),
    LeftOut("service-provider-strategy-lb-2024", "services[].events*", "cut away, or forgotten: the last deployment is months old"),
    LeftOut("service-two-deployments-2019", "services[].events*", "the author's first task never started, and nothing tells why"),
    LeftOut("stop-task-2018", "task.connectivity*", "with platform version 1.0.0 it came a minute after the start (task-fargate-running-2018)"),
    LeftOut("task-ec2-bridge-2021", "tasks[].containerInstanceArn", "disguised: the cluster has another name there"),
    LeftOut("task-ec2-bridge-2021", "tasks[].containers[].imageDigest", "cut away: agents tell it of every image that was pulled"),
    LeftOut("task-ec2-bridge-2021", "tasks[].containers[].taskArn as one id", "disguised: another id than the task's own"),
    LeftOut("task-fargate-healthy-2026", "tasks[].overrides", "cut away"),
    LeftOut("task-fargate-running-2018", "tasks[].startedAt, connectivityAt", "with platform version 1.0.0 the connection came after the start"),
    LeftOut("task-fargate-service-2018", "tasks[].startedAt, connectivityAt", "the same"),
    LeftOut("task-fargate-spot-exited-2023", "detail.updatedAt", "Step Functions hands the detail on without it"),
    LeftOut("task-fargate-spot-exited-2023", "id", "disguised"),
    LeftOut("task-protection-off-2024", "protectedTasks[].taskArn", "disguised: an id of today in an ARN of before, of another region"),
    LeftOut("update-service-definition-2024", "service.events*", "cut away"),
    LeftOut("update-service-forced-2026", "service.events[(service ui) registered *", "how many targets one look of the scheduler finds is chance"),
    LeftOut("update-service-forced-2026", "service.events[].id as one id", "disguised: all are one"),
)  # fmt: skip


def complaints(found: Iterable[Difference], rows: Iterable[Excuse], *, every_row: bool) -> Iterator[str]:
    """What is wrong: a difference that no row excuses, and a row that excuses nothing.

    Args:
        found: what differs.
        rows: the rows of the recording.
        every_row: whether each row has to excuse something.
    """
    idle = list(rows)
    for difference in found:
        excusing = [row for row in rows if matches(row.path, difference.pattern)]
        idle = [row for row in idle if row not in excusing]
        if not excusing:
            yield str(difference)
    if every_row:
        yield from (f"nothing differs at {row.path}: take the row out, {row}" for row in idle)
