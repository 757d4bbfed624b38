"""Loading: everything that was given, or nothing of it and a sentence for each thing that doesn't fit."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pytest_ecsfake.errors import EcsFakeUsageError
from pytest_ecsfake.loading.clusters import load_capacity_provider, load_cluster, load_container_instance
from pytest_ecsfake.loading.documents import OPERATIONS, Given, Part, parts_of
from pytest_ecsfake.loading.place import Place
from pytest_ecsfake.loading.services import go_on, load_service, load_task_set
from pytest_ecsfake.loading.task_definitions import load_task_definition
from pytest_ecsfake.loading.tasks import load_task
from pytest_ecsfake.state.region import Region, World

LOADERS: Mapping[str, Callable[[Place, Part], object]] = {
    "capacityProviders": load_capacity_provider,
    "clusters": load_cluster,
    "containerInstances": load_container_instance,
    "taskDefinition": load_task_definition,
    "services": load_service,
    "taskSets": load_task_set,
    "tasks": load_task,
}

#: The member that identifies a resource of each kind.
ARNS: Mapping[str, str] = {
    "capacityProviders": "capacityProviderArn",
    "clusters": "clusterArn",
    "containerInstances": "containerInstanceArn",
    "taskDefinition": "taskDefinitionArn",
    "services": "serviceArn",
    "taskSets": "taskSetArn",
    "tasks": "taskArn",
}


def load(world: World, region: Region, given: Given) -> None:
    """Load what was given into a region. The clock is up to date.

    Raises:
        EcsFakeUsageError: something doesn't fit. Nothing was loaded.
    """
    complaints: list[str] = []
    parts = sorted(_each_once(parts_of(given, complaints)), key=lambda part: list(OPERATIONS).index(part.kind))
    saved = world.snapshot()
    place = Place(region, parts, complaints)
    services = []
    for part in parts:
        loaded = _load(place, part)
        if part.kind == "services" and loaded is not None:
            services.append((part, loaded))
    for part, service in services:
        go_on(place, part, service)  # type: ignore[arg-type]
    if complaints:
        world.restore(saved)
        one_by_one = "".join(f"\n  {complaint}" for complaint in dict.fromkeys(complaints))
        raise EcsFakeUsageError(f"load() has loaded nothing, since this doesn't fit:{one_by_one}")


def _load(place: Place, part: Part) -> object:
    missing = [member for member in _needed(part) if member not in part.resource]
    for member in missing:
        place.complain(part, f"it has no {member}.")
    return None if missing else LOADERS[part.kind](place, part)


#: The members that each kind of resource can't do without, besides its ARN.
NEEDED: Mapping[str, tuple[str, ...]] = {
    "capacityProviders": ("name",),
    "clusters": ("clusterName",),
    "containerInstances": ("registeredResources",),
    "taskDefinition": ("family", "revision", "containerDefinitions"),
    "services": ("serviceName", "clusterArn"),
    "taskSets": ("id", "taskDefinition"),
    "tasks": ("clusterArn", "taskDefinitionArn"),
}


def _needed(part: Part) -> tuple[str, ...]:
    return (ARNS[part.kind], *NEEDED[part.kind])


def _each_once(parts: object) -> list[Part]:
    """The parts without those that say the very same of the same resource again, as when a service is described twice."""
    found: list[Part] = []
    for part in parts:  # type: ignore[attr-defined]
        if not any(part.kind == other.kind and part.resource == other.resource for other in found):
            found.append(part)
    return found
