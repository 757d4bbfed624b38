"""The deployment circuit breaker: what counts as a failure, and how many of them are too many.

Rules: Developer Guide, "How the Amazon ECS deployment circuit breaker detects failures"; API reference, DeploymentCircuitBreaker and
DeploymentCircuitBreakerThresholdConfiguration.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pytest_ecsfake.engine.rollouts import configuration
from pytest_ecsfake.engine.rollouts.rollout import Failure
from pytest_ecsfake.state.service import Service
from pytest_ecsfake.state.service_deployment import ServiceDeployment

LEAST, MOST = 3, 200

FAILED_TO_START = Failure(
    "tasks failed to start",
    "ECS deployment circuit breaker",
    "Service deployment rolled back because the circuit breaker threshold was exceeded.",
)


def _percent(desired: int, value: int) -> int:
    return -(-desired * value // 100)


#: Developer Guide, "Failure threshold": by the type of the configuration, from the desired count and the value.
THRESHOLDS: Mapping[str, Callable[[int, int], int]] = {
    "BOUNDED_PERCENT": lambda desired, value: max(LEAST, min(MOST, _percent(desired, value))),
    "UNBOUNDED_PERCENT": _percent,
    "COUNT": lambda _, value: value,
}


def threshold(service: Service, service_deployment: ServiceDeployment) -> int:
    """How many failures end a deployment; the desired count is the one of now (Developer Guide, the same page)."""
    settings = configuration.circuit_breaker(service_deployment.configuration)["thresholdConfiguration"]
    return THRESHOLDS[settings["type"]](service.desired_count, settings["value"])


def count_failure(service: Service, service_deployment: ServiceDeployment, *, failed_to_start: bool) -> bool:
    """Count a failure of a task; whether that was the one too many.

    Until a task of the deployment has run, those count that don't get there; from then on those that fail a health check.
    """
    if service_deployment.circuit_breaker_status != "MONITORING" or failed_to_start == service_deployment.has_run:
        return False
    service_deployment.failure_count += 1
    return service_deployment.failure_count >= threshold(service, service_deployment)


def note_healthy(service_deployment: ServiceDeployment) -> None:
    """A task of the deployment is healthy: the count begins anew, unless it was asked to go on (`resetOnHealthyTask`)."""
    if configuration.circuit_breaker(service_deployment.configuration)["resetOnHealthyTask"]:
        service_deployment.failure_count = 0
