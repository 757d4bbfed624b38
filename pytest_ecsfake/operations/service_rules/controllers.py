"""Which parameters of a service each deployment controller accepts, at its creation and at updates.

Rules: API reference, CreateService and UpdateService; Developer Guide, "Amazon ECS deployment using a third-party controller".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_ecsfake.engine.rollouts import configuration
from pytest_ecsfake.errors import InvalidParameterException
from pytest_ecsfake.operations.service_rules.deployment_configuration import ONLY_ECS

if TYPE_CHECKING:
    from pytest_ecsfake import api
    from pytest_ecsfake.state.service import Service

#: The parameters that belong to task sets and are refused of a service under EXTERNAL, with the texts. The first two were recorded from
#: deployments (cdk-preflight), the others follow their pattern. # unverified
OF_TASK_SETS: Mapping[str, str] = {
    "taskDefinition": "TaskDefinition must be blank.",
    "loadBalancers": "LoadBalancers must be empty or null.",
    "serviceRegistries": "ServiceRegistries must be empty or null.",
    "networkConfiguration": "NetworkConfiguration must be blank.",
    "platformVersion": "PlatformVersion must be blank.",
    "launchType": "LaunchType must be blank.",
    "capacityProviderStrategy": "CapacityProviderStrategy must be empty or null.",
}

CODE_DEPLOY_NEEDS_LOAD_BALANCER = (  # as recorded from a deployment (cdk-preflight)
    "When specifying the CODE_DEPLOY deployment controller type, the service requires an Application Load Balancer or "
    "Network Load Balancer."
)
NO_TASK_DEFINITION = "TaskDefinition can not be blank."  # quoted by several public repositories
#: A task set has no gateway connector, and no deployment of ECS would bring the routes.
CONNECTOR_NEEDS_ECS = "gatewayConnectors are not supported with the {controller} deployment controller."  # unverified

#: Developer Guide, "Troubleshooting Amazon ECS deployment strategy updates". The first is for CreateService too. # unverified there
DAEMON_NEEDS_ECS = (
    "The {controller} deployment controller type is not supported for services using the DAEMON scheduling strategy."
)
SEVERAL_TASK_SETS = (
    "Updating the deployment controller is not supported when there are multiple tasksets in the service. "
    "Please ensure your service has only one taskset and try again."
)
NO_PRIMARY_TASK_SET = (
    "Updating the deployment controller requires a primary taskset in the service. "
    "Please ensure your service has a primary taskset and try again."
)
NOT_WITH_SERVICE_CONNECT = (
    "The {controller} deployment controller type is not supported for services using Service Connect."
)
# The rules are those of the guide's page on service parameters, the words are ours. # unverified
NO_SUCH_TRANSITION = "Updating the deployment controller from {before} to {after} is not supported."
DURING_DEPLOYMENT = "Updating the deployment controller is not supported during a service deployment."
NOT_WITH_LATTICE = "The {controller} deployment controller type is not supported for services using VPC Lattice."
NOT_WITH_STRATEGY = "The {strategy} deployment strategy is only supported with ECS deployment controller."

#: Developer Guide, "Updating Amazon ECS service parameters", deployment controller: the valid transitions.
TRANSITIONS = frozenset(
    {
        ("CODE_DEPLOY", "ECS"),
        ("CODE_DEPLOY", "EXTERNAL"),
        ("ECS", "EXTERNAL"),
        ("EXTERNAL", "ECS"),
    }
)


class _Kind(NamedTuple):
    """A kind of parameters that UpdateService doesn't accept, with ECS's name for it."""

    words: str
    parameters: tuple[str, ...]


#: API reference, UpdateService: what only a deployment of CodeDeploy or a new task set can change. The first two names were seen for
#: CODE_DEPLOY; which of the parameters count as "network parameters" is unverified.
NOT_BY_UPDATE = (
    _Kind("task definition", ("taskDefinition",)),
    _Kind("network parameters", ("networkConfiguration",)),
    _Kind("platform version", ("platformVersion",)),  # this and the next are unverified
    _Kind("load balancers", ("loadBalancers",)),
    _Kind("service registries", ("serviceRegistries",)),
    _Kind("capacity provider strategy", ("capacityProviderStrategy",)),
    _Kind("gateway connectors", ("gatewayConnectors",)),
    _Kind(
        "service connect configuration",
        ("serviceConnectConfiguration", "volumeConfigurations", "vpcLatticeConfigurations"),
    ),
)

#: What to do instead. The sentence for CODE_DEPLOY was seen, that for EXTERNAL is unverified.
INSTEAD: Mapping[str, str] = {
    "CODE_DEPLOY": "Use AWS CodeDeploy to trigger a new deployment.",
    "EXTERNAL": "Use a task set to trigger a new deployment.",
}


def of(parameters: Mapping[str, Any]) -> api.DeploymentControllerType:
    """The type of the deployment controller (API reference, DeploymentController: the default is ECS)."""
    controller: api.DeploymentControllerType = parameters.get("deploymentController", {}).get("type", "ECS")
    return controller


def check(parameters: Mapping[str, Any]) -> None:
    """Refuse parameters of CreateService that the deployment controller doesn't accept, and the lack of those that it needs.

    Raises:
        InvalidParameterException: the first of these faults.
    """
    controller = of(parameters)
    if controller != "ECS" and parameters.get("schedulingStrategy") == "DAEMON":
        raise InvalidParameterException(DAEMON_NEEDS_ECS.format(controller=controller))
    if controller != "ECS" and parameters.get("gatewayConnectors"):
        raise InvalidParameterException(CONNECTOR_NEEDS_ECS.format(controller=controller))
    if controller == "EXTERNAL":
        for name, words in OF_TASK_SETS.items():
            if parameters.get(name):
                raise InvalidParameterException(words)
    elif not parameters.get("taskDefinition"):
        raise InvalidParameterException(NO_TASK_DEFINITION)
    elif controller == "CODE_DEPLOY" and not any(
        balancer.get("targetGroupArn") for balancer in parameters.get("loadBalancers", [])
    ):
        raise InvalidParameterException(CODE_DEPLOY_NEEDS_LOAD_BALANCER)


def wanted(service: Service, request: Mapping[str, Any]) -> api.DeploymentControllerType:
    """The deployment controller of the updated service."""
    return of(request) if "deploymentController" in request else service.controller


def check_update(service: Service, request: Mapping[str, Any]) -> None:
    """Refuse parameters of UpdateService that the deployment controller doesn't accept, and another controller that the service can't have.

    With a change of the controller, the parameters are those that the new one accepts.

    Raises:
        InvalidParameterException: the first of these faults.
    """
    controller = wanted(service, request)
    if controller != service.controller:
        _check_change(service, controller, request)
    if controller == "ECS":
        return
    article = "an" if controller == "EXTERNAL" else "a"
    behind = f"on services with {article} {controller} deployment controller. {INSTEAD[controller]}"
    for kind in NOT_BY_UPDATE:
        if any(name in request for name in kind.parameters):
            raise InvalidParameterException(f"Unable to update {kind.words} {behind}")
    if request.get("forceNewDeployment"):
        raise InvalidParameterException(f"Cannot force a new deployment {behind}")


def _check_change(service: Service, controller: api.DeploymentControllerType, request: Mapping[str, Any]) -> None:
    if service.scheduling_strategy == "DAEMON":
        raise InvalidParameterException(DAEMON_NEEDS_ECS.format(controller=controller))
    if controller == "CODE_DEPLOY" and not _has_load_balancer(service):
        raise InvalidParameterException(CODE_DEPLOY_NEEDS_LOAD_BALANCER)
    if (service.controller, controller) not in TRANSITIONS:
        raise InvalidParameterException(NO_SUCH_TRANSITION.format(before=service.controller, after=controller))
    if service.controller == "ECS":
        _check_departure(service, controller, request)
    elif len(service.task_sets) > 1:
        raise InvalidParameterException(SEVERAL_TASK_SETS)
    elif not any(task_set.status == "PRIMARY" for task_set in service.task_sets):
        raise InvalidParameterException(NO_PRIMARY_TASK_SET)


def _check_departure(service: Service, controller: api.DeploymentControllerType, request: Mapping[str, Any]) -> None:
    """Refuse to put a service from ECS under another controller while it uses what only ECS has."""
    given = {} if service.revision is None else service.revision.configuration
    if "serviceConnectConfiguration" in given:
        raise InvalidParameterException(NOT_WITH_SERVICE_CONNECT.format(controller=controller))
    if "vpcLatticeConfigurations" in given:
        raise InvalidParameterException(NOT_WITH_LATTICE.format(controller=controller))
    together = configuration.merged(service.deployment_configuration, request.get("deploymentConfiguration", {}))
    if configuration.circuit_breaker(together)["enable"]:
        raise InvalidParameterException(ONLY_ECS["deploymentCircuitBreaker"])
    if configuration.alarms(together)["enable"]:
        raise InvalidParameterException(ONLY_ECS["alarms"])
    if configuration.strategy(together) != "ROLLING":
        raise InvalidParameterException(NOT_WITH_STRATEGY.format(strategy=configuration.strategy(together)))
    if service.current_service_deployment is not None or len(service.deployments) != 1:
        raise InvalidParameterException(DURING_DEPLOYMENT)


def _has_load_balancer(service: Service) -> bool:
    return service.revision is not None and service.revision.has_load_balancer
