"""The pages of every operation that has some: how many items are on one, which token goes on, and what is refused.

One row an operation. Sizes: API reference, maxResults of each. Paginators: botocore's paginators-1.json. That a token is good for its own
query alone: API reference, nextToken of each; the words of its refusal are unverified.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
from botocore import xform_name

import builders
from pytest_ecsfake import operations
from pytest_ecsfake.engine.gateways.load_balancers import ROUTES_PER_LOAD_BALANCER
from pytest_ecsfake.validation import schemas

ROOT = "arn:aws:iam::123456789012:root"
GROUP = "arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:0:autoScalingGroupName/"

#: In alphabetical order, as they are listed; each with a value that the root user may set.
SETTINGS = (
    ("awsvpcTrunking", "enabled"),
    ("containerInsights", "enabled"),
    ("containerInstanceLongArnFormat", "enabled"),
    ("defaultLogDriverMode", "blocking"),
    ("dualStackIPv6", "enabled"),
    ("fargateEventWindows", "enabled"),
    ("fargateFIPSMode", "enabled"),
    ("fargateTaskRetirementWaitPeriod", "14"),
    ("serviceLongArnFormat", "enabled"),
    ("tagResourceAuthorization", "on"),
    ("taskLongArnFormat", "enabled"),
)


def _register(client: Any, family: str) -> str:
    registered = client.register_task_definition(**builders.task_definition(family=family))
    arn: str = registered["taskDefinition"]["taskDefinitionArn"]
    return arn


def _add_cluster(client: Any, number: int) -> str:
    arn: str = client.create_cluster(clusterName=f"c{number:03}")["cluster"]["clusterArn"]
    return arn


def _add_family(client: Any, number: int) -> str:
    return _register(client, f"f{number:03}").rpartition("/")[2].removesuffix(":1")


def _add_task(client: Any, number: int) -> str:
    [task] = client.run_task(**builders.task())["tasks"]
    arn: str = task["taskArn"]
    return arn


def _add_setting(client: Any, number: int) -> str:
    name, value = SETTINGS[number]
    client.put_account_setting_default(name=name, value=value)
    return name


def _add_provider(client: Any, number: int) -> str:
    name = f"g{number:03}"
    client.create_capacity_provider(name=name, autoScalingGroupProvider={"autoScalingGroupArn": f"{GROUP}{name}"})
    return name


def _add_instance(client: Any, number: int) -> str:
    arn: str = client.register_container_instance()["containerInstance"]["containerInstanceArn"]
    return arn


def _add_attribute(client: Any, number: int) -> str:
    target = _add_instance(client, number)
    client.put_attributes(attributes=[{"name": "stack", "value": "blue", "targetId": target}])
    return target


def _create_service(client: Any, **parameters: Any) -> str:
    request = builders.service(cluster=None, desiredCount=0, **parameters)
    arn: str = client.create_service(**request)["service"]["serviceArn"]
    return arn


def _add_service(client: Any, number: int) -> str:
    return _create_service(client, serviceName=f"s{number:03}")


def _add_connected_service(client: Any, number: int) -> str:
    connect = {"enabled": True, "namespace": "apps"}
    return _create_service(client, serviceName=f"s{number:03}", serviceConnectConfiguration=connect)


def _add_deployment(client: Any, number: int) -> str:
    if number == 0:
        _create_service(client)
    else:
        client.update_service(service="web", forceNewDeployment=True)
    [newest] = client.list_service_deployments(service="web", maxResults=1)["serviceDeployments"]
    arn: str = newest["serviceDeploymentArn"]
    return arn


def _add_gateway(client: Any, number: int) -> str:
    name = f"g{number:03}"
    client.create_gateway(**builders.gateway(name=name))
    return name


def _add_association(client: Any, number: int) -> str:
    """A cluster that the gateway `web` is associated with."""
    arn = _add_cluster(client, number)
    client.associate_gateway_with_cluster(gateway="web", cluster=arn)
    return arn


def _add_route(client: Any, number: int) -> str:
    """A service that has a route on the gateway `web`, which a sleep of the fake's clock lets come."""
    arn = _create_service(client, serviceName=f"s{number:03}", **builders.CONNECTED)
    time.sleep(15)
    return arn


def _add_load_balancer(client: Any, number: int) -> str:
    """A load balancer of the gateway `web`: the services that it has room for."""
    for each in range(ROUTES_PER_LOAD_BALANCER):
        _create_service(client, serviceName=f"s{number:03}-{each}", **builders.CONNECTED)
    time.sleep(15)
    resources = client.describe_gateway_resources(gateway="web", maxResults=20)
    while "nextToken" in resources:
        token = resources["nextToken"]
        resources = client.describe_gateway_resources(gateway="web", maxResults=20, nextToken=token)
    arn: str = _load_balancers(resources)[-1]["loadBalancerArn"]
    return arn


def _load_balancers(answer: dict[str, Any]) -> list[Any]:
    found: list[Any] = answer["gatewayResources"]["resources"]["hostSharedAlb"]
    return found


def _remove_service(client: Any, arn: str) -> None:
    """Delete a service, and wait until its routes are gone."""
    client.delete_service(service=arn)
    time.sleep(25)


def _prepare_routes(client: Any) -> None:
    client.create_cluster()
    client.register_task_definition(**builders.task_definition(builders.BEHIND_GATEWAY))
    client.create_gateway(**builders.gateway(configuration={"hostSharedAlb": {"maxAlbCount": 100}}))
    client.associate_gateway_with_cluster(gateway="web", cluster="default")


def _add_daemon_task_definition(client: Any, number: int) -> str:
    container = {"name": "agent", "image": "agent:1", "memory": 64}
    arn: str = client.register_daemon_task_definition(family="agent", containerDefinitions=[container])[
        "daemonTaskDefinitionArn"
    ]
    return arn


def _prepare_daemons(client: Any) -> None:
    details = {
        "infrastructureRoleArn": "arn:aws:iam::123456789012:role/ecsInfrastructureRole",
        "instanceLaunchTemplate": {
            "ec2InstanceProfileArn": "arn:aws:iam::123456789012:instance-profile/ecsInstanceRole",
            "networkConfiguration": {"subnets": ["subnet-0a1b2c3d"]},
        },
    }
    client.create_cluster()
    client.create_capacity_provider(name="fleet", cluster="default", managedInstancesProvider=details)
    _add_daemon_task_definition(client, 0)


#: By names, so that they stand for what is there in each region and account.
OF_DAEMONS: Mapping[str, Any] = {"daemonTaskDefinitionArn": "agent", "capacityProviderArns": ["fleet"]}
AGENT = "arn:aws:ecs:us-east-1:123456789012:daemon/default/agent"


def _add_daemon(client: Any, number: int) -> str:
    arn: str = client.create_daemon(daemonName=f"d{number:03}", **OF_DAEMONS)["daemonArn"]
    return arn


def _prepare_daemon(client: Any) -> None:
    _prepare_daemons(client)
    client.create_daemon(daemonName="agent", **OF_DAEMONS)


def _add_daemon_deployment(client: Any, number: int) -> str:
    if number:
        client.update_daemon(daemonArn=AGENT, **OF_DAEMONS)
    [newest] = client.list_daemon_deployments(daemonArn=AGENT, maxResults=1)["daemonDeployments"]
    arn: str = newest["daemonDeploymentArn"]
    return arn


def _prepare_namespace(client: Any) -> None:
    client.create_cluster(serviceConnectDefaults={"namespace": "apps"})
    _register(client, "web")


def _prepare_tasks(client: Any) -> None:
    client.create_cluster()
    _register(client, "web")


@dataclass(frozen=True)
class Pages:
    """An operation that answers in pages."""

    operation: str
    key: str
    default: int
    maximum: int
    add: Callable[[Any, int], str]
    """Makes the item of a number, later in the list than all before; what the list shows of it."""
    remove: Callable[[Any, str], object] | None
    """Takes an item off the list, by what the list shows of it; None where nothing goes."""
    query: Mapping[str, Any] = field(default_factory=dict)
    other_query: Mapping[str, Any] | None = None
    shown: Callable[[Any], str] = str
    prepare: Callable[[Any], object] = lambda client: None
    items: Callable[[dict[str, Any]], list[Any]] | None = None
    """The items in an answer, if they aren't the list under the key."""
    there_already: tuple[str, ...] = ()
    has_paginator: bool = True
    newest_first: bool = False

    def skip_unless_known(self, client: Any) -> None:
        if self.operation not in client.meta.service_model.operation_names:
            pytest.skip(f"this botocore has no {self.operation}")

    def of(self, client: Any, **paging: Any) -> tuple[list[str], str | None]:
        """The items of a page, and the token of the next one."""
        self.skip_unless_known(client)
        page = getattr(client, xform_name(self.operation))(**{**self.query, **paging})
        items = page[self.key] if self.items is None else self.items(page)
        return [self.shown(item) for item in items], page.get("nextToken")

    def fill(self, client: Any, count: int) -> list[str]:
        """Make as many items; what the list shows of them, in its order."""
        self.skip_unless_known(client)
        self.prepare(client)
        new = [self.add(client, number) for number in range(count - len(self.there_already))]
        return [*self.there_already, *(new[::-1] if self.newest_first else new)]


EVERY_LIST = [
    Pages(
        "ListDaemons",
        "daemonSummariesList",
        default=100,
        maximum=100,
        add=_add_daemon,
        remove=None,
        other_query={"capacityProviderArns": OF_DAEMONS["capacityProviderArns"]},
        shown=lambda daemon: daemon["daemonArn"],
        prepare=_prepare_daemons,
        has_paginator=False,
    ),
    Pages(
        "ListDaemonDeployments",
        "daemonDeployments",
        default=20,
        maximum=100,
        add=_add_daemon_deployment,
        remove=None,
        query={"daemonArn": AGENT},
        other_query={"status": ["STOPPED"]},
        shown=lambda deployment: deployment["daemonDeploymentArn"],
        prepare=_prepare_daemon,
        has_paginator=False,
        newest_first=True,
    ),
    Pages(
        "ListDaemonTaskDefinitions",
        "daemonTaskDefinitions",
        default=100,
        maximum=100,
        add=_add_daemon_task_definition,
        remove=lambda client, arn: client.delete_daemon_task_definition(daemonTaskDefinition=arn),
        other_query={"sort": "DESC"},
        shown=lambda definition: definition["arn"],
        has_paginator=False,
    ),
    Pages(
        "ListAttributes",
        "attributes",
        default=100,
        maximum=100,
        add=_add_attribute,
        remove=lambda client, arn: client.deregister_container_instance(containerInstance=arn),
        query={"targetType": "container-instance", "attributeName": "stack"},
        other_query={"attributeName": "ecs.os-type"},
        shown=lambda attribute: attribute["targetId"],
        prepare=lambda client: client.create_cluster(),
    ),
    Pages(
        "ListContainerInstances",
        "containerInstanceArns",
        default=100,
        maximum=100,
        add=_add_instance,
        remove=lambda client, arn: client.deregister_container_instance(containerInstance=arn),
        other_query={"status": "ACTIVE"},
        prepare=lambda client: client.create_cluster(),
    ),
    Pages(
        "DescribeCapacityProviders",
        "capacityProviders",
        default=10,
        maximum=10,
        add=_add_provider,
        remove=lambda client, name: client.delete_capacity_provider(capacityProvider=name),
        other_query={"include": ["TAGS"]},
        shown=lambda provider: provider["name"],
        there_already=("FARGATE", "FARGATE_SPOT"),
        has_paginator=False,
    ),
    Pages(
        "ListAccountSettings",
        "settings",
        default=10,
        maximum=10,
        add=_add_setting,
        remove=lambda client, name: client.delete_account_setting(name=name, principalArn=ROOT),
        query={"principalArn": ROOT},
        other_query={"principalArn": "arn:aws:iam::123456789012:user/jane"},
        shown=lambda setting: setting["name"],
    ),
    Pages(
        "ListClusters",
        "clusterArns",
        default=100,
        maximum=100,
        add=_add_cluster,
        remove=lambda client, arn: client.delete_cluster(cluster=arn),
    ),
    Pages(
        "DescribeGatewayResources",
        "gatewayResources",
        default=10,
        maximum=20,
        add=_add_load_balancer,
        remove=None,
        query={"gateway": "web"},
        other_query={"gateway": "arn:aws:ecs:us-east-1:123456789012:gateway/web"},
        shown=lambda load_balancer: load_balancer["loadBalancerArn"],
        prepare=_prepare_routes,
        items=_load_balancers,
        has_paginator=False,
    ),
    Pages(
        "ListGatewayClusterAssociations",
        "gatewayClusterAssociations",
        default=100,
        maximum=100,
        add=_add_association,
        remove=lambda client, arn: client.disassociate_gateway_from_cluster(gateway="web", cluster=arn),
        other_query={"status": ["ACTIVE"]},
        shown=lambda association: association["clusterArn"],
        prepare=lambda client: client.create_gateway(**builders.gateway()),
    ),
    Pages(
        "ListGatewayRoutes",
        "gatewayRoutes",
        default=100,
        maximum=100,
        add=_add_route,
        remove=_remove_service,
        other_query={"gateway": "web"},
        shown=lambda route: route["serviceArn"],
        prepare=_prepare_routes,
    ),
    Pages(
        "ListGateways",
        "gateways",
        default=100,
        maximum=100,
        add=_add_gateway,
        remove=lambda client, name: client.delete_gateway(gateway=name),
        other_query={"status": ["ACTIVE"]},
        shown=lambda gateway: gateway["name"],
    ),
    Pages(
        "ListServiceDeployments",
        "serviceDeployments",
        default=20,
        maximum=100,
        add=_add_deployment,
        remove=None,
        query={"service": "web"},
        other_query={"status": ["STOPPED"]},
        shown=lambda deployment: deployment["serviceDeploymentArn"],
        prepare=_prepare_tasks,
        has_paginator=False,
        newest_first=True,
    ),
    Pages(
        "ListServices",
        "serviceArns",
        default=10,
        maximum=100,
        add=_add_service,
        remove=lambda client, arn: client.delete_service(service=arn),
        other_query={"launchType": "FARGATE"},
        prepare=_prepare_tasks,
    ),
    Pages(
        "ListServicesByNamespace",
        "serviceArns",
        default=10,
        maximum=100,
        add=_add_connected_service,
        remove=lambda client, arn: client.delete_service(service=arn),
        query={"namespace": "apps"},
        prepare=_prepare_namespace,
    ),
    Pages(
        "ListTaskDefinitionFamilies",
        "families",
        default=100,
        maximum=100,
        add=_add_family,
        remove=lambda client, family: client.deregister_task_definition(taskDefinition=f"{family}:1"),
        query={"status": "ACTIVE"},
        other_query={"status": "INACTIVE"},
    ),
    Pages(
        "ListTaskDefinitions",
        "taskDefinitionArns",
        default=100,
        maximum=100,
        add=lambda client, number: _register(client, "web"),
        remove=lambda client, arn: client.deregister_task_definition(taskDefinition=arn),
        other_query={"sort": "DESC"},
    ),
    Pages(
        "ListTasks",
        "taskArns",
        default=100,
        maximum=100,
        add=_add_task,
        remove=lambda client, arn: client.stop_task(task=arn),
        other_query={"family": "web"},
        prepare=_prepare_tasks,
    ),
]

every_list = pytest.mark.parametrize("pages", EVERY_LIST, ids=lambda pages: pages.operation)


@pytest.fixture(autouse=True)
def skip_what_botocore_does_not_know(request, ecs_client):
    """An older botocore lacks some of these operations."""
    pages = request.getfixturevalue("pages") if "pages" in request.fixturenames else None
    if pages is not None and pages.operation not in ecs_client.meta.service_model.operation_names:
        pytest.skip(f"this botocore has no {pages.operation}")


def refusal(client: Any, pages: Pages, **parameters: Any) -> dict[str, str]:
    """The error that a page is refused with."""
    with pytest.raises(client.exceptions.ClientError) as error:
        pages.of(client, **parameters)
    answer: dict[str, str] = error.value.response["Error"]
    return answer


def test_every_built_operation_with_pages_has_a_row():
    with_pages = {
        name
        for name in operations.built()
        if "nextToken" in schemas.request_schema(name)["$defs"][f"{name}Request"]["properties"]
    }

    assert {pages.operation for pages in EVERY_LIST} == with_pages


@every_list
def test_a_page_has_the_documented_number_of_items_when_nobody_says_how_many(ecs_client, pages):
    items = pages.fill(ecs_client, pages.default + 1)

    first, token = pages.of(ecs_client)
    assert first == items[: pages.default]

    second, end = pages.of(ecs_client, nextToken=token)
    assert second == items[pages.default :]
    assert end is None


@every_list
def test_the_largest_page_is_taken_and_may_be_the_last(ecs_client, pages):
    items = pages.fill(ecs_client, pages.maximum)

    assert pages.of(ecs_client, maxResults=pages.maximum) == (items, None)


@every_list
def test_a_page_of_another_size_is_refused(ecs_client, pages):
    pages.skip_unless_known(ecs_client)
    pages.prepare(ecs_client)

    assert [refusal(ecs_client, pages, maxResults=size) for size in (0, pages.maximum + 1)] == [
        {"Code": "InvalidParameterException", "Message": "maxResults must be at least 1"},
        {"Code": "InvalidParameterException", "Message": f"maxResults must be at most {pages.maximum}"},
    ]


@every_list
@pytest.mark.parametrize("token", ["x", "bm90IGpzb24=", "e30=", "é"])
def test_a_token_that_is_not_ours_is_refused(ecs_client, pages, token):
    pages.skip_unless_known(ecs_client)
    pages.prepare(ecs_client)

    error = refusal(ecs_client, pages, nextToken=token)

    assert error == {"Code": "InvalidParameterException", "Message": "Invalid token."}


@every_list
def test_a_token_of_another_operation_is_refused(ecs_client, pages):
    pages.skip_unless_known(ecs_client)
    pages.prepare(ecs_client)
    token = ecs_client.list_account_settings(effectiveSettings=True, maxResults=1)["nextToken"]

    error = refusal(ecs_client, pages, nextToken=token)

    assert error == {"Code": "InvalidParameterException", "Message": "Invalid token."}


@pytest.mark.parametrize(
    "pages",
    [pages for pages in EVERY_LIST if pages.other_query is not None],
    ids=lambda pages: pages.operation,
)
def test_a_token_of_another_query_is_refused(ecs_client, pages):
    pages.fill(ecs_client, 3)
    _, token = pages.of(ecs_client, maxResults=1)

    error = refusal(ecs_client, pages, maxResults=1, nextToken=token, **pages.other_query)

    assert error == {"Code": "InvalidParameterException", "Message": "Invalid token."}


@every_list
def test_a_token_of_another_region_is_refused(ecs_fake, ecs_client, pages):
    pages.fill(ecs_client, 3)
    _, token = pages.of(ecs_client, maxResults=1)
    ireland = ecs_fake.in_region("eu-west-1").client
    pages.prepare(ireland)

    error = refusal(ireland, pages, nextToken=token)

    assert error == {"Code": "InvalidParameterException", "Message": "Invalid token."}


@every_list
def test_a_token_of_another_account_is_refused(ecs_fake, ecs_client, pages):
    pages.fill(ecs_client, 3)
    _, token = pages.of(ecs_client, maxResults=1)
    other = ecs_fake.in_account("111122223333").client
    pages.prepare(other)
    query = {name: value.replace("123456789012", "111122223333") for name, value in pages.query.items()}

    error = refusal(other, pages, nextToken=token, **query)

    assert error == {"Code": "InvalidParameterException", "Message": "Invalid token."}


@every_list
def test_pages_are_stable_when_items_come_and_go_between_them(ecs_fake, ecs_client, pages):
    items = pages.fill(ecs_client, 6)
    first, token = pages.of(ecs_client, maxResults=3)

    gone = [] if pages.remove is None else items[2:4]  # the last that was shown, and the next
    for item in gone:
        pages.remove(ecs_client, item)
    ecs_fake.clock.advance(seconds=10)  # a capacity provider takes its time to go
    new = pages.add(ecs_client, 6)

    assert first == items[:3]
    left = [item for item in items[3:] if item not in gone]
    assert pages.of(ecs_client, nextToken=token) == (left if pages.newest_first else [*left, new], None)


@every_list
def test_botocores_paginator_walks_all(ecs_client, pages):
    pages.skip_unless_known(ecs_client)
    method = xform_name(pages.operation)
    assert ecs_client.can_paginate(method) == pages.has_paginator
    if not pages.has_paginator:
        return
    items = pages.fill(ecs_client, 5)

    answers = ecs_client.get_paginator(method).paginate(**pages.query, PaginationConfig={"PageSize": 2})

    assert [[pages.shown(item) for item in answer[pages.key]] for answer in answers] == [
        items[:2],
        items[2:4],
        items[4:],
    ]
