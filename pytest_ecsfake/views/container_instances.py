"""Container instances, which a test reads, adds and terminates."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, ClassVar, Literal, get_args

from pytest_ecsfake.clock import to_datetime
from pytest_ecsfake.engine.instances import agent_update, ec2_types, loss, transition
from pytest_ecsfake.engine.instances import attributes as instance_attributes
from pytest_ecsfake.engine.instances.host import described
from pytest_ecsfake.engine.managed_instances.launching import has_critical_daemons
from pytest_ecsfake.errors import EcsError, EcsFakeUsageError
from pytest_ecsfake.state.container_instance import ContainerInstanceStatus, InstanceLaunchType
from pytest_ecsfake.validation.schemas import check_request
from pytest_ecsfake.views.reading import EntryView, Reader, StoreView
from pytest_ecsfake.views.tasks import Task

if TYPE_CHECKING:
    from pytest_ecsfake import api
    from pytest_ecsfake.state.cluster import Cluster
    from pytest_ecsfake.state.container_instance import Agent
    from pytest_ecsfake.state.container_instance import ContainerInstance as State
    from pytest_ecsfake.state.region import Region

#: The letters of a region's availability zones over which instances are spread.
ZONES = "abc"


class ContainerInstance(EntryView["State"]):
    """A container instance. Each attribute is up to date when it is read. A deregistered instance has the status INACTIVE."""

    __slots__ = ()

    def _found_in(self, region: Region, cluster: Cluster) -> State | None:
        return region.container_instances_in(cluster).get(self._state.id)

    @property
    def id(self) -> str:
        """The last part of the ARN, 32 hexadecimal digits."""
        return self._state.id

    @property
    def ec2_instance_id(self) -> str | None:
        """The EC2 instance's id, or `mi-…` for an external instance; None if the agent didn't report it."""
        return self._state.ec2_instance_id

    @property
    def launch_type(self) -> InstanceLaunchType:
        """`EC2`, `EXTERNAL` for a machine outside of AWS, or `MANAGED_INSTANCES`."""
        return self._state.launch_type

    @property
    def instance_type(self) -> str | None:
        """The EC2 instance type, such as `m5.large`."""
        return self._ask(lambda instance: instance.attributes.get("ecs.instance-type"))

    @property
    def availability_zone(self) -> str | None:
        """The availability zone, such as `us-east-1a`."""
        return self._ask(lambda instance: instance.availability_zone)

    @property
    def capacity_provider_name(self) -> str | None:
        """The capacity provider that it belongs to, if it does."""
        return self._ask(lambda instance: instance.capacity_provider_name)

    @property
    def status(self) -> ContainerInstanceStatus:
        """`ACTIVE`, `DRAINING` or `INACTIVE`; Managed Instances are also `REGISTERING` and `DEREGISTERING`."""
        return self._ask(lambda instance: instance.status)

    @property
    def agent_connected(self) -> bool:
        """Whether its agent is connected."""
        return self._ask(lambda instance: instance.agent_connected)

    @property
    def agent_version(self) -> str | None:
        """The version of its agent; None if it isn't known."""
        return self._ask(lambda instance: (instance.version_info or {}).get("agentVersion"))

    @property
    def agent_update_status(self) -> api.AgentUpdateStatus | None:
        """The status of the agent's last update; None if there never was one."""
        return self._ask(lambda instance: instance.agent_update_status)

    @property
    def version(self) -> int:
        """The version number, from 1; each change increases it."""
        return self._ask(lambda instance: instance.version)

    @property
    def attributes(self) -> dict[str, str | None]:
        """The attributes by name, with built-in ones and capabilities; None for a name without a value."""
        return self._ask(lambda instance: dict(instance.attributes))

    @property
    def registered_cpu(self) -> int:
        """The CPU units that it registered."""
        return self._ask(lambda instance: instance.cpu)

    @property
    def registered_memory(self) -> int:
        """The MiB of memory that it registered."""
        return self._ask(lambda instance: instance.memory)

    @property
    def remaining_cpu(self) -> int:
        """The CPU units that no task has reserved."""
        return self._ask(lambda instance: instance.remaining_cpu)

    @property
    def remaining_memory(self) -> int:
        """The MiB of memory that no task has reserved."""
        return self._ask(lambda instance: instance.remaining_memory)

    @property
    def running_tasks_count(self) -> int:
        """How many tasks on it have the desired status RUNNING, as DescribeContainerInstances counts them."""
        return self._ask_region(
            lambda region, instance: region.tasks_in(instance.cluster).count(
                container_instance=instance, desired_status="RUNNING"
            )
        )

    @property
    def pending_tasks_count(self) -> int:
        """How many tasks on it have the last status PENDING."""
        return self._ask_region(
            lambda region, instance: region.tasks_in(instance.cluster).count(
                container_instance=instance, last_status="PENDING"
            )
        )

    @property
    def tasks(self) -> list[Task]:
        """The tasks on it in the order of their creation, with those that stopped within the last hour."""
        return self._ask_region(
            lambda region, instance: [Task(self._reader, task) for task in loss.tasks_on(region, instance)]
        )

    @property
    def tags(self) -> dict[str, str]:
        """The tags by key."""
        return self._ask(lambda instance: dict(instance.tags))

    @property
    def registered_at(self) -> datetime:
        """When it was registered."""
        return to_datetime(self._state.registered_at)

    def disconnect(self) -> None:
        """Disconnect its agent. Running tasks go on, but no task is placed on the instance any more."""
        self._change(transition.disconnect)

    def connect(self) -> None:
        """Connect its agent again."""
        self._change(transition.connect)

    def terminate(self) -> None:
        """Terminate its host, such as the EC2 instance. Its tasks end without an exit code, and it is deregistered.

        If its agent isn't connected, the instance stays registered, because ECS doesn't notice (API reference, DeregisterContainerInstance).
        """
        self._change(loss.terminate)

    def _change(self, change: Callable[[Region, State], None]) -> None:
        __tracebackhide__ = True
        with self._reader.endpoint.changing(self._reader.partition) as region:
            instance = self._now()
            if instance.status == "INACTIVE":
                raise EcsFakeUsageError(f"{self!r} is deregistered: nothing happens to it any more.")
            change(region, instance)

    def __repr__(self) -> str:
        status, is_connected = self._ask(lambda instance: (instance.status, instance.agent_connected))
        kind = self.instance_type or self.launch_type
        connection = "" if is_connected else ", agent disconnected"
        since = self._reader.since(self._state.registered_at)
        return f"<ContainerInstance {self.cluster_name}/{self.id[:8]} {kind} {status}{connection}{since}>"


class ContainerInstanceStore(StoreView[ContainerInstance]):
    """The container instances of an account in a region, or of one cluster, by ARN or id, in the order of their registration.

    Args:
        reader: reads one partition.
        cluster_name: the cluster to look in; None means every cluster of the partition.
    """

    kind = "container instance"
    looked_up_by = "ARN or id"
    entry = ContainerInstance
    words: ClassVar[Mapping[str, tuple[str, ...]]] = {
        "status": get_args(ContainerInstanceStatus),
        "launch_type": get_args(InstanceLaunchType),
    }

    def __init__(self, reader: Reader, cluster_name: str | None = None) -> None:
        super().__init__(reader)
        self._cluster_name = cluster_name

    def add(
        self,
        cluster: str | None = None,
        *,
        count: int = 1,
        instance_type: str = ec2_types.DEFAULT.name,
        cpu: int | None = None,
        memory: int | None = None,
        attributes: Mapping[str, str | None] | None = None,
        availability_zones: Sequence[str] | None = None,
        capacity_provider: str | None = None,
        launch_type: Literal["EC2", "EXTERNAL"] = "EC2",
        agent: Agent = "simulated",
        agent_version: str = agent_update.NEWEST["agentVersion"],
        tags: Mapping[str, str] | None = None,
    ) -> list[ContainerInstance]:
        """Register container instances without a recorded call, as set-up for a test.

        Args:
            cluster: the name or ARN of their cluster. The default is the store's cluster if it is the store of one cluster, else `default`.
            count: how many to register.
            instance_type: the EC2 instance type, such as `m5.large`, which determines the resources.
            cpu: CPU units, if they should differ from the type's.
            memory: memory in MiB, if it should differ from the type's.
            attributes: custom attributes by name; None for a name without a value.
            availability_zones: the zones over which the instances are spread in order; the default is the region's first three.
            capacity_provider: the name of the capacity provider that they belong to.
            launch_type: `EXTERNAL` for machines outside of AWS, which have neither a type nor a zone.
            agent: with `"manual"` tasks wait until the test reports their changes through SubmitTaskStateChange and the related operations.
            agent_version: the agent's version. One that is older than the default can be updated.
            tags: tags by key.

        Returns:
            The instances, in the order of their registration.

        Raises:
            EcsFakeUsageError: the instance type or the capacity provider is unknown, or another argument isn't valid.
            EcsError: the error that ECS would answer with, such as for an unknown cluster.
        """
        __tracebackhide__ = True
        _refuse_misuse(count, instance_type, availability_zones, launch_type, agent)
        _refuse_no_mapping(attributes=attributes, tags=tags)
        with self._reader.endpoint.changing(self._reader.partition) as region:
            _refuse_unknown_provider(region, capacity_provider)
            is_managed = _is_of_managed_instances(region, capacity_provider)
            zones = availability_zones or [f"{region.partition.region}{letter}" for letter in ZONES]
            try:
                found = region.clusters.active(cluster or self._cluster_name)
                already = len(region.container_instances_in(found))
                registrations: list[api.RegisterContainerInstanceRequest] = [
                    {
                        **(_external(region) if launch_type == "EXTERNAL" else _ec2(region, instance_type, zone)),
                        "totalResources": _resources(cpu, memory),
                        "versionInfo": {**agent_update.NEWEST, "agentVersion": agent_version},
                        "tags": [{"key": key, "value": value} for key, value in (tags or {}).items()],
                    }
                    for zone in (zones[number % len(zones)] for number in range(already, already + count))
                ]
                for registration in registrations:
                    registration["attributes"] = [*registration.get("attributes", []), *_attributes(attributes or {})]
                    check_request("RegisterContainerInstance", registration)
            except EcsError as refusal:
                raise refusal.with_traceback(None) from None  # pytest then shows the test author's line
            waits = capacity_provider is not None and has_critical_daemons(region, found, capacity_provider)
            added = [
                transition.register(
                    region,
                    found,
                    described(registration),
                    tags=dict(tags or {}),
                    agent=agent,
                    capacity_provider_name=capacity_provider,
                    is_managed=is_managed,
                    status="REGISTERING" if waits else "ACTIVE",
                )
                for registration in registrations
            ]
            return [ContainerInstance(self._reader, instance) for instance in added]

    def _find(self, region: Region, key: str) -> ContainerInstance | None:
        found = (
            region.container_instances_in(cluster).get(key.rpartition("/")[2]) for cluster in self._clusters(region)
        )
        return next(
            (
                ContainerInstance(self._reader, item)
                for item in found
                if item is not None and key in (item.id, item.arn)
            ),
            None,
        )

    def _entries(self, region: Region) -> Iterable[ContainerInstance]:
        instances = [
            instance for cluster in self._clusters(region) for instance in region.container_instances_in(cluster)
        ]
        return [
            ContainerInstance(self._reader, instance)
            for instance in sorted(instances, key=lambda instance: instance.registered_at)
        ]

    def _keys(self, region: Region) -> Iterable[str]:
        return [
            instance.id for cluster in self._clusters(region) for instance in region.container_instances_in(cluster)
        ]

    def _clusters(self, region: Region) -> Iterable[Cluster]:
        return (cluster for cluster in region.clusters if self._cluster_name in (None, cluster.name))


def _refuse_misuse(count: int, instance_type: str, zones: Sequence[str] | None, launch_type: str, agent: str) -> None:
    __tracebackhide__ = True
    if type(count) is not int or count < 1:
        raise EcsFakeUsageError(f"container_instances.add() takes a count from 1, not {count!r}.")
    if ec2_types.find(instance_type) is None:
        near = ", ".join(f'"{name}"' for name in ec2_types.nearest(instance_type))
        hint = f" Near it: {near}." if near else ""
        raise EcsFakeUsageError(
            f"container_instances.add() has no instance type {instance_type!r} in its table.{hint} "
            "Give a type from the table, and cpu= and memory= for other resources."
        )
    if zones is not None and (isinstance(zones, str) or not zones):
        raise EcsFakeUsageError(f'availability_zones is a list of zones, such as ["us-east-1a"], not {zones!r}.')
    for name, value, words in (
        ("launch_type", launch_type, ("EC2", "EXTERNAL")),
        ("agent", agent, ("simulated", "manual")),
    ):
        if value not in words:
            raise EcsFakeUsageError(f"{name} is {words[0]!r} or {words[1]!r}, not {value!r}.")


def _refuse_no_mapping(**given: object) -> None:
    __tracebackhide__ = True
    for name, value in given.items():
        is_mapping_of_texts = isinstance(value, Mapping) and all(
            isinstance(key, str) and (text is None or isinstance(text, str)) for key, text in value.items()
        )
        if value is not None and not is_mapping_of_texts:
            raise EcsFakeUsageError(
                f'container_instances.add() takes {name}=… as strings by name, such as {{"stack": "blue"}}, not {value!r}.'
            )


def _refuse_unknown_provider(region: Region, name: str | None) -> None:
    __tracebackhide__ = True
    if name is None:
        return
    provider = region.capacity_providers.get(name)
    if provider is None or provider.kind == "FARGATE" or provider.status == "INACTIVE":
        raise EcsFakeUsageError(
            f"container instances can't belong to the capacity provider {name!r}: "
            "it must be one of an Auto Scaling group or of Managed Instances, and exist already."
        )


def _is_of_managed_instances(region: Region, name: str | None) -> bool:
    provider = None if name is None else region.capacity_providers.get(name)
    return provider is not None and provider.kind == "MANAGED_INSTANCES"


def _ec2(region: Region, instance_type: str, zone: str) -> api.RegisterContainerInstanceRequest:
    """The registration that the agent of an EC2 instance sends."""
    ids, kind = region.ids, ec2_types.find(instance_type)
    document = {
        "instanceId": f"i-{ids.hexadecimal(17)}",
        "instanceType": instance_type,
        "availabilityZone": zone,
        "region": region.partition.region,
        "accountId": region.partition.account,
        "imageId": f"ami-{ids.hexadecimal(17)}",
        "architecture": kind.architecture if kind is not None else "x86_64",
    }
    attributes: list[api.Attribute] = [
        {"name": "ecs.vpc-id", "value": f"vpc-{ids.hexadecimal(17)}"},
        {"name": "ecs.subnet-id", "value": f"subnet-{ids.hexadecimal(17)}"},
    ]
    return {"instanceIdentityDocument": json.dumps(document), "attributes": attributes}


def _external(region: Region) -> api.RegisterContainerInstanceRequest:
    """The registration that the agent of an external instance sends. Its host is registered with Systems Manager and isn't an EC2 instance."""
    document = {"instanceId": f"mi-{region.ids.hexadecimal(17)}"}
    return {
        "instanceIdentityDocument": json.dumps(document),
        "attributes": [{"name": instance_attributes.EXTERNAL}],
    }


def _attributes(given: Mapping[str, str | None]) -> list[api.Attribute]:
    return [{"name": name} if value is None else {"name": name, "value": value} for name, value in given.items()]


def _resources(cpu: int | None, memory: int | None) -> list[api.Resource]:
    """The resources that override the instance type's."""
    return [
        {"name": name, "type": "INTEGER", "integerValue": value}
        for name, value in (("CPU", cpu), ("MEMORY", memory))
        if value is not None
    ]
