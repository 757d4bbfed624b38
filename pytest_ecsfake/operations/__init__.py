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

#: One module for each resource of the API. Add a new module here.
MODULES = (
    "account_settings",
    "agent",
    "attributes",
    "capacity_providers",
    "clusters",
    "container_instances",
    "daemon_task_definitions",
    "daemons",
    "execute_command",
    "gateway_associations",
    "gateway_routes",
    "gateways",
    "express_gateway_services",
    "run_task",
    "service_deployments",
    "services",
    "start_task",
    "tags",
    "task_definitions",
    "task_protection",
    "task_sets",
    "tasks",
    "update_service",
)


@cache
def built() -> Mapping[str, Operation]:
    """The operations that this version answers, by name."""
    operations: dict[str, Operation] = {}
    for module_name in MODULES:
        module = import_module(f"{__name__}.{module_name}")
        for function in vars(module).values():
            name = getattr(function, OPERATION_ATTRIBUTE, None)
            if name is None or function.__module__ != module.__name__:
                continue
            if name in operations:
                raise ValueError(f"two functions answer {name}: {operations[name]!r} and {function!r}")
            operations[name] = function
    return operations
