"""The operations: one module for each resource, one function for each operation, collected here by the operation's name.

A function takes `(region, request)` and returns the response's document as it is sent: timestamps are epoch seconds, and members without a value
are absent. The request has passed its schema. Each function first looks up what the request names, then refuses, then changes the state, and
then answers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from importlib import import_module
from typing import Any

from pytest_ecsfake.operations.registry import OPERATION_ATTRIBUTE
from pytest_ecsfake.state.region import Region

Operation = Callable[[Region, Any], Mapping[str, Any]]

#: The operations of each module, which is imported at the first call of one of them: to import all takes some 50 ms.
MODULES: Mapping[str, tuple[str, ...]] = {
    "account_settings": (
        "DeleteAccountSetting",
        "ListAccountSettings",
        "PutAccountSetting",
        "PutAccountSettingDefault",
    ),
    "agent": (
        "DiscoverPollEndpoint",
        "SubmitAttachmentStateChanges",
        "SubmitContainerStateChange",
        "SubmitTaskStateChange",
    ),
    "attributes": ("DeleteAttributes", "ListAttributes", "PutAttributes"),
    "capacity_providers": (
        "CreateCapacityProvider",
        "DeleteCapacityProvider",
        "DescribeCapacityProviders",
        "UpdateCapacityProvider",
    ),
    "clusters": (
        "CreateCluster",
        "DeleteCluster",
        "DescribeClusters",
        "ListClusters",
        "PutClusterCapacityProviders",
        "UpdateCluster",
        "UpdateClusterSettings",
    ),
    "container_instances": (
        "DeregisterContainerInstance",
        "DescribeContainerInstances",
        "ListContainerInstances",
        "RegisterContainerInstance",
        "UpdateContainerAgent",
        "UpdateContainerInstancesState",
    ),
    "daemon_task_definitions": (
        "DeleteDaemonTaskDefinition",
        "DescribeDaemonTaskDefinition",
        "ListDaemonTaskDefinitions",
        "RegisterDaemonTaskDefinition",
    ),
    "daemons": (
        "CreateDaemon",
        "DeleteDaemon",
        "DescribeDaemon",
        "DescribeDaemonDeployments",
        "DescribeDaemonRevisions",
        "ListDaemonDeployments",
        "ListDaemons",
        "UpdateDaemon",
    ),
    "execute_command": ("ExecuteCommand",),
    "express_gateway_services": (
        "CreateExpressGatewayService",
        "DeleteExpressGatewayService",
        "DescribeExpressGatewayService",
        "UpdateExpressGatewayService",
    ),
    "gateway_associations": (
        "AssociateGatewayWithCluster",
        "DisassociateGatewayFromCluster",
        "ListGatewayClusterAssociations",
    ),
    "gateway_routes": ("DescribeGatewayRoute", "ListGatewayRoutes"),
    "gateways": (
        "CreateGateway",
        "DeleteGateway",
        "DescribeGateway",
        "DescribeGatewayResources",
        "ListGateways",
        "UpdateGateway",
    ),
    "run_task": ("RunTask",),
    "service_deployments": (
        "ContinueServiceDeployment",
        "DescribeServiceDeployments",
        "DescribeServiceRevisions",
        "ListServiceDeployments",
        "StopServiceDeployment",
    ),
    "services": ("CreateService", "DeleteService", "DescribeServices", "ListServices", "ListServicesByNamespace"),
    "start_task": ("StartTask",),
    "tags": ("ListTagsForResource", "TagResource", "UntagResource"),
    "task_definitions": (
        "DeleteTaskDefinitions",
        "DeregisterTaskDefinition",
        "DescribeTaskDefinition",
        "ListTaskDefinitionFamilies",
        "ListTaskDefinitions",
        "RegisterTaskDefinition",
    ),
    "task_protection": ("GetTaskProtection", "UpdateTaskProtection"),
    "task_sets": ("CreateTaskSet", "DeleteTaskSet", "DescribeTaskSets", "UpdateServicePrimaryTaskSet", "UpdateTaskSet"),
    "tasks": ("DescribeTasks", "ListTasks", "StopTask"),
    "update_service": ("UpdateService",),
}

_MODULE_OF = {name: module for module, names in MODULES.items() for name in names}


def find(name: str) -> Operation | None:
    """The function that answers an operation; None if this version doesn't have the operation."""
    return _function(name) if name in _MODULE_OF else None


def built() -> Mapping[str, Operation]:
    """All operations that this version answers, by name."""
    return {name: _function(name) for name in _MODULE_OF}


@cache
def _function(name: str) -> Operation:
    functions = functions_of(_MODULE_OF[name])
    return next(function for function in functions if getattr(function, OPERATION_ATTRIBUTE) == name)


def functions_of(module_name: str) -> list[Operation]:
    """The operations that a module defines."""
    module = import_module(f"{__name__}.{module_name}")
    return [
        function
        for function in vars(module).values()
        if hasattr(function, OPERATION_ATTRIBUTE) and function.__module__ == module.__name__
    ]
