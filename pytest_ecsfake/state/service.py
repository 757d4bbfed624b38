"""A service, and the services of a cluster.

Statuses: API reference, Service, status. Only `engine/rollouts/transition.py` assigns one.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, NamedTuple

from pytest_ecsfake.clock import Instant
from pytest_ecsfake.state import task_counts
from pytest_ecsfake.state.deployment import Deployment
from pytest_ecsfake.state.express_gateway_service import ExpressGatewayService
from pytest_ecsfake.state.mutable import Mutable
from pytest_ecsfake.state.schedule import Schedule
from pytest_ecsfake.state.service_deployment import ServiceDeployment
from pytest_ecsfake.state.service_revision import ServiceRevision
from pytest_ecsfake.state.store import Store
from pytest_ecsfake.state.task import Task
from pytest_ecsfake.state.task_counts import TaskCounts
from pytest_ecsfake.state.task_definition import TaskDefinition
from pytest_ecsfake.state.task_set import TaskSet

if TYPE_CHECKING:
    from pytest_ecsfake import api
    from pytest_ecsfake.state.cluster import Cluster

ServiceStatus = Literal["ACTIVE", "DRAINING", "INACTIVE"]

#: API reference, Service, events: the last hundred are kept.
EVENTS_KEPT = 100


class ServiceEvent(NamedTuple):
    """One of a service's event messages."""

    id: str
    created_at: Instant
    message: str


@dataclass(slots=True, eq=False, repr=False)
class Service(Mutable):
    """A service, from CreateService on. A deleted one stays as INACTIVE until its name is used again."""

    arn: str
    name: str
    cluster: Cluster
    created_at: Instant
    created_by: str
    role_arn: str
    scheduling_strategy: api.SchedulingStrategy
    controller: api.DeploymentControllerType
    desired_count: int
    deployment_configuration: api.DeploymentConfiguration  # complete, its defaults filled in
    #: The configuration of new tasks; None with the controller EXTERNAL and no primary task set.
    revision: ServiceRevision | None = None
    platform_version: str | None = None  # as requested, LATEST by default; Fargate only
    launch_type: api.LaunchType = "EC2"  # what its tasks run on after an update removes its capacity provider strategy
    placement_constraints: Sequence[api.PlacementConstraint] = ()
    placement_strategy: Sequence[api.PlacementStrategy] = ()
    health_check_grace_period_seconds: int = 0
    availability_zone_rebalancing: api.AvailabilityZoneRebalancing = "ENABLED"
    enable_ecs_managed_tags: bool = False
    enable_execute_command: bool = False
    propagate_tags: api.PropagateTags = "NONE"
    resource_management_type: api.ResourceManagementType = "CUSTOMER"
    tags: dict[str, str] = field(default_factory=dict)
    status: ServiceStatus = "ACTIVE"
    deployments: list[Deployment] = field(default_factory=list)  # the newest, PRIMARY, first
    task_sets: list[TaskSet] = field(default_factory=list)
    revisions: list[ServiceRevision] = field(default_factory=list)  # all of them, the oldest first
    service_deployments: list[ServiceDeployment] = field(default_factory=list)  # all of them, the oldest first
    events: deque[ServiceEvent] = field(default_factory=lambda: deque(maxlen=EVENTS_KEPT))  # the oldest first
    has_left_ecs: bool = False  # whether it was put from the controller ECS under another one
    client_token: str | None = None
    request: bytes = b""  # the packed parameters of CreateService, to recognise a repeated call
    #: Its tasks that haven't STOPPED, by id, in the order of their start. Only the scheduler changes this.
    tasks: dict[str, Task] = field(default_factory=dict)
    last_completed: Deployment | None = None  # the deployment that a failed one rolls back to
    schedule: Schedule = field(default_factory=Schedule)  # the scheduler's notes
    express: ExpressGatewayService | None = None  # set if it is an Express service

    @property
    def counts(self) -> TaskCounts:
        """The counts of all its tasks."""
        return task_counts.count(self.desired_count, self.tasks.values())

    def counts_of(self, owner: Deployment | TaskSet) -> TaskCounts:
        """The counts of the tasks of one of its deployments or task sets."""
        return task_counts.count(owner.desired_count, self.tasks_of(owner))

    @property
    def shown_launch_type(self) -> api.LaunchType | None:
        """The launch type that answers show: None with a capacity provider strategy."""
        return self.launch_type if self.revision is None else self.revision.launch_type

    def uses(self, capacity_provider: str) -> bool:
        """Whether one of the revisions in use names a capacity provider."""
        return any(
            item["capacityProvider"] == capacity_provider
            for revision in self.revisions_in_use
            for item in revision.capacity_provider_strategy
        )

    @property
    def definitions(self) -> set[TaskDefinition]:
        """The task definitions of the revisions in use."""
        return {revision.definition for revision in self.revisions_in_use}

    @property
    def revisions_in_use(self) -> set[ServiceRevision]:
        """The revisions that tasks are started from: the service's own, and one for each deployment and task set."""
        if self.status == "INACTIVE":
            return set()
        owners: list[Deployment | TaskSet] = [*self.deployments, *self.task_sets]
        own = () if self.revision is None else (self.revision,)
        return {*own, *(owner.revision for owner in owners)}

    def tasks_of(self, owner: Deployment | TaskSet) -> list[Task]:
        """The tasks of a deployment or a task set that haven't STOPPED."""
        return [task for task in self.tasks.values() if task.started_by == owner.id]

    @property
    def current_service_deployment(self) -> ServiceDeployment | None:
        """The service deployment that is under way, or None."""
        last = self.service_deployments[-1] if self.service_deployments else None
        return last if last is not None and not last.has_ended else None

    def __repr__(self) -> str:
        return f"<Service {self.cluster.name}/{self.name} {self.status}>"


class Services(Store[Service]):
    """The services of one cluster by name, in the order of their creation, INACTIVE ones included."""

    def of_launch_type(self, launch_type: api.LaunchType, status: ServiceStatus) -> int:
        """How many services have this status and show this launch type."""
        return sum(service.status == status and service.shown_launch_type == launch_type for service in self)
