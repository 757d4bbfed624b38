"""`ecs_fake.daemons`: what a test reads of managed daemons."""

from __future__ import annotations

import pytest

from pytest_ecsfake.errors import EcsFakeUsageError

PLACE = "arn:aws:ecs:us-east-1:123456789012"


@pytest.fixture
def create(ecs_client, ecs_fake):
    """Create the daemon agent in a cluster with one instance."""
    if "CreateDaemon" not in ecs_client.meta.service_model.operation_names:
        pytest.skip("this botocore has no CreateDaemon")
    container = {"name": "agent", "image": "agent:1", "memory": 64}
    ecs_client.register_daemon_task_definition(family="agent", containerDefinitions=[container])

    def create(cluster: str) -> None:
        details = {
            "infrastructureRoleArn": "arn:aws:iam::123456789012:role/ecsInfrastructureRole",
            "instanceLaunchTemplate": {
                "ec2InstanceProfileArn": "arn:aws:iam::123456789012:instance-profile/ecsInstanceRole",
                "networkConfiguration": {"subnets": ["subnet-00000000"]},
            },
        }
        ecs_client.create_cluster(clusterName=cluster)
        ecs_client.create_capacity_provider(name=cluster, cluster=cluster, managedInstancesProvider=details)
        ecs_fake.clock.advance(seconds=10)
        ecs_client.create_daemon(
            daemonName="agent",
            clusterArn=f"{PLACE}:cluster/{cluster}",
            daemonTaskDefinitionArn="agent",
            capacityProviderArns=[f"{PLACE}:capacity-provider/{cluster}"],
            tags=[{"key": "team", "value": "web"}],
        )
        ecs_fake.clock.advance(seconds=5)
        ecs_fake.container_instances.add(cluster, capacity_provider=cluster)

    return create


def test_a_daemon_is_up_to_date(create, ecs_fake, ecs_client):
    create("prod")
    daemon = ecs_fake.daemons["agent"]
    assert (daemon.running_count, daemon.status, daemon.deployment_status) == (0, "ACTIVE", "SUCCESSFUL")
    ecs_fake.clock.advance(seconds=10)

    assert daemon.running_count == 1
    assert [task.last_status for task in daemon.tasks] == ["RUNNING"]
    assert (daemon.critical, daemon.capacity_providers, daemon.tags) == (True, ["prod"], {"team": "web"})
    assert daemon.task_definition == f"{PLACE}:daemon-task-definition/agent:1"
    assert repr(daemon) == "<Daemon prod/agent ACTIVE, deployment SUCCESSFUL>"
    ecs_client.delete_daemon(daemonArn=daemon.arn)
    assert (daemon.status, daemon.deployment_status) == ("DELETE_IN_PROGRESS", "PENDING")
    ecs_fake.clock.advance(seconds=60)
    assert list(ecs_fake.daemons) == []
    assert (daemon.deployment_status, daemon.task_definition) == ("SUCCESSFUL", None)


def test_a_daemon_is_found_by_path_arn_and_name(create, ecs_fake):
    create("prod")
    create("stage")
    first, second = ecs_fake.daemons

    assert ecs_fake.daemons["prod/agent"] == first
    assert ecs_fake.daemons[second.arn] == second
    assert ecs_fake.clusters["stage"].daemons["agent"] == second
    assert ecs_fake.daemons.where(cluster_name="prod") == [first]
    with pytest.raises(EcsFakeUsageError, match='the name "agent" alone is not clear'):
        ecs_fake.daemons["agent"]
    with pytest.raises(KeyError, match='no daemon "log"'):
        ecs_fake.daemons["log"]
    with pytest.raises(EcsFakeUsageError, match="is never 'GONE'"):
        ecs_fake.daemons.where(status="GONE")
