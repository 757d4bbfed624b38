"""Which parameters of a service each deployment controller accepts, at its creation and at updates.

Rules: API reference, CreateService and UpdateService; Developer Guide, "Amazon ECS deployment using a third-party controller".
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

from pytest_ecsfake.errors import EcsFakeNotBuiltError, InvalidParameterException

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
DAEMON_NEEDS_ECS = (
    "The daemon scheduling strategy does not support the {controller} deployment controller."  # unverified
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


def check_update(service: Service, request: Mapping[str, Any]) -> None:
    """Refuse parameters of UpdateService that the deployment controller doesn't accept.

    Raises:
        InvalidParameterException: the first of these faults.
        EcsFakeNotBuiltError: the request asks for another controller.
    """
    controller = service.controller
    if controller != "ECS":
        article = "an" if controller == "EXTERNAL" else "a"
        behind = f"on services with {article} {controller} deployment controller. {INSTEAD[controller]}"
        for kind in NOT_BY_UPDATE:
            if any(name in request for name in kind.parameters):
                raise InvalidParameterException(f"Unable to update {kind.words} {behind}")
        if request.get("forceNewDeployment"):
            raise InvalidParameterException(f"Cannot force a new deployment {behind}")
    if "deploymentController" in request and of(request) != controller:
        raise EcsFakeNotBuiltError(
            f"UpdateService from the deployment controller {controller} to {of(request)} is not built."
        )
