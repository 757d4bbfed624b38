"""The proxy of Service Connect, a container that ECS adds to each task of a service: what it is, and how ECS overrides it.

Everything here was seen in one described task of 2024-07 on Fargate (public code index, file id 13215958168), but for the health check.
Rules: Developer Guide, "Use Service Connect to connect Amazon ECS services with short names".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_ecsfake.state.region import Region
from pytest_ecsfake.state.task import Container

if TYPE_CHECKING:
    from pytest_ecsfake import api

#: How the proxy's name begins; five letters and digits follow, others for each task.
NAME = "ecs-service-connect-"

#: The proxy's environment, in ECS's order. The last variable is the task set that it belongs to.
VARIABLES = (
    ("ENVOY_CONCURRENCY", "2"),
    ("ENVOY_ADMIN_MODE", "UDS"),
    ("ENABLE_STATS_SNAPSHOT", "true"),
    ("APPMESH_METRIC_EXTENSION_VERSION", "1"),
    ("APPNET_ENVOY_RESTART_COUNT", "3"),
    ("HC_DISCONNECTED_TIMEOUT_S", "10800"),
    ("APPNET_AGENT_ADMIN_MODE", "UDS"),
)
RESOURCE = "APPMESH_RESOURCE_ARN"

#: The proxy turns HEALTHY when its check has run once. Its rhythm is Docker's default, an assumption: in that task 52 seconds passed between the
#: pull and the start, for which the other containers wait until then (amazon-ecs-agent#3178). That it is essential is an assumption too.
#: # unverified
HEALTH_CHECK: api.HealthCheck = {"command": ["CMD-SHELL", "true"], "interval": 30, "timeout": 30, "retries": 3}


def proxy(region: Region, arn: str, resource: str) -> Container:
    """The proxy of a new task.

    Args:
        region: where the task runs.
        arn: the container's ARN.
        resource: the ARN of the task set that the proxy serves.
    """
    name = NAME + region.ids.letters_and_digits(5)
    variables = (*VARIABLES, (RESOURCE, resource))
    return Container(
        arn=arn,
        definition={"name": name, "essential": True, "healthCheck": HEALTH_CHECK},
        override={"name": name, "environment": [{"name": key, "value": value} for key, value in variables]},
        is_proxy=True,
    )
