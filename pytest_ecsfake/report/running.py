"""How many tasks of a service run, pend and are wanted, over time: the states of the service's own lane, and counters for other viewers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pytest_ecsfake.arns import Partition
from pytest_ecsfake.clock import Instant
from pytest_ecsfake.report.lanes import Lane, TraceEvent
from pytest_ecsfake.report.resources import Resources, service_of

if TYPE_CHECKING:
    from pytest_ecsfake.state.journal import Entry

#: The statuses before RUNNING.
_BEFORE_RUNNING = frozenset(["PROVISIONING", "PENDING", "ACTIVATING"])


class _Counts:
    """The counts of one service as they are now."""

    __slots__ = ("desired", "lane", "pending", "running", "service_status")

    def __init__(self, lane: Lane, desired: int) -> None:
        self.lane = lane
        self.desired = desired
        self.running = 0
        self.pending = 0
        self.service_status = "ACTIVE"

    @property
    def state(self) -> str:
        """The colour of the lane: the service's status, or whether it has what it wants."""
        if self.service_status != "ACTIVE":
            return self.service_status
        return "steady" if self.running == self.desired and not self.pending else "not steady"

    def __str__(self) -> str:
        pending = f", {self.pending} pending" if self.pending else ""
        return f"{self.running} of {self.desired} running{pending}"


class RunningTasks:
    """Counts the tasks of each service.

    How many tasks a service wants is told by the answers to calls; where no answer has told, by the service at the end.

    Args:
        resources: the resources that changes are about.
    """

    def __init__(self, resources: Resources) -> None:
        self.counters: list[TraceEvent] = []
        self._resources = resources
        self._services: dict[str, _Counts] = {}
        self._desired: dict[str, int] = {}
        self._changed: dict[str, None] = {}
        self._shown: dict[str, str] = {}

    def note_answer(self, response: Mapping[str, Any]) -> None:
        """Note how many tasks the services in an answer want."""
        service = response.get("service")
        services = response.get("services")
        documents = [service] if isinstance(service, dict) else services if isinstance(services, list) else []
        for document in documents:
            if not isinstance(document, dict):
                continue
            arn, desired = document.get("serviceArn"), document.get("desiredCount")
            if not isinstance(arn, str) or not isinstance(desired, int):
                continue
            self._desired[arn] = desired  # also of one that is about to be created: a call comes before its changes
            counts = self._services.get(arn)
            if counts is not None and desired != counts.desired:
                counts.desired = desired
                self._changed[arn] = None

    def note_change(self, change: Entry, partition: Partition) -> None:
        """Count a change of a task or of a service's status."""
        if change.kind == "service" and change.change == "status":
            counts = self._counts_of(change.resource, partition)
            counts.service_status = change.after or counts.service_status
            self._changed[change.resource] = None
        elif change.kind == "task" and change.change == "lastStatus":
            task = self._resources.tasks.get(change.resource)
            if task is None or task.service_name is None:
                return
            service = service_of(task)
            counts = self._counts_of(service, partition)
            counts.running += (change.after == "RUNNING") - (change.before == "RUNNING")
            counts.pending += (change.after in _BEFORE_RUNNING) - (change.before in _BEFORE_RUNNING)
            self._changed[service] = None

    def show(self, at: Instant, order: int) -> None:
        """Show what was counted since the last time, as one state of each lane.

        Args:
            at: the present.
            order: the number of the newest step.
        """
        for arn in self._changed:
            counts = self._services[arn]
            text = f"{counts}, {counts.service_status}" if counts.service_status == "DRAINING" else str(counts)
            if text == self._shown.get(arn) and counts.service_status != "INACTIVE":
                continue
            self._shown[arn] = text
            if counts.service_status == "INACTIVE":
                counts.lane.enter(at, order, "INACTIVE")
            else:
                counts.lane.enter(at, order, text, state=counts.state)
            self.counters.append(
                counts.lane.counter(at, running=counts.running, pending=counts.pending, desired=counts.desired)
            )
        self._changed = {}

    def _counts_of(self, arn: str, partition: Partition) -> _Counts:
        counts = self._services.get(arn)
        if counts is None:
            service = self._resources.services.get(arn)
            at_the_end = 0 if service is None else service.desired_count
            desired = self._desired.get(arn, at_the_end)
            counts = self._services[arn] = _Counts(self._resources.lane_of_service(arn, partition), desired)
        return counts
