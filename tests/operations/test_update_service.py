"""UpdateService: what changes at once, what starts a new deployment, and what is left as it was.

Rules: API reference, UpdateService; shapes: recorded answers of update-service of 2025 and 2026.
"""

from __future__ import annotations

from typing import Any

import pytest

from builders import NETWORK

OTHER_NETWORK = {"awsvpcConfiguration": {"subnets": ["subnet-0e0f0a0b"]}}
GROUP = "arn:aws:elasticloadbalancing:us-east-1:123456789012:targetgroup/web/0123456789abcdef"
BEHIND_GROUP = {"targetGroupArn": GROUP, "containerName": "web", "containerPort": 80}
WEB = {"name": "web", "image": "nginx:1.29", "portMappings": [{"containerPort": 80, "name": "http"}]}
BREAKER = {"enable": True, "rollback": True}


@pytest.fixture(autouse=True)
def cluster(ecs_fake, ecs_client, register_on_fargate):
    """A cluster with Fargate's capacity providers, and two revisions of `web`."""
    ecs_client.create_cluster(capacityProviders=["FARGATE", "FARGATE_SPOT"])
    ecs_fake.clock.advance(seconds=30)
    register_on_fargate(WEB)
    register_on_fargate(WEB)


@pytest.fixture
def create(ecs_client, create_service):
    """Make the service `web` of two tasks on Fargate from `web:1`, and wait until it is stable."""

    def create(**parameters: Any) -> dict[str, Any]:
        service = create_service(**{"cluster": None, "taskDefinition": "web:1", **parameters})
        ecs_client.get_waiter("services_stable").wait(services=["web"])
        return service

    return create


@pytest.fixture
def update(ecs_client):
    """Update the service `web`; as it comes back."""

    def update(**parameters: Any) -> dict[str, Any]:
        return ecs_client.update_service(service="web", **parameters)["service"]

    return update


#: API reference, UpdateService: the parameters of the service, what is sent, and whether a new deployment starts.
DEPLOYMENTS = [
    pytest.param({}, {"forceNewDeployment": True}, True, id="forced"),
    pytest.param({}, {"taskDefinition": "web:2"}, True, id="another revision"),
    pytest.param({}, {"taskDefinition": "web"}, True, id="the family, whose newest revision is another"),
    pytest.param({}, {"taskDefinition": "web:1"}, False, id="the same revision"),
    pytest.param({}, {"networkConfiguration": OTHER_NETWORK}, True, id="another network"),
    pytest.param({}, {"networkConfiguration": NETWORK}, False, id="the same network"),
    pytest.param({}, {"platformVersion": "1.3.0"}, True, id="another platform version"),
    pytest.param({}, {"loadBalancers": [BEHIND_GROUP]}, True, id="a load balancer"),
    pytest.param({"loadBalancers": [BEHIND_GROUP]}, {"loadBalancers": []}, True, id="no load balancer any more"),
    pytest.param({}, {"loadBalancers": []}, False, id="still no load balancer"),
    pytest.param(
        {}, {"serviceConnectConfiguration": {"enabled": True, "namespace": "apps"}}, True, id="Service Connect"
    ),
    pytest.param({}, {"serviceConnectConfiguration": {"enabled": False}}, False, id="still no Service Connect"),
    pytest.param({}, {"desiredCount": 3}, False, id="another count"),
    pytest.param({}, {"deploymentConfiguration": {"maximumPercent": 150}}, False, id="another configuration"),
    pytest.param({}, {"healthCheckGracePeriodSeconds": 60}, False, id="another grace period"),
    pytest.param({}, {"enableECSManagedTags": True, "propagateTags": "SERVICE"}, False, id="other tags of tasks"),
    pytest.param({}, {}, False, id="nothing"),
]


@pytest.mark.parametrize(("parameters", "changes", "starts"), DEPLOYMENTS)
def test_what_starts_a_new_deployment(create, update, parameters, changes, starts):
    before = create(**parameters)["deployments"][0]["id"]

    deployments = update(**changes)["deployments"]

    assert [deployment["status"] for deployment in deployments] == (["PRIMARY", "ACTIVE"] if starts else ["PRIMARY"])
    assert (deployments[0]["id"] != before) == starts


def test_a_new_deployment_stands_first_and_wants_nothing_yet(ecs_fake, create, update):
    create()
    ecs_fake.clock.advance(seconds=120)

    service = update(taskDefinition="web:2")

    new, old = service["deployments"]
    assert service["taskDefinition"].endswith("web:2")
    assert (new["desiredCount"], new["runningCount"], new["rolloutState"]) == (0, 0, "IN_PROGRESS")
    assert new["rolloutStateReason"] == f"ECS deployment {new['id']} in progress."
    assert (old["desiredCount"], old["runningCount"], old["rolloutState"]) == (2, 2, "COMPLETED")
    assert old["rolloutStateReason"] == f"ECS deployment {old['id']} completed."
    if "currentServiceRevisions" in service:
        assert [summary["arn"].rpartition("/")[2] for summary in service["currentServiceRevisions"]] == [
            deployment["id"].removeprefix("ecs-svc/") for deployment in (new, old)
        ]


def test_a_new_count_is_the_services_at_once_and_the_deployments_in_time(ecs_fake, create, update):
    create()
    ecs_fake.clock.advance(seconds=120)

    service = update(desiredCount=3)

    assert service["desiredCount"] == 3
    assert [(deployment["desiredCount"], deployment["rolloutState"]) for deployment in service["deployments"]] == [
        (2, "COMPLETED")
    ]
    ecs_fake.clock.advance(seconds=120)
    assert ecs_fake.services["web"].running_count == 3


#: API reference, UpdateService: what is sent, and what the service then shows; the rest of it is as before.
CHANGES = [
    pytest.param({"healthCheckGracePeriodSeconds": 60}, {"healthCheckGracePeriodSeconds": 60}, id="the grace period"),
    pytest.param({"enableECSManagedTags": True}, {"enableECSManagedTags": True}, id="managed tags"),
    pytest.param({"propagateTags": "TASK_DEFINITION"}, {"propagateTags": "TASK_DEFINITION"}, id="propagated tags"),
    pytest.param({"desiredCount": 0}, {"desiredCount": 0}, id="the count"),
]


@pytest.mark.parametrize(("changes", "shown"), CHANGES)
def test_what_is_not_sent_stays(ecs_fake, ecs_client, create, update, changes, shown):
    create(healthCheckGracePeriodSeconds=5, deploymentConfiguration={"maximumPercent": 150})
    ecs_fake.clock.advance(seconds=120)
    [before] = ecs_client.describe_services(services=["web"])["services"]

    after = update(**changes)

    assert after == {**before, **shown}


def test_a_configuration_is_merged(create, update):
    """As a public emulator has it from recorded calls."""
    create(deploymentConfiguration={"maximumPercent": 150, "deploymentCircuitBreaker": BREAKER})

    configuration = update(deploymentConfiguration={"minimumHealthyPercent": 50})["deploymentConfiguration"]

    assert (configuration["maximumPercent"], configuration["minimumHealthyPercent"]) == (150, 50)
    assert configuration["deploymentCircuitBreaker"].items() >= BREAKER.items()


def test_a_circuit_breaker_that_is_off_rolls_nothing_back(create, update):
    """As a public emulator has it from recorded calls."""
    create(deploymentConfiguration={"deploymentCircuitBreaker": BREAKER})
    off = {"deploymentCircuitBreaker": {"enable": False, "rollback": True}}

    breaker = update(deploymentConfiguration=off)["deploymentConfiguration"]["deploymentCircuitBreaker"]

    assert (breaker["enable"], breaker["rollback"]) == (False, False)


@pytest.mark.parametrize(
    ("before", "configuration", "after"),
    [
        pytest.param("ENABLED", {"maximumPercent": 150}, "ENABLED", id="still possible"),
        pytest.param("DISABLED", {"maximumPercent": 150}, "DISABLED", id="off before"),
        pytest.param(
            "DISABLED", {"maximumPercent": 100, "minimumHealthyPercent": 50}, "DISABLED", id="off and not possible"
        ),
    ],
)
@pytest.mark.usefixtures("knows_zone_rebalancing")
def test_zones_are_balanced_as_long_as_they_can_be(create, update, before, configuration, after):
    """API reference, UpdateService, availabilityZoneRebalancing: unsaid it stays."""
    create(availabilityZoneRebalancing=before)

    assert update(deploymentConfiguration=configuration)["availabilityZoneRebalancing"] == after


def test_another_volume_starts_a_deployment(create, update, register_on_fargate):
    """API reference, UpdateService, volumeConfigurations: if different; without them nothing changes."""
    mounted = {**WEB, "mountPoints": [{"sourceVolume": "data", "containerPath": "/data"}]}
    register_on_fargate(mounted, family="db", volumes=[{"name": "data", "configuredAtLaunch": True}])

    def volumes(size: int) -> list[dict[str, Any]]:
        managed = {"roleArn": "arn:aws:iam::123456789012:role/ecsInfrastructureRole", "sizeInGiB": size}
        return [{"name": "data", "managedEBSVolume": managed}]

    create(taskDefinition="db", volumeConfigurations=volumes(10))

    assert len(update(volumeConfigurations=volumes(10))["deployments"]) == 1
    assert len(update(desiredCount=1)["deployments"]) == 1
    assert len(update(volumeConfigurations=volumes(20))["deployments"]) == 2


def test_a_strategy_comes_and_goes_by_force(create, update):
    """API reference, UpdateService, capacityProviderStrategy: an empty one returns the service to its launch type."""
    create()
    spot = [{"capacityProvider": "FARGATE_SPOT", "weight": 1, "base": 0}]

    with_strategy = update(capacityProviderStrategy=spot, forceNewDeployment=True)
    assert (with_strategy.get("launchType"), with_strategy["capacityProviderStrategy"]) == (None, spot)

    without = update(capacityProviderStrategy=[], forceNewDeployment=True)
    assert (without["launchType"], without.get("capacityProviderStrategy")) == ("FARGATE", None)


def test_a_service_moves_from_fargate_to_instances_and_back(
    ecs_fake, ecs_client, create_group_provider, create, update
):
    """API reference, UpdateService, capacityProviderStrategy: the transitions that are listed there."""
    create_group_provider("asg")
    ecs_client.put_cluster_capacity_providers(
        cluster="default", capacityProviders=["FARGATE", "asg"], defaultCapacityProviderStrategy=[]
    )
    ecs_fake.clock.advance(seconds=30)
    create(platformVersion="1.3.0")

    there = update(capacityProviderStrategy=[{"capacityProvider": "asg", "weight": 1}], forceNewDeployment=True)
    assert {"platformVersion", "platformFamily", "launchType"}.isdisjoint(there)
    assert there["capacityProviderStrategy"] == [{"capacityProvider": "asg", "weight": 1, "base": 0}]

    back = update(capacityProviderStrategy=[{"capacityProvider": "FARGATE", "weight": 1}], forceNewDeployment=True)
    assert (back["platformVersion"], back["deployments"][0]["platformVersion"]) == ("LATEST", "1.4.0")


def test_the_same_strategy_needs_no_force(create, update):
    spot = [{"capacityProvider": "FARGATE_SPOT", "weight": 1}]
    create(launchType=None, capacityProviderStrategy=spot)

    assert len(update(capacityProviderStrategy=spot, desiredCount=3)["deployments"]) == 1


def test_service_connect_is_turned_off(create, update):
    services = [{"portName": "http", "clientAliases": [{"port": 80}]}]
    create(serviceConnectConfiguration={"enabled": True, "namespace": "apps", "services": services})

    deployments = update(serviceConnectConfiguration={"enabled": False})["deployments"]

    assert ["serviceConnectConfiguration" in deployment for deployment in deployments] == [False, True]


def test_a_definition_that_lost_the_port_of_the_load_balancer_is_refused(ecs_client, create, register_on_fargate):
    """Reported by users of Terraform and CodeDeploy: the load balancers that the service has are checked against the new definition."""
    create(loadBalancers=[BEHIND_GROUP])
    register_on_fargate({"name": "web", "image": "nginx:1.30"})

    with pytest.raises(
        ecs_client.exceptions.InvalidParameterException, match="did not have a container port 80 defined"
    ):
        ecs_client.update_service(service="web", taskDefinition="web:3")


def test_a_service_whose_definition_is_inactive_can_be_scaled_and_forced(ecs_client, create, update):
    """Developer Guide, "Deregistering an Amazon ECS task definition revision": existing services go on, and scale."""
    create()
    ecs_client.deregister_task_definition(taskDefinition="web:1")

    assert update(desiredCount=3)["desiredCount"] == 3
    assert len(update(forceNewDeployment=True)["deployments"]) == 2


@pytest.mark.parametrize("identifier", ["web", "arn:aws:ecs:us-east-1:123456789012:service/default/web"])
def test_a_service_is_meant_by_name_or_arn(ecs_client, create, identifier):
    create(desiredCount=0)

    assert ecs_client.update_service(service=identifier, desiredCount=1)["service"]["desiredCount"] == 1
