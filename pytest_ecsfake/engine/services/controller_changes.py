"""How a service passes from one deployment controller to another, without any change of its tasks.

The deployment that has its tasks becomes a task set of the same id, or the primary task set becomes a deployment, so the tasks keep the id that
they were started by.
Rules: Developer Guide, "Updating Amazon ECS service parameters", deployment controller. That the task set is the primary one is unverified.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_ecsfake.engine.rollouts.transition import accept_deployment, task_set_transition
from pytest_ecsfake.engine.services import external_deployments
from pytest_ecsfake.state.deployment import Deployment
from pytest_ecsfake.state.region import Region
from pytest_ecsfake.state.service import Service

if TYPE_CHECKING:
    from pytest_ecsfake import api


def change(region: Region, service: Service, controller: api.DeploymentControllerType) -> None:
    """Put a service under another controller.

    Args:
        region: where the service is.
        service: the service. Under ECS it has one deployment, completed; under another controller one task set, the primary one.
        controller: the new controller.
    """
    before = service.controller
    service.controller = controller
    region.journal.write(region.clock.now, "service", service.arn, "deploymentController", before, controller)
    if controller == "ECS":
        _to_deployment(region, service)
    elif before == "ECS":
        _to_task_set(region, service)


def _to_deployment(region: Region, service: Service) -> None:
    [task_set] = service.task_sets
    deployment = Deployment(
        id=task_set.id,
        revision=task_set.revision,
        created_at=task_set.created_at,
        updated_at=region.clock.now,
        rollout_state_reason=f"ECS deployment {task_set.id} completed.",
        desired_count=task_set.desired_count,
        has_run_well=True,
        rollout_state="COMPLETED",
    )
    service.task_sets.clear()
    accept_deployment(region, service, deployment)
    service.last_completed = deployment
    service.has_left_ecs = False


def _to_task_set(region: Region, service: Service) -> None:
    [deployment] = service.deployments
    task_set = external_deployments.new(
        region,
        service,
        deployment.revision,
        external_deployments.WHOLE,
        platform_version=service.platform_version,
    )
    task_set.created_at = deployment.created_at
    task_set.desired_count = deployment.desired_count
    service.deployments.clear()
    service.task_sets.append(task_set)
    service.last_completed = None
    service.has_left_ecs = True
    region.journal.write(region.clock.now, "task-set", task_set.arn, "status", None, task_set.status)
    task_set_transition(region, task_set, "PRIMARY")
