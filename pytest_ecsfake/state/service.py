"""A service with its revisions, deployments and task sets, and the services of a cluster.

Statuses: API reference, Service, Deployment, ServiceDeployment and TaskSet. Nobody assigns one but `engine/rollouts/transition.py`.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from pytest_ecsfake.clock import Instant
from pytest_ecsfake.state.store import Store
from pytest_ecsfake.state.task import Task
from pytest_ecsfake.state.task_definition import TaskDefinition
from pytest_ecsfake.state.task_template import TaskTemplate

if TYPE_CHECKING:
    from pytest_ecsfake import api
    from pytest_ecsfake.state.cluster import Cluster

    ShiftStage = api.ServiceDeploymentLifecycleStage | api.DeploymentLifecycleHookStage

ServiceStatus = Literal["ACTIVE", "DRAINING", "INACTIVE"]
DeploymentStatus = Literal["PRIMARY", "ACTIVE", "INACTIVE"]
TaskSetStatus = Literal["PRIMARY", "ACTIVE", "DRAINING"]

#: API reference, Service, events: the last hundred are kept.
EVENTS_KEPT = 100


@dataclass(frozen=True, slots=True, eq=False)
class ServiceRevision:
    """What the tasks of one deployment, or of one task set, are made from; never changed once made."""

    arn: str
    number: int  # also that of the deployment that introduced it
    created_at: Instant
    template: TaskTemplate
    capacity_provider_strategy: Sequence[api.CapacityProviderStrategyItem] = ()  # empty: the launch type alone counts
    #: As handed in, by their names in the API: networkConfiguration, loadBalancers, serviceRegistries, serviceConnectConfiguration,
    #: volumeConfigurations, vpcLatticeConfigurations, gatewayConnectors, monitoring, and the serviceConnectResources and
    #: fargateEphemeralStorage that come of it; absent where they weren't given.
    configuration: Mapping[str, Any] = field(default_factory=dict)

    @property
    def definition(self) -> TaskDefinition:
        """The task definition."""
        return self.template.definition

    @property
    def launch_type(self) -> api.LaunchType | None:
        """The launch type as it is shown; with a capacity provider strategy there is none."""
        return None if self.capacity_provider_strategy else self.template.launch_type

    @property
    def platform_version(self) -> str | None:
        """Fargate's platform version, resolved, such as 1.4.0."""
        return self.template.platform_version

    @property
    def platform_family(self) -> str | None:
        """Fargate's platform family, such as Linux."""
        return self.template.platform_family

    @property
    def has_load_balancer(self) -> bool:
        """Whether tasks are targets, which drain before they are stopped."""
        return bool(self.configuration.get("loadBalancers"))


@dataclass(slots=True, eq=False)
class Deployment:
    """A deployment of a service under the controller ECS, as the service lists it; its tasks bear its id as `startedBy`."""

    id: str  # ecs-svc/ and the revision's number
    revision: ServiceRevision
    created_at: Instant
    updated_at: Instant
    rollout_state_reason: str
    status: DeploymentStatus = "PRIMARY"
    desired_count: int = 0  # what the scheduler wants of it by now; 0 until it takes the deployment up
    failed_tasks: int = 0  # in a row, until one has run well; from then on they aren't counted
    has_run_well: bool = False
    rollout_state: api.DeploymentRolloutState = "IN_PROGRESS"


@dataclass(slots=True, eq=False)
class TaskSet:
    """A task set of a service under the controller EXTERNAL or CODE_DEPLOY; its tasks bear its id as `startedBy`."""

    id: str  # ecs-svc/ and the revision's number
    arn: str
    revision: ServiceRevision
    created_at: Instant
    updated_at: Instant
    stability_status_at: Instant
    scale: api.Scale
    status: TaskSetStatus = "ACTIVE"
    stability_status: api.StabilityStatus = "STABILIZING"
    desired_count: int = 0  # computedDesiredCount
    external_id: str | None = None
    started_by: str | None = None
    platform_version: str | None = None  # as asked for, LATEST when nothing was; Fargate only
    client_token: str | None = None
    request: bytes = b""  # that of CreateTaskSet, packed, to tell a repetition by
    tags: dict[str, str] = field(default_factory=dict)


class Rollback(NamedTuple):
    """Why and when a service deployment went back, and to which revision."""

    reason: str
    started_at: Instant
    revision_arn: str


@dataclass(slots=True, eq=False)
class HookRun:
    """One run of a lifecycle hook, as `lifecycleHookDetails` shows it."""

    id: str
    hook: api.DeploymentLifecycleHook
    stage: ShiftStage
    expires_at: Instant
    status: api.DeploymentLifecycleHookStatus = "IN_PROGRESS"
    details: object = None  # handed to a Lambda function with its next call
    answers_for: int | None = None  # the number of the test's callable that answers for the Lambda function

    @property
    def is_pause(self) -> bool:
        """Whether the deployment waits for ContinueServiceDeployment."""
        return self.hook.get("targetType") == "PAUSE"

    @property
    def is_open(self) -> bool:
        """Whether its outcome isn't known yet."""
        return self.status in ("IN_PROGRESS", "AWAITING_ACTION")


class ShiftStep(NamedTuple):
    """One step on the way of a deployment that shifts traffic."""

    stage: ShiftStage
    production: float | None = None  # percent that the green revision has from then on; None: as before
    test: float | None = None
    bake_time: int = 0  # microseconds that the step lasts at least


@dataclass(slots=True, eq=False)
class Shift:
    """How far a deployment is that shifts traffic, from the blue deployment to its own, the green one."""

    blue: Deployment
    steps: Sequence[ShiftStep]
    kept: list[Deployment]  # those that are held at the service's desired count; all others go
    place: int = -1  # in the steps; before the first it has only been taken up
    until: Instant = 0  # how long the step lasts at least
    hook_runs: list[HookRun] = field(default_factory=list)  # those of the step
    goes_back: bool = False

    @property
    def step(self) -> ShiftStep:
        """Where it is."""
        return self.steps[self.place]


@dataclass(slots=True, eq=False)
class ServiceDeployment:
    """The record of one deployment from its beginning to its end, a rollback included."""

    arn: str
    id: str
    deployment: Deployment  # the one that brings the target
    target: ServiceRevision
    sources: Sequence[ServiceRevision]
    created_at: Instant
    updated_at: Instant
    configuration: api.DeploymentConfiguration  # as it was in force
    status: api.ServiceDeploymentStatus = "PENDING"
    status_reason: str | None = None
    started_at: Instant | None = None
    finished_at: Instant | None = None
    stopped_at: Instant | None = None
    circuit_breaker_status: api.ServiceDeploymentRollbackMonitorsStatus = "DISABLED"
    failure_count: int = 0  # what the circuit breaker has counted
    has_run: bool = False  # whether a task of it was RUNNING: from then on failed health checks count
    alarms_status: api.ServiceDeploymentRollbackMonitorsStatus = "DISABLED"
    triggered_alarms: list[str] = field(default_factory=list)
    rollback: Rollback | None = None
    bakes_until: Instant | None = None  # of a rolling deployment that has reached everything
    shift: Shift | None = None  # of one that shifts traffic
    lifecycle_stage: api.ServiceDeploymentLifecycleStage | None = None
    hook_runs: list[HookRun] = field(default_factory=list)
    #: By revision ARN, in percent; empty while nothing is shifted.
    production_traffic: dict[str, float] = field(default_factory=dict)
    test_traffic: dict[str, float] = field(default_factory=dict)
    #: By revision ARN: requested, running and pending when the deployment ended; live until then.
    final_counts: dict[str, tuple[int, int, int]] = field(default_factory=dict)

    @property
    def is_taken_up(self) -> bool:
        """Whether the scheduler has begun with it, or with its rollback."""
        return self.started_at is not None or self.rollback is not None

    @property
    def has_ended(self) -> bool:
        """Whether nothing more becomes of it."""
        return self.finished_at is not None


class ServiceEvent(NamedTuple):
    """One sentence about a service."""

    id: str
    created_at: Instant
    message: str


@dataclass(slots=True, eq=False, repr=False)
class Service:
    """A service, from CreateService on; a deleted one stays as INACTIVE until its name is used again."""

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
    #: What new tasks are made from; None under the controller EXTERNAL without a primary task set.
    revision: ServiceRevision | None = None
    platform_version: str | None = None  # as asked for, LATEST when nothing was; Fargate only
    launch_type: api.LaunchType = "EC2"  # what it goes back to when its strategy is taken away
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
    revisions: list[ServiceRevision] = field(default_factory=list)  # every one, the oldest first
    service_deployments: list[ServiceDeployment] = field(default_factory=list)  # every one, the oldest first
    events: deque[ServiceEvent] = field(default_factory=lambda: deque(maxlen=EVENTS_KEPT))  # the oldest first
    client_token: str | None = None
    request: bytes = b""  # that of CreateService, packed, to tell a repetition by
    #: Those of its tasks that haven't STOPPED, by id, in the order of their start: kept by the scheduler alone.
    tasks: dict[str, Task] = field(default_factory=dict)
    #: The scheduler's own: whether it is about to look, how many starts have failed in a row, and when it may start again.
    is_awaiting_scheduler: bool = False
    failed_starts: int = 0
    may_start_at: Instant = 0
    is_steady: bool = False
    last_completed: Deployment | None = None  # what a failing deployment goes back to
    rebalancing_task: str | None = None  # the task that was started last to balance the zones
    rebalanced: bool = False  # whether it was said that the zones are being balanced
    newly_registered: dict[str, int] = field(default_factory=dict)  # targets by deployment, not told of yet
    newly_draining: dict[str, int] = field(default_factory=dict)
    look_again_at: Instant | None = None
    last_messages: dict[str, Instant] = field(default_factory=dict)  # what it said of each trouble, and when

    @property
    def running_count(self) -> int:
        """How many of its tasks have the last status RUNNING."""
        return sum(task.last_status == "RUNNING" for task in self.tasks.values())

    @property
    def pending_count(self) -> int:
        """How many of its tasks are wanted RUNNING and aren't yet."""
        return sum(is_pending(task) for task in self.tasks.values())

    def look_again_by(self, instant: Instant) -> None:
        """Have the scheduler look at an instant at the latest; it asks for this when it has looked."""
        self.look_again_at = instant if self.look_again_at is None else min(self.look_again_at, instant)

    @property
    def shown_launch_type(self) -> api.LaunchType | None:
        """The launch type that it shows; with a capacity provider strategy it has none."""
        return self.launch_type if self.revision is None else self.revision.launch_type

    def uses(self, capacity_provider: str) -> bool:
        """Whether its tasks, or those of one of its deployments or task sets, are to run on a capacity provider."""
        return any(
            item["capacityProvider"] == capacity_provider
            for revision in self.revisions_in_use
            for item in revision.capacity_provider_strategy
        )

    @property
    def definitions(self) -> set[TaskDefinition]:
        """The task definitions that its tasks may be made from by now."""
        return {revision.definition for revision in self.revisions_in_use}

    @property
    def revisions_in_use(self) -> set[ServiceRevision]:
        """The revisions that its tasks may be made from by now: its own, and those of its deployments and task sets."""
        if self.status == "INACTIVE":
            return set()
        owners: list[Deployment | TaskSet] = [*self.deployments, *self.task_sets]
        own = () if self.revision is None else (self.revision,)
        return {*own, *(owner.revision for owner in owners)}

    def tasks_of(self, owner: Deployment | TaskSet) -> list[Task]:
        """The tasks of a deployment or a task set that haven't STOPPED."""
        return [task for task in self.tasks.values() if task.started_by == owner.id]

    @property
    def current_deployment(self) -> ServiceDeployment | None:
        """The service deployment that is under way, if one is."""
        last = self.service_deployments[-1] if self.service_deployments else None
        return last if last is not None and not last.has_ended else None

    def __repr__(self) -> str:
        return f"<Service {self.cluster.name}/{self.name} {self.status}>"


def is_pending(task: Task) -> bool:
    """Whether a task is on its way to RUNNING."""
    return task.desired_status == "RUNNING" and task.last_status in ("PROVISIONING", "PENDING", "ACTIVATING")


class Services(Store[Service]):
    """The services of one cluster by name, in the order of their creation, INACTIVE ones included."""

    def of_launch_type(self, launch_type: api.LaunchType, status: ServiceStatus) -> int:
        """How many services with a status show a launch type."""
        return sum(service.status == status and service.shown_launch_type == launch_type for service in self)
