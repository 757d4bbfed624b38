"""The statuses that gateways and routes leave by themselves, as the tables state them."""

from __future__ import annotations

from typing import Any

import pytest

import builders
from pytest_ecsfake import operations
from pytest_ecsfake.clock import SECOND
from pytest_ecsfake.engine.gateways.stages import GATEWAY_STAGES, ROUTE_STAGES

#: Another connector for the same port, and how long the scheduler takes to act on a request.
CONNECTOR = {"gatewayConnectors": [{"portName": "http", "healthCheck": {"healthCheckPath": "/"}}]}
SCHEDULING = 15


@pytest.fixture
def call(region):
    """Call an operation."""
    return lambda operation, **request: operations.built()[operation](region, request)


@pytest.fixture
def enter(call, pass_seconds):
    """Bring the only gateway, or the only route on it, into a status."""
    call("CreateGateway", **builders.gateway())

    def connect() -> None:
        call("AssociateGatewayWithCluster", gateway="web", cluster="default")
        call("RegisterTaskDefinition", **builders.task_definition(builders.BEHIND_GATEWAY))
        call("CreateService", **builders.service(cluster=None, desiredCount=0, **builders.CONNECTED))
        pass_seconds(SCHEDULING)

    def update() -> None:
        connect()
        pass_seconds(60)
        call("UpdateService", service="web", **CONNECTOR)
        pass_seconds(SCHEDULING)

    def delete() -> None:
        connect()
        pass_seconds(60)
        call("DeleteService", service="web")
        pass_seconds(SCHEDULING)

    return {"CREATE_IN_PROGRESS": connect, "UPDATE_IN_PROGRESS": update, "DELETE_IN_PROGRESS": delete}


def status_of(region: Any) -> str | None:
    return next((route.status for route in region.gateway_routes), None)


@pytest.mark.parametrize("stage", GATEWAY_STAGES, ids=lambda stage: stage.status)
def test_a_gateway_leaves_a_status_when_its_table_says(region, call, pass_seconds, stage):
    call("CreateGateway", **builders.gateway())
    call("UpdateGateway", gateway="web")
    gateway = region.gateways.known("web")
    assert gateway.status == stage.status

    pass_seconds(stage.delay / SECOND - 0.001)
    assert gateway.status == stage.status

    pass_seconds(0.001)
    assert gateway.status == stage.to


@pytest.mark.parametrize("stage", ROUTE_STAGES, ids=lambda stage: stage.status)
def test_a_route_leaves_a_status_when_its_table_says(region, enter, pass_seconds, stage):
    enter[stage.status]()
    assert status_of(region) == stage.status

    pass_seconds(stage.delay / SECOND - 0.001)
    assert status_of(region) == stage.status

    pass_seconds(0.001)
    assert status_of(region) == stage.to


@pytest.mark.parametrize("timings", ["instant", {"CREATE_IN_PROGRESS": 3}], ids=str)
def test_timings_replace_the_delay_of_a_status(region, enter, pass_seconds, timings):
    delay = 0 if timings == "instant" else 3
    enter["CREATE_IN_PROGRESS"]()

    pass_seconds(delay)

    assert status_of(region) == "ACTIVE"
    [created] = [entry for entry in region.journal if entry.kind == "gateway route" and entry.before is None]
    [active] = [entry for entry in region.journal if entry.kind == "gateway route" and entry.after == "ACTIVE"]
    assert (active.at - created.at) / SECOND == delay
