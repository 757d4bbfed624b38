"""A container instance that goes: deregistered by somebody, or its host gone; and what becomes of the tasks on it.

Rules: API reference, DeregisterContainerInstance; Developer Guide, "Amazon ECS task state change events" and "Stopped task errors".
"""

from __future__ import annotations

from pytest_ecsfake.engine import container_instances
from pytest_ecsfake.state.container_instance import ContainerInstance
from pytest_ecsfake.state.region import Region


def has_tasks(instance: ContainerInstance) -> bool:
    """Whether a task on the instance hasn't stopped yet."""
    tasks = instance.cluster.tasks
    stopped = tasks.count(container_instance_arn=instance.arn, last_status="STOPPED")
    return tasks.count(container_instance_arn=instance.arn) > stopped


def deregister(region: Region, instance: ContainerInstance) -> None:
    """Take an instance out of its cluster, by force where tasks are on it. Its agent stays connected (recorded answers)."""
    container_instances.transition(region, instance, "INACTIVE")


def terminate(region: Region, instance: ContainerInstance) -> None:
    """Let the host go away. ECS learns of it only from an agent that is connected, and never of an external one by itself."""
    if instance.agent_connected and instance.launch_type == "EC2":
        container_instances.disconnect(region, instance, "host terminated")
        container_instances.transition(region, instance, "INACTIVE", "host terminated")
    else:
        container_instances.disconnect(region, instance, "host terminated")
