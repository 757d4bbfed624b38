"""What holds for the whole suite: responses are checked, properties have their number of examples, no client library is missing unseen."""

from __future__ import annotations

import asyncio  # noqa: F401 (see below)
import os
import socket
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from typing import Any

import boto3  # noqa: F401 (see below)
import lark  # noqa: F401
import pytest
from hypothesis import settings

import builders
import pytest_ecsfake.fake
import pytest_ecsfake.report.section
import pytest_ecsfake.views.timeline.text
import pytest_ecsfake.views.timeline.unfolded  # noqa: F401
from pytest_ecsfake import operations

pytest_plugins = ["pytester"]

# pytester takes the modules away that a run within this process imported. What the fake imports late is imported here, or the next run
# would have some modules twice; with asyncio, event loops that aren't those that the fake has patched.
operations.built()

# tests/package is run by tox's environment of that name, from outside the checkout's package.
collect_ignore = ["package"]

# Read by every fake that is made: a response that breaks its schema fails the call, wherever it first shows.
os.environ["ECSFAKE_CHECK_RESPONSES"] = "1"

settings.register_profile("ordinary", max_examples=200, derandomize=True, deadline=None)
settings.register_profile("nightly", max_examples=10_000, deadline=None)
settings.load_profile("ordinary")


def pytest_configure() -> None:
    """Refuse to run where a library is missing that this environment of tox is for: its tests would be skipped, and all be green."""
    required = filter(None, os.environ.get("ECSFAKE_REQUIRE", "").split(","))
    missing = [library for library in required if find_spec(library) is None]
    if missing:
        raise pytest.UsageError(f"ECSFAKE_REQUIRE names {', '.join(missing)}, which this environment hasn't got")


#: By account and region.
_CLIENTS: dict[tuple[str, str], Any] = {}


@pytest.fixture
def ecs_client(ecs_fake: Any) -> Any:
    """The plugin's fixture, but with one client for all tests of an account and region: each new one loads the model of ECS again.

    A client of botocore's is answered by whichever fake is on.
    """
    place = ecs_fake.account, ecs_fake.region
    if place not in _CLIENTS:
        _CLIENTS[place] = ecs_fake.client
    return _CLIENTS[place]


@pytest.fixture
def skip_unless_known(ecs_client: Any) -> Callable[[str, Any], None]:
    """Skip a test whose parameters of an operation an older botocore has no members for."""

    def skip_unless_known(operation: str, parameters: Any) -> None:
        unknown = _unknown(parameters, ecs_client.meta.service_model.operation_model(operation).input_shape)
        if unknown:
            pytest.skip(f"this botocore has no {unknown}")

    return skip_unless_known


def _unknown(value: Any, shape: Any) -> str | None:
    if shape.type_name == "structure" and isinstance(value, dict) and not getattr(shape, "is_document_type", False):
        for name, member in value.items():
            if name not in shape.members:
                return str(name)
            found = _unknown(member, shape.members[name])
            if found:
                return found
    if shape.type_name == "list" and isinstance(value, list):
        return next((found for item in value if (found := _unknown(item, shape.member))), None)
    return None


@pytest.fixture
def register_on_fargate(ecs_client: Any) -> Callable[..., str]:
    """Register a task definition that Fargate takes, of one container or of those given; its ARN."""

    def register(*containers: dict[str, Any], **members: Any) -> str:
        answer = ecs_client.register_task_definition(**builders.task_definition(*containers, **members))
        arn: str = answer["taskDefinition"]["taskDefinitionArn"]
        return arn

    return register


@pytest.fixture
def run_on_fargate(ecs_client: Any) -> Callable[..., Any]:
    """Run the task definition `web` on Fargate, with other parameters as given; an absent launch type is written as None."""

    return lambda **parameters: ecs_client.run_task(**builders.task(**parameters))


@pytest.fixture
def create_service(ecs_client: Any) -> Callable[..., Any]:
    """Create the service `web` of two tasks on Fargate in `prod`, with other parameters as given; the service as it comes back."""
    return lambda **parameters: ecs_client.create_service(**builders.service(**parameters))["service"]


@pytest.fixture
def create_express(ecs_client: Any) -> Callable[..., Any]:
    """Create the Express service `shop`, with other parameters as given; the service as it comes back. Skips where botocore doesn't know them."""
    if "CreateExpressGatewayService" not in ecs_client.meta.service_model.operation_names:
        pytest.skip("this botocore has no CreateExpressGatewayService")

    def create(**parameters: Any) -> Any:
        request = builders.express_gateway_service(**parameters)
        unknown = _unknown(
            request, ecs_client.meta.service_model.operation_model("CreateExpressGatewayService").input_shape
        )
        if unknown:
            pytest.skip(f"this botocore has no {unknown}")
        return ecs_client.create_express_gateway_service(**request)["service"]

    return create


@pytest.fixture
def express(ecs_client: Any) -> Callable[[str], Any]:
    """An Express service as DescribeExpressGatewayService shows it now."""
    return lambda arn: ecs_client.describe_express_gateway_service(serviceArn=arn, include=["TAGS"])["service"]


@pytest.fixture
def managed_parts(ecs_client: Any) -> Callable[[str], dict[str, str]]:
    """The status of each part that ECS manages for a service revision, by the part's kind."""

    def parts(revision_arn: str) -> dict[str, str]:
        [revision] = ecs_client.describe_service_revisions(serviceRevisionArns=[revision_arn])["serviceRevisions"]
        managed = revision["ecsManagedResources"]
        [path] = managed["ingressPaths"]
        found = {
            **{kind: path[kind] for kind in ("loadBalancer", "certificate", "listener", "rule")},
            "loadBalancerSecurityGroup": path["loadBalancerSecurityGroups"][0],
            "targetGroups": path["targetGroups"][0],
            "scalableTarget": managed["autoScaling"]["scalableTarget"],
            "scalingPolicy": managed["autoScaling"]["applicationAutoScalingPolicies"][0],
            "metricAlarm": managed["metricAlarms"][0],
        }
        for kind, name in (("serviceSecurityGroup", "serviceSecurityGroups"), ("logGroup", "logGroups")):
            if name in managed:
                found[kind] = managed[name][0]
        return {kind: each["status"] for kind, each in found.items()}

    return parts


@pytest.fixture
def service(ecs_client: Any) -> Callable[[], Any]:
    """The service `web` of the cluster `prod` as DescribeServices shows it now."""
    return lambda: ecs_client.describe_services(cluster="prod", services=["web"])["services"][0]


@pytest.fixture
def create_gateway(ecs_client: Any) -> Callable[..., Any]:
    """Create the public gateway `web`, with other parameters as given, where botocore knows gateways; its ARN."""
    if "CreateGateway" not in ecs_client.meta.service_model.operation_names:
        pytest.skip("this botocore has no CreateGateway")
    return lambda **parameters: ecs_client.create_gateway(**builders.gateway(**parameters))["gatewayArn"]


@pytest.fixture
def describe_deployment(ecs_client: Any) -> Callable[[str], Any]:
    """A service deployment as DescribeServiceDeployments shows it now."""

    def describe(arn: str) -> Any:
        [described] = ecs_client.describe_service_deployments(serviceDeploymentArns=[arn])["serviceDeployments"]
        return described

    return describe


@pytest.fixture(autouse=True, scope="session")
def nothing_leaves_the_machine() -> Iterator[None]:
    """Fail any look-up of a name and any connection but to the machine itself, whoever makes it."""
    look_up, connect = socket.getaddrinfo, socket.socket.connect
    here = ("localhost", "127.0.0.1", "::1", None)

    def guarded_look_up(host: Any, *args: Any, **kwargs: Any) -> Any:
        assert host in here, f"somebody looks {host!r} up"
        return look_up(host, *args, **kwargs)

    def guarded_connect(self: socket.socket, address: Any) -> Any:
        assert self.family == getattr(socket, "AF_UNIX", None) or address[0] in here, (
            f"somebody connects to {address!r}"
        )
        return connect(self, address)

    patch = pytest.MonkeyPatch()
    patch.setattr(socket, "getaddrinfo", guarded_look_up)
    patch.setattr(socket.socket, "connect", guarded_connect)
    yield
    patch.undo()


@pytest.fixture
def without_list_services(monkeypatch: pytest.MonkeyPatch) -> None:
    """A version of the package that hasn't got ListServices, also for pytester's runs within this process."""
    find = operations.find
    monkeypatch.setattr(operations, "find", lambda name: None if name == "ListServices" else find(name))


@pytest.fixture
def fargate() -> dict[str, Any]:
    """The parameters of RunTask that put the task definition `web` on Fargate."""
    return builders.task()


@pytest.fixture
def web() -> dict[str, Any]:
    """The parameters of RegisterTaskDefinition for `web`, which runs on Fargate."""
    return builders.task_definition({"name": "app", "image": "nginx:1.27"})
