"""The deployment circuit breaker: which failed tasks count, and how many of them end a deployment.

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


#: Developer Guide, "Failure threshold": the number of failures by the type of the threshold, from the desired count and the configured value.
THRESHOLDS: Mapping[str, Callable[[int, int], int]] = {
    "BOUNDED_PERCENT": lambda desired, value: max(LEAST, min(MOST, _percent(desired, value))),
    "UNBOUNDED_PERCENT": _percent,
    "COUNT": lambda _, value: value,
}


def threshold(service: Service, service_deployment: ServiceDeployment) -> int:
    """How many failures end a deployment. It follows the desired count, also when that changes meanwhile (the same page)."""
    settings = configuration.circuit_breaker(service_deployment.configuration)["thresholdConfiguration"]
    return THRESHOLDS[settings["type"]](service.desired_count, settings["value"])


def counts(service_deployment: ServiceDeployment, *, failed_to_start: bool) -> bool:
    """Whether a failure of a task counts.

    Until a task of the deployment has run, tasks that fail to start count; from then on, those that fail a health check.
    """
    return service_deployment.circuit_breaker_status == "MONITORING" and failed_to_start != service_deployment.has_run


def is_tripped(service: Service, service_deployment: ServiceDeployment) -> bool:
    """Whether the failures that were counted reach the threshold."""
    return service_deployment.failure_count >= threshold(service, service_deployment)


def note_healthy(service_deployment: ServiceDeployment) -> None:
    """Count from zero again after a healthy task, unless the configuration says otherwise (`resetOnHealthyTask`)."""
    if configuration.circuit_breaker(service_deployment.configuration)["resetOnHealthyTask"]:
        service_deployment.failure_count = 0
