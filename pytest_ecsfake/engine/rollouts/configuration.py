"""A service's deployment configuration: every default, how an update merges into it, and one reader for each setting.

CreateService and UpdateService store it complete as far as ECS shows it; a setting that ECS doesn't show gets its default from the reader.
Rules: API reference, DeploymentConfiguration and the types of its members; recorded answers of create-service for what is shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pytest_ecsfake.clock import seconds
from pytest_ecsfake.state.service import Service

if TYPE_CHECKING:
    from pytest_ecsfake import api

MINUTE = seconds(60)

# --- defaults ---------------------------------------------------------------------------------------------------------------------------

#: API reference, DeploymentConfiguration, maximumPercent and minimumHealthyPercent: by the scheduling strategy, whatever the controller.
PERCENTS: Mapping[api.SchedulingStrategy, api.DeploymentConfiguration] = {
    "REPLICA": {"maximumPercent": 200, "minimumHealthyPercent": 100},
    "DAEMON": {"maximumPercent": 100, "minimumHealthyPercent": 0},
}

#: What a replica service under the controller ECS shows besides. The API reference wants a bake time with BLUE_GREEN; the AWS CDK leaves it out
#: unless told otherwise, so it isn't demanded.
OF_REPLICAS: api.DeploymentConfiguration = {"strategy": "ROLLING", "bakeTimeInMinutes": 0}

#: API reference, DeploymentCircuitBreaker and ThresholdConfiguration. Only a service under the controller ECS shows it.
THRESHOLD: api.ThresholdConfiguration = {"type": "BOUNDED_PERCENT", "value": 50}
CIRCUIT_BREAKER: api.DeploymentCircuitBreaker = {
    "enable": False,
    "rollback": False,
    "resetOnHealthyTask": True,
    "thresholdConfiguration": THRESHOLD,
}

#: API reference, DeploymentAlarms.
ALARMS: api.DeploymentAlarms = {"alarmNames": [], "enable": False, "rollback": False}

#: How long a rolling deployment with alarms bakes where the configuration says nothing. ECS computes it from the settings of the alarms, which aren't
#: known here; the guide says less than five minutes (Developer Guide, "How CloudWatch alarms detect Amazon ECS deployment failures"). # unverified
BAKE_TIME_WITH_ALARMS = 3 * MINUTE

#: API reference, LinearConfiguration and CanaryConfiguration.
LINEAR: api.LinearConfiguration = {"stepPercent": 10.0, "stepBakeTimeInMinutes": 6}
CANARY: api.CanaryConfiguration = {"canaryPercent": 5.0, "canaryBakeTimeInMinutes": 10}

#: By the strategy that shifts traffic step by step: the member that describes its steps, and the defaults of that member.
STEPS: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "LINEAR": ("linearConfiguration", LINEAR),
    "CANARY": ("canaryConfiguration", CANARY),
}

#: API reference, DeploymentLifecycleHook and DeploymentLifecycleHookTimeoutConfiguration.
HOOK_TARGET: api.DeploymentLifecycleHookTargetType = "AWS_LAMBDA"
HOOK_TIMEOUT_IN_MINUTES = 1440
HOOK_TIMEOUT_ACTION: api.DeploymentLifecycleHookAction = "ROLLBACK"


# --- a new and a changed configuration --------------------------------------------------------------------------------------------------


def complete(
    scheduling_strategy: api.SchedulingStrategy,
    controller: api.DeploymentControllerType,
    given: api.DeploymentConfiguration,
) -> api.DeploymentConfiguration:
    """The configuration of a new service: what was given, and the defaults that ECS shows."""
    base: api.DeploymentConfiguration = {**PERCENTS[scheduling_strategy]}
    if controller == "ECS":
        base["deploymentCircuitBreaker"] = {**CIRCUIT_BREAKER}
        if scheduling_strategy == "REPLICA":
            base.update(OF_REPLICAS)
    return merged(base, given)


def merged(current: api.DeploymentConfiguration, given: api.DeploymentConfiguration) -> api.DeploymentConfiguration:
    """A configuration after an update: members that are left out stay, also those of the circuit breaker and of the steps."""
    together: api.DeploymentConfiguration = {**current, **given}
    if "deploymentCircuitBreaker" in given:
        breaker: api.DeploymentCircuitBreaker = {
            **current.get("deploymentCircuitBreaker", CIRCUIT_BREAKER),
            **given["deploymentCircuitBreaker"],
        }
        together["deploymentCircuitBreaker"] = breaker if breaker["enable"] else {**breaker, "rollback": False}
    if strategy(together) in STEPS:
        member, defaults = STEPS[strategy(together)]
        before: Any = current.get(member, {})
        asked: Any = given.get(member, {})
        # mypy knows members of a TypedDict by literal names only.
        together[member] = {**defaults, **before, **asked}  # type: ignore[literal-required]
    return together


# --- readers ----------------------------------------------------------------------------------------------------------------------------


def strategy(configuration: api.DeploymentConfiguration) -> api.DeploymentStrategy:
    """How new tasks take the place of older ones."""
    return configuration.get("strategy", "ROLLING")


def maximum_percent(
    configuration: api.DeploymentConfiguration, scheduling_strategy: api.SchedulingStrategy = "REPLICA"
) -> int:
    """How many tasks there may be, in percent of the desired count."""
    return configuration.get("maximumPercent", PERCENTS[scheduling_strategy]["maximumPercent"])


def minimum_healthy_percent(
    configuration: api.DeploymentConfiguration, scheduling_strategy: api.SchedulingStrategy = "REPLICA"
) -> int:
    """How many tasks have to stay healthy, in percent of the desired count."""
    return configuration.get("minimumHealthyPercent", PERCENTS[scheduling_strategy]["minimumHealthyPercent"])


def most_tasks(service: Service) -> int:
    """How many tasks a service may have while some are replaced, rounded down (API reference, maximumPercent)."""
    return service.desired_count * maximum_percent(service.deployment_configuration, service.scheduling_strategy) // 100


def least_healthy(service: Service) -> int:
    """How many healthy tasks a service keeps while some are replaced, rounded up (API reference, minimumHealthyPercent)."""
    percent = minimum_healthy_percent(service.deployment_configuration, service.scheduling_strategy)
    return -(-service.desired_count * percent // 100)


def most_of_task_set(desired_count: int) -> int:
    """How many tasks a task set may have while some are replaced.

    Under its controllers the maximum is the default, or isn't used (API reference, maximumPercent).
    """
    return desired_count * PERCENTS["REPLICA"]["maximumPercent"] // 100


def circuit_breaker(configuration: api.DeploymentConfiguration) -> api.DeploymentCircuitBreaker:
    """The deployment circuit breaker, complete."""
    return {**CIRCUIT_BREAKER, **configuration.get("deploymentCircuitBreaker", CIRCUIT_BREAKER)}


def alarms(configuration: api.DeploymentConfiguration) -> api.DeploymentAlarms:
    """The alarms that fail a deployment."""
    return configuration.get("alarms", ALARMS)


def bake_time(configuration: api.DeploymentConfiguration) -> int:
    """How many microseconds a deployment is watched that has replaced all tasks, or shifted all traffic."""
    return configuration.get("bakeTimeInMinutes", 0) * MINUTE


def linear(configuration: api.DeploymentConfiguration) -> api.LinearConfiguration:
    """The steps of the strategy LINEAR, complete."""
    return {**LINEAR, **configuration.get("linearConfiguration", {})}


def canary(configuration: api.DeploymentConfiguration) -> api.CanaryConfiguration:
    """The steps of the strategy CANARY, complete."""
    return {**CANARY, **configuration.get("canaryConfiguration", {})}


def early_success(configuration: api.DeploymentConfiguration) -> api.DeploymentEarlySuccessCriteria | None:
    """The criteria by which a deployment succeeds before it has replaced every task; None where it must replace all."""
    criteria = configuration.get("earlySuccessCriteria")
    return criteria if criteria is not None and criteria["enable"] else None


def lifecycle_hooks(configuration: api.DeploymentConfiguration) -> Sequence[api.DeploymentLifecycleHook]:
    """The lifecycle hooks, in the order in which they were given."""
    return configuration.get("lifecycleHooks", [])


def hook_target_type(hook: api.DeploymentLifecycleHook) -> api.DeploymentLifecycleHookTargetType:
    """Whether a lifecycle hook calls a Lambda function or pauses the deployment."""
    return hook.get("targetType", HOOK_TARGET)


def hook_timeout(hook: api.DeploymentLifecycleHook) -> int:
    """After how many microseconds a lifecycle hook times out."""
    return hook.get("timeoutConfiguration", {}).get("timeoutInMinutes", HOOK_TIMEOUT_IN_MINUTES) * MINUTE


def hook_timeout_action(hook: api.DeploymentLifecycleHook) -> api.DeploymentLifecycleHookAction:
    """What happens to a deployment whose lifecycle hook has timed out."""
    return hook.get("timeoutConfiguration", {}).get("action", HOOK_TIMEOUT_ACTION)
