"""`ecs_fake.services`: services as a test reads them."""

from __future__ import annotations

import pytest

from pytest_ecsfake.errors import EcsFakeUsageError


@pytest.fixture
def create(ecs_client, create_service, register_on_fargate):
    """Make a service of the name `web` in a cluster, new if it isn't there."""
    register_on_fargate()

    def create(cluster: str = "prod", name: str = "web", *, desired_count: int = 2) -> str:
        ecs_client.create_cluster(clusterName=cluster)
        tags = [{"key": "team", "value": "dev"}]
        service = create_service(cluster=cluster, serviceName=name, desiredCount=desired_count, tags=tags)
        return str(service["serviceArn"])

    return create


def test_a_service_is_found_by_path_arn_and_bare_name(ecs_fake, ecs_services, create):
    arn = create()

    assert ecs_services is ecs_fake.services
    service = ecs_services["prod/web"]
    assert service == ecs_services[arn] == ecs_services["web"] == ecs_fake.clusters["prod"].services["web"]
    assert (service.name, service.arn, service.cluster_name, service.tags) == ("web", arn, "prod", {"team": "dev"})


def test_a_bare_name_that_two_bear_is_not_clear(ecs_fake, create):
    create("prod")
    create("test")

    with pytest.raises(EcsFakeUsageError) as error:
        ecs_fake.services["web"]

    assert str(error.value) == 'the name "web" alone is not clear: there are "prod/web", "test/web".'
    assert [service.cluster_name for service in ecs_fake.services] == ["prod", "test"]
    assert "test/web" in ecs_fake.services


def test_a_missing_service_is_told_with_its_neighbours(ecs_fake, create):
    create()

    with pytest.raises(KeyError) as error:
        ecs_fake.services["prod/wbe"]

    assert str(error.value) == 'no service "prod/wbe" in account 123456789012, region us-east-1. Nearest: "prod/web".'


def test_a_service_is_up_to_date_with_the_clock(ecs_fake, create):
    create()
    service = ecs_fake.services["prod/web"]
    assert (service.status, service.desired_count, service.running_count, service.is_stable) == ("ACTIVE", 2, 0, False)

    ecs_fake.clock.advance_until(lambda: service.is_stable, timeout=600)

    assert (service.running_count, service.pending_count) == (2, 0)
    assert [task.last_status for task in service.tasks] == ["RUNNING", "RUNNING"]
    assert "has started 2 tasks" in service.events[-1]
    assert repr(service) == "<Service prod/web ACTIVE 2/2 running>"


def test_deployments_show_how_they_go(ecs_fake, ecs_client, create):
    create()
    service = ecs_fake.services["prod/web"]
    [first] = service.deployments
    ecs_fake.clock.advance(seconds=300)
    assert (first.rollout_state, first.rollout_state_reason) == ("COMPLETED", f"ECS deployment {first.id} completed.")

    ecs_client.update_service(cluster="prod", service="web", forceNewDeployment=True)

    second, listed = service.deployments
    assert listed.id == first.id
    assert (second.status, first.status, service.is_stable) == ("PRIMARY", "ACTIVE", False)
    ecs_fake.clock.advance(seconds=600)
    assert (second.rollout_state, second.running_count, second.failed_tasks) == ("COMPLETED", 2, 0)
    assert (first.status, first.running_count, len(service.deployments), service.is_stable) == ("INACTIVE", 0, 1, True)
    assert repr(second) == f"<Deployment {second.id} web:1 PRIMARY COMPLETED>"


def test_the_deployment_of_a_deleted_service_is_inactive(ecs_fake, ecs_client, create):
    create()
    [deployment] = ecs_fake.services["prod/web"].deployments
    ecs_fake.clock.advance(seconds=300)

    ecs_client.delete_service(cluster="prod", service="web", force=True)
    ecs_fake.clock.advance(seconds=300)

    assert (ecs_fake.services["prod/web"].status, deployment.status) == ("INACTIVE", "INACTIVE")


def test_services_are_filtered(ecs_fake, create):
    create(desired_count=0)
    create(name="api")

    assert [service.name for service in ecs_fake.services.where(desired_count=0)] == ["web"]


def test_a_deleted_service_is_not_stable(ecs_fake, ecs_client, create):
    create(desired_count=0)
    service = ecs_fake.services["web"]
    ecs_fake.clock.advance(seconds=60)
    assert service.is_stable

    ecs_client.delete_service(cluster="prod", service="web")

    assert (service.status, service.is_stable) == ("DRAINING", False)
