"""Loading services with their deployments and task sets: the scheduler goes on with them.

What a Describe doesn't print is worked out as far as it can be: a deployment whose rollout is COMPLETED has succeeded, any other one is under way.
How far a deployment that shifts traffic has come can't be told, so such a service doesn't fit until the deployment has ended.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Mapping
from typing import Any

from pytest_ecsfake.clock import SECOND, Instant
from pytest_ecsfake.engine.capacity.strategy import capacity_request
from pytest_ecsfake.engine.launch.plan import new_task
from pytest_ecsfake.engine.launch.template import make_template
from pytest_ecsfake.engine.rollouts import configuration, messages, rollout
from pytest_ecsfake.engine.rollouts.revisions import HIGHEST_NUMBER, LOWEST_NUMBER, complete_strategy
from pytest_ecsfake.engine.services import scheduler
from pytest_ecsfake.engine.services.subscriptions import subscribe_scheduler
from pytest_ecsfake.engine.strategies.starting import plan_of
from pytest_ecsfake.errors import EcsError
from pytest_ecsfake.loading.documents import Part
from pytest_ecsfake.loading.place import Place, pairs
from pytest_ecsfake.loading.tasks import join_service, load_task
from pytest_ecsfake.rendering.task import task_document
from pytest_ecsfake.state.deployment import Deployment
from pytest_ecsfake.state.schedule import Schedule
from pytest_ecsfake.state.service import EVENTS_KEPT, Service, ServiceEvent
from pytest_ecsfake.state.service_deployment import ServiceDeployment
from pytest_ecsfake.state.service_revision import ServiceRevision
from pytest_ecsfake.state.task_set import TaskSet

#: The members of a deployment or a task set that its revision keeps, and those of its service.
OF_THE_OWNER = (
    "networkConfiguration",
    "serviceConnectConfiguration",
    "serviceConnectResources",
    "volumeConfigurations",
    "vpcLatticeConfigurations",
    "fargateEphemeralStorage",
)
OF_THE_SERVICE = ("loadBalancers", "serviceRegistries")

#: The parameters that the launch of a task depends on.
OF_A_LAUNCH = ("networkConfiguration", "platformVersion", "enableExecuteCommand", "volumeConfigurations")


def load_service(place: Place, part: Part) -> Service | None:
    """Load a service, without its tasks; None if it doesn't fit."""
    document, region = part.resource, place.region
    if not (place.is_here(part, document["serviceArn"]) and place.is_here(part, document["clusterArn"])):
        return None
    cluster, name = place.cluster(document["clusterArn"]), document["serviceName"]
    if name in region.services_in(cluster):
        place.complain(part, "the fake has a service with this name in the cluster already.")
        return None
    controller = document.get("deploymentController", {}).get("type", "ECS")
    strategy = document.get("schedulingStrategy", "REPLICA")
    settings = configuration.complete(strategy, controller, document.get("deploymentConfiguration", {}))
    owners = document.get("deployments", []) if controller == "ECS" else document.get("taskSets", [])
    is_rolling = configuration.strategy(settings) == "ROLLING"
    if controller == "ECS" and not is_rolling and any(_is_under_way(document, each) for each in owners):
        place.complain(
            part,
            f"it is in the middle of a deployment with the strategy {configuration.strategy(settings)}, and how far that has come "
            "isn't shown. Load it when the deployment has ended.",
        )
        return None
    service = Service(
        arn=document["serviceArn"],
        name=name,
        cluster=cluster,
        created_at=_instant(document.get("createdAt"), region.clock.now),
        created_by=document.get("createdBy", region.partition.principal),
        role_arn=document.get("roleArn", region.partition.service_linked_role),
        scheduling_strategy=strategy,
        controller=controller,
        desired_count=document.get("desiredCount", 0),
        deployment_configuration=settings,
        platform_version=document.get("platformVersion"),
        launch_type=document.get("launchType", "EC2"),
        placement_constraints=document.get("placementConstraints", []),
        placement_strategy=document.get("placementStrategy", []),
        health_check_grace_period_seconds=document.get("healthCheckGracePeriodSeconds", 0),
        availability_zone_rebalancing=document.get("availabilityZoneRebalancing", "DISABLED"),
        enable_ecs_managed_tags=document.get("enableECSManagedTags", False),
        enable_execute_command=document.get("enableExecuteCommand", False),
        propagate_tags=document.get("propagateTags", "NONE"),
        resource_management_type=document.get("resourceManagementType", "CUSTOMER"),
        tags=pairs(document.get("tags", [])),
        status=document.get("status", "ACTIVE"),
        events=deque(map(_event, reversed(document.get("events", []))), maxlen=EVENTS_KEPT),
        schedule=_schedule(document),
    )
    complaints = len(place.complaints)
    if controller == "ECS":
        _load_deployments(place, part, service)
    for number, item in enumerate(document.get("taskSets", [])):
        load_task_set(place, Part(f"{part.where}.taskSets[{number}]", "taskSets", item, []), service)
    if service.revision is None and "taskDefinition" in document:  # INACTIVE, or CODE_DEPLOY before its first task set
        service.revision = _revision(place, part, document, document, cluster)
    if len(place.complaints) > complaints:
        return None
    region.services_in(cluster).add(name, service)
    place.note("service", service.arn, service.status)
    return service


def load_task_set(place: Place, part: Part, service: Service | None = None) -> None:
    """Load a task set into its service, which is in a document or in the fake. One that the service's own document showed is the same."""
    document, region = part.resource, place.region
    if not place.is_here(part, document["taskSetArn"]):
        return
    cluster_name, service_name = document["taskSetArn"].rpartition(":")[2].split("/")[1:3]
    cluster = region.clusters.get(cluster_name)
    service = service or (None if cluster is None else region.services_in(cluster).get(service_name))
    if service is None:
        place.complain(
            part,
            f"its service {cluster_name}/{service_name} is in no document, nor in the fake. "
            f"Add what `aws ecs describe-services --cluster {cluster_name} --services {service_name}` prints.",
        )
        return
    shown = next((each for each in service.task_sets if each.arn == document["taskSetArn"]), None)
    if shown is not None:
        shown.tags = shown.tags or pairs(document.get("tags", []))
        return
    revision = _revision(place, part, document, document, service.cluster)
    if revision is None:
        return
    now = region.clock.now
    task_set = TaskSet(
        id=document["id"],
        arn=document["taskSetArn"],
        revision=revision,
        created_at=_instant(document.get("createdAt"), now),
        updated_at=_instant(document.get("updatedAt"), now),
        stability_status_at=_instant(document.get("stabilityStatusAt"), now),
        scale=document.get("scale", {"value": 100.0, "unit": "PERCENT"}),
        status=document.get("status", "ACTIVE"),
        stability_status=document.get("stabilityStatus", "STABILIZING"),
        desired_count=document.get("computedDesiredCount", 0),
        external_id=document.get("externalId"),
        platform_version=document.get("platformVersion"),
        tags=pairs(document.get("tags", [])),
    )
    service.task_sets.append(task_set)
    service.revisions.append(revision)
    if task_set.status == "PRIMARY":
        service.revision, service.launch_type = revision, revision.template.launch_type
    place.note("task-set", task_set.arn, task_set.status)


def go_on(place: Place, part: Part, service: Service) -> None:
    """Give a loaded service its tasks, those too that it counts but no document shows, and have the scheduler go on with it."""
    join_service(place, service)
    document = part.resource
    shown = document.get("deployments", []) if service.controller == "ECS" else document.get("taskSets", [])
    counts = {each["id"]: each.get("runningCount", 0) for each in shown}
    owners: list[Deployment | TaskSet] = [*service.deployments, *service.task_sets]
    for owner in owners:
        counted = counts.get(owner.id, 0)
        missing = counted - sum(task.last_status == "RUNNING" for task in service.tasks_of(owner))
        if missing > 0 and owner.revision.template.launch_type != "FARGATE":
            place.complain(
                part,
                f"{missing} of its running tasks are in no document, and where they run isn't known. "
                "Add what `aws ecs describe-tasks` and `aws ecs describe-container-instances` print of them.",
            )
        elif missing > 0:
            _make_up_tasks(place, service, owner, missing)
    join_service(place, service)
    subscribe_scheduler(place.region)
    if service.status == "INACTIVE":
        return
    for service_deployment in service.service_deployments:
        if service_deployment.status == "PENDING":
            scheduler.after_delay(place.region, scheduler.start_deployment, place.region, service, service_deployment)
    scheduler.wake(place.region, service)


# --- deployments ------------------------------------------------------------------------------------------------------------------------


def _load_deployments(place: Place, part: Part, service: Service) -> None:
    document, now = part.resource, place.region.clock.now
    for item in document.get("deployments", []):
        revision = _revision(place, part, item, document, service.cluster)
        if revision is None:
            return
        state = item.get("rolloutState", "IN_PROGRESS" if _is_under_way(document, item) else "COMPLETED")
        done = "completed" if state == "COMPLETED" else "in progress"
        deployment = Deployment(
            id=item["id"],
            revision=revision,
            created_at=_instant(item.get("createdAt"), now),
            updated_at=_instant(item.get("updatedAt"), now),
            rollout_state_reason=item.get("rolloutStateReason", f"ECS deployment {item['id']} {done}."),
            status=item.get("status", "PRIMARY"),
            desired_count=item.get("desiredCount", 0),
            failed_tasks=item.get("failedTasks", 0),
            has_run_well=state == "COMPLETED",
            rollout_state=state,
        )
        service.deployments.append(deployment)
        service.revisions.insert(0, revision)
    if not service.deployments:
        return
    primary = service.deployments[0]
    service.revision = primary.revision
    older = [each for each in service.deployments[1:] if each.rollout_state == "COMPLETED"]
    service.last_completed = primary if primary.rollout_state == "COMPLETED" else (older[0] if older else None)
    service.service_deployments.append(_service_deployment(place, document, service))


def _is_under_way(document: Mapping[str, Any], deployment: Mapping[str, Any]) -> bool:
    """Whether a deployment hasn't ended. Recordings from before rolloutState show it by the counts."""
    if deployment.get("status") != "PRIMARY":
        return False
    if "rolloutState" in deployment:
        return bool(deployment["rolloutState"] == "IN_PROGRESS")
    return len(document["deployments"]) > 1 or deployment.get("runningCount") != document.get("desiredCount")


def _service_deployment(place: Place, document: Mapping[str, Any], service: Service) -> ServiceDeployment:
    """The service deployment of the PRIMARY deployment, which a service doesn't show, but for the ARN of one under way."""
    region, primary = place.region, service.deployments[0]
    arn = document.get("currentServiceDeployment", "")
    id_ = arn.rpartition("/")[2] or rollout.random_id(region, rollout.ID_LENGTH)
    is_pending = primary.rollout_state == "IN_PROGRESS" and primary.desired_count == 0 < service.desired_count
    status: Any = {"COMPLETED": "SUCCESSFUL", "FAILED": "STOPPED"}.get(
        primary.rollout_state, "PENDING" if is_pending else "IN_PROGRESS"
    )
    has_ended = status in ("SUCCESSFUL", "STOPPED")
    breaker = configuration.circuit_breaker(service.deployment_configuration)["enable"]
    return ServiceDeployment(
        arn=arn or region.partition.arn(f"service-deployment/{service.cluster.name}/{service.name}/{id_}"),
        id=id_,
        deployment=primary,
        target=primary.revision,
        sources=[each.revision for each in service.deployments[1:]],
        created_at=primary.created_at,
        updated_at=primary.updated_at,
        configuration=service.deployment_configuration,
        status=status,
        started_at=None if is_pending else primary.created_at,
        finished_at=primary.updated_at if has_ended else None,
        stopped_at=primary.updated_at if status == "STOPPED" else None,
        circuit_breaker_status="MONITORING" if breaker and status == "IN_PROGRESS" else "DISABLED",
        failure_count=primary.failed_tasks,
    )


def _revision(
    place: Place, part: Part, owner: Mapping[str, Any], document: Mapping[str, Any], cluster: Any
) -> ServiceRevision | None:
    """The revision of a deployment or a task set; None if it doesn't fit.

    Args:
        place: where it is loaded.
        part: the service or task set, for complaints.
        owner: the document of the deployment or the task set.
        document: the document that has the load balancers and the registries.
        cluster: the cluster.
    """
    region = place.region
    definition = place.definition(part, owner["taskDefinition"], owner)
    if definition is None:
        return None
    asked = {name: value for name in OF_A_LAUNCH for value in (owner.get(name, document.get(name)),) if value}
    try:
        launch_type, given = owner.get("launchType"), owner.get("capacityProviderStrategy", [])
        request = capacity_request(region, cluster, None if given else launch_type or "EC2", given)
        on_spot = any(item["capacityProvider"] == "FARGATE_SPOT" for item in request.strategy)
        template = make_template(definition, asked, request.launch_type, on_spot=on_spot)
    except EcsError as refusal:
        place.complain(part, f"ECS would refuse how its tasks are launched from {definition.key}: {refusal.message}")
        return None
    resolved = owner is not document and part.kind == "services"  # only a deployment shows the resolved version
    template = template._replace(
        platform_version=owner.get("platformVersion", template.platform_version)
        if resolved
        else template.platform_version,
        platform_family=owner.get("platformFamily", template.platform_family),
    )
    digits = re.search(r"\d+\Z", owner.get("id", ""))
    number = int(digits[0]) if digits else region.ids.number(LOWEST_NUMBER, HIGHEST_NUMBER)
    names = owner.get("serviceArn", document.get("serviceArn", "")).rpartition("/")[2]
    shown = [each["arn"] for each in document.get("currentServiceRevisions", []) if each["arn"].endswith(f"/{number}")]
    kept = {name: owner[name] for name in OF_THE_OWNER if name in owner}
    kept |= {name: document[name] for name in OF_THE_SERVICE if document.get(name)}
    return ServiceRevision(
        arn=shown[0] if shown else region.partition.arn(f"service-revision/{cluster.name}/{names}/{number}"),
        number=number,
        created_at=_instant(owner.get("createdAt"), region.clock.now),
        template=template,
        capacity_provider_strategy=complete_strategy(request.strategy),
        configuration=kept,
    )


# --- what else a service has ------------------------------------------------------------------------------------------------------------


def _event(document: Mapping[str, Any]) -> ServiceEvent:
    return ServiceEvent(document["id"], _instant(document.get("createdAt"), 0), document["message"])


def _schedule(document: Mapping[str, Any]) -> Schedule:
    """The scheduler's notes: a service whose newest event says so is steady."""
    newest: Mapping[str, Any] = next(iter(document.get("events", [])), {})
    if not newest.get("message", "").endswith(messages.STEADY):
        return Schedule()
    return Schedule(is_steady=True, steady_said_at=_instant(newest.get("createdAt"), 0))


def _make_up_tasks(place: Place, service: Service, owner: Deployment | TaskSet, count: int) -> None:
    """Load tasks on Fargate that a service counts as running and no document shows."""
    region = place.region
    plan, capacities = plan_of(region, service, owner, count)
    at = owner.updated_at / SECOND
    for number, capacity in enumerate(capacities):
        task = new_task(region, plan, number, provider=capacity.provider)
        document: dict[str, Any] = {**task_document(task, tags=True, health=True)}
        running = {"lastStatus": "RUNNING", "healthStatus": "HEALTHY"}
        for shown, container in zip(document["containers"], task.containers, strict=True):
            shown |= running if "healthCheck" in container.definition else {"lastStatus": "RUNNING"}
            shown["runtimeId"] = f"{task.id}-{region.ids.number(10**9, 10**10 - 1)}"
        for attachment in document["attachments"]:
            attachment["status"] = "ATTACHED"
        document |= dict.fromkeys(("createdAt", "connectivityAt", "pullStartedAt", "pullStoppedAt", "startedAt"), at)
        document |= {"lastStatus": "RUNNING", "connectivity": "CONNECTED", "version": 3}
        load_task(place, Part(f"a task of {service.name}", "tasks", document, []))


def _instant(timestamp: float | None, otherwise: Instant) -> Instant:
    return otherwise if timestamp is None else round(timestamp * SECOND)
