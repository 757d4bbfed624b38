"""The life of what ECS manages for an Express service: load balancer, target groups, scaling, log group and the rest.

Each part is PROVISIONING from CreateExpressGatewayService on and becomes ACTIVE after its own time. An update of a setting that it has makes it
PROVISIONING again. From the deletion on it is DEPROVISIONING, then DELETED; the load balancer stays while another service is behind it.
Rules: API reference, ECSManagedResources, for the parts and their statuses; Developer Guide, "Resources created by Amazon ECS Express Mode
services", for what is shared. ECS states no times; those below are ours. # unverified
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterator
from itertools import count
from typing import TYPE_CHECKING, NamedTuple

from pytest_ecsfake.clock import seconds
from pytest_ecsfake.state.express_gateway_service import ExpressGatewayService, ManagedPart, PartKind
from pytest_ecsfake.state.region import Region
from pytest_ecsfake.state.service import Service

if TYPE_CHECKING:
    from pytest_ecsfake import api

#: Developer Guide, "Resources created by Amazon ECS Express Mode services": how many services of a VPC share a load balancer. VPCs aren't
#: faked: a region counts as one.
SERVICES_PER_LOAD_BALANCER = 25


class PartLife(NamedTuple):
    """How long a part takes to come and to go."""

    kind: PartKind
    provisioning: int
    deprovisioning: int
    settings: Collection[str] = ()  # what it is updated for
    is_shared: bool = False  # with the other services behind the same load balancer


#: In the order in which they become ACTIVE.
PARTS = (
    PartLife("logGroup",                  seconds(2),  seconds(2)),
    PartLife("serviceSecurityGroup",      seconds(5),  seconds(30)),
    PartLife("loadBalancerSecurityGroup", seconds(5),  seconds(45), is_shared=True),
    PartLife("targetGroups",              seconds(5),  seconds(20), ("healthCheckPath", "containerPort")),
    PartLife("certificate",               seconds(15), seconds(30)),
    PartLife("scalableTarget",            seconds(20), seconds(5),  ("minTaskCount", "maxTaskCount")),
    PartLife("scalingPolicy",             seconds(25), seconds(5),  ("autoScalingMetric", "autoScalingTargetValue")),
    PartLife("metricAlarm",               seconds(25), seconds(5)),
    PartLife("loadBalancer",              seconds(60), seconds(30), is_shared=True),
    PartLife("listener",                  seconds(65), seconds(10), is_shared=True),
    PartLife("rule",                      seconds(70), seconds(5)),
)  # fmt: skip


def shown_status(service: Service, express: ExpressGatewayService) -> api.ExpressGatewayServiceStatusCode:
    """The status of an Express service: INACTIVE once its parts are gone, which may be while the ordinary service still drains.

    Clients meet that as a name that is still taken: "Unable to Start a service that is still Draining."
    """
    if service.status == "ACTIVE":
        return "ACTIVE"
    return "INACTIVE" if express.is_gone else "DRAINING"


def load_balancer_number(region: Region) -> int:
    """The first load balancer of a region that has room for another Express service."""
    taken = Counter(express.load_balancer_number for express in _active(region))
    return next(number for number in count() if taken[number] < SERVICES_PER_LOAD_BALANCER)


def provision(
    region: Region, service: Service, express: ExpressGatewayService, *, without: Collection[PartKind]
) -> None:
    """Begin to make the parts that an Express service lacks.

    Args:
        region: where the service is.
        service: the service.
        express: what it has beside the ordinary service.
        without: the parts that the caller has brought, so that ECS makes none.
    """
    others = _others_behind(region, express)
    for life in PARTS:
        if life.kind in without or life.kind in express.parts:
            continue
        existing = _of_others(others, life)
        status: api.ManagedResourceStatus = "PROVISIONING" if existing is None else existing.status
        since = region.clock.now if existing is None else existing.updated_at
        part = express.parts[life.kind] = ManagedPart(life.kind, status, since)
        _note(region, service, part, None)
        if part.status == "PROVISIONING":
            _await(region, service, part, life)


def update(region: Region, service: Service, express: ExpressGatewayService, changed: Collection[str]) -> None:
    """Begin to update the parts that have one of the changed settings."""
    for life in PARTS:
        if life.kind in express.parts and not set(changed).isdisjoint(life.settings):
            part = express.parts[life.kind]
            _transition(region, service, part, "PROVISIONING")
            _await(region, service, part, life)


def deprovision(
    region: Region, service: Service, express: ExpressGatewayService, then: Callable[[Region, Service], None]
) -> None:
    """Begin to remove the parts of an Express service, except what other services share.

    Args:
        region: where the service is.
        service: the service, which isn't ACTIVE any more.
        express: what it has beside the ordinary service.
        then: called once all of them are DELETED; a module-level function.
    """
    others = _others_behind(region, express)
    for life in PARTS:
        if life.kind in express.parts and not (life.is_shared and others):
            part = express.parts[life.kind]
            _transition(region, service, part, "DEPROVISIONING")
            region.clock.after(
                region.timings.delay("EXPRESS_DEPROVISIONING", life.deprovisioning),
                _remove,
                region,
                service,
                part,
                then,
            )


def _active(region: Region) -> Iterator[ExpressGatewayService]:
    """The ACTIVE Express services of a region."""
    for cluster in region.clusters:
        for service in region.services_in(cluster):
            if service.express is not None and service.status == "ACTIVE":
                yield service.express


def _others_behind(region: Region, express: ExpressGatewayService) -> list[ExpressGatewayService]:
    """The other ACTIVE services behind the same load balancer."""
    number = express.load_balancer_number
    return [each for each in _active(region) if each is not express and each.load_balancer_number == number]


def _of_others(others: Collection[ExpressGatewayService], life: PartLife) -> ManagedPart | None:
    """A part that another service has already, if it is shared."""
    return next((each.parts[life.kind] for each in others), None) if life.is_shared else None


def _await(region: Region, service: Service, part: ManagedPart, life: PartLife) -> None:
    delay = region.timings.delay("EXPRESS_PROVISIONING", life.provisioning)
    region.clock.at(part.updated_at + delay, _activate, region, service, part, part.updated_at)


def _activate(region: Region, service: Service, part: ManagedPart, since: int) -> None:
    """Activate a part, unless it was updated again or is being removed."""
    if part.status == "PROVISIONING" and part.updated_at == since:
        _transition(region, service, part, "ACTIVE")


def _remove(region: Region, service: Service, part: ManagedPart, then: Callable[[Region, Service], None]) -> None:
    _transition(region, service, part, "DELETED")
    if service.express is not None and service.express.is_gone:
        then(region, service)


def _transition(region: Region, service: Service, part: ManagedPart, status: api.ManagedResourceStatus) -> None:
    before = part.status
    part.status = status
    part.updated_at = region.clock.now
    _note(region, service, part, before)


def _note(region: Region, service: Service, part: ManagedPart, before: str | None) -> None:
    region.journal.write(region.clock.now, "managed-resource", service.arn, part.kind, before, part.status)
