"""Services and their deployments."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, TypeVar

from pytest_ecsfake.clock import to_datetime
from pytest_ecsfake.engine.rollouts import messages
from pytest_ecsfake.engine.strategies import shifting
from pytest_ecsfake.errors import EcsFakeUsageError
from pytest_ecsfake.views.reading import EntryView, Reader, StoreView
from pytest_ecsfake.views.tasks import Task

if TYPE_CHECKING:
    from pytest_ecsfake import api
    from pytest_ecsfake.state.cluster import Cluster
    from pytest_ecsfake.state.deployment import Deployment as DeploymentState
    from pytest_ecsfake.state.deployment import DeploymentStatus
    from pytest_ecsfake.state.region import Region
    from pytest_ecsfake.state.service import Service as ServiceState
    from pytest_ecsfake.state.service import ServiceStatus

T = TypeVar("T")


class Service(EntryView["ServiceState"]):
    """A service. Each attribute is up to date when it is read.

    A deleted service is DRAINING, then INACTIVE. If a new service gets its name, this object shows the new one.
    """

    __slots__ = ()

    def _found_in(self, region: Region, cluster: Cluster) -> ServiceState | None:
        return region.services_in(cluster).get(self._state.name)

    @property
    def name(self) -> str:
        """The service's name."""
        return self._state.name

    @property
    def status(self) -> ServiceStatus:
        """`ACTIVE`, or `DRAINING` and then `INACTIVE` for a deleted service."""
        return self._ask(lambda service: service.status)

    @property
    def desired_count(self) -> int:
        """How many tasks it should have."""
        return self._ask(lambda service: service.desired_count)

    @property
    def running_count(self) -> int:
        """How many of its tasks have the last status RUNNING."""
        return self._ask(lambda service: service.counts.running)

    @property
    def pending_count(self) -> int:
        """How many of its tasks are on their way to RUNNING."""
        return self._ask(lambda service: service.counts.pending)

    @property
    def task_definition(self) -> str | None:
        """The ARN of the revision that new tasks are made from; None with the controller EXTERNAL and no primary task set."""
        return self._ask(lambda service: None if service.revision is None else service.revision.definition.arn)

    @property
    def launch_type(self) -> str | None:
        """`FARGATE`, `EC2` or `EXTERNAL`; None with a capacity provider strategy."""
        return self._ask(lambda service: service.shown_launch_type)

    @property
    def scheduling_strategy(self) -> str:
        """`REPLICA` or `DAEMON`."""
        return self._ask(lambda service: service.scheduling_strategy)

    @property
    def deployment_controller(self) -> str:
        """`ECS`, `CODE_DEPLOY` or `EXTERNAL`."""
        return self._ask(lambda service: service.controller)

    @property
    def deployments(self) -> list[Deployment]:
        """Its deployments as DescribeServices lists them, the newest first."""
        return self._ask(lambda service: [Deployment(self, deployment) for deployment in service.deployments])

    @property
    def traffic(self) -> dict[str, float]:
        """The current share of the production traffic, in percent, by the ARN of the service revision.

        After a deployment one revision has all of it. Empty until the first deployment is completed.
        """
        return self._ask(shifting.traffic)

    @property
    def test_traffic(self) -> dict[str, float]:
        """The current share of the traffic at the test listener, by the ARN of the service revision. Empty while no deployment shifts traffic."""
        return self._ask(
            lambda service: dict(under_way.test_traffic) if (under_way := service.current_service_deployment) else {}
        )

    @property
    def lifecycle_stage(self) -> str | None:
        """The stage of the deployment that shifts traffic, such as `BAKE_TIME`; None while no deployment does."""
        return self._ask(
            lambda service: under_way.lifecycle_stage if (under_way := service.current_service_deployment) else None
        )

    @property
    def events(self) -> list[str]:
        """The messages of its events, at most a hundred, the newest first."""
        return self._ask_region(_messages)

    @property
    def tasks(self) -> list[Task]:
        """Its tasks that haven't STOPPED, in the order of their start."""
        return self._ask(lambda service: [Task(self._reader, task) for task in service.tasks.values()])

    @property
    def is_stable(self) -> bool:
        """Whether the waiter ServicesStable succeeds: the service has one deployment, and its running count is the desired count.

        The waiter also succeeds after a rollback, and for a service whose desired count is 0.
        """
        return self._ask(_is_stable)

    @property
    def tags(self) -> dict[str, str]:
        """The tags by key."""
        return self._ask(lambda service: dict(service.tags))

    @property
    def created_at(self) -> datetime:
        """When it was created."""
        return to_datetime(self._ask(lambda service: service.created_at))

    def __repr__(self) -> str:
        status, running, desired = self._ask(
            lambda service: (service.status, service.counts.running, service.desired_count)
        )
        return f"<Service {_path(self._state)} {status} {running}/{desired} running>"


def _is_stable(service: ServiceState) -> bool:
    return (
        service.status == "ACTIVE" and len(service.deployments) == 1 and service.counts.running == service.desired_count
    )


class Deployment:
    """A deployment of a service. Each attribute is up to date when it is read. A deployment that has ended keeps its last state."""

    __slots__ = ("_service", "_state")

    def __init__(self, service: Service, deployment: DeploymentState) -> None:
        self._service = service
        self._state = deployment

    def _ask(self, question: Callable[[DeploymentState], T]) -> T:
        return self._service._ask(lambda _: question(self._state))

    @property
    def id(self) -> str:
        """`ecs-svc/` and a number. Its tasks have it as `started_by`."""
        return self._state.id

    @property
    def status(self) -> DeploymentStatus:
        """`PRIMARY` for the newest one, `ACTIVE` while its tasks are being replaced, then `INACTIVE`."""
        return self._ask(lambda deployment: deployment.status)

    @property
    def service_revision_arn(self) -> str:
        """The ARN of its service revision."""
        return self._state.revision.arn

    @property
    def task_definition(self) -> str:
        """The ARN of the revision that its tasks are made from."""
        return self._state.revision.definition.arn

    @property
    def desired_count(self) -> int:
        """How many of its tasks the scheduler currently wants."""
        return self._ask(lambda deployment: deployment.desired_count)

    @property
    def running_count(self) -> int:
        """How many of its tasks have the last status RUNNING."""
        return self._service._ask(lambda service: service.counts_of(self._state).running)

    @property
    def pending_count(self) -> int:
        """How many of its tasks are on their way to RUNNING."""
        return self._service._ask(lambda service: service.counts_of(self._state).pending)

    @property
    def failed_tasks(self) -> int:
        """How many of its tasks have failed in a row."""
        return self._ask(lambda deployment: deployment.failed_tasks)

    @property
    def rollout_state(self) -> api.DeploymentRolloutState:
        """`IN_PROGRESS`, `COMPLETED` or `FAILED`."""
        return self._ask(lambda deployment: deployment.rollout_state)

    @property
    def rollout_state_reason(self) -> str:
        """The reason for the rollout state."""
        return self._ask(lambda deployment: deployment.rollout_state_reason)

    def __repr__(self) -> str:
        status, rollout_state = self._ask(lambda deployment: (deployment.status, deployment.rollout_state))
        return f"<Deployment {self.id} {self._state.revision.definition.key} {status} {rollout_state}>"


class ServiceStore(StoreView[Service]):
    """The services of an account in a region, or of one cluster, in the order of their creation.

    Args:
        reader: reads one partition.
        cluster_name: the cluster to look in; None means every cluster of the partition.
    """

    kind = "service"
    looked_up_by = '"cluster/name", ARN or name'
    entry = Service
    words: ClassVar[Mapping[str, tuple[str, ...]]] = {"status": ("ACTIVE", "DRAINING", "INACTIVE")}

    def __init__(self, reader: Reader, cluster_name: str | None = None) -> None:
        super().__init__(reader)
        self._cluster_name = cluster_name

    def _find(self, region: Region, key: str) -> Service | None:
        __tracebackhide__ = True
        named = [service for service in self._states(region) if key in (service.arn, service.name, _path(service))]
        if len(named) > 1:
            paths = ", ".join(f'"{_path(service)}"' for service in named)
            raise EcsFakeUsageError(f'the name "{key}" alone is not clear: there are {paths}.')
        return Service(self._reader, named[0]) if named else None

    def _states(self, region: Region) -> list[ServiceState]:
        return [
            service
            for cluster in region.clusters
            if self._cluster_name in (None, cluster.name)
            for service in region.services_in(cluster)
        ]

    def _entries(self, region: Region) -> Iterable[Service]:
        services = sorted(self._states(region), key=lambda service: service.created_at)
        return [Service(self._reader, service) for service in services]

    def _keys(self, region: Region) -> Iterable[str]:
        return [_path(service) for service in self._states(region)]


def _messages(region: Region, service: ServiceState) -> list[str]:
    messages.repeat_steady(region, service)
    return [event.message for event in reversed(service.events)]


def _path(service: ServiceState) -> str:
    return f"{service.cluster.name}/{service.name}"
