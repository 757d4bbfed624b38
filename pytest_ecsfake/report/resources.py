"""Which lane a change of state belongs to, and whether it is a state of the lane or a mark on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pytest_ecsfake.report.lanes import Lane, Lanes
from pytest_ecsfake.state.container_instance import ContainerInstance
from pytest_ecsfake.state.task import Container, Task

if TYPE_CHECKING:
    from pytest_ecsfake.arns import Partition
    from pytest_ecsfake.endpoint import Endpoint
    from pytest_ecsfake.state.deployment import Deployment
    from pytest_ecsfake.state.journal import Entry
    from pytest_ecsfake.state.service import Service
    from pytest_ecsfake.state.task_set import TaskSet

#: The ranks of the groups, from the top of a page.
OF_CALLS, OF_THE_TEST, OF_EVENTS, OF_A_SERVICE, OF_TASKS, OF_INSTANCES, OF_OTHERS = range(7)

#: The change of the journal that is the state of a lane, by the kind of the resource. All other changes are marks.
STATE_OF = {
    "alarm": "state",
    "capacity provider": "status",
    "cluster": "status",
    "container instance": "status",
    "daemon": "status",
    "daemon-deployment": "status",
    "deployment": "rolloutState",
    "gateway": "status",
    "gateway association": "status",
    "gateway route": "status",
    "service-deployment": "status",
    "task": "lastStatus",
    "task-set": "status",
}

#: The groups of lanes whose resources belong to a service, with the word that their lanes begin with.
_OF_SERVICES = {"deployment": "deployment", "service-deployment": "service deployment", "task-set": "task set"}


class Resources:
    """The resources of a fake, as the journal names them, and their lanes.

    Args:
        endpoint: leads to the state. Resources that ECS has forgotten are found in the events that they sent.
        lanes: takes the lanes.
        prefixes: what a group's name begins with, by account and region. Empty where there is only one.
    """

    def __init__(self, endpoint: Endpoint, lanes: Lanes, prefixes: dict[Partition, str]) -> None:
        self._lanes = lanes
        self._prefixes = prefixes
        self.tasks: dict[str, Task] = {}
        self.instances: dict[str, ContainerInstance] = {}
        self._task_of: dict[str, Task] = {}
        self._container_of: dict[str, Container] = {}
        self.services: dict[str, Service] = {}
        self._definitions: dict[str, str] = {}
        for region in endpoint.world.regions.values():
            for sent in region.events:
                self._add(sent.subject)
            for cluster in region.clusters:
                for task in region.tasks_in(cluster):
                    self._add(task)
                for instance in region.container_instances_in(cluster):
                    self._add(instance)
                for service in region.services_in(cluster):
                    self.services[service.arn] = service
                    self._add_definitions(service)

    def _add(self, resource: object) -> None:
        if isinstance(resource, Task) and resource.arn not in self.tasks:
            self.tasks[resource.arn] = resource
            for container in resource.containers:
                self._task_of[container.arn] = resource
                self._container_of[container.arn] = container
            if resource.service_name is not None and resource.started_by is not None:
                self._definitions.setdefault(resource.started_by, definition_of(resource))
        elif isinstance(resource, ContainerInstance):
            self.instances.setdefault(resource.arn, resource)

    def _add_definitions(self, service: Service) -> None:
        owners: list[Deployment | TaskSet] = [*service.deployments, *service.task_sets]
        for owner in owners:
            definition = owner.revision.definition
            self._definitions[owner.id] = f"{definition.family}:{definition.revision}"

    # --- lanes ----------------------------------------------------------------------------------------------------------------------

    def lane_of(self, entry: Entry, partition: Partition) -> Lane:
        """The lane of the resource that a change of state is about."""
        if entry.kind == "container" and entry.resource in self._task_of:
            return self.lane_of_task(self._task_of[entry.resource], partition)
        if entry.kind == "task" and entry.resource in self.tasks:
            return self.lane_of_task(self.tasks[entry.resource], partition)
        names = _names_in(entry.resource)
        if entry.kind in ("service", "managed-resource"):
            return self.lane_of_service(entry.resource, partition)
        if entry.kind in _OF_SERVICES:
            return self._lane_in_service(entry, names, partition)
        if entry.kind == "container instance":
            return self._lane_of_instance(entry.resource, names, partition)
        name = f"{entry.kind.replace('-', ' ')} {'/'.join(names)}"
        return self._lanes.lane(
            entry.resource, (OF_OTHERS, self._prefixed("other resources", partition)), name, entry.kind
        )

    def lane_of_service(self, arn: str, partition: Partition) -> Lane:
        """The lane of a service, the first in its group."""
        title = "/".join(_names_in(arn))
        return self._lanes.lane(arn, self._group_of_service(arn, partition), f"service {title}", "service")

    def lane_of_task(self, task: Task, partition: Partition) -> Lane:
        """The lane of a task: under its deployment or task set, or among the tasks of its cluster."""
        found = self._lanes.find(task.arn)
        if found is not None:
            return found
        parent = None
        if task.service_name is not None:
            service = service_of(task)
            group = self._group_of_service(service, partition)
            main = self.lane_of_service(service, partition)
            parent = self._lanes.find(task.started_by) or main
        elif task.daemon_name is not None:
            group = OF_TASKS, self._prefixed(f"daemon {task.cluster.name}/{task.daemon_name}", partition)
        else:
            group = OF_TASKS, self._prefixed(f"tasks in {task.cluster.name}", partition)
        name = f"{task.id[:8]} {definition_of(task)}"
        lane = self._lanes.lane(task.arn, group, name, "task", parent=parent)
        lane.args = _described(task)
        return lane

    def _lane_in_service(self, entry: Entry, names: list[str], partition: Partition) -> Lane:
        service, owner = _owner_in(entry)
        definition = self._definitions.get(owner)
        number = owner.rpartition("/")[2]
        title = f"{_OF_SERVICES[entry.kind]} {definition or number[:8]}"
        main = self.lane_of_service(service, partition)
        lane = self._lanes.lane(owner, self._group_of_service(service, partition), title, entry.kind, parent=main)
        lane.args = {"id": owner, **({} if definition is None else {"taskDefinition": definition})}
        return lane

    def _lane_of_instance(self, arn: str, names: list[str], partition: Partition) -> Lane:
        *cluster, identity = names
        where = f"container instances in {cluster[0]}" if cluster else "container instances"
        instance = self.instances.get(arn)
        ec2 = instance.ec2_instance_id if instance is not None else None
        name = f"{identity[:8]} {ec2 or ''}".rstrip()
        lane = self._lanes.lane(arn, (OF_INSTANCES, self._prefixed(where, partition)), name, "container instance")
        lane.args = {"containerInstanceArn": arn, **({} if ec2 is None else {"ec2InstanceId": ec2})}
        return lane

    def _group_of_service(self, arn: str, partition: Partition) -> tuple[int, str]:
        return OF_A_SERVICE, self._prefixed(f"service {'/'.join(_names_in(arn))}", partition)

    def _prefixed(self, title: str, partition: Partition) -> str:
        return f"{self._prefixes.get(partition, '')}{title}"


def definition_of(task: Task) -> str:
    """The task definition of a task, as `family:revision`."""
    return f"{task.definition.family}:{task.definition.revision}"


def service_of(task: Task) -> str:
    """The ARN of the service of a task, which has the task's account and region."""
    before = task.arn.rpartition(":task/")[0]
    return f"{before}:service/{task.cluster.name}/{task.service_name}"


def _owner_in(entry: Entry) -> tuple[str, str]:
    """The ARN of the service, and the id that its tasks have as `startedBy`; for a service deployment its ARN."""
    if entry.kind == "deployment":
        service, _, number = entry.resource.partition("/ecs-svc/")
        return service, f"ecs-svc/{number}"
    before, _, path = entry.resource.partition(f":{entry.kind}/")
    cluster, service, identity = path.split("/", 2)
    arn = f"{before}:service/{cluster}/{service}"
    return arn, identity if entry.kind == "task-set" else entry.resource


def _names_in(resource: str) -> list[str]:
    """What follows the type in an ARN: the cluster and the name, or the name alone."""
    return resource.partition("/")[2].split("/") if "/" in resource else [resource]


def _described(task: Task) -> dict[str, Any]:
    """What is known of a task at the end, for its lane."""
    members = {
        "taskArn": task.arn,
        "taskDefinition": definition_of(task),
        "group": task.group,
        "launchType": task.launch_type,
        "capacityProviderName": task.capacity_provider_name,
        "containerInstanceArn": task.container_instance_arn,
        "startedBy": task.started_by,
        "stopCode": task.stop_code,
        "stoppedReason": task.stopped_reason,
        "containers": [_ended(container) for container in task.containers],
    }
    return {name: value for name, value in members.items() if value is not None}


def _ended(container: Container) -> dict[str, Any]:
    members = {
        "name": container.name,
        "image": container.definition.get("image"),
        "exitCode": container.exit_code,
        "reason": container.reason,
    }
    return {name: value for name, value in members.items() if value is not None}
