"""What the tests of operations are set up with."""

from __future__ import annotations

from typing import Any
from uuid import NAMESPACE_URL, uuid5

import boto3
import pytest
from botocore.config import Config

from pytest_ecsfake import operations
from pytest_ecsfake.errors import EcsError
from traces import kept

GROUPS = "arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup"


@pytest.fixture
def register(ecs_client):
    """Register a definition of one container, as it comes back."""

    def register(family: str = "web", container: dict[str, Any] | None = None, **members: Any) -> dict[str, Any]:
        definition = {"name": "app", "image": "nginx", "memory": 128, **(container or {})}
        answer = ecs_client.register_task_definition(family=family, containerDefinitions=[definition], **members)
        return answer["taskDefinition"]

    return register


@pytest.fixture
def unchecked_client(ecs_fake):
    """A client that sends whatever it is given, and leaves all checks to the service."""
    return boto3.client("ecs", region_name="us-east-1", config=Config(parameter_validation=False))


@pytest.fixture
def create_group_provider(ecs_client):
    """Make a capacity provider from an Auto Scaling group that has its name, as it comes back."""

    def create(name: str, **members: Any) -> dict[str, Any]:
        group = f"{GROUPS}:{uuid5(NAMESPACE_URL, name)}:autoScalingGroupName/{name}"
        provider = {"autoScalingGroupArn": group, **members}
        answer = ecs_client.create_capacity_provider(name=name, autoScalingGroupProvider=provider)
        return answer["capacityProvider"]

    return create


@pytest.fixture
def create_managed_instances(ecs_client):
    """Make a capacity provider of Managed Instances for a cluster, as it comes back, where botocore knows them."""
    if "managedInstancesProvider" not in ecs_client.meta.service_model.shape_for("CapacityProvider").members:
        pytest.skip("this botocore doesn't know Managed Instances")

    def create(name: str, cluster: str, **members: Any) -> dict[str, Any]:
        provider = {
            "infrastructureRoleArn": "arn:aws:iam::123456789012:role/ecsInfrastructureRole",
            "instanceLaunchTemplate": {
                "ec2InstanceProfileArn": "arn:aws:iam::123456789012:instance-profile/ecsInstanceRole",
                "networkConfiguration": {"subnets": ["subnet-0a1b2c3d"]},
            },
            **members,
        }
        answer = ecs_client.create_capacity_provider(name=name, cluster=cluster, managedInstancesProvider=provider)
        return answer["capacityProvider"]

    return create


@pytest.fixture
def deregister(ecs_client):
    """Deregister revisions, given as `family:revision`."""

    def deregister(*keys: str) -> None:
        for key in keys:
            ecs_client.deregister_task_definition(taskDefinition=key)

    return deregister


@pytest.fixture
def enclaves(ecs_client):
    """The members of a launch template that tell of enclaves, off; none for a botocore that doesn't know them."""
    known = ecs_client.meta.service_model.shape_for("InstanceLaunchTemplate").members
    return {"nitroEnclavesEnabled": False} if "nitroEnclavesEnabled" in known else {}


@pytest.fixture
def place(ecs_fake, ecs_client, register):
    """Put a task of a definition on a container instance of the cluster prod; the task as a test reads it."""

    def place(instance: Any, family: str = "web", **definition: Any) -> Any:
        register(family, **definition)
        started = ecs_client.start_task(cluster="prod", taskDefinition=family, containerInstances=[instance.arn])
        return ecs_fake.tasks[started["tasks"][0]["taskArn"]]

    return place


@pytest.fixture
def knows_zone_rebalancing(ecs_client: Any) -> None:
    """Skip where an older botocore can't send whether a service's zones are balanced."""
    shape = ecs_client.meta.service_model.operation_model("CreateService").input_shape
    if "availabilityZoneRebalancing" not in shape.members:
        pytest.skip("this botocore doesn't know availabilityZoneRebalancing")


@pytest.fixture(autouse=True)
def refusals_leave_no_trace(request, monkeypatch):
    """Check of every call that a test of refusals makes that the state is the same after an error, down to the ids that come next."""
    if not any(word in request.module.__name__ for word in ("refusals", "rules", "order_of_checks", "elsewhere")):
        return

    def checked(name: str, function: Any) -> Any:
        def answer(region: Any, parameters: Any) -> Any:
            before = kept(region)
            try:
                return function(region, parameters)
            except EcsError:
                if kept(region) != before:
                    pytest.fail(f"{name} was refused and has changed something: {parameters}")
                raise

        return answer

    find = operations.find
    monkeypatch.setattr(operations, "find", lambda name: None if find(name) is None else checked(name, find(name)))


@pytest.fixture
def daemon_client(ecs_client):
    """The client, where botocore knows managed daemons."""
    if "CreateDaemon" not in ecs_client.meta.service_model.operation_names:
        pytest.skip("this botocore has no CreateDaemon")
    return ecs_client


@pytest.fixture
def register_daemon(daemon_client):
    """Register a daemon task definition of one container; its ARN."""

    def register(family: str = "agent", container: dict[str, Any] | None = None, **members: Any) -> str:
        definition = {"name": "agent", "image": "agent:1", "memory": 64, **(container or {})}
        members = {"containerDefinitions": [definition], **members}
        arn: str = daemon_client.register_daemon_task_definition(family=family, **members)["daemonTaskDefinitionArn"]
        return arn

    return register
