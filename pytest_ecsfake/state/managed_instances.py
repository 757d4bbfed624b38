"""The Managed Instances of a cluster that are being launched, each with the waiting tasks that it is launched for."""

from __future__ import annotations

from dataclasses import dataclass, field

from pytest_ecsfake.state.container_instance import RequiredResources
from pytest_ecsfake.state.mutable import Mutable


@dataclass(slots=True, eq=False)
class InstanceLaunch(Mutable):
    """A launch, from the decision until its instance is ACTIVE."""

    provider_name: str
    subnet_id: str
    instance_types: list[str]  # the types that have room for all of its tasks, the preferred one first
    needed: RequiredResources  # by its tasks together, and by the daemons
    task_ids: list[str] = field(default_factory=list)
    groups: set[str] = field(default_factory=set)  # of its tasks
    instance_id: str | None = None  # the container instance, once it has registered


@dataclass(slots=True, eq=False)
class ManagedInstances(Mutable):
    """The scaling of a cluster's Managed Instances. What runs is in the store of container instances."""

    launches: list[InstanceLaunch] = field(default_factory=list)
    is_look_queued: bool = False  # whether the waiting tasks are looked at at the end of this instant

    def launch_of(self, instance_id: str) -> InstanceLaunch | None:
        """The launch that a container instance came from, as long as the instance isn't ACTIVE."""
        return next((launch for launch in self.launches if launch.instance_id == instance_id), None)
