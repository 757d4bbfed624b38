"""Snapshots of tasks and container instances: the values that change, packed, so that an event can later show the state in which ECS sent it.

A task's snapshot takes about a microsecond and two hundred bytes that the garbage collector doesn't track. The whole document would take ten
times as much of both. For a value that is set once and then stays, such as the address of a network interface, only its presence is kept.
"""

from __future__ import annotations

from collections.abc import Sequence
from copy import copy
from operator import attrgetter
from typing import Any, TypeVar

from pytest_ecsfake import documents
from pytest_ecsfake.state.container_instance import ContainerInstance
from pytest_ecsfake.state.task import Container, NetworkInterface, Task

T = TypeVar("T")

_TASK = (
    "version",
    "last_status",
    "desired_status",
    "connectivity_at",
    "pull_started_at",
    "pull_stopped_at",
    "started_at",
    "stopping_at",
    "execution_stopped_at",
    "stopped_at",
    "stop_code",
    "stopped_reason",
    "availability_zone",
)
_of_task = attrgetter(*_TASK)

#: The fields that an interface gets when it is created.
_OF_A_CREATED_INTERFACE = ("network_interface_id", "mac_address", "private_dns_name", "private_ipv4_address")

_INSTANCE = (
    "version",
    "status",
    "agent_connected",
    "agent_update_status",
    "version_info",
    "used_cpu",
    "used_memory",
    "used_network_interfaces",
)
_of_instance = attrgetter(*_INSTANCE)
_SETS = ("used_ports", "used_ports_udp", "used_gpus")


def pack_task(task: Task) -> bytes:
    """A snapshot of the task with its containers, its network interface and its volume."""
    interface, volume = task.interface, task.volume
    return documents.pack(
        (
            _of_task(task),
            task.container_instance is not None,
            None if interface is None else (interface.status, interface.private_ipv4_address is not None),
            None if volume is None else (volume.status, volume.volume_id),
            [
                (
                    container.last_status,
                    container.exit_code,
                    container.reason,
                    container.runtime_id is not None,
                    container.image_digest is not None,
                    agent and (agent.last_status, agent.last_started_at),
                )
                for container in task.containers
                for agent in (container.execute_command_agent,)
            ],
        )
    )


def task_as_it_was(task: Task, packed: bytes) -> Task:
    """A copy of the task in the state of a snapshot. Values that never change are shared with the task."""
    values, placed, interface, volume, containers = documents.unpack(packed)
    past = _with(task, _TASK, values)
    if not placed:
        past.container_instance = None
        past.gpu_ids = ()
    if past.interface is not None and interface is not None:
        past.interface = _interface_as_it_was(past.interface, *interface)
    if past.volume is not None and volume is not None:
        past.volume = _with(past.volume, ("status", "volume_id"), volume)
    past.containers = [
        _container_as_it_was(container, *values) for container, values in zip(task.containers, containers, strict=True)
    ]
    return past


def _interface_as_it_was(interface: NetworkInterface, status: Any, created: bool) -> NetworkInterface:
    past = _with(interface, ("status",), (status,))
    return past if created else _with(past, _OF_A_CREATED_INTERFACE, (None,) * len(_OF_A_CREATED_INTERFACE))


def _container_as_it_was(  # noqa: PLR0917 (the values of a snapshot, in their order)
    container: Container,
    last_status: Any,
    exit_code: int | None,
    reason: str | None,
    created: bool,
    pulled: bool,
    agent: Any,
) -> Container:
    past = _with(container, ("last_status", "exit_code", "reason"), (last_status, exit_code, reason))
    if not created:
        past.runtime_id = None
        past.network_bindings = ()
    if not pulled:
        past.image_digest = None
    if past.execute_command_agent is not None and agent is not None:
        past.execute_command_agent = _with(past.execute_command_agent, ("last_status", "last_started_at"), agent)
    return past


def pack_container_instance(instance: ContainerInstance) -> bytes:
    """A snapshot of the container instance. Of its attributes it holds only the custom ones, which PutAttributes can change."""
    attributes = instance.attributes
    return documents.pack(
        (
            _of_instance(instance),
            [sorted(getattr(instance, name)) for name in _SETS],
            [(name, attributes[name]) for name in attributes if name in instance.custom_attributes],
        )
    )


def container_instance_as_it_was(instance: ContainerInstance, packed: bytes) -> ContainerInstance:
    """A copy of the container instance in the state of a snapshot. Values that never change are shared with the instance."""
    values, sets, custom = documents.unpack(packed)
    past = _with(instance, (*_INSTANCE, *_SETS), (*values, *map(set, sets)))
    built_in = {name: value for name, value in instance.attributes.items() if name not in instance.custom_attributes}
    past.attributes = {**built_in, **dict(custom)}
    past.custom_attributes = {name for name, _ in custom}
    return past


def _with(original: T, names: Sequence[str], values: Sequence[Any]) -> T:
    past = copy(original)
    for name, value in zip(names, values, strict=True):
        setattr(past, name, value)
    return past
