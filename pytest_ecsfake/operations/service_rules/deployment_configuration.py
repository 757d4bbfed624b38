"""What is refused in a service's deployment configuration: settings that the service can't have, and those that don't go together.

Rules: API reference, DeploymentConfiguration, DeploymentCircuitBreaker, DeploymentAlarms, DeploymentEarlySuccessCriteria, LinearConfiguration,
CanaryConfiguration and DeploymentLifecycleHook. The limits of single numbers stand in the schemas, the defaults in
`engine/rollouts/configuration.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pytest_ecsfake.engine.rollouts import configuration
from pytest_ecsfake.engine.strategies.shifting import STAGES
from pytest_ecsfake.errors import InvalidParameterException

if TYPE_CHECKING:
    from pytest_ecsfake import api

# Both as recorded from deployments (cdk-preflight).
BLOCKED = "Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments."
DAEMON_MAXIMUM = (  # aws-cdk#2209 too
    "The daemon scheduling strategy does not support values above 100 for maximumPercent on a deployment "
    "configuration. Change the maximumPercent value to 100, and try again"
)
# The rules of the rest are the API reference's, the words are ours. # unverified
ONLY_ROLLING_FOR_DAEMONS = "The daemon scheduling strategy does not support the {strategy} deployment strategy."
NOT_WITH_CONTROLLER = "{member} is not supported with the {controller} deployment controller."
FIXED_PERCENTS = "{member} cannot be changed for services with the {controller} deployment controller on EC2."
NOT_OF_STRATEGY = "{member} is only valid when the deployment strategy is {strategy}."
NO_STEP_OF_PERCENT = "{member} must be a multiple of 0.1."
NO_THRESHOLD = "The value of thresholdConfiguration must be {limit}."
EARLY_SUCCESS_INCOMPLETE = (
    "healthyPercent and sourceServiceRevisionCleanup must be specified with earlySuccessCriteria."
)
EARLY_SUCCESS_BELOW_MINIMUM = "healthyPercent must be greater than or equal to minimumHealthyPercent."
HOOK_WITHOUT_TARGET = "hookTargetArn must be specified for an AWS_LAMBDA lifecycle hook."
HOOK_WITHOUT_STAGE = "lifecycleStages cannot be empty."
PAUSE_AT_SHIFT = "PAUSE lifecycle hooks are not supported at the {stage} stage."

#: Developer Guide, "Lifecycle hooks for Amazon ECS service deployments": where a deployment can't pause.
NO_PAUSE_AT = tuple(stage.name for stage in STAGES if stage.takes_hooks and not stage.takes_pauses)

#: Developer Guide, "Troubleshooting Amazon ECS deployment strategy updates".
ONLY_ECS: Mapping[str, str] = {
    "deploymentCircuitBreaker": (
        "Deployment circuit breaker feature is only supported with ECS deployment controller. "
        "Update to ECS deployment controller and try again."
    ),
    "alarms": (
        "Alarm based rollback feature is only supported with ECS deployment controller. "
        "Update to ECS deployment controller and try again."
    ),
}

#: Only the controller ECS has these.
OF_ECS = ("alarms", "deploymentCircuitBreaker", "strategy", "lifecycleHooks", "earlySuccessCriteria")


def check(scheduling_strategy: str, controller: str, launch_type: str, given: api.DeploymentConfiguration) -> None:
    """Refuse what a request says in its configuration that its service can't have.

    Args:
        scheduling_strategy: the service's.
        controller: the service's.
        launch_type: what its tasks run on.
        given: the request's configuration, as it is.

    Raises:
        InvalidParameterException: as its name says.
    """
    if controller != "ECS":
        _check_for_others(controller, launch_type, given)
    strategy = configuration.strategy(given)
    if scheduling_strategy == "DAEMON":
        if given.get("maximumPercent", 0) > 100:
            raise InvalidParameterException(DAEMON_MAXIMUM)
        if strategy != "ROLLING":
            raise InvalidParameterException(ONLY_ROLLING_FOR_DAEMONS.format(strategy=strategy))
    _check_circuit_breaker(given.get("deploymentCircuitBreaker"))
    for hook in configuration.lifecycle_hooks(given):
        if configuration.hook_target_type(hook) == "AWS_LAMBDA" and not hook.get("hookTargetArn"):
            raise InvalidParameterException(HOOK_WITHOUT_TARGET)
        if not hook.get("lifecycleStages"):
            raise InvalidParameterException(HOOK_WITHOUT_STAGE)
        for stage in hook["lifecycleStages"] if configuration.hook_target_type(hook) == "PAUSE" else []:
            if stage in NO_PAUSE_AT:
                raise InvalidParameterException(PAUSE_AT_SHIFT.format(stage=stage))


def check_together(scheduling_strategy: str, whole: api.DeploymentConfiguration) -> None:
    """Refuse settings that don't go together, those of the service and those of the request.

    Raises:
        InvalidParameterException: as its name says.
    """
    strategy = configuration.strategy(whole)
    percents = whole.get("maximumPercent"), whole.get("minimumHealthyPercent")
    if scheduling_strategy == "REPLICA" and strategy == "ROLLING" and percents == (100, 100):
        raise InvalidParameterException(BLOCKED)
    for name, (member, defaults) in configuration.STEPS.items():
        settings: Mapping[str, Any] = whole.get(member, {})  # type: ignore[assignment]
        if member in whole and strategy != name:
            raise InvalidParameterException(NOT_OF_STRATEGY.format(member=member, strategy=name))
        for percent in defaults.keys() & settings.keys() & {"stepPercent", "canaryPercent"}:
            if Decimal(str(settings[percent])) % Decimal("0.1"):
                raise InvalidParameterException(NO_STEP_OF_PERCENT.format(member=percent))
    _check_early_success(whole)


def _check_for_others(controller: str, launch_type: str, given: api.DeploymentConfiguration) -> None:
    for member in OF_ECS:
        if member in given and not (member == "strategy" and given["strategy"] == "ROLLING"):
            words = ONLY_ECS.get(member, NOT_WITH_CONTROLLER)
            raise InvalidParameterException(words.format(member=member, controller=controller))
    if controller == "EXTERNAL":
        # Its launch type comes with a task set. aws-cdk's default of 50 for minimumHealthyPercent is accepted (its integration test
        # integ.external-deployment-controller).
        return
    for member, default in configuration.PERCENTS["REPLICA"].items():
        if launch_type != "FARGATE" and given.get(member, default) != default:
            raise InvalidParameterException(FIXED_PERCENTS.format(member=member, controller=controller))


def _check_circuit_breaker(breaker: api.DeploymentCircuitBreaker | None) -> None:
    threshold = None if breaker is None else breaker.get("thresholdConfiguration")
    if threshold is None:
        return
    if threshold["value"] < 1:
        raise InvalidParameterException(NO_THRESHOLD.format(limit="at least 1"))
    if threshold["type"] != "COUNT" and threshold["value"] > 100:
        raise InvalidParameterException(NO_THRESHOLD.format(limit="at most 100"))


def _check_early_success(whole: api.DeploymentConfiguration) -> None:
    criteria = configuration.early_success(whole)
    if criteria is None:
        return
    if "healthyPercent" not in criteria or "sourceServiceRevisionCleanup" not in criteria:
        raise InvalidParameterException(EARLY_SUCCESS_INCOMPLETE)
    if configuration.strategy(whole) != "ROLLING":
        raise InvalidParameterException(NOT_OF_STRATEGY.format(member="earlySuccessCriteria", strategy="ROLLING"))
    if criteria["healthyPercent"] < configuration.minimum_healthy_percent(whole):
        raise InvalidParameterException(EARLY_SUCCESS_BELOW_MINIMUM)
