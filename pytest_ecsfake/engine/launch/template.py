"""From the parameters of RunTask, StartTask or a service to the template of its tasks: everything that ECS refuses of a launch is refused here.

Nothing has changed by then, and nothing of a template changes from one start to the next.
Rules: API reference, RunTask and StartTask.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pytest_ecsfake.engine.launch import fargate, overrides, rules, volumes
from pytest_ecsfake.state.task_definition import TaskDefinition
from pytest_ecsfake.state.task_template import TaskTemplate

if TYPE_CHECKING:
    from pytest_ecsfake import api


def make_template(
    definition: TaskDefinition,
    request: Mapping[str, Any],
    launch_type: api.LaunchType,
    *,
    on_spot: bool = False,
    no_task_role: str = rules.NO_TASK_ROLE,
) -> TaskTemplate:
    """The template of the tasks that a call or a service starts.

    Args:
        definition: the task definition.
        request: the parameters of RunTask, or those of StartTask or a service, which have fewer.
        launch_type: what the tasks run on.
        on_spot: whether one of them runs on FARGATE_SPOT.
        no_task_role: what ECS says of ECS Exec without a task role.

    Raises:
        InvalidParameterException, PlatformUnknownException, PlatformTaskDefinitionIncompatibilityException: what ECS refuses.
    """
    document = definition.document
    given: api.TaskOverride = request.get("overrides", {})
    on_fargate = launch_type == "FARGATE"
    rules.refuse_incompatible(request, document, launch_type, no_task_role)
    subnets = rules.subnets(request, document, launch_type)
    volume = volumes.configuration(document, request.get("volumeConfigurations", []), launch_type)
    if given:
        overrides.check(document, given, on_fargate=on_fargate)
    platform: fargate.Platform | None = None
    if on_fargate:
        size = overrides.fargate_size(document, given)
        platform = fargate.platform(request, document, size, on_spot=on_spot)
    else:
        size = overrides.size_on_instance(document, given)
    return TaskTemplate(
        definition=definition,
        launch_type=launch_type,
        subnets=subnets,
        overrides=overrides.complete(document, given),
        cpu=str(size.cpu),
        memory=str(size.memory),
        platform_version=None if platform is None else platform.version,
        platform_family=None if platform is None else platform.family,
        ephemeral_storage_gib=fargate.ephemeral_storage_gib(document, given) if on_fargate else None,
        volume=volume,
    )
