"""botocore's waiters for services end as with ECS, also in their failing ways, in virtual time.

Both ask every 15 seconds, forty times at most (botocore: waiters ServicesStable and ServicesInactive).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

import pytest
from botocore.exceptions import WaiterError
from freezegun import freeze_time

pytestmark = pytest.mark.ecs_fake(clusters=["prod"])

WEB = {"cluster": "prod", "services": ["web"]}
NOPE = {"cluster": "prod", "services": ["nope"]}


@pytest.fixture(params=["the fake's own time", "freezegun's time"], autouse=True)
def whose_time(request: pytest.FixtureRequest) -> Iterator[None]:
    """The clock is the fake's own, or that of a freezer, started after the fake."""
    if request.param == "the fake's own time":
        yield
    else:
        with freeze_time("2050-01-01T12:00:00Z"):
            yield


@pytest.fixture
def create_service(whose_time, create_service, register_on_fargate):
    """Create the service, of a task definition that is there."""
    register_on_fargate()
    return create_service


@pytest.fixture
def wait(ecs_client, ecs_fake):
    """Wait for services; the virtual time that it took."""

    def wait(waiter, services, **config):
        begun = ecs_fake.clock.now
        ecs_client.get_waiter(waiter).wait(**services, WaiterConfig=config)
        return ecs_fake.clock.now - begun

    return wait


def test_stable_ends_when_the_tasks_run(create_service, wait, ecs_fake):
    create_service()

    took = wait("services_stable", WEB)

    assert timedelta(seconds=41) <= took < timedelta(seconds=41 + 20)  # 15 s until the start, 26 s until they run
    assert ecs_fake.services["prod/web"].is_stable


def test_stable_ends_at_once_for_a_service_without_tasks(create_service, wait):
    create_service(desiredCount=0)

    assert wait("services_stable", WEB) < timedelta(seconds=2)


def test_stable_ends_when_the_old_deployment_is_gone(create_service, wait, ecs_client, ecs_fake, register_on_fargate):
    create_service()
    wait("services_stable", WEB)
    register_on_fargate()

    ecs_client.update_service(cluster="prod", service="web", taskDefinition="web:2")
    wait("services_stable", WEB)

    [deployment] = ecs_fake.services["prod/web"].deployments
    assert deployment.task_definition.endswith("web:2")


def test_stable_takes_a_rollback_for_success(create_service, wait, ecs_client, ecs_fake, register_on_fargate):
    """It reads counts and the number of deployments, not `rolloutState`."""
    create_service(deploymentConfiguration={"deploymentCircuitBreaker": {"enable": True, "rollback": True}})
    wait("services_stable", WEB)
    ecs_fake.containers.script(image="web:bad", pull_error="CannotPullContainerError: not found")
    register_on_fargate({"name": "web", "image": "web:bad"})

    ecs_client.update_service(cluster="prod", service="web", taskDefinition="web:2")
    wait("services_stable", WEB)

    assert ecs_fake.services["prod/web"].task_definition.endswith("web:1")


def test_stable_waits_for_all_the_services(create_service, wait, ecs_fake):
    create_service()
    wait("services_stable", WEB)
    create_service(serviceName="api")

    wait("services_stable", {"cluster": "prod", "services": ["web", "api"]})

    assert ecs_fake.services["prod/api"].running_count == 2


def test_inactive_ends_when_the_tasks_are_stopping(create_service, wait, ecs_client, ecs_fake):
    create_service()
    wait("services_stable", WEB)

    ecs_client.delete_service(cluster="prod", service="web", force=True)
    took = wait("services_inactive", WEB)

    assert took < timedelta(minutes=2)
    assert ecs_fake.services["prod/web"].status == "INACTIVE"


def test_inactive_is_content_with_one_of_several(create_service, wait, ecs_client, ecs_fake):
    """One INACTIVE service among those that it asks for is enough (botocore: ServicesInactive, pathAny)."""
    create_service()
    create_service(serviceName="api")
    ecs_client.delete_service(cluster="prod", service="web", force=True)

    wait("services_inactive", {"cluster": "prod", "services": ["web", "api"]})

    assert ecs_fake.services["prod/api"].status == "ACTIVE"


@pytest.mark.parametrize(
    ("waiter", "services", "state"),
    [
        pytest.param("services_stable", NOPE, "MISSING", id="stable, a service that isn't there"),
        pytest.param("services_stable", WEB, "DRAINING", id="stable, a service that drains"),
        pytest.param("services_inactive", NOPE, "MISSING", id="inactive, a service that isn't there"),
    ],
)
def test_a_wait_that_has_no_hope_fails_at_once(create_service, wait, ecs_client, ecs_fake, waiter, services, state):
    create_service()
    wait("services_stable", WEB)
    ecs_client.delete_service(cluster="prod", service="web", force=True)
    begun = ecs_fake.clock.now

    with pytest.raises(WaiterError, match=rf'terminal failure state: .* matched expected path: "{state}"') as failed:
        wait(waiter, services)

    assert failed.value.last_response["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert ecs_fake.clock.now - begun < timedelta(seconds=2)


def test_stable_fails_for_a_service_that_is_gone(create_service, ecs_fake, wait, ecs_client):
    create_service()
    ecs_client.delete_service(cluster="prod", service="web", force=True)
    wait("services_inactive", WEB)

    with pytest.raises(WaiterError, match='matched expected path: "INACTIVE"'):
        wait("services_stable", WEB)


@pytest.mark.parametrize(
    ("waiter", "script"),
    [
        pytest.param(
            "services_stable", {"pull_error": "CannotPullContainerError: not found"}, id="tasks that never run"
        ),
        pytest.param("services_inactive", None, id="a service that nobody deletes"),
    ],
)
def test_a_wait_without_end_ends_after_forty_polls(create_service, wait, ecs_fake, waiter, script):
    if script:
        ecs_fake.containers.script(family="web", **script)
    create_service()
    begun = ecs_fake.clock.now

    with pytest.raises(WaiterError, match="Max attempts exceeded"):
        wait(waiter, WEB)

    ecs_fake.calls.assert_called_times(40, "DescribeServices")
    assert timedelta(seconds=39 * 15) <= ecs_fake.clock.now - begun <= timedelta(seconds=39 * 16)


def test_a_wait_of_its_own_patience_ends_by_it(create_service, wait, ecs_fake):
    create_service()

    with pytest.raises(WaiterError, match="Max attempts exceeded"):
        wait("services_stable", WEB, Delay=2, MaxAttempts=5)

    ecs_fake.calls.assert_called_times(5, "DescribeServices")


def test_stable_never_comes_for_a_service_of_task_sets(create_service, wait, ecs_client):
    """A service of the controller EXTERNAL has task sets, and no deployments to count."""
    create_service(
        deploymentController={"type": "EXTERNAL"}, taskDefinition=None, launchType=None, networkConfiguration=None
    )

    with pytest.raises(WaiterError, match="Max attempts exceeded"):
        wait("services_stable", WEB)
