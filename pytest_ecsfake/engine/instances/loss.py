"""The loss of a container instance, by deregistration or with its host, and what becomes of its tasks.

Rules: API reference, DeregisterContainerInstance; Developer Guide, "Amazon ECS task state change events" and "Stopped task errors".
"""

from __future__ import annotations

from pytest_ecsfake.engine.instances import transition
from pytest_ecsfake.engine.tasks import lifecycle
from pytest_ecsfake.state.container_instance import ContainerInstance
from pytest_ecsfake.state.region import Region
from pytest_ecsfake.state.task import Task


def tasks_on(region: Region, instance: ContainerInstance) -> list[Task]:
    """The tasks of an instance that ECS still shows, in the order of their creation."""
    tasks = region.tasks_in(instance.cluster)
    found, _ = tasks.page(len(tasks), container_instance=instance)
    return found


def has_tasks(region: Region, instance: ContainerInstance) -> bool:
    """Whether a task on the instance hasn't stopped yet."""
    tasks = region.tasks_in(instance.cluster)
    return tasks.active_count(container_instance=instance) > 0


def deregister(region: Region, instance: ContainerInstance) -> None:
    """Deregister an instance; ECS gives up the tasks that are still on it. Its agent stays connected (recorded answers).

    A Managed Instance is terminated at once (Developer Guide, "Draining Amazon ECS container instances").
    """
    for task in tasks_on(region, instance):
        # The reason: Developer Guide of 2023. The code is unverified.
        lifecycle.lose(region, task, code="UserInitiated", reason="Container instance deregistration forced by user")
    if instance.launch_type == "MANAGED_INSTANCES":
        transition.disconnect(region, instance, "its host is terminated")
    transition.transition(region, instance, "INACTIVE")


def terminate(region: Region, instance: ContainerInstance) -> None:
    """Terminate the host. ECS notices it only for an EC2 instance whose agent is connected (API reference, DeregisterContainerInstance)."""
    is_noticed = instance.agent_connected and instance.launch_type != "EXTERNAL"
    transition.disconnect(region, instance, "its host is terminated")
    if not is_noticed:
        return
    for task in tasks_on(region, instance):
        # The reason: as recorded in the tests of Apache Airflow. The code is unverified.
        reason = f"Host EC2 (instance {instance.ec2_instance_id}) terminated."
        lifecycle.lose(region, task, code="TerminationNotice", reason=reason)
    transition.transition(region, instance, "INACTIVE", "its host is terminated")
