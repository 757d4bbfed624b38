"""What `aws ecs monitor-express-gateway-service` reads, call by call, as it does so.

Its two views are walked here: RESOURCE, of all active configurations, and DEPLOYMENT, of what the newest deployment adds and takes away. It fails
on any failure but MISSING, and on parts without the members read here. `tests/clients/test_awscli_2.py` runs the command itself.
Source: awscli 2, customizations/ecs, serviceviewcollector.py and monitorexpressgatewayservice.py.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from pytest_ecsfake.engine.express.managed_parts import PARTS

pytestmark = pytest.mark.ecs_fake(clusters=["prod"], poll_step=0)

#: It shows a spinner beside every other status.
SETTLED = ("ACTIVE", "DELETED", "FAILED")


def parts_of(revision: Any) -> Iterator[Any]:
    """The parts of a service revision, each a document with `arn`, `status` and `updatedAt`."""
    managed = revision["ecsManagedResources"]
    for path in managed["ingressPaths"]:
        assert path["endpoint"]
        yield from (path["loadBalancer"], *path["loadBalancerSecurityGroups"], path["certificate"], path["listener"])
        yield from (path["rule"], *path["targetGroups"])
    yield managed["autoScaling"]["scalableTarget"]
    yield from managed["autoScaling"]["applicationAutoScalingPolicies"]
    for name in ("metricAlarms", "serviceSecurityGroups", "logGroups"):
        yield from managed.get(name, [])


@pytest.fixture
def statuses_of(ecs_client):
    """The status of each part of some revisions by its ARN; of a part that several have, the newest."""

    def read(arns: list[str]) -> dict[str, str]:
        answer = ecs_client.describe_service_revisions(serviceRevisionArns=arns)
        assert not answer["failures"]
        assert len(answer["serviceRevisions"]) == len(arns)
        parts = [part for revision in answer["serviceRevisions"] for part in parts_of(revision)]
        return {part["arn"]: part["status"] for part in sorted(parts, key=lambda part: part["updatedAt"])}

    return read


@pytest.fixture
def resource_view(ecs_client, statuses_of):
    """The statuses of the parts of all active configurations, and the service's newest message."""

    def view(arn: str) -> tuple[dict[str, str], str | None]:
        described = ecs_client.describe_express_gateway_service(serviceArn=arn)["service"]
        revisions = [each["serviceRevisionArn"] for each in described["activeConfigurations"]]
        answer = ecs_client.describe_services(cluster=described["cluster"], services=[described["serviceArn"]])
        assert not answer["failures"]
        events = answer["services"][0]["events"]
        return statuses_of(revisions), events[0]["message"] if events else None

    return view


@pytest.fixture
def deployment_view(ecs_client, statuses_of):
    """The status of the newest deployment, the ARNs of the parts that it adds, and of those that it takes away."""

    def view(arn: str) -> tuple[str, set[str], set[str]]:
        [listed] = ecs_client.list_service_deployments(service=arn, maxResults=1)["serviceDeployments"]
        answer = ecs_client.describe_service_deployments(serviceDeploymentArns=[listed["serviceDeploymentArn"]])
        [deployment] = answer["serviceDeployments"]
        target = statuses_of([deployment["targetServiceRevision"]["arn"]])
        sources = (
            statuses_of([each["arn"] for each in deployment["sourceServiceRevisions"]])
            if "sourceServiceRevisions" in deployment
            else {}
        )
        return deployment["status"], target.keys() - sources.keys(), sources.keys() - target.keys()

    return view


def test_it_sees_the_parts_come(ecs_fake, create_express, resource_view):
    arn = create_express(cluster="prod")["serviceArn"]

    first, silence = resource_view(arn)
    seen = [settled(first)]
    while seen[-1] < len(first):
        ecs_fake.clock.advance(seconds=5)  # it looks again every five seconds
        seen.append(settled(resource_view(arn)[0]))

    assert silence is None
    assert len(first) == len(PARTS) + 1  # there are two target groups
    assert seen[0] == 0
    assert seen == sorted(seen)
    assert len(seen) == 15
    assert "registered 1 targets in" in resource_view(arn)[1]


def settled(statuses: dict[str, str]) -> int:
    return sum(status in SETTLED for status in statuses.values())


def test_it_sees_what_the_first_deployment_adds(ecs_fake, create_express, deployment_view, resource_view):
    arn = create_express(cluster="prod")["serviceArn"]

    status, added, taken = deployment_view(arn)

    assert status == "PENDING"
    assert added == resource_view(arn)[0].keys()
    assert taken == set()


def test_it_sees_what_an_update_takes_away(ecs_fake, ecs_client, create_express, deployment_view):
    arn = create_express(cluster="prod")["serviceArn"]
    ecs_fake.clock.advance(seconds=120)
    logs = {"logGroup": "/shop", "logStreamPrefix": "web"}
    ecs_client.update_express_gateway_service(
        serviceArn=arn, primaryContainer={"image": "shop:2", "awsLogsConfiguration": logs}
    )
    ecs_fake.clock.advance(seconds=60)

    status, added, taken = deployment_view(arn)

    assert (status, added) == ("IN_PROGRESS", set())
    [log_group] = taken
    assert log_group.startswith("arn:aws:logs:us-east-1:123456789012:log-group:/aws/ecs/prod/shop-")


def test_it_ends_when_the_service_is_inactive(ecs_fake, ecs_client, create_express, resource_view):
    arn = create_express(cluster="prod")["serviceArn"]
    ecs_fake.clock.advance(seconds=120)
    ecs_client.delete_express_gateway_service(serviceArn=arn)
    ecs_fake.clock.advance(seconds=45)
    gone, _ = resource_view(arn)  # the ordinary service still drains

    ecs_fake.clock.advance(seconds=300)

    assert set(gone.values()) == {"DELETED"}
    with pytest.raises(
        ecs_client.exceptions.InvalidParameterException,
        match=r"Cannot call DescribeServiceRevisions for a service that is INACTIVE$",
    ):
        resource_view(arn)
