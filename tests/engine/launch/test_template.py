"""The template of a service's tasks: made once with the revision, shared by every start and by every copy of the state."""

from __future__ import annotations

import pickle

import pytest

from pytest_ecsfake import operations
from pytest_ecsfake.clock import SECOND
from pytest_ecsfake.engine.launch import template as template_module
from pytest_ecsfake.operations.service_rules import launch_settings

NETWORK = {"awsvpcConfiguration": {"subnets": ["subnet-0a1b2c3d"]}}


@pytest.fixture
def made(monkeypatch):
    """The templates that services are given from now on, in their order."""
    templates = []

    def make(*given, **more):
        templates.append(template_module.make_template(*given, **more))
        return templates[-1]

    monkeypatch.setattr(launch_settings, "make_template", make)
    return templates


@pytest.fixture
def call(region):
    """Call an operation by its name."""
    built = operations.built()
    return lambda operation, **request: built[operation](region, request)


@pytest.fixture
def service(region, call, made):
    """The service `web` with two tasks on Fargate, which have started."""
    call("CreateCluster")
    call(
        "RegisterTaskDefinition",
        family="web",
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        containerDefinitions=[{"name": "app", "image": "nginx"}],
    )
    parameters = {"launchType": "FARGATE", "networkConfiguration": NETWORK, "desiredCount": 2}
    call("CreateService", serviceName="web", taskDefinition="web", **parameters)
    region.clock.settle(region.clock.now + 20 * SECOND)
    return region.services_in(region.clusters.active("default")).get("web")


def test_every_start_uses_the_template_of_the_revision(region, call, service, made):
    call("UpdateService", service="web", desiredCount=5)
    region.clock.settle(region.clock.now + 20 * SECOND)

    [template] = made
    assert service.revision.template is template
    assert len(service.tasks) == 5
    assert all(task.overrides is template.overrides for task in service.tasks.values())


def test_a_new_deployment_has_a_template_of_its_own(region, call, service, made):
    call("UpdateService", service="web", forceNewDeployment=True)

    assert [deployment.revision.template for deployment in service.deployments] == [made[1], made[0]]


def test_a_copy_of_the_state_shares_the_template_among_its_tasks(service):
    copied = pickle.loads(pickle.dumps(service))

    template = copied.revision.template
    assert template is not service.revision.template
    assert all(task.overrides is template.overrides for task in copied.tasks.values())
    assert {task.definition for task in copied.tasks.values()} == {template.definition}
